package reach

// Components are the strongly connected components: the number of that of each node, and how many there are. A
// component has a greater number than those that it leads to. R. Tarjan, "Depth-first search and linear graph
// algorithms", SIAM Journal on Computing 1, 1972; without recursion.
func (g *Graph) Components() (of []int32, count int32) {
	n := g.Nodes()
	c := components{g: g, of: make([]int32, n), found: make([]int32, n), low: make([]int32, n), next: make([]int32, n)}
	for start := range int32(n) {
		if c.found[start] == 0 {
			c.search(start)
		}
	}
	for i := range c.of {
		c.of[i]--
	}
	return c.of, c.count
}

type components struct {
	g     *Graph
	of    []int32 // plus 1; 0 while it is not known
	found []int32 // when a node was found, from 1
	low   []int32 // the earliest node of an open component that is known to be reached
	next  []int32 // how many links of a node were followed
	order int32
	count int32
	open  []int32 // nodes of components that are not known yet
	path  []int32
}

func (c *components) enter(x int32) {
	c.order++
	c.found[x], c.low[x] = c.order, c.order
	c.open, c.path = append(c.open, x), append(c.path, x)
}

func (c *components) search(start int32) {
	for c.enter(start); len(c.path) > 0; {
		x := c.path[len(c.path)-1]
		if row := c.g.Row(x); int(c.next[x]) < len(row) {
			to := row[c.next[x]]
			c.next[x]++
			if c.found[to] == 0 {
				c.enter(to)
			} else if c.of[to] == 0 {
				c.low[x] = min(c.low[x], c.found[to])
			}
			continue
		}
		c.leave(x)
	}
}

// leave ends the search of a node, and of its component where it was the first of it.
func (c *components) leave(x int32) {
	c.path = c.path[:len(c.path)-1]
	if n := len(c.path); n > 0 {
		c.low[c.path[n-1]] = min(c.low[c.path[n-1]], c.low[x])
	}
	if c.low[x] < c.found[x] {
		return
	}
	c.count++
	for {
		last := c.open[len(c.open)-1]
		c.open = c.open[:len(c.open)-1]
		c.of[last] = c.count
		if last == x {
			return
		}
	}
}

// Finished are the nodes in the order in which a depth-first search leaves them: each after those that it leads to, but
// for loops.
func (g *Graph) Finished() []int32 {
	n := g.Nodes()
	seen, next := make([]bool, n), make([]int32, n)
	out := make([]int32, 0, n)
	var path []int32
	for start := range int32(n) {
		if seen[start] {
			continue
		}
		seen[start] = true
		for path = append(path, start); len(path) > 0; {
			x := path[len(path)-1]
			if row := g.Row(x); int(next[x]) < len(row) {
				to := row[next[x]]
				if next[x]++; !seen[to] {
					seen[to] = true
					path = append(path, to)
				}
				continue
			}
			path, out = path[:len(path)-1], append(out, x)
		}
	}
	return out
}
