package queries

import (
	"context"

	"github.com/tributarygraph/tributary/graph"
)

// What a member of a portfolio is to a supplier.
const (
	PathReached    = "reached"
	PathNotReached = "not_reached"
	PathItself     = "itself"
)

// PathsOfMember are the ways from a supplier to one member.
type PathsOfMember struct {
	Length            *int      `json:"length" doc:"Hops of the shortest path; null where there is none"`
	Paths             []PathRow `json:"paths" doc:"The shortest first"`
	More              bool      `json:"more,omitempty" doc:"There are more of them than were asked for"`
	RelationSequences float64   `json:"relation_sequences" doc:"Ways through these paths that differ in a company or in a relation"`
	Entities          Entities  `json:"entities" doc:"The companies and products that the paths name"`

	about rowSubject
}

// PortfolioPaths finds the shortest ways from a supplier to each member of a portfolio, and on how much of the spend it
// is: members that it reaches, does not reach, or is itself, an item each.
func PortfolioPaths(ctx context.Context, v *graph.View, req MembersRequest, of PathsRequest) (*MembersAnswer[PathsOfMember], error) {
	of.To, of.Scope = "", req.Scope
	of, err := of.Resolve()
	if err != nil {
		return nil, err
	}
	if _, err := v.Lookup(graph.KindCompany, of.From); err != nil {
		return nil, err
	}
	asked := of
	asked.Scope, asked.Details = Scope{}, nil
	return eachMember(ctx, v, req, memberQuestion[PathsOfMember]{asked: asked,
		ask: func(ctx context.Context, v *graph.View, company string, s Scope) (*Answer, []PathsOfMember, error) {
			from, err := v.Lookup(graph.KindCompany, of.From)
			if err != nil {
				return nil, nil, err
			}
			row := PathsOfMember{Paths: []PathRow{}, Entities: Entities{Companies: map[string]Entity{}, Products: map[string]Entity{}},
				about: rowSubject{kind: PathItself, id: v.ID(graph.KindCompany, from), name: v.Name(graph.KindCompany, from), measure: present}}
			if to, err := v.Lookup(graph.KindCompany, company); err != nil || to == from {
				head := newAnswer(v, s, openLists)
				return &head, []PathsOfMember{row}, err
			}
			of := of
			of.To, of.Scope = company, s
			a, err := Paths(ctx, v, of)
			if err != nil {
				return nil, nil, err
			}
			row.take(a)
			return &a.Answer, []PathsOfMember{row}, nil
		},
		about: func(r *PathsOfMember) rowSubject { return r.about }})
}

// take takes the answer about the member.
func (r *PathsOfMember) take(a *PathsAnswer) {
	r.Paths, r.RelationSequences, r.Entities = a.Paths, a.RelationSequences, a.Entities
	r.More = a.StoppedBecause == StoppedByLimit
	if len(a.Paths) > 0 {
		r.Length, r.about.kind = &a.Paths[0].Length, PathReached
		return
	}
	r.about.kind = PathNotReached
	if a.StoppedBecause == StoppedByDeadline {
		r.about.measure.low = 0 // it may be reached
	}
}
