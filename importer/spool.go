package importer

import (
	"errors"
	"fmt"
	"os"
)

// Spool is a temporary file. It loses its name as soon as it is open, so that nothing of it stays behind, however the
// process ends; only where the system does not allow that, Close removes it.
type Spool struct {
	*os.File
	named bool
}

// NewSpool makes a spool in a folder; empty is that of the system.
func NewSpool(folder, pattern string) (*Spool, error) {
	f, err := os.CreateTemp(folder, pattern)
	if err != nil {
		return nil, err
	}
	return &Spool{File: f, named: os.Remove(f.Name()) != nil}, nil
}

// path opens the file once more, for what takes no descriptor. Without a name that is not possible everywhere.
func (s *Spool) path() string {
	if s.named {
		return s.Name()
	}
	return fmt.Sprintf("/dev/fd/%d", s.Fd())
}

// Close closes the file, and removes it where it still has a name.
func (s *Spool) Close() error {
	err := s.File.Close()
	if s.named {
		err = errors.Join(err, os.Remove(s.Name()))
	}
	return err
}
