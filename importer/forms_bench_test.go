package importer

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/parquet-go/parquet-go"
	"github.com/xuri/excelize/v2"

	"github.com/tributarygraph/tributary/importer/records"
)

type supplyRow struct {
	Supplier string  `parquet:"supplier"`
	Buyer    string  `parquet:"buyer"`
	Product  string  `parquet:"product"`
	Share    float64 `parquet:"share_of_input"`
}

func supplyRowAt(i int) supplyRow {
	return supplyRow{Supplier: fmt.Sprintf("supplier-%07d", i), Buyer: fmt.Sprintf("buyer-%05d", i%50_000), Product: fmt.Sprintf("product-%03d", i%700), Share: 0.25}
}

// BenchmarkForms reads the same relations from files in each form, and reports what the heap holds at most on the way:
// it does not grow with the file.
func BenchmarkForms(b *testing.B) {
	const rows = 500_000
	folder := b.TempDir()
	for _, form := range []struct {
		name  string
		write func(path string, rows int) error
	}{{"csv", writeSupplyCSV}, {"jsonl", writeSupplyJSON}, {"xlsx", writeSupplyWorkbook}, {"parquet", writeSupplyParquet}} {
		path := filepath.Join(folder, "supplies."+form.name)
		if err := form.write(path, rows); err != nil {
			b.Fatal(err)
		}
		b.Run(form.name, func(b *testing.B) {
			most := uint64(0)
			for b.Loop() {
				most = max(most, readForm(b, path, rows))
			}
			b.ReportMetric(rows*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
			b.ReportMetric(float64(most)/(1<<20), "MB-heap")
		})
	}
}

// readForm reads a file and returns the most that the heap held.
func readForm(b *testing.B, path string, want int) (most uint64) {
	r, err := OpenRecords(b.Context(), Input{Path: path}, records.Layout{})
	if err != nil {
		b.Fatal(err)
	}
	var m runtime.MemStats
	n := 0
	for ; ; n++ {
		if n%50_000 == 0 {
			runtime.ReadMemStats(&m)
			most = max(most, m.HeapAlloc)
		}
		if _, err := r.Next(); err == io.EOF {
			break
		} else if err != nil {
			b.Fatal(err)
		}
	}
	if n != want {
		b.Fatalf("%d rows, want %d", n, want)
	}
	if err := r.Close(); err != nil {
		b.Fatal(err)
	}
	return most
}

func writeSupplyCSV(path string, rows int) error {
	var text strings.Builder
	text.WriteString("supplier,buyer,product,share_of_input\n")
	for i := range rows {
		x := supplyRowAt(i)
		fmt.Fprintf(&text, "%s,%s,%s,%g\n", x.Supplier, x.Buyer, x.Product, x.Share)
	}
	return os.WriteFile(path, []byte(text.String()), 0o644)
}

func writeSupplyJSON(path string, rows int) error {
	var text strings.Builder
	for i := range rows {
		x := supplyRowAt(i)
		fmt.Fprintf(&text, `{"supplier":%q,"buyer":%q,"product":%q,"share_of_input":%g}`+"\n", x.Supplier, x.Buyer, x.Product, x.Share)
	}
	return os.WriteFile(path, []byte(text.String()), 0o644)
}

func writeSupplyWorkbook(path string, rows int) error {
	book := excelize.NewFile()
	w, err := book.NewStreamWriter("Sheet1")
	if err != nil {
		return err
	}
	if err := w.SetRow("A1", []any{"supplier", "buyer", "product", "share_of_input"}); err != nil {
		return err
	}
	for i := range rows {
		x := supplyRowAt(i)
		if err := w.SetRow(fmt.Sprintf("A%d", i+2), []any{x.Supplier, x.Buyer, x.Product, x.Share}); err != nil {
			return err
		}
	}
	return errors.Join(w.Flush(), book.SaveAs(path), book.Close())
}

func writeSupplyParquet(path string, rows int) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	w := parquet.NewGenericWriter[supplyRow](f)
	for i := range rows {
		if _, err := w.Write([]supplyRow{supplyRowAt(i)}); err != nil {
			return err
		}
	}
	return errors.Join(w.Close(), f.Close())
}
