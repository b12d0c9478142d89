package mapping

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/tributarygraph/tributary/graph"
)

// Problem is what is wrong at one place of a mapping.
type Problem struct {
	File         string
	Line, Column int // from 1; in characters, not bytes
	Text         string
}

func (p Problem) String() string {
	return fmt.Sprintf("%s:%d:%d: %s", p.File, p.Line, p.Column, p.Text)
}

// Problems are all that is wrong with a mapping, in the order of the file. As an error it wraps [graph.ErrInvalid].
type Problems []Problem

func (ps Problems) Error() string {
	lines := make([]string, len(ps))
	for i, p := range ps {
		lines[i] = p.String()
	}
	return strings.Join(lines, "\n")
}

// Unwrap makes it a [graph.ErrInvalid].
func (ps Problems) Unwrap() error { return graph.ErrInvalid }

// notes collects problems.
type notes struct {
	file string
	list Problems
}

func (n *notes) add(at *node, format string, args ...any) {
	p := Problem{File: n.file, Line: at.line, Column: at.column, Text: fmt.Sprintf(format, args...)}
	if !slices.Contains(n.list, p) {
		n.list = append(n.list, p)
	}
}

// err is nil where there are no problems.
func (n *notes) err() error {
	if len(n.list) == 0 {
		return nil
	}
	slices.SortStableFunc(n.list, func(a, b Problem) int { return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column)) })
	return n.list
}

// quoted cuts a text that people wrote for a message.
func quoted(text string) string {
	const most = 60
	if r := []rune(text); len(r) > most {
		text = string(r[:most]) + "..."
	}
	return fmt.Sprintf("%q", text)
}

// orList names what is allowed.
func orList(words []string) string { return strings.Join(words, ", ") }
