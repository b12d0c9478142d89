// Package importer reads companies, products, sources, relations and decisions about sameness from CSV and
// JSON Lines into a [graph.Store].
//
// The way of a row:
//
//	input.go    files, folders, readers; gzip and zstd told from their first bytes; hashed as they are read
//	csv.go      bytes into rows of cells (jsonl.go for JSON Lines)
//	columns.go  the header into a shape: which kind of record, which column is which field
//	row.go      a row of cells, checked, into a record: an encoded key and an encoded patch
//	sorter.go   records into one stream in the order of keys, through runs on disk when they are many
//	batch.go    the stream into batches: each key once, no series split
//	importer.go the batches into the store, the outcome into a report
//
// Reading and sorting end before the first batch is written: an input that cannot be read as a whole leaves the
// store as it was. The order of batches is a function of the contents alone, so that an import that was killed
// and is repeated goes on where it stopped.
package importer
