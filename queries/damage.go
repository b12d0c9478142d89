package queries

import (
	"context"
	"maps"

	"github.com/tributarygraph/tributary/graph"
	"github.com/tributarygraph/tributary/queries/internal/loss"
)

// lost is the part that is lost, at least and at most.
type lost struct{ low, high float64 }

func (l lost) and(o lost) lost { return lost{max(l.low, o.low), max(l.high, o.high)} }

// damage is what companies, lines and relations lose by themselves, whatever happens elsewhere.
type damage struct {
	companies map[graph.Node]lost
	lines     map[lineOf]lost
	relations map[graph.Rel]lost
	partly    map[graph.Node]bool // companies of which a line is damaged
}

// lineOf names a line of a company.
type lineOf struct{ company, product graph.Node }

func newDamage() *damage {
	return &damage{companies: map[graph.Node]lost{}, lines: map[lineOf]lost{}, relations: map[graph.Rel]lost{},
		partly: map[graph.Node]bool{}}
}

func (d *damage) company(c graph.Node, l lost) { d.companies[c] = d.companies[c].and(l) }

func (d *damage) line(c, product graph.Node, l lost) {
	at := lineOf{c, product}
	d.lines[at] = d.lines[at].and(l)
	d.partly[c] = true
}

func (d *damage) relation(r graph.Rel, l lost) {
	d.relations[r] = d.relations[r].and(l)
}

// ofLine is what a line loses by itself.
func (d *damage) ofLine(c, product graph.Node) lost {
	return d.companies[c].and(d.lines[lineOf{c, product}])
}

// hits reports whether a company is damaged itself, as a whole or in a line.
func (d *damage) hits(c graph.Node) bool {
	_, all := d.companies[c]
	return all || d.partly[c]
}

// spread brings the damage of lines to the relations that they supply. What is supplied without a product comes from
// any line: unless the company weighs its lines, it loses between the least and the greatest of them.
func (p *production) spread(d *damage) {
	for c := range d.partly {
		plan := p.plan(c)
		p.outOf(c, func(r graph.Rel, product graph.Node) {
			l := d.lines[lineOf{c, product}]
			if product == graph.NoNode && !plan.totals {
				l = d.anyLine(c, plan.products())
			}
			if l.high > 0 {
				d.relations[r] = d.relations[r].and(l)
			}
		})
	}
}

// without is the damage without that of one company. What its lines had spread to goes as well.
func (d *damage) without(p *production, c graph.Node) *damage {
	out := &damage{companies: maps.Clone(d.companies), lines: maps.Clone(d.lines), relations: maps.Clone(d.relations), partly: maps.Clone(d.partly)}
	delete(out.companies, c)
	delete(out.partly, c)
	maps.DeleteFunc(out.lines, func(at lineOf, _ lost) bool { return at.company == c })
	if d.partly[c] {
		maps.DeleteFunc(out.relations, func(r graph.Rel, _ lost) bool {
			from, _, _ := p.endsOf(r)
			return from == c
		})
	}
	return out
}

// anyLine is what a company as a whole loses through the damage of its lines.
func (d *damage) anyLine(c graph.Node, products []graph.Node) lost {
	out := lost{low: 1}
	for _, product := range products {
		l := d.lines[lineOf{c, product}]
		out = lost{min(out.low, l.low), max(out.high, l.high)}
	}
	return out
}

// outOf calls yield with the active relations that a company supplies, supposed ones last.
func (p *production) outOf(c graph.Node, yield func(r graph.Rel, product graph.Node)) {
	edges := p.v.Out(graph.KindSupplies, c)
	for i := range edges.Len() {
		if r := edges.Rel(i); !p.edits.removes(r) && p.active.Has(r) {
			yield(r, p.v.ProductOf(r))
		}
	}
	for _, a := range p.edits.from(c) {
		yield(a.rel, a.product)
	}
}

// endsOf are the ends of a relation, supposed ones too.
func (p *production) endsOf(r graph.Rel) (from, to, product graph.Node) {
	if r < 0 {
		a := &p.edits.added[-1-int(r)]
		return a.from, a.to, a.product
	}
	return p.v.Ends(r)
}

// scenario is the damage on the nodes and edges of the network. It must have been spread.
func (x *network) scenario(p *production, d *damage) *loss.Scenario {
	s := &loss.Scenario{}
	for c, l := range d.companies {
		s.Nodes = append(s.Nodes, x.stop(c, l)...)
	}
	buyers := map[graph.Node]bool{}
	for r := range d.relations {
		_, to, _ := p.endsOf(r)
		buyers[to] = true
	}
	for c := range d.partly { // a company that weighs its lines does so over edges of its own
		buyers[c] = true
	}
	for c := range buyers {
		if x.first[c] >= 0 {
			x.damageEdges(p.plan(c), d, s)
		}
	}
	return s
}

// stop is a company that loses a part of all that it makes.
func (x *network) stop(c graph.Node, l lost) (out []loss.Damage) {
	if x.first[c] < 0 {
		return nil
	}
	layout := x.layouts[c]
	if layout == nil {
		return []loss.Damage{{At: x.first[c], Low: l.low, High: l.high}}
	}
	for _, n := range append([]int32{layout.outlet}, layout.nodes...) {
		out = append(out, loss.Damage{At: n, Low: l.low, High: l.high})
	}
	return out
}

func (x *network) damageEdges(plan *plan, d *damage, s *loss.Scenario) {
	x.each(plan, func(_, edge int32, e *planEdge, node int) {
		var l lost
		switch {
		case e.flow >= 0:
			l = d.relations[plan.flows[e.flow].rel]
		case plan.totals && node == plan.outlet:
			l = d.lines[lineOf{plan.company, plan.lines[e.line].product}]
		}
		if l.high > 0 {
			s.Edges = append(s.Edges, loss.Damage{At: edge, Low: l.low, High: l.high})
		}
	})
}

// each calls yield with every edge of a company's plan, and its number and that of its input in the network.
func (x *network) each(plan *plan, yield func(input, edge int32, e *planEdge, node int)) {
	for i := range plan.nodes {
		input, _ := x.net.Inputs(x.first[plan.company] + int32(i))
		for at := range plan.nodes[i].inputs {
			edge, _ := x.net.Edges(input + int32(at))
			for k := range plan.nodes[i].inputs[at].parts {
				yield(input+int32(at), edge+int32(k), &plan.nodes[i].inputs[at].parts[k], i)
			}
		}
	}
}

// ofCompany is what a company loses as a whole in the scenario that a run solved.
func (x *network) ofCompany(run *loss.Run, d *damage, c graph.Node) lost {
	n := x.outletOf(c)
	out := lost{run.Low(n), run.High(n)}
	if x.layouts[c] == nil && d.partly[c] {
		any := d.anyLine(c, x.linesOf(c))
		out = lost{max(out.low, any.low), max(out.high, any.high)}
	}
	return out
}

// whenStopped solves the scenario in which one company stops. Afterwards run.Low and run.High of nodeOf tell the losses
// of a line, of outletOf those of a company. Many companies may be stopped one after the other on one run; runs that
// share a network may work at once.
func (x *network) whenStopped(ctx context.Context, run *loss.Run, c graph.Node) error {
	return run.Solve(ctx, &loss.Scenario{Nodes: x.stop(c, lost{1, 1})})
}
