package formats

import (
	"slices"

	"github.com/tributarygraph/tributary/importer/records"
)

// Format is a kind of file that is understood as it is published.
type Format struct {
	Name  string // by which commands call it, such as "gleif-lei"
	Title string // by which its publisher calls it
	Makes string // what its records become, in a sentence
	Used  []Use  // in the order in which the format has them
	Left  []Left // likewise
	Drops []string
	Notes []string // what a reader of the result must know; each a sentence or a few

	// match reports whether a file has this format; see Detect.
	match func(names []string, first []*records.Record) bool
	make  func() records.Converter

	mapped *mapped // nil where Go code converts
}

// Use says what becomes of fields of a format.
type Use struct {
	From string // as the format calls them
	To   string // as docs/importing.md calls them, with what is done to the value
}

// Left says which fields of a format are left, and why.
type Left struct{ From, Why string }

// Converter makes a converter for one file.
func (f *Format) Converter() records.Converter { return f.make() }

// known are the formats, in the order in which they are tried: where one is a special case of another it comes first.
var known = []*Format{
	gleifLEI,
	gleifRelationships,
	openSanctionsSimple,
	followTheMoney,
	beneficialOwnership,
	openSupplyHub,
	facilityList,
	factSet,
	billsOfLading,
	filingCustomers,
	filingSuppliers,
}

// All are the formats that are known, by name.
func All() []*Format {
	all := slices.Clone(known)
	slices.SortFunc(all, func(a, b *Format) int {
		if a.Name < b.Name {
			return -1
		}
		return 1
	})
	return all
}

// ByName finds a format.
func ByName(name string) (*Format, bool) {
	for _, f := range known {
		if f.Name == name {
			return f, true
		}
	}
	return nil, false
}

// Detect tells which format a file has. names is the header of a table, as it is, and nil for JSON; first are the first
// records, or elements of JSON: at least one, where the file has one.
func Detect(names []string, first []*records.Record) (*Format, bool) {
	for _, f := range known {
		if f.match(names, first) {
			return f, true
		}
	}
	return nil, false
}

// hasColumns makes a match of tables that have all of these columns.
func hasColumns(want ...string) func([]string, []*records.Record) bool {
	return func(names []string, _ []*records.Record) bool {
		for _, name := range want {
			if !slices.Contains(names, name) {
				return false
			}
		}
		return true
	}
}

// firstElement makes a match of JSON whose first element is an object that fits.
func firstElement(fits func(object map[string]any) bool) func([]string, []*records.Record) bool {
	return func(names []string, first []*records.Record) bool {
		if len(names) > 0 || len(first) == 0 {
			return false
		}
		object, ok := first[0].Tree.(map[string]any)
		return ok && fits(object)
	}
}
