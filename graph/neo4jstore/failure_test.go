package neo4jstore_test

import (
	"bytes"
	"context"
	"errors"
	"net"
	"net/url"
	"os"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/tributarygraph/tributary/graph"
	"github.com/tributarygraph/tributary/graph/neo4jstore"
	"github.com/tributarygraph/tributary/graph/storetest"
)

func company(id string) graph.Statement {
	return graph.Statement{Key: graph.Key{RelationKey: graph.RelationKey{Kind: graph.KindCompany, From: id}, Dataset: "d"}}
}

func batch(ordinal int, ids ...string) graph.Batch {
	b := graph.Batch{Import: &graph.ImportStep{Key: "k", Dataset: "d", Ordinal: ordinal}}
	for _, id := range ids {
		b.Statements = append(b.Statements, company(id))
	}
	return b
}

// TestServerKilled kills the server under an open store and starts it again.
func TestServerKilled(t *testing.T) {
	dir := t.TempDir()
	life, kill := context.WithCancel(t.Context())
	server, _, err := storetest.StartNeo4j(life, dir)
	if err != nil {
		if os.Getenv("TRIBUTARY_REQUIRE_NEO4J") == "1" {
			t.Fatal(err)
		}
		t.Skipf("SKIPPED, no server could be started: %v", err)
	}
	store, err := neo4jstore.Open(t.Context(), server.URI, neo4jstore.Options{User: server.User, Password: server.Password, RetryFor: time.Second})
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	if _, err := store.Apply(t.Context(), batch(1, "a", "b")); err != nil {
		t.Fatal(err)
	}
	kill()
	waitUntilGone(t, server.URI)

	bounded, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	var calls sync.WaitGroup
	for name, call := range map[string]func() error{
		"Head":    func() error { _, err := store.Head(bounded); return err },
		"Apply":   func() error { _, err := store.Apply(bounded, batch(2, "c")); return err },
		"Read":    func() error { var c counter; _, err := store.Read(bounded, graph.ReadOptions{}, &c); return err },
		"Changes": func() error { var c counter; _, err := store.Changes(bounded, 0, &c); return err },
		"Details": func() error { _, err := store.Details(bounded, []graph.Key{company("a").Key}); return err },
		"Imports": func() error { _, err := store.Imports(bounded); return err },
		"Get":     func() error { _, err := store.State().Get(bounded, "n", "k"); return err },
	} {
		calls.Go(func() {
			if err := call(); !errors.Is(err, graph.ErrUnavailable) {
				t.Errorf("%s without a server: %v; want %v", name, err, graph.ErrUnavailable)
			}
		})
	}
	calls.Wait()

	_, stop, err := storetest.StartNeo4j(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	defer stop()
	if a, err := store.Apply(t.Context(), batch(1, "a", "b")); err != nil || !a.Repeated {
		t.Fatalf("the batch before the kill, again: %+v, %v; want it to be there", a, err)
	}
	if a, err := store.Apply(t.Context(), batch(2, "c")); err != nil || a.Created != 1 {
		t.Fatalf("the batch after it: %+v, %v", a, err)
	}
	var c counter
	if head, err := store.Read(t.Context(), graph.ReadOptions{}, &c); err != nil || c != 3 || head.Revision != 2 {
		t.Fatalf("read %d statements at %+v: %v", c, head, err)
	}
}

func waitUntilGone(t *testing.T, uri string) {
	parsed, err := url.Parse(uri)
	if err != nil {
		t.Fatal(err)
	}
	for t.Context().Err() == nil {
		conn, err := net.Dial("tcp", parsed.Host)
		if err != nil {
			return
		}
		conn.Close()
	}
}

// TestCommitCut cuts the connection between a commit and its acknowledgement: the caller is to be told what the
// batch did, once.
func TestCommitCut(t *testing.T) {
	server := storetest.Neo4j(t)
	direct, err := factory(t)(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer direct.Close()
	cut := newCutter(t, server.URI)
	store, err := neo4jstore.Open(t.Context(), cut.uri, neo4jstore.Options{User: server.User, Password: server.Password})
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()

	cut.armed.Store(true)
	a, err := store.Apply(t.Context(), batch(1, "a", "b"))
	if want := (graph.Applied{Counts: graph.Counts{Created: 2}, Revision: 1}); err != nil || a != want {
		t.Errorf("a batch of an import: %+v, %v; want %+v", a, err, want)
	}
	merge := graph.Batch{Merge: []graph.Sameness{{NodeKey: graph.NodeKey{Kind: graph.KindCompany, ID: "a"}, Canonical: "b"}}}
	cut.armed.Store(true)
	if a, err = store.Apply(t.Context(), merge); err != nil || a != (graph.Applied{Revision: 2}) {
		t.Errorf("a decision: %+v, %v; want revision 2", a, err)
	}
	change := graph.StateChange{Namespace: "n", Key: "k", Value: []byte("v")}
	cut.armed.Store(true)
	if version, err := store.State().CompareAndSet(t.Context(), change); err != nil || version != 1 {
		t.Errorf("CompareAndSet: version %d, %v; want 1", version, err)
	}
	cut.armed.Store(true)
	a, err = store.Apply(t.Context(), graph.Batch{Undo: "k", Limit: 1})
	if want := (graph.Applied{Counts: graph.Counts{Withdrawn: 1}, Revision: 3, More: true}); err != nil || a != want {
		t.Errorf("a part of an undo: %+v, %v; want %+v", a, err, want)
	}
	if n := cut.cuts.Load(); n != 4 {
		t.Fatalf("the connection was cut %d times; want 4", n)
	}
	if head, err := direct.Head(t.Context()); err != nil || head.Revision != 3 {
		t.Errorf("head %+v, %v; want revision 3", head, err)
	}
}

// cutter is a relay to a server that, when armed, cuts a connection after the server has answered a COMMIT and
// before the client sees the answer.
type cutter struct {
	uri   string
	armed atomic.Bool
	cuts  atomic.Int32
}

func newCutter(t *testing.T, uri string) *cutter {
	server, err := url.Parse(uri)
	if err != nil {
		t.Fatal(err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	c := &cutter{uri: "bolt://" + listener.Addr().String()}
	go func() {
		for {
			client, err := listener.Accept()
			if err != nil {
				return
			}
			go c.relay(client, server.Host)
		}
	}()
	return c
}

// commitMessage is a COMMIT as it stands in the stream: a chunk of two bytes, and the end of the message.
var commitMessage = []byte{0, 2, 0xB0, 0x12, 0, 0}

func (c *cutter) relay(client net.Conn, address string) {
	server, err := net.Dial("tcp", address)
	if err != nil {
		client.Close()
		return
	}
	var cutting atomic.Bool
	go func() {
		defer server.Close()
		buffer := make([]byte, 64<<10)
		for {
			n, err := client.Read(buffer)
			if bytes.Contains(buffer[:n], commitMessage) && c.armed.CompareAndSwap(true, false) {
				cutting.Store(true)
			}
			if n > 0 {
				if _, err := server.Write(buffer[:n]); err != nil {
					return
				}
			}
			if err != nil {
				return
			}
		}
	}()
	defer client.Close()
	buffer := make([]byte, 64<<10)
	for {
		n, err := server.Read(buffer)
		if cutting.Load() && n > 0 {
			c.cuts.Add(1)
			return
		}
		if n > 0 {
			if _, err := client.Write(buffer[:n]); err != nil {
				return
			}
		}
		if err != nil {
			return
		}
	}
}
