package dominators_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/tributarygraph/tributary/queries/internal/dominators"
)

// graphOf is the graph of edges, of n nodes.
func graphOf(n int, edges [][2]int32) *dominators.Graph {
	g := &dominators.Graph{Start: make([]int32, n+1)}
	for _, e := range edges {
		g.Start[e[0]+1]++
	}
	for i := range n {
		g.Start[i+1] += g.Start[i]
	}
	at := slices.Clone(g.Start)
	g.To = make([]int32, len(edges))
	for _, e := range edges {
		g.To[at[e[0]]] = e[1]
		at[e[0]]++
	}
	return g
}

// letters reads "ab ac bd": edges a to b, a to c, b to d.
func letters(text string) *dominators.Graph {
	var edges [][2]int32
	n := 0
	for pair := range strings.FieldsSeq(text) {
		edges = append(edges, [2]int32{int32(pair[0] - 'a'), int32(pair[1] - 'a')})
		n = max(n, int(pair[0]-'a')+1, int(pair[1]-'a')+1)
	}
	return graphOf(n, edges)
}

func solve(t testing.TB, g *dominators.Graph, root int32, first []int32) dominators.Tree {
	t.Helper()
	var s dominators.Solver
	tree, err := s.Solve(context.Background(), g, g.Reverse(), root, first)
	if err != nil {
		t.Fatal(err)
	}
	return tree
}

// text is "b<a": the immediate dominator of b is a.
func text(tree dominators.Tree) string {
	var out []string
	for v, d := range tree.Idom {
		if d != dominators.None {
			out = append(out, fmt.Sprintf("%c<%c", 'a'+v, 'a'+d))
		}
	}
	return strings.Join(out, " ")
}

// endsText is the ends as letters, those of one end together.
func endsText(ends [][]int32) string {
	var out []string
	for _, members := range ends {
		slices.Sort(members)
		text := ""
		for _, v := range members {
			text += string(rune('a' + v))
		}
		out = append(out, text)
	}
	slices.Sort(out)
	return strings.Join(out, " ")
}

func TestByHand(t *testing.T) {
	for _, test := range []struct{ name, edges, want, ends string }{
		{"chain", "ab bc cd", "b<a c<b d<c", "d"},
		{"diamond", "ab ac bd cd", "b<a c<a d<a", "d"},
		{"diamond with a handle", "ab ac bd cd de", "b<a c<a d<a e<d", "e"},
		{"two diamonds in a row", "ab ac bd cd de df eg fg", "b<a c<a d<a e<d f<d g<d", "g"},
		{"a way round", "ab bc cd ad", "b<a c<b d<a", "d"},
		{"loop back to the root", "ab bc ca", "b<a c<b", "abc"},
		{"loop that two ways enter", "ab ac bd ce de ed", "b<a c<a d<a e<a", "de"},
		{"loop that one way enters", "ab bc cd db ce", "b<a c<b d<c e<c", "e"},
		{"edges twice, edges to itself", "ab ab bb bc bc", "b<a c<b", "c"},
		{"only to itself", "ab bb", "b<a", "b"},
		// Figure 1 of Lengauer and Tarjan, with r as a, A..L as b..m.
		{"Lengauer and Tarjan", "ab ac ad be cb ce cf dg dh em fi gj hj hk if il jl kj la lj mi",
			"b<a c<a d<a e<a f<a g<d h<d i<a j<a k<h l<a m<e", "abcdefghijklm"},
		{"not reached", "ab cb", "b<a", "b"},
	} {
		t.Run(test.name, func(t *testing.T) {
			g := letters(test.edges)
			if got := text(solve(t, g, 0, nil)); test.want != got {
				t.Errorf("got  %s\nwant %s", got, test.want)
			}
			ends, err := dominators.Ends(context.Background(), g, g.Reverse())
			if err != nil {
				t.Fatal(err)
			}
			if got := endsText(ends); got != test.ends {
				t.Errorf("ends: got %s, want %s", got, test.ends)
			}
		})
	}
}

// reach is what a search from the root reaches without passing one node; the edges of the root are first.
func reach(g *dominators.Graph, root int32, first []int32, without int32) []bool {
	seen := make([]bool, g.Nodes())
	if root == without {
		return seen
	}
	seen[root] = true
	for todo := []int32{root}; len(todo) > 0; {
		v := todo[0]
		todo = todo[1:]
		row := g.Row(v)
		if v == root {
			row = first
		}
		for _, w := range row {
			if !seen[w] && w != without {
				seen[w] = true
				todo = append(todo, w)
			}
		}
	}
	return seen
}

func randomGraph(t *rapid.T) *dominators.Graph {
	n := rapid.IntRange(1, 14).Draw(t, "nodes")
	var edges [][2]int32
	for range rapid.IntRange(0, 3*n).Draw(t, "edges") {
		edges = append(edges, [2]int32{rapid.Int32Range(0, int32(n)-1).Draw(t, "from"), rapid.Int32Range(0, int32(n)-1).Draw(t, "to")})
	}
	return graphOf(n, edges)
}

// Removing a node cuts off exactly what it dominates, whatever the edges of the root.
func TestRemovingADominatorCutsWhatItDominates(t *testing.T) {
	var s dominators.Solver // its memory is used again and again
	rapid.Check(t, func(rt *rapid.T) {
		g := randomGraph(rt)
		n := int32(g.Nodes())
		root := rapid.Int32Range(0, n-1).Draw(rt, "root")
		first := g.Row(root)
		given := first
		if rapid.Bool().Draw(rt, "restricted") && len(first) > 0 {
			given = first[:rapid.IntRange(0, len(first)-1).Draw(rt, "first")]
			first = given
		} else {
			given = nil
		}
		tree, err := s.Solve(context.Background(), g, g.Reverse(), root, given)
		if err != nil {
			rt.Fatal(err)
		}
		whole := reach(g, root, first, dominators.None)
		ones := make([]int32, n)
		for v := range ones {
			ones[v] = 1
		}
		sums := tree.Sums(ones)
		for x := range n {
			if tree.Reached(x) != whole[x] {
				rt.Fatalf("node %d: reached %v, want %v", x, tree.Reached(x), whole[x])
			}
		}
		for d := range n {
			left := reach(g, root, first, d)
			cut := int32(0)
			for x := range n {
				gone := whole[x] && whole[d] && !left[x]
				if gone {
					cut++
				}
				if got := whole[x] && dominates(&tree, d, x); got != gone {
					rt.Fatalf("%d dominates %d: %v, want %v\n%v", d, x, got, gone, tree.Idom)
				}
			}
			if sums[d] != cut {
				rt.Fatalf("%d dominates %d nodes, want %d", d, sums[d], cut)
			}
		}
	})
}

func dominates(t *dominators.Tree, d, x int32) bool {
	for ; x != dominators.None; x = t.Idom[x] {
		if x == d {
			return true
		}
	}
	return false
}

// A family gives for every set of first nodes what taking a node out cuts off, whether or not it has a hub to go by.
func TestFamilyIsAsSolvedOneByOne(t *testing.T) {
	var s dominators.Solver
	shared := 0
	check := func(rt *rapid.T) {
		g := randomGraph(rt)
		n := int32(g.Nodes())
		weight := rapid.SliceOfN(rapid.Int32Range(0, 2), int(n), int(n)).Draw(rt, "weight")
		root := rapid.Int32Range(0, n-1).Draw(rt, "root")
		family, err := dominators.NewFamily(context.Background(), g, g.Reverse(), root, weight, rapid.IntRange(1, 5).Draw(rt, "sets"))
		if err != nil {
			rt.Fatal(err)
		}
		var first []int32
		for _, v := range g.Row(root) {
			if v != root && !slices.Contains(first, v) && rapid.Bool().Draw(rt, "first") {
				first = append(first, v)
			}
		}
		if first == nil {
			return
		}
		cuts, err := family.Of(context.Background(), &s, first)
		if err != nil {
			rt.Fatal(err)
		}
		got := make([]dominators.Cut, n)
		if cuts.Shared {
			shared++
			for _, c := range family.Shared() {
				got[c.Node] = c
			}
		}
		for _, c := range cuts.Own {
			got[c.Node] = c
		}
		whole := reach(g, root, first, dominators.None)
		total := int32(0)
		for x := range n {
			if whole[x] {
				total += weight[x]
			}
		}
		if cuts.Weight != total {
			rt.Fatalf("weight %d, want %d", cuts.Weight, total)
		}
		for d := range n {
			if d == root {
				continue
			}
			want := dominators.Cut{Node: d, Count: -1}
			for x, left := range reach(g, root, first, d) {
				if whole[x] && whole[d] && !left {
					want.Count++
					want.Weight += weight[x]
				}
			}
			if want.Count <= 0 && (want.Weight == 0 || want.Weight != total) {
				want.Count, want.Weight, got[d].Weight = 0, 0, 0 // of no account
			}
			if got[d].Count != want.Count || got[d].Weight != want.Weight {
				rt.Fatalf("%d from %v: got %+v, want %+v (shared %v)", d, first, got[d], want, cuts.Shared)
			}
		}
	}
	const rounds = 20 // of draws, which may be few: families with a hub are rare
	for round := 0; round == 0 || shared == 0 && round < rounds; round++ {
		rapid.Check(t, check)
	}
	if shared == 0 {
		t.Error("no family had a hub")
	}
	t.Logf("%d by the hub", shared)
}

// Ends are the sets of nodes that reach each other and nothing else.
func TestEndsAreAsDefined(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		g := randomGraph(rt)
		n := int32(g.Nodes())
		reached := make([][]bool, n)
		for v := range n {
			reached[v] = reach(g, v, g.Row(v), dominators.None)
		}
		var want []string
		for v := range n {
			var members []int32
			end, first := true, true
			for w := range n {
				if reached[v][w] {
					end = end && reached[w][v]
					first = first && w >= v
					members = append(members, w)
				}
			}
			if end && first {
				want = append(want, fmt.Sprint(members))
			}
		}
		ends, err := dominators.Ends(context.Background(), g, g.Reverse())
		if err != nil {
			rt.Fatal(err)
		}
		var got []string
		for _, members := range ends {
			slices.Sort(members)
			got = append(got, fmt.Sprint(members))
		}
		slices.Sort(got)
		slices.Sort(want)
		if !slices.Equal(got, want) {
			rt.Fatalf("got %v, want %v", got, want)
		}
	})
}

// A chain as long as a network is no reason to run out of stack, nor is a comb whose teeth all lead back.
func TestLongChains(t *testing.T) {
	const n = 1 << 20
	var edges [][2]int32
	for v := range int32(n - 1) {
		edges = append(edges, [2]int32{v, v + 1})
		if v%3 == 0 {
			edges = append(edges, [2]int32{v + 1, v / 2})
		}
	}
	g := graphOf(n, edges)
	tree := solve(t, g, 0, nil)
	for v := int32(1); v < n; v++ {
		if tree.Idom[v] != v-1 {
			t.Fatalf("node %d: %d", v, tree.Idom[v])
		}
	}
	ends, err := dominators.Ends(context.Background(), g, g.Reverse())
	if err != nil || len(ends) != 1 {
		t.Fatalf("%d ends, %v", len(ends), err)
	}
}

// The work stops when the context ends, wherever it stands.
func TestStops(t *testing.T) {
	g := random(100_000, 500_000)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	var s dominators.Solver
	if _, err := s.Solve(ctx, g, g.Reverse(), 0, nil); err != context.Canceled {
		t.Errorf("Solve: %v", err)
	}
	if _, err := dominators.Ends(ctx, g, g.Reverse()); err != context.Canceled {
		t.Errorf("Ends: %v", err)
	}
}

// random is a graph whose edges lead anywhere, some nodes having many more than others.
func random(nodes, edges int) *dominators.Graph {
	r := rand.New(rand.NewPCG(5, 6))
	list := make([][2]int32, edges)
	for i := range list {
		list[i] = [2]int32{int32(float64(nodes) * r.Float64() * r.Float64()), r.Int32N(int32(nodes))}
	}
	return graphOf(nodes, list)
}

// Benchmark of the parts, on 500,000 nodes, by the number of edges.
func Benchmark(b *testing.B) {
	for _, edges := range []int{1_000_000, 5_000_000} {
		g := random(500_000, edges)
		back := g.Reverse()
		b.Run(fmt.Sprintf("Reverse/%d", edges), func(b *testing.B) {
			for b.Loop() {
				g.Reverse()
			}
		})
		b.Run(fmt.Sprintf("Solve/%d", edges), func(b *testing.B) {
			var s dominators.Solver
			for b.Loop() {
				if _, err := s.Solve(context.Background(), g, back, 0, nil); err != nil {
					b.Fatal(err)
				}
			}
		})
		b.Run(fmt.Sprintf("Ends/%d", edges), func(b *testing.B) {
			for b.Loop() {
				if _, err := dominators.Ends(context.Background(), g, back); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
