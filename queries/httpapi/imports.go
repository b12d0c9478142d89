package httpapi

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humagin"

	"github.com/tributarygraph/tributary/graph"
	"github.com/tributarygraph/tributary/importer"
)

// importStatus is an import: one of this server's, or one that the store lists.
type importStatus struct {
	ID       string           `json:"id" doc:"Names the import: of one under way the id it was given, else its key"`
	Key      string           `json:"key,omitempty" doc:"Identifies the import in the store; known when the body is read"`
	Dataset  string           `json:"dataset"`
	Status   string           `json:"status" enum:"running,complete,failed,cancelled,interrupted,undoing,undone" doc:"interrupted: the server stopped in the midst of it; import the same again to go on"`
	DryRun   bool             `json:"dry_run,omitempty"`
	Started  string           `json:"started" doc:"RFC 3339"`
	Finished string           `json:"finished,omitempty" doc:"RFC 3339"`
	Progress *progress        `json:"progress,omitempty" doc:"While it runs"`
	Revision uint64           `json:"revision,omitempty" doc:"Revision of the store after it"`
	Counts   *graph.Counts    `json:"counts,omitempty" doc:"Statements by what became of them"`
	Report   *json.RawMessage `json:"report,omitempty" doc:"What became of every row; with preview, also what the first records make"`
	Rejects  string           `json:"rejects,omitempty" doc:"Where the rejected rows can be read while the server keeps them; absent where there are none"`
	Problem  *Problem         `json:"problem,omitempty" doc:"Why it failed"`
}

type progress struct {
	Phase      string  `json:"phase" enum:"read,write,done"`
	Rows       int64   `json:"rows" doc:"Rows read, or written"`
	TotalRows  int64   `json:"total_rows,omitempty" doc:"Absent while it is not known"`
	Seconds    float64 `json:"seconds" doc:"Time since it began"`
	RowsPerSec float64 `json:"rows_per_second" doc:"Rate of the phase"`
}

type importInput struct {
	Dataset     string `query:"dataset" required:"true" minLength:"1" maxLength:"200" doc:"Name of what is imported: importing the dataset again changes what it said before"`
	DryRun      bool   `query:"dry_run" doc:"Tell what would happen, and write nothing"`
	Replace     bool   `query:"replace" doc:"This is all that the dataset says now: withdraw what it said before and does not say here"`
	Format      string `query:"format" doc:"Name of the known format that the file must have (/v1/formats); told from the content when absent"`
	Preview     int    `query:"preview" minimum:"0" maximum:"1000" doc:"Of a dry run: how many of the first records the report shows as they would land, and as many statements that are added up"`
	ContentType string `header:"Content-Type" hidden:"true"`
	Prefer      string `header:"Prefer" doc:"respond-async: answer 202 as soon as the body is read" example:"respond-async"`
	body        io.Reader
}

// Resolve takes the body as a stream: huma would read it whole into memory.
func (in *importInput) Resolve(ctx huma.Context) []error {
	in.body = ctx.BodyReader()
	if humagin.Unwrap(ctx).Request.ContentLength == 0 {
		return []error{&huma.ErrorDetail{Location: "body", Message: "is empty; send a file"}}
	}
	if in.Preview > 0 && !in.DryRun {
		return []error{&huma.ErrorDetail{Location: "query.preview", Value: in.Preview, Message: "only a dry run shows one: add dry_run=true"}}
	}
	return nil
}

type importOutput struct {
	Status     int
	Location   string `header:"Location" doc:"Where the import can be polled"`
	RetryAfter string `header:"Retry-After"`
	Body       importStatus
}

// uploads are the media types that an import may have. What a body is, the importer finds out by itself.
var uploads = []string{"text/csv", "application/x-ndjson", "application/jsonl", "application/json-lines", "text/tab-separated-values",
	"application/gzip", "application/zstd", "application/zip", "application/octet-stream", "text/plain", typeJSON, typeXLSX, "application/vnd.apache.parquet", typeForm}

// pathImports is where files are imported.
const pathImports = "/v1/imports"

// uploadContent documents a body that is a file of text or bytes.
func uploadContent() map[string]*huma.MediaType {
	content := map[string]*huma.MediaType{}
	for _, t := range uploads {
		if t != typeJSON && t != typeForm { // see documentUpload
			content[t] = &huma.MediaType{Schema: &huma.Schema{Type: "string", Format: "binary"}}
		}
	}
	return content
}

// documentUpload documents that an upload may be JSON or a form, too. It does so once the operation is there: huma reads
// the body of one that it knows to take these whole into memory.
func (s *Server) documentUpload(op huma.Operation, withMapping bool) {
	content := s.api.OpenAPI().Paths[op.Path].Post.RequestBody.Content
	content[typeJSON], content[typeForm] = &huma.MediaType{Schema: &huma.Schema{}}, formSchema(withMapping)
}

func (s *Server) importRoutes() {
	op := s.operation(huma.Operation{OperationID: "import", Method: http.MethodPost, Path: pathImports, Summary: "Import companies, products, sources or relations", Tags: []string{"imports"},
		Description: "Imports a file into the store. Its header tells what the rows are, or its content which known format it has; a file of another shape is sent in a form, with the mapping that says how it is read. " +
			"Answers with the report; an import that takes longer goes on, and the answer, 202, says where to poll.",
		DefaultStatus: http.StatusOK,
		RequestBody:   &huma.RequestBody{Required: true, Description: "CSV, TSV, JSON, JSON Lines, Excel or Parquet, plain, gzip, zstd or zip; or a form with the file and a mapping", Content: uploadContent()}},
		http.StatusUnsupportedMediaType, http.StatusTooManyRequests)
	op.Responses["202"] = &huma.Response{Description: "The import goes on; poll the Location", Content: map[string]*huma.MediaType{typeJSON: {Schema: &huma.Schema{Ref: "#/components/schemas/ImportStatus"}}}}
	huma.Register(s.api, op, s.postImport)
	s.documentUpload(op, true)
	huma.Register(s.api, s.operation(huma.Operation{OperationID: "list-imports", Method: http.MethodGet, Path: pathImports, Summary: "List imports", Tags: []string{"imports"},
		Description: "Imports under way on this server, then those that the store knows, the newest first."}), s.listImports)
	huma.Register(s.api, s.operation(huma.Operation{OperationID: "get-import", Method: http.MethodGet, Path: "/v1/imports/{id}", Summary: "Show an import", Tags: []string{"imports"}}), s.getImport)
	huma.Register(s.api, s.operation(huma.Operation{OperationID: "cancel-import", Method: http.MethodDelete, Path: "/v1/imports/{id}", Summary: "Cancel an import under way", Tags: []string{"imports"},
		Description: "What it has written stays; importing the same again goes on there.", DefaultStatus: http.StatusAccepted}), s.cancelImport)
	s.rejectRoutes()
	s.undoRoutes()
	s.mappingRoutes()
}

func (s *Server) postImport(ctx context.Context, in *importInput) (*importOutput, error) {
	if err := checkMediaType(in.ContentType); err != nil {
		return nil, s.fail(ctx, err)
	}
	j, err := s.jobs.start(in)
	if err != nil {
		return nil, s.fail(ctx, err)
	}
	wait := s.config.ImportWait
	if in.Prefer == "respond-async" {
		wait = 0
	}
	// The body belongs to this request: the answer must wait for its end.
	select {
	case <-j.read:
	case <-j.done:
	case <-ctx.Done():
		j.cancel() // the client is gone, and with it the rest of the body
	}
	select {
	case <-j.done:
	case <-time.After(wait):
	}
	out := &importOutput{Status: http.StatusOK, Body: j.status()}
	select {
	case <-j.done:
		if err := j.err(); err != nil {
			return nil, s.fail(ctx, err)
		}
		return out, nil
	default:
	}
	if err := s.jobs.remember(ctx, j); err != nil {
		s.log.Warn("an import that goes on cannot be noted in the store", "id", j.id, "err", err)
	}
	out.Status, out.Location, out.RetryAfter = http.StatusAccepted, pathImports+"/"+j.id, "2"
	return out, nil
}

func checkMediaType(header string) error {
	if header == "" {
		return nil
	}
	t, _, err := mime.ParseMediaType(header)
	if err == nil && slices.Contains(uploads, t) {
		return nil
	}
	return newProblem(http.StatusUnsupportedMediaType, codeMediaType, fmt.Sprintf("Content-Type %q; send a file as application/octet-stream, text/csv or the like, or in a form as multipart/form-data", header))
}

type listImportsOutput struct {
	Body struct {
		Items []importStatus `json:"items"`
	}
}

func (s *Server) listImports(ctx context.Context, _ *struct{}) (*listImportsOutput, error) {
	known, err := s.store.Imports(ctx)
	if err != nil {
		return nil, s.fail(ctx, err)
	}
	out := &listImportsOutput{}
	out.Body.Items = []importStatus{}
	for _, j := range s.jobs.running() {
		out.Body.Items = append(out.Body.Items, j.status())
	}
	for _, x := range slices.Backward(known) {
		out.Body.Items = append(out.Body.Items, statusOf(&x, false))
	}
	return out, nil
}

type importID struct {
	ID string `path:"id" doc:"Id or key of an import"`
}

type importStatusOutput struct{ Body importStatus }

func (s *Server) getImport(ctx context.Context, in *importID) (*importStatusOutput, error) {
	if j := s.jobs.find(in.ID); j != nil {
		return &importStatusOutput{Body: j.status()}, nil
	}
	if status, err := s.jobs.recall(ctx, in.ID); err == nil {
		return &importStatusOutput{Body: *status}, nil
	} else if !errors.Is(err, graph.ErrNotFound) {
		return nil, s.fail(ctx, err)
	}
	known, err := s.store.Imports(ctx)
	if err != nil {
		return nil, s.fail(ctx, err)
	}
	for i := range slices.Backward(known) {
		if known[i].Key == in.ID || strconv.FormatInt(known[i].Seq, 10) == in.ID {
			return &importStatusOutput{Body: statusOf(&known[i], true)}, nil
		}
	}
	return nil, s.fail(ctx, fmt.Errorf("%w: no import %q; /v1/imports lists them", graph.ErrNotFound, in.ID))
}

type cancelOutput struct {
	Status int
	Body   importStatus
}

func (s *Server) cancelImport(ctx context.Context, in *importID) (*cancelOutput, error) {
	j := s.jobs.find(in.ID)
	if j == nil {
		if _, err := s.getImport(ctx, in); err != nil {
			return nil, err
		}
		return nil, s.fail(ctx, fmt.Errorf("%w: import %q is not under way on this server", graph.ErrConflict, in.ID))
	}
	if !j.isRunning() {
		return nil, s.fail(ctx, fmt.Errorf("%w: import %q is over", graph.ErrConflict, in.ID))
	}
	j.cancel()
	return &cancelOutput{Status: http.StatusAccepted, Body: j.status()}, nil
}

// statusOf shows an import that the store lists.
func statusOf(x *graph.Import, report bool) importStatus {
	counts := x.Counts
	out := importStatus{ID: x.Key, Key: x.Key, Dataset: x.Dataset, Status: string(x.Status), Started: moment(x.Started), Finished: moment(x.Finished),
		Revision: uint64(x.Revision), Counts: &counts}
	if !report {
		return out
	}
	if r, err := importer.ReportOf(x); err == nil { // none of an import under way
		out.Report = encoded(r)
	}
	return out
}

func encoded(r *importer.Report) *json.RawMessage {
	text, _ := json.Marshal(r) // text and numbers: it always encodes
	return (*json.RawMessage)(&text)
}

func progressOf(p importer.Progress) *progress {
	out := &progress{Phase: string(cmp.Or(p.Phase, importer.PhaseRead)), Rows: p.Rows, TotalRows: p.TotalRows, Seconds: p.Elapsed.Seconds()}
	if p.PhaseTime > 0 {
		out.RowsPerSec = float64(p.Rows) / p.PhaseTime.Seconds()
	}
	return out
}
