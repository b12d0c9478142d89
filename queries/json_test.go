package queries_test

import (
	"bytes"
	"encoding/json"
	"reflect"
	"testing"

	"pgregory.net/rapid"

	"github.com/tributarygraph/tributary/queries"
)

// Every field of the answer is drawn at random: a field that is added to it and forgotten there shows.
func TestAppendJSON(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a := &queries.TiersAnswer{}
		fill(t, reflect.ValueOf(a).Elem())
		var want bytes.Buffer
		e := json.NewEncoder(&want)
		e.SetEscapeHTML(false)
		if err := e.Encode(a); err != nil {
			t.Fatal(err)
		}
		if got := string(a.AppendJSON(nil)) + "\n"; got != want.String() {
			t.Fatalf("got  %s\nwant %s", got, want.String())
		}
	})
}

// fill draws a value; lists are never nil, as in answers.
func fill(t *rapid.T, v reflect.Value) {
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			fill(t, v.Field(i))
		}
	case reflect.Pointer:
		if rapid.Bool().Draw(t, "present") {
			v.Set(reflect.New(v.Type().Elem()))
			fill(t, v.Elem())
		}
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), rapid.IntRange(0, 2).Draw(t, "length"), 2))
		for i := range v.Len() {
			fill(t, v.Index(i))
		}
	case reflect.String:
		v.SetString(rapid.OneOf(rapid.String(), rapid.SampledFrom([]string{"", "台积电", "\u2028", "<&>", "\x7f", "\xff", "plain"})).Draw(t, "text"))
	case reflect.Int:
		v.SetInt(int64(rapid.IntRange(-3, 3).Draw(t, "int")))
	case reflect.Uint64:
		v.SetUint(rapid.Uint64().Draw(t, "revision"))
	case reflect.Bool:
		v.SetBool(rapid.Bool().Draw(t, "flag"))
	case reflect.Float64:
		v.SetFloat(rapid.OneOf(rapid.Float64Range(-1e30, 1e30), rapid.Float64Range(0, 1), rapid.Float64Range(0, 1e-5)).Draw(t, "number"))
	default:
		t.Fatalf("a field of kind %v", v.Kind())
	}
}
