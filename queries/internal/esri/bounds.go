package esri

import (
	"math"
)

// Bounds tell of each company how much a loss that was not yet passed on can still add to a score. They are computed
// once for a network, and make certified scores cheap: most companies need hardly any step beyond them.
//
// Upstream the equations are linear, and a company loses what the chance is that a walk which begins at it and goes
// from seller to customer, with the chances Lu, ever meets the company that stopped. With G = 1 + Lu + Lu Lu + ...,
// the expected visits, the score of f upstream is visits_f (1 - return_f), where visits = G^T weight and return_f is
// the chance that the walk from f comes back to f. So only return_f is left to find out.
//
// Downstream they are not linear, for sigma grows with what the sector loses. As long as no sector loses more than the
// part theta of its volume, sigma_j is at most cap_j = min(1, s_j / ((1 - theta) volume)), and a loss r of what j
// passes on, sigma h, adds at most r b_j, where
//
//	b = Ld^T y,  y = v + cap b
//
// with v at least the weight. That a growing loss of the sector raises sigma as well adds a factor: [Worker.growth].
//
// All are computed from below and then raised until they provably satisfy the inequality that the proof needs, such as
// y >= v + cap Ld^T y. Where that does not succeed (a loop that next to nothing leaves) they are infinite.
type Bounds struct {
	x      *Network
	visits interval
	length []float64 // at least the expected number of companies that the walk from each one meets, itself included
	levels []level
	extra  float64 // v = weight + extra * s / volume of the sector
	steep  float64 // greatest y, for the rounding of sums
}

// interval is a vector between two.
type interval struct{ low, high []float64 }

// level is one theta with its bound.
type level struct {
	theta float64
	b     []float64
}

// NewBounds computes the bounds of a network for scores with these options.
func NewBounds(x *Network, o Options) *Bounds {
	b := &Bounds{x: x, extra: x.extra(o), steep: 1}
	b.visits = x.solve(x.weight, nil, x.suppliersOf)
	ones := make([]float64, x.n)
	for i := range ones {
		ones[i] = 1
	}
	b.length = x.solve(ones, nil, x.buyersOf).high
	v := x.weight
	thetas := []float64{0} // without replacement sigma is 1, whatever is lost
	if o.Replaceable {
		v = b.v()
		thetas = []float64{0.15, 0.5, 0.8}
	}
	for _, theta := range thetas {
		caps := x.caps(o, theta)
		y := x.solve(v, caps, x.customersOf).high
		l := level{theta: theta, b: make([]float64, x.n)}
		for i := range l.b {
			l.b[i] = x.customersOf(int32(i), y) * (1 + x.room)
			if !math.IsInf(y[i], 0) {
				b.steep = max(b.steep, y[i])
			}
		}
		b.levels = append(b.levels, l)
	}
	return b
}

// extra is a weight on top for each company, by its part of its sector: with it the bound on a score's error bounds
// what each sector lost in the error as well, however small the sector is.
func (x *Network) extra(o Options) float64 {
	shared := 0
	for p, v := range x.volume {
		if v > 0 && !x.alone[p] {
			shared++
		}
	}
	most := 0.5 / float64(max(1, shared))
	if o.Error > 0 && o.Eps == 0 {
		return min(most, 20*o.Error)
	}
	return most
}

func (b *Bounds) v() []float64 {
	x := b.x
	v := make([]float64, x.n)
	for i, s := range x.sales {
		if v[i] = x.weight[i]; s > 0 && !x.alone[x.sector[i]] {
			v[i] += b.extra * s / x.volume[x.sector[i]]
		}
	}
	return v
}

func (x *Network) caps(o Options, theta float64) []float64 {
	caps := make([]float64, x.n)
	for i, s := range x.sales {
		caps[i] = 1
		if p := x.sector[i]; o.Replaceable && !x.alone[p] && s > 0 {
			caps[i] = min(1, s/((1-theta)*x.volume[p]))
		}
	}
	return caps
}

// customersOf is the sum of Ld * y over the companies that depend on i.
func (x *Network) customersOf(i int32, y []float64) (sum float64) {
	for _, u := range x.sells(i) {
		sum += u.part * y[u.to]
	}
	return sum
}

// suppliersOf is the sum of Lu * y over the companies that i buys from.
func (x *Network) suppliersOf(i int32, y []float64) (sum float64) {
	for _, l := range x.buys(i) {
		sum += l.part * y[l.from]
	}
	return sum
}

// buyersOf is the sum of Lu * y over the companies that i sells to.
func (x *Network) buyersOf(i int32, y []float64) (sum float64) {
	for at := x.saleStart[i]; at < x.saleStart[i+1]; at++ {
		sum += x.in[x.saleAt[at]].part * y[x.saleTo[at]]
	}
	return sum
}

const (
	sweepWork   = 400_000_000 // links visited before a bound is given up
	leastSweeps = 100
	mostSweeps  = 3000
	settled     = 1e-14 // change of a sweep that ends it
	leastRaise  = 1e-10 // by which a bound is at first above the solution
	mostRaise   = 1e-3  // and at last
	maxTries    = 20    // of lifting it, each
)

// solve gives a y with y <= v + cap * next(y) and one with y >= v + cap * next(y). A nil cap is 1.
func (x *Network) solve(v, caps []float64, next func(int32, []float64) float64) (y interval) {
	capOf := func(i int) float64 {
		if caps == nil {
			return 1
		}
		return caps[i]
	}
	y.low = append([]float64(nil), v...)
	step := make([]float64, x.n)
	more := 0.0
	for range max(leastSweeps, min(mostSweeps, sweepWork/(len(x.out)+x.n+1))) {
		least, most, rest := 1.0, 0.0, 0.0
		for i := x.n - 1; i >= 0; i-- {
			now := v[i] + capOf(i)*next(int32(i), y.low)
			more := now - y.low[i]
			if more < steady*now {
				more = 0
			}
			least, most = ratios(least, most, step[i], more, now)
			if more > 0 {
				rest = max(rest, more/now)
			}
			step[i] = more
			y.low[i] += more
		}
		if more = 0; most < 1 {
			more = most / (1 - most)
		}
		if !(rest > settled) {
			break
		}
		if least > 0.5 && most < 1 {
			for i := range step {
				y.low[i] += least / (1 - least) * step[i]
				step[i] = 0
			}
			more = 0
		}
	}
	y.high = make([]float64, x.n)
	for factor := leastRaise; ; factor *= 10 {
		last := factor > mostRaise
		for i := range y.low {
			if !math.IsInf(y.high[i], 0) {
				y.high[i] = (y.low[i] + more*step[i]) * (1 + factor)
			}
		}
		if !x.raise(y.high, v, capOf, next, factor, last) {
			continue
		}
		if !last {
			break
		}
		factor = leastRaise / 10 // without those that are infinite the others need less
	}
	for i := range y.low {
		y.low[i] *= 1 - float64(len(x.in))*ulp // no path is longer
	}
	return y
}

// ratios takes a step of linear equations, after the one before, into the least and the greatest part that a step is of
// the one before. As long as no step shrinks below the part least, none ever will: at least least / (1 - least) steps
// more are still to come, and likewise at most.
func ratios(least, most, before, step, now float64) (float64, float64) {
	if before > 0 {
		least = min(least, step/before*(1-1e-6)-steady*now/before)
	}
	if step > 0 {
		most = max(most, step/before)
	}
	return least, most
}

// steady is the relative size of a step that may be due to rounding.
const steady = 1e-13

// raise lifts y until y >= v + cap * next(y) holds, with room for rounding, and reports whether it did. At last, what
// does not settle is made infinite.
func (x *Network) raise(y, v []float64, capOf func(int) float64, next func(int32, []float64) float64, factor float64, last bool) bool {
	for try := 0; last || try < maxTries; try++ {
		bad := false
		for i := x.n - 1; i >= 0; i-- {
			need := (v[i] + capOf(i)*next(int32(i), y)) * (1 + x.room)
			if need <= y[i] {
				continue
			}
			bad = true
			y[i] = need * (1 + factor)
			if try > maxTries {
				y[i] = inf
			}
		}
		if !bad {
			return true
		}
	}
	return false
}
