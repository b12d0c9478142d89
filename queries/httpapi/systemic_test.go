package httpapi_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/tributarygraph/tributary/queries"
	"github.com/tributarygraph/tributary/queries/httpapi"
	"github.com/tributarygraph/tributary/queries/internal/drawn"
)

type jobAnswer struct {
	ID, Kind, Status, Result string
	Done, Total              int
}

// valued is a network in which every company has a score.
func valued(t *testing.T, f *fixture, companies int) {
	t.Helper()
	var b strings.Builder
	for i := range companies {
		fmt.Fprintf(&b, "c%04d -> c%04d value=%d currency=USD period=2024\n", i, (i*7+1)%companies, 1+i%9)
		fmt.Fprintf(&b, "c%04d -> c%04d value=%d currency=USD period=2024\n", i, (i*i+3)%companies, 1+i%5)
	}
	drawn.Put(t, f.store, drawn.Statements(t, b.String()))
	if err := f.views.CatchUp(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// Who does not wait is sent to poll; what was computed is then there.
func TestSystemicRiskIsAJob(t *testing.T) {
	f := start(t, func(c *httpapi.Config) { c.ImportWait = 1 })
	valued(t, f, 700)
	d := openAPI(t, f)
	address := "/v1/systemic-risk?limit=3&error=1e-7"
	r := f.get(address)
	if err := d.validate("GET", "/v1/systemic-risk", r); err != nil {
		t.Error(err)
	}
	if r.StatusCode == http.StatusAccepted { // it always is, unless 700 scores take no time
		job := into[jobAnswer](t, r, 202)
		if r.Header.Get("Location") != "/v1/jobs/"+job.ID || r.Header.Get("Retry-After") == "" || job.Result != address || job.Kind != "systemic-risk" {
			t.Errorf("%+v %v", job, r.Header)
		}
		for job.Status == "running" {
			polled := f.get("/v1/jobs/" + job.ID)
			if err := d.validate("GET", "/v1/jobs/{id}", polled); err != nil {
				t.Fatal(err)
			}
			job = into[jobAnswer](t, polled, 200)
		}
		if job.Status != "complete" || job.Done != job.Total {
			t.Fatalf("%+v", job)
		}
		if gone := f.do("DELETE", "/v1/jobs/"+job.ID, nil); gone.StatusCode != http.StatusConflict {
			t.Errorf("cancelling what is over: %d", gone.StatusCode)
		}
	}
	a := into[queries.SystemicAnswer](t, f.get(address), 200)
	if len(a.Items) != 3 || *a.Total != 700 || *a.Items[0].ESRI < *a.Items[1].ESRI || *a.Items[0].ErrorBound > 1e-7 || a.NextCursor == "" {
		t.Errorf("%+v", a)
	}
}

// A job that is cancelled says so, and the question can be asked again.
func TestSystemicRiskCancelled(t *testing.T) {
	f := start(t, func(c *httpapi.Config) { c.ImportWait = 1 })
	valued(t, f, 700)
	r := f.get("/v1/systemic-risk?error=1e-8")
	if r.StatusCode != http.StatusAccepted {
		t.Skip("the scores took no time")
	}
	job := into[jobAnswer](t, r, 202)
	cancelled := f.do("DELETE", "/v1/jobs/"+job.ID, nil)
	for job.Status == "running" {
		job = into[jobAnswer](t, f.get("/v1/jobs/"+job.ID), 200)
	}
	if cancelled.StatusCode == http.StatusAccepted && job.Status == "failed" {
		t.Errorf("%+v", job)
	}
	for r = f.get("/v1/systemic-risk?error=1e-8"); r.StatusCode == http.StatusAccepted; r = f.get("/v1/systemic-risk?error=1e-8") {
	}
	if a := into[queries.SystemicAnswer](t, r, 200); *a.Total != 700 {
		t.Errorf("%+v", a)
	}
}
