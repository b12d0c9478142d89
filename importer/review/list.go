package review

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"github.com/tributarygraph/tributary/graph"
)

// List are the reviews with one of the statuses in the network as it is, the surest first; all where none is named.
func List(ctx context.Context, store graph.Store, v *graph.View, statuses ...Status) ([]Item, error) {
	items, err := readItems(ctx, store)
	if err != nil {
		return nil, err
	}
	out := make([]Item, 0, len(items))
	for _, s := range items {
		item := s.Item
		if item.Status = s.now(v); item.Status == Open || item.Status == Settled {
			item.By, item.Why, item.At = "", "", time.Time{}
		}
		if len(statuses) == 0 || slices.Contains(statuses, item.Status) {
			out = append(out, item)
		}
	}
	slices.SortFunc(out, Compare)
	return out, nil
}

// Compare is the order of a list: the surest first, then by the record and what it may be.
func Compare(a, b Item) int {
	return cmp.Or(-cmp.Compare(a.Score, b.Score), strings.Compare(a.Record, b.Record), strings.Compare(a.Candidate, b.Candidate), strings.Compare(a.ID, b.ID))
}

// Get is the review with the id, or the first characters of it, with its status in the network as it is.
func Get(ctx context.Context, store graph.Store, v *graph.View, id string) (Item, error) {
	s, err := find(ctx, store, id)
	if err != nil {
		return Item{}, err
	}
	s.Item.Status = s.now(v)
	return s.Item, nil
}
