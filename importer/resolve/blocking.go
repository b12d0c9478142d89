package resolve

// The classes of keys, so that a word and an identifier of the same letters do not meet.
const (
	keyIdentifier = iota
	keyName       // a whole name, and what it is without its legal form
	keyWord       // a word, or two written as one
	keyPair       // two words side by side
	keySound      // how a word is read, without its vowels
	keyEdge       // the beginning or the end of a word
	keyInitials   // the first letters of all words
	keySigns      // two Chinese or Japanese signs that follow one another, not far apart
)

// blockingKeys calls exact with the keys that nearly decide by themselves, the identifiers and whole names, and part
// with those of parts of names. Two entities are compared only where they share a key that is not of too many.
func blockingKeys(e *prepared, exact, part func(uint32)) {
	for _, id := range e.Identifiers {
		exact(hash(keyIdentifier, id.String()))
	}
	for _, p := range e.names {
		exact(hash(keyName, p.form))
		p.keys(exact, part)
	}
}

// keys gives the keys of a name.
func (p *parsed) keys(exact, part func(uint32)) {
	before := -1
	var initials, telling []byte
	for i := range p.tokens {
		t := &p.tokens[i]
		if t.script == scriptLatin {
			initials = append(initials, t.text[0])
		}
		if t.class == classFill {
			continue
		}
		if t.script == scriptLatin && t.class != classGroup {
			telling = append(telling, t.text[0])
		}
		part(hash(keyWord, t.blockingText()))
		if before >= 0 {
			last := &p.tokens[before]
			part(hash(keyPair, last.blockingText()+" "+t.blockingText()))
			if last.script == scriptLatin && t.script == scriptLatin {
				part(hash(keyWord, last.key+t.key))
			}
		}
		before = i
		if t.class == classCore || t.class == classPlace && len(p.tokens) == 1 {
			p.coreKeys(i, part)
		}
	}
	if core := p.of(classCore); core != "" {
		exact(hash(keyName, "core "+core))
	}
	p.initialKeys(initials, telling, part)
	if p.script != scriptLatin {
		signKeys(p.whole, part)
	}
}

// blockingText is what a word has in common with what means the same.
func (t *token) blockingText() string {
	if t.concept != "" {
		return "=" + t.concept
	}
	return t.key
}

// edge is how many letters of a word are an edge of it.
const edge = 5

// coreKeys gives the keys of a word that tells companies apart: for slips, its edges; for other scripts, how it is read.
func (p *parsed) coreKeys(i int, part func(uint32)) {
	t := &p.tokens[i]
	if t.script == scriptLatin && len(t.key) > edge {
		part(hash(keyEdge, "^"+t.key[:edge]))
		part(hash(keyEdge, t.key[len(t.key)-edge:]+"$"))
	}
	sound := soundFold.Replace(p.soundOf(i))
	if len(sound) < 2 {
		return
	}
	part(hash(keySound, sound))
	if s := skeleton(sound); s != sound {
		part(hash(keySound, s))
	}
}

// initialKeys gives the initials of a name of several words, and a short word as initials.
func (p *parsed) initialKeys(initials, telling []byte, part func(uint32)) {
	if short := p.acronym(); short != "" {
		part(hash(keyInitials, short))
	}
	for _, letters := range []string{string(initials), string(telling)} {
		if len(letters) < 2 || len(letters) > 7 {
			continue
		}
		part(hash(keyInitials, letters))
		if len(p.legal) > 0 {
			form := p.legal[len(p.legal)-1].id
			part(hash(keyInitials, letters+form[:1]))
		}
	}
}

// Signs that stand within a short form of a name are not far from its beginning, and not far apart.
const (
	mostSigns = 8
	signsGap  = 3
)

// signKeys gives pairs of signs: short names in Chinese and Japanese leave signs out.
func signKeys(whole string, part func(uint32)) {
	var at [mostSigns + 1]int // where signs begin
	n := 0
	for i := range whole {
		at[n] = i
		if n++; n > mostSigns {
			break
		}
	}
	if n <= mostSigns {
		at[n] = len(whole)
	} else {
		n = mostSigns
	}
	for i := range n {
		for j := i + 1; j < n && j <= i+signsGap; j++ {
			part(hash(keySigns, whole[at[i]:at[i+1]]+whole[at[j]:at[j+1]]))
		}
	}
}
