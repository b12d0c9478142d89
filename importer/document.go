package importer

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/tributarygraph/tributary/graph"
)

// document reads the elements of a list in JSON, or objects that stand one after another over any number of lines.
type document struct {
	text    *textReader
	decoder *json.Decoder
	path    []string // keys that lead to the list
	started bool
	listed  bool  // the elements stand in a list
	number  int64 // of the last element
	ended   bool
}

func openDocument(b buffer, path string) *recordReader {
	text := &textReader{buffer: b, left: maxElement}
	d := &document{text: text, decoder: json.NewDecoder(text)}
	if path = strings.TrimPrefix(strings.TrimPrefix(path, "$"), "."); path != "" {
		d.path = strings.Split(strings.TrimSuffix(path, "[*]"), ".")
	}
	return &recordReader{read: d.next, asJSON: true}
}

// next reads an element as text on one line. What is no JSON ends the document: nothing tells where it would go on.
func (d *document) next() (row, error) {
	if !d.started {
		d.started = true
		if err := d.begin(); err != nil {
			return row{}, err
		}
	}
	if d.ended || d.listed && !d.decoder.More() {
		return row{}, d.end()
	}
	d.number++
	d.text.left = maxElement
	var element json.RawMessage
	err := d.decoder.Decode(&element)
	if err == io.EOF && !d.listed {
		return row{}, io.EOF
	}
	if err != nil {
		return row{}, d.problem(err)
	}
	return row{raw: oneLine(element), number: d.number}, nil
}

// begin goes to the first element.
func (d *document) begin() error {
	for i, key := range d.path {
		if err := d.enter(key); err != nil {
			return d.lost(i, err)
		}
	}
	if len(d.path) == 0 {
		first, err := d.text.peek()
		if err != nil || first != '[' {
			return err
		}
	}
	token, err := d.decoder.Token()
	switch {
	case err != nil:
		return d.problem(err)
	case token != json.Delim('['):
		return d.lost(len(d.path), errors.New("is no list"))
	}
	d.listed = true
	return nil
}

// enter goes into the member of an object.
func (d *document) enter(key string) error {
	token, err := d.decoder.Token()
	if err != nil {
		return d.problem(err)
	}
	if token != json.Delim('{') {
		return errors.New("is no object")
	}
	var seen []string
	for d.decoder.More() {
		name, err := d.decoder.Token()
		if err != nil {
			return d.problem(err)
		}
		if name == key {
			return nil
		}
		if text, ok := name.(string); ok && len(seen) < 20 {
			seen = append(seen, text)
		}
		d.text.left = maxElement
		if err := d.decoder.Decode(new(json.RawMessage)); err != nil {
			return d.problem(err)
		}
	}
	return fmt.Errorf("has no %q; it has %s", key, strings.Join(seen, ", "))
}

// lost says where the way to the records ends.
func (d *document) lost(at int, err error) error {
	if errors.Is(err, graph.ErrInvalid) {
		return err
	}
	where := "the document"
	if at > 0 {
		where = strings.Join(d.path[:at], ".")
	}
	return fmt.Errorf("%w: %s: %s %v; records: %s leads nowhere", graph.ErrInvalid, d.text.content.name, where, err, strings.Join(d.path, "."))
}

// end reads what follows the last element.
func (d *document) end() error {
	if d.ended {
		return io.EOF
	}
	d.ended = true
	if _, err := d.decoder.Token(); err != nil { // the end of the list
		return d.problem(err)
	}
	if len(d.path) > 0 {
		return io.EOF // what else the document holds is of no interest
	}
	if _, err := d.decoder.Token(); err != io.EOF {
		return fmt.Errorf("%w: %s: text after the list that ends with element %d", graph.ErrInvalid, d.text.content.name, d.number)
	}
	return io.EOF
}

func (d *document) problem(err error) error {
	if errors.Is(err, graph.ErrInvalid) || d.text.failed != nil {
		return errors.Join(d.text.failed, err)
	}
	why := err.Error()
	if err == io.EOF || errors.Is(err, io.ErrUnexpectedEOF) {
		why = "it ends too early"
	}
	return fmt.Errorf("%w: %s: element %d, at byte %d, is not JSON: %s", graph.ErrInvalid, d.text.content.name, max(d.number, 1), d.decoder.InputOffset()+1, why)
}

// oneLine is JSON without the ends of line between its parts.
func oneLine(element json.RawMessage) string {
	if !strings.ContainsAny(string(element), "\r\n") {
		return string(element)
	}
	var b strings.Builder
	quoted := false
	for i := 0; i < len(element); i++ {
		switch c := element[i]; {
		case c == '\\' && quoted:
			b.WriteByte(c)
			i++
			b.WriteByte(element[i])
		case !quoted && (c == ' ' || c == '\n' || c == '\r' || c == '\t'):
		default:
			quoted = quoted != (c == '"')
			b.WriteByte(c)
		}
	}
	return b.String()
}

// maxElement is the greatest number of bytes of one element of a document, which is held in memory.
const maxElement = 4 * maxRow

// textReader reads a buffer as a stream, of which no element may take too much.
type textReader struct {
	buffer
	left   int
	failed error // of the input
}

// peek is the first byte that is no space, before anything is read.
func (t *textReader) peek() (byte, error) {
	for {
		t.at += len(t.text[t.at:]) - len(strings.TrimLeft(t.text[t.at:], " \t\r\n"))
		if t.at < len(t.text) {
			return t.text[t.at], nil
		}
		if t.ended {
			return 0, io.EOF
		}
		if err := t.more(); err != nil {
			return 0, err
		}
	}
}

func (t *textReader) Read(p []byte) (int, error) {
	if t.at == len(t.text) {
		if t.ended {
			return 0, io.EOF
		}
		if err := t.more(); err != nil {
			t.failed = err
			return 0, err
		}
	}
	if t.left <= 0 {
		return 0, fmt.Errorf("%w: %s: an element has more than %d bytes; say in a mapping where its records are (input: {records: ...})", graph.ErrInvalid, t.content.name, maxElement)
	}
	n := copy(p, t.text[t.at:])
	t.at += n
	t.left -= n
	return n, nil
}
