package graph

import "slices"

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
		return &View{head: v.head, companies: v.companies, products: v.products, sources: v.sources, sites: v.sites, relations: v.relations, claims: v.claims, search: v.search}
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

// made is what a relation of a consolidated View is made of. Of a single part it has that one's claims; of several it has
// copies, one after the other.
type made struct {
	parts  []Rel       // relations of the View before, whose numbers still hold, in the order of their ends
	claims []partClaim // of several parts, what each claim of the relation, from the first on, was
	buyers []string    // of each part, the id of the member that buys; nil where the buyer is no group
	// active is whether a part is, under the filter that the View was consolidated by.
	active bool
	group
}

// of is the part that a claim, the i-th from the first on, is of, and which of its claims.
func (m *made) of(first Claim, i Claim) partClaim {
	if m.claims == nil {
		return partClaim{m.parts[0], first + i}
	}
	return m.claims[i]
}

// only is the part of a relation that has one.
func (m *made) only() (Rel, bool) { return m.parts[0], len(m.parts) == 1 }

// unknown reports whether a number of the parts is none of the relation.
func (g *group) unknown(field FieldID) bool {
	switch field {
	case FieldShareOfInput:
		return g.noShare
	case FieldCostShare:
		return g.noCost
	case FieldRevenueShare:
		return g.noRevenue
	case FieldShare:
		return g.noStake
	}
	return false
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
	old, next *View
	filter    Filter
	into      map[Node]Node
	heads     []Node          // what stands for groups, in the order of ids
	members   map[Node][]Node // of each head, itself included, in the order of ids
	trades    map[Node]*trade // of each head
	taken     bitset          // relations that differ
	moves     []move
	written   claimWriter
}

// move is a relation and what it becomes.
type move struct {
	rel  Rel
	old  ends
	now  ends
	gone bool // it is left out
}

// trade is what the members of a group do.
type trade struct {
	sellers, buyers int
	buyersOf        map[Node]int  // by product, NoNode where none is stated
	open            map[Node]bool // products of which not every buyer has a complete list of suppliers
}

func newConsolidator(v *View, into map[Node]Node, f Filter) *consolidator {
	next := &View{head: v.head, companies: v.companies.fork(), products: v.products, sources: v.sources, sites: v.sites, relations: v.relations.fork(),
		claims: v.claims, search: v.search, consolidatedBy: f, makers: map[Node][]Maker{}}
	c := &consolidator{old: v, next: next, filter: f, into: into, members: map[Node][]Node{}, trades: map[Node]*trade{}}
	relations := len(v.relations.to)
	if d := v.relations.delta; d != nil {
		relations += len(d.rels)
	}
	c.taken = newBitset(relations)
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
	var makers []Maker
	for _, member := range c.members[head] {
		sells, complete := c.anyActive(c.old.Out(KindSupplies, member)), c.buys(member)
		if sells {
			t.sellers++
		}
		if lines := c.linesOf(member); lines != nil || sells || len(complete) > 0 {
			makers = append(makers, Maker{c.old.ID(KindCompany, member), lines})
		}
		if len(complete) > 0 {
			t.buyers++
			for product, complete := range complete {
				t.buyersOf[product]++
				t.open[product] = t.open[product] || !complete
			}
		}
	}
	c.next.makers[head] = makers
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
	if c.taken.has(int(r)) {
		return
	}
	c.taken.set(int(r))
	m := move{rel: r, old: c.endsOf(r)}
	m.now = m.old
	fromKind, toKind := m.old.kind.Ends()
	if fromKind == KindCompany {
		m.now.from = c.headOf(m.old.from)
	}
	if toKind == KindCompany {
		m.now.to = c.headOf(m.old.to)
	}
	inside := m.now.from == m.now.to && m.old.from != m.old.to && fromKind == toKind
	m.gone = inside && (m.old.kind == KindOwns || m.old.kind == KindAssociated)
	c.moves = append(c.moves, m)
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
	c.written = claimWriter{claims: newClaimColumns(0, 0)}
	c.written.claims.validFrom, c.written.claims.validTo = []Date{}, []Date{}
	rows := map[rowKey][]edge{}
	for i := range c.moves {
		m := &c.moves[i]
		for _, key := range rowsOf(m.old) {
			rows[key] = nil
		}
		low, high := c.old.Claims(m.rel)
		d.live--
		d.claims -= int(high - low)
	}
	slices.SortFunc(c.moves, c.compare)
	for from := 0; from < len(c.moves); {
		to := from + 1
		for to < len(c.moves) && c.moves[to].now == c.moves[from].now {
			to++
		}
		if e := c.moves[from].now; !c.moves[from].gone {
			r := c.writeMade(e, c.moves[from:to])
			keys := rowsOf(e)
			rows[keys[0]] = append(rows[keys[0]], edge{e.to, e.product, r})
			rows[keys[1]] = append(rows[keys[1]], edge{e.from, e.product, r})
		}
		from = to
	}
	v.claims = v.claims.with(c.written.finish())
	for key, edges := range rows {
		d.rows[key] = c.row(key, edges)
	}
}

// compare brings together what becomes one relation, its parts in the order of their ends. What is left out becomes
// one with nothing: a company neither owns itself nor is associated with itself, but for a claim that says so.
func (c *consolidator) compare(a, b move) int {
	if x := compareEndNumbers(a.now, b.now); x != 0 {
		return x
	}
	if a.gone != b.gone {
		if a.gone {
			return 1
		}
		return -1
	}
	return c.next.compareEnds(a.old, b.old)
}

// rowsOf are the rows that a relation stands in.
func rowsOf(e ends) [2]rowKey { return [2]rowKey{{e.kind, false, e.from}, {e.kind, true, e.to}} }

// row is the row of a node: what it was, without the relations that differ, and those that took their place.
func (c *consolidator) row(key rowKey, added []edge) Edges {
	fromKind, kind := key.kind.Ends()
	before := c.old.Out(key.kind, key.node)
	if key.in {
		before, kind = c.old.In(key.kind, key.node), fromKind
	}
	v, t := c.next, c.next.table(kind)
	slices.SortFunc(added, func(a, b edge) int {
		if x := t.compare(a.node, b.node); x != 0 {
			return x
		}
		return v.compareProducts(a.product, b.product)
	})
	out := Edges{Nodes: make([]Node, 0, before.Len()+len(added)), rels: make([]Rel, 0, before.Len()+len(added))}
	add := func(node Node, r Rel) { out.Nodes, out.rels = append(out.Nodes, node), append(out.rels, r) }
	for i, node := range before.Nodes {
		if c.taken.has(int(before.Rel(i))) {
			continue
		}
		for len(added) > 0 && t.compare(added[0].node, node) < 0 { // never of one node: all relations of a group are taken
			add(added[0].node, added[0].rel)
			added = added[1:]
		}
		add(node, before.Rel(i))
	}
	for _, e := range added {
		add(e.node, e.rel)
	}
	return out
}

// writeMade writes a relation that is made of parts.
func (c *consolidator) writeMade(e ends, moves []move) Rel {
	v, d := c.next, c.next.relations.delta
	m := &made{group: c.groupOf(e, moves)}
	for i := range moves {
		if moves[i].gone {
			break
		}
		m.parts = append(m.parts, moves[i].rel)
		if e.kind == KindSupplies && c.trades[e.to] != nil {
			m.buyers = append(m.buyers, c.old.ID(KindCompany, moves[i].old.to))
		}
	}
	m.active = slices.ContainsFunc(m.parts, func(r Rel) bool { return c.old.Active(r, c.filter) })
	low, high := c.old.Claims(m.parts[0])
	if len(m.parts) > 1 {
		low, high = c.copyClaims(e, m)
	}
	r := Rel(len(v.relations.to) + len(d.rels))
	d.now[e] = r
	d.rels = append(d.rels, deltaRelation{ends: e, low: low, high: high, made: m})
	d.live++
	d.claims += int(high - low)
	return r
}

// copyClaims writes the claims of several parts one after the other, in the order of their keys.
func (c *consolidator) copyClaims(e ends, m *made) (low, high Claim) {
	v := c.next
	type claim struct {
		deltaClaim
		of partClaim
	}
	var claims []claim
	for _, part := range m.parts {
		first, _ := c.old.Claims(part)
		for i, said := range c.old.claimsOf(part) {
			claims = append(claims, claim{said, partClaim{part, first + Claim(i)}})
		}
	}
	slices.SortFunc(claims, func(a, b claim) int { return v.compareClaims(&a.deltaClaim, &b.deltaClaim) })
	low = v.claims.end() + Claim(len(c.written.claims.terms))
	for i := range claims {
		c.written.add(&claims[i].deltaClaim, e)
		m.claims = append(m.claims, claims[i].of)
	}
	return low, low + Claim(len(claims))
}

// linesOf are references to the products that a company supplies or makes, or that what it buys is said to be used in.
func (c *consolidator) linesOf(company Node) []string {
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
	if len(uses) == 0 {
		return nil
	}
	return sortedKeys(uses)
}

// Maker is a member of a group, and what it makes.
type Maker struct {
	Member string   // its id
	Lines  []string // references to the products that it supplies or makes, or that what it buys is said to be used in
}

// Makers are the members of a group that make, sell or buy anything, by the one that stands for it, in the order of ids; nil of
// a company that stands for none.
func (v *View) Makers(head Node) []Maker { return v.makers[head] }

// groupOf says which numbers of a relation are not those of its parts.
func (c *consolidator) groupOf(e ends, moves []move) (g group) {
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
		g.noStake = slices.ContainsFunc(moves, func(m move) bool { return m.old.to != e.to })
	}
	return g
}
