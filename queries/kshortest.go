package queries

import (
	"cmp"
	"container/heap"
	"context"
	"slices"

	"github.com/tributarygraph/tributary/graph"
)

// pathFinder gives the simple paths from one company to another, the shortest first, those of equal length in
// the order of the ids that they pass.
//
// It is Yen's algorithm (J. Y. Yen, "Finding the k shortest loopless paths in a network", Management Science 17,
// 1971) with Lawler's rule that a path deviates from its parent no earlier than the parent did from its own. The
// candidates split what is left into disjoint sets: the paths with one prefix that do not go on over one of some
// next companies. Each candidate is the first of its set in the order wanted, so that the least candidate is the
// next path.
type pathFinder struct {
	v       *graph.View
	filter  graph.Filter
	kinds   []graph.Kind
	from    graph.Node
	to      graph.Node
	maxHops int
	back    *walk // from the target upstream: a lower bound of the hops that are left
	waiting pathHeap
	last    *candidate // the path given last, whose set is still to be split
	started bool
	cut     bool // there are longer paths than maxHops allows
}

// candidate is the first of a set of paths.
type candidate struct {
	nodes []graph.Node
	// deviates is the position of the last company that all paths of the set share; excluded are the companies
	// that they do not go on to from there.
	deviates int
	excluded []graph.Node
}

// newPathFinder walks upstream from the target until it meets the start.
func newPathFinder(ctx context.Context, v *graph.View, from, to graph.Node, f graph.Filter, kinds []graph.Kind, maxHops int) (*pathFinder, error) {
	p := &pathFinder{v: v, filter: f, kinds: kinds, from: from, to: to, maxHops: maxHops, back: newWalk(v, to, Upstream, f)}
	p.back.kinds = kinds
	p.waiting.finder = p
	for {
		if _, met := p.back.tierOf(from); met {
			return p, nil
		}
		more, err := p.back.expand(ctx)
		if err != nil {
			p.release()
			return nil, err
		}
		if !more || p.back.depth() == MaxDepth {
			return p, nil
		}
	}
}

func (p *pathFinder) release() { p.back.release() }

// hopsLeft is a lower bound of the hops from n to the target; ok is false when there is no way.
func (p *pathFinder) hopsLeft(n graph.Node) (hops int, ok bool) {
	if t, reached := p.back.tierOf(n); reached {
		return t, true
	}
	if p.back.depth() > 0 && len(p.back.tier(p.back.depth())) == 0 {
		return 0, false // everything upstream of the target was walked
	}
	return p.back.depth() + 1, true
}

// next is the next path; nil when there are no more.
func (p *pathFinder) next(ctx context.Context) ([]graph.Node, error) {
	if !p.started {
		p.started = true
		if err := p.add(ctx, []graph.Node{p.from}, nil); err != nil {
			return nil, err
		}
	} else if p.last != nil {
		if err := p.split(ctx, p.last); err != nil {
			return nil, err
		}
	}
	p.last = nil
	if p.waiting.Len() == 0 {
		return nil, nil
	}
	c := heap.Pop(&p.waiting).(candidate)
	p.last = &c
	return c.nodes, nil
}

// split divides the rest of a candidate's set, itself taken away, into sets by where paths leave it.
func (p *pathFinder) split(ctx context.Context, c *candidate) error {
	for i := c.deviates; i < len(c.nodes)-1; i++ {
		excluded := []graph.Node{c.nodes[i+1]}
		if i == c.deviates {
			excluded = append(excluded, c.excluded...)
		}
		if err := p.add(ctx, c.nodes[:i+1], excluded); err != nil {
			return err
		}
	}
	return nil
}

// add puts the first path with this prefix that does not go on to one of the excluded among the candidates.
func (p *pathFinder) add(ctx context.Context, prefix, excluded []graph.Node) error {
	s := spur{p: p, prefix: prefix, excluded: excluded}
	rest, err := s.search(ctx)
	if err != nil || rest == nil {
		return err
	}
	heap.Push(&p.waiting, candidate{nodes: slices.Concat(prefix, rest), deviates: len(prefix) - 1, excluded: excluded})
	return nil
}

// spur finds the shortest way from the end of a prefix to the target that passes no company of the prefix again,
// the first by ids of several.
type spur struct {
	p        *pathFinder
	prefix   []graph.Node
	excluded []graph.Node
	failed   map[standing]bool // companies from which no way of so many hops leads to the target
	looked   int
}

func (s *spur) search(ctx context.Context) ([]graph.Node, error) {
	p := s.p
	end := s.prefix[len(s.prefix)-1]
	room := p.maxHops - (len(s.prefix) - 1)
	hops, ok := p.hopsLeft(end)
	if !ok {
		return nil, nil
	}
	if hops > room {
		p.cut = true
		return nil, nil
	}
	s.failed = map[standing]bool{}
	// Most often the way is as short as it can be. Where it is not, one walk tells how long it is.
	if rest, err := s.exactly(ctx, end, hops); err != nil || rest != nil {
		return rest, err
	}
	hops, err := s.distance(ctx, end)
	if err != nil || hops == 0 {
		return nil, err
	}
	if hops > room {
		p.cut = true
		return nil, nil
	}
	clear(s.failed)
	return s.exactly(ctx, end, hops)
}

// distance is the number of hops of the shortest way; 0 when there is none.
func (s *spur) distance(ctx context.Context, end graph.Node) (int, error) {
	w := newWalk(s.p.v, end, Downstream, s.p.filter)
	defer w.release()
	w.kinds = s.p.kinds
	for _, n := range s.prefix {
		w.avoid(n)
	}
	w.hop = func(r graph.Rel, tier int) bool {
		_, to, _ := s.p.v.Ends(r)
		return (tier > 1 || !slices.Contains(s.excluded, to)) && s.mayPass(to)
	}
	for w.depth() <= MaxDepth {
		more, err := w.expand(ctx)
		if err != nil {
			return 0, err
		}
		if t, met := w.tierOf(s.p.to); met {
			return t, nil
		}
		if !more {
			return 0, nil
		}
	}
	return MaxDepth + 1, nil
}

func (s *spur) mayPass(n graph.Node) bool {
	_, ok := s.p.hopsLeft(n)
	return ok
}

// exactly is the first way by ids of exactly so many hops from n to the target that passes no company of the
// prefix; nil when there is none. It is simple if no shorter way exists.
func (s *spur) exactly(ctx context.Context, n graph.Node, hops int) ([]graph.Node, error) {
	if s.looked++; s.looked%1024 == 0 && ctx.Err() != nil {
		return nil, ctx.Err()
	}
	end := s.prefix[len(s.prefix)-1]
	last := graph.NoNode
	for _, next := range s.p.downstream(n) {
		if next == last || next == n || n == end && slices.Contains(s.excluded, next) || s.failed[standing{next, hops - 1}] {
			continue
		}
		last = next
		if slices.Contains(s.prefix, next) {
			continue
		}
		if next == s.p.to {
			if hops == 1 && s.p.active(n, next) {
				return []graph.Node{next}, nil
			}
			continue
		}
		if left, ok := s.p.hopsLeft(next); !ok || left > hops-1 || !s.p.active(n, next) {
			continue
		}
		rest, err := s.exactly(ctx, next, hops-1)
		if err != nil {
			return nil, err
		}
		if rest != nil {
			return append([]graph.Node{next}, rest...), nil
		}
		s.failed[standing{next, hops - 1}] = true
	}
	return nil, nil
}

// downstream are the companies one hop downstream of n in the order of ids; some repeat, and some hops may not
// be active.
func (p *pathFinder) downstream(n graph.Node) []graph.Node {
	if len(p.kinds) == 1 {
		return p.v.Out(p.kinds[0], n).Nodes
	}
	var nodes []graph.Node
	for _, k := range p.kinds {
		nodes = append(nodes, p.v.Out(k, n).Nodes...)
	}
	order := least{v: p.v}
	slices.SortFunc(nodes, order.compare)
	return nodes
}

func (p *pathFinder) active(a, b graph.Node) bool {
	for _, k := range p.kinds {
		edges := p.v.Out(k, a)
		at, _ := slices.BinarySearchFunc(edges.Nodes, b, func(n, b graph.Node) int {
			order := least{v: p.v}
			return order.compare(n, b)
		})
		for ; at < edges.Len() && edges.Nodes[at] == b; at++ {
			if p.v.Active(edges.Rel(at), p.filter) {
				return true
			}
		}
	}
	return false
}

// pathHeap orders candidates by length, then by the ids that they pass.
type pathHeap struct {
	finder     *pathFinder
	candidates []candidate
}

func (h *pathHeap) Len() int { return len(h.candidates) }

func (h *pathHeap) Less(i, j int) bool {
	a, b := h.candidates[i].nodes, h.candidates[j].nodes
	if c := cmp.Compare(len(a), len(b)); c != 0 {
		return c < 0
	}
	order := least{v: h.finder.v}
	return slices.CompareFunc(a, b, order.compare) < 0
}

func (h *pathHeap) Swap(i, j int) {
	h.candidates[i], h.candidates[j] = h.candidates[j], h.candidates[i]
}

// Push is part of heap.Interface.
func (h *pathHeap) Push(c any) { h.candidates = append(h.candidates, c.(candidate)) }

// Pop is part of heap.Interface.
func (h *pathHeap) Pop() any {
	last := len(h.candidates) - 1
	c := h.candidates[last]
	h.candidates = h.candidates[:last]
	return c
}
