package queries

import (
	"context"
	"slices"

	"github.com/tributarygraph/tributary/graph"
	"github.com/tributarygraph/tributary/queries/internal/loss"
)

// typical is what is taken for a relation where everything else than one fact is supposed to be known.
type typical struct {
	share, cost, revenue *float64
	essential            bool
}

// without leaves a field as it is now.
func (t typical) without(field graph.FieldID) typical {
	switch field {
	case graph.FieldShareOfInput, graph.FieldCompleteList: // a list matters where shares are not known
		t.share = nil
	case graph.FieldCostShare:
		t.cost = nil
	case graph.FieldRevenueShare:
		t.revenue = nil
	case graph.FieldEssential:
		t.essential = false
	}
	return t
}

func (t typical) apply(s *graph.Supply) {
	for _, x := range []struct {
		value *float64
		to    *graph.OptionalNumber
	}{{t.share, &s.Share}, {t.cost, &s.CostShare}, {t.revenue, &s.RevenueShare}} {
		if x.value != nil {
			*x.to = graph.OptionalNumber{Number: graph.Number{Value: *x.value, Least: *x.value, Most: *x.value}, Stated: true}
		}
	}
	if t.essential && s.Essential == graph.Unstated {
		s.Essential = graph.True
	}
}

// typicals are what is taken for the relations into and out of companies where everything is supposed to be known:
// suppliers of unknown share have equal parts of what the others leave; of numbers in dispute that which counts; what
// nobody says of being essential is.
func (g *gaps) typicals(companies []graph.Node) map[graph.Rel]typical {
	out := map[graph.Rel]typical{}
	for _, c := range companies {
		flows := g.x.p.flowsInto(c)
		for _, group := range g.x.p.groups(flows) {
			g.typicalInput(flows, group, out)
		}
		g.typicalCosts(flows, out)
		g.typicalSales(c, out)
	}
	return out
}

func (g *gaps) typicalInput(flows []flow, group *group, out map[graph.Rel]typical) {
	least, unknown := 0.0, 0
	for _, at := range group.flows {
		if s := &flows[at].stated.Share; s.Stated {
			least += s.Value
		} else {
			unknown++
		}
	}
	part := max(0, 1-least) / float64(max(1, unknown))
	for _, at := range group.flows {
		x := &flows[at]
		t := out[x.rel]
		t.essential = true
		switch s := &x.stated.Share; {
		case !s.Stated:
			t.share = &part
		case s.Disputed:
			value := s.Value
			t.share = &value
		}
		out[x.rel] = t
	}
}

// typicalCosts are the parts of the cost that inputs make up which are not essential.
func (g *gaps) typicalCosts(flows []flow, out map[graph.Rel]typical) {
	left := 1.0
	var unknown []graph.Rel
	for i := range flows {
		switch s := &flows[i].stated; {
		case s.CostShare.Stated:
			left -= s.CostShare.Value
		case s.Essential == graph.False:
			unknown = append(unknown, flows[i].rel)
		}
	}
	part := max(0, left) / float64(1+len(unknown))
	for _, r := range unknown {
		t := out[r]
		t.cost = &part
		out[r] = t
	}
}

// typicalSales are the parts of the revenue of a company that what it sells makes up.
func (g *gaps) typicalSales(c graph.Node, out map[graph.Rel]typical) {
	known, unknown := g.sales(c)
	part := max(0, 1-known) / float64(max(1, len(unknown)))
	for _, r := range unknown {
		t := out[r]
		t.revenue = &part
		out[r] = t
	}
}

// sales are what a company sells of named products: what the stated parts of its revenue add up to, at least, and the
// relations of which none is stated.
func (g *gaps) sales(c graph.Node) (known float64, unknown []graph.Rel) {
	edges := g.v.Out(graph.KindSupplies, c)
	for i := range edges.Len() {
		r := edges.Rel(i)
		if !g.x.active.Has(r) || g.v.ProductOf(r) == graph.NoNode {
			continue
		}
		if n, ok := g.v.FoldNumber(r, g.x.filter, graph.FieldRevenueShare); ok {
			known += n.Least
		} else {
			unknown = append(unknown, r)
		}
	}
	return known, unknown
}

// gapWorld is a network with the largest exposures solved on it: the network as it is, or as it would be were
// everything known.
type gapWorld struct {
	g       *gaps
	p       *production
	net     *network
	root    int32
	certain []bool
	nodes   [][]int32 // that stop, by exposure
	runs    []*loss.Run
	loss    []lost
	options loss.Options
}

// newWorld solves the exposures on a network.
func (g *gaps) newWorld(ctx context.Context, p *production, net *network, o loss.Options) (*gapWorld, error) {
	w := &gapWorld{g: g, p: p, net: net, root: net.outletOf(g.company), options: o}
	w.certain = net.net.Certain(o, w.root)
	n := len(g.targets)
	w.nodes, w.runs, w.loss = make([][]int32, n), make([]*loss.Run, n), make([]lost, n)
	index := make([]int, n)
	for i := range index {
		index[i] = i
	}
	err := all(ctx, index, func() func(*int) error {
		return func(i *int) error {
			for _, d := range net.stop(g.targets[*i].company, lost{1, 1}) {
				w.nodes[*i] = append(w.nodes[*i], d.At)
			}
			run := loss.NewRun(net.net, o)
			err := run.Solve(ctx, stopping(w.nodes[*i]))
			w.runs[*i], w.loss[*i] = run, lost{run.Low(w.root), run.High(w.root)}
			return err
		}
	})
	return w, err
}

// stopping is the scenario in which nodes stop.
func stopping(nodes []int32) *loss.Scenario {
	s := &loss.Scenario{}
	for _, n := range nodes {
		s.Nodes = append(s.Nodes, loss.Damage{At: n, Low: 1, High: 1})
	}
	return s
}

// of are the nodes of a company.
func (w *gapWorld) of(c graph.Node) (nodes []int32) {
	for _, d := range w.net.stop(c, lost{1, 1}) {
		nodes = append(nodes, d.At)
	}
	return nodes
}

// reaches tells which exposures come to a company.
func (w *gapWorld) reaches(c graph.Node) []bool {
	own, out := w.of(c), make([]bool, len(w.runs))
	for i, run := range w.runs {
		out[i] = slices.ContainsFunc(own, func(n int32) bool { return run.High(n) > 0 })
	}
	return out
}

// gapPlace is a company in a world, exchanged there for what it would be if something more, or less, were known.
type gapPlace struct {
	w     *gapWorld
	p     *production // of the worker, with edits of its own
	at    graph.Node
	open  []bool // exposures of which the upper bound may change
	both  []bool // exposures that may change at all
	sells []gapSale
	// Bounds that the fact that is asked about does not change.
	high, low []bool
}

// gapSale is an edge of the network that comes from a company.
type gapSale struct {
	edge    int32
	product graph.Node
}

// findSales lists the edges that come from the company.
func (x *gapPlace) findSales() {
	x.sells = x.sells[:0]
	seen := map[graph.Node]bool{x.at: true}
	x.p.outOf(x.at, func(r graph.Rel, _ graph.Node) {
		_, buyer, _ := x.w.g.v.Ends(r)
		if seen[buyer] || x.w.net.first[buyer] < 0 {
			return
		}
		seen[buyer] = true
		plan := x.p.plan(buyer)
		x.w.net.each(plan, func(_, edge int32, e *planEdge, _ int) {
			if e.flow >= 0 && plan.flows[e.flow].from == x.at {
				x.sells = append(x.sells, gapSale{edge, plan.flows[e.flow].product})
			}
		})
	})
}

// needs works out which bounds a fact may change, and tells whether it may any. Those of an exposure that takes
// everything through other inputs, whatever is known of this one, stay.
func (x *gapPlace) needs(f *fact) bool {
	x.high, x.low = make([]bool, len(x.both)), make([]bool, len(x.both))
	if !slices.Contains(x.both, true) {
		return false
	}
	switch f.field {
	case graph.FieldShareOfInput, graph.FieldEssential, graph.FieldCompleteList: // others may change other inputs too
		x.spare(f)
	}
	for i, both := range x.both {
		if both && !(x.low[i] && (x.high[i] || !x.open[i])) {
			return true
		}
	}
	return false
}

// spare finds the exposures that take everything through other inputs: the network without this one, and without others
// of its kin, which may be read as one with it.
func (x *gapPlace) spare(f *fact) {
	o := x.w.options
	lines := len(x.p.plan(x.at).lines)
	x.p.edits.removed = map[graph.Rel]bool{}
	edges := x.w.g.v.In(graph.KindSupplies, x.at)
	for i := range edges.Len() {
		r := edges.Rel(i)
		if product := x.w.g.v.ProductOf(r); product == f.product || x.p.akin(product, f.product) {
			x.p.edits.removed[r] = true
		}
	}
	plan := x.p.plan(x.at)
	x.p.edits.removed = nil
	if len(plan.lines) != lines {
		return // a line that only this input tells of
	}
	net, root := x.splice(plan)
	whole, certain := net.Whole(root, o), net.CertainWhole(root, o)
	for i, nodes := range x.w.nodes {
		x.high[i] = slices.ContainsFunc(nodes, func(n int32) bool { return whole[n] })
		x.low[i] = slices.ContainsFunc(nodes, func(n int32) bool { return certain[n] })
	}
}

// akin reports whether two products may be read as one input: both are kinds of one.
func (p *production) akin(a, b graph.Node) bool {
	if a == graph.NoNode || b == graph.NoNode {
		return false
	}
	top := func(n graph.Node) graph.Node {
		if above := p.ancestors(n); len(above) > 0 {
			return above[len(above)-1]
		}
		return n
	}
	return top(a) == top(b)
}

// change is something else that is supposed of relations.
type change struct {
	rels  []graph.Rel
	apply func(r graph.Rel, s *graph.Supply)
	only  bool // and nothing of what the world supposes
}

// losses are the largest exposures when something else is supposed of relations of the company.
func (x *gapPlace) losses(ctx context.Context, changes ...change) ([]lost, error) {
	w, o := x.w, x.w.options
	net, root := x.splice(x.plan(changes))
	certain := net.Certain(o, root)
	out := slices.Clone(w.loss)
	var run *loss.Run
	for i := range out {
		if !x.both[i] {
			continue
		}
		if run == nil {
			run = loss.NewRun(net, o)
			run.Until(root)
		}
		if x.open[i] && !x.high[i] {
			if err := run.SolveHigh(ctx, stopping(w.nodes[i])); err != nil {
				return nil, err
			}
			out[i].high = run.High(root)
		}
		if x.low[i] {
			continue
		}
		out[i].low = 0
		if slices.ContainsFunc(w.nodes[i], func(n int32) bool { return certain[n] }) {
			if err := run.SolveLow(ctx, stopping(w.nodes[i])); err != nil {
				return nil, err
			}
			out[i].low = run.Low(root)
		}
	}
	return out, nil
}

// plan is how the company would produce.
func (x *gapPlace) plan(changes []change) *plan {
	before := map[graph.Rel]func(*graph.Supply){}
	for _, c := range changes {
		for _, r := range c.rels {
			have, ok := x.p.edits.changed[r]
			if _, saved := before[r]; !saved {
				before[r] = have
			}
			if !ok || c.only {
				have = func(*graph.Supply) {}
			}
			x.p.edits.changed[r] = func(s *graph.Supply) {
				have(s)
				c.apply(r, s)
			}
		}
	}
	plan := x.p.plan(x.at)
	for r, have := range before {
		if have == nil {
			delete(x.p.edits.changed, r)
		} else {
			x.p.edits.changed[r] = have
		}
	}
	return plan
}

// splice is the network with the company as it is supposed in place of the company as it is, and its root.
func (x *gapPlace) splice(plan *plan) (*loss.Net, int32) {
	base := x.w.net
	made := &piece{b: loss.NewBuilder()}
	made.add(x.w.g.v, plan)
	first := int32(base.net.Nodes())
	of := func(product graph.Node) int32 { return first + int32(plan.nodeOf(product)) }
	moved := make(map[int32]int32, len(x.sells))
	for _, s := range x.sells {
		moved[s.edge] = of(s.product)
	}
	net := base.net.Splice(made.b, func(edge, source int32) int32 {
		switch {
		case source <= within:
			return first + within - source
		case graph.Node(source) == x.at:
			return of(made.supplied[edge])
		}
		return base.nodeOf(graph.Node(source), made.supplied[edge])
	}, moved)
	if x.at == x.w.g.company {
		return net, of(graph.NoNode)
	}
	return net, x.w.root
}

// nodeOf is the node that supplies of a product come from; the outlet where there is no line of it.
func (x *plan) nodeOf(product graph.Node) int {
	if product != graph.NoNode && (x.outlet != 0 || slices.ContainsFunc(x.lines, func(l planLine) bool { return l.node != 0 })) {
		for _, l := range x.lines {
			if l.product == product {
				return l.node
			}
		}
	}
	return x.outlet
}
