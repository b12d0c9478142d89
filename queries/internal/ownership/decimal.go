package ownership

import (
	"math/big"
	"math/bits"
	"strconv"
)

// Decimal is a share as an exact decimal, so that 0.3 and 0.2 reach 0.5: a count of units of 10^-30. It is exact for
// every share from 10^-13 on, whose shortest decimal has no more than 30 places; of a smaller one the further places
// are cut off. More than 300 million shares of a whole company can be added up.
type Decimal struct{ high, low uint64 }

// places is how many decimal places a unit of Decimal has.
const places = 30

// DecimalOf is a number of 0 to 1 as its shortest decimal reads.
func DecimalOf(x float64) Decimal {
	if !(x > 0) {
		return Decimal{}
	}
	var buffer [32]byte
	text := strconv.AppendFloat(buffer[:0], min(x, 1), 'e', -1, 64) // d.ddde-dd
	var digits uint64
	exponent := places
	at := 0
	for point := false; text[at] != 'e'; at++ {
		if text[at] == '.' {
			point = true
			continue
		}
		digits = digits*10 + uint64(text[at]-'0')
		if point {
			exponent--
		}
	}
	shift, _ := strconv.Atoi(string(text[at+1:]))
	return scaled(digits, exponent+shift)
}

// scaled is digits * 10^exponent.
func scaled(digits uint64, exponent int) Decimal {
	for ; exponent < 0 && digits > 0; exponent++ {
		digits /= 10
	}
	d := Decimal{low: digits}
	for ; exponent > 0 && digits > 0; exponent-- {
		high, low := bits.Mul64(d.low, 10)
		d = Decimal{d.high*10 + high, low}
	}
	return d
}

// one is the whole of a company.
var one = DecimalOf(1)

func (d Decimal) plus(o Decimal) Decimal {
	low, carry := bits.Add64(d.low, o.low, 0)
	high, _ := bits.Add64(d.high, o.high, carry)
	return Decimal{high, low}
}

// minus is d - o, or 0 where that is negative.
func (d Decimal) minus(o Decimal) Decimal {
	if d.compare(o) < 0 {
		return Decimal{}
	}
	low, borrow := bits.Sub64(d.low, o.low, 0)
	high, _ := bits.Sub64(d.high, o.high, borrow)
	return Decimal{high, low}
}

func (d Decimal) compare(o Decimal) int {
	switch {
	case d == o:
		return 0
	case d.high < o.high || d.high == o.high && d.low < o.low:
		return -1
	}
	return 1
}

func least(a, b Decimal) Decimal {
	if a.compare(b) < 0 {
		return a
	}
	return b
}

func most(a, b Decimal) Decimal {
	if a.compare(b) > 0 {
		return a
	}
	return b
}

// Float is the number nearest to d.
func (d Decimal) Float() float64 {
	units := new(big.Int).SetUint64(d.high)
	units.Lsh(units, 64).Or(units, new(big.Int).SetUint64(d.low))
	x, _ := new(big.Rat).SetFrac(units, unitsOfOne).Float64()
	return x
}

var unitsOfOne = new(big.Int).Exp(big.NewInt(10), big.NewInt(places), nil)

// Threshold is the share of a company from which on something follows.
type Threshold struct {
	Share     float64
	Inclusive bool // the share itself is enough; else it takes more
}

// limit is a threshold as it is compared with.
type limit struct {
	share Decimal
	least int // what comparing a share with the limit must give at least
}

func (t Threshold) limit() limit {
	l := limit{share: DecimalOf(t.Share), least: 1}
	if t.Inclusive {
		l.least = 0
	}
	return l
}

func (l limit) met(d Decimal) bool { return d.compare(l.share) >= l.least }
