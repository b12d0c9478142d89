package queries

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"runtime"
	"slices"
	"sort"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/tributarygraph/tributary/graph"
	"github.com/tributarygraph/tributary/queries/internal/loss"
	"github.com/tributarygraph/tributary/queries/internal/pathsum"
)

// supply answers the supply side.
func (x *exposure) supply(ctx context.Context) error {
	x.p = newProduction(x.v, x.filter)
	err := x.walk(ctx, Upstream)
	if err == nil {
		x.net, err = x.p.network(ctx, x.inOrder())
	}
	if errors.Is(err, context.DeadlineExceeded) {
		x.out.Question = fmt.Sprintf("How much of %s hangs on what?", x.subject())
		x.missed(x.out.Around, 0, "companies")
		return nil
	}
	if err != nil {
		return err
	}
	if x.root, err = x.rootOf(); err != nil {
		return err
	}
	targets, err := x.supplyTargets(ctx)
	if errors.Is(err, context.DeadlineExceeded) && x.req.targets() == nil {
		x.missed(len(targets), 0, x.req.WhatIsRanked())
		return nil
	}
	if err != nil {
		return err
	}
	s := &supplySide{x: x, d: x.req.disruption()}
	s.flow = pathsum.New(x.net.net, s.flowOptions())
	ranked, err := s.rank(ctx, targets)
	if err != nil {
		return err
	}
	x.missed(len(targets), len(ranked), x.req.WhatIsRanked())
	return s.rows(ctx, x.page(ranked))
}

// WhatIsRanked names the things that are ranked, in the plural.
func (req *ExposureRequest) WhatIsRanked() string {
	return map[string]string{OverCompanies: "companies", OverCountries: "countries", OverProducts: "products"}[req.Over]
}

// rootOf is the node of what is asked about.
func (x *exposure) rootOf() (int32, error) {
	if x.line == graph.NoNode {
		return x.net.outletOf(x.company), nil
	}
	var names []string
	for _, line := range x.p.plan(x.company).lines {
		if line.product == x.line {
			return x.net.nodeOf(x.company, x.line), nil
		}
		if line.product != graph.NoNode {
			names = append(names, x.v.ID(graph.KindProduct, line.product))
		}
	}
	return 0, fmt.Errorf("%w: line %q: %s is not documented to make or sell it; its lines: %s", errNotItsLine, x.req.Line, x.out.Company.Name, cmp.Or(strings.Join(names, ", "), "none"))
}

// supplyTargets are what the question asks about, the nearest first.
func (x *exposure) supplyTargets(ctx context.Context) ([]target, error) {
	name := x.subject()
	if asked := x.req.targets(); asked != nil {
		t, err := x.asked(ctx, asked)
		x.out.Question = fmt.Sprintf("How much of %s hangs on %s?", name, t.name)
		return []target{t}, err
	}
	var list []target
	switch x.req.Over {
	case OverCountries:
		x.out.Question = fmt.Sprintf("On which countries (%s) does how much of %s hang?", x.req.By, name)
		list = x.countries()
	case OverProducts:
		x.out.Question = fmt.Sprintf("On which products does how much of %s hang, if they stop everywhere?", name)
		list = x.products()
	default:
		x.out.Question = fmt.Sprintf("How much of %s hangs on each company upstream?", name)
		return x.companies(), nil
	}
	for i := range list { // what a product reaches may be a large part of the network
		if err := ctx.Err(); err != nil {
			return list, err
		}
		x.p.spread(list[i].damage)
		list[i].scenario = x.net.scenario(x.p, list[i].damage)
	}
	slices.SortFunc(list, func(a, b target) int { return cmp.Or(cmp.Compare(a.tier, b.tier), strings.Compare(a.id, b.id)) })
	return list, nil
}

// asked is what the question names, as one target.
func (x *exposure) asked(ctx context.Context, list []Target) (target, error) {
	t := target{kind: "group", company: graph.NoNode, damage: newDamage()}
	a := aimer{p: x.p, d: t.damage, worst: x.req.Undocumented == "worst"}
	var names []string
	for i, one := range list {
		row, err := a.aim(ctx, one)
		if err != nil {
			return t, err
		}
		x.out.Targets = append(x.out.Targets, row)
		names = append(names, row.Text)
		if row.Companies+row.Lines+row.Relations == 0 {
			x.out.warn(fmt.Sprintf("%s: nothing that is documented under these conditions", row.Text))
		}
		if row.Unknown > 0 {
			x.out.warn(fmt.Sprintf("of %s nobody states where they ship from (targets[%d])", plural(row.Unknown, "relation", "relations"), i))
		}
	}
	t.name = inWords(names)
	switch one := list[0]; {
	case len(list) > 1:
		for _, one := range list {
			n, _ := x.v.Lookup(graph.KindCompany, one.Company)
			t.id += "," + x.v.ID(graph.KindCompany, n)
		}
		t.id = t.id[1:]
	case one.Company != "":
		t.kind = "company"
		t.company, _ = x.v.Lookup(graph.KindCompany, one.Company)
		t.id = x.v.ID(graph.KindCompany, t.company)
	case one.Country != "":
		t.kind, t.id = "country", one.Country
	default:
		n, _ := x.v.Lookup(graph.KindProduct, one.Product)
		t.kind, t.id = "product", x.v.ID(graph.KindProduct, n)
	}
	x.spare(t.damage)
	t.tier = x.nearest(t.damage)
	x.p.spread(t.damage)
	t.scenario = x.net.scenario(x.p, t.damage)
	return t, nil
}

// spare takes the company asked about itself out of the damage: what it is exposed to is what comes to it.
func (x *exposure) spare(d *damage) {
	_, whole := d.companies[x.company]
	if whole || d.partly[x.company] {
		x.out.warn(fmt.Sprintf("%s is part of what was asked about: only what comes to it from others is counted", x.out.Company.Name))
	}
	delete(d.companies, x.company)
	delete(d.partly, x.company)
	maps.DeleteFunc(d.lines, func(at lineOf, _ lost) bool { return at.company == x.company })
}

// nearest is the least tier of what is damaged; 0 where nothing of it is upstream.
func (x *exposure) nearest(d *damage) int {
	out := 0
	add := func(tier int) {
		if tier > 0 && (out == 0 || tier < out) {
			out = tier
		}
	}
	for c := range d.companies {
		add(x.tier(c))
	}
	for at := range d.lines {
		add(x.tier(at.company))
	}
	for r := range d.relations {
		_, to, _ := x.p.endsOf(r)
		if _, about := x.about[to]; about {
			add(1)
		} else if tier := x.tier(to); tier > 0 {
			add(tier + 1)
		}
	}
	return out
}

// countries are the countries to which anything upstream is tied.
func (x *exposure) countries() []target {
	list := targetList{x: x, by: map[string]int{}}
	for _, c := range x.around {
		tier := x.tier(c)
		if tier == 0 { // what is asked about
			continue
		}
		switch x.req.By {
		case ByOrigin:
			x.p.outOf(c, func(r graph.Rel, _ graph.Node) {
				_, to, _ := x.v.Ends(r)
				if x.net.first[to] >= 0 {
					if origin := shippedFrom(x.v, r, x.filter); origin != "" {
						list.of(origin, tier).relation(r, lost{1, 1})
					}
				}
			})
		case ByMaking:
			makes := x.v.Out(graph.KindMakes, c)
			for i, product := range makes.Nodes {
				if r := makes.Rel(i); x.active.Has(r) {
					if country := madeIn(x.v, r, x.filter); country != "" {
						list.of(country, tier).line(c, product, lost{1, 1})
					}
				}
			}
		default:
			if country := x.v.NodeText(graph.KindCompany, c, graph.FieldCountry); country != "" {
				list.of(country, tier).company(c, lost{1, 1})
			}
		}
	}
	for i := range list.targets {
		list.targets[i].kind, list.targets[i].name = "country", list.targets[i].id
	}
	return list.targets
}

// products are what is supplied or made upstream, and what it is a kind of.
func (x *exposure) products() []target {
	list := targetList{x: x, by: map[string]int{}}
	for _, c := range x.around {
		tier := x.tier(c)
		if tier == 0 {
			continue
		}
		for _, line := range x.p.plan(c).lines {
			if line.product == graph.NoNode {
				continue
			}
			list.of(x.v.ID(graph.KindProduct, line.product), tier).line(c, line.product, lost{1, 1})
			for _, above := range x.p.ancestors(line.product) {
				list.of(x.v.ID(graph.KindProduct, above), tier).line(c, line.product, lost{1, 1})
			}
		}
	}
	for i := range list.targets {
		t := &list.targets[i]
		n, _ := x.v.Find(graph.KindProduct, t.id)
		t.kind, t.name = "product", x.v.Name(graph.KindProduct, n)
	}
	return list.targets
}

// targetList gathers damage by country or product.
type targetList struct {
	x       *exposure
	targets []target
	by      map[string]int
}

func (l *targetList) of(id string, tier int) *damage {
	i, ok := l.by[id]
	if !ok {
		i = len(l.targets)
		l.by[id] = i
		l.targets = append(l.targets, target{id: id, company: graph.NoNode, tier: tier, damage: newDamage()})
	}
	t := &l.targets[i]
	t.tier = min(t.tier, tier)
	return t.damage
}

// supplySide works out the supply side on the network of everything upstream.
type supplySide struct {
	x    *exposure
	d    DisruptionRequest
	flow *pathsum.Net
	// What needs no run: nodes whose stop costs everything by one chain alone, and nodes whose stop may cost something
	// for certain; the same of the flow.
	wholeLoss, certainLoss []bool
	wholeFlow, certainFlow []bool
	plans                  map[graph.Node]*plan
}

func (s *supplySide) flowOptions() pathsum.Options {
	o := s.d.options()
	return pathsum.Options{AssumeComplete: o.AssumeComplete, WorstUndocumented: o.WorstUndocumented, Level: o.Level}
}

func (s *supplySide) scenario(t *target) *loss.Scenario {
	if t.scenario != nil {
		return t.scenario
	}
	return &loss.Scenario{Nodes: s.x.net.stop(t.company, lost{1, 1})}
}

// rank brings the targets into their order, as far as this part of the list goes. What a walk tells of all of them at
// once (the lower bounds that are 0, the upper ones that are 1) leaves few that need a run; and of these only those are
// worked out that might stand in this part or before it: until then a target counts as high as it may. Targets that
// there was no time for are left out.
func (s *supplySide) rank(ctx context.Context, list []target) ([]target, error) {
	x := s.x
	net, root, o := x.net.net, x.root, s.d.options()
	s.wholeLoss, s.certainLoss = net.Whole(root, o), net.Certain(o, root)
	s.wholeFlow, s.certainFlow = s.flow.Whole(root), s.flow.Certain(root)
	certain := func(t *target) error { return s.begin(t) }
	if _, err := inParallel(context.Background(), list, func() func(*target) error { return certain }); err != nil {
		return nil, err
	}
	for {
		slices.SortFunc(list, func(a, b target) int { return x.compare(&a, &b) })
		var open []*target
		for i := range list[:x.reach(list)] {
			if t := &list[i]; !t.known {
				open = append(open, t)
			}
		}
		if open == nil {
			return list, nil
		}
		done, err := inParallel(ctx, open, func() func(**target) error {
			solver := &solver{s: s, losses: loss.NewRun(net, o), flows: pathsum.NewRun(s.flow)}
			return func(t **target) error { return solver.solve(ctx, *t) }
		})
		if err != nil {
			return nil, err
		}
		if len(done) < len(open) {
			return slices.DeleteFunc(list, func(t target) bool { return !t.known }), nil
		}
	}
}

// reach is how many of the sorted targets must be known for this part of the list.
func (x *exposure) reach(list []target) int {
	if x.req.Limit == 0 {
		return len(list)
	}
	at := 0
	if x.after != nil {
		at = sort.Search(len(list), func(i int) bool { return slices.Compare(x.key(&list[i]), x.after) > 0 })
	}
	return min(len(list), at+x.req.Limit+1)
}

// begin fills in what needs no run, and the most that may be of the rest.
func (s *supplySide) begin(t *target) error {
	t.loss, t.flow = lost{0, 1}, lost{0, 1}
	if t.scenario != nil {
		t.loss.low, t.flow.low = 1, 1
		return nil
	}
	any := func(set []bool) bool {
		return slices.ContainsFunc(s.scenario(t).Nodes, func(d loss.Damage) bool { return set[d.At] })
	}
	t.wholeLoss, t.wholeFlow = any(s.wholeLoss), any(s.wholeFlow)
	t.certainLoss, t.certainFlow = any(s.certainLoss), any(s.certainFlow)
	if t.certainLoss {
		t.loss.low = 1
	}
	if t.certainFlow {
		t.flow.low = 1
	}
	t.lows = !t.certainLoss && !t.certainFlow
	t.known = t.lows && t.wholeLoss && t.wholeFlow
	return nil
}

// inParallel works on the items of a list, several at once, and gives the first ones up to where the time was over.
func inParallel[T any](ctx context.Context, list []T, worker func() func(*T) error) ([]T, error) {
	var next atomic.Int64
	done := make([]bool, len(list))
	errs := make([]error, min(runtime.GOMAXPROCS(0), len(list)))
	var group sync.WaitGroup
	for w := range errs {
		group.Go(func() {
			work := worker()
			for at := next.Add(1) - 1; at < int64(len(list)); at = next.Add(1) - 1 {
				if errs[w] = ctx.Err(); errs[w] == nil {
					errs[w] = work(&list[at])
				}
				if errs[w] != nil {
					return
				}
				done[at] = true
			}
		})
	}
	group.Wait()
	for _, err := range errs {
		if err != nil && !errors.Is(err, context.DeadlineExceeded) {
			return nil, err
		}
	}
	if at := slices.Index(done, false); at >= 0 {
		return list[:at], nil
	}
	return list, nil
}

// solver works out one target after the other.
type solver struct {
	s      *supplySide
	losses *loss.Run
	flows  *pathsum.Run
}

// solve works out the lower bounds of a target, which cost little; the next time the upper ones.
func (w *solver) solve(ctx context.Context, t *target) error {
	s, root := w.s, w.s.x.root
	scenario := s.scenario(t)
	all := t.scenario != nil
	if !t.lows {
		if all || t.certainLoss {
			if err := w.losses.SolveLow(ctx, scenario); err != nil {
				return err
			}
			t.loss.low = w.losses.Low(root)
		}
		if all || t.certainFlow {
			if err := w.flows.SolveLow(ctx, scenario, s.certainFlow); err != nil {
				return err
			}
			t.flow.low = w.flows.Low(root)
		}
		t.lows, t.known = true, t.wholeLoss && t.wholeFlow
		return nil
	}
	if all || !t.wholeLoss {
		if err := w.losses.SolveHigh(ctx, scenario); err != nil {
			return err
		}
		t.loss.high = w.losses.High(root)
	}
	if all || !t.wholeFlow {
		if err := w.flows.SolveHigh(ctx, scenario); err != nil {
			return err
		}
		t.flow.high = w.flows.High(root)
	}
	t.known = true
	return nil
}

// explainedRow is a row before its paths are found.
type explainedRow struct {
	t    *target
	row  ExposureRow
	from graph.Node
	late bool
}

// rows explains the targets of this part, several at once.
func (s *supplySide) rows(ctx context.Context, list []target) error {
	x := s.x
	late, cancel := context.WithTimeout(context.WithoutCancel(ctx), grace)
	defer cancel()
	within := func() context.Context {
		if ctx.Err() != nil {
			return late
		}
		return ctx
	}
	found := make([]explainedRow, len(list))
	for i := range list {
		found[i].t = &list[i]
	}
	_, err := inParallel(context.WithoutCancel(ctx), found, func() func(*explainedRow) error {
		own := s.forWorker()
		losses, flows := loss.NewRun(x.net.net, s.d.options()), pathsum.NewRun(s.flow)
		return func(r *explainedRow) error { return own.explain(within(), r, losses, flows) }
	})
	if err != nil {
		return err
	}
	for i := range found {
		r := &found[i]
		if r.late {
			x.out.warn("the time was over before all rows were explained")
			x.out.stop(StoppedByDeadline)
			x.paths.taken = append(x.paths.taken, 0)
		} else if err := x.paths.find(within(), r.from, x.company); err != nil {
			return err
		}
		x.out.Items = append(x.out.Items, r.row)
	}
	_, err = deadline(ctx)
	return err
}

// forWorker is the same side with memory of its own.
func (s *supplySide) forWorker() *supplySide {
	x := *s.x
	x.names, x.p = newNames(x.v), newProduction(x.v, x.filter)
	own := *s
	own.x, own.plans = &x, nil
	return &own
}

func (s *supplySide) explain(ctx context.Context, r *explainedRow, losses *loss.Run, flows *pathsum.Run) error {
	r.row = s.x.row(r.t)
	r.row.LossIfStopped, r.row.FlowExposure = bounds(r.t.loss), bounds(r.t.flow)
	scenario := s.scenario(r.t)
	err := losses.Solve(ctx, scenario)
	if err == nil {
		err = flows.Solve(ctx, scenario)
	}
	switch {
	case err == nil:
		e := explained{s: s, t: r.t, losses: losses, flows: flows, scenario: scenario}
		r.from = e.explain(&r.row)
	case errors.Is(err, context.DeadlineExceeded):
		r.late = true
	default:
		return err
	}
	if r.row.Sentence == "" {
		r.row.Sentence = s.sentence(&r.row, "")
	}
	return nil
}

// explained says where an exposure comes from, after the runs solved its scenario.
type explained struct {
	s        *supplySide
	t        *target
	losses   *loss.Run
	flows    *pathsum.Run
	scenario *loss.Scenario
	d        *disruption
}

// explain fills the row, and gives the company at the far end of its chain.
func (e *explained) explain(row *ExposureRow) (from graph.Node) {
	x := e.s.x
	damage := e.t.damage
	if damage == nil {
		damage = newDamage()
		damage.company(e.t.company, lost{1, 1})
	}
	e.d = &disruption{v: x.v, req: e.s.d, p: x.p, damage: damage, net: x.net, solved: e.losses, tiers: loss.Tiers(e.losses, e.scenario, &x.net.groups),
		plans: e.s.plans, names: x.names}
	plan := e.d.planOf(x.company)
	e.lines(row, plan)
	e.inputs(row, plan)
	from = e.t.company
	reason := ""
	if e.losses.High(x.root) > 0 {
		at := e.d.placeOf(x.root)
		w := &why{d: e.d, e: &entry{company: x.company, node: x.root, tier: e.d.tiers[x.root], lost: e.t.loss, lines: []graph.Node{plan.lines[0].product}}}
		if t, ok := e.d.binding(at); ok {
			row.Binding, row.Cause = w.bindingRow(t), w.path(at)
			reason = w.reason(t) + w.leastReason(at, t)
		}
		chain := e.chain(row.Cause)
		row.Weakest = x.weakest(chain)
		row.Gap = e.gap(at)
		if from == graph.NoNode && len(row.Cause) > 0 {
			from, _ = x.v.Find(graph.KindCompany, row.Cause[0].From.ID)
		}
	}
	e.s.plans = e.d.plans
	row.Sentence = e.s.sentence(row, reason)
	return from
}

// chain are the relations of hops.
func (e *explained) chain(hops []CauseHop) (out []graph.Rel) {
	for _, h := range hops {
		if key, err := graph.ParseRelationID(h.Relation); err == nil {
			if r, ok := e.s.x.v.FindRelation(key); ok {
				out = append(out, r)
			}
		}
	}
	return out
}

// lines are the losses of the company's lines, where they differ.
func (e *explained) lines(row *ExposureRow, plan *plan) {
	x := e.s.x
	differ := false
	for i, line := range plan.lines {
		n := x.net.nodeOfLine(x.company, i)
		l := lost{e.losses.Low(n), e.losses.High(n)}
		differ = differ || l != e.t.loss
		row.Lines = append(row.Lines, ExposedLine{Product: x.productRef(line.product), Loss: bounds(l)})
	}
	if !differ || x.line != graph.NoNode {
		row.Lines = []ExposedLine{}
	}
}

// inputs are what of each product comes from the target: between the least and the greatest of the lines that take it.
func (e *explained) inputs(row *ExposureRow, plan *plan) {
	x := e.s.x
	type exposed struct{ loss, flow lost }
	by := map[graph.Node]*exposed{}
	for i := range plan.nodes {
		first, _ := x.net.net.Inputs(x.net.first[x.company] + int32(i))
		for at, in := range plan.nodes[i].inputs {
			if in.inner || in.Readings == loss.Merged {
				continue
			}
			n := first + int32(at)
			l, f := lost{e.losses.InputLow(n), e.losses.InputHigh(n)}, lost{e.flows.InputLow(n), e.flows.InputHigh(n)}
			have := by[in.product]
			if have == nil {
				by[in.product] = &exposed{l, f}
				continue
			}
			have.loss = lost{min(have.loss.low, l.low), max(have.loss.high, l.high)}
			have.flow = lost{min(have.flow.low, f.low), max(have.flow.high, f.high)}
		}
	}
	for _, product := range slices.SortedFunc(maps.Keys(by), func(a, b graph.Node) int { return compareNodes(x.v, graph.KindProduct, a, b) }) {
		if b := by[product]; b.loss.high > 0 || b.flow.high > 0 {
			row.Inputs = append(row.Inputs, ExposedInput{Product: x.productRef(product), Loss: bounds(b.loss), Flow: bounds(b.flow)})
		}
	}
}

// gap is the hop of the chain along which most is lost whose factor is least known: the nearest of several.
func (e *explained) gap(at place) *ExposureGap {
	var best *ExposureGap
	widest := 0.0
	passed := map[graph.Node]bool{}
	for range maxChain {
		passed[at.plan.company] = true
		t, ok := e.d.binding(at)
		if !ok {
			return best
		}
		part := e.d.best(t, func(part int) bool {
			f := t.in.parts[part].flow
			return f >= 0 && passed[t.plan.flows[f].from]
		})
		if part < 0 || t.in.parts[part].flow < 0 {
			return best
		}
		width, field := e.width(t, part)
		if width > widest {
			f := &t.plan.flows[t.in.parts[part].flow]
			widest, best = width, e.s.x.gap(f.rel, field)
			if share := t.ofAll(part); share != "" && field == "share_of_input" {
				best.Question = fmt.Sprintf("%s has %s of all the %s that %s buys: what part has it in what each product of %s needs of it?",
					best.Supplier.Name, share, productName(best.Product), best.Buyer.Name, best.Buyer.Name)
			}
		}
		if e.d.hits(t, part) {
			return best
		}
		at = e.d.placeOf(e.d.net.net.Source(e.d.edge(t, part)))
	}
	return best
}

// width is how far apart the least and the greatest part are that a hop may pass on of a loss, and the field that says
// which it is.
func (e *explained) width(t through, part int) (width float64, field string) {
	o := e.s.d.options()
	share, residual := t.in.parts[part].share, 1.0
	for _, p := range t.in.parts {
		if p.share != loss.Unknown {
			residual -= p.share.Low
		}
	}
	low, high := share.Low, share.High
	if share == loss.Unknown {
		low, high = 0, max(0, residual)
		if (t.in.Complete || o.AssumeComplete) && len(t.in.parts) == 1 {
			low = high
		}
	} else if t.in.ByValue && !t.in.Complete && !o.AssumeComplete {
		low = 0
	}
	if width = high - low; width > 0 {
		field = "share_of_input"
	}
	unsure := t.in.Maybe || t.in.Essential == loss.Unstated && !o.AssumeEssential
	switch {
	case unsure:
		switch { // where the share is known, what is not known is whether it matters
		case low == 0 && field != "":
		case t.in.Maybe:
			field = "used_in"
		default:
			field = "essential"
		}
		width = high
	case t.in.Essential == loss.No && (t.in.Weight == loss.Unknown || t.in.PartWeight):
		width, field = high, "cost_share"
	}
	return width, field
}

// sentence is the row in words.
func (s *supplySide) sentence(row *ExposureRow, reason string) string {
	b := s.x.subject()
	var text strings.Builder
	switch l := row.LossIfStopped; {
	case l.High == 0:
		fmt.Fprintf(&text, "If %s stops, %s loses nothing that is documented", row.Name, b)
	default:
		fmt.Fprintf(&text, "If %s stops, %s loses %s", row.Name, b, BoundsText(l))
	}
	if reason != "" {
		text.WriteString(": " + reason)
	}
	text.WriteString(".")
	if row.Gap != nil {
		text.WriteString(" What would narrow it: " + row.Gap.Question)
	}
	return text.String()
}
