package queries_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/tributarygraph/tributary/graph"
	"github.com/tributarygraph/tributary/queries"
	"github.com/tributarygraph/tributary/queries/internal/drawn"
)

func ruleOf(threshold float64, inclusive, aggregate bool, authorities ...string) queries.SanctionsRule {
	return queries.SanctionsRule{Name: "test", Authorities: authorities, Threshold: threshold, Inclusive: &inclusive, Aggregate: &aggregate}
}

func askSanctions(t rapid.TB, v *graph.View, req queries.SanctionsRequest) *queries.SanctionsAnswer {
	t.Helper()
	return ask(t, queries.Sanctions, v, req)
}

// sanctionsTold is the list in short: company, status, tier, the direct suppliers, and what blocked owners hold.
func sanctionsTold(a *queries.SanctionsAnswer) string {
	var out []string
	for _, r := range a.Items {
		text := fmt.Sprintf("%s %s %d", r.ID, r.Status, r.Tier)
		if len(r.Through) > 0 {
			var via []string
			for _, x := range r.Through {
				via = append(via, x.ID)
			}
			text += " via " + strings.Join(via, "+")
		}
		if h := r.HeldByBlocked; h != nil {
			text += fmt.Sprintf(" held %g..%g", h.Low, h.High)
		}
		if e := r.EconomicInterest; e != nil {
			text += fmt.Sprintf(" interest %g..%g", e.Low, e.High)
		}
		out = append(out, text)
	}
	return strings.Join(out, "\n")
}

func TestSanctionsByHand(t *testing.T) {
	ofac, _ := queries.BuiltinRule("")
	for _, test := range []struct {
		name, network string
		rule          queries.SanctionsRule
		asOf          string
		want          string
	}{
		{"30 + 20 in the aggregate, behind a supplier", `
			OFAC ! a programme=SDN
			OFAC ! b programme=SDN
			a => mine share=0.3
			b => mine share=0.2
			mine -> smelter : ore
			smelter -> buyer : metal
			other -> buyer : metal`, ofac, "", "mine blocked 2 via smelter held 0.5..0.5 interest 0.5..0.5"},
		{"each alone holds too little", `
			OFAC ! a
			OFAC ! b
			a => mine share=0.3
			b => mine share=0.2
			mine -> buyer : ore`, ruleOf(0.5, true, false, "OFAC"), "", "mine held 1 via mine held 0.5..0.5 interest 0.5..0.5"},
		{"half is not more than half", `
			EU ! a
			a => mine share=0.5
			mine -> buyer : ore`, ruleOf(0.5, false, true, "EU"), "", "mine held 1 via mine held 0.5..0.5 interest 0.5..0.5"},
		{"half of half blocks: the rule does not multiply; the interest does", `
			OFAC ! a
			a => holding share=0.5
			holding => mine share=0.5
			mine -> buyer : ore`, ofac, "", "mine blocked 1 via mine held 0.5..0.5 interest 0.25..0.25"},
		{"a loop of ownership that a listing reaches", `
			OFAC ! a
			a => x share=0.5
			x => y share=0.6
			y => x share=0.4
			x -> buyer : ore
			y -> buyer : metal`, ofac, "", "x blocked 1 via x held 0.9..0.9 interest 0.657894737..0.657894737\ny blocked 1 via y held 0.6..0.6 interest 0.394736842..0.394736842"},
		{"a loop that holds itself up is not blocked by itself", `
			OFAC ! a
			a => x share=0.1
			x => y share=0.9
			y => x share=0.9
			x -> buyer : ore`, ofac, "", "x held 1 via x held 0.1..0.1 interest 0.526315789..0.526315789"},
		{"a disputed share", `
			OFAC ! a
			a => mine share=0.4 period=2024 source=one
			a => mine share=0.6 period=2024 source=two
			mine -> buyer : ore`, ofac, "", "mine possibly_blocked 1 via mine held 0.4..0.6 interest 0.4..0.6"},
		{"an unknown share beside 0.3", `
			OFAC ! a
			a => mine
			c => mine share=0.3
			mine -> buyer : ore`, ofac, "", "mine possibly_blocked 1 via mine held 0..0.7 interest 0..0.7"},
		{"an unknown share beside 0.6", `
			OFAC ! a
			a => mine
			c => mine share=0.6
			mine -> buyer : ore`, ofac, "", "mine held 1 via mine held 0..0.4 interest 0..0.4"},
		{"control without a percentage is possible, and what is owned by it too", `
			OFAC ! a
			a => mine share=0.1 control=board
			mine => smelter share=1
			mine -> buyer : ore
			smelter -> buyer : metal`, ofac, "", "mine possibly_blocked 1 via mine held 0.1..0.1 interest 0.1..0.1\nsmelter possibly_blocked 1 via smelter held 0..1 interest 0.1..0.1"},
		{"the company itself, and its own supplier that lists lead to", `
			OFAC ! buyer
			OFAC ! mine
			mine -> buyer : ore`, ofac, "", "buyer listed 0\nmine listed 1 via mine"},
		{"before the listing", `
			OFAC ! mine valid_from=2024-05-01 valid_to=2025-02-01
			mine -> buyer : ore`, ofac, "2024-04-30", ""},
		{"on its first day", `
			OFAC ! mine valid_from=2024-05-01 valid_to=2025-02-01
			mine -> buyer : ore`, ofac, "2024-05-01", "mine listed 1 via mine"},
		{"when it is over", `
			OFAC ! mine valid_from=2024-05-01 valid_to=2025-02-01
			mine -> buyer : ore`, ofac, "2025-02-01", ""},
		{"a holding that was sold", `
			OFAC ! a
			a => mine share=0.8 valid_to=2024-01-01
			mine -> buyer : ore`, ofac, "2024-06-01", ""},
		{"a holding of the day", `
			OFAC ! a
			a => mine share=0.8 valid_to=2024-01-01
			mine -> buyer : ore`, ofac, "2023-06-01", "mine blocked 1 via mine held 0.8..0.8 interest 0.8..0.8"},
		{"a listing that is only denied", `
			OFAC ! mine stance=denies
			mine -> buyer : ore`, ofac, "", ""},
		{"a listing that is asserted and denied", `
			OFAC ! mine source=one
			OFAC ! mine source=two stance=denies
			mine -> buyer : ore`, ofac, "", "mine listed 1 via mine"},
		{"a delisting that a later claim tells", `
			OFAC ! mine valid_from=2024-05-01 source=gazette
			OFAC ! mine valid_from=2024-11-01 source=gazette stage=ended
			mine -> buyer : ore`, ofac, "", ""},
		{"and the day before", `
			OFAC ! mine valid_from=2024-05-01 source=gazette
			OFAC ! mine valid_from=2024-11-01 source=gazette stage=ended
			mine -> buyer : ore`, ofac, "2024-10-31", "mine listed 1 via mine"},
		{"a listing that is only announced", `
			OFAC ! mine stage=announced
			mine -> buyer : ore`, ofac, "", ""},
		{"another authority's listing", `
			EU ! mine
			OFAC ! a
			mine -> buyer : ore`, ofac, "", ""},
		{"a listing that is of the listed company alone", `
			OFAC ! a programme=NS-CMIC
			a => mine share=1
			a -> buyer : steel
			mine -> buyer : ore`, ofac, "", "a listed 1 via a"},
		{"the same under another programme too", `
			OFAC ! a programme="ns-cmic;SDN"
			a => mine share=1
			a -> buyer : steel
			mine -> buyer : ore`, ofac, "", "a listed 1 via a\nmine blocked 1 via mine held 1..1 interest 1..1"},
		{"a programme that is asked for, and one that nobody states", `
			BIS ! a programme="Entity List"
			BIS ! b programme=Other
			BIS ! c
			a -> buyer : steel
			b -> buyer : steel
			c -> buyer : steel
			c => d share=0.7
			d -> buyer : steel`,
			queries.SanctionsRule{Name: "el", Authorities: []string{"BIS"}, Programmes: []string{"entity list"}, Threshold: 0.5, Inclusive: ofac.Inclusive, Aggregate: ofac.Aggregate}, "",
			"a listed 1 via a\nc possibly_blocked 1 via c\nd possibly_blocked 1 via d held 0..0.7"},
		{"listed alone for certain, and perhaps more by a listing without a programme", `
			BIS ! a programme=Watch source=one
			BIS ! a source=two
			a -> buyer : steel
			a => d share=0.7
			d -> buyer : steel`,
			queries.SanctionsRule{Name: "el", Authorities: []string{"BIS"}, Programmes: []string{"watch", "entity list"}, ListedOnly: []string{"watch"}, Threshold: 0.5, Inclusive: ofac.Inclusive, Aggregate: ofac.Aggregate}, "",
			"a listed 1 via a\nd possibly_blocked 1 via d held 0..0.7"},
		{"through several suppliers, and by parallel products once", `
			OFAC ! mine
			mine -> p : ore
			mine -> p : sand
			mine -> q : ore
			p -> buyer : metal
			q -> buyer : metal
			buyer -> mine : trucks`, ofac, "", "mine listed 2 via p+q"},
	} {
		t.Run(test.name, func(t *testing.T) {
			v := drawn.View(t, test.network)
			asOf := test.asOf
			if asOf == "" {
				asOf = "2025-01-01"
			}
			a := askSanctions(t, v, queries.SanctionsRequest{Company: "buyer", Rule: test.rule, Scope: queries.Scope{AsOf: asOf}})
			if got := sanctionsTold(a); got != test.want {
				t.Errorf("got\n%s\nwant\n%s", got, test.want)
			}
			if len(a.Items) == 0 && !strings.Contains(a.Finding, "that is not a clearance") {
				t.Errorf("the finding %q may be taken for a clearance", a.Finding)
			}
		})
	}
}

// The worked example of docs/queries/sanctions.md.
const sanctionsExample = `
	source notice title=Notice url=https://example.org/notice
	source register title=Register
	OFAC kind=government name="Office of Foreign Assets Control"
	OFAC ! ivan programme=SDN source=notice valid_from=2024-05-01
	OFAC ! petr programme=SDN source=notice valid_from=2024-05-01
	ivan => holding share=0.3 source=register
	petr => holding share=0.2 source=register
	holding => mine share=0.5 source=register
	petr => trader source=register
	other => trader share=0.45 source=register
	mine -> smelter : ore
	smelter -> buyer : metal
	trader -> buyer : ore`

func TestSanctionsExample(t *testing.T) {
	v := drawn.View(t, sanctionsExample)
	a := askSanctions(t, v, queries.SanctionsRequest{Company: "buyer", Scope: queries.Scope{AsOf: "2025-01-01"}, Evidence: true})
	want := "mine blocked 2 via smelter held 0.5..0.5 interest 0.25..0.25\ntrader possibly_blocked 1 via trader held 0..0.55 interest 0..0.55"
	if got := sanctionsTold(a); got != want {
		t.Fatalf("got\n%s\nwant\n%s", got, want)
	}
	mine := a.Items[0]
	var chain, listings []string
	for _, h := range mine.Ownership {
		chain = append(chain, fmt.Sprintf("%s (%s) owns %s by %d claim of %s", h.Owner.ID, h.OwnerStatus, h.Owned.ID, len(h.Claims), h.Claims[0].Source.ID))
	}
	for _, l := range mine.Listings {
		listings = append(listings, fmt.Sprintf("%s lists %s %v since %s, by %s", l.Authority.ID, l.Listed.ID, l.Programmes, l.Since, l.Claims[0].Source.URL))
	}
	if got, want := strings.Join(chain, "\n"), "ivan (listed) owns holding by 1 claim of register\npetr (listed) owns holding by 1 claim of register\nholding (blocked) owns mine by 1 claim of register"; got != want {
		t.Errorf("the chain is\n%s\nwant\n%s", got, want)
	}
	if got, want := strings.Join(listings, "\n"), "OFAC lists ivan [SDN] since 2024-05-01, by https://example.org/notice\nOFAC lists petr [SDN] since 2024-05-01, by https://example.org/notice"; got != want {
		t.Errorf("the listings are\n%s\nwant\n%s", got, want)
	}
	if p := mine.Paths; len(p) != 1 || strings.Join(p[0].Companies, " ") != "mine smelter buyer" {
		t.Errorf("the supply chain is %v", p)
	}
	if want := "mine is not documented as listed itself, but listed and blocked owners hold 50% of it: holding (blocked, 50%); holding is held by ivan (listed, 30%), petr (listed, 20%). It stands at tier 2 behind buyer, through smelter."; mine.Sentence != want {
		t.Errorf("%q, want %q", mine.Sentence, want)
	}
	if want := "trader may be blocked: listed, blocked and possibly blocked owners hold at least 0%, at most 55% of it: petr (listed, an unknown share). It supplies buyer directly."; a.Items[1].Sentence != want {
		t.Errorf("%q, want %q", a.Items[1].Sentence, want)
	}
}

func TestSanctionsWithoutListings(t *testing.T) {
	v := drawn.View(t, "mine -> buyer : ore\nowner => mine share=0.5\nEU ! mine")
	a := askSanctions(t, v, queries.SanctionsRequest{Company: "buyer"})
	if len(a.Items) > 0 || a.Listings != 0 || !slices.Contains(a.Warnings, "no listing is documented under the rule") || !strings.HasPrefix(a.Finding, "No listing is documented under the rule ofac: that is not a clearance.") {
		t.Errorf("%d rows, %d listings, finding %q, warnings %q", len(a.Items), a.Listings, a.Finding, a.Warnings)
	}
	if want := "1 authority lists companies among those looked at, and none of these listings is one of this rule: EU."; !strings.HasSuffix(a.Finding, want) {
		t.Errorf("finding %q", a.Finding)
	}
	a = askSanctions(t, v, queries.SanctionsRequest{Company: "buyer", Rule: ruleOf(0.5, true, true, "EU", "Nobody")})
	if sanctionsTold(a) != "mine listed 1 via mine" || !slices.Contains(a.Warnings, `no company of the network is called "Nobody": none of its listings is documented`) {
		t.Errorf("%s, warnings %q", sanctionsTold(a), a.Warnings)
	}
}

func TestSanctionsDenial(t *testing.T) {
	v := drawn.View(t, `
		BIS ! group programme=EL source=one
		BIS ! unit source=two stance=denies
		group => unit share=0.36 control=subsidiary
		unit -> buyer : servers`)
	a := askSanctions(t, v, queries.SanctionsRequest{Company: "buyer", Rule: ruleOf(0.5, true, true, "BIS")})
	if got, want := sanctionsTold(a), "unit possibly_blocked 1 via unit held 0.36..0.36 interest 0.36..0.36"; got != want {
		t.Fatalf("got %s, want %s", got, want)
	}
	row := a.Items[0]
	if want := "unit may be blocked: listed, blocked and possibly blocked owners hold 36% of it: group (listed, 36%, control is stated: subsidiary). One claim denies that BIS lists it. It supplies buyer directly."; row.Sentence != want {
		t.Errorf("%q, want %q", row.Sentence, want)
	}
	if len(row.Listings) != 2 || !row.Listings[0].Counts || row.Listings[1].Counts || row.Listings[1].Denials != 1 {
		t.Errorf("listings %+v", row.Listings)
	}
}

func TestSanctionsOfPortfolio(t *testing.T) {
	v := drawn.View(t, `
		OFAC ! mine
		OFAC ! a
		a => m3 share=0.6
		mine -> smelter : ore
		smelter -> m1 : metal
		mine -> m2 : ore
		m2 -> m1 : parts
		m3 kind=company name=M3
		m4 kind=company name=M4`)
	ten, five := 10.0, 5.0
	members := queries.Portfolio{{Company: "m1", Spend: &ten, Currency: "USD"}, {Company: "m2", Spend: &five, Currency: "USD"}, {Company: "m3"}, {Company: "m4", Spend: &five, Currency: "USD"}, {Company: "nobody"}}
	a := askSanctions(t, v, queries.SanctionsRequest{Portfolio: members})
	var got []string
	for _, r := range a.Items {
		text := fmt.Sprintf("%s %s %d: %d members, %v, %d unknown:", r.ID, r.Status, r.Tier, r.Members, r.Spend, r.SpendUnknown)
		for _, b := range r.Behind {
			text += fmt.Sprintf(" %s at %d via %v", b.Member.ID, b.Tier, b.Via)
		}
		got = append(got, text)
	}
	want := "mine listed 1: 2 members, [{15 USD}], 0 unknown: m1 at 2 via [{m2 m2 } {smelter smelter }] m2 at 1 via [{mine mine }]\n" +
		"m3 blocked 0: 1 members, [], 1 unknown: m3 at 0 via []"
	if strings.Join(got, "\n") != want {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), want)
	}
	var totals []string
	for _, x := range a.Totals {
		totals = append(totals, fmt.Sprint(x.Status, " ", x.Companies, " ", x.Members, " ", x.Spend, " ", x.SpendUnknown))
	}
	if got, want := strings.Join(totals, "\n"), "listed 1 2 [{15 USD}] 0\nblocked 1 1 [] 1\npossibly_blocked 0 0 [] 0\nheld 0 0 [] 0"; got != want {
		t.Errorf("totals\n%s\nwant\n%s", got, want)
	}
	if len(a.Portfolio.NotFound) != 1 {
		t.Errorf("not found: %v", a.Portfolio.NotFound)
	}
	none := askSanctions(t, v, queries.SanctionsRequest{Portfolio: queries.Portfolio{{Company: "nobody"}}})
	if len(none.Items) != 0 || none.Around != 0 {
		t.Errorf("of nobody: %d rows of %d companies", len(none.Items), none.Around)
	}
}

func TestSanctionsByGroups(t *testing.T) {
	v := drawn.View(t, `
		OFAC ! plant
		group => plant share=0.8
		group => seller share=0.9
		seller -> buyer : ore
		buyer kind=company`)
	alone := askSanctions(t, v, queries.SanctionsRequest{Company: "buyer"})
	if got := sanctionsTold(alone); got != "" {
		t.Errorf("each by itself: %s", got)
	}
	wantWarnings(t, alone.Warnings, "plant, which is listed, is under one controller, group, with seller, which is upstream: with group=control it is told")
	a := askSanctions(t, v, queries.SanctionsRequest{Company: "buyer", Scope: queries.Scope{Group: queries.GroupControl}})
	if got, want := sanctionsTold(a), "plant listed 1 via group"; got != want {
		t.Fatalf("by groups: %s, want %s", got, want)
	}
	if g := a.Items[0].Group; g == nil || g.ID != "group" {
		t.Errorf("its group is %v", g)
	}
	if want := "plant is listed by OFAC. It counts with the group of group, of which seller supplies buyer directly."; a.Items[0].Sentence != want {
		t.Errorf("%q, want %q", a.Items[0].Sentence, want)
	}
}

// Of a listed company it is said that it supplies only where it does itself, and no other of its group.
func TestSanctionsTellWhoSupplies(t *testing.T) {
	v := drawn.View(t, `
		OFAC ! group
		OFAC ! seller
		OFAC ! deep
		group => seller share=0.9
		group => other share=0.9
		deep => pit share=0.9
		seller -> buyer : ore
		other -> buyer : coal
		other -> deep : ink
		pit -> seller : ore
		BIS ! nobody
		buyer => desk share=1
		OFAC ! desk`)
	a := askSanctions(t, v, queries.SanctionsRequest{Company: "buyer", Status: []string{queries.StatusListed}, Scope: queries.Scope{Group: queries.GroupControl}})
	var got []string
	for _, row := range a.Items {
		got = append(got, row.Sentence)
	}
	want := []string{
		"desk is listed by OFAC. It counts with the group of buyer, which is asked about.",
		"group is listed by OFAC. It controls other and seller, which supply the group of buyer directly.",
		"seller is listed by OFAC. It supplies the group of buyer directly.",
		"deep is listed by OFAC. It controls pit, which stands at tier 2 behind the group of buyer, through the group of group.",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got\n  %s\nwant\n  %s", strings.Join(got, "\n  "), strings.Join(want, "\n  "))
	}
	alone := askSanctions(t, v, queries.SanctionsRequest{Company: "buyer"})
	wantWarnings(t, alone.Warnings, "desk, which is listed, is controlled by buyer, which is asked about: with group=control it is told") // the others are told as owners
}

// Stages are those of supply: listings and holdings, of which nobody states one, count whatever is asked for.
func TestSanctionsStages(t *testing.T) {
	v := drawn.View(t, `
		OFAC ! a
		a => mine share=0.6
		mine -> buyer : ore stage=volume
		a -> buyer : coal stage=sampling`)
	a := askSanctions(t, v, queries.SanctionsRequest{Company: "buyer", Scope: queries.Scope{Stages: []string{"volume"}}})
	if got, want := sanctionsTold(a), "mine blocked 1 via mine held 0.6..0.6 interest 0.6..0.6"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestSanctionsRules(t *testing.T) {
	yes, no := true, false
	for _, test := range []struct {
		rule queries.SanctionsRule
		want string // "" where it is right
	}{
		{queries.SanctionsRule{Name: "r", Authorities: []string{" EU ", "EU", ""}, Threshold: 0.5, Inclusive: &yes, Aggregate: &no}, ""},
		{queries.SanctionsRule{Authorities: []string{"EU"}, Threshold: 0.5, Inclusive: &yes, Aggregate: &no}, "name: "},
		{queries.SanctionsRule{Name: "r", Threshold: 0.5, Inclusive: &yes, Aggregate: &no}, "authorities: "},
		{queries.SanctionsRule{Name: "r", Authorities: []string{"EU"}, Inclusive: &yes, Aggregate: &no}, "threshold: 0; "},
		{queries.SanctionsRule{Name: "r", Authorities: []string{"EU"}, Threshold: 50, Inclusive: &yes, Aggregate: &no}, "threshold: 50; "},
		{queries.SanctionsRule{Name: "r", Authorities: []string{"EU"}, Threshold: 1, Inclusive: &no, Aggregate: &no}, "threshold: nobody"},
		{queries.SanctionsRule{Name: "r", Authorities: []string{"EU"}, Threshold: 0.5, Aggregate: &no}, "inclusive: "},
		{queries.SanctionsRule{Name: "r", Authorities: []string{"EU"}, Threshold: 0.5, Inclusive: &yes}, "aggregate: "},
	} {
		got, err := test.rule.Resolve()
		switch {
		case test.want == "" && (err != nil || !slices.Equal(got.Authorities, []string{"EU"})):
			t.Errorf("%v: %v, %v", test.rule, got, err)
		case test.want != "" && (err == nil || !errors.Is(err, graph.ErrInvalid) || !strings.HasPrefix(err.Error(), test.want)):
			t.Errorf("%v: %v, want %s", test.rule, err, test.want)
		}
	}
	v := drawn.View(t, "mine -> buyer : ore\na name=Twin\nb name=Twin\na ! mine")
	if _, err := queries.Sanctions(t.Context(), v, queries.SanctionsRequest{Company: "buyer", Rule: ruleOf(0.5, true, true, "Twin")}); !errors.Is(err, graph.ErrAmbiguous) {
		t.Errorf("an authority of two: %v", err)
	}
}

func TestSanctionsPages(t *testing.T) {
	v := drawn.View(t, sanctionsExample+"\nOFAC ! smelter\nOFAC ! q\nq -> buyer : tools\nivan => r share=0.1\nr -> q : steel")
	whole := askSanctions(t, v, queries.SanctionsRequest{Company: "buyer", Scope: queries.Scope{AsOf: "2025-01-01"}})
	if len(whole.Items) != 5 || *whole.Total != 5 || !whole.Complete {
		t.Fatalf("%d rows of %d:\n%s", len(whole.Items), *whole.Total, sanctionsTold(whole))
	}
	var got []string
	page := queries.Page{Limit: 2}
	for {
		a := askSanctions(t, v, queries.SanctionsRequest{Company: "buyer", Scope: queries.Scope{AsOf: "2025-01-01"}, Page: page})
		got = append(got, sanctionsTold(a))
		if page.Cursor = a.NextCursor; page.Cursor == "" {
			break
		}
	}
	if strings.Join(got, "\n") != sanctionsTold(whole) {
		t.Errorf("by pages\n%s\nwant\n%s", strings.Join(got, "\n"), sanctionsTold(whole))
	}
	some := askSanctions(t, v, queries.SanctionsRequest{Company: "buyer", Scope: queries.Scope{AsOf: "2025-01-01"}, Status: []string{"held", "blocked"}})
	if got, want := sanctionsTold(some), "mine blocked 2 via smelter held 0.5..0.5 interest 0.25..0.25\nr held 2 via q held 0.1..0.1 interest 0.1..0.1"; got != want {
		t.Errorf("some statuses\n%s\nwant\n%s", got, want)
	}
	if some.Totals[0].Companies != 2 {
		t.Errorf("totals %v", some.Totals)
	}
}

// However early the time is over, the answer holds the first rows and says so, and its cursor leads to the rest.
func TestSanctionsOutOfTime(t *testing.T) {
	v := drawn.View(t, sanctionsExample+"\nOFAC ! smelter\nOFAC ! q\nq -> buyer : tools\nivan => r share=0.1\nr -> q : steel")
	req := queries.SanctionsRequest{Company: "buyer", Scope: queries.Scope{AsOf: "2025-01-01"}}
	whole := sanctionsTold(askSanctions(t, v, req))
	cut := 0
	for looks := range 200 {
		a, err := queries.Sanctions(afterLooks(looks), v, req)
		if err != nil {
			t.Fatalf("after %d looks: %v", looks, err)
		}
		if a.Complete { // after 0 looks too: what begins late has a little time
			continue
		}
		cut++
		if a.StoppedBecause != queries.StoppedByDeadline {
			t.Fatalf("after %d looks it stopped because of %s", looks, a.StoppedBecause)
		}
		got := sanctionsTold(a)
		if a.NextCursor != "" || len(a.Items) == 0 {
			rest := req
			rest.Cursor = a.NextCursor
			got = strings.TrimPrefix(got+"\n"+sanctionsTold(askSanctions(t, v, rest)), "\n")
		}
		if got != whole {
			t.Fatalf("after %d looks, and the rest:\n%s\nwant\n%s", looks, got, whole)
		}
	}
	if cut < 5 {
		t.Errorf("%d answers were cut short only", cut)
	}
	gone, stop := context.WithCancel(context.Background())
	stop()
	if _, err := queries.Sanctions(gone, v, queries.SanctionsRequest{Company: "buyer"}); !errors.Is(err, context.Canceled) {
		t.Errorf("a client that is gone: %v", err)
	}
}

// slowNetwork is a random network in twentieths of companies, with what follows from it by the definition.
type slowNetwork struct {
	n         int
	supplies  map[[2]int]bool
	shares    map[[2]int]int // -1: unknown
	control   map[[2]int]bool
	listed    map[int]bool
	text      strings.Builder
	threshold int
	inclusive bool
	aggregate bool
}

func drawSlow(t *rapid.T) *slowNetwork {
	w := &slowNetwork{n: rapid.IntRange(2, 8).Draw(t, "companies"), supplies: map[[2]int]bool{}, shares: map[[2]int]int{}, control: map[[2]int]bool{}, listed: map[int]bool{}}
	company := rapid.IntRange(0, w.n-1)
	pair := func(name string) [2]int { return [2]int{company.Draw(t, name), company.Draw(t, name)} }
	for range rapid.IntRange(1, 12).Draw(t, "supplies") {
		w.supplies[pair("supply")] = true
	}
	for range rapid.IntRange(0, 14).Draw(t, "holdings") {
		p := pair("holding")
		if p[0] == p[1] {
			continue
		}
		w.shares[p] = rapid.IntRange(-1, 20).Draw(t, "share")
		w.control[p] = rapid.IntRange(0, 5).Draw(t, "control") == 0
	}
	for range rapid.IntRange(0, 3).Draw(t, "listings") {
		w.listed[company.Draw(t, "listed")] = true
	}
	w.threshold, w.inclusive, w.aggregate = rapid.IntRange(1, 19).Draw(t, "threshold"), rapid.Bool().Draw(t, "inclusive"), rapid.Bool().Draw(t, "aggregate")
	for i := range w.n {
		fmt.Fprintf(&w.text, "c%d kind=company\n", i)
	}
	for p := range w.supplies {
		fmt.Fprintf(&w.text, "c%d -> c%d : p\n", p[0], p[1])
	}
	for p, share := range w.shares {
		fmt.Fprintf(&w.text, "c%d => c%d", p[0], p[1])
		if share >= 0 {
			fmt.Fprintf(&w.text, " share=%v", float64(share)/20)
		}
		if w.control[p] {
			w.text.WriteString(" control=majority")
		}
		w.text.WriteString("\n")
	}
	w.text.WriteString("authority kind=government\n")
	for i := range w.listed {
		fmt.Fprintf(&w.text, "authority ! c%d\n", i)
	}
	return w
}

// blocked is the least set that holds the listed companies and all that blocked owners hold enough of. Shares are at
// most what the others leave.
func (w *slowNetwork) blocked(upper bool, enough func(twentieths int) bool) map[int]bool {
	set := map[int]bool{}
	for i := range w.listed {
		set[i] = true
	}
	for changed := true; changed; {
		changed = false
		for c := range w.n {
			known := 0
			for o := range w.n {
				known += max(0, w.shares[[2]int{o, c}]) // absent is 0
			}
			free := max(0, 20-known)
			total, unknown, control, single := 0, false, false, false
			for o := range w.n {
				share, holds := w.shares[[2]int{o, c}]
				if !holds || !set[o] {
					continue
				}
				if most := max(0, share); share < 0 && upper {
					unknown = true
					single = single || enough(free)
				} else {
					total += most
					single = single || share > 0 && enough(most)
				}
				control = control || upper && w.control[[2]int{o, c}]
			}
			if unknown {
				total += free
			}
			if !set[c] && (control || w.aggregate && total > 0 && enough(total) || !w.aggregate && single) {
				set[c], changed = true, true
			}
		}
	}
	return set
}

func TestSanctionsAreTheDefinition(t *testing.T) {
	store := drawn.Open(t)
	rapid.Check(t, func(r *rapid.T) {
		w := drawSlow(r)
		v := drawn.ViewIn(t, store, drawn.Statements(t, w.text.String()))
		a := askSanctions(r, v, queries.SanctionsRequest{Company: "c0", Rule: ruleOf(float64(w.threshold)/20, w.inclusive, w.aggregate, "authority")})
		enough := func(x int) bool { return x > w.threshold || w.inclusive && x == w.threshold }
		sure, may := w.blocked(false, enough), w.blocked(true, enough)
		w.aggregate = true
		held := w.blocked(true, func(x int) bool { return x > 0 })
		tier := map[int]int{0: 0}
		for at := 0; at < w.n; at++ {
			for p := range w.supplies {
				if have, ok := tier[p[1]]; ok && have == at {
					if _, known := tier[p[0]]; !known {
						tier[p[0]] = at + 1
					}
				}
			}
		}
		var want []string
		for _, status := range []string{"listed", "blocked", "possibly_blocked", "held"} {
			for at := range w.n {
				for c := range w.n {
					if have, ok := tier[c]; !ok || have != at {
						continue
					}
					is := ""
					switch {
					case w.listed[c]:
						is = "listed"
					case sure[c]:
						is = "blocked"
					case may[c]:
						is = "possibly_blocked"
					case held[c]:
						is = "held"
					}
					if is == status {
						want = append(want, fmt.Sprintf("c%d %s %d", c, is, at))
					}
				}
			}
		}
		more := askSanctions(r, v, queries.SanctionsRequest{Company: "c0", Rule: a.Rule, Paths: 2})
		var got []string
		for i, row := range a.Items {
			got = append(got, fmt.Sprintf("%s %s %d", row.ID, row.Status, row.Tier))
			if first := more.Items[i].Paths; len(row.Paths) != min(1, len(first)) || len(first) > 0 && !slices.Equal(row.Paths[0].Companies, first[0].Companies) {
				r.Fatalf("the chain of %s is %v, and the first of two %v", row.ID, row.Paths, first)
			}
			if e := row.EconomicInterest; e != nil && row.Status == "held" && row.HeldByBlocked != nil && e.Low > 1 {
				r.Fatalf("%s belongs to the listed by %v", row.ID, e)
			}
		}
		if !slices.Equal(got, want) {
			r.Fatalf("got\n%s\nwant\n%s\nof\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"), w.text.String())
		}
	})
}

// The built-in rules are whole, and one that was suspended says so on the days on which it was.
func TestBuiltinRules(t *testing.T) {
	if got := strings.Join(queries.BuiltinRules(), " "); got != "ofac bis eu uk" {
		t.Error(got)
	}
	for _, name := range queries.BuiltinRules() {
		if r, err := queries.BuiltinRule(name); err != nil || r.Name != name || r.Source == "" {
			t.Errorf("%s: %+v, %v", name, r, err)
		}
	}
	if _, err := queries.BuiltinRule("ofsi"); !errors.Is(err, graph.ErrInvalid) || !strings.Contains(err.Error(), "ofac, bis, eu, uk") {
		t.Error(err)
	}
	v := drawn.View(t, "a -> b : p")
	rule, _ := queries.BuiltinRule("bis")
	for day, want := range map[string]bool{"2025-11-09": false, "2025-11-10": true, "2026-11-09": true, "2026-11-10": false, "any": false} {
		a, err := queries.Sanctions(context.Background(), v, queries.SanctionsRequest{Company: "b", Rule: rule, Scope: queries.Scope{AsOf: day}})
		if err != nil {
			t.Fatal(err)
		}
		if got := strings.Contains(strings.Join(a.Warnings, "\n"), "was suspended from 2025-11-10 to 2026-11-09"); got != want {
			t.Errorf("%s: %q", day, a.Warnings)
		}
	}
	rule.SuspendedUntil = "2025-11-09"
	if _, err := rule.Resolve(); err == nil {
		t.Error("it ends before it begins")
	}
}

// In a loop of owners, all that hold a part of what is added up are named: m1 is blocked by half of it, and by what m2
// holds, which is blocked because of m1, it is held to 60%.
func TestSanctionsOfALoopAddUp(t *testing.T) {
	v := drawn.View(t, `
		OFAC ! ivan
		ivan => half share=0.5
		half => m1 share=0.5
		m2 => m1 share=0.1
		m1 => m2 share=0.3
		ivan => m2 share=0.2
		m1 -> buyer : ore`)
	a, err := queries.Sanctions(context.Background(), v, queries.SanctionsRequest{Company: "buyer"})
	if err != nil {
		t.Fatal(err)
	}
	want := "m1 is not documented as listed itself, but listed and blocked owners hold 60% of it: half (blocked, 50%), m2 (blocked, 10%); half is held by ivan (listed, 50%). It supplies buyer directly."
	if got := a.Items[0].Sentence; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

// TestBuiltinRulesOfOpenSanctions: the authorities and programmes as OpenSanctions names them, hyphens that do not
// break among them.
func TestBuiltinRulesOfOpenSanctions(t *testing.T) {
	v := drawn.View(t, `
		telecom -> buyer : phones
		driller -> buyer : oil
		"Department of the Commerce - International Trade Administration" ! telecom programme="Entity List (EL) - Bureau of Industry and Security;US-BIS-EL" valid_from=2019-05-21
		"Department of the Commerce - International Trade Administration" ! driller programme=US-BIS-DPL
		"Directorate‑General for Financial Stability, Financial Services and Capital Markets Union" ! driller programme=EU-UKR
		"Foreign, Commonwealth & Development Office" ! driller programme=GB-RUS valid_from=2025-10-15`)
	for name, want := range map[string]string{"bis": "telecom listed 1 via telecom", "eu": "driller listed 1 via driller", "uk": "driller listed 1 via driller", "ofac": ""} {
		rule, err := queries.BuiltinRule(name)
		if err != nil {
			t.Fatal(err)
		}
		if got := sanctionsTold(askSanctions(t, v, queries.SanctionsRequest{Company: "buyer", Rule: rule})); got != want {
			t.Errorf("%s: got %q, want %q", name, got, want)
		}
	}
}
