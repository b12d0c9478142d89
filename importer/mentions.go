package importer

import (
	"context"
	"maps"
	"slices"
	"strings"

	"github.com/tributarygraph/tributary/graph"
)

// mentionCollector gathers what the statements of an import refer to, and works out at the end which node each
// reference is. Its memory grows with the number of companies and products, not of rows.
type mentionCollector struct {
	refs nodeSets
	last string // relations come in runs of one supplier
}

// nodeSets are sets of ids by kind, for companies and products; nil for other kinds.
type nodeSets [graph.NumKinds + 1]map[string]bool

func newNodeSets() (sets nodeSets) {
	sets[graph.KindCompany], sets[graph.KindProduct] = map[string]bool{}, map[string]bool{}
	return sets
}

func newMentionCollector() *mentionCollector {
	return &mentionCollector{refs: newNodeSets()}
}

// see takes a statement of the import.
func (m *mentionCollector) see(s *graph.Statement) {
	from, to := s.Kind.Ends()
	if s.From != m.last || !s.Kind.IsRelation() {
		m.note(from, s.From)
		m.last = s.From
	}
	if s.Kind.IsRelation() {
		m.note(to, s.To)
		m.note(graph.KindProduct, s.Product)
	}
	switch s.Kind {
	case graph.KindSupplies:
		m.note(graph.KindProduct, s.Text(graph.FieldUsedIn))
	case graph.KindProduct:
		m.note(graph.KindProduct, s.Text(graph.FieldParent))
	}
}

func (m *mentionCollector) note(k graph.Kind, ref string) {
	refs := m.refs[k]
	if ref == "" || refs == nil || refs[ref] {
		return
	}
	refs[strings.Clone(ref)] = true // ref is a part of the text of a whole batch
}

// nodeReader delivers statements about companies and products, twice the same.
type nodeReader func(ctx context.Context, sink graph.Sink) error

// finish fills in the mentions of the report and returns the decisions in force. extra are statements that
// the store does not hold, in a dry run; nil elsewhere.
func (m *mentionCollector) finish(ctx context.Context, store graph.Store, extra nodeReader, report *Report) (map[graph.NodeKey]graph.Sameness, error) {
	read := func(sink graph.Sink) error {
		if _, err := store.Read(ctx, graph.ReadOptions{Kinds: []graph.Kind{graph.KindCompany, graph.KindProduct}, Sorted: true}, sink); err != nil {
			return err
		}
		if extra != nil {
			return extra(ctx, sink)
		}
		return nil
	}
	survey := newNodeSurvey(m.refs)
	if err := read(survey); err != nil {
		return nil, err
	}
	resolvers := survey.resolvers()
	if len(resolvers) > 0 {
		if err := read(&definer{resolvers: resolvers}); err != nil {
			return nil, err
		}
	}
	for kind, into := range map[graph.Kind]*Mentions{graph.KindCompany: &report.Companies, graph.KindProduct: &report.Products} {
		if r := resolvers[kind]; r != nil {
			*into = survey.mentionsOf(r.Resolve(), kind)
		} else if survey.mentioned(kind) {
			*into = provisionalOnly(m.refs[kind])
		}
	}
	return survey.decisions, nil
}

// provisionalOnly is what a [graph.Resolver] finds where nothing is described and nobody decided: each spelling
// is a node of its own. A file of relations alone may mention millions.
func provisionalOnly(refs map[string]bool) (out Mentions) {
	spellings := make(map[string]string, len(refs)) // to the least reference
	for ref := range refs {
		form := graph.NormalizeName(ref)
		if scheme, value, ok := graph.SplitIdentifier(ref); ok {
			form = scheme.String() + ":" + value
		} else if form == "" {
			form = ref
		}
		if least, known := spellings[form]; !known || ref < least {
			spellings[form] = ref
		}
	}
	out.Provisional = len(spellings)
	for _, ref := range spellings {
		if n := len(out.ProvisionalExamples); n == maxMentions && ref > out.ProvisionalExamples[n-1] {
			continue
		}
		at, _ := slices.BinarySearch(out.ProvisionalExamples, ref)
		out.ProvisionalExamples = slices.Insert(out.ProvisionalExamples, at, ref)
		out.ProvisionalExamples = out.ProvisionalExamples[:min(maxMentions, len(out.ProvisionalExamples))]
	}
	return out
}

// nodeSurvey is the first reading of the nodes: which references are described under that id, what is said of
// the others.
type nodeSurvey struct {
	refs         nodeSets
	described    nodeSets                            // references that have a definition
	said         [graph.NumKinds]bool                // whether anything is described or decided of nodes of the kind
	descriptions map[graph.NodeKey][]graph.Statement // of references that have none
	decisions    map[graph.NodeKey]graph.Sameness
}

func newNodeSurvey(refs nodeSets) *nodeSurvey {
	return &nodeSurvey{refs: refs, described: newNodeSets(),
		descriptions: map[graph.NodeKey][]graph.Statement{}, decisions: map[graph.NodeKey]graph.Sameness{}}
}

// Put is part of [graph.Sink].
func (n *nodeSurvey) Put(s *graph.Statement) error {
	definition := graph.IsDefinition(s)
	n.said[s.Kind] = true
	switch {
	case !n.refs[s.Kind][s.From]:
	case definition:
		n.described[s.Kind][s.From] = true
	default:
		key := graph.NodeKey{Kind: s.Kind, ID: s.From}
		n.descriptions[key] = append(n.descriptions[key], s.Clone())
	}
	return nil
}

// Merge is part of [graph.Sink].
func (n *nodeSurvey) Merge(s graph.Sameness) error {
	n.decisions[s.NodeKey] = s
	n.said[s.Kind] = true
	return nil
}

// Withdraw is part of [graph.Sink]; a reading of live statements has none.
func (n *nodeSurvey) Withdraw(graph.Key) error { return nil }

// Unmerge is part of [graph.Sink]; likewise.
func (n *nodeSurvey) Unmerge(graph.Kind, string) error { return nil }

// mentioned reports whether the import refers to nodes of the kind that are not described.
func (n *nodeSurvey) mentioned(kind graph.Kind) bool {
	return len(n.refs[kind]) > len(n.described[kind])
}

// resolvers are ready to take definitions, for the kinds that have mentions and something that these could be.
func (n *nodeSurvey) resolvers() map[graph.Kind]*graph.Resolver {
	out := map[graph.Kind]*graph.Resolver{}
	for _, kind := range []graph.Kind{graph.KindCompany, graph.KindProduct} {
		refs := n.refs[kind]
		if !n.mentioned(kind) || !n.said[kind] {
			continue
		}
		r := graph.NewResolver(kind)
		for ref := range refs {
			if n.described[kind][ref] {
				continue
			}
			r.Mention(ref, nil)
			for _, s := range n.descriptions[graph.NodeKey{Kind: kind, ID: ref}] {
				r.Mention(ref, &s)
			}
		}
		for _, d := range n.decisions {
			r.Decide(d)
		}
		out[kind] = r
	}
	return out
}

// mentionsOf counts what became of the references of the import.
func (n *nodeSurvey) mentionsOf(res graph.Resolution, kind graph.Kind) (out Mentions) {
	for ref := range res.Canonical {
		if n.refs[kind][ref] && res.Rule[ref] != "spelling" { // else it is counted once, as provisional
			out.Absorbed++
		}
	}
	out.Provisional, out.Ambiguous = len(res.Provisional), len(res.Ambiguous)
	out.ProvisionalExamples = res.Provisional[:min(maxMentions, len(res.Provisional))]
	for _, mention := range slices.Sorted(maps.Keys(res.Ambiguous)) {
		if len(out.AmbiguousExamples) == maxMentions {
			break
		}
		out.AmbiguousExamples = append(out.AmbiguousExamples, AmbiguousMention{Mention: mention, Candidates: res.Ambiguous[mention]})
	}
	return out
}

// definer is the second reading of the nodes: it shows every definition to the resolvers, with all that is said of
// it. Statements about one id come one after the other.
type definer struct {
	resolvers map[graph.Kind]*graph.Resolver
	id        graph.NodeKey     // of the last statement
	defined   bool              // whether a definition of it came
	waiting   []graph.Statement // about it, until one comes
}

// Put is part of [graph.Sink].
func (d *definer) Put(s *graph.Statement) error {
	r := d.resolvers[s.Kind]
	if r == nil {
		return nil
	}
	if id := (graph.NodeKey{Kind: s.Kind, ID: s.From}); id != d.id {
		d.id, d.defined, d.waiting = id, false, d.waiting[:0]
	}
	if !d.defined && !graph.IsDefinition(s) {
		d.waiting = append(d.waiting, s.Clone())
		return nil
	}
	d.defined = true
	for i := range d.waiting {
		r.Define(&d.waiting[i])
	}
	d.waiting = d.waiting[:0]
	r.Define(s)
	return nil
}

// Withdraw, Merge and Unmerge are part of [graph.Sink]; the first reading took the decisions.
func (d *definer) Withdraw(graph.Key) error { return nil }

// Merge is part of [graph.Sink].
func (d *definer) Merge(graph.Sameness) error { return nil }

// Unmerge is part of [graph.Sink].
func (d *definer) Unmerge(graph.Kind, string) error { return nil }

// dryNodes delivers the companies and products that a dry run would write; nil when the store holds them.
func (im *importing) dryNodes() nodeReader {
	if !im.opts.DryRun {
		return nil
	}
	return func(ctx context.Context, sink graph.Sink) error {
		err := im.rd.records.sorted(ctx, func(r *record) error {
			if kind := graph.Kind(r.key[0]); kind.IsRelation() {
				return errStop // nodes come first
			}
			key, err := decodeKey(string(r.key))
			if err != nil {
				return err
			}
			s := graph.Statement{Key: key}
			if s.Fields, err = decodeFields(nil, string(r.value)); err != nil {
				return err
			}
			return sink.Put(&s)
		})
		if err == errStop {
			err = nil
		}
		return err
	}
}
