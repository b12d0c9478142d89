package graph_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/tributarygraph/tributary/graph"
)

// The first hits of a search with a limit are those of the search without one, also where so many names fit that most
// need not be looked at, and where records were merged or renamed since the index was made.
func TestSearchLimit(t *testing.T) {
	ctx := context.Background()
	rng := rand.New(rand.NewPCG(5, 6))
	f := newFeed()
	const companies = 4000
	id := func() string { return fmt.Sprintf("c%04d", rng.IntN(companies)) }
	name := func() string {
		words := []string{"acme", "north", "steel", "ltd", "co", "works"}
		return fmt.Sprintf("%s %s %d %s", words[rng.IntN(6)], words[rng.IntN(6)], 10+rng.IntN(90), words[rng.IntN(3)+3])
	}
	describe := func(id string) {
		f.put(graph.Statement{Key: graph.Key{RelationKey: graph.RelationKey{Kind: graph.KindCompany, From: id}, Dataset: "d"},
			Fields: []graph.Field{{ID: graph.FieldName, Text: name()}, {ID: graph.FieldAliases, Text: name()}}})
	}
	for c := range companies {
		describe(fmt.Sprintf("c%04d", c))
	}
	v, err := graph.Load(ctx, f)
	if err != nil {
		t.Fatal(err)
	}
	check := func(what string, v *graph.View) {
		t.Helper()
		for _, query := range []string{"a", "l", "t", "acme", "acme ", "ltd", "td", "teel", "o", "1", "c", "orks 4", "north steel"} {
			all, _ := v.Search(graph.KindCompany, query, 0)
			for _, limit := range []int{1, 3, 20, 100} {
				hits, more := v.Search(graph.KindCompany, query, limit)
				if want := all[:min(limit, len(all))]; !slices.Equal(hits, want) || more != (len(all) > limit) {
					t.Fatalf("%s: the first %d for %q (of %d):\n%v, more: %v\nwant\n%v", what, limit, query, len(all), hits, more, want)
				}
			}
		}
	}
	check("loaded", v)
	for round := range 3 {
		for range 200 {
			f.decide(graph.NodeKey{Kind: graph.KindCompany, ID: id()}, id())
			describe(id())
			describe(fmt.Sprintf("a%d", rng.IntN(1000)))
		}
		f.head.Revision++
		if v, err = v.Refresh(ctx, f); err != nil {
			t.Fatal(err)
		}
		check(fmt.Sprintf("refreshed %d times", round+1), v)
		check("compacted", v.Compact())
	}
}
