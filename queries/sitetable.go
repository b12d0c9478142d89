package queries

import (
	"cmp"
	"math"
	"slices"
	"sort"
	"sync"

	"github.com/tributarygraph/tributary/graph"
)

// siteTable is what questions about places look up, worked out once a View.
type siteTable struct {
	byOperator map[graph.Node][]graph.Node // sites by the company that runs them, in the order of ids
	grid       []gridSite                  // by latitude in whole degrees, then longitude
	unplaced   []graph.Node                // sites without a place, in the order of ids
	rows       [182]int32                  // the first of each degree of latitude from -90 on

	// Relations of which a claim names a site, whether it counts or not.
	from       map[graph.Node][]graph.Rel // by supplier or maker
	at         map[graph.Node][]graph.Rel // by site
	named      map[siteName]graph.Node    // what a name means; NoNode where no site has it, or several have
	unresolved []string                   // such names, sorted
}

// gridSite is a site with a place.
type gridSite struct {
	site graph.Node
	at   graph.Place
}

// siteName is what a claim of a company calls a site.
type siteName struct {
	company graph.Node
	name    string
}

type siteTableKey struct{}

// sitesIn is the table of a View.
func sitesIn(v *graph.View) *siteTable {
	once, _ := v.Notes().LoadOrStore(siteTableKey{}, sync.OnceValue(func() *siteTable { return newSiteTable(v) }))
	return once.(func() *siteTable)()
}

func newSiteTable(v *graph.View) *siteTable {
	t := &siteTable{byOperator: map[graph.Node][]graph.Node{}, from: map[graph.Node][]graph.Rel{}, at: map[graph.Node][]graph.Rel{}, named: map[siteName]graph.Node{}}
	for site := range v.Nodes(graph.KindSite) {
		if operator := v.OperatorOf(site); operator != graph.NoNode {
			t.byOperator[operator] = append(t.byOperator[operator], site)
		}
		if at, ok := v.PlaceOf(site); ok {
			t.grid = append(t.grid, gridSite{site, at})
		} else {
			t.unplaced = append(t.unplaced, site)
		}
	}
	t.index()
	unresolved := map[string]bool{}
	for _, r := range v.SitedRelations() {
		t.addRelation(v, r, unresolved)
	}
	for name := range unresolved {
		t.unresolved = append(t.unresolved, name)
	}
	slices.Sort(t.unresolved)
	return t
}

// addRelation takes the sites that claims of a relation name.
func (t *siteTable) addRelation(v *graph.View, r graph.Rel, unresolved map[string]bool) {
	from, _, _ := v.Ends(r)
	t.from[from] = append(t.from[from], r)
	for c, high := v.Claims(r); c < high; c++ {
		for _, name := range graph.SplitList(v.Claim(r, c).Site) {
			key := siteName{from, name}
			site, known := t.named[key]
			if !known {
				var err error
				if site, err = v.SiteOf(from, name); err != nil {
					site = graph.NoNode
				}
				t.named[key] = site
			}
			switch {
			case site == graph.NoNode:
				unresolved[name] = true
			case !slices.Contains(t.at[site], r):
				t.at[site] = append(t.at[site], r)
			}
		}
	}
}

// sitesOf are the sites that a relation comes from, as the claims that count name them. open says that it comes from
// others too, or from some that nobody describes.
func (t *siteTable) sitesOf(v *graph.View, r graph.Rel, f graph.Filter) (sites []graph.Node, open bool) {
	text := v.FoldText(r, f, graph.FieldSite)
	if text == "" {
		return nil, false
	}
	from, _, _ := v.Ends(r)
	for _, name := range graph.SplitList(text) {
		site, known := t.named[siteName{from, name}]
		switch {
		case !known || site == graph.NoNode:
			open = true
		case !slices.Contains(sites, site):
			sites = append(sites, site)
		}
	}
	return sites, open || slices.ContainsFunc(v.Parts(r, f), func(p graph.Part) bool { return p.Active && p.Texts[graph.FieldSite] == "" })
}

// countryOf is the country of the sites that a relation comes from; empty where nobody says, or they lie in several.
func (t *siteTable) countryOf(v *graph.View, r graph.Rel, f graph.Filter) (country string) {
	sites, open := t.sitesOf(v, r, f)
	if open {
		return ""
	}
	for i, site := range sites {
		of := v.NodeText(graph.KindSite, site, graph.FieldCountry)
		if of == "" || i > 0 && of != country {
			return ""
		}
		country = of
	}
	return country
}

// shippedFrom is the country that a relation ships from: as it is stated, else that of the sites that it comes from.
func shippedFrom(v *graph.View, r graph.Rel, f graph.Filter) string {
	return countryOr(v, r, f, graph.FieldOriginCountry)
}

// madeIn is the country that a makes relation speaks of: as it is stated, else that of the sites.
func madeIn(v *graph.View, r graph.Rel, f graph.Filter) string {
	return countryOr(v, r, f, graph.FieldCountry)
}

func countryOr(v *graph.View, r graph.Rel, f graph.Filter, stated graph.FieldID) string {
	if country := v.FoldText(r, f, stated); country != "" || v.NodeCount(graph.KindSite) == 0 {
		return country
	}
	return sitesIn(v).countryOf(v, r, f)
}

// gridRow is the whole degree of a latitude, from 0 on.
func gridRow(latitude float64) int { return int(math.Floor(latitude)) + 90 }

// index sorts the grid.
func (t *siteTable) index() {
	slices.SortStableFunc(t.grid, func(a, b gridSite) int {
		return cmp.Or(gridRow(a.at.Latitude)-gridRow(b.at.Latitude), cmp.Compare(a.at.Longitude, b.at.Longitude))
	})
	row := 0
	for i, s := range t.grid {
		for ; row <= gridRow(s.at.Latitude); row++ {
			t.rows[row] = int32(i)
		}
	}
	for ; row < len(t.rows); row++ {
		t.rows[row] = int32(len(t.grid))
	}
}

// near calls yield with each site within a circle and its distance, in no order that means anything. It looks at the
// degrees of latitude that the circle touches, and there at a stretch of longitudes.
func (t *siteTable) near(c circle, yield func(site graph.Node, distance float64)) {
	const degree = math.Pi / 180
	const slack = 1e-6                    // rounding leaves nobody out
	angle := c.radius / graph.EarthRadius // the radius, seen from the middle of the Earth
	low, high := c.centre.Latitude-angle/degree-slack, c.centre.Latitude+angle/degree+slack
	reach := 360.0 // degrees of longitude to either side; all of them where a pole lies within
	if low > -90 && high < 90 {
		reach = slack + math.Asin(min(1, math.Sin(angle)/math.Cos(c.centre.Latitude*degree)))/degree
	}
	turns := []float64{-360, 0, 360} // the circle may lie over the date line
	if reach > 179 {
		reach, turns = 360, turns[1:2]
	}
	for row := gridRow(max(low, -90)); row <= gridRow(min(high, 90)); row++ {
		for _, turn := range turns {
			t.between(row, c.centre.Longitude+turn-reach, c.centre.Longitude+turn+reach, func(s gridSite) {
				if d := c.centre.Distance(s.at); d <= c.radius {
					yield(s.site, d)
				}
			})
		}
	}
}

// between calls yield with the sites of a row between two longitudes.
func (t *siteTable) between(row int, west, east float64, yield func(gridSite)) {
	sites := t.grid[t.rows[row]:t.rows[row+1]]
	from := sort.Search(len(sites), func(i int) bool { return sites[i].at.Longitude >= west })
	for _, s := range sites[from:] {
		if s.at.Longitude > east {
			return
		}
		yield(s)
	}
}
