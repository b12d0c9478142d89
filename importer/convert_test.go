package importer

import (
	"archive/zip"
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/parquet-go/parquet-go"
	"github.com/xuri/excelize/v2"

	"github.com/tributarygraph/tributary/graph"
	"github.com/tributarygraph/tributary/importer/records"
)

// The same three companies, however the file is written: read without a mapping they give the same graph.
func TestFormsOfFiles(t *testing.T) {
	want := ""
	for _, test := range []struct{ name, text string }{
		{"c.csv", "id,name,country\na,Alpha,DE\nb,\"Beta, Inc\",US\nc,丙公司,\n"},
		{"c.jsonl", `{"id":"a","name":"Alpha","country":"DE"}` + "\n" + `{"id":"b","name":"Beta, Inc","country":"US"}` + "\n" + `{"id":"c","name":"丙公司","country":null}`},
		{"c.json", "[\n  {\n    \"id\": \"a\",\n    \"name\": \"Alpha\", \"country\": \"DE\"\n  },\n{\"id\":\"b\",\"name\":\"Beta, Inc\",\"country\":\"US\"}, {\"id\":\"c\",\"name\":\"丙公司\",\"country\":\"\"}]"},
		{"objects over lines.json", "{\n\"id\":\"a\",\n\"name\":\"Alpha\",\"country\":\"DE\"}\n{\n\"id\":\"b\",\"name\":\"Beta, Inc\",\"country\":\"US\"}\n{\"id\":\"c\",\"name\":\"丙公司\",\"country\":\"\"}"},
		{"c.xlsx", workbookOf(t, [][]any{{"id", "name", "country"}, {"a", "Alpha", "DE"}, {}, {"b", "Beta, Inc", "US"}, {"c", "丙公司"}})},
		{"c.parquet", parquetOf(t)},
		{"c.zip", zipOf(t, map[string]string{"companies.csv": "id,name,country\na,Alpha,DE\nb,\"Beta, Inc\",US\nc,丙公司,\n"})},
		{"c.parquet.gz", string(gzipped(t, parquetOf(t)))},
	} {
		t.Run(test.name, func(t *testing.T) {
			store := openStore(t)
			r := mustImport(t, store, Options{Dataset: "c"}, reader(test.name, test.text))
			if r.Created != 3 {
				t.Errorf("%s", asJSON(t, r))
			}
			got := statements(t, store)
			if want == "" {
				want = got
			}
			if got != want {
				t.Errorf("%s\nwant\n%s", got, want)
			}
		})
	}
}

// statements is what a store holds, without what tells of imports.
func statements(t *testing.T, store graph.Store) string {
	t.Helper()
	var out bytes.Buffer
	if err := ExportNDJSON(t.Context(), store, &out); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func workbookOf(t testing.TB, rows [][]any) string {
	t.Helper()
	book := excelize.NewFile()
	for i, cells := range rows {
		at, err := excelize.CoordinatesToCellName(1, i+1)
		if err != nil {
			t.Fatal(err)
		}
		if err := book.SetSheetRow("Sheet1", at, &cells); err != nil {
			t.Fatal(err)
		}
	}
	var out bytes.Buffer
	if err := errors.Join(book.Write(&out), book.Close()); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func parquetOf(t testing.TB) string {
	t.Helper()
	type company struct {
		ID      string  `parquet:"id"`
		Name    string  `parquet:"name"`
		Country *string `parquet:"country,optional"`
	}
	de, us := "DE", "US"
	var out bytes.Buffer
	w := parquet.NewGenericWriter[company](&out)
	_, err := w.Write([]company{{"a", "Alpha", &de}, {"b", "Beta, Inc", &us}, {"c", "丙公司", nil}})
	if err := errors.Join(err, w.Close()); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func zipOf(t testing.TB, members map[string]string) string {
	t.Helper()
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for name, text := range members {
		f, err := w.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(f, text); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// trades converts rows of from, to, what, share, told by their first cell: it turns them round, describes the companies,
// leaves out totals, cannot understand "?", and counts companies at the end.
type trades struct{ last int64 }

var (
	tradeShape   = &records.Shape{Kind: graph.KindSupplies, Columns: []string{"supplier", "buyer", "product", "share_of_input"}}
	companyShape = &records.Shape{Kind: graph.KindCompany, Columns: []string{"id", "name", "aliases", "country"}}
)

func (c *trades) Convert(r *records.Record, emit records.Emit) error {
	from, to, what, share := r.Cells[0], r.Cells[1], r.Cells[2], r.Cells[3]
	c.last = r.Number
	switch from {
	case "total":
		return &records.Drop{Reason: "row of a total"}
	case "?":
		return &records.Bad{Field: r.Names[0], Found: from, Why: "nobody is called so"}
	}
	if err := emit(&records.Row{Shape: companyShape, Cells: []string{"c:" + from, from, what + " buyer", ""}}); err != nil {
		return err
	}
	return emit(&records.Row{Shape: tradeShape, Cells: []string{"c:" + to, "c:" + from, what, share}})
}

func (c *trades) Finish(emit records.Emit) error {
	if err := emit(&records.Row{Shape: companyShape, Cells: []string{"c:last", "Last", "", "DE"}, Record: c.last}); err != nil {
		return err
	}
	return emit(&records.Row{Shape: companyShape, Cells: []string{"c:bad", "Bad", "", "Atlantis"}, Record: c.last})
}

func tradesConversion() *records.Conversion {
	return &records.Conversion{Name: "trades", Key: "trades/1", Converter: func() (records.Converter, error) { return &trades{}, nil }}
}

// Every record of a converted file is accounted for, and so is every statement that they make.
func TestConversion(t *testing.T) {
	text := "needs from,to,what,share\n" +
		"a,b,steel,0.5\n" + // row 2: two statements
		"a,c,coal,1.5\n" + // row 3: the share is bad, so that the company is not described either
		"total,,,\n" +
		"?,b,steel,\n" +
		"a,b,rubber,\n" + // row 6: the company again, with another alias
		"d,b,steel,0.4\n" +
		"d,b,steel,0.6\n" + // row 8: says otherwise than row 7
		"total,,,\n"
	store := openStore(t)
	rejects := t.TempDir()
	r, err := Import(t.Context(), store, []Input{reader("t.csv", text)}, Options{Conversion: tradesConversion(), Rejects: RejectsIn(rejects), Now: stamp})
	if err != nil {
		t.Fatal(err)
	}
	f := r.Files[0]
	if want := (Conversion{Format: "trades", Converted: 4, LeftOut: 2, Because: []LeftOut{{"row of a total", 2}}, Statements: 10, Refused: 2}); asJSON(t, f.Conversion) != asJSON(t, want) {
		t.Errorf("%s\nwant %s", asJSON(t, f.Conversion), asJSON(t, want))
	}
	if r.Rows != 8 || r.Created != 6 || r.Combined != 1 || r.Unchanged != 1 || r.Rejected != 2 || r.Refused != 2 {
		t.Errorf("%s", asJSON(t, r))
	}
	checkAccount(t, r)
	for i, refused := range []bool{false, false, true, true} {
		if strings.HasPrefix(r.Rejections[i].Reason, "statement refused: ") != refused {
			t.Errorf("row %d: %s", r.Rejections[i].Row, r.Rejections[i].Reason)
		}
	}
	var rows []int64
	for _, x := range r.Rejections {
		rows = append(rows, x.Row)
	}
	if want := []int64{3, 5, 9, 8}; !slices.Equal(rows, want) {
		t.Errorf("rejected are rows %v, want %v", rows, want)
	}
	written, err := os.ReadFile(filepath.Join(rejects, "t.rejected.csv"))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"row,reason,needs from,to,what,share\n", "\na,c,coal,1.5", ",?,b,steel,\n", ",d,b,steel,0.6\n", ",total,,,\n"} {
		if !strings.Contains(string(written), strings.TrimPrefix(want, "\n")) {
			t.Errorf("the rejected rows lack %q:\n%s", want, written)
		}
	}
	if got := statements(t, store); !strings.Contains(got, `"aliases":"rubber buyer;steel buyer"`) {
		t.Errorf("the two descriptions of one company are not combined:\n%s", got)
	}
	if again := mustImportAs(t, store, text); !again.AlreadyImported {
		t.Errorf("the same again: %s", asJSON(t, again))
	}
}

func mustImportAs(t *testing.T, store graph.Store, text string) *Report {
	t.Helper()
	r, err := Import(t.Context(), store, []Input{reader("t.csv", text)}, Options{Conversion: tradesConversion(), Now: stamp})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestRecordsOfDocuments(t *testing.T) {
	const text = `{"meta": {"n": 2, "list": [1]}, "data": {"other": "x", "items": [{"a": {"b": [1, "x y"]}}, {"a": 1.50}]}}`
	for _, test := range []struct {
		path string
		want []string
		err  string
	}{
		{"", []string{text}, ""},
		{"data.items", []string{`{"a": {"b": [1, "x y"]}}`, `{"a": 1.50}`}, ""},
		{"$.data.items[*]", []string{`{"a": {"b": [1, "x y"]}}`, `{"a": 1.50}`}, ""},
		{"data.rows", nil, `data has no "rows"; it has other, items`},
		{"data", nil, "data is no list"},
		{"meta.n.x", nil, "meta.n is no object"},
	} {
		r, err := OpenRecords(t.Context(), reader("d.json", text), records.Layout{Records: test.path})
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for {
			x, err := r.Next()
			if err == io.EOF {
				break
			}
			if err != nil {
				if test.err == "" || !strings.Contains(err.Error(), test.err) {
					t.Errorf("%s: %v, want %q", test.path, err, test.err)
				}
				break
			}
			got = append(got, x.Raw)
		}
		if !slices.Equal(got, test.want) {
			t.Errorf("%s: %q, want %q", test.path, got, test.want)
		}
		if err := r.Close(); err != nil {
			t.Error(err)
		}
	}
}

func TestParquetValues(t *testing.T) {
	type deal struct {
		Day   int32    `parquet:"day,date"`
		At    int64    `parquet:"at,timestamp(millisecond)"`
		Price int64    `parquet:"price,decimal(2:18)"`
		Tags  []string `parquet:"tags,list"`
		Seen  bool     `parquet:"seen"`
		Big   uint64   `parquet:"big"`
		Where struct {
			Country string `parquet:"country"`
		} `parquet:"where"`
	}
	var out bytes.Buffer
	w := parquet.NewGenericWriter[deal](&out)
	d := deal{Day: 20000, At: 1_700_000_000_123, Price: -12345, Tags: []string{"x", "y"}, Seen: true, Big: 1 << 63}
	d.Where.Country = "DE"
	_, err := w.Write([]deal{d})
	if err := errors.Join(err, w.Close()); err != nil {
		t.Fatal(err)
	}
	r, err := OpenRecords(t.Context(), reader("d.parquet", out.String()), records.Layout{})
	if err != nil {
		t.Fatal(err)
	}
	x, err := r.Next()
	if err != nil {
		t.Fatal(err)
	}
	if want := []string{"day", "at", "price", "tags", "seen", "big", "where.country"}; !slices.Equal(x.Names, want) {
		t.Errorf("names %q, want %q", x.Names, want)
	}
	if want := []string{"2024-10-04", "2023-11-14T22:13:20.123Z", "-123.45", "x;y", "true", "9223372036854775808", "DE"}; !slices.Equal(x.Cells, want) {
		t.Errorf("cells %q, want %q", x.Cells, want)
	}
	if _, err := r.Next(); err != io.EOF {
		t.Error(err)
	}
	if err := r.Close(); err != nil {
		t.Error(err)
	}
}

// Damaged containers are errors that say so; they never panic.
func FuzzContainers(f *testing.F) {
	for _, text := range []string{workbookOf(f, [][]any{{"a", "b"}, {1, "x"}}), parquetOf(f), zipOf(f, map[string]string{"a.csv": "name\nx\n"}), `[{"a":1}]`, "{\n\"a\":[1]}"} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		r, err := OpenRecords(t.Context(), Input{Name: "f", Reader: bytes.NewReader(data)}, records.Layout{})
		if err != nil {
			return
		}
		for range 1000 {
			if _, err := r.Next(); err != nil && !errors.As(err, new(*records.Bad)) {
				break
			}
		}
		if err := r.Close(); err != nil {
			t.Error(err)
		}
	})
}
