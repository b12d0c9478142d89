package storetest

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/tributarygraph/tributary/graph"
)

var benchRows = flag.Int("storetest.rows", 100_000, "relations in the store that a benchmark works on")

// Benchmark measures a store: writing relations into an empty store, again, and beside others; reading them;
// following changes. The relations have a product and a value, as many as -storetest.rows says, about ten a
// company. Each reports rows/s; the time of an operation is that of all rows.
func Benchmark(b *testing.B, factory Factory) {
	for _, bench := range []struct {
		name string
		run  func(*benchmark) (rows int)
	}{
		{"apply first import", (*benchmark).first},
		{"apply second dataset", (*benchmark).second},
		{"apply changed values", (*benchmark).changed},
		{"apply same again", (*benchmark).same},
		{"undo", (*benchmark).undone},
		{"read", (*benchmark).read},
		{"read rich", (*benchmark).readRich},
		{"read at earlier revision", (*benchmark).readAt},
		{"changes of 1000", (*benchmark).changes},
		{"head", (*benchmark).head},
	} {
		b.Run(bench.name, func(b *testing.B) {
			rows := 0
			m := &benchmark{B: b, factory: factory, statements: relations("d", *benchRows)}
			for b.Loop() {
				rows += bench.run(m)
			}
			b.ReportMetric(float64(rows)/b.Elapsed().Seconds(), "rows/s")
		})
	}
}

// benchmark is one of them, with its store.
type benchmark struct {
	*testing.B
	factory    Factory
	env        *env
	statements []graph.Statement
	round      int
}

// relations are n supplies, sorted.
func relations(dataset string, n int) []graph.Statement {
	rng := rand.New(rand.NewPCG(1, 2))
	companies := n/10 + 2
	all := make([]graph.Statement, n)
	fields := make([]graph.Field, n)
	for i := range all {
		fields[i] = graph.Field{ID: graph.FieldValue, Number: float64(rng.IntN(1_000_000))}
		all[i] = graph.Statement{
			Key: graph.Key{RelationKey: graph.RelationKey{
				Kind: graph.KindSupplies, From: fmt.Sprintf("C%07d", rng.IntN(companies)), To: fmt.Sprintf("C%07d", rng.IntN(companies)), Product: fmt.Sprintf("P%04d", rng.IntN(1000)),
			}, Dataset: dataset},
			Fields: fields[i : i+1],
		}
	}
	all = sorted(all...)
	return slices.CompactFunc(all, func(a, b graph.Statement) bool { return a.Key == b.Key })
}

// fresh makes a new store, and the present one with all statements where full.
func (m *benchmark) fresh(full bool) {
	m.StopTimer()
	m.env = newEnv(m.B, m.factory)
	if full {
		m.load("base", m.statements)
	}
	m.StartTimer()
}

// full makes the store at the first round.
func (m *benchmark) full() {
	if m.env == nil {
		m.fresh(true)
	}
}

// load imports statements in batches of the size that the store asks for.
func (m *benchmark) load(key string, statements []graph.Statement) int {
	size := 5_000
	if sizer, ok := m.env.store.(graph.BatchSizer); ok {
		size = sizer.BatchSize()
	}
	ordinal := 0
	for batch := range slices.Chunk(statements, size) {
		ordinal++
		m.env.apply(graph.Batch{Import: step(key, statements[0].Dataset, ordinal, ordinal*size >= len(statements)), Statements: batch})
	}
	return len(statements)
}

func (m *benchmark) first() int {
	m.fresh(false)
	return m.load("first", m.statements)
}

func (m *benchmark) second() int {
	m.fresh(true)
	m.StopTimer()
	other := relations("e", *benchRows)
	m.StartTimer()
	return m.load("second", other)
}

func (m *benchmark) changed() int {
	m.fresh(true)
	m.StopTimer()
	next := make([]graph.Statement, len(m.statements))
	for i, s := range m.statements {
		next[i] = s.Clone()
		next[i].Fields[0].Number++
	}
	m.StartTimer()
	return m.load("changed", next)
}

func (m *benchmark) same() int {
	m.fresh(true)
	return m.load("same", m.statements)
}

func (m *benchmark) undone() int {
	m.fresh(true)
	return m.env.undo("base", 0).Withdrawn
}

// counter is a sink that only counts.
type counter struct{ rows int }

func (c *counter) Put(*graph.Statement) error       { c.rows++; return nil }
func (c *counter) Withdraw(graph.Key) error         { c.rows++; return nil }
func (c *counter) Merge(graph.Sameness) error       { return nil }
func (c *counter) Unmerge(graph.Kind, string) error { return nil }

func (m *benchmark) count(o graph.ReadOptions) int {
	var c counter
	if _, err := m.env.store.Read(m.env.ctx, o, &c); err != nil {
		m.Fatal(err)
	}
	return c.rows
}

func (m *benchmark) read() int {
	m.full()
	return m.count(graph.ReadOptions{})
}

// readRich reads claims that state many fields.
func (m *benchmark) readRich() int {
	if m.env == nil {
		rich := full(graph.KindSupplies, "")
		for i := range m.statements {
			m.statements[i].Fields = rich.Fields
			m.statements[i].Source = fmt.Sprintf("source %d", i%100)
		}
		m.fresh(true)
	}
	return m.count(graph.ReadOptions{})
}

func (m *benchmark) readAt() int {
	if m.env == nil {
		m.fresh(true)
		m.StopTimer()
		m.load("later", relations("d", *benchRows/10))
		m.StartTimer()
	}
	one := graph.Revision(1)
	return m.count(graph.ReadOptions{At: &one})
}

func (m *benchmark) changes() int {
	m.full()
	m.StopTimer()
	m.round++
	rows := min(1000, len(m.statements))
	next := make([]graph.Statement, rows)
	for i := range next {
		next[i] = m.statements[i*(len(m.statements)/rows)].Clone()
		next[i].Fields[0].Number = float64(-m.round)
	}
	since := m.env.head().Revision
	m.load(fmt.Sprintf("round %d", m.round), next)
	m.StartTimer()
	var c counter
	if _, err := m.env.store.Changes(m.env.ctx, since, &c); err != nil {
		m.Fatal(err)
	}
	return c.rows
}

func (m *benchmark) head() int {
	m.full()
	m.env.head()
	return 1
}
