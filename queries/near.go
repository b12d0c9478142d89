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
	form := []rune(bareName(name))
	if len(form) == 0 {
		return nil
	}
	half := (len(form) + 1) / 2
	parts := []string{string(form[:half]), string(form[half:])}
	for n := len(form) - 1; n > half || n >= leastPrefix && n < len(form); n-- {
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
	least := len(form) + 1
	for _, name := range append(facts.Aliases, facts.Name, facts.ID) {
		bare := []rune(bareName(name))
		far := EditDistance(form, bare)
		if n := len(bare); n >= leastPrefix && n < len(form) && slices.Equal(form[:n], bare) {
			far = min(far, 1) // the rest is what it is besides
		} else if m := len(form); m >= leastPrefix && m < n && slices.Equal(form, bare[:m]) {
			far = min(far, 2)
		}
		least = min(least, far)
	}
	return least
}

// leastPrefix is how many letters a name has at least that counts as the beginning of another.
const leastPrefix = 3

// legalEndings are what [graph.CommonWord] knows, at the end of names that are written without spaces, the longer ones
// first.
var legalEndings = []string{"科技股份有限公司", "科技股份公司", "科技有限公司", "股份有限公司", "有限责任公司", "股份公司", "有限公司", "集团", "公司", "科技", "株式会社", "주식회사"}

// bareName is a name as names are compared, without its legal form; the whole of it where nothing else is in it.
func bareName(name string) string {
	form := graph.NormalizeName(name)
	bare := form
	for _, ending := range legalEndings {
		bare = strings.TrimSuffix(bare, ending)
	}
	words := slices.DeleteFunc(strings.Fields(bare), graph.CommonWord)
	if len(words) == 0 {
		return form
	}
	return strings.Join(words, " ")
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
