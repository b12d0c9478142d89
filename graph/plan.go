package graph

import (
	"fmt"
	"slices"
)

// This file is the part of Store.Apply that must not differ between stores: what becomes of each statement
// when an import writes, withdraws or undoes. A store reads what it holds, asks for a plan, and writes it.
//
// An import that writes a statement leaves a touch on it: the patch that it wrote. What the store shows is the
// fold of the touches. Keeping them is what lets an import be taken back in any order, and an earlier revision
// be read. Nearly every statement has one touch only; a store keeps that in the live row itself, and a list of
// touches only for the rest.

// Touch is what one import did to a statement.
type Touch struct {
	Import    int64    // Import.Seq
	Added     Revision // the head when it was made
	Removed   Revision // the head when an undo took it back; 0 while it stands
	Withdrawn bool     // it withdrew the statement; Patch is empty
	// Carried is the import that took the touch over from the undated statement which its dated one replaced; 0
	// for a touch that Import made here. Undoing either import takes the touch back.
	Carried int64
	Patch   []Field
}

// Stored is a statement as a store holds it.
type Stored struct {
	Statement          // Fields are the fold of the touches
	Live      bool     // readers see it
	Import    int64    // the last import that touched it
	Revision  Revision // since when readers see it as it is
	// Touches are all touches, the oldest first; nil when the only one is Touch{Import, Revision, Fields}.
	Touches []Touch
}

// touches are all touches, also for a statement with one.
func (s *Stored) touches() []Touch {
	if s.Touches != nil {
		return s.Touches
	}
	return []Touch{{Import: s.Import, Added: s.Revision, Patch: s.Fields}}
}

// At is the statement as it was at revision r, and whether readers saw it.
func (s *Stored) At(r Revision) (fields []Field, live bool) {
	return foldTouches(s.touches(), r)
}

func foldTouches(touches []Touch, at Revision) (fields []Field, live bool) {
	for _, t := range touches {
		switch {
		case t.Added > at || t.Removed != 0 && t.Removed <= at:
		case t.Withdrawn:
			fields, live = nil, false
		default:
			fields, live = PatchFields(fields, t.Patch), true
		}
	}
	return fields, live
}

// Outcome is what became of one statement.
type Outcome uint8

// The outcomes.
const (
	Unchanged Outcome = iota
	Created
	Changed
	Withdrawn
)

// Planned is what a store has to write for one statement.
type Planned struct {
	Outcome Outcome
	Before  *Stored // what the store holds; nil when nothing is known of the key
	After   Stored  // what it shall hold; written also where Outcome is Unchanged and After differs in its touches
	Skip    bool    // nothing is to be written
}

// Plan is what a store has to write for a batch.
type Plan struct {
	Changes  []Planned
	Counts   Counts
	Revision Revision // the head after the batch
}

// Series is the key without the date: the versions of one claim over time.
func (k Key) Series() Key {
	k.ValidFrom = NoDate
	return k
}

// PlanPut plans the writing of patches, sorted by key, by the import numbered seq on a store at head. stored is
// what the store holds of the series of these patches, live or not, sorted by key.
//
// A patch that dates the only statement of its series, which had no date, replaces it.
// An import that writes a key a second time with other fields is ErrConflict.
func PlanPut(stored []Stored, patches []Statement, seq int64, head Revision) (Plan, error) {
	p := planner{seq: seq, next: head + 1}
	p.plan.Changes = make([]Planned, 0, len(patches))
	for len(patches) > 0 {
		series := patches[0].Series()
		n := 1
		for n < len(patches) && patches[n].Series() == series {
			n++
		}
		for len(stored) > 0 && stored[0].Series().Compare(series) < 0 {
			stored = stored[1:]
		}
		m := 0
		for m < len(stored) && stored[m].Series() == series {
			m++
		}
		if err := p.putSeries(stored[:m], patches[:n]); err != nil {
			return Plan{}, err
		}
		patches, stored = patches[n:], stored[m:]
	}
	return p.finish(head), nil
}

// PlanWithdraw plans the withdrawing of live statements by the import numbered seq.
func PlanWithdraw(stored []Stored, seq int64, head Revision) Plan {
	p := planner{seq: seq, next: head + 1}
	for i := range stored {
		p.withdraw(&stored[i])
	}
	return p.finish(head)
}

// PlanUndo plans the taking back of every touch of the import numbered seq on these statements.
func PlanUndo(stored []Stored, seq int64, head Revision) Plan {
	p := planner{seq: seq, next: head + 1}
	for i := range stored {
		p.undo(&stored[i])
	}
	return p.finish(head)
}

type planner struct {
	seq  int64
	next Revision // the revision of the batch if it changes anything
	plan Plan
}

func (p *planner) putSeries(stored []Stored, patches []Statement) error {
	if undated := p.undatedToReplace(stored, patches); undated != nil {
		p.replace(undated, find(stored, patches[0].Key), patches[0])
		return nil
	}
	for i := range patches {
		if err := p.put(find(stored, patches[i].Key), patches[i]); err != nil {
			return err
		}
	}
	return nil
}

// undatedToReplace is the only live statement of the series if it has no date, another import wrote it and
// the patches are one that has.
func (p *planner) undatedToReplace(stored []Stored, patches []Statement) *Stored {
	if len(patches) != 1 || patches[0].ValidFrom == NoDate {
		return nil
	}
	var only *Stored
	for i := range stored {
		if !stored[i].Live {
			continue
		}
		if only != nil {
			return nil
		}
		only = &stored[i]
	}
	if only == nil || only.ValidFrom != NoDate || only.Import == p.seq {
		return nil
	}
	return only
}

// replace withdraws the undated statement and writes the dated one, which takes its touches over; together they
// count as one that changed. before is what the store holds of the dated one, or nil.
func (p *planner) replace(undated, before *Stored, dated Statement) {
	counts := p.plan.Counts
	p.withdraw(undated)
	known := before
	if known == nil {
		known = &Stored{Statement: Statement{Key: dated.Key}, Touches: []Touch{}}
	}
	after := *known
	after.Import = p.seq
	after.Touches = slices.Clone(known.Touches)
	for _, t := range undated.touches() {
		if t.Removed == 0 {
			t.Added, t.Carried = p.next, p.seq
			after.Touches = append(after.Touches, t)
		}
	}
	after.Touches = append(after.Touches, Touch{Import: p.seq, Added: p.next, Patch: dated.Fields})
	p.refold(known, after)
	p.plan.Changes[len(p.plan.Changes)-1].Before = before
	counts.Changed++
	p.plan.Counts = counts
}

func find(stored []Stored, key Key) *Stored {
	for i := range stored {
		if stored[i].Key == key {
			return &stored[i]
		}
	}
	return nil
}

func (p *planner) put(before *Stored, patch Statement) error {
	if before == nil {
		after := Stored{Statement: Statement{Key: patch.Key, Fields: PatchFields(nil, patch.Fields)}, Live: true, Import: p.seq, Revision: p.next}
		p.add(Planned{Outcome: Created, After: after})
		return nil
	}
	if before.Live && before.Import == p.seq {
		if !EqualFields(PatchFields(before.Fields, patch.Fields), before.Fields) {
			return fmt.Errorf("%w: the import writes %s twice, with different fields", ErrConflict, patch.Key.ID())
		}
		p.add(Planned{Outcome: Unchanged, Before: before, After: *before, Skip: true})
		return nil
	}
	after := *before
	after.Import = p.seq
	after.Touches = append(slices.Clone(before.touches()), Touch{Import: p.seq, Added: p.next, Patch: patch.Fields})
	p.refold(before, after)
	return nil
}

func (p *planner) withdraw(before *Stored) {
	if !before.Live {
		p.add(Planned{Outcome: Unchanged, Before: before, After: *before, Skip: true})
		return
	}
	after := *before
	after.Import = p.seq
	after.Touches = append(slices.Clone(before.touches()), Touch{Import: p.seq, Added: p.next, Withdrawn: true})
	p.refold(before, after)
}

func (p *planner) undo(before *Stored) {
	after := *before
	after.Touches = slices.Clone(before.touches())
	after.Import = 0
	found := false
	for i := range after.Touches {
		t := &after.Touches[i]
		if t.Removed == 0 && (t.Import == p.seq || t.Carried == p.seq) {
			t.Removed, found = p.next, true
		}
		if t.Removed == 0 {
			after.Import = t.Import
		}
	}
	if !found {
		p.add(Planned{Outcome: Unchanged, Before: before, After: *before, Skip: true})
		return
	}
	p.refold(before, after)
}

// refold works out what readers see after the touches changed, and what that is called.
func (p *planner) refold(before *Stored, after Stored) {
	after.Fields, after.Live = foldTouches(after.Touches, p.next)
	outcome := Changed
	switch {
	case before.Live == after.Live && EqualFields(before.Fields, after.Fields):
		outcome = Unchanged
	case !before.Live:
		outcome = Created
	case !after.Live:
		outcome = Withdrawn
	}
	if outcome != Unchanged {
		after.Revision = p.next
	}
	p.add(Planned{Outcome: outcome, Before: before, After: after})
}

func (p *planner) add(c Planned) {
	switch c.Outcome {
	case Created:
		p.plan.Counts.Created++
	case Changed:
		p.plan.Counts.Changed++
	case Withdrawn:
		p.plan.Counts.Withdrawn++
	default:
		p.plan.Counts.Unchanged++
	}
	p.plan.Changes = append(p.plan.Changes, c)
}

// finish settles the revision. When nothing changed, the head stays; the touches that were added under the
// next revision then belong to the present one, which reads the same.
func (p *planner) finish(head Revision) Plan {
	p.plan.Revision = p.next
	if p.plan.Counts.Changes() > 0 {
		return p.plan
	}
	p.plan.Revision = head
	for i := range p.plan.Changes {
		c := &p.plan.Changes[i]
		if c.Skip {
			continue
		}
		for j := range c.After.Touches {
			t := &c.After.Touches[j]
			if t.Added == p.next {
				t.Added = head
			}
			if t.Removed == p.next {
				t.Removed = head
			}
		}
	}
	return p.plan
}
