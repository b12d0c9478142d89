package resolve

import (
	"encoding/json"
	"testing"
)

func TestEvaluate(t *testing.T) {
	pair := func(row int64, a, b, language string, same bool) Pair {
		return Pair{A: Entity{Names: []string{a}}, B: Entity{Names: []string{b}}, Same: same, Language: language, Row: row}
	}
	e := Evaluate([]Pair{
		pair(2, "Acme Corp", "ACME CORP.", "en", true), // found
		pair(3, "Acme Corp", "Widget Inc", "en", true), // missed
		pair(4, "Twin", "twin", "de", false),           // wrong
		pair(5, "Foo", "Bar", "de", false),
	}, Config{Automatic: 1, Review: 0.5, Candidates: 1}, 10)
	if e.Pairs != 4 || e.Same != 2 || len(e.Languages) != 2 || len(e.Kinds) != 0 {
		t.Fatalf("%+v", e)
	}
	last := e.Thresholds[len(e.Thresholds)-1]
	if last.Threshold != 1 || last.Found != 2 || last.Right != 1 || *last.Precision != 0.5 || *last.Recall != 0.5 || *last.F1 != 0.5 {
		t.Errorf("%+v", last)
	}
	if de := e.Languages[0]; de.Name != "de" || *de.Automatic.Precision != 0 || de.Automatic.Recall != nil {
		t.Errorf("%+v", de)
	}
	if len(e.Errors) != 2 || e.Errors[0].Row != 4 || e.Errors[1].Row != 3 {
		t.Errorf("%+v", e.Errors)
	}
	if _, err := json.Marshal(e); err != nil {
		t.Error(err)
	}
	if empty := Evaluate(nil, DefaultConfig(), 10); empty.Thresholds[0].Precision != nil {
		t.Errorf("%+v", empty)
	}
}
