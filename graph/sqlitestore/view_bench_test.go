package sqlitestore_test

import (
	"context"
	"os"
	"runtime"
	"testing"

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
