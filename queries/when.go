package queries

import (
	"github.com/tributarygraph/tributary/graph"
	"github.com/tributarygraph/tributary/queries/internal/loss"
)

// whenAssumptions are what times take for granted.
var whenAssumptions = []string{"stopped_days assumes that every supplier that goes on can stand in for those that do not",
	"stocks and lead times that nobody states are between nothing and no bound"}

// Days is a time in days from the beginning of a scenario, between two bounds.
type Days struct {
	Low  float64  `json:"low"`
	High *float64 `json:"high" doc:"null: there is no bound that anybody states"`
}

// daysOf is the time between two bounds; nil where it never comes.
func daysOf(low, high float64) *Days {
	if low == loss.Never {
		return nil
	}
	d := &Days{Low: rounded(low)}
	if high != loss.Never {
		high = rounded(max(low, high))
		d.High = &high
	}
	return d
}

// whens are the times of every node; nil where they are not derived.
type whens struct {
	reachedLow, reachedHigh, stoppedLow, stoppedHigh []float64
	loop                                             []bool
}

// whensWithin is the size of a network, in edges, up to which times are derived: they need the plan of each company
// that the damage reaches.
const whensWithin = 1 << 19

// when derives the times from stated lead times and stocks. What is not stated is between nothing and no bound.
func (d *disruption) when(s *loss.Scenario) {
	if _, edges := d.net.net.Size(); edges > whensWithin {
		d.answer.warn("times are not derived: the damage may reach too much of a large network")
		return
	}
	companies := map[graph.Node]bool{}
	for _, n := range d.solved.Reached() {
		companies[d.net.owner[n]] = true
	}
	clock := d.clock(companies)
	w := &whens{}
	w.reachedLow, w.reachedHigh = d.solved.FirstEffects(s, clock)
	w.stoppedLow, w.stoppedHigh = d.solved.Stops(s, clock)
	w.loop = d.solved.InLoop(w.stoppedLow)
	d.whens = w
}

func (d *disruption) clock(companies map[graph.Node]bool) *loss.Clock {
	inputs, edges := d.net.net.Size()
	clock := &loss.Clock{Lead: make([]loss.Span, edges), Stock: make([]loss.Span, inputs), Any: make([]bool, inputs)}
	for c := range companies {
		plan := d.p.plan(c)
		d.net.each(plan, func(input, edge int32, e *planEdge, node int) {
			if e.flow < 0 {
				clock.Any[input] = clock.Any[input] || plan.totals && node == plan.outlet
				return
			}
			stated := &plan.flows[e.flow].stated
			clock.Lead[edge] = spanOf(&stated.LeadTime)
			clock.Stock[input] = stockOf(plan, node, int(input), d)
		})
	}
	return clock
}

func spanOf(n *graph.OptionalNumber) loss.Span {
	if !n.Stated {
		return loss.Span{Low: 0, High: loss.Never}
	}
	return loss.Span{Low: n.Least, High: n.Most}
}

// stockOf is how long the company's stock of an input lasts: what its relations state, from the least to the most.
func stockOf(plan *plan, node, input int, d *disruption) loss.Span {
	first, _ := d.net.net.Inputs(d.net.first[plan.company] + int32(node))
	out, stated := loss.Span{Low: loss.Never}, false
	for _, e := range plan.nodes[node].inputs[input-int(first)].parts {
		if e.flow < 0 {
			continue
		}
		if n := &plan.flows[e.flow].stated.Inventory; n.Stated {
			stated = true
			out = loss.Span{Low: min(out.Low, n.Least), High: max(out.High, n.Most)}
		}
	}
	if !stated {
		return loss.Span{Low: 0, High: loss.Never}
	}
	return out
}

// addWhen tells in a row when it is reached, when it stops, and whether it outlasts the recovery.
func (d *disruption) addWhen(row *DisruptionRow, e *entry) {
	w := d.whens
	if w == nil {
		return
	}
	own := d.damage.ofLine(e.company, e.lines[0])
	switch {
	case own.high >= whole:
		row.Reached, row.Stopped = daysOf(0, 0), daysOf(0, pick(own.low >= whole, 0, loss.Never))
	case own.high > 0:
		row.Reached, row.Stopped = daysOf(0, pick(own.low > 0, 0, loss.Never)), daysOf(w.stoppedLow[e.node], w.stoppedHigh[e.node])
	default:
		row.Reached, row.Stopped = daysOf(w.reachedLow[e.node], w.reachedHigh[e.node]), daysOf(w.stoppedLow[e.node], w.stoppedHigh[e.node])
	}
	row.SustainedByLoop = w.loop[e.node]
	row.Survives = d.survives(row.Stopped)
}

func pick(is bool, yes, no float64) float64 {
	if is {
		return yes
	}
	return no
}

// survives compares the time to recover, the longest of the targets', with the time until the line stops; empty where
// a target states none.
func (d *disruption) survives(stopped *Days) string {
	recovery := 0.0
	for _, t := range d.req.Scenario.Targets {
		if t.RecoveryDays == nil {
			return ""
		}
		recovery = max(recovery, *t.RecoveryDays)
	}
	switch {
	case stopped == nil || recovery <= stopped.Low:
		return "yes"
	case stopped.High != nil && recovery > *stopped.High:
		return "no"
	}
	return "unknown"
}
