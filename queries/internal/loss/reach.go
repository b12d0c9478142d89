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
	return r.propagate(ctx, s, &r.low, (*Run).lowerInput, (*Run).lowerNode, down)
}

// Certain are the nodes whose stop may cost any of the roots anything for certain, and these: those from which edges lead
// to them that pass on certain losses. Whatever the others lose, the lower losses of the roots are 0.
func (n *Net) Certain(o Options, roots ...int32) []bool { return n.reach(roots, o, n.certain) }

// Whole are the nodes whose stop may cost the root everything because one chain alone passes on all of it, and the
// root: when one of them stops, the root's upper loss is exactly 1. The stop of others may cost everything too.
func (n *Net) Whole(root int32, o Options) []bool { return n.reach([]int32{root}, o, n.passesAll) }

// reach walks back from the roots over the edges that pass.
func (n *Net) reach(roots []int32, o Options, passes func(i int32, o Options) func(e int32) bool) []bool {
	if o.Level == 0 {
		o.Level = Both
	}
	seen := make([]bool, n.Nodes())
	todo := slices.Clone(roots)
	for _, root := range roots {
		seen[root] = true
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
