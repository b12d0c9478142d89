package mapping

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/tributarygraph/tributary/graph"
	"github.com/tributarygraph/tributary/importer/records"
)

// value says how a text is made of a record.
type value struct {
	at        *node
	texts     []*node  // the templates as they are written
	templates [][]part // the first that is not empty counts
	object    []*let   // instead of templates: names to values, for a cell of JSON

	blank     map[string]bool
	extract   *regexp.Regexp
	split     []string // separators; nil where there is one value
	with      string
	join      *string
	lookup    string
	column    string
	mapping   map[string]string // by the fold of what is mapped
	outcomes  []*node           // what map maps to
	country   bool
	otherwise string
	number    *numberStyle
	percent   bool
	scale     string
	dates     []*layout
	take      string
	fiscal    int
	def       string
	defaultAt *node
}

// many reports whether the value is split into many.
func (v *value) many() bool { return v.split != nil && v.join == nil }

// refs are all references of the value.
func (v *value) refs() (out []*ref) {
	for _, t := range v.templates {
		for _, part := range t {
			if part.ref != nil {
				out = append(out, part.ref)
			}
		}
	}
	for _, o := range v.object {
		out = append(out, o.value.refs()...)
	}
	return out
}

// title names what the value reads, for messages and reasons.
func (v *value) title() string {
	var out []string
	for _, r := range v.refs() {
		if !slices.Contains(out, r.name) {
			out = append(out, r.name)
		}
	}
	return strings.Join(out, ", ")
}

// value reads a text, a list of texts or an object of valueKeys; what names the place. It is nil where it cannot be read.
func (p *parser) value(n *node, what string) *value {
	v := &value{at: n, otherwise: otherwiseError}
	if n.kind != object {
		if !p.fits(&node{text: what, line: n.line, column: n.column}, n, &key{name: what, form: formValue}) {
			return nil
		}
		p.templates(v, n)
		return v
	}
	if meant := n.bracesUnquoted(); meant != "" {
		p.notes.add(n, "%s: a text with braces stands in quotes: %s: %s", what, what, meant)
		return nil
	}
	keys := p.object(n, valueKeys, what)
	if keys["value"] == nil {
		return nil
	}
	p.templates(v, keys["value"])
	p.textSteps(v, keys)
	p.numberSteps(v, keys)
	p.dateSteps(v, keys, what)
	if d := keys["default"]; d != nil {
		v.def, v.defaultAt = d.text, d
	}
	return v
}

func (p *parser) templates(v *value, n *node) {
	for _, t := range n.texts() {
		parts, err := parseTemplate(t.text)
		if err != nil {
			p.notes.add(t, "%s: %v", quoted(t.text), err)
			continue
		}
		for _, part := range parts {
			if part.ref != nil {
				part.ref.at = t
			}
		}
		v.texts = append(v.texts, t)
		v.templates = append(v.templates, parts)
	}
}

// textSteps reads what is done with the text as it stands.
func (p *parser) textSteps(v *value, keys map[string]*node) {
	if n := keys["blank"]; n != nil {
		v.blank = foldSet(n)
	}
	if n := keys["extract"]; n != nil {
		v.extract = p.regexp(n, n.text)
	}
	p.splitSteps(v, keys)
	p.lookupSteps(v, keys)
	if n := keys["map"]; n != nil {
		p.valueMap(v, n)
	}
	v.country = textOf(keys["country"]) == "true"
	if n := keys["otherwise"]; n != nil {
		if v.otherwise = n.text; v.mapping == nil && v.lookup == "" && v.extract == nil && !v.country {
			p.notes.add(n, "otherwise is for values that extract, lookup, map or country do not find; there is none of these here")
		}
	}
}

func (p *parser) splitSteps(v *value, keys map[string]*node) {
	n := keys["split"]
	if n == nil {
		for _, name := range []string{"with", "join"} {
			if k := keys[name]; k != nil {
				p.notes.add(k, "%s is for a value that is split", name)
			}
		}
		return
	}
	v.split = []string{}
	if n.kind == list {
		v.split = textsOf(n)
	} else {
		for _, r := range n.text {
			v.split = append(v.split, string(r))
		}
	}
	if v.split = slices.DeleteFunc(v.split, func(s string) bool { return s == "" }); len(v.split) == 0 {
		p.notes.add(n, "split: want what separates the values, such as ; or [\" and \", \"、\"]")
	}
	v.with = textOf(keys["with"])
	if j := keys["join"]; j != nil {
		if v.join = &j.text; v.with != "" {
			p.notes.add(j, "a value that is joined again goes with no other")
		}
	}
}

func (p *parser) lookupSteps(v *value, keys map[string]*node) {
	name, column := keys["lookup"], keys["column"]
	if name == nil {
		if column != nil {
			p.notes.add(column, "column is for a value with lookup")
		}
		return
	}
	v.lookup, v.column = name.text, textOf(column)
	if column == nil {
		p.notes.add(name, "lookup needs column: the column of the second file that is taken")
	}
	i := slices.IndexFunc(p.m.lookups, func(l *lookup) bool { return l.name == name.text })
	if i < 0 {
		var have []string
		for _, l := range p.m.lookups {
			have = append(have, l.name)
		}
		p.notes.add(name, "%s is none of the lookups of this mapping: %s", quoted(name.text), orNone(have))
		v.lookup = ""
		return
	}
	p.m.lookups[i].columns = append(p.m.lookups[i].columns, v.column)
}

func orNone(words []string) string {
	if len(words) == 0 {
		return "it has none"
	}
	return orList(words)
}

// valueMap reads map. Keys that are the same but for case and width would compete.
func (p *parser) valueMap(v *value, n *node) {
	v.mapping = map[string]string{}
	first := map[string]*node{}
	for _, e := range n.entries {
		if e.value.kind != scalar && e.value.kind != null {
			p.notes.add(e.value, "map: want a text, found %v", e.value.kind)
			continue
		}
		from := fold(e.key.text)
		if f := first[from]; f != nil {
			p.notes.add(e.key, "%s is mapped already, in line %d: case and width do not matter", quoted(e.key.text), f.line)
			continue
		}
		first[from] = e.key
		v.mapping[from] = strings.Clone(e.value.text)
		v.outcomes = append(v.outcomes, e.value)
	}
}

func (p *parser) numberSteps(v *value, keys map[string]*node) {
	v.percent = textOf(keys["percent"]) == "true"
	if n := keys["scale"]; n != nil {
		v.scale = n.text
	}
	if n := keys["number"]; n != nil {
		style, err := numberStyleOf(n.text)
		if err != nil {
			p.notes.add(n, "number: %v", err)
		}
		v.number = style
	}
	if v.number == nil && (v.percent || v.scale != "") {
		v.number = plainNumbers
	}
}

func (p *parser) dateSteps(v *value, keys map[string]*node, what string) {
	n := keys["date"]
	if n == nil {
		for _, name := range []string{"take", "fiscal_start"} {
			if k := keys[name]; k != nil {
				p.notes.add(k, "%s is for a value with date", name)
			}
		}
		return
	}
	if v.number != nil {
		p.notes.add(n, "a value is a date or a number, not both")
	}
	for _, t := range n.texts() {
		l, err := parseLayout(t.text)
		if err != nil {
			p.notes.add(t, "date: %v", err)
			continue
		}
		v.dates = append(v.dates, l)
	}
	if v.take = textOf(keys["take"]); v.take == "" {
		v.take = takePeriod
		if what == records.ColumnValidFrom || isDate(what) {
			v.take = takeStart
		}
	}
	if f := keys["fiscal_start"]; f != nil {
		if v.fiscal, _ = strconv.Atoi(f.text); v.fiscal > 12 {
			p.notes.add(f, "fiscal_start: want a month, 1 to 12, found %s", f.text)
		}
	}
}

// isDate reports whether the field of that name holds days.
func isDate(name string) bool {
	for f := range graph.FieldID(graph.NumFields) {
		if f.String() == name {
			return f.Spec().Type == graph.TypeDate
		}
	}
	return false
}
