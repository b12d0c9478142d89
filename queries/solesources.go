package queries

import (
	"context"
	"fmt"
	"slices"

	"github.com/tributarygraph/tributary/graph"
)

// soleFound is an item of the list of sole sources.
type soleFound struct {
	tier            int // of the supplier; the buyer is one nearer
	buyer, supplier graph.Node
	product         graph.Node
	rel             graph.Rel
	stated          bool
	perhaps         []graph.Node
}

// key puts the nearest first, then what is stated, then what is documented.
func (s soleFound) key() chokeKey {
	documented := 1
	if s.stated {
		documented = 0
	}
	return chokeKey{numbers: [4]int{s.tier, documented}, nodes: [3]graph.Node{s.buyer, s.product, s.supplier}}
}

// findSole looks for inputs with a sole source, of the company and of those up to the depth.
func (c *choke) findSole(ctx context.Context) error {
	list := c.out.SoleSources
	walk := newWalk(c.v, c.company, Upstream, c.filter)
	defer walk.release()
	if c.only != nil {
		walk.hop = func(r graph.Rel, tier int) bool { return tier > 1 || c.only.has(c.v, r) }
	}
	for tier := 1; tier <= c.req.Depth; tier++ {
		for _, buyer := range walk.tier(tier - 1) {
			if err := ctx.Err(); err != nil {
				list.stop(StoppedByDeadline)
				return err
			}
			c.soleOf(tier, buyer)
		}
		if more, err := walk.expand(ctx); err != nil {
			list.stop(StoppedByDeadline)
			return err
		} else if !more {
			break
		}
	}
	for _, buyer := range walk.tier(walk.depth()) {
		if walk.depth() == c.req.Depth && c.buysAnything(buyer) {
			list.stop(StoppedByDepth)
			break
		}
	}
	total := len(c.sole)
	list.Total = &total
	return nil
}

func (c *choke) buysAnything(company graph.Node) bool {
	edges := c.v.In(graph.KindSupplies, company)
	for i, n := range edges.Nodes {
		if n != company && c.active.Has(edges.Rel(i)) {
			return true
		}
	}
	return false
}

// soleOf adds the inputs of a buyer that have a sole source.
func (c *choke) soleOf(tier int, buyer graph.Node) {
	inputs := inputsOf(c.v, c.kin, &c.active, buyer)
	for _, in := range inputs {
		if tier == 1 && c.only != nil && !c.only[in.product] {
			continue
		}
		stated := false
		for _, r := range in.rels {
			if share, ok := c.v.FoldNumber(r, c.filter, graph.FieldShareOfInput); ok && share.Value > 2-shareSum {
				supplier, _, _ := c.v.Ends(r)
				stated = true
				c.sole = append(c.sole, soleFound{tier: tier, buyer: buyer, supplier: supplier, product: in.product, rel: r, stated: true,
					perhaps: c.perhaps(inputs, in.product, supplier)})
			}
		}
		if !stated && len(in.suppliers) == 1 && !c.suppliesItself(buyer, in.product) {
			c.sole = append(c.sole, soleFound{tier: tier, buyer: buyer, supplier: in.suppliers[0], product: in.product, rel: in.rels[0],
				perhaps: c.perhaps(inputs, in.product, in.suppliers[0])})
		}
	}
}

// suppliesItself reports whether a company, or a group that counts as one, supplies itself with a product or a kind of it.
func (c *choke) suppliesItself(company, product graph.Node) bool {
	edges := c.v.In(graph.KindSupplies, company)
	for i, n := range edges.Nodes {
		if r := edges.Rel(i); n == company && c.active.Has(r) {
			if p := c.v.ProductOf(r); p == product || c.kin.isKind(p, product) {
				return true
			}
		}
	}
	return false
}

// perhaps are the other suppliers that may bring the product too: of what it is a kind of, or of what nobody states.
func (c *choke) perhaps(inputs []buyInput, product, supplier graph.Node) (out []graph.Node) {
	if product == graph.NoNode {
		return nil
	}
	above := c.kin.above(product)
	for _, in := range inputs {
		if in.product != graph.NoNode && !slices.Contains(above, in.product) {
			continue
		}
		for _, r := range in.rels {
			if n, _, _ := c.v.Ends(r); n != supplier {
				out = append(out, n)
			}
		}
	}
	order := least{v: c.v}
	slices.SortFunc(out, order.compare)
	return slices.Compact(out)
}

func (c *choke) soleRow(s soleFound, alternatives *chokeAlternatives) SoleSourceRow {
	row := SoleSourceRow{Basis: "sole_documented", Share: c.shares.ofInput(s.rel), PerhapsAlso: []Ref{}}
	c.supplier(&row.ChokeSupplier, s.supplier, []graph.Rel{s.rel}, alternatives)
	row.Tier = s.tier
	for _, n := range s.perhaps[:min(len(s.perhaps), maxVia)] {
		row.PerhapsAlso = append(row.PerhapsAlso, c.names.ref(graph.KindCompany, n))
	}
	if s.stated {
		row.Basis = "sole_stated"
	}
	row.Sentence = soleSentence(&row, s.stated)
	return row
}

func soleSentence(row *SoleSourceRow, stated bool) string {
	what := productName(row.Product)
	if stated {
		text := fmt.Sprintf("%s is stated to supply all of the %s that %s buys", row.Name, what, row.Buyer.Name)
		if row.Product == nil {
			text = fmt.Sprintf("%s is stated to supply all of %s to %s", row.Name, what, row.Buyer.Name)
		}
		if row.SuppliersSeen > 1 {
			text += fmt.Sprintf("; yet %d suppliers of it are documented", row.SuppliersSeen)
		}
		return text + "."
	}
	text := fmt.Sprintf("%s is the only documented supplier of %s to %s", row.Name, what, row.Buyer.Name)
	switch {
	case row.Share != nil && row.Share.High < 1:
		return text + ", but it is stated not to supply all of it: the others are not documented."
	case row.ListComplete:
		return text + ", and the list of suppliers is complete."
	}
	return text + "; there may be others that nobody documented."
}
