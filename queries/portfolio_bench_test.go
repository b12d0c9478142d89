package queries_test

import (
	"context"
	"math/rand/v2"
	"testing"

	"github.com/tributarygraph/tributary/graph"
	"github.com/tributarygraph/tributary/queries"
)

// vendorsOf are 1,000 companies that somebody supplies, drawn at random, nine in ten of them with a spend.
func vendorsOf(v *graph.View) (p queries.Portfolio) {
	r := rand.New(rand.NewPCG(5, 6))
	var all []graph.Node
	for n := range v.Nodes(graph.KindCompany) {
		if v.In(graph.KindSupplies, n).Len() > 0 {
			all = append(all, n)
		}
	}
	for _, i := range r.Perm(len(all))[:min(1000, len(all))] {
		m := queries.PortfolioMember{Company: "id:" + v.ID(graph.KindCompany, all[i]), Currency: "USD"}
		if r.IntN(10) > 0 {
			m.Spend = spend(float64(1 + r.IntN(1_000_000)))
		}
		p = append(p, m)
	}
	return p
}

// BenchmarkPortfolio asks about 1,000 vendors. With TRIBUTARY_BENCH_STORE made by tributary generate --companies 100000
// --relations 1000000, nearly every company stands behind them.
func BenchmarkPortfolio(b *testing.B) {
	v := benchView(b)
	vendors := vendorsOf(v)
	b.Run("common-suppliers", func(b *testing.B) {
		for b.Loop() {
			if _, err := queries.PortfolioSuppliers(context.Background(), v, queries.PortfolioSuppliersRequest{Portfolio: vendors, Page: queries.Page{Limit: 100}}); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("exposure", func(b *testing.B) {
		ranked := 0
		for b.Loop() {
			a, err := queries.PortfolioExposure(context.Background(), v, queries.PortfolioExposureRequest{Portfolio: vendors,
				ExposureRequest: queries.ExposureRequest{Page: queries.Page{Limit: 100}}})
			if err != nil {
				b.Fatal(err)
			}
			ranked = a.LookedAt
		}
		b.ReportMetric(float64(ranked), "companies")
	})
}
