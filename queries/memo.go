package queries

import (
	"context"
	"sync"
	"weak"

	"github.com/tributarygraph/tributary/graph"
)

// memo remembers the last value of something that is dear to compute over a whole View. The work goes on when the
// question that began it has passed its deadline, so that asking again is quick; one value is computed at a time.
type memo[T any] struct {
	mu      sync.Mutex
	view    weak.Pointer[graph.View] // weak: an answer must not keep a network in memory
	filter  graph.Filter
	last    *pending[T]
	working sync.Mutex
}

// pending is a value that is being computed, or has been when done is closed.
type pending[T any] struct {
	done  chan struct{}
	value T
}

func (m *memo[T]) get(ctx context.Context, v *graph.View, f graph.Filter, compute func() T) (value T, err error) {
	m.mu.Lock()
	p := m.last
	if m.view.Value() != v || m.filter != f {
		p = nil
	}
	if p == nil {
		if err := ctx.Err(); err != nil {
			m.mu.Unlock()
			return value, err
		}
		p = &pending[T]{done: make(chan struct{})}
		m.view, m.filter, m.last = weak.Make(v), f, p
		go func() {
			m.working.Lock()
			defer m.working.Unlock()
			p.value = compute()
			close(p.done)
		}()
	}
	m.mu.Unlock()
	select {
	case <-p.done:
		return p.value, nil
	default:
	}
	select {
	case <-p.done:
		return p.value, nil
	case <-ctx.Done():
		return value, ctx.Err()
	}
}
