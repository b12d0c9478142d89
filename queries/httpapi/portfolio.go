package httpapi

import (
	"bytes"
	"context"
	"encoding/json"

	"github.com/danielgtaylor/huma/v2"

	"github.com/tributarygraph/tributary/importer"
	"github.com/tributarygraph/tributary/queries"
)

// portfolioBody is a portfolio as it is sent.
type portfolioBody struct {
	Members queries.Portfolio `json:"members" minItems:"1" maxItems:"10000" doc:"Companies, by any name, with the spend on each where it is known"`
}

// askPortfolio routes a question of a portfolio, which may be sent as a file too.
func askPortfolio[I, O any](s *Server, op huma.Operation, handler func(context.Context, *I) (*O, error)) {
	op.Tags = []string{"portfolios"}
	askBody(s, list, op, handler)
	content := s.api.OpenAPI().Paths[op.Path].Post.RequestBody.Content
	content[typeCSV] = &huma.MediaType{Schema: &huma.Schema{Type: "string", Description: "A table with a column company (or name, id, supplier, 供应商, 公司 ...) and, if you like, spend (金额) and currency (币种); or one name a line"}}
	content[typeXLSX] = &huma.MediaType{Schema: &huma.Schema{Type: "string", Format: "binary", Description: "The same as an Excel workbook: its first sheet that holds anything"}}
}

// unmarshalTable reads a body that is a file. The only bodies that may be one are portfolios.
func unmarshalTable(data []byte, v any) error {
	rows, err := importer.ReadPortfolio(context.Background(), importer.Input{Reader: bytes.NewReader(data), Name: "body"}, maxBody)
	if err != nil {
		return err
	}
	text, err := json.Marshal(map[string]any{"members": rows})
	if err != nil {
		return err
	}
	return json.Unmarshal(text, v)
}
