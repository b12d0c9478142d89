// Package drawn makes networks for tests out of a few lines of text.
//
//	nvidia kind=company name="Nvidia" aliases=英伟达 country=US
//	product hbm3e parent=hbm
//	source s1 published=2024-05-11
//	site fab-18 operator=tsmc place=23.1,120.3
//	hynix -> nvidia : hbm3e share_of_input=0.6 source=s1 period=2024
//	fund => nvidia share=0.07
//	nvidia * gpu market_share=0.9
//	hbm < gpu
//	amd ~ nvidia role=competitor
//	ofac ! acme programme=SDGT valid_from=2024-05-11
//
// The signs are supplies (->), owns (=>), makes (*), input_of (<), associated (~) and lists (!). Beside the fields of a
// statement, dataset, source, asserted_by, period and valid_from are parts of its key; the dataset is "drawn"
// unless said otherwise.
package drawn

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/tributarygraph/tributary/graph"
	"github.com/tributarygraph/tributary/graph/sqlitestore"
)

var signs = map[string]graph.Kind{"->": graph.KindSupplies, "=>": graph.KindOwns, "*": graph.KindMakes, "<": graph.KindInputOf, "~": graph.KindAssociated, "!": graph.KindLists}

// Statements reads a drawing.
func Statements(t testing.TB, text string) []graph.Statement {
	t.Helper()
	var out []graph.Statement
	for line := range strings.Lines(text) {
		if tokens := split(line); len(tokens) > 0 && !strings.HasPrefix(tokens[0], "//") {
			out = append(out, statement(t, tokens))
		}
	}
	return out
}

// split splits a line at white space outside of double quotes, which it removes.
func split(line string) []string {
	quoted := false
	tokens := strings.FieldsFunc(line, func(r rune) bool {
		if r == '"' {
			quoted = !quoted
		}
		return !quoted && (r == ' ' || r == '\t' || r == '\n')
	})
	for i := range tokens {
		tokens[i] = strings.ReplaceAll(tokens[i], `"`, "")
	}
	return tokens
}

func statement(t testing.TB, tokens []string) graph.Statement {
	t.Helper()
	s := graph.Statement{Key: graph.Key{Dataset: "drawn"}}
	rest := tokens[1:]
	switch {
	case len(tokens) >= 3 && signs[tokens[1]] != 0:
		s.RelationKey = graph.RelationKey{Kind: signs[tokens[1]], From: tokens[0], To: tokens[2]}
		rest = tokens[3:]
		if len(rest) >= 2 && rest[0] == ":" {
			s.Product, rest = rest[1], rest[2:]
		}
	case len(tokens) >= 2 && (tokens[0] == "product" || tokens[0] == "source" || tokens[0] == "site"):
		kind, _ := graph.ParseKind(tokens[0])
		s.RelationKey = graph.RelationKey{Kind: kind, From: tokens[1]}
		rest = tokens[2:]
	default:
		s.RelationKey = graph.RelationKey{Kind: graph.KindCompany, From: tokens[0]}
	}
	for _, token := range rest {
		name, value, ok := strings.Cut(token, "=")
		if !ok {
			t.Fatalf("drawn: %q in %q: want name=value", token, tokens)
		}
		set(t, &s, name, value)
	}
	slices.SortFunc(s.Fields, func(a, b graph.Field) int { return int(a.ID) - int(b.ID) })
	return s
}

func set(t testing.TB, s *graph.Statement, name, value string) {
	t.Helper()
	var err error
	switch name {
	case "dataset":
		s.Dataset = value
	case "source":
		s.Source = value
	case "asserted_by":
		s.AssertedBy = value
	case "period":
		s.Period, err = graph.ParsePeriod(value)
	case "valid_from":
		s.ValidFrom, err = graph.ParseDate(value)
	default:
		id, ok := graph.FieldByName(s.Kind, name)
		if !ok {
			t.Fatalf("drawn: a %v has no field %q", s.Kind, name)
		}
		var f graph.Field
		f, err = graph.ParseField(id, value)
		s.Fields = append(s.Fields, f)
	}
	if err != nil {
		t.Fatalf("drawn: %s=%s: %v", name, value, err)
	}
}

// View is the View of a drawing.
func View(t testing.TB, text string) *graph.View {
	t.Helper()
	return ViewOf(t, Statements(t, text))
}

// ViewOf is the View of statements.
func ViewOf(t testing.TB, statements []graph.Statement) *graph.View {
	t.Helper()
	store := Open(t)
	defer func() { _ = store.Close() }() // what was read is in the View
	return ViewIn(t, store, statements)
}

// ViewIn is the View of statements that are put into a store and taken back: tests that need many Views make one
// store for all.
func ViewIn(t testing.TB, store graph.Store, statements []graph.Statement) *graph.View {
	t.Helper()
	key := Put(t, store, statements)
	v, err := graph.Load(context.Background(), store)
	if err == nil {
		_, err = store.Apply(context.Background(), graph.Batch{Undo: key})
	}
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// Open is a new store, in a file of its own, closed with the test.
func Open(t testing.TB) *sqlitestore.Store {
	t.Helper()
	folder, err := os.MkdirTemp("", "drawn")
	if err != nil {
		t.Fatal(err)
	}
	store, err := sqlitestore.Open(context.Background(), filepath.Join(folder, "network.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = store.Close() // again, where the test closed it
		_ = os.RemoveAll(folder)
	})
	return store
}

var imports atomic.Int64

// Put writes statements to the store, as an import of their own, and returns its key.
func Put(t testing.TB, store graph.Store, statements []graph.Statement) (key string) {
	t.Helper()
	statements = slices.Clone(statements)
	slices.SortFunc(statements, func(a, b graph.Statement) int { return a.Key.Compare(b.Key) })
	key = fmt.Sprintf("drawn-%d", imports.Add(1))
	step := &graph.ImportStep{Key: key, Dataset: "drawn", Ordinal: 1, Final: true, Time: time.Unix(0, 0).UTC()}
	if _, err := store.Apply(context.Background(), graph.Batch{Import: step, Statements: statements}); err != nil {
		t.Fatal(err)
	}
	return key
}

// Supplies is the statement that one company supplies another.
func Supplies(from, to, product string) graph.Statement {
	return graph.Statement{Key: graph.Key{RelationKey: graph.RelationKey{Kind: graph.KindSupplies, From: from, To: to, Product: product}, Dataset: "drawn"}}
}
