package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"

	"github.com/tributarygraph/tributary/graph"
	"github.com/tributarygraph/tributary/importer"
	"github.com/tributarygraph/tributary/queries"
)

// maxPortfolio bounds the file of a portfolio, in bytes.
const maxPortfolio = 16 << 20

const portfolioHelp = `A portfolio file is CSV with a column company (or name, id, supplier) and, if you like, spend and currency; or one
name a line.`

// The columns of a portfolio file: the first of these that the header has names the companies.
var (
	companyColumns = []string{"company", "id", "company_id", "identifier", "supplier", "supplier_id", "vendor", "name", "company_name", "supplier_name"}
	spendColumns   = []string{"spend", "amount", "value"}
)

// portfolio reads a portfolio from a file, or from standard input (-).
func (p *program) portfolio(ctx context.Context, path string) (queries.Portfolio, error) {
	in := importer.Input{Path: path}
	switch _, err := os.Stat(path); {
	case path == "-":
		in = importer.Input{Reader: p.in}
	case errors.Is(err, os.ErrNotExist):
		return nil, noFile(path)
	}
	rows, err := importer.ReadTable(ctx, in, maxPortfolio)
	if err != nil {
		return nil, err
	}
	members, err := portfolioOf(rows)
	if err != nil {
		return nil, fmt.Errorf("%w: %s: %v", graph.ErrInvalid, path, err)
	}
	if len(members) == 0 {
		return nil, fmt.Errorf("%w: %s: names no company", graph.ErrInvalid, path)
	}
	return members, nil
}

// portfolioOf takes the first row for a header where one of its cells names the column of companies; else every line
// is a name, whatever it holds.
func portfolioOf(rows []importer.TableRow) (queries.Portfolio, error) {
	if len(rows) == 0 {
		return nil, nil
	}
	header := make([]string, len(rows[0].Cells))
	for i, cell := range rows[0].Cells {
		header[i] = importer.ColumnName(cell)
	}
	at := func(names []string) int {
		for _, name := range names {
			if i := slices.Index(header, name); i >= 0 {
				return i
			}
		}
		return -1
	}
	company, spend, currency := at(companyColumns), at(spendColumns), at([]string{"currency"})
	var out queries.Portfolio
	if company < 0 {
		for _, row := range rows {
			name := row.Raw
			if len(row.Cells) == 1 {
				name = row.Cells[0] // without the quotes
			}
			out = append(out, queries.PortfolioMember{Company: name})
		}
		return out, nil
	}
	for _, row := range rows[1:] {
		cell := func(i int) string {
			if i < 0 || i >= len(row.Cells) {
				return ""
			}
			return row.Cells[i]
		}
		m := queries.PortfolioMember{Company: cell(company), Currency: cell(currency)}
		if m.Company == "" {
			if strings.Join(row.Cells, "") == "" {
				continue
			}
			return nil, fmt.Errorf("row %d names no company in column %s", row.Number, rows[0].Cells[company])
		}
		if text := cell(spend); text != "" {
			value, err := strconv.ParseFloat(text, 64)
			if err != nil {
				return nil, fmt.Errorf("row %d: %s %q; want a number such as 1250000.50", row.Number, rows[0].Cells[spend], text)
			}
			m.Spend = &value
		}
		out = append(out, m)
	}
	return out, nil
}

// money lists sums of money, a sum a currency.
func money(sums []queries.Money) string {
	var out []string
	for _, m := range sums {
		out = append(out, strings.TrimSpace(amount(m.Amount)+" "+m.Currency))
	}
	return strings.Join(out, " and ")
}
