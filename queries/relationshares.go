package queries

import (
	"github.com/tributarygraph/tributary/graph"
)

// What shares are parts of.
const (
	OfIntake    = "intake"    // what the buyer buys of the product
	OfRevenue   = "revenue"   // of the supplier
	OfCost      = "cost"      // of the buyer
	OfMarket    = "market"    // of the product
	OfOwnership = "ownership" // of the company owned
)

// RelationShare is a share with the whole that it is a part of.
type RelationShare struct {
	Field   string    `json:"field" enum:"share,share_of_input,revenue_share,cost_share,market_share" doc:"share of supplies: what follows for the intake from all that is documented; else the field that claims state"`
	Share   *Interval `json:"share"`
	Of      string    `json:"of" enum:"intake,revenue,cost,market,ownership" doc:"intake: what the buyer buys of the product; revenue: the supplier's; cost: the buyer's; market: the product's; ownership: of the company owned"`
	Company *Ref      `json:"company,omitempty" doc:"Whose whole it is; absent of a market"`
	Product *Ref      `json:"product,omitempty" doc:"Of what it is the intake or market; absent where no product is stated"`
	// Of an intake:
	Documented int      `json:"documented,omitempty" doc:"Of an intake: suppliers of it that are documented"`
	Stated     int      `json:"stated,omitempty" doc:"Of an intake: of these, those with a stated share"`
	Sum        *float64 `json:"sum,omitempty" doc:"Of an intake: what the stated shares add up to; beyond 1 they are scaled down"`
	Complete   bool     `json:"complete,omitempty" doc:"Of an intake: a source says of this relation that the suppliers documented are all there are"`
}

// relationShares are the shares of a relation, the derived one first.
func relationShares(v *graph.View, row *RelationRow, r graph.Rel, f graph.Filter) []RelationShare {
	out := []RelationShare{}
	stated := func(field graph.FieldID, of string, company, product *Ref) {
		if n := row.Numbers[field.String()]; n != nil {
			out = append(out, RelationShare{Field: field.String(), Share: n, Of: of, Company: company, Product: product})
		}
	}
	switch v.KindOf(r) {
	case graph.KindSupplies:
		if row.Share != nil {
			out = append(out, intakeShare(v, row, r, f))
		}
		stated(graph.FieldShareOfInput, OfIntake, &row.To, row.Product)
		stated(graph.FieldRevenueShare, OfRevenue, &row.From, nil)
		stated(graph.FieldCostShare, OfCost, &row.To, nil)
	case graph.KindMakes:
		stated(graph.FieldMarketShare, OfMarket, nil, &row.To)
	case graph.KindOwns:
		stated(graph.FieldShare, OfOwnership, &row.To, nil)
	}
	return out
}

func intakeShare(v *graph.View, row *RelationRow, r graph.Rel, f graph.Filter) RelationShare {
	_, buyer, product := v.Ends(r)
	in := newShares(v, f).input(inputKey{buyer, product})
	out := RelationShare{Field: graph.FieldShare.String(), Share: row.Share, Of: OfIntake, Company: &row.To, Product: row.Product,
		Documented: in.documented, Stated: in.stated, Complete: v.ListComplete(r, f)}
	if in.stated > 0 {
		out.Sum = &in.known
	}
	return out
}

// validity tells from when to when the claims that count hold; where none does, those that assert.
func (a *RelationAnswer) validity() {
	span := validity{from: graph.AnyDate}
	for _, c := range a.Claims {
		if c.Counts || !a.Active && c.Stance != "denies" {
			from, _ := graph.ParseDate(c.ValidFrom) // written by an answer
			to, _ := graph.ParseDate(c.ValidTo)
			span.include(from, to)
		}
	}
	a.ValidFrom, a.ValidTo = span.texts()
}
