package queries

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/tributarygraph/tributary/graph"
	"github.com/tributarygraph/tributary/queries/internal/loss"
	"github.com/tributarygraph/tributary/queries/internal/pathsum"
)

// DemandCut is a company that orders less.
type DemandCut struct {
	Company string  `json:"company" minLength:"1" doc:"Who orders less: id, identifier, name or alias" example:"nvidia"`
	Product string  `json:"product,omitempty" doc:"Only of this product and every kind of it" example:"hbm"`
	Cut     float64 `json:"cut" exclusiveMinimum:"0" maximum:"1" doc:"The part of the orders that is cut: 1 when it orders nothing more"`
}

func (c DemandCut) resolve() (DemandCut, error) {
	c.Company, c.Product = strings.TrimSpace(c.Company), strings.TrimSpace(c.Product)
	if c.Company == "" {
		return c, fmt.Errorf("%w: company: a cut of demand names who orders less", graph.ErrInvalid)
	}
	if !(c.Cut > 0 && c.Cut <= 1) {
		return c, fmt.Errorf("%w: cut %v; allowed: more than 0, up to 1 (it orders nothing more)", graph.ErrInvalid, c.Cut)
	}
	return c, nil
}

// DemandLosses tells who upstream loses revenue when companies order less.
type DemandLosses struct {
	Cuts    []DemandCutRow `json:"cuts" doc:"What each cut is of"`
	Items   []DemandRow    `json:"items" doc:"Companies that lose revenue, or may; those that lose most for certain first. The first so many as the limit of the answer allows, beside its items; none behind a cursor"`
	Total   *int           `json:"total" doc:"Rows in the whole list; null when the time was over before they were known"`
	LeftOut int            `json:"left_out" doc:"Rows of it that are not told here for the limit or the time; exposure lists those of one company's cut page by page"`
	Totals  DemandTotals   `json:"totals" doc:"Over everything that loses revenue, or may, listed here or not"`
}

// DemandCutRow is a cut, and what of the network it is of.
type DemandCutRow struct {
	DemandCut
	Text      string `json:"text" doc:"The cut in words"`
	Relations int    `json:"relations" doc:"Relations over which less is ordered"`
	Unknown   int    `json:"unknown_product" doc:"Relations to the company of which nobody states the product, or only one that this is a kind of; they are not cut, with undocumented=worst they may be"`
}

// DemandRow is what a company loses of its revenue.
type DemandRow struct {
	Tier    int           `json:"tier" doc:"Least number of hops upstream from who orders less; 0 orders less itself, and loses by what the others order"`
	ID      string        `json:"id"`
	Name    string        `json:"name"`
	Country string        `json:"country,omitempty" doc:"Headquarters, ISO 3166-1; absent when unknown"`
	Loss    *Interval     `json:"revenue_lost" doc:"Part of its revenue that it loses, at least and at most"`
	Money   []LossOfMoney `json:"money_at_risk" doc:"The same in money, of the revenue of the latest period that has begun; empty where none is stated"`
	Path    []CauseHop    `json:"path" doc:"The chain of customers over which most is lost, from the company on"`
	Gap     *ExposureGap  `json:"gap" doc:"What would narrow the interval most if somebody found it out; null where nothing on the chain is unknown"`
	Why     string        `json:"why" doc:"The reason in a sentence"`
}

// DemandTotals count companies that lose revenue.
type DemandTotals struct {
	Companies LossCounts   `json:"companies"`
	Tiers     []LossCounts `json:"tiers"`
	Countries []LossCounts `json:"countries" doc:"By headquarters; unknown ones under an empty name"`
	// Money is nil where it was not added up.
	Money []LossOfMoney `json:"money_at_risk" doc:"Sums of what the companies lose in money, by currency and period: turnover, in which one thing counts at each company that sells it on; null where too many companies lose something to add it up"`
}

// demandAssumptions are what cuts of demand take for granted beside what the revenue side of an exposure does.
var demandAssumptions = []string{"cuts of demand and targets are answered apart: what targets stop cuts no orders, and who loses revenue goes on supplying",
	"cuts of one company's orders add up, to all of them at most",
	"a company that orders less itself and loses revenue too passes on the greater of both"}

func (req *DisruptionRequest) demandAssumptions() []string {
	if len(req.Scenario.Demand) == 0 {
		return nil
	}
	sell := ExposureRequest{Side: SideRevenue, Assume: req.Assume}
	out := append(slices.Clone(demandAssumptions), sell.assumptions()...)
	if req.Scenario.Remedy != nil {
		out = append(out, "the remedy is of the supply: who loses revenue is told without it")
	}
	return out
}

// demand answers the cuts of a scenario.
type demand struct {
	d      *disruption
	out    *DemandLosses
	active graph.Activity
	of     map[graph.Node]float64  // part that is cut of all orders of a company
	more   map[graph.Rel]cutOrders // and of single relations
	buyers []graph.Node            // who orders less, in the order of ids
	sales  *sales
	run    *pathsum.Run
	start  *pathsum.Start
	tiers  []int32 // by node of the sales
}

// cutOrders is what cuts of products add to the cut of a company.
type cutOrders struct {
	buyer     graph.Node
	low, high float64
}

// lostRevenue is a row before it is written.
type lostRevenue struct {
	node int32
	tier int32
	lost
}

// demand adds who loses revenue to the answer. The rows stand on the first page.
func (d *disruption) demand(ctx context.Context, first bool) error {
	if len(d.req.Scenario.Demand) == 0 {
		return nil
	}
	x := &demand{d: d, active: d.v.Activity(d.p.filter), of: map[graph.Node]float64{}, more: map[graph.Rel]cutOrders{},
		out: &DemandLosses{Cuts: []DemandCutRow{}, Items: []DemandRow{}, Totals: DemandTotals{Tiers: []LossCounts{}, Countries: []LossCounts{}}}}
	d.answer.Demand = x.out
	for i, c := range d.req.Scenario.Demand {
		if err := x.aim(i, c); err != nil {
			return fmt.Errorf("%w (demand[%d])", err, i)
		}
	}
	err := x.solve(ctx)
	if err == nil {
		err = x.list(ctx, first)
	}
	if errors.Is(err, context.DeadlineExceeded) {
		d.answer.stop(StoppedByDeadline)
		d.answer.warn("the time was over before it was known who loses revenue")
		return nil
	}
	return err
}

// aim finds what a cut is of.
func (x *demand) aim(i int, c DemandCut) error {
	v := x.d.v
	buyer, err := v.Lookup(graph.KindCompany, c.Company)
	if err != nil {
		return err
	}
	row := DemandCutRow{DemandCut: c, Text: v.Name(graph.KindCompany, buyer) + " cuts its orders by " + percentText(c.Cut)}
	var products productSet
	if c.Product != "" {
		product, err := v.Lookup(graph.KindProduct, c.Product)
		if err != nil {
			return err
		}
		products = withDescendants(v, product)
		row.Text = fmt.Sprintf("%s cuts its orders of %s by %s", v.Name(graph.KindCompany, buyer), v.Name(graph.KindProduct, product), percentText(c.Cut))
	} else {
		x.of[buyer] += c.Cut
	}
	if !slices.Contains(x.buyers, buyer) {
		x.buyers = append(x.buyers, buyer)
	}
	x.relations(buyer, c, products, &row)
	if row.Relations == 0 {
		x.d.answer.warn(fmt.Sprintf("demand[%d] (%s) is of nothing that is documented under these conditions", i, row.Text))
	}
	if row.Unknown > 0 {
		what := "they are not cut"
		if x.worst() {
			what = "they may be cut"
		}
		x.d.answer.warn(fmt.Sprintf("demand[%d]: of %s nobody states whether the product is concerned: %s", i, plural(row.Unknown, "relation", "relations"), what))
	}
	x.out.Cuts = append(x.out.Cuts, row)
	return nil
}

func (x *demand) worst() bool { return x.d.req.Undocumented == "worst" }

// relations finds the relations over which less is ordered; products is nil where all of them are.
func (x *demand) relations(buyer graph.Node, c DemandCut, products productSet, row *DemandCutRow) {
	v := x.d.v
	edges := v.In(graph.KindSupplies, buyer)
	for i, supplier := range edges.Nodes {
		r := edges.Rel(i)
		if supplier == buyer || !x.active.Has(r) {
			continue
		}
		if products == nil {
			row.Relations++
			continue
		}
		more := x.more[r]
		more.buyer = buyer
		switch product := v.ProductOf(r); {
		case product != graph.NoNode && products[product]:
			row.Relations++
			more.low, more.high = more.low+c.Cut, more.high+c.Cut
		case product == graph.NoNode || sharesKind(withDescendants(v, product), products):
			row.Unknown++
			if !x.worst() {
				continue
			}
			more.high += c.Cut
		default:
			continue
		}
		x.more[r] = more
	}
}

// sharesKind reports whether something may be of both.
func sharesKind(a, b productSet) bool {
	for product := range a {
		if b[product] {
			return true
		}
	}
	return false
}

// solve works out what everybody upstream loses.
func (x *demand) solve(ctx context.Context) error {
	v := x.d.v
	order := least{v: v}
	slices.SortFunc(x.buyers, order.compare)
	companies, _, err := around(ctx, v, x.active, x.buyers, Upstream)
	if err != nil {
		return err
	}
	slices.SortFunc(companies, order.compare)
	o := x.d.req.options()
	if x.sales, err = newSales(ctx, v, x.d.p.filter, companies, !o.WorstUndocumented); err != nil {
		return err
	}
	x.run = pathsum.NewRun(pathsum.New(x.sales.net, pathsum.Options{AssumeComplete: o.AssumeComplete, WorstUndocumented: o.WorstUndocumented}))
	x.start = &pathsum.Start{}
	for _, c := range x.buyers {
		if cut := min(1, x.of[c]); cut > 0 {
			x.start.Nodes = append(x.start.Nodes, loss.Damage{At: x.sales.node[c], Low: cut, High: cut})
		}
	}
	for e, r := range x.sales.rels {
		if m, ok := x.more[r]; ok {
			all := x.of[m.buyer]
			x.start.Edges = append(x.start.Edges, loss.Damage{At: int32(e), Low: min(1, all+m.low), High: min(1, all+m.high)})
		}
	}
	if err := x.run.Solve(ctx, x.start); err != nil {
		return err
	}
	if n := x.run.Widened(); n > 0 {
		x.d.answer.warn(fmt.Sprintf("%s taken to lose all revenue at most: they stand on loops that pass on nearly all of a loss", plural(n, "company is", "companies are")))
	}
	x.findTiers()
	return nil
}

// findTiers finds how far each company is upstream from who orders less, along what is lost.
func (x *demand) findTiers() {
	net := x.sales.net
	x.tiers = slices.Repeat([]int32{-1}, net.Nodes())
	var queue []int32
	reach := func(n, tier int32) {
		if x.tiers[n] < 0 && x.run.High(n) > 0 {
			x.tiers[n] = tier
			queue = append(queue, n)
		}
	}
	for _, d := range x.start.Nodes {
		reach(d.At, 0)
	}
	spread := func(n int32) {
		for input := range net.Supplied(n) {
			reach(net.NodeOf(input), x.tiers[n]+1)
		}
	}
	nodes := len(queue)
	for _, n := range queue[:nodes] {
		spread(n)
	}
	for _, d := range x.start.Edges {
		reach(net.NodeOf(net.InputOf(d.At)), 1)
	}
	for at := nodes; at < len(queue); at++ {
		spread(queue[at])
	}
	for _, c := range x.buyers {
		x.tiers[x.sales.node[c]] = 0
	}
}

// lost is what a company loses of its revenue, whatever it orders itself.
func (x *demand) lost(n int32) lost {
	first, end := x.sales.net.Inputs(n)
	if first == end {
		return lost{}
	}
	return lost{rounded(x.run.InputLow(first)), rounded(x.run.InputHigh(first))}
}

// list counts the totals and, on the first page, writes the rows.
func (x *demand) list(ctx context.Context, first bool) error {
	var all []lostRevenue
	for n := range int32(x.sales.net.Nodes()) {
		if l := x.lost(n); l.high > 0 {
			all = append(all, lostRevenue{n, x.tiers[n], l})
		}
	}
	if err := x.count(ctx, all); err != nil {
		return err
	}
	listed, err := x.narrow(all)
	if err != nil {
		return err
	}
	total := len(listed)
	x.out.Total = &total
	slices.SortFunc(listed, x.compare)
	if !first {
		listed = nil
	} else if n := x.d.req.Limit; n > 0 && n < total {
		listed = listed[:n]
		x.d.answer.stop(StoppedByLimit)
	}
	for i := range listed {
		if i%64 == 0 && ctx.Err() != nil {
			break
		}
		x.out.Items = append(x.out.Items, x.row(&listed[i]))
	}
	x.out.LeftOut = total - len(x.out.Items)
	if len(x.out.Items) < len(listed) {
		return ctx.Err()
	}
	return nil
}

// narrow is what the request lists.
func (x *demand) narrow(all []lostRevenue) ([]lostRevenue, error) {
	only := graph.NoNode
	if x.d.req.Company != "" {
		var err error
		if only, err = x.d.v.Lookup(graph.KindCompany, x.d.req.Company); err != nil {
			return nil, err
		}
	}
	return slices.DeleteFunc(slices.Clone(all), func(r lostRevenue) bool {
		return r.high < x.d.req.MinLoss || only != graph.NoNode && x.sales.companies[r.node] != only
	}), nil
}

// compare orders rows by loss, tier and id: nodes are in the order of ids.
func (x *demand) compare(a, b lostRevenue) int {
	low, high := cmp.Compare(b.low, a.low), cmp.Compare(b.high, a.high)
	if x.d.req.Sort == "upper" {
		low, high = high, low
	}
	return cmp.Or(low, high, cmp.Compare(a.tier, b.tier), cmp.Compare(a.node, b.node))
}

// count counts the totals; money in the order of ids, since sums of floating point depend on it.
func (x *demand) count(ctx context.Context, all []lostRevenue) error {
	v, t := x.d.v, &x.out.Totals
	tiers, countries, sums := map[string]*LossCounts{}, map[string]*LossCounts{}, map[[2]string]*LossOfMoney{}
	add := func(m map[string]*LossCounts, name string, l lost) {
		if m[name] == nil {
			m[name] = &LossCounts{Name: name}
		}
		m[name].add(l)
	}
	for i, r := range all {
		if i%256 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		c := x.sales.companies[r.node]
		t.Companies.add(r.lost)
		add(tiers, fmt.Sprint(r.tier), r.lost)
		add(countries, v.NodeText(graph.KindCompany, c, graph.FieldCountry), r.lost)
		if len(all) > moneyWithin {
			continue
		}
		for _, m := range x.d.revenueAtRisk(c, r.lost) {
			at := [2]string{m.Currency, m.Period}
			if sum := sums[at]; sum != nil {
				sum.Low, sum.High = sum.Low+m.Low, sum.High+m.High
				continue
			}
			sums[at] = &m
		}
	}
	t.Tiers = countsInOrder(tiers, func(a, b LossCounts) int {
		return cmp.Or(cmp.Compare(len(a.Name), len(b.Name)), cmp.Compare(a.Name, b.Name))
	})
	t.Countries = countsInOrder(countries, worstFirst)
	if len(all) > moneyWithin {
		x.d.answer.warn("revenue lost is not added up in money: too many companies lose some")
		return nil
	}
	t.Money = sortedMoney(slices.Collect(maps.Values(sums)))
	return nil
}

func countsInOrder(m map[string]*LossCounts, order func(a, b LossCounts) int) []LossCounts {
	out := []LossCounts{}
	for _, c := range m {
		out = append(out, *c)
	}
	slices.SortFunc(out, order)
	return out
}

func (x *demand) row(r *lostRevenue) DemandRow {
	d, c := x.d, x.sales.companies[r.node]
	row := DemandRow{Tier: int(r.tier), ID: d.v.ID(graph.KindCompany, c), Name: d.v.Name(graph.KindCompany, c),
		Country: d.v.NodeText(graph.KindCompany, c, graph.FieldCountry), Loss: bounds(r.lost), Money: []LossOfMoney{}, Path: []CauseHop{}}
	row.Money = append(row.Money, d.revenueAtRisk(c, r.lost)...)
	chain := x.sales.chain(x.run, r.node, x.start)
	for _, rel := range chain.rels {
		row.Path = append(row.Path, d.names.hop(rel))
		d.coverRelation(rel)
	}
	if chain.gap >= 0 {
		row.Gap = d.names.gap(chain.gap, "revenue_share")
	}
	text := fmt.Sprintf("%s loses %s of its revenue", row.Name, BoundsText(row.Loss))
	if len(chain.edges) > 0 {
		text += ": " + x.reason(chain.edges[0], &row.Path[0])
	}
	row.Why = withGap(text, row.Gap)
	return row
}

// reason says what happens at the customer over which most is lost.
func (x *demand) reason(e int32, hop *CauseHop) string {
	share := "nobody states what part of it"
	if s := x.sales.net.ShareOf(e); s != loss.Unknown {
		share = shareText(s) + " of it"
	}
	from := hop.To.Name
	if hop.Product != nil {
		from = hop.Product.Name + " for " + from
	}
	at := x.sales.net.Source(e)
	does := "loses " + LossText(bounds(lost{x.run.Low(at), x.run.High(at)}))
	for _, d := range slices.Concat(x.atNode(at), x.atEdge(e)) {
		if rounded(d.High) >= rounded(x.run.High(at)) {
			does = "cuts these orders by " + LossText(bounds(lost{d.Low, d.High}))
		}
	}
	return fmt.Sprintf("%s comes from %s, which %s", share, from, does)
}

func (x *demand) atNode(n int32) []loss.Damage { return damageAt(x.start.Nodes, n) }
func (x *demand) atEdge(e int32) []loss.Damage { return damageAt(x.start.Edges, e) }

func damageAt(list []loss.Damage, at int32) []loss.Damage {
	i := slices.IndexFunc(list, func(d loss.Damage) bool { return d.At == at })
	if i < 0 {
		return nil
	}
	return list[i : i+1]
}
