package records

// Layout says how an input is written, where its content does not tell. The zero value leaves everything to the content.
type Layout struct {
	Sheet     string // of a workbook; empty is the first one that holds anything
	Header    int64  // the row that names the columns, as a spreadsheet counts; 0 is the first row that is not empty
	Separator byte   // between the cells of a text; 0 is what the header has most of
	Encoding  string // as [golang.org/x/text/encoding/htmlindex] names it; empty is UTF-8
	// Records leads to the list of records in a document of JSON: keys joined by dots, such as data.items. Empty is the
	// document itself: its elements where it is a list.
	Records string
}

// Conversion is a way to read files of another shape: a mapping, or a known format.
type Conversion struct {
	Name   string // in reports
	Key    string // differs where the rules differ, such as a hash of them: a file read otherwise is another import
	Layout Layout
	// Converter makes a converter for one input.
	Converter func() (Converter, error)
}
