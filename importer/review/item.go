package review

import (
	"context"
	"crypto/sha256"
	"encoding/base32"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/tributarygraph/tributary/graph"
	"github.com/tributarygraph/tributary/importer/resolve"
)

// Rule is who decides where nobody is asked, with its version: a run of another version is told apart.
const Rule = "tributary resolve, rule 2"

// kind is that of the nodes which are reviewed. Products have no identifiers, and names too alike to match.
const kind = graph.KindCompany

// The namespaces of the application state.
const (
	reviewsNamespace = "reviews"
	runsNamespace    = "resolve_runs"
	mergesNamespace  = "resolve_merges"
	turnsNamespace   = "review_turns"
)

// Status is how far a review is.
type Status string

// The statuses. Only the first three are stored: that a review is settled shows in the overlay.
const (
	Open      Status = "open"
	Same      Status = "same"
	Different Status = "different"
	Settled   Status = "settled" // decided otherwise, described by an import since, or one of the two is no more
)

// Statuses are all of them.
var Statuses = []Status{Open, Same, Different, Settled}

// Item is the question whether two records are one company.
type Item struct {
	ID        string           `json:"id" doc:"The same for the same two, whatever was imported since"`
	Record    string           `json:"record" doc:"What would be merged: a name as files write it, or an id"`
	Candidate string           `json:"candidate" doc:"The company that it may be"`
	Score     float64          `json:"score" doc:"How sure the rule is that they are one, 0 to 1"`
	Reasons   []resolve.Reason `json:"reasons"`
	Status    Status           `json:"status" enum:"open,same,different,settled" doc:"settled: decided otherwise, described by an import since, or one of the two is no more"`
	By        string           `json:"by,omitempty" doc:"Who decided"`
	Why       string           `json:"why,omitempty"`
	At        time.Time        `json:"at,omitzero" doc:"When"`
}

// stored is an item as the store keeps it.
type stored struct {
	Item
	Written   []written `json:"written,omitempty"`    // what the decision wrote
	TakenBack bool      `json:"taken_back,omitempty"` // somebody took a decision back: no rule makes it again
	All       bool      `json:"all,omitempty"`        // a run with Options.All proposed it last

	version uint64
}

// written is a decision in the overlay, with the one that it replaced.
type written struct {
	Record    string    `json:"record"` // or the key of a pair
	Canonical string    `json:"canonical,omitempty"`
	Before    *previous `json:"before,omitempty"`
}

// previous is a decision that another replaced.
type previous struct {
	Canonical string    `json:"canonical"`
	By        string    `json:"by,omitempty"`
	Why       string    `json:"why,omitempty"`
	At        time.Time `json:"at"`
}

// itemID names a pair, whichever of the two comes first.
func itemID(a, b string) string {
	sum := sha256.Sum256([]byte(kind.String() + "\x1f" + graph.PairKey(kind, a, b).ID))
	return strings.ToLower(base32.StdEncoding.EncodeToString(sum[:])[:12])
}

func (s *stored) change() (graph.StateChange, error) {
	value, err := json.Marshal(s)
	return graph.StateChange{Namespace: reviewsNamespace, Key: s.ID, Version: s.version, Value: value}, err
}

func decode(entry graph.StateEntry) (*stored, error) {
	s := &stored{version: entry.Version}
	if err := json.Unmarshal(entry.Value, s); err != nil {
		return nil, fmt.Errorf("%w: review %s cannot be read: %w", graph.ErrSchema, entry.Key, err)
	}
	return s, nil
}

// turn is a key of the state that everybody who decides writes along: of two who looked at the network as it was before
// the other decided, one loses, and looks again. So a rule never overrules a person who was a moment faster.
type turn struct{ version uint64 }

func takeTurn(ctx context.Context, store graph.Store) (turn, error) {
	entry, err := store.State().Get(ctx, turnsNamespace, kind.String())
	if errors.Is(err, graph.ErrNotFound) {
		return turn{}, nil
	}
	return turn{entry.Version}, err
}

func (t turn) change() graph.StateChange {
	return graph.StateChange{Namespace: turnsNamespace, Key: kind.String(), Version: t.version, Value: []byte("{}")}
}

// attempts is how often something is tried against others who decide at the same time.
const attempts = 20

// page is how many entries of the state are read at once.
const page = 1000

// each calls do with every entry of a namespace whose key is greater than after.
func each(ctx context.Context, state graph.State, namespace, after string, do func(graph.StateEntry) error) error {
	for {
		entries, err := state.Scan(ctx, namespace, after, page)
		if err != nil {
			return err
		}
		for _, e := range entries {
			if err := do(e); err != nil {
				return err
			}
		}
		if len(entries) < page {
			return nil
		}
		after = entries[len(entries)-1].Key
	}
}

// readItems are all reviews of a store, by id.
func readItems(ctx context.Context, store graph.Store) (map[string]*stored, error) {
	items := map[string]*stored{}
	err := each(ctx, store.State(), reviewsNamespace, "", func(e graph.StateEntry) error {
		s, err := decode(e)
		items[e.Key] = s
		return err
	})
	return items, err
}

// minPrefix is how many characters of an id name a review.
const minPrefix = 4

// find is the review with the id, or the only one whose id begins with it.
func find(ctx context.Context, store graph.Store, id string) (*stored, error) {
	id = strings.ToLower(id)
	entry, err := store.State().Get(ctx, reviewsNamespace, id)
	if err == nil {
		return decode(entry)
	}
	if !errors.Is(err, graph.ErrNotFound) || len(id) < minPrefix {
		return nil, notFound(id, err)
	}
	var found []*stored
	err = each(ctx, store.State(), reviewsNamespace, id, func(e graph.StateEntry) error {
		if !strings.HasPrefix(e.Key, id) {
			return errStop
		}
		s, err := decode(e)
		found = append(found, s)
		return err
	})
	if err != nil && err != errStop {
		return nil, err
	}
	switch len(found) {
	case 0:
		return nil, notFound(id, graph.ErrNotFound)
	case 1:
		return found[0], nil
	}
	ids := make([]string, len(found))
	for i, s := range found {
		ids[i] = s.ID
	}
	slices.Sort(ids)
	return nil, fmt.Errorf("%w: %q begins the ids of %d reviews: %s", graph.ErrAmbiguous, id, len(ids), strings.Join(ids, ", "))
}

var errStop = errors.New("enough")

func notFound(id string, err error) error {
	if errors.Is(err, graph.ErrNotFound) {
		return fmt.Errorf("%w: no review %q", graph.ErrNotFound, id)
	}
	return err
}
