package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/tributarygraph/tributary/graph"
	"github.com/tributarygraph/tributary/queries"
	"github.com/tributarygraph/tributary/queries/report"
)

// The forms of a report.
const (
	formatMarkdown = "md"
	formatHTML     = "html"
)

func reportCommand(p *program) *cobra.Command {
	var scope queries.Scope
	var revision uint64
	format := formatMarkdown
	var of subject
	var rule string
	cmd := &cobra.Command{
		Use:   "report",
		Short: "A report to hand on: findings in words, numbers with bounds, footnotes to sources",
		Long: `Writes one document on what a company depends on: who stands upstream, the largest exposures, single points of failure,
concentration, hidden common suppliers, sanctions, the second source that would help most, what to find out next, what sources
disagree on, what is assumed, and how much rests on stated facts. Or on what the companies of a portfolio depend on together.
Every number comes from a question whose command stands beside it; every footnote leads to a source and the sentence
that says so; and the document ends with the command that gives it again.

-o html writes one page that needs nothing else: it can be mailed, printed on A4, and read on a phone.`,
		Example: `  tributary report nvidia > nvidia.md
  tributary report nvidia -o html > nvidia.html
  tributary report --portfolio vendors.csv -o html > vendors.html
  tributary report nvidia -o html --as-of 2024-12-31 --rule bis > nvidia-2024.html
  tributary report nvidia -o html --revision 1 > nvidia.html`,
	}
	p.asksOf(cmd, &of, func(cmd *cobra.Command) error {
		listed, err := readRule(rule)
		if err != nil {
			return err
		}
		req := report.Request{Scope: scope, Portfolio: of.members, PortfolioFile: of.file, Rule: listed, Version: readBuildInfo().Version, Format: format}
		if rule != queries.RuleOFAC {
			req.RuleFile = rule
		}
		return p.withView(cmd.Context(), func(v *graph.View, store graph.Store) error {
			if cmd.Flags().Changed("revision") {
				at := graph.Revision(revision)
				if v, err = p.viewAt(cmd.Context(), v, store, queries.Moment{Revision: &at}); err != nil {
					return err
				}
			}
			if err := of.find(v); err != nil {
				return err
			}
			req.Company, req.Details, req.Store = of.company, store.Details, strings.TrimSpace(p.onStore())
			return p.report(cmd.Context(), v, req)
		})
	})
	inGroup(cmd, groupQuestion, func(f *pflag.FlagSet) {
		f.StringVar(&rule, "rule", queries.RuleOFAC, "the `RULE` of the section on sanctions: "+strings.Join(queries.BuiltinRules(), ", ")+", or a file")
		f.Uint64Var(&revision, "revision", 0, "the store as it was at revision `N` (default: as it is)")
	})
	scopeFlags(cmd, &scope)
	inGroup(cmd, groupOutput, func(f *pflag.FlagSet) {
		f.VarP(newChoice(&format, formatMarkdown, formatMarkdown, formatHTML, formatJSON), "output", "o", "`FORMAT`: md, html (one page that needs nothing else), or json")
	})
	p.quietFlag(cmd)
	p.stores(cmd)
	return cmd
}

// report makes a report and prints it.
func (p *program) report(ctx context.Context, v *graph.View, req report.Request) error {
	r, err := report.Make(ctx, v, req)
	if err != nil {
		return err
	}
	out := bufio.NewWriter(p.out)
	write := map[string]func(io.Writer, *report.Report) error{formatMarkdown: report.WriteMarkdown, formatHTML: report.WriteHTML,
		formatJSON: func(w io.Writer, r *report.Report) error { return writeJSON(w, r) }}[req.Format]
	if err := errors.Join(write(out, r), out.Flush()); err != nil {
		return fmt.Errorf("writing the report: %w", err)
	}
	return nil
}
