package importer

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/tributarygraph/tributary/graph"
	"github.com/tributarygraph/tributary/importer/records"
)

// openReader tells from the first bytes how an input is written, and reads the header of a table.
func openReader(b buffer, layout records.Layout) (*recordReader, error) {
	if err := b.start(); err != nil {
		return nil, err
	}
	switch text := b.text[b.at:]; {
	case strings.HasPrefix(text, string(zipMagic)):
		return openSpooled(&b, func(f *Spool) (*recordReader, error) { return openArchive(&b, f, layout) })
	case strings.HasPrefix(text, parquetMagic):
		return openSpooled(&b, func(f *Spool) (*recordReader, error) { return openParquet(b.ctx, b.content.name, f.File) })
	}
	if ours, comma := isRejects(b.text[b.at:]); ours {
		layout = records.Layout{Separator: comma} // it is not written as the file that the rows are of
	}
	switch first := strings.TrimLeft(b.text[b.at:], " \t\r\n"); {
	case layout.Records != "", strings.HasPrefix(first, "["):
		return openDocument(b, layout.Records), nil
	case strings.HasPrefix(first, "{"):
		lines, err := b.startsWithWholeObject()
		if err != nil {
			return nil, err
		}
		if !lines {
			return openDocument(b, ""), nil
		}
		r := newJSONReader(b)
		return &recordReader{read: r.next, asJSON: true}, nil
	}
	return openText(b, layout)
}

// openSpooled copies an input to a temporary file where it is read here and there, as archives are.
func openSpooled(b *buffer, open func(*Spool) (*recordReader, error)) (*recordReader, error) {
	f, err := NewSpool("", "tributary-import-*")
	if err != nil {
		return nil, err
	}
	if err := b.discard(f, false); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	r, err := open(f)
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	inner := r.close
	r.close = func() error {
		if inner == nil {
			return f.Close()
		}
		return errors.Join(inner(), f.Close())
	}
	return r, nil
}

// startsWithWholeObject tells JSON Lines from a document that spreads over lines: their first line is an object.
func (b *buffer) startsWithWholeObject() (bool, error) {
	for {
		text := strings.TrimLeft(b.text[b.at:], " \t\r\n")
		line, _, whole := strings.Cut(text, "\n")
		if !whole && !b.ended && len(text) <= maxRow {
			if err := b.more(); err != nil {
				return false, err
			}
			continue
		}
		err := json.Unmarshal([]byte(line), new(json.RawMessage))
		syntax := (*json.SyntaxError)(nil)
		cut := errors.As(err, &syntax) && syntax.Offset >= int64(len(strings.TrimRight(line, " \t\r"))) // it goes on
		return !cut || !whole, nil
	}
}

// openText reads CSV.
func openText(b buffer, layout records.Layout) (*recordReader, error) {
	name := b.content.name
	r := newCSVReader(b)
	if stated := r.stated(); layout.Separator != 0 {
		r.comma = layout.Separator
	} else if !stated {
		r.comma = separator(r.text[r.at:])
	}
	header, err := r.next()
	for err == nil && header.number < layout.Header {
		header, err = r.next()
	}
	if bad := (*rowError)(nil); errors.As(err, &bad) {
		return nil, fmt.Errorf("%w: %s: the header in line %d cannot be read: %s", graph.ErrInvalid, name, header.line, bad.why)
	}
	if err == io.EOF {
		return nil, noHeader(name, layout)
	}
	if err != nil {
		return nil, err
	}
	if bad := checkRecordText(&header); bad != nil {
		return nil, fmt.Errorf("%w: %s: the header is %v", graph.ErrInvalid, name, bad)
	}
	if strings.Contains(header.raw, "\r") {
		return nil, fmt.Errorf("%w: %s: lines end in carriage returns alone; save it with line ends of Windows or Unix", graph.ErrInvalid, name)
	}
	return &recordReader{read: r.next, header: cleaned(header.cells), raw: header.raw, comma: r.comma}, nil
}

func noHeader(name string, layout records.Layout) error {
	return fmt.Errorf("%w: %s: ends before row %d, which is to be its header", graph.ErrInvalid, name, max(layout.Header, 1))
}

// cleaned are the names in a header.
func cleaned(cells []string) []string {
	out := make([]string, len(cells))
	for i, cell := range cells {
		out[i] = graph.Clean(cell)
	}
	return out
}

// separators may stand between cells. Where a header has as many of one as of another, the earlier one here does.
var separators = []byte{',', '\t', ';', '|'}

var separatorNames = map[byte]string{',': "comma", '\t': "tab", ';': "semicolon", '|': "vertical bar"}

// separator tells what stands between the cells of the header: what there is most of, outside quotes.
func separator(text string) byte {
	counts := map[byte]int{}
	begin, quoted := true, false // of a cell; within one in quotes
	for _, c := range []byte(strings.TrimLeft(text, "\r\n")) {
		if c == '\n' && !quoted {
			break
		}
		if c == '"' && (begin || quoted) {
			quoted = !quoted
		}
		begin = false
		if !quoted && slices.Contains(separators, c) {
			counts[c]++
			begin = true
		}
	}
	best := separators[0]
	for _, c := range separators {
		if counts[c] > counts[best] {
			best = c
		}
	}
	return best
}

// stated takes the line "sep=;" that some spreadsheets write before the header, and show no more. It reports
// whether there is one.
func (r *csvReader) stated() bool {
	line, _, _ := strings.Cut(r.text[r.at:], "\n")
	text := strings.Trim(strings.TrimRight(line, "\r"), `"`)
	if len(text) != len("sep=;") || !strings.EqualFold(text[:4], "sep=") || !slices.Contains(separators, text[4]) {
		return false
	}
	r.comma = text[4]
	r.at += min(len(line)+1, len(r.text)-r.at)
	r.line++
	return true
}
