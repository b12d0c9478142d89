package mapping

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"github.com/tributarygraph/tributary/graph"
)

// fold is the form in which values are compared: compatibility forms and full-width letters made plain, lower case, single
// spaces. Unlike [graph.NormalizeName] it keeps punctuation, so that - and n/a can be told apart.
func fold(text string) string {
	if isFolded(text) {
		return text
	}
	return graph.Clean(strings.ToLower(norm.NFKC.String(text)))
}

// isFolded is the fast answer, without making a text.
func isFolded(text string) bool {
	space := true
	for i := 0; i < len(text); i++ {
		c := text[i]
		if c >= utf8.RuneSelf {
			return isFoldedUnicode(text)
		}
		if c <= ' ' && (c != ' ' || space) || c == 0x7F || c >= 'A' && c <= 'Z' {
			return false
		}
		space = c == ' '
	}
	return text == "" || !space
}

func isFoldedUnicode(text string) bool {
	space := true
	for _, r := range text {
		if r < ' ' || r == 0x7F || r == ' ' && space || unicode.IsUpper(r) || unicode.IsTitle(r) || r == '\uFEFF' || r == '\u200B' || r > ' ' && unicode.IsSpace(r) {
			return false
		}
		space = r == ' '
	}
	return !space && norm.NFKC.IsNormalString(text)
}

// trim takes white space off both ends, most often without looking at more than the two ends.
func trim(text string) string {
	if text == "" || text[0] > ' ' && text[0] < utf8.RuneSelf && text[len(text)-1] > ' ' && text[len(text)-1] < utf8.RuneSelf {
		return text
	}
	return strings.TrimSpace(text)
}
