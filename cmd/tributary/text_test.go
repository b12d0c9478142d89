package main

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// A table fits whatever width there is, as long as its first column does; a pipe cuts nothing.
func TestTableFits(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		columns := rapid.IntRange(1, 8).Draw(t, "columns")
		tab := &table{}
		for range columns {
			tab.columns = append(tab.columns, column{title: rapid.StringMatching(`[A-Z]{1,8}`).Draw(t, "title"), least: rapid.SampledFrom([]int{0, 8, 12}).Draw(t, "least"), right: rapid.Bool().Draw(t, "right")})
		}
		tab.columns[0].least = 8
		cell := rapid.SampledFrom([]string{"", "x", "SK hynix", "台湾积体电路制造股份有限公司", "a long name of a company in plain letters", "tab\tand\x1b[31m", "日本 and more"})
		for range rapid.IntRange(1, 5).Draw(t, "rows") {
			row := make([]string, columns)
			for i := range row {
				row[i] = cell.Draw(t, "cell")
			}
			tab.add(row...)
		}
		width := rapid.IntRange(10, 120).Draw(t, "width")
		var fitted, whole bytes.Buffer
		tab.write(&fitted, width, false)
		for line := range strings.Lines(fitted.String()) {
			line = strings.TrimSuffix(line, "\n")
			if got := cells.StringWidth(line); got > width {
				t.Fatalf("a line of %d in a width of %d: %q", got, width, line)
			}
			if strings.ContainsAny(line, "\t\x1b") {
				t.Fatalf("control characters come through: %q", line)
			}
		}
		if omitted := tab.write(&whole, 0, false); len(omitted) > 0 || strings.Contains(whole.String(), ellipsis) {
			t.Fatalf("cut in a pipe: %q without %v", whole.String(), omitted)
		}
	})
}

func TestNearest(t *testing.T) {
	words := []string{"suppliers", "customers", "paths", "claims", "as-of", "depth", "limit"}
	for wanted, near := range map[string]string{"supplier": "suppliers", "asof": "as-of", "detph": "depth", "xyzzy": "", "costumers": "customers"} {
		if got := nearest(wanted, words); got != near {
			t.Errorf("nearest(%q) = %q, want %q", wanted, got, near)
		}
	}
}

func TestProgressText(t *testing.T) {
	for _, test := range []struct {
		step step
		want string
	}{
		{step{what: "writing", done: 250_000, total: 1_000_000, part: -1, took: 2 * time.Second, unit: "rows"}, "writing: 250,000 of 1,000,000 rows, 125,000/s, 6s left"},
		{step{what: "reading", done: 1000, part: 0.5, took: time.Second, unit: "rows"}, "reading: 1,000 rows, 1,000/s, 1s left"},
		{step{what: "loading", done: 16384, part: -1, unit: "statements"}, "loading: 16,384 statements"},
		{step{what: "writing", done: 10, total: 10, part: -1, took: time.Second, unit: "rows"}, "writing: 10 of 10 rows, 10/s"},
	} {
		if got := test.step.text(); got != test.want {
			t.Errorf("%+v: %q, want %q", test.step, got, test.want)
		}
		if bar := test.step.bar(80); cells.StringWidth(bar) > 80 {
			t.Errorf("a bar of %d in 80: %q", cells.StringWidth(bar), bar)
		}
	}
}

func TestPlural(t *testing.T) {
	for _, test := range []struct {
		n     int
		nouns string
		want  string
	}{{1, "companies", "1 company"}, {0, "companies", "0 companies"}, {1, "suppliers", "1 supplier"}, {1234567, "rows", "1,234,567 rows"}} {
		if got := plural(test.n, test.nouns); got != test.want {
			t.Errorf("plural(%d, %q) = %q", test.n, test.nouns, got)
		}
	}
}
