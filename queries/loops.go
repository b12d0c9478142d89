package queries

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"

	"github.com/tributarygraph/tributary/graph"
)

// LoopsRequest asks for the groups of companies that supply one another round a loop.
type LoopsRequest struct {
	Scope
	Page
	// Company narrows the list to the loop that it stands on, if any: id, identifier, name or alias.
	Company string
}

// LoopsAnswer lists loops, the largest first, those of equal size by the id of their first company.
type LoopsAnswer struct {
	Answer
	SelfSupply int       `json:"self_supply" doc:"Companies with an active relation to themselves; these are not listed"`
	Items      []LoopRow `json:"items"`
	Paging
}

// LoopRow is a strongly connected group: each of its companies supplies each other one, directly or through
// others of the group.
type LoopRow struct {
	Size        int   `json:"size" doc:"Companies in the group"`
	Companies   []Ref `json:"companies" doc:"In the order of ids, at most 1000"`
	MoreMembers bool  `json:"more_members,omitempty" doc:"The group has more companies than are listed"`
	// Example closes the shortest cycle of the group; of several, the first by ids.
	Example []Ref `json:"example" doc:"A shortest cycle, each company supplying the next and the last the first"`
	// ExampleOf says of what it is a shortest one.
	ExampleOf string `json:"example_of" enum:"group,first_company" doc:"group: no cycle of the group is shorter; first_company: none through its first company is (groups of more than 5000)"`
}

const (
	maxMembers      = 1000
	maxExactExample = 5000
)

// Loops finds the loops of the active supplies relations. Errors wrap graph.ErrInvalid, ErrNotFound and
// ErrAmbiguous.
func Loops(ctx context.Context, v *graph.View, req LoopsRequest) (*LoopsAnswer, error) {
	key, paging, err := resolvePage(v, req.Page, &req.Scope, req.question(), 2)
	if err != nil {
		return nil, err
	}
	if v, err = req.Scope.view(ctx, v); err != nil {
		return nil, err
	}
	out := &LoopsAnswer{Answer: newAnswer(v, req.Scope, "companies that supply themselves form no loop"), Items: []LoopRow{}, Paging: paging}
	groups, err := loopsOf(ctx, v, req.filter())
	if stopped := errors.Is(err, context.DeadlineExceeded); stopped {
		out.stop(StoppedByDeadline)
		out.NextCursor = req.Cursor
		out.warn("the time was over before any loop was known")
		return out, nil
	} else if err != nil {
		return nil, err
	}
	out.SelfSupply = groups.self
	list := groups.list
	if req.Company != "" {
		n, err := v.Lookup(graph.KindCompany, req.Company)
		if err != nil {
			return nil, err
		}
		list = slices.DeleteFunc(slices.Clone(list), func(g []graph.Node) bool { return !slices.Contains(g, n) })
	}
	l := loopList{v: v, req: req, out: out}
	if err := l.fill(ctx, list, key); err != nil {
		return nil, err
	}
	return inGroups(v, out, req.Company), nil
}

func (req LoopsRequest) question() any {
	return struct{ Loops, Company string }{"loops", req.Company}
}

type loopList struct {
	v   *graph.View
	req LoopsRequest
	out *LoopsAnswer
}

func (l *loopList) fill(ctx context.Context, list [][]graph.Node, key []string) error {
	size, first := 0, ""
	if key != nil {
		var err error
		if size, err = strconv.Atoi(key[0]); err != nil {
			return fmt.Errorf("%w: cursor: not one that an answer gave", graph.ErrInvalid)
		}
		first = key[1]
	}
	total := len(list)
	l.out.Total = &total
	var last []graph.Node
	for _, group := range list {
		if key != nil && (len(group) > size || len(group) == size && l.v.ID(graph.KindCompany, group[0]) <= first) {
			continue
		}
		reason, err := l.req.Page.stops(ctx, len(l.out.Items))
		if err != nil {
			return err
		}
		if reason != "" {
			l.out.stop(reason)
			l.setCursor(last)
			return nil
		}
		l.out.Items = append(l.out.Items, l.row(group))
		last = group
	}
	return nil
}

func (l *loopList) setCursor(last []graph.Node) {
	if last == nil {
		l.out.NextCursor = l.req.Cursor
		return
	}
	l.out.NextCursor = nextCursor(l.v, l.req.Scope, l.req.question(), strconv.Itoa(len(last)), l.v.ID(graph.KindCompany, last[0]))
}

func (l *loopList) row(group []graph.Node) LoopRow {
	row := LoopRow{Size: len(group), MoreMembers: len(group) > maxMembers, ExampleOf: "group"}
	for _, n := range group[:min(len(group), maxMembers)] {
		row.Companies = append(row.Companies, refOf(l.v, graph.KindCompany, n))
	}
	starts := group
	if len(group) > maxExactExample {
		starts, row.ExampleOf = group[:1], "first_company"
	}
	for _, n := range shortestCycle(l.v, l.req.filter(), group, starts) {
		row.Example = append(row.Example, refOf(l.v, graph.KindCompany, n))
	}
	return row
}

// shortestCycle is the shortest cycle of the group through one of the starts, the first found of several.
func shortestCycle(v *graph.View, f graph.Filter, group, starts []graph.Node) (best []graph.Node) {
	inside := make(map[graph.Node]bool, len(group))
	for _, n := range group {
		inside[n] = true
	}
	for _, start := range starts {
		most := len(group)
		if best != nil {
			most = len(best) - 1
		}
		if most < 2 {
			break
		}
		if cycle := cycleThrough(v, f, inside, start, most); cycle != nil {
			best = cycle
		}
	}
	return best
}

// cycleThrough is a shortest cycle through start of at most so many companies, all of them inside; nil when
// there is none.
func cycleThrough(v *graph.View, f graph.Filter, inside map[graph.Node]bool, start graph.Node, most int) []graph.Node {
	before := map[graph.Node]graph.Node{start: graph.NoNode}
	frontier := []graph.Node{start}
	for hops := 1; hops <= most && len(frontier) > 0; hops++ {
		var next []graph.Node
		for _, a := range frontier {
			edges := v.Out(graph.KindSupplies, a)
			for i, b := range edges.Nodes {
				_, seen := before[b]
				if b == a || !inside[b] || seen && b != start || !v.Active(edges.Rel(i), f) {
					continue
				}
				if b == start {
					return trace(before, a)
				}
				before[b] = a
				next = append(next, b)
			}
		}
		frontier = next
	}
	return nil
}

// trace is the way that led to n, from its start.
func trace(before map[graph.Node]graph.Node, n graph.Node) (way []graph.Node) {
	for ; n != graph.NoNode; n = before[n] {
		way = append(way, n)
	}
	slices.Reverse(way)
	return way
}

// loopGroups are the strongly connected groups of two or more companies.
type loopGroups struct {
	list [][]graph.Node // each in the order of ids; the largest group first, then by first id
	self int            // companies that supply themselves
}

// lastLoops keeps the groups found last: pages of one list would find them again.
var lastLoops memo[*loopGroups]

func loopsOf(ctx context.Context, v *graph.View, f graph.Filter) (*loopGroups, error) {
	return lastLoops.get(ctx, v, f, func() *loopGroups {
		t := &tarjan{v: v, active: v.Activity(f)}
		t.run()
		order := least{v: v}
		for _, g := range t.groups {
			slices.SortFunc(g, order.compare)
		}
		slices.SortFunc(t.groups, func(a, b []graph.Node) int { return cmp.Or(len(b)-len(a), order.compare(a[0], b[0])) })
		return &loopGroups{list: t.groups, self: t.self}
	})
}

// tarjan finds strongly connected groups: R. Tarjan, "Depth-first search and linear graph algorithms", SIAM
// Journal on Computing 1, 1972, with a stack of its own instead of recursion.
type tarjan struct {
	v      *graph.View
	active graph.Activity
	index  []int32 // order of discovery from 1; 0: not discovered; done: its group is complete
	low    []int32 // least index reachable over the stack
	next   int32
	stack  []graph.Node // discovered, group not complete
	calls  []call
	groups [][]graph.Node
	self   int
}

// call is where the search stands at a company.
type call struct {
	node graph.Node
	edge int
	self bool
}

const done = 1<<31 - 1

func (t *tarjan) run() {
	n := t.v.NodeCount(graph.KindCompany)
	t.index, t.low = make([]int32, n), make([]int32, n)
	for root := range t.v.Nodes(graph.KindCompany) {
		if t.index[root] != 0 {
			continue
		}
		t.enter(root)
		for len(t.calls) > 0 {
			t.step()
		}
	}
}

func (t *tarjan) enter(n graph.Node) {
	t.next++
	t.index[n], t.low[n] = t.next, t.next
	t.stack = append(t.stack, n)
	t.calls = append(t.calls, call{node: n})
}

// step follows the relations of the company on top until one leads to a new company, or all are done.
func (t *tarjan) step() {
	top := &t.calls[len(t.calls)-1]
	a := top.node
	edges := t.v.Out(graph.KindSupplies, a)
	for top.edge < edges.Len() {
		i := top.edge
		b := edges.Nodes[i]
		top.edge++
		if t.index[b] == done || !t.active.Has(edges.Rel(i)) {
			continue
		}
		if b == a {
			top.self = true
			continue
		}
		if t.index[b] == 0 {
			t.enter(b)
			return
		}
		t.low[a] = min(t.low[a], t.index[b])
	}
	t.leave(a, top.self)
}

func (t *tarjan) leave(a graph.Node, self bool) {
	t.calls = t.calls[:len(t.calls)-1]
	if self {
		t.self++
	}
	if len(t.calls) > 0 {
		caller := t.calls[len(t.calls)-1].node
		t.low[caller] = min(t.low[caller], t.low[a])
	}
	if t.low[a] != t.index[a] {
		return
	}
	from := len(t.stack) - 1
	for t.stack[from] != a {
		from--
	}
	for _, n := range t.stack[from:] {
		t.index[n] = done
	}
	if group := t.stack[from:]; len(group) > 1 {
		t.groups = append(t.groups, slices.Clone(group))
	}
	t.stack = t.stack[:from]
}
