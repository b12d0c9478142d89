package neo4jstore_test

import (
	"strings"
	"testing"

	"github.com/tributarygraph/tributary/graph"
	"github.com/tributarygraph/tributary/graph/neo4jstore"
)

// TestCheck edits the database as a user of Neo4j might, and looks what is found.
func TestCheck(t *testing.T) {
	for _, test := range []struct{ name, edit, says string }{
		{"nothing", "RETURN 1", ""},
		{"a number changed", "MATCH ()-[r:SUPPLIES {value: 2}]->() SET r.value = 3", "1 statements were changed by hand, the first: supplies~a~b~"},
		{"a number added", "MATCH ()-[r:SUPPLIES {value: 2}]->() SET r.share_of_input = 0.5", "1 statements were changed by hand"},
		{"the other end changed", "MATCH (a)-[r:SUPPLIES {value: 2}]->(), (c:Company {id: 'c'}) CREATE (a)-[s:SUPPLIES]->(c) WITH r, s, properties(r) AS p DELETE r SET s = p", "1 statements were changed by hand"},
		{"a relationship deleted", "MATCH ()-[r:SUPPLIES {value: 2}]->() DELETE r", "3 statements are there, and there ought to be 4"},
		{"a relationship added", "MATCH (a:Company {id: 'a'}), (c:Company {id: 'c'}) CREATE (a)-[:SUPPLIES {value: 1}]->(c)", "1 relationships were added by hand, the first: SUPPLIES between \"a\" and \"c\""},
		{"a node added", "CREATE (:Company {id: 'x'})", "1 nodes were added by hand, or are left over: nothing is said of them, the first: Company x"},
		{"history deleted", "MATCH (h:TributaryHistory) DELETE h", "1 statements have lost or gained history"},
		{"a constraint dropped", "DROP CONSTRAINT tributary_SUPPLIES_claim", "make it again: CREATE CONSTRAINT tributary_SUPPLIES_claim"},
	} {
		t.Run(test.name, func(t *testing.T) {
			opened, err := factory(t)(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			defer opened.Close()
			store := opened.(*neo4jstore.Store)
			supplies := graph.Statement{
				Key:    graph.Key{RelationKey: graph.RelationKey{Kind: graph.KindSupplies, From: "a", To: "b"}, Dataset: "d"},
				Fields: []graph.Field{{ID: graph.FieldValue, Number: 1}},
			}
			first := batch(1, "a", "b", "c")
			first.Statements = append(first.Statements, supplies)
			second := graph.Batch{Import: &graph.ImportStep{Key: "k2", Dataset: "d", Ordinal: 1}, Statements: []graph.Statement{supplies.Clone()}}
			second.Statements[0].Fields[0].Number = 2
			for _, b := range []graph.Batch{first, second} {
				if _, err := store.Apply(t.Context(), b); err != nil {
					t.Fatal(err)
				}
			}
			cypher(t, test.edit, nil)
			problems, err := store.Check(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			all := strings.Join(problems, "\n")
			if test.says == "" && all != "" || !strings.Contains(all, test.says) {
				t.Errorf("found %q; want %q", all, test.says)
			}
		})
	}
}
