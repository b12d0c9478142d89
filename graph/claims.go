package graph

import (
	"encoding/binary"
	"math"
	"slices"
	"sort"
)

// provenance is who says something: the part of a statement's key that is not about what. Many statements
// share one; a View keeps each once.
type provenance struct {
	Dataset, Source, AssertedBy string
	Period                      Period
}

// terms is what a claim says in texts and enumerated values, which repeat over many claims. Provenances are kept
// apart from them: there are many of the one and few of the other, but as many pairs as claims.
type terms struct {
	Currency, Unit, UsedIn, OriginCountry, Country, Control, Role, Programme, Site string
	marks
}

// marks are the enumerated part of terms.
type marks struct {
	Basis, Stage, Stance    uint8 // indexes of Bases, Stages, Stances
	Essential, CompleteList Tri
}

// Tri is a flag that may be unstated.
type Tri uint8

// The values of a Tri.
const (
	Unstated Tri = iota
	False
	True
)

// String is the flag as a field spells it; empty where it is not stated.
func (t Tri) String() string { return [...]string{"", "false", "true"}[t] }

// triOf reads what a flag's field holds.
func triOf(text string) Tri {
	switch text {
	case "":
		return Unstated
	case "true":
		return True
	}
	return False
}

// claimTable holds the claims of the base and, numbered after them, those of relations that changed since.
type claimTable struct {
	base  *claimColumns
	delta []claimPart // one or more refreshes each, the oldest first
}

// claimPart are claims numbered from low on.
type claimPart struct {
	low Claim
	*claimColumns
}

// partMin is how many claims a part of a delta has at least, the last one excepted: parts are looked for. Tests make
// it small.
var partMin = 1 << 12

// part is the columns that hold a claim, and its place in them.
func (t *claimTable) part(c Claim) (*claimColumns, uint32) {
	if int(c) < len(t.base.terms) {
		return t.base, uint32(c)
	}
	p := &t.delta[t.partAt(c)]
	return p.claimColumns, uint32(c - p.low)
}

// partAt is the number of the part of the delta that holds a claim.
func (t *claimTable) partAt(c Claim) int {
	return sort.Search(len(t.delta), func(i int) bool { return t.delta[i].low > c }) - 1
}

// end is the number after those of all claims.
func (t *claimTable) end() Claim {
	if n := len(t.delta); n > 0 {
		return t.delta[n-1].low + Claim(len(t.delta[n-1].terms))
	}
	return Claim(len(t.base.terms))
}

// with is the table with more claims. It shares what t holds, but for a last part that is small.
func (t *claimTable) with(c *claimColumns) claimTable {
	if len(c.terms) == 0 {
		return *t
	}
	n := len(t.delta)
	if n > 0 && len(t.delta[n-1].terms) < partMin {
		last := t.delta[n-1]
		return claimTable{base: t.base, delta: append(slices.Clone(t.delta[:n-1]), claimPart{last.low, last.followedBy(c)})}
	}
	return claimTable{base: t.base, delta: append(slices.Clip(t.delta), claimPart{t.end(), c})}
}

// claimColumns hold claims, those of one relation together, in the order of their keys. Columns that no claim
// uses are nil.
type claimColumns struct {
	who       []uint32 // into whoList
	whoList   []provenance
	terms     []uint32 // into termList
	termList  []terms
	validFrom []Date
	validTo   []Date

	numberStart []uint32  // the numbers of each claim; one more than there are claims
	numberField []FieldID // which
	numberValue []float64 // and how much

	// raw are the records that a claim names, where these are not the nodes of its relation.
	raw map[uint32]ends
}

// newClaimColumns are columns with room for claims with so many numbers.
func newClaimColumns(claims, numbers int) *claimColumns {
	return &claimColumns{who: make([]uint32, 0, claims), terms: make([]uint32, 0, claims), numberStart: make([]uint32, 1, claims+1),
		numberField: make([]FieldID, 0, numbers), numberValue: make([]float64, 0, numbers), raw: map[uint32]ends{}}
}

// followedBy are the claims of both.
func (t *claimColumns) followedBy(o *claimColumns) *claimColumns {
	n := len(t.terms)
	out := newClaimColumns(n+len(o.terms), len(t.numberValue)+len(o.numberValue))
	out.whoList, out.termList = slices.Concat(t.whoList, o.whoList), slices.Concat(t.termList, o.termList)
	after := func(list []uint32, own []uint32, by int) []uint32 {
		list = append(list, own...)
		for i := len(list) - len(own); i < len(list); i++ {
			list[i] += uint32(by)
		}
		return list
	}
	out.who = after(append(out.who, t.who...), o.who, len(t.whoList))
	out.terms = after(append(out.terms, t.terms...), o.terms, len(t.termList))
	out.numberStart = after(append(out.numberStart, t.numberStart[1:]...), o.numberStart[1:], len(t.numberValue))
	out.numberField = append(append(out.numberField, t.numberField...), o.numberField...)
	out.numberValue = append(append(out.numberValue, t.numberValue...), o.numberValue...)
	out.validFrom, out.validTo = slices.Concat(t.validFrom, o.validFrom), slices.Concat(t.validTo, o.validTo)
	for i, e := range t.raw {
		out.raw[i] = e
	}
	for i, e := range o.raw {
		out.raw[uint32(n)+i] = e
	}
	return out
}

type bitset []uint64

func newBitset(n int) bitset { return make(bitset, (n+63)/64) }

func (b bitset) has(i int) bool { return b[i>>6]>>(uint(i)&63)&1 != 0 }

func (b bitset) set(i int) { b[i>>6] |= 1 << (uint(i) & 63) }

func (t *claimColumns) provenanceAt(i uint32) *provenance { return &t.whoList[t.who[i]] }

func (t *claimColumns) termsAt(i uint32) *terms { return &t.termList[t.terms[i]] }

func dateAt(column []Date, i uint32) Date {
	if column == nil {
		return NoDate
	}
	return column[i]
}

// ClaimFacts is one claim, decoded.
type ClaimFacts struct {
	Key                  // as the statement was written; see View.RelationKey for the relation
	ValidTo         Date // NoDate when open
	Basis           string
	Stage           string
	Stance          string
	Essential       Tri
	CompleteList    Tri
	Currency        string
	Unit            string
	UsedIn          string // id or name of a product as written
	OriginCountry   string
	Country         string
	Control         string
	Role            string
	Programme       string  // several separated by ';'
	Site            string  // likewise, ids or names as written
	Confidence      float64 // stated, or the default of the basis
	ConfidenceGiven bool    // it was stated
	Numbers         []Field // the numeric fields stated, confidence among them, in order
}

// Claim is the claim with number c, which is one of relation r.
func (v *View) Claim(r Rel, c Claim) ClaimFacts {
	t, i := v.claims.part(c)
	who, term := t.provenanceAt(i), t.termsAt(i)
	f := ClaimFacts{
		ValidTo: dateAt(t.validTo, i), Basis: Bases[term.Basis], Stage: Stages[term.Stage], Stance: Stances[term.Stance],
		Essential: term.Essential, CompleteList: term.CompleteList, Currency: term.Currency, Unit: term.Unit, UsedIn: term.UsedIn,
		OriginCountry: term.OriginCountry, Country: term.Country, Control: term.Control, Role: term.Role,
		Programme: term.Programme, Site: term.Site,
	}
	f.Key = Key{RelationKey: v.idsOf(v.rawEnds(r, t, i)), Dataset: who.Dataset, Source: who.Source, AssertedBy: who.AssertedBy,
		Period: who.Period, ValidFrom: dateAt(t.validFrom, i)}
	for j := t.numberStart[i]; j < t.numberStart[i+1]; j++ {
		f.Numbers = append(f.Numbers, Field{ID: t.numberField[j], Number: t.numberValue[j]})
	}
	f.Confidence = t.confidence(i)
	_, f.ConfidenceGiven = t.number(i, FieldConfidence)
	return f
}

// rawEnds are the records that a claim of relation r names.
func (v *View) rawEnds(r Rel, t *claimColumns, i uint32) ends {
	if raw, ok := t.raw[i]; ok {
		return raw
	}
	if m := v.madeOf(r); m != nil {
		if part, ok := m.only(); ok { // whose claims these are
			r = part
		}
	}
	from, to, product := v.Ends(r)
	return ends{kind: v.KindOf(r), from: from, to: to, product: product}
}

// number is the value of a numeric field of a claim.
func (t *claimColumns) number(i uint32, id FieldID) (float64, bool) {
	for j := t.numberStart[i]; j < t.numberStart[i+1]; j++ {
		if t.numberField[j] == id {
			return t.numberValue[j], true
		}
	}
	return math.NaN(), false
}

// DefaultConfidence is the confidence of a claim that states none, by what it rests on. The values are a
// convention of this project, in steps that keep the order of [Bases]; docs/model.md discusses them.
var DefaultConfidence = map[string]float64{
	"filing": 0.95, "company": 0.9, "customs": 0.9, "regulator": 0.9, "analyst": 0.75, "news": 0.65,
	"derived": 0.5, "hearsay": 0.3, "unknown": 0.5,
}

var defaultConfidence = func() (byBasis []float64) {
	for _, basis := range Bases {
		byBasis = append(byBasis, DefaultConfidence[basis])
	}
	return byBasis
}()

func (t *claimColumns) confidence(i uint32) float64 {
	if confidence, ok := t.number(i, FieldConfidence); ok {
		return confidence
	}
	return defaultConfidence[t.termsAt(i).Basis]
}

// StageSet is a set of stages.
type StageSet uint8

// FlowingStages carry flow: what is supplied now, as far as is known. Announced and sampling do not (a
// sample is not mass production), ended no longer does.
var FlowingStages = StagesOf("unknown", "qualified", "volume")

// StagesOf is the set of the named stages; names that are no stage are ignored.
func StagesOf(names ...string) (set StageSet) {
	for _, name := range names {
		if i := slices.Index(Stages, name); i >= 0 {
			set |= 1 << i
		}
	}
	return set
}

func (s StageSet) has(stage uint8) bool { return s>>stage&1 != 0 }

// Filter says which claims count.
type Filter struct {
	AsOf          Date     // the day on which they hold; AnyDate ignores validity
	Stages        StageSet // stages that count
	MinConfidence float64  // least confidence of a relation, 0..1
}

// DefaultFilter counts what flows on the day.
func DefaultFilter(asOf Date) Filter { return Filter{AsOf: asOf, Stages: FlowingStages} }

// Flows reports whether the claim, which is one of relation r, asserts it in a stage that counts, on the day of the
// filter, and whoever says so has not said since that it ended. Its confidence does not matter.
func (v *View) Flows(r Rel, c Claim, f Filter) bool {
	low, high := v.Claims(r)
	if m := v.madeOf(r); m != nil {
		of := m.of(low, c-low)
		return v.Flows(of.Rel, of.Claim, f)
	}
	t, first := v.claims.part(low)
	i := first + uint32(c-low)
	return t.flows(i, f) && !t.ended(i, t.endings(first, first+uint32(high-low), f.AsOf))
}

// flows leaves aside what other claims say; see ended.
func (t *claimColumns) flows(i uint32, f Filter) bool {
	term := t.termsAt(i)
	return term.Stance == 0 && f.Stages.has(term.Stage) && t.holds(i, f.AsOf)
}

// holds reports whether the day lies within the claim's validity: valid_from <= day < valid_to.
func (t *claimColumns) holds(i uint32, day Date) bool {
	if day == AnyDate {
		return true
	}
	to := dateAt(t.validTo, i)
	return dateAt(t.validFrom, i) <= day && (to == NoDate || day < to)
}

// plain reports whether the claim flows whatever the day.
func (t *claimColumns) plain(i uint32) bool {
	term := t.termsAt(i)
	return term.Stance == 0 && FlowingStages.has(term.Stage) && dateAt(t.validFrom, i) == NoDate && dateAt(t.validTo, i) == NoDate
}

// Active reports whether the relation holds under the filter: at least one claim flows, and the greatest
// confidence among those that do reaches the least one asked for.
func (v *View) Active(r Rel, f Filter) bool {
	if int(r) < len(v.relations.to) && f.Stages&FlowingStages == FlowingStages && f.MinConfidence <= 0 && v.relations.plain.has(int(r)) {
		return true
	}
	if m := v.madeOf(r); m != nil {
		return v.partsActive(m, f)
	}
	low, high := v.Claims(r)
	if low == high {
		return false
	}
	t, first := v.claims.part(low)
	end := first + uint32(high-low)
	var endings []uint32
	for i, asked := first, false; i < end; i++ {
		if !t.flows(i, f) || f.MinConfidence > 0 && t.confidence(i) < f.MinConfidence {
			continue
		}
		if !asked {
			endings, asked = t.endings(first, end, f.AsOf), true
		}
		if !t.ended(i, endings) {
			return true
		}
	}
	return false
}

var stageEnded = uint8(slices.Index(Stages, "ended"))

// endings are, of the claims from first up to but without end, all those of one relation, the ones that say by
// the day that it ended. A question that ignores dates asks what ever was: for it there are none.
func (t *claimColumns) endings(first, end uint32, day Date) (list []uint32) {
	if end-first < 2 || day == AnyDate {
		return nil
	}
	for i := first; i < end; i++ {
		if t.isEnding(i) && t.endOf(i) <= day && !t.provenanceAt(i).Period.after(day) {
			list = append(list, i)
		}
	}
	return list
}

func (t *claimColumns) isEnding(i uint32) bool {
	term := t.termsAt(i)
	return term.Stance == 0 && term.Stage == stageEnded
}

// begin is from when a claim speaks: its valid_from, else the first day of its period; NoDate without either.
func (t *claimColumns) begin(i uint32) Date {
	if from := dateAt(t.validFrom, i); from != NoDate {
		return from
	}
	return t.provenanceAt(i).Period.Start()
}

// endOf is the day on which, as an ending says, it ended: its valid_to, else the day from which it speaks.
func (t *claimColumns) endOf(i uint32) Date {
	if to := dateAt(t.validTo, i); to != NoDate {
		return to
	}
	return t.begin(i)
}

// ended reports whether one of the endings takes claim i back: one of the same dataset, source and asserter that
// is later, by its day or, on the same day, by its period. What others say stands beside it.
func (t *claimColumns) ended(i uint32, endings []uint32) bool {
	for _, e := range endings {
		who, by := t.provenanceAt(i), t.provenanceAt(e)
		if e == i || who.Dataset != by.Dataset || who.Source != by.Source || who.AssertedBy != by.AssertedBy {
			continue
		}
		begin, end := t.begin(i), t.endOf(e)
		if begin < end || begin == end && who.Period.Start() < by.Period.Start() {
			return true
		}
	}
	return false
}

// blobTable holds a list of fields a statement, encoded one after the other.
type blobTable struct {
	start []uint32 // one more than there are statements
	bytes []byte
}

// appendFields encodes fields: the id, then eight bytes of a number or the length and bytes of a text.
func appendFields(b []byte, fields []Field) []byte {
	for _, f := range fields {
		b = append(b, byte(f.ID))
		if f.ID.Spec().Type.Numeric() {
			b = binary.LittleEndian.AppendUint64(b, math.Float64bits(f.Number))
		} else {
			b = binary.AppendUvarint(b, uint64(len(f.Text)))
			b = append(b, f.Text...)
		}
	}
	return b
}

// at is the encoded list of statement i.
func (t *blobTable) at(i uint32) []byte { return t.bytes[t.start[i]:t.start[i+1]] }

// eachField decodes what appendFields encoded: it calls yield with each field, until it returns false.
func eachField(b []byte, yield func(id FieldID, text []byte, number float64) bool) {
	for len(b) > 0 {
		id := FieldID(b[0])
		b = b[1:]
		var text []byte
		number := nan
		if id.Spec().Type.Numeric() {
			number = math.Float64frombits(binary.LittleEndian.Uint64(b))
			b = b[8:]
		} else {
			n, width := binary.Uvarint(b)
			text, b = b[width:width+int(n)], b[width+int(n):]
		}
		if !yield(id, text, number) {
			return
		}
	}
}
