package storetest

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/tributarygraph/tributary/graph"
)

var readTests = []conformance{
	{"sorted reads come in the order of keys", readSorted},
	{"a read without order has every statement once", readUnsorted},
	{"a read of some kinds", readKinds},
	{"details are read on request only", readDetails},
	{"a statement and its fields may be reused, its texts may not", readReuse},
	{"the state at every earlier revision", readAt},
	{"a revision beyond the head is invalid", readBeyond},
	{"an error of the sink ends the reading", readSinkError},
	{"a cancelled context ends every call", cancelled},
	{"a context cancelled during a read", cancelledInRead},
	{"details of given keys, in their order", detailsOfKeys},
}

func readSorted(e *env) {
	e.load("k1", network()...)
	e.load("k2", everyKind("m")...)
	r, head := e.read(graph.ReadOptions{Sorted: true})
	if len(r.order) != len(network())+graph.NumKinds || !slices.IsSortedFunc(r.order, graph.Key.Compare) {
		e.Fatalf("%d statements, sorted: %t", len(r.order), slices.IsSortedFunc(r.order, graph.Key.Compare))
	}
	if head != e.head() {
		e.Fatalf("read %+v; the head is %+v", head, e.head())
	}
}

func readUnsorted(e *env) {
	e.load("k", network()...)
	r, _ := e.read(graph.ReadOptions{})
	for key, n := range r.handled {
		if n != 1 {
			e.Fatalf("%s was delivered %d times", key.ID(), n)
		}
	}
	if want := e.dump(graph.ReadOptions{Sorted: true}); r.String() != want {
		e.Fatalf("unsorted:\n%s\nsorted:\n%s", r, want)
	}
}

func readKinds(e *env) {
	e.load("k", network()...)
	merge := graph.Sameness{NodeKey: graph.NodeKey{Kind: graph.KindCompany, ID: "smelter"}, Canonical: "ore-co", By: "test", At: startOfTime}
	e.apply(graph.Batch{Merge: []graph.Sameness{merge}})
	for _, kinds := range [][]graph.Kind{{graph.KindCompany}, {graph.KindSupplies, graph.KindSource}, {graph.KindAssociated, graph.KindOwns}} {
		want := newReading()
		want.merges[merge.NodeKey] = merge
		for _, s := range network() {
			if slices.Contains(kinds, s.Kind) {
				want.statements[s.Key] = s.Fields
			}
		}
		if got := e.dump(graph.ReadOptions{Kinds: kinds, Details: true, Sorted: true}); got != want.String() {
			e.Fatalf("read of %v:\n%s\nwant\n%s", kinds, got, want)
		}
	}
}

func readDetails(e *env) {
	all := everyKind("n")
	e.load("k", all...)
	want := newReading()
	for _, s := range all {
		want.statements[s.Key] = withoutDetails(s.Fields)
	}
	if got := e.dump(graph.ReadOptions{}); got != want.String() {
		e.Fatalf("without details:\n%s\nwant\n%s", got, want)
	}
	e.holds(all...)
}

func withoutDetails(fields []graph.Field) []graph.Field {
	return slices.DeleteFunc(slices.Clone(fields), func(f graph.Field) bool { return f.ID.Spec().Details })
}

// keepsake is a sink that keeps the statements as they come, without copying their texts.
type keepsake struct {
	reading
	kept []graph.Statement
}

func (k *keepsake) Put(s *graph.Statement) error {
	k.kept = append(k.kept, s.Clone())
	s.Fields = append(s.Fields[:0], graph.Field{ID: graph.FieldAttributes, Text: "scribbled over"})
	return nil
}

func readReuse(e *env) {
	all := numbered("d", 700)
	e.load("k", all...)
	k := &keepsake{reading: *newReading()}
	if _, err := e.store.Read(e.ctx, graph.ReadOptions{Sorted: true}, k); err != nil {
		e.Fatal(err)
	}
	for i, s := range k.kept {
		if s.Key != all[i].Key || !graph.EqualFields(s.Fields, all[i].Fields) {
			e.Fatalf("statement %d was %v; it was written as %v", i, s, all[i])
		}
	}
}

// history makes a store with a past: everything that changes what readers see.
func history(e *env) {
	merge := func(id, canonical, why string) graph.Batch {
		return graph.Batch{Merge: []graph.Sameness{{NodeKey: graph.NodeKey{Kind: graph.KindCompany, ID: id}, Canonical: canonical, By: "test", Why: why, At: startOfTime}}}
	}
	e.load("k1", network()...)
	e.load("k2", say("filings", "company smelter", "name=Smelter", "country="), say("filings", "company new-co"))
	e.apply(merge("smelter", "ore-co", "one"))
	e.load("k3", say("filings", "supplies smelter cable-co copper", "valid_from=2024-01-01", "share_of_input=0.5", "quote=Half of it."))
	e.apply(graph.Batch{Import: step("k4", "customs", 1, false), Statements: []graph.Statement{say("customs", "makes cable-co cable", "market_share=0.2")}})
	e.sweep("k4", "customs", 2, 0)
	e.apply(merge("smelter", "holding", "two"))
	e.undo("k2", 1)
	e.load("k5", say("customs", "supplies ore-co smelter ore", "source=manifest", "period=2024", "value=1"))
	e.undo("k3", 0)
	e.apply(graph.Batch{Unmerge: []graph.NodeKey{{Kind: graph.KindCompany, ID: "smelter"}}})
	e.undo("k4", 0)
	e.load("k3", say("filings", "supplies smelter cable-co copper", "valid_from=2024-01-01", "share_of_input=0.5", "quote=Half of it."))
	e.apply(merge("smelter", "cable-co", "three"))
	e.undo("k5", 0)
}

// pasts runs history and notes the state after each batch.
func pasts(e *env) (past map[graph.Revision]string) {
	note := &noting{Store: e.store, past: map[graph.Revision]string{0: ""}}
	note.env = e
	e.store = note
	history(e)
	e.store = note.Store
	return note.past
}

type noting struct {
	graph.Store
	env  *env
	past map[graph.Revision]string
}

func (n *noting) Apply(ctx context.Context, b graph.Batch) (graph.Applied, error) {
	applied, err := n.Store.Apply(ctx, b)
	n.past[applied.Revision] = n.env.dump(graph.ReadOptions{Details: true})
	return applied, err
}

func readAt(e *env) {
	past := pasts(e)
	if n := e.head().Revision; int(n)+1 != len(past) {
		e.Fatalf("%d states noted up to revision %d", len(past), n)
	}
	for r, want := range past {
		got, head := e.read(graph.ReadOptions{At: &r, Sorted: true, Details: true})
		if got.String() != want {
			e.Fatalf("at revision %d:\n%s\nwant\n%s", r, got, want)
		}
		if head.Revision != r || head.UUID != e.head().UUID {
			e.Fatalf("a read at revision %d returned the head %+v", r, head)
		}
		if !slices.IsSortedFunc(got.order, graph.Key.Compare) {
			e.Fatalf("the state at revision %d is not in order", r)
		}
	}
	e.reopen()
	one := graph.Revision(1)
	if got := e.dump(graph.ReadOptions{At: &one, Details: true}); got != past[1] {
		e.Fatalf("at revision 1 after opening again:\n%s\nwant\n%s", got, past[1])
	}
	companies, _ := e.read(graph.ReadOptions{At: &one, Kinds: []graph.Kind{graph.KindCompany}})
	for key, fields := range companies.statements {
		if key.Kind != graph.KindCompany || slices.ContainsFunc(fields, func(f graph.Field) bool { return f.ID.Spec().Details }) {
			e.Fatalf("a read of companies without details delivered %s %v", key.ID(), fields)
		}
	}
}

func readBeyond(e *env) {
	e.load("k", say("d", "company a"))
	if _, err := e.store.Read(e.ctx, graph.ReadOptions{At: revision(2)}, newReading()); !errors.Is(err, graph.ErrInvalid) {
		e.Fatalf("Read at a revision beyond the head: %v", err)
	}
	if _, err := e.store.Changes(e.ctx, 2, newReading()); !errors.Is(err, graph.ErrInvalid) {
		e.Fatalf("Changes since a revision beyond the head: %v", err)
	}
}

func readSinkError(e *env) {
	e.load("k0", say("d", "company b"))
	e.load("k", numbered("d", 600)...)
	want := errors.New("the sink is full")
	r := newReading()
	r.err = want
	if _, err := e.store.Read(e.ctx, graph.ReadOptions{}, r); !errors.Is(err, want) || len(r.order) != 1 {
		e.Fatalf("Read into a sink that fails: %v after %d statements", err, len(r.order))
	}
	r = newReading()
	r.err = want
	if _, err := e.store.Changes(e.ctx, 1, r); !errors.Is(err, want) || len(r.order) != 1 {
		e.Fatalf("Changes into a sink that fails: %v after %d statements", err, len(r.order))
	}
	e.load("k2", say("d", "company x")) // the store is none the worse
	if r, _ := e.read(graph.ReadOptions{}); len(r.statements) != 1_202 {
		e.Fatalf("%d statements", len(r.statements))
	}
}

func cancelled(e *env) {
	e.load("k", say("d", "company a"))
	before := e.dump(graph.ReadOptions{})
	ctx, cancel := context.WithCancel(e.ctx)
	cancel()
	state := e.store.State()
	for name, call := range map[string]func() error{
		"Head":    func() error { _, err := e.store.Head(ctx); return err },
		"Apply":   func() error { _, err := e.store.Apply(ctx, oneBatch("k2", say("d", "company b"))); return err },
		"Read":    func() error { _, err := e.store.Read(ctx, graph.ReadOptions{}, newReading()); return err },
		"Changes": func() error { _, err := e.store.Changes(ctx, 0, newReading()); return err },
		"Details": func() error { _, err := e.store.Details(ctx, []graph.Key{say("d", "company a").Key}); return err },
		"Imports": func() error { _, err := e.store.Imports(ctx); return err },
		"Get":     func() error { _, err := state.Get(ctx, "n", "k"); return err },
		"Scan":    func() error { _, err := state.Scan(ctx, "n", "", 0); return err },
		"CompareAndSet": func() error {
			_, err := state.CompareAndSet(ctx, graph.StateChange{Namespace: "n", Key: "k", Value: []byte("v")})
			return err
		},
	} {
		if err := call(); !errors.Is(err, context.Canceled) {
			e.Errorf("%s with a cancelled context: %v", name, err)
		}
	}
	if after := e.dump(graph.ReadOptions{}); after != before {
		e.Fatalf("a cancelled call wrote:\n%s", after)
	}
}

func cancelledInRead(e *env) {
	e.load("k", numbered("d", 5_000)...)
	ctx, cancel := context.WithCancel(e.ctx)
	defer cancel()
	r := newReading()
	r.after = cancel
	if _, err := e.store.Read(ctx, graph.ReadOptions{}, r); !errors.Is(err, context.Canceled) {
		e.Fatalf("Read with a context cancelled at the first of 10,000 statements: %v after %d", err, len(r.order))
	}
	if r, _ := e.read(graph.ReadOptions{}); len(r.order) != 10_000 {
		e.Fatalf("the read after a cancelled one has %d statements", len(r.order))
	}
}

func detailsOfKeys(e *env) {
	all := everyKind("n")
	e.load("k", all...)
	e.load("k2", say("gone", "company a", "name=A"))
	e.undo("k2", 0)
	var keys []graph.Key
	for i := range all {
		keys = append(keys, all[len(all)-1-i].Key)
	}
	keys = slices.Insert(keys, 2, say("gone", "company a").Key, say("never", "company a").Key)
	found, err := e.store.Details(e.ctx, keys)
	if err != nil {
		e.Fatal(err)
	}
	if len(found) != len(all) {
		e.Fatalf("Details found %d of %d", len(found), len(all))
	}
	for i, s := range found {
		if want := all[len(all)-1-i]; s.Key != want.Key || !graph.EqualFields(s.Fields, want.Fields) {
			e.Fatalf("Details %d: %v; want %v", i, s, want)
		}
	}
	var many []graph.Statement
	keys = nil
	for i := range 1_500 {
		many = append(many, say("many", fmt.Sprintf("company c%04d", i), "name=C"))
		keys = append(keys, many[i].Key)
	}
	e.load("k3", many...)
	if found, err = e.store.Details(e.ctx, keys); err != nil || len(found) != len(keys) {
		e.Fatalf("Details of %d keys: %d, %v", len(keys), len(found), err)
	}
}
