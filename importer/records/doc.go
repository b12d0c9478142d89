// Package records is the seam between how a file is written and what it says. Readers deliver the records of a file,
// whatever its form; a [Converter] (a mapping, or a format that is known) makes rows of them, whose columns are those
// of docs/importing.md; package importer checks and stores the rows.
package records
