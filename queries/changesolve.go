package queries

import (
	"context"
	"slices"

	"github.com/tributarygraph/tributary/graph"
	"github.com/tributarygraph/tributary/queries/internal/pathsum"
)

// exposures are what a company is exposed to, by id.
type exposures struct {
	tiers  map[string]int
	values map[string]exposed
	around []graph.Node // what stands upstream, the company first
}

// measure works out the exposures of a company; with only, those of these companies.
func (e *exposures) measure(ctx context.Context, req *ChangesRequest, p *production, company graph.Node, only map[string]bool) (err error) {
	e.tiers, e.values = map[string]int{}, map[string]exposed{}
	if company == graph.NoNode {
		return nil
	}
	x := &exposure{v: p.v, req: ExposureRequest{Assume: req.Assume, Undocumented: req.Undocumented, ProductLevel: req.ProductLevel, Sort: "lower"},
		filter: p.filter, active: p.active, company: company, about: map[graph.Node]int{company: 0}, names: newNames(p.v), line: graph.NoNode, p: p, out: &ExposureAnswer{}}
	list, ends, err := p.upstream(ctx, company)
	if err != nil {
		return err
	}
	x.place(list, ends)
	e.around = x.around
	if x.net, err = p.network(ctx, x.inOrder()); err != nil {
		return err
	}
	x.root = x.net.outletOf(company)
	targets := x.companies()
	for i := range targets {
		e.tiers[targets[i].id] = targets[i].tier
	}
	if only != nil {
		targets = slices.DeleteFunc(targets, func(t target) bool { return !only[t.id] })
	} else {
		targets = targets[:min(len(targets), mostCompared)] // the nearest
	}
	s := &supplySide{x: x, d: x.req.disruption()}
	s.flow = pathsum.New(x.net.net, s.flowOptions())
	ranked, err := s.rank(ctx, targets)
	if err == nil && len(ranked) < len(targets) {
		err = context.DeadlineExceeded
	}
	for i := range ranked {
		e.values[ranked[i].id] = exposed{ranked[i].loss, ranked[i].flow}
	}
	return err
}

// upstream is [around] in a network of which something may be supposed.
func (p *production) upstream(ctx context.Context, company graph.Node) (list []graph.Node, ends []int, err error) {
	if p.edits == nil {
		return around(ctx, p.v, p.active, []graph.Node{company}, Upstream)
	}
	seen := make([]bool, p.v.NodeCount(graph.KindCompany))
	seen[company] = true
	list, ends = []graph.Node{company}, []int{1}
	order := least{v: p.v}
	for low := 0; low < len(list); {
		high := len(list)
		for _, c := range list[low:high] {
			p.suppliersOf(c, func(n graph.Node) {
				if !seen[n] {
					seen[n] = true
					list = append(list, n)
				}
			})
		}
		if err := ctx.Err(); err != nil {
			return list, ends, err
		}
		slices.SortFunc(list[high:], order.compare)
		if len(list) > high {
			ends = append(ends, len(list))
		}
		low = high
	}
	return list, ends, nil
}

// suppliersOf calls yield with who supplies a company.
func (p *production) suppliersOf(c graph.Node, yield func(graph.Node)) {
	edges := p.v.In(graph.KindSupplies, c)
	for i, n := range edges.Nodes {
		if r := edges.Rel(i); !p.edits.removes(r) && p.active.Has(r) {
			yield(n)
		}
	}
	for _, a := range p.edits.into(c) {
		yield(a.from)
	}
}

// solve finds out what changes did alone, and what all do together.
func (x *changes) solve(ctx context.Context) error {
	var open []*networkChange
	for _, c := range x.list {
		if c.effective {
			open = append(open, c)
		}
	}
	x.out.ChangesTotal, x.out.Effective = len(x.list), len(open)
	if len(open) == 0 || x.before.company == graph.NoNode || x.after.company == graph.NoNode {
		return nil
	}
	only := x.measured()
	x.out.Measured = x.out.Moved + x.out.Came + x.out.Went + x.out.Unmoved
	if only != nil {
		x.out.Measured = len(only)
	}
	base, err := x.supposing(ctx, open)
	if err != nil {
		return err
	}
	if x.req.Solve > 0 {
		together, err := base.exposures(ctx, x, open, only)
		if err != nil {
			return err
		}
		rest := movesBetween(together, x.after.among(only))
		x.out.Unexplained = len(rest)
	}
	alone := open[:min(len(open), x.req.Solve)]
	done, err := inParallel(ctx, alone, func() func(**networkChange) error {
		return func(c **networkChange) error {
			e, err := base.exposures(ctx, x, []*networkChange{*c}, only)
			if err != nil {
				return err
			}
			(*c).solved, (*c).moves = true, movesBetween(x.before.among(only), e)
			return nil
		}
	})
	x.out.Solved = len(done)
	if err == nil && len(done) < len(alone) {
		err = context.DeadlineExceeded
	}
	return err
}

// measured are the companies that changes are measured on; nil for all.
func (x *changes) measured() map[string]bool {
	if max(len(x.before.tiers), len(x.after.tiers)) <= mostCompared {
		return nil
	}
	only := map[string]bool{}
	for i := range x.moved[:min(len(x.moved), mostMeasured)] {
		only[x.moved[i].id] = true
	}
	return only
}

// among are the exposures to some companies; nil for all.
func (e *exposures) among(only map[string]bool) *exposures {
	if only == nil {
		return e
	}
	out := &exposures{tiers: map[string]int{}, values: map[string]exposed{}}
	for id := range only {
		if value, ok := e.values[id]; ok {
			out.values[id], out.tiers[id] = value, e.tiers[id]
		}
	}
	return out
}

// supposition is the network of the first moment, which changes may be applied to: with the companies and products
// that are known at the second only.
type supposition struct {
	v       *graph.View
	company graph.Node
}

// supposing makes the network that changes can be supposed on.
func (x *changes) supposing(ctx context.Context, list []*networkChange) (*supposition, error) {
	var missing []graph.Statement
	seen := map[graph.NodeKey]bool{}
	name := func(k graph.Kind, id string) {
		at := graph.NodeKey{Kind: k, ID: id}
		if _, known := x.before.v.Find(k, id); id == "" || known || seen[at] {
			return
		}
		seen[at] = true
		missing = append(missing, x.naming(at)...)
	}
	for _, c := range list {
		_, toKind := c.key.Kind.Ends()
		name(graph.KindCompany, c.key.From)
		name(toKind, c.key.To)
		name(graph.KindProduct, c.key.Product)
		for _, id := range c.usedIn {
			name(graph.KindProduct, id)
		}
	}
	if missing == nil {
		return &supposition{x.before.v, x.before.company}, nil
	}
	v, err := x.before.scope.view(ctx, x.from.With(missing))
	if err != nil {
		return nil, err
	}
	company, _ := v.Find(graph.KindCompany, x.before.v.ID(graph.KindCompany, x.before.company))
	return &supposition{v, company}, nil
}

// naming are statements that make a company or product known, and a product a kind of what it is a kind of.
func (x *changes) naming(at graph.NodeKey) []graph.Statement {
	if at.Kind == graph.KindCompany {
		return []graph.Statement{{Key: graph.Key{RelationKey: graph.RelationKey{Kind: graph.KindAssociated, From: at.ID, To: at.ID}}}}
	}
	var out []graph.Statement
	n, _ := x.after.v.Find(graph.KindProduct, at.ID)
	for _, above := range append([]graph.Node{n}, ancestors(x.after.v, n)...) {
		id := x.after.v.ID(graph.KindProduct, above)
		if _, known := x.before.v.Find(graph.KindProduct, id); known && id != at.ID {
			break
		}
		s := graph.Statement{Key: graph.Key{RelationKey: graph.RelationKey{Kind: graph.KindProduct, From: id}}}
		if parent := parentOf(x.after.v, above); parent != graph.NoNode {
			s.Fields = []graph.Field{{ID: graph.FieldParent, Text: x.after.v.ID(graph.KindProduct, parent)}}
		}
		out = append(out, s)
	}
	return out
}

// exposures are those of the first moment with some changes applied.
func (s *supposition) exposures(ctx context.Context, x *changes, list []*networkChange, only map[string]bool) (*exposures, error) {
	p := newProduction(s.v, x.before.scope.filter())
	p.edits = s.edits(p, list)
	e := &exposures{}
	return e, e.measure(ctx, &x.req, p, s.company, only)
}

// edits are the changes as what is supposed of the network.
func (s *supposition) edits(p *production, list []*networkChange) *edits {
	e := &edits{removed: map[graph.Rel]bool{}, changed: map[graph.Rel]func(*graph.Supply){}, made: map[graph.Node][]graph.Node{}}
	for _, c := range list {
		rel, exists := s.v.FindRelation(c.key)
		if c.key.Kind == graph.KindMakes {
			if exists && !c.is {
				e.removed[rel] = true
			}
			if c.is {
				maker, _ := s.v.Find(graph.KindCompany, c.key.From)
				product, _ := s.v.Find(graph.KindProduct, c.key.To)
				e.made[maker] = append(e.made[maker], product)
			}
			continue
		}
		switch {
		case !c.is:
			e.removed[rel] = true
		case c.was:
			e.changed[rel] = func(to *graph.Supply) { *to = c.after }
		default:
			e.add(s.v, c)
		}
	}
	e.index()
	return e
}

// add supposes a relation that came.
func (e *edits) add(v *graph.View, c *networkChange) {
	a := supposed{rel: graph.Rel(-1 - len(e.added)), product: graph.NoNode, stated: c.after}
	a.from, _ = v.Find(graph.KindCompany, c.key.From)
	a.to, _ = v.Find(graph.KindCompany, c.key.To)
	if c.key.Product != "" {
		a.product, _ = v.Find(graph.KindProduct, c.key.Product)
	}
	e.added = append(e.added, a)
}
