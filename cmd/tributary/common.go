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

// commonLimit is how many companies a table has unless more are asked for.
const commonLimit = 20

func commonSuppliersCommand(p *program) *cobra.Command {
	var q question
	var of subject
	req := queries.CommonSuppliersRequest{}
	cmd := &cobra.Command{
		Use:   "common-suppliers",
		Short: "Hidden common suppliers: who stands behind several of your suppliers",
		Long: `Lists the companies at tier 2 or deeper that several direct suppliers of a company depend on: buying from two
suppliers is no safety when both buy from one. With --portfolio FILE, those that stand behind several companies of a
list, and the spend on these. Each comes with the direct suppliers, or the members, that lead to it. The order is by what
a company stands behind unseen; what is bought from it directly is told, and does not rank.`,
		Example: `  tributary common-suppliers nvidia
  tributary common-suppliers microsoft --depth 4 --min 3 --limit 10
  tributary common-suppliers --portfolio clouds.csv --min 4
  printf 'Microsoft\nGoogle\nMeta\nTesla\n' | tributary common-suppliers --portfolio - -o csv`,
	}
	p.asksOf(cmd, &of, func(cmd *cobra.Command) error {
		p.shortTable(cmd, &q.page, commonLimit)
		req.Scope, req.Page = q.scope, q.page
		return p.ask(cmd.Context(), &q, func(ctx context.Context, v *graph.View, _ graph.Store) (answer, error) {
			if err := of.find(v); err != nil {
				return answer{}, err
			}
			if of.members != nil {
				return portfolioSuppliersAnswer(ctx, v, queries.PortfolioSuppliersRequest{Portfolio: of.members, Scope: req.Scope, Page: req.Page, Depth: req.Depth, Min: req.Min})
			}
			req.Company = of.company
			return commonSuppliersAnswer(ctx, v, req)
		})
	})
	inGroup(cmd, groupQuestion, func(f *pflag.FlagSet) {
		f.IntVar(&req.Min, "min", 2, "least `NUMBER` of direct suppliers, or members, that a company must stand behind")
		f.IntVar(&req.Depth, "depth", queries.DefaultDepth, fmt.Sprintf("longest chain in `HOPS`, up to %d", queries.MaxDepth))
	})
	p.longLists(cmd, &q, commonLimit)
	return cmd
}

func commonSuppliersAnswer(ctx context.Context, v *graph.View, req queries.CommonSuppliersRequest) (answer, error) {
	found, err := queries.CommonSuppliers(ctx, v, req)
	if err != nil {
		return answer{}, err
	}
	return listed(found, &found.Answer, func(o *printer) {
		if len(found.Items) == 0 {
			o.printf("Nobody is documented to stand behind %s of %s within %s.\n", plural(found.Min, "direct suppliers"), found.Company.Name, plural(found.Depth, "hops"))
		} else {
			o.wrap("", "", leadingCommon(found))
			o.printf("\n")
			o.table(commonTable(found))
		}
		if d := found.Diamond; d.DC != nil {
			o.printf("\n")
			o.wrap("", "", fmt.Sprintf("Diamond ratio: %s from %s at tier 2 through %s: %.3f routes a company (1 when none is shared), %.3f of what full sharing would be",
				plural(d.Routes, "two-step routes"), plural(d.TierTwo, "companies"), plural(d.TierOne, "direct suppliers"), *d.DC, *d.DM))
		}
	}, func() string {
		return ofTotal(len(found.Items), found.Total, "common suppliers") + " of " + found.Company.Name
	}), nil
}

func commonTable(a *queries.CommonSuppliersAnswer) *table {
	t := &table{columns: []column{{title: "BEHIND", right: true}, {title: "TIER", right: true}, {title: "NAME", least: 16}, {title: "SUPPLIES", least: 16},
		{title: "THROUGH", least: 24}, {title: "COUNTRY"}, {title: "CHINESE", least: 10}, {title: "ID", least: 12}}}
	for _, r := range a.Items {
		t.add(fmt.Sprintf("%d of %d", r.Suppliers, a.Diamond.TierOne), strconv.Itoa(r.Tier), r.Name, refNames(r.Products), refNames(r.Via)+etc(r.ViaMore),
			countryText(r.Country, r.CountryKind), r.NameZH, r.ID)
	}
	return t
}

// leadingCommon says in a sentence what the first row means.
func leadingCommon(a *queries.CommonSuppliersAnswer) string {
	r := a.Items[0]
	return fmt.Sprintf("%s stands behind %d of %s of %s: through %s.", r.Name, r.Suppliers, plural(a.Diamond.TierOne, "direct suppliers"), a.Company.Name,
		listNames(r.Via, r.Suppliers))
}

func portfolioSuppliersAnswer(ctx context.Context, v *graph.View, req queries.PortfolioSuppliersRequest) (answer, error) {
	found, err := queries.PortfolioSuppliers(ctx, v, req)
	if err != nil {
		return answer{}, err
	}
	return listed(found, &found.Answer, func(o *printer) {
		o.portfolio(&found.Portfolio)
		if len(found.Items) == 0 {
			o.printf("Nobody is documented to stand behind %s within %s.\n", plural(found.Min, "members"), plural(found.Depth, "hops"))
			return
		}
		o.wrap("", "", leadingPortfolio(found))
		o.printf("\n")
		o.behindPortfolio(found.Items, &found.Portfolio)
	}, func() string {
		return ofTotal(len(found.Items), found.Total, "common suppliers") + " of " + plural(found.Portfolio.Members, "companies")
	}), nil
}

// leadingPortfolio says in a sentence what the first row means.
func leadingPortfolio(a *queries.PortfolioSuppliersAnswer) string {
	r := &a.Items[0]
	return fmt.Sprintf("%s stands behind %d of %s: none of these is documented to buy from it, all do through their suppliers.", r.Name, r.Members,
		plural(a.Portfolio.Members, "companies"))
}

// behindPortfolio prints companies that stand behind members, those together of which the same is told: who they are,
// then behind whom and through whom.
func (o *printer) behindPortfolio(rows []queries.PortfolioSupplierRow, m *queries.PortfolioMatch) {
	alike := map[string][]*queries.PortfolioSupplierRow{}
	var order []string
	for i := range rows {
		form := strings.Join(append(behindLines(&rows[i]), directLines(&rows[i], m)...), "\n")
		if alike[form] == nil {
			order = append(order, form)
		}
		alike[form] = append(alike[form], &rows[i])
	}
	for _, form := range order {
		group := alike[form]
		head := fmt.Sprintf("%d of %d  ", group[0].Members, m.Members)
		indent := strings.Repeat(" ", len(head))
		if len(group) == 1 {
			o.wrap(head, indent, whoStandsBehind(group[0], true))
		} else {
			var names []string
			for _, r := range group {
				names = append(names, whoStandsBehind(r, false))
			}
			o.wrap(head, indent, fmt.Sprintf("Each of these %d: %s", len(group), strings.Join(names, "; ")))
		}
		for _, line := range strings.Split(form, "\n") {
			o.wrap(indent, indent+"  ", line)
		}
	}
}

// whoStandsBehind names a company, and in full also what it supplies.
func whoStandsBehind(r *queries.PortfolioSupplierRow, full bool) string {
	who := r.Name
	if full && r.NameZH != "" {
		who += " " + r.NameZH
	}
	if r.Country != "" && full {
		who += ", " + countryText(r.Country, r.CountryKind)
	}
	if full && len(r.Products) > 0 {
		who += ": " + listNames(r.Products, len(r.Products))
	}
	return who
}

// directLines tell whom a company supplies directly, and what is spent on these and on those that it stands behind.
func directLines(r *queries.PortfolioSupplierRow, m *queries.PortfolioMatch) (lines []string) {
	hidden, direct := spendOf(r.Spend, r.SpendUnknown, m), spendOf(r.SpendDirect, r.SpendDirectUnknown, m)
	if n := len(r.DirectTo); n > 0 {
		lines = append(lines, fmt.Sprintf("supplies %s directly: with these it reaches %d of %d", listNames(r.DirectTo, n), r.Members+n, m.Members))
	}
	if hidden != "" {
		text := "spend on those it stands behind: " + hidden
		if len(r.DirectTo) > 0 {
			text += "; on those it supplies directly: " + direct
		}
		lines = append(lines, text)
	}
	return lines
}

// behindLines tells the members that a company stands behind, those of one tier and way together.
func behindLines(r *queries.PortfolioSupplierRow) (lines []string) {
	names := map[string][]queries.Ref{}
	var order []string
	for _, m := range r.Behind {
		way := fmt.Sprintf("tier %d, through %s%s", m.Tier, listNames(m.Via, len(m.Via)), etc(m.ViaMore))
		if names[way] == nil {
			order = append(order, way)
		}
		names[way] = append(names[way], m.Member)
	}
	for _, way := range order {
		lines = append(lines, fmt.Sprintf("%s (%s)", listNames(names[way], len(names[way])), way))
	}
	if r.BehindMore {
		lines = append(lines, fmt.Sprintf("and %d more", r.Members-len(r.Behind)))
	}
	return lines
}

// spendOf is the spend on some of the members; empty where no spend is known at all.
func spendOf(sums []queries.Money, unknown int, m *queries.PortfolioMatch) string {
	switch {
	case len(m.Spend) == 0:
		return ""
	case len(sums) == 0 && unknown > 0:
		return "unknown"
	case unknown > 0:
		return "≥ " + money(sums)
	}
	return money(sums)
}

// listNames lists some of so many names.
func listNames(refs []queries.Ref, of int) string {
	const most = 5
	if of > most {
		return fmt.Sprintf("%s and %d more", refNames(refs[:min(len(refs), most)]), of-min(len(refs), most))
	}
	return refNames(refs)
}

// etc marks a list that goes on.
func etc(more bool) string {
	if more {
		return ", …"
	}
	return ""
}

// ofTotal is the length of a list, and how many there are in all where that is known and more.
func ofTotal(n int, total *int, nouns string) string {
	if total == nil || *total == n {
		return plural(n, nouns)
	}
	return fmt.Sprintf("%s of %s", thousands(n), plural(*total, nouns))
}
