package main

import (
	"context"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/tributarygraph/tributary/graph"
	"github.com/tributarygraph/tributary/queries"
)

func findCommand(p *program) *cobra.Command {
	var q question
	var req queries.FindRequest
	var products bool
	cmd := &cobra.Command{
		Use:   "find [NAME]",
		Short: "Find companies or products by name, alias, identifier or id",
		Long: `Finds companies by name, alias, identifier or id: case, width and accents do not matter, a part of a name
is enough, Chinese works. Without a name it lists all. The best match comes first.`,
		Example: `  tributary find nvidia
  tributary find 台积电
  tributary find --country TW --sector foundry
  tributary find --products hbm`,
		Args: wantArgs(0, -1),
		RunE: func(cmd *cobra.Command, args []string) error {
			req.Query, req.Scope, req.Page = strings.Join(args, " "), q.scope, q.page
			return p.ask(cmd.Context(), &q, func(ctx context.Context, v *graph.View, _ graph.Store) (answer, error) {
				if products {
					return findProducts(ctx, v, req)
				}
				return findCompanies(ctx, v, req)
			})
		},
	}
	inGroup(cmd, groupQuestion, func(f *pflag.FlagSet) {
		f.BoolVar(&products, "products", false, "find products instead of companies")
		f.StringVar(&req.Kind, "kind", "", "only this `KIND` of party: "+strings.Join(graph.CompanyKinds, ", "))
		f.StringVar(&req.Country, "country", "", "only companies with headquarters in this `COUNTRY` (ISO 3166-1: TW, US)")
		f.StringVar(&req.Sector, "sector", "", "only companies of this `SECTOR`, as stated")
	})
	p.lists(cmd, &q)
	return cmd
}

func findCompanies(ctx context.Context, v *graph.View, req queries.FindRequest) (answer, error) {
	found, err := queries.FindCompanies(ctx, v, req)
	if err != nil {
		return answer{}, err
	}
	return listed(found, &found.Answer, func(o *printer) {
		if len(found.Items) > 0 {
			o.table(companyTable(found.Items))
			return
		}
		o.printf("No company is called %s or contains it.\n", orAnything(req.Query))
		if near := queries.NearNames(v, graph.KindCompany, req.Query); len(near) > 0 {
			o.printf("Nearest:\n%s\n", describe(v, graph.KindCompany, near))
		}
	}, func() string { return plural(len(found.Items), "companies") }), nil
}

func orAnything(query string) string {
	if query == "" {
		return "anything"
	}
	return `"` + query + `"`
}

func companyTable(rows []queries.CompanyRow) *table {
	t := &table{columns: []column{{title: "ID", least: 16}, {title: "NAME", least: 16}, {title: "CHINESE", least: 8}, {title: "COUNTRY"}, {title: "SECTOR", least: 8},
		{title: "IDENTIFIERS", least: 12}, {title: "KIND"}, {title: "MATCH"}}}
	for _, r := range rows {
		kind := r.Kind
		if r.Provisional {
			kind += ", provisional"
		}
		t.add(r.ID, r.Name, r.NameZH, countryText(r.Country, r.CountryKind), r.Sector, strings.Join(r.Identifiers, " "), kind, r.Match)
	}
	return t
}

// countryText is a country with what ties the company to it.
func countryText(country, kind string) string {
	switch {
	case country == "":
		return ""
	case kind == "headquarters":
		return country + " (hq)"
	case kind == "site":
		return country + " (site)"
	}
	return country
}

func findProducts(ctx context.Context, v *graph.View, req queries.FindRequest) (answer, error) {
	found, err := queries.FindProducts(ctx, v, req)
	if err != nil {
		return answer{}, err
	}
	return listed(found, &found.Answer, func(o *printer) {
		if len(found.Items) > 0 {
			o.table(productTable(found.Items))
			return
		}
		o.printf("No product is called %s or contains it.\n", orAnything(req.Query))
	}, func() string { return plural(len(found.Items), "products") }), nil
}

func productTable(rows []queries.ProductRow) *table {
	t := &table{columns: []column{{title: "ID", least: 16}, {title: "NAME", least: 16}, {title: "CHINESE", least: 8}, {title: "IS A", least: 8},
		{title: "MAKERS", right: true}, {title: "CODE"}, {title: "ALIASES", least: 12}, {title: "MATCH"}}}
	for _, r := range rows {
		parent := ""
		if r.Parent != nil {
			parent = r.Parent.Name
		}
		t.add(r.ID, r.Name, r.NameZH, parent, count(r.Makers), r.Code, strings.Join(r.Aliases, ", "), r.Match)
	}
	return t
}
