package sample_test

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/tributarygraph/tributary/graph"
)

// TestDocumentsCount holds the numbers of README.md and docs/sample.md to those of the files.
func TestDocumentsCount(t *testing.T) {
	tables := read(t)
	claims, shares := 0, 0
	ofRelation := map[graph.RelationKey]int{}
	for _, file := range tables {
		if !file.kind.IsRelation() {
			continue
		}
		for _, r := range file.rows {
			claims++
			ofRelation[r.key.RelationKey]++
			if r.cells["market_share"] != "" {
				shares++
			}
		}
	}
	supplied, several := 0, 0
	for key, n := range ofRelation {
		if key.Kind != graph.KindSupplies {
			continue
		}
		supplied++
		if n > 1 {
			several++
		}
	}

	wanted := map[string][]string{
		"README.md": {fmt.Sprintf("%d companies, %d relations, %d claims from %d public sources",
			len(tables["companies"].rows), len(ofRelation), claims, len(tables["sources"].rows))},
		"docs/sample.md": {
			fmt.Sprintf("%d relations, %d of them with several claims", supplied, several),
			fmt.Sprintf("where it states one (%d do)", shares),
		},
	}
	for _, file := range tables {
		wanted["docs/sample.md"] = append(wanted["docs/sample.md"], fmt.Sprintf("| `%s` | %d |", file.name, len(file.rows)))
	}
	for name, sentences := range wanted {
		text := document(t, name)
		for _, s := range sentences {
			if !strings.Contains(text, s) {
				t.Errorf("%s does not say: %s", name, s)
			}
		}
	}
}

// document is the text of a file of the repository, on one line.
func document(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile("../../" + name)
	if err != nil {
		t.Fatal(err)
	}
	return strings.Join(strings.Fields(string(text)), " ")
}
