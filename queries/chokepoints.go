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

// The kinds of chokepoint. They are different things and are never mixed.
const (
	ChokeRoutes      = "routes"       // every documented route from some other company passes it
	ChokeMustPass    = "must_pass"    // every documented route from wherever the documentation ends passes it
	ChokeStops       = "stops"        // its stop alone stops a line, or may
	ChokeSoleSources = "sole_sources" // the only documented supplier of an input, or stated to supply all of it
)

// ChokepointsRequest asks where what a company buys depends on one other company.
type ChokepointsRequest struct {
	Company string // id, identifier, name or alias
	Scope
	Page // of each list
	// Kind is the list asked for: routes, must_pass, stops or sole_sources; all when empty.
	Kind string
	// Product narrows the question to what comes to the company as this product or a kind of it: id, name or alias.
	Product string
	// Depth is how far upstream sole sources are looked for, 1..MaxDepth: 1, what the company itself buys, when 0.
	Depth int
	// Assume is what holds of a list of suppliers of which nobody says whether it is complete: open when empty, or
	// complete.
	Assume string
}

// ChokepointsAnswer holds the lists asked for.
type ChokepointsAnswer struct {
	Answer
	Company     Ref             `json:"company" doc:"The company asked about"`
	Product     *Ref            `json:"product,omitempty" doc:"The only input looked at, with its kinds"`
	Suppliers   int             `json:"suppliers_seen" doc:"Its documented direct suppliers"`
	Upstream    *int            `json:"upstream" doc:"Companies documented anywhere upstream of it; null when they were not counted"`
	Ends        *RouteEnds      `json:"ends" doc:"Where what is documented upstream ends; null when it was not looked for"`
	Routes      *RouteList      `json:"routes,omitempty" doc:"Companies that all documented routes from some other company pass, the one that carries the most alone first. With these, and only with these, single documented routes are meant"`
	MustPass    *MustPassList   `json:"must_pass,omitempty" doc:"Companies that all documented routes pass, from wherever the documentation ends"`
	Stops       *StopList       `json:"stops,omitempty" doc:"Companies whose stop alone stops a line of the company asked about, or may: those first that stop the most lines for certain"`
	SoleSources *SoleSourceList `json:"sole_sources,omitempty" doc:"Companies that are the only documented supplier of an input, or are stated to supply all of it"`
	Paging
}

// RouteEnds counts where routes upstream end. None is called a raw source: nothing says of a product that it is raw.
type RouteEnds struct {
	Companies int  `json:"companies" doc:"Companies without a documented supplier: ends of what is documented, not of what exists"`
	Loops     int  `json:"loops" doc:"Groups of companies that supply one another and that nobody outside is documented to supply: each is one end"`
	OwnLoop   bool `json:"own_loop" doc:"The only end is a loop on which the company itself stands: then there is nothing that routes from it must pass"`
}

// ListHead is what each of several lists in one answer carries.
type ListHead struct {
	Total          *int   `json:"total" doc:"Items in the whole list; null when the time was over before they were known"`
	Complete       bool   `json:"complete" doc:"Whether this is the whole list"`
	StoppedBecause string `json:"stopped_because,omitempty" enum:"depth,limit,deadline" doc:"Why it is not"`
	NextCursor     string `json:"next_cursor,omitempty" doc:"Asks for the part of this list that follows, together with kind"`
}

func (h *ListHead) stop(reason string) {
	if h.Complete {
		h.Complete, h.StoppedBecause = false, reason
	}
}

// RouteList lists single documented routes.
type RouteList struct {
	ListHead
	Items []RouteRow `json:"items"`
}

// MustPassList lists what must be passed.
type MustPassList struct {
	ListHead
	Items []MustPassRow `json:"items"`
}

// SoleSourceList lists sole sources, by tier.
type SoleSourceList struct {
	ListHead
	Items []SoleSourceRow `json:"items"`
}

// ChokeSupplier is a company in one of the lists, with the hop by which it comes in: that to the company one tier
// nearer which is the surest, then the first by ids.
type ChokeSupplier struct {
	ID                string        `json:"id"`
	Name              string        `json:"name"`
	NameZH            string        `json:"name_zh,omitempty" doc:"Name in Chinese, where one is stated beside the name"`
	Country           string        `json:"country,omitempty" doc:"Headquarters, ISO 3166-1; absent when unknown"`
	Tier              int           `json:"tier" doc:"Hops to the company asked about: 1 supplies it directly"`
	Buyer             Ref           `json:"buyer" doc:"Whom it supplies, one tier nearer"`
	Product           *Ref          `json:"product" doc:"With what; null when the relation states no product"`
	Relation          string        `json:"relation" doc:"Id of that relation"`
	SuppliersSeen     int           `json:"suppliers_seen" doc:"Documented suppliers of this buyer for this product or a kind of it"`
	ListComplete      bool          `json:"list_complete" doc:"Whether these are all there are: a dated, sourced claim says so, or it was asked to be assumed. Otherwise there may be others that nobody documented"`
	Confidence        float64       `json:"confidence" doc:"Confidence of the relation"`
	Alternatives      []Alternative `json:"alternatives" doc:"Other companies documented to make or supply this product, a kind of it, or what it is a kind of, which do not supply this buyer with it: at most 10, those with a stated market share first"`
	AlternativesTotal *int          `json:"alternatives_total" doc:"How many there are; null when they were not looked for, because no product is stated or the time was over"`
}

// Alternative is another maker or supplier of a product.
type Alternative struct {
	ID          string    `json:"id"`
	Name        string    `json:"name"`
	Country     string    `json:"country,omitempty" doc:"Headquarters, ISO 3166-1; absent when unknown"`
	Product     Ref       `json:"product" doc:"What it makes or supplies"`
	Match       string    `json:"match" enum:"same,kind,broader" doc:"The product itself, a kind of it, or what it is a kind of"`
	How         string    `json:"how" enum:"makes,supplies" doc:"Documented to make it, or to supply it to somebody"`
	MarketShare *Interval `json:"market_share" doc:"null when no claim states one"`
}

// RouteRow is a company through which all documented routes from some other company lead.
type RouteRow struct {
	ChokeSupplier
	Alone     int            `json:"alone" doc:"Other companies upstream of which every documented route to the company asked about passes this one, whatever it brings"`
	ByProduct []ProductRoute `json:"by_product" doc:"The same for routes that bring one input, for the inputs for which there are such companies"`
	Sentence  string         `json:"sentence"`
}

// ProductRoute is what a company carries alone of the routes that bring one input.
type ProductRoute struct {
	Product       *Ref `json:"product" doc:"What the company asked about buys; null: relations that state no product"`
	Alone         int  `json:"alone" doc:"Other companies of which every documented route that brings it passes this one"`
	SuppliersSeen int  `json:"suppliers_seen" doc:"Documented direct suppliers of it or a kind of it"`
	ListComplete  bool `json:"list_complete"`
}

// MustPassRow is a company that every documented route passes, for everything or for some inputs.
type MustPassRow struct {
	ChokeSupplier
	Everything bool   `json:"everything" doc:"Every route to the company asked about passes it, whatever it brings"`
	Products   []*Ref `json:"products" doc:"Inputs of which every route that brings them passes it; null: relations that state no product"`
	IsEnd      bool   `json:"is_end" doc:"It is itself where the documentation ends: a route that starts there passes it as a matter of course"`
	Sentence   string `json:"sentence"`
}

// SoleSourceRow is the sole source of an input, as far as is documented or stated.
type SoleSourceRow struct {
	ChokeSupplier
	Basis       string    `json:"basis" enum:"sole_stated,sole_documented" doc:"sole_stated: a claim states that its share is all of the input; sole_documented: nobody else is documented"`
	Share       *Interval `json:"share" doc:"Its part in the buyer's intake of the product"`
	PerhapsAlso []Ref     `json:"perhaps_also" doc:"Other documented suppliers of this buyer that may bring this product too: of what it is a kind of, or of what nobody states; at most 50"`
	Sentence    string    `json:"sentence"`
}

// Resolve checks the request and spells out what it leaves to defaults, apart from the page.
func (req ChokepointsRequest) Resolve() (ChokepointsRequest, error) {
	var err error
	if req.Kind, err = oneOf("kind", req.Kind, "all", ChokeRoutes, ChokeMustPass, ChokeStops, ChokeSoleSources); err != nil {
		return req, err
	}
	if req.Assume, err = oneOf("assume", req.Assume, "open", "complete"); err != nil {
		return req, err
	}
	switch {
	case req.Depth == 0:
		req.Depth = 1
	case req.Depth < 0 || req.Depth > MaxDepth:
		return req, fmt.Errorf("%w: depth %d; allowed: 1 to %d", graph.ErrInvalid, req.Depth, MaxDepth)
	}
	return req, nil
}

// question is the request for one of the lists, without what a cursor or the scope holds.
func (req ChokepointsRequest) question(kind string) any {
	req.Page, req.Scope, req.Kind = Page{}, Scope{}, kind
	return req
}

// choke answers one request.
type choke struct {
	v       *graph.View
	req     ChokepointsRequest
	filter  graph.Filter
	active  graph.Activity
	company graph.Node
	only    productSet // of the product asked for; nil: all
	kin     *productKin
	shares  *shares
	names   *names
	lists   map[inputKey]supplierList
	after   *chokeKey // the last item of the part before
	out     *ChokepointsAnswer

	routes  []routeFound
	must    []mustFound
	stopped []stopFound
	sole    []soleFound
	paths   *routePaths
	noStops bool // whose stop stops what is not looked for, whatever is asked
}

// Chokepoints finds where what a company buys depends on one other company: see docs/queries/chokepoints.md. How many
// relations a company has plays no part: that says how well it is documented. Errors wrap graph.ErrInvalid,
// ErrNotFound and ErrAmbiguous.
func Chokepoints(ctx context.Context, v *graph.View, req ChokepointsRequest) (*ChokepointsAnswer, error) {
	c, err := newChoke(ctx, v, req)
	if err != nil {
		return nil, err
	}
	if err = c.find(ctx); err == nil {
		err = c.warnGroups(ctx)
	}
	late := ctx
	if errors.Is(err, context.DeadlineExceeded) {
		c.missed()
		c.out.warn("the time was over: lists without a total were not found out; ask for one kind, one product, or with more time")
		var cancel context.CancelFunc
		late, cancel = context.WithTimeout(context.WithoutCancel(ctx), grace)
		defer cancel()
		err = nil
	}
	if err == nil {
		err = c.rows(late)
	}
	if err != nil {
		return nil, err
	}
	return inGroups(c.v, c.out, req.Company), nil
}

func newChoke(ctx context.Context, v *graph.View, req ChokepointsRequest) (*choke, error) {
	req, err := req.Resolve()
	if err != nil {
		return nil, err
	}
	if req.Cursor != "" && req.Kind == "all" {
		return nil, fmt.Errorf("%w: cursor: it belongs to one of the lists; name it with kind", graph.ErrInvalid)
	}
	key, paging, err := resolvePage(v, req.Page, &req.Scope, req.question(req.Kind), chokeKeyParts)
	if err != nil {
		return nil, err
	}
	if v, err = req.Scope.view(ctx, v); err != nil {
		return nil, err
	}
	c := &choke{v: v, req: req, filter: req.filter(), kin: newProductKin(v), names: newNames(v), lists: map[inputKey]supplierList{}}
	if key != nil {
		if c.after, err = parseChokeKey(key); err != nil {
			return nil, err
		}
	}
	if c.company, err = v.Lookup(graph.KindCompany, req.Company); err != nil {
		return nil, err
	}
	c.active, c.shares = v.Activity(c.filter), newShares(v, c.filter)
	c.out = &ChokepointsAnswer{Answer: newAnswer(v, req.Scope, c.assumptions()...), Company: refOf(v, graph.KindCompany, c.company), Paging: paging}
	if req.Product != "" {
		product, err := v.Lookup(graph.KindProduct, req.Product)
		if err != nil {
			return nil, err
		}
		ref := refOf(v, graph.KindProduct, product)
		c.only, c.out.Product = withDescendants(v, product), &ref
	}
	c.openLists()
	return c, nil
}

func (c *choke) assumptions() []string {
	list := "a list of suppliers is open, so that there may be others, unless a dated claim that cites a source says that it is complete"
	if c.req.Assume == "complete" {
		list = "as asked for, every list of suppliers is taken to be complete"
	}
	return []string{list, "parallel relations are one hop, and a company that supplies itself is no supplier of its own",
		"a product includes every kind of it", "where shares or what is essential are not stated, a stop may stop a line, or not", "a company without a documented supplier is where the documentation ends, not a raw source"}
}

// openLists makes the lists asked for, empty.
func (c *choke) openLists() {
	head := func() ListHead { return ListHead{Complete: true} }
	if c.wants(ChokeRoutes) {
		c.out.Routes = &RouteList{head(), []RouteRow{}}
	}
	if c.wants(ChokeMustPass) {
		c.out.MustPass = &MustPassList{head(), []MustPassRow{}}
	}
	if c.wants(ChokeStops) {
		c.out.Stops = &StopList{ListHead: head(), Items: []StopRow{}}
	}
	if c.wants(ChokeSoleSources) {
		c.out.SoleSources = &SoleSourceList{head(), []SoleSourceRow{}}
	}
}

func (c *choke) wants(kind string) bool {
	return (c.req.Kind == "all" || c.req.Kind == kind) && !(kind == ChokeStops && c.noStops)
}

// find finds out what belongs on the lists, the quick ones first. A list whose total is not known at the end was not
// found out.
func (c *choke) find(ctx context.Context) error {
	inputs := c.inputs()
	suppliers := map[graph.Node]bool{}
	for _, in := range inputs {
		for _, n := range in.suppliers {
			suppliers[n] = true
		}
	}
	c.out.Suppliers = len(suppliers)
	if c.wants(ChokeSoleSources) {
		if err := c.findSole(ctx); err != nil {
			return err
		}
	}
	if c.req.Kind == ChokeSoleSources {
		return nil
	}
	if err := c.walkUpstream(ctx); err != nil {
		return err
	}
	if c.wants(ChokeRoutes) || c.wants(ChokeMustPass) {
		if err := c.findRoutes(ctx, inputs); err != nil {
			return err
		}
	}
	if c.wants(ChokeStops) {
		return c.findStops(ctx)
	}
	return nil
}

// inputs are what the company buys, of the product asked for.
func (c *choke) inputs() []buyInput {
	all := inputsOf(c.v, c.kin, &c.active, c.company)
	if c.only == nil {
		return all
	}
	var out []buyInput
	for _, in := range all {
		if c.only[in.product] {
			out = append(out, in)
		}
	}
	return out
}

// rows makes the rows of the parts asked for, and the heads of the lists.
func (c *choke) rows(ctx context.Context) error {
	alternatives := newChokeAlternatives(c)
	if l := c.out.Routes; l != nil {
		for _, r := range pageOf(c, ChokeRoutes, &l.ListHead, c.routes, routeFound.key) {
			l.Items = append(l.Items, c.routeRow(r, alternatives))
		}
	}
	if l := c.out.MustPass; l != nil {
		for _, m := range pageOf(c, ChokeMustPass, &l.ListHead, c.must, mustFound.key) {
			l.Items = append(l.Items, c.mustRow(m, alternatives))
		}
	}
	if l := c.out.Stops; l != nil {
		for _, s := range pageOf(c, ChokeStops, &l.ListHead, c.stopped, stopFound.key) {
			l.Items = append(l.Items, c.stopRow(s, alternatives))
		}
	}
	if l := c.out.SoleSources; l != nil {
		for _, s := range pageOf(c, ChokeSoleSources, &l.ListHead, c.sole, soleFound.key) {
			l.Items = append(l.Items, c.soleRow(s, alternatives))
		}
	}
	if err := alternatives.find(ctx); err != nil && !errors.Is(err, context.DeadlineExceeded) {
		return err
	} else if err != nil {
		c.out.stop(StoppedByDeadline)
		c.out.warn("the time was over before alternatives were looked for")
	}
	alternatives.fill(c.out)
	c.total()
	return nil
}

// total is what the lists have together, for those who asked for one of them.
func (c *choke) total() {
	sum, known := 0, true
	for _, h := range c.out.heads() {
		if h.Total == nil {
			known = false
		} else {
			sum += *h.Total
		}
		if c.req.Kind != "all" {
			c.out.NextCursor = h.NextCursor
		}
		if !h.Complete {
			c.out.stop(h.StoppedBecause)
		}
	}
	if known {
		c.out.Total = &sum
	}
}

// heads are those of the lists that the answer has.
func (a *ChokepointsAnswer) heads() (out []*ListHead) {
	if a.Routes != nil {
		out = append(out, &a.Routes.ListHead)
	}
	if a.MustPass != nil {
		out = append(out, &a.MustPass.ListHead)
	}
	if a.Stops != nil {
		out = append(out, &a.Stops.ListHead)
	}
	if a.SoleSources != nil {
		out = append(out, &a.SoleSources.ListHead)
	}
	return out
}

// missed marks what was not found out when the time was over.
func (c *choke) missed() {
	c.out.stop(StoppedByDeadline)
	for _, h := range c.out.heads() {
		if h.Total == nil {
			h.stop(StoppedByDeadline)
		}
	}
}

// chokeKey is the sort key of an item of any of the lists: numbers, the least first, then ids.
type chokeKey struct {
	numbers [4]int
	nodes   [3]graph.Node // company, product, company; NoNode where there is none
	ids     [3]string     // only of a cursor, whose nodes may be unknown to this View
}

const chokeKeyParts = 7

var chokeKeyKinds = [3]graph.Kind{graph.KindCompany, graph.KindProduct, graph.KindCompany}

func parseChokeKey(parts []string) (*chokeKey, error) {
	k := &chokeKey{ids: [3]string(parts[4:])}
	for i := range k.numbers {
		n, err := strconv.Atoi(parts[i])
		if err != nil {
			return nil, fmt.Errorf("%w: cursor: not one that an answer gave", graph.ErrInvalid)
		}
		k.numbers[i] = n
	}
	return k, nil
}

func (k *chokeKey) parts(v *graph.View) (out []string) {
	for _, n := range k.numbers {
		out = append(out, strconv.Itoa(n))
	}
	for i := range k.nodes {
		out = append(out, k.id(v, i))
	}
	return out
}

func (k *chokeKey) id(v *graph.View, i int) string {
	if k.nodes[i] == graph.NoNode {
		return ""
	}
	return v.ID(chokeKeyKinds[i], k.nodes[i])
}

// compare orders keys; that of a cursor goes by its ids.
func (k *chokeKey) compare(v *graph.View, other *chokeKey, cursor bool) int {
	for i, n := range k.numbers {
		if n != other.numbers[i] {
			return cmp.Compare(n, other.numbers[i])
		}
	}
	for i := range k.nodes {
		var c int
		if cursor {
			c = compareLast(k.id(v, i), other.ids[i])
		} else {
			c = compareNodes(v, chokeKeyKinds[i], k.nodes[i], other.nodes[i])
		}
		if c != 0 {
			return c
		}
	}
	return 0
}

// compareLast orders ids, none being last.
func compareLast(a, b string) int {
	if (a == "") != (b == "") {
		return -cmp.Compare(a, b)
	}
	return cmp.Compare(a, b)
}

// pageOf are the items of the part of a list that is asked for, in order; it writes the head of the list.
func pageOf[T any](c *choke, kind string, head *ListHead, all []T, key func(T) chokeKey) []T {
	type item struct {
		key  chokeKey
		item T
	}
	compare := func(a, b item) int { return a.key.compare(c.v, &b.key, false) }
	room := 0
	if c.req.Limit > 0 {
		room = c.req.Limit + 1
	}
	kept := firstOf[item]{room: room, compare: compare}
	for _, one := range all {
		i := item{key(one), one}
		if c.after == nil || i.key.compare(c.v, c.after, true) > 0 {
			kept.add(i)
		}
	}
	list := kept.sorted()
	if c.req.Limit > 0 && len(list) > c.req.Limit {
		list = list[:c.req.Limit]
		head.NextCursor = nextCursor(c.v, c.req.Scope, c.req.question(kind), list[len(list)-1].key.parts(c.v)...)
		head.stop(StoppedByLimit)
	}
	out := make([]T, len(list))
	for i := range list {
		out[i] = list[i].item
	}
	return out
}

// firstOf keeps the first items of many.
type firstOf[T any] struct {
	room    int // 0: all
	compare func(a, b T) int
	items   []T
	full    bool // the last one kept when they were last cut is items[room-1]
}

func (f *firstOf[T]) add(item T) {
	if f.full && f.compare(item, f.items[f.room-1]) > 0 {
		return
	}
	f.items = append(f.items, item)
	if f.room > 0 && len(f.items) >= 2*f.room {
		f.cut()
	}
}

func (f *firstOf[T]) cut() {
	slices.SortFunc(f.items, f.compare)
	if f.room > 0 && len(f.items) >= f.room {
		f.items, f.full = f.items[:f.room], true
	}
}

func (f *firstOf[T]) sorted() []T {
	f.cut()
	return f.items
}
