package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/tributarygraph/tributary/graph"
	"github.com/tributarygraph/tributary/queries"
)

// gapsLimit is how many rows a table has unless more are asked for.
const gapsLimit = 10

func gapsCommand(p *program) *cobra.Command {
	var q question
	var req queries.GapsRequest
	cmd := &cobra.Command{
		Use:   "gaps COMPANY",
		Short: "The facts most worth finding out about a company's supply chain, as questions",
		Long: `Lists the facts that nobody states, that sources dispute or that are stale, those first that would narrow most what the
company may lose: the network is solved again under every answer that a fact may have, and its value is the mean fall
of the widths of the ten largest exposures (what the company loses if one company upstream stops). Each is worded as a
question to who can know it.`,
		Example: `  tributary gaps nvidia --limit 5
  tributary gaps tsmc --exposures 20 --assume essential
  tributary gaps nvidia -o csv --bom > gaps.csv`,
		Args: wantArgs(1, 1),
		RunE: func(cmd *cobra.Command, args []string) error {
			p.shortTable(cmd, &q.page, gapsLimit)
			req.Scope, req.Page = q.scope, q.page
			return p.ask(cmd.Context(), &q, func(ctx context.Context, v *graph.View, _ graph.Store) (answer, error) {
				var err error
				if req.Company, err = resolve(v, graph.KindCompany, args[0]); err != nil {
					return answer{}, err
				}
				return p.gapsAnswer(ctx, v, req)
			})
		},
	}
	inGroup(cmd, groupQuestion, func(f *pflag.FlagSet) {
		f.IntVar(&req.Exposures, "exposures", queries.DefaultGapExposures, "measure by so many of the largest exposures (`N`)")
		f.IntVar(&req.StaleYears, "stale-years", queries.DefaultStaleYears, "ask again for numbers that are older than so many `YEARS`; -1: never")
		f.StringSliceVar(&req.Assume, "assume", nil, "take for granted, where nobody says: `WHAT`, of complete (lists of suppliers are), essential (inputs are)")
		f.Var(newChoice(&req.Undocumented, "unaffected", "unaffected", "worst"), "undocumented", "suppliers that nobody documented: unaffected, or worst (all is lost that no documented one has)")
		f.Var(newChoice(&req.ProductLevel, "both", "both", "exact", "merged"), "product-level", "inputs that are kinds of one another (HBM3E, HBM): exact (an input each), merged (one), or both")
	})
	inGroup(cmd, groupWork, func(f *pflag.FlagSet) {
		f.IntVar(&req.Candidates, "candidates", queries.DefaultGapCandidates, "solve the network again for so many facts (`N`), those first that a rule of thumb puts first")
	})
	p.completesCompanies(cmd, 1)
	inGroup(cmd, groupOutput, func(f *pflag.FlagSet) {
		f.IntVar(&q.page.Limit, "limit", 0, fmt.Sprintf("list at most `N` (0: everything); unless it is given, a table has %d rows, other formats everything", gapsLimit))
	})
	p.asks(cmd, &q)
	return cmd
}

func (p *program) gapsAnswer(ctx context.Context, v *graph.View, req queries.GapsRequest) (answer, error) {
	m := p.newMeter()
	defer m.end()
	req.Progress = func(done, total int) {
		m.show(step{what: "looking", done: int64(done), total: int64(total), part: -1, took: m.elapsed(), unit: "companies and facts"})
	}
	found, err := queries.Gaps(ctx, v, req)
	if err != nil {
		return answer{}, err
	}
	return answer{
		whole: found, items: found.Items, short: stopped(&found.Answer),
		print: func(o *printer) { printGaps(o, found) },
		last: func(*printer) string {
			total := plural(len(found.Items), "questions")
			if found.Total != nil {
				total = fmt.Sprintf("%s of %s", thousands(len(found.Items)), thousands(*found.Total))
			}
			return closing(fmt.Sprintf("%s; %s looked at, %s solved again", total, plural(found.Facts, "facts"), thousands(found.Solved)), &found.Answer)
		},
	}, nil
}

func printGaps(o *printer, a *queries.GapsAnswer) {
	if a.Around == 0 {
		o.printf("Nobody is documented to supply %s under these conditions.\n", a.Company.Name)
		o.warnings(&a.Answer)
		return
	}
	parts := make([]string, len(a.Exposures))
	for i, e := range a.Exposures {
		parts[i] = fmt.Sprintf("%s %s", e.Name, boundsCell(e.Loss))
	}
	o.wrap("", "  ", fmt.Sprintf("What would narrow what %s loses if one of these stops: %s", a.Company.Name, strings.Join(parts, "; ")))
	if len(a.Items) == 0 && a.LeftOut == 0 && a.Complete {
		o.printf("\nNo single fact would.\n")
	}
	for i, r := range a.Items {
		o.printf("\n")
		o.wrap(fmt.Sprintf("%3d. ", i+1), "     ", fmt.Sprintf("%s: %s", r.Asked.Name, r.Question))
		o.wrap("     ", "     ", fmt.Sprintf("%s; %s.", r.Present, r.Why))
	}
	o.warnings(&a.Answer)
}
