package graph

import "errors"

// The kinds of error that callers act on. Test for them with [errors.Is]; the message of an error that
// wraps one says what was found, where, and what to do.
var (
	// ErrInvalid: the caller's input is not of the allowed form.
	ErrInvalid = errors.New("invalid")
	// ErrNotFound: nothing has that id.
	ErrNotFound = errors.New("not found")
	// ErrAmbiguous: a name or identifier fits several; see [AmbiguousError].
	ErrAmbiguous = errors.New("ambiguous")
	// ErrConflict: the write contradicts what the store holds (a compare-and-set that lost, an ordinal
	// out of turn); nothing was written.
	ErrConflict = errors.New("conflict")
	// ErrRevisionCompacted: the changes since that revision are no longer kept one by one; read in full.
	ErrRevisionCompacted = errors.New("revision compacted")
	// ErrSchema: the store was written by a newer or foreign program.
	ErrSchema = errors.New("unsupported store schema")
	// ErrUnavailable: the store cannot be reached now; trying again later may succeed.
	ErrUnavailable = errors.New("store unavailable")
)
