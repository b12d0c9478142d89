package queries

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/tributarygraph/tributary/graph"
)

// Answers in which every company counts by itself warn where companies under one controller, counted as one, would
// change what they say: two suppliers of one owner are no two sources. Where it is asked for groups in the first place
// there is nothing to warn of.

// maxGroupWarnings is how many changes of a kind an answer tells one by one.
const maxGroupWarnings = 3

// hiddenGroups are the groups that an answer without groups may hide something of; nil where there is nothing to look
// at, or no time.
func (s Scope) hiddenGroups(ctx context.Context, v *graph.View, a *Answer) (*groups, error) {
	if s.Group == GroupControl {
		return nil, nil
	}
	g, err := s.groups(ctx, v)
	if errors.Is(err, context.DeadlineExceeded) {
		a.warn("the time was over before it was known which companies are under one controller")
		return nil, nil
	}
	if err != nil || len(g.into) == 0 {
		return nil, err
	}
	return g, nil
}

// headOf is what stands for the group of a company: the company itself where it is in none.
func (g *groups) headOf(n graph.Node) graph.Node {
	if head, ok := g.into[n]; ok {
		return head
	}
	return n
}

// touches reports whether one of the companies is in a group.
func (g *groups) touches(companies []graph.Node) bool {
	return slices.ContainsFunc(companies, func(n graph.Node) bool { return g.members[g.headOf(n)] != nil })
}

// controlled says of companies of one group that they are: "A and B are controlled by C", "A controls B".
func (g *groups) controlled(head graph.Node, companies []graph.Node) string {
	v := g.original
	name := func(n graph.Node) string { return v.Name(graph.KindCompany, n) }
	var names []string
	for _, n := range companies {
		if n != head {
			names = append(names, name(n))
		}
	}
	switch {
	case len(names) < len(companies):
		return fmt.Sprintf("%s controls %s", name(head), andSome(names))
	case len(names) == 1:
		return fmt.Sprintf("%s is controlled by %s", names[0], name(head))
	}
	return fmt.Sprintf("%s are controlled by %s", andSome(names), name(head))
}

// andSome joins names in a sentence, some of them where they are many.
func andSome(names []string) string {
	const most = 4
	if n := len(names); n > most {
		return fmt.Sprintf("%s and %d more", strings.Join(names[:most], ", "), n-most)
	}
	if n := len(names); n > 1 {
		return strings.Join(names[:n-1], ", ") + " and " + names[n-1]
	}
	return strings.Join(names, "")
}

// sellersOf are the companies of which a relation between groups is made that supply, in the order of ids.
func (g *groups) sellersOf(r graph.Rel) (out []graph.Node) {
	for _, part := range g.view.Parts(r, g.key.filter) {
		if n, ok := g.original.Find(graph.KindCompany, part.Key.From); ok && part.Active && !slices.Contains(out, n) {
			out = append(out, n)
		}
	}
	return out
}

// tell warns of changes, the first of them one by one.
func (a *Answer) tell(changes []string, what string) {
	for _, text := range changes[:min(len(changes), maxGroupWarnings)] {
		a.warn(text)
	}
	if n := len(changes) - maxGroupWarnings; n > 0 {
		a.warn(fmt.Sprintf("%d more %s differ where companies under one controller count as one: ask with group=control", n, what))
	}
}

// warnGroups compares the lists with those that the question gives where groups count as one company.
func (c *choke) warnGroups(ctx context.Context) error {
	if c.req.Kind == ChokeStops || c.after != nil {
		return nil
	}
	g, err := c.req.hiddenGroups(ctx, c.v, &c.out.Answer)
	if g == nil || c.paths != nil && !g.touches(c.paths.nodes) {
		return err
	}
	f, err := c.inGroups(ctx, g)
	if errors.Is(err, context.DeadlineExceeded) {
		c.out.warn("the time was over before it was known what the lists are where companies under one controller count as one")
		return nil
	}
	if err != nil {
		return err
	}
	c.out.tell(c.soleInGroups(g, f), "sole sources")
	c.out.tell(c.routesInGroups(g, f), "single routes")
	c.out.tell(c.mustInGroups(g, f), "companies that must be passed")
	return nil
}

// inGroups asks the same, apart from stops, where groups count as one company.
func (c *choke) inGroups(ctx context.Context, g *groups) (*choke, error) {
	req := c.req
	req.Group, req.Page, req.Company = GroupControl, Page{}, c.v.Ref(graph.KindCompany, c.company)
	f, err := newChoke(ctx, g.view, req)
	if err != nil {
		return nil, err
	}
	f.noStops = true
	return f, f.find(ctx)
}

// soleInput is an input with its sole supplier, by groups.
type soleInput struct{ buyer, product, supplier graph.Node }

func (c *choke) soleInGroups(g *groups, f *choke) (changes []string) {
	known, now := map[soleInput]bool{}, map[soleInput]bool{}
	for _, s := range c.sole {
		known[soleInput{g.headOf(s.buyer), s.product, g.headOf(s.supplier)}] = true
	}
	name := func(n graph.Node) string { return c.v.Name(graph.KindCompany, n) }
	for _, s := range f.sole {
		now[soleInput{s.buyer, s.product, s.supplier}] = true
		if sellers := g.sellersOf(s.rel); !known[soleInput{s.buyer, s.product, s.supplier}] && len(sellers) > 1 {
			changes = append(changes, fmt.Sprintf("%s: as one supplier, they are the only one documented of %s to %s", g.controlled(s.supplier, sellers), productName(c.product(s.product)), name(s.buyer)))
		}
	}
	told := map[soleInput]bool{}
	for _, s := range c.sole {
		at := soleInput{g.headOf(s.buyer), s.product, g.headOf(s.supplier)}
		if now[at] || told[at] || g.members[at.buyer] == nil {
			continue
		}
		told[at] = true
		changes = append(changes, fmt.Sprintf("%s is not the only source of %s for %s as a part of the group of %s", name(s.supplier), productName(c.product(s.product)), name(s.buyer), name(at.buyer)))
	}
	return changes
}

func (c *choke) routesInGroups(g *groups, f *choke) (changes []string) {
	known, now := map[graph.Node]bool{}, map[graph.Node]bool{}
	for _, r := range c.routes {
		known[g.headOf(r.company)] = true
	}
	for _, r := range f.routes {
		now[r.company] = true
		if behind := c.membersUpstream(g, r.company); !known[r.company] && len(behind) > 1 {
			what := fmt.Sprintf("from %s to %s", otherCompanies(max(r.alone, r.most)), c.out.Company.Name)
			if r.alone == 0 {
				what += " that brings one of its inputs"
			}
			changes = append(changes, fmt.Sprintf("%s: as one, they are on every documented route %s", g.controlled(r.company, behind), what))
		}
	}
	var lost []string
	for _, r := range c.routes {
		if head := g.headOf(r.company); !now[head] && head != f.company {
			lost = append(lost, c.v.Name(graph.KindCompany, r.company))
		}
	}
	if len(lost) > 0 {
		changes = append(changes, fmt.Sprintf("no single route passes %s where companies under one controller count as one: there are others", andSome(lost)))
	}
	return changes
}

func (c *choke) mustInGroups(g *groups, f *choke) (changes []string) {
	known := map[graph.Node]bool{}
	for _, m := range c.must {
		if m.everything {
			known[g.headOf(m.company)] = true
		}
	}
	for _, m := range f.must {
		if behind := c.membersUpstream(g, m.company); !known[m.company] && m.everything && len(behind) > 1 {
			changes = append(changes, fmt.Sprintf("%s: as one, they must be passed on every documented route to %s", g.controlled(m.company, behind), c.out.Company.Name))
		}
	}
	return changes
}

// membersUpstream are the companies of a group that stand upstream, in the order of ids.
func (c *choke) membersUpstream(g *groups, head graph.Node) (out []graph.Node) {
	for _, n := range append([]graph.Node{head}, g.members[head]...) {
		if i, ok := c.paths.has(n); ok && i != 0 {
			out = append(out, n)
		}
	}
	order := least{v: c.v}
	slices.SortFunc(out, order.compare)
	return out
}

// warnGroups compares the indexes with those where groups count as one company.
func (c *concentration) warnGroups(ctx context.Context) error {
	if c.req.Cursor != "" {
		return nil
	}
	g, err := c.req.hiddenGroups(ctx, c.v, &c.out.Answer)
	if g == nil {
		return err
	}
	f := &concentration{v: g.view, req: c.req, filter: c.filter, active: g.view.Activity(c.filter), names: newNames(g.view), company: c.company, wanted: c.wanted}
	f.out = &ConcentrationAnswer{By: c.out.By, Tier: c.out.Tier}
	f.req.Group = GroupControl
	if c.company != graph.NoNode {
		f.company = g.headOf(c.company)
		f.out.Company = c.out.Company
	} else if f.members, err = f.matched(); err != nil {
		return err
	}
	err = f.rows(ctx)
	if errors.Is(err, context.DeadlineExceeded) {
		c.out.warn("the time was over before it was known what the indexes are where companies under one controller count as one")
		return nil
	}
	if err != nil {
		return err
	}
	c.out.tell(c.changedRows(g, f), "indexes")
	return nil
}

// matched are the members of a portfolio where groups count as one company.
func (c *concentration) matched() ([]member, error) {
	members, match, err := c.req.Portfolio.match(c.v)
	c.out.Portfolio = &match
	return members, err
}

// changedRows tells where an index differs, and which suppliers are of one group there.
func (c *concentration) changedRows(g *groups, f *concentration) (changes []string) {
	key := func(r *ConcentrationRow) string {
		out := r.Of
		if r.Product != nil {
			out += " " + r.Product.ID
		}
		return out
	}
	before := map[string]*Interval{}
	for i := range c.out.Items {
		if r := &c.out.Items[i]; r.Member == nil {
			before[key(r)] = r.HHI
		}
	}
	for i := range f.out.Items {
		r := &f.out.Items[i]
		was := before[key(r)]
		if r.Member != nil || was == nil || r.HHI == nil || sameIndex(was, r.HHI) {
			continue
		}
		what := "the index"
		if r.Product != nil {
			what = "the index of " + r.Product.Name
		}
		who := c.whoIsOne(g, f, r)
		switch {
		case who != "":
			who += ": "
		case c.req.Tier <= 1:
			continue // only in that who is not documented might be of a group
		}
		changes = append(changes, fmt.Sprintf("%swhere companies under one controller count as one, %s is %s instead of %s", who, what, indexText(r.HHI), indexText(was)))
	}
	return changes
}

// sameIndex reports whether two indexes are the same as far as they are printed.
func sameIndex(a, b *Interval) bool {
	return math.Round(a.Low) == math.Round(b.Low) && math.Round(a.High) == math.Round(b.High)
}

func indexText(i *Interval) string {
	if low, high := math.Round(i.Low), math.Round(i.High); low != high {
		return fmt.Sprintf("%v to %v", low, high)
	}
	return fmt.Sprint(math.Round(i.Low))
}

// whoIsOne names a group of which several supply what a row is of, or the group of who buys; nobody where that takes more
// than a look.
func (c *concentration) whoIsOne(g *groups, f *concentration, r *ConcentrationRow) string {
	switch {
	case c.req.Tier > 1:
	case f.company == graph.NoNode:
		return c.membersInOne(g)
	default:
		edges := f.v.In(graph.KindSupplies, f.company)
		for i, n := range edges.Nodes {
			rel := edges.Rel(i)
			if p := f.v.ProductOf(rel); !f.active.Has(rel) || r.Product != nil && (p == graph.NoNode || f.v.ID(graph.KindProduct, p) != r.Product.ID) {
				continue
			}
			if sellers := g.sellersOf(rel); len(sellers) > 1 {
				return g.controlled(n, sellers)
			}
		}
		if members := g.members[f.company]; members != nil {
			return g.controlled(f.company, append([]graph.Node{f.company}, members...))
		}
	}
	return ""
}

// membersInOne names the first group of which several are members of the portfolio.
func (c *concentration) membersInOne(g *groups) string {
	byHead := map[graph.Node][]graph.Node{}
	for _, m := range c.members {
		byHead[g.headOf(m.node)] = append(byHead[g.headOf(m.node)], m.node)
	}
	for _, m := range c.members {
		if head := g.headOf(m.node); len(byHead[head]) > 1 {
			return g.controlled(head, byHead[head])
		}
	}
	return ""
}
