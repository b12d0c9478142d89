package httpapi

import (
	"context"
	"encoding/json"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/tributarygraph/tributary/graph"
	"github.com/tributarygraph/tributary/queries"
)

func (s *Server) disruptionRoutes() {
	op := s.operation(huma.Operation{OperationID: "ask-disruption", Method: http.MethodPost, Path: "/v1/disruptions", Summary: "Tell what is lost downstream when something stops", Tags: []string{"network"},
		Description: "Takes a scenario and tells, line by line, what is lost at least and at most, through which input, and why. It stores nothing. The order is by loss; the totals are over everything, listed or not."},
		http.StatusNotModified)
	s.lists = append(s.lists, op.OperationID)
	huma.Register(s.api, op, s.askDisruption)
}

type disruptionInput struct {
	Located
	Shared
	Scoped
	Paged
	Body disruptionBody
}

type disruptionBody struct {
	Scenario     queries.Scenario  `json:"scenario" doc:"What stops, and who orders less"`
	Assume       []string          `json:"assume,omitempty" enum:"complete,essential" doc:"What to take for granted where nobody says: complete (all lists of suppliers are), essential (inputs are)"`
	Undocumented string            `json:"undocumented,omitempty" enum:"unaffected,worst" doc:"What becomes of suppliers that nobody documented: unaffected (default); worst: of an input that the damage reaches, all is lost at most that no documented supplier is known to have"`
	ProductLevel string            `json:"product_level,omitempty" enum:"both,exact,merged" doc:"How inputs are read that are kinds of one another (HBM3E, HBM): as an input each (exact), as one (merged), or so that both readings lie between (both, default)"`
	Sort         string            `json:"sort,omitempty" enum:"lower,upper" doc:"First what loses most for certain (lower, default), or what may (upper)"`
	Company      string            `json:"company,omitempty" doc:"List only what this company loses: id, identifier, name or alias"`
	Members      queries.Portfolio `json:"members,omitempty" maxItems:"10000" doc:"List only what these companies lose, and tell what they lose together, weighed by the spend on each"`
	MinLoss      float64           `json:"min_loss,omitempty" minimum:"0" maximum:"1" doc:"List only what may lose at least this part"`
}

func (s *Server) askDisruption(ctx context.Context, in *disruptionInput) (*reply[queries.DisruptionAnswer], error) {
	b := &in.Body
	req := queries.DisruptionRequest{Scenario: b.Scenario, Scope: in.scope(), Page: in.page(), Assume: b.Assume, Undocumented: b.Undocumented,
		ProductLevel: b.ProductLevel, Sort: b.Sort, Company: b.Company, Portfolio: b.Members, MinLoss: b.MinLoss}
	text, err := json.Marshal(req) // as it is written: a scenario holds pointers
	if err != nil {
		return nil, s.fail(ctx, err)
	}
	q := question{Shared: in.Shared, format: negotiate(ctx, in.Format), request: dated{graph.Today(), string(text)}, url: in.url}
	out, err := respond(ctx, s, q, func(ctx context.Context, v *graph.View) (*queries.DisruptionAnswer, error) {
		return queries.Disruption(ctx, v, req)
	},
		func(a *queries.DisruptionAnswer) (*queries.Answer, *queries.Paging) { return &a.Answer, &a.Paging }, nil)
	if err == nil {
		out.Link = "" // the next part is asked for with the same body, which a link cannot hold
	}
	return out, err
}
