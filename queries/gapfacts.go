package queries

import (
	"math"
	"slices"
	"strings"

	"github.com/tributarygraph/tributary/graph"
	"github.com/tributarygraph/tributary/queries/internal/loss"
)

// The states of a fact.
const (
	GapUnknown  = "unknown"
	GapDisputed = "disputed"
	GapStale    = "stale"
)

// fact is something of a company's production that is not known, with the answers that it may have.
type fact struct {
	field   graph.FieldID
	company graph.Node // whose production it is of: the buyer, of revenue the supplier
	product graph.Node
	rels    []graph.Rel // that an answer is about
	all     []graph.Rel // of the input
	tier    int

	state   string
	number  graph.Number // what is stated, where it is disputed or stale
	period  graph.Period // that is asked about, where it is disputed
	stated  graph.Date   // when, where it is stale
	left    float64      // what the stated shares of the others leave
	answers []gapAnswer
	forget  bool // what is stated is taken back, to see what it is worth: it is stale

	score       float64 // by the rule of thumb
	relations   []string
	value       float64 // the mean of what it is worth as the first fact found out, and as the last
	alone, last outcome
}

// gapAnswer is an answer that a fact may have; the weights of all add up to 1.
type gapAnswer struct {
	weight float64
	apply  func(*graph.Supply)
}

// shareAnswers are how many values of an unknown share are tried.
const shareAnswers = 5

// splitting are answers for the share of one of several parts that together make up what is left, when every way of
// splitting it up is as likely as any other (a flat Dirichlet distribution): the quantiles at the middles of as many
// equal parts. Of two parts these are evenly spaced.
func splitting(left float64, parts int, set func(*graph.Supply) *graph.OptionalNumber) (out []gapAnswer) {
	for i := range shareAnswers {
		u := (float64(i) + 0.5) / shareAnswers
		out = append(out, stating(left*(1-math.Pow(1-u, 1/float64(parts-1))), 1.0/shareAnswers, set))
	}
	return out
}

func stating(x, weight float64, set func(*graph.Supply) *graph.OptionalNumber) gapAnswer {
	return gapAnswer{weight, func(s *graph.Supply) {
		*set(s) = graph.OptionalNumber{Number: graph.Number{Value: x, Least: x, Most: x}, Stated: true}
	}}
}

func shareOf(s *graph.Supply) *graph.OptionalNumber   { return &s.Share }
func costOf(s *graph.Supply) *graph.OptionalNumber    { return &s.CostShare }
func revenueOf(s *graph.Supply) *graph.OptionalNumber { return &s.RevenueShare }

// yesOrNo are the answers to a question of a flag.
func yesOrNo(set func(s *graph.Supply, yes bool)) []gapAnswer {
	return []gapAnswer{{0.5, func(s *graph.Supply) { set(s, true) }}, {0.5, func(s *graph.Supply) { set(s, false) }}}
}

// factFinder lists the facts of one company after the other.
type factFinder struct {
	g     *gaps
	p     *production
	o     loss.Options
	stale graph.Date // numbers of before this day are; NoDate: none is
}

func (g *gaps) newFactFinder() *factFinder {
	f := &factFinder{g: g, p: g.x.p.clone(), o: g.options(), stale: graph.NoDate}
	if g.req.StaleYears > 0 && g.req.AsOf != "any" {
		day, _ := graph.ParseDate(g.req.AsOf) // Resolve wrote it
		f.stale = graph.DateOf(day.Time().AddDate(-g.req.StaleYears, 0, 0))
	}
	return f
}

// of lists the facts of a company that the largest exposures may rest on: those of inputs that one of them reaches.
func (f *factFinder) of(c graph.Node, tier int) (out []*fact) {
	plan := f.p.plan(c)
	for _, group := range f.p.groups(plan.flows) {
		if hit := f.reaches(plan, group); hit > 0 {
			out = append(out, f.ofInput(plan, group, hit)...)
		}
	}
	out = append(out, f.revenues(plan)...)
	for _, x := range out {
		x.company, x.tier = c, tier
		for _, r := range x.rels {
			x.relations = append(x.relations, f.g.v.RelationKey(r).ID())
		}
	}
	return out
}

// reaches is how much the largest exposures come to an input, at most, added up.
func (f *factFinder) reaches(plan *plan, group *group) (sum float64) {
	for i := range f.g.targets {
		if f.g.targets[i].company == plan.company {
			continue
		}
		most := 0.0
		for _, at := range group.flows {
			most = max(most, f.arrives(i, &plan.flows[at]))
		}
		sum += most
	}
	return sum
}

// arrives is what comes over a flow of the loss of one of the largest exposures, at most.
func (f *factFinder) arrives(i int, x *flow) float64 {
	if n := f.g.now.net.nodeOf(x.from, x.product); n != loss.Nobody {
		return f.g.now.runs[i].High(n)
	}
	return 0
}

// ofInput lists the facts of one input.
func (f *factFinder) ofInput(plan *plan, group *group, hit float64) (out []*fact) {
	pass := f.g.passes(f.g.then.net, plan.company)
	add := func(x *fact, score float64) {
		x.product, x.score = group.product, score*pass
		for _, at := range group.flows {
			x.all = append(x.all, plan.flows[at].rel)
		}
		out = append(out, x)
	}
	rels := func(want func(*flow) bool) (list []graph.Rel) {
		for _, at := range group.flows {
			if want(&plan.flows[at]) {
				list = append(list, plan.flows[at].rel)
			}
		}
		return list
	}
	f.shares(plan, group, add)
	if !group.complete && !f.o.AssumeComplete && !f.listOpen(plan, group) {
		add(&fact{field: graph.FieldCompleteList, state: GapUnknown, rels: []graph.Rel{plan.flows[group.flows[0]].rel},
			answers: yesOrNo(func(s *graph.Supply, yes bool) { s.ListComplete = yes })}, hit/2)
	}
	needed, unstated := false, rels(func(x *flow) bool { return x.stated.Essential == graph.Unstated })
	for _, at := range group.flows {
		needed = needed || plan.flows[at].stated.Essential == graph.True
	}
	if !needed && unstated != nil && !f.o.AssumeEssential {
		add(&fact{field: graph.FieldEssential, state: GapUnknown, rels: unstated, answers: yesOrNo(func(s *graph.Supply, yes bool) {
			s.Essential = graph.False
			if yes {
				s.Essential = graph.True
			}
		})}, hit/2)
	}
	f.uses(plan, group, hit, add)
	if !needed {
		f.costs(plan, group, hit, add)
	}
	return out
}

// listOpen reports whether somebody says that the documented suppliers of an input are not all there are.
func (f *factFinder) listOpen(plan *plan, group *group) bool {
	return slices.ContainsFunc(group.flows, func(at int) bool {
		return f.g.v.FoldText(plan.flows[at].rel, f.g.x.filter, graph.FieldCompleteList) == "false"
	})
}

// shares are the facts of the shares of an input.
func (f *factFinder) shares(plan *plan, group *group, add func(*fact, float64)) {
	known, unknown, least := 0.0, 0, 0.0
	for _, at := range group.flows {
		if s := &plan.flows[at].stated.Share; s.Stated {
			known, least = known+s.Value, least+s.Least
		} else {
			unknown++
		}
	}
	left := max(0, 1-least)
	complete := group.complete || f.o.AssumeComplete
	parts := unknown
	if !complete {
		parts++ // those that nobody documents
	}
	for _, at := range group.flows {
		x := &plan.flows[at]
		s, hit := &x.stated.Share, 0.0
		for i := range f.g.targets {
			if f.g.targets[i].company != plan.company {
				hit += f.arrives(i, x)
			}
		}
		if hit == 0 {
			continue
		}
		one := []graph.Rel{x.rel}
		switch {
		case !s.Stated && (known > shareSum || left < leastGap || parts == 1):
		case !s.Stated:
			add(&fact{field: graph.FieldShareOfInput, state: GapUnknown, rels: one, left: left, answers: splitting(left, parts, shareOf)}, hit*left)
		case s.Disputed && s.Least < s.Most:
			if later, ok := f.settling(s.Number); ok {
				add(&fact{field: graph.FieldShareOfInput, state: GapDisputed, rels: one, number: s.Number, period: later, answers: between(s.Least, s.Most, shareOf)}, hit*(s.Most-s.Least))
			}
		case f.isStale(s.From) && parts > 0:
			others := min(1, left+s.Least)
			add(&fact{field: graph.FieldShareOfInput, state: GapStale, rels: one, number: s.Number, stated: f.g.v.Confirmed(s.From, f.g.x.filter.AsOf), left: others,
				answers: splitting(others, parts+1, shareOf), forget: true}, hit*others)
		}
	}
}

// between are answers that claims which differ allow: the least, the middle and the most.
func between(least, most float64, set func(*graph.Supply) *graph.OptionalNumber) []gapAnswer {
	return []gapAnswer{stating(least, 1.0/3, set), stating((least+most)/2, 1.0/3, set), stating(most, 1.0/3, set)}
}

// settling is the period that a question about a disputed number asks about: one that counts before what is disputed. Of
// the same period an answer would be one more that differs. ok is false where nothing said on the day can settle it.
func (f *factFinder) settling(n graph.Number) (graph.Period, bool) {
	return n.Period.Later(f.g.x.filter.AsOf)
}

func (f *factFinder) isStale(c graph.Claim) bool {
	if f.stale == graph.NoDate {
		return false
	}
	d := f.g.v.Confirmed(c, f.g.x.filter.AsOf)
	return d != graph.NoDate && d < f.stale
}

// mostLines is how many lines of a company are tried one by one.
const mostLines = 12

// uses is the fact of the lines that an input is used in: all of them, or any one of them alone, half and half.
func (f *factFinder) uses(plan *plan, group *group, hit float64, add func(*fact, float64)) {
	lines := slices.DeleteFunc(plan.products(), func(n graph.Node) bool { return n == graph.NoNode })
	if len(lines) < 2 {
		return
	}
	var free, maybe []graph.Rel
	var above []string
	for _, at := range group.flows {
		x := &plan.flows[at]
		if !x.isOfSome() {
			free = append(free, x.rel)
			continue
		}
		for _, line := range lines {
			if f.p.servesLine(x, line) == servesMaybe {
				maybe = append(maybe, x.rel)
				if id := f.g.v.Ref(graph.KindProduct, line); !slices.Contains(above, id) {
					above = append(above, id)
				}
			}
		}
	}
	switch {
	case len(free) == len(group.flows):
		x := &fact{field: graph.FieldUsedIn, state: GapUnknown, rels: free, answers: []gapAnswer{{0.5, func(*graph.Supply) {}}}}
		n := min(mostLines, len(lines))
		for i := range n {
			id := f.g.v.Ref(graph.KindProduct, lines[i*len(lines)/n])
			x.answers = append(x.answers, gapAnswer{0.5 / float64(n), func(s *graph.Supply) { s.UsedIn, s.Uses = []string{id}, nil }})
		}
		add(x, hit/2)
	case maybe != nil:
		slices.Sort(maybe)
		add(&fact{field: graph.FieldUsedIn, state: GapUnknown, rels: f.inOrder(slices.Compact(maybe)), answers: []gapAnswer{
			{0.5, func(s *graph.Supply) { s.UsedIn, s.Uses = append(slices.Clone(s.UsedIn), above...), nil }}, {0.5, func(*graph.Supply) {}}}}, hit/2)
	}
}

func (f *factFinder) inOrder(rels []graph.Rel) []graph.Rel {
	slices.SortFunc(rels, func(a, b graph.Rel) int {
		return strings.Compare(f.g.v.RelationKey(a).ID(), f.g.v.RelationKey(b).ID())
	})
	return rels
}

// costs are the facts of the parts of the cost that an input makes up which may not be essential.
func (f *factFinder) costs(plan *plan, group *group, hit float64, add func(*fact, float64)) {
	left, parts := 1.0, 1
	for i := range plan.flows {
		if s := &plan.flows[i].stated.CostShare; s.Stated {
			left -= s.Least
		} else {
			parts++
		}
	}
	for _, at := range group.flows {
		x := &plan.flows[at]
		switch s := &x.stated.CostShare; {
		case !s.Stated && left > leastGap:
			add(&fact{field: graph.FieldCostShare, state: GapUnknown, rels: []graph.Rel{x.rel}, left: left, answers: splitting(left, parts, costOf)}, hit*left/2)
		case s.Stated && s.Disputed && s.Least < s.Most:
			if later, ok := f.settling(s.Number); ok {
				add(&fact{field: graph.FieldCostShare, state: GapDisputed, rels: []graph.Rel{x.rel}, number: s.Number, period: later, answers: between(s.Least, s.Most, costOf)}, hit*(s.Most-s.Least)/2)
			}
		}
	}
}

// revenues are the facts of what the lines of a company make up of its revenue, where what it loses as a whole counts
// and its lines lose different parts.
func (f *factFinder) revenues(plan *plan) (out []*fact) {
	layout := f.g.now.net.layouts[plan.company]
	if layout == nil || plan.outlet == 0 && plan.company != f.g.company {
		return nil
	}
	hit := 0.0
	for i := range f.g.targets {
		least, most := 1.0, 0.0
		for _, n := range layout.nodes {
			x := f.g.now.runs[i].High(n)
			least, most = min(least, x), max(most, x)
		}
		hit += most - least/2
	}
	sales := f.g.v.Out(graph.KindSupplies, plan.company)
	known, unknown := f.g.sales(plan.company)
	left := 1 - known
	for i := range sales.Len() {
		r := sales.Rel(i)
		if !f.g.x.active.Has(r) || f.g.v.ProductOf(r) == graph.NoNode {
			continue
		}
		n, stated := f.p.revenueShare(r)
		x := &fact{field: graph.FieldRevenueShare, product: f.g.v.ProductOf(r), rels: []graph.Rel{r}, all: []graph.Rel{r}, number: n, left: left}
		pass := f.g.passes(f.g.then.net, plan.company)
		later, settles := f.settling(n)
		switch {
		case !stated && left > leastGap:
			x.state, x.answers, x.score = GapUnknown, splitting(left, len(unknown)+1, revenueOf), hit*left*pass/2
		case stated && n.Disputed && n.Least < n.Most && settles:
			x.period = later
			x.state, x.answers, x.score = GapDisputed, between(n.Least, n.Most, revenueOf), hit*(n.Most-n.Least)*pass/2
		default:
			continue
		}
		out = append(out, x)
	}
	return out
}
