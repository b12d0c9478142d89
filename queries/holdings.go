package queries

import (
	"context"

	"github.com/tributarygraph/tributary/graph"
	"github.com/tributarygraph/tributary/queries/internal/ownership"
)

// holdings is who owns whom under a filter. Companies that neither own nor are owned are not part of it, but for
// those that are added.
type holdings struct {
	v      *graph.View
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
func holdingsOf(ctx context.Context, v *graph.View, f graph.Filter, active graph.Activity, more []graph.Node) (*holdings, error) {
	h := &holdings{v: v, number: map[graph.Node]int32{}}
	for _, n := range more {
		h.at(n)
	}
	var list []ownership.Holding
	budget := checkEvery
	for r := range v.RelationsOf(graph.KindOwns) {
		if budget--; budget == 0 {
			budget = checkEvery
			if err := ctx.Err(); err != nil {
				return nil, err
			}
		}
		if !active.Has(r) {
			continue
		}
		owner, owned, _ := v.Ends(r)
		a, b := h.at(owner), h.at(owned)
		h.into[b] = append(h.into[b], holdingRel{a, r})
		made := ownership.Holding{Owner: a, Owned: b, Controls: v.FoldText(r, f, graph.FieldControl) != ""}
		if share, ok := v.FoldNumber(r, f, graph.FieldShare); ok {
			made.Known, made.Low, made.High = true, share.Least, share.Most
		}
		list = append(list, made)
	}
	h.net = ownership.New(len(h.nodes), list)
	return h, nil
}

// at is the number of a company, which is new where it has none yet.
func (h *holdings) at(n graph.Node) int32 {
	i, ok := h.number[n]
	if !ok {
		i = int32(len(h.nodes))
		h.number[n] = i
		h.nodes, h.into = append(h.nodes, n), append(h.into, nil)
	}
	return i
}
