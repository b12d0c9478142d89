package formats

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/tributarygraph/tributary/importer/records"
)

// BenchmarkFollowTheMoney converts entities that are read already: of four, two companies, a holding and a sanction.
//
//	go test ./importer/formats -run '^$' -bench FollowTheMoney
func BenchmarkFollowTheMoney(b *testing.B) {
	const companies = 50_000
	rows := make([]*records.Record, 0, 2*companies)
	add := func(format string, args ...any) {
		decoder := json.NewDecoder(strings.NewReader(fmt.Sprintf(format, args...)))
		decoder.UseNumber()
		r := &records.Record{Number: int64(len(rows) + 1)}
		if err := decoder.Decode(&r.Tree); err != nil {
			b.Fatal(err)
		}
		rows = append(rows, r)
	}
	for i := range companies {
		add(`{"id":"NK-%d","caption":"Company %d","schema":"Company","datasets":["a","b"],"referents":[],"properties":{"name":["Company %d","COMPANY %d"],"alias":["C%d"],"country":["de"],"jurisdiction":["de"],"registrationNumber":["HRB %d"]}}`, i, i, i, i, i, i)
		switch i % 2 {
		case 0:
			add(`{"id":"o-%d","schema":"Ownership","datasets":["a"],"referents":[],"properties":{"owner":["NK-%d"],"asset":["NK-%d"],"percentage":["%d"],"startDate":["2015-11-25"]}}`, i, i, i/2, i%100+1)
		default:
			add(`{"id":"s-%d","schema":"Sanction","datasets":["a"],"referents":[],"properties":{"entity":["NK-%d"],"authority":["Ministry"],"program":["P"],"startDate":["2022-03-01"]}}`, i, i)
		}
	}
	benchmark(b, followTheMoney, rows)
}

// BenchmarkGLEIF converts companies of a table that is read already.
func BenchmarkGLEIF(b *testing.B) {
	lines := []string{"LEI|Entity.LegalName|Entity.OtherEntityNames.OtherEntityName.1|Entity.LegalAddress.Country|Entity.HeadquartersAddress.Country|Entity.LegalJurisdiction|Entity.EntityCategory|Entity.EntityStatus|Registration.RegistrationStatus"}
	for i := range 100_000 {
		lines = append(lines, fmt.Sprintf("9999%014d00|Company %d|Former %d|US|US|US-DE|GENERAL|ACTIVE|ISSUED", i, i, i))
	}
	_, rows := table(lines...)
	benchmark(b, gleifLEI, rows)
}

func benchmark(b *testing.B, f *Format, rows []*records.Record) {
	emit := func(*records.Row) error { return nil }
	b.ReportAllocs()
	for b.Loop() {
		c := f.Converter()
		for _, r := range rows {
			if err := c.Convert(r, emit); err != nil {
				b.Fatal(err)
			}
		}
		if err := c.Finish(emit); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(len(rows))*float64(b.N)/b.Elapsed().Seconds(), "records/s")
}
