package httpapi

import (
	"cmp"
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/tributarygraph/tributary/graph"
	"github.com/tributarygraph/tributary/importer"
)

func (s *Server) undoRoutes() {
	huma.Register(s.api, s.operation(huma.Operation{OperationID: "undo-import", Method: http.MethodPost, Path: pathImports + "/{id}/undo", Summary: "Take back what an import wrote", Tags: []string{"imports"},
		Description: "What other imports said of the same statements comes to light again; what people decided stays. An undo that is broken off goes on when it is asked for again.", DefaultStatus: http.StatusOK}), s.undoImport)
}

// undoneImport tells what undoing an import did.
type undoneImport struct {
	Key      string       `json:"key" doc:"Of the import that is undone"`
	Dataset  string       `json:"dataset"`
	Counts   graph.Counts `json:"counts" doc:"Statements by what became of them"`
	Unmerged int          `json:"unmerged" doc:"Decisions about names of the import that were taken back"`
	Revision uint64       `json:"revision" doc:"Revision of the store after it"`
}

type undoImportOutput struct{ Body undoneImport }

func (s *Server) undoImport(ctx context.Context, in *importID) (*undoImportOutput, error) {
	key := in.ID
	if j := s.jobs.findAny(in.ID); j != nil {
		key = cmp.Or(j.key(), key)
	}
	report, err := importer.Undo(ctx, s.store, key)
	if err != nil {
		return nil, s.fail(ctx, err)
	}
	if err := s.views.CatchUp(ctx); err != nil {
		s.log.Warn("the network was not brought up to date after an import was undone", "err", err)
	}
	return &undoImportOutput{undoneImport{report.Import.Key, report.Import.Dataset, report.Counts, report.Unmerged, uint64(report.Revision)}}, nil
}
