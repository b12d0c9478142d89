package hhi_test

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/tributarygraph/tributary/queries/internal/hhi"
)

func known(share float64, group int) hhi.Part { return hhi.Part{Low: share, High: share, Group: group} }
func unknown(group int) hhi.Part              { return hhi.Part{Low: 0, High: 1, Group: group} }

func TestBounds(t *testing.T) {
	for _, test := range []struct {
		name  string
		whole hhi.Whole
		want  string // low..high to
	}{
		{"Taiwan .5, United States .2, the rest of .3 from anywhere", hhi.Whole{Open: true, Joins: true, Groups: 2, Parts: []hhi.Part{known(.5, 0), known(.2, 1)}}, "0.2900..0.6800 to 0"},
		{"the same as suppliers: others are new ones", hhi.Whole{Open: true, Groups: 2, Parts: []hhi.Part{known(.5, 0), known(.2, 1)}}, "0.2900..0.3800 to -1"},
		{"one supplier has the rest", hhi.Whole{Groups: 3, Parts: []hhi.Part{known(.5, 0), known(.2, 1), unknown(2)}}, "0.3800..0.3800 to 0"},
		{"three suppliers share it", hhi.Whole{Groups: 5, Parts: []hhi.Part{known(.5, 0), known(.2, 1), unknown(2), unknown(3), unknown(4)}}, "0.3200..0.3800 to 2"},
		{"nothing is known of two, who are all", hhi.Whole{Groups: 2, Parts: []hhi.Part{unknown(0), unknown(1)}}, "0.5000..1.0000 to 0"},
		{"nothing is known of two, and there may be others", hhi.Whole{Open: true, Groups: 2, Parts: []hhi.Part{unknown(0), unknown(1)}}, "0.0000..1.0000 to 0"},
		{"all is known", hhi.Whole{Open: true, Groups: 2, Parts: []hhi.Part{known(.75, 0), known(.25, 1)}}, "0.6250..0.6250 to 0"},
		{"all is known, but for rounding", hhi.Whole{Open: true, Groups: 3, Parts: []hhi.Part{known(.1, 0), known(.2, 1), known(.7, 2)}}, "0.5400..0.5400 to 2"},
		{"disputed .3 to .5 beside .4", hhi.Whole{Open: true, Groups: 2, Parts: []hhi.Part{{Low: .3, High: .5, Group: 0}, known(.4, 1)}}, "0.2500..0.4200 to 0"},
		{"the same, and no others: the disputed one cannot have all", hhi.Whole{Groups: 2, Parts: []hhi.Part{{Low: .3, High: .7, Group: 0}, known(.4, 1)}}, "0.5200..0.5200 to 0"},
		{"a company of unknown country is in one country", hhi.Whole{Open: true, Joins: true, Groups: 1, Parts: []hhi.Part{known(.6, 0), known(.4, hhi.Unknown)}}, "0.5200..1.0000 to 0"},
		{"goods of unknown origin come from many", hhi.Whole{Open: true, Joins: true, Thin: true, Groups: 1, Parts: []hhi.Part{known(.6, 0), known(.4, hhi.Unknown)}}, "0.3600..1.0000 to 0"},
		{"two of unknown country are in two, or in one", hhi.Whole{Open: true, Joins: true, Groups: 1, Parts: []hhi.Part{known(.2, 0), known(.4, hhi.Unknown), known(.4, hhi.Unknown)}}, "0.3600..1.0000 to 0"},
		{"they cannot make up the whole", hhi.Whole{Groups: 2, Parts: []hhi.Part{known(.5, 0), known(.2, 1)}}, "0.2900..0.6800 to 0 impossible"},
		{"nobody", hhi.Whole{Open: true, Joins: true}, "0.0000..1.0000 to -1"},
	} {
		b := test.whole.Bounds()
		got := fmt.Sprintf("%.4f..%.4f to %d", b.Low, b.High, b.To)
		if b.Impossible {
			got += " impossible"
		}
		if got != test.want {
			t.Errorf("%s: %s, want %s", test.name, got, test.want)
		}
	}
}

// truth is how things are: parts with their groups, some of them documented.
type truth struct {
	share      []float64
	group      []int
	documented int // the first of them
	joins      bool
}

func (x *truth) index() float64 {
	sums := map[int]float64{}
	for i, g := range x.group {
		sums[g] += x.share[i]
	}
	var terms []float64
	for _, s := range sums {
		terms = append(terms, s*s)
	}
	slices.Sort(terms)
	sum := 0.0
	for _, s := range terms {
		sum += s
	}
	return sum
}

// drawTruth draws shares. Undocumented ones are new groups unless they join.
func drawTruth(t *rapid.T) *truth {
	n := rapid.IntRange(1, 6).Draw(t, "parts")
	x := &truth{documented: rapid.IntRange(1, n).Draw(t, "documented"), joins: rapid.Bool().Draw(t, "joins")}
	sum := 0.0
	for range n {
		share := float64(rapid.IntRange(0, 20).Draw(t, "share"))
		x.share, sum = append(x.share, share), sum+share
	}
	if sum == 0 {
		x.share[0], sum = 1, 1
	}
	for i := range x.share {
		x.share[i] /= sum
		g := i
		if x.joins {
			g = rapid.IntRange(0, 3).Draw(t, "group")
		}
		x.group = append(x.group, g)
	}
	return x
}

// hide tells part of the truth.
func (x *truth) hide(t *rapid.T) hhi.Whole {
	w := hhi.Whole{Open: x.documented < len(x.share) || rapid.Bool().Draw(t, "open"), Joins: x.joins, Groups: len(x.share) + 4}
	for i := range x.documented {
		p := hhi.Part{Low: 0, High: 1, Group: x.group[i]}
		switch rapid.IntRange(0, 2).Draw(t, "told") {
		case 0:
			p.Low, p.High = x.share[i], x.share[i]
		case 1:
			p.Low = x.share[i] * rapid.Float64Range(0, 1).Draw(t, "least")
			p.High = min(1, x.share[i]*rapid.Float64Range(1, 2).Draw(t, "most"))
		}
		if x.joins && rapid.IntRange(0, 3).Draw(t, "country") == 0 {
			p.Group = hhi.Unknown
			w.Thin = w.Thin || rapid.Bool().Draw(t, "thin")
		}
		w.Parts = append(w.Parts, p)
	}
	return w
}

const slack = 1e-9

func TestTruthIsWithinBounds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		x := drawTruth(t)
		w := x.hide(t)
		b := w.Bounds()
		if index := x.index(); index < b.Low-slack || index > b.High+slack || b.Impossible {
			t.Fatalf("truth %+v has %v, told %+v: %+v", x, index, w, b)
		}
		if b.Low < 0 || b.High > 1+slack {
			t.Fatalf("%+v: %+v", w, b)
		}
	})
}

// Learning one more share, or one more group, never widens the bounds.
func TestLearningNarrows(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		x := drawTruth(t)
		w := x.hide(t)
		before := w.Bounds()
		learned := w
		learned.Parts = slices.Clone(w.Parts)
		i := rapid.IntRange(0, len(w.Parts)-1).Draw(t, "learned")
		if p := &learned.Parts[i]; rapid.Bool().Draw(t, "group") {
			p.Group = x.group[i]
		} else {
			p.Low, p.High = x.share[i], x.share[i]
		}
		after := learned.Bounds()
		if after.Low < before.Low-slack || after.High > before.High+slack {
			t.Fatalf("%+v: %+v\nlearned %+v: %+v", w, before, learned, after)
		}
		learned = w
		learned.Open = false
		if after = learned.Bounds(); !after.Impossible && (after.Low < before.Low-slack || after.High > before.High+slack) {
			t.Fatalf("%+v: %+v\nclosed: %+v", w, before, after)
		}
	})
}

// slowHigh is the greatest index over all corners, without parts of unknown group: all parts but one at an end.
func slowHigh(w *hhi.Whole) (most float64) {
	parts := slices.Clone(w.Parts)
	if w.Open {
		parts = append(parts, hhi.Part{Low: 0, High: 1, Group: w.Groups})
		for g := range w.Groups {
			if w.Joins {
				parts = append(parts, hhi.Part{Low: 0, High: 1, Group: g})
			}
		}
	}
	for free := range parts {
		for set := range 1 << len(parts) {
			rest, sums := 1.0, make([]float64, w.Groups+1)
			for i, p := range parts {
				share := p.Low
				if set>>i&1 != 0 {
					share = p.High
				}
				if i != free {
					rest -= share
					sums[p.Group] += share
				}
			}
			if p := parts[free]; rest < p.Low-1e-12 || rest > p.High+1e-12 {
				continue
			}
			sums[parts[free].Group] += rest
			index := 0.0
			for _, s := range sums {
				index += s * s
			}
			most = max(most, index)
		}
	}
	return most
}

// slowLow is the least index of a whole that is not open, by moving a little from the fullest group to the emptiest.
func slowLow(w *hhi.Whole) float64 {
	low, high, at := make([]float64, w.Groups), make([]float64, w.Groups), make([]float64, w.Groups)
	for _, p := range w.Parts {
		low[p.Group] += p.Low
		high[p.Group] += p.High
	}
	rest := 1.0
	for g := range at {
		at[g] = low[g]
		rest -= low[g]
	}
	for g := range at {
		more := min(rest, high[g]-low[g])
		at[g], rest = at[g]+more, rest-more
	}
	for range 20_000 {
		from, to := -1, -1
		for g := range at {
			if at[g] > low[g]+1e-13 && (from < 0 || at[g] > at[from]) {
				from = g
			}
			if at[g] < high[g]-1e-13 && (to < 0 || at[g] < at[to]) {
				to = g
			}
		}
		if from < 0 || to < 0 || at[from]-at[to] < 1e-12 {
			break
		}
		move := min((at[from]-at[to])/2, at[from]-low[from], high[to]-at[to])
		at[from], at[to] = at[from]-move, at[to]+move
	}
	sum := 0.0
	for _, share := range at {
		sum += share * share
	}
	return sum
}

func TestBoundsAreTight(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		x := drawTruth(t)
		w := x.hide(t)
		for i := range w.Parts {
			w.Parts[i].Group = x.group[i]
		}
		b := w.Bounds()
		if slow := slowHigh(&w); math.Abs(slow-b.High) > 1e-7 {
			t.Fatalf("%+v: high %v, want %v", w, b.High, slow)
		}
		if slow := slowLow(&w); !w.Open && math.Abs(slow-b.Low) > 1e-7 {
			t.Fatalf("%+v: low %v, want %v", w, b.Low, slow)
		}
	})
}

// Many disputed shares are bounded without trying every choice: never below the truth.
func TestManyDisputed(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(13, 40).Draw(t, "parts")
		share, sum := make([]float64, n), 0.0
		for i := range share {
			share[i] = rapid.Float64Range(0.01, 1).Draw(t, "share")
			sum += share[i]
		}
		w := hhi.Whole{Groups: n, Open: rapid.Bool().Draw(t, "open")}
		index := 0.0
		for i := range share {
			s := share[i] / sum
			index += s * s
			w.Parts = append(w.Parts, hhi.Part{Low: s * rapid.Float64Range(0.5, 1).Draw(t, "least"), High: s * rapid.Float64Range(1, 1.5).Draw(t, "most"), Group: i})
		}
		if b := w.Bounds(); index < b.Low-slack || index > b.High+slack {
			t.Fatalf("%v is not in %+v", index, b)
		}
	})
}
