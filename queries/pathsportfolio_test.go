package queries_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"pgregory.net/rapid"

	"github.com/tributarygraph/tributary/graph"
	"github.com/tributarygraph/tributary/queries"
	"github.com/tributarygraph/tributary/queries/internal/drawn"
)

// The network of docs/queries/portfolios.md: other supplies m1, which supplies m2; nothing leads from it to m3.
func TestPortfolioPathsByHand(t *testing.T) {
	v := drawn.View(t, vendors)
	ask := func(from string, p queries.Portfolio, req queries.PathsRequest) (*queries.MembersAnswer[queries.PathsOfMember], error) {
		req.From = from
		return queries.PortfolioPaths(context.Background(), v, queries.MembersRequest{Portfolio: p}, req)
	}
	known := members3(spend(60), spend(30), spend(10))
	a, err := ask("other", known, queries.PathsRequest{})
	wantItems(t, a, err, `
		reached/other 0.9 mean 0.6667: m1 m2
		not_reached/other 0.1 mean 0.3333: m3`)
	if m1, m2 := a.Items[0].Of[0].Row, a.Items[0].Of[1].Row; *m1.Length != 1 || *m2.Length != 2 || fmt.Sprint(m2.Paths[0].Companies) != "[other m1 m2]" {
		t.Errorf("%+v\n%+v", m1, m2)
	}
	a, err = ask("other", members3(spend(60), spend(30), nil), queries.PathsRequest{}) // if m3 held all, nothing would be reached
	wantItems(t, a, err, `
		reached/other 0-1 mean 0.6667: m1 m2
		not_reached/other 0-1 mean 0.3333: m3`)
	a, err = ask("other", known, queries.PathsRequest{MaxHops: 1})
	wantItems(t, a, err, `
		reached/other 0.6 mean 0.3333: m1
		not_reached/other 0.4 mean 0.6667: m2 m3`)
	if a.StoppedBecause != queries.StoppedByDepth {
		t.Errorf("stopped because %q", a.StoppedBecause)
	}
	a, err = ask("m1", known, queries.PathsRequest{}) // a member itself
	wantItems(t, a, err, `
		itself/m1 0.6 mean 0.3333: m1
		reached/m1 0.3 mean 0.3333: m2
		not_reached/m1 0.1 mean 0.3333: m3`)
	a, err = ask("foundry", known, queries.PathsRequest{K: 1}) // two ways to m2, of which one is asked for
	wantItems(t, a, err, `reached/foundry 1 mean 1: m1 m2 m3`)
	if of := a.Items[0].Of; of[0].Row.More || !of[1].Row.More {
		t.Errorf("%+v", of)
	}
	if _, err = ask("nobody", known, queries.PathsRequest{}); !errors.Is(err, graph.ErrNotFound) {
		t.Errorf("of nobody: %v", err)
	}
	if _, err = ask("other", known, queries.PathsRequest{K: -1}); !errors.Is(err, graph.ErrInvalid) {
		t.Errorf("-1 paths: %v", err)
	}
}

// A supplier reaches the members that have it upstream, each by the paths of the question about two companies.
func TestPortfolioPathsAgainstSuppliers(t *testing.T) {
	store := drawn.Open(t)
	rapid.Check(t, func(rt *rapid.T) {
		v, _ := drawCompanies(t, rt, store)
		p, from := drawPortfolio(rt), rapid.SampledFrom([]string{"a", "b", "c", "d", "e"}).Draw(rt, "from")
		got, err := queries.PortfolioPaths(context.Background(), v, queries.MembersRequest{Portfolio: p}, queries.PathsRequest{From: from})
		if err != nil {
			rt.Fatal(err)
		}
		told := 0
		for _, x := range got.Items {
			told += x.Members
			for _, m := range x.Of {
				a, err := queries.Suppliers(context.Background(), v, queries.TiersRequest{Company: m.Member.ID, Depth: queries.MaxDepth})
				if err != nil {
					rt.Fatal(err)
				}
				tier := 0
				for _, r := range a.Items {
					if r.ID == from {
						tier = r.Tier
					}
				}
				want := map[bool]string{true: queries.PathReached, false: queries.PathNotReached}[tier > 0]
				if m.Member.ID == from {
					want = queries.PathItself
				}
				if x.Kind != want || want == queries.PathReached && *m.Row.Length != tier {
					rt.Fatalf("%s of %s: %s, want %s at tier %d", from, m.Member.ID, x.Kind, want, tier)
				}
			}
		}
		if told != len(p) {
			rt.Fatalf("%d of %d members", told, len(p))
		}
	})
}
