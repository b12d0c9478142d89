package queries

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/tributarygraph/tributary/graph"
	"github.com/tributarygraph/tributary/queries/internal/drawn"
)

// drawNetwork draws a small network of which much is not known, in which everybody may supply everybody.
func drawNetwork(t *rapid.T) string {
	text := "product p\nproduct q\nproduct r parent=p\nproduct w\nsource s published=2024-01-01\n"
	company := rapid.SampledFrom([]string{"a", "b", "c", "d", "e", "f"})
	product := rapid.SampledFrom([]string{"p", "q", "r"})
	seen := map[string]bool{}
	for range rapid.IntRange(2, 16).Draw(t, "relations") {
		from, to, of := company.Draw(t, "from"), company.Draw(t, "to"), product.Draw(t, "product")
		if key := from + to + of; seen[key] {
			continue
		} else {
			seen[key] = true
		}
		text += from + " -> " + to + " : " + of + " source=s period=2024"
		if x := rapid.IntRange(-12, 20).Draw(t, "share"); x >= 0 {
			text += fmt.Sprintf(" share_of_input=%v", float64(x)/20)
		}
		if x := rapid.IntRange(-20, 20).Draw(t, "cost"); x >= 0 {
			text += fmt.Sprintf(" cost_share=%v", float64(x)/40)
		}
		text += rapid.SampledFrom([]string{"", "", " essential=true", " essential=true", " essential=false"}).Draw(t, "essential")
		text += rapid.SampledFrom([]string{"", "", "", " complete_list=true", " value=3 currency=USD"}).Draw(t, "more")
		text += rapid.SampledFrom([]string{"", "", "", " used_in=p", " used_in=r", " used_in=w"}).Draw(t, "used in")
		text += "\n"
	}
	for range rapid.IntRange(0, 3).Draw(t, "makers") {
		if from, of := company.Draw(t, "maker"), product.Draw(t, "makes"); !seen[from+of] {
			seen[from+of] = true
			text += from + " * " + of + "\n"
		}
	}
	return text
}

// All second sources at once, on networks of the buyer alone, come to what each comes to on a network of its own. One
// that depends on nobody makes no stop cost more.
func TestRemediesAtOnce(t *testing.T) {
	store := drawn.Open(t)
	rapid.Check(t, func(rt *rapid.T) {
		text := drawNetwork(rt)
		v := drawn.ViewIn(t, store, drawn.Statements(t, text))
		req := RemediesRequest{Company: rapid.SampledFrom([]string{"a", "b"}).Draw(rt, "buyer"), Share: float64(rapid.IntRange(1, 10).Draw(rt, "part")) / 10,
			ProductLevel: rapid.SampledFrom([]string{"both", "exact", "merged"}).Draw(rt, "level"), Undocumented: rapid.SampledFrom([]string{"unaffected", "worst"}).Draw(rt, "undocumented"),
			Assume: rapid.SampledFrom([][]string{nil, {"complete"}, {"essential"}, {"complete", "essential"}}).Draw(rt, "assume"), Scope: Scope{AsOf: "2025-01-01"}}
		req, err := req.Resolve()
		if err != nil {
			rt.Fatal(err)
		}
		req.Scope, _ = req.Scope.Resolve()
		d := req.disruption()
		x := &remedies{v: v, req: req, filter: req.filter(), options: d.options(), names: newNames(v), out: &RemediesAnswer{}, turns: rapid.SampledFrom([]int{0, 1, 2}).Draw(rt, "turns")}
		if _, ok := v.Find(graph.KindCompany, req.Company); !ok {
			return
		}
		if err := x.subject(); err != nil {
			rt.Fatal(err)
		}
		if err := x.find(context.Background()); err != nil {
			rt.Fatal(err)
		}
		base, err := x.judge(context.Background(), newProduction(v, x.filter), x.near, nil)
		if err != nil {
			rt.Fatal(err)
		}
		if !slices.Equal(base.each, x.base.each) {
			rt.Fatalf("as it is: %v, want %v in\n%s", x.base.each, base.each, text)
		}
		for _, c := range x.cases {
			got := c.after
			if err := x.solveCase(context.Background(), newProduction(v, x.filter), c); err != nil {
				rt.Fatal(err)
			}
			if !slices.Equal(got.each, c.after.each) || x.helps(got) && got.own != c.after.own {
				rt.Fatalf("%s %v: %v %v, want %v %v in\n%s", c.kind, c.remedy, got.each, got.own, c.after.each, c.after.own, text)
			}
			for i, l := range got.each {
				if c.stand == nil && (l.high > base.each[i].high || l.low > base.each[i].low) {
					rt.Fatalf("%v: the stop of %s costs %v, without it %v in\n%s", c.remedy, v.ID(graph.KindCompany, x.stops[i]), l, base.each[i], text)
				}
			}
		}
	})
}
