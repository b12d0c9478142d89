package queries_test

import (
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/tributarygraph/tributary/graph"
	"github.com/tributarygraph/tributary/queries"
	"github.com/tributarygraph/tributary/queries/internal/drawn"
)

// slowTiers is the definition, computed by sets: the rows that [summary] prints.
func slowTiers(to [][]bool, c, depth int) string {
	n := len(to)
	// walks[k][i]: a walk of exactly k hops leads from i to c that passes neither c nor avoid on the way.
	walks := func(avoid int) [][]bool {
		out := make([][]bool, depth+1)
		out[0] = make([]bool, n)
		out[0][c] = true
		for k := 1; k <= depth; k++ {
			out[k] = make([]bool, n)
			for i := range n {
				for j := range n {
					ok := i != c && i != j && to[i][j] && out[k-1][j] && (k == 1 || j != avoid)
					out[k][i] = out[k][i] || ok
				}
			}
		}
		return out
	}
	all := walks(-1)
	tier := func(i int) int { return slices.IndexFunc(all, func(at []bool) bool { return at[i] }) }
	via := func(i int) []string {
		set := map[string]bool{}
		var down func(j int)
		down = func(j int) {
			if tier(j) == 1 {
				set[name(j)] = true
				return
			}
			for next := range n {
				if to[j][next] && tier(next) == tier(j)-1 {
					down(next)
				}
			}
		}
		down(i)
		var out []string
		for id := range set {
			out = append(out, id)
		}
		slices.Sort(out)
		return out
	}
	var rows []string
	for t := 1; t <= depth; t++ {
		for i := range n {
			if i == c || tier(i) != t {
				continue
			}
			text := fmt.Sprintf("%d %s", t, name(i))
			var others []string
			for k, at := range walks(i) {
				if k > t && at[i] {
					others = append(others, fmt.Sprint(k))
				}
			}
			if others != nil {
				text += "[" + strings.Join(others, ",") + "]"
			}
			if t > 1 {
				text += "<" + strings.Join(via(i), ",")
			}
			rows = append(rows, text)
		}
	}
	return strings.Join(rows, " ")
}

func TestSuppliersAreAsDefined(t *testing.T) {
	store := drawn.Open(t)
	rapid.Check(t, func(rt *rapid.T) {
		to, statements := network(rt, 10)
		v := drawn.ViewIn(t, store, statements)
		c := rapid.IntRange(0, len(to)-1).Draw(rt, "company")
		depth := rapid.IntRange(1, 6).Draw(rt, "depth")
		req := queries.TiersRequest{Company: name(c), Depth: depth}
		if rapid.Bool().Draw(rt, "customers") {
			req.Direction = queries.Downstream
			to = transposed(to)
		}
		want := slowTiers(to, c, depth)
		if got := summary(suppliers(t, v, req).Items); got != want {
			rt.Fatalf("whole list:\ngot  %s\nwant %s", got, want)
		}
		req.Limit = rapid.IntRange(1, 5).Draw(rt, "limit")
		var rows []queries.TierRow
		for {
			a := suppliers(t, v, req)
			rows = append(rows, a.Items...)
			if req.Cursor = a.NextCursor; req.Cursor == "" {
				break
			}
		}
		if got := summary(rows); got != want {
			rt.Fatalf("pages of %d:\ngot  %s\nwant %s", req.Limit, got, want)
		}
	})
}

func transposed(to [][]bool) [][]bool {
	out := make([][]bool, len(to))
	for i := range out {
		out[i] = make([]bool, len(to))
		for j := range out {
			out[i][j] = to[j][i]
		}
	}
	return out
}

// Levels that are too dear to make are decided from the company's side: the answer must not show it. In this
// network hub has 3,000 suppliers, each with 3 of its own.
func TestSuppliersOfAHub(t *testing.T) {
	var statements []graph.Statement
	edge := func(from, to string) {
		statements = append(statements, graph.Statement{Key: graph.Key{RelationKey: graph.RelationKey{Kind: graph.KindSupplies, From: from, To: to}, Dataset: "d"}})
	}
	const hubSuppliers = 3000
	first := func(i int) string { return fmt.Sprintf("a%04d", i%hubSuppliers) }
	for i := range hubSuppliers {
		edge(first(i), "hub")
		edge(fmt.Sprintf("b%04d", i/2), first(i))
		edge(fmt.Sprintf("c%04d", i/3), first(i))
		if i%10 == 0 {
			edge(first(i), first(i+7)) // a at tiers 1 and 2
		}
		if i%15 == 0 {
			edge(first(i), fmt.Sprintf("b%04d", i/2+3)) // a at tiers 1 and 3
		}
	}
	v := drawn.ViewOf(t, statements)
	whole := suppliers(t, v, queries.TiersRequest{Company: "hub"})
	if len(whole.Items) != hubSuppliers+hubSuppliers/2+hubSuppliers/3 {
		t.Fatalf("%d suppliers", len(whole.Items))
	}
	for _, start := range []int{0, 1000, 3500} {
		req := queries.TiersRequest{Company: "hub", Page: queries.Page{Limit: 50}}
		if start > 0 {
			req.Limit = start
			req.Cursor = suppliers(t, v, req).NextCursor
			req.Limit = 50
		}
		page := suppliers(t, v, req)
		if got, want := summary(page.Items), summary(whole.Items[start:start+50]); got != want {
			t.Errorf("page from %d:\ngot  %s\nwant %s", start, got, want)
		}
	}
	for i, row := range whole.Items[:hubSuppliers] {
		want := []int{}
		if i%10 == 0 {
			want = append(want, 2)
		}
		if i%15 == 0 || i%10 == 0 && (i+7)%10 == 0 {
			want = append(want, 3)
		}
		if !slices.Equal(row.OtherTiers, want) {
			t.Fatalf("%s: other tiers %v, want %v", row.ID, row.OtherTiers, want)
		}
	}
	tiers, err := queries.Tiers(context.Background(), v, mustFind(t, v, "hub"), queries.Upstream, 5, graph.DefaultFilter(graph.AnyDate))
	if err != nil || len(tiers) != 2 || len(tiers[0]) != hubSuppliers {
		t.Errorf("Tiers: %d, %v", len(tiers), err)
	}
}

func mustFind(t *testing.T, v *graph.View, id string) graph.Node {
	t.Helper()
	n, ok := v.Find(graph.KindCompany, id)
	if !ok {
		t.Fatalf("no company %s", id)
	}
	return n
}

// slowListed is the definition of a list whose hops must be of a product: a company is listed at the least k for
// which a chain of exactly k hops, the first of them of the product, leads to c and passes neither c nor the company
// itself on the way. beyond tells whether anybody stands beyond the depth.
func slowListed(to, ofProduct [][]bool, c, depth int) (summary string, beyond bool) {
	n := len(to)
	deep := depth + n + 1
	rows := make([][]string, deep+1)
	for i := range n {
		if i == c {
			continue
		}
		// last[k][j] are the companies next to c on chains of exactly k hops from j that do not pass i.
		last := make([][]map[string]bool, deep)
		for k := range last {
			last[k] = make([]map[string]bool, n)
			for j := range n {
				last[k][j] = map[string]bool{}
				switch {
				case j == c || j == i || k == 0:
				case k == 1 && to[j][c]:
					last[k][j][name(j)] = true
				case k > 1:
					for d := range n {
						if d != j && to[j][d] {
							maps.Copy(last[k][j], last[k-1][d])
						}
					}
				}
			}
		}
		var tiers []string
		tier := 0
		via := map[string]bool{}
		for k := 1; k <= deep; k++ {
			stands := k == 1 && ofProduct[i][c]
			for j := range n {
				if k > 1 && j != i && ofProduct[i][j] && len(last[k-1][j]) > 0 {
					stands = true
					if tier == 0 {
						maps.Copy(via, last[k-1][j])
					}
				}
			}
			switch {
			case stands && tier == 0:
				tier = k
			case stands && k <= depth:
				tiers = append(tiers, fmt.Sprint(k))
			}
		}
		if tier == 0 {
			continue
		}
		text := fmt.Sprintf("%d %s", tier, name(i))
		if tiers != nil {
			text += "[" + strings.Join(tiers, ",") + "]"
		}
		if tier > 1 {
			text += "<" + strings.Join(slices.Sorted(maps.Keys(via)), ",")
		}
		rows[tier] = append(rows[tier], text)
	}
	beyond = len(slices.Concat(rows[depth+1:]...)) > 0
	return strings.Join(slices.Concat(rows[:depth+1]...), " "), beyond
}

func TestListedSuppliersAreAsDefined(t *testing.T) {
	store := drawn.Open(t)
	rapid.Check(t, func(rt *rapid.T) {
		to, statements := network(rt, 8)
		statements = append(statements, graph.Statement{Key: graph.Key{RelationKey: graph.RelationKey{Kind: graph.KindProduct, From: "q"}, Dataset: "d"}})
		ofProduct := make([][]bool, len(to))
		for i := range to {
			ofProduct[i] = make([]bool, len(to))
			for j := range to {
				ofProduct[i][j] = slices.ContainsFunc(statements, func(s graph.Statement) bool { return s.Key == supplies(i, j, "q").Key })
			}
		}
		v := drawn.ViewIn(t, store, statements)
		c := rapid.IntRange(0, len(to)-1).Draw(rt, "company")
		depth := rapid.IntRange(1, 6).Draw(rt, "depth")
		req := queries.TiersRequest{Company: name(c), Depth: depth, Product: "q"}
		if rapid.Bool().Draw(rt, "customers") {
			req.Direction = queries.Downstream
			to, ofProduct = transposed(to), transposed(ofProduct)
		}
		want, beyond := slowListed(to, ofProduct, c, depth)
		whole := suppliers(t, v, req)
		if got := summary(whole.Items); got != want {
			rt.Fatalf("whole list:\ngot  %s\nwant %s", got, want)
		}
		for _, row := range whole.Items {
			if row.Relations == 0 {
				rt.Fatalf("%s: no relation brings it in", row.ID)
			}
		}
		if beyond && whole.Complete {
			rt.Fatalf("the list says that nobody stands beyond tier %d", depth)
		}
		req.Limit = rapid.IntRange(1, 5).Draw(rt, "limit")
		var rows []queries.TierRow
		for {
			a := suppliers(t, v, req)
			rows = append(rows, a.Items...)
			if req.Cursor = a.NextCursor; req.Cursor == "" {
				break
			}
		}
		if got := summary(rows); got != want {
			rt.Fatalf("pages of %d:\ngot  %s\nwant %s", req.Limit, got, want)
		}
	})
}

// n supplies hbm to b, which stands behind c only through n: that is no way for n to stand behind c. From d there is
// a way round n, if a longer one.
func TestListedNotThroughItself(t *testing.T) {
	v := drawn.View(t, `
		n -> c : chips
		n -> b : hbm
		b -> n
		m -> c : chips
		m -> d : hbm
		d -> m
		d -> x
		x -> y
		y -> c`)
	a := suppliers(t, v, queries.TiersRequest{Company: "c", Product: "hbm", Depth: 6})
	if got := summary(a.Items); got != "4 m<y" || !a.Complete {
		t.Errorf("got %s, complete %v", got, a.Complete)
	}
	if a.Items[0].Hop.ID != "d" || a.Items[0].Relations != 1 {
		t.Errorf("%+v", a.Items[0])
	}
	if a := suppliers(t, v, queries.TiersRequest{Company: "c", Product: "hbm", Depth: 3}); len(a.Items) != 0 || a.StoppedBecause != queries.StoppedByDepth {
		t.Errorf("3 tiers: %s, stopped because %q", summary(a.Items), a.StoppedBecause)
	}
}

// TestSuppliersDeep holds the other tiers over many hops, where levels repeat, to level sets that leave the company out.
func TestSuppliersDeep(t *testing.T) {
	const companies, depth = 24, 60
	for seed := range uint64(20) {
		r := rand.New(rand.NewPCG(seed, 5))
		name := func(i int) string { return fmt.Sprintf("c%02d", i) }
		buyers := make([][]int, companies) // by supplier
		var statements []graph.Statement
		for i := range companies {
			statements = append(statements, drawn.Supplies(name(i), name(i/2), "p")) // a tree, so that somebody stands upstream of all
			buyers[i] = append(buyers[i], i/2)
		}
		for range int(seed) + 2 {
			from, to := r.IntN(companies), r.IntN(companies)
			if from != to && !slices.Contains(buyers[from], to) {
				statements = append(statements, drawn.Supplies(name(from), name(to), "p"))
				buyers[from] = append(buyers[from], to)
			}
		}
		a := suppliers(t, drawn.ViewOf(t, statements), queries.TiersRequest{Company: name(0), Depth: depth})
		for _, row := range a.Items {
			var n int
			_, _ = fmt.Sscanf(row.ID, "c%d", &n)
			want := []int{}
			level := map[int]bool{0: true} // of those from whom a walk of so many hops leads to the start
			for k := 1; k <= depth; k++ {
				next := map[int]bool{}
				for from, list := range buyers {
					for _, to := range list {
						if level[to] && from != to && from != 0 {
							next[from] = true
						}
					}
				}
				if next[n] && k != row.Tier {
					want = append(want, k)
				}
				delete(next, n)
				level = next
			}
			if !slices.Equal(row.OtherTiers, want) {
				t.Fatalf("seed %d, %s: other tiers %v, want %v", seed, row.ID, row.OtherTiers, want)
			}
		}
	}
}
