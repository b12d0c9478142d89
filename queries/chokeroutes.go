package queries

import (
	"context"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/tributarygraph/tributary/graph"
	"github.com/tributarygraph/tributary/queries/internal/dominators"
)

// routePaths is what stands upstream of a company, with what dominates it: S dominates X when every documented route
// from X to the company passes S. That is dominance in the graph of edges from buyer to supplier, rooted at the
// company. The weight of a cut is that of the ends in it.
type routePaths struct {
	*upstream
	all      dominators.Cuts  // over everything
	shared   []dominators.Cut // of the inputs whose cuts are shared
	products []inputPaths
}

// inputPaths is the same for the routes that bring one input: the company has edges to its suppliers of it only.
type inputPaths struct {
	input buyInput
	cuts  dominators.Cuts
	done  bool // in time
}

// alone is how many others a node dominates.
func (p *routePaths) alone(cuts *dominators.Cuts, node int32) int {
	at, found := findCut(cuts.Own, node)
	if found {
		return int(cuts.Own[at].Count)
	}
	if at, found = findCut(p.shared, node); found && cuts.Shared {
		return int(p.shared[at].Count)
	}
	return 0
}

func findCut(cuts []dominators.Cut, node int32) (int, bool) {
	return slices.BinarySearchFunc(cuts, node, func(c dominators.Cut, node int32) int { return int(c.Node - node) })
}

// must are the nodes that dominate every end, in rising order.
func (p *routePaths) must(cuts *dominators.Cuts) (out []int32) {
	if cuts.Weight == 0 {
		return nil
	}
	for _, c := range cuts.Own {
		if c.Weight == cuts.Weight {
			out = append(out, c.Node)
		}
	}
	if cuts.Shared {
		for _, c := range p.shared {
			if c.Weight != cuts.Weight {
				continue
			}
			if _, own := findCut(cuts.Own, c.Node); !own {
				out = append(out, c.Node)
			}
		}
		slices.Sort(out)
	}
	return out
}

// routeFound is an item of the list of routes.
type routeFound struct {
	company     graph.Node
	local       int32
	alone, most int // over everything, and of one input
}

func (r routeFound) key() chokeKey {
	return chokeKey{numbers: [4]int{-r.alone, -r.most}, nodes: [3]graph.Node{graph.NoNode, graph.NoNode, r.company}}
}

// mustFound is an item of the list of what must be passed.
type mustFound struct {
	company    graph.Node
	local      int32
	tier       int
	everything bool
	end        bool
	products   []graph.Node
}

func (m mustFound) key() chokeKey {
	rank := 0
	if !m.everything {
		rank += 2
	}
	if m.end {
		rank++
	}
	return chokeKey{numbers: [4]int{rank, m.tier}, nodes: [3]graph.Node{graph.NoNode, graph.NoNode, m.company}}
}

// walkUpstream walks everything upstream.
func (c *choke) walkUpstream(ctx context.Context) error {
	var first func(graph.Rel) bool
	if c.only != nil {
		first = c.asked
	}
	u, err := newUpstream(ctx, c.v, c.company, c.filter, first)
	if err != nil {
		return err
	}
	above := len(u.nodes) - 1
	c.out.Upstream = &above
	c.paths = &routePaths{upstream: u}
	return nil
}

// findRoutes finds the single documented routes and what must be passed.
func (c *choke) findRoutes(ctx context.Context, inputs []buyInput) error {
	ends, err := dominators.Ends(ctx, c.paths.g, c.paths.back)
	if err != nil {
		return err
	}
	atEnd := c.paths.countEnds(ends)
	c.out.Ends = &atEnd.count
	known, late := c.paths.solve(ctx, inputs, atEnd.nodes)
	if !known {
		return late
	}
	c.listRoutes(late == nil)
	c.listMust(atEnd.nodes, late == nil)
	return late
}

// endNodes are the nodes at which routes end.
type endNodes struct {
	count RouteEnds
	nodes []int32 // by node: 1 where it is one
}

func (p *routePaths) countEnds(ends [][]int32) endNodes {
	e := endNodes{nodes: make([]int32, len(p.nodes))}
	for _, members := range ends {
		switch {
		case len(p.nodes) == 1: // nobody stands upstream
		case len(members) == 1:
			e.count.Companies++
		case slices.Contains(members, 0):
			e.count.OwnLoop = true
		default:
			e.count.Loops++
		}
		for _, i := range members {
			e.nodes[i] = 1
		}
	}
	return e
}

// solve finds the cuts over everything, and of each input, several at once. The error is that of the context: then
// known says whether those over everything are known, and inputs that are not done were not reached in time.
func (p *routePaths) solve(ctx context.Context, inputs []buyInput, ends []int32) (known bool, err error) {
	sets := p.firstSets(inputs)
	var family *dominators.Family
	prepared := make(chan error, 1)
	go func() {
		var err error
		family, err = dominators.NewFamily(ctx, p.g, p.back, 0, ends, len(sets))
		prepared <- err
	}()
	var s dominators.Solver
	whole, err := dominators.NewFamily(ctx, p.g, p.back, 0, ends, 1)
	if err == nil {
		p.all, err = whole.Of(ctx, &s, p.g.Row(0))
	}
	late := <-prepared
	if err != nil {
		return false, err
	}
	if late != nil {
		return true, late
	}
	p.shared = family.Shared()
	return true, p.solveSets(ctx, family, sets)
}

// firstSet is a set of suppliers of the company, with the inputs that come from them.
type firstSet struct {
	first  []int32
	inputs []int
}

// firstSets are the inputs by who supplies them.
func (p *routePaths) firstSets(inputs []buyInput) (sets []firstSet) {
	p.products = make([]inputPaths, len(inputs))
	at := map[string]int{}
	for i, in := range inputs {
		p.products[i].input = in
		first := make([]int32, len(in.suppliers))
		for k, n := range in.suppliers {
			first[k] = p.local[n]
		}
		key := fmt.Sprint(first)
		k, have := at[key]
		if !have {
			k = len(sets)
			at[key] = k
			sets = append(sets, firstSet{first: first})
		}
		sets[k].inputs = append(sets[k].inputs, i)
	}
	return sets
}

func (p *routePaths) solveSets(ctx context.Context, family *dominators.Family, sets []firstSet) error {
	var next atomic.Int64
	var failed error
	var once sync.Once
	var group sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), len(sets)) {
		group.Go(func() {
			var s dominators.Solver
			for at := next.Add(1) - 1; at < int64(len(sets)); at = next.Add(1) - 1 {
				cuts, err := p.all, ctx.Err()
				if err == nil && len(sets[at].first) != len(p.g.Row(0)) { // else the routes are those of everything
					cuts, err = family.Of(ctx, &s, sets[at].first)
				}
				if err != nil {
					once.Do(func() { failed = err })
					return
				}
				for _, i := range sets[at].inputs {
					p.products[i].cuts, p.products[i].done = cuts, true
				}
			}
		})
	}
	group.Wait()
	return failed
}

// listRoutes lists what was found; whole says that all inputs were looked at.
func (c *choke) listRoutes(whole bool) {
	if c.out.Routes == nil {
		return
	}
	alone, most := make([]int32, len(c.paths.nodes)), c.paths.mostAlone()
	for _, cut := range c.paths.all.Own {
		alone[cut.Node] = cut.Count
	}
	for i := range alone {
		if i > 0 && (alone[i] > 0 || most[i] > 0) {
			c.routes = append(c.routes, routeFound{company: c.paths.nodes[i], local: int32(i), alone: int(alone[i]), most: int(most[i])})
		}
	}
	if total := len(c.routes); whole {
		c.out.Routes.Total = &total
	}
}

// mostAlone is, by node, the most that it dominates of the routes that bring one input.
func (p *routePaths) mostAlone() []int32 {
	most := make([]int32, len(p.nodes))
	shared, special := 0, map[int32]int{} // inputs whose cuts are shared; in how many of them a node has its own
	for i := range p.products {
		x := &p.products[i]
		count(&shared, x.cuts.Shared)
		for _, cut := range x.cuts.Own {
			most[cut.Node] = max(most[cut.Node], cut.Count)
			if x.cuts.Shared {
				special[cut.Node]++
			}
		}
	}
	for _, cut := range p.shared {
		if special[cut.Node] < shared {
			most[cut.Node] = max(most[cut.Node], cut.Count)
		}
	}
	return most
}

func (c *choke) listMust(ends []int32, whole bool) {
	if c.out.MustPass == nil {
		return
	}
	at := map[int32]int{}
	item := func(i int32) *mustFound {
		k, have := at[i]
		if !have {
			k = len(c.must)
			at[i] = k
			c.must = append(c.must, mustFound{company: c.paths.nodes[i], local: i, tier: c.paths.tier(i), end: ends[i] > 0})
		}
		return &c.must[k]
	}
	for _, i := range c.paths.must(&c.paths.all) {
		item(i).everything = true
	}
	for k := range c.paths.products {
		p := &c.paths.products[k]
		if !p.done || c.paths.oneHop(p) {
			continue
		}
		for _, i := range c.paths.must(&p.cuts) {
			m := item(i)
			m.products = append(m.products, p.input.product)
		}
	}
	if total := len(c.must); whole {
		c.out.MustPass.Total = &total
	}
}

// oneHop reports whether an input comes from one supplier behind which nobody stands: that is a sole source, and no
// more is said of it.
func (p *routePaths) oneHop(x *inputPaths) bool {
	return len(x.input.suppliers) == 1 && p.alone(&x.cuts, p.local[x.input.suppliers[0]]) == 0
}

// product names what an input brings; nil where that is not stated.
func (c *choke) product(p graph.Node) *Ref {
	if p == graph.NoNode {
		return nil
	}
	ref := c.names.ref(graph.KindProduct, p)
	return &ref
}

func (c *choke) routeRow(r routeFound, alternatives *chokeAlternatives) RouteRow {
	row := RouteRow{Alone: r.alone, ByProduct: []ProductRoute{}}
	var brings []graph.Node
	for i := range c.paths.products {
		p := &c.paths.products[i]
		if alone := c.paths.alone(&p.cuts, r.local); alone > 0 {
			list := c.listOf(inputKey{c.company, p.input.product})
			row.ByProduct = append(row.ByProduct, ProductRoute{Product: c.product(p.input.product), Alone: alone,
				SuppliersSeen: list.seen, ListComplete: list.complete})
			brings = append(brings, p.input.product)
		}
	}
	if r.alone > 0 {
		brings = nil
	}
	c.supplier(&row.ChokeSupplier, r.company, c.paths.nearest(c, r.local, brings), alternatives)
	row.Tier = c.paths.tier(r.local)
	row.Sentence = c.routeSentence(&row)
	return row
}

func (c *choke) routeSentence(row *RouteRow) string {
	if row.Alone > 0 {
		return fmt.Sprintf("Every documented route from %s to %s passes %s.", otherCompanies(row.Alone), c.out.Company.Name, row.Name)
	}
	best := row.ByProduct[0]
	for _, p := range row.ByProduct {
		if p.Alone > best.Alone {
			best = p
		}
	}
	return fmt.Sprintf("Every documented route from %s to %s that brings it %s passes %s.", otherCompanies(best.Alone), c.out.Company.Name, productName(best.Product), row.Name)
}

func (c *choke) mustRow(m mustFound, alternatives *chokeAlternatives) MustPassRow {
	row := MustPassRow{Everything: m.everything, IsEnd: m.end, Products: []*Ref{}}
	brings := m.products
	if m.everything {
		brings = nil
	}
	c.supplier(&row.ChokeSupplier, m.company, c.paths.nearest(c, m.local, brings), alternatives)
	row.Tier = m.tier
	names := make([]string, len(m.products))
	for i, p := range m.products {
		ref := c.product(p)
		row.Products = append(row.Products, ref)
		names[i] = productName(ref)
	}
	if m.everything {
		row.Sentence = fmt.Sprintf("Every documented route to %s passes %s, from wherever the documentation ends.", c.out.Company.Name, row.Name)
	} else {
		row.Sentence = fmt.Sprintf("Every documented route that brings %s %s passes %s, from wherever the documentation ends.", c.out.Company.Name, strings.Join(names, ", "), row.Name)
	}
	if m.end {
		row.Sentence += " The documentation ends there."
	}
	return row
}

// nearest are the relations of a node to those one tier nearer, in the order of the ids of their ends and products.
// Where it supplies the company itself, brings narrows them to what brings these inputs, unless it is nil; a company that
// supplies it other things only is on the routes that bring these by way of others.
func (p *routePaths) nearest(c *choke, i int32, brings []graph.Node) []graph.Rel {
	tier := p.tier(i)
	out := p.nearer(c, i, brings, func(j int32) bool { return p.tier(j) == tier-1 })
	if len(out) > 0 || brings == nil {
		return out
	}
	tiers := p.tiersOf(c, brings)
	return p.nearer(c, i, brings, func(j int32) bool { return j != 0 && tiers[j] == tiers[i]-1 })
}

// tiersOf are the tiers that companies have on the routes that bring some inputs; 0 of those on none.
func (p *routePaths) tiersOf(c *choke, brings []graph.Node) []int32 {
	tiers := make([]int32, len(p.nodes))
	var queue []int32
	edges := c.v.In(graph.KindSupplies, c.company)
	for k, n := range edges.Nodes {
		r := edges.Rel(k)
		if j, ok := p.has(n); ok && j != 0 && tiers[j] == 0 && c.active.Has(r) && c.asked(r) && c.bringsOne(r, brings) {
			tiers[j] = 1
			queue = append(queue, j)
		}
	}
	for at := 0; at < len(queue); at++ {
		for _, j := range p.g.Row(queue[at]) {
			if j != 0 && tiers[j] == 0 {
				tiers[j] = tiers[queue[at]] + 1
				queue = append(queue, j)
			}
		}
	}
	return tiers
}

// nearer are the relations of a node to companies that to lets pass.
func (p *routePaths) nearer(c *choke, i int32, brings []graph.Node, to func(int32) bool) (out []graph.Rel) {
	edges := c.v.Out(graph.KindSupplies, p.nodes[i])
	for k, n := range edges.Nodes {
		j, upstream := p.has(n)
		if !upstream || !to(j) {
			continue
		}
		r := edges.Rel(k)
		if c.active.Has(r) && (j != 0 || c.asked(r) && (brings == nil || c.bringsOne(r, brings))) {
			out = append(out, r)
		}
	}
	return out
}

// asked reports whether the relation is of the product asked for.
func (c *choke) asked(r graph.Rel) bool { return c.only == nil || c.only.has(c.v, r) }

// bringsOne reports whether the relation is of one of the products or a kind of one.
func (c *choke) bringsOne(r graph.Rel, products []graph.Node) bool {
	product := c.v.ProductOf(r)
	return slices.ContainsFunc(products, func(p graph.Node) bool { return product == p || c.kin.isKind(product, p) })
}

// supplier writes who a company is and the surest of the relations by which it comes in.
func (c *choke) supplier(row *ChokeSupplier, company graph.Node, rels []graph.Rel, alternatives *chokeAlternatives) {
	v := c.v
	who := v.Brief(graph.KindCompany, company)
	row.ID, row.Name, row.NameZH, row.Country = v.ID(graph.KindCompany, company), who.Name, who.HanName, who.Country
	var best graph.Relation
	for i, r := range rels {
		if f := v.FoldHead(r, c.filter); i == 0 || f.Confidence > best.Confidence {
			best = f
		}
	}
	_, buyer, product := v.Ends(best.Rel)
	list := c.listOf(inputKey{buyer, product})
	row.Buyer, row.Product, row.Relation = c.names.ref(graph.KindCompany, buyer), c.product(product), v.RelationKey(best.Rel).ID()
	row.SuppliersSeen, row.ListComplete, row.Confidence = list.seen, list.complete, best.Confidence
	c.out.count(v, &best, c.filter)
	row.Alternatives = []Alternative{}
	if product != graph.NoNode {
		alternatives.want(company, buyer, product)
	}
}

// supplierList is what is known of who supplies a buyer with a product or a kind of it.
type supplierList struct {
	seen     int
	complete bool
}

func (c *choke) listOf(key inputKey) supplierList {
	if list, ok := c.lists[key]; ok {
		return list
	}
	list := supplierList{complete: c.req.Assume == "complete" || listComplete(c.v, c.filter, key.buyer, key.product)}
	last := graph.NoNode
	edges := c.v.In(graph.KindSupplies, key.buyer)
	for i, n := range edges.Nodes {
		r := edges.Rel(i)
		if n == last || n == key.buyer || !c.active.Has(r) {
			continue
		}
		if p := c.v.ProductOf(r); p == key.product || c.kin.isKind(p, key.product) {
			list.seen++
			last = n
		}
	}
	c.lists[key] = list
	return list
}

// otherCompanies counts companies in words.
func otherCompanies(n int) string {
	if n == 1 {
		return "1 other company"
	}
	return fmt.Sprintf("%d other companies", n)
}

// productName is the name of a product in a sentence.
func productName(p *Ref) string {
	if p == nil {
		return "what is supplied without a stated product"
	}
	return p.Name
}
