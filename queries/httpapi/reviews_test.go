package httpapi_test

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/tributarygraph/tributary/graph"
	"github.com/tributarygraph/tributary/importer/review"
	"github.com/tributarygraph/tributary/queries/httpapi"
)

const (
	namesakes = "id,name,country,lei\np-jp,Panasonic,JP,\np-us,Panasonic,US,\nacme-1,Acme,DE,529900T8BM49AURSDO55\nacme-2,Acme Werke,DE,529900T8BM49AURSDO55\n"
	mentions  = "supplier,buyer\nPanasonic,nvidia\n"
)

func TestReviews(t *testing.T) {
	f := start(t, nil)
	d := openAPI(t, f)
	keeps := func(method, path string, r response) response {
		t.Helper()
		if err := d.validate(method, path, r); err != nil {
			t.Errorf("%s %s: %v\n%s", method, r.Request.URL, err, r.body)
		}
		return r
	}
	for name, text := range map[string]string{"companies": namesakes, "relations": mentions} {
		into[any](t, f.do("POST", "/v1/imports?dataset="+name, strings.NewReader(text), "Content-Type", "text/csv"), 200)
	}
	dry := into[review.Report](t, keeps("POST", "/v1/resolve/graph", f.do("POST", "/v1/resolve/graph?dry_run=true&limit=1", nil)), 200)
	if dry.Merged != 1 || dry.Reviews != 2 || len(dry.Proposals) != 1 || dry.Complete || !dry.DryRun || dry.Run != "" {
		t.Errorf("dry run %+v", dry)
	}
	run := into[review.Report](t, f.do("POST", "/v1/resolve/graph?by=anna", nil), 200)
	if run.Merged != 1 || run.Run != "1" || !run.Complete {
		t.Errorf("run %+v", run)
	}
	into[httpapi.Problem](t, keeps("POST", "/v1/resolve/graph", f.do("POST", "/v1/resolve/graph?automatic=0.2&review=0.4", nil)), 422)
	if company := f.get("/v1/companies/acme-2"); !strings.Contains(string(company.body), `"id":"acme-1"`) {
		t.Errorf("acme-2 is %s", company.body)
	}

	// The queue, in parts.
	var ids []string
	next := "/v1/reviews?limit=1"
	for next != "" {
		r := keeps("GET", "/v1/reviews", f.get(next))
		list := into[httpapi.ReviewsAnswer](t, r, 200)
		if *list.Total != 2 || len(list.Items) != 1 || list.Items[0].CandidateSide == nil || list.Items[0].RecordSide.Supplies.Relations != 1 {
			t.Fatalf("%s: %s", next, r.body)
		}
		ids = append(ids, list.Items[0].ID)
		if next = ""; list.NextCursor != "" {
			next = "/v1/reviews?limit=1&cursor=" + url.QueryEscape(list.NextCursor)
		}
	}
	if len(ids) != 2 || ids[0] == ids[1] {
		t.Fatalf("listed %v", ids)
	}
	into[httpapi.Problem](t, keeps("GET", "/v1/reviews", f.get("/v1/reviews?cursor=abc")), 422)

	// Two decide; the second is told who was first.
	decide := func(id, decision, by string) response {
		body := fmt.Sprintf(`{"decision": %q, "by": %q, "why": "same address"}`, decision, by)
		return keeps("POST", "/v1/reviews/{id}", f.do("POST", "/v1/reviews/"+id, strings.NewReader(body), "Content-Type", "application/json"))
	}
	done := into[httpapi.ReviewAnswer](t, decide(ids[0], "same", "anna"), 200)
	if done.Status != review.Same || done.By != "anna" || done.Why != "same address" || done.Revision == 0 {
		t.Errorf("decided %+v", done.Pair)
	}
	if p := into[httpapi.Problem](t, decide(ids[0], "different", "bo"), 409); p.Code != "conflict" || !strings.Contains(p.Detail, "by anna") {
		t.Errorf("the second reviewer: %+v", p)
	}
	if p := into[httpapi.Problem](t, decide(ids[1], "same", "bo"), 409); !strings.Contains(p.Detail, "settled") {
		t.Errorf("the other candidate: %+v", p)
	}
	into[httpapi.Problem](t, decide("nosuchid", "same", "bo"), 404)
	into[httpapi.Problem](t, decide(ids[0], "perhaps", "bo"), 422)
	into[httpapi.Problem](t, decide(ids[0], "same", ""), 422)
	if open := into[httpapi.ReviewsAnswer](t, f.get("/v1/reviews"), 200); *open.Total != 0 {
		t.Errorf("open: %+v", open.Items)
	}
	if same := into[httpapi.ReviewsAnswer](t, f.get("/v1/reviews?status=same"), 200); *same.Total != 1 || same.Items[0].By != "anna" {
		t.Errorf("same: %+v", same.Items)
	}
	if customers := f.get("/v1/companies/" + done.Candidate + "/customers"); !strings.Contains(string(customers.body), `"nvidia"`) {
		t.Errorf("customers after the merge: %s", customers.body)
	}
	if undone := into[httpapi.ReviewAnswer](t, decide(ids[0], "undo", "anna"), 200); undone.Status != review.Open {
		t.Errorf("undone: %+v", undone.Pair)
	}
	if shown := into[httpapi.ReviewAnswer](t, keeps("GET", "/v1/reviews/{id}", f.get("/v1/reviews/"+ids[0][:6])), 200); shown.ID != ids[0] {
		t.Errorf("by the first characters: %+v", shown.Pair)
	}
	into[httpapi.Problem](t, keeps("GET", "/v1/reviews/{id}", f.get("/v1/reviews/zzzzzz")), 404)

	// The run is taken back.
	runs := into[struct{ Items []review.RunInfo }](t, keeps("GET", "/v1/resolve/runs", f.get("/v1/resolve/runs")), 200)
	if len(runs.Items) != 1 || runs.Items[0].By != "anna" || runs.Items[0].Merged != 1 {
		t.Errorf("runs %+v", runs)
	}
	if undone := into[review.Undone](t, keeps("DELETE", "/v1/resolve/runs/{id}", f.do("DELETE", "/v1/resolve/runs/1", nil)), 200); undone.Unmerged != 1 {
		t.Errorf("undone %+v", undone)
	}
	into[httpapi.Problem](t, keeps("DELETE", "/v1/resolve/runs/{id}", f.do("DELETE", "/v1/resolve/runs/1", nil)), 409)
	into[httpapi.Problem](t, f.do("DELETE", "/v1/resolve/runs/7", nil), 404)
	v := f.views.View()
	if n, _ := v.Find(graph.KindCompany, "acme-2"); v.ID(graph.KindCompany, n) != "acme-2" {
		t.Errorf("acme-2 is %s after the undo", v.ID(graph.KindCompany, n))
	}
}

// Two whose identifiers contradict each other become one only where a client insists.
func TestForcedReview(t *testing.T) {
	f := start(t, nil)
	const twins = "id,name,ticker\ntwin-a,Twin Holding,XETR:AAA\ntwin-b,Twin Werke,XETR:BBB\n"
	into[any](t, f.do("POST", "/v1/imports?dataset=twins", strings.NewReader(twins), "Content-Type", "text/csv"), 200)
	run := into[review.Report](t, f.do("POST", "/v1/resolve/graph?all=true", nil), 200)
	at := slices.IndexFunc(run.Proposals, func(p review.Proposal) bool { return p.Record == "twin-b" && p.Candidate == "twin-a" })
	if at < 0 {
		t.Fatalf("proposed %+v", run.Proposals)
	}
	accept := func(more string) response {
		return f.do("POST", "/v1/reviews/"+run.Proposals[at].ID, strings.NewReader(`{"decision": "same", "by": "anna"`+more+`}`), "Content-Type", "application/json")
	}
	if shown := into[httpapi.ReviewAnswer](t, f.get("/v1/reviews/"+run.Proposals[at].ID), 200); shown.Contradiction != "ticker: XETR:AAA and XETR:BBB" {
		t.Errorf("shown before the decision: %q", shown.Contradiction)
	}
	for _, more := range []string{"", `, "force": false`} {
		if p := into[httpapi.Problem](t, accept(more), 409); p.Code != "conflict" || !strings.Contains(p.Detail, "ticker: XETR:AAA and XETR:BBB") {
			t.Errorf("with %q: %+v", more, p)
		}
	}
	if company := f.get("/v1/companies/twin-b"); !strings.Contains(string(company.body), `"id":"twin-b"`) {
		t.Errorf("twin-b is %s", company.body)
	}
	if done := into[httpapi.ReviewAnswer](t, accept(`, "force": true`), 200); done.Status != review.Same || done.By != "anna" || done.Contradiction != "" {
		t.Errorf("forced: %+v", done.Pair)
	}
	if company := f.get("/v1/companies/twin-b"); !strings.Contains(string(company.body), `"id":"twin-a"`) {
		t.Errorf("twin-b is %s", company.body)
	}
}

// A run that a client does not wait for is a job with the report.
func TestResolveGraphLater(t *testing.T) {
	f := start(t, nil)
	d := openAPI(t, f)
	type job struct {
		ID, Kind, Status string
		Report           *review.Report
	}
	r := f.do("POST", "/v1/resolve/graph", nil, "Prefer", "respond-async")
	for r.StatusCode == http.StatusAccepted || r.StatusCode == http.StatusOK && strings.Contains(string(r.body), `"status":"running"`) {
		path := "/v1/jobs/" + into[job](t, r, r.StatusCode).ID
		if location := r.Header.Get("Location"); r.StatusCode == http.StatusAccepted && location != path {
			t.Errorf("Location %q, want %q", location, path)
		}
		r = f.get(path)
		if err := d.validate("GET", "/v1/jobs/{id}", r); err != nil {
			t.Errorf("%v\n%s", err, r.body)
		}
	}
	if strings.Contains(string(r.body), `"kind"`) {
		if got := into[job](t, r, 200); got.Kind != "resolve" || got.Status != "complete" || got.Report == nil || got.Report.Companies == 0 {
			t.Errorf("job %s", r.body)
		}
	} else if got := into[review.Report](t, r, 200); got.Companies == 0 { // it was over at once
		t.Errorf("report %s", r.body)
	}
}
