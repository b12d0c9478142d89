package httpapi_test

import (
	"bytes"
	"fmt"
	"io"
	"mime/multipart"
	"slices"
	"strings"
	"testing"

	"github.com/tributarygraph/tributary/queries"
	"github.com/tributarygraph/tributary/queries/httpapi"
)

// formOf makes a form of parts: name, file name, content.
func formOf(t *testing.T, parts ...[3]string) (contentType string, body *bytes.Buffer) {
	t.Helper()
	body = &bytes.Buffer{}
	w := multipart.NewWriter(body)
	for _, p := range parts {
		part, err := w.CreateFormFile(p[0], p[1])
		if err != nil {
			t.Fatal(err)
		}
		if _, err := part.Write([]byte(p[2])); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return w.FormDataContentType(), body
}

// chain is a table in which "from" needs "to", with a code that is looked up.
const (
	chain        = "需求方,供应方,产品,占比\nNvidia,Wafers Inc,w,25\nMicron,Wafers Inc,w,half\n其他,Wafers Inc,w,5\n"
	chainProduct = "code,name\nw,wafer\n"
	chainMapping = `version: 1
where:
  - {value: "{需求方}", not: [其他], reason: no single company}
lookups:
  products: {file: products.csv, key: code}
emit:
  - supplies:
      supplier: "{供应方}"
      buyer: "{需求方}"
      product: {value: "{产品}", lookup: products, column: name}
      share_of_input: {value: "{占比}", percent: true}
`
)

func TestImportWithMapping(t *testing.T) {
	f := start(t, nil)
	send := func(query string, status int, parts ...[3]string) imported {
		contentType, body := formOf(t, parts...)
		return into[imported](t, f.do("POST", "/v1/imports?dataset=chain"+query, body, "Content-Type", contentType), status)
	}
	parts := [][3]string{{"file", "chain.csv", chain}, {"lookup", "products.csv", chainProduct}, {"mapping", "chain.yaml", chainMapping}}

	dry := send("&dry_run=true&preview=2", 200, parts...)
	c := dry.Report.Files[0].Conversion
	if dry.Report.Rows != 3 || dry.Report.Rejected != 1 || c == nil || c.Converted != 1 || c.LeftOut != 1 || dry.Report.Created != 1 {
		t.Errorf("dry run: %+v, conversion %+v", dry.Report, c)
	}
	shown := dry.Report.Preview
	if len(shown) != 2 || shown[0].Row != 2 || len(shown[0].Statements) != 1 || !strings.Contains(shown[1].Rejected, "half") {
		t.Fatalf("preview: %+v", shown)
	}
	cells := map[string]string{}
	for _, cell := range shown[0].Statements[0].Cells {
		cells[cell.Column] = cell.Value
	}
	if cells["supplier"] != "Wafers Inc" || cells["buyer"] != "Nvidia" || cells["product"] != "wafer" || cells["share_of_input"] != "0.25" {
		t.Errorf("first statement: %v", cells)
	}
	all := send("&dry_run=true&preview=9", 200, parts...)
	if last := all.Report.Preview[2]; last.LeftOut != "no single company" || last.Row != 4 {
		t.Errorf("what is left out: %+v", last)
	}

	// The order of the parts does not matter.
	slices.Reverse(parts)
	got := send("", 200, parts...)
	if got.Report.Created != 1 || got.Report.Rejected != 1 || got.Report.Preview != nil {
		t.Errorf("import: %+v", got.Report)
	}
	a := into[queries.TiersAnswer](t, f.get("/v1/companies/nvidia/suppliers?depth=1&product=wafer"), 200)
	if len(a.Items) != 1 || a.Items[0].Name != "Wafers Inc" {
		t.Errorf("suppliers: %+v", a.Items)
	}
	r := f.get("/v1/imports/" + got.ID + "/rejects")
	if want := "3,"; r.StatusCode != 200 || !strings.HasPrefix(r.Header.Get("Content-Type"), "text/csv") || !strings.Contains(r.Header.Get("Content-Disposition"), "chain.rejected.csv") || !strings.Contains(string(r.body), "\n"+want) {
		t.Errorf("rejects: %d %v %s", r.StatusCode, r.Header, r.body)
	}
	if again := f.get("/v1/imports/" + got.Key + "/rejects"); !bytes.Equal(again.body, r.body) {
		t.Errorf("rejects by key: %s", again.body)
	}
	// Mended, they are imported as they are.
	mended := send("&dry_run=true", 200, [3]string{"file", "r.csv", strings.Replace(string(r.body), "half", "50", 1)}, parts[0], parts[1])
	if mended.Report.Created != 1 || mended.Report.Rejected != 0 {
		t.Errorf("mended: %+v", mended.Report)
	}
	into[httpapi.Problem](t, f.get("/v1/imports/"+mended.ID+"/rejects"), 404)
}

// An import is taken back by the id of its job or by its key, once.
func TestUndoImport(t *testing.T) {
	f := start(t, nil)
	got := into[imported](t, f.do("POST", "/v1/imports?dataset=undone", strings.NewReader("supplier,buyer\nNew Supplier,nvidia\n")), 200)
	into[any](t, f.get("/v1/companies/New%20Supplier"), 200)
	undone := into[struct {
		Key, Dataset string
		Revision     uint64
	}](t, f.do("POST", "/v1/imports/"+got.ID+"/undo", nil), 200)
	if undone.Key != got.Key || undone.Dataset != "undone" || undone.Revision == 0 {
		t.Errorf("undone: %+v", undone)
	}
	into[httpapi.Problem](t, f.get("/v1/companies/New%20Supplier"), 404)
	into[httpapi.Problem](t, f.do("POST", "/v1/imports/"+got.Key+"/undo", nil), 404)
}

// TestRefusedInMetrics: a statement that another record contradicts is refused alone, and counted so.
func TestRefusedInMetrics(t *testing.T) {
	f := start(t, nil)
	const facts = "supplier_factset_entity_id,customer_factset_entity_id,start_date,end_date,revenue_pct\nA,B,2024-01-01,,12\nA,B,2024-01-01,,13\n"
	got := into[imported](t, f.do("POST", "/v1/imports?dataset=d", strings.NewReader(facts)), 200)
	metrics := string(f.get("/metrics").body)
	if got.Report.Refused != 1 || got.Rejects == "" || !strings.Contains(metrics, `tributary_import_rows_total{outcome="refused"} 1`) {
		t.Errorf("refused %d: %s", got.Report.Refused, metrics)
	}
	if r := f.get(got.Rejects); !strings.Contains(string(r.body), "\n3,") {
		t.Errorf("rejects: %s", r.body)
	}
}

func TestMappingProblems(t *testing.T) {
	f := start(t, nil)
	file := [3]string{"file", "chain.csv", chain}
	for name, test := range map[string]struct {
		parts        [][3]string
		code         string
		line, column int
	}{
		"a key that is not known":    {[][3]string{file, {"mapping", "m.yaml", "version: 1\nemit:\n  - supplie:\n      supplier: a\n"}}, "invalid_mapping", 3, 5},
		"a column that is not there": {[][3]string{file, {"mapping", "m.yaml", "version: 1\nemit:\n  - supplies: {supplier: \"{供应}\", buyer: \"{需求方}\"}\n"}}, "invalid_mapping", 3, 26},
		"a lookup that is not sent":  {[][3]string{file, {"mapping", "m.yaml", chainMapping}}, "invalid_mapping", 5, 13},
		"no file":                    {[][3]string{{"mapping", "m.yaml", chainMapping}}, "invalid", 0, 0},
		"two files":                  {[][3]string{file, file}, "invalid", 0, 0},
		"a part that is not known":   {[][3]string{file, {"mappings", "m.yaml", chainMapping}}, "invalid", 0, 0},
	} {
		contentType, body := formOf(t, test.parts...)
		p := into[httpapi.Problem](t, f.do("POST", "/v1/imports?dataset=chain", body, "Content-Type", contentType), 422)
		if p.Code != test.code || p.Detail == "" {
			t.Errorf("%s: %+v", name, p)
		}
		if test.line > 0 && (len(p.Mapping) == 0 || p.Mapping[0].Line != test.line || p.Mapping[0].Column != test.column || p.Mapping[0].Message == "") {
			t.Errorf("%s: %+v", name, p.Mapping)
		}
	}
	p := into[httpapi.Problem](t, f.do("POST", "/v1/imports?dataset=d", strings.NewReader("--x\r\nnothing"), "Content-Type", "multipart/form-data; boundary=y"), 422)
	if p.Code != "invalid" {
		t.Errorf("no form: %+v", p)
	}
	into[httpapi.Problem](t, f.do("POST", "/v1/imports?dataset=d&preview=3", strings.NewReader(relations)), 422)
}

// Files that are looked up in share an allowance; once it is used up to the byte, the next must be empty.
func TestLookupLimits(t *testing.T) {
	f := start(t, nil)
	f.server.LimitLookups(10)
	file := [3]string{"file", "chain.csv", chain}
	many := [][3]string{file}
	for i := range 33 {
		many = append(many, [3]string{"lookup", fmt.Sprintf("%d.csv", i), ""})
	}
	for name, test := range map[string]struct {
		parts  [][3]string
		status int
		says   string
	}{
		"all of it":         {[][3]string{file, {"lookup", "a.csv", "0123456789"}, {"lookup", "b.csv", ""}}, 200, ""},
		"one byte more":     {[][3]string{file, {"lookup", "a.csv", "0123456789x"}}, 413, "larger than 10 bytes"},
		"more after it":     {[][3]string{file, {"lookup", "a.csv", "0123456789"}, {"lookup", "b.csv", "x"}}, 413, "larger than 10 bytes"},
		"as many as can":    {many[:33], 200, ""},
		"one file too many": {many, 413, "more than 32 parts"},
	} {
		contentType, body := formOf(t, append(slices.Clone(test.parts), [3]string{"mapping", "m.yaml", "version: 1\nemit:\n  - supplies: {supplier: \"{供应方}\", buyer: \"{需求方}\"}\n"})...)
		r := f.do("POST", "/v1/imports?dataset=chain&dry_run=true", body, "Content-Type", contentType)
		if r.StatusCode != test.status || !strings.Contains(string(r.body), test.says) {
			t.Errorf("%s: %d %s", name, r.StatusCode, r.body)
		}
	}
}

func TestImportFormat(t *testing.T) {
	f := start(t, nil)
	into[httpapi.Problem](t, f.do("POST", "/v1/imports?dataset=d&format=gleif-lei", strings.NewReader(relations)), 422)
	into[httpapi.Problem](t, f.do("POST", "/v1/imports?dataset=d&format=nothing", strings.NewReader(relations)), 404)
	const facts = "supplier_factset_entity_id,customer_factset_entity_id,start_date,end_date,revenue_pct\n0A-E,0B-E,2024-01-01,,12\n"
	got := into[imported](t, f.do("POST", "/v1/imports?dataset=d&format=factset-supply&dry_run=true&preview=1", strings.NewReader(facts)), 200)
	if got.Report.Files[0].Conversion.Format != "factset-supply" || len(got.Report.Preview) != 1 {
		t.Errorf("%+v", got.Report)
	}
	list := into[struct {
		Items []struct{ Name, Title string }
	}](t, f.get("/v1/formats"), 200)
	if !slices.ContainsFunc(list.Items, func(x struct{ Name, Title string }) bool { return x.Name == "factset-supply" && x.Title != "" }) {
		t.Errorf("formats: %+v", list.Items)
	}
	// Rows in our own columns are shown as they land, too.
	got = into[imported](t, f.do("POST", "/v1/imports?dataset=d&dry_run=true&preview=5", strings.NewReader(relations)), 200)
	if p := got.Report.Preview; len(p) != 2 || p[0].Statements[0].Kind != "supplies" || p[0].Statements[0].Cells[0].Value != "wafers inc" || p[1].Rejected == "" {
		t.Errorf("preview: %+v", p)
	}
}

// suggested is the answer about a draft.
type suggested struct {
	Mapping string
	Unsure  []struct {
		Line int
		Note string
	}
	Columns []string
	Format  *struct{ Name string }
}

func TestSuggestMapping(t *testing.T) {
	f := start(t, nil)
	contentType, body := formOf(t, [3]string{"file", "market.csv", "Market shares 2024,,,\nProvider,Product,Year,Share (%)\nWafers Inc,wafer,2024,25\nMicron,hbm,2024,10\n"})
	got := into[suggested](t, f.do("POST", "/v1/mappings/suggest", body, "Content-Type", contentType), 200)
	if got.Format != nil || !slices.Contains(got.Columns, "Provider") || !strings.Contains(got.Mapping, "header: 2") || !strings.Contains(got.Mapping, "market.csv") {
		t.Errorf("draft: %+v", got)
	}
	for _, u := range got.Unsure {
		if line := strings.Split(got.Mapping, "\n")[u.Line-1]; !strings.HasSuffix(line, u.Note) {
			t.Errorf("line %d %q is said to be %q", u.Line, line, u.Note)
		}
	}
	// What is drafted can be tried as it is.
	contentType, body = formOf(t, [3]string{"file", "market.csv", "Market shares 2024,,,\nProvider,Product,Year,Share (%)\nWafers Inc,wafer,2024,25\nMicron,hbm,2024,10\n"}, [3]string{"mapping", "m.yaml", got.Mapping})
	if tried := into[imported](t, f.do("POST", "/v1/imports?dataset=d&dry_run=true&preview=1", body, "Content-Type", contentType), 200); tried.Report.Rows != 2 || tried.Report.Rejected != 0 {
		t.Errorf("tried: %+v", tried.Report)
	}
	got = into[suggested](t, f.do("POST", "/v1/mappings/suggest?name=ours.csv", strings.NewReader("from,to\nAcme Inc,Borg AG\n"), "Content-Type", "text/csv"), 200)
	if len(got.Unsure) == 0 || !strings.Contains(got.Mapping, "ours.csv") {
		t.Errorf("a doubtful draft: %+v", got)
	}
	got = into[suggested](t, f.do("POST", "/v1/mappings/suggest", strings.NewReader("supplier_factset_entity_id,customer_factset_entity_id,start_date,end_date,revenue_pct\n0A-E,0B-E,2024-01-01,,12\n")), 200)
	if got.Format == nil || got.Format.Name != "factset-supply" {
		t.Errorf("a known format: %+v", got)
	}
	into[httpapi.Problem](t, f.do("POST", "/v1/mappings/suggest", strings.NewReader("")), 422)
}

// Of a text the begin does, wherever it is cut; what is read from its end must be whole.
func TestSuggestSample(t *testing.T) {
	f := start(t, nil)
	f.server.LimitSamples(64<<10, 16<<10)
	row := "Wafers Inc,wafer,2024,25\n"
	text := "Provider,Product,Year,Share (%)\n" + strings.Repeat(row, 10_000)
	lines := strings.Repeat(`{"from": "Acme Inc", "to": "Borg AG"}`+"\n", 10_000)
	for name, body := range map[string]string{"CSV": text, "JSON Lines": lines, "JSON": "[" + strings.ReplaceAll(strings.TrimSpace(lines), "\n", ",") + "]"} {
		if got := into[suggested](t, f.do("POST", "/v1/mappings/suggest", strings.NewReader(body)), 200); got.Mapping == "" {
			t.Errorf("%s: %+v", name, got)
		}
	}
	contentType, body := formOf(t, [3]string{"file", "market.csv", text})
	if got := into[suggested](t, f.do("POST", "/v1/mappings/suggest", body, "Content-Type", contentType), 200); !slices.Contains(got.Columns, "Provider") {
		t.Errorf("in a form: %+v", got)
	}
	for _, magic := range []string{"PK\x03\x04", "PAR1"} {
		p := into[httpapi.Problem](t, f.do("POST", "/v1/mappings/suggest", strings.NewReader(magic+text)), 413)
		if !strings.Contains(p.Detail, "first rows") {
			t.Errorf("%q: %+v", magic, p)
		}
	}
}

// A draft takes the place of an import from before its file is read.
func TestSuggestTakesTurns(t *testing.T) {
	f := start(t, func(c *httpapi.Config) { c.MaxImports = 1 })
	read, write := io.Pipe()
	first := make(chan response, 1)
	go func() { first <- f.do("POST", "/v1/mappings/suggest", read, "Content-Type", "text/csv") }()
	if _, err := write.Write(bytes.Repeat([]byte("from,to\n"), 4<<20)); err != nil { // more than connections hold: the handler reads
		t.Fatal(err)
	}
	for _, path := range []string{"/v1/mappings/suggest", "/v1/imports?dataset=d"} {
		if p := into[httpapi.Problem](t, f.do("POST", path, strings.NewReader(relations)), 429); p.Code != "too_many_imports" {
			t.Errorf("%s: %+v", path, p)
		}
	}
	_ = write.Close()
	into[suggested](t, <-first, 200)
	into[suggested](t, f.do("POST", "/v1/mappings/suggest", strings.NewReader(relations)), 200)
}
