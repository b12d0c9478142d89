package queries

import (
	"context"
	"fmt"

	"github.com/tributarygraph/tributary/graph"
)

// PortfolioQuestionnaireAnswer is the gaps of the members of a portfolio as one table, each question once.
type PortfolioQuestionnaireAnswer struct {
	Answer
	Portfolio PortfolioMatch `json:"portfolio" doc:"What became of the rows of the portfolio"`
	AskedOf   int            `json:"asked_of" doc:"Members whose gaps were looked for, in the order of ids; all of them unless the time was over"`
	Items     []QuestionRow  `json:"items" doc:"One question each, in the order of the gaps of the portfolio"`
	Paging
}

// Rows are the items of the list, a slice.
func (a *PortfolioQuestionnaireAnswer) Rows() any { return a.Items }

// PortfolioQuestionnaire is the gaps of the members of a portfolio as one questionnaire: what several members would gain by
// is asked once.
func PortfolioQuestionnaire(ctx context.Context, v *graph.View, req MembersRequest, of GapsRequest) (*PortfolioQuestionnaireAnswer, error) {
	if req.Group == GroupControl {
		return nil, fmt.Errorf("%w: group %s: a questionnaire asks about relations as they are stated; leave the groups out", graph.ErrInvalid, req.Group)
	}
	req.Named = 1 // the row of any member asks the same
	a, err := PortfolioGaps(ctx, v, req, of)
	if err != nil {
		return nil, err
	}
	out := &PortfolioQuestionnaireAnswer{Answer: a.Answer, Portfolio: a.Portfolio, AskedOf: a.AskedOf, Items: []QuestionRow{}, Paging: a.Paging}
	for i := range a.Items {
		if x := &a.Items[i]; len(x.Of) > 0 {
			out.Items = append(out.Items, x.Of[0].Row.asked())
		}
	}
	return out, nil
}
