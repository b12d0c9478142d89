package graph

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"math"
	"slices"
	"sort"
)

// searchIndex finds nodes by their names, aliases, identifiers and ids in normalised form: those of the records
// of the base, and of records that changed since.
type searchIndex struct {
	base, delta [NumKinds]*nameIndex
	stale       [NumKinds]map[Node]bool // records that the delta speaks of
}

// nameIndex holds entries sorted in one block of text, so that exact and prefix matches are two binary
// searches. Contained matches scan the block; what is known of each stretch of entries skips most of it: a signature
// of the pairs of bytes in it, and the best hit that it could give.
type nameIndex struct {
	text   []byte   // normalised entries, each followed by a newline
	start  []uint32 // of each entry; one more than there are
	record []Node

	// Of each stretch of entries:
	pairs    []pairSet
	shortest []uint16 // the least length of an entry, or the greatest number where that is longer
	first    []Node   // the first node that an entry is a name of; nil where the numbers are not in the order of ids
}

// stretch is how many entries share a signature.
const stretch = 32

// pairSet has a bit for each hash of two adjacent bytes.
type pairSet [16]uint64

func pairBit(a, b byte) (word, bit uint) {
	h := uint(a)*131 + uint(b)*31
	h ^= h >> 5
	return h >> 6 & 15, h & 63
}

func (p *pairSet) add(text []byte) {
	for i := 1; i < len(text); i++ {
		word, bit := pairBit(text[i-1], text[i])
		p[word] |= 1 << bit
	}
}

func (p *pairSet) covers(o *pairSet) bool {
	for i := range p {
		if p[i]&o[i] != o[i] {
			return false
		}
	}
	return true
}

func newSearchIndex(v *View) searchIndex {
	var s searchIndex
	for _, k := range namedKinds {
		t := v.table(k)
		c := newNameCollector()
		for n := range Node(t.count()) {
			c.addRecord(t, n)
		}
		s.base[k] = c.index(t.canonicalOf)
	}
	return s
}

// nameCollector gathers entries before they are sorted.
type nameCollector struct {
	text   []byte
	start  []uint32
	record []Node
}

func newNameCollector() *nameCollector { return &nameCollector{start: []uint32{0}} }

func (c *nameCollector) add(form string, n Node) {
	if form == "" {
		return
	}
	c.text = append(c.text, form...)
	c.start = append(c.start, uint32(len(c.text)))
	c.record = append(c.record, n)
}

// addRecord adds everything that a record is found by.
func (c *nameCollector) addRecord(t *nodeTable, n Node) {
	id := t.id(n)
	c.add(NormalizeName(id), n)
	if _, value, ok := SplitIdentifier(id); ok {
		c.add(NormalizeName(value), n)
	}
	for _, s := range t.recordStatements(n) {
		s.each(func(field FieldID, text []byte, _ float64) bool {
			switch field {
			case FieldName, FieldCode:
				c.add(NormalizeName(string(text)), n)
			case FieldAliases:
				for _, alias := range SplitList(string(text)) {
					c.add(NormalizeName(alias), n)
				}
			case FieldLEI, FieldISIN, FieldTicker, FieldPermID, FieldOpenCorporates, FieldOSH:
				for _, value := range SplitList(string(text)) {
					c.add(NormalizeName(value), n)
				}
			}
			return field <= FieldCode
		})
	}
}

func (c *nameCollector) entry(i uint32) []byte { return c.text[c.start[i]:c.start[i+1]] }

// index sorts the entries. node gives the node that a record is; nil where numbers are not in the order of ids.
func (c *nameCollector) index(node func(Node) Node) *nameIndex {
	order := c.sorted()
	w := newNameWriter(len(order), len(c.text)+len(order), node)
	for _, i := range order {
		w.add(c.entry(i), c.record[i])
	}
	return w.x
}

// nameWriter writes an index of entries that come in order.
type nameWriter struct {
	x    *nameIndex // apart from the writer, which holds on to a View
	node func(Node) Node
}

func newNameWriter(entries, text int, node func(Node) Node) nameWriter {
	stretches := (entries + stretch - 1) / stretch
	w := nameWriter{node: node, x: &nameIndex{text: make([]byte, 0, text), start: make([]uint32, 1, entries+1), record: make([]Node, 0, entries),
		pairs: make([]pairSet, 0, stretches), shortest: make([]uint16, 0, stretches)}}
	if node != nil {
		w.x.first = make([]Node, 0, stretches)
	}
	return w
}

func (w *nameWriter) add(text []byte, record Node) {
	x := w.x
	if len(x.record)%stretch == 0 {
		x.pairs, x.shortest = append(x.pairs, pairSet{}), append(x.shortest, math.MaxUint16)
		if w.node != nil {
			x.first = append(x.first, w.node(record))
		}
	}
	at := len(x.pairs) - 1
	x.pairs[at].add(text)
	x.shortest[at] = uint16(min(len(text), int(x.shortest[at])))
	if w.node != nil {
		x.first[at] = min(x.first[at], w.node(record))
	}
	x.text = append(append(x.text, text...), '\n')
	x.start = append(x.start, uint32(len(x.text)))
	x.record = append(x.record, record)
}

// sorted are the entries in the order of text, then record, without repeats. The first eight bytes decide
// nearly every comparison.
func (c *nameCollector) sorted() []uint32 {
	type keyed struct {
		prefix uint64
		entry  uint32
	}
	entries := make([]keyed, len(c.record))
	for i := range entries {
		var prefix [8]byte
		copy(prefix[:], c.entry(uint32(i)))
		entries[i] = keyed{binary.BigEndian.Uint64(prefix[:]), uint32(i)}
	}
	compare := func(a, b keyed) int {
		if a.prefix != b.prefix {
			return cmp.Compare(a.prefix, b.prefix)
		}
		if d := bytes.Compare(c.entry(a.entry), c.entry(b.entry)); d != 0 {
			return d
		}
		return cmp.Compare(c.record[a.entry], c.record[b.entry])
	}
	slices.SortFunc(entries, compare)
	entries = slices.CompactFunc(entries, func(a, b keyed) bool { return compare(a, b) == 0 })
	order := make([]uint32, len(entries))
	for i, e := range entries {
		order[i] = e.entry
	}
	return order
}

func (x *nameIndex) entry(i int) []byte { return x.text[x.start[i] : x.start[i+1]-1] }

// from is the first entry that is not less than form.
func (x *nameIndex) from(form string) int {
	return sort.Search(len(x.record), func(i int) bool { return string(x.entry(i)) >= form })
}

// each calls f with the indexes of the kind and a test for records that are stale in them.
func (s *searchIndex) each(k Kind, f func(x *nameIndex, stale map[Node]bool)) {
	if s.base[k] != nil {
		f(s.base[k], s.stale[k])
	}
	if s.delta[k] != nil {
		f(s.delta[k], nil)
	}
}

// exactRecords are the records that a mention in this form may be: those with this very form among their names,
// or, for the form of an identifier, those that carry it. Without repeats.
func (v *View) exactRecords(k Kind, form string) []Node {
	scheme, value, identifier := SplitIdentifier(form)
	if !identifier {
		return v.search.exact(k, form)
	}
	t := v.table(k)
	return slices.DeleteFunc(v.search.exact(k, NormalizeName(value)), func(n Node) bool {
		return MentionForm(t.id(n)) != form && !slices.ContainsFunc(t.recordStatements(n), func(s nodeStatement) bool { return s.identifies(scheme, value) })
	})
}

// identifies reports whether the statement gives this identifier.
func (s *nodeStatement) identifies(scheme FieldID, value string) bool {
	return slices.ContainsFunc(SplitList(s.text(scheme)), func(given string) bool {
		_, v, ok := SplitIdentifier(scheme.String() + ":" + given)
		return ok && v == value
	})
}

// exact are the records with this very text among their entries, without repeats.
func (s *searchIndex) exact(k Kind, text string) []Node {
	var records []Node
	s.each(k, func(x *nameIndex, stale map[Node]bool) {
		for i := x.from(text); i < len(x.record) && string(x.entry(i)) == text; i++ {
			if !stale[x.record[i]] {
				records = append(records, x.record[i])
			}
		}
	})
	slices.Sort(records)
	return slices.Compact(records)
}

// exact are the nodes with this very form among their names, without repeats, in the order of ids.
func (v *View) exact(k Kind, form string) []Node {
	t := v.table(k)
	var nodes []Node
	for _, record := range v.exactRecords(k, form) {
		if n := t.canonicalOf(record); n != NoNode && !slices.Contains(nodes, n) {
			nodes = append(nodes, n)
		}
	}
	slices.SortFunc(nodes, t.compare)
	return nodes
}

// Match tells how a name matched a search; a lower one is better.
type Match uint8

// The matches, the best first.
const (
	MatchExact     Match = iota // the whole name
	MatchPrefix                 // the name begins with it
	MatchWord                   // a later word of the name begins with it
	MatchContained              // it stands somewhere in the name
)

// String is the name of the match in answers.
func (m Match) String() string { return [...]string{"exact", "prefix", "word", "contained"}[m] }

// Hit is a node found by a search.
type Hit struct {
	Node
	Match Match
	// Length of the normalised name that matched, in bytes: of two matches of a kind, the shorter name is
	// the nearer one.
	Length int
}

// Search finds companies or products by name, alias, identifier or id, at most limit of them (0: all), and
// tells whether there are more. Case, width and accents do not matter. Hits come best first: by kind of match,
// then by length of the name, then by id; each node once, with its best match. An empty query finds every node,
// in the order of ids.
func (v *View) Search(k Kind, query string, limit int) (hits []Hit, more bool) {
	query = Clean(query)
	if query == "" {
		return v.allNodes(k, limit)
	}
	s := search{v: v, k: k, limit: limit, seen: newBitset(v.NodeCount(k)), moved: v.table(k).moved()}
	form := NormalizeName(query)
	for _, exact := range []string{MentionForm(query), form} { // often the same; nodes found twice count once
		for _, record := range v.exactRecords(k, exact) {
			s.found(record, MatchExact, len(exact))
		}
	}
	if s.flush() || form == "" {
		return s.hits, s.more
	}
	// One kind of match after the other: so, once there are enough, whole stretches of entries can be skipped.
	v.search.each(k, func(x *nameIndex, stale map[Node]bool) { s.prefixed(x, stale, form) })
	if s.flush() {
		return s.hits, s.more
	}
	v.search.each(k, func(x *nameIndex, stale map[Node]bool) { s.within(x, stale, []byte(" "+form), MatchWord) })
	if s.flush() {
		return s.hits, s.more
	}
	v.search.each(k, func(x *nameIndex, stale map[Node]bool) { s.within(x, stale, []byte(form), MatchContained) })
	s.flush()
	return s.hits, s.more
}

func (v *View) allNodes(k Kind, limit int) (hits []Hit, more bool) {
	for n := range v.Nodes(k) {
		if limit > 0 && len(hits) == limit {
			return hits, true
		}
		hits = append(hits, Hit{Node: n})
	}
	return hits, false
}

// search collects the hits of one query, one kind of match after the other, and stops when there are enough.
type search struct {
	v     *View
	k     Kind
	limit int
	hits  []Hit
	more  bool
	seen  bitset // nodes among the hits
	batch []Hit  // found since the last flush; may repeat nodes
	full  bool   // the batch was trimmed: what is not better than worst does not count
	worst Hit
	moved bool // the first nodes of stretches do not hold
}

func (s *search) compare(a, b Hit) int {
	return cmp.Or(cmp.Compare(a.Match, b.Match), cmp.Compare(a.Length, b.Length), s.v.table(s.k).compare(a.Node, b.Node))
}

func (s *search) found(record Node, m Match, length int) {
	n := s.v.Canonical(s.k, record)
	h := Hit{Node: n, Match: m, Length: length}
	if n == NoNode || s.seen.has(int(n)) || s.full && s.compare(h, s.worst) >= 0 {
		return
	}
	s.batch = append(s.batch, h)
	if s.limit > 0 && len(s.batch) >= 2*s.limit+50 {
		s.trim()
	}
}

// trim keeps of the batch what can still be among the hits: limit nodes and one that shows that there are more.
func (s *search) trim() {
	s.sortBatch()
	if len(s.batch) > s.limit+1 {
		s.batch = s.batch[:s.limit+1]
		s.full, s.worst = true, s.batch[s.limit]
	}
}

// sortBatch brings the batch in order and leaves each node once.
func (s *search) sortBatch() {
	slices.SortFunc(s.batch, s.compare)
	kept := s.batch[:0]
	once := make(map[Node]bool, len(s.batch))
	for _, h := range s.batch {
		if !once[h.Node] {
			once[h.Node] = true
			kept = append(kept, h)
		}
	}
	s.batch = kept
}

// flush takes the batch over in order and reports whether there are enough hits.
func (s *search) flush() (enough bool) {
	s.sortBatch()
	for _, h := range s.batch {
		if s.limit > 0 && len(s.hits) == s.limit {
			s.more = true
			break
		}
		s.seen.set(int(h.Node))
		s.hits = append(s.hits, h)
	}
	s.full = false
	s.batch = s.batch[:0]
	return s.more
}

// skip reports whether no entry of the stretch can be among the hits by a match of this kind.
func (s *search) skip(x *nameIndex, at int, m Match) bool {
	if !s.full {
		return false
	}
	best := Hit{Node: s.worst.Node, Match: m, Length: int(x.shortest[at])}
	if x.first != nil && !s.moved {
		best.Node = x.first[at]
	}
	return s.compare(best, s.worst) > 0
}

// prefixed finds the entries that begin with form.
func (s *search) prefixed(x *nameIndex, stale map[Node]bool, form string) {
	low := x.from(form)
	high := low + sort.Search(len(x.record)-low, func(i int) bool { return !bytes.HasPrefix(x.entry(low+i), []byte(form)) })
	for i := low; i < high; i++ {
		if i%stretch == 0 && s.skip(x, i/stretch, MatchPrefix) {
			i += stretch - 1
			continue
		}
		if !stale[x.record[i]] {
			s.found(x.record[i], MatchPrefix, len(x.entry(i)))
		}
	}
}

// within finds the entries that contain the pattern after their beginning.
func (s *search) within(x *nameIndex, stale map[Node]bool, pattern []byte, m Match) {
	var wanted pairSet
	wanted.add(pattern)
	for at := range x.pairs {
		if !x.pairs[at].covers(&wanted) || s.skip(x, at, m) {
			continue
		}
		low := at * stretch
		high := min(low+stretch, len(x.record))
		base := x.start[low]
		block := x.text[base:x.start[high]]
		for offset := 0; ; {
			found := bytes.Index(block[offset:], pattern)
			if found < 0 {
				break
			}
			position := base + uint32(offset+found)
			i := sort.Search(high-low, func(i int) bool { return x.start[low+i+1] > position }) + low
			if position != x.start[i] && !stale[x.record[i]] {
				s.found(x.record[i], m, len(x.entry(i)))
			}
			offset = int(x.start[i+1] - base) // the next entry
		}
	}
}
