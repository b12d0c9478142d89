package queries

import (
	"slices"

	"github.com/tributarygraph/tributary/graph"
	"github.com/tributarygraph/tributary/queries/internal/loss"
)

// greatest is how many customers the total of a report is about.
const greatest = 5

// topFiveOf is what the five greatest customers of a company have together of its revenue, in the latest stated period
// that has begun by the day: of several statements the most. What is said of one member of a group is not said of the
// group.
func topFiveOf(v *graph.View, c graph.Node, f graph.Filter) (total float64, period graph.Period, ok bool) {
	for _, p := range v.NodeParts(graph.KindCompany, c, graph.FieldTopFiveCustomersShare) {
		begun := f.AsOf == graph.AnyDate || p.Period == "" || p.Period.Start() <= f.AsOf
		switch {
		case !begun, ok && p.Period != period && p.Period.End() <= period.End():
		case ok && p.Period == period:
			total = max(total, p.Value)
		default:
			total, period, ok = p.Value, p.Period, true
		}
	}
	if ok && slices.ContainsFunc(v.Records(graph.KindCompany, c), func(r graph.Record) bool { return r.Rule == "control" }) {
		return 0, "", false
	}
	return total, period, ok
}

// soldToOthers is the part of a company's revenue that certainly comes from others than its documented customers, since
// those of unknown share cannot have all that the stated shares leave: the five greatest have no more than their total.
//
// Let u customers have an unknown share. Where u is 5 or less, they and the 5-u greatest of the others are five customers,
// which have no more than the five greatest do; so the u have at most the total less those. Where there are more, no five
// of them have more than the total, so that all have at most u/5 of it. Shares of other periods are not taken away: the
// total is not about them.
func (s *sales) soldToOthers(c graph.Node, rels []graph.Rel, shares []loss.Share) float64 {
	total, period, ok := topFiveOf(s.v, c, s.filter)
	if !ok {
		return 0
	}
	unknown, stated := map[graph.Node]bool{}, map[graph.Node]float64{}
	rest := 1.0
	for i, r := range rels {
		_, customer, _ := s.v.Ends(r)
		if shares[i] == loss.Unknown {
			unknown[customer] = true
			continue
		}
		rest -= shares[i].Low
		if n, ok := s.v.FoldNumber(r, s.filter, graph.FieldRevenueShare); ok && n.Period == period {
			stated[customer] += n.Least
		}
	}
	var others, parts []float64 // of customers whose share is known; what is known of those of whom more may come
	for customer, share := range stated {
		if unknown[customer] {
			parts = append(parts, share)
		} else {
			others = append(others, share)
		}
	}
	if sumOfGreatest(others, greatest) > total+1e-9 {
		return 0 // the total contradicts the shares: it says nothing
	}
	left := total
	if n := len(unknown); n > greatest {
		left *= float64(n) / greatest
	} else {
		left -= sumOfGreatest(others, greatest-n)
	}
	left -= sumOfGreatest(parts, len(parts))
	if rest -= max(0, left); rest < 1e-9 {
		return 0
	}
	return rest
}

// sumOfGreatest adds up the n greatest numbers of a list, in the order of their size.
func sumOfGreatest(list []float64, n int) (total float64) {
	slices.Sort(list)
	for i := len(list) - 1; i >= max(0, len(list)-n); i-- {
		total += list[i]
	}
	return total
}
