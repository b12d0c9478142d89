package esri

import (
	"encoding/binary"
	"flag"
	"fmt"
	"os"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

var (
	benchEvery = flag.Int("esri.every", 1, "score every so many companies")
	benchWrite = flag.String("esri.write", "", "write the networks to files that begin so, for scripts/esri_scipy.py")
)

// BenchmarkScores scores all companies, on all processors, with the authors' stopping rule and with a certified error.
func BenchmarkScores(b *testing.B) {
	for _, size := range []struct{ companies, links int }{{2_000, 12_000}, {90_000, 250_000}} {
		n, sector, links := generated(size.companies, size.links, 80, 0)
		if *benchWrite != "" {
			writeNetwork(b, fmt.Sprintf("%s%d", *benchWrite, n), sector, links)
		}
		x := New(n, sector, links)
		for _, o := range []Options{{Replaceable: true, Eps: 0.01}, {Replaceable: true, Error: 1e-4}, {Error: 1e-4}} {
			b.Run(fmt.Sprintf("%d/replaceable=%v/eps=%v/error=%v", n, o.Replaceable, o.Eps, o.Error), func(b *testing.B) {
				for b.Loop() {
					scoreAll(b, x, o)
				}
			})
		}
	}
}

// scoreAll scores and reports how long one took, beside how long the bounds took.
func scoreAll(b *testing.B, x *Network, o Options) {
	began := time.Now()
	bounds := NewBounds(x, o)
	prepared := time.Since(began)
	var next atomic.Int64
	var group sync.WaitGroup
	took := make([][]time.Duration, runtime.GOMAXPROCS(0))
	missed, worst, sum := atomic.Int64{}, make([]float64, len(took)), make([]float64, len(took))
	for at := range took {
		group.Go(func() {
			k := NewWorker(bounds, o)
			for {
				f := int(next.Add(1)-1) * *benchEvery
				if f >= x.n {
					return
				}
				t := time.Now()
				score := k.Score(int32(f))
				took[at] = append(took[at], time.Since(t))
				worst[at] = max(worst[at], score.Error)
				sum[at] += score.ESRI
				if o.Error > 0 && score.Error > o.Error {
					missed.Add(1)
				}
			}
		})
	}
	group.Wait()
	all := slices.Sorted(slices.Values(slices.Concat(took...)))
	b.ReportMetric(prepared.Seconds(), "s-bounds")
	b.ReportMetric((time.Since(began)-prepared).Seconds()*float64(*benchEvery), "s-all")
	b.ReportMetric(float64(all[len(all)/2].Nanoseconds())/1e3, "µs-p50")
	b.ReportMetric(float64(all[len(all)*99/100].Nanoseconds())/1e3, "µs-p99")
	b.ReportMetric(float64(all[len(all)-1].Nanoseconds())/1e3, "µs-max")
	b.ReportMetric(float64(missed.Load()), "uncertified")
	b.ReportMetric(slices.Max(worst), "error-max")
	total := 0.0
	for _, x := range sum {
		total += x
	}
	b.ReportMetric(total, "sum")
}

// writeNetwork writes int32 sector, and int32 from, int32 to and float64 value of each link.
func writeNetwork(b *testing.B, path string, sector []int32, links []Link) {
	f, err := os.Create(path)
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = f.Close() }() // what was not written is missed by the reader
	head := []int32{int32(len(sector)), int32(len(links))}
	for _, part := range []any{head, sector, column(links, func(l Link) int32 { return l.From }), column(links, func(l Link) int32 { return l.To }), column(links, func(l Link) float64 { return l.Value })} {
		if err := binary.Write(f, binary.LittleEndian, part); err != nil {
			b.Fatal(err)
		}
	}
}

func column[T any](links []Link, of func(Link) T) (out []T) {
	for _, l := range links {
		out = append(out, of(l))
	}
	return out
}
