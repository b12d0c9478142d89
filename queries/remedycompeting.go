package queries

import (
	"fmt"
	"slices"
	"strings"

	"github.com/tributarygraph/tributary/graph"
)

// Who competes with a buyer may not want to supply it, or not first. It stays a second source; answers remark it.

// competition is what makes companies competitors of the company asked about.
type competition struct {
	v      *graph.View
	filter graph.Filter
	active graph.Activity
	buyer  graph.Node
	stated map[graph.Node]bool // by a relation, in either direction
	sold   map[graph.Node]bool // the products that the buyer sells
	known  map[graph.Node]competitor
}

// competitor is how a company competes with the one asked about; it does not where all is empty.
type competitor struct {
	stated bool
	sells  []graph.Node // products that both sell, by id
}

func (c competitor) competes() bool { return c.stated || len(c.sells) > 0 }

// roleCompetitor is the role of a relation that says that two companies compete.
const roleCompetitor = "competitor"

func competitionOf(v *graph.View, f graph.Filter, buyer graph.Node) *competition {
	c := &competition{v: v, filter: f, active: v.Activity(f), buyer: buyer, stated: map[graph.Node]bool{}, sold: map[graph.Node]bool{}, known: map[graph.Node]competitor{}}
	for _, edges := range []graph.Edges{v.Out(graph.KindAssociated, buyer), v.In(graph.KindAssociated, buyer)} {
		for i, n := range edges.Nodes {
			c.stated[n] = c.stated[n] || c.states(edges.Rel(i))
		}
	}
	c.eachSold(buyer, func(product graph.Node) { c.sold[product] = true })
	return c
}

// states reports whether a claim that counts gives the relation the role.
func (c *competition) states(r graph.Rel) bool {
	low, high := c.v.Claims(r)
	for claim := low; claim < high; claim++ {
		if c.v.Flows(r, claim, c.filter) && strings.EqualFold(c.v.Claim(r, claim).Role, roleCompetitor) {
			return true
		}
	}
	return false
}

// eachSold calls yield with each product that a company is documented to make, or to supply to another one.
func (c *competition) eachSold(n graph.Node, yield func(product graph.Node)) {
	made := c.v.Out(graph.KindMakes, n)
	for i, product := range made.Nodes {
		if c.active.Has(made.Rel(i)) {
			yield(product)
		}
	}
	supplied := c.v.Out(graph.KindSupplies, n)
	for i, to := range supplied.Nodes {
		r := supplied.Rel(i)
		if product := c.v.ProductOf(r); to != n && product != graph.NoNode && c.active.Has(r) {
			yield(product)
		}
	}
}

// of is how a company competes with the one asked about.
func (c *competition) of(n graph.Node) competitor {
	if known, ok := c.known[n]; ok || n == c.buyer {
		return known
	}
	found := competitor{stated: c.stated[n]}
	if len(c.sold) > 0 {
		c.eachSold(n, func(product graph.Node) {
			if c.sold[product] && !slices.Contains(found.sells, product) {
				found.sells = append(found.sells, product)
			}
		})
	}
	slices.SortFunc(found.sells, func(a, b graph.Node) int { return compareNodes(c.v, graph.KindProduct, a, b) })
	c.known[n] = found
	return found
}

// competitors is how many of the second sources of a row compete with the company asked about.
func (x *remedies) competitors(r *remedyRow) (n int) {
	for _, c := range r.cases {
		if c.stand != nil {
			count(&n, x.competing().of(c.stand.company).competes())
		}
	}
	return n
}

func (x *remedies) competing() *competition {
	if x.compete == nil {
		x.compete = competitionOf(x.v, x.filter, x.company)
	}
	return x.compete
}

// competingText says which of the second sources of a row compete with the buyer; empty where none does.
func competingText(row *RemedyRow, buyer string) string {
	text, others := row.By[0].competingText(buyer), row.Competitors
	if text != "" {
		others--
	}
	switch {
	case others == 0:
		return text
	case row.Count == 2:
		return text + fmt.Sprintf("The other one competes with %s. ", buyer)
	case others == 1:
		return text + fmt.Sprintf("Of the %d others 1 competes with %s. ", row.Count-1, buyer)
	}
	return text + fmt.Sprintf("Of the %d others %d compete with %s. ", row.Count-1, others, buyer)
}

func (s *RemedySource) competingText(buyer string) string {
	var products []string
	for _, p := range s.SellsToo {
		products = append(products, p.Name)
	}
	switch {
	case s.Competitor && products == nil:
		return fmt.Sprintf("It is stated to be a competitor of %s. ", buyer)
	case s.Competitor:
		return fmt.Sprintf("It is stated to be a competitor of %s; both sell %s. ", buyer, inWords(products))
	case products != nil:
		return fmt.Sprintf("It competes with %s: both sell %s. ", buyer, inWords(products))
	}
	return ""
}

// competingAs marks a row of which second sources compete with the buyer.
func (r *RemedyRow) competingAs() string {
	switch {
	case r.Competitors == 0:
		return ""
	case r.Count == 1:
		return ", a competitor"
	case r.Competitors == r.Count:
		return ", competitors"
	}
	return fmt.Sprintf(", %d of %d competitors", r.Competitors, r.Count)
}
