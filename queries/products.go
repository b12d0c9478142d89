package queries

import (
	"sync"
	"weak"

	"github.com/tributarygraph/tributary/graph"
)

// productTree is the is-a hierarchy of products.
type productTree struct {
	children map[graph.Node][]graph.Node
}

// lastTree keeps the tree of the View asked last: reading the parents of all products is more work than most
// questions.
var lastTree struct {
	sync.Mutex
	view weak.Pointer[graph.View]
	tree *productTree
}

func treeOf(v *graph.View) *productTree {
	lastTree.Lock()
	defer lastTree.Unlock()
	if lastTree.view.Value() == v {
		return lastTree.tree
	}
	t := &productTree{children: map[graph.Node][]graph.Node{}}
	for n := range v.Nodes(graph.KindProduct) {
		if parent := parentOf(v, n); parent != graph.NoNode && parent != n {
			t.children[parent] = append(t.children[parent], n)
		}
	}
	lastTree.view, lastTree.tree = weak.Make(v), t
	return t
}

// parentOf is the product that n is a kind of; NoNode when none is stated, or none or several fit.
func parentOf(v *graph.View, n graph.Node) graph.Node {
	ref := v.NodeText(graph.KindProduct, n, graph.FieldParent)
	if ref == "" {
		return graph.NoNode
	}
	parent, err := v.Lookup(graph.KindProduct, ref)
	if err != nil {
		return graph.NoNode
	}
	return parent
}

// productSet is a set of products.
type productSet map[graph.Node]bool

// withDescendants is the product with every kind of it. Rings of parents, which sources can state, are walked
// once.
func withDescendants(v *graph.View, product graph.Node) productSet {
	set := productSet{product: true}
	tree := treeOf(v)
	for todo := []graph.Node{product}; len(todo) > 0; {
		n := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		for _, child := range tree.children[n] {
			if !set[child] {
				set[child] = true
				todo = append(todo, child)
			}
		}
	}
	return set
}

// has reports whether the relation is of a product of the set.
func (p productSet) has(v *graph.View, r graph.Rel) bool {
	product := v.ProductOf(r)
	return product != graph.NoNode && p[product]
}
