package neo4jstore

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"

	"github.com/tributarygraph/tributary/graph"
)

// stored is what the database holds of the series of these keys, live or not, with all fields, sorted by key.
// The keys are sorted too. A series is never split over two look-ups: each of them would find the whole of it.
func (t transaction) stored(keys []graph.Key) (all []graph.Stored, err error) {
	for len(keys) > 0 {
		f := forms[keys[0].Kind]
		n := 1
		for n < len(keys) && keys[n].Kind == f.kind && (n < sizes.lookup || keys[n].Series() == keys[n-1].Series()) {
			n++
		}
		some, err := t.storedOf(f, keys[:n])
		if err != nil {
			return nil, err
		}
		all = append(all, some...)
		keys = keys[n:]
	}
	return all, nil
}

func (t transaction) storedOf(f *form, keys []graph.Key) ([]graph.Stored, error) {
	series := make([]string, 0, len(keys))
	for _, key := range keys {
		if s := seriesOf(key); len(series) == 0 || series[len(series)-1] != s {
			series = append(series, s)
		}
	}
	params := map[string]any{"series": series}
	found := map[graph.Key]*graph.Stored{}
	err := t.each(f.series, params, func(row []any) error {
		rec := f.decode(f.detailed, text(row[0]), row[1].([]any))
		found[rec.Key] = &rec.Stored
		return nil
	})
	if err != nil {
		return nil, err
	}
	histories, err := t.histories(historyOfSeries, params)
	if err != nil {
		return nil, err
	}
	for key, touches := range histories {
		s := found[key]
		if s == nil {
			s = &graph.Stored{Statement: graph.Statement{Key: key}}
			found[key] = s
			for _, touch := range touches {
				if touch.Removed == 0 {
					s.Import = touch.Import
				}
			}
		}
		s.Touches = touches
	}
	all := make([]graph.Stored, 0, len(found))
	for _, s := range found {
		all = append(all, *s)
	}
	slices.SortFunc(all, func(a, b graph.Stored) int { return a.Key.Compare(b.Key) })
	return all, nil
}

// The queries that read histories; the first finds those of some series, the others those of the statements of a
// kind about a range of nodes.
const (
	historyColumns  = " RETURN coalesce(h.statement, h.id), h.touches"
	historyOfSeries = "UNWIND $series AS series MATCH (h:TributaryHistory) WHERE h.id STARTS WITH series" + historyColumns
	historyUpTo     = "MATCH (h:TributaryHistory) WHERE h.kind = $kind AND h.from > $after AND h.from <= $upto" + historyColumns
	historyAfter    = "MATCH (h:TributaryHistory) WHERE h.kind = $kind AND h.from > $after" + historyColumns
)

// histories reads the touches of statements, the oldest first.
func (t transaction) histories(query string, params map[string]any) (map[graph.Key][]graph.Touch, error) {
	all := map[graph.Key][]graph.Touch{}
	err := t.each(query, params, func(row []any) error {
		statement := text(row[0])
		key, err := graph.ParseID(statement)
		encoded, _ := row[1].([]any)
		touches := make([]graph.Touch, len(encoded))
		for i := 0; i < len(touches) && err == nil; i++ {
			touches[i], err = decodeTouch(key.Kind, text(encoded[i]))
		}
		if err != nil {
			return errMade{fmt.Errorf("%w: the history of %s: %v; was it edited by hand?", graph.ErrSchema, statement, err)}
		}
		all[key] = touches
		return nil
	})
	return all, err
}

// touch is a graph.Touch as JSON. An empty field of the patch is null.
type touch struct {
	Import    int64          `json:"import"`
	Added     graph.Revision `json:"added"`
	Removed   graph.Revision `json:"removed,omitzero"`
	Withdrawn bool           `json:"withdrawn,omitzero"`
	Carried   int64          `json:"carried,omitzero"`
	Patch     map[string]any `json:"patch,omitempty"`
}

func encodeTouch(t graph.Touch) (string, error) {
	o := touch{Import: t.Import, Added: t.Added, Removed: t.Removed, Withdrawn: t.Withdrawn, Carried: t.Carried, Patch: make(map[string]any, len(t.Patch))}
	for _, f := range t.Patch {
		switch {
		case f.Empty():
			o.Patch[f.ID.String()] = nil
		case f.ID.Spec().Type.Numeric():
			o.Patch[f.ID.String()] = f.Number
		default:
			o.Patch[f.ID.String()] = f.Text
		}
	}
	encoded, err := json.Marshal(o)
	return string(encoded), err
}

func decodeTouch(kind graph.Kind, encoded string) (t graph.Touch, err error) {
	var o touch
	if err := json.Unmarshal([]byte(encoded), &o); err != nil {
		return t, err
	}
	t = graph.Touch{Import: o.Import, Added: o.Added, Removed: o.Removed, Withdrawn: o.Withdrawn, Carried: o.Carried}
	if len(o.Patch) == 0 {
		return t, nil
	}
	t.Patch = make([]graph.Field, 0, len(o.Patch))
	for _, id := range graph.FieldsOf(kind) {
		value, ok := o.Patch[id.String()]
		if !ok {
			continue
		}
		f := graph.Field{ID: id, Number: math.NaN()}
		switch v := value.(type) {
		case float64:
			f.Number = v
		case string:
			f.Text = v
		}
		t.Patch = append(t.Patch, f)
	}
	return t, nil
}

// historyRow is the history of a statement as the properties of its node.
func historyRow(s *graph.Stored) (map[string]any, error) {
	touches := make([]string, len(s.Touches))
	for i, t := range s.Touches {
		var err error
		if touches[i], err = encodeTouch(t); err != nil {
			return nil, errMade{fmt.Errorf("%w: %s: %v", graph.ErrInvalid, s.Key.ID(), err)}
		}
	}
	row := map[string]any{"id": claimOf(s.Key), "kind": int64(s.Kind), "from": s.From, "touches": touches}
	if id := s.Key.ID(); id != row["id"] {
		row["statement"] = id // the claim was cut
	}
	return row, nil
}
