package resolve

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// feature is one thing that is found out by comparing two names.
type feature uint8

// The features. What each means stands in docs/resolving.md; weights.go says how much each counts.
const (
	featBase         feature = iota // always 1: what two names that were looked at together start from
	featCoreEqual                   // the words that tell which company it is are the same
	featCoreMisspelt                // they are the same but for a slip
	featCoreSound                   // some of them are only read alike
	featCoreSome                    // some of them are the same, some of both are not
	featCoreNone                    // none of them is the same
	featNoCore                      // one name has none, or both
	featExtraCore                   // one name has such words that the other lacks: how many, at most 2
	featLineSame                    // lines of business that both name: how many, at most 2
	featExtraLine                   // one name has lines of business that the other lacks: how many, at most 2
	featOtherLine                   // each names a line of business that the other does not
	featExtraUnit                   // one name has a part of a group that the other lacks
	featOtherUnit                   // each names a part of a group that the other does not
	featExtraPlace                  // one name has a place that the other lacks
	featOtherPlace                  // each has a place that the other lacks
	featLeadPlace                   // the place that one lacks stands first: 上海电气 and 电气, Deutsche Bank and Bank
	featNumber                      // their numbers differ
	featExtraGroup                  // one name says group, holding or international, the other does not
	featFormal                      // both are written in full, with a legal form, and yet one has words that the other lacks
	featLegalSame                   // the same legal form
	featLegalOther                  // legal forms of different kinds
	featLegalForeign                // legal forms of one kind, of different countries
	featAcronym                     // one is the initials of the other
	featShortened                   // one is the other with signs left out, as short names in Chinese and Japanese are made
	featScripts                     // they are in different scripts
	featAllSame                     // no word of either is left over
	featCountryOther                // they are said to be in different countries
	featCountrySame                 // they are said to be in the same country
	featPlaceCountry                // a place in one name lies in another country than the other is said to be in
	numFeatures
)

// finding is what a comparison found: the value of each feature, and what it was found in.
type finding struct {
	value  [numFeatures]float64
	detail [numFeatures]string
	// synonyms are the words that agree in meaning alone; empty where there are none.
	synonyms string
}

func (f *finding) set(x feature, value float64, detail string) {
	f.value[x], f.detail[x] = value, detail
}

// leftover are the words of a name that the other does not have, by class.
type leftover struct {
	count [numClasses]int
	words [numClasses][]string
	lead  bool // the first word of the name is a place, and left over
}

// align pairs the words of two names.
type align struct {
	a, b         *parsed
	usedA, usedB []bool
	same         [numClasses]int
	misspelt     []string
	sound        []string
	synonyms     []string // words that mean the same and are not the same word
	cores        []string
}

// compareParsed finds out how two names differ.
func compareParsed(a, b *parsed) finding {
	var f finding
	f.set(featBase, 1, "")
	if a.whole > b.whole || a.whole == b.whole && a.raw > b.raw { // so that it does not matter which comes first
		a, b = b, a
	}
	x := &align{a: a, b: b, usedA: make([]bool, len(a.tokens)), usedB: make([]bool, len(b.tokens))}
	x.pairSame()
	x.joinedCores()
	x.pairNear()
	f.shortForms(x)
	left, right := remaining(a.tokens, x.usedA), remaining(b.tokens, x.usedB)
	f.cores(x, &left, &right)
	f.lines(x, &left, &right)
	f.synonyms = strings.Join(sorted(x.synonyms), ", ")
	f.legal(a, b)
	if f.value[featAllSame] == 0 && a.formal() && b.formal() {
		f.set(featFormal, 1, "")
	}
	if a.script != b.script {
		f.set(featScripts, 1, "")
	}
	return f
}

// pairSame pairs words that are the same, then those that mean the same.
func (x *align) pairSame() {
	for _, p := range []struct {
		tokens []token
		used   []bool
	}{{x.a.tokens, x.usedA}, {x.b.tokens, x.usedB}} {
		for i := range p.tokens {
			p.used[i] = p.tokens[i].class == classFill
		}
	}
	x.pairBy(func(t, u *token) bool { return t.key == u.key })
	x.pairBy((*token).means)
}

// pairBy pairs each word with the first one that is alike.
func (x *align) pairBy(alike func(t, u *token) bool) {
	for i := range x.a.tokens {
		for j := range x.b.tokens {
			t, u := &x.a.tokens[i], &x.b.tokens[j]
			if x.usedA[i] || x.usedB[j] || !alike(t, u) {
				continue
			}
			x.pair(i, j)
			if t.class != classPlace && t.key != u.key && !t.isWord(u) {
				x.synonyms = append(x.synonyms, min(t.text, u.text)+" / "+max(t.text, u.text))
			}
		}
	}
}

// means reports whether two different words mean the same. Of words in Chinese characters one must begin the other: 电气
// and 电器 are both electric, and tell companies apart.
func (t *token) means(u *token) bool {
	if t.concept == "" || t.concept != u.concept || t.class != u.class {
		return false
	}
	return t.script != scriptHan || u.script != scriptHan || strings.HasPrefix(t.text, u.text) || strings.HasPrefix(u.text, t.text) || t.class == classPlace
}

// isWord reports whether two words that mean the same are one word, in the singular and the plural or cut short: 重工 and
// 重工业 are. Works and mills are not, and tell companies apart.
func (t *token) isWord(u *token) bool {
	short, long := t, u
	if len(short.text) > len(long.text) {
		short, long = long, short
	}
	if short.script == scriptLatin && long.script == scriptLatin {
		rest, begun := strings.CutPrefix(long.text, short.text)
		if begun && slices.Contains([]string{"s", "es", "e", "n", "en"}, rest) || strings.HasSuffix(short.text, "y") && long.text == strings.TrimSuffix(short.text, "y")+"ies" {
			return true
		}
	} else if short.script == long.script {
		return strings.HasPrefix(long.text, short.text)
	}
	for _, begin := range abbreviated[short.text] {
		if strings.HasPrefix(long.text, begin) {
			return true
		}
	}
	return false
}

// abbreviated is what the words begin with that short ones are written for.
var abbreviated = map[string][]string{
	"chem": {"chemi"}, "elec": {"electr"}, "gp": {"group"}, "grp": {"group"}, "hd": {"holding", "ホールディング"}, "hdg": {"holding"}, "hds": {"holding"},
	"hldg": {"holding"}, "hldgs": {"holding"}, "ind": {"industr"}, "inds": {"industr"}, "indust": {"industr"}, "intl": {"international"},
	"mfg": {"manufactur"}, "mfrg": {"manufactur"}, "pharm": {"pharma"}, "semi": {"semiconductor"}, "semicon": {"semiconductor"}, "tech": {"technolog"},
}

func (x *align) pair(i, j int) {
	x.usedA[i], x.usedB[j] = true, true
	c := x.a.tokens[i].class
	x.same[c]++
	if c == classCore {
		x.cores = append(x.cores, x.a.tokens[i].text)
	}
}

// joinedCores pairs all words that are left where they are the same without the spaces: Auto Liv and Autoliv, Super Micro
// Computer and Supermicro.
func (x *align) joinedCores() {
	join := func(tokens []token, used []bool, j int) (text string) {
		for i := range tokens {
			if !used[i] && (j < 0 || i <= j) {
				text += tokens[i].key
			}
		}
		return text
	}
	for i := range x.a.tokens {
		if x.usedA[i] {
			continue
		}
		left := join(x.a.tokens, x.usedA, i)
		for j := range x.b.tokens {
			if x.usedB[j] || left == "" || left != join(x.b.tokens, x.usedB, j) {
				continue
			}
			for k := range i + 1 {
				x.usedA[k] = true
			}
			for k := range j + 1 {
				x.usedB[k] = true
			}
			x.same[classCore]++
			x.cores = append(x.cores, left)
			return
		}
	}
}

// pairNear pairs words that are nearly the same.
func (x *align) pairNear() {
	for i := range x.a.tokens {
		t := &x.a.tokens[i]
		if x.usedA[i] || t.class == classNumber {
			continue
		}
		for j := range x.b.tokens {
			u := &x.b.tokens[j]
			if x.usedB[j] || u.class == classNumber {
				continue
			}
			switch {
			case t.script == scriptLatin && u.script == scriptLatin:
				if (t.class == classCore || u.class == classCore) && misspelled(t.key, u.key) {
					x.misspelt = append(x.misspelt, t.text+" / "+u.text)
				} else if t.text+"s" != u.text && u.text+"s" != t.text {
					continue
				}
			case t.script == u.script && t.script == scriptHan || t.class != classCore && u.class != classCore:
				if !alikeSigns(t.text, u.text) {
					continue
				}
				x.misspelt = append(x.misspelt, t.text+" / "+u.text)
			default:
				if !soundsAlike(x.a.soundOf(i), x.b.soundOf(j)) {
					continue
				}
				x.sound = append(x.sound, t.text+" / "+u.text)
			}
			x.usedA[i], x.usedB[j] = true, true
			x.same[classCore]++
			x.cores = append(x.cores, t.text)
			break
		}
	}
	x.nearWhole()
}

// nearWhole pairs what is left of both where it is nearly the same as a whole: 阿斯麦 and ASML are not, ムラタ and 村田 are.
func (x *align) nearWhole() {
	left, right := unused(x.a, x.usedA), unused(x.b, x.usedB)
	if len(left) == 1 && len(right) == 1 && x.a.isLatinCore(left[0]) && x.b.isLatinCore(right[0]) && misspelled(x.a.of(classCore), x.b.of(classCore)) { // in a short word of a longer name
		i, j := left[0], right[0]
		x.misspelt = append(x.misspelt, x.a.tokens[i].text+" / "+x.b.tokens[j].text)
		x.usedA[i], x.usedB[j] = true, true
		x.same[classCore]++
		return
	}
	if len(left)+len(right) < 3 || len(left) == 0 || len(right) == 0 {
		return
	}
	text := func(p *parsed, at []int, sound bool) (s string) {
		for _, i := range at {
			if sound {
				s += p.soundOf(i)
			} else {
				s += p.tokens[i].text
			}
		}
		return s
	}
	a, b := text(x.a, left, false), text(x.b, right, false)
	scriptA, scriptB := x.a.tokens[left[0]].script, x.b.tokens[right[0]].script
	switch {
	case scriptA == scriptLatin && scriptB == scriptLatin:
		if !misspelled(a, b) {
			return
		}
		x.misspelt = append(x.misspelt, a+" / "+b)
	case scriptA == scriptB && scriptA != scriptLatin:
		if !alikeSigns(a, b) {
			return
		}
		x.misspelt = append(x.misspelt, a+" / "+b)
	default:
		if !soundsAlike(text(x.a, left, true), text(x.b, right, true)) {
			return
		}
		x.sound = append(x.sound, a+" / "+b)
	}
	for _, i := range left {
		x.usedA[i] = true
	}
	for _, j := range right {
		x.usedB[j] = true
	}
	x.same[classCore]++
	x.cores = append(x.cores, a)
}

func (p *parsed) isLatinCore(i int) bool {
	return p.tokens[i].class == classCore && p.tokens[i].script == scriptLatin
}

// unused are the words that are left, but for those that say nothing of which company it is.
func unused(p *parsed, used []bool) (at []int) {
	for i := range p.tokens {
		if c := p.tokens[i].class; !used[i] && (c == classCore || c == classPlace) {
			at = append(at, i)
		}
	}
	return at
}

// soundOf is how a word is read.
func (p *parsed) soundOf(i int) string {
	t := &p.tokens[i]
	if t.script == scriptLatin {
		return t.text
	}
	return romanize(t.text, p.japanese || t.script == scriptKana)
}

// shortForms finds out whether one name is made of the other: of its initials, or by leaving signs out. What it is made of
// is then no longer left over.
func (f *finding) shortForms(x *align) {
	if x.allUsed() {
		return
	}
	for _, turn := range []struct {
		short, long         *parsed
		usedShort, usedLong []bool
	}{{x.a, x.b, x.usedA, x.usedB}, {x.b, x.a, x.usedB, x.usedA}} {
		if turn.short.isAcronymOf(turn.long) {
			f.set(featAcronym, float64(min(len(turn.short.acronym()), 4)-1)/3, turn.short.acronym())
			x.take(turn.usedShort, turn.usedLong)
			return
		}
		if f.shortened(x, turn.short, turn.long, turn.usedShort, turn.usedLong) {
			return
		}
	}
}

func (x *align) allUsed() bool {
	return !slices.Contains(x.usedA, false) && !slices.Contains(x.usedB, false)
}

// take marks all words as accounted for.
func (x *align) take(lists ...[]bool) {
	for _, used := range lists {
		for i := range used {
			used[i] = true
		}
	}
	x.same[classCore]++
}

// acronym is a name that is one short word in Latin letters; empty where it is none.
func (p *parsed) acronym() string {
	text := ""
	for i := range p.tokens {
		if t := &p.tokens[i]; t.class != classGroup && t.class != classFill {
			if text != "" || t.script != scriptLatin || len(t.text) > 6 || len(t.text) < 2 {
				return ""
			}
			text = t.text
		}
	}
	return text
}

// isAcronymOf reports whether the name is made of the beginnings of the words of another: of all of them, or of those
// that say something, with or without those of its legal form.
func (p *parsed) isAcronymOf(long *parsed) bool {
	short := p.acronym()
	if short == "" || long.script != scriptLatin || len(long.tokens) < 2 {
		return false
	}
	var all, telling []string
	for i := range long.tokens {
		t := &long.tokens[i]
		if t.script != scriptLatin {
			return false
		}
		words := splitCompound(t.text)
		all = append(all, words...)
		if t.class != classFill && t.class != classGroup {
			telling = append(telling, words...)
		}
	}
	for _, words := range [][]string{all, telling} {
		if len(words) >= 2 && (madeOf(short, words) || len(long.legal) > 0 && madeOf(short, append(slices.Clip(words), long.legal[len(long.legal)-1].id))) {
			return true
		}
	}
	return false
}

// madeOf reports whether the text is made of the first letters of the words, in order, of every word at least one: of
// the first any number, of the others one, or all of a short one. BE Semiconductor Industries is besi.
func madeOf(text string, words []string) bool {
	if len(words) == 0 {
		return text == ""
	}
	w := words[0]
	if text == "" || text[0] != w[0] {
		return false
	}
	if madeOf(text[1:], words[1:]) {
		return true
	}
	n := 0
	for n < len(w) && n < len(text) && w[n] == text[n] {
		n++
	}
	return n > 1 && (n == len(w) && n <= 3 || n >= 4 && len(words) == 1) && madeOf(text[n:], words[1:])
}

// splitCompound gives the known words that a long word is made of: Halbleitertechnik; the word itself where it is no such.
func splitCompound(word string) []string {
	words := tables().words
	for n := len(word) - 4; n >= 4; n-- {
		_, first := words[word[:n]]
		_, second := words[word[n:]]
		if first && second && utf8.ValidString(word[:n]) {
			return []string{word[:n], word[n:]}
		}
	}
	return []string{word}
}

// shortened finds out whether a name in Chinese or Japanese signs is another with signs left out.
func (f *finding) shortened(x *align, short, long *parsed, usedShort, usedLong []bool) bool {
	if short.script == scriptLatin || long.script == scriptLatin || len(short.whole) >= len(long.whole) {
		return false
	}
	var signs []rune
	var owner []int
	for i := range long.tokens {
		for _, r := range long.tokens[i].text {
			signs, owner = append(signs, r), append(owner, i)
		}
	}
	used, ok := subsequence([]rune(short.whole), signs)
	if !ok || utf8.RuneCountInString(short.whole) < 2 {
		return false
	}
	partly := false
	touched := make([]int, len(long.tokens))
	for k, u := range used {
		if u {
			touched[owner[k]]++
		}
	}
	for i, n := range touched {
		if n > 0 {
			usedLong[i] = true
			partly = partly || n < utf8.RuneCountInString(long.tokens[i].text)
		}
	}
	for i := range usedShort {
		usedShort[i] = true
	}
	if partly {
		f.set(featShortened, 1, short.whole+" / "+long.whole)
	}
	for i, n := range touched {
		if n > 0 && x.same[classCore] == 0 && (partly || long.tokens[i].class == classCore) {
			x.same[classCore]++
		}
	}
	return true
}

// formal reports whether a name is written in full: with a legal form. The short names of Chinese companies end in 股份 or
// 公司 too.
func (p *parsed) formal() bool {
	return slices.ContainsFunc(p.legal, func(l legalForm) bool { return l.id != "cnshare" && l.id != "cnco" })
}

func remaining(tokens []token, used []bool) (l leftover) {
	for i := range tokens {
		if used[i] {
			continue
		}
		c := tokens[i].class
		l.count[c]++
		l.words[c] = append(l.words[c], tokens[i].text)
		l.lead = l.lead || i == 0 && c == classPlace
	}
	return l
}

// between is what both have left of a class, for people.
func between(a, b *leftover, c class) string {
	left, right := strings.Join(a.words[c], " "), strings.Join(b.words[c], " ")
	switch {
	case left == "":
		return right
	case right == "":
		return left
	}
	return min(left, right) + " / " + max(left, right)
}

// cores compares the words that tell which company it is.
func (f *finding) cores(x *align, left, right *leftover) {
	extra := between(left, right, classCore)
	hasCore := func(p *parsed) bool {
		return slices.ContainsFunc(p.tokens, func(t token) bool { return t.class == classCore })
	}
	switch {
	case x.same[classCore] == 0 && (!hasCore(x.a) || !hasCore(x.b)):
		f.set(featNoCore, 1, extra)
	case x.same[classCore] == 0:
		f.set(featCoreNone, 1, extra)
	case left.count[classCore] > 0 && right.count[classCore] > 0:
		f.set(featCoreSome, 1, extra)
	case f.value[featAcronym] > 0 || f.value[featShortened] > 0:
	case len(x.sound) > 0:
		f.set(featCoreSound, 1, strings.Join(x.sound, ", "))
	case len(x.misspelt) > 0:
		f.set(featCoreMisspelt, 1, strings.Join(x.misspelt, ", "))
	default:
		f.set(featCoreEqual, 1, strings.Join(x.cores, " "))
	}
	if left.count[classCore] == 0 || right.count[classCore] == 0 {
		if n := left.count[classCore] + right.count[classCore]; n > 0 && f.value[featNoCore] == 0 {
			f.set(featExtraCore, float64(min(n, 2)), extra)
		}
	}
}

// lines compares the other words.
func (f *finding) lines(x *align, left, right *leftover) {
	if n := x.same[classLine] + x.same[classUnit]; n > 0 {
		f.set(featLineSame, float64(min(n, 2)), fmt.Sprint(n, " in both"))
	}
	sides := func(c class, one, both feature) {
		l, r := left.count[c], right.count[c]
		switch {
		case l > 0 && r > 0:
			f.set(both, 1, between(left, right, c))
		case l+r > 0:
			f.set(one, float64(min(l+r, 2)), between(left, right, c))
		}
	}
	sides(classLine, featExtraLine, featOtherLine)
	sides(classUnit, featExtraUnit, featOtherUnit)
	sides(classPlace, featExtraPlace, featOtherPlace)
	if f.value[featExtraPlace] > 0 && (left.lead || right.lead) {
		f.set(featExtraPlace, 0, "")
		f.set(featLeadPlace, 1, between(left, right, classPlace))
	}
	if left.count[classNumber]+right.count[classNumber] > 0 {
		f.set(featNumber, 1, between(left, right, classNumber))
	}
	if left.count[classGroup]+right.count[classGroup] > 0 {
		f.set(featExtraGroup, 1, between(left, right, classGroup))
	}
	total := 0
	for c := range numClasses {
		total += left.count[c] + right.count[c]
	}
	if total == 0 && f.value[featAcronym] == 0 && f.value[featShortened] == 0 {
		f.set(featAllSame, 1, "")
	}
}

// legal compares the legal forms. Forms of one kind are the same in two scripts; 公司 and Co. are of any kind, and a
// European company (SE) is what companies of several kinds became.
func (f *finding) legal(a, b *parsed) {
	known := func(p *parsed) (kinds, names []string) {
		for _, l := range p.legal {
			if l.kind != "any" {
				kinds, names = append(kinds, l.kind), append(names, l.id)
			}
		}
		return kinds, names
	}
	kindsA, namesA := known(a)
	kindsB, namesB := known(b)
	if len(kindsA) == 0 || len(kindsB) == 0 {
		return
	}
	meet := func(a, b []string) bool {
		return slices.ContainsFunc(a, func(k string) bool { return slices.Contains(b, k) })
	}
	left, right := strings.Join(namesA, " "), strings.Join(namesB, " ")
	both := min(left, right) + " / " + max(left, right)
	switch {
	case meet(namesA, namesB):
		f.set(featLegalSame, 1, left)
	case a.script != b.script && slices.ContainsFunc(append(namesA, namesB...), func(n string) bool { return n == "ltd" || n == "inc" }): // how any form is translated
	case !meet(kindsA, kindsB):
		f.set(featLegalOther, 1, both)
	case a.script != b.script:
		f.set(featLegalSame, 1, both)
	case !slices.Contains(namesA, "se") && !slices.Contains(namesB, "se"):
		f.set(featLegalForeign, 1, both)
	}
}

// countries compares what is said of where the two are, and where the places in their names lie.
func (f *finding) countries(a, b *Entity, x, y *parsed) {
	if len(a.Countries) > 0 && len(b.Countries) > 0 {
		if slices.ContainsFunc(a.Countries, func(c string) bool { return slices.Contains(b.Countries, c) }) {
			f.set(featCountrySame, 1, strings.Join(common(a.Countries, b.Countries), ", "))
		} else {
			left, right := strings.Join(sorted(a.Countries), ", "), strings.Join(sorted(b.Countries), ", ")
			f.set(featCountryOther, 1, min(left, right)+" / "+max(left, right))
		}
	}
	elsewhere := func(p *parsed, other *Entity, own *parsed) string {
		for i := range p.tokens {
			c := country(p.tokens[i].concept)
			if p.tokens[i].class == classPlace && len(c) == 2 && c != "EU" && c != "AS" && c != "LA" && len(other.Countries) > 0 && !slices.Contains(other.Countries, c) {
				if !slices.ContainsFunc(own.tokens, func(t token) bool { return t.concept == p.tokens[i].concept }) {
					return p.tokens[i].text
				}
			}
		}
		return ""
	}
	if e := max(elsewhere(x, b, y), elsewhere(y, a, x)); e != "" {
		f.set(featPlaceCountry, 1, e)
	}
}

func sorted(list []string) []string { return slices.Sorted(slices.Values(list)) }

func common(a, b []string) (out []string) {
	for _, x := range sorted(a) {
		if slices.Contains(b, x) {
			out = append(out, x)
		}
	}
	return out
}
