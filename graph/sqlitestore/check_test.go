package sqlitestore_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/tributarygraph/tributary/graph"
	"github.com/tributarygraph/tributary/graph/sqlitestore"
)

func TestCheckFindsDamage(t *testing.T) {
	path := filepath.Join(t.TempDir(), "t.db")
	open := func() *sqlitestore.Store {
		s, err := sqlitestore.Open(t.Context(), path)
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	s := open()
	var statements []graph.Statement
	for i := range 5000 {
		key := graph.Key{RelationKey: graph.RelationKey{Kind: graph.KindSupplies, From: string(rune('a'+i/1000)) + string(rune('가'+i%1000)), To: "b"}, Dataset: "d"}
		statements = append(statements, graph.Statement{Key: key})
	}
	step := &graph.ImportStep{Key: "k", Dataset: "d", Ordinal: 1, Final: true}
	if _, err := s.Apply(t.Context(), graph.Batch{Import: step, Statements: statements}); err != nil {
		t.Fatal(err)
	}
	if problems, err := s.Check(t.Context()); err != nil || len(problems) > 0 {
		t.Fatalf("a sound file: %v, %v", problems, err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for page := len(data) / 8192 / 2; page < len(data)/8192; page++ {
		clear(data[page*8192 : page*8192+64]) // the headers of the pages of the second half
	}
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	s = open()
	defer s.Close()
	if problems, err := s.Check(t.Context()); err == nil && len(problems) == 0 {
		t.Error("damage is not found")
	}
}
