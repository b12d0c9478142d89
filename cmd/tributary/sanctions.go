package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/tributarygraph/tributary/graph"
	"github.com/tributarygraph/tributary/queries"
)

// sanctionsLimit is how many rows a table has unless more are asked for.
const sanctionsLimit = 20

func sanctionsCommand(p *program) *cobra.Command {
	var q question
	var of subject
	var rule string
	var req queries.SanctionsRequest
	cmd := &cobra.Command{
		Use:   "sanctions",
		Short: "Who upstream is listed, or blocked through its owners, under a rule",
		Long: `Tells who upstream of a company, and the company itself, is listed by an authority or blocked because of who owns it,
by which chain of ownership, and through which suppliers it is reached:

  listed             an authority of the rule lists it
  blocked            listed and blocked companies hold enough of it, by shares that are stated
  possibly blocked   they may hold enough of it, where shares are unknown or disputed, or are said to control it
  held               they hold some of it, but not enough

Built-in rules:

  ofac   US Treasury: 50% or more, all blocked owners together (the default)
  bis    US Entity List and MEU List: the same; suspended for owners from 2025-11-10 to 2026-11-09
  eu     European Union: 50% or more, all blocked owners together
  uk     United Kingdom: more than 50%, one owner alone

Other rules are files:

  name: ours
  authorities: [OFSI]         # whose listings count: ids or names
  programmes: [Russia]        # optional: only listings under these
  threshold: 0.5
  inclusive: false            # true: 50% is enough; false: it takes more
  aggregate: false            # true: blocked owners are added up; false: one must hold enough alone
  source: https://...         # optional: where the rule is written

Listings and holdings are dated: --as-of asks of another day. What nobody documented is not found: no finding is a
clearance. The economic interest is another measure, at which no rule looks: shares multiplied along chains of ownership.`,
		Example: `  tributary sanctions alibaba --rule bis
  tributary sanctions bytedance --rule bis --evidence
  tributary sanctions nvidia
  tributary sanctions tencent --rule bis --as-of 2022
  tributary sanctions --portfolio vendors.csv --rule bis -o csv > exposed.csv`,
	}
	p.asksOf(cmd, &of, func(cmd *cobra.Command) error {
		p.shortTable(cmd, &q.page, sanctionsLimit)
		var err error
		if req.Rule, err = readRule(rule); err != nil {
			return err
		}
		req.Scope, req.Page = q.scope, q.page
		if req.Paths == 0 {
			req.Paths = -1
		}
		return p.ask(cmd.Context(), &q, func(ctx context.Context, v *graph.View, store graph.Store) (answer, error) {
			if err := of.find(v); err != nil {
				return answer{}, err
			}
			req.Company, req.Portfolio, req.Details = of.company, of.members, store.Details
			return sanctionsAnswer(ctx, v, req)
		})
	})
	inGroup(cmd, groupQuestion, func(f *pflag.FlagSet) {
		f.StringVar(&rule, "rule", queries.RuleOFAC, "the `RULE`: "+strings.Join(queries.BuiltinRules(), ", ")+", or a file")
		f.StringSliceVar(&req.Status, "status", nil, "list only these `STATUSES`, separated by commas: listed, blocked, possibly_blocked, held")
		f.IntVar(&req.Paths, "paths", queries.DefaultSanctionsPaths, fmt.Sprintf("supply chains of each row, `N` up to %d", queries.MaxSanctionsPaths))
		f.BoolVar(&req.Evidence, "evidence", false, "give the claims of listings, holdings and hops in full, with quotes and addresses")
	})
	inGroup(cmd, groupOutput, func(f *pflag.FlagSet) {
		f.IntVar(&q.page.Limit, "limit", 0, fmt.Sprintf("list at most `N` (0: everything); unless it is given, a table has %d rows, other formats everything", sanctionsLimit))
	})
	p.asks(cmd, &q)
	return cmd
}

// readRule is the built-in rule of this name, or what the file says.
func readRule(name string) (r queries.SanctionsRule, err error) {
	if slices.Contains(queries.BuiltinRules(), name) {
		return queries.BuiltinRule(name)
	}
	data, err := os.ReadFile(name)
	switch {
	case errors.Is(err, os.ErrNotExist):
		return r, hint(noFile(name), "--rule is %s, or a file; tributary sanctions --help shows one", strings.Join(queries.BuiltinRules(), ", "))
	case err != nil:
		return r, unreadable(name, err)
	}
	if err := yaml.UnmarshalWithOptions(data, &r, yaml.Strict()); err != nil {
		return r, usagef("rule %s: %s", name, strings.TrimSpace(yamlErrorText(err)))
	}
	r, err = r.Resolve()
	var wrong *queries.RuleError
	if errors.As(err, &wrong) {
		if line := lineOf(data, wrong.Field); line > 0 {
			return r, usagef("rule %s: line %d: %s", name, line, wrong)
		}
		return r, usagef("rule %s: it does not say %s", name, wrong)
	}
	return r, err
}

// lineOf is the line on which a file states a field; 0 where it does not.
func lineOf(data []byte, field string) int {
	path, err := yaml.PathString("$." + field)
	if err != nil {
		return 0
	}
	node, err := path.ReadNode(strings.NewReader(string(data)))
	if err != nil || node == nil || node.GetToken() == nil {
		return 0
	}
	return node.GetToken().Position.Line
}

func sanctionsAnswer(ctx context.Context, v *graph.View, req queries.SanctionsRequest) (answer, error) {
	found, err := queries.Sanctions(ctx, v, req)
	if err != nil {
		return answer{}, err
	}
	return listed(found, &found.Answer, func(o *printer) { printSanctions(o, found) }, func() string {
		return ofTotal(len(found.Items), found.Total, "rows") + "; " + plural(found.Listings, "listings") + " under the rule " + found.Rule.Name
	}), nil
}

func printSanctions(o *printer, a *queries.SanctionsAnswer) {
	if a.Portfolio != nil {
		o.portfolio(a.Portfolio)
	}
	o.wrap("", "", a.Finding)
	o.wrap("", "  ", strings.ToUpper(a.RuleText[:1])+a.RuleText[1:]+".")
	if len(a.Items) == 0 {
		return
	}
	o.printf("\n")
	t := &table{columns: []column{{title: "STATUS"}, {title: "NAME", least: 16}, {title: "TIER", right: true}, {title: "LISTED BY", least: 20}, {title: "HELD BY BLOCKED", right: true},
		{title: "ECONOMIC INTEREST", right: true}, {title: "THROUGH", least: 20}, {title: "HQ"}, {title: "ID", least: 12}}}
	for i := range a.Items {
		r := &a.Items[i]
		t.add(strings.ReplaceAll(r.Status, "_", " "), r.Name, strconv.Itoa(r.Tier), listedBy(r), interestCell(r.HeldByBlocked), interestCell(r.EconomicInterest), sanctionedBehind(r, a.Portfolio), r.Country, r.ID)
	}
	o.table(t)
	o.printf("\n")
	o.heading("In words")
	for i := range a.Items {
		if i == reasons {
			o.printf("  … %d more with -o csv or -o json\n", len(a.Items)-i)
			break
		}
		o.wrap("  ", "    ", a.Items[i].Sentence)
		printSanctionsEvidence(o, &a.Items[i])
	}
}

// interestCell is an interval; a dash where there is none.
func interestCell(i *queries.Interval) string {
	if i == nil {
		return "-"
	}
	return boundsCell(i)
}

// listedBy names the authorities and programmes of the listings that count.
func listedBy(r *queries.SanctionsRow) string {
	var list []string
	for _, l := range r.Listings {
		if !l.Counts {
			continue
		}
		text := l.Authority.Name
		if len(l.Programmes) > 0 {
			text += ", " + strings.Join(l.Programmes, ", ")
		}
		if l.Listed.ID != r.ID {
			text = l.Listed.Name + ": " + text
		}
		list = append(list, text)
	}
	return strings.Join(list, "; ")
}

// sanctionedBehind is whom it comes through, or how many members it stands behind.
func sanctionedBehind(r *queries.SanctionsRow, m *queries.PortfolioMatch) string {
	if m != nil {
		return fmt.Sprintf("%d of %s", r.Members, plural(m.Members, "members"))
	}
	return listNames(r.Through, len(r.Through))
}

// printSanctionsEvidence prints the claims of a row, where it has them.
func printSanctionsEvidence(o *printer, r *queries.SanctionsRow) {
	print := func(about string, claims []queries.ClaimRow) {
		for _, c := range claims {
			o.wrap("    ", "      ", evidenceLine(about, &c))
		}
	}
	for _, l := range r.Listings {
		print(l.Authority.Name+" lists "+l.Listed.Name, l.Claims)
	}
	for _, h := range r.Ownership {
		print(h.Owner.Name+" owns "+h.Owned.Name, h.Claims)
	}
}

func evidenceLine(about string, c *queries.ClaimRow) string {
	parts := []string{about}
	if c.Stance == "denies" {
		parts[0] = "denied: " + about
	}
	if c.ValidFrom != "" {
		parts = append(parts, "from "+c.ValidFrom)
	}
	if c.Period != "" {
		parts = append(parts, "of "+c.Period)
	}
	if c.Stage != "unknown" {
		parts = append(parts, c.Stage)
	}
	text := strings.Join(parts, ", ")
	if c.Source != nil {
		text += ": " + or(c.Source.Publisher, c.Source.ID)
		if c.Source.URL != "" {
			text += " " + c.Source.URL
		}
	}
	if c.Quote != "" {
		text += " “" + c.Quote + "”"
	}
	return text
}
