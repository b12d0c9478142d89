package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/tributarygraph/tributary/graph"
	"github.com/tributarygraph/tributary/queries"
)

// remedyLimit is how many rows a table has unless more are asked for.
const remedyLimit = 15

func remedyCommand(p *program) *cobra.Command {
	var q question
	var of subject
	var req queries.RemediesRequest
	var stops, by string
	var scenario int
	cmd := &cobra.Command{
		Use:   "remedy",
		Short: "Which second source lowers a company's worst loss most",
		Long: `Supposes one second source at a time and solves the network again: a new supplier of an input that takes over a part of
the company's intake of it (--share), or an existing one whose part rises by it. Ranked by how far the worst loss falls
that the stop of one company upstream may cause; where no single second source lowers the worst, because many stops
cost as much through other inputs, it says so, and ranks by the mean of what the stops cost. With --if-stops, by the
loss when that stops: a company, a product (all who make it), or a country.

Second sources that lower nothing are not listed. Candidates are all who are documented to make or supply the input
(tributary alternatives), and one that no source names, which depends on nobody. Nobody states what capacity a
candidate has to spare, or whether it would qualify.`,
		Example: `  tributary remedy nvidia
  tributary remedy nvidia --product hbm --share 0.5
  tributary remedy nvidia --if-stops ibiden
  tributary remedy microsoft --if-stops country:TW --by origin
  tributary remedy nvidia --as-scenario 1 | tributary disrupt --scenario - --only nvidia`,
	}
	p.asksOf(cmd, &of, func(cmd *cobra.Command) error {
		p.shortTable(cmd, &q.page, remedyLimit)
		req.Scope, req.Page = q.scope, q.page
		if cmd.Flags().Changed("share") && req.Share == 0 {
			return usagef("remedy: --share 0: a second source that takes nothing over helps nothing")
		}
		if scenario < 0 || scenario > 0 && of.members != nil {
			return usagef("remedy: --as-scenario prints a row of the answer about one company: want its number, from 1 on")
		}
		if scenario > 0 {
			req.Limit = scenario
		}
		return p.ask(cmd.Context(), &q, func(ctx context.Context, v *graph.View, _ graph.Store) (answer, error) {
			err := of.find(v)
			if err == nil {
				err = resolveSaid(v, graph.KindProduct, &req.Product)
			}
			if err == nil {
				req.IfStops, err = stoppedTarget(v, stops, by)
			}
			switch {
			case err != nil:
				return answer{}, err
			case of.members != nil:
				return askMembers(ctx, p, v, &of, &q, "second sources", req, queries.PortfolioRemedies)
			}
			req.Company = of.company
			return p.remedyAnswer(ctx, v, req, scenario)
		})
	})
	namesMembers(cmd, &of)
	inGroup(cmd, groupQuestion, func(f *pflag.FlagSet) {
		f.StringVar(&req.Product, "product", "", "only second sources of this input `PRODUCT` and every kind of it (id, name or alias)")
		f.Float64Var(&req.Share, "share", queries.DefaultRemedyShare, "the `PART` of the intake that a second source takes over, up to 1")
		f.IntVar(&scenario, "as-scenario", 0, "print row `N` as a scenario instead, for tributary disrupt --scenario -")
		f.StringVar(&stops, "if-stops", "", "lower the loss when `WHAT` stops: a company, a product, or a country (product:HBM, country:TW)")
		f.Var(newChoice(&by, "headquarters", "headquarters", "origin", "making"), "by", "what ties to the country of --if-stops: headquarters, origin (where it ships from), or making")
		f.StringSliceVar(&req.Assume, "assume", nil, "take for granted, where nobody says: `WHAT`, of complete (lists of suppliers are), essential (inputs are)")
		f.Var(newChoice(&req.Undocumented, "unaffected", "unaffected", "worst"), "undocumented", "suppliers that nobody documented: unaffected, or worst (all is lost that no documented one has)")
		f.Var(newChoice(&req.ProductLevel, "both", "both", "exact", "merged"), "product-level", "inputs that are kinds of one another (HBM3E, HBM): exact (an input each), merged (one), or both")
	})
	p.longLists(cmd, &q, remedyLimit)
	return cmd
}

// stoppedTarget is what --if-stops names: a company, else a product, else a country, unless a prefix says which.
func stoppedTarget(v *graph.View, text, by string) (*queries.Target, error) {
	if text == "" {
		return nil, nil
	}
	kind, name, named := strings.Cut(text, ":")
	switch {
	case named && kind == "country":
		return &queries.Target{Country: name, By: by}, nil
	case named && kind == "product":
		id, err := resolve(v, graph.KindProduct, name)
		return &queries.Target{Product: id}, err
	case named && kind == "company":
		id, err := resolve(v, graph.KindCompany, name)
		return &queries.Target{Company: id}, err
	}
	_, err := v.Lookup(graph.KindCompany, text)
	if errors.Is(err, graph.ErrNotFound) {
		if _, err := v.Lookup(graph.KindProduct, text); err == nil {
			id, err := resolve(v, graph.KindProduct, text)
			return &queries.Target{Product: id}, err
		}
		if code, err := graph.ParseCountry(text); err == nil {
			return &queries.Target{Country: code, By: by}, nil
		}
	}
	id, err := resolve(v, graph.KindCompany, text)
	return &queries.Target{Company: id}, err
}

func (p *program) remedyAnswer(ctx context.Context, v *graph.View, req queries.RemediesRequest, scenario int) (answer, error) {
	m := p.newMeter()
	defer m.end()
	what, unit := "stopping companies upstream", "companies"
	if req.IfStops != nil {
		what, unit = "trying second sources", "second sources"
	}
	req.Progress = func(done, total int) {
		m.show(step{what: what, done: int64(done), total: int64(total), part: -1, took: m.elapsed(), unit: unit})
	}
	found, err := queries.Remedies(ctx, v, req)
	if err != nil {
		return answer{}, err
	}
	if scenario > 0 {
		return scenarioOf(found, scenario)
	}
	return listed(found, &found.Answer, func(o *printer) { printRemedies(o, found) }, func() string {
		total := fmt.Sprintf("%s tried, %s help nothing", plural(found.Tried, "second sources"), thousands(found.Nothing))
		if found.LeftOut > 0 {
			total += fmt.Sprintf(", %s not tried", thousands(found.LeftOut))
		}
		return total
	}), nil
}

// scenarioOf is a row as a scenario, in any format.
func scenarioOf(a *queries.RemediesAnswer, row int) (answer, error) {
	if row > len(a.Items) {
		return answer{}, usagef("remedy: --as-scenario %d: there are %s: %s", row, plural(len(a.Items), "rows"), a.Verdict)
	}
	s := a.Items[row-1].Scenario
	return answer{whole: s, items: []queries.Scenario{s}, print: func(o *printer) { _ = writeJSON(o.w, s) }}, nil
}

func printRemedies(o *printer, a *queries.RemediesAnswer) {
	o.wrap("", "", printable(a.Question))
	for _, t := range a.Targets {
		o.printf("  %s: %s\n", printable(t.Text), hitText(&t))
	}
	o.printf("\n")
	o.wrap("", "", printable(a.Verdict))
	if len(a.Items) == 0 {
		printWhyNot(o, a.Inputs)
		return
	}
	o.printf("\n")
	printRemedyTable(o, a)
	o.printf("\n")
	o.heading("In words")
	for i := range a.Items {
		r := &a.Items[i]
		if i == reasons {
			o.printf("  … %d more with -o csv or -o json\n", len(a.Items)-i)
			break
		}
		o.wrap("  ", "    ", printable(r.Sentence+" "+r.Caveat))
	}
	printWhyNot(o, a.Inputs)
	if a.Worst.Stop != nil && a.Items[0].Worst.High >= a.Worst.Loss.High {
		o.printf("\nTo see what helps when the stop that may cost most comes: tributary remedy %s --if-stops %s\n", printable(a.Company.ID), printable(a.Worst.Stop.ID))
	}
	o.printf("\nTo see what the first does: the same with --as-scenario 1 | %s\n", a.Items[0].Command)
}

// printWhyNot says for which inputs a second source helps nothing, and why.
func printWhyNot(o *printer, inputs []queries.RemedyInput) {
	n := 0
	for i := range inputs {
		in := &inputs[i]
		if in.Why == "" {
			continue
		}
		if n++; n == 1 {
			o.printf("\n")
			o.heading("Where a second source of one input eases nothing")
		}
		if n > reasons {
			o.printf("  … more with -o json\n")
			return
		}
		o.wrap("  ", "    ", printable(productText(in.Product)+": "+in.Why))
	}
}

func printRemedyTable(o *printer, a *queries.RemediesAnswer) {
	eased := "STOPS EASED"
	if a.Stops == 0 {
		eased = "LINES EASED"
	}
	t := &table{columns: []column{{title: "INPUT", least: 16}, {title: "SECOND SOURCE", least: 20}, {title: "AS"}, {title: "WORST LOSS", right: true}, {title: "MEAN LOSS", right: true}, {title: eased, right: true},
		{title: "MATCH"}, {title: "STAGE"}, {title: "HQ"}, {title: "EASES MOST", least: 20}, {title: "ID", least: 12}}}
	t.add("(as it is)", "", "", boundsCell(a.Worst.Loss), boundsCell(a.Mean), "", "", "", "", "", "")
	for i := range a.Items {
		r := &a.Items[i]
		s := r.By[0]
		stage := s.Stage
		if s.Trial != "" {
			stage = s.Trial + " with it"
		}
		if s.Doubt != "" {
			stage += ", " + s.Doubt + "?"
		}
		t.add(r.Input.Name, secondSourcesText(r), r.As(), boundsCell(r.Worst), boundsCell(r.Mean), strconv.Itoa(r.Eased), s.Match, stage, sourcesCell(r, func(s *queries.RemedySource) string { return s.Country }), easedNames(r.Most), sourcesCell(r, func(s *queries.RemedySource) string { return s.ID }))
	}
	o.table(t)
}

// sourcesCell is something of each second source that the row names, each told once.
func sourcesCell(r *queries.RemedyRow, of func(*queries.RemedySource) string) string {
	var list []string
	for i := range r.By[:min(len(r.By), maxLines)] {
		if text := of(&r.By[i]); text != "" && !slices.Contains(list, text) {
			list = append(list, text)
		}
	}
	return strings.Join(list, ", ")
}

// secondSourcesText names who could be the second source.
func secondSourcesText(r *queries.RemedyRow) string {
	var names []string
	for _, s := range r.By[:min(len(r.By), maxLines)] {
		names = append(names, s.Name)
	}
	text := strings.Join(names, ", ")
	if more := r.Count - len(names); more > 0 {
		text += fmt.Sprintf(" and %d more", more)
	}
	return text
}

func easedNames(list []queries.StopLoss) string {
	refs := make([]queries.Ref, len(list))
	for i := range list {
		refs[i] = list[i].Ref
	}
	return linesText(refs)
}
