package storetest

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/tributarygraph/tributary/graph"
)

var applyTests = []conformance{
	{"a new store is empty", newStoreIsEmpty},
	{"every field of every kind comes back", everyField},
	{"numbers come back exactly", exactNumbers},
	{"odd texts come back byte by byte", oddTexts},
	{"very long values come back", longValues},
	{"an empty batch changes nothing", emptyBatch},
	{"a statement without fields is live", bareStatement},
	{"an absent field leaves, an empty one withdraws", patchFields},
	{"attributes are patched one by one", patchAttributes},
	{"a different key is a different statement", keysAreApart},
	{"datasets never overwrite each other", datasetsAreApart},
	{"counts tell created, changed and unchanged", counts},
	{"a batch that changes nothing keeps the revision", revisions},
	{"a date replaces the only undated statement", datedReplaces},
	{"a date beside others replaces nothing", datedBeside},
	{"a batch is written whole or not at all", atomicBatch},
	{"a batch against the rules is refused", invalidBatches},
	{"an import may not write a key twice differently", writtenTwice},
	{"a dry run tells and writes nothing", dryRun},
	{"a batch of every kind and many rows", manyRows},
}

func newStoreIsEmpty(e *env) {
	head := e.head()
	if head.UUID == "" || head.Revision != 0 {
		e.Fatalf("head of a new store: %+v; want a UUID and revision 0", head)
	}
	r, at := e.read(graph.ReadOptions{Sorted: true, Details: true})
	if r.String() != "" || at != head {
		e.Fatalf("a new store at %+v holds %s", at, r)
	}
	if imports := e.imports(); len(imports) != 0 {
		e.Fatalf("a new store lists imports: %v", imports)
	}
	if found, err := e.store.Details(e.ctx, []graph.Key{network()[0].Key}); err != nil || len(found) != 0 {
		e.Fatalf("Details of nothing: %v, %v", found, err)
	}
	if at, err := e.store.Changes(e.ctx, 0, newReading()); err != nil || at != head {
		e.Fatalf("Changes of nothing: %+v, %v", at, err)
	}
}

// sampleValues are values of each type of field, as a person writes them.
var sampleValues = map[graph.FieldType]string{
	graph.TypeText: "text of 这个", graph.TypeList: "one;two", graph.TypeID: "another-node", graph.TypeCountry: "TW",
	graph.TypeCurrency: "CNY", graph.TypeDate: "2024-05-11", graph.TypeFlag: "false", graph.TypePlace: "-23.5,151.25", graph.TypeObject: `{"a":"1","b":"z"}`,
	graph.TypeNumber: "-12.75", graph.TypeShare: "0.125", graph.TypeAmount: "1234567890.5", graph.TypeDays: "45",
}

// full is a statement of the kind with all the fields that it may carry.
func full(kind graph.Kind, from string) graph.Statement {
	s := graph.Statement{Key: graph.Key{
		RelationKey: graph.RelationKey{Kind: kind, From: from}, Dataset: "full", Source: "s", AssertedBy: "by", Period: "2024Q2", ValidFrom: must(graph.ParseDate("2024-04-01")),
	}}
	if kind.IsRelation() {
		s.To = "to"
	}
	if kind == graph.KindSupplies {
		s.Product = "p"
	}
	for _, id := range graph.FieldsOf(kind) {
		spec := id.Spec()
		text := sampleValues[spec.Type]
		if spec.Type == graph.TypeEnum {
			text = spec.Allowed[len(spec.Allowed)-1]
		}
		if id == graph.FieldLEI {
			text = "529900T8BM49AURSDO55"
		}
		s.Fields = append(s.Fields, must(graph.ParseField(id, text)))
	}
	return s
}

func everyKind(from string) (all []graph.Statement) {
	for kind := range graph.Kind(graph.NumKinds) {
		all = append(all, full(kind, from))
	}
	return all
}

func everyField(e *env) {
	all := everyKind("n")
	e.counted(e.load("k", all...).Counts, len(all), 0, 0, 0)
	e.holds(all...)
	e.reopen()
	e.holds(all...)
	// One field alone: what is absent stays absent, and is not an empty text or a zero.
	var alone []graph.Statement
	for _, s := range all {
		for i, f := range s.Fields {
			one := s.Clone()
			one.Dataset, one.From, one.Fields = "alone", fmt.Sprintf("n%02d", i), []graph.Field{f}
			alone = append(alone, one)
		}
	}
	e.load("k2", alone...)
	e.holds(append(alone, all...)...)
}

func exactNumbers(e *env) {
	var all []graph.Statement
	for i, n := range []float64{0, 1, -1, 0.1, 1.0 / 3, math.MaxFloat64, math.SmallestNonzeroFloat64, 1 << 53, 1<<53 + 2, 1e18, 123456789012345680, 3.5e-9, -2.25e300} {
		s := say("d", fmt.Sprintf("company c%02d", i))
		s.Fields = []graph.Field{{ID: graph.FieldRevenue, Number: n}}
		all = append(all, s)
	}
	e.load("k", all...)
	e.holds(all...)
}

// oddStrings are texts that a careless store mixes up or mangles.
var oddStrings = []string{
	"plain", "with space", "tilde~in~it", "100%", "%7E", "'single'", `"double"`, "back`tick`", "semi;colon", "comma,", "new\nline", "tab\t",
	"back\\slash", "$dollar", "{brace}", "(:Node)", "--comment", "' OR 1=1 --", "?1", ":name", "@at", "emoji 🛳️👩‍🔧", "台積電", "e\u0301", "é", "ﬁ",
	"upper", "UPPER", "Upper", "null", "NULL", "true", "0", "00", "0.0", "1e3", " leading", "trailing ", "\u00a0", "\U0010ffff", "ü", "z", "ZZ", "_", "-",
}

func oddTexts(e *env) {
	var all []graph.Statement
	for i, text := range oddStrings {
		node := say("d", "company x")
		node.From = text
		node.Fields = []graph.Field{{ID: graph.FieldName, Text: text, Number: math.NaN()}}
		claim := say("d", "supplies x y z")
		claim.From, claim.To, claim.Product = text, oddStrings[(i+1)%len(oddStrings)], oddStrings[(i+2)%len(oddStrings)]
		claim.Source, claim.AssertedBy = oddStrings[(i+3)%len(oddStrings)], text
		claim.Fields = []graph.Field{{ID: graph.FieldUnit, Text: text, Number: math.NaN()}, {ID: graph.FieldQuote, Text: text, Number: math.NaN()}}
		other := claim.Clone()
		other.Dataset = text + "!"
		all = append(all, node, claim, other)
	}
	e.counted(e.load("k", all...).Counts, len(all), 0, 0, 0)
	e.holds(all...)
	r, _ := e.read(graph.ReadOptions{Sorted: true})
	if !slices.IsSortedFunc(r.order, graph.Key.Compare) {
		e.Fatal("odd texts are not read in the order of their bytes")
	}
	var keys []graph.Key
	for _, s := range all {
		keys = append(keys, s.Key)
	}
	found, err := e.store.Details(e.ctx, keys)
	if err != nil || len(found) != len(all) {
		e.Fatalf("Details found %d of %d: %v", len(found), len(all), err)
	}
	e.undo("k", 0)
	e.holds()
}

func longValues(e *env) {
	long := strings.Repeat("很长的一句话。", 50_000) // a megabyte
	s := say("d", "supplies a b c", "value=1")
	s.Fields = append(s.Fields, graph.Field{ID: graph.FieldQuote, Text: long, Number: math.NaN()})
	key := say("d", "company x", "name=X")
	key.From = strings.Repeat("x", 5_000)
	e.load("k", s, key)
	e.holds(s, key)
	changed := s.Clone()
	changed.Fields[1].Text = long + "!"
	e.counted(e.load("k2", changed).Counts, 0, 1, 0, 0)
	e.holds(changed, key)
	e.undo("k2", 0)
	e.holds(s, key)
}

func emptyBatch(e *env) {
	applied := e.apply(graph.Batch{})
	if applied != (graph.Applied{}) {
		e.Fatalf("an empty batch did %+v", applied)
	}
	e.atRevision(0)
}

func bareStatement(e *env) {
	s := say("d", "supplies a b c")
	e.counted(e.load("k", s).Counts, 1, 0, 0, 0)
	e.holds(s)
	e.counted(e.load("k2", s).Counts, 0, 0, 1, 0)
	e.atRevision(1)
}

func patchFields(e *env) {
	e.load("k1", say("d", "supplies a b c", "value=10", "currency=USD", "unit=kg", "quote=So it is."))
	a := e.load("k2", say("d", "supplies a b c", "value=20", "unit=", "stage=volume"))
	e.counted(a.Counts, 0, 1, 0, 0)
	e.holds(say("d", "supplies a b c", "value=20", "currency=USD", "stage=volume", "quote=So it is."))
	e.load("k3", say("d", "supplies a b c", "value=", "currency=", "stage=", "quote="))
	e.holds(say("d", "supplies a b c"))
	// An empty field that was never stated states nothing.
	e.load("k4", say("d", "supplies x y z", "value=", "unit="))
	e.holds(say("d", "supplies a b c"), say("d", "supplies x y z"))
}

func patchAttributes(e *env) {
	e.load("k1", say("d", "company a", `attributes={"colour":"red","size":"1"}`))
	e.load("k2", say("d", "company a", `attributes={"size":"2","shape":"round"}`))
	e.holds(say("d", "company a", `attributes={"colour":"red","shape":"round","size":"2"}`))
	e.load("k3", say("d", "company a", `attributes={"colour":""}`))
	e.holds(say("d", "company a", `attributes={"shape":"round","size":"2"}`))
	e.undo("k2", 0)
	e.holds(say("d", "company a", `attributes={"size":"1"}`))
	e.load("k4", say("d", "company a", "attributes="))
	e.holds(say("d", "company a"))
}

func keysAreApart(e *env) {
	all := []graph.Statement{
		say("d", "supplies a b c", "value=1"),
		say("d", "supplies b a c", "value=2"),
		say("d", "supplies a b", "value=3"),
		say("d", "supplies a b c", "source=s", "value=4"),
		say("d", "supplies a b c", "asserted_by=s", "value=5"),
		say("d", "supplies a b c", "period=2024", "value=6"),
		say("d", "supplies a b c", "period=2024Q1", "value=7"),
		say("d", "supplies a b c", "valid_from=2024-01-01", "value=8"),
		say("d", "supplies a b c", "valid_from=2024-01-02", "value=9"),
		say("d", "owns a b", "share=0.1"),
		say("d", "associated a b", "role=partner"),
		say("d", "company a", "name=A"), say("d", "product a", "name=A"), say("d", "source a", "title=A"),
	}
	e.counted(e.load("k", all...).Counts, len(all), 0, 0, 0)
	e.holds(all...)
}

func datasetsAreApart(e *env) {
	one, two := say("one", "supplies a b c", "value=1"), say("two", "supplies a b c", "value=2")
	e.load("k1", one)
	e.counted(e.load("k2", two).Counts, 1, 0, 0, 0)
	e.holds(one, two)
	e.load("k3", say("two", "supplies a b c", "value="))
	e.holds(one, say("two", "supplies a b c"))
	// A statement names its own dataset; that of the step is for the list of imports.
	mixed := sorted(say("three", "company a"), say("four", "company a"))
	e.apply(graph.Batch{Import: step("k4", "three", 1, true), Statements: mixed})
	e.holds(append(mixed, one, say("two", "supplies a b c"))...)
}

func counts(e *env) {
	e.load("k1", say("d", "company a", "name=A"), say("d", "company b", "name=B"))
	a := e.load("k2", say("d", "company a", "name=A"), say("d", "company b", "name=Bee"), say("d", "company c", "name=C"))
	e.counted(a.Counts, 1, 1, 1, 0)
	if a.Repeated || a.More {
		e.Fatalf("applied %+v", a)
	}
	e.holds(say("d", "company a", "name=A"), say("d", "company b", "name=Bee"), say("d", "company c", "name=C"))
}

func revisions(e *env) {
	for i, test := range []struct {
		batch graph.Batch
		want  graph.Revision
	}{
		{oneBatch("k1", say("d", "company a", "name=A")), 1},
		{oneBatch("k2", say("d", "company a", "name=A")), 1},
		{oneBatch("k3", say("d", "company a", "name=B")), 2},
		{oneBatch("k4", say("d", "company a", "country=")), 2},
		{graph.Batch{Import: step("k5", "d", 1, true)}, 2},
		{graph.Batch{State: []graph.StateChange{{Namespace: "n", Key: "k", Value: []byte("v")}}}, 2},
		{graph.Batch{Merge: []graph.Sameness{{NodeKey: graph.NodeKey{Kind: graph.KindCompany, ID: "a"}, Canonical: "b", At: startOfTime}}}, 3},
		{graph.Batch{Undo: "k2"}, 3}, // k1 says the same
		{graph.Batch{Undo: "k3"}, 4},
	} {
		if got := e.apply(test.batch).Revision; got != test.want {
			e.Fatalf("batch %d: revision %d; want %d", i, got, test.want)
		}
		e.atRevision(test.want)
	}
}

func datedReplaces(e *env) {
	e.load("k1", say("d", "supplies a b c", "value=10", "unit=kg", "quantity=3"), say("other", "supplies a b c", "value=7"))
	a := e.load("k2", say("d", "supplies a b c", "valid_from=2024-01-01", "value=20", "unit="))
	e.counted(a.Counts, 0, 1, 0, 0)
	dated := say("d", "supplies a b c", "valid_from=2024-01-01", "value=20", "quantity=3")
	e.holds(dated, say("other", "supplies a b c", "value=7"))
	// A second date stands beside the first.
	later := say("d", "supplies a b c", "valid_from=2025-01-01", "value=30")
	e.counted(e.load("k3", later).Counts, 1, 0, 0, 0)
	e.holds(dated, later, say("other", "supplies a b c", "value=7"))
	e.undo("k3", 0)
	e.undo("k2", 0)
	e.holds(say("d", "supplies a b c", "value=10", "unit=kg", "quantity=3"), say("other", "supplies a b c", "value=7"))
	// The undated one, asserted again, and the date again.
	e.load("k4", say("d", "supplies a b c", "valid_from=2024-01-01", "value=21"))
	e.counted(e.load("k5", say("d", "supplies a b c", "value=11")).Counts, 1, 0, 0, 0)
	e.holds(say("d", "supplies a b c", "valid_from=2024-01-01", "value=21", "unit=kg", "quantity=3"),
		say("d", "supplies a b c", "value=11"), say("other", "supplies a b c", "value=7"))
	// What the dated one took over goes with the import that said it.
	e.undo("k1", 0)
	e.holds(say("d", "supplies a b c", "valid_from=2024-01-01", "value=21"), say("d", "supplies a b c", "value=11"))
}

func datedBeside(e *env) {
	undated, dated := say("d", "supplies a b c", "value=1"), say("d", "supplies a b c", "valid_from=2024-01-01", "value=2")
	// Both in one batch: neither replaces the other.
	e.load("k1", undated, dated)
	e.holds(undated, dated)
	period := say("d", "supplies a b c", "period=2024", "valid_from=2024-01-01", "value=3") // another series
	e.load("k2", period)
	e.holds(undated, dated, period)
	// Two dates for one undated: it stays.
	e.load("k4", say("d3", "owns a b", "share=0.1"))
	a := e.load("k5", say("d3", "owns a b", "valid_from=2024-01-01", "share=0.2"), say("d3", "owns a b", "valid_from=2025-01-01", "share=0.3"))
	e.counted(a.Counts, 2, 0, 0, 0)
}

func atomicBatch(e *env) {
	e.load("k1", network()...)
	e.apply(graph.Batch{State: []graph.StateChange{{Namespace: "jobs", Key: "a", Value: []byte("1")}}})
	// The last part of the batch loses; nothing of the rest may be left.
	e.refuse(graph.Batch{
		Import:     step("k2", "filings", 1, true),
		Statements: sorted(say("filings", "company new"), say("filings", "company smelter", "country=US")),
		Merge:      []graph.Sameness{{NodeKey: graph.NodeKey{Kind: graph.KindCompany, ID: "a"}, Canonical: "b", At: startOfTime}},
		State:      []graph.StateChange{{Namespace: "jobs", Key: "b", Value: []byte("2")}, {Namespace: "jobs", Key: "a", Version: 999, Value: []byte("3")}},
	}, graph.ErrConflict)
	e.atRevision(1)
	if entries, err := e.store.State().Scan(e.ctx, "jobs", "", 0); err != nil || len(entries) != 1 || string(entries[0].Value) != "1" {
		e.Fatalf("state after a refused batch: %v, %v", entries, err)
	}
}

func invalidBatches(e *env) {
	a, b := say("d", "company a"), say("d", "company b")
	wrongField := say("d", "company a")
	wrongField.Fields = []graph.Field{{ID: graph.FieldShareOfInput, Number: 0.5}}
	unsorted := say("d", "company a", "name=A", "country=DE")
	slices.Reverse(unsorted.Fields)
	for name, batch := range map[string]graph.Batch{
		"statements without an import": {Statements: []graph.Statement{a}},
		"a sweep without an import":    {Sweep: true},
		"statements and a sweep":       {Import: step("k", "d", 1, true), Statements: []graph.Statement{a}, Sweep: true},
		"statements and an undo":       {Statements: []graph.Statement{a}, Undo: "k"},
		"unsorted statements":          {Import: step("k", "d", 1, true), Statements: []graph.Statement{b, a}},
		"a key twice":                  {Import: step("k", "d", 1, true), Statements: []graph.Statement{a, a}},
		"a field of another kind":      {Import: step("k", "d", 1, true), Statements: []graph.Statement{wrongField}},
		"unsorted fields":              {Import: step("k", "d", 1, true), Statements: []graph.Statement{unsorted}},
		"ordinal 0":                    {Import: step("k", "d", 0, true), Statements: []graph.Statement{a}},
		"an import without a key":      {Import: step("", "d", 1, true), Statements: []graph.Statement{a}},
	} {
		e.Logf("refusing %s", name)
		e.refuse(batch, graph.ErrInvalid)
	}
}

func writtenTwice(e *env) {
	for _, known := range []bool{false, true} { // a dataset new to the store, and one that it knows
		dataset := fmt.Sprintf("d-%t", known)
		if known {
			e.load("earlier", say(dataset, "company a", "name=A"), say(dataset, "company b", "name=B"))
		}
		key := "k-" + dataset
		e.apply(graph.Batch{Import: step(key, dataset, 1, false), Statements: []graph.Statement{say(dataset, "company a", "name=First")}})
		e.refuse(graph.Batch{Import: step(key, dataset, 2, true), Statements: []graph.Statement{say(dataset, "company a", "name=Second")}}, graph.ErrConflict)
		e.apply(graph.Batch{Import: step(key, dataset, 2, true), Statements: []graph.Statement{say(dataset, "company c", "name=C")}})
	}
}

func dryRun(e *env) {
	e.load("k1", say("d", "company a", "name=A"), say("d", "company b", "name=B"))
	before := e.dump(graph.ReadOptions{Details: true})
	statements := sorted(say("d", "company a", "name=A"), say("d", "company b", "name=Bee"), say("d", "company c"), say("e", "company a"))
	dry := e.apply(graph.Batch{Import: step("k2", "d", 1, false), Statements: statements, DryRun: true})
	e.counted(dry.Counts, 2, 1, 1, 0)
	// Later batches of a dry run are not out of turn, though the earlier were not written.
	dry = e.apply(graph.Batch{Import: step("k2", "d", 2, true), Statements: []graph.Statement{say("d", "company d")}, DryRun: true})
	e.counted(dry.Counts, 1, 0, 0, 0)
	if dry = e.apply(graph.Batch{Import: step("k1", "d", 1, true), Statements: statements, DryRun: true}); !dry.Repeated {
		e.Fatal("the dry run of a batch that was applied is not reported as repeated")
	}
	e.counted(e.apply(graph.Batch{Undo: "k1", DryRun: true}).Counts, 0, 0, 0, 2)
	e.counted(e.apply(graph.Batch{Import: step("k2", "d", 1, true), Sweep: true, DryRun: true}).Counts, 0, 0, 0, 2)
	e.apply(graph.Batch{DryRun: true, Merge: []graph.Sameness{{NodeKey: graph.NodeKey{Kind: graph.KindCompany, ID: "a"}, Canonical: "b", At: startOfTime}},
		State: []graph.StateChange{{Namespace: "n", Key: "k", Value: []byte("v")}}})
	if after := e.dump(graph.ReadOptions{Details: true}); after != before {
		e.Fatalf("a dry run left\n%s\nwhere there was\n%s", after, before)
	}
	e.atRevision(1)
	if n := len(e.imports()); n != 1 {
		e.Fatalf("dry runs left %d imports; want 1", n)
	}
	if entries, err := e.store.State().Scan(e.ctx, "n", "", 0); err != nil || len(entries) != 0 {
		e.Fatalf("a dry run wrote state: %v, %v", entries, err)
	}
	// What was told is what happens.
	applied := e.apply(graph.Batch{Import: step("k2", "d", 1, true), Statements: statements})
	e.counted(applied.Counts, 2, 1, 1, 0)
}

// manyRows has more rows than any store writes in one statement, with gaps between what they state.
func manyRows(e *env) {
	var all []graph.Statement
	for i := range 1_234 {
		s := say("d", fmt.Sprintf("supplies c%04d b%d", i, i%7), fmt.Sprintf("value=%d", i))
		if i%3 == 0 {
			s.Product = fmt.Sprintf("p%d", i%5)
		}
		if i%10 == 0 {
			s.Fields = append(s.Fields, must(graph.ParseField(graph.FieldUnit, "kg")))
		}
		all = append(all, s, say("d", fmt.Sprintf("makes c%04d p%d", i, i%5)))
	}
	for kind := range graph.Kind(graph.NumKinds) {
		all = append(all, full(kind, "n"))
	}
	e.counted(e.load("k", all...).Counts, len(all), 0, 0, 0)
	e.holds(all...)
	var next []graph.Statement
	for i, s := range all {
		if i%2 == 0 && s.Dataset == "d" {
			s = s.Clone()
			s.Fields = nil
			if s.Kind == graph.KindSupplies {
				s.Fields = []graph.Field{{ID: graph.FieldValue, Number: -float64(i)}}
			}
			next = append(next, s)
		}
	}
	a := e.load("k2", next...)
	if a.Created != 0 || a.Changed+a.Unchanged != len(next) {
		e.Fatalf("counts %+v of %d rows written again", a.Counts, len(next))
	}
	e.undo("k2", 0)
	e.holds(all...)
}
