package main

import (
	"flag"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/neo4j/neo4j-go-driver/v6/neo4j"

	"github.com/tributarygraph/tributary/graph"
	"github.com/tributarygraph/tributary/graph/neo4jstore"
	"github.com/tributarygraph/tributary/graph/storetest"
	"github.com/tributarygraph/tributary/queries"
)

var benchRelations = flag.Int("relations", 100_000, "relations of the network that BenchmarkAgainstCypher runs on, a tenth as many companies")

// BenchmarkAgainstCypher asks for the suppliers over three tiers of the same companies on the same data: as a
// variable-length pattern of the Neo4j that holds it, and in memory, by turns.
func BenchmarkAgainstCypher(b *testing.B) {
	server := storetest.Neo4j(b)
	opts := neo4jstore.Options{User: server.User, Password: server.Password}
	if err := neo4jstore.Wipe(b.Context(), server.URI, opts); err != nil {
		b.Fatal(err)
	}
	dir := filepath.Join(b.TempDir(), "network")
	mustRun(b, nil, "generate", dir, "--minimal", "--companies", strconv.Itoa(*benchRelations/10), "--relations", strconv.Itoa(*benchRelations), "-q")
	mustRun(b, []string{"TRIBUTARY_NEO4J_USER=" + server.User, "TRIBUTARY_NEO4J_PASSWORD=" + server.Password},
		"import", filepath.Join(dir, "relations.csv"), "--store", server.URI, "--rejects", "", "-q")
	store, err := neo4jstore.Open(b.Context(), server.URI, opts)
	if err != nil {
		b.Fatal(err)
	}
	defer store.Close()
	v, err := graph.Load(b.Context(), store)
	if err != nil {
		b.Fatal(err)
	}
	driver, err := neo4j.NewDriver(server.URI, neo4j.BasicAuth(server.User, server.Password, ""))
	if err != nil {
		b.Fatal(err)
	}
	defer driver.Close(b.Context())

	random := rand.New(rand.NewPCG(1, 2))
	filter := graph.DefaultFilter(graph.Today())
	var inMemory, cypher []time.Duration
	for b.Loop() {
		start := graph.Node(random.IntN(v.NodeCount(graph.KindCompany)))
		if v.In(graph.KindSupplies, start).Len() == 0 {
			continue
		}
		began := time.Now()
		tiers, err := queries.Tiers(b.Context(), v, start, queries.Upstream, 3, filter)
		if err != nil {
			b.Fatal(err)
		}
		between := time.Now()
		result, err := neo4j.ExecuteQuery(b.Context(), driver, "MATCH (c:Company {id: $id})<-[:SUPPLIES*1..3]-(s) RETURN DISTINCT s.id",
			map[string]any{"id": v.ID(graph.KindCompany, start)}, neo4j.EagerResultTransformer)
		if err != nil {
			b.Fatal(err)
		}
		inMemory, cypher = append(inMemory, between.Sub(began)), append(cypher, time.Since(between))
		found := len(slices.Concat(tiers...))
		// The pattern also finds the company itself, where it lies on a loop of at most three hops.
		if rows := len(result.Records); rows != found && rows != found+1 {
			b.Fatalf("%s: %d suppliers in memory, %d rows from Cypher", v.ID(graph.KindCompany, start), found, rows)
		}
	}
	if len(cypher) == 0 {
		return
	}
	slices.Sort(inMemory)
	slices.Sort(cypher)
	ours, theirs := inMemory[len(inMemory)/2], cypher[len(cypher)/2]
	b.ReportMetric(float64(ours.Microseconds()), "memory-p50-µs")
	b.ReportMetric(float64(theirs.Microseconds()), "cypher-p50-µs")
	b.ReportMetric(float64(theirs)/float64(ours), "times-faster")
}

func mustRun(b *testing.B, env []string, args ...string) {
	b.Helper()
	if r := tributaryWith(b, "", env, args...); r.code != exitOK {
		b.Fatalf("%v: exit code %d\n%s%s", args, r.code, r.out, r.err)
	}
}
