package mapping

import (
	"fmt"
	"slices"
	"strings"

	"github.com/tributarygraph/tributary/importer/records"
)

// Converter makes rows of records as a mapping says. It implements [records.Converter].
type Converter struct {
	m     *Mapping
	found map[string]map[string]map[string]string

	names    *string // the first of those that programs are compiled for; nil for trees
	count    int     // of names
	bound    bool
	where    []boundCondition
	programs []*program
	percents []*bound // values of percent
	fill     filler

	scope scope
	cells []string  // of the rows of a record
	rows  []pending // likewise
	drops []*records.Drop
	seen  int // records that where lets pass
}

// program is an entry of emit, compiled.
type program struct {
	*emit
	shape   *records.Shape
	when    []boundCondition
	values  []*bound
	nothing *records.Drop // in the list of each
	splits  []int         // of values that have many parts, those that go with none
	wide    []wideColumn
	sums    *sums
	parts   [][]string // of each value
	left    []int      // conditions that left something of this record out
	partly  []int      // how often each did of records that make something else
}

type wideColumn struct {
	name string
	at   int
}

// pending is a row that is emitted once all of the record is understood.
type pending struct {
	program *program
	from    int // its cells in Converter.cells
}

// Converter compiles the mapping for files that have the columns given, and reads the files of look-ups. Without columns
// it is compiled for the first record. The error is [Problems] where the file does not have what the mapping names.
func (m *Mapping) Converter(columns []string, open Open) (*Converter, error) {
	found, _, err := m.readLookups(open)
	if err != nil {
		return nil, err
	}
	c := newConverter(m, found)
	if columns != nil {
		if err := c.bind(columns, false); err != nil {
			return nil, err
		}
	}
	return c, nil
}

func newConverter(m *Mapping, found map[string]map[string]map[string]string) *Converter {
	c := &Converter{m: m, found: found}
	for _, e := range m.emits {
		p := &program{emit: e, shape: e.shape(), nothing: &records.Drop{Reason: "nothing in " + e.pathRoot}}
		if e.aggregate != nil {
			p.sums = newSums(e, p.shape)
		}
		c.programs = append(c.programs, p)
	}
	return c
}

// bind compiles the mapping for records with these names, or for trees.
func (c *Converter) bind(names []string, tree bool) error {
	notes := &notes{file: c.m.file}
	b := &binder{m: c.m, notes: notes, names: names, tree: tree, found: c.found, lets: map[string]getter{}}
	for _, l := range c.m.lets {
		v := b.value(l.value)
		b.lets[l.name] = v.text
	}
	c.fill = b.filler()
	c.where = b.conditions(c.m.where)
	for _, p := range c.programs {
		b.program(p)
	}
	if err := notes.err(); err != nil {
		if other := c.m.separatedBy(names); !tree && other != "" {
			return Problems{c.m.wrongSeparator(other)}
		}
		if !tree {
			notes.list[len(notes.list)-1].Text += "; the columns of the file: " + b.columns()
		}
		return err
	}
	c.percents = b.percents
	c.bound, c.names, c.count = true, nil, len(names)
	if len(names) > 0 {
		c.names = &names[0]
	}
	return nil
}

func (b *binder) program(p *program) {
	if p.emit.path != nil && !b.tree {
		b.notes.add(p.at, "each: %s is a path in JSON, and this file is a table; for columns that hold the same thing write each: {columns: [...], name: ..., cell: ...}", p.pathRoot)
	}
	if p.emit.wide != nil {
		b.wideColumns(p)
		b.wide = p.emit.wide
		defer func() { b.wide = nil }()
	}
	p.when = b.conditions(p.emit.when)
	if p.partly == nil {
		p.partly = make([]int, len(p.when))
	}
	p.values, p.splits = nil, nil
	p.parts = make([][]string, len(p.columns))
	for i, column := range p.columns {
		p.values = append(p.values, b.value(column.value))
		if column.value.many() && column.value.with == "" {
			p.splits = append(p.splits, i)
		}
	}
	for _, v := range p.values {
		for i, column := range p.columns {
			if v.with != "" && column.name == v.with {
				v.paired, p.values[i].paired = true, true
			}
		}
	}
}

// wideColumns finds the columns that hold the same thing.
func (b *binder) wideColumns(p *program) {
	p.wide = nil
	w := p.emit.wide
	if b.tree {
		b.notes.add(w.at, "each: columns are those of a table, and this file is JSON; write the path of a list")
		return
	}
	for i, n := range w.columns {
		if w.patterns[i] == nil {
			at := b.column(n.text)
			if at < 0 {
				b.notes.add(n, "%s is no column of the file%s", quoted(n.text), b.near(n.text))
				continue
			}
			p.wide = append(p.wide, wideColumn{b.names[at], at})
			continue
		}
		before := len(p.wide)
		for at, name := range b.names {
			if w.patterns[i].MatchString(name) {
				p.wide = append(p.wide, wideColumn{name, at})
			}
		}
		if len(p.wide) == before {
			b.notes.add(n, "no column of the file matches %s; its columns: %s", n.text, b.columns())
		}
	}
}

// Convert is part of [records.Converter].
func (c *Converter) Convert(r *records.Record, emit records.Emit) error {
	if err := c.bindTo(r); err != nil {
		return err
	}
	if r.Tree == nil && len(r.Cells) < c.count {
		c.fill.forget()
		return &records.Bad{Why: fmt.Sprintf("has %d cells, the header %d", len(r.Cells), c.count)}
	}
	s := &c.scope
	*s = scope{levels: s.levels[:0], record: r, cells: c.fill.down(r.Cells), item: r.Tree}
	c.cells, c.rows = c.cells[:0], c.rows[:0]
	if bad := c.fill.orphan(s.cells); bad != nil {
		return bad
	}
	for i := range c.where {
		if !c.where[i].holds(s) {
			if s.bad != nil {
				return s.bad
			}
			return c.where[i].drop
		}
	}
	c.drops = c.drops[:0]
	c.seen++
	for _, p := range c.programs {
		p.left = p.left[:0]
	}
	for _, p := range c.programs {
		if d := c.run(p); d != nil && !slices.Contains(c.drops, d) {
			c.drops = append(c.drops, d)
		}
		if s.bad != nil {
			return s.bad
		}
	}
	if len(c.rows) == 0 {
		return c.leftOut()
	}
	return c.flush(emit)
}

// leftOut says why a record makes nothing.
func (c *Converter) leftOut() error {
	switch len(c.drops) {
	case 0:
		return &records.Drop{Reason: "nothing is said of it"}
	case 1:
		return c.drops[0]
	}
	reasons := make([]string, len(c.drops))
	for i, d := range c.drops {
		reasons[i] = d.Reason
	}
	return &records.Drop{Reason: strings.Join(reasons, "; ")}
}

// bindTo compiles the mapping where the record has other names than the one before it.
func (c *Converter) bindTo(r *records.Record) error {
	switch {
	case r.Tree != nil && c.bound && c.names == nil, r.Tree == nil && c.bound && len(r.Names) == c.count && c.count > 0 && &r.Names[0] == c.names:
		return nil
	}
	return c.bind(r.Names, r.Tree != nil)
}

// run makes the rows of one entry. Where it makes none, it says why.
func (c *Converter) run(p *program) *records.Drop {
	s := &c.scope
	switch {
	case p.emit.wide != nil:
		return c.runWide(p)
	case p.path != nil:
		return c.runEach(p)
	}
	s.item = s.record.Tree
	return c.runOne(p)
}

func (c *Converter) runWide(p *program) (drop *records.Drop) {
	for _, w := range p.wide {
		c.scope.name, c.scope.cell = w.name, trim(c.scope.cells[w.at])
		if d := c.runOne(p); drop == nil {
			drop = d
		}
	}
	return drop
}

func (c *Converter) runEach(p *program) (drop *records.Drop) {
	s := &c.scope
	s.each, s.levels = p.path, s.levels[:0]
	some := false
	c.descend(p.path, s.record.Tree, func(element any) {
		s.item, some = element, true
		if d := c.runOne(p); drop == nil {
			drop = d
		}
	})
	s.item, s.each = s.record.Tree, nil
	if !some {
		return p.nothing
	}
	return drop
}

// descend goes to each element that a path ends in, and keeps those of the lists on the way.
func (c *Converter) descend(rest []step, from any, run func(element any)) {
	s := &c.scope
	for i, step := range rest {
		if step.name != "" || step.index >= 0 {
			var ok bool
			if from, ok = walk(from, rest[i:i+1], false); !ok {
				return
			}
			continue
		}
		list, _ := from.([]any)
		for _, element := range list {
			if i == len(rest)-1 {
				run(element)
				continue
			}
			s.levels = append(s.levels, level{len(s.each) - len(rest) + i + 1, element})
			c.descend(rest[i+1:], element, run)
			s.levels = s.levels[:len(s.levels)-1]
		}
		return
	}
}

// runOne makes the rows of one entry and one element.
func (c *Converter) runOne(p *program) *records.Drop {
	s := &c.scope
	for i := range p.when {
		if !p.when[i].holds(s) {
			p.left = append(p.left, i)
			return p.when[i].drop
		}
	}
	from := len(c.cells)
	for i, v := range p.values {
		if v.many() {
			p.parts[i] = v.parts(s, p.parts[i][:0])
			c.cells = append(c.cells, p.parts[i][0])
		} else {
			c.cells = append(c.cells, v.text(s))
		}
		if s.bad != nil {
			return nil
		}
	}
	if len(p.splits) == 0 {
		c.row(p, from)
		return nil
	}
	if !c.pairsFit(p) {
		return nil
	}
	first := append([]string(nil), c.cells[from:]...)
	c.cells = c.cells[:from]
	c.product(p, first, 0)
	return nil
}

// pairsFit rejects a record whose paired cells have different numbers of values. Values that are empty count, since those that
// go with them are at the same place, but for the last ones: a separator may end a cell. Pairs of nothing with something are left
// out then.
func (c *Converter) pairsFit(p *program) bool {
	for i, v := range p.values {
		if v.with == "" {
			continue
		}
		j := slices.IndexFunc(p.columns, func(column column) bool { return column.name == v.with })
		if j >= 0 && !p.pair(i, j) {
			a, b := len(p.parts[i]), len(p.parts[j])
			if stated(p.parts[j]) == 0 {
				b = 0
			}
			c.scope.fail(v.title, v.get(&c.scope), fmt.Sprintf("number of values: %d here, %d in %s, with which they go one by one", a, b, p.values[j].title))
			return false
		}
	}
	for _, j := range p.splits {
		if p.values[j].paired && len(p.parts[j]) > 1 {
			p.leaveGapsOut(j)
		}
	}
	return true
}

// pair makes the parts of value i as many as those of value j, with which they go; false where they are not.
func (p *program) pair(i, j int) bool {
	mine, main := p.parts[i], p.parts[j]
	if len(main) > 1 && stated(main) == 0 && stated(mine) > 1 {
		return false // values of nothing
	}
	if !p.values[i].stated || stated(mine) == 0 { // a blank cell says nothing of any
		for len(mine) < len(main) {
			mine = append(mine, mine[0])
		}
		p.parts[i] = mine[:len(main)]
		return true
	}
	for len(mine) > len(main) && mine[len(mine)-1] == "" {
		mine = mine[:len(mine)-1]
	}
	for len(main) > len(mine) && main[len(main)-1] == "" {
		main = main[:len(main)-1]
	}
	p.parts[i], p.parts[j] = mine, main
	return len(mine) == len(main)
}

// leaveGapsOut takes the pairs out whose main part, of value j, is empty. Where all are, one row of the first is left, so that
// it is known what the record lacks.
func (p *program) leaveGapsOut(j int) {
	n, some := 0, stated(p.parts[j]) > 0
	for at, part := range p.parts[j] {
		if part == "" && (at > 0 || some) {
			continue
		}
		for i, v := range p.values {
			if v.with == p.columns[j].name {
				p.parts[i][n] = p.parts[i][at]
			}
		}
		p.parts[j][n] = part
		n++
	}
	p.parts[j] = p.parts[j][:n]
}

// stated is how many of the parts are not empty.
func stated(parts []string) (n int) {
	for _, part := range parts {
		if part != "" {
			n++
		}
	}
	return n
}

// product makes a row of each combination of parts.
func (c *Converter) product(p *program, cells []string, at int) {
	if at == len(p.splits) {
		from := len(c.cells)
		c.cells = append(c.cells, cells...)
		c.row(p, from)
		return
	}
	split := p.splits[at]
	for n, part := range p.parts[split] {
		cells[split] = part
		for i, v := range p.values {
			if v.with == p.columns[split].name {
				cells[i] = p.parts[i][n]
			}
		}
		c.product(p, cells, at+1)
	}
}

// row takes a row, whose cells begin at from, unless it cannot be added up with those before it.
func (c *Converter) row(p *program, from int) {
	row := pending{p, from}
	if p.sums != nil {
		if bad := p.sums.check(c.cells[from:]); bad != nil {
			c.scope.bad = bad
			return
		}
	}
	c.rows = append(c.rows, row)
}

// flush emits the rows of a record, all of which is understood. What is added up comes last: a row that is refused takes the
// whole record back.
func (c *Converter) flush(emit records.Emit) error {
	for i := range c.rows {
		if sums := c.rows[i].program.sums; sums != nil {
			sums.begin()
		}
	}
	var row records.Row
	for _, r := range c.rows {
		if sums := r.program.sums; sums != nil {
			if bad := sums.checkTogether(c.cellsOf(r)); bad != nil {
				return bad
			}
		}
	}
	for _, r := range c.rows {
		if r.program.sums != nil {
			continue
		}
		row.Shape, row.Cells = r.program.shape, c.cellsOf(r)
		if err := emit(&row); err != nil {
			return err
		}
	}
	for _, r := range c.rows {
		if sums := r.program.sums; sums != nil {
			sums.add(c.cellsOf(r), c.scope.record.Number)
		}
	}
	c.countPartly()
	return nil
}

func (c *Converter) cellsOf(r pending) []string {
	return c.cells[r.from : r.from+len(r.program.columns)]
}

// countPartly counts what entries left out of a record that makes something else.
func (c *Converter) countPartly() {
	for _, p := range c.programs {
		for _, i := range p.left {
			p.partly[i]++
		}
	}
}

// Finish is part of [records.Converter]: it emits the sums.
func (c *Converter) Finish(emit records.Emit) error {
	for _, p := range c.programs {
		if p.sums == nil {
			continue
		}
		if err := p.sums.emit(emit); err != nil {
			return err
		}
	}
	return nil
}

// Notes is part of [records.Noter]: the places in JSON that the mapping names and no record had, most likely misspelled,
// and what entries left out of records that made something else.
func (c *Converter) Notes() (out []string) {
	for _, p := range c.programs {
		for i := range p.when {
			if n := p.partly[i]; n > 0 && p.when[i].said {
				out = append(out, fmt.Sprintf("%s left out of records that make other statements, %s: %d", p.kind, p.when[i].reason, n))
			}
		}
	}
	for _, v := range c.percents {
		if v.small > 0 && v.large == 0 {
			out = append(out, fmt.Sprintf("%s:%d:%d: percent of {%s}: no number is greater than 1, as where 18%% is written 0.18: take percent: true out if these are fractions",
				c.m.file, v.at.line, v.at.column, v.title))
		}
	}
	if !c.bound || c.names != nil || c.seen == 0 {
		return out
	}
	notes := &notes{file: c.m.file}
	for _, r := range c.m.refs() {
		if !r.seen && !r.row && c.m.let(r.name) == nil {
			notes.add(r.at, "{%s} was in no record", r.name)
		}
	}
	_ = notes.err() // sorts
	for _, problem := range notes.list {
		out = append(out, problem.String())
	}
	return out
}

// refs are all references of the mapping.
func (m *Mapping) refs() (out []*ref) {
	for _, l := range m.lets {
		out = append(out, l.value.refs()...)
	}
	for _, c := range m.where {
		out = append(out, c.value.refs()...)
	}
	for _, e := range m.emits {
		for _, c := range e.when {
			out = append(out, c.value.refs()...)
		}
		for _, c := range e.columns {
			out = append(out, c.value.refs()...)
		}
	}
	return out
}
