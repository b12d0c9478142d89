package httpapi

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"os"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"github.com/gin-gonic/gin"
)

// What stands between a connection and a handler.

type contextKey int

const (
	keyRequestID contextKey = iota
	keyAccept
	keyRawID
)

// requestID names the request in answers and in the log.
func requestID(ctx context.Context) string {
	id, _ := ctx.Value(keyRequestID).(string)
	return id
}

// identify gives the request an id: the client's, where it sent a harmless one.
func (s *Server) identify(c *gin.Context) {
	id := c.GetHeader("X-Request-Id")
	if !harmless(id) {
		var random [8]byte
		_, _ = rand.Read(random[:]) // never fails
		id = hex.EncodeToString(random[:])
	}
	c.Header("X-Request-Id", id)
	ctx := context.WithValue(c.Request.Context(), keyRequestID, id)
	ctx = context.WithValue(ctx, keyAccept, c.GetHeader("Accept"))
	c.Request = c.Request.WithContext(ctx)
}

func harmless(id string) bool {
	return id != "" && len(id) <= 64 && !strings.ContainsFunc(id, func(r rune) bool {
		return !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '-' || r == '_' || r == '.')
	})
}

// observe writes the access log and the metrics.
func (s *Server) observe(c *gin.Context) {
	began := time.Now()
	s.metrics.inFlight.Inc()
	defer func() {
		s.metrics.inFlight.Dec()
		took := time.Since(began)
		route := c.FullPath()
		if route == "" {
			route = "none"
		}
		status := c.Writer.Status()
		s.metrics.requests.WithLabelValues(method(c), route, fmt.Sprint(status)).Observe(took.Seconds())
		level := slog.LevelInfo
		if status >= http.StatusInternalServerError {
			level = slog.LevelError
		}
		s.log.LogAttrs(c.Request.Context(), level, "request", slog.String("request_id", requestID(c.Request.Context())),
			slog.String("method", c.Request.Method), slog.String("path", c.Request.URL.Path), slog.String("query", c.Request.URL.RawQuery),
			slog.Int("status", status), slog.Int("bytes", max(0, c.Writer.Size())), slog.Duration("took", took), slog.String("client", c.Request.RemoteAddr))
	}()
	c.Next()
}

// method is the method as a label: anybody can send any word.
func method(c *gin.Context) string {
	switch m := c.Request.Method; m {
	case http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete, http.MethodOptions:
		return m
	}
	return "other"
}

// recovery turns a panic into a problem and a line in the log.
func (s *Server) recovery(c *gin.Context) {
	defer func() {
		cause := recover()
		if cause == nil {
			return
		}
		if err, ok := cause.(error); ok && errors.Is(err, http.ErrAbortHandler) {
			panic(cause) // net/http ends the connection, as was wanted
		}
		s.log.Error("panic", "request_id", requestID(c.Request.Context()), "path", c.Request.URL.Path, "cause", fmt.Sprint(cause), "stack", string(debug.Stack()))
		if c.Writer.Written() {
			c.Abort()
			return
		}
		refuse(c, newProblem(http.StatusInternalServerError, codeInternal, "the server failed; its log tells why under the request id"))
	}()
	c.Next()
}

// allowedHosts are the names under which the server may be called.
func allowedHosts(addr string, extra []string) ([]string, error) {
	hosts := []string{"localhost", "127.0.0.1", "::1"}
	if addr != "" {
		host, _, err := net.SplitHostPort(addr)
		if err != nil {
			return nil, fmt.Errorf("address %q: %w; want HOST:PORT", addr, err)
		}
		if host != "" {
			hosts = append(hosts, strings.ToLower(host))
		}
		if !isLoopback(host) {
			if name, err := os.Hostname(); err == nil {
				hosts = append(hosts, strings.ToLower(name))
			}
		}
	}
	for _, host := range extra {
		hosts = append(hosts, strings.ToLower(host))
	}
	return hosts, nil
}

// isLoopback reports whether the host of a listening address is reached from this machine only.
func isLoopback(host string) bool {
	if host == "localhost" {
		return true
	}
	ip := net.ParseIP(host)
	return ip != nil && ip.IsLoopback()
}

// isUnspecified reports whether listening on the host means every address of the machine.
func isUnspecified(host string) bool {
	ip := net.ParseIP(host)
	return host == "" || ip != nil && ip.IsUnspecified()
}

// checkHost refuses requests under a foreign name: a page of another site that had its name point here (DNS
// rebinding) could else read answers in the browser of someone who runs this server.
func (s *Server) checkHost(c *gin.Context) {
	host := hostOf(c.Request.Host)
	if slices.Contains(s.hosts, host) || s.anyIP && net.ParseIP(host) != nil {
		return
	}
	refuse(c, newProblem(http.StatusForbidden, codeHost, fmt.Sprintf("this server does not answer under the name %q; call it by the address it listens on, or start it with that name allowed", host)))
}

// hostOf is the name of a Host header, without port and brackets.
func hostOf(hostport string) string {
	host := hostport
	if h, _, err := net.SplitHostPort(hostport); err == nil {
		host = h
	}
	return strings.ToLower(strings.Trim(host, "[]"))
}

// checkOrigin refuses writes that a page of another site lets a browser send.
func (s *Server) checkOrigin(c *gin.Context) {
	if err := s.crossOrigin.Check(c.Request); err != nil {
		refuse(c, newProblem(http.StatusForbidden, codeOrigin, "a page of another site may not write here"))
	}
}

// open are the routes that need no token: a probe has none, and a browser that reads the documentation sends
// none.
var openPaths = []string{"/healthz", "/readyz", "/docs", "/docs/docs.js", "/docs/docs.css", "/openapi.json"}

func (s *Server) authorize(c *gin.Context) {
	if s.token == "" || slices.Contains(s.open, c.Request.URL.Path) {
		return
	}
	token, ok := strings.CutPrefix(c.GetHeader("Authorization"), "Bearer ")
	if ok && subtle.ConstantTimeCompare([]byte(token), []byte(s.token)) == 1 {
		return
	}
	refuse(c, newProblem(http.StatusUnauthorized, codeUnauthorized, "send the header Authorization: Bearer TOKEN with the token that the server was started with"))
}

// limitTime bounds how long reading the request and writing the answer may take, beside the work itself.
func (s *Server) limitTime(c *gin.Context) {
	control := http.NewResponseController(c.Writer)
	now := time.Now()
	if isUpload(c.Request) {
		_ = control.SetReadDeadline(now.Add(s.config.UploadTimeout)) // unsupported by recorders in tests only
		_ = control.SetWriteDeadline(now.Add(s.config.UploadTimeout + transferTime))
		c.Request.Body = http.MaxBytesReader(c.Writer, c.Request.Body, s.config.MaxUpload)
		return
	}
	_ = control.SetReadDeadline(now.Add(transferTime))
	_ = control.SetWriteDeadline(now.Add(s.config.QueryTimeout + transferTime))
	c.Request.Body = http.MaxBytesReader(c.Writer, c.Request.Body, maxBody)
	ctx, cancel := context.WithTimeout(c.Request.Context(), s.config.QueryTimeout)
	defer cancel()
	c.Request = c.Request.WithContext(ctx)
	c.Next()
}

const (
	transferTime = 30 * time.Second // for the bytes of a request or an answer
	maxBody      = 2 << 20          // of requests that are no upload; the longest are portfolios
)

func isUpload(r *http.Request) bool {
	return r.Method == http.MethodPost && (r.URL.Path == pathImports || r.URL.Path == pathSuggest)
}

// limitWork lets only so many questions be worked on at once; others wait for a moment.
func (s *Server) limitWork(c *gin.Context) {
	if !strings.HasPrefix(c.Request.URL.Path, "/v1/") || isUpload(c.Request) {
		return
	}
	select {
	case s.work <- struct{}{}:
	default:
		if !s.queue(c) {
			return
		}
	}
	defer func() { <-s.work }()
	c.Next()
}

// queue waits for a place to work at, and reports whether it got one.
func (s *Server) queue(c *gin.Context) bool {
	overloaded := func() bool {
		p := newProblem(http.StatusServiceUnavailable, codeOverloaded, "too many questions at once; try again in a moment")
		p.retryAfter = 1
		refuse(c, p)
		return false
	}
	if s.waiting.Add(1) > int64(s.config.MaxWaiting) {
		s.waiting.Add(-1)
		return overloaded()
	}
	defer s.waiting.Add(-1)
	select {
	case s.work <- struct{}{}:
		return true
	case <-c.Request.Context().Done():
		return overloaded()
	}
}

// plainParams gives the parameters of the path as they are meant: the router matches the escaped path, so that
// an id may hold a slash.
func plainParams(c *gin.Context) {
	if c.Request.URL.RawPath == "" {
		return
	}
	for i, p := range c.Params {
		c.Request = c.Request.WithContext(context.WithValue(c.Request.Context(), keyRawID, p.Value))
		plain, err := url.PathUnescape(p.Value)
		if err != nil {
			refuse(c, newProblem(http.StatusUnprocessableEntity, codeInvalid, fmt.Sprintf("path: %v", err)))
			return
		}
		c.Params[i].Value = plain
	}
}
