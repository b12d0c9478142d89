package main

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/tributarygraph/tributary/graph"
	"github.com/tributarygraph/tributary/queries"
)

func statsCommand(p *program) *cobra.Command {
	var q question
	cmd := &cobra.Command{
		Use:   "stats",
		Short: "What the graph holds, and how well it is documented",
		Long: `Counts companies, products, sources, relations and claims, and tells how much of it is documented: how many
relations have a source, a date or a share, what claims rest on, and which names are not decided.`,
		Example: `  tributary stats
  tributary stats --as-of any
  tributary stats -o json`,
		Args: wantArgs(0, 0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return p.ask(cmd.Context(), &q, func(ctx context.Context, v *graph.View, _ graph.Store) (answer, error) {
				found, err := queries.Stats(ctx, v, queries.StatsRequest{Scope: q.scope})
				if err != nil {
					return answer{}, err
				}
				return answer{
					whole: found, items: found.Relations, print: func(o *printer) { printStats(o, found) },
					last: func(*printer) string {
						return closing(plural(found.Coverage.Relations, "relations")+" hold", &found.Answer)
					},
				}, nil
			})
		},
	}
	p.asks(cmd, &q)
	return cmd
}

func printStats(o *printer, s *queries.StatsAnswer) {
	o.heading("Holds")
	line := func(name, format string, args ...any) { o.printf("  %-11s %s\n", name, fmt.Sprintf(format, args...)) }
	c := s.Companies
	line("companies", "%s; %s with a country, %s with an identifier, %s known by name only", thousands(c.Count), thousands(c.WithCountry), thousands(c.WithIdentifier), thousands(c.Provisional))
	line("", "%s without a documented supplier, %s without a documented customer", thousands(c.WithoutSuppliers), thousands(c.WithoutCustomers))
	line("products", "%s; %s known by name only", thousands(s.Products.Count), thousands(s.Products.Provisional))
	line("sources", "%s", thousands(s.Sources))
	if n := s.Sites; n.Count > 0 {
		line("sites", "%s; %s with a place, %s with an operator, %s named by what comes from them", thousands(n.Count), thousands(n.WithPlace), thousands(n.WithOperator), thousands(n.Named))
	}
	line("claims", "%s; %s", thousands(s.Claims), plural(s.Denials, "denials"))
	if s.FirstPeriod != "" {
		line("speaks of", "%s to %s", s.FirstPeriod, s.LastPeriod)
	}
	o.printf("\n")
	t := &table{columns: []column{{title: "RELATIONS"}, {title: "COUNT", right: true}, {title: "HOLD", right: true}, {title: "CLAIMS", right: true}, {title: "SOURCED", right: true},
		{title: "DATED", right: true}, {title: "WITH SHARE", right: true}, {title: "WITH VALUE", right: true}, {title: "DENIED", right: true}}}
	for _, r := range s.Relations {
		t.add(r.Kind, strconv.Itoa(r.Count), strconv.Itoa(r.Active), strconv.Itoa(r.Claims), strconv.Itoa(r.Sourced), strconv.Itoa(r.Dated), strconv.Itoa(r.WithShare), strconv.Itoa(r.WithValue), strconv.Itoa(r.Denied))
	}
	o.table(t)
	o.printf("\n")
	named := func(title string, list []queries.NamedCount) {
		var parts []string
		for _, n := range list {
			if n.Count > 0 {
				parts = append(parts, fmt.Sprintf("%s %s", or(n.Name, "unknown"), thousands(n.Count)))
			}
		}
		o.printf("%-13s %s\n", title, strings.Join(parts, ", "))
	}
	named("claims by basis", s.Bases)
	named("claims by stage", s.Stages)
	named("companies by country", s.Countries)
	for _, d := range s.Datasets {
		o.printf("dataset %s: %s\n", printable(d.Dataset), plural(d.Claims, "claims"))
	}
	for i, a := range s.Ambiguous {
		if i == 10 {
			o.printf("… and %d more names that fit several\n", len(s.Ambiguous)-10)
			break
		}
		o.printf("ambiguous %s %q: %s\n", a.Kind, a.Name, strings.Join(a.Candidates, ", "))
	}
	o.warnings(&s.Answer)
}
