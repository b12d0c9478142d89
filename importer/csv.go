package importer

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/tributarygraph/tributary/graph"
)

// maxRow is the greatest number of bytes that one row may have.
const maxRow = 16 << 20

// row is one row of an input, as it stands there.
type row struct {
	cells  []string // valid until the next row is read
	raw    string   // without the end of line
	number int64    // as a spreadsheet counts: the first row is 1, empty ones count
	line   int64    // the line in which it begins, from 1
	offset int64    // of its first byte in the decompressed input
}

// rowError is a row that cannot be read as cells. Reading may go on after it.
type rowError struct {
	found string
	why   string
	// rest writes what of the row is not in row.raw; nil when nothing is. It must be called before the
	// next row is read, if at all.
	rest func(io.Writer) error
}

func (e *rowError) Error() string { return e.why }

// buffer is the part of an input that is being cut into rows: text, and more of it on demand.
// Text, not bytes, so that cells are parts of it without copying, and stay valid as long as anyone holds them.
type buffer struct {
	ctx     context.Context
	content *content
	text    string
	at      int          // where the next row begins
	offset  int64        // of text[0] in the input
	ended   bool         // text goes up to the end of the input
	skip    func() error // passes over what is left of a row that was given up; nil when nothing is
}

// more appends what comes next to what is left from b.at on, which becomes the begin of b.text. It reads a
// block, and then on until as much is new as was left, so that a long row is not cut again at each block.
func (b *buffer) more() error {
	left := b.text[b.at:]
	b.offset += int64(b.at)
	b.at = 0
	var text strings.Builder
	for text.Len() == 0 || text.Len() < 2*len(left) && !b.ended {
		next, err := b.content.next(b.ctx)
		if err != nil {
			return err
		}
		if next.err != nil && next.err != io.EOF {
			return next.err
		}
		if text.Len() == 0 {
			text.Grow(len(left) + len(next.data))
			text.WriteString(left)
		}
		text.Write(next.data)
		b.ended = next.err == io.EOF
		b.content.release(next)
		if b.ended {
			break
		}
	}
	b.text = text.String()
	return nil
}

// discard copies everything from b.at to the first end of line, or to the end of the input, to w.
func (b *buffer) discard(w io.Writer, untilLine bool) error {
	for {
		piece := b.text[b.at:]
		end := -1
		if untilLine {
			end = strings.IndexByte(piece, '\n')
		}
		if end >= 0 {
			piece = piece[:end]
		}
		if _, err := io.WriteString(w, piece); err != nil {
			return err
		}
		b.at += len(piece)
		if end >= 0 {
			b.at++
			return nil
		}
		if b.ended {
			return nil
		}
		if err := b.more(); err != nil {
			return err
		}
	}
}

// giveUp leaves a row that is too long to hold: what is left of it, up to the end of its line or of the input, goes
// to where rest is told, or is passed over before the next row.
func (b *buffer) giveUp(untilLine bool) (rest func(io.Writer) error) {
	b.skip = func() error { return b.discard(io.Discard, untilLine) }
	return func(w io.Writer) error {
		b.skip = nil
		return b.discard(w, untilLine)
	}
}

// passOver goes to the next row where the last one was given up.
func (b *buffer) passOver() error {
	skip := b.skip
	if b.skip = nil; skip == nil {
		return nil
	}
	return skip()
}

// csvReader cuts CSV (RFC 4180) into rows. It differs from encoding/csv in that it tells the bytes, line and
// offset of a row, bounds the size of a row, and goes on after a row that it cannot read.
// A quote inside a cell that does not begin with one stands for itself.
type csvReader struct {
	buffer
	comma  byte
	number int64 // of the last row
	line   int64 // in which the next row begins
	cells  []string
}

func newCSVReader(b buffer) *csvReader {
	return &csvReader{buffer: b, comma: ',', line: 1}
}

var errMore = errors.New("the row goes on in the next block")

// next reads a row that is not empty. The error is io.EOF at the end, a *rowError for a row that cannot be read
// as cells (the row then has no cells), anything else for an input that cannot be read.
func (r *csvReader) next() (row, error) {
	if err := r.passOver(); err != nil {
		return row{}, err
	}
	for {
		if r.ended && r.at == len(r.text) {
			return row{}, io.EOF
		}
		start := r.at
		end, err := r.scan(start) // errMore or a *rowError
		if err == errMore {
			if len(r.text)-start > maxRow {
				return r.tooLong()
			}
			if err := r.more(); err != nil {
				return row{}, err
			}
			continue
		}
		out := row{cells: r.cells, raw: r.text[start:end], line: r.line, offset: r.offset + int64(start)}
		r.at = end + len(lineEnd(r.text[end:]))
		r.line += 1 + int64(strings.Count(out.raw, "\n")) // those inside quotes
		r.number++
		out.number = r.number
		if err != nil {
			out.cells = nil
			return out, err
		}
		if len(r.cells) == 1 && strings.TrimSpace(out.raw) == "" {
			continue
		}
		if len(out.raw) > maxRow {
			return out, &rowError{found: fmt.Sprintf("%d bytes", len(out.raw)), why: whyTooLong}
		}
		return out, nil
	}
}

func lineEnd(s string) string {
	switch {
	case strings.HasPrefix(s, "\r\n"):
		return "\r\n"
	case strings.HasPrefix(s, "\n"):
		return "\n"
	case s == "\r": // the last byte of the input
		return "\r"
	}
	return ""
}

const (
	foundOpenQuote = "a quote that never closes"
	whyTooLong     = "the row has more than 16 MiB; is an end of line or a closing quote missing?"
	whyOpenQuote   = "a quote that opens in this row never closes: everything from here to the end of the file is left out"
	whyAfterQuote  = "text after a closing quote; a quote inside a quoted cell is written twice"
)

// tooLong rejects a row beyond maxRow, which is not held in memory as a whole: up to the end of its line, or,
// within an open quote, up to the end of the input.
func (r *csvReader) tooLong() (row, error) {
	r.number++
	out := row{number: r.number, line: r.line, offset: r.offset + int64(r.at)}
	bad := &rowError{found: fmt.Sprintf("more than %d bytes", maxRow), why: whyTooLong}
	untilLine := true
	if r.openQuote() {
		bad.found, bad.why = foundOpenQuote, whyOpenQuote
		untilLine = false
	}
	r.line++
	bad.rest = r.giveUp(untilLine)
	return out, bad
}

// openQuote reports whether the text from r.at on ends inside a quoted cell.
func (r *csvReader) openQuote() bool {
	ended := r.ended
	r.ended = true // as if the input ended here
	_, err := r.scan(r.at)
	r.ended = ended
	bad := (*rowError)(nil)
	return errors.As(err, &bad) && bad.found == foundOpenQuote
}

// scan cuts the row that begins at start into r.cells and returns where its end of line begins.
// The error is errMore when the text ends within the row, or a *rowError; end is then where reading goes on.
func (r *csvReader) scan(start int) (end int, err error) {
	r.cells = r.cells[:0]
	text, comma := r.text, r.comma
	cell := start
	for i := start; i < len(text); i++ {
		switch c := text[i]; {
		case c == comma:
			r.cells = append(r.cells, text[cell:i])
			cell = i + 1
		case c == '\n':
			end = i
			if i > cell && text[i-1] == '\r' {
				end--
			}
			r.cells = append(r.cells, text[cell:end])
			return end, nil
		case c == '"' && i == cell:
			if i+2 < len(text) && text[i+1] == '"' && text[i+2] == comma { // an empty cell, of which registers have hundreds
				r.cells = append(r.cells, "")
				i, cell = i+2, i+3
				continue
			}
			value, after, err := r.quoted(i)
			if err != nil {
				return after, err
			}
			r.cells = append(r.cells, value)
			if after == len(text) || text[after] != comma {
				return after, nil // at the end of a line, or of the input
			}
			i, cell = after, after+1
		}
	}
	if !r.ended {
		return 0, errMore
	}
	end = len(text)
	if end > cell && text[end-1] == '\r' {
		end--
	}
	r.cells = append(r.cells, text[cell:end])
	return end, nil
}

// quoted reads the quoted cell that opens at i and returns where what follows it begins: a comma, the end of
// the line or of the text.
func (r *csvReader) quoted(i int) (value string, after int, err error) {
	text := r.text
	from, doubled := i+1, false
	for at := from; ; {
		quote := strings.IndexByte(text[at:], '"')
		if quote < 0 {
			if !r.ended {
				return "", 0, errMore
			}
			return "", len(text), &rowError{found: foundOpenQuote, why: whyOpenQuote}
		}
		at += quote + 1
		if at == len(text) && !r.ended {
			return "", 0, errMore // another quote may follow
		}
		if at < len(text) && text[at] == '"' {
			doubled = true
			at++
			continue
		}
		value = text[from : at-1]
		after = at
		break
	}
	if doubled {
		value = strings.ReplaceAll(value, `""`, `"`)
	}
	rest := text[after:]
	if rest == "\r" && !r.ended {
		return "", 0, errMore
	}
	if rest == "" || rest[0] == r.comma || rest[0] == '\n' || strings.HasPrefix(rest, "\r\n") || rest == "\r" {
		return value, after, nil
	}
	// Reading goes on at the next line.
	stop := strings.IndexByte(rest, '\n')
	if stop < 0 {
		if !r.ended {
			return "", 0, errMore
		}
		return "", len(text), &rowError{found: cut(rest), why: whyAfterQuote}
	}
	if stop > 0 && rest[stop-1] == '\r' {
		stop--
	}
	return "", after + stop, &rowError{found: cut(rest[:stop]), why: whyAfterQuote}
}

// cut shortens what was found for a message.
func cut(s string) string {
	const most = 120
	if len(s) <= most {
		return s
	}
	end := most
	for end > 0 && !utf8.RuneStart(s[end]) {
		end--
	}
	return s[:end] + "..."
}

// byteOrderMark at the begin of a file is skipped.
const byteOrderMark = "\uFEFF"

// start reads the first block, skips a byte order mark and refuses what is neither UTF-8 text nor a container that
// is known.
func (b *buffer) start() error {
	if err := b.more(); err != nil {
		return err
	}
	name := b.content.name
	if strings.HasPrefix(b.text, string(zipMagic)) || strings.HasPrefix(b.text, parquetMagic) {
		return nil
	}
	switch {
	case b.text == "":
		return fmt.Errorf("%w: %s: is empty", graph.ErrInvalid, name)
	case strings.HasPrefix(b.text, byteOrderMark):
		b.at = len(byteOrderMark)
	case isUTF16(b.text):
		return fmt.Errorf("%w: %s: is UTF-16 text; save it as UTF-8 (Excel: \"CSV UTF-8\"; elsewhere: iconv -f UTF-16 -t UTF-8)", graph.ErrInvalid, name)
	}
	if strings.Contains(b.text[:min(len(b.text), 1024)], "\x00") {
		return fmt.Errorf("%w: %s: is no text but a binary file; save or export it as CSV (UTF-8) and import that", graph.ErrInvalid, name)
	}
	if strings.TrimSpace(b.text[b.at:]) == "" && b.ended {
		return fmt.Errorf("%w: %s: is empty", graph.ErrInvalid, name)
	}
	return nil
}

// isUTF16 reports whether text begins as UTF-16 does: with its byte order mark, or with characters of which every
// other byte is zero.
func isUTF16(text string) bool {
	if strings.HasPrefix(text, "\xFF\xFE") || strings.HasPrefix(text, "\xFE\xFF") {
		return true
	}
	const looked = 16
	if len(text) < looked {
		return len(text) > 1 && (text[0] == 0) != (text[1] == 0)
	}
	var zeros [2]int
	for i := range looked {
		if text[i] == 0 {
			zeros[i%2]++
		}
	}
	return zeros[0]+zeros[1] == looked/2 && (zeros[0] == 0 || zeros[1] == 0)
}
