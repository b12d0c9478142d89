package graph

import "strings"

// Brief is what lists show of a node.
type Brief struct {
	Name    string // see View.Name
	HanName string // see View.HanName
	Country string // of headquarters; empty when not stated
}

// Brief gives what lists show of a node. Where one statement describes it, which is nearly always, the statement
// is read once.
func (v *View) Brief(k Kind, n Node) Brief {
	t := v.table(k)
	changed := t.delta != nil && (t.delta.stmts[n] != nil || t.delta.members[n] != nil)
	if changed || int(n) >= t.ids.len() || t.members[n] != nil || t.stmtStart[n]+1 != t.stmtStart[n+1] {
		return Brief{Name: v.Name(k, n), HanName: v.HanName(k, n), Country: v.NodeText(k, n, FieldCountry)}
	}
	var b Brief
	aliases := ""
	s := t.baseStatement(t.stmtStart[n])
	s.each(func(id FieldID, text []byte, _ float64) bool {
		switch id {
		case FieldName:
			b.Name = string(text)
		case FieldAliases:
			aliases = string(text)
		case FieldCountry:
			b.Country = string(text)
		}
		return id < FieldCountry
	})
	name := b.Name
	if name == "" {
		b.Name = t.id(n)
		name = b.Name
	}
	for alias, rest := "", aliases; rest != ""; {
		alias, rest, _ = strings.Cut(rest, ";")
		if alias = strings.TrimSpace(alias); alias != name && IsHan(alias) {
			b.HanName = alias
			break
		}
	}
	return b
}

// ProductOf is the product of the relation; NoNode when none is stated. It is cheaper than Ends.
func (v *View) ProductOf(r Rel) Node {
	t := &v.relations
	if int(r) < len(t.to) {
		return t.baseProduct(r)
	}
	return t.delta.rels[int(r)-len(t.to)].product
}

// ConfidenceOf is the confidence of [View.FoldRelation], without the cost of folding the rest.
func (v *View) ConfidenceOf(r Rel, f Filter) (confidence float64) {
	low, high := v.Claims(r)
	for c := low; c < high; c++ {
		if t, i := v.claims.part(c); t.flows(i, f) {
			confidence = max(confidence, t.confidence(i))
		}
	}
	return confidence
}

// ClaimHead is what a claim is like, without what it is about and how much it states.
type ClaimHead struct {
	Dataset   string
	Source    string
	Period    Period
	ValidFrom Date
	ValidTo   Date // first day on which it no longer holds
	Basis     string
	Stage     string
	Denies    bool
}

// ClaimHead is a part of [View.Claim], for counting over all claims.
func (v *View) ClaimHead(c Claim) ClaimHead {
	t, i := v.claims.part(c)
	who, term := t.provenanceAt(i), t.termsAt(i)
	return ClaimHead{Dataset: who.Dataset, Source: who.Source, Period: who.Period, ValidFrom: dateAt(t.validFrom, i),
		ValidTo: dateAt(t.validTo, i), Basis: Bases[term.Basis], Stage: Stages[term.Stage], Denies: term.Stance != 0}
}

// CurrencyOf is the currency of the values that the claim states; empty when it states none.
func (v *View) CurrencyOf(c Claim) string { return v.termsOf(c).Currency }

// ClaimStates reports whether the claim states a numeric field.
func (v *View) ClaimStates(c Claim, field FieldID) bool {
	t, i := v.claims.part(c)
	_, ok := t.number(i, field)
	return ok
}
