package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/tributarygraph/tributary/queries/httpapi"
)

func openapiCommand(p *program) *cobra.Command {
	return &cobra.Command{
		Use:   "openapi",
		Short: "Print the OpenAPI document of the API",
		Long: `Prints the OpenAPI 3.1 document of the API, as serve gives it at /openapi.json, without a store or a server:
for making clients.`,
		Example: "  tributary openapi > openapi.json\n  tributary openapi | npx openapi-typescript -o api.d.ts",
		Args:    wantArgs(0, 0),
		RunE: func(*cobra.Command, []string) error {
			document, err := httpapi.OpenAPI(readBuildInfo().Version)
			if err != nil {
				return err
			}
			_, err = fmt.Fprintf(p.out, "%s\n", document)
			return err
		},
	}
}
