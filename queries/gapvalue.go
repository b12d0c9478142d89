package queries

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/tributarygraph/tributary/graph"
)

// gapProgress tells how far the work is.
type gapProgress struct {
	mu          sync.Mutex
	work        string
	done, total int
}

// begin starts a part of the work and gives what is called for each piece of it that is done.
func (p *gapProgress) begin(tell func(work string, done, total int), work string, total int) func() {
	p.work, p.done, p.total = work, 0, total
	return func() {
		if tell == nil {
			return
		}
		p.mu.Lock()
		defer p.mu.Unlock()
		p.done++
		tell(p.work, p.done, p.total)
	}
}

// gapCompany is a company with its facts.
type gapCompany struct {
	company graph.Node
	facts   []*fact
	// Of the network as it is: the exposures that may change when something of the company is known, and those of which
	// the upper bound may.
	both, open []bool
}

// candidates are the facts that are solved again, by company.
func (g *gaps) candidates(ctx context.Context) ([]gapCompany, error) {
	list := make([]gapCompany, len(g.x.around))
	for i, c := range g.x.around {
		list[i].company = c
	}
	chains := g.now.net.net.Chains(g.options())
	told := g.progress.begin(g.req.Progress, "companies", len(list))
	err := all(ctx, list, func() func(*gapCompany) error {
		finder, walker := g.newFactFinder(), chains.Walker(g.now.nodes)
		return func(x *gapCompany) error {
			defer told()
			x.both = g.now.reaches(x.company)
			if !slices.Contains(x.both, true) {
				return nil
			}
			x.facts = finder.of(x.company, g.x.tier(x.company))
			own := g.now.of(x.company)
			around := walker.Around(g.now.root, own)
			certain := x.company == g.company || slices.ContainsFunc(own, func(n int32) bool { return g.now.certain[n] })
			x.open = make([]bool, len(around))
			for i := range around {
				other := g.targets[i].company != x.company
				x.open[i] = x.both[i] && other && !around[i]
				x.both[i] = x.both[i] && other && (x.open[i] || certain)
			}
			return nil
		}
	})
	if err != nil {
		return nil, err
	}
	return g.choose(list), nil
}

// choose keeps the facts that the rule of thumb puts first.
func (g *gaps) choose(list []gapCompany) (out []gapCompany) {
	var facts []*fact
	for i := range list {
		facts = append(facts, list[i].facts...)
	}
	g.out.Facts = len(facts)
	slices.SortFunc(facts, func(a, b *fact) int {
		return cmp.Or(cmp.Compare(rounded(b.score), rounded(a.score)), cmp.Compare(a.tier, b.tier), strings.Compare(a.relations[0], b.relations[0]), cmp.Compare(a.field, b.field))
	})
	if n := g.req.Candidates; len(facts) > n {
		g.out.Passed = len(facts) - n
		facts = facts[:n]
	}
	chosen := make(map[*fact]bool, len(facts))
	for _, f := range facts {
		chosen[f] = true
	}
	for _, x := range list {
		x.facts = slices.DeleteFunc(x.facts, func(f *fact) bool { return !chosen[f] })
		if len(x.facts) > 0 {
			out = append(out, x)
		}
	}
	return out
}

// measure solves the networks again under the answers of every fact.
func (g *gaps) measure(ctx context.Context, companies []gapCompany) error {
	total := 0
	for i := range companies {
		total += len(companies[i].facts)
	}
	told := g.progress.begin(g.req.Progress, "facts", total)
	done, err := inParallel(ctx, companies, func() func(*gapCompany) error {
		s := &gapSolver{g: g, now: gapPlace{w: g.now, p: g.now.p.clone()}, then: gapPlace{w: g.then, p: g.then.p.clone()}}
		s.now.p.edits = newEdits()
		s.then.p.edits = &edits{changed: maps.Clone(g.then.p.edits.changed)}
		return func(x *gapCompany) error { return s.company(ctx, x, told) }
	})
	if err != nil {
		return err
	}
	for i := range done {
		g.facts = append(g.facts, done[i].facts...)
	}
	g.out.Solved = len(g.facts)
	if g.out.LeftOut = total - len(g.facts); g.out.LeftOut > 0 {
		return context.DeadlineExceeded
	}
	return nil
}

func newEdits() *edits { return &edits{changed: map[graph.Rel]func(*graph.Supply){}} }

// outcome is what knowing something does to the largest exposures.
type outcome struct {
	value         float64
	before, after []lost // of each exposure; after: means over the answers
}

func outcomeOf(before, after []lost) outcome {
	o := outcome{before: before, after: after}
	for i := range after {
		o.value += width(before[i]) - width(after[i])
	}
	o.value /= float64(max(1, len(after)))
	return o
}

func width(l lost) float64 { return l.high - l.low }

// gapSolver works out the facts of one company after the other.
type gapSolver struct {
	g         *gaps
	now, then gapPlace
}

// leastPass is how much of an exposure must come to the company asked about along one chain through a company, were
// everything known, for what is not known of that company to be solved again there.
const leastPass = 0.01

func (s *gapSolver) company(ctx context.Context, x *gapCompany, told func()) error {
	g := s.g
	s.now.at, s.now.both, s.now.open = x.company, x.both, x.open
	if slices.Contains(x.both, true) {
		s.now.findSales()
	}
	s.then.at, s.then.both = x.company, make([]bool, len(g.targets))
	pass := g.passes(g.then.net, x.company)
	for _, n := range g.then.of(x.company) {
		for i, run := range g.then.runs {
			s.then.both[i] = s.then.both[i] || g.targets[i].company != x.company && pass*run.High(n) > leastPass
		}
	}
	s.then.open = s.then.both
	if slices.Contains(s.then.both, true) {
		s.then.findSales()
	}
	for _, f := range x.facts {
		var err error
		if f.alone, err = s.first(ctx, f); err != nil {
			return err
		}
		if f.last, err = s.last(ctx, f); err != nil {
			return err
		}
		f.value = (f.alone.value + f.last.value) / 2
		told()
	}
	return nil
}

// first is what a fact is worth as the first one that is found out: the network as it is is solved again under each
// answer.
func (s *gapSolver) first(ctx context.Context, f *fact) (out outcome, err error) {
	x := &s.now
	before := x.w.loss
	if !x.needs(f) {
		return outcomeOf(before, before), nil
	}
	if f.forget {
		if before, err = x.losses(ctx, change{rels: f.rels, apply: forgetShare}); err != nil {
			return out, err
		}
	}
	after, err := s.mean(ctx, x, f)
	return outcomeOf(before, after), err
}

func forgetShare(_ graph.Rel, s *graph.Supply) { s.Share = graph.OptionalNumber{} }

// mean are the means of the exposures over the answers of a fact.
func (s *gapSolver) mean(ctx context.Context, x *gapPlace, f *fact, others ...change) ([]lost, error) {
	out := make([]lost, len(x.w.loss))
	for _, a := range f.answers {
		losses, err := x.losses(ctx, append(slices.Clone(others), change{rels: f.rels, apply: func(_ graph.Rel, s *graph.Supply) { a.apply(s) }})...)
		if err != nil {
			return nil, err
		}
		for i, l := range losses {
			out[i].low += a.weight * l.low
			out[i].high += a.weight * l.high
		}
	}
	return out, nil
}

// last is what a fact is worth as the last one that is found out: what not knowing it alone leaves open, were everything
// else known. So facts are worth something that narrow nothing by themselves, but are needed beside others. Whether a
// list is complete says something where shares are not known: then those of its input are not.
func (s *gapSolver) last(ctx context.Context, f *fact) (out outcome, err error) {
	x := &s.then
	if !x.needs(f) {
		return outcomeOf(x.w.loss, x.w.loss), nil
	}
	rels := f.rels
	if f.field == graph.FieldCompleteList {
		rels = f.all
	}
	unknown := change{rels: rels, only: true, apply: func(r graph.Rel, supply *graph.Supply) {
		if f.forget {
			supply.Share = graph.OptionalNumber{}
		}
		s.g.typical[r].without(f.field).apply(supply)
	}}
	before := x.w.loss
	if f.field != graph.FieldUsedIn {
		if before, err = x.losses(ctx, unknown); err != nil {
			return out, err
		}
	}
	switch f.field {
	case graph.FieldCompleteList:
		after, err := s.mean(ctx, x, f, unknown)
		return outcomeOf(before, after), err
	case graph.FieldUsedIn:
		after, err := s.mean(ctx, x, f)
		return outcomeOf(before, after), err
	}
	return outcomeOf(before, x.w.loss), nil
}
