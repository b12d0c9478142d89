package sqlitestore

import "context"

// Check has SQLite look the file over (PRAGMA quick_check) and returns what it finds wrong, in its words; nothing
// for a sound file. It reads the whole file.
func (s *Store) Check(ctx context.Context) (problems []string, err error) {
	err = s.read(ctx, "checking the file", func(c *conn) error {
		stmt, err := c.Prepare("PRAGMA quick_check(20)")
		if err != nil {
			return err
		}
		for {
			row, err := stmt.Step()
			if err != nil || !row {
				return err
			}
			if line := stmt.ColumnText(0); line != "ok" {
				problems = append(problems, line)
			}
		}
	})
	return problems, err
}
