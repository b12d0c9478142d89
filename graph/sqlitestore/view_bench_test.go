package sqlitestore_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
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

// BenchmarkFollow lets a View follow 50 batches of 10,000 rows, of which a tenth is new, on a copy of the store: long
// enough to be built afresh in the background. Another process writes them. It reports how long after its commit a batch is
// seen, at the median and at most, beside the wait of up to 250 ms for the next look, and the most memory that the
// process had.
func BenchmarkFollow(b *testing.B) {
	path := copyOf(b, benchStore(b))
	for b.Loop() {
		ctx := context.Background()
		w := startWriter(b, path)
		store, err := sqlitestore.Open(ctx, path)
		if err != nil {
			b.Fatal(err)
		}
		f, err := graph.Follow(ctx, store)
		if err != nil {
			b.Fatal(err)
		}
		reportMost(b, "load-peak-MB")
		var seen []time.Duration
		for range batches {
			w.write(b)
			began := time.Now()
			if err := f.CatchUp(ctx); err != nil {
				b.Fatal(err)
			}
			seen = append(seen, time.Since(began))
		}
		left := f.View().Differences()
		w.stop(b)
		f.Close()
		_ = store.Close()
		slices.Sort(seen)
		b.ReportMetric(float64(seen[len(seen)/2].Milliseconds()), "seen-p50-ms")
		b.ReportMetric(float64(seen[len(seen)-1].Milliseconds()), "seen-most-ms")
		b.ReportMetric(float64(left), "differences-left")
		reportMost(b, "compact-peak-MB")
	}
}

// reportMost reports the most memory that the process had so far: its greatest resident set where the system tells
// it, else what Go took from the system.
func reportMost(b *testing.B, unit string) {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	most := float64(m.Sys) / (1 << 20)
	status, _ := os.ReadFile("/proc/self/status")
	for line := range strings.Lines(string(status)) {
		kB := 0
		if n, _ := fmt.Sscanf(line, "VmHWM: %d kB", &kB); n == 1 {
			most = float64(kB) / (1 << 10)
		}
	}
	b.ReportMetric(most, unit)
}

// copyOf is the path of a copy of the store, which is closed.
func copyOf(b *testing.B, store *sqlitestore.Store) string {
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
	return path
}

// benchWriter is a process that writes a batch whenever it is told to.
type benchWriter struct {
	process *exec.Cmd
	tell    io.WriteCloser
	answers *bufio.Scanner
}

const writerStore = "TRIBUTARY_BENCH_WRITER" // tells the process which store to write to

func startWriter(b *testing.B, path string) *benchWriter {
	b.Helper()
	w := &benchWriter{process: exec.Command(os.Args[0], "-test.run", "^TestBenchWriter$")}
	w.process.Env = append(os.Environ(), writerStore+"="+path)
	w.process.Stderr = os.Stderr
	out, err := w.process.StdoutPipe()
	if err == nil {
		w.tell, err = w.process.StdinPipe()
	}
	if err == nil {
		err = w.process.Start()
	}
	if err != nil {
		b.Fatal(err)
	}
	w.answers = bufio.NewScanner(out)
	w.await(b) // it has read what it will write
	return w
}

// write lets a batch be written, and returns after its commit.
func (w *benchWriter) write(b *testing.B) {
	b.Helper()
	if _, err := io.WriteString(w.tell, "\n"); err != nil {
		b.Fatal(err)
	}
	w.await(b)
}

func (w *benchWriter) await(b *testing.B) {
	b.Helper()
	if !w.answers.Scan() || w.answers.Text() != "ok" {
		b.Fatalf("the writer says %q", w.answers.Text())
	}
}

func (w *benchWriter) stop(b *testing.B) {
	b.Helper()
	_ = w.tell.Close()
	if err := w.process.Wait(); err != nil {
		b.Fatal(err)
	}
}

const (
	batches      = 50
	batchRows    = 10_000
	writtenEvery = 10 // of the claims of the store, one in so many is among those that are written to
)

// claimKeys takes the keys that are written to.
type claimKeys struct {
	graph.Sink
	n    int
	keys []graph.Key
}

func (c *claimKeys) Put(s *graph.Statement) error {
	if c.n++; c.n%writtenEvery == 0 {
		c.keys = append(c.keys, s.Clone().Key)
	}
	return nil
}

func (c *claimKeys) Merge(graph.Sameness) error { return nil }

// TestBenchWriter is the process that [startWriter] starts. Its batches are 10,000 relations: every tenth between
// companies that are new, the others with a new value, spread over the network.
func TestBenchWriter(t *testing.T) {
	path := os.Getenv(writerStore)
	if path == "" {
		t.Skip("no benchmark has started this")
	}
	ctx := context.Background()
	store, err := sqlitestore.Open(ctx, path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = store.Close() }()
	var there claimKeys
	if _, err := store.Read(ctx, graph.ReadOptions{Kinds: []graph.Kind{graph.KindSupplies}}, &there); err != nil {
		t.Fatal(err)
	}
	fmt.Println("ok")
	lines := bufio.NewScanner(os.Stdin)
	for n := 0; lines.Scan(); n++ {
		batch := graph.Batch{Import: &graph.ImportStep{Key: fmt.Sprint("batch ", time.Now()), Dataset: "new", Ordinal: 1, Final: true}, Statements: there.batch(n)}
		if _, err := store.Apply(ctx, batch); err != nil {
			t.Fatal(err)
		}
		fmt.Println("ok")
	}
}

func (c *claimKeys) batch(n int) []graph.Statement {
	statements := make([]graph.Statement, batchRows)
	for i := range statements {
		key := graph.Key{RelationKey: graph.RelationKey{Kind: graph.KindSupplies, From: fmt.Sprintf("new %d %d", n, i), To: fmt.Sprintf("new %d", i)}, Dataset: "new"}
		if i%10 > 0 {
			key = c.keys[(i*(len(c.keys)/batchRows)+n)%len(c.keys)]
		}
		statements[i] = graph.Statement{Key: key, Fields: []graph.Field{{ID: graph.FieldValue, Number: float64(n)}}}
	}
	slices.SortFunc(statements, func(a, b graph.Statement) int { return a.Key.Compare(b.Key) })
	return statements
}
