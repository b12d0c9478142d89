package queries

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/tributarygraph/tributary/graph"
)

// DefaultSolved is how many changes of the network are solved one by one unless a question says otherwise, MaxSolved
// the most.
const (
	DefaultSolved = 20
	MaxSolved     = 500
)

// mostMeasured is how many exposures a change is measured on where more companies stand upstream than are compared: the
// ones that moved most. Else it is measured on all.
const mostMeasured = 40

// mostCompared is how many companies upstream are compared: of more, the nearest.
const mostCompared = 400

// mostEffects is how many exposures a change names that it moved.
const mostEffects = 5

// Moment is a point in time, in one of two senses that never mix: a day is what was true then, as known now; a revision
// is what was known then.
type Moment struct {
	Day      string          // as [graph.ParseDate] reads it, or today; empty of a revision
	Revision *graph.Revision // nil of a day
}

// ParseMoment reads a day ("2024-05-11", "today") or a revision ("revision:12"); today where nothing is said. The error
// wraps graph.ErrInvalid; name is what the text is called there.
func ParseMoment(name, text string) (Moment, error) {
	text = strings.ToLower(strings.TrimSpace(text))
	if number, ok := strings.CutPrefix(text, "revision:"); ok {
		n, err := strconv.ParseUint(number, 10, 63)
		if err != nil {
			return Moment{}, fmt.Errorf("%w: %s %q; allowed: revision:N, such as revision:12", graph.ErrInvalid, name, text)
		}
		r := graph.Revision(n)
		return Moment{Revision: &r}, nil
	}
	scope, err := Scope{AsOf: text}.Resolve()
	if err != nil || scope.AsOf == "any" {
		return Moment{}, fmt.Errorf("%w: %s %q; allowed: a day such as 2024-05-11, 2024-05, 2024 or today, or revision:12", graph.ErrInvalid, name, text)
	}
	return Moment{Day: scope.AsOf}, nil
}

// String is what [ParseMoment] reads.
func (m Moment) String() string {
	if m.Revision != nil {
		return fmt.Sprintf("revision:%d", *m.Revision)
	}
	return m.Day
}

// ChangesRequest asks what changed for a company between two moments.
type ChangesRequest struct {
	Company string // id, identifier, name or alias
	// Scope says what counts; its day is the one on which revisions are looked at.
	Scope
	From, To Moment
	// Limit is the most items of each list; 0 for all.
	Limit int
	// Solve is how many changes of the network are solved one by one; DefaultSolved when 0, none when negative.
	Solve int
	// Assume, Undocumented and ProductLevel are those of a [DisruptionRequest].
	Assume       []string
	Undocumented string
	ProductLevel string
	Details      Details `json:"-"`
}

// ChangesAnswer tells what changed for a company.
type ChangesAnswer struct {
	Answer
	Company   Ref              `json:"company" doc:"The company asked about"`
	From      ChangePoint      `json:"from" doc:"The first moment"`
	To        ChangePoint      `json:"to" doc:"The second moment"`
	Sentences []string         `json:"sentences" doc:"What changed, in words"`
	Exposures []ExposureChange `json:"exposures" doc:"Exposures that moved, those that moved most first"`
	Moved     int              `json:"moved" doc:"Exposures that moved, of companies that stand upstream at both moments"`
	Came      int              `json:"came" doc:"Companies that came upstream"`
	Went      int              `json:"went" doc:"Companies that are no longer upstream"`
	Unmoved   int              `json:"unmoved" doc:"Companies upstream at both moments whose exposures did not move"`
	Shares    []ShareChange    `json:"shares" doc:"Shares of what the company itself buys that moved, in the order of products and suppliers"`
	Changes   []NetworkChange  `json:"changes" doc:"Relations of the network upstream that changed, or of which claims did; those that moved most alone first"`
	// ChangesTotal counts the changes, Effective those after which a relation says something that exposures rest on, Solved
	// those solved alone.
	ChangesTotal int `json:"changes_total" doc:"How many relations changed in all"`
	Effective    int `json:"effective" doc:"Of these, how many may move an exposure"`
	Solved       int `json:"solved" doc:"Of these, how many were solved alone"`
	Unexplained  int `json:"unexplained" doc:"Exposures that all changes of relations together do not bring from the first to the second moment: the rest comes of companies or products that became one, or of kinds of products"`
	Measured     int `json:"measured" doc:"Exposures that each change was measured on"`
	// Relations are counted at the second moment. Undated ones rest on a claim that says neither since when nor until when.
	Relations int `json:"relations" doc:"Supply relations upstream at the second moment"`
	Undated   int `json:"undated" doc:"Of these, how many rest on a claim without dates: they hold on every day"`
}

// ChangePoint is one of the two moments.
type ChangePoint struct {
	At       string `json:"at" doc:"As it is asked for: a day or revision:N"`
	AsOf     string `json:"as_of" doc:"Day on which relations are looked at"`
	Revision uint64 `json:"revision" doc:"Revision of the store that is looked at"`
	Known    bool   `json:"known" doc:"Whether the company is known there"`
	Upstream int    `json:"upstream" doc:"Companies documented upstream"`
}

// ExposureChange is how an exposure moved.
type ExposureChange struct {
	Change     string    `json:"change" enum:"moved,came,went" doc:"came: it was not upstream; went: it no longer is"`
	ID         string    `json:"id"`
	Name       string    `json:"name"`
	NameZH     string    `json:"name_zh,omitempty" doc:"Name in Chinese, where one is stated beside the name"`
	Country    string    `json:"country,omitempty" doc:"Headquarters, ISO 3166-1; absent when unknown"`
	TierBefore *int      `json:"tier_before" doc:"null where it is not upstream"`
	TierAfter  *int      `json:"tier_after" doc:"null where it is not upstream"`
	LossBefore *Interval `json:"loss_before" doc:"Loss if it stops, at the first moment; null where it is not upstream"`
	LossAfter  *Interval `json:"loss_after" doc:"The same at the second"`
	FlowBefore *Interval `json:"flow_before" doc:"Flow exposure at the first moment; null where it is not upstream"`
	FlowAfter  *Interval `json:"flow_after" doc:"The same at the second"`
	Sentence   string    `json:"sentence"`
}

// ChangesRow is an item of either list, as a row of CSV and NDJSON: list says which one, and what the other has and it
// has not is empty.
type ChangesRow struct {
	List string `json:"list"`
	ExposureChange
	Relation string           `json:"relation,omitempty"`
	Fields   []FieldChange    `json:"fields,omitempty"`
	Claims   []ClaimChange    `json:"claims,omitempty"`
	Moves    *int             `json:"moves,omitempty"`
	Effects  []ExposureEffect `json:"effects,omitempty"`
}

// Rows are the items of both lists, a slice. A change of the network stands under the id of its supplier or maker.
func (a *ChangesAnswer) Rows() any {
	rows := []ChangesRow{}
	for _, e := range a.Exposures {
		rows = append(rows, ChangesRow{List: "exposures", ExposureChange: e})
	}
	for _, c := range a.Changes {
		rows = append(rows, ChangesRow{List: "changes", Relation: c.Relation, Fields: c.Fields, Claims: c.Claims, Moves: c.Moves, Effects: c.Effects,
			ExposureChange: ExposureChange{Change: c.Change, ID: c.From.ID, Name: c.From.Name, Sentence: c.Sentence}})
	}
	return rows
}

// ShareChange is how the share of a supplier in what the company buys of a product moved.
type ShareChange struct {
	Supplier Ref       `json:"supplier"`
	Product  *Ref      `json:"product" doc:"null where it is not stated"`
	Before   *Interval `json:"before" doc:"null where it was no supplier"`
	After    *Interval `json:"after" doc:"null where it is no supplier"`
}

// Resolve checks the request and spells out what it leaves to defaults, apart from names.
func (req ChangesRequest) Resolve() (ChangesRequest, error) {
	x, err := ExposureRequest{Assume: req.Assume, Undocumented: req.Undocumented, ProductLevel: req.ProductLevel}.Resolve()
	if err != nil {
		return req, err
	}
	req.Assume, req.Undocumented, req.ProductLevel = x.Assume, x.Undocumented, x.ProductLevel
	if req.Scope, err = req.Scope.Resolve(); err != nil {
		return req, err
	}
	if req.From == (Moment{}) {
		return req, fmt.Errorf("%w: from: since when? A day such as 2024-05-11, or revision:12", graph.ErrInvalid)
	}
	if req.To == (Moment{}) {
		if req.AsOf == "any" {
			return req, fmt.Errorf("%w: to: until when? as_of is any: a day such as 2024-05-11, or revision:12", graph.ErrInvalid)
		}
		req.To = Moment{Day: req.AsOf}
	}
	if err := req.sameSense(); err != nil {
		return req, err
	}
	switch {
	case req.Solve == 0:
		req.Solve = DefaultSolved
	case req.Solve < 0:
		req.Solve = 0
	case req.Solve > MaxSolved:
		return req, fmt.Errorf("%w: solve %d; allowed: up to %d", graph.ErrInvalid, req.Solve, MaxSolved)
	}
	if req.Limit < 0 {
		return req, fmt.Errorf("%w: limit %d; allowed: 0 (all) or more", graph.ErrInvalid, req.Limit)
	}
	return req, nil
}

// sameSense refuses a day beside a revision: the difference would be what became true and what became known, in one. The
// day on which revisions are looked at is the newest revision on that day.
func (req *ChangesRequest) sameSense() error {
	day, mixed := req.From.Day, (req.From.Revision == nil) != (req.To.Revision == nil)
	if req.From.Revision != nil {
		day = req.To.Day
	}
	if !mixed || day == req.AsOf {
		return nil
	}
	return fmt.Errorf("%w: from %s, to %s: a day is what was true then, as known now, and a revision is what was known then: name two days, or two revisions and the day on which to look at them as as_of (%s)",
		graph.ErrInvalid, req.From, req.To, day)
}

// scopeAt is what counts at a moment.
func (req *ChangesRequest) scopeAt(m Moment) Scope {
	scope := req.Scope
	if m.Day != "" {
		scope.AsOf = m.Day
	}
	return scope
}

// Changes tells what changed for a company: see docs/queries/changes.md. from and to are the Views of the two moments;
// of a day it is the present one. Errors wrap graph.ErrInvalid, ErrNotFound and ErrAmbiguous.
func Changes(ctx context.Context, from, to *graph.View, req ChangesRequest) (*ChangesAnswer, error) {
	req, err := req.Resolve()
	if err != nil {
		return nil, err
	}
	x := &changes{req: req, from: from, before: changeSide{scope: req.scopeAt(req.From)}, after: changeSide{scope: req.scopeAt(req.To)}}
	if x.before.v, err = x.before.scope.view(ctx, from); err != nil {
		return nil, err
	}
	if x.after.v, err = x.after.scope.view(ctx, to); err != nil {
		return nil, err
	}
	x.out = &ChangesAnswer{Answer: newAnswer(x.after.v, x.after.scope, x.assumptions()...), Sentences: []string{}, Exposures: []ExposureChange{}, Shares: []ShareChange{}, Changes: []NetworkChange{}}
	if err := x.find(); err != nil {
		return nil, err
	}
	if err := x.answer(ctx); err != nil {
		if stopped, cancelled := deadline(ctx); cancelled != nil || !stopped || !errors.Is(err, context.DeadlineExceeded) {
			return nil, err
		}
		x.out.stop(StoppedByDeadline)
		x.out.warn("the time was over before everything was compared")
	}
	x.finish()
	if err := x.evidence(ctx); err != nil {
		return nil, err
	}
	return inGroups(x.after.v, x.out, req.Company), nil
}

// changes answers one request.
type changes struct {
	req           ChangesRequest
	from          *graph.View // of the first moment, in which each company counts by itself
	before, after changeSide
	out           *ChangesAnswer
	moved         []exposureMove
	list          []*networkChange
}

// changeSide is the network at one of the moments.
type changeSide struct {
	v       *graph.View
	scope   Scope
	company graph.Node // NoNode where it is not known
	exposures
}

func (x *changes) assumptions() []string {
	out := []string{fmt.Sprintf("from %s, to %s: a day is what was true then, as known now; a revision is what was known then, looked at on %s", x.req.From, x.req.To, x.req.AsOf)}
	e := ExposureRequest{Side: SideSupply, Assume: x.req.Assume, Undocumented: x.req.Undocumented, ProductLevel: x.req.ProductLevel}
	return append(append(out, e.assumptions()...), "what a change did alone is the network of the first moment with this change only; effects of several changes need not add up")
}

// find finds the company at both moments.
func (x *changes) find() (err error) {
	if x.after.company, err = x.after.v.Lookup(graph.KindCompany, x.req.Company); err != nil && !errors.Is(err, graph.ErrNotFound) {
		return err
	}
	missing := err
	ref := x.req.Company
	if missing == nil { // the same company, however it was called then
		x.out.Company = refOf(x.after.v, graph.KindCompany, x.after.company)
		ref = x.out.Company.ID
	}
	var ok bool
	if x.before.company, ok = x.before.v.Find(graph.KindCompany, ref); !ok {
		x.before.company, err = x.before.v.Lookup(graph.KindCompany, x.req.Company)
		switch {
		case err == nil && missing != nil:
			x.out.Company = refOf(x.before.v, graph.KindCompany, x.before.company)
		case err == nil:
		case !errors.Is(err, graph.ErrNotFound):
			return err
		case missing != nil:
			return missing
		}
	}
	if err != nil || missing != nil {
		side := "first"
		if missing != nil {
			side = "second"
		}
		x.out.warn(fmt.Sprintf("%s is not known at the %s moment: it has nobody upstream there", x.out.Company.Name, side))
	}
	x.out.From, x.out.To = x.before.point(x.req.From), x.after.point(x.req.To)
	return nil
}

func (s *changeSide) point(m Moment) ChangePoint {
	return ChangePoint{At: m.String(), AsOf: s.scope.AsOf, Revision: uint64(s.v.Head().Revision), Known: s.company != graph.NoNode}
}

// answer compares the two networks.
func (x *changes) answer(ctx context.Context) error {
	for _, s := range []*changeSide{&x.before, &x.after} {
		p := newProduction(s.v, s.scope.filter())
		if err := s.exposures.measure(ctx, &x.req, p, s.company, nil); err != nil {
			return err
		}
	}
	x.out.From.Upstream, x.out.To.Upstream = len(x.before.tiers), len(x.after.tiers)
	x.out.Relations, x.out.Undated = x.after.undated()
	x.compareExposures()
	x.compareShares()
	if err := x.compareRelations(ctx); err != nil {
		return err
	}
	return x.solve(ctx)
}

// exposureMove is how an exposure moved.
type exposureMove struct {
	id            string
	tier          int
	before, after exposed
	was, is       bool
}

// exposed is what hangs on a company.
type exposed struct{ loss, flow lost }

// moved is how far the bounds moved, the greatest way of any.
func (l lost) moved(to lost) float64 {
	return rounded(max(math.Abs(rounded(to.low)-rounded(l.low)), math.Abs(rounded(to.high)-rounded(l.high))))
}

func (m *exposureMove) hasMoved() bool {
	return m.was != m.is || m.before.loss.moved(m.after.loss) > 0 || m.before.flow.moved(m.after.flow) > 0
}

// compare orders moves by how far the loss moved, then the flow, then by tier and id.
func (m *exposureMove) compare(o *exposureMove) int {
	return cmp.Or(cmp.Compare(o.before.loss.moved(o.after.loss), m.before.loss.moved(m.after.loss)),
		cmp.Compare(o.before.flow.moved(o.after.flow), m.before.flow.moved(m.after.flow)), cmp.Compare(m.tier, o.tier), strings.Compare(m.id, o.id))
}

// compareExposures finds the exposures that moved.
func (x *changes) compareExposures() {
	x.moved = movesBetween(&x.before.exposures, &x.after.exposures)
	for i := range x.moved {
		switch m := &x.moved[i]; {
		case !m.was:
			x.out.Came++
		case !m.is:
			x.out.Went++
		default:
			x.out.Moved++
		}
	}
	for id := range x.before.values {
		if _, both := x.after.values[id]; both {
			x.out.Unmoved++
		}
	}
	x.out.Unmoved -= x.out.Moved
	if more := max(len(x.before.tiers), len(x.after.tiers)); more > mostCompared {
		x.out.warn(fmt.Sprintf("of %d companies upstream the %d nearest at each moment were compared; those of the others that came or went are not told", more, mostCompared))
	}
}

// compareShares finds the shares of the company's own inputs that moved.
func (x *changes) compareShares() {
	before, after := x.before.shares(), x.after.shares()
	keys := slices.Collect(maps.Keys(before))
	for key := range after {
		if before[key] == nil {
			keys = append(keys, key)
		}
	}
	slices.SortFunc(keys, func(a, b graph.RelationKey) int { return cmp.Or(strings.Compare(a.Product, b.Product), a.Compare(b)) })
	for _, key := range keys {
		a, b := before[key], after[key]
		if a != nil && b != nil && rounded(a.Low) == rounded(b.Low) && rounded(a.High) == rounded(b.High) {
			continue
		}
		row := ShareChange{Supplier: x.ref(graph.KindCompany, key.From), Before: a, After: b}
		if key.Product != "" {
			ref := x.ref(graph.KindProduct, key.Product)
			row.Product = &ref
		}
		x.out.Shares = append(x.out.Shares, row)
	}
}

// shares are those of the company's own inputs.
func (s *changeSide) shares() map[graph.RelationKey]*Interval {
	out := map[graph.RelationKey]*Interval{}
	if s.company == graph.NoNode {
		return out
	}
	of := newShares(s.v, s.scope.filter())
	edges := s.v.In(graph.KindSupplies, s.company)
	for i := range edges.Len() {
		if r := edges.Rel(i); of.active.Has(r) {
			out[s.v.RelationKey(r)] = of.ofInput(r)
		}
	}
	return out
}

// movesBetween are the exposures that moved, those that moved most first.
func movesBetween(before, after *exposures) (out []exposureMove) {
	add := func(id string) {
		m := exposureMove{id: id, before: before.values[id], after: after.values[id]}
		was, wasThere := before.tiers[id]
		is, isThere := after.tiers[id]
		m.was, m.is, m.tier = wasThere, isThere, is
		if !isThere || wasThere && was < is {
			m.tier = was
		}
		_, wasMeasured := before.values[id]
		_, isMeasured := after.values[id]
		if wasThere == wasMeasured && isThere == isMeasured && m.hasMoved() {
			out = append(out, m)
		}
	}
	for id := range before.values {
		add(id)
	}
	for id := range after.values {
		if _, both := before.values[id]; !both {
			add(id)
		}
	}
	slices.SortFunc(out, func(a, b exposureMove) int { return a.compare(&b) })
	return out
}

// finish writes the rows and sentences.
func (x *changes) finish() {
	cut := func(n int) int {
		if x.req.Limit > 0 && n > x.req.Limit {
			x.out.stop(StoppedByLimit)
			return x.req.Limit
		}
		return n
	}
	for i := range x.moved[:cut(len(x.moved))] {
		x.out.Exposures = append(x.out.Exposures, x.exposureRow(&x.moved[i]))
	}
	x.order()
	for _, c := range x.list[:cut(len(x.list))] {
		x.out.Changes = append(x.out.Changes, x.changeRow(c))
	}
	x.sentences()
}

// evidence adds the quotes of the claims, and counts what the listed changes rest on.
func (x *changes) evidence(ctx context.Context) error {
	var rows []*ClaimRow
	f := x.after.scope.filter()
	for i := range x.out.Changes {
		c := &x.out.Changes[i]
		for j := range c.Claims {
			rows = append(rows, &c.Claims[j].Claim)
		}
		key, err := graph.ParseRelationID(c.Relation)
		if err != nil {
			return err
		}
		if r, ok := x.after.v.FindRelation(key); ok {
			if folded := x.after.v.FoldHead(r, f); folded.Active {
				x.out.count(x.after.v, &folded, f)
			}
		}
	}
	return addDetails(ctx, x.req.Details, &x.out.Answer, rows)
}

func (x *changes) exposureRow(m *exposureMove) ExposureChange {
	row := ExposureChange{Change: "moved", ID: m.id}
	side := &x.after
	switch {
	case !m.was:
		row.Change = "came"
	case !m.is:
		row.Change, side = "went", &x.before
	}
	n, _ := side.v.Find(graph.KindCompany, m.id)
	row.Name, row.NameZH = side.v.Name(graph.KindCompany, n), side.v.HanName(graph.KindCompany, n)
	row.Country = side.v.NodeText(graph.KindCompany, n, graph.FieldCountry)
	if m.was {
		tier := x.before.tiers[m.id]
		row.TierBefore, row.LossBefore, row.FlowBefore = &tier, bounds(m.before.loss), bounds(m.before.flow)
	}
	if m.is {
		tier := x.after.tiers[m.id]
		row.TierAfter, row.LossAfter, row.FlowAfter = &tier, bounds(m.after.loss), bounds(m.after.flow)
	}
	row.Sentence = x.exposureSentence(&row)
	return row
}
