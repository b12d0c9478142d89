package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/tributarygraph/tributary/graph"
	"github.com/tributarygraph/tributary/importer/review"
)

// reviewFlags are those of review and its subcommands.
type reviewFlags struct {
	by, why string
	status  string
	limit   int
	force   bool
}

func reviewCommand(p *program) *cobra.Command {
	var r reviewFlags
	cmd := &cobra.Command{
		Use:   "review",
		Short: "Decide which doubtful names are one company, one pair after the other",
		Long: `Shows the pairs that resolve found doubtful side by side, the surest first, and asks: accept (they are one
company), reject (they are two, and no rule will merge them), skip, undo (the last answer), quit. Each answer is
recorded at once, with who gave it; two people can work at the same time. Without a terminal the answers are read
from standard input, a line each.

review list lists the pairs; review accept, reject and undo decide one by its id.`,
		Example: `  tributary review
  tributary review list --status same
  tributary review accept k3f9a1c2 --why "same address"
  printf 'accept\nskip\n' | tributary review`,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) > 0 {
				return unknownCommand(cmd, args[0])
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, _ []string) error {
			return p.withView(cmd.Context(), func(v *graph.View, store graph.Store) error { return p.reviewAll(cmd.Context(), store, v, &r) })
		},
	}
	p.reviewerFlag(cmd, &r)
	p.widthFlag(cmd)
	p.stores(cmd)
	cmd.AddCommand(reviewListCommand(p), reviewShowCommand(p),
		reviewDecideCommand(p, "accept", review.Same, "Decide that the two of a review are one company", "The record of the review becomes the company that it may be, in every spelling; unmerge or review undo takes that back."),
		reviewDecideCommand(p, "reject", review.Different, "Decide that the two of a review are different companies", "No rule makes one of them again, whatever is imported; review undo takes that back."),
		reviewDecideCommand(p, "undo", review.Open, "Take the decision of a review back", "The review is open again. No rule decides it from now on."))
	return cmd
}

func (p *program) reviewerFlag(cmd *cobra.Command, r *reviewFlags) {
	inGroup(cmd, groupQuestion, func(f *pflag.FlagSet) {
		f.StringVar(&r.by, "by", "", "`WHO` decides (default: the user who runs this)")
	})
}

func (p *program) widthFlag(cmd *cobra.Command) {
	inGroup(cmd, groupOutput, func(f *pflag.FlagSet) {
		f.IntVar(&p.output.width, "width", 0, "fit the two companies into `N` columns (default: the terminal; 100 in a pipe)")
	})
}

// verdict is a decision of whoever runs the program.
func (p *program) verdict(r *reviewFlags, d review.Status) review.Verdict {
	return review.Verdict{Decision: d, By: graph.Clean(cmp.Or(r.by, p.user())), Why: graph.Clean(r.why), At: time.Now(), Force: r.force}
}

// reviewLine is a review in lists.
type reviewLine struct {
	review.Item
	Name   string `json:"name"`
	Called string `json:"candidate_name"`
}

// reviewsAnswer lists reviews.
type reviewsAnswer struct {
	Items    []reviewLine   `json:"items"`
	Total    int            `json:"total"`
	Revision graph.Revision `json:"revision"`
	Complete bool           `json:"complete"`
}

func nameIn(v *graph.View, record string) string {
	if n, ok := v.Find(graph.KindCompany, record); ok {
		return v.Name(graph.KindCompany, n)
	}
	return record
}

// reviewLineOf names the record as it is called itself: once it is merged, its node has the name of the candidate.
func reviewLineOf(v *graph.View, x review.Item) reviewLine {
	line := reviewLine{Item: x, Name: x.Record, Called: nameIn(v, x.Candidate)}
	if n, ok := v.Find(graph.KindCompany, x.Record); ok && v.ID(graph.KindCompany, n) == x.Record {
		line.Name = v.Name(graph.KindCompany, n)
	}
	return line
}

func reviewListCommand(p *program) *cobra.Command {
	var r reviewFlags
	statuses := []string{"all"}
	for _, s := range review.Statuses {
		statuses = append(statuses, string(s))
	}
	cmd := &cobra.Command{
		Use:   "list",
		Short: "List reviews, the surest first",
		Long: `Lists the pairs of names that resolve found doubtful, or those that were decided. "settled" are those that were
decided otherwise (by merge, by a file of sameness, by accepting another candidate), whose record an import has
described since, or of which one is no more.`,
		Example: `  tributary review list
  tributary review list --status all -o csv`,
		Args: wantArgs(0, 0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return p.withView(cmd.Context(), func(v *graph.View, store graph.Store) error {
				if p.output.format != formatTable && !cmd.Flags().Changed("limit") {
					r.limit = 0
				}
				return p.listReviews(cmd.Context(), store, v, &r)
			})
		},
	}
	inGroup(cmd, groupQuestion, func(f *pflag.FlagSet) {
		f.Var(newChoice(&r.status, string(review.Open), statuses...), "status", "list reviews with this `STATUS`: "+strings.Join(statuses, ", "))
		f.IntVar(&r.limit, "limit", 20, "list at most `N` (0: all; what programs read is whole unless this is given)")
	})
	p.outputs(cmd)
	p.stores(cmd)
	return cmd
}

func (p *program) listReviews(ctx context.Context, store graph.Store, v *graph.View, r *reviewFlags) error {
	var wanted []review.Status
	if r.status != "all" {
		wanted = []review.Status{review.Status(r.status)}
	}
	items, err := review.List(ctx, store, v, wanted...)
	if err != nil {
		return err
	}
	a := reviewsAnswer{Items: []reviewLine{}, Total: len(items), Revision: v.Head().Revision, Complete: true}
	for _, x := range items {
		if r.limit > 0 && len(a.Items) == r.limit {
			a.Complete = false
			break
		}
		a.Items = append(a.Items, reviewLineOf(v, x))
	}
	short := ""
	if !a.Complete {
		short = "there is more than the limit (--limit)"
	}
	return p.render(answer{whole: a, items: a.Items, short: short,
		print: func(o *printer) {
			if len(a.Items) == 0 {
				o.printf("No review is %s. %s resolve%s finds the doubtful names.\n", or(strings.TrimPrefix(r.status, "all"), "there"), p.self, p.onStore())
				return
			}
			t := &table{columns: []column{{title: "REVIEW"}, {title: "SCORE", right: true}, {title: "NAME", least: 20}, {title: "MAY BE", least: 20}, {title: "ID", least: 12}, {title: "STATUS"}, {title: "BY"}, {title: "WHY", least: 24}}}
			for _, x := range a.Items {
				why := review.ReasonsText(x.Reasons)
				status := string(x.Status)
				if x.Status == review.Same || x.Status == review.Different {
					why = x.Why
				} else if r.status == string(review.Open) {
					status = ""
				}
				t.add(x.ID, fmt.Sprintf("%.2f", x.Score), x.Name, x.Called, x.Candidate, status, x.By, why)
			}
			o.table(t)
		},
		last: func(*printer) string {
			line := fmt.Sprintf("%s; revision %d", plural(a.Total, "reviews"), a.Revision)
			if short != "" {
				line += "; " + short
			}
			return line
		},
	})
}

func reviewShowCommand(p *program) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "show REVIEW",
		Short: "Show the two of a review side by side",
		Long:  `Shows what is known of the two, why they may be one, and what was decided. REVIEW is an id, or its first characters.`,
		Example: `  tributary review show k3f9a1c2
  tributary review show k3f9a1c2 -o json`,
		Args: wantArgs(1, 1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return p.withView(cmd.Context(), func(v *graph.View, store graph.Store) error {
				x, err := review.Get(cmd.Context(), store, v, args[0])
				if err != nil {
					return p.explainReview(err)
				}
				line := reviewLineOf(v, x)
				return p.render(answer{whole: review.PairOf(v, x), items: []reviewLine{line}, print: func(o *printer) { o.pair(v, &x) },
					last: func(*printer) string { return fmt.Sprintf("review %s; %s", x.ID, decidedText(&x)) }})
			})
		},
	}
	p.outputs(cmd)
	p.stores(cmd)
	return cmd
}

func decidedText(x *review.Item) string {
	switch x.Status {
	case review.Same, review.Different:
		text := fmt.Sprintf("decided: %s, by %s", x.Status, or(x.By, "nobody named"))
		if x.Why != "" {
			text += " (" + printable(x.Why) + ")"
		}
		return text
	}
	return string(x.Status)
}

func reviewDecideCommand(p *program, name string, d review.Status, short, long string) *cobra.Command {
	var r reviewFlags
	cmd := &cobra.Command{
		Use:     name + " REVIEW",
		Short:   short,
		Long:    long + " REVIEW is an id that review list shows, or its first characters.",
		Example: "  tributary review " + name + " k3f9a1c2\n  tributary review " + name + " k3f9a1c2 -o json",
		Args:    wantArgs(1, 1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return p.withView(cmd.Context(), func(v *graph.View, store graph.Store) error {
				done, err := review.Decide(cmd.Context(), store, v, args[0], p.verdict(&r, d))
				if err != nil {
					return p.explainReview(err)
				}
				line := reviewLineOf(v, done.Item)
				if v, err = review.Current(cmd.Context(), store, v); err != nil {
					return err
				}
				return p.render(answer{whole: done, items: []reviewLine{line}, print: func(o *printer) { p.printDecided(o, v, &line) },
					last: func(*printer) string { return fmt.Sprintf("review %s; revision %d", done.ID, done.Revision) }})
			})
		},
	}
	if d != review.Open {
		cmd.Example += ` --why "same address"`
		inGroup(cmd, groupQuestion, func(f *pflag.FlagSet) {
			f.StringVar(&r.why, "why", "", "the `REASON`, kept with the decision")
		})
		p.reviewerFlag(cmd, &r)
	}
	if d == review.Same {
		inGroup(cmd, groupQuestion, func(f *pflag.FlagSet) {
			f.BoolVar(&r.force, "force", false, "accept although their identifiers contradict each other")
		})
	}
	p.outputs(cmd)
	p.stores(cmd)
	return cmd
}

func (p *program) explainReview(err error) error {
	if errors.Is(err, review.ErrContradiction) {
		return hint(err, "if one record is wrong: %s review accept REVIEW --force%s; if they are two: %s review reject REVIEW%s", p.self, p.onStore(), p.self, p.onStore())
	}
	return hint(err, "see them with: %s review list --status all%s", p.self, p.onStore())
}

// printDecided tells what a decision did, and how to take it back.
func (p *program) printDecided(o *printer, v *graph.View, x *reviewLine) {
	name, called := printable(x.Name), printable(x.Called)
	switch x.Status {
	case review.Same:
		o.printf("%s is %s now, %s.\n", name, x.Candidate, called)
	case review.Different:
		o.printf("%s is not %s, %s: no rule will merge them.\n", name, x.Candidate, called)
		o.leftOver(v, &x.Item)
	default:
		o.printf("Whether %s is %s, %s, is open again.\n", name, x.Candidate, called)
		return
	}
	o.printf("Take it back with: %s review undo %s%s\n", p.self, x.ID, p.onStore())
}

// pair shows the two of a review side by side.
func (o *printer) pair(v *graph.View, x *review.Item) {
	record, _ := review.SideOf(v, x.Record)
	candidate, _ := review.SideOf(v, x.Candidate)
	left, right := sideLines(record, x.Record), sideLines(candidate, x.Candidate)
	width := 100
	if o.width > 0 {
		width = o.width
	}
	const label = 14
	half := max(16, (width-label-2*len(gap))/2)
	o.row(label, half, "", "IS", "THE SAME AS")
	for i, title := range sideTitles {
		l, r := left[i], right[i]
		if l == "" && r == "" {
			continue
		}
		o.row(label, half, title, or(l, "-"), or(r, "-"))
	}
	o.printf("\n")
	for i, reason := range x.Reasons {
		o.wrap(fmt.Sprintf("%-*s  ", label, map[bool]string{true: fmt.Sprintf("score %.2f", x.Score)}[i == 0]), strings.Repeat(" ", label+len(gap)+6),
			fmt.Sprintf("%+.1f %s", reason.Weight, reason.Text()))
	}
}

var sideTitles = []string{"name", "id", "kind", "aliases", "files write", "country", "identifiers", "sector", "supplies", "buys", "says who"}

// sideLines are what sideTitles name.
func sideLines(s *review.Side, record string) []string {
	if s == nil {
		return append([]string{record, "no more in the graph"}, make([]string, len(sideTitles)-2)...)
	}
	return []string{s.Name, s.ID, s.Kind, strings.Join(s.Aliases, "; "), strings.Join(s.Records, "; "), strings.Join(s.Countries, ", "), strings.Join(s.Identifiers, " "), s.Sector,
		tradeText(&s.Supplies, "to"), tradeText(&s.Buys, "from"), strings.Join(s.Sources, "; ")}
}

func tradeText(t *review.Trade, preposition string) string {
	if t.Relations == 0 {
		return ""
	}
	parts := make([]string, len(t.First))
	for i, x := range t.First {
		parts[i] = strings.TrimSpace(x.Product + " " + preposition + " " + x.Company)
	}
	text := strings.Join(parts, "; ")
	if more := t.Relations - len(t.First); more > 0 {
		text += fmt.Sprintf("; and %s more", thousands(more))
	}
	return text
}

// row prints a title and two cells, each broken into lines.
func (o *printer) row(label, half int, title, left, right string) {
	l, r := broken(left, half), broken(right, half)
	for i := range max(len(l), len(r)) {
		cell := func(lines []string) string {
			if i < len(lines) {
				return lines[i]
			}
			return ""
		}
		if i > 0 {
			title = ""
		}
		line := cells.FillRight(title, label) + gap + cells.FillRight(cell(l), half) + gap + cell(r)
		o.printf("%s\n", strings.TrimRight(line, " "))
	}
}

// broken is a text in lines of at most so many columns; words are broken where they are longer, or are ideographs.
func broken(text string, width int) (lines []string) {
	line := ""
	for _, word := range strings.Fields(printable(text)) {
		if line != "" && cells.StringWidth(line)+1+cells.StringWidth(word) > width {
			lines, line = append(lines, line), ""
		}
		if line != "" {
			line += " "
		}
		line += word
		for cells.StringWidth(line) > width {
			head := cells.Truncate(line, width, "")
			lines, line = append(lines, head), line[len(head):]
		}
	}
	return slices.Clip(append(lines, line))
}
