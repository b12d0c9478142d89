package report

import (
	"bufio"
	"fmt"
	"io"
	"strings"
)

// WriteMarkdown writes the report as Markdown with tables and footnotes, as GitHub and most other readers show them.
func WriteMarkdown(w io.Writer, r *Report) error {
	b := bufio.NewWriter(w)
	m := markdown{b}
	m.head(r)
	for i := range r.Sections {
		m.section(&r.Sections[i])
	}
	m.printf("## How to get this report again\n\n")
	m.printf("```sh\n%s\n```\n\n", r.Command)
	m.printf("Store %s at revision %d, as of %s, with Tributary %s. The same store gives the same report.\n\n", r.Store, r.Revision, r.AsOf, escape(r.Version))
	if len(r.Notes) > 0 {
		m.printf("## Sources\n\n")
	}
	for _, n := range r.Notes {
		m.printf("[^%d]: %s\n", n.Number, m.note(n))
	}
	return b.Flush()
}

type markdown struct{ *bufio.Writer }

func (m markdown) printf(format string, args ...any) { fmt.Fprintf(m, format, args...) }

func (m markdown) head(r *Report) {
	m.printf("# %s\n\n", escape(r.Title))
	m.printf("%s; as of %s; revision %d; Tributary %s\n\n", escape(both(r.Company.Name, r.NameZH)), r.AsOf, r.Revision, escape(r.Version))
	m.printf("## Summary\n\n")
	for _, t := range r.Summary {
		m.printf("- %s\n", m.text(t))
	}
	m.printf("\n")
}

func (m markdown) section(s *Section) {
	m.printf("## %s\n\n", escape(s.Title))
	for i := range s.Blocks {
		b := &s.Blocks[i]
		if b.Heading != "" {
			m.printf("### %s\n\n", escape(b.Heading))
		}
		if len(b.Text) > 0 {
			m.printf("%s\n\n", m.text(b.Text))
		}
		for _, t := range b.List {
			m.printf("- %s\n", m.text(t))
		}
		if len(b.List) > 0 {
			m.printf("\n")
		}
		if b.Table != nil {
			m.table(b.Table)
		}
	}
	switch {
	case len(s.Commands) == 1:
		m.printf("Numbers from: `%s`\n\n", s.Commands[0])
	case len(s.Commands) > 1:
		m.printf("Numbers from:\n\n")
		for _, c := range s.Commands {
			m.printf("- `%s`\n", c)
		}
		m.printf("\n")
	}
}

func (m markdown) table(t *Table) {
	var head, line []string
	for _, c := range t.Columns {
		head = append(head, escape(c.Title))
		if c.Right {
			line = append(line, "---:")
		} else {
			line = append(line, "---")
		}
	}
	m.printf("| %s |\n| %s |\n", strings.Join(head, " | "), strings.Join(line, " | "))
	for _, row := range t.Rows {
		cells := make([]string, len(row))
		for i, cell := range row {
			cells[i] = m.text(cell)
		}
		m.printf("| %s |\n", strings.Join(cells, " | "))
	}
	m.printf("\n")
}

func (m markdown) text(t Text) string {
	var b strings.Builder
	for _, s := range t {
		text := escape(s.Text)
		switch {
		case s.Code:
			text = "`" + s.Text + "`"
		case s.Strong:
			text = "**" + text + "**"
		}
		b.WriteString(text)
		for _, n := range s.Notes {
			fmt.Fprintf(&b, "[^%d]", n.Number)
		}
	}
	return b.String()
}

func (m markdown) note(n *Note) string {
	title := escape(n.heading())
	if n.link() != "" {
		title = fmt.Sprintf("[%s](<%s>)", title, strings.NewReplacer("<", "%3C", ">", "%3E", "\n", "").Replace(n.link()))
	}
	parts := []string{title}
	for _, p := range []string{n.Publisher, n.dates()} {
		if p != "" {
			parts = append(parts, escape(p))
		}
	}
	text := strings.Join(parts, ", ")
	if n.Quote != "" {
		text += ": “" + escape(n.Quote) + "”"
	}
	if n.Locator != "" {
		text += " (" + escape(n.Locator) + ")"
	}
	text += n.stop() + " " + escape(capital(n.Said)) + "."
	for _, c := range n.Claims {
		text += " `" + c + "`"
	}
	return text
}

// escape lets text stand for itself.
func escape(text string) string {
	text = strings.NewReplacer("\n", " ", "\r", " ", "\t", " ").Replace(text) // a line break would end a cell or a footnote
	var b strings.Builder
	for _, r := range text {
		if strings.ContainsRune("\\`*_[]<>|#~$", r) {
			b.WriteByte('\\')
		}
		b.WriteRune(r)
	}
	return b.String()
}

// stop ends the sentence with a note's source and quote: with nothing where the quote ends one itself.
func (n *Note) stop() string {
	if n.Locator == "" && strings.HasSuffix(n.Quote, ".") {
		return ""
	}
	return "."
}

// heading is what a footnote calls its source.
func (n *Note) heading() string {
	switch {
	case n.Title != "":
		return n.Title
	case n.Source != "":
		return n.Source
	}
	return "Dataset " + n.Dataset + ", which cites no source"
}

// link is the address of the source, where it is one of the web.
func (n *Note) link() string {
	if strings.HasPrefix(n.URL, "https://") || strings.HasPrefix(n.URL, "http://") {
		return n.URL
	}
	return ""
}

func (n *Note) dates() string {
	switch {
	case n.Published != "":
		return n.Published
	case n.Accessed != "":
		return "read on " + n.Accessed
	}
	return ""
}
