package sqlitestore

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/tributarygraph/tributary/graph"
	"zombiezen.com/go/sqlite"
)

// Tuning of Apply.
const (
	planSize     = 2_000   // statements that are read, planned and written together
	defaultLimit = 100_000 // statements of a sweep or an undo that names no limit
)

// Apply writes a batch in one transaction.
func (s *Store) Apply(ctx context.Context, b graph.Batch) (applied graph.Applied, err error) {
	if err := b.Check(); err != nil {
		return graph.Applied{}, err
	}
	if b.Limit == 0 {
		b.Limit = defaultLimit
	}
	err = s.write(ctx, "writing a batch", func(c *conn) (bool, error) {
		w := writer{c: c, batch: &b}
		applied, err = w.apply()
		return !b.DryRun && !applied.Repeated, err
	})
	if err != nil {
		return graph.Applied{}, err
	}
	return applied, nil
}

// writer is the work of one Apply.
type writer struct {
	c       *conn
	batch   *graph.Batch
	meta    meta // as found; changed at the end
	im      *importRow
	used    usedFields     // as found
	uses    usedFields     // and with what the batch writes
	next    graph.Revision // of what the batch changes
	applied graph.Applied
	changed bool // readers see something new
	silent  bool // the changes are not logged one by one
}

func (w *writer) apply() (graph.Applied, error) {
	var err error
	if w.meta, err = readMeta(w.c); err != nil {
		return graph.Applied{}, err
	}
	if w.used, err = readUsedFields(w.c); err != nil {
		return graph.Applied{}, err
	}
	w.uses = w.used
	w.next = w.meta.revision + 1
	w.applied.Revision = w.meta.revision
	if err = w.begin(); err != nil || w.applied.Repeated {
		return w.applied, err
	}
	for _, work := range []func() error{w.writeState, w.statements, w.sweep, w.undo, w.decisions, w.settle} {
		if err = work(); err != nil {
			return graph.Applied{}, err
		}
	}
	return w.applied, nil
}

// begin finds the import of the batch, and whether it is the batch's turn; a new import gets its number.
func (w *writer) begin() (err error) {
	b := w.batch
	switch {
	case b.Undo != "":
		if w.im, err = findImport(w.c, b.Undo); err == nil && w.im == nil {
			err = fmt.Errorf("%w: no import has the key %q", graph.ErrNotFound, b.Undo)
		}
		w.applied.Repeated = err == nil && w.im.Status == graph.ImportUndone
		return err
	case b.Import == nil:
		return nil
	}
	if w.im, err = findImport(w.c, b.Import.Key); err != nil {
		return err
	}
	var known *graph.Import
	if w.im != nil {
		known = &w.im.Import
	}
	if w.applied.Repeated, err = b.Turn(known); err != nil || w.applied.Repeated {
		return err
	}
	if known == nil || known.Status == graph.ImportUndone {
		w.im, err = newImport(w.c, b.Import)
	}
	return err
}

// settle writes the record of the import and the head.
func (w *writer) settle() error {
	if w.changed = w.changed || w.applied.Changes() > 0; w.changed {
		w.meta.revision = w.next
		if w.silent {
			w.meta.floor = w.next
		}
		if err := w.trim(); err != nil {
			return err
		}
	}
	w.applied.Revision = w.meta.revision
	if w.im != nil {
		w.im.Revision = w.meta.revision
		switch b := w.batch; {
		case b.Undo == "":
			w.im.take(b.Import, w.applied.Counts)
		case w.applied.More:
			w.im.Status = graph.ImportUndoing
		default:
			w.im.Status = graph.ImportUndone
		}
		if err := w.im.write(w.c); err != nil {
			return err
		}
	}
	if err := w.uses.write(w.c, &w.used); err != nil {
		return err
	}
	return w.meta.write(w.c)
}

// statements writes the patches of the batch.
func (w *writer) statements() error {
	if len(w.batch.Statements) == 0 {
		return nil
	}
	w.im.position = "" // of a sweep before: there is more to be looked at now
	alone, err := w.claimDatasets()
	if err != nil {
		return err
	}
	if alone {
		return w.create(w.batch.Statements)
	}
	l := newLoader(w.c, &w.used)
	defer l.reset()
	for patches := w.batch.Statements; len(patches) > 0; {
		n := min(planSize, len(patches))
		for n < len(patches) && patches[n].Series() == patches[n-1].Series() {
			n++
		}
		stored, err := l.series(patches[:n])
		if err != nil {
			return err
		}
		plan, err := graph.PlanPut(stored, patches[:n], w.im.Seq, w.meta.revision)
		if err != nil {
			return err
		}
		if err := w.carryOut(plan); err != nil {
			return err
		}
		patches = patches[n:]
	}
	return nil
}

// claimDatasets notes which datasets the import writes, and reports whether no other import ever wrote them:
// then none of the statements can exist.
func (w *writer) claimDatasets() (alone bool, err error) {
	alone = true
	seen := ""
	for i := range w.batch.Statements {
		name := w.batch.Statements[i].Dataset
		if i > 0 && name == seen {
			continue
		}
		seen = name
		first, shared := w.im.Seq, false
		err := w.c.query("SELECT import, shared FROM dataset WHERE name = ?", []any{name}, func(row *sqlite.Stmt) error {
			first, shared = row.ColumnInt64(0), row.ColumnBool(1)
			return nil
		})
		if err != nil {
			return false, err
		}
		shared = shared || first != w.im.Seq
		alone = alone && !shared
		if err := w.c.exec("REPLACE INTO dataset (name, import, shared) VALUES (?, ?, ?)", name, first, shared); err != nil {
			return false, err
		}
	}
	return alone, nil
}

// create writes statements of which none exists.
func (w *writer) create(statements []graph.Statement) error {
	w.applied.Created = len(statements)
	if w.batch.DryRun {
		return nil
	}
	w.silent = w.im.Seq == 1
	for len(statements) > 0 {
		t := tables[statements[0].Kind]
		n := 1
		for n < len(statements) && statements[n].Kind == t.kind {
			n++
		}
		of := statements[:n]
		for i := range of {
			w.uses.add(&of[i])
		}
		err := w.c.writeRows(t, "INSERT OR FAIL", n, func(i int) row {
			return row{Statement: stated(&of[i]), seq: w.im.Seq, revision: w.next}
		})
		if sqlite.ErrCode(err) == sqlite.ResultConstraintPrimaryKey {
			return fmt.Errorf("%w: import %q writes a statement of kind %s twice", graph.ErrConflict, w.im.Key, t.name)
		}
		if err != nil {
			return err
		}
		statements = statements[n:]
	}
	if w.silent {
		return nil
	}
	log := w.changeLog()
	for i := range w.batch.Statements {
		if err := log.add(w.changeRow(&w.batch.Statements[i].Key)...); err != nil {
			return err
		}
	}
	return log.flush()
}

// stated is the statement that a patch makes where there was none.
func stated(patch *graph.Statement) *graph.Statement {
	if n := len(patch.Fields); n == 0 || patch.Fields[n-1].ID != graph.FieldAttributes {
		return patch // the other fields that are empty are written as NULL
	}
	return &graph.Statement{Key: patch.Key, Fields: graph.PatchFields(nil, patch.Fields)}
}

func (w *writer) changeLog() *bulk {
	return &bulk{c: w.c, head: "INSERT INTO change (revision, " + anyKey + ") VALUES ", columns: 1 + keyColumns}
}

func (w *writer) changeRow(k *graph.Key) []any {
	return append([]any{int64(w.next)}, keyArgs(k)...)
}

// trimmed is how many revisions a batch takes out of the log at most: more than the one that it adds.
const trimmed = 2

// trim gives up the oldest part of the log of changes; see [graph.Kept]. Rows go a few revisions at a time.
func (w *writer) trim() error {
	if kept := graph.Kept; kept.Looks(w.next, w.meta.floor) {
		older := graph.Revision(0)
		err := w.c.query("SELECT revision FROM change ORDER BY revision DESC LIMIT 1 OFFSET ?", []any{kept.Statements}, func(row *sqlite.Stmt) error {
			older = graph.Revision(row.ColumnInt64(0))
			return nil
		})
		if err != nil {
			return err
		}
		w.meta.floor = max(w.meta.floor, kept.Floor(w.next, older))
	}
	for range trimmed {
		err := w.c.exec("DELETE FROM change WHERE revision = (SELECT min(revision) FROM change) AND revision <= ?", int64(w.meta.floor))
		if err != nil {
			return err
		}
	}
	return nil
}

// carryOut writes what is planned.
func (w *writer) carryOut(plan graph.Plan) error {
	w.applied.Counts.Add(plan.Counts)
	if w.batch.DryRun {
		return nil
	}
	log := w.changeLog()
	touches := &bulk{c: w.c, head: "REPLACE INTO touch (" + anyKey + ", n, import, added, removed, withdrawn, carried, patch) VALUES ", columns: keyColumns + 7}
	var live []*graph.Stored
	for i := range plan.Changes {
		p := &plan.Changes[i]
		if p.Skip {
			continue
		}
		if p.Outcome != graph.Unchanged {
			if err := log.add(w.changeRow(&p.After.Key)...); err != nil {
				return err
			}
		}
		if err := addTouches(touches, p); err != nil {
			return err
		}
		if p.After.Live {
			live = append(live, &p.After)
		} else if p.Before != nil && p.Before.Live {
			if err := w.deleteRow(&p.After.Key); err != nil {
				return err
			}
		}
	}
	if err := w.replace(live); err != nil {
		return err
	}
	if err := touches.flush(); err != nil {
		return err
	}
	return log.flush()
}

// replace writes live statements over what there was of them.
func (w *writer) replace(live []*graph.Stored) error {
	for len(live) > 0 {
		t := tables[live[0].Kind]
		n := 1
		for n < len(live) && live[n].Kind == t.kind {
			n++
		}
		of := live[:n]
		for _, s := range of {
			w.uses.add(&s.Statement)
		}
		err := w.c.writeRows(t, "REPLACE", n, func(i int) row {
			return row{Statement: &of[i].Statement, seq: of[i].Import, revision: of[i].Revision, touches: len(of[i].Touches)}
		})
		if err != nil {
			return err
		}
		live = live[n:]
	}
	return nil
}

func (w *writer) deleteRow(k *graph.Key) error {
	t := tables[k.Kind]
	stmt, err := w.c.Prepare("DELETE FROM " + t.name + " WHERE " + t.keyEquals())
	if err != nil {
		return err
	}
	for i := range t.keys {
		stmt.BindText(i+1, t.keyColumn(k, i))
	}
	if _, err := stmt.Step(); err != nil {
		return err
	}
	return stmt.Reset()
}

// addTouches writes the touches that are new or have changed.
func addTouches(to *bulk, p *graph.Planned) error {
	for n, touch := range p.After.Touches {
		if p.Before != nil && n < len(p.Before.Touches) && sameTouch(&p.Before.Touches[n], &touch) {
			continue
		}
		var removed, carried, patch any
		if touch.Carried != 0 {
			carried = touch.Carried
		}
		if touch.Removed != 0 {
			removed = int64(touch.Removed)
		}
		withdrawn := int64(0)
		if touch.Withdrawn {
			withdrawn = 1
		} else {
			patch = encodePatch(touch.Patch)
		}
		if err := to.add(append(keyArgs(&p.After.Key), int64(n), touch.Import, int64(touch.Added), removed, withdrawn, carried, patch)...); err != nil {
			return err
		}
	}
	return nil
}

// sameTouch reports whether two versions of one touch are equal; its patch never changes.
func sameTouch(a, b *graph.Touch) bool {
	return a.Import == b.Import && a.Added == b.Added && a.Removed == b.Removed && a.Carried == b.Carried
}

// sweep withdraws statements of the dataset that the import did not write.
func (w *writer) sweep() error {
	if !w.batch.Sweep {
		return nil
	}
	wrote := func(t graph.Touch) bool { return t.Import == w.im.Seq && t.Removed == 0 }
	return w.chunks(phases(livePhase), func(l *loader, p position, n int) ([]graph.Stored, error) {
		// The plus keeps the planner from sorting: it takes a column that is constant out of the order.
		return l.scan(p, n, "+dataset = ? AND import <> ?", w.batch.Import.Dataset, w.im.Seq)
	}, func(stored []graph.Stored) graph.Plan {
		stored = slices.DeleteFunc(stored, func(s graph.Stored) bool { return slices.ContainsFunc(s.Touches, wrote) })
		return graph.PlanWithdraw(stored, w.im.Seq, w.meta.revision)
	})
}

// undo takes back what an import wrote: first the statements that it alone touched, which only their rows
// tell of, then those in the table touch. A statement moves from the first to the second when another import
// touches it between two calls, never back.
func (w *writer) undo() error {
	if w.batch.Undo == "" {
		return nil
	}
	return w.chunks(phases(livePhase, touchPhase), func(l *loader, p position, n int) ([]graph.Stored, error) {
		if p.phase == livePhase {
			return l.scan(p, n, "import = ? AND touches IS NULL", w.im.Seq)
		}
		return l.touchedBy(p, n, w.im.Seq)
	}, func(stored []graph.Stored) graph.Plan {
		return graph.PlanUndo(stored, w.im.Seq, w.meta.revision)
	})
}

// chunks goes on from the position that the import has kept, through the tables phase by phase, with at most
// Limit statements. next reads up to n statements after a position; plan says what becomes of them.
func (w *writer) chunks(all []position, next func(*loader, position, int) ([]graph.Stored, error), plan func([]graph.Stored) graph.Plan) error {
	l := newLoader(w.c, &w.used)
	defer l.reset()
	from, err := parsePosition(w.im.position)
	if err != nil {
		return err
	}
	left := w.batch.Limit
	for _, p := range all {
		if p.before(from) {
			continue
		}
		if p.phase == from.phase && p.kind == from.kind {
			p.after = from.after
		}
		for {
			n := planSize
			if left > 0 { // else it is only looked whether anything remains
				n = min(n, left)
			}
			stored, err := next(l, p, n)
			if err != nil {
				return err
			}
			if len(stored) == 0 {
				break
			}
			last := stored[len(stored)-1].Key
			todo := plan(stored)
			if left == 0 && len(todo.Changes) > 0 {
				w.applied.More = true
				return nil
			}
			left -= len(todo.Changes)
			if err := w.carryOut(todo); err != nil {
				return err
			}
			p.after = &last
			w.im.position = p.String()
		}
	}
	w.im.position = ""
	return nil
}

// decisions writes what people decided about sameness.
func (w *writer) decisions() error {
	for _, s := range w.batch.Merge {
		before, revision, err := readDecision(w.c, s.NodeKey)
		if err != nil {
			return err
		}
		s.At = s.At.UTC().Truncate(time.Second)
		if before != nil && *before == s {
			continue
		}
		if before != nil {
			if err := w.retire(before, revision); err != nil {
				return err
			}
		}
		w.changed = true
		err = w.c.exec("REPLACE INTO merge (kind, id, canonical, decided_by, why, at, revision) VALUES (?, ?, ?, ?, ?, ?, ?)",
			s.Kind.String(), s.ID, s.Canonical, s.By, s.Why, encodeTime(s.At), int64(w.next))
		if err != nil {
			return err
		}
	}
	for _, key := range w.batch.Unmerge {
		before, revision, err := readDecision(w.c, key)
		if err != nil {
			return err
		}
		if before == nil {
			continue
		}
		if err := w.retire(before, revision); err != nil {
			return err
		}
		if err := w.c.exec("DELETE FROM merge WHERE kind = ? AND id = ?", key.Kind.String(), key.ID); err != nil {
			return err
		}
		w.changed = true
	}
	return nil
}

// retire moves a decision that stood since a revision into the history.
func (w *writer) retire(s *graph.Sameness, since graph.Revision) error {
	return w.c.exec("REPLACE INTO merge_history (kind, id, canonical, decided_by, why, at, revision, removed) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
		s.Kind.String(), s.ID, s.Canonical, s.By, s.Why, encodeTime(s.At), int64(since), int64(w.next))
}

func (w *writer) writeState() error {
	for _, change := range w.batch.State {
		if _, err := w.meta.setState(w.c, change); err != nil {
			return err
		}
	}
	return nil
}
