package graph

import (
	"encoding/json"
	"slices"
)

// Statement is what one dataset, citing one source, says: a key and the fields stated, sorted by
// [FieldID], each at most once.
//
// As the input of a batch it is a patch: a field that is absent leaves what the dataset said before, an
// empty field withdraws it. As the output of a store it has no empty fields.
type Statement struct {
	Key
	Fields []Field
}

// Field is the value of the field, or the empty field.
func (s *Statement) Field(id FieldID) Field {
	if i, found := slices.BinarySearchFunc(s.Fields, id, func(f Field, id FieldID) int { return int(f.ID) - int(id) }); found {
		return s.Fields[i]
	}
	return Field{ID: id, Number: nan}
}

// Text is the text of a field that is not numeric; empty when not stated.
func (s *Statement) Text(id FieldID) string { return s.Field(id).Text }

// Clone is a copy that shares no memory with s.
func (s *Statement) Clone() Statement {
	return Statement{Key: s.Key, Fields: slices.Clone(s.Fields)}
}

// EqualFields reports whether two sorted lists hold the same fields with the same values.
func EqualFields(a, b []Field) bool { return slices.EqualFunc(a, b, Field.Equal) }

// PatchFields lays a patch over what was stated before; both are sorted. Fields that are empty afterwards
// are left out. Attributes are patched one by one.
func PatchFields(before, patch []Field) []Field {
	out := make([]Field, 0, len(before)+len(patch))
	for len(before) > 0 || len(patch) > 0 {
		switch {
		case len(patch) == 0 || len(before) > 0 && before[0].ID < patch[0].ID:
			out = append(out, before[0])
			before = before[1:]
			continue
		case len(before) > 0 && before[0].ID == patch[0].ID:
			if patch[0].ID == FieldAttributes {
				out = appendStated(out, patchAttributes(before[0], patch[0]))
			} else {
				out = appendStated(out, patch[0])
			}
			before = before[1:]
		case patch[0].ID == FieldAttributes:
			out = appendStated(out, patchAttributes(Field{ID: FieldAttributes}, patch[0]))
		default:
			out = appendStated(out, patch[0])
		}
		patch = patch[1:]
	}
	return out
}

func appendStated(fields []Field, f Field) []Field {
	if f.Empty() {
		return fields
	}
	return append(fields, f)
}

// patchAttributes merges two objects of strings; an empty string withdraws its key, an empty field all.
func patchAttributes(before, patch Field) Field {
	if patch.Text == "" {
		return patch
	}
	merged := map[string]string{}
	for _, f := range []Field{before, patch} {
		if f.Text == "" {
			continue
		}
		var object map[string]string
		if json.Unmarshal([]byte(f.Text), &object) != nil {
			continue // ParseField let nothing else in
		}
		for k, v := range object {
			if v == "" {
				delete(merged, k)
			} else {
				merged[k] = v
			}
		}
	}
	if len(merged) == 0 {
		return Field{ID: FieldAttributes, Number: nan}
	}
	text, _ := json.Marshal(merged) // a map of strings always encodes, with its keys sorted
	return Field{ID: FieldAttributes, Text: string(text), Number: nan}
}
