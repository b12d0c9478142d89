package loss

import (
	"container/heap"
	"math"
)

// Span is a number of days between two bounds; High may be infinite.
type Span struct{ Low, High float64 }

// Clock says how long things take.
type Clock struct {
	Lead  []Span // by edge: how long what is on its way keeps coming
	Stock []Span // by input: how long the stock of it lasts
	// Any tells, by input, that it is not known through which one of its edges it comes.
	Any []bool
}

// Never is the time of what does not happen.
var Never = math.Inf(1)

// FirstEffects is, by node, when the earliest effect of the scenario solved last may come at all (low), and by when one must
// have come (high): the least over the affected suppliers of the time of the supplier and the lead time, and the stock.
func (r *Run) FirstEffects(s *Scenario, c *Clock) (low, high []float64) {
	low = r.times(s, c, &r.high, false, func(i int32) bool { return r.upperInput(i) > 0 })
	high = r.times(s, c, &r.low, false, func(i int32) bool { return r.counts(false, i, (*Run).lowerInput) > 0 })
	return low, high
}

// Stops is, by node, when it may stop (low) and when it must have stopped (high), if every supplier that still works
// can stand in for the others: the least over the essential inputs of the greatest over the suppliers of the time of
// the supplier and the lead time, and the stock. This is Knuth's generalisation of Dijkstra's algorithm (D. E. Knuth,
// Information Processing Letters 6, 1977): the functions are superior, so that the least time that is not settled yet is
// final.
func (r *Run) Stops(s *Scenario, c *Clock) (low, high []float64) {
	low = r.times(s, c, &r.high, true, func(i int32) bool { return r.essential(r.net.flags[i]) != No })
	high = r.times(s, c, &r.low, true, func(i int32) bool {
		f := r.net.flags[i]
		return r.essential(f) == Yes && f&flagMaybe == 0 && (f&flagComplete != 0 || r.Options.AssumeComplete)
	})
	return low, high
}

// clockwork computes the times of one side.
type clockwork struct {
	*Run
	*Clock
	side   *side
	all    bool // an input fails when all suppliers have
	counts func(input int32) bool
	time   []float64
}

func (r *Run) times(s *Scenario, c *Clock, of *side, all bool, counts func(int32) bool) []float64 {
	w := &clockwork{Run: r, Clock: c, side: of, all: all, counts: counts, time: make([]float64, r.net.Nodes())}
	for i := range w.time {
		w.time[i] = Never
	}
	var q timeHeap
	settle := func(n int32, t float64) {
		if t < w.time[n] {
			w.time[n] = t
			heap.Push(&q, timed{n, t})
		}
	}
	for _, d := range s.Nodes {
		if w.fails(d) {
			settle(d.At, 0)
		}
	}
	for _, d := range s.Edges {
		n := r.net.node[r.net.InputOf(d.At)]
		settle(n, w.node(n))
	}
	for len(q) > 0 {
		top := heap.Pop(&q).(timed)
		if top.at > w.time[top.node] {
			continue
		}
		for _, to := range r.net.suppliedBy(top.node) {
			n, _ := to.of()
			settle(n, w.node(n))
		}
	}
	return w.time
}

// fails reports whether damage is enough to count: any where the first effect is asked for, all where a stop is.
func (w *clockwork) fails(d Damage) bool {
	x := d.High
	if w.side == &w.Run.low {
		x = d.Low
	}
	if w.all {
		return x >= 1
	}
	return x > 0
}

// node is when a node is reached, or stops, by what is settled.
func (w *clockwork) node(n int32) float64 {
	first, last := w.net.Inputs(n)
	times := [2]float64{Never, Never}
	for at, reading := range []Reading{Exact, Merged} {
		if w.Options.Level&reading == 0 {
			continue
		}
		for i := first; i < last; i++ {
			if Reading(w.net.flags[i]>>readingShift)&reading != 0 && w.counts(i) {
				times[at] = min(times[at], w.input(i))
			}
		}
	}
	switch {
	case w.Options.Level == Exact:
		return times[0]
	case w.Options.Level == Merged:
		return times[1]
	case w.side == &w.Run.low && w.all: // whichever reading is right
		return max(times[0], times[1])
	}
	return min(times[0], times[1])
}

func (w *clockwork) input(i int32) float64 {
	low := w.side == &w.Run.high // the earliest
	every := w.all && !(low && w.Any[i])
	out := Never
	if every {
		out = 0
	}
	first, last := w.net.Edges(i)
	for e := first; e < last; e++ {
		t := w.edge(i, e)
		if low {
			t += w.Lead[e].Low
		} else {
			t += w.Lead[e].High
		}
		if every {
			out = max(out, t)
		} else {
			out = min(out, t)
		}
	}
	if low {
		return out + w.Stock[i].Low
	}
	return out + w.Stock[i].High
}

func (w *clockwork) edge(i, e int32) float64 {
	if w.hit[i>>6]>>(uint(i)&63)&1 != 0 {
		if d, ok := w.damage[e]; ok && w.fails(d) {
			return 0
		}
	}
	if n := w.net.source[e]; n != Nobody {
		return w.time[n]
	}
	return Never
}

// InLoop tells, by node, whether it goes on only because it supplies itself, directly or round a loop: it does not stop
// by the times given, and yet nothing that it needs comes, through suppliers that go on, from where nothing is affected.
func (r *Run) InLoop(stopped []float64) []bool {
	founded := make([]bool, r.net.Nodes())
	is := func(n int32) bool {
		first, last := r.net.Inputs(n)
		for i := first; i < last; i++ {
			if Reading(r.net.flags[i]>>readingShift)&r.Options.Level == 0 || r.essential(r.net.flags[i]) == No {
				continue
			}
			from, any := r.net.source[r.net.edgeStart[i]:r.net.edgeStart[i+1]], false
			for _, s := range from {
				any = any || s == Nobody || founded[s]
			}
			if !any {
				return false
			}
		}
		return true
	}
	var queue []int32
	for n := range int32(r.net.Nodes()) {
		if stopped[n] == Never && is(n) {
			founded[n] = true
			queue = append(queue, n)
		}
	}
	for len(queue) > 0 {
		n := queue[0]
		queue = queue[1:]
		for _, to := range r.net.suppliedBy(n) {
			if m, _ := to.of(); !founded[m] && stopped[m] == Never && is(m) {
				founded[m] = true
				queue = append(queue, m)
			}
		}
	}
	out := make([]bool, r.net.Nodes())
	for n := range out {
		out[n] = stopped[n] == Never && !founded[n]
	}
	return out
}

type timed struct {
	node int32
	at   float64
}

type timeHeap []timed

func (h timeHeap) Len() int           { return len(h) }
func (h timeHeap) Less(i, j int) bool { return h[i].at < h[j].at }
func (h timeHeap) Swap(i, j int)      { h[i], h[j] = h[j], h[i] }
func (h *timeHeap) Push(x any)        { *h = append(*h, x.(timed)) }
func (h *timeHeap) Pop() any {
	old := *h
	x := old[len(old)-1]
	*h = old[:len(old)-1]
	return x
}
