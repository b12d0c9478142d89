package importer

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"github.com/tributarygraph/tributary/importer/records"
)

// percentBook is a workbook in whose column B numbers are shown in several formats.
func percentBook(t *testing.T) []byte {
	t.Helper()
	book := excelize.NewFile()
	at := 0
	put := func(value any, style *excelize.Style) {
		at++
		cell := fmt.Sprintf("B%d", at)
		err := errors.Join(book.SetCellValue("Sheet1", fmt.Sprintf("A%d", at), fmt.Sprint("r", at)), book.SetCellValue("Sheet1", cell, value))
		if style != nil {
			id, bad := book.NewStyle(style)
			err = errors.Join(err, bad, book.SetCellStyle("Sheet1", cell, cell, id))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	custom := func(code string) *excelize.Style { return &excelize.Style{CustomNumFmt: &code} }
	put("share", &excelize.Style{NumFmt: 9})
	put(0.18, &excelize.Style{NumFmt: 9})
	put(0.1825, &excelize.Style{NumFmt: 10})
	put(0.1+0.2, custom("0.0%"))
	put(-0.05, custom(`0.0%;[Red]-0.0%`))
	put("18 %", &excelize.Style{NumFmt: 9})
	put(0.18, nil)
	put(0.18, custom(`0.00"%"`))
	put(0.18, custom(`0.00\%`))
	put(true, &excelize.Style{NumFmt: 9})
	at++ // a row that is empty
	put(1, &excelize.Style{NumFmt: 9})
	var out bytes.Buffer
	if err := errors.Join(book.Write(&out), book.Close()); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// Cells that are shown as percentages are read as such, whichever way a workbook is read.
func TestPercentFormats(t *testing.T) {
	want := []string{"share", "18%", "18.25%", "30%", "-5%", "18 %", "0.18", "0.18", "0.18", "1", "100%"}
	data := percentBook(t)
	rows, err := ReadTable(t.Context(), Input{Name: "a.xlsx", Reader: bytes.NewReader(data)}, 0)
	if err != nil {
		t.Fatal(err)
	}
	var small []string
	for _, r := range rows {
		small = append(small, r.Cells[1])
	}
	if !slices.Equal(small, want) {
		t.Errorf("a table: %q, want %q", small, want)
	}
	r, err := OpenRecords(t.Context(), Input{Name: "a.xlsx", Reader: bytes.NewReader(data)}, records.Layout{})
	if err != nil {
		t.Fatal(err)
	}
	streamed := []string{r.Names()[1]}
	for {
		x, err := r.Next()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		streamed = append(streamed, x.Cells[1])
	}
	if !slices.Equal(streamed, want) {
		t.Errorf("row by row: %q, want %q", streamed, want)
	}
	if err := r.Close(); err != nil {
		t.Error(err)
	}
}

// An import understands them.
func TestImportPercentFormats(t *testing.T) {
	book := excelize.NewFile()
	style, err := book.NewStyle(&excelize.Style{NumFmt: 9})
	err = errors.Join(err, book.SetSheetRow("Sheet1", "A1", &[]any{"supplier", "buyer", "share_of_input"}),
		book.SetSheetRow("Sheet1", "A2", &[]any{"A", "B", 0.18}), book.SetCellStyle("Sheet1", "C2", "C2", style))
	var out bytes.Buffer
	if err = errors.Join(err, book.Write(&out), book.Close()); err != nil {
		t.Fatal(err)
	}
	store := openStore(t)
	r := mustImport(t, store, Options{}, Input{Name: "supplies.xlsx", Reader: &out})
	if got := dump(t, store); !strings.Contains(got, "0.18") {
		t.Errorf("%+v %s", r, got)
	}
}
