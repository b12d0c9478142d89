package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/simplifiedchinese"
)

const mappingData = "../../importer/mapping/testdata/"

// TestMapping holds what the commands about mappings print.
func TestMapping(t *testing.T) {
	for _, test := range []struct{ name, args string }{
		{"mapping-suggest-chain", "mapping suggest DATA/chain.csv"},
		{"mapping-suggest-market", "mapping suggest DATA/market.csv"},
		{"mapping-suggest-shipments", "mapping suggest DATA/shipments.jsonl"},
		{"mapping-check-chain", "mapping check DATA/chain.yaml DATA/chain.csv"},
		{"mapping-check-market", "mapping check DATA/market.yaml DATA/market.csv --limit 2"},
		{"mapping-check-shipments", "mapping check DATA/shipments.yaml DATA/shipments.jsonl"},
		{"error-mapping-columns", "mapping check DATA/chain.yaml DATA/market.csv"},
		{"error-mapping-keys", "mapping check testdata/mapping-misspelled.yaml DATA/chain.csv"},
		{"error-mapping-none", "mapping check DATA/chian.yaml DATA/chain.csv"},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := tributaryWith(t, "", nil, strings.Fields(strings.ReplaceAll(test.args, "DATA/", mappingData))...)
			text := fmt.Sprintf("$ tributary %s\n%s-- stderr\n%s-- exit code %d\n", test.args, r.out, r.err, r.code)
			golden(t, filepath.Join("testdata/golden", test.name+".txt"), strings.ReplaceAll(text, mappingData, "DATA/"))
		})
	}
}

// TestImportWithMapping imports with a mapping, whose look-ups lie beside it.
func TestImportWithMapping(t *testing.T) {
	store := filepath.Join(t.TempDir(), "x.db")
	r := tributaryWith(t, "", nil, "import", mappingData+"market.csv", "--mapping", mappingData+"market.yaml", "--store", store, "--quiet")
	if want := "market.csv is read as market shares: 7 records make 14 statements; 2 left out\n  left out, row of all others, or of the sum: 2\n"; r.code != 0 || !strings.Contains(r.out, want) {
		t.Fatalf("exit code %d, want\n%s\ngot\n%s%s", r.code, want, r.out, r.err)
	}
	r = tributaryWith(t, "", nil, "import", mappingData+"market.csv", "--mapping", mappingData+"market.yaml", "--store", store, "--quiet")
	if !strings.Contains(r.out, "nothing was done") {
		t.Errorf("again: %s%s", r.out, r.err)
	}
}

// TestSuggestFindsTheHeader: titles above the header of a workbook are passed over.
func TestSuggestFindsTheHeader(t *testing.T) {
	book := excelize.NewFile()
	defer book.Close()
	for i, row := range [][]string{{"供应链关系"}, nil, {"供应商", "客户", "产品", "备注"}, {"A", "B", "x"}, {"C", "B", "y", "z"}} {
		if err := book.SetSheetRow("Sheet1", fmt.Sprintf("A%d", i+1), &row); err != nil {
			t.Fatal(err)
		}
	}
	path := filepath.Join(t.TempDir(), "chain.xlsx")
	if err := book.SaveAs(path); err != nil {
		t.Fatal(err)
	}
	r := tributaryWith(t, "", nil, "mapping", "suggest", path)
	draft := path + ".yaml"
	if err := os.WriteFile(draft, []byte(r.out), 0o644); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(r.out, "input: {header: 3}\n") || !strings.Contains(r.out, `supplier: "{供应商}"`) {
		t.Errorf("%s%s", r.out, r.err)
	}
	if r = tributaryWith(t, "", nil, "mapping", "check", draft, path); !strings.Contains(r.out, "2 records: 2 make 2 supplies; 0 left out; 0 rejected") {
		t.Errorf("%s%s", r.out, r.err)
	}
}

// TestSuggestReadsAnEncoding: what a file in another encoding is refused with leads to a mapping that reads it.
func TestSuggestReadsAnEncoding(t *testing.T) {
	t.Chdir(t.TempDir())
	if err := os.WriteFile("l.csv", []byte("Fournisseur,Client,Mati\xE8re\nSoci\xE9t\xE9 A,B,acier\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{{"import", "l.csv", "--store", "x.db"}, {"mapping", "suggest", "l.csv"}} {
		if r := tributaryWith(t, "", nil, args...); r.code == 0 || !strings.Contains(r.err, "tributary mapping suggest --encoding windows-1252 FILE") {
			t.Errorf("%s%s", r.out, r.err)
		}
	}
	r := tributaryWith(t, "", nil, "mapping", "suggest", "l.csv", "--encoding", "windows-1252")
	if !strings.Contains(r.out, "input: {encoding: \"windows-1252\"}\n") {
		t.Errorf("%s%s", r.out, r.err)
	}
	if err := os.WriteFile("l.yaml", []byte(r.out), 0o644); err != nil {
		t.Fatal(err)
	}
	if r = tributaryWith(t, "", nil, "mapping", "check", "l.yaml", "l.csv"); !strings.Contains(r.out, "1 record: 1 make 1 supplies") || !strings.Contains(r.out, "Société A") {
		t.Errorf("%s%s", r.out, r.err)
	}
}

// TestMendedRowsWithMapping: the command that an import prints for rejected rows takes them once they are mended, though
// their file has neither the titles nor the encoding of the one that they are of.
func TestMendedRowsWithMapping(t *testing.T) {
	data, err := os.ReadFile(mappingData + "chain.csv")
	if err != nil {
		t.Fatal(err)
	}
	text, err := simplifiedchinese.GB18030.NewEncoder().String(strings.ReplaceAll(string(data), ",", ";"))
	if err != nil {
		t.Fatal(err)
	}
	yaml, err := os.ReadFile(mappingData + "chain.yaml")
	if err != nil {
		t.Fatal(err)
	}
	said := strings.Replace(string(yaml), "input: {header: 3}", `input: {header: 3, encoding: gb18030, separator: ";"}`, 1)
	t.Chdir(t.TempDir())
	for name, text := range map[string]string{"chain.csv": text, "chain.yaml": said} {
		if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	r := tributaryWith(t, "", nil, "import", "chain.csv", "--mapping", "chain.yaml", "--store", "x.db", "--quiet")
	if want := "tributary import chain.rejected.csv --dataset chain --mapping chain.yaml --store x.db\n"; r.code != exitPartial || !strings.Contains(r.out, want) {
		t.Fatalf("exit code %d\n%s%s", r.code, r.out, r.err)
	}
	const rejected = "chain.rejected.csv"
	rows, err := os.ReadFile(rejected)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(rejected, []byte(strings.Replace(string(rows), "约三成", "30%", 1)), 0o644); err != nil {
		t.Fatal(err)
	}
	r = tributaryWith(t, "", nil, "import", "chain.rejected.csv", "--dataset", "chain", "--mapping", "chain.yaml", "--store", "x.db", "--quiet")
	if r.code != 0 || !strings.Contains(r.out, "1 created") {
		t.Fatalf("exit code %d\n%s%s", r.code, r.out, r.err)
	}
	r = tributaryWith(t, "", nil, "claims", "天齐锂业", "宁德时代", "--store", "x.db", "-o", "json", "--as-of", "any")
	if !strings.Contains(r.out, `"row 9"`) {
		t.Errorf("%s%s", r.out, r.err)
	}
}
