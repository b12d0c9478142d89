package queries

import (
	"fmt"

	"github.com/tributarygraph/tributary/graph"
)

// weights are the parts that the members of a portfolio have in what is spent on it.
type weights struct {
	part    []float64 // of the spend that is known, by member; negative where it is not known what that is
	unknown int       // how many these are
	why     string    // why it is not known of any; else empty
	apart   bool      // the amounts are in several currencies: nothing is told by spend
}

// newWeights weighs members by what is spent on them. Amounts in several currencies are not compared, and none is made
// up where none is stated.
func newWeights(members []member) *weights {
	sums, _ := spendOf(members)
	w := &weights{part: make([]float64, len(members))}
	switch {
	case len(sums) == 0:
		w.why = "no spend is stated for any member"
	case len(sums) > 1:
		w.why, w.apart = differentCurrencies, true
	case sums[0].Amount <= 0:
		w.why = "the spends that are stated are 0"
	}
	for i, m := range members {
		if m.spend == nil || w.why != "" {
			w.part[i] = -1
			w.unknown++
			continue
		}
		w.part[i] = *m.spend / sums[0].Amount
	}
	return w
}

// differentCurrencies is why nothing is told by spend of a portfolio in several currencies.
const differentCurrencies = "the spends are in different currencies, which are not added up"

// weighing says in words how members are weighed.
func (w *weights) weighing() []string {
	switch {
	case w.apart:
		return []string{"nothing is told by spend: " + w.why + "; items are in the order of the mean over all members, each counted alike"}
	case w.why != "":
		return []string{"by spend is between the member with the least and the one with the most: " + w.why + "; items are in the order of the mean over all members, each counted alike"}
	}
	out := []string{"members count by the spend on them"}
	if w.unknown > 0 {
		out = append(out, "a spend that is not known may be anything: by spend is between what it is without those members and what it is if one of them held all the spend")
	}
	return out
}

// warn names the members that widen what is told by spend.
func (w *weights) warn(a *Answer, v *graph.View, members []member) {
	if w.why == "" && w.unknown > 0 {
		a.warn(noSpendOf(v, members) + "; that alone widens what is told by spend; what is told of the stated spend leaves them out")
	}
}

// noSpendOf names the members whose spend is not known; empty where there are none.
func noSpendOf(v *graph.View, members []member) string {
	var names []string
	for _, m := range members {
		if m.spend == nil {
			names = append(names, v.Name(graph.KindCompany, m.node))
		}
	}
	if names == nil {
		return ""
	}
	return fmt.Sprintf("%s no spend: %s", plural(len(names), "member states", "members state"), some(names, "; "))
}

// A measure of the members is a list of numbers between 0 and 1, one a member.

// least is the least that a measure may be weighed by spend, given its lower bounds. A spend that is not known may be
// anything: that is without those members, or with one of them holding all the spend.
func (w *weights) least(low []float64) float64 {
	known, unknown := 0.0, 1.0
	for i, p := range w.part {
		if p < 0 {
			unknown = min(unknown, low[i])
		} else {
			known += p * low[i]
		}
	}
	switch {
	case w.why != "":
		return unknown
	case w.unknown > 0:
		return min(known, unknown)
	}
	return min(1, known)
}

// most is the most that it may be, given its upper bounds.
func (w *weights) most(high []float64) float64 {
	known, unknown := 0.0, 0.0
	for i, p := range w.part {
		if p < 0 {
			unknown = max(unknown, high[i])
		} else {
			known += p * high[i]
		}
	}
	return max(min(1, known), unknown)
}

// ofStated weighs a measure by the spend that is stated; its mean where none weighs.
func (w *weights) ofStated(values []float64) float64 {
	if w.why != "" {
		return w.mean(values)
	}
	sum := 0.0
	for i, p := range w.part {
		sum += max(0, p) * values[i]
	}
	return min(1, sum)
}

// bySpend is a measure by spend; nil where the spends are in several currencies.
func (w *weights) bySpend(low, high []float64) *Interval {
	if w.apart {
		return nil
	}
	return bounds(lost{w.least(low), w.most(high)})
}

// byStated is a measure by the spend that is stated; nil where none weighs.
func (w *weights) byStated(low, high []float64) *Interval {
	if w.why != "" {
		return nil
	}
	return bounds(lost{w.ofStated(low), w.ofStated(high)})
}

// text says a measure by spend in words, or its mean where no spend weighs.
func (w *weights) text(spend, stated, mean *Interval) string {
	switch {
	case w.why != "":
		return "on average " + BoundsText(mean)
	case w.unknown > 0:
		return "by spend " + BoundsText(spend) + ", of the stated spend " + BoundsText(stated)
	}
	return "by spend " + BoundsText(spend)
}

// mean counts all members alike.
func (w *weights) mean(values []float64) float64 {
	sum := 0.0
	for _, x := range values {
		sum += x
	}
	return min(1, sum/float64(len(values)))
}

// rankLeast and rankMost are what rows are put in order by: the measure by spend, or its mean where no spend is known.
func (w *weights) rankLeast(low []float64) float64 {
	if w.why != "" {
		return w.mean(low)
	}
	return w.least(low)
}

func (w *weights) rankMost(high []float64) float64 {
	if w.why != "" {
		return w.mean(high)
	}
	return w.most(high)
}
