package importer

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/tributarygraph/tributary/graph"
	"github.com/tributarygraph/tributary/importer/records"
)

// converting is a file whose records a converter makes rows of.
type converting struct {
	rd     *reading
	number int // of the file
	source *rowSource
	shapes map[*records.Shape]*shape
	report *Conversion

	record  *row // being converted; nil at the end of the file
	made    []madeRow
	encoded []byte     // keys and patches of made
	bad     *cellError // why the record is rejected, where one of its rows is
}

// madeRow is a statement that a record makes, before it is known whether all of them are good.
type madeRow struct {
	value, end int       // in encoded: where the patch begins and ends; the key begins where the last one ended
	position   uint64    // of the record
	share      float64   // see rowParser
	statement  graph.Key // where share is stated
}

// errStopRecord ends the conversion of a record of which a row is bad.
var errStopRecord = errors.New("a row of the record is rejected")

// convert reads the records of a file and what they make.
func (rd *reading) convert(number int, rows *rowSource, c *content) error {
	fr := &rd.report.Files[number]
	fr.Records, fr.Conversion = holdsConverted, &Conversion{Format: rows.conversion.Name}
	cv := &converting{rd: rd, number: number, source: rows, shapes: map[*records.Shape]*shape{}, report: fr.Conversion}
	for {
		x, err := rows.next()
		if err == io.EOF {
			break
		}
		bad := (*rowError)(nil)
		if err != nil && !errors.As(err, &bad) {
			return err
		}
		rd.count(number, x.number, c)
		if err := cv.take(&x, bad); err != nil {
			return err
		}
	}
	cv.record = nil
	if err := rows.converter.Finish(cv.emit); err != nil {
		return cv.problem(err)
	}
	if late, ok := rows.converter.(records.Late); ok {
		cv.leaveLate(late.LeftOut())
	}
	if noter, ok := rows.converter.(records.Noter); ok {
		cv.report.Notes = noter.Notes()
	}
	return cv.keep()
}

// leaveLate counts records that were taken and are left out after all.
func (cv *converting) leaveLate(reasons map[string]int) {
	for _, reason := range slices.Sorted(maps.Keys(reasons)) {
		n := int64(reasons[reason])
		cv.report.Converted -= n
		if n > 0 {
			cv.report.leave(reason, n)
		}
	}
}

// take converts one record.
func (cv *converting) take(x *row, bad *rowError) error {
	if rejected, err := cv.rd.rejectUnreadable(cv.number, x, bad); rejected || err != nil {
		return err
	}
	if err := cv.checkWidth(x); err != nil {
		return cv.rd.rejectRow(cv.number, x, err, nil)
	}
	record, err := cv.source.recordOf(x)
	if unreadable := (*rowError)(nil); errors.As(err, &unreadable) {
		return cv.rd.rejectRow(cv.number, x, &cellError{found: unreadable.found, why: unreadable.why}, nil)
	}
	cv.record, cv.bad, cv.made, cv.encoded = x, nil, cv.made[:0], cv.encoded[:0]
	err = cv.source.converter.Convert(record, cv.emit)
	drop, wrong := (*records.Drop)(nil), (*records.Bad)(nil)
	switch {
	case cv.bad != nil:
		return cv.rd.rejectRow(cv.number, x, cv.bad, nil)
	case errors.As(err, &drop):
		if cv.rd.preview.wants() {
			cv.rd.preview.close(cv.rd.files[cv.number].name, x.number, drop.Reason, "")
		}
		cv.report.leave(drop.Reason, 1)
		return nil
	case errors.As(err, &wrong):
		return cv.rd.rejectRow(cv.number, x, &cellError{column: wrong.Field, found: cut(wrong.Found), why: wrong.Why}, nil)
	case err != nil:
		return cv.problem(err)
	}
	cv.report.Converted++
	if cv.rd.preview.wants() {
		cv.rd.preview.close(cv.rd.files[cv.number].name, x.number, "", "")
	}
	return cv.keep()
}

// checkWidth lets converters rely on as many cells as the header has.
func (cv *converting) checkWidth(x *row) *cellError {
	want := len(cv.source.header)
	for len(x.cells) > want && strings.TrimSpace(x.cells[len(x.cells)-1]) == "" {
		x.cells = x.cells[:len(x.cells)-1]
	}
	if len(x.cells) == want {
		return nil
	}
	return widthError(len(x.cells), want, cv.source.comma)
}

// emit takes a row that the converter makes.
func (cv *converting) emit(r *records.Row) error {
	s := cv.shapes[r.Shape]
	if s == nil {
		s = shapeOfRows(r.Shape)
		cv.shapes[r.Shape] = s
	}
	number := r.Record
	if cv.record != nil {
		number = cv.record.number
	}
	cv.rd.warnings.row = number
	p := cv.rd.parser
	if err := p.parse(s, &row{cells: r.Cells, number: number}); err != nil {
		cell := (*cellError)(nil)
		switch {
		case !errors.As(err, &cell):
			return err
		case cv.record == nil:
			cv.report.Statements++
			cv.rd.preview.sum(cv.rd.files[cv.number].name, number, r, (&records.Bad{Field: cell.column, Found: cell.found, Why: cell.why}).Error())
			cv.rd.refuseLate(cv.number, number, cell)
			return nil
		}
		cv.bad = cell
		return errStopRecord
	}
	switch {
	case cv.record == nil:
		cv.rd.preview.sum(cv.rd.files[cv.number].name, number, r, "")
	case cv.rd.preview.wants():
		cv.rd.preview.add(previewOf(r))
	}
	made := madeRow{position: position(cv.number, number), share: p.share}
	cv.encoded = append(cv.encoded, p.key...)
	made.value = len(cv.encoded)
	cv.encoded = append(cv.encoded, p.value...)
	made.end = len(cv.encoded)
	if p.share >= 0 {
		made.statement = p.statement
	}
	cv.made = append(cv.made, made)
	if cv.record == nil {
		return cv.keep()
	}
	return nil
}

// keep hands on what was made.
func (cv *converting) keep() error {
	from := 0
	for i := range cv.made {
		m := &cv.made[i]
		if m.share >= 0 {
			if err := cv.rd.noteShare(&m.statement, m.share, m.position); err != nil {
				return err
			}
		}
		if err := cv.rd.records.add(cv.encoded[from:m.value], cv.encoded[m.value:m.end], m.position); err != nil {
			return err
		}
		from = m.end
	}
	cv.report.Statements += int64(len(cv.made))
	cv.made, cv.encoded = cv.made[:0], cv.encoded[:0]
	return nil
}

// problem is an error that ends the import.
func (cv *converting) problem(err error) error {
	return fmt.Errorf("%s: %s: %w", cv.rd.files[cv.number].name, cv.report.Format, err)
}

// shapeOfRows is the shape of rows that a converter makes. Columns that are not known become attributes.
func shapeOfRows(of *records.Shape) *shape {
	s := &shape{kindAt: -1, recordsAt: -1, only: of.Kind, comma: ','}
	known := columnsOf(of.Kind)
	for _, name := range of.Columns {
		c := column{header: name}
		if slices.Contains(known, name) {
			c.name = name
		}
		s.columns = append(s.columns, c)
	}
	s.plans[of.Kind] = s.planFor(of.Kind)
	s.settle()
	return s
}

// leave counts records that are left out.
func (c *Conversion) leave(reason string, n int64) {
	c.LeftOut += n
	for i := range c.Because {
		if c.Because[i].Reason == reason {
			c.Because[i].Records += n
			return
		}
	}
	if len(c.Because) == maxReasons {
		c.Because[maxReasons-1].Reason = "other reasons"
		c.Because[maxReasons-1].Records += n
		return
	}
	c.Because = append(c.Because, LeftOut{Reason: strings.Clone(reason), Records: n})
}

// refuseLate refuses a statement that only the end of the file made: its records were counted as converted. The one that it
// stems from is read again when rejected rows are written.
func (rd *reading) refuseLate(file int, number int64, bad *cellError) {
	why := statementRefused + bad.why
	rd.report.refuse(file, Rejection{File: rd.files[file].name, Row: number, Column: bad.column, Found: bad.found, Reason: why})
	if number > 0 && rd.opts.Rejects != nil {
		rd.late = append(rd.late, lateReject{position: position(file, number), why: why})
	}
}

// statementRefused begins the reason where the other statements of a record are imported.
const statementRefused = "statement refused: "

// lateReject is a record of which a statement is refused after it was read.
type lateReject struct {
	position uint64
	why      string
}

// combined is what two patches say together, where one does not contradict the other.
func combined(first, second []byte) (value []byte, ok bool, err error) {
	a, err := decodeFields(nil, string(first))
	if err != nil {
		return nil, false, err
	}
	b, err := decodeFields(nil, string(second))
	if err != nil {
		return nil, false, err
	}
	for _, f := range b {
		i := slices.IndexFunc(a, func(x graph.Field) bool { return x.ID == f.ID })
		switch {
		case i < 0:
			a = append(a, f)
		case a[i].Equal(f) || f.Empty():
		case a[i].Empty():
			a[i] = f
		case f.ID.Spec().Type == graph.TypeList:
			a[i].Text = unionOf(a[i].Text, f.Text)
		default:
			return nil, false, nil
		}
	}
	slices.SortFunc(a, func(x, y graph.Field) int { return int(x.ID) - int(y.ID) })
	for _, f := range a {
		value = appendField(value, f)
	}
	return value, true, nil
}

// unionOf is what either list holds, in order.
func unionOf(a, b string) string {
	all := append(graph.SplitList(a), graph.SplitList(b)...)
	slices.Sort(all)
	return strings.Join(slices.Compact(all), ";")
}
