package graph

import (
	"hash/maphash"
	"math"
)

// column is a list that is built before its length is known. It grows by pieces: a slice that append grows is, for
// a while, there twice.
type column[T any] struct {
	chunks [][]T
	n      int
}

const chunkSize = 1 << 16

func (c *column[T]) add(v T) {
	if c.n%chunkSize == 0 {
		c.chunks = append(c.chunks, make([]T, 0, chunkSize))
	}
	last := &c.chunks[c.n/chunkSize]
	*last = append(*last, v)
	c.n++
}

// shift is value i; those before the chunk that it lies in are given up. It must be called with rising numbers.
func (c *column[T]) shift(i int) T {
	at := i / chunkSize
	if i%chunkSize == 0 && at > 0 {
		c.chunks[at-1] = nil
	}
	return c.chunks[at][i%chunkSize]
}

// take is the column as one slice. The column is empty afterwards.
func (c *column[T]) take() []T {
	out := make([]T, 0, c.n)
	for i, chunk := range c.chunks {
		out = append(out, chunk...)
		c.chunks[i] = nil
	}
	*c = column[T]{}
	return out
}

// addDate adds the date of row n-1. The column ends with the last row that has one.
func addDate(c *column[Date], n int, d Date) {
	if d == NoDate {
		return
	}
	for c.n < n-1 {
		c.add(NoDate)
	}
	c.add(d)
}

// datesOf is a column of dates as one slice of n; nil when no row has one.
func datesOf(c *column[Date], n int) []Date {
	if c.n == 0 {
		return nil
	}
	for c.n < n {
		c.add(NoDate)
	}
	return c.take()
}

// textTable numbers different texts in the order of their appearance. It keeps them in one block, found by an open
// table of hashes: a map of strings misses the cache more often, and takes three times the memory.
type textTable struct {
	list  stringTable
	slots []uint64 // of each text half its hash and its number plus 1; 0 where free
	seed  maphash.Seed
}

func newTextTable() textTable {
	return textTable{list: stringTable{start: []uint32{0}}, slots: make([]uint64, 1<<10), seed: maphash.MakeSeed()}
}

// place is the number of a text.
func (t *textTable) place(text string) uint32 {
	h := maphash.String(t.seed, text)
	mask := uint64(len(t.slots) - 1)
	i := h & mask
	for ; t.slots[i] != 0; i = (i + 1) & mask {
		if t.slots[i]>>32 == h>>32 {
			if at := uint32(t.slots[i]) - 1; t.list.is(int(at), text) {
				return at
			}
		}
	}
	at := uint32(t.list.len())
	t.list.bytes = append(t.list.bytes, text...)
	t.list.start = append(t.list.start, uint32(len(t.list.bytes)))
	t.slots[i] = h&^math.MaxUint32 | uint64(at+1)
	if 2*int(at) > len(t.slots) {
		t.grow()
	}
	return at
}

func (t *textTable) grow() {
	t.slots = make([]uint64, 4*len(t.slots))
	mask := uint64(len(t.slots) - 1)
	for at := range uint32(t.list.len()) {
		h := maphash.Bytes(t.seed, t.list.bytes[t.list.start[at]:t.list.start[at+1]])
		i := h & mask
		for t.slots[i] != 0 {
			i = (i + 1) & mask
		}
		t.slots[i] = h&^math.MaxUint32 | uint64(at+1)
	}
}

// fits reports whether texts can still be numbered.
func (t *textTable) fits() bool { return len(t.list.bytes) < math.MaxUint32-1<<20 }

// memo is the text that was placed last: texts come in runs.
type memo struct {
	text string
	at   uint32
	any  bool
}

func (m *memo) place(t *textTable, text string) uint32 {
	if !m.any || m.text != text {
		m.text, m.at, m.any = text, t.place(text), true
	}
	return m.at
}

// distinct numbers different values in the order of their appearance.
type distinct[T comparable] struct {
	index  map[T]uint32
	list   []T
	last   T // values come in runs
	lastAt uint32
}

func (d *distinct[T]) place(v T) uint32 {
	if len(d.list) > 0 && v == d.last {
		return d.lastAt
	}
	at, ok := d.index[v]
	if !ok {
		if d.index == nil {
			d.index = map[T]uint32{}
		}
		at = uint32(len(d.list))
		d.list = append(d.list, v)
		d.index[v] = at
	}
	d.last, d.lastAt = v, at
	return at
}

// provenances numbers provenances.
type provenances struct {
	texts textTable
	memos [4]memo
	keys  distinct[[4]uint32] // in numbers of texts
}

func (p *provenances) place(k *Key) uint32 {
	var key [4]uint32
	for i, text := range [4]string{k.Dataset, k.Source, k.AssertedBy, string(k.Period)} {
		key[i] = p.memos[i].place(&p.texts, text)
	}
	return p.keys.place(key)
}

// take gives the provenances. Nothing can be placed afterwards.
func (p *provenances) take() []provenance {
	texts := p.texts.list.all()
	out := make([]provenance, len(p.keys.list))
	for i, k := range p.keys.list {
		out[i] = provenance{Dataset: texts[k[0]], Source: texts[k[1]], AssertedBy: texts[k[2]], Period: Period(texts[k[3]])}
	}
	*p = provenances{}
	return out
}

// termsTable numbers what claims say beside numbers and dates.
type termsTable struct {
	texts textTable
	memos [termTexts]memo
	keys  distinct[termsKey]
}

// termsKey is a [terms] with numbers in place of texts.
type termsKey struct {
	texts [termTexts]uint32 // 0: none, else a number plus 1
	marks
}

func (t *termsTable) place(said *terms) uint32 {
	key := termsKey{marks: said.marks}
	for i, text := range said.texts() {
		if *text != "" {
			key.texts[i] = 1 + t.memos[i].place(&t.texts, *text)
		}
	}
	return t.keys.place(key)
}

func (t *termsTable) take() []terms {
	texts := t.texts.list.all()
	out := make([]terms, len(t.keys.list))
	for i := range t.keys.list {
		key := &t.keys.list[i]
		out[i] = terms{marks: key.marks}
		for j, text := range out[i].texts() {
			if at := key.texts[j]; at > 0 {
				*text = texts[at-1]
			}
		}
	}
	*t = termsTable{}
	return out
}
