package httpapi

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"reflect"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/tributarygraph/tributary/graph"
	"github.com/tributarygraph/tributary/importer/review"
	"github.com/tributarygraph/tributary/queries"
)

// systemicRoutes are the scores of systemic risk, which may take longer than a client waits.
func (s *Server) systemicRoutes() {
	op := huma.Operation{OperationID: "get-systemic-risk", Path: "/v1/systemic-risk", Summary: "Score what is lost when a company stops", Tags: []string{"network"},
		Description: "The Economic Systemic Risk Index: what part of all documented sales is lost when a company stops, with a certified error. Scores are kept for the revision; while they are not yet known the answer is 202 with the address of the job.",
		Responses:   map[string]*huma.Response{}}
	schema := s.api.OpenAPI().Components.Schemas.Schema(reflect.TypeFor[jobStatus](), true, "JobStatus")
	op.Responses["202"] = &huma.Response{Description: "The scores are being computed; poll the Location, then ask again", Content: map[string]*huma.MediaType{typeJSON: {Schema: schema}}}
	op.Responses["429"] = &huma.Response{Description: http.StatusText(http.StatusTooManyRequests), Content: map[string]*huma.MediaType{"application/problem+json": {Schema: s.api.OpenAPI().Components.Schemas.Schema(reflect.TypeFor[Problem](), true, "Problem")}}}
	ask(s, list, op, s.getSystemic)
	huma.Register(s.api, s.operation(huma.Operation{OperationID: "get-job", Method: http.MethodGet, Path: "/v1/jobs/{id}", Summary: "Show a job", Tags: []string{"network"}}), s.getJob)
	huma.Register(s.api, s.operation(huma.Operation{OperationID: "cancel-job", Method: http.MethodDelete, Path: "/v1/jobs/{id}", Summary: "Cancel a job under way", Tags: []string{"network"},
		Description: "What it has computed, or merged, stays; the same question goes on there.", DefaultStatus: http.StatusAccepted}), s.cancelJob)
}

type systemicInput struct {
	Located
	Shared
	Scoped
	Paged
	Companies      []string `query:"companies" doc:"Only these: ids, identifiers, names or aliases, separated by commas" example:"nvidia"`
	Production     string   `query:"production" enum:"linear,essential" doc:"linear (default): each input counts by its part of the cost; essential: those stated to be essential stop the buyer"`
	Replaceability string   `query:"replaceability" enum:"on,off" doc:"on (default): customers turn to the rest of the sector; off: nobody replaces anybody"`
	Eps            float64  `query:"eps" minimum:"0" maximum:"0.999999" doc:"Stop as the authors do when no company loses more than this in a round; they use 0.01"`
	Error          float64  `query:"error" minimum:"0" maximum:"0.999999" doc:"Certified error of each score; 0.0001 unless eps is given"`
	Currency       string   `query:"currency" doc:"Currency of the values that count, ISO 4217; that of the most relations when absent" example:"USD"`
	Period         string   `query:"period" doc:"Period of the values that count; that of the most relations when absent" example:"2024"`
	MissingValue   string   `query:"missing_value" enum:"leave_out,equal" doc:"Relations without a value: leave_out (default), or equal to count them like the mean of the others"`
	Victims        int      `query:"victims" minimum:"0" maximum:"100" doc:"List so many of the companies that each one takes down; 10 of named companies"`
}

func (s *Server) getSystemic(ctx context.Context, in *systemicInput) (*reply[queries.SystemicAnswer], error) {
	req := queries.SystemicRequest{Scope: in.scope(), Page: in.page(), Companies: in.Companies, Production: in.Production, Replaceability: in.Replaceability,
		Eps: in.Eps, Error: in.Error, Currency: in.Currency, Period: in.Period, MissingValue: in.MissingValue, Victims: in.Victims}
	if err := s.score(ctx, in, req); err != nil {
		return nil, err
	}
	return answerList(ctx, s, &in.Shared, &in.Paged, in.url, req, queries.SystemicRisk,
		func(a *queries.SystemicAnswer) (*queries.Answer, *queries.Paging) { return &a.Answer, &a.Paging })
}

// score sees to it that the scores are known. The error is accepted where that takes longer than the client waits.
func (s *Server) score(ctx context.Context, in *systemicInput, req queries.SystemicRequest) error {
	v, err := s.view()
	if err != nil {
		return s.fail(ctx, err)
	}
	req.Limit, req.Cursor, req.Victims = 1, "", 0
	if req.Scope, err = req.Scope.Resolve(); err != nil {
		return s.fail(ctx, err)
	}
	j, err := s.scorings.start(s.jobs, v, req, in.url)
	if err != nil {
		return s.fail(ctx, err)
	}
	wait := min(s.config.ImportWait, s.config.QueryTimeout/2)
	if in.TimeoutMS > 0 {
		wait = min(wait, millis(in.TimeoutMS))
	}
	select {
	case <-j.done:
	case <-time.After(wait):
		if j.isRunning() {
			return &accepted{j.status()}
		}
	case <-ctx.Done():
		return s.fail(ctx, ctx.Err())
	}
	if err := j.err(); err != nil {
		return s.fail(ctx, err)
	}
	return nil
}

// scorings are the computations of scores of this server, the last one last.
type scorings struct {
	mu   sync.Mutex
	byID map[string]*scoring
	past []string
}

const (
	mostScorings = 4   // under way
	keptScorings = 100 // that can be asked for
)

// scoring is one computation of scores.
type scoring struct {
	task
	question      string // two with the same question are one
	address       url.URL
	scored, total atomic.Int64
}

// start begins a computation, or gives the one that is under way for the question.
func (x *scorings) start(js *jobs, v *graph.View, req queries.SystemicRequest, at url.URL) (*scoring, error) {
	question := fmt.Sprintf("%s %d %v", v.Head().UUID, v.Head().Revision, req)
	x.mu.Lock()
	defer x.mu.Unlock()
	running := 0
	for _, j := range x.byID {
		if j.question == question && j.err() == nil { // under way, or known
			return j, nil
		}
		if j.isRunning() {
			running++
		}
	}
	if running >= mostScorings {
		p := newProblem(http.StatusTooManyRequests, codeTooManyJobs, fmt.Sprintf("%d computations of scores are under way, and no more are taken at once; try again later", running))
		p.retryAfter = 10
		return nil, p
	}
	if err := js.context.Err(); err != nil {
		return nil, err
	}
	ctx, cancel := context.WithCancel(js.context)
	j := &scoring{task: newTask(cancel), question: question, address: at}
	x.byID[j.id] = j
	if x.past = append(x.past, j.id); len(x.past) > keptScorings {
		at := slices.IndexFunc(x.past, func(id string) bool { return !x.byID[id].isRunning() })
		delete(x.byID, x.past[at])
		x.past = slices.Delete(x.past, at, at+1)
	}
	js.group.Go(func() {
		defer cancel()
		req.Progress = func(done, total int) {
			j.scored.Store(int64(done))
			j.total.Store(int64(total))
		}
		_, err := queries.SystemicRisk(ctx, v, req)
		j.finish(err)
	})
	return j, nil
}

func (x *scorings) find(id string) (*scoring, error) {
	x.mu.Lock()
	defer x.mu.Unlock()
	if j := x.byID[id]; j != nil {
		return j, nil
	}
	return nil, fmt.Errorf("%w: no job %q on this server", graph.ErrNotFound, id)
}

// jobStatus is how far a job is.
type jobStatus struct {
	ID       string   `json:"id"`
	Kind     string   `json:"kind" enum:"systemic-risk,resolve"`
	Status   string   `json:"status" enum:"running,complete,failed,cancelled"`
	Started  string   `json:"started" doc:"RFC 3339"`
	Finished string   `json:"finished,omitempty" doc:"RFC 3339"`
	Done     int64    `json:"done" doc:"Companies scored, or names matched"`
	Total    int64    `json:"total,omitempty" doc:"Companies to score, or names to match; absent while it is not known"`
	Result   string   `json:"result" doc:"Address of the answer, to be asked for again when the job is complete"`
	Problem  *Problem `json:"problem,omitempty" doc:"Why it failed"`

	Report *review.Report `json:"report,omitempty" doc:"What a run of resolve did, once it is complete"`
}

// end says how a job ended.
func (s *jobStatus) end(failure error) {
	switch {
	case errors.Is(failure, context.Canceled):
		s.Status, s.Problem = "cancelled", problemOf(failure)
	case failure != nil:
		s.Status, s.Problem = "failed", problemOf(failure)
	default:
		s.Status, s.Done = "complete", s.Total
	}
}

func (j *scoring) status() jobStatus {
	j.mu.Lock()
	defer j.mu.Unlock()
	out := jobStatus{ID: j.id, Kind: "systemic-risk", Status: "running", Started: moment(j.started), Finished: moment(j.finished),
		Done: j.scored.Load(), Total: j.total.Load(), Result: j.address.RequestURI()}
	if !j.finished.IsZero() {
		out.end(j.failure)
	}
	return out
}

// accepted is the answer 202. It travels as an error, because it is no answer to the question.
type accepted struct{ jobStatus }

// Error is part of error.
func (a *accepted) Error() string { return "the scores are being computed" }

// GetStatus is the HTTP status.
func (a *accepted) GetStatus() int { return http.StatusAccepted }

// ContentType is what the answer is sent as, whatever was asked for.
func (a *accepted) ContentType(string) string { return typeJSON }

// GetHeaders are the headers that go with it.
func (a *accepted) GetHeaders() http.Header {
	return http.Header{"Location": {"/v1/jobs/" + a.ID}, "Retry-After": {"2"}, "Cache-Control": {"no-store"}}
}

type jobID struct {
	ID string `path:"id" doc:"Id of a job"`
}

// backgroundJob is a task that can be asked for and ended.
type backgroundJob interface {
	status() jobStatus
	isRunning() bool
	stop()
}

func (s *Server) findJob(id string) (backgroundJob, error) {
	if j := s.runs.find(id); j != nil {
		return j, nil
	}
	j, err := s.scorings.find(id)
	if err != nil {
		return nil, err
	}
	return j, nil
}

type jobOutput struct{ Body jobStatus }

func (s *Server) getJob(ctx context.Context, in *jobID) (*jobOutput, error) {
	j, err := s.findJob(in.ID)
	if err != nil {
		return nil, s.fail(ctx, err)
	}
	return &jobOutput{j.status()}, nil
}

func (s *Server) cancelJob(ctx context.Context, in *jobID) (*jobOutput, error) {
	j, err := s.findJob(in.ID)
	if err == nil && !j.isRunning() {
		err = fmt.Errorf("%w: job %q is over", graph.ErrConflict, in.ID)
	}
	if err != nil {
		return nil, s.fail(ctx, err)
	}
	j.stop()
	return &jobOutput{j.status()}, nil
}
