package httpapi

import (
	"context"
	"fmt"

	"github.com/danielgtaylor/huma/v2"

	"github.com/tributarygraph/tributary/graph"
	"github.com/tributarygraph/tributary/queries"
)

// remedyRoutes are the questions about what could be done: who else, and what it would help.
func (s *Server) remedyRoutes() {
	ask(s, list, huma.Operation{OperationID: "list-alternatives", Path: "/v1/companies/{id}/alternatives", Summary: "List who else makes or supplies what a company buys", Tags: []string{"companies"},
		Description: "For an input of a company, or for all of them: other companies that make or supply it, a kind of it or what it is a kind of, with their market share, what they supply to the company already, " +
			"and what they lose themselves when the supplier that they would stand in for stops."}, s.listAlternatives)
	ask(s, list, huma.Operation{OperationID: "list-remedies", Path: "/v1/companies/{id}/remedies", Summary: "Rank second sources by how much they lower a company's worst loss", Tags: []string{"companies"},
		Description: "Supposes one new or enlarged second source of an input at a time, solves the network again, and ranks them by the fall of the worst loss that the stop of one company upstream may cause " +
			"(or of the loss in the scenario that if_stops names), then by the fall of the mean; with the losses before and after, and each as a scenario for POST /v1/disruptions. Those that lower nothing are not listed."}, s.listRemedies)
}

// Remedying are the parameters of questions about second sources.
type Remedying struct {
	Product        string   `query:"product" doc:"Only second sources of this input and every kind of it that the company buys: id, name or alias" example:"HBM"`
	Share          float64  `query:"share" exclusiveMinimum:"0" maximum:"1" default:"0.3" doc:"Part of the company's intake of an input that a second source takes over"`
	IfStops        string   `query:"if_stops" doc:"Lower the loss when this company stops: id, identifier, name or alias. Without any of the three, it is the worst loss over the stops of single companies upstream" example:"ibiden"`
	IfStopsProduct string   `query:"if_stops_product" doc:"Lower the loss when this product and every kind of it stops, of if_stops or of all"`
	IfStopsCountry string   `query:"if_stops_country" pattern:"^[A-Za-z]{2,3}$" patternDescription:"country code such as TW or TWN" doc:"Lower the loss when what is in this country stops, ISO 3166-1"`
	By             string   `query:"by" enum:"headquarters,origin,making" doc:"What ties to if_stops_country: headquarters (default), origin (where it ships from), or making"`
	Assume         []string `query:"assume" enum:"complete,essential" doc:"What to take for granted where nobody says, separated by commas: complete (lists of suppliers are), essential (inputs are)"`
	Undocumented   string   `query:"undocumented" enum:"unaffected,worst" doc:"What becomes of suppliers that nobody documented: unaffected (default), or worst"`
	ProductLevel   string   `query:"product_level" enum:"both,exact,merged" doc:"How inputs are read that are kinds of one another: as an input each (exact), as one (merged), or so that both readings lie between (both, default)"`
}

type remediesInput struct {
	Located
	OneCompany
	Shared
	Scoped
	Paged
	Remedying
}

func (in *Remedying) request() queries.RemediesRequest {
	req := queries.RemediesRequest{Product: in.Product, Share: in.Share, Assume: in.Assume, Undocumented: in.Undocumented, ProductLevel: in.ProductLevel}
	if t := (queries.Target{Company: in.IfStops, Product: in.IfStopsProduct, Country: in.IfStopsCountry, By: in.By}); t != (queries.Target{}) {
		req.IfStops = &t
	}
	return req
}

func (s *Server) listRemedies(ctx context.Context, in *remediesInput) (*reply[queries.RemediesAnswer], error) {
	req := in.request()
	req.Company, req.Scope, req.Page = in.ID, in.scope(), in.page()
	q := question{Shared: in.Shared, format: negotiate(ctx, in.Format), request: dated{graph.Today(), fmt.Sprintf("%+v", *in)}, url: in.url} // a target is behind a pointer
	return respond(ctx, s, q, func(ctx context.Context, v *graph.View) (*queries.RemediesAnswer, error) {
		return queries.Remedies(ctx, v, req)
	},
		func(a *queries.RemediesAnswer) (*queries.Answer, *queries.Paging) { return &a.Answer, &a.Paging }, nil)
}

// StandingIn are the parameters of questions about who could stand in.
type StandingIn struct {
	Product  string   `query:"product" doc:"Only this input and every kind of it that the company buys: id, name or alias" example:"HBM"`
	Supplier string   `query:"supplier" doc:"The supplier to stand in for: id, identifier, name or alias; all suppliers of an input, one at a time, when absent" example:"sk-hynix"`
	Assume   []string `query:"assume" enum:"complete,essential" doc:"What to take for granted where nobody says, separated by commas: complete (lists of suppliers are), essential (inputs are)"`
}

type alternativesInput struct {
	Located
	OneCompany
	Shared
	Scoped
	Paged
	StandingIn
}

func (in *StandingIn) request() queries.AlternativesRequest {
	return queries.AlternativesRequest{Product: in.Product, Supplier: in.Supplier, Assume: in.Assume}
}

func (s *Server) listAlternatives(ctx context.Context, in *alternativesInput) (*reply[queries.AlternativesAnswer], error) {
	req := in.request()
	req.Company, req.Scope, req.Page = in.ID, in.scope(), in.page()
	return answerList(ctx, s, &in.Shared, &in.Paged, in.url, req, queries.Alternatives, func(a *queries.AlternativesAnswer) (*queries.Answer, *queries.Paging) { return &a.Answer, &a.Paging })
}
