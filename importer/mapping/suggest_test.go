package mapping

import (
	"encoding/csv"
	"encoding/json"
	"strings"
	"testing"

	"github.com/tributarygraph/tributary/importer/records"
)

// TestSuggest holds drafts for tables in five languages.
func TestSuggest(t *testing.T) {
	for _, test := range []struct{ name, table, want string }{
		{"German, no buyer", `Lieferant;Land des Lieferanten;Material;Bestellwert (Tsd. EUR);Anteil %;Geschäftsjahr;Gültig ab;Gültig bis
Bosch AG;Deutschland;Steuergerät;1.234,50;12,5;2023/24;01.04.2023;31.03.2024
Sonstige;;Schrauben;12,00;k.A.;2023/24;01.04.2023;
Valeo SA;Frankreich;Kamera;2.500,00;30;2023/24;01.04.2023;31.03.2024
`, `
blank: ["k.A."]  # these say nothing
where:
  - {value: "{Lieferant}", not: ["Sonstige"], reason: "Lieferant is no one company"}
emit:
  - supplies:
      supplier: "{Lieferant}"
      buyer: "Our Company"  # unsure: no column names who buys; write who it is
      product: "{Material}"
      share_of_input: {value: "{Anteil %}", number: "1234,56", percent: true}  # up to 30: read as percentages; unsure: of the buyer's intake of the product? revenue_share is of the supplier's revenue, cost_share of the buyer's cost
      value: {value: "{Bestellwert (Tsd. EUR)}", number: "1.234,56", scale: 1000}  # the header says tsd
      currency: EUR  # the header says so
      period: {value: "{Geschäftsjahr}", date: "any"}
      valid_from: {value: "{Gültig ab}", date: "any", take: start}
      valid_to: {value: "{Gültig bis}", date: "any", take: after}  # unsure: take: after is for a last day on which it held, take: start for the first on which it did not
      origin_country: {value: "{Land des Lieferanten}", country: true}  # unsure: where it ships from, or the country of one of the companies?; unsure
      # source: the document that says so  # unsure: no column names one
      locator: "record {@row}"
`},
		{"Japanese", `仕入先;納入先;製品;シェア;時期;出典
デンソー;トヨタ自動車;インバーター;45%;2023年度;有価証券報告書
村田製作所;アップル;コンデンサ;40%;2023年;新聞
その他;アップル;コンデンサ;15%;2023年;新聞
`, `
where:
  - {value: "{仕入先}", not: ["その他"], reason: "仕入先 is no one company"}
emit:
  - supplies:
      supplier: "{仕入先}"
      buyer: "{納入先}"
      product: "{製品}"
      share_of_input: {value: "{シェア}", percent: true}  # unsure: of the buyer's intake of the product? revenue_share is of the supplier's revenue, cost_share of the buyer's cost
      period: {value: "{時期}", date: "any"}
      source: "{出典}"
      locator: "record {@row}"
`},
		{"French, added up", `Fournisseur;Client;Produit;Montant (millions €);Date d'arrivée
Arkema SA;Michelin;Résine;1 234,5;03/04/2023
Solvay;Michelin;Silice;12,5;30/04/2023
Solvay;Michelin;Silice;10,0;13/05/2023
`, `
emit:
  - supplies:
      supplier: "{Fournisseur}"
      buyer: "{Client}"
      product: "{Produit}"
      value: {value: "{Montant (millions €)}", number: "1 234,56", scale: 1000000}  # the header says million
      currency: EUR  # the header says so
      period: {value: "{Date d'arrivée}", date: "DD/MM/YYYY", take: year}  # or take: quarter or month
      # source: the document that says so  # unsure: no column names one
      locator: "record {@row}"
    aggregate: {key: [supplier, buyer, product, period], value: sum, locator: list}  # several records of one pair, product and period are one relation
`},
		{"Chinese, of an annual report", `公司名称;股票代码;前五大供应商;采购金额(万元);占年度采购总额比例(%);报告期
宁德时代;300750;供应商A;1,234,567.89;12.3;2023年
`, `
emit:
  - supplies:
      supplier: "{前五大供应商}"
      buyer: "{公司名称}"  # unsure: is this the one who buys?
      attributes: {purchases_share: {value: "{占年度采购总额比例(%)}", percent: true}}  # up to 12.3: read as percentages; of all purchases, which is no column: cost_share is of all cost, wages too, and share_of_input of one product
      value: {value: "{采购金额(万元)}", number: "1,234.56", scale: 10000}  # the header says 万
      currency: CNY  # the header says so
      period: {value: "{报告期}", date: "any"}
      # source: the document that says so  # unsure: no column names one
      locator: "record {@row}"
# not used: 股票代码
`},
		{"merged cells", `Customer;Supplier;Product;Year;Note
Alpha AG;Beta;Pumps;2023;
;Gamma;Seals;;
;Delta;;;late
Other AG;Beta;Pumps;2024;
`, `
input: {fill_down: ["Customer", "Product", "Year"]}  # unsure: do the empty cells repeat the one above them?
emit:
  - supplies:
      supplier: "{Supplier}"
      buyer: "{Customer}"
      product: "{Product}"
      period: "{Year}"
      # source: the document that says so  # unsure: no column names one
      locator: "record {@row}"
# not used: Note
`},
		{"Chinese procurement", `采购单位;供应商;采购内容;采购金额（万元）;占年度采购总额比例;年度
国网公司;甲电器股份有限公司;变压器;1,200.50;12.3%;2023年
国网公司;乙电缆有限公司;电缆;800.00;8.1%;2023年
`, `
emit:
  - supplies:
      supplier: "{供应商}"
      buyer: "{采购单位}"
      product: "{采购内容}"
      attributes: {purchases_share: {value: "{占年度采购总额比例}", percent: true}}  # of all purchases, which is no column: cost_share is of all cost, wages too, and share_of_input of one product
      value: {value: "{采购金额（万元）}", number: "1,234.56", scale: 10000}  # the header says 万
      currency: CNY  # the header says so
      period: {value: "{年度}", date: "any"}
      # source: the document that says so  # unsure: no column names one
      locator: "record {@row}"
`},
		{"top five customers", `序号;客户名称;销售额（元）;占年度销售总额比例(%)
1;客户一;12,000,000.00;30.1
2;第二名;8,000,000.00;20.5
;合计;20,000,000.00;50.6
`, `
where:
  - {value: "{客户名称}", not: ["合计"], reason: "客户名称 is no one company"}
emit:
  - supplies:
      supplier: "Our Company"  # unsure: no column names who supplies; write who it is
      buyer: "{客户名称}"
      revenue_share: {value: "{占年度销售总额比例(%)}", percent: true}  # up to 50.6: read as percentages
      value: {value: "{销售额（元）}", number: "1,234.56"}
      currency: CNY  # the header says so
      # source: the document that says so  # unsure: no column names one
      locator: "record {@row}"
# not used: 序号
`},
		{"owners", `Shareholder;Company;Stake
A AG;X GmbH;0.51
`, `
emit:
  - owns:
      owner: "{Shareholder}"
      owned: "{Company}"  # unsure: is this the one that is owned?
      share: "{Stake}"  # up to 0.51: read as fractions
      # source: the document that says so  # unsure: no column names one
      locator: "record {@row}"
`},
		{"companies, dates in two ways", `Name;Country;Other names;Start date
A;Narnia;B、C;03/04/2023
B;DE;;04/05/2023
`, `
emit:
  - company:
      name: "{Name}"
      aliases: {value: "{Other names}", split: "、", join: ";"}
      country: {value: "{Country}", country: true}  # unsure: no country is known for Narnia
# not used: Start date
`},
		{"sites", `name;lat;lng;country;parent company
Fab 18;22.99;120.27;TW;TSMC
`, `
emit:
  - site:
      name: "{name}"
      operator: "{parent company}"
      country: "{country}"
      latitude: "{lat}"
      longitude: "{lng}"
`},
		{"nothing that is known", `alpha;beta
x;1
`, `
emit:
  - company:
      name: "{alpha}"  # unsure
# not used: beta
`},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := csv.NewReader(strings.NewReader(test.table))
			r.Comma = ';'
			rows, err := r.ReadAll()
			if err != nil {
				t.Fatal(err)
			}
			s := &Sample{Names: rows[0]}
			for i, cells := range rows[1:] {
				s.Records = append(s.Records, records.Record{Number: int64(i + 2), Cells: cells})
			}
			_, got, _ := strings.Cut(string(Suggest(s)), "version: 1\n")
			same(t, got, test.want)
		})
	}
}

// TestSuggestNested holds drafts for lists within lists.
func TestSuggestNested(t *testing.T) {
	var s Sample
	var tree any
	text := `{"company": "Alpha", "fiscalYear": "2023", "products": [{"name": "Pump", "certificates": [{"no": 1}], "suppliers": [{"name": "Beta", "country": "DE", "share": 0.3}, {"name": "Gamma", "country": "FR", "share": 0.7}]}]}`
	decoder := json.NewDecoder(strings.NewReader(text))
	decoder.UseNumber()
	if err := decoder.Decode(&tree); err != nil {
		t.Fatal(err)
	}
	s.Records = append(s.Records, records.Record{Number: 1, Tree: tree})
	got := Suggest(&s)
	if _, err := Parse("draft.yaml", got); err != nil {
		t.Error(err)
	}
	_, draft, _ := strings.Cut(string(got), "version: 1\n")
	same(t, draft, `
emit:
  - supplies:
      supplier: "{name}"
      buyer: "{$.company}"  # unsure: is this the one who buys?
      product: "{$.products[*].name}"
      share_of_input: "{share}"  # up to 0.7: read as fractions; unsure: of the buyer's intake of the product? revenue_share is of the supplier's revenue, cost_share of the buyer's cost
      period: "{$.fiscalYear}"
      # source: the document that says so  # unsure: no column names one
      locator: "record {@row}"
    each: "products[*].suppliers[*]"
  - company:
      name: "{name}"
      country: "{country}"
    each: "products[*].suppliers[*]"
# not used: products[*].certificates[*].no
`)
}

// TestSuggestUnnamed: numbered parties and totals of a top-five table are told of.
func TestSuggestUnnamed(t *testing.T) {
	s := &Sample{Names: []string{"客户名称", "占年度销售总额比例"}}
	for _, cells := range [][]string{{"客户一", "30%"}, {"某某公司", "20%"}, {"合计", "50%"}} {
		s.Records = append(s.Records, records.Record{Cells: cells})
	}
	got := string(Suggest(s))
	for _, want := range []string{
		"# unsure: 客户一 in 客户名称 is no name.",
		"# unsure: a row of 合计 is left out. If it is the total of the five greatest customers, it is top_five_customers_share of the company that supplies",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("no %q in\n%s", want, got)
		}
	}
	if _, err := Parse("draft.yaml", []byte(got)); err != nil {
		t.Error(err)
	}
}
