package importer

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
)

// jsonReader cuts JSON Lines into rows, one object a line.
type jsonReader struct {
	buffer
	line int64 // of the last row
}

func newJSONReader(b buffer) *jsonReader { return &jsonReader{buffer: b} }

// next reads a line that is not empty, as text. Errors are as those of csvReader.next.
func (r *jsonReader) next() (row, error) {
	if err := r.passOver(); err != nil {
		return row{}, err
	}
	for {
		if r.ended && r.at == len(r.text) {
			return row{}, io.EOF
		}
		start := r.at
		length := strings.IndexByte(r.text[start:], '\n')
		if length < 0 && !r.ended {
			if len(r.text)-start > maxRow {
				return r.tooLong()
			}
			if err := r.more(); err != nil {
				return row{}, err
			}
			continue
		}
		r.line++
		out := row{number: r.line, line: r.line, offset: r.offset + int64(start)}
		if length < 0 {
			out.raw, r.at = r.text[start:], len(r.text)
		} else {
			out.raw, r.at = r.text[start:start+length], start+length+1
		}
		out.raw = strings.TrimSuffix(out.raw, "\r")
		if strings.TrimSpace(out.raw) == "" {
			continue
		}
		return out, nil
	}
}

func (r *jsonReader) tooLong() (row, error) {
	r.line++
	out := row{number: r.line, line: r.line, offset: r.offset + int64(r.at)}
	return out, &rowError{found: fmt.Sprintf("more than %d bytes", maxRow), why: whyTooLong, rest: r.giveUp(true)}
}

// jsonObject is an object whose keys are columns and whose values are cells.
type jsonObject struct{ keys, cells []string }

// parse reads one object, in place of the last one.
func (r *jsonObject) parse(line string) error {
	r.keys, r.cells = r.keys[:0], r.cells[:0]
	decoder := json.NewDecoder(strings.NewReader(line))
	decoder.UseNumber()
	token, err := decoder.Token()
	if err != nil {
		return jsonProblem(err)
	}
	if token != json.Delim('{') {
		return errors.New("not a JSON object; allowed: one object a line, such as {\"supplier\": \"A\", \"buyer\": \"B\"}")
	}
	for decoder.More() {
		token, err := decoder.Token()
		if err != nil {
			return jsonProblem(err)
		}
		key, _ := token.(string) // the decoder lets nothing else stand here
		if slices.Contains(r.keys, key) {
			return fmt.Errorf("two values are named %q", key)
		}
		value, err := jsonCell(decoder, key)
		if err != nil {
			return err
		}
		r.keys, r.cells = append(r.keys, key), append(r.cells, value)
	}
	if _, err := decoder.Token(); err != nil {
		return jsonProblem(err)
	}
	if _, err := decoder.Token(); err != io.EOF {
		return errors.New("text after the object; allowed: one object a line")
	}
	return nil
}

func jsonProblem(err error) error {
	if err == io.EOF || errors.Is(err, io.ErrUnexpectedEOF) {
		return errors.New("not JSON: the object does not end in this line")
	}
	return fmt.Errorf("not JSON: %v", err)
}

// parseTree reads one object whatever it holds.
func parseTree(text string) (tree any, err error) {
	decoder := json.NewDecoder(strings.NewReader(text))
	decoder.UseNumber()
	if err := decoder.Decode(&tree); err != nil {
		return nil, jsonProblem(err)
	}
	if _, err := decoder.Token(); err != io.EOF {
		return nil, errors.New("text after the object; allowed: one object a line")
	}
	return tree, nil
}

// jsonCell reads a value as the text that a cell of a CSV file would hold.
func jsonCell(decoder *json.Decoder, key string) (string, error) {
	if key == columnAttributes {
		return jsonAttributes(decoder)
	}
	token, err := decoder.Token()
	if err != nil {
		return "", jsonProblem(err)
	}
	switch token {
	case json.Delim('['):
		return jsonList(decoder, key)
	case json.Delim('{'):
		return "", fmt.Errorf("%q is an object; allowed: text, a number, true or false, null, or a list of these. What has parts a mapping reads (mapping suggest FILE drafts one)", key)
	}
	return jsonScalar(token), nil
}

func jsonScalar(token json.Token) string {
	switch v := token.(type) {
	case string:
		return v
	case json.Number:
		return v.String()
	case bool:
		return fmt.Sprint(v)
	}
	return "" // null
}

func jsonList(decoder *json.Decoder, key string) (string, error) {
	var parts []string
	for decoder.More() {
		token, err := decoder.Token()
		if err != nil {
			return "", jsonProblem(err)
		}
		if _, nested := token.(json.Delim); nested {
			return "", fmt.Errorf("%q is a list of lists or objects; allowed: text, numbers, true or false. What has parts a mapping reads (mapping suggest FILE drafts one)", key)
		}
		parts = append(parts, jsonScalar(token))
	}
	_, err := decoder.Token()
	if err != nil {
		return "", jsonProblem(err)
	}
	return strings.Join(parts, ";"), nil
}

// jsonAttributes reads the attributes: an object of text, numbers, true and false, or the same as text.
func jsonAttributes(decoder *json.Decoder) (string, error) {
	var value any
	if err := decoder.Decode(&value); err != nil {
		return "", jsonProblem(err)
	}
	object, ok := value.(map[string]any)
	if !ok {
		if value == nil {
			return "", nil
		}
		text, ok := value.(string)
		if !ok {
			return "", fmt.Errorf("%q is neither an object nor text", columnAttributes)
		}
		return text, nil
	}
	texts := make(map[string]string, len(object))
	for name, v := range object {
		switch v.(type) {
		case map[string]any, []any:
			return "", fmt.Errorf("%q of %q is an object or a list; allowed: text, a number, true or false", name, columnAttributes)
		}
		texts[name] = jsonScalar(v)
	}
	encoded, err := json.Marshal(texts)
	return string(encoded), err
}
