// Package pathsum computes how much of what nodes of a network take comes from some of them, directly or through others,
// when the shares are partly unknown: shares multiplied along the paths and added over them, for each input at most 1,
// for each node at most 1. It reads the networks of package loss, and an input takes what its suppliers do by the same
// rule; but a node adds its inputs up, where a loss takes the worst of them (docs/queries/exposure.md).
//
// The values are least fixed points, one of the lower and one of the upper functions, found by a worklist (chaotic
// iteration; P. Cousot, R. Cousot, POPL 1977), on the grid of package loss: so they do not depend on the order of the
// updates, and loops come to rest.
package pathsum

import (
	"context"
	"math"
	"slices"

	"github.com/tributarygraph/tributary/queries/internal/loss"
)

// Options say how a network is read.
type Options struct {
	AssumeComplete bool // all lists of suppliers are complete
	// WorstUndocumented: of an input that the start reaches, everything comes from it that no documented supplier is
	// known to have.
	WorstUndocumented bool
	// Level says which readings count; 0 stands for both.
	Level loss.Reading
}

// Start is where the flow comes from: nodes and edges with the part of what they pass on that counts.
type Start = loss.Scenario

// Net is a network as arrays. It is immutable: any number of runs may use it at once.
type Net struct {
	o         Options
	inStart   []int32 // inputs of each node; one more than there are nodes
	inputs    []input
	edges     []edge
	outStart  []int32 // inputs that each node supplies
	out       []int32
	edgeInput []int32
	full      []bool // nodes whose upper value is 1 as soon as it is more than 0; nil: none
}

type input struct {
	node         int32
	first, end   int32 // edges
	residual     float64
	sure         float64 // the residual where the most is counted that others may have
	complete     bool
	open         bool // others may have what is left, and count in full
	byValue      bool
	maybe        bool
	exact        bool // readings
	merged       bool
	unknownEdges bool
}

type edge struct {
	source    int32
	low, high float64 // -1: unknown
}

// New reads a network.
func New(n *loss.Net, o Options) *Net {
	if o.Level == 0 {
		o.Level = loss.Both
	}
	x := &Net{o: o, inStart: make([]int32, n.Nodes()+1), outStart: make([]int32, n.Nodes()+1)}
	for node := range int32(n.Nodes()) {
		low, high := n.Inputs(node)
		for i := low; i < high; i++ {
			x.input(n, i)
		}
		x.inStart[node+1] = int32(len(x.inputs))
	}
	x.transpose()
	return x
}

func (x *Net) input(n *loss.Net, i int32) {
	told := n.Input(i)
	in := input{node: n.NodeOf(i), first: int32(len(x.edges)), byValue: told.ByValue, maybe: told.Maybe,
		exact: told.Readings&loss.Exact != 0, merged: told.Readings&loss.Merged != 0}
	in.complete = told.Complete || x.o.AssumeComplete
	in.open = !in.complete && x.o.WorstUndocumented
	least, most := 0.0, 0.0
	low, high := n.Edges(i)
	for e := low; e < high; e++ {
		s := n.ShareOf(e)
		if s == loss.Unknown {
			in.unknownEdges = true
		} else {
			least, most = least+s.Low, most+s.High
		}
		x.edges = append(x.edges, edge{n.Source(e), s.Low, s.High})
		x.edgeInput = append(x.edgeInput, i)
	}
	in.end = int32(len(x.edges))
	in.residual, in.sure = max(0, 1-least), max(0, 1-most)
	x.inputs = append(x.inputs, in)
}

func (x *Net) transpose() {
	nodes := len(x.inStart) - 1
	for i := range x.edges {
		if s := x.edges[i].source; s != loss.Nobody {
			x.outStart[s+1]++
		}
	}
	for i := range nodes {
		x.outStart[i+1] += x.outStart[i]
	}
	x.out = make([]int32, x.outStart[nodes])
	next := append([]int32(nil), x.outStart[:nodes]...)
	for e := range x.edges {
		if s := x.edges[e].source; s != loss.Nobody {
			x.out[next[s]] = x.edgeInput[e]
			next[s]++
		}
	}
}

// reads reports whether a reading of the input counts.
func (x *Net) reads(in *input) bool {
	return in.exact && x.o.Level&loss.Exact != 0 || in.merged && x.o.Level&loss.Merged != 0
}

// Certain are the nodes of which something may reach any of the roots for certain, and these: from the others their lower
// values are 0.
func (x *Net) Certain(roots ...int32) []bool {
	return x.reach(roots, func(in *input, e *edge) bool {
		if in.maybe || in.byValue && !in.complete {
			return false
		}
		return e.low > 0 || e.low < 0 && in.complete
	})
}

// Whole are the nodes from which one chain alone may bring the root everything, and the root: its upper value is then
// exactly 1.
func (x *Net) Whole(root int32) []bool {
	return x.reach([]int32{root}, passesAll)
}

// passesAll reports whether an edge alone passes on all of an upper value.
func passesAll(in *input, e *edge) bool {
	return e.high >= 1 || e.high < 0 && in.residual >= 1 && !in.byValue
}

func (x *Net) reach(roots []int32, passes func(*input, *edge) bool) []bool {
	seen := make([]bool, len(x.inStart)-1)
	todo := slices.Clone(roots)
	for _, root := range roots {
		seen[root] = true
	}
	for len(todo) > 0 {
		at := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		for i := x.inStart[at]; i < x.inStart[at+1]; i++ {
			in := &x.inputs[i]
			if !x.reads(in) {
				continue
			}
			for e := in.first; e < in.end; e++ {
				if s := x.edges[e].source; s != loss.Nobody && !seen[s] && passes(in, &x.edges[e]) {
					seen[s] = true
					todo = append(todo, s)
				}
			}
		}
	}
	return seen
}

// Run computes one start after the other. Its memory is kept in between, and what a start costs depends on what it
// reaches only. A Run is not safe for use by several goroutines.
type Run struct {
	net       *Net
	low, high side
	extra     map[int32]loss.Damage // of edges
	widened   int
}

// side is one of the two runs of a start.
type side struct {
	value   []float64 // by node
	in      []float64 // by input
	stale   []bool    // inputs that are to be computed again
	queued  []bool    // nodes
	changes []uint32
	queue   []int32
	reached []int32 // nodes that have a value
	inputs  []int32 // inputs that have been stale
	only    []bool  // the nodes that matter; nil: all
	upper   bool
}

// NewRun is a run on a network.
func NewRun(net *Net) *Run {
	r := &Run{net: net}
	r.high.upper = true
	for _, s := range []*side{&r.low, &r.high} {
		nodes := len(net.inStart) - 1
		s.value, s.queued, s.changes = make([]float64, nodes), make([]bool, nodes), make([]uint32, nodes)
		s.in, s.stale = make([]float64, len(net.inputs)), make([]bool, len(net.inputs))
	}
	return r
}

// Low is the least part of what a node takes that comes from the start solved last.
func (r *Run) Low(node int32) float64 { return r.low.value[node] }

// High is the greatest part.
func (r *Run) High(node int32) float64 { return r.high.value[node] }

// InputLow is the least part of an input.
func (r *Run) InputLow(i int32) float64 {
	in := &r.net.inputs[i]
	return r.input(&r.low, in, in.first)
}

// InputHigh is the greatest part of an input.
func (r *Run) InputHigh(i int32) float64 {
	in := &r.net.inputs[i]
	return r.input(&r.high, in, in.first)
}

// Widened is how many values were taken to be everything because they did not come to rest.
func (r *Run) Widened() int { return r.widened }

// Solve computes both bounds. The error is that of the context: then the lower values are right and the upper ones may
// be too low.
func (r *Run) Solve(ctx context.Context, s *Start) error {
	r.reset(s)
	if err := r.propagate(ctx, s, &r.high); err != nil {
		return err
	}
	return r.propagate(ctx, s, &r.low)
}

// SolveHigh computes the upper bounds only.
func (r *Run) SolveHigh(ctx context.Context, s *Start) error {
	r.reset(s)
	return r.propagate(ctx, s, &r.high)
}

// SolveLow computes the lower bounds only, and only at the nodes that matter; nil: at all.
func (r *Run) SolveLow(ctx context.Context, s *Start, matters []bool) error {
	r.reset(s)
	r.low.only = matters
	err := r.propagate(ctx, s, &r.low)
	r.low.only = nil
	return err
}

func (r *Run) reset(start *Start) {
	r.widened, r.extra = 0, nil
	for _, s := range []*side{&r.low, &r.high} {
		for _, n := range s.reached {
			s.value[n], s.changes[n] = 0, 0
		}
		for _, i := range s.inputs {
			s.in[i], s.stale[i] = 0, false
		}
		for _, n := range s.queue {
			s.queued[n] = false
		}
		s.reached, s.inputs, s.queue = s.reached[:0], s.inputs[:0], s.queue[:0]
	}
	for _, d := range start.Edges {
		if r.extra == nil {
			r.extra = make(map[int32]loss.Damage, len(start.Edges))
		}
		have := r.extra[d.At]
		r.extra[d.At] = loss.Damage{At: d.At, Low: max(have.Low, d.Low), High: max(have.High, d.High)}
	}
}

// slack (of a step of the grid) is taken away before a value is rounded to the grid: more than the rounding of sums of hundreds of terms.
const slack = 1.0 / 16

// round brings a value to the grid of package loss: an upper one up, a lower one down.
func (s *side) round(x float64) float64 {
	var y float64
	if s.upper {
		y = math.Ceil(x/loss.Grid-slack) * loss.Grid
	} else {
		y = math.Floor(x/loss.Grid+slack) * loss.Grid
	}
	if y < loss.Negligible {
		return 0
	}
	return min(1, y)
}

// widenAfter is how many changes of one node are followed before an upper value is taken to be 1, a lower one to be what
// it is: a loop that passes on nearly everything would close in for a very long time.
const widenAfter = 1 << 14

// checkEvery is how many nodes are passed on between two looks at the context.
const checkEvery = 1 << 12

func (r *Run) propagate(ctx context.Context, start *Start, s *side) error {
	of := func(d loss.Damage) float64 {
		if s.upper {
			return s.round(d.High)
		}
		return s.round(d.Low)
	}
	for _, d := range start.Nodes {
		if x := r.filled(s, d.At, of(d)); x > s.value[d.At] {
			s.set(d.At, x)
		}
	}
	for _, d := range start.Nodes {
		r.pass(s, d.At)
	}
	for e := range r.extra {
		r.touch(s, r.net.edgeInput[e])
	}
	for at := 0; at < len(s.queue); at++ {
		if at == checkEvery {
			s.queue = s.queue[:copy(s.queue, s.queue[at:])]
			at = 0
			if err := ctx.Err(); err != nil {
				return err
			}
		}
		n := s.queue[at]
		s.queued[n] = false
		x := r.filled(s, n, s.round(r.node(s, n)))
		if x <= s.value[n] {
			continue
		}
		if s.changes[n]++; s.changes[n] > widenAfter {
			if !s.upper {
				continue
			}
			x = 1
			r.widened++
		}
		s.set(n, x)
		r.pass(s, n)
	}
	s.queue = s.queue[:0]
	return nil
}

// filled is what a value grows to by itself.
func (r *Run) filled(s *side, n int32, x float64) float64 {
	if x > 0 && s.upper && r.net.full != nil && r.net.full[n] {
		return 1
	}
	return x
}

func (s *side) set(n int32, x float64) {
	if s.value[n] == 0 {
		s.reached = append(s.reached, n)
	}
	s.value[n] = x
}

// pass marks what a node supplies.
func (r *Run) pass(s *side, n int32) {
	for _, i := range r.net.out[r.net.outStart[n]:r.net.outStart[n+1]] {
		r.touch(s, i)
	}
}

func (r *Run) touch(s *side, i int32) {
	if s.stale[i] {
		return
	}
	n := r.net.inputs[i].node
	if s.only != nil && !s.only[n] {
		return
	}
	if s.in[i] == 0 {
		s.inputs = append(s.inputs, i)
	}
	s.stale[i] = true
	if !s.queued[n] && s.value[n] < 1 {
		s.queued[n] = true
		s.queue = append(s.queue, n)
	}
}

// node is the sum over the inputs of a node: of the two readings the greater one above, the smaller one below.
func (r *Run) node(s *side, n int32) float64 {
	exact, merged := 0.0, 0.0
	for i := r.net.inStart[n]; i < r.net.inStart[n+1]; i++ {
		in := &r.net.inputs[i]
		if s.stale[i] {
			s.stale[i] = false
			s.in[i] = r.input(s, in, in.first)
		}
		if in.maybe && !s.upper {
			continue
		}
		if in.exact {
			exact += s.in[i]
		}
		if in.merged {
			merged += s.in[i]
		}
	}
	switch {
	case r.net.o.Level == loss.Exact:
		return min(1, exact)
	case r.net.o.Level == loss.Merged:
		return min(1, merged)
	case s.upper:
		return min(1, max(exact, merged))
	}
	return min(1, exact, merged)
}

// source is what comes over an edge.
func (r *Run) source(s *side, e int32) (x float64) {
	if n := r.net.edges[e].source; n != loss.Nobody {
		x = s.value[n]
	}
	if r.extra != nil {
		if d, ok := r.extra[e]; ok {
			if s.upper {
				return max(x, d.High)
			}
			return max(x, d.Low)
		}
	}
	return x
}

// input is the part of an input, as in package loss: known shares count by themselves, what they leave as the most (for
// a complete list: the least) of the suppliers of unknown share.
func (r *Run) input(s *side, in *input, e int32) float64 {
	if s.upper {
		return r.inputHigh(s, in, e)
	}
	if in.byValue && !in.complete {
		return 0
	}
	sum, unknown := 0.0, 1.0
	for ; e < in.end; e++ {
		x := r.source(s, e)
		if low := r.net.edges[e].low; low >= 0 {
			sum += low * x
		} else {
			unknown = min(unknown, x)
		}
	}
	if in.complete && in.unknownEdges {
		sum += in.sure * unknown
	}
	return min(1, sum)
}

func (r *Run) inputHigh(s *side, in *input, e int32) float64 {
	sum, worst, unknown := 0.0, 0.0, 0.0
	for ; e < in.end; e++ {
		x := r.source(s, e)
		worst = max(worst, x)
		if high := r.net.edges[e].high; high >= 0 {
			sum += high * x
		} else {
			unknown = max(unknown, x)
		}
	}
	switch {
	case worst == 0:
		return 0
	case in.open && in.byValue:
		return 1
	case in.open:
		return min(1, sum+in.residual)
	case in.byValue:
		return min(1, sum)
	}
	return min(1, worst, sum+in.residual*unknown)
}
