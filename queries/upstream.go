package queries

import (
	"context"
	"slices"
	"sort"

	"github.com/tributarygraph/tributary/graph"
	"github.com/tributarygraph/tributary/queries/internal/dominators"
)

// upstream is everything that stands behind a company, as plain arrays. Its nodes are numbered from 0, the company
// itself, in the order of a breadth-first search; an edge leads from a buyer to a supplier. Parallel relations are
// one edge, and a company that supplies itself has none for that.
type upstream struct {
	v     *graph.View
	nodes []graph.Node
	local []int32 // by node of the View: its number here; 0 where it is none, and for the company itself
	ends  []int   // of each tier in nodes; tier 0 is the company
	g     *dominators.Graph
	back  *dominators.Graph // g with every edge turned round
}

// newUpstream walks everything upstream of the company over active relations. Where first is not nil, the hops next
// to the company are those that it lets pass. The error is that of the context.
func newUpstream(ctx context.Context, v *graph.View, company graph.Node, f graph.Filter, first func(graph.Rel) bool) (*upstream, error) {
	u := &upstream{v: v, nodes: []graph.Node{company}, local: make([]int32, v.NodeCount(graph.KindCompany)), ends: []int{1}, g: &dominators.Graph{Start: []int32{0}}}
	active := v.Activity(f)
	budget := checkEvery
	for at := 0; at < len(u.nodes); at++ {
		if at == u.ends[len(u.ends)-1] {
			u.ends = append(u.ends, len(u.nodes))
		}
		edges := v.In(graph.KindSupplies, u.nodes[at])
		last := u.nodes[at] // parallel relations follow each other
		for i, n := range edges.Nodes {
			if n == last || n == u.nodes[at] {
				continue
			}
			r := edges.Rel(i)
			if !active.Has(r) || at == 0 && first != nil && !first(r) {
				continue
			}
			last = n
			if u.local[n] == 0 && n != company {
				u.local[n] = int32(len(u.nodes))
				u.nodes = append(u.nodes, n)
			}
			u.g.To = append(u.g.To, u.local[n])
		}
		u.g.Start = append(u.g.Start, int32(len(u.g.To)))
		if budget -= len(edges.Nodes) + 1; budget < 0 {
			budget = checkEvery
			if err := ctx.Err(); err != nil {
				return nil, err
			}
		}
	}
	u.back = u.g.Reverse()
	return u, ctx.Err()
}

// tier is the least number of hops from a node to the company.
func (u *upstream) tier(i int32) int { return sort.SearchInts(u.ends, int(i)+1) }

// has gives the number of a company, and whether it stands upstream or is the company itself.
func (u *upstream) has(n graph.Node) (int32, bool) {
	i := u.local[n]
	return i, i != 0 || n == u.nodes[0]
}

// buyInput is a product that a company buys, as its relations name it, with who is documented to supply it or a
// kind of it.
type buyInput struct {
	product   graph.Node // NoNode: relations that state no product
	suppliers []graph.Node
	rels      []graph.Rel // of the product itself, without its kinds, in the order of the suppliers' ids
}

// inputsOf are what the company buys, in the order of products' ids, what states no product last. The company
// itself is no supplier of its own.
func inputsOf(v *graph.View, kin *productKin, active *graph.Activity, company graph.Node) []buyInput {
	var out []buyInput
	at := map[graph.Node]int{}
	edges := v.In(graph.KindSupplies, company)
	for i, n := range edges.Nodes {
		r := edges.Rel(i)
		if n == company || !active.Has(r) {
			continue
		}
		p := v.ProductOf(r)
		k, have := at[p]
		if !have {
			k = len(out)
			at[p] = k
			out = append(out, buyInput{product: p})
		}
		out[k].rels = append(out[k].rels, r)
		out[k].suppliers = append(out[k].suppliers, n)
	}
	if len(kin.parent) > 0 {
		withKinds(out, at, kin)
	}
	order := least{v: v}
	for i := range out {
		slices.SortFunc(out[i].suppliers, order.compare)
		out[i].suppliers = slices.Compact(out[i].suppliers)
	}
	slices.SortFunc(out, func(a, b buyInput) int { return compareNodes(v, graph.KindProduct, a.product, b.product) })
	return out
}

// withKinds adds to each input the suppliers of its kinds.
func withKinds(inputs []buyInput, at map[graph.Node]int, kin *productKin) {
	own := make([]int, len(inputs)) // suppliers of the product itself
	for i := range inputs {
		own[i] = len(inputs[i].suppliers)
	}
	for i := range inputs {
		for _, p := range kin.above(inputs[i].product) {
			if k, have := at[p]; have {
				inputs[k].suppliers = append(inputs[k].suppliers, inputs[i].suppliers[:own[i]]...)
			}
		}
	}
}

// compareNodes orders nodes by id; none stands last.
func compareNodes(v *graph.View, k graph.Kind, a, b graph.Node) int {
	switch {
	case a == b:
		return 0
	case a == graph.NoNode:
		return 1
	case b == graph.NoNode || v.Less(k, a, b):
		return -1
	}
	return 1
}

// productKin tells which products are kinds of which.
type productKin struct {
	v      *graph.View
	parent map[graph.Node]graph.Node
}

func newProductKin(v *graph.View) *productKin {
	k := &productKin{v: v, parent: map[graph.Node]graph.Node{}}
	for parent, children := range treeOf(v).children {
		for _, child := range children {
			k.parent[child] = parent
		}
	}
	return k
}

// above are what the product is a kind of, the nearest first. Rings of parents are walked once.
func (k *productKin) above(p graph.Node) (out []graph.Node) {
	for at, ok := k.parent[p]; ok && at != p && !slices.Contains(out, at); at, ok = k.parent[at] {
		out = append(out, at)
	}
	return out
}

// isKind reports whether p is the other product or a kind of it.
func (k *productKin) isKind(p, of graph.Node) bool {
	return p != graph.NoNode && (p == of || slices.Contains(k.above(p), of))
}
