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

// revenue answers the revenue side.
func (x *exposure) revenue(ctx context.Context) error {
	direction := Downstream
	if x.req.Cut > 0 {
		direction = Upstream
	}
	r := &revenues{x: x}
	o := x.req.disruption()
	d := o.options()
	err := x.walk(ctx, direction)
	if err == nil {
		r.sales, err = newSales(ctx, x.v, x.filter, x.inOrder(), !d.WorstUndocumented)
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

// explain tells the chain of customers over which most is lost, and gives the company at its end.
func (r *revenues) explain(row *ExposureRow, run *pathsum.Run, at int32, start *pathsum.Start) (last graph.Node) {
	x := r.x
	chain := r.sales.chain(run, at, start)
	for _, rel := range chain.rels {
		row.Cause = append(row.Cause, x.names.hop(rel))
	}
	if chain.gap >= 0 {
		row.Gap = x.gap(chain.gap, "revenue_share")
	}
	row.Weakest = x.weakest(chain.rels)
	return chain.last
}

// money is a part of the company's stated revenue.
func (r *revenues) money(c graph.Node, l lost) []MoneyAtRisk {
	out := []MoneyAtRisk{}
	for _, stated := range statedRevenue(r.x.v, c, r.x.filter) {
		out = append(out, MoneyAtRisk{Company: r.x.v.ID(graph.KindCompany, c), Low: rounded(l.low) * stated.least, High: rounded(l.high) * stated.most,
			Currency: stated.currency, Period: string(stated.period)})
	}
	return out
}

func (r *revenues) sentence(row *ExposureRow, subject string) string {
	text := subject + " loses " + BoundsText(row.RevenueLoss) + " of its revenue"
	if row.RevenueLoss.High == 0 {
		text = subject + " loses no revenue that is documented"
	}
	return withGap(text, row.Gap)
}

// withGap ends a sentence, and says what would narrow its interval.
func withGap(text string, gap *ExposureGap) string {
	if gap == nil {
		return text + "."
	}
	return text + ". What would narrow it: " + gap.Question
}
