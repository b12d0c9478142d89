package httpapi

import (
	"context"

	"github.com/danielgtaylor/huma/v2"

	"github.com/tributarygraph/tributary/graph"
	"github.com/tributarygraph/tributary/queries"
)

func (s *Server) exposureRoutes() {
	ask(s, list, huma.Operation{OperationID: "list-exposure", Path: "/v1/companies/{id}/exposure", Summary: "Rank what a company is exposed to", Tags: []string{"companies"},
		Description: "How much of a company hangs on others, at least and at most: every company upstream (or countries, or products), ranked, or what to, to_product and to_country name. " +
			"loss_if_stopped is what it loses when the other stops; flow_exposure is what part of its intake comes from there. With side=revenue, how much of its revenue hangs on whom downstream; " +
			"with cut, who upstream loses how much of its revenue when the company cuts its orders."},
		s.listExposure)
	askPortfolio(s, huma.Operation{OperationID: "list-portfolio-exposure", Path: "/v1/exposure", Summary: "Rank what a portfolio is exposed to",
		Description: "How much of the companies of a list hangs on others, at least and at most: of each by itself, and weighed by the spend on it. Ranked are every company upstream (or countries, or products), or what to, to_product and to_country name."},
		s.listPortfolioExposure)
	askPortfolio(s, huma.Operation{OperationID: "list-each-exposure", Path: "/v1/exposure/each", Summary: "Rank what the members of a portfolio are exposed to, each by itself",
		Description: "What /v1/companies/{id}/exposure answers of each member of a list, brought together: also the revenue side, a line, and paths with their claims. Weighed by spend is the loss if stopped, or the revenue lost; with a cut, what is lost when that member alone cuts its orders."}, s.listEachExposure)
}

// Exposed are the parameters of questions of what something is exposed to on the supply side.
type Exposed struct {
	To           []string `query:"to" maxItems:"100" doc:"Only to these companies together, separated by commas: ids, identifiers, names or aliases" example:"asml"`
	ToProduct    string   `query:"to_product" doc:"Only to this product and every kind of it, whoever supplies it, or of to" example:"HBM"`
	ToCountry    string   `query:"to_country" pattern:"^[A-Za-z]{2,3}$" patternDescription:"country code such as TW or TWN" doc:"Only to this country, ISO 3166-1" example:"TW"`
	By           string   `query:"by" enum:"headquarters,origin,making" doc:"What ties to a country: headquarters (default), origin (where it ships from), or making"`
	Over         string   `query:"over" enum:"companies,countries,products" doc:"What is ranked: companies (default), countries or products"`
	Country      string   `query:"country" pattern:"^[A-Za-z]{2,3}$" patternDescription:"country code such as TW or TWN" doc:"List only companies with headquarters in this country"`
	ListedIn     string   `query:"listed_in" pattern:"^[A-Za-z]{2,3}$" patternDescription:"country code such as CN or CHN" doc:"List only companies listed at an exchange in this country (CN: A shares)" example:"CN"`
	Assume       []string `query:"assume" enum:"complete,essential" doc:"What to take for granted where nobody says, separated by commas: complete (lists of suppliers are), essential (inputs are)"`
	Undocumented string   `query:"undocumented" enum:"unaffected,worst" doc:"What becomes of suppliers that nobody documented: unaffected (default), or worst"`
	ProductLevel string   `query:"product_level" enum:"both,exact,merged" doc:"How inputs are read that are kinds of one another: as an input each (exact), as one (merged), or so that both readings lie between (both, default)"`
	Sort         string   `query:"sort" enum:"lower,upper" doc:"First what most hangs on for certain (lower, default), or what most may (upper)"`
}

func (x *Exposed) request() queries.ExposureRequest {
	return queries.ExposureRequest{To: x.To, ToProduct: x.ToProduct, ToCountry: x.ToCountry, By: x.By, Over: x.Over, Country: x.Country, ListedIn: x.ListedIn, Assume: x.Assume,
		Undocumented: x.Undocumented, ProductLevel: x.ProductLevel, Sort: x.Sort}
}

// Exposing are the parameters of the same questions that are asked of one company at a time.
type Exposing struct {
	Side     string  `query:"side" enum:"supply,revenue" doc:"supply (default): what is lost when others stop supplying; revenue: when others stop buying"`
	Line     string  `query:"line" doc:"Only this product of the company: what it needs counts, not what others of its lines need"`
	Cut      float64 `query:"cut" minimum:"0" maximum:"1" doc:"With side=revenue: the company cuts its orders by this part; list who loses revenue" example:"0.2"`
	Evidence bool    `query:"evidence" default:"false" doc:"Give the claims of the paths in full, with quotes and addresses"`
}

type exposureInput struct {
	Located
	OneCompany
	Shared
	Scoped
	Paged
	Exposed
	Exposing
	Paths int `query:"paths" minimum:"0" maximum:"20" default:"1" doc:"Most paths of each row"`
}

func (s *Server) listExposure(ctx context.Context, in *exposureInput) (*reply[queries.ExposureAnswer], error) {
	req := in.request()
	req.Company, req.Scope, req.Page, req.Side, req.Line, req.Cut = in.ID, in.scope(), in.page(), in.Side, in.Line, in.Cut
	req.Paths, req.Evidence = in.Paths, in.Evidence
	if req.Paths == 0 {
		req.Paths = -1
	}
	q := question{Shared: in.Shared, format: negotiate(ctx, in.Format), request: dated{graph.Today(), req}, url: in.url}
	read, missed := s.details()
	return respond(ctx, s, q, func(ctx context.Context, v *graph.View) (*queries.ExposureAnswer, error) {
		req := req
		req.Details = read
		return queries.Exposure(ctx, v, req)
	}, func(a *queries.ExposureAnswer) (*queries.Answer, *queries.Paging) { return &a.Answer, &a.Paging }, missed)
}
