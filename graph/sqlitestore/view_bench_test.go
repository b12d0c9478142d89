package sqlitestore_test

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"testing"
	"time"

	"github.com/tributarygraph/tributary/graph"
	"github.com/tributarygraph/tributary/graph/sqlitestore"
)

// benchStore is the store that TRIBUTARY_BENCH_STORE names, made by tributary generate and tributary import.
func benchStore(b *testing.B) *sqlitestore.Store {
	b.Helper()
	path := os.Getenv("TRIBUTARY_BENCH_STORE")
	if path == "" {
		b.Skip("TRIBUTARY_BENCH_STORE names no store")
	}
	store, err := sqlitestore.Open(context.Background(), path)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = store.Close() })
	return store
}

// BenchmarkLoad makes the View of a whole store; it reports the memory that the View holds and the most that was
// taken from the system.
func BenchmarkLoad(b *testing.B) {
	store := benchStore(b)
	for b.Loop() {
		v, err := graph.Load(context.Background(), store)
		if err != nil {
			b.Fatal(err)
		}
		b.StopTimer()
		reportMemory(b)
		b.ReportMetric(float64(v.RelationCount()), "relations")
		runtime.KeepAlive(v)
		b.StartTimer()
	}
}

func reportMemory(b *testing.B) {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	b.ReportMetric(float64(m.Sys)/(1<<20), "peak-MB")
	runtime.GC()
	runtime.ReadMemStats(&m)
	b.ReportMetric(float64(m.HeapAlloc)/(1<<20), "view-MB")
}

// BenchmarkFollow lets a View follow batches of 10,000 rows, of which a tenth is new, until it was built afresh in
// the background, on a copy of the store. It reports how long after its commit a batch is seen, at the median and at
// most, beside the wait of up to 250 ms for the next look, and the most memory taken from the system.
func BenchmarkFollow(b *testing.B) {
	store := copyOf(b, benchStore(b))
	for round := 0; b.Loop(); round++ {
		ctx := context.Background()
		f, err := graph.Follow(ctx, store)
		if err != nil {
			b.Fatal(err)
		}
		relations := f.View().RelationCount()
		loaded := reportSys(b, "load-peak-MB")
		var seen []time.Duration
		for n, steps := 0, 0; steps < 2; n++ { // relations are built afresh first, then nodes
			before := f.View().Differences()
			change(b, store, f.View(), relations, fmt.Sprintf("batch %d of %d", n, round), n)
			began := time.Now()
			if err := f.CatchUp(ctx); err != nil {
				b.Fatal(err)
			}
			seen = append(seen, time.Since(began))
			if f.View().Differences() < before {
				steps++
			}
		}
		f.Close()
		slices.Sort(seen)
		b.ReportMetric(float64(seen[len(seen)/2].Milliseconds()), "seen-p50-ms")
		b.ReportMetric(float64(seen[len(seen)-1].Milliseconds()), "seen-most-ms")
		b.ReportMetric(float64(len(seen)), "batches")
		if after := reportSys(b, "compact-peak-MB"); after < loaded {
			b.Fatal("the memory taken from the system does not shrink")
		}
	}
}

func reportSys(b *testing.B, unit string) uint64 {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	b.ReportMetric(float64(m.Sys)/(1<<20), unit)
	return m.Sys
}

// copyOf is a store that may be written to.
func copyOf(b *testing.B, store *sqlitestore.Store) *sqlitestore.Store {
	b.Helper()
	if err := store.Close(); err != nil {
		b.Fatal(err)
	}
	from, err := os.Open(os.Getenv("TRIBUTARY_BENCH_STORE"))
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = from.Close() }()
	path := filepath.Join(b.TempDir(), "copy.db")
	to, err := os.Create(path)
	if err != nil {
		b.Fatal(err)
	}
	if _, err = io.Copy(to, from); err == nil {
		err = to.Close()
	}
	if err != nil {
		b.Fatal(err)
	}
	copied, err := sqlitestore.Open(context.Background(), path)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = copied.Close() })
	return copied
}

// change writes 10,000 relations: every tenth between companies that are new, the others with a new value, spread
// over the network.
func change(b *testing.B, store graph.Store, v *graph.View, relations int, key string, n int) {
	b.Helper()
	const rows = 10_000
	var statements []graph.Statement
	put := func(k graph.Key, value int) {
		statements = append(statements, graph.Statement{Key: k, Fields: []graph.Field{{ID: graph.FieldValue, Number: float64(value)}}})
	}
	for i := range rows {
		if i%10 == 0 {
			put(graph.Key{RelationKey: graph.RelationKey{Kind: graph.KindSupplies, From: fmt.Sprintf("new %d %d", n, i), To: fmt.Sprintf("new %d", i)}, Dataset: "new"}, n)
			continue
		}
		r := graph.Rel((i*(relations/rows) + n) % relations) // of the base: what was changed since has another number, and the same key
		low, _ := v.Claims(r)
		put(v.Claim(r, low).Key, n)
	}
	v = nil // the writing takes time, and a View that nobody asks should not be in memory
	slices.SortFunc(statements, func(a, b graph.Statement) int { return a.Key.Compare(b.Key) })
	batch := graph.Batch{Import: &graph.ImportStep{Key: key, Dataset: "new", Ordinal: 1, Final: true}, Statements: statements}
	if _, err := store.Apply(context.Background(), batch); err != nil {
		b.Fatal(err)
	}
}
