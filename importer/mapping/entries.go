package mapping

import (
	"regexp"
	"slices"
	"strings"
)

func (p *parser) each(e *emit, n *node) {
	if n.kind == scalar {
		r, err := parseRef(strings.Trim(n.text, "{}"))
		if err != nil || r.row {
			p.notes.add(n, "each: want the path of a list, such as suppliers[*]")
			return
		}
		e.path, e.pathRoot = r.path, n.text
		if last := e.path; len(last) == 0 || last[len(last)-1].name != "" {
			e.path = append(e.path, step{index: -1})
		}
		return
	}
	keys := p.object(n, eachKeys, "each")
	e.wide = &wide{at: n, columns: keys["columns"].texts(), name: textOf(keys["name"]), cell: textOf(keys["cell"])}
	for _, c := range e.wide.columns {
		e.wide.patterns = append(e.wide.patterns, nil)
		if len(c.text) > 2 && c.text[0] == '/' && c.text[len(c.text)-1] == '/' {
			e.wide.patterns[len(e.wide.patterns)-1] = p.regexp(c, c.text[1:len(c.text)-1])
		}
	}
}

// regexp compiles an expression; nil where it is none.
func (p *parser) regexp(at *node, text string) *regexp.Regexp {
	expr, err := regexp.Compile(text)
	if err != nil {
		p.notes.add(at, "no regular expression (RE2): %s", strings.TrimPrefix(err.Error(), "error parsing regexp: "))
	}
	return expr
}

func (p *parser) aggregate(e *emit, n *node) {
	a := &aggregate{at: n, rules: map[string]string{}}
	e.aggregate = a
	var have []string
	for _, c := range e.columns {
		have = append(have, c.name)
	}
	if n.keyOf(columnKey) == nil {
		p.notes.add(n, "aggregate needs key: the columns that statements to be joined have in common, such as key: [%s]", orList(have[:min(3, len(have))]))
	}
	for _, entry := range n.entries {
		if entry.key.text == columnKey {
			a.key = p.aggregateKey(entry.value, have)
			continue
		}
		switch {
		case !slices.Contains(have, entry.key.text):
			p.unknown(entry.key, append([]string{columnKey}, have...), "column", "this "+e.kind.String())
		case entry.value.kind != scalar || !slices.Contains(rules, entry.value.text):
			p.unknown(entry.value, rules, "rule", "aggregate")
		default:
			a.rules[entry.key.text] = entry.value.text
		}
	}
	for _, name := range a.key {
		if rule := a.rules[name]; rule != "" {
			p.notes.add(n, "%s is in key, and %s of it at the same time", quoted(name), rule)
		}
	}
}

func (p *parser) aggregateKey(n *node, have []string) (out []string) {
	texts := n.texts()
	if texts == nil {
		p.notes.add(n, "key: want a list of columns, found %s", n.found())
	}
	for _, t := range texts {
		if !slices.Contains(have, t.text) {
			p.unknown(t, have, "column", "this statement")
			continue
		}
		out = append(out, t.text)
	}
	return out
}
