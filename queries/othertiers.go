package queries

import (
	"context"
	"slices"

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
//
// From the second on every level follows from the one before in the same way: once one is the same as that before, so
// are all that come after, and they share its memory.
type otherTiers struct {
	l      *tierList
	levels []*level // by number of hops; 0 is not used
	stable int      // from this number of hops on the levels are the same; 0 where that is not known
	enough int      // relations that a level may cost
	known  map[standing]bool

	// of which company it is known by how many hops walks lead to it that do not pass it before, and by how many
	first graph.Node
	by    []bool
}

// level is W(k), as far as it is known.
type level struct {
	set   nodeSet // nil until it is made, and of W(1), which is tier 1
	nodes []graph.Node
	// next is, by company of the level, one of W(k-1) that is one hop nearer: a walk to the start that is known without a
	// search. nil where it would take too much memory.
	next []graph.Node
}

type standing struct {
	node graph.Node
	hops int
}

// cheapLevel is the number of relations that a level may cost however few rows ask for it, where only one other tier can.
const cheapLevel = 1 << 9

// maxNexts is how many companies the levels may note as next, all told.
const maxNexts = 1 << 24

func newOtherTiers(l *tierList) *otherTiers {
	return &otherTiers{l: l, levels: make([]*level, l.req.Depth+2), known: map[standing]bool{}, first: graph.NoNode}
}

// release gives the memory of the levels back.
func (o *otherTiers) release() {
	for k, made := range o.levels {
		if made != nil && made.set != nil && (o.stable == 0 || k <= o.stable) {
			made.set.release(made.nodes)
		}
	}
	o.levels = nil
}

// of are the other tiers of a company listed at a tier.
func (o *otherTiers) of(ctx context.Context, n graph.Node, tier int) ([]int, error) {
	tiers := []int{}
	for k := tier + 1; k <= o.l.req.Depth; k++ {
		if err := o.makeLevels(ctx, k-1); err != nil {
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

// worth is the number of relations that a level may cost: what asking for each company of this part by itself would look at,
// once for each tier at which it may stand besides.
func (o *otherTiers) worth() int {
	companies := make([]graph.Node, len(o.l.chosen))
	for i, at := range o.l.chosen {
		companies[i] = at.node
	}
	return max(cheapLevel, o.l.walk.costBack(companies)) * max(1, o.l.req.Depth-2)
}

// makeLevels makes W(1) to W(k) as far as they cost no more than asking for each company by itself.
func (o *otherTiers) makeLevels(ctx context.Context, k int) error {
	if o.levels[1] == nil {
		o.levels[1], o.enough = &level{nodes: o.l.walk.tier(1)}, o.worth()
	}
	for j := 2; j <= k; j++ {
		if o.levels[j] != nil {
			if o.levels[j].set == nil {
				return nil // too dear before
			}
			continue
		}
		if o.stable > 0 {
			o.levels[j] = o.levels[o.stable]
			continue
		}
		before := o.levels[j-1].nodes
		o.levels[j] = &level{}
		if o.l.walk.cost(before, o.enough) > o.enough {
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
	companies := o.l.v.NodeCount(graph.KindCompany)
	set := takeNodeSet(companies)
	var nodes, next []graph.Node
	if k*companies <= maxNexts {
		next = make([]graph.Node, companies)
	}
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
					if next != nil {
						next[n] = b
					}
				}
			}
		}
	}
	o.levels[k] = &level{set: set, nodes: nodes, next: next}
	if last := o.levels[k-1]; last.set != nil && last.next != nil && last.same(nodes) {
		o.stable = k
	}
	return nil
}

// same reports whether the level is just these companies.
func (l *level) same(nodes []graph.Node) bool {
	return len(l.nodes) == len(nodes) && !slices.ContainsFunc(nodes, func(n graph.Node) bool { return !l.set.has(n) })
}

// shown reports whether the walk of k hops from b by the next of each level is known and does not pass n on the way.
func (o *otherTiers) shown(b, n graph.Node, k int) bool {
	for ; k > 1; k-- {
		l := o.levels[k]
		if l == nil || l.next == nil || !l.set.has(b) {
			return false
		}
		if b = l.next[b]; b == n {
			return false
		}
	}
	return o.glance(b, 1) == inside
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
	if l := o.levels[k-1]; l == nil || l.next == nil {
		return o.avoids(ctx, n, n, k, o.l.lists, map[standing]bool{})
	}
	if o.anyShown(n, k) {
		return true, nil
	}
	// Whoever passes n on every walk stands in no tier but its own: a search from n would look at everything, once a tier.
	if o.first != n {
		by, err := o.arrivals(ctx, n)
		if err != nil {
			return false, err
		}
		o.first, o.by = n, by
	}
	return o.by[k], nil
}

// anyShown reports whether one hop, by which n stands on the list, leads from n to somebody whose known walk does not come
// back to n.
func (o *otherTiers) anyShown(n graph.Node, k int) bool {
	w := o.l.walk
	for _, kind := range w.kinds {
		edges := w.nearer(kind, n)
		for i, b := range edges.Nodes {
			if b == n || b == w.start || o.glance(b, k-1) != inside {
				continue
			}
			if r := edges.Rel(i); (o.l.lists == nil || o.l.lists(r)) && w.follows(r, k) && o.shown(b, n, k-1) {
				return true
			}
		}
	}
	return false
}

// arrivals tells by how many hops, up to the depth, walks lead from the start to n that do not pass n before.
func (o *otherTiers) arrivals(ctx context.Context, n graph.Node) ([]bool, error) {
	w, by := o.l.walk, make([]bool, o.l.req.Depth+1)
	before := &level{nodes: []graph.Node{w.start}}
	defer func() {
		if before.set != nil {
			before.set.release(before.nodes)
		}
	}()
	for k := 1; k < len(by); k++ {
		now := &level{set: takeNodeSet(o.l.v.NodeCount(graph.KindCompany))}
		arrives, err := o.step(ctx, before, now, n, k)
		if err != nil {
			now.set.release(now.nodes)
			return nil, err
		}
		by[k] = arrives
		stays := before.set != nil && before.same(now.nodes)
		if before.set != nil {
			before.set.release(before.nodes)
		}
		if before = now; stays {
			for j := k + 1; j < len(by); j++ {
				by[j] = arrives
			}
			break
		}
	}
	return by, nil
}

// step fills the level of those whom hop k leads to from the level before, but n: it reports whether it leads to n, by a
// hop that brings it onto the list.
func (o *otherTiers) step(ctx context.Context, before, now *level, n graph.Node, k int) (arrives bool, err error) {
	w, budget := o.l.walk, checkEvery
	for _, b := range before.nodes {
		for _, kind := range w.kinds {
			edges := w.farther(kind, b)
			for i, to := range edges.Nodes {
				switch r := edges.Rel(i); {
				case to == b || to == w.start || now.set.has(to) || !w.follows(r, k):
				case to == n:
					arrives = arrives || o.l.lists == nil || o.l.lists(r)
				default:
					now.set.add(to)
					now.nodes = append(now.nodes, to)
				}
			}
			budget -= edges.Len() + 1
		}
		if budget < 0 {
			budget = checkEvery
			if err := ctx.Err(); err != nil {
				return false, err
			}
		}
	}
	return arrives, nil
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
	if lists == nil && o.shown(b, n, k) {
		return true, nil
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
