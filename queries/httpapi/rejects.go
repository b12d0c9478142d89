package httpapi

import (
	"context"
	"fmt"
	"io"
	"mime"
	"net/http"
	"path"
	"strconv"
	"strings"
	"sync"

	"github.com/danielgtaylor/huma/v2"

	"github.com/tributarygraph/tributary/graph"
	"github.com/tributarygraph/tributary/importer"
)

// keptRejects is of how many imports that ended the rejected rows are kept: each is a file on disk.
const keptRejects = 100

// rejectedRows are the rejected rows of an import, on disk.
type rejectedRows struct {
	folder string

	mu    sync.Mutex
	file  *importer.Spool // nil where there are none, and when they are dropped
	title string          // what a file of them would be called; empty where there are none
	size  int64
}

// open is an importer.Options.Rejects.
func (r *rejectedRows) open(name string) (io.WriteCloser, error) {
	to, err := importer.NewSpool(r.folder, "tributary-rejected-*")
	if err != nil {
		return nil, err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.file, r.title = to, name
	return r, nil
}

// Write is part of io.Writer.
func (r *rejectedRows) Write(p []byte) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	n, err := r.file.Write(p)
	r.size += int64(n)
	return n, err
}

// Close is what the importer does when it has written all: they are kept.
func (r *rejectedRows) Close() error { return nil }

// drop gives back the disk.
func (r *rejectedRows) drop() {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.file != nil {
		_ = r.file.Close() // it has no name: nothing stays
		r.file, r.title = nil, ""
	}
}

// name is what a file of the rows would be called; empty where there are none, or no longer.
func (r *rejectedRows) name() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.title
}

// read is the rows; nil where there are none, or no longer.
func (r *rejectedRows) read() *io.SectionReader {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.file == nil {
		return nil
	}
	return io.NewSectionReader(r.file, 0, r.size)
}

func (s *Server) rejectRoutes() {
	text := func() *huma.MediaType { return &huma.MediaType{Schema: &huma.Schema{Type: "string"}} }
	op := s.operation(huma.Operation{OperationID: "get-import-rejects", Method: http.MethodGet, Path: pathImports + "/{id}/rejects", Summary: "Read the rejected rows of an import", Tags: []string{"imports"},
		Description: "The rows that were rejected, or of which statements were refused, as they were, each with its number and the reason in front: CSV, and of JSON the objects as JSON Lines. Mend them and import them again, as they are. " +
			"Of the last 100 imports, while the server runs that imported them."})
	op.Responses["200"] = &huma.Response{Description: "The rows", Content: map[string]*huma.MediaType{typeCSV: text(), typeNDJSON: text()}}
	huma.Register(s.api, op, s.getRejects)
}

func (s *Server) getRejects(ctx context.Context, in *importID) (*huma.StreamResponse, error) {
	j := s.jobs.findAny(in.ID)
	if j == nil {
		if _, err := s.getImport(ctx, in); err != nil {
			return nil, err
		}
		return nil, s.fail(ctx, fmt.Errorf("%w: the rejected rows of import %q are not kept here: a server keeps those of its last %d imports while it runs; import the file again, with dry_run=true to write nothing", graph.ErrNotFound, in.ID, keptRejects))
	}
	if j.isRunning() {
		return nil, s.fail(ctx, fmt.Errorf("%w: import %q is not over", graph.ErrConflict, in.ID))
	}
	name, rows := j.rejects.name(), j.rejects.read()
	if rows == nil {
		return nil, s.fail(ctx, fmt.Errorf("%w: import %q rejected no row, or its rejected rows are no longer kept", graph.ErrNotFound, in.ID))
	}
	return &huma.StreamResponse{Body: func(to huma.Context) {
		contentType := typeCSV + "; charset=utf-8"
		if strings.HasSuffix(name, ".jsonl") {
			contentType = typeNDJSON
		}
		to.SetHeader("Content-Type", contentType)
		to.SetHeader("Content-Length", strconv.FormatInt(rows.Size(), 10))
		to.SetHeader("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": path.Base(name)}))
		to.SetHeader("Cache-Control", "no-store")
		to.SetStatus(http.StatusOK)
		if _, err := io.Copy(to.BodyWriter(), rows); err != nil {
			s.log.Warn("rejected rows were not sent to their end", "id", j.id, "err", err)
		}
	}}, nil
}
