// Package reach finds which of many starts reach which nodes of a network, 64 starts at a time.
package reach

import "context"

// Graph is a network in compressed sparse rows: node n leads to To[Start[n]:Start[n+1]].
type Graph struct {
	Start []int32
	To    []int32
}

// Nodes is the number of nodes.
func (g *Graph) Nodes() int { return len(g.Start) - 1 }

// Row are the nodes that n leads to.
func (g *Graph) Row(n int32) []int32 { return g.To[g.Start[n]:g.Start[n+1]] }

// Reverse is the network with every link turned round. The nodes of a row are in ascending order.
func (g *Graph) Reverse() *Graph {
	n := g.Nodes()
	out := &Graph{Start: make([]int32, n+1), To: make([]int32, len(g.To))}
	for _, to := range g.To {
		out.Start[to+1]++
	}
	for i := range n {
		out.Start[i+1] += out.Start[i]
	}
	next := make([]int32, n)
	copy(next, out.Start)
	for from := range int32(n) {
		for _, to := range g.Row(from) {
			out.To[next[to]] = from
			next[to]++
		}
	}
	return out
}

// Width is how many starts spread at once.
const Width = 64

// Spread is breadth-first search from up to 64 starts at once, a bit each: M. Then et al., "The More the Merrier:
// Efficient Multi-Source Graph Traversal", VLDB 2014. A link that many starts use is followed once a hop for all.
type Spread struct {
	g       *Graph
	seen    []uint64 // the starts that have reached each node
	now     []uint64 // those that did so in the last hop
	next    []uint64
	touched []int32 // nodes with a bit in seen

	frontier, following []int32

	// Level, where set, is called after each hop with the nodes that new starts have reached and, by node, which.
	Level func(hop int, nodes []int32, now []uint64)
	// Arrive, where set, is called for each link over which starts reach a node for the first time, in hop number
	// hop. The same start may reach a node over several links in one hop.
	Arrive func(hop int, from, to int32, starts uint64)
}

// New makes a search over g, to be run any number of times.
func New(g *Graph) *Spread {
	n := g.Nodes()
	return &Spread{g: g, seen: make([]uint64, n), now: make([]uint64, n), next: make([]uint64, n)}
}

// checkEvery is how many links are followed between two looks at the context.
const checkEvery = 1 << 15

// Run spreads from the starts, at most [Width], over at most so many hops; bit i stands for starts[i]. It reports
// whether a further hop would reach anything new. The error is that of the context; what was reached by then stays.
func (s *Spread) Run(ctx context.Context, starts []int32, hops int) (more bool, err error) {
	s.clear()
	for i, n := range starts {
		if s.seen[n] == 0 {
			s.touched = append(s.touched, n)
			s.frontier = append(s.frontier, n)
		}
		s.seen[n] |= 1 << i
		s.now[n] |= 1 << i
	}
	for hop := 1; hop <= hops && len(s.frontier) > 0; hop++ {
		if err := s.hop(ctx, hop); err != nil {
			return true, err
		}
		if s.Level != nil && len(s.frontier) > 0 {
			s.Level(hop, s.frontier, s.now)
		}
	}
	return s.anyNew(), nil
}

// hop follows the links of the frontier and makes those newly reached the next one.
func (s *Spread) hop(ctx context.Context, hop int) error {
	budget := checkEvery
	for _, from := range s.frontier {
		bits := s.now[from]
		row := s.g.Row(from)
		for _, to := range row {
			add := bits &^ s.seen[to]
			if add == 0 {
				continue
			}
			if s.next[to] == 0 {
				s.following = append(s.following, to)
			}
			s.next[to] |= add
			if s.Arrive != nil {
				s.Arrive(hop, from, to, add)
			}
		}
		if budget -= len(row) + 1; budget < 0 {
			budget = checkEvery
			if err := ctx.Err(); err != nil {
				return err
			}
		}
	}
	for _, n := range s.frontier {
		s.now[n] = 0
	}
	for _, n := range s.following {
		if s.seen[n] == 0 {
			s.touched = append(s.touched, n)
		}
		s.seen[n] |= s.next[n]
		s.now[n], s.next[n] = s.next[n], 0
	}
	s.frontier, s.following = s.following, s.frontier[:0]
	return nil
}

func (s *Spread) anyNew() bool {
	for _, from := range s.frontier {
		for _, to := range s.g.Row(from) {
			if s.now[from]&^s.seen[to] != 0 {
				return true
			}
		}
	}
	return false
}

// clear forgets the run before, also one that was stopped in a hop.
func (s *Spread) clear() {
	for _, n := range s.touched {
		s.seen[n], s.now[n] = 0, 0
	}
	for _, n := range s.following {
		s.next[n] = 0
	}
	s.touched, s.frontier, s.following = s.touched[:0], s.frontier[:0], s.following[:0]
}

// Reached are the nodes that any start has reached, the starts themselves included, in no particular order.
func (s *Spread) Reached() []int32 { return s.touched }

// Starts are the starts that have reached node n, a bit each.
func (s *Spread) Starts(n int32) uint64 { return s.seen[n] }
