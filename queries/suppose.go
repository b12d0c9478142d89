package queries

import (
	"errors"
	"fmt"
	"slices"

	"github.com/tributarygraph/tributary/graph"
)

// edits are what is supposed of a network other than what it holds. A nil one supposes nothing.
type edits struct {
	removed map[graph.Rel]bool
	changed map[graph.Rel]func(*graph.Supply)
	added   []supposed
	new     []SupposedSupplier          // companies that no source names: see [newSupplier]
	made    map[graph.Node][]graph.Node // products that companies make besides
	// The added by their ends, where they are many: nil elsewhere.
	addedInto, addedFrom map[graph.Node][]supposed
}

// index makes looking up what was added quick.
func (e *edits) index() {
	e.addedInto, e.addedFrom = map[graph.Node][]supposed{}, map[graph.Node][]supposed{}
	for _, a := range e.added {
		e.addedInto[a.to] = append(e.addedInto[a.to], a)
		e.addedFrom[a.from] = append(e.addedFrom[a.from], a)
	}
}

// newSupplier is the number of a supposed supplier that no source names: below graph.NoNode.
func newSupplier(i int) graph.Node { return graph.NoNode - 1 - graph.Node(i) }

// isNew reports whether a company is a supposed supplier that no source names.
func isNew(c graph.Node) bool { return c < graph.NoNode }

// newOf is the supposed supplier of a number.
func (e *edits) newOf(c graph.Node) *SupposedSupplier { return &e.new[graph.NoNode-1-c] }

// supposed is a relation that is supposed.
type supposed struct {
	rel      graph.Rel // numbered down from -1
	from, to graph.Node
	product  graph.Node
	stated   graph.Supply
	takes    float64 // the part of the intake that it takes over; 0: it is a relation like any other
}

func (e *edits) removes(r graph.Rel) bool { return e != nil && e.removed[r] }

// makes are the products that a company makes besides.
func (e *edits) makes(c graph.Node) []graph.Node {
	if e == nil {
		return nil
	}
	return e.made[c]
}

// apply is what a relation says, as it is supposed.
func (e *edits) apply(r graph.Rel, s graph.Supply) graph.Supply {
	if e != nil {
		if change := e.changed[r]; change != nil {
			change(&s)
		}
	}
	return s
}

func (e *edits) into(c graph.Node) (list []supposed) {
	if e != nil && e.addedInto != nil {
		return e.addedInto[c]
	}
	return e.which(func(s *supposed) bool { return s.to == c })
}

func (e *edits) from(c graph.Node) (list []supposed) {
	if e != nil && e.addedFrom != nil {
		return e.addedFrom[c]
	}
	return e.which(func(s *supposed) bool { return s.from == c })
}

func (e *edits) which(fits func(*supposed) bool) (list []supposed) {
	if e == nil {
		return nil
	}
	for i := range e.added {
		if fits(&e.added[i]) {
			list = append(list, e.added[i])
		}
	}
	return list
}

// editsOf turns a remedy into edits of the network.
func (p *production) editsOf(r *Remedy) (*edits, error) {
	e := &edits{removed: map[graph.Rel]bool{}, changed: map[graph.Rel]func(*graph.Supply){}}
	if err := p.name(e, r.Suppliers); err != nil {
		return nil, err
	}
	for i, id := range r.Remove {
		rel, err := findRelation(p.v, id)
		if err == nil && p.v.KindOf(rel) != graph.KindSupplies {
			err = fmt.Errorf("%w: relation %q: only supplies relations can be removed", graph.ErrInvalid, id)
		}
		if err != nil {
			return nil, fmt.Errorf("%w (remedy.remove[%d])", err, i)
		}
		e.removed[rel] = true
	}
	for i := range r.Change {
		if err := p.change(e, &r.Change[i]); err != nil {
			return nil, fmt.Errorf("%w (remedy.change[%d])", err, i)
		}
	}
	for i := range r.Add {
		if err := p.suppose(e, &r.Add[i]); err != nil {
			return nil, fmt.Errorf("%w (remedy.add[%d])", err, i)
		}
	}
	return e, nil
}

// name takes in the suppliers that no source names.
func (p *production) name(e *edits, list []SupposedSupplier) error {
	for i, s := range list {
		fail := func(format string, args ...any) error {
			return fmt.Errorf("%w: %s (remedy.new_suppliers[%d])", graph.ErrInvalid, fmt.Sprintf(format, args...), i)
		}
		if s.Name = graph.Clean(s.Name); s.Name == "" {
			return fail("a supplier without a name")
		}
		if _, err := p.v.Lookup(graph.KindCompany, s.Name); !errors.Is(err, graph.ErrNotFound) {
			return fail("the network has a company called %q; add can name it as it is", s.Name)
		}
		if e.findNew(s.Name) != graph.NoNode {
			return fail("%q is named twice", s.Name)
		}
		if s.Country != "" {
			code, err := graph.ParseCountry(s.Country)
			if err != nil {
				return fail("country %q: %v", s.Country, err)
			}
			s.Country = code
		}
		e.new = append(e.new, s)
	}
	return nil
}

// findNew is the supposed supplier of a name; NoNode where there is none.
func (e *edits) findNew(name string) graph.Node {
	if i := slices.IndexFunc(e.new, func(s SupposedSupplier) bool { return s.Name == graph.Clean(name) }); i >= 0 {
		return newSupplier(i)
	}
	return graph.NoNode
}

func (p *production) change(e *edits, s *SupposedRelation) error {
	if s.Takes != nil {
		return fmt.Errorf("%w: takes: a second source is added, not changed", graph.ErrInvalid)
	}
	if err := s.check(); err != nil {
		return err
	}
	rels, err := relationsOf(p.v, graph.KindSupplies, s.From, s.To, s.Product)
	if err != nil {
		return err
	}
	if s.Product == "" { // the one without a product, if there is one
		for _, r := range rels {
			if p.v.ProductOf(r) == graph.NoNode {
				rels = []graph.Rel{r}
			}
		}
	}
	switch {
	case len(rels) == 0:
		return fmt.Errorf("%w: no relation from %q to %q with %q; add one instead", graph.ErrNotFound, s.From, s.To, s.Product)
	case len(rels) > 1:
		return fmt.Errorf("%w: %d relations from %q to %q; name the product", graph.ErrAmbiguous, len(rels), s.From, s.To)
	}
	if err := p.checkUsedIn(s); err != nil {
		return err
	}
	e.changed[rels[0]] = s.apply
	return nil
}

// suppose adds a relation, in place of one between the same with the same product.
func (p *production) suppose(e *edits, s *SupposedRelation) (err error) {
	if err := s.check(); err != nil {
		return err
	}
	a := supposed{rel: graph.Rel(-1 - len(e.added)), product: graph.NoNode}
	if a.from = e.findNew(s.From); a.from == graph.NoNode {
		if a.from, err = p.v.Lookup(graph.KindCompany, s.From); err != nil {
			return err
		}
	}
	if a.to, err = p.v.Lookup(graph.KindCompany, s.To); err != nil {
		return err
	}
	if s.Product != "" {
		if a.product, err = p.v.Lookup(graph.KindProduct, s.Product); err != nil {
			return err
		}
	}
	if err := p.checkUsedIn(s); err != nil {
		return err
	}
	if e.adds(&a) {
		return fmt.Errorf("%w: the same relation is added twice", graph.ErrInvalid)
	}
	s.apply(&a.stated)
	if isNew(a.from) && a.stated.Origin == "" {
		a.stated.Origin = e.newOf(a.from).Country
	}
	switch {
	case s.Takes != nil:
		if a.takes = *s.Takes; a.takes == 0 {
			return nil // it changes nothing
		}
		if err := p.takesFrom(e, &a); err != nil {
			return err
		}
	case !isNew(a.from):
		out := p.v.Out(graph.KindSupplies, a.from)
		for i, to := range out.Nodes {
			if to == a.to && p.v.ProductOf(out.Rel(i)) == a.product {
				e.removed[out.Rel(i)] = true
			}
		}
	}
	e.added = append(e.added, a)
	return nil
}

// takesFrom checks that there is an intake that a second source can take a part of, and that it is not all given away.
func (p *production) takesFrom(e *edits, a *supposed) error {
	sum := a.takes
	for _, o := range e.added {
		if o.to == a.to && o.product == a.product {
			sum += o.takes
		}
	}
	if sum > shareSum {
		return fmt.Errorf("%w: takes: the parts that second sources take over add up to %v; allowed: up to 1", graph.ErrInvalid, sum)
	}
	in := p.v.In(graph.KindSupplies, a.to)
	for i := range in.Len() {
		if r := in.Rel(i); p.v.ProductOf(r) == a.product && p.active.Has(r) && !e.removed[r] {
			return nil
		}
	}
	return fmt.Errorf("%w: takes: nobody is documented to supply this product to %s under these conditions, so there is no intake to take a part of", graph.ErrInvalid, p.v.Name(graph.KindCompany, a.to))
}

func (e *edits) adds(a *supposed) bool {
	return slices.ContainsFunc(e.added, func(o supposed) bool { return o.from == a.from && o.to == a.to && o.product == a.product })
}

func (p *production) checkUsedIn(s *SupposedRelation) error {
	for _, text := range s.UsedIn {
		if _, err := p.v.Lookup(graph.KindProduct, text); err != nil {
			return fmt.Errorf("used_in: %w", err)
		}
	}
	return nil
}

func (s *SupposedRelation) check() error {
	if s.Takes != nil && (s.ShareOfInput != nil || s.CostShare != nil || s.Essential != nil || s.UsedIn != nil) {
		return fmt.Errorf("%w: takes: a second source brings what the others bring, so that share_of_input, cost_share, essential and used_in are theirs", graph.ErrInvalid)
	}
	for name, x := range map[string]*float64{"share_of_input": s.ShareOfInput, "cost_share": s.CostShare, "takes": s.Takes} {
		if x != nil && !(*x >= 0 && *x <= 1) {
			return fmt.Errorf("%w: %s %v; allowed: 0 to 1", graph.ErrInvalid, name, *x)
		}
	}
	for name, x := range map[string]*float64{"lead_time_days": s.LeadTimeDays, "inventory_days": s.InventoryDays} {
		if x != nil && !(*x >= 0) {
			return fmt.Errorf("%w: %s %v; allowed: 0 or more", graph.ErrInvalid, name, *x)
		}
	}
	if s.OriginCountry != "" {
		code, err := graph.ParseCountry(s.OriginCountry)
		if err != nil {
			return fmt.Errorf("%w: origin_country %q: %v", graph.ErrInvalid, s.OriginCountry, err)
		}
		s.OriginCountry = code
	}
	return nil
}

// apply sets what is supposed.
func (s *SupposedRelation) apply(to *graph.Supply) {
	for _, n := range []struct {
		from *float64
		to   *graph.OptionalNumber
	}{{s.ShareOfInput, &to.Share}, {s.CostShare, &to.CostShare}, {s.LeadTimeDays, &to.LeadTime}, {s.InventoryDays, &to.Inventory}} {
		if n.from != nil {
			*n.to = graph.OptionalNumber{Number: graph.Number{Value: *n.from, Least: *n.from, Most: *n.from}, Stated: true}
		}
	}
	if s.Essential != nil {
		to.Essential = graph.False
		if *s.Essential {
			to.Essential = graph.True
		}
	}
	if s.UsedIn != nil {
		to.UsedIn, to.Uses = slices.Clone(s.UsedIn), nil
	}
	if s.OriginCountry != "" {
		to.Origin = s.OriginCountry
	}
}
