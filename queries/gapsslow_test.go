package queries_test

import (
	"context"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/tributarygraph/tributary/graph"
	"github.com/tributarygraph/tributary/queries"
	"github.com/tributarygraph/tributary/queries/internal/drawn"
)

// slowRelation is a relation of a small network as statements say it: its fields by name.
type slowRelation struct {
	from, to, product string
	fields            map[string]string
}

func (r *slowRelation) id() string { return "supplies~" + r.from + "~" + r.to + "~" + r.product }

// slowNet is a small network, of which any number of versions are built anew from statements.
type slowNet []slowRelation

func (n slowNet) clone() slowNet {
	out := slices.Clone(n)
	for i := range out {
		out[i].fields = maps.Clone(out[i].fields)
	}
	return out
}

func (n slowNet) text() string {
	var b strings.Builder
	b.WriteString(productsOfTest)
	for _, r := range n {
		fmt.Fprintf(&b, "%s -> %s : %s source=s period=2024", r.from, r.to, r.product)
		for _, f := range slices.Sorted(maps.Keys(r.fields)) {
			fmt.Fprintf(&b, " %s=%s", f, r.fields[f])
		}
		b.WriteString("\n")
	}
	return b.String()
}

// set states a field of relations.
func (n slowNet) set(field, value string, relations ...string) slowNet {
	out := n.clone()
	for i := range out {
		if slices.Contains(relations, out[i].id()) {
			out[i].fields[field] = value
			if value == "" {
				delete(out[i].fields, field)
			}
		}
	}
	return out
}

// input are the relations of an input.
func (n slowNet) input(to, product string) (out []slowRelation) {
	for _, r := range n {
		if r.to == to && r.product == product {
			out = append(out, r)
		}
	}
	return out
}

func drawSlowNet(t *rapid.T) (n slowNet) {
	seen := map[string]bool{}
	company := rapid.SampledFrom([]string{"a", "b", "c", "d"})
	for range rapid.IntRange(1, 8).Draw(t, "relations") {
		r := slowRelation{from: company.Draw(t, "from"), to: company.Draw(t, "to"), product: rapid.SampledFrom([]string{"p", "q", "r"}).Draw(t, "product"), fields: map[string]string{}}
		if seen[r.id()] {
			continue
		}
		seen[r.id()] = true
		if k := rapid.IntRange(-4, 5).Draw(t, "share"); k >= 0 {
			r.fields["share_of_input"] = fmt.Sprint(float64(k) / 10)
		}
		if e := rapid.SampledFrom([]string{"", "true", "false"}).Draw(t, "essential"); e != "" {
			r.fields["essential"] = e
		}
		if rapid.IntRange(0, 3).Draw(t, "complete") == 0 {
			r.fields["complete_list"] = "true"
		}
		n = append(n, r)
	}
	return n
}

// slowWidths are the widths of the exposures of a company, each by asking for it.
func slowWidths(t *rapid.T, store graph.Store, n slowNet, tb testing.TB, to []queries.GapExposure) (sum float64) {
	v := drawn.ViewIn(tb, store, drawn.Statements(tb, n.text()))
	a, err := queries.Exposure(context.Background(), v, queries.ExposureRequest{Company: "id:a", Paths: -1, Scope: queries.Scope{AsOf: "2025"}})
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range a.Items {
		if slices.ContainsFunc(to, func(e queries.GapExposure) bool { return e.ID == r.ID }) {
			sum += r.LossIfStopped.High - r.LossIfStopped.Low
		}
	}
	return sum / float64(len(to))
}

// slowAnswers are the networks under each answer to a question, with their weights.
func (n slowNet) slowAnswers(row *queries.GapRow) (nets []slowNet, weights []float64) {
	add := func(x slowNet, w float64) { nets, weights = append(nets, x), append(weights, w) }
	switch row.Field {
	case "share_of_input":
		left, parts := 1.0, 1
		for _, r := range n.input(row.Buyer.ID, row.Product.ID) {
			if r.fields["complete_list"] == "true" {
				parts = 0
			}
		}
		for _, r := range n.input(row.Buyer.ID, row.Product.ID) {
			if s := r.fields["share_of_input"]; s != "" {
				var x float64
				_, _ = fmt.Sscan(s, &x)
				left -= x
			} else {
				parts++
			}
		}
		for _, u := range []float64{0.1, 0.3, 0.5, 0.7, 0.9} {
			add(n.set(row.Field, fmt.Sprint(left*(1-math.Pow(1-u, 1/float64(parts-1)))), row.Relations...), 0.2)
		}
	default:
		add(n.set(row.Field, "true", row.Relations...), 0.5)
		add(n.set(row.Field, "false", row.Relations...), 0.5)
	}
	return nets, weights
}

// known is the network in which everything is known, apart from what the row asks.
func (n slowNet) known(row *queries.GapRow) slowNet {
	out := n.clone()
	for _, r := range n {
		input, unknown, left := n.input(r.to, r.product), 0, 1.0
		for _, o := range input {
			if s := o.fields["share_of_input"]; s != "" {
				var x float64
				_, _ = fmt.Sscan(s, &x)
				left -= x
			} else {
				unknown++
			}
		}
		if _, ok := r.fields["share_of_input"]; !ok {
			out = out.set("share_of_input", fmt.Sprint(max(0, left)/float64(unknown)), r.id())
		}
		if _, ok := r.fields["essential"]; !ok {
			out = out.set("essential", "true", r.id())
		}
	}
	if row == nil {
		return out
	}
	asked := row.Relations
	fields := []string{row.Field}
	if row.Field == "complete_list" {
		asked, fields = nil, []string{"share_of_input"}
		for _, r := range n.input(row.Buyer.ID, row.Product.ID) {
			asked = append(asked, r.id())
		}
	}
	for i := range n {
		for _, f := range fields {
			if slices.Contains(asked, n[i].id()) {
				out = out.set(f, n[i].fields[f], n[i].id())
			}
		}
	}
	return out
}

// What a fact is worth is what statements say that are edited, a network that is built anew, and exposures that are asked
// for. A fact that is stated is never a gap.
func TestGapsAreTheDefinition(t *testing.T) {
	store := drawn.Open(t)
	checked := 0
	property := func(rt *rapid.T) {
		n := drawSlowNet(rt)
		v := drawn.ViewIn(t, store, drawn.Statements(t, n.text()))
		if _, err := v.Lookup(graph.KindCompany, "id:a"); err != nil {
			return
		}
		a, err := queries.Gaps(context.Background(), v, queries.GapsRequest{Company: "id:a", Scope: queries.Scope{AsOf: "2025"}})
		if err != nil {
			rt.Fatal(err)
		}
		now := 0.0
		if len(a.Exposures) > 0 {
			now = slowWidths(rt, store, n, t, a.Exposures)
		}
		for i := range a.Items {
			row := &a.Items[i]
			for _, r := range n {
				if _, stated := r.fields[row.Field]; stated && slices.Contains(row.Relations, r.id()) && row.Field != "complete_list" {
					rt.Errorf("%s of %s is stated, and a gap, in\n%s", row.Field, r.id(), n.text())
				}
			}
			switch row.Field {
			case "share_of_input", "essential", "complete_list":
			default:
				continue
			}
			first := now
			nets, weights := n.slowAnswers(row)
			for i, x := range nets {
				first -= weights[i] * slowWidths(rt, store, x, t, a.Exposures)
			}
			if math.Abs(first-row.First) > 1e-6 {
				rt.Errorf("%s %v is worth %v as the first fact, want %v in\n%s", row.Field, row.Relations, row.First, first, n.text())
			}
			if plainSales(n) {
				last := slowWidths(rt, store, n.known(row), t, a.Exposures)
				if row.Field == "complete_list" {
					yes := slowWidths(rt, store, n.known(row).set("complete_list", "true", row.Relations...), t, a.Exposures)
					last = (last - yes) / 2
				} else {
					last -= slowWidths(rt, store, n.known(nil), t, a.Exposures)
				}
				if math.Abs(last-row.Last) > 0.011 { // exposures of which less than 1% comes along the chain are taken not to change
					rt.Errorf("%s %v is worth %v as the last fact, want %v in\n%s", row.Field, row.Relations, row.Last, last, n.text())
				}
			}
			checked++
		}
	}
	for round := 0; round < 10 && checked < 50 && !t.Failed(); round++ { // however few networks a run is told to draw
		rapid.Check(t, property)
	}
	if checked < 50 {
		t.Errorf("only %d facts were looked at", checked)
	}
}

// plainSales reports whether no company has several lines or inputs that may not be essential, of which parts of the
// revenue and of the cost would have to be known too.
func plainSales(n slowNet) bool {
	sells := map[string]string{}
	for _, r := range n {
		if have, ok := sells[r.from]; ok && have != r.product || r.fields["essential"] == "false" {
			return false
		}
		sells[r.from] = r.product
	}
	return true
}
