package reach_test

import (
	"context"
	"fmt"
	"math/bits"
	"math/rand/v2"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/tributarygraph/tributary/queries/internal/reach"
)

// graphOf makes a network of links.
func graphOf(n int, links [][2]int) *reach.Graph {
	rows := make([][]int32, n)
	for _, l := range links {
		rows[l[0]] = append(rows[l[0]], int32(l[1]))
	}
	g := &reach.Graph{Start: make([]int32, 1, n+1)}
	for _, row := range rows {
		g.To = append(g.To, row...)
		g.Start = append(g.Start, int32(len(g.To)))
	}
	return g
}

// distances is the definition, by one plain search a start.
func distances(g *reach.Graph, start int32) []int {
	far := make([]int, g.Nodes())
	for i := range far {
		far[i] = -1
	}
	far[start] = 0
	for queue := []int32{start}; len(queue) > 0; queue = queue[1:] {
		for _, to := range g.Row(queue[0]) {
			if far[to] < 0 {
				far[to] = far[queue[0]] + 1
				queue = append(queue, to)
			}
		}
	}
	return far
}

// 0 -> 1 -> 2 -> 0    1 -> 3    4 -> 3    3 -> 3
func TestSpread(t *testing.T) {
	g := graphOf(5, [][2]int{{0, 1}, {1, 2}, {2, 0}, {1, 3}, {4, 3}, {3, 3}})
	s := reach.New(g)
	for _, test := range []struct {
		hops int
		want []uint64
		more bool
	}{
		{0, []uint64{1, 0, 0, 0, 2}, true},
		{1, []uint64{1, 1, 0, 2, 2}, true},
		{2, []uint64{1, 1, 1, 3, 2}, false}, // 2 leads back to 0, which its start has seen
		{9, []uint64{1, 1, 1, 3, 2}, false},
	} {
		more, err := s.Run(context.Background(), []int32{0, 4}, test.hops)
		if err != nil || more != test.more {
			t.Errorf("%d hops: more %v, %v", test.hops, more, err)
		}
		for n, want := range test.want {
			if got := s.Starts(int32(n)); got != want {
				t.Errorf("%d hops: node %d is reached by %b, want %b", test.hops, n, got, want)
			}
		}
	}
}

func drawGraph(t *rapid.T) *reach.Graph {
	n := rapid.IntRange(1, 20).Draw(t, "nodes")
	node := rapid.IntRange(0, n-1)
	var links [][2]int
	for range rapid.IntRange(0, 3*n).Draw(t, "links") {
		links = append(links, [2]int{node.Draw(t, "from"), node.Draw(t, "to")})
	}
	return graphOf(n, links)
}

func TestSpreadIsAsDefined(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		g := drawGraph(t)
		s := reach.New(g)
		for range 2 { // the second run finds nothing of the first
			starts := rapid.SliceOfNDistinct(rapid.Int32Range(0, int32(g.Nodes()-1)), 1, g.Nodes(), rapid.ID).Draw(t, "starts")
			hops := rapid.IntRange(0, 8).Draw(t, "hops")
			arrivals, levels := map[string]bool{}, map[string]bool{}
			s.Arrive = func(hop int, from, to int32, bits uint64) {
				for i := range starts {
					if bits>>i&1 != 0 {
						arrivals[fmt.Sprint(hop, from, to, i)] = true
					}
				}
			}
			s.Level = func(hop int, nodes []int32, now []uint64) {
				for _, n := range nodes {
					for i := range starts {
						if now[n]>>i&1 != 0 {
							levels[fmt.Sprint(hop, n, i)] = true
						}
					}
				}
			}
			more, err := s.Run(context.Background(), starts, hops)
			if err != nil {
				t.Fatal(err)
			}
			wantMore := false
			wantArrivals, wantLevels := map[string]bool{}, map[string]bool{}
			for i, start := range starts {
				far := distances(g, start)
				for n := range int32(g.Nodes()) {
					wantMore = wantMore || far[n] > hops
					if got, want := s.Starts(n)>>i&1 == 1, far[n] >= 0 && far[n] <= hops; got != want {
						t.Fatalf("start %d reaches %d: %v, want %v", start, n, got, want)
					}
					if far[n] > 0 && far[n] <= hops {
						wantLevels[fmt.Sprint(far[n], n, i)] = true
					}
					for _, to := range g.Row(n) {
						if far[n] >= 0 && far[to] == far[n]+1 && far[to] <= hops {
							wantArrivals[fmt.Sprint(far[to], n, to, i)] = true
						}
					}
				}
			}
			if more != wantMore {
				t.Fatalf("more: %v, want %v", more, wantMore)
			}
			if fmt.Sprint(arrivals) != fmt.Sprint(wantArrivals) || fmt.Sprint(levels) != fmt.Sprint(wantLevels) {
				t.Fatalf("arrivals %v, want %v\nlevels %v, want %v", arrivals, wantArrivals, levels, wantLevels)
			}
		}
	})
}

func TestReverse(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		g := drawGraph(t)
		r := g.Reverse()
		var links, turned [][2]int32
		for n := range int32(g.Nodes()) {
			for _, to := range g.Row(n) {
				links = append(links, [2]int32{n, to})
			}
			for _, to := range r.Row(n) {
				turned = append(turned, [2]int32{to, n})
			}
			if !slices.IsSorted(r.Row(n)) {
				t.Fatalf("row %d: %v", n, r.Row(n))
			}
		}
		order := func(a, b [2]int32) int { return slices.Compare(a[:], b[:]) }
		slices.SortFunc(links, order)
		slices.SortFunc(turned, order)
		if !slices.Equal(links, turned) {
			t.Fatalf("%v turned is %v", links, turned)
		}
	})
}

// A run that was stopped leaves nothing behind for the next one.
func TestStoppedRun(t *testing.T) {
	g := random(5000, 200_000)
	s := reach.New(g)
	over, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := s.Run(over, []int32{0, 1, 2}, 9); err == nil {
		t.Fatal("the run went on")
	}
	if _, err := s.Run(context.Background(), []int32{7}, 9); err != nil {
		t.Fatal(err)
	}
	for n, far := range distances(g, 7) {
		if got := s.Starts(int32(n)) == 1; got != (far >= 0 && far <= 9) {
			t.Fatalf("node %d: %b at %d hops", n, s.Starts(int32(n)), far)
		}
	}
}

func random(nodes, links int) *reach.Graph {
	r := rand.New(rand.NewPCG(1, 2))
	list := make([][2]int, links)
	for i := range list {
		list[i] = [2]int{r.IntN(nodes), int(float64(nodes) * r.Float64() * r.Float64())}
	}
	return graphOf(nodes, list)
}

// BenchmarkSpread spreads 64 starts over the whole of a network.
func BenchmarkSpread(b *testing.B) {
	g := random(1_000_000, 10_000_000)
	s := reach.New(g)
	starts := make([]int32, reach.Width)
	reached := 0
	for i := 0; b.Loop(); i++ {
		for j := range starts {
			starts[j] = int32((i*reach.Width + j) % g.Nodes())
		}
		if _, err := s.Run(context.Background(), starts, 100); err != nil {
			b.Fatal(err)
		}
		for _, n := range s.Reached() {
			reached += bits.OnesCount64(s.Starts(n))
		}
	}
	b.ReportMetric(float64(reached)/float64(b.N), "pairs/op")
}
