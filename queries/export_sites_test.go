package queries

import (
	"slices"

	"github.com/tributarygraph/tributary/graph"
)

// NearIndex are the numbers of the places that the index finds within a radius, sorted.
func NearIndex(all []graph.Place, centre graph.Place, radius float64) (found []int) {
	t := &siteTable{}
	for i, p := range all {
		t.grid = append(t.grid, gridSite{graph.Node(i), p})
	}
	t.index()
	t.near(circle{centre, radius}, func(site graph.Node, _ float64) { found = append(found, int(site)) })
	slices.Sort(found)
	return found
}
