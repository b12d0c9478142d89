package esri

import "math"

// converge is for the scores that the bounds of the network do not serve: those of companies that take most of a
// sector with them, and of loops that nearly close. Losses are passed on until next to nothing is left; then losses
// are sought that are a little larger and that the equations provably do not exceed: F(u) <= u.
func (k *Worker) converge(f int32, most float64) float64 {
	least := most / 16
	best := inf
	for range maxConverge {
		for {
			k.weighSectors()
			if k.tired() || !k.fill(least/float64(len(k.affected)+64)) {
				break
			}
			k.drainDown()
		}
		if best = min(best, k.ceil(f, least)); best <= most || k.tired() {
			break
		}
		k.threshold = inf
		least /= 64
	}
	return best
}

const (
	maxConverge = 6
	maxCeil     = 300
)

// ceil looks for losses downstream that the equations do not exceed, and returns how much they are above those found;
// infinite if it finds none.
func (k *Worker) ceil(f int32, start float64) float64 {
	if k.ceiling == nil {
		k.ceiling = make([]float64, k.slotCount())
	}
	for _, i := range k.affected {
		c := &k.cells[i]
		c.sum = 0
		if c.down > 0 {
			c.sum = min(1, c.down*(1+start)+start)
		}
	}
	k.cells[f].sum = 1
	for range maxCeil {
		if k.isCeiling(f) {
			sum := 0.0
			for _, i := range k.affected {
				c := &k.cells[i]
				sum += k.x.weight[i] * (c.sum - c.down)
			}
			return sum * (1 + k.x.room)
		}
	}
	return inf
}

func (k *Worker) slotCount() int32 {
	if k.x.slotStart == nil {
		return int32(k.x.n)
	}
	return k.x.slotStart[k.x.n]
}

// isCeiling computes the equations on the losses sum, and lifts those that they exceed. It reports whether there were
// none.
func (k *Worker) isCeiling(f int32) bool {
	k.ceilSectors()
	for at := 0; at < len(k.affected); at++ { // grows as losses reach more companies
		i := k.affected[at]
		c := &k.cells[i]
		if c.sum == 0 {
			continue
		}
		s := 1.0
		if k.x.sales[i] > 0 {
			s = k.sigma(i, k.sectorOf(i))
		}
		loss := s * c.sum
		if s < 1 {
			loss *= 1 + 4*ulp
		}
		for _, u := range k.x.sells(i) {
			k.at(u.to)
			if u.part < 1 {
				k.ceiling[u.slot] += u.part * loss * (1 + k.x.room)
			} else {
				k.ceiling[u.slot] += loss // the only one of the slot: exact, so that a loop may close
			}
		}
	}
	ok := true
	for _, i := range k.affected {
		c := &k.cells[i]
		if need := min(1, k.takeCeiling(i)); need > c.sum && i != f {
			ok = false
			c.sum = min(1, need+(need-c.sum)/2+math.SmallestNonzeroFloat64)
		}
	}
	return ok
}

// takeCeiling is the greatest slot of company i; it clears them.
func (k *Worker) takeCeiling(i int32) (most float64) {
	low, high := i, i+1
	if k.x.slotStart != nil {
		low, high = k.x.slotStart[i], k.x.slotStart[i+1]
	}
	for j := low; j < high; j++ {
		most = max(most, k.ceiling[j])
		k.ceiling[j] = 0
	}
	return most
}

// ceilSectors gives sectors the scale that follows from the losses sum, rounded up.
func (k *Worker) ceilSectors() {
	if !k.o.Replaceable {
		return
	}
	for _, p := range k.touched {
		k.sectors[p].lost = 0
	}
	for _, i := range k.affected {
		if c := &k.cells[i]; c.sum > 0 && k.x.sales[i] > 0 {
			k.sectorOf(i).lost += k.x.sales[i] * c.sum
		}
	}
	for _, p := range k.touched {
		s := &k.sectors[p]
		volume := k.x.volume[p]
		s.scale = scaleOf(volume-s.lost-ulp*float64(len(k.affected)+8)*volume) * (1 + 8*ulp)
	}
}

// climb is upstream for walks that hardly end. The equations are followed round by round; once every loss grows less
// from round to round, what is still to come is a geometric series at most, which is then held against the equations.
func (k *Worker) climb(f int32, width, down float64) (out Score) {
	for _, i := range k.affected {
		k.cells[i].sum = 0 // the last step
	}
	out.Error = inf
	for round := 1; round <= maxClimb; round++ {
		least, mu := k.ascend(f)
		if mu == 0 || round == maxClimb || mu < 1 && round&(round-1) == 0 {
			more := 0.0
			if mu < 1 {
				more = mu / (1 - mu) * (1 + 1e-6)
			}
			if next := k.capped(f, down, more); next.Error < out.Error {
				out = next
			}
			if mu == 0 || out.Error <= width/2 {
				break
			}
		}
		if least > 0.5 && mu < 1 {
			k.leap(f, least/(1-least))
		}
	}
	return out
}

// leap goes on by so many of the last steps; see [ratios].
func (k *Worker) leap(f int32, steps float64) {
	for _, i := range k.affected {
		if c := &k.cells[i]; i != f {
			c.up = min(1, c.up+steps*c.sum)
			c.sum = 0
		}
	}
}

const maxClimb = 1 << 12

// ascend computes the equations upstream once for each company, in place, and returns the least and the greatest
// part that a step is of the step before. Steps that rounding could have made are none.
func (k *Worker) ascend(f int32) (least, mu float64) {
	x := k.x
	least = 1
	for at := 0; at < len(k.affected); at++ { // grows as losses reach more companies
		i := k.affected[at]
		c := &k.cells[i]
		if i != f {
			now := 0.0
			for j := x.saleStart[i]; j < x.saleStart[i+1]; j++ {
				if buyer := &k.cells[x.saleTo[j]]; buyer.epoch == k.epoch {
					now += x.in[x.saleAt[j]].part * buyer.up
				}
			}
			step := min(1, now) - c.up
			if step < steady*now {
				step = 0
			}
			c.up += step
			least, mu = ratios(least, mu, c.sum, step, now)
			c.sum = step
		}
		if c.up > 0 && c.downRound&reached == 0 {
			c.downRound |= reached
			for _, l := range x.buys(i) {
				k.at(l.from)
			}
		}
	}
	return least, mu
}

// capped is the score if the losses upstream are at most those found and so many further steps like the last one, or
// a little more where the equations exceed that.
func (k *Worker) capped(f int32, down, more float64) (out Score) {
	ok := false
	for factor := 0.0; !ok && factor < mostRaise; factor = max(leastRaise/1000, factor*10) {
		for _, i := range k.affected {
			c := &k.cells[i]
			c.passed = min(1, (c.up+more*c.sum)*(1+factor)) // no longer needed for what it was
		}
		for try := 0; try < maxTries && !ok; try++ {
			ok = k.isCap(f)
		}
	}
	low, high, lost, up, upHigh := 0.0, 0.0, 0.0, 0.0, 0.0
	for _, i := range k.affected {
		c := &k.cells[i]
		w := k.x.weight[i]
		low += w * max(c.down, c.up)
		high += w * max(c.down, c.passed)
		lost += w * c.down
		up += w * c.up
		upHigh += w * c.passed
	}
	if !ok {
		high, upHigh = 1, 1
	}
	high = min(1, max(low, high+down+ulp*float64(len(k.affected)+8)))
	out = Score{ESRI: (low + high) / 2, Downstream: min(1, lost+down/2), Upstream: (up + upHigh) / 2}
	out.Error = max((high-low)/2, down/2, (upHigh-up)/2)
	return out
}

// isCap lifts the upper losses upstream that the equations exceed, and reports whether there were none.
func (k *Worker) isCap(f int32) bool {
	x, ok := k.x, true
	for _, i := range k.affected {
		need := 0.0
		for j := x.saleStart[i]; j < x.saleStart[i+1]; j++ {
			buyer := &k.cells[x.saleTo[j]]
			if buyer.epoch != k.epoch {
				continue
			}
			if part := x.in[x.saleAt[j]].part; part < 1 {
				need += part * buyer.passed * (1 + x.room)
			} else {
				need += buyer.passed // the only one: exact, so that a loop may close
			}
		}
		if c := &k.cells[i]; i != f && min(1, need) > c.passed {
			ok = false
			c.passed = min(1, need*(1+4*x.room))
		}
	}
	return ok
}
