// Package httpapi serves the questions of package queries over HTTP, and takes uploads for package importer.
//
// The OpenAPI document is made from the types that the handlers use. Answers come from a View in memory, so that
// they go on when the store cannot be reached; /readyz says so.
package httpapi

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"runtime"
	"slices"
	"sync/atomic"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humagin"
	"github.com/gin-gonic/gin"

	"github.com/tributarygraph/tributary/graph"
)

// Views gives the network to answer from. [graph.Follower] is one.
type Views interface {
	// View is the newest View; nil while the first one is being loaded.
	View() *graph.View
	// Health is how current the View is.
	Health() graph.Health
	// CatchUp brings the View to the store's present revision.
	CatchUp(context.Context) error
}

// Page is a web page that asks this API. It is served without a token: it holds nothing, and asks for one.
type Page interface {
	http.Handler
	// Paths are the paths of its files.
	Paths() []string
}

// Config says what to serve and within which limits. Views and Store are required; every limit has a default.
type Config struct {
	Views Views
	Store graph.Store
	Log   *slog.Logger // slog.Default when nil
	Build string       // version of the program; part of every ETag
	Page  Page         // the web page; none when nil

	// Addr is the address listened on, HOST:PORT. Beyond loopback a Token is required.
	Addr string
	// Hosts are further names under which the server may be called.
	Hosts []string
	// Token, where not empty, is what clients must send as a bearer token.
	Token string

	QueryTimeout  time.Duration // for one answer; 10 s
	MaxWorking    int           // questions worked on at once; four a core
	MaxWaiting    int           // questions that wait for that; 1024
	MaxUpload     int64         // bytes of one import's body; 16 GiB
	MaxImports    int           // imports at once; 2
	UploadTimeout time.Duration // for the body of an import; 1 h
	// ImportWait is how long a client waits for the report of an import before it is sent to poll; 20 s.
	ImportWait time.Duration
	TempDir    string // where imports spool to; the system's when empty
}

func (c *Config) defaults() {
	set(&c.QueryTimeout, 10*time.Second)
	set(&c.MaxWorking, 4*runtime.GOMAXPROCS(0))
	set(&c.MaxWaiting, 1024)
	set(&c.MaxUpload, 16<<30)
	set(&c.MaxImports, 2)
	set(&c.UploadTimeout, time.Hour)
	set(&c.ImportWait, 20*time.Second)
	set(&c.Build, "dev")
	if c.Log == nil {
		c.Log = slog.Default()
	}
}

func set[T comparable](to *T, value T) {
	var zero T
	if *to == zero {
		*to = value
	}
}

// Server answers HTTP requests. Close it when done.
type Server struct {
	config      Config
	views       Views
	store       graph.Store
	log         *slog.Logger
	hosts       []string
	anyIP       bool // the server listens on every address: each of them is a name of it
	token       string
	open        []string // paths that need no token
	crossOrigin *http.CrossOriginProtection
	engine      *gin.Engine
	api         huma.API
	metrics     *metrics
	work        chan struct{}
	waiting     atomic.Int64
	jobs        *jobs
	scorings    *scorings
	runs        resolveRuns
	past        past
	names       nameIndexes
	maxLookups  int64 // see the constants
	maxSample   int64
	maxWhole    int64
	lists       []string // ids of the operations whose answers are lists
}

var _ http.Handler = (*Server)(nil)

// New makes a server. The error says what is wrong with the configuration.
func New(config Config) (*Server, error) {
	if config.Views == nil || config.Store == nil {
		return nil, errors.New("httpapi: Views and Store are required")
	}
	config.defaults()
	hosts, err := allowedHosts(config.Addr, config.Hosts)
	if err != nil {
		return nil, err
	}
	host, _, _ := net.SplitHostPort(config.Addr)
	if config.Addr != "" && !isLoopback(host) && config.Token == "" {
		return nil, fmt.Errorf("%w: listening on %s lets other machines in: set a token that they must send, or listen on 127.0.0.1", graph.ErrInvalid, config.Addr)
	}
	s := assemble(config)
	s.hosts, s.anyIP = hosts, config.Addr != "" && isUnspecified(host)
	return s, nil
}

// assemble puts a server together, with its routes.
func assemble(config Config) *Server {
	s := &Server{maxLookups: maxLookups, maxSample: maxSample, maxWhole: maxWhole, config: config, views: config.Views, store: config.Store, log: config.Log, open: slices.Clone(openPaths),
		token: config.Token, crossOrigin: http.NewCrossOriginProtection(), work: make(chan struct{}, config.MaxWorking)}
	s.metrics = newMetrics(s)
	s.jobs = newJobs(s)
	s.scorings = &scorings{byID: map[string]*scoring{}}
	s.route()
	return s
}

// ServeHTTP answers one request.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.engine.ServeHTTP(w, r) }

// Serve answers requests on the listener until the context ends, then lets those under way finish, for at most
// 10 s, and closes the server.
func (s *Server) Serve(ctx context.Context, listener net.Listener) error {
	server := &http.Server{Handler: s, ReadHeaderTimeout: 10 * time.Second, IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 64 << 10,
		ErrorLog: slog.NewLogLogger(s.log.Handler(), slog.LevelWarn)}
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(listener) }()
	select {
	case err := <-failed:
		s.Close()
		return err
	case <-ctx.Done():
	}
	s.log.Info("stopping")
	s.jobs.cancelAll()
	stopping, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	err := server.Shutdown(stopping)
	if errors.Is(err, context.DeadlineExceeded) {
		err = server.Close()
	}
	s.Close()
	return err
}

// Close cancels imports under way and waits for them. What they have written stays; importing the same again
// goes on there.
func (s *Server) Close() {
	s.jobs.cancelAll()
	s.jobs.wait()
}

func (s *Server) route() {
	gin.SetMode(gin.ReleaseMode)
	s.engine = gin.New()
	s.engine.UseRawPath, s.engine.UnescapePathValues = true, false
	s.engine.RedirectTrailingSlash, s.engine.RedirectFixedPath = false, false
	s.engine.HandleMethodNotAllowed = true
	s.engine.Use(s.identify, s.observe, s.recovery, s.checkHost, s.checkOrigin, s.authorize, s.limitTime, s.limitWork, plainParams)
	s.engine.NoRoute(func(c *gin.Context) {
		refuse(c, newProblem(http.StatusNotFound, codeNoRoute, "no such address; /docs lists those there are"))
	})
	s.engine.NoMethod(func(c *gin.Context) {
		refuse(c, newProblem(http.StatusMethodNotAllowed, codeMethod, c.Request.Method+" is not allowed here; the Allow header says what is"))
	})
	s.api = humagin.New(s.engine, s.humaConfig())
	s.api.UseMiddleware(s.checkQuery)
	s.queryRoutes()
	s.importRoutes()
	s.systemRoutes()
	s.finishOpenAPI()
	s.docsRoutes()
	s.pageRoutes()
}

func (s *Server) pageRoutes() {
	if s.config.Page == nil {
		return
	}
	for _, path := range s.config.Page.Paths() {
		s.open = append(s.open, path)
		s.engine.Match([]string{http.MethodGet, http.MethodHead}, path, gin.WrapH(s.config.Page))
	}
}

// view is the View to answer from.
func (s *Server) view() (*graph.View, error) {
	if v := s.views.View(); v != nil {
		return v, nil
	}
	p := newProblem(http.StatusServiceUnavailable, codeLoading, "the network is being loaded; try again in a moment")
	p.retryAfter = 1
	return nil, p
}
