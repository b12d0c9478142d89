package importer

import (
	"context"
	"encoding/json"

	"github.com/tributarygraph/tributary/graph"
)

// Around are the revisions of a store before an import began and after its last batch. What others wrote meanwhile
// lies between them too. ref names the import as in [Find].
func Around(ctx context.Context, store graph.Store, ref string) (before, after graph.Revision, err error) {
	x, err := Find(ctx, store, ref)
	if err != nil {
		return 0, 0, err
	}
	var i info
	if json.Unmarshal(x.Info, &i) == nil && i.Before != nil {
		return *i.Before, x.Revision, nil
	}
	return x.Revision - min(x.Revision, graph.Revision(x.Batches)), x.Revision, nil // of an earlier version: a batch raises the revision by one
}
