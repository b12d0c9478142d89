package review_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tributarygraph/tributary/graph"
	"github.com/tributarygraph/tributary/graph/sqlitestore"
	"github.com/tributarygraph/tributary/importer"
	"github.com/tributarygraph/tributary/importer/resolve"
	"github.com/tributarygraph/tributary/importer/review"
)

var noon = time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)

const (
	leiA = "529900T8BM49AURSDO55"
	leiB = "549300S4KLFTLO7GSQ80"
)

// The files: two companies of one name, a company described under its LEI, one described twice, and relations.
var files = map[string]string{
	"companies": "id,name,country,lei\np-jp,Panasonic,JP,\np-us,Panasonic,US,\nacme-1,Acme,DE," + leiA + "\nacme-2,Acme Werke,DE," + leiA + "\n",
	"register":  "id,name,country\nlei:" + leiB + ",Bolt AG,CH\n",
	"relations": "supplier,buyer,product\nPanasonic,Tesla,cells\npanasonic,Rivian,cells\nBOLT A.G.,Tesla,screws\nAcme,Bolt A.G.,steel\n",
}

func openStore(t testing.TB) graph.Store {
	t.Helper()
	store, err := sqlitestore.Open(context.Background(), filepath.Join(t.TempDir(), "s.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { store.Close() })
	return store
}

func load(t testing.TB, store graph.Store) *graph.View {
	t.Helper()
	v, err := graph.Load(context.Background(), store)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func fill(t testing.TB, store graph.Store, names ...string) {
	t.Helper()
	for _, name := range names {
		in := importer.Input{Reader: strings.NewReader(files[name]), Name: name}
		if _, err := importer.Import(context.Background(), store, []importer.Input{in}, importer.Options{Dataset: name}); err != nil {
			t.Fatal(err)
		}
	}
}

func filled(t testing.TB) graph.Store {
	store := openStore(t)
	fill(t, store, "companies", "register", "relations")
	return store
}

func options() review.Options { return review.Options{Config: resolve.DefaultConfig()} }

func run(t testing.TB, store graph.Store, o review.Options) *review.Report {
	t.Helper()
	r, err := review.Run(context.Background(), store, load(t, store), o, review.Begun{By: "anna", At: noon})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// told is what is proposed, one a line.
func told(r *review.Report) string {
	var b strings.Builder
	for _, p := range r.Proposals {
		fmt.Fprintf(&b, "%s %s -> %s\n", p.Decision, p.Record, p.Candidate)
	}
	return b.String()
}

func queue(t testing.TB, store graph.Store, statuses ...review.Status) string {
	t.Helper()
	items, err := review.List(context.Background(), store, load(t, store), statuses...)
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for _, x := range items {
		fmt.Fprintf(&b, "%s %s -> %s\n", x.Status, x.Record, x.Candidate)
	}
	return b.String()
}

// item is the id of the review about the two.
func item(t testing.TB, store graph.Store, record, candidate string) string {
	t.Helper()
	items, err := review.List(context.Background(), store, load(t, store))
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range items {
		if x.Record == record && x.Candidate == candidate {
			return x.ID
		}
	}
	t.Fatalf("no review of %s and %s", record, candidate)
	return ""
}

func decide(t testing.TB, store graph.Store, id string, s review.Status) *review.Decided {
	t.Helper()
	d, err := review.Decide(context.Background(), store, load(t, store), id, review.Verdict{Decision: s, By: "bo", Why: "asked them", At: noon})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func is(t testing.TB, store graph.Store, record, want string) {
	t.Helper()
	v := load(t, store)
	n, ok := v.Find(graph.KindCompany, record)
	if !ok || v.ID(graph.KindCompany, n) != want {
		t.Errorf("%q is %q, want %q", record, v.ID(graph.KindCompany, n), want)
	}
}

func wantText(t testing.TB, what, got, want string) {
	t.Helper()
	if got != want {
		t.Errorf("%s:\n%s\nwant\n%s", what, got, want)
	}
}

func TestRun(t *testing.T) {
	store := filled(t)
	const want = "match BOLT A.G. -> lei:" + leiB + "\nmatch acme-2 -> acme-1\nreview Panasonic -> p-jp\nreview Panasonic -> p-us\n"
	dry, err := review.Run(context.Background(), store, load(t, store), options(), review.Begun{At: noon, DryRun: true})
	if err != nil {
		t.Fatal(err)
	}
	wantText(t, "dry run", told(dry), want)
	if head, _ := store.Head(context.Background()); head.Revision != dry.Revision || queue(t, store) != "" {
		t.Errorf("a dry run wrote something: revision %d, %q", head.Revision, queue(t, store))
	}
	r := run(t, store, options())
	wantText(t, "run", told(r), want)
	if !slices.EqualFunc(r.Proposals, dry.Proposals, func(a, b review.Proposal) bool { return a.ID == b.ID && a.Score == b.Score }) {
		t.Errorf("a dry run proposes %+v, a run %+v", dry.Proposals, r.Proposals)
	}
	if r.Run != "1" || r.Merged != 3 || r.Reviews != 2 || r.Asked != 2 {
		t.Errorf("run %q merged %d, reviews %d of which new %d; want 1, 3 (Bolt A.G. in two spellings), 2, 2", r.Run, r.Merged, r.Reviews, r.Asked)
	}
	is(t, store, "Bolt A.G.", "lei:"+leiB)
	is(t, store, "BOLT A.G.", "lei:"+leiB)
	is(t, store, "acme-2", "acme-1")
	d, _ := load(t, store).Decision(graph.NodeKey{Kind: graph.KindCompany, ID: "acme-2"})
	if d.By != review.Rule || !strings.Contains(d.Why, leiA) || !d.At.Equal(noon) {
		t.Errorf("the merge is recorded as %+v", d)
	}
	again := run(t, store, options())
	wantText(t, "a second run", told(again), "review Panasonic -> p-jp\nreview Panasonic -> p-us\n")
	if again.Run != "" || again.Asked != 0 {
		t.Errorf("a second run is %q and asks %d anew", again.Run, again.Asked)
	}
}

func TestDecide(t *testing.T) {
	store := filled(t)
	run(t, store, options())
	jp, us := item(t, store, "Panasonic", "p-jp"), item(t, store, "Panasonic", "p-us")

	d := decide(t, store, us, review.Different)
	is(t, store, "Panasonic", "p-jp") // the only one left
	wantText(t, "after a rejection", queue(t, store, review.Open), "")
	if d.Status != review.Different || d.By != "bo" || d.Why != "asked them" {
		t.Errorf("decided %+v", d)
	}
	decide(t, store, us, review.Open)
	is(t, store, "Panasonic", "Panasonic")
	wantText(t, "after taking it back", queue(t, store), "open Panasonic -> p-jp\nopen Panasonic -> p-us\n")

	same := decide(t, store, jp[:5], review.Same)
	if !slices.Equal(same.Records, []string{"Panasonic", "panasonic"}) {
		t.Errorf("merged %q, want both spellings", same.Records)
	}
	is(t, store, "panasonic", "p-jp")
	wantText(t, "after an acceptance", queue(t, store), "same Panasonic -> p-jp\nsettled Panasonic -> p-us\n")
	wantText(t, "a run then", told(run(t, store, options())), "")
	decide(t, store, jp, review.Open)
	is(t, store, "panasonic", "panasonic")
	wantText(t, "after taking that back", queue(t, store), "open Panasonic -> p-jp\nopen Panasonic -> p-us\n")
}

func TestConflicts(t *testing.T) {
	ctx := context.Background()
	store := filled(t)
	run(t, store, options())
	id := item(t, store, "Panasonic", "p-jp")
	stale := load(t, store)
	refused := func(v *graph.View, id string, s review.Status, kind error, words string) {
		t.Helper()
		_, err := review.Decide(ctx, store, v, id, review.Verdict{Decision: s, By: "cy", At: noon})
		if !errors.Is(err, kind) || !strings.Contains(err.Error(), words) {
			t.Errorf("%v: %v, want %v with %q", s, err, kind, words)
		}
	}
	refused(stale, id, review.Open, graph.ErrConflict, "nothing is decided")
	refused(stale, "nosuchreview", review.Same, graph.ErrNotFound, "nosuchreview")
	decide(t, store, id, review.Same)
	// The second reviewer looked before the first decided.
	refused(stale, id, review.Different, graph.ErrConflict, "decided: same, by bo on 2026-11-24 12:00 UTC")
	refused(load(t, store), id, review.Different, graph.ErrConflict, "decided: same, by bo")
	refused(load(t, store), item(t, store, "Panasonic", "p-us"), review.Same, graph.ErrConflict, `"Panasonic" was decided to be p-jp`)
}

// Names that are merged do not make a question of the companies that they are merged into.
func TestNoQuestionsAboutDefinitions(t *testing.T) {
	store := openStore(t)
	files["samsung"] = "id,name,country\nsamsung,Samsung Electronics Co. Ltd.,KR\nsdi,Samsung SDI Co. Ltd.,KR\n"
	files["sold"] = "supplier,buyer\nSamsung Electronics,Apple\nSamsung,Apple\n"
	fill(t, store, "samsung", "sold")
	asking := options()
	asking.Config.Review = 0.05
	r := run(t, store, asking)
	for _, p := range r.Proposals {
		if p.Record != "Samsung" && p.Record != "Samsung Electronics" && p.Record != "Apple" {
			t.Errorf("asked whether %s is %s", p.Record, p.Candidate)
		}
	}
	again := run(t, store, asking)
	if again.Asked != 0 {
		t.Errorf("a second run asks about\n%safter\n%s", told(again), told(r))
	}
	asking.All = true
	if text := told(run(t, store, asking)); !strings.Contains(text, "review sdi -> samsung") {
		t.Errorf("over all companies:\n%s", text)
	}
}

// A review is settled once an import describes the company that its record is the name of: that it is another company is
// no longer a question. A further spelling of the record settles nothing.
func TestDescribedMeanwhile(t *testing.T) {
	store := openStore(t)
	files["murata"] = "id,name\nmurata,Murata Manufacturing Co. Ltd.\n"
	files["bought"] = "supplier,buyer\nMurata Mfrg Works,Apple\n"
	files["spelled"] = "supplier,buyer\nMURATA MFRG WORKS,Apple\n"
	files["works"] = "id,name\nworks,Murata Mfrg Works\n"
	fill(t, store, "murata", "bought")
	asking := options()
	asking.Config.Automatic = 1.1 // nothing is certain
	run(t, store, asking)
	id := item(t, store, "Murata Mfrg Works", "murata")
	fill(t, store, "spelled")
	wantText(t, "after another spelling", queue(t, store), "open Murata Mfrg Works -> murata\n")
	fill(t, store, "works")
	wantText(t, "after a description", queue(t, store), "settled Murata Mfrg Works -> murata\n")
	_, err := review.Decide(context.Background(), store, load(t, store), id, review.Verdict{Decision: review.Same, By: "cy", At: noon})
	if !errors.Is(err, graph.ErrConflict) || !strings.Contains(err.Error(), `"Murata Mfrg Works" is a name of works, which was described since`) {
		t.Errorf("accepting it then: %v", err)
	}
	run(t, store, asking)
	wantText(t, "after the next run", queue(t, store), "")
}

// racing lets somebody else decide between the reading of a review and the batch.
type racing struct {
	graph.Store
	before func()
}

func (r *racing) Apply(ctx context.Context, b graph.Batch) (graph.Applied, error) {
	if act := r.before; act != nil {
		r.before = nil
		act()
	}
	return r.Store.Apply(ctx, b)
}

func TestTwoAtOnce(t *testing.T) {
	store := filled(t)
	run(t, store, options())
	id := item(t, store, "Panasonic", "p-jp")
	verdict := review.Verdict{Decision: review.Same, By: "cy", At: noon}
	second := &racing{Store: store, before: func() { decide(t, store, id, review.Different) }}
	_, err := review.Decide(context.Background(), second, load(t, store), id, verdict)
	if !errors.Is(err, graph.ErrConflict) || !strings.Contains(err.Error(), "decided: different, by bo") {
		t.Errorf("the second of two: %v", err)
	}
	is(t, store, "Panasonic", "p-us") // what the first said, and nothing of the second

	// About different questions nobody is in anybody's way.
	decide(t, store, id, review.Open)
	if _, err := review.UndoRun(context.Background(), store, "", noon); err != nil {
		t.Fatal(err)
	}
	run(t, store, options())
	other := item(t, store, "acme-2", "acme-1")
	beside := &racing{Store: store, before: func() { decide(t, store, other, review.Same) }}
	if _, err := review.Decide(context.Background(), beside, load(t, store), id, verdict); err != nil {
		t.Errorf("beside another decision: %v", err)
	}
	is(t, store, "Panasonic", "p-jp")
	is(t, store, "acme-2", "acme-1")
}

// A rule does not overrule who decides at the very moment, also of another pair of the same name.
func TestRunLosesToAReviewer(t *testing.T) {
	for d, want := range map[review.Status]string{review.Different: "acme-2", review.Same: "acme-1"} {
		store := filled(t)
		asking := options()
		asking.Config.Automatic = 1.1 // nothing is certain
		run(t, store, asking)
		id := item(t, store, "acme-2", "acme-1")
		beside := &racing{Store: store, before: func() { decide(t, store, id, d) }}
		r, err := review.Run(context.Background(), beside, load(t, store), options(), review.Begun{At: noon})
		if err != nil || r.Merged != 2 { // Bolt A.G., in two spellings
			t.Errorf("%s: merged %d, %v; want the two others", d, r.Merged, err)
		}
		is(t, store, "acme-2", want)
		if decision, ok := load(t, store).Decision(graph.NodeKey{Kind: graph.KindCompany, ID: "acme-2"}); ok && decision.By != "bo" {
			t.Errorf("%s: decided by %q, want the reviewer", d, decision.By)
		}
	}
}

// A run leaves alone what somebody decides while it goes on.
func TestRunBesideAReviewer(t *testing.T) {
	store := filled(t)
	asking := options()
	asking.Config.Automatic = 1.1 // nothing is certain
	run(t, store, asking)
	id := item(t, store, "acme-2", "acme-1")
	asking.Config.Review = 0.4 // every review is written anew
	late := load(t, store)
	meanwhile := &reading{Store: store, after: func() { decide(t, store, id, review.Same) }}
	if _, err := review.Run(context.Background(), meanwhile, late, asking, review.Begun{At: noon}); err != nil {
		t.Fatal(err)
	}
	if text := queue(t, store, review.Same); text != "same acme-2 -> acme-1\n" {
		t.Errorf("decided are %q", text)
	}
}

// reading lets somebody act after the state was scanned for the first time.
type reading struct {
	graph.Store
	after func()
}

func (r *reading) State() graph.State { return &readingState{r.Store.State(), r} }

type readingState struct {
	graph.State
	of *reading
}

func (s *readingState) Scan(ctx context.Context, namespace, after string, limit int) ([]graph.StateEntry, error) {
	entries, err := s.State.Scan(ctx, namespace, after, limit)
	if act := s.of.after; act != nil {
		s.of.after = nil
		act()
	}
	return entries, err
}

// The proposals are the same whether the View was loaded or brought up to date step by step.
func TestProposalsOfARefreshedView(t *testing.T) {
	ctx := context.Background()
	store := openStore(t)
	v := load(t, store)
	for _, name := range []string{"relations", "companies", "register"} {
		fill(t, store, name)
		var err error
		if v, err = v.Refresh(ctx, store); err != nil {
			v = load(t, store)
		}
		stepwise, err := review.Propose(ctx, v, nil, options())
		if err != nil {
			t.Fatal(err)
		}
		loaded, err := review.Propose(ctx, load(t, store), nil, options())
		if err != nil {
			t.Fatal(err)
		}
		if a, b := fmt.Sprintf("%+v", stepwise), fmt.Sprintf("%+v", loaded); a != b {
			t.Errorf("after %s: refreshed\n%s\nloaded\n%s", name, a, b)
		}
	}
}

// What was decided to be different stays so when files are imported again, undone, exported and imported elsewhere.
func TestDifferentIsRemembered(t *testing.T) {
	ctx := context.Background()
	store := filled(t)
	asking := options()
	asking.Config.Automatic = 1.1 // nothing is certain
	run(t, store, asking)
	decide(t, store, item(t, store, "Panasonic", "p-jp"), review.Different)
	is(t, store, "panasonic", "p-us")
	decide(t, store, item(t, store, "acme-2", "acme-1"), review.Different)
	none := func(store graph.Store) {
		t.Helper()
		for _, line := range strings.Split(told(run(t, store, options())), "\n") {
			if strings.HasSuffix(line, "-> p-jp") || strings.HasSuffix(line, "-> acme-1") {
				t.Errorf("proposed again: %s", line)
			}
		}
	}
	none(store)
	if _, err := importer.Undo(ctx, store, "companies"); err != nil {
		t.Fatal(err)
	}
	files["relations-2"] = "supplier,buyer\nPANASONIC,Lucid\n" // another spelling
	fill(t, store, "companies", "relations", "relations-2")
	none(store)

	var out strings.Builder
	if err := importer.ExportNDJSON(ctx, store, &out); err != nil {
		t.Fatal(err)
	}
	other := openStore(t)
	if _, err := importer.Import(ctx, other, []importer.Input{{Reader: strings.NewReader(out.String()), Name: "x"}}, importer.Options{Dataset: "x"}); err != nil {
		t.Fatal(err)
	}
	none(other)
}

func TestUndoRun(t *testing.T) {
	ctx := context.Background()
	store := filled(t)
	before := run(t, store, options())
	undone, err := review.UndoRun(ctx, store, "", noon)
	if err != nil || undone.Unmerged != 3 || undone.Kept != 0 || undone.Run.ID != before.Run {
		t.Fatalf("undone %+v, %v; want 3 of run %s", undone, err, before.Run)
	}
	is(t, store, "acme-2", "acme-2")
	if _, err := review.UndoRun(ctx, store, "", noon); !errors.Is(err, graph.ErrNotFound) {
		t.Errorf("undoing again: %v", err)
	}
	if _, err := review.UndoRun(ctx, store, before.Run, noon); !errors.Is(err, graph.ErrConflict) {
		t.Errorf("undoing that run again: %v", err)
	}
	// What was taken back is a question from now on.
	const asked = "review BOLT A.G. -> lei:" + leiB + "\nreview Panasonic -> p-jp\nreview Panasonic -> p-us\nreview acme-2 -> acme-1\n"
	wantText(t, "a run after the undo", told(run(t, store, options())), asked)
	decide(t, store, item(t, store, "acme-2", "acme-1"), review.Same)
	is(t, store, "acme-2", "acme-1")
}

// dying is a store whose process dies after some batches.
type dying struct {
	graph.Store
	left int
}

var errKilled = errors.New("killed")

func (d *dying) Apply(ctx context.Context, b graph.Batch) (graph.Applied, error) {
	if d.left--; d.left < 0 {
		return graph.Applied{}, errKilled
	}
	return d.Store.Apply(ctx, b)
}

// A run or its undo that is killed at any moment leaves what its repetition completes.
func TestKilled(t *testing.T) {
	ctx := context.Background()
	for batches := range 3 {
		store := filled(t)
		_, err := review.Run(ctx, &dying{Store: store, left: batches}, load(t, store), options(), review.Begun{At: noon})
		if batches < 2 && !errors.Is(err, errKilled) || batches >= 2 && err != nil {
			t.Fatalf("killed after %d batches: %v", batches, err)
		}
		run(t, store, options())
		is(t, store, "acme-2", "acme-1")
		wantText(t, "the queue", queue(t, store), "open Panasonic -> p-jp\nopen Panasonic -> p-us\n")
		if _, err := review.UndoRun(ctx, &dying{Store: store, left: batches}, "1", noon); batches < 2 && !errors.Is(err, errKilled) {
			t.Fatalf("undo killed after %d batches: %v", batches, err)
		}
		if batches < 2 {
			if _, err := review.UndoRun(ctx, store, "1", noon); err != nil {
				t.Fatal(err)
			}
		}
		is(t, store, "acme-2", "acme-2")
	}
}

func TestSide(t *testing.T) {
	store := filled(t)
	s, ok := review.SideOf(load(t, store), "panasonic")
	if !ok || s.ID != "panasonic" || !slices.Equal(s.Records, []string{"Panasonic"}) || s.Supplies.Relations != 2 || s.Supplies.First[0] != (review.Traded{Company: "Rivian", Product: "cells"}) ||
		!slices.Equal(s.Sources, []string{"dataset relations"}) {
		t.Errorf("side %+v", s)
	}
	if _, ok := review.SideOf(load(t, store), "nobody"); ok {
		t.Error("a side of nobody")
	}
}

// Two whose identifiers contradict each other are made one only where somebody insists.
func TestContradiction(t *testing.T) {
	ctx := context.Background()
	for ids, words := range map[[2]string]string{
		{"XETR:AAA", "XETR:BBB"}: "ticker: XETR:AAA and XETR:BBB",
		{"XETR:AAA", "XNYS:BBB"}: "",
	} {
		store := openStore(t)
		files["twins"] = "id,name,ticker\nfoo,Foo Holding," + ids[0] + "\nfoo-b,Foo Werke," + ids[1] + "\n"
		fill(t, store, "twins")
		all := options()
		all.All, all.Config.Review = true, 0.05
		r := run(t, store, all)
		if len(r.Proposals) != 1 {
			t.Fatalf("%v: proposed\n%s", ids, told(r))
		}
		verdict := review.Verdict{Decision: review.Same, By: "cy", At: noon}
		_, err := review.Decide(ctx, store, load(t, store), r.Proposals[0].ID, verdict)
		if words == "" {
			if err != nil {
				t.Errorf("%v: %v", ids, err)
			}
			continue
		}
		if !errors.Is(err, review.ErrContradiction) || !errors.Is(err, graph.ErrConflict) || !strings.Contains(err.Error(), words) {
			t.Errorf("%v: %v, want %q", ids, err, words)
		}
		verdict.Force = true
		if _, err := review.Decide(ctx, store, load(t, store), r.Proposals[0].ID, verdict); err != nil {
			t.Errorf("%v, forced: %v", ids, err)
		}
	}
}
