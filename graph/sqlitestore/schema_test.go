package sqlitestore

import (
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tributarygraph/tributary/graph"
	"zombiezen.com/go/sqlite"
	"zombiezen.com/go/sqlite/sqlitex"
)

// keep is a sink that keeps what it is given, as text.
type keep []string

func (k *keep) Put(s *graph.Statement) error {
	line := s.Key.ID()
	for _, f := range s.Fields {
		line += fmt.Sprintf(" %s=%s", f.ID, f.Value())
	}
	*k = append(*k, line)
	return nil
}
func (k *keep) Withdraw(graph.Key) error         { return nil }
func (k *keep) Merge(graph.Sameness) error       { return nil }
func (k *keep) Unmerge(graph.Kind, string) error { return nil }

func claim(fields ...graph.Field) graph.Statement {
	return graph.Statement{Key: graph.Key{RelationKey: graph.RelationKey{Kind: graph.KindSupplies, From: "a", To: "b", Product: "p"}, Dataset: "d"}, Fields: fields}
}

func listing() graph.Statement {
	return graph.Statement{Key: graph.Key{RelationKey: graph.RelationKey{Kind: graph.KindLists, From: "authority", To: "a"}, Dataset: "d"},
		Fields: []graph.Field{{ID: graph.FieldProgramme, Text: "P;Q"}}}
}

func put(t *testing.T, s *Store, key string, statement graph.Statement) {
	t.Helper()
	_, err := s.Apply(t.Context(), graph.Batch{Import: &graph.ImportStep{Key: key, Dataset: "d", Ordinal: 1, Final: true}, Statements: []graph.Statement{statement}})
	if err != nil {
		t.Fatal(err)
	}
}

// fileWith makes a file of the present version that holds a statement.
func fileWith(t *testing.T, statement graph.Statement) (path string) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "store.db")
	s, err := Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	put(t, s, "k1", statement)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	return path
}

// holds holds all statements of a store to a text, a line each.
func holds(t *testing.T, s *Store, want string) {
	t.Helper()
	var got keep
	if _, err := s.Read(t.Context(), graph.ReadOptions{}, &got); err != nil {
		t.Fatal(err)
	}
	if strings.Join(got, "\n") != want {
		t.Fatalf("got %q; want %q", got, want)
	}
}

// withMigrations runs f as a later version of the program would run, which has more migrations.
func withMigrations(more []migration, f func()) {
	before := migrations
	defer func() { migrations = before }()
	migrations = append(before[:len(before):len(before)], more...)
	f()
}

// TestFirstVersion opens a file as the first program that had files left it.
func TestFirstVersion(t *testing.T) {
	path := fileWith(t, claim(graph.Field{ID: graph.FieldValue, Number: 7}))
	direct(t, path, "ALTER TABLE supplies DROP COLUMN complete_list")
	direct(t, path, "DROP TABLE lists")
	withoutSites(t, path)
	direct(t, path, "PRAGMA user_version = 1")
	s, err := Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	put(t, s, "k2", claim(graph.Field{ID: graph.FieldCompleteList, Text: "true"}))
	put(t, s, "k3", listing())
	holds(t, s, "supplies~a~b~p~d~~~~ value=7 complete_list=true\nlists~authority~a~~d~~~~ programme=P;Q")
}

// TestListsMigration opens a file of the second version, and holds the table that it makes to that of a new file.
func TestListsMigration(t *testing.T) {
	path := fileWith(t, claim(graph.Field{ID: graph.FieldValue, Number: 7}))
	const columns = "SELECT group_concat(name || ' ' || type || ' ' || \"notnull\" || ' ' || pk, ', ') FROM pragma_table_info('lists')"
	fresh := direct(t, path, columns)
	direct(t, path, "DROP TABLE lists")
	withoutSites(t, path)
	direct(t, path, "PRAGMA user_version = 2")
	s, err := Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	put(t, s, "k2", listing())
	holds(t, s, "supplies~a~b~p~d~~~~ value=7\nlists~authority~a~~d~~~~ programme=P;Q")
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if migrated := direct(t, path, columns); migrated != fresh {
		t.Fatalf("a migrated file has %s\na new one %s", migrated, fresh)
	}
}

// withoutSites brings a file back to the third version.
func withoutSites(t *testing.T, path string) {
	t.Helper()
	direct(t, path, "DROP TABLE site")
	direct(t, path, "ALTER TABLE supplies DROP COLUMN site")
	direct(t, path, "ALTER TABLE makes DROP COLUMN site")
	withoutTopFive(t, path)
}

// withoutTopFive brings a file back to the fourth version.
func withoutTopFive(t *testing.T, path string) {
	t.Helper()
	direct(t, path, "ALTER TABLE company DROP COLUMN top_five_customers_share")
}

// TestTopFiveMigration opens a file of the fourth version.
func TestTopFiveMigration(t *testing.T) {
	company := graph.Statement{Key: graph.Key{RelationKey: graph.RelationKey{Kind: graph.KindCompany, From: "a"}, Dataset: "d"}, Fields: []graph.Field{{ID: graph.FieldName, Text: "A"}}}
	path := fileWith(t, company)
	withoutTopFive(t, path)
	direct(t, path, "PRAGMA user_version = 4")
	s, err := Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	company.Fields = []graph.Field{{ID: graph.FieldTopFiveCustomersShare, Number: 0.3}}
	put(t, s, "k2", company)
	holds(t, s, "company~a~~~d~~~~ name=A top_five_customers_share=0.3")
}

// TestSitesMigration opens a file of the third version, and holds what it makes to a new file.
func TestSitesMigration(t *testing.T) {
	path := fileWith(t, claim(graph.Field{ID: graph.FieldValue, Number: 7}))
	const columns = "SELECT group_concat(name || ' ' || type || ' ' || \"notnull\" || ' ' || pk, ', ') FROM pragma_table_info('site')"
	fresh := direct(t, path, columns)
	withoutSites(t, path)
	direct(t, path, "PRAGMA user_version = 3")
	s, err := Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	put(t, s, "k2", claim(graph.Field{ID: graph.FieldSite, Text: "fab"}))
	put(t, s, "k3", graph.Statement{Key: graph.Key{RelationKey: graph.RelationKey{Kind: graph.KindSite, From: "fab"}, Dataset: "d"},
		Fields: []graph.Field{{ID: graph.FieldOperator, Text: "a"}, {ID: graph.FieldPlace, Text: "24.8,121"}}})
	holds(t, s, "supplies~a~b~p~d~~~~ value=7 site=fab\nsite~fab~~~d~~~~ operator=a place=24.8,121")
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if migrated := direct(t, path, columns); migrated != fresh {
		t.Fatalf("a migrated file has %s\na new one %s", migrated, fresh)
	}
}

// TestMigration opens a file of an older program, which did not know a field, as the program that brings it.
func TestMigration(t *testing.T) {
	path := filepath.Join(t.TempDir(), "old.db")
	old, err := Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	put(t, old, "k1", claim(graph.Field{ID: graph.FieldValue, Number: 7}))
	if err := old.Close(); err != nil {
		t.Fatal(err)
	}
	direct(t, path, "ALTER TABLE supplies DROP COLUMN inventory_days")
	withMigrations([]migration{
		{"the field inventory_days of supplies", []string{"ALTER TABLE supplies ADD COLUMN inventory_days REAL"}},
		{"a table to prove that all are run in turn", []string{"CREATE TABLE extra AS SELECT inventory_days FROM supplies"}},
	}, func() {
		for range 2 { // the second time there is nothing to do
			s, err := Open(t.Context(), path)
			if err != nil {
				t.Fatal(err)
			}
			put(t, s, "k2", claim(graph.Field{ID: graph.FieldInventoryDays, Number: 30}))
			var got keep
			if _, err := s.Read(t.Context(), graph.ReadOptions{}, &got); err != nil {
				t.Fatal(err)
			}
			if want := "supplies~a~b~p~d~~~~ value=7 inventory_days=30"; strings.Join(got, "\n") != want {
				t.Fatalf("got %q; want %q", got, want)
			}
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
		}
	})
	if _, err := Open(t.Context(), path); !errors.Is(err, graph.ErrSchema) || !strings.Contains(err.Error(), fmt.Sprint("version ", schemaVersion()+2)) {
		t.Fatalf("the older program opens the newer file: %v", err)
	}
}

// TestMigrationFails shows that a migration that fails leaves the file as it was.
func TestMigrationFails(t *testing.T) {
	path := filepath.Join(t.TempDir(), "old.db")
	s, err := Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	put(t, s, "k", claim())
	_ = s.Close()
	withMigrations([]migration{{"something impossible", []string{"CREATE TABLE extra (a)", "ALTER TABLE nothing ADD COLUMN x"}}}, func() {
		if _, err := Open(t.Context(), path); err == nil || !strings.Contains(err.Error(), "something impossible") {
			t.Fatalf("error %v", err)
		}
	})
	if s, err = Open(t.Context(), path); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = s.Close() }()
	c := <-s.db.writer
	defer func() { s.db.writer <- c }()
	if err := c.exec("CREATE TABLE extra (a)"); err != nil {
		t.Fatalf("half of the migration was kept: %v", err)
	}
}

// TestDiskFull fills the file up to a limit, as a full disk would.
func TestDiskFull(t *testing.T) {
	path := filepath.Join(t.TempDir(), "graph.db")
	s, err := Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = s.Close() }()
	put(t, s, "k", claim())
	limit := func(pages string) {
		c := <-s.db.writer
		defer func() { s.db.writer <- c }()
		if err := run(c.Conn, "PRAGMA max_page_count = "+pages); err != nil {
			t.Fatal(err)
		}
	}
	limit("1") // SQLite takes the present size
	var many []graph.Statement
	for i := range 20_000 {
		one := claim(graph.Field{ID: graph.FieldValue, Number: 1})
		one.From = fmt.Sprintf("s%06d", i)
		many = append(many, one)
	}
	big := graph.Batch{Import: &graph.ImportStep{Key: "big", Dataset: "d", Ordinal: 1, Final: true}, Statements: many}
	if _, err := s.Apply(t.Context(), big); !errors.Is(err, graph.ErrUnavailable) || !strings.Contains(err.Error(), "disk is full") {
		t.Fatalf("error %v", err)
	}
	var got keep
	if _, err := s.Read(t.Context(), graph.ReadOptions{}, &got); err != nil || len(got) != 1 {
		t.Fatalf("%d statements, %v", len(got), err)
	}
	limit("1000000")
	if a, err := s.Apply(t.Context(), big); err != nil || a.Created != len(many) {
		t.Fatalf("after room was made: %+v, %v", a, err)
	}
}

// TestSchemaReads checks that the tables are as the documentation says: one a kind, a column a field.
func TestSchemaReads(t *testing.T) {
	path := filepath.Join(t.TempDir(), "graph.db")
	s, err := Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	put(t, s, "k", claim(graph.Field{ID: graph.FieldValue, Number: 7.5}, graph.Field{ID: graph.FieldCurrency, Text: "EUR"}))
	_ = s.Close()
	got := direct(t, path, "SELECT supplier || ' sells ' || product || ' to ' || buyer || ' for ' || value || ' ' || currency || ', ' || coalesce(unit, 'no unit') FROM supplies WHERE valid_from = ''")
	if want := "a sells p to b for 7.5 EUR, no unit"; got != want {
		t.Fatalf("got %q; want %q", got, want)
	}
	for _, kind := range tables {
		for _, f := range kind.fields {
			direct(t, path, fmt.Sprintf("SELECT %s FROM %s", f, kind.name))
		}
	}
	if got := direct(t, path, "PRAGMA integrity_check"); got != "ok" {
		t.Fatal(got)
	}
}

// direct runs SQL on a file as the sqlite3 shell would, and returns the first column of the last row.
func direct(t *testing.T, path, statement string) (text string) {
	t.Helper()
	c, err := sqlite.OpenConn(path, sqlite.OpenReadWrite)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = c.Close() }()
	err = sqlitex.ExecuteTransient(c, statement, &sqlitex.ExecOptions{ResultFunc: func(row *sqlite.Stmt) error {
		text = row.ColumnText(0)
		return nil
	}})
	if err != nil {
		t.Fatalf("%s: %v", statement, err)
	}
	return text
}
