package sqlitestore

import (
	"context"
	"fmt"

	"github.com/tributarygraph/tributary/graph"
	"zombiezen.com/go/sqlite"
)

// State is the table state. Versions come from one counter, so that a key that is deleted and written again
// never has a version that it had before.
func (s *Store) State() graph.State { return s }

// Get is the value of a key and its version.
func (s *Store) Get(ctx context.Context, namespace, key string) (entry graph.StateEntry, err error) {
	found := false
	err = s.read(ctx, "reading state", func(c *conn) error {
		return c.query("SELECT key, version, value FROM state WHERE namespace = ? AND key = ?", []any{namespace, key}, func(row *sqlite.Stmt) error {
			entry, found = scanEntry(row), true
			return nil
		})
	})
	if err == nil && !found {
		err = fmt.Errorf("%w: state %s/%s", graph.ErrNotFound, namespace, key)
	}
	return entry, err
}

// Scan lists entries of a namespace in the order of keys.
func (s *Store) Scan(ctx context.Context, namespace, after string, limit int) (entries []graph.StateEntry, err error) {
	if limit <= 0 {
		limit = -1
	}
	err = s.read(ctx, "reading state", func(c *conn) error {
		return c.query("SELECT key, version, value FROM state WHERE namespace = ? AND key > ? ORDER BY key LIMIT ?", []any{namespace, after, limit}, func(row *sqlite.Stmt) error {
			entries = append(entries, scanEntry(row))
			return nil
		})
	})
	return entries, err
}

func scanEntry(row *sqlite.Stmt) graph.StateEntry {
	entry := graph.StateEntry{Key: row.ColumnText(0), Version: uint64(row.ColumnInt64(1)), Value: make([]byte, row.ColumnLen(2))}
	row.ColumnBytes(2, entry.Value)
	return entry
}

// CompareAndSet writes a value if the version is still the one given.
func (s *Store) CompareAndSet(ctx context.Context, change graph.StateChange) (version uint64, err error) {
	err = s.write(ctx, "writing state", func(c *conn) (bool, error) {
		m, err := readMeta(c)
		if err != nil {
			return false, err
		}
		if version, err = m.setState(c, change); err != nil {
			return false, err
		}
		return true, m.write(c)
	})
	return version, err
}

// setState writes a change; the caller writes meta.
func (m *meta) setState(c *conn, change graph.StateChange) (version uint64, err error) {
	now := uint64(0)
	err = c.query("SELECT version FROM state WHERE namespace = ? AND key = ?", []any{change.Namespace, change.Key}, func(row *sqlite.Stmt) error {
		now = uint64(row.ColumnInt64(0))
		return nil
	})
	if err != nil {
		return 0, err
	}
	if now != change.Version {
		return 0, fmt.Errorf("%w: state %s/%s is at version %d, not %d; read it again", graph.ErrConflict, change.Namespace, change.Key, now, change.Version)
	}
	if change.Value == nil {
		return 0, c.exec("DELETE FROM state WHERE namespace = ? AND key = ?", change.Namespace, change.Key)
	}
	m.stateVersion++
	return m.stateVersion, c.exec("REPLACE INTO state (namespace, key, version, value) VALUES (?, ?, ?, ?)", change.Namespace, change.Key, int64(m.stateVersion), change.Value)
}
