// Package formats knows files of public registers and of data vendors as they are published, so that they are imported
// without a mapping. A format is told from what a file holds, its header or its first elements of JSON, never from the
// name of the file.
//
//	formats.go     the list of formats, and which of them a file is
//	table.go       cells of a table by the name of their column
//	mapped.go      formats that are mappings, in the files *.yaml
//	values.go      how formats write lists, days and shares
//	markdown.go    what a format says of itself, as docs/formats.md shows it
//
// Each other file is one format, or what a family of formats shares. A format makes rows of records (package records);
// package importer checks their values as it checks those of files with columns of its own.
package formats
