package main

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/tributarygraph/tributary/graph"
	"github.com/tributarygraph/tributary/queries"
)

// chokeLimit is how many rows a table of chokepoints has unless more are asked for.
const chokeLimit = 20

func chokepointsCommand(p *program) *cobra.Command {
	var q question
	var of subject
	var req queries.ChokepointsRequest
	kind := ""
	cmd := &cobra.Command{
		Use:   "chokepoints",
		Short: "Where what a company buys depends on one other company",
		Long: `Lists the companies on which another one depends, in four lists that mean different things:

  routes        single documented routes: every documented route from some company upstream passes this one, with
                how many companies it alone carries, over everything and by input
  must-pass     every documented route passes it, from wherever the documentation ends
  stops         its stop alone stops a line of the company (what it makes of one product), for certain, or may
  sole-sources  the only documented supplier of an input, or one that is stated to supply all of it

Each row tells how many suppliers were seen, whether the list of them is complete, and who else makes or supplies the
product. A list is open, so that there may be others that nobody documented, unless a dated, sourced claim says that
it is complete. How many relations a company has plays no part: that says how well it is documented.

With --portfolio FILE, of how many companies of a list each company is such a chokepoint, and how much of the spend is
on these; stops are weighed by what they cost.`,
		Example: `  tributary chokepoints nvidia
  tributary chokepoints nvidia --kind sole-sources --depth 3
  tributary chokepoints nvidia --kind routes --product hbm --limit 0 -o csv --bom > routes.csv
  tributary chokepoints --portfolio vendors.csv --kind sole-sources`,
	}
	p.asksOf(cmd, &of, func(cmd *cobra.Command) error {
		p.shortTable(cmd, &q.page, chokeLimit)
		req.Scope, req.Page, req.Kind = q.scope, q.page, strings.ReplaceAll(kind, "-", "_")
		return p.ask(cmd.Context(), &q, func(ctx context.Context, v *graph.View, _ graph.Store) (answer, error) {
			err := of.find(v)
			if err == nil {
				err = resolveSaid(v, graph.KindProduct, &req.Product)
			}
			switch {
			case err != nil:
				return answer{}, err
			case of.members != nil:
				return askMembers(ctx, p, v, &of, &q, "chokepoints", req, queries.PortfolioChokepoints)
			}
			req.Company = of.company
			return chokepointsAnswer(ctx, v, req)
		})
	})
	namesMembers(cmd, &of)
	inGroup(cmd, groupQuestion, func(f *pflag.FlagSet) {
		f.Var(newChoice(&kind, "all", "all", "routes", "must-pass", "stops", "sole-sources"), "kind", "the list to make")
		f.StringVar(&req.Product, "product", "", "only what comes to the company as this `PRODUCT` or a kind of it (id, name or alias)")
		f.IntVar(&req.Depth, "depth", 1, fmt.Sprintf("look for sole sources up to this `TIER`, up to %d; 1: of what the company itself buys", queries.MaxDepth))
		f.Var(newChoice(&req.Assume, "open", "open", "complete"), "assume", "what to take lists of suppliers for, of which nobody says whether they are complete: open, or complete")
	})
	inGroup(cmd, groupOutput, func(f *pflag.FlagSet) {
		f.IntVar(&q.page.Limit, "limit", 0, fmt.Sprintf("at most `N` rows in each list (0: all); unless it is given, a table has %d, other formats everything", chokeLimit))
	})
	p.asks(cmd, &q)
	return cmd
}

func chokepointsAnswer(ctx context.Context, v *graph.View, req queries.ChokepointsRequest) (answer, error) {
	found, err := queries.Chokepoints(ctx, v, req)
	if err != nil {
		return answer{}, err
	}
	return answer{
		whole: found, items: found.Rows(), short: chokeFlags.Replace(stopped(&found.Answer)),
		print: func(o *printer) { printChokepoints(o, found) },
		last: func(*printer) string {
			total := "chokepoints of " + found.Company.Name
			if found.Upstream != nil && *found.Upstream > 0 {
				total += fmt.Sprintf(", behind which %s documented", areCompanies(*found.Upstream))
			}
			return chokeFlags.Replace(closing(total, &found.Answer))
		},
	}, nil
}

// chokeFlags say what the depth is here.
var chokeFlags = strings.NewReplacer("there is more beyond this depth (--depth)", "sole sources further upstream were not looked for (--depth)")

func areCompanies(n int) string {
	if n == 1 {
		return "1 company is"
	}
	return plural(n, "companies") + " are"
}

func printChokepoints(o *printer, a *queries.ChokepointsAnswer) {
	if a.Suppliers == 0 {
		what := ""
		if a.Product != nil {
			what = " with " + a.Product.Name
		}
		o.printf("Nobody is documented to supply %s%s under these conditions.\n", a.Company.Name, what)
		o.warnings(&a.Answer)
		return
	}
	parts := 0
	part := func(title string, h *queries.ListHead, shown int) {
		if parts++; parts > 1 {
			o.printf("\n")
		}
		o.heading(title + listText(h, shown))
	}
	if l := a.SoleSources; l != nil {
		part("Sole sources", &l.ListHead, len(l.Items))
		printSoleSources(o, a, l)
	}
	if l := a.Routes; l != nil {
		part("Single documented routes", &l.ListHead, len(l.Items))
		printRoutes(o, a, l)
	}
	if l := a.MustPass; l != nil {
		part("Must pass", &l.ListHead, len(l.Items))
		printMustPass(o, a, l)
	}
	if l := a.Stops; l != nil {
		part("Stops", &l.ListHead, len(l.Items))
		printStops(o, a, l)
	}
	o.warnings(&a.Answer)
}

// listText says how much of a list is shown.
func listText(h *queries.ListHead, shown int) string {
	switch {
	case h.Total == nil && shown == 0:
		return " (not found out)"
	case h.Total == nil:
		return fmt.Sprintf(" (the first %s; how many there are was not found out)", thousands(shown))
	case *h.Total > shown:
		return fmt.Sprintf(" (the first %s of %s)", thousands(shown), thousands(*h.Total))
	case *h.Total == 0:
		return ""
	}
	return fmt.Sprintf(" (%s)", thousands(*h.Total))
}

func printSoleSources(o *printer, a *queries.ChokepointsAnswer, l *queries.SoleSourceList) {
	what := "what " + a.Company.Name + " buys"
	if a.Product != nil {
		what = a.Product.Name + " that " + a.Company.Name + " buys"
	}
	if len(l.Items) == 0 && l.Total != nil {
		o.printf("Of %s, no input is documented to come from one supplier only.\n", what)
		return
	}
	o.printf("Inputs with one documented supplier, or with one that is stated to supply all. An open list may lack others.\n")
	t := &table{columns: []column{{title: "TIER", right: true}, {title: "INPUT", least: 12}, {title: "SOLE SOURCE", least: 16}, {title: "BUYER", least: 10}, {title: "HOW SURE"},
		{title: "SHARE", least: 12}, {title: "ELSEWHERE", least: 24}, {title: "PERHAPS ALSO", least: 12}, {title: "HQ"}, {title: "CONF", right: true}, {title: "ID", least: 12}}}
	for _, r := range l.Items {
		t.add(strconv.Itoa(r.Tier), productText(r.Product), r.Name, r.Buyer.Name, soleText(&r), soleShare(r.Share), alternativesText(&r.ChokeSupplier),
			refNames(r.PerhapsAlso), r.Country, percent(r.Confidence), r.ID)
	}
	o.table(t)
	if l.StoppedBecause == queries.StoppedByDepth {
		o.printf("Inputs further upstream were not looked at: --depth %d\n", l.Items[len(l.Items)-1].Tier+1)
	}
}

// soleText says what makes a supplier the sole one.
func soleText(r *queries.SoleSourceRow) string {
	switch {
	case r.Basis == "sole_stated" && r.SuppliersSeen > 1:
		return fmt.Sprintf("stated, but %s are documented", plural(r.SuppliersSeen, "suppliers"))
	case r.Basis == "sole_stated":
		return "stated"
	case r.Share != nil && r.Share.High < 1:
		return "the others are not documented"
	}
	return "only one documented, " + listWord(r.ListComplete)
}

// soleShare is the share of a sole source, where it says more than that it is one.
func soleShare(i *queries.Interval) string {
	if i == nil || i.Low == 0 && i.High == 1 {
		return "not stated"
	}
	return share(i)
}

func listWord(complete bool) string {
	if complete {
		return "list complete"
	}
	return "list open"
}

func productText(p *queries.Ref) string {
	if p == nil {
		return "(not stated)"
	}
	return p.Name
}

// alternativesText names who else makes or supplies the product.
func alternativesText(r *queries.ChokeSupplier) string {
	if r.AlternativesTotal == nil {
		return ""
	}
	if *r.AlternativesTotal == 0 {
		return "nobody documented"
	}
	const named = 3
	var parts []string
	for _, x := range r.Alternatives[:min(named, len(r.Alternatives))] {
		text := x.Name
		if x.MarketShare != nil {
			text += " " + intervalRange(x.MarketShare) + " of the market"
		}
		if x.Match != "same" {
			text += " (" + x.Product.Name + ")"
		}
		parts = append(parts, text)
	}
	if more := *r.AlternativesTotal - len(parts); more > 0 {
		parts = append(parts, fmt.Sprintf("%d more", more))
	}
	return strings.Join(parts, ", ")
}

func printRoutes(o *printer, a *queries.ChokepointsAnswer, l *queries.RouteList) {
	if len(l.Items) == 0 && l.Total != nil {
		o.printf("No company upstream of %s is passed by all documented routes from another one.\n", a.Company.Name)
		return
	}
	o.printf("Every documented route to %s from the companies that are counted here passes this one.\n", a.Company.Name)
	t := &table{columns: []column{{title: "CARRIES ALONE", right: true}, {title: "COMPANY", least: 16}, {title: "TIER", right: true}, {title: "SUPPLIES", least: 20}, {title: "BY INPUT", least: 20},
		{title: "SEEN", right: true}, {title: "LIST"}, {title: "ELSEWHERE", least: 24}, {title: "HQ"}, {title: "CONF", right: true}, {title: "ID", least: 12}}}
	for _, r := range l.Items {
		t.add(thousands(r.Alone), r.Name, strconv.Itoa(r.Tier), suppliesText(&r.ChokeSupplier), byInput(&r), strconv.Itoa(r.SuppliersSeen), openWord(r.ListComplete),
			alternativesText(&r.ChokeSupplier), r.Country, percent(r.Confidence), r.ID)
	}
	o.table(t)
	o.printf("SEEN: documented suppliers of what it SUPPLIES, itself included.\n")
}

func openWord(complete bool) string {
	if complete {
		return "complete"
	}
	return "open"
}

func suppliesText(r *queries.ChokeSupplier) string {
	return productText(r.Product) + " to " + r.Buyer.Name
}

func byInput(r *queries.RouteRow) string {
	parts := make([]string, len(r.ByProduct))
	for i, p := range r.ByProduct {
		parts[i] = fmt.Sprintf("%s %s", productText(p.Product), thousands(p.Alone))
	}
	return strings.Join(parts, ", ")
}

func printMustPass(o *printer, a *queries.ChokepointsAnswer, l *queries.MustPassList) {
	if e := a.Ends; e != nil {
		o.printf("%s\n", endsText(a, e))
	}
	if len(l.Items) == 0 && l.Total != nil {
		o.printf("No company is passed by all of these routes, nor by all that bring one input.\n")
		return
	}
	t := &table{columns: []column{{title: "COMPANY", least: 16}, {title: "FOR", least: 16}, {title: "TIER", right: true}, {title: "SUPPLIES", least: 20}, {title: "SEEN", right: true},
		{title: "LIST"}, {title: "ELSEWHERE", least: 24}, {title: "IS ITSELF AN END"}, {title: "HQ"}, {title: "CONF", right: true}, {title: "ID", least: 12}}}
	for _, r := range l.Items {
		end := ""
		if r.IsEnd {
			end = "yes"
		}
		t.add(r.Name, mustFor(&r), strconv.Itoa(r.Tier), suppliesText(&r.ChokeSupplier), strconv.Itoa(r.SuppliersSeen), openWord(r.ListComplete),
			alternativesText(&r.ChokeSupplier), end, r.Country, percent(r.Confidence), r.ID)
	}
	o.table(t)
}

func endsText(a *queries.ChokepointsAnswer, e *queries.RouteEnds) string {
	switch {
	case e.OwnLoop:
		return a.Company.Name + " stands on a loop that nobody outside supplies: no route begins anywhere else."
	}
	text := fmt.Sprintf("The documentation ends at %s without a documented supplier", plural(e.Companies, "companies"))
	if e.Loops > 0 {
		text += fmt.Sprintf(" and %s that nobody outside supplies", plural(e.Loops, "loops"))
	}
	return text + ". All documented routes from there pass:"
}

func mustFor(r *queries.MustPassRow) string {
	if r.Everything {
		return "everything"
	}
	parts := make([]string, len(r.Products))
	for i, p := range r.Products {
		parts[i] = productText(p)
	}
	return strings.Join(parts, ", ")
}

func printStops(o *printer, a *queries.ChokepointsAnswer, l *queries.StopList) {
	if len(l.Items) == 0 {
		if l.Tried > 0 {
			o.printf("Of the %s that were stopped one at a time, none stops a line of %s.\n", plural(l.Tried, "companies"), a.Company.Name)
		}
		return
	}
	were := "were"
	if l.Tried == 1 {
		were = "was"
	}
	o.printf("%s %s stopped one at a time. If this one alone stops, %s stops making these, or may.\n", plural(l.Tried, "companies"), were, a.Company.Name)
	if first := l.Items[0].Lines; !slices.ContainsFunc(first, func(line queries.StoppedLine) bool { return line.Stops }) {
		o.printf("None of them stops anything for certain.\n")
	}
	t := &table{columns: []column{{title: "COMPANY", least: 16}, {title: "STOPS", least: 16}, {title: "MAY STOP", least: 16}, {title: "TIER", right: true}, {title: "SUPPLIES", least: 20},
		{title: "SEEN", right: true}, {title: "LIST"}, {title: "ELSEWHERE", least: 24}, {title: "HQ"}, {title: "CONF", right: true}, {title: "ID", least: 12}}}
	for _, r := range l.Items {
		t.add(r.Name, stoppedText(&r, true), stoppedText(&r, false), strconv.Itoa(r.Tier), suppliesText(&r.ChokeSupplier), strconv.Itoa(r.SuppliersSeen),
			openWord(r.ListComplete), alternativesText(&r.ChokeSupplier), r.Country, percent(r.Confidence), r.ID)
	}
	o.table(t)
	o.printf("MAY STOP: nobody states the shares, or what is essential, that would tell.\n")
}

// stoppedText names the lines that stop for certain, or those that may.
func stoppedText(r *queries.StopRow, certain bool) string {
	var parts []string
	for _, line := range r.Lines {
		if line.Stops != certain {
			continue
		}
		text := "all that it makes"
		if line.Product != nil {
			text = line.Product.Name
		}
		if !certain && line.Loss.Low > 0 {
			text += " (at least " + percent(line.Loss.Low) + " lost)"
		}
		parts = append(parts, text)
	}
	return strings.Join(parts, ", ")
}
