package neo4jstore_test

import (
	"os"
	"regexp"
	"testing"

	"github.com/tributarygraph/tributary/importer"
	"github.com/tributarygraph/tributary/importer/sample"
)

// TestDocs runs the queries of docs/neo4j.md on the sample.
func TestDocs(t *testing.T) {
	text, err := os.ReadFile("../../docs/neo4j.md")
	if err != nil {
		t.Fatal(err)
	}
	store, err := factory(t)(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	inputs, err := importer.FilesOf(sample.FS(), "*.csv")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := importer.Import(t.Context(), store, inputs, importer.Options{Dataset: "sample"}); err != nil {
		t.Fatal(err)
	}
	queries := regexp.MustCompile("(?s)```cypher\n(.*?)```").FindAllStringSubmatch(string(text), -1)
	if len(queries) != 5 {
		t.Errorf("the page has %d queries; want 5", len(queries))
	}
	for _, query := range queries {
		if rows := cypher(t, query[1], nil); len(rows) == 0 {
			t.Errorf("no answer to\n%s", query[1])
		}
	}
}
