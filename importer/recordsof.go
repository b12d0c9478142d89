package importer

import (
	"context"
	"errors"

	"github.com/tributarygraph/tributary/importer/records"
)

// Records reads an input as records, for whoever looks at a file before it is imported.
type Records struct {
	content *content
	reader  *recordReader
}

// OpenRecords opens one file or reader. Errors that are the fault of the input wrap [graph.ErrInvalid].
func OpenRecords(ctx context.Context, in Input, layout records.Layout) (*Records, error) {
	f, err := oneFile(in)
	if err != nil {
		return nil, err
	}
	f.encoding = layout.Encoding
	c, err := openContent(ctx, f, nil, 0)
	if err != nil {
		return nil, err
	}
	r, err := openReader(buffer{ctx: ctx, content: c}, layout)
	if err != nil {
		return nil, errors.Join(err, c.Close())
	}
	return &Records{content: c, reader: r}, nil
}

// Names is the header of a table; nil of JSON.
func (r *Records) Names() []string { return r.reader.header }

// Next is the next record. The error is io.EOF at the end, a [*records.Bad] for a record that cannot be read, after which
// reading goes on, anything else for an input that cannot be read.
func (r *Records) Next() (*records.Record, error) {
	x, err := r.reader.next()
	var out *records.Record
	if err == nil {
		if bad := checkRecordText(&x); bad != nil {
			return nil, &records.Bad{Found: bad.found, Why: bad.why}
		}
		out, err = r.reader.recordOf(&x)
	}
	if bad := (*rowError)(nil); errors.As(err, &bad) {
		return nil, &records.Bad{Found: bad.found, Why: bad.why}
	}
	return out, err
}

// Close ends the reading.
func (r *Records) Close() error { return errors.Join(r.reader.Close(), r.content.Close()) }
