package queries

import (
	"cmp"
	"context"
	"slices"

	"github.com/tributarygraph/tributary/graph"
)

// chainProducts is how many products a link names.
const chainProducts = 5

// bundle is the relations from one node of the answer to another.
type bundle struct {
	from, to int32 // nodes of the answer
	rels     []graph.Rel
}

// gather makes the links: all active relations between companies of the picture, those within a group but counted.
func (p *picture) gather(ctx context.Context) error {
	var order []*bundle
	to := make([]*bundle, len(p.shown)) // to the node at hand, by the node that they come from
	var err error
	budget := checkEvery
	for i := range p.shown {
		first := len(order)
		for _, c := range p.companiesOf(i) {
			order = p.bought(c, to, order)
			if budget -= p.v.In(graph.KindSupplies, p.places[c].node).Len() + 1; budget < 0 && err == nil {
				budget, err = checkEvery, ctx.Err()
			}
			if err != nil {
				break
			}
		}
		for _, b := range order[first:] {
			to[b.from] = nil
		}
		if err != nil {
			break
		}
	}
	slices.SortFunc(order, func(a, b *bundle) int { return cmp.Or(cmp.Compare(a.from, b.from), cmp.Compare(a.to, b.to)) })
	p.counts = make([]int32, p.v.NodeCount(graph.KindProduct))
	order = p.within(order)
	p.answer.Links = make([]ChainLink, 0, len(order))
	for i, b := range order {
		if budget -= len(b.rels); budget < 0 && err == nil {
			budget, err = checkEvery, ctx.Err()
		}
		if err != nil {
			p.leaveOut(order[i:])
			break
		}
		p.answer.Links = append(p.answer.Links, p.link(b))
	}
	return err
}

// leaveOut counts links that are left out.
func (p *picture) leaveOut(bundles []*bundle) {
	for _, b := range bundles {
		p.answer.LeftOut.Links++
		p.answer.LeftOut.Relations += len(b.rels)
	}
}

// companiesOf are the companies of a node.
func (p *picture) companiesOf(node int) []int32 {
	if s := &p.shown[node]; s.company < 0 {
		return s.members
	}
	return []int32{p.shown[node].company}
}

// bought takes in what a company of the picture buys of others: it appends bundles to the list that did not exist.
func (p *picture) bought(i int32, bundles, list []*bundle) []*bundle {
	buyer, to := p.places[i].node, p.places[i].display
	edges := p.v.In(graph.KindSupplies, buyer)
	last := graph.NoNode
	for e, n := range edges.Nodes {
		j := p.find(n)
		if j < 0 || n == buyer {
			continue
		}
		r := edges.Rel(e)
		if !p.active.Has(r) || !p.shows(r, n, buyer) {
			continue
		}
		from := p.places[j].display
		if n != last && (p.shown[from].company < 0 || p.shown[to].company < 0) {
			p.answer.Folded.Links++
		}
		last = n // suppliers come in the order of ids: parallel products one after the other
		p.shown[to].relations++
		if from == to {
			p.shown[to].inside++
			continue
		}
		p.shown[from].relations++
		b := bundles[from]
		if b == nil {
			b = &bundle{from: from, to: to}
			bundles[from], list = b, append(list, b)
		}
		b.rels = append(b.rels, r)
	}
	return list
}

// shows reports whether the product asked for lets a relation be part of the picture.
func (p *picture) shows(r graph.Rel, supplier, buyer graph.Node) bool {
	if p.products == nil {
		return true
	}
	switch p.req.ProductHop {
	case "first":
		return supplier != p.company && buyer != p.company || p.products.has(p.v, r)
	case "every":
		return p.products.has(p.v, r)
	}
	return true
}

// within cuts the links to the limit: those of the nearer tiers stay, those with the flow before others, then those of
// most relations.
func (p *picture) within(order []*bundle) []*bundle {
	limit := p.req.Limit
	if limit == 0 || len(order) <= limit {
		return order
	}
	far := func(b *bundle) int {
		return max(abs(p.shown[b.from].tier), abs(p.shown[b.to].tier))
	}
	across := func(b *bundle) int {
		if p.against(b) {
			return 1
		}
		return 0
	}
	ranked := slices.Clone(order)
	slices.SortStableFunc(ranked, func(a, b *bundle) int {
		return cmp.Or(cmp.Compare(across(a), across(b)), cmp.Compare(far(a), far(b)), cmp.Compare(len(b.rels), len(a.rels)))
	})
	p.leaveOut(ranked[limit:])
	p.answer.stop(StoppedByLimit)
	ranked = ranked[:limit]
	slices.SortFunc(ranked, func(a, b *bundle) int { return cmp.Or(cmp.Compare(a.from, b.from), cmp.Compare(a.to, b.to)) })
	return ranked
}

func abs(n int) int { return max(n, -n) }

// against reports whether relations stay within a tier, or go against the flow.
func (p *picture) against(b *bundle) bool { return p.shown[b.from].tier >= p.shown[b.to].tier }

func (p *picture) nodeID(s *display) string {
	if s.company < 0 {
		return groupID(s.tier, s.key)
	}
	return p.v.ID(graph.KindCompany, p.places[s.company].node)
}

// link makes a link of the relations between two nodes.
func (p *picture) link(b *bundle) ChainLink {
	from, to := &p.shown[b.from], &p.shown[b.to]
	out := ChainLink{From: p.nodeID(from), To: p.nodeID(to), Relations: len(b.rels), Products: []Ref{}, Confidence: -1, Within: p.against(b)}
	if len(b.rels) == 1 {
		out.Relation = p.v.RelationKey(b.rels[0]).ID()
	}
	best := b.rels[0]
	span := validity{from: graph.AnyDate}
	for _, r := range b.rels {
		one := p.v.Gist(r, p.filter, shareFields[graph.KindSupplies])
		p.answer.Coverage.Relations++
		count(&p.answer.Coverage.Sourced, one.Cited)
		count(&p.answer.Coverage.Dated, one.Dated)
		count(&p.answer.Coverage.Shares, one.Shares)
		if one.Confidence > out.Confidence {
			best, out.Confidence, out.Stage, out.Basis = r, one.Confidence, one.Stage, one.Basis
		}
		out.Denied, out.Disputed = out.Denied || one.Denied, out.Disputed || one.Disputed
		span.include(one.From, one.To)
	}
	out.ValidFrom, out.ValidTo = span.texts()
	p.addProducts(&out, b.rels)
	p.addShare(&out, b, best)
	return out
}

// validity is the time that claims span.
type validity struct {
	from, to graph.Date // NoDate: open
	open     bool       // the end is
}

// include takes in a claim's validity.
func (s *validity) include(from, to graph.Date) {
	s.from, s.to = min(s.from, from), max(s.to, to)
	s.open = s.open || to == graph.NoDate
}

func (s *validity) texts() (from, to string) {
	if !s.open {
		to = s.to.String()
	}
	return dateText(s.from), to
}

// addProducts names what the relations are of.
func (p *picture) addProducts(out *ChainLink, rels []graph.Rel) {
	products := p.touched[:0]
	for _, r := range rels {
		if n := p.v.ProductOf(r); n != graph.NoNode {
			if p.counts[n] == 0 {
				products = append(products, n)
			}
			p.counts[n]++
		}
	}
	out.ProductsCount = len(products)
	for _, n := range p.mostOf(products) {
		out.Products = append(out.Products, p.names.ref(graph.KindProduct, n))
	}
	for _, n := range products {
		p.counts[n] = 0
	}
	p.touched = products
}

// mostOf are the products of most relations, in order.
func (p *picture) mostOf(products []graph.Node) []graph.Node {
	before := func(a, b graph.Node) bool {
		if p.counts[a] != p.counts[b] {
			return p.counts[a] > p.counts[b]
		}
		return p.v.Less(graph.KindProduct, a, b)
	}
	most := make([]graph.Node, 0, chainProducts+1)
	for _, n := range products {
		if len(most) == chainProducts && !before(n, most[chainProducts-1]) {
			continue
		}
		at := len(most)
		for at > 0 && before(n, most[at-1]) {
			at--
		}
		most = slices.Insert(most, at, n)
		most = most[:min(len(most), chainProducts)]
	}
	return most
}

// addShare gives what part of the buyer's intake the relations are. Shares of several suppliers of one product to one
// buyer add up; those of several products or buyers are parts of different wholes.
func (p *picture) addShare(out *ChainLink, b *bundle, best graph.Rel) {
	product := p.v.ProductOf(best)
	switch {
	case p.shown[b.to].company < 0:
		out.ShareReason = "the intakes of several buyers do not add up"
		return
	case p.shown[b.from].company >= 0:
		out.Share = p.shares.ofInput(best)
	case slices.ContainsFunc(b.rels, func(r graph.Rel) bool { return p.v.ProductOf(r) != product }):
		out.ShareReason = "the intakes of several products do not add up"
		return
	default:
		out.Share = p.sum(b.rels)
	}
	if product != graph.NoNode {
		ref := p.names.ref(graph.KindProduct, product)
		out.ShareProduct = &ref
	}
}

// BasisSum is that of the shares of several suppliers together.
const BasisSum = "sum"

// sum is what several suppliers of one product have together: at most what the others leave.
func (p *picture) sum(rels []graph.Rel) *Interval {
	if len(rels) == 1 {
		return p.shares.ofInput(rels[0])
	}
	out := &Interval{Basis: BasisSum}
	for _, r := range rels {
		one := p.shares.ofInput(r)
		out.Low, out.High = out.Low+one.Low, out.High+one.High
		out.Overstated, out.Disputed = out.Overstated || one.Overstated, out.Disputed || one.Disputed
	}
	out.Low = min(out.Low, 1)
	out.High = max(out.Low, min(out.High, 1-p.others(rels)))
	return out
}

// others is the least that the suppliers beside these have of the same intake.
func (p *picture) others(rels []graph.Rel) (least float64) {
	_, buyer, product := p.v.Ends(rels[0])
	among := make(map[graph.Rel]bool, len(rels))
	for _, r := range rels {
		among[r] = true
	}
	bought := p.shares.of(buyer)
	for i, n := range bought.products {
		if r := bought.edges.Rel(i); n == product && !among[r] && p.active.Has(r) {
			least += p.shares.ofInput(r).Low
		}
	}
	return min(least, 1)
}
