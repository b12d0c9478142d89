package httpapi_test

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/tributarygraph/tributary/graph"
	"github.com/tributarygraph/tributary/queries"
	"github.com/tributarygraph/tributary/queries/httpapi"
	"github.com/tributarygraph/tributary/queries/internal/drawn"
)

// network is the one of the tests of package queries:
//
//	quartz -> hynix --hbm--> nvidia <--cowos-- tsmc <-euv- asml <-optics- zeiss
//	             \-----hbm-----------------------^                 ^
//	micron --hbm3e--> nvidia -gpu-----------------------------------'
const network = `
	nvidia name=Nvidia aliases=英伟达 country=US ticker=XNAS:NVDA
	hynix name="SK Hynix" country=KR
	micron name=Micron country=US
	tsmc name=TSMC country=TW
	asml name=ASML country=NL
	zeiss name=Zeiss country=DE
	quartz name=Quartz country=US
	samsung-el name=Samsung country=KR
	samsung-bio name=Samsung country=KR
	"a/b c+d%~e" name=Odd
	product memory name=Memory
	product hbm name=HBM parent=memory
	product hbm3e name=HBM3E parent=hbm
	source s1 title=Filing published=2024-05-11
	hynix -> nvidia : hbm share_of_input=0.6 period=2024 source=s1 basis=filing quote="Hynix supplies HBM." dataset=other
	hynix -> nvidia : dram
	micron -> nvidia : hbm3e
	tsmc -> nvidia : cowos
	hynix -> tsmc : hbm
	asml -> tsmc : euv
	zeiss -> asml : optics
	quartz -> hynix : sand
	bis ! quartz programme="Entity List" valid_from=2023-03-02 source=s1
	nvidia -> zeiss : gpu
	"a/b c+d%~e" -> quartz : "50% ~ mix"
`

type fixture struct {
	t      testing.TB
	store  graph.Store
	views  *graph.Follower
	server *httpapi.Server
	http   *httptest.Server
	log    *lockedBuffer
}

// lockedBuffer is a log that several requests write to.
type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// start serves the network, configured further.
func start(t testing.TB, configure func(*httpapi.Config)) *fixture {
	t.Helper()
	store := drawn.Open(t)
	drawn.Put(t, store, drawn.Statements(t, network))
	return startOn(t, store, configure)
}

func startOn(t testing.TB, store graph.Store, configure func(*httpapi.Config)) *fixture {
	t.Helper()
	views, err := graph.Follow(context.Background(), store)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(views.Close)
	f := &fixture{t: t, store: store, views: views, log: &lockedBuffer{}}
	config := httpapi.Config{Views: views, Store: store, Build: "test", TempDir: t.TempDir(), Log: slog.New(slog.NewTextHandler(f.log, nil))}
	if configure != nil {
		configure(&config)
	}
	if f.server, err = httpapi.New(config); err != nil {
		t.Fatal(err)
	}
	f.http = httptest.NewServer(f.server)
	t.Cleanup(func() {
		f.http.Close()
		f.server.Close()
	})
	return f
}

// response is an answer that was read.
type response struct {
	*http.Response
	body []byte
}

func (f *fixture) do(method, path string, body io.Reader, headers ...string) response {
	f.t.Helper()
	r, err := http.NewRequest(method, f.http.URL+path, body)
	if err != nil {
		f.t.Fatal(err)
	}
	for i := 0; i < len(headers); i += 2 {
		if headers[i] == "Host" {
			r.Host = headers[i+1]
		} else {
			r.Header.Set(headers[i], headers[i+1])
		}
	}
	resp, err := http.DefaultTransport.RoundTrip(r) // without following anything
	if err != nil {
		f.t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		f.t.Fatal(err)
	}
	return response{resp, text}
}

func (f *fixture) get(path string, headers ...string) response {
	f.t.Helper()
	return f.do(http.MethodGet, path, nil, headers...)
}

// into reads a JSON answer with the given status.
func into[T any](t testing.TB, r response, status int) T {
	t.Helper()
	var out T
	if r.StatusCode != status {
		t.Fatalf("%s: status %d, want %d: %s", r.Request.URL, r.StatusCode, status, r.body)
	}
	if err := json.Unmarshal(r.body, &out); err != nil {
		t.Fatalf("%s: %v: %s", r.Request.URL, err, r.body)
	}
	return out
}

func TestRoutes(t *testing.T) {
	f := start(t, nil)
	for _, test := range []struct{ path, want string }{
		{"/v1/companies?q=nvid", `"id":"nvidia"`},
		{"/v1/companies?country=kr", `"id":"hynix"`},
		{"/v1/companies/nvidia", `"name_zh":"英伟达"`},
		{"/v1/companies/ticker:XNAS:NVDA", `"id":"nvidia"`},
		{"/v1/companies/" + url.PathEscape("英伟达"), `"id":"nvidia"`},
		{"/v1/companies/" + url.PathEscape("a/b c+d%~e"), `"name":"Odd"`},
		{"/v1/companies/nvidia/suppliers", `{"tier":1,"other_tiers":[2],"id":"hynix"`},
		{"/v1/companies/nvidia/suppliers?product=HBM&depth=1", `"basis":"stated"`},
		{"/v1/companies/hynix/customers?as_of=any", `"direction":"customers"`},
		{"/v1/companies/nvidia/chokepoints", `"sentence":"Every documented route from 2 other companies to Nvidia passes TSMC`},
		{"/v1/companies/nvidia/chokepoints?kind=must_pass&format=ndjson", `"list":"must_pass"`},
		{"/v1/companies/nvidia/exposure?to=quartz", `"question":"How much of Nvidia hangs on Quartz?"`},
		{"/v1/companies/nvidia/exposure?side=revenue&cut=0.2&format=ndjson", `"revenue_loss":{"low":0,"high":0.2`},
		{"/v1/products?q=hbm", `"parent":{"id":"memory"`},
		{"/v1/products/HBM", `"kind_of":[{"id":"memory"`},
		{"/v1/products/memory", `"relation":"supplies~hynix~nvidia~hbm"`},
		{"/v1/paths?from=quartz&to=nvidia", `"companies":["quartz","hynix","nvidia"]`},
		{"/v1/paths?from=hynix&to=nvidia", `"quote":"Hynix supplies HBM."`},
		{"/v1/relations/supplies~hynix~nvidia~hbm", `"quote":"Hynix supplies HBM."`},
		{"/v1/relations/" + url.PathEscape("supplies~SK Hynix~英伟达~HBM"), `"id":"supplies~hynix~nvidia~hbm"`},
		{"/v1/companies/nvidia/common-suppliers?min=1", `"diamond_ratio":{"tier_1":3,`},
		{"/v1/companies/nvidia/concentration?by=country&product=hbm", `"of":"input","product":{"id":"hbm","name":"HBM"},"hhi":{"low":3600,"high":10000,`},
		{"/v1/companies/nvidia/sanctions-exposure", `"finding":"No listing is documented under the rule ofac: that is not a clearance.`},
		{"/v1/companies/nvidia/sanctions-exposure?authorities=bis&threshold=0.5&inclusive=true&aggregate=true", `"items":[{"status":"listed","id":"quartz","name":"Quartz","country":"US","tier":2,"through":[{"id":"hynix","name":"SK Hynix"},{"id":"tsmc","name":"TSMC"}]`},
		{"/v1/companies/nvidia/sanctions-exposure?authorities=bis&threshold=0.5&inclusive=true&aggregate=true&as_of=2023-03-01", `"items":[]`},
		{"/v1/flows", `{"from":"KR","to":"US","relations":`},
		{"/v1/flows/relations?from=KR&to=US", `"relation":"supplies~hynix~nvidia~hbm"`},
		{"/v1/flows?top=1&by=sector", `"by":"sector"`},
		{"/v1/loops", `"size":4`},
		{"/v1/loops?company=hynix", `"items":[]`},
		{"/v1/stats", `"without_suppliers":`},
		{"/v1/imports", `"status":"complete"`},
		{"/healthz", `"status":"ok"`},
		{"/readyz", `"store":"reachable"`},
		{"/metrics", "tributary_view_relations 11"},
		{"/openapi.json", `"openapi":"3.1.0"`},
		{"/docs", "Tributary API"},
		{"/docs/docs.js", "openapi.json"},
		{"/docs/docs.css", "font"},
	} {
		r := f.get(test.path)
		if r.StatusCode != http.StatusOK || !strings.Contains(string(r.body), test.want) {
			t.Errorf("%s: status %d, want %s in %s", test.path, r.StatusCode, test.want, r.body)
		}
	}
}

// The id of a relation is percent-encoded itself. A client may encode it once more for the path, or not.
func TestRelationIDs(t *testing.T) {
	f := start(t, nil)
	paths := into[queries.PathsAnswer](t, f.get("/v1/paths?from="+url.QueryEscape("a/b c+d%~e")+"&to=quartz"), http.StatusOK)
	id := paths.Paths[0].Hops[0].Relations[0].Relation
	if id != "supplies~a%2Fb%20c%2Bd%25%7Ee~quartz~50%25%20%7E%20mix" {
		t.Fatalf("id %s", id)
	}
	for _, path := range []string{url.PathEscape(id), id} {
		if r := into[queries.RelationAnswer](t, f.get("/v1/relations/"+path), http.StatusOK); r.ID != id {
			t.Errorf("%s: %s", path, r.ID)
		}
	}
}

func TestProblems(t *testing.T) {
	f := start(t, func(c *httpapi.Config) { c.MaxUpload = 100 })
	for _, test := range []struct {
		method, path string
		status       int
		code, detail string
	}{
		{"GET", "/nowhere", 404, "no_such_route", "/docs"},
		{"GET", "/v1/companies/", 404, "no_such_route", ""},
		{"POST", "/v1/companies", 405, "method_not_allowed", ""},
		{"GET", "/v1/companies/nobody", 404, "not_found", "nobody"},
		{"GET", "/v1/companies/Samsung", 409, "ambiguous", "samsung-bio"},
		{"GET", "/v1/companies/nvidia/suppliers?depth=0", 422, "invalid", "depth"},
		{"GET", "/v1/companies/nvidia/suppliers?depth=x", 422, "invalid", "depth"},
		{"GET", "/v1/companies/nvidia/suppliers?dept=3", 422, "invalid", "query.dept: no such parameter; allowed: as_of, control_threshold, country, country_by, cursor, depth, format,"},
		{"GET", "/v1/companies/nvidia/suppliers?depth=1&depth=2", 422, "invalid", "query.depth: given 2 times; give it once"},
		{"GET", "/v1/companies/nvidia/suppliers?stages=volume&stages=ended", 422, "invalid", "query.stages: given 2 times; separate the values by commas"},
		{"GET", "/v1/imports?x=1", 422, "invalid", "query.x: no such parameter; allowed: none"},
		{"GET", "/v1/companies?q=a;b", 422, "invalid", "%3B"},
		{"GET", "/v1/companies?q=50%", 422, "invalid", "%25"},
		{"GET", "/readyz?x=1", 422, "invalid", "query.x"},
		{"GET", "/v1/companies/nvidia/suppliers?as_of=soon", 422, "invalid", "as_of"},
		{"GET", "/v1/companies/nvidia/suppliers?stages=soon", 422, "invalid", "stages"},
		{"GET", "/v1/companies/nvidia/suppliers?product=nothing", 404, "not_found", "nothing"},
		{"GET", "/v1/companies/nvidia/suppliers?country=Atlantis", 422, "invalid", "country"},
		{"GET", "/v1/companies?cursor=x", 422, "invalid", "cursor"},
		{"GET", "/v1/companies?limit=1001", 422, "invalid", "limit"},
		{"GET", "/v1/paths?from=nvidia", 422, "invalid", "to"},
		{"GET", "/v1/paths?from=nvidia&to=nvidia", 422, "invalid", "same company"},
		{"GET", "/v1/relations/x", 422, "invalid", "kind~from~to~product"},
		{"GET", "/v1/relations/supplies~hynix~nvidia~gold", 404, "not_found", "gold"},
		{"GET", "/v1/relations/supplies~hynix~nvidia", 409, "ambiguous", "supplies~hynix~nvidia~hbm"},
		{"GET", "/v1/imports/nothing", 404, "not_found", "nothing"},
		{"DELETE", "/v1/imports/nothing", 404, "not_found", "nothing"},
		{"POST", "/v1/imports", 422, "invalid", "dataset"},
		{"POST", "/v1/imports?dataset=d", 413, "body_too_large", "100 bytes"},
	} {
		var body io.Reader
		if test.method == http.MethodPost {
			body = strings.NewReader("supplier,buyer\n" + strings.Repeat("a,b\n", 100))
		}
		r := f.do(test.method, test.path, body, "Content-Type", "text/csv")
		p := into[httpapi.Problem](t, r, test.status)
		if p.Code != test.code || p.Status != test.status || !strings.Contains(p.Detail+strings.Join(p.Candidates, " "), test.detail) {
			t.Errorf("%s %s: %+v", test.method, test.path, p)
		}
		if r.Header.Get("Content-Type") != "application/problem+json" || p.RequestID == "" || p.RequestID != r.Header.Get("X-Request-Id") {
			t.Errorf("%s %s: %s, request id %q, %q", test.method, test.path, r.Header.Get("Content-Type"), p.RequestID, r.Header.Get("X-Request-Id"))
		}
	}
	if p := into[httpapi.Problem](t, f.get("/v1/companies/Samsung"), 409); !slices.Equal(p.Candidates, []string{"samsung-bio", "samsung-el"}) {
		t.Errorf("candidates %v", p.Candidates)
	}
	if r := f.do("DELETE", "/v1/companies", nil); r.Header.Get("Allow") != "GET" {
		t.Errorf("Allow: %q", r.Header.Get("Allow"))
	}
	p := into[httpapi.Problem](t, f.do("POST", "/v1/imports?dataset=d", strings.NewReader("x"), "Content-Type", "image/png"), 415)
	if p.Code != "unsupported_media_type" {
		t.Errorf("%+v", p)
	}
	if r := f.get("/v1/companies/nobody", "Accept", "text/csv"); r.Header.Get("Content-Type") != "application/problem+json" {
		t.Errorf("a problem to a client that wants CSV: %s", r.Header.Get("Content-Type"))
	}
}

func TestETag(t *testing.T) {
	f := start(t, nil)
	const path = "/v1/companies/nvidia/suppliers?depth=2"
	first := f.get(path)
	etag := first.Header.Get("ETag")
	if etag == "" || first.Header.Get("Cache-Control") != "private, no-cache" {
		t.Fatalf("headers %v", first.Header)
	}
	if r := f.get(path, "If-None-Match", `"x", W/`+etag); r.StatusCode != http.StatusNotModified || len(r.body) != 0 || r.Header.Get("ETag") != etag {
		t.Errorf("status %d, %d bytes", r.StatusCode, len(r.body))
	}
	if r := f.get(path, "If-None-Match", "*"); r.StatusCode != http.StatusNotModified || r.Header.Get("ETag") != etag {
		t.Errorf("any answer: status %d", r.StatusCode)
	}
	if r := f.get("/v1/companies/nobody", "If-None-Match", "*"); r.StatusCode != http.StatusNotFound {
		t.Errorf("any answer, where there is none: status %d", r.StatusCode)
	}
	for _, other := range []string{"/v1/companies/nvidia/suppliers?depth=1", path + "&format=csv", "/v1/companies/tsmc/suppliers?depth=2",
		path + "&group=control", path + "&group=control&control_threshold=0.25"} {
		if f.get(other).Header.Get("ETag") == etag {
			t.Errorf("%s has the same ETag", other)
		}
	}
	drawn.Put(t, f.store, drawn.Statements(t, "new -> nvidia : x dataset=more"))
	if err := f.views.CatchUp(context.Background()); err != nil {
		t.Fatal(err)
	}
	if r := f.get(path, "If-None-Match", etag); r.StatusCode != http.StatusOK || r.Header.Get("ETag") == etag {
		t.Errorf("after a change: status %d", r.StatusCode)
	}
}

// Pages of any size, joined, are the whole list; so are the forms.
func TestPages(t *testing.T) {
	f := start(t, nil)
	for _, path := range []string{"/v1/companies/nvidia/suppliers?depth=9", "/v1/companies?q=", "/v1/products?q=", "/v1/loops?as_of=any"} {
		type page struct {
			Items      []json.RawMessage `json:"items"`
			NextCursor string            `json:"next_cursor"`
			Complete   bool              `json:"complete"`
			Stopped    string            `json:"stopped_because"`
		}
		whole := into[page](t, f.get(path+"&limit=1000"), 200)
		if !whole.Complete || len(whole.Items) == 0 {
			t.Fatalf("%s: %+v", path, whole)
		}
		for _, limit := range []int{1, 2, 5, 16} {
			var items []json.RawMessage
			next := fmt.Sprintf("%s&limit=%d", path, limit)
			for next != "" {
				r := f.get(next)
				p := into[page](t, r, 200)
				items = append(items, p.Items...)
				link := r.Header.Get("Link")
				if (link == "") != (p.NextCursor == "") || p.Complete != (link == "") || (r.Header.Get("Tributary-Complete") == "true") != p.Complete {
					t.Fatalf("%s: link %q, %+v", next, link, p)
				}
				next, _, _ = strings.Cut(strings.TrimPrefix(link, "<"), ">")
			}
			if !slices.EqualFunc(items, whole.Items, func(a, b json.RawMessage) bool { return bytes.Equal(a, b) }) {
				t.Errorf("%s: pages of %d:\n%s\nwant\n%s", path, limit, items, whole.Items)
			}
		}
		r := f.get(path + "&limit=1000&format=ndjson")
		if got, want := strings.TrimSpace(string(r.body)), string(bytes.Join(asBytes(whole.Items), []byte("\n"))); got != want {
			t.Errorf("%s as NDJSON:\n%s\nwant\n%s", path, got, want)
		}
		if r.Header.Get("Content-Type") != "application/x-ndjson" {
			t.Errorf("Content-Type %s", r.Header.Get("Content-Type"))
		}
	}
}

func asBytes(list []json.RawMessage) (out [][]byte) {
	for _, x := range list {
		out = append(out, x)
	}
	return out
}

func TestCSV(t *testing.T) {
	f := start(t, nil)
	r := f.get("/v1/companies/nvidia/suppliers", "Accept", "text/csv;q=0.9, application/json;q=0.1")
	if r.Header.Get("Content-Type") != "text/csv; charset=utf-8" || r.Header.Get("Vary") != "Accept" {
		t.Errorf("headers %v", r.Header)
	}
	records, err := csv.NewReader(bytes.NewReader(r.body)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	at := func(row int, column string) string { return records[row][slices.Index(records[0], column)] }
	for _, test := range []struct {
		row          int
		column, want string
	}{
		{1, "id", "hynix"}, {1, "tier", "1"}, {1, "other_tiers", "2"}, {1, "share_low", "0.6"}, {1, "share_high", "0.6"}, {1, "share_basis", "stated"},
		{1, "products", "dram;hbm"}, {1, "products_names", "dram;HBM"}, {1, "hop_id", "nvidia"}, {2, "share_low", "0"}, {2, "share_high", "1"},
		{4, "id", "asml"}, {4, "via", "tsmc"}, {4, "via_names", "TSMC"},
	} {
		if got := at(test.row, test.column); got != test.want {
			t.Errorf("row %d, %s: %q, want %q", test.row, test.column, got, test.want)
		}
	}
}

func TestCursorAcrossRevisions(t *testing.T) {
	f := start(t, nil)
	const path = "/v1/companies/nvidia/suppliers?limit=2"
	first := into[queries.TiersAnswer](t, f.get(path), 200)
	drawn.Put(t, f.store, drawn.Statements(t, "aaa -> nvidia : x dataset=more\n n -> nvidia : x dataset=more"))
	if err := f.views.CatchUp(context.Background()); err != nil {
		t.Fatal(err)
	}
	second := into[queries.TiersAnswer](t, f.get(path+"&cursor="+first.NextCursor), 200)
	if !second.RevisionChanged || second.Revision == first.Revision {
		t.Errorf("revision %d then %d, changed %v", first.Revision, second.Revision, second.RevisionChanged)
	}
	// The list goes on behind micron by key: aaa lies before it, n comes.
	if second.Items[0].ID != "n" || second.Items[1].ID != "tsmc" {
		t.Errorf("items %s, %s", second.Items[0].ID, second.Items[1].ID)
	}
}

func TestDoors(t *testing.T) {
	f := start(t, nil)
	port := f.http.Listener.Addr().(*net.TCPAddr).Port
	for host, status := range map[string]int{
		"localhost": 200, "LOCALHOST": 200, "127.0.0.1": 200, "[::1]": 200, fmt.Sprintf("localhost:%d", port): 200,
		"evil.example": 403, "evil.example:80": 403, "10.1.2.3": 403, "localhost.evil.example": 403,
	} {
		if r := f.get("/v1/companies/nvidia", "Host", host); r.StatusCode != status {
			t.Errorf("Host %s: status %d, want %d", host, r.StatusCode, status)
		}
	}
	for _, test := range []struct {
		headers []string
		status  int
	}{
		{nil, 200},
		{[]string{"Origin", f.http.URL}, 200},
		{[]string{"Origin", "https://evil.example"}, 403},
		{[]string{"Origin", "null"}, 403},
		{[]string{"Sec-Fetch-Site", "cross-site"}, 403},
	} {
		r := f.do(http.MethodPost, "/v1/imports?dataset=d&dry_run=true", strings.NewReader("supplier,buyer\na,b\n"), test.headers...)
		if r.StatusCode != test.status {
			t.Errorf("%v: status %d, want %d: %s", test.headers, r.StatusCode, test.status, r.body)
		}
	}
	if r := f.get("/healthz", "X-Request-Id", "mine-1"); r.Header.Get("X-Request-Id") != "mine-1" {
		t.Errorf("request id %q", r.Header.Get("X-Request-Id"))
	}
	if r := f.get("/healthz", "X-Request-Id", "a b"); r.Header.Get("X-Request-Id") == "a b" {
		t.Error("any request id is taken over")
	}
	if !strings.Contains(f.log.String(), "request_id=mine-1") {
		t.Error("the access log does not name the request")
	}
	csp := f.get("/docs").Header.Get("Content-Security-Policy")
	if !strings.Contains(csp, "default-src 'none'") || strings.Contains(csp, "http") {
		t.Errorf("Content-Security-Policy %s", csp)
	}
}

func TestToken(t *testing.T) {
	f := start(t, func(c *httpapi.Config) { c.Addr, c.Token = "0.0.0.0:8080", "secret" })
	for _, test := range []struct {
		path   string
		token  string
		status int
	}{
		{"/v1/stats", "", 401}, {"/v1/stats", "Bearer wrong", 401}, {"/v1/stats", "secret", 401}, {"/v1/stats", "Bearer secret", 200},
		{"/metrics", "", 401}, {"/v1/nowhere", "", 401}, {"/healthz", "", 200}, {"/readyz", "", 200}, {"/docs", "", 200}, {"/openapi.json", "", 200},
	} {
		r := f.get(test.path, "Authorization", test.token)
		if r.StatusCode != test.status || (r.StatusCode == 401) != (r.Header.Get("WWW-Authenticate") != "") {
			t.Errorf("%s with %q: status %d", test.path, test.token, r.StatusCode)
		}
	}
	if r := f.get("/healthz", "Host", "192.168.1.7:8080"); r.StatusCode != 200 {
		t.Errorf("by address: status %d", r.StatusCode)
	}
	if r := f.get("/healthz", "Host", "evil.example"); r.StatusCode != 403 {
		t.Errorf("by a foreign name: status %d", r.StatusCode)
	}
	for _, addr := range []string{"0.0.0.0:80", ":80", "192.168.1.7:80", "[::]:80", "example.com:80"} {
		if _, err := httpapi.New(httpapi.Config{Views: f.views, Store: f.store, Addr: addr}); err == nil || !strings.Contains(err.Error(), "token") {
			t.Errorf("%s without a token: %v", addr, err)
		}
	}
	for _, addr := range []string{"127.0.0.1:80", "localhost:0", "[::1]:80"} {
		if _, err := httpapi.New(httpapi.Config{Views: f.views, Store: f.store, Addr: addr}); err != nil {
			t.Errorf("%s: %v", addr, err)
		}
	}
}

func TestConcurrentClients(t *testing.T) {
	f := start(t, func(c *httpapi.Config) { c.MaxWorking = 2 })
	want := f.get("/v1/companies/nvidia/suppliers?depth=9").body
	var group sync.WaitGroup
	for range 200 {
		group.Go(func() {
			for range 5 {
				resp, err := http.Get(f.http.URL + "/v1/companies/nvidia/suppliers?depth=9")
				if err != nil {
					t.Error(err)
					return
				}
				got, err := io.ReadAll(resp.Body)
				_ = resp.Body.Close()
				if err != nil || resp.StatusCode != 200 || !bytes.Equal(got, want) {
					t.Errorf("status %d, %v", resp.StatusCode, err)
				}
			}
		})
	}
	group.Wait()
}

// Two questions that wait for the store hold both places to work at; a third one may wait, a fourth one not.
func TestOverload(t *testing.T) {
	store := &stalling{Store: drawn.Open(t), entered: make(chan struct{}, 10), release: make(chan struct{})}
	drawn.Put(t, store.Store, drawn.Statements(t, network))
	f := startOn(t, store, func(c *httpapi.Config) { c.MaxWorking, c.MaxWaiting = 2, 1 })
	var group sync.WaitGroup
	statuses := make(chan int, 10)
	ask := func() {
		group.Go(func() { statuses <- f.get("/v1/relations/supplies~hynix~nvidia~hbm").StatusCode })
	}
	ask()
	ask()
	<-store.entered
	<-store.entered
	ask() // waits
	ask() // or this one
	if status := <-statuses; status != http.StatusServiceUnavailable {
		t.Errorf("one too many: status %d", status)
	}
	close(store.release)
	group.Wait()
	for range 3 {
		if status := <-statuses; status != http.StatusOK {
			t.Errorf("status %d", status)
		}
	}
}

// stalling is a store whose Details wait.
type stalling struct {
	graph.Store
	entered chan struct{}
	release chan struct{}
}

func (s *stalling) Details(ctx context.Context, keys []graph.Key) ([]graph.Statement, error) {
	s.entered <- struct{}{}
	select {
	case <-s.release:
		return s.Store.Details(ctx, keys)
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// down is a store that cannot be reached while broken is set.
type down struct {
	graph.Store
	mu     sync.Mutex
	broken bool
}

func (d *down) err() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.broken {
		return fmt.Errorf("%w: connection refused", graph.ErrUnavailable)
	}
	return nil
}

func (d *down) Head(ctx context.Context) (graph.Head, error) {
	if err := d.err(); err != nil {
		return graph.Head{}, err
	}
	return d.Store.Head(ctx)
}

func (d *down) Details(ctx context.Context, keys []graph.Key) ([]graph.Statement, error) {
	if err := d.err(); err != nil {
		return nil, err
	}
	return d.Store.Details(ctx, keys)
}

func (d *down) Imports(ctx context.Context) ([]graph.Import, error) {
	if err := d.err(); err != nil {
		return nil, err
	}
	return d.Store.Imports(ctx)
}

func TestStoreGone(t *testing.T) {
	store := &down{Store: drawn.Open(t)}
	drawn.Put(t, store.Store, drawn.Statements(t, network))
	f := startOn(t, store, nil)
	store.mu.Lock()
	store.broken = true
	store.mu.Unlock()
	ready := struct {
		Status     string `json:"status"`
		Store      string `json:"store"`
		StoreError string `json:"store_error"`
		Companies  int    `json:"companies"`
	}{}
	for deadline := time.Now().Add(10 * time.Second); ready.Status != "degraded"; {
		if time.Now().After(deadline) {
			t.Fatalf("readyz does not notice: %+v", ready)
		}
		if err := json.Unmarshal(f.get("/readyz").body, &ready); err != nil {
			t.Fatal(err)
		}
	}
	if ready.Store != "unreachable" || !strings.Contains(ready.StoreError, "connection refused") || ready.Companies != 11 {
		t.Errorf("readyz: %+v", ready)
	}
	into[queries.TiersAnswer](t, f.get("/v1/companies/nvidia/suppliers"), 200)
	r := f.get("/v1/relations/supplies~hynix~nvidia~hbm")
	relation := into[queries.RelationAnswer](t, r, 200)
	if !strings.Contains(strings.Join(relation.Warnings, ";"), "quotes and locators are missing") || r.Header.Get("ETag") != "" {
		t.Errorf("warnings %v, ETag %q", relation.Warnings, r.Header.Get("ETag"))
	}
	r = f.get("/v1/imports")
	if p := into[httpapi.Problem](t, r, 503); p.Code != "store_unavailable" || r.Header.Get("Retry-After") == "" {
		t.Errorf("imports: %+v", p)
	}
}

// loading is a server whose network is not there yet.
type loading struct{}

func (loading) View() *graph.View             { return nil }
func (loading) Health() graph.Health          { return graph.Health{} }
func (loading) CatchUp(context.Context) error { return nil }

func TestLoading(t *testing.T) {
	f := start(t, func(c *httpapi.Config) { c.Views = loading{} })
	if p := into[httpapi.Problem](t, f.get("/v1/stats"), 503); p.Code != "loading" {
		t.Errorf("%+v", p)
	}
	if r := f.get("/readyz"); r.StatusCode != 503 || !strings.Contains(string(r.body), `"loading"`) {
		t.Errorf("readyz: %d %s", r.StatusCode, r.body)
	}
	if r := f.get("/healthz"); r.StatusCode != 200 {
		t.Errorf("healthz: %d", r.StatusCode)
	}
}

// panicking gives no View but a panic.
type panicking struct{ loading }

func (panicking) View() *graph.View { panic("out of order") }

func TestPanic(t *testing.T) {
	f := start(t, func(c *httpapi.Config) { c.Views = panicking{} })
	p := into[httpapi.Problem](t, f.get("/v1/stats"), 500)
	if p.Code != "internal" || strings.Contains(p.Detail, "out of order") || !strings.Contains(f.log.String(), "out of order") {
		t.Errorf("%+v; log %s", p, f.log)
	}
}

// A chain of suppliers too long to be walked in no time at all.
func TestDeadline(t *testing.T) {
	var statements []graph.Statement
	const companies = 3000
	for i := range companies {
		for j := range 30 {
			statements = append(statements, drawn.Supplies(fmt.Sprintf("c%04d", i), fmt.Sprintf("c%04d", (i*7+j*13+1)%companies), ""))
		}
	}
	store := drawn.Open(t)
	drawn.Put(t, store, statements)
	f := startOn(t, store, func(c *httpapi.Config) { c.QueryTimeout = time.Nanosecond })
	r := f.get("/v1/companies/c0001/suppliers?depth=50&limit=1000")
	a := into[queries.TiersAnswer](t, r, 200)
	if a.Complete || a.StoppedBecause != "deadline" || r.Header.Get("ETag") != "" || r.Header.Get("Cache-Control") != "no-store" {
		t.Errorf("%+v, %v", a.Answer, r.Header)
	}
	if p := into[httpapi.Problem](t, f.get("/v1/stats"), 504); p.Code != "deadline" {
		t.Errorf("stats: %+v", p)
	}
	// A limit of the client's own is no failure of the server, whether there is time enough or not.
	f = startOn(t, store, nil)
	r = f.get("/v1/stats?timeout_ms=1")
	if p := (httpapi.Problem{}); r.StatusCode != 200 {
		if p = into[httpapi.Problem](t, r, 422); p.Code != "deadline" || !strings.Contains(p.Detail, "1 ms") {
			t.Errorf("stats: %+v", p)
		}
	}
}

func TestServeStops(t *testing.T) {
	f := start(t, nil)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	served := make(chan error, 1)
	go func() { served <- f.server.Serve(ctx, listener) }()
	resp, err := http.Get("http://" + listener.Addr().String() + "/healthz")
	if err != nil {
		t.Fatal(err)
	}
	_ = resp.Body.Close()
	stop()
	if err := <-served; err != nil {
		t.Errorf("Serve: %v", err)
	}
}
