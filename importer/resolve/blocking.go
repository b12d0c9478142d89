package resolve

import (
	"strings"

	"github.com/tributarygraph/tributary/graph"
)

// The classes of keys, so that a word and an identifier of the same letters do not meet.
const (
	classIdentifier = iota
	className
	classWord
	classPair
)

// blockingKeys calls exact with the keys that nearly decide by themselves, the identifiers and whole names, and part
// with those of parts of names. Two entities are compared only where they share a key that is not of too many.
func blockingKeys(e *Entity, exact, part func(uint32)) {
	for _, id := range e.Identifiers {
		exact(hash(classIdentifier, id.String()))
	}
	for _, name := range e.Names {
		form := graph.NormalizeName(name)
		if form == "" {
			continue
		}
		exact(hash(className, form))
		before := ""
		for word := range strings.SplitSeq(form, " ") {
			part(hash(classWord, word))
			if before != "" {
				part(hash(classPair, before+" "+word))
			}
			before = word
		}
	}
}
