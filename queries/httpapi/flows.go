package httpapi

import (
	"context"

	"github.com/danielgtaylor/huma/v2"

	"github.com/tributarygraph/tributary/queries"
)

// flowRoutes tell what leads from one part of the network to another.
func (s *Server) flowRoutes() {
	ask(s, list, huma.Operation{OperationID: "list-flows", Path: "/v1/flows", Summary: "Count relations between countries or sectors", Tags: []string{"network"},
		Description: "How many relations lead from the companies of one country, or sector, to those of another. With top the groups beyond the largest count as one, *; what is not stated is a group with an empty name."}, s.listFlows)
}

type flowsInput struct {
	Located
	Shared
	Scoped
	Paged
	By  string `query:"by" enum:"country,sector" doc:"What companies are grouped by: country (default) of headquarters, or sector"`
	Top int    `query:"top" minimum:"0" maximum:"1000" doc:"So many groups stand by themselves, those with the most relations; all when 0 or absent"`
}

func (s *Server) listFlows(ctx context.Context, in *flowsInput) (*reply[queries.FlowsAnswer], error) {
	req, err := queries.FlowsRequest{Scope: in.scope(), Page: in.page(), By: in.By, Top: in.Top}.Resolve()
	if err != nil {
		return nil, s.fail(ctx, err)
	}
	return answerList(ctx, s, &in.Shared, &in.Paged, in.url, req, queries.Flows,
		func(a *queries.FlowsAnswer) (*queries.Answer, *queries.Paging) { return &a.Answer, &a.Paging })
}
