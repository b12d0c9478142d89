// Package graph is the model of a supply network: what sources say of companies, products and the
// relations between them, and the network that follows from it.
//
// Two layers must not be mixed up:
//
//   - A [Statement] is what one dataset, citing one source, says. A [Store] holds statements, never
//     conclusions; nothing overwrites what another dataset says.
//   - A [View] is the network that follows: the statements of every dataset folded into companies,
//     products and relations, dense and immutable, in memory. Queries run on a View.
//
// Everything points downstream: from a supplier to its buyer, from an owner to what it owns, from an
// input to what is made of it.
package graph
