package httpapi

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"sync/atomic"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/tributarygraph/tributary/graph"
	"github.com/tributarygraph/tributary/queries"
)

func millis(n int) time.Duration { return time.Duration(n) * time.Millisecond }

// Located remembers the address of the request, for the link to the next part.
type Located struct{ url url.URL }

// Resolve is called by huma before the handler.
func (l *Located) Resolve(ctx huma.Context) []error {
	l.url = ctx.URL()
	return nil
}

func (s *Server) queryRoutes() {
	ask(s, list, huma.Operation{OperationID: "find-companies", Path: "/v1/companies", Summary: "Find companies", Tags: []string{"companies"},
		Description: "Companies by name, alias, identifier or id, the best match first. Case, width and accents do not matter."}, s.findCompanies)
	ask(s, one, huma.Operation{OperationID: "get-company", Path: "/v1/companies/{id}", Summary: "Show a company", Tags: []string{"companies"}}, s.getCompany)
	ask(s, list, huma.Operation{OperationID: "list-suppliers", Path: "/v1/companies/{id}/suppliers", Summary: "List suppliers by tier", Tags: []string{"companies"},
		Description: "Who supplies a company, directly and through others. Tier k holds the companies whose least number of active hops is k."}, s.listSuppliers)
	ask(s, list, huma.Operation{OperationID: "list-customers", Path: "/v1/companies/{id}/customers", Summary: "List customers by tier", Tags: []string{"companies"}}, s.listCustomers)
	s.productRoutes()
	ask(s, one, huma.Operation{OperationID: "find-paths", Path: "/v1/paths", Summary: "Find the shortest paths between two companies", Tags: []string{"paths"},
		Description: "The k shortest ways downstream from a supplier to a buyer, with the relations of each hop and their claims."}, s.findPaths)
	ask(s, one, huma.Operation{OperationID: "get-relation", Path: "/v1/relations/{id}", Summary: "Show a relation with its claims", Tags: []string{"relations"},
		Description: "Everything that is said of a relation, side by side, with disputes and denials."}, s.getRelation)
	ask(s, list, huma.Operation{OperationID: "list-loops", Path: "/v1/loops", Summary: "List loops", Tags: []string{"network"},
		Description: "Groups of companies that supply one another round a loop."}, s.listLoops)
	ask(s, one, huma.Operation{OperationID: "get-stats", Path: "/v1/stats", Summary: "Count what the network holds", Tags: []string{"network"}}, s.getStats)
	s.chainRoutes()
	s.flowRoutes()
	s.chokepointRoutes()
	s.exposureRoutes()
	s.gapRoutes()
	s.memberRoutes()
	s.changesRoutes()
	s.reportRoutes()
	s.disruptionRoutes()
	s.commonSupplierRoutes()
	s.concentrationRoutes()
	s.remedyRoutes()
	s.sanctionsRoutes()
	s.systemicRoutes()
	s.resolveRoutes()
	s.resolveGraphRoutes()
	s.reviewRoutes()
	s.siteRoutes()
}

type findInput struct {
	Located
	Shared
	Paged
	Q       string `query:"q" maxLength:"500" doc:"Part of a name, alias, identifier or id; all when absent" example:"nvidia"`
	Kind    string `query:"kind" enum:"company,person,government,fund,anonymous" doc:"Kind of party"`
	Country string `query:"country" pattern:"^[A-Za-z]{2,3}$" patternDescription:"country code such as TW or TWN" doc:"Country of headquarters, ISO 3166-1" example:"TW"`
	Sector  string `query:"sector" doc:"Sector as it is stated, case ignored"`
}

func (s *Server) findCompanies(ctx context.Context, in *findInput) (*reply[queries.CompaniesAnswer], error) {
	return answerList(ctx, s, &in.Shared, &in.Paged, in.url,
		queries.FindRequest{Query: in.Q, Page: in.page(), Kind: in.Kind, Country: in.Country, Sector: in.Sector},
		queries.FindCompanies, func(a *queries.CompaniesAnswer) (*queries.Answer, *queries.Paging) { return &a.Answer, &a.Paging })
}

type findProductsInput struct {
	Located
	Shared
	Paged
	Q string `query:"q" maxLength:"500" doc:"Part of a name, alias, code or id; all when absent" example:"HBM"`
}

func (s *Server) findProducts(ctx context.Context, in *findProductsInput) (*reply[queries.ProductsAnswer], error) {
	return answerList(ctx, s, &in.Shared, &in.Paged, in.url, queries.FindRequest{Query: in.Q, Page: in.page()},
		queries.FindProducts, func(a *queries.ProductsAnswer) (*queries.Answer, *queries.Paging) { return &a.Answer, &a.Paging })
}

// OneCompany is the parameter that names a company.
type OneCompany struct {
	ID string `path:"id" doc:"Id, identifier (lei:..., ticker:XNAS:NVDA), name or alias of a company; 409 with the candidates when it fits several" example:"nvidia"`
}

type companyInput struct {
	OneCompany
	Shared
	Scoped
}

func (s *Server) getCompany(ctx context.Context, in *companyInput) (*reply[queries.CompanyAnswer], error) {
	req := queries.CompanyRequest{Company: in.ID, Scope: in.scope()}
	return answerOne(ctx, s, &in.Shared, &req, &req.Scope, func(ctx context.Context, v *graph.View) (*queries.CompanyAnswer, error) {
		return queries.Company(ctx, v, req)
	}, func(a *queries.CompanyAnswer) *queries.Answer { return &a.Answer }, nil)
}

// Tiered are the parameters of questions about tiers.
type Tiered struct {
	Depth      int      `query:"depth" minimum:"1" maximum:"100" default:"3" doc:"Greatest tier"`
	Relations  []string `query:"relations" enum:"supplies,owns" doc:"Kinds of relation that are followed, separated by commas; supplies when absent"`
	Product    string   `query:"product" doc:"Only this product and every kind of it: id, name or alias" example:"HBM"`
	ProductHop string   `query:"product_hop" enum:"listed,first,every" doc:"Which hop must be of the product: listed (default), that of the listed company; first, the one next to the company asked about; every"`
	Country    string   `query:"country" pattern:"^[A-Za-z]{2,3}$" patternDescription:"country code such as TW or TWN" doc:"Only this country, ISO 3166-1" example:"TW"`
	CountryBy  string   `query:"country_by" enum:"headquarters,origin,site" doc:"What ties to the country: headquarters (default); origin, where the hop of the listed company ships from; or site, where the company has one"`
	InArea
}

type tiersInput struct {
	Located
	OneCompany
	Shared
	Scoped
	Paged
	Tiered
}

func (in *Tiered) request(d queries.Direction) queries.TiersRequest {
	return queries.TiersRequest{Direction: d, Depth: in.Depth, Kinds: in.Relations, Product: in.Product, ProductHop: in.ProductHop, Country: in.Country, CountryBy: in.CountryBy, Area: in.area()}
}

func (s *Server) listSuppliers(ctx context.Context, in *tiersInput) (*reply[queries.TiersAnswer], error) {
	return s.tiers(ctx, in, queries.Upstream)
}

func (s *Server) listCustomers(ctx context.Context, in *tiersInput) (*reply[queries.TiersAnswer], error) {
	return s.tiers(ctx, in, queries.Downstream)
}

func (s *Server) tiers(ctx context.Context, in *tiersInput, d queries.Direction) (*reply[queries.TiersAnswer], error) {
	req := in.request(d)
	req.Company, req.Scope, req.Page = in.ID, in.scope(), in.page()
	return answerList(ctx, s, &in.Shared, &in.Paged, in.url, req, queries.Suppliers,
		func(a *queries.TiersAnswer) (*queries.Answer, *queries.Paging) { return &a.Answer, &a.Paging })
}

// Followed are the parameters of questions about paths from a supplier.
type Followed struct {
	From      string   `query:"from" required:"true" minLength:"1" doc:"The supplier upstream: id, identifier, name or alias" example:"asml"`
	K         int      `query:"k" minimum:"1" maximum:"1000" default:"5" doc:"Most paths"`
	MaxHops   int      `query:"max_hops" minimum:"1" maximum:"100" doc:"Longest path; 100 when absent"`
	Relations []string `query:"relations" enum:"supplies,owns" doc:"Kinds of relation that are followed, separated by commas; supplies when absent"`
	Chain     string   `query:"chain" enum:"any,consistent" doc:"any (default): any hops that follow each other; consistent: without paths that a stated used_in contradicts"`
	Evidence  bool     `query:"evidence" default:"true" doc:"Give the claims of each hop in full, with their quotes"`
}

func (in *Followed) request() queries.PathsRequest {
	return queries.PathsRequest{From: in.From, K: in.K, MaxHops: in.MaxHops, Kinds: in.Relations, Chain: in.Chain, Evidence: in.Evidence}
}

type pathsInput struct {
	Shared
	Scoped
	Followed
	To string `query:"to" required:"true" minLength:"1" doc:"The buyer downstream: id, identifier, name or alias" example:"nvidia"`
}

func (s *Server) findPaths(ctx context.Context, in *pathsInput) (*reply[queries.PathsAnswer], error) {
	req := in.request()
	req.To, req.Scope = in.To, in.scope()
	read, missed := s.details()
	return answerOne(ctx, s, &in.Shared, &req, &req.Scope, func(ctx context.Context, v *graph.View) (*queries.PathsAnswer, error) {
		req := req
		req.Details = read
		return queries.Paths(ctx, v, req)
	}, func(a *queries.PathsAnswer) *queries.Answer { return &a.Answer }, missed)
}

type relationInput struct {
	Shared
	Scoped
	ID string `path:"id" pattern:"^(supplies|owns|makes|input_of|associated|lists)~[^~]*~[^~]*" patternDescription:"kind~from~to~product, as in supplies~hynix~nvidia~hbm" doc:"Id of a relation (kind~from~to~product) or of one of its claims; the parts may be names, and the product may be left out where there is one relation only" example:"supplies~hynix~nvidia~hbm"`
}

func (s *Server) getRelation(ctx context.Context, in *relationInput) (*reply[queries.RelationAnswer], error) {
	req := queries.RelationRequest{ID: in.ID, Scope: in.scope()}
	read, missed := s.details()
	raw, _ := ctx.Value(keyRawID).(string)
	return answerOne(ctx, s, &in.Shared, &req, &req.Scope, func(ctx context.Context, v *graph.View) (*queries.RelationAnswer, error) {
		req := req
		req.Details = read
		answer, err := queries.Relation(ctx, v, req)
		if raw == "" || !errors.Is(err, graph.ErrNotFound) && !errors.Is(err, graph.ErrInvalid) {
			return answer, err
		}
		// Ids are percent-encoded themselves: a client that does not encode them once more means the path as it
		// stands.
		req.ID = raw
		if again, err := queries.Relation(ctx, v, req); err == nil {
			return again, nil
		}
		return answer, err
	}, func(a *queries.RelationAnswer) *queries.Answer { return &a.Answer }, missed)
}

// detailsTime is how long an answer waits for quotes before it goes without them.
const detailsTime = 3 * time.Second

// details reads quotes from the store, and tells whether that failed. Questions about several companies read at once.
func (s *Server) details() (read queries.Details, missed func() bool) {
	var failed atomic.Bool
	read = func(ctx context.Context, keys []graph.Key) ([]graph.Statement, error) {
		ctx, cancel := context.WithTimeout(ctx, detailsTime)
		defer cancel()
		statements, err := s.store.Details(ctx, keys)
		if err != nil {
			failed.Store(true)
		}
		return statements, err
	}
	return read, failed.Load
}

type loopsInput struct {
	Located
	Shared
	Scoped
	Paged
	Company string `query:"company" doc:"Only the loop that this company stands on: id, identifier, name or alias"`
}

func (s *Server) listLoops(ctx context.Context, in *loopsInput) (*reply[queries.LoopsAnswer], error) {
	return answerList(ctx, s, &in.Shared, &in.Paged, in.url, queries.LoopsRequest{Scope: in.scope(), Page: in.page(), Company: in.Company},
		queries.Loops, func(a *queries.LoopsAnswer) (*queries.Answer, *queries.Paging) { return &a.Answer, &a.Paging })
}

type statsInput struct {
	Shared
	Scoped
}

func (s *Server) getStats(ctx context.Context, in *statsInput) (*reply[queries.StatsAnswer], error) {
	req := queries.StatsRequest{Scope: in.scope()}
	return answerOne(ctx, s, &in.Shared, &req, &req.Scope, func(ctx context.Context, v *graph.View) (*queries.StatsAnswer, error) {
		return queries.Stats(ctx, v, req)
	}, func(a *queries.StatsAnswer) *queries.Answer { return &a.Answer }, nil)
}

// answerList answers a question whose answer is a list. The day is resolved into the ETag by the list itself: a
// cursor keeps the day of its first part.
func answerList[R, T any](ctx context.Context, s *Server, in *Shared, p *Paged, at url.URL, req R, ask func(context.Context, *graph.View, R) (*T, error), head func(*T) (*queries.Answer, *queries.Paging)) (*reply[T], error) {
	q := question{Shared: *in, format: negotiate(ctx, p.Format), request: dated{graph.Today(), req}, url: at}
	return respond(ctx, s, q, func(ctx context.Context, v *graph.View) (*T, error) { return ask(ctx, v, req) }, head, nil)
}

// dated is a request that may leave its day to the clock.
type dated struct {
	Today   graph.Date
	Request any
}

// answerOne answers a question whose answer is one thing, always in JSON. The scope, a part of the request, is
// resolved in place.
func answerOne[R, T any](ctx context.Context, s *Server, in *Shared, req *R, scope *queries.Scope, ask func(context.Context, *graph.View) (*T, error), head func(*T) *queries.Answer, uncacheable func() bool) (*reply[T], error) {
	resolved, err := scope.Resolve()
	if err != nil {
		return nil, s.fail(ctx, err)
	}
	*scope = resolved
	q := question{Shared: *in, format: typeJSON, request: *req}
	return respond(ctx, s, q, ask, func(a *T) (*queries.Answer, *queries.Paging) { return head(a), nil }, uncacheable)
}

// kinds of answer, for the document.
type answerKind uint8

const (
	one answerKind = iota
	list
)

// ask routes a question: a GET that any number of times gives the same answer.
func ask[I, O any](s *Server, kind answerKind, op huma.Operation, handler func(context.Context, *I) (*O, error)) {
	op.Method = http.MethodGet
	op = s.operation(op)
	op.Responses["304"] = &huma.Response{Description: "The answer held still stands"}
	if kind == list {
		s.lists = append(s.lists, op.OperationID)
	}
	huma.Register(s.api, op, handler)
}
