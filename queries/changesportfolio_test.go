package queries_test

import (
	"context"
	"errors"
	"math"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/tributarygraph/tributary/graph"
	"github.com/tributarygraph/tributary/queries"
	"github.com/tributarygraph/tributary/queries/internal/drawn"
)

// The network of docs/queries/portfolios.md, some time later: m1 buys more of foundry, and m3 lenses that it cannot do
// without. The example of docs/queries/changes.md.
var vendorsLater = strings.NewReplacer("foundry -> m1 : chips share_of_input=0.5", "foundry -> m1 : chips share_of_input=0.6", "other -> m1 : chips share_of_input=0.5", "other -> m1 : chips share_of_input=0.4").Replace(vendors) + `
	lens -> m3 : lenses share_of_input=1 essential=true
`

func TestPortfolioChangesByHand(t *testing.T) {
	before, after := drawn.View(t, vendors), drawn.View(t, vendorsLater)
	between := queries.ChangesRequest{From: revision(1), To: revision(2)}
	ask := func(p queries.Portfolio) (*queries.MembersAnswer[queries.ChangeOfMember], error) {
		return queries.PortfolioChanges(context.Background(), before, after, queries.MembersRequest{Portfolio: p}, between)
	}
	a, err := ask(members3(spend(60), spend(30), spend(10)))
	// lens: 0.1 x 1. other: m1 from 0.5 to 0.4, m2 over its boards from 0.05 to 0.04. foundry: m1 from 0.5 to 0.6; m2 loses
	// 0.8 as before, only its flow moved. tools: a quarter of that. foundry's share alone is 0.6 of 1.1: 0.5 becomes
	// 0.5455 and 0.4545; other's alone moves what hangs on other.
	wantItems(t, a, err, `
		came/lens 0.1 mean 0.3333: m3
		relation/supplies~lens~m3~lenses 0.1 mean 0.3333: m3
		moved/other 0.063 mean 0.03667: m1 m2
		relation/supplies~other~m1~chips 0.063 mean 0.03667: m1 m2
		moved/foundry 0.06 mean 0.03333: m1 m2
		relation/supplies~foundry~m1~chips 0.02864 mean 0.01667: m1 m2
		moved/tools 0.015 mean 0.008333: m1 m2`)
	if r := a.Items[2].Of[1]; part(r.Row.LossBefore) != "0.05" || part(r.Row.LossAfter) != "0.04" || part(r.Row.LossMoves) != "0.01" {
		t.Errorf("%+v", r.Row)
	}
	a, err = ask(members3(spend(60), spend(30), nil)) // if m3 held all, all of it were on lens
	if err != nil || a.Items[0].ID != "lens" || part(a.Items[0].BySpend) != "0-1" {
		t.Errorf("%v\n%s", err, itemsText(a))
	}
	between.Solve = -1 // nothing is solved alone: it may be anything
	a, err = ask(members3(spend(60), spend(30), spend(10)))
	if err != nil || a.Items[len(a.Items)-1].Kind != "relation" || part(a.Items[len(a.Items)-1].BySpend) != "0-0.1" {
		t.Errorf("%v\n%s", err, itemsText(a))
	}
	between.From = queries.Moment{}
	if _, err = ask(members3(nil, nil, nil)); !errors.Is(err, graph.ErrInvalid) {
		t.Errorf("without a moment: %v", err)
	}
}

// Of a portfolio is told what is told of its members one by one.
func TestPortfolioChangesAgainstMembers(t *testing.T) {
	store := drawn.Open(t)
	rapid.Check(t, func(rt *rapid.T) {
		draw := func() *graph.View {
			_, text := drawSupplies(rt)
			for _, c := range []string{"a", "b", "c", "d", "e"} {
				text += c + " kind=company\n"
			}
			return drawn.ViewIn(t, store, drawn.Statements(t, text))
		}
		from, to := draw(), draw()
		p, req := drawPortfolio(rt), queries.ChangesRequest{From: revision(1), To: revision(2)}
		got, err := queries.PortfolioChanges(context.Background(), from, to, queries.MembersRequest{Portfolio: p}, req)
		if err != nil {
			rt.Fatal(err)
		}
		moves, rows := map[string]map[string]float64{}, 0
		for _, m := range p {
			req.Company = m.Company
			a, err := queries.Changes(context.Background(), from, to, req)
			if err != nil {
				rt.Fatal(err)
			}
			rows += len(a.Exposures) + len(a.Changes)
			for _, e := range a.Exposures {
				key := e.Change + "/" + e.ID
				if moves[key] == nil {
					moves[key] = map[string]float64{}
				}
				var was, is queries.Interval
				if e.LossBefore != nil {
					was = *e.LossBefore
				}
				if e.LossAfter != nil {
					is = *e.LossAfter
				}
				moves[key][m.Company] = max(math.Abs(is.Low-was.Low), math.Abs(is.High-was.High))
			}
		}
		for _, x := range got.Items {
			rows -= x.Members
			if x.Kind == "relation" {
				continue
			}
			low, high := weighed(p, func(c string) queries.Interval {
				by := moves[x.Kind+"/"+x.ID][c]
				return queries.Interval{Low: by, High: by}
			})
			if x.BySpend != nil && (math.Abs(x.BySpend.Low-low) > 2e-9 || math.Abs(x.BySpend.High-high) > 2e-9) {
				rt.Fatalf("%s %s: %v, want %v to %v", x.Kind, x.ID, *x.BySpend, low, high)
			}
		}
		if rows != 0 {
			rt.Fatalf("%d rows of members more than items hold", rows)
		}
	})
}
