package queries_test

import (
	"context"
	"fmt"
	"testing"

	"pgregory.net/rapid"

	"github.com/tributarygraph/tributary/queries"
	"github.com/tributarygraph/tributary/queries/internal/drawn"
)

func TestDisruptionOfPortfolioByHand(t *testing.T) {
	v := drawn.View(t, vendors)
	ask := func(p queries.Portfolio, stops string) *queries.DisruptionAnswer {
		a, err := queries.Disruption(context.Background(), v, queries.DisruptionRequest{Scenario: queries.Scenario{Targets: []queries.Target{{Company: stops}}}, Portfolio: p})
		if err != nil {
			t.Fatal(err)
		}
		return a
	}
	// 0.6*0.5 + 0.3*0.8 + 0.1*[0, 1].
	a := ask(append(members3(spend(60), spend(30), spend(10)), queries.PortfolioMember{Company: "Twoo"}), "foundry")
	p := a.Portfolio
	if between(p.Loss) != "0.54-0.64" || between(p.Mean) != "0.4333-0.7667" || p.Members.Affected != 3 || p.Members.Certain != 2 || fmt.Sprint(p.Spend) != "[{100 USD}]" || p.After != nil {
		t.Errorf("%+v", p)
	}
	if len(p.Match.NotFound) != 1 || p.Match.NotFound[0].Row != 4 || p.Match.NotFound[0].Near[0].ID != "m2" {
		t.Errorf("%+v", p.Match.NotFound)
	}
	if want := "Of 3 companies of the portfolio 3 lose something or may, 2 for certain: by spend at least 54%, at most 64%."; p.Sentence != want {
		t.Errorf("got  %s\nwant %s", p.Sentence, want)
	}
	if len(a.Items) != 3 || *a.Total != 3 || a.Totals.Companies.Affected != 3 {
		t.Errorf("%d items", len(a.Items))
	}
	// A member that is hit itself counts: 0.6 + 0.3*0.1.
	if p := ask(members3(spend(60), spend(30), spend(10)), "m1").Portfolio; between(p.Loss) != "0.63" || p.Members.Affected != 2 || fmt.Sprint(p.Spend) != "[{90 USD}]" {
		t.Errorf("%+v", p)
	}
	if p := ask(members3(spend(60), spend(30), spend(10)), "m3").Portfolio; between(p.Loss) != "0.1" || p.Members.Stop != 1 {
		t.Errorf("%+v", p)
	}
}

// What the members lose in a scenario is what they are exposed to it, where none of them is part of it.
func TestDisruptionOfPortfolioIsItsExposure(t *testing.T) {
	store := drawn.Open(t)
	rapid.Check(t, func(rt *rapid.T) {
		v, text := drawCompanies(t, rt, store)
		p := drawPortfolio(rt)
		stops := p[0].Company
		if p = p[1:]; len(p) == 0 {
			return
		}
		want := portfolioExposure(rt, v, queries.PortfolioExposureRequest{Portfolio: p, ExposureRequest: queries.ExposureRequest{To: []string{stops}}}).Items[0]
		got, err := queries.Disruption(context.Background(), v, queries.DisruptionRequest{Scenario: queries.Scenario{Targets: []queries.Target{{Company: stops}}}, Portfolio: p})
		if err != nil {
			rt.Fatal(err)
		}
		if *got.Portfolio.Loss != *want.LossIfStopped || *got.Portfolio.Mean != *want.LossMean || got.Portfolio.Members.Affected != want.Exposed {
			rt.Fatalf("%v %v, want %v %v\n%s", *got.Portfolio.Loss, *got.Portfolio.Mean, *want.LossIfStopped, *want.LossMean, text)
		}
	})
}
