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
