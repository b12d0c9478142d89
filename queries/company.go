package queries

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/tributarygraph/tributary/graph"
)

// CompanyRequest asks for one company.
type CompanyRequest struct {
	Company string // id, identifier, name or alias
	Scope
}

// CompanyAnswer is a company with what is known of it and its neighbours.
type CompanyAnswer struct {
	Answer
	CompanyRow
	Aliases      []string          `json:"aliases"`
	Jurisdiction string            `json:"jurisdiction,omitempty" doc:"Country of registration, ISO 3166-1"`
	Status       string            `json:"status,omitempty"`
	Amounts      []Amount          `json:"amounts" doc:"Revenue and cost stated, by period"`
	TopFive      []TopFive         `json:"top_five_customers,omitempty" doc:"What part of its revenue its five greatest customers have together, as stated, by period"`
	Records      []RecordRow       `json:"records" doc:"Names that it goes by in statements, its own id first; the others were merged into it"`
	Datasets     []string          `json:"datasets" doc:"Datasets that describe it"`
	Neighbours   []NeighbourCount  `json:"neighbours" doc:"Companies and products one active relation away, by kind"`
	Supplies     []ProductCount    `json:"supplies" doc:"What it supplies, and to how many"`
	Buys         []ProductCount    `json:"buys" doc:"What it is supplied with, and by how many"`
	Makes        []MadeProduct     `json:"makes" doc:"What it makes"`
	Owners       []Holding         `json:"owners"`
	Owns         []Holding         `json:"owns"`
	Associated   []AssociatedParty `json:"associated" doc:"Competitors, partners and the like: shown, never a flow"`
	ListedBy     []Listing         `json:"listed_by" doc:"Authorities that list it"`
	Lists        []Listing         `json:"lists" doc:"Companies that it lists, being an authority"`
}

// Amount is a sum of money stated of a company.
type Amount struct {
	Field    string  `json:"field" enum:"revenue,cost"`
	Period   string  `json:"period,omitempty"`
	Value    float64 `json:"value"`
	Currency string  `json:"currency,omitempty" doc:"ISO 4217; absent when not stated"`
}

// TopFive is what part of a company's revenue its five greatest customers have together.
type TopFive struct {
	Period string  `json:"period,omitempty"`
	Share  float64 `json:"share"`
}

// RecordRow is a record that belongs to a company.
type RecordRow struct {
	ID   string `json:"id"`
	Rule string `json:"rule" enum:"own,decision,identifier,name,spelling,control" doc:"Why it is this company"`
	// Of decisions:
	DecidedBy string `json:"decided_by,omitempty" doc:"The person or the rule that decided"`
	Reason    string `json:"reason,omitempty" doc:"Why, as it was recorded"`
}

// NeighbourCount counts the neighbours over relations of one kind and direction.
type NeighbourCount struct {
	Relation  string `json:"relation" enum:"supplies,owns,makes,associated,lists"`
	Direction string `json:"direction" enum:"in,out" doc:"in: the neighbour is the upstream end"`
	Count     int    `json:"count" doc:"Different neighbours"`
}

// ProductCount says with how many companies a product is traded; no product stands for "not stated".
type ProductCount struct {
	Product   *Ref `json:"product" doc:"null: relations that state no product"`
	Companies int  `json:"companies"`
}

// MadeProduct is a product that a company makes.
type MadeProduct struct {
	Product     Ref       `json:"product"`
	Relation    string    `json:"relation"`
	MarketShare *Interval `json:"market_share" doc:"null when no claim states one"`
	Country     string    `json:"country,omitempty" doc:"Where it is made; where that is not stated, the country of the sites that are named"`
	Stage       string    `json:"stage"`
	Confidence  float64   `json:"confidence"`
}

// Holding is an owner, or a company that is owned.
type Holding struct {
	Party      Ref       `json:"party"`
	Relation   string    `json:"relation"`
	Share      *Interval `json:"share" doc:"null when no claim states one"`
	Control    string    `json:"control,omitempty" doc:"Control that is no percentage"`
	Confidence float64   `json:"confidence"`
}

// AssociatedParty is a company that another is associated with.
type AssociatedParty struct {
	Party      Ref     `json:"party"`
	Relation   string  `json:"relation"`
	Role       string  `json:"role,omitempty"`
	Confidence float64 `json:"confidence"`
}

// Listing is an authority that lists a company, or a company that an authority lists.
type Listing struct {
	Party      Ref      `json:"party"`
	Relation   string   `json:"relation"`
	Programmes []string `json:"programmes" doc:"Under which programmes, in order; empty when not stated"`
	Since      string   `json:"since,omitempty" doc:"Earliest day that a claim which counts gives; absent when none does"`
	Denials    int      `json:"denials" doc:"Claims that deny the listing, shown beside it"`
	Confidence float64  `json:"confidence"`
}

// Company shows one company. Errors wrap graph.ErrInvalid, ErrNotFound and ErrAmbiguous.
func Company(ctx context.Context, v *graph.View, req CompanyRequest) (*CompanyAnswer, error) {
	scope, err := req.Scope.Resolve()
	if err != nil {
		return nil, err
	}
	if v, err = scope.view(ctx, v); err != nil {
		return nil, err
	}
	n, err := v.Lookup(graph.KindCompany, req.Company)
	if err != nil {
		return nil, err
	}
	if _, err := deadline(ctx); err != nil {
		return nil, err
	}
	p := profile{v: v, n: n, filter: scope.filter()}
	facts := v.NodeFacts(graph.KindCompany, n)
	out := &CompanyAnswer{Answer: newAnswer(v, scope), CompanyRow: companyRow(v, n, ""), Aliases: nonNil(facts.Aliases),
		Jurisdiction: facts.Texts[graph.FieldJurisdiction], Status: facts.Texts[graph.FieldStatus], Amounts: amounts(&facts), TopFive: topFives(&facts),
		Datasets: nonNil(facts.Datasets)}
	p.out = out
	for _, r := range v.Records(graph.KindCompany, n) {
		row := RecordRow{ID: r.ID, Rule: cmp.Or(r.Rule, "own")}
		if d, ok := v.Decision(graph.NodeKey{Kind: graph.KindCompany, ID: r.ID}); ok && r.Rule == "decision" {
			row.DecidedBy, row.Reason = d.By, d.Why
		}
		out.Records = append(out.Records, row)
	}
	p.neighbours()
	out.Supplies, out.Buys = p.products(v.Out(graph.KindSupplies, n)), p.products(v.In(graph.KindSupplies, n))
	out.Owners, out.Owns = p.holdings(v.In(graph.KindOwns, n)), p.holdings(v.Out(graph.KindOwns, n))
	p.makes()
	p.associated()
	p.warnListed()
	out.ListedBy, out.Lists = p.listings(v.In(graph.KindLists, n)), p.listings(v.Out(graph.KindLists, n))
	if out.Provisional {
		out.warn("known only because relations name it: no dataset describes it")
	}
	return inGroups(v, out, req.Company), nil
}

func amounts(facts *graph.NodeFacts) []Amount {
	out := []Amount{}
	for _, a := range facts.Amounts {
		out = append(out, Amount{Field: a.Field.String(), Period: string(a.Period), Value: a.Value, Currency: a.Currency})
	}
	return out
}

func topFives(facts *graph.NodeFacts) (out []TopFive) {
	for _, p := range facts.Parts {
		out = append(out, TopFive{Period: string(p.Period), Share: p.Value})
	}
	return out
}

// profile gathers what surrounds a company.
type profile struct {
	v      *graph.View
	n      graph.Node
	filter graph.Filter
	out    *CompanyAnswer
}

func (p *profile) neighbours() {
	v := p.v
	p.out.Neighbours = []NeighbourCount{}
	for _, k := range []graph.Kind{graph.KindSupplies, graph.KindOwns, graph.KindMakes, graph.KindAssociated, graph.KindLists} {
		if from, to := k.Ends(); from == graph.KindCompany && to == graph.KindCompany {
			p.out.Neighbours = append(p.out.Neighbours, NeighbourCount{k.String(), "in", countActive(v, v.In(k, p.n), p.filter)})
		}
		p.out.Neighbours = append(p.out.Neighbours, NeighbourCount{k.String(), "out", countActive(v, v.Out(k, p.n), p.filter)})
	}
}

// products counts the companies at the other ends of active relations by product, in the order of product ids.
func (p *profile) products(edges graph.Edges) []ProductCount {
	companies := map[graph.Node]int{}
	for i := range edges.Len() {
		if r := edges.Rel(i); p.v.Active(r, p.filter) {
			_, _, product := p.v.Ends(r)
			companies[product]++ // a relation is one company and one product
		}
	}
	out := []ProductCount{}
	for product, count := range companies {
		row := ProductCount{Companies: count}
		if product != graph.NoNode {
			ref := refOf(p.v, graph.KindProduct, product)
			row.Product = &ref
		}
		out = append(out, row)
	}
	slices.SortFunc(out, func(a, b ProductCount) int {
		switch {
		case a.Product == nil:
			return 1
		case b.Product == nil:
			return -1
		}
		return compareRefs(*a.Product, *b.Product)
	})
	return out
}

// active calls yield with each active relation of the edges, folded, and the node at its other end.
func (p *profile) active(edges graph.Edges, yield func(graph.Node, *graph.Relation)) {
	for i, n := range edges.Nodes {
		r := edges.Rel(i)
		if !p.v.Active(r, p.filter) {
			continue
		}
		folded := p.v.FoldRelation(r, p.filter)
		p.out.count(p.v, &folded, p.filter)
		yield(n, &folded)
	}
}

// warnListed says which listings are of a member of the group, not of what stands for it: a list means whom it names.
func (p *profile) warnListed() {
	edges := p.v.In(graph.KindLists, p.n)
	for i, authority := range edges.Nodes {
		r := edges.Rel(i)
		for _, part := range p.v.Parts(r, p.filter) {
			if part.Active && part.Key.To != p.out.ID {
				member, _ := groupsOf(p.v).original.Find(graph.KindCompany, part.Key.To) // its View has it
				p.out.warn(fmt.Sprintf("%s lists %s, a member of the group, not %s", p.v.Name(graph.KindCompany, authority),
					groupsOf(p.v).original.Name(graph.KindCompany, member), p.out.Name))
			}
		}
	}
}

func (p *profile) relationID(r *graph.Relation) string { return p.v.RelationKey(r.Rel).ID() }

func (p *profile) makes() {
	p.out.Makes = []MadeProduct{}
	p.active(p.v.Out(graph.KindMakes, p.n), func(product graph.Node, r *graph.Relation) {
		p.out.Makes = append(p.out.Makes, MadeProduct{Product: refOf(p.v, graph.KindProduct, product), Relation: p.relationID(r),
			MarketShare: statedNumber(p.v, r.Rel, p.filter, graph.FieldMarketShare), Country: madeIn(p.v, r.Rel, p.filter), Stage: r.Stage, Confidence: r.Confidence})
	})
}

func (p *profile) holdings(edges graph.Edges) []Holding {
	out := []Holding{}
	p.active(edges, func(party graph.Node, r *graph.Relation) {
		out = append(out, Holding{Party: refOf(p.v, graph.KindCompany, party), Relation: p.relationID(r),
			Share: statedNumber(p.v, r.Rel, p.filter, graph.FieldShare), Control: r.Texts[graph.FieldControl], Confidence: r.Confidence})
	})
	return out
}

func (p *profile) associated() {
	p.out.Associated = []AssociatedParty{}
	take := func(party graph.Node, r *graph.Relation) {
		p.out.Associated = append(p.out.Associated, AssociatedParty{Party: refOf(p.v, graph.KindCompany, party), Relation: p.relationID(r),
			Role: r.Texts[graph.FieldRole], Confidence: r.Confidence})
	}
	p.active(p.v.Out(graph.KindAssociated, p.n), take)
	p.active(p.v.In(graph.KindAssociated, p.n), take)
}

func (p *profile) listings(edges graph.Edges) []Listing {
	out := []Listing{}
	p.active(edges, func(party graph.Node, r *graph.Relation) {
		programmes, since := listed(p.v, r.Rel, p.filter)
		out = append(out, Listing{Party: refOf(p.v, graph.KindCompany, party), Relation: p.relationID(r), Programmes: programmes,
			Since: dateText(since), Denials: r.Denials, Confidence: r.Confidence})
	})
	return out
}

// listed tells under which programmes the claims of a listing that count say that it is, and the earliest day that
// they give; NoDate where they give none.
func listed(v *graph.View, r graph.Rel, f graph.Filter) (programmes []string, since graph.Date) {
	programmes, since = []string{}, graph.NoDate
	low, high := v.Claims(r)
	for c := low; c < high; c++ {
		if !v.Flows(r, c, f) {
			continue
		}
		claim := v.Claim(r, c)
		programmes = append(programmes, graph.SplitList(claim.Programme)...)
		if d := claim.ValidFrom; d != graph.NoDate && (since == graph.NoDate || d < since) {
			since = d
		}
	}
	slices.Sort(programmes)
	return slices.Compact(programmes), since
}
