package main

import (
	"fmt"
	"io"
	"strings"
	"unicode"

	"github.com/mattn/go-runewidth"
)

// column is a column of a table. The columns of a table are ordered from the most telling to the least: where the
// terminal is too narrow for all, the last ones are left out.
type column struct {
	title string
	least int  // a longer cell may be cut to this width; 0: never cut
	right bool // numbers stand right-aligned
}

// table is rows of text under columns.
type table struct {
	columns []column
	rows    [][]string
}

func (t *table) add(cells ...string) { t.rows = append(t.rows, cells) }

const (
	gap      = "  "
	ellipsis = "…"
)

// cells measures text as terminals show it: East Asian wide characters take two columns.
var cells = &runewidth.Condition{StrictEmojiNeutral: true}

// printable takes control characters, which a terminal would obey, out of text from elsewhere.
func printable(s string) string {
	if strings.IndexFunc(s, unicode.IsControl) < 0 {
		return s
	}
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) && r != '\n' {
			return ' '
		}
		return r
	}, s)
}

// write prints the table within width columns (0: as wide as it is) and tells which columns were left out.
func (t *table) write(w io.Writer, width int, bold bool) (omitted []string) {
	shown := t.withoutEmpty()
	widths := t.fit(shown, width)
	for _, c := range shown[len(widths):] {
		omitted = append(omitted, t.columns[c].title)
	}
	shown = shown[:len(widths)]
	titles := make([]string, len(t.columns))
	for i, c := range t.columns {
		titles[i] = c.title
	}
	header := t.line(titles, shown, widths)
	if bold {
		header = "\x1b[1m" + header + "\x1b[0m"
	}
	fmt.Fprintln(w, header)
	for _, row := range t.rows {
		fmt.Fprintln(w, t.line(row, shown, widths))
	}
	return omitted
}

// withoutEmpty are the columns in which any row says something.
func (t *table) withoutEmpty() (shown []int) {
	for i := range t.columns {
		empty := len(t.rows) > 0
		for _, row := range t.rows {
			empty = empty && row[i] == ""
		}
		if !empty {
			shown = append(shown, i)
		}
	}
	return shown
}

// fit gives the widths of as many columns as have room.
func (t *table) fit(shown []int, width int) []int {
	natural := make([]int, len(shown))
	for i, c := range shown {
		natural[i] = cells.StringWidth(t.columns[c].title)
		for _, row := range t.rows {
			natural[i] = max(natural[i], cells.StringWidth(printable(row[c])))
		}
	}
	if width <= 0 {
		return natural
	}
	var widths []int
	used := 0
	for i, c := range shown {
		least := natural[i]
		if t.columns[c].least > 0 {
			least = min(least, t.columns[c].least)
		}
		space := len(gap)
		if i == 0 {
			space, least = 0, min(least, width) // the first column is always there
		}
		if used+space+least > width {
			break
		}
		used += space + least
		widths = append(widths, least)
	}
	spread(widths, natural, width-used)
	return widths
}

// spread gives room to the columns that are cut, evenly.
func spread(widths, natural []int, room int) {
	for before := room + 1; room > 0 && room < before; {
		before = room
		for i := range widths {
			if widths[i] < natural[i] && room > 0 {
				widths[i]++
				room--
			}
		}
	}
}

func (t *table) line(row []string, shown, widths []int) string {
	var b strings.Builder
	for i, c := range shown {
		if i > 0 {
			b.WriteString(gap)
		}
		cell := printable(row[c])
		if cells.StringWidth(cell) > widths[i] {
			cell = cells.Truncate(cell, widths[i], ellipsis)
		}
		pad := strings.Repeat(" ", widths[i]-cells.StringWidth(cell))
		if t.columns[c].right {
			b.WriteString(pad + cell)
		} else {
			b.WriteString(cell + pad)
		}
	}
	return strings.TrimRight(b.String(), " ")
}
