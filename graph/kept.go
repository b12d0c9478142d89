package graph

// KeptChanges says how much of its log of changes, from which [Store.Changes] is answered, a store keeps: whatever
// the newest Revisions changed, and of what is older as much as makes up about Statements changed statements with
// them. Who is further behind reads the store in full, which is quicker then.
type KeptChanges struct {
	Revisions  Revision
	Statements int64
}

// Kept is what stores keep. Tests set other bounds.
var Kept = KeptChanges{Revisions: 1_000, Statements: 1_000_000}

// Looks reports whether a store that writes revision r, and has given up the log up to a floor, looks whether more
// can go. It costs as much as going through the log, so it is done every so many revisions.
func (k KeptChanges) Looks(r, floor Revision) bool {
	return r > k.Revisions && r-k.Revisions > floor && r%max(1, k.Revisions/20) == 0
}

// Floor is the revision up to which the log may be given up at revision r, when older is the last revision that lies
// beyond the statements kept.
func (k KeptChanges) Floor(r, older Revision) Revision { return min(older, r-k.Revisions) }
