package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/tributarygraph/tributary/graph"
	"github.com/tributarygraph/tributary/importer"
	"github.com/tributarygraph/tributary/queries"
)

const formatGraphML = "graphml"

func exportCommand(p *program) *cobra.Command {
	var format string
	var scope queries.Scope
	cmd := &cobra.Command{
		Use:   "export [PATH]",
		Short: "Write the graph as CSV that imports again, NDJSON, or GraphML",
		Long: `Writes everything that the store holds. CSV goes into a folder, a file a kind; it imports again to the same
graph. NDJSON, one statement a line, does so too, and goes to a file or, without PATH, to standard output. GraphML
holds the folded graph, for programs that draw graphs; the flags under "What counts" narrow it.`,
		Example: `  tributary export backup
  tributary export -o ndjson | gzip > graph.jsonl.gz
  tributary export graph.graphml --as-of any`,
		Args: wantArgs(0, 1),
		RunE: func(cmd *cobra.Command, args []string) error {
			path := "-"
			if len(args) > 0 {
				path = args[0]
			}
			if !cmd.Flags().Changed("output") {
				format = formatOf(path)
			}
			return p.export(cmd.Context(), path, format, scope)
		},
	}
	inGroup(cmd, groupOutput, func(f *pflag.FlagSet) {
		f.VarP(newChoice(&format, formatCSV, formatCSV, formatNDJSON, formatGraphML), "output", "o", "`FORMAT`: csv, ndjson or graphml (default: by the ending of PATH; csv for a folder)")
	})
	ignoreEnvironment(cmd, "output") // TRIBUTARY_OUTPUT=json is for answers
	scopeFlags(cmd, &scope)
	p.quietFlag(cmd)
	p.stores(cmd)
	return cmd
}

// formatOf is the format that the ending of a path asks for.
func formatOf(path string) string {
	switch strings.ToLower(filepath.Ext(path)) {
	case ".ndjson", ".jsonl":
		return formatNDJSON
	case ".graphml", ".xml":
		return formatGraphML
	}
	return formatCSV
}

func (p *program) export(ctx context.Context, path, format string, scope queries.Scope) error {
	if format == formatCSV && path == "-" {
		return hint(usagef("export: CSV is several files and needs a folder"), "name one: %s export backup; or: %s export -o ndjson > graph.jsonl", p.self, p.self)
	}
	if info, err := os.Stat(path); format == formatCSV && strings.EqualFold(filepath.Ext(path), ".csv") && (err != nil || !info.IsDir()) {
		return hint(usagef("export: CSV is several files and needs a folder, not %s", path), "name a folder: %s export %s", p.self, shellWord(strings.TrimSuffix(path, filepath.Ext(path))))
	}
	switch format {
	case formatCSV:
		return p.withStore(ctx, toRead, func(store graph.Store) error {
			if err := importer.ExportCSV(ctx, store, path); err != nil {
				return err
			}
			if others, err := importer.BesideExport(path); err != nil || len(others) > 0 {
				p.remark("exported to %s, beside what an import of the folder reads too: %s; import the files of the export alone: %s", path,
					strings.Join(others, ", "), strings.Join(importer.ExportFiles, ", "))
				return err
			}
			p.remark("exported to %s; imports again with: %s import %s --store NEW", path, p.self, path)
			return nil
		})
	case formatNDJSON:
		return p.withStore(ctx, toRead, func(store graph.Store) error {
			return p.toFile(path, func(w io.Writer) error { return importer.ExportNDJSON(ctx, store, w) })
		})
	}
	filter, err := filterOf(scope)
	if err != nil {
		return err
	}
	return p.withView(ctx, func(v *graph.View, _ graph.Store) error {
		v, err := queries.Grouped(ctx, v, scope)
		if err != nil {
			return err
		}
		return p.toFile(path, func(w io.Writer) error { return importer.ExportGraphML(ctx, v, filter, w) })
	})
}

// filterOf is the scope as a View takes it.
func filterOf(s queries.Scope) (graph.Filter, error) {
	s, err := s.Resolve()
	if err != nil {
		return graph.Filter{}, err
	}
	day := graph.AnyDate
	if s.AsOf != "any" {
		day, err = graph.ParseDate(s.AsOf)
	}
	return graph.Filter{AsOf: day, Stages: graph.StagesOf(s.Stages...), MinConfidence: s.MinConfidence}, err
}

// toFile writes to the file at path, or to standard output where it is "-". A file appears whole or not at all.
func (p *program) toFile(path string, write func(io.Writer) error) error {
	if path == "-" {
		out := bufio.NewWriter(p.out)
		return errors.Join(write(out), out.Flush())
	}
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		return hint(usagef("%s is a folder", path), "name a file in it: %s", filepath.Join(path, "graph.jsonl"))
	}
	file, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+"-*")
	if err != nil {
		return fmt.Errorf("writing %s: %w", path, err)
	}
	err = errors.Join(write(file), file.Chmod(0o644), file.Close())
	if err == nil {
		err = os.Rename(file.Name(), path)
	}
	if err != nil {
		return errors.Join(fmt.Errorf("writing %s: %w", path, err), os.Remove(file.Name()))
	}
	p.remark("exported to %s", path)
	return nil
}
