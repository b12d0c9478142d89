package graph

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"time"
)

// How a Follower follows.
const (
	// followInterval is how often the head is looked at; also the least time between two refreshes.
	followInterval = 250 * time.Millisecond
	// compactAt is how many differences from its base make a View worth building afresh, as a part of its
	// relations (at least compactMin).
	compactAt  = 50
	compactMin = 20_000
)

// Follower keeps a View up to date with a store that others write to. While the store cannot be reached it goes
// on giving the last View, and [Follower.Health] says so.
type Follower struct {
	store  Store
	view   atomic.Pointer[View]
	cancel context.CancelFunc
	done   chan struct{}

	mu     sync.Mutex
	health Health
}

// Health tells how current the View of a Follower is.
type Health struct {
	Revision  Revision  // of the View
	Contact   time.Time // when the store last answered
	Err       error     // what the store answered since; nil when it is well
	Refreshed time.Time // when the View last changed
}

// Follow loads the network and follows the store until Close.
func Follow(ctx context.Context, store Store) (*Follower, error) {
	v, err := Load(ctx, store)
	if err != nil {
		return nil, err
	}
	following, cancel := context.WithCancel(context.WithoutCancel(ctx))
	f := &Follower{store: store, cancel: cancel, done: make(chan struct{})}
	f.publish(v)
	f.note(nil)
	go f.run(following)
	return f, nil
}

// View is the newest View.
func (f *Follower) View() *View { return f.view.Load() }

// Health is how current the View is.
func (f *Follower) Health() Health {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.health
}

// Close stops following. The last View stays usable; the store is left open.
func (f *Follower) Close() {
	f.cancel()
	<-f.done
}

func (f *Follower) publish(v *View) {
	f.view.Store(v)
	f.mu.Lock()
	defer f.mu.Unlock()
	f.health.Revision, f.health.Refreshed = v.head.Revision, time.Now()
}

func (f *Follower) note(err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.health.Err = err
	if err == nil {
		f.health.Contact = time.Now()
	}
}

func (f *Follower) run(ctx context.Context) {
	defer close(f.done)
	ticker := time.NewTicker(followInterval)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
			f.note(f.CatchUp(ctx))
		}
	}
}

// CatchUp brings the View to the store's present revision. A Follower does so by itself; a caller that has just
// written may want to see its own words at once.
func (f *Follower) CatchUp(ctx context.Context) error {
	head, err := f.store.Head(ctx)
	if err != nil {
		return err
	}
	v := f.View()
	if head == v.head {
		return f.compact(v)
	}
	if head.UUID == v.head.UUID && head.Revision >= v.head.Revision {
		next, err := v.Refresh(ctx, f.store)
		if err == nil {
			f.publish(next)
			return nil
		}
		if !errors.Is(err, ErrRevisionCompacted) {
			return err
		}
	}
	next, err := Load(ctx, f.store)
	if err != nil {
		return err
	}
	f.publish(next)
	return nil
}

// compact builds a View afresh when it differs much from its base. It runs while the store is quiet, so that a
// stream of small batches is not held up by it.
func (f *Follower) compact(v *View) error {
	if differences := v.Differences(); differences < compactMin || differences < v.RelationCount()/compactAt {
		return nil
	}
	next, err := v.Compact()
	if err != nil {
		return err
	}
	f.publish(next)
	return nil
}
