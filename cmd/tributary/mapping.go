package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/tributarygraph/tributary/graph"
	"github.com/tributarygraph/tributary/importer"
	"github.com/tributarygraph/tributary/importer/mapping"
)

// maxLookup bounds the second files of mappings, in bytes: they are held in memory.
const maxLookup = 256 << 20

// readMapping reads and checks a mapping, all but the columns of files that it is for.
func readMapping(path string) (*mapping.Mapping, error) {
	data, err := os.ReadFile(path)
	if errors.Is(err, os.ErrNotExist) {
		return nil, noFile(path)
	}
	if err != nil {
		return nil, err
	}
	m, err := mapping.Parse(path, data)
	if err != nil {
		return nil, hint(err, "docs/mapping.md lists the keys; tributary mapping suggest FILE drafts a mapping")
	}
	return m, nil
}

// lookups opens the second files of a mapping, beside which they lie.
func lookups(ctx context.Context, mappingPath string) mapping.Open {
	return func(file, sheet string) (*mapping.Table, error) {
		if !filepath.IsAbs(file) {
			file = filepath.Join(filepath.Dir(mappingPath), file)
		}
		if sheet != "" {
			file += "#" + sheet
		}
		rows, err := importer.ReadTable(ctx, importer.Input{Path: file}, maxLookup)
		if err != nil {
			return nil, err
		}
		if len(rows) == 0 {
			return nil, fmt.Errorf("%w: %s: is empty", graph.ErrInvalid, file)
		}
		t := &mapping.Table{Columns: rows[0].Cells}
		for _, r := range rows[1:] {
			t.Rows = append(t.Rows, r.Cells)
		}
		return t, nil
	}
}

// useMapping makes an import read its inputs by the mapping in a file.
func useMapping(ctx context.Context, o *importer.Options, path string) error {
	m, err := readMapping(path)
	if err != nil {
		return err
	}
	o.Conversion, err = m.Conversion(lookups(ctx, path))
	return err
}
