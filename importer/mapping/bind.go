package mapping

import (
	"fmt"
	"slices"
	"strings"

	"github.com/tributarygraph/tributary/importer/records"
)

// scope is the record that is being converted, with what is looked at in it.
type scope struct {
	record *records.Record
	cells  []string
	item   any    // the element of each, or the record
	name   string // of the column of each
	cell   string // and what stands in it
	bad    *records.Bad
	each   []step  // the path of each, where it is one
	levels []level // the elements of the lists on the way, the outermost first
}

// level is an element of a list that each goes through on its way to the innermost.
type level struct {
	steps   int // of each, up to it
	element any
}

// from is where a path that begins at the record goes on: at the element at hand, as far as it is the path of each.
func (s *scope) from(path []step) (any, []step) {
	if s.each != nil {
		for _, l := range slices.Backward(s.levels) {
			if len(path) >= l.steps && slices.Equal(path[:l.steps], s.each[:l.steps]) {
				return l.element, path[l.steps:]
			}
		}
	}
	return s.record.Tree, path
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
	percents []*bound // values of percent
	m        *Mapping
	notes    *notes
	names    []string // of columns; nil for trees
	tree     bool
	found    map[string]map[string]map[string]string // of each lookup and column of it: the value by the fold of the key
	lets     map[string]getter
	wide     *wide // of the entry that is being compiled
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
	case r.row && b.mended(): // with the numbers that they had
		return func(s *scope) string { return trim(s.cells[0]) }
	case r.row:
		return func(s *scope) string { return fmt.Sprint(s.record.Number) }
	case b.wide != nil && r.name == b.wide.name:
		return func(s *scope) string { return s.name }
	case b.wide != nil && r.name == b.wide.cell:
		return b.unlessBlank(func(s *scope) string { return s.cell })
	}
	if l := b.lets[r.name]; l != nil {
		if !b.tree && b.column(r.name) >= 0 {
			b.notes.add(r.at, "{%s} is a column of the file and a value of let; give that another name", r.name)
		}
		return l
	}
	if b.tree {
		return b.unlessBlank(func(s *scope) string { return s.path(r) })
	}
	i := b.column(r.name)
	if i < 0 {
		b.notes.add(r.at, "{%s} is no column of the file%s", r.name, b.near(r.name))
		return func(*scope) string { return "" }
	}
	return b.unlessBlank(func(s *scope) string { return trim(s.cells[i]) })
}

// unlessBlank makes nothing of what stands for nothing.
func (b *binder) unlessBlank(get getter) getter {
	if len(b.m.blank) == 0 {
		return get
	}
	blank, longest := map[string]bool{}, 0
	for _, text := range b.m.blank {
		blank[fold(text)] = true
		longest = max(longest, 4*len(text)) // in full width
	}
	return func(s *scope) string {
		text := get(s)
		if text != "" && len(text) <= longest && blank[fold(text)] {
			return ""
		}
		return text
	}
}

// mended reports whether the rows are those that an import rejected, and gave a file of.
func (b *binder) mended() bool {
	return len(b.names) > 2 && b.names[0] == "row" && b.names[1] == "reason"
}

// near points to the column that has nearly the name.
func (b *binder) near(name string) string {
	candidates := b.names
	for l := range b.lets {
		candidates = append(candidates[:len(candidates):len(candidates)], l)
	}
	slices.Sort(candidates[len(b.names):])
	if near := records.Nearest(name, candidates); near != "" {
		return fmt.Sprintf("; did you mean %s?", near)
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

// shape is that of the rows of an entry.
func (e *emit) shape() *records.Shape {
	shape := &records.Shape{Kind: e.kind}
	for _, c := range e.columns {
		shape.Columns = append(shape.Columns, c.name)
	}
	return shape
}
