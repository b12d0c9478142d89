package mapping

import (
	"slices"
	"strings"

	"github.com/tributarygraph/tributary/importer/records"
)

// filler fills the empty cells of some columns with those above them.
type filler struct {
	names   []string
	columns []int
	above   []string // what each column was last filled with
	mended  bool     // the rows above are in another file
	cells   []string
}

// filler finds the columns that are filled.
func (b *binder) filler() filler {
	f := filler{mended: b.mended()}
	for _, n := range b.m.fill {
		if b.tree {
			b.notes.add(n, "fill_down: columns are those of a table, and this file is JSON")
			break
		}
		at := b.column(n.text)
		if at < 0 {
			b.notes.add(n, "fill_down: %s is no column of the file%s", quoted(n.text), b.near(n.text))
			continue
		}
		f.names, f.columns = append(f.names, b.names[at]), append(f.columns, at)
	}
	f.above = make([]string, len(f.columns))
	return f
}

// down is a row with its empty cells filled. It is valid until the next one.
func (f *filler) down(cells []string) []string {
	if len(f.columns) == 0 || f.mended {
		return cells
	}
	f.cells = append(f.cells[:0], cells...)
	for i, at := range f.columns {
		switch text := trim(cells[at]); {
		case text == "":
			f.cells[at] = f.above[i]
		case text != f.above[i]:
			f.above[i] = strings.Clone(text)
		}
	}
	return f.cells
}

// orphan rejects a row that was rejected before, whose empty cell repeats one of a row that is not beside it any more.
func (f *filler) orphan(cells []string) error {
	if !f.mended {
		return nil
	}
	if i := slices.IndexFunc(f.columns, func(at int) bool { return trim(cells[at]) == "" }); i >= 0 {
		return &records.Bad{Field: f.names[i], Why: "the rows above it are not in this file; write what the cell repeats"}
	}
	return nil
}

// forget is for a row that cannot be read: what it holds is not known to be repeated.
func (f *filler) forget() { clear(f.above) }
