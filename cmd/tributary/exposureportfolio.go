package main

import (
	"context"
	"fmt"
	"strconv"

	"github.com/tributarygraph/tributary/graph"
	"github.com/tributarygraph/tributary/queries"
)

func (p *program) portfolioExposureAnswer(ctx context.Context, v *graph.View, req queries.PortfolioExposureRequest) (answer, error) {
	m := p.newMeter()
	req.Progress = func(done, total int) {
		m.show(step{what: "weighing", done: int64(done), total: int64(total), took: m.elapsed(), unit: req.WhatIsRanked()})
	}
	found, err := queries.PortfolioExposure(ctx, v, req)
	m.end()
	if err != nil {
		return answer{}, err
	}
	return listed(found, &found.Answer, func(o *printer) { printPortfolioExposure(o, found) }, func() string {
		return fmt.Sprintf("%s; %s documented upstream of %s", ofTotal(len(found.Items), found.Total, "rows"), areCompanies(found.Around), plural(found.Portfolio.Members, "members"))
	}), nil
}

func printPortfolioExposure(o *printer, a *queries.PortfolioExposureAnswer) {
	o.printf("%s\n", printable(a.Question))
	for _, t := range a.Targets {
		o.printf("  %s: %s\n", printable(t.Text), hitText(&t))
	}
	o.printf("\n")
	o.portfolio(&a.Portfolio)
	if len(a.Items) == 0 {
		if a.LeftOut == 0 {
			o.printf("Nothing is documented under these conditions.\n")
		}
		return
	}
	t := &table{columns: []column{{title: "LOSS BY SPEND", right: true}, {title: "OF STATED SPEND", right: true}, {title: "MEAN LOSS", right: true}, {title: "FLOW", right: true}, {title: "NAME", least: 16}, {title: "MEMBERS", right: true},
		{title: "SPEND BEHIND", right: true}, {title: "MOST", least: 24}, {title: "TIER", right: true}, {title: "HQ"}, {title: "ID", least: 12}}}
	for i := range a.Items {
		r := &a.Items[i]
		t.add(or(boundsCell(r.LossIfStopped), "-"), statedCell(r.LossOfStated, &a.Portfolio), boundsCell(r.LossMean), or(boundsCell(r.FlowExposure), "-"), r.Name, fmt.Sprintf("%d of %d", r.Exposed, a.Portfolio.Members),
			spendOf(r.Spend, r.SpendUnknown, &a.Portfolio), mostCell(r), strconv.Itoa(r.Tier), r.Country, r.ID)
	}
	o.table(t)
	list := make([]said, len(a.Items))
	for i := range a.Items {
		list[i] = said{a.Items[i].Name, a.Items[i].Sentence}
	}
	o.sentences(list)
}

// mostCell is what the member loses that loses most, or those that lose alike.
func mostCell(r *queries.PortfolioExposureRow) string {
	if len(r.Members) == 0 {
		return ""
	}
	who := r.Members[0].Member.Name
	switch {
	case r.Exposed > 1 && r.MostAlike == r.Exposed:
		who = "each of them"
	case r.MostAlike > 1:
		who = fmt.Sprintf("%d of them alike", r.MostAlike)
	}
	return who + " " + boundsCell(r.Members[0].LossIfStopped)
}
