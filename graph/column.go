package graph

import "strings"

// column is a list that is built before its length is known. It grows by pieces: a slice that append grows is, for
// a while, there twice.
type column[T any] struct {
	chunks [][]T
	n      int
}

const chunkSize = 1 << 16

func (c *column[T]) add(v T) {
	if c.n%chunkSize == 0 {
		c.chunks = append(c.chunks, make([]T, 0, chunkSize))
	}
	last := &c.chunks[c.n/chunkSize]
	*last = append(*last, v)
	c.n++
}

// shift is value i; those before the chunk that it lies in are given up. It must be called with rising numbers.
func (c *column[T]) shift(i int) T {
	at := i / chunkSize
	if i%chunkSize == 0 && at > 0 {
		c.chunks[at-1] = nil
	}
	return c.chunks[at][i%chunkSize]
}

// take is the column as one slice. The column is empty afterwards.
func (c *column[T]) take() []T {
	out := make([]T, 0, c.n)
	for i, chunk := range c.chunks {
		out = append(out, chunk...)
		c.chunks[i] = nil
	}
	*c = column[T]{}
	return out
}

// addDate adds the date of row n-1. The column ends with the last row that has one.
func addDate(c *column[Date], n int, d Date) {
	if d == NoDate {
		return
	}
	for c.n < n-1 {
		c.add(NoDate)
	}
	c.add(d)
}

// datesOf is a column of dates as one slice of n; nil when no row has one.
func datesOf(c *column[Date], n int) []Date {
	if c.n == 0 {
		return nil
	}
	for c.n < n {
		c.add(NoDate)
	}
	return c.take()
}

// distinct numbers different values in the order of their appearance.
type distinct[T comparable] struct {
	index  map[T]uint32
	list   []T
	last   T // values come in runs
	lastAt uint32
}

// place is the number of a value. A new one is kept as clone gives it.
func (d *distinct[T]) place(v T, clone func(T) T) uint32 {
	if len(d.list) > 0 && v == d.last {
		return d.lastAt
	}
	at, ok := d.index[v]
	if !ok {
		if d.index == nil {
			d.index = map[T]uint32{}
		}
		at = uint32(len(d.list))
		d.list = append(d.list, clone(v))
		d.index[d.list[at]] = at
	}
	d.last, d.lastAt = d.list[at], at
	return at
}

// clone is p in memory of its own: what is read may be a part of a long text.
func (p provenance) clone() provenance {
	for _, text := range []*string{&p.Dataset, &p.Source, &p.AssertedBy, (*string)(&p.Period)} {
		*text = strings.Clone(*text)
	}
	return p
}

// clone is t in memory of its own.
func (t terms) clone() terms {
	for _, text := range []*string{&t.Currency, &t.Unit, &t.UsedIn, &t.OriginCountry, &t.Country, &t.Control, &t.Role} {
		*text = strings.Clone(*text)
	}
	return t
}
