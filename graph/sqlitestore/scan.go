package sqlitestore

import (
	"encoding/json"
	"fmt"
	"hash/maphash"
	"math"
	"strings"

	"github.com/tributarygraph/tributary/graph"
	"zombiezen.com/go/sqlite"
)

// interner gives equal texts one string, where it can tell cheaply: it remembers one text for each of its
// slots, of which it takes more while that helps. So memory is bounded, and most rows of a file need no new
// memory.
type interner struct {
	seed   maphash.Seed
	slots  []string
	misses int
}

const (
	fewestSlots     = 1 << 8
	mostSlots       = 1 << 17
	longestInterned = 64 // bytes; longer texts seldom repeat
)

func newInterner() *interner {
	return &interner{seed: maphash.MakeSeed(), slots: make([]string, fewestSlots)}
}

func (in *interner) text(b []byte) string {
	if len(b) == 0 {
		return ""
	}
	if len(b) > longestInterned {
		return string(b)
	}
	slot := &in.slots[maphash.Bytes(in.seed, b)%uint64(len(in.slots))]
	if *slot == string(b) {
		return *slot
	}
	text := string(b)
	*slot = text
	if in.misses++; in.misses > 4*len(in.slots) && len(in.slots) < mostSlots {
		in.slots, in.misses = make([]string, 8*len(in.slots)), 0
	}
	return text
}

// arena keeps texts one after the other in long pieces: quicker than an interner, and right for a reading of which
// little is kept.
type arena struct{ strings.Builder }

const arenaSize = 1 << 14

func (a *arena) text(b []byte) string {
	if a.Cap()-a.Len() < len(b) {
		a.Reset()
		a.Grow(max(arenaSize, len(b)))
	}
	start := a.Len()
	a.Write(b)
	return a.String()[start:]
}

// texts makes strings of texts.
type texts interface{ text([]byte) string }

// scanner reads rows as statements. The columns of its query are those of the key, then the fields, then
// those that the caller reads itself.
type scanner struct {
	table    *table
	fields   []graph.FieldID
	stmt     *sqlite.Stmt
	texts    texts
	last     []string // the text that each column had last: it is often the same
	dateText string
	date     graph.Date
	buffer   []byte
}

func newScanner(t *table, fields []graph.FieldID, texts texts) *scanner {
	return &scanner{table: t, fields: fields, texts: texts, last: make([]string, len(t.keys)+len(fields)), buffer: make([]byte, 256)}
}

// columns is what the scanner's query selects.
func (s *scanner) columns() string {
	columns := s.table.keyList()
	for _, f := range s.fields {
		columns += ", " + f.String()
	}
	return columns
}

// extra is the number of the first column that the scanner does not read.
func (s *scanner) extra() int { return len(s.last) }

// text is the text of a column.
func (s *scanner) text(column int) string {
	n := s.stmt.ColumnBytes(column, s.buffer)
	for n == len(s.buffer) { // perhaps there is more
		s.buffer = make([]byte, 4*n)
		n = s.stmt.ColumnBytes(column, s.buffer)
	}
	b := s.buffer[:n]
	if last := &s.last[column]; *last != string(b) {
		*last = s.texts.text(b)
	}
	return s.last[column]
}

// key reads the key of the present row.
func (s *scanner) key(k *graph.Key) error {
	k.Kind, k.To, k.Product = s.table.kind, "", ""
	n := len(s.table.ends)
	k.From = s.text(0)
	if n > 1 {
		k.To = s.text(1)
	}
	if n > 2 {
		k.Product = s.text(2)
	}
	k.Dataset = s.text(n)
	k.Source = s.text(n + 1)
	k.AssertedBy = s.text(n + 2)
	k.Period = graph.Period(s.text(n + 3))
	text := s.text(n + 4)
	if text != s.dateText {
		date, err := graph.ParseDate(text)
		if err != nil {
			return err
		}
		s.dateText, s.date = text, date
	}
	k.ValidFrom = s.date
	return nil
}

// appendFields reads the fields that the present row states.
func (s *scanner) appendFields(to []graph.Field) []graph.Field {
	first := len(s.table.keys)
	for i, f := range s.fields {
		switch s.stmt.ColumnType(first + i) {
		case sqlite.TypeNull:
		case sqlite.TypeFloat, sqlite.TypeInteger:
			to = append(to, graph.Field{ID: f, Number: s.stmt.ColumnFloat(first + i)})
		default:
			to = append(to, graph.Field{ID: f, Text: s.text(first + i), Number: math.NaN()})
		}
	}
	return to
}

// encodePatch is a patch as JSON, field names with numbers or texts; null withdraws.
func encodePatch(fields []graph.Field) string {
	var b strings.Builder
	for i, f := range fields {
		b.WriteByte("{,"[min(i, 1)])
		fmt.Fprintf(&b, "%q:", f.ID)
		switch {
		case f.Empty():
			b.WriteString("null")
		case f.ID.Spec().Type.Numeric():
			number, _ := json.Marshal(f.Number) // a finite number always encodes
			b.Write(number)
		default:
			text, _ := json.Marshal(f.Text)
			b.Write(text)
		}
	}
	if len(fields) == 0 {
		b.WriteByte('{')
	}
	b.WriteByte('}')
	return b.String()
}

// decodePatch is the inverse of encodePatch.
func decodePatch(kind graph.Kind, text string) ([]graph.Field, error) {
	var object map[string]any
	if err := json.Unmarshal([]byte(text), &object); err != nil {
		return nil, fmt.Errorf("a patch in the table touch: %w", err)
	}
	fields := make([]graph.Field, 0, len(object))
	for _, id := range graph.FieldsOf(kind) {
		value, ok := object[id.String()]
		if !ok {
			continue
		}
		f := graph.Field{ID: id, Number: math.NaN()}
		switch v := value.(type) {
		case float64:
			f.Number = v
		case string:
			f.Text = v
		}
		fields = append(fields, f)
	}
	return fields, nil
}
