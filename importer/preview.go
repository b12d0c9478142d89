package importer

import (
	"strings"

	"github.com/tributarygraph/tributary/importer/records"
)

// PreviewRecord shows what one of the first records of an import becomes.
type PreviewRecord struct {
	File string `json:"file"`
	Row  int64  `json:"row,omitempty"` // as a spreadsheet counts; 0 where several records are added up and none is meant in particular
	// Statements are those that it makes. A record that is neither left out nor rejected and makes none is added up.
	Statements []PreviewStatement `json:"statements"`
	AddedUp    bool               `json:"added_up,omitempty"` // it is no record, but what several make together
	LeftOut    string             `json:"left_out,omitempty"` // why it is left out on purpose
	Rejected   string             `json:"rejected,omitempty"` // why it is rejected
}

// PreviewStatement is a statement as a file in columns of ours would write it.
type PreviewStatement struct {
	Kind  string        `json:"kind"`
	Cells []PreviewCell `json:"cells"` // that are not empty
}

// PreviewCell is the value of a column.
type PreviewCell struct {
	Column string `json:"column"`
	Value  string `json:"value"`
}

// preview collects what the first records become, and the first statements that are added up.
type preview struct {
	limit   int
	records []PreviewRecord
	sums    int
	open    PreviewRecord // of the record being read
}

// wants reports whether the next record is to be shown.
func (p *preview) wants() bool { return len(p.records)-p.sums < p.limit }

// add takes a statement of the record being read.
func (p *preview) add(s PreviewStatement) { p.open.Statements = append(p.open.Statements, s) }

// close takes the record being read.
func (p *preview) close(file string, row int64, leftOut, rejected string) {
	x := p.open
	p.open = PreviewRecord{}
	if !p.wants() {
		return
	}
	x.File, x.Row, x.LeftOut, x.Rejected = file, row, leftOut, rejected
	if x.Statements == nil || leftOut != "" || rejected != "" {
		x.Statements = []PreviewStatement{}
	}
	p.records = append(p.records, x)
}

// sum takes a statement that several records make together.
func (p *preview) sum(file string, row int64, r *records.Row, rejected string) {
	if p.sums >= p.limit {
		return
	}
	p.sums++
	p.records = append(p.records, PreviewRecord{File: file, Row: row, AddedUp: true, Rejected: rejected, Statements: []PreviewStatement{previewOf(r)}})
}

// previewOf shows a row that a converter makes.
func previewOf(r *records.Row) PreviewStatement {
	return previewCells(r.Shape.Kind.String(), len(r.Cells), func(i int) (string, string) { return r.Shape.Columns[i], r.Cells[i] })
}

// previewRow shows a row in columns of ours.
func previewRow(kind string, s *shape, x *row) PreviewStatement {
	return previewCells(kind, min(len(s.columns), len(x.cells)), func(i int) (string, string) {
		if s.columns[i].name == "" {
			return s.columns[i].header, x.cells[i]
		}
		return s.columns[i].name, x.cells[i]
	})
}

func previewCells(kind string, n int, cell func(int) (column, value string)) PreviewStatement {
	out := PreviewStatement{Kind: kind, Cells: []PreviewCell{}}
	for i := range n {
		if column, value := cell(i); value != "" && column != "" {
			out.Cells = append(out.Cells, PreviewCell{strings.Clone(column), strings.Clone(value)})
		}
	}
	return out
}
