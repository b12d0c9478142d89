package queries

import (
	"context"
	"fmt"
	"math/bits"

	"github.com/tributarygraph/tributary/graph"
	"github.com/tributarygraph/tributary/queries/internal/reach"
)

// CommonSuppliersRequest asks for the companies that stand behind several direct suppliers of a company.
type CommonSuppliersRequest struct {
	Company string // id, identifier, name or alias
	Scope
	Page
	// Depth is the longest chain in hops, 1..MaxDepth; DefaultDepth when 0.
	Depth int
	// Min is the least number of direct suppliers that a company must stand behind; 2 when 0.
	Min int
}

// CommonSuppliersAnswer lists companies, those behind the most direct suppliers first, then by tier, then by the number of
// companies that they supply directly, then id.
type CommonSuppliersAnswer struct {
	Answer
	Company Ref          `json:"company" doc:"The company asked about"`
	Depth   int          `json:"depth" doc:"Longest chain that counts, in hops"`
	Min     int          `json:"min" doc:"Least number of direct suppliers that a listed company stands behind"`
	Diamond DiamondRatio `json:"diamond_ratio" doc:"How much the suppliers of the direct suppliers overlap"`
	// Searched is below Diamond.TierOne when the time was over.
	Searched int                 `json:"searched" doc:"Direct suppliers that were looked behind as far as asked; all of them unless the time was over"`
	Items    []CommonSupplierRow `json:"items"`
	Paging
}

// DiamondRatio is the measure of overlap among tier-2 suppliers of Y. Wang, J. Li and R. Anupindi, "Risky Suppliers or
// Risky Supply Chains?", Ross School of Business Paper 1297, 2015.
type DiamondRatio struct {
	TierOne int      `json:"tier_1" doc:"Direct suppliers"`
	TierTwo int      `json:"tier_2" doc:"Companies at tier 2"`
	Routes  int      `json:"two_step_routes" doc:"Routes of two hops from a company at tier 2"`
	DC      *float64 `json:"dc" doc:"Routes for each company at tier 2: 1 when none is shared; null without one"`
	DM      *float64 `json:"dm" doc:"dc for each direct supplier: 1 when every company at tier 2 supplies every direct supplier; null without one"`
}

// CommonSupplierRow is a company at tier 2 or deeper that several direct suppliers depend on.
type CommonSupplierRow struct {
	Suppliers int `json:"suppliers" doc:"Direct suppliers that it reaches the company through"`
	Tier      int `json:"tier" doc:"Least number of hops to the company"`
	BehindRow
	Via     []Ref `json:"via" doc:"These direct suppliers, at most 50"`
	ViaMore bool  `json:"via_more,omitempty" doc:"There are more of them than are listed"`
}

// Resolve checks the request and spells out what it leaves to defaults, apart from scope and page.
func (req CommonSuppliersRequest) Resolve() (CommonSuppliersRequest, error) {
	var err error
	req.Depth, req.Min, err = resolveBehind(req.Depth, req.Min)
	return req, err
}

func resolveBehind(depth, least int) (int, int, error) {
	switch {
	case depth == 0:
		depth = DefaultDepth
	case depth < 0 || depth > MaxDepth:
		return 0, 0, fmt.Errorf("%w: depth %d; allowed: 1 to %d", graph.ErrInvalid, depth, MaxDepth)
	}
	switch {
	case least == 0:
		least = 2
	case least < 1:
		return 0, 0, fmt.Errorf("%w: min %d; allowed: 1 or more", graph.ErrInvalid, least)
	}
	return depth, least, nil
}

func (req CommonSuppliersRequest) question() any {
	req.Page, req.Scope = Page{}, Scope{}
	return req
}

// CommonSuppliers finds the companies at tier 2 or deeper that reach a company through several of its direct
// suppliers. Errors wrap graph.ErrInvalid, ErrNotFound and ErrAmbiguous.
func CommonSuppliers(ctx context.Context, v *graph.View, req CommonSuppliersRequest) (*CommonSuppliersAnswer, error) {
	req, err := req.Resolve()
	if err != nil {
		return nil, err
	}
	key, paging, err := resolvePage(v, req.Page, &req.Scope, req.question(), placeParts)
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
	c := &commonSuppliers{behind: behind{v: v, filter: req.filter(), names: newNames(v)}, req: req}
	c.out = &CommonSuppliersAnswer{Answer: newAnswer(v, req.Scope, openLists,
		fmt.Sprintf("chains of up to %s count, none of which passes the company itself", plural(req.Depth, "hop", "hops")),
		"a chain counts for the direct supplier that is its last one before the company, also where it passes another direct supplier on the way"),
		Company: refOf(v, graph.KindCompany, company), Depth: req.Depth, Min: req.Min, Items: []CommonSupplierRow{}, Paging: paging}
	if err := c.fill(ctx, company, key); err != nil {
		return nil, err
	}
	return inGroups(v, c.out, req.Company), nil
}

// commonSuppliers answers one question.
type commonSuppliers struct {
	behind
	req CommonSuppliersRequest
	out *CommonSuppliersAnswer
}

func (c *commonSuppliers) fill(ctx context.Context, company graph.Node, key []string) error {
	return c.answer(ctx, &c.out.Answer, &c.out.Paging, behindSteps{
		gather: func(ctx context.Context) (err error) {
			c.u, err = gather(ctx, c.v, c.filter, []graph.Node{company}, c.req.Depth, true)
			return err
		},
		count: c.counts,
		late: func() (int, string) {
			return c.out.Searched, plural(c.out.Diamond.TierOne, "direct supplier", "direct suppliers")
		},
		ranking: ranking{key: key, least: c.req.Min, limit: c.req.Limit, scope: c.req.Scope, question: c.req.question()},
		rows:    c.rows,
	})
}

// diamond counts the routes of two hops.
func (c *commonSuppliers) diamond() {
	low, high := c.u.atTier(1)
	d := &c.out.Diamond
	d.TierOne = int(high - low)
	_, end := c.u.atTier(2)
	d.TierTwo = int(end - high)
	for s := low; s < high; s++ {
		for _, x := range c.u.links.Row(s) {
			count(&d.Routes, c.u.tier[x] == 2)
		}
	}
	if d.TierTwo > 0 {
		dc := float64(d.Routes) / float64(d.TierTwo)
		dm := dc / float64(d.TierOne)
		d.DC, d.DM = &dc, &dm
	}
}

// counts finds how many direct suppliers each company stands behind, 64 of them at a time.
func (c *commonSuppliers) counts(ctx context.Context) error {
	c.diamond()
	c.count, c.tier = make([]int32, len(c.u.nodes)), c.u.tier
	return c.countTo(ctx, &c.out.Answer, 0, shortHops, c.req.Depth-1, c.countHops)
}

// countHops counts the direct suppliers that companies reach in more hops than were counted, and reports whether more
// hops would reach others.
func (c *commonSuppliers) countHops(ctx context.Context, counted, hops int) (deeper bool, err error) {
	spread := reach.New(c.u.links)
	spread.Level = func(hop int, nodes []int32, now []uint64) {
		if hop <= counted {
			return
		}
		for _, x := range nodes {
			if c.tier[x] >= 2 {
				c.count[x] += int32(bits.OnesCount64(now[x]))
			}
		}
	}
	err = c.blocks(func(starts []int32) error {
		more, err := spread.Run(ctx, starts, hops)
		if err == nil && hops == c.req.Depth-1 {
			c.out.Searched += len(starts)
		}
		deeper = deeper || more
		return err
	})
	return deeper, err
}

// rows makes the rows of companies, then finds the direct suppliers that each stands behind.
func (c *commonSuppliers) rows(ctx context.Context, found []int32) error {
	for _, x := range found {
		if err := ctx.Err(); err != nil {
			c.out.NextCursor = ""
			return err
		}
		c.out.Items = append(c.out.Items, CommonSupplierRow{Suppliers: int(c.count[x]), Tier: int(c.u.tier[x]), BehindRow: c.who(&c.out.Answer, x), Via: []Ref{}})
	}
	via := c.viaUpstream
	if low, high := c.u.atTier(1); len(found) < int(high-low) {
		via = c.viaDownstream
	}
	err := via(ctx, found)
	for i := range c.out.Items {
		row := &c.out.Items[i]
		row.Suppliers = max(row.Suppliers, len(row.Via)) // more than were counted, where the time was over
		row.ViaMore = len(row.Via) < row.Suppliers
	}
	return err
}

// pass notes that a company stands behind a direct supplier. Direct suppliers are numbered, and come, in the order
// of ids.
func (c *commonSuppliers) pass(row int, s int32) {
	if via := &c.out.Items[row].Via; len(*via) < maxVia {
		*via = append(*via, c.names.ref(graph.KindCompany, c.u.nodes[s]))
	}
}

// viaDownstream finds the direct suppliers from the companies: few companies, many suppliers.
func (c *commonSuppliers) viaDownstream(ctx context.Context, found []int32) error {
	low, high := c.u.atTier(1)
	spread := reach.New(c.u.links.Reverse())
	for first := 0; first < len(found); first += reach.Width {
		block := found[first:min(first+reach.Width, len(found))]
		if _, err := spread.Run(ctx, block, c.req.Depth-1); err != nil {
			return err
		}
		for s := low; s < high; s++ {
			for set := spread.Starts(s); set != 0; set &= set - 1 {
				c.pass(first+bits.TrailingZeros64(set), s)
			}
		}
	}
	return nil
}

// viaUpstream finds them from the direct suppliers: many companies, few suppliers.
func (c *commonSuppliers) viaUpstream(ctx context.Context, found []int32) error {
	spread := reach.New(c.u.links)
	return c.blocks(func(starts []int32) error {
		if _, err := spread.Run(ctx, starts, c.req.Depth-1); err != nil {
			return err
		}
		for i, x := range found {
			for set := spread.Starts(x); set != 0; set &= set - 1 {
				c.pass(i, starts[bits.TrailingZeros64(set)])
			}
		}
		return nil
	})
}

// blocks hands out the direct suppliers, 64 at a time.
func (c *commonSuppliers) blocks(run func(starts []int32) error) error {
	low, high := c.u.atTier(1)
	starts := make([]int32, 0, reach.Width)
	for ; low < high; low += reach.Width {
		starts = starts[:0]
		for s := low; s < min(low+reach.Width, high); s++ {
			starts = append(starts, s)
		}
		if err := run(starts); err != nil {
			return err
		}
	}
	return nil
}
