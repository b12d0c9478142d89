package queries

import (
	"math"
	"slices"
	"strings"

	"github.com/tributarygraph/tributary/graph"
)

// Interval is a number that may be uncertain: it lies between Low and High. It is null where nothing is known.
type Interval struct {
	Low  float64 `json:"low"`
	High float64 `json:"high"`
	// Point is the best single value, where there is one.
	Point  *float64 `json:"point,omitempty" doc:"Best single value, where there is one"`
	Basis  string   `json:"basis" doc:"What the interval rests on: stated, documented_value, residual, sole_documented"`
	Period string   `json:"period,omitempty" doc:"Period that the number speaks of"`
	// Overstated: the stated shares of the same input add up to more than 1 and were scaled down.
	Overstated bool `json:"overstated,omitempty" doc:"The stated shares of this input add up to more than 1 and were scaled down to 1"`
	// Disputed: claims of one period differ; Low and High span them.
	Disputed bool `json:"disputed,omitempty" doc:"Claims of one period differ; low and high span them"`
}

// The bases of an interval.
const (
	BasisStated          = "stated"           // a claim says so
	BasisDocumentedValue = "documented_value" // from the money of all documented suppliers of the input
	BasisResidual        = "residual"         // what the stated shares of the others leave
	BasisSoleDocumented  = "sole_documented"  // the only supplier documented: anything is possible
)

// shareSum is how far stated shares may pass 1 in sum before they count as overstated: rounding, not a claim.
const shareSum = 1 + 1e-9

// input is what is known of the suppliers of one product to one buyer. The sums run over the suppliers in the
// order of ids, so that they come out the same everywhere.
type input struct {
	documented int     // active relations
	stated     int     // of these, with a share_of_input
	known      float64 // sum of the stated shares
	least      float64 // the same, of disputed ones the least that claims say
	valued     int     // with a value in the currency and period of the first
	value      float64 // sum of these
	currency   string
	period     graph.Period
}

// inputKey names a buyer's intake of a product; NoNode where the product is not stated.
type inputKey struct{ buyer, product graph.Node }

// shares gives the share of hops, and remembers the inputs that it has added up.
type shares struct {
	v      *graph.View
	filter graph.Filter
	active graph.Activity
	inputs map[inputKey]*input
	intake map[graph.Node]intake
}

// intake is all that a buyer buys: the relations, and the product of each beside it. Looking the products up, far
// apart as they are, takes longer than adding up an input.
type intake struct {
	edges    graph.Edges
	products []graph.Node
}

func newShares(v *graph.View, f graph.Filter) *shares {
	return &shares{v: v, filter: f, active: v.Activity(f), inputs: map[inputKey]*input{}, intake: map[graph.Node]intake{}}
}

// ofInput is the part that the relation has in the buyer's intake of its product, among the suppliers that are
// documented. The relation must be an active supplies relation.
func (s *shares) ofInput(r graph.Rel) *Interval {
	_, buyer, product := s.v.Ends(r)
	in := s.input(inputKey{buyer, product})
	if share, ok := s.v.FoldNumber(r, s.filter, graph.FieldShareOfInput); ok {
		return in.statedShare(share)
	}
	if share, ok := s.v.FoldPart(r, s.filter, graph.FieldShareOfInput); ok {
		return in.atLeast(share)
	}
	if in.documented == 1 {
		return &Interval{Low: 0, High: 1, Basis: BasisSoleDocumented}
	}
	if in.allValued() {
		value, _ := s.v.FoldNumber(r, s.filter, graph.FieldValue)
		point := value.Value / in.value
		return &Interval{Low: 0, High: point, Point: &point, Basis: BasisDocumentedValue, Period: string(value.Period)}
	}
	return &Interval{Low: 0, High: max(0, 1-in.least), Basis: BasisResidual}
}

func (in *input) statedShare(share graph.Number) *Interval {
	scale := 1.0
	if in.known > shareSum {
		scale = 1 / in.known
	}
	point := share.Value * scale
	return &Interval{Low: share.Least * scale, High: share.Most * scale, Point: &point, Basis: BasisStated, Period: string(share.Period),
		Overstated: scale != 1, Disputed: share.Disputed}
}

// atLeast is a share of which a part is known.
func (in *input) atLeast(share graph.Number) *Interval {
	low := share.Least / max(1, in.known)
	return &Interval{Low: low, High: max(low, 1-(in.least-share.Least)), Basis: BasisResidual}
}

// allValued reports whether the values of the documented suppliers can be compared: no share is stated, there
// are at least two, and each has a value in one currency and period.
func (in *input) allValued() bool {
	return in.stated == 0 && in.documented >= 2 && in.valued == in.documented && in.value > 0
}

// input adds up what the documented suppliers of one input state.
func (s *shares) input(key inputKey) *input {
	if in, ok := s.inputs[key]; ok {
		return in
	}
	in := &input{}
	bought := s.of(key.buyer)
	for i, product := range bought.products {
		if product != key.product {
			continue
		}
		if r := bought.edges.Rel(i); s.active.Has(r) {
			in.add(s.v, r, s.filter)
		}
	}
	s.inputs[key] = in
	return in
}

// of is the intake of a buyer.
func (s *shares) of(buyer graph.Node) intake {
	in, ok := s.intake[buyer]
	if ok {
		return in
	}
	in.edges = s.v.In(graph.KindSupplies, buyer)
	in.products = make([]graph.Node, in.edges.Len())
	for i := range in.products {
		in.products[i] = s.v.ProductOf(in.edges.Rel(i))
	}
	s.intake[buyer] = in
	return in
}

func (in *input) add(v *graph.View, r graph.Rel, f graph.Filter) {
	in.documented++
	share, ok := v.FoldNumber(r, f, graph.FieldShareOfInput)
	if !ok {
		share, ok = v.FoldPart(r, f, graph.FieldShareOfInput)
	}
	if ok {
		in.stated++
		in.known += share.Value
		in.least += share.Least
	}
	if in.stated > 0 {
		return // values are not used then
	}
	value, ok := v.FoldNumber(r, f, graph.FieldValue)
	if !ok {
		return
	}
	currency := v.CurrencyOf(value.From)
	if in.valued == 0 {
		in.currency, in.period = currency, value.Period
	}
	if currency == in.currency && currency != "" && value.Period == in.period {
		in.valued++
		in.value += value.Value
	}
}

// statedNumber is a folded number as an interval, without regard to any other supplier; nil when not stated.
func statedNumber(v *graph.View, r graph.Rel, f graph.Filter, field graph.FieldID) *Interval {
	n, ok := v.FoldNumber(r, f, field)
	if !ok {
		return nil
	}
	out := &Interval{Low: n.Least, High: n.Most, Point: &n.Value, Basis: BasisStated, Period: string(n.Period), Disputed: n.Disputed}
	if n.Disputed && isRange(v, r, n, field) {
		out.Disputed, out.Point = false, nil // neither bound is the value
	}
	return out
}

// How whoever asserts a bound is named: a range is two claims, since a claim states one number; see importer/formats.
const (
	leastSuffix = "(at least)"
	mostSuffix  = "(at most)"
)

// isRange reports whether the claims that differ are bounds that do not contradict one another: then nobody disputes
// anything.
func isRange(v *graph.View, r graph.Rel, n graph.Number, field graph.FieldID) bool {
	least, most := math.Inf(-1), math.Inf(1)
	low, high := v.Claims(r)
	for c := low; c < high; c++ {
		if head := v.ClaimHead(c); head.Period != n.Period || head.Denies || !v.ClaimStates(c, field) {
			continue
		}
		claim := v.Claim(r, c)
		i := slices.IndexFunc(claim.Numbers, func(f graph.Field) bool { return f.ID == field })
		x := claim.Numbers[i].Number
		switch {
		case x < n.Least || x > n.Most: // it does not count
		case strings.HasSuffix(claim.AssertedBy, leastSuffix):
			least = max(least, x)
		case strings.HasSuffix(claim.AssertedBy, mostSuffix):
			most = min(most, x)
		default:
			return false
		}
	}
	return !math.IsInf(least, -1) && !math.IsInf(most, 1) && least <= most
}
