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
	claims            claimTable
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

	about  []uint32 // the record that each statement is about
	prov   []provenance
	from   []Date
	fields blobTable
	// intern keeps one copy of each provenance string.
	intern map[string]string
}

func newBuilder() *builder {
	b := &builder{termIndex: map[terms]uint32{}, lastTermsAt: math.MaxUint32}
	for k := range b.nodes {
		b.nodes[k] = nodeBuilder{index: map[string]uint32{}, intern: map[string]string{}, lastAt: math.MaxUint32}
		b.nodes[k].fields.start = []uint32{0}
	}
	b.claims.numberStart = []uint32{0}
	b.claims.raw = map[Claim]RelationKey{}
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

func (n *nodeBuilder) internString(s string) string {
	if s == "" {
		return ""
	}
	if have, ok := n.intern[s]; ok {
		return have
	}
	n.intern[s] = s
	return s
}

func (n *nodeBuilder) put(s *Statement) error {
	n.about = append(n.about, n.record(s.From))
	n.prov = append(n.prov, provenance{Dataset: n.internString(s.Dataset), Source: n.internString(s.Source),
		AssertedBy: n.internString(s.AssertedBy), Period: Period(n.internString(string(s.Period)))})
	n.from = append(n.from, s.ValidFrom)
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

	t := terms{provenance: provenance{Dataset: s.Dataset, Source: s.Source, AssertedBy: s.AssertedBy, Period: s.Period}}
	validTo := NoDate
	for _, f := range withoutDetails(s.Fields) {
		if f.ID.Spec().Type.Numeric() {
			b.claims.numberField = append(b.claims.numberField, f.ID)
			b.claims.numberValue = append(b.claims.numberValue, f.Number)
			continue
		}
		if f.ID == FieldValidTo {
			validTo, _ = ParseDate(f.Text)
			continue
		}
		t.set(f)
	}
	if len(b.claims.numberValue) > math.MaxUint32 || len(b.kind) > math.MaxInt32 {
		return fmt.Errorf("%w: more claims than a View can number", ErrInvalid)
	}
	b.claims.numberStart = append(b.claims.numberStart, uint32(len(b.claims.numberValue)))
	b.claims.validFrom = appendDate(b.claims.validFrom, len(b.kind), s.ValidFrom)
	b.claims.validTo = appendDate(b.claims.validTo, len(b.kind), validTo)
	b.claims.terms = append(b.claims.terms, b.termsAt(t))
	return nil
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
		table, numbers := b.nodes[k].finish(kind)
		if kind != KindSource {
			v.ambiguous[kind] = table.resolve(b.decisions)
		}
		*v.table(kind) = table
		rank[k] = numbers
	}
	b.finishClaims(v, &rank)
	v.search = newSearchIndex(v)
	return v, nil
}

// finish sorts the records by id and their statements by record, and returns the final number of each record.
func (n *nodeBuilder) finish(kind Kind) (nodeTable, []Node) {
	n.index, n.intern = nil, nil
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
	t := nodeTable{kind: kind, ids: newStringTable(sorted)}
	t.takeStatements(n, rank)
	return t, rank
}

// takeStatements puts the statements in the order of records, then keys.
func (t *nodeTable) takeStatements(n *nodeBuilder, rank []Node) {
	order := make([]uint32, len(n.about))
	for i := range order {
		order[i] = uint32(i)
	}
	compare := func(a, b uint32) int {
		if c := cmp.Compare(rank[n.about[a]], rank[n.about[b]]); c != 0 {
			return c
		}
		if c := n.prov[a].compare(&n.prov[b]); c != 0 {
			return c
		}
		return cmp.Compare(n.from[a], n.from[b])
	}
	t.stmtStart = make([]uint32, len(rank)+1)
	for _, record := range n.about {
		t.stmtStart[rank[record]+1]++
	}
	for i := range rank {
		t.stmtStart[i+1] += t.stmtStart[i]
	}
	if slices.IsSortedFunc(order, compare) { // stores that read in the order of keys
		t.prov, t.fields = slices.Clip(n.prov), n.fields
		t.fields.bytes, t.fields.start = slices.Clip(t.fields.bytes), slices.Clip(t.fields.start)
		return
	}
	slices.SortFunc(order, compare)
	t.prov = make([]provenance, 0, len(order))
	t.fields = blobTable{start: make([]uint32, 1, len(order)+1), bytes: make([]byte, 0, len(n.fields.bytes))}
	for _, i := range order {
		t.prov = append(t.prov, n.prov[i])
		t.fields.bytes = append(t.fields.bytes, n.fields.bytes[n.fields.start[i]:n.fields.start[i+1]]...)
		t.fields.start = append(t.fields.start, uint32(len(t.fields.bytes)))
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

// resolve lays the overlay of sameness over the records, and returns the ambiguous mentions.
func (t *nodeTable) resolve(decisions []Sameness) map[string][]string {
	r := NewResolver(t.kind)
	for _, d := range decisions {
		r.Decide(d)
	}
	defined := newBitset(t.ids.len())
	mentions := 0
	for n := range t.ids.len() {
		if t.isDefined(Node(n)) {
			defined.set(n)
			continue
		}
		mentions++
		id := t.ids.at(n)
		r.Mention(id, nil)
		for i := t.stmtStart[n]; i < t.stmtStart[n+1]; i++ {
			s := t.statement(Node(n), int(i))
			r.Mention(id, &s)
		}
	}
	if mentions > 0 {
		for n := range t.ids.len() {
			if !defined.has(n) {
				continue
			}
			for i := t.stmtStart[n]; i < t.stmtStart[n+1]; i++ {
				s := t.statement(Node(n), int(i))
				r.Define(&s)
			}
		}
	}
	res := r.Resolve()
	t.absorb(&res)
	return res.Ambiguous
}

func (t *nodeTable) isDefined(n Node) bool {
	for i := t.stmtStart[n]; i < t.stmtStart[n+1]; i++ {
		s := t.statement(n, int(i))
		if IsDefinition(&s) {
			return true
		}
	}
	return false
}

// statement is statement number i, about record n, decoded.
func (t *nodeTable) statement(n Node, i int) Statement {
	p := &t.prov[i]
	s := Statement{Key: Key{RelationKey: RelationKey{Kind: t.kind, From: t.ids.at(int(n))}, Dataset: p.Dataset, Source: p.Source,
		AssertedBy: p.AssertedBy, Period: p.Period}}
	t.fields.at(i, func(id FieldID, text []byte, number float64) bool {
		s.Fields = append(s.Fields, Field{ID: id, Text: string(text), Number: number})
		return true
	})
	return s
}

func (t *nodeTable) absorb(res *Resolution) {
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
		node, ok2 := t.ids.find(res.Canonical[id])
		if !ok1 || !ok2 {
			continue // cannot be: every record and every end of a decision is in the table
		}
		t.canonical[record] = Node(node)
		t.rules[Node(record)] = res.Rule[id]
		if t.members[Node(node)] == nil {
			t.members[Node(node)] = []Node{Node(node)}
		}
		t.members[Node(node)] = append(t.members[Node(node)], Node(record))
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
		from[i], to[i], product[i] = v.Canonical(fromKind, rawFrom), v.Canonical(toKind, rawTo), rawProduct
		if rawProduct != NoNode {
			product[i] = v.products.canonicalOf(rawProduct)
		}
		if from[i] != rawFrom || to[i] != rawTo || product[i] != rawProduct {
			key := RelationKey{Kind: b.kind[i], From: v.ID(fromKind, rawFrom), To: v.ID(toKind, rawTo)}
			if rawProduct != NoNode {
				key.Product = v.ID(KindProduct, rawProduct)
			}
			b.claims.raw[Claim(i)] = key
		}
	}
	b.from, b.to, b.product = nil, nil, nil
	s := claimSorter{b: b, v: v, from: from, to: to, product: product}
	s.sort()
	v.claims = b.claims
	v.claims.compact()
	v.relations = groupRelations(&v.claims, b.kind, s.from, s.to, s.product, anyProduct)
	v.relations.index(v)
}

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
	if d := s.rawKey(x).Compare(s.rawKey(y)); d != 0 {
		return d
	}
	tx, ty := &c.termList[c.terms[x]], &c.termList[c.terms[y]]
	if d := tx.provenance.compare(&ty.provenance); d != 0 {
		return d
	}
	return cmp.Compare(dateAt(c.validFrom, Claim(x)), dateAt(c.validFrom, Claim(y)))
}

// rawKey is the relation key as the claim writes it; the zero key where that is as the relation does, which
// is the same for both where only one kind of claim is compared.
func (s *claimSorter) rawKey(x uint32) RelationKey {
	if key, ok := s.b.claims.raw[Claim(x)]; ok {
		return key
	}
	kind := s.b.kind[x]
	fromKind, toKind := kind.Ends()
	key := RelationKey{Kind: kind, From: s.v.ID(fromKind, s.from[x]), To: s.v.ID(toKind, s.to[x])}
	if s.product[x] != NoNode {
		key.Product = s.v.ID(KindProduct, s.product[x])
	}
	return key
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

func (t *claimTable) permute(order []uint32) {
	n := len(order)
	t.pad(n)
	t.terms = permute(t.terms, order)
	t.validFrom, t.validTo = permute(t.validFrom, order), permute(t.validTo, order)
	start := make([]uint32, 1, n+1)
	field := make([]FieldID, 0, len(t.numberField))
	value := make([]float64, 0, len(t.numberValue))
	raw := make(map[Claim]RelationKey, len(t.raw))
	for at, from := range order {
		low, high := t.numberStart[from], t.numberStart[from+1]
		field = append(field, t.numberField[low:high]...)
		value = append(value, t.numberValue[low:high]...)
		start = append(start, uint32(len(value)))
		if key, ok := t.raw[Claim(from)]; ok {
			raw[Claim(at)] = key
		}
	}
	t.numberStart, t.numberField, t.numberValue, t.raw = start, field, value, raw
}

// pad fills date columns that ended before the last claim.
func (t *claimTable) pad(n int) {
	for _, column := range []*[]Date{&t.validFrom, &t.validTo} {
		for *column != nil && len(*column) < n {
			*column = append(*column, NoDate)
		}
	}
}

// compact gives back what the columns reserved while they grew, and finds the plain claims.
func (t *claimTable) compact() {
	n := len(t.terms)
	t.pad(n)
	t.terms, t.numberStart = slices.Clone(t.terms), slices.Clone(t.numberStart)
	t.numberField, t.numberValue = slices.Clone(t.numberField), slices.Clone(t.numberValue)
	t.validFrom, t.validTo = slices.Clone(t.validFrom), slices.Clone(t.validTo)
	t.plain = newBitset(n)
	for c := range n {
		term := &t.termList[t.terms[c]]
		if term.Stance == 0 && FlowingStages.has(term.Stage) && dateAt(t.validFrom, Claim(c)) == NoDate && dateAt(t.validTo, Claim(c)) == NoDate {
			t.plain.set(c)
		}
	}
}

// groupRelations makes one relation of each run of claims with the same ends.
func groupRelations(claims *claimTable, kind []Kind, from, to, product []Node, anyProduct bool) relationTable {
	t := relationTable{}
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
		t.claimStart = append(starts, uint32(n))
	}
	return t
}

// index makes the rows of both directions by counting sorts, which keep the order of the relations.
func (t *relationTable) index(v *View) {
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
