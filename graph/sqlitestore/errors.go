package sqlitestore

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/tributarygraph/tributary/graph"
	"zombiezen.com/go/sqlite"
)

// explain turns an error of SQLite into one of the kinds of package graph that says what to do next. doing
// says what was tried.
func explain(ctx context.Context, path, doing string, err error) error {
	if err == nil {
		return nil
	}
	code := sqlite.ErrCode(err)
	switch code.ToPrimary() {
	case sqlite.ResultOK, sqlite.ResultError:
		return fmt.Errorf("%s: %s: %w", path, doing, err) // not of SQLite, or a fault of this package
	case sqlite.ResultInterrupt:
		if cause := context.Cause(ctx); cause != nil {
			return fmt.Errorf("%s: %s: %w", path, doing, cause)
		}
		return fmt.Errorf("%w: %s: %s: %s", graph.ErrUnavailable, path, doing, "another process has kept it locked; wait for it to finish, then try again")
	}
	kind, advice := graph.ErrUnavailable, ""
	switch code.ToPrimary() {
	case sqlite.ResultBusy, sqlite.ResultLocked:
		advice = "another process has kept it locked; wait for it to finish, then try again"
	case sqlite.ResultFull:
		advice = "the disk is full; nothing of this was written; free some room there and repeat it (an import goes on where it stopped)"
	case sqlite.ResultReadOnly, sqlite.ResultPerm, sqlite.ResultAuth:
		advice = "it may not be written; check the permissions of the file and of its folder, where SQLite keeps two files beside it"
	case sqlite.ResultCantOpen:
		advice = cannotOpen(path)
	case sqlite.ResultNotADB:
		kind, advice = graph.ErrSchema, "it is not an SQLite file; name another path, or move it away to have a new store made there"
	case sqlite.ResultCorrupt:
		advice = "the file is damaged; make a copy, look at it with `sqlite3 FILE 'PRAGMA integrity_check'`, and restore a backup or import into a new store"
	case sqlite.ResultIOErr:
		advice = "the disk cannot be read or written; check it and the room on it, then try again"
	default:
		return fmt.Errorf("%s: %s: %w", path, doing, err)
	}
	return fmt.Errorf("%w: %s: %s: %s (%w)", kind, path, doing, advice, err)
}

// cannotOpen says why a file cannot be opened, which SQLite does not.
func cannotOpen(path string) string {
	folder := filepath.Dir(path)
	info, err := os.Stat(path)
	switch {
	case err == nil && info.IsDir():
		return "it is a folder; name a file in it, such as " + filepath.Join(path, "tributary.db")
	case err == nil:
		return "it may not be read or written; check the permissions of the file and of its folder"
	case errors.Is(err, fs.ErrPermission):
		return "its folder may not be entered; check its permissions"
	}
	if info, err = os.Stat(folder); err == nil && info.IsDir() {
		return "it does not exist and could not be made; check the permissions of the folder " + folder
	}
	return "there is no folder " + folder + "; make it, or name another path"
}
