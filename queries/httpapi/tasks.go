package httpapi

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"sync"
	"time"
)

// task is work that may outlive the request that began it: an import, or the scores of all companies.
type task struct {
	id      string
	started time.Time
	cancel  context.CancelFunc
	done    chan struct{} // closed when it is over

	mu       sync.Mutex
	failure  error
	finished time.Time
}

func newTask(cancel context.CancelFunc) task {
	var random [8]byte
	_, _ = rand.Read(random[:]) // never fails
	return task{id: "job-" + hex.EncodeToString(random[:]), started: time.Now(), cancel: cancel, done: make(chan struct{})}
}

// finish ends the task.
func (t *task) finish(err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.failure, t.finished = err, time.Now()
	close(t.done)
}

// stop asks the task to end.
func (t *task) stop() { t.cancel() }

func (t *task) isRunning() bool {
	select {
	case <-t.done:
		return false
	default:
		return true
	}
}

// err is why the task failed; nil while it runs and when it did not.
func (t *task) err() error {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.failure
}
