package queries_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/tributarygraph/tributary/graph"
	"github.com/tributarygraph/tributary/queries"
	"github.com/tributarygraph/tributary/queries/internal/drawn"
)

func paths(t testing.TB, v *graph.View, req queries.PathsRequest) *queries.PathsAnswer {
	a, err := queries.Paths(context.Background(), v, req)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func sequences(a *queries.PathsAnswer) []string {
	out := []string{}
	for _, p := range a.Paths {
		out = append(out, strings.Join(p.Companies, " "))
	}
	return out
}

// a -p-> b -q-> d -> e         d -> b closes a loop
//
//	\-p->  c  -q-/
//	 \-r-> (parallel to p at b)
const diamond = `
	a -> b : p confidence=0.9
	a -> b : r confidence=0.5 used_in=z
	a -> c : p confidence=0.8 used_in=q
	b -> d : q confidence=0.7
	c -> d : q confidence=0.9
	d -> e : s confidence=0.6
	d -> b : x
	p < q
	product z
`

func TestPaths(t *testing.T) {
	v := drawn.View(t, diamond)
	a := paths(t, v, queries.PathsRequest{From: "a", To: "e"})
	if got := fmt.Sprint(sequences(a)); got != "[a b d e a c d e]" || !a.Complete || a.RelationSequences != 3 {
		t.Fatalf("%s complete %v, %v relation sequences", got, a.Complete, a.RelationSequences)
	}
	first := a.Paths[0]
	if first.Weakest.Hop != 2 || first.Weakest.Relation != "supplies~d~e~s" || first.IfIndependent < 0.377 || first.IfIndependent > 0.379 {
		t.Errorf("weakest %+v, if independent %v", first.Weakest, first.IfIndependent)
	}
	if h := first.Hops[0]; h.Link != "linked" || h.LinkBy != "input_of" || len(h.Relations) != 2 || h.Confidence != 0.9 {
		t.Errorf("first hop: %+v", h)
	}
	if h := first.Hops[1]; h.Link != "unknown" {
		t.Errorf("second hop: %+v", h)
	}
	if a.Paths[1].Hops[0].LinkBy != "used_in" || a.Entities.Companies["c"].Name != "c" || a.Entities.Products["q"].Name != "q" {
		t.Errorf("second path: %+v, entities %+v", a.Paths[1], a.Entities)
	}

	a = paths(t, v, queries.PathsRequest{From: "a", To: "e", Chain: "consistent"})
	if a.RelationSequences != 2 || len(a.Paths[0].Hops[0].Relations) != 1 {
		t.Errorf("consistent: %v sequences; the relation used in z is contradicted", a.RelationSequences)
	}
	a = paths(t, v, queries.PathsRequest{From: "a", To: "e", K: 1})
	if len(a.Paths) != 1 || a.StoppedBecause != "limit" {
		t.Errorf("k=1: %d paths, stopped because %q", len(a.Paths), a.StoppedBecause)
	}
	a = paths(t, v, queries.PathsRequest{From: "a", To: "e", MaxHops: 2})
	if len(a.Paths) != 0 || a.StoppedBecause != "depth" {
		t.Errorf("max_hops=2: %d paths, stopped because %q", len(a.Paths), a.StoppedBecause)
	}
	if told := strings.Join(a.Warnings, ";"); !strings.Contains(told, "of at most 2 hops leads from a down to e; longer ones were not looked for") {
		t.Errorf("max_hops=2: told %q; that there is no path at all is not known", told)
	}
	a = paths(t, v, queries.PathsRequest{From: "e", To: "a"})
	if len(a.Paths) != 0 || !strings.Contains(strings.Join(a.Warnings, ";"), "ask from a to e") {
		t.Errorf("the wrong way round: %v", a.Warnings)
	}
	for _, test := range []struct {
		req  queries.PathsRequest
		want error
	}{
		{queries.PathsRequest{From: "a", To: "a"}, graph.ErrInvalid},
		{queries.PathsRequest{From: "a", To: "nobody"}, graph.ErrNotFound},
		{queries.PathsRequest{From: "a", To: "e", K: -1}, graph.ErrInvalid},
		{queries.PathsRequest{From: "a", To: "e", MaxHops: 101}, graph.ErrInvalid},
		{queries.PathsRequest{From: "a", To: "e", Chain: "x"}, graph.ErrInvalid},
		{queries.PathsRequest{From: "a", To: "e", Kinds: []string{"makes"}}, graph.ErrInvalid},
	} {
		if _, err := queries.Paths(context.Background(), v, test.req); !errors.Is(err, test.want) {
			t.Errorf("%+v: %v, want %v", test.req, err, test.want)
		}
	}
}

func TestPathsEvidence(t *testing.T) {
	v := drawn.View(t, "a -> b : p source=s1 period=2024\n a -> b : p source=s2 stance=denies\n source s1 title=Filing")
	details := func(_ context.Context, keys []graph.Key) ([]graph.Statement, error) {
		var out []graph.Statement
		for _, k := range keys {
			if k.Source == "s1" {
				out = append(out, graph.Statement{Key: k, Fields: []graph.Field{{ID: graph.FieldQuote, Text: "a supplies b"}}})
			}
		}
		return out, nil
	}
	a := paths(t, v, queries.PathsRequest{From: "a", To: "b", Evidence: true, Details: details})
	claims := a.Paths[0].Hops[0].Relations[0].Claims
	if len(claims) != 2 || claims[0].Quote != "a supplies b" || claims[0].Source.Title != "Filing" || claims[1].Stance != "denies" || claims[1].Quote != "" {
		t.Errorf("claims: %+v", claims)
	}
	down := func(context.Context, []graph.Key) ([]graph.Statement, error) {
		return nil, fmt.Errorf("%w: connection refused", graph.ErrUnavailable)
	}
	a = paths(t, v, queries.PathsRequest{From: "a", To: "b", Evidence: true, Details: down})
	if len(a.Paths) != 1 || !strings.Contains(strings.Join(a.Warnings, ";"), "quotes and locators are missing") {
		t.Errorf("with the store gone: %v", a.Warnings)
	}
}

// network draws a random network of companies c0, c1, ... as a matrix: to[i][j] says that ci supplies cj.
func network(t *rapid.T, most int) (to [][]bool, statements []graph.Statement) {
	n := rapid.IntRange(2, most).Draw(t, "companies")
	to = make([][]bool, n)
	for i := range to {
		to[i] = make([]bool, n)
	}
	for range rapid.IntRange(0, 3*n).Draw(t, "relations") {
		i, j := rapid.IntRange(0, n-1).Draw(t, "from"), rapid.IntRange(0, n-1).Draw(t, "to")
		for _, product := range rapid.SampledFrom([][]string{{""}, {"p"}, {"p", "q"}}).Draw(t, "products") {
			if !to[i][j] || product != "" {
				statements = append(statements, supplies(i, j, product))
			}
		}
		to[i][j] = true
	}
	for i := range n {
		statements = append(statements, graph.Statement{Key: graph.Key{RelationKey: graph.RelationKey{Kind: graph.KindCompany, From: name(i)}, Dataset: "d"}})
	}
	slices.SortFunc(statements, func(a, b graph.Statement) int { return a.Key.Compare(b.Key) })
	return to, slices.CompactFunc(statements, func(a, b graph.Statement) bool { return a.Key == b.Key })
}

func name(i int) string { return fmt.Sprintf("c%02d", i) }

func supplies(from, to int, product string) graph.Statement {
	return graph.Statement{Key: graph.Key{RelationKey: graph.RelationKey{Kind: graph.KindSupplies, From: name(from), To: name(to), Product: product}, Dataset: "d"}}
}

// allPaths are all simple paths from one company to another, the shortest first, then by ids.
func allPaths(to [][]bool, from, target int) []string {
	var found [][]string
	var walk func(path []int)
	walk = func(path []int) {
		at := path[len(path)-1]
		if at == target {
			var names []string
			for _, i := range path {
				names = append(names, name(i))
			}
			found = append(found, names)
			return
		}
		for next, is := range to[at] {
			if is && !slices.Contains(path, next) {
				walk(append(slices.Clone(path), next))
			}
		}
	}
	walk([]int{from})
	slices.SortFunc(found, func(a, b []string) int {
		if len(a) != len(b) {
			return len(a) - len(b)
		}
		return slices.Compare(a, b)
	})
	out := []string{}
	for _, p := range found {
		out = append(out, strings.Join(p, " "))
	}
	return out
}

func TestPathsAreTheShortestSimpleOnes(t *testing.T) {
	store := drawn.Open(t)
	rapid.Check(t, func(rt *rapid.T) {
		to, statements := network(rt, 8)
		v := drawn.ViewIn(t, store, statements)
		from := rapid.IntRange(0, len(to)-1).Draw(rt, "start")
		target := (from + rapid.IntRange(1, len(to)-1).Draw(rt, "offset")) % len(to)
		k := rapid.IntRange(1, 12).Draw(rt, "k")
		want := allPaths(to, from, target)
		a := paths(t, v, queries.PathsRequest{From: name(from), To: name(target), K: k})
		if complete := len(want) <= k; a.Complete != complete {
			rt.Fatalf("complete %v, of %d paths, k %d", a.Complete, len(want), k)
		}
		if got := sequences(a); !slices.Equal(got, want[:min(k, len(want))]) {
			rt.Fatalf("got  %q\nwant %q", got, want[:min(k, len(want))])
		}
	})
}
