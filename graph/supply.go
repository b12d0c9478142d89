package graph

import "slices"

// Supply is what a supplies relation says of the flow, folded: the same as [View.FoldRelation] says, at less cost, for
// questions that read every relation of a network.
type Supply struct {
	Share, RevenueShare, CostShare, Value, LeadTime, Inventory OptionalNumber

	AtLeast      OptionalNumber // the part of an unstated Share that is known: see [View.FoldPart]
	Currency     string         // of Value
	Origin       string         // ISO 3166-1; empty when not stated
	Essential    Tri
	UsedIn       []string // as written, each once, over all claims that count, in the order of rank
	Uses         []Use    // by the member that buys, where the buyer stands for a group
	ListComplete bool     // a dated, sourced claim says that the list of suppliers is complete: see [View.ListComplete]
}

// Use is what a member of a group uses an input in.
type Use struct {
	Member string   // its id
	UsedIn []string // as written; nothing where nobody states it: then in all that it makes (see [View.Makers])
}

// OptionalNumber is a folded number that may be unstated.
type OptionalNumber struct {
	Number
	Stated bool
}

// supplyFields are the numbers of a Supply.
var supplyFields = [...]FieldID{FieldShareOfInput, FieldRevenueShare, FieldCostShare, FieldValue, FieldLeadTimeDays, FieldInventoryDays}

func (s *Supply) number(id FieldID) *OptionalNumber {
	switch id {
	case FieldShareOfInput:
		return &s.Share
	case FieldRevenueShare:
		return &s.RevenueShare
	case FieldCostShare:
		return &s.CostShare
	case FieldValue:
		return &s.Value
	case FieldLeadTimeDays:
		return &s.LeadTime
	case FieldInventoryDays:
		return &s.Inventory
	}
	return nil
}

// FoldSupply folds a supplies relation. The fields of s are overwritten; the memory of UsedIn is used again.
func (v *View) FoldSupply(r Rel, f Filter, s *Supply) {
	*s = Supply{UsedIn: s.UsedIn[:0]}
	low, high := v.Claims(r)
	if m := v.madeOf(r); m != nil {
		if part, ok := m.only(); ok {
			v.supplyPart(part, m, f, s)
			return
		}
	}
	if low+1 != high || v.madeOf(r) != nil {
		v.foldSupplies(r, f, s)
		return
	}
	t, i := v.claims.part(low)
	term := t.termsAt(i)
	if term.Stance != 0 {
		return
	}
	s.Origin, s.Essential = term.OriginCountry, term.Essential
	if term.UsedIn != "" {
		s.UsedIn = append(s.UsedIn, term.UsedIn)
	}
	if term.CompleteList != Unstated {
		s.ListComplete = v.ListComplete(r, f)
	}
	period := t.provenanceAt(i).Period
	if period.after(f.AsOf) {
		return
	}
	for j := t.numberStart[i]; j < t.numberStart[i+1]; j++ {
		if n := s.number(t.numberField[j]); n != nil {
			x := t.numberValue[j]
			*n = OptionalNumber{Number{Value: x, From: low, Period: period, Least: x, Most: x}, true}
		}
	}
	if s.Value.Stated {
		s.Currency = term.Currency
	}
}

func (v *View) foldSupplies(r Rel, f Filter, s *Supply) {
	folded := v.FoldRelation(r, f)
	for _, id := range supplyFields {
		if n, ok := folded.Numbers[id]; ok {
			*s.number(id) = OptionalNumber{n, true}
		}
	}
	if s.Value.Stated {
		s.Currency = folded.Texts[FieldCurrency]
	}
	s.Origin = folded.Texts[FieldOriginCountry]
	s.Essential = triOf(folded.Texts[FieldEssential])
	s.ListComplete = v.ListComplete(r, f)
	if m := v.madeOf(r); m != nil {
		if !s.Share.Stated {
			s.AtLeast.Number, s.AtLeast.Stated = v.FoldPart(r, f, FieldShareOfInput)
		}
		v.useParts(m, f, s)
		return
	}
	var few [4]Claim
	counting := v.countingClaims(r, f, &Relation{}, few[:0])
	v.rank(counting, f.AsOf)
	for _, c := range counting {
		s.addUsedIn(v.termsOf(c).UsedIn)
	}
}

// supplyPart folds a relation that is made of a single other.
func (v *View) supplyPart(part Rel, m *made, f Filter, s *Supply) {
	v.FoldSupply(part, f, s)
	for _, field := range supplyFields {
		if m.unknown(field) {
			*s.number(field) = OptionalNumber{}
		}
	}
	s.ListComplete = s.ListComplete && !m.open
	if m.buyers != nil {
		s.Uses = []Use{{m.buyers[0], slices.Clone(s.UsedIn)}}
	}
}

// useParts takes what each part that counts is used in, and by whom. Where of one nobody states it, nobody does of the
// relation.
func (v *View) useParts(m *made, f Filter, s *Supply) {
	stated := true
	for _, p := range v.countingParts(m, f, false) {
		var part Supply
		v.FoldSupply(p.Rel, f, &part)
		stated = stated && len(part.UsedIn) > 0
		for _, use := range part.UsedIn {
			s.addUsedIn(use)
		}
		if m.buyers != nil {
			s.Uses = append(s.Uses, Use{m.buyers[slices.Index(m.parts, p.Rel)], part.UsedIn})
		}
	}
	if !stated {
		s.UsedIn = s.UsedIn[:0]
	}
}

func (s *Supply) addUsedIn(text string) {
	if text == "" {
		return
	}
	for _, have := range s.UsedIn {
		if have == text {
			return
		}
	}
	s.UsedIn = append(s.UsedIn, text)
}
