package queries

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/tributarygraph/tributary/graph"
	"github.com/tributarygraph/tributary/queries/internal/hhi"
)

// ConcentrationRequest asks how concentrated what a company buys is, or what is spent on a portfolio.
type ConcentrationRequest struct {
	Company string // id, identifier, name or alias; empty with a portfolio
	// Portfolio stands in the place of a company that buys from its members: they are its tier 1.
	Portfolio Portfolio
	Scope
	Page
	// By is what shares are added up by: "supplier", "country" or "product"; supplier when empty.
	By string
	// CountryBy is what ties to a country: "headquarters", or "origin", where the goods ship from. A supplier, or a
	// relation, without one is of unknown country.
	CountryBy string
	// Product narrows the answer to an input and every kind of it: id, name or alias.
	Product string
	// Tier is how many hops upstream, 1..MaxDepth; 1 when 0.
	Tier int
	// Assume is "complete" to take every list of suppliers for complete.
	Assume string
}

// ConcentrationAnswer holds one row an input, or one for all. The most concentrated come first: by the least that the
// index may be, then by the most, then by the id of the product. A row over all inputs comes before those.
type ConcentrationAnswer struct {
	Answer
	Company   *Ref               `json:"company" doc:"The company asked about; null for a portfolio"`
	Portfolio *PortfolioMatch    `json:"portfolio,omitempty" doc:"What became of the names in the portfolio; absent for a company"`
	By        string             `json:"by" enum:"supplier,country,product" doc:"What the shares are added up by"`
	CountryBy string             `json:"country_by,omitempty" enum:"headquarters,origin" doc:"What ties to a country"`
	Tier      int                `json:"tier" doc:"Hops upstream"`
	Items     []ConcentrationRow `json:"items"`
	Paging
}

// ConcentrationRow is the Herfindahl-Hirschman index of one whole.
type ConcentrationRow struct {
	Of           string               `json:"of" enum:"spend,cost,input,companies,relations" doc:"What the shares are parts of: the spend on the portfolio; the cost of the company, or that spend, traced back over the hops; the intake of the product; or, at tiers beyond the first, the companies documented at the tier, or the relations that lead from it, each counted alike: a count says nothing of volumes"`
	Member       *Ref                 `json:"member,omitempty" doc:"Member of the portfolio whose cost it is; absent else"`
	Product      *Ref                 `json:"product" doc:"The input; null where none is stated, and where the row is over all"`
	HHI          *Interval            `json:"hhi" doc:"Herfindahl-Hirschman index, 0 to 10,000; null where nothing that it needs is stated"`
	HHIReason    string               `json:"hhi_reason,omitempty" doc:"Why it is null"`
	Counted      *Interval            `json:"counted" doc:"The index with every documented supplier counted alike: it says nothing of volumes. By origin every relation; by product every product"`
	Summary      string               `json:"summary" doc:"What the row says, in a sentence"`
	Known        float64              `json:"known" doc:"What the suppliers are certain to have, each for itself, added up"`
	Rest         float64              `json:"rest" doc:"What that leaves"`
	Suppliers    int                  `json:"suppliers" doc:"Suppliers documented"`
	Stated       int                  `json:"stated" doc:"Relations whose part is stated"`
	ListComplete bool                 `json:"list_complete" doc:"Nobody but the suppliers documented has a part: a claim says so, or it is assumed"`
	Groups       []ConcentrationGroup `json:"groups" doc:"The groups that matter most, at most 10"`
	GroupCount   int                  `json:"group_count" doc:"Groups documented; the unknown country is none"`
	UnknownGroup *Interval            `json:"unknown_country" doc:"Part whose country is not known; null where all are known"`
	RestTo       *Ref                 `json:"rest_to" doc:"The group in which what is not known raises the index most; null for any one of which nothing is known"`
	Gaps         []ConcentrationGap   `json:"gaps" doc:"What would narrow the index: the facts worth finding out, those that most hangs on first, at most 5"`
	GapCount     int                  `json:"gap_count"`
}

// ConcentrationGroup is a supplier, country or product with its part of the whole.
type ConcentrationGroup struct {
	Group     Ref       `json:"group"`
	Share     *Interval `json:"share" doc:"Its part of the whole"`
	Suppliers int       `json:"suppliers" doc:"Suppliers in it"`
}

// ConcentrationGap is a fact that nobody states.
type ConcentrationGap struct {
	Kind     string  `json:"kind" enum:"share,spend,dispute,country,list" doc:"share: nobody states the part; spend: it is not known; dispute: claims differ on it; country: its country is not known; list: nobody says that there are no other suppliers"`
	Supplier *Ref    `json:"supplier" doc:"Whom to ask about; null for the list"`
	Relation string  `json:"relation,omitempty" doc:"Id of the relation"`
	AtStake  float64 `json:"at_stake" doc:"Part of the whole that hangs on it, at most"`
	Question string  `json:"question"`
}

// BasisDocumentedCount is the basis of a number that counts what is documented, each alike.
const BasisDocumentedCount = "documented_count"

const (
	maxGroups = 10
	maxGaps   = 5
	points    = 10_000 // the index of one supplier alone
)

// Resolve checks the request and spells out what it leaves to defaults, apart from scope and page.
func (req ConcentrationRequest) Resolve() (ConcentrationRequest, error) {
	var err error
	if req.By, err = oneOf("by", req.By, "supplier", "country", "product"); err != nil {
		return req, err
	}
	if req.CountryBy, err = oneOf("country_by", req.CountryBy, "headquarters", "origin"); err != nil {
		return req, err
	}
	if req.Assume != "" {
		if _, err = oneOf("assume", req.Assume, "complete"); err != nil {
			return req, err
		}
	}
	if len(req.Portfolio) > 0 {
		if req.Portfolio, err = req.Portfolio.Resolve(); err != nil {
			return req, err
		}
		switch {
		case req.Company != "":
			return req, fmt.Errorf("%w: want a company or a portfolio, not both", graph.ErrInvalid)
		case req.By == "product" || req.Product != "" || req.Assume != "":
			return req, fmt.Errorf("%w: by product, product and assume are asked of what one company buys; a portfolio has members and countries", graph.ErrInvalid)
		case req.Tier <= 1 && req.CountryBy == "origin":
			return req, fmt.Errorf("%w: country_by origin: a portfolio does not say where goods ship from; ask by headquarters, or for tier 2", graph.ErrInvalid)
		}
	}
	switch {
	case req.Tier == 0:
		req.Tier = 1
	case req.Tier < 0 || req.Tier > MaxDepth:
		return req, fmt.Errorf("%w: tier %d; allowed: 1 to %d", graph.ErrInvalid, req.Tier, MaxDepth)
	case req.Tier > 1 && req.By == "product":
		return req, fmt.Errorf("%w: by product is asked of what the company buys itself; leave tier out, or ask by supplier or country", graph.ErrInvalid)
	case req.Tier > 1 && (req.Product != "" || req.Assume != ""):
		return req, fmt.Errorf("%w: product and assume are asked of what the company buys itself; leave them or tier out", graph.ErrInvalid)
	}
	return req, nil
}

func (req ConcentrationRequest) question() any {
	req.Page, req.Scope = Page{}, Scope{}
	return req
}

// Concentration bounds the Herfindahl-Hirschman index of what a company buys. Errors wrap graph.ErrInvalid,
// ErrNotFound and ErrAmbiguous.
func Concentration(ctx context.Context, v *graph.View, req ConcentrationRequest) (*ConcentrationAnswer, error) {
	req, err := req.Resolve()
	if err != nil {
		return nil, err
	}
	key, paging, err := resolvePage(v, req.Page, &req.Scope, req.question(), 4)
	if err != nil {
		return nil, err
	}
	if v, err = req.Scope.view(ctx, v); err != nil {
		return nil, err
	}
	f := req.filter()
	c := &concentration{v: v, req: req, filter: f, active: v.Activity(f), names: newNames(v), company: graph.NoNode}
	c.out = &ConcentrationAnswer{Answer: newAnswer(v, req.Scope, c.assumptions()...), By: req.By, Tier: req.Tier, Items: []ConcentrationRow{}, Paging: paging}
	if err := c.subject(); err != nil {
		return nil, err
	}
	if req.Product != "" {
		product, err := v.Lookup(graph.KindProduct, req.Product)
		if err != nil {
			return nil, err
		}
		c.wanted = withDescendants(v, product)
	}
	if req.By == "country" {
		c.out.CountryBy = req.CountryBy
	}
	err = inTime(ctx, &c.out.Answer, func(ctx context.Context) error {
		if err := c.rows(ctx); err != nil {
			return err
		}
		return c.warnGroups(ctx)
	})
	if err != nil {
		return nil, err
	}
	if err := c.page(key); err != nil {
		return nil, err
	}
	return inGroups(v, c.out, append(req.Portfolio.names(), req.Company)...), nil
}

// concentration answers one question.
type concentration struct {
	v       *graph.View
	req     ConcentrationRequest
	filter  graph.Filter
	active  graph.Activity
	names   *names
	company graph.Node // NoNode for a portfolio
	members []member
	wanted  productSet // nil: all
	out     *ConcentrationAnswer
}

// subject finds the company, or the members of the portfolio.
func (c *concentration) subject() error {
	if len(c.req.Portfolio) > 0 {
		members, match, err := c.req.Portfolio.match(c.v)
		c.members, c.out.Portfolio = members, &match
		match.warn(&c.out.Answer)
		if text := noSpendOf(c.v, members); err == nil && text != "" && len(match.Spend) > 0 {
			c.out.warn(text + "; that may be nearly all of it, so that no part of the spend is known for certain")
		}
		return err
	}
	n, err := c.v.Lookup(graph.KindCompany, c.req.Company)
	if err != nil {
		return err
	}
	ref := refOf(c.v, graph.KindCompany, n)
	c.company, c.out.Company = n, &ref
	return nil
}

// whose names whose it is that is asked about.
func (c *concentration) whose() string {
	if c.out.Company == nil {
		return "the portfolio"
	}
	return c.out.Company.Name
}

func (c *concentration) assumptions() []string {
	out := []string{"the least index has what is not known spread as evenly as it may be, the greatest has it all where it raises the index most"}
	switch {
	case len(c.req.Portfolio) > 0:
		out = append(out, "the members of the portfolio are all that is bought from")
	case c.req.Assume != "":
		out = append(out, "assumed: nobody but the suppliers documented supplies anything")
	default:
		out = append(out, openLists+", unless a dated, sourced claim says that a list is complete")
	}
	if c.req.By == "country" {
		if c.req.CountryBy == "origin" {
			out = append(out, "goods count for the country that they ship from; where none is stated it is unknown, and not that of the supplier's headquarters")
		} else {
			out = append(out, "suppliers count for the country of their headquarters; goods may come from elsewhere")
		}
	}
	return out
}

// rows makes all rows.
func (c *concentration) rows(ctx context.Context) error {
	switch {
	case c.req.Tier > 1:
		return c.tierRows(ctx)
	case c.out.Portfolio != nil:
		return c.portfolioRows(ctx)
	}
	products, byProduct := suppliedBy(c.v, c.active, c.company)
	var all []supplied
	var asked []graph.Node
	for _, p := range products {
		if c.wanted == nil || c.wanted[p] {
			asked = append(asked, p)
			all = append(all, slices.Clone(byProduct[p])...)
		}
	}
	for _, x := range all {
		folded := c.v.FoldHead(x.rel, c.filter)
		c.out.count(c.v, &folded, c.filter)
	}
	if len(all) == 0 {
		return nil
	}
	if c.wanted == nil {
		c.out.Items = append(c.out.Items, c.costRow(all))
	}
	if c.req.By == "product" {
		return nil
	}
	for _, p := range asked {
		if err := ctx.Err(); err != nil {
			return err
		}
		c.out.Items = append(c.out.Items, c.inputRow(p, byProduct[p]))
	}
	c.warnKinds(asked)
	return nil
}

// warnKinds says where one input is a kind of another: the relations may be of one input or of several.
func (c *concentration) warnKinds(products []graph.Node) {
	var kinds []string
	for _, p := range products {
		seen := productSet{}
		for at := p; at != graph.NoNode && !seen[at]; at = parentOf(c.v, at) {
			seen[at] = true
			if at != p && slices.Contains(products, at) {
				kinds = append(kinds, fmt.Sprintf("%s is a kind of %s", c.product(p).Name, c.product(at).Name))
			}
		}
	}
	if len(kinds) > 0 {
		c.out.warn("inputs overlap, and the rows do not say which suppliers of the one are suppliers of the other: " + some(kinds, ", "))
	}
}

func (c *concentration) product(p graph.Node) Ref { return c.names.ref(graph.KindProduct, p) }

// inputRow is the row of the intake of one product.
func (c *concentration) inputRow(p graph.Node, list []supplied) ConcentrationRow {
	complete := c.req.Assume != "" || listComplete(c.v, c.filter, c.company, p)
	s := state(c.v, c.filter, list, graph.FieldShareOfInput)
	if s.stated+s.partly == 0 {
		s.valued = stateValues(c.v, c.filter, list, !complete)
	}
	w := c.group(list, !complete, c.req.By == "country" || c.req.Group == GroupControl) // who is not documented may be of a group that is
	row := c.row("input", list, s, w)
	row.ListComplete = complete && !w.bounds.Impossible
	if p != graph.NoNode {
		ref := c.product(p)
		row.Product = &ref
	}
	if w.bounds.Impossible && complete {
		c.out.warn(fmt.Sprintf("the list of suppliers of %s is said to be complete, yet the shares stated add up to %s: it is taken to be open", inputName(row.Product), percentText(w.bounds.Known)))
	}
	c.finish(&row, list, s, w)
	return row
}

// costRow is the row over all inputs, by the parts that they have in the cost of the company.
func (c *concentration) costRow(list []supplied) ConcentrationRow {
	s := state(c.v, c.filter, list, graph.FieldCostShare)
	w := c.group(list, c.req.Assume == "", true)
	row := c.row("cost", list, s, w)
	row.ListComplete = c.req.Assume != "" && !w.bounds.Impossible
	if w.bounds.Impossible && s.stated > 0 {
		c.out.warn(fmt.Sprintf("the cost shares stated add up to %s, so that the rest is not paid to suppliers, or not documented: it is taken to be open", percentText(w.bounds.Known)))
	}
	if s.stated+s.partly == 0 {
		row.HHI, row.HHIReason = nil, "no cost share is stated: products cannot be added up without"
	}
	c.finish(&row, list, s, w)
	return row
}

// grouped is a whole with the names of its groups.
type grouped struct {
	hhi.Whole
	refs      []Ref
	suppliers []int // in each group
	ofPart    []int
	bounds    hhi.Bounds
}

// group puts parts into groups and bounds the index.
func (c *concentration) group(list []supplied, open, joins bool) *grouped {
	g := &grouped{}
	index := map[Ref]int{}
	seen := map[[2]int]bool{}
	for i := range list {
		x := &list[i]
		at := hhi.Unknown
		if ref, ok := c.groupOf(x); ok {
			have := false
			if at, have = index[ref]; !have {
				at = len(g.refs)
				index[ref] = at
				g.refs, g.suppliers = append(g.refs, ref), append(g.suppliers, 0)
			}
			if pair := [2]int{at, int(x.supplier)}; !seen[pair] {
				seen[pair] = true
				g.suppliers[at]++
			}
		}
		g.ofPart = append(g.ofPart, at)
		g.Parts = append(g.Parts, hhi.Part{Low: x.low, High: x.high, Group: at})
	}
	g.Groups, g.Open, g.Joins = len(g.refs), open, joins
	g.Thin = c.req.By == "country" && c.req.CountryBy == "origin"
	g.bounds = g.Bounds()
	return g
}

// groupOf is the group of a relation; false where it is not known.
func (c *concentration) groupOf(x *supplied) (Ref, bool) {
	switch c.req.By {
	case "country":
		country := c.country(x)
		return Ref{ID: country, Name: country}, country != ""
	case "product":
		if x.product == graph.NoNode {
			return Ref{Name: "product not stated"}, true
		}
		return c.product(x.product), true
	}
	return c.names.ref(graph.KindCompany, x.supplier), true
}

func (c *concentration) country(x *supplied) string {
	if c.req.CountryBy == "origin" {
		return shippedFrom(c.v, x.rel, c.filter)
	}
	return c.v.NodeText(graph.KindCompany, x.supplier, graph.FieldCountry)
}

// row makes a row of a whole, apart from its sentence and gaps.
func (c *concentration) row(of string, list []supplied, s statement, w *grouped) ConcentrationRow {
	b := &w.bounds
	row := ConcentrationRow{Of: of, Known: min(b.Known, 1), Rest: b.Rest, Stated: s.stated, Groups: []ConcentrationGroup{}, Gaps: []ConcentrationGap{}, GroupCount: len(w.refs),
		HHI: &Interval{Low: points * b.Low, High: points * b.High, Basis: basisOf(list, s, b), Overstated: s.overstated, Disputed: s.disputed}}
	suppliers := map[graph.Node]bool{}
	for _, x := range list {
		suppliers[x.supplier] = true
	}
	row.Suppliers = len(suppliers)
	if point, ok := pointOf(list, s, w); ok {
		point = min(max(points*point, row.HHI.Low), row.HHI.High) // but for rounding
		row.HHI.Point = &point
	}
	for g, ref := range w.refs {
		row.Groups = append(row.Groups, ConcentrationGroup{Group: ref, Suppliers: w.suppliers[g], Share: w.share(b.Shares[g])})
	}
	slices.SortFunc(row.Groups, func(x, y ConcentrationGroup) int {
		return cmp.Or(cmp.Compare(y.Share.Low, x.Share.Low), cmp.Compare(y.Share.High, x.Share.High), compareRefs(x.Group, y.Group))
	})
	row.Groups = row.Groups[:min(len(row.Groups), maxGroups)]
	row.Counted = w.counted(list)
	if slices.Contains(w.ofPart, hhi.Unknown) {
		row.UnknownGroup = w.share(b.Loose)
	}
	if b.To != hhi.Unknown && b.Low != b.High && b.Shares[b.To].Low > 0 { // else it is like any other
		row.RestTo = &w.refs[b.To]
	}
	return row
}

// counted is the index of the suppliers, each with an equal part.
func (w *grouped) counted(list []supplied) *Interval {
	alike := hhi.Whole{Groups: w.Groups, Thin: false}
	seen := map[[2]int]bool{}
	for i, at := range w.ofPart {
		if pair := [2]int{at, int(list[i].supplier)}; w.Thin || !seen[pair] {
			seen[pair] = true
			alike.Parts = append(alike.Parts, hhi.Part{Group: at})
		}
	}
	for i := range alike.Parts {
		alike.Parts[i].Low, alike.Parts[i].High = 1/float64(len(alike.Parts)), 1/float64(len(alike.Parts))
	}
	b := alike.Bounds()
	out := &Interval{Low: points * b.Low, High: points * b.High, Basis: BasisDocumentedCount}
	if out.Low == out.High {
		out.Point = &out.Low
	}
	return out
}

func (w *grouped) share(r hhi.Range) *Interval {
	basis := BasisResidual
	if r.Low == r.High {
		basis = BasisStated
	}
	return &Interval{Low: r.Low, High: r.High, Basis: basis}
}

func basisOf(list []supplied, s statement, b *hhi.Bounds) string {
	switch {
	case s.valued:
		return BasisDocumentedValue
	case s.stated+s.partly == 0 && len(list) == 1:
		return BasisSoleDocumented
	case b.Rest == 0 || b.High-b.Low < 1e-12:
		return BasisStated
	}
	return BasisResidual
}

// pointOf is the index of the best single values, where every part and its group have one and they make up the whole.
func pointOf(list []supplied, s statement, w *grouped) (float64, bool) {
	if !s.valued && s.stated < len(list) {
		return 0, false
	}
	sum := 0.0
	shares := make([]float64, len(w.refs))
	for i, x := range list {
		if w.ofPart[i] == hhi.Unknown {
			return 0, false
		}
		shares[w.ofPart[i]] += x.point
		sum += x.point
	}
	if sum < 1-1e-9 {
		return 0, false
	}
	index := 0.0
	for _, share := range shares {
		index += share * share
	}
	return index, true
}

// finish adds the gaps and the sentence.
func (c *concentration) finish(row *ConcentrationRow, list []supplied, s statement, w *grouped) {
	c.gaps(row, list, s, w)
	row.Summary = c.summary(row)
}

// gaps lists what would narrow the index.
func (c *concentration) gaps(row *ConcentrationRow, list []supplied, s statement, w *grouped) {
	if w.bounds.Low == w.bounds.High {
		return
	}
	rest := w.bounds.Rest
	what := "of its cost"
	if row.Of == "input" {
		what = "of its " + inputName(row.Product)
	}
	buyer := c.whose()
	if row.Member != nil {
		buyer = row.Member.Name
	}
	add := func(kind string, x *supplied, atStake float64, question string) {
		gap := ConcentrationGap{Kind: kind, AtStake: atStake, Question: question}
		if x != nil {
			ref := c.names.ref(graph.KindCompany, x.supplier)
			gap.Supplier = &ref
			if row.Of != "spend" {
				gap.Relation = c.v.RelationKey(x.rel).ID()
			}
		}
		row.Gaps = append(row.Gaps, gap)
	}
	asked := map[graph.Node]bool{}
	for i := range list {
		x := &list[i]
		name := c.names.ref(graph.KindCompany, x.supplier).Name
		switch {
		case row.Of == "spend":
			if !x.stated {
				add("spend", x, min(x.high, rest), fmt.Sprintf("How much is spent on %s?", name))
			}
		case !x.stated && rest > 0:
			add("share", x, min(x.high, rest), fmt.Sprintf("Which part %s does %s get from %s?", what, buyer, name))
		case x.low < x.high:
			add("dispute", x, x.high-x.low, fmt.Sprintf("Sources differ on which part %s %s gets from %s (%s to %s): which is right?", what, buyer, name, percentText(x.low), percentText(x.high)))
		}
		if w.ofPart[i] == hhi.Unknown {
			question := fmt.Sprintf("From which country does %s ship to %s?", name, c.whose())
			if c.req.CountryBy == "headquarters" {
				if asked[x.supplier] {
					continue
				}
				asked[x.supplier] = true
				question = fmt.Sprintf("In which country does %s have its headquarters?", name)
			}
			add("country", x, min(x.high, x.low+rest), question)
		}
	}
	if row.Of == "input" && !row.ListComplete && rest > 0 {
		add("list", nil, rest, fmt.Sprintf("Has %s other suppliers %s?", buyer, what))
	}
	kinds := []string{"share", "spend", "list", "dispute", "country"}
	slices.SortStableFunc(row.Gaps, func(a, b ConcentrationGap) int {
		return cmp.Or(cmp.Compare(b.AtStake, a.AtStake), slices.Index(kinds, a.Kind)-slices.Index(kinds, b.Kind), cmp.Compare(a.Relation, b.Relation))
	})
	row.GapCount = len(row.Gaps)
	row.Gaps = row.Gaps[:min(len(row.Gaps), maxGaps)]
}

// summary says what a row says.
func (c *concentration) summary(row *ConcentrationRow) string {
	var b strings.Builder
	subject := c.whose() + "'s cost"
	switch {
	case row.Member != nil:
		subject = row.Member.Name + "'s cost"
	case row.Of == "input":
		subject = fmt.Sprintf("%s's intake of %s", c.whose(), inputName(row.Product))
	case row.Of == "companies":
		subject = fmt.Sprintf("The companies documented at tier %d of %s", c.req.Tier, c.whose())
	case row.Of == "relations":
		subject = fmt.Sprintf("The relations from tier %d of %s", c.req.Tier, c.whose())
	case c.out.Portfolio != nil:
		subject = "The spend on the portfolio"
	}
	if row.Of == "cost" && c.req.Tier > 1 {
		subject += fmt.Sprintf(", traced back %d hops", c.req.Tier)
	}
	fmt.Fprintf(&b, "%s, by %s: ", subject, c.groupWord())
	if row.HHI == nil {
		return b.String() + "not known, for " + row.HHIReason + "."
	}
	if row.Known == 0 && row.Rest == 1 && row.HHI.Low == 0 {
		b.WriteString("no part is stated; anything from 0 to 10,000 is possible.")
		if row.Counted != nil && row.Counted.Point != nil {
			fmt.Fprintf(&b, " With every documented supplier counted alike, whatever it supplies, it would be %s.", roundText(*row.Counted.Point))
		}
		return b.String()
	}
	if low, high := roundText(row.HHI.Low), roundText(row.HHI.High); low == high {
		fmt.Fprintf(&b, "index %s of 10,000.", low)
	} else {
		fmt.Fprintf(&b, "index at least %s, at most %s of 10,000.", low, high)
	}
	var known []string
	for _, g := range row.Groups[:min(len(row.Groups), 3)] {
		switch {
		case g.Share.Low == g.Share.High:
			known = append(known, g.Group.Name+" "+percentText(g.Share.Low))
		case g.Share.Low > 0:
			known = append(known, g.Group.Name+" at least "+percentText(g.Share.Low))
		}
	}
	if len(known) > 0 {
		fmt.Fprintf(&b, " Known: %s%s.", strings.Join(known, ", "), map[bool]string{true: " and others"}[row.GroupCount > len(known) && len(known) == 3])
	}
	if loose := row.Rest + unknownLow(row); loose > 0 && row.HHI.Low < row.HHI.High {
		to := "one " + c.req.By
		if row.RestTo != nil {
			to = row.RestTo.Name
		}
		fmt.Fprintf(&b, " %s cannot be told; the index would be greatest with as much of it as may be in %s.", percentText(loose), to)
	}
	return b.String()
}

func (c *concentration) groupWord() string {
	if c.req.By == "country" {
		return map[string]string{"headquarters": "country of headquarters", "origin": "country of origin"}[c.req.CountryBy]
	}
	return c.req.By
}

// unknownLow is the part that is certain to be of suppliers of unknown country.
func unknownLow(row *ConcentrationRow) float64 {
	if row.UnknownGroup == nil {
		return 0
	}
	return row.UnknownGroup.Low
}

func inputName(product *Ref) string {
	if product == nil {
		return "what states no product"
	}
	return product.Name
}

// roundText is an index in words.
func roundText(x float64) string {
	text := strconv.FormatFloat(x, 'f', 0, 64)
	if len(text) > 3 {
		text = text[:len(text)-3] + "," + text[len(text)-3:]
	}
	return text
}

// page brings the rows into order and cuts the part asked for.
func (c *concentration) page(key []string) error {
	rows := c.out.Items
	slices.SortStableFunc(rows, func(a, b ConcentrationRow) int { return keyOfRow(&a).compare(keyOfRow(&b)) })
	total := len(rows)
	if key != nil {
		after, err := parseRowKey(key)
		if err != nil {
			return err
		}
		rows = slices.DeleteFunc(rows, func(r ConcentrationRow) bool { return keyOfRow(&r).compare(after) <= 0 })
	}
	known := c.out.StoppedBecause != StoppedByDeadline
	if known {
		c.out.Total = &total
	}
	if limit := c.req.Limit; limit > 0 && len(rows) > limit {
		rows = rows[:limit]
		c.out.stop(StoppedByLimit)
		if known {
			c.out.NextCursor = nextCursor(c.v, c.req.Scope, c.req.question(), keyOfRow(&rows[limit-1]).texts()...)
		}
	}
	c.out.Items = rows
	return nil
}

// rowKey is the place of a row in the list.
type rowKey struct {
	kind      int // rows over all first, those of an input next, counts last
	low, high float64
	id        string
}

func keyOfRow(r *ConcentrationRow) rowKey {
	k := rowKey{kind: slices.Index([]string{"spend", "cost", "input", "companies", "relations"}, r.Of)}
	if r.HHI != nil {
		k.low, k.high = r.HHI.Low, r.HHI.High
	}
	switch {
	case r.Product != nil:
		k.id = r.Product.ID
	case r.Member != nil:
		k.id = r.Member.ID
	}
	return k
}

func (k rowKey) compare(o rowKey) int {
	return cmp.Or(cmp.Compare(k.kind, o.kind), cmp.Compare(o.low, k.low), cmp.Compare(o.high, k.high), cmp.Compare(k.id, o.id))
}

func (k rowKey) texts() []string {
	return []string{strconv.Itoa(k.kind), number(k.low), number(k.high), k.id}
}

func parseRowKey(key []string) (k rowKey, err error) {
	kind, err1 := strconv.Atoi(key[0])
	low, err2 := strconv.ParseFloat(key[1], 64)
	high, err3 := strconv.ParseFloat(key[2], 64)
	if err := cmp.Or(err1, err2, err3); err != nil {
		return k, fmt.Errorf("%w: cursor: not one that an answer gave", graph.ErrInvalid)
	}
	return rowKey{kind, low, high, key[3]}, nil
}
