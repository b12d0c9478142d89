package main

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/tributarygraph/tributary/graph"
)

// finding is something that check found.
type finding struct {
	Code     string   `json:"code"`
	Severity string   `json:"severity"` // error: the store is damaged; warning: what it says is doubtful; note: worth knowing
	Message  string   `json:"message"`
	Count    int      `json:"count"`
	Examples []string `json:"examples"` // the first ones
	Advice   string   `json:"advice"`   // what to do
}

// The severities of a finding. Notes alone let check succeed.
const (
	severityError   = "error"
	severityWarning = "warning"
	severityNote    = "note"
)

// checkReport is what check prints.
type checkReport struct {
	Store      string         `json:"store"`
	UUID       string         `json:"uuid"`
	Revision   graph.Revision `json:"revision"`
	Statements map[string]int `json:"statements"` // by kind
	Decisions  int            `json:"decisions"`
	Imports    int            `json:"imports"`
	Findings   []finding      `json:"findings"`
	Sound      bool           `json:"sound"` // no errors and no warnings
}

// checker is what a store may have beyond the contract: a look at what only it knows of, such as pages of its
// file or edits behind its back. Each problem is a sentence.
type checker interface {
	Check(context.Context) (problems []string, err error)
}

func checkCommand(p *program) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "check",
		Short: "Look for damage, dangling references, and names that await a decision",
		Long: `Reads the whole store and looks for what should not be: a damaged file, statements out of order or changed
behind Tributary's back, references to products and sources that nothing describes, imports that were broken off,
names that no company or several companies have. Each finding says what to do. The exit code is 0 when there is
nothing but notes, and 5 otherwise.`,
		Example: `  tributary check
  tributary check --store neo4j://localhost:7687
  tributary check -o json`,
		Args: wantArgs(0, 0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return p.withStore(cmd.Context(), toRead, func(store graph.Store) error { return p.check(cmd.Context(), store) })
		},
	}
	p.outputs(cmd)
	p.stores(cmd)
	return cmd
}

func (p *program) check(ctx context.Context, store graph.Store) error {
	c := &checking{p: p, report: &checkReport{Store: p.store.target, Statements: map[string]int{}, Findings: []finding{}, Sound: true}}
	for _, step := range []func(context.Context, graph.Store) error{c.ofItself, c.statements, c.imports, c.names} {
		if err := step(ctx, store); err != nil {
			return err
		}
	}
	if err := p.render(checkAnswer(c.report)); err != nil {
		return err
	}
	if !c.report.Sound {
		return &partialError{"not everything is in order, see above"}
	}
	return nil
}

// checking gathers findings.
type checking struct {
	p      *program
	report *checkReport
	seen   *statementCheck
}

// maxFindingExamples is how many examples a finding shows.
const maxFindingExamples = 10

// find notes a finding when there is any example of it.
func (c *checking) find(code, severity, message string, examples []string, advice string) {
	c.findCounted(code, severity, message, len(examples), examples, advice)
}

func (c *checking) findCounted(code, severity, message string, count int, examples []string, advice string) {
	if count == 0 {
		return
	}
	c.report.Findings = append(c.report.Findings, finding{Code: code, Severity: severity, Message: message, Count: count,
		Examples: examples[:min(maxFindingExamples, len(examples))], Advice: advice})
	c.report.Sound = c.report.Sound && severity == severityNote
}

// ofItself asks the store what only it can know.
func (c *checking) ofItself(ctx context.Context, store graph.Store) error {
	own, ok := store.(checker)
	if !ok {
		return nil
	}
	problems, err := own.Check(ctx)
	if err != nil {
		return err
	}
	c.find("store_damaged", severityError, "the store finds fault with itself", problems,
		"where a line does not say it: export what can be read (export backup), import that into a new store, and go on with it")
	return nil
}

// statements reads every statement, in the order of keys.
func (c *checking) statements(ctx context.Context, store graph.Store) error {
	m := c.p.newMeter()
	defer m.end()
	c.seen = newStatementCheck()
	began := time.Now()
	sink := &countingSink{Sink: c.seen, meter: m, began: began}
	head, err := store.Read(ctx, graph.ReadOptions{Sorted: true}, sink)
	if err != nil {
		return err
	}
	s := c.seen
	c.report.UUID, c.report.Revision, c.report.Decisions = head.UUID, head.Revision, len(s.decisions)
	for k := range graph.Kind(graph.NumKinds) {
		c.report.Statements[k.String()] = s.counts[k]
	}
	c.findCounted("keys_out_of_order", severityError, "statements come out of order or twice", s.disordered.count, s.disordered.examples,
		"the store was changed behind Tributary's back or is damaged; export it, import that into a new store, and go on with that")
	c.findCounted("fields_not_allowed", severityError, "statements hold fields or values that no import lets in", s.invalid.count, s.invalid.examples,
		"somebody edited the store directly; import the files of the dataset again with --replace, or undo the import")
	c.find("source_not_described", severityNote, "claims cite sources of which nothing else is known", s.missingSources(),
		"import a file of sources (id, title, publisher, url, published) to give readers an address")
	return nil
}

// imports looks for imports that were broken off.
func (c *checking) imports(ctx context.Context, store graph.Store) error {
	imports, err := store.Imports(ctx)
	if err != nil {
		return err
	}
	c.report.Imports = len(imports)
	broken := map[graph.ImportStatus][]string{}
	for _, x := range imports {
		broken[x.Status] = append(broken[x.Status], fmt.Sprintf("%s (dataset %s, begun %s)", shortKey(x.Key), x.Dataset, x.Started.UTC().Format("2006-01-02 15:04")))
	}
	c.find("import_unfinished", severityWarning, "imports are under way or were broken off", broken[graph.ImportRunning],
		"if none is running now, import the same files again: it goes on where it stopped; or take it back: "+c.p.self+" imports undo KEY")
	c.find("undo_unfinished", severityWarning, "undos are under way or were broken off", broken[graph.ImportUndoing], "repeat it: "+c.p.self+" imports undo KEY")
	return nil
}

// names looks for references and names that nothing, or too much, fits.
func (c *checking) names(ctx context.Context, store graph.Store) error {
	view, err := c.p.load(ctx, store)
	if err != nil {
		return err
	}
	c.find("product_not_described", severityNote, "parents of products, or products that claims name in used_in, are not there", c.danglingProducts(view),
		"import a file of products (id, name, aliases, parent), or correct the name")
	for _, k := range []graph.Kind{graph.KindCompany, graph.KindProduct} {
		ambiguous := view.Ambiguous(k)
		var names []string
		for _, name := range slices.Sorted(maps.Keys(ambiguous)) {
			names = append(names, fmt.Sprintf("%q could be %s", name, strings.Join(ambiguous[name], ", ")))
		}
		c.find("ambiguous_"+k.String(), severityWarning, "names fit several "+nounOf(k)+" and stay apart", names, "decide: "+c.p.self+" merge NAME ID")
		var provisional []string
		for n := range view.Nodes(k) {
			if _, several := ambiguous[view.ID(k, n)]; !several && !view.Described(k, n) {
				provisional = append(provisional, view.ID(k, n))
			}
		}
		c.find("provisional_"+k.String(), severityNote, nounOf(k)+" are known by a name only", provisional,
			"import a file that describes them, or decide that they are others: "+c.p.self+" merge NAME ID")
	}
	return nil
}

func (c *checking) danglingProducts(v *graph.View) (out []string) {
	for _, ref := range slices.Sorted(maps.Keys(c.seen.products)) {
		if _, err := v.Lookup(graph.KindProduct, ref); err != nil {
			out = append(out, fmt.Sprintf("%q in %s", ref, c.seen.products[ref]))
		}
	}
	return out
}

// tally counts, and keeps the first examples.
type tally struct {
	count    int
	examples []string
}

func (t *tally) add(example string) {
	if t.count++; len(t.examples) < maxFindingExamples {
		t.examples = append(t.examples, example)
	}
}

// statementCheck reads a store in the order of keys. Memory grows with the number of sources and products.
type statementCheck struct {
	liveSink
	counts     [graph.NumKinds]int
	decisions  []graph.Sameness
	last       graph.Key
	disordered tally
	invalid    tally
	described  map[string]bool   // sources
	cited      map[string]bool   // sources
	products   map[string]string // that parents and used_in name, with a statement that does
}

func newStatementCheck() *statementCheck {
	return &statementCheck{described: map[string]bool{}, cited: map[string]bool{}, products: map[string]string{}}
}

// Put is part of [graph.Sink].
func (c *statementCheck) Put(s *graph.Statement) error {
	if c.last != (graph.Key{}) && c.last.Compare(s.Key) >= 0 {
		c.disordered.add(s.ID())
	}
	c.last = s.Key
	c.counts[s.Kind]++
	if s.Kind == graph.KindSource {
		c.described[strings.Clone(s.From)] = true
	}
	if s.Source != "" && !c.cited[s.Source] {
		c.cited[strings.Clone(s.Source)] = true
	}
	if _, err := graph.ParseID(s.ID()); err != nil {
		c.invalid.add(s.ID() + ": " + err.Error())
	}
	for _, f := range s.Fields {
		c.field(s, f)
	}
	return nil
}

func (c *statementCheck) field(s *graph.Statement, f graph.Field) {
	_, carried := graph.FieldByName(s.Kind, f.ID.String())
	again, err := graph.ParseField(f.ID, f.Value())
	if !carried || err != nil || !again.Equal(f) {
		c.invalid.add(fmt.Sprintf("%s: %s %q", s.ID(), f.ID, f.Value()))
	}
	if f.ID.Spec().Type == graph.TypeID && f.ID != graph.FieldOperator {
		if _, known := c.products[f.Text]; !known {
			c.products[f.Text] = f.ID.String() + " of " + s.ID()
		}
	}
}

// Merge is part of [graph.Sink].
func (c *statementCheck) Merge(s graph.Sameness) error {
	c.decisions = append(c.decisions, s)
	return nil
}

func (c *statementCheck) missingSources() (out []string) {
	for _, id := range slices.Sorted(maps.Keys(c.cited)) {
		if !c.described[id] {
			out = append(out, id)
		}
	}
	return out
}

func checkAnswer(r *checkReport) answer {
	return answer{
		whole: r, items: r.Findings,
		print: func(o *printer) {
			for k := range graph.Kind(graph.NumKinds) {
				if n := r.Statements[k.String()]; n > 0 {
					o.printf("%-11s %12s statements\n", k, thousands(n))
				}
			}
			o.printf("%-11s %12s\n", "decisions", thousands(r.Decisions))
			o.printf("%-11s %12s\n", "imports", thousands(r.Imports))
			for _, f := range r.Findings {
				o.printf("\n")
				o.heading(fmt.Sprintf("%s: %s (%s)", strings.ToUpper(f.Severity), f.Message, thousands(f.Count)))
				for _, e := range f.Examples {
					o.printf("  %s\n", printable(e))
				}
				if more := f.Count - len(f.Examples); more > 0 {
					o.printf("  … and %s more\n", thousands(more))
				}
				o.printf("  what to do: %s\n", f.Advice)
			}
		},
		last: func(*printer) string {
			words := "everything is in order"
			switch {
			case !r.Sound:
				words = "not everything is in order; " + plural(len(r.Findings), "findings")
			case len(r.Findings) > 0:
				words += ", but for " + plural(len(r.Findings), "notes")
			}
			return fmt.Sprintf("%s; revision %d", words, r.Revision)
		},
	}
}
