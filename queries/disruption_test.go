package queries_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/tributarygraph/tributary/queries"
	"github.com/tributarygraph/tributary/queries/internal/drawn"
)

func disrupt(t *testing.T, drawing string, req queries.DisruptionRequest) *queries.DisruptionAnswer {
	t.Helper()
	answer, err := queries.Disruption(context.Background(), drawn.View(t, drawing), req)
	if err != nil {
		t.Fatal(err)
	}
	return answer
}

func stop(companies ...string) queries.DisruptionRequest {
	var req queries.DisruptionRequest
	for _, c := range companies {
		req.Scenario.Targets = append(req.Scenario.Targets, queries.Target{Company: c})
	}
	return req
}

// lossesOf writes the rows as "tier company lines low-high".
func lossesOf(a *queries.DisruptionAnswer) string {
	var b strings.Builder
	for _, r := range a.Items {
		var lines []string
		for _, l := range r.Lines {
			lines = append(lines, l.ID)
		}
		fmt.Fprintf(&b, "%d %s [%s] %v-%v\n", r.Tier, r.ID, strings.Join(lines, " "), r.Loss.Low, r.Loss.High)
	}
	return b.String()
}

func pathOf(hops []queries.CauseHop) string {
	words := []string{hops[0].From.ID}
	for _, h := range hops {
		product := ""
		if h.Product != nil {
			product = h.Product.ID
		}
		words = append(words, product, h.To.ID)
	}
	return strings.Join(words, " ")
}

func wantLosses(t *testing.T, a *queries.DisruptionAnswer, want string) {
	t.Helper()
	var lines []string
	for line := range strings.Lines(want) {
		if line = strings.TrimSpace(line); line != "" {
			lines = append(lines, line+"\n")
		}
	}
	if got := lossesOf(a); got != strings.Join(lines, "") {
		t.Errorf("got\n%swant\n%s", got, strings.Join(lines, ""))
	}
}

const cooling = `
	nvidia kind=company name=Nvidia
	vertiv kind=company name=Vertiv
	product gb300-rack name="GB300 rack"
	product liquid-cooling name="liquid cooling"
	vertiv -> nvidia : liquid-cooling used_in=gb300-rack essential=true
	envicool -> nvidia : liquid-cooling used_in=gb300-rack
	hynix -> nvidia : hbm share_of_input=0.6 essential=true
	nvidia -> dell : gpu share_of_input=1 essential=true
	nvidia -> microsoft : gb300-rack
	vertiv -> switch : ups
`

// What stops if Vertiv's liquid cooling stops: the rack that it cools, not all of Nvidia, and not Vertiv's UPS.
func TestAMissingInputStopsWhatUsesIt(t *testing.T) {
	req := queries.DisruptionRequest{Scenario: queries.Scenario{Targets: []queries.Target{{Company: "vertiv", Product: "liquid-cooling"}}}}
	a := disrupt(t, cooling, req)
	wantLosses(t, a, `
		1 nvidia [gb300-rack] 0-1
		2 microsoft [] 0-1
		0 vertiv [liquid-cooling] 1-1`)
	if want := "Nvidia's GB300 rack loses 0% to 100%: it needs liquid cooling, of which Vertiv is one of 2 documented suppliers, and nobody states shares"; a.Items[0].Why != want {
		t.Errorf("got  %s\nwant %s", a.Items[0].Why, want)
	}
	if c := a.Items[0].CompanyLoss; c.Low != 0 || c.High != 1 {
		t.Errorf("nvidia as a whole: %+v", c)
	}
	if got := pathOf(a.Items[1].Path); got != "vertiv liquid-cooling nvidia gb300-rack microsoft" {
		t.Errorf("path %v", got)
	}
	// HBM feeds every line.
	wantLosses(t, disrupt(t, cooling, stop("hynix")), `
		1 nvidia [gb300-rack gpu] 0.6-0.6
		2 dell [] 0.6-0.6
		2 microsoft [] 0-0.6
		0 hynix [hbm] 1-1`)
	if got := a.Totals; got.Hit != 1 || got.Companies.Affected != 2 || got.Companies.Certain != 0 || got.Companies.MayStop != 2 {
		t.Errorf("totals %+v", got)
	}
}

func TestDisruptionByCountry(t *testing.T) {
	const drawing = `
		tsmc kind=company country=TW
		umc kind=company country=TW
		intel kind=company country=US
		product wafer
		product chip parent=wafer
		tsmc -> apple : chip share_of_input=0.7 origin_country=TW essential=true
		tsmc -> apple : chip share_of_input=0.7 origin_country=TW essential=true source=s2
		umc -> apple : chip share_of_input=0.1 essential=true
		intel -> apple : chip share_of_input=0.2 origin_country=TW essential=true
		intel * wafer country=TW
		intel -> hp : wafer share_of_input=1 essential=true`
	by := func(by, undocumented string) queries.DisruptionRequest {
		return queries.DisruptionRequest{Undocumented: undocumented, Company: "apple", Scenario: queries.Scenario{Targets: []queries.Target{{Country: "tw", By: by}}}}
	}
	wantLosses(t, disrupt(t, drawing, by("headquarters", "")), `1 apple [] 0.8-0.8`)
	a := disrupt(t, drawing, by("origin", ""))
	wantLosses(t, a, `1 apple [] 0.9-0.9`)
	if len(a.Warnings) != 1 || !strings.Contains(a.Warnings[0], "2 relations nobody states where they ship from") {
		t.Errorf("warnings %q", a.Warnings)
	}
	wantLosses(t, disrupt(t, drawing, by("origin", "worst")), `1 apple [] 0.9-1`)
	a = disrupt(t, drawing, queries.DisruptionRequest{Scenario: queries.Scenario{Targets: []queries.Target{{Country: "TW", By: "making"}}}})
	wantLosses(t, a, `
		1 hp [] 1-1
		0 intel [wafer] 1-1`)
	// A product takes every kind of it.
	a = disrupt(t, drawing, queries.DisruptionRequest{Scenario: queries.Scenario{Targets: []queries.Target{{Product: "wafer", Capacity: 0.5}}}})
	wantLosses(t, a, `
		1 apple [] 0.5-0.5
		1 hp [] 0.5-0.5
		0 intel [chip wafer] 0.5-0.5
		0 tsmc [chip] 0.5-0.5
		0 umc [chip] 0.5-0.5`)
}

func TestDisruptionOfARelation(t *testing.T) {
	a := disrupt(t, cooling, queries.DisruptionRequest{Scenario: queries.Scenario{Targets: []queries.Target{{Relation: "supplies~hynix~nvidia~hbm", Capacity: 0.5}}}})
	wantLosses(t, a, `
		1 nvidia [gb300-rack gpu] 0.3-0.3
		2 dell [] 0.3-0.3
		2 microsoft [] 0-0.3`)
}

// Nvidia buys memory told at three levels. Hynix's HBM3E is an input of its own, or part of all memory.
func TestProductLevels(t *testing.T) {
	const drawing = `
		product memory
		product hbm parent=memory
		product hbm3e parent=hbm
		hynix -> nvidia : hbm3e share_of_input=1 essential=true
		micron -> nvidia : memory essential=true
		samsung -> nvidia : hbm essential=true`
	wantLosses(t, disrupt(t, drawing, stop("hynix")), `
		1 nvidia [] 0-1
		0 hynix [hbm3e] 1-1`)
	req := stop("hynix")
	req.ProductLevel = "exact"
	wantLosses(t, disrupt(t, drawing, req), `
		1 nvidia [] 1-1
		0 hynix [hbm3e] 1-1`)
	req = stop("hynix", "micron", "samsung")
	req.ProductLevel, req.Assume = "merged", []string{"complete"}
	req.Scenario.Targets[1].Capacity = 0.3
	wantLosses(t, disrupt(t, drawing, req), `
		1 nvidia [] 0.7-1
		0 hynix [hbm3e] 1-1
		0 samsung [hbm] 1-1
		0 micron [memory] 0.7-0.7`)
}

// One level has all suppliers: its shares hold for the merged input too.
func TestProductLevelsWithShares(t *testing.T) {
	const drawing = `
		product hbm
		product hbm3e parent=hbm
		hynix -> nvidia : hbm share_of_input=0.6 essential=true
		micron -> nvidia : hbm share_of_input=0.4 essential=true
		hynix -> nvidia : hbm3e essential=true`
	req := stop("micron")
	req.ProductLevel = "merged"
	wantLosses(t, disrupt(t, drawing, req), `
		1 nvidia [] 0.4-0.4
		0 micron [hbm] 1-1`)
	req = stop("hynix")
	req.ProductLevel = "merged"
	wantLosses(t, disrupt(t, drawing, req), `
		1 nvidia [] 0.6-0.6
		0 hynix [hbm hbm3e] 1-1`)
}

// Revenue shares weigh the lines: gpus are at least 0.6 of it, racks 0.1, the rest may be either.
func TestCompanyLossWeighsLines(t *testing.T) {
	const drawing = `
		a -> b : part used_in=gpu share_of_input=1 essential=true
		b -> c : gpu revenue_share=0.6
		b -> d : rack revenue_share=0.1
		b -> e share_of_input=1 essential=true`
	a := disrupt(t, drawing, stop("a"))
	wantLosses(t, a, `
		1 b [gpu] 1-1
		2 e [] 0.6-0.9
		2 c [] 0-1
		0 a [part] 1-1`)
	if got := a.Items[0].CompanyLoss; got.Low != 0.6 || got.High != 0.9 {
		t.Errorf("b: %+v", got)
	}
	// A line that is hit itself weighs alike.
	a = disrupt(t, drawing, queries.DisruptionRequest{Scenario: queries.Scenario{Targets: []queries.Target{{Company: "b", Product: "gpu"}}}})
	wantLosses(t, a, `
		1 e [] 0.6-0.9
		1 c [] 0-1
		0 b [gpu] 1-1`)
}

func TestDisruptionOfDatesAndParallelRelations(t *testing.T) {
	const drawing = `
		a -> b : x share_of_input=1 essential=true valid_from=2024-01-01 valid_to=2025-01-01
		a -> b : y share_of_input=0.5 essential=true valid_from=2023-01-01
		b -> a : z share_of_input=0.5 essential=true`
	req := stop("a")
	req.AsOf = "2024-06-01"
	wantLosses(t, disrupt(t, drawing, req), `
		1 b [z] 1-1
		0 a [x y] 1-1`)
	req.AsOf = "2025-06-01"
	wantLosses(t, disrupt(t, drawing, req), `
		1 b [z] 0.5-0.5
		0 a [y] 1-1`)
	req.Scenario.Targets[0].Capacity = 0.5
	// 0.5 of a, 0.5 of that of b, and what comes back over the loop is less.
	wantLosses(t, disrupt(t, drawing, req), `
		1 b [z] 0.25-0.25
		0 a [y] 0.5-0.5`)
}

func TestDisruptionPages(t *testing.T) {
	v := drawn.View(t, cooling)
	req := stop("hynix")
	whole, err := queries.Disruption(context.Background(), v, req)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	req.Limit = 1
	for range whole.Items {
		a, err := queries.Disruption(context.Background(), v, req)
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, lossesOf(a))
		req.Cursor = a.NextCursor
	}
	if req.Cursor != "" || strings.Join(got, "") != lossesOf(whole) {
		t.Errorf("cursor %q, got\n%s", req.Cursor, strings.Join(got, ""))
	}
}

func TestDisruptionRefuses(t *testing.T) {
	v := drawn.View(t, cooling)
	for name, s := range map[string]queries.Scenario{
		"no target":       {},
		"empty target":    {Targets: []queries.Target{{}}},
		"cut of nobody":   {Demand: []queries.DemandCut{{Cut: 0.5}}},
		"no cut":          {Demand: []queries.DemandCut{{Company: "vertiv"}}},
		"remedy alone":    {Demand: []queries.DemandCut{{Company: "vertiv", Cut: 1}}, Remedy: &queries.Remedy{}},
		"capacity":        {Targets: []queries.Target{{Company: "vertiv", Capacity: 2}}},
		"by":              {Targets: []queries.Target{{Company: "vertiv", By: "origin"}}},
		"two in one":      {Targets: []queries.Target{{Company: "vertiv", Relation: "supplies~vertiv~nvidia~liquid-cooling"}}},
		"unknown company": {Targets: []queries.Target{{Company: "nobody"}}},
		"dates":           {From: "2024-05-01", To: "2024-04-01", Targets: []queries.Target{{Company: "vertiv"}}},
	} {
		if _, err := queries.Disruption(context.Background(), v, queries.DisruptionRequest{Scenario: s}); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

// daysText writes "reached; stopped" with "-" for never and no bound.
func daysText(r *queries.DisruptionRow) string {
	text := func(d *queries.Days) string {
		switch {
		case d == nil:
			return "-"
		case d.High == nil:
			return fmt.Sprintf("%v..-", d.Low)
		}
		return fmt.Sprintf("%v..%v", d.Low, *d.High)
	}
	return r.ID + " " + text(r.Reached) + "; " + text(r.Stopped)
}

// b has a stock of 10 days of x, which a and c supply with lead times of 5 and 20 days; nobody else does. c is not hit:
// b is reached through a after 15 days, and never stops. d has 7 days of y, and lead times of 3.
//
//	a -x-> b -y-> d -z-> e <-w- f
//	c -x---^
func TestWhen(t *testing.T) {
	const drawing = `
		source s published=2024-01-01
		a -> b : x essential=true share_of_input=0.5 lead_time_days=5 inventory_days=10 source=s period=2024 complete_list=true
		c -> b : x essential=true share_of_input=0.5 lead_time_days=20
		b -> d : y essential=true share_of_input=1 lead_time_days=3 inventory_days=7 source=s period=2024 complete_list=true
		d -> e : z essential=true share_of_input=1 inventory_days=2
		f -> e : w`
	rows := func(companies ...string) string {
		var b strings.Builder
		for _, r := range disrupt(t, drawing, stop(companies...)).Items {
			if !r.Hit {
				b.WriteString(daysText(&r) + "\n")
			}
		}
		return b.String()
	}
	// a alone: b is reached after 5 + 10 days, d after 15 + 3 + 7; e's lead time is not stated. None stops.
	if got, want := rows("a"), "b 15..15; -\nd 25..25; -\ne 27..-; -\n"; got != want {
		t.Errorf("a stops:\n%swant\n%s", got, want)
	}
	// Both: b stops when the later of 5 and 20 days is over, and its stock.
	if got, want := rows("a", "c"), "b 15..15; 30..30\nd 25..25; 40..40\ne 27..-; 42..-\n"; got != want {
		t.Errorf("a and c stop:\n%swant\n%s", got, want)
	}
	req := stop("a", "c")
	for i, days := range []float64{35, 10} {
		req.Scenario.Targets[i].RecoveryDays = &days
	}
	got := ""
	for _, r := range disrupt(t, drawing, req).Items[:3] {
		got += r.Survives + " "
	}
	if got != "no yes yes " {
		t.Errorf("survives %q", got)
	}
}

// b and c supply each other with what they need, and go on for ever, although nobody else supplies them.
func TestSustainedByLoop(t *testing.T) {
	a := disrupt(t, `
		a -> b : x essential=true
		c -> b : x essential=true
		b -> c : y essential=true`, stop("a"))
	for _, r := range a.Items[:2] {
		if !r.SustainedByLoop || r.Stopped != nil {
			t.Errorf("%s: sustained by loop %t, stops %v", r.ID, r.SustainedByLoop, r.Stopped)
		}
	}
}

// b has a revenue of 200 million, of which it loses half; c's is not stated, but what it sells of q is.
func TestMoneyAtRisk(t *testing.T) {
	a := disrupt(t, `
		b kind=company revenue=100 currency=USD period=2022
		b dataset=two revenue=200 currency=USD period=2023
		b dataset=three revenue=210 currency=USD period=2023
		a -> b : x essential=true share_of_input=0.5
		b -> c : p essential=true share_of_input=1
		c -> d : q value=40 currency=EUR period=2024
		c -> e : q value=20 currency=EUR period=2024
		c -> f : r value=7 currency=JPY`, stop("a"))
	got := map[string]string{}
	for _, r := range a.Items {
		got[r.ID] = fmt.Sprint(r.Money, r.MoneyReason != "")
	}
	for id, want := range map[string]string{
		"b": "[{100 105 USD 2023 revenue}] false",
		"c": "[{30 30 EUR 2024 sales} {3.5 3.5 JPY  sales}] false",
		"a": "[] true",
	} {
		if got[id] != want {
			t.Errorf("%s: %s, want %s", id, got[id], want)
		}
	}
	if got, want := fmt.Sprint(a.Totals.Money), "[{30 30 EUR 2024 sales} {3.5 3.5 JPY  sales} {100 105 USD 2023 revenue}]"; got != want {
		t.Errorf("in all %s, want %s", got, want)
	}
	if c := a.Coverage; c.Relations != 5 || c.Shares != 2 {
		t.Errorf("coverage %+v", c)
	}
}

// A second source that takes 40% of the intake: the loss falls from all to 60%.
func TestRemedy(t *testing.T) {
	const drawing = `
		a -> b : x essential=true share_of_input=1
		b -> c : y essential=true share_of_input=1
		other -> d : x`
	share, rest := 0.4, 0.6
	yes := true
	req := stop("a")
	req.Scenario.Remedy = &queries.Remedy{Add: []queries.SupposedRelation{{From: "other", To: "b", Product: "x", ShareOfInput: &share, Essential: &yes}},
		Change: []queries.SupposedRelation{{From: "a", To: "b", Product: "x", ShareOfInput: &rest}}}
	a := disrupt(t, drawing, req)
	wantLosses(t, a, `
		1 b [y] 1-1
		2 c [] 1-1
		0 a [x] 1-1`)
	for _, r := range a.Items[:2] {
		if r.After.Low != 0.6 || r.After.High != 0.6 {
			t.Errorf("%s after the remedy: %+v", r.ID, r.After)
		}
	}
	if a.After.Companies.Stop != 0 || a.Totals.Companies.Stop != 2 {
		t.Errorf("stop %d before, %d after", a.Totals.Companies.Stop, a.After.Companies.Stop)
	}
	req.Scenario.Remedy = &queries.Remedy{Remove: []string{"supplies~b~c~y"}}
	a = disrupt(t, drawing, req)
	if after := a.Items[1].After; after.High != 0 || a.Items[0].After.High != 1 {
		t.Errorf("without b's supplies: %+v", after)
	}
	// A new dependence on what stops is worse.
	req.Scenario.Remedy = &queries.Remedy{Add: []queries.SupposedRelation{{From: "a", To: "d", Product: "x"}}}
	if a = disrupt(t, drawing, req); len(a.Warnings) != 1 {
		t.Errorf("warnings %q", a.Warnings)
	}
	for _, bad := range []queries.Remedy{{Remove: []string{"supplies~b~a~y"}}, {Add: []queries.SupposedRelation{{From: "nobody", To: "b"}}},
		{Change: []queries.SupposedRelation{{From: "a", To: "c"}}}} {
		req.Scenario.Remedy = &bad
		if _, err := queries.Disruption(context.Background(), drawn.View(t, drawing), req); err == nil || !strings.Contains(err.Error(), "remedy.") {
			t.Errorf("%+v: %v", bad, err)
		}
	}
}

// Where the ends differ and come from different inputs, or suppliers of one, the reason tells both.
func TestWhyTellsBothEnds(t *testing.T) {
	for name, test := range map[string]struct{ network, want string }{
		"two inputs": {`
			a -> b : pumps essential=true
			x -> b : pumps
			a -> b : valves share_of_input=0.6 essential=true`,
			"b loses 60% to 100%: it needs pumps, of which a is one of 2 documented suppliers, and nobody states shares; at least 60%, since it needs valves, of which a supplies 60%"},
		"two suppliers of one": {`
			a -> c : ore share_of_input=1 essential=true
			c -> b : pumps share_of_input=0.3 essential=true
			a -> d : ore
			d -> b : pumps share_of_input=0.5`,
			"b loses 30% to 80%: it needs pumps, of which d supplies 50% (2 of them are affected); d loses 0% to 100%; at least 30%, since it needs pumps, of which c supplies 30% (2 of them are affected); c loses 100%"},
		"one": {`
			a -> b : pumps share_of_input=0.6 essential=true
			x -> b : pumps`,
			"b loses 60%: it needs pumps, of which a supplies 60%"},
		"nothing certain": {"a -> b : pumps essential=true\nx -> b : pumps",
			"b loses 0% to 100%: it needs pumps, of which a is one of 2 documented suppliers, and nobody states shares"},
	} {
		t.Run(name, func(t *testing.T) {
			for _, row := range disrupt(t, test.network, stop("a")).Items {
				if row.ID == "b" && row.Why != test.want {
					t.Errorf("got\n%s\nwant\n%s", row.Why, test.want)
				}
			}
		})
	}
}
