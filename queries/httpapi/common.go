package httpapi

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/tributarygraph/tributary/queries"
)

// commonSupplierRoutes are the questions about who stands behind several.
func (s *Server) commonSupplierRoutes() {
	ask(s, list, huma.Operation{OperationID: "list-common-suppliers", Path: "/v1/companies/{id}/common-suppliers", Summary: "List hidden common suppliers", Tags: []string{"companies"},
		Description: "Companies at tier 2 or deeper that reach a company through several of its direct suppliers, with these, and the diamond ratios."}, s.listCommonSuppliers)
	askPortfolio(s, huma.Operation{OperationID: "list-portfolio-common-suppliers", Path: "/v1/common-suppliers", Summary: "List hidden common suppliers of a portfolio",
		Description: "Companies at tier 2 or deeper behind several companies of a list, with these, the direct suppliers that lead to each, and the spend behind it."}, s.listPortfolioSuppliers)
}

// Behind are the parameters of questions about who stands behind.
type Behind struct {
	Depth int `query:"depth" minimum:"1" maximum:"100" default:"3" doc:"Longest chain in hops"`
	Min   int `query:"min" minimum:"1" default:"2" doc:"Least number of direct suppliers, or members, that a company must stand behind"`
}

type commonSuppliersInput struct {
	Located
	OneCompany
	Shared
	Scoped
	Paged
	Behind
}

func (s *Server) listCommonSuppliers(ctx context.Context, in *commonSuppliersInput) (*reply[queries.CommonSuppliersAnswer], error) {
	return answerList(ctx, s, &in.Shared, &in.Paged, in.url,
		queries.CommonSuppliersRequest{Company: in.ID, Scope: in.scope(), Page: in.page(), Depth: in.Depth, Min: in.Min},
		queries.CommonSuppliers, func(a *queries.CommonSuppliersAnswer) (*queries.Answer, *queries.Paging) { return &a.Answer, &a.Paging })
}

type portfolioSuppliersInput struct {
	Located
	Shared
	Scoped
	Paged
	Behind
	Body portfolioBody
}

func (s *Server) listPortfolioSuppliers(ctx context.Context, in *portfolioSuppliersInput) (*reply[queries.PortfolioSuppliersAnswer], error) {
	return answerList(ctx, s, &in.Shared, &in.Paged, in.url,
		queries.PortfolioSuppliersRequest{Portfolio: in.Body.Members, Scope: in.scope(), Page: in.page(), Depth: in.Depth, Min: in.Min},
		queries.PortfolioSuppliers, func(a *queries.PortfolioSuppliersAnswer) (*queries.Answer, *queries.Paging) {
			return &a.Answer, &a.Paging
		})
}

// askBody routes a question that is too long for an address. It changes nothing, though it is a POST.
func askBody[I, O any](s *Server, kind answerKind, op huma.Operation, handler func(context.Context, *I) (*O, error)) {
	op.Method, op.DefaultStatus = http.MethodPost, http.StatusOK
	op = s.operation(op)
	if kind == list {
		s.lists = append(s.lists, op.OperationID)
	}
	huma.Register(s.api, op, handler)
}
