package storetest

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/tributarygraph/tributary/graph"
	"pgregory.net/rapid"
)

// Random applies random operations (imports in batches, new, refining, emptying, broken off and gone on with;
// sweeps, undos, decisions, state, opening again, a second handle) to a store of every factory and to the
// reference model, and compares everything that can be read after each. With several factories it proves
// that the stores agree with each other. The flags of rapid apply: -rapid.checks (20 unless given),
// -rapid.steps, -rapid.seed.
func Random(t *testing.T, factories ...Factory) {
	if checks := flag.Lookup("rapid.checks"); checks != nil && checks.Value.String() == checks.DefValue {
		defer func() { _ = checks.Value.Set(checks.DefValue) }()
		_ = checks.Value.Set("20") // a store is slower than what rapid's own default is made for
	}
	rapid.Check(t, func(r *rapid.T) {
		m := newMachine(t, r, factories)
		defer m.close()
		r.Repeat(map[string]func(*rapid.T){
			"":        m.compare,
			"begin":   m.begin,
			"go on":   m.goOn,
			"repeat":  m.repeat,
			"undo":    m.undo,
			"decide":  m.decide,
			"state":   m.state,
			"dry run": m.dryRun,
			"reopen":  m.reopen,
			"switch":  m.switchHandles,
		})
	})
}

// machine is the stores under test and what was done to them.
type machine struct {
	ctx     context.Context
	model   *model
	stores  []*subject
	imports []*importing
	last    graph.Batch
}

// subject is a store with two handles.
type subject struct {
	again   func(context.Context) (graph.Store, error)
	handles [2]graph.Store
	present int
}

func (s *subject) store() graph.Store { return s.handles[s.present] }

// importing is an import that was begun.
type importing struct {
	key, dataset string
	ordinal      int
	done         bool
	written      map[graph.Key]bool // by series: a series is never split over batches
}

func newMachine(t *testing.T, r *rapid.T, factories []Factory) *machine {
	m := &machine{ctx: t.Context(), model: newModel()}
	for _, factory := range factories {
		s := &subject{again: factory(t)}
		for i := range s.handles {
			s.open(m.ctx, r, i)
		}
		m.stores = append(m.stores, s)
	}
	return m
}

func (s *subject) open(ctx context.Context, r *rapid.T, handle int) {
	store, err := s.again(ctx)
	if err != nil {
		r.Fatalf("opening the store: %v", err)
	}
	s.handles[handle] = store
}

func (m *machine) close() {
	for _, s := range m.stores {
		for _, handle := range s.handles {
			_ = handle.Close()
		}
	}
}

// apply gives a batch to all and compares what they say that it did.
func (m *machine) apply(r *rapid.T, b graph.Batch) error {
	m.last = b
	want, wantErr := m.model.Apply(m.ctx, b)
	for i, s := range m.stores {
		got, err := s.store().Apply(m.ctx, b)
		if !sameKind(err, wantErr) {
			r.Fatalf("store %d: error %v; want %v, of %s", i, err, wantErr, describe(b))
		}
		if got != want {
			r.Fatalf("store %d did %+v; want %+v, of %s", i, got, want, describe(b))
		}
	}
	return wantErr
}

func sameKind(a, b error) bool {
	for _, kind := range []error{graph.ErrInvalid, graph.ErrConflict, graph.ErrNotFound, graph.ErrRevisionCompacted} {
		if errors.Is(a, kind) != errors.Is(b, kind) {
			return false
		}
	}
	return (a == nil) == (b == nil)
}

func describe(b graph.Batch) string {
	var lines []string
	if b.Import != nil {
		lines = append(lines, fmt.Sprintf("import %s of %s, batch %d, final %t", b.Import.Key, b.Import.Dataset, b.Import.Ordinal, b.Import.Final))
	}
	for _, s := range b.Statements {
		line := s.Key.ID()
		for _, f := range s.Fields {
			line += fmt.Sprintf(" %s=%q", f.ID, f.Value())
		}
		lines = append(lines, line)
	}
	lines = append(lines, fmt.Sprintf("sweep %t, undo %q, merge %v, unmerge %v, state %v", b.Sweep, b.Undo, b.Merge, b.Unmerge, b.State))
	return strings.Join(lines, "\n  ")
}

// The universe is small, so that things meet.
var (
	someNodes    = []string{"a", "b", "ç ~%"}
	someDatasets = []string{"d", "e"}
	someSettings = map[graph.Kind][]string{
		graph.KindSource:     {"title=T", "title=", "title=U", "language=zh", "published=2024-01-01"},
		graph.KindProduct:    {"name=P", "name=Q", "aliases=x;y", "parent=b", "code="},
		graph.KindCompany:    {"name=A", "name=B", "name=", "country=DE", "country=TW", "country=", "revenue=1", "revenue=2.5", `attributes={"x":"1"}`, `attributes={"x":"","y":"2"}`, "attributes="},
		graph.KindSupplies:   {"value=1", "value=2", "value=", "unit=kg", "unit=", "share_of_input=0.5", "quote=So.", "quote=", "stage=volume", `attributes={"x":"3"}`},
		graph.KindOwns:       {"share=0.1", "share=0.2", "share=", "control=board"},
		graph.KindMakes:      {"market_share=0.1", "country=CN", "country="},
		graph.KindInputOf:    {"confidence=0.5", "confidence=", "locator=p. 3"},
		graph.KindAssociated: {"role=partner", "role=competitor", "role="},
		graph.KindLists:      {"programme=P", "programme=P;Q", "programme=", "valid_to=2026-01-01"},
		graph.KindSite:       {"name=S", "operator=a", "operator=b", "operator=", "place=24.8,121", "place=", "region=R;T"},
	}
)

func drawStatement(r *rapid.T, dataset string) graph.Statement {
	kind := rapid.SampledFrom([]graph.Kind{
		graph.KindCompany, graph.KindCompany, graph.KindSupplies, graph.KindSupplies, graph.KindSupplies,
		graph.KindSource, graph.KindProduct, graph.KindOwns, graph.KindMakes, graph.KindInputOf, graph.KindAssociated, graph.KindLists, graph.KindSite,
	}).Draw(r, "kind")
	fields := map[string]string{}
	for _, setting := range rapid.SliceOfN(rapid.SampledFrom(someSettings[kind]), 0, 3).Draw(r, "settings") {
		name, _, _ := strings.Cut(setting, "=")
		fields[name] = setting
	}
	var settings []string
	for _, setting := range fields {
		settings = append(settings, setting)
	}
	s := say(dataset, kind.String()+" x y", settings...)
	s.From = rapid.SampledFrom(someNodes).Draw(r, "from")
	if s.To = ""; kind.IsRelation() {
		s.To = rapid.SampledFrom(someNodes[:2]).Draw(r, "to")
		s.ValidFrom = rapid.SampledFrom([]graph.Date{graph.NoDate, must(graph.ParseDate("2024-01-01")), must(graph.ParseDate("2025-01-01"))}).Draw(r, "valid from")
	}
	if kind == graph.KindSupplies {
		s.Product = rapid.SampledFrom([]string{"", "p"}).Draw(r, "product")
		s.Source = rapid.SampledFrom([]string{"", "s"}).Draw(r, "source")
	}
	return s
}

// drawStatements are statements that the import may still write, as a batch wants them.
func (im *importing) drawStatements(r *rapid.T) []graph.Statement {
	unique := map[graph.Key]graph.Statement{}
	for range rapid.IntRange(0, 8).Draw(r, "statements") {
		s := drawStatement(r, im.dataset)
		if !im.written[s.Series()] {
			unique[s.Key] = s
		}
	}
	var all []graph.Statement
	for _, s := range unique {
		all = append(all, s)
	}
	return sorted(all...)
}

// advance applies the next batch of an import.
func (m *machine) advance(r *rapid.T, im *importing) {
	final := rapid.Bool().Draw(r, "final")
	b := graph.Batch{Import: step(im.key, im.dataset, im.ordinal+1, final)}
	if rapid.IntRange(0, 5).Draw(r, "sweep") == 0 {
		b.Sweep = true
	} else {
		b.Statements = im.drawStatements(r)
	}
	if rapid.IntRange(0, 9).Draw(r, "with a decision") == 0 {
		b.Merge = []graph.Sameness{drawDecision(r)}
	}
	if m.apply(r, b) != nil {
		return
	}
	for _, s := range b.Statements {
		im.written[s.Series()] = true
	}
	im.ordinal++
	im.done = final
}

func (m *machine) begin(r *rapid.T) {
	im := &importing{key: fmt.Sprintf("k%d", len(m.imports)), dataset: rapid.SampledFrom(someDatasets).Draw(r, "dataset"), written: map[graph.Key]bool{}}
	for _, other := range m.imports { // sometimes one that was undone comes again
		if other.done && other.ordinal == 0 && rapid.Bool().Draw(r, "again") {
			*other = importing{key: other.key, dataset: other.dataset, written: map[graph.Key]bool{}}
			m.advance(r, other)
			return
		}
	}
	m.imports = append(m.imports, im)
	m.advance(r, im)
}

func (m *machine) goOn(r *rapid.T) {
	for _, im := range m.imports {
		if !im.done && rapid.Bool().Draw(r, "this one") {
			m.advance(r, im)
			return
		}
	}
	r.Skip("every import is complete")
}

// repeat sends the last batch again; one that is no step of an import may do something again.
func (m *machine) repeat(r *rapid.T) { _ = m.apply(r, m.last) }

func (m *machine) undo(r *rapid.T) {
	if len(m.imports) == 0 {
		r.Skip("nothing to undo")
	}
	im := rapid.SampledFrom(m.imports).Draw(r, "undone")
	if m.apply(r, graph.Batch{Undo: im.key}) == nil {
		im.done, im.ordinal = true, 0
	}
}

func drawDecision(r *rapid.T) graph.Sameness {
	s := sameness(rapid.SampledFrom([]graph.Kind{graph.KindCompany, graph.KindProduct}).Draw(r, "kind"),
		rapid.SampledFrom(someNodes).Draw(r, "id"), rapid.SampledFrom(someNodes).Draw(r, "canonical"))
	s.Why = rapid.SampledFrom([]string{"", "Ja."}).Draw(r, "why")
	if s.ID != s.Canonical && rapid.Bool().Draw(r, "different") {
		s.NodeKey, s.Canonical = graph.PairKey(s.Kind, s.ID, s.Canonical), ""
	}
	return s
}

func (m *machine) decide(r *rapid.T) {
	s := drawDecision(r)
	if rapid.Bool().Draw(r, "unmerge") {
		_ = m.apply(r, graph.Batch{Unmerge: []graph.NodeKey{s.NodeKey}})
		return
	}
	_ = m.apply(r, graph.Batch{Merge: []graph.Sameness{s}})
}

// state writes a key, with the version that it has or a wrong one. Versions differ from store to store.
func (m *machine) state(r *rapid.T) {
	change := graph.StateChange{Namespace: "n", Key: rapid.SampledFrom([]string{"k", "k~", "k "}).Draw(r, "key")}
	if rapid.Bool().Draw(r, "set") {
		change.Value = []byte(rapid.SampledFrom([]string{"v", "w", "\x00"}).Draw(r, "value"))
	}
	stale := uint64(rapid.SampledFrom([]int{0, 0, 0, 1_000_000}).Draw(r, "stale by"))
	set := func(s graph.State) error {
		entry, err := s.Get(m.ctx, change.Namespace, change.Key)
		if err != nil && !errors.Is(err, graph.ErrNotFound) {
			r.Fatalf("Get: %v", err)
		}
		c := change
		c.Version = entry.Version + stale
		_, err = s.CompareAndSet(m.ctx, c)
		return err
	}
	want := set(m.model)
	for i, s := range m.stores {
		if got := set(s.store().State()); !sameKind(got, want) {
			r.Fatalf("store %d: CompareAndSet %+v: %v; want %v", i, change, got, want)
		}
	}
}

func (m *machine) dryRun(r *rapid.T) {
	im := &importing{key: "dry", dataset: rapid.SampledFrom(someDatasets).Draw(r, "dataset"), written: map[graph.Key]bool{}}
	last := m.last
	_ = m.apply(r, graph.Batch{Import: step(im.key, im.dataset, 1, true), Statements: im.drawStatements(r), DryRun: true})
	m.last = last
}

func (m *machine) reopen(r *rapid.T) {
	for i, s := range m.stores {
		if err := s.store().Close(); err != nil {
			r.Fatalf("store %d: closing: %v", i, err)
		}
		s.open(m.ctx, r, s.present)
	}
}

func (m *machine) switchHandles(*rapid.T) {
	for _, s := range m.stores {
		s.present = 1 - s.present
	}
}

// compare reads everything from every store and the model.
func (m *machine) compare(r *rapid.T) {
	head := m.model.head().Revision
	at := graph.Revision(rapid.Uint64Range(0, uint64(head)).Draw(r, "revision looked at"))
	want := m.observe(r, m.model, at)
	for i, s := range m.stores {
		got := m.observe(r, s.store(), at)
		for what, text := range want {
			if got[what] != text {
				r.Fatalf("store %d: %s:\n%s\nwant\n%s", i, what, got[what], text)
			}
		}
	}
}

// observe is everything that can be read from a store, as text.
func (m *machine) observe(r *rapid.T, s graph.Store, at graph.Revision) map[string]string {
	seen := map[string]string{}
	now := newReading()
	head, err := s.Read(m.ctx, graph.ReadOptions{Sorted: true, Details: true}, now)
	check(r, "Read", err)
	if !slices.IsSortedFunc(now.order, graph.Key.Compare) {
		r.Fatal("a sorted read is not in the order of keys")
	}
	seen["all that is live"] = fmt.Sprintf("revision %d\n%s", head.Revision, now)

	noticed, err := s.Head(m.ctx)
	check(r, "Head", err)
	if noticed != head {
		r.Fatalf("the head is %+v, a read gave %+v", noticed, head)
	}

	past := newReading()
	_, err = s.Read(m.ctx, graph.ReadOptions{Sorted: true, At: &at}, past)
	check(r, "Read at a revision", err)
	what := fmt.Sprintf("the state at revision %d", at)
	seen[what] = past.String()

	_, err = s.Changes(m.ctx, at, past)
	if errors.Is(err, graph.ErrRevisionCompacted) {
		_, err = s.Read(m.ctx, graph.ReadOptions{}, past.reset()) // as its caller would
	}
	check(r, "Changes", err)
	seen[what+" with the changes since"] = past.String()

	found, err := s.Details(m.ctx, now.order)
	check(r, "Details", err)
	details := newReading()
	for i := range found {
		_ = details.Put(&found[i])
	}
	seen["the details"] = details.String()

	imports, err := s.Imports(m.ctx)
	check(r, "Imports", err)
	for _, im := range imports {
		seen["the imports"] += fmt.Sprintf("%s of %s: %s, %d batches, %+v, revision %d\n", im.Key, im.Dataset, im.Status, im.Batches, im.Counts, im.Revision)
	}

	entries, err := s.State().Scan(m.ctx, "n", "", 0)
	check(r, "Scan", err)
	for _, entry := range entries {
		seen["the state"] += fmt.Sprintf("%q=%q\n", entry.Key, entry.Value)
	}
	return seen
}

func check(r *rapid.T, what string, err error) {
	if err != nil {
		r.Fatalf("%s: %v", what, err)
	}
}

// reset empties the reading.
func (r *reading) reset() *reading {
	*r = *newReading()
	return r
}
