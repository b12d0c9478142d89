package storetest

import (
	"time"

	"github.com/tributarygraph/tributary/graph"
)

var nodeTests = []conformance{
	{"a decision about sameness is read back", mergeReadBack},
	{"a decision made again replaces the earlier one", mergeReplaces},
	{"the same decision again changes nothing", mergeAgain},
	{"a decision taken back no longer stands", unmerge},
	{"taking back what was never decided changes nothing", unmergeNothing},
	{"decisions have a history", mergeHistory},
	{"that two are different is decided for each pair, and taken back", differentPairs},
	{"a pair that is none is refused", differentRefused},
	{"a decision, statements and state in one batch", mergeWithImport},
	{"a name finds the company of a register that carries it", nameOfRegister},
}

func sameness(kind graph.Kind, id, canonical string) graph.Sameness {
	return graph.Sameness{NodeKey: graph.NodeKey{Kind: kind, ID: id}, Canonical: canonical, By: "anna ~%'\"", Why: "同一家公司", At: startOfTime}
}

// decided checks the decisions in force.
func (e *env) decided(want ...graph.Sameness) {
	e.Helper()
	r := newReading()
	for _, s := range want {
		r.merges[s.NodeKey] = s
	}
	got, _ := e.read(graph.ReadOptions{})
	got.statements = nil
	if got.String() != r.String() {
		e.Fatalf("decisions in force:\n%s\nwant\n%s", got, r)
	}
}

func mergeReadBack(e *env) {
	all := []graph.Sameness{
		sameness(graph.KindCompany, "a", "b"), sameness(graph.KindProduct, "a", "b"), sameness(graph.KindCompany, "台積電", "tsmc ~%"),
		{NodeKey: graph.NodeKey{Kind: graph.KindCompany, ID: "bare"}, Canonical: "b", At: time.Date(1999, 12, 31, 23, 59, 59, 0, time.UTC)},
	}
	a := e.apply(graph.Batch{Merge: all})
	if a != (graph.Applied{Revision: 1}) {
		e.Fatalf("applied %+v", a)
	}
	e.decided(all...)
	e.reopen()
	e.decided(all...)
}

func mergeReplaces(e *env) {
	e.apply(graph.Batch{Merge: []graph.Sameness{sameness(graph.KindCompany, "a", "b")}})
	e.apply(graph.Batch{Merge: []graph.Sameness{sameness(graph.KindCompany, "a", "c")}})
	e.decided(sameness(graph.KindCompany, "a", "c"))
	e.atRevision(2)
	later := sameness(graph.KindCompany, "a", "c")
	later.Why = "looked again"
	e.apply(graph.Batch{Merge: []graph.Sameness{later}})
	e.decided(later)
	e.atRevision(3)
}

func mergeAgain(e *env) {
	for range 2 {
		e.apply(graph.Batch{Merge: []graph.Sameness{sameness(graph.KindCompany, "a", "b")}})
		e.atRevision(1)
	}
}

func unmerge(e *env) {
	e.apply(graph.Batch{Merge: []graph.Sameness{sameness(graph.KindCompany, "a", "b"), sameness(graph.KindProduct, "a", "b")}})
	e.apply(graph.Batch{Unmerge: []graph.NodeKey{{Kind: graph.KindCompany, ID: "a"}}})
	e.decided(sameness(graph.KindProduct, "a", "b"))
	e.apply(graph.Batch{Merge: []graph.Sameness{sameness(graph.KindCompany, "a", "c")}})
	e.decided(sameness(graph.KindProduct, "a", "b"), sameness(graph.KindCompany, "a", "c"))
	e.atRevision(3)
}

func unmergeNothing(e *env) {
	e.apply(graph.Batch{Unmerge: []graph.NodeKey{{Kind: graph.KindCompany, ID: "a"}}})
	e.atRevision(0)
}

func mergeHistory(e *env) {
	company := func(canonical string) graph.Sameness { return sameness(graph.KindCompany, "a", canonical) }
	e.apply(graph.Batch{Merge: []graph.Sameness{company("b")}})
	e.apply(graph.Batch{Merge: []graph.Sameness{company("c"), sameness(graph.KindProduct, "p", "q")}})
	e.apply(graph.Batch{Unmerge: []graph.NodeKey{{Kind: graph.KindCompany, ID: "a"}}})
	e.apply(graph.Batch{Merge: []graph.Sameness{company("b")}})
	want := []string{"", newReadingOf(company("b")), newReadingOf(company("c"), sameness(graph.KindProduct, "p", "q")),
		newReadingOf(sameness(graph.KindProduct, "p", "q")), newReadingOf(company("b"), sameness(graph.KindProduct, "p", "q"))}
	for i := range want {
		at := graph.Revision(i)
		r, _ := e.read(graph.ReadOptions{At: &at})
		if r.String() != want[i] {
			e.Fatalf("decisions at revision %d:\n%s\nwant\n%s", i, r, want[i])
		}
		if _, err := e.store.Changes(e.ctx, at, r); err != nil {
			e.Fatalf("Changes since %d: %v", i, err)
		}
		if r.String() != want[len(want)-1] {
			e.Fatalf("decisions at revision %d with the changes since:\n%s\nwant\n%s", i, r, want[len(want)-1])
		}
	}
}

func newReadingOf(decisions ...graph.Sameness) string {
	r := newReading()
	for _, s := range decisions {
		r.merges[s.NodeKey] = s
	}
	return r.String()
}

func mergeWithImport(e *env) {
	b := oneBatch("k", say("d", "company a"), say("d", "company b"))
	b.Merge = []graph.Sameness{sameness(graph.KindCompany, "a", "b")}
	b.State = []graph.StateChange{{Namespace: "reviews", Key: "a=b", Value: []byte("accepted")}}
	if a := e.apply(b); a.Created != 2 || a.Revision != 1 {
		e.Fatalf("applied %+v", a)
	}
	e.repeated(b, 1)
	e.decided(sameness(graph.KindCompany, "a", "b"))
	entry, err := e.store.State().Get(e.ctx, "reviews", "a=b")
	if err != nil || string(entry.Value) != "accepted" {
		e.Fatalf("state written with the batch: %+v, %v", entry, err)
	}
	e.undo("k", 0)
	e.decided(sameness(graph.KindCompany, "a", "b")) // decisions are people's, not the import's
}

func different(a, b string) graph.Sameness {
	return graph.Different(graph.KindCompany, a, b).With("anna ~%'\"", "不同的公司", startOfTime)
}

func differentPairs(e *env) {
	ab, ac, cz := different("b", "a"), different("a", "c"), different("台積電", "c ~%")
	e.apply(graph.Batch{Merge: []graph.Sameness{ab, ac, cz, sameness(graph.KindCompany, "a", "d")}})
	e.decided(ab, ac, cz, sameness(graph.KindCompany, "a", "d"))
	e.apply(graph.Batch{Merge: []graph.Sameness{different("a", "b")}}) // the same pair the other way round
	e.atRevision(1)
	e.apply(graph.Batch{Unmerge: []graph.NodeKey{graph.PairKey(graph.KindCompany, "c", "a"), {Kind: graph.KindCompany, ID: "a"}}})
	e.decided(ab, cz)
	e.reopen()
	e.decided(ab, cz)
	r := newReading()
	if _, err := e.store.Changes(e.ctx, 0, r); err != nil {
		e.Fatal(err)
	}
	r.statements = nil
	if got, want := r.String(), newReadingOf(ab, cz); got != want {
		e.Fatalf("changes:\n%s\nwant\n%s", got, want)
	}
}

func differentRefused(e *env) {
	for _, pair := range [][2]string{{"a", "a"}, {"", "a"}} {
		e.refuse(graph.Batch{Merge: []graph.Sameness{different(pair[0], pair[1])}}, graph.ErrInvalid)
	}
	both := different("a", "b")
	both.Canonical = "a"
	e.refuse(graph.Batch{Merge: []graph.Sameness{both}}, graph.ErrInvalid)
}

// nameOfRegister has relations that name companies before and after a register describes these.
func nameOfRegister(e *env) {
	e.load("before", say("rel", "supplies Wafer-AG 芯片"))
	v := must(graph.Load(e.ctx, e.store))
	e.load("register", say("lei", "company lei:529900T8BM49AURSDO55", "name=Wafer AG", "lei=529900T8BM49AURSDO55"), say("lei", "company lei:549300S4KLFTLO7GSQ80", "name=Chips Limited", "aliases=芯片"))
	e.load("after", say("rel", "supplies chips-limited wafer-ag"))
	loaded := must(graph.Load(e.ctx, e.store))
	for how, v := range map[string]*graph.View{"loaded": loaded, "refreshed": must(v.Refresh(e.ctx, e.store))} {
		for name, want := range map[string]string{"Wafer-AG": "lei:529900T8BM49AURSDO55", "wafer-ag": "lei:529900T8BM49AURSDO55", "芯片": "lei:549300S4KLFTLO7GSQ80", "chips-limited": "lei:549300S4KLFTLO7GSQ80"} {
			n, ok := v.Find(graph.KindCompany, name)
			if !ok || v.ID(graph.KindCompany, v.Canonical(graph.KindCompany, n)) != want {
				e.Errorf("%s: %s is not %s", how, name, want)
			}
		}
	}
}
