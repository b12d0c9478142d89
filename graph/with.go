package graph

import "context"

// LoadAt reads a store as it was at an earlier revision and builds the View of it. A revision beyond the head is
// ErrInvalid.
func LoadAt(ctx context.Context, store Store, at Revision) (*View, error) {
	b := newBuilder()
	head, err := store.Read(ctx, ReadOptions{At: &at}, b)
	if err != nil {
		return nil, err
	}
	return b.finish(head)
}

// With is this View as it were if these statements stood in the store too, in place of those with the same keys: for
// questions that suppose something. It keeps the head of v, and shares its memory.
func (v *View) With(statements []Statement) *View {
	r := newRefresher(v, v.head)
	r.take(&changeCollector{puts: statements})
	return r.finish()
}
