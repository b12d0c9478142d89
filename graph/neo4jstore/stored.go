package neo4jstore

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/tributarygraph/tributary/graph"
)

// stored is what the database holds of the series of these keys, live or not, with all fields, sorted by key.
// The keys are sorted too.
func (t transaction) stored(keys []graph.Key) (all []graph.Stored, err error) {
	for len(keys) > 0 {
		f := forms[keys[0].Kind]
		n := 1
		for n < len(keys) && n < sizes.lookup && keys[n].Kind == f.kind {
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
	histories, err := t.histories(touchesOfSeries, params)
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

// The queries that read touches; the first finds those of some series, the others those of the statements of a
// kind about a range of nodes.
const (
	touchColumns    = " RETURN t.statement, t.n, t.import, t.added, t.removed, t.withdrawn, t.carried, t.patch"
	touchesOfSeries = "UNWIND $series AS series MATCH (t:TributaryTouch) WHERE t.id STARTS WITH series" + touchColumns
	touchesUpTo     = "MATCH (t:TributaryTouch) WHERE t.kind = $kind AND t.from > $after AND t.from <= $upto" + touchColumns
	touchesAfter    = "MATCH (t:TributaryTouch) WHERE t.kind = $kind AND t.from > $after" + touchColumns
)

// histories reads the touches of statements, the oldest first.
func (t transaction) histories(query string, params map[string]any) (map[graph.Key][]graph.Touch, error) {
	type numbered struct {
		n int64
		graph.Touch
	}
	read := map[string][]numbered{}
	err := t.each(query, params, func(row []any) error {
		touch := numbered{n: integer(row[1]), Touch: graph.Touch{
			Import:  integer(row[2]),
			Added:   graph.Revision(integer(row[3])),
			Removed: graph.Revision(integer(row[4])),
			Carried: integer(row[6]),
		}}
		touch.Withdrawn, _ = row[5].(bool)
		statement := text(row[0])
		key, err := graph.ParseID(statement)
		if err == nil {
			touch.Patch, err = decodePatch(key.Kind, text(row[7]))
		}
		if err != nil {
			return errMade{fmt.Errorf("%w: touch %d of %s: %v; was it edited by hand?", graph.ErrSchema, touch.n, statement, err)}
		}
		read[statement] = append(read[statement], touch)
		return nil
	})
	if err != nil {
		return nil, err
	}
	all := make(map[graph.Key][]graph.Touch, len(read))
	for statement, touches := range read {
		key, _ := graph.ParseID(statement) // read above
		slices.SortFunc(touches, func(a, b numbered) int { return cmp.Compare(a.n, b.n) })
		for _, touch := range touches {
			all[key] = append(all[key], touch.Touch)
		}
	}
	return all, nil
}

// touchRow is a touch as the properties of its node.
func touchRow(s *graph.Stored, n int) map[string]any {
	touch := s.Touches[n]
	row := map[string]any{
		"id": fmt.Sprintf("%s#%d", claimOf(s.Key), n), "n": int64(n), "statement": s.Key.ID(),
		"kind": int64(s.Kind), "from": s.From,
		"import": touch.Import, "added": int64(touch.Added), "patch": encodePatch(touch.Patch),
	}
	if touch.Removed != 0 {
		row["removed"] = int64(touch.Removed)
	}
	if touch.Withdrawn {
		row["withdrawn"] = true
	}
	if touch.Carried != 0 {
		row["carried"] = touch.Carried
	}
	return row
}
