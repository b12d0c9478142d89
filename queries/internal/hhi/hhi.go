// Package hhi bounds the Herfindahl-Hirschman index, the sum of squared shares of groups, where the shares are known
// in part. The index is 0..1 here.
//
// It is a convex function of the shares. So its least value over all that may be so lies where the unknown is spread
// as evenly as it can be, and its greatest in a corner, where the unknown is all in one place.
package hhi

import (
	"cmp"
	"math"
	"slices"
)

// Unknown is the group of a part that may belong to any group.
const Unknown = -1

// Part is one part of a whole: its share lies between Low and High, where 0 and 1 say that nothing is known.
type Part struct {
	Low, High float64
	Group     int // 0.., or [Unknown]
}

// Whole is what the shares add up to: 1.
type Whole struct {
	Parts  []Part
	Groups int // the groups are numbered below this
	// Open: others, which nobody documented, may have a share.
	Open bool
	// Joins: these others may belong to the groups; else each is a group of its own.
	Joins bool
	// Thin: a part of unknown group may be spread over any number of groups; else it is in one.
	Thin bool
}

// Bounds are the least and the greatest index that the whole may have.
type Bounds struct {
	Low, High float64
	// Known is the sum of what is certain of the parts, Rest what is left of 1.
	Known, Rest float64
	// To is the group that the rest, and the parts of unknown group, raise the index most in: [Unknown] for a new one.
	To int
	// Shares are the ranges of the groups, each for itself; Loose is that of the parts of unknown group together.
	Shares []Range
	Loose  Range
	// Impossible: the parts cannot make up the whole, though nobody else may have a share. It is then taken to be open.
	Impossible bool
}

// Range is what a share lies between.
type Range struct{ Low, High float64 }

// negligible is a rest that is rounding.
const negligible = 1e-12

// Bounds bounds the index. The parts' least shares must add up to at most 1.
func (w *Whole) Bounds() Bounds {
	x := newBounding(w)
	out := Bounds{Known: x.known, Rest: x.rest}
	if !w.Open && x.most < 1-1e-9 {
		opened := *w
		opened.Open, opened.Joins = true, true
		out = opened.Bounds()
		out.Impossible = true
		return out
	}
	if !w.Open {
		x = newBounding(w.tightened(x))
		out.Known, out.Rest = x.known, x.rest
	}
	out.Low = x.low()
	out.High, out.To = x.high()
	out.High = max(out.High, out.Low) // where they meet, but for rounding
	out.Shares, out.Loose = x.ranges(), Range{x.loose, min(1, x.loose+x.looseRoom)}
	return out
}

// tightened is a whole that is not open with what follows for each part from the others: it has at least what they
// cannot have, and at most what they leave.
func (w *Whole) tightened(x *bounding) *Whole {
	out := *w
	out.Parts = slices.Clone(w.Parts)
	for i := range out.Parts {
		p := &out.Parts[i]
		low := max(p.Low, 1-(x.most-p.High))
		p.High = max(low, min(p.High, 1-(x.known-p.Low)))
		p.Low = low
	}
	return &out
}

// bounding adds up what is known of each group.
type bounding struct {
	*Whole
	base []float64 // by group: what is certain; the last is a new group
	room []float64 // by group: how much of the rest may be in it
	// Parts of unknown group: what is certain of them in all, and how much of the rest may be in them.
	loose, looseRoom float64
	known, rest      float64
	most             float64 // greatest sum of the parts
}

func newBounding(w *Whole) *bounding {
	x := &bounding{Whole: w, base: make([]float64, w.Groups+1), room: make([]float64, w.Groups+1)}
	for _, p := range w.Parts {
		x.known += p.Low
		x.most += p.High
	}
	if x.rest = 1 - x.known; x.rest < negligible {
		x.rest = 0
	}
	for _, p := range w.Parts {
		room := min(p.High-p.Low, x.rest)
		if p.Group == Unknown {
			x.loose += p.Low
			x.looseRoom += room
			continue
		}
		x.base[p.Group] += p.Low
		x.room[p.Group] += room
	}
	for g := range x.room {
		x.room[g] += x.looseRoom
		if w.Open && (w.Joins || g == w.Groups) {
			x.room[g] = x.rest
		}
		x.room[g] = min(x.room[g], x.rest)
	}
	return x
}

// ranges are the least and greatest shares of the groups: a group has at most what is not certain to be another's, and
// at least what others cannot have.
func (x *bounding) ranges() []Range {
	out := make([]Range, x.Groups)
	certain := x.known - x.loose
	for g := range out {
		most := min(x.base[g]+x.room[g]+x.loose, 1-(certain-x.base[g]))
		out[g] = Range{x.base[g], max(x.base[g], most)}
	}
	if x.Open {
		return out
	}
	highest := make([]float64, x.Groups)
	for _, p := range x.Parts {
		if p.Group != Unknown {
			highest[p.Group] += p.High
		}
	}
	for g := range out {
		out[g].Low = min(max(out[g].Low, 1-(x.most-highest[g])), out[g].High)
	}
	return out
}

// low is the least index. Where the whole is open, the rest is spread so thin over others that it adds nothing; else
// it is spread over the groups, filling up the smallest first.
func (x *bounding) low() float64 {
	var boxes []box
	for g := range x.Groups {
		boxes = append(boxes, box{low: x.base[g]})
	}
	for i := range x.Parts {
		p := &x.Parts[i]
		switch {
		case p.Group != Unknown:
			boxes[p.Group].high += p.High
		case !x.Thin:
			boxes = append(boxes, box{p.Low, p.High})
		}
	}
	if x.Open {
		return sumOfSquares(boxes, 0)
	}
	need := 1.0
	if x.Thin {
		for _, p := range x.Parts {
			if p.Group == Unknown {
				need -= p.High
			}
		}
	}
	return sumOfSquares(boxes, level(boxes, need))
}

// box is the range of a group.
type box struct{ low, high float64 }

func (b box) at(level float64) float64 { return min(max(b.low, level), max(b.low, b.high)) }

func sumOfSquares(boxes []box, level float64) (sum float64) {
	for _, b := range boxes {
		share := b.low
		if level > 0 {
			share = b.at(level)
		}
		sum += share * share
	}
	return sum
}

// level is how high groups are filled, each within its range, so that together they have what is needed.
func level(boxes []box, need float64) float64 {
	filled := func(level float64) (sum float64) {
		for _, b := range boxes {
			sum += b.at(level)
		}
		return sum
	}
	stops := []float64{0}
	for _, b := range boxes {
		stops = append(stops, b.low, min(b.high, 1))
	}
	slices.Sort(stops)
	if filled(0) >= need {
		return 0
	}
	i, _ := slices.BinarySearchFunc(stops, need, func(level, need float64) int { return cmp.Compare(filled(level), need) })
	if i == len(stops) {
		return 1
	}
	// Between two stops the same groups rise.
	rising := 0
	from, to := stops[max(i-1, 0)], stops[i]
	for _, b := range boxes {
		if b.low <= from && b.high >= to {
			rising++
		}
	}
	if rising == 0 {
		return to
	}
	return min(to, from+(need-filled(from))/float64(rising))
}

// high is the greatest index: parts of unknown group all in one group, and the rest where it raises the index most.
func (x *bounding) high() (sum float64, to int) {
	if x.loose == 0 {
		return x.corner(x.base)
	}
	base := slices.Clone(x.base)
	for g := range base {
		base[g] += x.loose
		if with, at := x.corner(base); with > sum {
			sum, to = with, at
			if x.rest == 0 {
				to = x.group(g)
			}
		}
		base[g] = x.base[g]
	}
	return sum, to
}

// group is the number of a group as it is told.
func (x *bounding) group(g int) int {
	if g == x.Groups {
		return Unknown
	}
	return g
}

// maxExact is up to how many groups that have room for a part of the rest every choice of them is tried.
const maxExact = 12

// corner is the greatest sum of squares when the rest is added to base, within the room that groups have. Finding it
// is as hard as finding a subset with a given sum; only groups that have room for some of the rest, but not for all,
// make it so: those of disputed shares, which are few. For many the sum is bounded instead, see chord.
func (x *bounding) corner(base []float64) (sum float64, to int) {
	for _, b := range base {
		sum += b * b
	}
	if x.rest == 0 {
		return sum, x.group(largest(base))
	}
	var some []int // groups with room for a part of the rest
	all := -1      // the largest of those with room for all of it
	for g, room := range x.room {
		switch {
		case room >= x.rest:
			if all < 0 || base[g] > base[all] {
				all = g
			}
		case room > 0:
			some = append(some, g)
		}
	}
	if len(some) > maxExact {
		gain, g := x.chord(base)
		return sum + gain, x.group(g)
	}
	best, at := 0.0, largest(base)
	for set := range 1 << len(some) {
		rest, gain := x.rest, 0.0
		most, fullest := 0.0, largest(base) // the group that what is added raises most
		for i, g := range some {
			if set>>i&1 != 0 {
				rest -= x.room[g]
				more := added(base[g], x.room[g])
				gain += more
				if more > most {
					most, fullest = more, g
				}
			}
		}
		if rest < -negligible {
			continue
		}
		rest = max(rest, 0)
		last := all
		for i, g := range some {
			if set>>i&1 == 0 && x.room[g] >= rest && (last < 0 || base[g] > base[last]) {
				last = g
			}
		}
		if last < 0 && rest > negligible {
			continue
		}
		if last >= 0 {
			more := added(base[last], rest)
			gain += more
			if more > most {
				fullest = last
			}
		}
		if gain > best {
			best, at = gain, fullest
		}
	}
	return sum + best, x.group(at)
}

// added is what adding more to a share adds to its square.
func added(share, more float64) float64 { return more * (2*share + more) }

// chord bounds what the rest can add: what a group adds is convex in how much it gets, and so never above the straight
// line between nothing and all that it has room for. Over straight lines the steepest are filled first.
func (x *bounding) chord(base []float64) (gain float64, to int) {
	order := make([]int, 0, len(base))
	for g, room := range x.room {
		if room > 0 {
			order = append(order, g)
		}
	}
	slope := func(g int) float64 { return 2*base[g] + x.room[g] }
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(slope(b), slope(a)) })
	rest := x.rest
	for _, g := range order {
		part := min(x.room[g], rest)
		gain += part * slope(g)
		if rest -= part; rest <= 0 {
			break
		}
	}
	if len(order) == 0 {
		return 0, largest(base)
	}
	return gain, order[0]
}

func largest(base []float64) (at int) {
	most := math.Inf(-1)
	for g, b := range base {
		if b > most {
			most, at = b, g
		}
	}
	return at
}
