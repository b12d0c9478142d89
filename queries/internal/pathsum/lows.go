package pathsum

import (
	"context"
	"math"
	"math/bits"

	"github.com/tributarygraph/tributary/queries/internal/loss"
	"github.com/tributarygraph/tributary/queries/internal/reach"
)

// Lanes is how many starts a [LowRun] computes at once.
const Lanes = 8

// Lows is what the lower values of a network rest on: the inputs through which anything is certain to come. It is
// immutable.
type Lows struct {
	level    loss.Reading
	nodes    int
	order    []int32 // nodes that take anything for certain, those before that others take it from where no loop forbids it
	inStart  []int32 // inputs of each of them; one more than there are
	inputs   []lowInput
	source   []int32 // of each edge
	share    []float64
	outStart []int32 // by node: places in the order that take from it
	out      []int32
}

type lowInput struct {
	first, rest, end int32 // edges of known share, then those of unknown share, of a complete list
	sure             float64
	exact, merged    bool
}

// Lows reads the network for lower values at the nodes that matter.
func (x *Net) Lows(matters []bool) *Lows {
	p := &Lows{level: x.o.Level, nodes: len(x.inStart) - 1, inStart: make([]int32, 1)}
	for _, node := range x.lowOrder(matters) {
		before := len(p.inputs)
		for i := x.inStart[node]; i < x.inStart[node+1]; i++ {
			p.add(x, &x.inputs[i])
		}
		if len(p.inputs) > before {
			p.order, p.inStart = append(p.order, node), append(p.inStart, int32(len(p.inputs)))
		}
	}
	p.transpose()
	return p
}

// lowOrder are the nodes that matter, suppliers before buyers but on loops.
func (x *Net) lowOrder(matters []bool) []int32 {
	g := &reach.Graph{Start: make([]int32, 1, len(matters)+1)}
	for node, matter := range matters {
		for i := x.inStart[node]; matter && i < x.inStart[node+1]; i++ {
			in := &x.inputs[i]
			for e := in.first; e < in.end && !in.never(); e++ {
				if s := x.edges[e].source; s != loss.Nobody {
					g.To = append(g.To, s)
				}
			}
		}
		g.Start = append(g.Start, int32(len(g.To)))
	}
	out := make([]int32, 0, len(matters))
	for _, node := range g.Finished() {
		if matters[node] {
			out = append(out, node)
		}
	}
	return out
}

// never reports whether nothing is certain to come through an input.
func (in *input) never() bool { return in.maybe || in.byValue && !in.complete }

func (p *Lows) add(x *Net, in *input) {
	if in.never() {
		return
	}
	told := lowInput{first: int32(len(p.source)), sure: in.sure, exact: in.exact, merged: in.merged}
	edge := func(e int32, share float64) {
		p.source, p.share = append(p.source, x.edges[e].source), append(p.share, share)
	}
	for e := in.first; e < in.end; e++ {
		if at := &x.edges[e]; at.low > 0 && at.source != loss.Nobody {
			edge(e, at.low)
		}
	}
	told.rest = int32(len(p.source))
	for e := in.first; e < in.end && in.complete; e++ {
		if at := &x.edges[e]; at.low >= 0 {
			continue
		} else if at.source == loss.Nobody { // takes nothing from the start: nor does the least of them
			p.source, p.share = p.source[:told.rest], p.share[:told.rest]
			break
		}
		edge(e, 0)
	}
	if told.end = int32(len(p.source)); told.end > told.first {
		p.inputs = append(p.inputs, told)
	}
}

func (p *Lows) transpose() {
	p.outStart = make([]int32, p.nodes+1)
	p.out = make([]int32, len(p.source))
	for _, s := range p.source {
		p.outStart[s+1]++
	}
	for n := range p.nodes {
		p.outStart[n+1] += p.outStart[n]
	}
	next := append([]int32(nil), p.outStart[:p.nodes]...)
	for at := range p.order {
		for i := p.inStart[at]; i < p.inStart[at+1]; i++ {
			for e := p.inputs[i].first; e < p.inputs[i].end; e++ {
				p.out[next[p.source[e]]] = int32(at)
				next[p.source[e]]++
			}
		}
	}
}

// LowRun computes lower values of several starts at nodes at once: the same as [Run.SolveLow], with what is looked up
// for all of them together. Its memory is kept in between. A LowRun is not safe for use by several goroutines.
type LowRun struct {
	p       *Lows
	value   []lanes  // by node
	stale   []uint64 // places in the order: a bit each
	changes []uint32 // by place
	reached []int32  // nodes with a value
}

type lanes [Lanes]float64

// NewLowRun is a run on a network.
func NewLowRun(p *Lows) *LowRun {
	return &LowRun{p: p, value: make([]lanes, p.nodes), stale: make([]uint64, (len(p.order)+63)/64), changes: make([]uint32, len(p.order))}
}

// Low is the least part of what a node takes that comes from a start, by its number among those solved last.
func (r *LowRun) Low(start int, node int32) float64 { return r.value[node][start] }

// Solve computes the lower values of up to [Lanes] starts, which must be at nodes only. The error is that of the
// context.
func (r *LowRun) Solve(ctx context.Context, starts []*Start) error {
	for _, n := range r.reached {
		r.value[n] = lanes{}
	}
	r.reached = r.reached[:0]
	clear(r.stale)
	clear(r.changes)
	low := side{}
	for lane, s := range starts {
		for _, d := range s.Nodes {
			if x := low.round(d.Low); x > r.value[d.At][lane] {
				r.reach(d.At)
				r.value[d.At][lane] = x
				r.pass(d.At)
			}
		}
	}
	for more := true; more; {
		more = false
		for word := range r.stale {
			for r.stale[word] != 0 {
				bit := bits.TrailingZeros64(r.stale[word])
				r.stale[word] &^= 1 << bit
				r.update(int32(word*64 + bit))
				more = true
			}
		}
		if err := ctx.Err(); err != nil {
			return err
		}
	}
	return nil
}

func (r *LowRun) reach(n int32) {
	if r.value[n] == (lanes{}) {
		r.reached = append(r.reached, n)
	}
}

func (r *LowRun) pass(n int32) {
	for _, at := range r.p.out[r.p.outStart[n]:r.p.outStart[n+1]] {
		r.stale[at>>6] |= 1 << (uint(at) & 63)
	}
}

// update works out a node anew, from all of its inputs in their order.
func (r *LowRun) update(at int32) {
	p := r.p
	var exact, merged lanes
	for i := p.inStart[at]; i < p.inStart[at+1]; i++ {
		in := &p.inputs[i]
		var sum lanes
		for e := in.first; e < in.rest; e++ {
			share, from := p.share[e], &r.value[p.source[e]]
			for l := range sum {
				sum[l] += share * from[l]
			}
		}
		if in.rest < in.end {
			least := lanes{1, 1, 1, 1, 1, 1, 1, 1}
			for e := in.rest; e < in.end; e++ {
				from := &r.value[p.source[e]]
				for l := range least {
					least[l] = min(least[l], from[l])
				}
			}
			for l := range sum {
				sum[l] += in.sure * least[l]
			}
		}
		for l := range sum {
			x := min(1, sum[l])
			if in.exact {
				exact[l] += x
			}
			if in.merged {
				merged[l] += x
			}
		}
	}
	r.raise(at, &exact, &merged)
}

func (r *LowRun) raise(at int32, exact, merged *lanes) {
	n := r.p.order[at]
	have := &r.value[n]
	changed := false
	for l := range have {
		x := min(1, exact[l], merged[l])
		switch r.p.level {
		case loss.Exact:
			x = min(1, exact[l])
		case loss.Merged:
			x = min(1, merged[l])
		}
		if x <= have[l] {
			continue
		}
		if x = math.Floor(x/loss.Grid+slack) * loss.Grid; x < loss.Negligible {
			continue
		}
		if x = min(1, x); x > have[l] {
			if !changed {
				r.reach(n)
			}
			have[l], changed = x, true
		}
	}
	if !changed {
		return
	}
	if r.changes[at]++; r.changes[at] <= widenAfter*Lanes {
		r.pass(n)
	}
}
