package queries

import (
	"cmp"
	"context"
	"slices"

	"github.com/tributarygraph/tributary/graph"
)

// maxAlternatives is how many alternatives a row names.
const maxAlternatives = 10

// alternatives looks for other makers and suppliers of products, for many rows at once: who supplies a product to
// anybody is found by looking at every relation, once.
type alternatives struct {
	c       *choke
	wanted  []wantedAlternatives
	sellers map[graph.Node][]graph.Node // by product: who supplies it to anybody
	lists   map[graph.Node]*standIns    // by product
	found   bool
}

// wantedAlternatives is one row, in the order in which the rows were made.
type wantedAlternatives struct {
	supplier, buyer, product graph.Node
}

// standIn is a company that makes or supplies a product, or one akin to it.
type standIn struct {
	company graph.Node
	product graph.Node
	match   int // index of matchNames
	makes   bool
	share   *Interval
}

var matchNames = [...]string{"same", "kind", "broader"}

func newAlternatives(c *choke) *alternatives {
	return &alternatives{c: c, sellers: map[graph.Node][]graph.Node{}, lists: map[graph.Node]*standIns{}}
}

func (a *alternatives) want(supplier, buyer, product graph.Node) {
	a.wanted = append(a.wanted, wantedAlternatives{supplier, buyer, product})
}

// akinProduct is a product that may stand in for another.
type akinProduct struct {
	product graph.Node
	match   int // index of matchNames
}

// akin are the product, its kinds and what it is a kind of, those that match best first, then by id.
func (a *alternatives) akin(product graph.Node) []akinProduct {
	match := map[graph.Node]int{}
	for _, p := range a.c.kin.above(product) {
		match[p] = 2
	}
	for p := range withDescendants(a.c.v, product) {
		match[p] = 1
	}
	match[product] = 0
	out := make([]akinProduct, 0, len(match))
	for p, m := range match {
		out = append(out, akinProduct{p, m})
	}
	slices.SortFunc(out, func(x, y akinProduct) int {
		return cmp.Or(cmp.Compare(x.match, y.match), compareNodes(a.c.v, graph.KindProduct, x.product, y.product))
	})
	return out
}

// find gathers who makes and supplies the products of the rows.
func (a *alternatives) find(ctx context.Context) error {
	if len(a.wanted) == 0 {
		a.found = true
		return nil
	}
	v := a.c.v
	wanted := make([]bool, v.NodeCount(graph.KindProduct))
	for _, w := range a.wanted {
		for _, p := range a.akin(w.product) {
			wanted[p.product] = true
		}
	}
	budget := checkEvery
	for n := range graph.Node(v.NodeCount(graph.KindCompany)) {
		edges := v.Out(graph.KindSupplies, n)
		for i := range edges.Len() {
			r := edges.Rel(i)
			p := v.ProductOf(r)
			if p == graph.NoNode || !wanted[p] || !a.c.active.Has(r) {
				continue
			}
			if list := a.sellers[p]; len(list) == 0 || list[len(list)-1] != n {
				a.sellers[p] = append(list, n)
			}
		}
		if budget -= edges.Len() + 1; budget < 0 {
			budget = checkEvery
			if err := ctx.Err(); err != nil {
				return err
			}
		}
	}
	a.found = true
	return nil
}

// standIns are who could stand in for a supplier of a product.
type standIns struct {
	room    int       // how many first lists at most
	first   []standIn // the first choices, each company once
	total   int
	members nodeSet
}

// of is who could stand in for a supplier of the product: those who bring the product itself before kinds of it and
// what it is a kind of, then those with a stated market share, the greatest first, then by id. At least the first
// room are listed.
func (a *alternatives) of(product graph.Node, room int) *standIns {
	list := a.lists[product]
	if list != nil && (list.room >= room || len(list.first) == list.total) {
		return list
	}
	list = &standIns{room: room, members: make(nodeSet, (a.c.v.NodeCount(graph.KindCompany)+63)/64)}
	kept := firstOf[standIn]{room: room, compare: a.compare}
	akin := a.akin(product)
	for match := range matchNames {
		for _, x := range a.makers(akin, match) { // the best of several of one company comes first
			list.take(&kept, x)
		}
		for _, p := range akin {
			if p.match != match {
				continue
			}
			for _, n := range a.sellers[p.product] {
				list.take(&kept, standIn{company: n, product: p.product, match: match})
			}
		}
	}
	list.first = kept.sorted()
	a.lists[product] = list
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
func (a *alternatives) makers(akin []akinProduct, match int) (out []standIn) {
	v := a.c.v
	for _, p := range akin {
		if p.match != match {
			continue
		}
		edges := v.In(graph.KindMakes, p.product)
		for i, n := range edges.Nodes {
			if r := edges.Rel(i); a.c.active.Has(r) {
				out = append(out, standIn{company: n, product: p.product, match: match, makes: true, share: statedNumber(v, r, a.c.filter, graph.FieldMarketShare)})
			}
		}
	}
	slices.SortFunc(out, a.compare)
	return out
}

func (a *alternatives) compare(x, y standIn) int {
	order := least{v: a.c.v}
	if c := cmp.Or(cmp.Compare(x.match, y.match), -compareShares(x.share, y.share), order.compare(x.company, y.company)); c != 0 {
		return c
	}
	if x.makes != y.makes {
		if x.makes {
			return -1
		}
		return 1
	}
	return compareNodes(a.c.v, graph.KindProduct, x.product, y.product)
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

// fill writes the alternatives into the rows, which must stand in the order in which they were wanted.
func (a *alternatives) fill(out *ChokepointsAnswer) {
	next := 0
	fill := func(row *ChokeSupplier) {
		if row.Product == nil {
			return
		}
		w := a.wanted[next]
		next++
		if a.found {
			a.row(row, w)
		}
	}
	if out.Routes != nil {
		for i := range out.Routes.Items {
			fill(&out.Routes.Items[i].ChokeSupplier)
		}
	}
	if out.MustPass != nil {
		for i := range out.MustPass.Items {
			fill(&out.MustPass.Items[i].ChokeSupplier)
		}
	}
	if out.Stops != nil {
		for i := range out.Stops.Items {
			fill(&out.Stops.Items[i].ChokeSupplier)
		}
	}
	if out.SoleSources != nil {
		for i := range out.SoleSources.Items {
			fill(&out.SoleSources.Items[i].ChokeSupplier)
		}
	}
}

func (a *alternatives) row(row *ChokeSupplier, w wantedAlternatives) {
	v := a.c.v
	akin := productSet{}
	for _, p := range a.akin(w.product) {
		akin[p.product] = true
	}
	not := map[graph.Node]bool{w.supplier: true, w.buyer: true}
	edges := v.In(graph.KindSupplies, w.buyer)
	for i, n := range edges.Nodes {
		r := edges.Rel(i)
		if akin.has(v, r) && a.c.active.Has(r) {
			not[n] = true
		}
	}
	list := a.of(w.product, max(64, maxAlternatives+len(not)))
	total := list.total
	for n := range not {
		if list.members.has(n) {
			total--
		}
	}
	for _, x := range list.first {
		if not[x.company] || len(row.Alternatives) == maxAlternatives {
			continue
		}
		who := v.Brief(graph.KindCompany, x.company)
		how := "supplies"
		if x.makes {
			how = "makes"
		}
		row.Alternatives = append(row.Alternatives, Alternative{ID: v.ID(graph.KindCompany, x.company), Name: who.Name, Country: who.Country,
			Product: a.c.names.ref(graph.KindProduct, x.product), Match: matchNames[x.match], How: how, MarketShare: x.share})
	}
	row.AlternativesTotal = &total
}
