package queries

import (
	"context"

	"github.com/tributarygraph/tributary/graph"
)

// ChangeOfMember is an exposure that moved for one member, or a relation upstream of it that changed.
type ChangeOfMember struct {
	LossMoves *Interval `json:"loss_moves" doc:"How far the loss of the member moved, the farther of its bounds; of a relation the loss that it alone moved farthest, anything where it was not solved alone"`
	Change    string    `json:"change" enum:"moved,came,went,changed,claims" doc:"What became of the exposure or relation"`
	ChangesRow
	subject rowSubject
}

// PortfolioChanges tells what changed for the members of a portfolio: of every company upstream how far the loss moved
// if it stops, weighed by spend, and which relations did it. Members are who is known at the second moment. from and to
// are those of [Changes].
func PortfolioChanges(ctx context.Context, from, to *graph.View, req MembersRequest, of ChangesRequest) (*MembersAnswer[ChangeOfMember], error) {
	of.Company, of.Scope, of.Limit = "", req.Scope, 0
	of, err := of.Resolve()
	if err != nil {
		return nil, err
	}
	asked := of
	asked.From, asked.To, asked.Details = Moment{}, Moment{}, nil // as text: they hold addresses
	req.Scope = of.scopeAt(of.To)
	return eachMember(ctx, to, req, memberQuestion[ChangeOfMember]{asked: []any{of.From.String(), of.To.String(), asked},
		ask: func(ctx context.Context, _ *graph.View, company string, _ Scope) (*Answer, []ChangeOfMember, error) {
			of := of
			of.Company = company
			if of.Solve == 0 {
				of.Solve = -1 // what it was before it was resolved
			}
			a, err := Changes(ctx, from, to, of)
			if err != nil {
				return nil, nil, err
			}
			return &a.Answer, a.ofMember(), nil
		},
		about: func(r *ChangeOfMember) rowSubject { return r.subject }})
}

// ofMember are the rows of the answer with what is weighed of them.
func (a *ChangesAnswer) ofMember() []ChangeOfMember {
	list := a.Rows().([]ChangesRow)
	out := make([]ChangeOfMember, len(list))
	for i, r := range list {
		c := &out[i]
		c.ChangesRow, c.Change = r, r.Change
		if i < len(a.Exposures) {
			moves := movesBy(r.LossBefore, r.LossAfter)
			c.subject = rowSubject{kind: r.Change, id: r.ID, name: r.Name, measure: lost{moves, moves}}
		} else {
			change := &a.Changes[i-len(a.Exposures)]
			c.subject = rowSubject{kind: "relation", id: r.Relation, name: change.about(), measure: change.moved()}
		}
		c.LossMoves = bounds(c.subject.measure)
	}
	return out
}

// about names the relation.
func (c *NetworkChange) about() string {
	text := c.From.Name + " → " + c.To.Name
	if c.Product != nil {
		text += ": " + c.Product.Name
	}
	return text
}

// moved is how far the change alone moved the loss that it moved farthest.
func (c *NetworkChange) moved() lost {
	switch {
	case len(c.Effects) > 0:
		moves := movesBy(c.Effects[0].LossBefore, c.Effects[0].LossAfter)
		return lost{moves, moves}
	case c.effective && !c.Solved:
		return lost{0, 1}
	}
	return lost{}
}

// movesBy is how far a loss moved; 0 is lost where a company is not upstream.
func movesBy(before, after *Interval) float64 {
	of := func(i *Interval) lost {
		if i == nil {
			return lost{}
		}
		return lost{i.Low, i.High}
	}
	return of(before).moved(of(after))
}
