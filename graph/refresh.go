package graph

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"sort"
)

// Refresh makes the View of the store's present revision out of this one and the changes since. It shares the
// base with v, and costs as much as what differs from the base. When the store no longer has the changes one by
// one the error is ErrRevisionCompacted: [Load] again.
//
// What it gives is what Load would give; a test in this package holds it to that.
func (v *View) Refresh(ctx context.Context, store Store) (*View, error) {
	if d := v.companies.delta; d != nil && d.consolidated {
		return nil, fmt.Errorf("%w: a consolidated View is not refreshed", ErrInvalid)
	}
	c := changeCollector{}
	head, err := store.Changes(ctx, v.head.Revision, &c)
	if err != nil {
		return nil, err
	}
	if head.UUID != v.head.UUID {
		return nil, ErrRevisionCompacted // another store took its place
	}
	if head == v.head {
		return v, nil
	}
	r := newRefresher(v, head)
	r.take(&c)
	return r.finish(), nil
}

// Differences is how many relations and records of this View do not lie in its base: what makes it slower than
// a View that was built afresh, and the next refresh more costly.
func (v *View) Differences() int {
	n := v.nodeDifferences()
	if v.relations.delta != nil {
		n += len(v.relations.delta.rels)
	}
	return n
}

func (v *View) nodeDifferences() (n int) {
	for _, k := range NodeKinds() {
		if d := v.table(k).delta; d != nil {
			n += len(d.stmts) + len(d.ids)
		}
	}
	return n
}

// changeCollector is the [Sink] of a refresh.
type changeCollector struct {
	puts      []Statement
	withdrawn []Key
	merges    []Sameness
	unmerged  []NodeKey
}

func (c *changeCollector) Put(s *Statement) error {
	c.puts = append(c.puts, s.Clone())
	return nil
}

func (c *changeCollector) Withdraw(k Key) error {
	c.withdrawn = append(c.withdrawn, k)
	return nil
}

func (c *changeCollector) Merge(s Sameness) error {
	c.merges = append(c.merges, s)
	return nil
}

func (c *changeCollector) Unmerge(k Kind, id string) error {
	c.unmerged = append(c.unmerged, NodeKey{Kind: k, ID: id})
	return nil
}

// refresher works out the next View. Claims that may belong to another relation afterwards, because a record
// that they name is now another node, are lifted out of theirs and put where they belong; so are the claims that
// changed. Relations that lost or gained claims are written anew.
type refresher struct {
	old, next *View
	affected  [NumKinds]map[string]bool // forms of names whose mentions must be resolved again
	renamed   [NumKinds]map[Node]bool   // records whose entries in the search index differ
	claims    map[ends][]deltaClaim     // of each relation, by its ends in the next View, that differs
	lifted    map[Rel]bool              // relations of the old View that were read into claims
	written   claimWriter               // the claims of those that are written anew
}

// deltaClaim is a claim outside the columns.
type deltaClaim struct {
	raw       ends // the records that it names
	who       provenance
	terms     terms
	validFrom Date
	validTo   Date
	numbers   []Field
}

func newRefresher(v *View, head Head) *refresher {
	next := &View{head: head, companies: v.companies.fork(), products: v.products.fork(), sources: v.sources.fork(), sites: v.sites.fork(),
		relations: v.relations.fork(), claims: v.claims, search: v.search.fork()}
	r := &refresher{old: v, next: next, claims: map[ends][]deltaClaim{}, lifted: map[Rel]bool{}}
	for _, k := range NodeKinds() {
		r.affected[k], r.renamed[k] = map[string]bool{}, map[Node]bool{}
	}
	return r
}

func (t *relationTable) fork() relationTable {
	d := &relationDelta{now: map[ends]Rel{}, rows: map[rowKey]Edges{}, live: t.live(), claims: t.liveClaims()}
	if old := t.delta; old != nil {
		d = &relationDelta{rels: slices.Clip(old.rels), now: maps.Clone(old.now), rows: maps.Clone(old.rows), live: old.live, claims: old.claims}
	}
	return relationTable{relationBase: t.relationBase, delta: d}
}

func (s *searchIndex) fork() searchIndex {
	out := searchIndex{base: s.base, delta: s.delta}
	for _, k := range namedKinds {
		if out.stale[k] = maps.Clone(s.stale[k]); out.stale[k] == nil {
			out.stale[k] = map[Node]bool{}
		}
	}
	return out
}

// take applies the changes: first to records and what decides which node each is, then to claims.
func (r *refresher) take(c *changeCollector) {
	for i := range c.puts {
		r.prepare(&c.puts[i].Key)
	}
	for i := range c.puts {
		if s := &c.puts[i]; !s.Kind.IsRelation() {
			if operator := s.Text(FieldOperator); operator != "" {
				r.record(KindCompany, operator)
			}
			r.setNodeStatement(s.Key, appendFields(nil, withoutDetails(s.Fields)), false)
		}
	}
	for _, k := range c.withdrawn {
		if !k.Kind.IsRelation() {
			r.setNodeStatement(k, nil, true)
		}
	}
	for _, m := range c.merges {
		r.decide(m.NodeKey, &m)
	}
	for _, k := range c.unmerged {
		r.decide(k, nil)
	}
	r.countReferences(c)
	r.resolve()
	for i := range c.puts {
		if s := &c.puts[i]; s.Kind.IsRelation() {
			r.putClaim(s)
		}
	}
	for _, k := range c.withdrawn {
		if k.Kind.IsRelation() {
			r.withdrawClaim(k)
		}
	}
}

// prepare makes the records that a statement names.
func (r *refresher) prepare(k *Key) {
	if !k.Kind.IsRelation() {
		r.record(k.Kind, k.From)
		return
	}
	fromKind, toKind := k.Kind.Ends()
	r.record(fromKind, k.From)
	r.record(toKind, k.To)
	if k.Product != "" {
		r.record(KindProduct, k.Product)
	}
}

func (r *refresher) record(k Kind, id string) Node {
	t := r.next.table(k)
	n, ok := t.find(id)
	if ok && t.canonicalOf(n) != NoNode {
		return n
	}
	n = t.record(id)
	r.renamed[k][n] = true
	r.affected[k][MentionForm(id)] = true
	return n
}

func (r *refresher) setNodeStatement(k Key, fields []byte, remove bool) {
	t := r.next.table(k.Kind)
	n, ok := t.find(k.From)
	if !ok {
		return // it came and went between the revisions
	}
	r.affectForms(k.Kind, n)
	s := nodeStatement{provenance: k.provenance(), validFrom: k.ValidFrom, fields: fields}
	if k.Kind == KindSite {
		before := t.recordStatements(n)
		if at, found := sort.Find(len(before), func(i int) int { return s.compare(&before[i]) }); found {
			r.referOperator(&before[at], -1)
		}
		r.referOperator(&s, 1)
	}
	t.setStatement(n, s, remove)
	r.affectForms(k.Kind, n)
	r.renamed[k.Kind][n] = true
}

// referOperator counts what a statement about a site names as its operator.
func (r *refresher) referOperator(s *nodeStatement, by int32) {
	if operator := s.text(FieldOperator); operator != "" {
		r.refer(KindCompany, operator, by)
	}
}

// affectForms marks every form of name that the record has, now: mentions in these forms may be it, or no
// longer be.
func (r *refresher) affectForms(k Kind, n Node) {
	t := r.next.table(k)
	for _, form := range t.forms(n) {
		r.affected[k][form] = true
	}
}

// forms are what mentions of the record may be matched by.
func (t *nodeTable) forms(n Node) []string {
	forms := []string{MentionForm(t.id(n))}
	for _, stored := range t.recordStatements(n) {
		s := stored.statement(t.kind, t.id(n))
		forms = append(forms, MentionForm(s.Text(FieldName)))
		for _, alias := range SplitList(s.Text(FieldAliases)) {
			forms = append(forms, NormalizeName(alias))
		}
		forms = slices.AppendSeq(forms, Identifiers(&s))
	}
	return forms
}

// decide writes a decision, or takes it back.
func (r *refresher) decide(k NodeKey, s *Sameness) {
	t := r.next.table(k.Kind)
	records := []string{k.ID}
	if a, b, pair := k.Pair(); pair {
		records = []string{a, b}
	} else {
		if old, ok := t.delta.decisions[k.ID]; ok {
			records = append(records, old.Canonical)
		}
		if s != nil {
			records = append(records, s.Canonical)
		}
		for _, id := range records {
			r.record(k.Kind, id)
		}
	}
	for _, id := range records {
		r.affectNode(k.Kind, id)
	}
	if s == nil {
		delete(t.delta.decisions, k.ID)
		return
	}
	t.delta.decisions[k.ID] = *s
}

// affectNode marks every form of name of the node that the record is.
func (r *refresher) affectNode(k Kind, id string) {
	r.affected[k][MentionForm(id)] = true
	t := r.next.table(k)
	n, ok := t.find(id)
	if !ok {
		return // that two are different makes no record of one that is not there
	}
	if node := t.canonicalOf(n); node != NoNode {
		for _, member := range t.membersOf(node) {
			r.affectForms(k, member)
		}
	}
	r.affectForms(k, n)
}

// countReferences keeps count of the claims that name each record; one that nothing names and nobody describes
// or decides about is no more.
func (r *refresher) countReferences(c *changeCollector) {
	count := func(k *Key, by int32) {
		fromKind, toKind := k.Kind.Ends()
		r.refer(fromKind, k.From, by)
		r.refer(toKind, k.To, by)
		if k.Product != "" {
			r.refer(KindProduct, k.Product, by)
		}
	}
	for i := range c.puts {
		if k := &c.puts[i].Key; k.Kind.IsRelation() && !r.old.hasClaim(k) {
			count(k, 1)
		}
	}
	for i := range c.withdrawn {
		if k := &c.withdrawn[i]; k.Kind.IsRelation() && r.old.hasClaim(k) {
			count(k, -1)
		}
	}
}

func (r *refresher) refer(k Kind, id string, by int32) {
	t := r.next.table(k)
	n, _ := t.find(id)
	t.delta.refs[n] += by
	if by < 0 {
		r.affected[k][MentionForm(id)] = true
	}
}

// hasClaim reports whether the View holds the claim with this key.
func (v *View) hasClaim(k *Key) bool {
	e, ok := v.endsOf(k.RelationKey)
	if !ok {
		return false
	}
	rel, ok := v.relation(v.canonicalEnds(e))
	if !ok {
		return false
	}
	for _, c := range v.claimsOf(rel) {
		if c.raw == e && c.who == k.provenance() && c.validFrom == k.ValidFrom {
			return true
		}
	}
	return false
}

func (k *Key) provenance() provenance {
	return provenance{Dataset: k.Dataset, Source: k.Source, AssertedBy: k.AssertedBy, Period: k.Period}
}

// endsOf are the records with the ids of a key; ok is false when one is not there or no more.
func (v *View) endsOf(k RelationKey) (e ends, ok bool) {
	fromKind, toKind := k.Kind.Ends()
	e = ends{kind: k.Kind, product: NoNode}
	find := func(kind Kind, id string) (n Node) {
		n, found := v.table(kind).find(id)
		ok = ok && found && v.Canonical(kind, n) != NoNode
		return n
	}
	ok = true
	e.from, e.to = find(fromKind, k.From), find(toKind, k.To)
	if k.Product != "" {
		e.product = find(KindProduct, k.Product)
	}
	return e, ok
}

// claimsOf are the claims of a relation, decoded.
func (v *View) claimsOf(r Rel) []deltaClaim {
	low, high := v.Claims(r)
	out := make([]deltaClaim, 0, high-low)
	for c := low; c < high; c++ {
		t, i := v.claims.part(c)
		claim := deltaClaim{raw: v.rawEnds(r, t, i), who: *t.provenanceAt(i), terms: *t.termsAt(i), validFrom: dateAt(t.validFrom, i), validTo: dateAt(t.validTo, i)}
		for j := t.numberStart[i]; j < t.numberStart[i+1]; j++ {
			claim.numbers = append(claim.numbers, Field{ID: t.numberField[j], Number: t.numberValue[j]})
		}
		out = append(out, claim)
	}
	return out
}

// resolve decides anew which node each affected record is, and moves the claims of those that are now another.
func (r *refresher) resolve() {
	var moved [NumKinds][]Node
	for _, k := range NodeKinds() {
		moved[k] = r.resolveKind(k)
	}
	for _, k := range []Kind{KindProduct, KindCompany} {
		for _, record := range moved[k] {
			r.lift(k, record)
		}
	}
}

// resolveKind settles the affected records of a kind and returns those that are now another node.
func (r *refresher) resolveKind(k Kind) (moved []Node) {
	t := r.next.table(k)
	r.indexNames(k)
	records := r.affectedRecords(k)
	res := Resolution{}
	if k != KindSource {
		res = r.resolution(t, records)
	}
	before := map[Node]Node{}
	for _, n := range records {
		before[n] = t.canonicalOf(n)
	}
	for _, n := range records {
		r.settle(t, n, &res)
	}
	changed := map[Node]bool{} // nodes whose members differ
	for _, n := range records {
		if after := t.canonicalOf(n); after != before[n] {
			moved = append(moved, n)
			changed[before[n]], changed[after] = true, true
		}
	}
	r.regroup(t, before, changed, moved)
	return moved
}

// indexNames brings the search index of the kind up to date with the records that changed.
func (r *refresher) indexNames(k Kind) {
	if len(r.renamed[k]) == 0 || k == KindSource {
		return
	}
	s := &r.next.search
	for n := range r.renamed[k] {
		s.stale[k][n] = true
	}
	c := newNameCollector()
	t := r.next.table(k)
	for _, n := range slices.Sorted(maps.Keys(s.stale[k])) {
		c.addRecord(t, n)
	}
	s.delta[k] = c.index(nil)
}

// affectedRecords are the records of a kind whose node must be decided anew: those that changed, those in an
// affected form, every record of the nodes that these were, and the mentions and companies of registers that may be
// one with any of them.
func (r *refresher) affectedRecords(k Kind) []Node {
	t := r.next.table(k)
	found := map[Node]bool{}
	for n := range r.renamed[k] {
		found[n] = true
	}
	for form := range r.affected[k] {
		for _, n := range r.next.exactRecords(k, form) {
			found[n] = true
		}
	}
	queue := slices.Collect(maps.Keys(found))
	add := func(n Node) {
		if !found[n] {
			found[n] = true
			queue = append(queue, n)
		}
	}
	for i := 0; i < len(queue); i++ {
		n := queue[i]
		if node := t.canonicalOf(n); node != NoNode {
			for _, member := range t.membersOf(node) {
				add(member)
			}
		}
		if k == KindCompany && !t.isDefined(n) {
			r.eachMate(t, n, add)
		}
	}
	records := slices.Collect(maps.Keys(found))
	slices.SortFunc(records, t.compare)
	return records
}

// eachMate yields the mentions that may be one with a mention where companies are described under identifiers: for such
// a company those in one of its forms that are none themselves, for the others such companies.
func (r *refresher) eachMate(t *nodeTable, n Node, yield func(Node)) {
	registered := t.isRegistered(n)
	for _, form := range t.forms(n) {
		for _, other := range r.next.exactRecords(t.kind, form) {
			if !t.isDefined(other) && (t.isRegistered(other) != registered || MentionForm(t.id(other)) == MentionForm(t.id(n))) {
				yield(other)
			}
		}
	}
}

// resolution runs the resolver over the affected records, with every definition that their mentions may be.
func (r *refresher) resolution(t *nodeTable, records []Node) Resolution {
	resolver := NewResolver(t.kind)
	for _, d := range t.delta.decisions {
		resolver.Decide(d)
	}
	definitions := map[Node]bool{}
	for _, n := range records {
		if t.isDefined(n) || !r.exists(t, n) {
			continue
		}
		t.mention(resolver, n)
		for _, form := range t.forms(n) {
			for _, other := range r.next.exactRecords(t.kind, form) {
				if t.isDefined(other) {
					definitions[other] = true
				}
			}
		}
	}
	for _, n := range slices.Sorted(maps.Keys(definitions)) {
		t.define(resolver, n)
	}
	return resolver.Resolve()
}

// exists reports whether anything describes, names or decides about the record.
func (r *refresher) exists(t *nodeTable, n Node) bool {
	if t.references(n) > 0 || len(t.recordStatements(n)) > 0 {
		return true
	}
	id := t.id(n)
	if _, ok := t.delta.decisions[id]; ok {
		return true
	}
	for _, d := range t.delta.decisions {
		if d.Canonical == id {
			return true
		}
	}
	return false
}

// settle writes down which node a record is.
func (r *refresher) settle(t *nodeTable, n Node, res *Resolution) {
	id := t.id(n)
	delete(t.delta.ambiguous, id)
	delete(t.delta.rules, n)
	switch canonical, absorbed := res.Canonical[id]; {
	case !r.exists(t, n):
		t.delta.canonical[n] = NoNode
	case absorbed:
		to, _ := t.find(canonical)
		t.delta.canonical[n] = to
		t.delta.rules[n] = res.Rule[id]
	default:
		t.delta.canonical[n] = n
		if candidates := res.Ambiguous[id]; candidates != nil {
			t.delta.ambiguous[id] = candidates
		}
	}
	t.delta.moved = t.delta.moved || t.delta.canonical[n] != t.baseCanonical(n)
}

// regroup writes down the records of each node that lost or gained some.
func (r *refresher) regroup(t *nodeTable, before map[Node]Node, changed map[Node]bool, moved []Node) {
	gained := map[Node][]Node{} // the settled records of each node, but for its own
	for m := range before {
		if node := t.canonicalOf(m); node != m {
			gained[node] = append(gained[node], m)
		}
	}
	for node := range changed {
		if node == NoNode {
			continue
		}
		members := slices.Clone(t.membersOf(node))
		members = slices.DeleteFunc(members, func(m Node) bool {
			_, settled := before[m]
			return settled || m == node
		})
		if t.canonicalOf(node) == node {
			members = append(members, node)
		}
		members = append(members, gained[node]...)
		slices.SortFunc(members, t.compare)
		t.delta.members[node] = members
	}
	for _, n := range moved {
		if t.canonicalOf(n) != n {
			if _, ok := t.delta.members[n]; !ok {
				t.delta.members[n] = []Node{}
			}
		}
	}
}

// lift reads the relations of the old View that have claims which name the record.
func (r *refresher) lift(k Kind, record Node) {
	if int(record) >= r.old.NodeCount(k) {
		return // the old View has no claim of it
	}
	node := r.old.Canonical(k, record)
	if node == NoNode {
		return
	}
	for _, kind := range RelationKinds() {
		fromKind, toKind := kind.Ends()
		if fromKind == k {
			r.liftEdges(r.old.Out(kind, node))
		}
		if toKind == k {
			r.liftEdges(r.old.In(kind, node))
		}
	}
	if k == KindProduct {
		r.liftProduct(node)
	}
}

func (r *refresher) liftEdges(edges Edges) {
	for i := range edges.Len() {
		r.liftRelation(edges.Rel(i))
	}
}

// liftProduct reads the relations of a product. There is no row of these; a scan of one column is quick, and
// products are seldom merged.
func (r *refresher) liftProduct(product Node) {
	t := &r.old.relations
	for i, p := range t.product {
		if p == product {
			if now, ok := r.old.relation(ends{kind: t.kindOf(Rel(i)), from: t.from[i], to: t.to[i], product: p}); ok {
				r.liftRelation(now)
			}
		}
	}
	if t.delta == nil {
		return
	}
	for e, now := range t.delta.now {
		if e.product == product && now != gone {
			r.liftRelation(now)
		}
	}
}

// liftRelation reads the claims of a relation of the old View into the relations that they now belong to.
func (r *refresher) liftRelation(rel Rel) {
	if r.lifted[rel] {
		return
	}
	r.lifted[rel] = true
	from, to, product := r.old.Ends(rel)
	old := ends{kind: r.old.KindOf(rel), from: from, to: to, product: product}
	if _, ok := r.claims[old]; !ok {
		r.claims[old] = nil // it differs, even where every claim goes elsewhere
	}
	for _, c := range r.old.claimsOf(rel) {
		now := r.next.canonicalEnds(c.raw)
		if now != old {
			r.open(now)
		}
		r.claims[now] = append(r.claims[now], c)
	}
}

// open makes sure that the claims which a relation has are at hand before it changes.
func (r *refresher) open(e ends) {
	if _, ok := r.claims[e]; ok {
		return
	}
	r.claims[e] = nil
	if rel, ok := r.old.relation(e); ok {
		r.liftRelation(rel)
	}
}

func (r *refresher) putClaim(s *Statement) {
	raw, _ := r.next.endsOf(s.RelationKey)
	e := r.next.canonicalEnds(raw)
	r.open(e)
	c := deltaClaim{raw: raw, who: s.provenance(), validFrom: s.ValidFrom}
	c.terms, c.validTo = termsIn(s, func(id FieldID, number float64) {
		c.numbers = append(c.numbers, Field{ID: id, Number: number})
	})
	claims := r.claims[e]
	if at := slices.IndexFunc(claims, c.sameKey); at >= 0 {
		claims[at] = c
		return
	}
	r.claims[e] = append(claims, c)
}

func (c *deltaClaim) sameKey(o deltaClaim) bool {
	return c.raw == o.raw && c.who == o.who && c.validFrom == o.validFrom
}

func (r *refresher) withdrawClaim(k Key) {
	// The claim may have been the last to name its records: these are found also when they are no more.
	fromKind, toKind := k.Kind.Ends()
	raw := ends{kind: k.Kind, product: NoNode}
	var ok bool
	if raw.from, ok = r.next.table(fromKind).find(k.From); !ok {
		return
	}
	if raw.to, ok = r.next.table(toKind).find(k.To); !ok {
		return
	}
	if k.Product != "" {
		if raw.product, ok = r.next.products.find(k.Product); !ok {
			return
		}
	}
	c := deltaClaim{raw: raw, who: k.provenance(), validFrom: k.ValidFrom}
	e := r.next.canonicalEnds(raw)
	r.open(e)
	r.claims[e] = slices.DeleteFunc(r.claims[e], c.sameKey)
}

// finish writes the relations that differ, and the rows of their ends.
func (r *refresher) finish() *View {
	v := r.next
	all := slices.Collect(maps.Keys(r.claims))
	slices.SortFunc(all, compareEndNumbers)
	rows := map[rowKey][]ends{}
	touch := func(key rowKey, e ends) {
		if key.node != NoNode {
			rows[key] = append(rows[key], e)
		}
	}
	claims, numbers := 0, 0
	for _, list := range r.claims {
		claims += len(list)
		for i := range list {
			numbers += len(list[i].numbers)
		}
	}
	r.written = claimWriter{claims: newClaimColumns(claims, numbers)}
	r.written.claims.validFrom, r.written.claims.validTo = make([]Date, 0, claims), make([]Date, 0, claims)
	for _, e := range all {
		r.write(e)
		touch(rowKey{e.kind, false, e.from}, e)
		touch(rowKey{e.kind, true, e.to}, e)
	}
	v.claims = v.claims.with(r.written.finish())
	for key, changed := range rows {
		v.relations.delta.rows[key] = r.row(key, changed)
	}
	return v
}

// compareEndNumbers is any fixed order.
func compareEndNumbers(a, b ends) int {
	return cmp.Or(cmp.Compare(a.kind, b.kind), cmp.Compare(a.from, b.from), cmp.Compare(a.to, b.to), cmp.Compare(a.product, b.product))
}

// write gives a relation that differs a number of its own, or marks it as gone.
func (r *refresher) write(e ends) {
	v, d := r.next, r.next.relations.delta
	if old, ok := r.old.relation(e); ok {
		low, high := r.old.Claims(old)
		d.live--
		d.claims -= int(high - low)
	}
	claims := r.claims[e]
	if len(claims) == 0 {
		d.now[e] = gone
		return
	}
	slices.SortFunc(claims, func(a, b deltaClaim) int { return v.compareClaims(&a, &b) })
	low := v.claims.end() + Claim(len(r.written.claims.terms))
	for i := range claims {
		r.written.add(&claims[i], e)
	}
	d.now[e] = Rel(len(v.relations.to) + len(d.rels))
	d.rels = append(d.rels, deltaRelation{ends: e, low: low, high: low + Claim(len(claims))})
	d.live++
	d.claims += len(claims)
}

// compareClaims orders claims of one relation as their keys are ordered.
func (v *View) compareClaims(a, b *deltaClaim) int {
	return cmp.Or(v.compareEnds(a.raw, b.raw), a.who.compare(&b.who), cmp.Compare(a.validFrom, b.validFrom))
}

// add writes a claim of the relation with ends e.
func (w *claimWriter) add(c *deltaClaim, e ends) {
	t := w.claims
	if c.raw != e {
		t.raw[uint32(len(t.terms))] = c.raw
	}
	t.who, t.terms = append(t.who, w.who.place(c.who)), append(t.terms, w.terms.place(c.terms))
	t.validFrom, t.validTo = append(t.validFrom, c.validFrom), append(t.validTo, c.validTo)
	for _, f := range c.numbers {
		t.numberField, t.numberValue = append(t.numberField, f.ID), append(t.numberValue, f.Number)
	}
	t.numberStart = append(t.numberStart, uint32(len(t.numberValue)))
}

// edge is a relation as a row of one of its ends holds it.
type edge struct {
	node, product Node
	rel           Rel
}

// row is the row of a node: what it was, without the relations that changed, and with what became of these. Both
// are in one order, and are merged: a row may be long, and few of it change.
func (r *refresher) row(key rowKey, changed []ends) Edges {
	other := func(e ends) Node { return e.to }
	_, kind := key.kind.Ends()
	before := r.old.Out(key.kind, key.node)
	if key.in {
		other = func(e ends) Node { return e.from }
		kind, _ = key.kind.Ends()
		before = r.old.In(key.kind, key.node)
	}
	v, t := r.next, r.next.table(kind)
	compare := func(a, b edge) int {
		if c := t.compare(a.node, b.node); c != 0 {
			return c
		}
		return v.compareProducts(a.product, b.product)
	}
	differ := make([]edge, 0, len(changed))
	for _, e := range changed {
		if node := other(e); node != NoNode { // else it was withdrawn with its record
			differ = append(differ, edge{node: node, product: e.product, rel: v.relations.delta.now[e]})
		}
	}
	slices.SortFunc(differ, compare)
	out := Edges{Nodes: make([]Node, 0, before.Len()+len(differ)), rels: make([]Rel, 0, before.Len()+len(differ))}
	add := func(e edge) {
		if e.rel != gone {
			out.Nodes, out.rels = append(out.Nodes, e.node), append(out.rels, e.rel)
		}
	}
	for i, node := range before.Nodes {
		e := edge{node: node, rel: before.Rel(i)}
		for len(differ) > 0 && t.compare(differ[0].node, node) < 0 {
			add(differ[0])
			differ = differ[1:]
		}
		if len(differ) > 0 && differ[0].node == node {
			_, _, e.product = r.old.Ends(e.rel)
			for len(differ) > 0 && compare(differ[0], e) < 0 {
				add(differ[0])
				differ = differ[1:]
			}
			if len(differ) > 0 && compare(differ[0], e) == 0 {
				continue // it takes the place of this one
			}
		}
		add(e)
	}
	for _, e := range differ {
		add(e)
	}
	return out
}
