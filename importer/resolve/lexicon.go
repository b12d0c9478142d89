package resolve

import (
	"strings"
	"sync"
)

// class says what a word does in a name.
type class uint8

const (
	classCore   class = iota // says which company it is: whatever no table knows
	classLine                // line of business
	classUnit                // part of a group
	classGroup               // the group as a whole
	classPlace               // country, region or town
	classNumber              // a number
	classFill                // says nothing
	numClasses
)

var classNames = [numClasses]string{"name", "line", "unit", "group", "place", "number", "fill"}

// entry is what the tables know of a word.
type entry struct {
	class   class
	concept string // the same for the same thing in other words and languages
}

// legalForm is a legal form in one of its spellings.
type legalForm struct{ id, kind string }

// lexicon is all that the tables know, by words in the form of [foldName].
type lexicon struct {
	words map[string]entry
	legal map[string]legalForm
	// longest is how many words an entry has at most, and how many characters one in Chinese or Japanese.
	longest, longestHan int
}

var tables = sync.OnceValue(func() *lexicon {
	x := &lexicon{words: map[string]entry{}, legal: map[string]legalForm{}}
	classes := map[string]class{"line": classLine, "unit": classUnit, "group": classGroup, "fill": classFill}
	add := func(form string, e entry) {
		form = foldName(form)
		if _, known := x.words[form]; !known && form != "" {
			x.words[form] = e
			x.grow(form)
		}
	}
	entries(placeTable, func(head []string, form string) { add(form, entry{classPlace, "place " + strings.Join(head, " ")}) })
	entries(wordTable, func(head []string, form string) { add(form, entry{classes[head[0]], strings.Join(head[1:], " ")}) })
	entries(legalTable, func(head []string, form string) {
		form = foldName(form)
		x.legal[form] = legalForm{head[0], head[1]}
		x.grow(form)
	})
	return x
})

// entries calls f with each form of a table of lines "head: form; form | form"; what stands between bars means the same.
func entries(table string, f func(head []string, form string)) {
	tableLines(table, func(line string) {
		head, forms, _ := strings.Cut(line, ":")
		for meaning := range strings.SplitSeq(forms, "|") {
			words := strings.Fields(head)
			if strings.Contains(forms, "|") {
				first, _, _ := strings.Cut(meaning, ";")
				words = append(words, strings.TrimSpace(first))
			}
			for form := range strings.SplitSeq(meaning, ";") {
				if form = strings.TrimSpace(form); form != "" {
					f(words, form)
				}
			}
		}
	})
}

func (x *lexicon) grow(form string) {
	if isASCII(form) {
		x.longest = max(x.longest, strings.Count(form, " ")+1)
	} else {
		x.longestHan = max(x.longestHan, len([]rune(form)))
	}
}

// country is the country of a place; empty where it is none of one.
func country(concept string) string {
	place, ok := strings.CutPrefix(concept, "place ")
	if !ok {
		return ""
	}
	code, _, _ := strings.Cut(place, " ")
	return code
}
