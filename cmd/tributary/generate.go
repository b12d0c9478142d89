package main

import (
	"context"
	"fmt"
	"path/filepath"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/tributarygraph/tributary/graph"
	"github.com/tributarygraph/tributary/importer/generate"
)

func generateCommand(p *program) *cobra.Command {
	var o generate.Options
	var format string
	cmd := &cobra.Command{
		Use:   "generate FOLDER",
		Short: "Write a synthetic network as files to import, for benchmarks",
		Long: `Writes a synthetic network of companies, products, sources and relations as CSV files, for benchmarks and
tests: skewed degrees, loops, names in two scripts, identifiers, shares and dates, rows in no order. The same
seed and sizes give the same bytes on every machine. Nothing in it is true of any company.

With --format gleif it writes companies in the shape of the LEI Golden Copy, and who belongs to whom, instead.`,
		Example: `  tributary generate big
  tributary generate small --companies 1000 --relations 10000 --seed 7
  tributary generate register --format gleif --companies 3000000
  tributary import big --store big.db`,
		Args: wantArgs(1, 1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if format == "gleif" {
				return p.generateGLEIF(cmd.Context(), args[0], o)
			} else if format != "" {
				return fmt.Errorf("%w: --format %q; allowed: gleif", graph.ErrInvalid, format)
			}
			if err := generate.Folder(cmd.Context(), args[0], o); err != nil {
				return err
			}
			for _, name := range generate.Files {
				fmt.Fprintln(p.out, filepath.Join(args[0], name))
			}
			p.remark("%s and %s; import with: %s import %s", plural(o.Companies, "companies"), plural(o.Relations, "relations"), p.self, args[0])
			return nil
		},
	}
	inGroup(cmd, groupQuestion, func(f *pflag.FlagSet) {
		f.IntVar(&o.Companies, "companies", 100_000, "`N` companies")
		f.IntVar(&o.Relations, "relations", 1_000_000, "`N` relations")
		f.IntVar(&o.Products, "products", 0, "`N` products (0: one for 200 companies, at least 200)")
		f.IntVar(&o.Sources, "sources", 0, "`N` sources (0: one for 1,000 relations, at least 20)")
		f.Uint64Var(&o.Seed, "seed", 1, "another `SEED` makes another network")
		f.StringVar(&format, "format", "", "`FORMAT` of another's files: gleif")
		f.BoolVar(&o.Minimal, "minimal", false, "relations with supplier, buyer, product and value only")
	})
	p.quietFlag(cmd)
	return cmd
}

func (p *program) generateGLEIF(ctx context.Context, folder string, o generate.Options) error {
	if err := generate.GLEIF(ctx, folder, o.Seed, o.Companies); err != nil {
		return err
	}
	for _, name := range generate.GLEIFFiles {
		fmt.Fprintln(p.out, filepath.Join(folder, name))
	}
	p.remark("%s; import with: %s import %s", plural(o.Companies, "companies"), p.self, folder)
	return nil
}
