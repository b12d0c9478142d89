package explorer_test

import (
	"bytes"
	"compress/gzip"
	"io"
	"net/http"
	"net/http/httptest"
	"path"
	"strconv"
	"strings"
	"testing"

	"github.com/tributarygraph/tributary/queries/explorer"
)

// asked is the answer of the page's handler.
func asked(t *testing.T, page http.Handler, method, at string, headers ...string) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequest(method, at, nil)
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	page.ServeHTTP(w, r)
	return w
}

func TestPageFiles(t *testing.T) {
	page, err := explorer.New()
	if err != nil {
		t.Fatal(err)
	}
	types := map[string]string{"": "text/html", ".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml"}
	for _, at := range page.Paths() {
		plain := asked(t, page, "GET", at)
		h := plain.Header()
		if want := types[strings.TrimPrefix(path.Ext(at), "/")] + "; charset=utf-8"; plain.Code != 200 || h.Get("Content-Type") != want {
			t.Errorf("%s: %d %s, want %s", at, plain.Code, h.Get("Content-Type"), want)
		}
		if policy := h.Get("Content-Security-Policy"); !strings.Contains(policy, "default-src 'none'") || strings.Contains(policy, "unsafe") || h.Get("X-Content-Type-Options") != "nosniff" {
			t.Errorf("%s: headers %v", at, h)
		}
		zipped := asked(t, page, "GET", at, "Accept-Encoding", "br, gzip")
		if zipped.Header().Get("Content-Encoding") == "gzip" {
			if got := unzipped(t, zipped.Body); !bytes.Equal(got, plain.Body.Bytes()) {
				t.Errorf("%s: zipped it holds %d bytes, want %d", at, len(got), plain.Body.Len())
			}
			if zipped.Header().Get("ETag") == h.Get("ETag") {
				t.Errorf("%s: the zipped body has the tag of the plain one", at)
			}
		}
		for _, of := range []*httptest.ResponseRecorder{plain, zipped} {
			same(t, page, at, of)
		}
	}
	if script := asked(t, page, "GET", scriptOf(t, page), "Accept-Encoding", "gzip"); script.Header().Get("Content-Encoding") != "gzip" {
		t.Error("the script is not zipped")
	}
	if w := asked(t, page, "GET", "/assets/none.js"); w.Code != 404 {
		t.Errorf("a file that there is not: %d", w.Code)
	}
}

// same checks that HEAD says what GET said, and that nothing is sent again to who has it.
func same(t *testing.T, page http.Handler, at string, got *httptest.ResponseRecorder) {
	t.Helper()
	encoding, etag := got.Header().Get("Content-Encoding"), got.Header().Get("ETag")
	head := asked(t, page, "HEAD", at, "Accept-Encoding", encoding)
	if head.Code != 200 || head.Body.Len() != 0 || head.Header().Get("ETag") != etag || head.Header().Get("Content-Length") == "" {
		t.Errorf("HEAD %s: %d, %d bytes, %v", at, head.Code, head.Body.Len(), head.Header())
	}
	again := asked(t, page, "GET", at, "Accept-Encoding", encoding, "If-None-Match", etag)
	if again.Code != 304 || again.Body.Len() != 0 || again.Header().Get("ETag") != etag {
		t.Errorf("%s again: %d, %d bytes, %v", at, again.Code, again.Body.Len(), again.Header())
	}
	if other := asked(t, page, "GET", at, "Accept-Encoding", encoding, "If-None-Match", `"older"`); other.Code != 200 {
		t.Errorf("%s of another build: %d", at, other.Code)
	}
}

func unzipped(t *testing.T, r io.Reader) []byte {
	t.Helper()
	z, err := gzip.NewReader(r)
	if err != nil {
		t.Fatal(err)
	}
	content, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	return content
}

func scriptOf(t *testing.T, page *explorer.Page) string {
	t.Helper()
	for _, at := range page.Paths() {
		if path.Ext(at) == ".js" {
			return at
		}
	}
	t.Fatal("the page has no script")
	return ""
}

// HEAD goes through the server's doors as GET does.
func TestPageHead(t *testing.T) {
	s := serveSample(t)
	r, err := http.Head(s.url + "/")
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	if length, err := strconv.Atoi(r.Header.Get("Content-Length")); r.StatusCode != 200 || err != nil || length == 0 {
		t.Errorf("%d %v", r.StatusCode, r.Header)
	}
}
