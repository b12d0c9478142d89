package main

import (
	"bytes"
	"context"
	"encoding/csv"
	"fmt"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/tributarygraph/tributary/graph"
	"github.com/tributarygraph/tributary/importer"
	resolving "github.com/tributarygraph/tributary/importer/resolve"
	"github.com/tributarygraph/tributary/queries"
	"github.com/tributarygraph/tributary/queries/httpapi"
)

// maxNames bounds a list of names, in bytes.
const maxNames = 1 << 30

// resolveFlags say when a score is enough.
type resolveFlags struct {
	config resolving.Config
	only   string

	// Of the graph itself:
	all, dryRun bool
	limit       int
}

// thresholdFlags adds the flags that say when a score is enough.
func thresholdFlags(cmd *cobra.Command, c *resolving.Config) {
	*c = resolving.DefaultConfig()
	inGroup(cmd, groupQuestion, func(f *pflag.FlagSet) {
		f.Float64Var(&c.Automatic, "automatic", c.Automatic, "least `SCORE` that is a match without a person looking")
		f.Float64Var(&c.Review, "review", c.Review, "least `SCORE` at which a person should look")
	})
}

func resolveCommand(p *program) *cobra.Command {
	var r resolveFlags
	cmd := &cobra.Command{
		Use:   "resolve [FILE]",
		Short: "Find which names are one company: those of the graph, or of a list",
		Long: `Without FILE: matches the names in the graph that nothing describes under an id, and companies that share an
identifier, with everything else. What is certain is merged, with the score and the reasons; what is doubtful waits for
review; resolve undo takes the merges back. What people decided, also that two are different, is left as it is.

With FILE: says of each row of a list which company of the graph it means: a match, a question for a person (review), or
new, with the score and the reasons. Nothing is changed. The list is CSV or Excel (.xlsx) with a column name (company,
supplier, 公司名称, Firma, 会社名 ...) and, if you like, aliases, country and identifiers (lei, isin, ticker ...); or one
name a line. Identifiers come first; where they contradict each other, no name makes a match.`,
		Example: `  tributary resolve --dry-run
  tributary resolve vendors.csv
  tributary resolve vendors.xlsx -o csv > matches.csv
  tributary resolve vendors.csv --decision review
  printf '英伟达\nTaiwan Semiconductor Mfg Co Ltd\n' | tributary resolve -`,
		Args: wantArgs(0, 1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				if cmd.Flags().Changed("decision") {
					return usagef("--decision chooses among the rows of a list; name its file")
				}
				return p.resolveGraph(cmd.Context(), &r)
			}
			if r.all || r.dryRun {
				return usagef("--all and --dry-run are of a run over the graph; a list changes nothing")
			}
			return p.resolveFile(cmd.Context(), args[0], &r)
		},
	}
	thresholdFlags(cmd, &r.config)
	inGroup(cmd, groupQuestion, func(f *pflag.FlagSet) {
		f.IntVar(&r.config.Candidates, "candidates", r.config.Candidates, "at most `N` candidates a row")
		f.Var(newChoice(&r.only, "", string(resolving.Matched), string(resolving.Review), string(resolving.New)), "decision", "of a list: only rows with this `DECISION`: match, review or new")
		f.BoolVar(&r.all, "all", false, "of the graph: also match companies that have ids of their own by their names; people decide about these")
		f.BoolVar(&r.dryRun, "dry-run", false, "of the graph: report what would be merged and reviewed, and write nothing")
		f.IntVar(&r.limit, "limit", 20, "of the graph: list at most `N` pairs in a table (0: all)")
	})
	p.outputs(cmd)
	p.stores(cmd)
	cmd.AddCommand(evaluateCommand(p), resolveUndoCommand(p), resolveRunsCommand(p))
	return cmd
}

func (p *program) resolveFile(ctx context.Context, path string, r *resolveFlags) error {
	if err := r.config.Check(); err != nil {
		return err
	}
	in := importer.Input{Path: path}
	if path == "-" {
		in = importer.Input{Reader: p.in}
	}
	list, err := importer.ReadCompanies(ctx, in, maxNames)
	if err != nil {
		return err
	}
	return p.withView(ctx, func(v *graph.View, _ graph.Store) error {
		m := p.newMeter()
		defer m.end()
		m.show(step{what: "indexing names", total: int64(v.NodeCount(graph.KindCompany)), took: m.elapsed(), unit: "companies"})
		x, err := resolving.IndexView(ctx, v, r.config)
		if err != nil {
			return err
		}
		found := httpapi.NewResolveAnswer(v, r.config)
		out := &rowStream{p: p}
		done := 0
		err = importer.ResolveList(ctx, x, v, list, func(rows []importer.ResolvedCompany) error {
			done += len(rows)
			m.show(step{what: "matching", done: int64(done), total: int64(len(list)), took: m.elapsed(), unit: "names"})
			found.Count(rows)
			rows = r.wanted(rows)
			switch p.output.format {
			case formatCSV:
				return out.csv(resolvedLines(rows))
			case formatNDJSON:
				return queries.WriteNDJSON(p.out, rows)
			}
			found.Items = append(found.Items, rows...)
			return nil
		})
		m.end()
		if err != nil || p.output.format == formatCSV || p.output.format == formatNDJSON {
			return err
		}
		return p.render(answer{whole: found, items: found.Items, print: func(o *printer) { o.resolved(found) },
			last: func(*printer) string { return resolvedText(found) }})
	})
}

// wanted are the rows with the decision that is asked for.
func (r *resolveFlags) wanted(rows []importer.ResolvedCompany) []importer.ResolvedCompany {
	if r.only == "" {
		return rows
	}
	var out []importer.ResolvedCompany
	for _, row := range rows {
		if row.Decision == r.only {
			out = append(out, row)
		}
	}
	return out
}

func resolvedText(a *httpapi.ResolveAnswer) string {
	return fmt.Sprintf("%s: %s matched, %s for review, %s new; match from %g, review from %g, revision %d", plural(a.Rows, "rows"), thousands(a.Matched), thousands(a.Review), thousands(a.New),
		a.Thresholds.Automatic, a.Thresholds.Review, a.Revision)
}

// resolved prints rows of a list with what they mean.
func (o *printer) resolved(a *httpapi.ResolveAnswer) {
	t := &table{columns: []column{{title: "ROW", right: true}, {title: "NAME", least: 20}, {title: "DECISION"}, {title: "SCORE", right: true}, {title: "COMPANY", least: 20}, {title: "ID", least: 12}, {title: "WHY", least: 24}}}
	for i := range a.Items {
		row := &a.Items[i]
		if len(row.Candidates) == 0 {
			t.add(thousands(row.Row), row.Name, row.Decision, "", "", "", strings.Join(row.Passed, "; "))
			continue
		}
		for j, c := range row.Candidates {
			if j > 0 && row.Decision == string(resolving.Matched) {
				break // -o json has the others
			}
			number, name, decision := thousands(row.Row), row.Name, row.Decision
			if j > 0 {
				number, name, decision = "", "", ""
			}
			t.add(number, name, decision, fmt.Sprintf("%.2f", c.Score), c.Name, c.ID, reasonsText(c.Reasons))
		}
	}
	if len(a.Items) > 0 {
		o.table(t)
	}
}

// reasonsText lists reasons, the weightiest first.
func reasonsText(reasons []resolving.Reason) string {
	var out []string
	for _, r := range reasons {
		out = append(out, fmt.Sprintf("%+.1f %s", r.Weight, r.Text()))
	}
	return strings.Join(out, "; ")
}

// resolvedLine is a row as CSV has it.
type resolvedLine struct {
	Row      int64    `json:"row"`
	Ref      string   `json:"ref"`
	Name     string   `json:"name"`
	Decision string   `json:"decision"`
	ID       string   `json:"id"`
	Company  string   `json:"company"`
	Country  string   `json:"country"`
	Score    *float64 `json:"score"`
	Reasons  string   `json:"reasons"`
	Others   string   `json:"other_candidates"` // ids with scores
	Passed   string   `json:"passed"`
}

func resolvedLines(rows []importer.ResolvedCompany) []resolvedLine {
	out := make([]resolvedLine, len(rows))
	for i, r := range rows {
		out[i] = resolvedLine{Row: r.Row, Ref: r.Ref, Name: r.Name, Decision: r.Decision, ID: r.ID, Company: r.Company, Passed: strings.Join(r.Passed, "; ")}
		var others []string
		for j, c := range r.Candidates {
			if j == 0 {
				out[i].Score, out[i].Country, out[i].Reasons = &c.Score, c.Country, reasonsText(c.Reasons)
				continue
			}
			others = append(others, fmt.Sprintf("%s (%.2f)", c.ID, c.Score))
		}
		out[i].Others = strings.Join(others, "; ")
	}
	return out
}

// rowStream writes tables as their rows come.
type rowStream struct {
	p     *program
	begun bool
}

func (s *rowStream) csv(rows any) error {
	defer func() { s.begun = true }()
	var b bytes.Buffer
	write := queries.WriteCSV
	if s.p.output.bom {
		write = queries.WriteSheet
	}
	c := csv.NewWriter(&b)
	if err := write(c, rows); err != nil {
		return err
	}
	c.Flush()
	text := b.Bytes()
	switch {
	case s.begun:
		_, text, _ = bytes.Cut(text, []byte("\n")) // the header, which holds no line breaks
	case s.p.output.bom:
		text = append([]byte("\ufeff"), text...)
	}
	_, err := s.p.out.Write(text)
	return err
}
