package storetest

import (
	"context"
	"testing"

	"github.com/tributarygraph/tributary/graph"
)

// The reference model passes the suite that it is the reference of.
func TestModel(t *testing.T) {
	Run(t, modelFactory)
}

func modelFactory(testing.TB) func(context.Context) (graph.Store, error) {
	m := newModel()
	return func(context.Context) (graph.Store, error) { return m, nil }
}

// The random operations run on the model, which is compared with itself: they are legal and end.
func TestRandomModel(t *testing.T) {
	Random(t, modelFactory)
}
