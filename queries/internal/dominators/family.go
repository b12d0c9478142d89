package dominators

import (
	"context"
	"slices"
)

// Family tells what nodes dominate in many graphs that differ in the edges of the root only: each has a set of first
// nodes in their place. Solving each by itself costs as much as the graph is large. A hub h, a node that some first node
// reaches without passing the root, spares most of that. From the first nodes are reached: the nodes that h reaches, and
// perhaps a few before these, the outer ones; edges lead from the outer ones to entries. Take a node S away that is no
// outer one, that a first node does not need to reach h, and that h does not need to reach any entry. Then what is reached
// from the first nodes is what is reached from h, and the outer ones: S dominates the same nodes whichever the first
// nodes are. Which nodes are needed is told by two dominator trees from h, of the graph and of its reverse: it is the
// ancestors of the first nodes and of the entries, mostly none. (The same trees find the strong articulation points of a
// graph: Italiano, Laura, Santaroni, "Finding strong bridges and strong articulation points in linear time", Theoretical
// Computer Science 447, 2012.)
type Family struct {
	g, back  *Graph
	root     int32
	weight   []int32
	hub      int32
	from     Tree // of the graph, from the hub, without the root
	to       Tree // of its reverse
	counts   []int32
	weights  []int32
	second   int32 // another node like the hub
	onward   bits  // nodes that it reaches without the hub, and how many these are
	apart    reach
	backward bits // nodes that reach it without the hub
}

// Cut is what one node dominates, itself not counted, and the weight of that with its own.
type Cut struct {
	Node, Count, Weight int32
}

// Cuts are what nodes dominate under one set of first nodes: those nodes that dominate others, or all of the weight.
type Cuts struct {
	Shared bool  // nodes that are not in Own dominate what Family.Shared says; else they are of no account
	Own    []Cut // in rising order of nodes
	Weight int32 // of all nodes reached, the root included
}

// reach is how many nodes are reached, and their weight.
type reach struct {
	count, weight int32
}

// minSets is how many sets of first nodes there must be for a hub to be worth its trees.
const minSets = 3

// NewFamily prepares the answers for so many sets of first nodes of the graph, whose reverse is back. The error is that of
// the context.
func NewFamily(ctx context.Context, g, back *Graph, root int32, weight []int32, sets int) (*Family, error) {
	f := &Family{g: g, back: back, root: root, weight: weight, hub: None, second: None}
	if sets < minSets {
		return f, nil
	}
	if err := f.chooseHub(ctx); err != nil || f.hub == None {
		return f, err
	}
	ones := make([]int32, g.Nodes())
	for v := range ones {
		ones[v] = 1
	}
	f.counts, f.weights = f.from.Sums(ones), f.from.Sums(weight)
	return f, f.chooseSecond(ctx)
}

// chooseHub takes a node with many edges both ways and makes its trees.
func (f *Family) chooseHub(ctx context.Context) error {
	f.hub = f.busiest(func(int32) bool { return true })
	if f.hub == None {
		return nil
	}
	failed := make(chan error, 1)
	go func() {
		var s Solver
		var err error
		f.to, err = s.solve(ctx, f.back, f.g, f.hub, f.root, nil)
		failed <- err
	}()
	var s Solver
	var err error
	f.from, err = s.solve(ctx, f.g, f.back, f.hub, f.root, nil)
	if late := <-failed; err == nil {
		err = late
	}
	return err
}

// busiest is the node with the most edges both ways, apart from the root; None where none has any.
func (f *Family) busiest(of func(int32) bool) int32 {
	best, most := None, 0
	for v := range int32(f.g.Nodes()) {
		if edges := min(len(f.g.Row(v)), len(f.back.Row(v))); edges > most && v != f.root && of(v) {
			best, most = v, edges
		}
	}
	return best
}

// chooseSecond finds out what a node like the hub reaches, and is reached from, without the hub.
func (f *Family) chooseSecond(ctx context.Context) (err error) {
	f.second = f.busiest(func(v int32) bool { return v != f.hub && f.joined(v) })
	if f.second == None {
		return nil
	}
	if f.onward, f.apart, err = f.search(ctx, f.g, []int32{f.second}, f.hub); err != nil {
		return err
	}
	f.backward, _, err = f.search(ctx, f.back, []int32{f.second}, f.hub)
	return err
}

// joined reports whether the hub reaches v and v the hub.
func (f *Family) joined(v int32) bool { return f.from.Reached(v) && f.to.Reached(v) }

// search is what is reached from the nodes without passing the root or another node. The nodes left out are in the set.
func (f *Family) search(ctx context.Context, g *Graph, from []int32, without int32) (bits, reach, error) {
	seen := make(bits, (g.Nodes()+63)/64)
	seen.set(f.root)
	seen.set(without)
	var todo []int32
	add := func(v int32) {
		if !seen.has(v) {
			seen.set(v)
			todo = append(todo, v)
		}
	}
	for _, v := range from {
		add(v)
	}
	var r reach
	budget := checkEvery
	for i := 0; i < len(todo); i++ {
		r.count++
		r.weight += f.weight[todo[i]]
		row := g.Row(todo[i])
		for _, w := range row {
			add(w)
		}
		if budget -= len(row) + 1; budget < 0 {
			budget = checkEvery
			if err := ctx.Err(); err != nil {
				return nil, r, err
			}
		}
	}
	return seen, r, nil
}

// maxSearches is how many nodes are taken out by long searches of their own before the graph is solved instead.
const maxSearches = 3

// Of gives the cuts under a set of first nodes. It may be called by several goroutines, each with a Solver of its own.
func (f *Family) Of(ctx context.Context, s *Solver, first []int32) (Cuts, error) {
	if f.hub != None {
		if cuts, ok, err := f.byHub(ctx, first); ok || err != nil {
			return cuts, err
		}
	}
	if err := s.dominators(ctx, f.g, f.back, f.root, None, first); err != nil {
		return Cuts{}, err
	}
	return s.cuts(f.weight), nil
}

// cuts adds up what the nodes dominate.
func (s *Solver) cuts(weight []int32) Cuts {
	sums := make([]reach, len(s.order))
	for w := len(s.order) - 1; w >= 0; w-- {
		sums[w].count++
		sums[w].weight += weight[s.order[w]]
		if w > 0 {
			up := &sums[s.idom[w]]
			up.count, up.weight = up.count+sums[w].count, up.weight+sums[w].weight
		}
	}
	cuts := Cuts{Weight: sums[0].weight}
	for w := 1; w < len(sums); w++ {
		if r := sums[w]; counts(r.count, r.weight, cuts.Weight) {
			cuts.Own = append(cuts.Own, Cut{s.order[w], r.count - 1, r.weight})
		}
	}
	slices.SortFunc(cuts.Own, func(a, b Cut) int { return int(a.Node - b.Node) })
	return cuts
}

// counts reports whether a node that dominates so much, itself included, is of any account.
func counts(sum, weight, all int32) bool { return sum > 1 || weight > 0 && weight == all }

// maxOuter is how many outer nodes there may be for the hub to be of use.
const maxOuter = 8

// way is how a set of first nodes leads to what the hub reaches.
type way struct {
	first   []int32
	outer   []int32 // nodes reached that the hub does not reach
	entries []int32 // nodes that the hub reaches: first nodes, and where edges from outer ones lead
	leading []int32 // first nodes that reach the hub
}

// wayOf is the way of a set of first nodes; false where the hub is of no use to it.
func (f *Family) wayOf(first []int32) (way, bool) {
	x := way{first: first}
	add := func(v int32) {
		switch {
		case v == f.root:
		case f.from.Reached(v):
			x.entries = append(x.entries, v)
		case !slices.Contains(x.outer, v):
			x.outer = append(x.outer, v)
		}
	}
	for _, v := range first {
		add(v)
		if f.to.Reached(v) {
			x.leading = append(x.leading, v)
		}
	}
	for i := 0; i < len(x.outer) && len(x.outer) <= maxOuter; i++ {
		for _, w := range f.g.Row(x.outer[i]) {
			add(w)
		}
	}
	return x, len(x.leading) > 0 && len(x.outer) <= maxOuter
}

// byHub gives the cuts by the trees of the hub; false where it is of no use, or too many nodes would have to be taken
// out.
func (f *Family) byHub(ctx context.Context, first []int32) (cuts Cuts, ok bool, err error) {
	x, ok := f.wayOf(first)
	if !ok {
		return cuts, false, nil
	}
	outer := reach{count: int32(len(x.outer))}
	for _, v := range x.outer {
		outer.weight += f.weight[v]
	}
	all := reach{int32(len(f.from.Order)) + outer.count, f.weights[f.hub] + outer.weight}
	cuts = Cuts{Shared: true, Weight: all.weight + f.weight[f.root]}
	searches := 0
	for _, v := range f.special(&x) {
		left := reach{}
		switch {
		case len(first) == 1 && first[0] == v: // nothing is reached without it
		case v == f.hub && f.apartFrom(&x):
			left = reach{f.apart.count + outer.count, f.apart.weight + outer.weight}
		case v != f.hub && !slices.Contains(x.outer, v) && f.leadsWithout(&x, v):
			left = f.below(&x, v)
			left.count, left.weight = left.count+all.count-f.counts[v], left.weight+all.weight-f.weights[v]
		default:
			if _, left, err = f.search(ctx, f.g, first, v); err != nil {
				return cuts, false, err
			}
			if left.count > all.count/8 {
				searches++
			}
			if searches > maxSearches {
				return cuts, false, nil
			}
		}
		cuts.Own = append(cuts.Own, Cut{v, all.count - left.count - 1, all.weight - left.weight})
	}
	return cuts, true, nil
}

// leadsWithout reports whether a first node reaches the hub without v.
func (f *Family) leadsWithout(x *way, v int32) bool {
	return slices.ContainsFunc(x.leading, func(a int32) bool { return !f.to.below(a, v) })
}

// below is what is reached without v, but from entries, of what the hub does not reach without v: nothing else leads there.
func (f *Family) below(x *way, v int32) (r reach) {
	seen := map[int32]bool{v: true}
	var todo []int32
	add := func(w int32) {
		if !seen[w] && w != f.root && f.from.below(w, v) {
			seen[w] = true
			todo = append(todo, w)
		}
	}
	for _, a := range x.entries {
		add(a)
	}
	for i := 0; i < len(todo); i++ {
		r.count++
		r.weight += f.weight[todo[i]]
		for _, w := range f.g.Row(todo[i]) {
			add(w)
		}
	}
	return r
}

// special are the nodes that the trees of the hub do not tell about: the hub, the outer ones, those that a first node
// needs to reach the hub, or the hub to reach an entry, and a first node that is the only one to reach the hub.
func (f *Family) special(x *way) []int32 {
	out := append([]int32{f.hub}, x.outer...)
	above := func(t *Tree, v int32) {
		for d := t.Idom[v]; d != None; d = t.Idom[d] {
			out = append(out, d)
		}
	}
	for _, v := range x.entries {
		above(&f.from, v)
	}
	for _, v := range x.leading {
		above(&f.to, v)
	}
	if len(x.leading) == 1 {
		out = append(out, x.leading[0])
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// apartFrom reports whether without the hub the first nodes reach what the second one does, and the outer ones.
func (f *Family) apartFrom(x *way) bool {
	if f.second == None {
		return false
	}
	beyond := func(v int32) bool { return v != f.hub && !f.onward.has(v) }
	leads := func(v int32) bool { return v != f.hub && f.backward.has(v) }
	return !slices.ContainsFunc(x.entries, beyond) && slices.ContainsFunc(x.leading, leads)
}

// Shared are what nodes dominate in all graphs of the Family whose cuts are shared, in rising order.
func (f *Family) Shared() (out []Cut) {
	if f.hub == None {
		return nil
	}
	all := f.weights[f.hub] + f.weight[f.root]
	for v, n := range f.counts {
		if counts(n, f.weights[v], all) {
			out = append(out, Cut{int32(v), n - 1, f.weights[v]})
		}
	}
	return out
}
