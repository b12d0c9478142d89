package loss

import (
	"slices"

	"github.com/tributarygraph/tributary/queries/internal/reach"
)

// Contracted is a network in which groups of nodes are one node each.
type Contracted struct {
	Net *Net
	Of  []int32 // by node of the network that it was made of, its node here
}

// Alike is the network with those nodes as one that have the same upper loss whenever nodes are damaged: they pass all of
// it on to one another, directly or through others. A scenario that damages nodes only, each replaced by the one that
// stands for it, has the same upper losses here. The lower ones are not kept.
func (n *Net) Alike(o Options) *Contracted {
	if o.WorstUndocumented || o.Level != 0 && o.Level != Both { // then an input may lose more than the worst of its suppliers, or not count
		return n.unchanged()
	}
	o.Level = Both
	of, groups := n.passing(o).Components()
	return n.Contract(of, groups)
}

func (n *Net) unchanged() *Contracted {
	c := &Contracted{Net: n, Of: make([]int32, n.Nodes())}
	for i := range c.Of {
		c.Of[i] = int32(i)
	}
	return c
}

// passing leads from each node to those that pass all of an upper loss on to it.
func (n *Net) passing(o Options) *reach.Graph {
	g := &reach.Graph{Start: make([]int32, 1, n.Nodes()+1), To: make([]int32, 0, len(n.source))}
	for node := range int32(n.Nodes()) {
		for i := n.inStart[node]; i < n.inStart[node+1]; i++ {
			pass := n.passesAll(i, o)
			for e := n.edgeStart[i]; pass != nil && e < n.edgeStart[i+1]; e++ {
				if s := n.source[e]; s != Nobody && pass(e) {
					g.To = append(g.To, s)
				}
			}
		}
		g.Start = append(g.Start, int32(len(g.To)))
	}
	return g
}

// Contract makes one node of each group, numbered as the groups are; of gives the group of each node. What a group takes
// from itself is left out where nothing else comes in: an input loses no more than the worst of its suppliers. So the
// upper losses are those of the network where all nodes of a group lose alike.
func (n *Net) Contract(of []int32, groups int32) *Contracted {
	c := contraction{n: n, of: of, b: NewBuilder(), next: groups}
	start := make([]int32, groups+1)
	for _, g := range of {
		start[g+1]++
	}
	for g := range groups {
		start[g+1] += start[g]
	}
	nodes, next := make([]int32, len(of)), slices.Clone(start[:groups])
	for node, g := range of {
		nodes[next[g]] = int32(node)
		next[g]++
	}
	for g := range groups {
		c.add(g, nodes[start[g]:start[g+1]])
	}
	for _, node := range c.apart {
		c.b.Node()
		c.all(node)
	}
	return &Contracted{Net: c.b.Net(nil), Of: of}
}

// contraction makes a contracted network.
type contraction struct {
	n     *Net
	of    []int32
	b     *Builder
	apart []int32 // nodes of groups that weigh their inputs: each has a node of its own, which its group takes all from
	next  int32   // the number of the next of these
}

func (c *contraction) add(group int32, nodes []int32) {
	c.b.Node()
	if len(nodes) == 1 {
		c.all(nodes[0])
		return
	}
	var whole []int32 // what passes all of its loss on to the group
	for _, node := range nodes {
		first, end := c.n.Inputs(node)
		if c.n.wholeHigh[node] {
			if c.anyOutside(group, first, end) {
				whole, c.apart, c.next = append(whole, c.next), append(c.apart, node), c.next+1
			}
			continue
		}
		for i := first; i < end; i++ {
			switch {
			case !c.anyOutside(group, i, i+1):
			case c.n.plain(i):
				low, high := c.n.Edges(i)
				for e := low; e < high; e++ {
					if s := c.source(e); s != Nobody && s != group {
						whole = append(whole, s)
					}
				}
			default:
				c.copy(i)
			}
		}
	}
	c.wholly(whole)
}

// wholly adds an input that loses as much as the worst of its suppliers.
func (c *contraction) wholly(from []int32) {
	if len(from) == 0 {
		return
	}
	slices.Sort(from)
	c.b.Input(Input{Essential: Yes, Readings: Both, Weight: Unknown})
	for _, s := range slices.Compact(from) {
		c.b.Edge(s, Unknown)
	}
}

// anyOutside reports whether any of the inputs takes from outside of the group.
func (c *contraction) anyOutside(group, first, end int32) bool {
	for e := c.n.edgeStart[first]; e < c.n.edgeStart[end]; e++ {
		if s := c.source(e); s != Nobody && s != group {
			return true
		}
	}
	return false
}

func (c *contraction) source(e int32) int32 {
	if s := c.n.source[e]; s != Nobody {
		return c.of[s]
	}
	return Nobody
}

// plain reports whether an input loses as much as the worst of its suppliers, whichever that is.
func (n *Net) plain(i int32) bool {
	low, high := n.Edges(i)
	return n.flags[i]&flagByValue == 0 && !slices.ContainsFunc(n.share[low:high], func(s uint32) bool { return s != 0 })
}

func (c *contraction) all(node int32) {
	first, end := c.n.Inputs(node)
	for i := first; i < end; i++ {
		c.copy(i)
	}
}

func (c *contraction) copy(i int32) {
	c.b.Input(c.n.Input(i))
	low, high := c.n.Edges(i)
	for e := low; e < high; e++ {
		c.b.Edge(c.source(e), c.n.ShareOf(e))
	}
}
