package importer

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"slices"
)

// sorter puts records into the order of their keys; records with one key stay in the order in which they were
// added. Records are collected in runs of bounded size; a run that is full is sorted by another goroutine and
// written to a temporary file while the next one fills. What fits in one run never touches the disk.
type sorter struct {
	tempDir string
	most    int // bytes of a run

	filling *run
	free    chan *run  // runs that are empty
	full    chan *run  // to the goroutine that sorts and writes
	done    chan error // its end
	started bool
	records int64

	file   *Spool  // the runs written, one after another; nil while there is none
	extent []int64 // where each run in file ends
	memory *run    // the last run, sorted, in memory
}

// run is a set of records, encoded one after another.
type run struct {
	data  []byte
	index []entry
	// common is how many first bytes all keys share.
	common int
}

// entry finds a record of a run, with the part of its key that usually decides a comparison.
type entry struct {
	prefix uint64
	at     uint32
}

// recordHead is the length of what stands before the key of an encoded record: two lengths and the position.
const recordHead = 16

// newSorter makes a sorter that holds about the given number of bytes in memory.
func newSorter(tempDir string, memory int) *sorter {
	return &sorter{tempDir: tempDir, most: min(memory/2, 1<<30), filling: &run{}, free: make(chan *run, 2), full: make(chan *run), done: make(chan error, 1)}
}

// add takes a record; position tells messages and ties where it stood.
func (s *sorter) add(key, value []byte, position uint64) error {
	size := recordHead + len(key) + len(value)
	if len(s.filling.data) > 0 && len(s.filling.data)+size > s.most {
		if err := s.handOver(); err != nil {
			return err
		}
	}
	s.filling.add(key, value, position)
	s.records++
	return nil
}

func (r *run) add(key, value []byte, position uint64) {
	if len(r.index) == 0 {
		r.common = len(key)
	} else {
		first := r.key(r.index[0].at)
		r.common = min(r.common, len(key))
		if !bytes.Equal(first[:r.common], key[:r.common]) {
			r.common = commonPrefix(first, key)
		}
	}
	r.index = append(r.index, entry{at: uint32(len(r.data))})
	r.data = binary.LittleEndian.AppendUint32(r.data, uint32(len(key)))
	r.data = binary.LittleEndian.AppendUint32(r.data, uint32(len(value)))
	r.data = binary.LittleEndian.AppendUint64(r.data, position)
	r.data = append(r.data, key...)
	r.data = append(r.data, value...)
}

func commonPrefix(a, b []byte) int {
	n := min(len(a), len(b))
	for i := range n {
		if a[i] != b[i] {
			return i
		}
	}
	return n
}

func (r *run) key(at uint32) []byte {
	length := binary.LittleEndian.Uint32(r.data[at:])
	return r.data[at+recordHead:][:length]
}

func (r *run) size(at uint32) uint32 {
	return recordHead + binary.LittleEndian.Uint32(r.data[at:]) + binary.LittleEndian.Uint32(r.data[at+4:])
}

// sort orders the index. Keys differ mostly in the eight bytes after what all of them share.
func (r *run) sort() {
	for i := range r.index {
		var part [8]byte
		copy(part[:], r.key(r.index[i].at)[r.common:])
		r.index[i].prefix = binary.BigEndian.Uint64(part[:])
	}
	slices.SortFunc(r.index, func(a, b entry) int {
		if a.prefix != b.prefix {
			return cmp.Compare(a.prefix, b.prefix)
		}
		if c := bytes.Compare(r.key(a.at)[r.common:], r.key(b.at)[r.common:]); c != 0 {
			return c
		}
		return cmp.Compare(a.at, b.at)
	})
}

func (r *run) reset() {
	r.data, r.index = r.data[:0], r.index[:0]
}

// handOver gives the full run to the goroutine that sorts and writes, and takes an empty one.
func (s *sorter) handOver() error {
	if !s.started {
		file, err := NewSpool(s.tempDir, "tributary-import-*.spool")
		if err != nil {
			return fmt.Errorf("no temporary file for sorting: %w; name a folder with space", err)
		}
		s.file, s.started = file, true
		s.free <- &run{data: make([]byte, 0, s.most), index: make([]entry, 0, len(s.filling.index))}
		go s.writeRuns()
	}
	select {
	case s.full <- s.filling:
	case err := <-s.done: // it stopped early
		s.done <- err
		return err
	}
	select {
	case s.filling = <-s.free:
	case err := <-s.done:
		s.done <- err
		return err
	}
	return nil
}

func (s *sorter) writeRuns() {
	w := bufio.NewWriterSize(s.file, 1<<20)
	var written int64
	for r := range s.full {
		r.sort()
		for _, e := range r.index {
			size := r.size(e.at)
			written += int64(size)
			if _, err := w.Write(r.data[e.at : e.at+size]); err != nil {
				s.done <- fmt.Errorf("sorting: %w; name a folder for temporary files with more space", err)
				return
			}
		}
		s.extent = append(s.extent, written)
		r.reset()
		s.free <- r
	}
	err := w.Flush()
	if err != nil {
		err = fmt.Errorf("sorting: %w; name a folder for temporary files with more space", err)
	}
	s.done <- err
}

// finish ends the adding.
func (s *sorter) finish() error {
	if s.memory != nil {
		return nil
	}
	var err error
	if s.started {
		close(s.full)
		s.started = false
		err = <-s.done
		s.free = nil
	}
	s.filling.sort()
	s.memory = s.filling
	return err
}

// Close removes the temporary file.
func (s *sorter) Close() error {
	if s.started {
		close(s.full)
		<-s.done
		s.started = false
	}
	if s.file == nil {
		return nil
	}
	err := s.file.Close()
	s.file = nil
	return err
}

// record is a record on its way out of a sorter; its bytes are valid until the next one is asked for.
type record struct {
	key, value []byte
	position   uint64
}

// cursor walks over one run.
type cursor struct {
	record
	order int // of runs: the earlier wins a tie

	// Of a run in memory.
	run *run
	at  int
	// Of a run on disk.
	file      io.ReaderAt
	next, end int64  // of the part not read yet
	buffer    []byte // what was read and not yet delivered begins at start
	start     int
}

// mergeMemory is what the buffers of all runs on disk may take together.
const mergeMemory = 32 << 20

// sorted calls yield with every record in order. It may be called again, for another walk.
func (s *sorter) sorted(ctx context.Context, yield func(*record) error) error {
	if err := s.finish(); err != nil {
		return err
	}
	heap, err := s.cursors()
	if err != nil {
		return err
	}
	for n := 0; len(heap) > 0; n++ {
		if n&0xFFF == 0 && ctx.Err() != nil {
			return context.Cause(ctx)
		}
		top := heap[0]
		if err := yield(&top.record); err != nil {
			return err
		}
		more, err := top.advance()
		if err != nil {
			return err
		}
		if !more {
			last := len(heap) - 1
			heap[0] = heap[last]
			heap = heap[:last]
		}
		siftDown(heap, 0)
	}
	return nil
}

// cursors makes a heap of one cursor a run, each at its first record.
func (s *sorter) cursors() ([]*cursor, error) {
	var all []*cursor
	var from int64
	for i, end := range s.extent {
		size := max(16<<10, min(1<<20, mergeMemory/len(s.extent)))
		all = append(all, &cursor{order: i, file: s.file, next: from, end: end, buffer: make([]byte, 0, size)})
		from = end
	}
	all = append(all, &cursor{order: len(all), run: s.memory, at: -1})
	heap := all[:0]
	for _, c := range all {
		more, err := c.advance()
		if err != nil {
			return nil, err
		}
		if more {
			heap = append(heap, c)
		}
	}
	for i := len(heap)/2 - 1; i >= 0; i-- {
		siftDown(heap, i)
	}
	return heap, nil
}

func (c *cursor) less(o *cursor) bool {
	if order := bytes.Compare(c.key, o.key); order != 0 {
		return order < 0
	}
	return c.order < o.order
}

func siftDown(heap []*cursor, i int) {
	for {
		least := 2*i + 1
		if least >= len(heap) {
			return
		}
		if right := least + 1; right < len(heap) && heap[right].less(heap[least]) {
			least = right
		}
		if !heap[least].less(heap[i]) {
			return
		}
		heap[i], heap[least] = heap[least], heap[i]
		i = least
	}
}

// advance goes to the next record of the run; false at its end.
func (c *cursor) advance() (bool, error) {
	if c.run != nil {
		c.at++
		if c.at >= len(c.run.index) {
			return false, nil
		}
		at := c.run.index[c.at].at
		c.take(c.run.data[at : at+c.run.size(at)])
		return true, nil
	}
	if len(c.buffer)-c.start < recordHead {
		if len(c.buffer)-c.start == 0 && c.next == c.end {
			return false, nil
		}
		if err := c.read(recordHead); err != nil {
			return false, err
		}
	}
	head := c.buffer[c.start:]
	size := recordHead + int(binary.LittleEndian.Uint32(head)) + int(binary.LittleEndian.Uint32(head[4:]))
	if len(head) < size {
		if err := c.read(size); err != nil {
			return false, err
		}
		head = c.buffer[c.start:]
	}
	c.take(head[:size])
	c.start += size
	return true, nil
}

func (c *cursor) take(encoded []byte) {
	key := int(binary.LittleEndian.Uint32(encoded))
	c.position = binary.LittleEndian.Uint64(encoded[8:])
	c.key, c.value = encoded[recordHead:recordHead+key], encoded[recordHead+key:]
}

// read fills the buffer until it holds at least need bytes that were not delivered.
func (c *cursor) read(need int) error {
	left := copy(c.buffer, c.buffer[c.start:])
	c.buffer, c.start = c.buffer[:left], 0
	if need > cap(c.buffer) {
		c.buffer = append(make([]byte, 0, need), c.buffer...)
	}
	want := int(min(int64(cap(c.buffer)-left), c.end-c.next))
	if left+want < need {
		return errCorrupt
	}
	n, err := c.file.ReadAt(c.buffer[left:left+want], c.next)
	if n < want {
		return fmt.Errorf("reading back what was sorted: %w", err)
	}
	c.buffer = c.buffer[:left+want]
	c.next += int64(want)
	return nil
}
