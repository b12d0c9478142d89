package mapping

import (
	"encoding/json"
	"strings"
)

// path is the text at a place of an element of JSON.
func (s *scope) path(r *ref) string {
	found, ok := s.find(r)
	if !ok {
		return ""
	}
	text, ok := textOfJSON(found)
	if !ok {
		s.fail(r.name, kindOfJSON(found), "holds an object; name the field of it that is meant, such as {"+r.name+".name}")
	}
	return trim(text)
}

// find looks a reference up: a field of its whole name, or the path that it is.
func (s *scope) find(r *ref) (any, bool) {
	from, path := s.item, r.path
	if r.root {
		from, path = s.from(path)
	}
	if fields, ok := from.(map[string]any); ok && (len(r.path) != 1 || r.path[0].name != r.name) {
		if value, ok := fields[r.name]; ok {
			r.seen = true
			return value, true
		}
	}
	value, ok := walk(from, path, true)
	r.seen = r.seen || ok
	return value, ok
}

// walk follows a path. All elements of a list are a list of what the rest of the path finds in each; with gaps, nil where it
// finds nothing, so that lists beside it still go with it one by one.
func walk(from any, path []step, gaps bool) (any, bool) {
	for i, step := range path {
		switch {
		case step.name != "":
			fields, ok := from.(map[string]any)
			if !ok {
				return nil, false
			}
			if from, ok = fields[step.name]; !ok {
				return nil, false
			}
		case step.index < 0:
			list, ok := from.([]any)
			if !ok {
				return nil, false
			}
			rest := path[i+1:]
			if len(rest) == 0 {
				return list, true
			}
			var out []any
			some := false
			for _, element := range list {
				found, ok := walk(element, rest, gaps)
				some = some || ok
				if !ok && !gaps {
					continue
				}
				if inner, is := found.([]any); is {
					out = append(out, inner...)
				} else {
					out = append(out, found)
				}
			}
			return out, some && len(out) > 0
		default:
			list, ok := from.([]any)
			if !ok || step.index >= len(list) {
				return nil, false
			}
			from = list[step.index]
		}
	}
	return from, true
}

// textOfJSON is a value as the text of a cell; of a list, its elements with ; between them. ok is false for an object.
func textOfJSON(v any) (text string, ok bool) {
	switch v := v.(type) {
	case nil:
		return "", true
	case string:
		return v, true
	case json.Number:
		return v.String(), true
	case bool:
		if v {
			return "true", true
		}
		return "false", true
	case []any:
		texts := make([]string, 0, len(v))
		for _, element := range v {
			t, ok := textOfJSON(element)
			if !ok {
				return "", false
			}
			if t != "" {
				texts = append(texts, t)
			}
		}
		return strings.Join(texts, ";"), true
	}
	return "", false
}

func kindOfJSON(v any) string {
	if _, ok := v.([]any); ok {
		return "a list of objects"
	}
	return "an object"
}
