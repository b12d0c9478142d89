package httpapi

import (
	"context"

	"github.com/danielgtaylor/huma/v2"

	"github.com/tributarygraph/tributary/graph"
	"github.com/tributarygraph/tributary/queries"
)

// productRoutes tell what is known of a product.
func (s *Server) productRoutes() {
	ask(s, list, huma.Operation{OperationID: "find-products", Path: "/v1/products", Summary: "Find products", Tags: []string{"products"}}, s.findProducts)
	ask(s, one, huma.Operation{OperationID: "get-product", Path: "/v1/products/{id}", Summary: "Show a product", Tags: []string{"products"},
		Description: "Who makes a product, who supplies it to whom, what goes into it and what it goes into. Relations of its kinds count too. Each list is cut at limit, its total beside it."}, s.getProduct)
}

type productInput struct {
	Shared
	Scoped
	ID    string `path:"id" doc:"Id, name or alias of a product; 409 with the candidates when it fits several" example:"hbm"`
	Limit int    `query:"limit" minimum:"1" maximum:"1000" default:"100" doc:"Most items of each list"`
}

func (s *Server) getProduct(ctx context.Context, in *productInput) (*reply[queries.ProductAnswer], error) {
	req := queries.ProductRequest{Product: in.ID, Limit: in.Limit, Scope: in.scope()}
	return answerOne(ctx, s, &in.Shared, &req, &req.Scope, func(ctx context.Context, v *graph.View) (*queries.ProductAnswer, error) {
		return queries.Product(ctx, v, req)
	}, func(a *queries.ProductAnswer) *queries.Answer { return &a.Answer }, nil)
}
