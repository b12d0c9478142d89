package httpapi

import (
	"bufio"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"path"
	"path/filepath"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/tributarygraph/tributary/graph"
	"github.com/tributarygraph/tributary/importer"
	"github.com/tributarygraph/tributary/importer/mapping"
	"github.com/tributarygraph/tributary/importer/records"
)

// The parts of a form that is uploaded, and how large those may be that are held in memory.
const (
	partFile    = "file"
	partMapping = "mapping"
	partLookup  = "lookup"

	typeForm = "multipart/form-data"

	maxMapping = 1 << 20
	maxLookups = 256 << 20 // decompressed, each; and as sent, all together
	maxTables  = 32        // parts with a file that is looked up in

	maxSample = 64 << 20 // of a text that a mapping is drafted for; the rest is not kept
	maxWhole  = 1 << 30  // of such a file that is read from its end

	noLimit = -1 // of what is copied to disk, beside that of the body
)

// form is what a form holds. The file is on disk, without a name there.
type form struct {
	file    importer.Input
	mapping *mapping.Mapping // nil where there is none
	lookups map[string]importer.Input

	sample bool // only what a draft needs of the file is kept
	spools []*importer.Spool
}

// Close gives back the disk.
func (f *form) Close() error {
	var errs []error
	for _, s := range f.spools {
		errs = append(errs, s.Close())
	}
	return errors.Join(errs...)
}

// isForm reports whether a body of this type is a form, and what separates its parts.
func isForm(contentType string) (boundary string, is bool) {
	t, params, err := mime.ParseMediaType(contentType)
	return params["boundary"], err == nil && t == typeForm
}

// readForm reads a form to its end, of which a sample may do. Parts may come in any order.
func (s *Server) readForm(ctx context.Context, body io.Reader, boundary string, sample bool) (_ *form, err error) {
	f := &form{lookups: map[string]importer.Input{}, sample: sample}
	defer func() {
		if err != nil {
			err = errors.Join(err, f.Close())
		}
	}()
	var text []byte
	var mappingName string
	parts := multipart.NewReader(&untilDone{ctx, body}, boundary)
	for {
		part, err := parts.NextRawPart()
		switch {
		case err == io.EOF:
			_, err = io.Copy(io.Discard, body) // the end is known when it was read
			if err == nil && f.file.ReaderAt == nil {
				err = invalidForm("has no part %q with the file", partFile)
			}
			if err == nil && text != nil {
				f.mapping, err = mapping.Parse(cmp.Or(mappingName, partMapping), text)
			}
			return f, err
		case err != nil:
			return nil, badForm(err)
		}
		switch name := part.FormName(); name {
		case partMapping:
			mappingName = fileName(part)
			text, err = s.readMapping(part, text != nil)
		case partFile:
			err = s.keepFile(f, part)
		case partLookup:
			err = s.keepLookup(f, part)
		default:
			err = invalidForm("has a part %q; allowed: %s, %s, %s", name, partFile, partMapping, partLookup)
		}
		if err != nil {
			return nil, badForm(err)
		}
	}
}

// badForm says of an error in reading that the client sent no form.
func badForm(err error) error {
	var p *Problem
	if errors.As(err, &p) || problemOf(err).Status != 500 {
		return err
	}
	return invalidForm("cannot be read: %v", err)
}

func invalidForm(format string, args ...any) error {
	return fmt.Errorf("%w: the form "+format, append([]any{graph.ErrInvalid}, args...)...)
}

// fileName is what the client calls the file of a part, without folders.
func fileName(part *multipart.Part) string {
	name := part.FileName()
	if name == "" {
		return ""
	}
	return path.Base(strings.ReplaceAll(filepath.ToSlash(name), `\`, "/"))
}

func (s *Server) readMapping(part io.Reader, twice bool) ([]byte, error) {
	if twice {
		return nil, invalidForm("has two parts %q", partMapping)
	}
	text, err := io.ReadAll(io.LimitReader(part, maxMapping+1))
	if err == nil && len(text) > maxMapping {
		err = newProblem(413, codeTooLarge, fmt.Sprintf("the mapping is larger than %d bytes", maxMapping))
	}
	return text, err
}

func (s *Server) keepFile(f *form, part *multipart.Part) (err error) {
	if f.file.ReaderAt != nil {
		return invalidForm("has two parts %q; import one after another", partFile)
	}
	name := cmp.Or(fileName(part), partFile)
	if f.sample {
		f.file, err = s.spoolSample(f, part, name)
	} else {
		f.file, err = s.spool(f, part, name, noLimit)
	}
	return err
}

// spoolSample copies to disk what a draft needs of a file: the begin of a text. The rest is read and let go, since a
// client sends to the end before it reads an answer. A workbook, an archive or a Parquet file has its directory at its
// end, and is kept whole.
func (s *Server) spoolSample(f *form, r io.Reader, name string) (importer.Input, error) {
	begin := bufio.NewReader(r)
	magic, _ := begin.Peek(4) // what is wrong shows when it is copied
	whole := string(magic) == "PK\x03\x04" || string(magic) == "PAR1"
	most := s.maxSample
	if whole {
		most = s.maxWhole
	}
	in, err := s.spool(f, begin, name, most)
	switch {
	case err != nil || in.Size <= most:
		return in, err
	case whole:
		return in, newProblem(413, codeTooLarge, fmt.Sprintf("the file is larger than %d bytes; send one with its first rows", most))
	}
	in.Size = most
	_, err = io.Copy(io.Discard, begin)
	return in, err
}

// keepLookup keeps a second file of a mapping, which calls it by its name.
func (s *Server) keepLookup(f *form, part *multipart.Part) error {
	name := fileName(part)
	if _, twice := f.lookups[name]; name == "" || twice {
		return invalidForm("has a part %q whose file has no name, or the name of another one", partLookup)
	}
	if len(f.lookups) == maxTables {
		return newProblem(413, codeTooLarge, fmt.Sprintf("the form has more than %d parts %q", maxTables, partLookup))
	}
	left := s.maxLookups
	for _, earlier := range f.lookups {
		left -= earlier.Size
	}
	in, err := s.spool(f, part, name, left)
	if err == nil && in.Size > left {
		err = newProblem(413, codeTooLarge, fmt.Sprintf("the files that are looked up in are larger than %d bytes", s.maxLookups))
	}
	f.lookups[name] = in
	return err
}

// spool copies what is uploaded to disk. Of more than most bytes it copies one more, which tells that there are more.
func (s *Server) spool(f *form, r io.Reader, name string, most int64) (importer.Input, error) {
	to, err := importer.NewSpool(s.config.TempDir, "tributary-upload-*")
	if err != nil {
		return importer.Input{}, err
	}
	f.spools = append(f.spools, to)
	if most != noLimit {
		r = io.LimitReader(r, most+1)
	}
	n, err := io.Copy(to, r)
	return importer.Input{ReaderAt: to, Size: n, Name: name}, err
}

// conversion is how the mapping reads the file; nil where there is no mapping.
func (f *form) conversion(ctx context.Context) (*records.Conversion, error) {
	if f.mapping == nil {
		return nil, nil
	}
	return f.mapping.Conversion(func(file, sheet string) (*mapping.Table, error) {
		in, sent := f.lookups[path.Base(file)]
		if !sent {
			return nil, fmt.Errorf("%w: the file %s that the mapping looks up in was not sent; add it as a part %q with that file name", graph.ErrInvalid, file, partLookup)
		}
		if sheet != "" {
			in.Name += "#" + sheet
		}
		return importer.ReadLookup(ctx, in, maxLookups)
	})
}

// untilDone is a reader that ends with its context.
type untilDone struct {
	ctx context.Context
	r   io.Reader
}

func (u *untilDone) Read(p []byte) (int, error) {
	if err := u.ctx.Err(); err != nil {
		return 0, err
	}
	return u.r.Read(p)
}

// formSchema documents a form.
func formSchema(withMapping bool) *huma.MediaType {
	binary := func(doc string) *huma.Schema {
		return &huma.Schema{Type: "string", Format: "binary", Description: doc}
	}
	out := &huma.Schema{Type: "object", Required: []string{partFile}, Properties: map[string]*huma.Schema{
		partFile: binary("The file: CSV, TSV, JSON, JSON Lines, Excel or Parquet, plain, gzip, zstd or zip")}}
	if withMapping {
		out.Properties[partMapping] = binary("Mapping, in YAML: how the file is read. docs/mapping.md teaches it")
		out.Properties[partLookup] = &huma.Schema{Type: "array", Items: binary(""), Description: "Files that the mapping looks up in, under the names by which it calls them"}
	}
	return &huma.MediaType{Schema: out}
}
