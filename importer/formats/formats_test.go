package formats

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/tributarygraph/tributary/graph"
	"github.com/tributarygraph/tributary/importer/records"
)

// table makes records of lines whose cells are separated by bars; the first line names the columns.
func table(lines ...string) (names []string, rows []*records.Record) {
	names = strings.Split(lines[0], "|")
	for i, line := range lines[1:] {
		rows = append(rows, &records.Record{Number: int64(i + 2), Line: int64(i + 2), Raw: line, Names: names, Cells: strings.Split(line, "|")})
	}
	return names, rows
}

// convert writes what a converter makes of records: a line a row, drop or bad record.
func convert(t *testing.T, c records.Converter, rows []*records.Record) (lines []string) {
	t.Helper()
	emit := func(row *records.Row) error {
		lines = append(lines, text(t, row))
		return nil
	}
	for _, r := range rows {
		before := len(lines)
		switch err := c.Convert(r, emit).(type) {
		case nil:
		case *records.Drop:
			lines = append(lines, "dropped: "+err.Reason)
		case *records.Bad:
			lines = append(lines, "bad: "+err.Error())
			if len(lines) != before+1 {
				t.Errorf("record %d emits rows and is bad", r.Number)
			}
		default:
			t.Errorf("record %d: %v", r.Number, err)
		}
	}
	if err := c.Finish(emit); err != nil {
		t.Errorf("finish: %v", err)
	}
	if late, ok := c.(records.Late); ok {
		for _, reason := range slices.Sorted(maps.Keys(late.LeftOut())) {
			if n := late.LeftOut()[reason]; n > 0 {
				lines = append(lines, fmt.Sprintf("left out: %d %s", n, reason))
			}
		}
	}
	return lines
}

// text writes a row as "kind column=cell column=cell", without empty cells.
func text(t *testing.T, row *records.Row) string {
	t.Helper()
	if len(row.Cells) != len(row.Shape.Columns) {
		t.Fatalf("%d cells of %d columns", len(row.Cells), len(row.Shape.Columns))
	}
	for _, column := range row.Shape.Columns {
		if !slices.Contains(records.Columns(row.Shape.Kind), column) {
			t.Errorf("%s is no column of %s", column, row.Shape.Kind)
		}
	}
	var b strings.Builder
	b.WriteString(row.Shape.Kind.String())
	for i, cell := range row.Cells {
		if cell != "" {
			fmt.Fprintf(&b, " %s=%s", row.Shape.Columns[i], cell)
		}
	}
	return b.String()
}

func wantLines(t *testing.T, got []string, want ...string) {
	t.Helper()
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("got\n\t%s\nwant\n\t%s", strings.Join(got, "\n\t"), strings.Join(want, "\n\t"))
	}
}

// TestEachFormatIsDescribed: names are unique, and each format says what it makes, uses, leaves and drops.
func TestEachFormatIsDescribed(t *testing.T) {
	names := map[string]bool{}
	for _, f := range All() {
		if names[f.Name] {
			t.Errorf("two formats are called %s", f.Name)
		}
		names[f.Name] = true
		if f.Title == "" || f.Makes == "" || len(f.Used) == 0 || len(f.Left) == 0 || f.match == nil || f.make == nil {
			t.Errorf("%s lacks a part of its description", f.Name)
		}
		if found, ok := ByName(f.Name); !ok || found != f {
			t.Errorf("%s is not found by its name", f.Name)
		}
	}
	if len(names) != len(known) {
		t.Errorf("All lists %d of %d formats", len(names), len(known))
	}
}

// TestTablesOfOnesOwnAreNoFormat: files with the columns of docs/importing.md are left to package importer.
func TestTablesOfOnesOwnAreNoFormat(t *testing.T) {
	for k := range graph.Kind(graph.NumKinds) {
		names := []string{"id", "name", "lei", "supplier", "buyer", "owner", "owned"}
		for _, f := range graph.FieldsOf(k) {
			names = append(names, f.String())
		}
		if f, ok := Detect(names, nil); ok {
			t.Errorf("%v is taken for %s", names, f.Name)
		}
	}
	if f, ok := Detect(nil, nil); ok {
		t.Errorf("nothing is taken for %s", f.Name)
	}
}
