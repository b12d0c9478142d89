package queries_test

import (
	"context"
	"fmt"
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/tributarygraph/tributary/graph"
	"github.com/tributarygraph/tributary/queries"
	"github.com/tributarygraph/tributary/queries/internal/drawn"
)

// supply is a relation as the slow version sees it.
type supply struct {
	from, to, product, usedIn string
	share                     float64 // negative: not stated
	essential                 string
	complete                  bool
}

// r is a kind of p.
const productsOfTest = "product p\nproduct q\nproduct r parent=p\nsource s published=2024-01-01\n"

func isKind(product, of string) bool { return product == "r" && of == "p" }

// drawCompanies is a drawn network of which all five companies are there, also those that trade with nobody.
func drawCompanies(t *testing.T, rt *rapid.T, store graph.Store) (v *graph.View, text string) {
	_, text = drawSupplies(rt)
	for _, c := range []string{"a", "b", "c", "d", "e"} {
		text += c + " kind=company\n"
	}
	return drawn.ViewIn(t, store, drawn.Statements(t, text)), text
}

func drawSupplies(t *rapid.T) (list []supply, text string) {
	text = productsOfTest
	seen := map[string]bool{}
	company := rapid.SampledFrom([]string{"a", "b", "c", "d", "e"})
	product := rapid.SampledFrom([]string{"p", "q", "r", ""})
	for range rapid.IntRange(1, 12).Draw(t, "relations") {
		s := supply{from: company.Draw(t, "from"), to: company.Draw(t, "to"), product: product.Draw(t, "product"), usedIn: product.Draw(t, "used in"),
			share: float64(rapid.IntRange(-8, 20).Draw(t, "share")) / 20, essential: rapid.SampledFrom([]string{"", "true", "false"}).Draw(t, "essential"),
			complete: rapid.IntRange(0, 3).Draw(t, "complete") == 0}
		if key := s.from + s.to + " " + s.product; seen[key] {
			continue
		} else {
			seen[key] = true
		}
		list = append(list, s)
		text += s.from + " -> " + s.to
		if s.product != "" {
			text += " : " + s.product
		}
		text += " source=s period=2024"
		if s.usedIn != "" {
			text += " used_in=" + s.usedIn
		}
		if s.share >= 0 {
			text += fmt.Sprintf(" share_of_input=%v", s.share)
		}
		if s.essential != "" {
			text += " essential=" + s.essential
		}
		if s.complete {
			text += " complete_list=true"
		}
		text += "\n"
	}
	return list, text
}

// slowLosses are the losses of every line when a company loses a part: the definition, all lines at once, again and
// again. Products are an input each.
func slowLosses(list []supply, hit string, part float64) map[[2]string][2]float64 {
	lines := map[string][]string{}
	add := func(company, product string) {
		if product != "" && !slices.Contains(lines[company], product) {
			lines[company] = append(lines[company], product)
		}
	}
	for _, s := range list {
		add(s.from, s.product)
		add(s.to, s.usedIn)
	}
	for _, c := range []string{"a", "b", "c", "d", "e"} {
		if lines[c] == nil {
			lines[c] = []string{""}
		}
	}
	losses := map[[2]string][2]float64{}
	of := func(s supply, side int) float64 { // what a relation loses
		if s.product != "" {
			return losses[[2]string{s.from, s.product}][side]
		}
		x := losses[[2]string{s.from, lines[s.from][0]}][side]
		for _, l := range lines[s.from] {
			y := losses[[2]string{s.from, l}][side]
			if side == 0 {
				x = min(x, y)
			} else {
				x = max(x, y)
			}
		}
		return x
	}
	for range 3000 {
		next, moved := map[[2]string][2]float64{}, false
		for c, products := range lines {
			for _, line := range products {
				var loss [2]float64
				if c == hit {
					loss = [2]float64{part, part}
				}
				for _, product := range []string{"p", "q", "r", ""} {
					var group []supply
					for _, s := range list {
						if s.to == c && s.product == product {
							group = append(group, s)
						}
					}
					low, high := slowInput(group, line, of)
					loss[0], loss[1] = max(loss[0], low), max(loss[1], high)
				}
				key := [2]string{c, line}
				next[key] = loss
				moved = moved || math.Abs(loss[1]-losses[key][1]) > 1e-13 || math.Abs(loss[0]-losses[key][0]) > 1e-13
			}
		}
		losses = next
		if !moved {
			break
		}
	}
	return losses
}

// slowInput is what a line loses through one product that its company buys.
func slowInput(group []supply, line string, of func(supply, int) float64) (low, high float64) {
	var feeding []supply
	certain, whole, complete := false, true, false
	known := 0.0
	for _, s := range group {
		complete = complete || s.complete
		if s.share >= 0 {
			known += s.share
		}
		switch {
		case s.usedIn == "" || s.usedIn == line || isKind(line, s.usedIn):
			feeding, certain = append(feeding, s), true
		case isKind(s.usedIn, line):
			feeding, whole = append(feeding, s), false
		default:
			whole = false
		}
	}
	if feeding == nil {
		return 0, 0
	}
	scale := 1 / max(1, known)
	least, most, rest, anyUnknown := 1.0, 0.0, 1.0, false
	essential, no := false, true
	for _, s := range feeding {
		essential = essential || s.essential == "true"
		no = no && s.essential == "false"
		if whole && s.share >= 0 {
			low += s.share * scale * of(s, 0)
			high += s.share * scale * of(s, 1)
			rest -= s.share * scale
			continue
		}
		anyUnknown = true
		least, most = min(least, of(s, 0)), max(most, of(s, 1))
	}
	rest = max(0, rest)
	high += rest * most
	if complete && anyUnknown {
		low += rest * least
	}
	if !certain || !essential { // no weights are stated: those that are not essential may weigh anything
		low = 0
	}
	return min(1, low), min(1, high)
}

func TestDisruptionIsTheDefinition(t *testing.T) {
	store := drawn.Open(t)
	rapid.Check(t, func(rt *rapid.T) {
		list, text := drawSupplies(rt)
		v := drawn.ViewIn(t, store, drawn.Statements(t, text))
		hit := list[rapid.IntRange(0, len(list)-1).Draw(rt, "hit")].from
		capacity := float64(rapid.IntRange(0, 19).Draw(rt, "capacity")) / 20
		req := queries.DisruptionRequest{Scenario: queries.Scenario{Targets: []queries.Target{{Company: "id:" + hit, Capacity: capacity}}}, ProductLevel: "exact", Scope: queries.Scope{AsOf: "2025-01-01"}}
		a, err := queries.Disruption(context.Background(), v, req)
		if err != nil {
			rt.Fatal(err)
		}
		want := slowLosses(list, hit, 1-capacity)
		for _, r := range a.Items {
			lines := r.Lines
			if len(lines) == 0 {
				lines = []queries.Ref{{}}
			}
			for _, l := range lines {
				key := [2]string{r.ID, l.ID}
				w, ok := want[key]
				if !ok || math.Abs(w[0]-r.Loss.Low) > 1e-7 || math.Abs(w[1]-r.Loss.High) > 1e-7 {
					rt.Errorf("%v loses %v to %v, want %v in\n%s", key, r.Loss.Low, r.Loss.High, w, text)
				}
				delete(want, key)
			}
		}
		for key, w := range want {
			if w[1] > 1e-8 {
				rt.Errorf("%v is missing, want %v in\n%s", key, w, text)
			}
		}
		checkReasons(rt, a, hit, text)
	})
}

// checkReasons holds that every row that is not hit has a chain of relations from what is hit to it.
func checkReasons(t *rapid.T, a *queries.DisruptionAnswer, hit, text string) {
	for _, r := range a.Items {
		if r.Hit {
			continue
		}
		if len(r.Path) == 0 || r.Binding == nil {
			t.Errorf("%s %v: no reason: %s in\n%s", r.ID, r.Lines, r.Why, text)
			continue
		}
		at := r.Path[0].From.ID
		for _, h := range r.Path {
			if h.From.ID != at {
				t.Errorf("%s: the chain breaks at %s", r.ID, at)
			}
			at = h.To.ID
		}
		if r.Path[0].From.ID != hit || at != r.ID || r.ID != hit && len(r.Path) < r.Tier {
			t.Errorf("%s (tier %d): the chain leads from %s to %s in %d hops", r.ID, r.Tier, r.Path[0].From.ID, at, len(r.Path))
		}
	}
}
