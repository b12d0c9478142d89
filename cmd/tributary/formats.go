package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/tributarygraph/tributary/graph"
	"github.com/tributarygraph/tributary/importer/formats"
)

func formatsCommand(p *program) *cobra.Command {
	return &cobra.Command{
		Use:   "formats [NAME]",
		Short: "List the formats that are imported without a mapping, or tell what one uses",
		Long: `Lists the files of registers and vendors that import understands as they are published, told from what they
hold. With the name of a format: which of its fields are used as what, which are left, and which records are left out.`,
		Example: `  tributary formats
  tributary formats gleif-lei`,
		Args: wantArgs(0, 1),
		RunE: func(_ *cobra.Command, args []string) error {
			if len(args) == 1 {
				f, ok := formats.ByName(args[0])
				if !ok {
					return fmt.Errorf("%w: no format is called %q; there are: %s", graph.ErrNotFound, args[0], strings.Join(formatNames(), ", "))
				}
				fmt.Fprint(p.out, f.Markdown())
				return nil
			}
			for _, f := range formats.All() {
				fmt.Fprintf(p.out, "%-22s %s\n%-22s makes %s\n", f.Name, f.Title, "", strings.ReplaceAll(f.Makes, "`", ""))
			}
			return nil
		},
	}
}

func formatNames() (names []string) {
	for _, f := range formats.All() {
		names = append(names, f.Name)
	}
	return names
}
