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

// namesMembers adds the flag that says how many members each item names.
func namesMembers(cmd *cobra.Command, s *subject) {
	inGroup(cmd, groupQuestion, func(f *pflag.FlagSet) {
		f.IntVar(&s.named, "members", queries.DefaultNamedMembers, "with --portfolio: name `N` members with each item; -o json has them")
	})
}

// askMembers asks a question of each company of a portfolio; nouns say what its items are.
func askMembers[Q, R any](ctx context.Context, p *program, v *graph.View, s *subject, q *question, nouns string, of Q,
	ask func(context.Context, *graph.View, queries.MembersRequest, Q) (*queries.MembersAnswer[R], error)) (answer, error) {
	found, err := membersTold(ctx, p, v, s, q, of, ask)
	if err != nil {
		return answer{}, err
	}
	return listed(found, &found.Answer, func(o *printer) { printMembers(o, found, nouns) }, func() string {
		return ofTotal(len(found.Items), found.Total, nouns) + " of " + plural(found.Portfolio.Members, "companies")
	}), nil
}

// membersTold asks a question of each company of a portfolio, with progress on stderr.
func membersTold[Q, R any](ctx context.Context, p *program, v *graph.View, s *subject, q *question, of Q,
	ask func(context.Context, *graph.View, queries.MembersRequest, Q) (*queries.MembersAnswer[R], error)) (*queries.MembersAnswer[R], error) {
	m := p.newMeter()
	defer m.end()
	return ask(ctx, v, queries.MembersRequest{Portfolio: s.members, Scope: q.scope, Page: q.page, Named: s.named, Progress: func(done, total int) {
		m.show(step{what: "asking", done: int64(done), total: int64(total), took: m.elapsed(), unit: "companies"})
	}}, of)
}

// mostNamed is how many members a cell names.
const mostNamed = 4

func printMembers[R any](o *printer, a *queries.MembersAnswer[R], nouns string) {
	o.portfolio(&a.Portfolio)
	if len(a.Items) == 0 {
		o.printf("No %s of these companies are documented under these conditions.\n", nouns)
		return
	}
	o.heading(strings.ToUpper(nouns[:1]) + nouns[1:] + " of these companies, what each means for them weighed by the spend on them")
	t := &table{columns: []column{{title: "BY SPEND", right: true}, {title: "OF STATED SPEND", right: true}, {title: "MEAN", right: true}, {title: "MEMBERS", right: true}, {title: "KIND"}, {title: "NAME", least: 20}, {title: "OF", least: 24},
		{title: "SPEND BEHIND", right: true}, {title: "ID", least: 12}}}
	for i := range a.Items {
		x := &a.Items[i]
		var names []string
		for _, m := range x.Of[:min(len(x.Of), mostNamed)] {
			names = append(names, m.Member.Name)
		}
		if more := x.Members - len(names); more > 0 {
			names = append(names, fmt.Sprintf("%d more", more))
		}
		t.add(or(boundsCell(x.BySpend), "-"), statedCell(x.OfStated, &a.Portfolio), boundsCell(x.Mean), fmt.Sprintf("%d of %d", x.Members, a.Portfolio.Members), kindInWords(x.Kind), x.Name, strings.Join(names, ", "),
			spendOf(x.Spend, x.SpendUnknown, &a.Portfolio), x.ID)
	}
	o.table(t)
}

// kindInWords says what kind of item stands in a row.
func kindInWords(kind string) string {
	switch kind {
	case queries.ChokeRoutes:
		return "on a single route"
	case queries.ChokeMustPass:
		return "must be passed"
	case queries.ChokeStops:
		return "stops a product"
	case queries.ChokeSoleSources:
		return "sole source"
	}
	return strings.ReplaceAll(kind, "_", " ")
}

// statedCell is a measure of the spend that is stated; empty where that is all of the spend.
func statedCell(i *queries.Interval, m *queries.PortfolioMatch) string {
	if m.Unknown == 0 {
		return ""
	}
	return boundsCell(i)
}
