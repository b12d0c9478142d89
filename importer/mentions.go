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

	watch   bool     // whether names of earlier imports are of interest
	defined nodeSets // ids that the import describes, where it watches
	forms   nodeSets // the forms of their names and identifiers
}

// nodeSets are sets of ids by kind, for companies and products; nil for other kinds.
type nodeSets [graph.NumKinds + 1]map[string]bool

func newNodeSets() (sets nodeSets) {
	sets[graph.KindCompany], sets[graph.KindProduct] = map[string]bool{}, map[string]bool{}
	return sets
}

func newMentionCollector() *mentionCollector {
	return &mentionCollector{refs: newNodeSets(), defined: newNodeSets(), forms: newNodeSets()}
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
	case graph.KindSite:
		m.note(graph.KindCompany, s.Text(graph.FieldOperator))
	}
	if m.watch && m.defined[s.Kind] != nil && (graph.IsDefinition(s) || graph.IsRegistered(s)) {
		m.defined[s.Kind][strings.Clone(s.From)] = true
		for form := range graph.Forms(s) {
			m.forms[s.Kind][strings.Clone(form)] = true
		}
	}
}

// earlier reports whether a reference that this import does not make may be something that it describes.
func (m *mentionCollector) earlier(k graph.Kind, ref string) bool {
	return ref != "" && len(m.forms[k]) > 0 && !m.refs[k][ref] && m.forms[k][graph.MentionForm(ref)]
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
	earlier, err := m.findEarlier(ctx, store)
	if err != nil {
		return nil, err
	}
	survey := newNodeSurvey(m, earlier)
	if err := read(survey); err != nil {
		return nil, err
	}
	if others := survey.settle(); others != nil {
		if err := read(others); err != nil {
			return nil, err
		}
	}
	d := &definer{resolvers: survey.resolvers()}
	if len(d.resolvers) > 0 {
		if err := read(d); err != nil {
			return nil, err
		}
	}
	for kind, into := range map[graph.Kind]*Mentions{graph.KindCompany: &report.Companies, graph.KindProduct: &report.Products} {
		r := d.resolvers[kind]
		if r == nil {
			if survey.mentioned(kind) {
				*into = provisionalOnly(m.refs[kind])
			}
			continue
		}
		resolution := r.own.Resolve()
		survey.leaveFitted(&resolution, kind)
		*into = survey.mentionsOf(resolution, kind)
		into.Earlier = m.earlierOf(r.earlier.Resolve(), kind, survey.earlier[kind])
		if names := resolution.Provisional; len(names) > 0 && len(names) <= maxNearNames && r.defined > 0 && r.defined <= maxNearDescribed {
			near := newNearFinder(kind, names)
			if err := read(near); err != nil {
				return nil, err
			}
			into.Near = near.list()
		}
	}
	return survey.decisions, nil
}

// provisionalOnly is what a [graph.Resolver] finds where nothing is described and nobody decided: each spelling
// is a node of its own. A file of relations alone may mention millions.
func provisionalOnly(refs map[string]bool) (out Mentions) {
	spellings := make(map[string]string, len(refs)) // to the least reference
	for ref := range refs {
		form := graph.MentionForm(ref)
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
	collector    *mentionCollector
	refs         nodeSets                            // of the import
	earlier      nodeSets                            // of earlier ones, that may be what the import describes
	described    nodeSets                            // references that have a definition
	said         [graph.NumKinds]bool                // whether anything is described or decided of nodes of the kind
	descriptions map[graph.NodeKey][]graph.Statement // of references that have none
	decisions    map[graph.NodeKey]graph.Sameness

	// Companies whose id is an identifier, such as those of a register, are what they are described as, unless a
	// definition carries the identifier: then they may be that company.
	registered nodeSets // references that are such companies
	carried    nodeSets // references that are identifiers which definitions carry

	// Other references may be one of them by a name or another identifier.
	forms  map[string]bool // of such references
	fitted map[string]bool // companies under identifiers that one of these fits
}

func newNodeSurvey(m *mentionCollector, earlier nodeSets) *nodeSurvey {
	n := &nodeSurvey{collector: m, refs: m.refs, earlier: earlier, described: newNodeSets(), registered: newNodeSets(), carried: newNodeSets(),
		descriptions: map[graph.NodeKey][]graph.Statement{}, decisions: map[graph.NodeKey]graph.Sameness{}, forms: map[string]bool{}, fitted: map[string]bool{}}
	for _, refs := range []map[string]bool{m.refs[graph.KindCompany], earlier[graph.KindCompany]} {
		for ref := range refs {
			if scheme, _, ok := graph.SplitIdentifier(ref); !ok || scheme != graph.FieldLEI { // an LEI is the id of the company that it names
				n.forms[graph.MentionForm(ref)] = true
			}
		}
	}
	return n
}

// Put is part of [graph.Sink].
func (n *nodeSurvey) Put(s *graph.Statement) error {
	n.said[s.Kind] = true
	if s.Kind == graph.KindProduct {
		n.look(s.Kind, s.Text(graph.FieldParent))
	}
	n.look(s.Kind, s.From)
	if graph.IsDefinition(s) {
		n.carry(s)
	}
	if len(n.forms) > 0 && !n.fitted[s.From] && graph.IsRegistered(s) {
		n.fit(s)
	}
	switch {
	case !n.refs[s.Kind][s.From] && !n.earlier[s.Kind][s.From]:
	case graph.IsDefinition(s):
		n.described[s.Kind][s.From] = true
	case graph.IsRegistered(s):
		n.registered[s.Kind][strings.Clone(s.From)] = true
	default:
		key := graph.NodeKey{Kind: s.Kind, ID: s.From}
		n.descriptions[key] = append(n.descriptions[key], s.Clone())
	}
	return nil
}

// carry notes the identifiers of a definition that the import refers to.
func (n *nodeSurvey) carry(s *graph.Statement) {
	if s.Kind != graph.KindCompany {
		return
	}
	for form := range graph.Identifiers(s) {
		if n.refs[s.Kind][form] || n.earlier[s.Kind][form] {
			n.carried[s.Kind][strings.Clone(form)] = true
		}
	}
}

// fit notes a company under an identifier that a reference of another form may be.
func (n *nodeSurvey) fit(s *graph.Statement) {
	own := graph.MentionForm(s.From)
	for form := range graph.Forms(s) {
		if form != own && n.forms[form] {
			n.fitted[strings.Clone(s.From)] = true
			return
		}
	}
}

// settle decides which companies under identifiers are what they are described as. It returns a reader of the others, and
// of those that references may be: what is said of them decides whether they are the definition that carries their
// identifier, and whether a reference is one of them; nil where there are none.
func (n *nodeSurvey) settle() graph.Sink {
	var doubtful []graph.NodeKey
	for kind, ids := range n.registered {
		for id := range ids {
			key := graph.NodeKey{Kind: graph.Kind(kind), ID: id}
			if _, decided := n.decisions[key]; !decided && !n.carried[kind][id] && graph.MentionForm(id) == id {
				n.described[kind][id] = true
				delete(n.descriptions, key)
				continue
			}
			doubtful = append(doubtful, key)
		}
	}
	for id := range n.fitted {
		doubtful = append(doubtful, graph.NodeKey{Kind: graph.KindCompany, ID: id})
	}
	if len(doubtful) == 0 {
		return nil
	}
	d := &describer{survey: n, wanted: map[graph.NodeKey]bool{}}
	for _, key := range doubtful {
		delete(n.descriptions, key) // all are read again
		d.wanted[key] = true
	}
	return d
}

// describer keeps what is said of some nodes.
type describer struct {
	survey *nodeSurvey
	wanted map[graph.NodeKey]bool
}

// Put is part of [graph.Sink].
func (d *describer) Put(s *graph.Statement) error {
	if key := (graph.NodeKey{Kind: s.Kind, ID: s.From}); d.wanted[key] {
		d.survey.descriptions[key] = append(d.survey.descriptions[key], s.Clone())
	}
	return nil
}

// Withdraw, Merge and Unmerge are part of [graph.Sink]; the first reading took the decisions.
func (d *describer) Withdraw(graph.Key) error { return nil }

// Merge is part of [graph.Sink].
func (d *describer) Merge(graph.Sameness) error { return nil }

// Unmerge is part of [graph.Sink].
func (d *describer) Unmerge(graph.Kind, string) error { return nil }

// look takes what nodes are called where the import describes something by that name.
func (n *nodeSurvey) look(k graph.Kind, ref string) {
	if n.collector.earlier(k, ref) && !n.earlier[k][ref] {
		n.earlier[k][strings.Clone(ref)] = true
	}
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
func (n *nodeSurvey) resolvers() map[graph.Kind]*resolvers {
	out := map[graph.Kind]*resolvers{}
	for _, kind := range []graph.Kind{graph.KindCompany, graph.KindProduct} {
		if n.said[kind] && (n.mentioned(kind) || len(n.earlier[kind]) > 0) {
			out[kind] = &resolvers{own: n.resolver(kind, n.refs[kind]), earlier: n.resolver(kind, n.earlier[kind])}
		}
	}
	return out
}

// resolver is one that knows of the references that no statement describes.
func (n *nodeSurvey) resolver(kind graph.Kind, refs map[string]bool) *graph.Resolver {
	r := graph.NewResolver(kind)
	for ref := range refs {
		if !n.described[kind][ref] {
			n.mention(r, kind, ref)
		}
	}
	if kind == graph.KindCompany {
		for id := range n.fitted {
			n.mention(r, kind, id)
		}
	}
	for _, d := range n.decisions {
		r.Decide(d)
	}
	return r
}

// mention tells a resolver of a reference, or of a company under an identifier.
func (n *nodeSurvey) mention(r *graph.Resolver, kind graph.Kind, id string) {
	r.Mention(id, nil)
	for _, s := range n.descriptions[graph.NodeKey{Kind: kind, ID: id}] {
		r.Mention(id, &s)
	}
}

// resolvers are those of one kind.
type resolvers struct {
	own     *graph.Resolver // of what the import refers to
	earlier *graph.Resolver // of what earlier imports referred to
	defined int             // statements that describe something by its name
}

// leaveFitted takes out of a resolution what became of companies under identifiers that are there only because references
// may be they.
func (n *nodeSurvey) leaveFitted(res *graph.Resolution, kind graph.Kind) {
	told := func(id string) bool {
		return kind != graph.KindCompany || !n.fitted[id] || n.refs[kind][id] && !n.described[kind][id]
	}
	res.Provisional = slices.DeleteFunc(res.Provisional, func(id string) bool { return !told(id) })
	maps.DeleteFunc(res.Ambiguous, func(id string, _ []string) bool { return !told(id) })
}

// mentionsOf counts what became of the references of the import.
func (n *nodeSurvey) mentionsOf(res graph.Resolution, kind graph.Kind) (out Mentions) {
	for ref := range res.Canonical {
		if n.refs[kind][ref] && res.Rule[ref] != "spelling" { // else it is counted once, as provisional
			out.Absorbed++
			out.AbsorbedExamples = append(out.AbsorbedExamples, AbsorbedMention{Mention: ref, Is: res.Canonical[ref], By: res.Rule[ref]})
		}
	}
	out.AbsorbedExamples = firstAbsorbed(out.AbsorbedExamples)
	out.Provisional, out.Ambiguous = len(res.Provisional), len(res.Ambiguous)
	out.ProvisionalExamples = res.Provisional[:min(maxMentions, len(res.Provisional))]
	out.AmbiguousExamples = firstAmbiguous(res.Ambiguous)
	return out
}

// earlierOf counts the names of earlier imports that are, or may be, something that this one describes.
func (m *mentionCollector) earlierOf(res graph.Resolution, kind graph.Kind, earlier map[string]bool) *EarlierMentions {
	var out EarlierMentions
	for ref, canonical := range res.Canonical {
		if by := res.Rule[ref]; earlier[ref] && m.defined[kind][canonical] && (by == "name" || by == "identifier") {
			out.Absorbed++
			out.AbsorbedExamples = append(out.AbsorbedExamples, AbsorbedMention{Mention: ref, Is: canonical, By: by})
		}
	}
	out.AbsorbedExamples = firstAbsorbed(out.AbsorbedExamples)
	ambiguous := map[string][]string{}
	for ref, candidates := range res.Ambiguous {
		if earlier[ref] && slices.ContainsFunc(candidates, func(c string) bool { return m.defined[kind][c] }) {
			ambiguous[ref] = candidates
		}
	}
	out.Ambiguous, out.AmbiguousExamples = len(ambiguous), firstAmbiguous(ambiguous)
	if out.Absorbed+out.Ambiguous == 0 {
		return nil
	}
	return &out
}

func firstAbsorbed(all []AbsorbedMention) []AbsorbedMention {
	slices.SortFunc(all, func(a, b AbsorbedMention) int { return strings.Compare(a.Mention, b.Mention) })
	return slices.Clone(all[:min(maxMentions, len(all))]) // not all of them stay in memory
}

func firstAmbiguous(all map[string][]string) (out []AmbiguousMention) {
	for _, mention := range slices.Sorted(maps.Keys(all)) {
		if len(out) == maxMentions {
			break
		}
		out = append(out, AmbiguousMention{Mention: mention, Candidates: all[mention]})
	}
	return out
}

// definer is the second reading of the nodes: it shows every definition to the resolvers, with all that is said of
// it. Statements about one id come one after the other.
type definer struct {
	resolvers map[graph.Kind]*resolvers
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
	if graph.IsRegistered(s) {
		r.defined++
		return nil
	}
	if !d.defined && !graph.IsDefinition(s) {
		d.waiting = append(d.waiting, s.Clone())
		return nil
	}
	d.defined = true
	for i := range d.waiting {
		r.define(&d.waiting[i])
	}
	d.waiting = d.waiting[:0]
	r.define(s)
	r.defined++
	return nil
}

func (r *resolvers) define(s *graph.Statement) {
	r.own.Define(s)
	r.earlier.Define(s)
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
