package sqlitestore_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/tributarygraph/tributary/graph"
	"github.com/tributarygraph/tributary/graph/sqlitestore"
	"zombiezen.com/go/sqlite"
	"zombiezen.com/go/sqlite/sqlitex"
)

func open(t *testing.T, path string, opts ...sqlitestore.Option) *sqlitestore.Store {
	t.Helper()
	s, err := sqlitestore.Open(t.Context(), path, opts...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

// batch is one batch of an import: rows companies of its own.
func batch(key string, ordinal, rows int) graph.Batch {
	b := graph.Batch{Import: &graph.ImportStep{Key: key, Dataset: key, Ordinal: ordinal}}
	for i := range rows {
		b.Statements = append(b.Statements, graph.Statement{Key: graph.Key{
			RelationKey: graph.RelationKey{Kind: graph.KindCompany, From: fmt.Sprintf("c%04d-%06d", ordinal, i)}, Dataset: key,
		}, Fields: []graph.Field{{ID: graph.FieldName, Text: fmt.Sprintf("Company %d", i)}}})
	}
	return b
}

func apply(t *testing.T, s graph.Store, b graph.Batch) graph.Applied {
	t.Helper()
	a, err := s.Apply(t.Context(), b)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

type counter struct{ rows int }

func (c *counter) Put(*graph.Statement) error       { c.rows++; return nil }
func (c *counter) Withdraw(graph.Key) error         { return nil }
func (c *counter) Merge(graph.Sameness) error       { return nil }
func (c *counter) Unmerge(graph.Kind, string) error { return nil }

func rows(t *testing.T, s graph.Store) int {
	t.Helper()
	var c counter
	if _, err := s.Read(t.Context(), graph.ReadOptions{}, &c); err != nil {
		t.Fatal(err)
	}
	return c.rows
}

// sql runs statements on a file as another program would.
func sql(t *testing.T, path string, statements ...string) {
	t.Helper()
	c, err := sqlite.OpenConn(path, sqlite.OpenReadWrite|sqlite.OpenCreate)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = c.Close() }()
	for _, statement := range statements {
		if err := sqlitex.ExecuteTransient(c, statement, nil); err != nil {
			t.Fatalf("%s: %v", statement, err)
		}
	}
}

func TestOpenErrors(t *testing.T) {
	for _, test := range []struct {
		name string
		make func(t *testing.T, folder string) (path string)
		kind error
		says []string // parts of the message
	}{
		{"a folder", func(t *testing.T, folder string) string { return folder }, graph.ErrUnavailable, []string{"it is a folder", "tributary.db"}},
		{"no folder", func(t *testing.T, folder string) string { return filepath.Join(folder, "no", "graph.db") }, graph.ErrUnavailable, []string{"there is no folder", "make it"}},
		{"not SQLite", func(t *testing.T, folder string) string {
			path := filepath.Join(folder, "vendors.csv")
			if err := os.WriteFile(path, []byte(strings.Repeat("supplier,buyer\na,b\n", 100)), 0o600); err != nil {
				t.Fatal(err)
			}
			return path
		}, graph.ErrSchema, []string{"not an SQLite file", "name another path"}},
		{"another program's", func(t *testing.T, folder string) string {
			path := filepath.Join(folder, "other.db")
			sql(t, path, "CREATE TABLE bookmarks (url TEXT)")
			return path
		}, graph.ErrSchema, []string{"another program", "name another path"}},
		{"another program's with an id", func(t *testing.T, folder string) string {
			path := filepath.Join(folder, "other.gpkg")
			sql(t, path, "PRAGMA application_id = 1196444487", "PRAGMA user_version = 10300")
			return path
		}, graph.ErrSchema, []string{"another program", "0x47504b47"}},
		{"a newer program's", func(t *testing.T, folder string) string {
			path := filepath.Join(folder, "newer.db")
			_ = open(t, path).Close()
			sql(t, path, "PRAGMA user_version = 99")
			return path
		}, graph.ErrSchema, []string{"version 99", "newer program"}},
		{"damaged", func(t *testing.T, folder string) string {
			path := filepath.Join(folder, "damaged.db")
			s := open(t, path)
			apply(t, s, batch("k", 1, 2000))
			_ = s.Close()
			file, err := os.OpenFile(path, os.O_WRONLY, 0)
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = file.Close() }()
			if _, err := file.WriteAt([]byte(strings.Repeat("x", 8000)), 100); err != nil { // the schema
				t.Fatal(err)
			}
			return path
		}, nil, []string{"damaged", "integrity_check"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			path := test.make(t, t.TempDir())
			before, _ := os.ReadFile(path)
			_, err := sqlitestore.Open(t.Context(), path)
			if err == nil {
				t.Fatal("it was opened")
			}
			if test.kind != nil && !errors.Is(err, test.kind) {
				t.Errorf("error %v; want %v", err, test.kind)
			}
			for _, part := range append(test.says, path) {
				if !strings.Contains(err.Error(), part) {
					t.Errorf("the message does not say %q: %v", part, err)
				}
			}
			if after, _ := os.ReadFile(path); string(after) != string(before) {
				t.Error("the file was changed")
			}
		})
	}
}

func TestReadOnlyFile(t *testing.T) {
	if os.Geteuid() == 0 || runtime.GOOS == "windows" {
		t.Skip("skipped: permissions do not bind this user")
	}
	path := filepath.Join(t.TempDir(), "graph.db")
	_ = open(t, path).Close()
	if err := os.Chmod(path, 0o400); err != nil {
		t.Fatal(err)
	}
	s, err := sqlitestore.Open(t.Context(), path)
	if err == nil {
		_, err = s.Apply(t.Context(), batch("k", 1, 1))
	}
	if !errors.Is(err, graph.ErrUnavailable) || !strings.Contains(err.Error(), "permissions") {
		t.Fatalf("error %v", err)
	}
}

func TestPathsAreNotAddresses(t *testing.T) {
	for _, name := range []string{"with space.db", "file:odd?mode=memory", "100%.db", "库.db"} {
		path := filepath.Join(t.TempDir(), name)
		s := open(t, path)
		apply(t, s, batch("k", 1, 1))
		if _, err := os.Stat(path); err != nil {
			t.Errorf("%q: %v", name, err)
		}
	}
}

func TestLockedByAnother(t *testing.T) {
	path := filepath.Join(t.TempDir(), "graph.db")
	open(t, path) // makes the tables, which may take longer than the wait below
	s := open(t, path, sqlitestore.WithLockWait(time.Second))
	apply(t, s, batch("k", 1, 3))
	other, err := sqlite.OpenConn(path, sqlite.OpenReadWrite)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = other.Close() }()
	if err := sqlitex.ExecuteTransient(other, "BEGIN IMMEDIATE", nil); err != nil {
		t.Fatal(err)
	}
	if _, err = s.Apply(t.Context(), batch("k", 2, 3)); !errors.Is(err, graph.ErrUnavailable) || !strings.Contains(err.Error(), "another process") {
		t.Fatalf("Apply while another writes: %v", err)
	}
	if n := rows(t, s); n != 3 { // reading needs no lock
		t.Fatalf("%d rows", n)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err = s.Apply(ctx, batch("k", 2, 3)); !errors.Is(err, context.Canceled) {
		t.Fatalf("Apply with a cancelled context while another writes: %v", err)
	}
	if err := sqlitex.ExecuteTransient(other, "ROLLBACK", nil); err != nil {
		t.Fatal(err)
	}
	apply(t, s, batch("k", 2, 3))
}

func TestClosed(t *testing.T) {
	s := open(t, filepath.Join(t.TempDir(), "graph.db"))
	for range 2 {
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := s.Head(t.Context()); !errors.Is(err, graph.ErrUnavailable) {
		t.Fatalf("Head of a closed store: %v", err)
	}
}

// A file that takes the place of the one that was opened is noticed, by every handle.
func TestReplacedFile(t *testing.T) {
	folder := t.TempDir()
	path, other := filepath.Join(folder, "graph.db"), filepath.Join(folder, "restored.db")
	restored := open(t, other)
	apply(t, restored, batch("restored", 1, 7))
	want, err := restored.Head(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	_ = restored.Close()

	first, second := open(t, path), open(t, path)
	for i := range 3 {
		apply(t, first, batch("first", i+1, 5))
	}
	if n := rows(t, second); n != 15 {
		t.Fatalf("%d rows", n)
	}
	moved := filepath.Join(folder, "moved.db")
	if err := errors.Join(os.Rename(path, moved), os.Rename(other, path)); err != nil {
		t.Fatal(err)
	}
	for _, s := range []*sqlitestore.Store{first, second} {
		if got, err := s.Head(t.Context()); err != nil || got != want {
			t.Fatalf("head %+v, %v; want %+v", got, err, want)
		}
		if n := rows(t, s); n != 7 {
			t.Fatalf("%d rows; want those of the restored file", n)
		}
	}
	apply(t, first, batch("after", 1, 1))
	if n := rows(t, second); n != 8 {
		t.Fatalf("%d rows", n)
	}
	if n := rows(t, open(t, moved)); n != 15 {
		t.Fatalf("%d rows in the file that was moved away", n)
	}
}

func TestFileGone(t *testing.T) {
	path := filepath.Join(t.TempDir(), "graph.db")
	s := open(t, path)
	apply(t, s, batch("k", 1, 1))
	if err := os.Rename(path, path+".away"); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Apply(t.Context(), batch("k", 2, 1)); !errors.Is(err, graph.ErrUnavailable) || !strings.Contains(err.Error(), "gone") {
		t.Fatalf("Apply without a file: %v", err)
	}
	if err := os.Rename(path+".away", path); err != nil {
		t.Fatal(err)
	}
	apply(t, s, batch("k", 2, 1))
	if n := rows(t, s); n != 2 {
		t.Fatalf("%d rows", n)
	}
}

const childPath = "TRIBUTARY_SQLITESTORE_TEST_PATH"

// TestChild is not a test: it is what the processes that TestProcesses starts do.
func TestChild(t *testing.T) {
	path := os.Getenv(childPath)
	if path == "" {
		t.Skip("skipped: runs as a child of TestProcesses only")
	}
	s := open(t, path)
	key := os.Getenv(childPath + "_KEY")
	for ordinal := 1; ; ordinal++ {
		apply(t, s, batch(key, ordinal, 200))
		if _, err := fmt.Println("applied", ordinal); err != nil {
			return
		}
	}
}

// Two processes write, both are killed in the middle, again and again: every batch that was acknowledged is
// there, none is there in part, and the imports go on where they stopped.
func TestProcesses(t *testing.T) {
	path := filepath.Join(t.TempDir(), "graph.db")
	_ = open(t, path).Close()
	for range 3 {
		var acknowledged [2]int
		var children [2]*exec.Cmd
		var outputs [2]io.Reader
		for i := range children {
			child := exec.Command(os.Args[0], "-test.run=^TestChild$")
			child.Env = append(os.Environ(), childPath+"="+path, fmt.Sprintf("%s_KEY=k%d", childPath, i))
			out, err := child.StdoutPipe()
			if err != nil {
				t.Fatal(err)
			}
			if err := child.Start(); err != nil {
				t.Fatal(err)
			}
			children[i], outputs[i] = child, out
		}
		scanner := bufio.NewScanner(outputs[0])
		for acknowledged[0] < 4 && scanner.Scan() {
			_, _ = fmt.Sscanf(scanner.Text(), "applied %d", &acknowledged[0])
		}
		for _, child := range children {
			_ = child.Process.Kill()
		}
		for i, out := range []*bufio.Scanner{scanner, bufio.NewScanner(outputs[1])} {
			for out.Scan() {
				_, _ = fmt.Sscanf(out.Text(), "applied %d", &acknowledged[i])
			}
			_ = children[i].Wait() // it was killed
		}
		s := open(t, path)
		imports, err := s.Imports(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		batches := 0
		for _, im := range imports {
			i := int(im.Key[1] - '0')
			if im.Batches < acknowledged[i] || im.Counts.Created != 200*im.Batches {
				t.Fatalf("import %s: %d batches and %+v, %d acknowledged", im.Key, im.Batches, im.Counts, acknowledged[i])
			}
			if a := apply(t, s, batch(im.Key, im.Batches, 200)); !a.Repeated {
				t.Fatalf("the last batch of %s was applied twice", im.Key)
			}
			apply(t, s, batch(im.Key, im.Batches+1, 200))
			batches += im.Batches + 1
		}
		if n := rows(t, s); n != 200*batches {
			t.Fatalf("%d rows of %d batches", n, batches)
		}
		_ = s.Close()
	}
}
