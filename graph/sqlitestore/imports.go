package sqlitestore

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/tributarygraph/tributary/graph"
	"zombiezen.com/go/sqlite"
)

// importRow is a row of the table import.
type importRow struct {
	graph.Import
	position string // how far a sweep or an undo has come; see position
}

const importColumns = "seq, key, dataset, status, started, finished, batches, created, changed, unchanged, withdrawn, revision, info, position"

// findImport is the latest import with the key; nil when there is none.
func findImport(c *conn, key string) (im *importRow, err error) {
	err = c.query("SELECT "+importColumns+" FROM import WHERE key = ? ORDER BY seq DESC LIMIT 1", []any{key}, func(row *sqlite.Stmt) (err error) {
		im, err = scanImport(row)
		return err
	})
	return im, err
}

// Imports lists the imports ever begun, the oldest first.
func (s *Store) Imports(ctx context.Context) (all []graph.Import, err error) {
	err = s.read(ctx, "reading the imports", func(c *conn) error {
		return c.query("SELECT "+importColumns+" FROM import ORDER BY seq", nil, func(row *sqlite.Stmt) error {
			im, err := scanImport(row)
			if err == nil {
				all = append(all, im.Import)
			}
			return err
		})
	})
	return all, err
}

func scanImport(row *sqlite.Stmt) (*importRow, error) {
	im := &importRow{Import: graph.Import{
		Seq: row.ColumnInt64(0), Key: row.ColumnText(1), Dataset: row.ColumnText(2), Status: graph.ImportStatus(row.ColumnText(3)),
		Batches:  row.ColumnInt(6),
		Counts:   graph.Counts{Created: row.ColumnInt(7), Changed: row.ColumnInt(8), Unchanged: row.ColumnInt(9), Withdrawn: row.ColumnInt(10)},
		Revision: graph.Revision(row.ColumnInt64(11)),
	}, position: row.ColumnText(13)}
	if !row.ColumnIsNull(12) {
		im.Info = json.RawMessage(row.ColumnText(12))
	}
	var err error
	if im.Started, err = decodeTime(row.ColumnText(4)); err == nil {
		im.Finished, err = decodeTime(row.ColumnText(5))
	}
	return im, err
}

// newImport is an import that begins now. Its row is written with the rest of the batch.
func newImport(c *conn, step *graph.ImportStep) (*importRow, error) {
	im := &importRow{Import: graph.Import{Key: step.Key, Dataset: step.Dataset, Started: step.Time}}
	err := c.query("SELECT coalesce(max(seq), 0) + 1 FROM import", nil, func(row *sqlite.Stmt) error {
		im.Seq = row.ColumnInt64(0)
		return nil
	})
	return im, err
}

// take notes a step of the import.
func (im *importRow) take(step *graph.ImportStep, counts graph.Counts) {
	im.Status, im.Batches, im.Info = graph.ImportRunning, step.Ordinal, step.Info
	im.Counts.Add(counts)
	if step.Final {
		im.Status, im.Finished = graph.ImportComplete, step.Time
	}
}

func (im *importRow) write(c *conn) error {
	var finished, info, position any
	if !im.Finished.IsZero() {
		finished = encodeTime(im.Finished)
	}
	if im.Info != nil {
		info = string(im.Info)
	}
	if im.position != "" {
		position = im.position
	}
	return c.exec("REPLACE INTO import ("+importColumns+") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
		im.Seq, im.Key, im.Dataset, string(im.Status), encodeTime(im.Started), finished, im.Batches,
		im.Counts.Created, im.Counts.Changed, im.Counts.Unchanged, im.Counts.Withdrawn, int64(im.Revision), info, position)
}

// Times are kept as text in RFC 3339, UTC; the zero time as an empty one.
func encodeTime(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339Nano)
}

func decodeTime(text string) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	return time.Parse(time.RFC3339Nano, text)
}

// position is how far a sweep or an undo has come: through which tables, and after which key.
type position struct {
	phase byte
	kind  graph.Kind
	after *graph.Key // nil: from the start
}

const (
	livePhase  = 'L' // through the tables of the statements
	touchPhase = 'T' // through the table touch, kind by kind
)

// phases are the starts of all kinds, phase by phase.
func phases(of ...byte) (all []position) {
	for _, phase := range of {
		for kind := range graph.Kind(graph.NumKinds) {
			all = append(all, position{phase: phase, kind: kind})
		}
	}
	return all
}

// before reports whether the table of p was done when the position was at o.
func (p position) before(o position) bool {
	return p.phase < o.phase || p.phase == o.phase && p.kind < o.kind
}

// String is the position as the table import keeps it.
func (p position) String() string {
	if p.after == nil {
		return ""
	}
	return string(rune(p.phase)) + " " + p.after.ID()
}

func parsePosition(text string) (position, error) {
	if text == "" {
		return position{}, nil
	}
	phase, id, _ := strings.Cut(text, " ")
	key, err := graph.ParseID(id)
	if err != nil || len(phase) != 1 {
		return position{}, fmt.Errorf("the position %q in the table import: %w", text, err)
	}
	return position{phase: phase[0], kind: key.Kind, after: &key}, nil
}
