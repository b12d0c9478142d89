package graph

import (
	"encoding/binary"
	"math"
	"slices"
)

// provenance is who says something: the part of a statement's key that is not about what. Many statements
// share one; a View keeps each once.
type provenance struct {
	Dataset, Source, AssertedBy string
	Period                      Period
}

// terms is everything about a claim that is text or enumerated and repeats over many claims.
type terms struct {
	provenance
	Currency, Unit, UsedIn, OriginCountry, Country, Control, Role string
	Basis, Stage, Stance                                          uint8 // indexes of Bases, Stages, Stances
	Essential                                                     Tri
}

// Tri is a flag that may be unstated.
type Tri uint8

// The values of a Tri.
const (
	Unstated Tri = iota
	False
	True
)

// claimTable holds the claims sorted by relation, then key. Columns that no claim uses are nil.
type claimTable struct {
	terms     []uint32 // into termList
	termList  []terms
	validFrom []Date
	validTo   []Date

	numberStart []uint32  // the numbers of each claim; one more than there are claims
	numberField []FieldID // which
	numberValue []float64 // and how much

	raw map[Claim]RelationKey // how the statement writes the ends, where it is not as the relation does

	// plain has a bit for each claim that flows whatever the date: it asserts, its stage flows, it has no dates.
	plain bitset
}

type bitset []uint64

func newBitset(n int) bitset { return make(bitset, (n+63)/64) }

func (b bitset) has(i int) bool { return b[i>>6]>>(uint(i)&63)&1 != 0 }

func (b bitset) set(i int) { b[i>>6] |= 1 << (uint(i) & 63) }

func dateAt(column []Date, i Claim) Date {
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
	Currency        string
	Unit            string
	UsedIn          string // id or name of a product as written
	OriginCountry   string
	Country         string
	Control         string
	Role            string
	Confidence      float64 // stated, or the default of the basis
	ConfidenceGiven bool    // it was stated
	Numbers         []Field // the numeric fields stated, confidence among them, in order
}

// Claim is the claim with number c.
func (v *View) Claim(r Rel, c Claim) ClaimFacts {
	t := &v.claims
	term := &t.termList[t.terms[c]]
	f := ClaimFacts{
		ValidTo: dateAt(t.validTo, c), Basis: Bases[term.Basis], Stage: Stages[term.Stage], Stance: Stances[term.Stance],
		Essential: term.Essential, Currency: term.Currency, Unit: term.Unit, UsedIn: term.UsedIn,
		OriginCountry: term.OriginCountry, Country: term.Country, Control: term.Control, Role: term.Role,
	}
	key, ok := t.raw[c]
	if !ok {
		key = v.RelationKey(r)
	}
	f.Key = Key{RelationKey: key, Dataset: term.Dataset, Source: term.Source, AssertedBy: term.AssertedBy, Period: term.Period,
		ValidFrom: dateAt(t.validFrom, c)}
	for i := t.numberStart[c]; i < t.numberStart[c+1]; i++ {
		f.Numbers = append(f.Numbers, Field{ID: t.numberField[i], Number: t.numberValue[i]})
	}
	f.Confidence = t.confidence(c)
	_, f.ConfidenceGiven = t.number(c, FieldConfidence)
	return f
}

// number is the value of a numeric field of the claim.
func (t *claimTable) number(c Claim, id FieldID) (float64, bool) {
	for i := t.numberStart[c]; i < t.numberStart[c+1]; i++ {
		if t.numberField[i] == id {
			return t.numberValue[i], true
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

func (t *claimTable) confidence(c Claim) float64 {
	if confidence, ok := t.number(c, FieldConfidence); ok {
		return confidence
	}
	return defaultConfidence[t.termList[t.terms[c]].Basis]
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

// Flows reports whether the claim asserts its relation, in a stage that counts, on the day of the filter.
// Its confidence does not matter.
func (v *View) Flows(c Claim, f Filter) bool { return v.claims.flows(c, f) }

func (t *claimTable) flows(c Claim, f Filter) bool {
	term := &t.termList[t.terms[c]]
	return term.Stance == 0 && f.Stages.has(term.Stage) && t.holds(c, f.AsOf)
}

// holds reports whether the day lies within the claim's validity: valid_from <= day < valid_to.
func (t *claimTable) holds(c Claim, day Date) bool {
	if day == AnyDate {
		return true
	}
	to := dateAt(t.validTo, c)
	return dateAt(t.validFrom, c) <= day && (to == NoDate || day < to)
}

// Active reports whether the relation holds under the filter: at least one claim flows, and the greatest
// confidence among those that do reaches the least one asked for.
func (v *View) Active(r Rel, f Filter) bool {
	if f.Stages&FlowingStages == FlowingStages && f.MinConfidence <= 0 && v.relations.claimStart == nil && v.claims.plain.has(int(r)) {
		return true
	}
	low, high := v.Claims(r)
	for c := low; c < high; c++ {
		if v.claims.flows(c, f) && (f.MinConfidence <= 0 || v.claims.confidence(c) >= f.MinConfidence) {
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

// at calls yield with each field of statement i, until it returns false.
func (t *blobTable) at(i int, yield func(id FieldID, text []byte, number float64) bool) {
	b := t.bytes[t.start[i]:t.start[i+1]]
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
