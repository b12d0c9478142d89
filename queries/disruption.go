package queries

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"sync/atomic"

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
	// Portfolio narrows the list to its members, and tells what they lose together, weighed by spend.
	Portfolio Portfolio
	// MinLoss leaves out of the list what loses less than this at most.
	MinLoss float64
}

// DisruptionAnswer tells what is lost, line by line. Its coverage is over the rows listed: the relations of the inputs
// through which they lose something.
type DisruptionAnswer struct {
	Answer
	Scenario Scenario         `json:"scenario" doc:"The scenario as it was understood"`
	Targets  []TargetRow      `json:"targets" doc:"What each target hits"`
	Items    []DisruptionRow  `json:"items" doc:"Lines that lose something, or may; those that lose most for certain first, those that are hit themselves last"`
	Totals   DisruptionTotals `json:"totals" doc:"Over everything that loses something, or may, listed here or not"`
	// Demand is nil where the scenario cuts none.
	Demand *DemandLosses `json:"demand" doc:"Who upstream loses revenue by the cuts of demand; null where the scenario has none"`
	// Portfolio is nil where none was asked about.
	Portfolio *DisruptedPortfolio `json:"portfolio" doc:"What the members of the portfolio lose together; null where none was asked about"`
	// After is the totals with the remedy.
	After *DisruptionTotals `json:"totals_after" doc:"The totals with the remedy; null where none is supposed"`
	Paging
}

// DisruptionRow is what lines of a company lose through the same input.
type DisruptionRow struct {
	Tier        int           `json:"tier" doc:"Least number of hops from what is hit; 0 is hit itself"`
	ID          string        `json:"id"`
	Name        string        `json:"name"`
	NameZH      string        `json:"name_zh,omitempty" doc:"Name in Chinese, where one is stated beside the name"`
	Country     string        `json:"country,omitempty" doc:"Headquarters, ISO 3166-1; absent when unknown"`
	Sector      string        `json:"sector,omitempty"`
	Lines       []Ref         `json:"lines" doc:"Products of the company that lose this; empty where none is known"`
	Loss        *Interval     `json:"loss" doc:"Part of the output that is lost, at least and at most"`
	CompanyLoss *Interval     `json:"company_loss" doc:"What the company loses over all its lines"`
	After       *Interval     `json:"loss_after" doc:"What would be lost with the remedy; null where none is supposed"`
	Hit         bool          `json:"hit" doc:"It loses this by being hit itself"`
	Binding     *BindingRow   `json:"binding" doc:"The input that most is lost through; null where the line is hit itself"`
	Path        []CauseHop    `json:"path" doc:"One chain from what is hit to the line, along the inputs that bind"`
	Why         string        `json:"why" doc:"The reason in a sentence"`
	Money       []LossOfMoney `json:"money_at_risk" doc:"What is lost in money: of the company's revenue where that is stated, else of the stated sales of these lines; empty where neither is"`
	MoneyReason string        `json:"money_reason,omitempty" doc:"Why there is no money"`
	// Days from the beginning.
	Reached         *Days  `json:"reached_days" doc:"When the first effect may come (low) and must have come (high), in days; null when it is not derived"`
	Stopped         *Days  `json:"stopped_days" doc:"When the line may have stopped (low) and must have (high), in days, if suppliers that go on can stand in for those that do not; null when it never does, or is not derived"`
	SustainedByLoop bool   `json:"sustained_by_loop,omitempty" doc:"It does not stop only because it supplies itself, directly or round a loop"`
	Survives        string `json:"survives,omitempty" enum:"yes,no,unknown" doc:"Whether it goes on until what is hit works again; absent where a target states no recovery_days"`
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
	// Money is nil where it was not added up.
	Money []LossOfMoney `json:"money_at_risk" doc:"Sums of what the companies lose in money, by currency and period, without those that are hit themselves: turnover, in which one thing counts at each company that sells it on; null where too many companies are affected to add it up"`
}

// noTotals are the totals before anything is known.
func noTotals() DisruptionTotals {
	return DisruptionTotals{Tiers: []LossCounts{}, Countries: []LossCounts{}, Sectors: []LossCounts{}, Products: []LossCounts{}}
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

func (c *LossCounts) merge(o *LossCounts) {
	c.Affected += o.Affected
	c.Certain += o.Certain
	c.MayStop += o.MayStop
	c.Stop += o.Stop
}

// whole is a loss that counts as everything: answers have nine decimals.
const whole = 1 - 5e-10

// BasisBounds is the basis of losses: least fixed points of what must and of what may be lost.
const BasisBounds = "bounds"

// Rows are the items of the list, a slice; of a scenario that only cuts demand, who loses revenue.
func (a *DisruptionAnswer) Rows() any {
	if a.Demand != nil && len(a.Scenario.Targets) == 0 {
		return a.Demand.Items
	}
	return a.Items
}

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
	if len(req.Portfolio) > 0 {
		if req.Company != "" {
			return req, fmt.Errorf("%w: the list is narrowed to a company or to a portfolio, not both", graph.ErrInvalid)
		}
		if req.Portfolio, err = req.Portfolio.Resolve(); err != nil {
			return req, err
		}
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
	if slices.ContainsFunc(req.Scenario.Targets, func(t Target) bool { return t.By == BySite }) {
		out = append(out, "what names no site comes from where its product is said to be made, else from the known sites of its supplier")
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
	if v, err = req.Scope.view(ctx, v); err != nil {
		return nil, err
	}
	d := &disruption{v: v, req: req, counted: map[graph.Rel]bool{}, answer: &DisruptionAnswer{Answer: newAnswer(v, req.Scope, slices.Concat(req.assumptions(), whenAssumptions, req.demandAssumptions())...), Scenario: req.Scenario,
		Targets: []TargetRow{}, Items: []DisruptionRow{}, Totals: noTotals(), Paging: paging}}
	if err := d.match(); err != nil {
		return nil, err
	}
	if err := d.run(ctx, key); err != nil {
		return nil, err
	}
	if err := d.demand(ctx, key == nil); err != nil {
		return nil, err
	}
	return inGroups(v, d.answer, d.asked()...), nil
}

// asked are the companies that the request names.
func (d *disruption) asked() (names []string) {
	if d.req.Company != "" {
		names = append(names, d.req.Company)
	}
	names = append(names, d.req.Portfolio.names()...)
	for _, t := range d.req.Scenario.Targets {
		if t.Company != "" {
			names = append(names, t.Company)
		}
	}
	for _, c := range d.req.Scenario.Demand {
		if c.Company != "" {
			names = append(names, c.Company)
		}
	}
	return names
}

// question is the request without what a cursor or the scope holds, written out: a scenario holds pointers.
func (req DisruptionRequest) question() any {
	req.Page, req.Scope = Page{}, Scope{}
	text, _ := json.Marshal(req) // requests always encode
	return string(text)
}

// disruption answers one request.
type disruption struct {
	v       *graph.View
	req     DisruptionRequest
	answer  *DisruptionAnswer
	p       *production
	damage  *damage
	net     *network
	solved  *loss.Run
	tiers   []int32 // by node; -1: not reached
	totals  *totals
	plans   map[graph.Node]*plan
	whens   *whens
	after   *disruption // with the remedy; nil where none is supposed
	members []member
	only    map[graph.Node]bool // the companies that are listed; nil: all
	names   *names
	counted map[graph.Rel]bool // relations that the coverage has
}

// run answers. Before everything is solved nothing is known for certain: upper losses would be too low, totals too
// small. When the time is over by then, the answer holds no losses at all.
func (d *disruption) run(ctx context.Context, key []string) error {
	d.p, d.names = newProduction(d.v, d.req.filter()), newNames(d.v)
	err := d.find(ctx, key)
	if errors.Is(err, context.DeadlineExceeded) {
		d.answer.Totals, d.answer.After = noTotals(), nil
		d.answer.stop(StoppedByDeadline)
		d.answer.warn("the time was over before the losses were known: none are told, and the totals count nothing")
		return nil
	}
	return err
}

func (d *disruption) find(ctx context.Context, key []string) error {
	scenario, err := d.solve(ctx)
	if err != nil {
		return err
	}
	defer d.net.runs.Put(d.solved)
	if d.req.Scenario.Remedy != nil {
		if err := d.remedy(ctx); err != nil {
			return err
		}
		defer d.after.net.runs.Put(d.after.solved)
	}
	d.when(scenario)
	return d.list(ctx, key)
}

// remedy answers the same with the remedy, as far as before and after are compared.
func (d *disruption) remedy(ctx context.Context) error {
	a := &disruption{v: d.v, req: d.req, answer: &DisruptionAnswer{}, p: newProduction(d.v, d.req.filter()), names: d.names}
	var err error
	if a.p.edits, err = a.p.editsOf(d.req.Scenario.Remedy); err != nil {
		return err
	}
	if _, err := a.solve(ctx); err != nil {
		return err
	}
	var worse atomic.Int64
	err = a.entries(ctx, func(_ int, e *entry) {
		if rounded(e.high) > d.ofLine(e.company, e.lines[0]).high {
			worse.Add(1)
		}
	})
	if err != nil {
		return err
	}
	if n := int(worse.Load()); n > 0 {
		d.answer.warn(fmt.Sprintf("with the remedy %s lose more at most than without it", plural(n, "line may", "lines may")))
	}
	if err := a.addMoney(ctx); err != nil {
		return err
	}
	d.after, d.answer.After = a, &a.answer.Totals
	return nil
}

// ofLine is what a line loses.
func (d *disruption) ofLine(c, product graph.Node) lost {
	own := d.damage.ofLine(c, product)
	n := d.net.nodeOf(c, product)
	if n == loss.Nobody {
		return lost{rounded(own.low), rounded(own.high)}
	}
	l := d.lossOf(n)
	return lost{max(l.low, rounded(own.low)), max(l.high, rounded(own.high))}
}

// solve computes the losses.
func (d *disruption) solve(ctx context.Context) (*loss.Scenario, error) {
	d.damage = newDamage()
	if err := d.aim(ctx); err != nil {
		return nil, err
	}
	var err error
	if d.net, err = d.p.reached(ctx, d.damage); err != nil {
		return nil, err
	}
	d.solved = d.net.run(d.req.options())
	scenario := d.net.scenario(d.p, d.damage)
	if err := d.solved.Solve(ctx, scenario); err != nil {
		return nil, err
	}
	if n := d.solved.Widened(); n > 0 {
		d.answer.warn(fmt.Sprintf("%s taken to lose everything at most: they stand on loops that pass on nearly all of a loss", plural(n, "line is", "lines are")))
	}
	return scenario, d.count(ctx, scenario)
}

// plural is a number of things in words.
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
			return fmt.Errorf("%w (targets[%d])", err, i)
		}
		if row.Companies+row.Lines+row.Relations == 0 && row.By == BySite && row.Sites == 0 {
			d.answer.warn(fmt.Sprintf("targets[%d] (%s): no site is known to lie there", i, row.Text))
		} else if row.Companies+row.Lines+row.Relations == 0 {
			d.answer.warn(fmt.Sprintf("targets[%d] (%s) hits nothing that is documented under these conditions", i, row.Text))
		}
		d.warnUnknown(i, &row, a.worst)
		d.answer.Targets = append(d.answer.Targets, row)
	}
	d.p.spread(d.damage)
	return nil
}

// warnUnknown tells of what nobody knows whether a target hits it.
func (d *disruption) warnUnknown(i int, row *TargetRow, worst bool) {
	what, where := "they are not hit", "where they ship from"
	if worst {
		what = "they may be hit"
	}
	if row.By == BySite {
		where = "from which site they come, nor of their suppliers which sites they run"
		if row.Partly > 0 {
			d.answer.warn(fmt.Sprintf("targets[%d]: %s that it hits come from other sites too, and nobody states which part from which: they lose between nothing and all of it", i, plural(row.Partly, "thing", "things")))
		}
		if names := sitesIn(d.v).unresolved; len(names) > 0 {
			d.answer.warn(unresolvedSites(names))
		}
	}
	if row.Unknown > 0 {
		d.answer.warn(fmt.Sprintf("targets[%d]: of %s nobody states %s: %s", i, plural(row.Unknown, "relation", "relations"), where, what))
	}
}

// lastNetwork is the production of all companies of the View asked about last, under one filter.
var lastNetwork memo[*network]

// nearby is how many companies the damage may reach for their production to be planned for this answer alone. When it
// may reach more, that of all companies is, and remembered.
const nearby = 5000

// reached is the network of the companies that the damage may reach, or of all.
func (p *production) reached(ctx context.Context, d *damage) (*network, error) {
	list, few := p.downstream(d, nearby)
	if few || p.edits != nil {
		if !few {
			list = slices.Collect(p.v.Nodes(graph.KindCompany))
		}
		slices.SortFunc(list, func(a, b graph.Node) int { return p.compare(graph.KindCompany, a, b) })
		return p.network(ctx, list)
	}
	v, f := p.v, p.filter
	return lastNetwork.get(ctx, v, f, func() *network {
		x, _ := newProduction(v, f).network(context.Background(), slices.Collect(v.Nodes(graph.KindCompany)))
		return x
	})
}

// downstream are the companies that the damage may reach; false when there are more than so many.
func (p *production) downstream(d *damage, most int) (list []graph.Node, few bool) {
	mark := map[graph.Node]bool{}
	add := func(c graph.Node) {
		if !mark[c] {
			mark[c] = true
			list = append(list, c)
		}
	}
	for c := range d.companies {
		add(c)
	}
	for c := range d.partly {
		add(c)
	}
	for r := range d.relations {
		_, to, _ := p.endsOf(r)
		add(to)
	}
	for at := 0; at < len(list); at++ {
		if len(list) > most {
			return nil, false
		}
		p.outOf(list[at], func(r graph.Rel, _ graph.Node) {
			_, to, _ := p.endsOf(r)
			add(to)
		})
	}
	return list, len(list) <= most
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
	if d.req.Company != "" {
		only, err := d.v.Lookup(graph.KindCompany, d.req.Company)
		if err != nil {
			return err
		}
		d.only = map[graph.Node]bool{only: true}
	}
	d.weigh()
	parts := make([]topEntries, workers())
	for i := range parts {
		parts[i] = topEntries{d: d, room: d.req.Limit}
	}
	err := d.entries(ctx, func(worker int, e *entry) {
		if e.high < d.req.MinLoss || d.only != nil && !d.only[e.company] {
			return
		}
		top := &parts[worker]
		top.total++
		if key == nil || slices.Compare(d.key(e), key) > 0 {
			top.add(e)
		}
	})
	if err != nil {
		return err
	}
	top, total := &parts[0], parts[0].total
	for i := range parts[1:] {
		top.list, total = append(top.list, parts[i+1].list...), total+parts[i+1].total
	}
	if err := d.addMoney(ctx); err != nil {
		return err
	}
	d.answer.Total = &total
	listed := top.sorted()
	if n := d.req.Limit; n > 0 && len(listed) > n {
		listed = listed[:n]
		d.answer.stop(StoppedByLimit)
		d.answer.NextCursor = nextCursor(d.v, d.req.Scope, d.req.question(), d.key(&listed[n-1])...)
	}
	for i := range listed {
		if i%64 == 0 {
			if stopped, err := deadline(ctx); err != nil {
				return err
			} else if stopped {
				d.cutShort(listed[:i])
				return nil
			}
		}
		d.answer.Items = append(d.answer.Items, d.row(&listed[i]))
	}
	return nil
}

// cutShort ends the list at the rows that there was time for.
func (d *disruption) cutShort(listed []entry) {
	a := d.answer
	a.Complete, a.StoppedBecause = false, StoppedByDeadline // also where the limit was to be the reason
	a.warn("the time was over before the list was; ask for the rest with next_cursor")
	a.NextCursor = d.req.Cursor
	if n := len(listed); n > 0 {
		a.NextCursor = nextCursor(d.v, d.req.Scope, d.req.question(), d.key(&listed[n-1])...)
	}
}

// topEntries keeps the first entries in the order of rows, as many as there is room for and one more.
type topEntries struct {
	d     *disruption
	room  int // 0: all
	list  []entry
	total int  // seen, of any part of the list
	full  bool // then the last of those kept is the worst that counts
}

func (t *topEntries) add(e *entry) {
	if t.full && t.d.compare(e, &t.list[t.room]) > 0 {
		return
	}
	t.list = append(t.list, *e)
	if t.room > 0 && len(t.list) >= 2*(t.room+1) {
		t.cut()
	}
}

func (t *topEntries) cut() {
	slices.SortFunc(t.list, func(a, b entry) int { return t.d.compare(&a, &b) })
	if t.room > 0 && len(t.list) > t.room {
		t.list, t.full = t.list[:t.room+1], true
	}
}

func (t *topEntries) sorted() []entry {
	t.cut()
	return t.list
}

// compare orders rows by loss, tier, company and line; what loses by being hit itself comes last: that is the question,
// not the answer.
func (d *disruption) compare(a, b *entry) int {
	if a.hit != b.hit {
		return strings.Compare(hitLast(a.hit), hitLast(b.hit))
	}
	if a.lost != b.lost {
		first, second := cmp.Compare(b.low, a.low), cmp.Compare(b.high, a.high)
		if d.req.Sort == "upper" {
			first, second = second, first
		}
		return cmp.Or(first, second)
	}
	if a.tier != b.tier {
		return cmp.Compare(a.tier, b.tier)
	}
	return cmp.Or(d.p.compare(graph.KindCompany, a.company, b.company), d.p.compare(graph.KindProduct, a.lines[0], b.lines[0]))
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

// ofCompany appends the entries of a company.
func (d *disruption) ofCompany(c graph.Node, entries []entry) []entry {
	lines := d.net.linesOf(c)
	if !d.damage.hits(c) && d.net.layouts[c] == nil {
		n := d.net.first[c]
		if l := d.lossOf(n); l.high > 0 {
			entries = append(entries, entry{company: c, node: n, lost: l, tier: d.tiers[n], lines: lines})
		}
		return entries
	}
	for i, product := range lines {
		n := d.net.nodeOfLine(c, i)
		own, l := d.lineLoss(c, product, n)
		if l.high == 0 {
			continue
		}
		e := entry{company: c, node: n, lost: l, tier: d.tiers[n], hit: own.high > 0 && own == l}
		if own.high > 0 {
			e.tier = 0
		}
		if !e.hit && d.net.layouts[c] != nil {
			e.through = d.throughKey(d.placeOf(n))
		}
		at := slices.IndexFunc(entries, func(o entry) bool {
			return o.tier == e.tier && o.hit == e.hit && o.lost == e.lost && o.through == e.through
		})
		if at < 0 {
			at = len(entries)
			entries = append(entries, e)
		}
		entries[at].lines = append(entries[at].lines, product)
	}
	return entries
}

// lineLoss is what a line that comes from a node loses by itself, and what it loses in all, as answers tell them.
func (d *disruption) lineLoss(c, product graph.Node, n int32) (own, all lost) {
	own = d.damage.ofLine(c, product)
	own = lost{rounded(own.low), rounded(own.high)}
	return own, own.and(d.lossOf(n))
}

// lossOf is what a node loses, as answers tell it.
func (d *disruption) lossOf(n int32) lost {
	return lost{rounded(d.solved.Low(n)), rounded(d.solved.High(n))}
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
func rounded(x float64) float64 {
	if x == 0 || x == 1 {
		return x
	}
	return math.Round(x*1e9) / 1e9
}

func (d *disruption) interval(l lost) *Interval {
	return &Interval{Low: rounded(l.low), High: rounded(l.high), Basis: BasisBounds}
}

func (d *disruption) row(e *entry) DisruptionRow {
	v := d.v
	row := DisruptionRow{Tier: int(e.tier), ID: v.ID(graph.KindCompany, e.company), Name: v.Name(graph.KindCompany, e.company), NameZH: v.HanName(graph.KindCompany, e.company),
		Country: v.NodeText(graph.KindCompany, e.company, graph.FieldCountry), Sector: v.NodeText(graph.KindCompany, e.company, graph.FieldSector),
		Hit: e.hit, Lines: []Ref{}, Loss: d.interval(e.lost), CompanyLoss: d.interval(d.net.ofCompany(d.solved, d.damage, e.company)), Path: []CauseHop{}}
	for _, line := range e.lines {
		if line != graph.NoNode {
			row.Lines = append(row.Lines, d.names.ref(graph.KindProduct, line))
		}
	}
	w := why{d: d, e: e}
	w.explain(&row)
	d.cover(e)
	d.addWhen(&row, e)
	if d.after != nil {
		row.After = d.interval(d.after.ofLine(e.company, e.lines[0]))
	}
	if row.Money = d.money(e, d.net.ofCompany(d.solved, d.damage, e.company)); len(row.Money) == 0 {
		row.MoneyReason = noMoney
	}
	return row
}

// cover counts the relations of the inputs through which an entry loses something.
func (d *disruption) cover(e *entry) {
	if e.hit {
		return
	}
	at := d.placeOf(e.node)
	todo, seen := []int{at.node}, map[int]bool{at.node: true}
	for ; len(todo) > 0; todo = todo[1:] {
		first, _ := d.net.net.Inputs(d.number(place{at.plan, todo[0]}))
		for i, in := range at.plan.nodes[todo[0]].inputs {
			if d.solved.InputHigh(first+int32(i)) == 0 {
				continue
			}
			for _, part := range in.parts {
				if part.flow >= 0 {
					d.coverRelation(at.plan.flows[part.flow].rel)
				} else if !seen[part.node] {
					seen[part.node] = true
					todo = append(todo, part.node)
				}
			}
		}
	}
}

func (d *disruption) coverRelation(r graph.Rel) {
	if r < 0 || d.counted[r] { // supposed, or counted already
		return
	}
	d.counted[r] = true
	folded := d.v.FoldHead(r, d.p.filter)
	d.answer.count(d.v, &folded, d.p.filter)
}
