package main

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/tributarygraph/tributary/graph"
	"github.com/tributarygraph/tributary/queries"
)

func showCommand(p *program) *cobra.Command {
	var q question
	cmd := &cobra.Command{
		Use:   "show COMPANY",
		Short: "One company: identifiers, what it buys, makes and supplies, owners",
		Long: `Shows one company: its names and identifiers, what it buys, makes and supplies, who owns it and what it owns,
and under which names statements speak of it.`,
		Example: `  tributary show nvidia
  tributary show 台积电
  tributary show ticker:XNAS:NVDA -o json`,
		Args: wantArgs(1, 1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return p.ask(cmd.Context(), &q, func(ctx context.Context, v *graph.View, _ graph.Store) (answer, error) {
				id, err := resolve(v, graph.KindCompany, args[0])
				if err != nil {
					return answer{}, err
				}
				c, err := queries.Company(ctx, v, queries.CompanyRequest{Company: id, Scope: q.scope})
				if err != nil {
					return answer{}, err
				}
				return answer{
					whole: c, items: []queries.CompanyRow{c.CompanyRow}, print: func(o *printer) { printCompany(o, c) },
					last: func(*printer) string { return closing(plural(relationsOf(c), "relations"), &c.Answer) },
				}, nil
			})
		},
	}
	p.completesCompanies(cmd, 1)
	p.asks(cmd, &q)
	return cmd
}

// relationsOf is how many relations a company has; products count those of their rows.
func relationsOf(c *queries.CompanyAnswer) int {
	n := len(c.Makes) + len(c.Owners) + len(c.Owns) + len(c.Associated) + len(c.ListedBy) + len(c.Lists)
	for _, p := range slices.Concat(c.Buys, c.Supplies) {
		n += p.Companies
	}
	return n
}

func printCompany(o *printer, c *queries.CompanyAnswer) {
	title := c.Name
	if c.NameZH != "" {
		title += "  " + c.NameZH
	}
	o.heading(title)
	line := func(name, text string) {
		if text != "" {
			o.printf("  %-14s %s\n", name, printable(text))
		}
	}
	line("id", c.ID)
	line("kind", c.Kind)
	line("country", countryText(c.Country, c.CountryKind))
	line("registered in", c.Jurisdiction)
	line("sector", c.Sector)
	line("status", c.Status)
	line("identifiers", strings.Join(c.Identifiers, "  "))
	line("also called", strings.Join(c.Aliases, "; "))
	for _, a := range c.Amounts {
		line(a.Field+" "+a.Period, strings.TrimSpace(amount(a.Value)+" "+a.Currency))
	}
	for _, top := range c.TopFive {
		line("top customers", strings.TrimSpace("five have "+percent(top.Share)+" of revenue "+top.Period))
	}
	line("records", recordText(c.Records))
	line("datasets", strings.Join(c.Datasets, ", "))
	line("neighbours", neighbourText(c.Neighbours))
	printProducts(o, "Buys", "SUPPLIERS", c.Buys)
	printMakes(o, c.Makes)
	printProducts(o, "Supplies", "CUSTOMERS", c.Supplies)
	printHoldings(o, "Owners", c.Owners)
	printHoldings(o, "Owns", c.Owns)
	if len(c.Associated) > 0 {
		o.printf("\n")
		o.heading("Associated")
		t := &table{columns: []column{{title: "ID"}, {title: "NAME", least: 16}, {title: "ROLE"}, {title: "CONF", right: true}}}
		for _, a := range c.Associated {
			t.add(a.Party.ID, a.Party.Name, a.Role, percent(a.Confidence))
		}
		o.table(t)
	}
	printListings(o, "Listed by", c.ListedBy)
	printListings(o, "Lists", c.Lists)
	o.warnings(&c.Answer)
}

// recordText lists the records of a company when there are others than its own.
func recordText(records []queries.RecordRow) string {
	var parts []string
	for _, r := range records {
		if r.Rule != "own" {
			by := r.Rule
			if r.DecidedBy != "" {
				by += " of " + r.DecidedBy
			}
			parts = append(parts, fmt.Sprintf("%s (by %s)", r.ID, by))
		}
	}
	return strings.Join(parts, ", ")
}

func neighbourText(list []queries.NeighbourCount) string {
	words := map[string]string{"supplies in": "supplied by %d", "supplies out": "supplies %d", "owns in": "owned by %d", "owns out": "owns %d",
		"makes out": "makes %d", "associated in": "associated by %d", "associated out": "associated with %d",
		"lists in": "listed by %d", "lists out": "lists %d"}
	var parts []string
	for _, n := range list {
		if format := words[n.Relation+" "+n.Direction]; format != "" && n.Count > 0 {
			parts = append(parts, fmt.Sprintf(format, n.Count))
		}
	}
	return strings.Join(parts, ", ")
}

func printProducts(o *printer, title, companies string, list []queries.ProductCount) {
	if len(list) == 0 {
		return
	}
	o.printf("\n")
	o.heading(title)
	t := &table{columns: []column{{title: "PRODUCT", least: 20}, {title: "ID", least: 12}, {title: companies, right: true}}}
	for _, row := range list {
		product := queries.Ref{Name: "(not stated)"}
		if row.Product != nil {
			product = *row.Product
		}
		t.add(product.Name, product.ID, count(row.Companies))
	}
	o.table(t)
}

func printMakes(o *printer, list []queries.MadeProduct) {
	if len(list) == 0 {
		return
	}
	o.printf("\n")
	o.heading("Makes")
	t := &table{columns: []column{{title: "PRODUCT", least: 20}, {title: "ID", least: 12}, {title: "MARKET SHARE", least: 12}, {title: "STAGE"}, {title: "CONF", right: true}, {title: "WHERE"}}}
	for _, row := range list {
		t.add(row.Product.Name, row.Product.ID, share(row.MarketShare), row.Stage, percent(row.Confidence), row.Country)
	}
	o.table(t)
}

func printHoldings(o *printer, title string, list []queries.Holding) {
	if len(list) == 0 {
		return
	}
	o.printf("\n")
	o.heading(title)
	t := &table{columns: []column{{title: "ID"}, {title: "NAME", least: 16}, {title: "SHARE", least: 12}, {title: "CONTROL"}, {title: "CONF", right: true}}}
	for _, row := range list {
		t.add(row.Party.ID, row.Party.Name, share(row.Share), row.Control, percent(row.Confidence))
	}
	o.table(t)
}

func printListings(o *printer, title string, list []queries.Listing) {
	if len(list) == 0 {
		return
	}
	o.printf("\n")
	o.heading(title)
	t := &table{columns: []column{{title: "ID"}, {title: "NAME", least: 16}, {title: "PROGRAMMES", least: 12}, {title: "SINCE"}, {title: "CONF", right: true}, {title: "DENIALS", right: true}}}
	for _, row := range list {
		t.add(row.Party.ID, row.Party.Name, strings.Join(row.Programmes, "; "), row.Since, percent(row.Confidence), count(row.Denials))
	}
	o.table(t)
}
