package esri

// The equations round by round, as the paper has them: both channels of a round from the values of the round before.
//
// Eps stops far from the end of the equations, so a change far below it need not go further at once: what a company lost
// more, or lost more of its replacement, is held back until it adds up to more than small. What stands in the cell of a
// company is always all that it was told; only what it tells others comes late. Companies whose losses weigh much in
// the score tell others earlier: as soon as that is worth more than hold, by the bounds of the network.

// start lets company f stop.
func (k *Worker) start(f int32) {
	k.begin()
	c := k.at(f)
	c.down, c.sum, c.up, c.upSum = 1, 1, 1, 1
	k.up = append(k.up, f)
	k.rounds++
	k.lost(f, c, 0, 1)
}

// lost notes that what company i lost for want of inputs grew from was to now.
func (k *Worker) lost(i int32, c *cell, was, now float64) {
	c.down = now
	sales := k.x.sales[i]
	if sales == 0 {
		return // no customers: nobody to pass it on to
	}
	k.down = append(k.down, i)
	if !k.o.Replaceable {
		return
	}
	s := k.sectorOf(i)
	s.lost += sales * (now - was)
	if was == 0 { // not now - was == now, which a first loss of next to nothing makes true again
		c.next, s.first = s.first, i
	}
	if s.round != k.rounds {
		s.round = k.rounds
		k.moved = append(k.moved, k.x.sector[i])
	}
}

// round computes one round and returns the largest loss of any company in either channel.
func (k *Worker) round() float64 {
	k.rounds++
	k.lessInput, k.lessSales = k.lessInput[:0], k.lessSales[:0]
	k.passSectors()
	worth := k.b.levels[0].b
	for _, i := range k.down {
		k.tellDown(i, &k.cells[i], worth[i])
	}
	for _, i := range k.up {
		c := &k.cells[i]
		if more := c.up - c.upPassed; k.tells(more, k.b.visits.high[i]) {
			c.upPassed = c.up
			k.passUp(i, more)
		}
	}
	k.down, k.up, k.moved = k.down[:0], k.up[:0], k.moved[:0]
	return max(k.settleDown(), k.settleUp())
}

// tells reports whether a loss is to be passed on that is worth so much to the score.
func (k *Worker) tells(loss, worth float64) bool {
	return loss > k.small || loss > 0 && loss*worth > k.hold
}

func (k *Worker) tellDown(i int32, c *cell, worth float64) {
	now := c.down
	if k.o.Replaceable {
		now *= k.sigma(i, &k.sectors[k.x.sector[i]])
	}
	if more := now - c.passed; k.tells(more, worth) {
		c.passed = now
		k.passDown(i, more)
	}
}

// passSectors brings up to date what is left of the sectors that lost something, and passes on what that changes: what
// a company of such a sector lost weighs more than before, for less is left to replace it. Its sigma grew by no larger
// a part than the scale, so that little is held back of all when that part is small.
func (k *Worker) passSectors() {
	worth := k.b.levels[0].b
	for _, p := range k.moved {
		s := &k.sectors[p]
		s.scale = scaleOf(k.x.volume[p] - s.lost)
		if k.x.alone[p] || s.scale <= s.told*(1+k.small) {
			continue
		}
		s.told = s.scale
		for i := s.first; i >= 0; {
			c := &k.cells[i]
			k.tellDown(i, c, worth[i])
			i = c.next
		}
	}
}

// passDown lets the customers of company i know that it lost more.
func (k *Worker) passDown(i int32, loss float64) {
	uses := k.x.uses(i)
	k.ops += len(uses)
	for _, u := range uses {
		c := k.at(u.to)
		if c.downRound != k.rounds {
			c.downRound = k.rounds
			k.lessInput = append(k.lessInput, u.to)
		}
		if k.slots == nil {
			c.sum += u.part * loss
			continue
		}
		k.slots[u.slot] += u.part * loss
		c.sum = max(c.sum, k.slots[u.slot])
	}
}

func (k *Worker) passUp(i int32, loss float64) {
	sales := k.x.buys(i)
	k.ops += len(sales)
	for _, l := range sales {
		c := k.at(l.from)
		if c.upRound != k.rounds {
			c.upRound = k.rounds
			k.lessSales = append(k.lessSales, l.from)
		}
		c.upSum += l.part * loss
	}
}

func (k *Worker) settleDown() (largest float64) {
	for _, i := range k.lessInput {
		c := &k.cells[i]
		now := min(1, c.sum)
		if more := now - c.down; more > 0 {
			k.lost(i, c, c.down, now)
			largest = max(largest, more)
		}
	}
	return largest
}

func (k *Worker) settleUp() (largest float64) {
	for _, i := range k.lessSales {
		c := &k.cells[i]
		now := min(1, c.upSum)
		if more := now - c.up; more > 0 {
			c.up = now
			k.up = append(k.up, i)
			largest = max(largest, more)
		}
	}
	return largest
}
