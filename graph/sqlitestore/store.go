// Package sqlitestore keeps the graph in one SQLite file. See docs/sqlite.md for its tables.
package sqlitestore

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"sync"
	"time"

	"github.com/tributarygraph/tributary/graph"
	"zombiezen.com/go/sqlite"
	"zombiezen.com/go/sqlite/sqlitex"
)

// Store is a graph.Store in one SQLite file, shared with any number of other handles and processes.
type Store struct {
	path string
	opts options

	// mu is held for reading by every call, and for writing to close the file or to change over to the one
	// that has taken its place.
	mu sync.RWMutex
	db *database // nil when closed
}

var (
	_ graph.Store      = (*Store)(nil)
	_ graph.State      = (*Store)(nil)
	_ graph.BatchSizer = (*Store)(nil)
)

// Option changes how a store is opened.
type Option func(*options)

type options struct {
	lockWait time.Duration
}

// WithLockWait sets how long a write waits for another process that is writing, before it fails with
// graph.ErrUnavailable. The default is one minute.
func WithLockWait(d time.Duration) Option { return func(o *options) { o.lockWait = d } }

// Tuning, measured with the benchmarks beside this file.
const (
	pageSize        = 8192    // bytes; larger ones cost more to allocate than flatter trees save
	writeCache      = 128_000 // KiB of pages that a write keeps in memory before it spills into the WAL
	readCache       = 8_000   // KiB
	checkpointPages = 8_000   // the WAL is moved into the file after so many pages, 64 MB
	walKept         = 1 << 28 // bytes: a WAL that grew beyond is cut back
	readersKept     = 4       // idle connections
	batchSize       = 200_000 // statements
)

// BatchSize is the number of statements that a batch should have to be written fast.
func (s *Store) BatchSize() int { return batchSize }

// Open opens the store at path and creates it when there is no file. An older schema is brought up to date.
// An error wraps graph.ErrSchema when the file is not a store, or was written by a newer program, and
// graph.ErrUnavailable when it cannot be reached.
func Open(ctx context.Context, path string, opts ...Option) (*Store, error) {
	s := &Store{path: path, opts: options{lockWait: time.Minute}}
	for _, opt := range opts {
		opt(&s.opts)
	}
	var err error
	if s.db, err = openDatabase(ctx, path, s.opts); err != nil {
		return nil, err
	}
	return s, nil
}

// Close releases the file. It waits for the calls under way.
func (s *Store) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.db == nil {
		return nil
	}
	err := s.db.close()
	s.db = nil
	return explain(context.Background(), s.path, "closing", err)
}

// use calls f with the database, which stays open until f returns. When another file has been put in the
// place of the one that was opened, that is opened first.
func (s *Store) use(ctx context.Context, f func(*database) error) error {
	for {
		if err := context.Cause(ctx); err != nil {
			return err
		}
		s.mu.RLock()
		if s.db == nil {
			s.mu.RUnlock()
			return fmt.Errorf("%w: %s: the store is closed", graph.ErrUnavailable, s.path)
		}
		if s.db.inPlace() {
			defer s.mu.RUnlock()
			return f(s.db)
		}
		s.mu.RUnlock()
		if err := s.reopen(ctx); err != nil {
			return err
		}
	}
}

// reopen changes over to the file that is now at the path.
func (s *Store) reopen(ctx context.Context) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.db == nil || s.db.inPlace() {
		return nil // closed, or another call was faster
	}
	if _, err := os.Stat(s.path); errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%w: %s: the file is gone; put it back, or restart to have a new store made", graph.ErrUnavailable, s.path)
	}
	s.db.abandon()
	db, err := openDatabase(ctx, s.path, s.opts)
	if err != nil {
		return err
	}
	s.db = db
	return nil
}

// database is the connections onto one file.
type database struct {
	path    string
	opts    options
	file    fs.FileInfo // of the file as opened; tells when another takes its place
	wal     fs.FileInfo // of its WAL; nil when it had none yet
	writer  chan *conn  // holds the one connection that writes, while it is idle
	readers chan *conn  // idle connections that read
	pinned  chan *conn  // holds the connection that looks at the head, while it is idle
}

// conn is a connection with what is prepared on it.
type conn struct {
	*sqlite.Conn
	inserts map[string]*sqlite.Stmt // see rowWriter
}

func openDatabase(ctx context.Context, path string, opts options) (db *database, err error) {
	writer, err := openConn(path)
	if err != nil {
		return nil, explain(ctx, path, "opening", err)
	}
	defer func() {
		if err != nil {
			_ = writer.Close()
		}
	}()
	if err = prepareFile(ctx, writer, path, opts); err != nil {
		return nil, err
	}
	db = &database{path: path, opts: opts, writer: make(chan *conn, 1), readers: make(chan *conn, readersKept), pinned: make(chan *conn, 1)}
	if db.file, err = os.Stat(path); err != nil {
		return nil, fmt.Errorf("%w: %w", graph.ErrUnavailable, err)
	}
	pinned, err := openConn(path)
	if err != nil {
		return nil, explain(ctx, path, "opening", err)
	}
	if _, err = readMeta(pinned); err != nil {
		_ = pinned.Close()
		return nil, explain(ctx, path, "opening", err)
	}
	if wal, err := os.Stat(path + "-wal"); err == nil {
		db.wal = wal
	}
	db.writer <- writer
	db.pinned <- pinned
	return db, nil
}

func openConn(path string) (*conn, error) {
	c, err := sqlite.OpenConn(path, sqlite.OpenReadWrite|sqlite.OpenCreate)
	if err != nil {
		return nil, err
	}
	if err = run(c, fmt.Sprintf("PRAGMA cache_size = -%d", readCache)); err != nil {
		_ = c.Close()
		return nil, err
	}
	return &conn{Conn: c, inserts: map[string]*sqlite.Stmt{}}, nil
}

// inPlace reports whether the path still leads to the file that was opened.
func (db *database) inPlace() bool {
	now, err := os.Stat(db.path)
	return err == nil && os.SameFile(now, db.file) && db.writer != nil
}

// replacing is held while a WAL that belongs to a file that is gone is removed.
var replacing sync.Mutex

// abandon closes the connections onto a file that has lost its place. Its WAL still bears the name that the
// WAL of the file that is there now will have, and SQLite would replay it into that: it is emptied into the
// old file, which may have been moved elsewhere, and removed.
func (db *database) abandon() {
	replacing.Lock()
	defer replacing.Unlock()
	if db.writer == nil {
		return // it was done before
	}
	c := <-db.writer
	_ = run(c.Conn, "PRAGMA wal_checkpoint(TRUNCATE)") // as far as others let it
	db.writer <- c
	_ = db.close()
	if wal, err := os.Stat(db.path + "-wal"); err == nil && db.wal != nil && os.SameFile(wal, db.wal) {
		_ = os.Remove(db.path + "-wal")
		_ = os.Remove(db.path + "-shm")
	}
}

// close closes every connection; nobody may be using them.
func (db *database) close() error {
	var all []error
	for _, idle := range []chan *conn{db.pinned, db.readers, db.writer} { // the writer last: it tidies up
		for range len(idle) {
			all = append(all, (<-idle).Close())
		}
	}
	db.writer = nil
	return errors.Join(all...)
}

// Close finalizes what is prepared and closes the connection.
func (c *conn) Close() error {
	c.forgetInserts()
	return c.Conn.Close()
}

// prepareFile makes the file a store, or checks that it is one of a version that can be used.
func prepareFile(ctx context.Context, c *conn, path string, opts options) error {
	defer c.interruptBy(ctx, opts.lockWait)()
	id, version, objects, err := inspect(c)
	if err != nil {
		return explain(ctx, path, "opening", err)
	}
	fresh := id == 0 && version == 0 && objects == 0
	switch {
	case fresh:
		err = run(c.Conn, fmt.Sprintf("PRAGMA page_size = %d", pageSize))
	case id != applicationID:
		return fmt.Errorf("%w: %s: it is an SQLite file of another program (application id %#x, %d tables and indexes); name another path", graph.ErrSchema, path, uint32(id), objects)
	case version > schemaVersion():
		return fmt.Errorf("%w: %s: its schema has version %d, and this program knows up to %d; use a newer program, or export with the one that wrote it and import into a new store", graph.ErrSchema, path, version, schemaVersion())
	}
	if err == nil {
		err = run(c.Conn, "PRAGMA journal_mode = WAL", "PRAGMA synchronous = FULL", fmt.Sprintf("PRAGMA cache_size = -%d", writeCache),
			fmt.Sprintf("PRAGMA wal_autocheckpoint = %d", checkpointPages), fmt.Sprintf("PRAGMA journal_size_limit = %d", walKept))
	}
	if err != nil {
		return explain(ctx, path, "opening", err)
	}
	if !fresh && version == schemaVersion() {
		return nil
	}
	return explain(ctx, path, "making the tables", upgrade(c))
}

// inspect tells whose file it is.
func inspect(c *conn) (id, version, objects int, err error) {
	for _, q := range []struct {
		sql string
		to  *int
	}{
		{"PRAGMA application_id", &id},
		{"PRAGMA user_version", &version},
		{"SELECT count(*) FROM sqlite_schema", &objects},
	} {
		err := sqlitex.ExecuteTransient(c.Conn, q.sql, &sqlitex.ExecOptions{ResultFunc: func(row *sqlite.Stmt) error {
			*q.to = row.ColumnInt(0)
			return nil
		}})
		if err != nil {
			return 0, 0, 0, err
		}
	}
	return id, version, objects, nil
}

// upgrade makes the tables, or brings those of an older version up to date, in one transaction. Another
// process may have done it meanwhile.
func upgrade(c *conn) error {
	if err := run(c.Conn, "BEGIN IMMEDIATE"); err != nil {
		return err
	}
	_, version, objects, err := inspect(c)
	switch {
	case err != nil:
	case version == 0 && objects == 0:
		if err = run(c.Conn, schema()...); err == nil {
			err = sqlitex.ExecuteTransient(c.Conn, "INSERT INTO meta (one, uuid, revision, floor, state_version) VALUES (1, ?, 0, 0, 0)", &sqlitex.ExecOptions{Args: []any{newUUID()}})
		}
	default:
		for v := version; v < schemaVersion() && err == nil; v++ {
			if err = run(c.Conn, migrations[v-1].sql...); err != nil {
				err = fmt.Errorf("bringing the schema from version %d to %d (%s): %w", v, v+1, migrations[v-1].what, err)
			}
		}
	}
	if err == nil {
		err = run(c.Conn, fmt.Sprintf("PRAGMA application_id = %d", applicationID), fmt.Sprintf("PRAGMA user_version = %d", schemaVersion()), "COMMIT")
	}
	if err != nil {
		c.rollback()
	}
	return err
}

func newUUID() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}

// run executes statements that have no parameters.
func run(c *sqlite.Conn, statements ...string) error {
	for _, sql := range statements {
		if err := sqlitex.ExecuteTransient(c, sql, nil); err != nil {
			return err
		}
	}
	return nil
}

// interruptBy makes the connection stop when the context ends or, where wait is not 0, after so long; the
// function that it returns ends that.
func (c *conn) interruptBy(ctx context.Context, wait time.Duration) (end func()) {
	cancel := func() {}
	if wait > 0 {
		ctx, cancel = context.WithTimeout(ctx, wait)
	}
	c.SetInterrupt(ctx.Done())
	return func() {
		c.SetInterrupt(nil)
		cancel()
	}
}

func (c *conn) rollback() {
	c.SetInterrupt(nil)
	if !c.AutocommitEnabled() { // some errors have rolled back already
		_ = run(c.Conn, "ROLLBACK")
	}
}

// write calls f in a transaction that no other writer can come into, and commits where f returns true.
func (s *Store) write(ctx context.Context, doing string, f func(*conn) (commit bool, err error)) error {
	return s.use(ctx, func(db *database) error {
		var c *conn
		select {
		case c = <-db.writer:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
		defer func() { db.writer <- c }()
		return explain(ctx, s.path, doing, c.transaction(ctx, db.opts.lockWait, f))
	})
}

func (c *conn) transaction(ctx context.Context, lockWait time.Duration, f func(*conn) (bool, error)) error {
	end := c.interruptBy(ctx, lockWait)
	err := c.exec("BEGIN IMMEDIATE")
	end()
	if err != nil {
		return err
	}
	end = c.interruptBy(ctx, 0)
	commit, err := f(c)
	if err == nil && commit {
		err = c.exec("COMMIT")
	}
	end()
	if err != nil || !commit {
		c.rollback()
	}
	return err
}

// read calls f in a transaction that sees one state of the store.
func (s *Store) read(ctx context.Context, doing string, f func(*conn) error) error {
	return s.use(ctx, func(db *database) error {
		c, err := db.reader()
		if err != nil {
			return explain(ctx, s.path, doing, err)
		}
		end := c.interruptBy(ctx, 0)
		if err = c.exec("BEGIN"); err == nil {
			err = f(c)
		}
		end()
		c.rollback()
		db.release(c)
		return explain(ctx, s.path, doing, err)
	})
}

func (db *database) reader() (*conn, error) {
	select {
	case c := <-db.readers:
		return c, nil
	default:
		return openConn(db.path)
	}
}

func (db *database) release(c *conn) {
	select {
	case db.readers <- c:
	default:
		_ = c.Close() // enough are idle
	}
}

// Head is the current revision.
func (s *Store) Head(ctx context.Context) (graph.Head, error) {
	var m meta
	err := s.use(ctx, func(db *database) (err error) {
		var c *conn
		select {
		case c = <-db.pinned:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
		defer func() { db.pinned <- c }()
		end := c.interruptBy(ctx, 0)
		m, err = readMeta(c)
		end()
		return explain(ctx, s.path, "reading the head", err)
	})
	return m.head(), err
}

// meta is the one row of the table meta.
type meta struct {
	uuid         string
	revision     graph.Revision
	floor        graph.Revision // the changes up to here are not kept one by one
	stateVersion uint64         // the last one given
}

func (m *meta) head() graph.Head { return graph.Head{UUID: m.uuid, Revision: m.revision} }

func readMeta(c *conn) (m meta, err error) {
	found := false
	err = c.query("SELECT uuid, revision, floor, state_version FROM meta", nil, func(row *sqlite.Stmt) error {
		found = true
		m = meta{row.ColumnText(0), graph.Revision(row.ColumnInt64(1)), graph.Revision(row.ColumnInt64(2)), uint64(row.ColumnInt64(3))}
		return nil
	})
	if err == nil && !found {
		err = fmt.Errorf("%w: the table meta is empty", graph.ErrSchema)
	}
	return m, err
}

func (m *meta) write(c *conn) error {
	return c.exec("UPDATE meta SET revision = ?, floor = ?, state_version = ?", int64(m.revision), int64(m.floor), int64(m.stateVersion))
}

// exec executes a statement that returns no rows; it stays prepared.
func (c *conn) exec(sql string, args ...any) error { return c.query(sql, args, nil) }

// query executes a statement, which stays prepared, and calls row for each row.
func (c *conn) query(sql string, args []any, row func(*sqlite.Stmt) error) error {
	return sqlitex.Execute(c.Conn, sql, &sqlitex.ExecOptions{Args: args, ResultFunc: row})
}
