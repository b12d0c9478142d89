package loss

import (
	"context"
	"testing"

	"pgregory.net/rapid"
)

// The upper losses of a contracted network are those of the network, for every node and every node that stops.
func TestAlikeLosesTheSame(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		net := netOf(drawTruth(t, false).hidden)
		o := Options{AssumeComplete: rapid.Bool().Draw(t, "complete"), AssumeEssential: rapid.Bool().Draw(t, "essential"),
			WorstUndocumented: rapid.IntRange(0, 4).Draw(t, "worst") == 0}
		c := net.Alike(o)
		whole, less := NewRun(net, o), NewRun(c.Net, o)
		for stopped := range int32(net.Nodes()) {
			high := rapid.SampledFrom([]float64{1, 0.5}).Draw(t, "damage")
			if err := whole.SolveHigh(context.Background(), &Scenario{Nodes: []Damage{{At: stopped, High: high}}}); err != nil {
				t.Fatal(err)
			}
			if err := less.SolveHigh(context.Background(), &Scenario{Nodes: []Damage{{At: c.Of[stopped], High: high}}}); err != nil {
				t.Fatal(err)
			}
			for node := range int32(net.Nodes()) {
				if got, want := less.High(c.Of[node]), whole.High(node); got != want {
					t.Fatalf("%d stops: %d loses %v, want %v", stopped, node, got, want)
				}
			}
		}
	})
}
