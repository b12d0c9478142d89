package queries_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/tributarygraph/tributary/queries"
	"github.com/tributarygraph/tributary/queries/internal/drawn"
)

// whoElse is the drawing of the tests: buyer buys wafers from inc, alone, and chips from two. Of those that could make
// wafers, dep buys from inc itself, loop buys from part of a loop that inc feeds, free is independent, trial is only
// sampled, old has ended.
const whoElse = `
product wafer
product wafer-300 parent=wafer
product goods
product chip
inc -> buyer : wafer
dep * wafer market_share=0.4
inc -> dep : melt essential=true share_of_input=1
free * wafer
free country=JP
loop -> else : wafer-300
round -> loop : melt
loop -> round : rods
inc -> round : coal
trial -> buyer : wafer stage=sampling
old * wafer stage=ended
broad * goods
one -> buyer : chip
two -> buyer : chip share_of_input=0.3
two -> dep : screws essential=false
`

func alternativesOf(t *testing.T, drawing string, req queries.AlternativesRequest) *queries.AlternativesAnswer {
	t.Helper()
	a, err := queries.Alternatives(context.Background(), drawn.View(t, drawing), req)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// alternativesText writes the rows as "input id match how stage already loss".
func alternativesText(a *queries.AlternativesAnswer) string {
	var lines []string
	for _, r := range a.Items {
		var hangs []string
		for _, h := range r.Hangs {
			hangs = append(hangs, fmt.Sprintf("%s %v-%v", h.Supplier.ID, h.Loss.Low, h.Loss.High))
		}
		already := ""
		for _, s := range r.Supplies {
			already += " " + s.ID
		}
		lines = append(lines, strings.TrimSpace(fmt.Sprintf("%s %s %s %s %s%s [%s] %s", r.Input.ID, r.ID, r.Match, r.How, r.Stage, already, strings.Join(hangs, ", "), r.Trial)))
	}
	return strings.Join(lines, "\n")
}

func TestAlternatives(t *testing.T) {
	drawing := whoElse + "broad -> buyer : goods\n"
	a := alternativesOf(t, drawing, queries.AlternativesRequest{Company: "buyer"})
	want := `chip one same supplies unknown chip []
chip two same supplies unknown chip []
wafer dep same makes unknown [inc 1-1]
wafer free same makes unknown []
wafer trial same supplies sampling [] sampling
wafer loop kind supplies unknown [inc 0-1]`
	if got := alternativesText(a); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	if n := len(a.Inputs); n != 3 || a.Inputs[2].Alternatives != 4 || *a.Inputs[2].Independent != 2 || a.Inputs[1].Alternatives != 0 {
		t.Errorf("inputs: %+v", a.Inputs)
	}
	if got, want := a.Items[2].Sentence, "dep makes wafer, with 40% of the market; it hangs on inc itself: if that stops, it loses 100%."; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// To stand in for one of two suppliers, the other one may too.
func TestAlternativesToOneSupplier(t *testing.T) {
	a := alternativesOf(t, whoElse, queries.AlternativesRequest{Company: "buyer", Supplier: "one"})
	if got := alternativesText(a); got != "chip two same supplies unknown chip []" {
		t.Error(got)
	}
	a = alternativesOf(t, whoElse, queries.AlternativesRequest{Company: "buyer", Product: "wafer", Supplier: "one"})
	if len(a.Items) > 0 || len(a.Warnings) != 1 {
		t.Errorf("%v %v", a.Items, a.Warnings)
	}
}

// Both the answer and chokepoints find the same.
func TestAlternativesAreThoseOfChokepoints(t *testing.T) {
	v := drawn.View(t, whoElse)
	c, err := queries.Chokepoints(context.Background(), v, queries.ChokepointsRequest{Company: "buyer", Kind: queries.ChokeSoleSources, Product: "wafer"})
	if err != nil {
		t.Fatal(err)
	}
	var choke, own []string
	for _, x := range c.SoleSources.Items[0].Alternatives {
		choke = append(choke, x.ID)
	}
	for _, r := range alternativesOf(t, whoElse, queries.AlternativesRequest{Company: "buyer", Product: "wafer"}).Items {
		if r.Stage != "sampling" {
			own = append(own, r.ID)
		}
	}
	if strings.Join(choke, " ") != strings.Join(own, " ") {
		t.Errorf("%v, chokepoints has %v", own, choke)
	}
}

func TestAlternativesInPages(t *testing.T) {
	v := drawn.View(t, whoElse)
	req := queries.AlternativesRequest{Company: "buyer", Scope: queries.Scope{AsOf: "any"}}
	all, err := queries.Alternatives(context.Background(), v, req)
	if err != nil {
		t.Fatal(err)
	}
	req.Limit = 2
	var rows []string
	for {
		part, err := queries.Alternatives(context.Background(), v, req)
		if err != nil {
			t.Fatal(err)
		}
		rows = append(rows, alternativesText(part))
		if req.Cursor = part.NextCursor; req.Cursor == "" {
			break
		}
	}
	if got, want := strings.Join(rows, "\n"), alternativesText(all); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}
