package queries_test

import (
	"context"
	"fmt"
	"math"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/tributarygraph/tributary/queries"
	"github.com/tributarygraph/tributary/queries/internal/drawn"
)

// itemsText writes items as "kind/id by-spend mean: members".
func itemsText[R any](a *queries.MembersAnswer[R]) string {
	var b strings.Builder
	for _, x := range a.Items {
		var of []string
		for _, m := range x.Of {
			of = append(of, m.Member.ID)
		}
		id := x.ID
		if x.Kind != "" {
			id = x.Kind + "/" + id
		}
		fmt.Fprintf(&b, "%s %s mean %s: %s\n", id, between(x.BySpend), between(x.Mean), strings.Join(of, " "))
	}
	return b.String()
}

func wantItems[R any](t *testing.T, a *queries.MembersAnswer[R], err error, want string) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	for line := range strings.Lines(want) {
		if line = strings.TrimSpace(line); line != "" {
			lines = append(lines, line+"\n")
		}
	}
	if got := itemsText(a); got != strings.Join(lines, "") {
		t.Errorf("got\n%swant\n%s", got, strings.Join(lines, ""))
	}
}

// The network of docs/queries/portfolios.md.
func TestEachMemberByHand(t *testing.T) {
	v := drawn.View(t, vendors)
	suppliers := func(p queries.Portfolio) (*queries.MembersAnswer[queries.TierRow], error) {
		return queries.PortfolioTiers(context.Background(), v, queries.MembersRequest{Portfolio: p}, queries.TiersRequest{})
	}
	a, err := suppliers(members3(spend(60), spend(30), spend(10)))
	wantItems(t, a, err, `
		foundry 1 mean 1: m1 m2 m3
		tools 1 mean 1: m1 m2 m3
		other 0.9 mean 0.6667: m1 m2
		m1 0.3 mean 0.3333: m2`)
	if a.AskedOf != 3 || a.Items[2].Of[1].Row.Tier != 2 || fmt.Sprint(a.Items[2].Spend) != "[{90 USD}]" {
		t.Errorf("%+v", a.Items[2])
	}
	// The spend on m3 is not known: if it were all, other would be behind nothing of it.
	a, err = suppliers(members3(spend(60), spend(30), nil))
	wantItems(t, a, err, `
		foundry 1 mean 1: m1 m2 m3
		tools 1 mean 1: m1 m2 m3
		other 0-1 mean 0.6667: m1 m2
		m1 0-0.3333 mean 0.3333: m2`)
	// Nothing is known: by the mean.
	a, err = suppliers(members3(nil, nil, nil))
	wantItems(t, a, err, `
		foundry 1 mean 1: m1 m2 m3
		tools 1 mean 1: m1 m2 m3
		other 0-1 mean 0.6667: m1 m2
		m1 0-1 mean 0.3333: m2`)
	// Stops are weighed by what they cost: m3, 0 to 1, by foundry.
	c, err := queries.PortfolioChokepoints(context.Background(), v, queries.MembersRequest{Portfolio: members3(spend(60), spend(30), spend(10))}, queries.ChokepointsRequest{Kind: queries.ChokeStops})
	wantItems(t, c, err, `stops/foundry 0-0.1 mean 0-0.3333: m3`)
	c, err = queries.PortfolioChokepoints(context.Background(), v, queries.MembersRequest{Portfolio: members3(spend(60), spend(30), spend(10))}, queries.ChokepointsRequest{Kind: queries.ChokeSoleSources})
	wantItems(t, c, err, `
		sole_sources/foundry 0.4 mean 0.6667: m2 m3
		sole_sources/m1 0.3 mean 0.3333: m2`)
}

func TestEachMemberAgainstSlow(t *testing.T) {
	store := drawn.Open(t)
	rapid.Check(t, func(rt *rapid.T) {
		v, _ := drawCompanies(t, rt, store)
		p := drawPortfolio(rt)
		req := queries.TiersRequest{Direction: rapid.SampledFrom([]queries.Direction{queries.Upstream, queries.Downstream}).Draw(rt, "direction"), Depth: rapid.IntRange(1, 3).Draw(rt, "depth")}
		want := map[string]map[string]int{} // tiers by listed company and member
		for _, m := range p {
			one := req
			one.Company = m.Company
			a, err := queries.Suppliers(context.Background(), v, one)
			if err != nil {
				rt.Fatal(err)
			}
			for _, r := range a.Items {
				if want[r.ID] == nil {
					want[r.ID] = map[string]int{}
				}
				want[r.ID][m.Company] = r.Tier
			}
		}
		ask := func(page queries.Page) *queries.MembersAnswer[queries.TierRow] {
			a, err := queries.PortfolioTiers(context.Background(), v, queries.MembersRequest{Portfolio: rapid.Permutation(p).Draw(rt, "order"), Page: page}, req)
			if err != nil {
				rt.Fatal(err)
			}
			return a
		}
		got := ask(queries.Page{})
		if len(got.Items) != len(want) {
			rt.Fatalf("%d items, want %d", len(got.Items), len(want))
		}
		for _, x := range got.Items {
			low, high := weighed(p, func(c string) queries.Interval {
				if want[x.ID][c] > 0 {
					return queries.Interval{Low: 1, High: 1}
				}
				return queries.Interval{}
			})
			if math.Abs(x.BySpend.Low-low) > 2e-9 || math.Abs(x.BySpend.High-high) > 2e-9 || x.Members != len(want[x.ID]) {
				rt.Fatalf("%s: %v of %d, want %v to %v of %d", x.ID, *x.BySpend, x.Members, low, high, len(want[x.ID]))
			}
			for _, m := range x.Of {
				if m.Row.Tier != want[x.ID][m.Member.ID] || m.Row.ID != x.ID {
					rt.Fatalf("%s of %s: %+v", x.ID, m.Member.ID, m.Row)
				}
			}
		}
	})
}

// Items come in parts as in the whole, and name as many members as are asked for.
func TestEachMemberInParts(t *testing.T) {
	v := drawn.View(t, vendors)
	ask := func(page queries.Page, named int) *queries.MembersAnswer[queries.TierRow] {
		a, err := queries.PortfolioTiers(context.Background(), v, queries.MembersRequest{Portfolio: members3(spend(60), spend(30), nil), Page: page, Named: named}, queries.TiersRequest{})
		if err != nil {
			t.Fatal(err)
		}
		return a
	}
	whole := itemsText(ask(queries.Page{}, 1))
	text, cursor := "", ""
	for range 4 {
		part := ask(queries.Page{Limit: 1, Cursor: cursor}, 1)
		text, cursor = text+itemsText(part), part.NextCursor
		if n := len(part.Items[0].Of); n != 1 || part.Items[0].OfMore != (part.Items[0].Members > 1) {
			t.Errorf("%d members named, more: %v", n, part.Items[0].OfMore)
		}
	}
	if text != whole || cursor != "" {
		t.Errorf("in parts\n%swhole\n%s", text, whole)
	}
}
