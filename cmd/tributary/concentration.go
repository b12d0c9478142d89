package main

import (
	"context"
	"fmt"
	"strconv"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/tributarygraph/tributary/graph"
	"github.com/tributarygraph/tributary/queries"
)

func concentrationCommand(p *program) *cobra.Command {
	var q question
	var of subject
	req := queries.ConcentrationRequest{}
	cmd := &cobra.Command{
		Use:   "concentration",
		Short: "How concentrated what a company buys is, at least and at most",
		Long: `Bounds the Herfindahl-Hirschman index (0 to 10,000; one supplier alone makes 10,000) of each input of a company by
supplier or by country, and of all of them together where cost shares are stated. What nobody states is not taken for
zero, nor for an equal part: the least index has it spread, the greatest has it where it raises the index most. Each
row says which facts would narrow it. With --portfolio FILE, the spend on a list of suppliers takes the place of what a
company buys.`,
		Example: `  tributary concentration nvidia
  tributary concentration nvidia --by country --product hbm
  tributary concentration tsmc --by country --country-by origin --assume complete
  tributary concentration microsoft --by country --tier 2 -o json
  tributary concentration --portfolio suppliers.csv --by country`,
	}
	p.asksOf(cmd, &of, func(cmd *cobra.Command) error {
		req.Scope, req.Page = q.scope, q.page
		return p.ask(cmd.Context(), &q, func(ctx context.Context, v *graph.View, _ graph.Store) (answer, error) {
			err := of.find(v)
			if err == nil {
				err = resolveSaid(v, graph.KindProduct, &req.Product)
			}
			if err != nil {
				return answer{}, err
			}
			req.Company, req.Portfolio = of.company, of.members
			return concentrationAnswer(ctx, v, req)
		})
	})
	inGroup(cmd, groupQuestion, func(f *pflag.FlagSet) {
		f.Var(newChoice(&req.By, "supplier", "supplier", "country", "product"), "by", "what shares are added up by; product needs cost shares")
		f.Var(newChoice(&req.CountryBy, "headquarters", "headquarters", "origin"), "country-by", "what ties to a country: headquarters, or where the goods ship from")
		f.StringVar(&req.Product, "product", "", "only this input `PRODUCT` and every kind of it (id, name or alias)")
		f.IntVar(&req.Tier, "tier", 1, fmt.Sprintf("how many hops upstream, `N` up to %d", queries.MaxDepth))
		f.Var(newChoice(&req.Assume, "", "complete"), "assume", "complete: nobody but the suppliers documented supplies anything")
	})
	p.lists(cmd, &q)
	return cmd
}

func concentrationAnswer(ctx context.Context, v *graph.View, req queries.ConcentrationRequest) (answer, error) {
	found, err := queries.Concentration(ctx, v, req)
	if err != nil {
		return answer{}, err
	}
	return listed(found, &found.Answer, func(o *printer) {
		if found.Portfolio != nil {
			o.portfolio(found.Portfolio)
		}
		if len(found.Items) == 0 {
			o.printf("No suppliers of %s are documented under these conditions.\n", concentrationSubject(found))
			return
		}
		o.table(concentrationTable(found))
		o.printf("\n")
		for i := range found.Items {
			if r := &found.Items[i]; i < maxSummaries {
				o.wrap("", "  ", r.Summary)
				for j := range r.Gaps {
					if j < maxQuestions {
						o.wrap("  would narrow it: ", "    ", r.Gaps[j].Question)
					}
				}
			}
		}
	}, func() string {
		return ofTotal(len(found.Items), found.Total, "rows") + " of " + concentrationSubject(found)
	}), nil
}

// concentrationSubject names what is asked about.
func concentrationSubject(a *queries.ConcentrationAnswer) string {
	if a.Company == nil {
		return plural(a.Portfolio.Members, "companies")
	}
	return a.Company.Name
}

const (
	maxSummaries = 5 // rows that are put into words below a table
	maxQuestions = 2 // facts worth finding out that are named with each
)

func concentrationTable(a *queries.ConcentrationAnswer) *table {
	t := &table{columns: []column{{title: "OF", least: 16}, {title: "INDEX", right: true}, {title: "BASIS"}, {title: "KNOWN", right: true}, {title: "COUNTED ALIKE", right: true}, {title: "GROUPS", least: 30},
		{title: "SUPPLIERS", right: true}, {title: "STATED", right: true}, {title: "LIST"}, {title: "UNKNOWN COUNTRY"}}}
	for i := range a.Items {
		r := &a.Items[i]
		list := "open"
		if r.ListComplete {
			list = "complete"
		}
		basis := r.HHIReason
		if r.HHI != nil {
			basis = indexBasis(r.HHI)
		}
		unknown := ""
		if r.UnknownGroup != nil {
			unknown = intervalRange(r.UnknownGroup)
		}
		t.add(concentrationOf(a, r), indexRange(r.HHI), basis, percent(r.Known), indexRange(r.Counted), groupsText(r), strconv.Itoa(r.Suppliers), count(r.Stated), list, unknown)
	}
	return t
}

func concentrationOf(a *queries.ConcentrationAnswer, r *queries.ConcentrationRow) string {
	switch {
	case r.Of == "cost" && a.Tier > 1:
		return fmt.Sprintf("%s, %d hops back", map[bool]string{true: "cost", false: "spend"}[a.Company != nil], a.Tier)
	case r.Member != nil:
		return "cost of " + r.Member.Name
	case r.Of == "spend":
		return "spend on the portfolio"
	case r.Of == "cost":
		return "all inputs, by cost"
	case r.Of == "companies":
		return fmt.Sprintf("companies at tier %d, counted", a.Tier)
	case r.Of == "relations":
		return fmt.Sprintf("relations from tier %d, counted", a.Tier)
	case r.Product == nil:
		return "no product stated"
	}
	return r.Product.Name
}

// indexRange is the bounds of an index; empty where it is not known.
func indexRange(i *queries.Interval) string {
	if i == nil {
		return ""
	}
	low, high := thousands(int(i.Low+0.5)), thousands(int(i.High+0.5))
	if low == high {
		return low
	}
	return low + "–" + high
}

func indexBasis(i *queries.Interval) string {
	note := i.Basis
	switch i.Basis {
	case queries.BasisDocumentedCount:
		note = "counted"
	case queries.BasisResidual:
		note = "known in part"
	case queries.BasisSoleDocumented, queries.BasisDocumentedValue:
		note = basisWords(i)
	}
	if i.Point != nil && i.Low < i.High {
		note += ", best " + thousands(int(*i.Point+0.5))
	}
	if i.Disputed {
		note += ", disputed"
	}
	if i.Overstated {
		note += ", scaled down"
	}
	return note
}

// groupsText lists the groups with their shares, the greatest first.
func groupsText(r *queries.ConcentrationRow) string {
	text := ""
	for i, g := range r.Groups {
		if i == 5 {
			break
		}
		if i > 0 {
			text += ", "
		}
		text += g.Group.Name + " " + intervalRange(g.Share)
	}
	return text + etc(r.GroupCount > 5)
}
