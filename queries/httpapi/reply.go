package httpapi

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/csv"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/negotiation"

	"github.com/tributarygraph/tributary/graph"
	"github.com/tributarygraph/tributary/queries"
)

// The media types of answers.
const (
	typeJSON   = "application/json"
	typeCSV    = "text/csv"
	typeNDJSON = "application/x-ndjson"

	typeXLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet" // of bodies only
)

// reply is an answer with its headers.
type reply[T any] struct {
	ContentType  string `header:"Content-Type" hidden:"true"`
	ETag         string `header:"ETag" doc:"Names this answer; absent when its deadline cut it short"`
	CacheControl string `header:"Cache-Control"`
	Vary         string `header:"Vary"`
	Link         string `header:"Link" doc:"Address of the part that follows, rel=next"`
	Complete     string `header:"Tributary-Complete" doc:"Whether a list holds all there is: true, or false with the reason"`
	Revision     string `header:"Tributary-Revision" doc:"Revision of the store that is answered from"`
	Body         *T
}

// Shared are the parameters of every question.
type Shared struct {
	TimeoutMS   int    `query:"timeout_ms" minimum:"1" maximum:"600000" doc:"Most milliseconds to work on the answer; what is found by then is given, marked with stopped_because deadline"`
	IfNoneMatch string `header:"If-None-Match" doc:"ETag of an answer held: 304 when it still stands"`
}

// Scoped are the parameters of questions about relations.
type Scoped struct {
	AsOf          string   `query:"as_of" pattern:"^(|any|today|(FY)?[0-9]{4}(-?[QqHh][1-4]|-[0-9]{2}(-[0-9]{2})?)?)$" patternDescription:"date (2024-05-11, 2024-05, 2024Q2, 2024), today, or any" doc:"Day on which relations hold: a date (2024-05-11, 2024-05, 2024Q2, 2024), or any to ignore dates; today in UTC when absent" example:"2024-05-11"`
	Stages        []string `query:"stages" enum:"unknown,announced,sampling,qualified,volume,ended" doc:"Stages that count, separated by commas; unknown, qualified and volume when absent"`
	MinConfidence float64  `query:"min_confidence" minimum:"0" maximum:"1" doc:"Least confidence of a relation"`
	Group         string   `query:"group" enum:"none,control" default:"none" doc:"What counts as one company: each by itself, or all that one company controls"`
	Control       float64  `query:"control_threshold" exclusiveMinimum:"0" exclusiveMaximum:"1" default:"0.5" doc:"Who holds more than this share of a company controls it, together with what they control"`
}

func (p Scoped) scope() queries.Scope {
	return queries.Scope{AsOf: p.AsOf, Stages: p.Stages, MinConfidence: p.MinConfidence, Group: p.Group, ControlThreshold: p.Control}
}

// Paged are the parameters of lists.
type Paged struct {
	Limit  int    `query:"limit" minimum:"1" maximum:"1000" default:"100" doc:"Most items"`
	Cursor string `query:"cursor" pattern:"^[A-Za-z0-9_-]+$" patternDescription:"next_cursor of an answer" doc:"next_cursor of the part before"`
	Format string `query:"format" enum:"json,csv,ndjson" doc:"Form of the answer; else the Accept header decides"`
}

func (p Paged) page() queries.Page { return queries.Page{Limit: p.Limit, Cursor: p.Cursor} }

// question is what an answer depends on beside the View.
type question struct {
	Shared
	format  string // media type
	request any    // resolved: two that mean the same are equal
	url     url.URL
}

// respond asks and wraps the answer in its headers. uncacheable tells, after asking, that the answer may come
// out otherwise the next time.
func respond[T any](ctx context.Context, s *Server, q question, ask func(context.Context, *graph.View) (*T, error), head func(*T) (*queries.Answer, *queries.Paging), uncacheable func() bool) (*reply[T], error) {
	v, err := s.view()
	if err != nil {
		return nil, s.fail(ctx, err)
	}
	etag := s.etag(v, &q)
	if matches(q.IfNoneMatch, etag) {
		return nil, notModified(etag)
	}
	if q.TimeoutMS > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, min(s.config.QueryTimeout, millis(q.TimeoutMS)))
		defer cancel()
	}
	answer, err := ask(ctx, v)
	if errors.Is(err, context.DeadlineExceeded) && q.TimeoutMS > 0 && millis(q.TimeoutMS) < s.config.QueryTimeout {
		// The client's own limit: nothing is wrong with the server.
		err = newProblem(http.StatusUnprocessableEntity, codeDeadline, fmt.Sprintf("nothing was known after the %d ms that timeout_ms allows; raise it, or narrow the question", q.TimeoutMS))
	}
	if err != nil {
		return nil, s.fail(ctx, err)
	}
	if strings.TrimSpace(q.IfNoneMatch) == "*" { // any answer that there is; whether there is one had to be asked
		return nil, notModified(etag)
	}
	a, paging := head(answer)
	out := &reply[T]{ContentType: contentType(q.format), ETag: etag, CacheControl: "private, no-cache", Vary: "Accept", Body: answer,
		Complete: "true", Revision: fmt.Sprint(a.Revision)}
	if !a.Complete {
		out.Complete = "false; " + a.StoppedBecause
	}
	if a.StoppedBecause == queries.StoppedByDeadline || uncacheable != nil && uncacheable() {
		out.ETag, out.CacheControl = "", "no-store"
	}
	if paging != nil && paging.NextCursor != "" {
		next := q.url.Query()
		next.Set("cursor", paging.NextCursor)
		out.Link = fmt.Sprintf("<%s?%s>; rel=\"next\"", q.url.EscapedPath(), next.Encode())
	}
	return out, nil
}

func contentType(format string) string {
	if format == typeCSV {
		return typeCSV + "; charset=utf-8"
	}
	return format
}

// fail makes the problem of an error, and writes those to the log that the client is not told about.
func (s *Server) fail(ctx context.Context, err error) error {
	p := problemOf(err)
	if p.Status == http.StatusInternalServerError {
		s.log.Error("failed", "request_id", requestID(ctx), "err", err)
	}
	out := *p
	out.RequestID = requestID(ctx)
	return &out
}

// etag names an answer: the same store, revision, program, question and form give the same bytes.
func (s *Server) etag(v *graph.View, q *question) string {
	h := sha256.New()
	fmt.Fprintf(h, "%s\x00%d\x00%s\x00%s\x00%d\x00%T\x00%+v", v.Head().UUID, v.Head().Revision, s.config.Build, q.format, q.TimeoutMS, q.request, q.request)
	return `"` + hex.EncodeToString(h.Sum(nil)[:16]) + `"`
}

func notModified(etag string) *Problem {
	p := newProblem(http.StatusNotModified, "", "")
	p.etag = etag
	return p
}

// matches reports whether an If-None-Match header names the ETag.
func matches(header, etag string) bool {
	for candidate := range strings.SplitSeq(header, ",") {
		candidate = strings.TrimPrefix(strings.TrimSpace(candidate), "W/")
		if candidate == etag {
			return true
		}
	}
	return false
}

// negotiate chooses the form of a list: the parameter, else the best of the Accept header, else JSON.
func negotiate(ctx context.Context, parameter string) string {
	switch parameter {
	case "json":
		return typeJSON
	case "csv":
		return typeCSV
	case "ndjson":
		return typeNDJSON
	}
	accept, _ := ctx.Value(keyAccept).(string)
	if best := negotiation.SelectQValue(accept, []string{typeJSON, typeCSV, typeNDJSON}); best != "" {
		return best
	}
	return typeJSON
}

// listed is an answer that is a list: its CSV and NDJSON forms hold the items only; headers tell the rest.
type listed interface{ Rows() any }

var buffers = sync.Pool{New: func() any { return new(bytes.Buffer) }}

// bodyFormats write answers in their media types. Each is written whole into memory first: what fails, fails before
// the status is sent.
func bodyFormats() map[string]huma.Format {
	format := func(marshal func(io.Writer, any) error, unmarshal func([]byte, any) error) huma.Format {
		return huma.Format{Marshal: func(w io.Writer, value any) error {
			b := buffers.Get().(*bytes.Buffer)
			b.Reset()
			defer buffers.Put(b)
			if err := marshal(b, value); err != nil {
				return err
			}
			_, err := w.Write(b.Bytes())
			return err
		}, Unmarshal: unmarshal}
	}
	asJSON, asTable := format(marshalJSON, json.Unmarshal), format(marshalCSV, unmarshalTable)
	return map[string]huma.Format{typeJSON: asJSON, "json": asJSON, typeCSV: asTable, typeXLSX: asTable, typeNDJSON: format(marshalNDJSON, json.Unmarshal)}
}

// appender is an answer that encodes itself.
type appender interface{ AppendJSON([]byte) []byte }

func marshalJSON(w io.Writer, value any) error {
	if a, ok := value.(appender); ok {
		if b, ok := w.(*bytes.Buffer); ok {
			b.Write(append(a.AppendJSON(b.AvailableBuffer()), '\n'))
			return nil
		}
	}
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	return e.Encode(value)
}

func marshalNDJSON(w io.Writer, value any) error {
	list, ok := value.(listed)
	if !ok {
		return marshalJSON(w, value)
	}
	return queries.WriteNDJSON(w, list.Rows())
}

func marshalCSV(w io.Writer, value any) error {
	list, ok := value.(listed)
	if !ok {
		return fmt.Errorf("%T is no list", value)
	}
	out := csv.NewWriter(w)
	if err := queries.WriteCSV(out, list.Rows()); err != nil {
		return err
	}
	out.Flush()
	return out.Error()
}
