package httpapi

import (
	"context"

	"github.com/danielgtaylor/huma/v2"

	"github.com/tributarygraph/tributary/queries"
)

func (s *Server) chokepointRoutes() {
	ask(s, list, huma.Operation{OperationID: "list-chokepoints", Path: "/v1/companies/{id}/chokepoints", Summary: "List chokepoints", Tags: []string{"companies"},
		Description: "Where what a company buys depends on one other company, in lists that mean different things: routes, companies that every documented route from some other company upstream passes; " +
			"must_pass, those that every documented route passes, from wherever the documentation ends; stops, those whose stop alone stops a line of the company, or may; sole_sources, the only documented supplier of an input, or one that is stated to supply all of it."},
		s.listChokepoints)
}

// Choking are the parameters of questions about chokepoints.
type Choking struct {
	Kind    string `query:"kind" enum:"all,routes,must_pass,stops,sole_sources" doc:"The list to make; all when absent. A cursor belongs to one of them"`
	Product string `query:"product" doc:"Only what comes to the company as this product or a kind of it: id, name or alias" example:"HBM"`
	Depth   int    `query:"depth" minimum:"1" maximum:"100" default:"1" doc:"Greatest tier at which sole sources are looked for; 1: of what the company itself buys"`
	Assume  string `query:"assume" enum:"open,complete" doc:"What to take lists of suppliers for, of which nobody says whether they are complete: open (default), or complete"`
}

type chokepointsInput struct {
	Located
	OneCompany
	Shared
	Scoped
	Paged
	Choking
}

func (in *Choking) request() queries.ChokepointsRequest {
	return queries.ChokepointsRequest{Kind: in.Kind, Product: in.Product, Depth: in.Depth, Assume: in.Assume}
}

func (s *Server) listChokepoints(ctx context.Context, in *chokepointsInput) (*reply[queries.ChokepointsAnswer], error) {
	req := in.request()
	req.Company, req.Scope, req.Page = in.ID, in.scope(), in.page()
	return answerList(ctx, s, &in.Shared, &in.Paged, in.url, req, queries.Chokepoints,
		func(a *queries.ChokepointsAnswer) (*queries.Answer, *queries.Paging) { return &a.Answer, &a.Paging })
}
