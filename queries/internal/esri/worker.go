package esri

import (
	"cmp"
	"slices"
)

// Options choose the variant of the equations and how far they are followed.
type Options struct {
	// Replaceable lets a company's customers turn to the rest of its sector: sigma of the equations. Without it
	// sigma is 1.
	Replaceable bool
	// Eps stops, as the authors do, after the round in which no company lost more than this in either channel; 0
	// leaves the number of rounds to Error.
	Eps float64
	// Error is the certified error that a score may have; 0 leaves it to Eps. Where both are given, a score whose
	// error is still greater after the rounds of Eps is computed further.
	Error float64
}

// Score is what stops in the network when one company stops, as parts of what all companies sell.
type Score struct {
	ESRI       float64 // what is lost in the worse of the two channels, company by company
	Downstream float64 // by companies that lack inputs
	Upstream   float64 // by companies that lack customers
	// Error bounds how far each of the three is below the value of the equations followed to their end. It is
	// infinite when there is no certificate.
	Error float64
}

// Loss is what one company loses: parts of its sales, 0..1.
type Loss struct {
	Company              int32
	Downstream, Upstream float64
}

// Greater is the loss that counts: the worse of both channels.
func (l Loss) Greater() float64 { return max(l.Downstream, l.Upstream) }

// Worker computes scores one after the other. Its memory is one cell a company, whatever the number of scores; the
// work for a score is that of the companies which it reaches. Workers are not safe for concurrent use, but share the
// Network and the Bounds.
type Worker struct {
	x *Network
	b *Bounds
	o Options

	epoch    uint32 // of the score that is computed; what the cells of others hold is void
	cells    []cell
	slots    []float64 // sums, where companies have several
	affected []int32   // companies whose cells are in use
	sectors  []sector
	touched  []int32 // sectors in use
	rounds   uint32  // of all scores
	ops      int     // additions made for this score

	down, up  []int32 // companies that lost more in the last round
	hold      float64 // loss, by its worth to the score, that is passed on however small
	small     float64 // loss that is passed on whatever it is worth
	lessInput []int32 // companies that were passed something in this round
	lessSales []int32
	moved     []int32 // sectors that lost something in the last round
	certified
}

// cell is what one company lost. It fills one line of the cache.
type cell struct {
	down, passed float64 // lost for want of inputs; of it, times sigma, what its customers know of
	sum          float64 // what down will be after the round
	up, upPassed float64 // lost for want of customers; what its suppliers know of
	upSum        float64 // what up will be after the round
	epoch        uint32
	downRound    uint32 // last round in which it was passed something; flags where no rounds are kept
	upRound      uint32
	next         int32 // of the same sector with a loss downstream; -1: the last
}

// sector is what the companies of a sector lost together.
type sector struct {
	lost  float64 // sum of s * down
	scale float64 // 1 / what is left; sigma is s times that, at most 1
	told  float64 // scale when all of the list were last passed on
	first int32   // list of companies with a loss; -1: none
	epoch uint32
	round uint32  // last round in which something was lost
	grows float64 // sum of s * b * down over companies that are partly replaced
}

// What is held back, as parts of Eps; see rounds.go. Tests hold the scores against rounds that hold nothing back: they
// are the same to Eps/100.
const (
	smallPart  = 1. / 200
	mostSmall  = 1e-4
	heldPart   = 1. / 3200 // of what a company's loss is worth to the score: 32 companies together Eps/100
	doubtful   = 4         // so many times small from Eps, it is not certain which round is the last
	leastSmall = 1e-5      // part of Eps that nothing is held back below, in order to be certain
)

// NewWorker makes a worker. Bounds must be of the same network and replaceability.
func NewWorker(b *Bounds, o Options) *Worker {
	x := b.x
	w := &Worker{x: x, b: b, o: o, cells: make([]cell, x.n), sectors: make([]sector, len(x.volume)), hold: o.Eps * heldPart, small: min(mostSmall, o.Eps*smallPart)}
	if x.slotStart != nil {
		w.slots = make([]float64, x.slotStart[x.n])
	}
	return w
}

// begin forgets the score before.
func (k *Worker) begin() {
	k.epoch++
	k.affected, k.touched, k.queue, k.ops = k.affected[:0], k.touched[:0], k.queue[:0], 0
	k.down, k.up, k.moved = k.down[:0], k.up[:0], k.moved[:0]
}

// at is the cell of company i, made ready when it is used for the first time.
func (k *Worker) at(i int32) *cell {
	c := &k.cells[i]
	if c.epoch != k.epoch {
		k.open(c, i)
	}
	return c
}

func (k *Worker) open(c *cell, i int32) {
	*c = cell{epoch: k.epoch, next: -1}
	k.affected = append(k.affected, i)
	if k.slots != nil {
		clear(k.slots[k.x.slotStart[i]:k.x.slotStart[i+1]])
	}
}

// sectorOf is the sector of company i, made ready when it is used for the first time.
func (k *Worker) sectorOf(i int32) *sector {
	p := k.x.sector[i]
	s := &k.sectors[p]
	if s.epoch != k.epoch {
		*s = sector{scale: scaleOf(k.x.volume[p]), told: scaleOf(k.x.volume[p]), first: -1, epoch: k.epoch, round: s.round}
		k.touched = append(k.touched, p)
	}
	return s
}

// scaleOf is 1 / left; a sector of which nothing is left replaces nobody.
func scaleOf(left float64) float64 {
	if left > 0 {
		return 1 / left
	}
	return inf
}

// sigma is the part of what a company lost that its sector does not replace.
func (k *Worker) sigma(i int32, s *sector) float64 {
	if !k.o.Replaceable || k.x.alone[k.x.sector[i]] {
		return 1
	}
	return min(1, k.x.sales[i]*s.scale)
}

// sum adds up the losses of the cells, in the order of companies, so that it does not depend on how they were reached.
func (k *Worker) sum() (out Score) {
	for _, i := range k.affected {
		c := &k.cells[i]
		w := k.x.weight[i]
		out.ESRI += w * max(c.down, c.up)
		out.Downstream += w * c.down
		out.Upstream += w * c.up
	}
	return out
}

// Losses are what companies lose after the last score, the greatest part of what all sell first; at most so many.
func (k *Worker) Losses(most int) []Loss {
	list := make([]Loss, 0, len(k.affected))
	for _, i := range k.affected {
		if c := &k.cells[i]; c.down > 0 || c.up > 0 {
			list = append(list, Loss{i, c.down, c.up})
		}
	}
	weigh := func(l *Loss) float64 { return l.Greater() * k.x.weight[l.Company] }
	slices.SortFunc(list, func(a, b Loss) int {
		return cmp.Or(cmp.Compare(weigh(&b), weigh(&a)), cmp.Compare(b.Greater(), a.Greater()), cmp.Compare(a.Company, b.Company))
	})
	return list[:min(most, len(list))]
}
