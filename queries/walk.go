package queries

import (
	"context"
	"sync"

	"github.com/tributarygraph/tributary/graph"
)

// Direction is which way a walk follows relations.
type Direction uint8

// The directions.
const (
	Upstream   Direction = iota // from a buyer to its suppliers
	Downstream                  // from a supplier to its customers
)

// MaxDepth is the greatest number of hops that a question may ask for.
const MaxDepth = 100

// Tiers are the companies at 1, 2, ... depth hops from start over active supplies relations, by the least number
// of hops: element i is tier i+1, in no particular order. The start is in none. Fewer tiers come back when there
// is nobody further. It is the walk below every list of suppliers and customers, without the rows.
func Tiers(ctx context.Context, v *graph.View, start graph.Node, d Direction, depth int, f graph.Filter) ([][]graph.Node, error) {
	w := newWalk(v, start, d, f)
	defer w.release()
	for w.depth() < depth {
		more, err := w.expand(ctx)
		if err != nil {
			return nil, err
		}
		if !more {
			break
		}
	}
	all := append([]graph.Node(nil), w.s.queue...)
	tiers := make([][]graph.Node, 0, w.depth())
	for t := 1; t <= w.depth(); t++ {
		if low, high := w.bounds(t); low < high {
			tiers = append(tiers, all[low:high:high])
		}
	}
	return tiers, nil
}

// scratch is the memory of a walk, kept for the next one: clearing it for a large network would cost more than most
// walks. Who was reached is a bit a company, so that it stays in the processor's cache.
type scratch struct {
	reached nodeSet // empty between walks
	tiers   []uint8 // of those reached
	queue   []graph.Node
}

var scratches = sync.Pool{New: func() any { return new(scratch) }}

func takeScratch(companies int) *scratch {
	s := scratches.Get().(*scratch)
	if len(s.tiers) < companies {
		room := companies + companies/8
		s.reached, s.tiers = make(nodeSet, (room+63)/64), make([]uint8, room)
	}
	s.queue = s.queue[:0]
	return s
}

// walk is a breadth-first search over companies, one tier at a time.
type walk struct {
	v         *graph.View
	direction Direction
	filter    graph.Filter
	active    graph.Activity
	kinds     []graph.Kind
	start     graph.Node
	// hop, where set, restricts the relations followed; tier is that of the company which the hop leads to.
	hop     func(r graph.Rel, tier int) bool
	s       *scratch
	ends    []int // of each tier in the queue; tier 0 is the start
	avoided []graph.Node
}

var suppliesOnly = []graph.Kind{graph.KindSupplies}

func newWalk(v *graph.View, start graph.Node, d Direction, f graph.Filter) *walk {
	w := &walk{v: v, direction: d, filter: f, active: v.Activity(f), kinds: suppliesOnly, start: start, s: takeScratch(v.NodeCount(graph.KindCompany))}
	w.s.queue = append(w.s.queue, start)
	w.s.reached.add(start)
	w.s.tiers[start] = 0
	w.ends = append(w.ends, 1)
	return w
}

// release gives the memory back; the walk must not be used afterwards.
func (w *walk) release() {
	w.s.reached.remove(w.s.queue)
	w.s.reached.remove(w.avoided)
	scratches.Put(w.s)
	w.s = nil
}

// avoid keeps the walk from passing a company: it counts as reached, at tier 0.
func (w *walk) avoid(n graph.Node) {
	w.s.reached.add(n)
	w.s.tiers[n] = 0
	w.avoided = append(w.avoided, n)
}

// depth is the number of tiers walked.
func (w *walk) depth() int { return len(w.ends) - 1 }

// bounds are where tier t lies in the queue.
func (w *walk) bounds(t int) (low, high int) {
	if t == 0 {
		return 0, w.ends[0]
	}
	return w.ends[t-1], w.ends[t]
}

// tier are the companies of tier t, in the order in which they were found.
func (w *walk) tier(t int) []graph.Node {
	low, high := w.bounds(t)
	return w.s.queue[low:high]
}

// tierOf is the tier of a company among those walked.
func (w *walk) tierOf(n graph.Node) (int, bool) {
	if !w.s.reached.has(n) {
		return 0, false
	}
	return int(w.s.tiers[n]), true
}

// farther are the relations that lead one hop away from the start, nearer those that lead back.
func (w *walk) farther(k graph.Kind, n graph.Node) graph.Edges {
	if w.direction == Upstream {
		return w.v.In(k, n)
	}
	return w.v.Out(k, n)
}

func (w *walk) nearer(k graph.Kind, n graph.Node) graph.Edges {
	if w.direction == Upstream {
		return w.v.Out(k, n)
	}
	return w.v.In(k, n)
}

// follows reports whether the walk may use the relation for a hop to a company at the tier.
func (w *walk) follows(r graph.Rel, tier int) bool {
	return (w.hop == nil || w.hop(r, tier)) && w.active.Has(r)
}

// checkEvery is how many relations are looked at between two looks at the context: some 100 microseconds.
const checkEvery = 1 << 14

// expand walks the next tier and reports whether it has anybody. When the context ends in the middle, the tier
// is taken back and the context's error returned.
func (w *walk) expand(ctx context.Context) (more bool, err error) {
	tier := len(w.ends)
	low, high := w.bounds(tier - 1)
	s := w.s
	reached, tiers, queue := s.reached, s.tiers, s.queue
	budget := checkEvery
	for at := low; at < high; at++ {
		for _, k := range w.kinds {
			edges := w.farther(k, queue[at])
			for i, n := range edges.Nodes {
				if reached.has(n) {
					continue
				}
				// As follows, by hand: this is the loop that everything waits for.
				if r := edges.Rel(i); (w.hop == nil || w.hop(r, tier)) && w.active.Has(r) {
					reached.add(n)
					tiers[n] = uint8(tier)
					queue = append(queue, n)
				}
			}
			budget -= len(edges.Nodes) + 1
		}
		if budget < 0 {
			budget = checkEvery
			if err := ctx.Err(); err != nil {
				for _, n := range queue[high:] {
					reached[n>>6] &^= 1 << (uint(n) & 63)
				}
				return false, err
			}
		}
	}
	s.queue = queue
	w.ends = append(w.ends, len(queue))
	return len(queue) > high, nil
}

// anyFarther reports whether the tier after the last one walked has anybody, without walking it whole.
func (w *walk) anyFarther(ctx context.Context) (bool, error) {
	budget := checkEvery
	for _, b := range w.tier(w.depth()) {
		for _, k := range w.kinds {
			edges := w.farther(k, b)
			for i, n := range edges.Nodes {
				if !w.s.reached.has(n) && w.follows(edges.Rel(i), w.depth()+1) {
					return true, nil
				}
			}
			budget -= len(edges.Nodes) + 1
		}
		if budget < 0 {
			budget = checkEvery
			if err := ctx.Err(); err != nil {
				return false, err
			}
		}
	}
	return false, nil
}

// deadEnds counts those of the companies from which no active relation leads farther, but to themselves. What the
// walk may not follow counts too: it is documented.
func (w *walk) deadEnds(ctx context.Context, nodes []graph.Node) (count int, err error) {
	budget := checkEvery
	for _, b := range nodes {
		if !w.leadsOn(b, &budget) {
			count++
		}
		if budget < 0 {
			budget = checkEvery
			if err := ctx.Err(); err != nil {
				return 0, err
			}
		}
	}
	return count, nil
}

// leadsOn reports whether an active relation leads from b to another company, and takes those it looks at from
// the budget.
func (w *walk) leadsOn(b graph.Node, budget *int) bool {
	*budget--
	for _, k := range w.kinds {
		edges := w.farther(k, b)
		for i, n := range edges.Nodes {
			*budget--
			if n != b && w.active.Has(edges.Rel(i)) {
				return true
			}
		}
	}
	return false
}

// cost is the number of relations that walking on from the companies looks at; those beyond enough are not counted.
func (w *walk) cost(from []graph.Node, enough int) (relations int) {
	for _, n := range from {
		if relations > enough {
			break
		}
		for _, k := range w.kinds {
			relations += w.farther(k, n).Len()
		}
	}
	return relations
}

// costBack is the number of relations that lead back from the companies.
func (w *walk) costBack(from []graph.Node) (relations int) {
	for _, n := range from {
		for _, k := range w.kinds {
			relations += w.nearer(k, n).Len()
		}
	}
	return relations
}
