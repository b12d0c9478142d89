package queries

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/tributarygraph/tributary/graph"
	"github.com/tributarygraph/tributary/queries/internal/loss"
)

// why explains where the loss of an entry comes from. It reads the run that solved the scenario, and plans again the
// companies that it passes: a network does not remember what its numbers stand for.
type why struct {
	d *disruption
	e *entry
}

// place is a node of a company.
type place struct {
	plan *plan
	node int // of the plan
}

// through is an input through which something is lost.
type through struct {
	place
	in    *planInput
	input int32 // of the network
}

// ofAll is the share that is stated of a part of an input, where it is one of the whole intake and tells nothing of this
// input, which takes only some of that; empty where none is.
func (t through) ofAll(part int) string {
	e := &t.in.parts[part]
	if e.flow < 0 || e.share != loss.Unknown {
		return ""
	}
	s := &t.plan.flows[e.flow].stated.Share
	if !s.Stated {
		return ""
	}
	return shareText(loss.Share{Low: s.Least, High: s.Most})
}

// planOf plans a company, or remembers it.
func (d *disruption) planOf(c graph.Node) *plan {
	x := d.plans[c]
	if x == nil {
		if len(d.plans) > keptPlans {
			d.plans = nil
		}
		if d.plans == nil {
			d.plans = map[graph.Node]*plan{}
		}
		x = d.p.plan(c)
		d.plans[c] = x
	}
	return x
}

// keptPlans is how many plans are remembered: rows of a list pass the same companies again and again.
const keptPlans = 1000

func (d *disruption) placeOf(node int32) place {
	c := d.net.owner[node]
	return place{d.planOf(c), int(node - d.net.first[c])}
}

func (d *disruption) number(p place) int32 { return d.net.first[p.plan.company] + int32(p.node) }

// binding is the input that most is lost through at a place; false where the place is hit itself.
func (d *disruption) binding(at place) (through, bool) {
	for {
		b, ok := d.solved.BindingHigh(d.number(at))
		if !ok {
			return through{}, false
		}
		first, _ := d.net.net.Inputs(d.number(at))
		in := &at.plan.nodes[at.node].inputs[b.Input-first]
		t := through{at, in, b.Input}
		if !in.inner {
			return t, true
		}
		best := d.best(t, nil)
		if best < 0 || d.hits(t, best) {
			return through{}, false
		}
		at = place{at.plan, in.parts[best].node}
	}
}

// leastBinding is the input that the least which is lost at a place comes from most, and the part of it; -1 where it comes
// from none.
func (d *disruption) leastBinding(at place) (t through, best int) {
	for {
		b, ok := d.solved.BindingLow(d.number(at))
		if !ok {
			return t, -1
		}
		first, _ := d.net.net.Inputs(d.number(at))
		in := &at.plan.nodes[at.node].inputs[b.Input-first]
		t = through{at, in, b.Input}
		if best = d.leastBest(t); !in.inner || best < 0 {
			return t, best
		}
		at = place{at.plan, in.parts[best].node}
	}
}

// leastBest is the part of an input that most is lost through for certain; -1 where that is nothing.
func (d *disruption) leastBest(t through) int {
	residual := 1.0
	for _, e := range t.in.parts {
		if e.share != loss.Unknown {
			residual -= e.share.High
		}
	}
	best, most := -1, 0.0
	for i, e := range t.in.parts {
		k := max(0, residual)
		if e.share != loss.Unknown {
			k = e.share.Low
		}
		if l := k * d.solved.EdgeLow(t.input, d.edge(t, i)); l > most {
			best, most = i, l
		}
	}
	return best
}

// edge is the number of an edge in the network.
func (d *disruption) edge(t through, part int) int32 {
	first, _ := d.net.net.Edges(t.input)
	return first + int32(part)
}

// best is the part of an input that most is lost through, the first of several, apart from those that skip says; -1
// where there is none.
func (d *disruption) best(t through, skip func(part int) bool) int {
	residual := 1.0
	for _, e := range t.in.parts {
		if e.share != loss.Unknown {
			residual -= e.share.Low
		}
	}
	best, most := -1, 0.0
	for i, e := range t.in.parts {
		k := max(0, residual)
		if e.share != loss.Unknown {
			k = e.share.High
		}
		if l := k * d.solved.EdgeHigh(t.input, d.edge(t, i)); l > most && (skip == nil || !skip(i)) {
			best, most = i, l
		}
	}
	return best
}

// hits reports whether a part of an input loses through what hits it itself, not through its source.
func (d *disruption) hits(t through, part int) bool {
	edge := d.edge(t, part)
	source := d.net.net.Source(edge)
	return source == loss.Nobody || d.solved.EdgeHigh(t.input, edge) > d.solved.High(source) || d.isHit(source)
}

// isHit reports whether a node loses what it does because its company is hit.
func (d *disruption) isHit(node int32) bool {
	l, ok := d.damage.companies[d.net.owner[node]]
	return ok && l.high >= d.solved.High(node)-loss.Negligible
}

func (w *why) explain(row *DisruptionRow) {
	d := w.d
	at := d.placeOf(w.e.node)
	t, ok := d.binding(at)
	own := d.damage.ofLine(w.e.company, w.e.lines[0])
	if !ok || w.e.hit {
		row.Why = w.hitText(row, own)
		return
	}
	row.Binding = w.bindingRow(t)
	row.Path = w.path(at)
	row.Why = w.sentence(row, t) + w.leastReason(at, t)
}

func (w *why) hitText(row *DisruptionRow, own lost) string {
	switch {
	case own.low < own.high:
		return w.subject(row) + " may be hit itself"
	case own.high >= whole:
		return w.subject(row) + w.verb(row, " stops", " stop") + ": hit itself"
	}
	return w.subject(row) + w.verb(row, " keeps ", " keep ") + percentText(1-own.high) + " of its capacity: hit itself"
}

// verb is the form of a verb that goes with the subject.
func (w *why) verb(row *DisruptionRow, one, many string) string {
	if n := len(row.Lines); n > 1 && n < len(w.d.planOf(w.e.company).lines) {
		return many
	}
	return one
}

func (w *why) bindingRow(t through) *BindingRow {
	d := w.d
	row := &BindingRow{Loss: d.interval(lost{d.solved.InputLow(t.input), d.solved.InputHigh(t.input)}), Essential: essentialNames[t.in.Essential],
		Suppliers: len(t.in.parts), Complete: t.in.Complete}
	if t.in.product != graph.NoNode {
		ref := d.names.ref(graph.KindProduct, t.in.product)
		row.Product = &ref
	}
	for i, e := range t.in.parts {
		count(&row.Affected, d.solved.EdgeHigh(t.input, d.edge(t, i)) > 0)
		count(&row.Stated, e.share != loss.Unknown && !t.in.ByValue)
	}
	return row
}

var essentialNames = [...]string{loss.Unstated: "not_stated", loss.No: "no", loss.Yes: "yes"}

// maxChain is how many hops of a chain are told.
const maxChain = 100

// path is the chain along the inputs that bind; where that runs in a circle, a shortest one.
func (w *why) path(at place) []CauseHop {
	if path, ok := w.bindingPath(at); ok {
		return path
	}
	return w.shortestPath(at)
}

func (w *why) bindingPath(at place) (path []CauseHop, ok bool) {
	d := w.d
	passed := map[int32]bool{}
	for len(path) < maxChain {
		passed[d.number(at)] = true
		t, found := d.binding(at)
		if !found {
			return path, len(path) > 0
		}
		best := d.best(t, func(part int) bool {
			source := d.net.net.Source(d.edge(t, part))
			return source != loss.Nobody && passed[source]
		})
		if best < 0 {
			return nil, false
		}
		for t.in.parts[best].flow < 0 { // a supplier whose flows at several levels are one
			inner := place{t.plan, t.in.parts[best].node}
			first, _ := d.net.net.Inputs(d.number(inner))
			t = through{inner, &t.plan.nodes[inner.node].inputs[0], first}
			if best = d.best(t, nil); best < 0 {
				return nil, false
			}
		}
		path = append([]CauseHop{w.hop(t, best)}, path...)
		if d.hits(t, best) {
			return path, true
		}
		at = d.placeOf(d.net.net.Source(d.edge(t, best)))
	}
	return path, true
}

// step is how a node was come to, going back from a line: over an edge of an input of another node.
type step struct{ input, edge, node int32 }

// shortestPath is a chain of the fewest edges: a search back from the place to what is hit, no tier farther from it.
func (w *why) shortestPath(at place) (path []CauseHop) {
	d, net := w.d, w.d.net.net
	start := d.number(at)
	from := map[int32]step{start: {node: loss.Nobody}}
	queue := []int32{start}
	for len(queue) > 0 {
		n := queue[0]
		queue = queue[1:]
		first, last := net.Inputs(n)
		for i := first; i < last; i++ {
			low, high := net.Edges(i)
			for e := low; e < high; e++ {
				source := net.Source(e)
				switch {
				case d.solved.EdgeHigh(i, e) == 0:
				case source == loss.Nobody || d.solved.EdgeHigh(i, e) > d.solved.High(source) || d.isHit(source):
					return w.chain(step{i, e, n}, from)
				case d.tiers[source] <= d.tiers[n]:
					if _, ok := from[source]; !ok {
						from[source] = step{i, e, n}
						queue = append(queue, source)
					}
				}
			}
		}
	}
	return nil
}

// chain tells the edges from what is hit to the place, apart from those within a company.
func (w *why) chain(s step, from map[int32]step) (path []CauseHop) {
	net := w.d.net.net
	for ; s.node != loss.Nobody && len(path) < maxChain; s = from[s.node] {
		at := w.d.placeOf(s.node)
		input, _ := net.Inputs(s.node)
		edge, _ := net.Edges(s.input)
		t := through{at, &at.plan.nodes[at.node].inputs[s.input-input], s.input}
		if part := int(s.edge - edge); t.in.parts[part].flow >= 0 {
			path = append(path, w.hop(t, part))
		}
	}
	return path
}

func (w *why) hop(t through, part int) CauseHop {
	f := &t.plan.flows[t.in.parts[part].flow]
	row := CauseHop{From: w.d.names.ref(graph.KindCompany, f.from), To: w.d.names.ref(graph.KindCompany, f.to)}
	if f.product != graph.NoNode {
		ref := w.d.names.ref(graph.KindProduct, f.product)
		row.Product = &ref
	}
	if f.rel >= 0 {
		row.Relation = w.d.v.RelationKey(f.rel).ID()
	}
	return row
}

// subject names the lines: "Nvidia's GB300 rack".
func (w *why) subject(row *DisruptionRow) string {
	switch n := len(row.Lines); {
	case n == 0 && len(w.d.planOf(w.e.company).lines) > 1:
		return row.Name + "'s other business"
	case n == 0 || n == len(w.d.planOf(w.e.company).lines) && n > 1:
		return row.Name
	case n == 1:
		return row.Name + "'s " + row.Lines[0].Name
	case n == 2:
		return row.Name + "'s " + row.Lines[0].Name + " and " + row.Lines[1].Name
	default:
		return fmt.Sprintf("%s's %s and %d other lines", row.Name, row.Lines[0].Name, n-1)
	}
}

func (w *why) sentence(row *DisruptionRow, t through) string {
	var b strings.Builder
	b.WriteString(w.subject(row) + w.verb(row, " loses ", " lose ") + LossText(row.Loss) + ": " + w.reason(t))
	return b.String()
}

// reason is why something is lost through an input.
func (w *why) reason(t through) string {
	var b strings.Builder
	b.WriteString("it needs ")
	if t.in.product == graph.NoNode {
		b.WriteString("what is supplied to it")
	} else {
		b.WriteString(w.d.v.Name(graph.KindProduct, t.in.product))
	}
	w.supplierText(&b, t, w.d.best(t, nil))
	switch {
	case t.in.Essential == loss.No:
		b.WriteString("; it can do without in part")
	case t.in.Essential == loss.Unstated && !w.d.req.options().AssumeEssential:
		b.WriteString("; nobody states whether it can do without")
	}
	return b.String()
}

// leastReason is why something is lost at least, where that comes from another input than what may be lost at most, or
// from another of its suppliers; empty where the reason of the most tells it, or nothing is certain.
func (w *why) leastReason(at place, most through) string {
	d := w.d
	least := d.solved.Low(d.number(at))
	if least == 0 || least == d.solved.High(d.number(at)) {
		return ""
	}
	t, best := d.leastBinding(at)
	if best < 0 || t.input == most.input && best == d.best(most, nil) {
		return ""
	}
	var b strings.Builder
	b.WriteString("; at least " + percentText(least) + ", since it needs ")
	if t.in.product == graph.NoNode {
		b.WriteString("what is supplied to it")
	} else {
		b.WriteString(d.v.Name(graph.KindProduct, t.in.product))
	}
	w.supplierText(&b, t, best)
	return b.String()
}

// supplierText says who supplies an input that binds, a part of it, and how much of it is known.
func (w *why) supplierText(b *strings.Builder, t through, best int) {
	d := w.d
	if best < 0 {
		return
	}
	e := t.in.parts[best]
	from, affected, stated := graph.NoNode, 0, 0
	if e.flow >= 0 {
		from = t.plan.flows[e.flow].from
	} else {
		from = t.plan.flows[t.plan.nodes[e.node].inputs[0].parts[0].flow].from
	}
	for i, e := range t.in.parts {
		count(&affected, d.solved.EdgeHigh(t.input, d.edge(t, i)) > 0)
		count(&stated, e.share != loss.Unknown)
	}
	name, n := d.v.Name(graph.KindCompany, from), len(t.in.parts)
	ofAll := t.ofAll(best)
	switch {
	case t.in.ByValue:
		fmt.Fprintf(b, ", of which %s has %s by documented value", name, percentText(e.share.High))
	case e.share != loss.Unknown:
		fmt.Fprintf(b, ", of which %s supplies %s", name, shareText(e.share))
	case ofAll != "":
		fmt.Fprintf(b, ", of which %s supplies %s over all its lines, and nobody states how much for this one", name, ofAll)
	case n == 1:
		fmt.Fprintf(b, ", of which %s is the only documented supplier", name)
	case stated == 0:
		fmt.Fprintf(b, ", of which %s is one of %d documented suppliers, and nobody states shares", name, n)
	default:
		fmt.Fprintf(b, ", of which %s is one of %d documented suppliers, and its share is not stated", name, n)
	}
	if affected > 1 {
		fmt.Fprintf(b, " (%d of them are affected)", affected)
	}
	if !d.hits(t, best) && e.flow >= 0 {
		source := d.net.net.Source(d.edge(t, best))
		fmt.Fprintf(b, "; %s loses %s", name, LossText(d.interval(lost{d.solved.Low(source), d.solved.High(source)})))
	}
}

func shareText(s loss.Share) string {
	if s.Low == s.High {
		return percentText(s.High)
	}
	return percentText(s.Low) + " to " + percentText(s.High)
}

// LossText is a loss in words: "40%", "0% to 100%".
func LossText(x *Interval) string {
	if x.Low == x.High {
		return percentText(x.Low)
	}
	return percentText(x.Low) + " to " + percentText(x.High)
}

// PercentText is a part of a whole in percent, with one digit behind the point where it matters, as all answers and reports
// write it: halves are rounded up. What is not nothing and not all does not read so.
func PercentText(x float64) string { return percentText(x) }

func percentText(x float64) string {
	switch {
	case x > 0 && x < 0.001:
		return "under 0.1%"
	case x < 1 && x > 0.999:
		return "over 99.9%"
	}
	return strconv.FormatFloat(float64(int64(x*1000+0.5))/10, 'f', -1, 64) + "%"
}
