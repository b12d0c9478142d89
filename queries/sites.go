package queries

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/tributarygraph/tributary/graph"
)

// SitesRequest asks for sites: where companies make or keep things.
type SitesRequest struct {
	Scope
	Page
	Area
	// Query is a part of a name, alias, identifier or id; all sites when empty.
	Query string
	// Country is where the site lies, ISO 3166-1: not where its operator has its headquarters.
	Country string
	// Operator is the company that runs it: id, identifier, name or alias.
	Operator string
}

// SitesAnswer lists sites: the nearest first where a place is asked about, else by id.
type SitesAnswer struct {
	Answer
	Items []SiteRow `json:"items"`
	// UnknownPlace counts sites that fit but for their place, which nobody states.
	UnknownPlace int `json:"unknown_place" doc:"Sites within the other conditions of which nobody states where they lie: they are not listed"`
	Paging
}

// SiteRow is a site in a list.
type SiteRow struct {
	ID          string   `json:"id"`
	Name        string   `json:"name"`
	NameZH      string   `json:"name_zh,omitempty" doc:"Name in Chinese, where one is stated beside the name"`
	Operator    *Ref     `json:"operator" doc:"The company that runs it; null when not stated"`
	Country     string   `json:"country,omitempty" doc:"Where it lies, ISO 3166-1; absent when not stated"`
	CountryKind string   `json:"country_kind,omitempty" enum:"site" doc:"What ties it to the country"`
	Regions     []string `json:"regions" doc:"Regions that it lies in"`
	Latitude    *float64 `json:"latitude" doc:"Degrees of WGS 84; null when not stated"`
	Longitude   *float64 `json:"longitude" doc:"Degrees of WGS 84; null when not stated"`
	Distance    *float64 `json:"distance_km,omitempty" doc:"From the place asked about, on a sphere"`
	Address     string   `json:"address,omitempty"`
	Sector      string   `json:"sector,omitempty"`
	Status      string   `json:"status,omitempty" doc:"As its source calls it"`
	Processing  []string `json:"processing" doc:"What is done there"`
	Identifiers []string `json:"identifiers" doc:"scheme:value"`
	Products    []Ref    `json:"products" doc:"What relations that name the site say is made or shipped there"`
	Relations   int      `json:"relations" doc:"Active relations that name the site"`
}

// Rows are the items of the list, a slice.
func (a *SitesAnswer) Rows() any { return a.Items }

// Resolve checks the request, apart from the scope, the page and names.
func (req SitesRequest) Resolve() (SitesRequest, error) {
	var err error
	if req.Area, err = req.Area.Resolve(); err != nil {
		return req, err
	}
	if req.Country != "" {
		code, err := graph.ParseCountry(req.Country)
		if err != nil {
			return req, fmt.Errorf("%w: country %q: %v", graph.ErrInvalid, req.Country, err)
		}
		req.Country = code
	}
	req.Query = graph.Clean(req.Query)
	return req, nil
}

// Sites lists sites by place, region, country and operator. Errors wrap graph.ErrInvalid, ErrNotFound and ErrAmbiguous.
func Sites(ctx context.Context, v *graph.View, req SitesRequest) (*SitesAnswer, error) {
	req, err := req.Resolve()
	if err != nil {
		return nil, err
	}
	key, paging, err := resolvePage(v, req.Page, &req.Scope, req.question(), 2)
	if err != nil {
		return nil, err
	}
	if v, err = req.Scope.view(ctx, v); err != nil {
		return nil, err
	}
	s := &siteList{v: v, req: req, table: sitesIn(v), names: newNames(v), places: newPlaces(v, req.Area, req.Country)}
	s.out = &SitesAnswer{Answer: newAnswer(v, req.Scope, req.assumptions()...), Items: []SiteRow{}, Paging: paging}
	if err := s.run(ctx, key); err != nil {
		return nil, err
	}
	return inGroups(v, s.out, s.asked()...), nil
}

func (req *SitesRequest) assumptions() []string {
	out := []string{"the country of a site is where it lies, not where its operator has its headquarters"}
	if req.Near != "" {
		out = append(out, "distances are great circles on a sphere of 6,371 km radius")
	}
	return out
}

// question is the request without what a cursor or the scope holds.
func (req SitesRequest) question() any {
	req.Page, req.Scope = Page{}, Scope{}
	return req
}

// siteList answers one request.
type siteList struct {
	v      *graph.View
	req    SitesRequest
	table  *siteTable
	places *places
	names  *names
	out    *SitesAnswer
}

func (s *siteList) asked() (names []string) {
	if s.req.Operator != "" {
		names = append(names, s.req.Operator)
	}
	return names
}

// foundSite is a site with its distance from the place asked about.
type foundSite struct {
	site     graph.Node
	distance float64 // 0 where none is
}

func (s *siteList) run(ctx context.Context, key []string) error {
	found, err := s.find(ctx)
	if err != nil {
		return err
	}
	slices.SortFunc(found, func(a, b foundSite) int {
		return cmp.Or(cmp.Compare(a.distance, b.distance), compareNodes(s.v, graph.KindSite, a.site, b.site))
	})
	total := len(found)
	s.out.Total = &total
	if key != nil {
		after, err := strconv.ParseFloat(key[0], 64)
		if err != nil {
			return fmt.Errorf("%w: cursor: not one that an answer gave", graph.ErrInvalid)
		}
		found = slices.DeleteFunc(found, func(f foundSite) bool {
			return cmp.Or(cmp.Compare(f.distance, after), strings.Compare(s.v.ID(graph.KindSite, f.site), key[1])) <= 0
		})
	}
	if limit := s.req.Limit; limit > 0 && len(found) > limit {
		found = found[:limit]
		last := found[limit-1]
		s.out.stop(StoppedByLimit)
		s.out.NextCursor = nextCursor(s.v, s.req.Scope, s.req.question(), strconv.FormatFloat(last.distance, 'g', -1, 64), s.v.ID(graph.KindSite, last.site))
	}
	for _, f := range found {
		s.out.Items = append(s.out.Items, s.row(f))
	}
	if names := s.table.unresolved; len(names) > 0 {
		s.out.warn(unresolvedSites(names))
	}
	return nil
}

// maxNamed is how many names a warning lists.
const maxNamed = 3

func unresolvedSites(names []string) string {
	text := fmt.Sprintf("relations name %s that no site, or more than one, goes by: %s", plural(len(names), "name", "names"), strings.Join(names[:min(len(names), maxNamed)], ", "))
	if len(names) > maxNamed {
		text += ", ..."
	}
	return text
}

// find gives the sites asked for, in no order.
func (s *siteList) find(ctx context.Context) (found []foundSite, err error) {
	wanted, err := s.wanted()
	if err != nil {
		return nil, err
	}
	seen := 0
	add := func(site graph.Node, distance float64) {
		if seen++; seen%4096 == 0 && err == nil {
			err = ctx.Err()
		}
		if wanted != nil && !wanted(site) || err != nil {
			return
		}
		switch s.places.of(site) {
		case liesWithin:
			found = append(found, foundSite{site, distance})
		case liesSomewhere:
			s.out.UnknownPlace++
		}
	}
	if s.places.circle == nil {
		s.each(func(site graph.Node) { add(site, 0) })
		return found, err
	}
	s.table.near(*s.places.circle, add)
	for _, site := range s.table.unplaced {
		add(site, 0)
	}
	return found, err
}

// each calls yield with the sites that may be wanted.
func (s *siteList) each(yield func(graph.Node)) {
	if s.req.Operator != "" {
		operator, _ := s.v.Lookup(graph.KindCompany, s.req.Operator) // wanted found it
		for _, site := range s.table.byOperator[operator] {
			yield(site)
		}
		return
	}
	for site := range s.v.Nodes(graph.KindSite) {
		yield(site)
	}
}

// wanted says which sites the operator and the query leave; nil: all.
func (s *siteList) wanted() (func(graph.Node) bool, error) {
	operator, named := graph.NoNode, map[graph.Node]bool{}
	if s.req.Operator != "" {
		var err error
		if operator, err = s.v.Lookup(graph.KindCompany, s.req.Operator); err != nil {
			return nil, err
		}
	}
	if s.req.Query != "" {
		hits, _ := s.v.Search(graph.KindSite, s.req.Query, 0)
		for _, h := range hits {
			named[h.Node] = true
		}
	}
	if operator == graph.NoNode && s.req.Query == "" {
		return nil, nil
	}
	return func(site graph.Node) bool {
		return (operator == graph.NoNode || s.v.OperatorOf(site) == operator) && (s.req.Query == "" || named[site])
	}, nil
}

func (s *siteList) row(f foundSite) SiteRow {
	v := s.v
	facts := v.NodeFacts(graph.KindSite, f.site)
	list := func(field graph.FieldID) []string { return nonNil(graph.SplitList(facts.Texts[field])) }
	row := SiteRow{ID: facts.ID, Name: facts.Name, NameZH: v.HanName(graph.KindSite, f.site), Country: facts.Texts[graph.FieldCountry], Regions: list(graph.FieldRegion),
		Address: facts.Texts[graph.FieldAddress], Sector: facts.Texts[graph.FieldSector], Status: facts.Texts[graph.FieldStatus], Processing: list(graph.FieldProcessing),
		Identifiers: nonNil(facts.Identifiers), Products: []Ref{}}
	if row.Country != "" {
		row.CountryKind = "site"
	}
	if operator := v.OperatorOf(f.site); operator != graph.NoNode {
		ref := s.names.ref(graph.KindCompany, operator)
		row.Operator = &ref
	}
	if at, ok := v.PlaceOf(f.site); ok {
		row.Latitude, row.Longitude = &at.Latitude, &at.Longitude
		if s.places.circle != nil {
			distance := math.Round(f.distance*1000) / 1000
			row.Distance = &distance
		}
	}
	s.addRelations(&row, f.site)
	return row
}

// addRelations counts the relations that name a site, and tells of which products.
func (s *siteList) addRelations(row *SiteRow, site graph.Node) {
	filter := s.req.filter()
	products := map[graph.Node]bool{}
	for _, r := range s.table.at[site] {
		if sites, _ := s.table.sitesOf(s.v, r, filter); !s.v.Active(r, filter) || !slices.Contains(sites, site) {
			continue
		}
		row.Relations++
		folded := s.v.FoldHead(r, filter)
		s.out.count(s.v, &folded, filter)
		product := s.v.ProductOf(r)
		if s.v.KindOf(r) == graph.KindMakes {
			_, product, _ = s.v.Ends(r)
		}
		if product != graph.NoNode {
			products[product] = true
		}
	}
	for product := range products {
		row.Products = append(row.Products, s.names.ref(graph.KindProduct, product))
	}
	slices.SortFunc(row.Products, compareRefs)
}
