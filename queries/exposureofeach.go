package queries

import (
	"context"
	"errors"
	"fmt"

	"github.com/tributarygraph/tributary/graph"
)

// ExposureOfMember is what hangs on something of one member, or what someone loses by it.
type ExposureOfMember struct {
	ExposureRow
	Entities *Entities `json:"entities,omitempty" doc:"The companies and products that the paths name; absent where there are none"`
}

// errNotItsLine is that a company does not make what is asked about.
var errNotItsLine = fmt.Errorf("%w", graph.ErrNotFound)

// PortfolioEachExposure asks of each member what a company is asked: the questions that [PortfolioExposure], which solves one
// network for all members, does not answer. Weighed is the loss if stopped; on the revenue side, the revenue lost, with a
// cut what each loses when that member alone cuts its orders. Members that do not make the line that is asked about have
// no rows.
func PortfolioEachExposure(ctx context.Context, v *graph.View, req MembersRequest, of ExposureRequest) (*MembersAnswer[ExposureOfMember], error) {
	of.Company, of.Scope, of.Page = "", Scope{}, Page{}
	if of.Paths == 0 && !of.Evidence {
		of.Paths = -1 // a path of each row of each member is much to find that nobody asked for
	}
	if _, err := of.Resolve(); err != nil {
		return nil, err
	}
	if of.Line != "" {
		if _, err := v.Lookup(graph.KindProduct, of.Line); err != nil {
			return nil, err
		}
	}
	asked := of
	asked.Details = nil
	return eachMember(ctx, v, req, memberQuestion[ExposureOfMember]{asked: asked,
		ask: func(ctx context.Context, v *graph.View, company string, s Scope) (*Answer, []ExposureOfMember, error) {
			of := of
			of.Company, of.Scope = company, s
			a, err := Exposure(ctx, v, of)
			if errors.Is(err, errNotItsLine) {
				head := newAnswer(v, s)
				return &head, nil, nil
			}
			if err != nil {
				return nil, nil, err
			}
			return &a.Answer, a.ofMember(), nil
		},
		about: func(r *ExposureOfMember) rowSubject {
			subject := rowSubject{kind: r.Kind, id: r.ID, name: r.Name}
			if loss := r.LossIfStopped; loss != nil {
				subject.measure = lost{loss.Low, loss.High}
			} else if loss := r.RevenueLoss; loss != nil {
				subject.measure = lost{loss.Low, loss.High}
			}
			return subject
		}})
}

// ofMember are the rows of the answer, each with what its paths name.
func (a *ExposureAnswer) ofMember() []ExposureOfMember {
	out := make([]ExposureOfMember, len(a.Items))
	for i, r := range a.Items {
		out[i].ExposureRow = r
		if len(r.Paths) > 0 {
			out[i].Entities = a.Entities.of(r.Paths)
		}
	}
	return out
}

// of are those that paths name.
func (e *Entities) of(paths []PathRow) *Entities {
	out := &Entities{Companies: map[string]Entity{}, Products: map[string]Entity{}}
	for i := range paths {
		for _, id := range paths[i].Companies {
			out.Companies[id] = e.Companies[id]
		}
		for _, hop := range paths[i].Hops {
			for _, r := range hop.Relations {
				if r.Product != "" {
					out.Products[r.Product] = e.Products[r.Product]
				}
			}
		}
	}
	return out
}
