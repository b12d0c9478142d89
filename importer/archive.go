package importer

import (
	"archive/zip"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/tributarygraph/tributary/graph"
	"github.com/tributarygraph/tributary/importer/records"
)

// openArchive reads a workbook, or the one file of a zip archive that can be imported.
func openArchive(b *buffer, f *Spool, layout records.Layout) (*recordReader, error) {
	name := b.content.name
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	archive, err := zip.NewReader(f, info.Size())
	if err != nil {
		return nil, fmt.Errorf("%w: %s: begins like a zip archive or an Excel workbook, but cannot be read: %v%s", graph.ErrInvalid, name, err, cutShort(err))
	}
	if slices.ContainsFunc(archive.File, func(m *zip.File) bool { return m.Name == "xl/workbook.xml" || m.Name == "[Content_Types].xml" }) {
		if err := checkClaims(archive); err != nil {
			return nil, fmt.Errorf("%w: %s: %v", graph.ErrInvalid, name, err)
		}
		return openWorkbook(b.ctx, name, f, archive, layout)
	}
	var members []*zip.File
	var names []string
	for _, m := range archive.File {
		if !strings.HasSuffix(m.Name, "/") && !strings.HasPrefix(m.Name, "__MACOSX/") {
			members, names = append(members, m), append(names, m.Name)
		}
	}
	if len(members) != 1 {
		return nil, fmt.Errorf("%w: %s: is a zip archive of %d files (%s); unzip it and import the folder", graph.ErrInvalid, name, len(members), cut(strings.Join(names, ", ")))
	}
	return openMember(b.ctx, name, members[0], layout)
}

// cutShort says of a zip archive why it may not be readable: its directory stands at its end.
func cutShort(err error) string {
	if !errors.Is(err, zip.ErrFormat) {
		return ""
	}
	return "; its directory, which stands at its end, is missing: it may be cut short, download or copy it again"
}

// openMember reads a file of an archive.
func openMember(ctx context.Context, archive string, m *zip.File, layout records.Layout) (*recordReader, error) {
	stored, err := m.Open()
	if err != nil {
		return nil, fmt.Errorf("%w: %s: %s in it cannot be read: %v", graph.ErrInvalid, archive, m.Name, err)
	}
	c, err := openContent(ctx, file{name: archive, reader: stored}, nil, 0)
	if err != nil {
		return nil, errors.Join(err, stored.Close())
	}
	r, err := openReader(buffer{ctx: ctx, content: c}, layout)
	if err != nil {
		return nil, errors.Join(err, c.Close(), stored.Close())
	}
	inner := r.close
	r.close = func() error {
		err := errors.Join(c.Close(), stored.Close())
		if inner != nil {
			err = errors.Join(inner(), err)
		}
		return err
	}
	return r, nil
}

// mostDeflated is how many times longer than its compressed form a text is at most.
const mostDeflated = 1032

// checkClaims refuses a workbook whose directory claims sizes that cannot be true, or parts that would not be kept on
// disk but in memory and are too large for it: the library makes room for what is claimed.
func checkClaims(archive *zip.Reader) error {
	for _, m := range archive.File {
		if m.UncompressedSize64 > mostDeflated*(m.CompressedSize64+1) {
			return fmt.Errorf("%s in it claims %d bytes, more than its %d compressed ones can hold; the file is damaged", m.Name, m.UncompressedSize64, m.CompressedSize64)
		}
		streamed := strings.HasPrefix(m.Name, "xl/worksheets/") || strings.HasPrefix(m.Name, "xl/sharedStrings")
		if !streamed && m.UncompressedSize64 > maxUnzipped && !strings.HasPrefix(m.Name, "xl/media/") {
			return fmt.Errorf("%s in it has %d bytes, more than the %d that are allowed", m.Name, m.UncompressedSize64, maxUnzipped)
		}
	}
	return nil
}
