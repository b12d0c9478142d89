package mapping

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/tributarygraph/tributary/importer/records"
)

// Table is a second file, in which values are looked up.
type Table struct {
	Columns []string
	Rows    [][]string
}

// Open reads the table behind a lookup: its file as the mapping names it, and the sheet where it names one.
type Open func(file, sheet string) (*Table, error)

// scope is the record that is being converted, with what is looked at in it.
type scope struct {
	record *records.Record
	cells  []string
	item   any    // the element of each, or the record
	name   string // of the column of each
	cell   string // and what stands in it
	bad    *records.Bad
}

// fail keeps the first reason why the record is rejected.
func (s *scope) fail(field, found, why string) {
	if s.bad == nil {
		s.bad = &records.Bad{Field: field, Found: strings.Clone(found), Why: why}
	}
}

// getter makes a text of a record.
type getter func(*scope) string

// binder compiles values for records with the names given.
type binder struct {
	m     *Mapping
	notes *notes
	names []string // of columns; nil for trees
	tree  bool
	found map[string]map[string]map[string]string // of each lookup and column of it: the value by the fold of the key
	lets  map[string]getter
	wide  *wide // of the entry that is being compiled
}

// column finds a column by its name, and else by one that differs in case, width and spaces only; -1 where there is none.
func (b *binder) column(name string) int {
	if i := slices.Index(b.names, name); i >= 0 {
		return i
	}
	wanted, found := fold(name), -1
	for i, have := range b.names {
		if fold(have) == wanted {
			if found >= 0 {
				return -1
			}
			found = i
		}
	}
	return found
}

// ref compiles a reference.
func (b *binder) ref(r *ref) getter {
	switch {
	case r.row:
		return func(s *scope) string { return fmt.Sprint(s.record.Number) }
	case b.wide != nil && r.name == b.wide.name:
		return func(s *scope) string { return s.name }
	case b.wide != nil && r.name == b.wide.cell:
		return func(s *scope) string { return s.cell }
	}
	if l := b.lets[r.name]; l != nil {
		if !b.tree && b.column(r.name) >= 0 {
			b.notes.add(r.at, "{%s} is a column of the file and a value of let; give that another name", r.name)
		}
		return l
	}
	if b.tree {
		return func(s *scope) string { return s.path(r) }
	}
	i := b.column(r.name)
	if i < 0 {
		b.notes.add(r.at, "{%s} is no column of the file%s; its columns: %s", r.name, b.near(r.name), b.columns())
		return func(*scope) string { return "" }
	}
	return func(s *scope) string { return trim(s.cells[i]) }
}

// near points to the column that has nearly the name.
func (b *binder) near(name string) string {
	candidates := b.names
	for l := range b.lets {
		candidates = append(candidates[:len(candidates):len(candidates)], l)
	}
	slices.Sort(candidates[len(b.names):])
	if near := records.Nearest(name, candidates); near != "" {
		return fmt.Sprintf("; did you mean {%s}?", near)
	}
	return ""
}

func (b *binder) columns() string {
	const most = 30
	out := make([]string, 0, most)
	for i, name := range b.names {
		if i == most {
			return strings.Join(out, ", ") + ", ..."
		}
		out = append(out, name)
	}
	return strings.Join(out, ", ")
}

// path is the text at a place of an element of JSON.
func (s *scope) path(r *ref) string {
	found, ok := s.find(r)
	if !ok {
		return ""
	}
	text, ok := textOfJSON(found)
	if !ok {
		s.fail(r.name, kindOfJSON(found), "holds an object; name the field of it that is meant, such as {"+r.name+".name}")
	}
	return trim(text)
}

// find looks a reference up: a field of its whole name, or the path that it is.
func (s *scope) find(r *ref) (any, bool) {
	from := s.item
	if r.root {
		from = s.record.Tree
	}
	if fields, ok := from.(map[string]any); ok && (len(r.path) != 1 || r.path[0].name != r.name) {
		if value, ok := fields[r.name]; ok {
			r.seen = true
			return value, true
		}
	}
	value, ok := walk(from, r.path)
	r.seen = r.seen || ok
	return value, ok
}

// walk follows a path. All elements of a list are a list of what the rest of the path finds in each.
func walk(from any, path []step) (any, bool) {
	for i, step := range path {
		switch {
		case step.name != "":
			fields, ok := from.(map[string]any)
			if !ok {
				return nil, false
			}
			if from, ok = fields[step.name]; !ok {
				return nil, false
			}
		case step.index < 0:
			list, ok := from.([]any)
			if !ok {
				return nil, false
			}
			rest := path[i+1:]
			if len(rest) == 0 {
				return list, true
			}
			var out []any
			for _, element := range list {
				found, ok := walk(element, rest)
				if !ok {
					continue
				}
				if inner, is := found.([]any); is {
					out = append(out, inner...)
				} else {
					out = append(out, found)
				}
			}
			return out, len(out) > 0
		default:
			list, ok := from.([]any)
			if !ok || step.index >= len(list) {
				return nil, false
			}
			from = list[step.index]
		}
	}
	return from, true
}

// textOfJSON is a value as the text of a cell; of a list, its elements with ; between them. ok is false for an object.
func textOfJSON(v any) (text string, ok bool) {
	switch v := v.(type) {
	case nil:
		return "", true
	case string:
		return v, true
	case json.Number:
		return v.String(), true
	case bool:
		if v {
			return "true", true
		}
		return "false", true
	case []any:
		texts := make([]string, 0, len(v))
		for _, element := range v {
			t, ok := textOfJSON(element)
			if !ok {
				return "", false
			}
			if t != "" {
				texts = append(texts, t)
			}
		}
		return strings.Join(texts, ";"), true
	}
	return "", false
}

func kindOfJSON(v any) string {
	if _, ok := v.([]any); ok {
		return "a list of objects"
	}
	return "an object"
}

// template compiles a template. It is empty where all that it refers to is.
func (b *binder) template(parts []part) getter {
	if text, ok := constant(parts); ok {
		return func(*scope) string { return text }
	}
	if len(parts) == 1 {
		return b.ref(parts[0].ref)
	}
	gets := make([]getter, len(parts))
	for i, p := range parts {
		if p.ref != nil {
			gets[i] = b.ref(p.ref)
		}
	}
	return func(s *scope) string {
		var buf [256]byte
		out, filled := buf[:0], false
		for i, get := range gets {
			if get == nil {
				out = append(out, parts[i].text...)
				continue
			}
			text := get(s)
			filled = filled || text != ""
			out = append(out, text...)
		}
		if !filled {
			return ""
		}
		return string(out)
	}
}

// bound is a value that is compiled.
type bound struct {
	*value
	get    getter // what the templates give
	list   *ref   // where the template is one place in JSON, which may hold a list
	blank  map[string]bool
	found  map[string]string // the column of a lookup, by key
	zeros  int               // of scale, where it is a power of ten
	shift  bool
	title  string
	memo   map[string]string // what texts became, where that takes long
	object []boundName
}

type boundName struct {
	name  string // as JSON, with the colon
	value *bound
}

// maxMemo is how many texts a value remembers.
const maxMemo = 4096

func (b *binder) value(v *value) *bound {
	out := &bound{value: v, title: v.title(), blank: v.blank}
	for _, o := range v.object {
		name, _ := json.Marshal(o.name) // text always encodes
		out.object = append(out.object, boundName{string(name) + ":", b.value(o.value)})
	}
	var gets []getter
	for _, t := range v.templates {
		gets = append(gets, b.template(t))
	}
	switch len(gets) {
	case 0:
		out.get = func(*scope) string { return "" }
	case 1:
		out.get = gets[0]
		if t := v.templates[0]; b.tree && len(t) == 1 && t[0].ref != nil && !t[0].ref.row && b.lets[t[0].ref.name] == nil {
			out.list = t[0].ref
		}
	default:
		out.get = func(s *scope) string {
			for _, get := range gets {
				if text := get(s); text != "" {
					return text
				}
			}
			return ""
		}
	}
	if len(b.m.blank) > 0 {
		out.blank = map[string]bool{}
		for text := range v.blank {
			out.blank[text] = true
		}
		for _, text := range b.m.blank {
			out.blank[fold(text)] = true
		}
	}
	if v.scale != "" {
		out.zeros, out.shift = powerOfTen(v.scale)
	}
	if v.lookup != "" {
		out.found = b.found[v.lookup][v.column]
	}
	if out.slow() {
		out.memo = map[string]string{}
	}
	return out
}

// slow reports whether it pays to remember what texts became.
func (v *bound) slow() bool {
	return v.extract != nil || v.lookup != "" || v.mapping != nil || v.number != nil || v.dates != nil
}

// text is the value of a record.
func (v *bound) text(s *scope) string {
	if v.object != nil {
		return v.json(s)
	}
	text := v.get(s)
	if v.split != nil {
		parts := v.parts(s, nil)
		return strings.Join(parts, *v.join)
	}
	return v.one(s, v.extracted(s, text))
}

// json is an object of texts; empty where all of them are.
func (v *bound) json(s *scope) string {
	out := []byte{'{'}
	for _, o := range v.object {
		text := o.value.text(s)
		if text == "" {
			continue
		}
		if len(out) > 1 {
			out = append(out, ',')
		}
		encoded, _ := json.Marshal(text) // text always encodes
		out = append(append(out, o.name...), encoded...)
	}
	if len(out) == 1 {
		return ""
	}
	return string(append(out, '}'))
}

// extracted is what extract finds.
func (v *bound) extracted(s *scope, text string) string {
	if v.extract == nil || text == "" {
		return text
	}
	if found := v.extract.FindStringSubmatch(text); found != nil {
		return trim(found[min(1, len(found)-1)])
	}
	switch v.otherwise {
	case otherwiseKeep:
		return text
	case otherwiseEmpty:
		return ""
	}
	s.fail(v.title, text, "does not match "+v.extract.String()+"; otherwise: keep or empty says what becomes of such values")
	return ""
}

// parts are the values of a cell with many, at least one, which may be empty.
func (v *bound) parts(s *scope, dst []string) []string {
	from := len(dst)
	if v.list != nil {
		if found, ok := s.find(v.list); ok {
			if list, ok := found.([]any); ok {
				for _, element := range list {
					text, ok := textOfJSON(element)
					if !ok {
						s.fail(v.title, "an object", "its elements are objects; name the field that is meant, such as {"+v.list.name+"[*].name}")
						break
					}
					if text = v.one(s, v.extracted(s, trim(text))); text != "" {
						dst = append(dst, text)
					}
				}
				return atLeastOne(dst, from)
			}
		}
	}
	rest := v.extracted(s, v.get(s))
	if v.with != "" || !v.blankText(rest) {
		for {
			part, after, more := v.cut(rest)
			if part = v.one(s, trim(part)); part != "" || v.with != "" && (more || len(dst) > from) {
				dst = append(dst, part)
			}
			if !more {
				break
			}
			rest = after
		}
	}
	return atLeastOne(dst, from)
}

func atLeastOne(dst []string, from int) []string {
	if len(dst) == from {
		return append(dst, "")
	}
	return dst
}

// cut takes the first part off; more tells that there is another.
func (v *bound) cut(text string) (part, after string, more bool) {
	first, size := -1, 0
	for _, separator := range v.split {
		if i := strings.Index(text, separator); i >= 0 && (first < 0 || i < first || i == first && len(separator) > size) {
			first, size = i, len(separator)
		}
	}
	if first < 0 {
		return text, "", false
	}
	return text[:first], text[first+size:], true
}

func (v *bound) blankText(text string) bool {
	return text == "" || len(v.blank) > 0 && v.blank[fold(text)]
}

// one is what becomes of one text: it is looked up, mapped, read as a number or a date.
func (v *bound) one(s *scope, text string) string {
	if v.blankText(text) {
		return v.def
	}
	if v.memo == nil {
		return text
	}
	if out, ok := v.memo[text]; ok {
		return out
	}
	out, why := v.convert(text)
	if why != "" {
		s.fail(v.title, text, why)
		return ""
	}
	if out == "" {
		out = v.def
	}
	if len(v.memo) < maxMemo {
		v.memo[strings.Clone(text)] = strings.Clone(out)
	}
	return out
}

// convert does the steps that take long; why is empty where the text can be understood.
func (v *bound) convert(text string) (out, why string) {
	if v.found != nil || v.lookup != "" {
		found, ok := v.found[fold(text)]
		if !ok && v.otherwise == otherwiseError {
			return "", fmt.Sprintf("is no key of the lookup %s; otherwise: keep or empty says what becomes of such values", v.lookup)
		}
		if text = v.orElse(text, found, ok); text == "" {
			return "", ""
		}
	}
	if v.mapping != nil {
		mapped, ok := v.mapping[fold(text)]
		if !ok && v.otherwise == otherwiseError {
			return "", fmt.Sprintf("is not among the %d values of map, line %d%s; otherwise: keep or empty says what becomes of such values", len(v.mapping), v.at.line, v.nearMapped(text))
		}
		if text = v.orElse(text, mapped, ok); text == "" {
			return "", ""
		}
	}
	switch {
	case v.number != nil:
		return v.numberOf(text)
	case v.dates != nil:
		return v.dateOf(text)
	}
	return text, ""
}

func (v *bound) orElse(text, found string, ok bool) string {
	switch {
	case ok:
		return found
	case v.otherwise == otherwiseKeep:
		return text
	}
	return ""
}

func (v *bound) nearMapped(text string) string {
	keys := make([]string, 0, len(v.mapping))
	for k := range v.mapping {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	if near := records.Nearest(fold(text), keys); near != "" {
		return " (did you mean " + near + "?)"
	}
	return ""
}

func (v *bound) numberOf(text string) (string, string) {
	d, percent, why := v.number.parse(text)
	if why != "" {
		return "", why
	}
	if percent || v.percent {
		d.exponent -= 2
	}
	switch {
	case v.shift:
		d.exponent += v.zeros
	case v.scale != "":
		var ok bool
		if d, ok = d.times(v.scale); !ok {
			return "", "cannot be multiplied by " + v.scale
		}
	}
	return d.String(), ""
}

func (v *bound) dateOf(text string) (string, string) {
	var written []string
	for _, l := range v.dates {
		if s, ok := l.read(text); ok {
			out, err := s.take(v.take, v.fiscal)
			if err != nil {
				return "", err.Error()
			}
			return out, ""
		}
		written = append(written, l.text)
	}
	if len(written) == 1 && written[0] == layoutAny {
		return "", `no date that can be read in one way only; say how dates are written: date: "DD/MM/YYYY"`
	}
	return "", "not a date written like " + strings.Join(written, " or ")
}

// boundCondition is a condition that is compiled.
type boundCondition struct {
	*condition
	value *bound
	drop  *records.Drop
}

func (b *binder) conditions(list []*condition) (out []boundCondition) {
	for _, c := range list {
		out = append(out, boundCondition{c, b.value(c.value), &records.Drop{Reason: c.reason}})
	}
	return out
}

// holds reports whether the record fulfils the condition.
func (c *boundCondition) holds(s *scope) bool {
	text := c.value.text(s)
	switch {
	case s.bad != nil:
		return false
	case c.filled != nil && *c.filled != (text != ""):
		return false
	case c.is != nil && !c.is[fold(text)], c.not != nil && c.not[fold(text)]:
		return false
	case c.matches != nil && !c.matches.MatchString(text):
		return false
	case c.bounded():
		return c.within(s, text)
	}
	return true
}

// within looks at the number. One that is not there is within all bounds: filled says whether it must be.
func (c *boundCondition) within(s *scope, text string) bool {
	if text == "" {
		return true
	}
	d, _, why := plainNumbers.parse(text)
	if why != "" {
		s.fail(c.value.title, text, why)
		return false
	}
	x := d.float()
	return !(c.min != nil && x < *c.min || c.max != nil && x > *c.max || c.above != nil && x <= *c.above || c.below != nil && x >= *c.below)
}

// shape is that of the rows of an entry.
func (e *emit) shape() *records.Shape {
	shape := &records.Shape{Kind: e.kind}
	for _, c := range e.columns {
		shape.Columns = append(shape.Columns, c.name)
	}
	return shape
}
