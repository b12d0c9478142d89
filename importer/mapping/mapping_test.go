package mapping

import (
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/tributarygraph/tributary/graph"
	"github.com/tributarygraph/tributary/importer/records"
)

// convert runs a mapping over a table of CSV and tells what became of each record: rows as KIND column=value ..., records
// that are left out as -REASON, bad ones as !WHY. Records are lines; an empty line at the end is Finish.
func convert(t *testing.T, yaml, table string, open Open) string {
	t.Helper()
	m, err := Parse("m.yaml", []byte(yaml))
	if err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(strings.NewReader(table)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	c, err := m.Converter(rows[0], open)
	if err != nil {
		t.Fatal(err)
	}
	var in []*records.Record
	for i, cells := range rows[1:] {
		in = append(in, &records.Record{Number: int64(i + 2), Names: rows[0], Cells: cells})
	}
	return run(t, c, in)
}

// convertJSON is convert for lines of JSON.
func convertJSON(t *testing.T, yaml, lines string) string {
	t.Helper()
	m, err := Parse("m.yaml", []byte(yaml))
	if err != nil {
		t.Fatal(err)
	}
	c, err := m.Converter(nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	var in []*records.Record
	d := json.NewDecoder(strings.NewReader(lines))
	d.UseNumber()
	for d.More() {
		r := &records.Record{Number: int64(len(in) + 1)}
		if err := d.Decode(&r.Tree); err != nil {
			t.Fatal(err)
		}
		in = append(in, r)
	}
	return run(t, c, in)
}

func run(t *testing.T, c *Converter, in []*records.Record) string {
	t.Helper()
	var b strings.Builder
	emit := func(r *records.Row) error {
		fmt.Fprintf(&b, "%s", r.Shape.Kind)
		for i, name := range r.Shape.Columns {
			fmt.Fprintf(&b, " %s=%s", name, r.Cells[i])
		}
		b.WriteByte('\n')
		return nil
	}
	for _, r := range in {
		err := c.Convert(r, emit)
		drop, bad := (*records.Drop)(nil), (*records.Bad)(nil)
		switch {
		case errors.As(err, &drop):
			fmt.Fprintf(&b, "-%s\n", drop.Reason)
		case errors.As(err, &bad):
			fmt.Fprintf(&b, "!%v\n", bad)
		case err != nil:
			t.Fatal(err)
		}
	}
	if err := c.Finish(emit); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func same(t *testing.T, got, want string) {
	t.Helper()
	if got = strings.TrimSpace(got); got != strings.TrimSpace(want) {
		t.Errorf("got:\n%s\nwant:\n%s", got, strings.TrimSpace(want))
	}
}

func TestChain(t *testing.T) {
	got := convert(t, `
version: 1
blank: ["-", 未披露]
where:
  - {value: "{供应商}", not: ["Various companies", 其他], reason: unnamed supplier}
defaults:
  source: "产业链白皮书 {年份}"
  basis: analyst
emit:
  - supplies:
      buyer: "{下游}"
      supplier: "{供应商}"
      product: {value: "{产品}", split: "；、"}
      share_of_input: {value: "{占比}", percent: true}
      period: {value: "{年份}", date: YYYY年}
      origin_country: {value: "{国别}", map: {中国: CN, 台湾: TW}}
      locator: "row {@row}"
    when: {value: "{关系}", is: [needs, 采购]}
`, `下游,供应商,产品,占比,年份,国别,关系
比亚迪,宁德时代,电芯；模组,35%,2023年,中国,needs
小米,various Companies,屏幕,1,2023年,中国,needs
小米,台积电,芯片,-,2024年,台湾,采购
小米,三星,屏幕,12,2024年,韩国,needs
小米,三星,屏幕,12,2024年,中国,competes
小米,三星,屏幕,a lot,2024年,中国,needs
`, nil)
	same(t, got, `
supplies buyer=比亚迪 supplier=宁德时代 product=电芯 share_of_input=0.35 period=2023 origin_country=CN locator=row 2 source=产业链白皮书 2023年 basis=analyst
supplies buyer=比亚迪 supplier=宁德时代 product=模组 share_of_input=0.35 period=2023 origin_country=CN locator=row 2 source=产业链白皮书 2023年 basis=analyst
-unnamed supplier
supplies buyer=小米 supplier=台积电 product=芯片 share_of_input= period=2024 origin_country=TW locator=row 4 source=产业链白皮书 2024年 basis=analyst
!国别 "韩国": is not among the 2 values of map, line 16; otherwise: keep or empty says what becomes of such values
-关系 is not needs, 采购
!占比 "a lot": not a number with a decimal point and without thousands separators; say how numbers are written, by an example: number: "1,234.56"
`)
}

func TestPairsAndAggregate(t *testing.T) {
	got := convert(t, `
version: 1
emit:
  - supplies:
      buyer: "{b}"
      supplier: {value: "{s}", split: ";"}
      share_of_input: {value: "{share}", split: ";", with: supplier, percent: true}
`, `b,s,share
A,X;Y,30;20
B,X,
C,X;Y,1
`, nil)
	same(t, got, `
supplies buyer=A supplier=X share_of_input=0.3
supplies buyer=A supplier=Y share_of_input=0.2
supplies buyer=B supplier=X share_of_input=
!share "1": number of values: 1 here, 2 in s, with which they go one by one
`)
	got = convert(t, `
version: 1
emit:
  - supplies: {buyer: "{b}", supplier: "{s}", value: {value: "{v}", number: "1,234.56"}, currency: "{c}", locator: "{@row}", period: {value: "{d}", date: DD.MM.YYYY}}
    aggregate: {key: [buyer, supplier], value: sum, locator: list, period: most}
`, `b,s,v,c,d
A,X,0.1,USD,30.06.2023
A,X,0.2,USD,01.07.2023
A,Y,"1,000",USD,01.07.2023
A,X,5,EUR,01.07.2023
`, nil)
	same(t, got, `
!currency "EUR": is "USD" in record 2, with which this one is added up; put currency into key, or say which counts: first, least, most, list or count
supplies buyer=A supplier=X value=0.3 currency=USD locator=2; 3 period=2023-07-01
supplies buyer=A supplier=Y value=1000 currency=USD locator=4 period=2023-07-01
`)
}

func TestTrees(t *testing.T) {
	got := convertJSON(t, `
version: 1
let: {year: {value: "{meta.year}", default: "2020"}}
emit:
  - company: {id: "osh:{id}", name: "{name}", aliases: {value: "{names}", split: "/", join: ";"}}
  - supplies: {buyer: "osh:{$.id}", supplier: "{name}", product: {value: "{items}", split: ","}, period: "{year}"}
    each: suppliers
    when: {value: "{name}", filled: true}
`, `{"id": 1, "name": "A", "meta.year": 2023, "names": ["Q","R"], "suppliers": [{"name": "B", "items": ["x","y"]}, {"name": ""}]}
{"id": 2, "name": "C", "meta": {"year": "2021"}}
{"id": {"x": 1}, "name": "C"}
`)
	same(t, got, `
company id=osh:1 name=A aliases=Q;R
supplies buyer=osh:1 supplier=B product=x period=2020
supplies buyer=osh:1 supplier=B product=y period=2020
company id=osh:2 name=C aliases=
!id "an object": holds an object; name the field of it that is meant, such as {id.name}
`)
}

func TestProblems(t *testing.T) {
	_, err := Parse("m.yaml", []byte(`version: 2
nane: x
where: {value: "{a}", iz: [b]}
emit:
  - supplies:
      buyer: {from}
      suplier: "{to}"
      basis: filling
      value: {value: "{v}", map: {A: 1, a: 2}, date: MM}
      buyer: twice
    aggregate: {value: sum}
  - owns: {owner: "{a", owned: b}
    makes: {maker: x, product: y}
`))
	same(t, fmt.Sprint(err), `
m.yaml:1:10: version 2 is not known; this program reads version 1
m.yaml:2:1: "nane" is no key of a mapping; did you mean name? allowed: version, name, input, blank, where, lookups, let, defaults, emit
m.yaml:3:8: a condition says what the value is to be: is, not, matches, filled, min, max, above or below
m.yaml:3:23: "iz" is no key of a condition; allowed: value, is, not, matches, filled, min, max, above, below, reason
m.yaml:5:5: supplies needs the column supplier
m.yaml:6:14: buyer: a text with braces stands in quotes: buyer: "{from}"
m.yaml:7:7: "suplier" is no column of supplies; did you mean supplier? allowed: `+orList(records.Columns(graph.KindSupplies))+`
m.yaml:8:14: basis "filling": allowed: unknown, hearsay, derived, news, analyst, regulator, customs, company, filing
m.yaml:9:41: "a" is mapped already, in line 9: case and width do not matter
m.yaml:9:54: date: "MM" is no way to write dates: a year is missing; allowed: any, excel, or a layout of YYYY or YY, MM or M or MMM (its name), DD or D, Q, H, such as DD.MM.YYYY
m.yaml:10:7: "buyer" is given twice, first in line 6
m.yaml:11:16: aggregate needs key: the columns that statements to be joined have in common, such as key: [basis, value]
m.yaml:12:5: an entry of emit is of one kind, found 2; allowed: `+orList(kindNames())+`
m.yaml:12:19: "{a": a { without its }; write {{ for the brace itself
`)
}
