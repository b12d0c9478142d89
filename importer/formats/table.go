package formats

import "github.com/tributarygraph/tributary/importer/records"

// columns finds the cells of a table by the name of their column.
type columns struct {
	want  []string
	names []string // of the table for which at was made
	at    []int    // by position in want; -1 where the table has no such column
}

func newColumns(want ...string) columns { return columns{want: want} }

// of makes at fit the record. Records of one table share their names, so that this is nearly always a comparison of
// two addresses.
func (c *columns) of(r *records.Record) []int {
	if c.at != nil && len(c.names) == len(r.Names) && (len(r.Names) == 0 || &c.names[0] == &r.Names[0]) {
		return c.at
	}
	positions := make(map[string]int, len(r.Names))
	for i, name := range r.Names {
		if _, twice := positions[name]; !twice {
			positions[name] = i
		}
	}
	c.names, c.at = r.Names, make([]int, len(c.want))
	for i, name := range c.want {
		c.at[i] = -1
		if at, ok := positions[name]; ok {
			c.at[i] = at
		}
	}
	return c.at
}

// cell is the cell at a position that columns.of gave; empty where there is none.
func cell(r *records.Record, at int) string {
	if at < 0 || at >= len(r.Cells) {
		return ""
	}
	return r.Cells[at]
}
