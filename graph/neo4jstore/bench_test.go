package neo4jstore_test

import (
	"context"
	"flag"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/neo4j/neo4j-go-driver/v6/neo4j"

	"github.com/tributarygraph/tributary/graph"
	"github.com/tributarygraph/tributary/graph/neo4jstore"
	"github.com/tributarygraph/tributary/graph/storetest"
)

var benchRows = flag.Int("neo4jstore.rows", 50_000, "relations that BenchmarkApply and BenchmarkRead write")

func BenchmarkStore(b *testing.B) { storetest.Benchmark(b, factory) }

// benchStatements are n supplies about n/10 companies, some with a share, sorted by key.
func benchStatements(n int, prefix string) []graph.Statement {
	rng := rand.New(rand.NewPCG(1, 2))
	all := make([]graph.Statement, n)
	company := func() string { return fmt.Sprintf("%s%07d", prefix, rng.IntN(n/10+2)) }
	for i := range all {
		all[i].Kind, all[i].From, all[i].To = graph.KindSupplies, company(), company()
		all[i].Product, all[i].Dataset, all[i].Period = fmt.Sprintf("P%03d", i%500), "bench", "2024"
		all[i].Source = fmt.Sprintf("S%d", i) // makes the key unique
		if i%3 == 0 {
			all[i].Fields = append(all[i].Fields, graph.Field{ID: graph.FieldShareOfInput, Number: rng.Float64()})
		}
		all[i].Fields = append(all[i].Fields, graph.Field{ID: graph.FieldValue, Number: float64(rng.IntN(1_000_000))})
	}
	slices.SortFunc(all, func(a, b graph.Statement) int { return a.Key.Compare(b.Key) })
	return all
}

// bareLoop writes what Apply writes of a batch as a plain program would: the same properties, under the same
// constraints, with the same driver, in one transaction.
func bareLoop(ctx context.Context, driver neo4j.Driver, batch []graph.Statement) error {
	rows := make([]map[string]any, len(batch))
	for i, s := range batch {
		p := map[string]any{"claim": s.ID(), "dataset": s.Dataset, "source": s.Source, "product": s.Product, "period": string(s.Period), "import": 1, "revision": 1, "fingerprint": int64(i) << 40}
		for _, f := range s.Fields {
			p[f.ID.String()] = f.Number
		}
		rows[i] = map[string]any{"supplier": s.From, "buyer": s.To, "properties": p}
	}
	session := driver.NewSession(ctx, neo4j.SessionConfig{})
	defer session.Close(ctx)
	_, err := session.ExecuteWrite(ctx, func(tx neo4j.ManagedTransaction) (any, error) {
		result, err := tx.Run(ctx, `UNWIND $rows AS row MERGE (a:Company {id: row.supplier}) MERGE (b:Company {id: row.buyer})
			CREATE (a)-[r:SUPPLIES]->(b) SET r = row.properties`, map[string]any{"rows": rows})
		if err != nil {
			return nil, err
		}
		return result.Consume(ctx)
	})
	return err
}

// BenchmarkApply writes a first import through Apply and other companies by a bare loop, a batch each in turn
// into the same database, so that both meet the same conditions, and reports the ratio of their rates.
func BenchmarkApply(b *testing.B) {
	server := storetest.Neo4j(b)
	driver, err := neo4j.NewDriver(server.URI, neo4j.BasicAuth(server.User, server.Password, ""))
	if err != nil {
		b.Fatal(err)
	}
	defer driver.Close(b.Context())
	ours, theirs := benchStatements(*benchRows, "a"), benchStatements(*benchRows, "b")
	var applied, bare time.Duration
	rows := 0
	for b.Loop() {
		b.StopTimer()
		store, err := factory(b)(b.Context())
		if err != nil {
			b.Fatal(err)
		}
		size := store.(graph.BatchSizer).BatchSize()
		b.StartTimer()
		for i, ordinal := 0, 1; i < len(ours); i, ordinal = i+size, ordinal+1 {
			end := min(i+size, len(ours))
			step := &graph.ImportStep{Key: "bench", Dataset: "bench", Ordinal: ordinal, Final: end == len(ours)}
			start := time.Now()
			if _, err := store.Apply(b.Context(), graph.Batch{Import: step, Statements: ours[i:end]}); err != nil {
				b.Fatal(err)
			}
			between := time.Now()
			if err := bareLoop(b.Context(), driver, theirs[i:end]); err != nil {
				b.Fatal(err)
			}
			if ordinal > 2 { // the first batches warm the server up
				applied += between.Sub(start)
				bare += time.Since(between)
				rows += end - i
			}
		}
		store.Close()
	}
	b.ReportMetric(float64(rows)/applied.Seconds(), "rows/s")
	b.ReportMetric(float64(rows)/bare.Seconds(), "bare-rows/s")
	b.ReportMetric(bare.Seconds()/applied.Seconds(), "ratio")
}

// counter is a sink that counts.
type counter int

func (c *counter) Put(*graph.Statement) error       { *c++; return nil }
func (c *counter) Withdraw(graph.Key) error         { return nil }
func (c *counter) Merge(graph.Sameness) error       { return nil }
func (c *counter) Unmerge(graph.Kind, string) error { return nil }

// BenchmarkRead reads a store in full.
func BenchmarkRead(b *testing.B) {
	store, err := factory(b)(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	defer store.Close()
	ordinal := 0
	for batch := range slices.Chunk(benchStatements(*benchRows, "a"), store.(*neo4jstore.Store).BatchSize()) {
		ordinal++
		step := &graph.ImportStep{Key: "bench", Dataset: "bench", Ordinal: ordinal}
		if _, err := store.Apply(b.Context(), graph.Batch{Import: step, Statements: batch}); err != nil {
			b.Fatal(err)
		}
	}
	var c counter
	for b.Loop() {
		if _, err := store.Read(b.Context(), graph.ReadOptions{}, &c); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(c)/b.Elapsed().Seconds(), "rows/s")
}
