package queries

import (
	"github.com/tributarygraph/tributary/graph"
)

// link says whether what one hop brings goes into what the next one brings.
type link uint8

const (
	contradicted link = iota // a stated used_in names something else
	unknown                  // nothing says either
	linked                   // used_in, an input_of relation, or the same product
)

var linkNames = [...]string{"contradicted", "unknown", "linked"}

// chain is the hops of a path, each a list of parallel relations, and how they hang together.
type chain struct {
	v    *graph.View
	hops [][]graph.Rel
	// links of each hop but the last, by position of the relation and of the one of the next hop.
	links [][][]link
	by    [][][]string
}

func newChain(v *graph.View, hops [][]graph.Rel) *chain {
	c := &chain{v: v, hops: hops}
	c.relate()
	return c
}

func (c *chain) relate() {
	c.links, c.by = nil, nil
	for i := 0; i+1 < len(c.hops); i++ {
		links := make([][]link, len(c.hops[i]))
		by := make([][]string, len(c.hops[i]))
		for a, first := range c.hops[i] {
			for _, second := range c.hops[i+1] {
				l, why := linkOf(c.v, first, second)
				links[a], by[a] = append(links[a], l), append(by[a], why)
			}
		}
		c.links, c.by = append(c.links, links), append(c.by, by)
	}
}

// linkOf relates two relations that follow each other. A product is kin to every kind of it and to what it is a
// kind of.
func linkOf(v *graph.View, first, second graph.Rel) (link, string) {
	_, _, input := v.Ends(first)
	_, _, output := v.Ends(second)
	if input == graph.NoNode || output == graph.NoNode {
		return unknown, ""
	}
	if used := usedIn(v, first); used != graph.NoNode {
		if kin(v, used, output) {
			return linked, "used_in"
		}
		return contradicted, "used_in"
	}
	if input == output {
		return linked, "same_product"
	}
	for _, into := range intoProducts(v, input) {
		if kin(v, into, output) {
			return linked, "input_of"
		}
	}
	return unknown, ""
}

// usedIn is the product that a claim of the relation names as the one that needs it; NoNode when none does.
func usedIn(v *graph.View, r graph.Rel) graph.Node {
	low, high := v.Claims(r)
	for c := low; c < high; c++ {
		claim := v.Claim(r, c)
		if claim.UsedIn == "" || claim.Stance != graph.Stances[0] {
			continue
		}
		if n, err := v.Lookup(graph.KindProduct, claim.UsedIn); err == nil {
			return n
		}
	}
	return graph.NoNode
}

// intoProducts are the products that the product, a kind of it or what it is a kind of is documented to go into.
func intoProducts(v *graph.View, product graph.Node) (into []graph.Node) {
	for n := range withDescendants(v, product) {
		into = append(into, v.Out(graph.KindInputOf, n).Nodes...)
	}
	for _, n := range ancestors(v, product) {
		into = append(into, v.Out(graph.KindInputOf, n).Nodes...)
	}
	return into
}

// ancestors are what the product is a kind of, the nearest first.
func ancestors(v *graph.View, product graph.Node) (out []graph.Node) {
	seen := productSet{product: true}
	for n := parentOf(v, product); n != graph.NoNode && !seen[n]; n = parentOf(v, n) {
		seen[n] = true
		out = append(out, n)
	}
	return out
}

// kin reports whether one is the other, or a kind of it.
func kin(v *graph.View, a, b graph.Node) bool {
	return withDescendants(v, a)[b] || withDescendants(v, b)[a]
}

// sequences is the number of ways through the path that differ in a relation. It is a float because it grows as
// a product.
func (c *chain) sequences() float64 {
	n := 1.0
	for _, rels := range c.hops {
		n *= float64(len(rels))
	}
	return n
}

// keepConsistent drops the relations that stand in no sequence without a contradicted link, and reports whether
// any sequence is left.
func (c *chain) keepConsistent() bool {
	last := len(c.hops) - 1
	keep := make([][]bool, len(c.hops))
	for i := range keep {
		keep[i] = make([]bool, len(c.hops[i]))
	}
	for a := range keep[0] {
		keep[0][a] = true
	}
	for i := range last { // reached from the first hop
		for a, ok := range keep[i] {
			for b := range keep[i+1] {
				keep[i+1][b] = keep[i+1][b] || ok && c.links[i][a][b] != contradicted
			}
		}
	}
	for i := last - 1; i >= 0; i-- { // and reaching the last
		for a, ok := range keep[i] {
			keep[i][a] = false
			for b := range keep[i+1] {
				keep[i][a] = keep[i][a] || ok && keep[i+1][b] && c.links[i][a][b] != contradicted
			}
		}
	}
	for i, rels := range c.hops {
		var kept []graph.Rel
		for a, r := range rels {
			if keep[i][a] {
				kept = append(kept, r)
			}
		}
		if kept == nil {
			return false
		}
		c.hops[i] = kept
	}
	c.relate()
	return true
}

// bestLink is how hop i hangs together with the next one, by the relations that do so best.
func (c *chain) bestLink(i int) (name, by string) {
	best := contradicted
	for a, row := range c.links[i] {
		for b, l := range row {
			if l > best || by == "" && l == best {
				best, by = l, c.by[i][a][b]
			}
		}
	}
	return linkNames[best], by
}
