package resolve

import (
	"fmt"
	"slices"
	"strings"

	"github.com/tributarygraph/tributary/graph"
)

// Compare says how surely two records mean the same company, and why. It does not matter which comes first.
func Compare(a, b *Entity) Score {
	var s Score
	agree, conflict := compareIdentifiers(&s, a.Identifiers, b.Identifiers)
	switch {
	case conflict && !agree:
		s.Vetoed = true
	case conflict: // one of the records is wrong: somebody should look
		s.Value = 0.5
	case agree:
		s.Value = 1
	case a.Kind == graph.CompanyKindAnonymous || b.Kind == graph.CompanyKindAnonymous:
		s.Vetoed = true
		s.add("anonymous", "the name of an anonymous party stands for somebody else in each document", -weightCertain)
	default:
		s.Value = compareNames(&s, a, b)
	}
	s.order()
	return s
}

// weightCertain is the weight of what decides by itself.
const weightCertain = 20

// compareIdentifiers reports whether some identifier is in both, and whether they contradict each other in one.
func compareIdentifiers(s *Score, a, b []Identifier) (agree, conflict bool) {
	for _, id := range a {
		if slices.Contains(b, id) {
			agree = true
			s.add("identifier", id.String(), weightCertain)
		}
	}
	var told []string
	for _, id := range a {
		sole := id.sole()
		if sole == "" || slices.Contains(told, sole) {
			continue
		}
		mine, theirs := valuesOf(a, sole), valuesOf(b, sole)
		if len(theirs) > 0 && !slices.ContainsFunc(mine, func(v string) bool { return slices.Contains(theirs, v) }) {
			conflict = true
			told = append(told, sole)
			first, second := strings.Join(mine, ", "), strings.Join(theirs, ", ")
			s.add("identifier conflict", fmt.Sprintf("%s: %s and %s", sole, min(first, second), max(first, second)), -weightCertain)
		}
	}
	return agree, conflict
}

// valuesOf are the values of the identifiers of which a company has only one, sorted.
func valuesOf(ids []Identifier, sole string) (values []string) {
	for _, id := range ids {
		if id.sole() == sole {
			values = append(values, id.Value)
		}
	}
	slices.Sort(values)
	return values
}

// compareNames scores two records without an identifier in common.
func compareNames(s *Score, a, b *Entity) float64 {
	alike := ""
	for _, x := range a.Names {
		form := graph.NormalizeName(x)
		for _, y := range b.Names {
			if form != "" && form == graph.NormalizeName(y) && (alike == "" || form < alike) {
				alike = form
			}
		}
	}
	if alike == "" {
		return 0
	}
	s.add("name", "spelled alike: "+alike, weightCertain)
	return 1
}
