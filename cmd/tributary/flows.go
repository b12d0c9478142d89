package main

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/tributarygraph/tributary/graph"
	"github.com/tributarygraph/tributary/queries"
)

func flowsCommand(p *program) *cobra.Command {
	var q question
	var req queries.FlowsRequest
	cmd := &cobra.Command{
		Use:   "flows",
		Short: "How many relations lead from each country to each other one, or from sector to sector",
		Long: `Counts the relations between the companies of each country (of their headquarters) and those of each other one, or between
sectors. --top names the groups with the most relations and takes the others together, under *. What is not stated is
counted as unknown.`,
		Example: `  tributary flows
  tributary flows --by sector --top 12
  tributary flows --as-of 2024 -o csv > flows.csv`,
		Args: wantArgs(0, 0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return p.ask(cmd.Context(), &q, func(ctx context.Context, v *graph.View, _ graph.Store) (answer, error) {
				req := req
				req.Scope, req.Page = q.scope, q.page
				return flowsAnswer(ctx, v, req)
			})
		},
	}
	inGroup(cmd, groupQuestion, func(f *pflag.FlagSet) {
		f.Var(newChoice(&req.By, queries.FlowsByCountry, queries.FlowsByCountry, queries.FlowsBySector), "by", "what companies are grouped by: country or sector")
		f.IntVar(&req.Top, "top", 0, "name the `N` groups with the most relations, the others together; 0 for all")
	})
	p.lists(cmd, &q)
	return cmd
}

func flowsAnswer(ctx context.Context, v *graph.View, req queries.FlowsRequest) (answer, error) {
	found, err := queries.Flows(ctx, v, req)
	if err != nil {
		return answer{}, err
	}
	return listed(found, &found.Answer, func(o *printer) {
		groups := &table{columns: []column{{title: "GROUP", least: 12}, {title: "COMPANIES", right: true}, {title: "SUPPLIED", right: true}, {title: "BOUGHT", right: true}, {title: "INSIDE", right: true}}}
		for _, g := range found.Groups {
			groups.add(flowName(g.Name), thousands(g.Companies), thousands(g.Supplied), thousands(g.Bought), thousands(g.Inside))
		}
		o.table(groups)
		o.printf("\n")
		flows := &table{columns: []column{{title: "FROM", least: 12}, {title: "TO", least: 12}, {title: "RELATIONS", right: true}, {title: "SOURCED", right: true}}}
		for _, f := range found.Items {
			flows.add(flowName(f.From), flowName(f.To), thousands(f.Relations), thousands(f.Sourced))
		}
		o.table(flows)
	}, func() string {
		return fmt.Sprintf("%s, %s", plural(len(found.Items), "flows"), plural(found.Coverage.Relations, "relations"))
	}), nil
}

// flowName is what a group is called in a table.
func flowName(name string) string {
	switch name {
	case "":
		return "unknown"
	case queries.OtherGroups:
		return "others"
	}
	return name
}
