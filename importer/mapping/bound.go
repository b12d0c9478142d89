package mapping

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/tributarygraph/tributary/importer/records"
)

// bound is a value that is compiled.
type bound struct {
	*value
	blank  map[string]bool   // as well those of the mapping, for the parts of a cell
	get    getter            // what the templates give
	list   *ref              // where the template is one place in JSON, which may hold a list
	found  map[string]string // the column of a lookup, by key
	zeros  int               // of scale, where it is a power of ten
	shift  bool
	title  string
	memo   map[string]string // what texts became, where that takes long
	object []boundName
	paired bool // its parts go with those of another one by one: empty ones are kept
	small  int  // numbers of percent without a sign that are no more than 1; texts that are remembered count once
	large  int  // the others without a sign
	stated bool // the record at hand has a part that is not blank
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
				if text := get(s); !out.blankText(text) {
					return text
				}
			}
			return ""
		}
	}
	if v.split != nil && len(b.m.blank) > 0 {
		out.blank = map[string]bool{}
		for _, text := range b.m.blank {
			out.blank[fold(text)] = true
		}
		for text := range v.blank {
			out.blank[text] = true
		}
	}
	if v.percent {
		b.percents = append(b.percents, out)
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
	return v.extract != nil || v.lookup != "" || v.mapping != nil || v.country || v.number != nil || v.dates != nil
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
	v.stated = false
	if v.list != nil {
		if found, ok := s.find(v.list); ok {
			if list, ok := found.([]any); ok {
				for _, element := range list {
					text, ok := textOfJSON(element)
					if !ok {
						s.fail(v.title, "an object", "its elements are objects; name the field that is meant, such as {"+v.list.name+"[*].name}")
						break
					}
					if text = v.part(s, v.extracted(s, trim(text))); text != "" || v.paired {
						dst = append(dst, text)
					}
				}
				return atLeastOne(dst, from)
			}
		}
	}
	rest := v.extracted(s, v.get(s))
	if v.paired || !v.blankText(rest) {
		for {
			part, after, more := v.cut(rest)
			if part = v.part(s, trim(part)); part != "" || v.paired && (more || len(dst) > from) {
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

// part is one of the parts of a cell.
func (v *bound) part(s *scope, text string) string {
	v.stated = v.stated || !v.blankText(text)
	return v.one(s, text)
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
	if v.country {
		code, ok := countryCode(text)
		if !ok && v.otherwise == otherwiseError {
			return "", "is no name of a country; map says what is meant, or otherwise: keep or empty what becomes of such values"
		}
		return v.orElse(text, code, ok), ""
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
	if v.percent && !percent && d.digits != "" {
		if f := d.float(); f >= -1 && f <= 1 {
			v.small++
		} else {
			v.large++
		}
	}
	if percent || v.percent {
		d.exponent -= 2
	}
	switch {
	case v.shift && (percent || d.unit): // a power of ten is the unit of the column, for cells that do not say their own
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
