package queries_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/tributarygraph/tributary/graph"
	"github.com/tributarygraph/tributary/queries"
	"github.com/tributarygraph/tributary/queries/internal/drawn"
)

func cutDemand(t *testing.T, v *graph.View, req queries.DisruptionRequest, cuts ...queries.DemandCut) *queries.DisruptionAnswer {
	t.Helper()
	req.Scenario.Demand = cuts
	a, err := queries.Disruption(context.Background(), v, req)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// revenuesLost writes the rows as "tier id revenue-lost".
func revenuesLost(a *queries.DisruptionAnswer) string {
	var b strings.Builder
	for _, r := range a.Demand.Items {
		fmt.Fprintf(&b, "%d %s %.4g", r.Tier, r.ID, r.Loss.Low)
		if r.Loss.High != r.Loss.Low {
			fmt.Fprintf(&b, "-%.4g", r.Loss.High)
		}
		b.WriteString("\n")
	}
	return b.String()
}

func wantRevenuesLost(t *testing.T, a *queries.DisruptionAnswer, want ...string) {
	t.Helper()
	if got := strings.TrimSuffix(revenuesLost(a), "\n"); got != strings.Join(want, "\n") {
		t.Errorf("got\n%s\nwant\n%s", got, strings.Join(want, "\n"))
	}
}

// The worked example of docs/queries/disruption.md: see TestRevenueLostByACut for the numbers of the first cut.
func TestDemandByHand(t *testing.T) {
	v := drawn.View(t, orders)
	cut := queries.DemandCut{Company: "fabless", Cut: 0.2}
	a := cutDemand(t, v, queries.DisruptionRequest{}, cut)
	wantRevenuesLost(t, a, "1 foundry 0.05", "1 gas 0.04", "2 tools 0.008-0.048")
	var whys []string
	for _, r := range a.Demand.Items {
		whys = append(whys, r.Why)
	}
	if got, want := strings.Join(whys, "\n"), strings.Join([]string{
		"Foundry loses 5% of its revenue: 25% of it comes from wafer for Fabless, which cuts these orders by 20%.",
		"Gas loses 4% of its revenue: 10% of it comes from gas for Fabless, which cuts these orders by 20%.",
		"Tools loses at least 0.8%, at most 4.8% of its revenue: nobody states what part of it comes from tool for Foundry, which loses 5%. What would narrow it: What part of its revenue does Tools have from Foundry?"}, "\n"); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	if m := a.Demand.Items[0].Money; len(m) != 1 || m[0].High != 50 || m[0].Currency != "TWD" {
		t.Errorf("%+v", m)
	}
	if tot := a.Demand.Totals; tot.Companies.Affected != 3 || tot.Companies.Certain != 3 || len(tot.Tiers) != 2 || tot.Tiers[0].Affected != 2 || len(tot.Money) != 2 || tot.Money[1].Low != 50 {
		t.Errorf("%+v", tot)
	}
	if len(a.Items) != 0 || *a.Total != 0 || !a.Complete || a.Coverage.Relations != 3 {
		t.Errorf("%+v", a)
	}
	// Phones cuts all: foundry loses 0.05 + 0.5, gas 0.4 of that and 0.02, tools 0.2 of gas and at most 0.8 of foundry.
	wantRevenuesLost(t, cutDemand(t, v, queries.DisruptionRequest{}, cut, queries.DemandCut{Company: "phones", Cut: 1}),
		"1 foundry 0.55", "1 gas 0.24", "2 tools 0.048-0.488")
	// Cuts of one company add up, to all of it: foundry 0.25, gas 0.4*0.25 + 0.1, tools 0.2*0.2 and 0.8*0.25.
	wantRevenuesLost(t, cutDemand(t, v, queries.DisruptionRequest{}, cut, queries.DemandCut{Company: "Fabless", Cut: 0.9}),
		"1 foundry 0.25", "1 gas 0.2", "2 tools 0.04-0.24")
	// Of wafers half more: foundry 0.25*0.7; gas 0.4 of it and 0.1*0.2.
	wantRevenuesLost(t, cutDemand(t, v, queries.DisruptionRequest{}, cut, queries.DemandCut{Company: "fabless", Product: "wafer", Cut: 0.5}),
		"1 foundry 0.175", "1 gas 0.09", "2 tools 0.018-0.158")
	// Foundry loses 0.05 and cuts by 0.5: it passes on the greater, and is told for what it loses.
	wantRevenuesLost(t, cutDemand(t, v, queries.DisruptionRequest{}, cut, queries.DemandCut{Company: "foundry", Cut: 0.5}),
		"1 gas 0.22", "0 foundry 0.05", "1 tools 0.044-0.444")
	few := cutDemand(t, v, queries.DisruptionRequest{Page: queries.Page{Limit: 1}}, cut)
	wantRevenuesLost(t, few, "1 foundry 0.05")
	if few.Demand.LeftOut != 2 || *few.Demand.Total != 3 || few.Complete || few.Demand.Totals.Companies.Affected != 3 {
		t.Errorf("%+v", few.Demand)
	}
	wantRevenuesLost(t, cutDemand(t, v, queries.DisruptionRequest{Company: "gas"}, cut), "1 gas 0.04")
	wantRevenuesLost(t, cutDemand(t, v, queries.DisruptionRequest{Sort: "upper", MinLoss: 0.045}, cut), "1 foundry 0.05", "2 tools 0.008-0.048")
}

// a buys x of b and something of c; b and c buy from each other.
const demandLoop = `
	product mem name=Memory
	product hbm name=HBM parent=mem
	b -> a : hbm revenue_share=0.5
	b -> c : p revenue_share=0.25
	c -> b : q revenue_share=0.5
	c -> a
	a -> b : r revenue_share=0.5
	d -> a : mem revenue_share=0.8
	d -> z : s revenue_share=0.2`

func TestDemandRoundALoop(t *testing.T) {
	v := drawn.View(t, demandLoop)
	// Only HBM is cut, by 0.4. Low: b = 0.2 + 0.25 c, c = 0.5 b (what it sells a is not cut, but a may lose revenue itself):
	// b = 0.2 + 0.125 b = 8/35, a = 0.5 b = 4/35, d passes on what a loses: 0.8 a. c below: 0.5 b = 4/35, and it sells to a a
	// part between 0 and 0.5. b below: 0.5 of max(0.4, a), so 0.2.
	a := cutDemand(t, v, queries.DisruptionRequest{}, queries.DemandCut{Company: "a", Product: "hbm", Cut: 0.4})
	// Above: c = 0.5 b + 0.5 a = 0.75 b, b = 0.2 + 0.1875 b = 16/65, a = 8/65, c = 12/65, d = 6.4/65.
	wantRevenuesLost(t, a, "1 b 0.2286-0.2462", "2 c 0.1143-0.1846", "0 a 0.1143-0.1231", "3 d 0.09143-0.09846")
	if cut := a.Demand.Cuts[0]; cut.Relations != 1 || cut.Unknown != 2 || len(a.Warnings) != 1 {
		t.Errorf("%+v %q", cut, a.Warnings)
	}
	if why := a.Demand.Items[2].Why; !strings.HasPrefix(why, "a loses at least 11.4%, at most 12.3% of its revenue: 50% of it comes from r for b, which loses ") {
		t.Error(why)
	}
	// Memory is HBM too; c's product is not stated. Both may be concerned: d loses up to 0.8 of 0.4, c up to 0.5 b + 0.5 of 0.4.
	worst := cutDemand(t, v, queries.DisruptionRequest{Undocumented: "worst", Assume: []string{"complete"}}, queries.DemandCut{Company: "a", Product: "hbm", Cut: 0.4})
	if d := worst.Demand.Items; d[len(d)-1].ID != "d" || d[len(d)-1].Loss.High != 0.32 {
		t.Errorf("%s", revenuesLost(worst))
	}
	// Memory with its kinds: nothing but c's is unknown.
	all := cutDemand(t, v, queries.DisruptionRequest{}, queries.DemandCut{Company: "a", Product: "mem", Cut: 1})
	if cut := all.Demand.Cuts[0]; cut.Relations != 2 || cut.Unknown != 1 || all.Demand.Items[0].ID != "d" || all.Demand.Items[0].Loss.Low != 0.8 {
		t.Errorf("%+v\n%s", cut, revenuesLost(all))
	}
}

// Targets and cuts are told apart: each is what it is alone.
func TestDemandBesideTargets(t *testing.T) {
	v := drawn.View(t, orders)
	cut := queries.DemandCut{Company: "fabless", Cut: 0.2}
	both := cutDemand(t, v, stop("gas"), cut)
	alone, err := queries.Disruption(context.Background(), v, stop("gas"))
	if err != nil {
		t.Fatal(err)
	}
	if lossesOf(both) != lossesOf(alone) || len(both.Items) == 0 || alone.Demand != nil {
		t.Errorf("got\n%swant\n%s", lossesOf(both), lossesOf(alone))
	}
	if got, want := revenuesLost(both), revenuesLost(cutDemand(t, v, queries.DisruptionRequest{}, cut)); got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
	if !strings.Contains(strings.Join(both.Assumptions, "\n"), "answered apart") || strings.Contains(strings.Join(alone.Assumptions, "\n"), "answered apart") {
		t.Errorf("%q", both.Assumptions)
	}
}

// Of one company's cut the scenario says what the exposure does, apart from the company itself.
func TestDemandIsTheExposure(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	var text strings.Builder
	for i := range 120 {
		fmt.Fprintf(&text, "c%02d -> c%02d : p%d", r.IntN(25), r.IntN(25), i)
		if r.IntN(2) == 0 {
			fmt.Fprintf(&text, " revenue_share=%.2f", r.Float64()/3)
		}
		text.WriteString("\n")
	}
	v := drawn.View(t, text.String())
	for _, req := range []queries.DisruptionRequest{{}, {Assume: []string{"complete"}}, {Undocumented: "worst", Sort: "upper"}} {
		a := cutDemand(t, v, req, queries.DemandCut{Company: "c03", Cut: 0.3})
		e, err := queries.Exposure(context.Background(), v, queries.ExposureRequest{Company: "c03", Side: "revenue", Cut: 0.3, Assume: req.Assume, Undocumented: req.Undocumented, Sort: req.Sort})
		if err != nil {
			t.Fatal(err)
		}
		var got, want []string
		for _, row := range a.Demand.Items {
			if row.ID != "c03" {
				got = append(got, fmt.Sprint(row.ID, row.Tier, *row.Loss, len(row.Path)))
			}
		}
		for _, row := range e.Items {
			want = append(want, fmt.Sprint(row.ID, row.Tier, *row.RevenueLoss, len(row.Cause)))
		}
		if strings.Join(got, "\n") != strings.Join(want, "\n") || len(got) < 5 {
			t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
		}
	}
}

// However early the time is over, the answer says so.
func TestDemandDeadlines(t *testing.T) {
	v := drawn.View(t, orders)
	req := stop("gas")
	req.Scenario.Demand = []queries.DemandCut{{Company: "fabless", Cut: 0.2}}
	for looks := 0; ; looks++ {
		a, err := queries.Disruption(newSharedCountdown(looks), v, req)
		if err != nil {
			t.Fatal(err)
		}
		if a.Complete {
			if len(a.Demand.Items) != 3 {
				t.Errorf("%+v", a.Demand)
			}
			return
		}
		if a.StoppedBecause != queries.StoppedByDeadline || len(a.Demand.Cuts) != 1 || a.Demand.Total != nil && a.Demand.LeftOut != *a.Demand.Total-len(a.Demand.Items) {
			t.Fatalf("after %d looks: %+v", looks, a.Demand)
		}
	}
}
