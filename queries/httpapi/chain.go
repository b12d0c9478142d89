package httpapi

import (
	"context"

	"github.com/danielgtaylor/huma/v2"

	"github.com/tributarygraph/tributary/graph"
	"github.com/tributarygraph/tributary/queries"
)

// chainRoutes are the picture of the tiers around a company.
func (s *Server) chainRoutes() {
	ask(s, list, huma.Operation{OperationID: "get-chain", Path: "/v1/companies/{id}/chain", Summary: "Show the tiers around a company", Tags: []string{"companies"},
		Description: "The suppliers and customers of a company tier by tier, with what goes from each to the next, as one picture: large tiers are folded into groups that can be opened, and what is folded or left out is counted. As CSV or NDJSON the links alone."}, s.getChain)
}

type chainInput struct {
	OneCompany
	Shared
	Scoped
	Suppliers  int      `query:"suppliers" minimum:"0" maximum:"10" default:"2" doc:"Tiers upstream"`
	Customers  int      `query:"customers" minimum:"0" maximum:"10" default:"1" doc:"Tiers downstream"`
	Product    string   `query:"product" doc:"Only chains of this product and every kind of it: id, name or alias" example:"HBM"`
	ProductHop string   `query:"product_hop" enum:"first,listed,every" doc:"Which hop must be of the product: first (default), the one next to the company asked about; listed, the one that brings a company into its tier; every"`
	Country    []string `query:"country" doc:"Only companies with headquarters in these countries, ISO 3166-1, separated by commas, and those through which they are reached" example:"TW"`
	Fold       string   `query:"fold" enum:"country,sector,product" doc:"What companies of a large tier are folded by: country (default) of headquarters, sector, or the product that brings them in"`
	Open       []string `query:"open,explode" doc:"Groups that are shown as their companies, TIER:KEY, as their ids have it behind group:; given once for each" example:"-2:JP"`
	Visible    int      `query:"visible" minimum:"1" maximum:"2000" default:"60" doc:"Most nodes of a tier before it is folded"`
	Limit      int      `query:"limit" minimum:"1" maximum:"100000" default:"10000" doc:"Most links"`
	Format     string   `query:"format" enum:"json,csv,ndjson" doc:"Form of the answer; else the Accept header decides"`
}

func (s *Server) getChain(ctx context.Context, in *chainInput) (*reply[queries.ChainAnswer], error) {
	req, err := queries.ChainRequest{Company: in.ID, Scope: in.scope(), Suppliers: in.Suppliers, Customers: in.Customers, Product: in.Product, ProductHop: in.ProductHop,
		Countries: in.Country, Fold: in.Fold, Open: in.Open, Visible: in.Visible, Limit: in.Limit}.Resolve()
	if err != nil {
		return nil, s.fail(ctx, err)
	}
	q := question{Shared: in.Shared, format: negotiate(ctx, in.Format), request: req}
	return respond(ctx, s, q, func(ctx context.Context, v *graph.View) (*queries.ChainAnswer, error) {
		return queries.Chain(ctx, v, req)
	},
		func(a *queries.ChainAnswer) (*queries.Answer, *queries.Paging) { return &a.Answer, nil }, nil)
}
