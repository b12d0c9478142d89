package queries

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"hash/fnv"

	"github.com/tributarygraph/tributary/graph"
)

// Page says which part of a list is asked for. The zero value is the whole list.
type Page struct {
	Limit  int    // most items; 0 for all
	Cursor string // NextCursor of the part before; empty for the first part
}

// stops says why a list with so many items takes no more; empty where it goes on.
func (p Page) stops(ctx context.Context, items int) (reason string, err error) {
	if p.Limit > 0 && items == p.Limit {
		return StoppedByLimit, nil
	}
	stopped, err := deadline(ctx)
	if stopped {
		reason = StoppedByDeadline
	}
	return reason, err
}

// Paging is what every answer that is a list carries.
type Paging struct {
	Total           *int   `json:"total" doc:"Items in the whole list; null where counting them would cost a walk"`
	NextCursor      string `json:"next_cursor,omitempty" doc:"Asks for the part that follows; absent at the end"`
	RevisionChanged bool   `json:"revision_changed,omitempty" doc:"The store changed since the cursor was given: the list goes on behind the last item by key, items may have moved"`
}

// cursor is what a NextCursor holds.
type cursor struct {
	Question uint32   `json:"q"` // hash of the question, so that a cursor is not used with another one
	Revision uint64   `json:"r"`
	AsOf     string   `json:"a"` // the date that the first part was answered for
	Key      []string `json:"k"` // sort key of the last item
}

// resolvePage reads a cursor: key is nil for the first part. A question without a date keeps the date of its
// first part. The request is anything that prints the question without its date and page.
func resolvePage(v *graph.View, p Page, scope *Scope, request any, keyParts int) (key []string, paging Paging, err error) {
	if p.Limit < 0 {
		return nil, paging, fmt.Errorf("%w: limit %d; allowed: 0 (all) or more", graph.ErrInvalid, p.Limit)
	}
	if p.Cursor == "" {
		*scope, err = scope.Resolve()
		return nil, paging, err
	}
	c, err := parseCursor(p.Cursor)
	if err != nil {
		return nil, paging, err
	}
	if scope.AsOf == "" {
		scope.AsOf = c.AsOf
	}
	if *scope, err = scope.Resolve(); err != nil {
		return nil, paging, err
	}
	if c.Question != questionHash(*scope, request) || len(c.Key) != keyParts {
		return nil, paging, fmt.Errorf("%w: cursor: it belongs to another question; ask the first part without one", graph.ErrInvalid)
	}
	paging.RevisionChanged = c.Revision != uint64(v.Head().Revision)
	return c.Key, paging, nil
}

func parseCursor(text string) (c cursor, err error) {
	raw, err := base64.RawURLEncoding.DecodeString(text)
	if err == nil {
		err = json.Unmarshal(raw, &c)
	}
	if err != nil {
		return c, fmt.Errorf("%w: cursor: not one that an answer gave", graph.ErrInvalid)
	}
	return c, nil
}

func nextCursor(v *graph.View, scope Scope, request any, key ...string) string {
	raw, _ := json.Marshal(cursor{Question: questionHash(scope, request), Revision: uint64(v.Head().Revision), AsOf: scope.AsOf, Key: key})
	return base64.RawURLEncoding.EncodeToString(raw)
}

func questionHash(scope Scope, request any) uint32 {
	h := fnv.New32a()
	fmt.Fprintf(h, "%v %T %v", scope, request, request)
	return h.Sum32()
}
