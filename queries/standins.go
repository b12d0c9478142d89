package queries

import (
	"cmp"
	"context"
	"slices"

	"github.com/tributarygraph/tributary/graph"
)

// standInFinder looks for makers and suppliers of products, of many at once: who supplies a product to anybody is found
// by looking at every relation, once.
type standInFinder struct {
	v       *graph.View
	flowing graph.Filter // what counts as supply
	counts  graph.Filter // what counts as a sign that a company can: the same, or trials too
	flows   graph.Activity
	active  graph.Activity
	kin     *productKin
	sellers map[graph.Node][]seller  // by product: who supplies it to anybody
	lists   map[graph.Node]*standIns // by product
}

// seller is a company that supplies a product to somebody, with the relation that says so most: one that flows, else
// the first.
type seller struct {
	company graph.Node
	rel     graph.Rel
	flows   bool
}

// standIn is a company that makes or supplies a product, or one akin to it.
type standIn struct {
	company graph.Node
	product graph.Node
	match   int // index of matchNames
	makes   bool
	flows   bool // else it is announced, or being tried
	rel     graph.Rel
	share   *Interval
}

var matchNames = [...]string{"same", "kind", "broader"}

func newStandInFinder(v *graph.View, flowing, counts graph.Filter, kin *productKin) *standInFinder {
	return &standInFinder{v: v, flowing: flowing, counts: counts, flows: v.Activity(flowing), active: v.Activity(counts), kin: kin,
		sellers: map[graph.Node][]seller{}, lists: map[graph.Node]*standIns{}}
}

// akinProduct is a product that may stand in for another.
type akinProduct struct {
	product graph.Node
	match   int // index of matchNames
}

// akin are the product, its kinds and what it is a kind of, those that match best first, then by id.
func (f *standInFinder) akin(product graph.Node) []akinProduct {
	match := map[graph.Node]int{}
	for _, p := range f.kin.above(product) {
		match[p] = 2
	}
	for p := range withDescendants(f.v, product) {
		match[p] = 1
	}
	match[product] = 0
	out := make([]akinProduct, 0, len(match))
	for p, m := range match {
		out = append(out, akinProduct{p, m})
	}
	slices.SortFunc(out, func(x, y akinProduct) int {
		return cmp.Or(cmp.Compare(x.match, y.match), compareNodes(f.v, graph.KindProduct, x.product, y.product))
	})
	return out
}

// akinSet are the products that may stand in for one.
func (f *standInFinder) akinSet(product graph.Node) productSet {
	set := productSet{}
	for _, p := range f.akin(product) {
		set[p.product] = true
	}
	return set
}

// find gathers who supplies the products, and those akin to them, to anybody.
func (f *standInFinder) find(ctx context.Context, products []graph.Node) error {
	wanted := make([]bool, f.v.NodeCount(graph.KindProduct))
	for _, p := range products {
		for _, a := range f.akin(p) {
			wanted[a.product] = true
		}
	}
	budget := checkEvery
	for n := range graph.Node(f.v.NodeCount(graph.KindCompany)) {
		edges := f.v.Out(graph.KindSupplies, n)
		for i := range edges.Len() {
			r := edges.Rel(i)
			if p := f.v.ProductOf(r); p != graph.NoNode && wanted[p] && f.active.Has(r) {
				f.sold(n, p, r)
			}
		}
		if budget -= edges.Len() + 1; budget < 0 {
			budget = checkEvery
			if err := ctx.Err(); err != nil {
				return err
			}
		}
	}
	return nil
}

func (f *standInFinder) sold(n, product graph.Node, r graph.Rel) {
	list, flows := f.sellers[product], f.flows.Has(r)
	if last := len(list) - 1; last >= 0 && list[last].company == n {
		if flows && !list[last].flows {
			list[last] = seller{n, r, flows}
		}
		return
	}
	f.sellers[product] = append(list, seller{n, r, flows})
}

// standIns are who could stand in for a supplier of a product.
type standIns struct {
	room    int       // how many first lists at most; 0: all
	first   []standIn // the first choices, each company once
	total   int
	members nodeSet
}

// of is who could stand in for a supplier of the product: those who bring the product itself before kinds of it and
// what it is a kind of, then those with a stated market share, the greatest first, then by id. At least the first
// room are listed; all where it is 0.
func (f *standInFinder) of(product graph.Node, room int) *standIns {
	list := f.lists[product]
	if list != nil && (list.room == 0 || room > 0 && list.room >= room || len(list.first) == list.total) {
		return list
	}
	list = &standIns{room: room, members: make(nodeSet, (f.v.NodeCount(graph.KindCompany)+63)/64)}
	kept := firstOf[standIn]{room: room, compare: f.compare}
	akin := f.akin(product)
	for match := range matchNames {
		for _, x := range f.makers(akin, match) { // the best of several of one company comes first
			list.take(&kept, x)
		}
		for _, p := range akin {
			if p.match != match {
				continue
			}
			for _, s := range f.sellers[p.product] {
				list.take(&kept, standIn{company: s.company, product: p.product, match: match, flows: s.flows, rel: s.rel})
			}
		}
	}
	list.first = kept.sorted()
	f.lists[product] = list
	return list
}

// take adds a company unless it was added before.
func (l *standIns) take(kept *firstOf[standIn], x standIn) {
	if !l.members.has(x.company) {
		l.members.add(x.company)
		l.total++
		kept.add(x)
	}
}

// makers are those who make a product that matches so, in order.
func (f *standInFinder) makers(akin []akinProduct, match int) (out []standIn) {
	v := f.v
	for _, p := range akin {
		if p.match != match {
			continue
		}
		edges := v.In(graph.KindMakes, p.product)
		for i, n := range edges.Nodes {
			if r := edges.Rel(i); f.active.Has(r) {
				out = append(out, standIn{company: n, product: p.product, match: match, makes: true, flows: f.flows.Has(r), rel: r,
					share: statedNumber(v, r, f.counts, graph.FieldMarketShare)})
			}
		}
	}
	slices.SortFunc(out, f.compare)
	return out
}

func (f *standInFinder) compare(x, y standIn) int {
	order := least{v: f.v}
	if c := cmp.Or(cmp.Compare(x.match, y.match), -compareShares(x.share, y.share), order.compare(x.company, y.company)); c != 0 {
		return c
	}
	if x.makes != y.makes {
		if x.makes {
			return -1
		}
		return 1
	}
	return compareNodes(f.v, graph.KindProduct, x.product, y.product)
}

// compareShares orders intervals by low, then high; an unknown one is less than any.
func compareShares(x, y *Interval) int {
	switch {
	case x == nil && y == nil:
		return 0
	case x == nil:
		return -1
	case y == nil:
		return 1
	}
	return cmp.Or(cmp.Compare(x.Low, y.Low), cmp.Compare(x.High, y.High))
}

// alternative is a stand-in as answers tell it.
func (f *standInFinder) alternative(x *standIn, names *names) Alternative {
	who := f.v.Brief(graph.KindCompany, x.company)
	how := "supplies"
	if x.makes {
		how = "makes"
	}
	return Alternative{ID: f.v.ID(graph.KindCompany, x.company), Name: who.Name, Country: who.Country, Product: names.ref(graph.KindProduct, x.product),
		Match: matchNames[x.match], How: how, MarketShare: x.share}
}

// doubt is what a claim says against a stand-in on the day: that what it is documented by ended, or is not so. Empty
// where none does.
func (f *standInFinder) doubt(x *standIn) (doubt string) {
	low, high := f.v.Claims(x.rel)
	for c := low; c < high; c++ {
		switch h := f.v.ClaimHead(c); {
		case h.ValidFrom != graph.NoDate && f.counts.AsOf != graph.AnyDate && h.ValidFrom > f.counts.AsOf:
		case h.Denies:
			doubt = "denied"
		case h.Stage == "ended":
			return "ended"
		}
	}
	return doubt
}

// firm reports whether a stand-in is documented to bring something today, and nobody says otherwise.
func (f *standInFinder) firm(x *standIn) bool { return x.flows && f.doubt(x) == "" }

// dealings are what a company has to do with a buyer: whether it supplies it, with what, and, where that is not the
// product or one akin to it, in which stage it is documented to be tried for it.
func (f *standInFinder) dealings(company, buyer, product graph.Node) (already bool, trial string, supplies []graph.Node) {
	akin := f.akinSet(product)
	edges := f.v.Out(graph.KindSupplies, company)
	tried, supplied := "", false
	for i, n := range edges.Nodes {
		if n != buyer {
			continue
		}
		r := edges.Rel(i)
		switch p := f.v.ProductOf(r); {
		case f.flows.Has(r):
			already = true
			if p != graph.NoNode {
				supplies, supplied = append(supplies, p), supplied || akin[p]
			}
		case p != graph.NoNode && akin[p] && f.active.Has(r):
			tried = f.v.FoldHead(r, f.counts).Stage
		}
	}
	if !supplied {
		trial = tried
	}
	return already, trial, supplies
}
