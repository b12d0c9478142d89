package queries

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/tributarygraph/tributary/graph"
	"github.com/tributarygraph/tributary/queries/internal/ownership"
	"github.com/tributarygraph/tributary/queries/internal/reach"
)

// What a rule makes of a company, the gravest first.
const (
	StatusListed          = "listed"           // an authority of the rule lists it
	StatusBlocked         = "blocked"          // listed and blocked companies hold enough of it, for certain
	StatusPossiblyBlocked = "possibly_blocked" // they may hold enough of it, or control it
	StatusHeld            = "held"             // they hold some of it, or may, but not enough
)

var statuses = []string{StatusListed, StatusBlocked, StatusPossiblyBlocked, StatusHeld}

// DefaultSanctionsPaths is how many supply chains a row has unless a question says otherwise; MaxSanctionsPaths the
// greatest.
const (
	DefaultSanctionsPaths = 1
	MaxSanctionsPaths     = 20
)

// SanctionsRequest asks who upstream of a company, or of a portfolio, is listed, or blocked through its owners.
type SanctionsRequest struct {
	Company   string // id, identifier, name or alias
	Portfolio Portfolio
	Scope
	Page
	// Rule is what counts; the built-in rule OFAC when it has no name.
	Rule SanctionsRule
	// Status lists only companies of these; all when empty.
	Status []string
	// Paths is how many supply chains each row has, up to MaxSanctionsPaths; DefaultSanctionsPaths when 0, none when
	// negative. A row of a portfolio has none.
	Paths int
	// Evidence adds the claims of each listing, holding and hop; Details adds their quotes.
	Evidence bool
	Details  Details `json:"-"`
}

// SanctionsAnswer lists companies: the gravest status first, then the nearest, then by id.
type SanctionsAnswer struct {
	Answer
	Company     *Ref             `json:"company,omitempty" doc:"The company asked about"`
	Portfolio   *PortfolioMatch  `json:"portfolio,omitempty" doc:"What became of the names of the portfolio asked about"`
	Rule        SanctionsRule    `json:"rule" doc:"The rule as it was applied"`
	RuleText    string           `json:"rule_text" doc:"The same in words"`
	Authorities []Ref            `json:"authorities" doc:"The authorities of the rule that the network knows"`
	Listings    int              `json:"listings" doc:"Listings documented under the rule, of whomever: 0 says that the question could not be answered"`
	Around      int              `json:"companies" doc:"Companies looked at: those asked about, and all documented upstream"`
	Totals      []SanctionsTotal `json:"totals" doc:"How many companies have each status"`
	Finding     string           `json:"finding" doc:"The answer in a sentence"`
	Items       []SanctionsRow   `json:"items"`
	Entities    Entities         `json:"entities" doc:"The companies and products that the supply chains name"`
	Paging
}

// SanctionsTotal counts the companies of one status.
type SanctionsTotal struct {
	Status    string `json:"status" enum:"listed,blocked,possibly_blocked,held"`
	Companies int    `json:"companies"`
	// Members, Spend and SpendUnknown are of a portfolio.
	Members      int     `json:"members,omitempty" doc:"Members of the portfolio that are such a company, or have one upstream"`
	Spend        []Money `json:"spend,omitempty" doc:"Spend on these members, a sum a currency"`
	SpendUnknown int     `json:"spend_unknown,omitempty" doc:"Members among these whose spend is not known"`
}

// SanctionsRow is a company that a rule makes something of.
type SanctionsRow struct {
	Status  string `json:"status" enum:"listed,blocked,possibly_blocked,held" doc:"listed; blocked: listed and blocked owners hold enough of it; possibly_blocked: they may, or are said to control it; held: they hold some of it, or may, but not enough"`
	ID      string `json:"id"`
	Name    string `json:"name"`
	NameZH  string `json:"name_zh,omitempty" doc:"Name in Chinese, where one is stated beside the name"`
	Country string `json:"country,omitempty" doc:"Headquarters, ISO 3166-1; absent when unknown"`
	Group   *Ref   `json:"group,omitempty" doc:"With group=control: the group that it counts with, whose place in the supply chain is told"`
	Tier    int    `json:"tier" doc:"Least number of hops to the company asked about, or to a member; 0: it is that"`
	Through []Ref  `json:"through" doc:"Direct suppliers of the company asked about that it comes through, itself where it is one; of a portfolio see behind"`
	// HeldByBlocked and EconomicInterest are two measures, never mixed.
	HeldByBlocked    *Interval      `json:"held_by_blocked" doc:"Part of it that listed and blocked companies hold directly, and at most may hold with the possibly blocked ones: what the rule compares with its threshold; null where they hold nothing"`
	EconomicInterest *Interval      `json:"economic_interest" doc:"Part of it that belongs to listed companies, directly or through others: shares multiplied along chains of ownership. No rule looks at it; null where they hold nothing"`
	Listings         []ListingRow   `json:"listings" doc:"The listings that it comes from: its own, or those of the owners at the beginning of the chains"`
	Ownership        []OwnershipHop `json:"ownership" doc:"The holdings by which it follows from the listings, those of the listed owners first"`
	OwnershipMore    bool           `json:"ownership_more,omitempty" doc:"There are more holdings than are told: those nearest to the listed owners are left out"`
	Behind           []BehindMember `json:"behind,omitempty" doc:"Of a portfolio: the members that it stands behind, in the order of ids, at most 100"`
	BehindMore       bool           `json:"behind_more,omitempty" doc:"There are more of them than are told"`
	Members          int            `json:"members,omitempty" doc:"Of a portfolio: members that it is, or stands behind"`
	Spend            []Money        `json:"spend,omitempty" doc:"Spend on these members, a sum a currency"`
	SpendUnknown     int            `json:"spend_unknown,omitempty" doc:"Members among these whose spend is not known"`
	Paths            []PathRow      `json:"paths" doc:"The shortest supply chains to the company asked about"`
	Sentence         string         `json:"sentence"`
}

// ListingRow is a listing of a company by an authority.
type ListingRow struct {
	Authority  Ref        `json:"authority"`
	Listed     Ref        `json:"listed"`
	Relation   string     `json:"relation"`
	Programmes []string   `json:"programmes" doc:"As the claims that count name them; empty when they name none"`
	Since      string     `json:"since,omitempty" doc:"Earliest day that a claim which counts gives"`
	Counts     bool       `json:"counts" doc:"false: it is not in force under this scope or not of the rule's programmes, and is shown because someone speaks of it"`
	Alone      bool       `json:"alone,omitempty" doc:"It is of the listed company alone: what that owns is not blocked"`
	Confidence float64    `json:"confidence"`
	Denials    int        `json:"denials" doc:"Claims that deny it"`
	ClaimIDs   []string   `json:"claim_ids" doc:"All claims of the listing"`
	Claims     []ClaimRow `json:"claims,omitempty" doc:"The same in full, where evidence was asked for"`
}

// OwnershipHop is a holding.
type OwnershipHop struct {
	Owner       Ref        `json:"owner"`
	OwnerStatus string     `json:"owner_status" enum:"listed,blocked,possibly_blocked,held"`
	Owned       Ref        `json:"owned"`
	Relation    string     `json:"relation"`
	Share       *Interval  `json:"share" doc:"null when nobody states it"`
	Control     string     `json:"control,omitempty" doc:"Control that is no percentage"`
	Confidence  float64    `json:"confidence"`
	Denials     int        `json:"denials" doc:"Claims that deny the holding"`
	ClaimIDs    []string   `json:"claim_ids" doc:"All claims of the holding"`
	Claims      []ClaimRow `json:"claims,omitempty" doc:"The same in full, where evidence was asked for"`
}

// Rows are the items of the list, a slice.
func (a *SanctionsAnswer) Rows() any { return a.Items }

// Resolve checks the request and spells out what it leaves to defaults, apart from scope, page and names.
func (req SanctionsRequest) Resolve() (SanctionsRequest, error) {
	var err error
	if len(req.Portfolio) > 0 {
		if req.Portfolio, err = req.Portfolio.Resolve(); err != nil {
			return req, err
		}
	}
	if req.Rule.Name == "" && len(req.Rule.Authorities) == 0 {
		if req.Rule, err = BuiltinRule(""); err != nil {
			return req, err
		}
	}
	if req.Rule, err = req.Rule.Resolve(); err != nil {
		return req, fmt.Errorf("%w: rule: %v", graph.ErrInvalid, err)
	}
	var wanted []string
	for _, s := range statuses {
		if len(req.Status) == 0 || slices.Contains(req.Status, s) {
			wanted = append(wanted, s)
		}
	}
	for _, s := range req.Status {
		if !slices.Contains(statuses, s) {
			return req, fmt.Errorf("%w: status %q; allowed: %s", graph.ErrInvalid, s, strings.Join(statuses, ", "))
		}
	}
	req.Status = wanted
	switch {
	case req.Paths == 0:
		req.Paths = DefaultSanctionsPaths
	case req.Paths > MaxSanctionsPaths:
		return req, fmt.Errorf("%w: paths %d; allowed: up to %d", graph.ErrInvalid, req.Paths, MaxSanctionsPaths)
	}
	return req, nil
}

func (req SanctionsRequest) question() any {
	req.Page, req.Scope, req.Details = Page{}, Scope{}, nil
	return req
}

const sanctionsKeyParts = 3

// notAClearance ends every answer that found nothing.
const notAClearance = "that is not a clearance"

// Sanctions tells who upstream is listed or blocked under a rule: see docs/queries/sanctions.md. Errors wrap
// graph.ErrInvalid, ErrNotFound and ErrAmbiguous.
func Sanctions(ctx context.Context, v *graph.View, req SanctionsRequest) (*SanctionsAnswer, error) {
	req, err := req.Resolve()
	if err != nil {
		return nil, err
	}
	key, paging, err := resolvePage(v, req.Page, &req.Scope, req.question(), sanctionsKeyParts)
	if err != nil {
		return nil, err
	}
	whole := v
	if v, err = req.Scope.view(ctx, v); err != nil {
		return nil, err
	}
	if g := groupsOf(v); g != nil {
		whole = g.original
	}
	s := &sanctions{v: v, whole: whole, req: req, filter: req.filter(), said: holding(req.filter()), names: newNames(whole), after: key, root: graph.NoNode}
	s.out = &SanctionsAnswer{Answer: newAnswer(v, req.Scope, openLists, req.Rule.Words(),
		"a share that nobody states is unknown: it blocks nothing for certain, and possibly all that the other documented owners leave",
		"control without a percentage blocks nothing for certain"),
		Rule: req.Rule, RuleText: req.Rule.Words(), Authorities: []Ref{}, Totals: []SanctionsTotal{}, Items: []SanctionsRow{}, Paging: paging}
	if text := req.Rule.suspended(s.said.AsOf); text != "" {
		s.out.warn(text)
	}
	if err := s.start(); err != nil {
		return nil, err
	}
	s.active = whole.Activity(s.said)
	if err := s.readListings(); err != nil {
		return nil, err
	}
	s.paths = newSupplyPaths(v, req.Scope, req.Paths, req.Evidence, req.Details)
	s.out.Entities = s.paths.answer.out.Entities
	if err := inTime(ctx, &s.out.Answer, s.answer); err != nil {
		return nil, err
	}
	s.say()
	if err := s.paths.finish(ctx, &s.out.Answer, s.out.Items); err != nil {
		return nil, err
	}
	if err := s.addEvidence(ctx); err != nil {
		return nil, err
	}
	return inGroups(v, s.out, append(req.Portfolio.names(), req.Company)...), nil
}

// sanctions answers one request.
type sanctions struct {
	v       *graph.View // in which goods flow: groups may count as one company
	whole   *graph.View // in which everyone is listed, and owns, by itself
	req     SanctionsRequest
	filter  graph.Filter   // by which goods flow
	said    graph.Filter   // by which listings and holdings count
	active  graph.Activity // of these
	names   *names
	after   []string // key of the last item of the part before
	out     *SanctionsAnswer
	root    graph.Node // the company asked about; NoNode for a portfolio
	members []member   // the same, or the members
	paths   *supplyPaths

	authorities map[graph.Node]bool
	listings    map[graph.Node][]listing // by the company spoken of
	u           *supplierNet
	buyers      *reach.Graph // u's links the other way

	h                       *holdings
	blocked, possibly, held *ownership.Spread
	interest                *ownership.Interest
}

// listing is a relation by which an authority of the rule is said to list a company.
type listing struct {
	rel       graph.Rel
	authority graph.Node
	listingWeight
}

// start finds what is asked about.
func (s *sanctions) start() error {
	if len(s.req.Portfolio) > 0 {
		members, match, err := s.req.Portfolio.match(s.v)
		if err != nil {
			return err
		}
		s.members, s.out.Portfolio = members, &match
		match.warn(&s.out.Answer)
		return nil
	}
	n, err := s.v.Lookup(graph.KindCompany, s.req.Company)
	if err != nil {
		return err
	}
	ref := refOf(s.v, graph.KindCompany, n)
	s.root, s.members, s.out.Company = n, []member{{node: n}}, &ref
	return nil
}

// answer finds the rows. The error may be that of the context: then what was found stays.
func (s *sanctions) answer(ctx context.Context) error {
	starts := make([]graph.Node, len(s.members))
	for i, m := range s.members {
		starts[i] = m.node
	}
	var err error
	if s.u, err = gather(ctx, s.v, s.filter, starts, math.MaxInt32, s.root != graph.NoNode); err != nil {
		return err
	}
	s.out.Around = len(s.u.nodes)
	s.buyers = s.u.links.Reverse()
	if err := s.spread(ctx); err != nil {
		return err
	}
	list := s.found()
	s.total(list)
	if err := s.rows(ctx, s.page(list)); err != nil || s.out.Listings == 0 {
		return err
	}
	return s.warnGroups(ctx)
}

// goOnFrom lets the next part begin behind what there was time for.
func (s *sanctions) goOnFrom(told []sanctioned) {
	s.out.NextCursor = ""
	if len(told) > 0 {
		s.out.NextCursor = nextCursor(s.v, s.req.Scope, s.req.question(), s.key(told[len(told)-1])...)
	}
	s.out.warn(fmt.Sprintf("the time was over: %s of this part of the list are told", plural(len(told), "row", "rows")))
}

// spread finds what follows from the listings over the whole network of holdings.
func (s *sanctions) spread(ctx context.Context) error {
	var spoken []graph.Node
	for n := range s.listings {
		spoken = append(spoken, n)
	}
	order := least{v: s.whole}
	slices.SortFunc(spoken, order.compare)
	var err error
	if s.h, err = holdingsOf(ctx, s.whole, s.said, spoken); err != nil {
		return err
	}
	var certain, possible []int32
	for _, n := range spoken {
		w := s.standing(n)
		if w.spreads {
			certain = append(certain, s.h.number[n])
		}
		if w.maySpread {
			possible = append(possible, s.h.number[n])
		}
	}
	rule := ownership.Rule{Threshold: ownership.Threshold{Share: s.req.Rule.Threshold, Inclusive: *s.req.Rule.Inclusive}, Aggregate: *s.req.Rule.Aggregate}
	s.blocked = s.h.net.Blocked(certain, rule)
	s.possibly = s.h.net.PossiblyBlocked(possible, rule)
	s.held = s.h.net.PossiblyBlocked(possible, ownership.Rule{Aggregate: true}) // whoever holds anything
	s.interest, err = s.h.net.Interest(ctx, certain)
	return err
}

// standing is what the listings of a company make of it together.
func (s *sanctions) standing(n graph.Node) (w listingWeight) {
	for _, l := range s.listings[n] {
		w.add(l.listingWeight)
	}
	return w
}

// status is what the rule makes of a company; empty for nothing.
func (s *sanctions) status(n graph.Node) string {
	if s.standing(n).certain {
		return StatusListed
	}
	i, ok := s.h.number[n]
	switch {
	case !ok:
		return ""
	case s.blocked.Has(i):
		return StatusBlocked
	case s.possibly.Has(i):
		return StatusPossiblyBlocked
	case s.held.Has(i):
		return StatusHeld
	}
	return ""
}

// sanctioned is a company that the rule makes something of.
type sanctioned struct {
	node   graph.Node
	at     int32 // its number upstream, or that of the group that it counts with
	status int   // into statuses
	tier   int32
}

func (s *sanctions) key(c sanctioned) []string {
	return []string{fmt.Sprint(c.status), fmt.Sprintf("%06d", c.tier), s.whole.ID(graph.KindCompany, c.node)}
}

// found are the companies asked about and upstream of which the rule makes something, in the order of the list.
func (s *sanctions) found() (list []sanctioned) {
	for i, head := range s.u.nodes {
		for _, n := range s.counting(head) {
			if status := slices.Index(statuses, s.status(n)); status >= 0 {
				list = append(list, sanctioned{n, int32(i), status, s.u.tier[i]})
			}
		}
	}
	order := least{v: s.whole}
	slices.SortFunc(list, func(a, b sanctioned) int {
		return cmp.Or(cmp.Compare(a.status, b.status), cmp.Compare(a.tier, b.tier), order.compare(a.node, b.node))
	})
	return list
}

// counting are the companies that count as a node: itself, and the members of its group.
func (s *sanctions) counting(head graph.Node) []graph.Node {
	if g := groupsOf(s.v); g != nil {
		return append([]graph.Node{head}, g.members[head]...)
	}
	return []graph.Node{head}
}

// page cuts the part asked for out of those found, of the statuses that are wanted.
func (s *sanctions) page(list []sanctioned) []sanctioned {
	list = slices.DeleteFunc(list, func(c sanctioned) bool { return !slices.Contains(s.req.Status, statuses[c.status]) })
	total := len(list)
	s.out.Total = &total
	if s.after != nil {
		at := slices.IndexFunc(list, func(c sanctioned) bool { return slices.Compare(s.key(c), s.after) > 0 })
		if at < 0 {
			at = total
		}
		list = list[at:]
	}
	if n := s.req.Limit; n > 0 && len(list) > n {
		list = list[:n]
		s.out.NextCursor = nextCursor(s.v, s.req.Scope, s.req.question(), s.key(list[n-1])...)
		s.out.stop(StoppedByLimit)
	}
	return list
}

// total counts the companies of each status and, of a portfolio, the members that are such or have one upstream.
func (s *sanctions) total(list []sanctioned) {
	for status, name := range statuses {
		t := SanctionsTotal{Status: name}
		var from []int32
		for _, c := range list {
			if c.status == status {
				from = append(from, c.at)
			}
		}
		t.Companies = len(from)
		if s.root == graph.NoNode {
			reached := s.downstream(from)
			var behind []member
			for i, m := range s.members {
				if reached[i] {
					behind = append(behind, m)
				}
			}
			t.Members = len(behind)
			t.Spend, t.SpendUnknown = spendOf(behind)
		}
		s.out.Totals = append(s.out.Totals, t)
	}
}

// downstream marks the companies that have some others upstream, and these.
func (s *sanctions) downstream(from []int32) (reached []bool) {
	reached = make([]bool, len(s.u.nodes))
	for _, c := range from {
		reached[c] = true
	}
	queue := slices.Clone(from)
	for at := 0; at < len(queue); at++ {
		for _, buyer := range s.buyers.Row(queue[at]) {
			if !reached[buyer] {
				reached[buyer] = true
				queue = append(queue, buyer)
			}
		}
	}
	return reached
}
