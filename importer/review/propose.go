package review

import (
	"cmp"
	"context"
	"maps"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/tributarygraph/tributary/graph"
	"github.com/tributarygraph/tributary/importer/resolve"
)

// Options say how far a run goes.
type Options struct {
	Config resolve.Config
	// All also matches the names of companies that have ids of their own with one another; only people merge these.
	All bool
	// Progress is told how many of the names were matched; called from several goroutines.
	Progress func(done, total int)
}

// Proposal is a pair that may be one company.
type Proposal struct {
	ID        string           `json:"id" doc:"Of the review"`
	Record    string           `json:"record" doc:"What would be merged: a name as files write it, or an id"`
	Name      string           `json:"name"`
	Candidate string           `json:"candidate" doc:"The company that it may be"`
	Called    string           `json:"candidate_name"`
	Score     float64          `json:"score"`
	Decision  resolve.Decision `json:"decision" enum:"match,review" doc:"match: merged without asking; review: put to people"`
	Reasons   []resolve.Reason `json:"reasons"`
}

// Proposals are what a View has to settle.
type Proposals struct {
	Names int        // that were matched
	New   int        // of these: like nothing else
	List  []Proposal // the matches first, then by score
}

// rank tells how well a node is described: of two that are one, the better described one stays.
type rank uint8

const (
	rankName       rank = iota // relations name it, or a list does
	rankIdentifier             // it is described under an identifier
	rankDefined                // it is described under an id of its own
)

func rankOf(v *graph.View, n graph.Node) rank {
	if v.Defined(kind, n) {
		return rankDefined
	}
	if _, _, ok := graph.SplitIdentifier(v.ID(kind, n)); ok && v.NodeText(kind, n, graph.FieldName) != "" {
		return rankIdentifier
	}
	return rankName
}

// Propose matches the names of a View that nobody describes with everything in it, and what is described with what has
// an identifier in common with it. The result depends on the View, what was taken back and the options alone.
func Propose(ctx context.Context, v *graph.View, takenBack map[string]bool, o Options) (*Proposals, error) {
	m := &matching{v: v, o: o, ranks: make([]rank, v.NodeCount(kind)), pairs: map[[2]graph.Node]*pair{}, root: map[graph.Node]graph.Node{},
		joined: map[graph.Node][]graph.Node{}, entities: map[graph.Node]*resolve.Entity{}, takenBack: takenBack}
	for n := range v.Nodes(kind) {
		m.ranks[n] = rankOf(v, n)
	}
	index, err := resolve.IndexView(ctx, v, o.Config)
	if err != nil {
		return nil, err
	}
	m.index = index
	m.findApart()
	m.findAlike()
	if err := m.match(ctx); err != nil {
		return nil, err
	}
	m.matchIdentifiers()
	m.decide()
	return m.proposals(), nil
}

// matching is one matching of a View.
type matching struct {
	v     *graph.View
	o     Options
	index *resolve.Index
	ranks []rank

	names     int
	unmatched int
	pairs     map[[2]graph.Node]*pair   // by the record and what it may be
	apart     map[[2]graph.Node]bool    // nodes that are decided to be different, both ways
	takenBack map[string]bool           // ids of pairs that no rule merges again
	alike     map[graph.Node]graph.Node // ambiguous names: the one that stands for its other spellings

	root     map[graph.Node]graph.Node   // of what is merged
	joined   map[graph.Node][]graph.Node // what is merged into each node
	entities map[graph.Node]*resolve.Entity
}

// pair is a record with a node that it may be.
type pair struct {
	record, candidate graph.Node
	score             resolve.Score
	decision          resolve.Decision
}

// findApart finds the nodes that were decided to be different, in every spelling of their names.
func (m *matching) findApart() {
	m.apart = map[[2]graph.Node]bool{}
	wanted := map[string][]graph.Node{} // by form
	var decided [][2]string
	for _, d := range m.v.Decisions(kind) {
		if a, b, ok := d.Pair(); ok {
			decided = append(decided, [2]string{a, b})
			wanted[graph.MentionForm(a)], wanted[graph.MentionForm(b)] = nil, nil
		}
	}
	if len(decided) == 0 {
		return
	}
	for n := range m.v.Nodes(kind) {
		if form := graph.MentionForm(m.v.ID(kind, n)); m.ranks[n] == rankName {
			if list, ok := wanted[form]; ok {
				wanted[form] = append(list, n)
			}
		}
	}
	for _, pair := range decided {
		for _, a := range m.nodesOf(pair[0], wanted) {
			for _, b := range m.nodesOf(pair[1], wanted) {
				m.apart[[2]graph.Node{a, b}], m.apart[[2]graph.Node{b, a}] = true, true
			}
		}
	}
}

func (m *matching) nodesOf(id string, spelled map[string][]graph.Node) []graph.Node {
	if n, ok := m.v.Find(kind, id); ok && (m.ranks[n] != rankName || m.v.ID(kind, n) != id) {
		return []graph.Node{n}
	}
	return spelled[graph.MentionForm(id)]
}

// findAlike finds ambiguous names that are the same name in other spellings, for which the same companies fit: to a
// person they are one question.
func (m *matching) findAlike() {
	m.alike = map[graph.Node]graph.Node{}
	first := map[string]graph.Node{}
	ambiguous := m.v.Ambiguous(kind)
	for _, id := range slices.Sorted(maps.Keys(ambiguous)) {
		n, ok := m.v.Find(kind, id)
		if !ok {
			continue
		}
		key := strings.Join(append([]string{graph.MentionForm(id)}, ambiguous[id]...), "\x1f")
		switch other, known := first[key]; {
		case !known:
			first[key] = n
		case !m.apart[[2]graph.Node{n, other}]:
			m.alike[n] = other
		}
	}
}

func (m *matching) standsFor(n graph.Node) graph.Node {
	if other, ok := m.alike[n]; ok {
		return other
	}
	return n
}

// match matches every name, and with All every company, with all the others.
func (m *matching) match(ctx context.Context) error {
	var asked []graph.Node
	for n := range m.v.Nodes(kind) {
		if _, decided := m.v.Decision(graph.NodeKey{Kind: kind, ID: m.v.ID(kind, n)}); decided || m.standsFor(n) != n {
			continue
		}
		if m.ranks[n] == rankName {
			m.names++
		}
		if m.ranks[n] == rankName || m.o.All {
			asked = append(asked, n)
		}
	}
	results := make([]resolve.Result, len(asked))
	var next, done atomic.Int64
	var wait sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), len(asked)) {
		wait.Go(func() {
			for i := int(next.Add(1)) - 1; i < len(asked) && ctx.Err() == nil; i = int(next.Add(1)) - 1 {
				e := resolve.EntityOf(m.v, asked[i])
				results[i] = m.index.Match(&e)
				if n := int(done.Add(1)); n%1024 == 0 && m.o.Progress != nil {
					m.o.Progress(n, len(asked))
				}
			}
		})
	}
	wait.Wait()
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	for i, n := range asked {
		if len(results[i].Candidates) == 0 && m.ranks[n] == rankName {
			m.unmatched++
		}
		for _, c := range results[i].Candidates {
			if other, ok := m.v.Find(kind, c.ID); ok {
				m.add(n, other, c.Score, c.Decision)
			}
		}
	}
	return nil
}

// maxSharing is how many companies share an identifier at most for it to say that they are one: it is a mistake
// where more do, and each with each would be many pairs.
const maxSharing = 20

// matchIdentifiers pairs companies that are described under other ids and have an identifier in common.
func (m *matching) matchIdentifiers() {
	if m.o.All {
		return // they are paired already
	}
	sharing := map[resolve.Identifier][]graph.Node{}
	for n := range m.v.Nodes(kind) {
		if m.ranks[n] == rankName {
			continue
		}
		e := resolve.EntityOf(m.v, n)
		for _, id := range e.Identifiers {
			sharing[id] = append(sharing[id], n)
		}
	}
	for _, nodes := range sharing {
		if len(nodes) < 2 || len(nodes) > maxSharing {
			continue
		}
		for i, a := range nodes {
			for _, b := range nodes[:i] {
				ea, eb := m.entity(a), m.entity(b)
				score := resolve.Compare(ea, eb)
				switch c := m.o.Config; {
				case score.Value >= c.Automatic:
					m.add(a, b, score, resolve.Matched)
				case score.Value >= c.Review:
					m.add(a, b, score, resolve.Review)
				}
			}
		}
	}
}

func (m *matching) entity(n graph.Node) *resolve.Entity {
	e := m.entities[n]
	if e == nil {
		found := resolve.EntityOf(m.v, n)
		e = &found
		m.entities[n] = e
	}
	return e
}

// before reports whether a stays where a and b are one.
func (m *matching) before(a, b graph.Node) bool {
	if m.ranks[a] != m.ranks[b] {
		return m.ranks[a] > m.ranks[b]
	}
	return m.v.Less(kind, a, b)
}

// add takes a pair, unless it is decided that the two are different.
func (m *matching) add(a, b graph.Node, s resolve.Score, d resolve.Decision) {
	a, b = m.standsFor(a), m.standsFor(b)
	if a == b || m.apart[[2]graph.Node{a, b}] {
		return
	}
	if m.before(a, b) {
		a, b = b, a
	}
	key := [2]graph.Node{a, b}
	if known := m.pairs[key]; known == nil || known.score.Value < s.Value {
		m.pairs[key] = &pair{record: a, candidate: b, score: s, decision: d}
	}
}

// decide works out which records are merged without asking: each into the one node that it surely is.
func (m *matching) decide() {
	certain := map[graph.Node][]*pair{}
	for _, p := range m.pairs {
		if p.decision == resolve.Matched && m.mayMerge(p) {
			certain[p.record] = append(certain[p.record], p)
		}
	}
	records := make([]graph.Node, 0, len(certain))
	for n := range certain {
		records = append(records, n)
	}
	slices.SortFunc(records, func(a, b graph.Node) int { // what others are merged into comes first
		if m.before(a, b) {
			return -1
		}
		return 1
	})
	for _, n := range records {
		if to, ok := m.target(n, certain[n]); ok {
			m.root[n] = to
			m.joined[to] = append(m.joined[to], n)
		}
	}
}

// mayMerge reports whether a rule may merge a certain pair: not companies that were described under two ids, unless an
// identifier says that they are one.
func (m *matching) mayMerge(p *pair) bool {
	return m.ranks[p.record] == rankName || slices.ContainsFunc(p.score.Reasons, func(r resolve.Reason) bool { return r.Feature == "identifier" })
}

// isTakenBack reports whether somebody took a merge of the two back: it still is one that the record may be.
func (m *matching) isTakenBack(record, candidate graph.Node) bool {
	return m.takenBack[itemID(m.v.ID(kind, record), m.v.ID(kind, candidate))]
}

// target is the node that a record is merged into: the one described company that it surely is, or where there is
// none, what the names that it surely is are merged into, if that is one of them.
func (m *matching) target(n graph.Node, certain []*pair) (graph.Node, bool) {
	described := slices.DeleteFunc(slices.Clone(certain), func(p *pair) bool { return m.ranks[p.candidate] == rankName })
	if len(described) > 0 {
		certain = described
	}
	roots := map[graph.Node]bool{}
	for _, p := range certain {
		roots[m.rootOf(p.candidate)] = true
	}
	if len(roots) != 1 {
		return 0, false
	}
	to := m.rootOf(certain[0].candidate)
	if !slices.ContainsFunc(certain, func(p *pair) bool { return p.candidate == to }) || m.isTakenBack(n, to) || m.contradicts(n, to) {
		return 0, false
	}
	return to, true
}

func (m *matching) rootOf(n graph.Node) graph.Node {
	if to, ok := m.root[n]; ok {
		return to
	}
	return n
}

// contradicts reports whether something that is merged into a node already cannot be the record.
func (m *matching) contradicts(n, to graph.Node) bool {
	return slices.ContainsFunc(m.joined[to], func(other graph.Node) bool {
		return m.apart[[2]graph.Node{n, other}] || resolve.Compare(m.entity(n), m.entity(other)).Vetoed
	})
}

// proposals are the merges, and the reviews between what is left.
func (m *matching) proposals() *Proposals {
	out := &Proposals{Names: m.names, New: m.unmatched, List: []Proposal{}}
	asked := map[[2]graph.Node]*pair{} // by what the two are after the merges
	for _, p := range m.pairs {
		if m.isMerged(p.record) && m.root[p.record] == p.candidate {
			out.List = append(out.List, m.proposal(p.record, p.candidate, p, resolve.Matched))
			continue
		}
		a, b := m.rootOf(p.record), m.rootOf(p.candidate)
		a, b = m.standsFor(a), m.standsFor(b)
		if a == b || m.apart[[2]graph.Node{a, b}] {
			continue
		}
		if m.before(a, b) {
			a, b = b, a
		}
		if a != p.record && m.ranks[a] != rankName && !m.o.All {
			continue // a merged name is like another company: that its company is, nobody asked
		}
		if known := asked[[2]graph.Node{a, b}]; known == nil || m.tellsMore(p, known) {
			asked[[2]graph.Node{a, b}] = p
		}
	}
	for ends, p := range asked {
		out.List = append(out.List, m.proposal(ends[0], ends[1], p, resolve.Review))
	}
	slices.SortFunc(out.List, func(a, b Proposal) int {
		return cmp.Or(strings.Compare(string(a.Decision), string(b.Decision)), -cmp.Compare(a.Score, b.Score), strings.Compare(a.Record, b.Record), strings.Compare(a.Candidate, b.Candidate))
	})
	return out
}

func (m *matching) isMerged(n graph.Node) bool {
	_, ok := m.root[n]
	return ok
}

// tellsMore orders pairs of names that are of one pair of companies: the surer first, then by id.
func (m *matching) tellsMore(a, b *pair) bool {
	if a.score.Value != b.score.Value {
		return a.score.Value > b.score.Value
	}
	if a.record != b.record {
		return m.v.Less(kind, a.record, b.record)
	}
	return m.v.Less(kind, a.candidate, b.candidate)
}

func (m *matching) proposal(of, to graph.Node, p *pair, d resolve.Decision) Proposal {
	record, candidate := m.v.ID(kind, of), m.v.ID(kind, to)
	return Proposal{ID: itemID(record, candidate), Record: record, Name: m.v.Name(kind, of), Candidate: candidate, Called: m.v.Name(kind, to),
		Score: p.score.Value, Decision: d, Reasons: p.score.Reasons}
}
