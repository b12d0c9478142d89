package httpapi

import (
	"bytes"
	"context"
	"io"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/tributarygraph/tributary/graph"
	"github.com/tributarygraph/tributary/queries"
	"github.com/tributarygraph/tributary/queries/report"
)

func (s *Server) reportRoutes() {
	op := huma.Operation{OperationID: "get-report", Path: "/v1/companies/{id}/report", Summary: "Write a report on a company", Tags: []string{"companies"},
		Description: "One document that can be handed on: findings in words, numbers with bounds, footnotes to sources, the assumptions, and the commands that give each number again.",
		Responses: map[string]*huma.Response{"200": {Description: "The report", Content: map[string]*huma.MediaType{
			typeMarkdown: {Schema: &huma.Schema{Type: huma.TypeString}}, typeHTML: {Schema: &huma.Schema{Type: huma.TypeString}}}}}}
	op.Method = http.MethodGet
	op = s.operation(op)
	op.Responses["304"] = &huma.Response{Description: "The report held still stands"}
	huma.Register(s.api, op, s.getReport)
}

// The media types of reports.
const (
	typeMarkdown = "text/markdown"
	typeHTML     = "text/html"
)

// pageOnly lets a page use nothing but its own styles.
const pageOnly = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

type reportInput struct {
	OneCompany
	Shared
	Scoped
	Format string `query:"format" enum:"md,html" default:"md" doc:"Form of the report: md (Markdown), or html (one page that needs nothing else)"`
}

type reportReply struct {
	ContentType  string `header:"Content-Type" hidden:"true"`
	Policy       string `header:"Content-Security-Policy"`
	ETag         string `header:"ETag" doc:"Names this report; absent when quotes could not be read"`
	CacheControl string `header:"Cache-Control"`
	Revision     string `header:"Tributary-Revision" doc:"Revision of the store that is answered from"`
	Body         []byte
}

func (s *Server) getReport(ctx context.Context, in *reportInput) (*reportReply, error) {
	scope, err := in.scope().Resolve()
	if err != nil {
		return nil, s.fail(ctx, err)
	}
	read, missed := s.details()
	q := question{Shared: in.Shared, format: in.Format, request: dated{graph.Today(), []any{in.ID, scope}}}
	made, err := respond(ctx, s, q, func(ctx context.Context, v *graph.View) (*report.Report, error) {
		return report.Make(ctx, v, report.Request{Company: in.ID, Scope: scope, Details: read, Version: s.config.Build, Format: in.Format})
	}, func(r *report.Report) (*queries.Answer, *queries.Paging) {
		a := &queries.Answer{Revision: r.Revision, Complete: !r.Late}
		if r.Late {
			a.StoppedBecause = queries.StoppedByDeadline
		}
		return a, nil
	}, missed)
	if err != nil {
		return nil, err
	}
	out := &reportReply{ContentType: typeMarkdown + "; charset=utf-8", Policy: pageOnly, ETag: made.ETag, CacheControl: made.CacheControl, Revision: made.Revision}
	write := func(w io.Writer, r *report.Report) error { return report.WriteMarkdown(w, r) }
	if in.Format == "html" {
		out.ContentType, write = typeHTML+"; charset=utf-8", report.WriteHTML
	}
	var b bytes.Buffer
	if err := write(&b, made.Body); err != nil {
		return nil, s.fail(ctx, err)
	}
	out.Body = b.Bytes()
	return out, nil
}
