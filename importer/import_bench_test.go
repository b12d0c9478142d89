package importer

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"github.com/tributarygraph/tributary/graph"
	"github.com/tributarygraph/tributary/importer/generate"
)

// countingStore takes batches and forgets them: what is left is the work of the importer itself.
type countingStore struct {
	graph.Store // the methods that an import does not call
	revision    graph.Revision
	statements  int
}

func (s *countingStore) Apply(_ context.Context, b graph.Batch) (graph.Applied, error) {
	s.statements += len(b.Statements)
	s.revision++
	return graph.Applied{Counts: graph.Counts{Created: len(b.Statements)}, Revision: s.revision}, nil
}

func (s *countingStore) Imports(context.Context) ([]graph.Import, error) { return nil, nil }

func (s *countingStore) Read(context.Context, graph.ReadOptions, graph.Sink) (graph.Head, error) {
	return graph.Head{Revision: s.revision}, nil
}

func (s *countingStore) BatchSize() int { return 100_000 }

// BenchmarkImporterAlone imports generated relations (supplier, buyer, product, value) into a store that
// forgets them.
func BenchmarkImporterAlone(b *testing.B) {
	const relations = 2_000_000
	path := filepath.Join(b.TempDir(), "relations.csv")
	f, err := os.Create(path)
	if err != nil {
		b.Fatal(err)
	}
	if err := generate.Relations(context.Background(), f, generate.Options{Seed: 1, Companies: relations / 10, Relations: relations, Minimal: true}); err != nil {
		b.Fatal(err)
	}
	f.Close()
	for b.Loop() {
		store := &countingStore{}
		if _, err := Import(context.Background(), store, Files(path), Options{TempDir: b.TempDir(), Memory: 16 << 20}); err != nil {
			b.Fatal(err)
		}
		if store.statements != relations {
			b.Fatalf("%d statements, want %d", store.statements, relations)
		}
	}
	b.ReportMetric(relations*float64(b.N)/b.Elapsed().Seconds(), "relations/s")
}
