package records

import (
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/tributarygraph/tributary/graph"
)

// Names of columns that are no field of a statement. All others are called as the fields in package graph.
const (
	ColumnID         = "id"
	ColumnProduct    = "product"
	ColumnDataset    = "dataset"
	ColumnSource     = "source"
	ColumnAssertedBy = "asserted_by"
	ColumnPeriod     = "period"
	ColumnValidFrom  = "valid_from"
	ColumnLatitude   = "latitude" // with ColumnLongitude, another way to write the place of a site
	ColumnLongitude  = "longitude"
)

// Ends are the columns that name the two ends of a relation.
var Ends = map[graph.Kind][2]string{
	graph.KindSupplies:   {"supplier", "buyer"},
	graph.KindOwns:       {"owner", "owned"},
	graph.KindMakes:      {"maker", ColumnProduct},
	graph.KindInputOf:    {"input", ColumnProduct},
	graph.KindAssociated: {"a", "b"},
	graph.KindLists:      {"authority", "listed"},
}

// ClaimColumns are the key columns that every statement may have.
var ClaimColumns = []string{ColumnDataset, ColumnSource, ColumnAssertedBy, ColumnPeriod, ColumnValidFrom}

// Columns are those that a row of the kind may have: what it is about first, then its fields, then who says it and of
// when.
func Columns(k graph.Kind) []string {
	var names []string
	if ends, relation := Ends[k]; relation {
		names = append(names, ends[0], ends[1])
		if k == graph.KindSupplies {
			names = append(names, ColumnProduct)
		}
	} else {
		names = append(names, ColumnID)
	}
	for _, f := range graph.FieldsOf(k) {
		names = append(names, f.String())
	}
	if k == graph.KindSite {
		names = append(names, ColumnLatitude, ColumnLongitude)
	}
	return append(names, ClaimColumns...)
}

// Nearest is the candidate with the fewest edits from text, if these are few for its length; empty otherwise.
func Nearest(text string, candidates []string) string {
	best, least := "", 1+min(2, utf8.RuneCountInString(text)/3)
	for _, candidate := range candidates {
		if d := Edits(strings.ToLower(text), strings.ToLower(candidate), least); d < least {
			best, least = candidate, d
		}
	}
	return best
}

// Edits is the least number of letters inserted, deleted, replaced or swapped with their neighbour that makes b
// of a (optimal string alignment); at least limit when it is not smaller.
func Edits(a, b string, limit int) int {
	x, y := []rune(a), []rune(b)
	if d := len(x) - len(y); d >= limit || -d >= limit {
		return limit
	}
	rows := [3][]int{make([]int, len(y)+1), make([]int, len(y)+1), make([]int, len(y)+1)}
	for j := range rows[1] {
		rows[1][j] = j
	}
	for i := range x {
		before, above, here := rows[i%3], rows[(i+1)%3], rows[(i+2)%3]
		here[0] = i + 1
		for j := range y {
			replace := above[j]
			if x[i] != y[j] {
				replace++
			}
			here[j+1] = min(replace, above[j+1]+1, here[j]+1)
			if i > 0 && j > 0 && x[i] == y[j-1] && x[i-1] == y[j] {
				here[j+1] = min(here[j+1], before[j-1]+1)
			}
		}
	}
	return rows[(len(x)+1)%3][len(y)]
}

// Column reports whether rows of the kind may have a column of that name.
func Column(k graph.Kind, name string) bool { return slices.Contains(Columns(k), name) }
