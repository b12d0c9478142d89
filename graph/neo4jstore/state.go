package neo4jstore

import (
	"context"
	"fmt"

	"github.com/tributarygraph/tributary/graph"
)

// State is the store's application state, one TributaryState node a key.
func (s *Store) State() graph.State { return state{s} }

type state struct{ store *Store }

const stateColumns = " RETURN s.key, s.value, s.version"

func decodeEntry(row []any) graph.StateEntry {
	e := graph.StateEntry{Key: text(row[0]), Version: uint64(integer(row[2]))}
	e.Value, _ = row[1].([]byte)
	return e
}

func (s state) Get(ctx context.Context, namespace, key string) (entry graph.StateEntry, err error) {
	err = s.store.read(ctx, func(tx transaction) error {
		entry, err = tx.entry(namespace, key)
		if err == nil && entry.Version == 0 {
			err = errMade{fmt.Errorf("%w: state %s/%s", graph.ErrNotFound, namespace, key)}
		}
		return err
	})
	return entry, err
}

// entry is the entry of the key, with version 0 when there is none.
func (t transaction) entry(namespace, key string) (entry graph.StateEntry, err error) {
	err = t.each("MATCH (s:TributaryState {namespace: $namespace, key: $key})"+stateColumns,
		map[string]any{"namespace": namespace, "key": key}, func(row []any) error {
			entry = decodeEntry(row)
			return nil
		})
	return entry, err
}

func (s state) Scan(ctx context.Context, namespace, after string, limit int) (entries []graph.StateEntry, err error) {
	query := "MATCH (s:TributaryState) WHERE s.namespace = $namespace AND s.key > $after" + stateColumns + " ORDER BY s.key"
	if limit > 0 {
		query += " LIMIT $limit"
	}
	err = s.store.read(ctx, func(tx transaction) error {
		entries = nil
		return tx.each(query, map[string]any{"namespace": namespace, "after": after, "limit": int64(limit)}, func(row []any) error {
			entries = append(entries, decodeEntry(row))
			return nil
		})
	})
	return entries, err
}

func (s state) CompareAndSet(ctx context.Context, change graph.StateChange) (uint64, error) {
	if _, err := s.store.Apply(ctx, graph.Batch{State: []graph.StateChange{change}}); err != nil {
		return 0, err
	}
	if change.Value == nil {
		return 0, nil
	}
	return change.Version + 1, nil
}

// setState writes the state changes of the batch.
func (a *application) setState() error {
	for _, change := range a.batch.State {
		now, err := a.entry(change.Namespace, change.Key)
		if err != nil {
			return err
		}
		if now.Version != change.Version {
			return errMade{fmt.Errorf("%w: state %s/%s has version %d, not %d", graph.ErrConflict, change.Namespace, change.Key, now.Version, change.Version)}
		}
		if a.batch.DryRun {
			continue
		}
		params := map[string]any{"namespace": change.Namespace, "key": change.Key, "value": change.Value, "version": int64(change.Version + 1)}
		query := "MERGE (s:TributaryState {namespace: $namespace, key: $key}) SET s.value = $value, s.version = $version"
		if change.Value == nil {
			query = "MATCH (s:TributaryState {namespace: $namespace, key: $key}) DELETE s"
		}
		if err := a.exec(query, params); err != nil {
			return err
		}
	}
	return nil
}
