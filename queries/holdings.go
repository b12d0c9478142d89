package queries

import (
	"context"
	"slices"

	"github.com/tributarygraph/tributary/graph"
	"github.com/tributarygraph/tributary/queries/internal/ownership"
)

// holdings is who owns whom under a filter. Companies that neither own nor are owned are not part of it, but for
// those that are added. They are numbered in the order of ids.
type holdings struct {
	nodes  []graph.Node
	number map[graph.Node]int32
	into   [][]holdingRel // by owned company, in the order of the ids of owners
	net    *ownership.Net
}

// holdingRel is a holding with its relation.
type holdingRel struct {
	owner int32
	rel   graph.Rel
}

// holdingsOf reads the active owns relations; the companies in more are part of the network in any case. The error is
// that of the context.
func holdingsOf(ctx context.Context, v *graph.View, f graph.Filter, more []graph.Node) (*holdings, error) {
	var rels []graph.Rel
	nodes := slices.Clone(more)
	budget := checkEvery
	for r := range v.RelationsOf(graph.KindOwns) {
		if budget--; budget == 0 {
			budget = checkEvery
			if err := ctx.Err(); err != nil {
				return nil, err
			}
		}
		if v.Active(r, f) {
			owner, owned, _ := v.Ends(r)
			rels, nodes = append(rels, r), append(nodes, owner, owned)
		}
	}
	slices.SortFunc(nodes, func(a, b graph.Node) int { return compareNodes(v, graph.KindCompany, a, b) })
	h := &holdings{nodes: slices.Compact(nodes)}
	h.number = make(map[graph.Node]int32, len(h.nodes))
	for i, n := range h.nodes {
		h.number[n] = int32(i)
	}
	h.into = make([][]holdingRel, len(h.nodes))
	list := make([]ownership.Holding, 0, len(rels))
	for _, r := range rels {
		made := h.holding(v, f, r)
		h.into[made.Owned] = append(h.into[made.Owned], holdingRel{made.Owner, r})
		list = append(list, made)
	}
	h.net = ownership.New(len(h.nodes), list)
	return h, nil
}

// holding is what the claims that count say of a holding.
func (h *holdings) holding(v *graph.View, f graph.Filter, r graph.Rel) ownership.Holding {
	owner, owned, _ := v.Ends(r)
	out := ownership.Holding{Owner: h.number[owner], Owned: h.number[owned], Controls: v.FoldText(r, f, graph.FieldControl) != ""}
	if share, ok := v.FoldNumber(r, f, graph.FieldShare); ok {
		out.Known, out.Low, out.High = true, share.Least, share.Most
	}
	return out
}

// control is who is under whose control, by what companies hold of one another.
type control struct {
	held              *holdings
	*ownership.Groups // by number in held
}

// controlOf finds who controls whom: the filter is that of the question, whose stages are those of supply; the threshold is
// that of its scope. The error is that of the context.
func controlOf(ctx context.Context, v *graph.View, f graph.Filter, threshold float64) (*control, error) {
	held, err := holdingsOf(ctx, v, holding(f), nil)
	if err != nil {
		return nil, err
	}
	return &control{held: held, Groups: held.net.Control(ownership.Threshold{Share: threshold})}, nil
}

// head is the company at the head of the group; the company itself where nobody controls it.
func (c *control) head(n graph.Node) graph.Node {
	if i, ok := c.held.number[n]; ok {
		return c.held.nodes[c.Root[i]]
	}
	return n
}
