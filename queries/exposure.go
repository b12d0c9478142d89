package queries

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/tributarygraph/tributary/graph"
	"github.com/tributarygraph/tributary/queries/internal/loss"
)

// The two sides of an exposure.
const (
	SideSupply  = "supply"  // what a company loses when others stop supplying
	SideRevenue = "revenue" // what a company loses when others stop buying
)

// What an exposure is ranked over.
const (
	OverCompanies = "companies"
	OverCountries = "countries"
	OverProducts  = "products"
)

// DefaultExposurePaths is how many paths a row has unless a question says otherwise; MaxExposurePaths the greatest.
const (
	DefaultExposurePaths = 1
	MaxExposurePaths     = 20
)

// ExposureRequest asks how much of a company hangs on others.
type ExposureRequest struct {
	Company string // id, identifier, name or alias
	Scope
	Page
	// Side is supply (default) or revenue.
	Side string
	// To are companies that are asked about together. ToProduct is a product and every kind of it, ToCountry a country
	// with By as in a [Target]; what is named together must hold together. Without any of them, everything upstream (on
	// the revenue side: downstream) is ranked.
	To        []string
	ToProduct string
	ToCountry string
	By        string
	// Over says what is ranked: companies (default), countries (tied By) or products. Only on the supply side, where
	// nothing is asked about.
	Over string
	// Line, on the supply side, asks about one line of the company, a product, instead of the company as a whole.
	Line string
	// Cut, on the revenue side, turns the question round: the company cuts what it orders by this part, 0 to 1; who
	// upstream loses how much of its revenue?
	Cut float64
	// Country and ListedIn narrow the list to companies with headquarters in a country, or listed at an exchange there.
	Country, ListedIn string
	// Assume, Undocumented and ProductLevel are those of a [DisruptionRequest].
	Assume       []string
	Undocumented string
	ProductLevel string
	// Sort puts the rows in the order of what is certain ("lower", the default) or possible ("upper").
	Sort string
	// Paths is how many paths each row has, up to MaxExposurePaths; DefaultExposurePaths when 0, none when negative.
	Paths int
	// Evidence adds the claims of each hop of the paths; Details adds their quotes.
	Evidence bool
	Details  Details `json:"-"`
}

// ExposureAnswer ranks what a company is exposed to.
type ExposureAnswer struct {
	Answer
	Company  Ref           `json:"company" doc:"The company asked about"`
	Line     *Ref          `json:"line,omitempty" doc:"The only line of it that was asked about"`
	Side     string        `json:"side" enum:"supply,revenue"`
	Question string        `json:"question" doc:"The question as it was understood, in words"`
	Targets  []TargetRow   `json:"targets" doc:"What was asked about, and what of the network it is; empty when everything was ranked"`
	Around   int           `json:"companies" doc:"Companies documented upstream of the company; on the revenue side without a cut, downstream"`
	Asked    int           `json:"asked" doc:"How many companies, countries or products were to be looked at"`
	LookedAt int           `json:"looked_at" doc:"How many were"`
	LeftOut  int           `json:"left_out" doc:"How many there was no time for"`
	Items    []ExposureRow `json:"items" doc:"What most hangs on for certain first"`
	Entities Entities      `json:"entities" doc:"The companies and products that the paths name"`
	Paging
}

// ExposureRow is what hangs on one company, country, product or group; with a cut, what one company loses.
type ExposureRow struct {
	Kind    string   `json:"kind" enum:"company,country,product,group"`
	ID      string   `json:"id"`
	Name    string   `json:"name"`
	NameZH  string   `json:"name_zh,omitempty" doc:"Name in Chinese, where one is stated beside the name"`
	Country string   `json:"country,omitempty" doc:"Headquarters, ISO 3166-1; absent when unknown"`
	Listed  []string `json:"listed,omitempty" doc:"Tickers, MIC:SYMBOL"`
	Tier    int      `json:"tier" doc:"Least number of hops between the two; of several, of the nearest"`
	// LossIfStopped and FlowExposure are of the supply side, RevenueLoss and Money of the revenue side.
	LossIfStopped *Interval      `json:"loss_if_stopped" doc:"Part of its output that the company or line asked about loses when this stops, at least and at most; null on the revenue side"`
	FlowExposure  *Interval      `json:"flow_exposure" doc:"Part of what the company asked about takes in that comes from this, directly or through others: shares multiplied along the paths and added over them, at most 1; null on the revenue side"`
	RevenueLoss   *Interval      `json:"revenue_loss" doc:"Part of the revenue that is lost; null on the supply side"`
	Money         []MoneyAtRisk  `json:"money" doc:"The same in money, where a revenue is stated"`
	Lines         []ExposedLine  `json:"lines" doc:"The loss of each line, where lines lose different parts"`
	Inputs        []ExposedInput `json:"inputs" doc:"What comes from this of each product that the company asked about buys"`
	Binding       *BindingRow    `json:"binding" doc:"The input that most is lost through; null where nothing is lost, and on the revenue side"`
	Cause         []CauseHop     `json:"cause" doc:"The chain along which most is lost, in the direction of the goods"`
	Weakest       *ExposureHop   `json:"weakest" doc:"The hop of this chain with the least confidence"`
	Gap           *ExposureGap   `json:"gap" doc:"What would narrow the interval most if somebody found it out; null where nothing on the chain is unknown"`
	Paths         []PathRow      `json:"paths" doc:"The shortest paths between the two, with the claims of each hop"`
	Sentence      string         `json:"sentence"`
}

// MoneyAtRisk is a part of a stated revenue.
type MoneyAtRisk struct {
	Company  string  `json:"company" doc:"Whose revenue it is"`
	Low      float64 `json:"low"`
	High     float64 `json:"high"`
	Currency string  `json:"currency" doc:"ISO 4217"`
	Period   string  `json:"period,omitempty" doc:"Period of the stated revenue"`
}

// ExposedLine is what a line loses.
type ExposedLine struct {
	Product *Ref      `json:"product" doc:"What the line makes; null where no product of the company is known"`
	Loss    *Interval `json:"loss_if_stopped"`
}

// ExposedInput is what comes from somewhere of one product that a company buys.
type ExposedInput struct {
	Product *Ref      `json:"product" doc:"null: relations that state no product"`
	Loss    *Interval `json:"loss_if_stopped" doc:"Part of this input that is lost"`
	Flow    *Interval `json:"flow_exposure" doc:"Part of this input that comes from there"`
}

// ExposureHop is a hop of a chain with its confidence.
type ExposureHop struct {
	From       Ref     `json:"from"`
	To         Ref     `json:"to"`
	Product    *Ref    `json:"product" doc:"null when not stated"`
	Relation   string  `json:"relation"`
	Confidence float64 `json:"confidence"`
}

// ExposureGap is a fact that nobody states.
type ExposureGap struct {
	Supplier Ref    `json:"supplier"`
	Buyer    Ref    `json:"buyer"`
	Product  *Ref   `json:"product" doc:"null when not stated"`
	Field    string `json:"field" enum:"share_of_input,essential,used_in,cost_share,revenue_share" doc:"The field of the relation that is not stated, or disputed"`
	Question string `json:"question" doc:"In words"`
}

// Rows are the items of the list, a slice.
func (a *ExposureAnswer) Rows() any { return a.Items }

// Resolve checks the request and spells out what it leaves to defaults, apart from the page and names.
func (req ExposureRequest) Resolve() (ExposureRequest, error) {
	d, err := DisruptionRequest{Scenario: Scenario{Targets: []Target{{Company: "any"}}}, Assume: req.Assume, Undocumented: req.Undocumented,
		ProductLevel: req.ProductLevel, Sort: req.Sort}.Resolve()
	if err != nil {
		return req, err
	}
	req.Assume, req.Undocumented, req.ProductLevel, req.Sort = d.Assume, d.Undocumented, d.ProductLevel, d.Sort
	if req.Side, err = oneOf("side", req.Side, SideSupply, SideRevenue); err != nil {
		return req, err
	}
	if req.Over, err = oneOf("over", req.Over, OverCompanies, OverCountries, OverProducts); err != nil {
		return req, err
	}
	req.To = slices.Clone(req.To)
	for _, c := range []*string{&req.ToCountry, &req.Country, &req.ListedIn} {
		if *c == "" {
			continue
		}
		if *c, err = graph.ParseCountry(*c); err != nil {
			return req, fmt.Errorf("%w: country: %v", graph.ErrInvalid, err)
		}
	}
	if req.ToCountry == "" && req.Over != OverCountries && req.By != "" {
		return req, fmt.Errorf("%w: by %q says what ties to a country, and none is asked about", graph.ErrInvalid, req.By)
	}
	if req.ToCountry != "" || req.Over == OverCountries {
		if req.By, err = oneOf("by", req.By, ByHeadquarters, ByOrigin, ByMaking); err != nil {
			return req, err
		}
	}
	switch {
	case req.Paths == 0:
		req.Paths = DefaultExposurePaths
	case req.Paths > MaxExposurePaths:
		return req, fmt.Errorf("%w: paths %d; allowed: up to %d", graph.ErrInvalid, req.Paths, MaxExposurePaths)
	}
	return req, req.agrees()
}

// agrees checks that what the request says goes together.
func (req *ExposureRequest) agrees() error {
	targeted := len(req.To) > 0 || req.ToProduct != "" || req.ToCountry != ""
	switch {
	case !(req.Cut >= 0 && req.Cut <= 1):
		return fmt.Errorf("%w: cut %v; allowed: 0 to 1", graph.ErrInvalid, req.Cut)
	case req.Cut > 0 && req.Side != SideRevenue:
		return fmt.Errorf("%w: a cut of orders is a question of the revenue side: side=revenue", graph.ErrInvalid)
	case req.Cut > 0 && targeted:
		return fmt.Errorf("%w: with a cut, the company asked about cuts its orders, and who loses by it is listed: name no other", graph.ErrInvalid)
	case req.Side == SideRevenue && req.Line != "":
		return fmt.Errorf("%w: line: the revenue side knows no lines", graph.ErrInvalid)
	case req.Side == SideRevenue && (req.ToProduct != "" || req.ToCountry != "" && req.By != ByHeadquarters || req.Over != OverCompanies):
		return fmt.Errorf("%w: the revenue side is answered for companies, groups of them and countries by headquarters", graph.ErrInvalid)
	case targeted && req.Over != OverCompanies:
		return fmt.Errorf("%w: over=%s ranks, but something is asked about already", graph.ErrInvalid, req.Over)
	case (targeted || req.Over != OverCompanies) && (req.Country != "" || req.ListedIn != ""):
		return fmt.Errorf("%w: country and listed_in narrow a list of companies", graph.ErrInvalid)
	}
	return nil
}

// disruption is the request as the question of a scenario takes it.
func (req *ExposureRequest) disruption() DisruptionRequest {
	return DisruptionRequest{Scope: req.Scope, Assume: req.Assume, Undocumented: req.Undocumented, ProductLevel: req.ProductLevel, Sort: req.Sort}
}

// targets are what is asked about.
func (req *ExposureRequest) targets() (out []Target) {
	for _, c := range req.To {
		out = append(out, Target{Company: c, Product: req.ToProduct, Country: req.ToCountry, By: req.By})
	}
	if out == nil && (req.ToProduct != "" || req.ToCountry != "") {
		out = []Target{{Product: req.ToProduct, Country: req.ToCountry, By: req.By}}
	}
	return out
}

func (req ExposureRequest) question() any {
	req.Page, req.Scope, req.Details = Page{}, Scope{}, nil
	return req
}

func (req *ExposureRequest) assumptions() []string {
	d := req.disruption()
	if req.Side == SideRevenue {
		out := []string{"a company passes a loss of revenue on to what it orders from all its suppliers alike",
			"revenue whose customer nobody states may come from any documented customer of unknown share, or from others"}
		if slices.Contains(d.Assume, "complete") {
			return append(out, "assumed: all lists of customers are complete")
		}
		return append(out, "lists of customers are open: losses are within the documented network")
	}
	return append(d.assumptions(), "loss if stopped is what is lost when this alone stops, flow exposure what comes from there: the one says nothing of the other",
		"paths are walks: what goes round a loop counts each time round, with what is left of it")
}

// exposureKeyParts is how many parts the key of a row has.
const exposureKeyParts = 3

// Exposure ranks what a company is exposed to: see docs/queries/exposure.md. Errors wrap graph.ErrInvalid, ErrNotFound
// and ErrAmbiguous.
func Exposure(ctx context.Context, v *graph.View, req ExposureRequest) (*ExposureAnswer, error) {
	req, err := req.Resolve()
	if err != nil {
		return nil, err
	}
	key, paging, err := resolvePage(v, req.Page, &req.Scope, req.question(), exposureKeyParts)
	if err != nil {
		return nil, err
	}
	if v, err = req.Scope.view(ctx, v); err != nil {
		return nil, err
	}
	x := &exposure{v: v, req: req, question: req.question(), filter: req.filter(), names: newNames(v), after: key, line: graph.NoNode,
		out: &ExposureAnswer{Answer: newAnswer(v, req.Scope, req.assumptions()...), Side: req.Side, Targets: []TargetRow{}, Items: []ExposureRow{}, Paging: paging}}
	if x.company, err = v.Lookup(graph.KindCompany, req.Company); err != nil {
		return nil, err
	}
	x.out.Company, x.about = refOf(v, graph.KindCompany, x.company), map[graph.Node]int{x.company: 0}
	if req.Line != "" {
		if x.line, err = v.Lookup(graph.KindProduct, req.Line); err != nil {
			return nil, err
		}
		ref := refOf(v, graph.KindProduct, x.line)
		x.out.Line = &ref
	}
	x.active = v.Activity(x.filter)
	x.paths = newExposurePaths(x)
	x.out.Entities = x.paths.answer.out.Entities
	if req.Side == SideRevenue {
		err = x.revenue(ctx)
	} else {
		err = x.supply(ctx)
	}
	if err != nil {
		return nil, err
	}
	if err := x.paths.finish(ctx); err != nil {
		return nil, err
	}
	return inGroups(v, x.out, req.Company), nil
}

// exposure answers one request.
type exposure struct {
	v        *graph.View
	req      ExposureRequest
	question any // as a cursor holds it
	filter   graph.Filter
	active   graph.Activity
	company  graph.Node         // NoNode where a portfolio is asked about
	about    map[graph.Node]int // the company, or the members by number
	names    *names
	after    []string // key of the last item of the part before
	out      *ExposureAnswer
	paths    *exposurePaths

	around []graph.Node // everything upstream or downstream, the company first, by tier, then id
	tiers  []int32      // by company; 0 of the company, and of those that are not around
	p      *production
	net    *network
	root   int32 // the node of the company as a whole, or of the line asked about
	line   graph.Node
}

// target is something that the company is exposed to.
type target struct {
	kind     string
	company  graph.Node // NoNode where it is not one
	id, name string
	tier     int
	damage   *damage        // nil of a company: it stops
	scenario *loss.Scenario // nil of a company
	loss     lost           // or what is lost of the revenue
	flow     lost
	stated   lost         // loss of the members of a portfolio by the spend that is stated
	mean     lost         // loss of the members of a portfolio, each counted alike
	flows    [2][]float64 // flow by member, at least and at most, once it is known
	// Whether the lower bounds are known, and all, and which of them need no run: see [supplySide.begin].
	lows, highs, known, wholeLoss, certainLoss, wholeFlow, certainFlow bool
}

// walk finds everything upstream or downstream of the company, tier by tier.
func (x *exposure) walk(ctx context.Context, d Direction) error {
	list, ends, err := around(ctx, x.v, x.active, []graph.Node{x.company}, d)
	x.place(list, ends)
	if err == nil {
		x.out.Around = len(x.around) - 1
	}
	return err
}

// place notes the tier of each company around.
func (x *exposure) place(list []graph.Node, ends []int) {
	x.around, x.tiers = list, make([]int32, x.v.NodeCount(graph.KindCompany))
	tier := 0
	for i, n := range list {
		for tier < len(ends) && i >= ends[tier] {
			tier++
		}
		x.tiers[n] = int32(tier)
	}
}

// around is everything upstream or downstream of some companies, these first, tier by tier, then by id; ends are where
// the tiers end. After an error it is as far as it was found.
func around(ctx context.Context, v *graph.View, active graph.Activity, from []graph.Node, d Direction) (list []graph.Node, ends []int, err error) {
	seen := make([]bool, v.NodeCount(graph.KindCompany))
	for _, c := range from {
		seen[c] = true
	}
	list, ends = slices.Clone(from), []int{len(from)}
	order := least{v: v}
	budget := checkEvery
	for low := 0; low < len(list); {
		high := len(list)
		for _, c := range list[low:high] {
			edges := v.In(graph.KindSupplies, c)
			if d == Downstream {
				edges = v.Out(graph.KindSupplies, c)
			}
			for i, n := range edges.Nodes {
				if !seen[n] && active.Has(edges.Rel(i)) {
					seen[n] = true
					list = append(list, n)
				}
			}
			if budget -= edges.Len() + 1; budget < 0 {
				budget = checkEvery
				if err := ctx.Err(); err != nil {
					return list, ends, err
				}
			}
		}
		slices.SortFunc(list[high:], order.compare)
		if len(list) > high {
			ends = append(ends, len(list))
		}
		low = high
	}
	return list, ends, nil
}

// tier is the tier of a company around.
func (x *exposure) tier(n graph.Node) int { return int(x.tiers[n]) }

// subject is what is asked about, in words.
func (x *exposure) subject() string {
	if x.out.Line != nil {
		return x.out.Company.Name + "'s " + x.out.Line.Name
	}
	return x.out.Company.Name
}

// passes reports whether the filters let a company on the list.
func (x *exposure) passes(n graph.Node) bool {
	if x.req.Country != "" && x.v.NodeText(graph.KindCompany, n, graph.FieldCountry) != x.req.Country {
		return false
	}
	return x.req.ListedIn == "" || listedIn(listings(x.v, n), x.req.ListedIn)
}

// companies are the targets of a question over everything around, the nearest first.
func (x *exposure) companies() (out []target) {
	for _, n := range x.around {
		if tier := x.tier(n); tier > 0 && x.passes(n) {
			out = append(out, x.target(n, tier))
		}
	}
	return out
}

func (x *exposure) target(n graph.Node, tier int) target {
	return target{kind: "company", company: n, id: x.v.ID(graph.KindCompany, n), tier: tier}
}

// inOrder is everything around in the order of ids.
func (x *exposure) inOrder() []graph.Node {
	list := slices.Clone(x.around)
	order := least{v: x.v}
	slices.SortFunc(list, order.compare)
	return list
}

// compare orders targets by loss (of a portfolio weighed, then its mean), then flow, tier and id.
func (x *exposure) compare(a, b *target) int {
	bounds := func(a, b lost) int {
		low, high := cmp.Compare(rounded(b.low), rounded(a.low)), cmp.Compare(rounded(b.high), rounded(a.high))
		if x.req.Sort == "upper" {
			low, high = high, low
		}
		return cmp.Or(low, high)
	}
	return cmp.Or(bounds(a.loss, b.loss), bounds(a.stated, b.stated), bounds(a.mean, b.mean), bounds(a.flow, b.flow), cmp.Compare(a.tier, b.tier), strings.Compare(a.id, b.id))
}

// key is what a cursor holds of a target; keys are in the order of the rows.
func (x *exposure) key(t *target) []string {
	part := func(l lost) string {
		low, high := fmt.Sprintf("%.9f", 1-rounded(l.low)), fmt.Sprintf("%.9f", 1-rounded(l.high))
		if x.req.Sort == "upper" {
			low, high = high, low
		}
		return low + " " + high
	}
	loss := part(t.loss)
	if x.company == graph.NoNode {
		loss += " " + part(t.stated) + " " + part(t.mean)
	}
	return []string{loss + " " + part(t.flow), fmt.Sprintf("%06d", t.tier), t.id}
}

// page sorts the targets, cuts the part asked for and writes the head of the list.
func (x *exposure) page(list []target) []target {
	slices.SortFunc(list, func(a, b target) int { return x.compare(&a, &b) })
	total := len(list)
	if x.out.LeftOut == 0 { // else nobody knows how many there are, nor the order of all
		x.out.Total = &total
	}
	if x.after != nil {
		at, _ := slices.BinarySearchFunc(list, x.after, func(t target, key []string) int { return slices.Compare(x.key(&t), key) })
		if at < total && slices.Equal(x.key(&list[at]), x.after) {
			at++
		}
		list = list[at:]
	}
	if n := x.req.Limit; n > 0 && len(list) > n {
		list = list[:n]
		if x.out.LeftOut == 0 {
			x.out.NextCursor = nextCursor(x.v, x.req.Scope, x.question, x.key(&list[n-1])...)
		}
		x.out.stop(StoppedByLimit)
	}
	return list
}

// missed marks what there was no time for.
func (x *exposure) missed(asked, looked int, what string) {
	x.out.Asked, x.out.LookedAt, x.out.LeftOut = asked, looked, asked-looked
	if looked < asked {
		x.out.stop(StoppedByDeadline)
		x.out.warn(fmt.Sprintf("the time was over: %d of %d %s were worked out; %d are left out", looked, asked, what, asked-looked))
	}
}

// row is the beginning of a row.
func (x *exposure) row(t *target) ExposureRow {
	row := ExposureRow{Kind: t.kind, ID: t.id, Name: t.name, Tier: t.tier, Money: []MoneyAtRisk{}, Lines: []ExposedLine{}, Inputs: []ExposedInput{},
		Cause: []CauseHop{}, Paths: []PathRow{}}
	if t.company != graph.NoNode {
		row.Name, row.NameZH = x.v.Name(graph.KindCompany, t.company), x.v.HanName(graph.KindCompany, t.company)
		row.Country = x.v.NodeText(graph.KindCompany, t.company, graph.FieldCountry)
		row.Listed = listings(x.v, t.company)
	}
	return row
}

func bounds(l lost) *Interval {
	return &Interval{Low: rounded(l.low), High: rounded(l.high), Basis: BasisBounds}
}

// BoundsText is an interval in words: "at least 12%, at most 100%".
func BoundsText(i *Interval) string {
	if i.Low == i.High {
		return percentText(i.Low)
	}
	return "at least " + percentText(i.Low) + ", at most " + percentText(i.High)
}

// weakest is the hop of a chain with the least confidence, the first of several.
func (x *exposure) weakest(chain []graph.Rel) *ExposureHop {
	var out *ExposureHop
	for _, r := range chain {
		if r < 0 {
			continue
		}
		c := x.v.ConfidenceOf(r, x.filter)
		if out != nil && c >= out.Confidence {
			continue
		}
		from, to, product := x.v.Ends(r)
		out = &ExposureHop{From: x.names.ref(graph.KindCompany, from), To: x.names.ref(graph.KindCompany, to), Product: x.productRef(product),
			Relation: x.v.RelationKey(r).ID(), Confidence: c}
	}
	return out
}

func (x *exposure) productRef(n graph.Node) *Ref { return x.names.product(n) }

func (x *exposure) gap(r graph.Rel, field string) *ExposureGap { return x.names.gap(r, field) }

// product is a product that may not be stated.
func (x *names) product(n graph.Node) *Ref {
	if n == graph.NoNode {
		return nil
	}
	ref := x.ref(graph.KindProduct, n)
	return &ref
}

// hop is a relation as a hop of a chain.
func (x *names) hop(r graph.Rel) CauseHop {
	from, to, product := x.v.Ends(r)
	return CauseHop{From: x.ref(graph.KindCompany, from), To: x.ref(graph.KindCompany, to), Product: x.product(product), Relation: x.v.RelationKey(r).ID()}
}

// gap makes the row of a fact that is missing.
func (x *names) gap(r graph.Rel, field string) *ExposureGap {
	from, to, product := x.v.Ends(r)
	g := &ExposureGap{Supplier: x.ref(graph.KindCompany, from), Buyer: x.ref(graph.KindCompany, to), Product: x.product(product), Field: field}
	what := "what it is supplied with"
	if g.Product != nil {
		what = g.Product.Name
	}
	switch field {
	case "share_of_input":
		g.Question = fmt.Sprintf("What part of the %s that %s buys comes from %s?", what, g.Buyer.Name, g.Supplier.Name)
		if g.Product == nil {
			g.Question = fmt.Sprintf("What does %s supply to %s, and what part of what %s buys of it?", g.Supplier.Name, g.Buyer.Name, g.Buyer.Name)
		}
	case "essential":
		g.Question = fmt.Sprintf("Can %s go on without %s?", g.Buyer.Name, what)
	case "used_in":
		g.Question = fmt.Sprintf("Which products of %s need %s?", g.Buyer.Name, what)
	case "cost_share":
		g.Question = fmt.Sprintf("What part of the cost of %s is %s?", g.Buyer.Name, what)
	case "revenue_share":
		g.Question = fmt.Sprintf("What part of its revenue does %s have from %s?", g.Supplier.Name, g.Buyer.Name)
	}
	return g
}

// exposurePaths finds the shortest paths for the rows.
type exposurePaths struct {
	x      *exposure
	answer *pathAnswer
	taken  []int // paths of each row
}

func newExposurePaths(x *exposure) *exposurePaths {
	out := &PathsAnswer{Paths: []PathRow{}, Entities: Entities{Companies: map[string]Entity{}, Products: map[string]Entity{}}}
	req := PathsRequest{Scope: x.req.Scope, Kinds: []string{graph.KindSupplies.String()}, Chain: "any", Evidence: x.req.Evidence, Details: x.req.Details}
	return &exposurePaths{x: x, answer: &pathAnswer{v: x.v, req: req, out: out, shares: newShares(x.v, x.filter), relations: map[graph.Rel]*HopRelation{}}}
}

// find finds the paths of the next row. When the time is over, there are fewer.
func (p *exposurePaths) find(ctx context.Context, from, to graph.Node) error {
	begin := len(p.answer.out.Paths)
	err := p.search(ctx, from, to)
	p.taken = append(p.taken, len(p.answer.out.Paths)-begin)
	if stopped, cancelled := deadline(ctx); cancelled != nil {
		return cancelled
	} else if stopped {
		p.x.out.stop(StoppedByDeadline)
		p.x.out.warn("the time was over before all paths were found")
		return nil
	}
	return err
}

func (p *exposurePaths) search(ctx context.Context, from, to graph.Node) error {
	if p.x.req.Paths < 0 || from == to || from == graph.NoNode || to == graph.NoNode {
		return nil
	}
	f, err := newPathFinder(ctx, p.x.v, from, to, p.x.filter, suppliesOnly, MaxDepth)
	if err != nil {
		return err
	}
	defer f.release()
	for range p.x.req.Paths {
		nodes, err := f.next(ctx)
		if err != nil || nodes == nil {
			return err
		}
		p.answer.take(nodes)
	}
	return nil
}

// finish hands the paths out to the rows, and adds what the claims say.
func (p *exposurePaths) finish(ctx context.Context) error {
	if err := p.answer.addEvidence(ctx); err != nil {
		return err
	}
	out := p.x.out
	out.Coverage = p.answer.out.Coverage
	for _, w := range p.answer.out.Warnings {
		out.warn(w)
	}
	at := 0
	for i, n := range p.taken {
		out.Items[i].Paths = append(out.Items[i].Paths, p.answer.out.Paths[at:at+n]...)
		at += n
	}
	return nil
}
