package queries

import (
	"context"
	"fmt"
	"slices"

	"github.com/tributarygraph/tributary/graph"
)

// tierRows makes the rows of a tier beyond the first: the cost traced back so many hops, and what is documented at the
// tier, counted.
func (c *concentration) tierRows(ctx context.Context) error {
	if err := c.traced(ctx); err != nil {
		return err
	}
	if c.req.By != "country" {
		return nil
	}
	return c.counted(ctx)
}

// traced follows the cost of the company back hop by hop. What company s gets of it at hop k is the sum, over its
// customers, of what they got at hop k-1 times the part of their cost that goes to s. Only parts that are stated are
// followed, so that the result is a least share of each; the rest may be anywhere.
func (c *concentration) traced(ctx context.Context) error {
	order := least{v: c.v}
	at, first := map[graph.Node]float64{c.company: 1}, 1
	if c.out.Portfolio != nil {
		at, first = map[graph.Node]float64{}, 2
		for _, x := range c.spends() {
			at[x.supplier] = x.low
		}
	}
	var last []supplied // of the last hop, for the countries of origin
	stated := 0
	for hop := first; hop <= c.req.Tier; hop++ {
		next := map[graph.Node]float64{}
		last = last[:0]
		buyers := make([]graph.Node, 0, len(at))
		for n := range at {
			buyers = append(buyers, n)
		}
		slices.SortFunc(buyers, order.compare)
		for _, b := range buyers {
			if err := ctx.Err(); err != nil {
				return err
			}
			for _, x := range c.costs(b) {
				x.low *= at[b]
				x.high, x.point = x.low, x.low
				next[x.supplier] += x.low
				last = append(last, x)
				stated++
			}
		}
		at = next
	}
	row := ConcentrationRow{Of: "cost", Rest: 1, HHIReason: "no chain of so many hops states a cost share on each", Groups: []ConcentrationGroup{}, Gaps: []ConcentrationGap{}}
	if len(last) > 0 {
		w := c.group(last, true, true)
		row = c.row("cost", last, statement{stated: stated}, w)
		row.Counted = nil
	}
	row.Summary = c.summary(&row)
	c.out.Items = append(c.out.Items, row)
	return nil
}

// costs are the relations by which a company is supplied whose part of its cost is stated.
func (c *concentration) costs(buyer graph.Node) []supplied {
	products, byProduct := suppliedBy(c.v, c.active, buyer)
	var all []supplied
	for _, p := range products {
		all = append(all, byProduct[p]...)
	}
	state(c.v, c.filter, all, graph.FieldCostShare)
	all = slices.DeleteFunc(all, func(x supplied) bool { return !x.stated })
	for _, x := range all {
		folded := c.v.FoldHead(x.rel, c.filter)
		c.out.count(c.v, &folded, c.filter)
	}
	return all
}

// counted counts what is documented at the tier: the companies whose least number of hops it is, by headquarters, or
// the relations that lead from these to the tier before, by origin.
func (c *concentration) counted(ctx context.Context) error {
	starts, tier := []graph.Node{c.company}, c.req.Tier
	if c.out.Portfolio != nil {
		starts, tier = nil, c.req.Tier-1 // the members are tier 1
		for _, m := range c.members {
			starts = append(starts, m.node)
		}
	}
	u, err := gather(ctx, c.v, c.filter, starts, tier, true)
	if err != nil {
		return err
	}
	low, high := u.atTier(tier)
	var list []supplied
	for i := low; i < high; i++ {
		list = append(list, supplied{supplier: u.nodes[i]})
	}
	of := "companies"
	if c.req.CountryBy == "origin" {
		of, list = "relations", c.hopsFrom(u, tier, list)
	}
	if len(list) == 0 {
		return ctx.Err()
	}
	order := least{v: c.v}
	slices.SortStableFunc(list, func(a, b supplied) int { return order.compare(a.supplier, b.supplier) })
	for i := range list {
		x := &list[i]
		x.stated, x.point = true, 1/float64(len(list))
		x.low, x.high = x.point, x.point
	}
	w := c.group(list, false, true)
	row := c.row(of, list, statement{stated: len(list)}, w)
	row.HHI.Basis, row.ListComplete, row.Counted = BasisDocumentedCount, false, nil
	for i := range row.Groups {
		row.Groups[i].Share.Basis = BasisDocumentedCount
	}
	if row.UnknownGroup != nil {
		row.UnknownGroup.Basis = BasisDocumentedCount
	}
	row.Known, row.Rest = 1-unknownLow(&row), 0
	row.Summary = c.summary(&row)
	c.out.Items = append(c.out.Items, row)
	return nil
}

// hopsFrom are the relations that lead from companies of the tier to the tier before.
func (c *concentration) hopsFrom(u *supplierNet, tier int, companies []supplied) (out []supplied) {
	for _, x := range companies {
		edges := c.v.Out(graph.KindSupplies, x.supplier)
		for i, buyer := range edges.Nodes {
			r := edges.Rel(i)
			if at, have := u.find(buyer); have && int(u.tier[at]) == tier-1 && c.active.Has(r) {
				out = append(out, supplied{rel: r, supplier: x.supplier})
			}
		}
	}
	return out
}

// portfolioRows are the row of the spend, and one a member whose cost shares are stated.
func (c *concentration) portfolioRows(ctx context.Context) error {
	if len(c.members) == 0 {
		return nil
	}
	list := c.spends()
	s := statement{}
	for _, x := range list {
		count(&s.stated, x.stated)
	}
	w := c.group(list, false, false)
	row := c.row("spend", list, s, w)
	row.ListComplete = true
	c.finish(&row, list, s, w)
	c.out.Items = append(c.out.Items, row)
	without := 0
	for _, m := range c.members {
		if err := ctx.Err(); err != nil {
			return err
		}
		costs := c.costs(m.node)
		if len(costs) == 0 {
			without++
			continue
		}
		c.out.Items = append(c.out.Items, c.memberRow(m.node))
	}
	if without > 0 {
		c.out.warn(fmt.Sprintf("of %d of %s no cost share is stated: they have no row of their own", without, plural(len(c.members), "member", "members")))
	}
	return nil
}

// memberRow is the row of the cost of a member.
func (c *concentration) memberRow(n graph.Node) ConcentrationRow {
	products, byProduct := suppliedBy(c.v, c.active, n)
	var all []supplied
	for _, p := range products {
		all = append(all, byProduct[p]...)
	}
	ref := c.names.ref(graph.KindCompany, n)
	s := state(c.v, c.filter, all, graph.FieldCostShare)
	w := c.group(all, true, true)
	row := c.row("cost", all, s, w)
	row.Member = &ref
	c.finish(&row, all, s, w)
	return row
}

// spends are the members with their parts of the spend. A spend that is not known may be any part, and leaves less to
// the others. Spends in several currencies are not compared: none is known then.
func (c *concentration) spends() []supplied {
	list := make([]supplied, len(c.members))
	sums, unknown := spendOf(c.members)
	total := 0.0
	if len(sums) == 1 {
		total = sums[0].Amount
	}
	for i, m := range c.members {
		x := &list[i]
		x.supplier, x.product, x.high = m.node, graph.NoNode, 1
		if m.spend == nil || total <= 0 {
			continue
		}
		x.stated, x.point = true, *m.spend/total
		x.low, x.high = x.point, x.point
		if unknown > 0 {
			x.low = 0
		}
	}
	return list
}
