package queries_test

import (
	"context"
	"testing"

	"github.com/tributarygraph/tributary/graph"
	"github.com/tributarygraph/tributary/queries"
)

// BenchmarkExposure ranks everything upstream of a company. With TRIBUTARY_BENCH_STORE made by
// tributary generate --companies 6000 --relations 40000, more than 5,000 companies stand upstream of most.
func BenchmarkExposure(b *testing.B) {
	v := benchView(b)
	companies := starts(v)[:8]
	warm(b, v, graph.Filter{AsOf: graph.Today(), Stages: graph.StagesOf("unknown", "qualified", "volume")}, companies)
	for _, side := range []string{"supply", "revenue"} {
		b.Run(side, func(b *testing.B) {
			upstream := 0
			for i := 0; b.Loop(); i++ {
				a, err := queries.Exposure(context.Background(), v, queries.ExposureRequest{Company: "id:" + v.ID(graph.KindCompany, companies[i%len(companies)]),
					Side: side, Page: queries.Page{Limit: 100}})
				if err != nil {
					b.Fatal(err)
				}
				upstream = max(upstream, a.LookedAt)
			}
			b.ReportMetric(float64(upstream), "companies")
		})
	}
}
