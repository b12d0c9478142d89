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

// setState writes the state changes of the batch: they are many where a run puts reviews into the queue.
func (a *application) setState() error {
	changes := a.batch.State
	if len(changes) == 0 {
		return nil
	}
	now, err := a.versions(changes)
	if err != nil {
		return err
	}
	left := map[[2]string][]byte{} // what is there after the batch, which may change a key twice; nil for nothing
	for _, c := range changes {
		key := [2]string{c.Namespace, c.Key}
		if now[key] != c.Version {
			return errMade{fmt.Errorf("%w: state %s/%s has version %d, not %d", graph.ErrConflict, c.Namespace, c.Key, now[key], c.Version)}
		}
		if left[key] = c.Value; c.Value == nil {
			now[key] = 0
		} else {
			now[key] = c.Version + 1
		}
	}
	if a.batch.DryRun {
		return nil
	}
	var written, deleted []any
	for key, value := range left {
		if value == nil {
			deleted = append(deleted, []any{key[0], key[1]})
		} else {
			written = append(written, map[string]any{"namespace": key[0], "key": key[1], "value": value, "version": int64(now[key])})
		}
	}
	if len(deleted) > 0 {
		err := a.exec("UNWIND $keys AS key MATCH (s:TributaryState {namespace: key[0], key: key[1]}) DELETE s", map[string]any{"keys": deleted})
		if err != nil {
			return err
		}
	}
	if len(written) == 0 {
		return nil
	}
	return a.exec("UNWIND $rows AS row MERGE (s:TributaryState {namespace: row.namespace, key: row.key}) SET s.value = row.value, s.version = row.version",
		map[string]any{"rows": written})
}

// versions are those of the keys that are to be changed; 0, or absent, for one that is not there.
func (a *application) versions(changes []graph.StateChange) (map[[2]string]uint64, error) {
	keys := make([]any, len(changes))
	for i, c := range changes {
		keys[i] = []any{c.Namespace, c.Key}
	}
	now := map[[2]string]uint64{}
	err := a.each("UNWIND $keys AS key MATCH (s:TributaryState {namespace: key[0], key: key[1]}) RETURN s.namespace, s.key, s.version",
		map[string]any{"keys": keys}, func(row []any) error {
			now[[2]string{text(row[0]), text(row[1])}] = uint64(integer(row[2]))
			return nil
		})
	return now, err
}
