package httpapi_test

import (
	"bytes"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/tributarygraph/tributary/queries/internal/drawn"
)

// document is /openapi.json, as far as the test reads it.
type document struct {
	doc      map[string]any
	compiler *jsonschema.Compiler
}

func openAPI(t *testing.T, f *fixture) *document {
	t.Helper()
	parsed, err := jsonschema.UnmarshalJSON(bytes.NewReader(f.get("/openapi.json").body))
	if err != nil {
		t.Fatal(err)
	}
	d := &document{doc: parsed.(map[string]any), compiler: jsonschema.NewCompiler()}
	d.compiler.DefaultDraft(jsonschema.Draft2020) // OpenAPI 3.1 is a superset of it
	if err := d.compiler.AddResource("http://test/openapi.json", parsed); err != nil {
		t.Fatal(err)
	}
	return d
}

func pointer(parts ...string) string {
	for i := range parts {
		parts[i] = strings.NewReplacer("~", "~0", "/", "~1").Replace(parts[i])
	}
	return strings.Join(parts, "/")
}

// validate checks an answer against what the document says of the operation, status and media type.
func (d *document) validate(method, path string, r response) error {
	mediaType, _, _ := strings.Cut(r.Header.Get("Content-Type"), ";")
	at := pointer("paths", path, strings.ToLower(method), "responses", fmt.Sprint(r.StatusCode), "content", mediaType, "schema")
	schema, err := d.compiler.Compile("http://test/openapi.json#/" + at)
	if err != nil {
		return fmt.Errorf("status %d, %s: %w", r.StatusCode, mediaType, err)
	}
	if mediaType != "application/json" && mediaType != "application/problem+json" {
		return nil
	}
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(r.body))
	if err != nil {
		return err
	}
	return schema.Validate(value)
}

// Answers keep to the document: the same types make both, and this proves it.
func TestAnswersKeepToTheDocument(t *testing.T) {
	f := start(t, nil)
	drawn.Put(t, f.store, drawn.Statements(t, `
		hynix -> nvidia : hbm share_of_input=0.5 period=2024 dataset=b
		hynix -> nvidia : hbm stance=denies dataset=c
		fund => nvidia share=0.1
		nvidia => sub control=board
		nvidia * gpu market_share=0.9
		site fab name=Fab operator=hynix country=KR region=Icheon place=37.25,127.48
		hynix * hbm site=fab
		samsung-el * hbm
		hbm < gpu
		amd ~ nvidia role=competitor
		nvidia revenue=1 currency=USD period=2024 dataset=filings
		NVIDIA -> zeiss : gpu dataset=d
		Samsung -> nvidia : dram dataset=d
	`))
	job := into[imported](t, f.do("POST", "/v1/imports?dataset=x", strings.NewReader(relations)), 200)
	d := openAPI(t, f)
	seen := map[string]bool{}
	for _, test := range []struct{ method, path, request string }{
		{"GET", "/v1/companies", "?q=nvidia"}, {"GET", "/v1/companies", "?limit=1"}, {"GET", "/v1/companies", "?format=csv"},
		{"GET", "/v1/companies", "?format=ndjson"}, {"GET", "/v1/companies", "?limit=0"},
		{"GET", "/v1/companies/{id}", "nvidia"}, {"GET", "/v1/companies/{id}", "amd"}, {"GET", "/v1/companies/{id}", "Samsung"}, {"GET", "/v1/companies/{id}", "x"},
		{"GET", "/v1/companies/{id}/suppliers", "nvidia/suppliers"}, {"GET", "/v1/companies/{id}/suppliers", "nvidia/suppliers?relations=supplies,owns&limit=2"},
		{"GET", "/v1/companies/{id}/suppliers", "sub/suppliers?relations=owns"}, {"GET", "/v1/companies/{id}/suppliers", "nvidia/suppliers?depth=1000"},
		{"GET", "/v1/companies/{id}/customers", "hynix/customers"},
		{"GET", "/v1/companies/{id}/chokepoints", "nvidia/chokepoints"}, {"GET", "/v1/companies/{id}/chokepoints", "nvidia/chokepoints?kind=routes&limit=1"},
		{"GET", "/v1/companies/{id}/chokepoints", "nvidia/chokepoints?depth=1&product=hbm"}, {"GET", "/v1/companies/{id}/chokepoints", "nvidia/chokepoints?format=csv"}, {"GET", "/v1/companies/{id}/chokepoints", "nvidia/chokepoints?kind=degree"},
		{"GET", "/v1/companies/{id}/exposure", "nvidia/exposure"}, {"GET", "/v1/companies/{id}/exposure", "nvidia/exposure?to=hynix&evidence=true&paths=3"},
		{"GET", "/v1/companies/{id}/exposure", "nvidia/exposure?over=countries"}, {"GET", "/v1/companies/{id}/exposure", "hynix/exposure?side=revenue&limit=1"},
		{"GET", "/v1/companies/{id}/exposure", "nvidia/exposure?side=revenue&cut=0.2"}, {"GET", "/v1/companies/{id}/exposure", "nvidia/exposure?cut=0.2"},
		{"GET", "/v1/companies/{id}/alternatives", "nvidia/alternatives"}, {"GET", "/v1/companies/{id}/alternatives", "nvidia/alternatives?product=hbm&supplier=hynix&limit=1"},
		{"GET", "/v1/companies/{id}/alternatives", "nvidia/alternatives?assume=nothing"},
		{"GET", "/v1/companies/{id}/remedies", "nvidia/remedies"}, {"GET", "/v1/companies/{id}/remedies", "nvidia/remedies?product=hbm&share=0.5&limit=1"},
		{"GET", "/v1/companies/{id}/remedies", "nvidia/remedies?if_stops=hynix&format=csv"}, {"GET", "/v1/companies/{id}/remedies", "nvidia/remedies?share=0"},
		{"GET", "/v1/companies/{id}/gaps", "nvidia/gaps"}, {"GET", "/v1/companies/{id}/gaps", "nvidia/gaps?exposures=2&limit=1&assume=essential"},
		{"GET", "/v1/companies/{id}/gaps", "nvidia/gaps?format=csv"}, {"GET", "/v1/companies/{id}/gaps", "nvidia/gaps?exposures=0"},
		{"GET", "/v1/companies/{id}/changes", "nvidia/changes?from=2020"}, {"GET", "/v1/companies/{id}/changes", "nvidia/changes?from=revision:1&to=today&limit=1"},
		{"GET", "/v1/companies/{id}/changes", "nvidia/changes?import=x"}, {"GET", "/v1/companies/{id}/changes", "nvidia/changes"}, {"GET", "/v1/companies/{id}/changes", "nvidia/changes?from=revision:99&format=csv"},
		{"GET", "/v1/companies/{id}/sanctions-exposure", "nvidia/sanctions-exposure"}, {"GET", "/v1/companies/{id}/sanctions-exposure", "nvidia/sanctions-exposure?rule=eu"},
		{"GET", "/v1/companies/{id}/sanctions-exposure", "nvidia/sanctions-exposure?authorities=bis&threshold=0.5&inclusive=true&aggregate=false&evidence=true"},
		{"GET", "/v1/companies/{id}/sanctions-exposure", "nvidia/sanctions-exposure?authorities=bis&threshold=0.5&inclusive=true"},
		{"GET", "/v1/companies/{id}/sanctions-exposure", "nvidia/sanctions-exposure?rule=ofac&threshold=0.5"},
		{"GET", "/v1/companies/{id}/questionnaire", "nvidia/questionnaire?limit=3"}, {"GET", "/v1/companies/{id}/questionnaire", "nvidia/questionnaire?format=csv"},
		{"GET", "/v1/companies/{id}/questionnaire", "nvidia/questionnaire?group=control"},
		{"GET", "/v1/companies/{id}/report", "nvidia/report"}, {"GET", "/v1/companies/{id}/report", "zeiss/report?format=html"}, {"GET", "/v1/companies/{id}/report", "nobody/report"},
		{"GET", "/v1/sites", ""}, {"GET", "/v1/sites", "?near=37,127,100km&country=KR&operator=hynix&region=icheon&q=fab"}, {"GET", "/v1/sites", "?format=csv&limit=1"}, {"GET", "/v1/sites", "?near=here"},
		{"GET", "/v1/companies/{id}/chain", "nvidia/chain"}, {"GET", "/v1/companies/{id}/chain", "nvidia/chain?suppliers=3&customers=2&visible=1&fold=product"},
		{"GET", "/v1/companies/{id}/chain", "nvidia/chain?visible=1&open=-1:KR&open=-2:NL&country=KR,NL&product=hbm&product_hop=listed"},
		{"GET", "/v1/companies/{id}/chain", "nvidia/chain?format=csv"}, {"GET", "/v1/companies/{id}/chain", "nvidia/chain?open=x"}, {"GET", "/v1/companies/{id}/chain", "nvidia/chain?suppliers=11"},
		{"GET", "/v1/companies/{id}/suppliers", "nvidia/suppliers?near=37.2,127.5,50km&country=KR&country_by=site"},
		{"GET", "/v1/products", "?q=hbm"}, {"GET", "/v1/products/{id}", "hbm"}, {"GET", "/v1/products/{id}", "memory?limit=1&group=control"}, {"GET", "/v1/products/{id}", "nothing"},
		{"GET", "/v1/paths", "?from=quartz&to=zeiss"}, {"GET", "/v1/paths", "?from=quartz&to=fund"}, {"GET", "/v1/paths", ""},
		{"GET", "/v1/relations/{id}", "supplies~hynix~nvidia~hbm"}, {"GET", "/v1/relations/{id}", "owns~fund~nvidia~"}, {"GET", "/v1/relations/{id}", "makes~nvidia~gpu"},
		{"GET", "/v1/relations/{id}", "input_of~hbm~gpu"}, {"GET", "/v1/relations/{id}", "supplies~hynix~nvidia"},
		{"GET", "/v1/loops", ""}, {"GET", "/v1/flows", ""}, {"GET", "/v1/flows", "?by=sector&top=2&limit=1"}, {"GET", "/v1/flows", "?format=csv"}, {"GET", "/v1/flows", "?top=-1"}, {"GET", "/v1/flows/relations", "?from=KR&to=US&limit=1"}, {"GET", "/v1/flows/relations", "?from=KR"}, {"GET", "/v1/flows/relations", "?from=ZW&to=*&top=1"}, {"GET", "/v1/systemic-risk", ""}, {"GET", "/v1/systemic-risk", "?companies=nvidia&missing_value=equal&victims=2"}, {"GET", "/v1/systemic-risk", "?eps=3"},
		{"GET", "/v1/systemic-risk", "?format=csv"}, {"GET", "/v1/jobs/{id}", "x"}, {"DELETE", "/v1/jobs/{id}", "x"}, {"GET", "/v1/stats", ""}, {"GET", "/v1/imports", ""}, {"GET", "/v1/imports/{id}", "1"}, {"GET", "/v1/imports/{id}", "x"},
		{"GET", "/v1/imports/{id}/rejects", "1/rejects"}, {"GET", "/v1/imports/{id}/rejects", job.ID + "/rejects"}, {"GET", "/v1/formats", ""}, {"POST", "/v1/mappings/suggest", ""},
		{"GET", "/v1/companies/{id}/common-suppliers", "nvidia/common-suppliers?min=1"}, {"GET", "/v1/companies/{id}/common-suppliers", "quartz/common-suppliers"},
		{"GET", "/v1/companies/{id}/concentration", "nvidia/concentration"}, {"GET", "/v1/companies/{id}/concentration", "nvidia/concentration?by=country&tier=2"},
		{"GET", "/v1/companies/{id}/concentration", "nvidia/concentration?by=product&assume=complete"}, {"GET", "/v1/companies/{id}/concentration", "nvidia/concentration?by=product&tier=2"},
		{"GET", "/v1/reviews", "?status=all"}, {"GET", "/v1/reviews/{id}", "x"}, {"POST", "/v1/reviews/{id}", "x"}, {"POST", "/v1/resolve/graph", "?all=true"}, {"GET", "/v1/resolve/runs", ""}, {"DELETE", "/v1/resolve/runs/{id}", "1"},
		{"DELETE", "/v1/imports/{id}", "1"}, {"POST", "/v1/imports/{id}/undo", job.ID + "/undo"}, {"POST", "/v1/imports/{id}/undo", "nosuch/undo"}, {"GET", "/healthz", ""}, {"GET", "/readyz", ""},
	} {
		prefix, _, _ := strings.Cut(test.path, "{id}")
		r := f.do(test.method, prefix+test.request, nil)
		if err := d.validate(test.method, test.path, r); err != nil {
			t.Errorf("%s %s%s: %v\n%s", test.method, prefix, test.request, err, r.body)
		}
		seen[test.method+" "+test.path] = true
	}
	for _, test := range []struct{ path, request, body string }{
		{"/v1/report", "?format=html", `{"members":[{"company":"nvidia","spend":5,"currency":"USD"},{"company":"tsmc"},{"company":"nobody"}]}`}, {"/v1/report", "", `{"members":[]}`},
		{"/v1/common-suppliers", "?min=1&limit=2", `{"members":[{"company":"nvidia","spend":5,"currency":"USD"},{"company":"tsmc"},{"company":"Samsung"},{"company":"nobody"}]}`},
		{"/v1/common-suppliers", "?format=csv", `{"members":[{"company":"nvidia"}]}`},
		{"/v1/common-suppliers", "", `{"members":[]}`},
		{"/v1/resolve", "?candidates=2", `{"companies":[{"ref":"1","name":"NVIDIA","country":"US","identifiers":["lei:1"]},{"name":"nobody"}]}`}, {"/v1/resolve", "", `{"companies":[]}`},
		{"/v1/concentration", "?by=country", `{"members":[{"company":"nvidia","spend":5,"currency":"USD"},{"company":"tsmc"}]}`},
		{"/v1/concentration", "?tier=2&by=country", `{"members":[{"company":"nvidia","spend":5,"currency":"USD"}]}`},
		{"/v1/sanctions-exposure", "?authorities=bis&programmes=Entity%20List&threshold=0.5&inclusive=true&aggregate=true", `{"members":[{"company":"nvidia","spend":5,"currency":"USD"},{"company":"tsmc"},{"company":"nobody"}]}`},
		{"/v1/suppliers", "?depth=2&limit=3", `{"members":[{"company":"nvidia","spend":5,"currency":"USD"},{"company":"tsmc"},{"company":"nobody"}]}`},
		{"/v1/changes", "?from=2020&limit=2", `{"members":[{"company":"nvidia","spend":5,"currency":"USD"},{"company":"tsmc"}]}`}, {"/v1/changes", "?from=revision:1&to=today&format=csv", `{"members":[{"company":"nvidia"}]}`},
		{"/v1/changes", "", `{"members":[{"company":"nvidia"}]}`},
		{"/v1/paths", "?from=hynix&k=1&members=2", `{"members":[{"company":"nvidia","spend":5,"currency":"USD"},{"company":"tsmc"},{"company":"hynix"}]}`}, {"/v1/paths", "?from=nobody", `{"members":[{"company":"nvidia"}]}`},
		{"/v1/exposure/each", "?side=revenue&limit=3", `{"members":[{"company":"hynix","spend":5,"currency":"USD"},{"company":"tsmc"}]}`}, {"/v1/exposure/each", "?evidence=true&to=hynix", `{"members":[{"company":"nvidia"}]}`},
		{"/v1/exposure/each", "?cut=0.2", `{"members":[{"company":"nvidia"}]}`},
		{"/v1/questionnaire", "?limit=3", `{"members":[{"company":"nvidia","spend":5,"currency":"USD"},{"company":"tsmc"}]}`}, {"/v1/questionnaire", "?format=csv", `{"members":[{"company":"nvidia"}]}`},
		{"/v1/questionnaire", "?group=control", `{"members":[{"company":"nvidia"}]}`},
		{"/v1/customers", "?limit=3", `{"members":[{"company":"nvidia"}]}`},
		{"/v1/chokepoints", "?limit=3&members=1", `{"members":[{"company":"nvidia"},{"company":"tsmc","row":7}]}`},
		{"/v1/alternatives", "?limit=3", `{"members":[{"company":"nvidia"},{"company":"tsmc"}]}`},
		{"/v1/remedies", "?limit=3", `{"members":[{"company":"nvidia"},{"company":"tsmc"}]}`},
		{"/v1/mappings/suggest", "", `[{"from":"a","to":"b"}]`},
		{"/v1/gaps", "?limit=3&candidates=5", `{"members":[{"company":"nvidia"},{"company":"tsmc"}]}`},
		{"/v1/exposure", "?limit=3", `{"members":[{"company":"nvidia","spend":5,"currency":"USD"},{"company":"tsmc"},{"company":"nobody"}]}`},
	} {
		r := f.do("POST", test.path+test.request, strings.NewReader(test.body), "Content-Type", "application/json")
		if err := d.validate("POST", test.path, r); err != nil {
			t.Errorf("POST %s%s: %v\n%s", test.path, test.request, err, r.body)
		}
		seen["POST "+test.path] = true
	}
	for path, item := range d.doc["paths"].(map[string]any) {
		for method := range item.(map[string]any) {
			if name := strings.ToUpper(method) + " " + path; !seen[name] && name != "POST /v1/imports" && name != "POST /v1/disruptions" {
				t.Errorf("%s is not tried", name)
			}
		}
	}
	r := f.do("POST", "/v1/imports?dataset=y", strings.NewReader(relations), "Content-Type", "text/csv")
	if err := d.validate("POST", "/v1/imports", r); err != nil {
		t.Errorf("POST /v1/imports: %v\n%s", err, r.body)
	}
	r = f.do("POST", "/v1/imports?dataset=y", strings.NewReader("x\n1\n"), "Content-Type", "text/csv")
	if err := d.validate("POST", "/v1/imports", r); err != nil || r.StatusCode != http.StatusUnprocessableEntity {
		t.Errorf("POST /v1/imports of nothing: %v\n%s", err, r.body)
	}
}

// A disruption is asked for with a body; its answers keep to the document too.
func TestDisruptionsKeepToTheDocument(t *testing.T) {
	f := start(t, nil)
	d := openAPI(t, f)
	for _, test := range []struct {
		query, body string
		status      int
		says        string
	}{
		{"", `{"scenario":{"targets":[{"company":"quartz","capacity":0.5,"recovery_days":30}]}}`, 200, `"tier":1`},
		{"?limit=1", `{"scenario":{"targets":[{"company":"quartz"}]},"assume":["complete","essential"],"sort":"upper"}`, 200, "next_cursor"},
		{"?format=csv", `{"scenario":{"targets":[{"product":"sand"}]},"product_level":"exact","undocumented":"worst"}`, 200, "loss_low"},
		{"", `{"scenario":{"targets":[{"company":"quartz"}],"remedy":{"add":[{"from":"tsmc","to":"hynix","product":"sand","share_of_input":0.5}]}}}`, 200, `"totals_after":{`},
		{"", `{"scenario":{"targets":[{"company":"quartz","capcity":0.5}]}}`, 422, "capcity"},
		{"", `{"scenario":{"targets":[{"company":"quartz","capacity":1.5}]}}`, 422, "capacity"},
		{"", `{"scenario":{"targets":[{"company":"quartz"}],"demand":[{"company":"nvidia"}]}}`, 422, "demand"},
		{"", `{"scenario":{"demand":[{"company":"nvidia","cut":0}]}}`, 422, "cut"},
		{"", `{"scenario":{"targets":[{"company":"quartz"}],"demand":[{"company":"nvidia","cut":0.5}]}}`, 200, `"revenue_lost":{`},
		{"?format=csv", `{"scenario":{"demand":[{"company":"nvidia","cut":0.5}]}}`, 200, "revenue_lost_low"},
		{"", `{"scenario":{"demand":[{"company":"nobody at all","cut":0.5}]}}`, 404, "demand[0]"},
		{"", `{"scenario":{"targets":[{"company":"nobody at all"}]}}`, 404, "targets[0]"},
	} {
		r := f.do("POST", "/v1/disruptions"+test.query, strings.NewReader(test.body), "Content-Type", "application/json")
		if err := d.validate("POST", "/v1/disruptions", r); err != nil || r.StatusCode != test.status || !strings.Contains(string(r.body), test.says) {
			t.Errorf("%s %s: %v\n%d %s", test.query, test.body, err, r.StatusCode, r.body)
		}
		if r.StatusCode == 200 && !strings.Contains(test.query, "csv") {
			again := f.do("POST", "/v1/disruptions"+test.query, strings.NewReader(test.body), "Content-Type", "application/json", "If-None-Match", r.Header.Get("ETag"))
			if again.StatusCode != http.StatusNotModified {
				t.Errorf("asked again: status %d", again.StatusCode)
			}
		}
	}
}

// Every parameter and field says what it means.
func TestDocumentExplainsItself(t *testing.T) {
	d := openAPI(t, start(t, nil))
	for path, item := range d.doc["paths"].(map[string]any) {
		for method, op := range item.(map[string]any) {
			op := op.(map[string]any)
			if op["summary"] == nil || op["operationId"] == nil {
				t.Errorf("%s %s has no summary", method, path)
			}
			parameters, _ := op["parameters"].([]any)
			for _, p := range parameters {
				p := p.(map[string]any)
				if p["description"] == nil && !slices.Contains([]string{"kind"}, p["name"].(string)) {
					t.Errorf("%s %s: parameter %s has no description", method, path, p["name"])
				}
			}
		}
	}
	if len(d.doc["components"].(map[string]any)["schemas"].(map[string]any)) < 30 {
		t.Error("schemas are missing")
	}
}
