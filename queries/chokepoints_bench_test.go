package queries_test

import (
	"context"
	"runtime"
	"testing"
	"time"

	"github.com/tributarygraph/tributary/graph"
	"github.com/tributarygraph/tributary/queries"
)

// BenchmarkChokepoints asks for the chokepoints of the company, of 512 drawn at random, that has the most relations to
// suppliers, and so the most inputs: the first hundred of each list, as the API does, and each list by itself.
func BenchmarkChokepoints(b *testing.B) {
	v := benchView(b)
	companies := starts(v)
	warm(b, v, graph.DefaultFilter(graph.Today()), companies)
	busiest := companies[0]
	for _, n := range companies {
		if v.In(graph.KindSupplies, n).Len() > v.In(graph.KindSupplies, busiest).Len() {
			busiest = n
		}
	}
	company := v.ID(graph.KindCompany, busiest)
	for _, kind := range []string{"all", queries.ChokeRoutes, queries.ChokeMustPass, queries.ChokeSoleSources} {
		b.Run(kind, func(b *testing.B) {
			var took []time.Duration
			runtime.GC()
			for b.Loop() {
				began := time.Now()
				a, err := queries.Chokepoints(context.Background(), v, queries.ChokepointsRequest{Company: company, Kind: kind, Page: queries.Page{Limit: 100}})
				if err != nil {
					b.Fatal(err)
				}
				took = append(took, time.Since(began))
				b.ReportMetric(float64(a.Suppliers), "suppliers")
				if a.Upstream != nil {
					b.ReportMetric(float64(*a.Upstream), "upstream")
				}
			}
			medians(b, "answer", took)
		})
	}
}
