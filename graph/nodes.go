package graph

import (
	"cmp"
	"maps"
	"slices"
	"sort"
	"strings"
)

// nodeTable holds the records of one kind of node with the statements about them: a base, sorted by id, that
// successive Views share, and what became different since.
type nodeTable struct {
	kind Kind
	*nodeBase
	delta *nodeDelta // nil when nothing did
}

// nodeBase is immutable.
type nodeBase struct {
	ids       stringTable // sorted
	canonical []Node      // nil when every record is a node of its own
	rules     map[Node]string
	members   map[Node][]Node // the records of each node that absorbed some, itself included, in order
	refs      []uint32        // how many claims name each record

	stmtStart []uint32     // the statements of each record
	prov      []uint32     // who makes each statement, into provList
	provList  []provenance //
	validFrom []Date       // nil when no statement has a date
	fields    blobTable    // what each says
	defined   bitset       // records that are definitions
	decisions map[string]Sameness
	ambiguous map[string][]string

	dates sourceDates // of sources: the one part that changes, what was found out about the rest
}

// nodeDelta is what is different from the base. Records beyond the base have the numbers that follow.
type nodeDelta struct {
	ids       []string
	index     map[string]Node
	stmts     map[Node][]nodeStatement // of records whose statements differ: all of them
	canonical map[Node]Node            // where different; NoNode for a record that is no more
	moved     bool                     // some are indeed different
	// consolidated: some records are members of a group, of which what stands for it keeps its own facts.
	consolidated bool
	rules        map[Node]string
	members      map[Node][]Node
	refs         map[Node]int32 // difference in the number of claims
	decisions    map[string]Sameness
	ambiguous    map[string][]string
}

// nodeStatement is one statement about a record.
type nodeStatement struct {
	provenance
	validFrom Date
	fields    []byte // see appendFields
}

func (s *nodeStatement) compare(o *nodeStatement) int {
	return cmp.Or(s.provenance.compare(&o.provenance), cmp.Compare(s.validFrom, o.validFrom))
}

// each calls yield with each field of the statement, until it returns false.
func (s *nodeStatement) each(yield func(id FieldID, text []byte, number float64) bool) {
	eachField(s.fields, yield)
}

// text is the text of a field; empty when not stated.
func (s *nodeStatement) text(field FieldID) (text string) {
	s.each(func(id FieldID, value []byte, _ float64) bool {
		if id == field {
			text = string(value)
		}
		return id < field
	})
	return text
}

// statement is s as a [Statement] about the record with this id.
func (s *nodeStatement) statement(k Kind, id string) Statement {
	out := Statement{Key: Key{RelationKey: RelationKey{Kind: k, From: id}, Dataset: s.Dataset, Source: s.Source,
		AssertedBy: s.AssertedBy, Period: s.Period, ValidFrom: s.validFrom}}
	s.each(func(id FieldID, text []byte, number float64) bool {
		out.Fields = append(out.Fields, Field{ID: id, Text: string(text), Number: number})
		return true
	})
	return out
}

// count is the number of records; every record is below it.
func (t *nodeTable) count() int {
	if t.delta == nil {
		return t.ids.len()
	}
	return t.ids.len() + len(t.delta.ids)
}

func (t *nodeTable) id(n Node) string {
	if base := t.ids.len(); int(n) >= base {
		return t.delta.ids[int(n)-base]
	}
	return t.ids.at(int(n))
}

// find is the record with this id, also one that is no more.
func (t *nodeTable) find(id string) (Node, bool) {
	if at, ok := t.ids.find(id); ok {
		return Node(at), true
	}
	if t.delta != nil {
		if n, ok := t.delta.index[id]; ok {
			return n, true
		}
	}
	return NoNode, false
}

// less orders records by id.
func (t *nodeTable) less(a, b Node) bool {
	if base := Node(t.ids.len()); a < base && b < base {
		return a < b
	}
	return t.id(a) < t.id(b)
}

func (t *nodeTable) compare(a, b Node) int {
	if base := Node(t.ids.len()); a < base && b < base {
		return cmp.Compare(a, b)
	}
	return strings.Compare(t.id(a), t.id(b))
}

// canonicalOf is the node that the record is; NoNode when it is no more.
func (t *nodeTable) canonicalOf(n Node) Node {
	if t.delta != nil {
		if to, ok := t.delta.canonical[n]; ok {
			return to
		}
	}
	return t.baseCanonical(n)
}

func (t *nodeBase) baseCanonical(n Node) Node {
	if t.canonical == nil || int(n) >= len(t.canonical) {
		return n
	}
	return t.canonical[n]
}

// moved reports whether a record is, or once was, another node than in the base.
func (t *nodeTable) moved() bool { return t.delta != nil && t.delta.moved }

func (t *nodeTable) ruleOf(n Node) string {
	if t.delta != nil {
		if _, ok := t.delta.canonical[n]; ok {
			return t.delta.rules[n]
		}
	}
	return t.rules[n]
}

// membersOf are the records of a node, in the order of ids.
func (t *nodeTable) membersOf(n Node) []Node {
	if t.delta != nil {
		if m, ok := t.delta.members[n]; ok {
			return m
		}
	}
	if m, ok := t.members[n]; ok {
		return m
	}
	return []Node{n}
}

// ownRecords are the records of a node without those of the members of its group, in the order of ids.
func (t *nodeTable) ownRecords(n Node) []Node {
	all := t.membersOf(n)
	if t.delta == nil || !t.delta.consolidated {
		return all
	}
	var own []Node
	for _, record := range all {
		if record == n || t.ruleOf(record) != ruleControl {
			own = append(own, record)
		}
	}
	return own
}

// recordStatements are the statements about one record, in the order of keys.
func (t *nodeTable) recordStatements(n Node) []nodeStatement {
	if t.delta != nil {
		if s, ok := t.delta.stmts[n]; ok {
			return s
		}
	}
	if int(n) >= t.ids.len() {
		return nil
	}
	low, high := t.stmtStart[n], t.stmtStart[n+1]
	out := make([]nodeStatement, 0, high-low)
	for i := low; i < high; i++ {
		out = append(out, t.baseStatement(i))
	}
	return out
}

func (t *nodeBase) baseStatement(i uint32) nodeStatement {
	return nodeStatement{provenance: t.provList[t.prov[i]], validFrom: dateAt(t.validFrom, i), fields: t.fields.at(i)}
}

// statements are the statements about a node, the one that counts most first.
func (t *nodeTable) statements(n Node) []nodeStatement {
	all := slices.Clone(t.recordStatements(n)) // which may be the delta's own list
	for _, record := range t.ownRecords(n) {
		if record != n { // what is said of the node itself counts before what is said of those it absorbed
			all = append(all, t.recordStatements(record)...)
		}
	}
	if len(all) > 1 {
		slices.SortStableFunc(all, func(a, b nodeStatement) int {
			return cmp.Or(comparePeriods(b.Period, a.Period, AnyDate), cmp.Compare(b.validFrom, a.validFrom))
		})
	}
	return all
}

// text is one folded text of a node.
func (t *nodeTable) text(n Node, field FieldID) string {
	if t.delta == nil && t.canonical == nil && t.stmtStart[n]+1 == t.stmtStart[n+1] {
		s := t.baseStatement(t.stmtStart[n]) // the common case, without a list
		return s.text(field)
	}
	for _, s := range t.statements(n) {
		if text := s.text(field); text != "" {
			return text
		}
	}
	return ""
}

// numbers gives what is stated of a number of a node.
func (t *nodeTable) numbers(n Node, field FieldID, yield func(Period, float64)) {
	take := func(s *nodeStatement) {
		s.each(func(id FieldID, _ []byte, number float64) bool {
			if id == field {
				yield(s.Period, number)
			}
			return id < field
		})
	}
	if t.delta == nil && t.canonical == nil && t.stmtStart[n]+1 >= t.stmtStart[n+1] { // the common case, without a list
		if t.stmtStart[n] < t.stmtStart[n+1] {
			s := t.baseStatement(t.stmtStart[n])
			take(&s)
		}
		return
	}
	for _, s := range t.statements(n) {
		take(&s)
	}
}

func (t *nodeTable) isDefined(n Node) bool {
	if t.delta == nil || int(n) < t.ids.len() && t.delta.stmts[n] == nil {
		return t.defined.has(int(n))
	}
	return slices.ContainsFunc(t.recordStatements(n), func(s nodeStatement) bool { return s.defines(t.kind, t.id(n)) })
}

// isRegistered reports whether a company is described under an identifier, see [IsRegistered].
func (t *nodeTable) isRegistered(n Node) bool {
	id := t.id(n)
	if _, _, identifier := SplitIdentifier(id); !identifier || t.kind != KindCompany {
		return false
	}
	return slices.ContainsFunc(t.recordStatements(n), func(s nodeStatement) bool {
		statement := s.statement(t.kind, id)
		return IsRegistered(&statement)
	})
}

func (s *nodeStatement) defines(k Kind, id string) bool {
	statement := s.statement(k, id)
	return IsDefinition(&statement)
}

// references is how many claims name the record.
func (t *nodeTable) references(n Node) int {
	refs := 0
	if int(n) < len(t.refs) {
		refs = int(t.refs[n])
	}
	if t.delta != nil {
		refs += int(t.delta.refs[n])
	}
	return refs
}

func (t *nodeTable) decisionsNow() map[string]Sameness {
	if t.delta != nil {
		return t.delta.decisions
	}
	return t.decisions
}

func (t *nodeTable) ambiguousNow() map[string][]string {
	if t.delta != nil {
		return t.delta.ambiguous
	}
	return t.ambiguous
}

// nodes calls yield with each node in the order of ids.
func (t *nodeTable) nodes(yield func(Node) bool) {
	for n := range t.records {
		if t.canonicalOf(n) == n && !yield(n) {
			return
		}
	}
}

// records calls yield with each record in the order of ids.
func (t *nodeTable) records(yield func(Node) bool) {
	base := Node(t.ids.len())
	var extra []Node
	if t.delta != nil {
		for i := range t.delta.ids {
			extra = append(extra, base+Node(i))
		}
		slices.SortFunc(extra, t.compare)
	}
	for n := range base {
		for len(extra) > 0 && t.less(extra[0], n) {
			if !yield(extra[0]) {
				return
			}
			extra = extra[1:]
		}
		if !yield(n) {
			return
		}
	}
	for _, n := range extra {
		if !yield(n) {
			return
		}
	}
}

// fork gives a table whose delta may be changed without t noticing.
func (t *nodeTable) fork() nodeTable {
	d := &nodeDelta{index: map[string]Node{}, stmts: map[Node][]nodeStatement{}, canonical: map[Node]Node{}, rules: map[Node]string{},
		members: map[Node][]Node{}, refs: map[Node]int32{}, decisions: maps.Clone(t.decisions), ambiguous: maps.Clone(t.ambiguous)}
	if old := t.delta; old != nil {
		d = &nodeDelta{ids: slices.Clone(old.ids), index: maps.Clone(old.index), stmts: maps.Clone(old.stmts), canonical: maps.Clone(old.canonical),
			moved: old.moved, rules: maps.Clone(old.rules), members: maps.Clone(old.members), refs: maps.Clone(old.refs), decisions: maps.Clone(old.decisions),
			ambiguous: maps.Clone(old.ambiguous)}
	}
	if d.decisions == nil {
		d.decisions = map[string]Sameness{}
	}
	if d.ambiguous == nil {
		d.ambiguous = map[string][]string{}
	}
	return nodeTable{kind: t.kind, nodeBase: t.nodeBase, delta: d}
}

// record is the record with this id, made when there is none. Only for a table that was forked.
func (t *nodeTable) record(id string) Node {
	n, ok := t.find(id)
	if !ok {
		n = Node(t.count())
		t.delta.ids = append(t.delta.ids, id)
		t.delta.index[id] = n
	}
	return n
}

// setStatement replaces, adds or (fields nil) removes a statement about a record of a forked table.
func (t *nodeTable) setStatement(n Node, s nodeStatement, remove bool) {
	stmts := slices.Clone(t.recordStatements(n))
	at, found := sort.Find(len(stmts), func(i int) int { return s.compare(&stmts[i]) })
	switch {
	case found && remove:
		stmts = slices.Delete(stmts, at, at+1)
	case found:
		stmts[at] = s
	case !remove:
		stmts = slices.Insert(stmts, at, s)
	}
	if stmts == nil {
		stmts = []nodeStatement{}
	}
	t.delta.stmts[n] = stmts
}

// stringTable is a list of strings in one block of memory.
type stringTable struct {
	bytes []byte
	start []uint32 // one more than there are strings
}

func (t *stringTable) len() int {
	if len(t.start) == 0 {
		return 0
	}
	return len(t.start) - 1
}

func (t *stringTable) at(i int) string { return string(t.bytes[t.start[i]:t.start[i+1]]) }

func (t *stringTable) is(i int, s string) bool { return string(t.bytes[t.start[i]:t.start[i+1]]) == s }

// all are the strings. They share memory.
func (t *stringTable) all() []string {
	text := string(t.bytes)
	out := make([]string, t.len())
	for i := range out {
		out[i] = text[t.start[i]:t.start[i+1]]
	}
	return out
}

// find is the position of s in a sorted table.
func (t *stringTable) find(s string) (int, bool) {
	n := t.len()
	i := sort.Search(n, func(i int) bool { return string(t.bytes[t.start[i]:t.start[i+1]]) >= s })
	return i, i < n && string(t.bytes[t.start[i]:t.start[i+1]]) == s
}

// ordered is a table of the same strings in another order.
func (t *stringTable) ordered(order []uint32) stringTable {
	out := stringTable{bytes: make([]byte, 0, len(t.bytes)), start: make([]uint32, 1, len(order)+1)}
	for _, i := range order {
		out.bytes = append(out.bytes, t.bytes[t.start[i]:t.start[i+1]]...)
		out.start = append(out.start, uint32(len(out.bytes)))
	}
	return out
}
