package graph_test

import (
	"runtime"
	"testing"

	"github.com/tributarygraph/tributary/graph"
)

// TestCompactHoldsNothing checks that a View that was compacted refers to no part of the one before: both would stay in
// memory.
func TestCompactHoldsNothing(t *testing.T) {
	compact, held := compacted(t)
	if held() {
		t.Error("the View before is held")
	}
	runtime.KeepAlive(compact)
}

func compacted(t *testing.T) (compact *graph.View, held func() bool) {
	f := newFeed()
	supply := func(from, to string) {
		f.put(graph.Statement{Key: graph.Key{RelationKey: graph.RelationKey{Kind: graph.KindSupplies, From: from, To: to}, Dataset: "d"}})
		f.head.Revision++
	}
	supply("a", "b")
	v, err := graph.Load(t.Context(), f)
	if err != nil {
		t.Fatal(err)
	}
	supply("a", "c")
	if v, err = v.Refresh(t.Context(), f); err != nil {
		t.Fatal(err)
	}
	return v.Compact(), v.Held()
}
