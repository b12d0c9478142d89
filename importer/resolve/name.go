package resolve

import (
	"slices"
	"strings"
	"unicode"
)

// token is a word of a name.
type token struct {
	text    string
	key     string // text without what is spelled one way or the other: ae for ä
	class   class
	concept string // empty where no table knows the word
	script  script
}

// parsed is a name taken apart.
type parsed struct {
	raw      string
	form     string // see foldName
	tokens   []token
	legal    []legalForm
	whole    string // all that is no legal form, without spaces
	script   script // of most of it
	japanese bool
}

// digraphs are written for letters that keyboards lack.
var digraphs = strings.NewReplacer("ae", "a", "oe", "o", "ue", "u")

// parseName takes a name apart. A name of which every word is a legal form keeps them as words.
func parseName(name string) *parsed {
	p := &parsed{raw: name}
	form := foldName(name)
	p.form = form
	p.japanese = strings.ContainsFunc(form, func(r rune) bool { return scriptOf(r) == scriptKana })
	p.parse(form)
	if len(p.tokens) == 0 {
		for _, w := range strings.Fields(form) {
			p.tokens = append(p.tokens, token{text: w, script: scriptOf([]rune(w)[0])})
		}
		p.legal = nil
	}
	counts := [scriptHangul + 1]int{}
	var whole strings.Builder
	for i := range p.tokens {
		t := &p.tokens[i]
		t.key = t.text
		if t.script == scriptLatin {
			t.key = digraphs.Replace(t.text)
		}
		whole.WriteString(t.text)
		if t.class != classFill {
			counts[t.script] += len(t.text)
		}
	}
	p.whole = whole.String()
	for s := range counts {
		if counts[s] > counts[p.script] {
			p.script = script(s)
		}
	}
	if slices.ContainsFunc(p.legal, func(l legalForm) bool { return l.id == "kk" || l.id == "yk" }) {
		p.japanese = true
	}
	return p
}

// parse cuts the form into stretches of Latin words and of other scripts.
func (p *parsed) parse(form string) {
	var latin []string
	flush := func() {
		p.latin(latin)
		latin = latin[:0]
	}
	for word := range strings.FieldsSeq(form) {
		for word != "" {
			n := strings.IndexFunc(word, func(r rune) bool { return scriptOf(r) != scriptLatin })
			switch {
			case n < 0:
				latin = append(latin, word)
				word = ""
			case n > 0:
				latin = append(latin, word[:n])
				word = word[n:]
			default:
				flush()
				if n = strings.IndexFunc(word, func(r rune) bool { return scriptOf(r) == scriptLatin }); n < 0 {
					n = len(word)
				}
				p.ideographs(word[:n])
				word = word[n:]
			}
		}
	}
	flush()
}

// startsLegal are legal forms that also stand before the name.
var startsLegal = []string{"ab", "co", "pt", "plc", "kk", "llc", "oy", "kg", "gmbh", "sa"}

// sureLegal reports whether a form is one wherever it stands, not only at the end.
func sureLegal(form string, l legalForm) bool {
	return strings.Contains(form, " ") && l.id != "co" || len(form) >= 3 && l.kind != "any" && form != "spa" && form != "corp" && form != "sas" && form != "ead" && form != "sab" && form != "sau" && form != "sia" && form != "sci"
}

// latin takes apart words with spaces between them: legal forms at the end, at the start and, where they are
// unmistakable, in between; what is left by the tables.
func (p *parsed) latin(words []string) {
	x := tables()
	end := len(words)
	for end > 0 {
		n, l := x.legalEnding(words[:end])
		if n == 0 || n == len(words) && len(p.tokens) == 0 {
			break
		}
		p.legal = append(p.legal, l)
		end -= n
	}
	words = words[:end]
	for len(words) > 1 {
		n, l := x.legalAt(words)
		if n == 0 || n == len(words) || !slices.Contains(startsLegal, l.id) {
			break
		}
		p.legal = append(p.legal, l)
		words = words[n:]
	}
	for len(words) > 0 {
		if n, l := x.legalAt(words); n > 0 && sureLegal(strings.Join(words[:n], " "), l) && n < len(words) {
			p.legal = append(p.legal, l)
			words = words[n:]
			continue
		}
		n := x.wordAt(words)
		text := strings.Join(words[:max(n, 1)], "")
		t := token{text: text}
		switch e, known := x.words[strings.Join(words[:max(n, 1)], " ")]; {
		case n > 0 && known:
			t.class, t.concept = e.class, e.concept
		case isNumber(text):
			t.class = classNumber
		case len(text) >= 9 && len(splitCompound(text)) > 1:
			t.class = classLine // Filtersysteme
		}
		p.tokens = append(p.tokens, t)
		words = words[max(n, 1):]
	}
}

func isNumber(text string) bool {
	return !strings.ContainsFunc(text, func(r rune) bool { return !unicode.IsDigit(r) }) || text == "ii" || text == "iii" || text == "iv"
}

func (x *lexicon) legalEnding(words []string) (n int, l legalForm) {
	for n := min(x.longest, len(words)); n > 0; n-- {
		if l, ok := x.legal[strings.Join(words[len(words)-n:], " ")]; ok {
			return n, l
		}
	}
	return 0, l
}

func (x *lexicon) legalAt(words []string) (n int, l legalForm) {
	for n := min(x.longest, len(words)); n > 0; n-- {
		if l, ok := x.legal[strings.Join(words[:n], " ")]; ok {
			return n, l
		}
	}
	return 0, l
}

func (x *lexicon) wordAt(words []string) int {
	for n := min(4, len(words)); n > 0; n-- {
		if _, ok := x.words[strings.Join(words[:n], " ")]; ok {
			return n
		}
	}
	return 0
}

// ideographs takes apart a stretch without spaces. Kana words are cut from the end, as what they are stands last;
// Chinese characters from the start, by the longest word that the tables know. What no table knows is the name.
func (p *parsed) ideographs(text string) {
	x := tables()
	runes := []rune(text)
	core := 0 // where what is not known begins
	flush := func(to int) {
		if to > core {
			p.unknown(runes[core:to])
		}
	}
	for at := 0; at < len(runes); {
		n, e, l := x.hanAt(runes, at)
		if n == 0 {
			at++
			continue
		}
		flush(at)
		switch {
		case l.id != "":
			p.legal = append(p.legal, l)
		default:
			t := token{text: string(runes[at : at+n]), class: e.class, concept: e.concept, script: scriptOf(runes[at])}
			p.tokens = append(p.tokens, t)
			if e.class == classPlace && at+n < len(runes) && strings.ContainsRune("省市区县", runes[at+n]) {
				n++
			}
		}
		at += n
		core = at
	}
	flush(len(runes))
}

// hanAt is the longest entry at that place; one character alone is none, but 株.
func (x *lexicon) hanAt(runes []rune, at int) (n int, e entry, l legalForm) {
	for n := min(x.longestHan, len(runes)-at); n > 0; n-- {
		text := string(runes[at : at+n])
		if l, ok := x.legal[text]; ok && (n > 1 || len(runes) == 1) {
			return n, e, l
		}
		e, ok := x.words[text]
		if !ok || n == 1 {
			continue
		}
		if scriptOf(runes[at]) == scriptKana && !kanaWordEnds(runes, at, n) {
			continue
		}
		return n, e, l
	}
	return 0, e, l
}

// kanaWordEnds reports whether a stretch of kana ends there, or begins there with what follows being a known word:
// オート is a word in ホンダオート, but not in オートバックス.
func kanaWordEnds(runes []rune, at, n int) bool {
	end := at + n
	if end == len(runes) || scriptOf(runes[end]) != scriptKana {
		return true
	}
	rest := end
	for rest < len(runes) && scriptOf(runes[rest]) == scriptKana {
		rest++
	}
	_, known := tables().words[string(runes[end:rest])]
	return known
}

// unknown takes a stretch that no table knows: a number, or part of the name.
func (p *parsed) unknown(runes []rune) {
	t := token{text: string(runes), script: scriptOf(runes[0])}
	if strings.HasPrefix(t.text, "第") && strings.Trim(t.text, "第一二三四五六七八九十百零〇") == "" {
		t.class = classNumber
	}
	for _, r := range runes {
		if scriptOf(r) == scriptHan {
			t.script = scriptHan
		}
	}
	p.tokens = append(p.tokens, t)
}

// of are the keys of the tokens of a class, joined.
func (p *parsed) of(c class) string {
	var b strings.Builder
	for i := range p.tokens {
		if p.tokens[i].class == c {
			b.WriteString(p.tokens[i].key)
		}
	}
	return b.String()
}
