package httpapi

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"io"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/tributarygraph/tributary/importer"
	"github.com/tributarygraph/tributary/importer/formats"
	"github.com/tributarygraph/tributary/importer/mapping"
	"github.com/tributarygraph/tributary/importer/records"
)

// pathSuggest is where mappings are drafted.
const pathSuggest = "/v1/mappings/suggest"

func (s *Server) mappingRoutes() {
	huma.Register(s.api, s.operation(huma.Operation{OperationID: "list-formats", Method: http.MethodGet, Path: "/v1/formats", Summary: "List the formats that are known", Tags: []string{"imports"},
		Description: "Files of registers and vendors that are imported as they are published, without a mapping."}), s.listFormats)
	op := s.operation(huma.Operation{OperationID: "suggest-mapping", Method: http.MethodPost, Path: pathSuggest, Summary: "Draft a mapping for a file", Tags: []string{"imports"},
		Description:   "Drafts a mapping from what the columns of a file are called and hold, and marks what it is unsure of. Where the file needs none, since it has a format that is known, the answer names that. Of a text only the begin is looked at. Nothing is written.",
		DefaultStatus: http.StatusOK,
		RequestBody:   &huma.RequestBody{Required: true, Description: "A file as POST /v1/imports takes it", Content: uploadContent()}},
		http.StatusUnsupportedMediaType, http.StatusTooManyRequests)
	huma.Register(s.api, op, s.suggestMapping)
	s.documentUpload(op, false)
}

// knownFormat is a format that is imported without a mapping.
type knownFormat struct {
	Name  string `json:"name" doc:"By which POST /v1/imports?format= calls it"`
	Title string `json:"title" doc:"By which its publisher calls it"`
	Makes string `json:"makes" doc:"What its records become"`
}

func knownFormatOf(f *formats.Format) knownFormat {
	return knownFormat{f.Name, f.Title, strings.ReplaceAll(f.Makes, "`", "")}
}

type listFormatsOutput struct {
	Body struct {
		Items []knownFormat `json:"items"`
	}
}

func (s *Server) listFormats(context.Context, *struct{}) (*listFormatsOutput, error) {
	out := &listFormatsOutput{}
	for _, f := range formats.All() {
		out.Body.Items = append(out.Body.Items, knownFormatOf(f))
	}
	return out, nil
}

type suggestInput struct {
	Name        string `query:"name" maxLength:"200" doc:"What the draft calls the file; the name in a form when absent"`
	Header      int64  `query:"header" minimum:"0" maximum:"1000" doc:"The row that names the columns, from 1; told from the first rows when absent"`
	Sheet       string `query:"sheet" doc:"Sheet of a workbook; the first that holds anything when absent"`
	Encoding    string `query:"encoding" doc:"Encoding of a text, such as windows-1252 or big5; told from its content when absent" example:"windows-1252"`
	Records     string `query:"records" doc:"Path to the list of records in a JSON document" example:"data.items"`
	ContentType string `header:"Content-Type" hidden:"true"`
	body        io.Reader
}

// Resolve takes the body as a stream: huma would read it whole into memory.
func (in *suggestInput) Resolve(ctx huma.Context) []error {
	in.body = ctx.BodyReader()
	return nil
}

type suggestOutput struct {
	Body struct {
		Mapping string       `json:"mapping" doc:"The draft, YAML"`
		Unsure  []unsureLine `json:"unsure" doc:"Lines of it that need a look"`
		Columns []string     `json:"columns" doc:"The columns of the file; empty of JSON"`
		Format  *knownFormat `json:"format,omitempty" doc:"The known format that the file has: it is imported without a mapping"`
	}
}

// unsureLine is a line of a draft that needs a look.
type unsureLine struct {
	Line int    `json:"line" doc:"From 1"`
	Note string `json:"note" doc:"What it is unsure of, as the comment on the line says"`
}

func (s *Server) suggestMapping(ctx context.Context, in *suggestInput) (*suggestOutput, error) {
	if err := checkMediaType(in.ContentType); err != nil {
		return nil, s.fail(ctx, err)
	}
	sample, err := s.sample(ctx, in)
	if err != nil {
		return nil, s.fail(ctx, err)
	}
	out := &suggestOutput{}
	draft := mapping.Suggest(sample)
	out.Body.Mapping, out.Body.Unsure, out.Body.Columns = string(draft), unsureLines(draft), append([]string{}, sample.Names...)
	if f, known := importer.FormatOf(sample); known {
		format := knownFormatOf(f)
		out.Body.Format = &format
	}
	return out, nil
}

// sample reads the begin of the file that is sent.
func (s *Server) sample(ctx context.Context, in *suggestInput) (*mapping.Sample, error) {
	release, err := s.jobs.draft()
	if err != nil {
		return nil, err
	}
	defer release()
	f, err := s.uploaded(ctx, in)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }() // what it takes of the disk has no name: it goes with the process at last
	ctx, cancel := context.WithTimeout(ctx, s.config.QueryTimeout)
	defer cancel()
	select { // a place to work at, as questions have
	case s.work <- struct{}{}:
		defer func() { <-s.work }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	f.file.Name = cmp.Or(in.Name, f.file.Name)
	layout := records.Layout{Header: in.Header, Sheet: in.Sheet, Encoding: in.Encoding, Records: in.Records}
	return importer.ReadSample(ctx, []importer.Input{f.file}, layout)
}

// uploaded is what is sent, as a form with a file.
func (s *Server) uploaded(ctx context.Context, in *suggestInput) (*form, error) {
	if boundary, is := isForm(in.ContentType); is {
		f, err := s.readForm(ctx, in.body, boundary, true)
		if err == nil && f.mapping != nil {
			err = errors.Join(invalidForm("has a part %q; here one is drafted", partMapping), f.Close())
		}
		return f, err
	}
	f := &form{}
	var err error
	if f.file, err = s.spoolSample(f, &untilDone{ctx, in.body}, partFile); err == nil && f.file.Size == 0 {
		err = &huma.ErrorDetail{Location: "body", Message: "is empty; send a file"}
		err = frameworkProblem(http.StatusUnprocessableEntity, "validation failed", err)
	}
	if err != nil {
		err = errors.Join(err, f.Close())
	}
	return f, err
}

// unsureLines finds the lines of a draft with a mark.
func unsureLines(draft []byte) []unsureLine {
	out := []unsureLine{}
	const mark = "# unsure"
	number := 0
	for line := range bytes.Lines(draft) {
		number++
		if at := bytes.Index(line, []byte(mark)); at >= 0 {
			out = append(out, unsureLine{number, string(bytes.TrimSpace(line[at+len("# "):]))})
		}
	}
	return out
}
