package queries

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/tributarygraph/tributary/graph"
)

// ProductRequest asks for one product.
type ProductRequest struct {
	Product string // id, name or alias
	// Limit is the most that each list of the answer holds; 0 for all.
	Limit int
	Scope
}

// ProductAnswer is a product with who makes it, who supplies it to whom, and what it goes into. Its lists are cut at
// the limit; the total of each stands beside it.
type ProductAnswer struct {
	Answer
	ID          string          `json:"id"`
	Name        string          `json:"name"`
	NameZH      string          `json:"name_zh,omitempty" doc:"Name in Chinese, where one is stated beside the name"`
	Aliases     []string        `json:"aliases"`
	Code        string          `json:"code,omitempty"`
	Datasets    []string        `json:"datasets" doc:"Datasets that describe it"`
	Provisional bool            `json:"provisional,omitempty" doc:"Known only because a relation names it"`
	KindOf      []Ref           `json:"kind_of" doc:"What it is a kind of, then what that is a kind of, and so on"`
	Kinds       ProductKinds    `json:"kinds" doc:"The products that are said to be a kind of it, by id"`
	MadeOf      ProductInputs   `json:"made_of" doc:"What goes into it, by id"`
	GoesInto    ProductInputs   `json:"goes_into" doc:"What it goes into, by id"`
	Makers      ProductMakers   `json:"makers" doc:"Who makes it or a kind of it: the greatest stated market share first, then by id"`
	Supplies    ProductSupplies `json:"supplies" doc:"Who supplies it or a kind of it to whom: the greatest confidence first, then by the ids of supplier, buyer and product"`
}

// ProductKinds are kinds of a product.
type ProductKinds struct {
	Total int   `json:"total"`
	Items []Ref `json:"items"`
}

// ProductInputs are products that go into one another.
type ProductInputs struct {
	Total int            `json:"total"`
	Items []ProductInput `json:"items"`
}

// ProductInput is a product at the other end of an input_of relation.
type ProductInput struct {
	Product    Ref     `json:"product"`
	Relation   string  `json:"relation" doc:"Id of the relation"`
	Confidence float64 `json:"confidence"`
}

// ProductMakers are makers of a product.
type ProductMakers struct {
	Total int            `json:"total"`
	Items []ProductMaker `json:"items"`
}

// ProductMaker is a company that makes a product, or a kind of it.
type ProductMaker struct {
	Company     Ref       `json:"company"`
	Product     Ref       `json:"product" doc:"What it makes: the product or a kind of it"`
	Relation    string    `json:"relation" doc:"Id of the relation"`
	MarketShare *Interval `json:"market_share" doc:"Part of the market of what it makes; null when no claim states one"`
	Country     string    `json:"country,omitempty" doc:"Where it is made; where that is not stated, the country of the sites that are named"`
	Stage       string    `json:"stage"`
	Confidence  float64   `json:"confidence"`
}

// ProductSupplies are the relations by which a product is supplied.
type ProductSupplies struct {
	Total     int             `json:"total"`
	Suppliers int             `json:"suppliers" doc:"Different suppliers in the whole list"`
	Buyers    int             `json:"buyers" doc:"Different buyers in the whole list"`
	Items     []ProductSupply `json:"items"`
}

// ProductSupply is one relation by which a product is supplied.
type ProductSupply struct {
	Supplier   Ref       `json:"supplier"`
	Buyer      Ref       `json:"buyer"`
	Product    Ref       `json:"product" doc:"What is supplied: the product or a kind of it"`
	Relation   string    `json:"relation" doc:"Id of the relation"`
	Stage      string    `json:"stage"`
	Confidence float64   `json:"confidence"`
	Share      *Interval `json:"share" doc:"Part of what the buyer buys of the product, among the documented suppliers"`
}

// Product shows one product. Errors wrap graph.ErrInvalid, ErrNotFound and ErrAmbiguous.
func Product(ctx context.Context, v *graph.View, req ProductRequest) (*ProductAnswer, error) {
	scope, err := req.Scope.Resolve()
	if err != nil {
		return nil, err
	}
	if req.Limit < 0 {
		return nil, fmt.Errorf("%w: limit %d; allowed: 0 (all) or more", graph.ErrInvalid, req.Limit)
	}
	if v, err = scope.view(ctx, v); err != nil {
		return nil, err
	}
	n, err := v.Lookup(graph.KindProduct, req.Product)
	if err != nil {
		return nil, err
	}
	p := productPage{v: v, n: n, filter: scope.filter(), limit: req.Limit, set: withDescendants(v, n)}
	facts := v.NodeFacts(graph.KindProduct, n)
	p.out = &ProductAnswer{Answer: newAnswer(v, scope, "a relation of a kind of the product counts as one of the product"), ID: facts.ID, Name: facts.Name, NameZH: v.HanName(graph.KindProduct, n),
		Aliases: nonNil(facts.Aliases), Code: facts.Texts[graph.FieldCode], Datasets: nonNil(facts.Datasets), Provisional: !v.Described(graph.KindProduct, n), KindOf: p.ancestors()}
	p.kinds()
	p.out.MadeOf, p.out.GoesInto = p.inputs(v.In(graph.KindInputOf, n)), p.inputs(v.Out(graph.KindInputOf, n))
	if err := p.makers(ctx); err != nil {
		return nil, err
	}
	if err := p.supplies(ctx); err != nil {
		return nil, err
	}
	if p.out.Provisional {
		p.out.warn("known only because relations name it: no dataset describes it")
	}
	return inGroups(v, p.out), nil
}

// productPage gathers what surrounds a product.
type productPage struct {
	v      *graph.View
	n      graph.Node
	filter graph.Filter
	limit  int
	set    productSet // the product and every kind of it
	out    *ProductAnswer
}

// cut is the list up to the limit; a list that is longer leaves the answer incomplete.
func cut[T any](p *productPage, list []T) []T {
	if p.limit > 0 && len(list) > p.limit {
		p.out.stop(StoppedByLimit)
		list = list[:p.limit]
	}
	return nonNil(list)
}

// ancestors are what the product is a kind of, the nearest first; a ring of parents is walked once.
func (p *productPage) ancestors() []Ref {
	out := []Ref{}
	seen := productSet{p.n: true}
	for n := parentOf(p.v, p.n); n != graph.NoNode && !seen[n]; n = parentOf(p.v, n) {
		seen[n] = true
		out = append(out, refOf(p.v, graph.KindProduct, n))
	}
	return out
}

func (p *productPage) kinds() {
	var list []Ref
	for _, n := range treeOf(p.v).children[p.n] {
		list = append(list, refOf(p.v, graph.KindProduct, n))
	}
	slices.SortFunc(list, compareRefs)
	p.out.Kinds = ProductKinds{Total: len(list), Items: cut(p, list)}
}

// inputs are the products at the other ends of active relations.
func (p *productPage) inputs(edges graph.Edges) ProductInputs {
	var list []ProductInput
	for i, n := range edges.Nodes {
		r := edges.Rel(i)
		if !p.v.Active(r, p.filter) {
			continue
		}
		x := p.v.FoldHead(r, p.filter)
		p.out.count(p.v, &x, p.filter)
		list = append(list, ProductInput{Product: refOf(p.v, graph.KindProduct, n), Relation: p.v.RelationKey(r).ID(), Confidence: x.Confidence})
	}
	slices.SortFunc(list, func(a, b ProductInput) int { return compareRefs(a.Product, b.Product) })
	return ProductInputs{Total: len(list), Items: cut(p, list)}
}

func (p *productPage) makers(ctx context.Context) error {
	names := newNames(p.v)
	var list []ProductMaker
	for product := range p.set {
		edges := p.v.In(graph.KindMakes, product)
		for i, n := range edges.Nodes {
			r := edges.Rel(i)
			if !p.v.Active(r, p.filter) {
				continue
			}
			if stopped, err := p.late(ctx); err != nil {
				return err
			} else if stopped {
				break
			}
			x := p.v.FoldHead(r, p.filter)
			p.out.count(p.v, &x, p.filter)
			list = append(list, ProductMaker{Company: names.ref(graph.KindCompany, n), Product: names.ref(graph.KindProduct, product), Relation: p.v.RelationKey(r).ID(),
				MarketShare: statedNumber(p.v, r, p.filter, graph.FieldMarketShare), Country: madeIn(p.v, r, p.filter), Stage: x.Stage, Confidence: x.Confidence})
		}
	}
	slices.SortFunc(list, func(a, b ProductMaker) int {
		return cmp.Or(cmp.Compare(upTo(b.MarketShare), upTo(a.MarketShare)), compareRefs(a.Company, b.Company), compareRefs(a.Product, b.Product))
	})
	p.out.Makers = ProductMakers{Total: len(list), Items: cut(p, list)}
	return nil
}

// upTo is what a share may come to; one that nobody states comes behind all others.
func upTo(share *Interval) float64 {
	if share == nil {
		return -1
	}
	return share.High
}

// suppliesRow is a relation before it is written out.
type suppliesRow struct {
	rel  graph.Rel
	ids  [3]string // of supplier, buyer and product
	head graph.Relation
}

func (p *productPage) supplies(ctx context.Context) error {
	var rows []suppliesRow
	suppliers, buyers := map[graph.Node]bool{}, map[graph.Node]bool{}
	active := p.v.Activity(p.filter)
	for r := range p.v.RelationsOf(graph.KindSupplies) {
		if !p.set.has(p.v, r) || !active.Has(r) {
			continue
		}
		if stopped, err := p.late(ctx); err != nil {
			return err
		} else if stopped {
			break
		}
		from, to, product := p.v.Ends(r)
		suppliers[from], buyers[to] = true, true
		x := p.v.FoldHead(r, p.filter)
		p.out.count(p.v, &x, p.filter)
		rows = append(rows, suppliesRow{r, [3]string{p.v.ID(graph.KindCompany, from), p.v.ID(graph.KindCompany, to), p.v.ID(graph.KindProduct, product)}, x})
	}
	slices.SortFunc(rows, func(a, b suppliesRow) int {
		return cmp.Or(cmp.Compare(b.head.Confidence, a.head.Confidence), slices.Compare(a.ids[:], b.ids[:]))
	})
	p.out.Supplies = ProductSupplies{Total: len(rows), Suppliers: len(suppliers), Buyers: len(buyers), Items: []ProductSupply{}}
	names, shares := newNames(p.v), newShares(p.v, p.filter)
	for _, row := range cut(p, rows) {
		from, to, product := p.v.Ends(row.rel)
		p.out.Supplies.Items = append(p.out.Supplies.Items, ProductSupply{Supplier: names.ref(graph.KindCompany, from), Buyer: names.ref(graph.KindCompany, to), Product: names.ref(graph.KindProduct, product),
			Relation: p.v.RelationKey(row.rel).ID(), Stage: row.head.Stage, Confidence: row.head.Confidence, Share: shares.ofInput(row.rel)})
	}
	return nil
}

// late reports whether the time is over, and says so in the answer.
func (p *productPage) late(ctx context.Context) (bool, error) {
	stopped, err := deadline(ctx)
	if stopped {
		p.out.stop(StoppedByDeadline)
	}
	return stopped, err
}
