package main

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/tributarygraph/tributary/graph"
	"github.com/tributarygraph/tributary/queries"
)

// What the demo supposes, in ids of the sample.
const (
	demoStopped      = "vertiv"
	demoCooling      = "liquid-cooling"
	demoCountry      = "TW"
	demoToolmaker    = "asml"
	demoShown        = 5 // how many of a list are named
	demoAssumeBounds = "complete,essential"
)

// demoBuyers are those whose common suppliers are looked for.
var demoBuyers = []string{"microsoft", "google", "meta", "tesla"}

// stops tells what stops when one supplier's product does: not the whole buyer, and not for certain.
func (d *demonstration) stops(ctx context.Context) error {
	found, err := queries.Disruption(ctx, d.view, queries.DisruptionRequest{Scenario: queries.Scenario{Targets: []queries.Target{{Company: demoStopped, Product: demoCooling}}}})
	if err != nil {
		return err
	}
	hurt := losers(found)
	at := slices.IndexFunc(hurt, func(r *queries.DisruptionRow) bool { return r.ID == demoCompany })
	if at < 0 || len(hurt[at].Path) == 0 {
		return fmt.Errorf("%w: %s among those that %s's %s stops", graph.ErrNotFound, demoCompany, demoStopped, demoCooling)
	}
	buyer, hop := hurt[at], hurt[at].Path[0]
	d.o.printf("\n")
	d.o.heading(fmt.Sprintf("What stops if %s's %s stops?", hop.From.Name, strings.ToLower(hop.Product.Name)))
	d.wrap("  ", fmt.Sprintf("Not %s: only what needs that cooling, its %s. %s.", buyer.Name, refNames(buyer.Lines), buyer.Why))
	d.wrap("  ", fmt.Sprintf("Behind it, through what they buy from it: %s.", linesOf(slices.Delete(slices.Clone(hurt), at, at+1))))
	d.wrap("  ", "“At least 0%, at most 100%” is what the sources allow: they name suppliers, not shares. A share that somebody states narrows it at once.")
	d.o.printf("\n")
	if err := d.cite(ctx, hop.Relation); err != nil {
		return err
	}
	d.o.printf("\n  Line by line, with the reasons:\n")
	d.command("disrupt --company %s --product %s", demoStopped, demoCooling)
	return nil
}

// exposed tells who hangs on a country and on one company, and on which assumptions that becomes certain.
func (d *demonstration) exposed(ctx context.Context) error {
	d.o.printf("\n")
	d.o.heading("Who is exposed to Taiwan, and to ASML?")
	for _, x := range []struct {
		target  queries.Target
		subject string
		command string
	}{
		{queries.Target{Country: demoCountry}, "every company with its headquarters in Taiwan", "disrupt --country " + demoCountry},
		{queries.Target{Company: demoToolmaker}, "ASML", "disrupt --company " + demoToolmaker},
	} {
		if err := d.exposedTo(ctx, x.target, x.subject); err != nil {
			return err
		}
		d.command("%s --assume %s", x.command, demoAssumeBounds)
		d.o.printf("\n")
	}
	return nil
}

func (d *demonstration) exposedTo(ctx context.Context, target queries.Target, subject string) error {
	req := queries.DisruptionRequest{Scenario: queries.Scenario{Targets: []queries.Target{target}}}
	open, err := queries.Disruption(ctx, d.view, req)
	if err != nil {
		return err
	}
	req.Assume = strings.Split(demoAssumeBounds, ",")
	assumed, err := queries.Disruption(ctx, d.view, req)
	if err != nil {
		return err
	}
	hurt := losers(assumed)
	if len(hurt) == 0 || len(hurt[0].Path) == 0 {
		return fmt.Errorf("%w: anybody who hangs on %s", graph.ErrNotFound, subject)
	}
	least, most := 1.0, 0.0
	for _, r := range losers(open) {
		least, most = min(least, r.Loss.Low), max(most, r.Loss.High)
	}
	d.wrap("  ", fmt.Sprintf("If %s stopped, %s downstream would lose at least %s, at most %s of a line each, %d of them something for certain: the sources name suppliers, leave room for others, and seldom state a share.",
		subject, plural(open.Totals.Companies.Affected, "companies"), percent(least), percent(most), open.Totals.Companies.Certain))
	stopped := slices.DeleteFunc(slices.Clone(hurt), func(r *queries.DisruptionRow) bool { return r.Loss.Low < 1 })
	d.wrap("  ", fmt.Sprintf("Take the documented suppliers for all there are, and what is bought for needed: then %d of them would lose a whole line for certain (%s). %s.",
		len(companiesOf(stopped)), listSome(companiesOf(stopped)), hurt[0].Why))
	d.o.printf("\n")
	last := hurt[0].Path[len(hurt[0].Path)-1]
	if err := d.cite(ctx, last.Relation); err != nil {
		return err
	}
	d.o.printf("\n")
	return nil
}

// soleSources tells which inputs have one documented supplier, and who else is documented to make them.
func (d *demonstration) soleSources(ctx context.Context) error {
	found, err := queries.Chokepoints(ctx, d.view, queries.ChokepointsRequest{Company: demoCompany, Kind: queries.ChokeSoleSources})
	if err != nil {
		return err
	}
	if found.SoleSources == nil || len(found.SoleSources.Items) == 0 {
		return fmt.Errorf("%w: a sole source of %s", graph.ErrNotFound, demoCompany)
	}
	rows := found.SoleSources.Items
	d.o.heading(fmt.Sprintf("%s's sole sources", found.Company.Name))
	d.wrap("  ", fmt.Sprintf("%s that it buys have one documented supplier. No source says that there is no other: these are the places to look first, not proofs.",
		plural(len(rows), "products")))
	d.o.printf("\n")
	t := &table{columns: []column{{title: "INPUT", least: 20}, {title: "ONLY DOCUMENTED SUPPLIER", least: 20}, {title: "WHO ELSE MAKES IT", least: 20}}}
	for i := range rows {
		t.add(productText(rows[i].Product), rows[i].Name, alternativesText(&rows[i].ChokeSupplier))
	}
	d.table(t)
	d.o.printf("\n")
	if err := d.cite(ctx, rows[0].Relation); err != nil {
		return err
	}
	d.o.printf("\n  With single documented routes, and what must be passed:\n")
	d.command("chokepoints %s", demoCompany)
	return nil
}

// common tells who stands behind all of several buyers without supplying any of them.
func (d *demonstration) common(ctx context.Context) error {
	req := queries.PortfolioSuppliersRequest{Min: len(demoBuyers)}
	for _, id := range demoBuyers {
		req.Portfolio = append(req.Portfolio, queries.PortfolioMember{Company: id})
	}
	found, err := queries.PortfolioSuppliers(ctx, d.view, req)
	if err != nil {
		return err
	}
	rows := slices.DeleteFunc(slices.Clone(found.Items), func(r queries.PortfolioSupplierRow) bool { return len(r.DirectTo) > 0 || r.Member })
	if len(rows) == 0 {
		return fmt.Errorf("%w: common suppliers of %s", graph.ErrNotFound, strings.Join(demoBuyers, ", "))
	}
	d.o.printf("\n")
	d.o.heading("Hidden common suppliers of Microsoft, Google, Meta and Tesla")
	d.wrap("  ", fmt.Sprintf("%s stand behind all four, within %s, and are documented to supply none of them. The first are:", plural(len(rows), "companies"), plural(found.Depth, "hops")))
	d.o.printf("\n")
	t := &table{columns: []column{{title: "COMPANY", least: 20}, {title: "HQ"}, {title: "WITH", least: 20}, {title: "THROUGH", least: 24}}}
	for i := range rows[:min(2*demoShown, len(rows))] {
		t.add(rows[i].Name, rows[i].Country, refNames(rows[i].Products), refNames(throughWhom(&rows[i])))
	}
	d.table(t)
	d.o.printf("\n  All of them, and the way to each of the four (a file with one name a line will do):\n")
	d.o.printf("    printf '%s\\n' > buyers.txt\n", strings.Join(demoBuyers, `\n`))
	d.command("common-suppliers --portfolio buyers.txt --min %d", len(demoBuyers))
	return nil
}

// throughWhom are the direct suppliers of the members that a company comes through, each once.
func throughWhom(r *queries.PortfolioSupplierRow) (via []queries.Ref) {
	for _, b := range r.Behind {
		for _, ref := range b.Via {
			if !slices.Contains(via, ref) {
				via = append(via, ref)
			}
		}
	}
	return via
}

// losers are the rows of those that are not hit themselves.
func losers(a *queries.DisruptionAnswer) (rows []*queries.DisruptionRow) {
	for i := range a.Items {
		if !a.Items[i].Hit {
			rows = append(rows, &a.Items[i])
		}
	}
	return rows
}

// linesOf names companies with the lines that they lose, and how much.
func linesOf(rows []*queries.DisruptionRow) string {
	texts := make([]string, len(rows))
	for i, r := range rows {
		texts[i] = r.Name
		if lines := linesText(r.Lines); lines != "" {
			texts[i] += " (" + lines + ")"
		}
	}
	return strings.Join(texts, "; ")
}

// listSome names the first of a list and counts the rest.
func listSome(names []string) string {
	if len(names) <= demoShown {
		return strings.Join(names, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(names[:demoShown], ", "), len(names)-demoShown)
}

// companiesOf are the names of the companies of rows, each once.
func companiesOf(rows []*queries.DisruptionRow) (names []string) {
	for _, r := range rows {
		if !slices.Contains(names, r.Name) {
			names = append(names, r.Name)
		}
	}
	return names
}

// cite prints the sentence that is most worth believing on a relation, with its address.
func (d *demonstration) cite(ctx context.Context, relation string) error {
	answer, err := queries.Relation(ctx, d.view, queries.RelationRequest{ID: relation, Details: d.store.Details})
	if err != nil {
		return err
	}
	claim := mostQuotable(answer.Claims)
	if claim == nil {
		return fmt.Errorf("%w: a sentence on %s", graph.ErrNotFound, relation)
	}
	d.evidence(claim)
	return nil
}
