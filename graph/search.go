package graph

import (
	"bytes"
	"cmp"
	"slices"
	"sort"
)

// searchIndex finds nodes by their names, aliases, identifiers and ids in normalised form.
//
// Entries lie sorted in one block of text, so that exact and prefix matches are two binary searches. Contained
// matches scan the block; a signature of the letter pairs of each stretch of entries skips most of it.
type searchIndex struct {
	company, product nameIndex
}

type nameIndex struct {
	text  []byte   // normalised entries, each followed by a newline, sorted
	start []uint32 // of each entry; one more than there are
	node  []Node
	pairs []pairSet // of each stretch of entries
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
	return searchIndex{company: newNameIndex(v, KindCompany), product: newNameIndex(v, KindProduct)}
}

func newNameIndex(v *View, k Kind) nameIndex {
	t := v.table(k)
	c := nameCollector{start: []uint32{0}}
	for n := range Node(t.ids.len()) {
		node := t.canonicalOf(n)
		c.add(mentionForm(t.ids.at(int(n))), node)
		c.addNormalized(t.ids.at(int(n)), node)
		for i := t.stmtStart[n]; i < t.stmtStart[n+1]; i++ {
			c.addStatement(t, n, int(i), node)
		}
	}
	return c.index()
}

// nameCollector gathers entries before they are sorted.
type nameCollector struct {
	text  []byte
	start []uint32
	node  []Node
}

func (c *nameCollector) add(form string, n Node) {
	if form == "" {
		return
	}
	c.text = append(c.text, form...)
	c.start = append(c.start, uint32(len(c.text)))
	c.node = append(c.node, n)
}

func (c *nameCollector) addNormalized(name string, n Node) { c.add(NormalizeName(name), n) }

func (c *nameCollector) addStatement(t *nodeTable, record Node, i int, node Node) {
	t.fields.at(i, func(id FieldID, text []byte, _ float64) bool {
		switch id {
		case FieldName:
			c.addNormalized(string(text), node)
		case FieldAliases:
			for _, alias := range SplitList(string(text)) {
				c.addNormalized(alias, node)
			}
		case FieldLEI, FieldISIN, FieldTicker, FieldPermID, FieldOpenCorporates:
			for _, value := range SplitList(string(text)) {
				c.add(mentionForm(id.String()+":"+value), node)
				c.addNormalized(value, node)
			}
		case FieldCode:
			c.addNormalized(string(text), node)
		}
		return id <= FieldCode
	})
}

func (c *nameCollector) entry(i uint32) []byte { return c.text[c.start[i]:c.start[i+1]] }

func (c *nameCollector) index() nameIndex {
	order := make([]uint32, len(c.node))
	for i := range order {
		order[i] = uint32(i)
	}
	compare := func(a, b uint32) int {
		if d := bytes.Compare(c.entry(a), c.entry(b)); d != 0 {
			return d
		}
		return cmp.Compare(c.node[a], c.node[b])
	}
	slices.SortFunc(order, compare)
	order = slices.CompactFunc(order, func(a, b uint32) bool { return compare(a, b) == 0 })
	x := nameIndex{text: make([]byte, 0, len(c.text)+len(order)), start: make([]uint32, 1, len(order)+1), node: make([]Node, 0, len(order))}
	x.pairs = make([]pairSet, (len(order)+stretch-1)/stretch)
	for at, i := range order {
		x.pairs[at/stretch].add(c.entry(i))
		x.text = append(append(x.text, c.entry(i)...), '\n')
		x.start = append(x.start, uint32(len(x.text)))
		x.node = append(x.node, c.node[i])
	}
	return x
}

func (x *nameIndex) entry(i int) []byte { return x.text[x.start[i] : x.start[i+1]-1] }

// from is the first entry that is not less than form.
func (x *nameIndex) from(form []byte) int {
	return sort.Search(len(x.node), func(i int) bool { return bytes.Compare(x.entry(i), form) >= 0 })
}

func (s *searchIndex) of(k Kind) *nameIndex {
	switch k {
	case KindCompany:
		return &s.company
	case KindProduct:
		return &s.product
	}
	return &nameIndex{}
}

// exact are the nodes with this very form among their names, without repeats, in order.
func (s *searchIndex) exact(k Kind, form string) []Node {
	x := s.of(k)
	var nodes []Node
	for i := x.from([]byte(form)); i < len(x.node) && string(x.entry(i)) == form; i++ {
		nodes = append(nodes, x.node[i])
	}
	slices.Sort(nodes)
	return slices.Compact(nodes)
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

// Search finds companies or products by name, alias, identifier or id. Case, width and accents do not matter.
// Hits come best first: by kind of match, then by length of the name, then by id; each node once, with its best
// match. An empty query finds every node, in the order of ids.
func (v *View) Search(k Kind, query string) []Hit {
	form := NormalizeName(query)
	if form == "" {
		if Clean(query) != "" {
			return nil // nothing but punctuation
		}
		var all []Hit
		for n := range v.Nodes(k) {
			all = append(all, Hit{Node: n})
		}
		return all
	}
	best := map[Node]Hit{}
	v.search.of(k).find([]byte(form), func(n Node, m Match, length int) {
		h := Hit{Node: n, Match: m, Length: length}
		if have, ok := best[n]; !ok || h.compare(have) < 0 {
			best[n] = h
		}
	})
	if identifier := mentionForm(Clean(query)); identifier != form {
		for _, n := range v.search.exact(k, identifier) {
			best[n] = Hit{Node: n, Match: MatchExact, Length: len(identifier)}
		}
	}
	hits := make([]Hit, 0, len(best))
	for _, h := range best {
		hits = append(hits, h)
	}
	slices.SortFunc(hits, Hit.compare)
	return hits
}

func (h Hit) compare(o Hit) int {
	return cmp.Or(cmp.Compare(h.Match, o.Match), cmp.Compare(h.Length, o.Length), cmp.Compare(h.Node, o.Node))
}

// find calls yield with every entry that contains form.
func (x *nameIndex) find(form []byte, yield func(n Node, m Match, length int)) {
	var wanted pairSet
	wanted.add(form)
	for s := range x.pairs {
		if !x.pairs[s].covers(&wanted) {
			continue
		}
		low := s * stretch
		high := min(low+stretch, len(x.node))
		block := x.text[x.start[low]:x.start[high]]
		base := x.start[low]
		for offset := 0; ; {
			at := bytes.Index(block[offset:], form)
			if at < 0 {
				break
			}
			position := base + uint32(offset+at)
			i := sort.Search(high-low, func(i int) bool { return x.start[low+i+1] > position }) + low
			yield(x.node[i], x.matchAt(i, position, len(form)), len(x.entry(i)))
			offset = int(x.start[i+1] - base) // the next entry
		}
	}
}

func (x *nameIndex) matchAt(i int, position uint32, length int) Match {
	entry, offset := x.entry(i), int(position-x.start[i])
	switch {
	case length == len(entry):
		return MatchExact
	case offset == 0:
		return MatchPrefix
	case entry[offset-1] == ' ':
		return MatchWord
	}
	// A later place in the entry may be the start of a word.
	if bytes.Contains(entry[offset:], append([]byte{' '}, x.text[position:position+uint32(length)]...)) {
		return MatchWord
	}
	return MatchContained
}
