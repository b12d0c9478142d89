package graph

import (
	"fmt"
	"iter"
	"slices"
	"strings"
	"sync"
)

// View is the network at one revision: every statement of every dataset, folded on request, in memory.
// It is immutable: a query that runs on a View never sees a change. [View.Refresh] makes the next one, which
// shares nearly all of its memory.
//
// Nodes and relations are dense numbers that hold for this View only; ids are what outlives it. Lists are in
// the order of ids, never of numbers, so that two stores that hold the same statements give the same answers,
// byte for byte.
//
// The layout is compressed sparse rows in both directions with parallel columns, free of pointers where size
// depends on the network, so that the garbage collector has nothing to walk.
type View struct {
	head      Head
	companies nodeTable
	products  nodeTable
	sources   nodeTable
	sites     nodeTable
	relations relationTable
	claims    claimTable
	search    searchIndex
	makers    map[Node][]Maker // of what stands for groups
	notes     sync.Map

	consolidatedBy Filter // of a consolidated View
}

// Node is the number of a company, product, source or site in one View. Each kind is numbered apart, from 0.
type Node int32

// NoNode stands for no node.
const NoNode Node = -1

// Rel is the number of a relation in one View.
type Rel int32

// Claim is the number of a claim in one View.
type Claim int32

// Notes are what was worked out over the View, for as long as it lives: what knows a View, and is kept anywhere else,
// keeps the network in memory.
func (v *View) Notes() *sync.Map { return &v.notes }

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
	case KindSite:
		return &v.sites
	}
	panic(fmt.Sprintf("graph: %v is not a kind of node", k))
}

// NodeCount is the size of the numbering of the kind: every node's number is below it. Some numbers are of
// records that are absorbed by another node or are no more; see [View.Canonical].
func (v *View) NodeCount(k Kind) int { return v.table(k).count() }

// Nodes calls yield with each node of the kind, in the order of ids.
func (v *View) Nodes(k Kind) iter.Seq[Node] { return v.table(k).nodes }

// Less reports whether the id of a sorts before that of b.
func (v *View) Less(k Kind, a, b Node) bool { return v.table(k).less(a, b) }

// ID is the public id of a node.
func (v *View) ID(k Kind, n Node) string { return v.table(k).id(n) }

// Canonical is the node that the record n is: n itself unless it is absorbed or merged; NoNode when it is no
// more.
func (v *View) Canonical(k Kind, n Node) Node { return v.table(k).canonicalOf(n) }

// Record is a record that a node goes by in statements.
type Record struct {
	ID   string
	Rule string // what decided that it is this node: decision, identifier, name, spelling, control; empty for its own id
}

// Records are the records of the node, its own first, then those it absorbed in the order of ids.
func (v *View) Records(k Kind, n Node) []Record {
	t := v.table(k)
	records := []Record{{ID: t.id(n)}}
	for _, m := range t.membersOf(n) {
		if m != n {
			records = append(records, Record{ID: t.id(m), Rule: t.ruleOf(m)})
		}
	}
	return records
}

// Defined reports whether a statement describes the node under an id of its own, by which mentions of its names find it.
func (v *View) Defined(k Kind, n Node) bool {
	t := v.table(k)
	return slices.ContainsFunc(t.ownRecords(n), t.isDefined)
}

// Described reports whether a statement describes the node: under an id of its own, or as companies of a register are,
// under an identifier with a name. A node that is not is provisional: relations name it, and nothing is known of it but
// what they say.
func (v *View) Described(k Kind, n Node) bool {
	if v.Defined(k, n) {
		return true
	}
	_, _, identifier := SplitIdentifier(v.ID(k, n))
	return identifier && v.NodeText(k, n, FieldName) != ""
}

// Find is the node with this id; a record that was absorbed or merged gives the node that it is now.
func (v *View) Find(k Kind, id string) (Node, bool) {
	t := v.table(k)
	n, ok := t.find(id)
	if !ok {
		return NoNode, false
	}
	n = t.canonicalOf(n)
	return n, n != NoNode
}

// RelationCount is the number of relations.
func (v *View) RelationCount() int { return v.relations.live() }

// RelationsOf calls yield with each relation of the kind, in the order of the ids of from, to and product.
func (v *View) RelationsOf(k Kind) iter.Seq[Rel] {
	fromKind, _ := k.Ends()
	return func(yield func(Rel) bool) {
		for n := range v.Nodes(fromKind) {
			edges := v.Out(k, n)
			for i := range edges.Len() {
				if !yield(edges.Rel(i)) {
					return
				}
			}
		}
	}
}

// ClaimCount is the number of claims.
func (v *View) ClaimCount() int { return v.relations.liveClaims() }

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
	if int(r) < len(t.to) {
		return t.from[r], t.to[r], t.baseProduct(r)
	}
	d := &t.delta.rels[int(r)-len(t.to)]
	return d.from, d.to, d.product
}

// KindOf is the kind of the relation.
func (v *View) KindOf(r Rel) Kind { return v.relations.kindOf(r) }

// RelationKey is the key of the relation, in ids of nodes.
func (v *View) RelationKey(r Rel) RelationKey {
	from, to, product := v.Ends(r)
	return v.idsOf(ends{kind: v.KindOf(r), from: from, to: to, product: product})
}

func (v *View) idsOf(e ends) RelationKey {
	fromKind, toKind := e.kind.Ends()
	key := RelationKey{Kind: e.kind, From: v.ID(fromKind, e.from), To: v.ID(toKind, e.to)}
	if e.product != NoNode {
		key.Product = v.ID(KindProduct, e.product)
	}
	return key
}

// FindRelation is the relation with this key; ends that were absorbed or merged give the nodes they are now.
func (v *View) FindRelation(key RelationKey) (Rel, bool) {
	if !key.Kind.IsRelation() {
		return 0, false
	}
	fromKind, toKind := key.Kind.Ends()
	e := ends{kind: key.Kind, product: NoNode}
	var ok bool
	if e.from, ok = v.Find(fromKind, key.From); !ok {
		return 0, false
	}
	if e.to, ok = v.Find(toKind, key.To); !ok {
		return 0, false
	}
	if key.Product != "" {
		if e.product, ok = v.Find(KindProduct, key.Product); !ok {
			return 0, false
		}
	}
	return v.relation(e)
}

// Claims are the numbers of the claims of the relation, from low up to but without high, in the order of
// their keys.
func (v *View) Claims(r Rel) (low, high Claim) { return v.relations.claimsOf(r) }

// Ambiguous are the mentions of the kind that fit several nodes, with the ids of these.
func (v *View) Ambiguous(k Kind) map[string][]string { return v.table(k).ambiguousNow() }

// Decisions are the decisions in force about the kind, in the order of their records.
func (v *View) Decisions(k Kind) []Sameness {
	decisions := v.table(k).decisionsNow()
	out := make([]Sameness, 0, len(decisions))
	for _, id := range sortedKeys(decisions) {
		out = append(out, decisions[id])
	}
	return out
}

// Decision is the decision in force with this key.
func (v *View) Decision(key NodeKey) (Sameness, bool) {
	s, ok := v.table(key.Kind).decisionsNow()[key.ID]
	return s, ok
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
// none is ErrNotFound. "id:" before an id means this record and nothing else: a name that fits several nodes, and
// stays a node of its own, is named that way.
func (v *View) Lookup(k Kind, ref string) (Node, error) {
	ref = Clean(ref)
	n, err := v.lookup(k, ref)
	if id, forced := strings.CutPrefix(ref, forcedID); forced && err != nil {
		if n, ok := v.Find(k, id); ok {
			return n, nil
		}
	}
	return n, err
}

const forcedID = "id:"

// Ref is what [View.Lookup] finds the node by, whatever other nodes are called: its id, or "id:" before it.
func (v *View) Ref(k Kind, n Node) string {
	id := v.ID(k, n)
	if found, err := v.lookup(k, id); err != nil || found != n {
		return forcedID + id
	}
	return id
}

func (v *View) lookup(k Kind, ref string) (Node, error) {
	if ids := v.Ambiguous(k)[ref]; ids != nil {
		return NoNode, &AmbiguousError{Kind: k, Ref: ref, Candidates: ids}
	}
	if n, ok := v.Find(k, ref); ok {
		return n, nil
	}
	switch nodes := v.exact(k, MentionForm(ref)); len(nodes) {
	case 0:
		return NoNode, fmt.Errorf("%w: no %v is called %q", ErrNotFound, k, ref)
	case 1:
		return nodes[0], nil
	default:
		ids := make([]string, len(nodes))
		for i, n := range nodes {
			ids[i] = v.ID(k, n)
		}
		return NoNode, &AmbiguousError{Kind: k, Ref: ref, Candidates: ids}
	}
}
