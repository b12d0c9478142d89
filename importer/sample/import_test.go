package sample_test

import (
	"context"
	"path/filepath"
	"testing"

	"github.com/tributarygraph/tributary/graph/sqlitestore"
	"github.com/tributarygraph/tributary/importer"
	"github.com/tributarygraph/tributary/importer/sample"
)

// inputs are the files of the sample.
func inputs(t *testing.T) []importer.Input {
	t.Helper()
	out, err := importer.FilesOf(sample.FS(), "*.csv")
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestImports(t *testing.T) {
	ctx := context.Background()
	store, err := sqlitestore.Open(ctx, filepath.Join(t.TempDir(), "sample.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	opts := importer.Options{Dataset: "sample"}
	first, err := importer.Import(ctx, store, inputs(t), opts)
	if err != nil {
		t.Fatal(err)
	}
	if first.Rows == 0 || first.Created != first.Rows {
		t.Errorf("%d rows, %d created, %d rejected: %v", first.Rows, first.Created, first.Rejected, first.Rejections)
	}
	if first.Companies.Ambiguous != 0 || first.Companies.Provisional != 0 || first.Products.Ambiguous != 0 || first.Products.Provisional != 0 {
		t.Errorf("not every mention is a listed company or product: %+v, %+v", first.Companies, first.Products)
	}
	if len(first.Warnings) != 0 {
		t.Errorf("warnings: %v", first.Warnings)
	}

	again, err := importer.Import(ctx, store, inputs(t), opts)
	if err != nil {
		t.Fatal(err)
	}
	if again.Unchanged != again.Rows || again.Revision != first.Revision {
		t.Errorf("the second import: %d of %d rows unchanged, revision %d after %d", again.Unchanged, again.Rows, again.Revision, first.Revision)
	}
}
