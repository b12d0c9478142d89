package mapping_test

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

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
