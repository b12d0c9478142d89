package queries

import (
	"context"
	"strings"

	"github.com/tributarygraph/tributary/graph"
)

// The questions of one company that are asked of each member of a portfolio. The first request says of whom, what counts
// and which part of the list is wanted; the second the rest of the question, its company, scope and page left empty.

// PortfolioTiers lists the suppliers, or customers, of the members of a portfolio, and on how much of the spend each is.
func PortfolioTiers(ctx context.Context, v *graph.View, req MembersRequest, of TiersRequest) (*MembersAnswer[TierRow], error) {
	of.Company, of.Scope, of.Page = "", Scope{}, Page{}
	return eachMember(ctx, v, req, memberQuestion[TierRow]{asked: of,
		ask: func(ctx context.Context, v *graph.View, company string, s Scope) (*Answer, []TierRow, error) {
			of := of
			of.Company, of.Scope = company, s
			a, err := Suppliers(ctx, v, of)
			if err != nil {
				return nil, nil, err
			}
			return &a.Answer, a.Items, nil
		},
		about: func(r *TierRow) rowSubject { return rowSubject{id: r.ID, name: r.Name, measure: present} }})
}

// PortfolioChokepoints lists the chokepoints of the members of a portfolio, each list by itself. Stops are weighed by
// what the members lose, the others by whether they are chokepoints.
func PortfolioChokepoints(ctx context.Context, v *graph.View, req MembersRequest, of ChokepointsRequest) (*MembersAnswer[ChokepointRow], error) {
	of.Company, of.Scope, of.Page = "", Scope{}, Page{}
	return eachMember(ctx, v, req, memberQuestion[ChokepointRow]{asked: of,
		ask: func(ctx context.Context, v *graph.View, company string, s Scope) (*Answer, []ChokepointRow, error) {
			of := of
			of.Company, of.Scope = company, s
			a, err := Chokepoints(ctx, v, of)
			if err != nil {
				return nil, nil, err
			}
			return &a.Answer, a.Rows().([]ChokepointRow), nil
		},
		about: func(r *ChokepointRow) rowSubject {
			subject := rowSubject{kind: r.List, id: r.ID, name: r.Name, measure: present}
			if r.CompanyLoss != nil {
				subject.measure = lost{r.CompanyLoss.Low, r.CompanyLoss.High}
			}
			return subject
		}})
}

// PortfolioAlternatives lists who could stand in for the suppliers of the members of a portfolio, input by input.
func PortfolioAlternatives(ctx context.Context, v *graph.View, req MembersRequest, of AlternativesRequest) (*MembersAnswer[AlternativeRow], error) {
	of.Company, of.Scope, of.Page = "", Scope{}, Page{}
	return eachMember(ctx, v, req, memberQuestion[AlternativeRow]{asked: of,
		ask: func(ctx context.Context, v *graph.View, company string, s Scope) (*Answer, []AlternativeRow, error) {
			of := of
			of.Company, of.Scope = company, s
			a, err := Alternatives(ctx, v, of)
			if err != nil {
				return nil, nil, err
			}
			return &a.Answer, a.Items, nil
		},
		about: func(r *AlternativeRow) rowSubject {
			return rowSubject{kind: r.Input.ID, id: r.ID, name: r.Name, measure: present}
		}})
}

// PortfolioGaps lists the facts worth finding out about the supply of the members of a portfolio, weighed by what each
// is worth to them.
func PortfolioGaps(ctx context.Context, v *graph.View, req MembersRequest, of GapsRequest) (*MembersAnswer[GapRow], error) {
	of.Company, of.Scope, of.Page, of.Progress = "", Scope{}, Page{}, nil
	return eachMember(ctx, v, req, memberQuestion[GapRow]{asked: of,
		ask: func(ctx context.Context, v *graph.View, company string, s Scope) (*Answer, []GapRow, error) {
			of := of
			of.Company, of.Scope = company, s
			a, err := Gaps(ctx, v, of)
			if err != nil {
				return nil, nil, err
			}
			return &a.Answer, a.Items, nil
		},
		about: func(r *GapRow) rowSubject {
			return rowSubject{kind: r.Field, id: strings.Join(r.Relations, " "), name: r.Asked.Name + ": " + r.Question, measure: lost{r.Value, r.Value}}
		}})
}

// RemedyOfMember is a second source of one member.
type RemedyOfMember struct {
	WorstFalls float64 `json:"worst_falls" doc:"By how much the worst loss falls, at most"`
	MeanFalls  float64 `json:"mean_falls" doc:"By how much the mean loss falls, at most"`
	RemedyRow
}

// PortfolioRemedies ranks second sources of the members of a portfolio, weighed by how far the mean loss of each falls at
// most: the worst seldom falls by one second source.
func PortfolioRemedies(ctx context.Context, v *graph.View, req MembersRequest, of RemediesRequest) (*MembersAnswer[RemedyOfMember], error) {
	of.Company, of.Scope, of.Page, of.Progress = "", Scope{}, Page{}, nil
	asked := of
	asked.IfStops = nil
	target := Target{}
	if of.IfStops != nil {
		target = *of.IfStops
	}
	return eachMember(ctx, v, req, memberQuestion[RemedyOfMember]{asked: struct {
		RemediesRequest
		IfStops Target
	}{asked, target},
		ask: func(ctx context.Context, v *graph.View, company string, s Scope) (*Answer, []RemedyOfMember, error) {
			of := of
			of.Company, of.Scope = company, s
			a, err := Remedies(ctx, v, of)
			if err != nil {
				return nil, nil, err
			}
			rows := make([]RemedyOfMember, len(a.Items))
			for i, r := range a.Items {
				rows[i].RemedyRow = r
				if a.Worst != nil && r.Worst != nil {
					rows[i].WorstFalls = rounded(max(0, a.Worst.Loss.High-r.Worst.High))
				}
				if a.Mean != nil && r.Mean != nil {
					rows[i].MeanFalls = rounded(max(0, a.Mean.High-r.Mean.High))
				}
			}
			return &a.Answer, rows, nil
		},
		about: func(r *RemedyOfMember) rowSubject {
			source := "another supplier"
			id := ""
			if len(r.Names) > 0 {
				source, id = r.Names[0].Name, r.Names[0].ID
			}
			return rowSubject{kind: r.Kind, id: r.Input.ID + " " + id, name: source + " for " + r.Input.Name, measure: lost{r.MeanFalls, r.MeanFalls}}
		}})
}
