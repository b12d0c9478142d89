package queries_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/tributarygraph/tributary/queries"
	"github.com/tributarygraph/tributary/queries/internal/drawn"
)

func remediesOf(t *testing.T, drawing string, req queries.RemediesRequest) *queries.RemediesAnswer {
	t.Helper()
	a, err := queries.Remedies(context.Background(), drawn.View(t, drawing), req)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// remediesText writes the loss as it is, then the rows as "input kind who worst mean eased".
func remediesText(a *queries.RemediesAnswer) string {
	bounds := func(i *queries.Interval) string { return fmt.Sprintf("%v-%v", i.Low, i.High) }
	lines := []string{fmt.Sprintf("worst %s mean %s", bounds(a.Worst.Loss), bounds(a.Mean))}
	for _, r := range a.Items {
		var who []string
		for _, s := range r.By {
			if s.ID == "" {
				s.ID = "(new)"
			}
			who = append(who, s.ID)
		}
		if r.Open && r.By[0].ID != "" {
			who = append(who, "or anybody")
		}
		lines = append(lines, fmt.Sprintf("%s %s %s: worst %s mean %s eased %d worse %d", r.Input.ID, r.Kind, strings.Join(who, ", "), bounds(r.Worst), bounds(r.Mean), r.Eased, r.Worse))
	}
	return strings.Join(lines, "\n")
}

func TestRemedies(t *testing.T) {
	for _, test := range []struct{ name, drawing, want string }{
		{ // dep depends on a itself: with it as with a alone. free does not, nor would anybody whom no source names.
			"one that hangs on the incumbent is none",
			`a -> buyer : p essential=true share_of_input=1
			dep * p
			a -> dep : q essential=true share_of_input=1
			free * p`,
			`worst 1-1 mean 1-1
			p new free, or anybody: worst 0.7-0.7 mean 0.7-0.7 eased 1 worse 0`,
		},
		{ // half hangs on a: 0.7 + 0.3 * 0.5
			"one that hangs on it in part",
			`a -> buyer : p essential=true share_of_input=1
			dep * p
			a -> dep : q essential=true share_of_input=0.5`,
			`worst 1-1 mean 1-1
			p new (new): worst 0.7-0.7 mean 0.7-0.7 eased 1 worse 0
			p new dep: worst 0.85-0.85 mean 0.85-0.85 eased 1 worse 0`,
		},
		{ // a stops: 0.6 becomes 0.42; b: 0.4 becomes 0.28. More from a would make its stop cost 0.9, more from b 0.7: no remedy.
			"known shares",
			`a -> buyer : p essential=true share_of_input=0.6
			b -> buyer : p essential=true share_of_input=0.4`,
			`worst 0.6-0.6 mean 0.5-0.5
			p new (new): worst 0.42-0.42 mean 0.35-0.35 eased 2 worse 0`,
		},
		{ // two inputs: whichever gets a second source, the other is lost all the same, but one stop of two costs less.
			"several inputs",
			`a -> buyer : p essential=true share_of_input=1
			b -> buyer : q essential=true share_of_input=1
			other -> somebody : q`,
			`worst 1-1 mean 1-1
			q new other, or anybody: worst 1-1 mean 0.85-0.85 eased 1 worse 0
			p new (new): worst 1-1 mean 0.85-0.85 eased 1 worse 0`,
		},
		{ // both inputs come from a: no one second source helps.
			"one supplier of two inputs",
			`a -> buyer : p essential=true share_of_input=1
			a -> buyer : q essential=true share_of_input=1`,
			`worst 1-1 mean 1-1`,
		},
		{ // each of a and b loses 0 to 1, both together 1. A second source leaves 0.7 of that. More from a: its stop costs 0.3 to 1,
			// that of b 0 to 0.7, that of c, on which both hang, 1 as before.
			"unknown shares of a complete list",
			`source s published=2024-01-01
			a -> buyer : p essential=true complete_list=true source=s period=2024
			b -> buyer : p essential=true
			c -> a : q essential=true share_of_input=1
			c -> b : q essential=true share_of_input=1`,
			`worst 1-1 mean 0.333333333-1
			p new (new): worst 0.7-0.7 mean 0.233333333-0.7 eased 3 worse 0
			p enlarged a: worst 1-1 mean 0.433333333-0.9 eased 1 worse 0
			p enlarged b: worst 1-1 mean 0.433333333-0.9 eased 1 worse 0`,
		},
		{ // the buyer supplies a part of what a needs. a stops: the buyer loses 1, then 0.7. s stops: a loses 0.5 + 0.5 x where x is
			// the buyer's loss, so x = a's: 1; then x = 0.7 (0.5 + 0.5 x): 0.35/0.65.
			"a loop",
			`a -> buyer : p essential=true share_of_input=1
			s -> a : q essential=true share_of_input=0.5
			buyer -> a : q essential=true share_of_input=0.5`,
			`worst 1-1 mean 1-1
			p new (new): worst 0.7-0.7 mean 0.619230769-0.619230769 eased 2 worse 0`,
		},
		{ // 0.4 of 0.7 is less than the second source itself brings: its own stop is the worst then.
			"its own stop counts",
			`a -> buyer : p essential=true share_of_input=0.4
			c -> buyer : p essential=true share_of_input=0.3
			d -> buyer : p essential=true share_of_input=0.3`,
			`worst 0.4-0.4 mean 0.333333333-0.333333333
			p new (new): worst 0.3-0.3 mean 0.233333333-0.233333333 eased 3 worse 0`,
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			var want []string
			for line := range strings.Lines(test.want) {
				want = append(want, strings.TrimSpace(line))
			}
			a := remediesOf(t, test.drawing, queries.RemediesRequest{Company: "buyer"})
			if got := remediesText(a); got != strings.Join(want, "\n") {
				t.Errorf("got\n%s\nwant\n%s\n%s", got, strings.Join(want, "\n"), a.Verdict)
			}
		})
	}
}
