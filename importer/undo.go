package importer

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/tributarygraph/tributary/graph"
)

// UndoReport tells what undoing an import did.
type UndoReport struct {
	Import graph.Import `json:"import"` // as it was before
	graph.Counts
	// Unmerged counts decisions about sameness that were taken back.
	Unmerged int `json:"unmerged"`
	// Kept counts decisions that stand: they are not this import's, so that taking it back leaves them.
	Kept     int            `json:"decisions_kept"`
	Revision graph.Revision `json:"revision"`
}

// minPrefix is how many characters of a key name an import.
const minPrefix = 4

// Undo takes back what one import wrote; what other imports wrote of the same statements comes to light again.
// ref is the key of the import, its first characters (at least four), or a dataset that only one import is of.
// An undo that was broken off goes on when it is called again. Errors: [graph.ErrNotFound] when no import
// is meant, [graph.ErrAmbiguous] when several are.
func Undo(ctx context.Context, store graph.Store, ref string) (*UndoReport, error) {
	x, err := Find(ctx, store, ref)
	if err != nil {
		return nil, err
	}
	report := &UndoReport{Import: x}
	if err := undoMerges(ctx, store, report); err != nil {
		return nil, err
	}
	for {
		applied, err := store.Apply(ctx, graph.Batch{Undo: x.Key})
		if err != nil {
			return nil, err
		}
		report.Counts.Add(applied.Counts)
		report.Revision = applied.Revision
		if !applied.More {
			decisions, err := readDecisions(ctx, store)
			report.Kept = len(decisions)
			return report, err
		}
	}
}

// Find finds an import that is not undone by its key, the first characters of it, or its dataset.
func Find(ctx context.Context, store graph.Store, ref string) (graph.Import, error) {
	imports, err := store.Imports(ctx)
	if err != nil {
		return graph.Import{}, err
	}
	tests := []func(graph.Import) bool{
		func(x graph.Import) bool { return x.Key == ref },
		func(x graph.Import) bool { return x.Dataset == ref },
		func(x graph.Import) bool { return len(ref) >= minPrefix && strings.HasPrefix(x.Key, ref) },
	}
	for _, test := range tests {
		var found []graph.Import
		for _, x := range imports {
			if x.Status != graph.ImportUndone && test(x) {
				found = append(found, x)
			}
		}
		if len(found) > 1 {
			found = whichWrote(found)
		}
		switch len(found) {
		case 0:
			continue
		case 1:
			return found[0], nil
		}
		var keys []string
		for _, x := range found {
			keys = append(keys, fmt.Sprintf("%s (dataset %s, %s)", x.Key, x.Dataset, x.Started.UTC().Format("2006-01-02 15:04")))
		}
		return graph.Import{}, fmt.Errorf("%w: %q is %d imports: %s; name one by its key", graph.ErrAmbiguous, ref, len(found), strings.Join(keys, ", "))
	}
	return graph.Import{}, fmt.Errorf("%w: no import %q that could be undone; name a dataset, or at least %d characters of a key, from the list of imports", graph.ErrNotFound, ref, minPrefix)
}

// whichWrote leaves out imports that wrote nothing, such as one whose rows were all rejected; all stay where none wrote.
func whichWrote(imports []graph.Import) (out []graph.Import) {
	for _, x := range imports {
		var i info
		if x.Counts.Changes() > 0 || json.Unmarshal(x.Info, &i) == nil && len(i.Merges) > 0 {
			out = append(out, x)
		}
	}
	if out == nil {
		return imports
	}
	return out
}

// undoMerges takes back those decisions of the import that still stand. A decision that it replaced comes back.
func undoMerges(ctx context.Context, store graph.Store, report *UndoReport) error {
	var i info
	if len(report.Import.Info) == 0 || json.Unmarshal(report.Import.Info, &i) != nil || len(i.Merges) == 0 {
		return nil
	}
	decisions, err := readDecisions(ctx, store)
	if err != nil {
		return err
	}
	var batch graph.Batch
	for _, m := range i.Merges {
		written, err := m.sameness()
		if err != nil {
			return err
		}
		now, stands := decisions[written.NodeKey]
		if !stands || now.Canonical != written.Canonical || now.By != written.By || now.Why != written.Why || !now.At.Equal(written.At) {
			continue
		}
		report.Unmerged++
		if m.Before == nil {
			batch.Unmerge = append(batch.Unmerge, written.NodeKey)
			continue
		}
		before, err := m.Before.sameness()
		if err != nil {
			return err
		}
		batch.Merge = append(batch.Merge, before)
	}
	if report.Unmerged == 0 {
		return nil
	}
	applied, err := store.Apply(ctx, batch)
	report.Revision = applied.Revision
	return err
}

// readDecisions are the decisions about sameness in force.
func readDecisions(ctx context.Context, store graph.Store) (map[graph.NodeKey]graph.Sameness, error) {
	survey := newNodeSurvey(&mentionCollector{}, nodeSets{})
	_, err := store.Read(ctx, graph.ReadOptions{Kinds: []graph.Kind{graph.KindSource}}, survey) // decisions come with any kind
	return survey.decisions, err
}
