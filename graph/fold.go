package graph

import (
	"cmp"
	"math"
	"slices"
	"strings"
	"sync"
)

// Number is a folded number: the value that counts, and what the claims it was chosen among say.
type Number struct {
	Value    float64
	From     Claim   // the claim that it is taken from
	Period   Period  // of that claim
	Disputed bool    // claims of the same period differ
	Least    float64 // least and most of the claims of that period
	Most     float64
}

// Relation is a relation folded under a filter.
type Relation struct {
	Rel
	Active     bool
	Confidence float64 // the greatest over its asserting claims that flow; 0 when none does
	Stage      string  // of the preferred claim
	Basis      string  // the firmest over its asserting claims that flow
	Numbers    map[FieldID]Number
	Texts      map[FieldID]string // currency, unit, used_in, origin_country, site, country, control, role, essential, complete_list
	Claims     int                // all claims
	Sources    int                // different sources among the claims that flow; claims of one origin count once
	Cited      bool               // a claim that flows cites a source
	Denials    int                // claims that deny it and hold on the day
	Confirmed  Date               // the newest of publication, period end and valid_from over the claims that flow
}

// FoldRelation folds the claims of a relation under a filter.
//
// Each number is taken, field by field, from the claims that flow and state it: the latest period that has
// begun by the day, then the latest valid_from, then the firmest basis, then the newest publication, then the
// first claim in key order. A period that begins after the day does not count. Claims never add up. The currency
// of a value and the unit of a quantity are those of the claim that the number is taken from. Where no claim
// flows, the numbers are those of all claims that assert, so that a relation that ended can still be read. A claim
// that who says it took back since, by one of the stage ended, does not flow.
func (v *View) FoldRelation(r Rel, f Filter) Relation { return v.fold(r, f, true) }

// FoldHead is [View.FoldRelation] without Numbers and Texts, for lists of which [View.FoldNumber] and
// [View.FoldText] give what they show.
func (v *View) FoldHead(r Rel, f Filter) Relation { return v.fold(r, f, false) }

func (v *View) fold(r Rel, f Filter, whole bool) Relation {
	if m := v.madeOf(r); m != nil {
		if part, ok := m.only(); ok {
			return v.foldPart(r, part, m, f, whole)
		}
		return v.foldParts(r, m, f, whole)
	}
	out := Relation{Rel: r, Confirmed: NoDate}
	low, high := v.Claims(r)
	out.Claims = int(high - low)
	var few [4]Claim
	counting := v.countingClaims(r, f, &out, few[:0])
	v.rank(counting, f.AsOf)
	var origins map[string]bool // where there may be several
	if len(counting) > 1 {
		origins = map[string]bool{}
	}
	basis := -1
	for i, c := range counting {
		t, at := v.claims.part(c)
		who, term := t.provenanceAt(at), t.termsAt(at)
		if i == 0 {
			out.Stage = Stages[term.Stage]
		}
		if whole {
			v.foldNumbers(&out, counting, i, f.AsOf)
			foldTexts(&out, term)
		}
		if !out.Active {
			continue
		}
		out.Confidence = max(out.Confidence, t.confidence(at))
		basis = max(basis, int(term.Basis))
		out.Cited = out.Cited || who.Source != ""
		out.Sources = 1
		if origins != nil {
			origins[v.originOf(r, t, at)] = true
			out.Sources = len(origins)
		}
		out.Confirmed = max(out.Confirmed, v.Confirmed(c, f.AsOf))
	}
	if basis >= 0 {
		out.Basis = Bases[basis]
	}
	v.measure(&out, FieldValue, FieldCurrency)
	v.measure(&out, FieldQuantity, FieldUnit)
	if out.Active && out.Confidence < f.MinConfidence {
		out.Active = false
	}
	return out
}

// FoldNumber is one number of [View.FoldRelation], without the cost of folding the rest; ok is false where no
// claim that counts states it.
func (v *View) FoldNumber(r Rel, f Filter, field FieldID) (n Number, ok bool) {
	if m := v.madeOf(r); m != nil {
		if part, ok := m.only(); ok && !m.unknown(field) {
			return v.FoldNumber(part, f, field)
		}
		n, ok = v.FoldRelation(r, f).Numbers[field]
		return n, ok
	}
	low, high := v.Claims(r)
	if low+1 != high {
		n, ok = v.FoldRelation(r, f).Numbers[field]
		return n, ok
	}
	t, i := v.claims.part(low)
	if period := t.provenanceAt(i).Period; t.termsAt(i).Stance == 0 && field != FieldConfidence && !period.after(f.AsOf) {
		n.Value, ok = t.number(i, field)
		n.From, n.Period, n.Least, n.Most = low, period, n.Value, n.Value
	}
	if !ok {
		return Number{}, false
	}
	return n, true
}

// FoldText is one text of [View.FoldRelation], without the cost of folding the rest; empty where none is stated.
func (v *View) FoldText(r Rel, f Filter, field FieldID) string {
	if m := v.madeOf(r); m != nil {
		if part, ok := m.only(); ok {
			return v.FoldText(part, f, field)
		}
		return v.FoldRelation(r, f).Texts[field]
	}
	if low, high := v.Claims(r); low+1 == high {
		t, i := v.claims.part(low)
		term := t.termsAt(i)
		if term.Stance != 0 {
			return ""
		}
		switch field {
		case FieldOriginCountry:
			return term.OriginCountry
		case FieldUsedIn:
			return term.UsedIn
		case FieldSite:
			return term.Site
		}
	}
	return v.FoldRelation(r, f).Texts[field]
}

// ListComplete reports whether a claim of the relation that flows, cites a source and has a date says that the
// suppliers documented of this buyer's intake of the product are all there are. Of several that say so or deny it,
// the one whose numbers would count speaks.
func (v *View) ListComplete(r Rel, f Filter) bool {
	if m := v.madeOf(r); m != nil {
		return v.partsComplete(m, f)
	}
	low, high := v.Claims(r)
	var few [4]Claim
	saying := few[:0]
	t, first := v.claims.part(low)
	end := first + uint32(high-low)
	endings := t.endings(first, end, f.AsOf)
	for c := low; c < high; c++ {
		i := first + uint32(c-low)
		who, term := t.provenanceAt(i), t.termsAt(i)
		dated := who.Period != "" && !who.Period.after(f.AsOf) || dateAt(t.validFrom, i) != NoDate
		if term.CompleteList != Unstated && who.Source != "" && dated && t.flows(i, f) && !t.ended(i, endings) {
			saying = append(saying, c)
		}
	}
	v.rank(saying, f.AsOf)
	return len(saying) > 0 && v.termsOf(saying[0]).CompleteList == True
}

// countingClaims appends to list the claims that flow; where none does, those that assert.
func (v *View) countingClaims(r Rel, f Filter, out *Relation, list []Claim) []Claim {
	low, high := v.Claims(r)
	t, first := v.claims.part(low)
	endings := t.endings(first, first+uint32(high-low), f.AsOf)
	for c := low; c < high; c++ {
		i := first + uint32(c-low)
		if t.termsAt(i).Stance != 0 {
			if t.holds(i, f.AsOf) {
				out.Denials++
			}
			continue
		}
		flows := t.flows(i, f) && !t.ended(i, endings)
		if flows && !out.Active { // those before only assert
			out.Active, list = true, list[:0]
		}
		if flows == out.Active {
			list = append(list, c)
		}
	}
	return list
}

// rank sorts claims by how much their numbers count: see FoldRelation.
func (v *View) rank(claims []Claim, day Date) {
	if len(claims) < 2 {
		return
	}
	slices.SortStableFunc(claims, func(a, b Claim) int { return cmp.Or(v.compareRank(a, b, day), int(a-b)) })
}

// compareRank orders claims by how much their numbers count; 0 where nothing but the order of keys tells.
func (v *View) compareRank(a, b Claim, day Date) int {
	whoA, whoB := v.provenanceOf(a), v.provenanceOf(b)
	if c := comparePeriods(whoB.Period, whoA.Period, day); c != 0 {
		return c
	}
	if fa, fb := v.validFrom(a), v.validFrom(b); fa != fb {
		return sign(fb > fa)
	}
	if ba, bb := v.termsOf(a).Basis, v.termsOf(b).Basis; ba != bb {
		return sign(bb > ba)
	}
	if pa, pb := v.published(whoA.Source), v.published(whoB.Source); pa != pb {
		return sign(pb > pa)
	}
	return 0
}

func (v *View) termsOf(c Claim) *terms {
	t, i := v.claims.part(c)
	return t.termsAt(i)
}

func (v *View) provenanceOf(c Claim) *provenance {
	t, i := v.claims.part(c)
	return t.provenanceAt(i)
}

func (v *View) validFrom(c Claim) Date {
	t, i := v.claims.part(c)
	return dateAt(t.validFrom, i)
}

// sign is 1 or -1.
func sign(positive bool) int {
	if positive {
		return 1
	}
	return -1
}

// comparePeriods orders periods for a day: those that have not begun first, then none, then by end and start.
func comparePeriods(a, b Period, day Date) int {
	if a == b {
		return 0
	}
	ra, rb := periodRank(a, day), periodRank(b, day)
	if ra != rb {
		return sign(ra > rb)
	}
	if a.End() != b.End() {
		return sign(a.End() > b.End())
	}
	if a.Start() != b.Start() {
		return sign(a.Start() > b.Start())
	}
	return strings.Compare(string(a), string(b))
}

func periodRank(p Period, day Date) int {
	switch {
	case p == "":
		return 1
	case p.after(day):
		return 0
	}
	return 2
}

// after reports whether the period begins after the day.
func (p Period) after(day Date) bool { return p != "" && day != AnyDate && p.Start() > day }

// foldNumbers takes the numbers of claim i of those that count, in the order of rank: those not yet taken from a
// claim that counts more. Of numbers that were, a different value of the same period and measure makes them
// disputed, unless it is an older version of a claim that has been heard.
func (v *View) foldNumbers(out *Relation, counting []Claim, i int, day Date) {
	t, at := v.claims.part(counting[i])
	who, term := t.provenanceAt(at), t.termsAt(at)
	if who.Period.after(day) {
		return
	}
	for j := t.numberStart[at]; j < t.numberStart[at+1]; j++ {
		id, value := t.numberField[j], t.numberValue[j]
		if id == FieldConfidence {
			continue
		}
		have, ok := out.Numbers[id]
		switch {
		case !ok:
			if out.Numbers == nil {
				out.Numbers = map[FieldID]Number{}
			}
			out.Numbers[id] = Number{Value: value, From: counting[i], Period: who.Period, Least: value, Most: value}
		case have.Period == who.Period && have.Value != value && term.measuresAlike(v.termsOf(have.From), id) && !v.heard(counting[:i], who, id):
			have.Disputed = true
			have.Least, have.Most = min(have.Least, value), max(have.Most, value)
			out.Numbers[id] = have
		}
	}
}

// measuresAlike reports whether numbers of two claims can be compared.
func (t *terms) measuresAlike(o *terms, id FieldID) bool {
	switch id {
	case FieldValue:
		return t.Currency == o.Currency
	case FieldQuantity:
		return t.Unit == o.Unit
	}
	return true
}

// heard reports whether one of the claims is of the same dataset, source, asserter and period, and states the
// number: a later version of the same claim.
func (v *View) heard(claims []Claim, who *provenance, id FieldID) bool {
	return slices.ContainsFunc(claims, func(c Claim) bool {
		t, i := v.claims.part(c)
		_, states := t.number(i, id)
		return states && *t.provenanceAt(i) == *who
	})
}

// measure lets the currency or unit be that of the claim which the number is taken from.
func (v *View) measure(out *Relation, number, measure FieldID) {
	n, ok := out.Numbers[number]
	if !ok {
		return
	}
	text := v.termsOf(n.From).Currency
	if measure == FieldUnit {
		text = v.termsOf(n.From).Unit
	}
	if text == "" {
		delete(out.Texts, measure)
	} else {
		out.Texts[measure] = text
	}
}

func foldTexts(out *Relation, term *terms) {
	set := func(id FieldID, text string) {
		if text == "" || out.Texts[id] != "" {
			return
		}
		if out.Texts == nil {
			out.Texts = map[FieldID]string{}
		}
		out.Texts[id] = text
	}
	set(FieldCurrency, term.Currency)
	set(FieldUnit, term.Unit)
	set(FieldUsedIn, term.UsedIn)
	set(FieldOriginCountry, term.OriginCountry)
	set(FieldCountry, term.Country)
	addSites(out, term.Site)
	set(FieldControl, term.Control)
	set(FieldRole, term.Role)
	set(FieldProgramme, term.Programme)
	set(FieldEssential, term.Essential.String())
	set(FieldCompleteList, term.CompleteList.String())
}

// addSites adds sites to those that a relation comes from.
func addSites(out *Relation, sites string) {
	switch have := out.Texts[FieldSite]; {
	case sites == "" || sites == have:
	case have != "":
		out.Texts[FieldSite] = strings.Join(SplitList(have+";"+sites), ";")
	default:
		if out.Texts == nil {
			out.Texts = map[FieldID]string{}
		}
		out.Texts[FieldSite] = sites
	}
}

func (v *View) published(source string) Date {
	if source == "" {
		return NoDate
	}
	if t := &v.sources; t.delta == nil || len(t.delta.ids) == 0 && len(t.delta.stmts) == 0 {
		return t.dates.of(t, source)
	}
	n, ok := v.Find(KindSource, source)
	if !ok {
		return NoDate
	}
	d, _ := ParseDate(v.NodeText(KindSource, n, FieldPublished))
	return d
}

// sourceDates are the days of publication of the sources of a base, read once: lists ask for them row by row.
type sourceDates struct {
	once sync.Once
	byID map[string]Date
}

func (s *sourceDates) of(t *nodeTable, source string) Date {
	s.once.Do(func() {
		s.byID = make(map[string]Date, t.ids.len())
		for n := range Node(t.ids.len()) {
			if d, err := ParseDate(t.text(n, FieldPublished)); err == nil && d != NoDate {
				s.byID[t.ids.at(int(n))] = d
			}
		}
	})
	return s.byID[source] // NoDate where it has none
}

// Confirmed is the last day up to day for which the claim vouches, as far as it tells: publication, valid_from, or
// the last day of a period that is over.
func (v *View) Confirmed(c Claim, day Date) Date {
	who := v.provenanceOf(c)
	latest := NoDate
	for _, d := range []Date{v.published(who.Source), v.validFrom(c), who.Period.End() - 1} {
		if d > latest && d <= day {
			latest = d
		}
	}
	return latest
}

// NodeFacts is a node folded over all that is said of it.
type NodeFacts struct {
	Node
	ID          string
	Name        string   // the id where no statement gives one
	Aliases     []string // every other name stated, sorted
	Identifiers []string // scheme:value, sorted
	Texts       map[FieldID]string
	Amounts     []Amount   // revenue and cost by period, in order
	Parts       []NodePart // the part of the five greatest customers, by period, in order
	Datasets    []string   // that speak of it, sorted
	Described   bool       // some statement does
}

// NodePart is a part of a whole that is stated of a company for a period.
type NodePart struct {
	Field  FieldID // FieldTopFiveCustomersShare
	Period Period
	Value  float64
}

// Amount is a sum of money that is stated of a company for a period.
type Amount struct {
	Field    FieldID // FieldRevenue or FieldCost
	Period   Period
	Value    float64
	Currency string
}

// NodeFacts folds what is said of a node. A text is taken from the statement with the latest period, then the
// latest valid_from, then from those about the node's own id, then the first in key order; names, aliases and identifiers are united. A record that a
// person merged into the node lends it its id as a name.
func (v *View) NodeFacts(k Kind, n Node) NodeFacts {
	t := v.table(k)
	out := NodeFacts{Node: n, ID: t.id(n), Texts: map[FieldID]string{}}
	names := map[string]bool{}
	ids := map[string]bool{}
	datasets := map[string]bool{}
	for _, stored := range t.statements(n) {
		out.Described = true
		datasets[stored.Dataset] = true
		s := stored.statement(k, out.ID)
		out.take(&s, names)
		for identifier := range Identifiers(&s) {
			ids[identifier] = true
		}
	}
	if out.Name == "" {
		out.Name = out.ID
	}
	for _, record := range t.membersOf(n) {
		if record != n && t.ruleOf(record) == "decision" {
			names[t.id(record)] = true
		}
	}
	delete(names, out.Name)
	out.Aliases, out.Identifiers, out.Datasets = sortedKeys(names), sortedKeys(ids), sortedKeys(datasets)
	return out
}

func (out *NodeFacts) take(s *Statement, names map[string]bool) {
	for _, f := range s.Fields {
		switch f.ID {
		case FieldName:
			if out.Name == "" {
				out.Name = f.Text
			}
			names[f.Text] = true
		case FieldAliases:
			for _, alias := range SplitList(f.Text) {
				names[alias] = true
			}
		case FieldRevenue, FieldCost:
			out.Amounts = append(out.Amounts, Amount{Field: f.ID, Period: s.Period, Value: f.Number, Currency: s.Text(FieldCurrency)})
		case FieldTopFiveCustomersShare:
			out.Parts = append(out.Parts, NodePart{f.ID, s.Period, f.Number})
		case FieldLEI, FieldISIN, FieldTicker, FieldPermID, FieldOpenCorporates, FieldOSH, FieldCurrency:
		default:
			if out.Texts[f.ID] == "" {
				out.Texts[f.ID] = f.Text
			}
		}
	}
}

// NodeParts are the parts of a whole that are stated of a node, the latest period first, without the cost of folding all.
func (v *View) NodeParts(k Kind, n Node, field FieldID) (parts []NodePart) {
	v.table(k).numbers(n, field, func(p Period, value float64) { parts = append(parts, NodePart{field, p, value}) })
	return parts
}

// NodeText is one folded text of a node, without the cost of folding all; empty when not stated.
func (v *View) NodeText(k Kind, n Node, field FieldID) string { return v.table(k).text(n, field) }

// Name is the folded name of a node; its id where no statement gives one.
func (v *View) Name(k Kind, n Node) string {
	if name := v.NodeText(k, n, FieldName); name != "" {
		return name
	}
	return v.ID(k, n)
}

// HanName is the first name or alias of a node in Chinese characters other than its name; empty when none is.
func (v *View) HanName(k Kind, n Node) string {
	name := v.Name(k, n)
	for _, s := range v.table(k).statements(n) {
		if other := s.text(FieldName); other != name && IsHan(other) {
			return other
		}
		for _, alias := range SplitList(s.text(FieldAliases)) {
			if alias != name && IsHan(alias) {
				return alias
			}
		}
	}
	return ""
}

// CombinedConfidence is how sure independent origins make a relation together: 1 minus the product of their
// doubts, at most 0.99. Claims of one origin count once, with the greatest confidence.
func (v *View) CombinedConfidence(r Rel, f Filter) float64 {
	best := map[string]float64{}
	if m := v.madeOf(r); m != nil {
		for _, part := range m.parts {
			v.bestByOrigin(part, f, best)
		}
	} else {
		v.bestByOrigin(r, f, best)
	}
	doubt := 1.0
	for _, origin := range sortedKeys(best) {
		doubt *= 1 - best[origin]
	}
	if len(best) == 0 {
		return 0
	}
	return math.Min(1-doubt, 0.99)
}

// bestByOrigin takes the greatest confidence of each origin of a relation.
func (v *View) bestByOrigin(r Rel, f Filter, best map[string]float64) {
	low, high := v.Claims(r)
	t, first := v.claims.part(low)
	end := first + uint32(high-low)
	endings := t.endings(first, end, f.AsOf)
	for i := first; i < end; i++ {
		if t.flows(i, f) && !t.ended(i, endings) {
			origin := v.originOf(r, t, i)
			best[origin] = max(best[origin], t.confidence(i))
		}
	}
}
