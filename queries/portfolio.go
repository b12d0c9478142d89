package queries

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math"
	"math/big"
	"slices"
	"strings"

	"golang.org/x/text/currency"

	"github.com/tributarygraph/tributary/graph"
)

// Portfolio is a list of companies that a question is asked of together: suppliers that one buys from, or shares that
// one holds.
type Portfolio []PortfolioMember

// PortfolioMember is a company as the portfolio calls it.
type PortfolioMember struct {
	Company  string   `json:"company" minLength:"1" maxLength:"500" doc:"Id, identifier (lei:..., ticker:XNAS:NVDA), name or alias" example:"nvidia"`
	Spend    *float64 `json:"spend,omitempty" minimum:"0" doc:"Money spent on it; unknown when absent, which is not 0"`
	Currency string   `json:"currency,omitempty" doc:"Of the spend, ISO 4217" example:"USD"`
	Row      int64    `json:"row,omitempty" minimum:"1" doc:"Row of the file that it comes from, as answers name it; its place in the list when absent"`
}

// MaxMembers is the greatest number of members that a portfolio may have.
const MaxMembers = 10_000

// Resolve checks the portfolio and spells its currencies as ISO 4217 does. The error wraps [graph.ErrInvalid].
func (p Portfolio) Resolve() (Portfolio, error) {
	if len(p) == 0 || len(p) > MaxMembers {
		return nil, fmt.Errorf("%w: a portfolio of %d members; allowed: 1 to %d", graph.ErrInvalid, len(p), MaxMembers)
	}
	p = slices.Clone(p)
	for i := range p {
		m := &p[i]
		m.Company = graph.Clean(m.Company)
		if m.Row == 0 {
			m.Row = int64(i + 1)
		}
		switch {
		case m.Company == "":
			return nil, fmt.Errorf("%w: portfolio: member %d names no company", graph.ErrInvalid, i+1)
		case m.Spend != nil && !(*m.Spend >= 0 && *m.Spend <= math.MaxFloat64):
			return nil, fmt.Errorf("%w: portfolio: %s: spend %v; allowed: 0 or more", graph.ErrInvalid, m.Company, *m.Spend)
		}
		if m.Currency == "" {
			continue
		}
		unit, err := currency.ParseISO(strings.TrimSpace(m.Currency))
		if err != nil {
			return nil, fmt.Errorf("%w: portfolio: %s: currency %q; allowed: codes of ISO 4217 such as USD", graph.ErrInvalid, m.Company, m.Currency)
		}
		m.Currency = unit.String()
	}
	return p, nil
}

// String prints the portfolio with its spends, so that two that mean the same print alike.
func (p Portfolio) String() string {
	var b strings.Builder
	for _, m := range p {
		spend := "?"
		if m.Spend != nil {
			spend = number(*m.Spend)
		}
		fmt.Fprintf(&b, "%d %q %s %s;", m.Row, m.Company, spend, m.Currency)
	}
	return b.String()
}

// names are the companies as the portfolio calls them.
func (p Portfolio) names() []string {
	out := make([]string, len(p))
	for i := range p {
		out[i] = p[i].Company
	}
	return out
}

// PortfolioMatch tells what became of the rows of a portfolio. Each is in one of Found, NotFound and Ambiguous.
type PortfolioMatch struct {
	Rows      int           `json:"rows" doc:"Rows of the portfolio"`
	Members   int           `json:"members" doc:"Different companies that were found"`
	Found     []FoundMember `json:"found" doc:"These companies in the order of ids, with the rows that name them"`
	NotFound  []MissingName `json:"not_found" doc:"Names that no company has; they count nowhere"`
	Ambiguous []UnclearName `json:"ambiguous" doc:"Names that fit several companies; they count nowhere until an id says which is meant"`
	Repeated  []Ref         `json:"repeated" doc:"Companies that several rows name; their spends are added"`
	Spend     []Money       `json:"spend" doc:"Spend on the companies found, a sum a currency: amounts in different currencies are not added up"`
	Unknown   int           `json:"spend_unknown" doc:"Companies found without a spend, or with spends in several currencies"`
	Reason    string        `json:"by_spend_reason,omitempty" doc:"Why nothing is weighed by spend, where the intervals by spend are null"`
}

// FoundMember is a company that rows of a portfolio name.
type FoundMember struct {
	Company Ref      `json:"company"`
	Rows    []int64  `json:"rows" doc:"Numbers of these rows"`
	Names   []string `json:"names" doc:"What they call it"`
	Spend   []Money  `json:"spend" doc:"What they state, a sum a currency"`
}

// MissingName is a row whose name no company has.
type MissingName struct {
	Row  int64  `json:"row"`
	Name string `json:"name"`
	Near []Ref  `json:"near" doc:"Companies that are called nearly so, at most 3: perhaps one of them is meant"`
}

// UnclearName is a row whose name fits several companies.
type UnclearName struct {
	Row        int64    `json:"row"`
	Name       string   `json:"name"`
	Candidates []string `json:"candidates" doc:"Ids of the companies that it fits"`
}

// Money is an amount in one currency.
type Money struct {
	Amount   float64 `json:"amount"`
	Currency string  `json:"currency" doc:"ISO 4217; empty where none is stated"`
}

// member is a company of a portfolio.
type member struct {
	node     graph.Node
	spend    *float64 // nil: unknown
	currency string
}

// match finds the members, in the order of ids. It is not an error that some, or all, are not found. The portfolio must
// be resolved.
func (p Portfolio) match(v *graph.View) ([]member, PortfolioMatch, error) {
	out := PortfolioMatch{Rows: len(p), Found: []FoundMember{}, NotFound: []MissingName{}, Ambiguous: []UnclearName{}, Repeated: []Ref{}}
	rows := map[graph.Node][]*PortfolioMember{}
	for i := range p {
		row := &p[i]
		n, err := v.Lookup(graph.KindCompany, row.Company)
		var ambiguous *graph.AmbiguousError
		switch {
		case err == nil:
			rows[n] = append(rows[n], row)
		case errors.As(err, &ambiguous):
			out.Ambiguous = append(out.Ambiguous, UnclearName{Row: row.Row, Name: row.Company, Candidates: ambiguous.Candidates})
		case errors.Is(err, graph.ErrNotFound):
			out.NotFound = append(out.NotFound, MissingName{Row: row.Row, Name: row.Company, Near: nearRefs(v, row.Company, len(out.NotFound))})
		default:
			return nil, out, err
		}
	}
	order := least{v: v}
	members := make([]member, 0, len(rows))
	for _, n := range slices.SortedFunc(maps.Keys(rows), order.compare) {
		m, found := memberOf(v, n, rows[n])
		members, out.Found = append(members, m), append(out.Found, found)
		if len(found.Rows) > 1 {
			out.Repeated = append(out.Repeated, found.Company)
		}
	}
	out.Members = len(members)
	if out.Spend, out.Unknown = spendOf(members); len(out.Spend) > 1 {
		out.Reason = differentCurrencies
	}
	return members, out, nil
}

// askedPortfolio is what every question of a portfolio begins with.
type askedPortfolio struct {
	v       *graph.View // in which what counts as one company in the scope is one
	key     []string    // of the last item of the part before
	paging  Paging
	members []member
	match   PortfolioMatch
}

// begin resolves scope and page of a question and finds the members. The portfolio must be resolved.
func (p Portfolio) begin(ctx context.Context, v *graph.View, page Page, scope *Scope, question any, keyParts int) (a askedPortfolio, err error) {
	if a.key, a.paging, err = resolvePage(v, page, scope, question, keyParts); err != nil {
		return a, err
	}
	if a.v, err = scope.view(ctx, v); err != nil {
		return a, err
	}
	a.members, a.match, err = p.match(a.v)
	return a, err
}

// maxNearRows is for how many names that are not found the near ones are looked for: it takes a search each.
const maxNearRows = 100

// maxNear is how many companies are suggested for one of them.
const maxNear = 3

// nearRefs are companies called nearly so, for the first names that are not found.
func nearRefs(v *graph.View, name string, before int) []Ref {
	out := []Ref{}
	if before >= maxNearRows {
		return out
	}
	near := NearNames(v, graph.KindCompany, name)
	for _, n := range near[:min(len(near), maxNear)] {
		out = append(out, refOf(v, graph.KindCompany, n))
	}
	return out
}

// memberOf is a company with what the rows that name it state. Its spend is known where they state one in one currency.
func memberOf(v *graph.View, n graph.Node, rows []*PortfolioMember) (member, FoundMember) {
	found := FoundMember{Company: refOf(v, graph.KindCompany, n), Rows: []int64{}, Names: []string{}, Spend: []Money{}}
	stated := map[string][]float64{}
	for _, row := range rows {
		found.Rows = append(found.Rows, row.Row)
		if !slices.Contains(found.Names, row.Company) {
			found.Names = append(found.Names, row.Company)
		}
		if row.Spend != nil {
			stated[row.Currency] = append(stated[row.Currency], *row.Spend)
		}
	}
	for _, code := range slices.Sorted(maps.Keys(stated)) {
		found.Spend = append(found.Spend, Money{Amount: decimalSum(stated[code]), Currency: code})
	}
	m := member{node: n}
	if len(found.Spend) == 1 {
		m.spend, m.currency = &found.Spend[0].Amount, found.Spend[0].Currency
	}
	return m, found
}

// decimalSum adds up amounts as they are written, in decimals: so the order does not matter, nor how an amount is split
// over rows.
func decimalSum(amounts []float64) float64 {
	if len(amounts) == 1 {
		return amounts[0]
	}
	sum := new(big.Rat)
	for _, x := range amounts {
		exact, _ := new(big.Rat).SetString(number(x)) // the shortest decimal that is x
		sum.Add(sum, exact)
	}
	out, _ := sum.Float64()
	return out
}

// spendOf adds up the spend on members, a sum a currency in the order of codes, and counts those without one.
func spendOf(members []member) (sums []Money, unknown int) {
	sums = []Money{}
	stated := map[string][]float64{}
	for _, m := range members {
		if m.spend == nil {
			unknown++
			continue
		}
		stated[m.currency] = append(stated[m.currency], *m.spend)
	}
	for _, code := range slices.Sorted(maps.Keys(stated)) {
		sums = append(sums, Money{Amount: decimalSum(stated[code]), Currency: code})
	}
	return sums, unknown
}

// warn says in the answer what of the portfolio does not count.
func (m *PortfolioMatch) warn(a *Answer) {
	if n := len(m.NotFound); n > 0 {
		var names []string
		for _, x := range m.NotFound {
			names = append(names, x.String())
		}
		a.warn(plural(n, "name", "names") + " of the portfolio that no company has, left out: " + some(names, "; "))
	}
	if n := len(m.Ambiguous); n > 0 {
		var names []string
		for _, x := range m.Ambiguous {
			names = append(names, fmt.Sprintf("row %d, %s (%s)", x.Row, x.Name, some(x.Candidates, ", ")))
		}
		a.warn(plural(n, "name", "names") + " of the portfolio for which several companies fit, left out; use an id: " + some(names, "; "))
	}
	if len(m.Spend) > 1 {
		a.warn("the spends are in different currencies: they are not added up, and do not rank")
	}
}

// String is the row in words: "row 7, Nvidea (perhaps Nvidia)".
func (x *MissingName) String() string {
	text := fmt.Sprintf("row %d, %s", x.Row, x.Name)
	if len(x.Near) > 0 {
		text += " (perhaps " + x.Near[0].Name + ")"
	}
	return text
}

// some lists the first of many texts.
func some(list []string, separator string) string {
	const most = 20
	if len(list) > most {
		return fmt.Sprintf("%s and %d more", strings.Join(list[:most], separator), len(list)-most)
	}
	return strings.Join(list, separator)
}
