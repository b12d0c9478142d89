package main

import (
	"context"
	"fmt"
	"strconv"

	"github.com/spf13/cobra"

	"github.com/tributarygraph/tributary/graph"
	"github.com/tributarygraph/tributary/queries"
)

func suppliersCommand(p *program) *cobra.Command {
	return tiersCommand(p, queries.Upstream, &cobra.Command{
		Use:   "suppliers",
		Short: "Who supplies a company, directly and through others",
		Long: `Lists who supplies a company, tier by tier: tier 1 supplies it directly, tier 2 supplies tier 1, and so on.
Each row says what is supplied, which share of the buyer's intake it is (an interval where nobody states it),
through whom it comes, how firmly it is documented and when it was last confirmed. With --portfolio FILE, who supplies
how many companies of a list, and how much of the spend is on these.`,
		Example: `  tributary suppliers nvidia
  tributary suppliers 英伟达 --depth 5 --country JP
  tributary suppliers nvidia --product hbm --as-of 2024-05-11 -o csv --bom > hbm.csv
  tributary suppliers --portfolio vendors.xlsx --depth 2`,
	})
}

func customersCommand(p *program) *cobra.Command {
	return tiersCommand(p, queries.Downstream, &cobra.Command{
		Use:   "customers",
		Short: "Whom a company supplies, directly and through others",
		Long: `Lists whom a company supplies, tier by tier: tier 1 buys from it directly, tier 2 buys from tier 1, and so
on. The columns are those of suppliers; a share is part of the buyer's intake.`,
		Example: `  tributary customers asml
  tributary customers "SK hynix" --product hbm --depth 2
  tributary customers ajinomoto --min-confidence 0.6 -o json`,
	})
}

func tiersCommand(p *program, direction queries.Direction, cmd *cobra.Command) *cobra.Command {
	var q question
	req := queries.TiersRequest{Direction: direction}
	var of subject
	p.asksOf(cmd, &of, func(cmd *cobra.Command) error {
		if req.Depth == 0 { // which a request in Go takes for the default
			return usagef("depth 0; allowed: 1 to %d", queries.MaxDepth)
		}
		req.Scope, req.Page = q.scope, q.page
		return p.ask(cmd.Context(), &q, func(ctx context.Context, v *graph.View, _ graph.Store) (answer, error) {
			err := of.find(v)
			if err == nil {
				err = resolveSaid(v, graph.KindProduct, &req.Product)
			}
			switch {
			case err != nil:
				return answer{}, err
			case of.members != nil:
				return askMembers(ctx, p, v, &of, &q, directionNouns[direction], req, queries.PortfolioTiers)
			}
			req.Company = of.company
			return tiersAnswer(ctx, v, req)
		})
	})
	namesMembers(cmd, &of)
	tierFlags(cmd, &req)
	p.lists(cmd, &q)
	return cmd
}

func tiersAnswer(ctx context.Context, v *graph.View, req queries.TiersRequest) (answer, error) {
	found, err := queries.Suppliers(ctx, v, req)
	if err != nil {
		return answer{}, err
	}
	return listed(found, &found.Answer, func(o *printer) {
		if len(found.Items) == 0 {
			o.printf("No %s of %s are documented under these conditions.\n", found.Direction, found.Company.Name)
		} else {
			o.table(tierTable(found.Items))
		}
	}, func() string {
		c := found.Coverage
		total := fmt.Sprintf("%s of %s", plural(len(found.Items), found.Direction), found.Company.Name)
		if c.Relations > 0 {
			total += fmt.Sprintf(" (of %s: %d with a source, %d with a share)", plural(c.Relations, "relations"), c.Sourced, c.Shares)
		}
		return total
	}), nil
}

func tierTable(rows []queries.TierRow) *table {
	t := &table{columns: []column{{title: "TIER", right: true}, {title: "ID", least: 20}, {title: "NAME", least: 12}, {title: "PRODUCTS", least: 12}, {title: "SHARE", least: 18},
		{title: "COUNTRY"}, {title: "CHINESE", least: 10}, {title: "VIA", least: 12}, {title: "CONF", right: true}, {title: "STAGE"},
		{title: "CONFIRMED"}, {title: "SOURCES", right: true}, {title: "DENIED", right: true}, {title: "BASIS"}, {title: "ALSO TIER"}, {title: "SHIPS FROM"}}}
	for _, r := range rows {
		via := refNames(r.Via)
		if r.ViaMore {
			via += ", …"
		}
		t.add(strconv.Itoa(r.Tier), r.ID, r.Name, refNames(r.Products), share(r.Share), countryText(r.Country, r.CountryKind), r.NameZH, via,
			percent(r.Confidence), r.Stage, r.LastConfirmed, strconv.Itoa(r.Sources), count(r.Denials), r.Basis, ints(r.OtherTiers), r.Origin)
	}
	return t
}

// directionNouns are what a list of a direction holds.
var directionNouns = map[queries.Direction]string{queries.Upstream: "suppliers", queries.Downstream: "customers"}
