package main

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

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
		return importer.ReadLookup(ctx, importer.Input{Path: file}, maxLookup)
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

// sample reads the begin of files that have the same columns.
func (p *program) sample(ctx context.Context, args []string, layout records.Layout) (*mapping.Sample, error) {
	s, err := importer.ReadSample(ctx, p.inputs(args), layout)
	if other := (*importer.OtherColumns)(nil); errors.As(err, &other) {
		return nil, hint(usagef("%s", other.Error()), "draft a mapping for each; a file in which values are only looked up goes into lookups")
	}
	if err != nil {
		return nil, p.explainImport(err)
	}
	s.File = strings.Join(args, ", ")
	return s, nil
}
