package queries_test

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/tributarygraph/tributary/graph"
	"github.com/tributarygraph/tributary/queries"
)

// BenchmarkChain draws the tiers around companies drawn at random, and around the 20 with the most direct suppliers: so
// many upstream and one downstream, large tiers folded. Answers are as the API makes them, without HTTP.
func BenchmarkChain(b *testing.B) {
	v := benchView(b)
	companies := starts(v)
	warm(b, v, graph.DefaultFilter(graph.Today()), companies)
	for _, of := range []string{"any", "hub"} {
		from := companies
		if of == "hub" {
			from = hubs(v)
		}
		for _, tiers := range []int{2, 3, 4} {
			b.Run(fmt.Sprintf("%s/suppliers=%d", of, tiers), func(b *testing.B) {
				var took, encoded []time.Duration
				shown, links := 0, 0
				for i := 0; b.Loop(); i++ {
					began := time.Now()
					a, err := queries.Chain(context.Background(), v, queries.ChainRequest{Company: v.ID(graph.KindCompany, from[i%len(from)]), Suppliers: tiers, Customers: 1})
					if err != nil {
						b.Fatal(err)
					}
					took = append(took, time.Since(began))
					if _, err := json.Marshal(a); err != nil {
						b.Fatal(err)
					}
					encoded = append(encoded, time.Since(began))
					for _, t := range a.Tiers {
						shown += t.Companies
					}
					links += len(a.Links)
				}
				b.ReportMetric(float64(shown)/float64(len(took)), "companies")
				b.ReportMetric(float64(links)/float64(len(took)), "links")
				medians(b, "answer", took)
				medians(b, "with-json", encoded)
			})
		}
	}
}

// hubs are the 20 companies with the most direct suppliers.
func hubs(v *graph.View) []graph.Node {
	all := slices.Collect(v.Nodes(graph.KindCompany))
	slices.SortStableFunc(all, func(x, y graph.Node) int {
		return v.In(graph.KindSupplies, y).Len() - v.In(graph.KindSupplies, x).Len()
	})
	return all[:20]
}
