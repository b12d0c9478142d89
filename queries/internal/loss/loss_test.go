package loss

import (
	"context"
	"math"
	"testing"

	"pgregory.net/rapid"
)

// input is an input as tests write it: edges by source.
type input struct {
	Input
	from []int32
	part []Share
}

func known(k float64) Share { return Share{k, k} }

func netOf(nodes [][]input) *Net {
	b := NewBuilder()
	for _, inputs := range nodes {
		b.Node()
		for _, in := range inputs {
			b.Input(in.Input)
			for i, s := range in.from {
				b.Edge(s, in.part[i])
			}
		}
	}
	return b.Net(nil)
}

// needs is an essential input of one level.
func needs(from []int32, part ...Share) input {
	return input{Input{Essential: Yes, Readings: Both, Weight: Unknown}, from, part}
}

func solve(t testing.TB, net *Net, o Options, damage ...Damage) *Run {
	t.Helper()
	r := NewRun(net, o)
	if err := r.Solve(context.Background(), &Scenario{Nodes: damage}); err != nil {
		t.Fatal(err)
	}
	return r
}

func wantLoss(t *testing.T, r *Run, node int32, low, high float64) {
	t.Helper()
	if math.Abs(r.Low(node)-low) > 1e-9 || math.Abs(r.High(node)-high) > 1e-9 {
		t.Errorf("node %d loses %v to %v, want %v to %v", node, r.Low(node), r.High(node), low, high)
	}
}

func lost(at int32, loss float64) Damage { return Damage{at, loss, loss} }

func TestTwoUnknownSuppliers(t *testing.T) {
	in := needs([]int32{0, 1}, Unknown, Unknown)
	net := netOf([][]input{{}, {}, {in}})
	wantLoss(t, solve(t, net, Options{}, lost(0, 0.4), lost(1, 0.3)), 2, 0, 0.4)
	wantLoss(t, solve(t, net, Options{AssumeComplete: true}, lost(0, 0.4), lost(1, 0.3)), 2, 0.3, 0.4)
	in.Complete = true
	wantLoss(t, solve(t, netOf([][]input{{}, {}, {in}}), Options{}, lost(0, 0.4), lost(1, 0.3)), 2, 0.3, 0.4)
}

func TestShares(t *testing.T) {
	for _, test := range []struct {
		name      string
		in        input
		o         Options
		damage    []Damage
		low, high float64
	}{
		{"stated, one stops", needs([]int32{0, 1}, known(0.5), known(0.2)), Options{}, []Damage{lost(0, 1)}, 0.5, 0.5},
		{"both stop: the residual has no supplier", needs([]int32{0, 1}, known(0.5), known(0.2)), Options{}, []Damage{lost(0, 1), lost(1, 1)}, 0.7, 0.7},
		{"the residual is not documented", needs([]int32{0, 1}, known(0.5), known(0.2)), Options{WorstUndocumented: true}, []Damage{lost(0, 1)}, 0.5, 0.8},
		{"and untouched inputs stay whole", needs([]int32{1}, known(0.2)), Options{WorstUndocumented: true}, []Damage{lost(0, 1)}, 0, 0},
		{"residual to the unknown", needs([]int32{0, 1, 2}, known(0.5), Unknown, Unknown), Options{}, []Damage{lost(1, 0.6)}, 0, 0.3},
		{"residual to the unknown, complete", needs([]int32{0, 1, 2}, known(0.5), Unknown, Unknown), Options{AssumeComplete: true}, []Damage{lost(0, 1), lost(1, 0.6), lost(2, 0.2)}, 0.6, 0.8},
		{"disputed", needs([]int32{0, 1}, Share{0.4, 0.6}, known(0.4)), Options{}, []Damage{lost(0, 1)}, 0.4, 0.6},
		{"disputed, together at most everything", needs([]int32{0, 1}, Share{0.4, 0.8}, Share{0.4, 0.8}), Options{}, []Damage{lost(0, 0.5), lost(1, 0.5)}, 0.4, 0.5},
		{"by value, open", byValue(known(0.75), known(0.25)), Options{}, []Damage{lost(0, 1)}, 0, 0.75},
		{"by value, complete", byValue(known(0.75), known(0.25)), Options{AssumeComplete: true}, []Damage{lost(0, 1)}, 0.75, 0.75},
		{"by value, the worst", byValue(known(0.75), known(0.25)), Options{WorstUndocumented: true}, []Damage{lost(0, 1)}, 0, 1},
		{"nobody states whether it is essential", with(needs([]int32{0}, known(1)), func(in *input) { in.Essential = Unstated }), Options{}, []Damage{lost(0, 1)}, 0, 1},
		{"taken as essential", with(needs([]int32{0}, known(1)), func(in *input) { in.Essential = Unstated }), Options{AssumeEssential: true}, []Damage{lost(0, 1)}, 1, 1},
		{"not essential, weight unknown", with(needs([]int32{0}, known(1)), func(in *input) { in.Essential = No }), Options{}, []Damage{lost(0, 1)}, 0, 1},
		{"not essential, weight known", with(needs([]int32{0}, known(1)), func(in *input) { in.Essential, in.Weight = No, known(0.3) }), Options{}, []Damage{lost(0, 1)}, 0.3, 0.3},
		{"weight known in part", with(needs([]int32{0}, known(1)), func(in *input) { in.Essential, in.Weight, in.PartWeight = No, known(0.3), true }), Options{}, []Damage{lost(0, 0.5)}, 0.15, 0.5},
		{"perhaps not needed at all", with(needs([]int32{0}, known(1)), func(in *input) { in.Maybe = true }), Options{}, []Damage{lost(0, 1)}, 0, 1},
	} {
		t.Run(test.name, func(t *testing.T) {
			wantLoss(t, solve(t, netOf([][]input{{}, {}, {}, {test.in}}), test.o, test.damage...), 3, test.low, test.high)
		})
	}
}

func with(in input, change func(*input)) input { change(&in); return in }

func byValue(part ...Share) input {
	return with(needs([]int32{0, 1}, part...), func(in *input) { in.ByValue = true })
}

// Two inputs that are not essential: 0.2 of the cost is known to be of the first, the rest is of the second or of what
// is not documented.
func TestWeightsShareTheResidual(t *testing.T) {
	first, second := needs([]int32{0}, known(1)), needs([]int32{1}, known(1))
	first.Essential, first.Weight, second.Essential = No, known(0.2), No
	net := netOf([][]input{{}, {}, {first, second}})
	wantLoss(t, solve(t, net, Options{}, lost(0, 1), lost(1, 0.5)), 2, 0.2, 0.6)
	second.Weight = known(0.5)
	net = netOf([][]input{{}, {}, {first, second}})
	wantLoss(t, solve(t, net, Options{}, lost(0, 1), lost(1, 0.5)), 2, 0.45, 0.45)
}

// A node whose input is told at two levels: one level loses everything, the other nothing.
func TestReadings(t *testing.T) {
	fine, coarse := needs([]int32{0}, known(1)), needs([]int32{1}, known(1))
	fine.Readings, coarse.Readings = Exact, Exact
	pooled := needs([]int32{0, 1}, Unknown, Unknown)
	pooled.Readings = Merged
	net := netOf([][]input{{}, {}, {fine, coarse, pooled}})
	wantLoss(t, solve(t, net, Options{}, lost(0, 1)), 2, 0, 1)
	wantLoss(t, solve(t, net, Options{Level: Exact}, lost(0, 1)), 2, 1, 1)
	wantLoss(t, solve(t, net, Options{Level: Merged}, lost(0, 1)), 2, 0, 1)
	wantLoss(t, solve(t, net, Options{Level: Merged, AssumeComplete: true}, lost(0, 1), lost(1, 0.5)), 2, 0.5, 1)
}

// x = 0.5 + 0.5 y and y = 0.998 x, where x itself gets half from outside, which stops: x = 0.5/(1 - 0.499).
func TestLoops(t *testing.T) {
	net := netOf([][]input{{}, {needs([]int32{0, 2}, known(0.5), known(0.5))}, {needs([]int32{1}, known(0.998))}})
	r := solve(t, net, Options{}, lost(0, 1))
	x := 0.5 / (1 - 0.499)
	wantLoss(t, r, 1, x, x)
	wantLoss(t, r, 2, 0.998*x, 0.998*x)
	// Without damage a loop that feeds itself loses nothing.
	wantLoss(t, solve(t, net, Options{}), 1, 0, 0)
}

func TestLoopsThatNearlyClose(t *testing.T) {
	// x = 0.001 + 0.999 y, y = x: everything.
	net := netOf([][]input{{}, {needs([]int32{0, 2}, known(0.001), known(0.999))}, {needs([]int32{1}, known(1))}})
	r := solve(t, net, Options{}, lost(0, 1))
	if r.High(1) < 1-1e-9 || r.Low(1) > 1 || r.Low(1) < 1-1e-8 {
		t.Errorf("%v to %v, want about 1", r.Low(1), r.High(1))
	}
	// A loop whose damage the grid would never let close is widened, and says so.
	net = netOf([][]input{{}, {needs([]int32{0, 2}, known(0.000001), known(0.999999))}, {needs([]int32{1}, known(1))}})
	r = solve(t, net, Options{}, lost(0, 1))
	if r.High(1) != 1 || r.Widened() == 0 || r.Low(1) > 1 {
		t.Errorf("%v to %v, widened %d", r.Low(1), r.High(1), r.Widened())
	}
	// A loop of shares that make up everything passes a loss on unchanged: rounding must not let it creep.
	net = netOf([][]input{{}, {needs([]int32{0}, known(0.1)), needs([]int32{2, 3}, known(0.3), known(0.7))}, {needs([]int32{1}, known(1))}, {needs([]int32{1}, known(1))}})
	r = solve(t, net, Options{}, lost(0, 1))
	wantLoss(t, r, 1, 0.1, 0.1)
	if r.Widened() != 0 {
		t.Errorf("widened")
	}
}

func TestDamageOfEdges(t *testing.T) {
	net := netOf([][]input{{}, {needs([]int32{0}, known(1))}, {needs([]int32{0}, known(1))}})
	r := NewRun(net, Options{})
	for range 2 { // a run forgets the scenario before
		if err := r.Solve(context.Background(), &Scenario{Edges: []Damage{{0, 0.2, 0.4}}}); err != nil {
			t.Fatal(err)
		}
		wantLoss(t, r, 0, 0, 0)
		wantLoss(t, r, 1, 0.2, 0.4)
		wantLoss(t, r, 2, 0, 0)
		if err := r.Solve(context.Background(), &Scenario{Nodes: []Damage{lost(0, 0.3)}, Edges: []Damage{{1, 0.2, 0.4}}}); err != nil {
			t.Fatal(err)
		}
		wantLoss(t, r, 1, 0.3, 0.3)
		wantLoss(t, r, 2, 0.3, 0.4)
	}
}

func TestCancelled(t *testing.T) {
	chain := [][]input{{}}
	for i := range int32(3 * checkEvery) {
		chain = append(chain, []input{needs([]int32{i}, known(1))})
	}
	r := NewRun(netOf(chain), Options{})
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if err := r.Solve(ctx, &Scenario{Nodes: []Damage{lost(0, 1)}}); err == nil {
		t.Fatal("no error")
	}
	if err := r.Solve(context.Background(), &Scenario{Nodes: []Damage{lost(1, 1)}}); err != nil {
		t.Fatal(err)
	}
	wantLoss(t, r, 0, 0, 0)
	wantLoss(t, r, 3*checkEvery, 1, 1)
}

func TestAppend(t *testing.T) {
	a, b := NewBuilder(), NewBuilder()
	a.Node()
	a.Node()
	a.Input(Input{Essential: Yes, Readings: Both, Weight: Unknown})
	a.Edge(0, known(0.4))
	b.Node()
	b.Input(Input{Essential: No, Readings: Both, Weight: known(0.5)})
	b.Edge(1, known(0.4))
	b.Edge(0, Unknown)
	a.Append(b)
	net := a.Net(func(_, s int32) int32 { return s })
	r := solve(t, net, Options{}, lost(0, 1))
	wantLoss(t, r, 1, 0.4, 0.4)
	wantLoss(t, r, 2, 0.08, 0.38)
}

// truth is a network whose numbers are all known, and what was hidden of it.
type truth struct {
	full, hidden [][]input
	damage       []Damage
}

// twentieths are parts of a whole that let no loop close in too slowly: TestLoopsThatNearlyClose looks at those.
func twentieths() *rapid.Generator[float64] {
	return rapid.Map(rapid.IntRange(0, 20), func(n int) float64 { return float64(n) / 20 })
}

// drawTruth draws a network and hides some of its numbers.
func drawTruth(t *rapid.T, statedOnly bool) truth {
	var out truth
	n := rapid.IntRange(2, 7).Draw(t, "nodes")
	unit := twentieths()
	coin := rapid.Bool()
	for range n {
		var full, hidden []input
		budget := 1.0
		for range rapid.IntRange(0, 3).Draw(t, "inputs") {
			real := input{Input: Input{Readings: Both, Essential: Yes, Complete: coin.Draw(t, "complete"), Weight: Unknown}}
			told := real
			k := rapid.IntRange(1, 3).Draw(t, "edges")
			left, disputed := 1.0, !statedOnly && coin.Draw(t, "disputed")
			for i := range k {
				share := min(left, unit.Draw(t, "share"))
				if real.Complete && i == k-1 {
					share = left
				}
				left -= share
				real.from = append(real.from, int32(rapid.IntRange(0, n-1).Draw(t, "from")))
				real.part = append(real.part, known(share))
				switch {
				case !statedOnly && coin.Draw(t, "hide"):
					told.part = append(told.part, Unknown)
				case disputed:
					told.part = append(told.part, Share{share * unit.Draw(t, "down"), share + (1-share)*unit.Draw(t, "up")})
				default:
					told.part = append(told.part, known(share))
				}
			}
			told.from = real.from
			told.Complete = real.Complete && coin.Draw(t, "told complete")
			if !statedOnly {
				if coin.Draw(t, "not essential") {
					w := budget * unit.Draw(t, "weight")
					budget -= w
					real.Essential, real.Weight = No, known(w)
					told.Essential, told.Weight = No, known(w)
					if coin.Draw(t, "hide weight") {
						told.Weight = Unknown
						if coin.Draw(t, "hide only a part") {
							told.Weight, told.PartWeight = known(w/2), true
						}
					}
				}
				if coin.Draw(t, "hide essential") {
					told.Essential = Unstated
				}
				told.Maybe = coin.Draw(t, "maybe")
				if told.Maybe && coin.Draw(t, "not needed") {
					for i := range real.part {
						real.part[i] = known(0)
					}
				}
			}
			full, hidden = append(full, real), append(hidden, told)
		}
		out.full, out.hidden = append(out.full, full), append(out.hidden, hidden)
	}
	for i := range n {
		if loss := unit.Draw(t, "loss"); i == 0 || coin.Draw(t, "damaged") {
			out.damage = append(out.damage, lost(int32(i), loss))
		}
	}
	return out
}

// reference is the losses of a network whose numbers are all known: all nodes at once, again and again.
func reference(nodes [][]input, damage []Damage) []float64 {
	losses := make([]float64, len(nodes))
	for range 20000 {
		next := make([]float64, len(nodes))
		moved := 0.0
		for n, inputs := range nodes {
			sum := 0.0
			for _, in := range inputs {
				loss := 0.0
				for i, from := range in.from {
					loss += in.part[i].Low * losses[from]
				}
				if in.Essential == No {
					sum += in.Weight.Low * loss
				} else {
					next[n] = max(next[n], loss)
				}
			}
			next[n] = min(1, max(next[n], sum))
		}
		for _, d := range damage {
			next[d.At] = max(next[d.At], d.Low)
		}
		for n := range next {
			moved = max(moved, next[n]-losses[n])
		}
		losses = next
		if moved < 1e-14 {
			break
		}
	}
	return losses
}

func TestTruthLiesBetween(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		x := drawTruth(t, false)
		want := reference(x.full, x.damage)
		r := NewRun(netOf(x.hidden), Options{})
		if err := r.Solve(context.Background(), &Scenario{Nodes: x.damage}); err != nil {
			t.Fatal(err)
		}
		for n := range want {
			if low, high := r.Low(int32(n)), r.High(int32(n)); low > want[n]+2e-9 || high < want[n]-2e-9 || low > high+2e-9 {
				t.Errorf("node %d: %v to %v, truth %v", n, low, high, want[n])
			}
		}
	})
}

func TestExactWhenAllIsKnown(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		x := drawTruth(t, true)
		want := reference(x.full, x.damage)
		r := NewRun(netOf(x.full), Options{})
		if err := r.Solve(context.Background(), &Scenario{Nodes: x.damage}); err != nil {
			t.Fatal(err)
		}
		for n := range want {
			if low, high := r.Low(int32(n)), r.High(int32(n)); math.Abs(low-want[n]) > 1e-7 || math.Abs(high-want[n]) > 1e-7 {
				t.Errorf("node %d: %v to %v, want %v", n, low, high, want[n])
			}
		}
	})
}

// With stated shares only, a share that becomes known narrows what follows from it.
func TestKnowingMoreNeverWidens(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		x := drawTruth(t, true)
		type place struct{ node, input, edge int }
		var places []place
		for n, inputs := range x.hidden {
			for i := range inputs {
				inputs[i].Complete = false
				for e := range inputs[i].part {
					inputs[i].part[e] = Unknown
					places = append(places, place{n, i, e})
				}
			}
		}
		if len(places) == 0 {
			t.Skip()
		}
		places = rapid.Permutation(places).Draw(t, "order")
		before := solveRapid(t, x.hidden, Options{}, x.damage)
		for _, p := range places {
			x.hidden[p.node][p.input].part[p.edge] = x.full[p.node][p.input].part[p.edge]
			after := solveRapid(t, x.hidden, Options{}, x.damage)
			for n := range x.hidden {
				if n := int32(n); after.Low(n) < before.Low(n)-2e-9 || after.High(n) > before.High(n)+2e-9 {
					t.Fatalf("node %d: %v to %v became %v to %v", n, before.Low(n), before.High(n), after.Low(n), after.High(n))
				}
			}
			before = after
		}
	})
}

func solveRapid(t *rapid.T, nodes [][]input, o Options, damage []Damage) *Run {
	r := NewRun(netOf(nodes), o)
	if err := r.Solve(context.Background(), &Scenario{Nodes: damage}); err != nil {
		t.Fatal(err)
	}
	return r
}

func TestStoppingMoreNeverHelps(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		x := drawTruth(t, false)
		o := Options{AssumeComplete: rapid.Bool().Draw(t, "complete"), AssumeEssential: rapid.Bool().Draw(t, "essential"), WorstUndocumented: rapid.Bool().Draw(t, "worst")}
		before := solveRapid(t, x.hidden, o, x.damage)
		more := append(x.damage, lost(int32(rapid.IntRange(0, len(x.hidden)-1).Draw(t, "at")), twentieths().Draw(t, "more")))
		after := solveRapid(t, x.hidden, o, more)
		for n := range x.hidden {
			if n := int32(n); after.Low(n) < before.Low(n) || after.High(n) < before.High(n) {
				t.Fatalf("node %d: %v to %v became %v to %v", n, before.Low(n), before.High(n), after.Low(n), after.High(n))
			}
		}
	})
}

// The same network with its nodes numbered otherwise, which changes the order of updates, gives the same bits.
func TestOrderDoesNotMatter(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		x := drawTruth(t, false)
		n := len(x.hidden)
		numbers := make([]int32, n)
		for i := range numbers {
			numbers[i] = int32(i)
		}
		numbers = rapid.Permutation(numbers).Draw(t, "numbers")
		shuffled := make([][]input, n)
		for i, inputs := range x.hidden {
			for _, in := range inputs {
				in.from = append([]int32(nil), in.from...)
				for e := range in.from {
					in.from[e] = numbers[in.from[e]]
				}
				shuffled[numbers[i]] = append(shuffled[numbers[i]], in)
			}
		}
		var damage []Damage
		for i := len(x.damage) - 1; i >= 0; i-- {
			d := x.damage[i]
			d.At = numbers[d.At]
			damage = append(damage, d)
		}
		a, b := solveRapid(t, x.hidden, Options{}, x.damage), solveRapid(t, shuffled, Options{}, damage)
		for i := range numbers {
			if a.Low(int32(i)) != b.Low(numbers[i]) || a.High(int32(i)) != b.High(numbers[i]) {
				t.Fatalf("node %d: %v to %v or %v to %v", i, a.Low(int32(i)), a.High(int32(i)), b.Low(numbers[i]), b.High(numbers[i]))
			}
		}
	})
}
