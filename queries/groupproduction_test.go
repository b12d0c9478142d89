package queries_test

import (
	"context"
	"fmt"
	"math"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/tributarygraph/tributary/graph"
	"github.com/tributarygraph/tributary/queries"
	"github.com/tributarygraph/tributary/queries/internal/drawn"
)

// exposuresOf are what a company loses if each company upstream stops.
func exposuresOf(t testing.TB, v *graph.View, company string, s queries.Scope) map[string]queries.Interval {
	t.Helper()
	a, err := queries.Exposure(context.Background(), v, queries.ExposureRequest{Company: company, Side: queries.SideSupply, Scope: s})
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]queries.Interval{}
	for _, row := range a.Items {
		out[row.ID] = *row.LossIfStopped
	}
	return out
}

func wantGroupExposures(t *testing.T, network, company string, want map[string][2]float64) {
	t.Helper()
	got := exposuresOf(t, drawn.View(t, network), company, grouped(queries.Scope{}))
	for id, w := range want {
		if l := got[id]; math.Abs(l.Low-w[0]) > 1e-9 || math.Abs(l.High-w[1]) > 1e-9 {
			t.Errorf("if %s stops, %s loses %v to %v, want %v", id, company, l.Low, l.High, w)
		}
	}
}

// What a member buys that makes nothing, as shop does here, stops nothing that other members make.
func TestMemberThatMakesNothing(t *testing.T) {
	for buyer := range strings.FieldsSeq("shop h") { // a member, and the head
		network := `
			h => s1 share=0.51
			h => shop share=0.51
			s1 -> b : chip share_of_input=1 essential=true
			ink -> s1 : ink share_of_input=1 essential=true
			mill -> ` + buyer + ` : paper share_of_input=1 essential=true`
		wantGroupExposures(t, network, "b", map[string][2]float64{"mill": {0, 0}, "ink": {1, 1}, "h": {1, 1}})
		wantGroupExposures(t, network, "h", map[string][2]float64{"mill": {0, 1}, "ink": {0, 1}}) // of what the group does in all nobody states the parts
		req := stop("mill")
		req.Scope = grouped(queries.Scope{})
		wantLosses(t, disrupt(t, network, req), `
			1 h [] 1-1
			0 mill [paper] 1-1`)
	}
}

// What is sold under no name may be of any of them.
func TestMemberThatSellsUnderNoName(t *testing.T) {
	network := `
		h => s1 share=0.51
		h => s2 share=0.51
		s1 -> b : chip share_of_input=1 essential=true
		s2 -> c share_of_input=1 essential=true
		ore -> s1 : ore share_of_input=1 essential=true
		gas -> s2 : gas share_of_input=1 essential=true`
	wantGroupExposures(t, network, "b", map[string][2]float64{"ore": {1, 1}, "gas": {0, 0}})
	wantGroupExposures(t, network, "c", map[string][2]float64{"ore": {0, 1}, "gas": {0, 1}})
}

// s1 makes chips of ore, s2 of gas: apart, b loses 0.6 of them without ore, and 0.4 without gas. Both need water, each of
// its own works, and power, of one.
func TestMembersThatMakeTheSame(t *testing.T) {
	wantGroupExposures(t, `
		h => s1 share=0.51
		h => s2 share=0.51
		s1 -> b : chip share_of_input=0.6 essential=true
		s2 -> b : chip share_of_input=0.4 essential=true
		mine -> s1 : ore share_of_input=1 essential=true
		gasco -> s2 : gas share_of_input=1 essential=true
		east -> s1 : water share_of_input=1 essential=true
		west -> s2 : water share_of_input=1 essential=true
		grid -> s1 : power share_of_input=1 essential=true complete_list=true source=s period=2023
		grid -> s2 : power share_of_input=1 essential=true complete_list=true source=s period=2023
		source s published=2024-01-01`, "b", map[string][2]float64{"mine": {0, 1}, "gasco": {0, 1}, "east": {0, 1}, "west": {0, 1}, "grid": {1, 1}})
}

// Of hold's share 0.6 is known; what second adds to it nobody states. It is no less than what first has by itself.
func TestShareOfAGroupIsAtLeastItsParts(t *testing.T) {
	network := `
		hold => first share=0.51
		hold => second share=0.51
		first -> b : chip share_of_input=0.6 essential=true
		second -> b : chip essential=true
		o -> b : chip share_of_input=0.2 essential=true`
	wantGroupExposures(t, network, "b", map[string][2]float64{"hold": {0.6, 0.8}, "o": {0.2, 0.2}})
	v := drawn.View(t, network)
	for _, r := range suppliers(t, v, queries.TiersRequest{Company: "b", Scope: grouped(queries.Scope{})}).Items {
		if want := map[string][2]float64{"hold": {0.6, 0.8}, "o": {0.2, 0.2}}[r.ID]; math.Abs(r.Share.Low-want[0]) > 1e-9 || math.Abs(r.Share.High-want[1]) > 1e-9 {
			t.Errorf("share of %s: %v to %v, want %v", r.ID, r.Share.Low, r.Share.High, want)
		}
	}
	c, err := queries.Concentration(context.Background(), v, queries.ConcentrationRequest{Company: "b", Product: "chip", Scope: grouped(queries.Scope{})})
	if err != nil {
		t.Fatal(err)
	}
	if hhi := c.Items[0].HHI; math.Abs(hhi.Low-4000) > 1e-6 || math.Abs(hhi.High-6800) > 1e-6 {
		t.Errorf("index %v to %v, want 4000 to 6800", hhi.Low, hhi.High)
	}
	complete := strings.ReplaceAll(network, "essential=true", "essential=true complete_list=true source=s period=2023") + "\nsource s published=2024-01-01"
	wantGroupExposures(t, complete, "b", map[string][2]float64{"hold": {0.8, 0.8}, "o": {0.2, 0.2}})
}

// On networks of which all is known, what an outside supplier costs without groups lies in what it costs with them.
func TestGroupsHoldTheLossApart(t *testing.T) {
	store := drawn.Open(t)
	rapid.Check(t, func(rt *rapid.T) {
		group, text := drawGroupedProduction(rt)
		v := drawn.ViewIn(t, store, drawn.Statements(t, text))
		if _, err := v.Lookup(graph.KindCompany, "c0"); err != nil {
			return
		}
		apart, together := exposuresOf(t, v, "c0", queries.Scope{}), exposuresOf(t, v, "c0", grouped(queries.Scope{}))
		for id, x := range apart {
			if y := together[id]; group[id] == "" && (y.Low > x.Low+1e-6 || y.High < x.High-1e-6) {
				rt.Fatalf("if %s stops: %v to %v apart, %v to %v together\n%s", id, x.Low, x.High, y.Low, y.High, text)
			}
		}
	})
}

// drawGroupedProduction is a network without loops in which every share is stated: companies with greater numbers supply
// those with lesser ones, and g1 and g2 hold some of them.
func drawGroupedProduction(t *rapid.T) (group map[string]string, text string) {
	var b strings.Builder
	group = map[string]string{}
	const companies, products = 9, 4
	name := func(i int) string { return fmt.Sprint("c", i) }
	for i := 1; i < 7; i++ {
		if head := rapid.SampledFrom([]string{"", "g1", "g2"}).Draw(t, "head of "+name(i)); head != "" {
			group[name(i)] = head
			fmt.Fprintf(&b, "%s => %s share=0.9\n", head, name(i))
		}
	}
	makes := make([]string, companies)
	for i := range makes {
		makes[i] = rapid.SampledFrom([]string{"", " : p0", " : p1", " : p2", " : p3"}).Draw(t, "product of "+name(i))
	}
	for i := range companies - 1 {
		by := map[string][]int{}
		for j := i + 1; j < companies; j++ {
			if rapid.IntRange(0, 2).Draw(t, "supplies") == 0 {
				by[makes[j]] = append(by[makes[j]], j)
			}
		}
		for k := range products + 1 {
			product := [...]string{"", " : p0", " : p1", " : p2", " : p3"}[k]
			left := 10
			for at, j := range by[product] {
				share := left
				if at < len(by[product])-1 {
					share = rapid.IntRange(1, left-len(by[product])+at+1).Draw(t, "share")
				}
				left -= share
				fmt.Fprintf(&b, "%s -> %s%s share_of_input=%.1f essential=true\n", name(j), name(i), product, float64(share)/10)
			}
		}
	}
	return group, b.String()
}
