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
	if len(a.Items) == 0 {
		if a.LeftOut == 0 {
			o.printf("Nothing is documented under these conditions.\n")
		}
		return
	}
	t := &table{columns: []column{{title: "LOSS BY SPEND", right: true}, {title: "MEAN LOSS", right: true}, {title: "FLOW", right: true}, {title: "NAME", least: 16}, {title: "MEMBERS", right: true},
		{title: "SPEND BEHIND", right: true}, {title: "MOST", least: 24}, {title: "TIER", right: true}, {title: "COUNTRY"}, {title: "ID", least: 12}}}
	for i := range a.Items {
		r := &a.Items[i]
		most := ""
		if len(r.Members) > 0 {
			most = r.Members[0].Member.Name + " " + boundsCell(r.Members[0].LossIfStopped)
		}
		t.add(boundsCell(r.LossIfStopped), boundsCell(r.LossMean), boundsCell(r.FlowExposure), r.Name, fmt.Sprintf("%d of %d", r.Exposed, a.Portfolio.Members),
			spendOf(r.Spend, r.SpendUnknown, &a.Portfolio), most, strconv.Itoa(r.Tier), r.Country, r.ID)
	}
	o.table(t)
	o.printf("\n")
	o.heading("In words")
	for i := range a.Items {
		if i == reasons {
			o.printf("  … %d more with -o csv or -o json\n", len(a.Items)-i)
			return
		}
		o.printf("  %s\n", printable(a.Items[i].Sentence))
	}
}
