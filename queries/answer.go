package queries

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/tributarygraph/tributary/graph"
)

// Scope says what counts. It is part of every request; the zero value is what is known to flow today.
type Scope struct {
	// AsOf is the day on which relations hold, as [graph.ParseDate] reads it, or "any" to ignore dates; today
	// in UTC when empty.
	AsOf string
	// Stages are the stages that count; unknown, qualified and volume when empty.
	Stages []string
	// MinConfidence is the least confidence of a relation, 0..1.
	MinConfidence float64
	// Group says what counts as one company: GroupNone, each by itself, when empty, or GroupControl, all that one
	// company controls. ControlThreshold is the share of a company that whoever controls it has more than;
	// DefaultControlThreshold when 0.
	Group            string
	ControlThreshold float64
}

// Resolve spells the scope out, so that two requests that mean the same are equal: the date as YYYY-MM-DD or
// "any", the stages in the order of [graph.Stages]. The error wraps [graph.ErrInvalid].
func (s Scope) Resolve() (Scope, error) {
	switch text := strings.ToLower(strings.TrimSpace(s.AsOf)); text {
	case "", "today":
		s.AsOf = graph.Today().String()
	case "any":
		s.AsOf = text
	default:
		d, err := graph.ParseDate(text)
		if err != nil {
			return s, fmt.Errorf("%w: as_of %q; allowed: a date such as 2024-05-11, 2024-05, 2024Q2 or 2024, today, or any", graph.ErrInvalid, s.AsOf)
		}
		s.AsOf = d.String()
	}
	var err error
	if s.Stages, err = resolveStages(s.Stages); err != nil {
		return s, err
	}
	if !(s.MinConfidence >= 0 && s.MinConfidence <= 1) {
		return s, fmt.Errorf("%w: min_confidence %v; allowed: 0 to 1", graph.ErrInvalid, s.MinConfidence)
	}
	return s.resolveGroup()
}

func resolveStages(stages []string) ([]string, error) {
	if len(stages) == 0 {
		return []string{"unknown", "qualified", "volume"}, nil
	}
	for _, stage := range stages {
		if !slices.Contains(graph.Stages, stage) {
			return nil, fmt.Errorf("%w: stage %q; allowed: %s", graph.ErrInvalid, stage, strings.Join(graph.Stages, ", "))
		}
	}
	var out []string
	for _, stage := range graph.Stages {
		if slices.Contains(stages, stage) {
			out = append(out, stage)
		}
	}
	return out, nil
}

// filter is the scope as a View takes it. The scope must be resolved.
func (s Scope) filter() graph.Filter {
	day := graph.AnyDate
	if s.AsOf != "any" {
		day, _ = graph.ParseDate(s.AsOf) // Resolve wrote it
	}
	return graph.Filter{AsOf: day, Stages: graph.StagesOf(s.Stages...), MinConfidence: s.MinConfidence}
}

// assumptions tells in words what the scope lets count.
func (s Scope) assumptions() []string {
	out := []string{"claims count whose stage is " + strings.Join(s.Stages, ", ")}
	if s.AsOf == "any" {
		out = append(out, "dates are ignored: a claim counts whenever it held")
	} else {
		out = append(out, "claims count that hold on "+s.AsOf+"; one without dates always holds")
	}
	if s.MinConfidence > 0 {
		out = append(out, fmt.Sprintf("relations count whose confidence is at least %v", s.MinConfidence))
	}
	return append(out, s.groupAssumptions()...)
}

// Answer is what every answer carries beside its content.
type Answer struct {
	AsOf        string   `json:"as_of" doc:"Day on which the relations hold; any when dates are ignored"`
	Revision    uint64   `json:"revision" doc:"Revision of the store that is answered from"`
	Assumptions []string `json:"assumptions" doc:"What the answer takes for granted"`
	Coverage    Coverage `json:"coverage" doc:"How much of the answer rests on stated facts"`
	Warnings    []string `json:"warnings" doc:"What the reader should know before relying on the answer"`
	Complete    bool     `json:"complete" doc:"Whether the answer holds all there is to the question"`
	// StoppedBecause is why the answer is not complete.
	StoppedBecause string `json:"stopped_because,omitempty" enum:"depth,limit,deadline" doc:"Why the answer is not complete"`
	// Group is what was folded; nil where every company counts by itself.
	Group *Grouping `json:"group,omitempty" doc:"What counts as one company; absent where each does by itself"`
}

// The reasons why an answer is not complete.
const (
	StoppedByDepth    = "depth"    // there is more beyond the depth asked for
	StoppedByLimit    = "limit"    // there is more; ask with the cursor
	StoppedByDeadline = "deadline" // the time was over
)

// Coverage counts the relations that an answer rests on, and what is stated of them.
type Coverage struct {
	Relations int `json:"relations" doc:"Relations that the answer rests on"`
	Sourced   int `json:"sourced" doc:"Of these, those with a claim that cites a source"`
	Dated     int `json:"dated" doc:"Of these, those of which it is known when they last held"`
	Shares    int `json:"shares" doc:"Of these, those with a stated share"`
}

func newAnswer(v *graph.View, s Scope, assumptions ...string) Answer {
	return Answer{AsOf: s.AsOf, Revision: uint64(v.Head().Revision), Assumptions: append(s.assumptions(), assumptions...),
		Warnings: []string{}, Complete: true, Group: groupsOf(v).summary()}
}

// stop marks the answer as incomplete; the first reason stands.
func (a *Answer) stop(reason string) {
	if a.Complete {
		a.Complete, a.StoppedBecause = false, reason
	}
}

// warn adds a warning once.
func (a *Answer) warn(text string) {
	if !slices.Contains(a.Warnings, text) {
		a.Warnings = append(a.Warnings, text)
	}
}

// count takes a relation into the coverage.
func (a *Answer) count(v *graph.View, r *graph.Relation, f graph.Filter) {
	a.Coverage.Relations++
	count(&a.Coverage.Sourced, r.Cited)
	count(&a.Coverage.Dated, r.Confirmed != graph.NoDate)
	count(&a.Coverage.Shares, slices.ContainsFunc(shareFields[v.KindOf(r.Rel)], func(field graph.FieldID) bool {
		_, ok := v.FoldNumber(r.Rel, f, field)
		return ok
	}))
}

// shareFields are the fields that state a share, by kind of relation.
var shareFields = [graph.NumKinds][]graph.FieldID{
	graph.KindSupplies: {graph.FieldShareOfInput, graph.FieldRevenueShare, graph.FieldCostShare},
	graph.KindOwns:     {graph.FieldShare},
	graph.KindMakes:    {graph.FieldMarketShare},
}

// Ref names a company or product.
type Ref struct {
	ID     string `json:"id"`
	Name   string `json:"name"`
	NameZH string `json:"name_zh,omitempty" doc:"Name in Chinese, where one is stated beside the name"`
}

func refOf(v *graph.View, k graph.Kind, n graph.Node) Ref {
	who := v.Brief(k, n)
	return Ref{ID: v.ID(k, n), Name: who.Name, NameZH: who.HanName}
}

// names gives the names of nodes, and remembers them: the rows of a list name the same ones again and again.
type names struct {
	v    *graph.View
	refs map[nodeOf]Ref
}

type nodeOf struct {
	kind graph.Kind
	node graph.Node
}

func newNames(v *graph.View) *names { return &names{v: v, refs: map[nodeOf]Ref{}} }

func (x *names) ref(k graph.Kind, n graph.Node) Ref {
	at := nodeOf{k, n}
	if r, ok := x.refs[at]; ok {
		return r
	}
	r := refOf(x.v, k, n)
	x.refs[at] = r
	return r
}

// deadline tells the two ends of a context apart: stopped when its deadline passed, an error when it was
// cancelled.
func deadline(ctx context.Context) (stopped bool, err error) {
	switch err := ctx.Err(); {
	case err == nil:
		return false, nil
	case errors.Is(err, context.DeadlineExceeded):
		return true, nil
	default:
		return false, err
	}
}

// dateText is a date as answers print it; empty when there is none.
func dateText(d graph.Date) string {
	if d == graph.AnyDate {
		return ""
	}
	return d.String()
}

// oneOf checks a word against those allowed; empty stands for the first.
func oneOf(name, value string, allowed ...string) (string, error) {
	if value == "" {
		return allowed[0], nil
	}
	if slices.Contains(allowed, value) {
		return value, nil
	}
	return "", fmt.Errorf("%w: %s %q; allowed: %s", graph.ErrInvalid, name, value, strings.Join(allowed, ", "))
}

func compareRefs(a, b Ref) int { return strings.Compare(a.ID, b.ID) }
