package queries

import (
	"slices"

	"github.com/tributarygraph/tributary/graph"
)

// maker is a member of a group, and the lines that it has. A line of the group is whatever of it any of its members makes:
// it loses something between what the least and the worst hit of those does.
type maker struct {
	member string
	lines  []graph.Node // NoNode where nobody names what it makes
}

// use is what a member of a group uses an input in.
type use struct {
	maker
	products []graph.Node // nothing where nobody states it: then in all its lines
}

// makers are the members of a group that make, sell or buy anything; nil of a company that is no group.
func (p *production) makers(c graph.Node) (out []maker) {
	for _, m := range p.v.Makers(c) {
		lines := p.productsOf(m.Lines)
		if lines == nil {
			lines = []graph.Node{graph.NoNode}
		}
		out = append(out, maker{m.Member, lines})
	}
	return out
}

// nameless reports whether nobody names what some member makes.
func nameless(makers []maker) bool {
	return slices.ContainsFunc(makers, func(m maker) bool { return m.makes(graph.NoNode) })
}

func (m *maker) makes(line graph.Node) bool { return slices.Contains(m.lines, line) }

// uses are those of a flow into a group, where it is known which members buy it.
func (p *production) uses(f *flow, makers []maker) (out []use) {
	for _, u := range f.stated.Uses {
		if at := slices.IndexFunc(makers, func(m maker) bool { return m.member == u.Member }); at >= 0 {
			out = append(out, use{makers[at], p.productsOf(u.UsedIn)})
		}
	}
	return out
}

// servesMember is how what a member uses serves a line of its group.
func (p *production) servesMember(u *use, line graph.Node) byte {
	if !u.makes(line) {
		return servesNot
	}
	return p.servesUses(u.products, line)
}

// ofMembers is how flows serve a line of a group, given how each does by itself: an input that not all members that make
// the line's product need alike is not certain for the group.
func (x *plan) ofMembers(p *production, how []byte, line graph.Node) []byte {
	needs := x.makersOf(line)
	byProduct := map[graph.Node][]int{}
	for i, f := range x.flows {
		if f.takes == 0 {
			byProduct[f.product] = append(byProduct[f.product], i)
		}
		if needs == nil && f.uses != nil { // it is supposed that the group makes it: of which members' inputs nobody says
			how[i] = servesMaybe
		}
	}
	for _, flows := range byProduct {
		if x.allNeed(p, needs, flows, line) {
			continue
		}
		for _, i := range flows {
			if how[i] == serves {
				how[i] = servesPart
			}
		}
	}
	return how
}

func (x *plan) makersOf(line graph.Node) (out []*maker) {
	for i := range x.makers {
		if m := &x.makers[i]; m.makes(line) {
			out = append(out, m)
		}
	}
	return out
}

// allNeed reports whether the makers of a line all need a product for it, which these flows bring, and whether it is
// essential to all of them or to none.
func (x *plan) allNeed(p *production, makers []*maker, flows []int, line graph.Node) bool {
	if !slices.ContainsFunc(flows, func(at int) bool { return x.flows[at].uses != nil }) {
		return true // what is supposed of the group is of all its members
	}
	var first graph.Tri
	for i, m := range makers {
		essential, needs := x.needOf(p, m, flows, line)
		if i == 0 {
			first = essential
		}
		if !needs || essential != first {
			return false
		}
	}
	return true
}

// needOf is whether a member needs what flows bring for a line, and whether it is essential to it.
func (x *plan) needOf(p *production, m *maker, flows []int, line graph.Node) (essential graph.Tri, needs bool) {
	essential = graph.False
	for _, at := range flows {
		f := &x.flows[at]
		if !slices.ContainsFunc(f.uses, func(u use) bool { return u.member == m.member && p.servesMember(&u, line) == serves }) {
			continue
		}
		needs = true
		switch said := f.stated.Essential; {
		case said == graph.True, essential == graph.True:
			essential = graph.True
		case said == graph.Unstated:
			essential = graph.Unstated
		}
	}
	return essential, needs
}
