package sqlitestore

import (
	"context"
	"fmt"
	"slices"

	"github.com/tributarygraph/tributary/graph"
	"zombiezen.com/go/sqlite"
)

// Read delivers the live statements, always in the order of their keys, and then the decisions in force. It
// reads in one transaction: the WAL cannot be cut back before it ends, and grows by what others write
// meanwhile.
func (s *Store) Read(ctx context.Context, o graph.ReadOptions, to graph.Sink) (head graph.Head, err error) {
	err = s.read(ctx, "reading", func(c *conn) error {
		m, err := readMeta(c)
		if err != nil {
			return err
		}
		head = m.head()
		if o.At != nil {
			if *o.At > m.revision {
				return fmt.Errorf("%w: revision %d is beyond the head, %d", graph.ErrInvalid, *o.At, m.revision)
			}
			head.Revision = *o.At
		}
		if err := c.deliver(ctx, o, to); err != nil {
			return err
		}
		return c.deliverDecisions(o.At, to)
	})
	if err != nil {
		return graph.Head{}, err
	}
	return head, nil
}

// Reading and delivering run side by side, a block of statements at a time.
const (
	blockSize = 512
	blocks    = 4
)

// block is statements on their way to the sink.
type block struct {
	statements []graph.Statement
	fields     []graph.Field // of all of them
	ends       []int         // in fields
}

// add appends a statement and gives the place for its key; the fields that were appended to b.fields since
// the last call are those of the statement before.
func (b *block) add() *graph.Key {
	b.ends = append(b.ends, len(b.fields))
	b.statements = b.statements[:len(b.statements)+1]
	return &b.statements[len(b.statements)-1].Key
}

func (b *block) clear() {
	b.statements, b.fields, b.ends = b.statements[:0], b.fields[:0], b.ends[:0]
}

// deliverTo gives the statements to the sink.
func (b *block) deliverTo(ctx context.Context, to graph.Sink) error {
	for i := range b.statements {
		if err := ctx.Err(); err != nil {
			return err
		}
		end := len(b.fields)
		if i+1 < len(b.ends) {
			end = b.ends[i+1]
		}
		b.statements[i].Fields = b.fields[b.ends[i]:end:end]
		if err := to.Put(&b.statements[i]); err != nil {
			return err
		}
	}
	return nil
}

// deliver reads statements in one goroutine and gives them to the sink in this one.
func (c *conn) deliver(ctx context.Context, o graph.ReadOptions, to graph.Sink) error {
	used, err := readUsedFields(c)
	if err != nil {
		return err
	}
	r := &reader{c: c, options: o, used: &used, texts: &arena{}, free: make(chan *block, blocks), full: make(chan *block, blocks), stop: make(chan struct{})}
	for range blocks {
		r.free <- &block{statements: make([]graph.Statement, 0, blockSize)}
	}
	go r.run()
	var failed error
	for b := range r.full {
		if failed != nil {
			continue // until the reading has noticed
		}
		if failed = b.deliverTo(ctx, to); failed != nil {
			close(r.stop)
			continue
		}
		b.clear()
		r.free <- b
	}
	if failed != nil {
		return failed
	}
	return r.err
}

// reader fills blocks with the statements that a read asks for.
type reader struct {
	c          *conn
	options    graph.ReadOptions
	used       *usedFields
	texts      texts
	free, full chan *block
	stop       chan struct{} // closed when the sink takes no more
	present    *block
	err        error // valid once full is closed
}

func (r *reader) run() {
	defer close(r.full)
	for _, t := range tables {
		if len(r.options.Kinds) > 0 && !slices.Contains(r.options.Kinds, t.kind) {
			continue
		}
		read := r.table
		if r.options.At != nil {
			read = r.past
		}
		if r.err = read(t); r.err != nil {
			return
		}
	}
	if r.present != nil {
		r.full <- r.present // there is room for every block
	}
}

// errStopped ends the reading when the sink takes no more; the sink's own error is what is returned.
var errStopped = fmt.Errorf("the sink takes no more")

// block is one with room for a statement.
func (r *reader) block() (*block, error) {
	if r.present != nil && len(r.present.statements) == blockSize {
		r.full <- r.present
		r.present = nil
	}
	if r.present == nil {
		select {
		case r.present = <-r.free:
		case <-r.stop:
			return nil, errStopped
		}
	}
	return r.present, nil
}

// table reads the live rows of a kind.
func (r *reader) table(t *table) error {
	s := newScanner(t, r.used.of(t, r.options.Details), r.texts)
	var err error
	if s.stmt, err = r.c.Prepare("SELECT " + s.columns() + " FROM " + t.name + " ORDER BY " + t.keyList()); err != nil {
		return err
	}
	defer func() { _ = s.stmt.Reset() }()
	for {
		found, err := s.stmt.Step()
		if err != nil || !found {
			return err
		}
		b, err := r.block()
		if err != nil {
			return err
		}
		if err := s.key(b.add()); err != nil {
			return err
		}
		b.fields = s.appendFields(b.fields)
	}
}

// past reads the statements of a kind as they were at the revision asked for.
func (r *reader) past(t *table) error {
	l := &loader{c: r.c, used: r.used, texts: newInterner()}
	defer l.reset()
	return l.each(t, func(s *graph.Stored) error {
		fields, live := s.At(*r.options.At)
		if !live {
			return nil
		}
		b, err := r.block()
		if err != nil {
			return err
		}
		*b.add() = s.Key
		for _, f := range fields {
			if r.options.Details || !f.ID.Spec().Details {
				b.fields = append(b.fields, f)
			}
		}
		return nil
	})
}

// each calls f with every statement of a kind that the store knows, live or not, in the order of keys.
func (l *loader) each(t *table, f func(*graph.Stored) error) error {
	cursors, err := l.liveCursors()
	if err != nil {
		return err
	}
	live := cursors[t.kind]
	start := graph.Key{RelationKey: graph.RelationKey{Kind: t.kind}}
	live.rewind()
	l.touched.rewind()
	if err := live.seek(&start); err != nil {
		return err
	}
	if err := l.touched.seek(&start); err != nil {
		return err
	}
	for live.valid || l.touched.valid {
		s, err := l.next(live)
		if err != nil {
			return err
		}
		if err := f(&s); err != nil {
			return err
		}
	}
	return nil
}

// decisionColumns are those of a decision in the tables merge and merge_history.
const decisionColumns = "kind, id, canonical, decided_by, why, at"

func scanDecision(row *sqlite.Stmt) (s graph.Sameness, err error) {
	if s.Kind, err = graph.ParseKind(row.ColumnText(0)); err != nil {
		return s, err
	}
	s.ID, s.Canonical, s.By, s.Why = row.ColumnText(1), row.ColumnText(2), row.ColumnText(3), row.ColumnText(4)
	s.At, err = decodeTime(row.ColumnText(5))
	return s, err
}

// readDecision is the decision in force about a record, and since when it is; nil when there is none.
func readDecision(c *conn, key graph.NodeKey) (found *graph.Sameness, since graph.Revision, err error) {
	err = c.query("SELECT "+decisionColumns+", revision FROM merge WHERE kind = ? AND id = ?", []any{key.Kind.String(), key.ID}, func(row *sqlite.Stmt) error {
		s, err := scanDecision(row)
		found, since = &s, graph.Revision(row.ColumnInt64(6))
		return err
	})
	return found, since, err
}

// deliverDecisions gives the decisions in force at a revision, nil for the head, to the sink.
func (c *conn) deliverDecisions(at *graph.Revision, to graph.Sink) error {
	sql, args := "SELECT "+decisionColumns+" FROM merge ORDER BY kind, id", []any(nil)
	if at != nil {
		sql = "SELECT " + decisionColumns + " FROM merge WHERE revision <= ?1" +
			" UNION ALL SELECT " + decisionColumns + " FROM merge_history WHERE revision <= ?1 AND removed > ?1 ORDER BY kind, id"
		args = []any{int64(*at)}
	}
	return c.query(sql, args, func(row *sqlite.Stmt) error {
		s, err := scanDecision(row)
		if err != nil {
			return err
		}
		return to.Merge(s)
	})
}

// Changes delivers what became different after a revision.
func (s *Store) Changes(ctx context.Context, since graph.Revision, to graph.Sink) (head graph.Head, err error) {
	err = s.read(ctx, "reading the changes", func(c *conn) error {
		m, err := readMeta(c)
		switch {
		case err != nil:
			return err
		case since > m.revision:
			return fmt.Errorf("%w: revision %d is beyond the head, %d", graph.ErrInvalid, since, m.revision)
		case since < m.floor:
			return fmt.Errorf("%w: changes are kept from revision %d on, not from %d", graph.ErrRevisionCompacted, m.floor, since)
		}
		head = m.head()
		if since == m.revision {
			return nil
		}
		if err := c.deliverChanges(ctx, since, m.revision, to); err != nil {
			return err
		}
		return c.deliverDecided(since, to)
	})
	if err != nil {
		return graph.Head{}, err
	}
	return head, nil
}

// deliverChanges gives each statement that was changed after a revision to the sink, as it is now, at head.
func (c *conn) deliverChanges(ctx context.Context, since, head graph.Revision, to graph.Sink) error {
	used, err := readUsedFields(c)
	if err != nil {
		return err
	}
	texts := newInterner()
	keys := anyKeyReader{texts: texts}
	var cursors [graph.NumKinds]*liveCursor
	defer func() {
		for _, cursor := range cursors {
			if cursor != nil {
				_ = cursor.stmt.Reset()
			}
		}
	}()
	which := "revision > ?"
	if head == since+1 {
		which = "revision = 1 + ?" // no key comes twice in one revision: nothing need be sorted
	}
	var statement graph.Statement
	return c.query("SELECT DISTINCT "+anyKey+" FROM change WHERE "+which+" ORDER BY "+anyKey, []any{int64(since)}, func(row *sqlite.Stmt) (err error) {
		if err := ctx.Err(); err != nil {
			return err
		}
		var key graph.Key
		if err := keys.read(row, 0, &key); err != nil {
			return err
		}
		cursor := cursors[key.Kind]
		if cursor == nil {
			t := tables[key.Kind]
			if cursor, err = newLiveCursor(c, t, used.of(t, false), texts); err != nil {
				return err
			}
			cursors[key.Kind] = cursor
		}
		if err := cursor.seek(&key); err != nil {
			return err
		}
		if !cursor.valid || cursor.key != key {
			return to.Withdraw(key)
		}
		statement.Key, statement.Fields = key, cursor.appendFields(statement.Fields[:0])
		return to.Put(&statement)
	})
}

// deliverDecided gives the decisions made or taken back after a revision to the sink.
func (c *conn) deliverDecided(since graph.Revision, to graph.Sink) error {
	var keys []graph.NodeKey
	err := c.query("SELECT kind, id FROM merge WHERE revision > ?1 UNION SELECT kind, id FROM merge_history WHERE removed > ?1", []any{int64(since)}, func(row *sqlite.Stmt) error {
		kind, err := graph.ParseKind(row.ColumnText(0))
		keys = append(keys, graph.NodeKey{Kind: kind, ID: row.ColumnText(1)})
		return err
	})
	if err != nil {
		return err
	}
	for _, key := range keys {
		s, _, err := readDecision(c, key)
		switch {
		case err != nil:
		case s != nil:
			err = to.Merge(*s)
		default:
			err = to.Unmerge(key.Kind, key.ID)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// Details are the live statements with these keys, with all their fields.
func (s *Store) Details(ctx context.Context, keys []graph.Key) (found []graph.Statement, err error) {
	err = s.read(ctx, "reading details", func(c *conn) error {
		texts := newInterner()
		var scanners [graph.NumKinds]*scanner
		for i := range keys {
			if keys[i].Kind >= graph.NumKinds {
				continue // nothing has it
			}
			if scanners[keys[i].Kind] == nil {
				t := tables[keys[i].Kind]
				sc := newScanner(t, t.fields, texts)
				if sc.stmt, err = c.Prepare("SELECT " + sc.columns() + " FROM " + t.name + " WHERE " + t.keyEquals()); err != nil {
					return err
				}
				scanners[t.kind] = sc
			}
			fields, live, err := scanners[keys[i].Kind].find(&keys[i])
			if err != nil {
				return err
			}
			if live {
				found = append(found, graph.Statement{Key: keys[i], Fields: fields})
			}
		}
		return nil
	})
	return found, err
}

// find reads the fields of the row with a key.
func (s *scanner) find(key *graph.Key) (fields []graph.Field, live bool, err error) {
	for i := range s.table.keys {
		s.stmt.BindText(i+1, s.table.keyColumn(key, i))
	}
	if live, err = s.stmt.Step(); err != nil {
		return nil, false, err
	}
	if live {
		fields = s.appendFields(nil)
	}
	return fields, live, s.stmt.Reset()
}
