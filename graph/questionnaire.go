package graph

import (
	"hash/fnv"
	"strings"
)

// A questionnaire is a table of questions, one a row, that is sent out, filled in and imported. QuestionColumns are
// what a row says: these cells are not to be changed. AnswerColumns are to be filled. The last column is the check.
var (
	QuestionColumns = []string{"asked", "question", "supplier", "buyer", "product", "field", "allowed", "present", "period", "relations", "holds"}
	AnswerColumns   = []string{"answer", "source", "date"}
)

// CheckColumn is the column that holds the [QuestionCheck] of a row.
const CheckColumn = "check"

// QuestionCheck is made of the cells of a question, in the order of [QuestionColumns]: by it an importer sees which of
// them was changed. It consists of letters, which no spreadsheet takes for a number or a date.
func QuestionCheck(cells []string) string {
	parts := make([]string, len(cells))
	for i, cell := range cells {
		parts[i] = cellCheck(cell)
	}
	return strings.Join(parts, "-")
}

// ChangedCells are the positions of the cells that do not fit the check; all where it is none.
func ChangedCells(cells []string, check string) (changed []int) {
	parts := strings.Split(strings.ToLower(Clean(check)), "-")
	for i, cell := range cells {
		if len(parts) != len(cells) || parts[i] != cellCheck(cell) {
			changed = append(changed, i)
		}
	}
	return changed
}

// cellCheck is three consonants for a cell. What spreadsheets and programs do to a text without changing it does not
// count: white space, and the apostrophe that keeps it from being computed.
func cellCheck(cell string) string {
	const letters = "bcdfghjklmnpqrstvwxz"
	h := fnv.New64a()
	_, _ = h.Write([]byte(Clean(strings.TrimPrefix(Clean(cell), "'")))) // never fails
	sum := h.Sum64()
	out := make([]byte, 3)
	for i := range out {
		out[i] = letters[sum%uint64(len(letters))]
		sum /= uint64(len(letters))
	}
	return string(out)
}
