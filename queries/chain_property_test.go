package queries_test

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/tributarygraph/tributary/graph"
	"github.com/tributarygraph/tributary/queries"
	"github.com/tributarygraph/tributary/queries/internal/drawn"
)

// slowSides is the definition: the signed tier of each company within the depths, and the other side's of those on both.
// From company i a hop leads to j where to[i][j].
func slowSides(to [][]bool, c, suppliers, customers int) (tiers, others map[string]int) {
	hops := func(to [][]bool, depth int) []int {
		out := slices.Repeat([]int{-1}, len(to))
		out[c] = 0
		for k := 1; k <= depth; k++ {
			for i := range to {
				for j := range to {
					if out[i] < 0 && to[i][j] && out[j] == k-1 {
						out[i] = k
					}
				}
			}
		}
		return out
	}
	up, down := hops(to, suppliers), hops(transposed(to), customers)
	tiers, others = map[string]int{}, map[string]int{}
	for i := range to {
		switch {
		case i == c:
			tiers[name(i)] = 0
		case up[i] > 0 && (down[i] < 0 || up[i] <= down[i]):
			tiers[name(i)] = -up[i]
			if down[i] > 0 {
				others[name(i)] = down[i]
			}
		case down[i] > 0:
			tiers[name(i)] = down[i]
			if up[i] > 0 {
				others[name(i)] = -up[i]
			}
		}
	}
	return tiers, others
}

// describedNetwork is a network whose companies have countries and sectors, or none.
func describedNetwork(t *rapid.T, most int) (to [][]bool, statements []graph.Statement) {
	to, statements = network(t, most)
	for i := range statements {
		s := &statements[i]
		if s.Kind != graph.KindCompany {
			continue
		}
		for _, field := range []struct {
			id     graph.FieldID
			values []string
		}{{graph.FieldCountry, []string{"", "JP", "KR", "US"}}, {graph.FieldSector, []string{"", "x", "y,-1:z", "*"}}} {
			if value := rapid.SampledFrom(field.values).Draw(t, field.id.String()); value != "" {
				s.Fields = append(s.Fields, graph.Field{ID: field.id, Text: value})
			}
		}
		slices.SortFunc(s.Fields, func(a, b graph.Field) int { return int(a.ID) - int(b.ID) })
	}
	return to, statements
}

// shownCompanies are the companies that are nodes, by tier.
func shownCompanies(a *queries.ChainAnswer) map[string]int {
	out := map[string]int{}
	for _, n := range a.Nodes {
		if n.Kind == "company" {
			out[n.ID] = n.Tier
		}
	}
	return out
}

func groupsIn(a *queries.ChainAnswer) (ids []string) {
	for _, n := range a.Nodes {
		if n.Kind == "group" {
			ids = append(ids, n.ID)
		}
	}
	return ids
}

// membership gives the node of each company: its own, or the group that shows it when it is opened. What no other group
// shows is in the group of the others of its tier.
func membership(t testing.TB, v *graph.View, req queries.ChainRequest, a *queries.ChainAnswer, tiers map[string]int) map[string]string {
	node := map[string]string{}
	for id := range shownCompanies(a) {
		node[id] = id
	}
	for _, n := range a.Nodes {
		if n.Kind != "group" || n.Key == "*" {
			continue
		}
		more := req
		more.Open = append(slices.Clone(req.Open), n.ID)
		for id := range shownCompanies(chainOf(t, v, more)) {
			if node[id] == "" {
				node[id] = n.ID
			}
		}
	}
	for id, tier := range tiers {
		if node[id] == "" {
			for _, n := range a.Nodes {
				if n.Key == "*" && n.Tier == tier {
					node[id] = n.ID
				}
			}
		}
	}
	return node
}

// Whatever is folded and opened, every company of a tier is in one node, what nodes and tiers count adds up, and links
// stand for all relations between the companies; opening every group shows every company.
func TestChainHoldsEverything(t *testing.T) {
	store := drawn.Open(t)
	rapid.Check(t, func(rt *rapid.T) {
		to, statements := describedNetwork(rt, 14)
		v := drawn.ViewIn(t, store, statements)
		c := rapid.IntRange(0, len(to)-1).Draw(rt, "company")
		req := queries.ChainRequest{Company: name(c), Suppliers: rapid.IntRange(0, 4).Draw(rt, "suppliers"), Customers: rapid.IntRange(0, 4).Draw(rt, "customers"),
			Visible: rapid.IntRange(1, 6).Draw(rt, "visible"), Fold: rapid.SampledFrom([]string{"country", "sector", "product"}).Draw(rt, "fold")}
		tiers, others := slowSides(to, c, req.Suppliers, req.Customers)

		all := req
		whole := chainOf(t, v, all)
		for more := groupsIn(whole); len(more) > 0; more = groupsIn(whole) {
			all.Open = append(all.Open, more...)
			whole = chainOf(t, v, all)
		}
		if got := shownCompanies(whole); !maps.Equal(got, tiers) {
			rt.Fatalf("opened:\ngot  %v\nwant %v", got, tiers)
		}
		for _, n := range whole.Nodes {
			if other, ok := others[n.ID]; ok != (len(n.OtherTiers) == 1) || ok && n.OtherTiers[0] != other {
				rt.Fatalf("%s: other tiers %v, want %d", n.ID, n.OtherTiers, other)
			}
		}
		want := 0
		for _, s := range statements {
			_, from := tiers[s.From]
			_, to := tiers[s.To]
			if s.Kind == graph.KindSupplies && from && to && s.From != s.To {
				want++
			}
		}
		if got := relationsOf(whole); got != want {
			rt.Fatalf("relations: %d, want %d", got, want)
		}

		if groups := groupsIn(chainOf(t, v, req)); len(groups) > 0 && rapid.Bool().Draw(rt, "open one") {
			req.Open = []string{rapid.SampledFrom(groups).Draw(rt, "group")}
		}
		checkFolded(rt, t, v, req, whole, tiers)
	})
}

func relationsOf(a *queries.ChainAnswer) (sum int) {
	for _, l := range a.Links {
		sum += l.Relations
	}
	for _, n := range a.Nodes {
		sum += n.Inside
	}
	return sum
}

// checkFolded holds an answer with groups against the one in which all are opened.
func checkFolded(rt *rapid.T, t *testing.T, v *graph.View, req queries.ChainRequest, whole *queries.ChainAnswer, tiers map[string]int) {
	a := chainOf(t, v, req)
	node := membership(t, v, req, a, tiers)
	members, degree := map[string]int{}, map[string]int{}
	for id := range tiers {
		members[node[id]]++
	}
	companies, shown, groups, folded := map[int]int{}, map[int]int{}, map[int]int{}, 0
	for _, n := range a.Nodes {
		count := 1
		if n.Kind == "group" {
			count = n.Companies
			groups[n.Tier]++
			folded += count
			if key := strings.SplitN(n.ID, ":", 3)[2]; key != n.Key {
				rt.Fatalf("%s: key %q", n.ID, n.Key)
			}
		} else {
			shown[n.Tier]++
		}
		companies[n.Tier] += count
		if members[n.ID] != count {
			rt.Fatalf("%s has %d companies, and %d are found in it", n.ID, count, members[n.ID])
		}
		degree[n.ID] = n.Relations
	}
	total := 0
	for _, tier := range a.Tiers {
		if tier.Companies != companies[tier.Tier] || tier.Shown != shown[tier.Tier] || tier.Groups != groups[tier.Tier] {
			rt.Fatalf("tier %d: %+v, but nodes of %d companies, %d shown, %d groups", tier.Tier, tier, companies[tier.Tier], shown[tier.Tier], groups[tier.Tier])
		}
		total += tier.Companies
	}
	if total != len(tiers) || a.Folded.Companies != folded {
		rt.Fatalf("%d companies, %d folded; want %d, %d", total, a.Folded.Companies, len(tiers), folded)
	}
	want, inside, pairs := map[[2]string]int{}, map[string]int{}, 0
	for _, l := range whole.Links {
		from, to := node[l.From], node[l.To]
		if from != l.From || to != l.To {
			pairs++
		}
		if from == to {
			inside[from] += l.Relations
			degree[from] -= l.Relations
			continue
		}
		want[[2]string{from, to}] += l.Relations
		degree[from] -= l.Relations
		degree[to] -= l.Relations
	}
	got := map[[2]string]int{}
	for _, l := range a.Links {
		got[[2]string{l.From, l.To}] += l.Relations
	}
	if !maps.Equal(got, want) || a.Folded.Links != pairs {
		rt.Fatalf("links %v, %d folded\nwant %v, %d", got, a.Folded.Links, want, pairs)
	}
	for _, n := range a.Nodes {
		if n.Inside != inside[n.ID] || degree[n.ID] != 0 {
			rt.Fatalf("%s: %d relations inside, %d in all; %d too many", n.ID, n.Inside, n.Relations, degree[n.ID])
		}
	}
	checkCut(rt, t, v, req, a)
}

// checkCut: a limit leaves out links, and counts them.
func checkCut(rt *rapid.T, t *testing.T, v *graph.View, req queries.ChainRequest, a *queries.ChainAnswer) {
	if len(a.Links) < 2 {
		return
	}
	req.Limit = rapid.IntRange(1, len(a.Links)-1).Draw(rt, "limit")
	cut := chainOf(t, v, req)
	if len(cut.Links) != req.Limit || cut.Complete || cut.LeftOut.Links != len(a.Links)-req.Limit || relationsOf(cut)+cut.LeftOut.Relations != relationsOf(a) {
		rt.Fatalf("limit %d: %d links, %+v left out", req.Limit, len(cut.Links), cut.LeftOut)
	}
}
