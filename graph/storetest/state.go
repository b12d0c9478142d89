package storetest

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/tributarygraph/tributary/graph"
)

var stateTests = []conformance{
	{"state that is not there is not found", stateMissing},
	{"state is written, read and deleted", stateLife},
	{"a compare-and-set against another version loses", stateLoses},
	{"namespaces and keys are apart", stateKeys},
	{"a scan lists in order, in pages", stateScan},
	{"values are opaque bytes", stateBytes},
	{"many changes in one batch are written whole or not at all", stateBatch},
	{"state does not raise the revision", stateRevision},
	{"of many who count up together none is lost", stateCounter},
}

func (e *env) set(namespace, key string, version uint64, value []byte) uint64 {
	e.Helper()
	next, err := e.store.State().CompareAndSet(e.ctx, graph.StateChange{Namespace: namespace, Key: key, Version: version, Value: value})
	if err != nil {
		e.Fatalf("CompareAndSet %s/%s at version %d: %v", namespace, key, version, err)
	}
	return next
}

func (e *env) get(namespace, key string) graph.StateEntry {
	e.Helper()
	entry, err := e.store.State().Get(e.ctx, namespace, key)
	if err != nil {
		e.Fatalf("Get %s/%s: %v", namespace, key, err)
	}
	return entry
}

func (e *env) loses(change graph.StateChange) {
	e.Helper()
	if _, err := e.store.State().CompareAndSet(e.ctx, change); !errors.Is(err, graph.ErrConflict) {
		e.Fatalf("CompareAndSet %+v: %v; want a conflict", change, err)
	}
	e.refuse(graph.Batch{State: []graph.StateChange{change}}, graph.ErrConflict)
}

func stateMissing(e *env) {
	if _, err := e.store.State().Get(e.ctx, "n", "k"); !errors.Is(err, graph.ErrNotFound) {
		e.Fatalf("Get of nothing: %v", err)
	}
	if entries, err := e.store.State().Scan(e.ctx, "n", "", 10); err != nil || len(entries) != 0 {
		e.Fatalf("Scan of nothing: %v, %v", entries, err)
	}
}

func stateLife(e *env) {
	v1 := e.set("jobs", "a", 0, []byte("one"))
	if got := e.get("jobs", "a"); got.Key != "a" || string(got.Value) != "one" || got.Version != v1 || v1 < 1 {
		e.Fatalf("got %+v at version %d", got, v1)
	}
	v2 := e.set("jobs", "a", v1, []byte("two"))
	if got := e.get("jobs", "a"); string(got.Value) != "two" || got.Version != v2 || v2 <= v1 {
		e.Fatalf("got %+v at version %d after %d", got, v2, v1)
	}
	e.reopen()
	if got := e.get("jobs", "a"); string(got.Value) != "two" || got.Version != v2 {
		e.Fatalf("after opening again: %+v", got)
	}
	e.set("jobs", "a", v2, nil)
	stateMissingKey(e, "jobs", "a")
	e.set("jobs", "a", 0, []byte("three"))
	if got := e.get("jobs", "a"); string(got.Value) != "three" || got.Version < 1 {
		e.Fatalf("written after it was deleted: %+v", got)
	}
}

func stateMissingKey(e *env, namespace, key string) {
	e.Helper()
	if _, err := e.store.State().Get(e.ctx, namespace, key); !errors.Is(err, graph.ErrNotFound) {
		e.Fatalf("Get of a deleted key: %v", err)
	}
}

func stateLoses(e *env) {
	version := e.set("n", "k", 0, []byte("v"))
	e.loses(graph.StateChange{Namespace: "n", Key: "k", Version: 0, Value: []byte("w")})
	e.loses(graph.StateChange{Namespace: "n", Key: "k", Version: version + 1, Value: []byte("w")})
	e.loses(graph.StateChange{Namespace: "n", Key: "k", Version: version + 1})
	e.loses(graph.StateChange{Namespace: "n", Key: "other", Version: 1, Value: []byte("w")})
	if got := e.get("n", "k"); string(got.Value) != "v" || got.Version != version {
		e.Fatalf("after lost writes: %+v", got)
	}
}

func stateKeys(e *env) {
	for i, name := range oddStrings {
		e.set(name, "key", 0, fmt.Append(nil, "namespace ", i))
		e.set("odd", name, 0, fmt.Append(nil, "key ", i))
	}
	for i, name := range oddStrings {
		if got := e.get(name, "key"); string(got.Value) != fmt.Sprint("namespace ", i) {
			e.Fatalf("namespace %q holds %q", name, got.Value)
		}
		if got := e.get("odd", name); got.Key != name || string(got.Value) != fmt.Sprint("key ", i) {
			e.Fatalf("key %q holds %q", name, got.Value)
		}
	}
}

func stateScan(e *env) {
	want := slices.Clone(oddStrings)
	slices.Sort(want)
	for _, key := range oddStrings {
		e.set("n", key, 0, []byte(key))
		e.set("n2", key+"x", 0, []byte("of another namespace"))
	}
	for _, limit := range []int{0, 1, 5, len(want) - 1, len(want), len(want) + 1} {
		var got []string
		after := ""
		for {
			page, err := e.store.State().Scan(e.ctx, "n", after, limit)
			if err != nil {
				e.Fatal(err)
			}
			if limit > 0 && len(page) > limit {
				e.Fatalf("a page of %d has %d entries", limit, len(page))
			}
			for _, entry := range page {
				if string(entry.Value) != entry.Key || entry.Version < 1 {
					e.Fatalf("entry %+v", entry)
				}
				got = append(got, entry.Key)
			}
			if limit == 0 || len(page) == 0 {
				break
			}
			after = got[len(got)-1]
		}
		if !slices.Equal(got, want) {
			e.Fatalf("scanned by %d: %q; want %q", limit, got, want)
		}
	}
}

func stateBytes(e *env) {
	all := make([]byte, 256)
	for i := range all {
		all[i] = byte(i)
	}
	for i, value := range [][]byte{{}, {0}, all, []byte(strings.Repeat("x", 1<<20))} {
		key := fmt.Sprint(i)
		e.set("n", key, 0, value)
		if got := e.get("n", key); !bytes.Equal(got.Value, value) {
			e.Fatalf("value %d of %d bytes came back with %d", i, len(value), len(got.Value))
		}
	}
}

func stateBatch(e *env) {
	var changes []graph.StateChange
	for i := range 300 {
		changes = append(changes, graph.StateChange{Namespace: "n", Key: fmt.Sprint("k~", i), Value: fmt.Append(nil, "value ", i)})
	}
	e.apply(graph.Batch{State: changes})
	version := e.get("n", "k~7").Version
	lost := []graph.StateChange{{Namespace: "n", Key: "k~7", Version: version}, {Namespace: "n", Key: "new", Value: []byte("x")}, {Namespace: "n", Key: "k~8", Version: version + 9, Value: []byte("x")}}
	e.refuse(graph.Batch{State: lost}, graph.ErrConflict)
	for i := range 300 {
		if got := e.get("n", fmt.Sprint("k~", i)); string(got.Value) != fmt.Sprint("value ", i) {
			e.Fatalf("key %d holds %q", i, got.Value)
		}
	}
	stateMissingKey(e, "n", "new")
	e.apply(graph.Batch{State: []graph.StateChange{{Namespace: "n", Key: "k~7", Version: version}, {Namespace: "n", Key: "k~7", Value: []byte("again")}}})
	if got := e.get("n", "k~7"); string(got.Value) != "again" {
		e.Fatalf("deleted and written in one batch: %+v", got)
	}
}

func stateRevision(e *env) {
	e.load("k", say("d", "company a"))
	e.set("n", "k", 0, []byte("v"))
	a := e.apply(graph.Batch{State: []graph.StateChange{{Namespace: "n", Key: "k2", Value: []byte("v")}}})
	if a != (graph.Applied{Revision: 1}) {
		e.Fatalf("a batch of state did %+v", a)
	}
	e.atRevision(1)
}

func stateCounter(e *env) {
	const writers, times = 4, 10
	var wait sync.WaitGroup
	for range writers {
		state := e.open().State()
		wait.Go(func() {
			for done := 0; done < times; {
				entry, err := state.Get(e.ctx, "n", "counter")
				if err != nil && !errors.Is(err, graph.ErrNotFound) {
					e.Errorf("Get: %v", err)
					return
				}
				_, err = state.CompareAndSet(e.ctx, graph.StateChange{Namespace: "n", Key: "counter", Version: entry.Version, Value: append(entry.Value, 'x')})
				switch {
				case err == nil:
					done++
				case !errors.Is(err, graph.ErrConflict):
					e.Errorf("CompareAndSet: %v", err)
					return
				}
			}
		})
	}
	wait.Wait()
	if got := e.get("n", "counter"); len(got.Value) != writers*times {
		e.Fatalf("counted to %d; want %d", len(got.Value), writers*times)
	}
}
