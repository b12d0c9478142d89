package mapping

import "strings"

// Table is a second file, in which values are looked up.
type Table struct {
	Columns []string
	Rows    [][]string
}

// Open reads the table behind a lookup: its file as the mapping names it, and the sheet where it names one.
type Open func(file, sheet string) (*Table, error)

// readLookups reads the second files.
func (m *Mapping) readLookups(open Open) (found map[string]map[string]map[string]string, tables []*Table, err error) {
	notes := &notes{file: m.file}
	found = map[string]map[string]map[string]string{}
	for _, l := range m.lookups {
		if open == nil {
			notes.add(l.at, "lookup %s: there are no second files here", l.name)
			continue
		}
		t, err := open(l.file, l.sheet)
		if err != nil {
			notes.add(l.at, "lookup %s: %v", l.name, err)
			continue
		}
		found[l.name] = l.read(t, notes)
		tables = append(tables, t)
	}
	return found, tables, notes.err()
}

// read indexes the columns of a lookup that are taken.
func (l *lookup) read(t *Table, notes *notes) map[string]map[string]string {
	b := &binder{names: t.Columns}
	key := b.column(l.key)
	if key < 0 {
		notes.add(l.at.keyOrSelf("key"), "%s is no column of %s%s; its columns: %s", quoted(l.key), l.file, b.near(l.key), b.columns())
		return nil
	}
	out := map[string]map[string]string{}
	for _, name := range l.columns {
		at := b.column(name)
		if at < 0 {
			notes.add(l.at, "column %s, which a value takes, is no column of %s%s; its columns: %s", quoted(name), l.file, b.near(name), b.columns())
			continue
		}
		if out[name] == nil {
			out[name] = l.index(t, key, at, notes)
		}
	}
	return out
}

// index maps keys to the values of a column. A key with two values is an error: which is meant nobody could tell.
func (l *lookup) index(t *Table, key, at int, notes *notes) map[string]string {
	out := make(map[string]string, len(t.Rows))
	for _, row := range t.Rows {
		if key >= len(row) || at >= len(row) {
			continue
		}
		k, v := fold(row[key]), strings.TrimSpace(row[at])
		if k == "" {
			continue
		}
		if before, twice := out[k]; twice && before != v {
			notes.add(l.at, "%s has the key %s twice, with %s and %s as %s", l.file, quoted(row[key]), quoted(before), quoted(v), t.Columns[at])
			return out
		}
		out[k] = v
	}
	return out
}

// keyOrSelf is what stands under a key; the node itself where nothing does.
func (n *node) keyOrSelf(key string) *node {
	if at := n.at(key); at != nil {
		return at
	}
	return n
}
