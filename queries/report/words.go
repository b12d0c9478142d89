package report

import (
	"fmt"
	"strconv"
	"strings"

	"golang.org/x/text/language"
	"golang.org/x/text/language/display"

	"github.com/tributarygraph/tributary/queries"
)

// boundText is an interval in a table: "12–100%", "40%".
func boundText(i *queries.Interval) string {
	if i.Low == i.High {
		return queries.PercentText(i.Low)
	}
	return strings.TrimSuffix(queries.PercentText(i.Low), "%") + "–" + queries.PercentText(i.High)
}

// anything reports whether nothing narrows an interval.
func anything(i *queries.Interval) bool { return i.Low == 0 && i.High == 1 }

func productText(r *queries.Ref) string {
	if r == nil {
		return "product not stated"
	}
	return r.Name
}

// plural is a number of things.
func plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return thousands(n) + " " + many
}

func companies(n int) string { return plural(n, "company", "companies") }

func thousands(n int) string {
	text := strconv.Itoa(n)
	for i := len(text) - 3; i > 0 && text[i-1] != '-'; i -= 3 {
		text = text[:i] + "," + text[i:]
	}
	return text
}

// names lists some names: "a, b and c", or "a, b, c and 5 more".
func names(list []string, most int) string {
	if more := len(list) - most; more > 0 {
		return fmt.Sprintf("%s and %d more", strings.Join(list[:most], ", "), more)
	}
	if last := len(list) - 1; last > 0 {
		return strings.Join(list[:last], ", ") + " and " + list[last]
	}
	return strings.Join(list, "")
}

func refNames(refs []queries.Ref) []string {
	out := make([]string, len(refs))
	for i, r := range refs {
		out[i] = r.Name
	}
	return out
}

// both is a name with the Chinese one beside it.
func both(name, zh string) string {
	if zh == "" || zh == name {
		return name
	}
	return name + " (" + zh + ")"
}

// sentence ends a sentence of a question with one full stop: names may end with one.
func sentence(text string) string { return strings.ReplaceAll(text, "..", ".") }

// ended is a text with a full stop at its end, unless it ends with one.
func ended(t Text) Text {
	if last := len(t) - 1; last >= 0 && strings.HasSuffix(t[last].Text, ".") {
		return t
	}
	return append(t, Span{Text: "."})
}

// isAre is the verb for a number of things.
func isAre(n int) string {
	if n == 1 {
		return "is"
	}
	return "are"
}

// country is the name of a country; its code where that is not one that has a name.
func country(code string) string {
	region, err := language.ParseRegion(code)
	if err != nil {
		return code
	}
	if name := display.English.Regions().Name(region); name != "" {
		return name
	}
	return code
}
