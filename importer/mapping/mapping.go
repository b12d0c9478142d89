package mapping

import (
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/text/encoding/htmlindex"

	"github.com/tributarygraph/tributary/graph"
	"github.com/tributarygraph/tributary/importer/records"
)

// version is that of the form of mappings.
const version = "1"

// Mapping is a mapping that was read and checked, but for the columns of the file.
type Mapping struct {
	Name   string // its own, or that of its file
	Layout records.Layout

	file    string
	data    []byte
	blank   []string
	comma   *node   // the separator of cells, where it is said
	fill    []*node // columns in which empty cells repeat the one above
	where   []*condition
	lookups []*lookup
	lets    []*let
	emits   []*emit
}

// let is a value with a name.
type let struct {
	name  string
	value *value
}

// lookup is a second file.
type lookup struct {
	name, file, sheet, key string
	at                     *node
	columns                []string // that values take
}

// emit is one kind of statement that records make.
type emit struct {
	kind      graph.Kind
	at        *node
	columns   []column
	when      []*condition
	path      []step // of each, in JSON
	pathRoot  string // as it is written
	wide      *wide
	aggregate *aggregate
}

// wide is each over columns.
type wide struct {
	at         *node
	columns    []*node
	patterns   []*regexp.Regexp // nil for those that are names
	name, cell string
}

// column is how one column of a statement is filled.
type column struct {
	name  string
	at    *node
	value *value
}

// aggregate makes one statement of many.
type aggregate struct {
	at    *node
	key   []string
	rules map[string]string // by column
}

// Parse reads a mapping; file names it in messages. The error is [Problems]: all that is wrong with it.
func Parse(file string, data []byte) (*Mapping, error) {
	notes := &notes{file: file}
	m := &Mapping{Name: path.Base(filepath.ToSlash(file)), file: file, data: data}
	if root := readYAML(data, notes); root != nil {
		p := &parser{decoder: decoder{notes}, m: m}
		p.top(root)
	}
	if err := notes.err(); err != nil {
		return nil, err
	}
	return m, nil
}

type parser struct {
	decoder
	m *Mapping
}

func (p *parser) top(root *node) {
	keys := p.object(root, topKeys, "a mapping")
	if v := keys["version"]; v != nil && v.text != version {
		p.notes.add(v, "version %s is not known; this program reads version %s", v.text, version)
	}
	if name := keys["name"]; name != nil {
		p.m.Name = name.text
	}
	if n := keys["input"]; n != nil {
		p.input(n)
	}
	p.m.blank = textsOf(keys["blank"])
	if n := keys["lookups"]; n != nil {
		p.lookups(n)
	}
	if n := keys["let"]; n != nil {
		p.lets(n)
	}
	p.m.where = p.conditions(keys["where"])
	defaults := p.defaults(keys["defaults"])
	if n := keys["emit"]; n != nil {
		for _, item := range n.items {
			p.emit(item, defaults)
		}
	}
	for _, c := range defaults {
		if !slices.ContainsFunc(p.m.emits, func(e *emit) bool { return records.Column(e.kind, c.name) }) && len(p.m.emits) > 0 {
			p.notes.add(c.at, "%s is no column of what is emitted", quoted(c.name))
		}
	}
}

func textOf(n *node) string {
	if n == nil {
		return ""
	}
	return n.text
}

func textsOf(n *node) (out []string) {
	for _, t := range n.texts() {
		out = append(out, t.text)
	}
	return out
}

func (p *parser) input(n *node) {
	keys := p.object(n, inputKeys, "input")
	in := &p.m.Layout
	in.Sheet, in.Encoding, in.Records = textOf(keys["sheet"]), textOf(keys["encoding"]), textOf(keys["records"])
	p.m.fill = keys["fill_down"].texts()
	if h := keys["header"]; h != nil {
		in.Header, _ = strconv.ParseInt(h.text, 10, 32) // it was checked
	}
	p.m.comma = keys["separator"]
	if s := keys["separator"]; s != nil {
		if len(s.text) != 1 || strings.ContainsAny(s.text, "\"\r\n") {
			p.notes.add(s, "separator: want one character, such as ; or \"\\t\", found %s", quoted(s.text))
		} else {
			in.Separator = s.text[0]
		}
	}
	if e := keys["encoding"]; e != nil {
		if _, err := htmlindex.Get(e.text); err != nil {
			p.notes.add(e, "encoding: %s is not known; such are utf-8, gb18030, big5, shift_jis, euc-kr, windows-1252", quoted(e.text))
		}
	}
}

func (p *parser) lookups(n *node) {
	for _, e := range n.entries {
		keys := p.object(e.value, lookupKeys, "a lookup")
		p.m.lookups = append(p.m.lookups, &lookup{name: e.key.text, at: e.value, file: textOf(keys["file"]), key: textOf(keys["key"]), sheet: textOf(keys["sheet"])})
	}
}

func (p *parser) lets(n *node) {
	for _, e := range n.entries {
		v := p.value(e.value, "let")
		if v == nil {
			continue
		}
		if v.split != nil && v.join == nil {
			p.notes.add(e.value, "a value of let is one text: split goes where it is used, or needs join")
		}
		for _, r := range v.refs() {
			if p.m.let(r.name) == nil && (r.name == e.key.text || n.keyOf(r.name) != nil) {
				p.notes.add(r.at, "{%s} is a value of let that stands further down, or this one itself; values use those above them", r.name)
			}
		}
		p.m.lets = append(p.m.lets, &let{name: e.key.text, value: v})
	}
}

// let is the value of that name; nil where there is none.
func (m *Mapping) let(name string) *let {
	for _, l := range m.lets {
		if l.name == name {
			return l
		}
	}
	return nil
}

func (p *parser) defaults(n *node) (out []column) {
	if n == nil {
		return nil
	}
	var all []string
	for _, k := range kinds() {
		all = append(all, records.Columns(k)...)
	}
	slices.Sort(all)
	all = slices.Compact(all)
	for _, e := range n.entries {
		if !slices.Contains(all, e.key.text) {
			p.unknown(e.key, all, "column", "any kind")
			continue
		}
		if v := p.value(e.value, e.key.text); v != nil {
			out = append(out, column{name: e.key.text, at: e.key, value: v})
		}
	}
	return out
}

// emit reads an entry of emit.
func (p *parser) emit(n *node, defaults []column) {
	keys := p.object(n, emitKeys, "an entry of emit")
	var found []key
	for _, k := range emitKeys {
		if k.form == formColumns && n.keyOf(k.name) != nil {
			found = append(found, k)
		}
	}
	if len(found) != 1 {
		if n.kind == object {
			p.notes.add(n, "an entry of emit is of one kind, found %d; allowed: %s", len(found), orList(kindNames()))
		}
		if len(found) == 0 {
			return
		}
	}
	e := &emit{kind: found[0].kind, at: n}
	p.m.emits = append(p.m.emits, e)
	if body := keys[found[0].name]; body != nil {
		p.columns(e, body, n.keyOf(found[0].name), defaults)
	}
	e.when = p.conditions(keys["when"])
	if each := keys["each"]; each != nil {
		p.each(e, each)
	}
	if a := keys["aggregate"]; a != nil {
		p.aggregate(e, a)
	}
}

func kindNames() (out []string) {
	for _, k := range kinds() {
		out = append(out, k.String())
	}
	return out
}

func (p *parser) columns(e *emit, body, at *node, defaults []column) {
	allowed := records.Columns(e.kind)
	for _, entry := range body.entries {
		if !slices.Contains(allowed, entry.key.text) {
			p.unknown(entry.key, allowed, "column", e.kind.String())
			continue
		}
		if v := p.columnValue(e.kind, entry.key.text, entry.value); v != nil {
			e.columns = append(e.columns, column{name: entry.key.text, at: entry.key, value: v})
		}
	}
	for _, d := range defaults {
		if body.keyOf(d.name) == nil && slices.Contains(allowed, d.name) {
			e.columns = append(e.columns, d)
		}
	}
	for _, one := range needed(e.kind) {
		if !slices.ContainsFunc(one, func(name string) bool { return body.keyOf(name) != nil }) {
			p.notes.add(at, "%s needs the column %s", e.kind, strings.Join(one, " or "))
		}
	}
	for _, c := range e.columns {
		p.checkSplit(e, &c)
		p.checkConstants(e.kind, &c)
	}
}

// columnValue reads what stands under a column.
func (p *parser) columnValue(k graph.Kind, name string, n *node) *value {
	if n.kind == null {
		p.notes.add(n, "%s: nothing stands under it", name)
		return nil
	}
	if id, ok := fieldOf(k, name); ok && id == graph.FieldAttributes && n.kind == object && n.bracesUnquoted() == "" && n.keyOf("value") == nil {
		return p.attributes(n)
	}
	return p.value(n, name)
}

// attributes reads the object of names to values that becomes one cell of JSON.
func (p *parser) attributes(n *node) *value {
	out := &value{at: n}
	for _, e := range n.entries {
		v := p.value(e.value, e.key.text)
		if v == nil {
			continue
		}
		if v.split != nil && v.join == nil {
			p.notes.add(e.value, "an attribute is one text: split needs join")
		}
		out.object = append(out.object, &let{name: e.key.text, value: v})
	}
	return out
}

// checkSplit checks what a value with many parts is paired with.
func (p *parser) checkSplit(e *emit, c *column) {
	v := c.value
	if v.with == "" {
		return
	}
	i := slices.IndexFunc(e.columns, func(o column) bool { return o.name == v.with })
	switch {
	case i < 0 || v.with == c.name:
		p.notes.add(v.at, "with: %s is no other column of this %s", quoted(v.with), e.kind)
	case !e.columns[i].value.many():
		p.notes.add(v.at, "with: %s is not split", quoted(v.with))
	case e.columns[i].value.with != "":
		p.notes.add(v.at, "with: %s goes with %s itself; name that", quoted(v.with), quoted(e.columns[i].value.with))
	}
}

// checkConstants checks what is the same for all records as the importer will.
func (p *parser) checkConstants(k graph.Kind, c *column) {
	check := func(at *node, text string) {
		if text = graph.Clean(text); text == "" {
			return
		}
		if why := badConstant(k, c.name, text); why != "" {
			p.notes.add(at, "%s", why)
		}
	}
	v := c.value
	if v.number == nil && v.dates == nil && !v.country && !v.percent && v.scale == "" {
		for _, o := range v.outcomes {
			if !v.many() || v.join == nil {
				check(o, o.text)
			}
		}
		if v.mapping == nil && v.lookup == "" && v.extract == nil && !v.country && !v.many() {
			for i, t := range v.templates {
				if text, ok := constant(t); ok {
					check(v.texts[i], text)
				}
			}
		}
	}
	if v.defaultAt != nil {
		check(v.defaultAt, v.def)
	}
}

// badConstant is why a column cannot hold a text; empty where it can.
func badConstant(k graph.Kind, column, text string) string {
	var err error
	id, field := fieldOf(k, column)
	switch {
	case field:
		_, err = graph.ParseField(id, text)
	case column == records.ColumnPeriod:
		_, err = graph.ParsePeriod(text)
	case column == records.ColumnValidFrom:
		_, err = graph.ParseDate(text)
	}
	if err == nil {
		return ""
	}
	return strings.TrimPrefix(err.Error(), graph.ErrInvalid.Error()+": ")
}
