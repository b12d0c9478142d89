package main

import (
	"errors"
	"fmt"
	"strings"

	"github.com/tributarygraph/tributary/graph"
	"github.com/tributarygraph/tributary/queries"
)

// resolve finds the company or product that the user names and gives what questions find it by. Where a name fits
// several, or none, the error lists what it could be.
func resolve(v *graph.View, k graph.Kind, ref string) (string, error) {
	n, err := v.Lookup(k, ref)
	if err != nil {
		return "", explainName(v, k, ref, err)
	}
	return v.Ref(k, n), nil
}

// resolveSaid is resolve in place, for what the user may leave out.
func resolveSaid(v *graph.View, k graph.Kind, ref *string) (err error) {
	if *ref != "" {
		*ref, err = resolve(v, k, *ref)
	}
	return err
}

// resolveID is resolve, for decisions: it gives the id itself.
func resolveID(v *graph.View, k graph.Kind, ref string) (string, error) {
	n, err := v.Lookup(k, ref)
	if err != nil {
		return "", explainName(v, k, ref, err)
	}
	return v.ID(k, n), nil
}

func explainName(v *graph.View, k graph.Kind, ref string, err error) error {
	var ambiguous *graph.AmbiguousError
	switch {
	case errors.As(err, &ambiguous):
		var nodes []graph.Node
		for _, id := range ambiguous.Candidates {
			if n, ok := v.Find(k, id); ok {
				nodes = append(nodes, n)
			}
		}
		return hint(fmt.Errorf("%w: %q fits %s", graph.ErrAmbiguous, ref, plural(len(nodes), nounOf(k))),
			"use an id:\n%s", describe(v, k, nodes))
	case errors.Is(err, graph.ErrNotFound):
		missing := fmt.Errorf("%w: no %v is called %q", graph.ErrNotFound, k, ref)
		near := queries.NearNames(v, k, ref)
		if len(near) == 0 {
			return hint(missing, "find --help tells how to look for names")
		}
		return hint(missing, "nearest:\n%s", describe(v, k, near))
	}
	return err
}

// describe lists nodes with their ids, one a line.
func describe(v *graph.View, k graph.Kind, nodes []graph.Node) string {
	t := &table{columns: []column{{title: "id"}, {title: "name"}, {title: "chinese"}, {title: "country"}, {title: "sector"}}}
	for _, n := range nodes {
		t.add(v.ID(k, n), v.Name(k, n), v.HanName(k, n), v.NodeText(k, n, graph.FieldCountry), v.NodeText(k, n, graph.FieldSector))
	}
	var b strings.Builder
	t.write(&b, 0, false)
	_, rows, _ := strings.Cut(b.String(), "\n")
	return strings.TrimRight("  "+strings.ReplaceAll(rows, "\n", "\n  "), " \n")
}

func nounOf(k graph.Kind) string {
	if k == graph.KindCompany {
		return "companies"
	}
	return k.String() + "s"
}

// plural is a count with its noun, given in the plural.
func plural(n int, nouns string) string {
	if n != 1 {
		return thousands(n) + " " + nouns
	}
	if stem, found := strings.CutSuffix(nouns, "ies"); found {
		return "1 " + stem + "y"
	}
	return "1 " + strings.TrimSuffix(nouns, "s")
}
