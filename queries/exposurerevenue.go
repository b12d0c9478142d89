package queries

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/tributarygraph/tributary/graph"
	"github.com/tributarygraph/tributary/queries/internal/loss"
	"github.com/tributarygraph/tributary/queries/internal/pathsum"
)

// sales is what some companies sell, as a network whose nodes take from their customers: a company has one input, its
// revenue, and its customers have shares of it.
type sales struct {
	v         *graph.View
	filter    graph.Filter
	active    graph.Activity
	companies []graph.Node
	node      []int32 // by company; -1: it is not part of the network
	net       *loss.Net
	rels      []graph.Rel // of each edge
}

// newSales reads the sales of the companies, which must be in the order of ids. Customers that are not among them lose
// nothing. What a company sells to itself is no revenue.
func newSales(ctx context.Context, v *graph.View, f graph.Filter, companies []graph.Node) (*sales, error) {
	s := &sales{v: v, filter: f, active: v.Activity(f), companies: companies, node: make([]int32, v.NodeCount(graph.KindCompany))}
	for i := range s.node {
		s.node[i] = loss.Nobody
	}
	for i, c := range companies {
		s.node[c] = int32(i)
	}
	b := loss.NewBuilder()
	for i, c := range companies {
		if i%256 == 0 && ctx.Err() != nil {
			return nil, ctx.Err()
		}
		s.add(b, c)
	}
	s.net = b.Net(nil)
	return s, nil
}

func (s *sales) add(b *loss.Builder, c graph.Node) {
	b.Node()
	edges := s.v.Out(graph.KindSupplies, c)
	first, known := len(s.rels), 0.0
	var customers []graph.Node
	var shares []loss.Share
	for i, customer := range edges.Nodes {
		r := edges.Rel(i)
		if customer == c || !s.active.Has(r) {
			continue
		}
		share := loss.Unknown
		if n, ok := s.v.FoldNumber(r, s.filter, graph.FieldRevenueShare); ok {
			known += n.Value
			share = loss.Share{Low: n.Least, High: n.Most}
		}
		s.rels = append(s.rels, r)
		customers, shares = append(customers, customer), append(shares, share)
	}
	if len(s.rels) == first {
		return
	}
	b.Input(loss.Input{Essential: loss.Yes, Readings: loss.Both, Weight: loss.Unknown})
	for i := range customers {
		if known > shareSum {
			shares[i] = scaled(shares[i], 1/known)
		}
		b.Edge(s.node[customers[i]], shares[i])
	}
}

// revenue answers the revenue side.
func (x *exposure) revenue(ctx context.Context) error {
	direction := Downstream
	if x.req.Cut > 0 {
		direction = Upstream
	}
	r := &revenues{x: x}
	err := x.walk(ctx, direction)
	if err == nil {
		r.sales, err = newSales(ctx, x.v, x.filter, x.inOrder())
	}
	name := x.out.Company.Name
	x.out.Question = fmt.Sprintf("How much of the revenue of %s hangs on what?", name)
	if errors.Is(err, context.DeadlineExceeded) {
		x.missed(x.out.Around, 0, "companies")
		return nil
	}
	if err != nil {
		return err
	}
	o := x.req.disruption()
	d := o.options()
	r.flow = pathsum.New(r.sales.net, pathsum.Options{AssumeComplete: d.AssumeComplete, WorstUndocumented: d.WorstUndocumented})
	x.root = r.sales.node[x.company]
	if x.req.Cut > 0 {
		x.out.Question = fmt.Sprintf("Who loses how much of its revenue when %s cuts its orders by %s?", name, percentText(x.req.Cut))
		return r.cut(ctx)
	}
	return r.ranked(ctx)
}

// revenues works out the revenue side.
type revenues struct {
	x     *exposure
	sales *sales
	flow  *pathsum.Net
}

// cut lists who upstream loses revenue when the company cuts its orders.
func (r *revenues) cut(ctx context.Context) error {
	x := r.x
	run := pathsum.NewRun(r.flow)
	start := &pathsum.Start{Nodes: []loss.Damage{{At: x.root, Low: x.req.Cut, High: x.req.Cut}}}
	if err := run.Solve(ctx, start); err != nil {
		return err
	}
	var list []target
	for _, t := range x.companies() {
		n := r.sales.node[t.company]
		if t.loss = (lost{run.Low(n), run.High(n)}); t.loss.high > 0 {
			list = append(list, t)
		}
	}
	x.missed(x.out.Around, x.out.Around, "companies")
	for _, t := range x.page(list) {
		row := x.row(&t)
		row.RevenueLoss = bounds(t.loss)
		r.explain(&row, run, r.sales.node[t.company], start)
		row.Money = r.money(t.company, t.loss)
		if err := x.paths.find(ctx, t.company, x.company); err != nil {
			return err
		}
		row.Sentence = r.sentence(&row, fmt.Sprintf("If %s cuts its orders by %s, %s", x.out.Company.Name, percentText(x.req.Cut), row.Name))
		x.out.Items = append(x.out.Items, row)
	}
	return nil
}

// ranked lists on whom downstream how much of the company's revenue hangs.
func (r *revenues) ranked(ctx context.Context) error {
	x := r.x
	list, err := r.targets(ctx)
	if err != nil {
		return err
	}
	wholes, certain := r.flow.Whole(x.root), r.flow.Certain(x.root)
	any := func(s *pathsum.Start, set []bool) bool {
		return slices.ContainsFunc(s.Nodes, func(d loss.Damage) bool { return set[d.At] })
	}
	done, err := inParallel(ctx, list, func() func(*target) error {
		run := pathsum.NewRun(r.flow)
		return func(t *target) error {
			start := r.start(t)
			t.loss = lost{}
			if any(start, wholes) {
				t.loss.high = 1
			} else {
				if err := run.SolveHigh(ctx, start); err != nil {
					return err
				}
				t.loss.high = run.High(x.root)
			}
			if any(start, certain) {
				if err := run.SolveLow(ctx, start, certain); err != nil {
					return err
				}
				t.loss.low = run.Low(x.root)
			}
			return nil
		}
	})
	if err != nil {
		return err
	}
	x.missed(len(list), len(done), "companies")
	return r.rows(ctx, x.page(done))
}

// targets are the companies downstream, or what the question names.
func (r *revenues) targets(ctx context.Context) ([]target, error) {
	x := r.x
	x.out.Question = fmt.Sprintf("How much of the revenue of %s hangs on each company downstream?", x.out.Company.Name)
	if x.req.targets() == nil {
		return x.companies(), nil
	}
	x.p = newProduction(x.v, x.filter)
	t := target{kind: "group", company: graph.NoNode, damage: newDamage()}
	a := aimer{p: x.p, d: t.damage}
	var names []string
	for _, one := range x.req.targets() {
		row, err := a.aim(ctx, one)
		if err != nil {
			return nil, err
		}
		x.out.Targets = append(x.out.Targets, row)
		names = append(names, row.Text)
		if one.Company == "" {
			t.kind, t.id = "country", one.Country
			continue
		}
		n, _ := x.v.Lookup(graph.KindCompany, one.Company)
		if t.id != "" {
			t.id += ","
		}
		t.id += x.v.ID(graph.KindCompany, n)
		if len(x.req.To) == 1 {
			t.kind, t.company = "company", n
		}
	}
	t.name = inWords(names)
	x.spare(t.damage)
	t.tier = x.nearest(t.damage)
	x.out.Question = fmt.Sprintf("How much of the revenue of %s hangs on %s?", x.out.Company.Name, t.name)
	return []target{t}, nil
}

// start is where orders cease.
func (r *revenues) start(t *target) *pathsum.Start {
	s := &pathsum.Start{}
	if t.damage == nil {
		s.Nodes = []loss.Damage{{At: r.sales.node[t.company], Low: 1, High: 1}}
		return s
	}
	for c := range t.damage.companies {
		if n := r.sales.node[c]; n != loss.Nobody {
			s.Nodes = append(s.Nodes, loss.Damage{At: n, Low: 1, High: 1})
		}
	}
	return s
}

func (r *revenues) rows(ctx context.Context, list []target) error {
	x := r.x
	late, cancel := context.WithTimeout(context.WithoutCancel(ctx), grace)
	defer cancel()
	run := pathsum.NewRun(r.flow)
	for i := range list {
		t := &list[i]
		within := ctx
		if ctx.Err() != nil {
			within = late
		}
		start := r.start(t)
		row := x.row(t)
		row.RevenueLoss = bounds(t.loss)
		row.Money = r.money(x.company, t.loss)
		err := run.Solve(within, start)
		if stopped, cancelled := deadline(ctx); cancelled != nil {
			return cancelled
		} else if err != nil && !stopped {
			return err
		}
		from := x.company
		if err == nil {
			to := r.explain(&row, run, x.root, start)
			if err := x.paths.find(within, from, to); err != nil {
				return err
			}
		} else {
			x.out.warn("the time was over before all rows were explained")
			x.out.stop(StoppedByDeadline)
			x.paths.taken = append(x.paths.taken, 0)
		}
		row.Sentence = r.sentence(&row, fmt.Sprintf("If %s stops buying, %s", row.Name, x.out.Company.Name))
		x.out.Items = append(x.out.Items, row)
	}
	return nil
}

// explain follows the chain of customers over which most is lost, from a node to one whose orders cease, and gives the
// company at its end.
func (r *revenues) explain(row *ExposureRow, run *pathsum.Run, at int32, start *pathsum.Start) (last graph.Node) {
	x := r.x
	passed, ceases := map[int32]bool{}, map[int32]bool{}
	for _, d := range start.Nodes {
		ceases[d.At] = true
	}
	var chain []graph.Rel
	widest := 0.0
	for len(chain) < maxChain && !ceases[at] {
		passed[at] = true
		e, width := r.heaviest(run, at, passed, ceases)
		if e < 0 {
			break
		}
		rel := r.sales.rels[e]
		if width > widest {
			widest, row.Gap = width, x.gap(rel, "revenue_share")
		}
		chain = append(chain, rel)
		from, to, product := x.v.Ends(rel)
		row.Cause = append(row.Cause, CauseHop{From: x.names.ref(graph.KindCompany, from), To: x.names.ref(graph.KindCompany, to),
			Product: x.productRef(product), Relation: x.v.RelationKey(rel).ID()})
		at = r.sales.net.Source(e)
	}
	row.Weakest = x.weakest(chain)
	return r.sales.companies[at]
}

// heaviest is the edge of a node over which most may be lost, of several one whose orders cease, then the first; -1
// where there is none. width is how far apart the least and the greatest share are that it may have.
func (r *revenues) heaviest(run *pathsum.Run, at int32, passed, ceases map[int32]bool) (best int32, width float64) {
	net := r.sales.net
	best = -1
	low, high := net.Inputs(at)
	if low == high {
		return best, 0
	}
	first, end := net.Edges(low)
	residual := 1.0
	for e := first; e < end; e++ {
		if s := net.ShareOf(e); s != loss.Unknown {
			residual -= s.Low
		}
	}
	most := 0.0
	for e := first; e < end; e++ {
		source, s := net.Source(e), net.ShareOf(e)
		if source == loss.Nobody || passed[source] {
			continue
		}
		least, k := s.Low, s.High
		if s == loss.Unknown {
			least, k = 0, max(0, residual)
		}
		part := k * run.High(source)
		if part > most || part > 0 && part == most && ceases[source] && !ceases[net.Source(best)] {
			best, most, width = e, part, k-least
		}
	}
	return best, width
}

// money is a part of the revenue that a company states for the latest period, in each currency.
func (r *revenues) money(c graph.Node, l lost) []MoneyAtRisk {
	out := []MoneyAtRisk{}
	facts := r.x.v.NodeFacts(graph.KindCompany, c)
	for _, a := range facts.Amounts {
		if a.Field != graph.FieldRevenue || a.Currency == "" {
			continue
		}
		m := MoneyAtRisk{Company: facts.ID, Low: rounded(l.low) * a.Value, High: rounded(l.high) * a.Value, Currency: a.Currency, Period: string(a.Period)}
		i := slices.IndexFunc(out, func(have MoneyAtRisk) bool { return have.Currency == a.Currency })
		switch {
		case i < 0:
			out = append(out, m)
		case out[i].Period < m.Period:
			out[i] = m
		}
	}
	return out
}

func (r *revenues) sentence(row *ExposureRow, subject string) string {
	text := subject + " loses " + BoundsText(row.RevenueLoss) + " of its revenue"
	if row.RevenueLoss.High == 0 {
		text = subject + " loses no revenue that is documented"
	}
	if row.Gap == nil {
		return text + "."
	}
	return text + ". What would narrow it: " + row.Gap.Question
}
