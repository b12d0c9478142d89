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

func flowsCommand(p *program) *cobra.Command {
	var q question
	var req queries.FlowRelationsRequest
	cmd := &cobra.Command{
		Use:   "flows",
		Short: "How many relations lead from each country to each other one, or from sector to sector",
		Long: `Counts the relations between the companies of each country (of their headquarters) and those of each other one, or between
sectors. --top names the groups with the most relations and takes the others together, under *. What is not stated is
counted as unknown. --from and --to list the relations of one flow.`,
		Example: `  tributary flows
  tributary flows --by sector --top 12
  tributary flows --from TW --to US
  tributary flows --as-of 2024 -o csv > flows.csv`,
		Args: wantArgs(0, 0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return p.ask(cmd.Context(), &q, func(ctx context.Context, v *graph.View, _ graph.Store) (answer, error) {
				req := req
				req.Scope, req.Page = q.scope, q.page
				if req.From != "" || req.To != "" {
					return flowRelationsAnswer(ctx, v, req)
				}
				return flowsAnswer(ctx, v, req.FlowsRequest)
			})
		},
	}
	inGroup(cmd, groupQuestion, func(f *pflag.FlagSet) {
		f.Var(newChoice(&req.By, queries.FlowsByCountry, queries.FlowsByCountry, queries.FlowsBySector), "by", "what companies are grouped by: country or sector")
		f.IntVar(&req.Top, "top", 0, "name the `N` groups with the most relations, the others together; 0 for all")
		f.StringVar(&req.From, "from", "", "list relations of suppliers in this `GROUP`: a country or sector, - for what is not stated, * for the others")
		f.StringVar(&req.To, "to", "", "list relations of buyers in this `GROUP`")
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

func flowRelationsAnswer(ctx context.Context, v *graph.View, req queries.FlowRelationsRequest) (answer, error) {
	found, err := queries.FlowRelations(ctx, v, req)
	if err != nil {
		return answer{}, err
	}
	return listed(found, &found.Answer, func(o *printer) {
		t := &table{columns: []column{{title: "SUPPLIER", least: 12}, {title: "BUYER", least: 12}, {title: "PRODUCT", least: 12}, {title: "STAGE"}, {title: "BASIS"}, {title: "CONFIDENCE", right: true}, {title: "SOURCES", right: true}, {title: "CONFIRMED"}}}
		for _, r := range found.Items {
			product := ""
			if r.Product != nil {
				product = r.Product.Name
			}
			t.add(r.Supplier.Name, r.Buyer.Name, product, r.Stage, r.Basis, strconv.FormatFloat(r.Confidence, 'g', 3, 64), strconv.Itoa(r.Sources), r.Confirmed)
		}
		o.table(t)
	}, func() string {
		return fmt.Sprintf("%s from %s to %s", plural(len(found.Items), "relations"), flowName(found.From), flowName(found.To))
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
