package neo4jstore

import (
	"fmt"
	"time"

	"github.com/tributarygraph/tributary/graph"
)

// Decisions about sameness are kept with the revisions between which they stood: a TributaryMerge node is in
// force from added until removed.

const mergeColumns = " RETURN m.kind, m.record, m.canonical, m.by, m.why, m.at"

func decodeMerge(row []any) graph.Sameness {
	return graph.Sameness{
		NodeKey:   graph.NodeKey{Kind: graph.Kind(integer(row[0])), ID: text(row[1])},
		Canonical: text(row[2]), By: text(row[3]), Why: text(row[4]), At: instant(row[5]),
	}
}

// mergesAt delivers the decisions in force at a revision.
func (t transaction) mergesAt(at graph.Revision, do func(graph.Sameness) error) error {
	return t.each("MATCH (m:TributaryMerge) WHERE m.added <= $at AND coalesce(m.removed > $at, true)"+mergeColumns+" ORDER BY m.kind, m.record",
		map[string]any{"at": int64(at)}, func(row []any) error { return do(decodeMerge(row)) })
}

// decisions are the decisions of the batch that change something; nil for a record whose decision is taken back.
func (a *application) decisions() (map[graph.NodeKey]*graph.Sameness, error) {
	if len(a.batch.Merge) == 0 && len(a.batch.Unmerge) == 0 {
		return nil, nil
	}
	wanted := map[graph.NodeKey]*graph.Sameness{}
	for _, s := range a.batch.Merge {
		s.At = s.At.UTC().Truncate(time.Second)
		wanted[s.NodeKey] = &s
	}
	for _, key := range a.batch.Unmerge {
		wanted[key] = nil
	}
	keys := make([]any, 0, len(wanted))
	for key := range wanted {
		keys = append(keys, []any{int64(key.Kind), key.ID})
	}
	known := map[graph.NodeKey]graph.Sameness{}
	err := a.each("UNWIND $keys AS key MATCH (m:TributaryMerge) WHERE m.record = key[1] AND m.kind = key[0] AND m.removed IS NULL"+mergeColumns,
		map[string]any{"keys": keys}, func(row []any) error {
			s := decodeMerge(row)
			known[s.NodeKey] = s
			return nil
		})
	for key, want := range wanted {
		now, decided := known[key]
		if want == nil && !decided || want != nil && decided && now == *want {
			delete(wanted, key)
		}
	}
	return wanted, err
}

// decide writes the decisions; they stand, or no longer stand, from the revision on.
func (a *application) decide(decisions map[graph.NodeKey]*graph.Sameness, revision graph.Revision) error {
	if len(decisions) == 0 {
		return nil
	}
	var ended, begun []any
	for key, s := range decisions {
		ended = append(ended, []any{int64(key.Kind), key.ID})
		if s != nil {
			begun = append(begun, map[string]any{
				"id":   fmt.Sprintf("%s~%d~%s", key.Kind, revision, key.ID),
				"kind": int64(key.Kind), "record": key.ID, "canonical": s.Canonical, "by": s.By, "why": s.Why, "at": s.At, "added": int64(revision),
			})
		}
	}
	err := a.exec("UNWIND $keys AS key MATCH (m:TributaryMerge) WHERE m.record = key[1] AND m.kind = key[0] AND m.removed IS NULL SET m.removed = $revision",
		map[string]any{"keys": ended, "revision": int64(revision)})
	if err != nil || len(begun) == 0 {
		return err
	}
	return a.exec("UNWIND $rows AS row CREATE (m:TributaryMerge) SET m = row", map[string]any{"rows": begun})
}
