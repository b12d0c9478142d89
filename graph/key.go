package graph

import (
	"cmp"
	"fmt"
	"net/url"
	"strings"
)

// RelationKey identifies a relation: everything that is said of the same hop.
type RelationKey struct {
	Kind    Kind
	From    string // id of the upstream node; for a node kind, the node's own id
	To      string // id of the downstream node; empty for a node kind
	Product string // id of what is supplied; empty when not stated, and for kinds other than supplies
}

// Key identifies a statement: who says it (dataset, source, asserter), of what, for which period, from when.
// Two statements with one key are versions of the same statement; statements with different keys never
// overwrite one another.
type Key struct {
	RelationKey
	Dataset    string // what was imported
	Source     string // id of the document that the dataset cites; empty when none is
	AssertedBy string // who says so inside the source; empty when the source itself does
	Period     Period // the period that the numbers speak of; empty when not stated
	ValidFrom  Date   // from when it holds; NoDate when not stated
}

// Compare orders keys field by field, text byte by byte. Stores list and exports write in this order.
func (k Key) Compare(o Key) int {
	if c := k.RelationKey.Compare(o.RelationKey); c != 0 {
		return c
	}
	if c := strings.Compare(k.Dataset, o.Dataset); c != 0 {
		return c
	}
	if c := strings.Compare(k.Source, o.Source); c != 0 {
		return c
	}
	if c := strings.Compare(k.AssertedBy, o.AssertedBy); c != 0 {
		return c
	}
	if c := strings.Compare(string(k.Period), string(o.Period)); c != 0 {
		return c
	}
	return cmp.Compare(k.ValidFrom, o.ValidFrom)
}

// Compare orders relation keys field by field, text byte by byte.
func (k RelationKey) Compare(o RelationKey) int {
	if c := cmp.Compare(k.Kind, o.Kind); c != 0 {
		return c
	}
	if c := strings.Compare(k.From, o.From); c != 0 {
		return c
	}
	if c := strings.Compare(k.To, o.To); c != 0 {
		return c
	}
	return strings.Compare(k.Product, o.Product)
}

// idSeparator stands between the parts of an encoded key. It needs no escaping in a URL path and is
// itself escaped inside a part.
const idSeparator = "~"

// ID is the public id of the relation: its key, each part percent-encoded, so that every store and every
// import agrees on it and it can be read back with [ParseRelationID].
func (k RelationKey) ID() string {
	return k.Kind.String() + idSeparator + escapePart(k.From) + idSeparator + escapePart(k.To) + idSeparator + escapePart(k.Product)
}

// ID is the public id of the statement, reversible with [ParseID].
func (k Key) ID() string {
	return strings.Join([]string{k.RelationKey.ID(), escapePart(k.Dataset), escapePart(k.Source),
		escapePart(k.AssertedBy), escapePart(string(k.Period)), k.ValidFrom.String()}, idSeparator)
}

// ParseRelationID reads an id that [RelationKey.ID] made; the error wraps [ErrInvalid].
func ParseRelationID(id string) (RelationKey, error) {
	parts := strings.Split(id, idSeparator)
	if len(parts) != 4 {
		return RelationKey{}, fmt.Errorf("%w: relation id %q: want kind~from~to~product, found %d parts", ErrInvalid, id, len(parts))
	}
	return parseRelationParts(id, parts)
}

// ParseID reads an id that [Key.ID] made; the error wraps [ErrInvalid].
func ParseID(id string) (Key, error) {
	parts := strings.Split(id, idSeparator)
	if len(parts) != 9 {
		return Key{}, fmt.Errorf("%w: statement id %q: want 9 parts separated by %q, found %d", ErrInvalid, id, idSeparator, len(parts))
	}
	relation, err := parseRelationParts(id, parts[:4])
	if err != nil {
		return Key{}, err
	}
	text := make([]string, 4)
	for i := range text {
		if text[i], err = url.PathUnescape(parts[4+i]); err != nil {
			return Key{}, fmt.Errorf("%w: statement id %q: %v", ErrInvalid, id, err)
		}
	}
	period, err := ParsePeriod(text[3])
	if err != nil {
		return Key{}, err
	}
	from, err := ParseDate(parts[8])
	if err != nil {
		return Key{}, err
	}
	return Key{RelationKey: relation, Dataset: text[0], Source: text[1], AssertedBy: text[2], Period: period, ValidFrom: from}, nil
}

func parseRelationParts(id string, parts []string) (RelationKey, error) {
	kind, err := ParseKind(parts[0])
	if err != nil {
		return RelationKey{}, err
	}
	text := make([]string, 3)
	for i := range text {
		if text[i], err = url.PathUnescape(parts[1+i]); err != nil {
			return RelationKey{}, fmt.Errorf("%w: id %q: %v", ErrInvalid, id, err)
		}
	}
	return RelationKey{Kind: kind, From: text[0], To: text[1], Product: text[2]}, nil
}

const upperHex = "0123456789ABCDEF"

// escapePart percent-encodes everything outside [A-Za-z0-9._-]: stricter than url.PathEscape, which
// leaves the separator and sub-delimiters as they are.
func escapePart(s string) string {
	plain := func(c byte) bool {
		return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '-' || c == '_' || c == '.'
	}
	escapes := 0
	for i := 0; i < len(s); i++ {
		if !plain(s[i]) {
			escapes++
		}
	}
	if escapes == 0 {
		return s
	}
	out := make([]byte, 0, len(s)+2*escapes)
	for i := 0; i < len(s); i++ {
		if c := s[i]; plain(c) {
			out = append(out, c)
		} else {
			out = append(out, '%', upperHex[c>>4], upperHex[c&15])
		}
	}
	return string(out)
}
