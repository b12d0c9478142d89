package neo4jstore_test

import (
	"context"
	"flag"
	"path/filepath"
	"testing"

	"github.com/tributarygraph/tributary/graph"
	"github.com/tributarygraph/tributary/graph/neo4jstore"
	"github.com/tributarygraph/tributary/graph/sqlitestore"
	"github.com/tributarygraph/tributary/graph/storetest"
)

// factory makes stores on the Neo4j of this test process, each on an empty database.
func factory(tb testing.TB) func(context.Context) (graph.Store, error) {
	server := storetest.Neo4j(tb)
	opts := neo4jstore.Options{User: server.User, Password: server.Password}
	if err := neo4jstore.Wipe(tb.Context(), server.URI, opts); err != nil {
		tb.Fatal(err)
	}
	return func(ctx context.Context) (graph.Store, error) {
		return neo4jstore.Open(ctx, server.URI, opts)
	}
}

func embedded(tb testing.TB) func(context.Context) (graph.Store, error) {
	path := filepath.Join(tb.TempDir(), "graph.db")
	return func(ctx context.Context) (graph.Store, error) { return sqlitestore.Open(ctx, path) }
}

func TestStore(t *testing.T) { storetest.Run(t, factory) }

// TestStoreInSmallPortions runs the suite where nearly everything takes several queries.
func TestStoreInSmallPortions(t *testing.T) {
	defer neo4jstore.ReadInSmallPortions()()
	storetest.Run(t, factory)
}

// TestRandom gives the same random operations to Neo4j and to the embedded store: the same answers. A check takes
// some seconds, so there are few unless -rapid.checks asks for more.
func TestRandom(t *testing.T) {
	if checks := flag.Lookup("rapid.checks"); checks.Value.String() == checks.DefValue {
		_ = checks.Value.Set("5")
		defer func() { _ = checks.Value.Set(checks.DefValue) }()
	}
	for name, small := range map[string]bool{"portions": false, "small portions": true} {
		t.Run(name, func(t *testing.T) {
			if small {
				defer neo4jstore.ReadInSmallPortions()()
			}
			storetest.Random(t, factory, embedded)
		})
	}
}
