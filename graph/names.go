package graph

import (
	"iter"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// NormalizeName is the form in which names are compared: compatibility forms and full-width letters made
// plain, case folded, accents of alphabetic scripts removed, punctuation as a space. Two names with the same
// form are spelled alike; that they mean the same company is a further step.
func NormalizeName(name string) string {
	if out, ok := normalizeASCII(name); ok {
		return out
	}
	decomposed := norm.NFKD.String(name)
	folded := cases.Fold().String(decomposed)
	var b strings.Builder
	b.Grow(len(folded))
	space := true
	for _, r := range folded {
		switch {
		case r >= 0x300 && r <= 0x36F: // combining marks of alphabetic scripts; kana and hangul keep theirs
		case unicode.Is(unicode.Cherokee, r): // whose letters fold the other way round
			b.WriteRune(unicode.ToUpper(r))
			space = false
		case unicode.IsLetter(r) || unicode.IsNumber(r) || unicode.IsMark(r):
			b.WriteRune(r)
			space = false
		case !space:
			b.WriteByte(' ')
			space = true
		}
	}
	return norm.NFC.String(strings.TrimSuffix(b.String(), " "))
}

// commonWords are in so many names of companies that they tell none from another: legal forms, group, holding.
var commonWords = []string{"ag", "co", "company", "corp", "corporation", "gmbh", "group", "holding", "holdings", "inc", "incorporated", "kg", "limited", "llc", "ltd", "nv", "plc", "sa", "se"}

// CommonWord reports whether a word of a name, in the form of [NormalizeName], is of those that tell companies apart badly:
// "My Company" is not nearly "3M Company". It is for suggesting names; which company a name is, is not decided by it.
func CommonWord(word string) bool { return slices.Contains(commonWords, word) }

// normalizeASCII is the fast path for names in ASCII.
func normalizeASCII(name string) (string, bool) {
	changed := false
	space := true
	for i := 0; i < len(name); i++ {
		c := name[i]
		switch {
		case c >= 0x80:
			return "", false
		case c >= 'a' && c <= 'z' || c >= '0' && c <= '9':
			space = false
		case c == ' ' && !space:
			space = true
		default:
			changed = true
		}
	}
	if !changed && (!space || name == "") {
		return name, true
	}
	out := make([]byte, 0, len(name))
	for i := 0; i < len(name); i++ {
		c := name[i]
		switch {
		case c >= 'A' && c <= 'Z':
			out = append(out, c+'a'-'A')
		case c >= 'a' && c <= 'z' || c >= '0' && c <= '9':
			out = append(out, c)
		case len(out) > 0 && out[len(out)-1] != ' ':
			out = append(out, ' ')
		}
	}
	return strings.TrimSuffix(string(out), " "), true
}

// IsHan reports whether the name is written in Chinese characters: it has one, and no kana or hangul.
func IsHan(name string) bool {
	han := false
	for _, r := range name {
		if r < 0x80 {
			continue
		}
		if r >= 0x4E00 && r <= 0x9FFF { // the block that nearly all of them are in
			han = true
			continue
		}
		if unicode.In(r, unicode.Hiragana, unicode.Katakana, unicode.Hangul) {
			return false
		}
		han = han || unicode.Is(unicode.Han, r)
	}
	return han
}

// identifierFields are the fields whose values identify a company or site, with the scheme that stands before the
// colon where a reference uses one: lei:..., isin:..., ticker:XNAS:NVDA.
var identifierFields = []FieldID{FieldLEI, FieldISIN, FieldTicker, FieldPermID, FieldOpenCorporates, FieldOSH}

// SplitIdentifier splits a reference such as "lei:5493001KJTIIGC8Y1R12" into its scheme and its value in
// canonical spelling; ok is false where the reference is not of a known scheme.
func SplitIdentifier(ref string) (scheme FieldID, value string, ok bool) {
	prefix, value, found := strings.Cut(ref, ":")
	if !found || value == "" {
		return 0, "", false
	}
	for _, f := range identifierFields {
		if strings.EqualFold(prefix, f.String()) {
			if f != FieldOpenCorporates {
				value = strings.ToUpper(value)
			}
			return f, value, true
		}
	}
	return 0, "", false
}

// Identifiers are those that a statement gives a company or site, as scheme:value: as they are mentioned.
func Identifiers(s *Statement) iter.Seq[string] {
	return func(yield func(string) bool) {
		for _, f := range identifierFields {
			for _, value := range SplitList(s.Text(f)) {
				if scheme, v, ok := SplitIdentifier(f.String() + ":" + value); ok && !yield(scheme.String()+":"+v) {
					return
				}
			}
		}
	}
}
