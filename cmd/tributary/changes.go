package main

import (
	"context"
	"errors"
	"fmt"
	"strconv"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/tributarygraph/tributary/graph"
	"github.com/tributarygraph/tributary/importer"
	"github.com/tributarygraph/tributary/queries"
)

// changesFlags are the moments of the question.
type changesFlags struct{ from, to, imported string }

func changesCommand(p *program) *cobra.Command {
	var q question
	var of subject
	var req queries.ChangesRequest
	var f changesFlags
	cmd := &cobra.Command{
		Use:   "changes",
		Short: "What changed for a company between two days, or before and after an import",
		Long: `Compares what a company is exposed to at two moments: which exposures moved, who came upstream and who went, and which
claims did it, each with what it alone did to the numbers.

A moment is one of two things that never mix:

  2024-05-11    a day: what was true then, as known now
  revision:12   a revision of the store: what was known then, looked at on the day of --as-of

--import compares before and after an import; it takes what imports undo takes: a key, the first characters of it, or a
dataset.

With --portfolio FILE, of every company upstream of the companies of a list how far the loss moved, weighed by the spend on
them, and which relations did it.`,
		Example: `  tributary changes nvidia --from 2021
  tributary changes nvidia --from 2024-01 --to 2025-01
  tributary changes nvidia --from revision:1
  tributary changes nvidia --import vendors
  tributary changes nvidia --from 2021 -o csv --bom > changes.csv
  tributary changes --portfolio vendors.csv --from 2021`,
	}
	p.asksOf(cmd, &of, func(cmd *cobra.Command) error {
		if err := f.check(cmd); err != nil {
			return err
		}
		p.shortTable(cmd, &q.page, exposureLimit)
		req.Scope, req.Limit = q.scope, q.page.Limit
		if req.Solve == 0 {
			req.Solve = -1
		}
		return p.ask(cmd.Context(), &q, func(ctx context.Context, v *graph.View, store graph.Store) (answer, error) {
			var err error
			if req.From, req.To, err = f.moments(ctx, store); err != nil {
				return answer{}, err
			}
			from, err := p.viewAt(ctx, v, store, req.From)
			if err != nil {
				return answer{}, err
			}
			to, err := p.viewAt(ctx, v, store, req.To)
			if err != nil {
				return answer{}, err
			}
			req.Details = store.Details
			if of.members != nil {
				return askMembers(ctx, p, to, &of, &q, f.changes(), req, func(ctx context.Context, to *graph.View, members queries.MembersRequest, req queries.ChangesRequest) (*queries.MembersAnswer[queries.ChangeOfMember], error) {
					return queries.PortfolioChanges(ctx, from, to, members, req)
				})
			}
			req.Company = of.company
			if _, err := v.Lookup(graph.KindCompany, of.company); err != nil {
				if req.Company, err = p.resolveAt(of.company, v, from, to); err != nil {
					return answer{}, err
				}
			}
			return changesAnswer(ctx, from, to, req)
		})
	})
	cmd.Use += " --from MOMENT [--to MOMENT] | --import IMPORT"
	namesMembers(cmd, &of)
	inGroup(cmd, groupQuestion, func(fs *pflag.FlagSet) {
		fs.StringVar(&f.from, "from", "", "the first `MOMENT`: a day (2024-05-11, 2024-05, 2024) or revision:N")
		fs.StringVar(&f.to, "to", "", "the second `MOMENT` (default: the day of --as-of)")
		fs.StringVar(&f.imported, "import", "", "before and after this `IMPORT`: its key, the first characters of it, or its dataset")
		fs.IntVar(&req.Solve, "solve", queries.DefaultSolved, fmt.Sprintf("solve at most `N` changes alone, up to %d (0: none)", queries.MaxSolved))
		fs.StringSliceVar(&req.Assume, "assume", nil, "take for granted, where nobody says: `WHAT`, of complete (lists of suppliers are), essential (inputs are)")
		fs.Var(newChoice(&req.Undocumented, "unaffected", "unaffected", "worst"), "undocumented", "suppliers that nobody documented: unaffected, or worst (all is lost that no documented one has)")
		fs.Var(newChoice(&req.ProductLevel, "both", "both", "exact", "merged"), "product-level", "inputs that are kinds of one another (HBM3E, HBM): exact (an input each), merged (one), or both")
	})
	inGroup(cmd, groupOutput, func(fs *pflag.FlagSet) {
		fs.IntVar(&q.page.Limit, "limit", 0, fmt.Sprintf("list at most `N` exposures and changes (0: everything); unless it is given, a table has %d, other formats everything", exposureLimit))
	})
	p.asks(cmd, &q)
	return cmd
}

// check refuses moments that do not go together.
func (f *changesFlags) check(cmd *cobra.Command) error {
	if (f.from == "") == (f.imported == "") || f.imported != "" && f.to != "" {
		return hint(usagef("changes: want --from MOMENT (and --to), or --import IMPORT"), "%s --help shows examples", cmd.CommandPath())
	}
	return nil
}

// moments are the two moments that the flags name.
func (f *changesFlags) moments(ctx context.Context, store graph.Store) (from, to queries.Moment, err error) {
	if f.imported != "" {
		before, after, err := importer.Around(ctx, store, f.imported)
		return queries.Moment{Revision: &before}, queries.Moment{Revision: &after}, err
	}
	if from, err = queries.ParseMoment("--from", f.from); err == nil && f.to != "" {
		to, err = queries.ParseMoment("--to", f.to)
	}
	return from, to, err
}

// changes says which changes are asked for, as a list of them is called.
func (f *changesFlags) changes() string {
	switch {
	case f.imported != "":
		return "changes by the import " + f.imported
	case f.to != "":
		return "changes from " + f.from + " to " + f.to
	}
	return "changes since " + f.from
}

// viewAt is the network at a moment.
func (p *program) viewAt(ctx context.Context, v *graph.View, store graph.Store, m queries.Moment) (*graph.View, error) {
	if m.Revision == nil || *m.Revision == v.Head().Revision {
		return v, nil
	}
	meter := p.newMeter()
	defer meter.end()
	at, err := graph.LoadAt(ctx, &countedStore{Store: store, meter: meter}, *m.Revision)
	if errors.Is(err, graph.ErrInvalid) {
		err = hint(err, "imports lists the revisions: %s imports%s", p.self, p.onStore())
	}
	return at, err
}

// resolveAt finds a company that the present network does not know at one of the moments.
func (p *program) resolveAt(ref string, present *graph.View, moments ...*graph.View) (string, error) {
	for _, v := range moments {
		if n, err := v.Lookup(graph.KindCompany, ref); err == nil {
			return v.ID(graph.KindCompany, n), nil
		}
	}
	return resolve(present, graph.KindCompany, ref)
}

func changesAnswer(ctx context.Context, from, to *graph.View, req queries.ChangesRequest) (answer, error) {
	found, err := queries.Changes(ctx, from, to, req)
	if err != nil {
		return answer{}, err
	}
	return listed(found, &found.Answer, func(o *printer) { printChanges(o, found) }, func() string {
		text := fmt.Sprintf("%s and %s changed", plural(found.Came+found.Went+found.Moved, "exposures"), plural(found.ChangesTotal, "relations"))
		if found.Effective > 0 {
			text += fmt.Sprintf("; %s of these in what exposures rest on, %s solved alone", thousands(found.Effective), thousands(found.Solved))
		}
		return text
	}), nil
}

func printChanges(o *printer, a *queries.ChangesAnswer) {
	for _, s := range a.Sentences {
		o.wrap("", "", s)
	}
	if len(a.Exposures) > 0 {
		o.printf("\n")
		t := &table{columns: []column{{title: "LOSS BEFORE", right: true}, {title: "AFTER", right: true}, {title: "FLOW BEFORE", right: true}, {title: "AFTER", right: true},
			{title: "NAME", least: 16}, {title: "TIER", right: true}, {title: "HQ"}, {title: "ID", least: 12}}}
		for _, r := range a.Exposures {
			t.add(momentCell(r.LossBefore), momentCell(r.LossAfter), momentCell(r.FlowBefore), momentCell(r.FlowAfter), r.Name, tierText(r.TierBefore, r.TierAfter), r.Country, r.ID)
		}
		o.table(t)
	}
	if len(a.Shares) > 0 {
		o.printf("\n")
		o.heading("Shares of what " + printable(a.Company.Name) + " buys")
		t := &table{columns: []column{{title: "BEFORE", right: true}, {title: "AFTER", right: true}, {title: "PRODUCT", least: 14}, {title: "SUPPLIER", least: 16}, {title: "ID", least: 12}}}
		for _, s := range a.Shares {
			t.add(momentCell(s.Before), momentCell(s.After), productText(s.Product), s.Supplier.Name, s.Supplier.ID)
		}
		o.table(t)
	}
	if len(a.Changes) > 0 {
		o.printf("\n")
		o.heading("What did it")
		for i := range a.Changes {
			o.change(&a.Changes[i])
		}
	}
}

// momentCell is an exposure at a moment; a dash where the company is not upstream.
func momentCell(i *queries.Interval) string {
	if i == nil {
		return "-"
	}
	return boundsCell(i)
}

func tierText(before, after *int) string {
	one := func(t *int) string {
		if t == nil {
			return "-"
		}
		return strconv.Itoa(*t)
	}
	if before != nil && after != nil && *before == *after {
		return one(after)
	}
	return one(before) + " → " + one(after)
}

// change prints a change of the network with its claims.
func (o *printer) change(c *queries.NetworkChange) {
	o.wrap("  ", "  ", c.Sentence)
	for i := range c.Claims {
		k := &c.Claims[i]
		text := fmt.Sprintf("%s (%s): %s", k.Change, k.Why, claimSource(&k.Claim))
		if k.Claim.Quote != "" {
			text += ": “" + k.Claim.Quote + "”"
		}
		o.wrap("      ", "      ", text)
	}
}

// claimSource names the document of a claim, or the dataset where it cites none.
func claimSource(c *queries.ClaimRow) string {
	s := c.Source
	if s == nil {
		return "dataset " + c.Dataset
	}
	text := s.Title
	if text == "" {
		text = s.ID
	}
	if s.Published != "" {
		text += " (" + s.Published + ")"
	}
	return text
}
