package queries

import (
	"context"
	"slices"
	"sync/atomic"
	"time"

	"github.com/tributarygraph/tributary/graph"
	"github.com/tributarygraph/tributary/queries/internal/loss"
)

// newSourceName is what a supplier is called that no source names.
const newSourceName = "a new supplier"

// maxSolved is how many suppliers of one input that may depend on what stops are tried at most: each takes a network of
// its own. Those that nothing upstream reaches help as much as one that no source names, and need none.
const maxSolved = 20

// remedyCase is a second source that is tried.
type remedyCase struct {
	in     *inputToCover
	kind   string
	stand  *standIn // nil of one that no source names
	cut    int      // of one that no source names: named ones of the input that are too many to try
	firm   bool     // it is documented to bring something, and nobody says otherwise
	after  *judged  // nil where it was not tried
	remedy Remedy
}

// company is who it is; NoNode of one that no source names.
func (c *remedyCase) company() graph.Node {
	if c.stand == nil {
		return graph.NoNode
	}
	return c.stand.company
}

// judged is what is lost: as it is, or with a second source.
type judged struct {
	each  []lost // by stop; where it was named what stops, by line
	whole lost   // where it was named what stops: what the company loses
	own   lost   // what the stop of a new second source costs
	input map[graph.Node]lost
	// instead is how the stop of a supplier of the input costs as much all the same: see [stopper.instead].
	stopped graph.Node
	instead *CauseHop
}

// worst is the greatest loss, with the stop that may cost most: -1 where there is none, or it is the second source.
func (x *remedies) worst(j *judged) (l lost, at int) {
	if x.req.IfStops != nil {
		return j.whole, -1
	}
	l, at = j.own, -1
	for i, e := range j.each {
		if e.high > l.high {
			at = i
		}
		l = l.and(e)
	}
	return l, at
}

// mean is the mean of the losses over the stops, or lines.
func (j *judged) mean() (l lost) {
	for _, e := range j.each {
		l.low, l.high = l.low+e.low, l.high+e.high
	}
	n := float64(max(1, len(j.each)))
	return lost{l.low / n, l.high / n}
}

// try tries the second sources of every input: first one that depends on nobody, which no other new one can surpass, and
// those that supply it already.
func (x *remedies) try(ctx context.Context) error {
	var first []*remedyCase
	named := map[*remedyCase][]*remedyCase{}
	var suppliers []graph.Node
	for _, in := range x.inputs {
		for _, r := range in.rels {
			folded := x.v.FoldHead(r, x.filter)
			x.out.count(x.v, &folded, x.filter)
		}
		if in.product == graph.NoNode {
			continue
		}
		open := x.unnamed(in)
		var enlarged []*remedyCase
		named[open], enlarged, open.cut = x.named(in)
		first = append(append(first, open), enlarged...)
		for _, c := range named[open] {
			if x.needsSolving(c) {
				suppliers = append(suppliers, c.stand.company)
			}
		}
	}
	if x.req.IfStops != nil {
		return x.trySolving(ctx, first, named)
	}
	s, err := x.surround(ctx, suppliers)
	if err != nil {
		return err
	}
	return x.tryStops(ctx, s, first, named)
}

// trySolving judges second sources on a network each.
func (x *remedies) trySolving(ctx context.Context, first []*remedyCase, named map[*remedyCase][]*remedyCase) error {
	var err error
	if x.base, err = x.judge(ctx, newProduction(x.v, x.filter), x.near, nil); err != nil {
		return err
	}
	if err := x.solve(ctx, first); err != nil {
		return err
	}
	return x.solve(ctx, x.worthwhile(first, named))
}

// worthwhile are the named second sources of the inputs for which one that depends on nobody lowers something. What
// nothing upstream reaches is as good as that one: it is tried already.
func (x *remedies) worthwhile(first []*remedyCase, named map[*remedyCase][]*remedyCase) (out []*remedyCase) {
	for _, open := range first {
		if open.stand != nil {
			continue
		}
		helps := x.helps(open.after)
		if helps {
			x.out.LeftOut += open.cut
		} else {
			x.out.Tried += open.cut
			x.out.Nothing += open.cut
		}
		for _, c := range named[open] {
			switch {
			case !helps:
				x.out.Tried++
				x.out.Nothing++
			case !x.needsSolving(c):
				c.after = open.after
				x.cases = append(x.cases, c)
				x.out.Tried++
			default:
				out = append(out, c)
			}
		}
	}
	return out
}

// needsSolving reports whether a new second source may lose something by what stops.
func (x *remedies) needsSolving(c *remedyCase) bool {
	return x.req.IfStops != nil || x.touched[c.stand.company]
}

func (x *remedies) unnamed(in *inputToCover) *remedyCase {
	c := &remedyCase{in: in, kind: RemedyNew}
	c.remedy = Remedy{Title: x.title(c), Suppliers: []SupposedSupplier{{Name: newSourceName}}, Add: []SupposedRelation{x.relation(in, newSourceName)}}
	return c
}

// relation is the relation that a second source would have.
func (x *remedies) relation(in *inputToCover, from string) SupposedRelation {
	share := x.req.Share
	return SupposedRelation{From: from, To: x.v.Ref(graph.KindCompany, x.company), Product: x.v.Ref(graph.KindProduct, in.product), Takes: &share}
}

// named are the second sources of an input that the network knows: new ones, as many as are tried, those that supply it
// already, and how many more new ones there are.
func (x *remedies) named(in *inputToCover) (fresh, enlarged []*remedyCase, cut int) {
	solved := 0
	list := x.finder.of(in.product, 0).first
	for i := range list {
		s := &list[i]
		if s.company == x.company {
			continue
		}
		c := &remedyCase{in: in, kind: RemedyNew, stand: s, firm: x.finder.firm(s)}
		if slices.Contains(in.suppliers, s.company) {
			c.kind = RemedyEnlarged
		}
		add := x.relation(in, x.v.Ref(graph.KindCompany, s.company))
		if x.req.IfStops != nil && x.req.IfStops.By == ByOrigin {
			add.OriginCountry = x.v.NodeText(graph.KindCompany, s.company, graph.FieldCountry)
		}
		c.remedy = Remedy{Title: x.title(c), Add: []SupposedRelation{add}}
		if c.kind == RemedyEnlarged {
			enlarged = append(enlarged, c)
			continue
		}
		if x.needsSolving(c) {
			if solved++; solved > maxSolved {
				cut++
				continue
			}
		}
		fresh = append(fresh, c)
	}
	return fresh, enlarged, cut
}

// helps reports whether something is lowered.
func (x *remedies) helps(j *judged) bool {
	for _, f := range x.falls(j) {
		if f != 0 {
			return f > 0
		}
	}
	return false
}

// falls are what the ranking goes by: the fall of the worst loss at most, of the worst loss at least over the stops that
// there are, of the mean loss at most and at least.
func (x *remedies) falls(j *judged) [4]float64 {
	before, _ := x.worst(x.base)
	after, _ := x.worst(j)
	out := [4]float64{before.high - after.high}
	if x.req.IfStops != nil {
		out[1] = before.low - after.low
	} else {
		low := 0.0
		for _, e := range j.each {
			low = max(low, e.low)
		}
		out[1] = before.low - low
	}
	for i, e := range j.each { // added up difference by difference: what stays as it is adds exactly nothing
		out[2] += x.base.each[i].high - e.high
		out[3] += x.base.each[i].low - e.low
	}
	n := float64(max(1, len(j.each)))
	for i := range out {
		if i >= 2 {
			out[i] /= n
		}
		out[i] = rounded(out[i])
	}
	return out
}

// solve judges the second sources, several at once. Those that there was no time for are left out.
func (x *remedies) solve(ctx context.Context, list []*remedyCase) error {
	total := x.out.Tried + len(list)
	done := x.out.Tried
	progress := make(chan struct{}, len(list))
	tried, err := inParallel(ctx, list, func() func(**remedyCase) error {
		own := newProduction(x.v, x.filter)
		return func(c **remedyCase) error {
			err := x.solveCase(ctx, own, *c)
			progress <- struct{}{}
			if x.req.Progress != nil {
				x.req.Progress(done+len(progress), total)
			}
			return err
		}
	})
	if err != nil {
		return err
	}
	for _, c := range tried {
		x.add(c)
	}
	if n := len(list) - len(tried); n > 0 {
		x.out.LeftOut += n
		return context.DeadlineExceeded
	}
	return nil
}

func (x *remedies) solveCase(ctx context.Context, p *production, c *remedyCase) error {
	var err error
	if p.edits, err = p.editsOf(&c.remedy); err != nil {
		return err
	}
	near := x.near
	if from := c.company(); from != graph.NoNode && c.kind == RemedyNew {
		if near, err = x.with(ctx, from); err != nil {
			return err
		}
	}
	c.after, err = x.judge(ctx, p, near, c)
	return err
}

// tryStops stops everything upstream, one at a time, for all second sources at once.
func (x *remedies) tryStops(ctx context.Context, s *surroundings, first []*remedyCase, named map[*remedyCase][]*remedyCase) error {
	variants, rest, err := s.variants(ctx, first)
	if err != nil {
		return err
	}
	for _, list := range named { // their sources are read in the same runs
		for _, c := range list {
			if x.needsSolving(c) && s.brings(c.stand.company, c.in.product) {
				s.source(s.net.nodeOf(c.stand.company, c.in.product))
			}
		}
	}
	if err := s.walks(ctx); err != nil {
		return err
	}
	stops := make([]stopped, len(x.stops))
	for i, n := range x.stops {
		stops[i] = stopped{i: i, damage: s.net.stop(n, lost{1, 1})}
	}
	part, cancel := partOf(ctx)
	defer cancel()
	done, err := x.eachStop(part, s, stops, func(w *stopper, t *stopped) error { return w.first(part, t, variants) })
	if err != nil {
		return err
	}
	if done == 0 && len(stops) > 0 {
		return context.DeadlineExceeded
	}
	if done < len(stops) {
		stops = stops[:done]
		x.stopped(done)
		x.out.stop(StoppedByDeadline)
	}
	base := &judged{each: make([]lost, len(stops))}
	for i := range stops {
		base.each[i] = stops[i].asItIs()
	}
	x.base = base
	if err := x.take(ctx, s, stops, variants); err != nil {
		return err
	}
	if err := x.solve(ctx, rest); err != nil {
		return err
	}
	if variants, rest, err = s.variants(ctx, x.worthwhile(first, named)); err != nil {
		return err
	}
	if len(variants) > 0 {
		done, err := x.eachStop(ctx, s, stops, func(w *stopper, t *stopped) error { return w.next(ctx, t, variants) })
		if err == nil && done < len(stops) {
			err = context.DeadlineExceeded
		}
		if err == nil {
			err = x.take(ctx, s, stops, variants)
		}
		if err != nil {
			x.out.LeftOut += len(variants)
			return err
		}
	}
	return x.solve(ctx, rest)
}

// partOf is a context that ends when two thirds of the time are over, so that what was found can be made use of.
func partOf(ctx context.Context) (context.Context, context.CancelFunc) {
	if end, ok := ctx.Deadline(); ok {
		return context.WithDeadline(ctx, end.Add(-time.Until(end)/3))
	}
	return context.WithCancel(ctx)
}

// eachStop works on the stops, several at once, and tells how many of the first there was time for.
func (x *remedies) eachStop(ctx context.Context, s *surroundings, stops []stopped, work func(*stopper, *stopped) error) (int, error) {
	var looked atomic.Int64
	done, err := inParallel(ctx, stops, func() func(*stopped) error {
		w := s.stopper()
		return func(t *stopped) error {
			if n := looked.Add(1); x.req.Progress != nil {
				x.req.Progress(int(n), len(stops))
			}
			return work(w, t)
		}
	})
	return len(done), err
}

// take reads what the stops found of the variants.
func (x *remedies) take(ctx context.Context, s *surroundings, stops []stopped, variants []*variant) error {
	w := s.stopper()
	for k, v := range variants {
		j := &judged{each: make([]lost, len(stops))}
		for i := range stops {
			j.each[i] = lost{rounded(stops[i].roots[2*k+1]), rounded(stops[i].roots[2*k])}
		}
		v.of.after = j
		var err error
		if x.helps(j) { // else its own stop makes no difference
			j.own, err = w.ownStop(ctx, v)
		} else if _, edges := s.net.net.Size(); v.of.stand == nil && edges <= whensWithin {
			j.stopped, j.instead, err = w.instead(ctx, v)
		}
		if err != nil {
			return err
		}
		x.add(v.of)
	}
	return nil
}

// add takes a second source in that was tried.
func (x *remedies) add(c *remedyCase) {
	x.out.Tried++
	if !x.helps(c.after) {
		x.out.Nothing++
	}
	x.cases = append(x.cases, c)
}

// with are the companies of the question, suppliers and everything upstream of them, by id.
func (x *remedies) with(ctx context.Context, suppliers ...graph.Node) ([]graph.Node, error) {
	behind, _, err := around(ctx, x.v, x.finder.flows, suppliers, Upstream)
	if err != nil {
		return nil, err
	}
	out := slices.Concat(x.near, behind)
	order := least{v: x.v}
	slices.SortFunc(out, order.compare)
	return slices.Compact(out), nil
}

// judge solves the network of some companies: every stop, or what was named.
func (x *remedies) judge(ctx context.Context, p *production, companies []graph.Node, c *remedyCase) (*judged, error) {
	net, err := p.network(ctx, companies)
	if err != nil {
		return nil, err
	}
	if x.req.IfStops != nil {
		return x.judgeScenario(ctx, p, net)
	}
	return x.judgeStops(ctx, p, net, c)
}

// judgeStops stops everything upstream, one at a time. What a walk tells of all of them at once needs no run.
func (x *remedies) judgeStops(ctx context.Context, p *production, net *network, c *remedyCase) (*judged, error) {
	root := net.outletOf(x.company)
	run := loss.NewRun(net.net, x.options)
	whole, certain := net.net.Whole(root, x.options), net.net.Certain(x.options, root)
	stop := func(s *loss.Scenario) (l lost, err error) {
		any := func(set []bool) bool {
			return slices.ContainsFunc(s.Nodes, func(d loss.Damage) bool { return set[d.At] })
		}
		if l.high = 1; len(s.Edges) > 0 || !any(whole) {
			if err := run.SolveHigh(ctx, s); err != nil {
				return l, err
			}
			l.high = rounded(run.High(root))
		}
		if len(s.Edges) > 0 || any(certain) {
			if err := run.SolveLow(ctx, s); err != nil {
				return l, err
			}
			l.low = rounded(run.Low(root))
		}
		return l, nil
	}
	j := &judged{each: make([]lost, len(x.stops))}
	for i, n := range x.stops {
		var err error
		if j.each[i], err = stop(&loss.Scenario{Nodes: net.stop(n, lost{1, 1})}); err != nil {
			return nil, err
		}
	}
	if c == nil || c.kind == RemedyEnlarged {
		return j, nil
	}
	s := &loss.Scenario{}
	if from := c.company(); from != graph.NoNode {
		s.Nodes = net.stop(from, lost{1, 1})
	} else {
		d := newDamage()
		d.relation(p.edits.added[0].rel, lost{1, 1})
		s = net.scenario(p, d)
	}
	var err error
	j.own, err = stop(s)
	return j, err
}

// judgeScenario solves the scenario that was named.
func (x *remedies) judgeScenario(ctx context.Context, p *production, net *network) (*judged, error) {
	d := newDamage()
	a := aimer{p: p, d: d, worst: x.options.WorstUndocumented}
	if _, err := a.aim(ctx, *x.req.IfStops); err != nil {
		return nil, err
	}
	x.spare(d)
	p.spread(d)
	run := loss.NewRun(net.net, x.options)
	if err := run.Solve(ctx, net.scenario(p, d)); err != nil {
		return nil, err
	}
	of := func(n int32) lost { return lost{rounded(run.Low(n)), rounded(run.High(n))} }
	j := &judged{whole: of(net.outletOf(x.company)), input: map[graph.Node]lost{}}
	plan := p.plan(x.company)
	for i := range plan.lines {
		j.each = append(j.each, of(net.nodeOfLine(x.company, i)))
	}
	for i := range plan.nodes {
		first, _ := net.net.Inputs(net.first[x.company] + int32(i))
		for at, in := range plan.nodes[i].inputs {
			if n := first + int32(at); !in.inner && in.Readings != loss.Merged {
				l := lost{rounded(run.InputLow(n)), rounded(run.InputHigh(n))}
				if have, ok := j.input[in.product]; ok {
					l = lost{min(have.low, l.low), max(have.high, l.high)}
				}
				j.input[in.product] = l
			}
		}
	}
	return j, nil
}

// spare takes the company asked about out of the damage: a second source helps with what comes to it. It reports whether
// the company was hit.
func (x *remedies) spare(d *damage) bool {
	_, hit := d.companies[x.company]
	hit = hit || d.partly[x.company]
	delete(d.companies, x.company)
	delete(d.partly, x.company)
	for at := range d.lines {
		if at.company == x.company {
			delete(d.lines, at)
		}
	}
	return hit
}
