// Package loss computes how damage spreads through a production network whose numbers are partly unknown: for every
// node the least and the greatest part of its output that can be lost. It knows arrays only; what nodes, inputs and
// shares stand for is up to the caller (package queries: docs/queries/disruption.md).
//
// A node loses as much as the worst of its essential inputs, or as the weighted sum of the others, whichever is more.
// An input loses what its suppliers lose, by their shares; where shares are unknown, an interval. The losses are least
// fixed points, one of the lower and one of the upper functions, found by a worklist (chaotic iteration; P. Cousot,
// R. Cousot, POPL 1977). So that they do not depend on the order of the updates, every function is monotone also in
// floating point: sums run in one order over constants, and a value of a node is rounded to a grid, the upper ones up,
// the lower ones down (see [Grid]).
package loss

import (
	"iter"
	"slices"
	"sort"
)

// Share is a part of a whole that lies between two numbers.
type Share struct{ Low, High float64 }

// Unknown is the share of which nothing is known but that it is in what the others leave.
var Unknown = Share{-1, -1}

// Tri is a flag that may be unstated.
type Tri uint8

// The values of a Tri.
const (
	Unstated Tri = iota
	No
	Yes
)

// Reading is how inputs at several levels of one product are read.
type Reading uint8

// The readings. An input belongs to one of them or to both.
const (
	Exact  Reading = 1 << iota // each is an input of its own
	Merged                     // they are one input, told at several levels
	Both   = Exact | Merged
)

// Input is something that a node needs.
type Input struct {
	Essential Tri
	// ByValue: the shares are parts of what is documented, not of the whole.
	ByValue bool
	// Complete: there are no other suppliers than its edges.
	Complete bool
	// Maybe: whether the node needs it at all is not known. It counts in the upper run only.
	Maybe bool
	// Readings that hold it; [Both] for an input that stands at one level.
	Readings Reading
	// Weight is its part in the cost of the node, at least where PartWeight is set; Unknown where nothing is stated.
	Weight     Share
	PartWeight bool
}

// Flags of an input, in a byte: two bits of a Tri first, two bits of a Reading last.
const (
	flagEssential  = 3
	flagByValue    = 1 << 2
	flagComplete   = 1 << 3
	flagMaybe      = 1 << 4
	flagPartWeight = 1 << 5
	readingShift   = 6
)

// Nobody is the supplier of an edge that loses nothing in any scenario.
const Nobody int32 = -1

// Net is a production network. It is immutable: any number of runs may use it at once.
type Net struct {
	inStart   []int32 // inputs of each node; one more than there are nodes
	edgeStart []int32 // edges of each input
	flags     []uint8
	node      []int32 // of each input
	source    []int32 // of each edge
	share     []uint32
	shares    []Share  // what share and weight are numbers of; 0 is Unknown
	weight    []uint32 // of each input; nil where none is known
	outStart  []int32  // what each node supplies
	out       []supplied
	// Nodes that are computed whole at each change; the others are a maximum over their inputs.
	wholeHigh, wholeLow []bool
}

// supplied is an input that a node supplies. The node that it belongs to stands beside it: most of those that a large
// disruption comes to have lost everything already, and no more than that is looked at.
type supplied struct {
	input int32
	node  int32 // of the input; inverted (^) where the share of no supplier of the input is known
}

func (s supplied) of() (node int32, unknown bool) {
	if s.node < 0 {
		return ^s.node, true
	}
	return s.node, false
}

// Nodes is how many nodes there are.
func (n *Net) Nodes() int { return len(n.inStart) - 1 }

// Size is how many inputs and edges there are.
func (n *Net) Size() (inputs, edges int) { return len(n.flags), len(n.source) }

// Inputs are the numbers of the inputs of a node, from low up to but without high.
func (n *Net) Inputs(node int32) (low, high int32) { return n.inStart[node], n.inStart[node+1] }

// Edges are the numbers of the edges of an input, from low up to but without high.
func (n *Net) Edges(input int32) (low, high int32) { return n.edgeStart[input], n.edgeStart[input+1] }

// Source is the node that an edge comes from; Nobody for one that loses nothing.
func (n *Net) Source(edge int32) int32 { return n.source[edge] }

// ShareOf is the share of an edge.
func (n *Net) ShareOf(edge int32) Share { return n.shares[n.share[edge]] }

// InputOf is the input that an edge belongs to.
func (n *Net) InputOf(edge int32) int32 {
	return int32(sort.Search(len(n.edgeStart)-1, func(i int) bool { return n.edgeStart[i+1] > edge }))
}

// NodeOf is the node that an input belongs to.
func (n *Net) NodeOf(input int32) int32 { return n.node[input] }

// Supplied are the inputs that a node supplies, some of them perhaps twice.
func (n *Net) Supplied(node int32) iter.Seq[int32] {
	return func(yield func(int32) bool) {
		for _, s := range n.suppliedBy(node) {
			if !yield(s.input) {
				return
			}
		}
	}
}

func (n *Net) suppliedBy(node int32) []supplied { return n.out[n.outStart[node]:n.outStart[node+1]] }

// Input describes an input.
func (n *Net) Input(input int32) Input {
	f := n.flags[input]
	in := Input{Essential: Tri(f & flagEssential), ByValue: f&flagByValue != 0, Complete: f&flagComplete != 0, Maybe: f&flagMaybe != 0,
		Readings: Reading(f >> readingShift), Weight: Unknown, PartWeight: f&flagPartWeight != 0}
	if n.weight != nil {
		in.Weight = n.shares[n.weight[input]]
	}
	return in
}

// Bytes is about how much memory the network takes.
func (n *Net) Bytes() int {
	return 4*(len(n.inStart)+len(n.edgeStart)+len(n.node)+len(n.source)+len(n.share)+len(n.weight)+len(n.outStart)+2*len(n.out)) +
		len(n.flags) + 2*len(n.wholeHigh) + 16*len(n.shares)
}

// Builder makes a Net: nodes in the order of their numbers, with each its inputs, with each their edges. The numbers of
// the nodes that edges come from may be given later, to [Builder.Net].
type Builder struct {
	net    Net
	number map[Share]uint32
}

// NewBuilder is a builder of an empty network.
func NewBuilder() *Builder {
	return &Builder{net: Net{shares: []Share{Unknown}}, number: map[Share]uint32{Unknown: 0}}
}

// Node begins the next node and gives its number.
func (b *Builder) Node() int32 {
	b.net.inStart = append(b.net.inStart, int32(len(b.net.flags)))
	return int32(len(b.net.inStart) - 1)
}

// Input adds an input to the node begun last and gives its number.
func (b *Builder) Input(in Input) int32 {
	n := &b.net
	f := uint8(in.Essential) | uint8(in.Readings)<<readingShift
	for _, flag := range []struct {
		is  bool
		bit uint8
	}{{in.ByValue, flagByValue}, {in.Complete, flagComplete}, {in.Maybe, flagMaybe}, {in.PartWeight, flagPartWeight}} {
		if flag.is {
			f |= flag.bit
		}
	}
	i := int32(len(n.flags))
	n.flags = append(n.flags, f)
	n.edgeStart = append(n.edgeStart, int32(len(n.source)))
	n.node = append(n.node, int32(len(n.inStart)-1))
	if in.Weight != Unknown && n.weight == nil {
		n.weight = make([]uint32, i, i+1)
	}
	if n.weight != nil {
		n.weight = append(n.weight, b.intern(in.Weight))
	}
	return i
}

// Edge adds a supplier to the input added last and gives the number of the edge.
func (b *Builder) Edge(source int32, s Share) int32 {
	b.net.source = append(b.net.source, source)
	b.net.share = append(b.net.share, b.intern(s))
	return int32(len(b.net.source) - 1)
}

func (b *Builder) intern(s Share) uint32 {
	id, ok := b.number[s]
	if !ok {
		id = uint32(len(b.net.shares))
		b.net.shares = append(b.net.shares, s)
		b.number[s] = id
	}
	return id
}

// Append adds all nodes of another builder behind those of this one. The sources of its edges stay as they are.
func (b *Builder) Append(o *Builder) {
	n, m := &b.net, &o.net
	nodes, inputs, edges := int32(len(n.inStart)), int32(len(n.flags)), int32(len(n.source))
	shift := func(to *[]int32, from []int32, by int32) {
		*to = slices.Grow(*to, len(from))
		for _, x := range from {
			*to = append(*to, x+by)
		}
	}
	shift(&n.inStart, m.inStart, inputs)
	shift(&n.edgeStart, m.edgeStart, edges)
	shift(&n.node, m.node, nodes)
	ids := make([]uint32, len(m.shares))
	for i, s := range m.shares {
		ids[i] = b.intern(s)
	}
	if n.weight == nil && m.weight != nil {
		n.weight = make([]uint32, inputs)
	}
	if n.weight != nil {
		weights := m.weight
		if weights == nil {
			weights = make([]uint32, len(m.flags))
		}
		for _, w := range weights {
			n.weight = append(n.weight, ids[w])
		}
	}
	n.flags = append(n.flags, m.flags...)
	n.source = append(n.source, m.source...)
	n.share = slices.Grow(n.share, len(m.share))
	for _, s := range m.share {
		n.share = append(n.share, ids[s])
	}
}

// Net ends the network. Where resolve is given, it turns what each edge was given as its source into a node.
func (b *Builder) Net(resolve func(edge, source int32) int32) *Net {
	n := &b.net
	n.inStart = append(n.inStart, int32(len(n.flags)))
	n.edgeStart = append(n.edgeStart, int32(len(n.source)))
	if resolve != nil {
		for e, s := range n.source {
			n.source[e] = resolve(int32(e), s)
		}
	}
	n.settle()
	out := *n
	b.net, b.number = Net{}, nil
	return &out
}

// settle works out what follows from the inputs and edges.
func (n *Net) settle() {
	n.transpose()
	n.wholeHigh, n.wholeLow = make([]bool, n.Nodes()), make([]bool, n.Nodes())
	for i, f := range n.flags {
		weighed := n.weight != nil && n.weight[i] != 0
		at := n.node[i]
		n.wholeHigh[at] = n.wholeHigh[at] || weighed
		n.wholeLow[at] = n.wholeLow[at] || weighed || Reading(f>>readingShift) != Both
	}
}

// transpose lists the inputs that each node supplies.
func (n *Net) transpose() {
	n.outStart = make([]int32, n.Nodes()+1)
	for _, s := range n.source {
		if s != Nobody {
			n.outStart[s+1]++
		}
	}
	for i := range n.Nodes() {
		n.outStart[i+1] += n.outStart[i]
	}
	n.out = make([]supplied, n.outStart[n.Nodes()])
	next := slices.Clone(n.outStart[:n.Nodes()])
	for i := range n.flags {
		low, high := n.edgeStart[i], n.edgeStart[i+1]
		to := supplied{int32(i), n.node[i]}
		if !slices.ContainsFunc(n.share[low:high], func(s uint32) bool { return s != 0 }) {
			to.node = ^to.node
		}
		for _, s := range n.source[low:high] {
			if s != Nobody {
				n.out[next[s]] = to
				next[s]++
			}
		}
	}
}
