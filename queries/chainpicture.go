package queries

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/tributarygraph/tributary/graph"
)

// picture works out a chain. Companies have numbers of its own, from 0, the company asked about.
type picture struct {
	v        *graph.View
	req      ChainRequest
	filter   graph.Filter
	active   graph.Activity
	company  graph.Node
	products productSet // nil: all
	answer   *ChainAnswer
	shares   *shares
	sides    [2]*walk // by Direction; nil where no tiers are asked for

	local  []int32    // by the number of the View: the number here, plus 1; 0: not in the picture
	places []pictured // by number here
	tier   [][]int32  // companies by tier, those that matter most first; index 0 is the farthest suppliers
	shown  []display  // the nodes of the answer

	names   *names
	counts  []int32      // of relations, by product; 0 between links
	touched []graph.Node // the products of a link
}

// pictured is where a company stands.
type pictured struct {
	node        graph.Node
	tier, other int8 // other: the tier on the other side; 0: none
	passed      bool // not asked for, but those asked for are reached through it
	display     int32
	rank        rank
}

// rank says how much a company matters in its tier.
type rank struct {
	low, high float64    // the greatest share that it has in an intake of the nearer tier, or the nearer tier in its own
	relations int        // to the nearer tier
	product   graph.Node // of the relation with the greatest share
}

// display is a node of the answer.
type display struct {
	company   int32 // -1: a group
	tier      int
	key       string
	members   []int32
	relations int
	inside    int
}

func newPicture(v *graph.View, req ChainRequest, company graph.Node, products productSet) *picture {
	f := req.filter()
	p := &picture{v: v, req: req, filter: f, active: v.Activity(f), company: company, products: products, shares: newShares(v, f), names: newNames(v),
		local: make([]int32, v.NodeCount(graph.KindCompany))}
	for d, depth := range []int{Upstream: req.Suppliers, Downstream: req.Customers} {
		if depth > 0 {
			p.sides[d] = p.newWalk(Direction(d), f)
		}
	}
	return p
}

func (p *picture) newWalk(d Direction, f graph.Filter) *walk {
	w := newWalk(p.v, p.company, d, f)
	switch {
	case p.products == nil:
	case p.req.ProductHop == "first":
		w.hop = func(r graph.Rel, tier int) bool { return tier > 1 || p.products.has(p.v, r) }
	case p.req.ProductHop == "every":
		w.hop = func(r graph.Rel, _ int) bool { return p.products.has(p.v, r) }
	}
	return w
}

func (p *picture) release() {
	for _, w := range p.sides {
		if w != nil {
			w.release()
		}
	}
}

func (p *picture) assumptions() []string {
	out := []string{openLists, "a company that stands on both sides is shown where it is nearer, as a supplier where both are the same"}
	if p.products != nil {
		out = append(out, "a product includes every kind of it; the "+map[string]string{"first": "hop next to the company asked about",
			"listed": "hop that brings a company into its tier", "every": "product of every hop"}[p.req.ProductHop]+" must be of it")
	}
	if len(p.req.Countries) > 0 {
		out = append(out, "companies count whose headquarters are in "+strings.Join(p.req.Countries, ", ")+"; those through which they are reached by least hops stay, marked as passed")
	}
	return out
}

// walk finds the companies of both sides.
func (p *picture) walk(ctx context.Context) error {
	p.add(p.company, 0)
	for d, depth := range []int{Upstream: p.req.Suppliers, Downstream: p.req.Customers} {
		w := p.sides[d]
		if w == nil {
			continue
		}
		for w.depth() < depth {
			if more, err := w.expand(ctx); err != nil || !more {
				if err != nil {
					return err
				}
				break
			}
		}
		beyond := false
		if w.depth() == depth {
			var err error
			if beyond, err = w.anyFarther(ctx); err != nil {
				return err
			}
		}
		if beyond {
			p.answer.stop(StoppedByDepth)
		}
		if d == int(Upstream) {
			p.answer.LeftOut.Suppliers = beyond
		} else {
			p.answer.LeftOut.Customers = beyond
		}
	}
	return nil
}

func (p *picture) add(n graph.Node, tier int8) *pictured {
	p.places = append(p.places, pictured{node: n, tier: tier, rank: rank{product: graph.NoNode}})
	p.local[n] = int32(len(p.places))
	return &p.places[len(p.places)-1]
}

// find is the number of a company here; -1 when it is not in the picture.
func (p *picture) find(n graph.Node) int32 { return p.local[n] - 1 }

// choose takes in the companies asked for, and those through which they are reached, each on the side where it is nearer.
func (p *picture) choose(ctx context.Context) error {
	left := 0
	for d, w := range p.sides {
		if w == nil {
			continue
		}
		kept, err := p.keep(ctx, w)
		for t := w.depth(); t >= 1; t-- {
			for _, n := range w.tier(t) {
				if kept != nil && kept[n] == 0 {
					left++
					continue
				}
				p.place(n, int8(t), Direction(d), kept != nil && kept[n] == passed)
			}
		}
		if err != nil {
			return err
		}
	}
	p.answer.LeftOut.Companies = left
	return nil
}

// place takes in a company that stands at a tier of a side.
func (p *picture) place(n graph.Node, tier int8, d Direction, passed bool) {
	if d == Upstream {
		tier = -tier
	}
	i := p.find(n)
	if i < 0 {
		p.add(n, tier).passed = passed
		return
	}
	at := &p.places[i]
	at.passed = at.passed && passed
	if tier > 0 && tier < -at.tier {
		at.tier, at.other = tier, at.tier
	} else {
		at.other = tier
	}
}

// What a company is to what was asked for.
const (
	asked  uint8 = 1
	passed uint8 = 2
)

// keep are the companies of a side that were asked for, and those that their shortest chains pass; nil where nothing is
// left out.
func (p *picture) keep(ctx context.Context, w *walk) (map[graph.Node]uint8, error) {
	listed := p.products != nil && p.req.ProductHop == "listed"
	if len(p.req.Countries) == 0 && !listed {
		return nil, nil
	}
	kept := map[graph.Node]uint8{}
	for t := w.depth(); t >= 1; t-- {
		if err := ctx.Err(); err != nil {
			return kept, err
		}
		for _, n := range w.tier(t) {
			if p.asksFor(n) && (!listed || p.hasHop(w, n, t)) {
				kept[n] = asked
			}
			if kept[n] == 0 {
				continue
			}
			p.hopsTo(w, n, t, func(b graph.Node, r graph.Rel) {
				if kept[b] == 0 && t > 1 && (kept[n] == passed || !listed || p.products.has(p.v, r)) {
					kept[b] = passed
				}
			})
		}
	}
	return kept, nil
}

func (p *picture) asksFor(n graph.Node) bool {
	return len(p.req.Countries) == 0 || slices.Contains(p.req.Countries, p.v.NodeText(graph.KindCompany, n, graph.FieldCountry))
}

func (p *picture) hasHop(w *walk, n graph.Node, tier int) (has bool) {
	p.hopsTo(w, n, tier, func(_ graph.Node, r graph.Rel) { has = has || p.products.has(p.v, r) })
	return has
}

// hopsTo calls yield with each relation between a company of a tier of a side and one of the tier nearer.
func (p *picture) hopsTo(w *walk, n graph.Node, tier int, yield func(nearer graph.Node, r graph.Rel)) {
	edges := w.nearer(graph.KindSupplies, n)
	for i, b := range edges.Nodes {
		if t, ok := w.tierOf(b); ok && t == tier-1 && b != n {
			if r := edges.Rel(i); w.follows(r, tier) {
				yield(b, r)
			}
		}
	}
}

// rank puts each tier in order: the companies with the greatest share first.
func (p *picture) rank(ctx context.Context) error {
	p.tier = make([][]int32, p.req.Suppliers+p.req.Customers+1)
	for i := range p.places {
		at := int(p.places[i].tier) + p.req.Suppliers
		p.tier[at] = append(p.tier[at], int32(i))
	}
	var err error
	for _, tier := range p.tier {
		for _, i := range tier {
			if err == nil {
				err = ctx.Err()
			}
			if err == nil {
				p.weigh(&p.places[i])
			}
		}
		p.order(tier)
	}
	return err
}

// order puts the companies that matter most first: all of a tier that is shown whole, of a large one those that are shown
// by themselves. The others are put in order where their group is opened.
func (p *picture) order(tier []int32) {
	if len(tier) <= p.req.Visible {
		slices.SortFunc(tier, p.compare)
		return
	}
	own := p.own()
	top := slices.Clone(tier[:own])
	slices.SortFunc(top, p.compare)
	rest := tier[:0:0]
	for _, i := range tier[own:] {
		if p.compare(i, top[own-1]) < 0 {
			i, top[own-1] = top[own-1], i
			for at := own - 1; at > 0 && p.compare(top[at], top[at-1]) < 0; at-- {
				top[at], top[at-1] = top[at-1], top[at]
			}
		}
		rest = append(rest, i)
	}
	copy(tier, top)
	copy(tier[own:], rest)
}

// own is how many companies of a large tier are shown by themselves.
func (p *picture) own() int { return max(1, p.req.Visible/2) }

func (p *picture) compare(a, b int32) int {
	x, y := &p.places[a].rank, &p.places[b].rank
	if c := cmp.Or(cmp.Compare(y.low, x.low), cmp.Compare(y.high, x.high), cmp.Compare(y.relations, x.relations)); c != 0 || a == b {
		return c
	}
	if p.v.Less(graph.KindCompany, p.places[a].node, p.places[b].node) {
		return -1
	}
	return 1
}

// weigh finds how much a company matters: the greatest share of a relation between it and the nearer tier.
func (p *picture) weigh(at *pictured) {
	d, tier := Upstream, -int(at.tier)
	if at.tier > 0 {
		d, tier = Downstream, int(at.tier)
	}
	if tier == 0 {
		return
	}
	p.hopsTo(p.sides[d], at.node, tier, func(_ graph.Node, r graph.Rel) {
		at.rank.relations++
		share := p.shares.ofInput(r)
		if at.rank.relations == 1 || share.Low > at.rank.low || share.Low == at.rank.low && share.High > at.rank.high {
			at.rank.low, at.rank.high, at.rank.product = share.Low, share.High, p.v.ProductOf(r)
		}
	})
}

// fold makes the nodes: of a large tier those that matter most and those of opened groups are shown, the others folded.
func (p *picture) fold(context.Context) error {
	for at, tier := range p.tier {
		t := at - p.req.Suppliers
		counts := ChainTier{Tier: t, Companies: len(tier)}
		first := len(p.shown)
		if len(tier) <= p.req.Visible {
			for _, i := range tier {
				p.show(i, t)
			}
		} else {
			p.foldTier(t, tier, p.opened(t))
		}
		for _, s := range p.shown[first:] {
			if s.company >= 0 {
				counts.Shown++
			} else {
				counts.Groups++
				p.answer.Folded.Companies += len(s.members)
			}
		}
		p.answer.Tiers = append(p.answer.Tiers, counts)
	}
	return nil
}

// opened are the groups of a tier that are to be opened.
func (p *picture) opened(tier int) map[string]bool {
	open := map[string]bool{}
	for _, id := range p.req.Open {
		if strings.HasPrefix(id, groupID(tier, "")) {
			open[id] = true
		}
	}
	return open
}

func (p *picture) show(i int32, tier int) {
	p.places[i].display = int32(len(p.shown))
	p.shown = append(p.shown, display{company: i, tier: tier})
}

// foldTier folds a tier with more companies than are to be seen. Half of these are shown by themselves; the other half
// of the room is for groups, and what is beyond is one more. What is shown does not depend on which groups are open,
// but for the companies of these.
func (p *picture) foldTier(tier int, companies []int32, open map[string]bool) {
	own := p.own()
	groups := map[string]*display{}
	var order []*display
	for _, i := range companies[own:] {
		key := p.keyOf(i)
		g := groups[key]
		if g == nil {
			g = &display{company: -1, tier: tier, key: key}
			groups[key], order = g, append(order, g)
		}
		g.members = append(g.members, i)
	}
	slices.SortFunc(order, func(a, b *display) int {
		return cmp.Or(cmp.Compare(len(b.members), len(a.members)), cmp.Compare(a.key, b.key))
	})
	seen := slices.Clone(companies[:own])
	var folded []*display
	for _, g := range order {
		id := groupID(tier, g.key)
		opened := open[id]
		delete(open, id)
		if len(g.members) > 1 && !opened {
			folded = append(folded, g)
			continue
		}
		slices.SortFunc(g.members, p.compare)
		most := min(len(g.members), MaxVisible)
		seen = append(seen, g.members[:most]...)
		if g.members = g.members[most:]; len(g.members) > 0 {
			p.answer.LeftOut.Unopened += len(g.members)
			folded = append(folded, g)
		}
	}
	slices.SortFunc(seen, p.compare)
	for _, i := range seen {
		p.show(i, tier)
	}
	for _, g := range p.joinSmall(tier, folded, open) {
		for _, i := range g.members {
			p.places[i].display = int32(len(p.shown))
		}
		p.shown = append(p.shown, *g)
	}
	for _, id := range slices.Sorted(maps.Keys(open)) {
		p.answer.warn("nothing to open at " + strings.TrimPrefix(id, groupPrefix) + ": no such group is folded")
	}
}

// otherKey is that of the group of what is in groups too small to be seen.
const otherKey = "*"

// joinSmall makes one group of the smallest, where there are more than there is room for. Opening it shows all groups.
func (p *picture) joinSmall(tier int, groups []*display, open map[string]bool) []*display {
	room := max(1, p.req.Visible-p.own())
	all := groupID(tier, otherKey)
	opened := open[all]
	delete(open, all)
	if len(groups) <= room || opened {
		return groups
	}
	other := &display{company: -1, tier: tier, key: otherKey}
	for _, g := range groups[room-1:] {
		other.members = append(other.members, g.members...)
	}
	return append(groups[:room-1:room-1], other)
}

// keyOf is what a company is folded by; empty where nobody states it.
func (p *picture) keyOf(i int32) string {
	if key := p.statedKey(i); key != otherKey {
		return key
	}
	return "" // a sector that somebody calls *
}

func (p *picture) statedKey(i int32) string {
	at := &p.places[i]
	switch p.req.Fold {
	case FoldSector:
		return p.v.NodeText(graph.KindCompany, at.node, graph.FieldSector)
	case FoldProduct:
		if at.rank.product == graph.NoNode {
			return ""
		}
		return p.v.ID(graph.KindProduct, at.rank.product)
	}
	return p.v.NodeText(graph.KindCompany, at.node, graph.FieldCountry)
}

// nodes writes the nodes of the answer.
func (p *picture) nodes() {
	for i := range p.shown {
		s := &p.shown[i]
		if s.company < 0 {
			p.answer.Nodes = append(p.answer.Nodes, p.groupNode(s))
			continue
		}
		at := &p.places[s.company]
		who := p.v.Brief(graph.KindCompany, at.node)
		node := ChainNode{ID: p.v.ID(graph.KindCompany, at.node), Name: who.Name, NameZH: who.HanName, Kind: "company", Tier: s.tier, OtherTiers: []int{},
			Country: who.Country, Sector: p.v.NodeText(graph.KindCompany, at.node, graph.FieldSector), Relations: s.relations, Passed: at.passed}
		if at.other != 0 {
			node.OtherTiers = []int{int(at.other)}
		}
		p.answer.Nodes = append(p.answer.Nodes, node)
	}
}

func (p *picture) groupNode(s *display) ChainNode {
	node := ChainNode{ID: groupID(s.tier, s.key), Name: cmp.Or(s.key, "unknown"), Kind: "group", Tier: s.tier, OtherTiers: []int{}, Relations: s.relations,
		Companies: len(s.members), Key: s.key, Inside: s.inside}
	switch {
	case s.key == "":
	case s.key == otherKey:
		node.Name = "others"
	case p.req.Fold == FoldCountry:
		node.Country = s.key
	case p.req.Fold == FoldSector:
		node.Sector = s.key
	default:
		if n, ok := p.v.Find(graph.KindProduct, s.key); ok {
			node.Name, node.NameZH = p.v.Name(graph.KindProduct, n), p.v.HanName(graph.KindProduct, n)
		}
	}
	return node
}

// finish writes what is left, and says what is not in the picture.
func (p *picture) finish() {
	p.nodes()
	a, left := p.answer, &p.answer.LeftOut
	say := func(format string, args ...any) { left.Text = append(left.Text, fmt.Sprintf(format, args...)) }
	if left.Suppliers {
		say("there are suppliers beyond tier %d", a.Suppliers)
	}
	if left.Customers {
		say("there are customers beyond tier %d", a.Customers)
	}
	if left.Companies > 0 {
		say("companies within these tiers that the countries or the product leave out: %d", left.Companies)
	}
	if a.Folded.Companies > 0 {
		say("companies folded into groups: %d", a.Folded.Companies)
	}
	if left.Unopened > 0 {
		say("companies of opened groups that stay folded, as a group shows %d at most: %d", MaxVisible, left.Unopened)
	}
	if left.Links > 0 {
		say("links beyond the limit: %d, of %d relations", left.Links, left.Relations)
	}
}
