package importer

import (
	"fmt"
	"slices"

	"github.com/tributarygraph/tributary/graph"
)

// Report tells what became of every row of an import: Rows = Created + Changed + Unchanged + Rejected. Of questionnaires,
// of which one answer may make several claims and several one, Created, Changed and Unchanged count claims: see Answers.
// Likewise of files that a mapping or a known format reads, of which Rows counts records: see Conversion. Their Statements
// are Created + Changed + Unchanged + Combined + Refused.
// It does not depend on whether the import was interrupted.
type Report struct {
	Dataset         string `json:"dataset"`
	Key             string `json:"key"` // identifies the import; see Undo
	DryRun          bool   `json:"dry_run,omitempty"`
	AlreadyImported bool   `json:"already_imported,omitempty"` // the same contents are in force; nothing was done

	Rows      int64 `json:"rows"` // headers and empty lines not counted
	Created   int64 `json:"created"`
	Changed   int64 `json:"changed"`
	Unchanged int64 `json:"unchanged"`
	Rejected  int64 `json:"rejected"`
	// Combined counts statements of converted files that say more of what another one speaks of, and are one with it.
	Combined int64 `json:"combined,omitempty"`
	// Refused counts statements of converted files that are not imported though their records are: another record says
	// otherwise of the same, or what several records make together is not allowed.
	Refused int64 `json:"refused,omitempty"`
	// Answers tells what became of the rows of questionnaires; nil where there are none.
	Answers *Answers `json:"answers,omitempty"`
	// Withdrawn counts statements, not rows: those that replacing the dataset took back.
	Withdrawn int64          `json:"withdrawn"`
	Revision  graph.Revision `json:"revision"` // the head after the import

	Files          []FileReport    `json:"files"`
	SkippedFiles   []string        `json:"skipped_files,omitempty"` // of folders: not recognised by their extension
	UnknownColumns []UnknownColumn `json:"unknown_columns,omitempty"`
	ColumnsReadAs  []ColumnReadAs  `json:"columns_read_as,omitempty"`
	Warnings       []Warning       `json:"warnings,omitempty"`
	Rejections     []Rejection     `json:"rejections,omitempty"` // the first ones, of rows and of statements that are refused
	Companies      Mentions        `json:"companies"`
	Products       Mentions        `json:"products"`
	// Preview is what the first records become, where Options.Preview asks for it; of dry runs only.
	Preview []PreviewRecord `json:"preview,omitempty"`

	// Original is the report of the import that AlreadyImported speaks of.
	Original *Report `json:"original,omitempty"`
}

// Answers counts the rows of questionnaires: those that are not rejected are answered or not.
type Answers struct {
	Answered   int64 `json:"answered"`
	Unanswered int64 `json:"unanswered"` // left alone
	Claims     int64 `json:"claims"`     // that the answers make
}

// FileReport is the part of one file in an import.
type FileReport struct {
	Name     string `json:"name"`
	Records  string `json:"records"`            // what its rows are: companies, products, sources, relations, sameness, questions, mixed, converted
	Bytes    int64  `json:"bytes"`              // decompressed, as UTF-8
	SHA256   string `json:"sha256"`             // of these bytes
	Encoding string `json:"encoding,omitempty"` // of its text, where it is not UTF-8
	Rows     int64  `json:"rows"`
	Rejected int64  `json:"rejected"`
	// Conversion is there where the file is not in columns of ours.
	Conversion *Conversion `json:"conversion,omitempty"`
}

// Conversion tells what became of the records of a file: Rows = Converted + LeftOut + those rejected.
type Conversion struct {
	Format    string    `json:"format"`    // a format that is known, or the name of the mapping
	Converted int64     `json:"converted"` // records
	LeftOut   int64     `json:"left_out"`  // on purpose
	Because   []LeftOut `json:"left_out_because,omitempty"`
	// Notes is what a mapping has to say of the file as a whole.
	Notes []string `json:"notes,omitempty"`
	// Statements is how many the records made. Each was created, changed, unchanged, combined with another one, or refused.
	Statements int64 `json:"statements"`
	Refused    int64 `json:"refused,omitempty"` // statements of this file; see [Report]
}

// LeftOut counts the records that are left out for one reason.
type LeftOut struct {
	Reason  string `json:"reason"`
	Records int64  `json:"records"`
}

// UnknownColumn is a column that was kept as an attribute.
type UnknownColumn struct {
	File       string `json:"file"`
	Column     string `json:"column"`
	DidYouMean string `json:"did_you_mean,omitempty"` // a known column with nearly that name
}

// ColumnReadAs is a column whose name is another one for a known column.
type ColumnReadAs struct {
	File   string `json:"file"`
	Column string `json:"column"`
	ReadAs string `json:"read_as"`
}

// Warning is something odd that rows say, and that was imported nevertheless.
type Warning struct {
	Code     string    `json:"code"`
	Message  string    `json:"message"`
	Count    int64     `json:"count"`
	Examples []Example `json:"examples,omitempty"` // the first ones
}

// Example is a place that a warning is about.
type Example struct {
	File  string `json:"file"`
	Row   int64  `json:"row,omitempty"` // as a spreadsheet counts: the header is row 1
	Found string `json:"found"`
}

// Rejection is a row that was not imported, or of which a statement was not.
type Rejection struct {
	File   string `json:"file"`
	Row    int64  `json:"row"`              // as a spreadsheet counts: the header is row 1, empty lines count
	Line   int64  `json:"line,omitempty"`   // the line of the file in which the row begins
	Column string `json:"column,omitempty"` // empty when the row as a whole is meant
	Found  string `json:"found,omitempty"`
	Reason string `json:"reason"` // what is wrong and what is allowed
}

// Mentions tells where the companies (or products) belong that the import refers to by something else than
// the id of a described one.
type Mentions struct {
	// Absorbed counts names and identifiers that are exactly one described company, or that were
	// decided on.
	Absorbed int `json:"absorbed"`
	// Provisional counts those that no described company fits: companies of their own until one does.
	Provisional int `json:"provisional"`
	// Ambiguous counts those that several described companies fit: companies of their own until
	// someone decides.
	Ambiguous int `json:"ambiguous"`

	AbsorbedExamples    []AbsorbedMention  `json:"absorbed_examples,omitempty"`
	ProvisionalExamples []string           `json:"provisional_examples,omitempty"`
	AmbiguousExamples   []AmbiguousMention `json:"ambiguous_examples,omitempty"`

	// Near lists, for the first provisional names that have any, described companies that are spelled nearly
	// so. It is left out where there are more than 1,000 such names or 200,000 described companies, and holds
	// fewer where very many names look alike.
	Near []NearMention `json:"near,omitempty"`
	// Earlier tells what earlier imports referred to that fits what this one describes. It is nil where
	// there is no such thing, and where the earlier imports wrote more than a million statements.
	Earlier *EarlierMentions `json:"earlier,omitempty"`
}

// EarlierMentions are names and identifiers of earlier imports that an import brings to a described company.
type EarlierMentions struct {
	Absorbed          int                `json:"absorbed"`  // exactly one described company, of this import
	Ambiguous         int                `json:"ambiguous"` // several, of which this import describes one at least
	AbsorbedExamples  []AbsorbedMention  `json:"absorbed_examples,omitempty"`
	AmbiguousExamples []AmbiguousMention `json:"ambiguous_examples,omitempty"`
}

// AbsorbedMention is a name with the company that it is.
type AbsorbedMention struct {
	Mention string `json:"mention"`
	Is      string `json:"is"` // an id
	By      string `json:"by"` // what decided: name, identifier or decision
}

// NearMention is a name with the described companies that are spelled nearly so, the nearest first.
type NearMention struct {
	Mention string     `json:"mention"`
	Near    []NearNode `json:"near"`
}

// NearNode is a described company (or product).
type NearNode struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

// AmbiguousMention is a name with the described companies that it fits.
type AmbiguousMention struct {
	Mention    string   `json:"mention"`
	Candidates []string `json:"candidates"` // ids
}

// holdsConverted is FileReport.Records of a file that is not in columns of ours.
const holdsConverted = "converted"

// How many examples a report holds.
const (
	maxRejections  = 20
	maxExamples    = 5
	maxMentions    = 20
	maxColumnNotes = 100
	maxReasons     = 50
)

type warningCode int

// The warnings.
const (
	warnSelfSupply warningCode = iota
	warnNoCurrency
	warnShareSum
	warnHeaderOnly
	warnUnnamedColumn
	warnAnonymous
	numWarnings
)

var warningTexts = [numWarnings][2]string{
	warnSelfSupply:    {"self_supply", "a company supplies itself; kept"},
	warnNoCurrency:    {"value_without_currency", "a value has no currency; it is not compared with values that have one"},
	warnShareSum:      {"shares_above_one", "the shares of input that one source states for one buyer and product sum to more than 1"},
	warnHeaderOnly:    {"no_rows", "a file has a header and no rows"},
	warnUnnamedColumn: {"unnamed_column", "a column without a name was left out"},
	warnAnonymous: {"anonymous_name", "a party is called by a number or letter of its document only; those of two documents would become one company. " +
		"Kind anonymous with an id, by which relations name it, keeps them apart; so does the format of filings (tributary formats)"},
}

// warnings counts warnings and keeps the first examples of each.
type warnings struct {
	counts   [numWarnings]int64
	examples [numWarnings][]Example
	code     warningCode // of the last one
	file     string      // being read
	row      int64
}

// wants counts a warning, and reports whether an example of it is still wanted: then call example.
func (w *warnings) wants(code warningCode) bool {
	w.code = code
	w.counts[code]++
	return len(w.examples[code]) < maxExamples
}

func (w *warnings) example(format string, args ...any) {
	w.examples[w.code] = append(w.examples[w.code], Example{File: w.file, Row: w.row, Found: fmt.Sprintf(format, args...)})
}

func (w *warnings) list() (out []Warning) {
	for code, count := range w.counts {
		if count > 0 {
			out = append(out, Warning{Code: warningTexts[code][0], Message: warningTexts[code][1], Count: count, Examples: w.examples[code]})
		}
	}
	return out
}

func (r *Report) reject(x Rejection) {
	r.Rejected++
	r.list(x)
}

// refuse counts a statement that is not imported, of a record that is.
func (r *Report) refuse(file int, x Rejection) {
	r.Refused++
	r.Files[file].Conversion.Refused++
	r.list(x)
}

func (r *Report) list(x Rejection) {
	if len(r.Rejections) < maxRejections {
		r.Rejections = append(r.Rejections, x)
	}
}

// noteColumns reports the columns of a shape that are unknown or called otherwise; each once.
func (r *Report) noteColumns(file string, s *shape, w *warnings) {
	if s.questions != nil {
		return // other columns are notes of whoever filled it in
	}
	for i, c := range s.columns {
		switch {
		case c.header == "":
			if i > 1 || len(s.columns) == 1 || s.columns[0].header != "" { // not the first two of a file of rejects
				if w.wants(warnUnnamedColumn) {
					w.example("column %d", i+1)
				}
			}
		case !s.isKnown(c.name):
			note := UnknownColumn{File: file, Column: c.header, DidYouMean: s.suggestion(c.header)}
			if len(r.UnknownColumns) < maxColumnNotes && !slices.Contains(r.UnknownColumns, note) {
				r.UnknownColumns = append(r.UnknownColumns, note)
			}
		case spelled(c.header) != c.name:
			note := ColumnReadAs{File: file, Column: c.header, ReadAs: c.name}
			if len(r.ColumnsReadAs) < maxColumnNotes && !slices.Contains(r.ColumnsReadAs, note) {
				r.ColumnsReadAs = append(r.ColumnsReadAs, note)
			}
		}
	}
}
