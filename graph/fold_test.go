package graph_test

import (
	"context"
	"testing"

	"github.com/tributarygraph/tributary/graph"
)

// said is a claim of the one relation of TestEnded.
type said struct{ by, period, from, to, stage string }

func (x said) statement(t *testing.T) graph.Statement {
	t.Helper()
	s := graph.Statement{Key: graph.Key{RelationKey: graph.RelationKey{Kind: graph.KindSupplies, From: "a", To: "b"}, Dataset: "d", Source: x.by}}
	var err error
	if s.Period, err = graph.ParsePeriod(x.period); err != nil {
		t.Fatal(err)
	}
	if s.ValidFrom, err = graph.ParseDate(x.from); err != nil {
		t.Fatal(err)
	}
	for _, f := range []struct {
		id   graph.FieldID
		text string
	}{{graph.FieldValidTo, x.to}, {graph.FieldStage, x.stage}} {
		if f.text == "" {
			continue
		}
		field, err := graph.ParseField(f.id, f.text)
		if err != nil {
			t.Fatal(err)
		}
		s.Fields = append(s.Fields, field)
	}
	return s
}

// Who says that a relation ended takes back what they said before, and nobody else's word.
func TestEnded(t *testing.T) {
	for name, test := range map[string]struct {
		claims []said
		active map[string]bool // by day
	}{
		"later valid_from": {
			[]said{{by: "s", from: "2020", stage: "volume"}, {by: "s", from: "2023", stage: "ended"}},
			map[string]bool{"2019": false, "2021": true, "2022-12-31": true, "2023-01-01": false, "2025": false, "any": true}},
		"nothing dated before": {
			[]said{{by: "s", stage: "volume"}, {by: "s", from: "2023", stage: "ended"}},
			map[string]bool{"2022": true, "2023": false}},
		"later period": {
			[]said{{by: "s", period: "2021"}, {by: "s", period: "2022", stage: "ended"}},
			map[string]bool{"2021": true, "2022": false}},
		"one date, later period": {
			[]said{{by: "s", period: "2021", from: "2020"}, {by: "s", period: "2022", from: "2020", stage: "ended"}},
			map[string]bool{"2021": true, "2022": false}},
		"until when": {
			[]said{{by: "s", period: "2019"}, {by: "s", from: "2018", to: "2022", stage: "ended"}},
			map[string]bool{"2021": true, "2022": false, "2024": false}},
		"again": {
			[]said{{by: "s", from: "2020"}, {by: "s", from: "2022", stage: "ended"}, {by: "s", from: "2024", stage: "volume"}},
			map[string]bool{"2021": true, "2023": false, "2024": true}},
		"an ending without a date is not later": {
			[]said{{by: "s", from: "2020"}, {by: "s", stage: "ended"}},
			map[string]bool{"2021": true}},
		"another source": {
			[]said{{by: "s", from: "2020"}, {by: "other", from: "2022", stage: "ended"}},
			map[string]bool{"2023": true}},
		"a sample after volume ends nothing": {
			[]said{{by: "s", from: "2020"}, {by: "s", from: "2022", stage: "sampling"}},
			map[string]bool{"2023": true}},
	} {
		t.Run(name, func(t *testing.T) {
			f := newFeed()
			for _, x := range test.claims {
				f.put(x.statement(t))
			}
			v, err := graph.Load(context.Background(), f)
			if err != nil {
				t.Fatal(err)
			}
			r, _ := v.FindRelation(graph.RelationKey{Kind: graph.KindSupplies, From: "a", To: "b"})
			for day, want := range test.active {
				filter := graph.DefaultFilter(graph.AnyDate)
				if day != "any" {
					filter.AsOf, _ = graph.ParseDate(day)
				}
				flowing := 0
				low, high := v.Claims(r)
				for c := low; c < high; c++ {
					if v.Flows(r, c, filter) {
						flowing++
					}
				}
				if v.Active(r, filter) != want || v.FoldRelation(r, filter).Active != want || flowing > 0 != want || v.CombinedConfidence(r, filter) > 0 != want {
					t.Errorf("%s: active %v, folded %v, %d claims flow, combined %v; want %v", day, v.Active(r, filter), v.FoldRelation(r, filter).Active, flowing, v.CombinedConfidence(r, filter), want)
				}
			}
		})
	}
}
