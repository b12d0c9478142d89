package httpapi

import (
	"bytes"
	"context"
	"encoding/json"

	"github.com/danielgtaylor/huma/v2"

	"github.com/tributarygraph/tributary/graph"
	"github.com/tributarygraph/tributary/importer"
	"github.com/tributarygraph/tributary/queries"
)

// portfolioBody is a portfolio as it is sent.
type portfolioBody struct {
	Members queries.Portfolio `json:"members" minItems:"1" maxItems:"10000" doc:"Companies, by any name, with the spend on each where it is known"`
}

// askPortfolio routes a question of a portfolio, which may be sent as a file too.
func askPortfolio[I, O any](s *Server, op huma.Operation, handler func(context.Context, *I) (*O, error)) {
	op.Tags = []string{"portfolios"}
	askBody(s, list, op, handler)
	s.takesTables(op)
}

// takesTables documents that the portfolio of an operation may be sent as a file.
func (s *Server) takesTables(op huma.Operation) {
	content := s.api.OpenAPI().Paths[op.Path].Post.RequestBody.Content
	content[typeCSV] = &huma.MediaType{Schema: &huma.Schema{Type: "string", Description: "A table with a column company (or name, id, supplier, 供应商, 公司 ...) and, if you like, spend (金额) and currency (币种); or one name a line"}}
	content[typeXLSX] = &huma.MediaType{Schema: &huma.Schema{Type: "string", Format: "binary", Description: "The same as an Excel workbook: its first sheet that holds anything"}}
}

// OfMembers are the parameters of questions that are asked of each member of a portfolio.
type OfMembers struct {
	Located
	Shared
	Scoped
	Paged
	Members int `query:"members" minimum:"1" maximum:"10000" default:"20" doc:"How many members each item names"`
	Body    portfolioBody
}

// answerMembers answers a question that is asked of each member.
func answerMembers[Q, R any](ctx context.Context, s *Server, in *OfMembers, of Q, ask func(context.Context, *graph.View, queries.MembersRequest, Q) (*queries.MembersAnswer[R], error)) (*reply[queries.MembersAnswer[R]], error) {
	return answerMembersUnless(ctx, s, in, of, ask, nil)
}

// answerMembersUnless is answerMembers of an answer that is not kept if uncacheable says so.
func answerMembersUnless[Q, R any](ctx context.Context, s *Server, in *OfMembers, of Q, ask func(context.Context, *graph.View, queries.MembersRequest, Q) (*queries.MembersAnswer[R], error), uncacheable func() bool) (*reply[queries.MembersAnswer[R]], error) {
	req := queries.MembersRequest{Portfolio: in.Body.Members, Scope: in.scope(), Page: in.page(), Named: in.Members}
	q := question{Shared: in.Shared, format: negotiate(ctx, in.Format), request: dated{graph.Today(), in.url.RequestURI() + " " + req.Portfolio.String()}, url: in.url}
	out, err := respond(ctx, s, q, func(ctx context.Context, v *graph.View) (*queries.MembersAnswer[R], error) {
		return ask(ctx, v, req, of)
	},
		func(a *queries.MembersAnswer[R]) (*queries.Answer, *queries.Paging) { return &a.Answer, &a.Paging }, uncacheable)
	if err == nil {
		out.Link = "" // the next part is asked for with the same body, which a link cannot hold
	}
	return out, err
}

// memberRoutes are the questions of one company that are asked of each member of a portfolio.
func (s *Server) memberRoutes() {
	const each = " Asked of each member of a list and brought together: how many members, and how much of the spend, each item is on."
	askPortfolio(s, huma.Operation{OperationID: "list-portfolio-suppliers", Path: "/v1/suppliers", Summary: "List the suppliers of a portfolio", Description: "Who supplies the members, directly and through others." + each},
		func(ctx context.Context, in *struct {
			OfMembers
			Tiered
		}) (*reply[queries.MembersAnswer[queries.TierRow]], error) {
			return answerMembers(ctx, s, &in.OfMembers, in.request(queries.Upstream), queries.PortfolioTiers)
		})
	askPortfolio(s, huma.Operation{OperationID: "list-portfolio-customers", Path: "/v1/customers", Summary: "List the customers of a portfolio", Description: "Whom the members supply, directly and through others." + each},
		func(ctx context.Context, in *struct {
			OfMembers
			Tiered
		}) (*reply[queries.MembersAnswer[queries.TierRow]], error) {
			return answerMembers(ctx, s, &in.OfMembers, in.request(queries.Downstream), queries.PortfolioTiers)
		})
	askPortfolio(s, huma.Operation{OperationID: "list-portfolio-paths", Path: "/v1/paths", Summary: "Find the shortest paths from a supplier to a portfolio", Description: "The shortest ways from a supplier to each member: members that it reaches, does not reach, or is itself (kind), and how much of the spend is on these." + each},
		func(ctx context.Context, in *struct {
			OfMembers
			Followed
		}) (*reply[queries.MembersAnswer[queries.PathsOfMember]], error) {
			req := in.request()
			var missed func() bool
			req.Details, missed = s.details()
			return answerMembersUnless(ctx, s, &in.OfMembers, req, queries.PortfolioPaths, missed)
		})
	askPortfolio(s, huma.Operation{OperationID: "list-portfolio-chokepoints", Path: "/v1/chokepoints", Summary: "List the chokepoints of a portfolio", Description: "On which companies the members depend, each list by itself (kind); stops are weighed by what the members lose." + each},
		func(ctx context.Context, in *struct {
			OfMembers
			Choking
		}) (*reply[queries.MembersAnswer[queries.ChokepointRow]], error) {
			return answerMembers(ctx, s, &in.OfMembers, in.request(), queries.PortfolioChokepoints)
		})
	askPortfolio(s, huma.Operation{OperationID: "list-portfolio-alternatives", Path: "/v1/alternatives", Summary: "List who could stand in for the suppliers of a portfolio", Description: "Who else makes or supplies what the members buy, by input (kind)." + each},
		func(ctx context.Context, in *struct {
			OfMembers
			StandingIn
		}) (*reply[queries.MembersAnswer[queries.AlternativeRow]], error) {
			return answerMembers(ctx, s, &in.OfMembers, in.request(), queries.PortfolioAlternatives)
		})
	askPortfolio(s, huma.Operation{OperationID: "list-portfolio-remedies", Path: "/v1/remedies", Summary: "Rank second sources of a portfolio", Description: "Second sources of the members' inputs, weighed by how far the mean loss of each member falls at most." + each},
		func(ctx context.Context, in *struct {
			OfMembers
			Remedying
		}) (*reply[queries.MembersAnswer[queries.RemedyOfMember]], error) {
			return answerMembers(ctx, s, &in.OfMembers, in.request(), queries.PortfolioRemedies)
		})
	askPortfolio(s, huma.Operation{OperationID: "list-portfolio-gaps", Path: "/v1/gaps", Summary: "List the facts most worth finding out about a portfolio", Description: "Facts that nobody states, that sources dispute or that are stale, weighed by what each is worth to the members." + each},
		func(ctx context.Context, in *struct {
			OfMembers
			Gapped
		}) (*reply[queries.MembersAnswer[queries.GapRow]], error) {
			return answerMembers(ctx, s, &in.OfMembers, in.asked(), queries.PortfolioGaps)
		})
	askPortfolio(s, huma.Operation{OperationID: "list-portfolio-questions", Path: "/v1/questionnaire", Summary: "List the facts most worth finding out about a portfolio as one questionnaire", Description: "The gaps of all members as a table to be sent out, filled in and imported, each question once: as CSV (format=csv) it is what POST /v1/imports takes back."}, s.listPortfolioQuestions)
}

// unmarshalTable reads a body that is a file. The only bodies that may be one are portfolios.
func unmarshalTable(data []byte, v any) error {
	rows, err := importer.ReadPortfolio(context.Background(), importer.Input{Reader: bytes.NewReader(data), Name: "body"}, maxBody)
	if err != nil {
		return err
	}
	text, err := json.Marshal(map[string]any{"members": rows})
	if err != nil {
		return err
	}
	return json.Unmarshal(text, v)
}
