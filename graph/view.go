package graph

import (
	"fmt"
	"slices"
	"sort"
	"strings"
)

// View is the network at one revision: every statement of every dataset, folded on request, in memory.
// It is immutable: a query that runs on a View never sees a change.
//
// Nodes and relations are dense numbers that hold for this View only; ids are what outlives it. Node numbers
// rise with the ids, and adjacency lists are in the order of ids, so that two stores that hold the same
// statements give the same answers, byte for byte.
//
// The layout is compressed sparse rows in both directions with parallel columns, free of pointers where size
// depends on the network, so that the garbage collector has nothing to walk.
type View struct {
	head      Head
	companies nodeTable
	products  nodeTable
	sources   nodeTable
	relations relationTable
	claims    claimTable
	search    searchIndex
	ambiguous [NumKinds]map[string][]string // mentions that fit several nodes
}

// Node is the number of a company, product or source in one View. Companies, products and sources are
// numbered apart, each from 0.
type Node int32

// NoNode stands for no node.
const NoNode Node = -1

// Rel is the number of a relation in one View.
type Rel int32

// Claim is the number of a claim in one View.
type Claim int32

// Head is the store and the revision that this is a View of.
func (v *View) Head() Head { return v.head }

func (v *View) table(k Kind) *nodeTable {
	switch k {
	case KindCompany:
		return &v.companies
	case KindProduct:
		return &v.products
	case KindSource:
		return &v.sources
	}
	panic(fmt.Sprintf("graph: %v is not a kind of node", k))
}

// NodeCount is the size of the numbering of the kind: every node's number is below it. Some numbers are of
// records that are absorbed by another node; see [View.Canonical].
func (v *View) NodeCount(k Kind) int { return v.table(k).ids.len() }

// Nodes calls yield with each node of the kind, in the order of ids.
func (v *View) Nodes(k Kind) func(yield func(Node) bool) {
	t := v.table(k)
	return func(yield func(Node) bool) {
		for n := range Node(t.ids.len()) {
			if t.canonicalOf(n) == n && !yield(n) {
				return
			}
		}
	}
}

// ID is the public id of a node.
func (v *View) ID(k Kind, n Node) string { return v.table(k).ids.at(int(n)) }

// Canonical is the node that the record n is: n itself unless it is absorbed or merged.
func (v *View) Canonical(k Kind, n Node) Node { return v.table(k).canonicalOf(n) }

// Records are the ids that the node goes by in statements: its own and those it absorbed, in order.
func (v *View) Records(k Kind, n Node) []string {
	t := v.table(k)
	ids := make([]string, 0, 1)
	for _, m := range t.membersOf(n) {
		ids = append(ids, t.ids.at(int(m)))
	}
	return ids
}

// Find is the node with this id; a record that was absorbed or merged gives the node that it is now.
func (v *View) Find(k Kind, id string) (Node, bool) {
	t := v.table(k)
	n, ok := t.ids.find(id)
	if !ok {
		return NoNode, false
	}
	return t.canonicalOf(Node(n)), true
}

// Relations is the number of relations; every [Rel] is below it.
func (v *View) Relations() int { return len(v.relations.to) }

// RelationsOf are the numbers of the relations of the kind, from low up to but without high, in the order
// of from, to and product.
func (v *View) RelationsOf(k Kind) (low, high Rel) {
	return Rel(v.relations.kindStart[k]), Rel(v.relations.kindStart[k+1])
}

// ClaimCount is the number of claims; every [Claim] is below it.
func (v *View) ClaimCount() int { return len(v.claims.terms) }

// Edges are the relations of one kind on one side of a node, in the order of the ids of the other ends, then
// of products.
type Edges struct {
	Nodes []Node // the other ends; must not be changed
	rels  []Rel  // nil where the relations are numbered one after the other from first on
	first Rel
}

// Len is the number of relations.
func (e Edges) Len() int { return len(e.Nodes) }

// Rel is relation number i of the edges.
func (e Edges) Rel(i int) Rel {
	if e.rels == nil {
		return e.first + Rel(i)
	}
	return e.rels[i]
}

// In are the relations of kind k that lead to node n.
func (v *View) In(k Kind, n Node) Edges { return v.relations.into(k, n) }

// Out are the relations of kind k that lead from node n.
func (v *View) Out(k Kind, n Node) Edges { return v.relations.outOf(k, n) }

// Ends are the nodes that the relation leads from and to, and its product (NoNode when none is stated).
func (v *View) Ends(r Rel) (from, to, product Node) {
	t := &v.relations
	return t.from[r], t.to[r], t.productOf(r)
}

// KindOf is the kind of the relation.
func (v *View) KindOf(r Rel) Kind {
	t := &v.relations
	for k := KindSupplies; k < NumKinds-1; k++ {
		if uint32(r) < t.kindStart[k+1] {
			return k
		}
	}
	return NumKinds - 1
}

// RelationKey is the key of the relation, in ids of nodes.
func (v *View) RelationKey(r Rel) RelationKey {
	kind := v.KindOf(r)
	fromKind, toKind := kind.Ends()
	from, to, product := v.Ends(r)
	key := RelationKey{Kind: kind, From: v.ID(fromKind, from), To: v.ID(toKind, to)}
	if product != NoNode {
		key.Product = v.ID(KindProduct, product)
	}
	return key
}

// FindRelation is the relation with this key; ends that were absorbed or merged give the nodes they are now.
func (v *View) FindRelation(key RelationKey) (Rel, bool) {
	if !key.Kind.IsRelation() {
		return 0, false
	}
	fromKind, toKind := key.Kind.Ends()
	from, ok1 := v.Find(fromKind, key.From)
	to, ok2 := v.Find(toKind, key.To)
	if !ok1 || !ok2 {
		return 0, false
	}
	product := NoNode
	if key.Product != "" {
		var ok bool
		if product, ok = v.Find(KindProduct, key.Product); !ok {
			return 0, false
		}
	}
	edges := v.Out(key.Kind, from)
	for i := sort.Search(edges.Len(), func(i int) bool { return edges.Nodes[i] >= to }); i < edges.Len() && edges.Nodes[i] == to; i++ {
		if _, _, p := v.Ends(edges.Rel(i)); p == product {
			return edges.Rel(i), true
		}
	}
	return 0, false
}

// Claims are the numbers of the claims of the relation, from low up to but without high, in the order of
// their keys.
func (v *View) Claims(r Rel) (low, high Claim) {
	if v.relations.claimStart == nil {
		return Claim(r), Claim(r) + 1
	}
	return Claim(v.relations.claimStart[r]), Claim(v.relations.claimStart[r+1])
}

// Ambiguous are the mentions of the kind that fit several nodes, with the ids of these.
func (v *View) Ambiguous(k Kind) map[string][]string { return v.ambiguous[k] }

// relationTable holds the relations sorted by kind, from, to, product.
type relationTable struct {
	kindStart [NumKinds + 1]uint32 // first relation of each kind
	from, to  []Node
	product   []Node // nil when no relation has one

	// Rows of the relations of one kind that leave, or reach, one node. A kind without relations has none.
	outStart [NumKinds][]uint32
	inStart  [NumKinds][]uint32
	inRel    []Rel
	inFrom   []Node

	claimStart []uint32 // nil when every relation has one claim: then relation r has claim r
}

func (t *relationTable) productOf(r Rel) Node {
	if t.product == nil {
		return NoNode
	}
	return t.product[r]
}

func (t *relationTable) into(k Kind, n Node) Edges {
	start := t.inStart[k]
	if int(n)+1 >= len(start) {
		return Edges{}
	}
	low, high := start[n], start[n+1]
	return Edges{Nodes: t.inFrom[low:high:high], rels: t.inRel[low:high:high]}
}

func (t *relationTable) outOf(k Kind, n Node) Edges {
	start := t.outStart[k]
	if int(n)+1 >= len(start) {
		return Edges{}
	}
	low, high := start[n], start[n+1]
	return Edges{Nodes: t.to[low:high:high], first: Rel(low)}
}

// nodeTable holds the records of one kind of node, sorted by id, with the statements about them.
type nodeTable struct {
	kind      Kind
	ids       stringTable
	canonical []Node          // nil when every record is a node of its own
	rules     map[Node]string // what decided that a record is absorbed
	members   map[Node][]Node // the records of each node that absorbed some, itself included, in order

	stmtStart []uint32     // the statements of each record
	prov      []provenance // who says it, a column over statements
	fields    blobTable    // what it says
}

func (t *nodeTable) canonicalOf(n Node) Node {
	if t.canonical == nil {
		return n
	}
	return t.canonical[n]
}

func (t *nodeTable) membersOf(n Node) []Node {
	if m, ok := t.members[n]; ok {
		return m
	}
	return []Node{n}
}

// stringTable is a list of strings in one block of memory.
type stringTable struct {
	bytes []byte
	start []uint32 // one more than there are strings
}

func (t *stringTable) len() int {
	if len(t.start) == 0 {
		return 0
	}
	return len(t.start) - 1
}

func (t *stringTable) at(i int) string { return string(t.bytes[t.start[i]:t.start[i+1]]) }

// find is the position of s in a sorted table.
func (t *stringTable) find(s string) (int, bool) {
	n := t.len()
	i := sort.Search(n, func(i int) bool { return string(t.bytes[t.start[i]:t.start[i+1]]) >= s })
	return i, i < n && string(t.bytes[t.start[i]:t.start[i+1]]) == s
}

func newStringTable(sorted []string) stringTable {
	size := 0
	for _, s := range sorted {
		size += len(s)
	}
	t := stringTable{bytes: make([]byte, 0, size), start: make([]uint32, 0, len(sorted)+1)}
	t.start = append(t.start, 0)
	for _, s := range sorted {
		t.bytes = append(t.bytes, s...)
		t.start = append(t.start, uint32(len(t.bytes)))
	}
	return t
}

// AmbiguousError says that a name or identifier fits several nodes. It wraps [ErrAmbiguous].
type AmbiguousError struct {
	Kind       Kind
	Ref        string
	Candidates []string // ids, sorted
}

func (e *AmbiguousError) Error() string {
	return fmt.Sprintf("%q fits %d: %s; use an id", e.Ref, len(e.Candidates), strings.Join(e.Candidates, ", "))
}

// Unwrap makes errors.Is(err, ErrAmbiguous) true.
func (e *AmbiguousError) Unwrap() error { return ErrAmbiguous }

// Lookup finds the node that a person means: by id, then by identifier (lei:..., ticker:XNAS:NVDA), then by
// name or alias in any spelling that normalises alike. Several matches of one rank are an [AmbiguousError],
// none is ErrNotFound.
func (v *View) Lookup(k Kind, ref string) (Node, error) {
	ref = Clean(ref)
	if ids := v.ambiguous[k][ref]; ids != nil {
		return NoNode, &AmbiguousError{Kind: k, Ref: ref, Candidates: ids}
	}
	if n, ok := v.Find(k, ref); ok {
		return n, nil
	}
	nodes := v.search.exact(k, mentionForm(ref))
	switch len(nodes) {
	case 0:
		return NoNode, fmt.Errorf("%w: no %v is called %q", ErrNotFound, k, ref)
	case 1:
		return nodes[0], nil
	}
	ids := make([]string, len(nodes))
	for i, n := range nodes {
		ids[i] = v.ID(k, n)
	}
	slices.Sort(ids)
	return NoNode, &AmbiguousError{Kind: k, Ref: ref, Candidates: ids}
}
