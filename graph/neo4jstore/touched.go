package neo4jstore

import (
	"cmp"
	"slices"

	"github.com/tributarygraph/tributary/graph"
)

// A sweep and an undo walk over all statements in the order of their keys, in as many calls as it takes. Where
// a call ends, the import remembers the place, so that the next need not begin anew.

// walkMost is how many nodes a call looks at: it ends then, with whatever it found.
const walkMost = 50_000

// cursor is how far a sweep or undo has come: everything before this node of this kind is done, as long as
// nobody else has written since.
type cursor struct {
	kind     graph.Kind
	after    string         // id of the last node that is done; empty at the beginning of a kind
	revision graph.Revision // the head that the call left
}

func (c cursor) encode(properties map[string]any) {
	properties["cursor_kind"], properties["cursor_after"], properties["cursor_revision"] = int64(c.kind), c.after, int64(c.revision)
}

func decodeCursor(properties map[string]any) cursor {
	return cursor{
		kind:     graph.Kind(integer(properties["cursor_kind"])),
		after:    text(properties["cursor_after"]),
		revision: graph.Revision(integer(properties["cursor_revision"])),
	}
}

// selection is what a sweep or an undo looks for.
type selection struct {
	dataset any  // only of this dataset; nil for all
	by      bool // statements that the import wrote; else those that it did not write
}

// holds tells whether a statement with a history is among the selected.
func (sel selection) holds(key graph.Key, touches []graph.Touch, seq int64) bool {
	wrote := slices.ContainsFunc(touches, func(t graph.Touch) bool {
		return t.Removed == 0 && (t.Import == seq || sel.by && t.Carried == seq)
	})
	return wrote == sel.by && (sel.dataset == nil || sel.dataset == key.Dataset)
}

// touched are the next statements of the selection, in the order of their keys, at most the limit of the batch.
func (a *application) touched(sel selection) (stored []graph.Stored, more bool, err error) {
	limit := cmp.Or(a.batch.Limit, defaultLimit)
	if a.cursor.revision != a.meta.revision {
		a.cursor = cursor{}
	}
	var keys []graph.Key
	nodes := 0
	for int(a.cursor.kind) < graph.NumKinds {
		page, err := a.walk(sel)
		if err != nil {
			return nil, false, err
		}
		keys = append(keys, page.keys...)
		nodes += page.nodes
		if len(keys) > limit {
			more = true
			break
		}
		if a.cursor.after = page.upto; page.last {
			a.cursor = cursor{kind: a.cursor.kind + 1}
		}
		if nodes >= walkMost && int(a.cursor.kind) < graph.NumKinds {
			more = true
			break
		}
	}
	keys = keys[:min(len(keys), limit)]
	stored, err = a.stored(keys)
	if err != nil {
		return nil, false, err
	}
	return only(stored, keys), more, nil
}

// only are the statements with the keys; both are sorted.
func only(stored []graph.Stored, keys []graph.Key) []graph.Stored {
	return slices.DeleteFunc(stored, func(s graph.Stored) bool {
		for len(keys) > 0 && keys[0].Compare(s.Key) < 0 {
			keys = keys[1:]
		}
		return len(keys) == 0 || keys[0] != s.Key
	})
}

// walked is what was found about a page of nodes.
type walked struct {
	keys  []graph.Key
	nodes int
	upto  string // the last node of the page
	last  bool   // the kind is done
}

// walk looks at the next page of nodes after the cursor.
func (a *application) walk(sel selection) (page walked, err error) {
	f := forms[a.cursor.kind]
	params := map[string]any{"after": a.cursor.after, "nodes": int64(sizes.walk), "import": a.im.Seq, "by": sel.by, "dataset": sel.dataset, "kind": int64(f.kind)}
	err = a.each(f.hits, params, func(row []any) error {
		page.nodes++
		page.upto = text(row[0])
		for _, hit := range row[1].([]any) {
			rec := f.decode(f.keys, page.upto, hit.([]any))
			page.keys = append(page.keys, rec.Key)
		}
		return nil
	})
	if err != nil {
		return page, err
	}
	page.last = page.nodes < sizes.walk
	query := historyAfter
	if !page.last {
		query = historyUpTo
		params["upto"] = page.upto
	}
	histories, err := a.histories(query, params)
	if err != nil {
		return page, err
	}
	for key, touches := range histories {
		if !sel.holds(key, touches, a.im.Seq) {
			continue
		}
		if _, live := (&graph.Stored{Touches: touches}).At(a.meta.revision); live || sel.by {
			page.keys = append(page.keys, key)
		}
	}
	slices.SortFunc(page.keys, graph.Key.Compare)
	return page, nil
}
