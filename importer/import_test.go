package importer

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/klauspost/compress/zstd"
	"golang.org/x/sync/errgroup"
	"pgregory.net/rapid"

	"github.com/tributarygraph/tributary/graph"
)

// stamp is the time of imports in tests.
var stamp = time.Date(2026, 3, 14, 15, 9, 26, 0, time.UTC)

// reader is an input made of text.
func reader(name, text string) Input { return Input{Name: name, Reader: strings.NewReader(text)} }

// mustImport imports one text, and checks that every row and every statement is accounted for.
func mustImport(t testing.TB, store graph.Store, opts Options, inputs ...Input) *Report {
	t.Helper()
	opts.Now = stamp
	report, err := Import(context.Background(), store, inputs, opts)
	if err != nil {
		t.Fatal(err)
	}
	checkAccount(t, report)
	return report
}

func checkAccount(t testing.TB, r *Report) {
	t.Helper()
	rows, rejected, statements, refused := int64(0), int64(0), int64(0), int64(0)
	for _, f := range r.Files {
		rows, rejected = rows+f.Rows, rejected+f.Rejected
		if c := f.Conversion; c != nil {
			statements, refused = statements+c.Statements, refused+c.Refused
			if sum := c.Converted + c.LeftOut + f.Rejected; sum != f.Rows {
				t.Errorf("%s: %d records, but %d converted + %d left out + %d rejected = %d", f.Name, f.Rows, c.Converted, c.LeftOut, f.Rejected, sum)
			}
			continue
		}
		statements += f.Rows - f.Rejected
	}
	if sum := r.Created + r.Changed + r.Unchanged + r.Combined + r.Refused; sum != statements || r.Refused != refused {
		t.Errorf("%d statements, but %d created + %d changed + %d unchanged + %d combined + %d refused (%d by files) = %d",
			statements, r.Created, r.Changed, r.Unchanged, r.Combined, r.Refused, refused, sum)
	}
	if rows != r.Rows || rejected != r.Rejected {
		t.Errorf("files have %d rows and %d rejected; the report says %d and %d", rows, rejected, r.Rows, r.Rejected)
	}
}

// dump is everything that a store shows.
func dump(t testing.TB, store graph.Store) string {
	t.Helper()
	var out bytes.Buffer
	if err := ExportNDJSON(context.Background(), store, &out); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func wantCounts(t *testing.T, r *Report, created, changed, unchanged, rejected, withdrawn int64) {
	t.Helper()
	got := [5]int64{r.Created, r.Changed, r.Unchanged, r.Rejected, r.Withdrawn}
	if want := [5]int64{created, changed, unchanged, rejected, withdrawn}; got != want {
		t.Errorf("created, changed, unchanged, rejected, withdrawn: %v, want %v (%v)", got, want, r.Rejections)
	}
}

func TestImportEveryKind(t *testing.T) {
	folder := t.TempDir()
	for name, text := range map[string]string{
		"companies.csv": "id,kind,name,aliases,country,lei,ticker,revenue,currency,period\nnvda,company,NVIDIA,英伟达;Nvidia Corp,USA,549300S4KLFTLO7GSQ80,XNAS:NVDA,60.9e9,usd,FY2024\n,,Customer A,,,,,,,\n",
		"products.csv":  "id,name,parent\nhbm3e,HBM3E,hbm\nhbm,High-bandwidth memory,\n",
		"sources.csv":   "id,title,published\ns1,Annual report,2024-02\n",
		"relations.csv": "kind,supplier,buyer,owner,owned,maker,input,a,b,product,share_of_input,share,market_share,role,source,valid_from\n" +
			"supplies,SK Hynix,lei:549300s4klftlo7gsq80,,,,,,,hbm3e,0.7,,,,s1,2023Q1\n" +
			"owns,,,SoftBank,Arm,,,,,,,0.9,,,s1,\n" +
			"makes,,,,,TSMC,,,,wafers,,,0.6,,s1,\n" +
			"input_of,,,,,,hbm,,,gpu,,,,,,\n" +
			"associated,,,,,,,AMD,nvda,,,,,competitor,,\n" +
			",nvda,Microsoft,,,,,,,gpu,,,,,,\n",
		"sameness.csv": "kind,record,canonical,same,decided_by,reason,at\ncompany,Customer A,nvda,true,me,said so,2024-05-11T09:30:00Z\n",
		"listings.csv": "Authority,listed,Programme,valid_from,valid_to,source\nOFAC,Customer A,SDGT; IRAN;SDGT,2024-05-11,2025,s1\n",
		"notes.txt":    "not for import",
	} {
		write(t, folder, name, text)
	}
	store := openStore(t)
	r := mustImport(t, store, Options{Dataset: "d"}, Files(folder)...)
	wantCounts(t, r, 13, 0, 0, 0, 0)
	if !slices.Equal(r.SkippedFiles, []string{"notes.txt"}) {
		t.Errorf("skipped %v, want notes.txt", r.SkippedFiles)
	}
	want := strings.TrimPrefix(`
{"statement":"source","id":"s1","dataset":"d","title":"Annual report","published":"2024-02-01"}
{"statement":"product","id":"hbm","dataset":"d","name":"High-bandwidth memory"}
{"statement":"product","id":"hbm3e","dataset":"d","name":"HBM3E","parent":"hbm"}
{"statement":"company","id":"Customer A","dataset":"d","name":"Customer A"}
{"statement":"company","id":"nvda","dataset":"d","period":"2024","kind":"company","name":"NVIDIA","aliases":"英伟达;Nvidia Corp","country":"US","lei":"549300S4KLFTLO7GSQ80","ticker":"XNAS:NVDA","revenue":60900000000,"currency":"USD"}
{"statement":"supplies","supplier":"SK Hynix","buyer":"lei:549300S4KLFTLO7GSQ80","product":"hbm3e","dataset":"d","source":"s1","valid_from":"2023-01-01","share_of_input":0.7}
{"statement":"supplies","supplier":"nvda","buyer":"Microsoft","product":"gpu","dataset":"d"}
{"statement":"owns","owner":"SoftBank","owned":"Arm","dataset":"d","source":"s1","share":0.9}
{"statement":"makes","maker":"TSMC","product":"wafers","dataset":"d","source":"s1","market_share":0.6}
{"statement":"input_of","input":"hbm","product":"gpu","dataset":"d"}
{"statement":"associated","a":"AMD","b":"nvda","dataset":"d","role":"competitor"}
{"statement":"lists","authority":"OFAC","listed":"Customer A","dataset":"d","source":"s1","valid_from":"2024-05-11","programme":"SDGT;IRAN","valid_to":"2025-01-01"}
{"statement":"sameness","kind":"company","record":"Customer A","canonical":"nvda","same":"true","decided_by":"me","reason":"said so","at":"2024-05-11T09:30:00Z"}
`, "\n")
	if got := dump(t, store); got != want {
		t.Errorf("the store holds\n%s\nwant\n%s", got, want)
	}
	again := mustImport(t, store, Options{Dataset: "d"}, Files(folder)...)
	if !again.AlreadyImported || again.Revision != r.Revision {
		t.Errorf("importing again: already imported %t, revision %d; want true, %d", again.AlreadyImported, again.Revision, r.Revision)
	}
	wantCounts(t, again, 0, 0, 13, 0, 0)
}

func write(t testing.TB, folder, name, text string) string {
	t.Helper()
	path := filepath.Join(folder, name)
	if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
	return path
}

// One file in every wrapping is the same import.
func TestWrappings(t *testing.T) {
	const text = "supplier,buyer,value\nA,B,1\nC,D,2\n"
	var zipped, packed bytes.Buffer
	gz := gzip.NewWriter(&zipped)
	io.WriteString(gz, text)
	gz.Close()
	zs, err := zstd.NewWriter(&packed)
	if err != nil {
		t.Fatal(err)
	}
	io.WriteString(zs, text)
	zs.Close()
	store := openStore(t)
	folder := t.TempDir()
	for i, input := range []Input{
		reader("x.csv", text),
		{Name: "x.csv.gz", Reader: &zipped},
		{Name: "x.csv.zst", Reader: &packed},
		{Path: write(t, folder, "x.csv", text)},
	} {
		if r := mustImport(t, store, Options{}, input); r.AlreadyImported != (i > 0) || r.Dataset != "x" {
			t.Errorf("wrapping %d: dataset %q, already imported %t; want x, %t", i, r.Dataset, r.AlreadyImported, i > 0)
		}
	}
	for name, text := range map[string]string{
		"byte order mark": "\uFEFFsupplier,buyer,value\r\nA,B,1\r\nC,D,2\r\n",
		"semicolons":      "supplier;buyer;value\nA;B;1\nC;D;2\n",
		"tabs":            "Supplier\tBuyer\tValue\nA\tB\t1\nC\tD\t2",
		"commas inside":   "supplier;buyer;value;\"note, remark; if any\";x,y\nA;B;1;;\nC;D;2;;\n",
		"Excel's first":   "sep=;\r\nsupplier;buyer;value\r\nA;B;1\r\nC;D;2\r\n",
		"quoted first":    "\uFEFF\"sep=\t\"\nsupplier\tbuyer\tvalue\nA\tB\t1\nC\tD\t2\n",
		"bars":            "supplier|buyer|value\nA|B|1\nC|D|2\n",
		"JSON Lines":      `{"supplier":"A","buyer":"B","value":1}` + "\n" + `{"buyer":"D","supplier":"C","value":"2"}`,
	} {
		other := openStore(t)
		mustImport(t, other, Options{Dataset: "x"}, reader("", text))
		if got, want := dump(t, other), dump(t, store); got != want {
			t.Errorf("%s: %s\nwant %s", name, got, want)
		}
	}
}

func TestInputsThatCannotBeImported(t *testing.T) {
	for _, test := range []struct{ name, text, want string }{
		{"empty", "", "is empty"},
		{"only a byte order mark", "\uFEFF", "is empty"},
		{"only empty lines", "\n\n", "is empty"},
		{"header only", "supplier,buyer\n", "has a header and no rows"},
		{"missing column", "supplier,product\nA,B\n", `column "buyer" is missing`},
		{"columns not known", "seller;purchaser\nA;B\n", "separated by semicolons"},
		{"columns a mapping reads", "Liste der Lieferanten\nLieferant;Kunde\nA;B\n", "also where a later row names them: tributary mapping suggest FILE"},
		{"header in Latin-1", "supplier,\xE9tat\nA,B\n", "input: {encoding: windows-1252}"},
		{"two columns of one name", "name,name\nA,B\n", `columns 1 and 2 are both named "name"`},
		{"UTF-16 of something else", "\xFF\xFEn\x00a\x00", "none that tells what the rows are"},
		{"UTF-16 without its mark", "s\x00u\x00p\x00p\x00l\x00i\x00e\x00r\x00,\x00b\x00", "UTF-16"},
		{"a PDF", "%PDF-1.4\n\x00\x01\x02binary", "no text but a binary file"},
		{"header not UTF-8", "name,\xC3\x28\nA,B\n", "not UTF-8 at byte 5"},
		{"header without end", "\"name,country\nA,B\n", "the header in line 1 cannot be read"},
		{"Excel", "PK\x03\x04rest", "Excel"},
		{"Excel cut short", workbookOf(t, [][]any{{"name"}, {"A"}})[:3000], "it may be cut short"},
		{"JSON array cut short", `[{"name":"A"}, {"name":`, "element 2, at byte"},
		{"JSON array with more behind it", `[{"name":"A"}] x`, "text after the list"},
		{"JSON of something else", `[1, 2`, "is not JSON"},
		{"Parquet", "PAR1rest", "Parquet"},
		{"old Mac", "name,country\rA,US\rB,DE\r", "carriage returns"},
		{"gzip cut short", string(gzipped(t, strings.Repeat("name\nsome text\n", 1000))[:60]), "cannot be read beyond byte"},
		{"not gzip", "\x1F\x8Bxxxxxxxxxx", "begins like gzip but is not"},
	} {
		t.Run(test.name, func(t *testing.T) {
			store := openStore(t)
			_, err := Import(context.Background(), store, []Input{reader("f.csv", test.text)}, Options{})
			if !errors.Is(err, graph.ErrInvalid) || !strings.Contains(err.Error(), test.want) {
				t.Errorf("%v, want ErrInvalid with %q", err, test.want)
			}
			if imports, err := store.Imports(context.Background()); err != nil || len(imports) > 0 {
				t.Errorf("the store knows of %v (%v)", imports, err)
			}
		})
	}
	folder := t.TempDir()
	write(t, folder, "vendors.csv", "name\nA\n")
	_, err := Import(context.Background(), openStore(t), Files(filepath.Join(folder, "vendor.csv")), Options{})
	if !errors.Is(err, graph.ErrNotFound) || !strings.Contains(err.Error(), "did you mean "+filepath.Join(folder, "vendors.csv")) {
		t.Errorf("%v, want ErrNotFound with the nearest file", err)
	}
	if _, err := Import(context.Background(), openStore(t), Files(t.TempDir()), Options{}); !errors.Is(err, graph.ErrInvalid) {
		t.Errorf("an empty folder: %v, want ErrInvalid", err)
	}
	several := []Input{reader("a", "name\nA\n"), reader("b", "name\nB\n")}
	if _, err := Import(context.Background(), openStore(t), several, Options{}); !errors.Is(err, graph.ErrInvalid) || !strings.Contains(err.Error(), "--dataset NAME") {
		t.Errorf("several inputs without a dataset: %v, want ErrInvalid that asks for one", err)
	}
	if _, err := Import(context.Background(), openStore(t), nil, Options{}); !errors.Is(err, graph.ErrInvalid) {
		t.Errorf("no inputs: %v, want ErrInvalid", err)
	}
	if _, err := Import(context.Background(), openStore(t), []Input{reader("x", "name\nABCDEFGHIJ\n")}, Options{MaxBytes: 10}); !errors.Is(err, graph.ErrInvalid) {
		t.Errorf("more bytes than allowed: %v, want ErrInvalid", err)
	}
}

func gzipped(t testing.TB, text string) []byte {
	t.Helper()
	var out bytes.Buffer
	w := gzip.NewWriter(&out)
	if _, err := io.WriteString(w, text); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func TestRejectedRows(t *testing.T) {
	for _, test := range []struct{ name, header, row, column, reason string }{
		{"share above one", "supplier,buyer,share_of_input", "A,B,1.2", "share_of_input", "allowed: 0 to 1"},
		{"negative share", "owner,owned,share", "A,B,-0.1", "share", "allowed: 0 to 1"},
		{"percentage above a hundred", "supplier,buyer,share_of_input", "A,B,120%", "share_of_input", "allowed: 0 to 1"},
		{"percentage of no whole", "supplier,buyer,value", "A,B,12%", "value", "a percentage"},
		{"not a number", "supplier,buyer,value", "A,B,many", "value", "not a number"},
		{"dates reversed", "supplier,buyer,valid_from,valid_to", "A,B,2024-05-01,2023-05-01", "valid_to", "is not after valid_from"},
		{"dates equal", "supplier,buyer,valid_from,valid_to", "A,B,2024,2024-01-01", "valid_to", "is not after valid_from"},
		{"not a date", "supplier,buyer,valid_from", "A,B,soon", "valid_from", "2024-05-11"},
		{"not a period", "supplier,buyer,period", "A,B,summer", "period", "2024Q2"},
		{"unknown country", "name,country", "A,XX", "country", "ISO 3166"},
		{"unknown currency", "supplier,buyer,currency", "A,B,QQQ", "currency", "ISO 4217"},
		{"unknown stage", "supplier,buyer,stage", "A,B,maybe", "stage", "announced"},
		{"wrong LEI", "name,lei", "A,549300S4KLFTLO7GSQ81", "lei", "check digits"},
		{"wrong LEI in a reference", "supplier,buyer", "A,lei:549300S4KLFTLO7GSQ81", "buyer", "check digits"},
		{"no supplier", "supplier,buyer", " ,B", "supplier", "is empty"},
		{"no name", "name,country", ",US", "id", "is empty"},
		{"anonymous without an id", "name,kind", "Customer A,anonymous", "id", "needs an id of its own"},
		{"too many cells", "supplier,buyer", "A,B,C", "", "3 cells, the header 2"},
		{"one cell", "supplier,buyer", "A;B", "", "the row has 1 cell, the header 2; write an empty cell for what is not known; cells are separated by commas"},
		{"too many cells between semicolons", "supplier;buyer", "A;B;C", "", "a cell that holds a semicolon"},
		{"too few cells", "supplier,buyer,value", "A,B", "", "2 cells, the header 3"},
		{"broken UTF-8", "supplier,buyer", "A,B\xFFC", "", "not UTF-8 at byte 18 of the file (byte 4 of the row)"},
		{"Big5", "supplier,buyer", "A,\xAD\x5E\xB0\xB6\xB9\x46\xA4\x40\xAF\x65", "", "Big5"},
		{"Latin-1", "supplier,buyer", "A,M\xFCller", "", "Latin-1"},
		{"text after a quote", "supplier,buyer", `"A"x,B`, "", "after a closing quote"},
		{"unknown kind", "kind,supplier,buyer", "sells,A,B", "kind", "allowed: supplies"},
		{"kind without its columns", "kind,supplier,buyer", "owns,A,B", "kind", "allowed: supplies"},
		{"column of another kind", "kind,supplier,buyer,owner,owned,share", "supplies,A,B,,,0.5", "share", "no column of supplies"},
		{"merged with itself", "record,canonical", "A,A", "canonical", "the same"},
		{"merge of a source", "kind,record,canonical", "source,A,B", "kind", "company, product"},
		{"merge at no time", "record,canonical,at", "A,B,noon", "at", "not a time"},
		{"attributes", "name,attributes", "A,red", "attributes", "JSON object"},
	} {
		t.Run(test.name, func(t *testing.T) {
			folder := t.TempDir()
			text := test.header + "\n" + test.row + "\n"
			r := mustImport(t, openStore(t), Options{Rejects: RejectsIn(folder)}, reader("f.csv", text))
			if r.Rejected != 1 || len(r.Rejections) != 1 {
				t.Fatalf("%d rejected, want 1", r.Rejected)
			}
			x := r.Rejections[0]
			if x.File != "f.csv" || x.Row != 2 || x.Line != 2 || x.Column != test.column || !strings.Contains(x.Reason, test.reason) {
				t.Errorf("%+v, want row 2 of f.csv, column %q, reason with %q", x, test.column, test.reason)
			}
			got, err := os.ReadFile(filepath.Join(folder, "f.rejected.csv"))
			if err != nil {
				t.Fatal(err)
			}
			comma := string(separator(test.header))
			if want := strings.Join([]string{"row", "reason", test.header + "\n2", quoted(x.Reason), test.row + "\n"}, comma); string(got) != want {
				t.Errorf("rejects\n%s\nwant\n%s", got, want)
			}
		})
	}
}

// What is rejected a second time has one number and one reason.
func TestRejectsOfRejects(t *testing.T) {
	folder := t.TempDir()
	store := openStore(t)
	mustImport(t, store, Options{Dataset: "d", Rejects: RejectsIn(folder)}, reader("f.csv", "supplier,buyer,quote,share_of_input\nA,B,\"so, \"\"they\"\" say\",5\n"))
	first, err := os.ReadFile(filepath.Join(folder, "f.rejected.csv"))
	if err != nil {
		t.Fatal(err)
	}
	mustImport(t, store, Options{Dataset: "d", Rejects: RejectsIn(folder)}, reader("f.rejected.csv", strings.ReplaceAll(string(first), ",5\n", ",6\n")))
	second, err := os.ReadFile(filepath.Join(folder, "f.rejected.rejected.csv"))
	if err != nil {
		t.Fatal(err)
	}
	if want := strings.NewReplacer(",5\n", ",6\n", "share_of_input: 5", "share_of_input: 6", "\"\"5\"\"", "\"\"6\"\"").Replace(string(first)); string(second) != want {
		t.Errorf("%s\nwant\n%s", second, want)
	}
}

// Rejected rows, corrected, import again.
func TestRejectsImportAgain(t *testing.T) {
	folder := t.TempDir()
	store := openStore(t)
	mustImport(t, store, Options{Dataset: "d", Rejects: RejectsIn(folder)}, reader("f.csv", "supplier,buyer,share_of_input\nA,B,0.5\nC,D,5\n"))
	mustImport(t, store, Options{Dataset: "d", Rejects: RejectsIn(folder)}, reader("f.jsonl", "{\"supplier\":\"E\",\"buyer\":\"F\",\"share_of_input\":5}\nnot JSON\n"))
	for _, name := range []string{"f.rejected.csv", "f.rejected.jsonl"} {
		text, err := os.ReadFile(filepath.Join(folder, name))
		if err != nil {
			t.Fatal(err)
		}
		corrected := strings.NewReplacer(",5", ",0.5", ":5", ":0.5").Replace(string(text))
		r := mustImport(t, store, Options{Dataset: "d"}, reader(name, corrected))
		if r.Created != 1 || len(r.UnknownColumns) > 0 {
			t.Errorf("%s: %d created with unknown columns %v, want 1 without", name, r.Created, r.UnknownColumns)
		}
	}
	if got := strings.Count(dump(t, store), `"share_of_input":0.5`); got != 3 {
		t.Errorf("%d of 3 relations:\n%s", got, dump(t, store))
	}
}

func TestOpenQuoteIsOneRejectedItem(t *testing.T) {
	folder := t.TempDir()
	const tail = "\"open,B\nC,D\nE,F\n"
	r := mustImport(t, openStore(t), Options{Rejects: RejectsIn(folder)}, reader("f.csv", "supplier,buyer\nA,B\n"+tail))
	wantCounts(t, r, 1, 0, 0, 1, 0)
	if x := r.Rejections[0]; x.Line != 3 || x.Reason != whyOpenQuote {
		t.Errorf("%+v, want line 3 and %q", x, whyOpenQuote)
	}
	got, err := os.ReadFile(filepath.Join(folder, "f.rejected.csv"))
	if err != nil || !strings.HasSuffix(string(got), tail[:len(tail)-1]+"\n\n") && !strings.HasSuffix(string(got), tail+"\n") {
		t.Errorf("rejects %q (%v), want the remainder as it was", got, err)
	}
}

// A line of 100 MB is rejected as it was, and does not take 100 MB.
func TestLongLine(t *testing.T) {
	for name, head := range map[string]string{"f.csv": "supplier,buyer\nA,B\n", "f.jsonl": `{"supplier":"A","buyer":"B"}` + "\n"} {
		t.Run(name, func(t *testing.T) {
			tail := "C,D\n"
			if strings.HasSuffix(name, "jsonl") {
				tail = `{"supplier":"C","buyer":"D"}`
			}
			text := io.MultiReader(strings.NewReader(head), &repeat{text: "0123456789", times: 10_000_000}, strings.NewReader("\n"+tail))
			r := mustImport(t, openStore(t), Options{}, Input{Name: name, Reader: text})
			wantCounts(t, r, 2, 0, 0, 1, 0)
			if r.Rejections[0].Reason != whyTooLong {
				t.Errorf("rejected for %q, want %q", r.Rejections[0].Reason, whyTooLong)
			}
		})
	}
}

func TestDuplicatesInOneImport(t *testing.T) {
	folder := t.TempDir()
	first := write(t, folder, "first.csv", "supplier,buyer,value\nA,B,1\nA,B,1\nC,D,2\n")
	second := write(t, folder, "second.csv", "supplier,buyer,value\nA,B,1\nC,D,3\n")
	rejects := t.TempDir()
	r := mustImport(t, openStore(t), Options{Dataset: "d", Rejects: RejectsIn(rejects)}, Files(first, second)...)
	wantCounts(t, r, 2, 0, 2, 1, 0)
	x := r.Rejections[0]
	if x.File != "second.csv" || x.Row != 3 || !strings.Contains(x.Reason, `row 4 of first.csv says the same of "C" supplies "D" with other values (value)`) {
		t.Errorf("%+v, want row 3 of second.csv naming row 4 of first.csv and the value", x)
	}
	got, err := os.ReadFile(filepath.Join(rejects, "second.rejected.csv"))
	if err != nil || string(got) != "row,reason,supplier,buyer,value\n3,"+quoted(x.Reason)+",C,D,3\n" {
		t.Errorf("rejects %q (%v)", got, err)
	}
	// The same from a reader, which cannot be read twice.
	rejects = t.TempDir()
	r = mustImport(t, openStore(t), Options{Rejects: RejectsIn(rejects)}, reader("in.csv", "supplier,buyer,value\nC,D,2\nX,Y,bad\nC,D,3\nA,B,1\nC,D,4\n"))
	wantCounts(t, r, 2, 0, 0, 3, 0)
	got, err = os.ReadFile(filepath.Join(rejects, "in.rejected.csv"))
	if lines := strings.Split(string(got), "\n"); err != nil || len(lines) != 5 || !strings.HasPrefix(lines[2], "4,") || !strings.HasSuffix(lines[2], ",C,D,3") || !strings.HasSuffix(lines[3], ",C,D,4") {
		t.Errorf("rejects %q (%v)", got, err)
	}
}

func TestColumnsInTheReport(t *testing.T) {
	store := openStore(t)
	r := mustImport(t, store, Options{Dataset: "d"}, reader("f.csv", "Vendor,customer,Curency,Sector,Plant <no.>\nA,B,USD,chips,7\nC,D,,,\n"))
	wantCounts(t, r, 2, 0, 0, 0, 0)
	if want := []UnknownColumn{{File: "f.csv", Column: "Curency", DidYouMean: "currency"}, {File: "f.csv", Column: "Sector"}, {File: "f.csv", Column: "Plant <no.>"}}; !slices.Equal(r.UnknownColumns, want) {
		t.Errorf("unknown columns %v, want %v", r.UnknownColumns, want)
	}
	if want := []ColumnReadAs{{File: "f.csv", Column: "Vendor", ReadAs: "supplier"}, {File: "f.csv", Column: "customer", ReadAs: "buyer"}}; !slices.Equal(r.ColumnsReadAs, want) {
		t.Errorf("columns read as %v, want %v", r.ColumnsReadAs, want)
	}
	attributes, err := json.Marshal(map[string]string{"Curency": "USD", "Sector": "chips", "Plant <no.>": "7"})
	if err != nil {
		t.Fatal(err)
	}
	want := `{"statement":"supplies","supplier":"A","buyer":"B","dataset":"d","attributes":` + string(attributes) + "}\n" +
		`{"statement":"supplies","supplier":"C","buyer":"D","dataset":"d"}` + "\n"
	if got := dump(t, store); got != want {
		t.Errorf("the store holds\n%s\nwant\n%s", got, want)
	}
}

func TestWarnings(t *testing.T) {
	r := mustImport(t, openStore(t), Options{}, reader("f.csv", "supplier,buyer,product,share_of_input,value,currency,stage,source\n"+
		"A,A,p,0.2,5,USD,,\n"+ // supplies itself
		"A,B,p,0.6,5,,,\n"+ // no currency
		"C,B,p,0.6,,,,\n"+ // 1.2 of p at B
		"D,E,p,0.6,,,sampling,\nF,E,p,0.6,,,,\n"+ // nothing flows from D
		"D,G,p,0.6,,,,s1\nF,G,p,0.6,,,,s2\n"+ // two sources may disagree
		"D,H,p,0.7,,,,\nF,H,p,0.3,,,,\n")) // exactly 1
	var got []string
	for _, w := range r.Warnings {
		got = append(got, fmt.Sprintf("%s %d %v", w.Code, w.Count, w.Examples))
	}
	want := []string{
		"self_supply 1 [{f.csv 2 A supplies itself}]",
		"value_without_currency 1 [{f.csv 3 value 5 has no currency}]",
		"shares_above_one 1 [{f.csv 3 shares of p bought by B sum to 1.2}]",
	}
	if !slices.Equal(got, want) {
		t.Errorf("warnings %q, want %q", got, want)
	}
}

// An absent column leaves the earlier value, an empty cell withdraws it, and other datasets stay out of it.
func TestRefine(t *testing.T) {
	store := openStore(t)
	mustImport(t, store, Options{Dataset: "other"}, reader("", "supplier,buyer,value,unit\nA,B,1,kg\n"))
	mustImport(t, store, Options{Dataset: "d"}, reader("", "supplier,buyer,value,unit\nA,B,1,kg\n"))
	r := mustImport(t, store, Options{Dataset: "d"}, reader("", "supplier,buyer,value\nA,B,\n"))
	wantCounts(t, r, 0, 1, 0, 0, 0)
	want := `{"statement":"supplies","supplier":"A","buyer":"B","dataset":"d","unit":"kg"}` + "\n" +
		`{"statement":"supplies","supplier":"A","buyer":"B","dataset":"other","value":1,"unit":"kg"}` + "\n"
	if got := dump(t, store); got != want {
		t.Errorf("the store holds\n%s\nwant\n%s", got, want)
	}
}

func TestReplace(t *testing.T) {
	const before, after = "supplier,buyer,value\nA,B,1\nC,D,2\nE,F,3\n", "supplier,buyer,valid_from\nC,D,\nE,F,2024\nG,H,\n"
	store := openStore(t)
	mustImport(t, store, Options{Dataset: "other"}, reader("", before))
	mustImport(t, store, Options{Dataset: "d"}, reader("", before))
	dry := mustImport(t, store, Options{Dataset: "d", Replace: true, DryRun: true}, reader("", after))
	wantCounts(t, dry, 1, 1, 1, 0, 1)
	r := mustImport(t, store, Options{Dataset: "d", Replace: true}, reader("", after))
	wantCounts(t, r, 1, 1, 1, 0, 1)
	want := `{"statement":"supplies","supplier":"C","buyer":"D","dataset":"d","value":2}
{"statement":"supplies","supplier":"E","buyer":"F","dataset":"d","valid_from":"2024-01-01","value":3}
{"statement":"supplies","supplier":"G","buyer":"H","dataset":"d"}
`
	got := ""
	for line := range strings.Lines(dump(t, store)) {
		if strings.Contains(line, `"dataset":"d"`) {
			got += line
		}
	}
	if got != want {
		t.Errorf("the dataset says\n%s\nwant\n%s", got, want)
	}
	_, err := Import(context.Background(), store, []Input{reader("", "supplier,buyer,value\nA,B,x\n")}, Options{Dataset: "d", Replace: true})
	if !errors.Is(err, graph.ErrInvalid) {
		t.Errorf("replacing by nothing but rejected rows: %v, want ErrInvalid", err)
	}
	r = mustImport(t, store, Options{Dataset: "d", Replace: true}, reader("", "supplier,buyer,dataset\nA,B,d\nA,B,x\n"))
	wantCounts(t, r, 1, 0, 0, 1, 3)
}

// What was imported, then changed by another import, is imported again; what was not is no work.
func TestImportAgain(t *testing.T) {
	const first, second = "supplier,buyer,value\nA,B,1\n", "supplier,buyer,value\nA,B,2\n"
	store := openStore(t)
	for i, step := range []struct {
		text    string
		already bool
	}{{first, false}, {first, true}, {second, false}, {second, true}, {first, false}, {first, true}, {second, false}} {
		r := mustImport(t, store, Options{Dataset: "d"}, reader("", step.text))
		if r.AlreadyImported != step.already {
			t.Errorf("step %d: already imported %t, want %t", i, r.AlreadyImported, step.already)
		}
		if got, want := dump(t, store), strings.TrimSpace(strings.Split(step.text, ",")[4]); !strings.Contains(got, `"value":`+want) {
			t.Errorf("step %d: the store holds %s, want value %s", i, got, want)
		}
	}
}

// A version that replaces is imported again when rows were added to its dataset since, and only then.
func TestReplaceAgain(t *testing.T) {
	const first, more = "supplier,buyer\nA,B\n", "supplier,buyer\nC,D\n"
	all := Options{Dataset: "d", Replace: true}
	store := openStore(t)
	mustImport(t, store, all, reader("", first))
	mustImport(t, store, Options{Dataset: "other"}, reader("", more))
	if r := mustImport(t, store, all, reader("", first)); !r.AlreadyImported {
		t.Error("imported again although only another dataset gained rows")
	}
	added := mustImport(t, store, Options{Dataset: "d"}, reader("", more))
	r := mustImport(t, store, all, reader("", first))
	wantCounts(t, r, 0, 0, 1, 0, 1)
	if got := dump(t, store); strings.Count(got, `"dataset":"d"`) != 1 || !strings.Contains(got, `"supplier":"A"`) {
		t.Errorf("the store holds %s, want of the dataset only what A supplies", got)
	}
	if _, err := Undo(context.Background(), store, r.Key); err != nil {
		t.Fatal(err)
	}
	if _, err := Undo(context.Background(), store, added.Key); err != nil {
		t.Fatal(err)
	}
	if r := mustImport(t, store, all, reader("", first)); !r.AlreadyImported {
		t.Error("imported again although what was added is undone")
	}
}

func TestDryRunWritesNothing(t *testing.T) {
	store := openStore(t)
	mustImport(t, store, Options{Dataset: "d"}, reader("", "id,name\na,Alpha\n"))
	before := dump(t, store)
	var text strings.Builder
	text.WriteString("supplier,buyer\n")
	for i := range 100 {
		fmt.Fprintf(&text, "s%d,Alpha\n", i)
	}
	dry := mustImport(t, store, Options{Dataset: "e", DryRun: true, BatchSize: 7}, reader("", text.String()))
	if got := dump(t, store); got != before {
		t.Errorf("a dry run wrote:\n%s", got)
	}
	r := mustImport(t, store, Options{Dataset: "e", BatchSize: 7}, reader("", text.String()))
	dry.DryRun, dry.Revision = r.DryRun, r.Revision
	if got, want := asJSON(t, dry), asJSON(t, r); got != want {
		t.Errorf("the dry run said\n%s\nthe import\n%s", got, want)
	}
}

func asJSON(t testing.TB, v any) string {
	t.Helper()
	text, err := json.MarshalIndent(v, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestMentions(t *testing.T) {
	for _, dry := range []bool{false, true} {
		store := openStore(t)
		r := mustImport(t, store, Options{Dataset: "d", DryRun: dry},
			reader("companies.csv", "id,name,aliases,country,lei\nnvda,NVIDIA,英伟达,US,549300S4KLFTLO7GSQ80\nx1,Acme,,US,\nx2,Acme,,DE,\n"),
			reader("products.csv", "id,name,parent\ngpu,GPU,chip\n"),
			reader("relations.csv", "supplier,buyer,product\nAcme,nvidia,GPU\nNobody,英伟达,gpu\nx1,lei:549300S4KLFTLO7GSQ80,unheard of\n"))
		want := Mentions{Absorbed: 3, Provisional: 1, Ambiguous: 1, ProvisionalExamples: []string{"Nobody"},
			AbsorbedExamples:  []AbsorbedMention{{"lei:549300S4KLFTLO7GSQ80", "nvda", "identifier"}, {"nvidia", "nvda", "name"}, {"英伟达", "nvda", "name"}},
			AmbiguousExamples: []AmbiguousMention{{Mention: "Acme", Candidates: []string{"x1", "x2"}}}}
		if got := asJSON(t, r.Companies); got != asJSON(t, want) {
			t.Errorf("dry %t: companies %s, want %s", dry, got, asJSON(t, want))
		}
		want = Mentions{Absorbed: 1, Provisional: 2, AbsorbedExamples: []AbsorbedMention{{"GPU", "gpu", "name"}}, ProvisionalExamples: []string{"chip", "unheard of"}}
		if got := asJSON(t, r.Products); got != asJSON(t, want) {
			t.Errorf("dry %t: products %s, want %s", dry, got, asJSON(t, want))
		}
	}
}

// Companies whose ids are identifiers, such as those of a register, are what they are described as; where another company
// carries the identifier they are that one, unless their countries say otherwise.
func TestCompaniesOfARegister(t *testing.T) {
	const register = "id,lei,name,country\n" +
		"lei:549300S4KLFTLO7GSQ80,549300S4KLFTLO7GSQ80,NVIDIA Corporation,US\n" +
		"lei:529900T8BM49AURSDO55,529900T8BM49AURSDO55,Beispiel AG,DE\n" +
		"lei:5493001KJTIIGC8Y1R12,5493001KJTIIGC8Y1R12,Elsewhere Ltd,GB\n"
	for _, dry := range []bool{false, true} {
		store := openStore(t)
		r := mustImport(t, store, Options{Dataset: "register", DryRun: dry}, reader("", register))
		if want := (Mentions{}); asJSON(t, r.Companies) != asJSON(t, want) {
			t.Errorf("dry %t: %s, want none to be told", dry, asJSON(t, r.Companies))
		}
		store = openStore(t)
		mustImport(t, store, Options{Dataset: "own"}, reader("", "id,name,lei,country\nnvda,Nvidia,549300S4KLFTLO7GSQ80,US\nelse,Elsewhere,5493001KJTIIGC8Y1R12,FR\n"))
		r = mustImport(t, store, Options{Dataset: "register", DryRun: dry}, reader("", register))
		want := Mentions{Absorbed: 1, AbsorbedExamples: []AbsorbedMention{{"lei:549300S4KLFTLO7GSQ80", "nvda", "identifier"}},
			Provisional: 1, ProvisionalExamples: []string{"lei:5493001KJTIIGC8Y1R12"}}
		if r.Companies.Near = nil; asJSON(t, r.Companies) != asJSON(t, want) {
			t.Errorf("dry %t: %s, want %s", dry, asJSON(t, r.Companies), asJSON(t, want))
		}
		if dry {
			continue
		}
		view, err := graph.Load(t.Context(), store)
		if err != nil {
			t.Fatal(err)
		}
		for id, want := range map[string]string{"lei:549300S4KLFTLO7GSQ80": "nvda", "lei:529900T8BM49AURSDO55": "lei:529900T8BM49AURSDO55", "lei:5493001KJTIIGC8Y1R12": "lei:5493001KJTIIGC8Y1R12"} {
			n, ok := view.Find(graph.KindCompany, id)
			if !ok || view.ID(graph.KindCompany, view.Canonical(graph.KindCompany, n)) != want {
				t.Errorf("%s is not %s in the View", id, want)
			}
			if !view.Described(graph.KindCompany, n) {
				t.Errorf("%s counts as a mere name", id)
			}
		}
	}
}

// A name finds the company of a register that carries it, in the View and in the report, in whichever order they come, unless
// the country says otherwise; two of one name leave it alone. What a definition is by its identifier, names of the
// register's company are as well.
func TestNamesFindCompaniesOfARegister(t *testing.T) {
	const register = "id,lei,name,aliases,country\n" +
		"lei:549300S4KLFTLO7GSQ80,549300S4KLFTLO7GSQ80,NVIDIA Corporation,Nvidia,US\n" +
		"lei:529900T8BM49AURSDO55,529900T8BM49AURSDO55,Beispiel AG,,DE\n" +
		"lei:5493001KJTIIGC8Y1R12,5493001KJTIIGC8Y1R12,BEISPIEL AG,,CH\n" +
		"lei:213800QILIUD4ROSUO03,213800QILIUD4ROSUO03,Elsewhere Ltd,,GB\n"
	const relations = "supplier,buyer\nNvidia Corporation,Zeta\nbeispiel ag,NVIDIA\nElsewhere Ltd,Own\n"
	const own = "id,name,lei\nown,Own House,213800QILIUD4ROSUO03\n"
	files := map[string]string{"own": own, "register": register, "relations": relations}
	for _, order := range [][]string{{"own", "register", "relations"}, {"relations", "register", "own"}, {"register", "relations", "own"}} {
		store := openStore(t)
		reports := map[string]Mentions{}
		for _, name := range order {
			dry := mustImport(t, store, Options{Dataset: name, DryRun: true}, reader("", files[name]))
			reports[name] = mustImport(t, store, Options{Dataset: name}, reader("", files[name])).Companies
			if name != "relations" && asJSON(t, dry.Companies) != asJSON(t, reports[name]) {
				t.Errorf("%v: %s: a dry run says %s, the import %s", order, name, asJSON(t, dry.Companies), asJSON(t, reports[name]))
			}
		}
		view, err := graph.Load(t.Context(), store)
		if err != nil {
			t.Fatal(err)
		}
		for id, want := range map[string]string{"Nvidia Corporation": "lei:549300S4KLFTLO7GSQ80", "NVIDIA": "lei:549300S4KLFTLO7GSQ80", "beispiel ag": "beispiel ag", "Elsewhere Ltd": "own", "Own": "Own", "Zeta": "Zeta"} {
			n, ok := view.Find(graph.KindCompany, id)
			if got := view.ID(graph.KindCompany, view.Canonical(graph.KindCompany, n)); !ok || got != want {
				t.Errorf("%v: %s is %s in the View, want %s", order, id, got, want)
			}
		}
		nvidia := []AbsorbedMention{{"NVIDIA", "lei:549300S4KLFTLO7GSQ80", "name"}, {"Nvidia Corporation", "lei:549300S4KLFTLO7GSQ80", "name"}}
		beispiel := []AmbiguousMention{{"beispiel ag", []string{"lei:529900T8BM49AURSDO55", "lei:5493001KJTIIGC8Y1R12"}}}
		if got := reports["relations"]; order[0] == "own" {
			got.Near = nil
			want := Mentions{Absorbed: 3, AbsorbedExamples: append([]AbsorbedMention{{"Elsewhere Ltd", "own", "name"}}, nvidia...),
				Provisional: 2, ProvisionalExamples: []string{"Own", "Zeta"}, Ambiguous: 1, AmbiguousExamples: beispiel}
			if asJSON(t, got) != asJSON(t, want) {
				t.Errorf("the names: %s, want %s", asJSON(t, got), asJSON(t, want))
			}
		}
		if got := reports["register"]; order[0] == "relations" {
			want := Mentions{Earlier: &EarlierMentions{Absorbed: 3, AbsorbedExamples: append([]AbsorbedMention{{"Elsewhere Ltd", "lei:213800QILIUD4ROSUO03", "name"}}, nvidia...),
				Ambiguous: 1, AmbiguousExamples: beispiel}}
			if asJSON(t, got) != asJSON(t, want) {
				t.Errorf("names that came before: %s, want %s", asJSON(t, got), asJSON(t, want))
			}
		}
	}
}

// A mention that several datasets describe is found by what all of them say, as in a View.
func TestMentionsDescribedTwice(t *testing.T) {
	store := openStore(t)
	mustImport(t, store, Options{Dataset: "a"}, reader("", "id,name,country\nx1,Acme,US\n"))
	mustImport(t, store, Options{Dataset: "b"}, reader("", "name,country\nACME,DE\n"))
	mustImport(t, store, Options{Dataset: "c"}, reader("", "name,sector\nACME,tools\n"))
	r := mustImport(t, store, Options{Dataset: "d"}, reader("", "supplier,buyer\nACME,x1\n"))
	if got := r.Companies; got.Absorbed != 0 || got.Provisional != 1 {
		t.Errorf("%+v, want ACME of Germany not absorbed by the American", got)
	}
	view, err := graph.Load(context.Background(), store)
	if err != nil {
		t.Fatal(err)
	}
	if n, ok := view.Find(graph.KindCompany, "ACME"); !ok || view.Canonical(graph.KindCompany, n) != n {
		t.Errorf("the View absorbs ACME (known: %t)", ok)
	}
}

// Names of their own are shown with what is spelled nearly so.
func TestNearMentions(t *testing.T) {
	store := openStore(t)
	mustImport(t, store, Options{Dataset: "c"}, reader("", "id,name,aliases\nlam-research,Lam Research,LRCX\nase,ASE,ASE Technology\nibm,IBM,\n3m,3M Company,\nzte,中兴通讯,\n"))
	for _, dry := range []bool{true, false} {
		r := mustImport(t, store, Options{Dataset: "r", DryRun: dry}, reader("", "supplier,buyer\nLam Reserch,ASE Technology Holding\nlam research corporation,ICM\n中芯国际,Lma Research\nLam Reserch,My Company\nlei:549300S4KLFTLO7GSQ80,ase\n"))
		lam := []NearNode{{"lam-research", "Lam Research"}}
		want := []NearMention{{"ASE Technology Holding", []NearNode{{"ase", "ASE"}}}, {"Lam Reserch", lam}, {"Lma Research", lam}, {"lam research corporation", lam}}
		if got := asJSON(t, r.Companies.Near); got != asJSON(t, want) {
			t.Errorf("dry %t: near %s, want %s", dry, got, asJSON(t, want))
		}
	}
}

// Companies that come after the relations tell which names they take, and which they make ambiguous.
func TestEarlierMentions(t *testing.T) {
	store := openStore(t)
	mustImport(t, store, Options{Dataset: "r"}, reader("", "supplier,buyer,product\nAcme,Globex,Widgets\nInitech,lei:549300S4KLFTLO7GSQ80,\n"),
		reader("", "name,country\nHooli,US\nPied Piper,US\n"))
	mustImport(t, store, Options{Dataset: "first"}, reader("", "id,name\na1,Acme\nother,Initech\n"))
	for _, dry := range []bool{true, false} {
		r := mustImport(t, store, Options{Dataset: "c", DryRun: dry}, reader("", "id,name,lei,country\na2,ACME,,\ng,Globex,,\nnv,Nvidia,549300S4KLFTLO7GSQ80,\nh,Hooli,,US\npp,Pied Piper,,DE\n"))
		want := &EarlierMentions{Absorbed: 3, Ambiguous: 1,
			AbsorbedExamples:  []AbsorbedMention{{"Globex", "g", "name"}, {"Hooli", "h", "name"}, {"lei:549300S4KLFTLO7GSQ80", "nv", "identifier"}},
			AmbiguousExamples: []AmbiguousMention{{"Acme", []string{"a1", "a2"}}}}
		if got := asJSON(t, r.Companies.Earlier); got != asJSON(t, want) {
			t.Errorf("dry %t: earlier names %s, want %s", dry, got, asJSON(t, want))
		}
		if r.Products.Earlier != nil {
			t.Errorf("dry %t: products %+v, want none", dry, r.Products.Earlier)
		}
	}
}

// The short way where nothing is described finds what the resolver finds.
func TestProvisionalOnly(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		refs := map[string]bool{}
		resolver := graph.NewResolver(graph.KindCompany)
		for range rapid.IntRange(0, 60).Draw(t, "references") {
			ref := rapid.SampledFrom([]string{"Acme", "ACME", "acme, inc", "Ácme", "lei:x", "LEI:X", "--", "..", "英伟达"}).Draw(t, "reference") +
				rapid.SampledFrom([]string{"", "1", "2", "3", "4", " x"}).Draw(t, "ending")
			refs[ref] = true
			resolver.Mention(ref, nil)
		}
		res := resolver.Resolve()
		want := Mentions{Provisional: len(res.Provisional), ProvisionalExamples: res.Provisional[:min(maxMentions, len(res.Provisional))]}
		got := provisionalOnly(refs)
		if got.Provisional != want.Provisional || !slices.Equal(got.ProvisionalExamples, want.ProvisionalExamples) {
			t.Fatalf("%+v, want %+v", got, want)
		}
	})
}

// GraphML holds the folded graph, and XML that can be read.
func TestExportGraphML(t *testing.T) {
	store := openStore(t)
	mustImport(t, store, Options{Dataset: "d"},
		reader("", "id,name,aliases,country\nnvda,NVIDIA <&>,英伟达,US\n"),
		reader("", "supplier,buyer,product,share_of_input,stance\nSK Hynix,英伟达,HBM,0.7,\nNobody,nvda,HBM,,denies\n"))
	view, err := graph.Load(context.Background(), store)
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := ExportGraphML(context.Background(), view, graph.DefaultFilter(graph.AnyDate), &out); err != nil {
		t.Fatal(err)
	}
	decoder := xml.NewDecoder(bytes.NewReader(out.Bytes()))
	seen := map[string]int{}
	for {
		token, err := decoder.Token()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatalf("%v in\n%s", err, out.String())
		}
		if start, ok := token.(xml.StartElement); ok {
			seen[start.Name.Local]++
		}
	}
	if seen["node"] != 4 || seen["edge"] != 1 {
		t.Errorf("%d nodes and %d edges, want 4 and the one that flows:\n%s", seen["node"], seen["edge"], out.String())
	}
	for _, want := range []string{"NVIDIA &lt;&amp;&gt;", "英伟达", `<data key="edge_share_of_input">0.7</data>`} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("no %s in\n%s", want, out.String())
		}
	}
}

// Two processes that import the same at the same time make one import.
func TestTheSameTwiceAtOnce(t *testing.T) {
	store := openStore(t)
	folder := generated(t, 50, 500)
	group := errgroup.Group{}
	for range 2 {
		group.Go(func() error {
			r, err := Import(context.Background(), store, Files(folder), Options{BatchSize: 20, Replace: true, Now: stamp})
			if err == nil {
				checkAccount(t, r)
			}
			if errors.Is(err, graph.ErrConflict) { // the other one was done first
				return nil
			}
			return err
		})
	}
	if err := group.Wait(); err != nil {
		t.Fatal(err)
	}
	imports, err := store.Imports(context.Background())
	if err != nil || len(imports) != 1 || imports[0].Status != graph.ImportComplete {
		t.Fatalf("imports %+v (%v), want one that is complete", imports, err)
	}
	alone := openStore(t)
	mustImport(t, alone, Options{Replace: true}, Files(folder)...)
	if dump(t, store) != dump(t, alone) {
		t.Error("two at once left something else than one")
	}
}

func TestSameness(t *testing.T) {
	store := openStore(t)
	const first = "record,canonical,decided_by\nA,B,me\nC,D,me\nA,B,me\nC,X,me\n"
	r := mustImport(t, store, Options{Dataset: "d"}, reader("", first))
	wantCounts(t, r, 2, 0, 1, 1, 0)
	r = mustImport(t, store, Options{Dataset: "e"}, reader("", "record,canonical,decided_by\nA,B,me\nC,E,you\n"))
	wantCounts(t, r, 0, 1, 1, 0, 0)
	undone, err := Undo(context.Background(), store, "e")
	if err != nil || undone.Unmerged != 1 || undone.Kept != 2 {
		t.Fatalf("%+v, %v; want one decision taken back", undone, err)
	}
	if got := dump(t, store); !strings.Contains(got, `"record":"C","canonical":"D"`) {
		t.Errorf("after undo\n%s\nwant C as D again", got)
	}
	if _, err := Undo(context.Background(), store, "d"); err != nil {
		t.Fatal(err)
	}
	if got := dump(t, store); got != "" {
		t.Errorf("after undo of both\n%s", got)
	}
}

// That two records are different is imported, exported and undone as sameness is, and holds against what is imported
// before and after.
func TestDifferent(t *testing.T) {
	store := openStore(t)
	const rows = "record,canonical,same,decided_by,reason,at\nNvidia,c1,false,me,another,2024-05-11T09:30:00Z\nc1,Nvidia,no,me,another,2024-05-11T09:30:00Z\nNvidia,c1,0,you,,\nA,B,perhaps,me,,\n"
	r := mustImport(t, store, Options{Dataset: "decided"}, reader("", rows))
	wantCounts(t, r, 1, 0, 1, 2, 0)
	if text := fmt.Sprintf("%+v", r.Rejections); !strings.Contains(text, "Found:Nvidia, c1") || !strings.Contains(text, "Column:same Found:perhaps") {
		t.Errorf("rejections %s", text)
	}
	const row = `{"statement":"sameness","kind":"company","record":"Nvidia","canonical":"c1","same":"false","decided_by":"me","reason":"another","at":"2024-05-11T09:30:00Z"}`
	if got := dump(t, store); got != row+"\n" {
		t.Errorf("the store holds\n%s\nwant\n%s", got, row)
	}
	relations := mustImport(t, store, Options{Dataset: "relations"}, reader("", "supplier,buyer\nNvidia,X\n"))
	companies := mustImport(t, store, Options{Dataset: "companies"}, reader("", "id,name\nc1,Nvidia\n"))
	if relations.Companies.Provisional != 2 || companies.Companies.Earlier != nil {
		t.Errorf("provisional %d, want 2; earlier names %+v, want none: that Nvidia is not c1 is decided", relations.Companies.Provisional, companies.Companies.Earlier)
	}
	other := openStore(t)
	mustImport(t, other, Options{Dataset: "export"}, reader("", dump(t, store)))
	if dump(t, other) != dump(t, store) {
		t.Errorf("imported from its export\n%s\nwant\n%s", dump(t, other), dump(t, store))
	}
	if undone, err := Undo(context.Background(), store, "companies"); err != nil || undone.Kept != 1 {
		t.Fatalf("%+v, %v; want the decision kept", undone, err)
	}
	if undone, err := Undo(context.Background(), store, "decided"); err != nil || undone.Unmerged != 1 {
		t.Fatalf("%+v, %v; want the decision taken back", undone, err)
	}
}

func TestUndoNamesAnImport(t *testing.T) {
	store := openStore(t)
	first := mustImport(t, store, Options{Dataset: "d"}, reader("", "name\nA\n"))
	mustImport(t, store, Options{Dataset: "d"}, reader("", "name\nB\n"))
	if _, err := Undo(context.Background(), store, "d"); !errors.Is(err, graph.ErrAmbiguous) || !strings.Contains(err.Error(), first.Key) {
		t.Errorf("a dataset of two imports: %v, want ErrAmbiguous with their keys", err)
	}
	if _, err := Undo(context.Background(), store, "e"); !errors.Is(err, graph.ErrNotFound) {
		t.Errorf("a dataset of none: %v, want ErrNotFound", err)
	}
	undone, err := Undo(context.Background(), store, first.Key[:8])
	if err != nil || undone.Withdrawn != 1 {
		t.Fatalf("%+v, %v; want one withdrawn", undone, err)
	}
	mustImport(t, store, Options{Dataset: "d"}, reader("", "supplier,buyer,share_of_input\nA,B,7\n")) // all rejected
	if _, err := Undo(context.Background(), store, "d"); err != nil {
		t.Errorf("the only import left of the dataset that wrote anything: %v", err)
	}
	if got := dump(t, store); got != "" {
		t.Errorf("after undo of both\n%s", got)
	}
	r := mustImport(t, store, Options{Dataset: "d"}, reader("", "name\nA\n"))
	wantCounts(t, r, 1, 0, 0, 0, 0)
}

func TestProgress(t *testing.T) {
	var phases []Phase
	last := Progress{}
	mustImport(t, openStore(t), Options{Progress: func(p Progress) {
		if len(phases) == 0 || phases[len(phases)-1] != p.Phase {
			phases = append(phases, p.Phase)
		}
		last = p
	}}, reader("", "name\nA\nB\n"))
	if want := []Phase{PhaseWrite, PhaseDone}; !slices.Equal(phases, want) || last.Rows != 2 || last.TotalRows != 2 {
		t.Errorf("phases %v, at last %+v; want %v and 2 of 2 rows", phases, last, want)
	}
}

// Cancelling stops an import even while its reader says nothing.
func TestCancel(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	silent, w := io.Pipe()
	defer w.Close()
	done := make(chan error)
	go func() {
		_, err := Import(ctx, openStore(t), []Input{{Name: "x", Reader: io.MultiReader(strings.NewReader("name\nsome text\n"), silent)}}, Options{})
		done <- err
	}()
	cancel()
	if err := <-done; !errors.Is(err, context.Canceled) {
		t.Errorf("%v, want context.Canceled", err)
	}
}
