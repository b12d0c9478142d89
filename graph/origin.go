package graph

import "strings"

// originOf is what makes a claim of a relation independent of the others: the company whose word it is, where that is
// one of the relation's two, in whatever document; else the origin of its source, or the source itself, or the dataset
// where it cites none.
func (v *View) originOf(r Rel, t *claimColumns, i uint32) string {
	if end := v.wordOf(r, t, i); end != "" {
		return end
	}
	who := t.provenanceAt(i)
	if who.Source == "" {
		return "dataset " + who.Dataset
	}
	if n, ok := v.Find(KindSource, who.Source); ok {
		if origin := v.NodeText(KindSource, n, FieldOrigin); origin != "" {
			return "origin " + origin
		}
	}
	return "source " + who.Source
}

var basisCompany = enumIndex(Bases, "company")

// wordOf is the end of a relation whose own word a claim is: "from" or "to", or empty. Only what a company says or
// files is. Who speaks stands in asserted_by, or else is the publisher of the source.
func (v *View) wordOf(r Rel, t *claimColumns, i uint32) string {
	if t.termsAt(i).Basis < basisCompany {
		return ""
	}
	speaker := v.speakerOf(t.provenanceAt(i))
	if speaker == "" {
		return ""
	}
	from, to, _ := v.Ends(r)
	fromKind, toKind := v.KindOf(r).Ends()
	a, b := v.namedFirst(speaker, fromKind, from), v.namedFirst(speaker, toKind, to)
	switch {
	case a == 0 && b == 0:
		return ""
	case a >= b:
		return "from"
	}
	return "to"
}

// speakerOf is who says something, normalized.
func (v *View) speakerOf(who *provenance) string {
	if who.AssertedBy != "" {
		return NormalizeName(who.AssertedBy)
	}
	if n, ok := v.Find(KindSource, who.Source); ok && who.Source != "" {
		return NormalizeName(v.NodeText(KindSource, n, FieldPublisher))
	}
	return ""
}

// namedFirst is how long the name of a company is that a normalized text begins with ("tsmc form 20 f"): the longest of
// its names and its id; 0 where it begins with none.
func (v *View) namedFirst(text string, k Kind, n Node) (longest int) {
	if k != KindCompany {
		return 0
	}
	try := func(name string) {
		name = NormalizeName(name)
		if rest, ok := strings.CutPrefix(text, name); ok && (rest == "" || rest[0] == ' ') {
			longest = max(longest, len(name))
		}
	}
	try(v.ID(k, n))
	for _, s := range v.table(k).statements(n) {
		try(s.text(FieldName))
		for _, alias := range SplitList(s.text(FieldAliases)) {
			try(alias)
		}
	}
	return longest
}
