package graph

import (
	"context"
	"errors"
	"runtime"
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
	// compactNodesMin is how many of the differences must be of nodes for these to be built afresh too.
	compactNodesMin = 1_000
)

// Follower keeps a View up to date with a store that others write to. While the store cannot be reached it goes
// on giving the last View, and [Follower.Health] says so.
type Follower struct {
	store  Store
	view   atomic.Pointer[View]
	life   context.Context // ends with Close
	cancel context.CancelFunc
	done   chan struct{}

	catching   sync.Mutex // one catches up at a time
	compacting bool
	compacted  chan compaction

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
	f := &Follower{store: store, life: following, cancel: cancel, done: make(chan struct{}), compacted: make(chan compaction, 1)}
	f.publish(v)
	f.note(nil)
	go f.run()
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

func (f *Follower) run() {
	defer close(f.done)
	ticker := time.NewTicker(followInterval)
	defer ticker.Stop()
	for {
		select {
		case <-f.life.Done():
			return
		case <-ticker.C:
			f.note(f.CatchUp(f.life))
		}
	}
}

// CatchUp brings the View to the store's present revision. A Follower does so by itself; a caller that has just
// written may want to see its own words at once.
func (f *Follower) CatchUp(ctx context.Context) error {
	f.catching.Lock()
	defer f.catching.Unlock()
	head, err := f.store.Head(ctx)
	if err != nil {
		return err
	}
	c := f.takeCompacted()
	v := c.fresh
	if head != v.head {
		if v, err = f.next(ctx, v, head); err != nil {
			return err
		}
	}
	f.publishNew(v)
	if len(c.next) > 0 { // not before what it replaced is given up
		f.compactWith(c.built, c.next)
	} else {
		f.compact(v)
	}
	return nil
}

// next is the View of the store's present revision.
func (f *Follower) next(ctx context.Context, v *View, head Head) (*View, error) {
	if head.UUID == v.head.UUID && head.Revision >= v.head.Revision {
		next, err := v.Refresh(ctx, f.store)
		if !errors.Is(err, ErrRevisionCompacted) {
			return next, err
		}
	}
	return Load(ctx, f.store)
}

func (f *Follower) publishNew(v *View) {
	if v != f.View() {
		f.publish(v)
	}
}

// compaction is what one step of a compaction made.
type compaction struct {
	built *View // what the next step goes on from
	fresh *View // the same with what changed meanwhile
	next  []compactStep
}

type compactStep func(*View) *View

// compact begins to build a View afresh when it differs much from its base. Meanwhile the old one is refreshed
// on; what changes until the new one is ready is applied to that too.
func (f *Follower) compact(v *View) {
	differences := v.Differences()
	if f.compacting || differences < compactMin || differences < v.RelationCount()/compactAt {
		return
	}
	steps := []compactStep{(*View).compactRelations, (*View).compactClaims}
	if v.nodeDifferences() >= compactNodesMin {
		steps = append(steps, (*View).compactNodes)
	}
	f.compactWith(v, steps)
}

// compactWith takes the first of the steps. What the step before replaced is collected first: the collector, which
// lets the memory in use grow by a part, would count it.
func (f *Follower) compactWith(v *View, steps []compactStep) {
	f.compacting = true
	go func() {
		runtime.GC()
		c := compaction{built: steps[0](v), next: steps[1:]}
		v = nil
		c.fresh = f.refreshed(c.built)
		f.compacted <- c
	}()
}

// refreshed is the View with nearly all that changed since, so that who takes it has little left to apply.
func (f *Follower) refreshed(v *View) *View {
	for {
		next, err := v.Refresh(f.life, f.store)
		if err != nil {
			return v // who takes it meets the error again
		}
		caughtUp := next.head.Revision <= v.head.Revision+1
		if v = next; caughtUp {
			return v
		}
	}
}

// takeCompacted is the View to go on from: the one that was built afresh, once it is ready.
func (f *Follower) takeCompacted() compaction {
	select {
	case c := <-f.compacted:
		f.compacting = false
		if c.fresh.head.UUID == f.View().head.UUID {
			return c
		}
	default:
	}
	return compaction{fresh: f.View()}
}
