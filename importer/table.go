package importer

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/tributarygraph/tributary/graph"
)

// TableRow is a row of a small file that holds no statements.
type TableRow struct {
	Number int64    // as a spreadsheet counts: the first row is 1
	Cells  []string // trimmed
	Raw    string   // as it stands in the file, without the end of line
}

// ReadTable reads a small file as the files of an import are read: plain, gzip or zstd; cells between commas, tabs,
// semicolons or bars; with or without a byte order mark. What the rows mean is up to the caller. More than limit bytes
// are an error. Errors that are the fault of the file wrap [graph.ErrInvalid].
func ReadTable(ctx context.Context, in Input, limit int64) ([]TableRow, error) {
	files, _, err := expand([]Input{in})
	switch {
	case err != nil:
		return nil, err
	case len(files) != 1:
		return nil, fmt.Errorf("%w: %s: is a folder of %d files; name one", graph.ErrInvalid, in.Path, len(files))
	}
	c, err := openContent(ctx, files[0], nil, limit)
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
