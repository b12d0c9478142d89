package loss

import "slices"

// Splice is the network with more nodes behind its own, and with other sources for some of its edges: so a few nodes are
// exchanged for others without building everything anew. resolve turns what each new edge, numbered as in
// the builder, was given as its source into a node of the whole; moved gives the new source of edges that the network has already. Nodes that nothing comes from any
// more stay, and change nothing. The builder must not be used afterwards.
func (n *Net) Splice(b *Builder, resolve func(edge, source int32) int32, moved map[int32]int32) *Net {
	m := &b.net
	nodes, inputs, edges := int32(n.Nodes()), int32(len(n.flags)), int32(len(n.source))
	out := &Net{shares: append(slices.Clone(n.shares), m.shares[1:]...)}
	joined := func(a, b []int32, by int32) []int32 {
		list := append(make([]int32, 0, len(a)+len(b)+1), a...)
		for _, x := range b {
			list = append(list, x+by)
		}
		return list
	}
	out.inStart = append(joined(n.inStart[:nodes], m.inStart, inputs), inputs+int32(len(m.flags)))
	out.edgeStart = append(joined(n.edgeStart[:inputs], m.edgeStart, edges), edges+int32(len(m.source)))
	out.node = joined(n.node, m.node, nodes)
	out.flags = append(slices.Clip(n.flags), m.flags...)
	out.source = joined(n.source, nil, 0)
	for e, s := range moved {
		out.source[e] = s
	}
	for e, s := range m.source {
		out.source = append(out.source, resolve(int32(e), s))
	}
	number := func(id uint32) uint32 {
		if id == 0 {
			return 0
		}
		return id + uint32(len(n.shares)) - 1
	}
	out.share = append(make([]uint32, 0, len(out.source)), n.share...)
	for _, id := range m.share {
		out.share = append(out.share, number(id))
	}
	if n.weight != nil || m.weight != nil {
		out.weight = make([]uint32, len(out.flags))
		copy(out.weight, n.weight)
		for i, id := range m.weight {
			out.weight[int(inputs)+i] = number(id)
		}
	}
	out.settle()
	return out
}
