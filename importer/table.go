package importer

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/tributarygraph/tributary/graph"
)

// TableRow is a row of a small file that holds no statements.
type TableRow struct {
	Number int64    // as a spreadsheet counts: the first row is 1
	Cells  []string // trimmed
	Raw    string   // as it stands in the file, without the end of line
}

// ReadTable reads a small file as the files of an import are read: plain, gzip or zstd; cells between commas, tabs,
// semicolons or bars; in UTF-8 with or without a byte order mark, and also in UTF-16 or GB18030, as spreadsheets write
// it. An Excel workbook (.xlsx) is read too: the first sheet that holds anything, or that which the path or name ends in
// (vendors.xlsx#Sheet2). What the rows mean is up to the caller. More than limit bytes are an error. Errors that are the
// fault of the file wrap [graph.ErrInvalid].
func ReadTable(ctx context.Context, in Input, limit int64) ([]TableRow, error) {
	in, sheet := splitSheet(in)
	f, err := oneFile(in)
	if err != nil {
		return nil, err
	}
	name := f.name
	data, err := readSmall(ctx, f, limit)
	if err != nil {
		return nil, err
	}
	if bytes.HasPrefix(data, zipMagic) {
		return readSpreadsheet(ctx, name, data, sheet)
	}
	if sheet != "" {
		return nil, fmt.Errorf("%w: %s: is no Excel workbook, so that there is no sheet %q in it", graph.ErrInvalid, name, sheet)
	}
	if data, err = decompressSmall(name, data, limit); err != nil {
		return nil, err
	}
	return readCells(ctx, name, data)
}

// zipMagic is how zip archives begin, and so do workbooks.
var zipMagic = []byte("PK\x03\x04")

// splitSheet takes the sheet off the path or name of an input. A file whose own name holds a # is read as it is.
func splitSheet(in Input) (Input, string) {
	at := &in.Path
	if in.Reader != nil || in.ReaderAt != nil {
		at = &in.Name
	}
	name, sheet, found := cutLast(*at, '#')
	if !found || !strings.HasSuffix(strings.ToLower(name), ".xlsx") && !strings.HasSuffix(strings.ToLower(name), ".xlsm") {
		return in, ""
	}
	if _, err := os.Stat(in.Path); at == &in.Path && err == nil {
		return in, ""
	}
	*at = name
	return in, sheet
}

func cutLast(text string, at byte) (before, after string, found bool) {
	if i := strings.LastIndexByte(text, at); i >= 0 {
		return text[:i], text[i+1:], true
	}
	return text, "", false
}

// readSmall is a file as it is stored.
func readSmall(ctx context.Context, f file, limit int64) ([]byte, error) {
	r := f.reader
	if f.at != nil && r == nil {
		r = io.NewSectionReader(f.at, 0, f.size)
	}
	if r == nil {
		opened, err := os.Open(f.path)
		if err != nil {
			return nil, err
		}
		defer opened.Close()
		r = opened
	}
	return readLimited(ctx, f.name, r, limit)
}

func decompressSmall(name string, data []byte, limit int64) ([]byte, error) {
	r, err := decompress(name, bytes.NewReader(data))
	if err != nil {
		return nil, err
	}
	return readLimited(context.Background(), name, r, limit)
}

// readLimited reads to the end. More than limit bytes are an error, when limit is not 0.
func readLimited(ctx context.Context, name string, r io.Reader, limit int64) ([]byte, error) {
	var out bytes.Buffer
	for {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		n, err := io.CopyN(&out, r, blockSize)
		switch {
		case limit > 0 && int64(out.Len()) > limit:
			return nil, fmt.Errorf("%w: %s: has more than the %d bytes that are allowed", graph.ErrInvalid, name, limit)
		case err == io.EOF && n < blockSize:
			return out.Bytes(), nil
		case err != nil:
			return nil, fmt.Errorf("%w: %s: cannot be read beyond byte %d: %v", graph.ErrInvalid, name, out.Len(), err)
		}
	}
}

// readCells reads the rows of a file of text.
func readCells(ctx context.Context, name string, data []byte) ([]TableRow, error) {
	c, err := openContent(ctx, file{name: name, reader: bytes.NewReader(data)}, nil, 0)
	if err != nil {
		return nil, err
	}
	defer c.Close()
	b := buffer{ctx: ctx, content: c}
	if err := b.start(); err != nil {
		return nil, err
	}
	r := newCSVReader(b)
	if !r.stated() {
		r.comma = separator(r.text[r.at:])
	}
	var rows []TableRow
	for {
		x, err := r.next()
		bad := (*rowError)(nil)
		switch {
		case err == io.EOF:
			return rows, nil
		case errors.As(err, &bad):
			return nil, fmt.Errorf("%w: %s: row %d: %s", graph.ErrInvalid, c.name, x.number, bad.why)
		case err != nil:
			return nil, err
		}
		if bad := checkText(&x); bad != nil {
			return nil, fmt.Errorf("%w: %s: row %d: %s", graph.ErrInvalid, c.name, x.number, bad.why)
		}
		row := TableRow{Number: x.number, Raw: graph.Clean(x.raw)}
		for _, cell := range x.cells {
			row.Cells = append(row.Cells, graph.Clean(cell))
		}
		rows = append(rows, row)
	}
}

// ColumnName brings a header cell into the spelling of column names: lower case, words joined by '_'.
func ColumnName(header string) string { return spelled(header) }
