package resolve

import (
	"context"
	"slices"

	"github.com/tributarygraph/tributary/graph"
)

// IndexView makes an index of the companies of a View: every node, by all of its names.
func IndexView(ctx context.Context, v *graph.View, c Config) (*Index, error) {
	b := NewBuilder(c)
	for n := range v.Nodes(graph.KindCompany) {
		if n&0xFFF == 0 && ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		e := EntityOf(v, n)
		b.Add(&e)
	}
	return b.Index(), nil
}

// EntityOf is a company of a View.
func EntityOf(v *graph.View, n graph.Node) Entity {
	f := v.NodeFacts(graph.KindCompany, n)
	e := Entity{ID: f.ID, Kind: f.Texts[graph.FieldKind]}
	if f.Name != "" {
		e.Names = append(e.Names, f.Name)
	}
	e.Names = append(e.Names, f.Aliases...)
	for _, field := range []graph.FieldID{graph.FieldCountry, graph.FieldJurisdiction} {
		if c := f.Texts[field]; c != "" && !slices.Contains(e.Countries, c) {
			e.Countries = append(e.Countries, c)
		}
	}
	for _, text := range f.Identifiers {
		// One that does not check is as if it were not there: it must neither join nor part.
		if id, err := ParseIdentifier(text); err == nil && !slices.Contains(e.Identifiers, id) {
			e.Identifiers = append(e.Identifiers, id)
		}
	}
	if scheme, value, ok := graph.SplitIdentifier(f.ID); ok {
		if id, err := ParseIdentifierOf(Scheme(scheme.String()), value); err == nil && !slices.Contains(e.Identifiers, id) {
			e.Identifiers = append(e.Identifiers, id)
		}
	}
	return e
}
