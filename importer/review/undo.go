package review

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/tributarygraph/tributary/graph"
	"github.com/tributarygraph/tributary/importer/resolve"
)

// RunInfo is a run of resolve that merged something.
type RunInfo struct {
	ID      string         `json:"id"`
	Rule    string         `json:"rule"`
	Config  resolve.Config `json:"config"`
	All     bool           `json:"all"`
	By      string         `json:"by,omitempty" doc:"Who started it"`
	Started time.Time      `json:"started"`
	Merged  int            `json:"merged" doc:"Records"`
	Undone  time.Time      `json:"undone,omitzero"`
}

func (r *runRecord) info() RunInfo {
	return RunInfo{ID: r.ID, Rule: r.Rule, Config: r.Config, All: r.All, By: r.By, Started: r.Started, Merged: r.Merged, Undone: r.Undone}
}

// Runs are the runs that merged something, the oldest first.
func Runs(ctx context.Context, store graph.Store) ([]RunInfo, error) {
	runs, err := readRuns(ctx, store)
	out := make([]RunInfo, len(runs))
	for i, r := range runs {
		out[i] = r.info()
	}
	return out, err
}

// Undone tells what undoing a run did.
type Undone struct {
	Run      RunInfo        `json:"run"`
	Unmerged int            `json:"unmerged" doc:"Merges that were taken back"`
	Kept     int            `json:"kept" doc:"Merges of the run that no longer stood as it made them: others decided since, or took them back"`
	Revision graph.Revision `json:"revision"`
}

// UndoRun takes back the merges of a run that still stand as it made them; the last run that was not undone where id
// is empty. One that was killed goes on when it is repeated.
func UndoRun(ctx context.Context, store graph.Store, id string, at time.Time) (*Undone, error) {
	runs, err := readRuns(ctx, store)
	if err != nil {
		return nil, err
	}
	runs = slices.DeleteFunc(runs, func(r *runRecord) bool { return id == "" && !r.Undone.IsZero() || id != "" && r.ID != id })
	if len(runs) == 0 && id == "" {
		return nil, fmt.Errorf("%w: no run of resolve merged anything that could be undone", graph.ErrNotFound)
	}
	if len(runs) == 0 {
		return nil, fmt.Errorf("%w: no run %q of resolve merged anything", graph.ErrNotFound, id)
	}
	run := runs[len(runs)-1]
	if !run.Undone.IsZero() {
		return nil, fmt.Errorf("%w: run %s was undone on %s", graph.ErrConflict, run.ID, run.Undone.Format(time.DateOnly))
	}
	out := &Undone{}
	if err := undoMerges(ctx, store, run, out); err != nil {
		return nil, err
	}
	run.Undone = at.UTC().Truncate(time.Second)
	change, err := run.change()
	if err != nil {
		return nil, err
	}
	applied, err := store.Apply(ctx, graph.Batch{State: []graph.StateChange{change}})
	out.Run, out.Revision = run.info(), applied.Revision
	return out, err
}

func undoMerges(ctx context.Context, store graph.Store, run *runRecord, out *Undone) error {
	var decisions decisionSink
	// Decisions come with every read; sources are the fewest statements.
	if _, err := store.Read(ctx, graph.ReadOptions{Kinds: []graph.Kind{graph.KindSource}}, &decisions); err != nil {
		return err
	}
	first := runKey(run.ID) + "/"
	err := each(ctx, store.State(), mergesNamespace, first, func(e graph.StateEntry) error {
		if len(e.Key) < len(first) || e.Key[:len(first)] != first {
			return errStop
		}
		merges, err := decodeMerges(e)
		if err != nil {
			return err
		}
		var batch graph.Batch
		for _, m := range merges {
			key := graph.NodeKey{Kind: kind, ID: m.Record}
			if now := decisions.list[key]; now.Canonical != m.Canonical || now.By != run.Rule || !now.At.Equal(run.Started) {
				out.Kept++
				continue
			}
			batch.Unmerge = append(batch.Unmerge, key)
		}
		out.Unmerged += len(batch.Unmerge)
		if len(batch.Unmerge) == 0 {
			return nil
		}
		_, err = store.Apply(ctx, batch)
		return err
	})
	if err == errStop {
		return nil
	}
	return err
}

// decisionSink keeps the decisions in force.
type decisionSink struct {
	list map[graph.NodeKey]graph.Sameness
}

// Put is part of [graph.Sink].
func (*decisionSink) Put(*graph.Statement) error { return nil }

// Withdraw is part of [graph.Sink]; a reading of live statements has none.
func (*decisionSink) Withdraw(graph.Key) error { return nil }

// Unmerge is part of [graph.Sink]; likewise.
func (*decisionSink) Unmerge(graph.Kind, string) error { return nil }

// Merge is part of [graph.Sink].
func (d *decisionSink) Merge(s graph.Sameness) error {
	if d.list == nil {
		d.list = map[graph.NodeKey]graph.Sameness{}
	}
	d.list[s.NodeKey] = s
	return nil
}
