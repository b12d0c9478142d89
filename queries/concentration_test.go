package queries_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/tributarygraph/tributary/graph"
	"github.com/tributarygraph/tributary/queries"
	"github.com/tributarygraph/tributary/queries/internal/drawn"
)

func concentration(t testing.TB, v *graph.View, req queries.ConcentrationRequest) *queries.ConcentrationAnswer {
	t.Helper()
	return ask(t, queries.Concentration, v, req)
}

// indexText is a row as "of product low..high(point) basis [groups] unknown ->rest", the shares in percent.
func indexText(r *queries.ConcentrationRow) string {
	text := r.Of
	if r.Product != nil {
		text += " " + r.Product.ID
	}
	if r.HHI == nil {
		return text + " null"
	}
	text += fmt.Sprintf(" %.0f..%.0f", r.HHI.Low, r.HHI.High)
	if r.HHI.Point != nil {
		text += fmt.Sprintf("(%.0f)", *r.HHI.Point)
	}
	text += " " + r.HHI.Basis
	if r.HHI.Overstated {
		text += " overstated"
	}
	if r.HHI.Disputed {
		text += " disputed"
	}
	share := func(name string, x *queries.Interval) {
		text += fmt.Sprintf(" %s:%.0f", name, 100*x.Low)
		if x.High > x.Low+1e-12 {
			text += fmt.Sprintf("-%.0f", 100*x.High)
		}
	}
	for _, g := range r.Groups {
		share(g.Group.Name, g.Share)
	}
	if r.UnknownGroup != nil {
		share("?", r.UnknownGroup)
	}
	if r.RestTo != nil {
		text += " ->" + r.RestTo.ID
	}
	if r.ListComplete {
		text += " complete"
	}
	return text
}

func indexTexts(a *queries.ConcentrationAnswer) string {
	var out []string
	for i := range a.Items {
		if a.Items[i].HHI != nil || len(a.Items) == 1 {
			out = append(out, indexText(&a.Items[i]))
		}
	}
	return strings.Join(out, "; ")
}

const countries = "a country=TW\n b country=US\n c country=US\n n name=N\n"

func TestConcentration(t *testing.T) {
	bySupplier, byCountry := queries.ConcentrationRequest{}, queries.ConcentrationRequest{By: "country"}
	byOrigin := queries.ConcentrationRequest{By: "country", CountryBy: "origin"}
	assumed := func(r queries.ConcentrationRequest) queries.ConcentrationRequest { r.Assume = "complete"; return r }
	for _, test := range []struct {
		name, drawing string
		req           queries.ConcentrationRequest
		want          string
	}{
		// .5^2 + .2^2 = .29; with .3 more for Taiwan .8^2 + .2^2 = .68
		{"Taiwan .5, United States .2", countries + "a -> x : p share_of_input=0.5\n b -> x : p share_of_input=0.2", byCountry,
			"input p 2900..6800 residual TW:50-80 US:20-50 ->TW"},
		{"the same by supplier: the rest is of a new one", countries + "a -> x : p share_of_input=0.5\n b -> x : p share_of_input=0.2", bySupplier,
			"input p 2900..3800 residual a:50 b:20"},
		{"a third without a share", countries + "a -> x : p share_of_input=0.5\n b -> x : p share_of_input=0.2\n c -> x : p", bySupplier,
			"input p 2900..3800 residual a:50 b:20 c:0-30"},
		{"and there is nobody else: all is known", countries + "a -> x : p share_of_input=0.5\n b -> x : p share_of_input=0.2\n c -> x : p", assumed(bySupplier),
			"input p 3800..3800 stated a:50 c:30 b:20 complete"},
		{"which makes half and half of countries", countries + "a -> x : p share_of_input=0.5\n b -> x : p share_of_input=0.2\n c -> x : p", assumed(byCountry),
			"input p 5000..5000 stated TW:50 US:50 complete"},
		// .3 between three: .25 + .04 + 3 * .01
		{"three without a share, a claim says that these are all", countries + "source s\n a -> x : p share_of_input=0.5 complete_list=true source=s period=2024\n b -> x : p share_of_input=0.2\n c -> x : p\n d -> x : p\n e -> x : p", bySupplier,
			"input p 3200..3800 residual a:50 b:20 c:0-30 d:0-30 e:0-30 complete"},
		{"said to be complete, but shares are missing", countries + "a -> x : p share_of_input=0.5\n b -> x : p share_of_input=0.2", assumed(byCountry),
			"input p 2900..6800 residual TW:50-80 US:20-50 ->TW"},
		{"the only one documented", countries + "a -> x : p", bySupplier, "input p 0..10000 sole_documented a:0-100"},
		{"and the only one there is", countries + "a -> x : p", assumed(bySupplier), "input p 10000..10000 sole_documented a:100 complete"},
		{"overstated", countries + "a -> x : p share_of_input=0.9\n b -> x : p share_of_input=0.6", bySupplier, "input p 5200..5200(5200) stated overstated a:60 b:40"},
		// least: .3^2 + .4^2; most: .5^2 + .4^2 + .1^2
		{"disputed", countries + "a -> x : p share_of_input=0.5 period=2024 basis=filing\n a -> x : p share_of_input=0.3 period=2024 dataset=o\n b -> x : p share_of_input=0.4", bySupplier,
			"input p 2500..4200 residual disputed b:40 a:30-50 ->a"},
		// a .2 to .8 beside .5: at .8 both are scaled by 1.3 to .615 and .385; at .2 they are .2 and .5 and .3 is left
		{"disputed and overstated", countries + "a -> x : p share_of_input=0.8 period=2024 basis=filing\n a -> x : p share_of_input=0.2 period=2024 dataset=o\n b -> x : p share_of_input=0.5", bySupplier,
			"input p 1879..5266(5266) residual overstated disputed b:38-50 a:20-62 ->a"},
		{"values: at most these parts of it, and anything else", countries + "a -> x : p value=30 currency=USD\n b -> x : p value=10 currency=USD", bySupplier,
			"input p 0..10000(6250) documented_value a:0-75 b:0-25"},
		{"values of all there are", countries + "a -> x : p value=30 currency=USD\n b -> x : p value=10 currency=USD", assumed(bySupplier),
			"input p 6250..6250(6250) documented_value a:75 b:25 complete"},
		{"a country that is not known is one, and may be any", countries + "a -> x : p share_of_input=0.6\n n -> x : p share_of_input=0.4", byCountry,
			"input p 5200..10000 stated TW:60-100 ?:40 ->TW"},
		{"origin is not headquarters", countries + "a -> x : p share_of_input=0.6 origin_country=MY\n b -> x : p share_of_input=0.4", byOrigin,
			"input p 3600..10000 stated MY:60-100 ?:40 ->MY"},
		{"inputs apart, the more concentrated first", countries + "a -> x : p share_of_input=0.5\n b -> x : q share_of_input=0.7\n a -> x\n c -> x : p share_of_input=0.5", bySupplier,
			"input p 5000..5000(5000) stated a:50 c:50; input q 4900..5800 residual b:70; input 0..10000 sole_documented a:0-100"},
		{"what does not flow does not count", countries + "a -> x : p share_of_input=0.5\n b -> x : p share_of_input=0.5 stage=ended\n c -> x : p share_of_input=0.5 valid_from=2090", bySupplier,
			"input p 2500..5000 residual a:50"},
		{"cost shares add inputs up", countries + "a -> x : p cost_share=0.3\n a -> x : q cost_share=0.1\n b -> x : q cost_share=0.2", queries.ConcentrationRequest{},
			"cost 2000..6800 residual a:40-80 b:20-60 ->a; input p 0..10000 sole_documented a:0-100; input q 0..10000 residual a:0-100 b:0-100"},
		{"by product", countries + "a -> x : p cost_share=0.3\n a -> x : q cost_share=0.1\n b -> x : q cost_share=0.1\n c -> x : r", queries.ConcentrationRequest{By: "product"},
			"cost 1300..6800 residual p:30-80 q:20-70 r:0-50 ->p"},
		{"by product without cost shares", countries + "a -> x : p share_of_input=0.3", queries.ConcentrationRequest{By: "product"}, "cost null"},
	} {
		t.Run(test.name, func(t *testing.T) {
			test.req.Company = "x"
			a := concentration(t, drawn.View(t, test.drawing), test.req)
			if got := indexTexts(a); got != test.want {
				t.Errorf("got  %s\nwant %s", got, test.want)
			}
		})
	}
}

func TestConcentrationTells(t *testing.T) {
	v := drawn.View(t, countries+`
		product hbm name=HBM
		product hbm3e name=HBM3E parent=hbm
		a -> x : hbm3e share_of_input=0.5 period=2024
		b -> x : hbm3e share_of_input=0.2
		n -> x : hbm3e
		a -> x : hbm`)
	a := concentration(t, v, queries.ConcentrationRequest{Company: "x", By: "country", Product: "hbm"})
	row := a.Items[0]
	both := concentration(t, drawn.View(t, countries+"b -> x : p\n c -> x : p"), queries.ConcentrationRequest{Company: "x", By: "country", Assume: "complete"})
	if got := indexText(&both.Items[1]); got != "input p 10000..10000 stated US:100 complete" {
		t.Errorf("two suppliers of one country, and no others: %s", got)
	}
	if want := "x's intake of HBM3E, by country of headquarters: index at least 2,900, at most 6,800 of 10,000. Known: TW at least 50%, US at least 20%. 30% cannot be told; the index would be greatest with as much of it as may be in TW."; row.Summary != want {
		t.Errorf("summary: %s", row.Summary)
	}
	var questions []string
	for _, g := range row.Gaps {
		questions = append(questions, fmt.Sprintf("%s %.1f %s", g.Kind, g.AtStake, g.Question))
	}
	if got, want := strings.Join(questions, "; "), "share 0.3 Which part of its HBM3E does x get from N?; list 0.3 Has x other suppliers of its HBM3E?; country 0.3 In which country does N have its headquarters?"; got != want {
		t.Errorf("gaps: %s", got)
	}
	if len(a.Warnings) != 1 || !strings.Contains(a.Warnings[0], "HBM3E is a kind of HBM") {
		t.Errorf("warnings: %q", a.Warnings)
	}
	if row.Counted.Low < 3333 || row.Counted.High > 5556 || row.Counted.Point != nil {
		t.Errorf("counted: %+v", row.Counted)
	}
	if a.Coverage.Relations != 4 || a.Coverage.Shares != 2 || *a.Total != 2 {
		t.Errorf("%+v", a)
	}
	page := concentration(t, v, queries.ConcentrationRequest{Company: "x", Page: queries.Page{Limit: 1}})
	var got []string
	for {
		got = append(got, indexTexts(page))
		if page.NextCursor == "" {
			break
		}
		page = concentration(t, v, queries.ConcentrationRequest{Company: "x", Page: queries.Page{Limit: 1, Cursor: page.NextCursor}})
	}
	if want := "cost null|input hbm3e 2900..3800 residual a:50 b:20 N:0-30|input hbm 0..10000 sole_documented a:0-100"; strings.Join(got, "|") != want {
		t.Errorf("pages: %s", strings.Join(got, "|"))
	}
	for _, bad := range []queries.ConcentrationRequest{{Company: "x", By: "sector"}, {Company: "x", CountryBy: "making"}, {Company: "x", Tier: -1}, {Company: "x", Tier: 101},
		{Company: "x", Tier: 2, By: "product"}, {Company: "x", Tier: 2, Product: "hbm"}, {Company: "x", Assume: "so"}} {
		if _, err := queries.Concentration(context.Background(), v, bad); !errors.Is(err, graph.ErrInvalid) {
			t.Errorf("%+v: %v", bad, err)
		}
	}
	if a := concentration(t, v, queries.ConcentrationRequest{Company: "a"}); len(a.Items) != 0 || !a.Complete {
		t.Errorf("without suppliers: %+v", a)
	}
	for looks := 0; ; looks++ {
		a, err := queries.Concentration(afterLooks(looks), v, queries.ConcentrationRequest{Company: "x"})
		if err != nil {
			t.Fatalf("after %d looks: %v", looks, err)
		}
		if a.Complete {
			break
		}
		if a.StoppedBecause != queries.StoppedByDeadline || a.NextCursor != "" || a.Total != nil {
			t.Fatalf("after %d looks: %+v", looks, a)
		}
	}
	over, cancel := context.WithDeadline(context.Background(), time.Unix(0, 0))
	defer cancel()
	if _, err := queries.Concentration(over, v, queries.ConcentrationRequest{Company: "x"}); err != nil {
		t.Error(err)
	}
}

// x pays a .5 and b .2 of its cost. a pays c .4 and d .5, b pays c .1; a buys from itself, c from x.
//
//	two hops: c .5*.4 + .2*.1 = .22, d .25, a .5*.05 = .025. Known .495.
//	least .22^2 + .25^2 + .025^2 = .111525; most, with .505 more for d, .22^2 + .755^2 + .025^2 = .61905
const traced = `
	a country=TW
	c country=JP
	d country=US
	a -> x : p cost_share=0.5
	b -> x : q cost_share=0.2
	c -> a cost_share=0.4
	d -> a cost_share=0.5
	a -> a cost_share=0.05
	c -> b cost_share=0.1 origin_country=MY
	e -> b
	x -> c cost_share=0.5`

func TestConcentrationThroughTiers(t *testing.T) {
	v := drawn.View(t, traced)
	for _, test := range []struct {
		req  queries.ConcentrationRequest
		want string
	}{
		{queries.ConcentrationRequest{Tier: 2}, "cost 1115..6190 residual d:25-76 c:22-73 a:2-53 ->d"},
		// c's share goes back to x: .11; a's .025 to c .01, d .0125 and a .00125. At most .97625^2 + .000257.
		{queries.ConcentrationRequest{Tier: 3}, "cost 124..9533 residual x:11-98 d:1-88 c:1-88 a:0-87 ->x"},
		{queries.ConcentrationRequest{Tier: 4}, "cost 35..9451 residual a:6-97 b:2-94 x:1-92 d:0-92 c:0-92 ->a"},
		{queries.ConcentrationRequest{Tier: 2, By: "country"}, "cost 1115..6190 residual US:25-76 JP:22-73 TW:2-53 ->US; companies 3333..5556 documented_count JP:33-67 US:33-67 ?:33 ->JP"},
		{queries.ConcentrationRequest{Tier: 2, By: "country", CountryBy: "origin"}, "cost 4..10000 residual MY:2-100 ?:48 ->MY; relations 625..10000 documented_count MY:25-100 ?:75 ->MY"},
	} {
		test.req.Company = "x"
		got := indexTexts(concentration(t, v, test.req))
		if got != test.want {
			t.Errorf("tier %d by %s %s:\ngot  %s\nwant %s", test.req.Tier, test.req.By, test.req.CountryBy, got, test.want)
		}
	}
	if a := concentration(t, drawn.View(t, "a -> x cost_share=0.5\n b -> a"), queries.ConcentrationRequest{Company: "x", Tier: 2}); a.Items[0].HHI != nil || a.Items[0].HHIReason == "" {
		t.Errorf("a hop without a cost share: %+v", a.Items)
	}
}

// world is who supplies x with p, as it is.
type world struct {
	share   []float64
	country []int // of headquarters
}

// index is the true index by supplier and by country.
func (w *world) index() (bySupplier, byCountry float64) {
	countries := [3]float64{}
	for i, s := range w.share {
		bySupplier += s * s
		countries[w.country[i]] += s
	}
	for _, s := range countries {
		byCountry += s * s
	}
	return 10_000 * bySupplier, 10_000 * byCountry
}

// told is how much of a supplier is documented: nothing, that it is one, also its share, also its country.
type told int

const (
	toldNothing told = iota
	toldName
	toldShare
	toldDispute // two shares, one of them right
)

func (w *world) drawing(t *rapid.T, tells []told, countries []bool) (out []graph.Statement) {
	codes := []string{"TW", "US", "JP"}
	for i, tell := range tells {
		if tell == toldNothing {
			continue
		}
		s := drawn.Supplies(name(i), "x", "p")
		if tell >= toldShare {
			s.Fields = []graph.Field{{ID: graph.FieldShareOfInput, Number: w.share[i]}}
		}
		out = append(out, s)
		if tell == toldDispute {
			other := drawn.Supplies(name(i), "x", "p")
			other.Dataset = "other"
			other.Fields = []graph.Field{{ID: graph.FieldShareOfInput, Number: min(1, w.share[i]*0.5)}}
			out = append(out, other)
		}
		if countries[i] {
			company := graph.Statement{Key: graph.Key{RelationKey: graph.RelationKey{Kind: graph.KindCompany, From: name(i)}, Dataset: "drawn"}}
			company.Fields = []graph.Field{{ID: graph.FieldCountry, Text: codes[w.country[i]]}}
			out = append(out, company)
		}
	}
	return out
}

// The truth, drawn at random and then partly hidden, lies within the bounds; and learning one more share, or country,
// never widens them.
func TestConcentrationBoundsHold(t *testing.T) {
	store := drawn.Open(t)
	rapid.Check(t, func(rt *rapid.T) {
		n := rapid.IntRange(1, 6).Draw(rt, "suppliers")
		w := &world{}
		sum := 0.0
		for range n {
			s := float64(rapid.IntRange(1, 20).Draw(rt, "share"))
			w.share, sum = append(w.share, s), sum+s
			w.country = append(w.country, rapid.IntRange(0, 2).Draw(rt, "country"))
		}
		tells, countries := make([]told, n), make([]bool, n)
		for i := range w.share {
			w.share[i] /= sum
			tells[i] = told(rapid.IntRange(0, 3).Draw(rt, "told"))
			countries[i] = rapid.Bool().Draw(rt, "told country")
		}
		all := !slices.Contains(tells, toldNothing)
		bySupplier, byCountry := w.index()
		ask := func(assume string) (out [2]*queries.Interval) {
			v := drawn.ViewIn(t, store, w.drawing(rt, tells, countries))
			if _, found := v.Find(graph.KindCompany, "x"); !found {
				return out
			}
			for i, by := range []string{"supplier", "country"} {
				a := concentration(t, v, queries.ConcentrationRequest{Company: "x", By: by, Assume: assume})
				row := a.Items[len(a.Items)-1] // the row over all inputs is the first
				out[i] = row.HHI
				if truth := [2]float64{bySupplier, byCountry}[i]; row.HHI.Low > truth+1e-6 || row.HHI.High < truth-1e-6 {
					rt.Fatalf("by %s, assume %q: %v is not in %+v", by, assume, truth, row.HHI)
				}
				if p := row.HHI.Point; p != nil && (*p < row.HHI.Low || *p > row.HHI.High) {
					rt.Fatalf("%+v", row.HHI)
				}
			}
			return out
		}
		before := ask("")
		if all {
			ask("complete")
		}
		i := rapid.IntRange(0, n-1).Draw(rt, "learned")
		if tells[i] == toldNothing {
			return
		}
		tells[i], countries[i] = toldShare, countries[i] || rapid.Bool().Draw(rt, "learned country")
		for by, after := range ask("") {
			if b := before[by]; after.Low < b.Low-1e-6 || after.High > b.High+1e-6 {
				rt.Fatalf("learned more of %d: %+v became %+v", i, b, after)
			}
		}
	})
}

// Scaling what x buys of everything changes nothing; nor does the order in which it is told.
func TestConcentrationOfValues(t *testing.T) {
	one := drawn.View(t, "a -> x : p value=30 currency=USD\n b -> x : p value=10 currency=USD\n c -> x : p value=5 currency=USD")
	ten := drawn.View(t, "c -> x : p value=50 currency=USD\n a -> x : p value=300 currency=USD\n b -> x : p value=100 currency=USD")
	req := queries.ConcentrationRequest{Company: "x", Assume: "complete"}
	a, b := concentration(t, one, req).Items[1].HHI, concentration(t, ten, req).Items[1].HHI
	if math.Abs(a.Low-b.Low) > 1e-9 || math.Abs(*a.Point-*b.Point) > 1e-9 || math.Abs(a.Low-1e4*(30*30+10*10+5*5)/(45.0*45)) > 1e-9 {
		t.Errorf("%+v, %+v", a, b)
	}
}

func TestConcentrationOfAPortfolio(t *testing.T) {
	v := drawn.View(t, traced)
	ask := func(req queries.ConcentrationRequest, members ...queries.PortfolioMember) *queries.ConcentrationAnswer {
		req.Portfolio = members
		return concentration(t, v, req)
	}
	usd := func(company string, x float64) queries.PortfolioMember {
		return queries.PortfolioMember{Company: company, Spend: spend(x), Currency: "USD"}
	}
	byCountry := queries.ConcentrationRequest{By: "country"}
	for _, test := range []struct {
		name string
		got  *queries.ConcentrationAnswer
		want string
	}{
		// a in Taiwan, c in Japan, d in the United States; a and c have rows of their own, by their cost shares
		{"all spends are known", ask(byCountry, usd("a", 60), usd("c", 25), usd("d", 15)),
			"spend 4450..4450(4450) stated TW:60 JP:25 US:15 complete; cost 4125..4650 residual US:50-55 JP:40-45 TW:5-10 ->US; cost 2500..10000 residual ?:50"},
		// a half, b half, whose country is not known: in two countries, or in one
		{"a country is not known", ask(queries.ConcentrationRequest{By: "country", Page: queries.Page{Limit: 1}}, usd("a", 5), usd("b", 5)), "spend 5000..10000 stated TW:50-100 ?:50 ->TW complete"},
		{"a spend is not known", ask(queries.ConcentrationRequest{Page: queries.Page{Limit: 1}}, usd("d", 60), usd("e", 40), queries.PortfolioMember{Company: "b"}),
			"spend 3333..10000 residual b:0-100 d:0-60 e:0-40 complete"},
		{"two currencies: none is known", ask(queries.ConcentrationRequest{Page: queries.Page{Limit: 1}}, usd("d", 60), queries.PortfolioMember{Company: "e", Spend: spend(4), Currency: "EUR"}),
			"spend 5000..10000 residual d:0-100 e:0-100 complete"},
		// .6 of a: c .24, d .3, a .03; .4 of b: c .04
		{"traced back", ask(queries.ConcentrationRequest{Tier: 2}, usd("a", 60), usd("b", 40)), "cost 1693..5554 residual d:30-69 c:28-67 a:3-42 ->d"},
		{"counted", ask(queries.ConcentrationRequest{Tier: 2, By: "country"}, usd("a", 60), usd("b", 40)),
			"cost 1693..5554 residual US:30-69 JP:28-67 TW:3-42 ->US; companies 3333..5556 documented_count JP:33-67 US:33-67 ?:33 ->JP"},
		{"nobody is found", ask(byCountry, usd("nobody", 1)), ""},
	} {
		if got := indexTexts(test.got); got != test.want {
			t.Errorf("%s:\ngot  %s\nwant %s", test.name, got, test.want)
		}
		if test.got.Company != nil || test.got.Portfolio == nil {
			t.Errorf("%s: %+v", test.name, test.got)
		}
	}
	for _, bad := range []queries.ConcentrationRequest{{Company: "x"}, {By: "product"}, {Product: "p"}, {Assume: "complete"}, {By: "country", CountryBy: "origin"}} {
		bad.Portfolio = queries.Portfolio{{Company: "a"}}
		if _, err := queries.Concentration(context.Background(), v, bad); !errors.Is(err, graph.ErrInvalid) {
			t.Errorf("%+v: %v", bad, err)
		}
	}
}
