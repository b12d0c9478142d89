// Package dominators finds, in a directed graph with a root, the nodes that every route passes: node S dominates
// node X when every route from the root to X passes S. It knows nothing of companies: it works on plain arrays.
package dominators

import (
	"context"
	"slices"
)

// Graph is a directed graph in compressed sparse rows: the edges of node v lead to To[Start[v]:Start[v+1]]. There
// are len(Start)-1 nodes, numbered from 0.
type Graph struct {
	Start []int32
	To    []int32
}

// Nodes is the number of nodes.
func (g *Graph) Nodes() int { return len(g.Start) - 1 }

// Row are the nodes that the edges of v lead to.
func (g *Graph) Row(v int32) []int32 { return g.To[g.Start[v]:g.Start[v+1]] }

// Reverse is the graph with every edge turned round.
func (g *Graph) Reverse() *Graph {
	back := &Graph{Start: make([]int32, len(g.Start)), To: make([]int32, len(g.To))}
	for _, w := range g.To {
		back.Start[w+1]++
	}
	for v := range g.Nodes() {
		back.Start[v+1] += back.Start[v]
	}
	at := append([]int32(nil), back.Start...)
	for v := range int32(g.Nodes()) {
		for _, w := range g.Row(v) {
			back.To[at[w]] = v
			at[w]++
		}
	}
	return back
}

// bits is a set of nodes.
type bits []uint64

func (b bits) has(v int32) bool { return b[v>>6]>>(uint32(v)&63)&1 != 0 }
func (b bits) set(v int32)      { b[v>>6] |= 1 << (uint32(v) & 63) }

// None stands for no node.
const None int32 = -1

// Tree is a dominator tree: the parent of a node is its immediate dominator, the last node before it that every
// route from the root passes. A node dominates itself and whatever is below it.
type Tree struct {
	Order []int32 // the nodes reached, each behind its immediate dominator; the root is the first
	Idom  []int32 // immediate dominator by node; None for the root and for nodes that are not reached
}

// Reached reports whether a route leads from the root to v.
func (t *Tree) Reached(v int32) bool { return t.Idom[v] != None || len(t.Order) > 0 && t.Order[0] == v }

// below reports whether d dominates v, or is v.
func (t *Tree) below(v, d int32) bool {
	for ; v != None; v = t.Idom[v] {
		if v == d {
			return true
		}
	}
	return false
}

// Sums adds up, for each node reached, the weights of the nodes that it dominates, itself included. Others have 0.
func (t *Tree) Sums(weight []int32) []int32 {
	sums := make([]int32, len(t.Idom))
	for _, v := range t.Order {
		sums[v] = weight[v]
	}
	for i := len(t.Order) - 1; i > 0; i-- {
		v := t.Order[i]
		sums[t.Idom[v]] += sums[v]
	}
	return sums
}

// checkEvery is how many edges are looked at between two looks at the context: a fraction of a millisecond.
const checkEvery = 1 << 15

// Solver computes dominator trees and keeps its memory for the next one. Numbers below are those of a depth-first
// search in preorder.
type Solver struct {
	found  bits    // nodes that the search has been at: small enough to stay near the processor
	number []int32 // by node, where it was found
	order  []int32 // the node of each number
	parent []int32 // in the tree of the search
	next   []int32 // edge to be looked at next
	link   []linked
	semi   []int32
	idom   []int32
	path   []int32
}

// linked is a node in the forest of those whose semidominators are known.
type linked struct {
	up    int32 // the nearest ancestor that the node was not yet joined with
	least int32 // the least semidominator on the way from there, without it, to the node
}

// Solve computes the dominator tree of the graph, whose reverse is back, from the root. Where first is not nil, it
// stands for the edges of the root. The algorithm is SNCA: a depth-first search, semidominators with path
// compression as in Lengauer and Tarjan ("A fast algorithm for finding dominators in a flowgraph", TOPLAS 1, 1979),
// then the immediate dominator of each node as its nearest ancestor in the tree built so far whose number is not
// above the semidominator (Georgiadis, "Linear-time algorithms for dominators and related problems", Princeton,
// 2005; Georgiadis, Tarjan, Werneck, "Finding dominators in practice", JGAA 10, 2006). The error is that of the
// context.
func (s *Solver) Solve(ctx context.Context, g, back *Graph, root int32, first []int32) (Tree, error) {
	return s.solve(ctx, g, back, root, None, first)
}

// solve is Solve on the graph without one node, unless that is None.
func (s *Solver) solve(ctx context.Context, g, back *Graph, root, without int32, first []int32) (Tree, error) {
	if err := s.dominators(ctx, g, back, root, without, first); err != nil {
		return Tree{}, err
	}
	return s.tree(g.Nodes()), nil
}

// dominators finds the immediate dominators by number. What it costs depends on what is reached only.
func (s *Solver) dominators(ctx context.Context, g, back *Graph, root, without int32, first []int32) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	s.prepare(g.Nodes())
	if without != None {
		s.found.set(without)
		s.number[without] = 0 // as of the root: its edges are not looked at
	}
	if first == nil {
		first = g.Row(root)
	}
	if err := s.search(ctx, g, root, first); err != nil {
		return err
	}
	if err := s.semidominators(ctx, g, back, first); err != nil {
		return err
	}
	s.immediate()
	return nil
}

func (s *Solver) prepare(n int) {
	s.found = grown(s.found, (n+63)/64)
	clear(s.found)
	s.number, s.parent, s.next = grown(s.number, n), grown(s.parent, n), grown(s.next, n)
	s.link, s.semi, s.idom = grown(s.link, n), grown(s.semi, n), grown(s.idom, n)
	s.order = s.order[:0]
}

// grown is a slice of n elements in the memory of old where that is enough.
func grown[S ~[]T, T any](old S, n int) S {
	if cap(old) < n {
		return make(S, n)
	}
	return old[:n]
}

// search numbers the nodes in preorder.
func (s *Solver) search(ctx context.Context, g *Graph, root int32, first []int32) error {
	s.enter(root, None)
	budget := checkEvery
	for at := int32(0); at != None; {
		row := first
		if at != 0 {
			row = g.Row(s.order[at])
		}
		i := int(s.next[at])
		budget += i
		for i < len(row) && s.found.has(row[i]) {
			i++
		}
		s.next[at] = int32(i)
		budget -= i + 1
		if i == len(row) {
			at = s.parent[at]
		} else {
			at = s.enter(row[i], at)
		}
		if budget < 0 {
			budget = checkEvery
			if err := ctx.Err(); err != nil {
				return err
			}
		}
	}
	return nil
}

// enter gives the node the next number.
func (s *Solver) enter(v, parent int32) int32 {
	number := int32(len(s.order))
	s.found.set(v)
	s.number[v] = number
	s.order = append(s.order, v)
	s.parent[number], s.next[number] = parent, 0
	return number
}

// semidominators computes, from the last number to the first, the least number from which a route leads to the
// node over greater numbers only.
func (s *Solver) semidominators(ctx context.Context, g, back *Graph, first []int32) error {
	for w := range s.order {
		s.semi[w] = s.parent[w]
	}
	for _, v := range first {
		s.semi[s.number[v]] = 0 // of the node left out, that of the root is written
	}
	s.semi[0] = None // an edge to the root is no way to anything
	floor := s.floor(g, first)
	budget := checkEvery
	for w := int32(len(s.order)) - 1; w > 0; w-- {
		least := s.semi[w]
		if least > floor { // else none is less
			from := back.Row(s.order[w])
			for _, p := range from {
				if !s.found.has(p) {
					continue
				}
				v := s.number[p]
				if v == 0 {
					continue // the edges of the root are those of first
				}
				if v > w {
					v = s.leastAbove(v, w)
				}
				if least = min(least, v); least <= floor {
					break
				}
			}
			budget -= len(from)
		}
		s.semi[w] = least
		s.link[w] = linked{up: s.parent[w], least: least}
		if budget--; budget < 0 {
			budget = checkEvery
			if err := ctx.Err(); err != nil {
				return err
			}
		}
	}
	return nil
}

// floor is a number that no semidominator of a greater number is below: where routes begin by a chain of nodes that lead
// to one node each, its end.
func (s *Solver) floor(g *Graph, first []int32) int32 {
	at, row := int32(0), first
	for len(row) == 1 && int(at)+1 < len(s.order) && s.number[row[0]] == at+1 {
		at++
		row = g.Row(s.order[at])
	}
	return at
}

// leastAbove is the least semidominator of v and its ancestors in the search whose numbers are above w. It joins
// the nodes on the way, so that the next question about them is shorter.
func (s *Solver) leastAbove(v, w int32) int32 {
	link := s.link
	if link[v].up <= w {
		return link[v].least
	}
	path := s.path[:0]
	top := v
	for link[top].up > w {
		path = append(path, top)
		top = link[top].up
	}
	s.path = path
	end := link[top]
	for i := len(path) - 1; i >= 0; i-- {
		u := path[i]
		end.least = min(end.least, link[u].least)
		link[u] = end
	}
	return end.least
}

// immediate finds the immediate dominators by number, from the first to the last.
func (s *Solver) immediate() {
	for w := int32(1); int(w) < len(s.order); w++ {
		d := s.parent[w]
		for d > s.semi[w] {
			d = s.idom[d]
		}
		s.idom[w] = d
	}
}

// tree writes the immediate dominators in numbers of nodes.
func (s *Solver) tree(nodes int) Tree {
	t := Tree{Order: slices.Clone(s.order), Idom: make([]int32, nodes)}
	for v := range t.Idom {
		t.Idom[v] = None
	}
	for w := 1; w < len(s.order); w++ {
		t.Idom[s.order[w]] = s.order[s.idom[w]]
	}
	return t
}
