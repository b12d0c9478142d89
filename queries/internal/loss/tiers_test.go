package loss

import (
	"context"
	"math/rand/v2"
	"testing"
)

// Tiers of many nodes, which several workers share, are those of a plain search.
func TestTiersSideBySide(t *testing.T) {
	const nodes = 60_000
	r := rand.New(rand.NewPCG(1, 2))
	inputs, groups := make([][]input, nodes), make([]int32, nodes)
	suppliedBy := make([][]int32, nodes)
	for n := range inputs {
		groups[n] = int32(n)
		for range 3 {
			if n > 0 {
				s := r.Int32N(int32(n))
				inputs[n] = append(inputs[n], needs([]int32{s}, Unknown))
				suppliedBy[s] = append(suppliedBy[s], int32(n))
			}
		}
	}
	net := netOf(inputs)
	run := NewRun(net, Options{})
	scenario := &Scenario{Nodes: []Damage{lost(0, 1)}}
	if err := run.Solve(context.Background(), scenario); err != nil {
		t.Fatal(err)
	}
	of := GroupsOf(net, groups)
	got := Tiers(run, scenario, &of)
	want := make([]int32, nodes)
	queue, widest := []int32{0}, map[int32]int{}
	for ; len(queue) > 0; queue = queue[1:] {
		n := queue[0]
		for _, to := range suppliedBy[n] {
			if want[to] == 0 && to != 0 {
				want[to] = want[n] + 1
				widest[want[to]]++
				queue = append(queue, to)
			}
		}
	}
	shared := false
	for n := range want {
		if got[n] != want[n] {
			t.Fatalf("node %d: tier %d, want %d", n, got[n], want[n])
		}
		shared = shared || widest[want[n]] >= 2*tierPart
	}
	if !shared {
		t.Error("no tier is large enough to be shared")
	}
}
