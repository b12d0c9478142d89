// Package explorer is the web page of Tributary: the built files of the folder web, embedded, and how they are served.
//
// The page asks the API of its own origin and nothing else. README.md of the folder web says how it is built.
package explorer

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"io/fs"
	"net/http"
	"path"
	"strconv"
	"strings"
)

//go:embed dist
var dist embed.FS

// policy is the Content-Security-Policy of the page: everything comes from its own origin; pictures that it
// draws itself, to be saved, are data: and blob:.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; connect-src 'self'; " +
	"base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

// Page serves the page at / and its files under /assets/.
type Page struct {
	files map[string]file // by the path of the request
}

type file struct {
	contentType   string
	plain, zipped []byte // zipped is empty where that saves nothing
	etag          string // of the plain body, without quotes
}

// types are the media types by the end of a name. They are not asked of the operating system: a Windows registry may
// call a script text/plain, and a browser that is told not to sniff then runs none of it.
var types = map[string]string{
	".html": "text/html; charset=utf-8",
	".js":   "text/javascript; charset=utf-8",
	".css":  "text/css; charset=utf-8",
	".svg":  "image/svg+xml; charset=utf-8",
}

// New reads the embedded files. The error says that the program was built without them.
func New() (*Page, error) {
	p := &Page{files: map[string]file{}}
	err := fs.WalkDir(dist, "dist", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		content, err := dist.ReadFile(name)
		if err != nil {
			return err
		}
		at := "/assets/" + strings.TrimPrefix(name, "dist/")
		if name == "dist/index.html" {
			at = "/"
		}
		p.files[at], err = newFile(name, content)
		return err
	})
	if err == nil && len(p.files["/"].plain) == 0 {
		err = fmt.Errorf("explorer: dist/index.html is missing: npm run build in queries/explorer/web makes it")
	}
	return p, err
}

func newFile(name string, content []byte) (file, error) {
	contentType, known := types[path.Ext(name)]
	if !known {
		return file{}, fmt.Errorf("explorer: %s: no media type is known for such files", name)
	}
	var zipped bytes.Buffer
	w, err := gzip.NewWriterLevel(&zipped, gzip.BestCompression)
	if err != nil {
		return file{}, err
	}
	if _, err := w.Write(content); err != nil {
		return file{}, err
	}
	if err := w.Close(); err != nil {
		return file{}, err
	}
	sum := sha256.Sum256(content)
	f := file{contentType: contentType, plain: content, etag: hex.EncodeToString(sum[:12])}
	if zipped.Len() < len(content) {
		f.zipped = zipped.Bytes()
	}
	return f, nil
}

// Paths are the paths that the page answers at.
func (p *Page) Paths() []string {
	paths := make([]string, 0, len(p.files))
	for at := range p.files {
		paths = append(paths, at)
	}
	return paths
}

// ServeHTTP serves one file, or of HEAD what would be said of it.
func (p *Page) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	f, ok := p.files[r.URL.Path]
	if !ok {
		http.NotFound(w, r)
		return
	}
	h := w.Header()
	h.Set("Content-Security-Policy", policy)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cache-Control", "no-cache") // asked for again each time, answered with 304 while the build is the same
	h.Add("Vary", "Accept-Encoding")
	h.Set("Content-Type", f.contentType)
	content, etag := f.plain, `"`+f.etag+`"`
	if len(f.zipped) > 0 && strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
		h.Set("Content-Encoding", "gzip")
		content, etag = f.zipped, `"`+f.etag+`-gz"` // other bytes: a strong tag must tell them apart
	}
	h.Set("ETag", etag)
	if strings.Contains(r.Header.Get("If-None-Match"), etag) {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	h.Set("Content-Length", strconv.Itoa(len(content)))
	if r.Method != http.MethodHead {
		_, _ = w.Write(content)
	}
}
