package queries_test

import (
	"context"
	"fmt"
	"math"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/tributarygraph/tributary/graph"
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

// slowSupply is a supplies relation of the buyer as the slow version writes it.
type slowSupply struct {
	from, product string
	share         float64 // negative: not stated
	rest          string
}

func writeSupplies(list []slowSupply, buyer string) (text string) {
	for _, s := range list {
		text += fmt.Sprintf("%s -> %s : %s%s", s.from, buyer, s.product, s.rest)
		if s.share >= 0 {
			text += fmt.Sprintf(" share_of_input=%.12f", s.share)
		}
		text += "\n"
	}
	return text
}

// The slow version: what is supposed is written into the statements, the network is read again, and each company is
// stopped by the question of a disruption.
func TestRemediesAreTheDefinition(t *testing.T) {
	store := drawn.Open(t)
	rapid.Check(t, func(rt *rapid.T) {
		others := "product p\nproduct q\nsource s published=2024-01-01\n"
		suppliers := []string{"a", "b", "c", "d"}
		for _, from := range suppliers { // among the others, and from the buyer
			for _, to := range suppliers {
				if from != to && rapid.IntRange(0, 3).Draw(rt, "edge") == 0 {
					others += fmt.Sprintf("%s -> %s : q%s\n", from, to, rapid.SampledFrom([]string{"", " essential=true", " essential=true share_of_input=0.6"}).Draw(rt, "of others"))
				}
			}
			if rapid.IntRange(0, 4).Draw(rt, "back") == 0 {
				others += fmt.Sprintf("buyer -> %s : q essential=true\n", from)
			}
		}
		others += "d * p\n"
		var list []slowSupply
		left := 1.0
		complete := rapid.Bool().Draw(rt, "complete")
		for _, from := range suppliers[:rapid.IntRange(1, 3).Draw(rt, "suppliers")] {
			s := slowSupply{from: from, product: "p", share: -1, rest: " source=s period=2024 essential=true"}
			if rapid.Bool().Draw(rt, "stated") {
				s.share = float64(rapid.IntRange(0, 20).Draw(rt, "share")) / 20 * left
				left -= s.share
			}
			if complete {
				s.rest += " complete_list=true"
			}
			list = append(list, s)
		}
		share := float64(rapid.IntRange(1, 9).Draw(rt, "part")) / 10
		v := drawn.ViewIn(t, store, drawn.Statements(t, others+writeSupplies(list, "buyer")))
		scope := queries.Scope{AsOf: "2025-01-01"}
		a, err := queries.Remedies(context.Background(), v, queries.RemediesRequest{Company: "buyer", Product: "p", Share: share, Scope: scope})
		if err != nil {
			rt.Fatal(err)
		}
		before := slowStops(rt, v, suppliers, "buyer", scope)
		for _, r := range a.Items {
			supposed, ok := slowSupposed(list, r.By[0].ID, r.Kind, share)
			if !ok {
				continue // one statement cannot say what is supposed
			}
			again := drawn.ViewIn(t, store, drawn.Statements(t, others+writeSupplies(supposed, "buyer")))
			after := slowStops(rt, again, suppliers, "buyer", scope)
			mean := [2]float64{}
			n := 0.0
			for _, c := range suppliers {
				if _, upstream := before[c]; !upstream {
					continue
				}
				n++
				mean[0], mean[1] = mean[0]+after[c][0], mean[1]+after[c][1]
			}
			if math.Abs(mean[0]/n-r.Mean.Low) > 1e-6 || math.Abs(mean[1]/n-r.Mean.High) > 1e-6 {
				rt.Errorf("%s %s: mean %v-%v, want %v in\n%s%s", r.Kind, r.By[0].ID, r.Mean.Low, r.Mean.High, mean, others, writeSupplies(list, "buyer"))
			}
			for _, s := range r.Largest {
				if w := after[s.ID]; math.Abs(w[0]-s.After.Low) > 1e-6 || math.Abs(w[1]-s.After.High) > 1e-6 {
					rt.Errorf("%s %s, %s stops: %v-%v, want %v in\n%s%s", r.Kind, r.By[0].ID, s.ID, s.After.Low, s.After.High, w, others, writeSupplies(list, "buyer"))
				}
			}
			if own := after["znew"]; r.By[0].ID == "" && (math.Abs(own[0]-r.OwnStop.Low) > 1e-6 || math.Abs(own[1]-r.OwnStop.High) > 1e-6) {
				rt.Errorf("its own stop costs %v-%v, want %v in\n%s%s", r.OwnStop.Low, r.OwnStop.High, own, others, writeSupplies(list, "buyer"))
			}
			slowScenario(rt, v, &r, scope)
		}
	})
}

// slowSupposed are the statements with a second source.
func slowSupposed(list []slowSupply, who, kind string, share float64) (out []slowSupply, ok bool) {
	kept, left := 0.0, 1-share
	for _, s := range list {
		if kind == queries.RemedyEnlarged && s.from == who {
			if s.share < 0 {
				return nil, false
			}
			kept = s.share
		}
	}
	scale := left
	if kind == queries.RemedyEnlarged {
		if kept+share >= 1 {
			scale = 0
		} else {
			scale = (1 - kept - share) / (1 - kept)
		}
	}
	for _, s := range list {
		switch {
		case kind == queries.RemedyEnlarged && s.from == who:
			s.share = min(1, kept+share)
		case s.share >= 0:
			s.share *= scale
		}
		out = append(out, s)
	}
	if kind == queries.RemedyNew {
		name := who
		if name == "" {
			name = "znew"
		}
		out = append(out, slowSupply{from: name, product: "p", share: share, rest: out[0].rest})
	}
	return out, true
}

// slowStops is what the buyer loses when each company upstream of it stops alone.
func slowStops(t *rapid.T, v *graph.View, companies []string, buyer string, scope queries.Scope) map[string][2]float64 {
	out := map[string][2]float64{}
	for _, c := range append(companies[:len(companies):len(companies)], "znew") {
		if _, ok := v.Find(graph.KindCompany, c); !ok {
			continue
		}
		if paths, err := queries.Paths(context.Background(), v, queries.PathsRequest{From: c, To: buyer, Scope: scope, K: 1}); err != nil || len(paths.Paths) == 0 {
			continue
		}
		a, err := queries.Disruption(context.Background(), v, queries.DisruptionRequest{Scenario: queries.Scenario{Targets: []queries.Target{{Company: c}}}, Company: buyer, Scope: scope})
		if err != nil {
			t.Fatal(err)
		}
		out[c] = [2]float64{}
		if len(a.Items) > 0 {
			out[c] = [2]float64{a.Items[0].CompanyLoss.Low, a.Items[0].CompanyLoss.High}
		}
	}
	return out
}

// slowScenario holds that the scenario of a row gives what the row says of the stop that it eases most.
func slowScenario(t *rapid.T, v *graph.View, r *queries.RemedyRow, scope queries.Scope) {
	if len(r.Most) == 0 {
		return
	}
	a, err := queries.Disruption(context.Background(), v, queries.DisruptionRequest{Scenario: r.Scenario, Company: "buyer", Scope: scope})
	if err != nil {
		t.Fatal(err)
	}
	if got, want := a.Items[0].After, r.Most[0].After; len(a.Items) == 1 && (got.Low != want.Low || got.High != want.High) {
		t.Errorf("the scenario of %s gives %v-%v, the row says %v-%v", r.By[0].ID, got.Low, got.High, want.Low, want.High)
	}
}

// The parent supplies what a needs; its subsidiary sub makes p. The network does not tell that sub stops with parent: no
// help may be hoped for from it then. top, over parent, is not upstream.
func TestRemediesUnderControl(t *testing.T) {
	const drawing = `a -> buyer : p essential=true share_of_input=1
		parent -> a : q essential=true share_of_input=1
		sub * p
		sub -> buyer : r
		other * p
		top => parent share=0.6
		parent => sub share=0.6
		minority => other share=0.4`
	a := remediesOf(t, drawing, queries.RemediesRequest{Company: "buyer", Product: "p"})
	// With other: a and parent cost 0.7 each, sub 0 to 1 by its r. With sub: a 0.7, parent 1 as it is, sub 0.3 to 1.
	want := `worst 1-1 mean 0.666666667-1
p new other, or anybody: worst 0.7-1 mean 0.466666667-0.8 eased 2 worse 0
p new sub: worst 1-1 mean 0.666666667-0.9 eased 1 worse 0`
	if got := remediesText(a); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	for _, r := range a.Items {
		s := r.By[0]
		switch {
		case s.ID == "sub" && (s.Controller == nil || s.Controller.ID != "top" || !strings.Contains(r.Caveat, "controls it") || !strings.HasPrefix(r.As(), "new for this input, controlled by ")):
			t.Errorf("sub: %+v %q %s", s, r.Caveat, r.As())
		case s.ID == "other" && (s.Controller != nil || r.As() != "new"):
			t.Errorf("other: %+v %s", s, r.As())
		}
	}
	// When the parent is named as what stops, its subsidiary is no remedy.
	a = remediesOf(t, drawing, queries.RemediesRequest{Company: "buyer", Product: "p", IfStops: &queries.Target{Company: "parent"}})
	if len(a.Items) != 1 || a.Items[0].By[0].ID != "other" {
		t.Errorf("parent stops: %s", remediesText(a))
	}
}

func TestRemediesShareControl(t *testing.T) {
	a := remediesOf(t, `a -> buyer : p essential=true share_of_input=1
		sister * p
		top => a share=0.7
		top => sister control=majority`, queries.RemediesRequest{Company: "buyer"})
	if len(a.Items) != 1 || len(a.Items[0].By) != 1 || len(a.Items[0].By[0].Related) != 1 || a.Items[0].By[0].Related[0].ID != "a" || !strings.Contains(a.Items[0].Caveat, "no independent second source") {
		t.Errorf("%s\n%+v", remediesText(a), a.Items)
	}
}

// Whoever competes with the buyer is remarked: by a relation in either direction, or by a product that both sell. What the
// buyer only buys, what a relation of another role says, and a product that is none of its own make no competitor.
func TestRemediesFromCompetitors(t *testing.T) {
	a := remediesOf(t, `a -> buyer : p essential=true share_of_input=1
		buyer -> shop : phone
		buyer * tablet
		rival * p
		rival ~ buyer role=competitor
		buyer ~ rival role=licensee
		maker * p
		maker -> shop : phone
		maker * tablet
		maker * lamp
		both -> nobody : p
		buyer ~ both role=Competitor
		both * phone
		partner * p
		buyer ~ partner role=partner
		former * p
		former ~ buyer role=competitor valid_from=2020-01-01 valid_to=2021-01-01
		taken * p
		buyer -> taken : phone
		else -> buyer : lamp`, queries.RemediesRequest{Company: "buyer", Product: "p", Scope: queries.Scope{AsOf: "2025-06-01"}})
	got := ""
	for _, r := range a.Items {
		got += fmt.Sprintf("%s: %d of %d\n", r.As(), r.Competitors, r.Count)
		for _, s := range r.By {
			var sells []string
			for _, p := range s.SellsToo {
				sells = append(sells, p.ID)
			}
			got += fmt.Sprintf("  %s %v %s\n", s.ID, s.Competitor, strings.Join(sells, "+"))
		}
	}
	want := `new, 3 of 5 competitors: 3 of 5
  both true phone
  former false 
  maker false phone+tablet
  partner false 
  rival true 
new: 0 of 1
  taken false 
`
	if got != want {
		t.Errorf("got\n%s", got)
	}
	if !strings.HasPrefix(a.Items[0].Caveat, "It is stated to be a competitor of buyer; both sell phone. Of the 4 others 2 compete with buyer. ") {
		t.Error(a.Items[0].Caveat)
	}
}

func TestRemediesInWords(t *testing.T) {
	a := remediesOf(t, `a -> buyer : p essential=true share_of_input=1
		x * p
		y * p
		z * p`, queries.RemediesRequest{Company: "buyer"})
	want := "x or 2 others take over 30% of the p: in the worst case buyer loses 70% instead of 100%; worst is then the stop of a; a new supplier that no source names, and that depends on nobody, would do as well."
	if got := a.Items[0].Sentence; got != want {
		t.Error(got)
	}
}
