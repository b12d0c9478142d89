package httpapi

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"

	"github.com/danielgtaylor/huma/v2"
	"github.com/gin-gonic/gin"

	"github.com/tributarygraph/tributary/graph"
	"github.com/tributarygraph/tributary/importer/mapping"
)

// Problem is the body of every answer that is an error: RFC 9457, with a stable code.
type Problem struct {
	Type       string              `json:"type" doc:"URN of the kind of problem"`
	Title      string              `json:"title" doc:"What the status means"`
	Status     int                 `json:"status" doc:"HTTP status"`
	Detail     string              `json:"detail" doc:"What went wrong, and what to do"`
	Code       string              `json:"code" doc:"Stable word for programs to act on"`
	RequestID  string              `json:"request_id,omitempty" doc:"Names the request in the server's log"`
	Candidates []string            `json:"candidates,omitempty" doc:"Of code ambiguous: the ids that fit"`
	Errors     []*huma.ErrorDetail `json:"errors,omitempty" doc:"Of code invalid: what is wrong with which parameter"`
	Mapping    []mappingProblem    `json:"mapping_errors,omitempty" doc:"Of code invalid_mapping: all that is wrong with the mapping, in its order"`

	retryAfter int    // seconds; 0 for none
	etag       string // of a 304, which is no problem but travels as one
}

// mappingProblem is what is wrong at one place of a mapping.
type mappingProblem struct {
	Line    int    `json:"line" doc:"From 1"`
	Column  int    `json:"column" doc:"From 1, in characters"`
	Message string `json:"message"`
}

// The codes of problems.
const (
	codeMapping        = "invalid_mapping"
	codeInvalid        = "invalid"
	codeUnauthorized   = "unauthorized"
	codeHost           = "host_not_allowed"
	codeOrigin         = "origin_not_allowed"
	codeNotFound       = "not_found"
	codeNoRoute        = "no_such_route"
	codeMethod         = "method_not_allowed"
	codeNotAcceptable  = "not_acceptable"
	codeAmbiguous      = "ambiguous"
	codeConflict       = "conflict"
	codeTooLarge       = "body_too_large"
	codeMediaType      = "unsupported_media_type"
	codeTooManyImports = "too_many_imports"
	codeTooManyJobs    = "too_many_jobs"
	codeOverloaded     = "overloaded"
	codeUnavailable    = "store_unavailable"
	codeLoading        = "loading"
	codeSchema         = "unsupported_store_schema"
	codeDeadline       = "deadline"
	codeCompacted      = "revision_compacted"
	codeCancelled      = "cancelled"
	codeInternal       = "internal"
)

func newProblem(status int, code, detail string) *Problem {
	return &Problem{Type: "urn:tributary:problem:" + code, Title: http.StatusText(status), Status: status, Detail: detail, Code: code}
}

// Error is what the problem says.
func (p *Problem) Error() string { return p.Detail }

// GetStatus is the HTTP status.
func (p *Problem) GetStatus() int { return p.Status }

// ContentType is what a problem is sent as, whatever was asked for.
func (p *Problem) ContentType(string) string { return "application/problem+json" }

// GetHeaders are the headers that go with the problem.
func (p *Problem) GetHeaders() http.Header {
	h := http.Header{}
	if p.retryAfter > 0 {
		h.Set("Retry-After", strconv.Itoa(p.retryAfter))
	}
	if p.etag != "" {
		h.Set("ETag", p.etag)
	}
	if p.Status == http.StatusUnauthorized {
		h.Set("WWW-Authenticate", `Bearer realm="tributary"`)
	}
	return h
}

// problemOf maps an error to the problem that a client sees. This is the one place that does. An error that is
// nobody's fault but ours tells the client nothing; the log tells all.
func problemOf(err error) *Problem {
	var p *Problem
	if errors.As(err, &p) {
		return p
	}
	var ambiguous *graph.AmbiguousError
	if errors.As(err, &ambiguous) {
		p = newProblem(http.StatusConflict, codeAmbiguous, err.Error())
		p.Candidates = ambiguous.Candidates
		return p
	}
	var inMapping mapping.Problems
	if errors.As(err, &inMapping) {
		p = newProblem(http.StatusUnprocessableEntity, codeMapping, err.Error())
		for _, x := range inMapping {
			p.Mapping = append(p.Mapping, mappingProblem{x.Line, x.Column, x.Text})
		}
		return p
	}
	var tooLarge *http.MaxBytesError
	if errors.As(err, &tooLarge) {
		return newProblem(http.StatusRequestEntityTooLarge, codeTooLarge, fmt.Sprintf("the body is larger than %d bytes", tooLarge.Limit))
	}
	for _, kind := range []struct {
		err    error
		status int
		code   string
		retry  int
	}{
		{graph.ErrInvalid, http.StatusUnprocessableEntity, codeInvalid, 0},
		{graph.ErrNotFound, http.StatusNotFound, codeNotFound, 0},
		{graph.ErrAmbiguous, http.StatusConflict, codeAmbiguous, 0},
		{graph.ErrConflict, http.StatusConflict, codeConflict, 0},
		{graph.ErrRevisionCompacted, http.StatusGone, codeCompacted, 0},
		{graph.ErrUnavailable, http.StatusServiceUnavailable, codeUnavailable, 5},
		{graph.ErrSchema, http.StatusInternalServerError, codeSchema, 0},
	} {
		if errors.Is(err, kind.err) {
			p = newProblem(kind.status, kind.code, err.Error())
			p.retryAfter = kind.retry
			return p
		}
	}
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		return newProblem(http.StatusGatewayTimeout, codeDeadline, "the time for this answer was over before it was known; narrow the question, or raise timeout_ms")
	case errors.Is(err, context.Canceled):
		p = newProblem(http.StatusServiceUnavailable, codeCancelled, "the request was cancelled, or the server is stopping")
		p.retryAfter = 1
		return p
	}
	return newProblem(http.StatusInternalServerError, codeInternal, "the server failed; its log tells why under the request id")
}

// codeOf is the code of problems that the framework reports with a status only.
func codeOf(status int) string {
	switch status {
	case http.StatusUnauthorized:
		return codeUnauthorized
	case http.StatusNotFound:
		return codeNotFound
	case http.StatusMethodNotAllowed:
		return codeMethod
	case http.StatusNotAcceptable:
		return codeNotAcceptable
	case http.StatusRequestEntityTooLarge:
		return codeTooLarge
	case http.StatusUnsupportedMediaType:
		return codeMediaType
	}
	if status >= http.StatusInternalServerError {
		return codeInternal
	}
	return codeInvalid
}

// frameworkProblem makes the problems of errors that huma finds: parameters of the wrong form.
func frameworkProblem(status int, message string, errs ...error) huma.StatusError {
	if status == http.StatusBadRequest {
		status = http.StatusUnprocessableEntity // one status for input of the wrong form
	}
	p := newProblem(status, codeOf(status), message)
	for _, err := range errs {
		var detail huma.ErrorDetailer
		if errors.As(err, &detail) {
			p.Errors = append(p.Errors, detail.ErrorDetail())
		} else if err != nil {
			p.Errors = append(p.Errors, &huma.ErrorDetail{Message: err.Error()})
		}
	}
	if len(p.Errors) > 0 {
		first := p.Errors[0]
		p.Detail = fmt.Sprintf("%s: %s: %s", message, first.Location, first.Message)
	}
	return p
}

// refuse ends a request with a problem, outside of huma.
func refuse(c *gin.Context, p *Problem) {
	p.RequestID = requestID(c.Request.Context())
	for name, values := range p.GetHeaders() {
		c.Writer.Header()[name] = values
	}
	body, _ := json.Marshal(p) // text and numbers: it always encodes
	c.Abort()
	c.Data(p.Status, p.ContentType(""), append(body, '\n'))
}
