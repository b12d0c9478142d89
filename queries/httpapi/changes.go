package httpapi

import (
	"context"
	"fmt"

	"github.com/danielgtaylor/huma/v2"

	"github.com/tributarygraph/tributary/graph"
	"github.com/tributarygraph/tributary/importer"
	"github.com/tributarygraph/tributary/queries"
)

func (s *Server) changesRoutes() {
	ask(s, list, huma.Operation{OperationID: "list-changes", Path: "/v1/companies/{id}/changes", Summary: "Tell what changed for a company between two moments", Tags: []string{"companies"},
		Description: "Compares what a company is exposed to at two moments, each a day (what was true then, as known now) or a revision (what was known then): exposures that moved, companies that came upstream and went, " +
			"and the claims behind it, each with what it alone did to the numbers."}, s.listChanges)
	askPortfolio(s, huma.Operation{OperationID: "list-portfolio-changes", Path: "/v1/changes", Summary: "Tell what changed for a portfolio between two moments",
		Description: "Of every company upstream of the members of a list how far the loss moved if it stops, and which relations did it (kind), by how far each moved it alone: how many members, and how much of the spend, each item is on."}, s.listPortfolioChanges)
}

// Changing are the parameters of questions of what changed.
type Changing struct {
	From         string   `query:"from" doc:"The first moment: a day (2024-05-11, 2024-05, 2024), or revision:N" example:"2021-12-31"`
	To           string   `query:"to" doc:"The second moment; the day of as_of when absent" example:"today"`
	Import       string   `query:"import" doc:"In place of from and to: before and after this import, named by its key, the first characters of it, or its dataset"`
	Solve        int      `query:"solve" minimum:"0" maximum:"500" default:"20" doc:"Most changes that are solved alone"`
	Assume       []string `query:"assume" enum:"complete,essential" doc:"What to take for granted where nobody says, separated by commas: complete (lists of suppliers are), essential (inputs are)"`
	Undocumented string   `query:"undocumented" enum:"unaffected,worst" doc:"What becomes of suppliers that nobody documented: unaffected (default), or worst"`
	ProductLevel string   `query:"product_level" enum:"both,exact,merged" doc:"How inputs are read that are kinds of one another: as an input each (exact), as one (merged), or so that both readings lie between (both, default)"`
}

type changesInput struct {
	Located
	OneCompany
	Shared
	Scoped
	Changing
	Format string `query:"format" enum:"json,csv,ndjson" doc:"Form of the answer; else the Accept header decides"`
	Limit  int    `query:"limit" minimum:"1" maximum:"10000" default:"100" doc:"Most items of each list"`
}

// asked is the question without company and scope.
func (s *Server) asked(ctx context.Context, in *Changing) (req queries.ChangesRequest, err error) {
	req = queries.ChangesRequest{Solve: in.Solve, Assume: in.Assume, Undocumented: in.Undocumented, ProductLevel: in.ProductLevel}
	if req.Solve == 0 {
		req.Solve = -1
	}
	req.From, req.To, err = s.moments(ctx, in)
	return req, err
}

// listPortfolioChanges answers of each member of a portfolio.
func (s *Server) listPortfolioChanges(ctx context.Context, in *struct {
	OfMembers
	Changing
}) (*reply[queries.MembersAnswer[queries.ChangeOfMember]], error) {
	req, err := s.asked(ctx, &in.Changing)
	if err != nil {
		return nil, s.fail(ctx, err)
	}
	var missed func() bool
	req.Details, missed = s.details()
	return answerMembersUnless(ctx, s, &in.OfMembers, req, func(ctx context.Context, v *graph.View, members queries.MembersRequest, req queries.ChangesRequest) (*queries.MembersAnswer[queries.ChangeOfMember], error) {
		from, to, err := s.viewsAt(ctx, v, &req)
		if err != nil {
			return nil, err
		}
		return queries.PortfolioChanges(ctx, from, to, members, req)
	}, missed)
}

// viewsAt are the networks at the two moments.
func (s *Server) viewsAt(ctx context.Context, v *graph.View, req *queries.ChangesRequest) (from, to *graph.View, err error) {
	if from, err = s.viewAt(ctx, v, req.From.Revision); err == nil {
		to, err = s.viewAt(ctx, v, req.To.Revision)
	}
	return from, to, err
}

func (s *Server) listChanges(ctx context.Context, in *changesInput) (*reply[queries.ChangesAnswer], error) {
	req, err := s.asked(ctx, &in.Changing)
	if err != nil {
		return nil, s.fail(ctx, err)
	}
	req.Company, req.Scope, req.Limit = in.ID, in.scope(), in.Limit
	named := fmt.Sprintf("%s %s %s", req.From, req.To, in.Import)
	shown := req
	shown.From, shown.To = queries.Moment{}, queries.Moment{} // they hold addresses
	q := question{Shared: in.Shared, format: negotiate(ctx, in.Format), request: dated{graph.Today(), []any{named, shown}}, url: in.url}
	read, missed := s.details()
	return respond(ctx, s, q, func(ctx context.Context, v *graph.View) (*queries.ChangesAnswer, error) {
		req := req
		req.Details = read
		from, to, err := s.viewsAt(ctx, v, &req)
		if err != nil {
			return nil, err
		}
		return queries.Changes(ctx, from, to, req)
	}, func(a *queries.ChangesAnswer) (*queries.Answer, *queries.Paging) { return &a.Answer, nil }, missed)
}

// moments are the two moments that are asked about.
func (s *Server) moments(ctx context.Context, in *Changing) (from, to queries.Moment, err error) {
	switch {
	case in.Import != "" && (in.From != "" || in.To != ""):
		return from, to, fmt.Errorf("%w: import stands in place of from and to", graph.ErrInvalid)
	case in.Import != "":
		before, after, err := importer.Around(ctx, s.store, in.Import)
		return queries.Moment{Revision: &before}, queries.Moment{Revision: &after}, err
	case in.From == "":
		return from, to, fmt.Errorf("%w: from: since when? A day such as 2024-05-11, or revision:12; or import=KEY", graph.ErrInvalid)
	}
	if from, err = queries.ParseMoment("from", in.From); err == nil && in.To != "" {
		to, err = queries.ParseMoment("to", in.To)
	}
	return from, to, err
}
