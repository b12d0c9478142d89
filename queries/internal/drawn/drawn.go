// Package drawn makes networks for tests out of a few lines of text.
//
//	nvidia kind=company name="Nvidia" aliases=英伟达 country=US
//	product hbm3e parent=hbm
//	source s1 published=2024-05-11
//	hynix -> nvidia : hbm3e share_of_input=0.6 source=s1 period=2024
//	fund => nvidia share=0.07
//	nvidia * gpu market_share=0.9
//	hbm < gpu
//	amd ~ nvidia role=competitor
//
// The signs are supplies (->), owns (=>), makes (*), input_of (<) and associated (~). Beside the fields of a
// statement, dataset, source, asserted_by, period and valid_from are parts of its key; the dataset is "drawn"
// unless said otherwise.
package drawn

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/tributarygraph/tributary/graph"
)

var signs = map[string]graph.Kind{"->": graph.KindSupplies, "=>": graph.KindOwns, "*": graph.KindMakes, "<": graph.KindInputOf, "~": graph.KindAssociated}

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
	case len(tokens) >= 2 && (tokens[0] == "product" || tokens[0] == "source"):
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
	slices.SortFunc(statements, func(a, b graph.Statement) int { return a.Key.Compare(b.Key) })
	v, err := graph.Load(context.Background(), reader{statements: statements})
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// reader is the part of a store that a View is loaded from.
type reader struct {
	graph.Store
	statements []graph.Statement
}

func (r reader) Read(_ context.Context, _ graph.ReadOptions, to graph.Sink) (graph.Head, error) {
	for i := range r.statements {
		if err := to.Put(&r.statements[i]); err != nil {
			return graph.Head{}, err
		}
	}
	return graph.Head{UUID: "drawn", Revision: graph.Revision(cmp.Compare(len(r.statements), 0))}, nil
}
