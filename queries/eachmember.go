package queries

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/tributarygraph/tributary/graph"
)

// MembersRequest asks a question of one company of each member of a portfolio.
type MembersRequest struct {
	Portfolio Portfolio
	Scope
	Page
	// Named is how many members each item names, in the order of ids; DefaultNamedMembers when 0.
	Named int
	// Progress, where set, is told how many of the members were asked about.
	Progress func(done, total int) `json:"-"`
}

// DefaultNamedMembers is how many members an item names unless a question says otherwise.
const DefaultNamedMembers = 20

// MembersAnswer is what a question of one company answers of each member of a portfolio, brought together by what the
// rows are about.
type MembersAnswer[R any] struct {
	Answer
	Portfolio PortfolioMatch   `json:"portfolio" doc:"What became of the rows of the portfolio"`
	AskedOf   int              `json:"asked_of" doc:"Members that were asked about, in the order of ids; all of them unless the time was over"`
	Items     []MembersItem[R] `json:"items" doc:"Those first that the most spend is on for certain, then at most; then by the stated spend; then those of the most members, then by id"`
	Paging
}

// MembersItem is what the rows of one or more members are about.
type MembersItem[R any] struct {
	BySpend      *Interval      `json:"by_spend" doc:"Part of the spend that is on members with this; where rows hold a measure, the measure weighed by spend; null where nothing is weighed by spend: portfolio.by_spend_reason"`
	OfStated     *Interval      `json:"of_stated_spend" doc:"The same over the members whose spend is known, as if the others cost nothing; null where no spend weighs"`
	Mean         *Interval      `json:"mean" doc:"The same with each member counted alike"`
	Members      int            `json:"members" doc:"Members with this"`
	Kind         string         `json:"kind,omitempty" doc:"Which list it is of, where the question has several"`
	ID           string         `json:"id" doc:"What it is about"`
	Name         string         `json:"name"`
	Spend        []Money        `json:"spend" doc:"Spend on these members, a sum a currency"`
	SpendUnknown int            `json:"spend_unknown" doc:"Members among these whose spend is not known"`
	Of           []MemberRow[R] `json:"of" doc:"What is answered of these members, in the order of ids, at most so many as were asked for"`
	OfMore       bool           `json:"of_more,omitempty" doc:"There are more members than are listed"`
}

// MemberRow is a row of the answer about one member.
type MemberRow[R any] struct {
	Member Ref `json:"member"`
	Row    R   `json:"row"`
}

// Rows are the items of the list, a slice.
func (a *MembersAnswer[R]) Rows() any { return a.Items }

// Resolve checks the request and spells out what it leaves to defaults, apart from scope and page.
func (req MembersRequest) Resolve() (MembersRequest, error) {
	var err error
	if req.Portfolio, err = req.Portfolio.Resolve(); err != nil {
		return req, err
	}
	switch {
	case req.Named == 0:
		req.Named = DefaultNamedMembers
	case req.Named < 0 || req.Named > MaxMembers:
		return req, fmt.Errorf("%w: members %d; allowed: 1 to %d", graph.ErrInvalid, req.Named, MaxMembers)
	}
	return req, nil
}

// memberQuestion is a question of one company, as it is asked of each member.
type memberQuestion[R any] struct {
	asked any // prints the question without company, scope and page
	// ask gives the head of the answer about a company, by what [graph.View.Lookup] finds it, and all of its rows.
	ask func(ctx context.Context, v *graph.View, company string, s Scope) (*Answer, []R, error)
	// about tells what a row is about, and the measure that is weighed; 1 where a row has none.
	about func(*R) rowSubject
}

// rowSubject is what a row is about.
type rowSubject struct {
	kind, id, name string
	measure        lost
}

// present is the measure of rows that have none but that they are there.
var present = lost{1, 1}

// askedAtOnce is how many members are asked about before their answers are brought together.
const askedAtOnce = 64

// maxKeptRows bounds the rows that the items name, all told: beyond it items name fewer members than were asked for.
const maxKeptRows = 200_000

// eachMember asks the question of each member.
func eachMember[R any](ctx context.Context, v *graph.View, req MembersRequest, q memberQuestion[R]) (*MembersAnswer[R], error) {
	req, err := req.Resolve()
	if err != nil {
		return nil, err
	}
	question := fmt.Sprintf("%v %d %v", req.Portfolio, req.Named, q.asked)
	asked, err := req.Portfolio.begin(ctx, v, req.Page, &req.Scope, question, 2)
	if err != nil {
		return nil, err
	}
	v, members, match := asked.v, asked.members, asked.match
	g := &gathering[R]{v: v, req: req, q: q, members: members, w: newWeights(members), at: map[subjectKey]int{}, room: maxKeptRows}
	g.out = &MembersAnswer[R]{Answer: newAnswer(v, req.Scope), Portfolio: match, Items: []MembersItem[R]{}, Paging: asked.paging}
	match.warn(&g.out.Answer)
	g.w.warn(&g.out.Answer, v, members)
	if err := g.ask(ctx); err != nil {
		return nil, err
	}
	g.out.Assumptions = append(g.out.Assumptions, g.w.weighing()...)
	g.page(asked.key, question)
	return inGroups(v, g.out, req.Portfolio.names()...), nil
}

// gathering brings the rows of the members together.
type gathering[R any] struct {
	v       *graph.View
	req     MembersRequest
	q       memberQuestion[R]
	members []member
	w       *weights
	out     *MembersAnswer[R]
	at      map[subjectKey]int
	list    []gathered[R]
	room    int // rows that may still be kept
}

type subjectKey struct{ kind, id string }

// gathered is an item before its numbers are worked out.
type gathered[R any] struct {
	rowSubject
	of               []memberMeasure // in the order of members
	rows             []MemberRow[R]
	by, stated, mean lost
}

type memberMeasure struct {
	member int
	lost
}

// memberAnswer is what is answered of one member.
type memberAnswer[R any] struct {
	member int
	head   *Answer
	rows   []R
}

// ask asks about the members, some at once, and takes their answers in the order of ids.
func (g *gathering[R]) ask(ctx context.Context) error {
	list := make([]memberAnswer[R], len(g.members))
	for i := range list {
		list[i].member = i
	}
	for chunk := range slices.Chunk(list, askedAtOnce) {
		done, err := inParallel(ctx, chunk, func() func(*memberAnswer[R]) error {
			return func(m *memberAnswer[R]) (err error) {
				m.head, m.rows, err = g.q.ask(ctx, g.v, g.v.Ref(graph.KindCompany, g.members[m.member].node), g.req.Scope)
				return err
			}
		})
		if err != nil {
			return err
		}
		for i := range done {
			g.take(&done[i])
			done[i].rows = nil
		}
		g.out.AskedOf += len(done)
		if g.req.Progress != nil {
			g.req.Progress(g.out.AskedOf, len(g.members))
		}
		if len(done) < len(chunk) {
			g.out.stop(StoppedByDeadline)
			g.out.warn(fmt.Sprintf("the time was over: %d of %s were asked about, the others count nowhere; give it more time, or fewer members",
				g.out.AskedOf, plural(len(g.members), "member", "members")))
			return nil
		}
	}
	return nil
}

// take takes the answer about a member. The first of several rows about the same is the one that is named.
func (g *gathering[R]) take(m *memberAnswer[R]) {
	a := &g.out.Answer
	if m.head.StoppedBecause != "" && m.head.StoppedBecause != StoppedByLimit {
		a.stop(m.head.StoppedBecause)
		if m.head.StoppedBecause == StoppedByDeadline {
			a.warn("the time was over before everything about all members was found")
		}
	}
	if len(a.Assumptions) < len(m.head.Assumptions) {
		a.Assumptions = slices.Clone(m.head.Assumptions)
	}
	a.Coverage.Relations += m.head.Coverage.Relations
	a.Coverage.Sourced += m.head.Coverage.Sourced
	a.Coverage.Dated += m.head.Coverage.Dated
	a.Coverage.Shares += m.head.Coverage.Shares
	for i := range m.rows {
		about := g.q.about(&m.rows[i])
		key := subjectKey{about.kind, about.id}
		at, ok := g.at[key]
		if !ok {
			at = len(g.list)
			g.at[key] = at
			g.list = append(g.list, gathered[R]{rowSubject: about})
		}
		item := &g.list[at]
		if n := len(item.of); n > 0 && item.of[n-1].member == m.member {
			item.of[n-1].lost = item.of[n-1].and(about.measure)
			continue
		}
		item.of = append(item.of, memberMeasure{m.member, about.measure})
		if len(item.rows) < g.req.Named && g.room > 0 {
			g.room--
			item.rows = append(item.rows, MemberRow[R]{Member: refOf(g.v, graph.KindCompany, g.members[m.member].node), Row: m.rows[i]})
		}
	}
}

// page weighs the items, puts them in order and cuts the part asked for.
func (g *gathering[R]) page(after []string, question any) {
	low, high := make([]float64, len(g.members)), make([]float64, len(g.members))
	for i := range g.list {
		x := &g.list[i]
		for _, m := range x.of {
			low[m.member], high[m.member] = m.low, m.high
		}
		x.by, x.stated, x.mean = lost{g.w.least(low), g.w.most(high)}, lost{g.w.ofStated(low), g.w.ofStated(high)}, lost{g.w.mean(low), g.w.mean(high)}
		for _, m := range x.of {
			low[m.member], high[m.member] = 0, 0
		}
	}
	slices.SortFunc(g.list, func(a, b gathered[R]) int { return slices.Compare(g.key(&a), g.key(&b)) })
	total, list := len(g.list), g.list
	if g.out.StoppedBecause != StoppedByDeadline {
		g.out.Total = &total
	}
	if after != nil {
		at, found := slices.BinarySearchFunc(list, after, func(x gathered[R], key []string) int { return slices.Compare(g.key(&x), key) })
		if found {
			at++
		}
		list = list[at:]
	}
	if n := g.req.Limit; n > 0 && len(list) > n {
		list = list[:n]
		if g.out.Total != nil {
			g.out.NextCursor = nextCursor(g.v, g.req.Scope, question, g.key(&list[n-1])...)
		}
		g.out.stop(StoppedByLimit)
	}
	for i := range list {
		g.out.Items = append(g.out.Items, g.item(&list[i]))
	}
}

// key is what a cursor holds of an item; keys are in the order of the items.
func (g *gathering[R]) key(x *gathered[R]) []string {
	ranks := x.by
	if g.w.why != "" {
		ranks = x.mean
	}
	part := func(value float64) string { return fmt.Sprintf("%.9f", 1-rounded(value)) }
	return []string{part(ranks.low) + " " + part(ranks.high) + " " + part(x.stated.low) + " " + part(x.stated.high) + fmt.Sprintf(" %05d", MaxMembers-len(x.of)), cmp.Or(x.kind, "-") + " " + x.id}
}

func (g *gathering[R]) item(x *gathered[R]) MembersItem[R] {
	var behind []member
	for _, m := range x.of {
		behind = append(behind, g.members[m.member])
	}
	out := MembersItem[R]{Mean: bounds(x.mean), Members: len(x.of), Kind: x.kind, ID: x.id, Name: x.name, Of: x.rows, OfMore: len(x.rows) < len(x.of)}
	out.Spend, out.SpendUnknown = spendOf(behind)
	if !g.w.apart {
		out.BySpend = bounds(x.by)
	}
	if g.w.why == "" {
		out.OfStated = bounds(x.stated)
	}
	if out.Of == nil {
		out.Of = []MemberRow[R]{}
	}
	return out
}
