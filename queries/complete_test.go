package queries

import (
	"testing"

	"github.com/tributarygraph/tributary/graph"
	"github.com/tributarygraph/tributary/queries/internal/drawn"
)

// A list is complete on the word of a claim that is dated, cites a source, flows, and is the latest to speak of it.
func TestListComplete(t *testing.T) {
	v := drawn.View(t, `
		source s published=2024-05-11
		a -> said : p complete_list=true source=s period=2024
		b -> said : p
		a -> said : q
		a -> undated : p complete_list=true source=s
		a -> unsourced : p complete_list=true period=2024
		a -> future : p complete_list=true source=s period=2030
		a -> planned : p complete_list=true source=s period=2024 stage=announced
		a -> denied : p complete_list=true source=s period=2024 stance=denies
		a -> denied : p
		a -> withdrawn : p complete_list=true source=s period=2023
		a -> withdrawn : p complete_list=false source=s period=2024
	`)
	day, _ := graph.ParseDate("2025-03-01")
	for _, test := range []struct {
		buyer, product string
		want           bool
	}{
		{"said", "p", true}, {"said", "q", false}, {"undated", "p", false}, {"unsourced", "p", false}, {"future", "p", false},
		{"planned", "p", false}, {"denied", "p", false}, {"withdrawn", "p", false},
	} {
		buyer, _ := v.Find(graph.KindCompany, test.buyer)
		product, _ := v.Find(graph.KindProduct, test.product)
		if got := listComplete(v, graph.DefaultFilter(day), buyer, product); got != test.want {
			t.Errorf("%s of %s: complete %t, want %t", test.product, test.buyer, got, test.want)
		}
	}
}
