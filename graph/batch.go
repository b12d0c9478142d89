package graph

import (
	"fmt"
	"math"
)

// This file is, like plan.go, what stores must agree on before they write anything: which batches are
// refused, and whose turn a step of an import is.

// Check refuses a batch that breaks the rules stated at [Batch], with ErrInvalid.
func (b *Batch) Check() error {
	if exclusive(len(b.Statements) > 0, b.Sweep, b.Undo != "") > 1 {
		return fmt.Errorf("%w: a batch holds either statements, a sweep or an undo", ErrInvalid)
	}
	if b.Import == nil && (len(b.Statements) > 0 || b.Sweep) {
		return fmt.Errorf("%w: statements and sweeps are steps of an import; the batch names none", ErrInvalid)
	}
	if b.Import != nil && b.Undo != "" {
		return fmt.Errorf("%w: an undo is not a step of an import", ErrInvalid)
	}
	if b.Import != nil && (b.Import.Key == "" || b.Import.Ordinal < 1) {
		return fmt.Errorf("%w: import step with key %q and ordinal %d; allowed: a key, and ordinals from 1", ErrInvalid, b.Import.Key, b.Import.Ordinal)
	}
	if b.Limit < 0 {
		return fmt.Errorf("%w: limit %d; allowed: 0 or more", ErrInvalid, b.Limit)
	}
	for i := range b.Merge {
		if err := b.Merge[i].check(); err != nil {
			return err
		}
	}
	for i := range b.Statements {
		if err := b.Statements[i].check(); err != nil {
			return err
		}
		if i > 0 && b.Statements[i-1].Key.Compare(b.Statements[i].Key) >= 0 {
			return fmt.Errorf("%w: the statements are not sorted by key, each once: %s stands before %s", ErrInvalid, b.Statements[i-1].Key.ID(), b.Statements[i].Key.ID())
		}
	}
	return nil
}

func exclusive(parts ...bool) (n int) {
	for _, part := range parts {
		if part {
			n++
		}
	}
	return n
}

// check refuses ends that the kind does not have, fields that it does not carry, numbers that are infinite
// and fields out of order.
func (s *Statement) check() error {
	if s.Kind >= NumKinds {
		return fmt.Errorf("%w: statement of %s", ErrInvalid, s.Kind)
	}
	if !s.Kind.IsRelation() && s.To != "" || s.Kind != KindSupplies && s.Product != "" {
		return fmt.Errorf("%w: %s: a statement of kind %s has no such end or product", ErrInvalid, s.Key.ID(), s.Kind)
	}
	for i, f := range s.Fields {
		if f.ID >= NumFields || !carries[s.Kind][f.ID] {
			return fmt.Errorf("%w: %s: a statement of kind %s has no field %d", ErrInvalid, s.Key.ID(), s.Kind, f.ID)
		}
		if math.IsInf(f.Number, 0) {
			return fmt.Errorf("%w: %s: %s is infinite", ErrInvalid, s.Key.ID(), f.ID)
		}
		if i > 0 && s.Fields[i-1].ID >= f.ID {
			return fmt.Errorf("%w: %s: its fields are not sorted, each once", ErrInvalid, s.Key.ID())
		}
	}
	return nil
}

// carries tells which fields a statement of a kind may have.
var carries = func() (table [NumKinds][NumFields]bool) {
	for kind, fields := range fieldsByKind {
		for _, f := range fields {
			table[kind][f] = true
		}
	}
	return table
}()

// Turn decides about the import step of the batch, which has one, when the store knows that import as known
// (nil when it knows none with that key). The step was applied before when repeated is true. A known import
// that was undone is as none: the step then begins a new one. A step out of turn is ErrConflict, except of a
// dry run, whose earlier batches were not written.
func (b *Batch) Turn(known *Import) (repeated bool, err error) {
	s := b.Import
	if known != nil && known.Status == ImportUndone {
		known = nil
	}
	switch {
	case b.DryRun && (known == nil || s.Ordinal > known.Batches && known.Status == ImportRunning):
		return false, nil
	case known == nil && s.Ordinal == 1:
		return false, nil
	case known == nil:
		return false, fmt.Errorf("%w: import %q begins with batch 1, not %d; start it again", ErrConflict, s.Key, s.Ordinal)
	case known.Status == ImportUndoing:
		return false, fmt.Errorf("%w: import %q is being undone; finish the undo, then import again", ErrConflict, s.Key)
	case s.Ordinal <= known.Batches:
		return true, nil
	case known.Status == ImportComplete:
		return false, fmt.Errorf("%w: import %q is complete with batch %d; batch %d cannot follow", ErrConflict, s.Key, known.Batches, s.Ordinal)
	case s.Ordinal > known.Batches+1:
		return false, fmt.Errorf("%w: import %q goes on with batch %d, not %d; start it again", ErrConflict, s.Key, known.Batches+1, s.Ordinal)
	}
	return false, nil
}
