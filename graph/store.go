package graph

import (
	"context"
	"encoding/json"
	"time"
)

// Revision counts the batches that changed a store. A store that nothing was written to is at 0; each batch
// that changes anything raises it by one, in the order of commits.
type Revision uint64

// Head tells which store this is and how far it has come. Answers computed from equal heads are equal.
type Head struct {
	UUID     string // made when the store is made; tells a restored or replaced store from this one
	Revision Revision
}

// Store keeps statements. Both implementations pass the suite in storetest, which is the contract in
// executable form; what follows is the same in words.
//
// Every method is safe for concurrent use, also by several processes on one store, and honours its context.
// A method that fails leaves the store as it was. Errors wrap the kinds of this package: ErrUnavailable when
// the store cannot be reached, ErrSchema when another program's or a newer schema is found.
type Store interface {
	// Head is the current revision. It is cheap: servers call it several times a second.
	Head(context.Context) (Head, error)

	// Apply writes a batch, whole or not at all, and tells what it did.
	//
	// A batch that changes nothing that readers can see does not raise the revision. A batch with an
	// Import step is idempotent: one whose ordinal was already applied (in this process, or before a
	// crash) is not applied again and comes back with Repeated set; one that leaves an ordinal out is
	// refused with ErrConflict. State changes that lose their compare-and-set refuse the whole batch
	// with ErrConflict.
	//
	//	a, err := store.Apply(ctx, Batch{Import: &ImportStep{Key: "k1", Dataset: "d", Ordinal: 1}, Statements: s})
	//	// a.Counts.Created == len(s), a.Revision == 1
	//	a, err = store.Apply(ctx, thatBatchAgain)
	//	// a.Repeated, a.Counts == Counts{}, a.Revision == 1
	Apply(context.Context, Batch) (Applied, error)

	// Read delivers every live statement of the kinds asked for and the merges in force, and returns the
	// head that this is the state of: a consistent snapshot, also while others write. Statements come in
	// the order of their keys where ReadOptions.Sorted asks for it, in any order elsewhere. An error of
	// the sink ends the reading and is returned.
	Read(context.Context, ReadOptions, Sink) (Head, error)

	// Changes delivers what became different after the revision since: each statement touched, once, in
	// its present state or withdrawn, likewise the merges; without details. Statements that came and
	// went in between may be delivered as withdrawn. It returns the head that applying the changes leads
	// to. When the changes are no longer kept (see [Kept]), or never were one by one (a bulk load), nothing is
	// delivered and the error is ErrRevisionCompacted: read in full. A revision beyond the head is
	// ErrInvalid.
	Changes(ctx context.Context, since Revision, to Sink) (Head, error)

	// Details are the live statements with these keys with all their fields, in the order of the keys;
	// keys that are not live are left out.
	Details(context.Context, []Key) ([]Statement, error)

	// Imports lists the imports ever begun, the oldest first.
	Imports(context.Context) ([]Import, error)

	// State is the store's side table of application state.
	State() State

	// Close releases the store. Calls under way may fail.
	Close() error
}

// ReadOptions narrow a read.
type ReadOptions struct {
	Kinds   []Kind    // all when empty
	Details bool      // deliver the bulky fields too
	Sorted  bool      // deliver statements in the order of their keys
	At      *Revision // the state at an earlier revision; nil for the head
}

// Sink takes what a store delivers. Calls come from one goroutine at a time.
type Sink interface {
	// Put takes a live statement. The statement and its Fields are reused after the call returns; the
	// strings in them are not, but may be parts of long ones: a sink that keeps few clones what it keeps.
	Put(*Statement) error
	// Withdraw tells that a statement is no longer live.
	Withdraw(Key) error
	// Merge takes a decision that two records are the same node, or are not.
	Merge(Sameness) error
	// Unmerge tells that the decision about this record no longer stands.
	Unmerge(kind Kind, id string) error
}

// Batch is what one Apply writes: statements with the step of the import they belong to, a sweep or an undo,
// or decisions of people. Statements, Sweep and Undo exclude one another.
type Batch struct {
	// Import is the import that the batch is a step of; required with Statements and Sweep.
	Import *ImportStep
	// Statements are patches, sorted by key, each key once, and all statements of a series (see
	// [Key.Series]) in one batch. An import writes a key once.
	Statements []Statement
	// Sweep withdraws statements of the import's dataset that the import did not write ("this is all
	// that the dataset says now"), at most Limit of them; Applied.More tells whether some remain.
	Sweep bool
	// Undo takes back what the complete or broken import with this key wrote, at most Limit statements
	// a call; Applied.More tells whether some remain. What other imports wrote of the same statements
	// comes to light again. A key of no import is ErrNotFound.
	Undo string
	// Limit bounds Sweep and Undo; 0 leaves it to the store.
	Limit int
	// Merge and Unmerge write decisions about sameness, also that two records are different. Merging a record
	// again replaces its decision. Unmerge of a record without one changes nothing.
	Merge   []Sameness
	Unmerge []NodeKey
	// State is written together with the rest.
	State []StateChange
	// DryRun tells what would happen, and writes nothing.
	DryRun bool
}

// ImportStep says which import a batch belongs to and how far the import is with it.
type ImportStep struct {
	Key     string // identifies the import: the same contents, mapping and settings give the same key
	Dataset string // for the list of imports; each statement names its own
	Ordinal int    // 1 for the first batch of the import, then 2, ...
	Final   bool   // the import is complete with this batch
	// Info is the importer's own record (files, hashes, rows, settings), JSON; replaces the earlier one.
	Info json.RawMessage
	// Time is when the step was taken, for the list of imports.
	Time time.Time
}

// Applied tells what a batch did.
type Applied struct {
	Counts
	Revision Revision // the head after the batch
	Repeated bool     // the batch had been applied before; nothing was done now
	More     bool     // of a sweep or an undo: more remains to be done
}

// Counts counts statements by what became of them.
type Counts struct {
	Created   int `json:"created"`
	Changed   int `json:"changed"`
	Unchanged int `json:"unchanged"`
	Withdrawn int `json:"withdrawn"`
}

// Add adds o to c.
func (c *Counts) Add(o Counts) {
	c.Created += o.Created
	c.Changed += o.Changed
	c.Unchanged += o.Unchanged
	c.Withdrawn += o.Withdrawn
}

// Changes is the number of statements that readers now see differently.
func (c Counts) Changes() int { return c.Created + c.Changed + c.Withdrawn }

// ImportStatus is how far an import has come.
type ImportStatus string

// The statuses of an import. An import that is undone may be imported again; it is then a new one.
const (
	ImportRunning  ImportStatus = "running"
	ImportComplete ImportStatus = "complete"
	ImportUndoing  ImportStatus = "undoing"
	ImportUndone   ImportStatus = "undone"
)

// Import is the record of one import.
type Import struct {
	Seq      int64           `json:"seq"` // given by the store, rising in the order in which imports began
	Key      string          `json:"key"`
	Dataset  string          `json:"dataset"`
	Status   ImportStatus    `json:"status"`
	Started  time.Time       `json:"started"`
	Finished time.Time       `json:"finished,omitzero"`
	Batches  int             `json:"batches"` // ordinal of the last batch applied
	Counts   Counts          `json:"counts"`  // of all its batches
	Revision Revision        `json:"revision"`
	Info     json.RawMessage `json:"info,omitempty"`
}

// NodeKey names a record: a company or product as some statement writes it.
type NodeKey struct {
	Kind Kind
	ID   string
}

// Sameness is a decision that the record ID is the node Canonical, or that two records are not one (see [Different]).
type Sameness struct {
	NodeKey
	Canonical string // empty where two are different
	By        string // the person or rule that decided
	Why       string
	At        time.Time // UTC, to the second
}

// State is a small keyed store for what the program must remember beside statements: jobs, reviews,
// decisions, watches. Keys live in namespaces; values are opaque.
type State interface {
	// Get is the value of a key and its version; ErrNotFound when there is none.
	Get(ctx context.Context, namespace, key string) (StateEntry, error)
	// Scan lists entries of the namespace with keys greater than after, in the order of keys, at most
	// limit (all when 0).
	Scan(ctx context.Context, namespace, after string, limit int) ([]StateEntry, error)
	// CompareAndSet writes the value if the key's version is still the one given (0: the key does not
	// exist) and returns the new version; ErrConflict when it is not. A nil value deletes the key.
	CompareAndSet(ctx context.Context, change StateChange) (version uint64, err error)
}

// StateEntry is a value with the version that a compare-and-set must name.
type StateEntry struct {
	Key     string
	Value   []byte
	Version uint64 // at least 1; rises with each write of the key
}

// StateChange is one compare-and-set.
type StateChange struct {
	Namespace, Key string
	Version        uint64 // the version that is replaced; 0 when the key must not exist
	Value          []byte // nil deletes
}

// BatchSizer is what a store may implement to say how many statements a batch should have to be written fast.
type BatchSizer interface{ BatchSize() int }
