package review

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/tributarygraph/tributary/graph"
	"github.com/tributarygraph/tributary/importer/resolve"
)

// now is the status that a review has in the network as it is.
func (s *stored) now(v *graph.View) Status {
	stands := slices.ContainsFunc(s.Written, func(w written) bool {
		d, ok := v.Decision(graph.NodeKey{Kind: kind, ID: w.Record})
		return ok && d.Canonical == w.Canonical
	})
	if s.Status != Open && stands {
		return s.Status
	}
	record, found := v.Find(kind, s.Record)
	candidate, both := v.Find(kind, s.Candidate)
	if !found || !both || record == candidate || s.describedSince(v, record) {
		return Settled
	}
	for _, key := range []graph.NodeKey{{Kind: kind, ID: s.Record}, graph.PairKey(kind, s.Record, s.Candidate), graph.PairKey(kind, v.ID(kind, record), v.ID(kind, candidate))} {
		if _, decided := v.Decision(key); decided {
			return Settled
		}
	}
	return Open
}

// describedSince reports whether the record has become the name of a company that is described: an import told which one
// it is. Another spelling that it is one node with tells nothing.
func (s *stored) describedSince(v *graph.View, record graph.Node) bool {
	return v.ID(kind, record) != s.Record && v.Described(kind, record)
}

// Verdict is what a person says of a review.
type Verdict struct {
	Decision Status // Same, Different, or Open to take back what was decided
	By, Why  string
	At       time.Time
	Force    bool // make them one company although their identifiers contradict each other
}

// ErrContradiction says that two cannot be one company by their identifiers; it is a [graph.ErrConflict].
var ErrContradiction = fmt.Errorf("%w: identifiers contradict each other", graph.ErrConflict)

// Decided is a review with what was done about it.
type Decided struct {
	Item
	Records  []string       `json:"records" doc:"Records that are merged into the candidate, or no longer are"`
	Revision graph.Revision `json:"revision"`
}

// Decide writes what a person says of the review with the id, or the first characters of it, together with the
// decision in the overlay: in one batch, so that there is nothing between the two. Errors: ErrNotFound; ErrConflict when it is decided already, also by somebody else at this moment;
// ErrContradiction when two that cannot be one by their identifiers are called the same without Force.
func Decide(ctx context.Context, store graph.Store, v *graph.View, id string, verdict Verdict) (*Decided, error) {
	s, err := find(ctx, store, id)
	if err != nil {
		return nil, err
	}
	for attempt := 1; ; attempt++ {
		turn, err := takeTurn(ctx, store)
		if err != nil {
			return nil, err
		}
		if v, err = Current(ctx, store, v); err != nil { // after the turn was taken: what changes from now on is a conflict
			return nil, err
		}
		out, err := s.decide(ctx, store, v, verdict, turn)
		if !errors.Is(err, errTurn) {
			return out, err
		}
		version := s.version
		if s, err = find(ctx, store, s.ID); err != nil {
			return nil, err
		}
		if s.version != version || attempt == attempts {
			return nil, s.decidedMeanwhile()
		}
	}
}

// errTurn says that somebody else decided something, maybe about something else.
var errTurn = errors.New("somebody else was faster")

// decide writes the verdict, if nobody decided anything since the turn was taken.
func (s stored) decide(ctx context.Context, store graph.Store, v *graph.View, verdict Verdict, t turn) (*Decided, error) {
	if err := s.mayBe(v, verdict.Decision); err != nil {
		return nil, err
	}
	if verdict.Decision == Same && !verdict.Force {
		if err := s.contradicts(v); err != nil {
			return nil, err
		}
	}
	var batch graph.Batch
	out := &Decided{Records: []string{}}
	switch verdict.Decision {
	case Same:
		s.merge(v, verdict, &batch)
	case Different:
		s.part(v, verdict, &batch)
	default:
		s.takeBack(v, &batch)
	}
	for _, w := range s.Written {
		if _, _, pair := (graph.NodeKey{ID: w.Record}).Pair(); !pair {
			out.Records = append(out.Records, w.Record)
		}
	}
	s.Status, s.By, s.Why, s.At = verdict.Decision, verdict.By, verdict.Why, verdict.At.UTC().Truncate(time.Second)
	if verdict.Decision == Open {
		s.Written, s.TakenBack, s.By, s.Why, s.At = nil, true, "", "", time.Time{}
	}
	change, err := s.change()
	if err != nil {
		return nil, err
	}
	batch.State = []graph.StateChange{change, t.change()}
	applied, err := store.Apply(ctx, batch)
	if errors.Is(err, graph.ErrConflict) {
		return nil, errTurn
	}
	out.Item, out.Revision = s.Item, applied.Revision
	return out, err
}

// Current is the View of the store's present revision.
func Current(ctx context.Context, store graph.Store, v *graph.View) (*graph.View, error) {
	head, err := store.Head(ctx)
	if err != nil || head == v.Head() {
		return v, err
	}
	next, err := v.Refresh(ctx, store)
	if errors.Is(err, graph.ErrRevisionCompacted) {
		return graph.Load(ctx, store)
	}
	return next, err
}

// mayBe refuses a decision on what is decided, and taking back what is not.
func (s *stored) mayBe(v *graph.View, d Status) error {
	now := s.now(v)
	switch {
	case d != Same && d != Different && d != Open:
		return fmt.Errorf("%w: decision %q; allowed: %s, %s, %s", graph.ErrInvalid, d, Same, Different, Open)
	case d == Open && (now == Same || now == Different) || d != Open && now == Open:
		return nil
	case now == Same || now == Different:
		return fmt.Errorf("%w: %s", graph.ErrConflict, s.told())
	case now == Settled:
		return fmt.Errorf("%w: review %s is settled: %s", graph.ErrConflict, s.ID, s.settledBy(v))
	}
	return fmt.Errorf("%w: nothing is decided in review %s that could be taken back", graph.ErrConflict, s.ID)
}

// contradicts refuses to make two one that have identifiers of two companies.
func (s *stored) contradicts(v *graph.View) error {
	if text := s.contradiction(v); text != "" {
		record, _ := v.Find(kind, s.Record)
		candidate, _ := v.Find(kind, s.Candidate)
		return fmt.Errorf("%w (%s): %q and %q are two companies, or one record is wrong; they become one only if that is forced", ErrContradiction, text, v.ID(kind, record), v.ID(kind, candidate))
	}
	return nil
}

// contradiction says in which identifiers the two of an open review cannot be one company; empty where nothing says so.
func (x *Item) contradiction(v *graph.View) string {
	record, found := v.Find(kind, x.Record)
	candidate, both := v.Find(kind, x.Candidate)
	if !found || !both {
		return ""
	}
	a, b := resolve.EntityOf(v, record), resolve.EntityOf(v, candidate)
	return resolve.Contradiction(&a, &b)
}

// told says what was decided, by whom and when.
func (s *stored) told() string {
	by := s.By
	if by == "" {
		by = "somebody"
	}
	return fmt.Sprintf("review %s is decided: %s, by %s on %s", s.ID, s.Status, by, s.At.Format("2006-01-02 15:04 MST"))
}

// settledBy says why there is nothing left to decide.
func (s *stored) settledBy(v *graph.View) string {
	record, found := v.Find(kind, s.Record)
	candidate, both := v.Find(kind, s.Candidate)
	switch {
	case !found:
		return fmt.Sprintf("%q is no more", s.Record)
	case !both:
		return fmt.Sprintf("%q is no more", s.Candidate)
	case record == candidate:
		return fmt.Sprintf("both are %s already", v.ID(kind, record))
	}
	if d, ok := v.Decision(graph.NodeKey{Kind: kind, ID: s.Record}); ok {
		return fmt.Sprintf("%q was decided to be %s", s.Record, d.Canonical)
	}
	if s.describedSince(v, record) {
		return fmt.Sprintf("%q is a name of %s, which was described since", s.Record, v.ID(kind, record))
	}
	return "the two were decided to be different"
}

// decidedMeanwhile is the conflict of the second of two who decide at once.
func (s *stored) decidedMeanwhile() error {
	if s.Status != Open {
		return fmt.Errorf("%w: %s", graph.ErrConflict, s.told())
	}
	return fmt.Errorf("%w: review %s was changed by somebody else at this moment; look at it again", graph.ErrConflict, s.ID)
}

// merge makes the record the candidate, in every spelling that is one node with it.
func (s *stored) merge(v *graph.View, verdict Verdict, batch *graph.Batch) {
	s.Written = nil
	candidate, _ := v.Find(kind, s.Candidate) // it is open: both are there
	to := v.ID(kind, candidate)
	for _, record := range recordsOf(v, s.Record) {
		d := graph.Sameness{NodeKey: graph.NodeKey{Kind: kind, ID: record}, Canonical: to}
		s.write(v, d.With(verdict.By, verdict.Why, verdict.At), batch)
	}
}

// part remembers that the two are different.
func (s *stored) part(v *graph.View, verdict Verdict, batch *graph.Batch) {
	s.Written = nil
	record, _ := v.Find(kind, s.Record)
	candidate, _ := v.Find(kind, s.Candidate)
	s.write(v, graph.Different(kind, v.ID(kind, record), v.ID(kind, candidate)).With(verdict.By, verdict.Why, verdict.At), batch)
}

// write adds a decision to the batch, and remembers what it replaces.
func (s *stored) write(v *graph.View, d graph.Sameness, batch *graph.Batch) {
	w := written{Record: d.ID, Canonical: d.Canonical}
	if before, ok := v.Decision(d.NodeKey); ok {
		w.Before = &previous{Canonical: before.Canonical, By: before.By, Why: before.Why, At: before.At}
	}
	s.Written = append(s.Written, w)
	batch.Merge = append(batch.Merge, d)
}

// takeBack restores what the decision replaced, where the decision still stands.
func (s *stored) takeBack(v *graph.View, batch *graph.Batch) {
	for _, w := range s.Written {
		key := graph.NodeKey{Kind: kind, ID: w.Record}
		now, ok := v.Decision(key)
		switch {
		case !ok || now.Canonical != w.Canonical:
		case w.Before == nil:
			batch.Unmerge = append(batch.Unmerge, key)
		default:
			d := graph.Sameness{NodeKey: key, Canonical: w.Before.Canonical}
			batch.Merge = append(batch.Merge, d.With(w.Before.By, w.Before.Why, w.Before.At))
		}
	}
}
