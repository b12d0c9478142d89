package loss

import (
	"context"
	"slices"
)

// SolveLow computes the lower losses of a scenario only; the upper ones are those of no damage.
func (r *Run) SolveLow(ctx context.Context, s *Scenario) error {
	r.reset()
	if r.Options.Level == 0 {
		r.Options.Level = Both
	}
	for _, d := range s.Edges {
		r.damageEdge(d)
	}
	return r.propagate(ctx, s, &r.low, (*Run).lowerInput, (*Run).lowerNode, r.down())
}

// Certain are the nodes whose stop may cost any of the roots anything for certain, and these: those from which edges lead
// to them that pass on certain losses. Whatever the others lose, the lower losses of the roots are 0.
func (n *Net) Certain(o Options, roots ...int32) []bool { return n.reach(roots, o, n.certain, nil) }

// Whole are the nodes whose stop may cost the root everything because one chain alone passes on all of it, and the
// root: when one of them stops, the root's upper loss is exactly 1. The stop of others may cost everything too.
func (n *Net) Whole(root int32, o Options) []bool { return n.reach([]int32{root}, o, n.passesAll, nil) }

// WholeBeside is Whole without the chains that pass the still nodes, of which the root is none: see [Scenario].
func (n *Net) WholeBeside(root int32, o Options, still []int32) []bool {
	return n.reach([]int32{root}, o, n.passesAll, still)
}

// CertainWhole are the nodes whose stop costs the root everything for certain because one chain alone passes on all of
// it, and the root: when one of them stops, the root's lower loss is exactly 1.
func (n *Net) CertainWhole(root int32, o Options) []bool {
	return n.reach([]int32{root}, o, n.passesAllLow, nil)
}

// reach walks back from the roots over the edges that pass, and not into the still nodes.
func (n *Net) reach(roots []int32, o Options, passes func(i int32, o Options) func(e int32) bool, still []int32) []bool {
	if o.Level == 0 {
		o.Level = Both
	}
	seen := make([]bool, n.Nodes())
	todo := slices.Clone(roots)
	for _, root := range roots {
		seen[root] = true
	}
	for _, at := range still {
		seen[at] = true
	}
	for len(todo) > 0 {
		at := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		for i := n.inStart[at]; i < n.inStart[at+1]; i++ {
			pass := passes(i, o)
			if pass == nil {
				continue
			}
			for e := n.edgeStart[i]; e < n.edgeStart[i+1]; e++ {
				if s := n.source[e]; s != Nobody && !seen[s] && pass(e) {
					seen[s] = true
					todo = append(todo, s)
				}
			}
		}
	}
	for _, at := range still {
		seen[at] = false
	}
	return seen
}

// certain tells which edges of an input may pass on certain losses; nil: none does.
func (n *Net) certain(i int32, o Options) func(e int32) bool {
	f := n.flags[i]
	complete := f&flagComplete != 0 || o.AssumeComplete
	if f&flagMaybe != 0 || f&flagByValue != 0 && !complete || Reading(f>>readingShift)&o.Level == 0 {
		return nil
	}
	switch e := Tri(f & flagEssential); {
	case e == Yes, e == Unstated && o.AssumeEssential:
	case e == No && n.weight != nil && n.shares[n.weight[i]].Low > 0:
	default:
		return nil
	}
	return func(e int32) bool {
		if n.share[e] == 0 {
			return complete
		}
		return n.shares[n.share[e]].Low > 0
	}
}

// passesAll tells which edges of an input pass on all of an upper loss; nil: none is known to.
func (n *Net) passesAll(i int32, o Options) func(e int32) bool {
	f := n.flags[i]
	if Reading(f>>readingShift)&o.Level == 0 || Tri(f&flagEssential) == No && n.wholeHigh[n.node[i]] {
		return nil
	}
	least := 0.0
	for e := n.edgeStart[i]; e < n.edgeStart[i+1]; e++ {
		if n.share[e] != 0 {
			least += n.shares[n.share[e]].Low
		}
	}
	residual := f&flagByValue == 0 && least == 0
	return func(e int32) bool {
		if n.share[e] == 0 {
			return residual
		}
		return n.shares[n.share[e]].High >= 1
	}
}

// Chains are the edges that pass on all of an upper loss, as arrays: for walking them again and again.
type Chains struct {
	start []int32 // by node; one more than there are nodes
	from  []int32 // sources of the edges
}

// Chains lists the edges that [Net.Whole] walks.
func (n *Net) Chains(o Options) *Chains {
	if o.Level == 0 {
		o.Level = Both
	}
	c := &Chains{start: make([]int32, 0, n.Nodes()+1)}
	for at := range n.Nodes() {
		c.start = append(c.start, int32(len(c.from)))
		for i := n.inStart[at]; i < n.inStart[at+1]; i++ {
			pass := n.passesAll(i, o)
			if pass == nil {
				continue
			}
			for e := n.edgeStart[i]; e < n.edgeStart[i+1]; e++ {
				if s := n.source[e]; s != Nobody && pass(e) {
					c.from = append(c.from, s)
				}
			}
		}
	}
	c.start = append(c.start, int32(len(c.from)))
	return c
}

// passesAllLow tells which edges of an input pass on all of a lower loss; nil: none is known to.
func (n *Net) passesAllLow(i int32, o Options) func(e int32) bool {
	f := n.flags[i]
	complete := f&flagComplete != 0 || o.AssumeComplete
	needed := Tri(f&flagEssential) == Yes || Tri(f&flagEssential) == Unstated && o.AssumeEssential
	if !needed || f&flagMaybe != 0 || f&flagByValue != 0 && !complete || Reading(f>>readingShift) != Both {
		return nil
	}
	return func(e int32) bool { return n.share[e] != 0 && n.shares[n.share[e]].Low >= 1 }
}

// Walker walks chains, and keeps its memory between walks. It is not safe for use by several goroutines.
type Walker struct {
	c      *Chains
	group  []int32 // by node, the group that it is of; -1: none
	groups int
	seen   []uint32
	epoch  uint32
	todo   []int32
}

// Walker is a walker that looks for groups of nodes, each node in one at most.
func (c *Chains) Walker(groups [][]int32) *Walker {
	n := len(c.start) - 1
	w := &Walker{c: c, group: make([]int32, n), groups: len(groups), seen: make([]uint32, n)}
	for i := range w.group {
		w.group[i] = -1
	}
	for g, nodes := range groups {
		for _, at := range nodes {
			w.group[at] = int32(g)
		}
	}
	return w
}

// Around tells of each group whether one of its nodes is among those of [Net.Whole] even when the nodes without pass on
// nothing: whatever becomes of these, the upper loss of the root stays 1 when the group stops. It goes no farther than
// it must.
func (w *Walker) Around(root int32, without []int32) []bool {
	w.epoch++
	found, open := make([]bool, w.groups), w.groups
	for _, at := range without {
		w.seen[at] = w.epoch
	}
	if w.seen[root] == w.epoch {
		return found
	}
	w.todo = append(w.todo[:0], root)
	w.seen[root] = w.epoch
	for next := 0; next < len(w.todo) && open > 0; next++ {
		at := w.todo[next]
		if g := w.group[at]; g >= 0 && !found[g] {
			found[g] = true
			open--
		}
		for _, s := range w.c.from[w.c.start[at]:w.c.start[at+1]] {
			if w.seen[s] != w.epoch {
				w.seen[s] = w.epoch
				w.todo = append(w.todo, s)
			}
		}
	}
	return found
}

// Passing is about what part of a loss of each node comes to the root at most along one chain: the product of the most
// that each hop passes on. It is a rule of thumb, for choosing what to look at first.
func (n *Net) Passing(root int32, o Options) []float64 {
	if o.Level == 0 {
		o.Level = Both
	}
	out := make([]float64, n.Nodes())
	out[root] = 1
	todo := []int32{root}
	for next := 0; next < len(todo) && next < 64*len(out); next++ {
		at := todo[next]
		free := 1.0
		for i := n.inStart[at]; i < n.inStart[at+1]; i++ {
			if w := n.weightOf(i); w != Unknown {
				free -= w.Low
			}
		}
		for i := n.inStart[at]; i < n.inStart[at+1]; i++ {
			f := n.flags[i]
			if Reading(f>>readingShift)&o.Level == 0 {
				continue
			}
			part := out[at]
			if Tri(f&flagEssential) == No {
				if w := n.weightOf(i); w != Unknown {
					part *= w.High
				} else {
					part *= max(0, free)
				}
			}
			residual := 1.0
			for e := n.edgeStart[i]; e < n.edgeStart[i+1]; e++ {
				if n.share[e] != 0 {
					residual -= n.shares[n.share[e]].Low
				}
			}
			for e := n.edgeStart[i]; e < n.edgeStart[i+1]; e++ {
				k := max(0, residual)
				if n.share[e] != 0 {
					k = n.shares[n.share[e]].High
				}
				const step = 1 + 1e-6 // what hardly changes is not followed
				if s := n.source[e]; s != Nobody && part*k > out[s]*step {
					out[s] = part * k
					todo = append(todo, s)
				}
			}
		}
	}
	return out
}

func (n *Net) weightOf(i int32) Share {
	if n.weight == nil {
		return Unknown
	}
	return n.shares[n.weight[i]]
}
