package importer

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/tributarygraph/tributary/graph"
	"github.com/tributarygraph/tributary/importer/formats"
	"github.com/tributarygraph/tributary/importer/mapping"
	"github.com/tributarygraph/tributary/importer/records"
)

// How much of a file is looked at to draft a mapping.
const (
	sampleRecords = 1000
	sampleHeader  = 10 // rows among which the header is looked for
)

// OtherColumns says that files that are to be parts of one have different columns. It wraps [graph.ErrInvalid].
type OtherColumns struct {
	File  string
	Names []string
}

func (e *OtherColumns) Error() string {
	return fmt.Sprintf("%s has other columns than the first file: %s", e.File, strings.Join(e.Names, ", "))
}

// Unwrap makes it a [graph.ErrInvalid].
func (e *OtherColumns) Unwrap() error { return graph.ErrInvalid }

// ReadSample reads the begin of inputs that are parts of one, with the same columns. What the layout does not say of how
// the first is written is told from its content. The error is *[OtherColumns] where the columns differ.
func ReadSample(ctx context.Context, inputs []Input, layout records.Layout) (*mapping.Sample, error) {
	s := &mapping.Sample{Layout: layout}
	var names []string
	for i, in := range inputs {
		name := in.Path
		if in.Reader != nil || in.ReaderAt != nil {
			name = orStdin(in.Name)
		}
		names = append(names, name)
		if in.Reader == nil && layout.Header == 0 && i == 0 {
			if err := findHeader(ctx, in, &s.Layout); err != nil {
				return nil, err
			}
		}
		r, err := OpenRecords(ctx, in, s.Layout)
		if err != nil {
			return nil, err
		}
		err = readSample(r, s, i == 0, name)
		if err := errors.Join(err, r.Close()); err != nil {
			return nil, err
		}
	}
	s.File = strings.Join(names, ", ")
	return s, nil
}

func readSample(r *Records, s *mapping.Sample, first bool, name string) error {
	switch {
	case first:
		s.Names = r.Names()
	case !slices.Equal(s.Names, r.Names()):
		return &OtherColumns{File: name, Names: r.Names()}
	}
	for range sampleRecords {
		x, err := r.Next()
		bad := (*records.Bad)(nil)
		switch {
		case err == io.EOF:
			return nil
		case errors.As(err, &bad):
			continue
		case err != nil:
			return err
		}
		s.Records = append(s.Records, records.Record{Number: x.Number, Names: x.Names, Cells: slices.Clone(x.Cells), Tree: x.Tree})
	}
	return nil
}

// findHeader looks for the row that names the columns where the first is a title: it fills few of the columns.
func findHeader(ctx context.Context, in Input, layout *records.Layout) error {
	var found []string
	for row := int64(1); row <= sampleHeader; row++ {
		tried := *layout
		if row > 1 {
			tried.Header = row
		}
		names, width, err := headerAt(ctx, in, tried)
		switch {
		case err != nil && row == 1:
			return err
		case err != nil:
			return nil
		case found != nil && !slices.Equal(names, found):
			return nil
		case names == nil || 2*filled(names) > width:
			if *layout = tried; row == 1 {
				return nil
			}
			found = names // empty rows before it count: the last row that leads to it is its own
		}
	}
	return nil
}

// headerAt is the header of a file that is read so, and the cells of the widest of the first rows.
func headerAt(ctx context.Context, in Input, layout records.Layout) (names []string, width int, err error) {
	r, err := OpenRecords(ctx, in, layout)
	if err != nil {
		return nil, 0, err
	}
	names = r.Names()
	width = len(names)
	for range 3 {
		if x, err := r.Next(); err == nil {
			width = max(width, len(x.Cells))
		}
	}
	return names, width, r.Close()
}

func filled(cells []string) (n int) {
	for _, cell := range cells {
		if cell != "" {
			n++
		}
	}
	return n
}

// ReadLookup reads a second file of a mapping; see [ReadTable].
func ReadLookup(ctx context.Context, in Input, limit int64) (*mapping.Table, error) {
	rows, err := ReadTable(ctx, in, limit)
	if err != nil {
		return nil, err
	}
	if len(rows) == 0 {
		return nil, fmt.Errorf("%w: %s: is empty", graph.ErrInvalid, cmp.Or(in.Name, in.Path))
	}
	t := &mapping.Table{Columns: rows[0].Cells}
	for _, r := range rows[1:] {
		t.Rows = append(t.Rows, r.Cells)
	}
	return t, nil
}

// FormatOf is the format that a sample has, where it is one that is known: then no mapping is needed.
func FormatOf(s *mapping.Sample) (*formats.Format, bool) {
	var first []*records.Record
	for i := range s.Records[:min(formatSample, len(s.Records))] {
		first = append(first, &s.Records[i])
	}
	return formats.Detect(s.Names, first)
}
