package loss

import (
	"context"
	"testing"

	"pgregory.net/rapid"
)

// What needs no run gives what a run gives.
func TestReachAgainstRuns(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		x := drawTruth(t, false)
		o := Options{AssumeComplete: rapid.Bool().Draw(t, "complete"), AssumeEssential: rapid.Bool().Draw(t, "essential"),
			WorstUndocumented: rapid.Bool().Draw(t, "worst"), Level: rapid.SampledFrom([]Reading{0, Exact, Merged}).Draw(t, "level")}
		net := netOf(x.hidden)
		r := NewRun(net, o)
		for root := range int32(net.Nodes()) {
			whole, certain := net.Whole(root, o), net.Certain(o, root)
			for at := range int32(net.Nodes()) {
				stop := &Scenario{Nodes: []Damage{lost(at, 1)}}
				if err := r.Solve(context.Background(), stop); err != nil {
					t.Fatal(err)
				}
				if whole[at] && r.High(root) != 1 {
					t.Fatalf("the stop of %d is said to cost %d everything, a run says %v", at, root, r.High(root))
				}
				low := r.Low(root)
				if !certain[at] && low != 0 {
					t.Fatalf("the stop of %d is said to cost %d nothing for certain, a run says %v", at, root, low)
				}
				if err := r.SolveLow(context.Background(), stop); err != nil {
					t.Fatal(err)
				}
				if r.Low(root) != low {
					t.Fatalf("%v alone, %v with the upper losses", r.Low(root), low)
				}
			}
		}
	})
}

func TestReach(t *testing.T) {
	// 0 is the only documented supplier of 1, 1 has 0.4 of 2, 2 is one of two of 3.
	first, last := needs([]int32{0}, Unknown), needs([]int32{2, 0}, Unknown, Unknown)
	net := netOf([][]input{{}, {first}, {needs([]int32{1}, known(0.4))}, {last}})
	for _, test := range []struct {
		name string
		got  []bool
		want []bool
	}{
		{"all of 1", net.Whole(1, Options{}), []bool{true, true, false, false}},
		{"all of 2", net.Whole(2, Options{}), []bool{false, false, true, false}},
		{"all of 3", net.Whole(3, Options{}), []bool{true, false, true, true}},
		{"certain of 2", net.Certain(Options{}, 2), []bool{false, true, true, false}},
		{"certain of 2, complete", net.Certain(Options{AssumeComplete: true}, 2), []bool{true, true, true, false}},
		{"certain of 3", net.Certain(Options{}, 3), []bool{false, false, false, true}},
	} {
		for i := range test.want {
			if test.got[i] != test.want[i] {
				t.Errorf("%s: %v, want %v", test.name, test.got, test.want)
				break
			}
		}
	}
}

// A node that is held still and raised by hand to what its inputs give comes to the same as one that is not.
func TestStillNodes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		x := drawTruth(t, false)
		o := Options{AssumeComplete: rapid.Bool().Draw(t, "complete"), WorstUndocumented: rapid.Bool().Draw(t, "worst")}
		net := netOf(x.hidden)
		want, r := NewRun(net, o), NewRun(net, o)
		ctx := context.Background()
		still := int32(rapid.IntRange(0, net.Nodes()-1).Draw(t, "still"))
		for range 2 { // a run forgets the scenario before
			s := &Scenario{Nodes: x.damage, Still: []int32{still}}
			for _, side := range []struct {
				whole, part func(context.Context, *Scenario) error
				raise       func(context.Context, []Damage) error
				now         func(int32) float64
				want        func(int32) float64
				node        func(*Run, int32) float64
				round       func(float64) float64
			}{{want.SolveHigh, r.SolveHigh, r.RaiseHigh, r.High, want.High, (*Run).upperNode, up}, {want.SolveLow, r.SolveLow, r.RaiseLow, r.Low, want.Low, (*Run).lowerNode, down}} {
				if err := side.whole(ctx, &Scenario{Nodes: x.damage}); err != nil {
					t.Fatal(err)
				}
				if err := side.part(ctx, s); err != nil {
					t.Fatal(err)
				}
				for {
					to := max(side.now(still), side.round(side.node(r, still)))
					if to == side.now(still) {
						break
					}
					if err := side.raise(ctx, []Damage{{still, to, to}}); err != nil {
						t.Fatal(err)
					}
				}
				for n := range int32(net.Nodes()) {
					if side.now(n) != side.want(n) {
						t.Fatalf("node %d loses %v, want %v", n, side.now(n), side.want(n))
					}
				}
			}
			if err := r.Solve(ctx, &Scenario{Nodes: x.damage}); err != nil {
				t.Fatal(err)
			}
			if r.High(still) != want.High(still) && want.High(still) != 0 {
				t.Fatalf("still is remembered: %v, want %v", r.High(still), want.High(still))
			}
		}
	})
}
