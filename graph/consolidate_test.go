package graph_test

import (
	"context"
	"encoding/hex"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/tributarygraph/tributary/graph"
)

// rows are statements as a table has them: kind, from, to, product, then field=value.
func rows(t *testing.T, lines string) *graph.View {
	t.Helper()
	f := newFeed()
	for line := range strings.Lines(lines) {
		words := strings.Fields(line)
		if len(words) == 0 {
			continue
		}
		kind, err := graph.ParseKind(words[0])
		if err != nil {
			t.Fatal(err)
		}
		s := graph.Statement{Key: graph.Key{RelationKey: graph.RelationKey{Kind: kind, From: words[1]}, Dataset: "d"}}
		words = words[2:]
		if kind.IsRelation() {
			s.To, words = words[0], words[1:]
		}
		if kind == graph.KindSupplies && words[0] != "-" {
			s.Product = words[0]
		}
		if kind == graph.KindSupplies {
			words = words[1:]
		}
		for _, word := range words {
			name, value, _ := strings.Cut(word, "=")
			switch name {
			case "source":
				s.Source = value
				continue
			case "period":
				s.Period = graph.Period(value)
				continue
			}
			id, ok := graph.FieldByName(kind, name)
			if !ok {
				t.Fatalf("%v has no field %s", kind, name)
			}
			field, err := graph.ParseField(id, value)
			if err != nil {
				t.Fatal(err)
			}
			s.Fields = append(s.Fields, field)
		}
		slices.SortFunc(s.Fields, func(a, b graph.Field) int { return int(a.ID) - int(b.ID) })
		f.put(s)
	}
	v, err := graph.Load(context.Background(), f)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// consolidated folds members, each written member>head, on a day.
func consolidated(t *testing.T, v *graph.View, pairs ...string) *graph.View {
	t.Helper()
	into := map[graph.Node]graph.Node{}
	for _, pair := range pairs {
		member, head, _ := strings.Cut(pair, ">")
		m, err := v.Lookup(graph.KindCompany, member)
		if err != nil {
			t.Fatal(err)
		}
		if into[m], err = v.Lookup(graph.KindCompany, head); err != nil {
			t.Fatal(err)
		}
	}
	return v.Consolidate(into, onDay)
}

var onDay = graph.DefaultFilter(func() graph.Date { d, _ := graph.ParseDate("2024-06-01"); return d }())

// numbersOf are the numbers of a relation, in the order of fields; nothing where the relation is not there.
func numbersOf(v *graph.View, from, to, product string) string {
	r, ok := v.FindRelation(graph.RelationKey{Kind: graph.KindSupplies, From: from, To: to, Product: product})
	if !ok {
		return "none"
	}
	folded := v.FoldRelation(r, onDay)
	var out []string
	for _, id := range graph.FieldsOf(graph.KindSupplies) {
		if n, ok := folded.Numbers[id]; ok {
			text := fmt.Sprintf("%v %.4g", id, n.Value)
			if n.Least != n.Most {
				text += fmt.Sprintf(" (%.4g-%.4g)", n.Least, n.Most)
			}
			out = append(out, text)
		}
	}
	return strings.Join(out, ", ")
}

// s1 and s2 are controlled by hold, and both supply b.
func TestSharesOfAGroupAddUp(t *testing.T) {
	v := rows(t, `
		company hold name=Hold country=KR
		company s1 name=First country=JP ticker=XTKS:1
		supplies s1 b chip share_of_input=0.3 value=10 currency=USD period=2023 lead_time_days=20
		supplies s2 b chip share_of_input=0.5 value=30 currency=USD period=2023 lead_time_days=50
		supplies x b chip share_of_input=0.2
		supplies s1 b gas revenue_share=0.1
		supplies s2 c chip share_of_input=0.4
		supplies x s1 ore share_of_input=0.9`)
	g := consolidated(t, v, "s1>hold", "s2>hold")
	for _, test := range []struct{ from, to, product, want string }{
		{"hold", "b", "chip", "share_of_input 0.8, value 40, lead_time_days 50 (20-50)"},
		{"s2", "b", "chip", "share_of_input 0.8, value 40, lead_time_days 50 (20-50)"}, // a member is its group
		{"x", "b", "chip", "share_of_input 0.2"},
		{"hold", "b", "gas", ""}, // what s2 earns beside s1 nobody states
		{"hold", "c", "chip", "share_of_input 0.4"},
		{"x", "hold", "ore", "share_of_input 0.9"}, // only s1 buys it
	} {
		if got := numbersOf(g, test.from, test.to, test.product); got != test.want {
			t.Errorf("%s -> %s of %s: %q, want %q", test.from, test.to, test.product, got, test.want)
		}
	}
	hold, err := g.Lookup(graph.KindCompany, "ticker:XTKS:1")
	if err != nil || g.ID(graph.KindCompany, hold) != "hold" {
		t.Errorf("the ticker of a member leads to %v, %v", hold, err)
	}
	if facts := g.NodeFacts(graph.KindCompany, hold); facts.Name != "Hold" || facts.Texts[graph.FieldCountry] != "KR" || len(facts.Identifiers) > 0 {
		t.Errorf("the group is described by its members: %+v", facts)
	}
	want := []graph.Record{{ID: "hold"}, {ID: "s1", Rule: "control"}, {ID: "s2", Rule: "control"}}
	if got := g.Records(graph.KindCompany, hold); !slices.Equal(got, want) {
		t.Errorf("records %v, want %v", got, want)
	}
	if got := numbersOf(v, "s1", "b", "chip"); got != "share_of_input 0.3, value 10, lead_time_days 20" {
		t.Errorf("the View before changed: %s", got)
	}
	r, _ := g.FindRelation(graph.RelationKey{Kind: graph.KindSupplies, From: "hold", To: "b", Product: "chip"})
	low, high := g.Claims(r)
	var claims []string
	for c := low; c < high; c++ {
		claims = append(claims, g.Claim(r, c).ID())
	}
	if want := []string{"supplies~s1~b~chip~d~~~2023~", "supplies~s2~b~chip~d~~~2023~"}; !slices.Equal(claims, want) {
		t.Errorf("claims %v, want them as they were made: %v", claims, want)
	}
	parts := g.Parts(r, onDay)
	if len(parts) != 2 || parts[1].Key.From != "s2" || parts[1].Numbers[graph.FieldShareOfInput].Value != 0.5 {
		t.Errorf("parts %+v", parts)
	}
}

// b1 and b2 are of one group: what is said of one's intake is not said of the group's, unless it alone buys it.
func TestSharesOfSeveralBuyersAreUnknown(t *testing.T) {
	v := rows(t, `
		supplies s b1 chip share_of_input=0.3 cost_share=0.1 value=10 currency=USD period=2023 source=f complete_list=true
		supplies s b2 chip share_of_input=0.5 value=5 currency=EUR period=2023
		supplies s b1 gas share_of_input=0.7 revenue_share=0.1 source=f complete_list=true period=2023
		supplies s x ore revenue_share=0.2
		supplies b1 b2 wafer share_of_input=0.6 revenue_share=0.3
		supplies x b2 wafer share_of_input=0.4`)
	g := consolidated(t, v, "b1>b2")
	for _, test := range []struct{ from, to, product, want string }{
		{"s", "b2", "chip", ""}, // two currencies
		{"s", "b2", "gas", "share_of_input 0.7, revenue_share 0.1"},
		{"b2", "b2", "wafer", "share_of_input 0.6, revenue_share 0.3"},
		{"x", "b2", "wafer", "share_of_input 0.4"},
	} {
		if got := numbersOf(g, test.from, test.to, test.product); got != test.want {
			t.Errorf("%s -> %s of %s: %q, want %q", test.from, test.to, test.product, got, test.want)
		}
	}
	for product, want := range map[string]bool{"chip": false, "gas": true} {
		r, _ := g.FindRelation(graph.RelationKey{Kind: graph.KindSupplies, From: "s", To: "b1", Product: product})
		if got := g.ListComplete(r, onDay); got != want {
			t.Errorf("the list of suppliers of %s is complete: %v, want %v", product, got, want)
		}
	}
}

// Ownership inside a group is no relation any more; what others hold in a member is no share of the group.
func TestOwnershipInAGroup(t *testing.T) {
	v := rows(t, `
		owns hold s1 share=0.6
		owns x s1 share=0.4
		owns x hold share=0.1
		owns s1 y share=0.2
		owns hold y share=0.3
		associated hold s1 role=partner`)
	g := consolidated(t, v, "s1>hold")
	share := func(from, to string) float64 {
		r, ok := g.FindRelation(graph.RelationKey{Kind: graph.KindOwns, From: from, To: to})
		if !ok {
			return -1
		}
		if n, ok := g.FoldNumber(r, onDay, graph.FieldShare); ok {
			return n.Value
		}
		return math.NaN()
	}
	if got := share("hold", "y"); got != 0.5 {
		t.Errorf("hold owns %v of y, want 0.5", got)
	}
	if got := share("x", "hold"); !math.IsNaN(got) {
		t.Errorf("x owns %v of the group, want it unknown", got)
	}
	if got := share("hold", "s1"); got != -1 {
		t.Errorf("hold owns %v of itself", got)
	}
	if n := g.RelationCount(); n != 2 {
		t.Errorf("%d relations, want 2", n)
	}
}

// What one member says ended, another may go on doing.
func TestMembersEndApart(t *testing.T) {
	v := rows(t, `
		supplies s1 b chip source=f period=2022 stage=ended
		supplies s2 b chip source=f period=2021 share_of_input=0.4
		supplies s1 b chip source=f period=2021 share_of_input=0.2`)
	g := consolidated(t, v, "s1>s2")
	if got := numbersOf(g, "s1", "b", "chip"); got != "share_of_input 0.4" {
		t.Errorf("%q, want what s2 goes on supplying", got)
	}
}

// coded is an id that no name fits, in the order of ids.
func coded(v *graph.View, k graph.Kind, n graph.Node) string {
	return "n" + hex.EncodeToString([]byte(v.ID(k, n)))
}

// A consolidated View has the relations that a View has which is built of the statements with members named as what
// stands for them, whatever the View was made of before; and the numbers that add up.
func TestConsolidateEqualsRebuilding(t *testing.T) {
	ctx := context.Background()
	rapid.Check(t, func(t *rapid.T) {
		f := newFeed()
		for range rapid.IntRange(0, 14).Draw(t, "statements") {
			f.put(drawStatement(t))
		}
		v, err := graph.Load(ctx, f)
		if err != nil {
			t.Fatal(err)
		}
		if rapid.Bool().Draw(t, "refreshed") {
			for range rapid.IntRange(1, 6).Draw(t, "more statements") {
				f.put(drawStatement(t))
			}
			f.head.Revision++
			if v, err = v.Refresh(ctx, f); err != nil {
				t.Fatal(err)
			}
		}
		before := describe(v)
		into := drawGroups(t, v)
		got := v.Consolidate(into, onDay)
		if describe(v) != before {
			t.Fatal("the View before changed")
		}
		if len(into) == 0 {
			if describe(got) != before {
				t.Fatal("without groups it is another View")
			}
			return
		}
		loaded, err := graph.Load(ctx, f)
		if err != nil {
			t.Fatal(err)
		}
		same := map[graph.Node]graph.Node{}
		for member, head := range into {
			m, _ := loaded.Find(graph.KindCompany, v.ID(graph.KindCompany, member))
			same[m], _ = loaded.Find(graph.KindCompany, v.ID(graph.KindCompany, head))
		}
		if w, g := describe(loaded.Consolidate(same, onDay)), describe(got); w != g {
			t.Fatalf("made of a View that was loaded, and of one that was refreshed:\n%s", difference(w, g))
		}
		want := rebuilt(t, v, into)
		if w, g := relationsText(want, func(k graph.Kind, n graph.Node) string { return want.ID(k, n) }),
			relationsText(got, func(k graph.Kind, n graph.Node) string { return coded(got, k, n) }); w != g {
			t.Fatalf("relations:\n%s", difference(w, g))
		}
		compareSums(t, v, got, into)
	})
}

// drawGroups draws what stands for which companies.
func drawGroups(t *rapid.T, v *graph.View) map[graph.Node]graph.Node {
	companies := slices.Collect(v.Nodes(graph.KindCompany))
	into := map[graph.Node]graph.Node{}
	if len(companies) == 0 {
		return into
	}
	heads := rapid.IntRange(1, len(companies)).Draw(t, "heads")
	order := rapid.Permutation(companies).Draw(t, "companies")
	for _, n := range order[heads:] {
		if rapid.IntRange(0, 2).Draw(t, "in a group") > 0 {
			into[n] = rapid.SampledFrom(order[:heads]).Draw(t, "head")
		}
	}
	return into
}

// rebuilt is a View of the claims of v, with companies named as what stands for them. Who says something is made
// another for each relation of v, so that what ends one does not end another.
func rebuilt(t *rapid.T, v *graph.View, into map[graph.Node]graph.Node) *graph.View {
	f := newFeed()
	name := func(k graph.Kind, n graph.Node) string {
		if head, ok := into[n]; ok && k == graph.KindCompany {
			n = head
		}
		return coded(v, k, n)
	}
	for n := range v.Nodes(graph.KindSource) {
		facts := v.NodeFacts(graph.KindSource, n)
		s := graph.Statement{Key: graph.Key{RelationKey: graph.RelationKey{Kind: graph.KindSource, From: facts.ID}, Dataset: "d"}}
		for _, id := range []graph.FieldID{graph.FieldPublished, graph.FieldOrigin} {
			if text := facts.Texts[id]; text != "" {
				s.Fields = append(s.Fields, graph.Field{ID: id, Text: text, Number: math.NaN()})
			}
		}
		f.put(s)
	}
	for _, k := range graph.RelationKinds() {
		fromKind, toKind := k.Ends()
		for r := range v.RelationsOf(k) {
			from, to, product := v.Ends(r)
			key := graph.RelationKey{Kind: k, From: name(fromKind, from), To: name(toKind, to)}
			if product != graph.NoNode {
				key.Product = name(graph.KindProduct, product)
			}
			if key.From == key.To && from != to && (k == graph.KindOwns || k == graph.KindAssociated) {
				continue
			}
			low, high := v.Claims(r)
			for c := low; c < high; c++ {
				claim := v.Claim(r, c)
				s := graph.Statement{Key: claim.Key, Fields: fieldsOf(&claim)}
				s.RelationKey, s.AssertedBy = key, v.RelationKey(r).ID()
				if _, taken := f.live[s.Key]; taken {
					t.Skip("one dataset says the same of two records of a company")
				}
				f.put(s)
			}
		}
	}
	out, err := graph.Load(context.Background(), f)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func fieldsOf(c *graph.ClaimFacts) []graph.Field {
	fields := slices.Clone(c.Numbers)
	set := func(id graph.FieldID, text string) {
		if text != "" {
			fields = append(fields, graph.Field{ID: id, Text: text, Number: math.NaN()})
		}
	}
	set(graph.FieldEssential, c.Essential.String())
	set(graph.FieldCompleteList, c.CompleteList.String())
	set(graph.FieldBasis, c.Basis)
	set(graph.FieldStage, c.Stage)
	set(graph.FieldStance, c.Stance)
	if c.ValidTo != graph.NoDate {
		set(graph.FieldValidTo, c.ValidTo.String())
	}
	slices.SortFunc(fields, func(a, b graph.Field) int { return int(a.ID) - int(b.ID) })
	return fields
}

// relationsText writes down what does not depend on how numbers of parts go together.
func relationsText(v *graph.View, id func(graph.Kind, graph.Node) string) string {
	var b strings.Builder
	fmt.Fprintln(&b, v.RelationCount(), v.ClaimCount())
	for _, k := range graph.RelationKinds() {
		fromKind, toKind := k.Ends()
		text := func(r graph.Rel) string {
			from, to, product := v.Ends(r)
			out := fmt.Sprint(k, " ", id(fromKind, from), " ", id(toKind, to))
			if product != graph.NoNode {
				out += " " + id(graph.KindProduct, product)
			}
			return out
		}
		for r := range v.RelationsOf(k) {
			x := v.FoldRelation(r, onDay)
			fmt.Fprintf(&b, "%s active %v confidence %v combined %.9f of %v basis %s cited %v sources %d denials %d claims %d confirmed %v\n", text(r), v.Active(r, onDay),
				x.Confidence, v.CombinedConfidence(r, onDay), v.ConfidenceOf(r, onDay), x.Basis, x.Cited, x.Sources, x.Denials, x.Claims, x.Confirmed)
			if found, ok := v.FindRelation(v.RelationKey(r)); !ok || found != r {
				fmt.Fprintln(&b, "!! not found", text(r))
			}
			if x.Active != v.Active(r, onDay) {
				fmt.Fprintln(&b, "!! Active disagrees", text(r))
			}
			if head := v.FoldHead(r, onDay); head.Confidence != x.Confidence || head.Stage != x.Stage || head.Sources != x.Sources {
				fmt.Fprintln(&b, "!! FoldHead disagrees", text(r))
			}
			low, high := v.Claims(r)
			flow := 0
			for c := low; c < high; c++ {
				if v.Flows(r, c, onDay) {
					flow++
				}
			}
			fmt.Fprintln(&b, "  flow", flow)
		}
		for n := range v.Nodes(toKind) {
			edges := v.In(k, n)
			for i := range edges.Len() {
				fmt.Fprintln(&b, "in", text(edges.Rel(i)))
			}
		}
	}
	return b.String()
}

// compareSums works the numbers of every relation out by going through all of v.
func compareSums(t *rapid.T, v, got *graph.View, into map[graph.Node]graph.Node) {
	head := func(n graph.Node) graph.Node {
		if h, ok := into[n]; ok {
			return h
		}
		return n
	}
	active := func(keep func(from, to, product graph.Node) (graph.Node, bool)) int {
		found := map[graph.Node]bool{}
		for r := range v.RelationsOf(graph.KindSupplies) {
			if member, ok := keep(v.Ends(r)); ok && v.Active(r, onDay) {
				found[member] = true
			}
		}
		return len(found)
	}
	for r := range got.RelationsOf(graph.KindSupplies) {
		from, to, product := got.Ends(r)
		var all, flowing []graph.Relation
		for o := range v.RelationsOf(graph.KindSupplies) {
			if f, u, p := v.Ends(o); head(f) == from && head(u) == to && p == product {
				x := v.FoldRelation(o, onDay)
				all = append(all, x)
				if x.Active {
					flowing = append(flowing, x)
				}
			}
		}
		if len(flowing) > 0 {
			all = flowing
		}
		buyers := active(func(_, u, p graph.Node) (graph.Node, bool) { return u, head(u) == to && p == product })
		sum, states := 0.0, buyers < 2
		for _, x := range all {
			n, ok := x.Numbers[graph.FieldShareOfInput]
			sum, states = sum+n.Value, states && ok
		}
		n, ok := got.FoldNumber(r, onDay, graph.FieldShareOfInput)
		var supply graph.Supply
		got.FoldSupply(r, onDay, &supply)
		if ok != states || ok && n.Value != sum || supply.Share.Stated != ok || ok && supply.Share.Value != sum {
			t.Fatalf("%s: share %v %v, FoldSupply %+v, want %v %v", got.RelationKey(r).ID(), n.Value, ok, supply.Share, sum, states)
		}
	}
}
