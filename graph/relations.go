package graph

import (
	"cmp"
	"sort"
)

// relationTable holds the relations: a base sorted by kind and the ids of from, to and product in compressed sparse rows,
// that successive Views share, and what became different since.
type relationTable struct {
	*relationBase
	delta *relationDelta // nil when nothing did
}

// relationBase is immutable.
type relationBase struct {
	kindStart [NumKinds + 1]uint32 // first relation of each kind
	from, to  []Node
	product   []Node // nil when no relation has one

	// Rows of the relations of one kind that leave, or reach, one node. A kind without relations has none.
	out, in [NumKinds]rowTable
	inRel   []Rel
	inFrom  []Node

	claimStart []uint32 // nil when every relation has one claim: then relation r has claim r
	claimCount int

	// Where each relation's claims begin and end, while claims lie in another order than relations: after the first
	// step of a compaction. claimLow is nil otherwise, claimHigh also when every relation has one claim.
	claimLow, claimHigh []uint32

	plain bitset // relations that some claim makes flow whatever the day

	activity activities // the one part that changes: what was found out about the rest
}

// rowTable tells where the row of each node begins and ends. Rows are in the order of ids, which need not be that of
// numbers: a base may know nodes that lie outside the base of their table.
type rowTable struct{ low, high []uint32 }

func (t *rowTable) row(n Node) (low, high uint32) {
	if n < 0 || int(n) >= len(t.low) {
		return 0, 0
	}
	return t.low[n], t.high[n]
}

// ends are what makes a relation, in numbers of nodes; of records where it is about what a claim says.
type ends struct {
	kind              Kind
	from, to, product Node
}

// relationDelta is what is different from the base. Relations that changed are written anew, under the
// numbers that follow those of the base; numbers that are no longer used stay unused.
type relationDelta struct {
	rels   []deltaRelation
	now    map[ends]Rel // relations that are different from the base; gone where they are no more
	rows   map[rowKey]Edges
	live   int // relations
	claims int // claims of these
}

// gone stands for a relation of the base that is no more.
const gone Rel = -1

type deltaRelation struct {
	ends
	low, high Claim
	made      *made // of others, by Consolidate; nil: it is its own
}

// rowKey names a row: the relations of a kind on one side of a node.
type rowKey struct {
	kind Kind
	in   bool
	node Node
}

func (t *relationTable) baseProduct(r Rel) Node {
	if t.product == nil {
		return NoNode
	}
	return t.product[r]
}

func (t *relationTable) kindOf(r Rel) Kind {
	if int(r) >= len(t.to) {
		return t.delta.rels[int(r)-len(t.to)].kind
	}
	for k := KindSupplies; k < NumKinds-1; k++ {
		if uint32(r) < t.kindStart[k+1] {
			return k
		}
	}
	return NumKinds - 1
}

func (t *relationTable) live() int {
	if t.delta != nil {
		return t.delta.live
	}
	return len(t.to)
}

func (t *relationTable) liveClaims() int {
	if t.delta != nil {
		return t.delta.claims
	}
	return t.claimCount
}

func (t *relationTable) claimsOf(r Rel) (low, high Claim) {
	switch {
	case int(r) >= len(t.to):
		d := &t.delta.rels[int(r)-len(t.to)]
		return d.low, d.high
	case t.claimHigh != nil:
		return Claim(t.claimLow[r]), Claim(t.claimHigh[r])
	case t.claimLow != nil:
		return Claim(t.claimLow[r]), Claim(t.claimLow[r]) + 1
	case t.claimStart == nil:
		return Claim(r), Claim(r) + 1
	}
	return Claim(t.claimStart[r]), Claim(t.claimStart[r+1])
}

func (t *relationTable) into(k Kind, n Node) Edges {
	if t.delta != nil {
		if edges, ok := t.delta.rows[rowKey{k, true, n}]; ok {
			return edges
		}
	}
	low, high := t.in[k].row(n)
	return Edges{Nodes: t.inFrom[low:high:high], rels: t.inRel[low:high:high]}
}

func (t *relationTable) outOf(k Kind, n Node) Edges {
	if t.delta != nil {
		if edges, ok := t.delta.rows[rowKey{k, false, n}]; ok {
			return edges
		}
	}
	return t.baseOut(k, n)
}

func (t *relationBase) baseOut(k Kind, n Node) Edges {
	low, high := t.out[k].row(n)
	return Edges{Nodes: t.to[low:high:high], first: Rel(low)}
}

// relation is the relation with these ends, which are nodes of this View or of one that was refreshed from it.
func (v *View) relation(e ends) (Rel, bool) {
	t := &v.relations
	if t.delta != nil {
		if r, ok := t.delta.now[e]; ok {
			return r, r != gone
		}
	}
	_, toKind := e.kind.Ends()
	to := v.table(toKind)
	if e.to < 0 || int(e.to) >= to.count() || int(e.product) >= v.products.count() {
		return 0, false // a later View may know these
	}
	edges := t.baseOut(e.kind, e.from) // sorted by the id of the node, then of the product
	i, found := sort.Find(edges.Len(), func(i int) int {
		return cmp.Or(to.compare(e.to, edges.Nodes[i]), v.compareProducts(e.product, t.baseProduct(edges.Rel(i))))
	})
	if !found {
		return 0, false
	}
	return edges.Rel(i), true
}
