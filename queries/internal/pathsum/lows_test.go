package pathsum

import (
	"context"
	"testing"

	"pgregory.net/rapid"

	"github.com/tributarygraph/tributary/queries/internal/loss"
)

// Lower values of several starts at once are those of one start after the other, at the nodes that matter.
func TestLowsAreThoseOfRuns(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := netOf(drawNet(t))
		net := New(n, Options{AssumeComplete: rapid.Bool().Draw(t, "complete"), Level: rapid.SampledFrom([]loss.Reading{0, 0, loss.Exact, loss.Merged}).Draw(t, "level")})
		node := rapid.Int32Range(0, int32(n.Nodes()-1))
		roots := []int32{node.Draw(t, "root"), node.Draw(t, "root")}
		matters := net.Certain(roots...)
		several, one := NewLowRun(net.Lows(matters)), NewRun(net)
		for range 2 { // the second time its memory has been used
			var starts []*Start
			for range rapid.IntRange(1, Lanes).Draw(t, "starts") {
				starts = append(starts, from(node.Draw(t, "start"), rapid.SampledFrom([]float64{1, 0.3}).Draw(t, "part")))
			}
			if err := several.Solve(context.Background(), starts); err != nil {
				t.Fatal(err)
			}
			for lane, s := range starts {
				if err := one.SolveLow(context.Background(), s, matters); err != nil {
					t.Fatal(err)
				}
				for _, root := range roots {
					if got, want := several.Low(lane, root), one.Low(root); got != want {
						t.Fatalf("from %d: %d takes %v, want %v", s.Nodes[0].At, root, got, want)
					}
				}
			}
		}
	})
}
