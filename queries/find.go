package queries

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/tributarygraph/tributary/graph"
)

// FindRequest asks for companies or products by name, alias, identifier or id. An empty Query finds all.
type FindRequest struct {
	Query string
	Scope
	Page
	// What companies must be, each empty for any: their kind (company, person, ...), country of headquarters and
	// sector (as stated, case ignored). Of products only Query counts.
	Kind, Country, Sector string
}

// CompaniesAnswer lists companies, the best match first; those of equal match by length of the name that
// matched, then id.
type CompaniesAnswer struct {
	Answer
	Items []CompanyRow `json:"items"`
	Paging
}

// CompanyRow is a company in a list.
type CompanyRow struct {
	ID          string   `json:"id"`
	Name        string   `json:"name"`
	NameZH      string   `json:"name_zh,omitempty" doc:"Name in Chinese, where one is stated beside the name"`
	Kind        string   `json:"kind" enum:"company,person,government,fund,anonymous"`
	Country     string   `json:"country,omitempty" doc:"ISO 3166-1; absent when unknown"`
	CountryKind string   `json:"country_kind,omitempty" enum:"headquarters"`
	Sector      string   `json:"sector,omitempty"`
	Identifiers []string `json:"identifiers" doc:"scheme:value"`
	Match       string   `json:"match,omitempty" enum:"exact,prefix,word,contained" doc:"How a name matched the query"`
	Provisional bool     `json:"provisional,omitempty" doc:"Known only because a relation names it"`
}

// ProductsAnswer lists products, ordered as companies are.
type ProductsAnswer struct {
	Answer
	Items []ProductRow `json:"items"`
	Paging
}

// ProductRow is a product in a list.
type ProductRow struct {
	ID          string   `json:"id"`
	Name        string   `json:"name"`
	NameZH      string   `json:"name_zh,omitempty"`
	Aliases     []string `json:"aliases"`
	Code        string   `json:"code,omitempty"`
	Parent      *Ref     `json:"parent,omitempty" doc:"What it is a kind of"`
	Makers      int      `json:"makers" doc:"Companies that are documented to make it"`
	Match       string   `json:"match,omitempty" enum:"exact,prefix,word,contained"`
	Provisional bool     `json:"provisional,omitempty" doc:"Known only because a relation names it"`
}

// FindCompanies finds companies. Errors wrap graph.ErrInvalid.
func FindCompanies(ctx context.Context, v *graph.View, req FindRequest) (*CompaniesAnswer, error) {
	req, err := req.Resolve()
	if err != nil {
		return nil, err
	}
	out := &CompaniesAnswer{Items: []CompanyRow{}}
	f := finder{v: v, kind: graph.KindCompany, req: req, keep: req.fits}
	err = f.run(ctx, &out.Answer, &out.Paging, func(h graph.Hit) { out.Items = append(out.Items, companyRow(f.v, h.Node, f.match(h))) })
	if err != nil {
		return nil, err
	}
	return inGroups(f.v, out, req.Query), nil
}

// FindProducts finds products. Errors wrap graph.ErrInvalid.
func FindProducts(ctx context.Context, v *graph.View, req FindRequest) (*ProductsAnswer, error) {
	if req.Kind != "" || req.Country != "" || req.Sector != "" {
		return nil, fmt.Errorf("%w: kind, country and sector narrow companies, not products", graph.ErrInvalid)
	}
	out := &ProductsAnswer{Items: []ProductRow{}}
	f := finder{v: v, kind: graph.KindProduct, req: req, keep: func(*graph.View, graph.Node) bool { return true }}
	err := f.run(ctx, &out.Answer, &out.Paging, func(h graph.Hit) {
		out.Items = append(out.Items, productRow(f.v, h.Node, f.req.filter(), f.match(h)))
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}

// Resolve checks the request, apart from the scope and the page.
func (req FindRequest) Resolve() (FindRequest, error) {
	if req.Kind != "" {
		if _, err := oneOf("kind", req.Kind, graph.CompanyKinds...); err != nil {
			return req, err
		}
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

func (req *FindRequest) fits(v *graph.View, n graph.Node) bool {
	text := func(field graph.FieldID) string { return v.NodeText(graph.KindCompany, n, field) }
	return (req.Country == "" || text(graph.FieldCountry) == req.Country) &&
		(req.Kind == "" || kindOfCompany(v, n) == req.Kind) &&
		(req.Sector == "" || strings.EqualFold(text(graph.FieldSector), req.Sector))
}

func kindOfCompany(v *graph.View, n graph.Node) string {
	if kind := v.NodeText(graph.KindCompany, n, graph.FieldKind); kind != "" {
		return kind
	}
	return graph.CompanyKinds[0]
}

// finder pages through the hits of a search.
type finder struct {
	v    *graph.View
	kind graph.Kind
	req  FindRequest
	keep func(*graph.View, graph.Node) bool
}

func (f *finder) question() any {
	req := f.req
	req.Page, req.Scope = Page{}, Scope{}
	return struct {
		graph.Kind
		FindRequest
	}{f.kind, req}
}

func (f *finder) match(h graph.Hit) string {
	if f.req.Query == "" {
		return ""
	}
	return h.Match.String()
}

// run writes the part asked for: take is called with each hit of it.
func (f *finder) run(ctx context.Context, answer *Answer, paging *Paging, take func(graph.Hit)) error {
	key, p, err := resolvePage(f.v, f.req.Page, &f.req.Scope, f.question(), 4)
	if err != nil {
		return err
	}
	if f.v, err = f.req.Scope.view(ctx, f.v); err != nil {
		return err
	}
	*answer, *paging = newAnswer(f.v, f.req.Scope), p
	answer.Assumptions = append([]string{"names are compared without regard to case, width and accents"}, f.req.groupAssumptions()...)
	after, consumed, err := f.parseKey(key)
	if err != nil {
		return err
	}
	found := newSearcher(f.v, f.kind, f.req.Query, f.req.Limit, consumed)
	taken, seen := 0, 0
	var last graph.Hit
	for h := range found.hits {
		if seen++; seen%1024 == 0 && ctx.Err() != nil {
			stopped, err := deadline(ctx)
			if !stopped {
				return err
			}
			answer.stop(StoppedByDeadline)
			break
		}
		if after != nil && f.compare(h, *after) <= 0 || !f.keep(f.v, h.Node) {
			continue
		}
		if f.req.Limit > 0 && taken == f.req.Limit {
			answer.stop(StoppedByLimit)
			break
		}
		take(h)
		taken++
		last = h
	}
	switch {
	case answer.Complete && key == nil:
		paging.Total = &taken
	case !answer.Complete && taken > 0:
		paging.NextCursor = f.cursor(last, seen)
	case !answer.Complete:
		paging.NextCursor = f.req.Cursor
	}
	return nil
}

// hitKey is the place of a hit in the order of a search, also of one that this View no longer has.
type hitKey struct {
	match  graph.Match
	length int
	id     string
}

func (f *finder) cursor(h graph.Hit, seen int) string {
	return nextCursor(f.v, f.req.Scope, f.question(), strconv.Itoa(int(h.Match)), strconv.Itoa(h.Length), f.v.ID(f.kind, h.Node), strconv.Itoa(seen))
}

// parseKey reads the place behind which a part begins, and about how many hits lie before it.
func (f *finder) parseKey(key []string) (after *hitKey, consumed int, err error) {
	if key == nil {
		return nil, 0, nil
	}
	match, err1 := strconv.ParseUint(key[0], 10, 8)
	length, err2 := strconv.Atoi(key[1])
	consumed, err3 := strconv.Atoi(key[3])
	if err1 != nil || err2 != nil || err3 != nil || consumed < 0 {
		return nil, 0, fmt.Errorf("%w: cursor: not one that an answer gave", graph.ErrInvalid)
	}
	return &hitKey{match: graph.Match(match), length: length, id: key[2]}, min(consumed, f.v.NodeCount(f.kind)), nil
}

func (f *finder) compare(h graph.Hit, k hitKey) int {
	switch {
	case h.Match != k.match:
		return int(h.Match) - int(k.match)
	case h.Length != k.length:
		return h.Length - k.length
	}
	return strings.Compare(f.v.ID(f.kind, h.Node), k.id)
}

// searcher delivers the hits of a search in order, asking the View for more as they are needed.
type searcher struct {
	v     *graph.View
	kind  graph.Kind
	query string
	want  int // hits to ask for first; 0 for all
}

func newSearcher(v *graph.View, k graph.Kind, query string, limit, consumed int) searcher {
	s := searcher{v: v, kind: k, query: query}
	if limit > 0 {
		s.want = consumed + limit + 1
	}
	return s
}

func (s *searcher) hits(yield func(graph.Hit) bool) {
	done := 0
	for want := s.want; ; want *= 4 {
		hits, more := s.v.Search(s.kind, s.query, want)
		for _, h := range hits[min(done, len(hits)):] {
			if !yield(h) {
				return
			}
		}
		if done = len(hits); !more {
			return
		}
	}
}

func companyRow(v *graph.View, n graph.Node, match string) CompanyRow {
	facts := v.NodeFacts(graph.KindCompany, n)
	row := CompanyRow{ID: facts.ID, Name: facts.Name, NameZH: v.HanName(graph.KindCompany, n), Kind: kindOfCompany(v, n),
		Country: facts.Texts[graph.FieldCountry], Sector: facts.Texts[graph.FieldSector], Identifiers: nonNil(facts.Identifiers), Match: match,
		Provisional: !v.Described(graph.KindCompany, n)}
	if row.Country != "" {
		row.CountryKind = "headquarters"
	}
	return row
}

func productRow(v *graph.View, n graph.Node, f graph.Filter, match string) ProductRow {
	facts := v.NodeFacts(graph.KindProduct, n)
	row := ProductRow{ID: facts.ID, Name: facts.Name, NameZH: v.HanName(graph.KindProduct, n), Aliases: nonNil(facts.Aliases),
		Code: facts.Texts[graph.FieldCode], Match: match, Provisional: !v.Described(graph.KindProduct, n)}
	if parent := parentOf(v, n); parent != graph.NoNode {
		ref := refOf(v, graph.KindProduct, parent)
		row.Parent = &ref
	}
	row.Makers = countActive(v, v.In(graph.KindMakes, n), f)
	return row
}

// countActive is the number of different companies at the other ends of the relations that are active.
func countActive(v *graph.View, edges graph.Edges, f graph.Filter) (count int) {
	last := graph.NoNode
	for i, n := range edges.Nodes {
		if n != last && v.Active(edges.Rel(i), f) {
			count++
			last = n
		}
	}
	return count
}

// nonNil lets an empty list print as [], not null.
func nonNil[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}
