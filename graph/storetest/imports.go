package storetest

import (
	"fmt"
	"strings"
	"time"

	"github.com/tributarygraph/tributary/graph"
)

var importTests = []conformance{
	{"a repeated batch does nothing", repeatedBatch},
	{"a batch out of turn is refused", outOfTurn},
	{"the list of imports tells how far each has come", importList},
	{"a sweep withdraws what the import did not write", sweepWithdraws},
	{"a sweep goes in steps", sweepInSteps},
	{"a sweep spares what the import wrote and another wrote since", sweepSpares},
	{"a sweep and an undo know when nothing remains", exactlyTheLimit},
	{"a sweep can be taken back", sweepUndone},
	{"undo of A leaves B, other datasets", undoOtherDataset},
	{"undo of A leaves B, same dataset", undoSameDataset},
	{"undo after the same was asserted again", undoReasserted},
	{"undo of what withdrew a field", undoWithdrawnField},
	{"undo goes in steps", undoInSteps},
	{"undo takes each version of a claim back once", undoVersions},
	{"undo goes on after a restart, with others writing", undoResumed},
	{"undo of a broken import", undoBroken},
	{"undo of no import is not found", undoUnknown},
	{"undo twice does nothing the second time", undoTwice},
	{"an import may come again after its undo", importAfterUndo},
	{"an import that began before another of its dataset goes on", overlappingImports},
}

func repeatedBatch(e *env) {
	first := graph.Batch{Import: step("k", "d", 1, false), Statements: []graph.Statement{say("d", "company a", "name=A")},
		State: []graph.StateChange{{Namespace: "n", Key: "k", Value: []byte("v")}}}
	second := graph.Batch{Import: step("k", "d", 2, true), Statements: []graph.Statement{say("d", "company b", "name=B")}}
	e.apply(first)
	e.repeated(first, 1)
	e.apply(second)
	e.repeated(first, 2)
	e.repeated(second, 2)
	e.reopen()
	e.repeated(second, 2)
	e.load("other", say("d", "company a", "name=Other"))
	e.repeated(first, 3)
	e.holds(say("d", "company a", "name=Other"), say("d", "company b", "name=B"))
}

func (e *env) repeated(b graph.Batch, at graph.Revision) {
	e.Helper()
	if a := e.apply(b); a != (graph.Applied{Repeated: true, Revision: at}) {
		e.Fatalf("a repeated batch at revision %d did %+v", at, a)
	}
}

func outOfTurn(e *env) {
	batch := func(ordinal int, final bool) graph.Batch {
		return graph.Batch{Import: step("k", "d", ordinal, final), Statements: []graph.Statement{say("d", fmt.Sprintf("company c%d", ordinal))}}
	}
	e.refuse(batch(2, false), graph.ErrConflict)
	e.apply(batch(1, false))
	e.refuse(batch(3, false), graph.ErrConflict)
	e.apply(batch(2, true))
	e.refuse(batch(3, true), graph.ErrConflict) // it was complete
	e.holds(say("d", "company c1"), say("d", "company c2"))
}

func importList(e *env) {
	e.apply(graph.Batch{Import: withInfo(step("k1", "d", 1, false), `{"files": ["a.csv"], "rows": 1}`), Statements: []graph.Statement{say("d", "company a", "name=A")}})
	e.load("k2", say("d2", "company a"))
	e.listed(
		graph.Import{Seq: 1, Key: "k1", Dataset: "d", Status: graph.ImportRunning, Batches: 1, Counts: graph.Counts{Created: 1}, Revision: 1, Info: []byte(`{"files":["a.csv"],"rows":1}`)},
		graph.Import{Seq: 2, Key: "k2", Dataset: "d2", Status: graph.ImportComplete, Batches: 1, Counts: graph.Counts{Created: 1}, Revision: 2},
	)
	e.apply(graph.Batch{Import: withInfo(step("k1", "d", 2, true), `{"rows":2}`), Statements: []graph.Statement{say("d", "company b", "name=B")}})
	e.reopen()
	e.listed(
		graph.Import{Seq: 1, Key: "k1", Dataset: "d", Status: graph.ImportComplete, Batches: 2, Counts: graph.Counts{Created: 2}, Revision: 3, Info: []byte(`{"rows":2}`)},
		graph.Import{Seq: 2, Key: "k2", Dataset: "d2", Status: graph.ImportComplete, Batches: 1, Counts: graph.Counts{Created: 1}, Revision: 2},
	)
}

func withInfo(s *graph.ImportStep, info string) *graph.ImportStep {
	s.Info = []byte(info)
	return s
}

// listed compares the list of imports; the times are those that step gives.
func (e *env) listed(want ...graph.Import) {
	e.Helper()
	got := e.imports()
	if len(got) != len(want) {
		e.Fatalf("%d imports listed; want %d: %+v", len(got), len(want), got)
	}
	for i := range want {
		g, w := got[i], want[i]
		finished := startOfTime.Add(time.Duration(w.Batches) * time.Minute)
		if !g.Started.Equal(startOfTime.Add(time.Minute)) || w.Status == graph.ImportComplete && !g.Finished.Equal(finished) || w.Status == graph.ImportRunning && !g.Finished.IsZero() {
			e.Fatalf("import %d: started %s, finished %s", i, g.Started, g.Finished)
		}
		if strings.ReplaceAll(string(g.Info), " ", "") != string(w.Info) {
			e.Fatalf("import %d: info %s; want %s", i, g.Info, w.Info)
		}
		g.Started, g.Finished, g.Info, w.Info = time.Time{}, time.Time{}, nil, nil
		if fmt.Sprint(g) != fmt.Sprint(w) {
			e.Fatalf("import %d: %+v; want %+v", i, g, w)
		}
	}
}

func sweepWithdraws(e *env) {
	e.load("k1", say("d", "company a", "name=A"), say("d", "company b", "name=B"), say("d", "company c", "name=C"))
	e.load("k2", say("other", "company a"), say("other", "company b"))
	e.apply(graph.Batch{Import: step("k3", "d", 1, false), Statements: sorted(say("d", "company a", "name=A"), say("d", "company b", "name=Bee"))})
	e.counted(e.sweep("k3", "d", 2, 0), 0, 0, 0, 1)
	e.holds(say("d", "company a", "name=A"), say("d", "company b", "name=Bee"), say("other", "company a"), say("other", "company b"))
	e.load("k4", say("d", "company c", "country=DE")) // comes back without what it said before
	e.holds(say("d", "company a", "name=A"), say("d", "company b", "name=Bee"), say("d", "company c", "country=DE"), say("other", "company a"), say("other", "company b"))
}

// numbered are n claims and as many companies of a dataset.
func numbered(dataset string, n int) (all []graph.Statement) {
	for i := range n {
		all = append(all, say(dataset, fmt.Sprintf("company c%03d", i), fmt.Sprintf("name=Company %d", i)),
			say(dataset, fmt.Sprintf("supplies c%03d b p", i), fmt.Sprintf("value=%d", i)))
	}
	return sorted(all...)
}

func sweepInSteps(e *env) {
	e.load("k1", numbered("d", 20)...)
	e.apply(graph.Batch{Import: step("k2", "d", 1, false), Statements: []graph.Statement{say("d", "company c005"), say("d", "company c015", "name=X")}})
	first := e.apply(graph.Batch{Import: step("k2", "d", 2, false), Sweep: true, Limit: 7})
	if e.counted(first.Counts, 0, 0, 0, 7); !first.More {
		e.Fatal("a sweep that stopped at its limit does not say so")
	}
	e.repeated(graph.Batch{Import: step("k2", "d", 2, false), Sweep: true, Limit: 7}, first.Revision)
	e.counted(e.sweep("k2", "d", 3, 7), 0, 0, 0, 31)
	e.holds(say("d", "company c005", "name=Company 5"), say("d", "company c015", "name=X"))
}

func sweepSpares(e *env) {
	e.load("k1", numbered("d", 3)...)
	e.apply(graph.Batch{Import: step("k2", "d", 1, false), Statements: []graph.Statement{say("d", "company c001"), say("d", "company c002", "country=DE")}})
	e.load("k3", say("d", "company c001", "name=One"), say("d", "company new"))
	e.counted(e.sweep("k2", "d", 2, 0), 0, 0, 0, 5)
	e.holds(say("d", "company c001", "name=One"), say("d", "company c002", "name=Company 2", "country=DE"))
}

func exactlyTheLimit(e *env) {
	e.load("k1", numbered("d", 4)...)
	if a := e.apply(graph.Batch{Import: step("k2", "d", 1, true), Sweep: true, Limit: 8}); a.More || a.Withdrawn != 8 {
		e.Fatalf("a sweep of 8 statements with limit 8 did %+v", a)
	}
	if a := e.apply(graph.Batch{Undo: "k2", Limit: 8}); a.More || a.Created != 8 {
		e.Fatalf("an undo of 8 statements with limit 8 did %+v", a)
	}
	if a := e.apply(graph.Batch{Undo: "k1", Limit: 7}); !a.More || a.Withdrawn != 7 {
		e.Fatalf("an undo of 8 statements with limit 7 did %+v", a)
	}
	if a := e.apply(graph.Batch{Undo: "k1", Limit: 7}); a.More || a.Withdrawn != 1 {
		e.Fatalf("the rest of an undo did %+v", a)
	}
}

func sweepUndone(e *env) {
	e.load("k1", numbered("d", 10)...)
	e.apply(graph.Batch{Import: step("k2", "d", 1, false), Statements: []graph.Statement{say("d", "company c005", "name=New")}})
	e.sweep("k2", "d", 2, 0)
	e.holds(say("d", "company c005", "name=New"))
	e.counted(e.undo("k2", 0), 19, 1, 0, 0)
	e.holds(numbered("d", 10)...)
}

// undoOrders loads A and B and takes one back: what is left is what the other alone gives.
func undoOrders(e *env, a, b []graph.Statement) {
	for name, order := range map[string][2]string{"A then B": {"A", "B"}, "B then A": {"B", "A"}} {
		for _, undone := range order {
			e.Logf("%s, undo of %s", name, undone)
			content := map[string][]graph.Statement{"A": a, "B": b}
			keys := map[string]string{}
			for _, which := range order {
				e.seq++
				keys[which] = fmt.Sprintf("%s-%d", which, e.seq)
				e.load(keys[which], content[which]...)
			}
			e.undo(keys[undone], 0)
			left := "A"
			if undone == "A" {
				left = "B"
			}
			e.holds(content[left]...)
			e.undo(keys[left], 0)
			e.holds()
		}
	}
}

func undoOtherDataset(e *env) {
	var a, b []graph.Statement
	for _, s := range network() {
		a = append(a, s)
		s = s.Clone()
		s.Dataset = "copy of " + s.Dataset
		b = append(b, s)
	}
	undoOrders(e, sorted(a...), sorted(b...))
}

func undoSameDataset(e *env) {
	undoOrders(e,
		sorted(say("d", "company a", "name=A", "country=DE"), say("d", "company b", "name=B"), say("d", "supplies a b p", "value=1", "quote=One.", `attributes={"x":"1"}`)),
		sorted(say("d", "company a", "name=Aa", "sector=steel"), say("d", "company c", "name=C"), say("d", "supplies a b p", "value=2", "unit=kg", `attributes={"y":"2"}`)))
}

func undoReasserted(e *env) {
	undoOrders(e, numbered("d", 5), numbered("d", 5))
}

func undoWithdrawnField(e *env) {
	e.load("k1", say("d", "company a", "name=A", "country=DE"))
	e.load("k2", say("d", "company a", "country=", "sector=steel"))
	e.load("k3", say("d", "company a", "status=active"))
	e.holds(say("d", "company a", "name=A", "sector=steel", "status=active"))
	e.counted(e.undo("k2", 0), 0, 1, 0, 0)
	e.holds(say("d", "company a", "name=A", "country=DE", "status=active"))
	e.undo("k1", 0)
	e.holds(say("d", "company a", "status=active"))
}

// A claim with many dates, in the order of keys after one that makes portions of two split its versions.
func undoVersions(e *env) {
	versions := func(value string) []graph.Statement {
		return sorted(say("d", "company a", "name=A"), say("d", "supplies a b o", "value="+value),
			say("d", "supplies a b p", "valid_from=2023-01-01", "value="+value), say("d", "supplies a b p", "valid_from=2024-01-01", "value="+value),
			say("d", "supplies a b p", "valid_from=2025-01-01", "value="+value))
	}
	e.load("k1", versions("1")...)
	e.load("k2", versions("2")...)
	if a := e.apply(graph.Batch{Undo: "k2"}); a.Changed != 4 || a.Unchanged != 1 {
		e.Fatalf("undo did %+v", a)
	}
	e.holds(versions("1")...)
	if a := e.apply(graph.Batch{Undo: "k1"}); a.Withdrawn != 5 {
		e.Fatalf("undo did %+v", a)
	}
	e.holds()
}

func undoInSteps(e *env) {
	e.load("k1", numbered("d", 20)...)
	e.load("k2", say("d", "company c003", "name=Three"), say("d", "company c030", "name=Thirty"))
	first := e.apply(graph.Batch{Undo: "k1", Limit: 7})
	if e.counted(first.Counts, 0, 0, first.Unchanged, 7-first.Unchanged); !first.More {
		e.Fatal("an undo that stopped at its limit does not say so")
	}
	if status := e.imports()[0].Status; status != graph.ImportUndoing {
		e.Fatalf("an import that is partly undone is %s", status)
	}
	rest := e.undo("k1", 7)
	rest.Add(first.Counts)
	e.counted(rest, 0, 0, 1, 39) // company c003 reads the same
	if status := e.imports()[0].Status; status != graph.ImportUndone {
		e.Fatalf("an import that is undone is %s", status)
	}
	e.holds(say("d", "company c003", "name=Three"), say("d", "company c030", "name=Thirty"))
}

func undoResumed(e *env) {
	e.load("k0", say("d", "company c002", "sector=steel"))
	e.load("k1", numbered("d", 20)...)
	e.apply(graph.Batch{Undo: "k1", Limit: 7})
	e.reopen()
	e.refuse(graph.Batch{Import: step("k1", "d", 2, true), Statements: []graph.Statement{say("d", "company z")}}, graph.ErrConflict)
	// Another import writes before and behind where the undo stopped; a third withdraws.
	e.load("k2", say("d", "company c001", "name=One"), say("d", "supplies c019 b p", "unit=kg"))
	e.apply(graph.Batch{Import: step("k3", "d", 1, false), Statements: []graph.Statement{say("d", "company c001", "country=DE")}})
	e.sweep("k3", "d", 2, 0)
	e.undo("k1", 5)
	e.holds(say("d", "company c001", "name=One", "country=DE"))
	e.undo("k3", 3)
	e.holds(say("d", "company c001", "name=One"), say("d", "supplies c019 b p", "unit=kg"), say("d", "company c002", "sector=steel"))
}

func undoBroken(e *env) {
	e.load("k0", say("d", "company a", "name=A"))
	e.apply(graph.Batch{Import: step("k1", "d", 1, false), Statements: []graph.Statement{say("d", "company a", "name=B"), say("d", "company b")}})
	e.undo("k1", 0)
	e.holds(say("d", "company a", "name=A"))
	e.refuse(graph.Batch{Import: step("k1", "d", 2, true)}, graph.ErrConflict)
}

func undoUnknown(e *env) {
	e.load("k", say("d", "company a"))
	e.refuse(graph.Batch{Undo: "nobody"}, graph.ErrNotFound)
}

func undoTwice(e *env) {
	e.load("k", say("d", "company a"))
	e.undo("k", 0)
	e.load("k2", say("d", "company a"))
	e.repeated(graph.Batch{Undo: "k"}, e.head().Revision)
	e.holds(say("d", "company a"))
}

func importAfterUndo(e *env) {
	e.load("k", numbered("d", 3)...)
	e.undo("k", 0)
	e.holds()
	a := e.load("k", numbered("d", 3)...)
	e.counted(a.Counts, 6, 0, 0, 0)
	e.repeated(oneBatch("k", numbered("d", 3)...), a.Revision)
	e.holds(numbered("d", 3)...)
	imports := e.imports()
	if len(imports) != 2 || imports[0].Status != graph.ImportUndone || imports[1].Status != graph.ImportComplete || imports[0].Seq >= imports[1].Seq {
		e.Fatalf("imports after import, undo, import: %+v", imports)
	}
	e.undo("k", 0) // the second
	e.holds()
}

func overlappingImports(e *env) {
	e.apply(graph.Batch{Import: step("k1", "d", 1, false), Statements: []graph.Statement{say("d", "company a", "name=A")}})
	e.load("k2", say("d", "company b", "name=B"), say("d", "company c", "name=C"))
	a := e.apply(graph.Batch{Import: step("k1", "d", 2, true), Statements: sorted(say("d", "company b", "name=Bee"), say("d", "company d"))})
	e.counted(a.Counts, 1, 1, 0, 0)
	e.holds(say("d", "company a", "name=A"), say("d", "company b", "name=Bee"), say("d", "company c", "name=C"), say("d", "company d"))
}
