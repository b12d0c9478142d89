package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/tributarygraph/tributary/graph"
	"github.com/tributarygraph/tributary/queries"
)

func pathsCommand(p *program) *cobra.Command {
	var q question
	var of subject
	var req queries.PathsRequest
	cmd := &cobra.Command{
		Use:   "paths SUPPLIER BUYER | SUPPLIER --portfolio FILE",
		Short: "The shortest ways from a supplier to a buyer, with the evidence of each hop",
		Long: `Lists the shortest ways that goods take from one company to another, downstream: the supplier comes first.
Each hop shows what is supplied, how firmly it is documented, and with --evidence who says so and where.

With --portfolio FILE, the ways from the supplier to each company of a list, and on how much of the spend it is.

` + portfolioHelp,
		Example: `  tributary paths asml microsoft
  tributary paths ajinomoto nvidia --evidence
  tributary paths zeiss openai --k 20 --max-hops 6 -o json
  tributary paths asml --portfolio vendors.csv --k 1`,
		Args: func(cmd *cobra.Command, args []string) error {
			if of.file != "" {
				return wantArgs(1, 1)(cmd, args)
			}
			return wantArgs(2, 2)(cmd, args)
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			req.Scope = q.scope
			if of.file != "" {
				if err := of.read(cmd.Context(), p); err != nil {
					return err
				}
			}
			return p.ask(cmd.Context(), &q, func(ctx context.Context, v *graph.View, store graph.Store) (answer, error) {
				var err error
				if req.From, err = resolve(v, graph.KindCompany, args[0]); err != nil {
					return answer{}, err
				}
				req.Details = store.Details
				if of.members != nil {
					return portfolioPathsAnswer(ctx, p, v, &of, &q, req)
				}
				if req.To, err = resolve(v, graph.KindCompany, args[1]); err != nil {
					return answer{}, err
				}
				return pathsAnswer(ctx, v, req)
			})
		},
	}
	of.flag(cmd)
	namesMembers(cmd, &of)
	inGroup(cmd, groupQuestion, func(f *pflag.FlagSet) {
		f.IntVar(&req.K, "k", queries.DefaultPaths, fmt.Sprintf("most paths (`N`), up to %d", queries.MaxPaths))
		f.IntVar(&req.MaxHops, "max-hops", 0, fmt.Sprintf("longest path, in `HOPS` (0: %d)", queries.MaxDepth))
		f.StringSliceVar(&req.Kinds, "kind", []string{"supplies"}, "`KINDS` of relation to follow: supplies, owns")
		f.Var(newChoice(&req.Chain, "any", "any", "consistent"), "chain", "any, or consistent: leave out paths where a hop is stated to go into another product")
		f.BoolVar(&req.Evidence, "evidence", false, "show who says so, with quotes and addresses")
	})
	p.completesCompanies(cmd, 2)
	p.asks(cmd, &q)
	return cmd
}

// pathFlags are what the flags that cut a list are called here.
var pathFlags = strings.NewReplacer("--limit", "--k", "--depth", "--max-hops")

func pathsAnswer(ctx context.Context, v *graph.View, req queries.PathsRequest) (answer, error) {
	found, err := queries.Paths(ctx, v, req)
	if err != nil {
		return answer{}, err
	}
	return answer{
		whole: found, items: hopRows(found), short: pathFlags.Replace(stopped(&found.Answer)),
		print: func(o *printer) { printPaths(o, found) },
		last: func(*printer) string {
			return pathFlags.Replace(closing(fmt.Sprintf("%s from %s to %s", plural(len(found.Paths), "paths"), found.From.Name, found.To.Name), &found.Answer))
		},
	}, nil
}

// portfolioPathsAnswer finds the ways from a supplier to each company of a portfolio.
func portfolioPathsAnswer(ctx context.Context, p *program, v *graph.View, of *subject, q *question, req queries.PathsRequest) (answer, error) {
	found, err := membersTold(ctx, p, v, of, q, req, queries.PortfolioPaths)
	if err != nil {
		return answer{}, err
	}
	a := listed(found, &found.Answer, func(o *printer) {
		printMembers(o, found, "paths")
		for i := range found.Items {
			for _, m := range found.Items[i].Of {
				if len(m.Row.Paths) > 0 {
					o.printf("\n")
					o.heading("To " + printable(m.Member.Name))
					o.paths(m.Row.Paths, &m.Row.Entities)
				}
			}
		}
	}, func() string {
		reached := 0
		for _, x := range found.Items {
			if x.Kind == queries.PathReached {
				reached = x.Members
			}
		}
		return fmt.Sprintf("%s of %s reached", thousands(reached), plural(found.Portfolio.Members, "companies"))
	})
	a.short = pathFlags.Replace(a.short)
	return a, nil
}

func printPaths(o *printer, a *queries.PathsAnswer) {
	if len(a.Paths) == 0 {
		o.printf("No path from %s to %s is documented under these conditions. The supplier comes first; try it the other way round.\n", a.From.Name, a.To.Name)
	}
	o.paths(a.Paths, &a.Entities)
	o.warnings(&a.Answer)
}

func (o *printer) paths(list []queries.PathRow, of *queries.Entities) {
	name := func(id string) string { return or(of.Companies[id].Name, id) }
	for i, path := range list {
		if i > 0 {
			o.printf("\n")
		}
		names := make([]string, len(path.Companies))
		for j, id := range path.Companies {
			names[j] = name(id)
		}
		o.heading(fmt.Sprintf("%d. %s", i+1, printable(strings.Join(names, " → "))))
		o.printf("   %s; weakest hop %s; %s if the hops are independent\n", plural(path.Length, "hops"), percent(path.Weakest.Confidence), percent(path.IfIndependent))
		for _, hop := range path.Hops {
			o.printf("   %s → %s\n", printable(name(hop.From)), printable(name(hop.To)))
			for _, r := range hop.Relations {
				printHopRelation(o, of, &r)
			}
			if hop.Link != "" {
				o.printf("      and on: %s\n", linkText(hop.Link, hop.LinkBy))
			}
		}
	}
}

func linkText(link, by string) string {
	switch link {
	case "linked":
		return "this goes into what the next hop brings (" + by + ")"
	case "contradicted":
		return "this is stated to go into something else than the next hop brings (" + by + ")"
	}
	return "whether this goes into what the next hop brings is not stated"
}

func printHopRelation(o *printer, of *queries.Entities, r *queries.HopRelation) {
	what := "(product not stated)"
	if r.Product != "" {
		what = or(of.Products[r.Product].Name, r.Product)
	}
	if r.Kind != "supplies" {
		what = r.Kind
	}
	parts := []string{printable(what)}
	if r.Share != nil {
		parts = append(parts, "share "+share(r.Share))
	}
	parts = append(parts, "confidence "+percent(r.Confidence), r.Stage, r.Basis, plural(r.Sources, "sources"))
	if r.Denials > 0 {
		parts = append(parts, plural(r.Denials, "denials"))
	}
	o.printf("      %s\n", strings.Join(parts, "; "))
	for _, c := range r.Claims {
		printEvidence(o, "         ", &c)
	}
}

// printEvidence prints what a claim rests on: the sentence, and where it stands.
func printEvidence(o *printer, indent string, c *queries.ClaimRow) {
	text := ""
	if c.Stance == "denies" {
		text = "DENIES "
	}
	if c.Quote != "" {
		text += "“" + c.Quote + "”"
	} else if c.Locator != "" {
		text += c.Locator
	}
	if text != "" {
		o.printf("%s%s\n", indent, printable(text))
	}
	o.printf("%s— %s\n", indent, printable(sourceTitle(c)))
	if c.Source != nil && c.Source.URL != "" {
		o.printf("%s  %s\n", indent, printable(c.Source.URL))
	}
}

// hopRow is a row of paths in CSV: one relation of one hop.
type hopRow struct {
	Path     int    `json:"path"`
	Length   int    `json:"length"`
	Hop      int    `json:"hop"`
	From     string `json:"from"`
	FromName string `json:"from_name"`
	To       string `json:"to"`
	ToName   string `json:"to_name"`
	queries.HopRelation
	Link string `json:"link"`
}

func hopRows(a *queries.PathsAnswer) []hopRow {
	rows := []hopRow{}
	for i, path := range a.Paths {
		for j, hop := range path.Hops {
			for _, r := range hop.Relations {
				rows = append(rows, hopRow{Path: i + 1, Length: path.Length, Hop: j + 1, From: hop.From, FromName: a.Entities.Companies[hop.From].Name,
					To: hop.To, ToName: a.Entities.Companies[hop.To].Name, HopRelation: r, Link: hop.Link})
			}
		}
	}
	return rows
}
