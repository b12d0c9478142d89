package httpapi

import (
	"context"
	"fmt"
	"net/http"
	"reflect"
	"sync"
	"sync/atomic"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/tributarygraph/tributary/graph"
	"github.com/tributarygraph/tributary/importer/resolve"
	"github.com/tributarygraph/tributary/importer/review"
)

// resolveGraphRoutes match the names of the graph itself.
func (s *Server) resolveGraphRoutes() {
	schema := s.api.OpenAPI().Components.Schemas.Schema(reflect.TypeFor[jobStatus](), true, "JobStatus")
	op := s.operation(huma.Operation{OperationID: "resolve-graph", Method: http.MethodPost, Path: "/v1/resolve/graph", Summary: "Find which names of the graph are one company", Tags: []string{"reviews"},
		Description: "Matches the names that nothing describes under an id, and companies that share an identifier, with everything else. What is certain is merged, what is doubtful becomes a review. " +
			"Answers with the report; a run that takes longer goes on, and the answer, 202, says where to poll."}, http.StatusTooManyRequests)
	op.Responses["202"] = &huma.Response{Description: "The run goes on; poll the Location", Content: map[string]*huma.MediaType{typeJSON: {Schema: schema}}}
	huma.Register(s.api, op, s.postResolveGraph)
	huma.Register(s.api, s.operation(huma.Operation{OperationID: "list-resolve-runs", Method: http.MethodGet, Path: "/v1/resolve/runs", Summary: "List runs that merged something", Tags: []string{"reviews"}}), s.listRuns)
	huma.Register(s.api, s.operation(huma.Operation{OperationID: "undo-resolve-run", Method: http.MethodDelete, Path: "/v1/resolve/runs/{id}", Summary: "Take the merges of a run back", Tags: []string{"reviews"},
		Description: "As far as they still stand; what people decided stays. The next run puts these pairs to review."}), s.deleteRun)
}

type resolveGraphInput struct {
	Automatic float64 `query:"automatic" minimum:"0" maximum:"1" doc:"Least score that is merged without a person looking; the default when absent"`
	Review    float64 `query:"review" minimum:"0" maximum:"1" doc:"Least score at which a person should look; the default when absent"`
	All       bool    `query:"all" doc:"Also match companies that have ids of their own by their names; people decide about these"`
	DryRun    bool    `query:"dry_run" doc:"Tell what would happen, and write nothing"`
	By        string  `query:"by" maxLength:"200" doc:"Who starts the run; kept with it"`
	Limit     int     `query:"limit" minimum:"1" maximum:"10000" default:"1000" doc:"Most proposals in the report; the counts are of all"`
	Prefer    string  `header:"Prefer" doc:"respond-async: do not wait for the end"`
}

func (s *Server) postResolveGraph(ctx context.Context, in *resolveGraphInput) (*reply[review.Report], error) {
	o := review.Options{Config: resolve.DefaultConfig(), All: in.All}
	set(&in.Automatic, o.Config.Automatic)
	set(&in.Review, min(o.Config.Review, in.Automatic))
	o.Config.Automatic, o.Config.Review = in.Automatic, in.Review
	if err := o.Config.Check(); err != nil {
		return nil, s.fail(ctx, err)
	}
	if _, err := s.view(); err != nil {
		return nil, s.fail(ctx, err)
	}
	j, err := s.runs.start(s, o, review.Begun{By: graph.Clean(in.By), At: time.Now(), DryRun: in.DryRun}, in.Limit)
	if err != nil {
		return nil, s.fail(ctx, err)
	}
	wait := min(s.config.ImportWait, s.config.QueryTimeout/2)
	if in.Prefer == "respond-async" {
		wait = 0
	}
	select {
	case <-j.done:
	case <-time.After(wait):
		if j.isRunning() {
			return nil, &accepted{j.status()}
		}
	case <-ctx.Done(): // the run goes on
		return nil, s.fail(ctx, ctx.Err())
	}
	if err := j.err(); err != nil {
		return nil, s.fail(ctx, err)
	}
	return &reply[review.Report]{ContentType: typeJSON, CacheControl: "no-store", Complete: "true", Revision: fmt.Sprint(j.report.Revision), Body: j.report}, nil
}

// resolveRuns are the runs of this server: one under way at most, and those that ended.
type resolveRuns struct {
	mu   sync.Mutex
	last []*resolveRun // the newest last
}

// keptRuns is how many runs that ended can be asked for.
const keptRuns = 20

// resolveRun is one run over the graph.
type resolveRun struct {
	task
	matched, names atomic.Int64
	report         *review.Report // once it is done
}

func (x *resolveRuns) start(s *Server, o review.Options, b review.Begun, limit int) (*resolveRun, error) {
	x.mu.Lock()
	defer x.mu.Unlock()
	if n := len(x.last); n > 0 && x.last[n-1].isRunning() {
		p := newProblem(http.StatusTooManyRequests, codeTooManyJobs, fmt.Sprintf("a run is under way (/v1/jobs/%s), and no more are taken at once; try again later", x.last[n-1].id))
		p.retryAfter = 10
		return nil, p
	}
	if err := s.jobs.context.Err(); err != nil {
		return nil, err
	}
	ctx, cancel := context.WithCancel(s.jobs.context)
	j := &resolveRun{task: newTask(cancel)}
	if x.last = append(x.last, j); len(x.last) > keptRuns {
		x.last = x.last[1:]
	}
	o.Progress = func(done, total int) {
		j.matched.Store(int64(done))
		j.names.Store(int64(total))
	}
	s.jobs.group.Go(func() {
		defer cancel()
		report, err := s.resolveGraph(ctx, o, b)
		if err == nil {
			report.Cut(limit)
			j.report = report
		}
		j.finish(err)
	})
	return j, nil
}

// resolveGraph runs on the network as it is now, and lets the next question see what came of it.
func (s *Server) resolveGraph(ctx context.Context, o review.Options, b review.Begun) (*review.Report, error) {
	if err := s.views.CatchUp(ctx); err != nil {
		return nil, err
	}
	report, err := review.Run(ctx, s.store, s.views.View(), o, b)
	if err != nil || b.DryRun {
		return report, err
	}
	if err := s.views.CatchUp(ctx); err != nil {
		s.log.Warn("the network was not brought up to date after a run of resolve", "err", err)
	}
	return report, nil
}

func (x *resolveRuns) find(id string) *resolveRun {
	x.mu.Lock()
	defer x.mu.Unlock()
	for _, j := range x.last {
		if j.id == id {
			return j
		}
	}
	return nil
}

func (j *resolveRun) status() jobStatus {
	j.mu.Lock()
	defer j.mu.Unlock()
	out := jobStatus{ID: j.id, Kind: "resolve", Status: "running", Started: moment(j.started), Finished: moment(j.finished), Done: j.matched.Load(), Total: j.names.Load(), Result: "/v1/reviews"}
	if !j.finished.IsZero() {
		out.end(j.failure)
		out.Report = j.report // nil where it failed
	}
	return out
}

type runsOutput struct {
	Body struct {
		Items []review.RunInfo `json:"items"`
	}
}

func (s *Server) listRuns(ctx context.Context, _ *struct{}) (*runsOutput, error) {
	runs, err := review.Runs(ctx, s.store)
	if err != nil {
		return nil, s.fail(ctx, err)
	}
	out := &runsOutput{}
	out.Body.Items = runs
	return out, nil
}

type runID struct {
	ID string `path:"id" doc:"Id of a run"`
}

type undoneOutput struct{ Body *review.Undone }

func (s *Server) deleteRun(ctx context.Context, in *runID) (*undoneOutput, error) {
	u, err := review.UndoRun(ctx, s.store, in.ID, time.Now())
	if err != nil {
		return nil, s.fail(ctx, err)
	}
	if err := s.views.CatchUp(ctx); err != nil {
		s.log.Warn("the network was not brought up to date after a run of resolve was undone", "err", err)
	}
	return &undoneOutput{u}, nil
}
