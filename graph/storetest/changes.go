package storetest

import (
	"errors"
	"fmt"
	"slices"

	"github.com/tributarygraph/tributary/graph"
)

var changeTests = []conformance{
	{"changes since every revision lead to the head", changesLead},
	{"changes deliver each statement once, without details", changesOnce},
	{"changes since the head are none", changesNone},
	{"changes across the first bulk load may be compacted", changesCompacted},
	{"old changes go, and what is said of them stays", changesTrimmed},
	{"what the newest revisions changed stays, however much", changesKept},
	{"what came and went in between is not live", changesCameAndWent},
}

// changesLead checks, for every revision r, that the state at r with the changes since r is the head's.
func changesLead(e *env) {
	pasts(e)
	want, head := e.read(graph.ReadOptions{})
	kept := 0
	for r := range head.Revision + 1 {
		state, _ := e.read(graph.ReadOptions{At: &r})
		state.handled = map[graph.Key]int{}
		before := state.String()
		at, err := e.store.Changes(e.ctx, r, state)
		switch {
		case errors.Is(err, graph.ErrRevisionCompacted) && r == 0: // the first import was into an empty store
			if state.String() != before {
				e.Fatalf("compacted changes since %d were delivered in part", r)
			}
			continue
		case err != nil:
			e.Fatalf("Changes since %d: %v", r, err)
		}
		if at != head || state.String() != want.String() {
			e.Fatalf("at %d with the changes since, up to %+v:\n%s\nwant\n%s", r, at, state, want)
		}
		kept++
	}
	if kept < int(head.Revision) {
		e.Fatalf("changes since %d of %d revisions are kept", kept, head.Revision)
	}
}

func changesOnce(e *env) {
	e.load("k0", say("d", "company z"))
	e.load("k1", full(graph.KindSupplies, "n"))
	e.load("k2", say("full", "supplies n to p", "source=s", "asserted_by=by", "period=2024Q2", "valid_from=2024-04-01", "value=1"))
	e.load("k3", say("full", "supplies n to p", "source=s", "asserted_by=by", "period=2024Q2", "valid_from=2024-04-01", "value=2"), say("full", "company x"))
	for since := graph.Revision(1); since <= 3; since++ {
		r := newReading()
		if _, err := e.store.Changes(e.ctx, since, r); err != nil {
			e.Fatal(err)
		}
		for key, n := range r.handled {
			if n != 1 {
				e.Fatalf("changes since %d deliver %s %d times", since, key.ID(), n)
			}
			if slices.ContainsFunc(r.statements[key], func(f graph.Field) bool { return f.ID.Spec().Details }) {
				e.Fatalf("changes since %d deliver details: %s", since, r)
			}
		}
		if len(r.handled) != 2 {
			e.Fatalf("changes since %d: %s", since, r)
		}
	}
}

func changesNone(e *env) {
	history(e)
	r := newReading()
	head, err := e.store.Changes(e.ctx, e.head().Revision, r)
	if err != nil || head != e.head() || len(r.handled) != 0 || len(r.merges) != 0 {
		e.Fatalf("changes since the head %+v: %v\n%s", head, err, r)
	}
}

func changesCompacted(e *env) {
	half := numbered("d", 50)
	e.apply(graph.Batch{Import: step("k1", "d", 1, false), Statements: half[:50]})
	e.apply(graph.Batch{Import: step("k1", "d", 2, true), Statements: half[50:]})
	e.load("k2", say("d", "company c001", "name=Other"), say("e", "company c001"))
	e.undo("k2", 0)
	want, head := e.read(graph.ReadOptions{})
	compacted := false
	for r := range head.Revision + 1 {
		state, _ := e.read(graph.ReadOptions{At: &r})
		_, err := e.store.Changes(e.ctx, r, state)
		switch {
		case errors.Is(err, graph.ErrRevisionCompacted) && r < 2:
			compacted = true
			continue
		case err != nil:
			e.Fatalf("Changes since %d: %v", r, err)
		}
		if state.String() != want.String() {
			e.Fatalf("at %d with the changes since:\n%s\nwant\n%s", r, state, want)
		}
	}
	e.Logf("the bulk load is compacted: %t", compacted)
}

// keep sets how much of the log of changes stores keep, until the test ends.
func (e *env) keep(k graph.KeptChanges) {
	before := graph.Kept
	graph.Kept = k
	e.Cleanup(func() { graph.Kept = before })
}

// leads checks that the state at r with the changes since is the head's, and reports whether there are any to be had.
func (e *env) leads(r graph.Revision) bool {
	e.Helper()
	want, _ := e.read(graph.ReadOptions{})
	state, _ := e.read(graph.ReadOptions{At: &r})
	state.handled = map[graph.Key]int{}
	before := state.String()
	switch _, err := e.store.Changes(e.ctx, r, state); {
	case errors.Is(err, graph.ErrRevisionCompacted):
		if state.String() != before {
			e.Fatalf("compacted changes since %d were delivered in part", r)
		}
		return false
	case err != nil:
		e.Fatalf("Changes since %d: %v", r, err)
	}
	if state.String() != want.String() {
		e.Fatalf("at %d with the changes since:\n%s\nwant\n%s", r, state, want)
	}
	return true
}

func changesTrimmed(e *env) {
	e.keep(graph.KeptChanges{Revisions: 5, Statements: 20})
	states := []string{e.dump(graph.ReadOptions{})}
	for i := range 40 {
		e.load(fmt.Sprintf("k%d", i), say("d", fmt.Sprintf("company c%d", i%7), fmt.Sprintf("name=N%d", i)), say("d", fmt.Sprintf("company x%d", i)))
		states = append(states, e.dump(graph.ReadOptions{}))
	}
	for r := range graph.Revision(41) {
		if kept, want := e.leads(r), r >= 40-20/2; kept != want { // two statements a revision
			e.Fatalf("changes since %d of 40 are kept: %t, want %t", r, kept, want)
		}
		if got := e.dump(graph.ReadOptions{At: &r}); got != states[r] {
			e.Fatalf("at %d, when its changes are gone:\n%s\nwant\n%s", r, got, states[r])
		}
	}
	for i := 39; i >= 0; i-- { // the log is not what undo goes by
		e.undo(fmt.Sprintf("k%d", i), 0)
		if got := e.dump(graph.ReadOptions{}); got != states[i] {
			e.Fatalf("after undoing k%d:\n%s\nwant\n%s", i, got, states[i])
		}
	}
	if e.leads(60) || !e.leads(e.head().Revision-5) {
		e.Fatal("after undoing, too much or too little of the log is kept")
	}
}

func changesKept(e *env) {
	e.keep(graph.KeptChanges{Revisions: 10, Statements: 5})
	e.load("z", say("e", "company z"))
	for i := range 30 {
		e.load(fmt.Sprintf("k%d", i), numbered(fmt.Sprintf("d%d", i), 4)...)
	}
	for r := graph.Revision(1); r <= 31; r++ {
		if kept := e.leads(r); kept != (r >= 31-10) {
			e.Fatalf("changes since %d of 31 are kept: %t", r, kept)
		}
	}
}

func changesCameAndWent(e *env) {
	e.load("k0", say("d", "company z"))
	since := e.head().Revision
	e.load("k1", say("d", "company a"), say("d", "company b", "name=B"))
	e.undo("k1", 0)
	r := newReading()
	if _, err := e.store.Changes(e.ctx, since, r); err != nil {
		e.Fatal(err)
	}
	if len(r.statements) != 0 {
		e.Fatalf("changes deliver what is no longer live: %s", r)
	}
}
