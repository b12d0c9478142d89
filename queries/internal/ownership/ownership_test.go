package ownership

import (
	"context"
	"fmt"
	"math"
	"math/big"
	"slices"
	"strconv"
	"testing"

	"pgregory.net/rapid"
)

func owns(owner, owned int32, share float64) Holding {
	return Holding{Owner: owner, Owned: owned, Known: true, Low: share, High: share}
}

func between(owner, owned int32, low, high float64) Holding {
	return Holding{Owner: owner, Owned: owned, Known: true, Low: low, High: high}
}

func unknown(owner, owned int32) Holding { return Holding{Owner: owner, Owned: owned} }

func controls(owner, owned int32) Holding {
	return Holding{Owner: owner, Owned: owned, Controls: true}
}

var (
	moreThanHalf  = Threshold{Share: 0.5}
	atLeastHalf   = Threshold{Share: 0.5, Inclusive: true}
	halfTogether  = Rule{Threshold: atLeastHalf, Aggregate: true}
	halfAlone     = Rule{Threshold: atLeastHalf}
	moreThanAlone = Rule{Threshold: moreThanHalf}
)

func TestDecimal(t *testing.T) {
	for _, test := range []struct {
		a, b float64
		sum  string // in units
	}{
		{0.3, 0.2, "500000000000000000000000000000"},
		{0.1, 0.2, "300000000000000000000000000000"},
		{1, 1, "2000000000000000000000000000000"},
		{0.123456789012345678, 1e-13, "123456789012445680000000000000"},
		{1e-30, 0, "1"},
		{1e-31, 1e-300, "0"},
		{0, -1, "0"},
		{7, 0, "1000000000000000000000000000000"},
	} {
		d := DecimalOf(test.a).plus(DecimalOf(test.b))
		got := new(big.Int).SetUint64(d.high)
		got.Lsh(got, 64).Add(got, new(big.Int).SetUint64(d.low))
		if got.String() != test.sum {
			t.Errorf("%v + %v = %v units, want %v", test.a, test.b, got, test.sum)
		}
	}
	if got := DecimalOf(0.3).minus(DecimalOf(0.1)); got != DecimalOf(0.2) {
		t.Errorf("0.3 - 0.1 = %v", got.Float())
	}
	if got := DecimalOf(0.1).minus(DecimalOf(0.3)); got != (Decimal{}) {
		t.Errorf("0.1 - 0.3 = %v", got.Float())
	}
}

func TestDecimalIsExact(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		x := rapid.Float64Range(1e-13, 1).Draw(t, "x")
		d := DecimalOf(x)
		got := new(big.Int).SetUint64(d.high)
		got.Lsh(got, 64).Add(got, new(big.Int).SetUint64(d.low))
		want, _ := new(big.Rat).SetString(strconv.FormatFloat(x, 'g', -1, 64))
		units := new(big.Rat).SetFrac(got, new(big.Int).Exp(big.NewInt(10), big.NewInt(places), nil))
		if units.Cmp(want) != 0 {
			t.Fatalf("%v is %v, want %v", x, units, want)
		}
		if d.Float() != x {
			t.Fatalf("%v reads %v again", x, d.Float())
		}
	})
}

func TestControlByHand(t *testing.T) {
	for _, test := range []struct {
		name      string
		companies int
		holdings  []Holding
		threshold Threshold
		want      string // roots; with ! where contested
	}{
		{"nobody owns anybody", 2, nil, moreThanHalf, "0 1"},
		{"a chain", 3, []Holding{owns(0, 1, 0.6), owns(1, 2, 0.51)}, moreThanHalf, "0 0 0"},
		{"half is not more than half", 2, []Holding{owns(0, 1, 0.5)}, moreThanHalf, "0 1"},
		{"but reaches it", 2, []Holding{owns(0, 1, 0.5)}, atLeastHalf, "0 0"},
		{"0.3 + 0.2 through a subsidiary reach a half", 3, []Holding{owns(0, 1, 0.7), owns(0, 2, 0.3), owns(1, 2, 0.2)}, atLeastHalf, "0 0 0"},
		{"0.1 + 0.2 are not more than 0.3", 3, []Holding{owns(0, 1, 1), owns(0, 2, 0.1), owns(1, 2, 0.2)}, Threshold{Share: 0.3}, "0 0 2"},
		{"two subsidiaries of one", 4, []Holding{owns(3, 0, 0.9), owns(3, 1, 0.8), owns(0, 2, 0.3), owns(1, 2, 0.3)}, moreThanHalf, "3 3 3 3"},
		{"two that nobody joins", 3, []Holding{owns(0, 2, 0.3), owns(1, 2, 0.3)}, moreThanHalf, "0 1 2"},
		{"control that is said", 3, []Holding{controls(0, 1), unknown(1, 2)}, moreThanHalf, "0 0 2"},
		{"an unknown share controls nothing", 2, []Holding{unknown(0, 1)}, moreThanHalf, "0 1"},
		{"of a range the least counts", 3, []Holding{between(0, 1, 0.49, 0.6), between(0, 2, 0.51, 0.9)}, moreThanHalf, "0 1 0"},
		{"a loop", 4, []Holding{owns(2, 1, 0.6), owns(1, 2, 0.6), owns(1, 3, 1)}, moreThanHalf, "0 1 1 1"},
		{"a loop with an owner", 4, []Holding{owns(0, 1, 0.6), owns(1, 2, 0.6), owns(2, 0, 0.6), owns(3, 0, 0.1)}, moreThanHalf, "0 0 0 3"},
		{"a loop that someone controls", 4, []Holding{owns(0, 1, 0.4), owns(1, 2, 0.6), owns(2, 1, 0.6), controls(3, 2)}, moreThanHalf, "0 3 3 3"},
		{"a loop closed by two together", 4, []Holding{owns(3, 1, 0.6), owns(3, 2, 0.6), owns(1, 3, 0.3), owns(2, 3, 0.3), owns(3, 0, 1)}, moreThanHalf, "3 3 3 3"},
		{"a loop in which a lesser number needs others", 3, []Holding{owns(0, 1, 0.6), owns(1, 2, 0.6), owns(2, 0, 0.3), owns(1, 0, 0.3)}, moreThanHalf, "0 0 0"},
		{"a joint venture", 4, []Holding{controls(0, 2), controls(1, 2), owns(2, 3, 1)}, moreThanHalf, "0 1 2! 2"},
		{"a joint venture inside a group", 4, []Holding{owns(0, 1, 1), owns(0, 2, 1), controls(1, 3), controls(2, 3)}, moreThanHalf, "0 0 0 0"},
		{"a child of two joint ventures", 5, []Holding{controls(0, 2), controls(1, 2), controls(0, 3), controls(1, 3), controls(2, 4), controls(3, 4)}, moreThanHalf, "0 1 2! 3! 4!"},
		{"joint ventures in a loop", 5, []Holding{controls(0, 2), controls(1, 2), controls(2, 3), controls(3, 2), controls(3, 4)}, moreThanHalf, "0 1 2! 2 2"},
		{"its own shares are nobody's", 2, []Holding{owns(0, 0, 0.9), owns(1, 0, 0.05)}, moreThanHalf, "0 1"},
	} {
		g := New(test.companies, test.holdings).Control(test.threshold)
		if got := told(g); got != test.want {
			t.Errorf("%s: %s, want %s", test.name, got, test.want)
		}
	}
}

func told(g *Groups) (text string) {
	for c, r := range g.Root {
		mark := ""
		if g.Contested[c] {
			mark = "!"
		}
		text += fmt.Sprintf(" %d%s", r, mark)
	}
	return text[1:]
}

func TestBlockedByHand(t *testing.T) {
	for _, test := range []struct {
		name      string
		companies int
		holdings  []Holding
		listed    []int32
		rule      Rule
		blocked   string
		possibly  string
	}{
		{"30 + 20 in the aggregate", 3, []Holding{owns(0, 2, 0.3), owns(1, 2, 0.2)}, []int32{0, 1}, halfTogether, "[0 1 2]", "[0 1 2]"},
		{"30 + 20, each alone", 3, []Holding{owns(0, 2, 0.3), owns(1, 2, 0.2)}, []int32{0, 1}, halfAlone, "[0 1]", "[0 1]"},
		{"50 is not more than 50", 2, []Holding{owns(0, 1, 0.5)}, []int32{0}, moreThanAlone, "[0]", "[0]"},
		{"halves of halves are not multiplied", 4, []Holding{owns(0, 1, 0.5), owns(1, 2, 0.5), owns(2, 3, 0.5)}, []int32{0}, halfTogether, "[0 1 2 3]", "[0 1 2 3]"},
		{"what is not blocked passes nothing on", 3, []Holding{owns(0, 1, 0.25), owns(1, 2, 1)}, []int32{0}, halfTogether, "[0]", "[0]"},
		{"nothing goes up", 2, []Holding{owns(0, 1, 0.9)}, []int32{1}, halfTogether, "[1]", "[1]"},
		{"through two subsidiaries", 4, []Holding{owns(0, 1, 0.5), owns(0, 2, 0.5), owns(1, 3, 0.25), owns(2, 3, 0.25)}, []int32{0}, halfTogether, "[0 1 2 3]", "[0 1 2 3]"},
		{"a loop that holds itself is not blocked by itself", 3, []Holding{owns(1, 2, 0.9), owns(2, 1, 0.9), owns(0, 1, 0.1)}, []int32{0}, halfTogether, "[0]", "[0]"},
		{"a loop that is reached", 3, []Holding{owns(1, 2, 0.6), owns(2, 1, 0.4), owns(0, 1, 0.5)}, []int32{0}, halfTogether, "[0 1 2]", "[0 1 2]"},
		{"an unknown share", 2, []Holding{unknown(0, 1)}, []int32{0}, halfTogether, "[0]", "[0 1]"},
		{"an unknown share beside 0.51", 3, []Holding{unknown(0, 1), owns(2, 1, 0.51)}, []int32{0}, halfTogether, "[0]", "[0]"},
		{"an unknown share beside 0.5", 3, []Holding{unknown(0, 1), owns(2, 1, 0.5)}, []int32{0}, halfTogether, "[0]", "[0 1]"},
		{"two unknown ones have what is left once", 4, []Holding{unknown(0, 2), unknown(1, 2), owns(3, 2, 0.6)}, []int32{0, 1}, halfTogether, "[0 1]", "[0 1]"},
		{"0.3 and what 0.5 leaves", 4, []Holding{owns(0, 2, 0.3), unknown(1, 2), owns(3, 2, 0.5)}, []int32{0, 1}, halfTogether, "[0 1]", "[0 1 2]"},
		{"0.2 and what 0.6 leaves", 4, []Holding{owns(0, 2, 0.2), unknown(1, 2), owns(3, 2, 0.6)}, []int32{0, 1}, halfTogether, "[0 1]", "[0 1]"},
		{"a disputed share", 2, []Holding{between(0, 1, 0.4, 0.6)}, []int32{0}, halfTogether, "[0]", "[0 1]"},
		{"a disputed share beside another's", 3, []Holding{between(0, 1, 0.4, 0.6), owns(2, 1, 0.55)}, []int32{0}, halfTogether, "[0]", "[0]"},
		{"shares that are too many count as stated", 3, []Holding{owns(0, 1, 0.5), owns(2, 1, 0.8)}, []int32{0}, halfTogether, "[0 1]", "[0 1]"},
		{"control is at most possible", 3, []Holding{controls(0, 1), owns(1, 2, 1)}, []int32{0}, halfTogether, "[0]", "[0 1 2]"},
		{"control beside a known share", 3, []Holding{controls(0, 1), owns(2, 1, 0.75)}, []int32{0}, halfTogether, "[0]", "[0 1]"},
		{"nobody is listed", 2, []Holding{owns(0, 1, 1)}, nil, halfTogether, "[]", "[]"},
		{"listed twice", 2, []Holding{owns(0, 1, 1)}, []int32{1, 1}, halfTogether, "[1]", "[1]"},
	} {
		x := New(test.companies, test.holdings)
		if got := fmt.Sprint(x.Blocked(test.listed, test.rule).Companies); got != test.blocked {
			t.Errorf("%s: blocked %s, want %s", test.name, got, test.blocked)
		}
		if got := fmt.Sprint(x.PossiblyBlocked(test.listed, test.rule).Companies); got != test.possibly {
			t.Errorf("%s: possibly blocked %s, want %s", test.name, got, test.possibly)
		}
	}
}

func TestHeldByHand(t *testing.T) {
	x := New(5, []Holding{owns(0, 3, 0.3), between(1, 3, 0.1, 0.2), unknown(2, 3), owns(4, 3, 0.25)})
	listed := func(companies ...int32) *Spread { return x.Blocked(companies, halfAlone) }
	for _, test := range []struct {
		certain, possible *Spread
		low, high         float64
	}{
		{listed(0), listed(0), 0.3, 0.3},
		{listed(0, 1), listed(0, 1), 0.4, 0.5},
		{listed(0), listed(0, 2), 0.3, 0.65}, // all but 0.1 and 0.25
		{listed(), listed(1), 0, 0.2},
		{listed(), listed(), 0, 0},
	} {
		if low, high := x.Held(3, test.certain, test.possible); low != test.low || high != test.high {
			t.Errorf("%v to %v, want %v to %v", low, high, test.low, test.high)
		}
	}
}

func TestInterestByHand(t *testing.T) {
	for _, test := range []struct {
		name      string
		companies int
		holdings  []Holding
		owners    []int32
		company   int32
		low, high float64
	}{
		{"a chain", 3, []Holding{owns(0, 1, 0.5), owns(1, 2, 0.5)}, []int32{0}, 2, 0.25, 0.25},
		{"two chains", 4, []Holding{owns(0, 1, 0.5), owns(1, 3, 0.4), owns(0, 2, 0.5), owns(2, 3, 0.2)}, []int32{0}, 3, 0.3, 0.3},
		{"a loop: x = 0.5 + 0.2 y, y = 0.5 x", 3, []Holding{owns(0, 1, 0.5), owns(2, 1, 0.2), owns(1, 2, 0.5)}, []int32{0}, 1, 0.5 / 0.9, 0.5 / 0.9},
		{"not counted twice through another owner", 3, []Holding{owns(0, 1, 1), owns(1, 2, 0.5)}, []int32{0, 1}, 2, 0.5, 0.5},
		{"an unknown share beside 0.4", 3, []Holding{unknown(0, 1), owns(2, 1, 0.4)}, []int32{0}, 1, 0, 0.6},
		{"a range", 2, []Holding{between(0, 1, 0.2, 0.3)}, []int32{0}, 1, 0.2, 0.3},
		{"control says nothing of money", 3, []Holding{controls(0, 1), owns(2, 1, 0.4)}, []int32{0}, 1, 0, 0.6},
	} {
		got, err := New(test.companies, test.holdings).Interest(context.Background(), test.owners)
		if err != nil {
			t.Fatal(err)
		}
		if math.Abs(got.Low[test.company]-test.low) > 1e-9 || math.Abs(got.High[test.company]-test.high) > 1e-9 {
			t.Errorf("%s: %v to %v, want %v to %v", test.name, got.Low[test.company], got.High[test.company], test.low, test.high)
		}
	}
}

// drawn is a random network. Shares come in steps of 0.05, so that thresholds are often met exactly.
type drawn struct {
	companies int
	holdings  []Holding
	listed    []int32
	rule      Rule
}

func draw(t *rapid.T) *drawn {
	d := &drawn{companies: rapid.IntRange(1, 9).Draw(t, "companies")}
	company := rapid.Int32Range(0, int32(d.companies-1))
	seen := map[[2]int32]bool{}
	step := rapid.IntRange(0, 20)
	for range rapid.IntRange(0, 22).Draw(t, "holdings") {
		h := Holding{Owner: company.Draw(t, "owner"), Owned: company.Draw(t, "owned")}
		if seen[[2]int32{h.Owner, h.Owned}] {
			continue
		}
		seen[[2]int32{h.Owner, h.Owned}] = true
		if h.Known = rapid.IntRange(0, 3).Draw(t, "known") > 0; h.Known {
			h.Low = float64(step.Draw(t, "share")) / 20
			h.High = h.Low
			if rapid.IntRange(0, 4).Draw(t, "range") == 0 {
				h.High = max(h.Low, float64(step.Draw(t, "most"))/20)
			}
		}
		h.Controls = rapid.IntRange(0, 7).Draw(t, "controls") == 0
		d.holdings = append(d.holdings, h)
	}
	d.listed = rapid.SliceOfN(company, 0, 3).Draw(t, "listed")
	d.rule = Rule{Threshold: Threshold{Share: float64(rapid.IntRange(1, 20).Draw(t, "threshold")) / 20, Inclusive: rapid.Bool().Draw(t, "inclusive")},
		Aggregate: rapid.Bool().Draw(t, "aggregate")}
	return d
}

// exact is a share as a fraction.
func exact(x float64) *big.Rat {
	r, _ := new(big.Rat).SetString(strconv.FormatFloat(x, 'g', -1, 64))
	return r
}

func reaches(sum *big.Rat, t Threshold) bool {
	if t.Inclusive {
		return sum.Cmp(exact(t.Share)) >= 0
	}
	return sum.Cmp(exact(t.Share)) > 0
}

// slowControl is the definition: for each company the least set that it controls, in rounds.
func (d *drawn) slowControl() (controls [][]bool) {
	for o := range d.companies {
		set := make([]bool, d.companies)
		set[o] = true
		for grown := true; grown; {
			grown = false
			for c := range d.companies {
				sum, said := new(big.Rat), false
				for _, h := range d.holdings {
					if h.Owned == int32(c) && h.Owner != h.Owned && set[h.Owner] {
						said = said || h.Controls
						sum.Add(sum, exact(h.Low))
					}
				}
				if !set[c] && (said || reaches(sum, d.rule.Threshold)) {
					set[c], grown = true, true
				}
			}
		}
		controls = append(controls, set)
	}
	return controls
}

func TestControlIsTheDefinition(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := draw(t)
		controls := d.slowControl()
		g := New(d.companies, d.holdings).Control(d.rule.Threshold)
		rootsOf := func(c int) (roots []int) {
			for r := range d.companies {
				if !controls[r][c] {
					continue
				}
				top := true
				for o := range d.companies {
					mutual := controls[o][r] && controls[r][o]
					top = top && (!controls[o][r] || mutual && r <= o)
				}
				if top {
					roots = append(roots, r)
				}
			}
			return roots
		}
		for c := range d.companies {
			want, contested := c, false
			switch roots := rootsOf(c); len(roots) {
			case 0:
				t.Fatalf("%d has no root", c)
			case 1:
				want = roots[0]
			default: // the top of those that control it and are under the same roots
				var tops []int
				for r := range d.companies {
					if !controls[r][c] || !slices.Equal(rootsOf(r), roots) {
						continue
					}
					top := true
					for o := range d.companies {
						if controls[o][r] && slices.Equal(rootsOf(o), roots) {
							top = top && controls[r][o] && r <= o
						}
					}
					if top {
						tops = append(tops, r)
					}
				}
				if len(tops) == 1 {
					want = tops[0]
				}
				contested = want == c
			}
			if int(g.Root[c]) != want || g.Contested[c] != contested {
				t.Fatalf("%d is under %d (contested %v), want %d (%v)", c, g.Root[c], g.Contested[c], want, contested)
			}
		}
	})
}

// slowBlocked is the definition, in rounds: what blocked owners hold at least, or may hold at most.
func (d *drawn) slowBlocked(listed []int32, upper bool) []bool {
	set := make([]bool, d.companies)
	for _, c := range listed {
		set[c] = true
	}
	for grown := true; grown; {
		grown = false
		for c := range d.companies {
			if set[c] {
				continue
			}
			all := new(big.Rat)
			var held []Holding
			for _, h := range d.holdings {
				if h.Owned != int32(c) || h.Owner == h.Owned {
					continue
				}
				all.Add(all, exact(h.Low))
				if set[h.Owner] {
					held = append(held, h)
				}
			}
			free := new(big.Rat).Sub(big.NewRat(1, 1), all) // what may be given out beyond the least shares
			blocked := upper && slices.ContainsFunc(held, func(h Holding) bool { return h.Controls })
			sums := [][]Holding{held}
			if !d.rule.Aggregate {
				sums = nil
				for _, h := range held {
					sums = append(sums, []Holding{h})
				}
			}
			for _, some := range sums {
				sum, room := new(big.Rat), new(big.Rat)
				for _, h := range some {
					sum.Add(sum, exact(h.Low))
					if h.Known {
						room.Add(room, exact(h.High)).Sub(room, exact(h.Low))
					} else {
						room.Add(room, big.NewRat(1, 1))
					}
				}
				if upper && free.Sign() > 0 {
					if room.Cmp(free) > 0 {
						room = free
					}
					sum = new(big.Rat).Add(sum, room)
				}
				blocked = blocked || len(some) > 0 && reaches(sum, d.rule.Threshold)
			}
			set[c] = blocked
			grown = grown || blocked
		}
	}
	return set
}

func TestBlockedIsTheDefinition(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := draw(t)
		x := New(d.companies, d.holdings)
		for _, upper := range []bool{false, true} {
			got := x.Blocked(d.listed, d.rule)
			if upper {
				got = x.PossiblyBlocked(d.listed, d.rule)
			}
			want := d.slowBlocked(d.listed, upper)
			for c := range int32(d.companies) {
				if got.Has(c) != want[c] {
					t.Fatalf("upper %v: %d is blocked %v, want %v", upper, c, got.Has(c), want[c])
				}
			}
			for at, c := range got.Companies {
				if got.Order[c] != int32(at) {
					t.Fatalf("the order of %d is %d, and it stands at %d", c, got.Order[c], at)
				}
			}
		}
	})
}

func TestBlockedGrows(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := draw(t)
		x := New(d.companies, d.holdings)
		low, high := x.Blocked(d.listed, d.rule), x.PossiblyBlocked(d.listed, d.rule)
		within := func(what string, a, b *Spread) {
			for _, c := range a.Companies {
				if !b.Has(c) {
					t.Fatalf("%s: %d is lost", what, c)
				}
			}
		}
		within("from lower to upper", low, high)
		more := append(slices.Clone(d.listed), rapid.Int32Range(0, int32(d.companies-1)).Draw(t, "one more"))
		within("one more is listed", low, x.Blocked(more, d.rule))
		within("one more is listed, upper", high, x.PossiblyBlocked(more, d.rule))
		easier := d.rule
		easier.Share = min(easier.Share, float64(rapid.IntRange(1, 20).Draw(t, "easier"))/20)
		within("a lower threshold", low, x.Blocked(d.listed, easier))
		within("a lower threshold, upper", high, x.PossiblyBlocked(d.listed, easier))
		easier = d.rule
		easier.Inclusive = true
		within("inclusive", low, x.Blocked(d.listed, easier))
		within("inclusive, upper", high, x.PossiblyBlocked(d.listed, easier))
		easier.Aggregate = true
		within("aggregate", low, x.Blocked(d.listed, easier))
		within("aggregate, upper", high, x.PossiblyBlocked(d.listed, easier))
	})
}

// inverse solves (I - A) x = b for the interest, where A are the known shares of companies that are not owners, and b
// what the owners hold directly.
func (d *drawn) inverse(owners []int32) ([]float64, bool) {
	n := d.companies
	m := make([][]float64, n)
	for c := range m {
		m[c] = make([]float64, n+1)
		m[c][c] = 1
		if slices.Contains(owners, int32(c)) {
			m[c][n] = 1
		}
	}
	for _, h := range d.holdings {
		if h.Owner != h.Owned && !slices.Contains(owners, h.Owned) {
			m[h.Owned][h.Owner] -= h.Low
		}
	}
	for i := range n {
		p := i
		for r := i; r < n; r++ {
			if math.Abs(m[r][i]) > math.Abs(m[p][i]) {
				p = r
			}
		}
		if m[i], m[p] = m[p], m[i]; math.Abs(m[i][i]) < 1e-6 {
			return nil, false // a loop that owns itself
		}
		for r := range n {
			if f := m[r][i] / m[i][i]; r != i && f != 0 {
				for k := i; k <= n; k++ {
					m[r][k] -= f * m[i][k]
				}
			}
		}
	}
	x := make([]float64, n)
	for i := range x {
		x[i] = m[i][n] / m[i][i]
	}
	return x, true
}

func TestInterestIsTheInverse(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := draw(t)
		sums := make([]float64, d.companies)
		for i := range d.holdings { // shares that fit into companies, all of them known
			h := &d.holdings[i]
			h.Known = true
			if sums[h.Owned] += h.Low; sums[h.Owned] > 1 {
				h.Low = 0
			}
			h.High = h.Low
		}
		want, ok := d.inverse(d.listed)
		if !ok {
			t.Skip("singular")
		}
		got, err := New(d.companies, d.holdings).Interest(context.Background(), d.listed)
		if err != nil {
			t.Fatal(err)
		}
		for c := range d.companies {
			if math.Abs(got.Low[c]-want[c]) > 1e-7 || math.Abs(got.High[c]-want[c]) > 1e-7 {
				t.Fatalf("of %d: %v to %v, want %v", c, got.Low[c], got.High[c], want[c])
			}
		}
	})
}

func network(companies int) *Net {
	var holdings []Holding
	for c := range int32(companies) {
		for k := int32(1); k <= 3; k++ {
			if owner := (c*7 + k*7919) % int32(companies); owner != c {
				holdings = append(holdings, owns(owner, c, 0.2+0.1*float64(k%2)))
			}
		}
		if c%4 == 0 && c > 0 {
			holdings = append(holdings, Holding{Owner: c / 4, Owned: c, Controls: c%8 == 0})
		}
	}
	return New(companies, holdings)
}

func BenchmarkControl(b *testing.B) {
	x := network(1_000_000)
	for b.Loop() {
		x.Control(moreThanHalf)
	}
}

func BenchmarkBlocked(b *testing.B) {
	x := network(1_000_000)
	listed := []int32{1, 2, 3, 4, 5, 6, 7, 8, 9, 10}
	for b.Loop() {
		x.Blocked(listed, halfTogether)
		x.PossiblyBlocked(listed, halfTogether)
	}
}
