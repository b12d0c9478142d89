package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/tributarygraph/tributary/importer"
	"github.com/tributarygraph/tributary/importer/mapping"
	"github.com/tributarygraph/tributary/importer/records"
)

func mappingCheckCommand(p *program) *cobra.Command {
	limit := 10
	cmd := &cobra.Command{
		Use:   "check MAPPING FILE",
		Short: "Show what a mapping makes of the first records of a file, and what of all",
		Long: `Checks a mapping and shows the first records of a file as they would land: the statements that each makes, in the
columns of docs/importing.md, or why it is left out or rejected. Then all records are counted. Nothing is written.
The exit code is 5 where records would be rejected.`,
		Example: `  tributary mapping check chain.yaml 产业链.xlsx
  tributary mapping check chain.yaml 产业链.csv --limit 100`,
		Args: wantArgs(2, 2),
		RunE: func(cmd *cobra.Command, args []string) error {
			return p.checkMapping(cmd.Context(), args[0], p.inputs(args[1:])[0], limit)
		},
	}
	inGroup(cmd, groupQuestion, func(f *pflag.FlagSet) {
		f.IntVar(&limit, "limit", limit, "show `N` records, and as many statements that are added up")
	})
	return cmd
}

// mappingTrial counts what becomes of records.
type mappingTrial struct {
	out       io.Writer
	limit     int
	seen      int64
	converted int64
	rejected  int64
	rows      map[string]int64 // statements, by kind
	kinds     []string         // in the order in which they come
	left      map[string]int64 // by reason
	reasons   []string
	examples  []string // of rejected records that are not shown
}

func (p *program) checkMapping(ctx context.Context, path string, in importer.Input, limit int) error {
	m, err := readMapping(path)
	if err != nil {
		return err
	}
	r, err := importer.OpenRecords(ctx, in, m.Layout)
	if err != nil {
		return err
	}
	defer r.Close()
	c, err := m.Converter(r.Names(), lookups(ctx, path))
	if err != nil {
		return err
	}
	t := &mappingTrial{out: p.out, limit: limit, rows: map[string]int64{}, left: map[string]int64{}}
	if err := t.run(ctx, r, c); err != nil {
		return err
	}
	t.summary(c)
	if t.rejected > 0 {
		return &partialError{fmt.Sprintf("%s of %s would be rejected", plural(int(t.rejected), "records"), thousands(t.seen))}
	}
	return nil
}

func (t *mappingTrial) run(ctx context.Context, r *importer.Records, c *mapping.Converter) error {
	for {
		if err := ctx.Err(); err != nil {
			return err
		}
		x, err := r.Next()
		if err == io.EOF {
			break
		}
		bad := (*records.Bad)(nil)
		if err != nil && !errors.As(err, &bad) {
			return err
		}
		if err == nil {
			err = t.convert(c, x)
		} else {
			t.seen++
			t.reject(0, bad)
		}
		if err != nil && bad == nil {
			return err
		}
	}
	shown := 0
	return c.Finish(func(row *records.Row) error {
		if bad := mapping.CheckRow(row); bad != nil {
			t.reject(row.Record, bad)
			return nil
		}
		if shown++; shown == 1 && t.limit > 0 {
			fmt.Fprintln(t.out, "\nadded up")
		}
		t.count(row)
		if shown <= t.limit {
			fmt.Fprintln(t.out, statementLine(row))
		}
		return nil
	})
}

// convert shows and counts what one record makes.
func (t *mappingTrial) convert(c *mapping.Converter, x *records.Record) error {
	t.seen++
	shown := t.seen <= int64(t.limit)
	var lines []string
	var kinds []*records.Shape
	var wrong *records.Bad
	err := c.Convert(x, func(row *records.Row) error {
		if wrong == nil {
			wrong = mapping.CheckRow(row)
		}
		kinds = append(kinds, row.Shape)
		if shown {
			lines = append(lines, statementLine(row))
		}
		return nil
	})
	drop, bad := (*records.Drop)(nil), wrong
	switch {
	case errors.As(err, &bad), bad != nil:
		t.reject(x.Number, bad)
	case errors.As(err, &drop):
		if t.left[drop.Reason]++; t.left[drop.Reason] == 1 {
			t.reasons = append(t.reasons, drop.Reason)
		}
		if shown {
			fmt.Fprintf(t.out, "record %d is left out: %s\n", x.Number, printable(drop.Reason))
		}
	case err != nil:
		return err
	default:
		t.converted++
		for _, s := range kinds {
			t.countKind(s)
		}
		if shown {
			fmt.Fprintf(t.out, "record %d\n", x.Number)
			for _, line := range lines {
				fmt.Fprintln(t.out, line)
			}
			if len(lines) == 0 {
				fmt.Fprintln(t.out, "  is added up")
			}
		}
	}
	return nil
}

func (t *mappingTrial) count(row *records.Row) { t.countKind(row.Shape) }

func (t *mappingTrial) countKind(s *records.Shape) {
	name := s.Kind.String()
	if t.rows[name]++; t.rows[name] == 1 {
		t.kinds = append(t.kinds, name)
	}
}

// maxRejectedShown is how many rejected records are shown beyond the first ones of the file.
const maxRejectedShown = 10

func (t *mappingTrial) reject(number int64, bad *records.Bad) {
	t.rejected++
	text := fmt.Sprintf("record %d is rejected: %s", number, printable(bad.Error()))
	if t.seen <= int64(t.limit) {
		fmt.Fprintln(t.out, text)
	} else if len(t.examples) < maxRejectedShown {
		t.examples = append(t.examples, text)
	}
}

// statementLine is a row as column=value, without what is empty.
func statementLine(row *records.Row) string {
	var b strings.Builder
	fmt.Fprintf(&b, "  %s", row.Shape.Kind)
	for i, name := range row.Shape.Columns {
		if row.Cells[i] != "" {
			fmt.Fprintf(&b, " %s=%s", name, shellWord(row.Cells[i]))
		}
	}
	return b.String()
}

func (t *mappingTrial) summary(c *mapping.Converter) {
	var made []string
	for _, name := range t.kinds {
		made = append(made, fmt.Sprintf("%s %s", thousands(t.rows[name]), name))
	}
	if len(made) == 0 {
		made = append(made, "nothing")
	}
	fmt.Fprintf(t.out, "\n%s: %s make %s; %s left out; %s rejected\n", plural(int(t.seen), "records"), thousands(t.converted), strings.Join(made, ", "), thousands(t.seen-t.converted-t.rejected), thousands(t.rejected))
	for _, reason := range t.reasons {
		fmt.Fprintf(t.out, "  left out, %s: %s\n", printable(reason), thousands(t.left[reason]))
	}
	for _, text := range t.examples {
		fmt.Fprintln(t.out, "  "+text)
	}
	for _, text := range c.Notes() {
		fmt.Fprintf(t.out, "  note: %s\n", printable(text))
	}
}
