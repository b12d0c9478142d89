package httpapi_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/tributarygraph/tributary/graph"
	"github.com/tributarygraph/tributary/importer"
	"github.com/tributarygraph/tributary/queries"
	"github.com/tributarygraph/tributary/queries/httpapi"
	"github.com/tributarygraph/tributary/queries/internal/drawn"
)

// imported is the answer about an import.
type imported struct {
	ID       string           `json:"id"`
	Key      string           `json:"key"`
	Dataset  string           `json:"dataset"`
	Status   string           `json:"status"`
	DryRun   bool             `json:"dry_run"`
	Rejects  string           `json:"rejects"`
	Report   *importer.Report `json:"report"`
	Problem  *httpapi.Problem `json:"problem"`
	Revision graph.Revision   `json:"revision"`
	Progress *struct {
		Phase string `json:"phase"`
	} `json:"progress"`
}

const relations = "supplier,buyer,product,share_of_input\nwafers inc,hynix,wafer,0.5\nwafers inc,micron,wafer,7\n"

func TestImport(t *testing.T) {
	f := start(t, nil)
	got := into[imported](t, f.do("POST", "/v1/imports?dataset=vendors&dry_run=true", strings.NewReader(relations), "Content-Type", "text/csv"), 200)
	if !got.DryRun || got.Report.Created != 1 || got.Report.Rejected != 1 || got.Status != "complete" {
		t.Errorf("dry run: %+v, report %+v", got, got.Report)
	}
	into[httpapi.Problem](t, f.get("/v1/companies/wafers%20inc"), 404)

	got = into[imported](t, f.do("POST", "/v1/imports?dataset=vendors", strings.NewReader(relations), "Content-Type", "text/csv"), 200)
	if got.Report.Rows != 2 || got.Report.Created != 1 || len(got.Report.Rejections) != 1 || got.Report.Rejections[0].Column != "share_of_input" || got.Revision == 0 {
		t.Errorf("import: %+v", got.Report)
	}
	// The next question sees it.
	a := into[queries.TiersAnswer](t, f.get("/v1/companies/hynix/suppliers?depth=1"), 200)
	if len(a.Items) != 2 || a.Items[1].ID != "wafers inc" {
		t.Errorf("suppliers: %+v", a.Items)
	}
	if again := into[imported](t, f.get("/v1/imports/"+got.Key), 200); again.Status != "complete" || again.Report == nil || again.Report.Created != 1 || again.Report.Revision != got.Revision {
		t.Errorf("by its key: %+v", again)
	}
	if again := into[imported](t, f.get("/v1/imports/"+got.ID), 200); again.Key != got.Key {
		t.Errorf("by its id: %+v", again)
	}
	into[httpapi.Problem](t, f.do("DELETE", "/v1/imports/"+got.ID, nil), 409)
	into[httpapi.Problem](t, f.do("DELETE", "/v1/imports/"+got.Key, nil), 409)

	var zipped bytes.Buffer
	z := gzip.NewWriter(&zipped)
	_, _ = z.Write([]byte(`{"supplier":"sand gmbh","buyer":"wafers inc"}` + "\n"))
	_ = z.Close()
	got = into[imported](t, f.do("POST", "/v1/imports?dataset=more", &zipped, "Content-Type", "application/gzip"), 200)
	if got.Report.Created != 1 {
		t.Errorf("JSON Lines in gzip: %+v", got.Report)
	}
	list := into[struct{ Items []imported }](t, f.get("/v1/imports"), 200)
	if len(list.Items) != 3 || list.Items[0].Dataset != "more" || list.Items[1].Dataset != "vendors" {
		t.Errorf("list: %+v", list.Items)
	}
	metrics := string(f.get("/metrics").body)
	if !strings.Contains(metrics, `tributary_import_rows_total{outcome="created"} 2`) || !strings.Contains(metrics, `tributary_import_rows_total{outcome="rejected"} 1`) {
		t.Errorf("metrics: %s", metrics)
	}
}

func TestImportErrors(t *testing.T) {
	f := start(t, nil)
	for name, body := range map[string]string{"no known column": "x,y\n1,2\n", "empty": "", "no rows": "supplier,buyer\n"} {
		p := into[httpapi.Problem](t, f.do("POST", "/v1/imports?dataset=d", strings.NewReader(body)), 422)
		if p.Code != "invalid" || p.Detail == "" {
			t.Errorf("%s: %+v", name, p)
		}
	}
}

// slowly is a body whose end comes when it is told to.
type slowly struct {
	text io.Reader
	end  chan struct{}
}

func (s *slowly) Read(p []byte) (int, error) {
	n, err := s.text.Read(p)
	if err == io.EOF {
		<-s.end
	}
	return n, err
}

func TestImportTakesTurns(t *testing.T) {
	f := start(t, func(c *httpapi.Config) { c.MaxImports = 1 })
	end := make(chan struct{})
	first := make(chan response, 1)
	go func() {
		first <- f.do("POST", "/v1/imports?dataset=d", &slowly{text: strings.NewReader(relations), end: end})
	}()
	var running imported
	for running.ID == "" {
		for _, x := range into[struct{ Items []imported }](t, f.get("/v1/imports"), 200).Items {
			if x.Status == "running" {
				running = x
			}
		}
	}
	r := f.do("POST", "/v1/imports?dataset=e", strings.NewReader(relations))
	if p := into[httpapi.Problem](t, r, 429); p.Code != "too_many_imports" || r.Header.Get("Retry-After") == "" {
		t.Errorf("a second one: %+v", p)
	}
	if x := into[imported](t, f.get("/v1/imports/"+running.ID), 200); x.Status != "running" || x.Progress == nil || x.Progress.Phase != "read" {
		t.Errorf("the first one: %+v", x)
	}
	close(end)
	if x := into[imported](t, <-first, 200); x.Status != "complete" || x.ID != running.ID {
		t.Errorf("the first one in the end: %+v", x)
	}
}

// held is a store whose Apply waits.
type held struct {
	graph.Store
	entered chan struct{}
	release chan struct{}
}

func (h *held) Apply(ctx context.Context, b graph.Batch) (graph.Applied, error) {
	h.entered <- struct{}{}
	select {
	case <-h.release:
		return h.Store.Apply(ctx, b)
	case <-ctx.Done():
		return graph.Applied{}, ctx.Err()
	}
}

func holding(t *testing.T) (*held, *fixture) {
	store := &held{Store: drawn.Open(t), entered: make(chan struct{}, 100), release: make(chan struct{})}
	drawn.Put(t, store.Store, drawn.Statements(t, network))
	return store, startOn(t, store, func(c *httpapi.Config) { c.ImportWait = time.Hour })
}

func TestImportGoesOn(t *testing.T) {
	store, f := holding(t)
	r := f.do("POST", "/v1/imports?dataset=d", strings.NewReader(relations), "Prefer", "respond-async")
	job := into[imported](t, r, 202)
	location := r.Header.Get("Location")
	if location != "/v1/imports/"+job.ID || job.Status != "running" || r.Header.Get("Retry-After") == "" {
		t.Fatalf("%s: %+v", location, job)
	}
	<-store.entered
	close(store.release)
	for job.Status == "running" {
		job = into[imported](t, f.get(location), 200)
	}
	if job.Status != "complete" || job.Report.Created != 1 {
		t.Errorf("in the end: %+v", job)
	}
	// A server that is started later knows it too, once its end is noted.
	f.server.Close()
	later := startOn(t, store.Store, nil)
	if x := into[imported](t, later.get(location), 200); x.Status != "complete" || x.Report.Created != 1 {
		t.Errorf("asked of a later server: %+v", x)
	}
}

// A dry run that is polled for writes no note either.
func TestImportDryRunGoesOn(t *testing.T) {
	f := start(t, nil)
	r := f.do("POST", "/v1/imports?dataset=d&dry_run=true", strings.NewReader(relations), "Prefer", "respond-async")
	if r.StatusCode != 202 && r.StatusCode != 200 { // 200: it was over at once
		t.Fatalf("%d %s", r.StatusCode, r.body)
	}
	var job imported
	if err := json.Unmarshal(r.body, &job); err != nil {
		t.Fatal(err)
	}
	for id := job.ID; job.Status == "running"; {
		job = into[imported](t, f.get("/v1/imports/"+id), 200)
	}
	if job.Status != "complete" || !job.DryRun || job.Report.Created != 1 {
		t.Errorf("in the end: %+v", job)
	}
	f.server.Close() // waits for the job, and what it would note
	if notes := notesIn(t, f.store); len(notes) != 0 {
		t.Errorf("notes: %+v", notes)
	}
}

// Of the notes of imports the last ones stay.
func TestImportNotes(t *testing.T) {
	store, f := holding(t)
	const kept = 1000
	for i := range kept + 2 {
		started := time.Date(2024, 5, 11, 0, 0, i, 0, time.UTC).Format(time.RFC3339)
		note, _ := json.Marshal(map[string]any{"id": "x", "dataset": "d", "status": "complete", "started": started})
		change := graph.StateChange{Namespace: "http_imports", Key: fmt.Sprintf("job-%d", 2*kept-i), Value: note} // keys say nothing of age
		if _, err := store.State().CompareAndSet(t.Context(), change); err != nil {
			t.Fatal(err)
		}
	}
	job := into[imported](t, f.do("POST", "/v1/imports?dataset=d", strings.NewReader(relations), "Prefer", "respond-async"), 202)
	<-store.entered
	close(store.release)
	for job.Status == "running" {
		job = into[imported](t, f.get("/v1/imports/"+job.ID), 200)
	}
	f.server.Close()
	keys := map[string]bool{}
	for _, note := range notesIn(t, store) {
		keys[note.Key] = true
	}
	if len(keys) != kept || !keys[job.ID] || keys["job-2000"] || keys["job-1998"] || !keys["job-1997"] {
		t.Errorf("%d notes; of this import %v", len(keys), keys[job.ID])
	}
}

func notesIn(t *testing.T, store graph.Store) []graph.StateEntry {
	t.Helper()
	notes, err := store.State().Scan(t.Context(), "http_imports", "", 0)
	if err != nil {
		t.Fatal(err)
	}
	return notes
}

func TestImportCancel(t *testing.T) {
	store, f := holding(t)
	job := into[imported](t, f.do("POST", "/v1/imports?dataset=d", strings.NewReader(relations), "Prefer", "respond-async"), 202)
	<-store.entered
	into[imported](t, f.do("DELETE", "/v1/imports/"+job.ID, nil), 202)
	for job.Status == "running" {
		job = into[imported](t, f.get("/v1/imports/"+job.ID), 200)
	}
	if job.Status != "cancelled" || job.Problem == nil {
		t.Errorf("in the end: %+v", job)
	}
}

func TestImportInterrupted(t *testing.T) {
	f := start(t, nil)
	note, _ := json.Marshal(map[string]any{"id": "job-1", "dataset": "d", "status": "running", "started": "2024-05-11T00:00:00Z"})
	change := graph.StateChange{Namespace: "http_imports", Key: "job-1", Value: note}
	if _, err := f.store.State().CompareAndSet(context.Background(), change); err != nil {
		t.Fatal(err)
	}
	if x := into[imported](t, f.get("/v1/imports/job-1"), 200); x.Status != "interrupted" || x.Dataset != "d" {
		t.Errorf("%+v", x)
	}
	into[httpapi.Problem](t, f.do(http.MethodDelete, "/v1/imports/job-1", nil), 409)
}

// The client goes away in the midst of the body: what came is no import.
func TestImportCutShort(t *testing.T) {
	f := start(t, nil)
	conn, err := net.Dial("tcp", f.http.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	_, err = fmt.Fprintf(conn, "POST /v1/imports?dataset=d HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\n%s", relations)
	if err != nil {
		t.Fatal(err)
	}
	running := func() (n int) {
		for _, x := range into[struct{ Items []imported }](t, f.get("/v1/imports"), 200).Items {
			if x.Status == "running" {
				n++
			}
		}
		return n
	}
	for running() == 0 {
	}
	if err := conn.Close(); err != nil {
		t.Fatal(err)
	}
	for running() > 0 {
	}
	list := into[struct{ Items []imported }](t, f.get("/v1/imports"), 200)
	if len(list.Items) != 1 {
		t.Errorf("imports: %+v", list.Items)
	}
}
