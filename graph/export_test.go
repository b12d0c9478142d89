package graph

// CompactRelations is the first of the two steps of Compact.
func (v *View) CompactRelations() *View { return v.compactRelations() }

func init() { partMin = 3 }
