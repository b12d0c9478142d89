package ownership

// Rule says when the owners of a company let a listing of theirs block it too.
type Rule struct {
	Threshold
	// Aggregate: the shares of all blocked owners are added up; else one of them has to reach the threshold alone.
	Aggregate bool
}

// Spread tells which companies a listing blocks.
type Spread struct {
	// Order is the place of each company among those blocked, the listed ones first, in which one follows from those
	// before it; -1 where it is not blocked.
	Order []int32
	// Companies are the blocked ones in that order.
	Companies []int32
}

// Has reports whether a company is blocked.
func (s *Spread) Has(company int32) bool { return s.Order[company] >= 0 }

// Blocked is the least set that holds the listed companies, and every company of which the blocked ones directly own
// enough, whatever its unknown shares are: control that is only said to be blocks nothing.
func (x *Net) Blocked(listed []int32, rule Rule) *Spread {
	return x.spread(listed, rule.limit(), func(c *claim, h *holding) Decimal {
		if rule.Aggregate {
			return c.low
		}
		return h.low
	}, false)
}

// PossiblyBlocked is the same set with all that the blocked ones may own: of a range the most, and of what is unknown
// all that the least shares of the other documented owners leave. Who is said to control a company may own enough.
// Whatever is blocked is also possibly so.
func (x *Net) PossiblyBlocked(listed []int32, rule Rule) *Spread {
	total := make([]Decimal, x.companies)
	for i := range x.holdings {
		h := &x.holdings[i]
		total[h.owned] = total[h.owned].plus(h.low)
	}
	return x.spread(listed, rule.limit(), func(c *claim, h *holding) Decimal {
		if rule.Aggregate {
			return c.mayHold(total[h.owned])
		}
		alone := claim{low: h.low, high: h.high, unknown: !h.known}
		return alone.mayHold(total[h.owned])
	}, true)
}

// claim is what the blocked owners of a company own of it.
type claim struct {
	low, high Decimal // of the shares that are known
	unknown   bool    // one of them has an unknown share
}

// mayHold is the most that these owners may own together, where all documented owners own at least total.
func (c *claim) mayHold(total Decimal) Decimal {
	room := one.minus(total.minus(c.low)) // what the others leave
	if c.unknown {
		return most(c.low, room)
	}
	return most(c.low, least(c.high, room))
}

// spread adds companies until no more follow. enough is what counts of an owner that was just found to be blocked, or
// of all those found so far.
func (x *Net) spread(listed []int32, l limit, counts func(*claim, *holding) Decimal, control bool) *Spread {
	s := &Spread{Order: make([]int32, x.companies)}
	for c := range s.Order {
		s.Order[c] = -1
	}
	add := func(c int32) {
		if s.Order[c] < 0 {
			s.Order[c] = int32(len(s.Companies))
			s.Companies = append(s.Companies, c)
		}
	}
	for _, c := range listed {
		add(c)
	}
	claims := make([]claim, x.companies)
	for at := 0; at < len(s.Companies); at++ {
		for _, i := range x.outOf(s.Companies[at]) {
			h := &x.holdings[i]
			c := &claims[h.owned]
			c.low, c.high, c.unknown = c.low.plus(h.low), c.high.plus(h.high), c.unknown || !h.known
			if control && h.controls || l.met(counts(c, h)) {
				add(h.owned)
			}
		}
	}
	return s
}

// Held is the part of a company that those in the set own directly: at least, and at most.
func (x *Net) Held(company int32, certain, possible *Spread) (low, high float64) {
	var total, sure Decimal
	var may claim
	for i := range x.in(company) {
		h := &x.in(company)[i]
		total = total.plus(h.low)
		if certain.Has(h.owner) {
			sure = sure.plus(h.low)
		}
		if possible.Has(h.owner) {
			may.low, may.high, may.unknown = may.low.plus(h.low), may.high.plus(h.high), may.unknown || !h.known
		}
	}
	return min(1, sure.Float()), min(1, most(sure, may.mayHold(total)).Float())
}
