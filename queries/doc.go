// Package queries answers questions about the network of a [graph.View]: who supplies whom, over how many tiers,
// along which paths, on whose word.
//
// Every question is a function of a context, a View and a typed request; its answer is a typed value whose JSON
// is what the API and the command line both print. Nothing here reads a store or the network: the same View and
// request give the same answer, byte for byte.
//
// A question whose context passes its deadline answers with what it has found by then and says so
// (stopped_because "deadline"); one whose context is cancelled fails with the context's error.
package queries
