package graph_test

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/tributarygraph/tributary/graph"
)

// feed is the reading half of a Store over a map: what a View is built from and refreshed with. The stores
// themselves are held to the same test in their own packages.
type feed struct {
	graph.Store
	head    graph.Head
	live    map[graph.Key]graph.Statement
	merges  map[graph.NodeKey]graph.Sameness
	changed map[graph.Key]graph.Revision // also of statements that were withdrawn
	decided map[graph.NodeKey]graph.Revision
	shuffle bool // deliver in no particular order
}

func newFeed() *feed {
	return &feed{head: graph.Head{UUID: "u"}, live: map[graph.Key]graph.Statement{}, merges: map[graph.NodeKey]graph.Sameness{},
		changed: map[graph.Key]graph.Revision{}, decided: map[graph.NodeKey]graph.Revision{}}
}

func (f *feed) Read(_ context.Context, _ graph.ReadOptions, sink graph.Sink) (graph.Head, error) {
	keys := slices.Collect(maps.Keys(f.live))
	if !f.shuffle {
		slices.SortFunc(keys, graph.Key.Compare)
	}
	for _, k := range keys {
		s := f.live[k]
		if err := sink.Put(&s); err != nil {
			return graph.Head{}, err
		}
	}
	for _, m := range f.merges {
		if err := sink.Merge(m); err != nil {
			return graph.Head{}, err
		}
	}
	return f.head, nil
}

func (f *feed) Changes(_ context.Context, since graph.Revision, sink graph.Sink) (graph.Head, error) {
	for k, revision := range f.changed {
		if revision <= since {
			continue
		}
		var err error
		if s, live := f.live[k]; live {
			err = sink.Put(&s)
		} else {
			err = sink.Withdraw(k)
		}
		if err != nil {
			return graph.Head{}, err
		}
	}
	for k, revision := range f.decided {
		if revision <= since {
			continue
		}
		var err error
		if m, ok := f.merges[k]; ok {
			err = sink.Merge(m)
		} else {
			err = sink.Unmerge(k.Kind, k.ID)
		}
		if err != nil {
			return graph.Head{}, err
		}
	}
	return f.head, nil
}

func (f *feed) put(s graph.Statement) {
	f.live[s.Key] = s
	f.changed[s.Key] = f.head.Revision + 1
}

func (f *feed) withdraw(k graph.Key) {
	if _, ok := f.live[k]; ok {
		delete(f.live, k)
		f.changed[k] = f.head.Revision + 1
	}
}

func (f *feed) decide(k graph.NodeKey, canonical string) {
	if canonical == "" {
		delete(f.merges, k)
	} else if _, _, pair := k.Pair(); pair {
		f.merges[k] = graph.Sameness{NodeKey: k}
	} else {
		f.merges[k] = graph.Sameness{NodeKey: k, Canonical: canonical}
	}
	f.decided[k] = f.head.Revision + 1
}

// describe writes down everything that a View answers.
func describe(v *graph.View) string {
	var b strings.Builder
	fmt.Fprintln(&b, v.Head(), v.RelationCount(), v.ClaimCount())
	for _, k := range graph.NodeKinds() {
		for n := range v.Nodes(k) {
			facts := v.NodeFacts(k, n)
			facts.Node = 0
			fmt.Fprintf(&b, "%v %+v records %v defined %v\n", k, facts, v.Records(k, n), v.Defined(k, n))
			for _, r := range v.Records(k, n) {
				if found, ok := v.Find(k, r.ID); !ok || found != n {
					fmt.Fprintf(&b, "!! record %s is not found\n", r.ID)
				}
			}
		}
		for _, d := range v.Decisions(k) {
			fmt.Fprintf(&b, "decided %v %q is %q\n", k, d.ID, d.Canonical)
		}
		for _, ref := range slices.Sorted(maps.Keys(v.Ambiguous(k))) {
			fmt.Fprintln(&b, "ambiguous", k, ref, v.Ambiguous(k)[ref])
		}
		if k == graph.KindSource {
			continue
		}
		for _, query := range append([]string{"", "o", "ac", "corp", "nvidia", "X"}, viewNames...) {
			hits, _ := v.Search(k, query, 0)
			fmt.Fprintf(&b, "search %q:", query)
			for _, h := range hits {
				fmt.Fprint(&b, " ", v.ID(k, h.Node), h.Match, h.Length)
			}
			n, err := v.Lookup(k, query)
			if err == nil {
				fmt.Fprint(&b, "; is ", v.ID(k, n))
			} else {
				fmt.Fprint(&b, "; ", err)
			}
			fmt.Fprintln(&b)
		}
	}
	day, _ := graph.ParseDate("2024-06-01")
	for _, k := range graph.RelationKinds() {
		fromKind, toKind := k.Ends()
		for r := range v.RelationsOf(k) {
			key := v.RelationKey(r)
			if found, ok := v.FindRelation(key); !ok || found != r {
				fmt.Fprintf(&b, "!! relation %s is not found\n", key.ID())
			}
			folded := v.FoldRelation(r, graph.DefaultFilter(day))
			fmt.Fprintf(&b, "%s active %v confidence %v combined %v stage %s basis %s texts %v sources %d denials %d confirmed %v\n", key.ID(), folded.Active,
				folded.Confidence, v.CombinedConfidence(r, graph.DefaultFilter(day)), folded.Stage, folded.Basis, folded.Texts, folded.Sources, folded.Denials, folded.Confirmed)
			if folded.Active != v.Active(r, graph.DefaultFilter(day)) {
				fmt.Fprintln(&b, "!! Active disagrees")
			}
			for _, f := range graph.FieldsOf(k) {
				if n, ok := folded.Numbers[f]; ok {
					fmt.Fprintln(&b, " ", f, n.Value, n.Period, n.Disputed, n.Least, n.Most)
				}
			}
			low, high := v.Claims(r)
			for c := low; c < high; c++ {
				fmt.Fprintf(&b, "  claim %+v\n", v.Claim(r, c))
			}
		}
		for n := range v.Nodes(toKind) {
			edges := v.In(k, n)
			for i := range edges.Len() {
				fmt.Fprintln(&b, "in", v.ID(toKind, n), v.ID(fromKind, edges.Nodes[i]), v.RelationKey(edges.Rel(i)).ID())
			}
		}
	}
	return b.String()
}

// viewNames are few, so that mentions meet definitions, and definitions each other.
var viewNames = []string{"Nvidia", "NVIDIA", "nvidia corp", "英伟达", "Acme", "ACME", "c1", "c2", "lei:549300S4KLFTLO7GSQ80", "LEI:549300s4klftlo7gsq80", "ticker:XNAS:NVDA", "osh:CN1"}

func drawStatement(t *rapid.T) graph.Statement {
	name := rapid.SampledFrom(viewNames)
	kind := graph.Kind(rapid.IntRange(0, graph.NumKinds-1).Draw(t, "kind"))
	s := graph.Statement{Key: graph.Key{RelationKey: graph.RelationKey{Kind: kind, From: name.Draw(t, "from")},
		Dataset: rapid.SampledFrom([]string{"d", "e"}).Draw(t, "dataset")}}
	if kind.IsRelation() {
		s.To = name.Draw(t, "to")
		s.Source = rapid.SampledFrom([]string{"", "c1", "Acme"}).Draw(t, "source")
		s.Period = rapid.SampledFrom([]graph.Period{"", "2023", "2024", "2025"}).Draw(t, "period")
		if rapid.Bool().Draw(t, "dated") {
			s.ValidFrom, _ = graph.ParseDate(rapid.SampledFrom([]string{"2023", "2024", "2025"}).Draw(t, "valid_from"))
		}
	}
	if kind == graph.KindSupplies && rapid.Bool().Draw(t, "has product") {
		s.Product = name.Draw(t, "product")
	}
	values := map[graph.FieldID][]string{
		graph.FieldKind: {"company", "anonymous"}, graph.FieldName: viewNames[:6], graph.FieldAliases: {"英伟达;Nvidia", "ACME"}, graph.FieldCountry: {"US", "TW"},
		graph.FieldTicker: {"XNAS:NVDA"}, graph.FieldLEI: {"549300S4KLFTLO7GSQ80"}, graph.FieldPublished: {"2024-01-01", "2024-03-01"}, graph.FieldOrigin: {"reuters"},
		graph.FieldShareOfInput: {"0.5", "0.25"}, graph.FieldConfidence: {"0.9", "0.2"}, graph.FieldBasis: {"filing", "news"},
		graph.FieldStage: {"volume", "sampling", "ended"}, graph.FieldStance: {"denies", "asserts"}, graph.FieldValidTo: {"2024", "2026"},
		graph.FieldRevenue: {"5"}, graph.FieldUsedIn: {"c1"}, graph.FieldEssential: {"true", "false"}, graph.FieldCompleteList: {"true", "false"},
		graph.FieldOSH: {"CN1", "CN2"}, graph.FieldOperator: {"Nvidia", "ACME", "c3"}, graph.FieldPlace: {"24.8,121"}, graph.FieldSite: {"c1;Acme", "c2"},
	}
	for _, id := range graph.FieldsOf(kind) {
		if options := values[id]; options != nil && rapid.Bool().Draw(t, id.String()) {
			f, err := graph.ParseField(id, rapid.SampledFrom(options).Draw(t, "value"))
			if err != nil {
				t.Fatal(err)
			}
			s.Fields = append(s.Fields, f)
		}
	}
	return s
}

// A View refreshed from the changes, step by step or in one leap, and one compacted, answer as one that was
// loaded in full does, in whatever order the statements come.
func TestRefreshEqualsLoad(t *testing.T) {
	ctx := context.Background()
	load := func(t *rapid.T, f *feed) *graph.View {
		v, err := graph.Load(ctx, f)
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	refresh := func(t *rapid.T, v *graph.View, f *feed) *graph.View {
		v, err := v.Refresh(ctx, f)
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	rapid.Check(t, func(t *rapid.T) {
		f := newFeed()
		for range rapid.IntRange(0, 12).Draw(t, "statements at first") {
			f.put(drawStatement(t))
		}
		first := load(t, f)
		step := first
		for range rapid.IntRange(1, 6).Draw(t, "revisions") {
			for range rapid.IntRange(1, 4).Draw(t, "operations") {
				keys := slices.SortedFunc(maps.Keys(f.live), graph.Key.Compare)
				switch operation := rapid.IntRange(0, 5).Draw(t, "operation"); {
				case operation == 0 && len(keys) > 0:
					f.withdraw(rapid.SampledFrom(keys).Draw(t, "withdrawn"))
				case operation == 1:
					k := graph.NodeKey{Kind: rapid.SampledFrom([]graph.Kind{graph.KindCompany, graph.KindProduct, graph.KindSite}).Draw(t, "kind"), ID: rapid.SampledFrom(viewNames).Draw(t, "record")}
					if other := rapid.SampledFrom(viewNames).Draw(t, "other"); other != k.ID && rapid.Bool().Draw(t, "pair") {
						k = graph.PairKey(k.Kind, k.ID, other)
					}
					f.decide(k, rapid.SampledFrom(append([]string{"", ""}, viewNames...)).Draw(t, "canonical"))
				default:
					f.put(drawStatement(t))
				}
			}
			f.head.Revision++
			step = refresh(t, step, f)
			f.shuffle = rapid.Bool().Draw(t, "shuffle")
			full := load(t, f)
			half := step.CompactRelations()
			compact := step.Compact()
			switch rapid.IntRange(0, 2).Draw(t, "go on from") {
			case 1:
				step = half
			case 2:
				step = compact
			}
			want := describe(full)
			for name, v := range map[string]*graph.View{"refreshed step by step": step, "refreshed in one leap": refresh(t, first, f), "relations compacted": half, "compacted": compact} {
				if got := describe(v); got != want {
					t.Fatalf("%s:\n%s", name, difference(want, got))
				}
			}
		}
	})
}

// difference shows the lines that differ.
func difference(want, got string) string {
	w, g := strings.Split(want, "\n"), strings.Split(got, "\n")
	var b strings.Builder
	for _, line := range w {
		if !slices.Contains(g, line) {
			fmt.Fprintln(&b, "loaded  ", line)
		}
	}
	for _, line := range g {
		if !slices.Contains(w, line) {
			fmt.Fprintln(&b, "but here", line)
		}
	}
	if b.Len() == 0 {
		return "the same lines in another order"
	}
	return b.String()
}
