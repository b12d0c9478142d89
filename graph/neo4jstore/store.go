package neo4jstore

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/url"
	"sync/atomic"
	"time"

	"github.com/neo4j/neo4j-go-driver/v6/neo4j"
	"github.com/neo4j/neo4j-go-driver/v6/neo4j/config"
	"github.com/neo4j/neo4j-go-driver/v6/neo4j/notifications"

	"github.com/tributarygraph/tributary/graph"
)

// Options say how to connect.
type Options struct {
	User     string // without a user, no authentication is tried
	Password string
	Database string // the user's home database when empty
	// Timeout limits each transaction, waiting for other writers and retries included; 2 minutes when 0.
	// Most calls are one transaction; Read is many.
	Timeout time.Duration
	// RetryFor limits how long a transaction is tried again when the server cannot be reached or asks for
	// it; 10 seconds when 0.
	RetryFor time.Duration
}

const (
	defaultTimeout  = 2 * time.Minute
	defaultRetryFor = 10 * time.Second
	connectTimeout  = 5 * time.Second
	defaultPort     = "7687"
	batchSize       = 5000 // statements a transaction; larger ones gain nothing
)

// Store is a graph in a Neo4j database.
type Store struct {
	driver    neo4j.Driver
	bookmarks neo4j.BookmarkManager // reads see what this process wrote, also on another member of a cluster
	target    string                // the address without credentials, for messages
	address   string                // host and port
	opts      Options
	gone      atomic.Bool // the last call could not reach the server
}

var (
	_ graph.Store      = (*Store)(nil)
	_ graph.BatchSizer = (*Store)(nil)
)

// Open connects to the database at a neo4j:// or bolt:// address (with +s or +ssc for TLS) and prepares it at
// its first use. It does not return before the server has answered, and its errors say what was tried and what
// to do: ErrInvalid for a malformed address, ErrUnavailable when the server cannot be reached or refuses the
// user, the password or the database, ErrSchema when the database holds something else.
func Open(ctx context.Context, uri string, opts Options) (*Store, error) {
	s, err := connect(uri, opts)
	if err != nil {
		return nil, err
	}
	if err := s.greet(ctx); err != nil {
		s.Close()
		return nil, err
	}
	if err := s.prepare(ctx); err != nil {
		s.Close()
		return nil, err
	}
	return s, nil
}

// connect makes the store without speaking to the server.
func connect(uri string, opts Options) (*Store, error) {
	parsed, err := url.Parse(uri)
	if err != nil || parsed.Host == "" {
		return nil, fmt.Errorf("%w: Neo4j address %q; write it as neo4j://HOST:7687 or bolt://HOST:7687 (neo4j+s:// for TLS)", graph.ErrInvalid, uri)
	}
	if parsed.User != nil {
		return nil, fmt.Errorf("%w: the Neo4j address %s holds a user; give user and password on their own", graph.ErrInvalid, parsed.Redacted())
	}
	auth := neo4j.NoAuth()
	if opts.User != "" {
		auth = neo4j.BasicAuth(opts.User, opts.Password, "")
	}
	opts.Timeout = cmp.Or(opts.Timeout, defaultTimeout)
	opts.RetryFor = cmp.Or(opts.RetryFor, defaultRetryFor)
	driver, err := neo4j.NewDriver(uri, auth, func(c *config.Config) {
		c.MaxTransactionRetryTime = opts.RetryFor
		c.ConnectionAcquisitionTimeout = opts.RetryFor
		c.SocketConnectTimeout = connectTimeout
		c.TelemetryDisabled = true
		c.NotificationsMinSeverity = notifications.DisabledLevel
		c.ReadBufferSize = 64 << 10
	})
	if err != nil {
		return nil, fmt.Errorf("%w: Neo4j address %q: %v; write it as neo4j://HOST:7687 or bolt://HOST:7687 (neo4j+s:// for TLS)", graph.ErrInvalid, uri, err)
	}
	return &Store{
		driver:    driver,
		bookmarks: neo4j.NewBookmarkManager(neo4j.BookmarkManagerConfig{}),
		target:    parsed.Redacted(),
		address:   net.JoinHostPort(parsed.Hostname(), cmp.Or(parsed.Port(), defaultPort)),
		opts:      opts,
	}, nil
}

// greet fails at once when nobody listens at the address, or no Neo4j: who opens a store wants to know of a mistake
// in it. Trying again is for work under way, and for a server that answers.
func (s *Store) greet(ctx context.Context) error {
	err := s.dial(ctx)
	if err == nil {
		err = s.once(ctx, neo4j.AccessModeRead, "RETURN 1")
		if !isLost(err) {
			return nil // what else may be wrong shows in what follows
		}
	}
	return s.explain(ctx, err)
}

// dial finds out whether somebody listens at the address.
func (s *Store) dial(ctx context.Context) error {
	conn, err := (&net.Dialer{Timeout: connectTimeout}).DialContext(ctx, "tcp", s.address)
	if err != nil {
		return err
	}
	return conn.Close()
}

// Close closes the connections. Calls under way fail.
func (s *Store) Close() error {
	ctx, cancel := context.WithTimeout(context.Background(), connectTimeout)
	defer cancel()
	return s.driver.Close(ctx)
}

// BatchSize is how many statements a batch should have.
func (s *Store) BatchSize() int { return batchSize }

// Head reads one node. It is tried twice at most, in case a connection broke, and not for long: who follows the
// store asks for the head again and again, and is to know soon that the server is gone, and that it is back.
func (s *Store) Head(ctx context.Context) (head graph.Head, err error) {
	work := func(tx transaction) error {
		m, err := tx.meta()
		head = m.head()
		return err
	}
	err = s.glance(ctx, work)
	if isLost(err) && ctx.Err() == nil {
		err = s.glance(ctx, work)
	}
	if s.gone.Store(isLost(err)); err != nil {
		return head, s.explain(ctx, err)
	}
	return head, nil
}

// glance runs work that only reads in a transaction that is not tried again. The error is the driver's.
func (s *Store) glance(ctx context.Context, work func(transaction) error) error {
	limited, cancel := context.WithTimeout(ctx, s.opts.Timeout)
	defer cancel()
	session := s.session(limited, neo4j.AccessModeRead)
	defer session.Close(limited)
	tx, err := session.BeginTransaction(limited, neo4j.WithTxTimeout(s.opts.Timeout))
	if err != nil {
		return err
	}
	return errors.Join(work(transaction{limited, tx}), tx.Close(limited))
}

func (s *Store) session(ctx context.Context, mode neo4j.AccessMode) neo4j.Session {
	return s.driver.NewSession(ctx, neo4j.SessionConfig{AccessMode: mode, DatabaseName: s.opts.Database, BookmarkManager: s.bookmarks})
}

// Imports lists the imports ever begun, the oldest first.
func (s *Store) Imports(ctx context.Context) (imports []graph.Import, err error) {
	err = s.read(ctx, func(tx transaction) error {
		imports = nil
		return tx.each("MATCH (i:TributaryImport) RETURN properties(i) ORDER BY i.seq", nil, func(row []any) error {
			imports = append(imports, decodeImport(row[0].(map[string]any)))
			return nil
		})
	})
	return imports, err
}

// errMade stands for an error of the caller's or of this package's making, which leaves through the driver's
// transaction functions as it is.
type errMade struct{ error }

func (e errMade) Unwrap() error { return e.error }

// read runs work in a transaction that only reads, on any member of a cluster. The work may be run again; it
// must begin anew each time.
func (s *Store) read(ctx context.Context, work func(transaction) error) error {
	_, err := s.transact(ctx, neo4j.AccessModeRead, work)
	return err
}

// fromLeader runs work that only reads on the member of a cluster that writes, which is never behind what a
// transaction at the gate saw.
func (s *Store) fromLeader(ctx context.Context, work func(transaction) error) error {
	_, err := s.transact(ctx, neo4j.AccessModeWrite, work)
	return err
}

// settled runs work that only reads in one transaction, the second part of it at the gate: every commit that the
// first part, or any reader before, can have seen something of is wholly visible to the second. Neo4j makes a
// commit visible piece by piece, its index entries last; but a writer locks the gate before it commits, and
// keeps the lock until all is visible. first may be nil.
func (s *Store) settled(ctx context.Context, first, second func(transaction) error) error {
	_, err := s.transact(ctx, neo4j.AccessModeWrite, func(tx transaction) error {
		if first != nil {
			if err := first(tx); err != nil {
				return err
			}
		}
		if err := tx.exec(`MATCH (g:TributaryGate {id: "gate"}) SET g.passed = true`, nil); err != nil {
			return err
		}
		if err := second(tx); err != nil {
			return err
		}
		return errMade{errRollBack} // nothing was written; only the lock was wanted
	})
	if errors.Is(err, errRollBack) {
		return nil
	}
	return err
}

// errRollBack ends a transaction that succeeded without committing it.
var errRollBack = errors.New("roll back")

// write runs work in a transaction. Work that was committed without the commit being acknowledged is run again,
// so it must find out whether it was done before.
func (s *Store) write(ctx context.Context, work func(transaction) error) error {
	limited, cancel := context.WithTimeout(ctx, s.opts.Timeout)
	defer cancel()
	for {
		unsure, err := s.transact(limited, neo4j.AccessModeWrite, work)
		if !unsure || limited.Err() != nil {
			return err
		}
	}
}

// transact runs work in a transaction, which the driver retries. unsure says that the transaction may have been
// committed although there is an error.
func (s *Store) transact(ctx context.Context, mode neo4j.AccessMode, work func(transaction) error) (unsure bool, err error) {
	limited, cancel := context.WithTimeout(ctx, s.opts.Timeout)
	defer cancel()
	if s.gone.Load() { // no new attempts for the whole time, call after call: it is either back or not
		if err := s.dial(limited); err != nil {
			return false, s.explain(ctx, err)
		}
	}
	session := s.session(limited, mode)
	defer session.Close(limited)
	execute := session.ExecuteRead
	if mode == neo4j.AccessModeWrite {
		execute = session.ExecuteWrite
	}
	committing := false
	_, err = execute(limited, func(tx neo4j.ManagedTransaction) (any, error) {
		committing = false
		err := work(transaction{limited, tx})
		committing = err == nil
		return nil, err
	}, neo4j.WithTxTimeout(s.opts.Timeout))
	if s.gone.Store(isLost(err)); err == nil {
		return false, nil
	}
	var connectivity *neo4j.ConnectivityError
	return committing && errors.As(err, &connectivity), s.explain(ctx, err)
}

// transaction is a transaction under way.
type transaction struct {
	ctx context.Context
	tx  neo4j.ManagedTransaction
}

// each runs a query and hands its rows to do. The values of a row are not used again.
func (t transaction) each(query string, params map[string]any, do func(row []any) error) error {
	result, err := t.tx.Run(t.ctx, query, params)
	if err != nil {
		return err
	}
	for result.Next(t.ctx) {
		if err := do(result.Record().Values); err != nil {
			return err
		}
	}
	return result.Err()
}

// exec runs a query whose rows do not matter.
func (t transaction) exec(query string, params map[string]any) error {
	result, err := t.tx.Run(t.ctx, query, params)
	if err != nil {
		return err
	}
	_, err = result.Consume(t.ctx)
	return err
}

// meta is the store's own record.
type meta struct {
	uuid     string
	revision graph.Revision
	floor    graph.Revision // changes up to this revision were not kept
	trimmed  graph.Revision // of these, changes up to this revision were kept once
	imports  int64          // Import.Seq of the last import begun
	live     int64          // how many statements are live
	calls    []any          // results of the last calls without an import step, see record
}

func (m meta) head() graph.Head { return graph.Head{UUID: m.uuid, Revision: m.revision} }

func decodeMeta(p map[string]any) meta {
	calls, _ := p["calls"].([]any)
	return meta{
		uuid:     text(p["uuid"]),
		revision: graph.Revision(integer(p["revision"])),
		floor:    graph.Revision(integer(p["floor"])),
		trimmed:  graph.Revision(integer(p["trimmed"])),
		imports:  integer(p["imports"]),
		live:     integer(p["statements"]),
		calls:    calls,
	}
}

var errNoMeta = errMade{fmt.Errorf("%w: the Neo4j database holds no Tributary graph any more; open it again to make a new one", graph.ErrSchema)}

// meta reads the store's record; ErrSchema when there is none.
func (t transaction) meta() (m meta, err error) {
	found := false
	err = t.each(`MATCH (m:TributaryMeta {id: "meta"}) RETURN properties(m)`, nil, func(row []any) error {
		found = true
		m = decodeMeta(row[0].(map[string]any))
		return nil
	})
	if err == nil && !found {
		err = errNoMeta
	}
	return m, err
}

func decodeImport(p map[string]any) graph.Import {
	i := graph.Import{
		Seq:     integer(p["seq"]),
		Batches: int(integer(p["batches"])),
		Counts: graph.Counts{
			Created:   int(integer(p["created"])),
			Changed:   int(integer(p["changed"])),
			Unchanged: int(integer(p["unchanged"])),
			Withdrawn: int(integer(p["withdrawn"])),
		},
		Revision: graph.Revision(integer(p["revision"])),
		Started:  instant(p["started"]),
		Finished: instant(p["finished"]),
	}
	i.Key, _ = p["key"].(string)
	i.Dataset, _ = p["dataset"].(string)
	status, _ := p["status"].(string)
	i.Status = graph.ImportStatus(status)
	if info, _ := p["info"].(string); info != "" {
		i.Info = json.RawMessage(info)
	}
	return i
}

// integer is a number of the database; 0 for anything else.
func integer(v any) int64 {
	n, _ := v.(int64)
	return n
}

// instant is a time of the database in UTC; the zero time for anything else.
func instant(v any) time.Time {
	t, ok := v.(time.Time)
	if !ok {
		return time.Time{}
	}
	return t.UTC()
}

// orNull is the time as a property: none for the zero time.
func orNull(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return t.UTC()
}
