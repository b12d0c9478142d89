package queries

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/tributarygraph/tributary/graph"
	"github.com/tributarygraph/tributary/queries/internal/loss"
	"github.com/tributarygraph/tributary/queries/internal/pathsum"
)

// PortfolioExposureRequest asks how much of the members of a portfolio hangs on others: on each company upstream, or on
// what the request names. Company, Line, Cut and Evidence are of one company and stay empty; Side is supply.
type PortfolioExposureRequest struct {
	Portfolio Portfolio
	ExposureRequest
	// Members is how many members each row names, those first that lose most; DefaultExposedMembers when 0.
	Members int
	// Progress, where set, is told now and then how many of the companies, countries or products are worked out.
	Progress func(done, total int) `json:"-"`
}

// DefaultExposedMembers is how many members a row names unless a question says otherwise.
const DefaultExposedMembers = 20

// PortfolioExposureAnswer ranks what the members of a portfolio are exposed to. Its coverage is over the relations by
// which the members are supplied directly.
type PortfolioExposureAnswer struct {
	Answer
	Portfolio PortfolioMatch         `json:"portfolio" doc:"What became of the rows of the portfolio"`
	Question  string                 `json:"question" doc:"The question as it was understood, in words"`
	Targets   []TargetRow            `json:"targets" doc:"What was asked about, and what of the network it is; empty when everything was ranked"`
	Around    int                    `json:"companies" doc:"Companies documented upstream of any member"`
	Asked     int                    `json:"asked" doc:"How many companies, countries or products were to be looked at"`
	LookedAt  int                    `json:"looked_at" doc:"How many were"`
	LeftOut   int                    `json:"left_out" doc:"How many there was no time for"`
	Items     []PortfolioExposureRow `json:"items" doc:"What most hangs on for certain first: by the loss weighed by spend, or where no spend is known by the mean loss; then the loss of the stated spend, the mean loss, the flow, the nearest tier and the id"`
	Paging
}

// PortfolioExposureRow is what the members lose when one company, country, product or group stops.
type PortfolioExposureRow struct {
	LossIfStopped *Interval       `json:"loss_if_stopped" doc:"Part of the output of the members that is lost when this stops, weighed by the spend on them, at least and at most; null where nothing is weighed by spend: portfolio.by_spend_reason"`
	LossOfStated  *Interval       `json:"loss_of_stated_spend" doc:"The same over the members whose spend is known, as if the others cost nothing; null where no spend weighs"`
	FlowExposure  *Interval       `json:"flow_exposure" doc:"Part of what the members take in that comes from this, directly or through others, weighed by spend; null where nothing is weighed by spend"`
	LossMean      *Interval       `json:"loss_mean" doc:"Mean loss over all members, each counted alike: it says nothing of money"`
	FlowMean      *Interval       `json:"flow_mean" doc:"Mean flow over all members, each counted alike"`
	Kind          string          `json:"kind" enum:"company,country,product,group"`
	ID            string          `json:"id"`
	Name          string          `json:"name"`
	NameZH        string          `json:"name_zh,omitempty" doc:"Name in Chinese, where one is stated beside the name"`
	Country       string          `json:"country,omitempty" doc:"Headquarters, ISO 3166-1; absent when unknown"`
	Listed        []string        `json:"listed,omitempty" doc:"Tickers, MIC:SYMBOL"`
	Tier          int             `json:"tier" doc:"Least number of hops to a member"`
	Member        bool            `json:"member,omitempty" doc:"It is a member itself; its own loss is left out"`
	Exposed       int             `json:"exposed" doc:"Members that lose something, or may"`
	Certain       int             `json:"certain" doc:"Of these, those that lose something for certain"`
	MayStop       int             `json:"may_stop" doc:"Of these, those that may lose everything"`
	Stop          int             `json:"stop" doc:"Of these, those that lose everything for certain"`
	Spend         []Money         `json:"spend" doc:"Spend on the exposed members, a sum a currency"`
	SpendUnknown  int             `json:"spend_unknown" doc:"Exposed members whose spend is not known"`
	Members       []ExposedMember `json:"members" doc:"The exposed members, at most so many as were asked for, those that lose most first"`
	MostAlike     int             `json:"most_alike" doc:"Members that lose as much as the first of them, which is one of these"`
	MembersMore   bool            `json:"members_more,omitempty" doc:"There are more of them than are listed"`
	Sentence      string          `json:"sentence"`
}

// ExposedMember is what one member loses.
type ExposedMember struct {
	Member        Ref       `json:"member"`
	LossIfStopped *Interval `json:"loss_if_stopped"`
	FlowExposure  *Interval `json:"flow_exposure"`
	Spend         *Money    `json:"spend" doc:"null when it is not known"`
}

// Rows are the items of the list, a slice.
func (a *PortfolioExposureAnswer) Rows() any { return a.Items }

// Resolve checks the request and spells out what it leaves to defaults, apart from the page and names.
func (req PortfolioExposureRequest) Resolve() (PortfolioExposureRequest, error) {
	var err error
	if req.Portfolio, err = req.Portfolio.Resolve(); err != nil {
		return req, err
	}
	if req.ExposureRequest, err = req.ExposureRequest.Resolve(); err != nil {
		return req, err
	}
	switch {
	case req.Members == 0:
		req.Members = DefaultExposedMembers
	case req.Members < 0 || req.Members > MaxMembers:
		return req, fmt.Errorf("%w: members %d; allowed: 1 to %d", graph.ErrInvalid, req.Members, MaxMembers)
	}
	switch {
	case req.Company != "":
		return req, fmt.Errorf("%w: want a company or a portfolio, not both", graph.ErrInvalid)
	case req.Line != "" || req.Evidence || req.Side == SideRevenue:
		return req, fmt.Errorf("%w: line, evidence, cut and the revenue side are asked of each member by itself (PortfolioEachExposure)", graph.ErrInvalid)
	}
	return req, nil
}

func (req PortfolioExposureRequest) question() any {
	req.Page, req.Scope, req.Details, req.Progress = Page{}, Scope{}, nil, nil
	return req
}

// PortfolioExposure ranks what the members of a portfolio are exposed to: see docs/queries/portfolios.md. Rows of the
// portfolio that match nothing, or several companies, are told in the answer. Errors wrap graph.ErrInvalid, and
// ErrNotFound and ErrAmbiguous for what else is named.
func PortfolioExposure(ctx context.Context, v *graph.View, req PortfolioExposureRequest) (*PortfolioExposureAnswer, error) {
	req, err := req.Resolve()
	if err != nil {
		return nil, err
	}
	asked, err := req.Portfolio.begin(ctx, v, req.Page, &req.Scope, req.question(), exposureKeyParts)
	if err != nil {
		return nil, err
	}
	v, members, match := asked.v, asked.members, asked.match
	p := &portfolioExposure{req: req, members: members, w: newWeights(members)}
	p.x = &exposure{v: v, req: req.ExposureRequest, filter: req.filter(), names: newNames(v), after: asked.key, line: graph.NoNode, company: graph.NoNode,
		about: make(map[graph.Node]int, len(members)), out: &ExposureAnswer{Company: Ref{Name: "the portfolio"}, Answer: newAnswer(v, req.Scope, slices.Concat(req.assumptions(), p.w.weighing(), []string{"what a member loses by its own stop is left out: a member is exposed to others"})...), Targets: []TargetRow{}, Paging: asked.paging}}
	p.x.active, p.x.question = v.Activity(p.x.filter), req.question()
	for i, m := range members {
		p.x.about[m.node] = i
	}
	match.warn(&p.x.out.Answer)
	p.w.warn(&p.x.out.Answer, v, members)
	out := &PortfolioExposureAnswer{Portfolio: match, Items: []PortfolioExposureRow{}}
	p.out = out
	if len(members) > 0 {
		if err := p.find(ctx); err != nil {
			return nil, err
		}
	}
	x := p.x.out
	out.Answer, out.Paging, out.Question, out.Targets = x.Answer, x.Paging, x.Question, x.Targets
	out.Around, out.Asked, out.LookedAt, out.LeftOut = x.Around, x.Asked, x.LookedAt, x.LeftOut
	if len(members) == 0 {
		none := 0
		out.Question, out.Total = "Nobody of the portfolio is known", &none
	}
	return inGroups(v, out, req.Portfolio.names()...), nil
}

// portfolioExposure answers one request. The network, and what has to do with targets, is that of an exposure of no
// company.
type portfolioExposure struct {
	req     PortfolioExposureRequest
	x       *exposure
	members []member
	w       *weights
	out     *PortfolioExposureAnswer

	roots []int32
	side  *supplySide
	// The network with what loses, or takes, alike at most as one node.
	alike *loss.Contracted
	full  *pathsum.Contracted
	lows  *pathsum.Lows
}

func (p *portfolioExposure) find(ctx context.Context) error {
	x := p.x
	x.p = newProduction(x.v, x.filter)
	list, err := p.prepare(ctx)
	if errors.Is(err, context.DeadlineExceeded) {
		x.out.Question = "How much of the portfolio hangs on what?"
		x.missed(x.out.Around, 0, "companies")
		return nil
	}
	if err != nil {
		return err
	}
	ranked, err := p.rank(ctx, list)
	if err != nil {
		return err
	}
	x.missed(len(list), len(ranked), x.req.WhatIsRanked())
	return p.rows(ctx, x.page(ranked))
}

// prepare makes the network and lists what there is to look at.
func (p *portfolioExposure) prepare(ctx context.Context) ([]target, error) {
	x := p.x
	starts := make([]graph.Node, len(p.members))
	for i, m := range p.members {
		starts[i] = m.node
	}
	var err error
	if x.around, _, err = around(ctx, x.v, x.active, starts, Upstream); err != nil {
		return nil, err
	}
	x.tiers = tiersToOthers(x.v, x.active, starts)
	for _, n := range x.around {
		count(&x.out.Around, x.tier(n) > 0)
	}
	if x.net, err = x.p.network(ctx, x.inOrder()); err != nil {
		return nil, err
	}
	for _, m := range p.members {
		p.roots = append(p.roots, x.net.outletOf(m.node))
	}
	p.side = &supplySide{x: x, d: x.req.disruption()}
	net, o := x.net.net, p.side.d.options()
	p.side.flow = pathsum.New(net, p.side.flowOptions())
	p.side.certainLoss, p.side.certainFlow = net.Certain(o, p.roots...), p.side.flow.Certain(p.roots...)
	p.alike, p.full, p.lows = net.Alike(o), p.side.flow.Full(net), p.side.flow.Lows(p.side.certainFlow)
	p.cover()
	return x.supplyTargets(ctx)
}

// cover counts the relations by which the members are supplied.
func (p *portfolioExposure) cover() {
	x := p.x
	for _, m := range p.members {
		edges := x.v.In(graph.KindSupplies, m.node)
		for i := range edges.Len() {
			if r := edges.Rel(i); x.active.Has(r) {
				folded := x.v.FoldHead(r, x.filter)
				x.out.count(x.v, &folded, x.filter)
			}
		}
	}
}

// tiersToOthers is how many hops each company upstream is from the nearest of some companies, from the nearest other one
// where it is one of them; 0 where there is none. It is a breadth-first search that follows the two nearest of each.
func tiersToOthers(v *graph.View, active graph.Activity, from []graph.Node) []int32 {
	tiers := make([]int32, v.NodeCount(graph.KindCompany))
	type arrival struct{ at, of graph.Node }
	first, second := make([]graph.Node, len(tiers)), make([]graph.Node, len(tiers)) // which are nearest, plus 1
	var now, next []arrival
	arrive := func(at, of graph.Node) {
		switch {
		case first[at] == 0:
			first[at] = of + 1
		case first[at] != of+1 && second[at] == 0:
			second[at] = of + 1
		default:
			return
		}
		next = append(next, arrival{at, of})
	}
	for _, c := range from {
		arrive(c, c)
	}
	for hops := int32(0); len(next) > 0; hops++ {
		now, next = next, now[:0]
		for _, a := range now {
			if a.at != a.of && tiers[a.at] == 0 {
				tiers[a.at] = hops
			}
			edges := v.In(graph.KindSupplies, a.at)
			for i, n := range edges.Nodes {
				if active.Has(edges.Rel(i)) {
					arrive(n, a.of)
				}
			}
		}
	}
	return tiers
}

// memberSolver works out one target after the other for all members.
type memberSolver struct {
	p         *portfolioExposure
	losses    *loss.Run // on the network
	flows     *pathsum.Run
	alike     *loss.Run // on the contracted ones
	full      *pathsum.Run
	lows      *pathsum.LowRun
	low, high []float64 // by member, of what was worked out last
}

func (p *portfolioExposure) solver() *memberSolver {
	o := p.side.d.options()
	return &memberSolver{p: p, losses: loss.NewRun(p.x.net.net, o), flows: pathsum.NewRun(p.side.flow), alike: loss.NewRun(p.alike.Net, o), full: pathsum.NewRun(p.full.Net), lows: pathsum.NewLowRun(p.lows),
		low: make([]float64, len(p.members)), high: make([]float64, len(p.members))}
}

// contracted is a scenario on a contracted network.
func contracted(s *loss.Scenario, of []int32) *loss.Scenario {
	out := &loss.Scenario{Nodes: slices.Clone(s.Nodes)}
	for i := range out.Nodes {
		out.Nodes[i].At = of[out.Nodes[i].At]
	}
	return out
}

// lossLow, lossHigh, flowLow and flowHigh work out one bound for all members in a scenario.
func (w *memberSolver) lossLow(ctx context.Context, s *loss.Scenario) error {
	if err := w.losses.SolveLow(ctx, s); err != nil {
		return err
	}
	for i, root := range w.p.roots {
		w.low[i] = w.losses.Low(root)
	}
	return nil
}

func (w *memberSolver) lossHigh(ctx context.Context, s *loss.Scenario) error {
	run, of := w.losses, func(root int32) int32 { return root }
	if len(s.Edges) == 0 {
		run, of, s = w.alike, func(root int32) int32 { return w.p.alike.Of[root] }, contracted(s, w.p.alike.Of)
	}
	if err := run.SolveHigh(ctx, s); err != nil {
		return err
	}
	for i, root := range w.p.roots {
		w.high[i] = run.High(of(root))
	}
	return nil
}

func (w *memberSolver) flowLow(ctx context.Context, s *loss.Scenario) error {
	if err := w.flows.SolveLow(ctx, s, w.p.side.certainFlow); err != nil {
		return err
	}
	for i, root := range w.p.roots {
		w.low[i] = w.flows.Low(root)
	}
	return nil
}

func (w *memberSolver) flowHigh(ctx context.Context, s *loss.Scenario) error {
	run, of := w.flows, func(root int32) int32 { return root }
	if len(s.Edges) == 0 {
		run, of, s = w.full, func(root int32) int32 { return w.p.full.Of[root] }, contracted(s, w.p.full.Of)
	}
	if err := run.SolveHigh(ctx, s); err != nil {
		return err
	}
	for i, root := range w.p.roots {
		w.high[i] = run.High(of(root))
	}
	return nil
}

// bound works out one bound of a scenario.
type bound func(*memberSolver, context.Context, *loss.Scenario) error

// work works out a bound for a target. A member that is part of the target is asked about without itself: what it is
// exposed to is what comes to it.
func (w *memberSolver) work(ctx context.Context, t *target, b bound, values []float64) error {
	p := w.p
	if err := b(w, ctx, p.side.scenario(t)); err != nil {
		return err
	}
	if t.damage == nil {
		if i, own := p.x.about[t.company]; own {
			values[i] = 0
		}
		return nil
	}
	var own []int
	for i, m := range p.members {
		if t.damage.hits(m.node) {
			own = append(own, i)
		}
	}
	kept := slices.Clone(values)
	for _, i := range own {
		if err := b(w, ctx, p.without(t, p.members[i].node)); err != nil {
			return err
		}
		kept[i] = values[i]
	}
	copy(values, kept)
	return nil
}

// without is the scenario of a target without the damage of one company.
func (p *portfolioExposure) without(t *target, c graph.Node) *loss.Scenario {
	return p.x.net.scenario(p.x.p.clone(), t.damage.without(p.x.p, c))
}

// rank brings the targets into their order, as far as this part of the list goes, as [supplySide.rank] does: what is not
// worked out yet counts as high as it may. Targets that there was no time for are left out.
func (p *portfolioExposure) rank(ctx context.Context, list []target) ([]target, error) {
	x := p.x
	for i := range list {
		p.begin(&list[i])
	}
	open := make([]*target, len(list))
	for i := range list {
		open[i] = &list[i]
	}
	var known atomic.Int64
	for {
		chunks := slices.Collect(slices.Chunk(open, pathsum.Lanes))
		done, err := inParallel(ctx, chunks, func() func(*[]*target) error {
			w := p.solver()
			return func(chunk *[]*target) error {
				err := w.solve(ctx, *chunk)
				for _, t := range *chunk {
					if t.known {
						p.tell(int(known.Add(1)), x.reach(list))
					}
				}
				return err
			}
		})
		if err != nil {
			return nil, err
		}
		if len(done) < len(chunks) {
			return slices.DeleteFunc(list, func(t target) bool { return !t.known }), nil
		}
		slices.SortFunc(list, func(a, b target) int { return x.compare(&a, &b) })
		if open = p.open(list[:x.reach(list)], open[:0]); len(open) == 0 {
			return list, nil
		}
	}
}

// open are the targets to work on next: while some possible losses are not known these, since they cost less than flows
// and may leave others to be looked at.
func (p *portfolioExposure) open(list []target, open []*target) []*target {
	for _, pass := range []func(t *target) bool{func(t *target) bool { return !t.highs }, func(t *target) bool { return !t.known }} {
		for i := range list {
			if t := &list[i]; pass(t) {
				open = append(open, t)
			}
		}
		if len(open) > 0 {
			break
		}
	}
	return open
}

func (p *portfolioExposure) tell(done, total int) {
	if p.req.Progress != nil {
		p.req.Progress(min(done, total), total)
	}
}

// begin fills in the most that may be.
func (p *portfolioExposure) begin(t *target) {
	s := p.side
	any := func(set []bool) bool {
		return t.damage != nil || slices.ContainsFunc(s.scenario(t).Nodes, func(d loss.Damage) bool { return set[d.At] })
	}
	t.loss, t.stated, t.mean, t.flow = lost{0, 1}, lost{0, 1}, lost{0, 1}, lost{0, 1}
	if t.certainLoss = any(s.certainLoss); t.certainLoss {
		t.loss.low, t.stated.low, t.mean.low = 1, 1, 1
	}
	if t.certainFlow = any(s.certainFlow); t.certainFlow {
		t.flow.low = 1
	}
}

// solve works out what is next of some targets: certain losses, which cost little; the next time possible ones; then
// the flows.
func (w *memberSolver) solve(ctx context.Context, list []*target) error {
	rank := w.p.w
	flows := list[:0:0]
	for _, t := range list {
		switch {
		case !t.lows:
			if t.certainLoss {
				if err := w.work(ctx, t, (*memberSolver).lossLow, w.low); err != nil {
					return err
				}
				t.loss.low, t.stated.low, t.mean.low = rank.rankLeast(w.low), rank.ofStated(w.low), rank.mean(w.low)
			}
			t.lows = true
		case !t.highs:
			if err := w.work(ctx, t, (*memberSolver).lossHigh, w.high); err != nil {
				return err
			}
			t.loss.high, t.stated.high, t.mean.high = rank.rankMost(w.high), rank.ofStated(w.high), rank.mean(w.high)
			t.highs = true
		default:
			flows = append(flows, t)
		}
	}
	return w.solveFlows(ctx, flows)
}

// solveFlows works out the flows of some targets.
func (w *memberSolver) solveFlows(ctx context.Context, list []*target) error {
	if len(list) == 0 {
		return nil
	}
	low, err := w.flowLows(ctx, list)
	if err != nil {
		return err
	}
	for i, t := range list {
		if err := w.work(ctx, t, (*memberSolver).flowHigh, w.high); err != nil {
			return err
		}
		t.flow = lost{w.p.w.rankLeast(low[i]), w.p.w.rankMost(w.high)}
		if w.p.req.Limit > 0 { // the row will tell them; of a whole list they would take too much memory
			t.flows = [2][]float64{low[i], slices.Clone(w.high)}
		}
		t.known = true
	}
	return nil
}

// flowLows are the lower flows of some targets to the members: of companies several at once.
func (w *memberSolver) flowLows(ctx context.Context, list []*target) ([][]float64, error) {
	out := make([][]float64, len(list))
	var starts []*pathsum.Start
	var at []int // the target of each start
	for i, t := range list {
		out[i] = make([]float64, len(w.p.members))
		switch {
		case !t.certainFlow:
		case t.damage != nil:
			if err := w.work(ctx, t, (*memberSolver).flowLow, w.low); err != nil {
				return nil, err
			}
			copy(out[i], w.low)
		default:
			starts, at = append(starts, w.p.side.scenario(t)), append(at, i)
		}
	}
	if starts == nil {
		return out, nil
	}
	if err := w.lows.Solve(ctx, starts); err != nil {
		return nil, err
	}
	for lane, i := range at {
		for m, root := range w.p.roots {
			out[i][m] = w.lows.Low(lane, root)
		}
		if m, own := w.p.x.about[list[i].company]; own {
			out[i][m] = 0
		}
	}
	return out, nil
}

// rowsOf are the rows of some targets.
type rowsOf struct {
	list []target
	rows []PortfolioExposureRow
}

// rows makes the rows of this part, several at once. When the time is over, there is some left for those that a table
// shows.
func (p *portfolioExposure) rows(ctx context.Context, list []target) error {
	x := p.x
	late := sync.OnceValue(func() context.Context {
		late, cancel := context.WithTimeout(context.WithoutCancel(ctx), grace)
		context.AfterFunc(late, cancel)
		return late
	})
	var made []rowsOf
	for chunk := range slices.Chunk(list, pathsum.Lanes) {
		made = append(made, rowsOf{list: chunk})
	}
	done, err := inParallel(context.WithoutCancel(ctx), made, func() func(*rowsOf) error {
		w := p.solver()
		return func(m *rowsOf) error {
			if ctx.Err() != nil {
				return w.rows(late(), m)
			}
			return w.rows(ctx, m)
		}
	})
	if err != nil {
		return err
	}
	for i := range done {
		p.out.Items = append(p.out.Items, done[i].rows...)
	}
	if n := len(p.out.Items); n < len(list) {
		x.out.Complete, x.out.StoppedBecause, x.out.NextCursor = false, StoppedByDeadline, ""
		x.out.warn("the time was over before all rows were made")
		if n > 0 && x.out.LeftOut == 0 {
			x.out.NextCursor = nextCursor(x.v, x.req.Scope, x.question, x.key(&list[n-1])...)
		}
	}
	_, err = deadline(ctx)
	return err
}

func (w *memberSolver) rows(ctx context.Context, m *rowsOf) error {
	var list []*target
	for i := range m.list {
		list = append(list, &m.list[i])
	}
	flows := make([][]float64, len(list))
	if list[0].flows[0] == nil {
		var err error
		if flows, err = w.flowLows(ctx, list); err != nil {
			return err
		}
	}
	for i, t := range list {
		row, err := w.row(ctx, t, flows[i])
		if err != nil {
			return err
		}
		m.rows = append(m.rows, row)
	}
	return nil
}

// row works everything out that a row tells. The lower flows are given where they are not kept.
func (w *memberSolver) row(ctx context.Context, t *target, flowLow []float64) (row PortfolioExposureRow, err error) {
	p := w.p
	clear(w.low)
	if t.certainLoss {
		err = w.work(ctx, t, (*memberSolver).lossLow, w.low)
	}
	if err == nil {
		err = w.work(ctx, t, (*memberSolver).lossHigh, w.high)
	}
	if err != nil {
		return row, err
	}
	losses := [2][]float64{slices.Clone(w.low), slices.Clone(w.high)}
	flows := t.flows
	if flows[0] == nil {
		if err = w.work(ctx, t, (*memberSolver).flowHigh, w.high); err != nil {
			return row, err
		}
		flows = [2][]float64{flowLow, w.high}
	}
	row = p.head(t)
	row.LossIfStopped, row.LossOfStated = p.w.bySpend(losses[0], losses[1]), p.w.byStated(losses[0], losses[1])
	row.FlowExposure = p.w.bySpend(flows[0], flows[1])
	row.LossMean = bounds(lost{p.w.mean(losses[0]), p.w.mean(losses[1])})
	row.FlowMean = bounds(lost{p.w.mean(flows[0]), p.w.mean(flows[1])})
	p.addMembers(&row, losses, flows)
	row.Sentence = p.sentence(&row)
	return row, nil
}

// memberLoss is what a member loses and takes.
type memberLoss struct {
	member     int
	loss, flow lost
}

// addMembers adds the members that are exposed, those that lose most first, and the spend on them.
func (p *portfolioExposure) addMembers(row *PortfolioExposureRow, losses, flows [2][]float64) {
	var counts LossCounts
	var exposed []memberLoss
	var behind []member
	for i, m := range p.members {
		e := memberLoss{i, lost{rounded(losses[0][i]), rounded(losses[1][i])}, lost{rounded(flows[0][i]), rounded(flows[1][i])}}
		if e.loss.high > 0 {
			counts.add(e.loss)
			behind = append(behind, m)
		}
		if e.loss.high > 0 || e.flow.high > 0 {
			exposed = append(exposed, e)
		}
	}
	row.Exposed, row.Certain, row.MayStop, row.Stop = counts.Affected, counts.Certain, counts.MayStop, counts.Stop
	row.Spend, row.SpendUnknown = spendOf(behind)
	slices.SortStableFunc(exposed, func(a, b memberLoss) int { // members are numbered by id
		return cmp.Or(cmp.Compare(b.loss.low, a.loss.low), cmp.Compare(b.loss.high, a.loss.high), cmp.Compare(b.flow.low, a.flow.low), cmp.Compare(b.flow.high, a.flow.high))
	})
	for _, e := range exposed {
		count(&row.MostAlike, e.loss == exposed[0].loss)
	}
	n := min(len(exposed), p.req.Members)
	row.MembersMore = len(exposed) > n
	for _, e := range exposed[:n] {
		m := p.members[e.member]
		out := ExposedMember{Member: refOf(p.x.v, graph.KindCompany, m.node), LossIfStopped: bounds(e.loss), FlowExposure: bounds(e.flow)}
		if m.spend != nil {
			out.Spend = &Money{Amount: *m.spend, Currency: m.currency}
		}
		row.Members = append(row.Members, out)
	}
}

// head is the beginning of a row.
func (p *portfolioExposure) head(t *target) PortfolioExposureRow {
	r := p.x.row(t)
	row := PortfolioExposureRow{Kind: r.Kind, ID: r.ID, Name: r.Name, NameZH: r.NameZH, Country: r.Country, Listed: r.Listed, Tier: r.Tier, Members: []ExposedMember{}}
	_, row.Member = p.x.about[t.company]
	return row
}

// sentence is the row in words.
func (p *portfolioExposure) sentence(row *PortfolioExposureRow) string {
	if row.Exposed == 0 {
		return fmt.Sprintf("If %s stops, no member loses anything that is documented.", row.Name)
	}
	lose := "lose"
	if row.Exposed == 1 {
		lose = "loses"
	}
	text := fmt.Sprintf("If %s stops, %d of %s %s something or may, %d for certain: %s", row.Name, row.Exposed, plural(len(p.members), "member", "members"), lose, row.Certain,
		p.w.text(row.LossIfStopped, row.LossOfStated, row.LossMean))
	most := row.Members[0]
	who := "most " + most.Member.Name
	switch {
	case row.Exposed == 1:
		who = most.Member.Name
	case row.MostAlike == row.Exposed:
		who = "each of them"
	case row.MostAlike > 1:
		who = fmt.Sprintf("most %d of them alike, such as %s", row.MostAlike, most.Member.Name)
	}
	return text + fmt.Sprintf("; %s, %s.", who, BoundsText(most.LossIfStopped))
}
