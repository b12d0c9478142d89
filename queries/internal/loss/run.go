package loss

import (
	"context"
	"math"
	"slices"
)

// The grid that losses lie on. An upper loss is rounded up to it, a lower one down, after the rounding of the
// arithmetic itself is taken away: so values cannot creep by rounding, a loop comes to rest after finitely many
// updates, and what it comes to rest at bounds the exact loss. Losses below Negligible count as none.
const (
	Grid       = 1.0 / (1 << 40)
	slack      = 1.0 / 16        // of a step of the grid: more than the rounding of sums of hundreds of terms
	negligible = 1.0 * (1 << 10) // steps of the grid
	Negligible = negligible * Grid
)

// widenAfter is how many changes of one node are followed before its upper loss is taken to be everything, its lower
// one to be what it is (widening; P. Cousot, R. Cousot, POPL 1977): a loop that passes on nearly all of its loss would
// close in for a very long time.
const widenAfter = 1 << 17

// Options say how a network is read.
type Options struct {
	AssumeComplete  bool // all lists of suppliers are complete
	AssumeEssential bool // inputs of which nobody says are essential
	// WorstUndocumented: of an input that the damage reaches, everything is lost that no documented supplier is known to
	// have.
	WorstUndocumented bool
	// Level says which readings count; 0 stands for Both.
	Level Reading
	// Coarse solves on a coarser grid, which takes less time: bounds are up to some [CoarseGrid] wider, and losses below
	// [CoarseNegligible] count as none.
	Coarse bool
}

// The grid of a coarse run.
const (
	CoarseGrid       = 1.0 / (1 << 20)
	CoarseNegligible = negligible * CoarseGrid
)

// Scenario is the damage, wherever it comes from: what nodes and edges lose whatever happens elsewhere.
type Scenario struct {
	Nodes []Damage // At is a node
	Edges []Damage // At is an edge; what it takes away comes on top of the loss of its source, the greater one counts
	// Still are nodes that lose what damages them and nothing else: their inputs are not looked at. The order of the
	// calls of [Run.RaiseHigh] and [Run.RaiseLow] is up to who computes what they lose.
	Still []int32
}

// Damage is a part of the output that is lost.
type Damage struct {
	At        int32
	Low, High float64
}

// Run computes the losses of one scenario after the other on one network. Its memory is kept between scenarios, and
// what a scenario costs depends on what it reaches only. A Run is not safe for use by several goroutines.
type Run struct {
	net     *Net
	Options Options
	low     side
	high    side
	damage  map[int32]Damage // of edges
	hit     []uint64         // inputs of which an edge is damaged
	touched []int32          // of these, to clear
	still   []int32          // nodes whose inputs are not looked at
	widened int
	until   int32
	plain   bool // an input of which no share is known loses at most what the worst of its suppliers does
}

// side is one of the two runs of a scenario. What waits to be passed on lies in buckets by its value, the greatest
// first: nearly every node then has its value when it is passed on, and few are passed on again. The order decides how
// long it takes, not what comes out.
type side struct {
	value   []float64
	passed  []float64 // the value that was passed on last
	changes []uint32
	buckets [buckets]bucket
	top     int      // no bucket above it holds anything
	full    []uint64 // nodes that lose everything: a bit each, so that it stays in the cache
	whole   []bool   // see Net
	still   []int32  // nodes whose inputs are not looked at: they are marked in full
	now     float64  // the value that is being passed on
	reached []int32  // nodes that have a value, in the order in which they got one
}

const buckets = 256

// bucket is a queue: each in turn, lest a loop closes in on every little change of another one.
type bucket struct {
	nodes []int32
	taken int
}

// NewRun is a run on a network.
func NewRun(net *Net, o Options) *Run {
	r := &Run{net: net, Options: o, hit: make([]uint64, (len(net.flags)+63)/64), until: Nobody}
	for _, s := range []*side{&r.low, &r.high} {
		n := net.Nodes()
		s.value, s.passed, s.changes, s.full = make([]float64, n), make([]float64, n), make([]uint32, n), make([]uint64, (n+63)/64)
	}
	r.low.whole, r.high.whole = net.wholeLow, net.wholeHigh
	return r
}

// Until lets runs end as soon as a node loses everything: then only its loss is right.
func (r *Run) Until(node int32) { r.until = node }

// Low is the least loss of a node in the scenario solved last.
func (r *Run) Low(node int32) float64 { return r.low.value[node] }

// High is the greatest loss of a node in the scenario solved last.
func (r *Run) High(node int32) float64 { return r.high.value[node] }

// Reached are the nodes that may lose anything in the scenario solved last. The slice holds until the next scenario.
func (r *Run) Reached() []int32 { return r.high.reached }

// Widened is how many upper losses of the scenario solved last were taken to be everything because they did not come to
// rest.
func (r *Run) Widened() int { return r.widened }

// Solve computes the losses of a scenario. The error is that of the context: then the lower losses are right and the
// upper ones may be too low.
func (r *Run) Solve(ctx context.Context, s *Scenario) error {
	if err := r.SolveHigh(ctx, s); err != nil {
		return err
	}
	return r.propagate(ctx, s, &r.low, (*Run).lowerInput, (*Run).lowerNode, r.down())
}

// SolveHigh computes the upper losses only; the lower ones are those of no damage.
func (r *Run) SolveHigh(ctx context.Context, s *Scenario) error {
	r.reset()
	if r.Options.Level == 0 {
		r.Options.Level = Both
	}
	for _, d := range s.Edges {
		r.damageEdge(d)
	}
	r.plain = len(s.Edges) == 0 && r.Options.Level == Both && !r.Options.WorstUndocumented
	return r.propagate(ctx, s, &r.high, (*Run).upperInput, (*Run).upperNode, r.up())
}

func (r *Run) damageEdge(d Damage) {
	if r.damage == nil {
		r.damage = map[int32]Damage{}
	}
	have := r.damage[d.At]
	r.damage[d.At] = Damage{d.At, max(have.Low, d.Low), max(have.High, d.High)}
	i := r.net.InputOf(d.At)
	r.hit[i>>6] |= 1 << (uint(i) & 63)
	r.touched = append(r.touched, i)
}

func (r *Run) reset() {
	for _, i := range r.touched {
		r.hit[i>>6] = 0
	}
	r.touched, r.damage, r.widened = r.touched[:0], nil, 0
	for _, s := range []*side{&r.low, &r.high} {
		for _, n := range r.still {
			s.full[n>>6], s.still = 0, nil
		}
		for _, n := range s.reached {
			s.value[n], s.passed[n], s.changes[n], s.full[n>>6] = 0, 0, 0, 0
		}
		for i := range s.buckets { // of a scenario that was broken off
			s.buckets[i].nodes, s.buckets[i].taken = s.buckets[i].nodes[:0], 0
		}
		s.reached, s.top = s.reached[:0], 0
	}
	r.still = r.still[:0]
}

// hold lets the inputs of the still nodes of a scenario be passed over on one side, as those of nodes are that have
// nothing left to lose.
func (r *Run) hold(sc *Scenario, s *side) {
	r.still, s.still = append(r.still[:0], sc.Still...), sc.Still
	for _, n := range sc.Still {
		s.full[n>>6] |= 1 << (uint(n) & 63)
	}
}

func (r *Run) up() func(float64) float64 {
	if r.Options.Coarse {
		return coarseUp
	}
	return up
}

func (r *Run) down() func(float64) float64 {
	if r.Options.Coarse {
		return coarseDown
	}
	return down
}

func coarseUp(x float64) float64 {
	y := math.Ceil(x/CoarseGrid - slack*Grid/CoarseGrid)
	if y < negligible {
		return 0
	}
	return min(1, y*CoarseGrid)
}

func coarseDown(x float64) float64 {
	y := math.Floor(x/CoarseGrid + slack*Grid/CoarseGrid)
	if y < negligible {
		return 0
	}
	return min(1, y*CoarseGrid)
}

// up rounds an upper loss to the grid.
func up(x float64) float64 {
	y := math.Ceil(x/Grid - slack)
	if y < negligible {
		return 0
	}
	return min(1, y*Grid)
}

// down rounds a lower loss to the grid.
func down(x float64) float64 {
	y := math.Floor(x/Grid + slack)
	if y < negligible {
		return 0
	}
	return min(1, y*Grid)
}

// checkEvery is how many inputs are looked at between two looks at the context.
const checkEvery = 1 << 14

func (r *Run) propagate(ctx context.Context, sc *Scenario, s *side, input, node func(*Run, int32) float64, round func(float64) float64) error {
	upper := s == &r.high
	of := func(d Damage) float64 {
		if upper {
			return round(d.High)
		}
		return round(d.Low)
	}
	r.hold(sc, s)
	s.now = 1
	for _, d := range sc.Nodes {
		s.raise(d.At, of(d))
	}
	for _, i := range r.touched {
		if n := r.net.node[i]; s.full[n>>6]>>(uint(n)&63)&1 == 0 {
			r.update(s, supplied{i, n}, input, round)
		}
	}
	return r.drain(ctx, s, input, node, round)
}

// RaiseHigh goes on from what SolveHigh found, as if these nodes had been damaged too, by so much at most.
func (r *Run) RaiseHigh(ctx context.Context, damage []Damage) error {
	r.high.now = 1
	for _, d := range damage {
		r.high.raise(d.At, up(d.High))
	}
	return r.drain(ctx, &r.high, (*Run).upperInput, (*Run).upperNode, up)
}

// RaiseLow goes on from what SolveLow found, as if these nodes had been damaged too, by so much at least.
func (r *Run) RaiseLow(ctx context.Context, damage []Damage) error {
	r.low.now = 1
	for _, d := range damage {
		r.low.raise(d.At, down(d.Low))
	}
	return r.drain(ctx, &r.low, (*Run).lowerInput, (*Run).lowerNode, down)
}

// drain passes on what waits.
func (r *Run) drain(ctx context.Context, s *side, input, node func(*Run, int32) float64, round func(float64) float64) error {
	upper := s == &r.high
	budget := checkEvery
	for {
		n, ok := s.next()
		if !ok || r.until != Nobody && s.value[r.until] == 1 {
			return nil
		}
		if s.whole[n] && !slices.Contains(s.still, n) {
			if x := round(node(r, n)); x > s.value[n] {
				s.set(n, x)
			}
		}
		if s.value[n] <= s.passed[n] {
			continue
		}
		if s.changes[n]++; s.changes[n] > widenAfter {
			if !upper {
				continue
			}
			if s.value[n] < 1 {
				s.set(n, 1)
				r.widened++
			}
		}
		s.now = s.value[n]
		s.passed[n] = s.now
		list := r.net.suppliedBy(n)
		for _, to := range list {
			if n, _ := to.of(); s.full[n>>6]>>(uint(n)&63)&1 == 0 { // most of those that a large disruption comes to are
				r.update(s, to, input, round)
			}
		}
		if budget -= 1 + len(list); budget < 0 {
			budget = checkEvery
			if err := ctx.Err(); err != nil {
				return err
			}
		}
	}
}

// update brings a change of an input to its node, which has something left to lose.
func (r *Run) update(s *side, to supplied, input func(*Run, int32) float64, round func(float64) float64) {
	n, unknown := to.of()
	switch upper := s == &r.high; {
	case s.whole[n]:
		s.push(n, s.now) // it is computed when it is its turn: it loses no more than what it loses through
	case upper && unknown && r.plain:
		s.raise(n, s.now) // where no share is known, as much as any of the suppliers loses
	default:
		s.raise(n, round(r.counts(upper, to.input, input)))
	}
}

// counts is what an input contributes to a node of which no weights are known: then those of the inputs that are not
// essential may be anything up to 1.
func (r *Run) counts(upper bool, i int32, input func(*Run, int32) float64) float64 {
	f := r.net.flags[i]
	if Reading(f>>readingShift)&r.Options.Level == 0 || !upper && (f&flagMaybe != 0 || r.essential(f) != Yes) {
		return 0
	}
	return input(r, i)
}

func (r *Run) essential(f uint8) Tri {
	if e := Tri(f & flagEssential); e != Unstated || !r.Options.AssumeEssential {
		return e
	}
	return Yes
}

func (s *side) raise(n int32, x float64) {
	if x > s.value[n] {
		s.set(n, x)
		s.push(n, x)
	}
}

func (s *side) set(n int32, x float64) {
	if s.value[n] == 0 {
		s.reached = append(s.reached, n)
	}
	s.value[n] = x
	if x == 1 {
		s.full[n>>6] |= 1 << (uint(n) & 63)
	}
}

// push lets a node wait among those of a value.
func (s *side) push(n int32, x float64) {
	at := int(x * (buckets - 1))
	s.buckets[at].nodes = append(s.buckets[at].nodes, n)
	s.top = max(s.top, at)
}

// next takes a node of the greatest bucket that holds any. It may have been passed on already.
func (s *side) next() (n int32, ok bool) {
	for ; s.top >= 0; s.top-- {
		b := &s.buckets[s.top]
		if b.taken < len(b.nodes) {
			n = b.nodes[b.taken]
			b.taken++
			if b.taken > len(b.nodes)/2 && b.taken > 1<<10 || b.taken == len(b.nodes) {
				b.nodes, b.taken = b.nodes[:copy(b.nodes, b.nodes[b.taken:])], 0
			}
			return n, true
		}
	}
	s.top = 0
	return 0, false
}

// edge is what an edge loses.
func (r *Run) edge(s *side, input, e int32) float64 {
	loss := 0.0
	if n := r.net.source[e]; n != Nobody {
		loss = s.value[n]
	}
	if r.hit[input>>6]>>(uint(input)&63)&1 != 0 {
		if d, ok := r.damage[e]; ok {
			if s == &r.high {
				return max(loss, d.High)
			}
			return max(loss, d.Low)
		}
	}
	return loss
}

// upperInput is the most that an input may lose: each supplier of known share its share of its loss, and what the
// stated shares leave what the worst of the suppliers of unknown share loses. Where a share is disputed, no assignment
// of shares loses more than the worst supplier.
func (r *Run) upperInput(i int32) float64 {
	n := r.net
	sum, least, most, unknown, worst := 0.0, 0.0, 0.0, 0.0, 0.0
	for e := n.edgeStart[i]; e < n.edgeStart[i+1]; e++ {
		loss := r.edge(&r.high, i, e)
		worst = max(worst, loss)
		if n.share[e] == 0 {
			unknown = max(unknown, loss)
			continue
		}
		s := &n.shares[n.share[e]]
		sum += s.High * loss
		least += s.Low
		most += s.High
	}
	if worst == 0 {
		return 0
	}
	f := n.flags[i]
	open := f&flagComplete == 0 && !r.Options.AssumeComplete
	residual := max(0, 1-least)
	switch {
	case open && r.Options.WorstUndocumented && f&flagByValue != 0:
		return 1
	case open && r.Options.WorstUndocumented:
		return min(1, sum+residual)
	case f&flagByValue != 0:
		return min(1, sum)
	}
	return min(1, worst, sum+residual*unknown)
}

// lowerInput is the least that an input must lose: where the list of suppliers is complete, what the stated shares
// leave loses at least what the least affected of the others does.
func (r *Run) lowerInput(i int32) float64 {
	n := r.net
	f := n.flags[i]
	complete := f&flagComplete != 0 || r.Options.AssumeComplete
	if f&flagByValue != 0 && !complete {
		return 0
	}
	sum, most, unknown, any := 0.0, 0.0, 1.0, false
	for e := n.edgeStart[i]; e < n.edgeStart[i+1]; e++ {
		loss := r.edge(&r.low, i, e)
		if n.share[e] == 0 {
			unknown, any = min(unknown, loss), true
			continue
		}
		s := &n.shares[n.share[e]]
		sum += s.Low * loss
		most += s.High
	}
	if complete && any {
		sum += max(0, 1-most) * unknown
	}
	return min(1, sum)
}

// upperNode is the most that a node may lose under the readings that count.
func (r *Run) upperNode(node int32) float64 {
	low, high := r.net.Inputs(node)
	free := r.freeCost(low, high)
	var losses [2]float64
	for at, reading := range []Reading{Exact, Merged} {
		if r.Options.Level&reading == 0 {
			continue
		}
		essential, sum, unknown, worst := 0.0, 0.0, 0.0, 0.0
		for i := low; i < high; i++ {
			f := r.net.flags[i]
			if Reading(f>>readingShift)&reading == 0 {
				continue
			}
			loss := r.upperInput(i)
			e := r.essential(f)
			if e != No {
				essential = max(essential, loss)
			}
			if e == Yes {
				continue
			}
			worst = max(worst, loss)
			w := r.weight(i)
			if w != Unknown {
				sum += w.High * loss
			}
			if w == Unknown || f&flagPartWeight != 0 {
				unknown = max(unknown, loss)
			}
		}
		losses[at] = max(essential, min(worst, sum+free*unknown))
	}
	return max(losses[0], losses[1])
}

// lowerNode is the least that a node must lose under the readings that count.
func (r *Run) lowerNode(node int32) float64 {
	low, high := r.net.Inputs(node)
	least := 1.0
	for _, reading := range []Reading{Exact, Merged} {
		if r.Options.Level&reading == 0 {
			continue
		}
		essential, sum := 0.0, 0.0
		for i := low; i < high; i++ {
			f := r.net.flags[i]
			if Reading(f>>readingShift)&reading == 0 || f&flagMaybe != 0 {
				continue
			}
			switch r.essential(f) {
			case Yes:
				essential = max(essential, r.lowerInput(i))
			case No:
				if w := r.weight(i); w != Unknown {
					sum += w.Low * r.lowerInput(i)
				}
			}
		}
		least = min(least, max(essential, sum))
	}
	return min(1, least)
}

func (r *Run) weight(i int32) Share {
	if r.net.weight == nil {
		return Unknown
	}
	return r.net.shares[r.net.weight[i]]
}

// freeCost is the part of the cost that the stated weights leave to the inputs of unknown weight.
func (r *Run) freeCost(low, high int32) float64 {
	known := 0.0
	for i := low; i < high; i++ {
		if Reading(r.net.flags[i]>>readingShift)&Exact == 0 {
			continue // told already, at another level
		}
		if w := r.weight(i); w != Unknown {
			known += w.Low
		}
	}
	return max(0, 1-known)
}

// Binding is the input that a loss of a node comes from.
type Binding struct {
	Input int32
	Loss  float64 // of the input
}

// BindingHigh is the input that the upper loss of a node comes from most, the first of several; false where the loss
// does not come from an input. BindingLow is the same for the lower loss.
func (r *Run) BindingHigh(node int32) (b Binding, ok bool) {
	low, high := r.net.Inputs(node)
	for i := low; i < high; i++ {
		if Reading(r.net.flags[i]>>readingShift)&r.Options.Level == 0 {
			continue
		}
		loss := r.upperInput(i)
		if r.essential(r.net.flags[i]) == No {
			if w := r.weight(i); w != Unknown && r.net.flags[i]&flagPartWeight == 0 {
				loss *= w.High
			}
		}
		if loss > b.Loss {
			b, ok = Binding{i, loss}, true
		}
	}
	return b, ok
}

// BindingLow is the input that the lower loss of a node comes from most.
func (r *Run) BindingLow(node int32) (b Binding, ok bool) {
	low, high := r.net.Inputs(node)
	for i := low; i < high; i++ {
		f := r.net.flags[i]
		if f&flagMaybe != 0 || Reading(f>>readingShift)&r.Options.Level == 0 {
			continue
		}
		loss := 0.0
		switch r.essential(f) {
		case Yes:
			loss = r.lowerInput(i)
		case No:
			if w := r.weight(i); w != Unknown {
				loss = w.Low * r.lowerInput(i)
			}
		}
		if loss > b.Loss {
			b, ok = Binding{i, loss}, true
		}
	}
	return b, ok
}

// InputHigh is the upper loss of an input in the scenario solved last.
func (r *Run) InputHigh(i int32) float64 { return r.upperInput(i) }

// InputLow is the lower loss of an input in the scenario solved last.
func (r *Run) InputLow(i int32) float64 { return r.lowerInput(i) }

// EdgeHigh is the upper loss of what comes over an edge in the scenario solved last.
func (r *Run) EdgeHigh(input, edge int32) float64 { return r.edge(&r.high, input, edge) }

// EdgeLow is the lower loss of what comes over an edge in the scenario solved last.
func (r *Run) EdgeLow(input, edge int32) float64 { return r.edge(&r.low, input, edge) }
