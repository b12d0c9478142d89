package mapping

import (
	"fmt"
	"testing"

	"github.com/tributarygraph/tributary/importer/records"
)

const flatMapping = `version: 1
where:
  - {value: "{supplier}", not: [Various companies, Others], reason: unnamed supplier}
emit:
  - supplies:
      supplier: "{supplier}"
      buyer: "{buyer}"
      product: "{product}"
      share_of_input: {value: "{share}", percent: true}
      value: {value: "{value}", number: "1,234.56"}
      currency: USD
      period: {value: "{year}", date: YYYY年}
      origin_country: {value: "{country}", map: {中国: CN, 台湾: TW, Japan: JP}}
      locator: "row {@row}"
      source: "table of {year}"
`

// flatRecords are rows of a table; numbers and names are all different, as they are in large files.
func flatRecords(n int) []records.Record {
	names := []string{"supplier", "buyer", "product", "share", "value", "year", "country"}
	countries := []string{"中国", "台湾", "Japan"}
	out := make([]records.Record, n)
	for i := range out {
		out[i] = records.Record{Number: int64(i + 2), Names: names, Cells: []string{
			fmt.Sprintf("宁德时代 %d", i), fmt.Sprintf("Buyer %d Inc.", i/7), fmt.Sprintf("product %d", i%500),
			fmt.Sprintf("%d.%d%%", i%100, i%10), fmt.Sprintf("%d,%03d.25", i%1000, i*7%1000), fmt.Sprintf("%d年", 2000+i%25), countries[i%3]}}
	}
	return out
}

// BenchmarkConvert converts a flat table: go test ./importer/mapping -bench Convert -benchmem
func BenchmarkConvert(b *testing.B) {
	aggregated := flatMapping + "    aggregate: {key: [supplier, buyer, product, period, currency, origin_country, source], value: sum, share_of_input: most, locator: list}\n"
	for _, bench := range []struct{ name, mapping string }{{"flat", flatMapping}, {"aggregate", aggregated}} {
		b.Run(bench.name, func(b *testing.B) {
			m, err := Parse("m.yaml", []byte(bench.mapping))
			if err != nil {
				b.Fatal(err)
			}
			const size = 100_000
			in := flatRecords(size)
			c, err := m.Converter(in[0].Names, nil)
			if err != nil {
				b.Fatal(err)
			}
			rows := 0
			emit := func(*records.Row) error { rows++; return nil }
			b.ReportAllocs()
			b.ResetTimer()
			for i := range b.N {
				if err := c.Convert(&in[i%size], emit); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "rows/s")
		})
	}
}
