package queries

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"

	"github.com/tributarygraph/tributary/graph"
)

// behind is what the questions about who stands behind a company, and behind a portfolio, have in common. The slices
// are by the numbers of the upstream network.
type behind struct {
	v      *graph.View
	filter graph.Filter
	u      *supplierNet
	names  *names

	count []int32   // direct suppliers, or members, that each company stands behind
	spend []float64 // on these members; nil where nothing is spent, or in several currencies
	tier  []int32   // least number of hops to what it stands behind
	buys  []int32   // companies of the network that it supplies directly
}

// BehindRow says who a company in such a list is, and what it supplies.
type BehindRow struct {
	ID          string `json:"id"`
	Name        string `json:"name"`
	NameZH      string `json:"name_zh,omitempty" doc:"Name in Chinese, where one is stated beside the name"`
	Country     string `json:"country,omitempty" doc:"ISO 3166-1; absent when unknown"`
	CountryKind string `json:"country_kind,omitempty" enum:"headquarters" doc:"What ties the company to the country"`
	Buyers      int    `json:"buyers" doc:"Companies within the depth that it supplies directly"`
	Products    []Ref  `json:"products" doc:"What it supplies to them"`
}

// inTime runs a step of an answer that is given also when the time is over, with what is found by then. A step that
// begins late has the time of [grace].
func inTime(ctx context.Context, a *Answer, step func(context.Context) error) error {
	if errors.Is(ctx.Err(), context.DeadlineExceeded) {
		late, cancel := context.WithTimeout(context.WithoutCancel(ctx), grace)
		defer cancel()
		ctx = late
	}
	err := step(ctx)
	if errors.Is(err, context.DeadlineExceeded) {
		a.Complete, a.StoppedBecause = false, StoppedByDeadline // whatever was to be the reason
		return nil
	}
	return err
}

// behindSteps are the steps of an answer about who stands behind.
type behindSteps struct {
	gather, count func(context.Context) error
	late          func() (searched int, of string) // how far the count came, in words of what
	ranking
	rows func(context.Context, []int32) error
}

// answer takes the steps, each with what there was time for of the one before.
func (b *behind) answer(ctx context.Context, a *Answer, p *Paging, s behindSteps) error {
	if err := inTime(ctx, a, s.gather); err != nil {
		return err
	}
	if err := inTime(ctx, a, s.count); err != nil {
		return err
	}
	if a.StoppedBecause == StoppedByDeadline {
		searched, of := s.late()
		a.warn(fmt.Sprintf("the time was over: %d of %s were looked behind as far as asked, and the numbers are least numbers; give it more time, or ask for less depth", searched, of))
	}
	found, err := b.choose(s.ranking, a, p)
	if err != nil {
		return err
	}
	return inTime(ctx, a, func(ctx context.Context) error { return s.rows(ctx, found) })
}

// shortHops is how long a chain to a direct supplier may be that is looked at first.
const shortHops = 2

// countTo counts over chains of up to so many hops. Where they may be long, it looks at the short ones behind all first,
// so that an answer whose time is over has the most telling part. count counts what takes more hops than were counted,
// and tells whether more hops would reach others.
func (b *behind) countTo(ctx context.Context, a *Answer, counted, short, hops int, count func(ctx context.Context, counted, hops int) (deeper bool, err error)) error {
	if hops > short {
		if _, err := count(ctx, counted, short); err != nil {
			return err
		}
		counted = short
	}
	deeper, err := count(ctx, counted, hops)
	if err == nil && (deeper || b.u.beyond) {
		a.stop(StoppedByDepth)
	}
	return err
}

// rankKey is where a company stands in a list: the greatest count first, then the greatest spend, then the nearest, then
// the one with the most buyers.
type rankKey struct {
	count int32
	spend float64
	tier  int32
	buys  int32
	id    string
}

// placeParts is the number of parts of a place in a cursor.
const placeParts = 5

func (p rankKey) compare(o rankKey) int {
	return cmp.Or(cmp.Compare(o.count, p.count), cmp.Compare(o.spend, p.spend), cmp.Compare(p.tier, o.tier), cmp.Compare(o.buys, p.buys), cmp.Compare(p.id, o.id))
}

func (p rankKey) texts() []string {
	return []string{strconv.Itoa(int(p.count)), number(p.spend), strconv.Itoa(int(p.tier)), strconv.Itoa(int(p.buys)), p.id}
}

func parsePlace(key []string) (p rankKey, err error) {
	count, err1 := strconv.ParseInt(key[0], 10, 32)
	spend, err2 := strconv.ParseFloat(key[1], 64)
	tier, err3 := strconv.ParseInt(key[2], 10, 32)
	buys, err4 := strconv.ParseInt(key[3], 10, 32)
	if err := cmp.Or(err1, err2, err3, err4); err != nil {
		return p, fmt.Errorf("%w: cursor: not one that an answer gave", graph.ErrInvalid)
	}
	return rankKey{int32(count), spend, int32(tier), int32(buys), key[4]}, nil
}

func (b *behind) placeOf(x int32) rankKey {
	return rankKey{count: b.count[x], spend: b.spendOn(x), tier: b.tier[x], buys: b.buys[x], id: b.v.ID(graph.KindCompany, b.u.nodes[x])}
}

func (b *behind) spendOn(x int32) float64 {
	if b.spend == nil {
		return 0
	}
	return b.spend[x]
}

// order is by ids.
func (b *behind) order(x, y int32) int {
	switch {
	case x == y:
		return 0
	case b.u.less(x, y):
		return -1
	}
	return 1
}

// ranking says which part of a list is asked for.
type ranking struct {
	key      []string // of the cursor; nil for the first part
	least    int      // count that a company must have
	limit    int
	scope    Scope
	question any
}

// choose picks the companies of a part of the list, in order.
func (b *behind) choose(r ranking, a *Answer, p *Paging) (found []int32, err error) {
	var after rankKey
	if r.key != nil {
		if after, err = parsePlace(r.key); err != nil {
			return nil, err
		}
	}
	b.buys = make([]int32, len(b.u.nodes))
	for _, x := range b.u.links.To {
		b.buys[x]++
	}
	order := func(x, y int32) int {
		return cmp.Or(cmp.Compare(b.count[y], b.count[x]), cmp.Compare(b.spendOn(y), b.spendOn(x)), cmp.Compare(b.tier[x], b.tier[y]), cmp.Compare(b.buys[y], b.buys[x]), b.order(x, y))
	}
	total := 0
	for x := range int32(len(b.count)) {
		if int(b.count[x]) < r.least {
			continue
		}
		total++
		if r.key == nil || b.placeOf(x).compare(after) > 0 {
			found = append(found, x)
		}
		if r.limit > 0 && len(found) >= 4*r.limit+1000 { // the part asked for, and one that shows that there are more
			slices.SortFunc(found, order)
			found = found[:r.limit+1]
		}
	}
	slices.SortFunc(found, order)
	known := a.StoppedBecause != StoppedByDeadline // else there may be more, and in another order
	if known {
		p.Total = &total
	}
	if r.limit > 0 && len(found) > r.limit {
		found = found[:r.limit]
		a.stop(StoppedByLimit)
		if known {
			p.NextCursor = nextCursor(b.v, r.scope, r.question, b.placeOf(found[r.limit-1]).texts()...)
		}
	}
	return found, nil
}

// who says who a company is and what it supplies to those upstream, and counts the relations by which it does.
func (b *behind) who(a *Answer, x int32) BehindRow {
	n := b.u.nodes[x]
	brief := b.v.Brief(graph.KindCompany, n)
	row := BehindRow{ID: b.v.ID(graph.KindCompany, n), Name: brief.Name, NameZH: brief.HanName, Country: brief.Country,
		Buyers: int(b.buys[x]), Products: []Ref{}}
	if row.Country != "" {
		row.CountryKind = "headquarters"
	}
	edges := b.v.Out(graph.KindSupplies, n)
	seen := map[graph.Node]bool{}
	for i, buyer := range edges.Nodes {
		r := edges.Rel(i)
		if _, among := b.u.find(buyer); !among || buyer == n || !b.u.active.Has(r) {
			continue
		}
		folded := b.v.FoldHead(r, b.filter)
		a.count(b.v, &folded, b.filter)
		if p := b.v.ProductOf(r); p != graph.NoNode && !seen[p] {
			seen[p] = true
			row.Products = append(row.Products, b.names.ref(graph.KindProduct, p))
		}
	}
	slices.SortFunc(row.Products, compareRefs)
	return row
}
