package queries

import (
	"context"

	"github.com/tributarygraph/tributary/graph"
	"github.com/tributarygraph/tributary/queries/internal/reach"
)

// supplierNet is the network of suppliers behind some companies, numbered for itself: what is asked of it costs what it
// has, not what the View has.
type supplierNet struct {
	v      *graph.View
	active graph.Activity
	nodes  []graph.Node // the companies asked about, then tier after tier, as they are found
	tier   []int32      // least number of hops to any of the companies asked about
	ends   []int        // where each tier ends; tier 0 are the companies asked about
	local  []int32      // by the number of the View: the number here, plus 1; 0: not among them
	links  *reach.Graph // from buyers to suppliers, without parallel products and self-supply
	beyond bool         // suppliers of the last tier exist
}

// gather walks upstream over depth hops. Links to the companies in closed are left out: no chain passes them. When
// the context ends before the walk does, what was found by then stays, and its error is returned.
func gather(ctx context.Context, v *graph.View, f graph.Filter, starts []graph.Node, depth int, closed bool) (*supplierNet, error) {
	u := &supplierNet{v: v, active: v.Activity(f), local: make([]int32, v.NodeCount(graph.KindCompany)), links: &reach.Graph{Start: make([]int32, 1, 1024)}}
	for _, n := range starts {
		u.add(n, 0)
	}
	u.ends = append(u.ends, len(u.nodes))
	budget := checkEvery
	var err error
	for at := 0; at < len(u.nodes) && err == nil; at++ {
		if at == u.ends[len(u.ends)-1] {
			u.ends = append(u.ends, len(u.nodes))
		}
		edges := v.In(graph.KindSupplies, u.nodes[at])
		if int(u.tier[at]) < depth {
			u.follow(edges, at, closed)
		} else if !u.beyond {
			u.beyond = u.leadsOn(edges, at, closed)
		}
		u.links.Start = append(u.links.Start, int32(len(u.links.To)))
		if budget -= edges.Len() + 1; budget < 0 {
			budget = checkEvery
			err = ctx.Err()
		}
	}
	for len(u.links.Start) <= len(u.nodes) { // rows of those that there was no time for
		u.links.Start = append(u.links.Start, int32(len(u.links.To)))
	}
	if last := u.ends[len(u.ends)-1]; last < len(u.nodes) {
		u.ends = append(u.ends, len(u.nodes))
	}
	return u, err
}

func (u *supplierNet) add(n graph.Node, tier int32) int32 {
	i := int32(len(u.nodes))
	u.local[n] = i + 1
	u.nodes, u.tier = append(u.nodes, n), append(u.tier, tier)
	return i
}

// find is the number of a company here.
func (u *supplierNet) find(n graph.Node) (int32, bool) {
	i := u.local[n]
	return i - 1, i > 0
}

// isStart reports whether the company is one asked about.
func (u *supplierNet) isStart(i int32) bool { return int(i) < u.ends[0] }

func (u *supplierNet) follow(edges graph.Edges, at int, closed bool) {
	last := u.nodes[at] // suppliers come in the order of ids: parallel products one after the other
	for i, n := range edges.Nodes {
		if n == last || n == u.nodes[at] || !u.active.Has(edges.Rel(i)) {
			continue
		}
		last = n
		x, have := u.find(n)
		if !have {
			x = u.add(n, u.tier[at]+1)
		} else if closed && u.isStart(x) {
			continue
		}
		u.links.To = append(u.links.To, x)
	}
}

func (u *supplierNet) leadsOn(edges graph.Edges, at int, closed bool) bool {
	for i, n := range edges.Nodes {
		x, have := u.find(n)
		if n != u.nodes[at] && u.active.Has(edges.Rel(i)) && !(have && closed && u.isStart(x)) {
			return true
		}
	}
	return false
}

// atTier are the local numbers of a tier, from low up to but without high.
func (u *supplierNet) atTier(tier int) (low, high int32) {
	switch {
	case tier >= len(u.ends):
		return int32(len(u.nodes)), int32(len(u.nodes))
	case tier == 0:
		return 0, int32(u.ends[0])
	}
	return int32(u.ends[tier-1]), int32(u.ends[tier])
}

// less orders companies by id.
func (u *supplierNet) less(a, b int32) bool {
	return u.v.Less(graph.KindCompany, u.nodes[a], u.nodes[b])
}
