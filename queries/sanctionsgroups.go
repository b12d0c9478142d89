package queries

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/tributarygraph/tributary/graph"
)

// Where groups count as one company, the place of a group in the supply chain is that of some of its members. An answer
// that others decide by must not say of a listed company that it supplies, where another of its group does.

// sellers are the companies of a group that supply at the hop towards the company asked about, in the order of ids; none
// for a company that is no group.
func (s *sanctions) sellers(c sanctioned) (out []graph.Node) {
	g, head := groupsOf(s.v), s.u.nodes[c.at]
	if g == nil || g.members[head] == nil || s.root == graph.NoNode {
		return nil
	}
	next := map[graph.Node]bool{}
	for _, buyer := range s.buyers.Row(c.at) {
		if s.u.tier[buyer] == s.u.tier[c.at]-1 {
			next[s.u.nodes[buyer]] = true
		}
	}
	edges := s.v.Out(graph.KindSupplies, head)
	for i, buyer := range edges.Nodes {
		if r := edges.Rel(i); next[buyer] && s.v.Active(r, s.filter) {
			for _, n := range g.sellersOf(r) {
				if !slices.Contains(out, n) {
					out = append(out, n)
				}
			}
		}
	}
	slices.SortFunc(out, func(a, b graph.Node) int { return compareNodes(s.whole, graph.KindCompany, a, b) })
	return out
}

// supplier begins the sentence about where a company stands: itself, or who of its group does.
func (s *sanctions) supplier(c sanctioned, sellers []graph.Node) (subject string, several bool) {
	g, head := groupsOf(s.v), s.u.nodes[c.at]
	if sellers == nil || slices.Contains(sellers, c.node) {
		return "It", false
	}
	var names []string
	for _, n := range sellers {
		names = append(names, s.whole.Name(graph.KindCompany, n))
	}
	who, several := andSome(names), len(names) > 1
	if c.node == head {
		return fmt.Sprintf("It controls %s, which", who), several
	}
	return fmt.Sprintf("It counts with the group of %s, of which %s", g.original.Name(graph.KindCompany, head), who), several
}

// asked names the company asked about, which may be a group.
func (s *sanctions) asked() string { return s.ofGroup(s.root, s.out.Company.Name) }

// ofGroup is a name, told to be that of a group where it is.
func (s *sanctions) ofGroup(n graph.Node, name string) string {
	if g := groupsOf(s.v); g != nil && g.members[n] != nil {
		return "the group of " + name
	}
	return name
}

// warnGroups tells of companies that a rule makes something of and that are not upstream themselves, but count with one
// that is, where companies under one controller count as one.
func (s *sanctions) warnGroups(ctx context.Context) error {
	g, err := s.req.Scope.hiddenGroups(ctx, s.whole, &s.out.Answer)
	if g == nil || err != nil {
		return err
	}
	upstream := map[graph.Node]graph.Node{} // of the head of each group that stands upstream, one that does
	stands, told := map[graph.Node]bool{}, map[graph.Node]bool{}
	for _, n := range s.u.nodes {
		stands[n] = true
		told[g.headOf(n)] = told[g.headOf(n)] || s.status(n) != "" // as its owner
		if head := g.headOf(n); g.members[head] != nil {
			if _, ok := upstream[head]; !ok {
				upstream[head] = n
			}
		}
	}
	heads := slices.SortedFunc(maps.Keys(upstream), func(a, b graph.Node) int { return compareNodes(s.whole, graph.KindCompany, a, b) })
	var changes []string
	for _, head := range heads {
		near := upstream[head]
		for _, n := range append([]graph.Node{head}, g.members[head]...) {
			if status := s.status(n); !stands[n] && !(n == head && told[n]) && status != "" && status != StatusHeld {
				changes = append(changes, s.hiddenText(g, head, n, near, status))
			}
		}
	}
	s.out.tell(changes, "companies")
	return nil
}

func (s *sanctions) hiddenText(g *groups, head, n, near graph.Node, status string) string {
	name := func(n graph.Node) string { return s.whole.Name(graph.KindCompany, n) }
	tie := fmt.Sprintf("is under one controller, %s, with %s", name(head), name(near))
	switch head {
	case near:
		tie = fmt.Sprintf("is controlled by %s", name(near))
	case n:
		tie = fmt.Sprintf("controls %s", name(near))
	}
	where := "which is upstream"
	if near == s.root {
		where = "which is asked about"
	}
	return fmt.Sprintf("%s, which is %s, %s, %s: with group=control it is told", name(n), strings.ReplaceAll(status, "_", " "), tie, where)
}
