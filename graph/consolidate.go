package graph

import (
	"maps"
	"slices"
)

// Consolidate is the View in which companies are counted as others: into maps each to the company that stands for
// its group, which must not be in the map itself. It shares the base with v, and costs as much as what the groups
// are said to do.
//
// What stands for a group keeps its own name, country and money; its members are found by theirs. Relations of
// members become its own. Those that become parallel do not compete, as the claims of one relation do: each goes on
// being folded by itself, and is a part of one relation whose numbers follow from the parts (see
// [View.FoldRelation]). The claims are shown as they were made. What members supply to one another the group
// supplies to itself; that they own or are associated with one another is left out.
//
// The filter says on which day, and by which claims, it is judged how many members buy or sell; questions should be
// asked with the same. The View is another one than v also where the map is empty. A consolidated View is not refreshed: consolidate the next one.
func (v *View) Consolidate(into map[Node]Node, f Filter) *View {
	if len(into) == 0 {
		return &View{head: v.head, companies: v.companies, products: v.products, sources: v.sources, relations: v.relations, claims: v.claims, search: v.search}
	}
	c := newConsolidator(v, into, f)
	for _, head := range c.heads {
		c.countMembers(head)
	}
	c.moveRecords()
	for _, head := range c.heads {
		for _, member := range c.members[head] {
			c.take(member)
		}
	}
	c.write()
	return c.next
}

// ruleControl is why a record belongs to a node of a consolidated View.
const ruleControl = "control"

// made is what a relation of a consolidated View is made of.
type made struct {
	parts  []Rel       // relations of the View before, whose numbers still hold, in the order of their ends
	claims []partClaim // what each claim of the relation, from the first on, was
	// lines are, of each part, the products of the member that buys: what an input serves whose use nobody states. nil
	// where the buyer is no group.
	lines [][]string
	group
}

// partClaim is a claim of a part.
type partClaim struct {
	Rel
	Claim
}

// group says which numbers of a relation are not those of its parts, because they are parts of a whole that several
// members of a group have each for themselves.
type group struct {
	noShare   bool // several members buy the product: nobody says how much each does
	noCost    bool // several members buy
	noRevenue bool // several members sell
	noStake   bool // what is owned is another member than the one that stands for the group
	open      bool // several members buy the product, and not of each is the list of suppliers complete
}

// madeOf is what a relation was made of by Consolidate; nil for every other relation.
func (v *View) madeOf(r Rel) *made {
	if i := int(r) - len(v.relations.to); i >= 0 {
		return v.relations.delta.rels[i].made
	}
	return nil
}

// consolidator works out a consolidated View.
type consolidator struct {
	refresher
	filter  Filter
	into    map[Node]Node
	heads   []Node          // what stands for groups, in the order of ids
	members map[Node][]Node // of each head, itself included, in the order of ids
	trades  map[Node]*trade // of each head
	parts   map[ends][]Rel  // of each relation that differs; none where it is no more
	taken   map[Rel]bool
	lines   map[Node][]string // of each member that was looked at
}

// trade is what the members of a group do.
type trade struct {
	sellers, buyers int
	buyersOf        map[Node]int  // by product, NoNode where none is stated
	open            map[Node]bool // products of which not every buyer has a complete list of suppliers
}

func newConsolidator(v *View, into map[Node]Node, f Filter) *consolidator {
	next := &View{head: v.head, companies: v.companies.fork(), products: v.products, sources: v.sources, relations: v.relations.fork(),
		claims: v.claims, search: v.search}
	c := &consolidator{refresher: refresher{old: v, next: next}, filter: f, into: into, members: map[Node][]Node{}, trades: map[Node]*trade{},
		parts: map[ends][]Rel{}, taken: map[Rel]bool{}, lines: map[Node][]string{}}
	for member, head := range into {
		if c.members[head] == nil {
			c.heads, c.members[head] = append(c.heads, head), []Node{head}
		}
		c.members[head] = append(c.members[head], member)
	}
	compare := v.companies.compare
	slices.SortFunc(c.heads, compare)
	for _, members := range c.members {
		slices.SortFunc(members, compare)
	}
	return c
}

// countMembers counts the members of a group that buy and sell.
func (c *consolidator) countMembers(head Node) {
	t := &trade{buyersOf: map[Node]int{}, open: map[Node]bool{}}
	c.trades[head] = t
	for _, member := range c.members[head] {
		if c.anyActive(c.old.Out(KindSupplies, member)) {
			t.sellers++
		}
		if complete := c.buys(member); len(complete) > 0 {
			t.buyers++
			for product, complete := range complete {
				t.buyersOf[product]++
				t.open[product] = t.open[product] || !complete
			}
		}
	}
}

func (c *consolidator) anyActive(edges Edges) bool {
	for i := range edges.Len() {
		if c.old.Active(edges.Rel(i), c.filter) {
			return true
		}
	}
	return false
}

// buys are the products that a company buys, and whether the list of suppliers of each is complete.
func (c *consolidator) buys(company Node) map[Node]bool {
	complete := map[Node]bool{}
	edges := c.old.In(KindSupplies, company)
	for i := range edges.Len() {
		if r := edges.Rel(i); c.old.Active(r, c.filter) {
			product := c.old.ProductOf(r)
			complete[product] = complete[product] || c.old.ListComplete(r, c.filter)
		}
	}
	return complete
}

// moveRecords lets every record of a member be the company that stands for its group.
func (c *consolidator) moveRecords() {
	t, d := &c.next.companies, c.next.companies.delta
	d.moved, d.consolidated = true, true
	for _, head := range c.heads {
		var all []Node
		for _, member := range c.members[head] {
			records := c.old.companies.membersOf(member)
			all = append(all, records...)
			if member == head {
				continue
			}
			for _, record := range records {
				d.canonical[record], d.rules[record] = head, ruleControl
			}
			d.members[member] = []Node{}
		}
		slices.SortFunc(all, t.compare)
		d.members[head] = all
	}
}

// take notes what the relations of a company become.
func (c *consolidator) take(company Node) {
	for _, kind := range RelationKinds() {
		fromKind, toKind := kind.Ends()
		if fromKind == KindCompany {
			c.takeEdges(c.old.Out(kind, company))
		}
		if toKind == KindCompany {
			c.takeEdges(c.old.In(kind, company))
		}
	}
}

func (c *consolidator) takeEdges(edges Edges) {
	for i := range edges.Len() {
		c.takeRelation(edges.Rel(i))
	}
}

func (c *consolidator) takeRelation(r Rel) {
	if c.taken[r] {
		return
	}
	c.taken[r] = true
	old := c.endsOf(r)
	if _, ok := c.parts[old]; !ok {
		c.parts[old] = nil
	}
	now := old
	fromKind, toKind := old.kind.Ends()
	if fromKind == KindCompany {
		now.from = c.headOf(old.from)
	}
	if toKind == KindCompany {
		now.to = c.headOf(old.to)
	}
	inside := now.from == now.to && old.from != old.to && fromKind == toKind
	if inside && (old.kind == KindOwns || old.kind == KindAssociated) {
		return
	}
	c.parts[now] = append(c.parts[now], r)
}

func (c *consolidator) endsOf(r Rel) ends {
	from, to, product := c.old.Ends(r)
	return ends{kind: c.old.KindOf(r), from: from, to: to, product: product}
}

// headOf is what stands for the group of a company; the company itself where it is in none.
func (c *consolidator) headOf(n Node) Node {
	if head, ok := c.into[n]; ok {
		return head
	}
	return n
}

// write writes the relations that differ, and the rows of their ends.
func (c *consolidator) write() {
	v, d := c.next, c.next.relations.delta
	all := slices.Collect(maps.Keys(c.parts))
	slices.SortFunc(all, compareEndNumbers)
	c.written = claimWriter{claims: newClaimColumns(0, 0)}
	c.written.claims.validFrom, c.written.claims.validTo = []Date{}, []Date{}
	rows := map[rowKey][]ends{}
	for _, e := range all {
		if old, ok := c.old.relation(e); ok {
			low, high := c.old.Claims(old)
			d.live--
			d.claims -= int(high - low)
		}
		if parts := c.parts[e]; len(parts) > 0 {
			c.writeMade(e, parts)
		} else {
			d.now[e] = gone
		}
		for _, key := range []rowKey{{e.kind, false, e.from}, {e.kind, true, e.to}} {
			rows[key] = append(rows[key], e)
		}
	}
	v.claims = v.claims.with(c.written.finish())
	for key, changed := range rows {
		d.rows[key] = c.row(key, changed)
	}
}

// writeMade writes a relation that is made of parts.
func (c *consolidator) writeMade(e ends, parts []Rel) {
	v, d := c.next, c.next.relations.delta
	slices.SortFunc(parts, func(a, b Rel) int { return v.compareEnds(c.endsOf(a), c.endsOf(b)) })
	type claim struct {
		deltaClaim
		of partClaim
	}
	var claims []claim
	for _, part := range parts {
		low, _ := c.old.Claims(part)
		for i, said := range c.old.claimsOf(part) {
			claims = append(claims, claim{said, partClaim{part, low + Claim(i)}})
		}
	}
	slices.SortFunc(claims, func(a, b claim) int { return v.compareClaims(&a.deltaClaim, &b.deltaClaim) })
	m := &made{parts: parts, group: c.groupOf(e, parts)}
	if e.kind == KindSupplies && c.trades[e.to] != nil {
		for _, part := range parts {
			m.lines = append(m.lines, c.linesOf(c.endsOf(part).to))
		}
	}
	low := v.claims.end() + Claim(len(c.written.claims.terms))
	for i := range claims {
		c.written.add(&claims[i].deltaClaim, e)
		m.claims = append(m.claims, claims[i].of)
	}
	d.now[e] = Rel(len(v.relations.to) + len(d.rels))
	d.rels = append(d.rels, deltaRelation{ends: e, low: low, high: low + Claim(len(claims)), made: m})
	d.live++
	d.claims += len(claims)
}

// linesOf are references to the products that a company supplies or makes, or that what it buys is said to be used in.
func (c *consolidator) linesOf(company Node) []string {
	if lines, ok := c.lines[company]; ok {
		return lines
	}
	products := map[Node]bool{}
	uses := map[string]bool{}
	out := c.old.Out(KindSupplies, company)
	for i := range out.Len() {
		if r := out.Rel(i); c.old.Active(r, c.filter) {
			products[c.old.ProductOf(r)] = true
		}
	}
	makes := c.old.Out(KindMakes, company)
	for i, product := range makes.Nodes {
		if c.old.Active(makes.Rel(i), c.filter) {
			products[product] = true
		}
	}
	in := c.old.In(KindSupplies, company)
	var s Supply
	for i := range in.Len() {
		if r := in.Rel(i); c.old.Active(r, c.filter) {
			c.old.FoldSupply(r, c.filter, &s)
			for _, use := range s.UsedIn {
				uses[use] = true
			}
		}
	}
	delete(products, NoNode)
	for product := range products {
		uses[c.old.Ref(KindProduct, product)] = true
	}
	c.lines[company] = sortedKeys(uses)
	return c.lines[company]
}

// groupOf says which numbers of a relation are not those of its parts.
func (c *consolidator) groupOf(e ends, parts []Rel) (g group) {
	switch e.kind {
	case KindSupplies:
		if seller := c.trades[e.from]; seller != nil {
			g.noRevenue = seller.sellers > 1
		}
		if buyer := c.trades[e.to]; buyer != nil {
			g.noCost = buyer.buyers > 1
			g.noShare = buyer.buyersOf[e.product] > 1
			g.open = g.noShare && buyer.open[e.product]
		}
	case KindOwns:
		g.noStake = slices.ContainsFunc(parts, func(r Rel) bool { return c.endsOf(r).to != e.to })
	}
	return g
}
