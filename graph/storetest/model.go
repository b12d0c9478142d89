package storetest

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"sync"

	"github.com/tributarygraph/tributary/graph"
)

// model is the reference that [Random] holds stores against: the contract in as few lines as possible, with
// the whole state in maps, a copy of it for each revision, and nothing shared with the plan functions of
// package graph. It is a graph.Store itself, so that the suite runs on it too.
type model struct {
	mu sync.Mutex
	modelData
	past []snapshot // by revision
}

type modelData struct {
	revision graph.Revision
	imports  []graph.Import
	said     map[graph.Key][]said
	merges   map[graph.NodeKey]graph.Sameness
	state    map[[2]string]graph.StateEntry
}

// said is what one import did to a statement: a patch, or withdrew it.
type said struct {
	seq       int64
	carried   int64 // the import that took it over from an undated statement; 0 when none did
	withdrawn bool
	patch     []graph.Field
}

// snapshot is what readers see at a revision.
type snapshot struct {
	statements map[graph.Key][]graph.Field
	merges     map[graph.NodeKey]graph.Sameness
}

var (
	_ graph.Store = (*model)(nil)
	_ graph.State = (*model)(nil)
)

func newModel() *model {
	m := &model{modelData: modelData{
		said:   map[graph.Key][]said{},
		merges: map[graph.NodeKey]graph.Sameness{},
		state:  map[[2]string]graph.StateEntry{},
	}}
	m.past = []snapshot{m.modelData.snapshot()}
	return m
}

func (d *modelData) clone() modelData {
	c := *d
	c.imports = slices.Clone(d.imports)
	c.said = maps.Clone(d.said)
	for k, v := range c.said {
		c.said[k] = slices.Clone(v)
	}
	c.merges = maps.Clone(d.merges)
	c.state = maps.Clone(d.state)
	return c
}

// shown is what readers see of a statement.
func (d *modelData) shown(key graph.Key) (fields []graph.Field, live bool) {
	for _, s := range d.said[key] {
		if s.withdrawn {
			fields, live = nil, false
		} else {
			fields, live = graph.PatchFields(fields, s.patch), true
		}
	}
	return fields, live
}

func (d *modelData) snapshot() snapshot {
	s := snapshot{statements: map[graph.Key][]graph.Field{}, merges: maps.Clone(d.merges)}
	for key := range d.said {
		if fields, live := d.shown(key); live {
			s.statements[key] = fields
		}
	}
	return s
}

func (s snapshot) keys() []graph.Key {
	return slices.SortedFunc(maps.Keys(s.statements), graph.Key.Compare)
}

func (m *model) Head(ctx context.Context) (graph.Head, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.head(), ctx.Err()
}

func (m *model) head() graph.Head { return graph.Head{UUID: "model", Revision: m.revision} }

func (m *model) Apply(ctx context.Context, b graph.Batch) (graph.Applied, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if err := cmp.Or(ctx.Err(), b.Check()); err != nil {
		return graph.Applied{}, err
	}
	next := m.clone()
	applied, err := next.apply(&b)
	if err != nil || b.DryRun || applied.Repeated {
		return applied, err
	}
	m.modelData = next
	if int(m.revision) == len(m.past) {
		m.past = append(m.past, m.snapshot())
	}
	return applied, nil
}

func (d *modelData) apply(b *graph.Batch) (graph.Applied, error) {
	applied := graph.Applied{Revision: d.revision}
	im, repeated, err := d.begin(b)
	if err != nil || repeated {
		applied.Repeated = repeated
		return applied, err
	}
	for _, change := range b.State {
		if _, err := d.set(change); err != nil {
			return graph.Applied{}, err
		}
	}
	if applied.Counts, applied.More, err = d.write(b, im); err != nil {
		return graph.Applied{}, err
	}
	if d.decide(b) || applied.Changes() > 0 {
		d.revision++
	}
	applied.Revision = d.revision
	d.settle(b, im, applied)
	return applied, nil
}

// begin finds the import of the batch, or begins it.
func (d *modelData) begin(b *graph.Batch) (im *graph.Import, repeated bool, err error) {
	key := b.Undo
	if b.Import != nil {
		key = b.Import.Key
	}
	for i := range d.imports {
		if d.imports[i].Key == key {
			im = &d.imports[i]
		}
	}
	switch {
	case b.Import == nil && b.Undo == "":
		return nil, false, nil
	case b.Import == nil && im == nil:
		return nil, false, fmt.Errorf("%w: import %q", graph.ErrNotFound, b.Undo)
	case b.Import == nil:
		return im, im.Status == graph.ImportUndone, nil
	}
	if repeated, err = b.Turn(im); err != nil || repeated {
		return im, repeated, err
	}
	if im == nil || im.Status == graph.ImportUndone {
		d.imports = append(d.imports, graph.Import{Seq: int64(len(d.imports)) + 1, Key: key, Dataset: b.Import.Dataset, Started: b.Import.Time})
		im = &d.imports[len(d.imports)-1]
	}
	return im, false, nil
}

// write changes statements as the batch says.
func (d *modelData) write(b *graph.Batch, im *graph.Import) (counts graph.Counts, more bool, err error) {
	var keys []graph.Key // of a sweep or an undo
	switch {
	case b.Sweep:
		keys = d.unsaid(b.Import.Dataset, im.Seq)
	case b.Undo != "":
		keys = d.saidBy(im.Seq)
	}
	if b.Limit > 0 && len(keys) > b.Limit {
		keys, more = keys[:b.Limit], true
	}
	for _, key := range keys {
		d.change(&counts, key, func(list []said) []said {
			if b.Undo != "" {
				return slices.DeleteFunc(list, func(s said) bool { return s.seq == im.Seq || s.carried == im.Seq })
			}
			return append(list, said{seq: im.Seq, withdrawn: true})
		})
	}
	for _, s := range b.Statements {
		alone := !slices.ContainsFunc(b.Statements, func(o graph.Statement) bool { return o.Key != s.Key && o.Series() == s.Series() })
		if err := d.put(&counts, s, im.Seq, alone); err != nil {
			return counts, false, err
		}
	}
	return counts, more, nil
}

func (d *modelData) unsaid(dataset string, seq int64) (keys []graph.Key) {
	for key, list := range d.said {
		_, live := d.shown(key)
		wrote := slices.ContainsFunc(list, func(s said) bool { return s.seq == seq })
		if live && !wrote && key.Dataset == dataset {
			keys = append(keys, key)
		}
	}
	slices.SortFunc(keys, graph.Key.Compare)
	return keys
}

func (d *modelData) saidBy(seq int64) (keys []graph.Key) {
	for key, list := range d.said {
		if slices.ContainsFunc(list, func(s said) bool { return s.seq == seq }) {
			keys = append(keys, key)
		}
	}
	slices.SortFunc(keys, graph.Key.Compare)
	return keys
}

// put writes a patch; alone tells that it is the only one of its series in the batch.
func (d *modelData) put(counts *graph.Counts, s graph.Statement, seq int64, alone bool) error {
	if list := d.said[s.Key]; len(list) > 0 && list[len(list)-1].seq == seq && !list[len(list)-1].withdrawn {
		before, _ := d.shown(s.Key)
		if !graph.EqualFields(before, graph.PatchFields(before, s.Fields)) {
			return fmt.Errorf("%w: %s written twice", graph.ErrConflict, s.Key.ID())
		}
		counts.Unchanged++
		return nil
	}
	patch := slices.Clone(s.Fields)
	if undated, ok := d.undated(s.Key, seq); ok && alone {
		carried := slices.Clone(d.said[undated])
		for i := range carried {
			carried[i].carried = seq
		}
		var uncounted graph.Counts // the two changes count as one
		d.change(&uncounted, undated, func(list []said) []said { return append(list, said{seq: seq, withdrawn: true}) })
		d.change(&uncounted, s.Key, func(list []said) []said { return append(append(list, carried...), said{seq: seq, patch: patch}) })
		counts.Changed++
		return nil
	}
	d.change(counts, s.Key, func(list []said) []said { return append(list, said{seq: seq, patch: patch}) })
	return nil
}

// undated is the statement that a dated one replaces: the only live one of its series, without a date, and
// of another import.
func (d *modelData) undated(dated graph.Key, seq int64) (key graph.Key, ok bool) {
	if dated.ValidFrom == graph.NoDate {
		return key, false
	}
	for other := range d.said {
		if _, live := d.shown(other); live && other.Series() == dated.Series() {
			if ok {
				return key, false
			}
			key, ok = other, true
		}
	}
	list := d.said[key]
	return key, ok && key.ValidFrom == graph.NoDate && list[len(list)-1].seq != seq
}

// change edits what was said of a statement and counts what became of it.
func (d *modelData) change(counts *graph.Counts, key graph.Key, edit func([]said) []said) {
	before, wasLive := d.shown(key)
	if d.said[key] = edit(d.said[key]); len(d.said[key]) == 0 {
		delete(d.said, key)
	}
	after, isLive := d.shown(key)
	switch {
	case wasLive == isLive && graph.EqualFields(before, after):
		counts.Unchanged++
	case !wasLive:
		counts.Created++
	case !isLive:
		counts.Withdrawn++
	default:
		counts.Changed++
	}
}

// decide writes the decisions about sameness and reports whether any is new.
func (d *modelData) decide(b *graph.Batch) (changed bool) {
	for _, s := range b.Merge {
		if before, ok := d.merges[s.NodeKey]; !ok || before != s {
			d.merges[s.NodeKey], changed = s, true
		}
	}
	for _, key := range b.Unmerge {
		if _, ok := d.merges[key]; ok {
			delete(d.merges, key)
			changed = true
		}
	}
	return changed
}

// settle brings the record of the import up to date.
func (d *modelData) settle(b *graph.Batch, im *graph.Import, applied graph.Applied) {
	switch {
	case im == nil:
		return
	case b.Undo != "" && applied.More:
		im.Status = graph.ImportUndoing
	case b.Undo != "":
		im.Status = graph.ImportUndone
	default:
		im.Status, im.Batches = graph.ImportRunning, b.Import.Ordinal
		im.Counts.Add(applied.Counts)
		im.Info = b.Import.Info
		if b.Import.Final {
			im.Status, im.Finished = graph.ImportComplete, b.Import.Time
		}
	}
	im.Revision = d.revision
}

func (m *model) Read(ctx context.Context, o graph.ReadOptions, to graph.Sink) (graph.Head, error) {
	m.mu.Lock()
	head := m.head()
	if o.At != nil {
		if *o.At > head.Revision {
			m.mu.Unlock()
			return graph.Head{}, fmt.Errorf("%w: revision %d is beyond the head, %d", graph.ErrInvalid, *o.At, head.Revision)
		}
		head.Revision = *o.At
	}
	now := m.past[head.Revision]
	m.mu.Unlock()
	for _, key := range now.keys() {
		if len(o.Kinds) > 0 && !slices.Contains(o.Kinds, key.Kind) {
			continue
		}
		if err := cmp.Or(ctx.Err(), now.put(to, key, o.Details)); err != nil {
			return graph.Head{}, err
		}
	}
	for _, s := range now.merges {
		if err := to.Merge(s); err != nil {
			return graph.Head{}, err
		}
	}
	return head, ctx.Err()
}

func (s snapshot) put(to graph.Sink, key graph.Key, details bool) error {
	out := graph.Statement{Key: key}
	for _, f := range s.statements[key] {
		if details || !f.ID.Spec().Details {
			out.Fields = append(out.Fields, f)
		}
	}
	return to.Put(&out)
}

func (m *model) Changes(ctx context.Context, since graph.Revision, to graph.Sink) (graph.Head, error) {
	m.mu.Lock()
	head, now := m.head(), m.past[m.revision]
	if since > head.Revision {
		m.mu.Unlock()
		return graph.Head{}, fmt.Errorf("%w: revision %d is beyond the head, %d", graph.ErrInvalid, since, head.Revision)
	}
	if since < m.floor() {
		m.mu.Unlock()
		return graph.Head{}, fmt.Errorf("%w: since %d", graph.ErrRevisionCompacted, since)
	}
	then := m.past[since]
	m.mu.Unlock()
	for key, fields := range now.statements {
		if before, ok := then.statements[key]; !ok || !graph.EqualFields(before, fields) {
			if err := now.put(to, key, false); err != nil {
				return graph.Head{}, err
			}
		}
	}
	for key := range then.statements {
		if _, ok := now.statements[key]; !ok {
			if err := to.Withdraw(key); err != nil {
				return graph.Head{}, err
			}
		}
	}
	return head, cmp.Or(then.mergesTo(now, to), ctx.Err())
}

// floor is the revision up to which changes are not kept; see [graph.Kept].
func (m *model) floor() graph.Revision {
	count := int64(0)
	for r := m.revision; r > 0; r-- {
		count += m.past[r].differences(m.past[r-1])
		if count > graph.Kept.Statements && r+graph.Kept.Revisions <= m.revision {
			return r
		}
	}
	return 0
}

// differences is how many statements read differently in another snapshot.
func (s snapshot) differences(o snapshot) (n int64) {
	for key, fields := range s.statements {
		if before, ok := o.statements[key]; !ok || !graph.EqualFields(before, fields) {
			n++
		}
	}
	for key := range o.statements {
		if _, ok := s.statements[key]; !ok {
			n++
		}
	}
	return n
}

func (s snapshot) mergesTo(now snapshot, to graph.Sink) error {
	for key, merge := range now.merges {
		if s.merges[key] != merge {
			if err := to.Merge(merge); err != nil {
				return err
			}
		}
	}
	for key := range s.merges {
		if _, ok := now.merges[key]; !ok {
			if err := to.Unmerge(key.Kind, key.ID); err != nil {
				return err
			}
		}
	}
	return nil
}

func (m *model) Details(ctx context.Context, keys []graph.Key) (found []graph.Statement, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, key := range keys {
		if fields, live := m.shown(key); live {
			found = append(found, graph.Statement{Key: key, Fields: fields})
		}
	}
	return found, ctx.Err()
}

func (m *model) Imports(ctx context.Context) ([]graph.Import, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.Clone(m.imports), ctx.Err()
}

func (m *model) State() graph.State { return m }

func (m *model) Close() error { return nil }

func (m *model) Get(ctx context.Context, namespace, key string) (graph.StateEntry, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	entry, ok := m.state[[2]string{namespace, key}]
	if !ok && ctx.Err() == nil {
		return entry, fmt.Errorf("%w: state %s/%s", graph.ErrNotFound, namespace, key)
	}
	return entry, ctx.Err()
}

func (m *model) Scan(ctx context.Context, namespace, after string, limit int) (entries []graph.StateEntry, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for name, entry := range m.state {
		if name[0] == namespace && entry.Key > after {
			entries = append(entries, entry)
		}
	}
	slices.SortFunc(entries, func(a, b graph.StateEntry) int { return cmp.Compare(a.Key, b.Key) })
	if limit > 0 && len(entries) > limit {
		entries = entries[:limit]
	}
	return entries, ctx.Err()
}

func (m *model) CompareAndSet(ctx context.Context, change graph.StateChange) (uint64, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if err := ctx.Err(); err != nil {
		return 0, err
	}
	return m.set(change)
}

func (d *modelData) set(change graph.StateChange) (uint64, error) {
	name := [2]string{change.Namespace, change.Key}
	if now := d.state[name].Version; now != change.Version {
		return 0, fmt.Errorf("%w: state %s/%s has version %d, not %d", graph.ErrConflict, change.Namespace, change.Key, now, change.Version)
	}
	if change.Value == nil {
		delete(d.state, name)
		return 0, nil
	}
	d.state[name] = graph.StateEntry{Key: change.Key, Value: slices.Clone(change.Value), Version: change.Version + 1}
	return change.Version + 1, nil
}
