package graph

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"slices"
	"sort"
)

// searchIndex finds nodes by their names, aliases, identifiers and ids in normalised form: those of the records
// of the base, and of records that changed since.
type searchIndex struct {
	base, delta [KindCompany + 1]*nameIndex
	stale       [KindCompany + 1]map[Node]bool // records that the delta speaks of
}

// nameIndex holds entries sorted in one block of text, so that exact and prefix matches are two binary
// searches. Contained matches scan the block; a signature of the pairs of bytes in each stretch of entries
// skips most of it.
type nameIndex struct {
	text   []byte   // normalised entries, each followed by a newline
	start  []uint32 // of each entry; one more than there are
	record []Node
	pairs  []pairSet // of each stretch of entries
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
	for _, k := range []Kind{KindProduct, KindCompany} {
		t := v.table(k)
		c := newNameCollector()
		for n := range Node(t.count()) {
			c.addRecord(t, n)
		}
		s.base[k] = c.index()
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
			case FieldLEI, FieldISIN, FieldTicker, FieldPermID, FieldOpenCorporates:
				for _, value := range SplitList(string(text)) {
					c.add(NormalizeName(value), n)
				}
			}
			return field <= FieldCode
		})
	}
}

func (c *nameCollector) entry(i uint32) []byte { return c.text[c.start[i]:c.start[i+1]] }

func (c *nameCollector) index() *nameIndex {
	order := c.sorted()
	w := newNameWriter(len(order), len(c.text)+len(order))
	for _, i := range order {
		w.add(c.entry(i), c.record[i])
	}
	return w.index()
}

// nameWriter writes an index of entries that come in order.
type nameWriter struct{ x nameIndex }

func newNameWriter(entries, text int) nameWriter {
	return nameWriter{nameIndex{text: make([]byte, 0, text), start: make([]uint32, 1, entries+1), record: make([]Node, 0, entries),
		pairs: make([]pairSet, 0, (entries+stretch-1)/stretch)}}
}

func (w *nameWriter) add(text []byte, record Node) {
	x := &w.x
	if len(x.record)%stretch == 0 {
		x.pairs = append(x.pairs, pairSet{})
	}
	x.pairs[len(x.pairs)-1].add(text)
	x.text = append(append(x.text, text...), '\n')
	x.start = append(x.start, uint32(len(x.text)))
	x.record = append(x.record, record)
}

func (w *nameWriter) index() *nameIndex { return &w.x }

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

// prefixed calls yield with the entries that begin with form.
func (x *nameIndex) prefixed(form string, yield func(record Node, length int)) {
	for i := x.from(form); i < len(x.record) && bytes.HasPrefix(x.entry(i), []byte(form)); i++ {
		yield(x.record[i], len(x.entry(i)))
	}
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
	s := search{v: v, k: k, limit: limit, seen: newBitset(v.NodeCount(k))}
	form := NormalizeName(query)
	for _, exact := range []string{MentionForm(query), form} { // often the same; nodes found twice count once
		for _, record := range v.exactRecords(k, exact) {
			s.found(record, MatchExact, len(exact))
		}
	}
	if s.flush() || form == "" {
		return s.hits, s.more
	}
	v.search.each(k, func(x *nameIndex, stale map[Node]bool) {
		x.prefixed(form, func(record Node, length int) {
			if !stale[record] {
				s.found(record, MatchPrefix, length)
			}
		})
	})
	if s.flush() {
		return s.hits, s.more
	}
	v.search.each(k, func(x *nameIndex, stale map[Node]bool) {
		x.contained([]byte(form), func(record Node, length int, match func() Match) {
			if !stale[record] && !s.hopeless(MatchWord, length) {
				s.found(record, match(), length)
			}
		})
	})
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
}

func (s *search) compare(a, b Hit) int {
	return cmp.Or(cmp.Compare(a.Match, b.Match), cmp.Compare(a.Length, b.Length), s.v.table(s.k).compare(a.Node, b.Node))
}

// hopeless reports whether a match of this kind and length cannot be among the hits.
func (s *search) hopeless(m Match, length int) bool {
	return s.full && cmp.Or(cmp.Compare(m, s.worst.Match), cmp.Compare(length, s.worst.Length)) > 0
}

func (s *search) found(record Node, m Match, length int) {
	if s.hopeless(m, length) {
		return
	}
	n := s.v.Canonical(s.k, record)
	if n == NoNode || s.seen.has(int(n)) {
		return
	}
	s.batch = append(s.batch, Hit{Node: n, Match: m, Length: length})
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

// contained calls yield with every entry that contains form, but not as a prefix.
func (x *nameIndex) contained(form []byte, yield func(record Node, length int, match func() Match)) {
	var wanted pairSet
	wanted.add(form)
	for s := range x.pairs {
		if !x.pairs[s].covers(&wanted) {
			continue
		}
		low := s * stretch
		high := min(low+stretch, len(x.record))
		base := x.start[low]
		block := x.text[base:x.start[high]]
		for offset := 0; ; {
			at := bytes.Index(block[offset:], form)
			if at < 0 {
				break
			}
			position := base + uint32(offset+at)
			i := sort.Search(high-low, func(i int) bool { return x.start[low+i+1] > position }) + low
			if position != x.start[i] {
				yield(x.record[i], len(x.entry(i)), func() Match { return x.matchAt(i, position, len(form)) })
			}
			offset = int(x.start[i+1] - base) // the next entry
		}
	}
}

// matchAt tells whether the form, which stands in entry i first at position, begins a word of it.
func (x *nameIndex) matchAt(i int, position uint32, length int) Match {
	form := x.text[position : position+uint32(length)]
	rest := x.entry(i)[position-x.start[i]-1:]
	for {
		at := bytes.Index(rest[1:], form)
		if at < 0 {
			return MatchContained
		}
		if rest[at] == ' ' {
			return MatchWord
		}
		rest = rest[at+1:]
	}
}
