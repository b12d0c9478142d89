package graph

import "errors"

// OperatorOf is the company that runs the site; NoNode where nobody says.
func (v *View) OperatorOf(site Node) Node {
	ref := v.NodeText(KindSite, site, FieldOperator)
	if ref == "" {
		return NoNode
	}
	n, ok := v.Find(KindCompany, ref) // every operator that is named is a record
	if !ok {
		return NoNode
	}
	return n
}

// PlaceOf is where the site lies; ok is false where nobody says.
func (v *View) PlaceOf(site Node) (p Place, ok bool) {
	text := v.NodeText(KindSite, site, FieldPlace)
	if text == "" {
		return Place{}, false
	}
	p, err := ParsePlace(text)
	return p, err == nil
}

// SiteOf is the site that a claim of a company means: see [View.Lookup]. Of several with one name, it is the one that
// the company runs. The error is that of Lookup where no site fits, or several do.
func (v *View) SiteOf(company Node, ref string) (Node, error) {
	site, err := v.Lookup(KindSite, ref)
	var ambiguous *AmbiguousError
	if !errors.As(err, &ambiguous) {
		return site, err
	}
	own := NoNode
	for _, id := range ambiguous.Candidates {
		n, ok := v.Find(KindSite, id)
		if !ok || v.OperatorOf(n) != company || n == own {
			continue
		}
		if own != NoNode {
			return NoNode, err
		}
		own = n
	}
	if own == NoNode {
		return NoNode, err
	}
	return own, nil
}

// SitedRelations are the supplies and makes relations of which a claim names a site, in the order of kinds and ends. It
// costs next to nothing where no claim does.
func (v *View) SitedRelations() (list []Rel) {
	if !v.claims.nameSites() {
		return nil
	}
	for _, k := range []Kind{KindSupplies, KindMakes} {
		for r := range v.RelationsOf(k) {
			for c, high := v.Claims(r); c < high; c++ {
				if v.termsOf(c).Site != "" {
					list = append(list, r)
					break
				}
			}
		}
	}
	return list
}

// nameSites reports whether any claim names a site.
func (t *claimTable) nameSites() bool {
	for _, part := range t.parts() {
		for i := range part.termList {
			if part.termList[i].Site != "" {
				return true
			}
		}
	}
	return false
}
