package queries

import (
	"slices"
	"strings"

	"github.com/tributarygraph/tributary/graph"
)

// suggestions is how many names are suggested for one that nothing is called.
const suggestions = 5

// NearNames are nodes whose names are most like a name that none has. Candidates are found by the parts of the
// name: whoever mistypes one letter leaves one half of the name intact.
func NearNames(v *graph.View, k graph.Kind, name string) []graph.Node {
	form := []rune(graph.NormalizeName(name))
	if len(form) == 0 {
		return nil
	}
	half := (len(form) + 1) / 2
	parts := []string{string(form[:half]), string(form[half:])}
	for n := len(form) - 1; n > half; n-- {
		parts = append(parts, string(form[:n]))
	}
	parts = append(parts, strings.Fields(string(form))...)
	type candidate struct {
		node graph.Node
		far  int
	}
	var found []candidate
	seen := map[graph.Node]bool{}
	for _, part := range parts {
		if part == "" {
			continue
		}
		hits, _ := v.Search(k, part, 200)
		for _, h := range hits {
			if !seen[h.Node] {
				seen[h.Node] = true
				found = append(found, candidate{h.Node, nameDistance(v, k, h.Node, form)})
			}
		}
	}
	slices.SortStableFunc(found, func(a, b candidate) int { return a.far - b.far })
	var nodes []graph.Node
	for _, c := range found[:min(suggestions, len(found))] {
		nodes = append(nodes, c.node)
	}
	return nodes
}

// nameDistance is the least distance of form to a name, an alias or the id of the node.
func nameDistance(v *graph.View, k graph.Kind, n graph.Node, form []rune) int {
	facts := v.NodeFacts(k, n)
	least := EditDistance(form, []rune(graph.NormalizeName(facts.ID)))
	for _, name := range append(facts.Aliases, facts.Name) {
		least = min(least, EditDistance(form, []rune(graph.NormalizeName(name))))
	}
	return least
}

// EditDistance is the number of edits (insert, delete, replace, swap of neighbours) that make b of a.
func EditDistance(a, b []rune) int {
	before, last, now := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	for i := 1; i <= len(a); i++ {
		now[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			now[j] = min(last[j]+1, now[j-1]+1, last[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				now[j] = min(now[j], before[j-2]+1)
			}
		}
		before, last, now = last, now, before
	}
	return last[len(b)]
}
