package formats

import (
	"fmt"
	"strings"
)

// Markdown writes what a format uses and leaves, for docs/formats.md and `tributary formats NAME`.
func (f *Format) Markdown() string {
	var b strings.Builder
	fmt.Fprintf(&b, "## %s (`%s`)\n\nMakes %s.\n\n", f.Title, f.Name, f.Makes)
	b.WriteString("| used | as |\n| --- | --- |\n")
	for _, use := range f.Used {
		fmt.Fprintf(&b, "| %s | %s |\n", inCell(use.From), inCell(use.To))
	}
	b.WriteString("\n| left | because |\n| --- | --- |\n")
	for _, left := range f.Left {
		fmt.Fprintf(&b, "| %s | %s |\n", inCell(left.From), inCell(left.Why))
	}
	if len(f.Drops) > 0 {
		b.WriteString("\nRecords left out, counted by reason:\n")
		for _, reason := range f.Drops {
			fmt.Fprintf(&b, "- %s\n", reason)
		}
	}
	for _, note := range f.Notes {
		fmt.Fprintf(&b, "\n%s\n", note)
	}
	if text := f.Mapping(); text != "" {
		fmt.Fprintf(&b, "\nThe format is a mapping, to be copied and changed:\n\n```yaml\n%s```\n", text)
	}
	return b.String()
}

func inCell(text string) string { return strings.ReplaceAll(text, "|", `\|`) }
