package queries

import (
	"cmp"
	"context"
	"slices"
	"sync"

	"github.com/tributarygraph/tributary/graph"
	"github.com/tributarygraph/tributary/queries/internal/loss"
)

// A second source changes the inputs of one company. So what the stop of another does is worked out once for all second
// sources, on one network in which the company asked about is held still: what its suppliers lose while it loses nothing.
// What it loses itself, with this second source or that, is worked out on networks of its own nodes alone. Where its loss
// comes back to its suppliers, the two go on by turns, from below: so they come to the same least fixed point as the
// network as a whole.

// source is where something that the company takes in comes from: a node of the network of everything around it.
type source struct {
	node int32
	// whole marks the companies' nodes whose stop costs the source everything, by a chain that does not pass the company;
	// nil where it was not looked for.
	whole []bool
}

// around are the network of everything upstream of a company and of its second sources, and the variants of the company.
type surroundings struct {
	x         *remedies
	net       *network
	still     []int32 // the nodes of the company
	outlets   []int32 // of these, what others draw from: its lines, then its outlet
	sources   []source
	number    map[int32]int // of sources, by node
	companies []graph.Node  // of the network
	last      struct {
		sync.Mutex
		v   *variant
		net *network
	}
	certain []bool   // nodes whose stop may cost the company something for certain, in any variant
	as      *variant // the company as it is
}

// variant is the company with one second source, or as it is.
type variant struct {
	of    *remedyCase // nil: as it is
	p     *production // what is supposed
	net   *network    // of the company alone
	root  int32
	lines []int32      // as outlets of the surroundings
	draws []intakeEdge // what it takes in from elsewhere
	own   []int32      // the edges of a second source that no source names
}

// intakeEdge is an edge over which the company takes something in.
type intakeEdge struct {
	edge   int32
	source int // of the surroundings
}

// surround builds the network around the company and these suppliers.
func (x *remedies) surround(ctx context.Context, suppliers []graph.Node) (*surroundings, error) {
	s := &surroundings{x: x, number: map[int32]int{}}
	near := x.near
	var err error
	if len(suppliers) > 0 {
		if near, err = x.with(ctx, suppliers...); err != nil {
			return nil, err
		}
	}
	s.companies = near
	p := newProduction(x.v, x.filter)
	if s.net, err = p.network(ctx, near); err != nil {
		return nil, err
	}
	first := s.net.first[x.company]
	for n := first; int(n) < len(s.net.owner) && s.net.owner[n] == x.company; n++ {
		s.still = append(s.still, n)
	}
	s.outlets = s.outletsOf(s.net)
	s.as, err = s.variant(ctx, p, nil)
	return s, err
}

// variants are those of some second sources. One that would change what its supplier makes has none: it must be judged on
// a network of its own.
func (s *surroundings) variants(ctx context.Context, cases []*remedyCase) (variants []*variant, rest []*remedyCase, err error) {
	for _, c := range cases {
		if n := c.company(); n != graph.NoNode && !s.brings(n, c.in.product) {
			rest = append(rest, c)
			continue
		}
		p := newProduction(s.x.v, s.x.filter)
		if p.edits, err = p.editsOf(&c.remedy); err != nil {
			return nil, nil, err
		}
		v, err := s.variant(ctx, p, c)
		if err != nil {
			return nil, nil, err
		}
		variants = append(variants, v)
	}
	return variants, rest, nil
}

// brings reports whether a supplier would bring the product as it is: it has a line of it, or all its lines come from the
// same and one more would too. Else the relation that is supposed changes what it makes.
func (s *surroundings) brings(c, product graph.Node) bool {
	if slices.Contains(s.net.linesOf(c), product) {
		return true
	}
	p := newProduction(s.x.v, s.x.filter)
	return s.net.layouts[c] == nil && !slices.ContainsFunc(p.flowsInto(c), (flow).isOfSome)
}

// outletsOf are the nodes of the company that others draw from.
func (s *surroundings) outletsOf(net *network) (out []int32) {
	for i := range net.linesOf(s.x.company) {
		out = append(out, net.nodeOfLine(s.x.company, i))
	}
	return append(out, net.outletOf(s.x.company))
}

// variant builds the company alone. What it takes in from elsewhere comes over edges that are damaged by hand.
func (s *surroundings) variant(ctx context.Context, p *production, c *remedyCase) (*variant, error) {
	net, err := p.network(ctx, []graph.Node{s.x.company})
	if err != nil {
		return nil, err
	}
	v := &variant{of: c, p: p, net: net, root: net.outletOf(s.x.company), lines: s.outletsOf(net)}
	plan := p.plan(s.x.company)
	net.each(plan, func(_, edge int32, e *planEdge, _ int) {
		if e.flow < 0 {
			return
		}
		f := &plan.flows[e.flow]
		switch {
		case isNew(f.from):
			v.own = append(v.own, edge)
		case f.from != s.x.company:
			if node := s.net.nodeOf(f.from, f.product); node != loss.Nobody {
				v.draws = append(v.draws, intakeEdge{edge, s.source(node)})
			}
		}
	})
	return v, nil
}

func (s *surroundings) source(node int32) int {
	i, ok := s.number[node]
	if !ok {
		i = len(s.sources)
		s.number[node] = i
		s.sources = append(s.sources, source{node: node})
	}
	return i
}

// walks finds out whose stop costs the sources of the company as it is everything, and whose may cost any source
// something for certain.
func (s *surroundings) walks(ctx context.Context) error {
	roots := make([]int32, len(s.sources))
	for i := range s.sources {
		roots[i] = s.sources[i].node
	}
	s.certain = s.net.net.Certain(s.x.options, roots...)
	var list []int
	for _, d := range s.as.draws {
		if !slices.Contains(list, d.source) {
			list = append(list, d.source)
		}
	}
	done, err := inParallel(ctx, list, func() func(*int) error {
		return func(i *int) error {
			x := &s.sources[*i]
			x.whole = s.net.net.WholeBeside(x.node, s.x.options, s.still)
			return nil
		}
	})
	if err == nil && len(done) < len(list) {
		err = context.DeadlineExceeded
	}
	return err
}

// lossBound is one of the two bounds of losses.
type lossBound struct {
	solve func(*loss.Run, context.Context, *loss.Scenario) error
	raise func(*loss.Run, context.Context, []loss.Damage) error
	read  func(*loss.Run, int32) float64
}

var (
	upperBound = &lossBound{(*loss.Run).SolveHigh, (*loss.Run).RaiseHigh, (*loss.Run).High}
	lowerBound = &lossBound{(*loss.Run).SolveLow, (*loss.Run).RaiseLow, (*loss.Run).Low}
)

// stopper works out stops, one after the other.
type stopper struct {
	s     *surroundings
	run   *loss.Run // on the network around
	own   map[*variant]*loss.Run
	plain map[plainKey]float64 // what variants lose at most, by which sources lose everything
}

type plainKey struct {
	v       *variant
	sources string
}

func (s *surroundings) stopper() *stopper {
	return &stopper{s: s, run: loss.NewRun(s.net.net, s.x.options), own: map[*variant]*loss.Run{}, plain: map[plainKey]float64{}}
}

func (w *stopper) runOf(v *variant) *loss.Run {
	r := w.own[v]
	if r == nil {
		r = loss.NewRun(v.net.net, w.s.x.options)
		w.own[v] = r
	}
	return r
}

// loses is what a variant loses, by its outlets, when its sources lose so much, and own is lost of what a second source
// brings that no source names.
func (w *stopper) loses(ctx context.Context, b *lossBound, v *variant, sources []float64, own float64) (out []float64, root float64, err error) {
	s := &loss.Scenario{}
	for _, d := range v.draws {
		if l := sources[d.source]; l > 0 {
			s.Edges = append(s.Edges, loss.Damage{At: d.edge, Low: l, High: l})
		}
	}
	for _, edge := range v.own {
		if own > 0 {
			s.Edges = append(s.Edges, loss.Damage{At: edge, Low: own, High: own})
		}
	}
	if len(s.Edges) == 0 {
		return make([]float64, len(v.lines)), 0, nil
	}
	run := w.runOf(v)
	if err := b.solve(run, ctx, s); err != nil {
		return nil, 0, err
	}
	for _, n := range v.lines {
		out = append(out, b.read(run, n))
	}
	return out, b.read(run, v.root), nil
}

// losses are those of the sources now.
func (w *stopper) losses(b *lossBound) []float64 {
	out := make([]float64, len(w.s.sources))
	for i := range out {
		out[i] = b.read(w.run, w.s.sources[i].node)
	}
	return out
}

// maxTurns is how often the company and its surroundings take turns. What has not come to rest then is worked out on one
// network of both.
const maxTurns = 24

// settle goes on by turns until the variant's losses are those of its sources, which are those that its own losses leave
// them; false where they do not come to rest soon. The run has solved the stop, the company held still.
func (w *stopper) settle(ctx context.Context, b *lossBound, v *variant, own float64) (out []float64, root float64, settled bool, err error) {
	before := make([]float64, len(v.lines))
	for range cmp.Or(w.s.x.turns, maxTurns) {
		out, root, err = w.loses(ctx, b, v, w.losses(b), own)
		if err != nil {
			return nil, 0, false, err
		}
		var more []loss.Damage
		for i, l := range out {
			if l > before[i] {
				before[i] = l
				more = append(more, loss.Damage{At: w.s.outlets[i], Low: l, High: l})
			}
		}
		if more == nil {
			return out, root, true, nil
		}
		if err := b.raise(w.run, ctx, more); err != nil {
			return nil, 0, false, err
		}
	}
	return nil, 0, false, nil
}

// turns are what the sources of the company lose in a stop: while the company loses nothing, and with the company as it
// is, which then loses most.
type turns struct {
	damage          []loss.Damage
	apart, together []float64
	most            []float64
	root            float64
}

// stop works out a stop for the company as it is.
func (w *stopper) stop(ctx context.Context, b *lossBound, damage []loss.Damage) (*turns, error) {
	t := &turns{damage: damage}
	if err := b.solve(w.run, ctx, &loss.Scenario{Nodes: damage, Still: w.s.still}); err != nil {
		return nil, err
	}
	t.apart = w.losses(b)
	var err error
	var settled bool
	if t.most, t.root, settled, err = w.settle(ctx, b, w.s.as, 0); err != nil {
		return nil, err
	}
	if !settled { // the network around holds the company as it is: together they need no turns
		if err := b.solve(w.run, ctx, &loss.Scenario{Nodes: damage}); err != nil {
			return nil, err
		}
		t.most = nil
		for _, n := range w.s.outlets {
			t.most = append(t.most, b.read(w.run, n))
		}
		t.root = t.most[len(t.most)-1]
	}
	t.together = w.losses(b)
	return t, nil
}

// variant is what a variant loses in a stop that was worked out for the company as it is.
func (w *stopper) variant(ctx context.Context, b *lossBound, t *turns, v *variant) (float64, error) {
	root, known, err := w.between(ctx, b, t, v)
	if known || err != nil {
		return root, err
	}
	return w.afresh(ctx, b, t.damage, v, 0)
}

// afresh works out a stop for one variant.
func (w *stopper) afresh(ctx context.Context, b *lossBound, damage []loss.Damage, v *variant, own float64) (float64, error) {
	if err := b.solve(w.run, ctx, &loss.Scenario{Nodes: damage, Still: w.s.still}); err != nil {
		return 0, err
	}
	_, root, settled, err := w.settle(ctx, b, v, own)
	if settled || err != nil {
		return root, err
	}
	return w.asOne(ctx, b, damage, v, own)
}

// asOne works out a stop on one network of a variant and its surroundings.
func (w *stopper) asOne(ctx context.Context, b *lossBound, damage []loss.Damage, v *variant, own float64) (float64, error) {
	net, err := w.s.network(ctx, v)
	if err != nil {
		return 0, err
	}
	s := &loss.Scenario{}
	last := graph.NoNode
	for _, d := range damage { // the nodes have other numbers there
		if c := w.s.net.owner[d.At]; c != last {
			last = c
			s.Nodes = append(s.Nodes, net.stop(c, lost{d.Low, d.High})...)
		}
	}
	if own > 0 {
		d := newDamage()
		d.relation(v.p.edits.added[0].rel, lost{own, own})
		s.Edges = net.scenario(v.p.clone(), d).Edges
	}
	run := loss.NewRun(net.net, w.s.x.options)
	if err := b.solve(run, ctx, s); err != nil {
		return 0, err
	}
	return b.read(run, net.outletOf(w.s.x.company)), nil
}

// network is the network of a variant and its surroundings. The last one is kept: several stops in turn may need it.
func (s *surroundings) network(ctx context.Context, v *variant) (*network, error) {
	s.last.Lock()
	defer s.last.Unlock()
	if s.last.v == v {
		return s.last.net, nil
	}
	net, err := v.p.clone().network(ctx, s.companies)
	if err == nil {
		s.last.v, s.last.net = v, net
	}
	return net, err
}

// between is what a variant loses where that follows from what its sources lose apart from it, and together with the
// company as it is: it loses no less than what comes of the first; and no more than what comes of the second, where that is
// no more than the company loses as it is.
func (w *stopper) between(ctx context.Context, b *lossBound, t *turns, v *variant) (root float64, known bool, err error) {
	least, root, err := w.loses(ctx, b, v, t.apart, 0)
	if err != nil {
		return 0, false, err
	}
	out := least
	if slices.ContainsFunc(v.draws, func(d intakeEdge) bool { return t.apart[d.source] != t.together[d.source] }) {
		if out, _, err = w.loses(ctx, b, v, t.together, 0); err != nil {
			return 0, false, err
		}
	}
	for i := range out {
		if out[i] != least[i] || out[i] > t.most[i] {
			return 0, false, nil
		}
	}
	return root, true, nil
}

// whole reports whether the company loses everything at most in all variants, as the walks tell without a run.
func (w *stopper) whole(ctx context.Context, damage []loss.Damage, variants []*variant) (bool, error) {
	lost := make([]float64, len(w.s.sources))
	pattern := make([]byte, len(lost))
	for i := range w.s.sources {
		if set := w.s.sources[i].whole; set != nil && slices.ContainsFunc(damage, func(d loss.Damage) bool { return set[d.At] }) {
			lost[i] = 1
		}
		pattern[i] = '0' + byte(lost[i])
	}
	for _, v := range append([]*variant{w.s.as}, variants...) {
		key := plainKey{v, string(pattern)}
		l, ok := w.plain[key]
		if !ok {
			var err error
			if _, l, err = w.loses(ctx, upperBound, v, lost, 0); err != nil {
				return false, err
			}
			w.plain[key] = l
		}
		if l < 1 {
			return false, nil
		}
	}
	return true, nil
}

// stopped is what is known of a stop of a company upstream.
type stopped struct {
	i            int // of the stops
	damage       []loss.Damage
	upper, lower *turns    // nil where the walks tell what is lost
	roots        []float64 // what the variants lose at most, then at least
}

// first works out a stop for the company as it is and the variants, as far as the walks do not tell.
func (w *stopper) first(ctx context.Context, t *stopped, variants []*variant) error {
	all, err := w.whole(ctx, t.damage, variants)
	if err != nil {
		return err
	}
	if !all {
		if t.upper, err = w.stop(ctx, upperBound, t.damage); err != nil {
			return err
		}
	}
	if slices.ContainsFunc(t.damage, func(d loss.Damage) bool { return w.s.certain[d.At] }) {
		if t.lower, err = w.stop(ctx, lowerBound, t.damage); err != nil {
			return err
		}
	}
	return w.next(ctx, t, variants)
}

// next works out a stop for more variants.
func (w *stopper) next(ctx context.Context, t *stopped, variants []*variant) error {
	t.roots = make([]float64, 2*len(variants))
	for i, v := range variants {
		var err error
		t.roots[2*i] = 1
		if t.upper != nil {
			if t.roots[2*i], err = w.variant(ctx, upperBound, t.upper, v); err != nil {
				return err
			}
		}
		if t.lower != nil {
			if t.roots[2*i+1], err = w.variant(ctx, lowerBound, t.lower, v); err != nil {
				return err
			}
		}
	}
	return nil
}

// asItIs is what the company loses as it is.
func (t *stopped) asItIs() lost {
	l := lost{high: 1}
	if t.upper != nil {
		l.high = rounded(t.upper.root)
	}
	if t.lower != nil {
		l.low = rounded(t.lower.root)
	}
	return l
}

// ownStop is what the stop of a new second source costs.
func (w *stopper) ownStop(ctx context.Context, v *variant) (l lost, err error) {
	c, own := v.of, 1.0
	var damage []loss.Damage
	if c.kind == RemedyEnlarged {
		return l, nil
	}
	if c.stand != nil {
		own, damage = 0, w.s.net.stop(c.stand.company, lost{1, 1})
	}
	high, err := w.afresh(ctx, upperBound, damage, v, own)
	if err != nil {
		return l, err
	}
	low, err := w.afresh(ctx, lowerBound, damage, v, own)
	return lost{rounded(low), rounded(high)}, err
}

// instead is the input through which as much is lost as before when the supplier of an input stops that costs most, though
// a second source took a part of that input over; nil where that does not come out.
func (w *stopper) instead(ctx context.Context, v *variant) (stopped graph.Node, hop *CauseHop, err error) {
	x, each := w.s.x, v.of.after.each
	at := -1
	for _, n := range v.of.in.suppliers {
		if i := slices.Index(x.stops, n); i >= 0 && (at < 0 || each[i].high > each[at].high) {
			at = i
		}
	}
	if at < 0 || each[at].high == 0 {
		return graph.NoNode, nil, nil
	}
	if err := upperBound.solve(w.run, ctx, &loss.Scenario{Nodes: w.s.net.stop(x.stops[at], lost{1, 1}), Still: w.s.still}); err != nil {
		return graph.NoNode, nil, err
	}
	if _, _, settled, err := w.settle(ctx, upperBound, v, 0); !settled || err != nil {
		return graph.NoNode, nil, err
	}
	d := &disruption{v: x.v, req: x.req.disruption(), p: v.p, damage: newDamage(), net: v.net, solved: w.runOf(v), names: newNames(x.v)}
	t, ok := d.binding(d.placeOf(v.root))
	if !ok {
		return graph.NoNode, nil, nil
	}
	if best := d.best(t, nil); best >= 0 && t.in.parts[best].flow >= 0 && !isNew(t.plan.flows[t.in.parts[best].flow].from) {
		h := (&why{d: d}).hop(t, best)
		hop = &h
	}
	return x.stops[at], hop, nil
}
