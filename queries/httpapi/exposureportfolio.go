package httpapi

import (
	"context"

	"github.com/tributarygraph/tributary/queries"
)

type portfolioExposureInput struct {
	Located
	Shared
	Scoped
	Paged
	Exposed
	Members int `query:"members" minimum:"1" maximum:"10000" default:"20" doc:"How many members each row names, those first that lose most"`
	Body    portfolioBody
}

func (s *Server) listPortfolioExposure(ctx context.Context, in *portfolioExposureInput) (*reply[queries.PortfolioExposureAnswer], error) {
	req := queries.PortfolioExposureRequest{Portfolio: in.Body.Members, ExposureRequest: in.request(), Members: in.Members}
	req.Scope, req.Page = in.scope(), in.page()
	return answerList(ctx, s, &in.Shared, &in.Paged, in.url, req, queries.PortfolioExposure,
		func(a *queries.PortfolioExposureAnswer) (*queries.Answer, *queries.Paging) {
			return &a.Answer, &a.Paging
		})
}

// listEachExposure answers of each member what the question of a company does.
func (s *Server) listEachExposure(ctx context.Context, in *struct {
	OfMembers
	Exposed
	Exposing
	Paths int `query:"paths" minimum:"0" maximum:"20" doc:"Most paths of each row; none when absent, 1 with evidence"`
}) (*reply[queries.MembersAnswer[queries.ExposureOfMember]], error) {
	req := in.request()
	req.Side, req.Line, req.Cut, req.Evidence, req.Paths = in.Side, in.Line, in.Cut, in.Evidence, in.Paths
	var missed func() bool
	req.Details, missed = s.details()
	return answerMembersUnless(ctx, s, &in.OfMembers, req, queries.PortfolioEachExposure, missed)
}
