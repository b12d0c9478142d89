package httpapi

import (
	"context"
	_ "embed"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/gin-gonic/gin"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/tributarygraph/tributary/graph"
	"github.com/tributarygraph/tributary/importer"
)

// alive is the answer of /healthz.
type alive struct {
	Status string `json:"status" enum:"ok"`
	Build  string `json:"build"`
}

// readiness is the answer of /readyz.
type readiness struct {
	Status      string  `json:"status" enum:"ready,degraded,loading" doc:"degraded: the store cannot be reached, answers come from the network as it was last read"`
	Build       string  `json:"build"`
	Revision    uint64  `json:"revision" doc:"Revision that answers come from"`
	Companies   int     `json:"companies"`
	Relations   int     `json:"relations"`
	Store       string  `json:"store" enum:"reachable,unreachable"`
	StoreError  string  `json:"store_error,omitempty" doc:"What the store answered"`
	LastContact string  `json:"last_contact,omitempty" doc:"When the store last answered, RFC 3339"`
	Refreshed   string  `json:"refreshed,omitempty" doc:"When the network last changed, RFC 3339"`
	ViewAge     float64 `json:"view_age_seconds" doc:"How long ago the network was known to be current"`
}

type body[T any] struct {
	Status int
	Body   T
}

func (s *Server) systemRoutes() {
	huma.Register(s.api, s.operation(huma.Operation{OperationID: "healthz", Method: http.MethodGet, Path: "/healthz", Summary: "Tell that the server runs", Tags: []string{"server"}}),
		func(context.Context, *struct{}) (*body[alive], error) {
			return &body[alive]{Status: http.StatusOK, Body: alive{Status: "ok", Build: s.config.Build}}, nil
		})
	huma.Register(s.api, s.operation(huma.Operation{OperationID: "readyz", Method: http.MethodGet, Path: "/readyz", Summary: "Tell whether questions are answered, and how current the answers are", Tags: []string{"server"}}),
		func(context.Context, *struct{}) (*body[readiness], error) {
			r := s.readiness()
			status := http.StatusOK
			if r.Status == "loading" {
				status = http.StatusServiceUnavailable
			}
			return &body[readiness]{Status: status, Body: r}, nil
		})
	s.engine.GET("/metrics", gin.WrapH(promhttp.HandlerFor(s.metrics.registry, promhttp.HandlerOpts{})))
}

func (s *Server) readiness() readiness {
	h := s.views.Health()
	r := readiness{Status: "ready", Build: s.config.Build, Store: "reachable", Revision: uint64(h.Revision), LastContact: moment(h.Contact), Refreshed: moment(h.Refreshed)}
	if !h.Contact.IsZero() {
		r.ViewAge = time.Since(h.Contact).Seconds()
	}
	if h.Err != nil {
		r.Status, r.Store, r.StoreError = "degraded", "unreachable", h.Err.Error()
	}
	v := s.views.View()
	if v == nil {
		r.Status = "loading"
		return r
	}
	r.Companies, r.Relations = v.NodeCount(graph.KindCompany), v.RelationCount()
	return r
}

func moment(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}

// metrics are what /metrics tells beside the usual ones of the process.
type metrics struct {
	registry *prometheus.Registry
	requests *prometheus.HistogramVec
	inFlight prometheus.Gauge
	rows     *prometheus.CounterVec
}

func newMetrics(s *Server) *metrics {
	m := &metrics{
		registry: prometheus.NewRegistry(),
		requests: prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: "tributary_http_request_duration_seconds", Help: "Time to answer requests.",
			Buckets: []float64{.0005, .001, .002, .005, .01, .02, .05, .1, .2, .5, 1, 2, 5, 10, 30}}, []string{"method", "route", "status"}),
		inFlight: prometheus.NewGauge(prometheus.GaugeOpts{Name: "tributary_http_requests_in_flight", Help: "Requests being answered."}),
		rows:     prometheus.NewCounterVec(prometheus.CounterOpts{Name: "tributary_import_rows_total", Help: "Rows of imports over HTTP, by what became of them."}, []string{"outcome"}),
	}
	gauge := func(name, help string, value func(readiness) float64) prometheus.Collector {
		return prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: name, Help: help}, func() float64 { return value(s.readiness()) })
	}
	m.registry.MustRegister(m.requests, m.inFlight, m.rows, collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}),
		gauge("tributary_view_revision", "Revision of the network that answers come from.", func(r readiness) float64 { return float64(r.Revision) }),
		gauge("tributary_view_age_seconds", "How long ago the network was known to be current.", func(r readiness) float64 { return r.ViewAge }),
		gauge("tributary_view_companies", "Company records in the network.", func(r readiness) float64 { return float64(r.Companies) }),
		gauge("tributary_view_relations", "Relations in the network.", func(r readiness) float64 { return float64(r.Relations) }),
		gauge("tributary_store_up", "1 when the store answers.", func(r readiness) float64 {
			if r.Store == "reachable" {
				return 1
			}
			return 0
		}))
	return m
}

var (
	//go:embed docs/docs.html
	docsPage []byte
	//go:embed docs/docs.js
	docsScript []byte
	//go:embed docs/docs.css
	docsStyle []byte
)

// docsRoutes serve the documentation: a page that reads the OpenAPI document and loads nothing from elsewhere.
func (s *Server) docsRoutes() {
	serve := func(path, contentType string, content []byte) {
		s.engine.GET(path, func(c *gin.Context) {
			c.Header("Content-Security-Policy", "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'")
			c.Header("X-Content-Type-Options", "nosniff")
			c.Header("Cache-Control", "no-cache")
			c.Data(http.StatusOK, contentType, content)
		})
	}
	serve("/docs", "text/html; charset=utf-8", docsPage)
	serve("/docs/docs.js", "text/javascript; charset=utf-8", docsScript)
	serve("/docs/docs.css", "text/css; charset=utf-8", docsStyle)
}

// count counts the rows of an import that is over; the report of one that failed is nil.
func (m *metrics) count(r *importer.Report) {
	if r == nil || r.DryRun {
		return
	}
	m.rows.WithLabelValues("created").Add(float64(r.Created))
	m.rows.WithLabelValues("changed").Add(float64(r.Changed))
	m.rows.WithLabelValues("unchanged").Add(float64(r.Unchanged))
	m.rows.WithLabelValues("rejected").Add(float64(r.Rejected))
	m.rows.WithLabelValues("refused").Add(float64(r.Refused))
}
