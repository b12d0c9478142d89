package graph

import (
	"slices"
	"sync"
)

// Activity tells which relations of a View are active under one filter, as [View.Active] does. A walk asks it for
// every relation that it meets; for filters that are asked for again and again it answers from a bit a relation.
type Activity struct {
	v    *View
	f    Filter
	bits bitset // of the relations of the base; nil: not known
}

// Activity is the activity under a filter. It never waits: the bits are gathered in the background once a filter
// was asked for several times, and shared by all Views of one base.
func (v *View) Activity(f Filter) Activity {
	return Activity{v: v, f: f, bits: v.relations.activity.of(v, f)}
}

// Has reports whether the relation is active.
func (a *Activity) Has(r Rel) bool {
	if word := int(r) >> 6; word < len(a.bits) {
		return a.bits[word]>>(uint(r)&63)&1 != 0
	}
	return a.v.Active(r, a.f)
}

const (
	keptActivities = 4      // filters remembered
	activityAfter  = 8      // questions under a filter before its bits are gathered
	activityMin    = 1 << 9 // relations from which on bits are worth it
)

// activities are the filters asked for most lately, the last one first.
type activities struct {
	mu     sync.Mutex
	recent []*activeSet
	busy   bool
}

type activeSet struct {
	filter Filter
	asked  int
	bits   bitset
}

func (a *activities) of(v *View, f Filter) bitset {
	if len(v.relations.to) < activityMin {
		return nil
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	at := slices.IndexFunc(a.recent, func(s *activeSet) bool { return s.filter == f })
	var set *activeSet
	if at >= 0 {
		set = a.recent[at]
		copy(a.recent[1:at+1], a.recent[:at])
		a.recent[0] = set
	} else {
		set = &activeSet{filter: f}
		a.recent = slices.Insert(a.recent, 0, set)
		a.recent = a.recent[:min(len(a.recent), keptActivities)]
	}
	set.asked++
	if set.bits == nil && set.asked >= activityAfter && !a.busy {
		a.busy = true
		go a.gather(v, set)
	}
	return set.bits
}

// gather looks at every relation of the base. What a delta changes has numbers beyond it. The last word is left
// out where it is not full, so that a number beyond the base never finds a bit.
func (a *activities) gather(v *View, set *activeSet) {
	n := len(v.relations.to) &^ 63
	bits := newBitset(n)
	for r := range n {
		if v.Active(Rel(r), set.filter) {
			bits.set(r)
		}
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	set.bits, a.busy = bits, false
}
