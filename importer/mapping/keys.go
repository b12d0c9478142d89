package mapping

import (
	"slices"

	"github.com/tributarygraph/tributary/graph"
	"github.com/tributarygraph/tributary/importer/records"
)

// The tables of this file say which keys a mapping may have. They read it, check it, make its JSON Schema and its
// reference in docs/mapping.md.

// form is what may stand under a key.
type form uint8

const (
	formText   form = iota // one text
	formTexts              // a text or a list of texts
	formFlag               // true or false
	formCount              // a whole number from 1
	formNumber             // a number
	formWord               // one of key.words

	formMap       // texts to texts
	formObject    // keys of key.of
	formOneOrMore // such an object, or a list of them
	formList      // a list of such objects
	formNamed     // names to such objects
	formValue     // a text, a list of texts, or an object of valueKeys
	formValues    // names to values
	formColumns   // columns of key.kind to values
	formEach      // a path, or an object of eachKeys
	formRules     // columns to one of key.words, with a list under "key"
)

// key is one key of an object.
type key struct {
	name     string
	form     form
	doc      string
	words    []string
	of       []key
	kind     graph.Kind // for formColumns
	required bool
}

var topKeys = []key{
	{name: "version", form: formCount, required: true, doc: "1"},
	{name: "name", form: formText, doc: "what the mapping is for; free text"},
	{name: "input", form: formObject, of: inputKeys, doc: "how the file is to be read, where its content does not tell"},
	{name: "blank", form: formTexts, doc: "what stands for nothing in any cell, such as -, n/a, 未披露"},
	{name: "where", form: formOneOrMore, of: conditionKeys, doc: "which records are read at all; the others are counted by reason"},
	{name: "lookups", form: formNamed, of: lookupKeys, doc: "second files, in which values look up rows by a key"},
	{name: "let", form: formValues, doc: "values with a name of their own, used as {name} like a column"},
	{name: "defaults", form: formValues, doc: "columns that every statement gets which may have them and does not fill them itself: source, basis, asserted_by, ..."},
	{name: "emit", form: formList, required: true, doc: "what a record becomes: each entry is one kind of statement"},
}

var inputKeys = []key{
	{name: "sheet", form: formText, doc: "sheet of a workbook; by default the first that holds anything"},
	{name: "header", form: formCount, doc: "row that names the columns, from 1; rows before it are passed over. By default the first row"},
	{name: "fill_down", form: formTexts, doc: "columns of a table in which an empty cell means what the nearest filled one above it says, as where cells were merged"},
	{name: "separator", form: formText, doc: "what separates cells, one character; tab is written \"\\t\""},
	{name: "encoding", form: formText, doc: "of a text file that is not UTF-8: gb18030, big5, shift_jis, windows-1252, ..."},
	{name: "records", form: formText, doc: "path to the list of records in a JSON document, such as $.data[*]"},
}

var conditionKeys = []key{
	{name: "value", form: formValue, required: true, doc: "what is looked at"},
	{name: "is", form: formTexts, doc: "only these; case and width do not matter"},
	{name: "not", form: formTexts, doc: "none of these"},
	{name: "matches", form: formText, doc: "only what this regular expression (RE2) finds something in"},
	{name: "filled", form: formFlag, doc: "true: not empty; false: empty"},
	{name: "min", form: formNumber, doc: "only numbers from this on"},
	{name: "max", form: formNumber, doc: "only numbers up to this"},
	{name: "above", form: formNumber, doc: "only numbers greater than this"},
	{name: "below", form: formNumber, doc: "only numbers less than this"},
	{name: "reason", form: formText, doc: "why the others are left out, as the report counts them"},
}

var lookupKeys = []key{
	{name: "file", form: formText, required: true, doc: "a table, by its path from the folder of the mapping"},
	{name: "key", form: formText, required: true, doc: "the column of it that is looked in"},
	{name: "sheet", form: formText, doc: "sheet of a workbook"},
}

var valueKeys = []key{
	{name: "value", form: formTexts, required: true, doc: "a template; of several the first that is not empty"},
	{name: "blank", form: formTexts, doc: "what stands for nothing"},
	{name: "extract", form: formText, doc: "a regular expression (RE2): what its first group finds, or all of it"},
	{name: "split", form: formTexts, doc: "a cell with many values: any of these characters separates them; of a list, each text as a whole"},
	{name: "with", form: formText, doc: "with split: a column of the same statement that is split too, whose values go with these one by one"},
	{name: "join", form: formText, doc: "with split: the values in one cell again, with this between them, such as ; for aliases"},
	{name: "lookup", form: formText, doc: "the name of a lookup: the value is the key, column says what is taken"},
	{name: "column", form: formText, doc: "with lookup: the column of the second file that is taken"},
	{name: "country", form: formFlag, doc: "true: names of countries, in English, Chinese, German, French or Japanese, become their codes"},
	{name: "map", form: formMap, doc: "values to other values; case and width do not matter"},
	{name: "otherwise", form: formWord, words: []string{otherwiseError, otherwiseKeep, otherwiseEmpty}, doc: "what becomes of a value that extract, lookup, map or country do not find: error (the default; the record is rejected), keep or empty"},
	{name: "number", form: formText, doc: "how numbers are written, by an example: 1,234.56 or 1.234,56 or 1 234,56; 万, 亿, million and the like are read"},
	{name: "percent", form: formFlag, doc: "true: the numbers are percentages, with or without the sign; 12 becomes 0.12"},
	{name: "scale", form: formNumber, doc: "the numbers times this: 10000 for a column in 万元; a power of ten does not change numbers that say their own unit: 1.2亿, 12%"},
	{name: "date", form: formTexts, doc: "how dates are written: any (what can be read in one way only), excel (serial numbers), or layouts such as DD.MM.YYYY, YYYY年M月, MMM YYYY"},
	{name: "take", form: formWord, words: takes, doc: "what of a date is taken: period (as it is written: 2023, 2023Q2, 2023-06), the year, quarter or month that it lies in, start (its first day) or after (the first day after it, for valid_to)"},
	{name: "fiscal_start", form: formCount, doc: "with date: the month, 1 to 12, in which fiscal years begin; then FY2023/24 has days"},
	{name: "default", form: formText, doc: "what stands where the value is empty"},
}

// What becomes of a value that is not found.
const (
	otherwiseError = "error"
	otherwiseKeep  = "keep"
	otherwiseEmpty = "empty"
)

// What is taken of a date.
const (
	takePeriod  = "period"
	takeYear    = "year"
	takeQuarter = "quarter"
	takeMonth   = "month"
	takeStart   = "start"
	takeAfter   = "after"
)

var takes = []string{takePeriod, takeYear, takeQuarter, takeMonth, takeStart, takeAfter}

var eachKeys = []key{
	{name: "columns", form: formTexts, required: true, doc: "columns that hold one value of the same thing each, such as years; a text between slashes is a regular expression: /^20\\d\\d$/"},
	{name: "name", form: formText, required: true, doc: "what the name of the column is called in the templates of this entry"},
	{name: "cell", form: formText, required: true, doc: "what its value is called"},
}

// What an aggregate does with a column.
const (
	ruleSum   = "sum"
	ruleFirst = "first"
	ruleLeast = "least"
	ruleMost  = "most"
	ruleList  = "list"
	ruleCount = "count"
)

var rules = []string{ruleSum, ruleFirst, ruleLeast, ruleMost, ruleList, ruleCount}

const columnKey = "key" // of an aggregate

// emitKeys are those of an entry of emit: one kind, and how it is made.
var emitKeys = func() []key {
	var keys []key
	for _, k := range kinds() {
		keys = append(keys, key{name: k.String(), form: formColumns, kind: k, doc: "a statement of this kind"})
	}
	return append(keys,
		key{name: "when", form: formOneOrMore, of: conditionKeys, doc: "only of these records"},
		key{name: "each", form: formEach, doc: "one statement for each element of a list in JSON (its path; {name} is then a field of the element, {$.name} of the record, and with each: products[*].suppliers[*] {$.products[*].name} of the product that it lies in), or for each of some columns"},
		key{name: "aggregate", form: formRules, words: rules, doc: "one statement for all records with the same key: key lists columns; sum, first, least, most, list (all that differ) or count say what becomes of the others, which must be the same where nothing is said"},
	)
}()

// kinds are those that a mapping can make, relations first: they are what it is mostly for.
func kinds() []graph.Kind {
	out := graph.RelationKinds()
	for k := range graph.Kind(graph.NumKinds) {
		if !k.IsRelation() {
			out = append(out, k)
		}
	}
	return out
}

// needed are the columns of which a statement must have one of each list.
func needed(k graph.Kind) [][]string {
	if ends, relation := records.Ends[k]; relation {
		return [][]string{{ends[0]}, {ends[1]}}
	}
	all := []string{records.ColumnID}
	for _, name := range []string{"name", "lei", "osh", "title", "url"} {
		if slices.Contains(records.Columns(k), name) {
			all = append(all, name)
		}
	}
	return [][]string{all}
}

func names(keys []key) (out []string) {
	for _, k := range keys {
		out = append(out, k.name)
	}
	return out
}
