package importer

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"unicode/utf8"
)

// RejectsIn is an Options.Rejects that makes one file in the folder for each input with rejected rows. The
// folder is made when it is needed; a file of that name is replaced.
func RejectsIn(folder string) func(name string) (io.WriteCloser, error) {
	return func(name string) (io.WriteCloser, error) {
		if err := os.MkdirAll(folder, 0o777); err != nil {
			return nil, err
		}
		return os.Create(filepath.Join(folder, name))
	}
}

// rejects writes the rejected rows of one input as they were, each with its row number and the reason:
// in CSV as two first cells, so that they can be read also where the row itself cannot.
type rejects struct {
	open   func(name string) (io.WriteCloser, error) // nil: nobody wants them
	name   string
	asJSON bool
	comma  byte
	header string // as it was

	file io.WriteCloser // nil until the first row
	w    *bufio.Writer
}

func (r *rejects) write(x *row, bad *cellError, rest func(io.Writer) error) error {
	if r.open == nil {
		return nil
	}
	if err := r.begin(); err != nil {
		return fmt.Errorf("writing rejected rows: %w", err)
	}
	if r.asJSON {
		return r.writeJSON(x, bad.why, rest)
	}
	raw := x.raw
	if r.again() {
		raw = withoutCells(raw, r.comma, 2)
	}
	fmt.Fprintf(r.w, "%d%c%s%c%s", x.number, r.comma, quoted(bad.why), r.comma, raw)
	if rest != nil {
		if err := rest(r.w); err != nil {
			return fmt.Errorf("writing rejected rows: %w", err)
		}
	}
	return r.w.WriteByte('\n') // the writer keeps its first error
}

func quoted(s string) string { return `"` + strings.ReplaceAll(s, `"`, `""`) + `"` }

func (r *rejects) begin() error {
	if r.file != nil {
		return nil
	}
	file, err := r.open(r.name)
	if err != nil {
		return err
	}
	r.file, r.w = file, bufio.NewWriter(file)
	if !r.asJSON {
		header := r.header
		if r.again() {
			header = withoutCells(header, r.comma, 2)
		}
		fmt.Fprintf(r.w, "%s%c%s%c%s\n", columnRow, r.comma, columnReason, r.comma, header)
	}
	return nil
}

// isRejects tells a file of rejected rows by how it begins, and what separates its cells; 0 for JSON.
func isRejects(text string) (yes bool, comma byte) {
	if strings.HasPrefix(text, `{"`+columnRow+`":`) {
		number, _, _ := strings.Cut(text[len(columnRow)+4:], `,"`+columnReason+`":"`)
		return number != "" && len(number) < 20 && strings.Trim(number, "0123456789") == "", 0
	}
	rest, found := strings.CutPrefix(text, columnRow)
	if !found || rest == "" {
		return false, 0
	}
	comma = rest[0]
	return strings.HasPrefix(rest[1:], columnReason+string(rune(comma))) && comma < utf8.RuneSelf, comma
}

// again reports whether the input is itself a file of rejected rows, mended: its number and reason of each row make way
// for the new ones.
func (r *rejects) again() bool {
	return strings.HasPrefix(r.header, fmt.Sprintf("%s%c%s%c", columnRow, r.comma, columnReason, r.comma))
}

// withoutCells cuts the first n cells off a row of CSV; a row that has fewer stays as it is.
func withoutCells(row string, comma byte, n int) string {
	quote := false
	for i := range len(row) {
		switch row[i] {
		case '"':
			quote = !quote
		case comma:
			if quote {
				continue
			}
			if n--; n == 0 {
				return row[i+1:]
			}
		}
	}
	return row
}

// writeJSON writes the object with two more members at its front; what is no object becomes the text of one.
func (r *rejects) writeJSON(x *row, why string, rest func(io.Writer) error) error {
	reason, _ := json.Marshal(why) // text always encodes
	inner, isObject := strings.CutPrefix(strings.TrimSpace(x.raw), "{")
	if isObject && rest == nil && json.Valid([]byte(x.raw)) {
		if strings.TrimSpace(inner) != "}" {
			inner = "," + inner
		}
		_, err := fmt.Fprintf(r.w, `{"%s":%d,"%s":%s%s`+"\n", columnRow, x.number, columnReason, reason, inner)
		return err
	}
	raw := x.raw
	if rest != nil {
		var long strings.Builder
		long.WriteString(raw)
		if err := rest(&firstBytes{w: &long, left: maxRow}); err != nil {
			return fmt.Errorf("writing rejected rows: %w", err)
		}
		raw = long.String()
	}
	text, _ := json.Marshal(raw)
	_, err := fmt.Fprintf(r.w, `{"%s":%d,"%s":%s,"line":%s}`+"\n", columnRow, x.number, columnReason, reason, text)
	return err
}

// firstBytes hands on the first bytes and drops the others.
type firstBytes struct {
	w    io.Writer
	left int
}

func (f *firstBytes) Write(p []byte) (int, error) {
	n := min(f.left, len(p))
	f.left -= n
	if _, err := f.w.Write(p[:n]); err != nil {
		return 0, err
	}
	return len(p), nil
}

func (r *rejects) Close() error {
	if r.file == nil {
		return nil
	}
	err := errors.Join(r.w.Flush(), r.file.Close())
	r.file = nil
	return err
}
