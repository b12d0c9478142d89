package resolve

import (
	_ "embed" // the tables of data
	"regexp"
	"strings"
	"sync"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"github.com/tributarygraph/tributary/graph"
)

// The tables: see data/README.md for what they are and where they are from.
var (
	//go:embed data/han.txt
	hanTable string
	//go:embed data/pinyin.txt
	pinyinTable string
	//go:embed data/readings.txt
	readingTable string
	//go:embed data/legal.txt
	legalTable string
	//go:embed data/words.txt
	wordTable string
	//go:embed data/places.txt
	placeTable string
)

// tableLines calls f with each line of a table that is no comment.
func tableLines(table string, f func(line string)) {
	for line := range strings.Lines(table) {
		if line = strings.TrimSpace(line); line != "" && line[0] != '#' {
			f(line)
		}
	}
}

// hanFold maps Chinese characters to the one that stands for all ways of writing it: traditional and Japanese forms to
// the simplified one.
var hanFold = sync.OnceValue(func() map[rune]rune {
	fold := map[rune]rune{}
	tableLines(hanTable, func(line string) {
		runes := []rune(line)
		for _, r := range runes[1:] {
			fold[r] = runes[0]
		}
	})
	return fold
})

// latinFold are letters that no decomposition makes plain.
var latinFold = map[rune]string{'ø': "o", 'æ': "ae", 'œ': "oe", 'ł': "l", 'đ': "d", 'ð': "d", 'þ': "th", 'ı': "i", 'ħ': "h"}

// apostrophes stand within words.
var apostrophes = strings.NewReplacer("'", "", "’", "", "‘", "", "ʼ", "", "`", "", "´", "", "＇", "",
	"+", " plus ")

// elision is an article or preposition that French and Italian shorten before a vowel.
var elision = regexp.MustCompile(`(?i)\b(l|d|dell|all|dall|qu)['’]`)

// foldName is the form in which names are taken apart: that of [graph.NormalizeName], without apostrophes, Chinese
// characters in one of their forms, and letters that stand alone joined: S.A. is one word.
func foldName(name string) string {
	if strings.ContainsAny(name, "'’") {
		name = elision.ReplaceAllString(name, "")
	}
	form := graph.NormalizeName(apostrophes.Replace(name))
	if isASCII(form) {
		return joinLetters(form)
	}
	form = norm.NFKC.String(form)
	fold := hanFold()
	var b strings.Builder
	b.Grow(len(form))
	for _, r := range form {
		if to, ok := fold[r]; ok {
			r = to
		}
		if latin, ok := latinFold[r]; ok {
			b.WriteString(latin)
			continue
		}
		b.WriteRune(r)
	}
	return joinLetters(b.String())
}

func isASCII(text string) bool {
	for i := 0; i < len(text); i++ {
		if text[i] >= 0x80 {
			return false
		}
	}
	return true
}

// joinLetters joins runs of single Latin letters.
func joinLetters(form string) string {
	single := false
	for at := 0; at < len(form); at++ {
		if isLetter(form, at) && (at+2 >= len(form) || form[at+1] == ' ' && isLetter(form, at+2)) {
			single = true
			break
		}
	}
	if !single {
		return form
	}
	words := strings.Split(form, " ")
	out := words[:0]
	joined := false
	for _, w := range words {
		alone := len(w) == 1 && w[0] >= 'a' && w[0] <= 'z'
		if alone && joined {
			out[len(out)-1] += w
		} else {
			out = append(out, w)
		}
		joined = alone
	}
	return strings.Join(out, " ")
}

// isLetter reports whether a letter stands alone at that place.
func isLetter(form string, at int) bool {
	return form[at] >= 'a' && form[at] <= 'z' && (at == 0 || form[at-1] == ' ') && (at+1 == len(form) || form[at+1] == ' ')
}

// script is how a word is written.
type script uint8

const (
	scriptLatin script = iota // and every other alphabet with spaces between words
	scriptHan
	scriptKana
	scriptHangul
)

func scriptOf(r rune) script {
	switch {
	case r < 0x2E80:
		return scriptLatin
	case r >= 0x3040 && r <= 0x30FF || r >= 0x31F0 && r <= 0x31FF:
		return scriptKana
	case unicode.Is(unicode.Han, r) || r == '々':
		return scriptHan
	case unicode.Is(unicode.Hangul, r):
		return scriptHangul
	}
	return scriptLatin
}
