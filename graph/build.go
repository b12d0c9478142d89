package graph

import (
	"bytes"
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
	nodes     [NumKinds]nodeBuilder // of the kinds of node
	operators []uint32              // a record of a company for each statement that it operates a site
	decisions []Sameness

	// Columns over claims.
	kind               column[Kind]
	from, to, product  column[uint32]
	who, terms         column[uint32]
	whoList            provenances
	termList           termsTable
	validFrom, validTo column[Date] // as long as the last claim that has a date
	numberEnd          column[uint32]
	numberField        column[FieldID]
	numberValue        column[float64]
}

// nodeBuilder collects the records of one kind of node and the statements about them.
type nodeBuilder struct {
	ids  textTable
	last memo // relations come in runs of one supplier

	about     []uint32 // the record that each statement is about
	prov      []uint32
	provList  provenances
	validFrom column[Date]
	fields    blobTable
}

func newBuilder() *builder {
	b := &builder{whoList: provenances{texts: newTextTable()}, termList: termsTable{texts: newTextTable()}}
	for _, k := range NodeKinds() {
		b.nodes[k] = nodeBuilder{ids: newTextTable(), provList: provenances{texts: newTextTable()}, fields: blobTable{start: []uint32{0}}}
	}
	return b
}

// Put is part of [Sink].
func (b *builder) Put(s *Statement) error {
	if s.Kind.IsRelation() {
		return b.putClaim(s)
	}
	if s.Kind == KindSite {
		if operator := s.Text(FieldOperator); operator != "" {
			b.operators = append(b.operators, b.nodes[KindCompany].record(operator))
		}
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

func (n *nodeBuilder) record(id string) uint32 { return n.last.place(&n.ids, id) }

func (n *nodeBuilder) put(s *Statement) error {
	n.about = append(n.about, n.record(s.From))
	n.prov = append(n.prov, n.provList.place(&s.Key))
	addDate(&n.validFrom, len(n.about), s.ValidFrom)
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
	b.kind.add(s.Kind)
	b.from.add(b.nodes[fromKind].record(s.From))
	b.to.add(b.nodes[toKind].record(s.To))
	product := uint32(math.MaxUint32)
	if s.Product != "" {
		product = b.nodes[KindProduct].record(s.Product)
	}
	b.product.add(product)

	if b.numberValue.n > math.MaxUint32-NumFields || b.kind.n >= math.MaxInt32 || !b.nodes[fromKind].ids.fits() || !b.nodes[toKind].ids.fits() {
		return fmt.Errorf("%w: more claims than a View can number", ErrInvalid)
	}
	said, validTo := termsIn(s, func(id FieldID, number float64) {
		b.numberField.add(id)
		b.numberValue.add(number)
	})
	b.numberEnd.add(uint32(b.numberValue.n))
	addDate(&b.validFrom, b.kind.n, s.ValidFrom)
	addDate(&b.validTo, b.kind.n, validTo)
	b.who.add(b.whoList.place(&s.Key))
	b.terms.add(b.termList.place(&said))
	return nil
}

// termsIn takes the fields of a claim apart.
func termsIn(s *Statement, number func(FieldID, float64)) (said terms, validTo Date) {
	validTo = NoDate
	for _, f := range withoutDetails(s.Fields) {
		switch {
		case f.ID.Spec().Type.Numeric():
			number(f.ID, f.Number)
		case f.ID == FieldValidTo:
			validTo, _ = ParseDate(f.Text)
		default:
			said.set(f)
		}
	}
	return said, validTo
}

// termTexts is how many texts a claim may say.
const termTexts = 9

func (t *terms) texts() [termTexts]*string {
	return [...]*string{&t.Currency, &t.Unit, &t.UsedIn, &t.OriginCountry, &t.Country, &t.Control, &t.Role, &t.Programme, &t.Site}
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
	case FieldProgramme:
		t.Programme = f.Text
	case FieldSite:
		t.Site = f.Text
	case FieldBasis:
		t.Basis = enumIndex(Bases, f.Text)
	case FieldStage:
		t.Stage = enumIndex(Stages, f.Text)
	case FieldStance:
		t.Stance = enumIndex(Stances, f.Text)
	case FieldEssential:
		t.Essential = triOf(f.Text)
	case FieldCompleteList:
		t.CompleteList = triOf(f.Text)
	}
}

func enumIndex(values []string, text string) uint8 {
	return uint8(max(0, slices.Index(values, text)))
}

// finish makes the View. The builder must not be used afterwards.
func (b *builder) finish(head Head) (*View, error) {
	for _, d := range b.decisions {
		if _, _, pair := d.Pair(); pair {
			continue // it makes no record of one that is not there
		}
		b.nodes[d.Kind].record(d.ID)
		b.nodes[d.Kind].record(d.Canonical)
	}
	v := &View{head: head}
	var rank [NumKinds][]Node // final number of each provisional one
	for _, kind := range NodeKinds() {
		table := nodeTable{kind: kind}
		table.nodeBase, rank[kind] = b.nodes[kind].finish(kind)
		table.resolve(b.decisions)
		*v.table(kind) = table
	}
	for _, record := range b.operators {
		v.companies.refs[rank[KindCompany][record]]++
	}
	b.operators = nil
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
	ids := n.ids.list
	n.ids = textTable{}
	order := make([]uint32, ids.len())
	for i := range order {
		order[i] = uint32(i)
	}
	slices.SortFunc(order, func(a, b uint32) int {
		return bytes.Compare(ids.bytes[ids.start[a]:ids.start[a+1]], ids.bytes[ids.start[b]:ids.start[b+1]])
	})
	rank := make([]Node, len(order))
	for at, provisional := range order {
		rank[provisional] = Node(at)
	}
	t := &nodeBase{ids: ids.ordered(order), refs: make([]uint32, len(order)), provList: n.provList.take()}
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
	validFrom := datesOf(&n.validFrom, len(n.about))
	compare := func(a, b uint32) int {
		if c := cmp.Compare(rank[n.about[a]], rank[n.about[b]]); c != 0 {
			return c
		}
		return cmp.Or(t.provList[n.prov[a]].compare(&t.provList[n.prov[b]]), cmp.Compare(dateAt(validFrom, a), dateAt(validFrom, b)))
	}
	if slices.IsSortedFunc(order, compare) { // stores that read in the order of keys
		t.prov, t.validFrom = slices.Clone(n.prov), validFrom
		t.fields = blobTable{start: slices.Clone(n.fields.start), bytes: slices.Clone(n.fields.bytes)}
		n.fields = blobTable{}
		return
	}
	slices.SortFunc(order, compare)
	t.prov, t.validFrom = permute(n.prov, order), permute(validFrom, order)
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

// doubtful are the mentions that may be another node: those that a definition's name or identifier fits, and those
// that are spelled like another mention. The others are nodes of their own; in a network that is nothing but relations,
// and in a register whose companies have identifiers for ids, they are nearly all.
func (t *nodeTable) doubtful() bitset {
	doubtful := newBitset(t.ids.len())
	first := map[string]Node{}     // by form, the first mention of that form
	stating := map[string][]Node{} // by LEI, the mentions of which a statement says that they have it
	var registered bitset          // those that a register describes; the others may be one of them
	others := false
	if t.kind == KindCompany {
		registered = newBitset(t.ids.len())
	}
	for n := range Node(t.ids.len()) {
		if t.defined.has(int(n)) {
			continue
		}
		form := MentionForm(t.id(n))
		if other, ok := first[form]; ok {
			doubtful.set(int(other))
			doubtful.set(int(n))
		} else {
			first[form] = n
		}
		for i := t.stmtStart[n]; i < t.stmtStart[n+1]; i++ {
			statement := t.baseStatement(i)
			if lei := statement.text(FieldLEI); lei != "" && "lei:"+lei != form {
				stating["lei:"+lei] = append(stating["lei:"+lei], n)
			}
		}
		if t.kind == KindCompany && t.isRegistered(n) {
			registered.set(int(n))
		} else {
			others = true
		}
	}
	if len(first) == 0 {
		return doubtful
	}
	for n := range Node(t.ids.len()) {
		byRegister := t.kind == KindCompany && registered.has(int(n))
		if !t.defined.has(int(n)) && !(byRegister && others) {
			continue
		}
		for _, form := range t.forms(n) {
			mentions := stating[form]
			if mention, ok := first[form]; ok {
				mentions = append(slices.Clip(mentions), mention)
			}
			for _, mention := range mentions {
				if mention != n {
					doubtful.set(int(mention))
				}
				if mention != n && byRegister {
					doubtful.set(int(n))
				}
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
// relations. Columns of the builder are given up one by one, as the View's take their place.
func (b *builder) finishClaims(v *View, rank *[NumKinds][]Node) {
	s := claimSorter{v: v, kind: b.kind.take(), claims: &claimColumns{raw: map[uint32]ends{}}}
	anyProduct := s.takeEnds(b, rank)
	s.claims.take(b)
	s.sort()
	v.claims = claimTable{base: s.claims}
	v.relations = relationTable{relationBase: groupRelations(s.kind, s.from, s.to, s.product, anyProduct)}
	v.relations.index(v)
	v.relations.findPlain(&v.claims)
}

// takeEnds fills the columns of ends with the nodes that the records are.
func (s *claimSorter) takeEnds(b *builder, rank *[NumKinds][]Node) (anyProduct bool) {
	n, v := len(s.kind), s.v
	s.from, s.to, s.product = make([]Node, n), make([]Node, n), make([]Node, n)
	for i, kind := range s.kind {
		fromKind, toKind := kind.Ends()
		raw := ends{kind: kind, from: rank[fromKind][b.from.shift(i)], to: rank[toKind][b.to.shift(i)], product: NoNode}
		if product := b.product.shift(i); product != math.MaxUint32 {
			raw.product = rank[KindProduct][product]
			anyProduct = true
			v.products.refs[raw.product]++
		}
		e := v.canonicalEnds(raw)
		s.from[i], s.to[i], s.product[i] = e.from, e.to, e.product
		if e != raw {
			s.claims.raw[uint32(i)] = raw
		}
		v.table(fromKind).refs[raw.from]++
		v.table(toKind).refs[raw.to]++
	}
	return anyProduct
}

// take moves what a builder has gathered of claims into columns.
func (t *claimColumns) take(b *builder) {
	n := b.who.n
	t.who, t.whoList = b.who.take(), b.whoList.take()
	t.terms, t.termList = b.terms.take(), b.termList.take()
	t.validFrom, t.validTo = datesOf(&b.validFrom, n), datesOf(&b.validTo, n)
	t.numberStart = make([]uint32, 1, n+1)
	for _, chunk := range b.numberEnd.chunks {
		t.numberStart = append(t.numberStart, chunk...)
	}
	b.numberEnd = column[uint32]{}
	t.numberField, t.numberValue = b.numberField.take(), b.numberValue.take()
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
	v                 *View
	kind              []Kind
	from, to, product []Node
	claims            *claimColumns
}

func (s *claimSorter) compareRelation(x, y uint32) int {
	if c := cmp.Compare(s.kind[x], s.kind[y]); c != 0 {
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
	c := s.claims
	return cmp.Or(s.compareRaw(x, y), c.provenanceAt(x).compare(c.provenanceAt(y)), cmp.Compare(dateAt(c.validFrom, x), dateAt(c.validFrom, y)))
}

// compareRaw compares two claims of one relation by the records that they name.
func (s *claimSorter) compareRaw(x, y uint32) int {
	return s.v.compareEnds(s.raw(x), s.raw(y))
}

func (s *claimSorter) raw(x uint32) ends {
	if raw, ok := s.claims.raw[x]; ok {
		return raw
	}
	return ends{kind: s.kind[x], from: s.from[x], to: s.to[x], product: s.product[x]}
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
	if a < 0 || b < 0 {
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
	s.kind = permute(s.kind, order)
	s.from, s.to, s.product = permute(s.from, order), permute(s.to, order), permute(s.product, order)
	s.claims.permute(order)
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
	t.who, t.terms = permute(t.who, order), permute(t.terms, order)
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

func (t *relationBase) findPlain(claims *claimTable) {
	t.plain = newBitset(len(t.to))
	table := relationTable{relationBase: t}
	for r := range Rel(len(t.to)) {
		low, high := table.claimsOf(r)
		plain := false
		for c := low; c < high; c++ {
			columns, i := claims.part(c)
			if columns.isEnding(i) { // it may take others back
				plain = false
				break
			}
			plain = plain || columns.plain(i)
		}
		if plain {
			t.plain.set(int(r))
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
		out := newRowTable(v.NodeCount(fromKind))
		in := make([]uint32, v.NodeCount(toKind)+1)
		for r := low; r < high; r++ {
			from := t.from[r]
			if r == low || from != t.from[r-1] {
				out.low[from] = r
			}
			out.high[from] = r + 1
			in[t.to[r]+1]++
		}
		accumulate(in, low)
		next := slices.Clone(in[:len(in)-1])
		for r := low; r < high; r++ {
			at := next[t.to[r]]
			next[t.to[r]]++
			t.inRel[at], t.inFrom[at] = Rel(r), t.from[r]
		}
		t.out[k], t.in[k] = out, rowTable{low: in[:len(in)-1], high: in[1:]}
	}
}

func newRowTable(nodes int) rowTable {
	return rowTable{low: make([]uint32, nodes), high: make([]uint32, nodes)}
}

// accumulate turns counts, each one place to the right, into starting positions from base on.
func accumulate(counts []uint32, base uint32) {
	counts[0] = base
	for i := 1; i < len(counts); i++ {
		counts[i] += counts[i-1]
	}
}
