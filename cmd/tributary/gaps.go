package main

import (
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/tributarygraph/tributary/graph"
	"github.com/tributarygraph/tributary/queries"
)

// gapsLimit is how many rows a table has unless more are asked for.
const gapsLimit = 10

func gapsCommand(p *program) *cobra.Command {
	var q question
	var of subject
	var req queries.GapsRequest
	var file string
	cmd := &cobra.Command{
		Use:   "gaps",
		Short: "The facts most worth finding out about a company's supply chain, as questions",
		Long: `Lists the facts that nobody states, that sources dispute or that are stale, those first that would narrow most what the
company may lose: the network is solved again under every answer that a fact may have, and its value is the mean fall
of the widths of the ten largest exposures (what the company loses if one company upstream stops). Each is worded as a
question to who can know it.

With --questionnaire FILE the questions are written to a CSV file, one a row, with empty columns answer, source and date.
Filled in, in a spreadsheet or by those who are asked, it is imported like any other file: every answered row becomes a
claim of who was asked, the others are left alone. With --portfolio it has the questions of all companies, each once.`,
		Example: `  tributary gaps nvidia --limit 5
  tributary gaps tsmc --exposures 20 --assume essential
  tributary gaps nvidia --questionnaire ask-nvidia.csv --bom
  tributary import ask-nvidia.csv
  tributary gaps --portfolio vendors.csv --questionnaire ask-vendors.csv
  tributary gaps nvidia -o csv --bom > gaps.csv`,
	}
	p.asksOf(cmd, &of, func(cmd *cobra.Command) error {
		if file == "" {
			p.shortTable(cmd, &q.page, gapsLimit)
		}
		req.Scope, req.Page = q.scope, q.page
		return p.ask(cmd.Context(), &q, func(ctx context.Context, v *graph.View, _ graph.Store) (answer, error) {
			err := of.find(v)
			switch {
			case err != nil:
				return answer{}, err
			case of.members != nil && file != "":
				return p.portfolioQuestionnaireAnswer(ctx, v, &of, &q, req, file)
			case of.members != nil:
				return askMembers(ctx, p, v, &of, &q, "facts", req, queries.PortfolioGaps)
			}
			req.Company = of.company
			if file != "" {
				return p.questionnaireAnswer(ctx, v, req, file)
			}
			return p.gapsAnswer(ctx, v, req)
		})
	})
	namesMembers(cmd, &of)
	inGroup(cmd, groupQuestion, func(f *pflag.FlagSet) {
		f.IntVar(&req.Exposures, "exposures", queries.DefaultGapExposures, "measure by so many of the largest exposures (`N`)")
		f.IntVar(&req.StaleYears, "stale-years", queries.DefaultStaleYears, "ask again for numbers that are older than so many `YEARS`; -1: never")
		f.StringSliceVar(&req.Assume, "assume", nil, "take for granted, where nobody says: `WHAT`, of complete (lists of suppliers are), essential (inputs are)")
		f.Var(newChoice(&req.Undocumented, "unaffected", "unaffected", "worst"), "undocumented", "suppliers that nobody documented: unaffected, or worst (all is lost that no documented one has)")
		f.Var(newChoice(&req.ProductLevel, "both", "both", "exact", "merged"), "product-level", "inputs that are kinds of one another (HBM3E, HBM): exact (an input each), merged (one), or both")
	})
	inGroup(cmd, groupWork, func(f *pflag.FlagSet) {
		f.IntVar(&req.Candidates, "candidates", queries.DefaultGapCandidates, "solve the network again for so many facts (`N`), those first that a rule of thumb puts first")
	})
	inGroup(cmd, groupOutput, func(f *pflag.FlagSet) {
		f.StringVar(&file, "questionnaire", "", "write the questions to a CSV `FILE` that can be filled in and imported; --bom for Excel")
	})
	ignoreEnvironment(cmd, "questionnaire")
	inGroup(cmd, groupOutput, func(f *pflag.FlagSet) {
		f.IntVar(&q.page.Limit, "limit", 0, fmt.Sprintf("list at most `N` (0: everything); unless it is given, a table has %d rows, other formats everything", gapsLimit))
	})
	p.asks(cmd, &q)
	return cmd
}

// gapsTold asks for the gaps, with progress on stderr.
func (p *program) gapsTold(ctx context.Context, v *graph.View, req queries.GapsRequest) (*queries.GapsAnswer, error) {
	m := p.newMeter()
	defer m.end()
	req.Progress = func(work string, done, total int) {
		m.show(step{what: "looking for gaps", done: int64(done), total: int64(total), part: -1, took: m.elapsed(), unit: work})
	}
	return queries.Gaps(ctx, v, req)
}

// questionnaireAnswer writes the gaps to a file as a questionnaire.
func (p *program) questionnaireAnswer(ctx context.Context, v *graph.View, req queries.GapsRequest, file string) (answer, error) {
	if req.Group == queries.GroupControl {
		return answer{}, usagef("--questionnaire asks about relations as they are stated; leave --group out")
	}
	found, err := p.gapsTold(ctx, v, req)
	if err != nil {
		return answer{}, err
	}
	asked := found.Questionnaire()
	if err := p.newQuestionnaire(file, asked.Items); err != nil {
		return answer{}, err
	}
	return p.questionnaireWritten(asked, &asked.Answer, asked.Items, found.Company.Name, file, fmt.Sprintf("%s looked at", plural(found.Facts, "facts"))), nil
}

// portfolioQuestionnaireAnswer writes the gaps of the companies of a portfolio to a file as one questionnaire.
func (p *program) portfolioQuestionnaireAnswer(ctx context.Context, v *graph.View, of *subject, q *question, req queries.GapsRequest, file string) (answer, error) {
	if q.scope.Group == queries.GroupControl {
		return answer{}, usagef("--questionnaire asks about relations as they are stated; leave --group out")
	}
	m := p.newMeter()
	defer m.end()
	asked, err := queries.PortfolioQuestionnaire(ctx, v, queries.MembersRequest{Portfolio: of.members, Scope: q.scope, Page: q.page, Progress: func(done, total int) {
		m.show(step{what: "asking", done: int64(done), total: int64(total), took: m.elapsed(), unit: "companies"})
	}}, req)
	if err != nil {
		return answer{}, err
	}
	if err := p.newQuestionnaire(file, asked.Items); err != nil {
		return answer{}, err
	}
	return p.questionnaireWritten(asked, &asked.Answer, asked.Items, plural(asked.Portfolio.Members, "companies"), file, portfolioText(&asked.Portfolio)), nil
}

// newQuestionnaire writes the questions to a file that must not be there: answers in it would be lost.
func (p *program) newQuestionnaire(file string, rows []queries.QuestionRow) error {
	out, err := os.OpenFile(file, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
	if errors.Is(err, os.ErrExist) {
		return hint(usagef("%s is there already, and answers in it would be lost", file), "name another file, or move that one away")
	}
	if err != nil {
		return err
	}
	if err := errors.Join(writeQuestionnaire(out, rows, p.output.bom), out.Close()); err != nil {
		return fmt.Errorf("writing %s: %w", file, err)
	}
	return nil
}

// questionnaireWritten says that a questionnaire was written, about whom, and what was looked at.
func (p *program) questionnaireWritten(whole any, head *queries.Answer, rows []queries.QuestionRow, about, file, lookedAt string) answer {
	return answer{
		whole: whole, items: rows, short: stopped(head),
		print: func(o *printer) {
			o.printf("%s about %s in %s.\n", plural(len(rows), "questions"), about, file)
			o.printf("Fill in answer, source and date, leave empty what nobody knows, then: %s import %s%s\n", p.self, shellWord(file), p.onStore())
			o.warnings(head)
		},
		last: func(*printer) string { return closing(lookedAt, head) },
	}
}

// writeQuestionnaire writes the questions for spreadsheets, which must not compute the names in them.
func writeQuestionnaire(w io.Writer, rows []queries.QuestionRow, bom bool) error {
	if bom {
		if _, err := io.WriteString(w, "\ufeff"); err != nil {
			return err
		}
	}
	out := csv.NewWriter(w)
	if err := queries.WriteSheet(out, rows); err != nil {
		return err
	}
	out.Flush()
	return out.Error()
}

func (p *program) gapsAnswer(ctx context.Context, v *graph.View, req queries.GapsRequest) (answer, error) {
	found, err := p.gapsTold(ctx, v, req)
	if err != nil {
		return answer{}, err
	}
	return answer{
		whole: found, items: found.Items, short: stopped(&found.Answer),
		print: func(o *printer) { printGaps(o, found) },
		last: func(*printer) string {
			total := plural(len(found.Items), "questions")
			if found.Total != nil {
				total = fmt.Sprintf("%s of %s", thousands(len(found.Items)), thousands(*found.Total))
			}
			return closing(fmt.Sprintf("%s; %s looked at, %s solved again", total, plural(found.Facts, "facts"), thousands(found.Solved)), &found.Answer)
		},
	}, nil
}

func printGaps(o *printer, a *queries.GapsAnswer) {
	if a.Around == 0 {
		o.printf("Nobody is documented to supply %s under these conditions.\n", a.Company.Name)
		o.warnings(&a.Answer)
		return
	}
	parts := make([]string, len(a.Exposures))
	for i, e := range a.Exposures {
		parts[i] = fmt.Sprintf("%s %s", e.Name, boundsCell(e.Loss))
	}
	o.wrap("", "  ", fmt.Sprintf("What would narrow what %s loses if one of these stops: %s", a.Company.Name, strings.Join(parts, "; ")))
	if len(a.Items) == 0 && a.LeftOut == 0 && a.Complete {
		o.printf("\nNothing that is not known would.\n")
	}
	for i, r := range a.Items {
		o.printf("\n")
		o.wrap(fmt.Sprintf("%3d. ", i+1), "     ", fmt.Sprintf("%s: %s", r.Asked.Name, r.Question))
		o.wrap("     ", "     ", fmt.Sprintf("%s; %s.", r.Present, r.Why))
	}
	o.warnings(&a.Answer)
}
