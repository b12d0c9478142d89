package httpapi

import (
	"context"

	"github.com/danielgtaylor/huma/v2"

	"github.com/tributarygraph/tributary/queries"
)

// concentrationRoutes are the questions about how concentrated supply is.
func (s *Server) concentrationRoutes() {
	ask(s, list, huma.Operation{OperationID: "get-concentration", Path: "/v1/companies/{id}/concentration", Summary: "Bound how concentrated supply is", Tags: []string{"companies"},
		Description: "The Herfindahl-Hirschman index of each input of a company by supplier or country, and of its cost where cost shares are stated, at least and at most, with the facts that would narrow it."}, s.getConcentration)
	askPortfolio(s, huma.Operation{OperationID: "get-portfolio-concentration", Path: "/v1/concentration", Summary: "Bound how concentrated the spend on a portfolio is",
		Description: "The Herfindahl-Hirschman index of the spend on a list of companies, by company or country, and traced back to their suppliers, at least and at most."}, s.getPortfolioConcentration)
}

type concentrationInput struct {
	Located
	OneCompany
	Shared
	Scoped
	Paged
	By        string `query:"by" enum:"supplier,country,product" doc:"What shares are added up by: supplier (default), country, or product, which needs cost shares"`
	CountryBy string `query:"country_by" enum:"headquarters,origin" doc:"What ties to a country: headquarters (default), or origin, where the goods ship from"`
	Product   string `query:"product" doc:"Only this input and every kind of it: id, name or alias" example:"HBM"`
	Tier      int    `query:"tier" minimum:"1" maximum:"100" default:"1" doc:"Hops upstream"`
	Assume    string `query:"assume" enum:"complete" doc:"complete: nobody but the suppliers documented supplies anything"`
}

func (s *Server) getConcentration(ctx context.Context, in *concentrationInput) (*reply[queries.ConcentrationAnswer], error) {
	req := queries.ConcentrationRequest{Company: in.ID, Scope: in.scope(), Page: in.page(), By: in.By, CountryBy: in.CountryBy, Product: in.Product, Tier: in.Tier, Assume: in.Assume}
	return answerList(ctx, s, &in.Shared, &in.Paged, in.url, req, queries.Concentration,
		func(a *queries.ConcentrationAnswer) (*queries.Answer, *queries.Paging) { return &a.Answer, &a.Paging })
}

type portfolioConcentrationInput struct {
	Located
	Shared
	Scoped
	Paged
	By        string `query:"by" enum:"supplier,country" doc:"What shares are added up by: supplier (default), which are the members, or country"`
	CountryBy string `query:"country_by" enum:"headquarters,origin" doc:"What ties to a country: headquarters (default), or from tier 2 on origin, where the goods ship from"`
	Tier      int    `query:"tier" minimum:"1" maximum:"100" default:"1" doc:"Hops upstream; the members are tier 1"`
	Body      portfolioBody
}

func (s *Server) getPortfolioConcentration(ctx context.Context, in *portfolioConcentrationInput) (*reply[queries.ConcentrationAnswer], error) {
	req := queries.ConcentrationRequest{Portfolio: in.Body.Members, Scope: in.scope(), Page: in.page(), By: in.By, CountryBy: in.CountryBy, Tier: in.Tier}
	return answerList(ctx, s, &in.Shared, &in.Paged, in.url, req, queries.Concentration,
		func(a *queries.ConcentrationAnswer) (*queries.Answer, *queries.Paging) { return &a.Answer, &a.Paging })
}
