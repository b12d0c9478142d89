package neo4jstore_test

import (
	"context"
	"flag"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/neo4j/neo4j-go-driver/v6/neo4j"

	"github.com/tributarygraph/tributary/graph"
	"github.com/tributarygraph/tributary/graph/neo4jstore"
	"github.com/tributarygraph/tributary/graph/storetest"
)

var (
	benchRows = flag.Int("neo4jstore.rows", 50_000, "relations that BenchmarkApply and BenchmarkRead write")
	benchWarm = flag.Int("neo4jstore.warm", 75_000, "relations that BenchmarkApply writes before it measures")
)

func BenchmarkStore(b *testing.B) { storetest.Benchmark(b, factory) }

// benchStatements are n supplies about n/10 companies, some with a share, sorted by key, in a dataset named like
// the prefix of the companies.
func benchStatements(n int, prefix string) []graph.Statement {
	rng := rand.New(rand.NewPCG(1, 2))
	all := make([]graph.Statement, n)
	company := func() string { return fmt.Sprintf("%s%07d", prefix, rng.IntN(n/10+2)) }
	for i := range all {
		all[i].Kind, all[i].From, all[i].To = graph.KindSupplies, company(), company()
		all[i].Product, all[i].Dataset, all[i].Period = fmt.Sprintf("P%03d", i%500), prefix, "2024"
		all[i].Source = fmt.Sprintf("S%d", i) // makes the key unique
		if i%3 == 0 {
			all[i].Fields = append(all[i].Fields, graph.Field{ID: graph.FieldShareOfInput, Number: rng.Float64()})
		}
		all[i].Fields = append(all[i].Fields, graph.Field{ID: graph.FieldValue, Number: float64(rng.IntN(1_000_000))})
	}
	slices.SortFunc(all, func(a, b graph.Statement) int { return a.Key.Compare(b.Key) })
	return all
}

// benchBatch is how many rows a batch has; -neo4jstore.rows and -neo4jstore.warm are multiples of it.
const benchBatch = 5000

// contender is a way to write batches of relations.
type contender struct {
	name  string
	write func(ctx context.Context, batch []graph.Statement) error
	rows  []graph.Statement
	took  []time.Duration // by batch
}

// rate is how many rows a second a full batch writes, at the median.
func (c *contender) rate() float64 {
	slices.Sort(c.took)
	return benchBatch / c.took[len(c.took)/2].Seconds()
}

func (c *contender) whole() (took time.Duration) {
	for _, t := range c.took {
		took += t
	}
	return took
}

// throughStore writes an import of its own, of the only dataset of its statements, into the store.
func throughStore(store graph.Store, name string) func(context.Context, []graph.Statement) error {
	ordinal := 0
	return func(ctx context.Context, batch []graph.Statement) error {
		ordinal++
		step := &graph.ImportStep{Key: name, Dataset: name, Ordinal: ordinal}
		_, err := store.Apply(ctx, graph.Batch{Import: step, Statements: batch})
		return err
	}
}

// bareLoop writes what Apply writes of a batch as a plain program would: the same properties, under the same
// constraints, with the same driver, in one transaction.
func bareLoop(driver neo4j.Driver) func(context.Context, []graph.Statement) error {
	return loop(driver, func(i int, s *graph.Statement) map[string]any {
		return map[string]any{"claim": s.ID(), "dataset": s.Dataset, "source": s.Source, "product": s.Product, "period": string(s.Period), "import": 1, "revision": 1, "fingerprint": int64(i) << 40}
	}, `UNWIND $rows AS row MERGE (a:Company {id: row.supplier}) MERGE (b:Company {id: row.buyer})
		CREATE (a)-[r:SUPPLIES]->(b) SET r = row.properties`)
}

// createLoop writes no more than the row itself, between nodes that are there, under the constraint on their ids.
func createLoop(driver neo4j.Driver) func(context.Context, []graph.Statement) error {
	return loop(driver, func(_ int, s *graph.Statement) map[string]any {
		return map[string]any{"product": s.Product, "period": string(s.Period)}
	}, `UNWIND $rows AS row MATCH (a:Plain {id: row.supplier}) MATCH (b:Plain {id: row.buyer})
		CREATE (a)-[r:PLAIN_SUPPLIES]->(b) SET r = row.properties`)
}

// createNodes makes the ends for createLoop.
func createNodes(tb testing.TB, statements []graph.Statement) {
	ids := map[string]bool{}
	for i := range statements {
		ids[statements[i].From], ids[statements[i].To] = true, true
	}
	cypher(tb, "CREATE CONSTRAINT plain IF NOT EXISTS FOR (n:Plain) REQUIRE n.id IS UNIQUE", nil)
	for some := range slices.Chunk(slices.Sorted(maps.Keys(ids)), 5000) {
		cypher(tb, "UNWIND $ids AS id CREATE (:Plain {id: id})", map[string]any{"ids": some})
	}
}

func loop(driver neo4j.Driver, properties func(int, *graph.Statement) map[string]any, query string) func(context.Context, []graph.Statement) error {
	return func(ctx context.Context, batch []graph.Statement) error {
		rows := make([]map[string]any, len(batch))
		for i := range batch {
			s := &batch[i]
			p := properties(i, s)
			for _, f := range s.Fields {
				p[f.ID.String()] = f.Number
			}
			rows[i] = map[string]any{"supplier": s.From, "buyer": s.To, "properties": p}
		}
		session := driver.NewSession(ctx, neo4j.SessionConfig{})
		defer session.Close(ctx)
		_, err := session.ExecuteWrite(ctx, func(tx neo4j.ManagedTransaction) (any, error) {
			result, err := tx.Run(ctx, query, map[string]any{"rows": rows})
			if err != nil {
				return nil, err
			}
			return result.Consume(ctx)
		})
		return err
	}
}

// BenchmarkApply writes a first import through Apply, other companies by a bare loop, and yet others by a plain
// CREATE loop, a batch each in turn into the same database, so that all meet the same conditions, in
// another order each round. A server that was just started is slow and uneven for a while, so as many rows
// as -neo4jstore.warm are written first that do not count. It reports the rates of
// batches at the median and their ratios (the server stops now and then for half a second, whoever is writing),
// and the ratio of the whole times.
func BenchmarkApply(b *testing.B) {
	server := storetest.Neo4j(b)
	driver, err := neo4j.NewDriver(server.URI, neo4j.BasicAuth(server.User, server.Password, ""))
	if err != nil {
		b.Fatal(err)
	}
	defer driver.Close(b.Context())
	store, err := factory(b)(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	defer store.Close()
	contenders := func(rows int, name string) []*contender {
		all := []*contender{
			{name: "store", write: throughStore(store, name+"a"), rows: benchStatements(rows, name+"a")},
			{name: "bare", write: bareLoop(driver), rows: benchStatements(rows, name+"b")},
			{name: "create", write: createLoop(driver), rows: benchStatements(rows, name+"c")},
		}
		createNodes(b, all[2].rows)
		return all
	}
	compete(b, contenders(*benchWarm, "warm"))
	all := contenders(*benchRows, "bench")
	b.ResetTimer()
	for b.Loop() {
		compete(b, all)
	}
	ours, bare, create := all[0], all[1], all[2]
	for _, c := range all {
		b.ReportMetric(c.rate(), c.name+"-rows/s")
	}
	b.ReportMetric(ours.rate()/bare.rate(), "of-bare")
	b.ReportMetric(ours.rate()/create.rate(), "of-create")
	b.ReportMetric(bare.whole().Seconds()/ours.whole().Seconds(), "of-bare-in-all")
}

// compete lets each write a batch in turn.
func compete(b *testing.B, all []*contender) {
	order := rand.New(rand.NewPCG(3, 4))
	for from := 0; from < len(all[0].rows); from += benchBatch {
		for _, i := range order.Perm(len(all)) {
			c := all[i]
			begun := time.Now()
			if err := c.write(b.Context(), c.rows[from:min(from+benchBatch, len(c.rows))]); err != nil {
				b.Fatalf("%s: %v", c.name, err)
			}
			c.took = append(c.took, time.Since(begun))
		}
	}
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
