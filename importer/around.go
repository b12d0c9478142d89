package importer

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/tributarygraph/tributary/graph"
)

// Around are the revisions of a store before an import began and after its last batch. What others wrote meanwhile
// lies between them too. ref names the import as in [Find].
func Around(ctx context.Context, store graph.Store, ref string) (before, after graph.Revision, err error) {
	x, err := Find(ctx, store, ref)
	if err != nil {
		return 0, 0, undone(ctx, store, ref, err)
	}
	var i info
	if json.Unmarshal(x.Info, &i) == nil && i.Before != nil {
		return *i.Before, x.Revision, nil
	}
	return x.Revision - min(x.Revision, graph.Revision(x.Batches)), x.Revision, nil // of an earlier version: a batch raises the revision by one
}

// undone says of an import that was not found that it was undone, and which revisions tell what it did; other errors stay.
// Its record holds the revision of the undoing: the
// last batch is no later than as many batches from where it began, and before that.
func undone(ctx context.Context, store graph.Store, ref string, err error) error {
	if !errors.Is(err, graph.ErrNotFound) {
		return err
	}
	imports, failed := store.Imports(ctx)
	if failed != nil {
		return failed
	}
	for i := len(imports) - 1; i >= 0; i-- { // the newest of several
		x := imports[i]
		var began info
		if x.Status != graph.ImportUndone || x.Dataset != ref && (len(ref) < minPrefix || !strings.HasPrefix(x.Key, ref)) || json.Unmarshal(x.Info, &began) != nil || began.Before == nil {
			continue
		}
		return fmt.Errorf("%w: import %q was undone, at revision %d: compare what was known before and after it as from revision:%d to revision:%d", graph.ErrNotFound, ref, x.Revision,
			*began.Before, min(*began.Before+graph.Revision(x.Batches), x.Revision-1))
	}
	return err
}
