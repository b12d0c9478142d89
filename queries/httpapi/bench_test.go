package httpapi_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/tributarygraph/tributary/graph"
	"github.com/tributarygraph/tributary/graph/sqlitestore"
	"github.com/tributarygraph/tributary/queries/httpapi"
)

// benchClients is how many clients ask at once, each over a connection of its own.
const benchClients = 16

// BenchmarkFirstPage asks for the first page of 100 suppliers over 3 tiers through HTTP, by 16 clients at once, of
// the store that TRIBUTARY_BENCH_STORE names (made by tributary generate and tributary import). The clients are a
// process of their own, which shares the machine with the server. One iteration is some 4,000 requests.
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
	for began, i := time.Now(), 0; i < 64 || v.RelationCount() > 1_000_000 && time.Since(began) < 5*time.Second; i++ {
		if _, err := ask(http.DefaultClient, addresses[i%len(addresses)]); err != nil { // until the bits of the day's filter are gathered
			b.Fatal(err)
		}
	}
	var took []time.Duration
	for b.Loop() {
		took = append(took, askApart(b, addresses, len(addresses))...)
	}
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)/2].Microseconds())/1000, "p50-ms")
	b.ReportMetric(float64(took[len(took)*99/100].Microseconds())/1000, "p99-ms")
}

// clientVariable makes this program the clients of BenchmarkFirstPage: it holds the number of requests; the
// addresses come by standard input.
const clientVariable = "TRIBUTARY_BENCH_CLIENT"

// askApart lets another process ask n times, and returns how long each took.
func askApart(b *testing.B, addresses []string, n int) []time.Duration {
	cmd := exec.Command(os.Args[0], "-test.run", "^TestBenchClient$")
	cmd.Env = append(os.Environ(), clientVariable+"="+strconv.Itoa(n))
	cmd.Stdin = strings.NewReader(strings.Join(addresses, "\n"))
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		b.Fatalf("clients: %v\n%s", err, out)
	}
	var took []time.Duration
	for word := range strings.FieldsSeq(string(out)) {
		if nanoseconds, ok := strings.CutPrefix(word, "took="); ok {
			number, err := strconv.Atoi(nanoseconds)
			if err != nil {
				b.Fatal(err)
			}
			took = append(took, time.Duration(number))
		}
	}
	if len(took) != n {
		b.Fatalf("%d of %d requests were answered", len(took), n)
	}
	return took
}

// TestBenchClient is the clients of BenchmarkFirstPage.
func TestBenchClient(t *testing.T) {
	n, err := strconv.Atoi(os.Getenv(clientVariable))
	if err != nil {
		t.Skip("it has something to do for BenchmarkFirstPage only")
	}
	var addresses []string
	for lines := bufio.NewScanner(os.Stdin); lines.Scan(); {
		addresses = append(addresses, lines.Text())
	}
	var group sync.WaitGroup
	took := make([][]time.Duration, benchClients)
	for c := range benchClients {
		group.Go(func() {
			client := &http.Client{Transport: &http.Transport{DisableCompression: true}}
			for i := c; i < n; i += benchClients {
				d, err := ask(client, addresses[i%len(addresses)])
				if err != nil {
					t.Error(err)
					return
				}
				took[c] = append(took[c], d)
			}
		})
	}
	group.Wait()
	for _, d := range slices.Concat(took...) {
		fmt.Printf("took=%d\n", d.Nanoseconds())
	}
}

// ask asks for an address, reads the answer and returns how long that took.
func ask(client *http.Client, address string) (time.Duration, error) {
	began := time.Now()
	resp, err := client.Get(address)
	if err != nil {
		return 0, err
	}
	defer func() { _ = resp.Body.Close() }()
	if _, err := io.Copy(io.Discard, resp.Body); err != nil || resp.StatusCode != http.StatusOK {
		return 0, fmt.Errorf("%s: status %d, %v", address, resp.StatusCode, err)
	}
	return time.Since(began), nil
}
