package graph

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"
	"strings"
)

// Load reads a store in full and builds its View.
func Load(ctx context.Context, store Store) (*View, error) {
	b := newBuilder()
	head, err := store.Read(ctx, ReadOptions{}, b)
	if err != nil {
		return nil, err
	}
	return b.finish(head)
}

// builder takes statements in any order and makes a View of them. While it reads, nodes have provisional
// numbers in the order of appearance; finish gives them their own.
type builder struct {
	nodes     [KindCompany + 1]nodeBuilder // by kind: source, product, company
	decisions []Sameness

	// Columns over claims.
	kind              []Kind
	from, to, product []uint32
	claims            claimColumns
	termIndex         map[terms]uint32
	lastTerms         terms
	lastTermsAt       uint32
}

// nodeBuilder collects the records of one kind of node and the statements about them.
type nodeBuilder struct {
	index  map[string]uint32
	ids    []string
	lastID string // relations come in runs of one supplier
	lastAt uint32

	about     []uint32 // the record that each statement is about
	prov      []uint32
	provList  []provenance
	provIndex map[provenance]uint32
	validFrom []Date
	fields    blobTable
}

func newBuilder() *builder {
	b := &builder{termIndex: map[terms]uint32{}, lastTermsAt: math.MaxUint32}
	for k := range b.nodes {
		b.nodes[k] = nodeBuilder{index: map[string]uint32{}, provIndex: map[provenance]uint32{}, lastAt: math.MaxUint32}
		b.nodes[k].fields.start = []uint32{0}
	}
	b.claims.numberStart = []uint32{0}
	b.claims.raw = map[uint32]ends{}
	return b
}

// Put is part of [Sink].
func (b *builder) Put(s *Statement) error {
	if s.Kind.IsRelation() {
		return b.putClaim(s)
	}
	return b.nodes[s.Kind].put(s)
}

// Merge is part of [Sink].
func (b *builder) Merge(s Sameness) error {
	b.decisions = append(b.decisions, s)
	return nil
}

// Withdraw and Unmerge are part of [Sink]; a full read has none.
func (b *builder) Withdraw(Key) error { return nil }

// Unmerge is part of [Sink].
func (b *builder) Unmerge(Kind, string) error { return nil }

func (n *nodeBuilder) record(id string) uint32 {
	if id == n.lastID && n.lastAt != math.MaxUint32 {
		return n.lastAt
	}
	at, ok := n.index[id]
	if !ok {
		at = uint32(len(n.ids))
		n.ids = append(n.ids, id)
		n.index[id] = at
	}
	n.lastID, n.lastAt = id, at
	return at
}

func (n *nodeBuilder) put(s *Statement) error {
	n.about = append(n.about, n.record(s.From))
	p := provenance{Dataset: s.Dataset, Source: s.Source, AssertedBy: s.AssertedBy, Period: s.Period}
	at, ok := n.provIndex[p]
	if !ok {
		at = uint32(len(n.provList))
		n.provList = append(n.provList, p)
		n.provIndex[p] = at
	}
	n.prov = append(n.prov, at)
	n.validFrom = appendDate(n.validFrom, len(n.about), s.ValidFrom)
	n.fields.bytes = appendFields(n.fields.bytes, withoutDetails(s.Fields))
	if len(n.fields.bytes) > math.MaxUint32 {
		return fmt.Errorf("%w: what is said of nodes exceeds 4 GiB", ErrInvalid)
	}
	n.fields.start = append(n.fields.start, uint32(len(n.fields.bytes)))
	return nil
}

func withoutDetails(fields []Field) []Field {
	for i, f := range fields {
		if f.ID.Spec().Details {
			return fields[:i] // details are the last fields
		}
	}
	return fields
}

func (b *builder) putClaim(s *Statement) error {
	fromKind, toKind := s.Kind.Ends()
	b.kind = append(b.kind, s.Kind)
	b.from = append(b.from, b.nodes[fromKind].record(s.From))
	b.to = append(b.to, b.nodes[toKind].record(s.To))
	product := uint32(math.MaxUint32)
	if s.Product != "" {
		product = b.nodes[KindProduct].record(s.Product)
	}
	b.product = append(b.product, product)

	if len(b.claims.numberValue) > math.MaxUint32-NumFields || len(b.kind) >= math.MaxInt32 {
		return fmt.Errorf("%w: more claims than a View can number", ErrInvalid)
	}
	t, validTo := b.claims.putNumbers(s)
	b.claims.validFrom = appendDate(b.claims.validFrom, len(b.kind), s.ValidFrom)
	b.claims.validTo = appendDate(b.claims.validTo, len(b.kind), validTo)
	b.claims.terms = append(b.claims.terms, b.termsAt(t))
	return nil
}

// putNumbers appends the numbers of a claim and returns the rest of its fields.
func (t *claimColumns) putNumbers(s *Statement) (rest terms, validTo Date) {
	rest = terms{provenance: provenance{Dataset: s.Dataset, Source: s.Source, AssertedBy: s.AssertedBy, Period: s.Period}}
	validTo = NoDate
	for _, f := range withoutDetails(s.Fields) {
		switch {
		case f.ID.Spec().Type.Numeric():
			t.numberField = append(t.numberField, f.ID)
			t.numberValue = append(t.numberValue, f.Number)
		case f.ID == FieldValidTo:
			validTo, _ = ParseDate(f.Text)
		default:
			rest.set(f)
		}
	}
	t.numberStart = append(t.numberStart, uint32(len(t.numberValue)))
	return rest, validTo
}

// appendDate appends to a column that stays nil until the first date, and is then n long.
func appendDate(column []Date, n int, d Date) []Date {
	if column == nil {
		if d == NoDate {
			return nil
		}
		column = make([]Date, n-1, 2*n)
		for i := range column {
			column[i] = NoDate
		}
	}
	for len(column) < n-1 {
		column = append(column, NoDate)
	}
	return append(column, d)
}

func (t *terms) set(f Field) {
	switch f.ID {
	case FieldCurrency:
		t.Currency = f.Text
	case FieldUnit:
		t.Unit = f.Text
	case FieldUsedIn:
		t.UsedIn = f.Text
	case FieldOriginCountry:
		t.OriginCountry = f.Text
	case FieldCountry:
		t.Country = f.Text
	case FieldControl:
		t.Control = f.Text
	case FieldRole:
		t.Role = f.Text
	case FieldBasis:
		t.Basis = enumIndex(Bases, f.Text)
	case FieldStage:
		t.Stage = enumIndex(Stages, f.Text)
	case FieldStance:
		t.Stance = enumIndex(Stances, f.Text)
	case FieldEssential:
		t.Essential = False
		if f.Text == "true" {
			t.Essential = True
		}
	}
}

// fields is the inverse of set, with the date on which the claim ends.
func (t *terms) fields(validTo Date) []Field {
	var out []Field
	add := func(id FieldID, text string) {
		if text != "" {
			out = append(out, Field{ID: id, Text: text, Number: nan})
		}
	}
	add(FieldCurrency, t.Currency)
	add(FieldUnit, t.Unit)
	add(FieldUsedIn, t.UsedIn)
	add(FieldOriginCountry, t.OriginCountry)
	add(FieldCountry, t.Country)
	add(FieldControl, t.Control)
	add(FieldRole, t.Role)
	add(FieldBasis, Bases[t.Basis])
	add(FieldStage, Stages[t.Stage])
	add(FieldStance, Stances[t.Stance])
	add(FieldEssential, [...]string{"", "false", "true"}[t.Essential])
	add(FieldValidTo, validTo.String())
	return out
}

func enumIndex(values []string, text string) uint8 {
	return uint8(max(0, slices.Index(values, text)))
}

func (b *builder) termsAt(t terms) uint32 {
	if t == b.lastTerms && b.lastTermsAt != math.MaxUint32 {
		return b.lastTermsAt
	}
	at, ok := b.termIndex[t]
	if !ok {
		at = uint32(len(b.claims.termList))
		b.claims.termList = append(b.claims.termList, t)
		b.termIndex[t] = at
	}
	b.lastTerms, b.lastTermsAt = t, at
	return at
}

// finish makes the View. The builder must not be used afterwards.
func (b *builder) finish(head Head) (*View, error) {
	b.termIndex = nil
	for _, d := range b.decisions {
		b.nodes[d.Kind].record(d.ID)
		b.nodes[d.Kind].record(d.Canonical)
	}
	v := &View{head: head}
	var rank [KindCompany + 1][]Node // final number of each provisional one
	for k := range b.nodes {
		kind := Kind(k)
		table := nodeTable{kind: kind}
		table.nodeBase, rank[k] = b.nodes[k].finish(kind)
		table.resolve(b.decisions)
		*v.table(kind) = table
	}
	// The search index needs the nodes only, and takes about as long as the claims.
	indexed := make(chan struct{})
	go func() {
		defer close(indexed)
		v.search = newSearchIndex(v)
	}()
	b.finishClaims(v, &rank)
	<-indexed
	return v, nil
}

// finish sorts the records by id and their statements by record, and returns the final number of each record.
func (n *nodeBuilder) finish(kind Kind) (*nodeBase, []Node) {
	n.index, n.provIndex = nil, nil
	order := make([]uint32, len(n.ids))
	for i := range order {
		order[i] = uint32(i)
	}
	slices.SortFunc(order, func(a, b uint32) int { return strings.Compare(n.ids[a], n.ids[b]) })
	rank := make([]Node, len(order))
	sorted := make([]string, len(order))
	for at, provisional := range order {
		rank[provisional] = Node(at)
		sorted[at] = n.ids[provisional]
	}
	n.ids = nil
	t := &nodeBase{ids: newStringTable(sorted), refs: make([]uint32, len(sorted)), provList: n.provList}
	t.takeStatements(n, rank)
	t.findDefinitions(kind)
	return t, rank
}

// takeStatements puts the statements in the order of records, then keys.
func (t *nodeBase) takeStatements(n *nodeBuilder, rank []Node) {
	t.stmtStart = make([]uint32, len(rank)+1)
	for _, record := range n.about {
		t.stmtStart[rank[record]+1]++
	}
	accumulate(t.stmtStart, 0)
	order := make([]uint32, len(n.about))
	for i := range order {
		order[i] = uint32(i)
	}
	compare := func(a, b uint32) int {
		if c := cmp.Compare(rank[n.about[a]], rank[n.about[b]]); c != 0 {
			return c
		}
		return cmp.Or(n.provList[n.prov[a]].compare(&n.provList[n.prov[b]]), cmp.Compare(dateAt(n.validFrom, a), dateAt(n.validFrom, b)))
	}
	if slices.IsSortedFunc(order, compare) { // stores that read in the order of keys
		t.prov, t.validFrom = slices.Clone(n.prov), n.validFrom
		t.fields = blobTable{start: slices.Clone(n.fields.start), bytes: slices.Clone(n.fields.bytes)}
		n.fields = blobTable{}
		return
	}
	slices.SortFunc(order, compare)
	t.prov, t.validFrom = permute(n.prov, order), permute(n.validFrom, order)
	t.fields = blobTable{start: make([]uint32, 1, len(order)+1), bytes: make([]byte, 0, len(n.fields.bytes))}
	for _, i := range order {
		t.fields.bytes = append(t.fields.bytes, n.fields.at(i)...)
		t.fields.start = append(t.fields.start, uint32(len(t.fields.bytes)))
	}
}

func (t *nodeBase) findDefinitions(kind Kind) {
	t.defined = newBitset(t.ids.len())
	for n := range t.ids.len() {
		id := t.ids.at(n)
		for i := t.stmtStart[n]; i < t.stmtStart[n+1]; i++ {
			if s := t.baseStatement(i); s.defines(kind, id) {
				t.defined.set(n)
				break
			}
		}
	}
}

func (p *provenance) compare(o *provenance) int {
	if c := strings.Compare(p.Dataset, o.Dataset); c != 0 {
		return c
	}
	if c := strings.Compare(p.Source, o.Source); c != 0 {
		return c
	}
	if c := strings.Compare(p.AssertedBy, o.AssertedBy); c != 0 {
		return c
	}
	return strings.Compare(string(p.Period), string(o.Period))
}

// resolve lays the overlay of sameness over the records of a base.
func (t *nodeTable) resolve(decisions []Sameness) {
	t.decisions = map[string]Sameness{}
	if t.kind == KindSource {
		return // sources have ids only
	}
	r := NewResolver(t.kind)
	for _, d := range decisions {
		if d.Kind == t.kind {
			t.decisions[d.ID] = d
			r.Decide(d)
		}
	}
	doubtful := t.doubtful()
	for n := range Node(t.ids.len()) {
		if doubtful.has(int(n)) {
			t.mention(r, n)
		}
	}
	for n := range Node(t.ids.len()) {
		if t.defined.has(int(n)) {
			t.define(r, n)
		}
	}
	res := r.Resolve()
	t.ambiguous = res.Ambiguous
	t.absorb(&res)
}

// doubtful are the mentions that may be another node: those that a definition's name or identifier fits, those
// that are spelled like another mention, and those that something describes. The others are nodes of their own;
// in a network that is nothing but relations they are nearly all.
func (t *nodeTable) doubtful() bitset {
	doubtful := newBitset(t.ids.len())
	first := map[string]Node{} // by form, the first mention of that form
	for n := range Node(t.ids.len()) {
		if t.defined.has(int(n)) {
			continue
		}
		form := mentionForm(t.id(n))
		if other, ok := first[form]; ok {
			doubtful.set(int(other))
			doubtful.set(int(n))
		} else {
			first[form] = n
		}
		if t.stmtStart[n] < t.stmtStart[n+1] {
			doubtful.set(int(n))
		}
	}
	if len(first) == 0 {
		return doubtful
	}
	for n := range Node(t.ids.len()) {
		if !t.defined.has(int(n)) {
			continue
		}
		for _, form := range t.forms(n) {
			if mention, ok := first[form]; ok {
				doubtful.set(int(mention))
			}
		}
	}
	return doubtful
}

// mention and define tell a resolver of a record.
func (t *nodeTable) mention(r *Resolver, n Node) {
	id := t.id(n)
	r.Mention(id, nil)
	for _, stored := range t.recordStatements(n) {
		s := stored.statement(t.kind, id)
		r.Mention(id, &s)
	}
}

func (t *nodeTable) define(r *Resolver, n Node) {
	id := t.id(n)
	for _, stored := range t.recordStatements(n) {
		s := stored.statement(t.kind, id)
		r.Define(&s)
	}
}

func (t *nodeBase) absorb(res *Resolution) {
	if len(res.Canonical) == 0 {
		return
	}
	t.canonical = make([]Node, t.ids.len())
	for i := range t.canonical {
		t.canonical[i] = Node(i)
	}
	t.rules, t.members = map[Node]string{}, map[Node][]Node{}
	for _, id := range sortedKeys(res.Canonical) {
		record, ok1 := t.ids.find(id)
		at, ok2 := t.ids.find(res.Canonical[id])
		if !ok1 || !ok2 {
			continue // cannot be: every record and every end of a decision is in the table
		}
		node := Node(at)
		t.canonical[record] = node
		t.rules[Node(record)] = res.Rule[id]
		if t.members[node] == nil {
			t.members[node] = []Node{node}
		}
		t.members[node] = append(t.members[node], Node(record))
	}
	for node := range t.members {
		slices.Sort(t.members[node])
	}
}

// finishClaims gives the ends of the claims their final numbers, sorts the claims, and groups them into
// relations.
func (b *builder) finishClaims(v *View, rank *[KindCompany + 1][]Node) {
	n := len(b.kind)
	from, to, product := make([]Node, n), make([]Node, n), make([]Node, n)
	anyProduct := false
	for i := range n {
		fromKind, toKind := b.kind[i].Ends()
		rawFrom, rawTo, rawProduct := rank[fromKind][b.from[i]], rank[toKind][b.to[i]], NoNode
		if b.product[i] != math.MaxUint32 {
			rawProduct = rank[KindProduct][b.product[i]]
			anyProduct = true
		}
		raw := ends{kind: b.kind[i], from: rawFrom, to: rawTo, product: rawProduct}
		e := v.canonicalEnds(raw)
		from[i], to[i], product[i] = e.from, e.to, e.product
		if e != raw {
			b.claims.raw[uint32(i)] = raw
		}
		v.table(fromKind).refs[rawFrom]++
		v.table(toKind).refs[rawTo]++
		if rawProduct != NoNode {
			v.products.refs[rawProduct]++
		}
	}
	b.from, b.to, b.product = nil, nil, nil
	s := claimSorter{b: b, v: v, from: from, to: to, product: product}
	s.sort()
	b.claims.compact()
	v.claims = claimTable{base: &b.claims}
	v.relations = relationTable{relationBase: groupRelations(b.kind, s.from, s.to, s.product, anyProduct)}
	v.relations.index(v)
	v.relations.findPlain(&b.claims)
}

// canonicalEnds are the nodes that a claim's records are.
func (v *View) canonicalEnds(raw ends) ends {
	fromKind, toKind := raw.kind.Ends()
	e := ends{kind: raw.kind, from: v.Canonical(fromKind, raw.from), to: v.Canonical(toKind, raw.to), product: NoNode}
	if raw.product != NoNode {
		if e.product = v.products.canonicalOf(raw.product); e.product == NoNode {
			e.product = noMore
		}
	}
	return e
}

// noMore is a product that nothing names any longer: not the same as none.
const noMore Node = -2

// claimSorter brings the claims into the order of their relations, then keys.
type claimSorter struct {
	b                 *builder
	v                 *View
	from, to, product []Node
}

func (s *claimSorter) compareRelation(x, y uint32) int {
	if c := cmp.Compare(s.b.kind[x], s.b.kind[y]); c != 0 {
		return c
	}
	if c := cmp.Compare(s.from[x], s.from[y]); c != 0 {
		return c
	}
	if c := cmp.Compare(s.to[x], s.to[y]); c != 0 {
		return c
	}
	return cmp.Compare(s.product[x], s.product[y])
}

func (s *claimSorter) compare(x, y uint32) int {
	if c := s.compareRelation(x, y); c != 0 {
		return c
	}
	c := &s.b.claims
	tx, ty := &c.termList[c.terms[x]], &c.termList[c.terms[y]]
	return cmp.Or(s.compareRaw(x, y), tx.provenance.compare(&ty.provenance), cmp.Compare(dateAt(c.validFrom, x), dateAt(c.validFrom, y)))
}

// compareRaw compares two claims of one relation by the records that they name.
func (s *claimSorter) compareRaw(x, y uint32) int {
	return s.v.compareEnds(s.raw(x), s.raw(y))
}

func (s *claimSorter) raw(x uint32) ends {
	if raw, ok := s.b.claims.raw[x]; ok {
		return raw
	}
	return ends{kind: s.b.kind[x], from: s.from[x], to: s.to[x], product: s.product[x]}
}

// compareEnds orders ends as their keys are ordered.
func (v *View) compareEnds(a, b ends) int {
	if c := cmp.Compare(a.kind, b.kind); c != 0 || a == b {
		return c
	}
	fromKind, toKind := a.kind.Ends()
	return cmp.Or(v.table(fromKind).compare(a.from, b.from), v.table(toKind).compare(a.to, b.to), v.compareProducts(a.product, b.product))
}

// compareProducts orders products by id, none first.
func (v *View) compareProducts(a, b Node) int {
	if a == NoNode || b == NoNode {
		return cmp.Compare(a, b)
	}
	return v.products.compare(a, b)
}

func (s *claimSorter) sort() {
	n := len(s.from)
	sorted := true
	for i := 1; i < n && sorted; i++ {
		// Equal relations are compared in full; these are few.
		c := s.compareRelation(uint32(i-1), uint32(i))
		sorted = c < 0 || c == 0 && s.compare(uint32(i-1), uint32(i)) <= 0
	}
	if sorted {
		return
	}
	order := make([]uint32, n)
	for i := range order {
		order[i] = uint32(i)
	}
	slices.SortFunc(order, s.compare)
	s.b.kind = permute(s.b.kind, order)
	s.from, s.to, s.product = permute(s.from, order), permute(s.to, order), permute(s.product, order)
	s.b.claims.permute(order)
}

func permute[T any](column []T, order []uint32) []T {
	if column == nil {
		return nil
	}
	out := make([]T, len(order))
	for at, from := range order {
		out[at] = column[from]
	}
	return out
}

func (t *claimColumns) permute(order []uint32) {
	n := len(order)
	t.pad(n)
	t.terms = permute(t.terms, order)
	t.validFrom, t.validTo = permute(t.validFrom, order), permute(t.validTo, order)
	start := make([]uint32, 1, n+1)
	field := make([]FieldID, 0, len(t.numberField))
	value := make([]float64, 0, len(t.numberValue))
	raw := make(map[uint32]ends, len(t.raw))
	for at, from := range order {
		low, high := t.numberStart[from], t.numberStart[from+1]
		field = append(field, t.numberField[low:high]...)
		value = append(value, t.numberValue[low:high]...)
		start = append(start, uint32(len(value)))
		if e, ok := t.raw[from]; ok {
			raw[uint32(at)] = e
		}
	}
	t.numberStart, t.numberField, t.numberValue, t.raw = start, field, value, raw
}

// pad fills date columns that ended before the last claim.
func (t *claimColumns) pad(n int) {
	for _, column := range []*[]Date{&t.validFrom, &t.validTo} {
		for *column != nil && len(*column) < n {
			*column = append(*column, NoDate)
		}
	}
}

// compact gives back what the columns reserved while they grew.
func (t *claimColumns) compact() {
	t.pad(len(t.terms))
	t.terms, t.numberStart = slices.Clone(t.terms), slices.Clone(t.numberStart)
	t.numberField, t.numberValue = slices.Clone(t.numberField), slices.Clone(t.numberValue)
	t.validFrom, t.validTo = slices.Clone(t.validFrom), slices.Clone(t.validTo)
}

func (t *relationBase) findPlain(claims *claimColumns) {
	t.plain = newBitset(len(t.to))
	table := relationTable{relationBase: t}
	for r := range Rel(len(t.to)) {
		low, high := table.claimsOf(r)
		for c := low; c < high; c++ {
			if claims.plain(uint32(c)) {
				t.plain.set(int(r))
				break
			}
		}
	}
}

// groupRelations makes one relation of each run of claims with the same ends. It works in place.
func groupRelations(kind []Kind, from, to, product []Node, anyProduct bool) *relationBase {
	t := &relationBase{claimCount: len(kind)}
	n := len(kind)
	starts := make([]uint32, 0, n+1)
	out := 0
	for i := range n {
		if i > 0 && kind[i] == kind[i-1] && from[i] == from[i-1] && to[i] == to[i-1] && product[i] == product[i-1] {
			continue
		}
		starts = append(starts, uint32(i))
		kind[out], from[out], to[out], product[out] = kind[i], from[i], to[i], product[i]
		t.kindStart[kind[i]+1] = uint32(out + 1)
		out++
	}
	for k := range NumKinds {
		t.kindStart[k+1] = max(t.kindStart[k+1], t.kindStart[k])
	}
	t.from, t.to = from[:out:out], to[:out:out]
	if anyProduct {
		t.product = product[:out:out]
	}
	if out < n {
		t.claimStart = slices.Clip(append(starts, uint32(n)))
	}
	return t
}

// index makes the rows of both directions by counting sorts, which keep the order of the relations.
func (t *relationBase) index(v *View) {
	t.inRel = make([]Rel, len(t.to))
	t.inFrom = make([]Node, len(t.to))
	for _, k := range RelationKinds() {
		low, high := t.kindStart[k], t.kindStart[k+1]
		if low == high {
			continue
		}
		fromKind, toKind := k.Ends()
		out := make([]uint32, v.NodeCount(fromKind)+1)
		in := make([]uint32, v.NodeCount(toKind)+1)
		for r := low; r < high; r++ {
			out[t.from[r]+1]++
			in[t.to[r]+1]++
		}
		accumulate(out, low)
		accumulate(in, low)
		next := slices.Clone(in)
		for r := low; r < high; r++ {
			at := next[t.to[r]]
			next[t.to[r]]++
			t.inRel[at], t.inFrom[at] = Rel(r), t.from[r]
		}
		t.outStart[k], t.inStart[k] = out, in
	}
}

// accumulate turns counts, each one place to the right, into starting positions from base on.
func accumulate(counts []uint32, base uint32) {
	counts[0] = base
	for i := 1; i < len(counts); i++ {
		counts[i] += counts[i-1]
	}
}
