package graph

import "slices"

// foldParts folds a relation that is made of others. Those of them that are active under the filter count; where none
// is, all do, as the claims of a relation that ended do.
//
// Parts of one whole add up: the shares that several suppliers of a group have in one buyer's intake, what one
// supplier earns from several buyers of a group, money and quantities that measure alike. A sum is stated where every
// part that counts states its own. Days of lead time and of stock span those of the parts. Other things are stated
// where the parts agree.
func (v *View) foldParts(r Rel, m *made, f Filter, whole bool) Relation {
	out := Relation{Rel: r, Confirmed: NoDate}
	parts := v.countingParts(m, f, whole)
	low, high := v.Claims(r)
	out.Claims = int(high - low)
	out.Active = parts[0].Active
	basis := -1
	for i := range parts {
		p := &parts[i]
		out.Confidence = max(out.Confidence, p.Confidence)
		basis = max(basis, slices.Index(Bases, p.Basis))
		out.Cited = out.Cited || p.Cited
		out.Confirmed = max(out.Confirmed, p.Confirmed)
	}
	if basis >= 0 {
		out.Basis = Bases[basis]
	}
	counting := v.countingOf(parts, f)
	if len(counting) > 0 {
		out.Stage = Stages[v.termsOf(counting[0]).Stage]
	}
	for _, part := range m.parts {
		out.Denials += v.fold(part, f, false).Denials
	}
	if out.Active {
		out.Sources = v.originCount(parts, counting)
	}
	if whole {
		v.sumParts(&out, m, parts)
		v.agreedTexts(&out, parts, counting)
	}
	return out
}

// foldPart folds a relation that is made of a single other.
func (v *View) foldPart(r, part Rel, m *made, f Filter, whole bool) Relation {
	out := v.fold(part, f, whole)
	out.Rel = r
	for _, field := range []FieldID{FieldShareOfInput, FieldCostShare, FieldRevenueShare, FieldShare} {
		if m.unknown(field) {
			delete(out.Numbers, field)
		}
	}
	return out
}

// countingParts are the parts that count, folded.
func (v *View) countingParts(m *made, f Filter, whole bool) []Relation {
	all, active := make([]Relation, 0, len(m.parts)), make([]Relation, 0, len(m.parts))
	for _, part := range m.parts {
		folded := v.fold(part, f, whole)
		all = append(all, folded)
		if folded.Active {
			active = append(active, folded)
		}
	}
	if len(active) > 0 {
		return active
	}
	return all
}

// countingOf are the claims of parts whose numbers count, ranked; those of equal rank in the order of the parts, whose
// claims need not be numbered in it.
func (v *View) countingOf(parts []Relation, f Filter) (counting []Claim) {
	for i := range parts {
		var few [4]Claim
		own := v.countingClaims(parts[i].Rel, f, &Relation{}, few[:0])
		v.rank(own, f.AsOf)
		counting = append(counting, own...)
	}
	slices.SortStableFunc(counting, func(a, b Claim) int { return v.compareRank(a, b, f.AsOf) })
	return counting
}

// originCount is how many origins claims of parts have.
func (v *View) originCount(parts []Relation, counting []Claim) int {
	origins := map[string]bool{}
	for _, c := range counting {
		t, i := v.claims.part(c)
		origins[v.originOf(v.partOf(parts, c), t, i)] = true
	}
	return len(origins)
}

// partOf is the one of the relations that a claim is of.
func (v *View) partOf(parts []Relation, c Claim) Rel {
	return parts[slices.IndexFunc(parts, func(part Relation) bool {
		low, high := v.Claims(part.Rel)
		return low <= c && c < high
	})].Rel
}

// sumParts gives a relation the numbers that follow from its parts.
func (v *View) sumParts(out *Relation, m *made, parts []Relation) {
	out.Numbers = map[FieldID]Number{}
	put := func(field FieldID, n Number, ok bool) {
		if ok {
			out.Numbers[field] = n
		}
	}
	for _, field := range []FieldID{FieldShareOfInput, FieldCostShare, FieldRevenueShare, FieldShare, FieldMarketShare} {
		if !m.unknown(field) {
			n, ok := sumOf(parts, field)
			put(field, n, ok)
		}
	}
	for _, field := range []FieldID{FieldValue, FieldQuantity} {
		if v.measureAlike(parts, field) {
			n, ok := sumOf(parts, field)
			put(field, n, ok)
		}
	}
	for _, field := range []FieldID{FieldLeadTimeDays, FieldInventoryDays} {
		n, ok := spanOf(parts, field)
		put(field, n, ok)
	}
}

// sumOf adds a number of the parts up; ok is false where one does not state it. Its period is the oldest of theirs.
func sumOf(parts []Relation, field FieldID) (sum Number, ok bool) {
	for i := range parts {
		n, states := parts[i].Numbers[field]
		if !states {
			return Number{}, false
		}
		if i == 0 {
			sum = n
			continue
		}
		sum.Value, sum.Least, sum.Most = sum.Value+n.Value, sum.Least+n.Least, sum.Most+n.Most
		sum.Disputed = sum.Disputed || n.Disputed
		sum.Period = olderPeriod(sum.Period, n.Period)
	}
	return sum, true
}

// FoldPart is what some of the parts of a relation of a consolidated View state of a number that others of them do not: it
// is that much, and more by what the others are. ok is false where all state it or none does, and for a number that is
// not the sum of theirs.
func (v *View) FoldPart(r Rel, f Filter, field FieldID) (n Number, ok bool) {
	m := v.madeOf(r)
	if m == nil || m.unknown(field) {
		return Number{}, false
	}
	if _, one := m.only(); one {
		return Number{}, false
	}
	parts := v.countingParts(m, f, true)
	stating := slices.DeleteFunc(slices.Clone(parts), func(p Relation) bool { _, states := p.Numbers[field]; return !states })
	if len(stating) == 0 || len(stating) == len(parts) {
		return Number{}, false
	}
	return sumOf(stating, field)
}

// spanOf is the greatest of a number of the parts, with the least; ok is false where one does not state it.
func spanOf(parts []Relation, field FieldID) (span Number, ok bool) {
	for i := range parts {
		n, states := parts[i].Numbers[field]
		if !states {
			return Number{}, false
		}
		if i == 0 {
			span = n
			continue
		}
		if n.Value > span.Value {
			span.Value, span.From = n.Value, n.From
		}
		span.Least, span.Most = min(span.Least, n.Least), max(span.Most, n.Most)
		span.Disputed = span.Disputed || n.Disputed
		span.Period = olderPeriod(span.Period, n.Period)
	}
	return span, true
}

// olderPeriod is the one of two periods that ended first; none, where one of them is none.
func olderPeriod(a, b Period) Period {
	if comparePeriods(a, b, AnyDate) <= 0 {
		return a
	}
	return b
}

// measureAlike reports whether the values, or quantities, of parts are of one period, in one currency or unit.
func (v *View) measureAlike(parts []Relation, field FieldID) bool {
	first, ok := parts[0].Numbers[field]
	if !ok {
		return false
	}
	terms := v.termsOf(first.From)
	for i := range parts {
		n, ok := parts[i].Numbers[field]
		if !ok || n.Period != first.Period || !terms.measuresAlike(v.termsOf(n.From), field) {
			return false
		}
	}
	return true
}

// agreedTexts gives a relation the texts of its parts. Where a part ships from, or where something is made, holds for
// the whole only where every part says the same; what it is used in only where every part says so; whether it is
// essential where none contradicts another.
func (v *View) agreedTexts(out *Relation, parts []Relation, counting []Claim) {
	for _, c := range counting {
		foldTexts(out, v.termsOf(c))
	}
	v.measure(out, FieldValue, FieldCurrency)
	v.measure(out, FieldQuantity, FieldUnit)
	for _, field := range []FieldID{FieldOriginCountry, FieldCountry} {
		if slices.ContainsFunc(parts, func(p Relation) bool { return p.Texts[field] != parts[0].Texts[field] }) {
			delete(out.Texts, field)
		}
	}
	if slices.ContainsFunc(parts, func(p Relation) bool { return p.Texts[FieldUsedIn] == "" }) {
		delete(out.Texts, FieldUsedIn)
	}
	said := out.Texts[FieldEssential]
	if slices.ContainsFunc(parts, func(p Relation) bool { return p.Texts[FieldEssential] != "" && p.Texts[FieldEssential] != said }) {
		delete(out.Texts, FieldEssential)
	}
}

// partsActive reports whether any part is active.
func (v *View) partsActive(m *made, f Filter) bool {
	if f == v.consolidatedBy {
		return m.active
	}
	return slices.ContainsFunc(m.parts, func(r Rel) bool { return v.Active(r, f) })
}

// partsComplete is [View.ListComplete] for a relation made of parts.
func (v *View) partsComplete(m *made, f Filter) bool {
	return !m.open && slices.ContainsFunc(m.parts, func(r Rel) bool { return v.ListComplete(r, f) })
}

// Part is a relation that one of a consolidated View is made of.
type Part struct {
	Relation
	Key RelationKey
}

// Parts are the relations that a relation of a consolidated View is made of, folded under the filter, in the order of
// their keys; none for a relation that is its own.
func (v *View) Parts(r Rel, f Filter) (parts []Part) {
	m := v.madeOf(r)
	if m == nil {
		return nil
	}
	for _, part := range m.parts {
		parts = append(parts, Part{v.FoldRelation(part, f), v.RelationKey(part)})
	}
	return parts
}
