package importer

import (
	"bytes"
	"context"
	"errors"
	"iter"
	"slices"

	"github.com/tributarygraph/tributary/graph"
)

// errStop ends a walk that has seen enough.
var errStop = errors.New("stop")

// sweep withdraws what the dataset said before and this import does not say. last is the ordinal of the last
// batch of statements.
func (im *importing) sweep(ctx context.Context, last int) error {
	switch {
	case !im.opts.Replace:
		return nil
	case im.opts.DryRun:
		return im.countSweep(ctx)
	}
	for ordinal := max(last, im.done) + 1; ; ordinal++ {
		applied, err := im.store.Apply(ctx, graph.Batch{Import: im.step(ordinal), Sweep: true})
		if err != nil {
			return err
		}
		if !applied.More && !applied.Repeated { // repeated: another process imports the same, and swept this part
			return nil
		}
	}
}

// countSweep counts what a sweep would withdraw: the store cannot tell, because a dry run writes nothing.
func (im *importing) countSweep(ctx context.Context) error {
	next, stop := iter.Pull2(im.rd.records.all(ctx))
	defer stop()
	counter := &sweepCounter{dataset: im.dataset, next: next}
	if _, err := im.store.Read(ctx, graph.ReadOptions{Sorted: true}, counter); err != nil {
		return err
	}
	if err := counter.closeSeries(); err != nil {
		return err
	}
	im.counts.Withdrawn += counter.withdrawn
	return nil
}

// all is sorted as an iterator; an error is the last thing that it delivers.
func (s *sorter) all(ctx context.Context) iter.Seq2[*record, error] {
	return func(yield func(*record, error) bool) {
		err := s.sorted(ctx, func(r *record) error {
			if !yield(r, nil) {
				return errStop
			}
			return nil
		})
		if err != nil && err != errStop {
			yield(nil, err)
		}
	}
}

// sweepCounter compares the live statements of a dataset with the records of an import, a series at a time;
// both come in order.
type sweepCounter struct {
	dataset string
	next    func() (*record, error, bool)
	key     []byte // of the next record; nil before the first and after the last
	ended   bool

	live      [][]byte // keys of the statements of one series
	withdrawn int
}

// Put is part of [graph.Sink].
func (c *sweepCounter) Put(s *graph.Statement) error {
	if s.Dataset != c.dataset {
		return nil
	}
	key := appendKey(nil, &s.Key)
	if len(c.live) > 0 && !bytes.Equal(series(c.live[0]), series(key)) {
		if err := c.closeSeries(); err != nil {
			return err
		}
	}
	c.live = append(c.live, key)
	return nil
}

// closeSeries counts the statements of the series that the import does not write. One that a dated statement
// of the import replaces is counted as changed elsewhere.
func (c *sweepCounter) closeSeries() error {
	if len(c.live) == 0 {
		return nil
	}
	written, err := c.recordsOf(series(c.live[0]))
	if err != nil {
		return err
	}
	undated := appendUndated(series(c.live[0]))
	replaced := len(c.live) == 1 && len(written) == 1 && bytes.Equal(c.live[0], undated) && !bytes.Equal(written[0], undated)
	for _, key := range c.live {
		if !replaced && !slices.ContainsFunc(written, func(w []byte) bool { return bytes.Equal(w, key) }) {
			c.withdrawn++
		}
	}
	c.live = c.live[:0]
	return nil
}

// appendUndated is the encoded key of a series' statement without a date.
func appendUndated(series []byte) []byte { return appendDate(bytes.Clone(series), graph.NoDate) }

// recordsOf are the keys of the records of one series; records before it are passed over.
func (c *sweepCounter) recordsOf(wanted []byte) (keys [][]byte, err error) {
	for !c.ended {
		if c.key != nil {
			switch order := bytes.Compare(series(c.key), wanted); {
			case order > 0:
				return keys, nil
			case order == 0 && (len(keys) == 0 || !bytes.Equal(keys[len(keys)-1], c.key)):
				keys = append(keys, c.key)
			}
		}
		r, err, ok := c.next()
		if err != nil {
			return nil, err
		}
		c.ended = !ok
		if ok {
			c.key = bytes.Clone(r.key)
		}
	}
	return keys, nil
}

// Merge, Withdraw and Unmerge are part of [graph.Sink]; a sweep does not touch decisions.
func (c *sweepCounter) Merge(graph.Sameness) error { return nil }

// Withdraw is part of [graph.Sink].
func (c *sweepCounter) Withdraw(graph.Key) error { return nil }

// Unmerge is part of [graph.Sink].
func (c *sweepCounter) Unmerge(graph.Kind, string) error { return nil }
