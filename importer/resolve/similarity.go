package resolve

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// within reports whether at most limit edits (insert, delete, replace, swap of neighbours) make b of a.
func within(a, b string, limit int) bool {
	x, y := []rune(a), []rune(b)
	if len(x) > len(y) {
		x, y = y, x
	}
	if len(y)-len(x) > limit {
		return false
	}
	before, last, now := make([]int, len(y)+1), make([]int, len(y)+1), make([]int, len(y)+1)
	for j := range last {
		last[j] = j
	}
	for i := range x {
		now[0] = i + 1
		least := now[0]
		for j := range y {
			cost := 1
			if x[i] == y[j] {
				cost = 0
			}
			d := min(last[j]+cost, last[j+1]+1, now[j]+1)
			if i > 0 && j > 0 && x[i] == y[j-1] && x[i-1] == y[j] {
				d = min(d, before[j-1]+1)
			}
			now[j+1] = d
			least = min(least, d)
		}
		if least > limit {
			return false
		}
		before, last, now = last, now, before
	}
	return last[len(y)] <= limit
}

// misspelled reports whether two words in Latin letters are likely one, typed wrong once: twice in long ones.
func misspelled(a, b string) bool {
	short := min(len(a), len(b))
	switch {
	case short < 5 || a[0] != b[0] && short < 7:
		return false
	case strings.ContainsAny(a+b, "0123456789"):
		return false
	case short < 10:
		return within(a, b, 1)
	}
	return within(a, b, 2)
}

// soundFold makes readings alike that differ by how they are written: long vowels, l and r, b and v.
var soundFold = strings.NewReplacer("ou", "o", "oo", "o", "uu", "u", "ii", "i", "ee", "e", "aa", "a", "l", "r", "v", "b", "ph", "f", "th", "s", "c", "k", "q", "k", "x", "ks", "tch", "ch", "y", "i")

// soundsAlike reports whether two words, at least one of them not in Latin letters, are read alike or nearly so.
func soundsAlike(a, b string) bool {
	a, b = soundFold.Replace(a), soundFold.Replace(b)
	short := min(len(a), len(b))
	if short < 2 {
		return false
	}
	if a == b {
		return true
	}
	if short < 3 {
		return false
	}
	if skeleton(a) == skeleton(b) && short >= 5 {
		return true
	}
	return short >= 5 && within(a, b, 1+short/5)
}

// skeleton is a reading without its vowels, each of its consonants once: what is left of a foreign word in kana.
func skeleton(sound string) string {
	var b strings.Builder
	last := byte(0)
	for i := 0; i < len(sound); i++ {
		c := sound[i]
		if strings.IndexByte("aeiou", c) < 0 && c != last {
			b.WriteByte(c)
		}
		last = c
	}
	if b.Len() < 3 {
		return sound
	}
	return b.String()
}

// alikeSigns reports whether two stretches of Chinese or Japanese signs are one, with one of at least four wrong.
func alikeSigns(a, b string) bool {
	n := utf8.RuneCountInString(a)
	return n >= 5 && n == utf8.RuneCountInString(b) && within(a, b, 1)
}

// subsequence reports whether all signs of short stand in long in this order, and marks those that do in long.
func subsequence(short, long []rune) (used []bool, ok bool) {
	used = make([]bool, len(long))
	at := 0
	for _, r := range short {
		i := slices.Index(long[at:], r)
		if i < 0 {
			return nil, false
		}
		used[at+i] = true
		at += i + 1
	}
	return used, true
}
