package queries

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/tributarygraph/tributary/graph"
)

// flowTable is what leads from each group of companies to each other one.
type flowTable struct {
	groups   []FlowGroup
	groupOf  []int32        // of each company
	members  [][]graph.Node // of each group
	flows    []groupFlow    // of each supplying group in turn
	coverage Coverage
}

// groupFlow is a flow by the numbers of its groups.
type groupFlow struct {
	from, to           int32
	relations, sourced int
}

func flowsOf(ctx context.Context, v *graph.View, f graph.Filter, by string) (*flowTable, error) {
	return lastFlows[by].get(ctx, v, f, func() *flowTable {
		c := &flowCounter{v: v, active: v.Activity(f)}
		c.group(flowField[by])
		c.count()
		return &c.flowTable
	})
}

var flowField = map[string]graph.FieldID{FlowsByCountry: graph.FieldCountry, FlowsBySector: graph.FieldSector}

// flowCounter counts in one pass over the relations. It takes the companies group by group, so that it needs no more
// than one row of the table at a time, however many groups there are.
type flowCounter struct {
	flowTable
	v       *graph.View
	active  graph.Activity
	row     []groupFlow // of the group at hand, by buying group
	touched []int32     // buying groups of the row that are not empty
}

// group puts every company into its group. Spellings of a sector that differ in case alone are one, named like most.
func (c *flowCounter) group(field graph.FieldID) {
	c.groupOf = make([]int32, c.v.NodeCount(graph.KindCompany))
	number := map[string]int32{}   // by name as it is stated
	folded := map[string]int32{}   // by name without case
	var spellings []map[string]int // of each group
	for n := range c.v.Nodes(graph.KindCompany) {
		name := c.v.NodeText(graph.KindCompany, n, field)
		g, ok := number[name]
		if !ok {
			if g, ok = folded[strings.ToLower(name)]; !ok {
				g = int32(len(c.groups))
				folded[strings.ToLower(name)] = g
				c.groups, c.members, spellings = append(c.groups, FlowGroup{}), append(c.members, nil), append(spellings, map[string]int{})
			}
			number[name] = g
		}
		spellings[g][name]++
		c.groupOf[n] = g
		c.members[g] = append(c.members[g], n)
	}
	for g, names := range spellings {
		best := ""
		for name, n := range names {
			if n > names[best] || n == names[best] && name < best {
				best = name
			}
		}
		c.groups[g].Name, c.groups[g].Companies = best, len(c.members[g])
	}
}

func (c *flowCounter) count() {
	c.row = make([]groupFlow, len(c.groups))
	for from, members := range c.members {
		for _, n := range members {
			c.company(n)
		}
		for _, to := range c.touched {
			f := c.row[to]
			f.from, f.to = int32(from), to
			c.flows = append(c.flows, f)
			c.groups[from].Supplied += f.relations
			c.groups[to].Bought += f.relations
			if from == int(to) {
				c.groups[from].Inside += f.relations
			}
			c.row[to] = groupFlow{}
		}
		c.touched = c.touched[:0]
	}
}

// company takes what a company supplies into the row.
func (c *flowCounter) company(n graph.Node) {
	edges := c.v.Out(graph.KindSupplies, n)
	for i, buyer := range edges.Nodes {
		r := edges.Rel(i)
		if !c.active.Has(r) {
			continue
		}
		to := c.groupOf[buyer]
		f := &c.row[to]
		if f.relations == 0 {
			c.touched = append(c.touched, to)
		}
		f.relations++
		count(&f.sourced, c.stated(r))
	}
}

// stated takes a relation into the coverage, and reports whether it has a source.
func (c *flowCounter) stated(r graph.Rel) (sourced bool) {
	var dated, share bool
	low, high := c.v.Claims(r)
	for i := low; i < high; i++ {
		claim := c.v.ClaimHead(i)
		sourced = sourced || claim.Source != ""
		dated = dated || claim.Period != "" || claim.ValidFrom != graph.NoDate
		share = share || slices.ContainsFunc(shareFields[graph.KindSupplies], func(field graph.FieldID) bool { return c.v.ClaimStates(i, field) })
	}
	c.coverage.Relations++
	count(&c.coverage.Sourced, sourced)
	count(&c.coverage.Dated, dated)
	count(&c.coverage.Shares, share)
	return sourced
}

// grouping is the groups of an answer.
type grouping struct {
	groups []FlowGroup
	place  []int // of each group of the table among these
	folded int   // groups that are one, the others
}

// top are the groups in the order of answers, no more than so many by name, 0 for all; the others are one.
func (t *flowTable) top(most int) grouping {
	order := make([]int32, 0, len(t.groups)) // without the group of what is not stated
	for g := range t.groups {
		if t.groups[g].Name != "" {
			order = append(order, int32(g))
		}
	}
	slices.SortFunc(order, func(a, b int32) int {
		x, y := &t.groups[a], &t.groups[b]
		return cmp.Or(y.relations()-x.relations(), y.Companies-x.Companies, strings.Compare(x.Name, y.Name))
	})
	out := grouping{groups: []FlowGroup{}, place: make([]int, len(t.groups))}
	others := FlowGroup{Name: OtherGroups}
	for i, g := range order {
		if most == 0 || i < most {
			out.place[g] = len(out.groups)
			out.groups = append(out.groups, t.groups[g])
			continue
		}
		out.folded++
		out.place[g] = most
		others.Companies += t.groups[g].Companies
		others.Supplied += t.groups[g].Supplied
		others.Bought += t.groups[g].Bought
	}
	if out.folded > 0 {
		for _, f := range t.flows {
			if out.place[f.from] == most && out.place[f.to] == most && t.groups[f.from].Name != "" && t.groups[f.to].Name != "" {
				others.Inside += f.relations
			}
		}
		out.groups = append(out.groups, others)
	}
	for g := range t.groups {
		if t.groups[g].Name == "" {
			out.place[g] = len(out.groups)
			out.groups = append(out.groups, t.groups[g])
		}
	}
	return out
}

// between are the flows between the groups of an answer.
func (t *flowTable) between(of grouping) []Flow {
	at := map[[2]int]int{}
	var flows []Flow
	for _, f := range t.flows {
		key := [2]int{of.place[f.from], of.place[f.to]}
		i, ok := at[key]
		if !ok {
			i = len(flows)
			at[key] = i
			flows = append(flows, Flow{From: of.groups[key[0]].Name, To: of.groups[key[1]].Name})
		}
		flows[i].Relations += f.relations
		flows[i].Sourced += f.sourced
	}
	slices.SortFunc(flows, compareFlows)
	return flows
}

// relations are those that the group has an end of.
func (g *FlowGroup) relations() int { return g.Supplied + g.Bought - g.Inside }
