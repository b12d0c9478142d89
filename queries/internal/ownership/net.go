// Package ownership answers on plain arrays who controls whom, which companies a listing of some blocks through their
// holdings, and what economic interest some have in others (docs/queries/sanctions.md).
//
// Control and blocking are least fixed points over exact decimals, found by a worklist: what follows from a set of
// owners only grows with it, so the order of the work does not matter. Shares that nobody states are unknown, never 0:
// they count nothing on the lower side, and on the upper one the owners of unknown share hold together at most what
// the others leave.
package ownership

import (
	"cmp"
	"slices"

	"github.com/tributarygraph/tributary/queries/internal/loss"
)

// Holding is what is known of the part that one company owns of another. There is at most one of an owner in a company.
type Holding struct {
	Owner, Owned int32
	Known        bool    // the share is stated
	Low, High    float64 // the least and the most that it may be, where it is known; 0..1
	Controls     bool    // it is said to control the company, without a share that shows it
}

// Net is a network of holdings. It is immutable: any number of goroutines may ask it.
type Net struct {
	companies int
	holdings  []holding // by owned company, then owner
	inStart   []int32   // of each company; one more than there are
	outStart  []int32
	out       []int32 // holdings by owner, then owned company
}

type holding struct {
	owner, owned    int32
	known, controls bool
	low, high       Decimal
	share           loss.Share // the same in floating point; Unknown where it is
}

// New makes a network of companies 0..companies-1.
func New(companies int, holdings []Holding) *Net {
	x := &Net{companies: companies, inStart: make([]int32, companies+1), outStart: make([]int32, companies+1)}
	for _, h := range holdings {
		if h.Owner == h.Owned {
			continue // its own shares are nobody else's hold on it
		}
		made := holding{owner: h.Owner, owned: h.Owned, known: h.Known, controls: h.Controls, share: loss.Unknown}
		if h.Known {
			made.low, made.high = DecimalOf(h.Low), DecimalOf(max(h.Low, h.High))
			made.share = loss.Share{Low: h.Low, High: max(h.Low, h.High)}
		}
		x.holdings = append(x.holdings, made)
	}
	slices.SortStableFunc(x.holdings, func(a, b holding) int {
		return cmp.Or(cmp.Compare(a.owned, b.owned), cmp.Compare(a.owner, b.owner))
	})
	for _, h := range x.holdings {
		x.inStart[h.owned+1]++
		x.outStart[h.owner+1]++
	}
	for i := range companies {
		x.inStart[i+1] += x.inStart[i]
		x.outStart[i+1] += x.outStart[i]
	}
	x.out = make([]int32, len(x.holdings))
	next := slices.Clone(x.outStart[:companies])
	for i, h := range x.holdings {
		x.out[next[h.owner]] = int32(i)
		next[h.owner]++
	}
	return x
}

func (x *Net) in(company int32) []holding {
	return x.holdings[x.inStart[company]:x.inStart[company+1]]
}

func (x *Net) outOf(company int32) []int32 {
	return x.out[x.outStart[company]:x.outStart[company+1]]
}
