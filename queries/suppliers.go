package queries

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/tributarygraph/tributary/graph"
)

// DefaultDepth is the number of tiers that are listed unless a question says otherwise.
const DefaultDepth = 3

// TiersRequest asks for the suppliers or the customers of a company by tier.
type TiersRequest struct {
	Company   string // id, identifier, name or alias
	Direction Direction
	Scope
	Page
	// Depth is the greatest tier, 1..MaxDepth; DefaultDepth when 0.
	Depth int
	// Kinds are the kinds of relation that are followed: supplies, owns; supplies when empty.
	Kinds []string
	// Product narrows the list to a product and every kind of it: id, name or alias. ProductHop says which hop
	// must be of it: "listed" (the hop of the listed company: who supplies it anywhere up the chain), "first"
	// (the hop next to the company asked about: what stands behind this input) or "every".
	Product, ProductHop string
	// Country narrows the list to a country (ISO 3166-1): by where companies have their "headquarters", by "origin",
	// where the hop of the listed company ships from, or by "site", where they have one.
	Country, CountryBy string
	// Area narrows the list to companies that have a site there: that run it, or are said to make or ship something there.
	Area
}

// TiersAnswer lists companies by tier, then id.
type TiersAnswer struct {
	Answer
	Company   Ref       `json:"company" doc:"The company asked about"`
	Direction string    `json:"direction" enum:"suppliers,customers"`
	Depth     int       `json:"depth" doc:"Greatest tier listed"`
	Items     []TierRow `json:"items"`
	Paging
}

// TierRow is a company in a list of suppliers or customers. Where several relations bring it in at its tier, the
// numbers are those of the one with the greatest confidence, then the first by the ids of its ends and product.
type TierRow struct {
	Tier               int       `json:"tier" doc:"Least number of hops"`
	OtherTiers         []int     `json:"other_tiers" doc:"Other tiers within the depth at which it stands: there is a chain of exactly so many hops that passes neither company twice"`
	ID                 string    `json:"id"`
	Name               string    `json:"name"`
	NameZH             string    `json:"name_zh,omitempty" doc:"Name in Chinese, where one is stated beside the name"`
	Country            string    `json:"country,omitempty" doc:"ISO 3166-1; absent when unknown"`
	CountryKind        string    `json:"country_kind,omitempty" enum:"headquarters" doc:"What ties the company to the country"`
	Via                []Ref     `json:"via" doc:"The tier-1 companies that it comes through on its shortest chains; empty at tier 1"`
	ViaMore            bool      `json:"via_more,omitempty" doc:"There are more such companies than are listed"`
	Products           []Ref     `json:"products" doc:"What the relations that bring it in are of"`
	Relation           string    `json:"relation" doc:"Id of the relation that the numbers are of"`
	Relations          int       `json:"relations" doc:"Relations that bring it in at this tier"`
	Hop                Ref       `json:"hop" doc:"The company one tier nearer, at the other end of the relation"`
	Share              *Interval `json:"share" doc:"Part in the buyer's intake of the product; for owns the part owned; null when unknown"`
	ShareReason        string    `json:"share_reason,omitempty" doc:"Why the share is null"`
	Origin             string    `json:"origin_country,omitempty" doc:"Where it ships from, ISO 3166-1"`
	Stage              string    `json:"stage"`
	Basis              string    `json:"basis"`
	LastConfirmed      string    `json:"last_confirmed,omitempty" doc:"Last day for which a claim vouches; absent when no claim has a date"`
	Sources            int       `json:"sources" doc:"Independent origins among the claims"`
	Denials            int       `json:"denials,omitempty" doc:"Claims that deny the relation"`
	Confidence         float64   `json:"confidence" doc:"Greatest confidence of the claims"`
	ConfidenceCombined float64   `json:"confidence_combined" doc:"What independent origins make together: 1 minus the product of their doubts, at most 0.99"`
}

// maxVia is how many tier-1 companies a row names.
const maxVia = 50

const openLists = "lists of suppliers are open: there may be suppliers that nobody documented"

// Suppliers lists who supplies a company, directly and through others, or (Downstream) whom it supplies. See
// docs/queries.md for the definitions. Errors wrap graph.ErrInvalid, ErrNotFound and ErrAmbiguous.
func Suppliers(ctx context.Context, v *graph.View, req TiersRequest) (*TiersAnswer, error) {
	l, err := newTierList(ctx, v, req)
	if err != nil {
		return nil, err
	}
	defer l.walk.release()
	defer l.others.release()
	if err := l.fill(ctx); err != nil {
		return nil, err
	}
	return inGroups(l.v, l.answer, req.Company), nil
}

// Resolve checks the request and spells out what it leaves to defaults, apart from the page.
func (req TiersRequest) Resolve() (TiersRequest, error) {
	var err error
	switch {
	case req.Depth == 0:
		req.Depth = DefaultDepth
	case req.Depth < 0 || req.Depth > MaxDepth:
		return req, fmt.Errorf("%w: depth %d; allowed: 1 to %d", graph.ErrInvalid, req.Depth, MaxDepth)
	}
	if len(req.Kinds) == 0 {
		req.Kinds = []string{graph.KindSupplies.String()}
	}
	for _, kind := range req.Kinds {
		if _, err = oneOf("relation kind", kind, graph.KindSupplies.String(), graph.KindOwns.String()); err != nil {
			return req, err
		}
	}
	req.Kinds = slices.Clone(req.Kinds)
	slices.Sort(req.Kinds)
	req.Kinds = slices.Compact(req.Kinds)
	if req.ProductHop, err = oneOf("product_hop", req.ProductHop, "listed", "first", "every"); err != nil {
		return req, err
	}
	if req.CountryBy, err = oneOf("country_by", req.CountryBy, "headquarters", "origin", BySite); err != nil {
		return req, err
	}
	if req.Country != "" {
		code, err := graph.ParseCountry(req.Country)
		if err != nil {
			return req, fmt.Errorf("%w: country %q: %v", graph.ErrInvalid, req.Country, err)
		}
		req.Country = code
	}
	req.Area, err = req.Area.Resolve()
	return req, err
}

// tierList fills one part of a list.
type tierList struct {
	v       *graph.View
	req     TiersRequest
	walk    *walk
	answer  *TiersAnswer
	shares  *shares
	names   *names
	others  *otherTiers
	located func(graph.Node) bool // where set, says which companies have a site where it is asked about

	// lists, where set, says which hops bring a company onto the list; without it every hop that is walked does.
	lists func(r graph.Rel) bool
	// listed holds, where lists is set, the companies listed at each tier; else the tiers of the walk do.
	listed *listedTiers

	after     tierKey // the last item of the part before
	hasAfter  bool
	chosen    []tierKey // the items of this part
	exhausted bool      // every tier within the depth was walked
}

// tierKey is the sort key of a row: the tier, then the id of the company.
type tierKey struct {
	tier int
	node graph.Node
	id   string // only of a cursor, whose company may be unknown to this View
}

func newTierList(ctx context.Context, v *graph.View, req TiersRequest) (*tierList, error) {
	req, err := req.Resolve()
	if err != nil {
		return nil, err
	}
	key, paging, err := resolvePage(v, req.Page, &req.Scope, req.question(), 2)
	if err != nil {
		return nil, err
	}
	if v, err = req.Scope.view(ctx, v); err != nil {
		return nil, err
	}
	company, err := v.Lookup(graph.KindCompany, req.Company)
	if err != nil {
		return nil, err
	}
	l := &tierList{v: v, req: req, shares: newShares(v, req.filter()), names: newNames(v)}
	if key != nil {
		tier, err := strconv.Atoi(key[0])
		if err != nil {
			return nil, fmt.Errorf("%w: cursor: not one that an answer gave", graph.ErrInvalid)
		}
		l.after, l.hasAfter = tierKey{tier: tier, id: key[1]}, true
	}
	products, err := req.products(v)
	if err != nil {
		return nil, err
	}
	l.walk = newWalk(v, company, req.Direction, req.filter())
	l.walk.kinds = l.kinds()
	l.restrict(products)
	l.others = newOtherTiers(l)
	l.answer = &TiersAnswer{Answer: newAnswer(v, req.Scope, l.assumptions()...), Company: refOf(v, graph.KindCompany, company),
		Direction: [...]string{"suppliers", "customers"}[req.Direction], Depth: req.Depth, Items: []TierRow{}, Paging: paging}
	return l, nil
}

// question is the request without what a cursor or the scope holds.
func (req TiersRequest) question() any {
	req.Page, req.Scope = Page{}, Scope{}
	return req
}

func (req TiersRequest) products(v *graph.View) (productSet, error) {
	if req.Product == "" {
		return nil, nil
	}
	product, err := v.Lookup(graph.KindProduct, req.Product)
	if err != nil {
		return nil, err
	}
	return withDescendants(v, product), nil
}

func (l *tierList) kinds() []graph.Kind {
	kinds := make([]graph.Kind, len(l.req.Kinds))
	for i, name := range l.req.Kinds {
		kinds[i], _ = graph.ParseKind(name) // Resolve checked it
	}
	slices.Sort(kinds)
	return kinds
}

// restrict turns the filters by product and origin into conditions on hops.
func (l *tierList) restrict(products productSet) {
	v := l.v
	if products != nil {
		switch l.req.ProductHop {
		case "every":
			l.walk.hop = func(r graph.Rel, _ int) bool { return products.has(v, r) }
		case "first":
			l.walk.hop = func(r graph.Rel, tier int) bool { return tier > 1 || products.has(v, r) }
		default:
			l.lists = func(r graph.Rel) bool { return products.has(v, r) }
		}
	}
	if l.req.Country != "" && l.req.CountryBy == "origin" {
		ofProduct, filter := l.lists, l.req.filter()
		l.lists = func(r graph.Rel) bool {
			if ofProduct != nil && !ofProduct(r) {
				return false
			}
			return shippedFrom(v, r, filter) == l.req.Country
		}
	}
	if bySite := l.req.Country != "" && l.req.CountryBy == BySite; bySite || l.req.Area.stated() {
		country := ""
		if bySite {
			country = l.req.Country
		}
		l.located = locatedIn(v, l.req.Area, country, l.req.filter())
	}
	if l.lists != nil {
		l.listed = &listedTiers{tier: map[graph.Node]int{}, tiers: [][]graph.Node{nil}}
	}
}

func (l *tierList) assumptions() []string {
	out := []string{openLists, "parallel products are one hop"}
	if l.located != nil {
		out = append(out, "a company has a site where it runs one, or is said to make or ship something there; of many companies no site is documented")
	}
	if l.req.Product != "" {
		out = append(out, "a product includes every kind of it; the "+map[string]string{
			"listed": "hop of the listed company", "first": "hop next to the company asked about", "every": "product of every hop"}[l.req.ProductHop]+" must be of it")
	}
	return out
}

// grace is the time for making rows of what was found when the time is over.
const grace = 100 * time.Millisecond

// fill walks as far as this part needs, then makes its rows.
func (l *tierList) fill(ctx context.Context) error {
	err := l.choose(ctx)
	switch {
	case err == nil:
		err = l.rows(ctx)
	case errors.Is(err, context.DeadlineExceeded):
		late, cancel := context.WithTimeout(context.WithoutCancel(ctx), grace)
		defer cancel()
		if failed := l.rows(late); failed != nil {
			err = failed
		}
	}
	if errors.Is(err, context.DeadlineExceeded) {
		l.answer.Complete, l.answer.StoppedBecause = false, StoppedByDeadline // whatever was to be the reason
		l.answer.warn("the time was over before the list was; ask for the rest with next_cursor, or for less depth")
		return nil
	}
	return err
}

// choose picks the companies of this part, walking no further than it must.
func (l *tierList) choose(ctx context.Context) error {
	limit := l.req.Limit
	for tier := 1; tier <= l.req.Depth; tier++ {
		more, err := l.expand(ctx)
		if err != nil {
			l.setCursor()
			return err
		}
		if !more {
			l.exhausted = true
			break
		}
		if l.hasAfter && tier < l.after.tier {
			continue
		}
		candidates, err := l.candidates(ctx, tier)
		if err != nil {
			l.setCursor()
			return err
		}
		for _, n := range candidates {
			if limit > 0 && len(l.chosen) == limit {
				l.answer.stop(StoppedByLimit)
				l.setCursor()
				return nil
			}
			l.chosen = append(l.chosen, tierKey{tier: tier, node: n})
		}
	}
	return l.finish(ctx)
}

// finish says whether there is more beyond the depth, and how many items there are in all.
func (l *tierList) finish(ctx context.Context) error {
	if !l.exhausted {
		beyond, err := l.walk.anyFarther(ctx)
		if err == nil && !beyond && l.lists != nil {
			if err = l.listed.expand(ctx, l, l.walk.tier(l.walk.depth())); err == nil {
				err = l.listed.prune(ctx, l)
			}
			beyond = err == nil && l.listed.more()
		}
		if err != nil {
			return err
		}
		if beyond {
			l.answer.stop(StoppedByDepth)
		}
	}
	if !l.hasAfter {
		total := len(l.chosen)
		l.answer.Total = &total
	}
	return l.warnOfEnds(ctx)
}

// warnOfEnds says how many of tier 1 nothing is documented behind: deeper tiers say nothing of these. It is said
// with the last part of a list, for which all tiers were walked.
func (l *tierList) warnOfEnds(ctx context.Context) error {
	if l.req.Depth < 2 || l.walk.depth() < 1 {
		return nil
	}
	first := l.walk.tier(1)
	ends, err := l.walk.deadEnds(ctx, first)
	if err == nil && ends > 0 {
		behind := "stands behind"
		if l.req.Direction == Downstream {
			behind = "buys from"
		}
		l.answer.warn(fmt.Sprintf("no %[3]s are documented for %[1]d of the %[2]d tier-1 %[3]s: who %[4]s those is not known", ends, len(first), l.answer.Direction, behind))
	}
	return err
}

// setCursor lets the next part go on behind the last item chosen, or where this part began.
func (l *tierList) setCursor() {
	l.answer.NextCursor = ""
	switch n := len(l.chosen); {
	case n > 0:
		last := l.chosen[n-1]
		l.answer.NextCursor = nextCursor(l.v, l.req.Scope, l.req.question(), strconv.Itoa(last.tier), l.v.ID(graph.KindCompany, last.node))
	case l.hasAfter:
		l.answer.NextCursor = l.req.Cursor
	}
}

// expand walks one tier further and reports whether a later tier may list anybody.
func (l *tierList) expand(ctx context.Context) (bool, error) {
	if l.lists == nil {
		return l.walk.expand(ctx)
	}
	// The hop onto the list starts one tier nearer than the company it lists.
	before := l.walk.tier(l.walk.depth())
	if err := l.listed.expand(ctx, l, before); err != nil {
		return false, err
	}
	more, err := l.walk.expand(ctx)
	if err == nil && !more {
		err = l.listed.prune(ctx, l)
	}
	return more || l.listed.more(), err
}

// atTier are the companies listed at a tier, in no particular order.
func (l *tierList) atTier(tier int) []graph.Node {
	if l.lists == nil {
		return l.walk.tier(tier)
	}
	return l.listed.tiers[tier]
}

// candidates are the companies of a tier that this part may list, in the order of ids, as many as it has room
// for and one more.
func (l *tierList) candidates(ctx context.Context, tier int) ([]graph.Node, error) {
	room := 0
	if l.req.Limit > 0 {
		room = l.req.Limit - len(l.chosen) + 1
	}
	top := newLeast(l.v, room)
	byHeadquarters := l.req.Country != "" && l.req.CountryBy == "headquarters"
	for i, n := range l.atTier(tier) {
		if i%1024 == 0 && ctx.Err() != nil {
			return nil, ctx.Err()
		}
		if l.hasAfter && tier == l.after.tier && l.v.ID(graph.KindCompany, n) <= l.after.id {
			continue
		}
		if !top.wants(n) || byHeadquarters && l.v.NodeText(graph.KindCompany, n, graph.FieldCountry) != l.req.Country || l.located != nil && !l.located(n) {
			continue
		}
		top.add(n)
	}
	return top.sorted(), nil
}

// listedTiers are the companies listed by tier, where only some hops bring a company onto the list. A company
// may be listed later than it is walked: at the least tier at which it stands by such a hop.
type listedTiers struct {
	tier  map[graph.Node]int
	tiers [][]graph.Node // by tier; element 0 is empty
	// waiting are companies with a hop onto the list from which no chain of so few hops leads to the start but those
	// that come back to the company itself.
	waiting []graph.Node
}

func (t *listedTiers) last() []graph.Node { return t.tiers[len(t.tiers)-1] }

// more reports whether a later tier may list anybody, as far as the companies walked tell.
func (t *listedTiers) more() bool { return len(t.last()) > 0 || len(t.waiting) > 0 }

func (t *listedTiers) expand(ctx context.Context, l *tierList, nearer []graph.Node) error {
	tier := len(t.tiers)
	met := map[graph.Node]bool{}
	candidates := slices.Clone(t.waiting)
	for _, n := range candidates {
		met[n] = true
	}
	for _, b := range nearer {
		if err := ctx.Err(); err != nil {
			return err
		}
		for _, k := range l.walk.kinds {
			edges := l.walk.farther(k, b)
			for i, n := range edges.Nodes {
				r := edges.Rel(i)
				if _, have := t.tier[n]; !have && !met[n] && n != l.walk.start && n != b && l.lists(r) && l.walk.follows(r, tier) {
					met[n] = true
					candidates = append(candidates, n)
				}
			}
		}
	}
	var found, waiting []graph.Node
	for _, n := range candidates {
		stands := !l.mayComeBack(n, tier)
		if !stands {
			var err error
			if stands, err = l.others.avoids(ctx, n, n, tier, l.lists, map[standing]bool{}); err != nil {
				return err
			}
		}
		if stands {
			found = append(found, n)
		} else {
			waiting = append(waiting, n)
		}
	}
	for _, n := range found {
		t.tier[n] = tier
	}
	t.tiers, t.waiting = append(t.tiers, found), waiting
	return nil
}

// prune forgets those who wait in vain. Everybody who stands behind the start must have been walked.
func (t *listedTiers) prune(ctx context.Context, l *tierList) error {
	var waiting []graph.Node
	for _, n := range t.waiting {
		stands, err := l.standsWithout(ctx, n)
		if err != nil {
			return err
		}
		if stands {
			waiting = append(waiting, n)
		}
	}
	t.waiting = waiting
	return nil
}

// mayComeBack reports whether a chain of so many hops that leads from n to the start may pass n again: it takes two
// hops more than the shortest.
func (l *tierList) mayComeBack(n graph.Node, hops int) bool {
	t, walked := l.walk.tierOf(n)
	return walked && t+2 <= hops
}

// standsWithout reports whether any chain that begins with a hop onto the list leads from n to the start without
// coming back to n.
func (l *tierList) standsWithout(ctx context.Context, n graph.Node) (bool, error) {
	seen := map[graph.Node]bool{n: true}
	queue := []graph.Node{n}
	for at := 0; at < len(queue); at++ {
		if err := ctx.Err(); err != nil {
			return false, err
		}
		for _, k := range l.walk.kinds {
			edges := l.walk.nearer(k, queue[at])
			for i, b := range edges.Nodes {
				if _, walked := l.walk.tierOf(b); !walked || seen[b] {
					continue
				}
				tier := 2 // or more: no filter tells these apart
				if b == l.walk.start {
					tier = 1
				}
				r := edges.Rel(i)
				if at == 0 && !l.lists(r) || !l.walk.follows(r, tier) {
					continue
				}
				if b == l.walk.start {
					return true, nil
				}
				seen[b] = true
				queue = append(queue, b)
			}
		}
	}
	return false, nil
}

// least collects the companies with the least ids.
type least struct {
	v     *graph.View
	room  int // 0: all
	nodes []graph.Node
	worst graph.Node // of the nodes kept when they were last cut
}

func newLeast(v *graph.View, room int) *least { return &least{v: v, room: room, worst: graph.NoNode} }

func (t *least) compare(a, b graph.Node) int {
	switch {
	case a == b:
		return 0
	case t.v.Less(graph.KindCompany, a, b):
		return -1
	}
	return 1
}

// wants reports whether n may be among the least.
func (t *least) wants(n graph.Node) bool {
	return t.worst == graph.NoNode || t.v.Less(graph.KindCompany, n, t.worst)
}

func (t *least) add(n graph.Node) {
	t.nodes = append(t.nodes, n)
	if t.room > 0 && len(t.nodes) >= 2*t.room {
		t.cut()
	}
}

func (t *least) cut() {
	slices.SortFunc(t.nodes, t.compare)
	if t.room > 0 && len(t.nodes) >= t.room {
		t.nodes = t.nodes[:t.room]
		t.worst = t.nodes[t.room-1]
	}
}

func (t *least) sorted() []graph.Node {
	t.cut()
	return t.nodes
}
