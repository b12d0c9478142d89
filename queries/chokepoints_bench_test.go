package queries_test

import (
	"context"
	"runtime"
	"testing"
	"time"

	"github.com/tributarygraph/tributary/graph"
	"github.com/tributarygraph/tributary/queries"
)

// BenchmarkChokepoints asks for the chokepoints of the company, of 64 drawn at random, that most companies stand
// behind: the first hundred of each list, as the API does, and each list by itself.
func BenchmarkChokepoints(b *testing.B) {
	v := benchView(b)
	companies := starts(v)
	warm(b, v, graph.DefaultFilter(graph.Today()), companies)
	company, most := "", -1
	for _, n := range companies[:64] {
		tiers, err := queries.Tiers(context.Background(), v, n, queries.Upstream, queries.MaxDepth, graph.DefaultFilter(graph.Today()))
		if err != nil {
			b.Fatal(err)
		}
		upstream := 0
		for _, t := range tiers {
			upstream += len(t)
		}
		if upstream > most {
			company, most = v.ID(graph.KindCompany, n), upstream
		}
	}
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
			}
			medians(b, "answer", took)
			b.ReportMetric(float64(most), "upstream")
		})
	}
}
