package neo4jstore

// ReadInSmallPortions makes everything be read in portions so small that the seams between them show, until
// restore is called.
func ReadInSmallPortions() (restore func()) {
	before := sizes
	sizes.page, sizes.rare, sizes.hub, sizes.lookup, sizes.walk = 2, 0, 1, 2, 2
	return func() { sizes = before }
}
