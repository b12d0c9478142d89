package queries

import (
	"context"
	"slices"
	"sync"

	"github.com/tributarygraph/tributary/graph"
)

// hop is a relation between a company and one that is one tier nearer to the start.
type hop struct {
	nearer graph.Node
	rel    graph.Rel
}

// rows makes the rows of the companies chosen, one tier after the other. When the time is over it leaves the
// rest to the next part.
func (l *tierList) rows(ctx context.Context) error {
	l.answer.Items = make([]TierRow, 0, len(l.chosen))
	via := &viaLists{l: l, lists: map[graph.Node]viaList{}}
	for low := 0; low < len(l.chosen); {
		tier := l.chosen[low].tier
		high := low
		var nodes []graph.Node
		for high < len(l.chosen) && l.chosen[high].tier == tier {
			nodes = append(nodes, l.chosen[high].node)
			high++
		}
		if err := l.tierRows(ctx, tier, nodes, via); err != nil {
			l.chosen = l.chosen[:len(l.answer.Items)]
			l.answer.Total = nil
			l.setCursor()
			return err
		}
		low = high
	}
	return nil
}

func (l *tierList) tierRows(ctx context.Context, tier int, nodes []graph.Node, via *viaLists) error {
	hops, err := l.hops(ctx, nodes, tier, l.lists)
	if err != nil {
		return err
	}
	for i, n := range nodes {
		if l.lists != nil && l.mayComeBack(n, tier) {
			hops[i] = nil // by no shortest chain: see roundabout
		}
	}
	for i, n := range nodes {
		if err := ctx.Err(); err != nil {
			return err
		}
		row, err := l.rowOf(ctx, tier, n, hops, i, via)
		if err != nil {
			return err
		}
		if row.OtherTiers, err = l.others.of(ctx, n, tier); err != nil {
			return err
		}
		l.answer.Items = append(l.answer.Items, row)
	}
	return nil
}

// rowOf makes row i of a tier apart from the other tiers.
func (l *tierList) rowOf(ctx context.Context, tier int, n graph.Node, hops [][]hop, i int, via *viaLists) (TierRow, error) {
	if err := via.prepareRow(ctx, tier, hops, i); err != nil {
		return TierRow{}, err
	}
	if hops[i] != nil {
		row := l.row(tier, n, hops[i])
		if tier > 1 {
			via.fill(&row, via.union(tier, hops[i]))
		}
		return row, nil
	}
	round := roundabout{l: l, n: n, failed: map[standing]bool{}}
	found, err := round.hops(ctx, tier)
	if err != nil {
		return TierRow{}, err
	}
	list, err := round.via(ctx, tier, found)
	if err != nil {
		return TierRow{}, err
	}
	row := l.row(tier, n, found)
	via.fill(&row, list)
	return row, nil
}

// roundabout finds the chains of a company that is listed two or more tiers later than it is walked: of the ways that
// a company one hop nearer has, only those count that do not pass the listed company itself, and these need not be
// its shortest.
type roundabout struct {
	l      *tierList
	n      graph.Node
	failed map[standing]bool // see otherTiers.avoids
}

// onward calls yield with each hop from b, which stands k hops from the start, to a company from which k-1 hops that
// do not pass n lead on.
func (x *roundabout) onward(ctx context.Context, b graph.Node, k int, lists func(graph.Rel) bool, yield func(hop)) error {
	w := x.l.walk
	for _, kind := range w.kinds {
		edges := w.nearer(kind, b)
		for i, d := range edges.Nodes {
			r := edges.Rel(i)
			if d == b || d == x.n || d == w.start || lists != nil && !lists(r) || !w.follows(r, k) {
				continue
			}
			is, err := x.l.others.avoids(ctx, d, x.n, k-1, nil, x.failed)
			if err != nil {
				return err
			}
			if is {
				yield(hop{d, r})
			}
		}
	}
	return nil
}

// hops are the relations that bring n onto the list at the tier, in the order of hops.
func (x *roundabout) hops(ctx context.Context, tier int) (out []hop, err error) {
	err = x.onward(ctx, x.n, tier, x.l.lists, func(h hop) { out = append(out, h) })
	return out, err
}

// via are the tier-1 companies on the chains that begin with the hops.
func (x *roundabout) via(ctx context.Context, tier int, hops []hop) (viaList, error) {
	nodes := nearerOf([][]hop{hops})
	for k := tier - 1; k > 1; k-- {
		var next []hop
		for _, b := range nodes {
			if err := x.onward(ctx, b, k, nil, func(h hop) { next = append(next, h) }); err != nil {
				return viaList{}, err
			}
		}
		nodes = nearerOf([][]hop{next})
	}
	return cutVia(x.l.v, viaList{nodes: nodes}), nil
}

// hops are the relations by which each company stands at the tier, in the order of the ids of their nearer ends
// and products. Which side is read depends on which has fewer relations; the result does not.
func (l *tierList) hops(ctx context.Context, nodes []graph.Node, tier int, lists func(graph.Rel) bool) ([][]hop, error) {
	out := make([][]hop, len(nodes))
	w := l.walk
	before := w.tier(tier - 1)
	if len(nodes) == 0 {
		return out, nil
	}
	if back := w.costBack(nodes); w.cost(before, back) < back {
		return out, l.hopsFromNearer(ctx, nodes, before, tier, lists, out)
	}
	for i, n := range nodes {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		for _, k := range w.kinds {
			edges := w.nearer(k, n)
			for j, b := range edges.Nodes {
				if t, ok := w.tierOf(b); ok && t == tier-1 {
					if r := edges.Rel(j); b != n && (lists == nil || lists(r)) && w.follows(r, tier) {
						out[i] = append(out[i], hop{b, r})
					}
				}
			}
		}
	}
	return out, nil
}

func (l *tierList) hopsFromNearer(ctx context.Context, nodes, before []graph.Node, tier int, lists func(graph.Rel) bool, out [][]hop) error {
	w := l.walk
	index := make(map[graph.Node]int, len(nodes))
	wanted := takeNodeSet(l.v.NodeCount(graph.KindCompany))
	defer wanted.release(nodes)
	for i, n := range nodes {
		index[n] = i
		wanted.add(n)
	}
	for _, k := range w.kinds {
		for _, b := range before {
			if err := ctx.Err(); err != nil {
				return err
			}
			edges := w.farther(k, b)
			for j, n := range edges.Nodes {
				if !wanted.has(n) || n == b {
					continue
				}
				if r := edges.Rel(j); (lists == nil || lists(r)) && w.follows(r, tier) {
					i := index[n]
					out[i] = append(out[i], hop{b, r})
				}
			}
		}
	}
	kindOf := func(h hop) int {
		if len(w.kinds) == 1 {
			return 0
		}
		return int(l.v.KindOf(h.rel))
	}
	for _, hops := range out {
		slices.SortStableFunc(hops, func(a, b hop) int {
			switch ka, kb := kindOf(a), kindOf(b); {
			case ka != kb:
				return ka - kb
			case a.nearer == b.nearer:
				return 0
			case l.v.Less(graph.KindCompany, a.nearer, b.nearer):
				return -1
			}
			return 1
		})
	}
	return nil
}

// row makes the row of a company apart from its other tiers and the companies that it comes through.
func (l *tierList) row(tier int, n graph.Node, hops []hop) TierRow {
	v, f := l.v, l.walk.filter
	who := v.Brief(graph.KindCompany, n)
	best, folded := l.bestHop(hops)
	row := TierRow{Tier: tier, ID: v.ID(graph.KindCompany, n), Name: who.Name, NameZH: who.HanName, Country: who.Country,
		Via: []Ref{}, Products: l.productsOf(hops), Relations: len(hops),
		Hop: l.names.ref(graph.KindCompany, best.nearer), Origin: shippedFrom(v, best.rel, f),
		Stage: folded.Stage, Basis: folded.Basis, LastConfirmed: dateText(folded.Confirmed), Sources: folded.Sources,
		Denials: folded.Denials, Confidence: folded.Confidence, ConfidenceCombined: min(folded.Confidence, maxCombined)}
	row.Relation = l.relationID(best.rel, row.ID, row.Hop.ID)
	if row.Country != "" {
		row.CountryKind = "headquarters"
	}
	if folded.Sources > 1 {
		row.ConfidenceCombined = v.CombinedConfidence(best.rel, f)
	}
	if v.KindOf(best.rel) == graph.KindSupplies {
		row.Share = l.shares.ofInput(best.rel)
	} else if row.Share = statedNumber(v, best.rel, f, graph.FieldShare); row.Share == nil {
		row.ShareReason = "no claim states what part is owned"
	}
	l.answer.count(v, &folded, f)
	return row
}

// relationID is the id of the relation between a company and the one nearer, whose ids are known.
func (l *tierList) relationID(r graph.Rel, id, nearer string) string {
	key := graph.RelationKey{Kind: l.v.KindOf(r), From: id, To: nearer}
	if l.req.Direction == Downstream {
		key.From, key.To = nearer, id
	}
	if p := l.v.ProductOf(r); p != graph.NoNode {
		key.Product = l.names.ref(graph.KindProduct, p).ID
	}
	return key.ID()
}

// maxCombined is the most that several origins make a relation sure together; see View.CombinedConfidence.
const maxCombined = 0.99

// bestHop is the relation with the greatest confidence, the first of several.
func (l *tierList) bestHop(hops []hop) (best hop, folded graph.Relation) {
	best = hops[0]
	if len(hops) > 1 {
		most := -1.0
		for _, h := range hops {
			if c := l.v.ConfidenceOf(h.rel, l.walk.filter); c > most {
				best, most = h, c
			}
		}
	}
	return best, l.v.FoldHead(best.rel, l.walk.filter)
}

// productsOf are the products of the hops in the order of ids, without repeats.
func (l *tierList) productsOf(hops []hop) []Ref {
	var few [4]graph.Node
	nodes := few[:0]
	for _, h := range hops {
		if p := l.v.ProductOf(h.rel); p != graph.NoNode && !slices.Contains(nodes, p) {
			nodes = append(nodes, p)
		}
	}
	refs := make([]Ref, len(nodes))
	for i, p := range nodes {
		refs[i] = l.names.ref(graph.KindProduct, p)
	}
	slices.SortFunc(refs, compareRefs)
	return refs
}

// viaList are the tier-1 companies that shortest chains pass, the first maxVia in the order of ids.
type viaList struct {
	nodes []graph.Node
	more  bool
}

// viaLists remembers the list of every company that a row's chains pass. The first of a union are among the
// first of its parts, so that cutting every list keeps the result exact.
type viaLists struct {
	l     *tierList
	lists map[graph.Node]viaList
}

// fill writes a list into a row.
func (x *viaLists) fill(row *TierRow, list viaList) {
	row.ViaMore = list.more
	for _, n := range list.nodes {
		row.Via = append(row.Via, x.l.names.ref(graph.KindCompany, n))
	}
}

// prepareRow makes, before the first row of a tier, the lists that its rows need.
func (x *viaLists) prepareRow(ctx context.Context, tier int, hops [][]hop, i int) error {
	if tier == 1 || i > 0 {
		return nil
	}
	return x.prepare(ctx, tier-1, nearerOf(hops))
}

// prepare makes the lists of companies of a tier that are not known yet, nearer ones first.
func (x *viaLists) prepare(ctx context.Context, tier int, nodes []graph.Node) error {
	if tier == 1 {
		return nil
	}
	nodes = slices.DeleteFunc(nodes, func(n graph.Node) bool { _, have := x.lists[n]; return have })
	hops, err := x.l.hops(ctx, nodes, tier, nil)
	if err != nil {
		return err
	}
	if err := x.prepare(ctx, tier-1, nearerOf(hops)); err != nil {
		return err
	}
	for i, n := range nodes {
		x.lists[n] = x.union(tier, hops[i])
	}
	return nil
}

// union joins the lists of the nearer ends of the hops of a company of the tier.
func (x *viaLists) union(tier int, hops []hop) (out viaList) {
	last := graph.NoNode
	for _, h := range hops {
		if h.nearer == last {
			continue // parallel products
		}
		last = h.nearer
		if tier == 2 {
			out.nodes = append(out.nodes, h.nearer)
			continue
		}
		list := x.lists[h.nearer]
		out.nodes = append(out.nodes, list.nodes...)
		out.more = out.more || list.more
	}
	return cutVia(x.l.v, out)
}

// cutVia puts a list in order and keeps the first maxVia.
func cutVia(v *graph.View, list viaList) viaList {
	order := least{v: v}
	slices.SortFunc(list.nodes, order.compare)
	list.nodes = slices.Compact(list.nodes)
	if len(list.nodes) > maxVia {
		list.nodes, list.more = slices.Clone(list.nodes[:maxVia]), true
	}
	return list
}

// nearerOf are the nearer ends of hops, without repeats.
func nearerOf(hops [][]hop) []graph.Node {
	seen := map[graph.Node]bool{}
	var nodes []graph.Node
	for _, list := range hops {
		for _, h := range list {
			if !seen[h.nearer] {
				seen[h.nearer] = true
				nodes = append(nodes, h.nearer)
			}
		}
	}
	return nodes
}

// nodeSet is a set of companies, with memory that is kept for the next one: in a large network it takes longer to
// clear a set than to fill it.
type nodeSet []uint64

var nodeSets sync.Pool

// takeNodeSet gives an empty set.
func takeNodeSet(companies int) nodeSet {
	words := (companies + 63) / 64
	if kept, ok := nodeSets.Get().(*nodeSet); ok && len(*kept) >= words {
		return *kept
	}
	return make(nodeSet, words+words/8)
}

// release gives back the set, which holds no companies but these.
func (s nodeSet) release(nodes []graph.Node) {
	s.remove(nodes)
	nodeSets.Put(&s)
}

// remove empties a set that holds no companies but these.
func (s nodeSet) remove(nodes []graph.Node) {
	if len(nodes) > len(s) {
		clear(s)
		return
	}
	for _, n := range nodes {
		s[n>>6] = 0
	}
}

func (s nodeSet) has(n graph.Node) bool { return s[n>>6]>>(uint(n)&63)&1 != 0 }
func (s nodeSet) add(n graph.Node)      { s[n>>6] |= 1 << (uint(n) & 63) }
