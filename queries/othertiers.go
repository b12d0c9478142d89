package queries

import (
	"context"

	"github.com/tributarygraph/tributary/graph"
)

// otherTiers finds the tiers at which companies stand beside their own, within the depth of the question.
//
// Let W(1) be the companies one hop from the start and W(k+1) those one hop from W(k), the start always left
// out: there is a walk of exactly k hops from n that does not pass the start if and only if n is in W(k). Level
// sets need one pass over the relations a level, however many walks there are. A company stands at tier k if
// such a walk exists that does not come back to the company itself.
//
// A level is made for all companies where that is cheap; else membership is decided from the company's side,
// from one level to the next, and remembered.
type otherTiers struct {
	l      *tierList
	levels []*level // by number of hops; 0 is not used
	known  map[standing]bool
}

// level is W(k), as far as it is known.
type level struct {
	set   nodeSet // nil until it is made
	nodes []graph.Node
}

type standing struct {
	node graph.Node
	hops int
}

// cheapLevel is the number of relations that a level may cost however few rows ask for it.
const cheapLevel = 1 << 12

func newOtherTiers(l *tierList) *otherTiers {
	return &otherTiers{l: l, levels: make([]*level, l.req.Depth+1), known: map[standing]bool{}}
}

// of are the other tiers of a company listed at a tier. The companies are those of the same tier and part, for
// whose sake it may pay to make a level.
func (o *otherTiers) of(ctx context.Context, n graph.Node, tier int, companies []graph.Node) ([]int, error) {
	tiers := []int{}
	for k := tier + 1; k <= o.l.req.Depth; k++ {
		if err := o.makeLevels(ctx, k-1, companies); err != nil {
			return nil, err
		}
		stands, err := o.stands(ctx, n, tier, k)
		if err != nil {
			return nil, err
		}
		if stands {
			tiers = append(tiers, k)
		}
	}
	return tiers, nil
}

// makeLevels makes W(1) to W(k) as far as they cost no more than asking for each company by itself.
func (o *otherTiers) makeLevels(ctx context.Context, k int, companies []graph.Node) error {
	for j := 1; j <= k; j++ {
		if o.levels[j] != nil {
			if o.levels[j].set == nil {
				return nil // too dear before
			}
			continue
		}
		before := []graph.Node{o.l.walk.start}
		if j > 1 {
			before = o.levels[j-1].nodes
		}
		o.levels[j] = &level{}
		if cost := o.l.walk.cost(before); j > 1 && cost > cheapLevel && cost > 4*o.l.walk.costBack(companies) {
			return nil
		}
		if err := o.makeLevel(ctx, j, before); err != nil {
			return err
		}
	}
	return nil
}

func (o *otherTiers) makeLevel(ctx context.Context, k int, before []graph.Node) error {
	w := o.l.walk
	set := newNodeSet(o.l.v.NodeCount(graph.KindCompany))
	var nodes []graph.Node
	for _, b := range before {
		if err := ctx.Err(); err != nil {
			o.levels[k] = nil
			return err
		}
		for _, kind := range w.kinds {
			edges := w.farther(kind, b)
			for i, n := range edges.Nodes {
				if n != w.start && n != b && !set.has(n) && w.follows(edges.Rel(i), k) {
					set.add(n)
					nodes = append(nodes, n)
				}
			}
		}
	}
	o.levels[k] = &level{set: set, nodes: nodes}
	return nil
}

// member reports whether n is in W(k).
func (o *otherTiers) member(ctx context.Context, n graph.Node, k int) (bool, error) {
	if o.levels[k] != nil && o.levels[k].set != nil {
		return o.levels[k].set.has(n), nil
	}
	at := standing{n, k}
	if is, ok := o.known[at]; ok {
		return is, nil
	}
	is, err := o.anyNearer(ctx, n, k, nil, func(b graph.Node) (bool, error) { return o.member(ctx, b, k-1) })
	if err == nil {
		o.known[at] = is
	}
	return is, err
}

// anyNearer reports whether test holds for a company that one hop leads to from n, which stands k hops from the
// start.
func (o *otherTiers) anyNearer(ctx context.Context, n graph.Node, k int, lists func(graph.Rel) bool, test func(graph.Node) (bool, error)) (bool, error) {
	if err := ctx.Err(); err != nil {
		return false, err
	}
	w := o.l.walk
	for _, kind := range w.kinds {
		edges := w.nearer(kind, n)
		for i, b := range edges.Nodes {
			if b == n || b == w.start {
				continue
			}
			is, err := test(b)
			if err != nil {
				return false, err
			}
			if r := edges.Rel(i); is && (lists == nil || lists(r)) && w.follows(r, k) {
				return true, nil
			}
		}
	}
	return false, nil
}

// stands reports whether a chain of exactly k hops that comes back neither to n nor to the start leads from n,
// whose own tier is given, to the start.
func (o *otherTiers) stands(ctx context.Context, n graph.Node, tier, k int) (bool, error) {
	if k == tier+1 || o.l.lists == nil {
		// A walk that comes back to n has at least two hops more than the shortest.
		if is, err := o.listedMember(ctx, n, k); err != nil || !is || k == tier+1 {
			return is, err
		}
	}
	failed := map[standing]bool{}
	return o.avoids(ctx, n, n, k, o.l.lists, failed)
}

// listedMember reports whether n is in W(k) by a hop that brings it onto the list.
func (o *otherTiers) listedMember(ctx context.Context, n graph.Node, k int) (bool, error) {
	if o.l.lists == nil {
		return o.member(ctx, n, k)
	}
	return o.anyNearer(ctx, n, k, o.l.lists, func(b graph.Node) (bool, error) { return o.member(ctx, b, k-1) })
}

// avoids reports whether a walk of k hops leads from b to the start without passing n on the way. What failed is
// remembered, so that the search looks at each company once a level.
func (o *otherTiers) avoids(ctx context.Context, b, n graph.Node, k int, lists func(graph.Rel) bool, failed map[standing]bool) (bool, error) {
	if k == 1 {
		return o.member(ctx, b, 1)
	}
	if failed[standing{b, k}] {
		return false, nil
	}
	is, err := o.anyNearer(ctx, b, k, lists, func(d graph.Node) (bool, error) {
		if d == n {
			return false, nil
		}
		if in, err := o.member(ctx, d, k-1); err != nil || !in {
			return false, err
		}
		return o.avoids(ctx, d, n, k-1, nil, failed)
	})
	if err == nil && !is {
		failed[standing{b, k}] = true
	}
	return is, err
}
