package queries

import (
	"context"
	"maps"
	"slices"

	"github.com/tributarygraph/tributary/graph"
)

// bySite hits what comes from sites in an area. What a relation names is where it comes from; what names no site comes
// from where its product is made, else from the known sites of its supplier. Which part comes from which site nobody
// says: of several, of which only some lie there, it is between nothing and all.
func (a *aimer) bySite(ctx context.Context, t Target, company graph.Node, products productSet, l lost, row *TargetRow) error {
	s := siteAimer{aimer: a, places: newPlaces(a.p.v, t.area(), t.Country), table: sitesIn(a.p.v), products: products, l: l, row: row}
	row.Sites = s.countSites(company)
	return a.each(ctx, company, s.company)
}

// locatedIn says which companies have a site in an area.
func locatedIn(v *graph.View, a Area, country string, f graph.Filter) func(graph.Node) bool {
	places, table := newPlaces(v, a, country), sitesIn(v)
	within := func(site graph.Node) bool { return places.of(site) == liesWithin }
	return func(c graph.Node) bool {
		return slices.ContainsFunc(table.byOperator[c], within) || slices.ContainsFunc(table.from[c], func(r graph.Rel) bool {
			sites, _ := table.sitesOf(v, r, f)
			return v.Active(r, f) && slices.ContainsFunc(sites, within)
		})
	}
}

// siteAimer hits sites of one target.
type siteAimer struct {
	*aimer
	places   *places
	table    *siteTable
	products productSet // nil: all
	l        lost
	row      *TargetRow
}

// countSites is how many sites lie in the area: of the company, or of all.
func (s *siteAimer) countSites(company graph.Node) (n int) {
	add := func(site graph.Node, _ float64) {
		if s.places.of(site) == liesWithin {
			n++
		}
	}
	switch {
	case company != graph.NoNode:
		for _, site := range s.table.byOperator[company] {
			add(site, 0)
		}
	case s.places.circle != nil:
		s.table.near(*s.places.circle, add)
	default:
		for site := range s.p.v.Nodes(graph.KindSite) {
			add(site, 0)
		}
	}
	return n
}

func (s *siteAimer) wants(product graph.Node) bool { return s.products == nil || s.products[product] }

// company hits what a company makes and supplies.
func (s *siteAimer) company(c graph.Node) {
	own := s.places.ofAll(s.table.byOperator[c])
	if len(s.table.from[c]) == 0 && own.within+own.unknown == 0 {
		if own.outside == 0 {
			s.nowhere(c)
		}
		return
	}
	made, named := s.madeAt(c), s.namedBy(c)
	if s.products == nil && own.all() && allWithin(made) && allWithin(named) {
		s.row.Companies++
		s.d.company(c, s.l)
		return
	}
	for _, product := range slices.SortedFunc(maps.Keys(made), func(x, y graph.Node) int { return s.p.compare(graph.KindProduct, x, y) }) {
		if hit := s.hit(made[product]); hit.high > 0 {
			s.row.Lines++
			s.d.line(c, product, hit)
		}
	}
	s.p.outOf(c, func(r graph.Rel, product graph.Node) {
		if !s.wants(product) {
			return
		}
		at, ok := named[r]
		if !ok {
			if _, ok = made[product]; ok {
				return // it comes from the line
			}
			at = own
		}
		s.relation(r, at)
	})
}

// nowhere counts what a company supplies of which nobody says where it comes from.
func (s *siteAimer) nowhere(c graph.Node) {
	s.p.outOf(c, func(r graph.Rel, product graph.Node) {
		if s.wants(product) {
			s.relation(r, spread{})
		}
	})
}

func (s *siteAimer) relation(r graph.Rel, at spread) {
	switch hit := s.hit(at); {
	case hit.high > 0:
		s.row.Relations++
		s.d.relation(r, hit)
	case at.outside == 0:
		s.row.Unknown++
		if s.worst {
			s.d.relation(r, lost{0, s.l.high})
		}
	}
}

// hit is what is lost of something that comes from several sites.
func (s *siteAimer) hit(at spread) lost {
	switch {
	case at.within == 0:
		return lost{}
	case at.all():
		return s.l
	}
	s.row.Partly++
	return lost{0, s.l.high}
}

// madeAt is where a company makes each product of which it is said, as far as claims name sites.
func (s *siteAimer) madeAt(c graph.Node) map[graph.Node]spread {
	out := map[graph.Node]spread{}
	for _, r := range s.table.from[c] {
		if s.p.v.KindOf(r) != graph.KindMakes || !s.p.active.Has(r) {
			continue
		}
		if _, product, _ := s.p.v.Ends(r); s.wants(product) {
			if at, ok := s.ofRelation(r); ok {
				out[product] = at
			}
		}
	}
	return out
}

// namedBy is where each relation comes from of which a claim that counts names sites.
func (s *siteAimer) namedBy(c graph.Node) map[graph.Rel]spread {
	out := map[graph.Rel]spread{}
	for _, r := range s.table.from[c] {
		if s.p.v.KindOf(r) != graph.KindSupplies || !s.p.active.Has(r) || s.p.edits.removes(r) || !s.wants(s.p.v.ProductOf(r)) {
			continue
		}
		if at, ok := s.ofRelation(r); ok {
			out[r] = at
		}
	}
	return out
}

func (s *siteAimer) ofRelation(r graph.Rel) (at spread, named bool) {
	sites, open := s.table.sitesOf(s.p.v, r, s.p.filter)
	at = s.places.ofAll(sites)
	if open {
		at.unknown++
	}
	return at, open || len(sites) > 0
}

func allWithin[K comparable](at map[K]spread) bool {
	for _, s := range at {
		if !s.all() {
			return false
		}
	}
	return true
}
