package httpapi

import (
	"context"

	"github.com/danielgtaylor/huma/v2"

	"github.com/tributarygraph/tributary/queries"
)

// remedyRoutes are the questions about what could be done: who else, and what it would help.
func (s *Server) remedyRoutes() {
	ask(s, list, huma.Operation{OperationID: "list-alternatives", Path: "/v1/companies/{id}/alternatives", Summary: "List who else makes or supplies what a company buys", Tags: []string{"companies"},
		Description: "For an input of a company, or for all of them: other companies that make or supply it, a kind of it or what it is a kind of, with their market share, what they supply to the company already, " +
			"and what they lose themselves when the supplier that they would stand in for stops."}, s.listAlternatives)
}

type alternativesInput struct {
	Located
	OneCompany
	Shared
	Scoped
	Paged
	Product  string   `query:"product" doc:"Only this input and every kind of it that the company buys: id, name or alias" example:"HBM"`
	Supplier string   `query:"supplier" doc:"The supplier to stand in for: id, identifier, name or alias; all suppliers of an input, one at a time, when absent" example:"sk-hynix"`
	Assume   []string `query:"assume" enum:"complete,essential" doc:"What to take for granted where nobody says, separated by commas: complete (lists of suppliers are), essential (inputs are)"`
}

func (s *Server) listAlternatives(ctx context.Context, in *alternativesInput) (*reply[queries.AlternativesAnswer], error) {
	return answerList(ctx, s, &in.Shared, &in.Paged, in.url,
		queries.AlternativesRequest{Company: in.ID, Scope: in.scope(), Page: in.page(), Product: in.Product, Supplier: in.Supplier, Assume: in.Assume},
		queries.Alternatives, func(a *queries.AlternativesAnswer) (*queries.Answer, *queries.Paging) { return &a.Answer, &a.Paging })
}
