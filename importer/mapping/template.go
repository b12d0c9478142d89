package mapping

import (
	"fmt"
	"strconv"
	"strings"

	"golang.org/x/text/unicode/norm"
)

// part of a template: constant text, or a reference where ref is not nil.
type part struct {
	text string
	ref  *ref
}

// ref is what stands in braces: a column, a value of let, or a path in JSON.
type ref struct {
	name string
	path []step // as which name can be read
	root bool   // from the record, not from the element of each
	row  bool   // the number of the record
	at   *node  // the text that it stands in
	seen bool   // a record had it
}

// step goes one level down.
type step struct {
	name  string // of a field; empty for an index
	index int    // -1 for all elements
}

// nameOfRow is the reference to the number of the record.
const nameOfRow = "@row"

// parseTemplate cuts a text at its braces. Two braces stand for one.
func parseTemplate(text string) ([]part, error) {
	var parts []part
	var plain strings.Builder
	flush := func() {
		if plain.Len() > 0 {
			parts = append(parts, part{text: plain.String()})
			plain.Reset()
		}
	}
	for i := 0; i < len(text); {
		switch c := text[i]; {
		case strings.HasPrefix(text[i:], "{{"), strings.HasPrefix(text[i:], "}}"):
			plain.WriteByte(c)
			i += 2
		case c == '}':
			return nil, fmt.Errorf("a } without its {; write }} for the brace itself")
		case c == '{':
			end := strings.IndexAny(text[i+1:], "{}")
			if end < 0 || text[i+1+end] == '{' {
				return nil, fmt.Errorf("a { without its }; write {{ for the brace itself")
			}
			r, err := parseRef(text[i+1 : i+1+end])
			if err != nil {
				return nil, err
			}
			flush()
			parts = append(parts, part{ref: r})
			i += end + 2
		default:
			plain.WriteByte(c)
			i++
		}
	}
	flush()
	return parts, nil
}

func parseRef(text string) (*ref, error) {
	name := strings.TrimSpace(norm.NFC.String(text))
	switch name {
	case "":
		return nil, fmt.Errorf("{} names no column")
	case nameOfRow:
		return &ref{name: name, row: true}, nil
	}
	r := &ref{name: name}
	path := name
	if rest, ok := strings.CutPrefix(path, "$"); ok && (rest == "" || rest[0] == '.' || rest[0] == '[') {
		path, r.root = strings.TrimPrefix(rest, "."), true
	} else if rest, ok := strings.CutPrefix(path, "@"); ok && (rest == "" || rest[0] == '.' || rest[0] == '[') {
		path = strings.TrimPrefix(rest, ".")
	}
	r.path = parsePath(path)
	return r, nil
}

// parsePath reads a.b[0].c[*]. Of a text that is no path it makes a field of that name.
func parsePath(text string) []step {
	var steps []step
	for rest := text; rest != ""; {
		if rest[0] == '[' {
			inside, after, found := strings.Cut(rest[1:], "]")
			index, err := strconv.Atoi(inside)
			switch {
			case inside == "*":
				index = -1
			case !found || err != nil || index < 0:
				return []step{{name: text}}
			}
			steps = append(steps, step{index: index})
			rest = strings.TrimPrefix(after, ".")
			continue
		}
		end := strings.IndexAny(rest, ".[")
		if end < 0 {
			end = len(rest)
		}
		if end == 0 {
			return []step{{name: text}}
		}
		steps = append(steps, step{name: rest[:end]})
		if rest = rest[end:]; rest != "" && rest[0] == '.' {
			rest = rest[1:]
			if rest == "" {
				return []step{{name: text}}
			}
		}
	}
	return steps
}

// constant is the text of a template without references; ok is false where there is one.
func constant(parts []part) (text string, ok bool) {
	for _, p := range parts {
		if p.ref != nil {
			return "", false
		}
		text += p.text
	}
	return text, true
}
