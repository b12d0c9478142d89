package neo4jstore_test

import (
	"fmt"
	"testing"

	"github.com/tributarygraph/tributary/graph"
)

// TestOperates checks that a site hangs on the company that it names as its operator, and on no other, and that a
// company which nothing names any longer goes.
func TestOperates(t *testing.T) {
	store, err := factory(t)(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	said := 0
	say := func(operator string) {
		t.Helper()
		said++
		s := graph.Statement{Key: graph.Key{RelationKey: graph.RelationKey{Kind: graph.KindSite, From: "fab"}, Dataset: "d"},
			Fields: []graph.Field{{ID: graph.FieldName, Text: "Fab"}, {ID: graph.FieldOperator, Text: operator}, {ID: graph.FieldPlace, Text: "24.8,121.5"}}}
		batch := graph.Batch{Import: &graph.ImportStep{Key: fmt.Sprint(said), Dataset: "d", Ordinal: 1, Final: true}, Statements: []graph.Statement{s}}
		if _, err := store.Apply(t.Context(), batch); err != nil {
			t.Fatal(err)
		}
	}
	holds := func(want string) {
		t.Helper()
		rows := cypher(t, `OPTIONAL MATCH (s:Site) OPTIONAL MATCH (c:Company) OPTIONAL MATCH (c)-[o:OPERATES]->(s)
			RETURN s.name, s.location.latitude, s.location.longitude, c.id, o IS NOT NULL`, nil)
		if got := fmt.Sprint(rows); got != want {
			t.Errorf("the graph holds %s; want %s", got, want)
		}
	}
	say("TSMC")
	holds("[[Fab 24.8 121.5 TSMC true]]")
	say("UMC")
	holds("[[Fab 24.8 121.5 UMC true]]")
	say("")
	holds("[[Fab 24.8 121.5 <nil> false]]")
	say("UMC")
	for i := said; i > 0; i-- {
		if _, err := store.Apply(t.Context(), graph.Batch{Undo: fmt.Sprint(i)}); err != nil {
			t.Fatal(err)
		}
	}
	holds("[[<nil> <nil> <nil> <nil> false]]")
}
