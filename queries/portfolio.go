package queries

import (
	"errors"
	"fmt"
	"math"
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
		fmt.Fprintf(&b, "%q %s %s;", m.Company, spend, m.Currency)
	}
	return b.String()
}

// PortfolioMatch tells what became of the names in a portfolio.
type PortfolioMatch struct {
	Members   int             `json:"members" doc:"Different companies that were found"`
	NotFound  []string        `json:"not_found" doc:"Names that no company has; they count nowhere"`
	Ambiguous []AmbiguousName `json:"ambiguous" doc:"Names that fit several companies; they count nowhere until an id says which is meant"`
	Repeated  []Ref           `json:"repeated" doc:"Companies that several rows name; their spends are added"`
	Spend     []Money         `json:"spend" doc:"Spend on the companies found, a sum a currency: amounts in different currencies are not added up"`
	Unknown   int             `json:"spend_unknown" doc:"Companies found without a spend, or with spends in several currencies"`
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

// match finds the members, in the order of ids. It is not an error that some, or all, are not found.
func (p Portfolio) match(v *graph.View) ([]member, PortfolioMatch, error) {
	found := map[graph.Node]*member{}
	out := PortfolioMatch{NotFound: []string{}, Ambiguous: []AmbiguousName{}, Repeated: []Ref{}}
	repeated := map[graph.Node]bool{}
	mixed := map[graph.Node]bool{}
	for _, row := range p {
		n, err := v.Lookup(graph.KindCompany, row.Company)
		var ambiguous *graph.AmbiguousError
		switch {
		case errors.As(err, &ambiguous):
			out.Ambiguous = append(out.Ambiguous, AmbiguousName{Kind: graph.KindCompany.String(), Name: row.Company, Candidates: ambiguous.Candidates})
			continue
		case errors.Is(err, graph.ErrNotFound):
			out.NotFound = append(out.NotFound, row.Company)
			continue
		case err != nil:
			return nil, out, err
		}
		have := found[n]
		if have == nil {
			found[n] = &member{node: n, spend: row.Spend, currency: row.Currency}
			continue
		}
		repeated[n] = true
		switch {
		case row.Spend == nil:
		case have.spend == nil:
			have.spend, have.currency = row.Spend, row.Currency
		case have.currency != row.Currency:
			mixed[n] = true
		default:
			sum := *have.spend + *row.Spend
			have.spend = &sum
		}
	}
	members := make([]member, 0, len(found))
	for n, m := range found {
		if mixed[n] {
			m.spend, m.currency = nil, ""
		}
		members = append(members, *m)
	}
	order := least{v: v}
	slices.SortFunc(members, func(a, b member) int { return order.compare(a.node, b.node) })
	for _, m := range members {
		if repeated[m.node] {
			out.Repeated = append(out.Repeated, refOf(v, graph.KindCompany, m.node))
		}
	}
	out.Members = len(members)
	out.Spend, out.Unknown = spendOf(members)
	return members, out, nil
}

// spendOf adds up the spend on members, a sum a currency in the order of codes, and counts those without one.
func spendOf(members []member) (sums []Money, unknown int) {
	sums = []Money{}
	for _, m := range members {
		if m.spend == nil {
			unknown++
			continue
		}
		i, found := slices.BinarySearchFunc(sums, m.currency, func(x Money, code string) int { return strings.Compare(x.Currency, code) })
		if !found {
			sums = slices.Insert(sums, i, Money{Currency: m.currency})
		}
		sums[i].Amount += *m.spend
	}
	return sums, unknown
}

// warn says in the answer what of the portfolio does not count.
func (m *PortfolioMatch) warn(a *Answer) {
	if n := len(m.NotFound); n > 0 {
		a.warn(plural(n, "name", "names") + " of the portfolio that no company has, left out: " + some(m.NotFound, ", "))
	}
	if n := len(m.Ambiguous); n > 0 {
		var names []string
		for _, x := range m.Ambiguous {
			names = append(names, fmt.Sprintf("%s (%s)", x.Name, some(x.Candidates, ", ")))
		}
		a.warn(plural(n, "name", "names") + " of the portfolio for which several companies fit, left out; use an id: " + some(names, "; "))
	}
	if len(m.Spend) > 1 {
		a.warn("the spends are in different currencies: they are not added up, and do not rank")
	}
}

// some lists the first of many texts.
func some(list []string, separator string) string {
	const most = 20
	if len(list) > most {
		return fmt.Sprintf("%s and %d more", strings.Join(list[:most], separator), len(list)-most)
	}
	return strings.Join(list, separator)
}
