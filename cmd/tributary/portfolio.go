package main

import (
	"context"
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
		out = append(out, strings.TrimSpace(amount(m.Amount)+" "+m.Currency))
	}
	return strings.Join(out, " and ")
}
