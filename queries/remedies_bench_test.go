package queries_test

import (
	"context"
	"testing"

	"github.com/tributarygraph/tributary/graph"
	"github.com/tributarygraph/tributary/queries"
)

// BenchmarkRemedies tries second sources for a company. With TRIBUTARY_BENCH_STORE made by
// tributary generate --companies 6000 --relations 40000, more than 5,000 companies stand upstream of most.
func BenchmarkRemedies(b *testing.B) {
	v := benchView(b)
	companies := starts(v)[:8]
	warm(b, v, graph.Filter{AsOf: graph.Today(), Stages: graph.StagesOf("unknown", "qualified", "volume")}, companies)
	stops, tried := 0, 0
	for i := 0; b.Loop(); i++ {
		a, err := queries.Remedies(context.Background(), v, queries.RemediesRequest{Company: "id:" + v.ID(graph.KindCompany, companies[i%len(companies)]), Page: queries.Page{Limit: 20}})
		if err != nil {
			b.Fatal(err)
		}
		stops, tried = max(stops, a.Stops), max(tried, a.Tried)
	}
	b.ReportMetric(float64(stops), "stops")
	b.ReportMetric(float64(tried), "tried")
}
