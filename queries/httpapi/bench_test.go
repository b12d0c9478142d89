package httpapi_test

import (
	"context"
	"io"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/url"
	"os"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/tributarygraph/tributary/graph"
	"github.com/tributarygraph/tributary/graph/sqlitestore"
	"github.com/tributarygraph/tributary/queries/httpapi"
)

// BenchmarkFirstPage asks for the first page of 100 suppliers over 3 tiers through HTTP, by 16 clients at once, of
// the store that TRIBUTARY_BENCH_STORE names (made by tributary generate and tributary import). The clients share
// the machine with the server.
func BenchmarkFirstPage(b *testing.B) {
	path := os.Getenv("TRIBUTARY_BENCH_STORE")
	if path == "" {
		b.Skip("TRIBUTARY_BENCH_STORE names no store")
	}
	store, err := sqlitestore.Open(context.Background(), path)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = store.Close() })
	f := startOn(b, store, func(c *httpapi.Config) { c.Log = slog.New(slog.NewTextHandler(io.Discard, nil)) })
	v := f.views.View()
	r := rand.New(rand.NewPCG(3, 4))
	var addresses []string
	for range 4096 {
		n := graph.Node(r.IntN(v.NodeCount(graph.KindCompany)))
		if v.In(graph.KindSupplies, n).Len() > 0 {
			addresses = append(addresses, f.http.URL+"/v1/companies/"+url.PathEscape(v.ID(graph.KindCompany, n))+"/suppliers?depth=3&limit=100")
		}
	}
	const clients = 16
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: clients, DisableCompression: true}}
	for _, address := range addresses[:64] { // the connections, and the bits of the day's filter
		ask(b, client, address)
	}
	var group sync.WaitGroup
	took := make([][]time.Duration, clients)
	b.ResetTimer()
	for c := range clients {
		group.Go(func() {
			for i := c; i < b.N; i += clients {
				began := time.Now()
				ask(b, client, addresses[i%len(addresses)])
				took[c] = append(took[c], time.Since(began))
			}
		})
	}
	group.Wait()
	b.StopTimer()
	all := slices.Concat(took...)
	slices.Sort(all)
	b.ReportMetric(float64(all[len(all)/2].Microseconds())/1000, "p50-ms")
	b.ReportMetric(float64(all[len(all)*99/100].Microseconds())/1000, "p99-ms")
}

func ask(b *testing.B, client *http.Client, address string) {
	resp, err := client.Get(address)
	if err != nil {
		b.Error(err)
		return
	}
	if _, err := io.Copy(io.Discard, resp.Body); err != nil || resp.StatusCode != http.StatusOK {
		b.Errorf("%s: status %d, %v", address, resp.StatusCode, err)
	}
	_ = resp.Body.Close()
}
