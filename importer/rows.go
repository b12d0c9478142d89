package importer

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/tributarygraph/tributary/graph"
	"github.com/tributarygraph/tributary/importer/formats"
	"github.com/tributarygraph/tributary/importer/records"
)

// recordReader delivers the records of an input as they are written.
type recordReader struct {
	// read gives the next record that is not empty: its cells, or its keys and cells, or its tree. The error is io.EOF at
	// the end, a *rowError for a record that cannot be read, anything else for an input that cannot be read.
	read   func() (row, error)
	header []string // of tables; nil for JSON
	raw    string   // the header as it was, for the file of rejected rows
	comma  byte     // between the cells of that file
	asJSON bool     // its rows are objects
	close  func() error

	ahead []peeked // read already
}

type peeked struct {
	row row
	err error
}

func (r *recordReader) next() (row, error) {
	if len(r.ahead) > 0 {
		x := r.ahead[0]
		r.ahead = r.ahead[1:]
		return x.row, x.err
	}
	return r.read()
}

// Close gives back what the reader holds beside its content.
func (r *recordReader) Close() error {
	if r.close == nil {
		return nil
	}
	return r.close()
}

// peek reads some records ahead. Those that cannot be read are left to whoever reads them.
func (r *recordReader) peek(n int) (list []*records.Record, err error) {
	for len(r.ahead) < n {
		x, err := r.read()
		if bad := (*rowError)(nil); err != nil && !errors.As(err, &bad) {
			if err != io.EOF {
				return nil, err
			}
			r.ahead = append(r.ahead, peeked{err: err})
			break
		}
		x.cells = slices.Clone(x.cells)
		r.ahead = append(r.ahead, peeked{row: x, err: err})
		if err != nil {
			break // its rest must be taken before the next one is read
		}
	}
	for i := range r.ahead {
		if r.ahead[i].err != nil {
			continue
		}
		if x, err := r.recordOf(&r.ahead[i].row); err == nil {
			list = append(list, x)
		}
	}
	return list, nil
}

// recordOf is a row as converters see it. The error is a *rowError.
func (r *recordReader) recordOf(x *row) (*records.Record, error) {
	out := &records.Record{Number: x.number, Line: x.line, Raw: x.raw, Names: r.header, Cells: x.cells}
	if r.asJSON {
		var err error
		if out.Tree, err = parseTree(x.raw); err != nil {
			return nil, &rowError{found: cut(x.raw), why: err.Error()}
		}
	}
	return out, nil
}

// rowSource is an input as rows in columns of ours, or as records with what makes such rows of them.
type rowSource struct {
	*recordReader
	name       string
	onShape    func(*shape)
	shape      *shape              // of a table in columns of ours
	objects    *objectShapes       // of JSON in columns of ours
	conversion *records.Conversion // nil where the columns are ours
	converter  records.Converter
}

// formatSample is how many records a format is told from.
const formatSample = 3

// openRows finds out how an input is written and what its records mean, as far as the options do not say it. The error
// wraps graph.ErrInvalid when the input as a whole cannot be imported. onShape is called for each shape that comes up.
func openRows(ctx context.Context, c *content, opts *Options, onShape func(*shape)) (*rowSource, error) {
	var layout records.Layout
	if opts.Conversion != nil {
		layout = opts.Conversion.Layout
	}
	r, err := openReader(buffer{ctx: ctx, content: c}, layout)
	if err != nil {
		return nil, err
	}
	out := &rowSource{recordReader: r, name: c.name, onShape: onShape, conversion: opts.Conversion}
	if err := out.understand(opts.Format); err != nil {
		return nil, errors.Join(err, r.Close())
	}
	return out, nil
}

// understand finds out what the records mean. A format that is not empty is the one that they must have.
func (s *rowSource) understand(format string) error {
	if s.conversion == nil {
		if err := s.detect(); err != nil {
			return err
		}
		if err := s.mustHave(format); err != nil {
			return err
		}
	}
	switch {
	case s.conversion != nil:
		var err error
		if s.converter, err = s.conversion.Converter(); err != nil {
			return fmt.Errorf("%s: %w", s.name, err)
		}
	case s.asJSON:
		s.objects = &objectShapes{known: map[string]*shape{}}
	default:
		return s.readHeader()
	}
	return nil
}

// detect looks for a format that is known.
func (s *rowSource) detect() error {
	first, err := s.peek(formatSample)
	if err != nil {
		return err
	}
	if format, known := formats.Detect(s.header, first); known {
		s.conversion = &records.Conversion{Name: format.Name, Converter: func() (records.Converter, error) { return format.Converter(), nil }}
	}
	return nil
}

// mustHave is an error where the records have another form than somebody says.
func (s *rowSource) mustHave(format string) error {
	switch {
	case format == "", s.conversion != nil && s.conversion.Name == format:
		return nil
	case s.conversion != nil:
		return fmt.Errorf("%w: %s: is no file of the format %s but of %s", graph.ErrInvalid, s.name, format, s.conversion.Name)
	}
	return fmt.Errorf("%w: %s: is no file of the format %s, nor of another one that is known: a mapping reads it (tributary formats %s tells what files of the format hold)", graph.ErrInvalid, s.name, format, format)
}

// checkFormat is an error where the options name a format that is not known, or name one beside a mapping.
func checkFormat(opts *Options) error {
	if opts.Format == "" {
		return nil
	}
	if _, known := formats.ByName(opts.Format); !known {
		names := make([]string, 0, 16)
		for _, f := range formats.All() {
			names = append(names, f.Name)
		}
		return fmt.Errorf("%w: no format is called %q; there are: %s", graph.ErrNotFound, opts.Format, strings.Join(names, ", "))
	}
	if opts.Conversion != nil {
		return fmt.Errorf("%w: a file is read by a mapping or as a format that is known, not as both", graph.ErrInvalid)
	}
	return nil
}

// readHeader finds the columns of ours in the header of a table.
func (s *rowSource) readHeader() (err error) {
	if s.shape, err = shapeOf(s.name, s.header); err != nil {
		return fmt.Errorf("%w (its cells are taken to be separated by %ss)", err, separatorNames[s.comma])
	}
	s.shape.comma = s.comma
	s.shape.settle()
	s.onShape(s.shape)
	return nil
}

// nextRow reads the next row in columns of ours, with its shape.
func (s *rowSource) nextRow() (row, *shape, error) {
	x, err := s.next()
	if err != nil || s.objects == nil {
		return x, s.shape, err
	}
	if !utf8.ValidString(x.raw) {
		return x, nil, nil // said with its offset by the check that all rows pass
	}
	shape, err := s.objects.parse(&x, s)
	return x, shape, err
}

// objectShapes reads each object by a shape of its own; objects with the same keys share one.
type objectShapes struct {
	object   jsonObject
	known    map[string]*shape
	lastKeys []string
	last     *shape
}

// parse makes cells of the text of a row. The error is a *rowError.
func (o *objectShapes) parse(x *row, s *rowSource) (*shape, error) {
	if err := o.object.parse(x.raw); err != nil {
		return nil, &rowError{found: cut(x.raw), why: err.Error()}
	}
	x.cells = o.object.cells
	if o.last != nil && slices.Equal(o.lastKeys, o.object.keys) {
		return o.last, nil
	}
	signature := strings.Join(o.object.keys, "\x00")
	shape := o.known[signature]
	if shape == nil {
		var err error
		if shape, err = shapeOf(s.name, o.object.keys); err != nil {
			why := strings.TrimPrefix(err.Error(), graph.ErrInvalid.Error()+": "+s.name+": ")
			return nil, &rowError{found: cut(x.raw), why: why}
		}
		shape.settle()
		s.onShape(shape)
		if len(o.known) < memoSize {
			o.known[signature] = shape
		}
	}
	o.lastKeys, o.last = append(o.lastKeys[:0], o.object.keys...), shape
	return shape, nil
}
