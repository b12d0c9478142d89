package queries

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/tributarygraph/tributary/graph"
	"github.com/tributarygraph/tributary/queries/internal/loss"
)

// DisruptionRequest asks what is lost downstream when something stops.
type DisruptionRequest struct {
	Scenario Scenario
	Scope
	Page
	// Assume are things taken for granted that nobody states: "complete" (all lists of suppliers are), "essential"
	// (inputs of which nobody says are).
	Assume []string
	// Undocumented says what becomes of suppliers that nobody documented: "unaffected" (default), or "worst": of an
	// input that the damage reaches, everything is lost that no documented supplier is known to have.
	Undocumented string
	// ProductLevel says how inputs are read that are kinds of one another: as an input each ("exact"), as one
	// ("merged"), or so that both readings lie between ("both", the default).
	ProductLevel string
	// Sort puts the rows in the order of the losses that are certain ("lower", the default) or possible ("upper").
	Sort string
	// Company narrows the list to one company: id, identifier, name or alias. The totals are of all.
	Company string
	// MinLoss leaves out of the list what loses less than this at most.
	MinLoss float64
}

// DisruptionAnswer tells what is lost, line by line.
type DisruptionAnswer struct {
	Answer
	Scenario Scenario         `json:"scenario" doc:"The scenario as it was understood"`
	Targets  []TargetRow      `json:"targets" doc:"What each target hits"`
	Items    []DisruptionRow  `json:"items" doc:"Lines that lose something, or may; those that lose most for certain first, those that are hit themselves last"`
	Totals   DisruptionTotals `json:"totals" doc:"Over everything that loses something, or may, listed here or not"`
	Paging
}

// DisruptionRow is what lines of a company lose through the same input.
type DisruptionRow struct {
	Tier        int         `json:"tier" doc:"Least number of hops from what is hit; 0 is hit itself"`
	ID          string      `json:"id"`
	Name        string      `json:"name"`
	Country     string      `json:"country,omitempty" doc:"Headquarters, ISO 3166-1; absent when unknown"`
	Sector      string      `json:"sector,omitempty"`
	Lines       []Ref       `json:"lines" doc:"Products of the company that lose this; empty where none is known"`
	Loss        *Interval   `json:"loss" doc:"Part of the output that is lost, at least and at most"`
	CompanyLoss *Interval   `json:"company_loss" doc:"What the company loses over all its lines"`
	Hit         bool        `json:"hit" doc:"It loses this by being hit itself"`
	Binding     *BindingRow `json:"binding" doc:"The input that most is lost through; null where the line is hit itself"`
	Path        []CauseHop  `json:"path" doc:"One chain from what is hit to the line, along the inputs that bind"`
	Why         string      `json:"why" doc:"The reason in a sentence"`
}

// BindingRow is the input that a loss comes from.
type BindingRow struct {
	Product   *Ref      `json:"product" doc:"null when not stated"`
	Loss      *Interval `json:"loss" doc:"What is lost of the input"`
	Essential string    `json:"essential" enum:"yes,no,not_stated"`
	Suppliers int       `json:"suppliers" doc:"Documented suppliers of the input"`
	Affected  int       `json:"affected" doc:"Of these, those that lose something, or may"`
	Complete  bool      `json:"list_complete" doc:"Whether a dated, sourced claim says that these are all"`
	Stated    int       `json:"shares_stated" doc:"Of the suppliers, those of which the share is stated"`
}

// CauseHop is a hop of a chain.
type CauseHop struct {
	From     Ref    `json:"from"`
	Product  *Ref   `json:"product" doc:"null when not stated"`
	To       Ref    `json:"to"`
	Relation string `json:"relation" doc:"Id of the relation; empty for one that is supposed"`
}

// DisruptionTotals count companies.
type DisruptionTotals struct {
	Companies LossCounts   `json:"companies" doc:"Companies; those that are hit themselves are not counted"`
	Hit       int          `json:"hit" doc:"Companies that are hit themselves, as a whole or in a line"`
	Tiers     []LossCounts `json:"tiers"`
	Countries []LossCounts `json:"countries" doc:"By headquarters; unknown ones under an empty name"`
	Sectors   []LossCounts `json:"sectors" doc:"As the companies' sources call them; unknown ones under an empty name"`
	Products  []LossCounts `json:"products" doc:"Lines by product, the id as the name"`
}

// LossCounts counts what loses how much.
type LossCounts struct {
	Name     string `json:"name,omitempty"`
	Affected int    `json:"affected" doc:"That lose something, or may"`
	Certain  int    `json:"certain" doc:"That lose something for certain"`
	MayStop  int    `json:"may_stop" doc:"That may lose everything"`
	Stop     int    `json:"stop" doc:"That lose everything for certain"`
}

func (c *LossCounts) add(l lost) {
	c.Affected++
	count(&c.Certain, l.low > 0)
	count(&c.MayStop, l.high >= whole)
	count(&c.Stop, l.low >= whole)
}

// whole is a loss that counts as everything: answers have nine decimals.
const whole = 1 - 5e-10

// BasisBounds is the basis of losses: least fixed points of what must and of what may be lost.
const BasisBounds = "bounds"

// Rows are the items of the list, a slice.
func (a *DisruptionAnswer) Rows() any { return a.Items }

// Resolve checks the request and spells out what it leaves to defaults, apart from the page and names.
func (req DisruptionRequest) Resolve() (DisruptionRequest, error) {
	var err error
	if req.Scenario, err = req.Scenario.Resolve(); err != nil {
		return req, err
	}
	req.Assume = slices.Clone(req.Assume)
	slices.Sort(req.Assume)
	req.Assume = slices.Compact(req.Assume)
	for _, a := range req.Assume {
		if _, err = oneOf("assume", a, "complete", "essential"); err != nil {
			return req, err
		}
	}
	if req.Undocumented, err = oneOf("undocumented", req.Undocumented, "unaffected", "worst"); err != nil {
		return req, err
	}
	if req.ProductLevel, err = oneOf("product_level", req.ProductLevel, "both", "exact", "merged"); err != nil {
		return req, err
	}
	if req.Sort, err = oneOf("sort", req.Sort, "lower", "upper"); err != nil {
		return req, err
	}
	if !(req.MinLoss >= 0 && req.MinLoss <= 1) {
		return req, fmt.Errorf("%w: min_loss %v; allowed: 0 to 1", graph.ErrInvalid, req.MinLoss)
	}
	return req, nil
}

// options are how the network is read.
func (req *DisruptionRequest) options() loss.Options {
	return loss.Options{AssumeComplete: slices.Contains(req.Assume, "complete"), AssumeEssential: slices.Contains(req.Assume, "essential"),
		WorstUndocumented: req.Undocumented == "worst", Level: levels[req.ProductLevel]}
}

var levels = map[string]loss.Reading{"both": loss.Both, "exact": loss.Exact, "merged": loss.Merged}

func (req *DisruptionRequest) assumptions() []string {
	out := []string{"an input stops what uses it: a company's lines are what it supplies, makes, or is said to use an input in",
		"losses by share assume that no supplier stands in for another"}
	o := req.options()
	if o.AssumeComplete {
		out = append(out, "assumed: all lists of suppliers are complete")
	} else {
		out = append(out, openLists)
	}
	if o.AssumeEssential {
		out = append(out, "assumed: inputs of which nobody states whether they are essential are")
	} else {
		out = append(out, "inputs of which nobody states whether they are essential may be, or not")
	}
	if o.WorstUndocumented {
		out = append(out, "of inputs that the damage reaches, all is lost at most that no documented supplier is known to have")
	} else {
		out = append(out, "suppliers that nobody documented are taken to be unaffected: losses are within the documented network")
	}
	switch o.Level {
	case loss.Exact:
		out = append(out, "inputs that are kinds of one another are an input each")
	case loss.Merged:
		out = append(out, "inputs that are kinds of one another are one input")
	}
	return out
}

// Disruption tells what is lost downstream when something stops. Errors wrap graph.ErrInvalid, ErrNotFound and
// ErrAmbiguous.
func Disruption(ctx context.Context, v *graph.View, req DisruptionRequest) (*DisruptionAnswer, error) {
	req, err := req.Resolve()
	if err != nil {
		return nil, err
	}
	key, paging, err := resolvePage(v, req.Page, &req.Scope, req.question(), 4)
	if err != nil {
		return nil, err
	}
	d := &disruption{v: v, req: req, answer: &DisruptionAnswer{Answer: newAnswer(v, req.Scope, req.assumptions()...), Scenario: req.Scenario,
		Targets: []TargetRow{}, Items: []DisruptionRow{}, Paging: paging}}
	if err := d.run(ctx, key); err != nil {
		return nil, err
	}
	return d.answer, nil
}

// question is the request without what a cursor or the scope holds, written out: a scenario holds pointers.
func (req DisruptionRequest) question() any {
	req.Page, req.Scope = Page{}, Scope{}
	text, _ := json.Marshal(req) // requests always encode
	return string(text)
}

// disruption answers one request.
type disruption struct {
	v      *graph.View
	req    DisruptionRequest
	answer *DisruptionAnswer
	p      *production
	damage *damage
	net    *network
	solved *loss.Run
	tiers  []int32 // by node; -1: not reached
	plans  map[graph.Node]*plan
	names  *names
}

func (d *disruption) run(ctx context.Context, key []string) error {
	d.p, d.damage, d.names = newProduction(d.v, d.req.filter()), newDamage(), newNames(d.v)
	if err := d.aim(ctx); err != nil {
		return err
	}
	var err error
	if d.net, err = d.p.reached(ctx, d.damage); err != nil {
		return err
	}
	d.solved = loss.NewRun(d.net.net, d.req.options())
	scenario := d.net.scenario(d.p, d.damage)
	if err := d.solved.Solve(ctx, scenario); err != nil {
		return err
	}
	if n := d.solved.Widened(); n > 0 {
		d.answer.warn(fmt.Sprintf("%s taken to lose everything at most: they stand on loops that pass on nearly all of a loss", plural(n, "line is", "lines are")))
	}
	d.tiers = d.net.tiers(d.solved, scenario)
	return d.list(ctx, key)
}

func plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

// aim finds what the targets hit.
func (d *disruption) aim(ctx context.Context) error {
	a := aimer{p: d.p, d: d.damage, worst: d.req.Undocumented == "worst"}
	for i, t := range d.req.Scenario.Targets {
		row, err := a.aim(ctx, t)
		if err != nil {
			return fmt.Errorf("targets[%d]: %w", i, err)
		}
		if row.Companies+row.Lines+row.Relations == 0 {
			d.answer.warn(fmt.Sprintf("targets[%d] (%s) hits nothing that is documented under these conditions", i, row.Text))
		}
		if row.Unknown > 0 {
			what := "they are not hit"
			if a.worst {
				what = "they may be hit"
			}
			d.answer.warn(fmt.Sprintf("targets[%d]: of %s nobody states where they ship from: %s", i, plural(row.Unknown, "relation", "relations"), what))
		}
		d.answer.Targets = append(d.answer.Targets, row)
	}
	d.p.spread(d.damage)
	return nil
}

// reached is the network of the companies that the damage may reach.
func (p *production) reached(ctx context.Context, d *damage) (*network, error) {
	mark := make([]bool, p.v.NodeCount(graph.KindCompany))
	var list []graph.Node
	add := func(c graph.Node) {
		if !mark[c] {
			mark[c] = true
			list = append(list, c)
		}
	}
	for _, c := range d.companiesHit(p) {
		add(c)
	}
	for r := range d.relations {
		_, to, _ := p.endsOf(r)
		add(to)
	}
	for at := 0; at < len(list); at++ {
		if at%checkEvery == 0 && ctx.Err() != nil {
			return nil, ctx.Err()
		}
		p.outOf(list[at], func(r graph.Rel, _ graph.Node) {
			_, to, _ := p.endsOf(r)
			add(to)
		})
	}
	slices.SortFunc(list, func(a, b graph.Node) int { return p.compare(graph.KindCompany, a, b) })
	return p.network(ctx, list)
}

// tiers is the least number of hops from what is hit to each node that loses anything; -1 for the others.
func (x *network) tiers(run *loss.Run, s *loss.Scenario) []int32 {
	tiers := make([]int32, x.net.Nodes())
	for i := range tiers {
		tiers[i] = -1
	}
	var now, next []int32
	put := func(list *[]int32, n, tier int32) {
		if tiers[n] < 0 && run.High(n) > 0 {
			tiers[n] = tier
			*list = append(*list, n)
		}
	}
	for _, d := range s.Nodes {
		put(&now, d.At, 0)
	}
	for _, d := range s.Edges {
		if n := x.net.NodeOf(x.net.InputOf(d.At)); x.within(d.At, n) {
			put(&now, n, 0)
		} else {
			put(&next, n, 1)
		}
	}
	for tier := int32(0); len(now)+len(next) > 0; tier++ {
		for at := 0; at < len(now); at++ {
			for _, i := range x.net.Supplied(now[at]) {
				if n := x.net.NodeOf(i); x.owner[n] == x.owner[now[at]] {
					put(&now, n, tier)
				}
			}
		}
		for _, n := range now {
			for _, i := range x.net.Supplied(n) {
				put(&next, x.net.NodeOf(i), tier+1)
			}
		}
		now, next = next, now[:0]
	}
	return tiers
}

// within reports whether an edge into a node comes from the same company.
func (x *network) within(edge, node int32) bool {
	s := x.net.Source(edge)
	return s != loss.Nobody && x.owner[s] == x.owner[node]
}

// entry is a row before it is written: lines of a company that lose the same through the same.
type entry struct {
	company graph.Node
	node    int32
	tier    int32
	lines   []graph.Node
	hit     bool   // it loses this by itself
	through string // where a company has several nodes, what it loses through
	lost
}

// list makes the rows of this page, and the totals.
func (d *disruption) list(ctx context.Context, key []string) error {
	entries, err := d.entries(ctx)
	if err != nil {
		return err
	}
	only := graph.NoNode
	if d.req.Company != "" {
		if only, err = d.v.Lookup(graph.KindCompany, d.req.Company); err != nil {
			return err
		}
	}
	listed := entries[:0]
	for _, e := range entries {
		if e.high >= d.req.MinLoss && (only == graph.NoNode || e.company == only) {
			listed = append(listed, e)
		}
	}
	slices.SortFunc(listed, d.compare)
	total := len(listed)
	d.answer.Total = &total
	if key != nil {
		at, _ := slices.BinarySearchFunc(listed, key, func(e entry, key []string) int { return slices.Compare(d.key(&e), key) })
		if at < total && slices.Equal(d.key(&listed[at]), key) {
			at++
		}
		listed = listed[at:]
	}
	if n := d.req.Limit; n > 0 && len(listed) > n {
		listed = listed[:n]
		d.answer.stop(StoppedByLimit)
		d.answer.NextCursor = nextCursor(d.v, d.req.Scope, d.req.question(), d.key(&listed[n-1])...)
	}
	for i := range listed {
		if i%64 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		d.answer.Items = append(d.answer.Items, d.row(&listed[i]))
	}
	return nil
}

// compare orders rows by loss, tier, company and line; what loses by being hit itself comes last: that is the question,
// not the answer.
func (d *disruption) compare(a, b entry) int {
	if a.hit != b.hit {
		return strings.Compare(hitLast(a.hit), hitLast(b.hit))
	}
	first, second := cmp.Compare(b.low, a.low), cmp.Compare(b.high, a.high)
	if d.req.Sort == "upper" {
		first, second = second, first
	}
	return cmp.Or(first, second, cmp.Compare(a.tier, b.tier), d.p.compare(graph.KindCompany, a.company, b.company), d.p.compare(graph.KindProduct, a.lines[0], b.lines[0]))
}

// key is what a cursor holds of an entry; keys are in the order of the rows.
func (d *disruption) key(e *entry) []string {
	part := func(x float64) string { return fmt.Sprintf("%.9f", 1-x) }
	losses := []string{part(e.low), part(e.high)}
	if d.req.Sort == "upper" {
		slices.Reverse(losses)
	}
	line := ""
	if e.lines[0] != graph.NoNode {
		line = d.v.ID(graph.KindProduct, e.lines[0])
	}
	return append([]string{hitLast(e.hit) + losses[0], losses[1]}, fmt.Sprintf("%06d %s", e.tier, d.v.ID(graph.KindCompany, e.company)), line)
}

func hitLast(hit bool) string {
	if hit {
		return "1"
	}
	return "0"
}

// entries are everything that loses something, or may, in no particular order; they count into the totals.
func (d *disruption) entries(ctx context.Context) (entries []entry, err error) {
	seen := make([]bool, d.v.NodeCount(graph.KindCompany))
	totals := newTotals(d)
	visit := func(c graph.Node) {
		if seen[c] {
			return
		}
		seen[c] = true
		of := d.ofCompany(c)
		entries = append(entries, of...)
		totals.add(c, of)
	}
	for _, c := range d.damage.companiesHit(d.p) {
		visit(c)
	}
	for i, n := range d.solved.Reached() {
		if i%checkEvery == 0 && ctx.Err() != nil {
			return nil, ctx.Err()
		}
		visit(d.net.owner[n])
	}
	d.answer.Totals = totals.rows()
	return entries, nil
}

// ofCompany are the entries of a company.
func (d *disruption) ofCompany(c graph.Node) (entries []entry) {
	plan := d.p.plan(c)
	for _, line := range plan.lines {
		n := d.net.first[c] + int32(line.node)
		own := d.damage.ofLine(c, line.product)
		l := lost{rounded(max(own.low, d.solved.Low(n))), rounded(max(own.high, d.solved.High(n)))}
		if l.high == 0 {
			continue
		}
		e := entry{company: c, node: n, lost: l, tier: d.tiers[n], hit: own.high > 0 && rounded(own.high) == l.high && rounded(own.low) == l.low}
		if own.high > 0 {
			e.tier = 0
		}
		if !e.hit && d.net.layouts[c] != nil {
			e.through = d.throughKey(place{plan, line.node})
		}
		i := slices.IndexFunc(entries, func(o entry) bool {
			return o.tier == e.tier && o.hit == e.hit && o.lost == e.lost && o.through == e.through
		})
		if i < 0 {
			i = len(entries)
			entries = append(entries, e)
		}
		entries[i].lines = append(entries[i].lines, line.product)
	}
	return entries
}

// throughKey names the input that most is lost through at a place.
func (d *disruption) throughKey(at place) string {
	t, ok := d.binding(at)
	if !ok {
		return ""
	}
	key := fmt.Sprint(t.in.product, t.in.Essential)
	for _, e := range t.in.parts {
		key += fmt.Sprint(" ", e.flow)
	}
	return key
}

// rounded is a loss as answers tell it.
func rounded(x float64) float64 { return math.Round(x*1e9) / 1e9 }

func (d *disruption) interval(l lost) *Interval {
	return &Interval{Low: rounded(l.low), High: rounded(l.high), Basis: BasisBounds}
}

func (d *disruption) row(e *entry) DisruptionRow {
	v := d.v
	row := DisruptionRow{Tier: int(e.tier), ID: v.ID(graph.KindCompany, e.company), Name: v.Name(graph.KindCompany, e.company),
		Country: v.NodeText(graph.KindCompany, e.company, graph.FieldCountry), Sector: v.NodeText(graph.KindCompany, e.company, graph.FieldSector),
		Hit: e.hit, Lines: []Ref{}, Loss: d.interval(e.lost), CompanyLoss: d.interval(d.net.ofCompany(d.p, d.solved, d.damage, e.company)), Path: []CauseHop{}}
	for _, line := range e.lines {
		if line != graph.NoNode {
			row.Lines = append(row.Lines, d.names.ref(graph.KindProduct, line))
		}
	}
	w := why{d: d, e: e}
	w.explain(&row)
	return row
}

// totals counts what is lost.
type totals struct {
	d                  *disruption
	all                LossCounts
	hit                int
	tiers              map[int32]*LossCounts
	countries, sectors map[string]*LossCounts
	products           map[graph.Node]*LossCounts
}

func newTotals(d *disruption) *totals {
	return &totals{d: d, tiers: map[int32]*LossCounts{}, countries: map[string]*LossCounts{}, sectors: map[string]*LossCounts{}, products: map[graph.Node]*LossCounts{}}
}

func countIn[K comparable](m map[K]*LossCounts, key K, l lost) {
	c := m[key]
	if c == nil {
		c = &LossCounts{}
		m[key] = c
	}
	c.add(l)
}

func (t *totals) add(c graph.Node, entries []entry) {
	d := t.d
	if len(entries) == 0 {
		return
	}
	for i := range entries {
		for _, line := range entries[i].lines {
			if line != graph.NoNode && !entries[i].hit {
				countIn(t.products, line, entries[i].lost)
			}
		}
	}
	if _, whole := d.damage.companies[c]; whole || d.damage.partly[c] {
		t.hit++
		return
	}
	l := d.net.ofCompany(d.p, d.solved, d.damage, c)
	t.all.add(l)
	tier := entries[0].tier
	for _, e := range entries {
		tier = min(tier, e.tier)
	}
	countIn(t.tiers, tier, l)
	countIn(t.countries, d.v.NodeText(graph.KindCompany, c, graph.FieldCountry), l)
	countIn(t.sectors, d.v.NodeText(graph.KindCompany, c, graph.FieldSector), l)
}

func (t *totals) rows() DisruptionTotals {
	byName := func(a, b LossCounts) int {
		return cmp.Or(cmp.Compare(b.Stop, a.Stop), cmp.Compare(b.Certain, a.Certain), cmp.Compare(b.Affected, a.Affected), strings.Compare(a.Name, b.Name))
	}
	out := DisruptionTotals{Companies: t.all, Hit: t.hit, Tiers: []LossCounts{}}
	for tier, c := range t.tiers {
		c.Name = fmt.Sprint(tier)
		out.Tiers = append(out.Tiers, *c)
	}
	slices.SortFunc(out.Tiers, func(a, b LossCounts) int {
		return cmp.Or(cmp.Compare(len(a.Name), len(b.Name)), strings.Compare(a.Name, b.Name))
	})
	named := func(m map[string]*LossCounts) []LossCounts {
		list := []LossCounts{}
		for name, c := range m {
			c.Name = name
			list = append(list, *c)
		}
		slices.SortFunc(list, byName)
		return list
	}
	out.Countries, out.Sectors = named(t.countries), named(t.sectors)
	products := make(map[string]*LossCounts, len(t.products))
	for n, c := range t.products {
		products[t.d.v.ID(graph.KindProduct, n)] = c
	}
	out.Products = named(products)
	return out
}
