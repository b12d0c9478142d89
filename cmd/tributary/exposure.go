package main

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/tributarygraph/tributary/graph"
	"github.com/tributarygraph/tributary/queries"
)

// exposureLimit is how many rows a table has unless more are asked for.
const exposureLimit = 20

func exposureCommand(p *program) *cobra.Command {
	var q question
	var of subject
	var members int
	var req queries.ExposureRequest
	cmd := &cobra.Command{
		Use:   "exposure",
		Short: "How much of a company hangs on others, at least and at most",
		Long: `Ranks what a company is exposed to: every company upstream, or countries, or products; or tells how much hangs on what
--to, --to-country and --to-product name. Two measures, never mixed:

  loss if stopped   what the company loses when this alone stops, as the disrupt command counts it
  flow              what part of its intake comes from there, directly or through others: shares multiplied along the
                    paths and added over them, at most 1

Where nobody states a number the answer is an interval, "at least 12%, at most 100%", and the sentences say what would
narrow it. With --side revenue it is the sell side: how much of the company's revenue hangs on each customer, and on
their customers. With --cut X the question is turned round: the company cuts its orders by X (0 to 1), who upstream
loses how much of its revenue?

With --portfolio FILE, what the companies of a list lose: each by itself, and weighed by the spend on it. With --side
revenue, --cut, --line, --paths or --evidence each of them is asked by itself, which takes as long as it takes for each.`,
		Example: `  tributary exposure nvidia
  tributary exposure nvidia --to asml
  tributary exposure nvidia --line b200 --to-country TW
  tributary exposure nvidia --over countries --by origin
  tributary exposure coreweave --side revenue
  tributary exposure nvidia --side revenue --cut 0.2 --listed-in CN
  tributary exposure nvidia --sort upper --limit 0 -o csv --bom > exposure.csv
  tributary exposure --portfolio vendors.xlsx --over countries
  tributary exposure --portfolio vendors.xlsx --side revenue`,
	}
	p.asksOf(cmd, &of, func(cmd *cobra.Command) error {
		p.shortTable(cmd, &q.page, exposureLimit)
		req.Scope, req.Page = q.scope, q.page
		if req.ToCountry == "" && req.Over != queries.OverCountries && !cmd.Flags().Changed("by") {
			req.By = ""
		}
		if req.Paths == 0 {
			req.Paths = -1
		}
		asks := cmd.Flags().Changed("paths") && req.Paths > 0
		return p.ask(cmd.Context(), &q, func(ctx context.Context, v *graph.View, store graph.Store) (answer, error) {
			err := of.find(v)
			if err == nil {
				err = resolveExposure(v, &req)
			}
			if err != nil {
				return answer{}, err
			}
			if of.members != nil && (asks || req.Evidence || req.Line != "" || req.Cut > 0 || req.Side == queries.SideRevenue) {
				if !asks {
					req.Paths = 0
				}
				of.named, req.Details = members, store.Details
				return askMembers(ctx, p, v, &of, &q, "exposures", req, queries.PortfolioEachExposure)
			}
			if of.members != nil {
				return p.portfolioExposureAnswer(ctx, v, queries.PortfolioExposureRequest{Portfolio: of.members, ExposureRequest: req, Members: members})
			}
			req.Company, req.Details = of.company, store.Details
			return exposureAnswer(ctx, v, req)
		})
	})
	inGroup(cmd, groupQuestion, func(f *pflag.FlagSet) {
		f.Var(newChoice(&req.Side, "supply", "supply", "revenue"), "side", "supply: what is lost when others stop supplying; revenue: when others stop buying")
		f.StringSliceVar(&req.To, "to", nil, "only to these `COMPANIES` together, separated by commas")
		f.IntVar(&members, "members", queries.DefaultExposedMembers, "with --portfolio: name `N` members in each row, those first that lose most; -o json has them")
		f.StringVar(&req.ToProduct, "to-product", "", "only to this `PRODUCT` and every kind of it, whoever supplies it, or of --to")
		f.StringVar(&req.ToCountry, "to-country", "", "only to this `COUNTRY` (ISO 3166-1: TW, US)")
		f.Var(newChoice(&req.By, "headquarters", "headquarters", "origin", "making"), "by", "what ties to a country: headquarters, origin (where it ships from), or making")
		f.Var(newChoice(&req.Over, "companies", "companies", "countries", "products"), "over", "what to rank: companies, countries (see --by) or products")
		f.StringVar(&req.Line, "line", "", "only this `PRODUCT` of the company: what it needs counts, not what others of its lines need")
		f.Float64Var(&req.Cut, "cut", 0, "with --side revenue: the company cuts its orders by this `PART`, 0 to 1; list who loses revenue")
		f.StringVar(&req.Country, "country", "", "list only companies with headquarters in this `COUNTRY`")
		f.StringVar(&req.ListedIn, "listed-in", "", "list only companies listed at an exchange in this `COUNTRY` (CN: A shares)")
		f.StringSliceVar(&req.Assume, "assume", nil, "take for granted, where nobody says: `WHAT`, of complete (lists of suppliers are), essential (inputs are)")
		f.Var(newChoice(&req.Undocumented, "unaffected", "unaffected", "worst"), "undocumented", "suppliers that nobody documented: unaffected, or worst (all is lost that no documented one has)")
		f.Var(newChoice(&req.ProductLevel, "both", "both", "exact", "merged"), "product-level", "inputs that are kinds of one another (HBM3E, HBM): exact (an input each), merged (one), or both")
		f.Var(newChoice(&req.Sort, "lower", "lower", "upper"), "sort", "first what most hangs on for certain (lower), or what most may (upper)")
		f.IntVar(&req.Paths, "paths", queries.DefaultExposurePaths, fmt.Sprintf("most paths of each row (`N`), up to %d; -o json has them", queries.MaxExposurePaths))
		f.BoolVar(&req.Evidence, "evidence", false, "with -o json: give the claims of the paths in full, with quotes and addresses")
	})
	inGroup(cmd, groupOutput, func(f *pflag.FlagSet) {
		f.IntVar(&q.page.Limit, "limit", 0, fmt.Sprintf("list at most `N` (0: everything); unless it is given, a table has %d rows, other formats everything", exposureLimit))
	})
	p.asks(cmd, &q)
	return cmd
}

// resolveExposure finds what an exposure names beside the company.
func resolveExposure(v *graph.View, req *queries.ExposureRequest) (err error) {
	find := func(k graph.Kind, ref *string) {
		if *ref != "" && err == nil {
			*ref, err = resolve(v, k, *ref)
		}
	}
	for i := range req.To {
		find(graph.KindCompany, &req.To[i])
	}
	find(graph.KindProduct, &req.ToProduct)
	find(graph.KindProduct, &req.Line)
	return err
}

func exposureAnswer(ctx context.Context, v *graph.View, req queries.ExposureRequest) (answer, error) {
	found, err := queries.Exposure(ctx, v, req)
	if err != nil {
		if errors.Is(err, graph.ErrInvalid) && req.Cut > 0 && req.Side != queries.SideRevenue {
			err = hint(err, "with --cut goes --side revenue")
		}
		return answer{}, err
	}
	return answer{
		whole: found, items: found.Items, short: stopped(&found.Answer),
		print: func(o *printer) { printExposure(o, found) },
		last: func(*printer) string {
			total := plural(len(found.Items), "rows")
			if found.Total != nil {
				total = fmt.Sprintf("%s of %s", thousands(len(found.Items)), thousands(*found.Total))
			}
			where := " documented upstream"
			if found.Side == queries.SideRevenue && req.Cut == 0 {
				where = " documented downstream"
			}
			return closing(fmt.Sprintf("%s; %s %s", total, areCompanies(found.Around), strings.TrimSpace(where)), &found.Answer)
		},
	}, nil
}

func printExposure(o *printer, a *queries.ExposureAnswer) {
	o.printf("%s\n", printable(a.Question))
	for _, t := range a.Targets {
		o.printf("  %s: %s\n", printable(t.Text), hitText(&t))
	}
	o.printf("\n")
	switch {
	case a.Around == 0 && a.Side == queries.SideSupply:
		o.printf("Nobody is documented to supply %s under these conditions.\n", a.Company.Name)
	case len(a.Items) == 0 && a.LeftOut == 0:
		o.printf("Nothing is documented under these conditions.\n")
	case len(a.Items) == 0:
	case a.Side == queries.SideRevenue:
		printRevenueExposure(o, a)
	default:
		printSupplyExposure(o, a)
	}
	o.warnings(&a.Answer)
}

func printSupplyExposure(o *printer, a *queries.ExposureAnswer) {
	t := &table{columns: []column{{title: "LOSS IF STOPPED", right: true}, {title: "FLOW", right: true}, {title: "NAME", least: 16}, {title: "TIER", right: true}, {title: "HQ"},
		{title: "BINDING INPUT", least: 14}, {title: "THROUGH", least: 20}, {title: "WEAKEST HOP", least: 14}, {title: "ID", least: 12}}}
	for _, r := range a.Items {
		binding := ""
		if r.Binding != nil {
			binding = productText(r.Binding.Product)
		}
		t.add(boundsCell(r.LossIfStopped), boundsCell(r.FlowExposure), r.Name, strconv.Itoa(r.Tier), r.Country, binding, chainText(r.Cause), weakestText(r.Weakest), r.ID)
	}
	o.table(t)
	if n := alike(a); n > 1 {
		o.printf("\n%s of these %d have the same bounds, as rows that are not shown may: their order says nothing but how near they are\n", thousands(n), len(a.Items))
	}
	printSentences(o, a.Items)
}

// alike is how many rows at the end of a list that goes on have the same bounds: which of them stand in it says nothing.
func alike(a *queries.ExposureAnswer) (n int) {
	if a.NextCursor == "" {
		return 0
	}
	last := &a.Items[len(a.Items)-1]
	for i := range a.Items {
		if r := &a.Items[i]; boundsCell(r.LossIfStopped) == boundsCell(last.LossIfStopped) && boundsCell(r.FlowExposure) == boundsCell(last.FlowExposure) {
			n++
		}
	}
	return n
}

func printRevenueExposure(o *printer, a *queries.ExposureAnswer) {
	t := &table{columns: []column{{title: "REVENUE LOST", right: true}, {title: "MONEY"}, {title: "NAME", least: 16}, {title: "TIER", right: true}, {title: "HQ"}, {title: "LISTED", least: 10},
		{title: "THROUGH", least: 20}, {title: "WEAKEST HOP", least: 14}, {title: "ID", least: 12}}}
	for _, r := range a.Items {
		t.add(boundsCell(r.RevenueLoss), moneyText(r.Money), r.Name, strconv.Itoa(r.Tier), r.Country, strings.Join(r.Listed, ", "), chainText(r.Cause), weakestText(r.Weakest), r.ID)
	}
	o.table(t)
	printSentences(o, a.Items)
}

// boundsCell is an interval in a table: "12–100%".
func boundsCell(i *queries.Interval) string {
	if i == nil {
		return ""
	}
	if i.Low == i.High {
		return percent(i.Low)
	}
	return strings.TrimSuffix(percent(i.Low), "%") + "–" + percent(i.High)
}

func weakestText(h *queries.ExposureHop) string {
	if h == nil {
		return ""
	}
	return fmt.Sprintf("%s %s → %s", percent(h.Confidence), h.From.Name, h.To.Name)
}

func moneyText(list []queries.MoneyAtRisk) string {
	parts := make([]string, len(list))
	for i, m := range list {
		parts[i] = fmt.Sprintf("%s–%s %s", amount(m.Low), amount(m.High), m.Currency)
		if m.Low == m.High {
			parts[i] = amount(m.Low) + " " + m.Currency
		}
		if m.Period != "" {
			parts[i] += " (" + m.Period + ")"
		}
	}
	return strings.Join(parts, ", ")
}

func printSentences(o *printer, rows []queries.ExposureRow) {
	list := make([]said, len(rows))
	for i := range rows {
		list[i] = said{rows[i].Name, rows[i].Sentence}
	}
	o.sentences(list)
}
