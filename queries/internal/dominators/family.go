package dominators

import (
	"context"
	"slices"
)

// Family tells what nodes dominate in many graphs that differ in the edges of the root only: each has a set of first
// nodes in their place. Solving each by itself costs as much as the graph is large. A hub spares most of that: a node h
// that the first nodes reach and that reaches them, without passing the root. Take a node S that no first node needs to
// reach h, and h not to reach any first node. Then without S exactly that is reached from the first nodes which is reached
// from h: S dominates the same nodes, whichever the first nodes are. Which nodes those need is told by two dominator
// trees from h, of the graph and of its reverse: it is the ancestors of the first nodes, mostly none. (The same trees
// find the strong articulation points of a graph: Italiano, Laura, Santaroni, "Finding strong bridges and strong
// articulation points in linear time", Theoretical Computer Science 447, 2012.)
type Family struct {
	g, back *Graph
	root    int32
	weight  []int32
	hub     int32
	from    Tree // of the graph, from the hub, without the root
	to      Tree // of its reverse
	counts  []int32
	weights []int32
	second  bits  // nodes that reach, and are reached from, most of the others without the hub
	apart   reach // what is reached from these
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
	f := &Family{g: g, back: back, root: root, weight: weight, hub: None}
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

// chooseSecond finds out what is reached without the hub from those nodes that reach each other without it.
func (f *Family) chooseSecond(ctx context.Context) error {
	second := f.busiest(func(v int32) bool { return v != f.hub && f.joined(v) })
	if second == None {
		return nil
	}
	onward, apart, err := f.search(ctx, f.g, []int32{second}, f.hub)
	if err != nil {
		return err
	}
	backward, _, err := f.search(ctx, f.back, []int32{second}, f.hub)
	if err != nil {
		return err
	}
	for i := range onward {
		onward[i] &= backward[i]
	}
	onward.clear(f.root)
	onward.clear(f.hub)
	f.second, f.apart = onward, apart
	return nil
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

// maxSearches is how many nodes are taken out by themselves before the graph is solved instead.
const maxSearches = 3

// Of gives the cuts under a set of first nodes. It may be called by several goroutines, each with a Solver of its own.
func (f *Family) Of(ctx context.Context, s *Solver, first []int32) (Cuts, error) {
	if f.hub != None && !slices.ContainsFunc(first, func(v int32) bool { return !f.joined(v) }) {
		if cuts, ok, err := f.byHub(ctx, first); ok || err != nil {
			return cuts, err
		}
	}
	tree, err := s.Solve(ctx, f.g, f.back, f.root, first)
	if err != nil {
		return Cuts{}, err
	}
	ones := make([]int32, f.g.Nodes())
	for v := range ones {
		ones[v] = 1
	}
	sums, weights := tree.Sums(ones), tree.Sums(f.weight)
	cuts := Cuts{Weight: weights[f.root]}
	for v, n := range sums {
		if int32(v) != f.root && counts(n, weights[v], cuts.Weight) {
			cuts.Own = append(cuts.Own, Cut{int32(v), n - 1, weights[v]})
		}
	}
	return cuts, nil
}

// counts reports whether a node that dominates so much, itself included, is of any account.
func counts(sum, weight, all int32) bool { return sum > 1 || weight > 0 && weight == all }

// byHub gives the cuts by the trees of the hub; false where too many nodes would have to be taken out.
func (f *Family) byHub(ctx context.Context, first []int32) (cuts Cuts, ok bool, err error) {
	all := reach{int32(len(f.from.Order)), f.weights[f.hub]}
	cuts = Cuts{Shared: true, Weight: all.weight + f.weight[f.root]}
	searches := 0
	for _, v := range f.special(first) {
		left := reach{}
		switch {
		case len(first) == 1 && first[0] == v: // nothing is reached without it
		case v == f.hub && f.apartFrom(first):
			left = f.apart
		default:
			if searches++; searches > maxSearches {
				return cuts, false, nil
			}
			if _, left, err = f.search(ctx, f.g, first, v); err != nil {
				return cuts, false, err
			}
		}
		cuts.Own = append(cuts.Own, Cut{v, all.count - left.count - 1, all.weight - left.weight})
	}
	return cuts, true, nil
}

// special are the nodes that some first node needs to reach the hub, or the hub to reach it; the hub itself; and a first
// node that is the only one.
func (f *Family) special(first []int32) []int32 {
	out := []int32{f.hub}
	for _, v := range first {
		for _, t := range []*Tree{&f.from, &f.to} {
			for d := t.Idom[v]; d != None; d = t.Idom[d] {
				out = append(out, d)
			}
		}
	}
	if len(first) == 1 {
		out = append(out, first[0])
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// apartFrom reports whether without the hub the first nodes reach what the second one does, the hub itself, where it is
// among them, not counted.
func (f *Family) apartFrom(first []int32) bool {
	if f.second == nil {
		return false
	}
	return !slices.ContainsFunc(first, func(v int32) bool { return v != f.hub && !f.second.has(v) })
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
