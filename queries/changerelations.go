package queries

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/tributarygraph/tributary/graph"
)

// NetworkChange is a relation that says something else at the second moment, or of which claims came, went or changed.
type NetworkChange struct {
	Relation string           `json:"relation" doc:"Id of the relation"`
	Kind     string           `json:"kind" enum:"supplies,makes"`
	From     Ref              `json:"from" doc:"The supplier or maker"`
	To       Ref              `json:"to" doc:"The buyer, or the product that is made"`
	Product  *Ref             `json:"product" doc:"What is supplied; null when not stated"`
	Tier     int              `json:"tier" doc:"Least number of hops from the supplier or maker to the company asked about"`
	Change   string           `json:"change" enum:"came,went,changed,claims" doc:"What became of the relation; claims: it says the same on other claims"`
	Fields   []FieldChange    `json:"fields" doc:"What it says otherwise"`
	Claims   []ClaimChange    `json:"claims" doc:"The claims that came, went or changed"`
	Solved   bool             `json:"solved" doc:"Whether the network was solved with this change alone"`
	Moves    *int             `json:"moves" doc:"Exposures that it moved alone; null where it was not solved"`
	Effects  []ExposureEffect `json:"effects" doc:"Those that it moved most alone"`
	Sentence string           `json:"sentence"`

	effective bool // whether exposures may rest on it
}

// FieldChange is a field of a relation that is otherwise.
type FieldChange struct {
	Field        string    `json:"field"`
	NumberBefore *Interval `json:"number_before" doc:"null where it was not stated, and of texts"`
	NumberAfter  *Interval `json:"number_after" doc:"null where it is not stated, and of texts"`
	TextBefore   string    `json:"text_before,omitempty" doc:"Of a value, its currency"`
	TextAfter    string    `json:"text_after,omitempty" doc:"Of a value, its currency"`
}

// ClaimChange is a claim that came, went or changed.
type ClaimChange struct {
	Change string    `json:"change" enum:"came,went,changed" doc:"changed: it says or counts otherwise"`
	Why    string    `json:"why" doc:"In words"`
	Claim  ClaimRow  `json:"claim" doc:"The claim at the second moment, or where it went, as it was"`
	Before *ClaimRow `json:"before" doc:"The claim as it was, where its fields changed"`
}

// ExposureEffect is what a change alone did to an exposure.
type ExposureEffect struct {
	ID         string    `json:"id"`
	Name       string    `json:"name"`
	LossBefore *Interval `json:"loss_before" doc:"null where it is not upstream"`
	LossAfter  *Interval `json:"loss_after" doc:"null where it is not upstream"`
	FlowBefore *Interval `json:"flow_before" doc:"null where it is not upstream"`
	FlowAfter  *Interval `json:"flow_after" doc:"null where it is not upstream"`
}

// networkChange is a relation that changed.
type networkChange struct {
	key           graph.RelationKey
	tier          int
	was, is       bool // it is active at the first, at the second moment
	before, after graph.Supply
	usedIn        []string // products, of after
	fields        []FieldChange
	claims        []ClaimChange
	effective     bool // it says something else that exposures rest on
	outside       bool // what an upstream company sells elsewhere
	solved        bool
	moves         []exposureMove // that it makes alone
}

// sideRelation is a relation at one moment.
type sideRelation struct {
	rel    graph.Rel
	exists bool
}

// compareRelations finds the relations that changed.
func (x *changes) compareRelations(ctx context.Context) error {
	pairs := map[graph.RelationKey]*[2]sideRelation{}
	companies := x.companies()
	for i, s := range []*changeSide{&x.before, &x.after} {
		for n, id := range companies {
			if n%checkEvery == 0 && ctx.Err() != nil {
				return ctx.Err()
			}
			if c, ok := s.v.Find(graph.KindCompany, id); ok {
				s.relationsAt(c, func(r graph.Rel) { pairOf(pairs, s.v.RelationKey(r))[i] = sideRelation{r, true} })
			}
		}
	}
	upstream := make(map[string]bool, len(companies))
	for _, id := range companies {
		upstream[id] = true
	}
	for key, pair := range pairs {
		c := x.compareRelation(key, pair)
		if c == nil {
			continue
		}
		if c.outside = key.Kind == graph.KindSupplies && !upstream[key.To]; c.outside && !x.makesLine(c) {
			continue
		}
		if c.tier = x.tierOf(key.From); key.Kind == graph.KindSupplies && !c.outside {
			c.tier = x.tierOf(key.To) + 1
		}
		x.list = append(x.list, c)
	}
	slices.SortFunc(x.list, func(a, b *networkChange) int {
		return cmp.Or(compareBool(a.outside, b.outside), cmp.Compare(a.tier, b.tier), a.key.Compare(b.key))
	})
	return nil
}

// compareBool orders false before true.
func compareBool(a, b bool) int {
	switch {
	case a == b:
		return 0
	case b:
		return -1
	}
	return 1
}

// companies are the company and all that stand upstream at either moment.
func (x *changes) companies() []string {
	seen := map[string]bool{}
	var out []string
	for _, s := range []*changeSide{&x.before, &x.after} {
		for _, c := range s.around {
			if id := s.v.ID(graph.KindCompany, c); !seen[id] {
				seen[id] = true
				out = append(out, id)
			}
		}
	}
	return out
}

// makesLine reports whether a relation to a company that is not upstream may matter: what a company sells is what lines
// it has, and what revenue it has by them is what they weigh.
func (x *changes) makesLine(c *networkChange) bool {
	switch {
	case c.key.Product == "" || !c.effective:
		return false
	case !sameNumber(numberRow(&c.before.RevenueShare), numberRow(&c.after.RevenueShare)):
		return true
	case c.was == c.is:
		return false
	}
	return !x.keepsLine(c.key.From, c.key.Product)
}

// keepsLine reports whether a company supplies or makes a product by one relation at both moments.
func (x *changes) keepsLine(company, product string) bool {
	v := x.before.v
	c, known := v.Find(graph.KindCompany, company)
	p, ok := v.Find(graph.KindProduct, product)
	if !known || !ok {
		return false
	}
	both := func(r graph.Rel) bool {
		if !v.Active(r, x.before.scope.filter()) {
			return false
		}
		after, ok := x.after.v.FindRelation(v.RelationKey(r))
		return ok && x.after.v.Active(after, x.after.scope.filter())
	}
	supplies, makes := v.Out(graph.KindSupplies, c), v.Out(graph.KindMakes, c)
	for i := range supplies.Len() {
		if r := supplies.Rel(i); v.ProductOf(r) == p && both(r) {
			return true
		}
	}
	for i, made := range makes.Nodes {
		if made == p && both(makes.Rel(i)) {
			return true
		}
	}
	return false
}

func pairOf(pairs map[graph.RelationKey]*[2]sideRelation, key graph.RelationKey) *[2]sideRelation {
	pair := pairs[key]
	if pair == nil {
		pair = &[2]sideRelation{}
		pairs[key] = pair
	}
	return pair
}

// relationsAt calls yield with what a company buys, makes and sells.
func (s *changeSide) relationsAt(c graph.Node, yield func(graph.Rel)) {
	for _, edges := range []graph.Edges{s.v.In(graph.KindSupplies, c), s.v.Out(graph.KindMakes, c), s.v.Out(graph.KindSupplies, c)} {
		for i := range edges.Len() {
			yield(edges.Rel(i))
		}
	}
}

// compareRelation is nil where nothing changed.
func (x *changes) compareRelation(key graph.RelationKey, pair *[2]sideRelation) *networkChange {
	c := &networkChange{key: key}
	c.was, c.before = x.before.stateOf(pair[0])
	c.is, c.after = x.after.stateOf(pair[1])
	c.usedIn = x.after.products(&c.after)
	c.after.UsedIn = c.usedIn
	c.before.UsedIn = x.before.products(&c.before)
	c.fields = append(x.marketShare(key, pair, c), fieldChanges(c)...)
	c.effective = c.was != c.is || slices.ContainsFunc(c.fields, func(f FieldChange) bool { return moving[f.Field] })
	c.claims = x.claimChanges(pair)
	if !c.effective && len(c.fields) == 0 && len(c.claims) == 0 {
		return nil
	}
	return c
}

// tierOf is the tier of a company at whichever moment it is nearer.
func (x *changes) tierOf(id string) int {
	before, after := x.before.tierOf(id), x.after.tierOf(id)
	if before < 0 || after >= 0 && after < before {
		return max(0, after)
	}
	return before
}

// tierOf is the tier of a company, 0 for the one asked about; -1 where it is not upstream.
func (s *changeSide) tierOf(id string) int {
	if tier, ok := s.tiers[id]; ok {
		return tier
	}
	if s.company != graph.NoNode && s.v.ID(graph.KindCompany, s.company) == id {
		return 0
	}
	return -1
}

// stateOf is whether a relation is active at the moment, and what it says.
func (s *changeSide) stateOf(r sideRelation) (active bool, said graph.Supply) {
	if !r.exists {
		return false, said
	}
	f := s.scope.filter()
	if active = s.v.Active(r.rel, f); active && s.v.KindOf(r.rel) == graph.KindSupplies {
		s.v.FoldSupply(r.rel, f, &said)
		for _, n := range numbersOf(&said) {
			n.From = 0 // numbers of claims are of one View
		}
	}
	return active, said
}

// products are the ids of what a relation is said to be used in; what fits no product is left as it is written.
func (s *changeSide) products(said *graph.Supply) (out []string) {
	for _, text := range said.UsedIn {
		if n, err := s.v.Lookup(graph.KindProduct, text); err == nil {
			text = s.v.ID(graph.KindProduct, n)
		}
		out = append(out, text)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// moving are the fields that exposures rest on.
var moving = map[string]bool{graph.FieldShareOfInput.String(): true, graph.FieldCostShare.String(): true, graph.FieldRevenueShare.String(): true, graph.FieldValue.String(): true,
	graph.FieldEssential.String(): true, graph.FieldUsedIn.String(): true, graph.FieldCompleteList.String(): true}

// marketShare is how the market share of a maker changed.
func (x *changes) marketShare(key graph.RelationKey, pair *[2]sideRelation, c *networkChange) []FieldChange {
	if key.Kind != graph.KindMakes {
		return []FieldChange{}
	}
	var rows [2]*Interval
	for i, s := range []*changeSide{&x.before, &x.after} {
		if active := [2]bool{c.was, c.is}[i]; active {
			rows[i] = statedNumber(s.v, pair[i].rel, s.scope.filter(), graph.FieldMarketShare)
		}
	}
	if sameNumber(rows[0], rows[1]) {
		return []FieldChange{}
	}
	return []FieldChange{{Field: graph.FieldMarketShare.String(), NumberBefore: rows[0], NumberAfter: rows[1]}}
}

// The numbers of a supply, and their fields.
var comparedNumbers = [...]graph.FieldID{graph.FieldShareOfInput, graph.FieldRevenueShare, graph.FieldCostShare, graph.FieldValue, graph.FieldLeadTimeDays, graph.FieldInventoryDays}

func numbersOf(s *graph.Supply) [len(comparedNumbers)]*graph.OptionalNumber {
	return [...]*graph.OptionalNumber{&s.Share, &s.RevenueShare, &s.CostShare, &s.Value, &s.LeadTime, &s.Inventory}
}

// fieldChanges are the fields of which a relation says something else. Of one that came or went, those that it states.
func fieldChanges(c *networkChange) []FieldChange {
	out := []FieldChange{}
	before, after := numbersOf(&c.before), numbersOf(&c.after)
	for i, field := range comparedNumbers {
		a, b := numberRow(before[i]), numberRow(after[i])
		if !sameNumber(a, b) || field == graph.FieldValue && c.before.Currency != c.after.Currency {
			change := FieldChange{Field: field.String(), NumberBefore: a, NumberAfter: b}
			if field == graph.FieldValue {
				change.TextBefore, change.TextAfter = c.before.Currency, c.after.Currency
			}
			out = append(out, change)
		}
	}
	text := func(field graph.FieldID, a, b string) {
		if a != b {
			out = append(out, FieldChange{Field: field.String(), TextBefore: a, TextAfter: b})
		}
	}
	text(graph.FieldEssential, c.before.Essential.String(), c.after.Essential.String())
	text(graph.FieldUsedIn, strings.Join(c.before.UsedIn, ";"), strings.Join(c.after.UsedIn, ";"))
	text(graph.FieldOriginCountry, c.before.Origin, c.after.Origin)
	text(graph.FieldCompleteList, flagText(c.before.ListComplete), flagText(c.after.ListComplete))
	return out
}

func flagText(set bool) string {
	if set {
		return graph.True.String()
	}
	return ""
}

func numberRow(n *graph.OptionalNumber) *Interval {
	if !n.Stated {
		return nil
	}
	value := n.Value
	return &Interval{Low: n.Least, High: n.Most, Point: &value, Basis: BasisStated, Period: string(n.Period), Disputed: n.Disputed}
}

func sameNumber(a, b *Interval) bool {
	if a == nil || b == nil {
		return a == b
	}
	if (a.Point == nil) != (b.Point == nil) {
		return false
	}
	return a.Low == b.Low && a.High == b.High && (a.Point == nil || *a.Point == *b.Point)
}

// sideClaim is a claim at one moment.
type sideClaim struct {
	facts  graph.ClaimFacts
	holds  bool // on the day
	counts bool // it makes the relation active
	begun  bool // its period has
}

// claimsAt are the claims of a relation at the moment, by id.
func (s *changeSide) claimsAt(r sideRelation) map[string]*sideClaim {
	out := map[string]*sideClaim{}
	if !r.exists {
		return out
	}
	f := s.scope.filter()
	low, high := s.v.Claims(r.rel)
	for n := low; n < high; n++ {
		c := &sideClaim{facts: s.v.Claim(r.rel, n), counts: s.v.Flows(r.rel, n, f), holds: true, begun: true}
		if f.AsOf != graph.AnyDate {
			c.holds = (c.facts.ValidFrom == graph.NoDate || c.facts.ValidFrom <= f.AsOf) && (c.facts.ValidTo == graph.NoDate || f.AsOf < c.facts.ValidTo)
			c.begun = c.facts.Period == "" || c.facts.Period.Start() <= f.AsOf
		}
		out[c.facts.ID()] = c
	}
	return out
}

// undated counts the supply relations upstream, and those that hold on every day because a claim of them that counts has
// no dates.
func (s *changeSide) undated() (relations, undated int) {
	f := s.scope.filter()
	for _, c := range s.around {
		edges := s.v.In(graph.KindSupplies, c)
		for i := range edges.Len() {
			r := edges.Rel(i)
			if !s.v.Active(r, f) {
				continue
			}
			relations++
			low, high := s.v.Claims(r)
			for n := low; n < high; n++ {
				if facts := s.v.Claim(r, n); facts.ValidFrom == graph.NoDate && facts.ValidTo == graph.NoDate && s.v.Flows(r, n, f) {
					undated++
					break
				}
			}
		}
	}
	return relations, undated
}

// claimChanges are the claims that came, went or changed, in the order of ids.
func (x *changes) claimChanges(pair *[2]sideRelation) []ClaimChange {
	out := []ClaimChange{}
	before, after := x.before.claimsAt(pair[0]), x.after.claimsAt(pair[1])
	ids := map[string]bool{}
	for id := range before {
		ids[id] = true
	}
	for id := range after {
		ids[id] = true
	}
	sorted := make([]string, 0, len(ids))
	for id := range ids {
		sorted = append(sorted, id)
	}
	slices.Sort(sorted)
	for _, id := range sorted {
		if c, ok := x.claimChange(pair, before[id], after[id]); ok {
			out = append(out, c)
		}
	}
	return out
}

// claimChange compares a claim at the two moments; nil where it is not there.
func (x *changes) claimChange(pair *[2]sideRelation, a, b *sideClaim) (c ClaimChange, changed bool) {
	switch {
	case (a == nil || !a.holds) && (b == nil || !b.holds):
		return c, false
	case a == nil || !a.holds:
		c.Change, c.Why = "came", "it holds from "+dateText(b.facts.ValidFrom)+" on"
		switch {
		case a == nil && x.backward():
			c.Why = "it was taken back later"
		case a == nil:
			c.Why = "it was not known"
		}
	case b == nil || !b.holds:
		c.Change, c.Why = "went", "it was taken back"
		if b == nil && x.backward() {
			c.Why = "it was not known yet"
		}
		if b != nil && b.facts.ValidTo != graph.NoDate {
			c.Why = "it held until " + dateText(b.facts.ValidTo)
		} else if b != nil {
			c.Why = "it does not hold yet"
		}
	case a.counts != b.counts:
		c.Change, c.Why = "changed", "it counts now"
		if a.counts {
			c.Why = "it counts no longer: whoever says so said since that it ended, or its stage no longer counts"
		}
	case x.before.v != x.after.v && !sameFacts(&a.facts, &b.facts):
		c.Change, c.Why = "changed", "it says something else"
	case a.begun != b.begun && statesNumbers(&b.facts):
		c.Change, c.Why = "changed", "its numbers count: "+string(b.facts.Period)+" has begun"
		if a.begun {
			c.Why = "its numbers do not count: " + string(b.facts.Period) + " has not begun"
		}
	default:
		return c, false
	}
	if b != nil && (c.Change != "went" || a == nil) {
		c.Claim = x.after.claimRow(pair[1], b)
	} else {
		c.Claim = x.before.claimRow(pair[0], a)
	}
	if c.Why == "it says something else" {
		row := x.before.claimRow(pair[0], a)
		c.Before = &row
	}
	return c, true
}

// backward reports whether the second moment is of an earlier revision than the first.
func (x *changes) backward() bool { return x.out.To.Revision < x.out.From.Revision }

func (s *changeSide) claimRow(r sideRelation, c *sideClaim) ClaimRow {
	row := claimRow(s.v, s.v.RelationKey(r.rel).ID(), &c.facts)
	row.Counts = c.counts
	return row
}

// statesNumbers reports whether a claim states a number beside its confidence.
func statesNumbers(c *graph.ClaimFacts) bool {
	return slices.ContainsFunc(c.Numbers, func(n graph.Field) bool { return n.ID != graph.FieldConfidence })
}

// sameFacts reports whether two claims say the same, whatever records they name.
func sameFacts(a, b *graph.ClaimFacts) bool {
	x, y := *a, *b
	if !slices.Equal(x.Numbers, y.Numbers) {
		return false
	}
	x.Numbers, y.Numbers = nil, nil
	return x.Key == y.Key && x.ValidTo == y.ValidTo && x.Basis == y.Basis && x.Stage == y.Stage && x.Stance == y.Stance && x.Essential == y.Essential &&
		x.CompleteList == y.CompleteList && x.Currency == y.Currency && x.Unit == y.Unit && x.UsedIn == y.UsedIn && x.OriginCountry == y.OriginCountry &&
		x.Country == y.Country && x.Control == y.Control && x.Role == y.Role && x.Site == y.Site
}
