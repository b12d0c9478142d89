package graph

import (
	"runtime"
	"weak"
)

// CompactRelations is the first of the steps of Compact.
func (v *View) CompactRelations() *View { return v.compactRelations() }

func init() { partMin = 3 }

// Held reports whether something still refers to the View's relations, once it is called.
func (v *View) Held() (held func() bool) {
	base := weak.Make(v.relations.relationBase)
	return func() bool {
		runtime.GC()
		return base.Value() != nil
	}
}
