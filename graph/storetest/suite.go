// Package storetest is the contract of graph.Store in executable form. Every store runs the whole of it,
// without exclusions:
//
//	func TestStore(t *testing.T) { storetest.Run(t, factory) }
//	func TestRandom(t *testing.T) { storetest.Random(t, factory) }
//	func BenchmarkStore(b *testing.B) { storetest.Benchmark(b, factory) }
package storetest

import (
	"context"
	"slices"
	"testing"

	"github.com/tributarygraph/tributary/graph"
)

// Factory makes a new, empty store for one test and tells how to open it: each call of open gives another
// handle onto that same store, as another process would have. The suite closes the handles; the factory
// removes the store, with tb.Cleanup, if anything is left to remove. Tests do not run in parallel, and at
// most one store of a factory is in use at a time.
type Factory func(tb testing.TB) (open func(context.Context) (graph.Store, error))

// Run runs every test of the suite, each on a fresh store.
func Run(t *testing.T, factory Factory) {
	seen := map[string]bool{}
	for _, test := range slices.Concat(applyTests, importTests, readTests, changeTests, nodeTests, stateTests, sharingTests) {
		if seen[test.name] {
			t.Errorf("two tests are called %q", test.name)
		}
		seen[test.name] = true
		t.Run(test.name, func(t *testing.T) { test.run(newEnv(t, factory)) })
	}
}

// conformance is one named test of the suite.
type conformance struct {
	name string
	run  func(*env)
}
