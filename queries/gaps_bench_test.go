package queries_test

import (
	"context"
	"testing"

	"github.com/tributarygraph/tributary/graph"
	"github.com/tributarygraph/tributary/queries"
)

// BenchmarkGaps asks for the gaps of companies. With TRIBUTARY_BENCH_STORE made by tributary generate --companies 6000
// --relations 40000, more than 5,000 companies stand upstream of most.
func BenchmarkGaps(b *testing.B) {
	v := benchView(b)
	companies := starts(v)[:8]
	upstream, facts, listed := 0, 0, 0
	for i := 0; b.Loop(); i++ {
		a, err := queries.Gaps(context.Background(), v, queries.GapsRequest{Company: "id:" + v.ID(graph.KindCompany, companies[i%len(companies)])})
		if err != nil {
			b.Fatal(err)
		}
		upstream, facts, listed = max(upstream, a.Around), max(facts, a.Facts), max(listed, *a.Total)
	}
	b.ReportMetric(float64(upstream), "companies")
	b.ReportMetric(float64(facts), "facts")
	b.ReportMetric(float64(listed), "listed")
}
