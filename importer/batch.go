package importer

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"slices"
	"strings"

	"github.com/tributarygraph/tributary/graph"
)

// maxBatchBytes ends a batch of long statements early.
const maxBatchBytes = 64 << 20

// batch is what one Apply gets. Its memory is used again after recycle.
type batch struct {
	ordinal    int
	statements []graph.Statement
	fields     []graph.Field // of all statements, one after another
	ends       []int         // in fields, by statement
	rows       int64         // rows of the import up to the end of the batch, duplicates included
}

// batcher makes batches of records in order: each key once, all statements of a series in one batch. Where it
// cuts depends on the records and the size alone, so that a repeated import makes the same batches.
type batcher struct {
	size int // statements of a batch; more where one series has more
	free chan *batch
	out  chan<- *batch

	encoded []byte       // keys and patches of the batch that is being made
	bounds  []recordSpan // of its records
	ordinal int
	rows    int64

	unchanged int64 // rows that say again what an earlier row says
	joined    int64 // rows that say more of what an earlier row speaks of
	duplicate func(first, second *record) error
	combine   func(first, second *record) (value []byte, ok bool, err error) // what both say, where they may be combined
	see       func(*graph.Statement)                                         // called for each statement
}

// recordSpan is where a record stands in batcher.encoded.
type recordSpan struct {
	key, value, end int
	position        uint64
}

func newBatcher(size int, out chan<- *batch) *batcher {
	return &batcher{size: size, out: out, free: make(chan *batch, 4)}
}

func (b *batcher) at(i int) record {
	s := b.bounds[i]
	return record{key: b.encoded[s.key:s.value], value: b.encoded[s.value:s.end], position: s.position}
}

// add takes the next record.
func (b *batcher) add(ctx context.Context, r *record) error {
	if n := len(b.bounds); n > 0 {
		last := b.at(n - 1)
		if bytes.Equal(last.key, r.key) {
			b.rows++
			if bytes.Equal(last.value, r.value) {
				b.unchanged++
				return nil
			}
			value, ok, err := b.combine(&last, r)
			if err != nil {
				return err
			}
			if !ok {
				return b.duplicate(&last, r)
			}
			b.joined++
			b.replaceLast(value)
			return nil
		}
		full := n >= b.size || len(b.encoded) >= maxBatchBytes
		if full && !bytes.Equal(series(last.key), series(r.key)) {
			if err := b.flush(ctx); err != nil {
				return err
			}
		}
	}
	b.rows++
	from := len(b.encoded)
	b.encoded = append(append(b.encoded, r.key...), r.value...)
	b.bounds = append(b.bounds, recordSpan{key: from, value: from + len(r.key), end: len(b.encoded), position: r.position})
	return nil
}

// replaceLast gives the last record another patch.
func (b *batcher) replaceLast(value []byte) {
	last := &b.bounds[len(b.bounds)-1]
	b.encoded = append(b.encoded[:last.value], value...)
	last.end = len(b.encoded)
}

// series is the part of an encoded key that versions of one claim share.
func series(key []byte) []byte { return key[:len(key)-validFromSize] }

// flush hands over the batch that is being made, if there is one.
func (b *batcher) flush(ctx context.Context) error {
	if len(b.bounds) == 0 {
		return nil
	}
	var out *batch
	select {
	case out = <-b.free:
	default:
		out = &batch{}
	}
	b.ordinal++
	out.ordinal, out.rows = b.ordinal, b.rows
	if err := b.decode(out); err != nil {
		return err
	}
	b.encoded, b.bounds = b.encoded[:0], b.bounds[:0]
	select {
	case b.out <- out:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// decode makes statements of the records. All their texts are parts of one string.
func (b *batcher) decode(out *batch) error {
	text := string(b.encoded)
	out.statements, out.fields, out.ends = out.statements[:0], out.fields[:0], out.ends[:0]
	out.statements = slices.Grow(out.statements, len(b.bounds))
	var err error
	for _, s := range b.bounds {
		key, bad := decodeKey(text[s.key:s.value])
		if bad != nil {
			return bad
		}
		if out.fields, err = decodeFields(out.fields, text[s.value:s.end]); err != nil {
			return err
		}
		out.statements = append(out.statements, graph.Statement{Key: key})
		out.ends = append(out.ends, len(out.fields))
	}
	from := 0
	for i, end := range out.ends {
		out.statements[i].Fields = out.fields[from:end:end]
		from = end
		b.see(&out.statements[i])
	}
	return nil
}

// recycle gives the memory of a batch back once nobody reads it any more.
func (b *batcher) recycle(x *batch) {
	select {
	case b.free <- x:
	default:
	}
}

// differences names the fields in which two patches differ.
func differences(a, b []byte) (names []string, err error) {
	first, err := decodeFields(nil, string(a))
	if err != nil {
		return nil, err
	}
	second, err := decodeFields(nil, string(b))
	if err != nil {
		return nil, err
	}
	for _, f := range first {
		if !slices.ContainsFunc(second, f.Equal) {
			names = append(names, f.ID.String())
		}
	}
	for _, f := range second {
		if !slices.ContainsFunc(first, f.Equal) && !slices.Contains(names, f.ID.String()) {
			names = append(names, f.ID.String())
		}
	}
	return names, nil
}

// duplicates rejects rows that say of one statement something else than an earlier row of the import. Of records that are
// converted, it refuses that statement alone.
type duplicates struct {
	rd     *reading
	sorter *sorter // position and reason of each, in the order of positions; nil when nobody wants them
}

func (d *duplicates) reject(first, second *record) error {
	names, err := differences(first.value, second.value)
	if err != nil {
		return err
	}
	key, err := decodeKey(string(second.key))
	if err != nil {
		return err
	}
	firstFile, firstRow := positionOf(first.position)
	file, line := positionOf(second.position)
	why := fmt.Sprintf("row %d of %s says the same of %s with other values (%s); the first row is kept. Rows with different source, asserted_by, period or valid_from may stand beside each other",
		firstRow, d.rd.files[firstFile].name, describe(&key), cut(strings.Join(names, ", ")))
	if d.rd.report.Files[file].Conversion != nil {
		why = statementRefused + why // by now the others of the record may be in the store
		d.rd.report.refuse(file, Rejection{File: d.rd.files[file].name, Row: line, Reason: why})
	} else {
		d.rd.report.Files[file].Rejected++
		d.rd.report.reject(Rejection{File: d.rd.files[file].name, Row: line, Reason: why})
	}
	if d.sorter == nil {
		return nil
	}
	return d.sorter.add(binary.BigEndian.AppendUint64(nil, second.position), []byte(why), second.position)
}

// addLate takes the records of statements that were refused at the end of their files.
func (d *duplicates) addLate() error {
	if d.sorter == nil {
		return nil
	}
	for _, late := range d.rd.late {
		if err := d.sorter.add(binary.BigEndian.AppendUint64(nil, late.position), []byte(late.why), late.position); err != nil {
			return err
		}
	}
	return nil
}

// combine joins what two records of converted files say of one statement, where they agree.
func (d *duplicates) combine(first, second *record) (value []byte, ok bool, err error) {
	for _, r := range []*record{first, second} {
		if file, _ := positionOf(r.position); d.rd.report.Files[file].Conversion == nil {
			return nil, false, nil
		}
	}
	return combined(first.value, second.value)
}

// describe names what a statement is about, for a message.
func describe(k *graph.Key) string {
	if !k.Kind.IsRelation() {
		return fmt.Sprintf("%s %q", k.Kind, cut(k.From))
	}
	text := fmt.Sprintf("%q %s %q", cut(k.From), k.Kind, cut(k.To))
	if k.Product != "" {
		text += fmt.Sprintf(" (%s)", cut(k.Product))
	}
	return text
}
