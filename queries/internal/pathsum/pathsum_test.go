package pathsum

import (
	"context"
	"math"
	"testing"

	"pgregory.net/rapid"

	"github.com/tributarygraph/tributary/queries/internal/loss"
)

// in is an input as tests write it.
type in struct {
	loss.Input
	from []int32
	part []loss.Share
}

func known(k float64) loss.Share { return loss.Share{Low: k, High: k} }

func takes(from []int32, part ...loss.Share) in {
	return in{loss.Input{Readings: loss.Both, Weight: loss.Unknown}, from, part}
}

func netOf(nodes [][]in) *loss.Net {
	b := loss.NewBuilder()
	for _, inputs := range nodes {
		b.Node()
		for _, i := range inputs {
			b.Input(i.Input)
			for at, s := range i.from {
				b.Edge(s, i.part[at])
			}
		}
	}
	return b.Net(nil)
}

func from(node int32, part float64) *Start {
	return &Start{Nodes: []loss.Damage{{At: node, Low: part, High: part}}}
}

func solve(t rapid.TB, nodes [][]in, o Options, s *Start) *Run {
	t.Helper()
	r := NewRun(New(netOf(nodes), o))
	if err := r.Solve(context.Background(), s); err != nil {
		t.Fatal(err)
	}
	return r
}

func want(t *testing.T, r *Run, node int32, low, high float64) {
	t.Helper()
	if math.Abs(r.Low(node)-low) > 1e-9 || math.Abs(r.High(node)-high) > 1e-9 {
		t.Errorf("node %d takes %v to %v, want %v to %v", node, r.Low(node), r.High(node), low, high)
	}
}

func TestByHand(t *testing.T) {
	// Two paths: 0.5 * 0.4 + 0.5 * 0.6.
	diamond := [][]in{{}, {takes([]int32{0}, known(0.4))}, {takes([]int32{0}, known(0.6))}, {takes([]int32{1, 2}, known(0.5), known(0.5))}}
	want(t, solve(t, diamond, Options{}, from(0, 1)), 3, 0.5, 0.5)
	// Two products of one supplier: 0.3 + 0.2; and no more than 1.
	two := [][]in{{}, {takes([]int32{0}, known(0.3)), takes([]int32{0}, known(0.2))}, {takes([]int32{1}, known(1))}}
	want(t, solve(t, two, Options{}, from(0, 1)), 2, 0.5, 0.5)
	two[1] = []in{takes([]int32{0}, known(0.8)), takes([]int32{0}, known(0.7))}
	want(t, solve(t, two, Options{}, from(0, 1)), 2, 1, 1)
	// A loop: x = 0.5 + 0.5 y, y = 0.998 x.
	loop := [][]in{{}, {takes([]int32{0, 2}, known(0.5), known(0.5))}, {takes([]int32{1}, known(0.998))}}
	x := 0.5 / (1 - 0.499)
	want(t, solve(t, loop, Options{}, from(0, 1)), 1, x, x)
	want(t, solve(t, loop, Options{}, from(0, 1)), 2, 0.998*x, 0.998*x)
	// 0.5 is known, the rest is of one or the other, or of nobody documented.
	unknown := [][]in{{}, {takes([]int32{0}, known(0.4))}, {takes([]int32{0, 0, 1}, known(0.5), loss.Unknown, loss.Unknown)}}
	want(t, solve(t, unknown, Options{}, from(0, 1)), 2, 0.5, 1)
	want(t, solve(t, unknown, Options{AssumeComplete: true}, from(0, 1)), 2, 0.5+0.5*0.4, 1)
	want(t, solve(t, unknown, Options{WorstUndocumented: true}, from(1, 0.2)), 2, 0, 0.5)
	// The values of a purchase do not say that there are no others.
	value := takes([]int32{0, 1}, known(0.75), known(0.25))
	value.ByValue = true
	want(t, solve(t, [][]in{{}, {}, {value}}, Options{}, from(0, 1)), 2, 0, 0.75)
	value.Complete = true
	want(t, solve(t, [][]in{{}, {}, {value}}, Options{}, from(0, 1)), 2, 0.75, 0.75)
	// One input told at two levels: an input each, or one.
	exact, more, merged := takes([]int32{0}, known(0.3)), takes([]int32{0}, known(0.4)), takes([]int32{0}, known(0.5))
	exact.Readings, more.Readings, merged.Readings = loss.Exact, loss.Exact, loss.Merged
	levels := [][]in{{}, {exact, more, merged}}
	want(t, solve(t, levels, Options{}, from(0, 1)), 1, 0.5, 0.7)
	want(t, solve(t, levels, Options{Level: loss.Exact}, from(0, 1)), 1, 0.7, 0.7)
	want(t, solve(t, levels, Options{Level: loss.Merged}, from(0, 1)), 1, 0.5, 0.5)
	// Whether it is an input at all is not known.
	maybe := takes([]int32{0}, known(0.3))
	maybe.Maybe = true
	want(t, solve(t, [][]in{{}, {maybe}}, Options{}, from(0, 1)), 1, 0, 0.3)
}

func TestStartOfEdges(t *testing.T) {
	nodes := [][]in{{}, {takes([]int32{0, 0}, known(0.5), known(0.25))}}
	r := NewRun(New(netOf(nodes), Options{}))
	for range 2 { // a run forgets the start before
		if err := r.Solve(context.Background(), &Start{Edges: []loss.Damage{{At: 1, Low: 0.2, High: 0.4}}}); err != nil {
			t.Fatal(err)
		}
		want(t, r, 1, 0.05, 0.1)
		if err := r.Solve(context.Background(), from(0, 1)); err != nil {
			t.Fatal(err)
		}
		want(t, r, 1, 0.75, 0.75)
	}
}

func TestCancelled(t *testing.T) {
	chain := [][]in{{}}
	for i := range int32(3 * checkEvery) {
		chain = append(chain, []in{takes([]int32{i}, known(1))})
	}
	r := NewRun(New(netOf(chain), Options{}))
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if err := r.Solve(ctx, from(0, 1)); err == nil {
		t.Fatal("no error")
	}
	if err := r.Solve(context.Background(), from(1, 1)); err != nil {
		t.Fatal(err)
	}
	want(t, r, 0, 0, 0)
	want(t, r, 3*checkEvery, 1, 1)
}

func TestLoopsThatNearlyClose(t *testing.T) {
	nodes := [][]in{{}, {takes([]int32{0, 2}, known(0.000001), known(0.999999))}, {takes([]int32{1}, known(1))}}
	r := solve(t, nodes, Options{}, from(0, 1))
	if r.High(1) != 1 || r.Widened() == 0 || r.Low(1) > 1 {
		t.Errorf("%v to %v, widened %d", r.Low(1), r.High(1), r.Widened())
	}
}

// twentieths are parts of a whole that let no loop close in too slowly.
func twentieths() *rapid.Generator[float64] {
	return rapid.Map(rapid.IntRange(0, 20), func(n int) float64 { return float64(n) / 20 })
}

// drawNet draws a network of known, disputed and unknown shares.
func drawNet(t *rapid.T) [][]in {
	n := rapid.IntRange(2, 7).Draw(t, "nodes")
	coin := rapid.Bool()
	nodes := make([][]in, n)
	for i := range nodes {
		for range rapid.IntRange(0, 3).Draw(t, "inputs") {
			x := in{Input: loss.Input{Readings: rapid.SampledFrom([]loss.Reading{loss.Both, loss.Both, loss.Exact, loss.Merged}).Draw(t, "readings"),
				Weight: loss.Unknown, Complete: coin.Draw(t, "complete"), ByValue: coin.Draw(t, "by value"), Maybe: coin.Draw(t, "maybe")}}
			left := 1.0
			for range rapid.IntRange(1, 3).Draw(t, "edges") {
				share := min(left, twentieths().Draw(t, "share"))
				left -= share
				x.from = append(x.from, int32(rapid.IntRange(-1, n-1).Draw(t, "from")))
				switch {
				case !x.ByValue && coin.Draw(t, "unknown"):
					x.part = append(x.part, loss.Unknown)
				default:
					x.part = append(x.part, loss.Share{Low: share * 0.5, High: share})
				}
			}
			nodes[i] = append(nodes[i], x)
		}
	}
	return nodes
}

// slow works the values out again and again from nothing until they rest, straight from the definition.
func slow(nodes [][]in, o Options, start *Start, upper bool) []float64 {
	values := make([]float64, len(nodes))
	for _, d := range start.Nodes {
		values[d.At] = d.Low
		if upper {
			values[d.At] = d.High
		}
	}
	begin := append([]float64(nil), values...)
	for range 4000 {
		next := append([]float64(nil), begin...)
		for n, inputs := range nodes {
			sums := map[loss.Reading]float64{}
			for _, x := range inputs {
				if x.Maybe && !upper {
					continue
				}
				for _, reading := range []loss.Reading{loss.Exact, loss.Merged} {
					if x.Readings&reading != 0 {
						sums[reading] += slowInput(&x, o, values, upper)
					}
				}
			}
			sum := min(sums[loss.Exact], sums[loss.Merged])
			if upper {
				sum = max(sums[loss.Exact], sums[loss.Merged])
			}
			next[n] = max(next[n], min(1, sum))
		}
		values = next
	}
	return values
}

func slowInput(x *in, o Options, values []float64, upper bool) float64 {
	known, low, high, most, least, worst := 0.0, 0.0, 0.0, 0.0, 1.0, 0.0
	any := false
	for i, s := range x.part {
		v := 0.0
		if x.from[i] >= 0 {
			v = values[x.from[i]]
		}
		worst = max(worst, v)
		if s == loss.Unknown {
			most, least, any = max(most, v), min(least, v), true
			continue
		}
		low, high = low+s.Low, high+s.High
		if upper {
			known += s.High * v
		} else {
			known += s.Low * v
		}
	}
	complete := x.Complete || o.AssumeComplete
	switch {
	case upper && x.ByValue:
		return min(1, known)
	case upper:
		return min(1, worst, known+(1-low)*most)
	case x.ByValue && !complete:
		return 0
	case complete && any:
		return min(1, known+(1-high)*least)
	}
	return min(1, known)
}

func TestAgainstSlow(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		nodes := drawNet(t)
		o := Options{AssumeComplete: rapid.Bool().Draw(t, "assume complete")}
		start := from(int32(rapid.IntRange(0, len(nodes)-1).Draw(t, "start")), twentieths().Draw(t, "part"))
		net := New(netOf(nodes), o)
		r := NewRun(net)
		if err := r.Solve(context.Background(), start); err != nil {
			t.Fatal(err)
		}
		low, high := slow(nodes, o, start, false), slow(nodes, o, start, true)
		for n := range int32(len(nodes)) {
			if math.Abs(r.Low(n)-low[n]) > 1e-6 || math.Abs(r.High(n)-high[n]) > 1e-6 {
				t.Fatalf("node %d: %v to %v, slowly %v to %v", n, r.Low(n), r.High(n), low[n], high[n])
			}
		}
		// What needs no run gives the same.
		root := int32(rapid.IntRange(0, len(nodes)-1).Draw(t, "root"))
		at := start.Nodes[0].At
		if start.Nodes[0].High == 1 && net.Whole(root)[at] && r.High(root) != 1 {
			t.Fatalf("%d brings %d everything, but the run says %v", at, root, r.High(root))
		}
		certain := net.Certain(root)
		if !certain[at] && r.Low(root) != 0 {
			t.Fatalf("%d is not certain to reach %d, but the run says %v", at, root, r.Low(root))
		}
		want := r.Low(root)
		if err := r.SolveLow(context.Background(), start, certain); err != nil {
			t.Fatal(err)
		}
		if r.Low(root) != want {
			t.Fatalf("%v on the nodes that matter, %v on all", r.Low(root), want)
		}
	})
}

// Of a network whose shares are all known some are hidden: the truth lies between the bounds, and hiding more never
// narrows them.
func TestTruthLiesBetween(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(2, 7).Draw(t, "nodes")
		coin := rapid.Bool()
		full, told, less := make([][]in, n), make([][]in, n), make([][]in, n)
		for i := range full {
			for range rapid.IntRange(0, 2).Draw(t, "inputs") {
				f := in{Input: loss.Input{Readings: loss.Both, Weight: loss.Unknown, Complete: coin.Draw(t, "complete")}}
				left := 1.0
				k := rapid.IntRange(1, 3).Draw(t, "edges")
				var p, q []loss.Share
				for j := range k {
					share := min(left, twentieths().Draw(t, "share"))
					if f.Complete && j == k-1 {
						share = left
					}
					left -= share
					f.from = append(f.from, int32(rapid.IntRange(0, n-1).Draw(t, "from")))
					f.part = append(f.part, known(share))
					one, other := known(share), known(share)
					if coin.Draw(t, "hidden") {
						one, other = loss.Unknown, loss.Unknown
					} else if coin.Draw(t, "hidden too") {
						other = loss.Unknown
					}
					p, q = append(p, one), append(q, other)
				}
				full[i] = append(full[i], f)
				told[i] = append(told[i], in{f.Input, f.from, p})
				less[i] = append(less[i], in{f.Input, f.from, q})
			}
		}
		start := from(int32(rapid.IntRange(0, n-1).Draw(t, "start")), 1)
		truth, a, b := NewRun(New(netOf(full), Options{})), NewRun(New(netOf(told), Options{})), NewRun(New(netOf(less), Options{}))
		for _, r := range []*Run{truth, a, b} {
			if err := r.Solve(context.Background(), start); err != nil {
				t.Fatal(err)
			}
		}
		const slack = 1e-8
		for x := range int32(n) {
			if a.Low(x) > truth.Low(x)+slack || a.High(x) < truth.High(x)-slack {
				t.Fatalf("node %d: %v to %v, the truth is %v to %v", x, a.Low(x), a.High(x), truth.Low(x), truth.High(x))
			}
			if b.Low(x) > a.Low(x)+slack || b.High(x) < a.High(x)-slack {
				t.Fatalf("node %d: learning a share widens %v..%v to %v..%v", x, b.Low(x), b.High(x), a.Low(x), a.High(x))
			}
		}
	})
}

// Where each node has one input, as on the sell side, half the cut is half the loss.
func TestScaling(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(2, 7).Draw(t, "nodes")
		nodes := make([][]in, n)
		for i := 1; i < n; i++ {
			x := in{Input: loss.Input{Readings: loss.Both, Weight: loss.Unknown}}
			left := 0.9
			for range rapid.IntRange(1, 3).Draw(t, "edges") {
				share := min(left, twentieths().Draw(t, "share"))
				left -= share
				x.from, x.part = append(x.from, int32(rapid.IntRange(0, n-1).Draw(t, "from"))), append(x.part, known(share))
			}
			nodes[i] = []in{x}
		}
		part := twentieths().Draw(t, "part")
		whole, some := solve(t, nodes, Options{}, from(0, 1)), solve(t, nodes, Options{}, from(0, part))
		for x := range int32(n) {
			if math.Abs(some.High(x)-part*whole.High(x)) > 1e-8 || math.Abs(some.Low(x)-part*whole.Low(x)) > 1e-8 {
				t.Fatalf("node %d: %v of a cut by %v, %v of all", x, some.High(x), part, whole.High(x))
			}
		}
	})
}
