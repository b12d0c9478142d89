package main

import (
	"context"
	"strconv"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/tributarygraph/tributary/graph"
	"github.com/tributarygraph/tributary/queries"
)

// alternativesLimit is how many rows a table has unless more are asked for.
const alternativesLimit = 40

func alternativesCommand(p *program) *cobra.Command {
	var q question
	var of subject
	var req queries.AlternativesRequest
	cmd := &cobra.Command{
		Use:   "alternatives",
		Short: "Who else makes or supplies what a company buys",
		Long: `Lists, input by input, who could stand in for the documented suppliers: other companies that make the product or supply
it to somebody, a kind of it, or what it is a kind of. HANGS ON says whether the candidate depends on the very supplier
that it would stand in for: then it is no way out. Announced and sampled supply is marked: it is no supply yet. Nobody
states what capacity a candidate has to spare, or whether it would qualify.

What a second source would help is the question of tributary remedy.`,
		Example: `  tributary alternatives nvidia --product cowos
  tributary alternatives nvidia --supplier ibiden
  tributary alternatives tsmc -o csv --bom > alternatives.csv`,
	}
	p.asksOf(cmd, &of, func(cmd *cobra.Command) error {
		p.shortTable(cmd, &q.page, alternativesLimit)
		req.Scope, req.Page = q.scope, q.page
		return p.ask(cmd.Context(), &q, func(ctx context.Context, v *graph.View, _ graph.Store) (answer, error) {
			err := of.find(v)
			if err == nil {
				err = resolveSaid(v, graph.KindCompany, &req.Supplier)
			}
			if err == nil {
				err = resolveSaid(v, graph.KindProduct, &req.Product)
			}
			switch {
			case err != nil:
				return answer{}, err
			case of.members != nil:
				return askMembers(ctx, p, v, &of, &q, "alternatives", req, queries.PortfolioAlternatives)
			}
			req.Company = of.company
			return alternativesAnswer(ctx, v, req)
		})
	})
	namesMembers(cmd, &of)
	inGroup(cmd, groupQuestion, func(f *pflag.FlagSet) {
		f.StringVar(&req.Product, "product", "", "only this input `PRODUCT` and every kind of it that the company buys (id, name or alias)")
		f.StringVar(&req.Supplier, "supplier", "", "stand in for this `SUPPLIER` (default: each supplier of an input, one at a time)")
		f.StringSliceVar(&req.Assume, "assume", nil, "take for granted, where nobody says: `WHAT`, of complete (lists of suppliers are), essential (inputs are)")
	})
	p.longLists(cmd, &q, alternativesLimit)
	return cmd
}

func alternativesAnswer(ctx context.Context, v *graph.View, req queries.AlternativesRequest) (answer, error) {
	found, err := queries.Alternatives(ctx, v, req)
	if err != nil {
		return answer{}, err
	}
	return listed(found, &found.Answer, func(o *printer) { printAlternatives(o, found) }, func() string {
		return ofTotal(len(found.Items), found.Total, "alternatives") + " for " + plural(len(found.Inputs), "inputs") + " of " + found.Company.Name
	}), nil
}

func printAlternatives(o *printer, a *queries.AlternativesAnswer) {
	if len(a.Inputs) == 0 {
		return
	}
	at := 0
	t := &table{columns: []column{{title: "INPUT", least: 16}, {title: "ALTERNATIVE", least: 16}, {title: "MATCH"}, {title: "BRINGS", least: 12}, {title: "STAGE"}, {title: "MARKET", right: true},
		{title: "ALREADY SUPPLIES", least: 12}, {title: "HANGS ON", least: 16}, {title: "HQ"}, {title: "ID", least: 12}}}
	for i := range a.Items {
		r := &a.Items[i]
		stage := r.Stage
		if r.Doubt != "" {
			stage += ", " + r.Doubt + "?"
		}
		t.add(r.Input.Name, r.Name, r.Match, r.Product.Name, stage, boundsCell(r.MarketShare), alreadyText(r), hangsText(r), r.Country, r.ID)
	}
	if len(a.Items) > 0 {
		o.table(t)
		o.printf("\n")
	}
	for i := range a.Inputs {
		in := &a.Inputs[i]
		if in.Alternatives == 0 && in.Product != nil {
			if at++; at == 1 {
				o.heading("Nobody else is documented to make or supply")
			}
			o.printf("  %s (from %s)\n", productText(in.Product), suppliersText(in.Suppliers))
		}
	}
}

// alreadyText says what an alternative supplies already.
func alreadyText(r *queries.AlternativeRow) string {
	switch {
	case r.Same:
		return "this"
	case r.Trial != "":
		return r.Trial + " of this"
	case len(r.Supplies) > 0:
		return linesText(r.Supplies)
	case r.Already:
		return "(not stated)"
	}
	return ""
}

// hangsText names the supplier that an alternative hangs on most, and how much.
func hangsText(r *queries.AlternativeRow) string {
	switch {
	case r.Loss == nil:
		return "not known"
	case len(r.Hangs) == 0:
		return "nobody documented"
	}
	text := r.Hangs[0].Supplier.Name + " " + boundsCell(r.Hangs[0].Loss)
	if n := len(r.Hangs) - 1; n > 0 {
		text += ", " + strconv.Itoa(n) + " more"
	}
	return text
}

func suppliersText(list []queries.InputSupplier) string {
	refs := make([]queries.Ref, len(list))
	for i := range list {
		refs[i] = list[i].Ref
	}
	return linesText(refs)
}
