package neo4jstore_test

import (
	"context"
	"testing"

	"github.com/tributarygraph/tributary/graph"
	"github.com/tributarygraph/tributary/graph/neo4jstore"
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

func TestStore(t *testing.T) { storetest.Run(t, factory) }
