package httpapi

import (
	"bytes"
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/tributarygraph/tributary/graph"
	"github.com/tributarygraph/tributary/queries"
	"github.com/tributarygraph/tributary/queries/report"
)

func (s *Server) reportRoutes() {
	text := "One document that can be handed on: findings in words, numbers with bounds, footnotes to sources, the assumptions, and the commands that give each number again."
	op := s.reportOperation(huma.Operation{OperationID: "get-report", Method: http.MethodGet, Path: "/v1/companies/{id}/report", Summary: "Write a report on a company", Tags: []string{"companies"}, Description: text})
	op.Responses["304"] = &huma.Response{Description: "The report held still stands"}
	huma.Register(s.api, op, s.getReport)
	op = s.reportOperation(huma.Operation{OperationID: "get-portfolio-report", Method: http.MethodPost, DefaultStatus: http.StatusOK, Path: "/v1/report", Summary: "Write a report on a portfolio",
		Tags: []string{"portfolios"}, Description: text})
	huma.Register(s.api, op, s.getPortfolioReport)
	s.takesTables(op)
}

// reportOperation documents the forms of a report.
func (s *Server) reportOperation(op huma.Operation) huma.Operation {
	text := &huma.MediaType{Schema: &huma.Schema{Type: huma.TypeString}}
	op.Responses = map[string]*huma.Response{"200": {Description: "The report", Content: map[string]*huma.MediaType{typeMarkdown: text, typeHTML: text}}}
	return s.operation(op)
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
	return s.report(ctx, &in.Shared, report.Request{Company: in.ID, Scope: in.scope(), Format: in.Format})
}

type portfolioReportInput struct {
	Shared
	Scoped
	Format string `query:"format" enum:"md,html" default:"md" doc:"Form of the report: md (Markdown), or html (one page that needs nothing else)"`
	Body   portfolioBody
}

func (s *Server) getPortfolioReport(ctx context.Context, in *portfolioReportInput) (*reportReply, error) {
	return s.report(ctx, &in.Shared, report.Request{Portfolio: in.Body.Members, PortfolioFile: "portfolio.csv", Scope: in.scope(), Format: in.Format})
}

// report makes a report and writes it in the form asked for.
func (s *Server) report(ctx context.Context, in *Shared, req report.Request) (*reportReply, error) {
	var err error
	if req.Scope, err = req.Scope.Resolve(); err != nil {
		return nil, s.fail(ctx, err)
	}
	q := question{Shared: *in, format: req.Format, request: dated{graph.Today(), req}}
	read, missed := s.details()
	req.Details, req.Version = read, s.config.Build
	made, err := respond(ctx, s, q, func(ctx context.Context, v *graph.View) (*report.Report, error) {
		return report.Make(ctx, v, req)
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
	write := report.WriteMarkdown
	if req.Format == "html" {
		out.ContentType, write = typeHTML+"; charset=utf-8", report.WriteHTML
	}
	var b bytes.Buffer
	if err := write(&b, made.Body); err != nil {
		return nil, s.fail(ctx, err)
	}
	out.Body = b.Bytes()
	return out, nil
}
