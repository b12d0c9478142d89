package loss

import (
	"runtime"
	"sync"
	"sync/atomic"
)

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
		next = r.nextTier(now, next[:0], tiers, done, tier+1)
		now, next = next, now
	}
	return tiers
}

// tierPart is how many nodes of a tier are looked at by one worker at least.
const tierPart = 1 << 12

// nextTier appends to next the nodes that those of a tier supply and that are not done. Several workers share them:
// which one comes to a node first makes no difference to its tier.
func (r *Run) nextTier(now, next, tiers []int32, done []uint64, tier int32) []int32 {
	look := func(list, found []int32) []int32 {
		for _, n := range list {
			for _, to := range r.net.suppliedBy(n) {
				node, _ := to.of()
				word, bit := &done[node>>6], uint64(1)<<(uint(node)&63)
				if atomic.LoadUint64(word)&bit == 0 && atomic.OrUint64(word, bit)&bit == 0 {
					tiers[node] = tier
					found = append(found, node)
				}
			}
		}
		return found
	}
	parts := min(runtime.GOMAXPROCS(0), len(now)/tierPart)
	if parts < 2 {
		return look(now, next)
	}
	found := make([][]int32, parts)
	var all sync.WaitGroup
	for i := range parts {
		all.Go(func() { found[i] = look(now[i*len(now)/parts:(i+1)*len(now)/parts], nil) })
	}
	all.Wait()
	for _, list := range found {
		next = append(next, list...)
	}
	return next
}
