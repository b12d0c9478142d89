package main

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/tributarygraph/tributary/importer"
	resolving "github.com/tributarygraph/tributary/importer/resolve"
)

func evaluateCommand(p *program) *cobra.Command {
	var c resolving.Config
	errors := 10
	cmd := &cobra.Command{
		Use:   "evaluate PAIRS",
		Short: "Measure the scores on pairs of which you know whether they are the same",
		Long: `Scores pairs of names and compares with what the file says of them: precision, recall and F1 at each threshold, by
language and kind where the file has these columns, and the pairs that the score is most wrong about, with the reasons. The file is
CSV or Excel with the columns name1, name2 and is_match (1 or 0) and, if you like, language, kind, country1, country2,
identifiers1 and identifiers2. No store is needed.`,
		Example: `  tributary resolve evaluate pairs.csv
  tributary resolve evaluate pairs.csv --automatic 0.95 --review 0.6 --errors 50 -o json`,
		Args: wantArgs(1, 1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return p.evaluate(cmd.Context(), args[0], c, errors)
		},
	}
	thresholdFlags(cmd, &c)
	inGroup(cmd, groupQuestion, func(f *pflag.FlagSet) {
		f.IntVar(&errors, "errors", errors, "list at most `N` errors")
	})
	p.outputs(cmd)
	return cmd
}

func (p *program) evaluate(ctx context.Context, path string, c resolving.Config, errors int) error {
	if err := c.Check(); err != nil {
		return err
	}
	in := importer.Input{Path: path}
	if path == "-" {
		in = importer.Input{Reader: p.in}
	}
	pairs, err := importer.ReadPairs(ctx, in, maxNames)
	if err != nil {
		return err
	}
	e := resolving.Evaluate(pairs, c, errors)
	return p.render(answer{whole: e, items: e.Thresholds, print: func(o *printer) { o.evaluation(&e, c) },
		last: func(*printer) string {
			return fmt.Sprintf("%s, %s the same; match from %g, review from %g", plural(e.Pairs, "pairs"), thousands(e.Same), c.Automatic, c.Review)
		}})
}

func (o *printer) evaluation(e *resolving.Evaluation, c resolving.Config) {
	t := &table{columns: []column{{title: "FROM SCORE", right: true}, {title: "FOUND", right: true}, {title: "RIGHT", right: true}, {title: "PRECISION", right: true}, {title: "RECALL", right: true}, {title: "F1", right: true}, {title: ""}}}
	for _, m := range e.Thresholds {
		t.add(measureCells(m, thresholdName(m.Threshold, c))...)
	}
	o.table(t)
	o.parts("By language", "LANGUAGE", e.Languages)
	o.parts("By kind", "KIND", e.Kinds)
	if len(e.Errors) > 0 {
		o.printf("\n")
		o.heading("Most wrong")
		t := &table{columns: []column{{title: "ROW", right: true}, {title: "SCORE", right: true}, {title: "DECISION"}, {title: "SAME"}, {title: "NAME 1", least: 16}, {title: "NAME 2", least: 16}, {title: "WHY", least: 24}}}
		for _, x := range e.Errors {
			t.add(thousands(x.Row), fmt.Sprintf("%.2f", x.Value), string(x.Decision), yesNo(x.Same), x.Name1, x.Name2, reasonsText(x.Reasons))
		}
		o.table(t)
	}
}

// parts prints the figures of parts of the pairs.
func (o *printer) parts(heading, title string, parts []resolving.PartEvaluation) {
	if len(parts) == 0 {
		return
	}
	o.printf("\n")
	o.heading(heading)
	t := &table{columns: []column{{title: title}, {title: "PAIRS", right: true}, {title: "SAME", right: true}, {title: "FROM SCORE", right: true}, {title: "FOUND", right: true}, {title: "RIGHT", right: true}, {title: "PRECISION", right: true}, {title: "RECALL", right: true}, {title: "F1", right: true}}}
	for _, part := range parts {
		for i, m := range []resolving.ThresholdMeasure{part.Automatic, part.Review} {
			first := []string{part.Name, thousands(part.Pairs), thousands(part.Same)}
			if i > 0 {
				first = []string{"", "", ""}
			}
			t.add(append(first, measureCells(m, "")[:6]...)...)
		}
	}
	o.table(t)
}

func yesNo(b bool) string {
	if b {
		return "yes"
	}
	return "no"
}

func thresholdName(at float64, c resolving.Config) string {
	switch at {
	case c.Automatic:
		return "automatic"
	case c.Review:
		return "review"
	}
	return ""
}

func measureCells(m resolving.ThresholdMeasure, name string) []string {
	cell := func(x *float64) string {
		if x == nil {
			return "-"
		}
		return fmt.Sprintf("%.3f", *x)
	}
	return []string{fmt.Sprintf("%.2f", m.Threshold), thousands(m.Found), thousands(m.Right), cell(m.Precision), cell(m.Recall), cell(m.F1), name}
}
