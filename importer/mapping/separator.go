package mapping

import (
	"fmt"
	"slices"
	"strings"
)

// separators may stand between cells.
var separators = []struct{ sign, name string }{{",", "commas"}, {"\t", "tabs"}, {";", "semicolons"}, {"|", "vertical bars"}}

// separatedBy is the separator by which a header holds more of the columns that the mapping names than it was cut into; empty
// where there is none.
func (m *Mapping) separatedBy(names []string) string {
	wanted := map[string]bool{}
	for _, r := range m.refs() {
		wanted[fold(r.name)] = true
	}
	known := func(cells []string) (n int) {
		for _, cell := range cells {
			if wanted[fold(strings.Trim(cell, `"'`))] {
				n++
			}
		}
		return n
	}
	now := ","
	if m.comma != nil {
		now = m.comma.text
	}
	header, most, found := strings.Join(names, now), known(names), ""
	for _, s := range separators {
		if n := known(strings.Split(header, s.sign)); n > most {
			most, found = n, s.sign
		}
	}
	return found
}

// wrongSeparator says so once, in place of one problem for every column.
func (m *Mapping) wrongSeparator(other string) Problem {
	name := func(sign string) string {
		if i := slices.IndexFunc(separators, func(s struct{ sign, name string }) bool { return s.sign == sign }); i >= 0 {
			return separators[i].name
		}
		return quoted(sign)
	}
	out := Problem{File: m.file, Line: 1, Column: 1, Text: fmt.Sprintf("the cells of the header seem to be separated by %s, and the file was not read so; write input: {separator: %s}", name(other), yamlText(other))}
	if m.comma != nil {
		out.Line, out.Column = m.comma.line, m.comma.column
		out.Text = fmt.Sprintf("separator: the file seems to be separated by %s, not by %s", name(other), name(m.comma.text))
	}
	return out
}
