package formats

import (
	"regexp"
	"slices"
	"strings"

	"github.com/tributarygraph/tributary/graph"
	"github.com/tributarygraph/tributary/importer/records"
)

// filingCustomers and filingSuppliers are the tables in which filings tell on whom a company depends.
var (
	filingCustomers = filingTable("filing-customers", "Customers named or counted in filings, 前五名客户 (CSV, Excel)",
		filingCustomerNames,
		[]string{"percent_of_revenue", "revenue_percent", "revenue_pct", "of_revenue", "占年度销售总额比例", "占销售总额比例", "占营业收入比例"},
		Use{"percent_of_revenue (% of revenue, 占年度销售总额比例)", "`revenue_share`, as a fraction: the numbers are percentages, with or without the sign"},
		Use{"totals of the five greatest (合计, 前五名客户合计, total of the top five)", "`top_five_customers_share` of the filer, of the period; a mere 合计 or total only below five rows"})
	filingSuppliers = filingTable("filing-suppliers", "Suppliers named or counted in filings, 前五名供应商 (CSV, Excel)",
		filingSupplierNames,
		[]string{"percent_of_purchases", "purchases_percent", "of_purchases", "占年度采购总额比例", "占采购总额比例"},
		Use{"percent_of_purchases (% of purchases, 占年度采购总额比例)", "`attributes` purchases_share, as a fraction: it is a part of all purchases, and `cost_share` one of all cost, with wages and depreciation too, so that it would be too great as such"},
		Use{"totals of the five greatest (合计, 前五名供应商合计, total of the top five)", "`attributes` top_five_suppliers_share of the filer, of the period"})
)

// Other names of the columns that both tables share, as plainName writes them.
var (
	filingCustomerNames = []string{"customer", "customer_name", "客户", "客户名称"}
	filingSupplierNames = []string{"supplier", "supplier_name", "供应商", "供应商名称"}
	filingFiler         = []string{"filer", "registrant", "reporting_company", "公司", "公司名称", "公司简称", "证券简称", "股票简称"}
	filingPeriod        = []string{"period", "fiscal_year", "fiscal_period", "year", "年度", "报告期", "报告年度", "会计年度"}
	filingSource        = []string{"source", "document", "来源"}
	filingCandidates    = []string{"candidates", "候选", "可能为"}
)

// Reasons for which rows of filings are left out.
const (
	dropOtherParties = "what is no single party (others, 其他), or names none"
	dropOtherTotal   = "a total that is not said to be of the five greatest"
)

func filingTable(name, title string, party, share []string, uses ...Use) *Format {
	f := &Format{
		Name:  name,
		Title: title,
		Makes: "`supplies` between the filer and each party, of the period",
		Used: append([]Use{
			{"filer (registrant, 公司名称, 证券简称), " + party[0] + " (" + party[len(party)-1] + ")", "the two ends, by name"},
			{"period (fiscal_year, 年度, 报告期)", "`period`; FY2024 and 2024年 are 2024"},
			{"source (document, 来源)", "`source`"},
			{"candidates (候选)", "`attributes` candidates of an anonymous party: who the document, or the reader, thinks it may be; nothing is concluded from it"},
		}, uses...),
		Left:  []Left{{"amounts (销售额, 采购额)", "whether they are in 元 or 万元 stands outside the table; a mapping says it"}, {"ranks and other columns", "the order follows from the shares"}},
		Drops: []string{dropOtherParties, dropOtherTotal},
		Notes: []string{
			"A party that the filing only numbers or letters (Customer A, 客户一, 第一名, 单位1) is `kind` anonymous, with an id made of the filer, the period and its name: it is never taken for another by name. A share may stand in the same cell: `Customer B: 19%`.",
			"Claims rest on the basis filing, asserted by the filer.",
		},
	}
	c := filings{share: share, party: party, buys: party[0] == "supplier"}
	f.match = func(names []string, _ []*records.Record) bool {
		other := filingCustomerNames
		if !c.buys {
			other = filingSupplierNames
		}
		return columnOf(names, filingFiler) >= 0 && columnOf(names, filingPeriod) >= 0 && columnOf(names, party) >= 0 && columnOf(names, share) >= 0 && columnOf(names, other) < 0
	}
	f.make = func() records.Converter {
		made := c
		made.rows = map[[2]string]int{}
		return &made
	}
	return f
}

var (
	filingSupplies = &records.Shape{Kind: graph.KindSupplies,
		Columns: []string{"supplier", "buyer", "source", "asserted_by", "period", "revenue_share", "basis", "attributes"}}
	filingParties = &records.Shape{Kind: graph.KindCompany, Columns: []string{"id", "kind", "name", "source", "period", "attributes"}}
	filingTotals  = &records.Shape{Kind: graph.KindCompany, Columns: []string{"id", "source", "period", "top_five_customers_share"}}
	filingSpends  = &records.Shape{Kind: graph.KindCompany, Columns: []string{"id", "source", "period", "attributes"}}
)

var (
	// unnamedParty is what filings call those that they do not name.
	unnamedParty = regexp.MustCompile(`(?i)^(?:(?:direct |indirect |largest |major )?(?:customer|client|supplier|vendor|distributor|company)\s*(?:no\.?\s*)?(?:[a-z]|[0-9]{1,2}|one|two|three|four|five)` +
		`|第[一二三四五六七八九十0-9]+(?:大|名|位)*(?:客户|供应商)?` +
		`|(?:客户|供应商|单位|公司|企业)\s*(?:[a-z]|[0-9]{1,2}|[一二三四五六七八九十甲乙丙丁戊])` +
		`|[a-z甲乙丙丁戊](?:公司|客户|供应商|单位|企业))$`)
	partyWithShare = regexp.MustCompile(`^(.*\S)\s*[:：]\s*([0-9.]+)\s*[%％]$`)
	totalOfFive    = regexp.MustCompile(`(?i)^(?:前五|前5|top\s*(?:five|5)\b|total of (?:the )?top (?:five|5)\b|five (?:largest|greatest)\b)`)
	anyTotal       = regexp.MustCompile(`(?i)^(?:合\s*计|总\s*计|小\s*计|total)\b?`)
	noParty        = regexp.MustCompile(`(?i)^(?:其他|其它|others?|other (?:customers|suppliers)|-+|/|n/a|various.*)?$`)
)

// unnamedStarts are how names begin that unnamedParty may match, in lower case; others are spared the expression.
var unnamedStarts = []string{"customer", "client", "supplier", "vendor", "distributor", "company", "direct ", "indirect ", "largest ", "major ", "第"}

// unnamedWords are likewise in Chinese.
var unnamedWords = []string{"客户", "供应商", "单位", "公司", "企业"}

// Unnamed reports whether a name is but a number or letter that a document gives a party: Customer A, 客户一, 第一名. It is
// called for every name of an import.
func Unnamed(name string) bool {
	const longest = 40 // bytes
	if len(name) > longest {
		return false
	}
	starts := func(s string) bool { return len(name) >= len(s) && strings.EqualFold(name[:len(s)], s) }
	if name == "" || !slices.ContainsFunc(unnamedStarts, starts) &&
		!slices.ContainsFunc(unnamedWords, func(s string) bool { return strings.Contains(name, s) }) {
		return false
	}
	return unnamedParty.MatchString(name)
}

// filings makes relations of a filer and its parties.
type filings struct {
	party, share []string
	buys         bool // the parties are suppliers
	rows         map[[2]string]int
}

// Convert makes a relation, or a claim about the filer.
func (c *filings) Convert(r *records.Record, emit records.Emit) error {
	text := func(names []string) string { return graph.Clean(cell(r, columnOf(r.Names, names))) }
	filer, name, percent := text(filingFiler), text(c.party), text(c.share)
	if filer == "" {
		return &records.Bad{Field: "filer", Why: "is empty; expected the company whose filing it is"}
	}
	period := strings.TrimSuffix(text(filingPeriod), "年")
	if p, err := graph.ParsePeriod(period); err != nil || p == "" {
		return &records.Bad{Field: "period", Found: text(filingPeriod), Why: "not a period; expected one such as 2024, FY2024 or 2024H1"}
	}
	if m := partyWithShare.FindStringSubmatch(name); m != nil && percent == "" {
		name, percent = m[1], m[2]
	}
	share := ""
	if percent = strings.ReplaceAll(percent, "％", "%"); percent != "" && strings.Trim(percent, "-/") != "" {
		fraction, ok := fractionOf(percent)
		if !ok || !validShare(fraction) {
			return &records.Bad{Field: c.share[0], Found: percent, Why: "not a percentage; expected a number from 0 to 100"}
		}
		share = fraction
	}
	at, source := [2]string{filer, period}, text(filingSource)
	five := totalOfFive.MatchString(name)
	switch {
	case five || anyTotal.MatchString(name):
		if !five && c.rows[at] != greatestInFilings || share == "" {
			return &records.Drop{Reason: dropOtherTotal}
		}
		if c.buys {
			return emit(&records.Row{Shape: filingSpends, Cells: []string{filer, source, period, attributesOf(map[string]string{"top_five_suppliers_share": share})}})
		}
		return emit(&records.Row{Shape: filingTotals, Cells: []string{filer, source, period, share}})
	case noParty.MatchString(name):
		return &records.Drop{Reason: dropOtherParties}
	}
	c.rows[at]++
	party := name
	if unnamedParty.MatchString(name) {
		party = filer + ", " + period + ", " + name
		candidates := attributesOf(map[string]string{"candidates": text(filingCandidates)})
		if err := emit(&records.Row{Shape: filingParties, Cells: []string{party, graph.CompanyKindAnonymous, name, source, period, candidates}}); err != nil {
			return err
		}
	}
	cells := []string{filer, party, source, filer, period, share, "filing", ""}
	if c.buys {
		cells = []string{party, filer, source, filer, period, "", "filing", attributesOf(map[string]string{"purchases_share": share})}
	}
	return emit(&records.Row{Shape: filingSupplies, Cells: cells})
}

// greatestInFilings is how many parties a total is of.
const greatestInFilings = 5

// Finish has nothing left to say.
func (c *filings) Finish(records.Emit) error { return nil }

// columnOf is the place of the column that has one of the names; -1 where none has.
func columnOf(columns, names []string) int {
	for _, name := range names {
		if at := slices.IndexFunc(columns, func(have string) bool { return plainName(halfWidth.Replace(have)) == name }); at >= 0 {
			return at
		}
	}
	return -1
}

// halfWidth writes brackets and signs as they stand in ASCII.
var halfWidth = strings.NewReplacer("（", "(", "）", ")", "％", "%")
