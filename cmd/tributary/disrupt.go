package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"reflect"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/tributarygraph/tributary/graph"
	"github.com/tributarygraph/tributary/queries"
)

// disruptLimit is how many rows a table has unless more are asked for.
const disruptLimit = 30

// scenarioFlags say what stops without a file.
type scenarioFlags struct {
	file   string
	target queries.Target
	days   float64
	demand queries.DemandCut
	levels string
}

func disruptCommand(p *program) *cobra.Command {
	var q question
	var req queries.DisruptionRequest
	var s scenarioFlags
	portfolio := ""
	cmd := &cobra.Command{
		Use:   "disrupt",
		Short: "What is lost downstream when something stops",
		Long: `Tells what is lost when companies, products, whole countries or single relations stop or slow down: line by line, at
least and at most, with the reason. A missing input stops what uses it, not the whole company. Where nobody states a
share, or whether an input is essential, the answer is an interval: "loses 0% to 100%" means that nobody knows.

What stops is said by flags, all of which must hold, or by a scenario: a small file in YAML or JSON that can be kept
and shared, for what is supposed or for what happened.

  title: Hualien earthquake
  from: 2024-04-03
  to: 2024-04-06
  source: https://example.org/report
  targets:
    - country: TW
      by: making              # headquarters, origin (where it ships from), making, site
      product: foundry-wafer  # and every kind of it
      capacity: 0.8           # what is left
    - near: 23.98,121.61,50km # what comes from sites there; also: region
    - relation: supplies~vertiv~nvidia~liquid-cooling
      recovery_days: 90

Losses assume that no supplier stands in for another. What would be done about it is supposed by a remedy: then rows tell
the loss before and after. tributary remedy finds the second source that helps most, and writes it so.

  remedy:
    new_suppliers:            # that no source names
      - name: a new supplier
    add:                      # also: change, remove
      - from: a new supplier  # or any company of the network
        to: nvidia
        product: hbm
        takes: 0.3            # the part of the intake that it takes over; or share_of_input

With --portfolio FILE, only what the companies of a list lose is listed, with what that makes of the spend on them.

A scenario may also cut what companies order (or --demand and --cut): then the answer lists who upstream loses revenue.

  demand:
    - company: nvidia
      product: hbm            # only of this product and every kind of it
      cut: 0.2                # the part of the orders that is cut

The two are answered apart: what stops cuts no orders, and who loses revenue goes on supplying.`,
		Example: `  tributary disrupt --company vertiv --product liquid-cooling
  tributary disrupt --country TW --by origin --capacity 0.3 --days 90
  tributary disrupt --company asml --only microsoft
  tributary disrupt --near 24.8,121.0,100km
  tributary disrupt --country TW --portfolio vendors.xlsx
  tributary disrupt --demand nvidia --cut 0.2
  tributary disrupt --scenario hualien.yaml --assume complete,essential --sort upper -o csv > losses.csv`,
		Args: wantArgs(0, 0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			var err error
			if req.Scenario, err = s.scenario(cmd, p.in); err != nil {
				return err
			}
			if portfolio != "" {
				if portfolio == "-" && s.file == "-" {
					return usagef("disrupt: --portfolio - and --scenario -: standard input can be one of them")
				}
				if req.Portfolio, err = p.portfolio(cmd.Context(), portfolio); err != nil {
					return err
				}
			}
			p.shortTable(cmd, &q.page, disruptLimit)
			req.Scope, req.Page, req.ProductLevel = q.scope, q.page, s.levels
			return p.ask(cmd.Context(), &q, func(ctx context.Context, v *graph.View, _ graph.Store) (answer, error) {
				if err := resolveScenario(v, &req.Scenario); err != nil {
					return answer{}, err
				}
				if req.Company != "" {
					var err error
					if req.Company, err = resolve(v, graph.KindCompany, req.Company); err != nil {
						return answer{}, err
					}
				}
				return disruptAnswer(ctx, v, req)
			})
		},
	}
	inGroup(cmd, groupQuestion, func(f *pflag.FlagSet) {
		f.StringVar(&s.file, "scenario", "", "read what stops from this `FILE` (- for standard input)")
		f.StringVar(&s.target.Company, "company", "", "this `COMPANY` stops")
		f.StringVar(&s.target.Product, "product", "", "this `PRODUCT` and every kind of it: of the company, or of all")
		f.StringVar(&s.target.Country, "country", "", "what is in this `COUNTRY` (ISO 3166-1: TW, US)")
		f.Var(newChoice(&s.target.By, "", "headquarters", "origin", "making", "site"), "by", "what ties to the country: headquarters (default), origin (where it ships from), making, or site (where the sites lie that it comes from)")
		f.StringVar(&s.target.Near, "near", "", "what comes from sites within a radius: `LATITUDE,LONGITUDE,RADIUS` (24.8,121.0,100km; or m, mi)")
		f.StringVar(&s.target.Region, "region", "", "what comes from sites in this `REGION`, by a name or code that sources state")
		f.StringVar(&s.target.Relation, "relation", "", "this one `RELATION`: kind~from~to~product")
		f.Float64Var(&s.target.Capacity, "capacity", 0, "the `PART` that is left, 0 to 1")
		f.StringVar(&s.demand.Company, "demand", "", "this `COMPANY` orders less (--cut): list who upstream loses revenue")
		f.Float64Var(&s.demand.Cut, "cut", 0, "the `PART` of the orders of --demand that is cut, up to 1")
		f.Float64Var(&s.days, "days", 0, "it works again after so many `DAYS`")
		f.StringVar(&req.Company, "only", "", "list only what this `COMPANY` loses")
		f.StringVar(&portfolio, "portfolio", "", "list only what the companies in this `FILE` lose, and what they lose together by the spend on each (-: standard input)")
		f.Float64Var(&req.MinLoss, "min-loss", 0, "list only what may lose at least this `PART`, 0 to 1")
		f.StringSliceVar(&req.Assume, "assume", nil, "take for granted, where nobody says: `WHAT`, of complete (lists of suppliers are), essential (inputs are)")
		f.Var(newChoice(&req.Undocumented, "unaffected", "unaffected", "worst"), "undocumented", "suppliers that nobody documented: unaffected, or worst (all is lost that no documented one has)")
		f.Var(newChoice(&s.levels, "both", "both", "exact", "merged"), "product-level", "inputs that are kinds of one another (HBM3E, HBM): exact (an input each), merged (one), or both")
		f.Var(newChoice(&req.Sort, "lower", "lower", "upper"), "sort", "first what loses most for certain (lower), or what may (upper)")
	})
	inGroup(cmd, groupOutput, func(f *pflag.FlagSet) {
		f.IntVar(&q.page.Limit, "limit", 0, fmt.Sprintf("list at most `N` (0: everything); unless it is given, a table has %d rows, other formats everything", disruptLimit))
	})
	p.asks(cmd, &q)
	return cmd
}

// scenario is what the file says, or the flags.
func (s *scenarioFlags) scenario(cmd *cobra.Command, in io.Reader) (queries.Scenario, error) {
	if s.file == "" {
		if cmd.Flags().Changed("days") {
			s.target.RecoveryDays = &s.days
		}
		return s.fromFlags(cmd)
	}
	for _, name := range []string{"company", "product", "country", "by", "near", "region", "relation", "capacity", "days", "demand", "cut"} {
		if cmd.Flags().Changed(name) {
			return queries.Scenario{}, usagef("disrupt: --%s and --scenario: the file says what stops", name)
		}
	}
	return readScenario(s.file, in)
}

// fromFlags is what the flags say: something stops, somebody orders less, or both.
func (s *scenarioFlags) fromFlags(cmd *cobra.Command) (out queries.Scenario, err error) {
	if (s.demand.Company != "") != cmd.Flags().Changed("cut") {
		return out, usagef("disrupt: --demand names who orders less and --cut says by what part: want both")
	}
	if s.demand.Company != "" {
		out.Demand = []queries.DemandCut{s.demand}
	}
	switch {
	case s.target.Company != "" || s.target.Product != "" || s.target.Country != "" || s.target.Relation != "" || s.target.Near != "" || s.target.Region != "":
		out.Targets = []queries.Target{s.target}
	case out.Demand == nil:
		return out, hint(usagef("disrupt: nothing stops: want --company, --product, --country, --near, --region, --relation, --demand or --scenario"), "%s --help shows examples", cmd.CommandPath())
	case cmd.Flags().Changed("by") || cmd.Flags().Changed("capacity") || cmd.Flags().Changed("days"):
		return out, usagef("disrupt: --by, --capacity and --days go with what stops, and nothing does")
	}
	return out, nil
}

// readScenario reads a scenario, refusing what it does not know. JSON is YAML.
func readScenario(file string, in io.Reader) (s queries.Scenario, err error) {
	var data []byte
	if file == "-" {
		data, err = io.ReadAll(in)
	} else {
		data, err = os.ReadFile(file)
	}
	switch {
	case errors.Is(err, os.ErrNotExist):
		return s, noFile(file)
	case err != nil:
		return s, unreadable(file, err)
	}
	if err := yaml.UnmarshalWithOptions(data, &s, yaml.Strict()); err != nil {
		return s, usagef("scenario %s: %s", file, strings.TrimSpace(yamlErrorText(err)))
	}
	return s, nil
}

// yamlErrorText is an error with its place; a value of another type is told in words that are not Go's.
func yamlErrorText(err error) string {
	text := yaml.FormatError(err, false, true)
	var wrong *yaml.TypeError
	if !errors.As(err, &wrong) {
		return text
	}
	want := map[reflect.Kind]string{reflect.Float64: "a number", reflect.String: "text", reflect.Bool: "true or false", reflect.Slice: "a list"}[wrong.DstType.Kind()]
	if want == "" {
		want = "fields with values"
	}
	return strings.Replace(text, wrong.GetMessage(), "want "+want, 1)
}

// resolveScenario finds what a scenario names.
func resolveScenario(v *graph.View, s *queries.Scenario) (err error) {
	find := func(k graph.Kind, ref *string) {
		if *ref != "" && err == nil {
			*ref, err = resolve(v, k, *ref)
		}
	}
	for i := range s.Targets {
		find(graph.KindCompany, &s.Targets[i].Company)
		find(graph.KindProduct, &s.Targets[i].Product)
	}
	for i := range s.Demand {
		find(graph.KindCompany, &s.Demand[i].Company)
		find(graph.KindProduct, &s.Demand[i].Product)
	}
	return err
}

func disruptAnswer(ctx context.Context, v *graph.View, req queries.DisruptionRequest) (answer, error) {
	found, err := queries.Disruption(ctx, v, req)
	if err != nil {
		if errors.Is(err, graph.ErrInvalid) {
			err = hint(err, "tributary disrupt --help shows a scenario")
		}
		return answer{}, err
	}
	return answer{
		whole: found, items: found.Rows(), short: stopped(&found.Answer),
		print: func(o *printer) { printDisruption(o, found) },
		last: func(*printer) string {
			c := found.Totals.Companies
			if len(found.Scenario.Targets) == 0 {
				return closing(demandClosing(found.Demand), &found.Answer)
			}
			if found.Total == nil {
				return closing("losses are not known", &found.Answer)
			}
			return closing(fmt.Sprintf("%s hit; of %s downstream %d lose something for certain over all their lines, %d may stop altogether",
				plural(found.Totals.Hit, "companies"), plural(c.Affected, "companies"), c.Certain, c.MayStop), &found.Answer)
		},
	}, nil
}

func printDisruption(o *printer, a *queries.DisruptionAnswer) {
	for _, t := range a.Targets {
		left := "stops"
		if t.Capacity > 0 {
			left = "is left with " + percent(t.Capacity)
		}
		o.printf("%s %s (%s)\n", t.Text, left, hitText(&t))
	}
	if a.Demand != nil {
		for _, c := range a.Demand.Cuts {
			o.printf("%s (%s)\n", printable(c.Text), plural(c.Relations, "relations"))
		}
	}
	if len(a.Scenario.Targets) > 0 {
		printLosses(o, a)
	}
	if a.Demand != nil {
		printDemand(o, a.Demand)
	}
	o.warnings(&a.Answer)
}

// demandClosing says how many lose revenue.
func demandClosing(a *queries.DemandLosses) string {
	if a.Total == nil {
		return "who loses revenue is not known"
	}
	c := a.Totals.Companies
	return fmt.Sprintf("of %s upstream that lose revenue or may, %d do for certain", plural(c.Affected, "companies"), c.Certain)
}

func printDemand(o *printer, a *queries.DemandLosses) {
	o.printf("\n")
	o.heading("Who loses revenue")
	switch {
	case a.Total == nil:
		o.printf("  There was no time to find who does.\n")
		return
	case len(a.Items) == 0:
		o.printf("  Nobody who is documented does under these conditions.\n")
		return
	}
	t := &table{columns: []column{{title: "TIER", right: true}, {title: "NAME", least: 12}, {title: "REVENUE LOST", right: true}, {title: "AT RISK"}, {title: "THROUGH", least: 20},
		{title: "HQ"}, {title: "ID", least: 12}}}
	for _, r := range a.Items {
		t.add(strconv.Itoa(r.Tier), r.Name, boundsCell(r.Loss), lostMoneyText(r.Money), chainText(r.Path), r.Country, r.ID)
	}
	o.table(t)
	o.printf("\n")
	for i, r := range a.Items {
		if i == reasons {
			o.printf("  … %d more with -o json\n", len(a.Items)-i)
			break
		}
		o.printf("  %s\n", printable(r.Why))
	}
	if a.LeftOut > 0 {
		o.printf("  %d more lose revenue or may\n", a.LeftOut)
	}
}

func printLosses(o *printer, a *queries.DisruptionAnswer) {
	o.printf("\n")
	if a.Portfolio != nil {
		o.portfolio(&a.Portfolio.Match)
	}
	if a.Portfolio != nil && a.Portfolio.Sentence != "" {
		o.wrap("", "", a.Portfolio.Sentence)
		o.printf("\n")
	}
	if a.Total == nil {
		o.printf("There was no time to find what is lost.\n")
	} else if len(a.Items) == 0 {
		o.printf("Nothing that is documented loses anything under these conditions.\n")
	} else {
		t := &table{columns: []column{{title: "TIER", right: true}, {title: "NAME", least: 12}, {title: "LINES", least: 16}, {title: "LOSS", right: true}, {title: "AFTER", right: true},
			{title: "THROUGH", least: 20}, {title: "REACHED"}, {title: "STOPPED"}, {title: "SURVIVES"}, {title: "AT RISK"}, {title: "HQ"}, {title: "ID", least: 12}}}
		for _, r := range a.Items {
			after := ""
			if r.After != nil {
				after = queries.LossText(r.After)
			}
			t.add(strconv.Itoa(r.Tier), r.Name, linesText(r.Lines), queries.LossText(r.Loss), after, throughText(&r), daysText(r.Reached), daysText(r.Stopped),
				r.Survives, lostMoneyText(r.Money), r.Country, r.ID)
		}
		o.table(t)
		printReasons(o, a.Items)
	}
	if after := a.After; after != nil {
		o.printf("\nWith the remedy %s downstream lose something or may (%d without it), %d of them everything (%d without it).\n",
			plural(after.Companies.Affected, "companies"), a.Totals.Companies.Affected, after.Companies.MayStop, a.Totals.Companies.MayStop)
	}
}

func hitText(t *queries.TargetRow) string {
	var parts []string
	for _, part := range []struct {
		n    int
		noun string
	}{{t.Sites, "sites"}, {t.Companies, "companies"}, {t.Lines, "lines"}, {t.Relations, "relations"}} {
		if part.n > 0 {
			parts = append(parts, plural(part.n, part.noun))
		}
	}
	if parts == nil {
		return "nothing that is documented"
	}
	return strings.Join(parts, ", ")
}

// maxLines is how many lines a cell names.
const maxLines = 3

func linesText(lines []queries.Ref) string {
	if len(lines) <= maxLines {
		return refNames(lines)
	}
	return fmt.Sprintf("%s and %d more", refNames(lines[:maxLines]), len(lines)-maxLines)
}

// daysText is a time in days: "day 15", "day 15 to 30", "day 15 or later"; empty where it does not come or is not known.
// What may be at once and has no bound says nothing.
func daysText(d *queries.Days) string {
	switch {
	case d == nil || d.High == nil && d.Low == 0:
		return ""
	case d.High == nil:
		return "day " + plainNumber(d.Low) + " or later"
	case *d.High == d.Low:
		return "day " + plainNumber(d.Low)
	}
	return "day " + plainNumber(d.Low) + " to " + plainNumber(*d.High)
}

func plainNumber(x float64) string { return strconv.FormatFloat(x, 'f', -1, 64) }

// lostMoneyText is money in words, to three digits.
func lostMoneyText(list []queries.LossOfMoney) string {
	var parts []string
	for _, m := range list {
		text := m.Currency + " " + roundAmount(m.High)
		if m.Low != m.High {
			text = m.Currency + " " + roundAmount(m.Low) + " to " + roundAmount(m.High)
		}
		if m.Period != "" {
			text += " (" + m.Of + " " + m.Period + ")"
		}
		parts = append(parts, text)
	}
	return strings.Join(parts, ", ")
}

func roundAmount(x float64) string {
	for _, unit := range []struct {
		of   float64
		name string
	}{{1e9, " billion"}, {1e6, " million"}} {
		if x >= unit.of {
			return strconv.FormatFloat(x/unit.of, 'g', 3, 64) + unit.name
		}
	}
	return strconv.FormatFloat(x, 'f', 0, 64)
}

// reasons is how many rows are explained in sentences; the others are in -o csv and json.
const reasons = 10

func printReasons(o *printer, rows []queries.DisruptionRow) {
	o.printf("\n")
	o.heading("Why")
	for i, r := range rows {
		if i == reasons {
			o.printf("  … %d more with -o csv or -o json\n", len(rows)-i)
			return
		}
		o.printf("  %s.\n", r.Why)
	}
}

func throughText(r *queries.DisruptionRow) string {
	if r.Hit {
		return "hit itself"
	}
	return chainText(r.Path)
}

// chainText is a chain, from what is hit on.
func chainText(hops []queries.CauseHop) string {
	if len(hops) == 0 {
		return ""
	}
	names := []string{hops[0].From.Name}
	for _, h := range hops {
		names = append(names, h.To.Name)
	}
	return strings.Join(names, " → ")
}
