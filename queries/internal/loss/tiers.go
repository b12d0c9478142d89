package loss

// Groups are nodes that stand for one party: hops between them count nothing.
type Groups[G ~int32] struct {
	Of []G // by node
	// Within tells, by node, whether it supplies another node of its group.
	Within []bool
}

// GroupsOf are groups of the nodes of a network.
func GroupsOf[G ~int32](n *Net, of []G) Groups[G] {
	g := Groups[G]{Of: of, Within: make([]bool, n.Nodes())}
	for at := range g.Within {
		for _, to := range n.suppliedBy(int32(at)) {
			if node, _ := to.of(); of[node] == of[at] && int(node) != at {
				g.Within[at] = true
				break
			}
		}
	}
	return g
}

// Tiers is the least number of hops from the damage of the scenario solved last to each node that may lose anything; -1
// for the others. What a node is damaged by itself has tier 0, what an edge brings tier 1.
func Tiers[G ~int32](r *Run, s *Scenario, groups *Groups[G]) []int32 {
	tiers := make([]int32, r.net.Nodes())
	for i := range tiers {
		tiers[i] = -1
	}
	done := make([]uint64, (len(tiers)+63)/64) // what needs no look: reached, or without a loss
	for i := range done {
		done[i] = ^uint64(0)
	}
	for _, n := range r.high.reached {
		done[n>>6] &^= 1 << (uint(n) & 63)
	}
	var now, next []int32
	put := func(list *[]int32, n, tier int32) {
		if bit := uint64(1) << (uint(n) & 63); done[n>>6]&bit == 0 {
			done[n>>6] |= bit
			tiers[n] = tier
			*list = append(*list, n)
		}
	}
	for _, d := range s.Nodes {
		put(&now, d.At, 0)
	}
	for _, d := range s.Edges { // within a group an edge is no hop
		n, from := r.net.node[r.net.InputOf(d.At)], r.net.source[d.At]
		if from != Nobody && groups.Of[from] == groups.Of[n] {
			put(&now, n, 0)
		}
	}
	for tier := int32(0); tier <= 1 || len(now) > 0; tier++ {
		if tier == 1 {
			for _, d := range s.Edges {
				put(&now, r.net.node[r.net.InputOf(d.At)], 1)
			}
		}
		for at := 0; at < len(now); at++ {
			if n := now[at]; groups.Within[n] {
				for _, to := range r.net.suppliedBy(n) {
					if node, _ := to.of(); groups.Of[node] == groups.Of[n] {
						put(&now, node, tier)
					}
				}
			}
		}
		for _, n := range now {
			for _, to := range r.net.suppliedBy(n) {
				node, _ := to.of()
				put(&next, node, tier+1)
			}
		}
		now, next = next, now[:0]
	}
	return tiers
}
