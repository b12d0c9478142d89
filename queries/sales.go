package queries

import (
	"context"

	"github.com/tributarygraph/tributary/graph"
	"github.com/tributarygraph/tributary/queries/internal/loss"
	"github.com/tributarygraph/tributary/queries/internal/pathsum"
)

// sales is what some companies sell, as a network whose nodes take from their customers: a company has one input, its
// revenue, and its customers have shares of it.
type sales struct {
	v         *graph.View
	filter    graph.Filter
	active    graph.Activity
	companies []graph.Node
	topFive   bool    // what five customers have at most narrows what others may have
	node      []int32 // by company; -1: it is not part of the network
	net       *loss.Net
	rels      []graph.Rel // of each edge; -1 for what is sold to others than the documented customers
}

// newSales reads the sales of the companies, which must be in the order of ids. Customers that are not among them lose
// nothing. What a company sells to itself is no revenue. topFive: customers of unknown share have together no more than
// the five greatest customers leave them; not where whoever nobody documents is to lose everything too.
func newSales(ctx context.Context, v *graph.View, f graph.Filter, companies []graph.Node, topFive bool) (*sales, error) {
	s := &sales{v: v, filter: f, active: v.Activity(f), companies: companies, topFive: topFive, node: make([]int32, v.NodeCount(graph.KindCompany))}
	for i := range s.node {
		s.node[i] = loss.Nobody
	}
	for i, c := range companies {
		s.node[c] = int32(i)
	}
	b := loss.NewBuilder()
	for i, c := range companies {
		if i%256 == 0 && ctx.Err() != nil {
			return nil, ctx.Err()
		}
		s.add(b, c)
	}
	s.net = b.Net(nil)
	return s, nil
}

func (s *sales) add(b *loss.Builder, c graph.Node) {
	b.Node()
	edges := s.v.Out(graph.KindSupplies, c)
	first, known, unknown := len(s.rels), 0.0, false
	var customers []graph.Node
	var shares []loss.Share
	for i, customer := range edges.Nodes {
		r := edges.Rel(i)
		if customer == c || !s.active.Has(r) {
			continue
		}
		share := loss.Unknown
		if n, ok := s.v.FoldNumber(r, s.filter, graph.FieldRevenueShare); ok {
			known += n.Value
			share = loss.Share{Low: n.Least, High: n.Most}
		} else {
			unknown = true
		}
		s.rels = append(s.rels, r)
		customers, shares = append(customers, customer), append(shares, share)
	}
	if len(s.rels) == first {
		return
	}
	b.Input(loss.Input{Essential: loss.Yes, Readings: loss.Both, Weight: loss.Unknown})
	for i := range customers {
		if known > shareSum {
			shares[i] = scaled(shares[i], 1/known)
		}
		b.Edge(s.node[customers[i]], shares[i])
	}
	if !s.topFive || !unknown || known > shareSum {
		return
	}
	if rest := s.soldToOthers(c, s.rels[first:], shares); rest > 0 {
		s.rels = append(s.rels, -1)
		b.Edge(loss.Nobody, loss.Share{Low: rest, High: rest})
	}
}

// salesChain is a chain of customers, the supplier's own first.
type salesChain struct {
	rels  []graph.Rel
	edges []int32    // of the same
	gap   graph.Rel  // of which the share of revenue is the least known; -1 where all are stated
	last  graph.Node // the company at its end
}

// chain follows the customers over which most is lost, from a node to one whose orders cease, or over an edge that does.
func (s *sales) chain(run *pathsum.Run, at int32, start *pathsum.Start) salesChain {
	h := hops{s: s, run: run, passed: map[int32]bool{}, nodes: map[int32]bool{}, edges: map[int32]float64{}}
	for _, d := range start.Nodes {
		h.nodes[d.At] = true
	}
	for _, d := range start.Edges {
		h.edges[d.At] = d.High
	}
	out := salesChain{gap: -1}
	widest := 0.0
	for len(out.rels) < maxChain && (len(out.rels) == 0 || !h.nodes[at]) {
		h.passed[at] = true
		e, width := h.heaviest(at)
		if e < 0 {
			break
		}
		if width > widest {
			widest, out.gap = width, s.rels[e]
		}
		out.rels, out.edges = append(out.rels, s.rels[e]), append(out.edges, e)
		at = s.net.Source(e)
		if cut := h.edges[e]; cut > 0 && rounded(cut) >= rounded(run.High(at)) {
			break
		}
	}
	out.last = s.companies[at]
	return out
}

// hops finds the hops of a chain.
type hops struct {
	s             *sales
	run           *pathsum.Run
	passed, nodes map[int32]bool    // nodes passed, and those whose orders cease
	edges         map[int32]float64 // what is cut of an edge by itself
}

// heaviest is the edge of a node over which most may be lost, of several one at which the chain ends, then the first; -1
// where there is none. width is how far apart the least and the greatest share are that it may have.
func (h *hops) heaviest(at int32) (best int32, width float64) {
	net := h.s.net
	best = -1
	low, high := net.Inputs(at)
	if low == high {
		return best, 0
	}
	first, end := net.Edges(low)
	residual := 1.0
	for e := first; e < end; e++ {
		if s := net.ShareOf(e); s != loss.Unknown {
			residual -= s.Low
		}
	}
	most := 0.0
	for e := first; e < end; e++ {
		source, s := net.Source(e), net.ShareOf(e)
		if source == loss.Nobody || h.passed[source] && !h.ends(e) {
			continue
		}
		least, k := s.Low, s.High
		if s == loss.Unknown {
			least, k = 0, max(0, residual)
		}
		part := k * max(h.run.High(source), h.edges[e])
		if part > most || part > 0 && part == most && h.ends(e) && !h.ends(best) {
			best, most, width = e, part, k-least
		}
	}
	return best, width
}

// ends reports whether a chain may end behind an edge.
func (h *hops) ends(e int32) bool { return h.nodes[h.s.net.Source(e)] || h.edges[e] > 0 }
