package queries

import (
	"context"
	"slices"
	"strings"

	"github.com/tributarygraph/tributary/graph"
)

// StatsRequest asks what the network holds and how well it is documented.
type StatsRequest struct {
	Scope
}

// StatsAnswer counts what the network holds.
type StatsAnswer struct {
	Answer
	Companies   CompanyCounts   `json:"companies"`
	Products    NodeCounts      `json:"products"`
	Sources     int             `json:"sources"`
	Sites       SiteCounts      `json:"sites"`
	Relations   []RelationStats `json:"relations" doc:"By kind"`
	Claims      int             `json:"claims"`
	Denials     int             `json:"denials" doc:"Claims that deny their relation"`
	Bases       []NamedCount    `json:"bases" doc:"Claims by what they rest on, the firmest first"`
	Stages      []NamedCount    `json:"stages" doc:"Claims by stage"`
	Countries   []NamedCount    `json:"countries" doc:"Companies by country of headquarters, the most first; unknown ones under an empty name"`
	Datasets    []DatasetStats  `json:"datasets"`
	FirstPeriod string          `json:"first_period,omitempty" doc:"First day that a claim speaks of"`
	LastPeriod  string          `json:"last_period,omitempty" doc:"Last day that a claim speaks of"`
	Ambiguous   []AmbiguousName `json:"ambiguous" doc:"Names that fit several companies or products and stay apart until someone decides, at most 1000"`
}

// NodeCounts counts nodes of one kind.
type NodeCounts struct {
	Count       int `json:"count"`
	Provisional int `json:"provisional" doc:"Known only because a relation names them"`
	Ambiguous   int `json:"ambiguous" doc:"Names that fit several"`
}

// CompanyCounts counts companies.
type CompanyCounts struct {
	NodeCounts
	WithoutSuppliers int `json:"without_suppliers" doc:"No active relation supplies them: the ends of what is documented"`
	WithoutCustomers int `json:"without_customers" doc:"They supply nobody that is documented"`
	WithCountry      int `json:"with_country"`
	WithIdentifier   int `json:"with_identifier"`
}

// SiteCounts counts sites.
type SiteCounts struct {
	Count        int `json:"count"`
	WithPlace    int `json:"with_place" doc:"Of which it is stated where on the map they lie"`
	WithOperator int `json:"with_operator" doc:"Of which it is stated who runs them"`
	Named        int `json:"named" doc:"That a supplies or makes relation names"`
}

// RelationStats tells how well the relations of one kind are documented.
type RelationStats struct {
	Kind      string `json:"kind" enum:"supplies,owns,makes,input_of,associated,lists"`
	Count     int    `json:"count"`
	Active    int    `json:"active" doc:"That hold under the scope of the question"`
	Claims    int    `json:"claims"`
	WithShare int    `json:"with_share" doc:"Relations of which a claim states a share"`
	WithValue int    `json:"with_value" doc:"Relations of which a claim states a value"`
	Dated     int    `json:"dated" doc:"Relations of which a claim has a period or a date"`
	Sourced   int    `json:"sourced" doc:"Relations of which a claim cites a source"`
	Denied    int    `json:"denied" doc:"Relations that a claim denies"`
}

// NamedCount is a count under a name.
type NamedCount struct {
	Name  string `json:"name"`
	Count int    `json:"count"`
}

// DatasetStats counts the claims of a dataset.
type DatasetStats struct {
	Dataset string `json:"dataset"`
	Claims  int    `json:"claims"`
}

// AmbiguousName is a name that fits several nodes.
type AmbiguousName struct {
	Kind       string   `json:"kind" enum:"company,product"`
	Name       string   `json:"name"`
	Candidates []string `json:"candidates" doc:"Ids"`
}

const maxAmbiguous = 1000

// lastStats keeps the statistics counted last: they read every claim.
var lastStats memo[*StatsAnswer]

// Stats counts what the network holds. The error wraps graph.ErrInvalid, or is that of the context: half a count
// would say nothing.
func Stats(ctx context.Context, v *graph.View, req StatsRequest) (*StatsAnswer, error) {
	scope, err := req.Scope.Resolve()
	if err != nil {
		return nil, err
	}
	if v, err = scope.view(ctx, v); err != nil {
		return nil, err
	}
	return lastStats.get(ctx, v, scope.filter(), func() *StatsAnswer {
		c := counter{v: v, active: v.Activity(scope.filter()), datasets: map[string]int{}, bases: map[string]int{}, stages: map[string]int{}, countries: map[string]int{},
			out: &StatsAnswer{Answer: newAnswer(v, scope), Ambiguous: []AmbiguousName{}}}
		c.run()
		return c.out
	})
}

type counter struct {
	v                                  *graph.View
	active                             graph.Activity
	out                                *StatsAnswer
	datasets, bases, stages, countries map[string]int
	first, last                        graph.Date
	period                             graph.Period // of the claim before: claims come in runs of one
	from, to                           graph.Date   // first and last day of it
}

func (c *counter) run() {
	for _, k := range graph.RelationKinds() {
		c.relations(k)
	}
	c.companies()
	for n := range c.v.Nodes(graph.KindProduct) {
		c.out.Products.Count++
		count(&c.out.Products.Provisional, !c.v.Described(graph.KindProduct, n))
	}
	for range c.v.Nodes(graph.KindSource) {
		c.out.Sources++
	}
	c.sites()
	c.out.Companies.Ambiguous = c.ambiguous(graph.KindCompany)
	c.out.Products.Ambiguous = c.ambiguous(graph.KindProduct)
	c.lists()
}

func (c *counter) sites() {
	if c.v.NodeCount(graph.KindSite) == 0 {
		return
	}
	table := sitesIn(c.v)
	for site := range c.v.Nodes(graph.KindSite) {
		c.out.Sites.Count++
		count(&c.out.Sites.WithOperator, c.v.OperatorOf(site) != graph.NoNode)
		count(&c.out.Sites.Named, len(table.at[site]) > 0)
	}
	c.out.Sites.WithPlace = len(table.grid)
}

func (c *counter) relations(k graph.Kind) {
	row := RelationStats{Kind: k.String()}
	for r := range c.v.RelationsOf(k) {
		row.Count++
		active := c.active.Has(r)
		facts := c.claims(r, &row)
		count(&row.Active, active)
		count(&row.WithShare, facts.share)
		count(&row.WithValue, facts.value)
		count(&row.Dated, facts.dated)
		count(&row.Sourced, facts.sourced)
		count(&row.Denied, facts.denied)
		if active {
			count(&c.out.Coverage.Shares, facts.share)
			count(&c.out.Coverage.Dated, facts.dated)
			count(&c.out.Coverage.Sourced, facts.sourced)
		}
	}
	c.out.Claims += row.Claims
	c.out.Coverage.Relations += row.Active
	c.out.Relations = append(c.out.Relations, row)
}

func count(n *int, is bool) {
	if is {
		*n++
	}
}

// stated is what the claims of a relation state.
type stated struct{ share, value, dated, sourced, denied bool }

func (c *counter) claims(r graph.Rel, row *RelationStats) (facts stated) {
	kind := c.v.KindOf(r)
	low, high := c.v.Claims(r)
	for i := low; i < high; i++ {
		claim := c.v.ClaimHead(i)
		row.Claims++
		c.datasets[claim.Dataset]++
		c.bases[claim.Basis]++
		c.stages[claim.Stage]++
		count(&c.out.Denials, claim.Denies)
		facts.denied = facts.denied || claim.Denies
		facts.sourced = facts.sourced || claim.Source != ""
		facts.value = facts.value || c.v.ClaimStates(i, graph.FieldValue)
		facts.share = facts.share || slices.ContainsFunc(shareFields[kind], func(field graph.FieldID) bool { return c.v.ClaimStates(i, field) })
		facts.dated = c.span(&claim) || facts.dated
	}
	return facts
}

// span takes the days that a claim speaks of into the range, and reports whether it speaks of any.
func (c *counter) span(claim *graph.ClaimHead) (dated bool) {
	if claim.Period != c.period {
		c.period, c.from, c.to = claim.Period, claim.Period.Start(), claim.Period.End()
		if c.to != graph.NoDate {
			c.to--
		}
	}
	for _, d := range []graph.Date{c.from, c.to, claim.ValidFrom} {
		if d == graph.NoDate {
			continue
		}
		dated = true
		if c.first == graph.NoDate || d < c.first {
			c.first = d
		}
		if c.last == graph.NoDate || d > c.last {
			c.last = d
		}
	}
	return dated
}

func (c *counter) companies() {
	v, out := c.v, &c.out.Companies
	for n := range v.Nodes(graph.KindCompany) {
		out.Count++
		count(&out.Provisional, !v.Described(graph.KindCompany, n))
		count(&out.WithoutSuppliers, !c.any(v.In(graph.KindSupplies, n)))
		count(&out.WithoutCustomers, !c.any(v.Out(graph.KindSupplies, n)))
		country := v.NodeText(graph.KindCompany, n, graph.FieldCountry)
		c.countries[country]++
		count(&out.WithCountry, country != "")
		count(&out.WithIdentifier, c.identified(n))
	}
}

func (c *counter) identified(n graph.Node) bool {
	for _, field := range []graph.FieldID{graph.FieldLEI, graph.FieldISIN, graph.FieldTicker, graph.FieldPermID, graph.FieldOpenCorporates} {
		if c.v.NodeText(graph.KindCompany, n, field) != "" {
			return true
		}
	}
	return false
}

func (c *counter) any(edges graph.Edges) bool {
	for i := range edges.Len() {
		if c.active.Has(edges.Rel(i)) {
			return true
		}
	}
	return false
}

func (c *counter) ambiguous(k graph.Kind) int {
	names := c.v.Ambiguous(k)
	sorted := make([]string, 0, len(names))
	for name := range names {
		sorted = append(sorted, name)
	}
	slices.Sort(sorted)
	for _, name := range sorted {
		if len(c.out.Ambiguous) < maxAmbiguous {
			c.out.Ambiguous = append(c.out.Ambiguous, AmbiguousName{Kind: k.String(), Name: name, Candidates: names[name]})
		}
	}
	return len(names)
}

// lists writes the counts by name in their order.
func (c *counter) lists() {
	out := c.out
	for i := len(graph.Bases) - 1; i >= 0; i-- {
		out.Bases = append(out.Bases, NamedCount{graph.Bases[i], c.bases[graph.Bases[i]]})
	}
	for _, stage := range graph.Stages {
		out.Stages = append(out.Stages, NamedCount{stage, c.stages[stage]})
	}
	out.Countries = []NamedCount{}
	for country, n := range c.countries {
		out.Countries = append(out.Countries, NamedCount{country, n})
	}
	slices.SortFunc(out.Countries, func(a, b NamedCount) int {
		if a.Count != b.Count {
			return b.Count - a.Count
		}
		return strings.Compare(a.Name, b.Name)
	})
	out.Datasets = []DatasetStats{}
	for dataset, n := range c.datasets {
		out.Datasets = append(out.Datasets, DatasetStats{dataset, n})
	}
	slices.SortFunc(out.Datasets, func(a, b DatasetStats) int { return strings.Compare(a.Dataset, b.Dataset) })
	out.FirstPeriod, out.LastPeriod = dateText(c.first), dateText(c.last)
}
