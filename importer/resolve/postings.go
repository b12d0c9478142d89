package resolve

import (
	"math/bits"
	"slices"
	"sort"
)

// postings say which entities have a key. A key is a hash: two keys that fall together make candidates that comparing
// then turns down. Each entry is the hash in the upper half and the entity in the lower one, sorted; the directory
// holds where the hashes begin that share their upper bits.
type postings struct {
	entries   []uint64
	directory []uint32
	shift     uint
}

// newPostings sorts the entries and drops repeats, and the keys of more than most entities; 0 keeps all.
func newPostings(entries []uint64, most int) postings {
	slices.Sort(entries)
	kept := entries[:0]
	for low := 0; low < len(entries); {
		high := low + 1
		for high < len(entries) && entries[high]>>32 == entries[low]>>32 {
			high++
		}
		from := len(kept)
		for i := low; i < high; i++ {
			if len(kept) == from || kept[len(kept)-1] != entries[i] {
				kept = append(kept, entries[i])
			}
		}
		if most > 0 && len(kept)-from > most {
			kept = kept[:from]
		}
		low = high
	}
	p := postings{entries: slices.Clip(kept)}
	width := min(22, max(1, bits.Len(uint(len(kept)))))
	p.shift = uint(64 - width)
	p.directory = make([]uint32, 1<<width+1)
	at := 0
	for bucket := range p.directory {
		for at < len(kept) && kept[at]>>p.shift < uint64(bucket) {
			at++
		}
		p.directory[bucket] = uint32(at)
	}
	return p
}

// of are the entries of a key, in the order of entities.
func (p *postings) of(key uint32) []uint64 {
	bucket := uint64(key) << 32 >> p.shift
	low, high := p.directory[bucket], p.directory[bucket+1]
	in := p.entries[low:high]
	from := sort.Search(len(in), func(i int) bool { return uint32(in[i]>>32) >= key })
	to := from
	for to < len(in) && uint32(in[to]>>32) == key {
		to++
	}
	return in[from:to]
}

// hash is FNV-1a of the class and the text, mixed into 32 bits: the same on every machine.
func hash(class byte, text string) uint32 {
	h := (uint64(14695981039346656037) ^ uint64(class)) * 1099511628211
	for i := 0; i < len(text); i++ {
		h = (h ^ uint64(text[i])) * 1099511628211
	}
	h ^= h >> 29
	h *= 0xBF58476D1CE4E5B9
	return uint32(h >> 32)
}
