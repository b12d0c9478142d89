package queries_test

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/tributarygraph/tributary/queries"
	"github.com/tributarygraph/tributary/queries/internal/drawn"
)

func gapsOf(t *testing.T, drawing string, req queries.GapsRequest) *queries.GapsAnswer {
	t.Helper()
	a, err := queries.Gaps(context.Background(), drawn.View(t, drawing), req)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// gapList writes the rows as "value first last field asked relation".
func gapList(a *queries.GapsAnswer) string {
	var b strings.Builder
	for _, r := range a.Items {
		fmt.Fprintf(&b, "%.5g %.5g %.5g %s %s %s\n", r.Value, r.First, r.Last, r.Field, r.Asked.ID, strings.ReplaceAll(strings.Join(r.Relations, " "), "supplies~", ""))
	}
	return b.String()
}

func wantGaps(t *testing.T, a *queries.GapsAnswer, want string) {
	t.Helper()
	var lines []string
	for line := range strings.Lines(want) {
		if line = strings.TrimSpace(line); line != "" {
			lines = append(lines, line+"\n")
		}
	}
	if got := gapList(a); got != strings.Join(lines, "") {
		t.Errorf("got\n%swant\n%s", got, strings.Join(lines, ""))
	}
}

// The worked example of docs/queries/gaps.md. If a stops, b loses at least 0, at most the half that c leaves; if c
// stops, exactly a half. Whatever a's share is, knowing it leaves nothing open: the width of one of two exposures falls by
// 0.5. That the list is complete would say as much, that it is not nothing at all: half of that.
const halfKnown = `
	a kind=company name=Alpha
	b kind=company name=Buyer
	product p name=Pumps
	a -> b : p essential=true
	c -> b : p essential=true share_of_input=0.5`

func TestGapsByHand(t *testing.T) {
	a := gapsOf(t, halfKnown, queries.GapsRequest{Company: "b"})
	wantGaps(t, a, `
		0.25 0.25 0.25 share_of_input a a~b~p
		0.125 0.125 0.125 complete_list b a~b~p`)
	r := a.Items[0]
	if r.Question != "What part of the Pumps that Buyer buys comes from you?" || r.Present != "not stated: at most 50%, which the others leave" ||
		r.Why != "alone it would narrow what Buyer loses if Alpha stops from 0–50% to about 25%" {
		t.Errorf("%+v", r)
	}
	if r := a.Items[1]; r.Question != "Are Alpha and c all your suppliers of Pumps?" || len(r.Suppliers) != 2 || r.Supplier != nil {
		t.Errorf("%+v", r)
	}
	if len(a.Exposures) != 2 || a.Exposures[0].ID != "c" || a.Facts != 2 || a.Solved != 2 || a.Around != 2 {
		t.Errorf("%+v", a)
	}
}

// Of a sole supplier nothing is known: if it stops, b loses anything. Its share alone halves that on average. Whether the
// input is essential, and whether the list is complete, says nothing alone; beside the others it does.
func TestGapsNeededTogether(t *testing.T) {
	a := gapsOf(t, `a -> b : p`, queries.GapsRequest{Company: "b"})
	wantGaps(t, a, `
		0.75 0.5 1 share_of_input a a~b~p
		0.5 0 1 essential b a~b~p
		0.25 0 0.5 complete_list b a~b~p`)
	if want := "alone it narrows nothing; were all else known, what b loses if a stops would be 0–100% without it, about 100% with it"; a.Items[1].Why != want {
		t.Errorf("got %q", a.Items[1].Why)
	}
}

// A loop: when a stops, b loses x = 0.5 + k*c of which c = 0.4*x; k, the part that c supplies, is 0 to 0.5, so that x is
// between 0.5 and 0.5/0.8 = 0.625. When c stops, b loses k. Knowing k leaves neither open: (0.125 + 0.5)/2. If y goes
// into z alone, which is a quarter of the answers, c loses nothing of x, and a's stop costs 0.5: 0.125/4/2. What ended is no gap.
func TestGapsLoopsAndDates(t *testing.T) {
	a := gapsOf(t, `
		a -> b : x share_of_input=0.5 essential=true
		b -> c : y share_of_input=0.4 essential=true
		c -> b : x essential=true
		old -> b : x essential=true valid_to=2020-01-01
		c -> b : z share_of_input=0 essential=true`, queries.GapsRequest{Company: "b", Scope: queries.Scope{AsOf: "2025"}})
	wantGaps(t, a, `
		0.3125 0.3125 0.3125 share_of_input c c~b~x
		0.15625 0.15625 0.15625 complete_list b a~b~x
		0.0078125 0.015625 0 used_in c b~c~y`)
}

// Numbers that claims dispute, and numbers of long ago: what these are worth is what would be open, did they no longer
// hold.
func TestGapsDisputedAndStale(t *testing.T) {
	const drawing = `
		source s published=2024-01-01
		a -> b : p share_of_input=0.4 essential=true period=2024 asserted_by=a
		a -> b : p share_of_input=0.6 essential=true period=2024 asserted_by=b
		c -> b : q share_of_input=0.8 essential=true period=2015`
	in := func(asOf string) queries.GapsRequest {
		return queries.GapsRequest{Company: "b", Scope: queries.Scope{AsOf: asOf}}
	}
	a := gapsOf(t, drawing, in("2025"))
	wantGaps(t, a, `
		0.5 0.5 0.5 share_of_input c c~b~q
		0.1 0.1 0.1 share_of_input a a~b~p`)
	if a.Items[0].State != "stale" || a.Items[0].Present != "stated as 80% for 2015: stale" || a.Items[1].Present != "disputed for 2024: 40% (a), 60% (b)" {
		t.Errorf("%+v", a.Items)
	}
	if a.Items[1].Period != "2025" || a.Items[1].Question != "In 2025: what part of the p that b buys comes from you?" {
		t.Errorf("%+v", a.Items[1])
	}
	if want := "should what is stated no longer hold: alone it would narrow what b loses if c stops from 0–100% to about 50%"; a.Items[0].Why != want {
		t.Errorf("got %q", a.Items[0].Why)
	}
	wantGaps(t, gapsOf(t, drawing, in("2016")), `
		0.5 0.5 0.5 share_of_input a a~b~p
		0.25 0.25 0.25 complete_list b a~b~p`) // then the share of p was not yet stated, and that of q was new
	req := in("2025")
	req.StaleYears = -1
	wantGaps(t, gapsOf(t, drawing, req), `0.1 0.1 0.1 share_of_input a a~b~p`)
}

// A stated no is known: it is not asked again. A dispute is asked about of a period that counts before the disputed one;
// where there is none yet, nothing that can be said settles it.
func TestGapsThatNothingSettles(t *testing.T) {
	wantGaps(t, gapsOf(t, `a -> b : p essential=true complete_list=false period=2026`, queries.GapsRequest{Company: "b"}), `1 1 1 share_of_input a a~b~p`)
	const drawing = `
		a -> b : p share_of_input=0.4 essential=true period=2026 asserted_by=x
		a -> b : p share_of_input=0.6 essential=true period=2026 asserted_by=y`
	a := gapsOf(t, drawing, queries.GapsRequest{Company: "b", Scope: queries.Scope{AsOf: "2026-11-24"}})
	wantGaps(t, a, `0.2 0.2 0.2 share_of_input a a~b~p`)
	if a.Items[0].Period != "2026H2" {
		t.Errorf("%+v", a.Items[0])
	}
	const answer = `
		a -> b : p share_of_input=0.5 period=2026H2 valid_from=2026-11-20 asserted_by=a`
	wantGaps(t, gapsOf(t, drawing+answer, queries.GapsRequest{Company: "b", Scope: queries.Scope{AsOf: "2026-11-24"}}), ``)
	wantGaps(t, gapsOf(t, drawing, queries.GapsRequest{Company: "b", Scope: queries.Scope{AsOf: "2026-05-24"}}), ``)
}

// What the company makes of its revenue with a line that is not touched says how much it keeps at least.
func TestGapsOfRevenue(t *testing.T) {
	a := gapsOf(t, `
		a -> b : p used_in=gpu share_of_input=1 essential=true
		b -> x : gpu
		b -> y : cpu revenue_share=0.2`, queries.GapsRequest{Company: "b"})
	// b loses at most the 0.8 that cpu leaves. That gpu makes r of these loses r for certain: 0.8-r stays open, half of
	// 0.8 on average; were everything else known, all of it would hang on this.
	wantGaps(t, a, `0.6 0.4 0.8 revenue_share b b~x~gpu`)
	if want := "What part of your revenue do you make with gpu sold to x?"; a.Items[0].Question != want {
		t.Errorf("got %q", a.Items[0].Question)
	}
}

func TestGapsPages(t *testing.T) {
	v := drawn.View(t, cooling+"\nx -> hynix : tool\nnvidia -> x : gpu\n")
	whole, err := queries.Gaps(context.Background(), v, queries.GapsRequest{Company: "nvidia"})
	if err != nil {
		t.Fatal(err)
	}
	again, _ := queries.Gaps(context.Background(), v, queries.GapsRequest{Company: "nvidia"})
	one, _ := json.Marshal(whole)
	if two, _ := json.Marshal(again); string(one) != string(two) {
		t.Errorf("two answers differ:\n%s\n%s", one, two)
	}
	var got string
	req := queries.GapsRequest{Company: "nvidia", Page: queries.Page{Limit: 2}}
	for range len(whole.Items) {
		a, err := queries.Gaps(context.Background(), v, req)
		if err != nil {
			t.Fatal(err)
		}
		got += gapList(a)
		if req.Cursor = a.NextCursor; req.Cursor == "" {
			break
		}
	}
	if want := gapList(whole); got != want || len(whole.Items) < 3 {
		t.Errorf("got\n%swant\n%s", got, want)
	}
	for looks := 0; ; looks += 3 {
		a, err := queries.Gaps(newSharedCountdown(looks), v, queries.GapsRequest{Company: "nvidia"})
		if err != nil {
			t.Fatalf("after %d looks: %v", looks, err)
		}
		if a.Complete {
			break
		}
		if a.StoppedBecause != queries.StoppedByDeadline || a.NextCursor != "" || a.Total != nil {
			t.Fatalf("after %d looks: %+v", looks, a.Answer)
		}
	}
}
