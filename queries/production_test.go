package queries

import (
	"context"
	"slices"
	"testing"

	"github.com/tributarygraph/tributary/graph"
	"github.com/tributarygraph/tributary/queries/internal/drawn"
	"github.com/tributarygraph/tributary/queries/internal/loss"
)

const manyClaims = `
	source s1 published=2024-05-11
	a -> b : x share_of_input=0.6 period=2024 source=s1 essential=true used_in=p origin_country=TW lead_time_days=3 value=5 currency=USD complete_list=true
	a -> b : x share_of_input=0.5 period=2024 source=s2 used_in=q
	a -> b : x share_of_input=0.1 period=2030 source=s3 used_in=p stage=ended
	a -> b : y cost_share=0.2 revenue_share=0.3 essential=false inventory_days=4 period=2024 source=s1 complete_list=true
	a -> b : z share_of_input=0.3 period=2090
	a -> b share_of_input=0.3 stance=denies
	c -> b`

// A relation folds to the same whichever way it is asked.
func TestFoldSupplyIsFoldRelation(t *testing.T) {
	v := drawn.View(t, manyClaims)
	f := graph.Filter{AsOf: graph.Today(), Stages: graph.StagesOf("unknown", "qualified", "volume")}
	var s graph.Supply
	for r := range v.RelationsOf(graph.KindSupplies) {
		if !v.Active(r, f) {
			continue
		}
		v.FoldSupply(r, f, &s)
		folded := v.FoldRelation(r, f)
		for field, got := range map[graph.FieldID]graph.OptionalNumber{graph.FieldShareOfInput: s.Share, graph.FieldRevenueShare: s.RevenueShare, graph.FieldCostShare: s.CostShare,
			graph.FieldValue: s.Value, graph.FieldLeadTimeDays: s.LeadTime, graph.FieldInventoryDays: s.Inventory} {
			if want, ok := folded.Numbers[field]; ok != got.Stated || want != got.Number {
				t.Errorf("%v %v: %+v, want %+v", v.RelationKey(r).ID(), field, got, want)
			}
		}
		if s.Origin != folded.Texts[graph.FieldOriginCountry] || s.Essential.String() != folded.Texts[graph.FieldEssential] || s.ListComplete != v.ListComplete(r, f) {
			t.Errorf("%v: %+v", v.RelationKey(r).ID(), s)
		}
		if v.ProductOf(r) == graph.NoNode {
			continue
		}
		if product := v.ID(graph.KindProduct, v.ProductOf(r)); product == "x" && !slices.Equal(s.UsedIn, []string{"p", "q"}) && !slices.Equal(s.UsedIn, []string{"q", "p"}) {
			t.Errorf("used in %q", s.UsedIn)
		}
	}
}

// Many companies are stopped one after the other on one network; runs forget what was before.
func TestWhenStopped(t *testing.T) {
	v := drawn.View(t, `
		a -> b : x share_of_input=1 essential=true used_in=p
		c -> b : y share_of_input=0.5 essential=true used_in=q
		b -> d : p
		b -> e : q
		d -> b : z essential=true`)
	p := newProduction(v, graph.Filter{AsOf: graph.Today(), Stages: graph.StagesOf("unknown", "qualified", "volume")})
	x, err := p.network(context.Background(), slices.Collect(v.Nodes(graph.KindCompany)))
	if err != nil {
		t.Fatal(err)
	}
	node := func(k graph.Kind, id string) graph.Node {
		n, _ := v.Find(k, id)
		return n
	}
	run := loss.NewRun(x.net, loss.Options{})
	for range 2 {
		for _, test := range []struct {
			stopped, line string
			low, high     float64
		}{{"a", "p", 1, 1}, {"a", "q", 0, 1}, {"c", "p", 0, 0}, {"c", "q", 0.5, 0.5}, {"d", "p", 0, 1}, {"e", "p", 0, 0}} {
			if err := x.whenStopped(context.Background(), run, node(graph.KindCompany, test.stopped)); err != nil {
				t.Fatal(err)
			}
			at := x.nodeOf(node(graph.KindCompany, "b"), node(graph.KindProduct, test.line))
			if run.Low(at) != test.low || run.High(at) != test.high {
				t.Errorf("%s stops: %s loses %v to %v, want %v to %v", test.stopped, test.line, run.Low(at), run.High(at), test.low, test.high)
			}
		}
	}
}
