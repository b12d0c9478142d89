package importer

import (
	"errors"
	"fmt"
	"os"
)

// spool is a temporary file. It loses its name as soon as it is open, so that nothing of it stays behind, however the
// process ends; only where the system does not allow that, Close removes it.
type spool struct {
	*os.File
	named bool
}

// newSpool makes a spool in a folder; empty is that of the system.
func newSpool(folder, pattern string) (*spool, error) {
	f, err := os.CreateTemp(folder, pattern)
	if err != nil {
		return nil, err
	}
	return &spool{File: f, named: os.Remove(f.Name()) != nil}, nil
}

// path opens the file once more, for what takes no descriptor. Without a name that is not possible everywhere.
func (s *spool) path() string {
	if s.named {
		return s.Name()
	}
	return fmt.Sprintf("/dev/fd/%d", s.Fd())
}

// Close closes the file, and removes it where it still has a name.
func (s *spool) Close() error {
	err := s.File.Close()
	if s.named {
		err = errors.Join(err, os.Remove(s.Name()))
	}
	return err
}
