package importer

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"
	"os"
	"slices"
	"strings"

	"github.com/xuri/excelize/v2"

	"github.com/tributarygraph/tributary/graph"
	"github.com/tributarygraph/tributary/importer/records"
)

// maxUnzipped bounds what a workbook holds unzipped, in bytes, and so the memory that it takes: a small zip may hold
// very much.
const maxUnzipped = 64 << 20

// maxCells bounds the cells of a sheet: one cell far to the right makes many empty ones.
const maxCells = 5_000_000

// readSpreadsheet reads a sheet of an Excel workbook, the first that holds anything where none is named. Numbers are as
// they are stored, not as cells show them, but for percentages; formulas are what they last gave.
func readSpreadsheet(ctx context.Context, name string, data []byte, sheet string) ([]TableRow, error) {
	archive, err := checkUnzipped(data)
	if err != nil {
		return nil, fmt.Errorf("%w: %s: %v", graph.ErrInvalid, name, err)
	}
	book, err := excelize.OpenReader(bytes.NewReader(data), excelize.Options{UnzipSizeLimit: maxUnzipped, UnzipXMLSizeLimit: maxUnzipped, RawCellValue: true})
	if err != nil {
		return nil, fmt.Errorf("%w: %s: is a zip archive, but not an Excel workbook that can be read: %v", graph.ErrInvalid, name, err)
	}
	defer book.Close()
	sheets, err := sheetsOf(book, name, sheet)
	if err != nil {
		return nil, err
	}
	for _, s := range sheets {
		rows, err := readSheet(ctx, book, archive, s)
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
func checkUnzipped(data []byte) (*zip.Reader, error) {
	archive, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return nil, fmt.Errorf("is a zip archive that cannot be read: %v%s", err, cutShort(err))
	}
	left := int64(maxUnzipped)
	for _, f := range archive.File {
		r, err := f.Open()
		if err != nil {
			return nil, fmt.Errorf("%s in it cannot be read: %v", f.Name, err)
		}
		n, err := io.Copy(io.Discard, io.LimitReader(r, left+1))
		if left -= n; left < 0 {
			return nil, fmt.Errorf("holds more than the %d bytes that are allowed once it is unzipped", maxUnzipped)
		}
		if err != nil {
			return nil, fmt.Errorf("%s in it cannot be read: %v", f.Name, err)
		}
		_ = r.Close() // it was read whole
	}
	return archive, nil
}

// openWorkbook reads a sheet of a workbook row by row. Numbers are as they are stored, not as cells show them: dates are
// days since the end of 1899. Percentages alone get their sign, since 0.18 may stand in a column of percent otherwise.
func openWorkbook(ctx context.Context, name string, f *Spool, archive *zip.Reader, layout records.Layout) (*recordReader, error) {
	folder, err := os.MkdirTemp("", "tributary-workbook-*")
	if err != nil {
		return nil, err
	}
	r, err := openSheet(ctx, name, f, archive, layout, folder)
	if err != nil {
		return nil, errors.Join(err, os.RemoveAll(folder))
	}
	inner := r.close
	r.close = func() error { return errors.Join(inner(), os.RemoveAll(folder)) }
	return r, nil
}

func openSheet(ctx context.Context, name string, f *Spool, archive *zip.Reader, layout records.Layout, folder string) (*recordReader, error) {
	book, err := openBook(f, folder)
	if err != nil {
		return nil, fmt.Errorf("%w: %s: is a zip archive, but not an Excel workbook that can be read: %v", graph.ErrInvalid, name, err)
	}
	sheets, err := sheetsOf(book, name, layout.Sheet)
	if err != nil {
		return nil, errors.Join(err, book.Close())
	}
	for _, s := range sheets {
		rows, err := book.Rows(s)
		if err != nil {
			return nil, errors.Join(fmt.Errorf("%w: %s: sheet %s cannot be read: %v", graph.ErrInvalid, name, s, err), book.Close())
		}
		shown, err := openPercents(archive, s)
		if err != nil {
			return nil, errors.Join(fmt.Errorf("%w: %s: sheet %s cannot be read: %v", graph.ErrInvalid, name, s, err), rows.Close(), book.Close())
		}
		w := &workbook{ctx: ctx, name: name, sheet: s, rows: rows, percents: shown}
		header, err := w.next()
		for err == nil && header.number < layout.Header {
			w.width = 0 // a title has other cells than the header
			header, err = w.next()
		}
		if err == nil {
			return &recordReader{read: w.next, header: slices.Clone(header.cells), raw: header.raw, comma: ',',
				close: func() error { return errors.Join(shown.Close(), rows.Close(), book.Close()) }}, nil
		}
		if err != io.EOF || layout.Sheet != "" {
			return nil, errors.Join(err, shown.Close(), rows.Close(), book.Close())
		}
		if err := errors.Join(shown.Close(), rows.Close()); err != nil {
			return nil, errors.Join(err, book.Close())
		}
	}
	return nil, errors.Join(fmt.Errorf("%w: %s: holds nothing", graph.ErrInvalid, name), book.Close())
}

// openBook opens a workbook by its descriptor, as it has no name; where that is not possible, in memory. What the library
// unzips lies in a folder, since it leaves its files behind where it fails.
func openBook(f *Spool, folder string) (*excelize.File, error) {
	how := excelize.Options{UnzipSizeLimit: maxStreamed, UnzipXMLSizeLimit: maxUnzipped, RawCellValue: true, TmpDir: folder}
	book, err := excelize.OpenFile(f.path(), how)
	if !errors.Is(err, fs.ErrNotExist) && !errors.Is(err, fs.ErrPermission) {
		return book, err
	}
	return excelize.OpenReader(io.NewSectionReader(f, 0, math.MaxInt64), how)
}

// maxStreamed bounds what a workbook holds unzipped, on disk.
const maxStreamed = 16 << 30

// sheetsOf are the sheets to look at: all of them where none is named.
func sheetsOf(book *excelize.File, name, sheet string) ([]string, error) {
	sheets := book.GetSheetList()
	if sheet == "" {
		return sheets, nil
	}
	i := slices.IndexFunc(sheets, func(s string) bool { return strings.EqualFold(strings.TrimSpace(s), strings.TrimSpace(sheet)) })
	if i < 0 {
		return nil, fmt.Errorf("%w: %s: has no sheet %q; its sheets: %s", graph.ErrNotFound, name, sheet, strings.Join(sheets, ", "))
	}
	return sheets[i : i+1], nil
}

// workbook is a sheet that is read row by row.
type workbook struct {
	ctx         context.Context
	name, sheet string
	rows        *excelize.Rows
	percents    *percents
	number      int64
	width       int // of the header: cells at the end of a row that are empty are not stored
}

func (w *workbook) next() (row, error) {
	for w.rows.Next() {
		w.number++
		if err := w.ctx.Err(); err != nil {
			return row{}, err
		}
		cells, err := w.rows.Columns()
		if err != nil {
			return row{}, fmt.Errorf("%w: %s: sheet %s cannot be read: row %d: %v", graph.ErrInvalid, w.name, w.sheet, w.number, err)
		}
		if strings.TrimSpace(strings.Join(cells, "")) == "" {
			continue
		}
		if err := w.percents.mark(w.number, cells); err != nil {
			return row{}, fmt.Errorf("%w: %s: sheet %s cannot be read: row %d: %v", graph.ErrInvalid, w.name, w.sheet, w.number, err)
		}
		if w.width == 0 {
			w.width = len(cells)
		}
		for len(cells) < w.width {
			cells = append(cells, "")
		}
		return row{cells: cells, raw: csvLine(cells), number: w.number}, nil
	}
	if err := w.rows.Error(); err != nil {
		return row{}, fmt.Errorf("%w: %s: sheet %s cannot be read after row %d: %v", graph.ErrInvalid, w.name, w.sheet, w.number, err)
	}
	return row{}, io.EOF
}

// csvLine is a row as CSV has it, for the file of rejected rows.
func csvLine(cells []string) string {
	var b strings.Builder
	for i, cell := range cells {
		if i > 0 {
			b.WriteByte(',')
		}
		if strings.ContainsAny(cell, ",\"\r\n") {
			cell = quoted(cell)
		}
		b.WriteString(cell)
	}
	return b.String()
}

// readSheet gives the rows that are not empty.
func readSheet(ctx context.Context, book *excelize.File, archive *zip.Reader, sheet string) (out []TableRow, err error) {
	rows, err := book.Rows(sheet)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	shown, err := openPercents(archive, sheet)
	if err != nil {
		return nil, err
	}
	defer shown.Close()
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
		if err := shown.mark(number, cells); err != nil {
			return nil, err
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
