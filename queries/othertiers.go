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
// The tiers tell most of it: tier k is in W(k), and whoever stands farther is not. For the companies nearer than
// k a level is made where that is cheap; else membership is decided from the company's side, from one level to the
// next, and remembered.
type otherTiers struct {
	l      *tierList
	levels []*level // by number of hops; 0 is not used
	known  map[standing]bool
}

// level is W(k), as far as it is known.
type level struct {
	set   nodeSet // nil until it is made, and of W(1), which is tier 1
	nodes []graph.Node
}

type standing struct {
	node graph.Node
	hops int
}

// cheapLevel is the number of relations that a level may cost however few rows ask for it.
const cheapLevel = 1 << 9

func newOtherTiers(l *tierList) *otherTiers {
	return &otherTiers{l: l, levels: make([]*level, l.req.Depth+2), known: map[standing]bool{}}
}

// release gives the memory of the levels back.
func (o *otherTiers) release() {
	for _, made := range o.levels {
		if made != nil && made.set != nil {
			made.set.release(made.nodes)
		}
	}
	o.levels = nil
}

// of are the other tiers of a company listed at a tier. The companies are those of the same tier and part, for
// whose sake it may pay to make a level.
func (o *otherTiers) of(ctx context.Context, n graph.Node, tier int, companies []graph.Node) ([]int, error) {
	tiers := []int{}
	for k := tier + 1; k <= o.l.req.Depth; k++ {
		if err := o.makeLevels(ctx, k-1, companies); err != nil {
			return nil, err
		}
		stands, err := o.stands(ctx, n, k)
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
	if o.levels[1] == nil {
		o.levels[1] = &level{nodes: o.l.walk.tier(1)}
	}
	for j := 2; j <= k; j++ {
		if o.levels[j] != nil {
			if o.levels[j].set == nil {
				return nil // too dear before
			}
			continue
		}
		before := o.levels[j-1].nodes
		o.levels[j] = &level{}
		if enough := max(cheapLevel, o.l.walk.costBack(companies)); o.l.walk.cost(before, enough) > enough {
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
	set := takeNodeSet(o.l.v.NodeCount(graph.KindCompany))
	var nodes []graph.Node
	for _, b := range before {
		if err := ctx.Err(); err != nil {
			set.release(nodes)
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

// membership is what is known at once of whether a company is in W(k).
type membership uint8

const (
	unsure membership = iota
	inside
	outside
)

// glance tells what is known at once of whether n, which is not the start, is in W(k). A tier at least must have been
// walked.
func (o *otherTiers) glance(n graph.Node, k int) membership {
	if l := o.levels[k]; l != nil && l.set != nil {
		if l.set.has(n) {
			return inside
		}
		return outside
	}
	switch tier, walked := o.l.walk.tierOf(n); {
	case walked && tier == k:
		return inside
	case walked && tier > k, !walked && k <= o.l.walk.depth():
		return outside
	}
	return unsure
}

// member reports whether n, which is not the start, is in W(k).
func (o *otherTiers) member(ctx context.Context, n graph.Node, k int) (bool, error) {
	if m := o.glance(n, k); m != unsure {
		return m == inside, nil
	}
	at := standing{n, k}
	if is, ok := o.known[at]; ok {
		return is, nil
	}
	is, err := o.anyNearer(ctx, n, k, nil)
	if err == nil {
		o.known[at] = is
	}
	return is, err
}

// anyNearer reports whether one hop leads from n, which stands k hops from the start, to W(k-1).
func (o *otherTiers) anyNearer(ctx context.Context, n graph.Node, k int, lists func(graph.Rel) bool) (bool, error) {
	if err := ctx.Err(); err != nil {
		return false, err
	}
	w := o.l.walk
	var open []graph.Node
	for _, kind := range w.kinds {
		edges := w.nearer(kind, n)
		for i, b := range edges.Nodes {
			// Most companies were not reached at all, and most of these questions end here.
			m := o.glance(b, k-1)
			if m == outside || b == n || b == w.start {
				continue
			}
			if r := edges.Rel(i); lists != nil && !lists(r) || !w.follows(r, k) {
				continue
			}
			if m == inside {
				return true, nil
			}
			open = append(open, b)
		}
	}
	for _, b := range open {
		if is, err := o.member(ctx, b, k-1); err != nil || is {
			return is, err
		}
	}
	return false, nil
}

// stands reports whether a chain of exactly k hops that comes back neither to n nor to the start leads from n
// to the start.
func (o *otherTiers) stands(ctx context.Context, n graph.Node, k int) (bool, error) {
	back := o.l.mayComeBack(n, k)
	if !back || o.l.lists == nil {
		if is, err := o.listedMember(ctx, n, k); err != nil || !is || !back {
			return is, err
		}
	}
	return o.avoids(ctx, n, n, k, o.l.lists, map[standing]bool{})
}

// listedMember reports whether n is in W(k) by a hop that brings it onto the list.
func (o *otherTiers) listedMember(ctx context.Context, n graph.Node, k int) (bool, error) {
	if o.l.lists == nil {
		return o.member(ctx, n, k)
	}
	return o.anyNearer(ctx, n, k, o.l.lists)
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
	if err := ctx.Err(); err != nil {
		return false, err
	}
	w := o.l.walk
	for _, kind := range w.kinds {
		edges := w.nearer(kind, b)
		for i, d := range edges.Nodes {
			if d == b || d == n || d == w.start || o.glance(d, k-1) == outside {
				continue
			}
			if r := edges.Rel(i); lists != nil && !lists(r) || !w.follows(r, k) {
				continue
			}
			if is, err := o.member(ctx, d, k-1); err != nil {
				return false, err
			} else if !is {
				continue
			}
			if is, err := o.avoids(ctx, d, n, k-1, nil, failed); err != nil || is {
				return is, err
			}
		}
	}
	failed[standing{b, k}] = true
	return false, nil
}
