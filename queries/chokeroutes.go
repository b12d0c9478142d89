package queries

import (
	"context"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"sync"

	"github.com/tributarygraph/tributary/graph"
	"github.com/tributarygraph/tributary/queries/internal/dominators"
)

// routePaths is what stands upstream of a company, with what dominates it: S dominates X when every documented route
// from X to the company passes S. That is dominance in the graph of edges from buyer to supplier, rooted at the
// company.
type routePaths struct {
	*upstream
	alone    []int32 // by node: how many others it dominates
	products []inputPaths
}

// inputPaths is the same for the routes that bring one input: the company has edges to its suppliers of it only.
type inputPaths struct {
	input buyInput
	alone []carried // nodes that dominate others, in rising order
	must  []int32   // nodes that dominate every end, in rising order
}

// carried is how many others a node dominates.
type carried struct {
	node, count int32
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
	var must []int32
	if c.paths.alone, must, err = c.paths.solve(ctx, &dominators.Solver{}, nil, atEnd.nodes); err != nil {
		return err
	}
	late := c.paths.solveInputs(ctx, inputs, atEnd.nodes, must)
	c.listRoutes(late == nil)
	c.listMust(must, atEnd.nodes, late == nil)
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

// solve gives how many others each node dominates, and the nodes that dominate all ends, in rising order. Where
// first is not nil, it stands for the edges of the company.
func (p *routePaths) solve(ctx context.Context, s *dominators.Solver, first, ends []int32) (alone, must []int32, err error) {
	tree, err := s.Solve(ctx, p.g, p.back, 0, first)
	if err != nil {
		return nil, nil, err
	}
	ones := make([]int32, len(p.nodes))
	for i := range ones {
		ones[i] = 1
	}
	alone = tree.Sums(ones)
	for _, i := range tree.Order {
		alone[i]--
	}
	sums := tree.Sums(ends) // that of the company is of all ends
	for i := range sums {
		if i > 0 && sums[i] == sums[0] && sums[i] > 0 {
			must = append(must, int32(i))
		}
	}
	return alone, must, nil
}

// solveInputs does the same for the routes of each input, several at once; an input without an answer was not
// reached in time.
func (p *routePaths) solveInputs(ctx context.Context, inputs []buyInput, ends, must []int32) error {
	p.products = make([]inputPaths, len(inputs))
	whole := len(p.g.Row(0))
	todo := make(chan int, len(inputs))
	for i, in := range inputs {
		p.products[i].input = in
		todo <- i
	}
	close(todo)
	var failed error
	var mu sync.Mutex
	var group sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), len(inputs)) {
		group.Go(func() {
			var s dominators.Solver
			for i := range todo {
				first := p.suppliers(inputs[i])
				alone, must := p.alone, must
				if len(first) != whole { // else the routes are those of all inputs
					var err error
					if alone, must, err = p.solve(ctx, &s, first, ends); err != nil {
						mu.Lock()
						failed = err
						mu.Unlock()
						return
					}
				}
				if len(first) == 1 && alone[first[0]] == 0 {
					must = nil // one hop from one supplier: that is a sole source
				}
				p.products[i].alone, p.products[i].must = compacted(alone), must
			}
		})
	}
	group.Wait()
	return failed
}

func (p *routePaths) suppliers(in buyInput) []int32 {
	out := make([]int32, 0, len(in.suppliers))
	for _, n := range in.suppliers {
		out = append(out, p.local[n])
	}
	return out
}

// compacted leaves out the company and those that dominate nobody.
func compacted(alone []int32) []carried {
	var out []carried
	for i, n := range alone {
		if i > 0 && n > 0 {
			out = append(out, carried{int32(i), n})
		}
	}
	return out
}

// listRoutes lists what was found; whole says that all inputs were looked at.
func (c *choke) listRoutes(whole bool) {
	if c.out.Routes == nil {
		return
	}
	most := make([]int32, len(c.paths.nodes))
	for _, p := range c.paths.products {
		for _, x := range p.alone {
			most[x.node] = max(most[x.node], x.count)
		}
	}
	for i, alone := range c.paths.alone {
		if i > 0 && (alone > 0 || most[i] > 0) {
			c.routes = append(c.routes, routeFound{company: c.paths.nodes[i], local: int32(i), alone: int(alone), most: int(most[i])})
		}
	}
	if total := len(c.routes); whole {
		c.out.Routes.Total = &total
	}
}

func (c *choke) listMust(must, ends []int32, whole bool) {
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
	for _, i := range must {
		item(i).everything = true
	}
	for _, p := range c.paths.products {
		for _, i := range p.must {
			m := item(i)
			m.products = append(m.products, p.input.product)
		}
	}
	if total := len(c.must); whole {
		c.out.MustPass.Total = &total
	}
}

// product names what an input brings; nil where that is not stated.
func (c *choke) product(p graph.Node) *Ref {
	if p == graph.NoNode {
		return nil
	}
	ref := c.names.ref(graph.KindProduct, p)
	return &ref
}

func (c *choke) routeRow(r routeFound, alternatives *alternatives) RouteRow {
	row := RouteRow{Alone: r.alone, ByProduct: []ProductRoute{}}
	var brings []graph.Node
	for _, p := range c.paths.products {
		i, found := slices.BinarySearchFunc(p.alone, r.local, func(x carried, node int32) int { return int(x.node - node) })
		if found {
			list := c.listOf(inputKey{c.company, p.input.product})
			row.ByProduct = append(row.ByProduct, ProductRoute{Product: c.product(p.input.product), Alone: int(p.alone[i].count),
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

func (c *choke) mustRow(m mustFound, alternatives *alternatives) MustPassRow {
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
// Where it supplies the company itself, brings narrows them to what brings these inputs, unless it is nil.
func (p *routePaths) nearest(c *choke, i int32, brings []graph.Node) (out []graph.Rel) {
	tier := p.tier(i)
	edges := c.v.Out(graph.KindSupplies, p.nodes[i])
	for k, n := range edges.Nodes {
		j, upstream := p.has(n)
		if !upstream || p.tier(j) != tier-1 {
			continue
		}
		r := edges.Rel(k)
		if c.active.Has(r) && (tier > 1 || c.asked(r) && (brings == nil || c.bringsOne(r, brings))) {
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
func (c *choke) supplier(row *ChokeSupplier, company graph.Node, rels []graph.Rel, alternatives *alternatives) {
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
