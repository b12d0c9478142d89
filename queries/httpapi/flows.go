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
	ask(s, list, huma.Operation{OperationID: "list-flow-relations", Path: "/v1/flows/relations", Summary: "List the relations from one country or sector to another", Tags: []string{"network"},
		Description: "The relations that one of the counts of /v1/flows is of, by the ids of supplier, buyer and product."}, s.listFlowRelations)
}

// Flowing are the parameters of questions about what leads from one group of companies to another.
type Flowing struct {
	By  string `query:"by" enum:"country,sector" doc:"What companies are grouped by: country (default) of headquarters, or sector"`
	Top int    `query:"top" minimum:"0" maximum:"1000" doc:"So many groups stand by themselves, those with the most relations; all when 0 or absent"`
}

type flowsInput struct {
	Located
	Shared
	Scoped
	Paged
	Flowing
}

func (s *Server) listFlows(ctx context.Context, in *flowsInput) (*reply[queries.FlowsAnswer], error) {
	req, err := queries.FlowsRequest{Scope: in.scope(), Page: in.page(), By: in.By, Top: in.Top}.Resolve()
	if err != nil {
		return nil, s.fail(ctx, err)
	}
	return answerList(ctx, s, &in.Shared, &in.Paged, in.url, req, queries.Flows,
		func(a *queries.FlowsAnswer) (*queries.Answer, *queries.Paging) { return &a.Answer, &a.Paging })
}

type flowRelationsInput struct {
	Located
	Shared
	Scoped
	Paged
	Flowing
	From string `query:"from" required:"true" minLength:"1" doc:"Group of the suppliers: a country (ISO 3166-1) or sector; - for what is not stated, * for the others beyond top" example:"TW"`
	To   string `query:"to" required:"true" minLength:"1" doc:"Group of the buyers" example:"US"`
}

func (s *Server) listFlowRelations(ctx context.Context, in *flowRelationsInput) (*reply[queries.FlowRelationsAnswer], error) {
	flows, err := queries.FlowsRequest{Scope: in.scope(), Page: in.page(), By: in.By, Top: in.Top}.Resolve()
	if err != nil {
		return nil, s.fail(ctx, err)
	}
	return answerList(ctx, s, &in.Shared, &in.Paged, in.url, queries.FlowRelationsRequest{FlowsRequest: flows, From: in.From, To: in.To}, queries.FlowRelations,
		func(a *queries.FlowRelationsAnswer) (*queries.Answer, *queries.Paging) { return &a.Answer, &a.Paging })
}
