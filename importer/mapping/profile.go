package mapping

import (
	"encoding/json"
	"slices"
	"strings"
	"unicode"

	"github.com/tributarygraph/tributary/graph"
	"github.com/tributarygraph/tributary/importer/records"
)

// Sample is the begin of a file for which a mapping is to be drafted.
type Sample struct {
	File    string
	Names   []string // of a table
	Records []records.Record
	Layout  records.Layout
}

// profile is what a column of a sample looks like.
type profile struct {
	name     string // as templates name it
	json     bool   // the name is a path in JSON
	list     string // the innermost list in JSON that it lies in; empty where there is one value a record
	inner    string // its name within the list
	filled   int
	values   []string // distinct, as they come, at most maxDistinct
	all      []string // by record, in a table
	distinct map[string]int
}

// maxDistinct is how many different values of a column are looked at.
const maxDistinct = 500

func newProfile(name string) *profile { return &profile{name: name, distinct: map[string]int{}} }

func (p *profile) add(text string) {
	text = strings.TrimSpace(text)
	p.all = append(p.all, text)
	if text == "" {
		return
	}
	p.filled++
	if p.distinct[text]++; p.distinct[text] == 1 && len(p.values) < maxDistinct {
		p.values = append(p.values, text)
	}
}

// profiles are the columns of a sample.
func profiles(s *Sample) []*profile {
	var out []*profile
	if s.Names != nil {
		for _, name := range s.Names {
			out = append(out, newProfile(name))
		}
		for _, r := range s.Records {
			for i, p := range out {
				if i < len(r.Cells) {
					p.add(r.Cells[i])
				}
			}
		}
		return slices.DeleteFunc(out, func(p *profile) bool { return !nameable(p.name) || count(s.Names, p.name) > 1 })
	}
	byName := map[string]*profile{}
	for _, r := range s.Records {
		flatten(r.Tree, "", "", func(name, list, inner, text string) {
			p := byName[name]
			if p == nil {
				p = newProfile(name)
				p.json, p.list, p.inner = true, list, inner
				byName[name] = p
				out = append(out, p)
			}
			p.add(text)
		})
	}
	slices.SortFunc(out, func(a, b *profile) int { return strings.Compare(a.name, b.name) })
	return slices.DeleteFunc(out, func(p *profile) bool { return !nameable(p.name) || !nameable(p.inner) && p.inner != "" })
}

func count(names []string, name string) (n int) {
	for _, other := range names {
		if fold(other) == fold(name) {
			n++
		}
	}
	return n
}

// nameable reports whether a template can name the column.
func nameable(name string) bool {
	return name != "" && name != nameOfRow && !strings.ContainsAny(name, "{}") && strings.TrimSpace(name) == name
}

// flatten goes through an element of JSON. Of lists of objects, their fields are told with the list.
func flatten(v any, name, list string, found func(name, list, inner, text string)) {
	inner := func(full string) string {
		if list == "" {
			return ""
		}
		return strings.TrimPrefix(strings.TrimPrefix(full, list), ".")
	}
	switch v := v.(type) {
	case map[string]any:
		for key, field := range v {
			if strings.ContainsAny(key, ".[]$@") {
				continue // a path could not name it
			}
			full := key
			if name != "" {
				full = name + "." + key
			}
			flatten(field, full, list, found)
		}
	case []any:
		if len(v) == 0 {
			return
		}
		if slices.ContainsFunc(v, func(e any) bool { _, ok := e.(map[string]any); return ok }) {
			for _, element := range v {
				flatten(element, name+"[*]", name+"[*]", found)
			}
			return
		}
		if text, ok := textOfJSON(v); ok {
			found(name, list, inner(name), text)
		}
	default:
		if name != "" {
			text, _ := textOfJSON(v)
			found(name, list, inner(name), text)
		}
	}
}

// part is the part of the filled values of which something holds.
func (p *profile) part(holds func(string) bool) float64 {
	n, all := 0, 0
	for _, v := range p.values {
		if isBlank(v) {
			continue
		}
		all++
		if holds(v) {
			n++
		}
	}
	if all == 0 {
		return 0
	}
	return float64(n) / float64(all)
}

// blanks stand for nothing in many tables; aggregates stand for no one company.
var (
	blanks     = folded("-", "--", "–", "—", "n/a", "n.a.", "#n/a", "null", "none", "nil", "nan", "unknown", "k.a.", "keine angabe", "n.d.", "未披露", "不详", "未知", "无", "暂无", "不明", "非公開", "…", "...")
	aggregates = folded("others", "other", "total", "totals", "sum", "subtotal", "grand total", "various", "various companies", "various suppliers", "unnamed", "undisclosed", "rest of world", "all others", "others (total)",
		"其他", "其它", "其他公司", "其他厂商", "合计", "总计", "小计", "共计", "多家公司", "sonstige", "andere", "übrige", "gesamt", "summe", "autres", "divers", "その他", "合計", "小計", "各社")
)

func folded(texts ...string) map[string]bool {
	out := map[string]bool{}
	for _, t := range texts {
		out[fold(t)] = true
	}
	return out
}

func isBlank(text string) bool { return blanks[fold(text)] }

// numberExamples are the ways to write numbers that are looked for, those without groups first.
var numberExamples = []string{"1234,56", "1,234.56", "1.234,56", "1 234,56", "1'234.56"}

// numbers tells how the numbers of a column are written: an example, empty for plain ones, with another by which they
// would be other numbers, and how many of the values are numbers at all.
func (p *profile) numbers() (example, or string, part float64) {
	fits := func(s *numberStyle) float64 {
		return p.part(func(v string) bool { _, _, why := s.parse(v); return why == "" })
	}
	best := plainNumbers
	if part = fits(best); part == 1 {
		return "", "", part
	}
	for _, e := range numberExamples {
		style, err := numberStyleOf(e)
		if err != nil {
			continue
		}
		switch now := fits(style); {
		case now > part:
			best, part, example, or = style, now, e, ""
		case now == part && example != "" && or == "" && p.differ(best, style):
			or = e
		}
	}
	return example, or, part
}

// differ reports whether two ways to write numbers make other numbers of the values.
func (p *profile) differ(a, b *numberStyle) bool {
	return slices.ContainsFunc(p.values, func(v string) bool {
		x, _, whyA := a.parse(v)
		y, _, whyB := b.parse(v)
		return whyA == "" && whyB == "" && x.rat().Cmp(y.rat()) != 0
	})
}

// signs is the part of the numbers that have a sign of percent.
func (p *profile) signs(example string) float64 {
	style, with, all := styleOf(example), 0, 0
	for _, v := range p.values {
		if _, percent, why := style.parse(v); why == "" {
			all++
			if percent {
				with++
			}
		}
	}
	if all == 0 {
		return 0
	}
	return float64(with) / float64(all)
}

// notNumbers are the values that are none.
func (p *profile) notNumbers(example string) (out []string) {
	style := styleOf(example)
	for _, v := range p.values {
		if _, _, why := style.parse(v); why != "" && !isBlank(v) {
			out = append(out, v)
		}
	}
	return out
}

func styleOf(example string) *numberStyle {
	if style, err := numberStyleOf(example); err == nil && example != "" {
		return style
	}
	return plainNumbers
}

func (p *profile) maximum(example string) (most float64, negative bool) {
	style := styleOf(example)
	for _, v := range p.values {
		if d, _, why := style.parse(v); why == "" {
			most = max(most, d.float())
			negative = negative || d.negative
		}
	}
	return most, negative
}

// dateExamples are layouts that "any" does not read.
var dateExamples = []string{"DD/MM/YYYY", "MM/DD/YYYY", "DD-MM-YYYY", "MM-DD-YYYY", "DD.MM.YY", "YYYY/YY", "MMM-YY", "DD/MM/YY", "MM/DD/YY", "YY/MM/DD"}

// dates tells how dates are written, with another layout that fits as well.
func (p *profile) dates() (layoutText, or string, part float64) {
	part = p.part(func(v string) bool { _, ok := anyDate(v); return ok })
	layoutText = layoutAny
	for _, e := range dateExamples {
		l, err := parseLayout(e)
		if err != nil {
			continue
		}
		switch now := p.part(func(v string) bool { _, ok := l.read(v); return ok }); {
		case now > part:
			part, layoutText, or = now, e, ""
		case now == part && layoutText != layoutAny && or == "":
			or = e
		}
	}
	return layoutText, or, part
}

// separatorOf is what separates values in the cells of a column: empty where few cells have several.
func (p *profile) separatorOf() string {
	found := ""
	for _, s := range []string{"；", "、", ";", "|", "／"} {
		if p.part(func(v string) bool { return strings.Contains(v, s) }) >= 0.05 {
			found += s
		}
	}
	return found
}

func (p *profile) isText() bool {
	return p.part(func(v string) bool { return strings.ContainsFunc(v, unicode.IsLetter) }) >= 0.8
}

// countries tells which values are names of no country that is known, and whether all are codes already.
func (p *profile) countries() (known int, unknown []string, plain bool) {
	plain = true
	for _, v := range p.values {
		if isBlank(v) {
			continue
		}
		if _, err := graph.ParseCountry(v); err != nil {
			plain = false
		}
		if _, ok := countryCode(v); ok {
			known++
		} else {
			unknown = append(unknown, v)
		}
	}
	return known, unknown, plain
}

// yamlText is a text in quotes, as YAML reads it.
func yamlText(text string) string {
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(text); err != nil {
		return `""`
	}
	return strings.TrimSpace(b.String())
}

// template names a column in a template.
func (p *profile) template(within string) string {
	switch {
	case within == "":
		return "{" + p.name + "}"
	case p.list != "" && p.list == within:
		if p.inner == "" {
			return "{@}"
		}
		return "{" + p.inner + "}"
	}
	return "{$." + p.name + "}"
}
