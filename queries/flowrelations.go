package queries

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/tributarygraph/tributary/graph"
)

// UnstatedGroup stands for the group of what is not stated where a request names one: no country or sector is called
// that.
const UnstatedGroup = "-"

// FlowRelationsRequest asks for the relations of one flow.
type FlowRelationsRequest struct {
	FlowsRequest
	// From and To are the groups of the suppliers and of the buyers: a country (ISO 3166-1) or sector, OtherGroups where
	// Top is given, UnstatedGroup.
	From, To string
}

// FlowRelationsAnswer lists the relations that lead from one group of companies to another, by the ids of the supplier,
// the buyer and the product.
type FlowRelationsAnswer struct {
	Answer
	By    string         `json:"by" enum:"country,sector"`
	From  string         `json:"from" doc:"Group of the suppliers, as flows name it; empty for what is not stated"`
	To    string         `json:"to" doc:"Group of the buyers"`
	Items []FlowRelation `json:"items"`
	Paging
}

// FlowRelation is a relation in a list.
type FlowRelation struct {
	Relation   string  `json:"relation" doc:"Id of the relation"`
	Supplier   Ref     `json:"supplier"`
	Buyer      Ref     `json:"buyer"`
	Product    *Ref    `json:"product" doc:"null where none is stated"`
	Stage      string  `json:"stage"`
	Basis      string  `json:"basis" doc:"The firmest of its claims that count"`
	Confidence float64 `json:"confidence"`
	Sources    int     `json:"sources" doc:"Independent origins among the claims that count"`
	Confirmed  string  `json:"confirmed,omitempty" doc:"Newest day on which a claim says that it held"`
}

// Rows are the relations, a slice.
func (a *FlowRelationsAnswer) Rows() any { return a.Items }

// FlowRelations lists the relations of one flow. Errors wrap graph.ErrInvalid and graph.ErrNotFound.
func FlowRelations(ctx context.Context, v *graph.View, req FlowRelationsRequest) (*FlowRelationsAnswer, error) {
	flows, err := req.FlowsRequest.Resolve()
	if err != nil {
		return nil, err
	}
	req.FlowsRequest = flows
	if req.From == "" || req.To == "" {
		return nil, fmt.Errorf("%w: flow relations lead from one group to another; allowed: a %s, %s for what is not stated, %s for the others beyond top", graph.ErrInvalid, req.By, UnstatedGroup, OtherGroups)
	}
	key, paging, err := resolvePage(v, req.Page, &req.Scope, req.question(), 3)
	if err != nil {
		return nil, err
	}
	if v, err = req.Scope.view(ctx, v); err != nil {
		return nil, err
	}
	table, err := flowsOf(ctx, v, req.Scope.filter(), req.By)
	if err != nil {
		return nil, err
	}
	l := flowLister{v: v, req: req, table: table, groups: table.top(req.Top), filter: req.Scope.filter(), active: v.Activity(req.Scope.filter())}
	if l.from, err = l.find(req.From); err == nil {
		l.to, err = l.find(req.To)
	}
	if err != nil {
		return nil, err
	}
	l.out = &FlowRelationsAnswer{Answer: newAnswer(v, req.Scope, flowAssumption[req.By]), By: req.By, Items: []FlowRelation{}, Paging: paging,
		From: l.groups.groups[l.from].Name, To: l.groups.groups[l.to].Name}
	if err := l.fill(ctx, key); err != nil {
		return nil, err
	}
	return inGroups(v, l.out), nil
}

func (req FlowRelationsRequest) question() any {
	return struct{ Flows, From, To any }{req.FlowsRequest.question(), req.From, req.To}
}

type flowLister struct {
	v        *graph.View
	req      FlowRelationsRequest
	table    *flowTable
	groups   grouping
	filter   graph.Filter
	active   graph.Activity
	from, to int // places of the groups
	out      *FlowRelationsAnswer
}

// find is the place of a group that a request names.
func (l *flowLister) find(name string) (int, error) {
	wanted := name
	if name == UnstatedGroup {
		wanted = ""
	} else if code, err := graph.ParseCountry(name); err == nil && l.req.By == FlowsByCountry {
		wanted = code
	}
	if at := slices.IndexFunc(l.groups.groups, func(g FlowGroup) bool { return strings.EqualFold(g.Name, wanted) }); at >= 0 {
		return at, nil
	}
	return 0, fmt.Errorf("%w: no company is known to be of the %s %q", graph.ErrNotFound, l.req.By, name)
}

func (l *flowLister) fill(ctx context.Context, key []string) error {
	total := 0
	for _, f := range l.table.flows {
		if l.groups.place[f.from] == l.from && l.groups.place[f.to] == l.to {
			total += f.relations
		}
	}
	l.out.Total = &total
	for _, r := range l.relations(key) {
		reason, err := l.req.Page.stops(ctx, len(l.out.Items))
		if err != nil {
			return err
		}
		if reason != "" {
			l.out.stop(reason)
			l.out.NextCursor = l.req.Cursor
			if n := len(l.out.Items); n > 0 {
				last := &l.out.Items[n-1]
				product := ""
				if last.Product != nil {
					product = last.Product.ID
				}
				l.out.NextCursor = nextCursor(l.v, l.req.Scope, l.req.question(), last.Supplier.ID, last.Buyer.ID, product)
			}
			return nil
		}
		l.add(r)
	}
	return nil
}

// relations are those of the flow behind a key, in order: no more than one page and the first of the next.
func (l *flowLister) relations(key []string) (list []graph.Rel) {
	var suppliers []graph.Node
	for g, members := range l.table.members {
		if l.groups.place[g] == l.from {
			suppliers = append(suppliers, members...)
		}
	}
	order := least{v: l.v}
	slices.SortFunc(suppliers, order.compare)
	if key != nil {
		suppliers = slices.DeleteFunc(suppliers, func(n graph.Node) bool { return l.v.ID(graph.KindCompany, n) < key[0] })
	}
	for _, n := range suppliers {
		first := len(list)
		edges := l.v.Out(graph.KindSupplies, n)
		for i, buyer := range edges.Nodes {
			if r := edges.Rel(i); l.groups.place[l.table.groupOf[buyer]] == l.to && l.active.Has(r) && !l.isBehind(key, n, buyer, r) {
				list = append(list, r)
			}
		}
		slices.SortFunc(list[first:], func(a, b graph.Rel) int {
			_, x, p := l.v.Ends(a)
			_, y, q := l.v.Ends(b)
			if x != y {
				return order.compare(x, y)
			}
			return strings.Compare(l.product(p), l.product(q))
		})
		if l.req.Limit > 0 && len(list) > l.req.Limit {
			break
		}
	}
	return list
}

// isBehind reports whether a relation was in a part before: it does not come after the key.
func (l *flowLister) isBehind(key []string, supplier, buyer graph.Node, r graph.Rel) bool {
	if key == nil {
		return false
	}
	_, _, product := l.v.Ends(r)
	return slices.Compare([]string{l.v.ID(graph.KindCompany, supplier), l.v.ID(graph.KindCompany, buyer), l.product(product)}, key) <= 0
}

// product is the id of a product; empty where none is stated.
func (l *flowLister) product(n graph.Node) string {
	if n == graph.NoNode {
		return ""
	}
	return l.v.ID(graph.KindProduct, n)
}

func (l *flowLister) add(r graph.Rel) {
	from, to, product := l.v.Ends(r)
	x := l.v.FoldHead(r, l.filter)
	row := FlowRelation{Relation: l.v.RelationKey(r).ID(), Supplier: refOf(l.v, graph.KindCompany, from), Buyer: refOf(l.v, graph.KindCompany, to),
		Stage: x.Stage, Basis: x.Basis, Confidence: x.Confidence, Sources: x.Sources, Confirmed: dateText(x.Confirmed)}
	if product != graph.NoNode {
		p := refOf(l.v, graph.KindProduct, product)
		row.Product = &p
	}
	l.out.count(l.v, &x, l.filter)
	l.out.Items = append(l.out.Items, row)
}
