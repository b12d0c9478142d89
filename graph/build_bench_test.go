package graph

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"runtime"
	"testing"
)

var benchCompanies = flag.Int("companies", 10_000, "companies of the network that benchmarks run on; ten relations each")

// synthetic feeds a builder with a network like the one that `tributary generate` makes: names in two scripts,
// identifiers, shares on 30%, dates on 20%, one claim a relation; in the order of keys.
func synthetic(b *testing.B, sink *builder, companies int) {
	rng := rand.New(rand.NewPCG(1, 2))
	put := func(s *Statement) {
		if err := sink.Put(s); err != nil {
			b.Fatal(err)
		}
	}
	id := func(n int) string { return fmt.Sprintf("c%07d", n) }
	countries := []string{"US", "CN", "TW", "JP", "KR", "DE", "NL", "FR", "GB", "SG"}
	for p := range 500 {
		put(&Statement{Key: Key{RelationKey: RelationKey{Kind: KindProduct, From: fmt.Sprintf("p%03d", p)}, Dataset: "products"},
			Fields: []Field{{ID: FieldName, Text: fmt.Sprintf("Product %d", p), Number: nan}}})
	}
	for c := range companies {
		put(&Statement{Key: Key{RelationKey: RelationKey{Kind: KindCompany, From: id(c)}, Dataset: "companies"}, Fields: []Field{
			{ID: FieldName, Text: fmt.Sprintf("%s Industries %d Ltd", [...]string{"Acme", "Globex", "Initech", "Umbrella"}[c%4], c), Number: nan},
			{ID: FieldAliases, Text: fmt.Sprintf("环球%d工业", c), Number: nan},
			{ID: FieldCountry, Text: countries[c%len(countries)], Number: nan},
			{ID: FieldLEI, Text: fmt.Sprintf("5493%014d00", c), Number: nan},
			{ID: FieldTicker, Text: fmt.Sprintf("XNAS:T%d", c), Number: nan},
		}})
	}
	for c := range companies {
		at := 0
		for k := range 10 {
			at += 1 + rng.IntN(companies/10)
			s := Statement{Key: Key{RelationKey: RelationKey{Kind: KindSupplies, From: id(c), To: id(at % companies), Product: fmt.Sprintf("p%03d", (c+k)%500)},
				Dataset: "relations", Source: "", Period: "2024"}}
			if rng.IntN(10) < 3 {
				s.Fields = append(s.Fields, Field{ID: FieldShareOfInput, Number: rng.Float64()})
			}
			s.Fields = append(s.Fields, Field{ID: FieldValue, Number: float64(rng.IntN(1e6))}, Field{ID: FieldCurrency, Text: "USD", Number: nan})
			if rng.IntN(5) == 0 {
				s.ValidFrom = unixEpoch + 19000 + Date(rng.IntN(1000))
			}
			put(&s)
		}
	}
}

// BenchmarkBuild builds a View; it reports the memory that the View holds and that building it took at most from
// the system, a relation. For the size of the budgets: -companies=1000000.
func BenchmarkBuild(b *testing.B) {
	for b.Loop() {
		bld := newBuilder()
		synthetic(b, bld, *benchCompanies)
		v, err := bld.finish(Head{})
		if err != nil {
			b.Fatal(err)
		}
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		b.ReportMetric(float64(m.Sys)/(1<<20), "peak-MB")
		runtime.GC()
		runtime.ReadMemStats(&m)
		b.ReportMetric(float64(m.HeapAlloc)/(1<<20), "view-MB")
		b.ReportMetric(float64(v.RelationCount())*float64(b.N)/b.Elapsed().Seconds(), "relations/s")
		runtime.KeepAlive(v)
	}
}

// BenchmarkSearch looks names up as a person types them: whole, a prefix, a word inside, and one that is not there.
func BenchmarkSearch(b *testing.B) {
	bld := newBuilder()
	synthetic(b, bld, *benchCompanies)
	v, err := bld.finish(Head{})
	if err != nil {
		b.Fatal(err)
	}
	for _, query := range []string{"Globex Industries 4321 Ltd", "glob", "industries 77", "环球123", "工业", "zzyzx", "a"} {
		b.Run(query, func(b *testing.B) {
			for b.Loop() {
				v.Search(KindCompany, query, 20)
			}
		})
	}
}
