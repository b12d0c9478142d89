package queries

import (
	"slices"

	"github.com/tributarygraph/tributary/graph"
)

// NearIndex is the index of places alone.
type NearIndex struct{ table siteTable }

// NewNearIndex indexes places.
func NewNearIndex(all []graph.Place) *NearIndex {
	x := &NearIndex{}
	for i, p := range all {
		x.table.grid = append(x.table.grid, gridSite{graph.Node(i), p})
	}
	x.table.index()
	return x
}

// Near are the numbers of the places within a radius, sorted.
func (x *NearIndex) Near(centre graph.Place, radius float64) (found []int) {
	x.table.near(circle{centre, radius}, func(site graph.Node, _ float64) { found = append(found, int(site)) })
	slices.Sort(found)
	return found
}
