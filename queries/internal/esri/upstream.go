package esri

// upstream finds what company f's stop costs its suppliers, and the score, which is certified to lie in the middle of
// an interval of that width if it can be. down is the bound on what is missing downstream.
//
// Each company's chance to meet f is found by passing on losses above a threshold: those left over, at most share
// each, add at most share * length to the chance of a company (R. Andersen, C. Borgs, J. Chayes, J. Hopcroft, V.
// Mirrokni and S.-H. Teng, "Local computation of PageRank contributions", WAW 2007). What f loses upstream follows
// from the visits to f and the chance to return to it; the chances themselves only matter where both channels meet.
func (k *Worker) upstream(f int32, width, down float64) (out Score) {
	b := k.b
	k.returned, k.share = 0, 1
	want := width * partUp
	scale := b.visits.high[f] * (b.length[f] - 1) // further companies that the walk from f meets
	if !(scale*leastShare < want) {
		return k.climb(f, width, down)
	}
	if scale > want {
		k.pass(f, want/scale)
	}
	for {
		out, meet := k.between(f, down)
		if out.Error <= width/2 || meet <= width/64 {
			return out
		}
		if k.share < leastShare || k.tired() {
			return k.climb(f, width, down)
		}
		k.pass(f, k.share/lower)
	}
}

// leastShare is the threshold below which passing on upstream is not worth the time.
const leastShare = 1e-9

// pass passes on losses upstream that are greater than share.
func (k *Worker) pass(f int32, share float64) {
	k.share = share
	k.queue = k.queue[:0]
	for _, i := range k.affected {
		if c := &k.cells[i]; c.up-c.upPassed > share {
			c.downRound |= queuedUp
			k.queue = append(k.queue, i)
		}
	}
	for at := 0; at < len(k.queue); at++ {
		i := k.queue[at]
		c := &k.cells[i]
		c.downRound &^= queuedUp
		if k.tired() {
			k.share = 1
			continue
		}
		more := c.up - c.upPassed
		c.upPassed = c.up
		k.tellSuppliers(f, i, more)
	}
}

func (k *Worker) tellSuppliers(f, i int32, loss float64) {
	sales := k.x.buys(i)
	k.ops += len(sales)
	for _, l := range sales {
		if l.from == f {
			k.returned += l.part * loss
			continue
		}
		c := k.at(l.from)
		c.up += l.part * loss
		if c.downRound&queuedUp == 0 && c.up-c.upPassed > k.share {
			c.downRound |= queuedUp
			k.queue = append(k.queue, l.from)
		}
	}
}

// between is the score by what is known, with its error; meet is the part of the error that is due to companies that
// lose in both channels.
func (k *Worker) between(f int32, down float64) (out Score, meet float64) {
	x, b := k.x, k.b
	both, bothMost, lost, worse, up := 0.0, 0.0, 0.0, 0.0, 0.0
	for _, i := range k.affected {
		c := &k.cells[i]
		w := x.weight[i]
		lost += w * c.down
		up += w * c.up
		worse += w * max(c.down, c.up)
		if c.down == 0 || i == f {
			continue
		}
		both += w * min(c.down, c.up)
		bothMost += w * min(c.down, c.upPassed+k.share*b.length[i])
	}
	slack := ulp * float64(k.ops+8*len(k.affected)) * b.length[f]
	own := x.weight[f]
	back := min(1, k.returned+k.share*(b.length[f]-1)+slack)
	upLow := max(up, b.visits.low[f]*(1-back)) * (1 - x.room)
	upHigh := max(upLow, min(1, b.visits.high[f]*(1-max(0, k.returned-slack))))
	low := max(worse, lost+upLow-own-bothMost-slack)
	high := min(1, lost+down+upHigh-own-both+slack)
	high = max(low, high)
	out = Score{ESRI: (low + high) / 2, Error: (high - low) / 2}
	out.Downstream = min(1, lost+down/2)
	out.Upstream = (upLow + upHigh) / 2
	out.Error = max(out.Error, down/2, (upHigh-upLow)/2)
	return out, bothMost - both
}
