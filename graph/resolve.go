package graph

import (
	"iter"
	"maps"
	"slices"
	"strings"
)

// Resolver decides which node each mention is. A record is an id as some statement writes it. A record that a
// statement describes under an id of its own is a definition; every other one is a mention: a relation refers to
// it by a name or an identifier, or a file describes it by its name alone.
//
// Decisions come first. A mention is then absorbed by the one definition that carries its
// identifier, or its name or alias, without a conflicting country or identifier, and of which nobody decided that
// it is another ([Different]). Where several fit it is
// ambiguous and stays a node of its own, as does one where none fits; mentions of one spelling are then one
// node. A name alone never leads to an anonymous party, nor makes one the same as another: "Customer A" is
// somebody else in each filing. Nor does the name of a site tell which it is: there are many a "Plant 1".
//
// A company that is described under an identifier, as registers do ([IsRegistered]), is a mention, as a definition may
// carry that identifier; and it is found by its names, aliases and other identifiers as definitions are, by every mention
// that is none of these itself. Which companies they are is settled first.
//
// Use: Decide and Mention everything, then Define every definition, then Resolve. Memory grows with the
// number of mentions only.
type Resolver struct {
	kind      Kind
	decisions map[string]string
	mentions  map[string]*mention   // by record id
	byForm    map[string][]*mention // by normalised name or scheme:value

	// facts of the definitions, gathered where a mention has some that they may conflict with.
	constrained bool
	facts       map[string]*identity

	anonymous map[string]bool // definitions of which some statement says so

	different pairs               // records that are decided not to be one
	notInForm map[string][]string // the same for mentions of a form: that a name is not a company holds in every spelling
}

type mention struct {
	id         string
	described  bool
	registered bool     // described by name under an identifier
	forms      []string // of a registered one: what else it is found by
	candidates []string // definitions and registered ones whose names or identifiers fit, without repeats
	identity
}

// identity is what tells two companies of one name apart.
type identity struct {
	countries, leis []string // stated, without repeats
	anonymous       bool
}

func (f *identity) add(s *Statement) {
	f.anonymous = f.anonymous || s.Text(FieldKind) == CompanyKindAnonymous
	f.countries = addOnce(f.countries, s.Text(FieldCountry))
	f.leis = addOnce(f.leis, s.Text(FieldLEI))
}

func addOnce(list []string, text string) []string {
	if text == "" || slices.Contains(list, text) {
		return list
	}
	return append(list, text)
}

// conflicts reports whether both state countries, or LEIs, and have none in common.
func (f *identity) conflicts(o *identity) bool {
	disjoint := func(a, b []string) bool {
		return len(a) > 0 && len(b) > 0 && !slices.ContainsFunc(a, func(x string) bool { return slices.Contains(b, x) })
	}
	return disjoint(f.countries, o.countries) || disjoint(f.leis, o.leis)
}

// Resolution is where the records of one kind belong.
type Resolution struct {
	// Canonical maps each record that is not a node of its own to the node that it is.
	Canonical map[string]string
	// Rule tells for the same records what decided: "decision", "identifier", "name" or "spelling".
	Rule map[string]string
	// Ambiguous maps mentions that fit several definitions to these, sorted.
	Ambiguous map[string][]string
	// Provisional are the mentions that stay nodes of their own because no definition fits, sorted.
	Provisional []string
}

// NewResolver makes a resolver for companies, products or sites.
func NewResolver(kind Kind) *Resolver {
	return &Resolver{kind: kind, decisions: map[string]string{}, mentions: map[string]*mention{}, byForm: map[string][]*mention{}, facts: map[string]*identity{},
		anonymous: map[string]bool{}, different: pairs{}, notInForm: map[string][]string{}}
}

// IsDefinition reports whether a statement about a node describes it under an id of its own.
func IsDefinition(s *Statement) bool {
	name := s.Text(FieldName)
	if name == "" || name == s.From {
		return false
	}
	_, _, identifier := SplitIdentifier(s.From)
	return !identifier
}

// IsRegistered reports whether a statement names a company whose id is an identifier.
func IsRegistered(s *Statement) bool {
	if s.Kind != KindCompany || s.Text(FieldName) == "" {
		return false
	}
	_, _, identifier := SplitIdentifier(s.From)
	return identifier
}

// Decide takes a decision: of a person, or of a rule that was run.
func (r *Resolver) Decide(s Sameness) {
	if s.Kind != r.kind {
		return
	}
	a, b, different := s.Pair()
	if !different {
		r.decisions[s.ID] = s.Canonical
		return
	}
	r.different.add(a, b)
	r.notInForm[MentionForm(a)] = addOnce(r.notInForm[MentionForm(a)], b)
	r.notInForm[MentionForm(b)] = addOnce(r.notInForm[MentionForm(b)], a)
}

// Mention takes a record that is not a definition; description is what a statement says of it, or nil.
func (r *Resolver) Mention(id string, description *Statement) {
	m := r.mentions[id]
	if m == nil {
		m = &mention{id: id}
		r.mentions[id] = m
		form := MentionForm(id)
		r.byForm[form] = append(r.byForm[form], m)
	}
	if description == nil {
		return
	}
	m.described = true
	m.add(description)
	r.constrained = r.constrained || len(m.countries)+len(m.leis) > 0
	if lei := description.Text(FieldLEI); lei != "" && !slices.Contains(r.byForm["lei:"+lei], m) {
		r.byForm["lei:"+lei] = append(r.byForm["lei:"+lei], m)
	}
	m.registered = m.registered || IsRegistered(description)
	if _, _, identifier := SplitIdentifier(id); identifier && r.kind == KindCompany {
		for form := range Forms(description) {
			m.forms = addOnce(m.forms, form)
		}
	}
}

// Forms are what a node is found by: the normalised names and the identifiers that a statement gives it.
func Forms(s *Statement) iter.Seq[string] {
	return func(yield func(string) bool) {
		if name := NormalizeName(s.Text(FieldName)); name != "" && !yield(name) {
			return
		}
		for _, alias := range SplitList(s.Text(FieldAliases)) {
			if !yield(NormalizeName(alias)) {
				return
			}
		}
		Identifiers(s)(yield)
	}
}

// MentionForm is what a mention is matched by: its identifier, or its normalised name. Two with one form are the
// same reference.
func MentionForm(id string) string {
	if scheme, value, ok := SplitIdentifier(id); ok {
		return scheme.String() + ":" + value
	}
	if form := NormalizeName(id); form != "" {
		return form
	}
	return id // nothing but punctuation
}

// Define takes what one statement says of a definition.
func (r *Resolver) Define(s *Statement) {
	if len(r.byForm) == 0 {
		return
	}
	if r.constrained {
		f := r.facts[s.From]
		if f == nil {
			f = &identity{}
			r.facts[s.From] = f
		}
		f.add(s)
	}
	if s.Text(FieldKind) == CompanyKindAnonymous {
		r.anonymous[s.From] = true
	}
	forms := Forms(s)
	if r.kind == KindSite {
		forms = Identifiers(s)
	}
	for form := range forms {
		for _, m := range r.byForm[form] {
			m.candidates = addOnce(m.candidates, s.From)
		}
	}
}

// Resolve gives the result. It does not depend on the order in which anything was taken in.
func (r *Resolver) Resolve() Resolution {
	res := Resolution{Canonical: map[string]string{}, Rule: map[string]string{}, Ambiguous: map[string][]string{}}
	registered, others := r.turns()
	r.match(registered, &res, nil)
	r.offer(registered)
	r.match(others, &res, maps.Clone(res.Canonical))
	for id := range r.decisions {
		if canonical := r.follow(id); canonical != id {
			res.set(id, canonical, "decision")
		}
	}
	res.flatten()
	return res
}

// turns are the mentions in the order in which they are settled: registered ones, with the other spellings of their
// identifiers, and then those that may be one of these.
func (r *Resolver) turns() (registered, others []*mention) {
	for _, id := range sortedKeys(r.mentions) {
		m := r.mentions[id]
		if slices.ContainsFunc(r.byForm[MentionForm(id)], func(o *mention) bool { return o.registered }) {
			registered = append(registered, m)
		} else {
			others = append(others, m)
		}
	}
	return registered, others
}

// offer makes registered mentions candidates of those that their names and identifiers fit.
func (r *Resolver) offer(registered []*mention) {
	apart := map[*mention]bool{}
	for _, m := range registered {
		apart[m] = true
	}
	for _, m := range registered {
		for _, form := range m.forms {
			for _, o := range r.byForm[form] {
				if m.registered && !apart[o] {
					o.candidates = addOnce(o.candidates, m.id)
				}
			}
		}
	}
}

// match settles mentions; registered tells what became of the registered ones among their candidates.
func (r *Resolver) match(mentions []*mention, res *Resolution, registered map[string]string) {
	var unmatched []*mention
	for _, m := range mentions {
		if _, decided := r.decisions[m.id]; decided {
			continue
		}
		switch candidates := r.nodesOf(r.withoutConflict(m, registered), registered); len(candidates) {
		case 0:
			unmatched = append(unmatched, m)
		case 1:
			if candidates[0] != m.id {
				res.set(m.id, candidates[0], mentionRule(m.id))
			}
		default:
			res.Ambiguous[m.id] = candidates
		}
	}
	r.groupBySpelling(unmatched, res)
}

// withoutConflict are the candidates of a mention that may be it.
func (r *Resolver) withoutConflict(m *mention, registered map[string]string) []string {
	byName := mentionRule(m.id) == "name"
	if byName && m.anonymous {
		return nil
	}
	may := func(c string) bool {
		if byName && r.anonymous[c] || r.isNot(m, c) {
			return false
		}
		f := r.facts[c]
		return f == nil || !m.conflicts(f)
	}
	var fitting []string
	for _, c := range m.candidates {
		if !may(c) {
			continue
		}
		o := r.mentions[c] // a registered one: what is said of the definition that it is counts as well
		if o == nil || !(byName && o.anonymous) && !m.conflicts(&o.identity) && may(r.nodeOf(c, registered)) {
			fitting = append(fitting, c)
		}
	}
	return fitting
}

// isNot reports whether it is decided that the mention is another node than the candidate.
func (r *Resolver) isNot(m *mention, candidate string) bool {
	return slices.ContainsFunc(r.notInForm[MentionForm(m.id)], func(other string) bool {
		return other == candidate || r.follow(other) == r.follow(candidate)
	})
}

func mentionRule(id string) string {
	if _, _, ok := SplitIdentifier(id); ok {
		return "identifier"
	}
	return "name"
}

func (res *Resolution) set(id, canonical, rule string) {
	res.Canonical[id], res.Rule[id] = canonical, rule
}

// flatten lets every record point at the node itself where a decision leads to a record that is absorbed.
func (res *Resolution) flatten() {
	for id := range res.Canonical {
		seen := map[string]bool{id: true}
		to := res.Canonical[id]
		for next, ok := res.Canonical[to]; ok && !seen[to]; next, ok = res.Canonical[to] {
			seen[to] = true
			to = next
		}
		res.Canonical[id] = to
	}
}

// nodesOf replaces candidates by what decisions say they are, and what registered ones are, sorted, without repeats.
func (r *Resolver) nodesOf(candidates []string, registered map[string]string) []string {
	out := make([]string, len(candidates))
	for i, c := range candidates {
		out[i] = r.nodeOf(c, registered)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// nodeOf is the node that a record is. In a ring, the least id is it.
func (r *Resolver) nodeOf(id string, registered map[string]string) string {
	id = r.follow(id)
	for seen := []string{id}; ; seen = append(seen, id) {
		next, ok := registered[id]
		if !ok {
			return id
		}
		if next = r.follow(next); slices.Contains(seen, next) {
			return slices.Min(seen)
		}
		id = next
	}
}

// follow walks a chain of decisions to its end. In a ring, which two people can make, the least id is the end.
func (r *Resolver) follow(id string) string {
	seen := []string{id}
	for {
		next, ok := r.decisions[id]
		if !ok {
			return id
		}
		if at := slices.Index(seen, next); at >= 0 {
			return slices.Min(seen[at:])
		}
		seen = append(seen, next)
		id = next
	}
}

// groupBySpelling makes one node of the mentions of one spelling; a described one stands for the group where there
// is one. Where some conflict with one another the spelling does not tell: then only those are grouped of which
// the same is stated.
func (r *Resolver) groupBySpelling(unmatched []*mention, res *Resolution) {
	groups := map[string][]*mention{}
	for _, m := range unmatched {
		if m.anonymous {
			res.Provisional = append(res.Provisional, m.id)
			continue
		}
		form := MentionForm(m.id)
		groups[form] = append(groups[form], m)
	}
	for _, form := range sortedKeys(groups) {
		if group := groups[form]; anyConflict(group) {
			alike := map[string][]*mention{}
			for _, m := range group {
				key := strings.Join(slices.Sorted(slices.Values(m.countries)), ";") + "|" + strings.Join(slices.Sorted(slices.Values(m.leis)), ";")
				alike[key] = append(alike[key], m)
			}
			for _, key := range sortedKeys(alike) {
				r.group(alike[key], res)
			}
		} else {
			r.group(group, res)
		}
	}
	slices.Sort(res.Provisional)
}

func anyConflict(group []*mention) bool {
	for i, m := range group {
		for _, o := range group[:i] {
			if m.conflicts(&o.identity) {
				return true
			}
		}
	}
	return false
}

// group makes one node of mentions, or several where some are decided to be different: each joins the first node
// that has none of these.
func (r *Resolver) group(mentions []*mention, res *Resolution) {
	slices.SortFunc(mentions, func(a, b *mention) int {
		if a.described != b.described {
			if a.described {
				return -1
			}
			return 1
		}
		return strings.Compare(a.id, b.id)
	})
	var nodes [][]string
	for _, m := range mentions {
		at := slices.IndexFunc(nodes, func(node []string) bool {
			return !slices.ContainsFunc(node, func(other string) bool { return r.different.apart(m.id, other) })
		})
		if at < 0 {
			nodes = append(nodes, []string{m.id})
			res.Provisional = append(res.Provisional, m.id)
			continue
		}
		nodes[at] = append(nodes[at], m.id)
		res.set(m.id, nodes[at][0], "spelling")
	}
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}
