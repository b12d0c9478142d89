package graph

import (
	"bytes"
	"cmp"
	"slices"
)

// Compact is the same View without differences from its base. Both are in memory for a while, so it is done in
// steps, each of which shares what it does not change, and merges what it does column by column, without detours. A
// Follower takes one step at a time: what one replaces is gone before the next begins.
func (v *View) Compact() *View { return v.compactRelations().compactClaims().compactNodes() }

// compactRelations makes new tables of relations. They refer to the claims where these are.
func (v *View) compactRelations() *View {
	t := &v.relations
	if t.delta == nil {
		return v
	}
	next := &View{head: v.head, companies: v.companies, products: v.products, sources: v.sources, sites: v.sites, search: v.search, claims: v.claims}
	if len(t.delta.now) == 0 {
		next.relations = relationTable{relationBase: t.relationBase}
		return next
	}
	w := newRelationWriter(v)
	for _, k := range RelationKinds() {
		for r := range v.RelationsOf(k) {
			w.put(r)
		}
		w.base.kindStart[k+1] = uint32(len(w.base.to))
	}
	next.relations = relationTable{relationBase: w.base}
	next.relations.index(next)
	next.relations.findPlain(&next.claims)
	return next
}

// compactClaims makes new tables of claims, in the order of the relations, which must be compact.
func (v *View) compactClaims() *View {
	next := &View{head: v.head, companies: v.companies, products: v.products, sources: v.sources, sites: v.sites, search: v.search,
		relations: v.relations, claims: claimTable{base: v.claims.base}}
	old := v.relations.relationBase
	if old.claimLow == nil {
		return next
	}
	w := newClaimWriter(v)
	t := &relationBase{kindStart: old.kindStart, from: old.from, to: old.to, product: old.product, out: old.out, in: old.in,
		inRel: old.inRel, inFrom: old.inFrom, claimCount: old.claimCount, plain: old.plain}
	if old.claimHigh != nil {
		t.claimStart = make([]uint32, 1, len(t.to)+1)
	}
	for r := range Rel(len(t.to)) {
		for c, high := v.Claims(r); c < high; c++ {
			w.put(c)
		}
		if t.claimStart != nil {
			t.claimStart = append(t.claimStart, uint32(len(w.claims.who)))
		}
	}
	next.relations.relationBase, next.claims.base = t, w.finish()
	return next
}

// compactNodes makes new tables of nodes and of their names, and lets relations and claims refer to them. The
// relations must be compact.
func (v *View) compactNodes() *View {
	c := compactor{old: v, next: &View{head: v.head}}
	for _, k := range NodeKinds() {
		c.compactNodes(k)
	}
	for _, k := range namedKinds {
		c.next.search.base[k] = c.compactNames(k)
	}
	c.next.relations, c.next.claims = v.relations, v.claims
	if !c.sameNumbers() {
		c.next.relations.relationBase = c.renumberRelations()
		c.next.claims.base = c.renumberClaims()
	}
	return c.next
}

type compactor struct {
	old, next *View
	numbers   [NumKinds][]Node // the new number of each record, NoNode for one that is no more; nil: as before
}

func (c *compactor) sameNumbers() bool {
	return !slices.ContainsFunc(c.numbers[:], func(numbers []Node) bool { return numbers != nil })
}

func (c *compactor) number(k Kind, n Node) Node {
	if c.numbers[k] == nil || n < 0 {
		return n
	}
	return c.numbers[k][n]
}

// merged numbers the values of several lists anew, those that are still used.
type merged[T comparable] struct {
	distinct[T]
	known [][]uint32 // by the number that a value has in each list: its new number plus 1
}

// listOf makes room for another list.
func (m *merged[T]) listOf(size int) { m.known = append(m.known, make([]uint32, size)) }

func (m *merged[T]) renumber(part int, list []T, at uint32) uint32 {
	known := &m.known[part][at]
	if *known == 0 {
		*known = 1 + m.place(list[at])
	}
	return *known - 1
}

// compactNodes makes the table of a kind.
func (c *compactor) compactNodes(k Kind) {
	t := c.old.table(k)
	if t.delta == nil {
		*c.next.table(k) = nodeTable{kind: k, nodeBase: t.nodeBase}
		return
	}
	base := &nodeBase{ids: t.ids, stmtStart: t.stmtStart, prov: t.prov, provList: t.provList, validFrom: t.validFrom, fields: t.fields, defined: t.defined,
		decisions: t.delta.decisions, ambiguous: t.delta.ambiguous}
	order := t.liveRecords()
	if len(t.delta.ids) > 0 || len(order) < t.count() {
		c.numbers[k] = make([]Node, t.count())
		for i := range c.numbers[k] {
			c.numbers[k][i] = NoNode
		}
		base.ids = stringTable{bytes: make([]byte, 0, len(t.ids.bytes)), start: make([]uint32, 1, len(order)+1)}
		for at, n := range order {
			c.numbers[k][n] = Node(at)
			base.ids.bytes = append(base.ids.bytes, t.id(n)...)
			base.ids.start = append(base.ids.start, uint32(len(base.ids.bytes)))
		}
	}
	if c.numbers[k] != nil || len(t.delta.stmts) > 0 {
		base.mergeStatements(t, order)
	}
	base.refs = make([]uint32, len(order))
	for at, n := range order {
		base.refs[at] = uint32(t.references(n))
	}
	c.mergeAbsorbed(base, t, order)
	*c.next.table(k) = nodeTable{kind: k, nodeBase: base}
}

// liveRecords are the records that are still there, in the order of ids.
func (t *nodeTable) liveRecords() []Node {
	order := make([]Node, 0, t.count())
	for n := range t.records {
		if t.canonicalOf(n) != NoNode {
			order = append(order, n)
		}
	}
	return order
}

// mergeStatements takes the statements about the records of t, in their new order.
func (b *nodeBase) mergeStatements(t *nodeTable, order []Node) {
	var who merged[provenance]
	who.listOf(len(t.provList))
	var dates column[Date]
	b.stmtStart = make([]uint32, 1, len(order)+1)
	b.prov = make([]uint32, 0, len(t.prov)+len(t.delta.stmts))
	size := len(t.fields.bytes)
	for _, statements := range t.delta.stmts {
		for i := range statements {
			size += len(statements[i].fields)
		}
	}
	b.fields = blobTable{start: make([]uint32, 1, cap(b.prov)+1), bytes: make([]byte, 0, size)}
	b.defined = newBitset(len(order))
	put := func(prov uint32, from Date, fields []byte) {
		b.prov = append(b.prov, prov)
		addDate(&dates, len(b.prov), from)
		b.fields.bytes = append(b.fields.bytes, fields...)
		b.fields.start = append(b.fields.start, uint32(len(b.fields.bytes)))
	}
	for at, n := range order {
		if statements, changed := t.delta.stmts[n]; changed {
			for i := range statements {
				put(who.place(statements[i].provenance), statements[i].validFrom, statements[i].fields)
			}
		} else if int(n) < t.ids.len() {
			for i := t.stmtStart[n]; i < t.stmtStart[n+1]; i++ {
				put(who.renumber(0, t.provList, t.prov[i]), dateAt(t.validFrom, i), t.fields.at(i))
			}
		}
		b.stmtStart = append(b.stmtStart, uint32(len(b.prov)))
		if t.isDefined(n) {
			b.defined.set(at)
		}
	}
	b.provList = who.list
	b.validFrom = datesOf(&dates, len(b.prov))
}

// mergeAbsorbed takes over which node each record is.
func (c *compactor) mergeAbsorbed(b *nodeBase, t *nodeTable, order []Node) {
	for at, n := range order {
		canonical := t.canonicalOf(n)
		if canonical == n {
			continue
		}
		if b.canonical == nil {
			b.canonical = make([]Node, len(order))
			for i := range b.canonical {
				b.canonical[i] = Node(i)
			}
			b.rules, b.members = map[Node]string{}, map[Node][]Node{}
		}
		node := c.number(t.kind, canonical)
		b.canonical[at] = node
		b.rules[Node(at)] = t.ruleOf(n)
		if b.members[node] == nil {
			b.members[node] = []Node{node}
		}
		b.members[node] = append(b.members[node], Node(at))
	}
	for node := range b.members {
		slices.Sort(b.members[node])
	}
}

// compactNames makes the search index of a kind: the entries of the base, where they are not stale, merged with
// those of records that changed.
func (c *compactor) compactNames(k Kind) *nameIndex {
	base, delta, stale := c.old.search.base[k], c.old.search.delta[k], c.old.search.stale[k]
	if c.numbers[k] == nil && delta == nil && !c.old.table(k).moved() {
		return base
	}
	type entry struct {
		text   []byte
		record Node
	}
	var changed []entry
	if delta != nil {
		for i, record := range delta.record {
			if n := c.number(k, record); n != NoNode {
				changed = append(changed, entry{delta.entry(i), n})
			}
		}
	}
	compare := func(a, b entry) int { return cmp.Or(bytes.Compare(a.text, b.text), cmp.Compare(a.record, b.record)) }
	slices.SortFunc(changed, compare) // numbers of new records are not in the order of ids
	w := newNameWriter(len(base.record)+len(changed), len(base.text)+len(c.deltaText(k)), c.next.table(k).canonicalOf)
	for i, record := range base.record {
		if stale[record] || c.number(k, record) == NoNode {
			continue
		}
		e := entry{base.entry(i), c.number(k, record)}
		for len(changed) > 0 && compare(changed[0], e) < 0 {
			w.add(changed[0].text, changed[0].record)
			changed = changed[1:]
		}
		w.add(e.text, e.record)
	}
	for _, e := range changed {
		w.add(e.text, e.record)
	}
	return w.x
}

func (c *compactor) deltaText(k Kind) []byte {
	if delta := c.old.search.delta[k]; delta != nil {
		return delta.text
	}
	return nil
}

// renumberRelations are the same relations, in the same order, between nodes with new numbers.
func (c *compactor) renumberRelations() *relationBase {
	old := c.old.relations.relationBase
	t := &relationBase{kindStart: old.kindStart, inRel: old.inRel, claimStart: old.claimStart, claimCount: old.claimCount, plain: old.plain,
		from: slices.Clone(old.from), to: slices.Clone(old.to), product: slices.Clone(old.product), inFrom: slices.Clone(old.inFrom)}
	for _, k := range RelationKinds() {
		fromKind, toKind := k.Ends()
		low, high := t.kindStart[k], t.kindStart[k+1]
		c.renumber(fromKind, t.from[low:high])
		c.renumber(toKind, t.to[low:high])
		c.renumber(fromKind, t.inFrom[low:high])
		t.out[k], t.in[k] = c.renumberRows(fromKind, &old.out[k]), c.renumberRows(toKind, &old.in[k])
	}
	c.renumber(KindProduct, t.product)
	return t
}

func (c *compactor) renumber(k Kind, nodes []Node) {
	if c.numbers[k] == nil {
		return
	}
	for i, n := range nodes {
		nodes[i] = c.number(k, n)
	}
}

func (c *compactor) renumberRows(k Kind, t *rowTable) rowTable {
	if c.numbers[k] == nil || t.low == nil {
		return *t
	}
	out := newRowTable(c.next.NodeCount(k))
	for n := range t.low {
		if to := c.number(k, Node(n)); to != NoNode {
			out.low[to], out.high[to] = t.low[n], t.high[n]
		}
	}
	return out
}

// renumberClaims are the same claims, of records with new numbers.
func (c *compactor) renumberClaims() *claimColumns {
	t := *c.old.claims.base
	t.raw = make(map[uint32]ends, len(t.raw))
	for i, e := range c.old.claims.base.raw {
		fromKind, toKind := e.kind.Ends()
		e.from, e.to, e.product = c.number(fromKind, e.from), c.number(toKind, e.to), c.number(KindProduct, e.product)
		t.raw[i] = e
	}
	return &t
}

// relationWriter writes relations in order.
type relationWriter struct {
	v    *View
	base *relationBase
}

func newRelationWriter(v *View) *relationWriter {
	t := &v.relations
	n := t.live()
	base := &relationBase{claimCount: t.liveClaims(), from: make([]Node, 0, n), to: make([]Node, 0, n), claimLow: make([]uint32, 0, n)}
	if t.product != nil || slices.ContainsFunc(t.delta.rels, func(r deltaRelation) bool { return r.product != NoNode }) {
		base.product = make([]Node, 0, n)
	}
	if base.claimCount != n {
		base.claimHigh = make([]uint32, 0, n)
	}
	return &relationWriter{v: v, base: base}
}

// put writes a relation of the View.
func (w *relationWriter) put(r Rel) {
	from, to, product := w.v.Ends(r)
	low, high := w.v.Claims(r)
	t := w.base
	t.from, t.to, t.claimLow = append(t.from, from), append(t.to, to), append(t.claimLow, uint32(low))
	if t.product != nil {
		t.product = append(t.product, product)
	}
	if t.claimHigh != nil {
		t.claimHigh = append(t.claimHigh, uint32(high))
	}
}

// claimWriter writes claims one after the other.
type claimWriter struct {
	v      *View
	claims *claimColumns
	who    merged[provenance]
	terms  merged[terms]
}

func newClaimWriter(v *View) *claimWriter {
	w := &claimWriter{v: v}
	claims, numbers := v.relations.claimCount, 0
	dates := [2]bool{}
	for _, part := range v.claims.parts() {
		numbers += len(part.numberValue)
		w.who.listOf(len(part.whoList))
		w.terms.listOf(len(part.termList))
		isDate := func(d Date) bool { return d != NoDate }
		dates[0] = dates[0] || slices.ContainsFunc(part.validFrom, isDate)
		dates[1] = dates[1] || slices.ContainsFunc(part.validTo, isDate)
	}
	w.claims = newClaimColumns(claims, numbers)
	if dates[0] {
		w.claims.validFrom = make([]Date, 0, claims)
	}
	if dates[1] {
		w.claims.validTo = make([]Date, 0, claims)
	}
	return w
}

// parts are all columns that hold claims, those of the base first.
func (t *claimTable) parts() []*claimColumns {
	parts := []*claimColumns{t.base}
	for i := range t.delta {
		parts = append(parts, t.delta[i].claimColumns)
	}
	return parts
}

func (w *claimWriter) put(c Claim) {
	from, i := w.v.claims.part(c)
	part := 0
	if from != w.v.claims.base {
		part = 1 + w.v.claims.partAt(c)
	}
	t := w.claims
	if raw, ok := from.raw[i]; ok {
		t.raw[uint32(len(t.who))] = raw
	}
	t.who = append(t.who, w.who.renumber(part, from.whoList, from.who[i]))
	t.terms = append(t.terms, w.terms.renumber(part, from.termList, from.terms[i]))
	if t.validFrom != nil {
		t.validFrom = append(t.validFrom, dateAt(from.validFrom, i))
	}
	if t.validTo != nil {
		t.validTo = append(t.validTo, dateAt(from.validTo, i))
	}
	low, high := from.numberStart[i], from.numberStart[i+1]
	t.numberField = append(t.numberField, from.numberField[low:high]...)
	t.numberValue = append(t.numberValue, from.numberValue[low:high]...)
	t.numberStart = append(t.numberStart, uint32(len(t.numberValue)))
}

func (w *claimWriter) finish() *claimColumns {
	w.claims.whoList, w.claims.termList = w.who.list, w.terms.list
	return w.claims
}
