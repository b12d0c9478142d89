package queries

import "github.com/tributarygraph/tributary/graph"

// listComplete reports whether a dated, sourced claim says that the documented suppliers of the buyer's intake of the
// product (NoNode: of what states no product) are all there are. Without one the list is open: there may be others.
func listComplete(v *graph.View, f graph.Filter, buyer, product graph.Node) bool {
	edges := v.In(graph.KindSupplies, buyer)
	for i := range edges.Len() {
		if r := edges.Rel(i); v.ProductOf(r) == product && v.ListComplete(r, f) {
			return true
		}
	}
	return false
}
