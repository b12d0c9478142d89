package main

import (
	"context"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/tributarygraph/tributary/graph"
	"github.com/tributarygraph/tributary/importer/review"
)

// resolveGraph matches the names of the graph itself.
func (p *program) resolveGraph(ctx context.Context, r *resolveFlags) error {
	if err := r.config.Check(); err != nil {
		return err
	}
	return p.withView(ctx, func(v *graph.View, store graph.Store) error {
		report, err := p.runResolve(ctx, store, v, r)
		if err != nil {
			return hint(err, "what was merged stays; the same command does the rest")
		}
		listed := report.Proposals
		if r.limit > 0 && len(listed) > r.limit && p.output.format == formatTable {
			listed = listed[:r.limit]
		}
		return p.render(answer{whole: report, items: report.Proposals, print: func(o *printer) { p.printResolved(o, report, listed) },
			last: func(*printer) string {
				line := fmt.Sprintf("merged from %g, reviewed from %g; revision %d", report.Config.Automatic, report.Config.Review, report.Revision)
				if report.Run != "" {
					line = fmt.Sprintf("run %s; ", report.Run) + line
				}
				return line
			}})
	})
}

// runResolve runs, with progress on stderr.
func (p *program) runResolve(ctx context.Context, store graph.Store, v *graph.View, r *resolveFlags) (*review.Report, error) {
	m := p.newMeter()
	defer m.end()
	m.show(step{what: "indexing names", total: int64(v.NodeCount(graph.KindCompany)), part: -1, took: m.elapsed(), unit: "companies"})
	o := review.Options{Config: r.config, All: r.all, Progress: func(done, total int) {
		m.show(step{what: "matching", done: int64(done), total: int64(total), part: -1, took: m.elapsed(), unit: "names"})
	}}
	return review.Run(ctx, store, v, o, review.Begun{By: p.user(), At: time.Now(), DryRun: r.dryRun})
}

func (p *program) printResolved(o *printer, r *review.Report, listed []review.Proposal) {
	verb := "Matched"
	if r.DryRun {
		verb = "Would match (dry run, nothing written)"
	}
	o.heading(fmt.Sprintf("%s: %s that nothing describes under an id, among %s", verb, plural(r.Names, "names"), plural(r.Companies, "companies")))
	o.printf("  %s merged without asking, %s to review (%s of them new), %s like nothing else\n", thousands(r.Merged), plural(r.Reviews, "pairs"), thousands(r.Asked), thousands(r.New))
	if len(listed) > 0 {
		o.printf("\n")
		t := &table{columns: []column{{title: "DECISION"}, {title: "SCORE", right: true}, {title: "NAME", least: 20}, {title: "COMPANY", least: 20}, {title: "ID", least: 12}, {title: "WHY", least: 24}}}
		for _, x := range listed {
			t.add(string(x.Decision), fmt.Sprintf("%.2f", x.Score), x.Name, x.Called, x.Candidate, reasonsText(x.Reasons))
		}
		o.table(t)
		if more := len(r.Proposals) - len(listed); more > 0 {
			o.printf("and %s more (--limit 0)\n", thousands(more))
		}
	}
	if r.DryRun {
		return
	}
	if r.Reviews > 0 {
		o.printf("\nDecide about the pairs: %s review%s\n", p.self, p.onStore())
	}
	if r.Run != "" {
		o.printf("%sTake the merges back: %s resolve undo%s\n", map[bool]string{true: "\n"}[r.Reviews == 0], p.self, p.onStore())
	}
}

func resolveUndoCommand(p *program) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "undo [RUN]",
		Short: "Take the merges of a run of resolve back",
		Long: `Takes back what a run of resolve merged without asking, the last one where none is named, as far as it still stands;
what people decided stays. The next run puts these pairs to review: no rule merges them again.`,
		Example: `  tributary resolve undo
  tributary resolve undo 3`,
		Args: wantArgs(0, 1),
		RunE: func(cmd *cobra.Command, args []string) error {
			run := ""
			if len(args) > 0 {
				run = args[0]
			}
			return p.withStore(cmd.Context(), toRead, func(store graph.Store) error {
				u, err := review.UndoRun(cmd.Context(), store, run, time.Now())
				if err != nil {
					return hint(err, "see them with: %s resolve runs%s", p.self, p.onStore())
				}
				return p.render(answer{whole: u, items: []review.RunInfo{u.Run}, print: func(o *printer) {
					o.heading("Undone: run " + u.Run.ID + " of resolve")
					o.printf("  %s taken back", plural(u.Unmerged, "merges"))
					if u.Kept > 0 {
						o.printf("; %s that were decided otherwise since, left alone", thousands(u.Kept))
					}
					o.printf("\n")
				}, last: func(*printer) string { return fmt.Sprintf("revision %d", u.Revision) }})
			})
		},
	}
	p.outputs(cmd)
	p.stores(cmd)
	return cmd
}

// runsAnswer lists runs of resolve.
type runsAnswer struct {
	Items    []review.RunInfo `json:"items"`
	Total    int              `json:"total"`
	Complete bool             `json:"complete"`
}

func resolveRunsCommand(p *program) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "runs",
		Short: "List runs of resolve that merged something",
		Long:  "Lists the runs of resolve that merged something without asking, the oldest first; resolve undo takes one back.",
		Example: `  tributary resolve runs
  tributary resolve runs -o json`,
		Args: wantArgs(0, 0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return p.withStore(cmd.Context(), toRead, func(store graph.Store) error {
				runs, err := review.Runs(cmd.Context(), store)
				if err != nil {
					return err
				}
				return p.render(answer{whole: runsAnswer{runs, len(runs), true}, items: runs, print: func(o *printer) {
					if len(runs) == 0 {
						o.printf("No run of resolve merged anything yet: %s resolve%s\n", p.self, p.onStore())
						return
					}
					t := &table{columns: []column{{title: "RUN", right: true}, {title: "STARTED (UTC)"}, {title: "MERGED", right: true}, {title: "FROM", right: true}, {title: "BY"}, {title: "UNDONE (UTC)"}, {title: "RULE"}}}
					for _, r := range runs {
						undone := ""
						if !r.Undone.IsZero() {
							undone = r.Undone.UTC().Format("2006-01-02 15:04:05")
						}
						t.add(r.ID, r.Started.UTC().Format("2006-01-02 15:04:05"), thousands(r.Merged), fmt.Sprintf("%g", r.Config.Automatic), r.By, undone, r.Rule)
					}
					o.table(t)
				}, last: func(*printer) string { return plural(len(runs), "runs") }})
			})
		},
	}
	p.outputs(cmd)
	p.stores(cmd)
	return cmd
}
