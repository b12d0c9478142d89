package esri

import (
	"math"
)

// Scores with a certified error: losses are passed on where that matters most, until what was not passed on provably
// adds less than the error to the score.
//
// The order in which losses are passed on does not change what they come to, so no rounds are kept here: a cell's sum
// is unused, passed is what of sigma * down was passed on, upPassed what of up was.

// certified is the state of that computation.
type certified struct {
	level     int
	threshold float64 // of what passing on is worth, a link
	queue     []int32
	ceiling   []float64 // of slots
	returned  float64   // least chance that the walk from the company that stopped comes back to it
	share     float64   // largest loss that was not passed on upstream
}

// flags of a cell.
const (
	queuedDown uint32 = 1 << iota // it is in the queue
	queuedUp
	reached // its suppliers are among those affected
)

// parts of the error wanted that the computation of each channel may use up.
const (
	partDown = 0.55
	partUp   = 0.35
)

// Certified computes the score of company f to the error wanted. The Error of the result is infinite where there is
// no certificate.
func (k *Worker) Certified(f int32) Score {
	k.begin()
	c := k.at(f)
	c.down, c.up = 1, 1
	width := 2 * k.o.Error // the score is in the middle
	down := k.downstream(f, width*partDown)
	lost := 0.0
	for _, i := range k.affected {
		lost += k.x.weight[i] * k.cells[i].down
	}
	down = min(down, max(0, 1-lost))
	return k.upstream(f, width, down)
}

// downstream passes losses on until what is missing adds at most so much, and returns a bound on what it adds.
func (k *Worker) downstream(f int32, most float64) float64 {
	k.level, k.threshold = 0, inf
	for {
		worst := k.weighSectors()
		for k.level < len(k.b.levels)-1 && worst > k.b.levels[k.level].theta*0.7 {
			k.level++
		}
		left := k.missing(worst)
		if math.IsInf(left, 0) {
			return k.converge(f, most)
		}
		if left <= most || k.tired() || !k.fill(0) {
			return left
		}
		k.drainDown()
	}
}

// weighSectors brings what each sector lost up to date, and returns the greatest part that one lost.
func (k *Worker) weighSectors() (worst float64) {
	if !k.o.Replaceable {
		return 0
	}
	for _, p := range k.touched {
		k.sectors[p].lost = 0
	}
	for _, i := range k.affected {
		if c := &k.cells[i]; c.down > 0 && k.x.sales[i] > 0 {
			k.sectorOf(i).lost += k.x.sales[i] * c.down
		}
	}
	for _, p := range k.touched {
		s := &k.sectors[p]
		s.scale = scaleOf(k.x.volume[p] - s.lost)
		if !k.x.alone[p] {
			worst = max(worst, s.lost/k.x.volume[p])
		}
	}
	return worst
}

// missing bounds what the losses not passed on downstream can add to the score; see [Bounds].
func (k *Worker) missing(worst float64) float64 {
	for ; k.level < len(k.b.levels); k.level++ {
		l := &k.b.levels[k.level]
		left := k.residual(l) + k.rounding(worst)
		if !k.o.Replaceable {
			return left
		}
		if ratio := k.growth(l); ratio < 1 {
			left /= 1 - ratio
			if worst+left/k.b.extra <= l.theta {
				return left
			}
		}
	}
	k.level--
	return inf
}

// residual is the sum of the losses not passed on times what they can add.
func (k *Worker) residual(l *level) (sum float64) {
	x := k.x
	for _, p := range k.touched {
		k.sectors[p].grows = 0
	}
	for _, i := range k.affected {
		c := &k.cells[i]
		if c.down == 0 || x.outSells[i] == x.outStart[i] {
			continue
		}
		s := k.sectorOf(i)
		sigma := k.sigma(i, s)
		if r := sigma*c.down - c.passed; r > 0 {
			sum += r * l.b[i]
		}
		if sigma < 1 {
			s.grows += c.down * x.sales[i] * l.b[i]
		}
	}
	return sum
}

// rounding bounds the effect of rounding: each addition may have lost one rounding error of a loss of at most 1, and
// sigma as many as its sector has.
func (k *Worker) rounding(worst float64) float64 {
	return ulp * float64(k.ops+8*len(k.affected)) * k.b.steep / (1 - min(0.9, worst))
}

// growth is the factor by which a loss comes back because sigma grows with it. With Q = sum of s b h over the
// companies of a sector whose sigma is below 1, A what is left of the sector and (1 - theta) volume the least that
// will be, a further loss E of the sector raises what its companies pass on, weighed by b, by at most E Q / (A (1 -
// theta) volume). A y scaled by 1 + kappa bears that if kappa v >= (1 + kappa) s Q / (A (1 - theta) volume).
func (k *Worker) growth(l *level) (ratio float64) {
	for _, p := range k.touched {
		s := &k.sectors[p]
		if s.grows > 0 && !k.x.alone[p] {
			volume := k.x.volume[p]
			ratio = max(ratio, s.grows*s.scale/((1-l.theta)*volume)/(1/k.x.total+k.b.extra/volume))
		}
	}
	return ratio
}

// lower is the factor between two thresholds.
const lower = 4

// fill lowers the threshold to a part of the most that passing on downstream is worth, but not below least, and queues
// what is above it. It reports whether there is anything.
func (k *Worker) fill(least float64) bool {
	most := 0.0
	for _, i := range k.affected {
		most = max(most, k.worth(i, &k.cells[i]))
	}
	if most <= least {
		return false
	}
	k.threshold = max(least, min(k.threshold, most)/lower)
	for _, i := range k.affected {
		k.offer(i, &k.cells[i])
	}
	return true
}

// worth is what passing on the loss of company i downstream can add to the score, a link.
func (k *Worker) worth(i int32, c *cell) float64 {
	links := k.x.outSells[i] - k.x.outStart[i]
	if c.down == 0 || links == 0 {
		return 0
	}
	more := k.sigma(i, k.sectorOf(i))*c.down - c.passed
	if more <= 0 {
		return 0
	}
	return more * min(1, k.b.levels[k.level].b[i]) / float64(1+links) // no score is above 1
}

func (k *Worker) offer(i int32, c *cell) {
	if c.downRound&queuedDown == 0 && k.worth(i, c) > k.threshold {
		c.downRound |= queuedDown
		k.queue = append(k.queue, i)
	}
}

// tired reports whether the score took so many steps that it is not worth more: of a loop that hardly anything leaves.
func (k *Worker) tired() bool { return k.ops > leastOps+mostRounds*len(k.x.out) }

const (
	leastOps   = 500_000
	mostRounds = 1000
)

// drainDown passes on what is in the queue and what comes into it.
func (k *Worker) drainDown() {
	for at := 0; at < len(k.queue); at++ {
		i := k.queue[at]
		c := &k.cells[i]
		c.downRound &^= queuedDown
		if k.tired() {
			continue
		}
		now := k.sigma(i, k.sectorOf(i)) * c.down
		if more := now - c.passed; more > 0 {
			c.passed = now
			k.tellCustomers(i, more)
		}
	}
	k.queue = k.queue[:0]
}

func (k *Worker) tellCustomers(i int32, loss float64) {
	uses := k.x.sells(i)
	k.ops += len(uses)
	for _, u := range uses {
		c := k.at(u.to)
		if c.down == 1 {
			continue
		}
		if k.slots == nil {
			c.down = min(1, c.down+u.part*loss)
		} else {
			k.slots[u.slot] += u.part * loss
			c.down = max(c.down, min(1, k.slots[u.slot]))
		}
		k.offer(u.to, c)
	}
}
