package queries

import (
	"cmp"
	"context"
	"fmt"
	"strings"

	"github.com/tributarygraph/tributary/graph"
)

// TargetRow is a target, and what of the network it hits.
type TargetRow struct {
	Target
	Text      string `json:"text" doc:"The target in words"`
	Companies int    `json:"companies" doc:"Companies that it hits as a whole"`
	Lines     int    `json:"lines" doc:"Lines that it hits, of companies that it does not hit as a whole"`
	Relations int    `json:"relations" doc:"Relations that it hits by themselves"`
	Unknown   int    `json:"unknown_origin" doc:"Relations within the other conditions of which nobody states where they ship from, or from which site; they are not hit, with undocumented=worst they may be"`
	Sites     int    `json:"sites,omitempty" doc:"Sites that lie in the area of a target that names one"`
	Partly    int    `json:"partly,omitempty" doc:"Of the lines and relations, those that come from other sites too: they may lose up to all that is hit, or nothing"`
}

// aimer turns targets into damage.
type aimer struct {
	p     *production
	d     *damage
	worst bool // what is not documented may be hit
}

// aim adds what a target hits to the damage.
func (a *aimer) aim(ctx context.Context, t Target) (TargetRow, error) {
	row := TargetRow{Target: t}
	l := lost{1 - t.Capacity, 1 - t.Capacity}
	v := a.p.v
	if t.Relation != "" {
		r, err := findRelation(v, t.Relation)
		if err != nil {
			return row, err
		}
		if v.KindOf(r) != graph.KindSupplies {
			return row, fmt.Errorf("%w: relation %q: only supplies relations carry anything that can stop", graph.ErrInvalid, t.Relation)
		}
		a.d.relation(r, l)
		row.Relations = 1
		from, to, product := v.Ends(r)
		row.Text = fmt.Sprintf("%s for %s from %s", a.productName(product), v.Name(graph.KindCompany, to), v.Name(graph.KindCompany, from))
		return row, nil
	}
	company, product := graph.NoNode, graph.NoNode
	var err error
	if t.Company != "" {
		if company, err = v.Lookup(graph.KindCompany, t.Company); err != nil {
			return row, err
		}
	}
	var products productSet
	if t.Product != "" {
		if product, err = v.Lookup(graph.KindProduct, t.Product); err != nil {
			return row, err
		}
		products = withDescendants(v, product)
	}
	row.Text = a.text(t, company, product)
	if company == graph.NoNode {
		a.newSuppliers(t, products, l)
	}
	switch t.By {
	case ByOrigin:
		err = a.byOrigin(ctx, t, company, products, l, &row)
	case ByMaking:
		err = a.byMaking(ctx, t, company, products, l, &row)
	case BySite:
		err = a.bySite(ctx, t, company, products, l, &row)
	default:
		err = a.byCompany(ctx, t, company, products, l, &row)
	}
	return row, err
}

// newSuppliers hits what suppliers bring that no source names.
func (a *aimer) newSuppliers(t Target, products productSet, l lost) {
	e := a.p.edits
	if e == nil {
		return
	}
	for i := range e.added {
		s := &e.added[i]
		if !isNew(s.from) || products != nil && !products[s.product] {
			continue
		}
		country := e.newOf(s.from).Country
		if t.By == ByOrigin {
			country = s.stated.Origin
		}
		if (t.Country == "" || t.Country == country) && !t.area().stated() {
			a.d.relation(s.rel, l)
		}
	}
}

func (a *aimer) productName(product graph.Node) string {
	if product == graph.NoNode {
		return "what is supplied"
	}
	return a.p.v.Name(graph.KindProduct, product)
}

// text is a target in words, to go before "stops": "Vertiv's liquid cooling", "what is made in TW".
func (a *aimer) text(t Target, company, product graph.Node) string {
	v := a.p.v
	maker, what := "", ""
	if company != graph.NoNode {
		maker = v.Name(graph.KindCompany, company)
	}
	if product != graph.NoNode {
		what = v.Name(graph.KindProduct, product)
	}
	text := maker
	switch {
	case maker != "" && what != "":
		text = maker + "'s " + what
	case what != "":
		text = what
	}
	switch t.By {
	case ByHeadquarters:
		if maker != "" {
			return text + ", if its headquarters are in " + t.Country
		}
		return cmp.Or(what, "everything") + " of companies with headquarters in " + t.Country
	case ByOrigin:
		return cmp.Or(text, "everything") + " shipped from " + t.Country
	case ByMaking:
		return cmp.Or(text, "everything") + " made in " + t.Country
	case BySite:
		where := t.area().text()
		if t.Country != "" {
			where = strings.TrimSpace(where + " in " + t.Country)
		}
		return cmp.Or(text, "everything") + " from sites " + where
	}
	return text
}

// each calls yield with the company asked for, or with all.
func (a *aimer) each(ctx context.Context, company graph.Node, yield func(graph.Node)) error {
	if company != graph.NoNode {
		yield(company)
		return nil
	}
	i := 0
	for c := range a.p.v.Nodes(graph.KindCompany) {
		if i++; i%4096 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		yield(c)
	}
	return nil
}

func (a *aimer) byCompany(ctx context.Context, t Target, company graph.Node, products productSet, l lost, row *TargetRow) error {
	v := a.p.v
	return a.each(ctx, company, func(c graph.Node) {
		if t.Country != "" && v.NodeText(graph.KindCompany, c, graph.FieldCountry) != t.Country {
			return
		}
		if products == nil {
			row.Companies++
			a.d.company(c, l)
			return
		}
		if company == graph.NoNode && !a.mayMake(c, products) {
			return
		}
		for _, line := range a.p.plan(c).lines {
			if products[line.product] {
				row.Lines++
				a.d.line(c, line.product, l)
			}
		}
	})
}

// mayMake reports whether a company may have a line of the products, without planning it.
func (a *aimer) mayMake(c graph.Node, products productSet) bool {
	v := a.p.v
	for _, k := range []graph.Kind{graph.KindSupplies, graph.KindMakes} {
		edges := v.Out(k, c)
		for i, to := range edges.Nodes {
			product := to
			if k == graph.KindSupplies {
				product = v.ProductOf(edges.Rel(i))
			}
			if product != graph.NoNode && products[product] {
				return true
			}
		}
	}
	for _, s := range a.p.edits.from(c) {
		if s.product != graph.NoNode && products[s.product] {
			return true
		}
	}
	edges := v.In(graph.KindSupplies, c)
	for i := range edges.Len() {
		if v.FoldText(edges.Rel(i), a.p.filter, graph.FieldUsedIn) != "" {
			return true
		}
	}
	return false
}

func (a *aimer) byMaking(ctx context.Context, t Target, company graph.Node, products productSet, l lost, row *TargetRow) error {
	v := a.p.v
	return a.each(ctx, company, func(c graph.Node) {
		makes := v.Out(graph.KindMakes, c)
		for i, product := range makes.Nodes {
			r := makes.Rel(i)
			if products != nil && !products[product] || !a.p.active.Has(r) {
				continue
			}
			if madeIn(v, r, a.p.filter) == t.Country {
				row.Lines++
				a.d.line(c, product, l)
			}
		}
	})
}

func (a *aimer) byOrigin(ctx context.Context, t Target, company graph.Node, products productSet, l lost, row *TargetRow) error {
	return a.each(ctx, company, func(c graph.Node) {
		a.p.outOf(c, func(r graph.Rel, product graph.Node) {
			if products != nil && !products[product] {
				return
			}
			switch a.p.originOf(r) {
			case t.Country:
				row.Relations++
				a.d.relation(r, l)
			case "":
				row.Unknown++
				if a.worst {
					a.d.relation(r, lost{0, l.high})
				}
			}
		})
	})
}

// originOf is where a relation ships from, as it is stated or supposed; empty when it is not.
func (p *production) originOf(r graph.Rel) string {
	if r < 0 {
		return p.edits.added[-1-int(r)].stated.Origin
	}
	origin := shippedFrom(p.v, r, p.filter)
	if p.edits == nil {
		return origin
	}
	s := p.edits.apply(r, graph.Supply{Origin: origin})
	return s.Origin
}
