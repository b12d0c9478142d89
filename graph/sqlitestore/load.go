package sqlitestore

import (
	"strings"

	"github.com/tributarygraph/tributary/graph"
	"zombiezen.com/go/sqlite"
)

// keyEquals is the condition that a row has the key bound to the parameters from 1 on.
func (t *table) keyEquals() string { return strings.Join(t.keys, " = ? AND ") + " = ?" }

// placeholders are n parameters in a row.
func placeholders(n int) string { return strings.Repeat(", ?", n)[2:] }

// loader reads statements as they are stored, with their touches, for the plans of Apply.
type loader struct {
	c       *conn
	used    *usedFields
	texts   *interner
	live    [graph.NumKinds]*liveCursor
	touched *touchCursor
}

func newLoader(c *conn, used *usedFields) *loader {
	return &loader{c: c, used: used, texts: newInterner()}
}

// reset ends the reading, so that the tables can be written.
func (l *loader) reset() {
	for _, cursor := range l.live {
		if cursor != nil {
			_ = cursor.stmt.Reset()
		}
	}
	if l.touched != nil {
		_ = l.touched.stmt.Reset()
	}
}

// series is what is stored of the series of these patches, sorted by key.
func (l *loader) series(patches []graph.Statement) (stored []graph.Stored, err error) {
	defer l.reset()
	live, err := l.liveCursors()
	if err != nil {
		return nil, err
	}
	l.touched.rewind()
	for _, cursor := range live {
		cursor.rewind()
	}
	for i := range patches {
		series := patches[i].Series()
		if i > 0 && series == patches[i-1].Series() {
			continue
		}
		if stored, err = l.appendSeries(stored, series, live[series.Kind]); err != nil {
			return nil, err
		}
	}
	return stored, nil
}

func (l *loader) liveCursors() (*[graph.NumKinds]*liveCursor, error) {
	if l.touched != nil {
		return &l.live, nil
	}
	var err error
	for k, t := range tables {
		if l.live[k], err = newLiveCursor(l.c, t, l.used.of(t, true), l.texts); err != nil {
			return nil, err
		}
	}
	l.touched, err = newTouchCursor(l.c, l.texts)
	return &l.live, err
}

// appendSeries merges the live rows of a series and the statements that only have touches.
func (l *loader) appendSeries(to []graph.Stored, series graph.Key, live *liveCursor) ([]graph.Stored, error) {
	if err := live.seek(&series); err != nil {
		return nil, err
	}
	if err := l.touched.seek(&series); err != nil {
		return nil, err
	}
	for live.valid && live.key.Series() == series || l.touched.valid && l.touched.key.Series() == series {
		s, err := l.next(live)
		if err != nil {
			return nil, err
		}
		to = append(to, s)
	}
	return to, nil
}

// next is the statement with the least key of the rows that the cursor in the table of a kind and that in
// the table touch stand on, one of which does; both move past it.
func (l *loader) next(live *liveCursor) (s graph.Stored, err error) {
	touched := l.touched
	if live.valid && (!touched.valid || live.key.Compare(touched.key) <= 0) {
		s = live.stored()
		if err := live.step(); err != nil {
			return s, err
		}
	} else {
		s.Key = touched.key
	}
	err = touched.take(&s)
	return s, err
}

// scan reads up to n live statements after a position that fulfil a condition, with their touches.
func (l *loader) scan(p position, n int, where string, args ...any) (stored []graph.Stored, err error) {
	t := tables[p.kind]
	s := newScanner(t, l.used.of(t, true), l.texts)
	sql := "SELECT " + s.columns() + ", " + strings.Join(bookColumns, ", ") + " FROM " + t.name + " WHERE " + where
	if p.after != nil {
		sql += " AND (" + t.keyList() + ") > (" + placeholders(len(t.keys)) + ")"
		for i := range t.keys {
			args = append(args, t.keyColumn(p.after, i))
		}
	}
	sql += " ORDER BY " + t.keyList() + " LIMIT ?"
	var listed []int // those that have a list of touches
	err = l.c.query(sql, append(args, n), func(row *sqlite.Stmt) error {
		s.stmt = row
		one, err := readStored(s)
		if err != nil {
			return err
		}
		if !row.ColumnIsNull(s.extra() + 2) {
			listed = append(listed, len(stored))
		}
		stored = append(stored, one)
		return nil
	})
	if err != nil || len(listed) == 0 {
		return stored, err
	}
	defer l.reset()
	if _, err := l.liveCursors(); err != nil {
		return nil, err
	}
	l.touched.rewind()
	for _, i := range listed {
		if err := l.touched.seek(&stored[i].Key); err != nil {
			return nil, err
		}
		if err := l.touched.take(&stored[i]); err != nil {
			return nil, err
		}
	}
	return stored, nil
}

// touchedBy reads up to n statements after a position that have a standing touch of an import in the table
// touch, live or not.
func (l *loader) touchedBy(p position, n int, seq int64) (stored []graph.Stored, err error) {
	sql := "SELECT DISTINCT " + anyKey + " FROM touch WHERE import = ? AND removed IS NULL AND kind = ?"
	args := []any{seq, p.kind.String()}
	if p.after != nil {
		sql += " AND (" + keyOfKind + ") > (" + placeholders(keyColumns-1) + ")"
		args = append(args, keyArgs(p.after)[1:]...)
	}
	sql += " ORDER BY " + anyKey + " LIMIT ?"
	var keys []graph.Key
	reader := anyKeyReader{texts: l.texts}
	err = l.c.query(sql, append(args, n), func(row *sqlite.Stmt) error {
		var key graph.Key
		err := reader.read(row, 0, &key)
		keys = append(keys, key)
		return err
	})
	if err != nil || len(keys) == 0 {
		return nil, err
	}
	defer l.reset()
	live, err := l.liveCursors()
	if err != nil {
		return nil, err
	}
	cursor := live[p.kind]
	cursor.rewind()
	l.touched.rewind()
	for _, key := range keys {
		if err := cursor.seek(&key); err != nil {
			return nil, err
		}
		s := graph.Stored{Statement: graph.Statement{Key: key}}
		if cursor.valid && cursor.key == key {
			s = cursor.stored()
		}
		if err := l.touched.seek(&key); err != nil {
			return nil, err
		}
		if err := l.touched.take(&s); err != nil {
			return nil, err
		}
		stored = append(stored, s)
	}
	return stored, nil
}

// readStored reads a live row; s.stmt stands on it.
func readStored(s *scanner) (graph.Stored, error) {
	var key graph.Key
	if err := s.key(&key); err != nil {
		return graph.Stored{}, err
	}
	return storedRow(s, key), nil
}

func storedRow(s *scanner, key graph.Key) graph.Stored {
	return graph.Stored{
		Statement: graph.Statement{Key: key, Fields: s.appendFields(nil)},
		Live:      true,
		Import:    s.stmt.ColumnInt64(s.extra()),
		Revision:  graph.Revision(s.stmt.ColumnInt64(s.extra() + 1)),
	}
}

// A cursor moves forward through a table in the order of keys: by steps while what is wanted is near, by a
// new search where it is not.
const stepsBeforeSearch = 4

// liveCursor is a cursor in the table of a kind.
type liveCursor struct {
	scanner
	key   graph.Key // of the present row
	valid bool      // there is one
	begun bool      // the statement has been executed
}

func newLiveCursor(c *conn, t *table, fields []graph.FieldID, texts *interner) (*liveCursor, error) {
	cursor := &liveCursor{scanner: *newScanner(t, fields, texts)}
	var err error
	cursor.stmt, err = c.Prepare("SELECT " + cursor.columns() + ", " + strings.Join(bookColumns, ", ") + " FROM " + t.name +
		" WHERE (" + t.keyList() + ") >= (" + placeholders(len(t.keys)) + ") ORDER BY " + t.keyList())
	return cursor, err
}

func (c *liveCursor) rewind() { c.begun, c.valid = false, false }

// seek moves to the first row at or after the key.
func (c *liveCursor) seek(key *graph.Key) error {
	if c.begun {
		for range stepsBeforeSearch {
			if !c.valid || c.key.Compare(*key) >= 0 {
				return nil
			}
			if err := c.step(); err != nil {
				return err
			}
		}
		if err := c.stmt.Reset(); err != nil {
			return err
		}
	}
	c.begun = true
	for i := range c.table.keys {
		c.stmt.BindText(i+1, c.table.keyColumn(key, i))
	}
	return c.step()
}

// step moves to the next row.
func (c *liveCursor) step() (err error) {
	if c.valid, err = c.stmt.Step(); err == nil && c.valid {
		err = c.scanner.key(&c.key)
	}
	return err
}

// stored is the statement in the present row, without a list of touches.
func (c *liveCursor) stored() graph.Stored { return storedRow(&c.scanner, c.key) }

// touchCursor is a cursor in the table touch, a statement at a time.
type touchCursor struct {
	anyKeyReader
	stmt  *sqlite.Stmt
	key   graph.Key // of the present row
	valid bool
	begun bool
}

func newTouchCursor(c *conn, texts *interner) (*touchCursor, error) {
	stmt, err := c.Prepare("SELECT " + anyKey + ", import, added, removed, withdrawn, carried, patch FROM touch" +
		" WHERE kind = ? AND (" + keyOfKind + ") >= (" + placeholders(keyColumns-1) + ") ORDER BY " + anyKey + ", n")
	return &touchCursor{anyKeyReader: anyKeyReader{texts: texts}, stmt: stmt}, err
}

func (c *touchCursor) rewind() { c.begun, c.valid = false, false }

// seek moves to the first touch of the first statement of the kind at or after the key.
func (c *touchCursor) seek(key *graph.Key) error {
	if c.begun && c.key.Kind == key.Kind {
		for range stepsBeforeSearch {
			if !c.valid || c.key.Compare(*key) >= 0 {
				return nil
			}
			if err := c.step(); err != nil {
				return err
			}
		}
	}
	if c.begun {
		if err := c.stmt.Reset(); err != nil {
			return err
		}
	}
	c.begun = true
	for i, arg := range keyArgs(key) {
		c.stmt.BindText(i+1, arg.(string))
	}
	c.key.Kind = key.Kind
	return c.step()
}

func (c *touchCursor) step() (err error) {
	if c.valid, err = c.stmt.Step(); err == nil && c.valid {
		err = c.read(c.stmt, 0, &c.key)
	}
	return err
}

// take reads the touches of the present statement into s and moves to the next.
func (c *touchCursor) take(s *graph.Stored) error {
	for c.valid && c.key == s.Key {
		touch := graph.Touch{
			Import:    c.stmt.ColumnInt64(9),
			Added:     graph.Revision(c.stmt.ColumnInt64(10)),
			Removed:   graph.Revision(c.stmt.ColumnInt64(11)), // NULL is 0
			Withdrawn: c.stmt.ColumnBool(12),
			Carried:   c.stmt.ColumnInt64(13),
		}
		if !touch.Withdrawn {
			var err error
			if touch.Patch, err = decodePatch(s.Kind, c.stmt.ColumnText(14)); err != nil {
				return err
			}
		}
		s.Touches = append(s.Touches, touch)
		if err := c.step(); err != nil {
			return err
		}
	}
	return nil
}

// anyKeyReader reads the columns anyKey.
type anyKeyReader struct {
	texts    *interner
	buffer   []byte
	dateText string
	date     graph.Date
}

// read reads a key from nine columns of a row.
func (r *anyKeyReader) read(row *sqlite.Stmt, first int, k *graph.Key) (err error) {
	if k.Kind, err = graph.ParseKind(r.text(row, first)); err != nil {
		return err
	}
	k.From, k.To, k.Product = r.text(row, first+1), r.text(row, first+2), r.text(row, first+3)
	k.Dataset, k.Source, k.AssertedBy = r.text(row, first+4), r.text(row, first+5), r.text(row, first+6)
	k.Period = graph.Period(r.text(row, first+7))
	if text := r.text(row, first+8); text != r.dateText {
		if r.date, err = graph.ParseDate(text); err != nil {
			return err
		}
		r.dateText = text
	}
	k.ValidFrom = r.date
	return nil
}

func (r *anyKeyReader) text(row *sqlite.Stmt, column int) string {
	n := row.ColumnLen(column)
	if n > len(r.buffer) {
		r.buffer = make([]byte, 2*n+64)
	}
	return r.texts.text(r.buffer[:row.ColumnBytes(column, r.buffer)])
}
