package importer

import (
	"archive/zip"
	"bytes"
	"context"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/xuri/excelize/v2"

	"github.com/tributarygraph/tributary/graph"
)

// maxUnzipped bounds what a workbook holds unzipped, in bytes, and so the memory that it takes: a small zip may hold
// very much.
const maxUnzipped = 64 << 20

// maxCells bounds the cells of a sheet: one cell far to the right makes many empty ones.
const maxCells = 5_000_000

// readSpreadsheet reads a sheet of an Excel workbook, the first that holds anything where none is named. Numbers are as
// they are stored, not as cells show them; formulas are what they last gave.
func readSpreadsheet(ctx context.Context, name string, data []byte, sheet string) ([]TableRow, error) {
	if err := checkUnzipped(data); err != nil {
		return nil, fmt.Errorf("%w: %s: %v", graph.ErrInvalid, name, err)
	}
	book, err := excelize.OpenReader(bytes.NewReader(data), excelize.Options{UnzipSizeLimit: maxUnzipped, UnzipXMLSizeLimit: maxUnzipped, RawCellValue: true})
	if err != nil {
		return nil, fmt.Errorf("%w: %s: is a zip archive, but not an Excel workbook that can be read: %v", graph.ErrInvalid, name, err)
	}
	defer book.Close()
	sheets := book.GetSheetList()
	if sheet != "" {
		i := slices.IndexFunc(sheets, func(s string) bool { return strings.EqualFold(strings.TrimSpace(s), strings.TrimSpace(sheet)) })
		if i < 0 {
			return nil, fmt.Errorf("%w: %s: has no sheet %q; its sheets: %s", graph.ErrNotFound, name, sheet, strings.Join(sheets, ", "))
		}
		sheets = sheets[i : i+1]
	}
	for _, s := range sheets {
		rows, err := readSheet(ctx, book, s)
		if err != nil {
			return nil, fmt.Errorf("%w: %s: sheet %s cannot be read: %v", graph.ErrInvalid, name, s, err)
		}
		if len(rows) > 0 {
			return rows, nil
		}
	}
	return nil, fmt.Errorf("%w: %s: holds nothing", graph.ErrInvalid, name)
}

// checkUnzipped counts what a zip archive really holds: what its directory says of that may be untrue.
func checkUnzipped(data []byte) error {
	archive, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return fmt.Errorf("is a zip archive that cannot be read: %v", err)
	}
	left := int64(maxUnzipped)
	for _, f := range archive.File {
		r, err := f.Open()
		if err != nil {
			return fmt.Errorf("%s in it cannot be read: %v", f.Name, err)
		}
		n, err := io.Copy(io.Discard, io.LimitReader(r, left+1))
		if left -= n; left < 0 {
			return fmt.Errorf("holds more than the %d bytes that are allowed once it is unzipped", maxUnzipped)
		}
		if err != nil {
			return fmt.Errorf("%s in it cannot be read: %v", f.Name, err)
		}
		_ = r.Close() // it was read whole
	}
	return nil
}

// readSheet gives the rows that are not empty.
func readSheet(ctx context.Context, book *excelize.File, sheet string) (out []TableRow, err error) {
	rows, err := book.Rows(sheet)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	left := maxCells
	for number := int64(1); rows.Next(); number++ {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		cells, err := rows.Columns()
		if err != nil {
			return nil, err
		}
		if left -= len(cells); left < 0 {
			return nil, fmt.Errorf("it has more than the %d cells that are allowed", maxCells)
		}
		for i := range cells {
			cells[i] = graph.Clean(cells[i])
		}
		if raw := strings.Join(cells, ","); strings.Trim(raw, ",") != "" {
			out = append(out, TableRow{Number: number, Cells: cells, Raw: raw})
		}
	}
	return out, rows.Error()
}
