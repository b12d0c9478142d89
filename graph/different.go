package graph

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// pairSeparator stands between the two records of a pair in [NodeKey.ID]. [Clean] leaves no control characters, so
// that no record is called so.
const pairSeparator = "\x1f"

// Different is a decision that two records are not the same node. No rule makes one node of them again; another
// decision can. It is kept where decisions about sameness are: its key is that of the pair, and it has no Canonical.
func Different(kind Kind, a, b string) Sameness {
	return Sameness{NodeKey: PairKey(kind, a, b)}
}

// PairKey is the key of a decision about a pair of records, whichever of them is named first.
func PairKey(kind Kind, a, b string) NodeKey {
	if b < a {
		a, b = b, a
	}
	return NodeKey{Kind: kind, ID: a + pairSeparator + b}
}

// Pair are the two records of a decision that they are different, in the order of ids; ok is false where the key is
// that of one record.
func (k NodeKey) Pair() (a, b string, ok bool) { return strings.Cut(k.ID, pairSeparator) }

// With is the decision with who made it, why, and when.
func (s Sameness) With(by, why string, at time.Time) Sameness {
	s.By, s.Why, s.At = by, why, at.UTC().Truncate(time.Second)
	return s
}

// check refuses a pair that is none.
func (s *Sameness) check() error {
	a, b, pair := s.Pair()
	switch {
	case !pair:
		return nil
	case s.Canonical != "":
		return fmt.Errorf("%w: a decision that %q and %q are different says that they are %q", ErrInvalid, a, b, s.Canonical)
	case a == "" || b <= a || strings.Contains(b, pairSeparator):
		return fmt.Errorf("%w: a decision about the pair %q and %q; allowed: two records, in the order of their ids", ErrInvalid, a, b)
	}
	return nil
}

// pairs are the records that were decided to be different from each record.
type pairs map[string][]string

func (p pairs) add(a, b string) {
	p[a] = addOnce(p[a], b)
	p[b] = addOnce(p[b], a)
}

// apart reports whether a and b were decided to be different.
func (p pairs) apart(a, b string) bool { return slices.Contains(p[a], b) }
