package queries

import (
	"context"
	"fmt"
	"strings"

	"github.com/tributarygraph/tributary/graph"
)

// QuestionnaireAnswer is the gaps of a company as a table that is sent out, filled in and imported.
type QuestionnaireAnswer struct {
	Answer
	Company Ref           `json:"company" doc:"The company asked about"`
	Items   []QuestionRow `json:"items" doc:"One question each, in the order of the gaps"`
	Paging
}

// QuestionRow is a question. Its columns are those of [graph.QuestionColumns], [graph.AnswerColumns] and
// [graph.CheckColumn].
type QuestionRow struct {
	Asked     string `json:"asked" doc:"Who is asked; an answer is imported as said by them"`
	Question  string `json:"question"`
	Supplier  string `json:"supplier" doc:"One or several"`
	Buyer     string `json:"buyer"`
	Product   string `json:"product" doc:"Empty when not stated"`
	Field     string `json:"field" enum:"share_of_input,complete_list,essential,used_in,cost_share,revenue_share"`
	Allowed   string `json:"allowed" doc:"What may be answered"`
	Present   string `json:"present" doc:"What is known now"`
	Period    string `json:"period" doc:"The period that is asked about; empty where it is the date of the answer"`
	Answer    string `json:"answer" doc:"To be filled"`
	Source    string `json:"source" doc:"To be filled: the document that says so; the answer of who is asked where it is left empty"`
	Date      string `json:"date" doc:"To be filled: the day, month, quarter or year of which the answer is, not ahead"`
	Relations string `json:"relations" doc:"Ids of the relations that an answer is about, separated by spaces"`
	Holds     string `json:"holds" doc:"From when until when each of these relations holds, and its stage: an answer says nothing else of them"`
	Check     string `json:"check" doc:"Tells an import whether a cell was changed that is not to be"`
}

// Rows are the items of the list, a slice.
func (a *QuestionnaireAnswer) Rows() any { return a.Items }

// Questionnaire is the gaps of a company as a questionnaire. Errors wrap graph.ErrInvalid, ErrNotFound and ErrAmbiguous.
func Questionnaire(ctx context.Context, v *graph.View, req GapsRequest) (*QuestionnaireAnswer, error) {
	if req.Group == GroupControl {
		return nil, fmt.Errorf("%w: group %s: a questionnaire asks about relations as they are stated; leave the groups out", graph.ErrInvalid, req.Group)
	}
	a, err := Gaps(ctx, v, req)
	if err != nil {
		return nil, err
	}
	return a.Questionnaire(), nil
}

// Questionnaire is the list as a questionnaire.
func (a *GapsAnswer) Questionnaire() *QuestionnaireAnswer {
	out := &QuestionnaireAnswer{Answer: a.Answer, Company: a.Company, Items: []QuestionRow{}, Paging: a.Paging}
	for i := range a.Items {
		out.Items = append(out.Items, a.Items[i].asked())
	}
	return out
}

func (r *GapRow) asked() QuestionRow {
	names := make([]string, len(r.Suppliers))
	for i, s := range r.Suppliers {
		names[i] = s.Name
	}
	out := QuestionRow{Asked: r.Asked.Name, Question: r.Question, Supplier: strings.Join(names, "; "), Buyer: r.Buyer.Name, Field: r.Field, Allowed: r.Allowed,
		Present: r.Present, Period: r.Period, Relations: strings.Join(r.Relations, " "), Holds: r.holds}
	if r.Product != nil {
		out.Product = r.Product.Name
	}
	out.Check = graph.QuestionCheck([]string{out.Asked, out.Question, out.Supplier, out.Buyer, out.Product, out.Field, out.Allowed, out.Present, out.Period, out.Relations, out.Holds})
	return out
}
