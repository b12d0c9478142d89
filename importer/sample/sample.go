// Package sample holds a worked example of input files: the supply chain of AI computing, from quartz and
// neon to the clouds that rent out accelerators.
package sample

import (
	"embed"
	"io/fs"
)

//go:embed *.csv
var files embed.FS

// FS is the sample as the files that a user would write: companies.csv, products.csv, sources.csv and sites.csv, and one
// file a kind of relation (supplies.csv, owns.csv, makes.csv, input_of.csv, associated.csv, listings.csv), all in the root.
//
// Every relation names the public page that states it, with a short quote that stands there or where to look.
// The facts of one article that has no page to quote (source suanli-2024-05-11) are told in our words. They
// are what these sources said when they were read, in November 2026, not what is true: they disagree with one
// another, and where one denies what another asserts, both are here. docs/sample.md describes them.
//
// Facts are free to use; the quotes are short, named citations of works whose rights stay with their owners.
func FS() fs.FS { return files }
