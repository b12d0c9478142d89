package pathsum

import (
	"context"
	"testing"

	"pgregory.net/rapid"

	"github.com/tributarygraph/tributary/queries/internal/loss"
)

// The upper values of a contracted network are those of the network, for every node and every start.
func TestFullTakesTheSame(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := netOf(drawNet(t))
		net := New(n, Options{AssumeComplete: rapid.Bool().Draw(t, "complete"), WorstUndocumented: rapid.IntRange(0, 4).Draw(t, "worst") == 0,
			Level: rapid.SampledFrom([]loss.Reading{0, 0, loss.Exact, loss.Merged}).Draw(t, "level")})
		c := net.Full(n)
		whole, less := NewRun(net), NewRun(c.Net)
		for at := range int32(n.Nodes()) {
			part := rapid.SampledFrom([]float64{1, 0.5}).Draw(t, "part")
			if err := whole.SolveHigh(context.Background(), from(at, part)); err != nil {
				t.Fatal(err)
			}
			if err := less.SolveHigh(context.Background(), from(c.Of[at], part)); err != nil {
				t.Fatal(err)
			}
			for node := range int32(n.Nodes()) {
				if got, want := less.High(c.Of[node]), whole.High(node); got != want {
					t.Fatalf("from %d: %d takes %v, want %v", at, node, got, want)
				}
			}
		}
	})
}
