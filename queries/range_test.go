package queries_test

import (
	"context"
	"testing"

	"github.com/tributarygraph/tributary/queries"
	"github.com/tributarygraph/tributary/queries/internal/drawn"
)

// TestRangesAreNotDisputed: a lower and an upper bound are a range, unless they contradict each other or somebody states
// a number.
func TestRangesAreNotDisputed(t *testing.T) {
	v := drawn.View(t, `
		a => range share=0.25 asserted_by="R (at least)"
		a => range share=0.5 asserted_by="R (at most)"
		a => crossed share=0.5 asserted_by="R (at least)"
		a => crossed share=0.25 asserted_by="Q (at most)"
		a => stated share=0.25 asserted_by="R (at least)"
		a => stated share=0.5 asserted_by=Q
	`)
	for id, disputed := range map[string]bool{"range": false, "crossed": true, "stated": true} {
		got, err := queries.Company(context.Background(), v, queries.CompanyRequest{Company: id})
		if err != nil {
			t.Fatal(err)
		}
		if share := got.Owners[0].Share; share.Low != 0.25 || share.High != 0.5 || share.Disputed != disputed || (share.Point == nil) == disputed {
			t.Errorf("%s: %+v", id, share)
		}
		relation, err := queries.Relation(context.Background(), v, queries.RelationRequest{ID: "owns~a~" + id + "~"})
		if err != nil {
			t.Fatal(err)
		}
		if got := relation.Disputes; len(got) > 0 != disputed {
			t.Errorf("%s: disputes %+v", id, got)
		}
	}
}
