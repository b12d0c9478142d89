package mapping

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tributarygraph/tributary/graph"
	"github.com/tributarygraph/tributary/importer/records"
)

// FuzzParse: whatever a mapping holds, it is read or refused with places in it, and one that is read converts records
// without a panic and as the contract of converters says.
func FuzzParse(f *testing.F) {
	files, err := filepath.Glob("testdata/*.yaml")
	if err != nil {
		f.Fatal(err)
	}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data, "比亚迪", "12,5%")
	}
	f.Add([]byte(flatMapping), "a", "1")
	f.Add([]byte("version: 1\nemit: [{company: {name: \"{a.b[0].c}\"}, each: x}]"), "", "2023年")
	f.Add([]byte("version: 1\nemit: [{company: {name: \"{n}\", aliases: \"{c}\"}, each: {columns: [/./], name: n, cell: c}}]"), "", "2023年")
	f.Add([]byte("- - - - {[{["), "", "")
	f.Add([]byte("a: &x [*x]\n? b\n: |\n  c\n"), "", "")
	f.Fuzz(func(t *testing.T, data []byte, first, second string) {
		m, err := Parse("m.yaml", data)
		if err != nil {
			problems := Problems(nil)
			if !errors.As(err, &problems) || !errors.Is(err, graph.ErrInvalid) || len(problems) == 0 {
				t.Fatalf("%T: %v", err, err)
			}
			for _, p := range problems {
				if p.Line < 1 || p.Column < 1 || p.Text == "" {
					t.Fatalf("a problem without a place or a text: %+v", p)
				}
			}
			return
		}
		var names []string
		for _, r := range m.refs() {
			names = append(names, r.name)
		}
		cells := make([]string, len(names))
		for i := range cells {
			cells[i] = []string{first, second}[i%2]
		}
		table := func(string, string) (*Table, error) {
			return &Table{Columns: []string{"key", "Name", "ISO", first}, Rows: [][]string{{first, second, first, ""}}}, nil
		}
		if c, err := m.Converter(names, table); err == nil {
			checkConversion(t, c, &records.Record{Number: 1, Names: names, Cells: cells})
		}
		var tree any
		if json.Unmarshal([]byte(first), &tree) != nil || tree == nil {
			tree = map[string]any{first: []any{map[string]any{second: second}, second}, "a": map[string]any{"b": []any{second}}}
		}
		if c, err := m.Converter(nil, table); err == nil {
			checkConversion(t, c, &records.Record{Number: 1, Tree: tree})
		}
	})
}

// checkConversion holds a converter to its contract: nothing is emitted of a record that is left out or rejected.
func checkConversion(t *testing.T, c *Converter, r *records.Record) {
	t.Helper()
	emitted := 0
	emit := func(row *records.Row) error {
		emitted++
		if len(row.Cells) != len(row.Shape.Columns) {
			t.Fatalf("%d cells for %d columns", len(row.Cells), len(row.Shape.Columns))
		}
		return nil
	}
	for range 2 {
		emitted = 0
		err := c.Convert(r, emit)
		if problems := Problems(nil); errors.As(err, &problems) {
			return
		}
		drop, bad := (*records.Drop)(nil), (*records.Bad)(nil)
		if err != nil && (!errors.As(err, &drop) && !errors.As(err, &bad) || emitted > 0) {
			t.Fatalf("%d rows emitted, and %T: %v", emitted, err, err)
		}
	}
	if err := c.Finish(emit); err != nil {
		t.Fatal(err)
	}
}

func FuzzTemplate(f *testing.F) {
	for _, text := range []string{"{a}", "x {{ {b.c[0]} }}", "{$.a}{@}{@row}", "{", "}", "{}", "{a{b}}", "{a[*].b[1]}", "{a.}", "{[}"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		parts, err := parseTemplate(text)
		if err != nil {
			return
		}
		// What is not a reference is kept: written again with its braces doubled, the template is the same.
		var again strings.Builder
		for _, p := range parts {
			if p.ref != nil {
				again.WriteString("{" + p.ref.name + "}")
				continue
			}
			again.WriteString(strings.NewReplacer("{", "{{", "}", "}}").Replace(p.text))
		}
		twice, err := parseTemplate(again.String())
		if err != nil || len(twice) != len(parts) {
			t.Fatalf("%q: %d parts; again %q: %d parts, %v", text, len(parts), again.String(), len(twice), err)
		}
	})
}

func FuzzDate(f *testing.F) {
	for _, seed := range [][2]string{{"any", "2023年6月"}, {"any", "FY2023/24"}, {"DD.MM.YYYY", "30.06.2023"}, {"excel", "45107"}, {"YYYY/YY", "2023/24"}, {"'Q'Q YY", "Q1 23"}, {"MMM D, YYYY", "Août 3, 2023"}} {
		f.Add(seed[0], seed[1])
	}
	f.Fuzz(func(t *testing.T, layoutText, text string) {
		l, err := parseLayout(layoutText)
		if err != nil {
			return
		}
		s, ok := l.read(text)
		if !ok {
			return
		}
		period, err := graph.ParsePeriod(string(s.period))
		if err != nil || period != s.period || period == "" {
			t.Fatalf("%q like %q is %q, which is no period", text, layoutText, s.period)
		}
		for _, what := range takes {
			out, err := s.take(what, 4)
			if _, bad := graph.ParseDate(out); err == nil && (bad != nil || out == "") {
				t.Fatalf("%s of %q is %q", what, text, out)
			}
		}
	})
}

func FuzzNumber(f *testing.F) {
	for _, seed := range [][2]string{{"1,234.56", "1,234.5"}, {"1.234,56", "-1.234%"}, {"", "3.5万"}, {"1 234,56", "(1 234) €"}, {"12,34,567.89", "12,34,567"}, {"1'234", "US$ 1'234"}} {
		f.Add(seed[0], seed[1])
	}
	f.Fuzz(func(t *testing.T, example, text string) {
		style, err := numberStyleOf(example)
		if err != nil {
			style = plainNumbers
		}
		d, _, why := style.parse(text)
		if why != "" {
			return
		}
		// What comes out is a plain number, the same again.
		again, percent, why := plainNumbers.parse(d.String())
		if why != "" || percent || again.rat().Cmp(d.rat()) != 0 {
			t.Fatalf("%q like %q is %s: %s", text, example, d, why)
		}
		if _, err := graph.ParseField(graph.FieldRevenue, d.String()); err != nil {
			t.Fatalf("%q like %q is %s, which the importer refuses: %v", text, example, d, err)
		}
	})
}
