package importer

import (
	"context"
	"math"
	"runtime"

	"golang.org/x/sync/errgroup"

	"github.com/tributarygraph/tributary/graph"
	"github.com/tributarygraph/tributary/importer/resolve"
)

// ResolvedCompany is what a row of a list means in the graph.
type ResolvedCompany struct {
	Row      int64  `json:"row" doc:"In the list, from 1"`
	Ref      string `json:"ref,omitempty" doc:"What the list calls the row"`
	Name     string `json:"name" doc:"The first name of the row; its first identifier where it has no name"`
	Decision string `json:"decision" enum:"match,review,new" doc:"match: one company, without asking; review: a person should choose among the candidates; new: none of the graph"`
	// ID, Company and Score are those of the best candidate.
	ID         string              `json:"id,omitempty" doc:"Of the best candidate"`
	Company    string              `json:"company,omitempty" doc:"Name of the best candidate"`
	Score      float64             `json:"score,omitempty" doc:"Of the best candidate, 0 to 1"`
	Candidates []ResolvedCandidate `json:"candidates" doc:"The best first"`
	Passed     []string            `json:"passed,omitempty" doc:"Values of the row that cannot be read and did not count, with the reason"`
}

// ResolvedCandidate is a company that a row may mean.
type ResolvedCandidate struct {
	ID       string           `json:"id"`
	Name     string           `json:"name"`
	Country  string           `json:"country,omitempty"`
	Score    float64          `json:"score" doc:"0 to 1"`
	Decision string           `json:"decision" enum:"match,review" doc:"What the score says by itself"`
	Reasons  []resolve.Reason `json:"reasons" doc:"What speaks for and against it, the weightiest first"`
}

// resolvedAtOnce is how many rows are matched before they are handed on.
const resolvedAtOnce = 2_000

// ResolveList matches the rows of a list against the companies of a graph, on all processors, and hands them on in
// order, in parts. The result does not depend on how many processors there are.
func ResolveList(ctx context.Context, x *resolve.Index, v *graph.View, list []ListedCompany, each func([]ResolvedCompany) error) error {
	for len(list) > 0 {
		part := list[:min(len(list), resolvedAtOnce)]
		list = list[len(part):]
		out := make([]ResolvedCompany, len(part))
		workers := runtime.GOMAXPROCS(0)
		group, ctx := errgroup.WithContext(ctx)
		for w := range workers {
			group.Go(func() error {
				for i := w; i < len(part); i += workers {
					if err := ctx.Err(); err != nil {
						return context.Cause(ctx)
					}
					out[i] = resolveRow(x, v, &part[i])
				}
				return nil
			})
		}
		if err := group.Wait(); err != nil {
			return err
		}
		if err := each(out); err != nil {
			return err
		}
	}
	return nil
}

func resolveRow(x *resolve.Index, v *graph.View, c *ListedCompany) ResolvedCompany {
	q := c.Entity
	q.ID = "" // what the list calls it is no id of the graph
	found := x.Match(&q)
	out := ResolvedCompany{Row: c.Row, Ref: c.Entity.ID, Decision: string(found.Decision), Candidates: []ResolvedCandidate{}, Passed: c.Passed}
	switch {
	case len(q.Names) > 0:
		out.Name = q.Names[0]
	case len(q.Identifiers) > 0:
		out.Name = q.Identifiers[0].String()
	}
	for _, k := range found.Candidates {
		candidate := ResolvedCandidate{ID: k.ID, Name: k.ID, Score: rounded(k.Value), Decision: string(k.Decision), Reasons: k.Reasons}
		if n, ok := v.Find(graph.KindCompany, k.ID); ok {
			candidate.Name, candidate.Country = v.Name(graph.KindCompany, n), v.NodeText(graph.KindCompany, n, graph.FieldCountry)
		}
		out.Candidates = append(out.Candidates, candidate)
	}
	if len(out.Candidates) > 0 {
		best := &out.Candidates[0]
		out.ID, out.Company, out.Score = best.ID, best.Name, best.Score
	}
	return out
}

// rounded is a score with four digits.
func rounded(score float64) float64 { return math.Round(score*10_000) / 10_000 }
