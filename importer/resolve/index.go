package resolve

import (
	"cmp"
	"encoding/binary"
	"math"
	"slices"
	"strings"
	"sync"
)

// How far a match looks. They bound the work for one query, however many entities there are.
const (
	// mostOfKey is how many entities share a part of a name at most for it to lead to them: "Electronics" tells nothing.
	mostOfKey = 2_000
	// mostExact is how many entities of one whole name, or one identifier, are compared.
	mostExact = 200
	// mostTouched is how many entries of parts of a name are looked at, the rarest parts first.
	mostTouched = 20_000
	// mostCompared is how many candidates are compared in full, those first that share most.
	mostCompared = 64
	// leastOfBest is what a candidate shares at least, as a part of what the best one does; enoughShared is enough
	// however much the best one does: a word that some 60 entities have.
	leastOfBest, enoughShared = 0.3, 5
)

// Builder gathers the entities of an [Index].
type Builder struct {
	config       Config
	records      []byte // see appendEntity
	start        []uint64
	exact, parts []uint64
}

// NewBuilder makes a builder.
func NewBuilder(c Config) *Builder { return &Builder{config: c, start: []uint64{0}} }

// Add takes an entity, which must have an ID of its own. It keeps a copy.
func (b *Builder) Add(e *Entity) {
	n := uint64(len(b.start) - 1)
	b.records = appendEntity(b.records, e)
	b.start = append(b.start, uint64(len(b.records)))
	blockingKeys(prepare(e),
		func(key uint32) { b.exact = append(b.exact, uint64(key)<<32|n) },
		func(key uint32) { b.parts = append(b.parts, uint64(key)<<32|n) })
}

// join appends what another builder gathered, which must not be used any more.
func (b *Builder) join(o *Builder) {
	n, at := uint64(len(b.start)-1), uint64(len(b.records))
	b.records = append(b.records, o.records...)
	for _, end := range o.start[1:] {
		b.start = append(b.start, at+end)
	}
	for _, entry := range o.exact {
		b.exact = append(b.exact, entry+n)
	}
	for _, entry := range o.parts {
		b.parts = append(b.parts, entry+n)
	}
	*o = Builder{}
}

// Index gives the index of what was added. The builder must not be used any more.
func (b *Builder) Index() *Index {
	x := &Index{config: b.config, records: slices.Clip(b.records), start: b.start, exact: newPostings(b.exact, 0), parts: newPostings(b.parts, mostOfKey)}
	n := x.Len()
	x.scratch = &sync.Pool{New: func() any { return &scratch{weight: make([]float32, n)} }}
	*b = Builder{}
	return x
}

// Index finds the entities that a query may mean. It is immutable and safe for concurrent use.
type Index struct {
	config       Config
	records      []byte
	start        []uint64
	exact, parts postings
	scratch      *sync.Pool
}

// Len is how many entities there are.
func (x *Index) Len() int { return len(x.start) - 1 }

// Config is what the index decides by.
func (x *Index) Config() Config { return x.config }

// With is the same index with other thresholds.
func (x *Index) With(c Config) *Index {
	out := *x
	out.config = c
	return &out
}

// Candidate is an entity that a query may mean.
type Candidate struct {
	ID string `json:"id"`
	Score
	Decision Decision `json:"decision"` // what the score says by itself
}

// Result is what a query means.
type Result struct {
	// Decision is match where one candidate alone reaches the automatic threshold, review where several do, or one
	// reaches that of review, and new where none does.
	Decision Decision `json:"decision"`
	// Candidates are those that a person should look at, the best first: at most as many as configured.
	Candidates []Candidate `json:"candidates"`
}

// scratch is what one match works with.
type scratch struct {
	weight  []float32 // of each entity: what it shares; 0 between matches
	touched []uint32
	near    []uint32 // of these, those that share nearly as much as the best
	lists   [][]uint64
}

// Match says which entities a query may mean. One with the query's own ID is left out, so that the entities of an index
// can be matched against each other. The result depends on the query and the entities alone, not on the order in
// which they were added.
func (x *Index) Match(q *Entity) Result {
	query := prepare(q)
	var found []Candidate
	for _, n := range x.candidates(query) {
		e := x.entity(n)
		if e.ID == q.ID && q.ID != "" {
			continue
		}
		score := compare(query, prepare(&e))
		if d := x.config.decide(score.Value); d != New {
			found = append(found, Candidate{e.ID, score, d})
		}
	}
	slices.SortFunc(found, func(a, b Candidate) int {
		return cmp.Or(-cmp.Compare(a.Value, b.Value), strings.Compare(a.ID, b.ID))
	})
	r := Result{Decision: decideAmong(found)}
	r.Candidates = found[:min(len(found), x.config.Candidates)]
	return r
}

// decideAmong decides on candidates, the best first.
func decideAmong(found []Candidate) Decision {
	switch {
	case len(found) == 0:
		return New
	case found[0].Decision == Matched && (len(found) == 1 || found[1].Decision != Matched):
		return Matched
	}
	return Review
}

// candidates are the entities that share the most with the query.
func (x *Index) candidates(q *prepared) []uint32 {
	s := x.scratch.Get().(*scratch)
	defer x.scratch.Put(s)
	s.touched, s.lists = s.touched[:0], s.lists[:0]
	blockingKeys(q, func(key uint32) {
		list := x.exact.of(key)
		x.touch(s, list[:min(len(list), mostExact)], 2*weightOfEntries(0))
	}, func(key uint32) {
		if list := x.parts.of(key); len(list) > 0 {
			s.lists = append(s.lists, list)
		}
	})
	slices.SortFunc(s.lists, func(a, b []uint64) int { return cmp.Or(cmp.Compare(len(a), len(b)), cmp.Compare(a[0], b[0])) })
	looked := 0
	for i, list := range s.lists {
		if i > 0 && list[0] == s.lists[i-1][0] { // the same key twice
			continue
		}
		if looked += len(list); looked > mostTouched {
			break
		}
		x.touch(s, list, weightOfEntries(len(list)))
	}
	most := float32(0)
	for _, n := range s.touched {
		most = max(most, s.weight[n])
	}
	// What shares far less than the best is not worth being put in order.
	near, least := s.near[:0], min(most*leastOfBest, enoughShared)
	for _, n := range s.touched {
		if s.weight[n] >= least {
			near = append(near, n)
		}
	}
	s.near = near
	slices.SortFunc(near, func(a, b uint32) int {
		if s.weight[a] != s.weight[b] {
			return -cmp.Compare(s.weight[a], s.weight[b])
		}
		return strings.Compare(x.idAt(a), x.idAt(b))
	})
	for _, n := range s.touched {
		s.weight[n] = 0
	}
	return slices.Clone(near[:min(len(near), mostCompared)])
}

// weightOfEntries is what it counts to share a key that so many entities have: the rarer, the more.
func weightOfEntries(n int) float32 { return float32(math.Log2(float64(mostOfKey+2) / float64(n+1))) }

func (x *Index) touch(s *scratch, list []uint64, weight float32) {
	for _, entry := range list {
		n := uint32(entry)
		if s.weight[n] == 0 {
			s.touched = append(s.touched, n)
		}
		s.weight[n] += weight
	}
}

// appendEntity writes an entity as counted strings.
func appendEntity(to []byte, e *Entity) []byte {
	text := func(s string) { to = append(binary.AppendUvarint(to, uint64(len(s))), s...) }
	list := func(l []string) {
		to = binary.AppendUvarint(to, uint64(len(l)))
		for _, s := range l {
			text(s)
		}
	}
	text(e.ID)
	text(e.Kind)
	list(e.Names)
	list(e.Countries)
	to = binary.AppendUvarint(to, uint64(len(e.Identifiers)))
	for _, id := range e.Identifiers {
		to = append(to, byte(slices.Index(Schemes, id.Scheme)))
		text(id.Value)
	}
	return to
}

// record reads what appendEntity wrote.
type record []byte

func (r *record) number() int {
	n, size := binary.Uvarint(*r)
	*r = (*r)[size:]
	return int(n)
}

func (r *record) text() string {
	n := r.number()
	s := string((*r)[:n])
	*r = (*r)[n:]
	return s
}

func (r *record) list() []string {
	var l []string
	for range r.number() {
		l = append(l, r.text())
	}
	return l
}

func (x *Index) record(n uint32) record { return record(x.records[x.start[n]:x.start[n+1]]) }

func (x *Index) idAt(n uint32) string {
	r := x.record(n)
	return r.text()
}

// entity is an entity as it was added.
func (x *Index) entity(n uint32) Entity {
	r := x.record(n)
	e := Entity{ID: r.text(), Kind: r.text(), Names: r.list(), Countries: r.list()}
	for range r.number() {
		scheme := Schemes[r[0]]
		r = r[1:]
		e.Identifiers = append(e.Identifiers, Identifier{scheme, r.text()})
	}
	return e
}
