package httpapi_test

import (
	"strings"
	"testing"

	"github.com/tributarygraph/tributary/queries"
	"github.com/tributarygraph/tributary/queries/httpapi"
	"github.com/tributarygraph/tributary/queries/internal/drawn"
)

// Two revisions are compared, whichever came to be asked first, and an answer held still stands.
func TestChanges(t *testing.T) {
	f := start(t, nil)
	drawn.Put(t, f.store, drawn.Statements(t, "a -> b : p share_of_input=0.5 essential=true period=2020"))
	drawn.Put(t, f.store, drawn.Statements(t, "a -> b : p share_of_input=0.7 essential=true period=2020"))
	into[any](t, f.do("POST", "/v1/imports?dataset=x", strings.NewReader("supplier,buyer\nc,a\n")), 200)
	for range 2 {
		r := f.do("GET", "/v1/companies/b/changes?from=revision:2&to=revision:3", nil)
		a := into[queries.ChangesAnswer](t, r, 200)
		if a.Moved != 1 || a.From.Revision != 2 || a.To.Revision != 3 || a.Exposures[0].LossBefore.Low != 0.5 || a.Exposures[0].LossAfter.Low != 0.7 || r.Header.Get("ETag") == "" {
			t.Errorf("%s", r.body)
		}
		if again := f.do("GET", "/v1/companies/b/changes?from=revision:2&to=revision:3", nil, "If-None-Match", r.Header.Get("ETag")); again.StatusCode != 304 {
			t.Errorf("status %d", again.StatusCode)
		}
		if a := into[queries.ChangesAnswer](t, f.do("GET", "/v1/companies/b/changes?from=revision:0", nil), 200); a.Came != 2 || a.From.Known {
			t.Errorf("%+v", a)
		}
		if a := into[queries.ChangesAnswer](t, f.do("GET", "/v1/companies/b/changes?import=x", nil), 200); a.Came != 1 || a.From.Revision != 3 || a.To.Revision != 4 {
			t.Errorf("%+v", a.From)
		}
	}
	for query, status := range map[string]int{"": 422, "?from=revision:9": 422, "?from=2020&import=x": 422, "?import=y": 404, "?from=soon": 422} {
		if p := into[httpapi.Problem](t, f.do("GET", "/v1/companies/b/changes"+query, nil), status); p.Detail == "" {
			t.Errorf("%s: %+v", query, p)
		}
	}
}

// A report is a page that may load nothing, and its ETag stands.
func TestReport(t *testing.T) {
	f := start(t, nil)
	drawn.Put(t, f.store, drawn.Statements(t, `
		source s title=Title published=2024-01-01
		a -> b : p source=s quote="so it says"`))
	into[any](t, f.do("POST", "/v1/imports?dataset=x", strings.NewReader("supplier,buyer\nc,a\n")), 200)
	r := f.do("GET", "/v1/companies/b/report?format=html", nil)
	if r.StatusCode != 200 || !strings.HasPrefix(r.Header.Get("Content-Type"), "text/html") || !strings.Contains(r.Header.Get("Content-Security-Policy"), "default-src 'none'") || !strings.Contains(string(r.body), "so it says") {
		t.Errorf("%d %v\n%s", r.StatusCode, r.Header, r.body)
	}
	if again := f.do("GET", "/v1/companies/b/report?format=html", nil, "If-None-Match", r.Header.Get("ETag")); again.StatusCode != 304 {
		t.Errorf("status %d", again.StatusCode)
	}
	r = f.do("POST", "/v1/report", strings.NewReader(`{"members":[{"company":"a","spend":1,"currency":"USD"},{"company":"zz"}]}`), "Content-Type", "application/json")
	if r.StatusCode != 200 || !strings.HasPrefix(r.Header.Get("Content-Type"), "text/markdown") || !strings.Contains(string(r.body), "Of 2 rows, 1 was found as 1 company.") {
		t.Errorf("%d %v\n%s", r.StatusCode, r.Header, r.body)
	}
}
