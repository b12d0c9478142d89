package importer

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/tributarygraph/tributary/graph"
	"github.com/tributarygraph/tributary/importer/generate"
)

// drawFile draws a small file of relations with few names, so that rows meet.
func drawFile(t *rapid.T, label string) string {
	var b strings.Builder
	b.WriteString("supplier,buyer,product,value,share_of_input,source,valid_from,quote,works\n")
	name := rapid.SampledFrom([]string{"A", "B", "英伟达", "lei:549300S4KLFTLO7GSQ80", "a, b"})
	for range rapid.IntRange(1, 12).Draw(t, label+" rows") {
		fmt.Fprintf(&b, "%q,%q,%s,%s,%s,%s,%s,%s,%s\n", name.Draw(t, "supplier"), name.Draw(t, "buyer"),
			rapid.SampledFrom([]string{"", "p"}).Draw(t, "product"),
			rapid.SampledFrom([]string{"", "1", "2.5"}).Draw(t, "value"),
			rapid.SampledFrom([]string{"", "0.5", "7"}).Draw(t, "share"),
			rapid.SampledFrom([]string{"", "s"}).Draw(t, "source"),
			rapid.SampledFrom([]string{"", "2024", "2025-03"}).Draw(t, "valid_from"),
			rapid.SampledFrom([]string{"", `"he said ""so"""`}).Draw(t, "quote"),
			rapid.SampledFrom([]string{"", "Hsinchu", "<Fab 3>"}).Draw(t, "plant"))
	}
	return b.String()
}

// Import A, import B, undo A leaves the same bytes as B alone; A then B the same as B then A.
func TestImportsOfDatasetsAreIndependent(t *testing.T) {
	checkOnDisk(t, func(rt *rapid.T) {
		a, b := drawFile(rt, "A"), drawFile(rt, "B")
		load := func(texts ...string) graph.Store {
			store := openStore(t)
			for _, text := range texts {
				name := map[string]string{a: "a", b: "b"}[text]
				if a == b {
					name = "same"
				}
				mustImport(t, store, Options{Dataset: name, BatchSize: 3}, reader("", text))
			}
			return store
		}
		if a == b {
			return
		}
		ab, ba, alone := load(a, b), load(b, a), load(b)
		if dump(t, ab) != dump(t, ba) {
			rt.Fatalf("A then B\n%s\nB then A\n%s", dump(t, ab), dump(t, ba))
		}
		if _, err := Undo(context.Background(), ab, "a"); err != nil {
			rt.Fatal(err)
		}
		if dump(t, ab) != dump(t, alone) {
			rt.Fatalf("A, B, undo A\n%s\nB alone\n%s", dump(t, ab), dump(t, alone))
		}
	})
}

// What is exported imports again to the same bytes, as CSV and as JSON Lines.
func TestExportImportsAgain(t *testing.T) {
	checkOnDisk(t, func(rt *rapid.T) {
		store := openStore(t)
		mustImport(t, store, Options{Dataset: "a"}, reader("", drawFile(rt, "A")))
		mustImport(t, store, Options{Dataset: "b"}, reader("", drawFile(rt, "B")),
			reader("", "id,name,aliases,country\nx1,Acme,\"Acme Co;顶点\",US\n,Loner,,\n"),
			reader("products.csv", "id,name\np,Part\n"),
			reader("", "id,title\ns,\n"),
			reader("", "owner,owned,share,control\nA,B,0.5,\nB,C,,majority\n"),
			reader("", "record,canonical\nA,x1\n"))
		checkRoundTrip(t, store)
	})
}

func checkRoundTrip(t *testing.T, store graph.Store) {
	t.Helper()
	ctx := context.Background()
	folder, again := t.TempDir(), t.TempDir()
	if err := ExportCSV(ctx, store, folder); err != nil {
		t.Fatal(err)
	}
	fromCSV := openStore(t)
	if r := mustImport(t, fromCSV, Options{}, Files(folder)...); r.Rejected > 0 || len(r.UnknownColumns) > 0 {
		t.Fatalf("importing the export again: %s", asJSON(t, r))
	}
	if err := ExportCSV(ctx, fromCSV, again); err != nil {
		t.Fatal(err)
	}
	if got, want := contents(t, again), contents(t, folder); got != want {
		t.Fatalf("CSV: exported\n%s\nimported and exported again\n%s", want, got)
	}
	lines := dump(t, store)
	fromJSON := openStore(t)
	if r := mustImport(t, fromJSON, Options{Dataset: "x"}, reader("", lines)); r.Rejected > 0 || len(r.UnknownColumns) > 0 {
		t.Fatalf("importing the export again: %s", asJSON(t, r))
	}
	if got := dump(t, fromJSON); got != lines {
		t.Fatalf("JSON Lines: exported\n%s\nimported and exported again\n%s", lines, got)
	}
}

// contents is all files of a folder in one text.
func contents(t *testing.T, folder string) string {
	t.Helper()
	var b strings.Builder
	for _, name := range files(t, folder) {
		text, err := os.ReadFile(filepath.Join(folder, name))
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&b, "== %s\n%s", name, text)
	}
	return b.String()
}

func generated(t testing.TB, companies, relations int) string {
	t.Helper()
	folder := filepath.Join(t.TempDir(), "generated")
	if err := generate.Folder(context.Background(), folder, generate.Options{Seed: 11, Companies: companies, Relations: relations}); err != nil {
		t.Fatal(err)
	}
	return folder
}

func TestGeneratedNetwork(t *testing.T) {
	store := openStore(t)
	folder := generated(t, 300, 2000)
	r := mustImport(t, store, Options{BatchSize: 100, Memory: 100_000}, Files(folder)...)
	if r.Rejected > 0 || r.Dataset != "generated" || len(r.UnknownColumns) > 0 {
		t.Fatalf("%s", asJSON(t, r))
	}
	if want := (Mentions{}); asJSON(t, r.Companies) != asJSON(t, want) || asJSON(t, r.Products) != asJSON(t, want) {
		t.Errorf("mentions in a network that describes everything: %s", asJSON(t, r))
	}
	checkRoundTrip(t, store)
	other := openStore(t)
	if r2 := mustImport(t, other, Options{BatchSize: 1000}, Files(folder)...); asJSON(t, r2.Warnings) != asJSON(t, r.Warnings) {
		t.Errorf("warnings depend on memory and batches: %s and %s", asJSON(t, r.Warnings), asJSON(t, r2.Warnings))
	}
	if dump(t, store) != dump(t, other) {
		t.Error("the result depends on memory and batches")
	}
}

// failingStore breaks an Apply as a process is broken that is killed: before the commit, or after it.
type failingStore struct {
	graph.Store
	before, after int // at which call; 0 never
	calls         int
}

var errKilled = errors.New("killed")

func (s *failingStore) Apply(ctx context.Context, b graph.Batch) (graph.Applied, error) {
	s.calls++
	if s.calls == s.before {
		return graph.Applied{}, errKilled
	}
	applied, err := s.Store.Apply(ctx, b)
	if s.calls == s.after {
		return graph.Applied{}, errKilled
	}
	return applied, err
}

// An import that is killed at any moment, and repeated until it ends, ends with the same store and the same
// report as one that is not.
func TestKilledImportGoesOn(t *testing.T) {
	folder := generated(t, 60, 300)
	write(t, folder, "more.csv", "supplier,buyer,value\nA,B,1\nA,B,2\nA,B,1\nX,Y,bad\n")
	write(t, folder, "sameness.csv", "record,canonical\nA,C0000001\n")
	for _, replace := range []bool{false, true} {
		prepared := func() graph.Store {
			store := openStore(t)
			mustImport(t, store, Options{Dataset: "d", BatchSize: 40}, reader("", "supplier,buyer,value\nA,B,9\nOld,Older,1\nC0000001,Older,1\n"))
			return store
		}
		opts := Options{Dataset: "d", BatchSize: 40, Memory: 20_000, Replace: replace, Now: stamp}
		whole := prepared()
		want := mustImport(t, whole, opts, Files(folder)...)
		random := rand.New(rand.NewPCG(1, 2))
		for range 12 {
			store := prepared()
			for attempt := 0; ; attempt++ {
				failing := &failingStore{Store: store}
				if at := 1 + random.IntN(12); random.IntN(2) == 0 {
					failing.before = at
				} else {
					failing.after = at
				}
				if attempt == 20 {
					failing.before, failing.after = 0, 0
				}
				opts.BatchSize = 40 + attempt*7 // a resumed import keeps the size that it began with
				r, err := Import(context.Background(), failing, Files(folder), opts)
				if err != nil {
					if !errors.Is(err, errKilled) {
						t.Fatal(err)
					}
					continue
				}
				if r.AlreadyImported { // killed after the last commit
					r = r.Original
				}
				if got, want := asJSON(t, r), asJSON(t, want); got != want {
					t.Fatalf("replace %t, after %d kills: report\n%s\nwant\n%s", replace, attempt, got, want)
				}
				break
			}
			if dump(t, store) != dump(t, whole) {
				t.Fatalf("replace %t: an import that was killed left\n%s\nwant\n%s", replace, dump(t, store), dump(t, whole))
			}
		}
	}
}

// A broken import that nobody wants to finish can be undone.
func TestBrokenImportCanBeUndone(t *testing.T) {
	store := openStore(t)
	folder := generated(t, 20, 100)
	if _, err := Import(context.Background(), &failingStore{Store: store, before: 3}, Files(folder), Options{BatchSize: 10}); !errors.Is(err, errKilled) {
		t.Fatalf("%v, want the error of the store", err)
	}
	if dump(t, store) == "" {
		t.Fatal("nothing was written before the kill")
	}
	if _, err := Undo(context.Background(), store, "generated"); err != nil {
		t.Fatal(err)
	}
	if got := dump(t, store); got != "" {
		t.Errorf("left:\n%s", got)
	}
}

// FuzzImport checks that whatever a file holds, each row is accounted for, and that what was accepted
// exports and imports again.
func FuzzImport(f *testing.F) {
	for _, seed := range []string{
		"supplier,buyer,share_of_input,valid_from,valid_to,x\nA,B,0.5,2024,2025,y\nA,A,2,,,\n",
		"id,name,aliases,country,lei,revenue\na,Alpha,\"x;y\",TW,,1e9\n", "kind,record,canonical,at\nproduct,a,b,2024\n",
		"{\"supplier\":\"A\",\"buyer\":[\"B\"],\"value\":1e3,\"essential\":true}\n{\"name\":null}\n{\"attributes\":{\"a\":1},\"name\":\"B\"}\n",
		"{\"statement\":\"owns\",\"owner\":\"A\",\"owned\":\"B\"}\nnot JSON\n", "row,reason,name\n1,x,A\n", "a,b,role\nA,B,partner\n", "\"name\n",
		"maker,product\nA,\xFF\n", "statement,kind,id\ncompany,person,A\n",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		store := openStore(t)
		r, err := Import(context.Background(), store, []Input{{Name: "f", Reader: bytes.NewReader(data)}}, Options{Now: stamp, BatchSize: 2, Rejects: RejectsIn(t.TempDir())})
		if err != nil {
			if !errors.Is(err, graph.ErrInvalid) {
				t.Fatalf("%v, want ErrInvalid", err)
			}
			return
		}
		checkAccount(t, r)
		if r.Rejected < r.Rows {
			checkRoundTrip(t, store)
		}
	})
}
