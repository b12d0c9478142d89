package main

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/tributarygraph/tributary/importer"
	"github.com/tributarygraph/tributary/queries"
)

// maxPortfolio bounds the file of a portfolio, in bytes.
const maxPortfolio = 16 << 20

const portfolioHelp = `A portfolio file is CSV or Excel (.xlsx, the first sheet that holds anything, or FILE.xlsx#SHEET) with a column company
(or name, id, supplier, 供应商, 公司 ...) and, if you like, spend (金额) and currency (币种); or one name a line. Rows that match no
company, or several, are listed and left out.`

// portfolio reads a portfolio from a file, or from standard input (-).
func (p *program) portfolio(ctx context.Context, path string) (queries.Portfolio, error) {
	in := importer.Input{Path: path}
	if path == "-" {
		in = importer.Input{Reader: p.in}
	}
	rows, err := importer.ReadPortfolio(ctx, in, maxPortfolio)
	if err != nil {
		return nil, err
	}
	members := make(queries.Portfolio, len(rows))
	for i, r := range rows {
		members[i] = queries.PortfolioMember{Company: r.Company, Spend: r.Spend, Currency: r.Currency, Row: r.Row}
	}
	return members, nil
}

// money lists sums of money, a sum a currency.
func money(sums []queries.Money) string {
	var out []string
	for _, m := range sums {
		out = append(out, strings.TrimSpace(inFull(m.Amount)+" "+m.Currency))
	}
	return strings.Join(out, " and ")
}

// inFull prints a number of any size with all of its digits.
func inFull(x float64) string {
	text := strconv.FormatFloat(x, 'f', -1, 64)
	whole, part, found := strings.Cut(text, ".")
	for i := len(whole) - 3; i > 0; i -= 3 {
		whole = whole[:i] + "," + whole[i:]
	}
	if found {
		whole += "." + part
	}
	return whole
}

// mostRepeated is how many companies that several rows name a line tells.
const mostRepeated = 3

// portfolioText says in a line what became of the rows of a portfolio.
func portfolioText(m *queries.PortfolioMatch) string {
	found := "no company"
	if m.Members > 0 {
		found = plural(m.Members, "companies")
	}
	var repeated []string
	for _, f := range m.Found {
		if len(f.Rows) > 1 {
			repeated = append(repeated, f.Company.Name+" from rows "+rowNumbers(f.Rows))
		}
	}
	if n := len(repeated) - mostRepeated; n > 0 {
		repeated = append(repeated[:mostRepeated], fmt.Sprintf("%d more from several", n))
	}
	if repeated != nil {
		found += " (" + strings.Join(repeated, "; ") + ")"
	}
	parts := []string{plural(m.Rows, "rows") + ": " + found}
	if n := len(m.NotFound); n > 0 {
		parts = append(parts, thousands(n)+" not found")
	}
	if n := len(m.Ambiguous); n > 0 {
		parts = append(parts, fmt.Sprintf("%s that %s several companies", thousands(n), map[bool]string{true: "fits", false: "fit"}[n == 1]))
	}
	if len(m.Spend) > 0 {
		if m.Unknown > 0 {
			parts = append(parts, thousands(m.Unknown)+" without spend")
		}
		parts = append(parts, money(m.Spend))
	}
	return strings.Join(parts, ", ")
}

// rowNumbers lists rows: "2 and 8".
func rowNumbers(rows []int64) string {
	var out []string
	for _, n := range rows {
		out = append(out, strconv.FormatInt(n, 10))
	}
	last := len(out) - 1
	if n := last - 4; n > 0 {
		return strings.Join(out[:5], ", ") + fmt.Sprintf(" and %d more", n)
	}
	return strings.Join(out[:last], ", ") + " and " + out[last]
}

// portfolio prints what became of the rows of a portfolio.
func (o *printer) portfolio(m *queries.PortfolioMatch) {
	o.wrap("", "  ", portfolioText(m))
	o.printf("\n")
}
