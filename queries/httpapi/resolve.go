package httpapi

import (
	"context"
	"fmt"
	"net/http"
	"sync"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/tributarygraph/tributary/graph"
	"github.com/tributarygraph/tributary/importer"
	"github.com/tributarygraph/tributary/importer/resolve"
	"github.com/tributarygraph/tributary/queries"
)

func (s *Server) resolveRoutes() {
	askBody(s, one, huma.Operation{OperationID: "resolve", Path: "/v1/resolve", Summary: "Match a list of names against the companies", Tags: []string{"companies"},
		Description: "Says of each of up to 1,000 names which company it means: a match, a question for a person (review), or new, with the candidates, their scores and the reasons. Changes nothing. " +
			"The first call after a change may answer for the revision before it, which it names, while the index of names is made anew."}, s.resolve)
}

type resolveInput struct {
	Automatic  float64 `query:"automatic" minimum:"0" maximum:"1" doc:"Least score that is a match without a person looking; the default when absent"`
	Review     float64 `query:"review" minimum:"0" maximum:"1" doc:"Least score at which a person should look; the default when absent"`
	Candidates int     `query:"candidates" minimum:"1" maximum:"100" doc:"Most candidates of each name; 5 when absent"`
	Body       struct {
		Companies []namedCompany `json:"companies" minItems:"1" maxItems:"1000" doc:"What is to be matched, each by names, identifiers or both"`
	}
}

// namedCompany is a company as a client knows it.
type namedCompany struct {
	Ref         string   `json:"ref,omitempty" doc:"What the client calls it; given back"`
	Name        string   `json:"name,omitempty" maxLength:"500"`
	Aliases     []string `json:"aliases,omitempty" maxItems:"50" doc:"Other names, in any language"`
	Country     string   `json:"country,omitempty" doc:"Where it sits: a code of ISO 3166, or a name"`
	Identifiers []string `json:"identifiers,omitempty" maxItems:"50" doc:"With their scheme (lei:..., isin:..., ticker:XNAS:NVDA, cn-uscc:..., jp-jcn:..., fr-siren:...), or without where the form tells"`
}

// ResolveAnswer is what a list of names means.
type ResolveAnswer struct {
	queries.Answer
	Thresholds resolve.Config             `json:"thresholds"`
	Rows       int                        `json:"rows" doc:"Names that were asked for"`
	Matched    int                        `json:"matched" doc:"Of these, those that are one company"`
	Review     int                        `json:"review" doc:"Of these, those that a person should look at"`
	New        int                        `json:"new" doc:"Of these, those that no company is"`
	Items      []importer.ResolvedCompany `json:"items" doc:"One for each name, in order"`
}

// NewResolveAnswer makes an answer without items.
func NewResolveAnswer(v *graph.View, c resolve.Config) *ResolveAnswer {
	return &ResolveAnswer{Thresholds: c, Items: []importer.ResolvedCompany{}, Answer: queries.Answer{AsOf: "any", Revision: uint64(v.Head().Revision),
		Assumptions: []string{fmt.Sprintf("a name is a company without anybody looking where that alone scores %g or more; from %g on a person should look", c.Automatic, c.Review)},
		Warnings:    []string{}, Complete: true}}
}

// Add takes further items.
func (a *ResolveAnswer) Add(items []importer.ResolvedCompany) {
	a.Count(items)
	a.Items = append(a.Items, items...)
}

// Count takes further items without keeping them.
func (a *ResolveAnswer) Count(items []importer.ResolvedCompany) {
	for i := range items {
		a.Rows++
		switch resolve.Decision(items[i].Decision) {
		case resolve.Matched:
			a.Matched++
		case resolve.Review:
			a.Review++
		default:
			a.New++
		}
	}
}

func (s *Server) resolve(ctx context.Context, in *resolveInput) (*reply[ResolveAnswer], error) {
	c := resolve.DefaultConfig()
	set(&in.Automatic, c.Automatic)
	set(&in.Review, min(c.Review, in.Automatic))
	set(&in.Candidates, c.Candidates)
	c.Automatic, c.Review, c.Candidates = in.Automatic, in.Review, in.Candidates
	if err := c.Check(); err != nil {
		return nil, s.fail(ctx, err)
	}
	v, err := s.view()
	if err != nil {
		return nil, s.fail(ctx, err)
	}
	named, err := s.names.of(ctx, s, v)
	if err != nil {
		return nil, s.fail(ctx, err)
	}
	list := make([]importer.ListedCompany, len(in.Body.Companies))
	for i := range list {
		list[i] = in.Body.Companies[i].listed(int64(i + 1))
	}
	answer := NewResolveAnswer(named.view, c)
	err = importer.ResolveList(ctx, named.index.With(c), named.view, list, func(rows []importer.ResolvedCompany) error {
		answer.Add(rows)
		return nil
	})
	if err != nil {
		return nil, s.fail(ctx, err)
	}
	return &reply[ResolveAnswer]{ContentType: typeJSON, CacheControl: "no-store", Vary: "Accept", Complete: "true", Revision: fmt.Sprint(answer.Revision), Body: answer}, nil
}

// listed is the company as rows of lists are.
func (c *namedCompany) listed(row int64) importer.ListedCompany {
	return importer.NewListedCompany(row, c.Ref, append([]string{c.Name}, c.Aliases...), []string{c.Country}, c.Identifiers)
}

// indexedNames are the names of a View.
type indexedNames struct {
	view  *graph.View
	index *resolve.Index
}

// nameIndexes keeps the index of the newest View that was asked for, and makes the next one beside it.
type nameIndexes struct {
	mu     sync.Mutex
	newest *indexedNames
	making *makingNames
}

// makingNames is an index in the making.
type makingNames struct {
	view *graph.View
	done chan struct{}
	err  error
}

// of gives the index of the View, or, where making it takes longer than a client should wait, the one before it.
func (x *nameIndexes) of(ctx context.Context, s *Server, v *graph.View) (*indexedNames, error) {
	x.mu.Lock()
	if x.newest != nil && x.newest.view == v {
		defer x.mu.Unlock()
		return x.newest, nil
	}
	if x.making == nil {
		x.making = x.start(s, v)
	}
	making := x.making
	x.mu.Unlock()
	select {
	case <-making.done:
	case <-time.After(s.config.QueryTimeout / 2):
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.newest != nil {
		return x.newest, nil
	}
	if making.err != nil {
		return nil, making.err
	}
	p := newProblem(http.StatusServiceUnavailable, codeLoading, "the index of names is being made; try again in a moment")
	p.retryAfter = 5
	return nil, p
}

// start makes the index of a View; x is locked.
func (x *nameIndexes) start(s *Server, v *graph.View) *makingNames {
	m := &makingNames{view: v, done: make(chan struct{})}
	s.jobs.group.Go(func() {
		defer close(m.done)
		index, err := resolve.IndexView(s.jobs.context, v, resolve.DefaultConfig())
		x.mu.Lock()
		defer x.mu.Unlock()
		x.making, m.err = nil, err
		if err == nil {
			x.newest = &indexedNames{v, index}
		}
	})
	return m
}
