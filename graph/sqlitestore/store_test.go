package sqlitestore_test

import (
	"context"
	"path/filepath"
	"testing"

	"github.com/tributarygraph/tributary/graph"
	"github.com/tributarygraph/tributary/graph/sqlitestore"
	"github.com/tributarygraph/tributary/graph/storetest"
)

func factory(tb testing.TB) func(context.Context) (graph.Store, error) {
	path := filepath.Join(tb.TempDir(), "graph.db")
	return func(ctx context.Context) (graph.Store, error) { return sqlitestore.Open(ctx, path) }
}

func TestStore(t *testing.T) { storetest.Run(t, factory) }

func BenchmarkStore(b *testing.B) { storetest.Benchmark(b, factory) }

func TestRandom(t *testing.T) { storetest.Random(t, factory) }
