package queries_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/tributarygraph/tributary/graph"
	"github.com/tributarygraph/tributary/queries"
	"github.com/tributarygraph/tributary/queries/internal/drawn"
)

// shareText is an interval as "low..high(point) basis period flags".
func shareText(x *queries.Interval) string {
	if x == nil {
		return "null"
	}
	text := fmt.Sprintf("%.4g..%.4g", x.Low, x.High)
	if x.Point != nil {
		text += fmt.Sprintf("(%.4g)", *x.Point)
	}
	text += " " + x.Basis
	if x.Period != "" {
		text += " " + x.Period
	}
	if x.Overstated {
		text += " overstated"
	}
	if x.Disputed {
		text += " disputed"
	}
	return text
}

func TestShares(t *testing.T) {
	for _, test := range []struct{ name, drawing, want string }{
		{"stated; the rest is left to the others", `
			a -> x : p share_of_input=0.5 period=2024
			b -> x : p share_of_input=0.2
			c -> x : p
			d -> x : p value=7 currency=USD`,
			"a 0.5..0.5(0.5) stated 2024; b 0.2..0.2(0.2) stated; c 0..0.3 residual; d 0..0.3 residual"},
		{"overstated: scaled to 1, nothing left", `
			a -> x : p share_of_input=0.9
			b -> x : p share_of_input=0.6
			c -> x : p`,
			"a 0.6..0.6(0.6) stated overstated; b 0.4..0.4(0.4) stated overstated; c 0..0 residual"},
		{"shares that make 1 but for rounding are not overstated", `
			a -> x : p share_of_input=0.1
			b -> x : p share_of_input=0.2
			c -> x : p share_of_input=0.7000000000000001`,
			"a 0.1..0.1(0.1) stated; b 0.2..0.2(0.2) stated; c 0.7..0.7(0.7) stated"},
		{"values of all, one currency and period", `
			a -> x : p value=30 currency=USD period=2024
			b -> x : p value=10 currency=USD period=2024`,
			"a 0..0.75(0.75) documented_value 2024; b 0..0.25(0.25) documented_value 2024"},
		{"values in two currencies are not compared", `
			a -> x : p value=30 currency=USD period=2024
			b -> x : p value=10 currency=EUR period=2024`,
			"a 0..1 residual; b 0..1 residual"},
		{"nor of two periods", `
			a -> x : p value=30 currency=USD period=2023
			b -> x : p value=10 currency=USD period=2024`,
			"a 0..1 residual; b 0..1 residual"},
		{"nor without a currency", `
			a -> x : p value=30
			b -> x : p value=10`,
			"a 0..1 residual; b 0..1 residual"},
		{"nor where one has none", `
			a -> x : p value=30 currency=USD
			b -> x : p value=10 currency=USD
			c -> x : p`,
			"a 0..1 residual; b 0..1 residual; c 0..1 residual"},
		{"the only supplier documented", `a -> x : p value=30 currency=USD`, "a 0..1 sole_documented"},
		{"products apart, and what states none together", `
			a -> x : p share_of_input=0.5
			b -> x : q
			c -> x
			d -> x`,
			"a 0.5..0.5(0.5) stated; b 0..1 sole_documented; c 0..1 residual; d 0..1 residual"},
		{"claims of one period that differ", `
			a -> x : p share_of_input=0.5 period=2024 basis=filing
			a -> x : p share_of_input=0.3 period=2024 basis=news dataset=other
			a -> x : p share_of_input=0.9 period=2023 dataset=old`,
			"a 0.3..0.5(0.5) stated 2024 disputed"},
		{"what a disputed share leaves is counted from the least that is said", `
			a -> x : p share_of_input=0.5 period=2024 basis=filing
			a -> x : p share_of_input=0.3 period=2024 basis=news dataset=other
			b -> x : p share_of_input=0.2
			c -> x : p`,
			"a 0.3..0.5(0.5) stated 2024 disputed; b 0.2..0.2(0.2) stated; c 0..0.5 residual"},
		{"also where the shares that count are overstated", `
			a -> x : p share_of_input=0.9 period=2024 basis=filing
			a -> x : p share_of_input=0.3 period=2024 basis=news dataset=other
			b -> x : p share_of_input=0.6
			c -> x : p`,
			"a 0.2..0.6(0.6) stated 2024 overstated disputed; b 0.4..0.4(0.4) stated overstated; c 0..0.1 residual"},
		{"what does not flow does not count", `
			a -> x : p share_of_input=0.5
			b -> x : p share_of_input=0.9 stage=ended
			c -> x : p share_of_input=0.9 stance=denies
			d -> x : p`,
			"a 0.5..0.5(0.5) stated; d 0..0.5 residual"},
		{"zero is stated, not missing", `
			a -> x : p share_of_input=0
			b -> x : p`,
			"a 0..0(0) stated; b 0..1 residual"},
		{"self-supply is part of the intake", `
			x -> x : p share_of_input=0.8
			a -> x : p`,
			"a 0..0.2 residual"},
	} {
		t.Run(test.name, func(t *testing.T) {
			a := suppliers(t, drawn.View(t, test.drawing), queries.TiersRequest{Company: "x", Depth: 1})
			var got []string
			for _, row := range a.Items {
				got = append(got, row.ID+" "+shareText(row.Share))
			}
			if strings.Join(got, "; ") != test.want {
				t.Errorf("got  %s\nwant %s", strings.Join(got, "; "), test.want)
			}
		})
	}
}

func TestOwnedShares(t *testing.T) {
	a := suppliers(t, drawn.View(t, "fund => x share=0.07 period=2024\n state => x control=golden"), queries.TiersRequest{Company: "x", Kinds: []string{"owns"}})
	if got := shareText(a.Items[0].Share); got != "0.07..0.07(0.07) stated 2024" {
		t.Errorf("fund: %s", got)
	}
	if a.Items[1].Share != nil || a.Items[1].ShareReason == "" {
		t.Errorf("state: %+v", a.Items[1])
	}
}

// Three datasets speak of one relation: two disagree on 2024, one denies it.
const disputed = `
	hynix name="SK Hynix"
	nvidia name=Nvidia
	hynix -> nvidia : hbm share_of_input=0.6 period=2024 basis=filing source=s1 quote="sixty percent"
	hynix -> nvidia : hbm share_of_input=0.5 period=2024 basis=news source=s2 dataset=press
	hynix -> nvidia : hbm share_of_input=0.9 period=2022 source=s1
	hynix -> nvidia : hbm stance=denies dataset=rumours basis=hearsay
	hynix -> nvidia : dram
	source s1 title=Filing origin=o1
	source s2 title=Paper origin=o2
`

func TestRelation(t *testing.T) {
	v := drawn.View(t, disputed)
	a, err := queries.Relation(context.Background(), v, queries.RelationRequest{ID: "supplies~hynix~nvidia~hbm", Scope: queries.Scope{AsOf: "2025-06-30"}})
	if err != nil {
		t.Fatal(err)
	}
	if !a.Active || a.Sources != 2 || a.DenialCount != 1 || a.ClaimCount != 4 || a.Basis != "filing" || a.LastConfirmed != "2024-12-31" || a.Confidence != 0.95 {
		t.Errorf("relation: %+v", a.RelationRow)
	}
	if got := shareText(a.Share); got != "0.5..0.6(0.6) stated 2024 disputed" {
		t.Errorf("share: %s", got)
	}
	var order []string
	for _, c := range a.Claims {
		order = append(order, c.Dataset+" "+c.Period+" "+c.Stance)
	}
	if got := strings.Join(order, "; "); got != "drawn 2024 asserts; press 2024 asserts; drawn 2022 asserts; rumours  denies" {
		t.Errorf("claims: %s", got)
	}
	disputes, _ := json.Marshal(a.Disputes)
	if want := `[{"field":"share_of_input","period":"2024","values":[{"value":0.5,"claims":["supplies~hynix~nvidia~hbm~press~s2~~2024~"]},` +
		`{"value":0.6,"claims":["supplies~hynix~nvidia~hbm~drawn~s1~~2024~"]}]}]`; string(disputes) != want {
		t.Errorf("disputes: %s", disputes)
	}
	if len(a.Denials) != 1 || !strings.Contains(a.Denials[0], "rumours") {
		t.Errorf("denials: %v", a.Denials)
	}
	if len(a.History) != 3 || a.History[1].Period != "2022" || a.History[1].Numbers["share_of_input"].Low != 0.9 || a.History[2].Denials != 1 {
		t.Errorf("history: %+v", a.History)
	}
	// Before 2024 begins, its numbers do not count.
	a, err = queries.Relation(context.Background(), v, queries.RelationRequest{ID: "supplies~hynix~nvidia~hbm", Scope: queries.Scope{AsOf: "2023"}})
	if err != nil || shareText(a.Numbers["share_of_input"]) != "0.9..0.9(0.9) stated 2022" {
		t.Errorf("in 2023: %v %+v", err, a)
	}
}

// What a reader of evidence needs beside the claims: each share with its whole, dates, and names in both languages.
func TestRelationEvidence(t *testing.T) {
	v := drawn.View(t, `
		hynix name="SK hynix" aliases=海力士
		product hbm name=HBM aliases=高带宽存储器
		source s title="A title" publisher=Press url=https://example.org/a published=2024-05-11 language=zh
		hynix -> nvidia : hbm share_of_input=0.6 revenue_share=0.2 cost_share=0.1 period=2024 source=s valid_from=2023-01-01 valid_to=2030-01-01 complete_list=true basis=filing
		hynix -> nvidia : hbm valid_from=2024-01-01 valid_to=2031-01-01 source=s period=2023
		micron -> nvidia : hbm share_of_input=0.3 period=2024
		samsung -> nvidia : hbm
		hynix * hbm market_share=0.5 period=2024
		sk => hynix share=0.2
		old -> nvidia : hbm valid_to=2020-01-01
	`)
	for _, test := range []struct{ id, shares, dates, names string }{
		{"supplies~hynix~nvidia~hbm", "share 0.6..0.6(0.6) stated 2024 of intake nvidia hbm, 2 of 3 stated: 0.9, complete; share_of_input 0.6..0.6(0.6) stated 2024 of intake nvidia hbm; " +
			"revenue_share 0.2..0.2(0.2) stated 2024 of revenue hynix; cost_share 0.1..0.1(0.1) stated 2024 of cost nvidia", "2023-01-01 2031-01-01", "海力士  高带宽存储器"},
		{"makes~hynix~hbm~", "market_share 0.5..0.5(0.5) stated 2024 of market hbm", " ", "海力士 高带宽存储器 "},
		{"owns~sk~hynix~", "share 0.2..0.2(0.2) stated of ownership hynix", " ", " 海力士 "},
		{"supplies~old~nvidia~hbm", "", " 2020-01-01", "  高带宽存储器"},
	} {
		a, err := queries.Relation(context.Background(), v, queries.RelationRequest{ID: test.id, Scope: queries.Scope{AsOf: "2025"}})
		if err != nil {
			t.Fatal(err)
		}
		var shares []string
		for _, s := range a.Shares {
			text := s.Field + " " + shareText(s.Share) + " of " + s.Of
			for _, ref := range []*queries.Ref{s.Company, s.Product} {
				if ref != nil {
					text += " " + ref.ID
				}
			}
			if s.Documented > 0 {
				text += fmt.Sprintf(", %d of %d stated: %.3g", s.Stated, s.Documented, *s.Sum)
			}
			if s.Complete {
				text += ", complete"
			}
			shares = append(shares, text)
		}
		if got := strings.Join(shares, "; "); got != test.shares {
			t.Errorf("%s: shares\ngot  %s\nwant %s", test.id, got, test.shares)
		}
		if got := a.ValidFrom + " " + a.ValidTo; got != test.dates {
			t.Errorf("%s: dates %q, want %q", test.id, got, test.dates)
		}
		names := a.From.NameZH + " " + a.To.NameZH + " "
		if a.Product != nil {
			names += a.Product.NameZH
		}
		if got := names; got != test.names {
			t.Errorf("%s: names %q, want %q", test.id, got, test.names)
		}
	}
	a, err := queries.Relation(context.Background(), v, queries.RelationRequest{ID: "supplies~hynix~nvidia~hbm"})
	if err != nil {
		t.Fatal(err)
	}
	want := queries.SourceRow{ID: "s", Title: "A title", Publisher: "Press", URL: "https://example.org/a", Published: "2024-05-11", Language: "zh"}
	if c := a.Claims[0]; *c.Source != want || c.Basis != "filing" || c.Stage != "unknown" || c.Stance != "asserts" || c.Confidence == 0 {
		t.Errorf("claim %+v of %+v", c, c.Source)
	}
}

// Amounts in two currencies, and two versions of one claim, are no disputes.
func TestDisputes(t *testing.T) {
	v := drawn.View(t, `
		a -> b : p value=10 currency=USD period=2024 dataset=x
		a -> b : p value=9 currency=EUR period=2024 dataset=y
		a -> b : p share_of_input=0.5 period=2024 dataset=z valid_from=2024-01-01
		a -> b : p share_of_input=0.4 period=2024 dataset=z valid_from=2024-06-01
		a -> b : p lead_time_days=30 period=2024 dataset=x source=s
		a -> b : p lead_time_days=40 period=2024 dataset=y source=s
		a -> b : p lead_time_days=50 period=2023 dataset=y source=s
	`)
	a, err := queries.Relation(context.Background(), v, queries.RelationRequest{ID: "supplies~a~b~p"})
	if err != nil {
		t.Fatal(err)
	}
	if len(a.Disputes) != 1 || a.Disputes[0].Field != "lead_time_days" || a.Disputes[0].Period != "2024" || len(a.Disputes[0].Values) != 2 {
		t.Errorf("disputes: %+v", a.Disputes)
	}
	if got := shareText(a.Numbers["share_of_input"]); got != "0.4..0.4(0.4) stated 2024" {
		t.Errorf("share: %s", got)
	}
}

func TestRelationNames(t *testing.T) {
	v := drawn.View(t, `
		product gpu aliases=图形处理器
		hynix -> nvidia : hbm used_in=gpu
		site fab operator=hynix
		maker -> nvidia : board used_in=nothing site=fab;elsewhere`)
	for id, want := range map[string]string{
		"supplies~hynix~nvidia~hbm":   "map[gpu:{gpu gpu 图形处理器}]",
		"supplies~maker~nvidia~board": "map[fab:{fab fab }]",
	} {
		a, err := queries.Relation(context.Background(), v, queries.RelationRequest{ID: id})
		if err != nil || fmt.Sprint(a.Named) != want {
			t.Errorf("%s: %v, %v; want %s", id, a.Named, err, want)
		}
	}
}

func TestRelationNamed(t *testing.T) {
	v := drawn.View(t, disputed)
	for _, test := range []struct {
		id   string
		want any
	}{
		{"supplies~hynix~nvidia~hbm", "supplies~hynix~nvidia~hbm"},
		{"supplies~SK Hynix~NVIDIA~HBM", "supplies~hynix~nvidia~hbm"},
		{"supplies~hynix~nvidia~hbm~press~s2~~2024~", "supplies~hynix~nvidia~hbm"},
		{"supplies~hynix~nvidia", graph.ErrAmbiguous},
		{"supplies~hynix~nvidia~gold", graph.ErrNotFound},
		{"supplies~nvidia~hynix~hbm", graph.ErrNotFound},
		{"supplies~nobody~nvidia~hbm", graph.ErrNotFound},
		{"company~hynix~~", graph.ErrInvalid},
		{"buys~hynix~nvidia~hbm", graph.ErrInvalid},
		{"hynix", graph.ErrInvalid},
	} {
		a, err := queries.Relation(context.Background(), v, queries.RelationRequest{ID: test.id})
		if want, is := test.want.(error); is {
			if !errors.Is(err, want) {
				t.Errorf("%s: %v, want %v", test.id, err, want)
			}
		} else if err != nil || a.ID != test.want {
			t.Errorf("%s: %v", test.id, err)
		}
	}
	ids, err := queries.RelationsBetween(v, "SK Hynix", "nvidia", "", "")
	if err != nil || fmt.Sprint(ids) != "[supplies~hynix~nvidia~dram supplies~hynix~nvidia~hbm]" {
		t.Errorf("between: %v %v", ids, err)
	}
	for _, args := range [][4]string{{"nvidia", "hynix", "", ""}, {"nobody", "hynix", "", ""}, {"hynix", "nvidia", "owns", ""}} {
		if ids, err := queries.RelationsBetween(v, args[0], args[1], args[2], args[3]); !errors.Is(err, graph.ErrNotFound) {
			t.Errorf("between %v: %v %v", args, ids, err)
		}
	}
	if _, err := queries.RelationsBetween(v, "hynix", "nvidia", "company", ""); !errors.Is(err, graph.ErrInvalid) {
		t.Errorf("between, of a kind that is none: %v", err)
	}
}

// A name that fits two companies stays a record of its own, which can be shown by its id.
func TestAmbiguousRecord(t *testing.T) {
	v := drawn.View(t, "s1 name=Samsung\n s2 name=Samsung\n Samsung -> nvidia : dram")
	if _, err := queries.Company(context.Background(), v, queries.CompanyRequest{Company: "Samsung"}); !errors.Is(err, graph.ErrAmbiguous) {
		t.Errorf("by name: %v", err)
	}
	a, err := queries.Company(context.Background(), v, queries.CompanyRequest{Company: "id:Samsung"})
	if err != nil || a.ID != "Samsung" || !a.Provisional || len(a.Supplies) != 1 {
		t.Errorf("by id: %v %+v", err, a)
	}
}
