package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/tributarygraph/tributary/graph"
	"github.com/tributarygraph/tributary/importer"
)

// importsAnswer lists what was imported.
type importsAnswer struct {
	Items    []graph.Import `json:"items"`
	Total    int            `json:"total"`
	Revision graph.Revision `json:"revision"`
	Complete bool           `json:"complete"`
}

// importLine is an import in CSV and NDJSON.
type importLine struct {
	Key       string         `json:"key"`
	Dataset   string         `json:"dataset"`
	Status    string         `json:"status"`
	Started   string         `json:"started"`
	Finished  string         `json:"finished"`
	Files     []string       `json:"files"`
	Created   int            `json:"created"`
	Changed   int            `json:"changed"`
	Unchanged int            `json:"unchanged"`
	Withdrawn int            `json:"withdrawn"`
	Batches   int            `json:"batches"`
	Revision  graph.Revision `json:"revision"`
}

func importLineOf(x *graph.Import) importLine {
	line := importLine{Key: x.Key, Dataset: x.Dataset, Status: string(x.Status), Started: x.Started.UTC().Format(time.RFC3339), Files: importFiles(x),
		Created: x.Counts.Created, Changed: x.Counts.Changed, Unchanged: x.Counts.Unchanged, Withdrawn: x.Counts.Withdrawn, Batches: x.Batches, Revision: x.Revision}
	if !x.Finished.IsZero() {
		line.Finished = x.Finished.UTC().Format(time.RFC3339)
	}
	return line
}

func importsCommand(p *program) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "imports",
		Short: "List what was imported; imports undo takes one back",
		Long: `Lists what was imported, the oldest first: the dataset, the files, when, and what it did. An import that is
still "running" and whose process is gone was broken off: import the same again, and it goes on.`,
		Example: `  tributary imports
  tributary imports -o json
  tributary imports undo vendors`,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) > 0 {
				return unknownCommand(cmd, args[0])
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, _ []string) error {
			return p.withStore(cmd.Context(), toRead, func(store graph.Store) error { return p.listImports(cmd.Context(), store) })
		},
	}
	p.outputs(cmd)
	p.stores(cmd)
	cmd.AddCommand(undoCommand(p))
	return cmd
}

func (p *program) listImports(ctx context.Context, store graph.Store) error {
	head, err := store.Head(ctx)
	if err != nil {
		return err
	}
	imports, err := store.Imports(ctx)
	if err != nil {
		return err
	}
	if imports == nil {
		imports = []graph.Import{}
	}
	lines := make([]importLine, len(imports))
	for i := range imports {
		lines[i] = importLineOf(&imports[i])
	}
	return p.render(answer{
		whole: importsAnswer{Items: imports, Total: len(imports), Revision: head.Revision, Complete: true}, items: lines,
		print: func(o *printer) {
			if len(imports) == 0 {
				o.printf("Nothing was imported yet: %s import FILE%s\n", p.self, p.onStore())
				return
			}
			t := &table{columns: []column{{title: "IMPORT"}, {title: "DATASET", least: 12}, {title: "STATUS"}, {title: "STARTED (UTC)"}, {title: "CREATED", right: true},
				{title: "CHANGED", right: true}, {title: "WITHDRAWN", right: true}, {title: "FILES", least: 12}, {title: "UNCHANGED", right: true}, {title: "BATCHES", right: true}}}
			for _, x := range imports {
				t.add(shortKey(x.Key), x.Dataset, string(x.Status), x.Started.UTC().Format("2006-01-02 15:04:05"), thousands(x.Counts.Created), thousands(x.Counts.Changed),
					thousands(x.Counts.Withdrawn), strings.Join(importFiles(&x), ", "), thousands(x.Counts.Unchanged), thousands(x.Batches))
			}
			o.table(t)
		},
		last: func(*printer) string {
			return fmt.Sprintf("%s; revision %d; complete", plural(len(imports), "imports"), head.Revision)
		},
	})
}

// shortKey is as much of a key as tells imports apart; undo takes it.
func shortKey(key string) string {
	if strings.Contains(key, ".") {
		return key // only the number behind the point tells it from an earlier one
	}
	return key[:min(8, len(key))]
}

// importFiles are the names of the files, as the importer noted them.
func importFiles(x *graph.Import) []string {
	var info struct {
		Files []string `json:"files"`
	}
	if json.Unmarshal(x.Info, &info) != nil {
		return nil // the note of another program
	}
	return info.Files
}

func undoCommand(p *program) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "undo IMPORT",
		Short: "Take one import back",
		Long: `Takes back what one import wrote; what other imports said of the same comes to light again. IMPORT is its key,
the first characters of it (imports lists them), or a dataset that was imported once. Importing the files again
brings it back. Decisions of merge stay: they are yours, not the import's; unmerge takes one back.`,
		Example: `  tributary imports undo vendors
  tributary imports undo 3f9a1c20`,
		Args: wantArgs(1, 1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return p.withStore(cmd.Context(), toRead, func(store graph.Store) error {
				report, err := importer.Undo(cmd.Context(), store, args[0])
				if errors.Is(err, graph.ErrNotFound) {
					return hint(err, "see them with: %s imports%s", p.self, p.onStore())
				}
				if err != nil {
					return err
				}
				return p.render(answer{
					whole: report, items: []importLine{importLineOf(&report.Import)},
					print: func(o *printer) {
						o.heading("Undone: dataset " + printable(report.Import.Dataset))
						o.printf("  %s withdrawn, %s as another import left them, %s unchanged", plural(report.Withdrawn, "statements"), thousands(report.Changed), thousands(report.Unchanged))
						if report.Unmerged > 0 {
							o.printf("; %s of sameness taken back", plural(report.Unmerged, "decisions"))
						}
						o.printf("\n")
						if report.Kept > 0 {
							o.printf("  decisions of sameness that stay, made by hand or by other imports: %s; take one back with: %s unmerge NAME%s\n", thousands(report.Kept), p.self, p.onStore())
						}
					},
					last: func(*printer) string {
						return fmt.Sprintf("import %s; revision %d", report.Import.Key, report.Revision)
					},
				})
			})
		},
	}
	p.outputs(cmd)
	p.stores(cmd)
	return cmd
}
