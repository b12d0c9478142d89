package queries

import (
	"cmp"
	"context"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/tributarygraph/tributary/graph"
	"github.com/tributarygraph/tributary/queries/internal/loss"
)

// production reads a View as a production network: companies have lines, what they make of one kind, and a line needs
// inputs. See docs/queries/disruption.md for what becomes a line and which inputs feed it. A production is not safe for
// use by several goroutines.
type production struct {
	v        *graph.View
	filter   graph.Filter
	active   graph.Activity
	edits    *edits // nil where the network is taken as it is
	products map[string]graph.Node
	above    map[graph.Node][]graph.Node
	supply   graph.Supply
}

func newProduction(v *graph.View, f graph.Filter) *production {
	return &production{v: v, filter: f, active: v.Activity(f), products: map[string]graph.Node{}, above: map[graph.Node][]graph.Node{}}
}

// clone is the same production, for use by another goroutine.
func (p *production) clone() *production {
	own := *p
	own.products, own.above, own.supply = map[string]graph.Node{}, map[graph.Node][]graph.Node{}, graph.Supply{}
	return &own
}

// flow is an active supplies relation, or one that is supposed, as a company's production sees it.
type flow struct {
	rel      graph.Rel // supposed ones are numbered down from -1
	from, to graph.Node
	product  graph.Node
	stated   graph.Supply
	usedIn   []graph.Node
	uses     []use   // by the member that buys, where the buyer is a group; nil where only the group is known to
	takes    float64 // the part of the intake that a second source takes over; 0 of any other flow
}

// plan is how one company produces: a small network of nodes. Every line comes from a node, its recipe; lines that need
// the same come from the same one.
type plan struct {
	company graph.Node
	makers  []maker // the members of a group
	flows   []flow
	lines   []planLine
	nodes   []planNode
	outlet  int // the node of what is supplied without a product, and of the company as a whole
	// totals is whether the outlet is a node of its own, which weighs the lines.
	totals bool
}

// planLine is a product that a company makes or sells; NoNode where none is known.
type planLine struct {
	product graph.Node
	node    int
	revenue loss.Share // part of the company's revenue, at least; Unknown where nothing is stated
}

// products are those of the lines.
func (x *plan) products() []graph.Node {
	out := make([]graph.Node, len(x.lines))
	for i := range x.lines {
		out[i] = x.lines[i].product
	}
	return out
}

type planNode struct{ inputs []planInput }

type planInput struct {
	loss.Input
	product graph.Node // NoNode where it is not stated, or the input is not a product: see inner
	inner   bool       // the input is another node of the company
	parts   []planEdge
}

type planEdge struct {
	flow  int // of plan.flows; -1 where the edge comes from a node of the company
	node  int
	line  int // of plan.lines, in the node that weighs the lines
	share loss.Share
}

// group is the suppliers of one product to the company.
type group struct {
	product  graph.Node
	flows    []int // of plan.flows, in the order of the suppliers' ids
	takers   []int // of plan.flows: second sources, which take a part of the intake over
	complete bool
	byValue  bool
	share    []loss.Share // of each flow
}

// plan works out how a company produces.
func (p *production) plan(c graph.Node) *plan {
	x := &plan{company: c, makers: p.makers(c), flows: p.flowsInto(c)}
	x.lines = p.lines(x)
	groups := p.groups(x.flows)
	if !slices.ContainsFunc(x.flows, (flow).isOfSome) {
		x.nodes = []planNode{{}}
		maker := recipeMaker{p: p, x: x, groups: groups, costs: costs(x.flows)}
		maker.fill(0, groups, nil)
	} else {
		p.recipes(x, groups)
	}
	p.weighLines(x)
	return x
}

// flowsInto are the flows into a company, by supplier, then product.
func (p *production) flowsInto(c graph.Node) (flows []flow) {
	edges := p.v.In(graph.KindSupplies, c)
	makers := p.makers(c)
	flows = make([]flow, 0, edges.Len())
	for i := range edges.Len() {
		r := edges.Rel(i)
		if p.edits.removes(r) || !p.active.Has(r) {
			continue
		}
		p.supply.UsedIn = nil // the flow keeps it
		p.v.FoldSupply(r, p.filter, &p.supply)
		f := p.flow(r, edges.Nodes[i], c, p.v.ProductOf(r), p.edits.apply(r, p.supply))
		f.uses = p.uses(&f, makers)
		flows = append(flows, f)
	}
	if added := p.edits.into(c); len(added) > 0 {
		for _, a := range added {
			f := p.flow(a.rel, a.from, c, a.product, a.stated)
			f.takes = a.takes
			flows = append(flows, f)
		}
		slices.SortStableFunc(flows, func(a, b flow) int {
			return cmp.Or(p.compare(graph.KindCompany, a.from, b.from), p.compare(graph.KindProduct, a.product, b.product))
		})
	}
	return flows
}

func (p *production) flow(r graph.Rel, from, to, product graph.Node, s graph.Supply) flow {
	return flow{rel: r, from: from, to: to, product: product, stated: s, usedIn: p.productsOf(s.UsedIn)}
}

// isOfSome reports whether it is said, or follows from who buys it, which lines a flow serves.
func (f flow) isOfSome() bool { return len(f.usedIn) > 0 || f.uses != nil }

// productsOf are the products that texts name, each once.
func (p *production) productsOf(texts []string) (products []graph.Node) {
	for _, text := range texts {
		if n := p.productOf(text); n != graph.NoNode && !slices.Contains(products, n) {
			products = append(products, n)
		}
	}
	return products
}

// productOf is the product that a used_in names; NoNode where none or several fit.
func (p *production) productOf(text string) graph.Node {
	n, ok := p.products[text]
	if !ok {
		var err error
		if n, err = p.v.Lookup(graph.KindProduct, text); err != nil {
			n = graph.NoNode
		}
		p.products[text] = n
	}
	return n
}

// compare orders nodes by id, NoNode first, suppliers that no source names last.
func (p *production) compare(k graph.Kind, a, b graph.Node) int {
	switch {
	case a == b:
		return 0
	case isNew(a) && isNew(b):
		return cmp.Compare(b, a)
	case isNew(a):
		return 1
	case isNew(b):
		return -1
	case a == graph.NoNode:
		return -1
	case b == graph.NoNode:
		return 1
	case p.v.Less(k, a, b):
		return -1
	}
	return 1
}

// lines are what a company supplies, makes, or is said to use an input in, by id; one without a product where there is
// none, or for the members of a group of which there is none.
func (p *production) lines(x *plan) (lines []planLine) {
	c := x.company
	var products []graph.Node
	out := p.v.Out(graph.KindSupplies, c)
	for i := range out.Len() {
		if r := out.Rel(i); !p.edits.removes(r) && p.active.Has(r) {
			products = append(products, p.v.ProductOf(r))
		}
	}
	for _, a := range p.edits.from(c) {
		products = append(products, a.product)
	}
	makes := p.v.Out(graph.KindMakes, c)
	for i, product := range makes.Nodes {
		if r := makes.Rel(i); !p.edits.removes(r) && p.active.Has(r) {
			products = append(products, product)
		}
	}
	products = append(products, p.edits.makes(c)...)
	for _, f := range x.flows {
		products = append(products, f.usedIn...)
	}
	slices.Sort(products)
	products = slices.Compact(products)
	slices.SortFunc(products, func(a, b graph.Node) int { return p.compare(graph.KindProduct, a, b) })
	if nameless(x.makers) {
		lines = append(lines, planLine{product: graph.NoNode, revenue: loss.Unknown})
	}
	for _, product := range products {
		if product != graph.NoNode {
			lines = append(lines, planLine{product: product, revenue: loss.Unknown})
		}
	}
	if lines == nil {
		lines = []planLine{{product: graph.NoNode, revenue: loss.Unknown}}
	}
	return lines
}

// groups are the inputs of a company by product, in the order of the products' ids.
func (p *production) groups(flows []flow) (groups []*group) {
	at := map[graph.Node]*group{}
	for i, f := range flows {
		g := at[f.product]
		if g == nil {
			g = &group{product: f.product}
			at[f.product] = g
			groups = append(groups, g)
		}
		if f.takes > 0 {
			g.takers = append(g.takers, i)
			continue
		}
		g.flows = append(g.flows, i)
		g.complete = g.complete || f.stated.ListComplete
	}
	slices.SortFunc(groups, func(a, b *group) int { return p.compare(graph.KindProduct, a.product, b.product) })
	for _, g := range groups {
		g.weigh(flows)
		g.giveAway(flows)
	}
	return groups
}

// giveAway scales the shares down by what second sources take over: those of the others alike, so that a supplier that
// is one of these keeps what it has, and its share rises by the part.
func (g *group) giveAway(flows []flow) {
	if len(g.takers) == 0 {
		return
	}
	taken, kept := 0.0, 0.0
	keeps := make([]bool, len(g.flows))
	for _, at := range g.takers {
		taken += flows[at].takes
	}
	for i, at := range g.flows {
		keeps[i] = g.share[i] != loss.Unknown && slices.ContainsFunc(g.takers, func(t int) bool { return flows[t].from == flows[at].from })
		if keeps[i] {
			kept += (g.share[i].Low + g.share[i].High) / 2
		}
	}
	others, own := 0.0, 1.0
	if rest := 1 - taken - kept; rest > 0 {
		others = rest / (1 - kept)
	} else if kept > 0 { // there is not so much to take: what is left of their own
		own = max(0, 1-taken) / kept
	}
	for i := range g.share {
		if keeps[i] {
			g.share[i] = scaled(g.share[i], own)
		} else {
			g.share[i] = scaled(g.share[i], others)
		}
	}
}

// weigh gives each supplier its share of the input, as in docs/queries.md: stated ones, scaled where they pass 1; where
// none is stated, those of the documented value.
func (g *group) weigh(flows []flow) {
	g.share = make([]loss.Share, len(g.flows))
	known, stated := 0.0, 0
	for i, at := range g.flows {
		g.share[i] = loss.Unknown
		if s := &flows[at].stated.Share; s.Stated {
			known, stated = known+s.Value, stated+1
			g.share[i] = loss.Share{Low: s.Least, High: s.Most}
		} else if s := &flows[at].stated.AtLeast; s.Stated {
			known, stated = known+s.Value, stated+1
			g.share[i] = loss.Share{Low: s.Least, High: s.Most}
		}
	}
	switch {
	case known > shareSum:
		for i := range g.share {
			g.share[i] = scaled(g.share[i], 1/known)
		}
	case stated == 0 && len(g.flows) >= 2:
		g.weighByValue(flows)
	}
	for i, at := range g.flows {
		if s := &flows[at].stated; !s.Share.Stated && s.AtLeast.Stated {
			g.share[i] = g.atLeast(i, stated)
		}
	}
}

// atLeast is the share of a supplier of which a part is known: up to what the others leave, and all of it where nobody
// else may have any.
func (g *group) atLeast(i, stated int) loss.Share {
	out, least, most := g.share[i], 0.0, 0.0
	for j, s := range g.share {
		if j != i && s != loss.Unknown {
			least, most = least+s.Low, most+s.High
		}
	}
	out.High = max(out.High, 1-least)
	if g.complete && stated == len(g.flows) {
		out.Low = max(out.Low, min(out.High, 1-most))
	}
	return out
}

func (g *group) weighByValue(flows []flow) {
	first := &flows[g.flows[0]].stated
	total := 0.0
	for _, at := range g.flows {
		s := &flows[at].stated
		if !s.Value.Stated || s.Currency == "" || s.Currency != first.Currency || s.Value.Period != first.Value.Period {
			return
		}
		total += s.Value.Value
	}
	if total <= 0 {
		return
	}
	g.byValue = true
	for i, at := range g.flows {
		k := flows[at].stated.Value.Value / total
		g.share[i] = loss.Share{Low: k, High: k}
	}
}

func scaled(s loss.Share, by float64) loss.Share {
	if s == loss.Unknown {
		return s
	}
	return loss.Share{Low: s.Low * by, High: s.High * by}
}

// costs is what the stated cost shares of a company are multiplied by: less than 1 where they pass 1 in sum.
func costs(flows []flow) (scale float64) {
	known := 0.0
	for i := range flows {
		if s := &flows[i].stated.CostShare; s.Stated {
			known += s.Value
		}
	}
	if known > shareSum {
		return 1 / known
	}
	return 1
}

// How a flow serves a line.
const (
	servesNot   = '0'
	servesMaybe = '1' // what it is used in is a kind of the line's product: whether this is made on the line is not known
	servesPart  = '2' // of a group: some of the members that make the line's product need it, and perhaps not all
	serves      = '3'
)

// recipes splits the lines of a company by what they need. Stated parts of the whole company's cost say nothing of one
// line: they are left out.
func (p *production) recipes(x *plan, groups []*group) {
	numbers := map[string]int{}
	var patterns []string
	for i := range x.lines {
		pattern := p.pattern(x, x.lines[i].product)
		n, ok := numbers[pattern]
		if !ok {
			n = len(patterns)
			numbers[pattern] = n
			patterns = append(patterns, pattern)
		}
		x.lines[i].node = n
	}
	x.nodes = make([]planNode, len(patterns))
	maker := recipeMaker{p: p, x: x, groups: groups}
	own := groups
	if len(patterns) > 1 {
		own = maker.share()
	} else {
		maker.costs = costs(x.flows)
	}
	for n, pattern := range patterns {
		maker.fill(n, own, []byte(pattern))
	}
}

// pattern is how each flow serves the line.
func (p *production) pattern(x *plan, line graph.Node) string {
	var b strings.Builder
	for i := range x.flows {
		b.WriteByte(p.servesLine(&x.flows[i], line))
	}
	if x.makers == nil {
		return b.String()
	}
	return string(x.ofMembers(p, []byte(b.String()), line))
}

func (p *production) servesLine(f *flow, line graph.Node) byte {
	if f.uses == nil {
		return p.servesUses(f.usedIn, line)
	}
	best := byte(servesNot)
	for _, u := range f.uses {
		best = max(best, p.servesMember(&u, line))
	}
	return best
}

// servesUses is how what is used in products serves a line: any, where nobody states them.
func (p *production) servesUses(products []graph.Node, line graph.Node) byte {
	if len(products) == 0 {
		return serves
	}
	best := byte(servesNot)
	for _, used := range products {
		switch {
		case used == line || p.isKindOf(line, used):
			return serves
		case p.isKindOf(used, line):
			best = servesMaybe
		}
	}
	return best
}

// isKindOf reports whether the product is a kind of another.
func (p *production) isKindOf(product, of graph.Node) bool {
	if product == graph.NoNode || of == graph.NoNode {
		return false
	}
	return slices.Contains(p.ancestors(product), of)
}

func (p *production) ancestors(product graph.Node) []graph.Node {
	above, ok := p.above[product]
	if !ok {
		above = ancestors(p.v, product)
		p.above[product] = above
	}
	return above
}

// recipeMaker turns the inputs of a company into nodes.
type recipeMaker struct {
	p      *production
	x      *plan
	groups []*group
	costs  float64 // what cost shares are multiplied by; 0: they are left out
	common int     // the node of what all lines need; 0: there is none
}

// share moves what all lines need into a node of its own, so that a company with many lines does not hold it as many
// times, and gives the groups that are left.
func (m *recipeMaker) share() (own []*group) {
	split := map[*group]bool{} // some flow has a use, of it or of its kin
	for _, cluster := range m.clusters(m.groups) {
		if slices.ContainsFunc(cluster, func(g *group) bool {
			return slices.ContainsFunc(g.flows, func(at int) bool { return m.x.flows[at].isOfSome() })
		}) {
			for _, g := range cluster {
				split[g] = true
			}
		}
	}
	var common []*group
	for _, g := range m.groups {
		if split[g] {
			own = append(own, g)
		} else {
			common = append(common, g)
		}
	}
	if len(common) < 2 {
		return m.groups
	}
	m.common = m.node()
	m.fill(m.common, common, nil)
	return own
}

func (m *recipeMaker) node() int {
	m.x.nodes = append(m.x.nodes, planNode{})
	return len(m.x.nodes) - 1
}

func (m *recipeMaker) add(node int, in planInput) {
	m.x.nodes[node].inputs = append(m.x.nodes[node].inputs, in)
}

// fill gives a node its inputs; pattern says how each flow serves it, nil that all do.
func (m *recipeMaker) fill(node int, groups []*group, pattern []byte) {
	if m.common != 0 && node != m.common {
		m.add(node, inner(m.common, loss.Input{Essential: loss.Yes, Weight: loss.Unknown}))
	}
	for _, cluster := range m.clusters(groups) {
		var inputs []planInput
		for _, g := range cluster {
			if in, ok := m.input(g, pattern); ok {
				inputs = append(inputs, in)
			}
		}
		switch len(inputs) {
		case 0:
		case 1:
			m.add(node, inputs[0])
		default:
			m.add(node, m.levels(inputs))
		}
	}
}

func inner(node int, in loss.Input) planInput {
	in.Complete, in.Readings = true, loss.Both
	return planInput{Input: in, product: graph.NoNode, inner: true, parts: []planEdge{{flow: -1, node: node, share: loss.Share{Low: 1, High: 1}}}}
}

// clusters are the groups whose products are kinds of one of them, in the order of the first of each.
func (m *recipeMaker) clusters(groups []*group) (clusters [][]*group) {
	byProduct := make(map[graph.Node]bool, len(groups))
	for _, g := range groups {
		byProduct[g.product] = true
	}
	at := make(map[graph.Node]int, len(groups))
	for _, g := range groups {
		top := g.product
		if top != graph.NoNode {
			for _, above := range m.p.ancestors(g.product) {
				if byProduct[above] {
					top = above
				}
			}
		}
		i, ok := at[top]
		if !ok {
			i = len(clusters)
			at[top] = i
			clusters = append(clusters, nil)
		}
		clusters[i] = append(clusters[i], g)
	}
	return clusters
}

// input is the input of a product to a node; false where none of its flows serves it. Where some of them do not, or
// perhaps do not, the stated shares are of something else: they count as unknown.
func (m *recipeMaker) input(g *group, pattern []byte) (in planInput, ok bool) {
	in = planInput{product: g.product, Input: loss.Input{Readings: loss.Both, Complete: g.complete, Weight: loss.Unknown, Maybe: true}}
	whole := true
	var flows []int
	for i, at := range g.flows {
		how := byte(serves)
		if pattern != nil {
			how = pattern[at]
		}
		if how == servesNot {
			whole = false
			continue
		}
		in.parts = append(in.parts, planEdge{flow: at, share: g.share[i]})
		flows = append(flows, at)
		switch how {
		case serves:
			in.Maybe = false
		case servesMaybe:
			whole = false
		case servesPart: // the shares are of the intake of whoever needs it
		}
	}
	if flows == nil {
		return in, false
	}
	if whole {
		in.ByValue = g.byValue
	} else {
		for i := range in.parts {
			in.parts[i].share = loss.Unknown
		}
	}
	in.parts = append(in.parts, m.takers(g)...)
	in.Essential = m.essential(flows)
	in.Weight, in.PartWeight = m.weight(flows)
	return in, true
}

// takers are the second sources of an input: each takes its part of it in every line that needs it.
func (m *recipeMaker) takers(g *group) (parts []planEdge) {
	for _, at := range g.takers {
		k := m.x.flows[at].takes
		parts = append(parts, planEdge{flow: at, share: loss.Share{Low: k, High: k}})
	}
	return parts
}

// isTaker reports whether an edge is of a second source.
func (m *recipeMaker) isTaker(e planEdge) bool { return e.flow >= 0 && m.x.flows[e.flow].takes > 0 }

// essential is whether an input is: if any of its relations says so, it is; if all say not, it is not.
func (m *recipeMaker) essential(flows []int) loss.Tri {
	unstated := false
	for _, at := range flows {
		switch m.x.flows[at].stated.Essential {
		case graph.True:
			return loss.Yes
		case graph.Unstated:
			unstated = true
		}
	}
	if unstated {
		return loss.Unstated
	}
	return loss.No
}

// weight is the part of the company's cost that flows make up, and whether some of them do not say.
func (m *recipeMaker) weight(flows []int) (w loss.Share, part bool) {
	w = loss.Unknown
	if m.costs == 0 {
		return w, false
	}
	for _, at := range flows {
		s := &m.x.flows[at].stated.CostShare
		if !s.Stated {
			part = true
			continue
		}
		if w == loss.Unknown {
			w = loss.Share{}
		}
		w.Low, w.High = w.Low+s.Least*m.costs, w.High+s.Most*m.costs
	}
	return w, part && w != loss.Unknown
}

// levels is the input of products that are kinds of one another: a node of its own, which reads them as an input each,
// and as one input that is told at several levels.
func (m *recipeMaker) levels(exact []planInput) planInput {
	merged := m.merge(exact)
	outer := loss.Input{Essential: loss.Yes}
	var flows []int
	needed := false
	for i := range exact {
		needed = needed || exact[i].Essential != loss.No
		for _, e := range exact[i].parts {
			if !m.isTaker(e) {
				flows = append(flows, e.flow)
			}
		}
	}
	outer.Weight, outer.PartWeight = m.weight(flows)
	node := m.node()
	if !needed { // then the weight is that of the whole, and inside each counts in full
		outer.Essential, merged.Essential = loss.No, loss.Yes
	}
	for _, in := range exact {
		in.Readings, in.Weight, in.PartWeight = loss.Exact, loss.Unknown, false
		if !needed {
			in.Essential = loss.Yes
		}
		m.add(node, in)
	}
	merged.Readings, merged.Weight, merged.PartWeight = loss.Merged, loss.Unknown, false
	m.add(node, merged)
	in := inner(node, outer)
	in.product = merged.product
	return in
}

// merge is several levels of one product as one input. The shares are known only where one level has all suppliers. A
// second source at any level takes its part of the whole.
func (m *recipeMaker) merge(exact []planInput) planInput {
	out := planInput{product: exact[0].product, Input: loss.Input{Complete: true, Weight: loss.Unknown, Maybe: true}}
	var flows []int
	var takers []planEdge
	bySupplier := map[graph.Node][]int{}
	levels := make([][]planEdge, len(exact)) // without second sources
	for i, in := range exact {
		if m.p.isKindOf(out.product, in.product) {
			out.product = in.product
		}
		out.Complete = out.Complete && in.Complete
		out.Maybe = out.Maybe && in.Maybe
		for _, e := range in.parts {
			if m.isTaker(e) {
				takers = append(takers, e)
				continue
			}
			levels[i] = append(levels[i], e)
			flows = append(flows, e.flow)
			from := m.x.flows[e.flow].from
			bySupplier[from] = append(bySupplier[from], e.flow)
		}
	}
	out.Essential = m.essential(flows)
	for i, level := range levels {
		if len(level) == len(bySupplier) {
			out.ByValue = exact[i].ByValue
			left := m.left(exact[i].product, takers)
			for _, e := range level {
				e.share = scaled(e.share, left)
				out.parts = append(out.parts, m.oneSupplier(e, bySupplier[m.x.flows[e.flow].from]))
			}
			out.parts = append(out.parts, takers...)
			return out
		}
	}
	for _, at := range flows {
		out.parts = append(out.parts, planEdge{flow: at, share: loss.Unknown})
	}
	out.parts = append(out.parts, takers...)
	return out
}

// left is what second sources at other levels leave of the shares at the level of a product: those at this one are
// taken away already.
func (m *recipeMaker) left(product graph.Node, takers []planEdge) float64 {
	here, elsewhere := 0.0, 0.0
	for _, e := range takers {
		if f := &m.x.flows[e.flow]; f.product == product {
			here += f.takes
		} else {
			elsewhere += f.takes
		}
	}
	if elsewhere == 0 {
		return 1
	}
	if here >= 1 {
		return 0
	}
	return max(0, 1-here-elsewhere) / (1 - here)
}

// oneSupplier is an edge from a supplier whose flows at several levels are one: it loses something between the least
// and the greatest of them.
func (m *recipeMaker) oneSupplier(e planEdge, flows []int) planEdge {
	if len(flows) == 1 {
		return e
	}
	node := m.node()
	in := planInput{product: m.x.flows[e.flow].product, Input: loss.Input{Essential: loss.Yes, Complete: true, Readings: loss.Both, Weight: loss.Unknown}}
	for _, at := range flows {
		in.parts = append(in.parts, planEdge{flow: at, share: loss.Unknown})
	}
	m.add(node, in)
	return planEdge{flow: -1, node: node, share: e.share}
}

// weighLines makes the node that stands for the company as a whole, where its lines can lose different parts.
func (p *production) weighLines(x *plan) {
	if len(x.lines) == 1 {
		return
	}
	stated := p.revenues(x)
	if !stated && slices.IndexFunc(x.lines, func(l planLine) bool { return l.node != 0 }) < 0 {
		return
	}
	in := planInput{product: graph.NoNode, inner: true, Input: loss.Input{Essential: loss.Yes, Complete: true, Readings: loss.Both, Weight: loss.Unknown}}
	for i, l := range x.lines {
		if l.revenue != loss.Unknown {
			in.parts = append(in.parts, planEdge{flow: -1, node: l.node, line: i, share: l.revenue})
		}
	}
	for i, l := range x.lines { // what is not stated may be of any line
		in.parts = append(in.parts, planEdge{flow: -1, node: l.node, line: i, share: loss.Unknown})
	}
	x.totals, x.outlet = true, len(x.nodes)
	x.nodes = append(x.nodes, planNode{inputs: []planInput{in}})
}

// revenues gives each line what is stated of its part in the company's revenue.
func (p *production) revenues(x *plan) (stated bool) {
	out := p.v.Out(graph.KindSupplies, x.company)
	known := 0.0
	add := func(product graph.Node, n graph.Number) {
		i := slices.IndexFunc(x.lines, func(l planLine) bool { return l.product == product })
		if i < 0 {
			return
		}
		l := &x.lines[i]
		if l.revenue == loss.Unknown {
			l.revenue = loss.Share{}
		}
		l.revenue.Low += n.Least
		l.revenue.High += n.Most
		known += n.Value
		stated = true
	}
	for i := range out.Len() {
		r := out.Rel(i)
		if p.edits.removes(r) || !p.active.Has(r) || p.v.ProductOf(r) == graph.NoNode {
			continue
		}
		if n, ok := p.revenueShare(r); ok {
			add(p.v.ProductOf(r), n)
		}
	}
	for _, a := range p.edits.from(x.company) {
		if n := a.stated.RevenueShare; n.Stated && a.product != graph.NoNode {
			add(a.product, n.Number)
		}
	}
	if known > shareSum {
		for i := range x.lines {
			x.lines[i].revenue = scaled(x.lines[i].revenue, 1/known)
		}
	}
	return stated
}

// revenueShare is the part of the supplier's revenue that a relation makes up, where it is stated or supposed.
func (p *production) revenueShare(r graph.Rel) (graph.Number, bool) {
	if p.edits == nil || p.edits.changed[r] == nil {
		return p.v.FoldNumber(r, p.filter, graph.FieldRevenueShare)
	}
	var s graph.Supply
	p.v.FoldSupply(r, p.filter, &s)
	s = p.edits.apply(r, s)
	return s.RevenueShare.Number, s.RevenueShare.Stated
}

// network is the production of some companies, ready for [loss.Run]. It is immutable, and holds nothing of the View
// that it was made from.
type network struct {
	net       *loss.Net
	first     []int32      // by company, its first node; -1: it is not part of the network
	owner     []graph.Node // by node, its company
	lineStart []int32      // by company, its lines; one more than there are companies
	products  []graph.Node // of the lines, in the order of ids; NoNode for the only one of a company where none is known
	layouts   map[graph.Node]*layout
	groups    loss.Groups[graph.Node]
	runs      sync.Pool // of *loss.Run, whose memory is dear

	countries, sectors labels // by company
}

// labels are words that many companies share.
type labels struct {
	of    []int32 // by company, the number of its word; 0 for none
	words []string
}

func newLabels(companies int) labels {
	return labels{of: make([]int32, companies), words: []string{""}}
}

// layout tells the nodes of a company apart, where it has several.
type layout struct {
	nodes  []int32 // where each line comes from
	outlet int32
}

// pieceSize is how many companies are planned in one piece.
const pieceSize = 1 << 12

// network builds the production of the companies, which must be in the order of ids. What others supply to them loses
// nothing. The pieces are planned side by side and put together in their order.
func (p *production) network(ctx context.Context, companies []graph.Node) (*network, error) {
	x := &network{first: make([]int32, p.v.NodeCount(graph.KindCompany)), layouts: map[graph.Node]*layout{}}
	for i := range x.first {
		x.first[i] = -1
	}
	all := assembly{network: x, b: loss.NewBuilder()}
	if err := p.pieces(ctx, companies, all.add); err != nil {
		return nil, err
	}
	all.finish()
	return x, nil
}

// pieces calls yield with the production of the companies, piece by piece in their order.
func (p *production) pieces(ctx context.Context, companies []graph.Node, yield func(*piece)) error {
	n := (len(companies) + pieceSize - 1) / pieceSize
	if n <= 1 {
		made, err := p.piece(ctx, companies)
		if err == nil {
			yield(made)
		}
		return err
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	type outcome struct {
		*piece
		err error
	}
	made := make([]chan outcome, n)
	for i := range made {
		made[i] = make(chan outcome, 1)
	}
	var next atomic.Int64
	ahead := make(chan struct{}, 2*runtime.GOMAXPROCS(0)) // pieces begun and not yet taken: so many at most
	for range runtime.GOMAXPROCS(0) {
		own := p.clone()
		go func() {
			for {
				select {
				case ahead <- struct{}{}:
				case <-ctx.Done():
					return
				}
				i := int(next.Add(1)) - 1
				if i >= n {
					return
				}
				x, err := own.piece(ctx, companies[i*pieceSize:min(len(companies), (i+1)*pieceSize)])
				made[i] <- outcome{x, err}
			}
		}()
	}
	for i := range made {
		select {
		case o := <-made[i]:
			if o.err != nil {
				return o.err
			}
			<-ahead
			yield(o.piece)
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return nil
}

// piece is the production of some companies, with nodes numbered from 0.
type piece struct {
	b         *loss.Builder
	companies []graph.Node
	first     []int32 // of each company
	lines     []int32 // how many each company has
	layouts   []*layout
	owner     []graph.Node
	products  []graph.Node // of the lines
	words     [2][]string  // country and sector of each company
	supplied  []graph.Node // product of each edge that comes from another company
}

// within marks edges that come from a node of the same piece: node n is within-n.
const within = -2

func (p *production) piece(ctx context.Context, companies []graph.Node) (*piece, error) {
	x := &piece{b: loss.NewBuilder(), companies: companies}
	for i, c := range companies {
		if i%256 == 0 {
			if err := ctx.Err(); err != nil {
				return nil, err
			}
		}
		x.add(p.v, p.plan(c))
	}
	return x, nil
}

func (x *piece) add(v *graph.View, plan *plan) {
	first := int32(len(x.owner))
	for _, node := range plan.nodes {
		x.b.Node()
		x.owner = append(x.owner, plan.company)
		for i := range node.inputs {
			x.b.Input(node.inputs[i].Input)
			for _, e := range node.inputs[i].parts {
				if e.flow < 0 {
					x.b.Edge(within-(first+int32(e.node)), e.share)
					x.supplied = append(x.supplied, graph.NoNode)
					continue
				}
				f := &plan.flows[e.flow]
				x.b.Edge(int32(max(f.from, graph.NoNode)), e.share) // one that no source names loses nothing
				x.supplied = append(x.supplied, f.product)
			}
		}
	}
	x.first = append(x.first, first)
	for i, field := range []graph.FieldID{graph.FieldCountry, graph.FieldSector} {
		x.words[i] = append(x.words[i], v.NodeText(graph.KindCompany, plan.company, field))
	}
	x.lines = append(x.lines, int32(len(plan.lines)))
	several := plan.outlet != 0
	for _, line := range plan.lines {
		x.products = append(x.products, line.product)
		several = several || line.node != 0
	}
	var l *layout
	if several {
		l = &layout{outlet: first + int32(plan.outlet)}
		for _, line := range plan.lines {
			l.nodes = append(l.nodes, first+int32(line.node))
		}
	}
	x.layouts = append(x.layouts, l)
}

// assembly puts pieces together.
type assembly struct {
	*network
	b        *loss.Builder
	counts   []int32      // lines, by company
	supplied []graph.Node // by edge
	ends     []int32      // of the edges of each piece
	nodes    []int32      // before each piece
	order    []graph.Node // companies, as they come
	numbers  [2]map[string]int32
	lines    []graph.Node // of these
}

func (a *assembly) add(x *piece) {
	before := int32(len(a.owner))
	if a.counts == nil {
		a.counts = make([]int32, len(a.first))
		a.countries, a.sectors = newLabels(len(a.first)), newLabels(len(a.first))
		a.numbers = [2]map[string]int32{{"": 0}, {"": 0}}
	}
	for i, c := range x.companies {
		a.first[c] = before + x.first[i]
		a.counts[c] = x.lines[i]
		for which, l := range []*labels{&a.countries, &a.sectors} {
			word := x.words[which][i]
			n, ok := a.numbers[which][word]
			if !ok {
				n = int32(len(l.words))
				a.numbers[which][word] = n
				l.words = append(l.words, word)
			}
			l.of[c] = n
		}
		if l := x.layouts[i]; l != nil {
			l.outlet += before
			for j := range l.nodes {
				l.nodes[j] += before
			}
			a.layouts[c] = l
		}
	}
	a.b.Append(x.b)
	a.owner = append(a.owner, x.owner...)
	a.order = append(a.order, x.companies...)
	a.lines = append(a.lines, x.products...)
	a.supplied = append(a.supplied, x.supplied...)
	a.ends, a.nodes = append(a.ends, int32(len(a.supplied))), append(a.nodes, before)
}

func (a *assembly) finish() {
	a.lineStart = make([]int32, len(a.first)+1)
	if a.counts == nil { // no company
		a.countries, a.sectors = newLabels(len(a.first)), newLabels(len(a.first))
	}
	for c, n := range a.counts {
		a.lineStart[c+1] = a.lineStart[c] + n
	}
	a.products = make([]graph.Node, len(a.lines))
	at := 0
	for _, c := range a.order {
		at += copy(a.products[a.lineStart[c]:a.lineStart[c+1]], a.lines[at:])
	}
	piece := 0
	a.net = a.b.Net(func(edge, source int32) int32 {
		for edge >= a.ends[piece] {
			piece++
		}
		if source <= within {
			return within - source + a.nodes[piece]
		}
		if source == loss.Nobody {
			return loss.Nobody
		}
		return a.nodeOf(graph.Node(source), a.supplied[edge])
	})
	a.groups = loss.GroupsOf(a.net, a.owner)
}

// linesOf are the products of a company's lines; nothing where it is not part of the network.
func (x *network) linesOf(c graph.Node) []graph.Node {
	return x.products[x.lineStart[c]:x.lineStart[c+1]:x.lineStart[c+1]]
}

// nodeOf is where a company's supplies of a product come from; loss.Nobody where it is not part of the network.
func (x *network) nodeOf(c, product graph.Node) int32 {
	first := x.first[c]
	if first < 0 {
		return loss.Nobody
	}
	l := x.layouts[c]
	if l == nil {
		return first
	}
	if i := slices.Index(x.linesOf(c), product); i >= 0 && product != graph.NoNode {
		return l.nodes[i]
	}
	return l.outlet
}

// outletOf is the node of a company as a whole.
func (x *network) outletOf(c graph.Node) int32 { return x.nodeOf(c, graph.NoNode) }

// nodeOfLine is where line number i of a company comes from.
func (x *network) nodeOfLine(c graph.Node, i int) int32 {
	if l := x.layouts[c]; l != nil {
		return l.nodes[i]
	}
	return x.first[c]
}

// run is a run on the network; give it back to x.runs.
func (x *network) run(o loss.Options) *loss.Run {
	r, ok := x.runs.Get().(*loss.Run)
	if !ok {
		r = loss.NewRun(x.net, o)
	}
	r.Options = o
	return r
}
