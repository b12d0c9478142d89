package storetest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tributarygraph/tributary/graph"
)

// The network of the tests, drawn downstream from left to right; who says it stands at the edges:
//
//	                    ore                 copper                cable
//	   ore-co ─────────────────▶ smelter ──────────▶ cable-co ───────────▶ server-co
//	     ▲     filings, customs     │                   │                     ▲
//	     │                          │ makes             │ cable (news denies) │ board
//	owns │ 0.6                      ▼                   ▼                     │
//	   holding                   copper             cloud-co              board-co
//
//	   ore ──input_of──▶ copper ──input_of──▶ cable      cable-co ──competitor── board-co
//
//	treasury ──lists──▶ holding           smelter runs works-1, where it makes copper
func network() []graph.Statement {
	return sorted(
		say("filings", "source 10-k", "title=Annual report", "publisher=SEC", "url=https://example.org/10-k", "published=2024-02-03"),
		say("filings", "product ore", "name=Ore", "code=2603"),
		say("filings", "product copper", "name=Copper", "aliases=Cu;铜"),
		say("filings", "product cable", "name=Cable", "parent=copper"),
		say("filings", "company ore-co", "name=Ore Co", "country=CL", "revenue=5000000", "currency=USD", "top_five_customers_share=0.45"),
		say("filings", "company smelter", "name=冶炼厂", "aliases=Smelter;Smelting works", "country=CN"),
		say("filings", "company holding", "kind=fund", "name=Holding"),
		say("filings", "supplies ore-co smelter ore", "source=10-k", "period=2024", "value=1200.5", "currency=USD", "basis=filing", "quote=We buy ore."),
		say("filings", "supplies smelter cable-co copper", "share_of_input=0.25", "lead_time_days=30"),
		say("filings", "supplies cable-co server-co cable", "essential=true"),
		say("filings", "supplies cable-co cloud-co cable", "source=10-k", "stance=asserts"),
		say("filings", "supplies cable-co cloud-co cable", "source=news", "stance=denies", "valid_from=2024-05-01"),
		say("filings", "supplies board-co server-co board"),
		say("filings", "owns holding ore-co", "share=0.6"),
		say("filings", "makes smelter copper", "market_share=0.1", "country=CN", "site=works-1"),
		say("filings", "site works-1", "name=Works 1", "operator=smelter", "country=CN", "region=Anhui;安徽", "place=30.93,117.82"),
		say("filings", "input_of ore copper"),
		say("filings", "input_of copper cable"),
		say("filings", "associated cable-co board-co", "role=competitor"),
		say("filings", "lists treasury holding", "source=10-k", "programme=SDGT;IRAN", "valid_from=2024-03-01"),
		say("customs", "supplies ore-co smelter ore", "source=manifest", "period=2024", "value=1100", "currency=USD", "basis=customs"),
	)
}

// say makes a statement of a dataset from "kind from to product" and settings name=value, where a name is a
// field or source, asserted_by, period or valid_from of the key.
func say(dataset, about string, settings ...string) graph.Statement {
	words := strings.Fields(about)
	kind := must(graph.ParseKind(words[0]))
	words = append(words, "", "")
	s := graph.Statement{Key: graph.Key{RelationKey: graph.RelationKey{Kind: kind, From: words[1], To: words[2]}, Dataset: dataset}}
	if kind == graph.KindSupplies {
		s.Product = words[3]
	}
	for _, setting := range settings {
		name, value, _ := strings.Cut(setting, "=")
		switch name {
		case "source":
			s.Source = value
		case "asserted_by":
			s.AssertedBy = value
		case "period":
			s.Period = must(graph.ParsePeriod(value))
		case "valid_from":
			s.ValidFrom = must(graph.ParseDate(value))
		default:
			id, ok := graph.FieldByName(kind, name)
			if !ok {
				panic(fmt.Sprintf("%s has no field %s", kind, name))
			}
			s.Fields = append(s.Fields, must(graph.ParseField(id, value)))
		}
	}
	slices.SortFunc(s.Fields, func(a, b graph.Field) int { return int(a.ID) - int(b.ID) })
	return s
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

func sorted(statements ...graph.Statement) []graph.Statement {
	slices.SortFunc(statements, func(a, b graph.Statement) int { return a.Key.Compare(b.Key) })
	return statements
}

// env is one test's store with what the tests do to it. Its methods fail the test on an unexpected error.
type env struct {
	testing.TB
	ctx   context.Context
	again func(context.Context) (graph.Store, error)
	store graph.Store
	seq   int // imports made by load
}

func newEnv(tb testing.TB, factory Factory) *env {
	e := &env{TB: tb, ctx: tb.Context(), again: factory(tb)}
	e.store = e.open()
	return e
}

// open gives a further handle onto the store, closed at the end of the test.
func (e *env) open() graph.Store {
	e.Helper()
	store, err := e.again(e.ctx)
	if err != nil {
		e.Fatalf("opening the store: %v", err)
	}
	e.Cleanup(func() { _ = store.Close() }) // some tests close it themselves
	return store
}

// reopen closes the store and opens it again.
func (e *env) reopen() {
	e.Helper()
	if err := e.store.Close(); err != nil {
		e.Fatalf("closing the store: %v", err)
	}
	e.store = e.open()
}

func (e *env) apply(b graph.Batch) graph.Applied {
	e.Helper()
	applied, err := e.store.Apply(e.ctx, b)
	if err != nil {
		e.Fatalf("Apply: %v", err)
	}
	return applied
}

// refuse applies a batch that must fail with an error of the kind wanted and leave everything as it was.
func (e *env) refuse(b graph.Batch, want error) {
	e.Helper()
	before, imports := e.dump(graph.ReadOptions{Details: true}), len(e.imports())
	if _, err := e.store.Apply(e.ctx, b); !errors.Is(err, want) {
		e.Fatalf("Apply: error %v; want %v", err, want)
	}
	if after := e.dump(graph.ReadOptions{Details: true}); after != before {
		e.Fatalf("a refused batch left\n%s\nwhere there was\n%s", after, before)
	}
	if n := len(e.imports()); n != imports {
		e.Fatalf("a refused batch left %d imports where there were %d", n, imports)
	}
}

var startOfTime = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// step is the step of an import; its time follows from its ordinal.
func step(key, dataset string, ordinal int, final bool) *graph.ImportStep {
	return &graph.ImportStep{Key: key, Dataset: dataset, Ordinal: ordinal, Final: final, Time: startOfTime.Add(time.Duration(ordinal) * time.Minute)}
}

// load imports statements as one complete import of one batch.
func (e *env) load(key string, statements ...graph.Statement) graph.Applied {
	e.Helper()
	return e.apply(oneBatch(key, statements...))
}

func oneBatch(key string, statements ...graph.Statement) graph.Batch {
	dataset := ""
	if len(statements) > 0 {
		dataset = statements[0].Dataset
	}
	return graph.Batch{Import: step(key, dataset, 1, true), Statements: sorted(statements...)}
}

// undo takes an import back, in as many calls as it takes, and adds up their counts.
func (e *env) undo(key string, limit int) graph.Counts {
	e.Helper()
	return e.repeat(graph.Batch{Undo: key, Limit: limit}, nil)
}

// sweep withdraws what the import did not write, from batch ordinal on.
func (e *env) sweep(key, dataset string, ordinal, limit int) graph.Counts {
	e.Helper()
	return e.repeat(graph.Batch{Sweep: true, Limit: limit}, func(call int) *graph.ImportStep { return step(key, dataset, ordinal+call, false) })
}

// repeat applies a sweep or an undo until nothing remains to be done.
func (e *env) repeat(b graph.Batch, step func(call int) *graph.ImportStep) (total graph.Counts) {
	e.Helper()
	for call := 0; call < 10_000; call++ {
		if step != nil {
			b.Import = step(call)
		}
		applied := e.apply(b)
		if n := applied.Changes() + applied.Unchanged; b.Limit > 0 && n > b.Limit {
			e.Fatalf("a call with limit %d handled %d statements", b.Limit, n)
		}
		total.Add(applied.Counts)
		if !applied.More {
			return total
		}
	}
	e.Fatal("a sweep or undo never came to an end")
	return total
}

func (e *env) head() graph.Head {
	e.Helper()
	head, err := e.store.Head(e.ctx)
	if err != nil {
		e.Fatalf("Head: %v", err)
	}
	return head
}

func (e *env) imports() []graph.Import {
	e.Helper()
	imports, err := e.store.Imports(e.ctx)
	if err != nil {
		e.Fatalf("Imports: %v", err)
	}
	return imports
}

// read is everything the store delivers for the options, with the head it returns.
func (e *env) read(o graph.ReadOptions) (*reading, graph.Head) {
	e.Helper()
	r := newReading()
	head, err := e.store.Read(e.ctx, o, r)
	if err != nil {
		e.Fatalf("Read: %v", err)
	}
	return r, head
}

func (e *env) dump(o graph.ReadOptions) string {
	e.Helper()
	r, _ := e.read(o)
	return r.String()
}

// holds checks the live statements, with all their fields.
func (e *env) holds(want ...graph.Statement) {
	e.Helper()
	r := newReading()
	for _, s := range want {
		r.statements[s.Key] = s.Clone().Fields
	}
	got, _ := e.read(graph.ReadOptions{Details: true})
	got.merges = nil
	if got.String() != r.String() {
		e.Fatalf("the store holds\n%s\nwant\n%s", got, r)
	}
}

func (e *env) counted(got graph.Counts, created, changed, unchanged, withdrawn int) {
	e.Helper()
	if want := (graph.Counts{Created: created, Changed: changed, Unchanged: unchanged, Withdrawn: withdrawn}); got != want {
		e.Fatalf("counts %+v; want %+v", got, want)
	}
}

func (e *env) atRevision(want graph.Revision) {
	e.Helper()
	if got := e.head().Revision; got != want {
		e.Fatalf("the head is at revision %d; want %d", got, want)
	}
}

// reading is a sink that keeps the state: what it was given, and what that was changed into.
type reading struct {
	statements map[graph.Key][]graph.Field
	merges     map[graph.NodeKey]graph.Sameness
	order      []graph.Key // as put
	handled    map[graph.Key]int
	err        error  // returned by Put, where set
	after      func() // called after each Put, where set
}

func newReading() *reading {
	return &reading{
		statements: map[graph.Key][]graph.Field{},
		merges:     map[graph.NodeKey]graph.Sameness{},
		handled:    map[graph.Key]int{},
	}
}

func (r *reading) Put(s *graph.Statement) error {
	r.statements[s.Key] = slices.Clone(s.Fields)
	r.order = append(r.order, s.Key)
	r.handled[s.Key]++
	if r.after != nil {
		r.after()
	}
	return r.err
}

func (r *reading) Withdraw(key graph.Key) error {
	delete(r.statements, key)
	r.handled[key]++
	return nil
}

func (r *reading) Merge(s graph.Sameness) error {
	s.At = s.At.UTC()
	r.merges[s.NodeKey] = s
	return nil
}

func (r *reading) Unmerge(kind graph.Kind, id string) error {
	delete(r.merges, graph.NodeKey{Kind: kind, ID: id})
	return nil
}

// String is the state as text, a line a statement, in the order of keys.
func (r *reading) String() string {
	var lines []string
	for key, fields := range r.statements {
		line := key.ID()
		for _, f := range fields {
			line += fmt.Sprintf(" %s=%q", f.ID, f.Value())
		}
		lines = append(lines, line)
	}
	for _, s := range r.merges {
		lines = append(lines, fmt.Sprintf("%s %q is %q, says %q: %q at %s", s.Kind, s.ID, s.Canonical, s.By, s.Why, s.At))
	}
	slices.Sort(lines)
	return strings.Join(lines, "\n")
}

func revision(r graph.Revision) *graph.Revision { return &r }
