package queries

import (
	"context"

	"github.com/tributarygraph/tributary/graph"
)

// maxAlternatives is how many alternatives a row names.
const maxAlternatives = 10

// chokeAlternatives are the alternatives of the rows of chokepoints.
type chokeAlternatives struct {
	c      *choke
	finder *standInFinder
	wanted []wantedAlternatives
	found  bool
}

// wantedAlternatives is one row, in the order in which the rows were made.
type wantedAlternatives struct {
	supplier, buyer, product graph.Node
}

func newChokeAlternatives(c *choke) *chokeAlternatives {
	return &chokeAlternatives{c: c, finder: newStandInFinder(c.v, c.filter, c.filter, c.kin)}
}

func (a *chokeAlternatives) want(supplier, buyer, product graph.Node) {
	a.wanted = append(a.wanted, wantedAlternatives{supplier, buyer, product})
}

// find gathers who makes and supplies the products of the rows.
func (a *chokeAlternatives) find(ctx context.Context) error {
	if len(a.wanted) > 0 {
		products := make([]graph.Node, len(a.wanted))
		for i, w := range a.wanted {
			products[i] = w.product
		}
		if err := a.finder.find(ctx, products); err != nil {
			return err
		}
	}
	a.found = true
	return nil
}

// fill writes the alternatives into the rows, which must stand in the order in which they were wanted.
func (a *chokeAlternatives) fill(out *ChokepointsAnswer) {
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

func (a *chokeAlternatives) row(row *ChokeSupplier, w wantedAlternatives) {
	v := a.c.v
	akin := a.finder.akinSet(w.product)
	not := map[graph.Node]bool{w.supplier: true, w.buyer: true}
	edges := v.In(graph.KindSupplies, w.buyer)
	for i, n := range edges.Nodes {
		r := edges.Rel(i)
		if akin.has(v, r) && a.c.active.Has(r) {
			not[n] = true
		}
	}
	list := a.finder.of(w.product, max(64, maxAlternatives+len(not)))
	total := list.total
	for n := range not {
		if list.members.has(n) {
			total--
		}
	}
	for i := range list.first {
		x := &list.first[i]
		if not[x.company] || len(row.Alternatives) == maxAlternatives {
			continue
		}
		row.Alternatives = append(row.Alternatives, a.finder.alternative(x, a.c.names))
	}
	row.AlternativesTotal = &total
}
