package mapping

import (
	"fmt"
	"math/big"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/tributarygraph/tributary/importer/records"
)

// written is a number in a style, by the other way round from how it is read.
func written(s *numberStyle, whole, fraction string, negative bool) string {
	var groups []string
	for rest, size := whole, 3; rest != ""; {
		n := min(size, len(rest))
		groups = append(groups, rest[len(rest)-n:])
		rest = rest[:len(rest)-n]
		if s.indian {
			size = 2
		}
	}
	slices.Reverse(groups)
	separator := ""
	if s.group != 0 {
		separator = string(rune(s.group))
	}
	out := strings.Join(groups, separator)
	if fraction != "" {
		out += string(rune(s.point)) + fraction
	}
	if negative {
		out = "-" + out
	}
	return out
}

func TestNumbersAsWritten(t *testing.T) {
	examples := append([]string{"1234.56", "12,34,567.89", "1.234.567"}, numberExamples...)
	rapid.Check(t, func(t *rapid.T) {
		style, err := numberStyleOf(rapid.SampledFrom(examples).Draw(t, "example"))
		if err != nil {
			t.Fatal(err)
		}
		whole := rapid.StringMatching(`[1-9][0-9]{0,14}|0`).Draw(t, "whole")
		fraction := rapid.StringMatching(`[0-9]{0,6}`).Draw(t, "fraction")
		negative := rapid.Bool().Draw(t, "negative")
		text := written(style, whole, fraction, negative)
		want, _ := new(big.Rat).SetString(whole + "." + fraction + "0")
		if negative {
			want.Neg(want)
		}
		d, _, why := style.parse(text)
		if why != "" || d.rat().Cmp(want) != 0 {
			t.Fatalf("%q is %s (%s), want %s", text, d, why, want.FloatString(6))
		}
	})
}

// TestSumsInAnyOrder: a sum is exact, and the same whatever the order of what is added.
func TestSumsInAnyOrder(t *testing.T) {
	number := rapid.StringMatching(`-?([1-9][0-9]{0,17}|0)(\.[0-9]{1,12})?`)
	rapid.Check(t, func(t *rapid.T) {
		texts := rapid.SliceOfN(number, 1, 30).Draw(t, "numbers")
		want := new(big.Rat)
		sum := func(texts []string) string {
			var s exactSum
			for _, text := range texts {
				d, _, why := plainNumbers.parse(text)
				if why != "" {
					t.Fatalf("%q: %s", text, why)
				}
				s.add(d)
			}
			return s.String()
		}
		for _, text := range texts {
			d, _, _ := plainNumbers.parse(text)
			want.Add(want, d.rat())
		}
		got := sum(texts)
		if r, ok := new(big.Rat).SetString(got); !ok || r.Cmp(want) != 0 {
			t.Fatalf("the sum is %s, want %s", got, want.FloatString(12))
		}
		if other := sum(rapid.Permutation(texts).Draw(t, "order")); other != got {
			t.Fatalf("in another order the sum is %s, not %s", other, got)
		}
	})
}

// TestAggregatesInAnyOrder: adding up shipments gives the same statements in whatever order they come.
func TestAggregatesInAnyOrder(t *testing.T) {
	const yaml = `version: 1
emit:
  - supplies: {supplier: "{s}", buyer: "{b}", value: "{v}", quantity: "{q}", confidence: "{c}", locator: "{@row}"}
    aggregate: {key: [supplier, buyer], value: sum, quantity: count, confidence: least, locator: count}
`
	names := []string{"s", "b", "v", "q", "c"}
	rapid.Check(t, func(t *rapid.T) {
		var in []*records.Record
		for range rapid.IntRange(0, 20).Draw(t, "rows") {
			in = append(in, &records.Record{Names: names, Cells: []string{
				rapid.SampledFrom([]string{"A", "B"}).Draw(t, "s"), rapid.SampledFrom([]string{"X", "Y"}).Draw(t, "b"),
				rapid.SampledFrom([]string{"", "0.1", "0.2", "1000000.7", "-3"}).Draw(t, "v"), "1", rapid.SampledFrom([]string{"", "0.5", "0.25"}).Draw(t, "c")}})
		}
		rows := func(in []*records.Record) []string {
			m, err := Parse("m.yaml", []byte(yaml))
			if err != nil {
				t.Fatal(err)
			}
			c, err := m.Converter(names, nil)
			if err != nil {
				t.Fatal(err)
			}
			var out []string
			emit := func(r *records.Row) error { out = append(out, strings.Join(r.Cells, "|")); return nil }
			for _, r := range in {
				if err := c.Convert(r, emit); err != nil {
					t.Fatal(err)
				}
			}
			if err := c.Finish(emit); err != nil {
				t.Fatal(err)
			}
			slices.Sort(out)
			return out
		}
		if a, b := rows(in), rows(rapid.Permutation(in).Draw(t, "order")); !slices.Equal(a, b) {
			t.Fatalf("%v\n%v", a, b)
		}
	})
}

// TestDraftsFit: whatever a table holds, the draft for it can be read and fits its columns.
func TestDraftsFit(t *testing.T) {
	var words []string
	for _, r := range roleWords {
		words = append(words, r.words...)
	}
	words = append(words, "", "x", "note", "{a}", "a\"b", "Lieferant Land", "value (USD million)", "金额(万元)", "Name # 2", "a: b", "- c", "'", "@row")
	cells := append([]string{"", "-", "n/a", "BYD", "比亚迪；宁德时代", "A;B", "12%", "1.234,5", "1,234.5", "-5", "2023年", "FY2023/24", "03/04/2023", "45107", "中国", "Germany", "CN", "Narnia", "needs", "supplies", "其他", "Total", "\"", "#", ": ", "{b}", "\x00", "a\u2028b", "\\"}, words[:10]...)
	rapid.Check(t, func(t *rapid.T) {
		names := rapid.SliceOfN(rapid.SampledFrom(words), 1, 10).Draw(t, "names")
		s := &Sample{File: "x.csv", Names: names}
		for i := range rapid.IntRange(0, 8).Draw(t, "rows") {
			s.Records = append(s.Records, records.Record{Number: int64(i + 2), Cells: rapid.SliceOfN(rapid.SampledFrom(cells), len(names), len(names)).Draw(t, "cells")})
		}
		draft := Suggest(s)
		m, err := Parse("draft.yaml", draft)
		if err != nil {
			t.Fatalf("%v\n%s", err, draft)
		}
		if _, err := m.Converter(names, nil); err != nil {
			t.Fatalf("%v\n%s", err, draft)
		}
		if again := Suggest(s); string(again) != string(draft) {
			t.Fatalf("another draft for the same:\n%s\n%s", draft, again)
		}
	})
}

// TestDraftsOfJSONFit is TestDraftsFit for elements of JSON.
func TestDraftsOfJSONFit(t *testing.T) {
	keys := []string{"supplier", "buyer", "name", "产品", "share", "value", "items", "date", "a.b", "$", "x y", "country"}
	var element func(depth int) *rapid.Generator[any]
	element = func(depth int) *rapid.Generator[any] {
		return rapid.Custom(func(t *rapid.T) any {
			kind := rapid.IntRange(0, 3).Draw(t, "kind")
			switch {
			case depth == 0 || kind < 2:
				return rapid.SampledFrom([]any{nil, "BYD", "12%", "2023年6月", true, "中国", ""}).Draw(t, "scalar")
			case kind == 2:
				return rapid.SliceOfN(element(depth-1), 0, 3).Draw(t, "list")
			}
			out := map[string]any{}
			for range rapid.IntRange(0, 4).Draw(t, "fields") {
				out[rapid.SampledFrom(keys).Draw(t, "key")] = element(depth-1).Draw(t, "field")
			}
			return out
		})
	}
	rapid.Check(t, func(t *rapid.T) {
		s := &Sample{File: "x.json"}
		for i := range rapid.IntRange(1, 4).Draw(t, "records") {
			s.Records = append(s.Records, records.Record{Number: int64(i + 1), Tree: element(3).Draw(t, "record")})
		}
		draft := Suggest(s)
		m, err := Parse("draft.yaml", draft)
		if err != nil {
			t.Fatalf("%v\n%s", err, draft)
		}
		c, err := m.Converter(nil, nil)
		if err != nil {
			t.Fatal(err)
		}
		for i := range s.Records {
			_ = c.Convert(&s.Records[i], func(*records.Row) error { return nil })
		}
	})
}

// TestTemplatesKeepNames: any name of a column that has no braces can be referred to.
func TestTemplatesKeepNames(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		name := rapid.StringMatching(`[a-zA-Z0-9 .\[\]$@*#产品%_/-]{1,12}`).Draw(t, "name")
		name = strings.TrimSpace(name)
		if name == "" || name == nameOfRow {
			return
		}
		yaml := fmt.Sprintf("version: 1\nemit: [{company: {name: %s}}]\n", yamlText("<{"+name+"}>"))
		m, err := Parse("m.yaml", []byte(yaml))
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range []*records.Record{{Names: []string{"another column", name}, Cells: []string{"", "v"}}, {Tree: map[string]any{name: "v"}}} {
			c, err := m.Converter(r.Names, nil)
			if err != nil {
				t.Fatal(err)
			}
			var got string
			if err := c.Convert(r, func(row *records.Row) error { got = row.Cells[0]; return nil }); err != nil {
				t.Fatalf("%s: %v", yaml, err)
			}
			if got != "<v>" {
				t.Fatalf("%s: %q", yaml, got)
			}
		}
	})
}
