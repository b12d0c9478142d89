package main

import (
	"context"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/tributarygraph/tributary/graph"
	"github.com/tributarygraph/tributary/queries"
)

func loopsCommand(p *program) *cobra.Command {
	var q question
	var company string
	cmd := &cobra.Command{
		Use:   "loops",
		Short: "Groups of companies that supply one another round a loop",
		Long: `Lists the groups of companies in which each supplies each other, directly or through others of the group. A
loop is no mistake: foundries use the chips they make. Each group comes with one of its shortest cycles.`,
		Example: `  tributary loops
  tributary loops --company nvidia
  tributary loops --min-confidence 0.7 -o json`,
		Args: wantArgs(0, 0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return p.ask(cmd.Context(), &q, func(ctx context.Context, v *graph.View, _ graph.Store) (answer, error) {
				req := queries.LoopsRequest{Scope: q.scope, Page: q.page}
				if company != "" {
					var err error
					if req.Company, err = resolve(v, graph.KindCompany, company); err != nil {
						return answer{}, err
					}
				}
				return loopsAnswer(ctx, v, req)
			})
		},
	}
	inGroup(cmd, groupQuestion, func(f *pflag.FlagSet) {
		f.StringVar(&company, "company", "", "only the loop that this `COMPANY` stands on")
	})
	p.lists(cmd, &q)
	return cmd
}

func loopsAnswer(ctx context.Context, v *graph.View, req queries.LoopsRequest) (answer, error) {
	found, err := queries.Loops(ctx, v, req)
	if err != nil {
		return answer{}, err
	}
	return listed(found, &found.Answer, func(o *printer) {
		if len(found.Items) == 0 {
			o.printf("No companies supply one another round a loop under these conditions.\n")
		} else {
			o.table(loopTable(found.Items))
		}
		if found.SelfSupply > 0 {
			o.printf("\n%s supply themselves\n", plural(found.SelfSupply, "companies"))
		}
	}, func() string { return plural(len(found.Items), "loops") }), nil
}

func loopTable(rows []queries.LoopRow) *table {
	t := &table{columns: []column{{title: "SIZE", right: true}, {title: "SHORTEST CYCLE", least: 30}, {title: "COMPANIES", least: 20}}}
	for _, r := range rows {
		members := refNames(r.Companies)
		if r.MoreMembers {
			members += ", …"
		}
		t.add(strconv.Itoa(r.Size), cycleText(r.Example), members)
	}
	return t
}

func cycleText(cycle []queries.Ref) string {
	if len(cycle) == 0 {
		return ""
	}
	names := make([]string, 0, len(cycle)+1)
	for _, r := range append(cycle[:len(cycle):len(cycle)], cycle[0]) {
		names = append(names, r.Name)
	}
	return strings.Join(names, " → ")
}
