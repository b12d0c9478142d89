package main

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/tributarygraph/tributary/graph"
	"github.com/tributarygraph/tributary/queries"
)

func chainCommand(p *program) *cobra.Command {
	var q question
	var req queries.ChainRequest
	cmd := &cobra.Command{
		Use:   "chain COMPANY",
		Short: "The tiers around a company as one picture: who supplies whom, and what is folded",
		Long: `Shows the suppliers and the customers of a company tier by tier, with what goes from each to the next: what the explorer
draws. A tier with more companies than --visible is folded: those with the greatest shares stay, the others are groups
by country, sector or product, which --open shows as their companies. What is folded or left out is counted. -o json has
nodes and links, -o csv the links.`,
		Example: `  tributary chain nvidia
  tributary chain nvidia --suppliers 3 --customers 0 --product liquid-cooling
  tributary chain tsmc --visible 10 --open -2:JP
  tributary chain nvidia --suppliers 4 --country JP,TW -o csv > links.csv`,
		Args: wantArgs(1, 1),
		RunE: func(cmd *cobra.Command, args []string) error {
			req.Scope, req.Limit = q.scope, q.page.Limit
			return p.ask(cmd.Context(), &q, func(ctx context.Context, v *graph.View, _ graph.Store) (answer, error) {
				var err error
				if req.Company, err = resolve(v, graph.KindCompany, args[0]); err == nil {
					err = resolveSaid(v, graph.KindProduct, &req.Product)
				}
				if err != nil {
					return answer{}, err
				}
				return chainAnswer(ctx, v, req)
			})
		},
	}
	inGroup(cmd, groupQuestion, func(f *pflag.FlagSet) {
		f.IntVar(&req.Suppliers, "suppliers", queries.DefaultSupplierTiers, fmt.Sprintf("`TIERS` upstream, 0 to %d", queries.MaxChainTiers))
		f.IntVar(&req.Customers, "customers", queries.DefaultCustomerTiers, fmt.Sprintf("`TIERS` downstream, 0 to %d", queries.MaxChainTiers))
		f.StringVar(&req.Product, "product", "", "only chains of this `PRODUCT` and every kind of it (id, name or alias)")
		f.Var(newChoice(&req.ProductHop, "first", "first", "listed", "every"), "product-hop", "the hop that must be of the product: the one next to the company, the one that brings a company into its tier, or every")
		f.StringSliceVar(&req.Countries, "country", nil, "only companies of these `COUNTRIES` (ISO 3166-1: TW,US), and those through which they are reached")
		f.Var(newChoice(&req.Fold, queries.FoldCountry, queries.FoldCountry, queries.FoldSector, queries.FoldProduct), "fold", "what companies of a large tier are folded by: country, sector, or product")
		f.StringArrayVar(&req.Open, "open", nil, "show the companies of this `GROUP`, TIER:KEY (-2:JP); may be given several times")
		f.IntVar(&req.Visible, "visible", queries.DefaultVisible, fmt.Sprintf("fold tiers of more than `N` nodes, up to %d", queries.MaxVisible))
	})
	p.lists(cmd, &q)
	p.completesCompanies(cmd, 1)
	return cmd
}

func chainAnswer(ctx context.Context, v *graph.View, req queries.ChainRequest) (answer, error) {
	found, err := queries.Chain(ctx, v, req)
	if err != nil {
		return answer{}, err
	}
	return listed(found, &found.Answer, func(o *printer) {
		o.table(chainTable(found))
		if len(found.LeftOut.Text) > 0 {
			o.printf("\n")
			o.wrap("", "", sentence(strings.Join(found.LeftOut.Text, "; ")))
		}
	}, func() string {
		companies := 0
		for _, t := range found.Tiers {
			companies += t.Companies
		}
		return fmt.Sprintf("%s and %s around %s", plural(companies, "companies"), plural(len(found.Links), "links"), found.Company.Name)
	}), nil
}

// sentence begins with a capital and ends with a full stop.
func sentence(text string) string { return strings.ToUpper(text[:1]) + text[1:] + "." }

// chainTable has a row a node, with the links that lead towards the company, or from it.
func chainTable(a *queries.ChainAnswer) *table {
	t := &table{columns: []column{{title: "TIER", right: true}, {title: "ID", least: 16}, {title: "NAME", least: 12}, {title: "COMPANIES", right: true}, {title: "LINKS", least: 24}, {title: "SHARE", least: 12},
		{title: "COUNTRY"}, {title: "CHINESE", least: 8}, {title: "SECTOR", least: 8}, {title: "RELATIONS", right: true}, {title: "ALSO TIER"}}}
	names := make(map[string]string, len(a.Nodes))
	for _, n := range a.Nodes {
		names[n.ID] = chainName(&n)
	}
	links := linksOutward(a)
	for i := range a.Nodes {
		n := &a.Nodes[i]
		best, text := nearLinks(n, links[n.ID], names)
		companies := ""
		if n.Kind == "group" {
			companies = thousands(n.Companies)
		}
		country := n.Country
		if country != "" && n.Kind != "group" {
			country = countryText(country, "headquarters")
		}
		t.add(strconv.Itoa(n.Tier), n.ID, names[n.ID], companies, text, share(best), country, n.NameZH, n.Sector, strconv.Itoa(n.Relations), ints(n.OtherTiers))
	}
	return t
}

// chainName is what a node is called in a table.
func chainName(n *queries.ChainNode) string {
	if n.Kind == "group" {
		return n.Name + " …"
	}
	if n.Passed {
		return n.Name + " (passed)"
	}
	return n.Name
}

// linksOutward are the links of each node to the nearer tier.
func linksOutward(a *queries.ChainAnswer) map[string][]*queries.ChainLink {
	tiers := make(map[string]int, len(a.Nodes))
	for _, n := range a.Nodes {
		tiers[n.ID] = n.Tier
	}
	out := map[string][]*queries.ChainLink{}
	for i := range a.Links {
		l := &a.Links[i]
		switch from, to := tiers[l.From], tiers[l.To]; {
		case l.Within:
		case from < 0 && to <= 0:
			out[l.From] = append(out[l.From], l)
		case from >= 0 && to > 0:
			out[l.To] = append(out[l.To], l)
		}
	}
	return out
}

// nearLinks tells what leads from a node towards the company, and the share of the first link that has one.
func nearLinks(n *queries.ChainNode, links []*queries.ChainLink, names map[string]string) (best *queries.Interval, text string) {
	const most = 3
	var parts []string
	for _, l := range links {
		if best == nil {
			best = l.Share
		}
		if len(parts) == most {
			parts = append(parts, fmt.Sprintf("and %d more", len(links)-most))
			break
		}
		other, arrow := l.To, "→ "
		if n.Tier > 0 {
			other, arrow = l.From, "← "
		}
		part := arrow + names[other]
		if what := namedList(l.Products, l.ProductsCount); what != "" {
			part = what + " " + part
		}
		parts = append(parts, part)
	}
	return best, strings.Join(parts, "; ")
}

// namedList names some of so many products.
func namedList(refs []queries.Ref, of int) string {
	names := make([]string, 0, len(refs))
	for _, r := range refs {
		names = append(names, r.Name)
	}
	if more := of - len(refs); more > 0 {
		names = append(names, fmt.Sprintf("%d more", more))
	}
	return strings.Join(names, ", ")
}
