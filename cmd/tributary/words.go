package main

import "github.com/tributarygraph/tributary/queries"

// nearest is the word most like the wanted one; empty when none is like it.
func nearest(wanted string, words []string) string {
	best, least := "", max(2, len(wanted)/3)+1
	for _, word := range words {
		if d := queries.EditDistance([]rune(wanted), []rune(word)); d < least {
			best, least = word, d
		}
	}
	return best
}
