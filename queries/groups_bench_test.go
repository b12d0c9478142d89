package queries_test

import (
	"context"
	"testing"

	"github.com/tributarygraph/tributary/graph"
	"github.com/tributarygraph/tributary/queries"
)

// BenchmarkGroups finds who controls whom, and folds the network, anew each time; then asks for the suppliers of
// companies in it. Holdings are those of the store that TRIBUTARY_BENCH_STORE names: see docs/benchmarks.md.
func BenchmarkGroups(b *testing.B) {
	v := benchView(b)
	b.Run("fold", func(b *testing.B) {
		threshold := 0.5
		var folded *graph.View
		for b.Loop() {
			threshold += 1e-6 // groups are kept by threshold
			var err error
			if folded, err = queries.Grouped(context.Background(), v, queries.Scope{Group: queries.GroupControl, ControlThreshold: threshold}); err != nil {
				b.Fatal(err)
			}
		}
		b.ReportMetric(float64(v.RelationCount()-folded.RelationCount()), "relations-less")
		b.ReportMetric(float64(folded.Differences()), "relations-folded")
	})
	companies := starts(v)
	for _, scope := range []queries.Scope{{}, {Group: queries.GroupControl}} {
		name := "suppliers"
		if scope.Group != "" {
			name = "suppliers-by-groups"
		}
		b.Run(name, func(b *testing.B) {
			if _, err := queries.Grouped(context.Background(), v, scope); err != nil {
				b.Fatal(err)
			}
			for i := 0; b.Loop(); i++ {
				req := queries.TiersRequest{Company: v.ID(graph.KindCompany, companies[i%len(companies)]), Depth: 3, Page: queries.Page{Limit: 100}, Scope: scope}
				if _, err := queries.Suppliers(context.Background(), v, req); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
