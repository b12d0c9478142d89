package graph

import "fmt"

// Kind tells what a statement is about: a node (source, product, company) or a relation.
// The numeric order is the order in which stores and exports list statements.
type Kind uint8

// The kinds of statement. The relations point downstream, from the first party to the second. Stores keep the numbers:
// a new kind comes last.
const (
	KindSource     Kind = iota // a document that statements cite
	KindProduct                // something supplied, made or needed
	KindCompany                // any party: company, person, government, fund, anonymous
	KindSupplies               // company -> company, of a product
	KindOwns                   // company -> company
	KindMakes                  // company -> product
	KindInputOf                // product -> product
	KindAssociated             // company - company with a role; shown, never a flow
	KindLists                  // authority -> company, as sanctions lists do; shown, never a flow
	KindSite                   // a node: a place where a company makes or keeps things

	NumKinds = iota // how many kinds there are
)

var kindNames = [NumKinds]string{"source", "product", "company", "supplies", "owns", "makes", "input_of", "associated", "lists", "site"}

// String is the name of the kind as files, tables and the API spell it.
func (k Kind) String() string {
	if int(k) < len(kindNames) {
		return kindNames[k]
	}
	return fmt.Sprintf("kind(%d)", uint8(k))
}

// ParseKind is the inverse of [Kind.String].
func ParseKind(s string) (Kind, error) {
	for k, name := range kindNames {
		if s == name {
			return Kind(k), nil
		}
	}
	return 0, fmt.Errorf("%w: kind %q; allowed: %v", ErrInvalid, s, kindNames)
}

// IsRelation reports whether statements of the kind are claims of a relation.
func (k Kind) IsRelation() bool { return k >= KindSupplies && k <= KindLists }

// Ends are the kinds of node that a relation of kind k leads from and to. A node kind has itself and none.
func (k Kind) Ends() (from, to Kind) {
	switch k {
	case KindMakes:
		return KindCompany, KindProduct
	case KindInputOf:
		return KindProduct, KindProduct
	case KindSupplies, KindOwns, KindAssociated, KindLists:
		return KindCompany, KindCompany
	default:
		return k, NumKinds
	}
}

// RelationKinds are the kinds whose statements are claims, in order.
func RelationKinds() []Kind {
	return []Kind{KindSupplies, KindOwns, KindMakes, KindInputOf, KindAssociated, KindLists}
}

// NodeKinds are the kinds whose statements are about nodes, those that others refer to first.
func NodeKinds() []Kind { return []Kind{KindSource, KindProduct, KindCompany, KindSite} }

// namedKinds are the kinds of node that have names, which are searched and may be those of one node.
var namedKinds = []Kind{KindProduct, KindCompany, KindSite}
