package queries_test

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/tributarygraph/tributary/graph"
	"github.com/tributarygraph/tributary/queries"
	"github.com/tributarygraph/tributary/queries/internal/drawn"
)

func portfolioExposure(t rapid.TB, v *graph.View, req queries.PortfolioExposureRequest) *queries.PortfolioExposureAnswer {
	t.Helper()
	return ask(t, queries.PortfolioExposure, v, req)
}

// between writes an interval as short as can be.
func between(i *queries.Interval) string {
	if i == nil {
		return "-"
	}
	if i.Low == i.High {
		return fmt.Sprintf("%.4g", i.Low)
	}
	return fmt.Sprintf("%.4g-%.4g", i.Low, i.High)
}

// memberRows writes the rows as "id loss flow mean-loss: member loss, ...".
func memberRows(a *queries.PortfolioExposureAnswer) string {
	var b strings.Builder
	for _, r := range a.Items {
		var members []string
		for _, m := range r.Members {
			members = append(members, m.Member.ID+" "+between(m.LossIfStopped))
		}
		fmt.Fprintf(&b, "%s %s %s mean %s: %s\n", r.ID, between(r.LossIfStopped), between(r.FlowExposure), between(r.LossMean), strings.Join(members, ", "))
	}
	return b.String()
}

func wantMemberRows(t *testing.T, a *queries.PortfolioExposureAnswer, want string) {
	t.Helper()
	var lines []string
	for line := range strings.Lines(want) {
		if line = strings.TrimSpace(line); line != "" {
			lines = append(lines, line+"\n")
		}
	}
	if got := memberRows(a); got != strings.Join(lines, "") {
		t.Errorf("got\n%swant\n%s", got, strings.Join(lines, ""))
	}
}

func members3(a, b, c *float64, currencies ...string) queries.Portfolio {
	p := queries.Portfolio{{Company: "m1", Spend: a, Currency: "USD"}, {Company: "m2", Spend: b, Currency: "USD"}, {Company: "m3", Spend: c, Currency: "USD"}}
	for i, code := range currencies {
		p[i].Currency = code
	}
	return p
}

// The worked example of docs/queries/portfolios.md.
const vendors = `
	m1 name=One
	m2 name=Two
	m3 name=Three
	foundry -> m1 : chips share_of_input=0.5 essential=true
	foundry -> m2 : chips share_of_input=0.8 essential=true
	foundry -> m3 : chips essential=true
	other -> m1 : chips share_of_input=0.5 essential=true
	tools -> foundry : machines share_of_input=0.25 essential=true
	m1 -> m2 : boards share_of_input=0.1 essential=true
`

func TestPortfolioExposureByHand(t *testing.T) {
	v := drawn.View(t, vendors)
	ask := func(p queries.Portfolio) *queries.PortfolioExposureAnswer {
		return portfolioExposure(t, v, queries.PortfolioExposureRequest{Portfolio: p})
	}
	// Known spend, 60, 30 and 10: foundry 0.6*0.5 + 0.3*0.8 + 0.1*[0, 1] = 0.54 to 0.64; tools a quarter of that; other
	// 0.6*0.5 and 0.3*0.05; m1 only what m2 loses by it.
	a := ask(members3(spend(60), spend(30), spend(10)))
	wantMemberRows(t, a, `
		foundry 0.54-0.64 0.555-0.655 mean 0.4333-0.7667: m2 0.8, m1 0.5, m3 0-1
		other 0.315 0.315 mean 0.1833: m1 0.5, m2 0.05
		tools 0.135-0.16 0.1388-0.1638 mean 0.1083-0.1917: m2 0.2, m1 0.125, m3 0-0.25
		m1 0.03 0.03 mean 0.03333: m2 0.1`)
	r := a.Items[0]
	if r.Exposed != 3 || r.Certain != 2 || r.MayStop != 1 || r.Stop != 0 || fmt.Sprint(r.Spend) != "[{100 USD}]" || r.Tier != 1 || r.Member || !a.Items[3].Member {
		t.Errorf("%+v", r)
	}
	if want := "If foundry stops, 3 of 3 members lose something or may, 2 for certain: by spend at least 54%, at most 64%; most Two, 80%."; r.Sentence != want {
		t.Errorf("got  %s\nwant %s", r.Sentence, want)
	}
	// The spend on m3 is not known: without it 2/3*0.5 + 1/3*0.8 = 0.6; if it held all, 0 to 1.
	a = ask(members3(spend(60), spend(30), nil))
	var stated []string // of 60 and 30: (0.5 + 0.4)*2/3 and so on
	for _, r := range a.Items {
		stated = append(stated, r.ID+" "+between(r.LossOfStated))
	}
	if got := strings.Join(stated, ", "); got != "foundry 0.6, other 0.35, tools 0.15, m1 0.03333" {
		t.Errorf("of the stated spend: %s", got)
	}
	if want := "1 member states no spend: Three; that alone widens what is told by spend; what is told of the stated spend leaves them out"; !slices.Contains(a.Warnings, want) {
		t.Errorf("%q", a.Warnings)
	}
	if want := "If foundry stops, 3 of 3 members lose something or may, 2 for certain: by spend at least 0%, at most 100%, of the stated spend 60%; most Two, 80%."; a.Items[0].Sentence != want {
		t.Errorf("got  %s\nwant %s", a.Items[0].Sentence, want)
	}
	wantMemberRows(t, a, `
		foundry 0-1 0-1 mean 0.4333-0.7667: m2 0.8, m1 0.5, m3 0-1
		other 0-0.35 0-0.35 mean 0.1833: m1 0.5, m2 0.05
		tools 0-0.25 0-0.25 mean 0.1083-0.1917: m2 0.2, m1 0.125, m3 0-0.25
		m1 0-0.03333 0-0.03333 mean 0.03333: m2 0.1`)
	// The spend on m1 is not known: 0.75*0.8 + 0.25*[0, 1] = 0.6 to 0.85 without it; with all of it 0.5.
	a = ask(members3(nil, spend(30), spend(10)))
	wantMemberRows(t, a, `
		foundry 0.5-0.85 0.5-0.8875 mean 0.4333-0.7667: m2 0.8, m1 0.5, m3 0-1
		tools 0.125-0.2125 0.125-0.2219 mean 0.1083-0.1917: m2 0.2, m1 0.125, m3 0-0.25
		other 0.0375-0.5 0.0375-0.5 mean 0.1833: m1 0.5, m2 0.05
		m1 0-0.075 0-0.075 mean 0.03333: m2 0.1`)
	// In different currencies nothing is told by spend, and the mean ranks.
	a = ask(members3(spend(60), spend(30), spend(10), "USD", "TWD"))
	wantMemberRows(t, a, `
		foundry - - mean 0.4333-0.7667: m2 0.8, m1 0.5, m3 0-1
		other - - mean 0.1833: m1 0.5, m2 0.05
		tools - - mean 0.1083-0.1917: m2 0.2, m1 0.125, m3 0-0.25
		m1 - - mean 0.03333: m2 0.1`)
	if a.Portfolio.Reason != "the spends are in different currencies, which are not added up" || a.Items[0].LossOfStated != nil {
		t.Errorf("%q, %v", a.Portfolio.Reason, a.Items[0].LossOfStated)
	}
	// Of nobody no spend weighs: between the members, ranked by the mean.
	a = ask(members3(nil, nil, nil))
	wantMemberRows(t, a, `
		foundry 0-1 0-1 mean 0.4333-0.7667: m2 0.8, m1 0.5, m3 0-1
		other 0-0.5 0-0.5 mean 0.1833: m1 0.5, m2 0.05
		tools 0-0.25 0-0.25 mean 0.1083-0.1917: m2 0.2, m1 0.125, m3 0-0.25
		m1 0-0.1 0-0.1 mean 0.03333: m2 0.1`)
	if a.Around != 4 || a.Asked != 4 || a.LookedAt != 4 || *a.Total != 4 {
		t.Errorf("%+v", a)
	}
	// Named targets: a member that is part of one is asked about without itself.
	a = portfolioExposure(t, v, queries.PortfolioExposureRequest{Portfolio: members3(spend(60), spend(30), spend(10)), ExposureRequest: queries.ExposureRequest{To: []string{"m1", "other"}}})
	wantMemberRows(t, a, `m1,other 0.33 0.33 mean 0.2: m1 0.5, m2 0.1`)
}

// slowPortfolioExposure asks about one member after the other and weighs what comes out, straight from the definition.
func slowPortfolioExposure(t rapid.TB, v *graph.View, req queries.PortfolioExposureRequest) map[string]map[string][2]queries.Interval {
	out := map[string]map[string][2]queries.Interval{}
	for _, m := range req.Portfolio {
		one := req.ExposureRequest
		one.Company = m.Company
		a, err := queries.Exposure(context.Background(), v, one)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range a.Items {
			if out[r.ID] == nil {
				out[r.ID] = map[string][2]queries.Interval{}
			}
			out[r.ID][m.Company] = [2]queries.Interval{*r.LossIfStopped, *r.FlowExposure}
		}
	}
	return out
}

// weighed is a measure by spend, by trying what the unknown spends may be: nothing, or nearly everything for one of them.
func weighed(p queries.Portfolio, of func(company string) queries.Interval) (low, high float64) {
	low, high = math.Inf(1), math.Inf(-1)
	try := func(spendOf func(m *queries.PortfolioMember) float64) {
		sum, l, h := 0.0, 0.0, 0.0
		for i := range p {
			s, x := spendOf(&p[i]), of(p[i].Company)
			sum, l, h = sum+s, l+s*x.Low, h+s*x.High
		}
		if sum > 0 {
			low, high = min(low, l/sum), max(high, h/sum)
		}
	}
	try(func(m *queries.PortfolioMember) float64 {
		if m.Spend == nil {
			return 0
		}
		return *m.Spend
	})
	for i := range p {
		if p[i].Spend == nil {
			try(func(m *queries.PortfolioMember) float64 {
				if m.Company == p[i].Company {
					return 1
				}
				return 0
			})
		}
	}
	return low, high
}

func drawPortfolio(t *rapid.T) queries.Portfolio {
	var p queries.Portfolio
	for _, c := range rapid.Permutation([]string{"a", "b", "c", "d", "e"}).Draw(t, "members")[:rapid.IntRange(1, 5).Draw(t, "how many")] {
		m := queries.PortfolioMember{Company: c}
		if rapid.IntRange(0, 2).Draw(t, "spend known") > 0 {
			m.Spend = spend(float64(rapid.IntRange(1, 100).Draw(t, "spend")))
		}
		p = append(p, m)
	}
	return p
}

func TestPortfolioExposureAgainstSlow(t *testing.T) {
	store := drawn.Open(t)
	rapid.Check(t, func(rt *rapid.T) {
		_, text := drawSupplies(rt)
		for _, c := range []string{"a", "b", "c", "d", "e"} {
			text += c + " kind=company country=" + rapid.SampledFrom([]string{"TW", "JP"}).Draw(rt, "country") + "\n"
		}
		v := drawn.ViewIn(t, store, drawn.Statements(t, text))
		req := queries.PortfolioExposureRequest{Portfolio: drawPortfolio(rt), ExposureRequest: queries.ExposureRequest{
			Over: rapid.SampledFrom([]string{"companies", "companies", "countries", "products"}).Draw(rt, "over"), Paths: -1,
			Sort: rapid.SampledFrom([]string{"lower", "upper"}).Draw(rt, "sort"), Undocumented: rapid.SampledFrom([]string{"unaffected", "worst"}).Draw(rt, "undocumented")}}
		if rapid.Bool().Draw(rt, "complete") {
			req.Assume = []string{"complete"}
		}
		want, got := slowPortfolioExposure(rt, v, req), portfolioExposure(rt, v, req)
		if len(got.Items) != len(want) || !got.Complete || *got.Total != len(want) {
			rt.Fatalf("%d rows, want %d\n%s", len(got.Items), len(want), text)
		}
		none := queries.Interval{}
		for i, r := range got.Items {
			for at, measure := range []*queries.Interval{r.LossIfStopped, r.FlowExposure} {
				low, high := weighed(req.Portfolio, func(c string) queries.Interval { return cmp.Or(want[r.ID][c][at], none) })
				if math.Abs(measure.Low-low) > 3e-9 || math.Abs(measure.High-high) > 3e-9 {
					rt.Fatalf("%s: %v, want %v to %v\n%s", r.ID, *measure, low, high, text)
				}
			}
			for _, m := range r.Members {
				if w := want[r.ID][m.Member.ID]; *m.LossIfStopped != w[0] || *m.FlowExposure != w[1] {
					rt.Fatalf("%s, %s: %v %v, want %v\n%s", r.ID, m.Member.ID, *m.LossIfStopped, *m.FlowExposure, w, text)
				}
			}
			if i > 0 && req.Sort == "lower" && slices.ContainsFunc(req.Portfolio, func(m queries.PortfolioMember) bool { return m.Spend != nil }) && r.LossIfStopped.Low > got.Items[i-1].LossIfStopped.Low {
				rt.Fatalf("order: %s", memberRows(got))
			}
		}
		// The first two rows alone, and the rest.
		if len(got.Items) > 2 {
			req.Limit = 2
			first := portfolioExposure(rt, v, req)
			req.Limit, req.Cursor = 0, first.NextCursor
			rest := portfolioExposure(rt, v, req)
			if memberRows(first)+memberRows(rest) != memberRows(got) {
				rt.Fatalf("in parts\n%s%swhole\n%s", memberRows(first), memberRows(rest), memberRows(got))
			}
		}
	})
}

// A portfolio of one member is the company: the same rows in the same order with the same numbers.
func TestPortfolioOfOneIsTheCompany(t *testing.T) {
	store := drawn.Open(t)
	rapid.Check(t, func(rt *rapid.T) {
		_, text := drawSupplies(rt)
		v := drawn.ViewIn(t, store, drawn.Statements(t, text+"a kind=company\n"))
		one := queries.ExposureRequest{Over: rapid.SampledFrom([]string{"companies", "products"}).Draw(rt, "over"), Sort: rapid.SampledFrom([]string{"lower", "upper"}).Draw(rt, "sort")}
		m := queries.PortfolioMember{Company: "a"}
		if rapid.Bool().Draw(rt, "spend known") {
			m.Spend = spend(rapid.Float64Range(0.01, 1e9).Draw(rt, "spend"))
		}
		got := portfolioExposure(rt, v, queries.PortfolioExposureRequest{Portfolio: queries.Portfolio{m}, ExposureRequest: one})
		one.Company = "a"
		want, err := queries.Exposure(context.Background(), v, one)
		if err != nil {
			rt.Fatal(err)
		}
		if len(got.Items) != len(want.Items) || got.Around != want.Around {
			rt.Fatalf("%d rows, want %d", len(got.Items), len(want.Items))
		}
		for i, r := range got.Items {
			w := want.Items[i]
			if r.ID != w.ID || r.Tier != w.Tier || *r.LossIfStopped != *w.LossIfStopped || *r.FlowExposure != *w.FlowExposure || *r.LossMean != *w.LossIfStopped {
				rt.Fatalf("row %d: %s %d %v %v, want %s %d %v %v", i, r.ID, r.Tier, *r.LossIfStopped, *r.FlowExposure, w.ID, w.Tier, *w.LossIfStopped, *w.FlowExposure)
			}
		}
	})
}

// The order of the rows does not matter, nor into how many rows a spend is split.
func TestPortfolioRowsDoNotMatter(t *testing.T) {
	store := drawn.Open(t)
	rapid.Check(t, func(rt *rapid.T) {
		v, _ := drawCompanies(t, rt, store)
		p := drawPortfolio(rt)
		want := portfolioExposure(rt, v, queries.PortfolioExposureRequest{Portfolio: p})
		var split queries.Portfolio
		for _, m := range p {
			if m.Spend != nil {
				cents := rapid.IntRange(0, int(*m.Spend*100)).Draw(rt, "cents")
				m.Spend, split = spend(float64(int(*m.Spend*100)-cents)/100), append(split, queries.PortfolioMember{Company: m.Company, Spend: spend(float64(cents) / 100)})
			}
			split = append(split, m)
		}
		split = rapid.Permutation(split).Draw(rt, "order")
		got := portfolioExposure(rt, v, queries.PortfolioExposureRequest{Portfolio: split})
		if fmt.Sprintf("%+v", jsonOf(rt, got.Items)) != fmt.Sprintf("%+v", jsonOf(rt, want.Items)) || fmt.Sprint(got.Portfolio.Spend) != fmt.Sprint(want.Portfolio.Spend) {
			rt.Fatalf("got\n%s\nwant\n%s", jsonOf(rt, got.Items), jsonOf(rt, want.Items))
		}
	})
}

func jsonOf(t rapid.TB, x any) string {
	t.Helper()
	text, err := json.Marshal(x)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// However early the time is over, what a portfolio is told is right, and what there was no time for is counted.
func TestPortfolioDeadlineAnywhere(t *testing.T) {
	v := drawn.View(t, vendors)
	p := members3(spend(60), spend(30), spend(10))
	whole := map[string]string{}
	for _, r := range portfolioExposure(t, v, queries.PortfolioExposureRequest{Portfolio: p}).Items {
		whole[r.ID] = r.Sentence
	}
	for looks := 0; ; looks++ {
		a, err := queries.PortfolioExposure(afterLooks(looks), v, queries.PortfolioExposureRequest{Portfolio: p})
		if err != nil {
			t.Fatalf("after %d looks: %v", looks, err)
		}
		for _, r := range a.Items {
			if r.Sentence != whole[r.ID] {
				t.Fatalf("after %d looks: %s", looks, r.Sentence)
			}
		}
		if a.Complete {
			if looks < 6 || len(a.Items) != 4 {
				t.Errorf("after %d looks %d rows", looks, len(a.Items))
			}
			break
		}
		if a.StoppedBecause != queries.StoppedByDeadline || a.LeftOut > 0 && (a.Total != nil || a.NextCursor != "") {
			t.Fatalf("after %d looks: %+v", looks, a)
		}
	}
	asked := 0
	for looks := 0; ; looks++ {
		a, err := queries.PortfolioTiers(afterLooks(looks), v, queries.MembersRequest{Portfolio: p}, queries.TiersRequest{})
		if err != nil {
			t.Fatalf("suppliers after %d looks: %v", looks, err)
		}
		if a.Complete {
			break
		}
		if a.StoppedBecause != queries.StoppedByDeadline || a.Total != nil || a.AskedOf < 3 && len(a.Warnings) == 0 {
			t.Fatalf("suppliers after %d looks: %+v", looks, a.Answer)
		}
		asked = max(asked, a.AskedOf)
	}
	if asked == 0 {
		t.Error("nobody was ever asked about before the time was over")
	}
}
