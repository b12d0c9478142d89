package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/tributarygraph/tributary/graph"
	"github.com/tributarygraph/tributary/importer"
	"github.com/tributarygraph/tributary/importer/mapping"
	"github.com/tributarygraph/tributary/importer/records"
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

func mappingCommand(p *program) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "mapping",
		Short: "Draft and try out mappings, which say how a file of any shape is imported",
		Long: `A mapping is a small YAML file that says how the columns or fields of a table or JSON become companies, products,
sources and relations. suggest drafts one, check shows what it makes of a file, and import --mapping imports with it.
docs/mapping.md teaches it in ten minutes.`,
		Example: `  tributary mapping suggest 产业链.xlsx > chain.yaml
  tributary mapping check chain.yaml 产业链.xlsx
  tributary import 产业链.xlsx --mapping chain.yaml`,
		Args: wantArgs(0, 0),
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(mappingSuggestCommand(p), mappingCheckCommand(p), mappingSchemaCommand(p))
	return cmd
}

func mappingSchemaCommand(p *program) *cobra.Command {
	return &cobra.Command{
		Use:   "schema",
		Short: "Print the JSON Schema of mappings, for editors",
		Long: `Prints the JSON Schema of mappings. Editors that know YAML complete and check by it: with
"# yaml-language-server: $schema=mapping.schema.json" as the first line of a mapping, for example.`,
		Example: `  tributary mapping schema > mapping.schema.json
  tributary mapping schema | jq .properties.emit`,
		Args: wantArgs(0, 0),
		RunE: func(*cobra.Command, []string) error {
			_, err := p.out.Write(mapping.Schema())
			return err
		},
	}
}

func mappingSuggestCommand(p *program) *cobra.Command {
	var layout records.Layout
	cmd := &cobra.Command{
		Use:   "suggest FILE...",
		Short: "Draft a mapping from what columns are called and hold",
		Long: `Drafts a mapping for a table or JSON from the names of its columns, in English, Chinese, German, French or Japanese, and
from what they hold. What it is unsure of is marked so in comments, with the other columns that may be meant. Look at
these, then let mapping check show what comes of it. Several files are taken for parts of one: their columns are alike.`,
		Example: `  tributary mapping suggest market.csv > market.yaml
  tributary mapping suggest 产业链.xlsx#Sheet2
  tributary mapping suggest fournisseurs.csv --encoding windows-1252
  tributary mapping suggest export.json --records data.items`,
		Args: wantArgs(1, -1),
		RunE: func(cmd *cobra.Command, args []string) error {
			sample, err := p.sample(cmd.Context(), args, layout)
			if err != nil {
				return err
			}
			_, err = p.out.Write(mapping.Suggest(sample))
			return err
		},
	}
	inGroup(cmd, groupQuestion, func(f *pflag.FlagSet) {
		f.Int64Var(&layout.Header, "header", 0, "the `ROW` that names the columns, from 1 (default: told from what the first rows hold)")
		f.StringVar(&layout.Sheet, "sheet", "", "`NAME` of the sheet of a workbook (default: the first that holds anything)")
		f.StringVar(&layout.Encoding, "encoding", "", "`NAME` of the encoding of a text, such as windows-1252 or big5 (default: told from its content)")
		f.StringVar(&layout.Records, "records", "", "`PATH` to the list of records in a JSON document, such as data.items")
	})
	return cmd
}

// How much of a file is looked at.
const (
	sampleRecords = 1000
	sampleHeader  = 10 // rows among which the header is looked for
)

// sample reads the begin of files that have the same columns.
func (p *program) sample(ctx context.Context, args []string, layout records.Layout) (*mapping.Sample, error) {
	s := &mapping.Sample{Layout: layout, File: strings.Join(args, ", ")}
	for i, in := range p.inputs(args) {
		if in.Reader == nil && layout.Header == 0 && i == 0 {
			if err := findHeader(ctx, in, &s.Layout); err != nil {
				return nil, err
			}
		}
		r, err := importer.OpenRecords(ctx, in, s.Layout)
		if err != nil {
			return nil, p.explainImport(err)
		}
		err = readSample(r, s, i == 0, args[i])
		if err := errors.Join(err, r.Close()); err != nil {
			return nil, err
		}
	}
	return s, nil
}

func readSample(r *importer.Records, s *mapping.Sample, first bool, name string) error {
	switch {
	case first:
		s.Names = r.Names()
	case !slices.Equal(s.Names, r.Names()):
		return hint(usagef("%s has other columns than the first file: %s", name, strings.Join(r.Names(), ", ")), "draft a mapping for each; a file in which values are only looked up goes into lookups")
	}
	for n := 0; n < sampleRecords; n++ {
		x, err := r.Next()
		bad := (*records.Bad)(nil)
		switch {
		case err == io.EOF:
			return nil
		case errors.As(err, &bad):
			continue
		case err != nil:
			return err
		}
		s.Records = append(s.Records, records.Record{Number: x.Number, Cells: slices.Clone(x.Cells), Tree: x.Tree})
	}
	return nil
}

// findHeader looks for the row that names the columns where the first is a title: it fills few of the columns.
func findHeader(ctx context.Context, in importer.Input, layout *records.Layout) error {
	var found []string
	for row := int64(1); row <= sampleHeader; row++ {
		tried := *layout
		if row > 1 {
			tried.Header = row
		}
		names, width, err := headerAt(ctx, in, tried)
		switch {
		case err != nil && row == 1:
			return err
		case err != nil:
			return nil
		case found != nil && !slices.Equal(names, found):
			return nil
		case names == nil || 2*filled(names) > width:
			if *layout = tried; row == 1 {
				return nil
			}
			found = names // empty rows before it count: the last row that leads to it is its own
		}
	}
	return nil
}

// headerAt is the header of a file that is read so, and the cells of the widest of the first rows.
func headerAt(ctx context.Context, in importer.Input, layout records.Layout) (names []string, width int, err error) {
	r, err := importer.OpenRecords(ctx, in, layout)
	if err != nil {
		return nil, 0, err
	}
	names = r.Names()
	width = len(names)
	for range 3 {
		if x, err := r.Next(); err == nil {
			width = max(width, len(x.Cells))
		}
	}
	return names, width, r.Close()
}

func filled(cells []string) (n int) {
	for _, cell := range cells {
		if cell != "" {
			n++
		}
	}
	return n
}
