package queries

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/tributarygraph/tributary/graph"
)

// What a chain has unless it is asked otherwise, and the most that it may be asked for.
const (
	DefaultSupplierTiers = 2
	DefaultCustomerTiers = 1
	MaxChainTiers        = 10
	DefaultVisible       = 60
	MaxVisible           = 2000
	DefaultChainLinks    = 10_000
)

// What companies of a large tier are folded by.
const (
	FoldCountry = "country"
	FoldSector  = "sector"
	FoldProduct = "product"
)

// ChainRequest asks for the tiers around a company with what leads from each to the next: as a picture, of which large
// tiers are folded.
type ChainRequest struct {
	Company string // id, identifier, name or alias
	Scope
	// Suppliers and Customers are how many tiers are shown upstream and downstream: 0 to MaxChainTiers, 0 for none.
	Suppliers, Customers int
	// Product narrows the picture to a product and every kind of it: id, name or alias. ProductHop says which hop must be
	// of it: "first" (that of the company asked about: what stands behind this input, or buys this output), "listed" (that
	// which brings a company into its tier; what leads on from there to the company stays) or "every".
	Product, ProductHop string
	// Countries keep the companies that have their headquarters there (ISO 3166-1), and those through which these are
	// reached; all when empty.
	Countries []string
	// Fold is what companies of a large tier are folded by: FoldCountry when empty, FoldSector or FoldProduct.
	Fold string
	// Open are the groups that are shown as their companies: TIER:KEY, as a node's id has them behind "group:".
	Open []string
	// Visible is how many nodes a tier has before it is folded; DefaultVisible when 0.
	Visible int
	// Limit is the most links; 0 for all.
	Limit int
}

// ChainAnswer is the tiers around a company, from the farthest suppliers to the farthest customers.
type ChainAnswer struct {
	Answer
	Company   Ref          `json:"company" doc:"The company asked about"`
	Suppliers int          `json:"suppliers" doc:"Tiers upstream asked for"`
	Customers int          `json:"customers" doc:"Tiers downstream asked for"`
	Fold      string       `json:"fold" enum:"country,sector,product" doc:"What companies of a large tier are folded by"`
	Tiers     []ChainTier  `json:"tiers" doc:"From the farthest suppliers to the farthest customers; the company itself is tier 0"`
	Nodes     []ChainNode  `json:"nodes" doc:"Tier after tier; of each the companies that matter most first, then the groups, the largest first"`
	Links     []ChainLink  `json:"links" doc:"In the order of the nodes that they come from, then of those that they go to"`
	Folded    ChainFolded  `json:"folded" doc:"What is within groups"`
	LeftOut   ChainLeftOut `json:"left_out" doc:"What is not in the picture"`
	Dates     ChainDates   `json:"dates" doc:"When relations of this picture begin and end, whatever the day asked about"`
}

// ChainTier counts a tier.
type ChainTier struct {
	Tier      int `json:"tier" doc:"Negative upstream, 0 the company, positive downstream"`
	Companies int `json:"companies" doc:"Companies in it"`
	Shown     int `json:"shown" doc:"Of these, those that are nodes of their own"`
	Groups    int `json:"groups" doc:"Groups that the others are folded into"`
}

// ChainNode is a company or a group of companies of one tier.
type ChainNode struct {
	ID         string `json:"id" doc:"Of a company its id; of a group group:TIER:KEY"`
	Name       string `json:"name" doc:"Of a group the country code, sector or product; unknown where nobody states it"`
	NameZH     string `json:"name_zh,omitempty" doc:"Name in Chinese, where one is stated beside the name"`
	Kind       string `json:"kind" enum:"company,group"`
	Tier       int    `json:"tier" doc:"Least number of hops: negative upstream, positive downstream; suppliers where both are the same"`
	OtherTiers []int  `json:"other_tiers" doc:"The tier on the other side, of a company that stands on both; empty of groups"`
	Country    string `json:"country,omitempty" doc:"Country of headquarters, ISO 3166-1; absent when unknown"`
	Sector     string `json:"sector,omitempty" doc:"Sector as it is stated; absent when unknown"`
	Relations  int    `json:"relations" doc:"Relations of the picture with an end here"`
	Passed     bool   `json:"passed,omitempty" doc:"Kept only because the companies asked for are reached through it"`

	Companies int    `json:"companies,omitempty" doc:"Companies of a group"`
	Key       string `json:"key,omitempty" doc:"Of a group: the country, sector or id of the product; absent where it is unknown"`
	Inside    int    `json:"inside,omitempty" doc:"Of a group: relations between its own companies, for which there is no link"`
}

// ChainLink is what goes from one node to another.
type ChainLink struct {
	From          string    `json:"from" doc:"Id of the node upstream"`
	To            string    `json:"to" doc:"Id of the node downstream"`
	Relation      string    `json:"relation,omitempty" doc:"Id of the relation, where it is one only"`
	Relations     int       `json:"relations" doc:"Relations that it stands for"`
	Products      []Ref     `json:"products" doc:"What they are of: those of most relations first, up to 5"`
	ProductsCount int       `json:"products_count" doc:"How many products there are in all; what states no product does not count"`
	Share         *Interval `json:"share" doc:"Part in the buyer's intake of share_product, as the list of suppliers gives it for a hop; of a group of suppliers the bounds of the sum (basis sum); null where it has no meaning"`
	ShareProduct  *Ref      `json:"share_product,omitempty" doc:"The product that the share is of; absent where none is stated"`
	ShareReason   string    `json:"share_reason,omitempty" doc:"Why the share is null"`
	Stage         string    `json:"stage" doc:"Of the relation with the greatest confidence, the first by id of several"`
	Basis         string    `json:"basis" doc:"Of the same relation"`
	Confidence    float64   `json:"confidence" doc:"The greatest of its relations"`
	Disputed      bool      `json:"disputed" doc:"Of one of its relations claims of one period state different shares"`
	Denied        bool      `json:"denied" doc:"A claim denies one of its relations"`
	ValidFrom     string    `json:"valid_from,omitempty" doc:"Earliest day from which a claim that counts holds; absent where one leaves it open"`
	ValidTo       string    `json:"valid_to,omitempty" doc:"First day on which none of the claims that count holds any more; absent where one leaves it open"`
	Within        bool      `json:"within" doc:"It stays within a tier, or goes against the flow"`
}

// ChainFolded counts what is within groups.
type ChainFolded struct {
	Companies int `json:"companies" doc:"Companies that no node of their own shows"`
	Links     int `json:"links" doc:"Links between two companies, one of which is folded at least"`
}

// ChainLeftOut counts what is not in the picture.
type ChainLeftOut struct {
	Links     int      `json:"links" doc:"Links beyond the limit"`
	Relations int      `json:"relations" doc:"Relations that these stand for"`
	Companies int      `json:"companies" doc:"Companies within the depth that the countries or the product leave out"`
	Suppliers bool     `json:"suppliers_beyond" doc:"There are suppliers beyond the tiers shown"`
	Customers bool     `json:"customers_beyond" doc:"There are customers beyond the tiers shown"`
	Unopened  int      `json:"unopened" doc:"Companies of opened groups that stay in the group, because they are more than can be shown"`
	Text      []string `json:"text" doc:"The same in words; empty where nothing is left out"`
}

// ChainDates are the days on which relations between the company and its tiers begin or end.
type ChainDates struct {
	First   string   `json:"first,omitempty" doc:"The earliest; absent where there is none"`
	Last    string   `json:"last,omitempty"`
	Changes []string `json:"changes" doc:"The days in order, up to 200: where there are more, those on which most relations change"`
	Count   int      `json:"count" doc:"How many such days there are"`
}

// ChainRow is a link in a table, with its ends by name.
type ChainRow struct {
	FromName string `json:"from_name"`
	FromTier int    `json:"from_tier"`
	ToName   string `json:"to_name"`
	ToTier   int    `json:"to_tier"`
	ChainLink
}

// Rows are the links, a slice.
func (a *ChainAnswer) Rows() any {
	nodes := make(map[string]*ChainNode, len(a.Nodes))
	for i := range a.Nodes {
		nodes[a.Nodes[i].ID] = &a.Nodes[i]
	}
	rows := make([]ChainRow, len(a.Links))
	for i, l := range a.Links {
		from, to := nodes[l.From], nodes[l.To]
		rows[i] = ChainRow{FromName: from.Name, FromTier: from.Tier, ToName: to.Name, ToTier: to.Tier, ChainLink: l}
	}
	return rows
}

// Chain shows the tiers around a company. See docs/queries/chain.md. Errors wrap graph.ErrInvalid, ErrNotFound and
// ErrAmbiguous.
func Chain(ctx context.Context, v *graph.View, req ChainRequest) (*ChainAnswer, error) {
	req, err := req.Resolve()
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
	var products productSet
	if req.Product != "" {
		n, err := v.Lookup(graph.KindProduct, req.Product)
		if err != nil {
			return nil, err
		}
		products = withDescendants(v, n)
	}
	p := newPicture(v, req, company, products)
	p.answer = &ChainAnswer{Answer: newAnswer(v, req.Scope, p.assumptions()...), Company: refOf(v, graph.KindCompany, company),
		Suppliers: req.Suppliers, Customers: req.Customers, Fold: req.Fold,
		Tiers: []ChainTier{}, Nodes: []ChainNode{}, Links: []ChainLink{}, LeftOut: ChainLeftOut{Text: []string{}}, Dates: ChainDates{Changes: []string{}}}
	if err := p.draw(ctx); err != nil {
		return nil, err
	}
	return inGroups(v, p.answer, req.Company), nil
}

// Resolve checks the request and spells out what it leaves to defaults.
func (req ChainRequest) Resolve() (ChainRequest, error) {
	var err error
	for _, side := range []struct {
		name  string
		tiers int
	}{{"suppliers", req.Suppliers}, {"customers", req.Customers}} {
		if side.tiers < 0 || side.tiers > MaxChainTiers {
			return req, fmt.Errorf("%w: %s %d; allowed: 0 to %d tiers", graph.ErrInvalid, side.name, side.tiers, MaxChainTiers)
		}
	}
	if req.Visible == 0 {
		req.Visible = DefaultVisible
	}
	if req.Visible < 1 || req.Visible > MaxVisible {
		return req, fmt.Errorf("%w: visible %d; allowed: 1 to %d", graph.ErrInvalid, req.Visible, MaxVisible)
	}
	if req.Limit < 0 {
		return req, fmt.Errorf("%w: limit %d; allowed: 0 (all) or more", graph.ErrInvalid, req.Limit)
	}
	if req.Fold, err = oneOf("fold", req.Fold, FoldCountry, FoldSector, FoldProduct); err != nil {
		return req, err
	}
	if req.ProductHop, err = oneOf("product_hop", req.ProductHop, "first", "listed", "every"); err != nil {
		return req, err
	}
	if req.Countries, err = parseCountries(req.Countries); err != nil {
		return req, err
	}
	if req.Open, err = parseOpen(req.Open); err != nil {
		return req, err
	}
	req.Scope, err = req.Scope.Resolve()
	return req, err
}

func parseCountries(list []string) (out []string, err error) {
	for _, text := range list {
		code, err := graph.ParseCountry(text)
		if err != nil {
			return nil, fmt.Errorf("%w: country %q: %v", graph.ErrInvalid, text, err)
		}
		out = append(out, code)
	}
	slices.Sort(out)
	return slices.Compact(out), nil
}

// parseOpen reads groups.
func parseOpen(list []string) (out []string, err error) {
	for _, text := range list {
		tier, key, ok := strings.Cut(strings.TrimPrefix(text, groupPrefix), ":")
		n, err := strconv.Atoi(tier)
		if !ok || err != nil || n < -MaxChainTiers || n > MaxChainTiers {
			return nil, fmt.Errorf("%w: open %q; allowed: TIER:KEY such as -2:JP", graph.ErrInvalid, text)
		}
		out = append(out, groupID(n, key))
	}
	slices.Sort(out)
	return slices.Compact(out), nil
}

const groupPrefix = "group:"

func groupID(tier int, key string) string { return groupPrefix + strconv.Itoa(tier) + ":" + key }

// draw makes the answer. What takes too long is left out, and said.
func (p *picture) draw(ctx context.Context) error {
	defer p.release()
	for _, step := range []func(context.Context) error{p.walk, p.choose, p.rank, p.fold, p.gather, p.dates} {
		err := step(ctx)
		if errors.Is(err, context.DeadlineExceeded) {
			p.answer.Complete, p.answer.StoppedBecause = false, StoppedByDeadline
			p.answer.warn("the time was over before the picture was whole; ask for fewer tiers")
			var cancel context.CancelFunc
			ctx, cancel = context.WithTimeout(context.WithoutCancel(ctx), grace)
			defer cancel()
			continue
		}
		if err != nil {
			return err
		}
	}
	p.finish()
	return nil
}
