package graph

import (
	"slices"
	"strings"
)

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
	Basis     string
	Stage     string
	Denies    bool
}

// ClaimHead is a part of [View.Claim], for counting over all claims.
func (v *View) ClaimHead(c Claim) ClaimHead {
	t, i := v.claims.part(c)
	who, term := t.provenanceAt(i), t.termsAt(i)
	return ClaimHead{Dataset: who.Dataset, Source: who.Source, Period: who.Period, ValidFrom: dateAt(t.validFrom, i),
		Basis: Bases[term.Basis], Stage: Stages[term.Stage], Denies: term.Stance != 0}
}

// Validity is from when on the claim holds, and the first day on which it no longer does; NoDate where that is open.
func (v *View) Validity(c Claim) (from, to Date) {
	t, i := v.claims.part(c)
	return dateAt(t.validFrom, i), dateAt(t.validTo, i)
}

// Gist is what pictures of many relations tell of each.
type Gist struct {
	Confidence float64
	Stage      string // of the preferred claim
	Basis      string // the firmest over the claims that flow
	Denied     bool   // a claim denies it that holds on the day
	Cited      bool   // a claim that flows cites a source
	Dated      bool   // it is known when it last held
	From, To   Date   // what the claims that flow span; NoDate: open
	Shares     bool   // one of the fields asked for is stated
	Disputed   bool   // claims of one period differ on the first of them
}

// Gist is a part of what [View.FoldRelation] gives, for relations that are active under the filter. Of one that stands in
// one claim, which is nearly every one, the claim is read once.
func (v *View) Gist(r Rel, f Filter, shares []FieldID) Gist {
	low, high := v.Claims(r)
	if low+1 != high || v.madeOf(r) != nil {
		return v.gistOfMany(r, f, shares)
	}
	t, i := v.claims.part(low)
	who, term := t.provenanceAt(i), t.termsAt(i)
	g := Gist{Confidence: defaultConfidence[term.Basis], Stage: Stages[term.Stage], Basis: Bases[term.Basis], Cited: who.Source != "",
		From: dateAt(t.validFrom, i), To: dateAt(t.validTo, i)}
	for j := t.numberStart[i]; j < t.numberStart[i+1]; j++ {
		if id := t.numberField[j]; id == FieldConfidence {
			g.Confidence = t.numberValue[j]
		} else {
			g.Shares = g.Shares || slices.Contains(shares, id)
		}
	}
	g.Shares = g.Shares && !who.Period.after(f.AsOf)
	g.Dated = g.From != NoDate && g.From <= f.AsOf || v.Confirmed(low, f.AsOf) != NoDate
	return g
}

func (v *View) gistOfMany(r Rel, f Filter, shares []FieldID) Gist {
	head := v.FoldHead(r, f)
	g := Gist{Confidence: head.Confidence, Stage: head.Stage, Basis: head.Basis, Denied: head.Denials > 0, Cited: head.Cited, Dated: head.Confirmed != NoDate, From: AnyDate}
	for i, field := range shares {
		n, ok := v.FoldNumber(r, f, field)
		g.Shares = g.Shares || ok
		g.Disputed = g.Disputed || i == 0 && n.Disputed
	}
	open := false
	low, high := v.Claims(r)
	for c := low; c < high; c++ {
		if v.Flows(r, c, f) {
			from, to := v.Validity(c)
			g.From, g.To = min(g.From, from), max(g.To, to)
			open = open || to == NoDate
		}
	}
	if open {
		g.To = NoDate
	}
	return g
}

// CurrencyOf is the currency of the values that the claim states; empty when it states none.
func (v *View) CurrencyOf(c Claim) string { return v.termsOf(c).Currency }

// ClaimStates reports whether the claim states a numeric field.
func (v *View) ClaimStates(c Claim, field FieldID) bool {
	t, i := v.claims.part(c)
	_, ok := t.number(i, field)
	return ok
}
