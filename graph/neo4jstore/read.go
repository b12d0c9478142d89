package neo4jstore

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/tributarygraph/tributary/graph"
)

// compactAfter is the number of logged changes above which reading in full is quicker.
const compactAfter = 1_000_000

// sizes say in which portions things are read. Tests make them small.
var sizes = struct{ page, rare, hub, lookup, walk int }{
	page:   2_000,  // nodes a page of a read
	rare:   2_000,  // a kind with no more relationships than that is read without walking over its nodes
	hub:    20_000, // a node with more relationships than that is read one relationship a record
	lookup: 5_000,  // statements looked up with one query
	walk:   2_000,  // nodes a query of a sweep or an undo
}

// Read reads the relationships a page of nodes at a time, each page in a transaction of its own, so that no
// transaction holds everything. Neo4j shows each query what is committed by then, in parts even of a commit under
// way, so what is read late may be newer than what was read early. Statements that changed after the revision that is read are therefore read as
// they were at that revision, from their touches: a reader of the head learns of them from the log, a reader of
// an earlier revision looks at all touches.
func (s *Store) Read(ctx context.Context, o graph.ReadOptions, to graph.Sink) (graph.Head, error) {
	r := &reader{store: s, options: o}
	if err := s.settled(ctx, nil, r.begin); err != nil {
		return graph.Head{}, err
	}
	reading, cancel := context.WithCancel(ctx)
	defer cancel()
	pages := make(chan page, 1)
	go func() {
		defer close(pages)
		r.readAll(reading, pages)
	}()
	for p := range pages {
		if p.err != nil {
			return graph.Head{}, p.err
		}
		for i := range p.statements {
			if err := to.Put(&p.statements[i]); err != nil {
				return graph.Head{}, err
			}
		}
	}
	if ctx.Err() != nil { // the pages may have ended early
		return graph.Head{}, context.Cause(ctx)
	}
	for _, m := range r.merges {
		if err := to.Merge(m); err != nil {
			return graph.Head{}, err
		}
	}
	return graph.Head{UUID: r.uuid, Revision: r.at}, nil
}

// reader is a read under way.
type reader struct {
	store   *Store
	options graph.ReadOptions
	uuid    string
	at      graph.Revision // what is read
	past    bool           // that is not the head
	merges  []graph.Sameness
	// Of a read of the head: the log up to seen, and the statements that it says changed meanwhile.
	seen    graph.Revision
	changed map[graph.Kind][]graph.Key
}

// page is what one transaction read.
type page struct {
	statements []graph.Statement
	err        error
}

// begin settles which revision is read, and reads its decisions.
func (r *reader) begin(tx transaction) error {
	m, err := tx.meta()
	if err != nil {
		return err
	}
	r.uuid, r.at, r.seen, r.past = m.uuid, m.revision, m.revision, false
	r.changed = map[graph.Kind][]graph.Key{}
	if at := r.options.At; at != nil {
		if *at > m.revision {
			return errMade{fmt.Errorf("%w: revision %d is beyond the head, %d", graph.ErrInvalid, *at, m.revision)}
		}
		r.at, r.past = *at, *at < m.revision
	}
	r.merges = nil
	return tx.mergesAt(r.at, func(m graph.Sameness) error {
		r.merges = append(r.merges, m)
		return nil
	})
}

// place is where a read goes on: after a node of a kind.
type place struct {
	kind  graph.Kind
	after string
}

// readAll reads page after page, until the end, an error or the end of ctx.
func (r *reader) readAll(ctx context.Context, pages chan<- page) {
	for at := (place{}); int(at.kind) < graph.NumKinds; {
		var p page
		p.statements, at, p.err = r.readPage(ctx, at)
		select {
		case pages <- p:
		case <-ctx.Done():
			return
		}
		if p.err != nil {
			return
		}
	}
}

// readPage reads what is said about the nodes from a place on, and tells where to go on.
func (r *reader) readPage(ctx context.Context, from place) (statements []graph.Statement, next place, err error) {
	var windows []*window
	first := func(tx transaction) (err error) {
		windows, next, err = r.readLive(tx, from)
		return err
	}
	second := func(tx transaction) error {
		if !r.past {
			if err := r.follow(tx); err != nil {
				return err
			}
		}
		for _, w := range windows {
			if err := w.complete(tx); err != nil {
				return err
			}
		}
		return nil
	}
	if err := r.store.settled(ctx, first, second); err != nil {
		return nil, from, err
	}
	for _, w := range windows {
		if r.options.Sorted {
			slices.SortFunc(w.statements, func(a, b graph.Statement) int { return a.Key.Compare(b.Key) })
		}
		statements = append(statements, w.statements...)
	}
	return statements, next, nil
}

// window is what is read of one kind in one page.
type window struct {
	*reader
	form       *form
	after      string // read what is said about the nodes after this one,
	upto       string // up to this one
	last       bool   // or to the last
	nodes      int
	statements []graph.Statement
}

// readLive reads the relationships of a page, of as many kinds as find place in it.
func (r *reader) readLive(tx transaction, from place) (windows []*window, next place, err error) {
	nodes := 0
	for next = from; int(next.kind) < graph.NumKinds && nodes < sizes.page; {
		if len(r.options.Kinds) > 0 && !slices.Contains(r.options.Kinds, next.kind) {
			next = place{kind: next.kind + 1}
			continue
		}
		w := &window{reader: r, form: forms[next.kind], after: next.after}
		if err := w.readLive(tx, sizes.page-nodes); err != nil {
			return nil, from, err
		}
		windows = append(windows, w)
		nodes += w.nodes
		if next.after = w.upto; w.last {
			next = place{kind: next.kind + 1}
		}
	}
	return windows, next, nil
}

// complete adds to the relationships, which were read before, the statements that were different at the revision.
func (w *window) complete(tx transaction) error {
	if w.past {
		return w.addPast(tx)
	}
	return w.addChanged(tx)
}

// readLive reads the relationships of some nodes that are as they were at the revision.
func (w *window) readLive(tx transaction, most int) error {
	columns, detailed := w.form.columns, 0
	if w.options.Details {
		columns, detailed = w.form.detailed, 1
	}
	take := func(from string, values any) {
		rec := w.form.decode(columns, from, values.([]any))
		if rec.Revision <= w.at {
			w.statements = append(w.statements, rec.Statement)
		}
	}
	if w.after == "" {
		rare, err := tx.isRare(w.form)
		if err != nil {
			return err
		}
		if rare {
			w.last = true
			return tx.each(w.form.scanRare[detailed], nil, func(row []any) error {
				take(text(row[0]), row[1])
				return nil
			})
		}
	}
	var hubs []string
	params := map[string]any{"after": w.after, "nodes": int64(most), "hub": int64(sizes.hub)}
	err := tx.each(w.form.scan[detailed], params, func(row []any) error {
		w.nodes++
		w.upto = text(row[0])
		if integer(row[1]) > int64(sizes.hub) {
			hubs = append(hubs, w.upto)
		}
		for _, values := range row[2].([]any) {
			take(w.upto, values)
		}
		return nil
	})
	if err != nil {
		return err
	}
	w.last = w.nodes < most
	for _, hub := range hubs {
		err := tx.each(w.form.scanHub[detailed], map[string]any{"id": hub}, func(row []any) error {
			take(hub, row[0])
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// isRare reports whether the form has few relationships. Walking over the nodes would be in vain for most.
func (t transaction) isRare(f *form) (rare bool, err error) {
	err = t.each(f.count, nil, func(row []any) error {
		rare = integer(row[0]) <= int64(sizes.rare)
		return nil
	})
	return rare, err
}

// delivered are the keys of the statements read.
func (w *window) delivered() map[graph.Key]bool {
	keys := make(map[graph.Key]bool, len(w.statements))
	for i := range w.statements {
		keys[w.statements[i].Key] = true
	}
	return keys
}

// addPast adds the statements that were different at the revision.
func (w *window) addPast(tx transaction) error {
	query, params := historyAfter, map[string]any{"kind": int64(w.form.kind), "after": w.after}
	if !w.last {
		query, params["upto"] = historyUpTo, w.upto
	}
	histories, err := tx.histories(query, params)
	if err != nil {
		return err
	}
	delivered := w.delivered()
	for key, touches := range histories {
		if !delivered[key] {
			w.addAt(&graph.Stored{Statement: graph.Statement{Key: key}, Touches: touches})
		}
	}
	return nil
}

// addAt adds a statement as it was at the revision.
func (w *window) addAt(s *graph.Stored) {
	fields, live := s.At(w.at)
	if !live {
		return
	}
	if !w.options.Details {
		fields = withoutDetails(fields)
	}
	w.statements = append(w.statements, graph.Statement{Key: s.Key, Fields: fields})
}

func withoutDetails(fields []graph.Field) []graph.Field {
	return slices.DeleteFunc(slices.Clone(fields), func(f graph.Field) bool { return f.ID.Spec().Details })
}

// follow reads on in the log. It comes after the reading of the page, at the gate: whatever changed a statement
// of the page before that was read is in the log by now.
func (r *reader) follow(tx transaction) error {
	m, err := tx.meta()
	if err != nil {
		return err
	}
	if r.seen < m.trimmed {
		return errMade{fmt.Errorf("%w: the changes of revision %d to %d went out of the log while they were needed to read on", graph.ErrRevisionCompacted, r.seen+1, m.trimmed)}
	}
	keys, seen, err := tx.logged(r.seen, math.MaxInt64)
	if err != nil {
		return err
	}
	for _, key := range keys {
		r.changed[key.Kind] = append(r.changed[key.Kind], key)
	}
	r.seen = max(r.seen, seen)
	return nil
}

// addChanged adds the statements of the page that changed before they were read. Those of earlier pages
// changed after they were read.
func (w *window) addChanged(tx transaction) error {
	if len(w.changed[w.form.kind]) == 0 {
		return nil
	}
	delivered := w.delivered()
	var keys []graph.Key
	for _, key := range w.changed[w.form.kind] {
		if key.From > w.after && (w.last || key.From <= w.upto) && !delivered[key] {
			keys = append(keys, key)
		}
	}
	keys = sortedOnce(keys)
	stored, err := tx.stored(keys)
	if err != nil {
		return err
	}
	stored = only(stored, keys)
	for i := range stored {
		w.addAt(&stored[i])
	}
	return nil
}

func sortedOnce(keys []graph.Key) []graph.Key {
	slices.SortFunc(keys, graph.Key.Compare)
	return slices.Compact(keys)
}

// logged are the statements that changed after a revision up to another, as far as they were logged one by one,
// each as often as it changed, and the last revision that logged any.
func (t transaction) logged(since, upto graph.Revision) (keys []graph.Key, last graph.Revision, err error) {
	err = t.each("MATCH (c:TributaryChange) WHERE c.revision > $since AND c.revision <= $upto RETURN c.revision, c.statements",
		map[string]any{"since": int64(since), "upto": int64(upto)}, func(row []any) error {
			last = max(last, graph.Revision(integer(row[0])))
			for id := range strings.SplitSeq(strings.TrimSuffix(text(row[1]), "\n"), "\n") {
				key, err := graph.ParseID(id)
				if err != nil {
					return errMade{fmt.Errorf("%w: the log of revision %d: %v; was it edited by hand?", graph.ErrSchema, integer(row[0]), err)}
				}
				keys = append(keys, key)
			}
			return nil
		})
	return keys, last, err
}

// Changes collects the ids from the log, then reads these statements as they are at the head that it began with.
func (s *Store) Changes(ctx context.Context, since graph.Revision, to graph.Sink) (graph.Head, error) {
	var c changes
	if err := s.settled(ctx, nil, func(tx transaction) error { return c.collect(tx, since) }); err != nil {
		return graph.Head{}, err
	}
	for keys := c.keys; len(keys) > 0; {
		some := keys[:min(len(keys), sizes.lookup)]
		keys = keys[len(some):]
		var stored []graph.Stored
		err := s.fromLeader(ctx, func(tx transaction) (err error) {
			stored, err = tx.stored(some)
			return err
		})
		if err != nil {
			return graph.Head{}, err
		}
		if err := c.deliver(some, only(stored, some), to); err != nil {
			return graph.Head{}, err
		}
	}
	for key, merge := range c.merges {
		err := error(nil)
		if merge == nil {
			err = to.Unmerge(key.Kind, key.ID)
		} else {
			err = to.Merge(*merge)
		}
		if err != nil {
			return graph.Head{}, err
		}
	}
	return c.head, nil
}

// changes are what changed up to a head.
type changes struct {
	head   graph.Head
	keys   []graph.Key
	merges map[graph.NodeKey]*graph.Sameness // nil for a decision that no longer stands
}

func (c *changes) collect(tx transaction, since graph.Revision) error {
	*c = changes{merges: map[graph.NodeKey]*graph.Sameness{}}
	m, err := tx.meta()
	if err != nil {
		return err
	}
	c.head = m.head()
	switch {
	case since > m.revision:
		return errMade{fmt.Errorf("%w: revision %d is beyond the head, %d", graph.ErrInvalid, since, m.revision)}
	case since == m.revision:
		return nil
	case since < m.floor:
		return errMade{fmt.Errorf("%w: changes are kept from revision %d on, not from %d", graph.ErrRevisionCompacted, m.floor, since)}
	}
	count := int64(0)
	params := map[string]any{"since": int64(since), "head": int64(m.revision)}
	err = tx.each("MATCH (c:TributaryChange) WHERE c.revision > $since RETURN sum(c.count)", params, func(row []any) error {
		count = integer(row[0])
		return nil
	})
	if err != nil {
		return err
	}
	if count > compactAfter {
		return errMade{fmt.Errorf("%w: %d changes since revision %d", graph.ErrRevisionCompacted, count, since)}
	}
	keys, _, err := tx.logged(since, m.revision)
	if err != nil {
		return err
	}
	c.keys = sortedOnce(keys)
	return c.collectMerges(tx, params)
}

func (c *changes) collectMerges(tx transaction, params map[string]any) error {
	query := "MATCH (m:TributaryMerge) WHERE m.added > $since AND m.added <= $head OR m.removed > $since AND m.removed <= $head" +
		mergeColumns + ", m.added <= $head AND coalesce(m.removed > $head, true)"
	return tx.each(query, params, func(row []any) error {
		s := decodeMerge(row)
		if stands, _ := row[6].(bool); stands {
			c.merges[s.NodeKey] = &s
		} else if c.merges[s.NodeKey] == nil {
			c.merges[s.NodeKey] = nil
		}
		return nil
	})
}

// deliver hands the statements with the keys to the sink, as they are at the head; both are sorted.
func (c *changes) deliver(keys []graph.Key, stored []graph.Stored, to graph.Sink) error {
	for _, key := range keys {
		var s graph.Stored
		if len(stored) > 0 && stored[0].Key == key {
			s, stored = stored[0], stored[1:]
		}
		err := error(nil)
		if fields, live := s.At(c.head.Revision); live && s.Key == key {
			err = to.Put(&graph.Statement{Key: key, Fields: withoutDetails(fields)})
		} else {
			err = to.Withdraw(key)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// Details looks the statements up by their claims.
func (s *Store) Details(ctx context.Context, keys []graph.Key) ([]graph.Statement, error) {
	wanted := sortedOnce(slices.Clone(keys))
	found := make(map[graph.Key]graph.Statement, len(wanted))
	for len(wanted) > 0 {
		some := wanted[:min(len(wanted), sizes.lookup)]
		wanted = wanted[len(some):]
		err := s.read(ctx, func(tx transaction) error {
			stored, err := tx.stored(some)
			for _, s := range stored {
				if s.Live {
					found[s.Key] = s.Statement
				}
			}
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	var statements []graph.Statement
	for _, key := range keys {
		if s, ok := found[key]; ok {
			statements = append(statements, s)
		}
	}
	return statements, nil
}
