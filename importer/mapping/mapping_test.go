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
	const pairs = `
version: 1
blank: [n/a]
emit:
  - supplies:
      buyer: "{b}"
      supplier: {value: "{s}", split: ";"}
      share_of_input: {value: "{p}", split: ";", with: supplier, percent: true}
`
	same(t, convert(t, pairs, `b,s,p
A,X;;Z,10;20;30
B,X;Y,
C,X;Y,n/a
D,X;Y;,10;20
E,X;Y,10;20;
F,X;;Z,10;20
G,X;Y;Z,10;;30
H,;Y,10;20
I,;,10;20
`, nil), `
supplies buyer=A supplier=X share_of_input=0.1
supplies buyer=A supplier=Z share_of_input=0.3
supplies buyer=B supplier=X share_of_input=
supplies buyer=B supplier=Y share_of_input=
supplies buyer=C supplier=X share_of_input=
supplies buyer=C supplier=Y share_of_input=
supplies buyer=D supplier=X share_of_input=0.1
supplies buyer=D supplier=Y share_of_input=0.2
supplies buyer=E supplier=X share_of_input=0.1
supplies buyer=E supplier=Y share_of_input=0.2
!p "10;20": number of values: 2 here, 3 in s, with which they go one by one
supplies buyer=G supplier=X share_of_input=0.1
supplies buyer=G supplier=Y share_of_input=
supplies buyer=G supplier=Z share_of_input=0.3
supplies buyer=H supplier=Y share_of_input=0.2
!p "10;20": number of values: 2 here, 0 in s, with which they go one by one
`)
	same(t, convertJSON(t, pairs, `{"b": "A", "s": ["X", null, "Z"], "p": [10, 20, null]}
{"b": "B", "s": ["X", "Y"], "p": [null, 20]}
{"b": "C", "s": ["X", "Y"], "p": null}
`), `
supplies buyer=A supplier=X share_of_input=0.1
supplies buyer=A supplier=Z share_of_input=
supplies buyer=B supplier=X share_of_input=
supplies buyer=B supplier=Y share_of_input=0.2
supplies buyer=C supplier=X share_of_input=
supplies buyer=C supplier=Y share_of_input=
`)
	same(t, convertJSON(t, strings.NewReplacer("{s}", "{s[*].n}", "{p}", "{s[*].p}").Replace(pairs), `{"b": "A", "s": [{"n": "X"}, {"n": "Y", "p": 20}, {"p": 30}]}`), `
supplies buyer=A supplier=X share_of_input=
supplies buyer=A supplier=Y share_of_input=0.2
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

// TestSumsOfSpellings: names that an import takes for one node are added up together, under the first spelling; sources are as
// they are written.
func TestSumsOfSpellings(t *testing.T) {
	got := convert(t, `
version: 1
emit:
  - supplies: {buyer: "{b}", supplier: "{s}", product: "{p}", value: {value: "{v}"}, currency: "{c}", source: "{f}"}
    aggregate: {key: [buyer, supplier, product, currency, source], value: sum}
`, `b,s,p,v,c,f
Müller GmbH,ACME Inc.,GPU,1,USD,Customs 2023
MULLER GMBH,Acme  Inc,gpu,2,USD,Customs 2023
MULLER GMBH,Acme  Inc,gpu,8,USD,customs 2023
Müller GmbH,ACME Inc.,CPU,4,USD,Customs 2023
`, nil)
	same(t, got, `
supplies buyer=Müller GmbH supplier=ACME Inc. product=GPU value=3 currency=USD source=Customs 2023
supplies buyer=MULLER GMBH supplier=Acme  Inc product=gpu value=8 currency=USD source=customs 2023
supplies buyer=Müller GmbH supplier=ACME Inc. product=CPU value=4 currency=USD source=Customs 2023
`)
}

// TestScaleOfUnits: scale is for numbers without a unit of their own.
func TestScaleOfUnits(t *testing.T) {
	got := convert(t, `
version: 1
emit:
  - supplies: {buyer: "{b}", supplier: "{s}", value: {value: "{v}", scale: 10000}, share_of_input: {value: "{p}", scale: 0.01}}
`, `b,s,v,p
A,X,12000,12
A,X,1.2亿,12%
A,X,(12000)万元,1
`, nil)
	same(t, got, `
supplies buyer=A supplier=X value=120000000 share_of_input=0.12
supplies buyer=A supplier=X value=120000000 share_of_input=0.12
!v "(12000)万元": not a number written like 1234.56
`)
}

// TestNoteOfFractions: percentages none of which is greater than 1 are most likely fractions.
func TestNoteOfFractions(t *testing.T) {
	for share, want := range map[string]int{"0.18": 1, "18": 0, "0.5%": 0, "": 0} {
		m, err := Parse("m.yaml", []byte("version: 1\nemit:\n  - supplies: {supplier: A, buyer: B, share_of_input: {value: \"{p}\", percent: true}}\n"))
		if err != nil {
			t.Fatal(err)
		}
		names := []string{"p"}
		c, err := m.Converter(names, nil)
		if err != nil {
			t.Fatal(err)
		}
		if err := c.Convert(&records.Record{Names: names, Cells: []string{share}}, func(*records.Row) error { return nil }); err != nil {
			t.Fatal(err)
		}
		if got := c.Notes(); len(got) != want {
			t.Errorf("%q: %q", share, got)
		}
	}
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

// TestRefusedRecordIsNotAddedUp: a record of which the importer refuses a row adds nothing to sums.
func TestRefusedRecordIsNotAddedUp(t *testing.T) {
	m, err := Parse("m.yaml", []byte(`version: 1
emit:
  - supplies: {supplier: "{s}", buyer: "{b}", value: "{v}"}
    aggregate: {key: [supplier, buyer], value: sum}
  - company: {name: "{s}", country: "{c}"}
`))
	if err != nil {
		t.Fatal(err)
	}
	names := []string{"s", "b", "v", "c"}
	c, err := m.Converter(names, nil)
	if err != nil {
		t.Fatal(err)
	}
	refused := errors.New("refused")
	for _, country := range []string{"CN", "XX", "CN"} {
		err := c.Convert(&records.Record{Names: names, Cells: []string{"A", "B", "5", country}}, func(r *records.Row) error {
			if r.Cells[1] == "XX" {
				return refused
			}
			return nil
		})
		if country == "XX" != errors.Is(err, refused) {
			t.Fatal(country, err)
		}
	}
	var got []string
	if err := c.Finish(func(r *records.Row) error { got = append(got, strings.Join(r.Cells, " ")); return nil }); err != nil {
		t.Fatal(err)
	}
	if len(got) != 1 || got[0] != "A B 10" {
		t.Errorf("%q", got)
	}
}

func TestSumsOfOneRecord(t *testing.T) {
	got := convertJSON(t, `
version: 1
emit:
  - supplies: {supplier: "{$.s}", buyer: B, product: "{p}", value: "{v}", currency: "{c}"}
    each: items
    aggregate: {key: [supplier, buyer, product], value: sum}
`, `{"s": "A", "items": [{"p": "x", "v": 1, "c": "USD"}, {"p": "x", "v": 2.5, "c": "USD"}, {"p": "y", "v": 1, "c": "EUR"}]}
{"s": "C", "items": [{"p": "x", "v": 1, "c": "USD"}, {"p": "x", "v": 2, "c": "EUR"}]}
{"s": "", "items": [{"p": "x", "v": 1, "c": "USD"}]}
{"s": "D", "items": [{"p": "x", "v": 1, "c": "dollars"}]}
{"s": "D", "items": [{"p": "x", "v": "much", "c": "USD"}]}
`)
	same(t, got, `
!currency "EUR": is "USD" as well in this record; put currency into key, or say which counts: first, least, most, list or count
!supplier "": is empty; when: {value: ..., filled: true} leaves such records out
!currency "dollars": currency "dollars": unknown currency; allowed: ISO 4217 codes such as USD, EUR, CNY
!value "much": not a number written like 1234.56
supplies supplier=A buyer=B product=x value=3.5 currency=USD
supplies supplier=A buyer=B product=y value=1 currency=EUR
`)
}

func TestWide(t *testing.T) {
	got := convert(t, `
version: 1
emit:
  - makes: {maker: "{Provider}", product: GPU, period: "{year}", market_share: {value: "{share}", percent: true}}
    each: {columns: ["/^20\\d\\d$/"], name: year, cell: share}
    when: {value: "{share}", filled: true}
`, `Provider,2022,2023,Note
Nvidia,80,85%,x
AMD,,15,
Intel,,,
`, nil)
	same(t, got, `
makes maker=Nvidia product=GPU period=2022 market_share=0.8
makes maker=Nvidia product=GPU period=2023 market_share=0.85
makes maker=AMD product=GPU period=2023 market_share=0.15
-share is empty
`)
}

func TestMoreSteps(t *testing.T) {
	table := func(file, sheet string) (*Table, error) {
		if file != "c.csv" || sheet != "S" {
			return nil, errors.New("no such file")
		}
		return &Table{Columns: []string{"code", "name", "Kind"}, Rows: [][]string{{"1", "Eins", "k"}, {"2", "Zwei", "k"}, {"2", "Zwei", "k"}}}, nil
	}
	got := convert(t, `
version: 1
blank: "-"
lookups: {codes: {file: c.csv, key: Code, sheet: S}}
let:
  who: {value: ["{English}", "{中文}"], default: nobody}
emit:
  - company:
      id: "x:{ID}"
      name: "{who}"
      aliases: {value: "{Aliases}", split: [" and ", "、"], join: ";"}
      sector: {value: "{Code}", lookup: codes, column: name, otherwise: keep}
      country: {value: "{Where}", country: true, otherwise: empty}
      revenue: {value: "{Revenue}", number: "1,234.56", scale: 10000}
      cost: {value: "{Revenue}", number: "1,234.56", scale: 1.5}
      status: {value: "{Status}", extract: "状态：(.+)", otherwise: empty}
      attributes: {note: "{Note}", "second note": "{Note2}"}
`, `ID,English,中文,Aliases,Code,Where,Revenue,Status,Note,Note2
1,BYD,比亚迪,BYD Co and 比亚迪股份、弗迪,1,Deutschland,"1,234.5",状态：存续,"a ""b""",-
,-,宁德时代,-,3,Narnia,-,存续,,
2,,,A、-、B,2,中国台湾,3万,,,c
`, table)
	same(t, got, `
company id=x:1 name=BYD aliases=BYD Co;比亚迪股份;弗迪 sector=Eins country=DE revenue=12345000 cost=1851.75 status=存续 attributes={"note":"a \"b\""}
company id= name=宁德时代 aliases= sector=3 country= revenue= cost= status= attributes=
company id=x:2 name=nobody aliases=A;B sector=Zwei country=TW revenue=30000 cost=45000 status= attributes={"second note":"c"}
`)
}

// TestLookupProblems: what is wrong with second files is told with the place in the mapping.
func TestLookupProblems(t *testing.T) {
	m, err := Parse("m.yaml", []byte(`version: 1
lookups:
  a: {file: a.csv, key: kez}
  b: {file: b.csv, key: k}
  c: {file: c.csv, key: k}
emit:
  - company: {name: {value: "{x}", lookup: a, column: v}, sector: {value: "{x}", lookup: b, column: v}, status: {value: "{x}", lookup: c, column: w}}
`))
	if err != nil {
		t.Fatal(err)
	}
	_, err = m.Converter([]string{"x"}, func(file, _ string) (*Table, error) {
		if file == "b.csv" {
			return &Table{Columns: []string{"k", "v"}, Rows: [][]string{{"1", "x"}, {"１", "y"}}}, nil
		}
		return &Table{Columns: []string{"key", "k", "v"}}, nil
	})
	same(t, fmt.Sprint(err), `
m.yaml:3:25: "kez" is no column of a.csv; did you mean key?; its columns: key, k, v
m.yaml:4:6: b.csv has the key "１" twice, with "x" and "y" as v
m.yaml:5:6: column "w", which a value takes, is no column of c.csv; its columns: key, k, v
`)
}

// TestPercentSign: a percent sign counts in conditions and sums too, as workbooks give it.
func TestPercentSign(t *testing.T) {
	got := convert(t, `
version: 1
where: {value: "{p}", max: 0.5, reason: more than half}
emit:
  - supplies: {buyer: "{b}", supplier: "{s}", share_of_input: "{p}"}
    aggregate: {key: [buyer, supplier], share_of_input: sum}
`, `b,s,p
A,X,18%
A,X,0.12
A,X,60%
`, nil)
	same(t, got, `
-more than half
supplies buyer=A supplier=X share_of_input=0.3
`)
}

// TestFillDown: cells that were merged are filled with the one above, also below rows that are left out.
func TestFillDown(t *testing.T) {
	const text = `
version: 1
input: {fill_down: [年份, 采购单位]}
blank: ["—"]
where: {value: "{供应商}", not: [合计], reason: totals}
emit:
  - supplies: {buyer: "{采购单位}", supplier: "{供应商}", period: "{年份}", product: "{产品}"}
`
	got := convert(t, text, `年份,采购单位,供应商,产品
2023,甲公司,A,钢
,,B,
,乙公司,合计,
2024,,C,铝
,—,D,
,,E,
`, nil)
	same(t, got, `
supplies buyer=甲公司 supplier=A period=2023 product=钢
supplies buyer=甲公司 supplier=B period=2023 product=
-totals
supplies buyer=乙公司 supplier=C period=2024 product=铝
supplies buyer= supplier=D period=2024 product=
supplies buyer= supplier=E period=2024 product=
`)
	mended := convert(t, text, `row,reason,年份,采购单位,供应商,产品
3,x,,甲公司,B,
4,x,2023,甲公司,C,
`, nil)
	same(t, mended, `
!年份 "": the rows above it are not in this file; write what the cell repeats
supplies buyer=甲公司 supplier=C period=2023 product=
`)
	m, err := Parse("m.yaml", []byte("version: 1\ninput:\n  fill_down: [采购单位, Yaer]\nemit:\n  - supplies: {buyer: \"{采购单位}\", supplier: B}\n"))
	if err != nil {
		t.Fatal(err)
	}
	_, err = m.Converter([]string{"采购单位", "year"}, nil)
	if err == nil || !strings.Contains(err.Error(), `m.yaml:3:21: fill_down: "Yaer" is no column of the file; did you mean year?`) {
		t.Error(err)
	}
}

// TestListsWithinLists: a path from the record names the elements that the one at hand lies in.
func TestListsWithinLists(t *testing.T) {
	got := convertJSON(t, `
version: 1
let: {deal: "{$.products[*].code}/{name}"}
emit:
  - supplies: {buyer: "{$.buyer}", product: "{$.products[*].name}", supplier: "{name}", locator: "{deal}", quote: "{$.products[*].suppliers[*].name}"}
    each: products[*].suppliers[*]
  - makes: {maker: "{$.products[*].suppliers[*].name}", product: "{$.products[*].name}", locator: "{@}"}
    each: products[*].suppliers[*].sites[*]
  - company: {name: "{$.buyer}", attributes: {products: "{$.products[*].name}"}}
`, `{"buyer":"A","products":[{"name":"P","code":1,"suppliers":[{"name":"X","sites":["Ulm","Bonn"]},{"name":"Y"}]},{"name":"Q"},{"name":"R","code":2,"suppliers":[{"name":"X"}]}]}
{"buyer":"B","products":[]}
`)
	same(t, got, `
supplies buyer=A product=P supplier=X locator=1/X quote=X;Y
supplies buyer=A product=P supplier=Y locator=1/Y quote=X;Y
supplies buyer=A product=R supplier=X locator=2/X quote=X
makes maker=X product=P locator=Ulm
makes maker=X product=P locator=Bonn
company name=A attributes={"products":"P;Q;R"}
company name=B attributes=
`)
}

// TestWrongSeparator: it is said once, not for every column.
func TestWrongSeparator(t *testing.T) {
	for _, test := range []struct {
		input string
		names []string
		want  string
	}{
		{"separator: \";\"", []string{`from,"to",share`}, "m.yaml:2:20: separator: the file seems to be separated by commas, not by semicolons"},
		{"separator: \",\"", []string{"from;to;share", "of input"}, "m.yaml:2:20: separator: the file seems to be separated by semicolons, not by commas"},
		{"separator: \"#\"", []string{"from\tto\tshare"}, "m.yaml:2:20: separator: the file seems to be separated by tabs, not by \"#\""},
		{"header: 1", []string{"from|to|share"}, "m.yaml:1:1: the cells of the header seem to be separated by vertical bars, and the file was not read so; write input: {separator: \"|\"}"},
		{"header: 1", []string{"from", "too", "share"}, "m.yaml:3:47: {to} is no column of the file; the columns of the file: from, too, share"},
	} {
		m, err := Parse("m.yaml", []byte("version: 1\ninput: {"+test.input+"}\nemit: [{supplies: {supplier: \"{from}\", buyer: \"{to}\", share_of_input: \"{share}\"}}]\n"))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := m.Converter(test.names, nil); err == nil || err.Error() != test.want {
			t.Errorf("%q: %v, want %s", test.names, err, test.want)
		}
	}
}

// TestPurchasesAsCost: a part of purchases times what part of the cost purchases are, as docs/mapping.md has it.
func TestPurchasesAsCost(t *testing.T) {
	got := convert(t, `
version: 1
emit:
  - supplies: {buyer: "{b}", supplier: "{s}", cost_share: {value: "{p}", percent: true, scale: 0.6}}
`, `b,s,p
A,X,10%
A,Y,10
`, nil)
	same(t, got, `
supplies buyer=A supplier=X cost_share=0.06
supplies buyer=A supplier=Y cost_share=0.06
`)
}
