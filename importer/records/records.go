package records

import (
	"fmt"

	"github.com/tributarygraph/tributary/graph"
)

// Record is one record of an input: a row of a table, or an element of JSON.
type Record struct {
	// Number counts rows as a spreadsheet does (the header is row 1, empty rows count), lines of JSON Lines, and the
	// elements of other inputs from 1.
	Number int64
	Line   int64  // in which it begins, from 1; 0 where the input has no lines
	Raw    string // as it stands in the input, without the end of line; for the file of rejected rows

	// Names are those of Cells: the header, trimmed. It is the same slice for all records with the same names, so that
	// a converter looks them up once.
	Names []string
	Cells []string // as many as Names; valid until the next record is read

	// Tree is the record where it is no row of a table but an element of JSON: an object is a map[string]any, a list
	// []any, a number a json.Number. Names and Cells are then empty.
	Tree any
}

// Shape is what the cells of a row are called.
type Shape struct {
	Kind    graph.Kind // of the statement; not of sameness
	Columns []string   // as docs/importing.md names them
}

// Row is one statement, as a native file would write it. An empty cell states nothing, and takes back what an earlier
// version of the dataset stated there. Rows about one node or claim that do not contradict each other are combined.
type Row struct {
	// Shape is shared: there are few of them, however many rows.
	Shape *Shape
	Cells []string // as many as Shape.Columns; copied by whoever keeps them
	// Record is the number of the record that the row stems from, of rows that Finish emits; 0 where it is none in
	// particular.
	Record int64
}

// Emit takes a row. A converter returns its error as it is.
type Emit func(*Row) error

// Converter makes rows of records. It does no input or output and is used by one goroutine. A record is imported as a
// whole or not at all: where one of its rows is rejected, all are, but not those that Finish emits.
type Converter interface {
	// Convert emits the rows that a record makes. It returns a *Drop where the record is left out on purpose, a *Bad
	// where it cannot be understood; then nothing of the record was emitted.
	Convert(r *Record, emit Emit) error
	// Finish emits what only the end of the input tells, such as sums. It is called once, after the last record.
	Finish(emit Emit) error
}

// Late is a [Converter] that learns only at the end of the input that records which it took are left out after all.
type Late interface {
	// LeftOut tells after Finish how many records Convert took without making anything of them, by the reason why
	// they are left out. They are no longer counted as converted.
	LeftOut() map[string]int
}

// Noter is a [Converter] that has something to say of the input as a whole, such as that a field it looks for was in no
// record.
type Noter interface {
	// Notes are sentences, after Finish.
	Notes() []string
}

// Drop says that a record is left out on purpose. Records are counted by the reason, so that it should not hold values.
type Drop struct{ Reason string }

func (d *Drop) Error() string { return "left out: " + d.Reason }

// Bad says why a record is rejected.
type Bad struct {
	Field string // column or path; empty where it is about the record as a whole
	Found string
	Why   string // what was expected and what to do
}

func (b *Bad) Error() string {
	if b.Field == "" {
		return b.Why
	}
	return fmt.Sprintf("%s %q: %s", b.Field, b.Found, b.Why)
}
