package importer

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/text/currency"
	"golang.org/x/text/width"

	"github.com/tributarygraph/tributary/graph"
)

// PortfolioRow is a company in a portfolio file, as it is called there. The names are those of the API's body.
type PortfolioRow struct {
	Row      int64    `json:"row"`
	Company  string   `json:"company"`
	Spend    *float64 `json:"spend,omitempty"` // nil: not stated
	Currency string   `json:"currency,omitempty"`
}

// The columns of a portfolio file: of several that name the company, the first in this order does.
var (
	companyColumns = []string{"company", "id", "company_id", "identifier", "supplier", "supplier_id", "vendor", "name", "company_name", "supplier_name", "vendor_name",
		"供应商", "供应商名称", "供应商名", "供货商", "供货商名称", "公司", "公司名称", "公司名", "企业", "企业名称", "厂商", "厂商名称", "厂家", "单位名称", "名称", "名字",
		"供應商", "供應商名稱", "公司名稱", "企業", "企業名稱", "廠商", "廠商名稱", "名稱"}
	spendColumns = []string{"spend", "spending", "annual_spend", "total_spend", "amount", "value",
		"金额", "采购金额", "采购额", "年采购额", "年采购金额", "采购总额", "支出", "花费", "总额", "金額", "採購金額", "採購額", "年採購額", "總額"}
	currencyColumns = []string{"currency", "ccy", "币种", "货币", "币别", "幣種", "幣別", "貨幣"}
)

// currencyNames are currencies that are not called by their code.
var currencyNames = map[string]string{"人民币": "CNY", "人民幣": "CNY", "RMB": "CNY", "CNH": "CNY", "美元": "USD", "US$": "USD", "欧元": "EUR", "歐元": "EUR", "€": "EUR",
	"英镑": "GBP", "英鎊": "GBP", "£": "GBP", "日元": "JPY", "日圆": "JPY", "日圓": "JPY", "港元": "HKD", "港币": "HKD", "港幣": "HKD", "HK$": "HKD", "新台币": "TWD", "新臺幣": "TWD", "新台幣": "TWD",
	"台币": "TWD", "臺幣": "TWD", "台幣": "TWD", "NT$": "TWD", "韩元": "KRW", "韓元": "KRW", "₩": "KRW"}

// headerRows is within how many rows the header is looked for: spreadsheets have titles above it.
const headerRows = 10

// ReadPortfolio reads a portfolio: a table with a column of companies and, if it likes, spends and currencies, with
// headers in English or Chinese; or a name a line. Every row that is not empty becomes a row, a header and what stands
// above it apart. The error wraps [graph.ErrInvalid] and tells every row that cannot be read.
func ReadPortfolio(ctx context.Context, in Input, limit int64) ([]PortfolioRow, error) {
	return readNames(ctx, in, limit, portfolioOf)
}

// readNames reads a table that names companies, whose rows of reads.
func readNames[T any](ctx context.Context, in Input, limit int64, of func([]TableRow) ([]T, error)) ([]T, error) {
	rows, err := ReadTable(ctx, in, limit)
	if err != nil {
		return nil, err
	}
	out, err := of(rows)
	switch {
	case err != nil:
		return nil, fmt.Errorf("%w: %s: %v", graph.ErrInvalid, nameOf(in), err)
	case len(out) == 0:
		return nil, fmt.Errorf("%w: %s: names no company", graph.ErrInvalid, nameOf(in))
	}
	return out, nil
}

func nameOf(in Input) string {
	if in.Reader != nil {
		return orStdin(in.Name)
	}
	return in.Path
}

// portfolioHeader says which columns of a portfolio file are what; negative where there is none.
type portfolioHeader struct {
	company, spend, money int
	titles                []string
	currency              string // that the column of spends says in its title
}

// portfolioOf takes a row for the header where one of its cells names the column of companies: the first row, or one of
// those that follow where it names another column too. Without a header every line is a name; a table is refused then,
// since its cells would be taken for parts of names.
func portfolioOf(rows []TableRow) ([]PortfolioRow, error) {
	for at := range rows[:min(len(rows), headerRows)] {
		h, err := headerOf(rows[at].Cells)
		if err != nil {
			return nil, fmt.Errorf("row %d: %v", rows[at].Number, err)
		}
		if h.company >= 0 && (at == 0 || h.spend >= 0 || h.money >= 0) {
			return h.rows(rows[at+1:])
		}
	}
	if err := refuseTable(rows); err != nil {
		return nil, err
	}
	var out []PortfolioRow
	for _, row := range rows {
		name := row.Raw
		if only := slices.DeleteFunc(slices.Clone(row.Cells), func(cell string) bool { return cell == "" }); len(only) == 1 {
			name = only[0] // without the quotes
		}
		if name != "" {
			out = append(out, PortfolioRow{Row: row.Number, Company: name})
		}
	}
	return out, nil
}

// refuseTable is an error where most rows are rows of a table.
func refuseTable(rows []TableRow) error {
	first, several, filled := -1, 0, 0
	for i, row := range rows {
		n := filledCells(row)
		if n > 0 {
			filled++
		}
		if n < 2 || isOneName(row) {
			continue
		}
		if several++; first < 0 {
			first = i
		}
	}
	if 2*several <= filled {
		return nil
	}
	found := slices.DeleteFunc(slices.Clone(rows[first].Cells), func(cell string) bool { return cell == "" })
	if n := len(found); n > maxShownColumns {
		found = append(found[:maxShownColumns], fmt.Sprintf("and %d more", n-maxShownColumns))
	}
	return fmt.Errorf("row %d: no column is known to hold companies (found: %s); call it company, supplier, vendor, name, id, 供应商 or 公司, the spend beside it spend, amount or 金额, and its currency currency or 币种; or write one name a line and nothing else",
		rows[first].Number, strings.Join(found, ", "))
}

// maxShownColumns is how many columns that are not known an error tells.
const maxShownColumns = 8

func filledCells(row TableRow) (n int) {
	for _, cell := range row.Cells {
		if cell != "" {
			n++
		}
	}
	return n
}

// isOneName is whether what stands in several cells reads as one name: "Foo Co., Ltd.".
func isOneName(row TableRow) bool {
	if commas := strings.Count(row.Raw, ","); commas == 0 || commas != strings.Count(row.Raw, ", ") {
		return false
	}
	return !slices.ContainsFunc(row.Cells[1:], func(cell string) bool { return amountForm.MatchString(cell) })
}

// unitsOfMoney are what a title may say that its amounts are in, and makes of them something else than it seems.
var unitsOfMoney = regexp.MustCompile(`^(千|万|萬|百万|百萬|千万|千萬|亿|億|[kmb]|bn|mn|thousands?|millions?|billions?)`)

func headerOf(cells []string) (h portfolioHeader, err error) {
	names := make([]string, len(cells))
	for i, cell := range cells {
		title, inside := splitTitle(cell)
		names[i] = ColumnName(title)
		if inside == "" || !slices.Contains(spendColumns, names[i]) {
			continue
		}
		switch code := currencyOf(inside); {
		case unitsOfMoney.MatchString(strings.ToLower(inside)):
			return h, fmt.Errorf("column %s: its amounts are in %s; write them in full, such as 1,250,000.50", cell, inside)
		case code != "":
			h.currency = code
		}
	}
	first := func(wanted []string) int {
		for _, name := range wanted {
			if i := slices.Index(names, name); i >= 0 {
				return i
			}
		}
		return -1
	}
	h.titles, h.company, h.spend, h.money = cells, first(companyColumns), first(spendColumns), first(currencyColumns)
	return h, nil
}

// splitTitle takes what stands in brackets at its end off a title: 金额（美元）.
func splitTitle(title string) (before, inside string) {
	title = width.Narrow.String(title)
	if i := strings.LastIndexByte(title, '('); i > 0 && strings.HasSuffix(title, ")") {
		return strings.TrimSpace(title[:i]), strings.TrimSpace(title[i+1 : len(title)-1])
	}
	return title, ""
}

// maxBadRows is how many rows that cannot be read an error tells.
const maxBadRows = 10

func (h *portfolioHeader) rows(rows []TableRow) (out []PortfolioRow, err error) {
	var bad []string
	for _, row := range rows {
		cell := func(i int) string {
			if i < 0 || i >= len(row.Cells) {
				return ""
			}
			return row.Cells[i]
		}
		if strings.Join(row.Cells, "") == "" {
			continue
		}
		m, err := h.row(cell(h.company), cell(h.spend), cell(h.money))
		if err != nil {
			bad = append(bad, fmt.Sprintf("row %d: %v", row.Number, err))
			continue
		}
		m.Row = row.Number
		out = append(out, m)
	}
	if n := len(bad); n > maxBadRows {
		bad = append(bad[:maxBadRows], fmt.Sprintf("and %d more", n-maxBadRows))
	}
	if bad != nil {
		return nil, fmt.Errorf("%s", strings.Join(bad, "; "))
	}
	return out, nil
}

func (h *portfolioHeader) row(company, spend, money string) (m PortfolioRow, err error) {
	if company == "" {
		return m, fmt.Errorf("names no company in column %s", h.titles[h.company])
	}
	m = PortfolioRow{Company: company, Currency: h.currency}
	if money != "" {
		if m.Currency = currencyOf(money); m.Currency == "" {
			return m, fmt.Errorf("%s %q; want a code of ISO 4217 such as USD", h.titles[h.money], money)
		}
	}
	if spend == "" {
		return m, nil
	}
	amount, code, err := parseSpend(spend, m.Currency)
	if err != nil {
		return m, fmt.Errorf("%s %q: %v", h.titles[h.spend], spend, err)
	}
	m.Spend, m.Currency = amount, code
	return m, nil
}

// currencyOf is the code of a currency; empty where it is none.
func currencyOf(text string) string {
	text = strings.ToUpper(strings.TrimSpace(width.Narrow.String(text)))
	if code, ok := currencyNames[text]; ok {
		return code
	}
	if unit, err := currency.ParseISO(text); err == nil {
		return unit.String()
	}
	return ""
}

// unknownSpends are how people write that they do not know.
var unknownSpends = []string{"-", "--", "—", "–", "?", "n/a", "na", "tbd", "unknown", "无", "無", "未知", "不详", "不詳"}

var (
	amountForm = regexp.MustCompile(`^([0-9]+|[0-9]{1,3}(,[0-9]{3})+|[0-9]{1,3}([ '\x{2019}\x{00A0}\x{2009}\x{202F}][0-9]{3})+)(\.[0-9]+)?([eE][+-]?[0-9]+)?$`)
	// moneyForm is an amount with a currency before or behind it.
	moneyForm = regexp.MustCompile(`^([^0-9.,+-]*?)\s*([0-9].*?)\s*([^0-9.,'\s]*)$`)
)

// parseSpend reads an amount as people type it; nil where it says that it is not known. code is the currency that the
// row states elsewhere.
func parseSpend(text, code string) (amount *float64, currency string, err error) {
	const allowed = "want a number of 0 or more such as 1250000.5 or 1,250,000.50"
	text = strings.TrimSpace(width.Narrow.String(text))
	if slices.Contains(unknownSpends, strings.ToLower(text)) {
		return nil, code, nil
	}
	number := text
	if !amountForm.MatchString(text) {
		parts := moneyForm.FindStringSubmatch(text)
		if parts == nil || (parts[1] == "") == (parts[3] == "") {
			return nil, "", fmt.Errorf("%s", allowed)
		}
		number = parts[2]
		if code, err = agreeing(code, parts[1]+parts[3]); err != nil {
			return nil, "", fmt.Errorf("%v; %s", err, allowed)
		}
	}
	if !amountForm.MatchString(number) {
		return nil, "", fmt.Errorf("%s", allowed)
	}
	plain := strings.Map(func(r rune) rune {
		if strings.ContainsRune(", '\u2019\u00A0\u2009\u202F", r) {
			return -1
		}
		return r
	}, number)
	value, err := strconv.ParseFloat(plain, 64)
	if err != nil {
		return nil, "", fmt.Errorf("%s", allowed)
	}
	return &value, code, nil
}

// agreeing is the currency that a sign or code beside an amount and the rest of the row state.
func agreeing(code, sign string) (string, error) {
	switch sign {
	case "$", "¥", "元", "圆", "圓":
		if code == "" {
			return "", fmt.Errorf("%s is the sign of several currencies; write the code, such as USD, in a column currency", sign)
		}
		return code, nil
	}
	stated := currencyOf(sign)
	switch {
	case unitsOfMoney.MatchString(strings.ToLower(sign)):
		return "", fmt.Errorf("write it in full")
	case stated == "":
		return "", fmt.Errorf("%q is no currency", sign)
	case code != "" && code != stated:
		return "", fmt.Errorf("it is in %s, but the row says %s", stated, code)
	}
	return stated, nil
}
