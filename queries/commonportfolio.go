package queries

import (
	"cmp"
	"context"
	"fmt"
	"math/bits"
	"slices"

	"github.com/tributarygraph/tributary/graph"
	"github.com/tributarygraph/tributary/queries/internal/reach"
)

// PortfolioSuppliersRequest asks for the companies that stand behind several members of a portfolio.
type PortfolioSuppliersRequest struct {
	Portfolio Portfolio
	Scope
	Page
	// Depth is the longest chain in hops, 1..MaxDepth; DefaultDepth when 0.
	Depth int
	// Min is the least number of members that a company must stand behind; 2 when 0.
	Min int
}

// PortfolioSuppliersAnswer lists companies: those behind the most members first, then by the spend on these, where it
// is in one currency, then by tier, then by the number of
// companies that they supply directly, then id.
type PortfolioSuppliersAnswer struct {
	Answer
	Portfolio PortfolioMatch `json:"portfolio" doc:"What became of the names"`
	Depth     int            `json:"depth" doc:"Longest chain that counts, in hops"`
	Min       int            `json:"min" doc:"Least number of members that a listed company stands behind"`
	// Searched is below Portfolio.Members when the time was over.
	Searched int                    `json:"searched" doc:"Members that were looked behind as far as asked; all of them unless the time was over"`
	Items    []PortfolioSupplierRow `json:"items"`
	Paging
}

// PortfolioSupplierRow is a company at tier 2 or deeper behind several members.
type PortfolioSupplierRow struct {
	Members int `json:"members" doc:"Members that it stands behind, at tier 2 or deeper"`
	Tier    int `json:"tier" doc:"Least tier among them"`
	BehindRow
	Behind       []BehindMember `json:"behind" doc:"These members in the order of ids, at most 100"`
	BehindMore   bool           `json:"behind_more,omitempty" doc:"There are more of them than are listed"`
	DirectTo     []Ref          `json:"direct_to" doc:"Members that it supplies directly: they do not count as stood behind, and the spend on them is told apart"`
	Member       bool           `json:"member,omitempty" doc:"It is a member itself"`
	Spend        []Money        `json:"spend" doc:"Spend on the members that it stands behind, a sum a currency"`
	SpendUnknown int            `json:"spend_unknown" doc:"Members among these whose spend is not known"`
	// What is spent on the others that it reaches.
	SpendDirect        []Money `json:"spend_direct" doc:"Spend on the members that it supplies directly, a sum a currency; it does not rank"`
	SpendDirectUnknown int     `json:"spend_direct_unknown" doc:"Members among these whose spend is not known"`
}

// BehindMember is a member that a company stands behind.
type BehindMember struct {
	Member  Ref   `json:"member"`
	Tier    int   `json:"tier" doc:"Least number of hops to the member"`
	Via     []Ref `json:"via" doc:"The direct suppliers of the member on its shortest chains, at most 50"`
	ViaMore bool  `json:"via_more,omitempty" doc:"There are more of them than are listed"`
}

// maxBehind is how many members a row names.
const maxBehind = 100

// Resolve checks the request and spells out what it leaves to defaults, apart from scope and page.
func (req PortfolioSuppliersRequest) Resolve() (PortfolioSuppliersRequest, error) {
	var err error
	if req.Portfolio, err = req.Portfolio.Resolve(); err != nil {
		return req, err
	}
	req.Depth, req.Min, err = resolveBehind(req.Depth, req.Min)
	return req, err
}

func (req PortfolioSuppliersRequest) question() any {
	req.Page, req.Scope = Page{}, Scope{}
	return req
}

// PortfolioSuppliers finds the companies that stand, at tier 2 or deeper, behind several members of a portfolio.
// Names that match nothing, or several companies, are told in the answer. Errors wrap graph.ErrInvalid.
func PortfolioSuppliers(ctx context.Context, v *graph.View, req PortfolioSuppliersRequest) (*PortfolioSuppliersAnswer, error) {
	req, err := req.Resolve()
	if err != nil {
		return nil, err
	}
	asked, err := req.Portfolio.begin(ctx, v, req.Page, &req.Scope, req.question(), placeParts)
	if err != nil {
		return nil, err
	}
	v, members, match := asked.v, asked.members, asked.match
	p := &portfolioSuppliers{behind: behind{v: v, filter: req.filter(), names: newNames(v)}, req: req, members: members}
	p.out = &PortfolioSuppliersAnswer{Answer: newAnswer(v, req.Scope, openLists,
		fmt.Sprintf("chains of up to %s count", plural(req.Depth, "hop", "hops")),
		"a company stands behind a member when it is at tier 2 or deeper: its direct customers know it"),
		Portfolio: match, Depth: req.Depth, Min: req.Min, Items: []PortfolioSupplierRow{}, Paging: asked.paging}
	match.warn(&p.out.Answer)
	if err := p.fill(ctx, asked.key); err != nil {
		return nil, err
	}
	return inGroups(v, p.out, req.Portfolio.names()...), nil
}

// portfolioSuppliers answers one question.
type portfolioSuppliers struct {
	behind
	req     PortfolioSuppliersRequest
	out     *PortfolioSuppliersAnswer
	members []member // their local numbers are their places here
}

func (p *portfolioSuppliers) fill(ctx context.Context, key []string) error {
	starts := make([]graph.Node, len(p.members))
	for i, m := range p.members {
		starts[i] = m.node
	}
	return p.answer(ctx, &p.out.Answer, &p.out.Paging, behindSteps{
		gather: func(ctx context.Context) (err error) {
			p.u, err = gather(ctx, p.v, p.filter, starts, p.req.Depth, false)
			return err
		},
		count:   p.counts,
		late:    func() (int, string) { return p.out.Searched, plural(len(p.members), "member", "members") },
		ranking: ranking{key: key, least: p.req.Min, limit: p.req.Limit, scope: p.req.Scope, question: p.req.question()},
		rows:    p.rows,
	})
}

// counts finds how many members each company stands behind, 64 of them at a time.
func (p *portfolioSuppliers) counts(ctx context.Context) error {
	p.count, p.tier = make([]int32, len(p.u.nodes)), make([]int32, len(p.u.nodes))
	if len(p.out.Portfolio.Spend) == 1 {
		p.spend = make([]float64, len(p.u.nodes))
	}
	// A company one hop away stands behind nobody.
	return p.countTo(ctx, &p.out.Answer, 1, shortHops+1, p.req.Depth, p.countHops)
}

// countHops counts the members that companies reach in more hops than were counted, and reports whether more hops
// would reach others.
func (p *portfolioSuppliers) countHops(ctx context.Context, counted, hops int) (deeper bool, err error) {
	spread := reach.New(p.u.links)
	hidden := make([]uint64, len(p.u.nodes)) // members of the block that each company stands behind
	spread.Level = func(hop int, nodes []int32, now []uint64) {
		if hop <= counted {
			return
		}
		for _, x := range nodes {
			hidden[x] |= now[x]
			if p.tier[x] == 0 || p.tier[x] > int32(hop) {
				p.tier[x] = int32(hop)
			}
		}
	}
	starts := make([]int32, 0, reach.Width)
	for first := 0; first < len(p.members); first += reach.Width {
		starts = starts[:0]
		for m := first; m < min(first+reach.Width, len(p.members)); m++ {
			starts = append(starts, int32(m))
		}
		more, err := spread.Run(ctx, starts, hops)
		for _, x := range spread.Reached() {
			p.take(x, hidden[x], p.members[first:])
			hidden[x] = 0
		}
		if err != nil {
			return deeper, err
		}
		deeper = deeper || more
		if hops == p.req.Depth {
			p.out.Searched += len(starts)
		}
	}
	return deeper, nil
}

// take counts the members of a block that company x stands behind.
func (p *portfolioSuppliers) take(x int32, set uint64, block []member) {
	p.count[x] += int32(bits.OnesCount64(set))
	if p.spend == nil {
		return
	}
	for ; set != 0; set &= set - 1 {
		if m := &block[bits.TrailingZeros64(set)]; m.spend != nil {
			p.spend[x] += *m.spend
		}
	}
}

// rows makes the rows of companies, then finds the members that each stands behind.
func (p *portfolioSuppliers) rows(ctx context.Context, found []int32) error {
	for _, x := range found {
		if err := ctx.Err(); err != nil {
			p.out.NextCursor = ""
			return err
		}
		row := PortfolioSupplierRow{Members: int(p.count[x]), Tier: int(p.tier[x]), BehindRow: p.who(&p.out.Answer, x),
			Behind: []BehindMember{}, DirectTo: []Ref{}, Member: p.u.isStart(x), Spend: []Money{}, SpendDirect: []Money{}}
		p.out.Items = append(p.out.Items, row)
	}
	spread := reach.New(p.u.links.Reverse())
	for first := 0; first < len(found); first += reach.Width {
		block := found[first:min(first+reach.Width, len(found))]
		if err := p.block(ctx, spread, block, p.out.Items[first:first+len(block)]); err != nil {
			return err
		}
	}
	return nil
}

// pairing is a company that stands behind a member, by row and local number.
type pairing struct {
	row    int
	member int32
}

// block finds what the rows stand behind: how far from it, and through which direct suppliers the shortest chains go.
// It walks downstream from all of them at once.
func (p *portfolioSuppliers) block(ctx context.Context, spread *reach.Spread, block []int32, rows []PortfolioSupplierRow) error {
	tiers, via := map[pairing]int{}, map[pairing][]int32{}
	spread.Arrive = func(hop int, from, to int32, set uint64) {
		if !p.u.isStart(to) {
			return
		}
		for ; set != 0; set &= set - 1 {
			at := pairing{bits.TrailingZeros64(set), to}
			tiers[at] = hop
			via[at] = append(via[at], from)
		}
	}
	_, err := spread.Run(ctx, block, p.req.Depth)
	chains := make([]pairing, 0, len(tiers))
	for at := range tiers {
		chains = append(chains, at)
	}
	slices.SortFunc(chains, func(a, b pairing) int { return cmp.Or(a.row-b.row, int(a.member-b.member)) }) // members are numbered by id
	behind, direct := make([][]member, len(rows)), make([][]member, len(rows))
	for _, at := range chains {
		row, m := &rows[at.row], p.members[at.member]
		if tiers[at] == 1 {
			direct[at.row] = append(direct[at.row], m)
			row.DirectTo = append(row.DirectTo, p.names.ref(graph.KindCompany, m.node))
			continue
		}
		behind[at.row] = append(behind[at.row], m)
		if len(row.Behind) < maxBehind {
			row.Behind = append(row.Behind, p.behindMember(m, tiers[at], via[at]))
		}
	}
	for i := range rows {
		rows[i].Spend, rows[i].SpendUnknown = spendOf(behind[i])
		rows[i].SpendDirect, rows[i].SpendDirectUnknown = spendOf(direct[i])
		rows[i].Members = max(rows[i].Members, len(behind[i])) // more than were counted, where the time was over
		rows[i].BehindMore = len(rows[i].Behind) < rows[i].Members
	}
	return err
}

func (p *portfolioSuppliers) behindMember(m member, tier int, via []int32) BehindMember {
	out := BehindMember{Member: p.names.ref(graph.KindCompany, m.node), Tier: tier, Via: []Ref{}, ViaMore: len(via) > maxVia}
	slices.SortFunc(via, p.order)
	for _, s := range via[:min(len(via), maxVia)] {
		out.Via = append(out.Via, p.names.ref(graph.KindCompany, p.u.nodes[s]))
	}
	return out
}
