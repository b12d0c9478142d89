package pathsum

import (
	"github.com/tributarygraph/tributary/queries/internal/loss"
	"github.com/tributarygraph/tributary/queries/internal/reach"
)

// Contracted is a network of which groups of nodes are one node each.
type Contracted struct {
	Net *Net
	Of  []int32 // by node of the network that it was made of, its node here
}

// Full is the network with groups of nodes as one that take everything from wherever they take anything: they pass all
// on to one another, and one of them adds it up over two inputs, so that it grows round by round until it is all. A
// start at nodes, each replaced by the one that stands for it, has the same upper values; the lower ones are not kept.
// n is the network that x was read from.
func (x *Net) Full(n *loss.Net) *Contracted {
	of, groups := x.passing().Components()
	grows := x.growing(of, groups)
	next := int32(0)
	number, size := make([]int32, groups), make([]int32, groups)
	for _, g := range of {
		size[g]++
	}
	for g := range number {
		number[g] = -1
		if grows[g] && size[g] > 1 {
			number[g] = next
			next++
		}
	}
	var full []bool
	for range next {
		full = append(full, true)
	}
	for node, g := range of {
		if of[node] = number[g]; number[g] < 0 {
			of[node] = next
			full = append(full, grows[g])
			next++
		}
	}
	c := n.Contract(of, next)
	out := &Contracted{Net: New(c.Net, x.o), Of: of}
	out.Net.full = append(full, make([]bool, c.Net.Nodes()-len(full))...)
	return out
}

// passing leads from each node to those that pass all of an upper value on to it.
func (x *Net) passing() *reach.Graph {
	nodes := len(x.inStart) - 1
	g := &reach.Graph{Start: make([]int32, 1, nodes+1), To: make([]int32, 0, len(x.edges))}
	for node := range nodes {
		for i := x.inStart[node]; i < x.inStart[node+1]; i++ {
			in := &x.inputs[i]
			for e := in.first; e < in.end; e++ {
				if s := x.edges[e].source; s != loss.Nobody && x.reads(in) && passesAll(in, &x.edges[e]) {
					g.To = append(g.To, s)
				}
			}
		}
		g.Start = append(g.Start, int32(len(g.To)))
	}
	return g
}

// growing tells of which groups some node adds up over two inputs what comes from the group itself.
func (x *Net) growing(of []int32, groups int32) []bool {
	out := make([]bool, groups)
	for node, g := range of {
		exact, merged := 0, 0
		for i := x.inStart[node]; i < x.inStart[node+1]; i++ {
			if in := &x.inputs[i]; x.reads(in) && x.passesWithin(in, of, g) {
				if in.exact {
					exact++
				}
				if in.merged {
					merged++
				}
			}
		}
		if exact > 1 && x.o.Level&loss.Exact != 0 || merged > 1 && x.o.Level&loss.Merged != 0 {
			out[g] = true
		}
	}
	return out
}

func (x *Net) passesWithin(in *input, of []int32, g int32) bool {
	for e := in.first; e < in.end; e++ {
		if s := x.edges[e].source; s != loss.Nobody && of[s] == g && passesAll(in, &x.edges[e]) {
			return true
		}
	}
	return false
}
