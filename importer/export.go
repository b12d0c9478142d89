package importer

import (
	"bufio"
	"cmp"
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/tributarygraph/tributary/graph"
)

// ExportFiles are the files that [ExportCSV] may write; one with nothing to hold is left out.
var ExportFiles = []string{"sources.csv", "products.csv", "companies.csv", "relations.csv", "sites.csv", "sameness.csv"}

// ExportCSV writes all live statements and decisions into CSV files in the folder, which is made when it is not
// there. They import again to the same graph: [Import] of the folder into an empty store, and exported again,
// gives the same bytes. Files that an earlier export left there and that hold nothing now are removed.
func ExportCSV(ctx context.Context, store graph.Store, folder string) error {
	survey := &columnSurvey{}
	head, err := store.Read(ctx, graph.ReadOptions{Details: true}, survey)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(folder, 0o777); err != nil {
		return err
	}
	w := &csvExport{folder: folder, survey: survey}
	_, err = store.Read(ctx, graph.ReadOptions{Details: true, Sorted: true, At: &head.Revision}, w)
	if err == nil {
		err = w.writeSameness()
	}
	if err = errors.Join(err, w.close()); err != nil {
		return fmt.Errorf("export to %s: %w", folder, err)
	}
	for _, name := range ExportFiles {
		if slices.Contains(w.written, name) {
			continue
		}
		if err := os.Remove(filepath.Join(folder, name)); err != nil && !errors.Is(err, os.ErrNotExist) {
			return err
		}
	}
	return nil
}

// BesideExport are the files in the folder that are none of an export, and that an import of the folder reads too.
func BesideExport(folder string) ([]string, error) {
	entries, err := os.ReadDir(folder)
	if err != nil {
		return nil, err
	}
	var names []string
	for _, e := range entries {
		if !e.IsDir() && recognised(e.Name()) && !slices.Contains(ExportFiles, e.Name()) {
			names = append(names, e.Name())
		}
	}
	return names, nil
}

// exportFile is the file of the statements of a kind.
func exportFile(k graph.Kind) string {
	if k.IsRelation() {
		return "relations.csv"
	}
	if k == graph.KindSite {
		return "sites.csv"
	}
	return ExportFiles[k]
}

// columnSurvey is the first reading of an export: which columns are used.
type columnSurvey struct {
	columns map[string]map[string]bool // by file
	merges  []graph.Sameness
}

// Put is part of [graph.Sink].
func (c *columnSurvey) Put(s *graph.Statement) error {
	if c.columns == nil {
		c.columns = map[string]map[string]bool{}
	}
	file := exportFile(s.Kind)
	used := c.columns[file]
	if used == nil {
		used = map[string]bool{}
		c.columns[file] = used
	}
	eachCell(s, func(column, _ string) { used[column] = true })
	// Columns that tell of which kind the rows are, also where none of them fills it.
	switch s.Kind {
	case graph.KindSource:
		used["title"] = true
	case graph.KindProduct:
		used[columnName], used["parent"] = true, true
	case graph.KindCompany:
		used[columnName], used["country"] = true, true
	case graph.KindSite:
		used[columnName], used["operator"] = true, true
	default:
		used[columnKind] = true
	}
	return nil
}

// Merge is part of [graph.Sink].
func (c *columnSurvey) Merge(s graph.Sameness) error {
	c.merges = append(c.merges, s)
	return nil
}

// Withdraw is part of [graph.Sink]; a reading of live statements has none.
func (c *columnSurvey) Withdraw(graph.Key) error { return nil }

// Unmerge is part of [graph.Sink]; likewise.
func (c *columnSurvey) Unmerge(graph.Kind, string) error { return nil }

// eachCell calls yield with every column that a statement fills, key first.
func eachCell(s *graph.Statement, yield func(column, value string)) {
	stated := func(column, value string) {
		if value != "" {
			yield(column, value)
		}
	}
	if ends, relation := endColumns[s.Kind]; relation {
		stated(ends[0], s.From)
		stated(ends[1], s.To)
		if s.Kind == graph.KindSupplies {
			stated(columnProduct, s.Product)
		}
	} else {
		stated(columnID, s.From)
	}
	stated(columnDataset, s.Dataset)
	stated(columnSource, s.Source)
	stated(columnAssertedBy, s.AssertedBy)
	stated(columnPeriod, string(s.Period))
	stated(columnValidFrom, s.ValidFrom.String())
	for _, f := range s.Fields {
		stated(f.ID.String(), f.Value())
	}
}

// columnOrder is the order of all columns of a file of statements.
var columnOrder = func() []string {
	order := []string{columnID, columnKind}
	for _, k := range graph.RelationKinds() {
		for _, end := range endColumns[k] {
			if !slices.Contains(order, end) && end != columnProduct {
				order = append(order, end)
			}
		}
	}
	order = append(append(order, columnProduct), claimColumns...)
	for f := range graph.FieldID(graph.NumFields) {
		if name := f.String(); !slices.Contains(order, name) {
			order = append(order, name)
		}
	}
	return order
}()

// csvExport is the second reading of an export: it writes rows, a file after the other.
type csvExport struct {
	folder  string
	survey  *columnSurvey
	written []string // names of the files

	name    string // of the file being written
	file    *os.File
	buffer  *bufio.Writer
	csv     *csv.Writer
	columns map[string]int
	row     []string
}

// Put is part of [graph.Sink].
func (w *csvExport) Put(s *graph.Statement) error {
	if name := exportFile(s.Kind); name != w.name {
		var header []string
		for _, column := range columnOrder {
			if w.survey.columns[name][column] {
				header = append(header, column)
			}
		}
		if err := w.open(name, header); err != nil {
			return err
		}
	}
	clear(w.row)
	if s.Kind.IsRelation() {
		w.row[w.columns[columnKind]] = s.Kind.String()
	}
	eachCell(s, func(column, value string) { w.row[w.columns[column]] = value })
	return w.csv.Write(w.row)
}

func (w *csvExport) open(name string, header []string) error {
	if err := w.close(); err != nil {
		return err
	}
	file, err := os.Create(filepath.Join(w.folder, name))
	if err != nil {
		return err
	}
	w.name, w.file, w.buffer = name, file, bufio.NewWriterSize(file, 1<<20)
	w.csv = csv.NewWriter(w.buffer)
	w.written = append(w.written, name)
	w.columns, w.row = map[string]int{}, make([]string, len(header))
	for i, column := range header {
		w.columns[column] = i
	}
	return w.csv.Write(header)
}

func (w *csvExport) close() error {
	if w.file == nil {
		return nil
	}
	w.csv.Flush()
	err := errors.Join(w.csv.Error(), w.buffer.Flush(), w.file.Close())
	w.file = nil
	return err
}

func (w *csvExport) writeSameness() error {
	if len(w.survey.merges) == 0 {
		return nil
	}
	sortMerges(w.survey.merges)
	if err := w.open("sameness.csv", samenessColumns); err != nil {
		return err
	}
	for _, m := range w.survey.merges {
		if err := w.csv.Write(samenessRow(&m)); err != nil {
			return err
		}
	}
	return nil
}

// samenessRow is a decision in samenessColumns.
func samenessRow(m *graph.Sameness) []string {
	record, canonical, same := m.ID, m.Canonical, "true"
	if a, b, pair := m.Pair(); pair {
		record, canonical, same = a, b, "false"
	}
	return []string{m.Kind.String(), record, canonical, same, m.By, m.Why, m.At.UTC().Format(time.RFC3339)}
}

func sortMerges(merges []graph.Sameness) {
	slices.SortFunc(merges, func(a, b graph.Sameness) int {
		return cmp.Or(cmp.Compare(a.Kind, b.Kind), strings.Compare(a.ID, b.ID))
	})
}

// Merge is part of [graph.Sink]; the first reading took the decisions.
func (w *csvExport) Merge(graph.Sameness) error { return nil }

// Withdraw is part of [graph.Sink]; a reading of live statements has none.
func (w *csvExport) Withdraw(graph.Key) error { return nil }

// Unmerge is part of [graph.Sink]; likewise.
func (w *csvExport) Unmerge(graph.Kind, string) error { return nil }

// ExportNDJSON writes all live statements and decisions as JSON Lines, one object each, with the names of
// columns; "statement" tells what the object is. It imports again to the same graph.
func ExportNDJSON(ctx context.Context, store graph.Store, out io.Writer) error {
	w := &jsonExport{out: bufio.NewWriterSize(out, 1<<20)}
	if _, err := store.Read(ctx, graph.ReadOptions{Details: true, Sorted: true}, w); err != nil {
		return err
	}
	sortMerges(w.merges)
	for _, m := range w.merges {
		w.begin(sameness)
		for i, value := range samenessRow(&m) {
			if value != "" {
				w.text(samenessColumns[i], value)
			}
		}
		if err := w.end(); err != nil {
			return err
		}
	}
	return w.out.Flush()
}

type jsonExport struct {
	out    *bufio.Writer
	line   []byte
	merges []graph.Sameness
}

func (w *jsonExport) begin(statement string) {
	w.line = append(w.line[:0], '{')
	w.text(columnStatement, statement)
}

func (w *jsonExport) text(name, value string) {
	encoded, _ := json.Marshal(value) // text always encodes
	w.raw(name, encoded)
}

func (w *jsonExport) raw(name string, encoded []byte) {
	if len(w.line) > 1 {
		w.line = append(w.line, ',')
	}
	w.line = append(append(w.line, '"'), name...)
	w.line = append(append(w.line, '"', ':'), encoded...)
}

func (w *jsonExport) end() error {
	_, err := w.out.Write(append(w.line, '}', '\n'))
	return err
}

// Put is part of [graph.Sink].
func (w *jsonExport) Put(s *graph.Statement) error {
	w.begin(s.Kind.String())
	bare := graph.Statement{Key: s.Key}
	eachCell(&bare, w.text)
	for _, f := range s.Fields {
		switch {
		case f.Empty():
		case f.ID.Spec().Type.Numeric(), f.ID.Spec().Type == graph.TypeObject:
			w.raw(f.ID.String(), []byte(f.Value()))
		default:
			w.text(f.ID.String(), f.Value())
		}
	}
	return w.end()
}

// Merge is part of [graph.Sink].
func (w *jsonExport) Merge(s graph.Sameness) error {
	w.merges = append(w.merges, s)
	return nil
}

// Withdraw is part of [graph.Sink]; a reading of live statements has none.
func (w *jsonExport) Withdraw(graph.Key) error { return nil }

// Unmerge is part of [graph.Sink]; likewise.
func (w *jsonExport) Unmerge(graph.Kind, string) error { return nil }
