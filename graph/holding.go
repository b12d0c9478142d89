package graph

import (
	"fmt"
	"strings"
)

// Holding is when a relation holds, and in what stage: what a statement about it must repeat to change nothing else.
type Holding struct {
	From, To Date   // NoDate: open
	Stage    string // empty: not stated
}

// Holding is that of the claim whose numbers would count under the filter. Where who makes that claim says of a day when
// it ended, it holds until then.
func (v *View) Holding(r Rel, f Filter) Holding {
	low, high := v.Claims(r)
	var few [4]Claim
	counting := v.countingClaims(r, f, &Relation{}, few[:0])
	if len(counting) == 0 {
		return Holding{}
	}
	v.rank(counting, f.AsOf)
	t, first := v.claims.part(low)
	i := first + uint32(counting[0]-low)
	out := Holding{From: dateAt(t.validFrom, i), To: dateAt(t.validTo, i), Stage: Stages[t.termsAt(i).Stage]}
	if out.Stage == "unknown" {
		out.Stage = ""
	}
	for e := first; e < first+uint32(high-low); e++ {
		if t.isEnding(e) && t.ended(i, []uint32{e}) {
			if to := t.endOf(e); out.To == NoDate || to < out.To {
				out.To = to
			}
		}
	}
	return out
}

// String is the holding as [ParseHolding] reads it: "2025-06-01..2027-06-01 volume", or ".." where nothing is stated.
func (h Holding) String() string {
	return strings.TrimSpace(h.From.String() + ".." + h.To.String() + " " + h.Stage)
}

// ParseHolding reads what [Holding.String] wrote. The error wraps [ErrInvalid].
func ParseHolding(text string) (h Holding, err error) {
	days, stage, _ := strings.Cut(text, " ")
	from, to, ok := strings.Cut(days, "..")
	if ok {
		h.From, err = ParseDate(from)
	}
	if ok && err == nil {
		h.To, err = ParseDate(to)
	}
	if !ok || err != nil {
		return h, fmt.Errorf("%w: %q is no holding; allowed: 2025-06-01..2027-06-01 volume, with the parts that are known", ErrInvalid, text)
	}
	if stage != "" {
		f, err := ParseField(FieldStage, stage)
		if err != nil {
			return h, err
		}
		h.Stage = f.Text
	}
	return h, nil
}
