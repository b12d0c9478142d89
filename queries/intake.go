package queries

import (
	"slices"

	"github.com/tributarygraph/tributary/graph"
)

// supplied is a relation by which a company is supplied, with the part that it has in a whole: the intake of a product,
// or the cost of the buyer.
type supplied struct {
	rel      graph.Rel
	supplier graph.Node
	product  graph.Node // NoNode where none is stated
	stated   bool       // a claim states the part
	partly   bool       // claims state a part of it, of a group: low is that
	disputed bool       // claims of one period differ
	low      float64    // least and most that the part may be; 0 and 1 where nobody states it
	high     float64
	point    float64 // best single value, where there is one
}

// suppliedBy are the active relations that supply a company, by product, those of one in the order of the ids of the
// suppliers. The products come in the order of their ids, what states none last.
func suppliedBy(v *graph.View, active graph.Activity, buyer graph.Node) (products []graph.Node, byProduct map[graph.Node][]supplied) {
	byProduct = map[graph.Node][]supplied{}
	edges := v.In(graph.KindSupplies, buyer)
	for i, n := range edges.Nodes {
		r := edges.Rel(i)
		if !active.Has(r) {
			continue
		}
		p := v.ProductOf(r)
		if byProduct[p] == nil {
			products = append(products, p)
		}
		byProduct[p] = append(byProduct[p], supplied{rel: r, supplier: n, product: p, high: 1})
	}
	slices.SortFunc(products, func(a, b graph.Node) int {
		switch {
		case a == b:
			return 0
		case b == graph.NoNode, a != graph.NoNode && v.Less(graph.KindProduct, a, b):
			return -1
		}
		return 1
	})
	return products, byProduct
}

// statement says how the parts of a whole are known.
type statement struct {
	stated     int  // parts that a claim states
	partly     int  // parts of which claims state some: those of groups
	disputed   bool // claims of one period differ on some of them
	overstated bool // they add up to more than 1, and were scaled down to it
	valued     bool // none is stated; they are known from the values of all
}

// state fills in the parts that a field states. Where they add up to more than 1 they are scaled down. Of disputed
// ones any may be right, and the scale with it: the ranges hold whichever are.
func state(v *graph.View, f graph.Filter, list []supplied, field graph.FieldID) (s statement) {
	var sum, least, most float64
	for i := range list {
		n, ok := v.FoldNumber(list[i].rel, f, field)
		partly := false
		if !ok {
			n, partly = v.FoldPart(list[i].rel, f, field)
		}
		if !ok && !partly {
			continue
		}
		x := &list[i]
		x.stated, x.partly, x.disputed, x.low, x.high, x.point = ok, partly, n.Disputed, n.Least, n.Most, n.Value
		count(&s.stated, ok)
		count(&s.partly, partly)
		s.disputed = s.disputed || n.Disputed
		sum, least, most = sum+n.Value, least+n.Least, most+n.Most
	}
	s.overstated = sum > shareSum
	for i := range list {
		if x := &list[i]; x.stated || x.partly {
			low, high := x.low, x.high
			x.low, x.high = low/max(1, low+(most-high)), high/max(1, high+(least-low))
			x.point /= max(1, sum)
			if x.partly { // what the rest of it is nobody states
				x.high, x.point = 1, 0
			}
		}
	}
	return s
}

// stateValues fills in the parts that the suppliers have in what is documented of an input, where no share is stated
// and the values of at least two suppliers, all that there are, can be compared. Where the list of suppliers is open,
// a part may be any less than that.
func stateValues(v *graph.View, f graph.Filter, list []supplied, open bool) bool {
	in := &input{}
	for _, x := range list {
		in.add(v, x.rel, f)
	}
	if !in.allValued() {
		return false
	}
	var least, most float64
	numbers := make([]graph.Number, len(list))
	for i, x := range list {
		numbers[i], _ = v.FoldNumber(x.rel, f, graph.FieldValue)
		least, most = least+numbers[i].Least, most+numbers[i].Most
	}
	for i, n := range numbers {
		x := &list[i]
		x.point, x.disputed = n.Value/in.value, n.Disputed
		x.low, x.high = part(n.Least, most-n.Most), part(n.Most, least-n.Least)
		if open {
			x.low = 0
		}
	}
	return true
}

// part is the part of a number in its sum with others.
func part(n, others float64) float64 {
	if n+others <= 0 {
		return 0
	}
	return n / (n + others)
}
