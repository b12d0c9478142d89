package httpapi

import (
	"context"
	"fmt"

	"github.com/danielgtaylor/huma/v2"

	"github.com/tributarygraph/tributary/graph"
	"github.com/tributarygraph/tributary/queries"
)

func (s *Server) sanctionsRoutes() {
	ask(s, list, huma.Operation{OperationID: "list-sanctions-exposure", Path: "/v1/companies/{id}/sanctions-exposure", Summary: "List who upstream is listed or blocked", Tags: []string{"companies"},
		Description: "Who upstream of a company, and the company itself, is listed by an authority of a rule, or blocked because listed and blocked companies own enough of it, with the chain of ownership, the listing and the supply chain. " +
			"The rule is one that has a name, or is spelled out by authorities, threshold, inclusive and aggregate. No finding is a clearance."}, s.listSanctions)
	askBody(s, list, huma.Operation{OperationID: "list-portfolio-sanctions-exposure", Path: "/v1/sanctions-exposure", Summary: "List who is listed or blocked behind a portfolio", Tags: []string{"portfolios"},
		Description: "The same of a list of companies: who among and behind them is listed or blocked, which members each stands behind, and the spend on these."}, s.listPortfolioSanctions)
}

// Sanctioned are the parameters of questions about listings.
type Sanctioned struct {
	Rule        string   `query:"rule" enum:"ofac,bis,eu,uk" doc:"A rule that has a name: ofac (default), bis, eu, uk"`
	Authorities []string `query:"authorities" maxItems:"20" doc:"A rule of your own: whose listings count, ids or names separated by commas; wants threshold, inclusive and aggregate" example:"us-bis"`
	Programmes  []string `query:"programmes" maxItems:"100" doc:"Of your own rule: only listings under these programmes count" example:"Entity List"`
	ListedOnly  []string `query:"listed_only" maxItems:"100" doc:"Of your own rule: listings under these programmes alone block nothing that the listed company owns"`
	Threshold   float64  `query:"threshold" minimum:"0" maximum:"1" doc:"Of your own rule: part of a company that blocked owners must hold" example:"0.5"`
	Inclusive   string   `query:"inclusive" enum:"true,false" doc:"Of your own rule: true: the threshold itself is enough; false: it takes more"`
	Aggregate   string   `query:"aggregate" enum:"true,false" doc:"Of your own rule: true: the shares of all blocked owners are added up; false: one must hold enough alone"`
	Status      []string `query:"status" enum:"listed,blocked,possibly_blocked,held" doc:"List only companies of these, separated by commas; all when absent"`
	Paths       int      `query:"paths" minimum:"0" maximum:"20" default:"1" doc:"Most supply chains of each row"`
	Evidence    bool     `query:"evidence" default:"false" doc:"Give the claims of listings, holdings and hops in full, with quotes and addresses"`
}

// request is the question that the parameters ask.
func (p *Sanctioned) request() (req queries.SanctionsRequest, err error) {
	req = queries.SanctionsRequest{Status: p.Status, Paths: p.Paths, Evidence: p.Evidence}
	if req.Paths == 0 {
		req.Paths = -1
	}
	own := len(p.Authorities)+len(p.Programmes)+len(p.ListedOnly) > 0 || p.Threshold != 0 || p.Inclusive != "" || p.Aggregate != ""
	switch {
	case own && p.Rule != "":
		return req, fmt.Errorf("%w: rule %q has a name: authorities, programmes, listed_only, threshold, inclusive and aggregate spell out another", graph.ErrInvalid, p.Rule)
	case own:
		req.Rule = queries.SanctionsRule{Name: "own", Authorities: p.Authorities, Programmes: p.Programmes, ListedOnly: p.ListedOnly, Threshold: p.Threshold,
			Inclusive: flag(p.Inclusive), Aggregate: flag(p.Aggregate)}
	default:
		req.Rule, err = queries.BuiltinRule(p.Rule)
	}
	return req, err
}

func flag(text string) *bool {
	if text == "" {
		return nil
	}
	yes := text == "true"
	return &yes
}

type sanctionsInput struct {
	Located
	OneCompany
	Shared
	Scoped
	Paged
	Sanctioned
}

func (s *Server) listSanctions(ctx context.Context, in *sanctionsInput) (*reply[queries.SanctionsAnswer], error) {
	req, err := in.request()
	if err != nil {
		return nil, s.fail(ctx, err)
	}
	req.Company, req.Scope, req.Page = in.ID, in.scope(), in.page()
	return s.answerSanctions(ctx, &in.Shared, &in.Paged, &in.Located, req)
}

type portfolioSanctionsInput struct {
	Located
	Shared
	Scoped
	Paged
	Sanctioned
	Body portfolioBody
}

func (s *Server) listPortfolioSanctions(ctx context.Context, in *portfolioSanctionsInput) (*reply[queries.SanctionsAnswer], error) {
	req, err := in.request()
	if err != nil {
		return nil, s.fail(ctx, err)
	}
	req.Portfolio, req.Scope, req.Page = in.Body.Members, in.scope(), in.page()
	return s.answerSanctions(ctx, &in.Shared, &in.Paged, &in.Located, req)
}

func (s *Server) answerSanctions(ctx context.Context, shared *Shared, page *Paged, at *Located, req queries.SanctionsRequest) (*reply[queries.SanctionsAnswer], error) {
	q := question{Shared: *shared, format: negotiate(ctx, page.Format), request: dated{graph.Today(), req}, url: at.url}
	read, missed := s.details()
	return respond(ctx, s, q, func(ctx context.Context, v *graph.View) (*queries.SanctionsAnswer, error) {
		req := req
		req.Details = read
		return queries.Sanctions(ctx, v, req)
	}, func(a *queries.SanctionsAnswer) (*queries.Answer, *queries.Paging) { return &a.Answer, &a.Paging }, missed)
}
