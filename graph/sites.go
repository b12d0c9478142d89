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
