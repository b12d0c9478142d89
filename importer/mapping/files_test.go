package mapping_test

import (
	"bytes"
	"context"
	"encoding/csv"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/simplifiedchinese"

	"github.com/tributarygraph/tributary/graph/sqlitestore"
	"github.com/tributarygraph/tributary/importer"
	"github.com/tributarygraph/tributary/importer/mapping"
	"github.com/tributarygraph/tributary/importer/records"
)

// openTable reads a second file, as the command line does.
func openTable(file, sheet string) (*mapping.Table, error) {
	rows, err := importer.ReadTable(context.Background(), importer.Input{Path: filepath.Join("testdata", file)}, 1<<20)
	if err != nil {
		return nil, err
	}
	t := &mapping.Table{Columns: rows[0].Cells}
	for _, r := range rows[1:] {
		t.Rows = append(t.Rows, r.Cells)
	}
	return t, nil
}

// TestFiles imports files of shapes that no other tool has, each with a mapping.
func TestFiles(t *testing.T) {
	for _, file := range []string{"chain.csv", "market.csv", "shipments.jsonl"} {
		t.Run(file, func(t *testing.T) {
			stem := file[:len(file)-len(filepath.Ext(file))]
			path := filepath.Join("testdata", stem+".yaml")
			data, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			m, err := mapping.Parse(path, data)
			if err != nil {
				t.Fatal(err)
			}
			conversion, err := m.Conversion(openTable)
			if err != nil {
				t.Fatal(err)
			}
			golden(t, filepath.Join("testdata", stem+".golden"), imported(t, filepath.Join("testdata", file), conversion))
		})
	}
}

// imported is what the store holds after an import of a file, and what the report says.
func imported(t *testing.T, path string, c *records.Conversion) string {
	t.Helper()
	ctx := context.Background()
	store, err := sqlitestore.Open(ctx, filepath.Join(t.TempDir(), "x.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	report, err := importer.Import(ctx, store, importer.Files(path), importer.Options{Conversion: c, Now: time.Date(2026, 11, 24, 0, 0, 0, 0, time.UTC)})
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := importer.ExportNDJSON(ctx, store, &out); err != nil {
		t.Fatal(err)
	}
	f := report.Files[0]
	fmt.Fprintf(&out, "%d records: %d make %d statements, %d left out, %d rejected\n", f.Rows, f.Conversion.Converted, f.Conversion.Statements, f.Conversion.LeftOut, f.Rejected)
	for _, x := range f.Conversion.Because {
		fmt.Fprintf(&out, "left out, %s: %d\n", x.Reason, x.Records)
	}
	for _, x := range report.Rejections {
		fmt.Fprintf(&out, "rejected, row %d: %s %q: %s\n", x.Row, x.Column, x.Found, x.Reason)
	}
	if got := f.Conversion.Converted + f.Conversion.LeftOut + f.Rejected; got != f.Rows {
		t.Errorf("%d records accounted for, of %d", got, f.Rows)
	}
	return out.String()
}

// golden compares text with a file, or writes it.
func golden(t *testing.T, path, text string) {
	t.Helper()
	if flag.Lookup("update").Value.String() == "true" {
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if text != string(want) {
		t.Errorf("%s differs; if that is meant: go test ./importer/mapping -update\ngot:\n%s\nwant:\n%s", path, text, want)
	}
}

// TestFilesInOtherForms: the same table as a workbook, in GB18030, and with other separators makes the same statements.
func TestFilesInOtherForms(t *testing.T) {
	data, err := os.ReadFile("testdata/chain.csv")
	if err != nil {
		t.Fatal(err)
	}
	mappingText, err := os.ReadFile("testdata/chain.yaml")
	if err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(bytes.NewReader(data)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	want, err := os.ReadFile("testdata/chain.golden")
	if err != nil {
		t.Fatal(err)
	}
	workbook := func(path string) error {
		book := excelize.NewFile()
		defer book.Close()
		if _, err := book.NewSheet("产业链"); err != nil {
			return err
		}
		for i, row := range rows {
			if err := book.SetSheetRow("产业链", fmt.Sprintf("A%d", i+1), &row); err != nil {
				return err
			}
		}
		if err := book.SetSheetRow("Sheet1", "A1", &[]string{"notes, not the table"}); err != nil {
			return err
		}
		return book.SaveAs(path)
	}
	text := func(comma string, encode encoding.Encoding) func(string) error {
		return func(path string) error {
			out, err := encode.NewEncoder().String(strings.ReplaceAll(string(data), ",", comma))
			if err != nil {
				return err
			}
			return os.WriteFile(path, []byte(out), 0o644)
		}
	}
	for _, test := range []struct {
		name  string
		input string // of the mapping
		write func(path string) error
	}{
		{"xlsx", "{sheet: 产业链, header: 3}", workbook},
		{"gb18030", "{header: 3}", text(",", simplifiedchinese.GB18030)},
		{"gbk", `{header: 3, encoding: gbk, separator: ";"}`, text(";", simplifiedchinese.GBK)},
		{"tabs", "{header: 3, separator: \"\\t\"}", text("\t", encoding.Nop)},
	} {
		t.Run(test.name, func(t *testing.T) {
			path := filepath.Join(folder, test.name, "chain."+test.name)
			if err := os.Mkdir(filepath.Dir(path), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := test.write(path); err != nil {
				t.Fatal(err)
			}
			yaml := strings.Replace(string(mappingText), "input: {header: 3}", "input: "+test.input, 1)
			m, err := mapping.Parse("chain.yaml", []byte(yaml))
			if err != nil {
				t.Fatal(err)
			}
			conversion, err := m.Conversion(nil)
			if err != nil {
				t.Fatal(err)
			}
			got := imported(t, path, conversion)
			if got = strings.ReplaceAll(got, `"dataset":"chain.`+test.name+`"`, `"dataset":"chain"`); got != string(want) {
				t.Errorf("got:\n%s\nwant:\n%s", got, want)
			}
		})
	}
}

// TestSerialDates: days of a workbook are numbers, which any and excel read.
func TestSerialDates(t *testing.T) {
	book := excelize.NewFile()
	defer book.Close()
	for i, row := range [][]any{{"shipper", "consignee", "usd", "arrival"}, {"A", "B", 1250.5, time.Date(2023, 6, 30, 0, 0, 0, 0, time.UTC)}, {"A", "B", 0.1, time.Date(2023, 7, 1, 0, 0, 0, 0, time.UTC)}} {
		if err := book.SetSheetRow("Sheet1", fmt.Sprintf("A%d", i+1), &row); err != nil {
			t.Fatal(err)
		}
	}
	path := filepath.Join(t.TempDir(), "log.xlsx")
	if err := book.SaveAs(path); err != nil {
		t.Fatal(err)
	}
	m, err := mapping.Parse("m.yaml", []byte(`version: 1
emit:
  - supplies: {supplier: "{shipper}", buyer: "{consignee}", value: "{usd}", currency: USD, period: {value: "{arrival}", date: any, take: year}, valid_from: {value: "{arrival}", date: excel}}
    aggregate: {key: [supplier, buyer, period], value: sum, valid_from: least}
`))
	if err != nil {
		t.Fatal(err)
	}
	conversion, err := m.Conversion(nil)
	if err != nil {
		t.Fatal(err)
	}
	want := `{"statement":"supplies","supplier":"A","buyer":"B","dataset":"log","period":"2023","valid_from":"2023-06-30","value":1250.6,"currency":"USD"}` + "\n2 records: 2 make 1 statements, 0 left out, 0 rejected\n"
	if got := imported(t, path, conversion); got != want {
		t.Errorf("got:\n%s\nwant:\n%s", got, want)
	}
}
