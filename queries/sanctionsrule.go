package queries

import (
	"cmp"
	"embed"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"

	"github.com/tributarygraph/tributary/graph"
)

// SanctionsRule says which listings count, and when what a listed company owns is blocked with it.
type SanctionsRule struct {
	Name        string   `json:"name" doc:"What it is called"`
	Authorities []string `json:"authorities" doc:"Whose listings count: ids, names or aliases"`
	Programmes  []string `json:"programmes,omitempty" doc:"Only listings under one of these programmes count; all when absent"`
	ListedOnly  []string `json:"listed_only,omitempty" doc:"Listings under these programmes alone are of the company listed, and block nothing that it owns"`
	Threshold   float64  `json:"threshold" doc:"Part of a company that blocked owners must hold, 0 to 1"`
	// Inclusive and Aggregate have no default: a rule that leaves them open is none.
	Inclusive *bool  `json:"inclusive" doc:"true: the threshold itself is enough; false: it takes more"`
	Aggregate *bool  `json:"aggregate" doc:"true: the shares of all blocked owners are added up; false: one of them must hold enough alone"`
	Source    string `json:"source,omitempty" doc:"Where the rule is written"`
	// Meanwhile listings count, and what the listed own was not blocked: the answer says so.
	SuspendedFrom  string `json:"suspended_from,omitempty" doc:"First day on which what the rule says of owners was suspended"`
	SuspendedUntil string `json:"suspended_until,omitempty" doc:"Last such day"`
}

// RuleOFAC is the name of the rule that holds unless another is named.
const RuleOFAC = "ofac"

// builtinRules are the rules that need no file, each under its name.
//
//go:embed rules/*.yaml
var builtinRules embed.FS

// BuiltinRules are the names of the rules that need no file, the default first.
func BuiltinRules() []string {
	names := []string{RuleOFAC}
	files, _ := fs.Glob(builtinRules, "rules/*.yaml") // the pattern is well-formed
	for _, file := range files {
		if name := strings.TrimSuffix(path.Base(file), ".yaml"); name != RuleOFAC {
			names = append(names, name)
		}
	}
	return names
}

// BuiltinRule is the rule with this name; OFAC's for none.
func BuiltinRule(name string) (r SanctionsRule, err error) {
	name = cmp.Or(name, RuleOFAC)
	if !slices.Contains(BuiltinRules(), name) {
		return r, fmt.Errorf("%w: rule %q; allowed: %s", graph.ErrInvalid, name, strings.Join(BuiltinRules(), ", "))
	}
	data, err := builtinRules.ReadFile("rules/" + name + ".yaml")
	if err != nil {
		return r, err
	}
	if err := yaml.UnmarshalWithOptions(data, &r, yaml.Strict()); err != nil {
		return r, fmt.Errorf("rule %s: %w", name, err)
	}
	return r.Resolve()
}

// isBuiltin reports whether the rule asks for the listings of the built-in rule of its name.
func (r *SanctionsRule) isBuiltin() bool {
	builtin, err := BuiltinRule(r.Name)
	return err == nil && slices.Equal(r.Authorities, builtin.Authorities)
}

// RuleError is what is wrong with a field of a rule.
type RuleError struct {
	Field string // as files spell it
	Text  string
}

func (e *RuleError) Error() string { return e.Field + ": " + e.Text }

// Unwrap makes it an [graph.ErrInvalid].
func (e *RuleError) Unwrap() error { return graph.ErrInvalid }

// Resolve checks the rule. The error is a *[RuleError].
func (r SanctionsRule) Resolve() (SanctionsRule, error) {
	r.Name = graph.Clean(r.Name)
	for _, list := range []*[]string{&r.Authorities, &r.Programmes, &r.ListedOnly} {
		*list = cleanList(*list)
	}
	switch {
	case r.Name == "":
		return r, &RuleError{"name", "a rule needs one"}
	case len(r.Authorities) == 0:
		return r, &RuleError{"authorities", "want at least one, whose listings count"}
	case !(r.Threshold > 0 && r.Threshold <= 1):
		return r, &RuleError{"threshold", fmt.Sprintf("%v; want a part of more than 0, up to 1: half is 0.5", r.Threshold)}
	case r.Threshold == 1 && r.Inclusive != nil && !*r.Inclusive:
		return r, &RuleError{"threshold", "nobody owns more than 1 of a company: with inclusive: false, want less"}
	case r.Inclusive == nil:
		return r, &RuleError{"inclusive", "want true (the threshold itself is enough) or false (it takes more)"}
	case r.Aggregate == nil:
		return r, &RuleError{"aggregate", "want true (the shares of all blocked owners are added up) or false (one must hold enough alone)"}
	}
	return r, r.checkSuspension()
}

// checkSuspension checks the days of the suspension.
func (r *SanctionsRule) checkSuspension() error {
	if r.SuspendedFrom == "" && r.SuspendedUntil == "" {
		return nil
	}
	from, err := graph.ParseDate(r.SuspendedFrom)
	if err != nil {
		return &RuleError{"suspended_from", fmt.Sprintf("%q; want a day such as 2025-11-10", r.SuspendedFrom)}
	}
	if until, err := graph.ParseDate(r.SuspendedUntil); err != nil || until < from {
		return &RuleError{"suspended_until", fmt.Sprintf("%q; want a day such as 2026-11-09, not before suspended_from", r.SuspendedUntil)}
	}
	return nil
}

// suspended tells that what the rule says of owners did not hold on a day; empty where it did.
func (r *SanctionsRule) suspended(asOf graph.Date) string {
	from, err := graph.ParseDate(r.SuspendedFrom)
	if err != nil || asOf == graph.AnyDate {
		return ""
	}
	if until, err := graph.ParseDate(r.SuspendedUntil); err != nil || asOf < from || asOf > until {
		return ""
	}
	return fmt.Sprintf("what the rule %s says of owners was suspended from %s to %s, and so on %s: listings held, and what is told as blocked through owners would have been without the suspension",
		r.Name, r.SuspendedFrom, r.SuspendedUntil, asOf)
}

func cleanList(list []string) (out []string) {
	for _, text := range list {
		if text = graph.Clean(text); text != "" && !slices.Contains(out, text) {
			out = append(out, text)
		}
	}
	return out
}

// String prints the rule, so that two that mean the same print alike.
func (r SanctionsRule) String() string {
	flag := func(b *bool) string {
		if b == nil {
			return "?"
		}
		return fmt.Sprint(*b)
	}
	return fmt.Sprintf("%q %q %q %q %v %s %s %q %q %q", r.Name, r.Authorities, r.Programmes, r.ListedOnly, r.Threshold, flag(r.Inclusive), flag(r.Aggregate), r.Source, r.SuspendedFrom, r.SuspendedUntil)
}

// Words is the rule in words.
func (r SanctionsRule) Words() string {
	amount, owners := "more than "+percentText(r.Threshold), "one listed or blocked owner alone holds"
	if *r.Inclusive {
		amount = percentText(r.Threshold) + " or more"
	}
	if *r.Aggregate {
		owners = "listed and blocked owners together hold"
	}
	return fmt.Sprintf("rule %s: a company is blocked when %s %s of it directly", r.Name, owners, amount)
}

// listingWeight is what a listing makes of the company listed: whether it is listed, and whether what it owns may be
// blocked with it, for certain and possibly.
type listingWeight struct{ certain, possible, spreads, maySpread bool }

// add takes another listing of the same company into account.
func (w *listingWeight) add(o listingWeight) {
	w.certain, w.possible = w.certain || o.certain, w.possible || o.possible
	w.spreads, w.maySpread = w.spreads || o.spreads, w.maySpread || o.maySpread
}

// under is the weight of a listing under these programmes. One that states no programme may be under any that the rule
// asks for, and is taken to block what is owned.
func (r *SanctionsRule) under(programmes []string) listingWeight {
	among := func(list []string) func(string) bool {
		return func(p string) bool {
			return slices.ContainsFunc(list, func(q string) bool { return strings.EqualFold(p, q) })
		}
	}
	if len(programmes) == 0 {
		sure := len(r.Programmes) == 0
		return listingWeight{certain: sure, possible: true, spreads: sure, maySpread: true}
	}
	if len(r.Programmes) > 0 {
		programmes = slices.DeleteFunc(slices.Clone(programmes), func(p string) bool { return !among(r.Programmes)(p) })
	}
	counts := len(programmes) > 0
	spreads := slices.ContainsFunc(programmes, func(p string) bool { return !among(r.ListedOnly)(p) })
	return listingWeight{certain: counts, possible: counts, spreads: spreads, maySpread: spreads}
}
