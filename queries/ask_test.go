package queries_test

import (
	"context"

	"pgregory.net/rapid"

	"github.com/tributarygraph/tributary/graph"
)

// ask asks a question, and fails the test when it has no answer.
func ask[Request, Answer any](t rapid.TB, question func(context.Context, *graph.View, Request) (*Answer, error), v *graph.View, req Request) *Answer {
	t.Helper()
	a, err := question(context.Background(), v, req)
	if err != nil {
		t.Fatal(err)
	}
	return a
}
