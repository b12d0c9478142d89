package queries

import (
	"errors"
	"fmt"
	"slices"

	"github.com/tributarygraph/tributary/graph"
)

// readListings finds the authorities of the rule and whom they list. An authority that is not found lists nobody here,
// which the answer says; one of several is an error: what counts must not be a guess.
func (s *sanctions) readListings() error {
	s.authorities, s.listings = map[graph.Node]bool{}, map[graph.Node][]listing{}
	var found []graph.Node
	for _, name := range s.req.Rule.Authorities {
		n, err := s.whole.Lookup(graph.KindCompany, name)
		switch {
		case errors.Is(err, graph.ErrNotFound):
			if len(s.req.Rule.Authorities) == 1 || !s.req.Rule.isBuiltin() { // which has names to choose from
				s.out.warn(fmt.Sprintf("no company of the network is called %q: none of its listings is documented", name))
			}
			continue
		case err != nil:
			return err
		}
		if !s.authorities[n] {
			s.authorities[n] = true
			found = append(found, n)
		}
	}
	order := least{v: s.whole}
	slices.SortFunc(found, order.compare)
	for _, n := range found {
		s.out.Authorities = append(s.out.Authorities, s.names.ref(graph.KindCompany, n))
		s.listedBy(n)
	}
	return nil
}

// listedBy reads the listings of one authority, also those that do not count: a denial is shown.
func (s *sanctions) listedBy(authority graph.Node) {
	edges := s.whole.Out(graph.KindLists, authority)
	for i, n := range edges.Nodes {
		l := listing{rel: edges.Rel(i), authority: authority}
		if s.active.Has(l.rel) {
			s.weigh(&l)
		}
		if l.possible {
			s.out.Listings++
		}
		s.listings[n] = append(s.listings[n], l)
	}
}

// weigh tells what the claims of a listing that count make of it under the rule.
func (s *sanctions) weigh(l *listing) {
	low, high := s.whole.Claims(l.rel)
	for c := low; c < high; c++ {
		if !s.whole.Flows(l.rel, c, s.said) {
			continue
		}
		l.add(s.req.Rule.under(graph.SplitList(s.whole.Claim(l.rel, c).Programme)))
	}
}

// listingRow tells of a listing.
func (s *sanctions) listingRow(n graph.Node, l listing) ListingRow {
	row := ListingRow{Authority: s.names.ref(graph.KindCompany, l.authority), Listed: s.names.ref(graph.KindCompany, n), Relation: s.whole.RelationKey(l.rel).ID(),
		Counts: l.possible, Alone: l.possible && !l.maySpread}
	programmes, since := listed(s.whole, l.rel, s.said)
	row.Programmes, row.Since = programmes, dateText(since)
	folded := s.whole.FoldHead(l.rel, s.said)
	s.out.count(s.whole, &folded, s.said)
	if folded.Active {
		row.Confidence = folded.Confidence
	}
	row.Denials = folded.Denials
	row.ClaimIDs, row.Claims = s.claimsOf(l.rel)
	return row
}

// claimsOf are the ids of the claims of a relation and, where evidence is asked for, the claims.
func (s *sanctions) claimsOf(r graph.Rel) (ids []string, claims []ClaimRow) {
	rows := claimRows(s.whole, r, s.said)
	for _, c := range rows {
		ids = append(ids, c.ID)
	}
	if s.req.Evidence {
		claims = rows
	}
	return ids, claims
}

// maxOwnershipHops is how many holdings a row tells: those nearest to the company.
const maxOwnershipHops = 100

// ownership tells by which holdings a company follows from listings, and the companies where the chains begin.
func (s *sanctions) ownership(c int32, status string, row *SanctionsRow) (beginnings []graph.Node) {
	set := s.held
	switch status {
	case StatusListed:
		return []graph.Node{s.h.nodes[c]}
	case StatusBlocked:
		set = s.blocked
	case StatusPossiblyBlocked:
		set = s.possibly
	}
	// Whatever a company follows from was found before it. So the holdings that matter lead to it from earlier ones.
	chain := []int32{c}
	seen := map[int32]bool{c: true}
	for at := 0; at < len(chain); at++ {
		begins := true
		for _, h := range s.h.into[chain[at]] {
			if set.Has(h.owner) && set.Order[h.owner] < set.Order[chain[at]] && !s.isSeed(chain[at]) {
				begins = false
				if !seen[h.owner] {
					seen[h.owner] = true
					chain = append(chain, h.owner)
				}
			}
		}
		if begins {
			beginnings = append(beginnings, s.h.nodes[chain[at]])
		}
	}
	slices.SortFunc(chain, func(a, b int32) int { return int(set.Order[a] - set.Order[b]) })
	var hops []holdingRel
	for _, owned := range chain {
		for _, h := range s.h.into[owned] {
			adds := owned == c && h.owner != c && s.possibly.Has(h.owner) // to what is held of it, whether it follows from that or not
			if (adds || seen[h.owner] && set.Order[h.owner] < set.Order[owned]) && !s.isSeed(owned) {
				hops = append(hops, h)
			}
		}
	}
	if row.OwnershipMore = len(hops) > maxOwnershipHops; row.OwnershipMore {
		hops = hops[len(hops)-maxOwnershipHops:]
	}
	for _, h := range hops {
		row.Ownership = append(row.Ownership, s.ownershipHop(h))
	}
	return beginnings
}

// isSeed reports whether a company may be listed itself: then nothing has to lead to it.
func (s *sanctions) isSeed(c int32) bool {
	return s.standing(s.h.nodes[c]).maySpread
}

func (s *sanctions) ownershipHop(h holdingRel) OwnershipHop {
	owner, owned, _ := s.whole.Ends(h.rel)
	folded := s.whole.FoldRelation(h.rel, s.said)
	s.out.count(s.whole, &folded, s.said)
	out := OwnershipHop{Owner: s.names.ref(graph.KindCompany, owner), OwnerStatus: s.status(owner), Owned: s.names.ref(graph.KindCompany, owned),
		Relation: s.whole.RelationKey(h.rel).ID(), Share: statedNumber(s.whole, h.rel, s.said, graph.FieldShare), Control: folded.Texts[graph.FieldControl],
		Confidence: folded.Confidence, Denials: folded.Denials}
	out.ClaimIDs, out.Claims = s.claimsOf(h.rel)
	return out
}
