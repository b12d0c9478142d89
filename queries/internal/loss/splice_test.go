package loss

import (
	"context"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// drawNet draws the nodes of a network: inputs of each, with the nodes that they come from.
func drawNodes(t *rapid.T, nodes int) [][]input {
	share := rapid.SampledFrom([]Share{Unknown, known(0.2), known(0.5), {0.1, 0.3}})
	out := make([][]input, nodes)
	for n := range out {
		for range rapid.IntRange(0, 3).Draw(t, "inputs") {
			out[n] = append(out[n], drawInput(t, share, nodes))
		}
	}
	return out
}

func drawInput(t *rapid.T, share *rapid.Generator[Share], nodes int) input {
	in := input{Input: Input{Essential: Tri(rapid.IntRange(0, 2).Draw(t, "essential")), Complete: rapid.Bool().Draw(t, "complete"), Readings: Both,
		Weight: rapid.SampledFrom([]Share{Unknown, known(0.3)}).Draw(t, "weight")}}
	for range rapid.IntRange(1, 3).Draw(t, "edges") {
		in.from = append(in.from, int32(rapid.IntRange(0, nodes-1).Draw(t, "from")))
		in.part = append(in.part, share.Draw(t, "share"))
	}
	return in
}

// A network in which a node is exchanged for another loses what one does that was built so from the start.
func TestSpliceIsBuildingAnew(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		const nodes = 5
		list := drawNodes(rt, nodes)
		at := int32(rapid.IntRange(1, nodes-1).Draw(rt, "node"))
		var other []input
		for range rapid.IntRange(0, 3).Draw(rt, "others") {
			other = append(other, drawInput(rt, rapid.SampledFrom([]Share{Unknown, known(0.4)}), nodes))
		}
		base := netOf(list)
		b := NewBuilder()
		b.Node()
		for _, in := range other {
			b.Input(in.Input)
			for i, s := range in.from {
				b.Edge(s, in.part[i])
			}
		}
		moved := map[int32]int32{}
		_, edges := base.Size()
		for e := range int32(edges) {
			if base.Source(e) == at {
				moved[e] = nodes
			}
		}
		spliced := base.Splice(b, func(_, source int32) int32 {
			if source == at {
				return nodes
			}
			return source
		}, moved)
		anew := slices.Clone(list)
		anew[at] = other
		want, got := NewRun(netOf(anew), Options{}), NewRun(spliced, Options{})
		for _, r := range []*Run{want, got} {
			if err := r.Solve(context.Background(), &Scenario{Nodes: []Damage{lost(0, 1)}}); err != nil {
				rt.Fatal(err)
			}
		}
		for n := range int32(nodes) {
			m := n
			if n == at {
				m = nodes
			}
			if want.Low(n) != got.Low(m) || want.High(n) != got.High(m) {
				rt.Errorf("node %d loses %v to %v, want %v to %v", n, got.Low(m), got.High(m), want.Low(n), want.High(n))
			}
		}
	})
}

// A walk around some nodes finds what [Net.Whole] finds in the network without them.
func TestAroundIsWholeWithout(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		const nodes = 6
		list := drawNodes(rt, nodes)
		without := int32(rapid.IntRange(1, nodes-1).Draw(rt, "without"))
		net := netOf(list)
		groups := [][]int32{{0, 1}, {2}, {3, 4}}
		got := net.Chains(Options{}).Walker(groups).Around(5, []int32{without})
		cut := slices.Clone(list)
		cut[without] = nil
		for n := range cut {
			cut[n] = slices.Clone(cut[n])
			for i := range cut[n] {
				in := &cut[n][i]
				in.from = slices.Clone(in.from)
				for e := range in.from {
					if in.from[e] == without {
						in.from[e] = Nobody
					}
				}
			}
		}
		whole := netOf(cut).Whole(5, Options{})
		for g, group := range groups {
			want := without != 5 && slices.ContainsFunc(group, func(n int32) bool { return n != without && whole[n] })
			if got[g] != want {
				rt.Errorf("group %v without %d: %v, want %v", group, without, got[g], want)
			}
		}
	})
}

// The stop of what passes on everything along a certain chain costs everything for certain.
func TestCertainWhole(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		const nodes = 6
		list := drawNodes(rt, nodes)
		for n := range list {
			for i := range list[n] {
				if rapid.Bool().Draw(rt, "sole") {
					list[n][i].from, list[n][i].part = list[n][i].from[:1], []Share{known(1)}
				}
			}
		}
		net := netOf(list)
		r := NewRun(net, Options{})
		if err := r.Solve(context.Background(), &Scenario{Nodes: []Damage{lost(0, 1)}}); err != nil {
			rt.Fatal(err)
		}
		if net.CertainWhole(5, Options{})[0] && r.Low(5) != 1 {
			rt.Errorf("it loses %v at least", r.Low(5))
		}
	})
}

// A run that may end when a node loses everything tells the same of that node; a coarse one bounds the fine one.
func TestUntilAndCoarse(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		const nodes, root = 6, 5
		net := netOf(drawNodes(rt, nodes))
		scenario := &Scenario{Nodes: []Damage{lost(0, 1)}}
		fine, until, coarse := NewRun(net, Options{}), NewRun(net, Options{}), NewRun(net, Options{Coarse: true})
		until.Until(root)
		for _, r := range []*Run{fine, until, until, coarse} { // twice: what is left of a run that ended early does no harm
			if err := r.Solve(context.Background(), scenario); err != nil {
				rt.Fatal(err)
			}
		}
		if until.High(root) != fine.High(root) || until.Low(root) != fine.Low(root) {
			rt.Errorf("until: %v to %v, want %v to %v", until.Low(root), until.High(root), fine.Low(root), fine.High(root))
		}
		for n := range int32(nodes) {
			const slack = 100 * CoarseNegligible
			if coarse.Low(n) > fine.Low(n) || coarse.High(n) < fine.High(n)-CoarseNegligible || coarse.High(n) > fine.High(n)+slack || coarse.Low(n) < fine.Low(n)-slack {
				rt.Errorf("node %d: coarse %v to %v, fine %v to %v", n, coarse.Low(n), coarse.High(n), fine.Low(n), fine.High(n))
			}
		}
	})
}
