package httpapi

import (
	"context"

	"github.com/danielgtaylor/huma/v2"

	"github.com/tributarygraph/tributary/graph"
	"github.com/tributarygraph/tributary/queries"
)

func (s *Server) gapRoutes() {
	ask(s, list, huma.Operation{OperationID: "list-gaps", Path: "/v1/companies/{id}/gaps", Summary: "List the facts most worth finding out", Tags: []string{"companies"},
		Description: "Facts that nobody states, that sources dispute or that are stale, as questions to who can know them, those first that would narrow most what the company loses if one company upstream stops."},
		s.listGaps)
	ask(s, list, huma.Operation{OperationID: "list-questions", Path: "/v1/companies/{id}/questionnaire", Summary: "List the facts most worth finding out as a questionnaire", Tags: []string{"companies"},
		Description: "The gaps as a table to be sent out, filled in (answer, source, date) and imported: as CSV (format=csv) it is what POST /v1/imports takes back."},
		s.listQuestions)
}

// Gapped are the parameters of questions about gaps.
type Gapped struct {
	Exposures    int      `query:"exposures" minimum:"1" maximum:"100" default:"10" doc:"Measure by so many of the largest exposures"`
	Candidates   int      `query:"candidates" minimum:"1" maximum:"10000" default:"200" doc:"Solve the network again for so many facts, those first that a rule of thumb puts first"`
	StaleYears   int      `query:"stale_years" minimum:"-1" maximum:"100" default:"3" doc:"Ask again for numbers that are older than so many years; -1: never"`
	Assume       []string `query:"assume" enum:"complete,essential" doc:"What to take for granted where nobody says, separated by commas: complete (lists of suppliers are), essential (inputs are)"`
	Undocumented string   `query:"undocumented" enum:"unaffected,worst" doc:"What becomes of suppliers that nobody documented: unaffected (default), or worst"`
	ProductLevel string   `query:"product_level" enum:"both,exact,merged" doc:"How inputs are read that are kinds of one another: as an input each (exact), as one (merged), or so that both readings lie between (both, default)"`
}

type gapsInput struct {
	Located
	OneCompany
	Shared
	Scoped
	Paged
	Gapped
}

func (in *Gapped) asked() queries.GapsRequest {
	return queries.GapsRequest{Assume: in.Assume, Undocumented: in.Undocumented, ProductLevel: in.ProductLevel, Exposures: in.Exposures, Candidates: in.Candidates,
		StaleYears: in.StaleYears}
}

func (in *gapsInput) request() queries.GapsRequest {
	req := in.asked()
	req.Company, req.Scope, req.Page = in.ID, in.scope(), in.page()
	return req
}

func (s *Server) listGaps(ctx context.Context, in *gapsInput) (*reply[queries.GapsAnswer], error) {
	return answerList(ctx, s, &in.Shared, &in.Paged, in.url, in.request(), queries.Gaps,
		func(a *queries.GapsAnswer) (*queries.Answer, *queries.Paging) { return &a.Answer, &a.Paging })
}

func (s *Server) listQuestions(ctx context.Context, in *gapsInput) (*reply[queries.QuestionnaireAnswer], error) {
	return answerList(ctx, s, &in.Shared, &in.Paged, in.url, in.request(), queries.Questionnaire,
		func(a *queries.QuestionnaireAnswer) (*queries.Answer, *queries.Paging) { return &a.Answer, &a.Paging })
}

func (s *Server) listPortfolioQuestions(ctx context.Context, in *struct {
	Located
	Shared
	Scoped
	Paged
	Gapped
	Body portfolioBody
}) (*reply[queries.PortfolioQuestionnaireAnswer], error) {
	type asked struct {
		Members queries.MembersRequest
		Of      queries.GapsRequest
	}
	req := asked{queries.MembersRequest{Portfolio: in.Body.Members, Scope: in.scope(), Page: in.page()}, in.asked()}
	out, err := answerList(ctx, s, &in.Shared, &in.Paged, in.url, req, func(ctx context.Context, v *graph.View, req asked) (*queries.PortfolioQuestionnaireAnswer, error) {
		return queries.PortfolioQuestionnaire(ctx, v, req.Members, req.Of)
	}, func(a *queries.PortfolioQuestionnaireAnswer) (*queries.Answer, *queries.Paging) {
		return &a.Answer, &a.Paging
	})
	if err == nil {
		out.Link = "" // the next part is asked for with the same body, which a link cannot hold
	}
	return out, err
}
