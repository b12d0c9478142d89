package importer

import (
	"cmp"
	"context"
	"math/bits"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/tributarygraph/tributary/graph"
	"github.com/tributarygraph/tributary/importer/records"
)

// Near names are looked for among so many names and described companies at most: more would take longer than
// the import.
const (
	maxNearNames     = 1_000
	maxNearDescribed = 200_000
)

// maxCompared is how many pairs of names are compared letter by letter, a few seconds of work. Names of companies
// seldom come near it; names that are numbers of one length all look alike. Beyond it only words are compared.
const maxCompared = 2_000_000

// maxNear is how many companies are named for one name.
const maxNear = 3

// nearFinder finds the definitions that are spelled nearly like names that fit none: with one or two other
// letters, or with words more or less at the end.
type nearFinder struct {
	kind     graph.Kind
	compared int                    // pairs, letter by letter
	names    []*nearName            // as given
	byLength map[int][]*nearName    // by the letters of the form
	byForm   map[string][]*nearName // by the form as a whole
	byStart  map[string][]*nearName // by the first words of it
}

// nearName is a name with what is near it.
type nearName struct {
	mention string
	form    string
	letters uint64 // the set of letters in the form, folded into 64 bits
	allowed int    // letters that may differ
	found   []nearFound
}

type nearFound struct {
	NearNode
	score int // less is nearer
}

func newNearFinder(kind graph.Kind, mentions []string) *nearFinder {
	f := &nearFinder{kind: kind, byLength: map[int][]*nearName{}, byForm: map[string][]*nearName{}, byStart: map[string][]*nearName{}}
	for _, mention := range mentions {
		form := graph.NormalizeName(mention)
		if _, _, identifier := graph.SplitIdentifier(mention); identifier || form == "" {
			continue
		}
		length := len([]rune(form))
		n := &nearName{mention: mention, form: form, letters: letterSet(form), allowed: allowedEdits(form, distinctive(form))}
		f.names = append(f.names, n)
		f.byLength[length] = append(f.byLength[length], n)
		f.byForm[form] = append(f.byForm[form], n)
		for start := range starts(form) {
			f.byStart[start] = append(f.byStart[start], n)
		}
	}
	return f
}

// maxEdits is the most letters by which near names differ.
const maxEdits = 2

// allowedEdits is how many letters may differ: few in short names, and in those of ideographs, of which each is
// a word.
func allowedEdits(form string, length int) int {
	if strings.ContainsFunc(form, func(r rune) bool { return r >= '\u2E80' }) {
		return min(maxEdits, length/6)
	}
	return min(maxEdits, length/4)
}

// distinctive is how many letters a form has outside of common words, see [graph.CommonWord].
func distinctive(form string) (letters int) {
	for word := range strings.FieldsSeq(form) {
		if !graph.CommonWord(word) {
			letters += utf8.RuneCountInString(word)
		}
	}
	return letters
}

func letterSet(form string) (set uint64) {
	for _, r := range form {
		set |= 1 << (r % 64)
	}
	return set
}

// starts are the first words of a form: one, two and so on, but not all of them.
func starts(form string) func(yield func(string) bool) {
	return func(yield func(string) bool) {
		const least = 3 // bytes: less tells nothing
		for i := range len(form) {
			if form[i] == ' ' && i >= least && !yield(form[:i]) {
				return
			}
		}
	}
}

// Put is part of [graph.Sink].
func (f *nearFinder) Put(s *graph.Statement) error {
	if s.Kind != f.kind || !graph.IsDefinition(s) && !graph.IsRegistered(s) {
		return nil
	}
	name := s.Text(graph.FieldName)
	f.compare(s.From, name, name)
	for _, alias := range graph.SplitList(s.Text(graph.FieldAliases)) {
		f.compare(s.From, name, alias)
	}
	return nil
}

// compare takes one of the names of a definition.
func (f *nearFinder) compare(id, name, spelled string) {
	form := graph.NormalizeName(spelled)
	letters, length := letterSet(form), len([]rune(form))
	for l := length - maxEdits; l <= length+maxEdits; l++ {
		for _, n := range f.byLength[l] {
			if n.allowed == 0 || f.compared == maxCompared || bits.OnesCount64(letters^n.letters) > 2*n.allowed { // an edit changes two letters at most
				continue
			}
			f.compared++
			if d := records.Edits(n.form, form, n.allowed+1); d <= n.allowed {
				n.take(id, name, d)
			}
		}
	}
	const byWords = maxEdits + 1
	for _, n := range f.byStart[form] {
		n.take(id, name, byWords)
	}
	for start := range starts(form) {
		for _, n := range f.byForm[start] {
			n.take(id, name, byWords)
		}
	}
}

// take keeps the nearest; the result does not depend on the order in which they come.
func (n *nearName) take(id, name string, score int) {
	if at := slices.IndexFunc(n.found, func(x nearFound) bool { return x.ID == id }); at >= 0 {
		n.found[at].score = min(n.found[at].score, score)
		n.found[at].Name = min(n.found[at].Name, name)
	} else {
		n.found = append(n.found, nearFound{NearNode: NearNode{ID: strings.Clone(id), Name: strings.Clone(name)}, score: score})
	}
	slices.SortFunc(n.found, func(a, b nearFound) int { return cmp.Or(cmp.Compare(a.score, b.score), strings.Compare(a.ID, b.ID)) })
	n.found = n.found[:min(maxNear, len(n.found))]
}

// list is the names that something is near, in their order; the first ones.
func (f *nearFinder) list() (out []NearMention) {
	for _, n := range f.names {
		if len(n.found) == 0 {
			continue
		}
		near := NearMention{Mention: n.mention}
		for _, x := range n.found {
			near.Near = append(near.Near, x.NearNode)
		}
		if out = append(out, near); len(out) == maxMentions {
			break
		}
	}
	return out
}

// Withdraw, Merge and Unmerge are part of [graph.Sink]; near names are those of live statements.
func (f *nearFinder) Withdraw(graph.Key) error { return nil }

// Merge is part of [graph.Sink].
func (f *nearFinder) Merge(graph.Sameness) error { return nil }

// Unmerge is part of [graph.Sink].
func (f *nearFinder) Unmerge(graph.Kind, string) error { return nil }

// maxEarlier is in how many statements of earlier imports names are looked for that an import describes.
const maxEarlier = 1_000_000

// earlierFinder finds the names, in what the store holds already, that fit what an import describes: relations
// often come before the companies.
type earlierFinder struct {
	collector *mentionCollector
	found     nodeSets
}

// findEarlier looks through the relations and sites of the store.
func (m *mentionCollector) findEarlier(ctx context.Context, store graph.Store) (nodeSets, error) {
	f := &earlierFinder{collector: m, found: newNodeSets()}
	if len(m.forms[graph.KindCompany])+len(m.forms[graph.KindProduct]) == 0 {
		return f.found, nil
	}
	_, err := store.Read(ctx, graph.ReadOptions{Kinds: append(graph.RelationKinds(), graph.KindSite, graph.KindCompany, graph.KindProduct)}, f)
	return f.found, err
}

// Put is part of [graph.Sink].
func (f *earlierFinder) Put(s *graph.Statement) error {
	switch s.Kind {
	case graph.KindSite:
		f.look(graph.KindCompany, s.Text(graph.FieldOperator))
		return nil
	case graph.KindCompany, graph.KindProduct: // described by the name alone
		f.look(s.Kind, s.From)
		return nil
	}
	from, to := s.Kind.Ends()
	f.look(from, s.From)
	f.look(to, s.To)
	f.look(graph.KindProduct, s.Product)
	if s.Kind == graph.KindSupplies {
		f.look(graph.KindProduct, s.Text(graph.FieldUsedIn))
	}
	return nil
}

func (f *earlierFinder) look(k graph.Kind, ref string) {
	if f.collector.earlier(k, ref) && !f.found[k][ref] {
		f.found[k][strings.Clone(ref)] = true
	}
}

// Withdraw, Merge and Unmerge are part of [graph.Sink]; relations and nodes are all that is asked for.
func (f *earlierFinder) Withdraw(graph.Key) error { return nil }

// Merge is part of [graph.Sink].
func (f *earlierFinder) Merge(graph.Sameness) error { return nil }

// Unmerge is part of [graph.Sink].
func (f *earlierFinder) Unmerge(graph.Kind, string) error { return nil }
