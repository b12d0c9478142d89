//go:build !unix

package storetest

import (
	"io"
	"os"
)

// lockFile does not lock here: servers are not started on this system (see start).
func lockFile(path string) (io.Closer, error) {
	return os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o666)
}
