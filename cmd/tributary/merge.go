package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/tributarygraph/tributary/graph"
)

// decision is what merge and unmerge print.
type decision struct {
	Kind      string         `json:"kind"`
	ID        string         `json:"id"`                  // the record that was decided on
	Canonical string         `json:"canonical,omitempty"` // what it is now; absent after unmerge
	Different string         `json:"different,omitempty"` // what it is not
	By        string         `json:"by,omitempty"`
	Why       string         `json:"why,omitempty"`
	At        string         `json:"at,omitempty"`
	Changed   bool           `json:"changed"` // false: it was so before
	Revision  graph.Revision `json:"revision"`
}

// mergeFlags are those of merge and unmerge.
type mergeFlags struct{ product, site bool }

func (m *mergeFlags) kind() graph.Kind {
	switch {
	case m.product:
		return graph.KindProduct
	case m.site:
		return graph.KindSite
	}
	return graph.KindCompany
}

func mergeCommand(p *program) *cobra.Command {
	var m mergeFlags
	var why, by string
	var different bool
	cmd := &cobra.Command{
		Use:   "merge NAME ID",
		Short: "Decide that two records are the same company: NAME is ID",
		Long: `Decides that the record NAME is the company ID: its relations become those of ID, its names become aliases.
Nothing that was imported changes; unmerge takes the decision back. NAME is a name as a file writes it, or an id.

With --different it decides the opposite: that the two are different companies. No rule makes one of them then, in
whatever spelling the name comes; unmerge NAME ID takes that back.`,
		Example: `  tributary merge "Taiwan Semi" tsmc --why "same address"
  tributary merge hynix sk-hynix
  tributary merge --different Panasonic panasonic-us
  tributary merge --product "HBM 3E" hbm3e`,
		Args: wantArgs(2, 2),
		RunE: func(cmd *cobra.Command, args []string) error {
			return p.withView(cmd.Context(), func(v *graph.View, store graph.Store) error {
				s, err := p.decide(v, m.kind(), args[0], args[1])
				if err != nil {
					return err
				}
				s.By, s.Why = graph.Clean(cmp.Or(by, p.user())), graph.Clean(why)
				if different {
					return p.applyDifferent(cmd.Context(), store, v, s)
				}
				return p.applyMerge(cmd.Context(), store, v, s)
			})
		},
	}
	inGroup(cmd, groupQuestion, func(f *pflag.FlagSet) {
		f.StringVar(&why, "why", "", "the `REASON`, kept with the decision")
		f.StringVar(&by, "by", "", "`WHO` decides (default: the user who runs this)")
		f.BoolVar(&m.product, "product", false, "decide about products instead of companies")
		f.BoolVar(&m.site, "site", false, "decide about sites instead of companies")
		f.BoolVar(&different, "different", false, "decide that the two are different instead")
	})
	cmd.MarkFlagsMutuallyExclusive("product", "site")
	p.outputs(cmd)
	p.stores(cmd)
	return cmd
}

// user is who runs the program.
func (p *program) user() string { return cmp.Or(p.env["USER"], p.env["LOGNAME"], p.env["USERNAME"]) }

// decide works out which record is decided on, and what it is.
func (p *program) decide(v *graph.View, k graph.Kind, name, id string) (graph.Sameness, error) {
	record, err := recordOf(v, k, name)
	if err != nil {
		return graph.Sameness{}, err
	}
	canonical, err := resolveID(v, k, id)
	if err != nil {
		return graph.Sameness{}, err
	}
	if record == canonical {
		return graph.Sameness{}, hint(usagef("%q and %q are the same record already: %s", name, id, record), "%s show %s%s lists the records that belong to it", p.self, shellWord(record), p.onStore())
	}
	return graph.Sameness{NodeKey: graph.NodeKey{Kind: k, ID: record}, Canonical: canonical, At: time.Now().UTC().Truncate(time.Second)}, nil
}

// recordOf is the record that the user means: one with exactly this id, even one that another node absorbed or
// that fits several, else the node of that name.
func recordOf(v *graph.View, k graph.Kind, name string) (string, error) {
	clean := graph.Clean(name)
	if n, ok := v.Find(k, clean); ok {
		if slices.ContainsFunc(v.Records(k, n), func(r graph.Record) bool { return r.ID == clean }) {
			return clean, nil
		}
	}
	return resolveID(v, k, name)
}

func (p *program) applyMerge(ctx context.Context, store graph.Store, before *graph.View, s graph.Sameness) error {
	// Whoever merges the two takes back that they are different.
	applied, err := store.Apply(ctx, graph.Batch{Merge: []graph.Sameness{s}, Unmerge: []graph.NodeKey{graph.PairKey(s.Kind, s.ID, s.Canonical)}})
	if err != nil {
		return err
	}
	d := decision{Kind: s.Kind.String(), ID: s.ID, Canonical: s.Canonical, By: s.By, Why: s.Why, At: s.At.Format(time.RFC3339),
		Changed: applied.Revision != before.Head().Revision, Revision: applied.Revision}
	return p.render(answer{whole: d, items: []decision{d}, print: func(o *printer) {
		o.printf("%s is %s now, %s (%s).\n", printable(s.ID), s.Canonical, printable(before.Name(s.Kind, mustFind(before, s.Kind, s.Canonical))), or(s.By, "nobody named"))
		o.printf("Take it back with: %s unmerge %q%s\n", p.self, s.ID, p.onStore())
	}, last: func(*printer) string { return fmt.Sprintf("revision %d", d.Revision) }})
}

// applyDifferent decides that the two are different.
func (p *program) applyDifferent(ctx context.Context, store graph.Store, before *graph.View, s graph.Sameness) error {
	applied, err := store.Apply(ctx, graph.Batch{Merge: []graph.Sameness{graph.Different(s.Kind, s.ID, s.Canonical).With(s.By, s.Why, s.At)}})
	if err != nil {
		return err
	}
	d := decision{Kind: s.Kind.String(), ID: s.ID, Different: s.Canonical, By: s.By, Why: s.Why, At: s.At.Format(time.RFC3339),
		Changed: applied.Revision != before.Head().Revision, Revision: applied.Revision}
	return p.render(answer{whole: d, items: []decision{d}, print: func(o *printer) {
		o.printf("%s and %s, %s, are different now (%s).\n", printable(s.ID), s.Canonical, printable(before.Name(s.Kind, mustFind(before, s.Kind, s.Canonical))), or(s.By, "nobody named"))
		o.printf("Take it back with: %s unmerge %s %s%s\n", p.self, shellWord(s.ID), shellWord(s.Canonical), p.onStore())
	}, last: func(*printer) string { return fmt.Sprintf("revision %d", d.Revision) }})
}

func mustFind(v *graph.View, k graph.Kind, id string) graph.Node {
	n, _ := v.Find(k, id) // resolveID found it
	return n
}

func unmergeCommand(p *program) *cobra.Command {
	var m mergeFlags
	cmd := &cobra.Command{
		Use:   "unmerge NAME [ID]",
		Short: "Take a decision of merge back",
		Long: `Takes the decision about a record back: it is again what its name and identifiers make of it. NAME is the record
as merge was told it; show lists the records that a company goes by. With ID it takes back that the two are different.`,
		Example: `  tributary unmerge "Taiwan Semi"
  tributary unmerge Panasonic panasonic-us
  tributary unmerge --product "HBM 3E"`,
		Args: wantArgs(1, 2),
		RunE: func(cmd *cobra.Command, args []string) error {
			key := graph.NodeKey{Kind: m.kind(), ID: graph.Clean(args[0])}
			if len(args) == 2 {
				key = graph.PairKey(key.Kind, key.ID, graph.Clean(args[1]))
			}
			return p.withStore(cmd.Context(), toRead, func(store graph.Store) error { return p.unmerge(cmd.Context(), store, key) })
		},
	}
	inGroup(cmd, groupQuestion, func(f *pflag.FlagSet) {
		f.BoolVar(&m.product, "product", false, "a decision about products instead of companies")
		f.BoolVar(&m.site, "site", false, "a decision about sites instead of companies")
	})
	cmd.MarkFlagsMutuallyExclusive("product", "site")
	p.outputs(cmd)
	p.stores(cmd)
	return cmd
}

func (p *program) unmerge(ctx context.Context, store graph.Store, key graph.NodeKey) error {
	// Decisions come with every read; sources are the fewest statements.
	decisions := &decisionSink{}
	if _, err := store.Read(ctx, graph.ReadOptions{Kinds: []graph.Kind{graph.KindSource}}, decisions); err != nil {
		return err
	}
	at := slices.IndexFunc(decisions.list, func(s graph.Sameness) bool { return s.NodeKey == key })
	if at < 0 {
		return hint(fmt.Errorf("%w: nothing is decided about the %v %s", graph.ErrNotFound, key.Kind, quoted(key)), "%s", decisions.text(key.Kind))
	}
	applied, err := store.Apply(ctx, graph.Batch{Unmerge: []graph.NodeKey{key}})
	if err != nil {
		return err
	}
	d := decision{Kind: key.Kind.String(), ID: key.ID, Changed: true, Revision: applied.Revision}
	if a, b, pair := key.Pair(); pair {
		d.ID, d.Different = a, b
	}
	return p.render(answer{whole: d, items: []decision{d}, print: func(o *printer) {
		o.printf("It is no longer decided that %s.\n", printable(decided(decisions.list[at])))
	}, last: func(*printer) string { return fmt.Sprintf("revision %d", d.Revision) }})
}

// quoted is what a decision is about.
func quoted(key graph.NodeKey) string {
	if a, b, pair := key.Pair(); pair {
		return fmt.Sprintf("%q and %q", a, b)
	}
	return fmt.Sprintf("%q", key.ID)
}

// decided is a decision in words.
func decided(s graph.Sameness) string {
	if a, b, pair := s.Pair(); pair {
		return a + " and " + b + " are different"
	}
	return s.ID + " is " + s.Canonical
}

// errUnwanted marks what a reading of live statements never delivers.
var errUnwanted = errors.New("a full read delivered a change")

// liveSink is the part of a sink that full reads do not use.
type liveSink struct{}

// Withdraw is part of [graph.Sink].
func (liveSink) Withdraw(graph.Key) error { return errUnwanted }

// Unmerge is part of [graph.Sink].
func (liveSink) Unmerge(graph.Kind, string) error { return errUnwanted }

// decisionSink keeps the decisions in force.
type decisionSink struct {
	liveSink
	list []graph.Sameness
}

// Put is part of [graph.Sink].
func (*decisionSink) Put(*graph.Statement) error { return nil }

// Merge is part of [graph.Sink].
func (d *decisionSink) Merge(s graph.Sameness) error {
	d.list = append(d.list, s)
	return nil
}

// text lists the decisions about nodes of a kind.
func (d *decisionSink) text(k graph.Kind) string {
	text := ""
	for _, s := range d.list {
		if s.Kind == k {
			text += "\n  " + decided(s)
		}
	}
	if text == "" {
		return "no decisions are in force"
	}
	return "decided is:" + text
}
