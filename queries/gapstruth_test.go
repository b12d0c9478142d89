package queries_test

import (
	"cmp"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/tributarygraph/tributary/graph"
	"github.com/tributarygraph/tributary/queries"
	"github.com/tributarygraph/tributary/queries/internal/drawn"
)

// truth is a network of which everything is known, and what of it is hidden.
type truth struct {
	relations []trueRelation
	hidden    map[string]bool // "relation field"
}

type trueRelation struct {
	from, to, product string
	share, cost       float64
	essential         bool
	complete          bool // the first relation of an input says so of the list
	first             bool
}

func (r *trueRelation) id() string { return "supplies~" + r.from + "~" + r.to + "~" + r.product }

// randomTruth draws companies that each sell a product of their own sector and buy one to three products of one to three
// suppliers, mostly of those after them, sometimes of any, so that there are loops. Seven of ten facts are hidden.
func randomTruth(seed uint64, companies int) *truth {
	r := rand.New(rand.NewPCG(seed, 17))
	t := &truth{hidden: map[string]bool{}}
	for to := range companies * 2 / 3 {
		products := r.Perm(4)[:1+r.IntN(3)]
		for _, product := range products {
			t.input(r, to, product, companies)
		}
	}
	for i := range t.relations {
		x := &t.relations[i]
		for _, field := range []string{"share_of_input", "essential", "complete_list", "cost_share"} {
			if r.Float64() < 0.7 {
				t.hidden[x.id()+" "+field] = true
			}
		}
	}
	return t
}

func (t *truth) input(r *rand.Rand, to, product, companies int) {
	suppliers := map[int]float64{}
	for range 1 + r.IntN(3) {
		from := to + 1 + r.IntN(min(9, companies-to-1))
		if r.IntN(10) == 0 {
			from = r.IntN(companies)
		}
		if from != to {
			suppliers[from] = 0.2 + r.Float64()
		}
	}
	complete := r.IntN(2) == 0
	sum := 0.0
	if !complete {
		sum = 0.5 * r.Float64()
	}
	for _, from := range sorted(suppliers) {
		sum += suppliers[from]
	}
	essential, first := r.IntN(4) > 0, true
	for _, from := range sorted(suppliers) {
		t.relations = append(t.relations, trueRelation{from: fmt.Sprintf("c%02d", from), to: fmt.Sprintf("c%02d", to), product: fmt.Sprintf("p%d", product),
			share: suppliers[from] / sum, cost: 0.1 * r.Float64(), essential: essential, complete: complete, first: first})
		first = false
	}
}

func sorted(m map[int]float64) (keys []int) {
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// view is the network without what is hidden, apart from the facts that were found out.
func (t *truth) view(tb testing.TB, store graph.Store, found map[string]bool) *graph.View {
	var b strings.Builder
	b.WriteString("source s published=2024-01-01\n")
	for i := range t.relations {
		x := &t.relations[i]
		fmt.Fprintf(&b, "%s -> %s : %s source=s period=2024", x.from, x.to, x.product)
		for _, f := range []struct{ field, value string }{{"share_of_input", fmt.Sprint(x.share)}, {"essential", fmt.Sprint(x.essential)},
			{"complete_list", fmt.Sprint(x.complete)}, {"cost_share", fmt.Sprint(x.cost)}} {
			if key := x.id() + " " + f.field; (!t.hidden[key] || found[key]) && (f.field != "complete_list" || x.first) {
				fmt.Fprintf(&b, " %s=%s", f.field, f.value)
			}
		}
		b.WriteString("\n")
	}
	return drawn.ViewIn(tb, store, drawn.Statements(tb, b.String()))
}

// widths is what is open in the exposures to some companies.
func widths(tb testing.TB, v *graph.View, to []queries.GapExposure) (sum float64) {
	a, err := queries.Exposure(context.Background(), v, queries.ExposureRequest{Company: "c00", Paths: -1, Scope: queries.Scope{AsOf: "2025"}})
	if err != nil {
		tb.Fatal(err)
	}
	for _, r := range a.Items {
		if slices.ContainsFunc(to, func(e queries.GapExposure) bool { return e.ID == r.ID }) {
			sum += r.LossIfStopped.High - r.LossIfStopped.Low
		}
	}
	return sum
}

// findOut finds out the facts of the first ten rows.
func findOut(rows []queries.GapRow) map[string]bool {
	found := map[string]bool{}
	for _, r := range rows[:min(10, len(rows))] {
		for _, id := range r.Relations {
			found[id+" "+r.Field] = true
		}
	}
	return found
}

// thumb are the first ten facts that the exposures name by the rule of thumb.
func thumb(tb testing.TB, v *graph.View, t *truth) map[string]bool {
	a, err := queries.Exposure(context.Background(), v, queries.ExposureRequest{Company: "c00", Paths: -1, Sort: "upper", Scope: queries.Scope{AsOf: "2025"}})
	if err != nil {
		tb.Fatal(err)
	}
	found, facts := map[string]bool{}, map[string]bool{}
	for _, r := range a.Items {
		if r.Gap == nil || len(facts) == 10 {
			continue
		}
		id := "supplies~" + r.Gap.Supplier.ID + "~" + r.Gap.Buyer.ID + "~" + r.Gap.Product.ID
		if r.Gap.Field == "share_of_input" {
			facts[id+" "+r.Gap.Field], found[id+" "+r.Gap.Field] = true, true
			continue
		}
		facts[r.Gap.Buyer.ID+r.Gap.Product.ID+r.Gap.Field] = true
		for i := range t.relations { // an answer is about the whole input
			if x := &t.relations[i]; x.to == r.Gap.Buyer.ID && x.product == r.Gap.Product.ID {
				found[x.id()+" "+r.Gap.Field] = true
			}
		}
	}
	return found
}

// The ten facts that are ranked first, once they are found out, narrow the largest exposures more than ten of those
// that are hidden drawn at random, and more than the ten that the exposures name by a rule of thumb. TRIBUTARY_TRUTH_NETWORKS=30
// and -v give the figures of docs/queries/gaps.md.
func TestGapsAgainstTheTruth(t *testing.T) {
	store := drawn.Open(t)
	var ranked, first, last, random, listed, thumbs, all float64
	networks, draws := 5, 2.0
	if n, err := strconv.Atoi(os.Getenv("TRIBUTARY_TRUTH_NETWORKS")); err == nil {
		networks, draws = n, 10
	}
	for seed := range uint64(networks) {
		truth := randomTruth(seed, 40)
		v := truth.view(t, store, nil)
		a, err := queries.Gaps(context.Background(), v, queries.GapsRequest{Company: "c00", Candidates: 10_000, Scope: queries.Scope{AsOf: "2025"}})
		if err != nil {
			t.Fatal(err)
		}
		before := widths(t, v, a.Exposures)
		fall := func(found map[string]bool) float64 {
			return before - widths(t, truth.view(t, store, found), a.Exposures)
		}
		by := func(value func(*queries.GapRow) float64) float64 {
			rows := slices.Clone(a.Items)
			slices.SortStableFunc(rows, func(a, b queries.GapRow) int { return cmp.Compare(value(&b), value(&a)) })
			return fall(findOut(rows))
		}
		all += before
		ranked += fall(findOut(a.Items))
		first += by(func(r *queries.GapRow) float64 { return r.First })
		last += by(func(r *queries.GapRow) float64 { return r.Last })
		thumbs += fall(thumb(t, v, truth))
		r := rand.New(rand.NewPCG(seed, 3))
		hidden := make([]string, 0, len(truth.hidden))
		for key := range truth.hidden {
			hidden = append(hidden, key)
		}
		slices.Sort(hidden)
		for range int(draws) {
			found := map[string]bool{}
			for _, i := range r.Perm(len(hidden))[:10] {
				found[hidden[i]] = true
			}
			random += fall(found) / draws
			rows := slices.Clone(a.Items)
			r.Shuffle(len(rows), func(i, j int) { rows[i], rows[j] = rows[j], rows[i] })
			listed += fall(findOut(rows)) / draws
		}
	}
	part := func(x float64) string { return fmt.Sprintf("%.1f%%", 100*x/all) }
	t.Logf("of the widths of the ten largest exposures of %d networks, mean %.3f: ten ranked first close %s (by first alone %s, by last alone %s), ten by the rule of thumb %s, ten drawn of the list %s, ten drawn of all %s",
		networks, all/float64(networks)/10, part(ranked), part(first), part(last), part(thumbs), part(listed), part(random))
	if !(ranked > thumbs && ranked > listed && listed > random) {
		t.Error("the ranking does not pay")
	}
}
