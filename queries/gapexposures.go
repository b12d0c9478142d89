package queries

import (
	"cmp"
	"context"
	"slices"

	"github.com/tributarygraph/tributary/graph"
	"github.com/tributarygraph/tributary/queries/internal/loss"
)

// gapTarget is one of the largest exposures: a company upstream.
type gapTarget struct {
	company graph.Node
	tier    int
	nodes   []int32 // what stops
	loss    lost
	whole   bool // one chain alone passes on everything
	// What breaks ties: the loss were everything known (the middle of it, where that is open still), and what the
	// strongest chain passes on then.
	typical, chain float64
}

// prepare builds the networks of everything upstream, and finds the largest exposures.
func (g *gaps) prepare(ctx context.Context) error {
	v, f := g.v, g.req.filter()
	g.x = &exposure{v: v, req: g.req.exposure(), filter: f, active: v.Activity(f), company: g.company, names: g.names, line: graph.NoNode, p: newProduction(v, f),
		out: &ExposureAnswer{}}
	if err := g.x.walk(ctx, Upstream); err != nil {
		return err
	}
	g.out.Around = g.x.out.Around
	if g.out.Around == 0 {
		return nil
	}
	companies := g.x.inOrder()
	net, err := g.x.p.network(ctx, companies)
	if err != nil {
		return err
	}
	g.x.net, g.x.root = net, net.outletOf(g.company)
	p := g.x.p.clone()
	g.typical = g.typicals(g.x.around)
	p.edits = newEdits()
	for r, t := range g.typical {
		p.edits.changed[r] = t.apply
	}
	known, err := p.network(ctx, companies)
	if err != nil {
		return err
	}
	g.passing = known.net.Passing(known.outletOf(g.company), loss.Options{AssumeComplete: true, AssumeEssential: true})
	if g.targets, err = g.largest(ctx, known); err != nil {
		return err
	}
	for _, t := range g.targets {
		g.out.Exposures = append(g.out.Exposures, GapExposure{Ref: g.names.ref(graph.KindCompany, t.company), Tier: t.tier, Loss: bounds(t.loss)})
	}
	if g.now, err = g.newWorld(ctx, g.x.p, net, g.options()); err == nil {
		g.then, err = g.newWorld(ctx, p, known, g.typicalOptions(known))
	}
	return err
}

// fineEdges is up to how many edges the network in which everything is known is solved as exactly as the one that is: with
// every number known, damage goes round loops for long.
const fineEdges = 20_000

// typicalOptions are those of the network in which everything is known.
func (g *gaps) typicalOptions(known *network) loss.Options {
	o := g.options()
	_, edges := known.net.Size()
	o.Coarse = edges > fineEdges
	return o
}

func (g *gaps) options() loss.Options {
	d := g.req.disruption()
	return d.options()
}

// largest are the largest exposures: by what may be lost, then by what is lost for certain. Where nobody states shares
// very many may cost everything. Of these come first those of which one chain alone says so; then those that would cost
// most were unknown shares equal parts and inputs essential, by what the strongest chain passes on, and for the first of
// them worked out; then the nearest.
func (g *gaps) largest(ctx context.Context, known *network) ([]gapTarget, error) {
	net, root, o := g.x.net.net, g.x.root, g.options()
	whole, certain := net.Whole(root, o), net.Certain(o, root)
	list := make([]gapTarget, 0, len(g.x.around)-1)
	sure := 0
	for _, c := range g.x.around[1:] {
		t := gapTarget{company: c, tier: g.x.tier(c), loss: lost{0, 1}}
		for _, d := range g.x.net.stop(c, lost{1, 1}) {
			t.nodes = append(t.nodes, d.At)
			t.whole = t.whole || whole[d.At]
			if certain[d.At] {
				t.loss.low = 1 // until it is worked out
			}
		}
		t.chain = g.passes(known, c)
		count(&sure, t.whole)
		list = append(list, t)
	}
	if sure >= g.req.Exposures {
		list = slices.DeleteFunc(list, func(t gapTarget) bool { return !t.whole })
	}
	err := all(ctx, list, func() func(*gapTarget) error {
		run := loss.NewRun(net, o)
		return func(t *gapTarget) error {
			if t.loss.low > 0 {
				if err := run.SolveLow(ctx, stopping(t.nodes)); err != nil {
					return err
				}
				t.loss.low = run.Low(root)
			}
			if t.whole {
				return nil
			}
			err := run.SolveHigh(ctx, stopping(t.nodes))
			t.loss.high = run.High(root)
			return err
		}
	})
	if err != nil {
		return nil, err
	}
	slices.SortFunc(list, g.compareTargets)
	n := g.req.Exposures
	if len(list) <= n {
		return list, nil
	}
	alike := func(t *gapTarget) bool { return g.compareLosses(*t, list[n-1]) == 0 }
	first, end := n-1, n
	for ; first > 0 && alike(&list[first-1]); first-- {
	}
	for ; end < len(list) && end < n+mostTied && alike(&list[end]); end++ {
	}
	if end > n {
		if err := g.breakTies(ctx, known, list[first:end]); err != nil {
			return nil, err
		}
		slices.SortFunc(list[first:end], g.compareTargets)
	}
	return list[:n], nil
}

// mostTied is how many exposures that look alike are told apart beyond those that are wanted: those with the strongest
// chains.
const mostTied = 100

// breakTies works out what exposures that are alike would be, were everything known.
func (g *gaps) breakTies(ctx context.Context, known *network, list []gapTarget) error {
	root, o := known.outletOf(g.company), g.typicalOptions(known)
	return all(ctx, list, func() func(*gapTarget) error {
		run := loss.NewRun(known.net, o)
		return func(t *gapTarget) error {
			err := run.Solve(ctx, &loss.Scenario{Nodes: known.stop(t.company, lost{1, 1})})
			t.typical = (run.Low(root) + run.High(root)) / 2
			return err
		}
	})
}

// passes is what part of a loss of a company comes to the company asked about along one chain, were everything known: a
// rule of thumb.
func (g *gaps) passes(known *network, c graph.Node) (most float64) {
	for _, d := range known.stop(c, lost{1, 1}) {
		most = max(most, g.passing[d.At])
	}
	return most
}

// all works on every item of a list, or gives the error that stopped it.
func all[T any](ctx context.Context, list []T, worker func() func(*T) error) error {
	done, err := inParallel(ctx, list, worker)
	if err == nil && len(done) < len(list) {
		err = context.DeadlineExceeded
	}
	return err
}

func (g *gaps) compareTargets(a, b gapTarget) int {
	return cmp.Or(g.compareLosses(a, b), cmp.Compare(rounded(b.typical), rounded(a.typical)), cmp.Compare(rounded(b.chain), rounded(a.chain)),
		cmp.Compare(a.tier, b.tier), compareNodes(g.v, graph.KindCompany, a.company, b.company))
}

func (g *gaps) compareLosses(a, b gapTarget) int {
	ahead := 0
	switch {
	case a.whole && !b.whole:
		ahead = -1
	case b.whole && !a.whole:
		ahead = 1
	}
	return cmp.Or(cmp.Compare(rounded(b.loss.high), rounded(a.loss.high)), ahead, cmp.Compare(rounded(b.loss.low), rounded(a.loss.low)))
}
