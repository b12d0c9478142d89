package httpapi

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/tributarygraph/tributary/graph"
	"github.com/tributarygraph/tributary/importer"
)

// jobs are the imports of this server: those under way and the last ones that ended.
type jobs struct {
	s       *Server
	context context.Context
	cancel  context.CancelFunc
	group   sync.WaitGroup

	mu     sync.Mutex
	byID   map[string]*job
	past   []string // ids of those that ended, the oldest first
	drafts int      // files under way that a mapping is drafted for: they take the places of imports
}

// keptJobs is how many imports that ended can still be asked for by their id, of this server and of those noted in the
// store.
const keptJobs = 1000

// jobsNamespace is where imports that outlive their request are noted in the store.
const jobsNamespace = "http_imports"

func newJobs(s *Server) *jobs {
	ctx, cancel := context.WithCancel(context.Background())
	return &jobs{s: s, context: ctx, cancel: cancel, byID: map[string]*job{}}
}

// job is one import.
type job struct {
	task
	dataset string
	dryRun  bool
	read    chan struct{} // closed when the body was read to its end, or failed
	rejects *rejectedRows // of the import; empty until one is rejected

	// Under the lock of the task:
	progress   importer.Progress
	report     *importer.Report
	remembered uint64 // version of its note in the store; 0 for none
}

// start begins an import. It fails when too many are under way, or the server stops.
func (js *jobs) start(in *importInput) (*job, error) {
	js.mu.Lock()
	defer js.mu.Unlock()
	if js.context.Err() != nil {
		return nil, js.context.Err()
	}
	if err := js.room(); err != nil {
		return nil, err
	}
	ctx, cancel := context.WithCancel(js.context)
	j := &job{task: newTask(cancel), dataset: in.Dataset, dryRun: in.DryRun, read: make(chan struct{}), rejects: &rejectedRows{folder: js.s.config.TempDir}}
	js.byID[j.id] = j
	js.group.Add(1)
	go js.run(ctx, j, in)
	return j, nil
}

// room fails when no more files are taken. It is called under the lock.
func (js *jobs) room() error {
	running := js.drafts
	for _, j := range js.byID {
		if j.isRunning() {
			running++
		}
	}
	if running < js.s.config.MaxImports {
		return nil
	}
	p := newProblem(http.StatusTooManyRequests, codeTooManyImports, fmt.Sprintf("%d imports are under way, and no more are taken at once; try again later", running))
	p.retryAfter = 10
	return p
}

// draft takes the place of an import for a file that a mapping is drafted for: its disk is used as well.
func (js *jobs) draft() (release func(), err error) {
	js.mu.Lock()
	defer js.mu.Unlock()
	if err := js.room(); err != nil {
		return nil, err
	}
	js.drafts++
	return func() {
		js.mu.Lock()
		defer js.mu.Unlock()
		js.drafts--
	}, nil
}

func (js *jobs) run(ctx context.Context, j *job, in *importInput) {
	defer js.group.Done()
	defer j.cancel()
	body := &upload{r: in.body, ended: j.read}
	report, err := js.importBody(ctx, j, in, body)
	var tooLarge *http.MaxBytesError
	if errors.As(body.err, &tooLarge) {
		err = body.err // what the importer makes of it speaks of the input
	}
	if err == nil && !in.DryRun {
		// The next question should see what was imported. The View comes by itself where this fails.
		if err := js.s.views.CatchUp(ctx); err != nil {
			js.s.log.Warn("the network was not brought up to date after an import", "err", err)
		}
	}
	if err != nil && !errors.Is(err, graph.ErrInvalid) {
		js.s.log.Warn("import failed", "id", j.id, "dataset", j.dataset, "err", err)
	}
	js.s.metrics.count(report) // before whoever waits for the end can look
	j.end(report, err)
	js.settle(j)
}

// importBody imports a file, or what a form holds.
func (js *jobs) importBody(ctx context.Context, j *job, in *importInput, body io.Reader) (*importer.Report, error) {
	input := importer.Input{Reader: body, Name: in.Dataset}
	opts := importer.Options{Dataset: in.Dataset, DryRun: in.DryRun, Replace: in.Replace, Format: in.Format, Preview: in.Preview,
		TempDir: js.s.config.TempDir, Progress: j.note, Rejects: j.rejects.open}
	if boundary, is := isForm(in.ContentType); is {
		f, err := js.s.readForm(ctx, body, boundary, false)
		if err != nil {
			return nil, err
		}
		defer func() { _ = f.Close() }() // what it takes of the disk has no name: it goes with the process at last
		input = f.file
		if opts.Conversion, err = f.conversion(ctx); err != nil {
			return nil, err
		}
	}
	return importer.Import(ctx, js.s.store, []importer.Input{input}, opts)
}

// settle moves a job to those that ended.
func (js *jobs) settle(j *job) {
	js.noteEnd(j)
	js.mu.Lock()
	defer js.mu.Unlock()
	js.past = append(js.past, j.id)
	if n := len(js.past) - keptRejects; n > 0 {
		js.byID[js.past[n-1]].rejects.drop()
	}
	if len(js.past) > keptJobs {
		delete(js.byID, js.past[0])
		js.past = js.past[1:]
	}
}

func (js *jobs) find(id string) *job {
	js.mu.Lock()
	defer js.mu.Unlock()
	return js.byID[id]
}

// running are the imports under way, the newest first.
func (js *jobs) running() (list []*job) {
	js.mu.Lock()
	defer js.mu.Unlock()
	for _, j := range js.byID {
		if j.isRunning() {
			list = append(list, j)
		}
	}
	slices.SortFunc(list, func(a, b *job) int { return cmp.Or(b.started.Compare(a.started), cmp.Compare(a.id, b.id)) })
	return list
}

func (js *jobs) cancelAll() { js.cancel() }

// wait waits for the imports under way, and lets go of what is kept of all.
func (js *jobs) wait() {
	js.group.Wait()
	js.mu.Lock()
	defer js.mu.Unlock()
	for _, j := range js.byID {
		j.rejects.drop()
	}
}

// findAny finds an import of this server by its id or its key: of several of one key the newest.
func (js *jobs) findAny(ref string) *job {
	if j := js.find(ref); j != nil {
		return j
	}
	js.mu.Lock()
	defer js.mu.Unlock()
	for _, id := range slices.Backward(js.past) {
		if j := js.byID[id]; j.key() == ref {
			return j
		}
	}
	return nil
}

// remember notes in the store that an import goes on after its request was answered, so that a server that is
// started later can say what became of it. A dry run writes nothing, no note either: this server alone knows of it.
func (js *jobs) remember(ctx context.Context, j *job) error {
	if j.dryRun {
		return nil
	}
	version, err := js.write(ctx, j, 0)
	if err != nil {
		return err
	}
	j.mu.Lock()
	j.remembered = version
	ended := !j.finished.IsZero()
	j.mu.Unlock()
	if ended { // in the meantime
		js.noteEnd(j)
	}
	return nil
}

// noteEnd notes the outcome of an import that was noted before.
func (js *jobs) noteEnd(j *job) {
	j.mu.Lock()
	version := j.remembered
	j.mu.Unlock()
	if version == 0 {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	if _, err := js.write(ctx, j, version); err != nil && !errors.Is(err, graph.ErrConflict) {
		js.s.log.Warn("the end of an import cannot be noted in the store", "id", j.id, "err", err)
	}
	if err := js.forget(ctx); err != nil {
		js.s.log.Warn("old notes of imports cannot be deleted from the store", "err", err)
	}
}

// forget deletes the oldest notes in the store beyond as many as are kept.
func (js *jobs) forget(ctx context.Context) error {
	notes, err := js.s.store.State().Scan(ctx, jobsNamespace, "", 0)
	if err != nil || len(notes) <= keptJobs {
		return err
	}
	started := make(map[string]string, len(notes)) // RFC 3339 in UTC: in the order of time; empty where it cannot be read
	for _, note := range notes {
		var status struct{ Started string }
		_ = json.Unmarshal(note.Value, &status)
		started[note.Key] = status.Started
	}
	slices.SortFunc(notes, func(a, b graph.StateEntry) int {
		return cmp.Or(cmp.Compare(started[a.Key], started[b.Key]), cmp.Compare(a.Key, b.Key))
	})
	for _, note := range notes[:len(notes)-keptJobs] {
		if j := js.find(note.Key); j != nil && j.isRunning() {
			continue
		}
		_, err := js.s.store.State().CompareAndSet(ctx, graph.StateChange{Namespace: jobsNamespace, Key: note.Key, Version: note.Version})
		if err != nil && !errors.Is(err, graph.ErrConflict) { // another server deleted it, or notes its end
			return err
		}
	}
	return nil
}

func (js *jobs) write(ctx context.Context, j *job, version uint64) (uint64, error) {
	value, err := json.Marshal(j.status())
	if err != nil {
		return 0, err
	}
	return js.s.store.State().CompareAndSet(ctx, graph.StateChange{Namespace: jobsNamespace, Key: j.id, Version: version, Value: value})
}

// recall is what the store knows of an import of a server that is gone.
func (js *jobs) recall(ctx context.Context, id string) (*importStatus, error) {
	entry, err := js.s.store.State().Get(ctx, jobsNamespace, id)
	if err != nil {
		return nil, err
	}
	status := &importStatus{}
	if err := json.Unmarshal(entry.Value, status); err != nil {
		return nil, fmt.Errorf("%w: the note of import %s cannot be read", graph.ErrSchema, id)
	}
	if status.Status == "running" {
		status.Status, status.Progress = "interrupted", nil
	}
	return status, nil
}

func (j *job) note(p importer.Progress) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.progress = p
}

func (j *job) end(report *importer.Report, err error) {
	j.mu.Lock()
	j.report = report
	j.mu.Unlock()
	j.finish(err)
}

// key identifies the import in the store; empty while that is not known.
func (j *job) key() string {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.report == nil {
		return ""
	}
	return j.report.Key
}

func (j *job) status() importStatus {
	j.mu.Lock()
	defer j.mu.Unlock()
	out := importStatus{ID: j.id, Dataset: j.dataset, DryRun: j.dryRun, Status: "running", Started: moment(j.started), Finished: moment(j.finished)}
	switch {
	case j.finished.IsZero():
		out.Progress = progressOf(j.progress)
	case errors.Is(j.failure, context.Canceled):
		out.Status, out.Problem = "cancelled", problemOf(j.failure)
	case j.failure != nil:
		out.Status, out.Problem = "failed", problemOf(j.failure)
	default:
		out.Status, out.Key, out.Revision, out.Report = "complete", j.report.Key, uint64(j.report.Revision), encoded(j.report)
		if j.rejects.name() != "" {
			out.Rejects = pathImports + "/" + j.id + "/rejects"
		}
	}
	return out
}

// upload tells when a body has been read to its end.
type upload struct {
	r     io.Reader
	ended chan struct{}
	once  sync.Once
	err   error // that ended it, io.EOF when it was read whole
}

// Read is part of io.Reader.
func (b *upload) Read(p []byte) (int, error) {
	n, err := b.r.Read(p)
	if err != nil {
		b.once.Do(func() {
			b.err = err
			close(b.ended)
		})
	}
	return n, err
}
