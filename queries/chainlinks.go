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
	pairs    int // of companies
}

// gather makes the links: all active relations between companies of the picture, those within a group but counted.
func (p *picture) gather(ctx context.Context) error {
	bundles := map[uint64]*bundle{}
	var err error
	for i := range p.places {
		if i%64 == 0 && ctx.Err() != nil {
			err = ctx.Err()
			break
		}
		p.bought(int32(i), bundles)
	}
	order := make([]*bundle, 0, len(bundles))
	for _, b := range bundles {
		order = append(order, b)
	}
	slices.SortFunc(order, func(a, b *bundle) int { return cmp.Or(cmp.Compare(a.from, b.from), cmp.Compare(a.to, b.to)) })
	for _, b := range p.within(order) {
		if err == nil {
			err = ctx.Err()
		}
		if err != nil {
			p.answer.LeftOut.Links++
			p.answer.LeftOut.Relations += len(b.rels)
			continue
		}
		p.answer.Links = append(p.answer.Links, p.link(b))
	}
	return err
}

// bought takes in what a company of the picture buys of others.
func (p *picture) bought(i int32, bundles map[uint64]*bundle) {
	buyer := p.places[i].node
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
		pair := n != last // suppliers come in the order of ids: parallel products one after the other
		last = n
		from, to := p.places[j].display, p.places[i].display
		own := p.shown[from].company >= 0 && p.shown[to].company >= 0
		if pair && !own {
			p.answer.Folded.Links++
		}
		p.shown[to].relations++
		if from == to {
			p.shown[to].inside++
			continue
		}
		p.shown[from].relations++
		key := uint64(from)<<32 | uint64(to)
		b := bundles[key]
		if b == nil {
			b = &bundle{from: from, to: to}
			bundles[key] = b
		}
		b.rels = append(b.rels, r)
	}
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
	for _, b := range ranked[limit:] {
		p.answer.LeftOut.Links++
		p.answer.LeftOut.Relations += len(b.rels)
	}
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
	out := ChainLink{From: p.nodeID(from), To: p.nodeID(to), Relations: len(b.rels), Products: []NamedRef{}, Confidence: -1, Within: p.against(b)}
	if len(b.rels) == 1 {
		out.Relation = p.v.RelationKey(b.rels[0]).ID()
	}
	best := b.rels[0]
	span := validity{from: graph.AnyDate}
	for _, r := range b.rels {
		head := p.v.FoldHead(r, p.filter)
		p.answer.count(p.v, &head, p.filter)
		if head.Confidence > out.Confidence {
			best, out.Confidence, out.Stage, out.Basis = r, head.Confidence, head.Stage, head.Basis
		}
		out.Denied = out.Denied || head.Denials > 0
		if !out.Disputed {
			n, ok := p.v.FoldNumber(r, p.filter, graph.FieldShareOfInput)
			out.Disputed = ok && n.Disputed
		}
		span.add(p.v, r, p.filter)
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

func (s *validity) add(v *graph.View, r graph.Rel, f graph.Filter) {
	low, high := v.Claims(r)
	for c := low; c < high; c++ {
		if !v.Flows(r, c, f) {
			continue
		}
		head := v.ClaimHead(c)
		s.include(head.ValidFrom, head.ValidTo)
	}
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
	counts := map[graph.Node]int{}
	var products []graph.Node
	for _, r := range rels {
		if n := p.v.ProductOf(r); n != graph.NoNode {
			if counts[n] == 0 {
				products = append(products, n)
			}
			counts[n]++
		}
	}
	out.ProductsCount = len(products)
	slices.SortFunc(products, func(a, b graph.Node) int {
		switch c := cmp.Compare(counts[b], counts[a]); {
		case c != 0 || a == b:
			return c
		case p.v.Less(graph.KindProduct, a, b):
			return -1
		}
		return 1
	})
	for _, n := range products[:min(len(products), chainProducts)] {
		out.Products = append(out.Products, p.named(n))
	}
}

func (p *picture) named(product graph.Node) NamedRef {
	who := p.v.Brief(graph.KindProduct, product)
	return NamedRef{ID: p.v.ID(graph.KindProduct, product), Name: who.Name, NameZH: who.HanName}
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
		ref := p.named(product)
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
