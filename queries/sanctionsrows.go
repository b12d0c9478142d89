package queries

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"math/bits"
	"slices"
	"strings"

	"github.com/tributarygraph/tributary/graph"
	"github.com/tributarygraph/tributary/queries/internal/reach"
)

// rows tells of the companies of a part of the list. Where they stand is found for many at once.
func (s *sanctions) rows(ctx context.Context, page []sanctioned) error {
	spread := reach.New(s.buyers)
	for first := 0; first < len(page); first += reach.Width {
		block := page[first:min(first+reach.Width, len(page))]
		rows := make([]SanctionsRow, len(block))
		if err := s.places(ctx, spread, block, rows); err != nil {
			s.goOnFrom(page[:first])
			return err
		}
		for i, c := range block {
			s.row(c, &rows[i])
			if err := s.paths.find(ctx, s, c); err != nil {
				s.goOnFrom(page[:first+i])
				return err
			}
			s.out.Items = append(s.out.Items, rows[i])
		}
	}
	return nil
}

// places finds where companies stand: through which direct suppliers they come, or which members they are, or stand
// behind. It walks downstream from all of them at once.
func (s *sanctions) places(ctx context.Context, spread *reach.Spread, block []sanctioned, rows []SanctionsRow) error {
	starts := make([]int32, len(block))
	tiers, via := map[pairing]int{}, map[pairing][]int32{}
	for i, c := range block {
		starts[i] = c.at
		rows[i].Through = []Ref{}
		if s.root == graph.NoNode && s.u.isStart(c.at) {
			tiers[pairing{i, c.at}] = 0
		}
	}
	spread.Arrive = nil
	if s.root == graph.NoNode {
		spread.Arrive = func(hop int, from, to int32, set uint64) {
			for ; set != 0 && s.u.isStart(to); set &= set - 1 {
				at := pairing{bits.TrailingZeros64(set), to}
				tiers[at] = hop
				via[at] = append(via[at], from)
			}
		}
	}
	if _, err := spread.Run(ctx, starts, math.MaxInt32); err != nil {
		return err
	}
	if s.root == graph.NoNode {
		s.behind(tiers, via, rows)
		return nil
	}
	for _, supplier := range s.u.links.Row(0) {
		for set := spread.Starts(supplier); set != 0; set &= set - 1 {
			row := &rows[bits.TrailingZeros64(set)]
			row.Through = append(row.Through, s.names.ref(graph.KindCompany, s.u.nodes[supplier]))
		}
	}
	return nil
}

// behind tells the members that companies are, or stand behind.
func (s *sanctions) behind(tiers map[pairing]int, via map[pairing][]int32, rows []SanctionsRow) {
	chains := make([]pairing, 0, len(tiers))
	for at := range tiers {
		chains = append(chains, at)
	}
	slices.SortFunc(chains, func(a, b pairing) int { return cmp.Or(a.row-b.row, int(a.member-b.member)) }) // members are numbered by id
	members := make([][]member, len(rows))
	for _, at := range chains {
		row, m := &rows[at.row], s.members[at.member]
		members[at.row] = append(members[at.row], m)
		if row.BehindMore = len(row.Behind) == maxBehind; row.BehindMore {
			continue
		}
		b := BehindMember{Member: s.names.ref(graph.KindCompany, m.node), Tier: tiers[at], Via: []Ref{}, ViaMore: len(via[at]) > maxVia}
		slices.SortFunc(via[at], func(a, b int32) int { return compareNodes(s.v, graph.KindCompany, s.u.nodes[a], s.u.nodes[b]) })
		for _, supplier := range via[at][:min(len(via[at]), maxVia)] {
			b.Via = append(b.Via, s.names.ref(graph.KindCompany, s.u.nodes[supplier]))
		}
		row.Behind = append(row.Behind, b)
	}
	for i := range rows {
		rows[i].Members = len(members[i])
		rows[i].Spend, rows[i].SpendUnknown = spendOf(members[i])
	}
}

// row tells of one company. Where it stands is in the row already.
func (s *sanctions) row(c sanctioned, row *SanctionsRow) {
	v := s.whole
	row.Status, row.ID, row.Name, row.NameZH = statuses[c.status], v.ID(graph.KindCompany, c.node), v.Name(graph.KindCompany, c.node), v.HanName(graph.KindCompany, c.node)
	row.Country, row.Tier = v.NodeText(graph.KindCompany, c.node, graph.FieldCountry), int(c.tier)
	row.Listings, row.Ownership, row.Paths = []ListingRow{}, []OwnershipHop{}, []PathRow{}
	if i, ok := s.h.number[c.node]; ok {
		s.measure(i, row)
		spoken := append(s.ownership(i, row.Status, row), c.node) // its own listings are told in any case
		order := least{v: v}
		slices.SortFunc(spoken, order.compare)
		for _, n := range slices.Compact(spoken) {
			for _, l := range s.listings[n] {
				row.Listings = append(row.Listings, s.listingRow(n, l))
			}
		}
	}
	if head := s.u.nodes[c.at]; head != c.node {
		group := s.names.ref(graph.KindCompany, head)
		row.Group = &group
	}
	row.Sentence = s.sentence(c, row)
}

// measure fills in what blocked owners hold, and what belongs to the listed.
func (s *sanctions) measure(i int32, row *SanctionsRow) {
	if low, high := s.h.net.Held(i, s.blocked, s.possibly); high > 0 {
		row.HeldByBlocked = &Interval{Low: rounded(low), High: rounded(high), Basis: BasisBounds}
	}
	if low, high := s.interest.Low[i], s.interest.High[i]; high > 0 && row.Status != StatusListed {
		row.EconomicInterest = &Interval{Low: rounded(low), High: rounded(high), Basis: BasisBounds}
	}
}

// sentence tells why, and where it stands.
func (s *sanctions) sentence(c sanctioned, row *SanctionsRow) string {
	why := ""
	switch row.Status {
	case StatusListed:
		var by []string
		for _, l := range row.Listings {
			if l.Counts && l.Listed.ID == row.ID {
				by = append(by, listingText(&l))
			}
		}
		why = fmt.Sprintf("%s is listed by %s", row.Name, strings.Join(by, " and by "))
	case StatusBlocked:
		why = fmt.Sprintf("%s is not documented as listed itself, but listed and blocked owners hold %s of it: %s", row.Name, BoundsText(row.HeldByBlocked), s.owners(row))
	case StatusPossiblyBlocked:
		why = s.possiblyText(row)
	case StatusHeld:
		held := "nothing directly"
		if i := row.HeldByBlocked; i != nil {
			held = BoundsText(i)
		}
		why = fmt.Sprintf("%s is not blocked by what is documented: listed and blocked owners hold %s, which is not enough for the rule: %s", row.Name, held, s.owners(row))
	}
	for _, l := range row.Listings {
		if l.Listed.ID == row.ID && !l.Counts && l.Denials > 0 {
			who := "One claim denies"
			if l.Denials > 1 {
				who = fmt.Sprintf("%d claims deny", l.Denials)
			}
			why += fmt.Sprintf(". %s that %s lists it", who, l.Authority.Name)
		}
	}
	return why + ". " + s.place(c, row)
}

// possiblyText tells why a company may be blocked.
func (s *sanctions) possiblyText(row *SanctionsRow) string {
	if len(row.Ownership) == 0 {
		return row.Name + " is listed, and nobody states under which programme"
	}
	amount := "nobody states how much of it"
	if row.HeldByBlocked != nil {
		amount = BoundsText(row.HeldByBlocked) + " of it"
	}
	return fmt.Sprintf("%s may be blocked: listed, blocked and possibly blocked owners hold %s: %s", row.Name, amount, s.owners(row))
}

// owners names the owners at the last hop with what they hold, then who holds these, up to the listed ones.
func (s *sanctions) owners(row *SanctionsRow) string {
	text := ownersOf(row, row.ID)
	told := map[string]bool{row.ID: true}
	for _, h := range slices.Backward(row.Ownership) {
		if id := h.Owned.ID; !told[id] && len(told) < maxChainText {
			told[id] = true
			text += fmt.Sprintf("; %s is held by %s", h.Owned.Name, ownersOf(row, id))
		}
	}
	return text
}

// maxChainText is of how many companies a sentence tells the owners.
const maxChainText = 5

func ownersOf(row *SanctionsRow, owned string) string {
	var list []string
	for _, h := range row.Ownership {
		if h.Owned.ID != owned {
			continue
		}
		text := "an unknown share"
		if h.Share != nil {
			text = BoundsText(h.Share)
		}
		if h.Control != "" {
			text += ", control is stated: " + h.Control
		}
		list = append(list, fmt.Sprintf("%s (%s, %s)", h.Owner.Name, strings.ReplaceAll(h.OwnerStatus, "_", " "), text))
	}
	return some(list, ", ")
}

// listingText is a listing in words.
func listingText(l *ListingRow) string {
	text := l.Authority.Name
	var more []string
	if len(l.Programmes) > 0 {
		more = append(more, strings.Join(l.Programmes, ", "))
	}
	if l.Since != "" {
		more = append(more, "since "+l.Since)
	}
	if l.Alone {
		more = append(more, "it alone, not what it owns")
	}
	if l.Denials > 0 {
		more = append(more, "which "+plural(l.Denials, "claim denies", "claims deny"))
	}
	if len(more) > 0 {
		text += " (" + strings.Join(more, "; ") + ")"
	}
	return text
}

// place tells where a company stands, or who of its group does.
func (s *sanctions) place(c sanctioned, row *SanctionsRow) string {
	if s.root == graph.NoNode {
		it := "It"
		if g := groupsOf(s.v); g != nil && g.members[s.u.nodes[c.at]] != nil {
			it = "It, or another of " + s.ofGroup(s.u.nodes[c.at], s.v.Name(graph.KindCompany, s.u.nodes[c.at])) + ","
		}
		return fmt.Sprintf("%s is, or stands behind, %s of the portfolio, the nearest at tier %d.", it, plural(row.Members, "member", "members"), row.Tier)
	}
	if row.Tier == 0 {
		if row.Group != nil {
			return fmt.Sprintf("It counts with %s, which is asked about.", s.asked())
		}
		return "It is the company asked about."
	}
	it, several := s.supplier(c, s.sellers(c))
	verb := func(one, many string) string {
		if several {
			return many
		}
		return one
	}
	if row.Tier == 1 {
		return fmt.Sprintf("%s %s %s directly.", it, verb("supplies", "supply"), s.asked())
	}
	var names []string
	for _, r := range row.Through {
		name := r.Name
		if n, ok := s.v.Find(graph.KindCompany, r.ID); ok {
			name = s.ofGroup(n, name)
		}
		names = append(names, name)
	}
	return fmt.Sprintf("%s %s at tier %d behind %s, through %s.", it, verb("stands", "stand"), row.Tier, s.asked(), some(names, ", "))
}

// otherAuthorities are the names of those that list a company asked about or around it, whatever the rule asks for.
func (s *sanctions) otherAuthorities() (others []string) {
	var nodes []graph.Node
	if s.u != nil {
		nodes = append(nodes, s.u.nodes...)
	}
	for _, m := range s.members {
		nodes = append(nodes, m.node)
	}
	for _, n := range nodes {
		edges := s.whole.In(graph.KindLists, n)
		for i, authority := range edges.Nodes {
			if name := s.names.ref(graph.KindCompany, authority).Name; s.active.Has(edges.Rel(i)) && !slices.Contains(others, name) {
				others = append(others, name)
			}
		}
	}
	slices.Sort(others)
	return others
}

// say puts the answer into a sentence, and warns of what it must not be taken for.
func (s *sanctions) say() {
	subject := "the portfolio"
	if s.root != graph.NoNode {
		subject = s.out.Company.Name
	}
	if s.out.Listings == 0 {
		advice := "Import listings of its authorities (columns authority, listed, programme, valid_from, source)."
		if others := s.otherAuthorities(); len(others) > 0 {
			advice = fmt.Sprintf("%s companies among those looked at, and none of these listings is one of this rule: %s.", plural(len(others), "authority lists", "authorities list"), some(others, "; "))
		}
		s.out.Finding = fmt.Sprintf("No listing is documented under the rule %s: %s. %s", s.req.Rule.Name, notAClearance, advice)
		s.out.warn("no listing is documented under the rule")
		return
	}
	if len(s.out.Totals) == 0 {
		s.out.Finding = "There was no time to look: " + notAClearance + "."
		return
	}
	var parts []string
	count := 0
	for _, t := range s.out.Totals {
		count += t.Companies
		parts = append(parts, fmt.Sprintf("%d %s", t.Companies, map[string]string{StatusListed: "listed", StatusBlocked: "blocked through owners",
			StatusPossiblyBlocked: "possibly blocked", StatusHeld: "held in part by listed ones"}[t.Status]))
	}
	around := plural(s.out.Around, "company", "companies")
	if count == 0 {
		s.out.Finding = fmt.Sprintf("Under the rule %s none of %s (%s and everything documented upstream) is documented as listed, nor as held by listed ones: %s.", s.req.Rule.Name, around, subject, notAClearance)
		s.out.warn("nothing was found in what is documented; there may be what is not")
		return
	}
	s.out.Finding = fmt.Sprintf("Under the rule %s, of %s (%s and everything documented upstream): %s.", s.req.Rule.Name, around, subject, strings.Join(parts, ", "))
}

// addEvidence reads the quotes of the listings and holdings.
func (s *sanctions) addEvidence(ctx context.Context) error {
	var rows []*ClaimRow
	for i := range s.out.Items {
		item := &s.out.Items[i]
		for j := range item.Listings {
			for c := range item.Listings[j].Claims {
				rows = append(rows, &item.Listings[j].Claims[c])
			}
		}
		for j := range item.Ownership {
			for c := range item.Ownership[j].Claims {
				rows = append(rows, &item.Ownership[j].Claims[c])
			}
		}
	}
	return addDetails(ctx, s.req.Details, &s.out.Answer, rows)
}

// supplyPaths finds the shortest supply chains of rows.
type supplyPaths struct {
	answer *pathAnswer
	most   int   // of each row
	taken  []int // by each row
}

func newSupplyPaths(v *graph.View, scope Scope, most int, evidence bool, details Details) *supplyPaths {
	out := &PathsAnswer{Paths: []PathRow{}, Entities: Entities{Companies: map[string]Entity{}, Products: map[string]Entity{}}}
	req := PathsRequest{Scope: scope, Kinds: []string{graph.KindSupplies.String()}, Chain: "any", Evidence: evidence, Details: details}
	return &supplyPaths{most: most, answer: &pathAnswer{v: v, req: req, out: out, shares: newShares(v, scope.filter()), relations: map[graph.Rel]*HopRelation{}}}
}

// find finds the chains of the next row, none for a portfolio.
func (p *supplyPaths) find(ctx context.Context, s *sanctions, c sanctioned) error {
	begin := len(p.answer.out.Paths)
	err := p.search(ctx, s, c)
	p.taken = append(p.taken, len(p.answer.out.Paths)-begin)
	return err
}

func (p *supplyPaths) search(ctx context.Context, s *sanctions, c sanctioned) error {
	if p.most < 0 || s.root == graph.NoNode || c.tier == 0 {
		return ctx.Err()
	}
	if p.most == 1 {
		p.answer.take(s.shortest(c.at))
		return ctx.Err()
	}
	f, err := newPathFinder(ctx, p.answer.v, s.u.nodes[c.at], s.root, p.answer.req.filter(), suppliesOnly, MaxDepth)
	if err != nil {
		return err
	}
	defer f.release()
	for range p.most {
		nodes, err := f.next(ctx)
		if err != nil || nodes == nil {
			return err
		}
		p.answer.take(nodes)
	}
	return nil
}

// shortest is the shortest chain from a company down to the one asked about: of several the first by the ids that it
// passes. The tiers lead the way.
func (s *sanctions) shortest(at int32) []graph.Node {
	nodes := []graph.Node{s.u.nodes[at]}
	for s.u.tier[at] > 0 {
		next := int32(-1)
		for _, buyer := range s.buyers.Row(at) {
			if s.u.tier[buyer] == s.u.tier[at]-1 && (next < 0 || s.u.less(buyer, next)) {
				next = buyer
			}
		}
		at = next
		nodes = append(nodes, s.u.nodes[at])
	}
	return nodes
}

// finish hands the chains out to the rows, and adds what the claims say.
func (p *supplyPaths) finish(ctx context.Context, a *Answer, rows []SanctionsRow) error {
	if err := p.answer.addEvidence(ctx); err != nil {
		return err
	}
	c, of := &a.Coverage, p.answer.out.Coverage
	c.Relations, c.Sourced, c.Dated, c.Shares = c.Relations+of.Relations, c.Sourced+of.Sourced, c.Dated+of.Dated, c.Shares+of.Shares
	for _, w := range p.answer.out.Warnings {
		a.warn(w)
	}
	at := 0
	for i := range rows {
		n := p.taken[i]
		rows[i].Paths = append(rows[i].Paths, p.answer.out.Paths[at:at+n]...)
		at += n
	}
	return nil
}
