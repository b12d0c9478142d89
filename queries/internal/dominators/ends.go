package dominators

import "context"

// Ends are where routes end: the strongly connected components that no edge leaves, each a list of nodes. A node
// without edges is one by itself, and so is one whose edges lead to itself only. Components come in no particular
// order; back is the reverse of the graph. Nodes from which one without edges can be reached are in no other
// component that ends; the rest is searched by Tarjan's algorithm ("Depth-first search and linear graph
// algorithms", SIAM Journal on Computing 1, 1972) with a stack of its own instead of recursion. The error is that
// of the context.
func Ends(ctx context.Context, g, back *Graph) ([][]int32, error) {
	var ends [][]int32
	ending := make(bits, (g.Nodes()+63)/64)
	var todo []int32
	for v := range int32(g.Nodes()) {
		if len(g.Row(v)) == 0 {
			ends = append(ends, []int32{v})
			ending.set(v)
			todo = append(todo, v)
		}
	}
	budget := checkEvery
	for i := 0; i < len(todo); i++ {
		from := back.Row(todo[i])
		for _, v := range from {
			if !ending.has(v) {
				ending.set(v)
				todo = append(todo, v)
			}
		}
		if budget -= len(from) + 1; budget < 0 {
			budget = checkEvery
			if err := ctx.Err(); err != nil {
				return nil, err
			}
		}
	}
	if len(todo) == g.Nodes() {
		return ends, nil
	}
	loops, err := loops(ctx, g, ending)
	return append(ends, loops...), err
}

// loops are the components that no edge leaves among the nodes that are not in without; no edge leads from these
// into it.
func loops(ctx context.Context, g *Graph, without bits) ([][]int32, error) {
	n := g.Nodes()
	c := components{g: g, found: make([]int32, n), low: make([]int32, n), next: make([]int32, n), parent: make([]int32, n), left: make(bits, (n+63)/64)}
	budget := checkEvery
	for root := range int32(n) {
		if c.found[root] != 0 || without.has(root) {
			continue
		}
		c.enter(root, None)
		for at := root; at != None; {
			at = c.step(at)
			if budget--; budget < 0 {
				budget = checkEvery
				if err := ctx.Err(); err != nil {
					return nil, err
				}
			}
		}
	}
	return c.ends, nil
}

// components finds strongly connected components.
type components struct {
	g      *Graph
	found  []int32 // by node: when it was found, from 1; 0: not yet; closed: its component is complete
	low    []int32 // the least of these known to be reached from it
	next   []int32 // edge to be looked at next
	parent []int32
	left   bits    // an edge leads from the node to a component that is complete
	stack  []int32 // found, component not complete
	count  int32
	ends   [][]int32
}

const closed = 1<<31 - 1

func (c *components) enter(v, parent int32) {
	c.count++
	c.found[v], c.low[v], c.parent[v], c.next[v] = c.count, c.count, parent, c.g.Start[v]
	c.stack = append(c.stack, v)
}

// step goes on from v: to a node that it finds, or back.
func (c *components) step(v int32) int32 {
	i, end := c.next[v], c.g.Start[v+1]
	for ; i < end; i++ {
		w := c.g.To[i]
		switch c.found[w] {
		case 0:
			c.next[v] = i // looked at again on the way back
			c.enter(w, v)
			return w
		case closed:
			c.left.set(v)
		default:
			c.low[v] = min(c.low[v], c.low[w])
		}
	}
	if c.low[v] == c.found[v] {
		c.complete(v)
	}
	return c.parent[v]
}

// complete takes the component whose first node is v off the stack.
func (c *components) complete(v int32) {
	from := len(c.stack)
	last := true
	for u := None; u != v; {
		from--
		u = c.stack[from]
		last = last && !c.left.has(u)
		c.found[u] = closed
	}
	if last {
		c.ends = append(c.ends, append([]int32(nil), c.stack[from:]...))
	}
	c.stack = c.stack[:from]
}
