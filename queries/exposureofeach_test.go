package queries_test

import (
	"context"
	"errors"
	"testing"

	"github.com/tributarygraph/tributary/graph"
	"github.com/tributarygraph/tributary/queries"
	"github.com/tributarygraph/tributary/queries/internal/drawn"
)

// Of gas, 60 of the spend, and tools, 40: foundry buys 0.4 of gas's revenue, and 0.08 to 0.88 of that of tools. Fabless
// takes 0.1 of gas's, and a quarter of what foundry takes.
func TestPortfolioRevenueByHand(t *testing.T) {
	v := drawn.View(t, orders)
	ask := func(p queries.Portfolio, req queries.ExposureRequest) (*queries.MembersAnswer[queries.ExposureOfMember], error) {
		req.Side = queries.SideRevenue
		return queries.PortfolioEachExposure(context.Background(), v, queries.MembersRequest{Portfolio: p}, req)
	}
	of := func(a, b string) queries.Portfolio {
		return queries.Portfolio{{Company: a, Spend: spend(60), Currency: "USD"}, {Company: b, Spend: spend(40), Currency: "USD"}}
	}
	a, err := ask(of("gas", "tools"), queries.ExposureRequest{})
	wantItems(t, a, err, `
		company/foundry 0.272-0.592 mean 0.24-0.64: gas tools
		company/phones 0.136-0.296 mean 0.12-0.32: gas tools
		company/fabless 0.136-0.216 mean 0.12-0.22: gas tools
		company/gas 0.08 mean 0.1: tools`)
	// Each cuts its orders by a fifth, alone: foundry loses 0.05 by fabless, 0.1 by phones.
	a, err = ask(of("fabless", "phones"), queries.ExposureRequest{Cut: 0.2})
	wantItems(t, a, err, `
		company/foundry 0.07 mean 0.075: fabless phones
		company/gas 0.04 mean 0.04: fabless phones
		company/tools 0.008-0.064 mean 0.008-0.068: fabless phones`)
	if money := a.Items[1].Of[0].Row.Money; len(money) != 1 || money[0].Low != 0.8 {
		t.Errorf("%+v", money)
	}
	if _, err = ask(of("gas", "tools"), queries.ExposureRequest{Line: "gas"}); !errors.Is(err, graph.ErrInvalid) {
		t.Errorf("a line on the revenue side: %v", err)
	}
}

// The network of docs/queries/portfolios.md: only m1 makes boards, which lose what m1 does.
func TestPortfolioLineByHand(t *testing.T) {
	v := drawn.View(t, vendors)
	ask := func(req queries.ExposureRequest) (*queries.MembersAnswer[queries.ExposureOfMember], error) {
		return queries.PortfolioEachExposure(context.Background(), v, queries.MembersRequest{Portfolio: members3(spend(60), spend(30), spend(10))}, req)
	}
	a, err := ask(queries.ExposureRequest{Line: "boards"})
	wantItems(t, a, err, `
		company/foundry 0.3 mean 0.1667: m1
		company/other 0.3 mean 0.1667: m1
		company/tools 0.075 mean 0.04167: m1`)
	if r := a.Items[0].Of[0].Row; len(r.Paths) > 0 || r.Entities != nil {
		t.Errorf("paths that nobody asked for: %+v", r)
	}
	if _, err = ask(queries.ExposureRequest{Line: "nothing"}); !errors.Is(err, graph.ErrNotFound) {
		t.Errorf("a line of nobody: %v", err)
	}
	a, err = ask(queries.ExposureRequest{To: []string{"tools"}, Evidence: true})
	wantItems(t, a, err, `company/tools 0.135-0.16 mean 0.1083-0.1917: m1 m2 m3`)
	r := a.Items[0].Of[1].Row
	if len(r.Paths) != 1 || len(r.Paths[0].Hops[0].Relations[0].Claims) != 1 || r.Entities.Companies["foundry"].Name != "foundry" || r.Entities.Products["chips"].Name != "chips" {
		t.Errorf("%+v", r)
	}
}

// The members lose what the question of the whole portfolio says they do.
func TestPortfolioEachExposureIsPortfolioExposure(t *testing.T) {
	v := drawn.View(t, vendors)
	p := members3(spend(60), spend(30), spend(10))
	whole, err := queries.PortfolioExposure(context.Background(), v, queries.PortfolioExposureRequest{Portfolio: p})
	if err != nil {
		t.Fatal(err)
	}
	each, err := queries.PortfolioEachExposure(context.Background(), v, queries.MembersRequest{Portfolio: p}, queries.ExposureRequest{})
	if err != nil || len(each.Items) != len(whole.Items) {
		t.Fatalf("%v: %d items, want %d", err, len(each.Items), len(whole.Items))
	}
	for i, x := range each.Items {
		if w := whole.Items[i]; x.ID != w.ID || part(x.BySpend) != part(w.LossIfStopped) || part(x.Mean) != part(w.LossMean) {
			t.Errorf("%s %s %s, want %s %s %s", x.ID, part(x.BySpend), part(x.Mean), w.ID, part(w.LossIfStopped), part(w.LossMean))
		}
	}
}
