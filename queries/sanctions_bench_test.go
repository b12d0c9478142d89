package queries_test

import (
	"context"
	"testing"

	"github.com/tributarygraph/tributary/queries"
)

// BenchmarkSanctions asks who is listed or blocked behind one company, and behind 1,000 vendors. docs/queries/sanctions.md
// tells how to make a store with holdings and listings for it.
func BenchmarkSanctions(b *testing.B) {
	v := benchView(b)
	rule := ruleOf(0.5, true, true, "authority")
	ask := func(b *testing.B, req queries.SanctionsRequest) {
		rows, found := 0, 0
		req.Rule = rule
		for b.Loop() {
			a, err := queries.Sanctions(context.Background(), v, req)
			if err != nil {
				b.Fatal(err)
			}
			rows, found = len(a.Items), *a.Total
		}
		b.ReportMetric(float64(rows), "rows")
		b.ReportMetric(float64(found), "found")
	}
	vendors := vendorsOf(v)
	b.Run("company", func(b *testing.B) {
		ask(b, queries.SanctionsRequest{Company: vendors[0].Company, Page: queries.Page{Limit: 100}})
	})
	b.Run("portfolio", func(b *testing.B) {
		ask(b, queries.SanctionsRequest{Portfolio: vendors, Page: queries.Page{Limit: 100}})
	})
	b.Run("everything", func(b *testing.B) {
		ask(b, queries.SanctionsRequest{Company: vendors[0].Company, Paths: -1})
	})
}
