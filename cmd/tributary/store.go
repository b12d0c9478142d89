package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"runtime/debug"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/tributarygraph/tributary/graph"
	"github.com/tributarygraph/tributary/graph/neo4jstore"
	"github.com/tributarygraph/tributary/graph/sqlitestore"
)

// defaultStore is the store of every command but demo, in the current folder: a file that the user sees, can
// copy, and can delete.
const defaultStore = "tributary.db"

// storeFlags say where statements are kept.
type storeFlags struct {
	target       string
	said         string // by the user, where target is a passing one instead
	user         string
	password     string
	passwordFile string
	database     string
	timeout      time.Duration
}

// stores adds the flags that name the store.
func (p *program) stores(cmd *cobra.Command) { storeOptions(cmd, &p.store, defaultStore) }

// storeOptions adds flags that name a store; initial is where it is when nothing is said.
func storeOptions(cmd *cobra.Command, s *storeFlags, initial string) {
	inGroup(cmd, groupStore, func(f *pflag.FlagSet) {
		f.StringVar(&s.target, "store", initial, "a `FILE` (made by the first import), or neo4j://HOST:7687 or bolt://HOST:7687 (+s for TLS)")
		f.StringVar(&s.user, "neo4j-user", "neo4j", "`USER` of Neo4j; empty for a server without authentication")
		f.StringVar(&s.password, "neo4j-password", "", "`PASSWORD` of Neo4j; better in TRIBUTARY_NEO4J_PASSWORD or a file, which other users cannot see")
		f.StringVar(&s.passwordFile, "neo4j-password-file", "", "`FILE` that holds the password and nothing else")
		f.StringVar(&s.database, "neo4j-database", "", "`DATABASE` of Neo4j (default: the user's home database)")
		f.DurationVar(&s.timeout, "neo4j-timeout", 2*time.Minute, "longest `TIME` that one transaction of Neo4j may take")
	})
}

// access says what a command does with the store.
type access int

const (
	toRead  access = iota // it must be there
	toWrite               // a file is made when it is not there
)

// openStore opens the store that the flags name.
func (p *program) openStore(ctx context.Context, a access) (graph.Store, error) {
	if scheme, _, found := strings.Cut(p.store.target, "://"); found {
		return p.openNeo4j(ctx, scheme)
	}
	if err := p.checkFile(p.store.target, a); err != nil {
		return nil, err
	}
	store, err := sqlitestore.Open(ctx, p.store.target)
	if err != nil {
		return nil, p.explainFile(err)
	}
	return store, nil
}

// storeName names the store to people, without the password that an address may hold.
func (p *program) storeName() string {
	name := cmp.Or(p.store.said, p.store.target)
	if address, err := url.Parse(name); err == nil && address.Host != "" {
		return address.Redacted()
	}
	return name
}

// onStore is the flag that a suggested command needs to meet the same store; empty where it finds it by itself.
func (p *program) onStore() string {
	if name := p.storeName(); name != defaultStore && name != p.env["TRIBUTARY_STORE"] {
		return " --store " + shellWord(name)
	}
	return ""
}

func (p *program) openNeo4j(ctx context.Context, scheme string) (graph.Store, error) {
	if base, _, _ := strings.Cut(scheme, "+"); base != "neo4j" && base != "bolt" {
		return nil, usagef("--store %s: unknown kind of address; allowed: a file, neo4j://HOST:7687 or bolt://HOST:7687 (neo4j+s:// and bolt+s:// for TLS)", p.store.target)
	}
	password, err := p.neo4jPassword()
	if err != nil {
		return nil, err
	}
	o := neo4jstore.Options{User: p.store.user, Password: password, Database: p.store.database, Timeout: p.store.timeout}
	if password == "" {
		o.User = "" // a server with authentication says so; one without takes anybody
	}
	store, err := neo4jstore.Open(ctx, p.store.target, o)
	switch {
	case neo4jstore.IsLogin(err):
		return nil, hint(err, "user: --neo4j-user (%s); password: TRIBUTARY_NEO4J_PASSWORD or --neo4j-password-file (%s)",
			cmp.Or(p.store.user, "none"), map[bool]string{true: "none given", false: "given"}[password == ""])
	case errors.Is(err, graph.ErrUnavailable):
		return nil, hint(err, "the address: --store or TRIBUTARY_STORE; without a server: --store FILE keeps everything in one file")
	case errors.Is(err, graph.ErrSchema):
		return nil, hint(err, "another database of the server: --neo4j-database NAME; without a server: --store FILE keeps everything in one file")
	case err != nil:
		return nil, err
	}
	return store, nil
}

func (p *program) neo4jPassword() (string, error) {
	if p.store.passwordFile == "" {
		return p.store.password, nil
	}
	text, err := os.ReadFile(p.store.passwordFile)
	if err != nil {
		return "", hint(fmt.Errorf("--neo4j-password-file: %w", err), "the file holds the password and nothing else")
	}
	return strings.TrimRight(string(text), "\r\n"), nil
}

// hostAndPort is an address without its kind, which would become a file of that name.
var hostAndPort = regexp.MustCompile(`^[^/\\]+:\d+$`)

// checkFile finds out what is wrong with a file before SQLite does, whose words for it are its own.
func (p *program) checkFile(path string, a access) error {
	info, err := os.Stat(path)
	switch {
	case err == nil && info.IsDir():
		return hint(fmt.Errorf("--store %s is a folder, not a file", path), "name a file in it: --store %s", filepath.Join(path, defaultStore))
	case err == nil:
		return nil
	case hostAndPort.MatchString(path):
		return usagef("--store %s: a Neo4j is written neo4j://%s", path, path)
	case !errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("--store %s: %w", path, err)
	case a == toWrite:
		folder := filepath.Dir(path)
		if _, err := os.Stat(folder); err != nil {
			return hint(fmt.Errorf("--store %s: the folder %s is not there", path, folder), "make it first: mkdir -p %s", folder)
		}
		return nil
	}
	err = fmt.Errorf("%w: there is no store %s here", graph.ErrNotFound, path)
	if _, demo := os.Stat(demoStore); demo == nil && path == defaultStore {
		return hint(err, "the demo's is here: add --store %s\nor import your own first: %s import FILE", demoStore, p.self)
	}
	return hint(err, "import first (%s import FILE), see the sample (%s demo),\nor name a store that exists: --store FILE or TRIBUTARY_STORE", p.self, p.self)
}

// explainFile adds what to do to an error of opening a file.
func (p *program) explainFile(err error) error {
	path := p.store.target
	switch {
	case errors.Is(err, fs.ErrPermission):
		return hint(err, "look at who may read and write %s (ls -l) and its folder, or name another file: --store FILE", path)
	case errors.Is(err, graph.ErrSchema):
		if sqlite, _ := isSQLite(path); sqlite { // another program's, or a newer one's: the error says
			return err
		}
		return hint(err, "--store names where Tributary keeps its graph; a file to import is an argument: %s import %s", p.self, path)
	}
	return fmt.Errorf("--store %s: %w", path, err)
}

// withStore runs work on the store that the flags name.
func (p *program) withStore(ctx context.Context, a access, work func(graph.Store) error) error {
	store, err := p.openStore(ctx, a)
	if err != nil {
		return err
	}
	return errors.Join(work(store), store.Close())
}

// withView runs work on the network of the store that the flags name.
func (p *program) withView(ctx context.Context, work func(*graph.View, graph.Store) error) error {
	return p.withStore(ctx, toRead, func(store graph.Store) error {
		view, err := p.load(ctx, store)
		if err != nil {
			return err
		}
		return work(view, store)
	})
}

// load reads the network, and shows on stderr how far it is when that takes long.
func (p *program) load(ctx context.Context, store graph.Store) (*graph.View, error) {
	spareMemory()
	m := p.newMeter()
	defer m.end()
	view, err := graph.Load(ctx, &countedStore{Store: store, meter: m})
	if err != nil {
		return nil, err
	}
	return view, nil
}

// gcPercent is how much garbage may come to be, as a part of what is in use, before it is collected. A network in
// memory is nearly all of what a process uses, and has hardly a pointer to follow: collecting several times as often
// as usual costs little, and saves most of what would lie about.
const gcPercent = 15

// spareMemory is called before a network is loaded. The environment variable GOGC goes before.
func spareMemory() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(gcPercent)
	}
}

// countedStore shows how far a full read is.
type countedStore struct {
	graph.Store
	meter *meter
}

// Read is part of [graph.Store].
func (s *countedStore) Read(ctx context.Context, o graph.ReadOptions, to graph.Sink) (graph.Head, error) {
	return s.Store.Read(ctx, o, &countingSink{Sink: to, meter: s.meter, began: time.Now()})
}

type countingSink struct {
	graph.Sink
	meter *meter
	began time.Time
	count int64
}

// countEvery is how many statements pass between two looks at the clock.
const countEvery = 1 << 14

// Put is part of [graph.Sink].
func (s *countingSink) Put(x *graph.Statement) error {
	if s.count++; s.count%countEvery == 0 {
		s.meter.show(step{what: "loading the network", done: s.count, part: -1, took: time.Since(s.began), unit: "statements"})
	}
	return s.Sink.Put(x)
}
