package queries

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"sync"

	"github.com/tributarygraph/tributary/graph"
)

// What counts as one company.
const (
	GroupNone    = "none"    // each by itself
	GroupControl = "control" // all that one company controls: see docs/queries/groups.md
)

// DefaultControlThreshold is the share of a company that takes more than it to control the company.
const DefaultControlThreshold = 0.5

// Grouping says what counts as one company in an answer.
type Grouping struct {
	By        string       `json:"by" enum:"control"`
	Threshold float64      `json:"threshold" doc:"Who holds more than this share of a company controls it, together with what they control"`
	Groups    int          `json:"groups" doc:"Groups in the whole network"`
	Companies int          `json:"companies" doc:"Companies that count as a part of another"`
	Contested int          `json:"contested" doc:"Companies that several control, who do not control each other; they count by themselves"`
	Asked     []AskedGroup `json:"asked" doc:"Companies asked about that count as a part of another"`
	Items     []GroupRow   `json:"items" doc:"The groups that this answer names, by id"`
	More      bool         `json:"more,omitempty" doc:"It names more groups than are listed"`
}

// AskedGroup is a company that was asked about, and what it counts as.
type AskedGroup struct {
	Company Ref `json:"company"`
	Group   Ref `json:"group"`
}

// GroupRow is a group: the company at its head, under whose name it counts, and those that count with it.
type GroupRow struct {
	Ref
	Members []GroupMember `json:"members" doc:"The companies that count with it, by id"`
	More    bool          `json:"more,omitempty" doc:"There are more members than are listed"`
}

// GroupMember is a company that counts as a part of a group.
type GroupMember struct {
	Ref
	HeldBy []HeldBy `json:"held_by" doc:"Who of the group holds it"`
}

// HeldBy is a holding inside a group.
type HeldBy struct {
	Ref
	Share    *Interval `json:"share" doc:"null when no claim states one"`
	Control  string    `json:"control,omitempty" doc:"Control that is no percentage"`
	Relation string    `json:"relation" doc:"Id of the relation that says so"`
}

// The most that an answer lists of groups, and of the members of one.
const (
	maxNamedGroups  = 100
	maxGroupMembers = 100
)

// resolveGroup checks what counts as one company.
func (s Scope) resolveGroup() (Scope, error) {
	var err error
	if s.Group, err = oneOf("group", s.Group, GroupNone, GroupControl); err != nil {
		return s, err
	}
	s.ControlThreshold = cmp.Or(s.ControlThreshold, DefaultControlThreshold)
	if !(s.ControlThreshold > 0 && s.ControlThreshold < 1) {
		return s, fmt.Errorf("%w: control_threshold %v; allowed: more than 0 and less than 1 (a fraction, 50%% is 0.5)", graph.ErrInvalid, s.ControlThreshold)
	}
	if s.Group == GroupNone {
		s.ControlThreshold = DefaultControlThreshold // it decides nothing: requests that mean the same are equal
	}
	return s, nil
}

func (s Scope) groupAssumptions() []string {
	if s.Group != GroupControl {
		return nil
	}
	return []string{fmt.Sprintf("companies count as one under whoever holds more than %s of them, with all that it controls, or is said to control them; a share that nobody states counts nothing", percentText(s.ControlThreshold)),
		"what several companies of a group supply to one buyer adds up; of what several of them buy, no shares are known of the group as a whole; what they supply to one another the group supplies to itself"}
}

// view is the network that a question in this scope is asked of. The scope must be resolved. The error is that of the
// context: the work goes on, so that asking again is quick.
func (s Scope) view(ctx context.Context, v *graph.View) (*graph.View, error) {
	if s.Group != GroupControl || groupsOf(v) != nil {
		return v, nil
	}
	g, err := s.groups(ctx, v)
	if err != nil {
		return nil, err
	}
	return g.view, nil
}

// Grouped is the network in which what counts as one company in the scope is one: what every question in that scope is
// asked of.
func Grouped(ctx context.Context, v *graph.View, s Scope) (*graph.View, error) {
	s, err := s.Resolve()
	if err != nil {
		return nil, err
	}
	return s.view(ctx, v)
}

// groups are who is under whose control in the network.
func (s Scope) groups(ctx context.Context, v *graph.View) (*groups, error) {
	kept, _ := v.Notes().LoadOrStore(keptGroupsKey{}, &keptGroups{})
	return kept.(*keptGroups).get(ctx, v, groupsKey{s.filter(), s.ControlThreshold})
}

// groupsKey is what groups depend on beside the View.
type groupsKey struct {
	filter    graph.Filter
	threshold float64
}

// keptGroups are the groups of a View asked for most lately, the last ones first.
type keptGroups struct {
	mu     sync.Mutex
	recent []keptGroup
}

type (
	keptGroupsKey struct{} // of the note that holds a keptGroups
	groupsOfKey   struct{} // of the note of a consolidated View that holds its groups
)

type keptGroup struct {
	key    groupsKey
	groups *pending[*groups]
}

const maxKeptGroups = 2

func (k *keptGroups) get(ctx context.Context, v *graph.View, key groupsKey) (*groups, error) {
	p := k.begin(v, key)
	select {
	case <-p.done:
		return p.value, nil
	default:
	}
	select {
	case <-p.done:
		return p.value, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// begin gives what is kept, or begins to work it out.
func (k *keptGroups) begin(v *graph.View, key groupsKey) *pending[*groups] {
	k.mu.Lock()
	defer k.mu.Unlock()
	if at := slices.IndexFunc(k.recent, func(g keptGroup) bool { return g.key == key }); at >= 0 {
		found := k.recent[at]
		copy(k.recent[1:at+1], k.recent[:at])
		k.recent[0] = found
		return found.groups
	}
	p := &pending[*groups]{done: make(chan struct{})}
	k.recent = slices.Insert(k.recent, 0, keptGroup{key, p})
	k.recent = k.recent[:min(len(k.recent), maxKeptGroups)]
	go func() {
		p.value = newGroups(v, key)
		close(p.done)
	}()
	return p
}

// groups are who is under whose control.
type groups struct {
	original  *graph.View
	view      *graph.View // in which groups count as one company
	key       groupsKey
	into      map[graph.Node]graph.Node   // each member of a group: its head
	members   map[graph.Node][]graph.Node // of each head, without itself, in the order of ids
	contested int
	ids       map[string]graph.Node // the heads, by id
}

// groupsOf are the groups of a View in which they count as one company; nil for another.
func groupsOf(v *graph.View) *groups {
	if g, ok := v.Notes().Load(groupsOfKey{}); ok {
		return g.(*groups)
	}
	return nil
}

func newGroups(v *graph.View, key groupsKey) *groups {
	g := &groups{original: v, key: key, into: map[graph.Node]graph.Node{}, members: map[graph.Node][]graph.Node{}}
	found, _ := controlOf(context.Background(), v, key.filter, key.threshold) // which no deadline ends
	for i, n := range found.held.nodes {
		if root := found.held.nodes[found.Root[i]]; root != n {
			g.into[n] = root
			g.members[root] = append(g.members[root], n)
		}
		if found.Contested[i] {
			g.contested++
		}
	}
	g.ids = make(map[string]graph.Node, len(g.members))
	for head := range g.members {
		g.ids[v.ID(graph.KindCompany, head)] = head
	}
	g.view = v.Consolidate(g.into, key.filter)
	g.view.Notes().Store(groupsOfKey{}, g)
	return g
}

// holding is the filter by which holdings count: that of the question, whose stages are those of supply, with the stages
// that count unless a question says otherwise.
func holding(f graph.Filter) graph.Filter {
	f.Stages |= graph.FlowingStages
	return f
}

// summary is what an answer says of the groups before it is known which of them it names; nil without groups.
func (g *groups) summary() *Grouping {
	if g == nil {
		return nil
	}
	return &Grouping{By: GroupControl, Threshold: g.key.threshold, Groups: len(g.members), Companies: len(g.into), Contested: g.contested,
		Asked: []AskedGroup{}, Items: []GroupRow{}}
}

// parts are the relations that a relation between groups is made of; none where it is its own.
func (g *groups) parts(r graph.Rel) (out []RelationPart) {
	if g == nil {
		return nil
	}
	v, f := g.original, g.key.filter
	for _, part := range g.view.Parts(r, f) {
		old, ok := v.FindRelation(part.Key)
		if !ok {
			continue // cannot be: it is a relation of that View
		}
		folded := v.FoldRelation(old, f)
		row := relationRow(v, &folded, f)
		out = append(out, RelationPart{row.ID, row.From, row.To, row.Active, row.Numbers})
	}
	if len(out) == 1 && out[0].ID == g.view.RelationKey(r).ID() {
		return nil
	}
	return out
}

// inGroups completes an answer that is made of a View in which groups count as one company: it tells which of the
// companies asked about, by any name, count as another, and which groups the answer names. Of another View it leaves
// the answer as it is.
func inGroups[T interface{ base() *Answer }](v *graph.View, answer T, asked ...string) T {
	g := groupsOf(v)
	if g == nil {
		return answer
	}
	a := answer.base()
	for _, ref := range asked {
		g.tellAsked(a, ref)
	}
	named := &groupNames{ids: g.ids, found: map[graph.Node]bool{}}
	named.in(reflect.ValueOf(answer))
	for _, head := range named.sorted(g.original) {
		if len(a.Group.Items) == maxNamedGroups {
			a.Group.More = true
			break
		}
		a.Group.Items = append(a.Group.Items, g.row(head))
	}
	return answer
}

// base is the part that every answer has.
func (a *Answer) base() *Answer { return a }

func (g *groups) tellAsked(a *Answer, ref string) {
	n, err := g.original.Lookup(graph.KindCompany, ref)
	if err != nil {
		return
	}
	head, ok := g.into[n]
	if !ok {
		return
	}
	told := AskedGroup{refOf(g.original, graph.KindCompany, n), refOf(g.original, graph.KindCompany, head)}
	if slices.Contains(a.Group.Asked, told) {
		return
	}
	a.Group.Asked = append(a.Group.Asked, told)
	a.warn(fmt.Sprintf("%s counts as a part of the group of %s: the answer is about the group", told.Company.Name, told.Group.Name))
}

// row describes a group: its members, and who of it holds each.
func (g *groups) row(head graph.Node) GroupRow {
	members := g.members[head]
	out := GroupRow{Ref: refOf(g.original, graph.KindCompany, head), Members: []GroupMember{}, More: len(members) > maxGroupMembers}
	for _, n := range members[:min(len(members), maxGroupMembers)] {
		out.Members = append(out.Members, GroupMember{refOf(g.original, graph.KindCompany, n), g.heldBy(head, n)})
	}
	return out
}

// heldBy are the holdings that others of the group have in a member, in the order of ids.
func (g *groups) heldBy(head, member graph.Node) []HeldBy {
	v, f := g.original, holding(g.key.filter)
	out := []HeldBy{}
	edges := v.In(graph.KindOwns, member)
	for i, owner := range edges.Nodes {
		r := edges.Rel(i)
		if owner == member || owner != head && g.into[owner] != head || !v.Active(r, f) {
			continue
		}
		out = append(out, HeldBy{Ref: refOf(v, graph.KindCompany, owner), Share: statedNumber(v, r, f, graph.FieldShare),
			Control: v.FoldText(r, f, graph.FieldControl), Relation: v.RelationKey(r).ID()})
	}
	return out
}

// groupNames finds the ids of groups that an answer names, wherever they stand in it.
type groupNames struct {
	ids   map[string]graph.Node // of the heads of all groups
	found map[graph.Node]bool
}

// sorted are those found, in the order of ids.
func (x *groupNames) sorted(v *graph.View) []graph.Node {
	return slices.SortedFunc(maps.Keys(x.found), func(a, b graph.Node) int { return compareNodes(v, graph.KindCompany, a, b) })
}

func (x *groupNames) in(v reflect.Value) {
	switch v.Kind() {
	case reflect.String:
		if head, ok := x.ids[v.String()]; ok {
			x.found[head] = true
		}
	case reflect.Pointer, reflect.Interface:
		if !v.IsNil() {
			x.in(v.Elem())
		}
	case reflect.Struct:
		if v.Type() == reflect.TypeFor[Grouping]() {
			return
		}
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() || v.Type().Field(i).Anonymous {
				x.in(v.Field(i))
			}
		}
	case reflect.Slice, reflect.Array:
		if kind := v.Type().Elem().Kind(); kind == reflect.Float64 || kind == reflect.Int || kind == reflect.Uint8 {
			return
		}
		for i := range v.Len() {
			x.in(v.Index(i))
		}
	case reflect.Map:
		for at := v.MapRange(); at.Next(); {
			x.in(at.Key())
			x.in(at.Value())
		}
	}
}
