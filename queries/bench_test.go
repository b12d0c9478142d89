package queries_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"testing"
	"time"

	"github.com/tributarygraph/tributary/graph"
	"github.com/tributarygraph/tributary/graph/sqlitestore"
	"github.com/tributarygraph/tributary/queries"
	"github.com/tributarygraph/tributary/queries/internal/drawn"
)

// benchView is the View of the store that TRIBUTARY_BENCH_STORE names (made by tributary generate and tributary
// import), else of a random network of 10,000 companies and 100,000 relations.
func benchView(b *testing.B) *graph.View {
	b.Helper()
	path := os.Getenv("TRIBUTARY_BENCH_STORE")
	if path == "" {
		r := rand.New(rand.NewPCG(1, 2))
		seen := map[[2]int]bool{}
		var statements []graph.Statement
		for len(statements) < 100_000 {
			from, to := r.IntN(10_000), int(10_000*r.Float64()*r.Float64())
			if pair := [2]int{from, to}; from != to && !seen[pair] {
				seen[pair] = true
				statements = append(statements, drawn.Supplies(fmt.Sprintf("c%05d", from), fmt.Sprintf("c%05d", to), fmt.Sprintf("p%02d", from%50)))
			}
		}
		return drawn.ViewOf(b, statements)
	}
	store, err := sqlitestore.Open(context.Background(), path)
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = store.Close() }()
	v, err := graph.Load(context.Background(), store)
	if err != nil {
		b.Fatal(err)
	}
	return v
}

// warm asks for a while, until the bits of the day's filter are gathered.
func warm(b *testing.B, v *graph.View, filter graph.Filter, companies []graph.Node) {
	b.Helper()
	for began, i := time.Now(), 0; i < 64 || v.RelationCount() > 1_000_000 && time.Since(began) < 5*time.Second; i++ {
		if _, err := queries.Tiers(context.Background(), v, companies[i%len(companies)], queries.Upstream, 2, filter); err != nil {
			b.Fatal(err)
		}
	}
}

// starts are 512 companies that somebody supplies, drawn at random.
func starts(v *graph.View) []graph.Node {
	r := rand.New(rand.NewPCG(3, 4))
	var all, out []graph.Node
	for n := range v.Nodes(graph.KindCompany) {
		if v.In(graph.KindSupplies, n).Len() > 0 {
			all = append(all, n)
		}
	}
	for range 512 {
		out = append(out, all[r.IntN(len(all))])
	}
	return out
}

// rows are the same network as bare arrays.
type rows struct {
	start []uint32
	from  []graph.Node
}

func bareRows(v *graph.View) rows {
	x := rows{start: make([]uint32, 1, v.NodeCount(graph.KindCompany)+1)}
	for n := range v.NodeCount(graph.KindCompany) {
		x.from = append(x.from, v.In(graph.KindSupplies, graph.Node(n)).Nodes...)
		x.start = append(x.start, uint32(len(x.from)))
	}
	return x
}

// bare is a breadth-first loop that knows nothing of dates, stages or deadlines.
func (x *rows) bare(start graph.Node, depth int, visited []uint32, epoch uint32, queue []graph.Node) []graph.Node {
	queue = append(queue[:0], start)
	visited[start] = epoch
	low := 0
	for range depth {
		high := len(queue)
		for ; low < high; low++ {
			n := queue[low]
			for _, s := range x.from[x.start[n]:x.start[n+1]] {
				if visited[s] != epoch {
					visited[s] = epoch
					queue = append(queue, s)
				}
			}
		}
	}
	return queue
}

// medians reports the median and the 99th percentile of what was timed.
func medians(b *testing.B, name string, took []time.Duration) (median time.Duration) {
	slices.Sort(took)
	median = took[len(took)/2]
	b.ReportMetric(float64(median.Microseconds()), name+"-p50-µs")
	b.ReportMetric(float64(took[len(took)*99/100].Microseconds()), name+"-p99-µs")
	return median
}

// BenchmarkTiers compares suppliers over 3 tiers with a bare loop over the same arrays, in one run.
func BenchmarkTiers(b *testing.B) {
	v := benchView(b)
	companies := starts(v)
	bare := bareRows(v)
	filter := graph.DefaultFilter(graph.Today())
	visited, epoch := make([]uint32, v.NodeCount(graph.KindCompany)), uint32(0)
	var queue []graph.Node
	warm(b, v, filter, companies)
	var ours, theirs []time.Duration
	found := 0
	for i := 0; b.Loop(); i++ {
		start := companies[i%len(companies)]
		began := time.Now()
		tiers, err := queries.Tiers(context.Background(), v, start, queries.Upstream, 3, filter)
		ours = append(ours, time.Since(began))
		if err != nil {
			b.Fatal(err)
		}
		for _, t := range tiers {
			found += len(t)
		}
		began = time.Now()
		epoch++
		queue = bare.bare(start, 3, visited, epoch, queue)
		theirs = append(theirs, time.Since(began))
	}
	b.ReportMetric(float64(found)/float64(len(ours)), "companies")
	b.ReportMetric(float64(medians(b, "tiers", ours))/float64(medians(b, "bare", theirs)), "ratio")
}

// BenchmarkSuppliersPage is the first page of 100 as the API makes it, without HTTP.
func BenchmarkSuppliersPage(b *testing.B) {
	v := benchView(b)
	companies := starts(v)
	warm(b, v, graph.DefaultFilter(graph.Today()), companies)
	var took, encoded []time.Duration
	var buffer []byte
	for i := 0; b.Loop(); i++ {
		began := time.Now()
		a, err := queries.Suppliers(context.Background(), v, queries.TiersRequest{Company: v.ID(graph.KindCompany, companies[i%len(companies)]), Page: queries.Page{Limit: 100}})
		if err != nil {
			b.Fatal(err)
		}
		took = append(took, time.Since(began))
		buffer = a.AppendJSON(buffer[:0])
		encoded = append(encoded, time.Since(began))
	}
	medians(b, "page", took)
	medians(b, "with-json", encoded)
}

// BenchmarkSuppliersDeep lists all that stands upstream, at all depths, whole and a page of it: nearly all of it is
// the other tiers at which companies stand.
func BenchmarkSuppliersDeep(b *testing.B) {
	v := benchView(b)
	companies := starts(v)
	for _, limit := range []int{0, 100} {
		b.Run(fmt.Sprintf("limit=%d", limit), func(b *testing.B) {
			for i := 0; b.Loop(); i++ {
				req := queries.TiersRequest{Company: v.ID(graph.KindCompany, companies[i%8]), Depth: queries.MaxDepth, Page: queries.Page{Limit: limit}}
				if _, err := queries.Suppliers(context.Background(), v, req); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkCommonSuppliers asks, over 3 hops and over as many as there are, for the first page of common suppliers of
// the companies with the most direct suppliers, and of a portfolio of 100 companies.
func BenchmarkCommonSuppliers(b *testing.B) {
	v := benchView(b)
	companies := starts(v)
	warm(b, v, graph.DefaultFilter(graph.Today()), companies)
	hubs := slices.Clone(companies)
	for n := range v.Nodes(graph.KindCompany) {
		hubs = append(hubs, n)
	}
	slices.SortStableFunc(hubs, func(x, y graph.Node) int {
		return v.In(graph.KindSupplies, y).Len() - v.In(graph.KindSupplies, x).Len()
	})
	hubs = slices.Compact(hubs)
	var portfolio queries.Portfolio
	for _, n := range companies[:100] {
		portfolio = append(portfolio, queries.PortfolioMember{Company: v.ID(graph.KindCompany, n)})
	}
	for _, depth := range []int{3, 5, queries.MaxDepth} {
		for _, of := range []string{"hub", "any"} {
			from := companies
			if of == "hub" {
				from = hubs[:20]
			}
			b.Run(fmt.Sprintf("%s/depth=%d", of, depth), func(b *testing.B) {
				var took []time.Duration
				direct, behind := 0, 0
				for i := 0; b.Loop(); i++ {
					began := time.Now()
					a, err := queries.CommonSuppliers(context.Background(), v, queries.CommonSuppliersRequest{Company: v.ID(graph.KindCompany, from[i%len(from)]), Depth: depth, Page: queries.Page{Limit: 100}})
					if err != nil {
						b.Fatal(err)
					}
					took = append(took, time.Since(began))
					direct, behind = direct+a.Diamond.TierOne, behind+*a.Total
				}
				b.ReportMetric(float64(direct)/float64(len(took)), "direct")
				b.ReportMetric(float64(behind)/float64(len(took)), "common")
				medians(b, "answer", took)
			})
		}
		b.Run(fmt.Sprintf("portfolio/depth=%d", depth), func(b *testing.B) {
			for b.Loop() {
				if _, err := queries.PortfolioSuppliers(context.Background(), v, queries.PortfolioSuppliersRequest{Portfolio: portfolio, Depth: depth, Page: queries.Page{Limit: 100}}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkDisruption stops one company after the other, drawn at random, and lists the first 30 lines. The first
// question, which plans the production of all companies, is told apart.
func BenchmarkDisruption(b *testing.B) {
	v := benchView(b)
	companies := starts(v)
	warm(b, v, graph.DefaultFilter(graph.Today()), companies)
	ask := func(i int) time.Duration {
		began := time.Now()
		req := queries.DisruptionRequest{Page: queries.Page{Limit: 30}, Scenario: queries.Scenario{Targets: []queries.Target{{Company: v.ID(graph.KindCompany, companies[i%len(companies)])}}}}
		if _, err := queries.Disruption(context.Background(), v, req); err != nil {
			b.Fatal(err)
		}
		return time.Since(began)
	}
	first := ask(0)
	times := make([]time.Duration, 0, 1000)
	for b.Loop() {
		times = append(times, ask(len(times)+1))
	}
	slices.Sort(times)
	b.ReportMetric(first.Seconds(), "s/first")
	b.ReportMetric(times[len(times)/2].Seconds(), "s/median")
	b.ReportMetric(times[len(times)*99/100].Seconds(), "s/p99")
}
