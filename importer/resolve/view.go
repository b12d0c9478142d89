package resolve

import (
	"context"
	"runtime"
	"slices"

	"golang.org/x/sync/errgroup"

	"github.com/tributarygraph/tributary/graph"
)

// IndexView makes an index of the companies of a View: every node, by all of its names. It works on all processors; what
// it makes does not depend on how many there are.
func IndexView(ctx context.Context, v *graph.View, c Config) (*Index, error) {
	nodes := slices.Collect(v.Nodes(graph.KindCompany))
	workers := runtime.GOMAXPROCS(0)
	each := (len(nodes) + workers - 1) / workers
	builders := make([]*Builder, workers)
	group, ctx := errgroup.WithContext(ctx)
	for w := range workers {
		builders[w] = NewBuilder(c)
		part := nodes[min(w*each, len(nodes)):min((w+1)*each, len(nodes))]
		group.Go(func() error {
			for i, n := range part {
				if i&0xFFF == 0 && ctx.Err() != nil {
					return context.Cause(ctx)
				}
				e := EntityOf(v, n)
				builders[w].Add(&e)
			}
			return nil
		})
	}
	if err := group.Wait(); err != nil {
		return nil, err
	}
	for _, b := range builders[1:] {
		builders[0].join(b)
	}
	return builders[0].Index(), nil
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
