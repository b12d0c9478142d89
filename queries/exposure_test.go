package queries_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/tributarygraph/tributary/queries"
	"github.com/tributarygraph/tributary/queries/internal/drawn"
)

func exposure(t *testing.T, drawing string, req queries.ExposureRequest) *queries.ExposureAnswer {
	t.Helper()
	a, err := queries.Exposure(context.Background(), drawn.View(t, drawing), req)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// exposures writes the rows as "tier id loss-if-stopped flow", or "tier id revenue-lost".
func exposures(a *queries.ExposureAnswer) string {
	var b strings.Builder
	part := func(i *queries.Interval) string {
		if i.Low == i.High {
			return fmt.Sprintf("%.4g", i.Low)
		}
		return fmt.Sprintf("%.4g-%.4g", i.Low, i.High)
	}
	for _, r := range a.Items {
		fmt.Fprintf(&b, "%d %s ", r.Tier, r.ID)
		if r.RevenueLoss != nil {
			fmt.Fprintf(&b, "%s\n", part(r.RevenueLoss))
		} else {
			fmt.Fprintf(&b, "%s %s\n", part(r.LossIfStopped), part(r.FlowExposure))
		}
	}
	return b.String()
}

func wantExposures(t *testing.T, a *queries.ExposureAnswer, want string) {
	t.Helper()
	var lines []string
	for line := range strings.Lines(want) {
		if line = strings.TrimSpace(line); line != "" {
			lines = append(lines, line+"\n")
		}
	}
	if got := exposures(a); got != strings.Join(lines, "") {
		t.Errorf("got\n%swant\n%s", got, strings.Join(lines, ""))
	}
}

// The worked example of docs/queries/exposure.md: glass is half of what b needs of p, over two suppliers; and it is in
// two inputs of s1.
const glass = `
	glass kind=company name=Glass country=JP
	s1 kind=company name=One country=KR
	s2 kind=company name=Two country=TW
	b kind=company name=Buyer
	glass -> s1 : sheet share_of_input=0.4 essential=true
	glass -> s1 : fibre share_of_input=0.3 essential=true
	glass -> s2 : sheet share_of_input=0.6 essential=true
	s1 -> b : panel share_of_input=0.5 essential=true
	s2 -> b : panel share_of_input=0.5 essential=true
`

func TestExposureByHand(t *testing.T) {
	a := exposure(t, glass, queries.ExposureRequest{Company: "b"})
	// Loss: s1 loses max(0.4, 0.3) = 0.4, s2 0.6: 0.5*0.4 + 0.5*0.6. Flow: s1 takes 0.4 + 0.3: 0.5*0.7 + 0.5*0.6.
	wantExposures(t, a, `
		2 glass 0.5 0.65
		1 s1 0.5 0.5
		1 s2 0.5 0.5`)
	r := a.Items[0]
	if want := "If Glass stops, Buyer loses 50%: it needs panel, of which Two supplies 50% (2 of them are affected); Two loses 60%."; r.Sentence != want {
		t.Errorf("got  %s\nwant %s", r.Sentence, want)
	}
	if r.Gap != nil || len(r.Paths) != 1 || len(r.Paths[0].Companies) != 3 || len(r.Inputs) != 1 || r.Inputs[0].Flow.High != 0.65 {
		t.Errorf("%+v", r)
	}
	if a.Around != 3 || a.Asked != 3 || a.LookedAt != 3 || a.LeftOut != 0 || a.Entities.Companies["s1"].Name != "One" {
		t.Errorf("%+v", a)
	}
	wantExposures(t, exposure(t, glass, queries.ExposureRequest{Company: "b", To: []string{"s1", "s2"}}), `1 s1,s2 1 1`)
	wantExposures(t, exposure(t, glass, queries.ExposureRequest{Company: "b", ToCountry: "jp"}), `2 JP 0.5 0.65`)
	wantExposures(t, exposure(t, glass, queries.ExposureRequest{Company: "b", ToProduct: "sheet"}), `2 sheet 0.5 0.5`)
	wantExposures(t, exposure(t, glass, queries.ExposureRequest{Company: "b", Over: "countries"}), `
		2 JP 0.5 0.65
		1 KR 0.5 0.5
		1 TW 0.5 0.5`)
	wantExposures(t, exposure(t, glass, queries.ExposureRequest{Company: "b", Over: "products"}), `
		1 panel 1 1
		2 sheet 0.5 0.5
		2 fibre 0.15 0.15`)
	wantExposures(t, exposure(t, glass, queries.ExposureRequest{Company: "b", Country: "TW"}), `1 s2 0.5 0.5`)
}

// Unknown shares, with what would narrow each interval.
func TestExposureBounds(t *testing.T) {
	const drawing = `
		a -> b : p share_of_input=0.7 essential=true
		c -> b : p essential=true
		d -> b : q
		e -> c : r share_of_input=0.5 essential=true
		f -> b : s share_of_input=0.6`
	a := exposure(t, drawing, queries.ExposureRequest{Company: "b"})
	wantExposures(t, a, `
		1 a 0.7 0.7
		1 d 0-1 0-1
		1 f 0-0.6 0.6
		1 c 0-0.3 0-0.3
		2 e 0-0.15 0-0.15`)
	var gaps []string
	for _, r := range a.Items {
		if r.Gap != nil {
			gaps = append(gaps, r.ID+": "+r.Gap.Field+" "+r.Gap.Question)
		}
	}
	if got, want := strings.Join(gaps, "\n"), strings.Join([]string{
		"d: share_of_input What part of the q that b buys comes from d?",
		"f: essential Can b go on without s?",
		"c: share_of_input What part of the p that b buys comes from c?",
		"e: share_of_input What part of the p that b buys comes from c?"}, "\n"); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	wantExposures(t, exposure(t, drawing, queries.ExposureRequest{Company: "b", Assume: []string{"complete", "essential"}, Sort: "upper"}), `
		1 d 1 1
		1 a 0.7 0.7
		1 f 0.6 0.6
		1 c 0.3 0.3
		2 e 0.15 0.15`)
	// The certain part first: 60% of s may be without consequence, but is taken for certain.
	if got := a.Items[2].Sentence; !strings.HasPrefix(got, "If f stops, b loses at least 0%, at most 60%: it needs s, of which f supplies 60%; nobody states whether it can do without. What would narrow it:") {
		t.Error(got)
	}
}

// A loop through b itself, parallel relations, and dates.
func TestExposureLoopsAndDates(t *testing.T) {
	const drawing = `
		a -> b : x share_of_input=0.5 essential=true
		b -> c : y share_of_input=0.4 essential=true
		c -> b : x share_of_input=0.5 essential=true
		a -> c : z share_of_input=1 essential=true valid_to=2024-01-01
		a -> c : w share_of_input=0.1 essential=true`
	// x = 0.5 + 0.5 c, c = max(0.1, 0.4 x) for the loss; c = 0.1 + 0.4 x for the flow: x = 0.625, and 0.55/0.8.
	wantExposures(t, exposure(t, drawing, queries.ExposureRequest{Company: "b", Scope: queries.Scope{AsOf: "2025"}}), `
		1 a 0.625 0.6875
		1 c 0.5 0.5`)
	wantExposures(t, exposure(t, drawing, queries.ExposureRequest{Company: "b", Scope: queries.Scope{AsOf: "2023"}}), `
		1 a 1 1
		1 c 0.5 0.5`)
}

// What is needed for one line says nothing of another.
func TestExposureOfALine(t *testing.T) {
	const drawing = `
		cool -> b : coolant used_in=rack share_of_input=1 essential=true
		mem -> b : memory used_in=gpu share_of_input=0.5 essential=true
		b -> x : rack
		b -> y : gpu`
	wantExposures(t, exposure(t, drawing, queries.ExposureRequest{Company: "b", Line: "rack"}), `
		1 cool 1 1
		1 mem 0 0`)
	a := exposure(t, drawing, queries.ExposureRequest{Company: "b"})
	wantExposures(t, a, `
		1 cool 0-1 0-1
		1 mem 0-0.5 0-0.5`)
	if l := a.Items[0].Lines; len(l) != 2 || l[0].Product.ID != "gpu" || l[0].Loss.High != 0 || l[1].Loss.Low != 1 {
		t.Errorf("%+v", l)
	}
	if _, err := queries.Exposure(context.Background(), drawn.View(t, drawing), queries.ExposureRequest{Company: "b", Line: "coolant"}); err == nil {
		t.Error("no error")
	}
}

const orders = `
	fabless kind=company name=Fabless
	foundry kind=company name=Foundry ticker=XTAI:2330 revenue=1000 currency=TWD period=2024
	gas kind=company name=Gas ticker=XSHE:300001;XHKG:1 revenue=10 currency=CNY period=2023
	gas kind=company name=Gas revenue=20 currency=CNY period=2024
	tools kind=company name=Tools ticker=XAMS:T
	foundry -> fabless : wafer revenue_share=0.25
	foundry -> phones : wafer revenue_share=0.5
	gas -> foundry : gas revenue_share=0.4
	gas -> fabless : gas revenue_share=0.1
	tools -> foundry : tool
	tools -> gas : tool revenue_share=0.2
	tools -> tools : tool
`

// Fabless cuts its orders by a fifth: foundry loses 0.25 of that; gas 0.4 of what foundry loses and 0.1 of the cut; tools
// 0.2 of what gas loses, and at most 0.8 of what foundry does. What foundry sells to nobody documented is not lost.
func TestRevenueLostByACut(t *testing.T) {
	a := exposure(t, orders, queries.ExposureRequest{Company: "fabless", Side: "revenue", Cut: 0.2})
	wantExposures(t, a, `
		1 foundry 0.05
		1 gas 0.04
		2 tools 0.008-0.048`)
	if a.Items[0].Sentence == "" || len(a.Items[1].Money) != 1 || a.Items[1].Money[0].Low != 0.8 || a.Items[1].Money[0].Period != "2024" {
		t.Errorf("%+v", a.Items[1])
	}
	wantExposures(t, exposure(t, orders, queries.ExposureRequest{Company: "fabless", Side: "revenue", Cut: 0.2, ListedIn: "CN"}), `1 gas 0.04`)
	wantExposures(t, exposure(t, orders, queries.ExposureRequest{Company: "fabless", Side: "revenue", Cut: 0.2, ListedIn: "NL"}), `2 tools 0.008-0.048`)
}

// Money is a part of the latest revenue that had begun by the day.
func TestMoneyOfTheDay(t *testing.T) {
	for day, want := range map[string]float64{"2023-06": 0.4, "2024-06": 0.8, "any": 0.8} {
		a := exposure(t, orders, queries.ExposureRequest{Company: "fabless", Side: "revenue", Cut: 0.2, Scope: queries.Scope{AsOf: day}})
		if m := a.Items[1].Money; len(m) != 1 || m[0].Low != want {
			t.Errorf("%s: %+v, want %v CNY", day, m, want)
		}
	}
}

func TestRevenueExposure(t *testing.T) {
	wantExposures(t, exposure(t, orders, queries.ExposureRequest{Company: "tools", Side: "revenue"}), `
		1 gas 0.2
		1 foundry 0.08-0.88
		2 phones 0.04-0.44
		2 fabless 0.04-0.24`)
}

// sharedCountdown is a countdown that several goroutines may look at.
type sharedCountdown struct {
	context.Context
	looks atomic.Int64
}

func newSharedCountdown(looks int) *sharedCountdown {
	c := &sharedCountdown{Context: context.Background()}
	c.looks.Store(int64(looks))
	return c
}

func (c *sharedCountdown) Err() error {
	if c.looks.Add(-1) < 0 {
		return context.DeadlineExceeded
	}
	return nil
}

// Pages joined are the whole, though what a page does not reach is not worked out; and however early the time is over,
// an answer says what it left out.
func TestExposurePagesAndDeadlines(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	var text strings.Builder
	for range 90 {
		from, to := r.IntN(25), r.IntN(25)
		fmt.Fprintf(&text, "c%02d -> c%02d : p%d essential=%v", from, to, r.IntN(4), r.IntN(3) > 0)
		if r.IntN(2) == 0 {
			fmt.Fprintf(&text, " share_of_input=%.2f", r.Float64()/2)
		}
		if r.IntN(2) == 0 {
			fmt.Fprintf(&text, " revenue_share=%.2f", r.Float64()/3)
		}
		text.WriteString("\n")
	}
	v := drawn.View(t, text.String())
	for _, req := range []queries.ExposureRequest{{}, {Sort: "upper"}, {Assume: []string{"complete", "essential"}}, {Over: "products"}, {Side: "revenue"}, {Side: "revenue", Cut: 0.5}} {
		req.Company = "c03"
		whole, err := queries.Exposure(context.Background(), v, req)
		if err != nil {
			t.Fatal(err)
		}
		var got string
		req.Limit = 4
		for range len(whole.Items) {
			a, err := queries.Exposure(context.Background(), v, req)
			if err != nil {
				t.Fatal(err)
			}
			got += exposures(a)
			if req.Cursor = a.NextCursor; req.Cursor == "" {
				break
			}
		}
		if want := exposures(whole); got != want || len(whole.Items) < 4 {
			t.Errorf("%+v: got\n%swant\n%s", req, got, want)
		}
		req.Page = queries.Page{}
		for looks := 0; ; looks += 7 {
			a, err := queries.Exposure(newSharedCountdown(looks), v, req)
			if err != nil {
				t.Fatalf("after %d looks: %v", looks, err)
			}
			if a.Complete {
				break
			}
			if a.StoppedBecause != queries.StoppedByDeadline || a.LeftOut != a.Asked-a.LookedAt {
				t.Fatalf("after %d looks: %+v", looks, a.Answer)
			}
		}
	}
}

// The loss if a company stops is what the disruption of it says, everywhere upstream.
func TestExposureIsTheDisruption(t *testing.T) {
	v := drawn.View(t, cooling+"\nx -> hynix : tool share_of_input=0.5 essential=true\nnvidia -> x : gpu\n")
	for _, assume := range [][]string{nil, {"complete"}, {"essential", "complete"}} {
		a, err := queries.Exposure(context.Background(), v, queries.ExposureRequest{Company: "nvidia", Assume: assume})
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range a.Items {
			req := stop(r.ID)
			req.Assume = assume
			d, err := queries.Disruption(context.Background(), v, req)
			if err != nil {
				t.Fatal(err)
			}
			want := "0 0"
			for _, row := range d.Items {
				if row.ID == "nvidia" {
					want = fmt.Sprint(row.CompanyLoss.Low, row.CompanyLoss.High)
				}
			}
			if got := fmt.Sprint(r.LossIfStopped.Low, r.LossIfStopped.High); got != want {
				t.Errorf("%s: %s, the disruption says %s", r.ID, got, want)
			}
		}
	}
}

// Suppliers of p that serve different lines: a share of all the p that b buys tells nothing of what one line needs. What is
// stated is not asked for.
func TestExposureGapOfALine(t *testing.T) {
	a := exposure(t, `
		a -> b : p share_of_input=0.7 essential=true used_in=x
		c -> b : p essential=true used_in=y
		b -> buyer : x
		b -> buyer : y`, queries.ExposureRequest{Company: "b", To: []string{"a"}})
	r := a.Items[0]
	if r.Gap == nil || r.Gap.Question != "a has 70% of all the p that b buys: what part has it in what each product of b needs of it?" {
		t.Errorf("%+v", r.Gap)
	}
	if !strings.Contains(r.Sentence, "of which a supplies 70% over all its lines, and nobody states how much for this one") {
		t.Error(r.Sentence)
	}
}
