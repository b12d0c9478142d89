package ownership

import "slices"

// Groups tells under whose control companies are.
type Groups struct {
	// Root is the ultimate controller of each company: the one that controls it and that nobody else controls. Of
	// companies that control each other in a loop it is the one of the least number. A company on its own is its own.
	Root []int32
	// Contested companies are controlled by several that do not control each other, as a joint venture whose owners
	// are both said to control it. They stay on their own, with the companies that they control.
	Contested []bool
}

// Control finds who controls whom. A company is controlled by another when the other, together with the companies that
// it controls, holds shares of it that reach the threshold; or when one of them is said to control it. Shares count as
// their least values; one that nobody states counts nothing. By this definition who controls a controller controls
// what that one does.
func (x *Net) Control(t Threshold) *Groups {
	w := &controlling{Net: x, limit: t.limit(), held: make([]Decimal, x.companies), isIn: make([]bool, x.companies)}
	g := &Groups{Root: make([]int32, x.companies), Contested: make([]bool, x.companies)}
	above := make(map[int32][]int32) // the roots that control each company, where it is not the root itself alone
	for c := range g.Root {
		g.Root[c] = int32(c)
	}
	for _, r := range w.roots() {
		for _, c := range w.controlled(r) {
			g.Root[c] = r
			if c != r {
				above[c] = append(above[c], r)
			}
		}
	}
	for c, roots := range above {
		if len(roots) > 1 {
			g.Root[c], g.Contested[c] = c, true
		}
	}
	w.gather(g, above)
	return g
}

// controlling finds what one company controls. Its memory is kept in between.
type controlling struct {
	*Net
	limit limit
	held  []Decimal // of each company, by those found so far
	isIn  []bool
	set   []int32 // found so far, the controller first
	again bool    // those found hold enough of the controller itself
	dirty []int32 // companies with something in held
}

// controlled is the company with all that it controls. The list is good until the next call.
func (w *controlling) controlled(company int32) []int32 {
	for _, c := range w.set {
		w.isIn[c] = false
	}
	for _, c := range w.dirty {
		w.held[c] = Decimal{}
	}
	w.set, w.dirty, w.again = append(w.set[:0], company), w.dirty[:0], false
	w.isIn[company] = true
	for at := 0; at < len(w.set); at++ {
		for _, i := range w.outOf(w.set[at]) {
			h := &w.holdings[i]
			if w.held[h.owned] == (Decimal{}) {
				w.dirty = append(w.dirty, h.owned)
			}
			w.held[h.owned] = w.held[h.owned].plus(h.low)
			if !h.controls && !w.limit.met(w.held[h.owned]) {
				continue
			}
			if h.owned == company {
				w.again = true
			}
			if !w.isIn[h.owned] {
				w.isIn[h.owned] = true
				w.set = append(w.set, h.owned)
			}
		}
	}
	return w.set
}

// direct reports whether a holding by itself gives control.
func (w *controlling) direct(h *holding) bool { return h.controls || h.known && w.limit.met(h.low) }

// roots are the companies that nobody else controls, in order, and of each loop of control that nobody else does the
// company of the least number.
func (w *controlling) roots() (roots []int32) {
	candidates := w.candidates()
	below := make([][]int32, w.companies) // by company: the candidates that control it, where it is one itself
	isCandidate := make([]bool, w.companies)
	for _, c := range candidates {
		isCandidate[c] = true
	}
	looped := map[int32]bool{}
	for _, r := range candidates {
		for _, c := range w.controlled(r)[1:] {
			if isCandidate[c] {
				below[c] = append(below[c], r)
			}
		}
		looped[r] = w.again
	}
	for _, r := range candidates {
		root := true
		for _, above := range below[r] {
			mutual := slices.Contains(below[above], r)
			root = root && mutual && r < above // of candidates in a loop the first one stands for all
		}
		switch {
		case !root:
		case looped[r]:
			roots = append(roots, w.first(r))
		default:
			roots = append(roots, r)
		}
	}
	slices.Sort(roots)
	return roots
}

// first is the company of the least number of the loop of control that a company is in.
func (w *controlling) first(company int32) int32 {
	under := slices.Clone(w.controlled(company))
	slices.Sort(under)
	for _, c := range under {
		if c < company && slices.Contains(w.controlled(c), company) {
			return c
		}
	}
	return company
}

// candidates are companies among which all roots are: those that no single holding puts under control, and one of each
// loop of such holdings that none from outside does. Whoever has such a holding above controls no more than its owner.
func (w *controlling) candidates() (out []int32) {
	// A company belongs to the first candidate whose holdings lead to it. The search from companies without a holding
	// above finds all but the loops; of what is left, what leads to the rest is found in the order in which searches end.
	seen := make([]bool, w.companies)
	for c := range int32(w.companies) {
		if !slices.ContainsFunc(w.in(c), func(h holding) bool { return w.direct(&h) }) {
			out = append(out, c)
			w.follow(c, seen)
		}
	}
	var ended []int32
	left := slices.Clone(seen)
	for c := range int32(w.companies) {
		if !left[c] {
			ended = append(ended, w.follow(c, left)...)
		}
	}
	for _, c := range slices.Backward(ended) {
		if !seen[c] {
			out = append(out, c)
			w.follow(c, seen)
		}
	}
	slices.Sort(out)
	return out
}

// follow marks what holdings that give control lead to from a company, and gives it in the order in which the search
// leaves each.
func (w *controlling) follow(company int32, seen []bool) (ended []int32) {
	type frame struct {
		company int32
		next    int
	}
	stack := []frame{{company, 0}}
	seen[company] = true
	for len(stack) > 0 {
		top := &stack[len(stack)-1]
		out := w.outOf(top.company)
		if top.next == len(out) {
			ended = append(ended, top.company)
			stack = stack[:len(stack)-1]
			continue
		}
		h := &w.holdings[out[top.next]]
		top.next++
		if !seen[h.owned] && w.direct(h) {
			seen[h.owned] = true
			stack = append(stack, frame{h.owned, 0})
		}
	}
	return ended
}

// gather puts contested companies under one of them that controls them: the one that the others of those which control
// the company, and are under the same roots, are under.
func (w *controlling) gather(g *Groups, above map[int32][]int32) {
	over := map[int32][]int32{} // contested companies, by what they control
	for c := range int32(w.companies) {
		if !g.Contested[c] {
			continue
		}
		for _, under := range w.controlled(c)[1:] {
			if g.Contested[under] && slices.Equal(above[under], above[c]) {
				over[under] = append(over[under], c)
			}
		}
	}
	for c := range over {
		if top := topOf(c, over); top != c {
			g.Root[c], g.Contested[c] = top, false
		}
	}
}

// topOf is the one company over c, or c itself and what it is in a loop with, that none is over; of a loop the least.
// Where there are several it is c.
func topOf(c int32, over map[int32][]int32) int32 {
	top := int32(-1)
	for _, r := range append(slices.Clone(over[c]), c) {
		isTop := !slices.ContainsFunc(over[r], func(h int32) bool { return h < r || !slices.Contains(over[h], r) })
		switch {
		case isTop && top >= 0:
			return c
		case isTop:
			top = r
		}
	}
	return top
}
