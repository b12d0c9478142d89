package graph_test

import (
	"context"
	"fmt"
	"reflect"
	"testing"

	"pgregory.net/rapid"

	"github.com/tributarygraph/tributary/graph"
)

// What is read fast is what is read in full, on loaded and on refreshed Views.
func TestShortWaysAgree(t *testing.T) {
	ctx := context.Background()
	rapid.Check(t, func(t *rapid.T) {
		f := newFeed()
		for range rapid.IntRange(0, 10).Draw(t, "statements") {
			f.put(drawStatement(t))
		}
		loaded, err := graph.Load(ctx, f)
		if err != nil {
			t.Fatal(err)
		}
		f.head.Revision++
		for range rapid.IntRange(0, 6).Draw(t, "later statements") {
			f.put(drawStatement(t))
		}
		refreshed, err := loaded.Refresh(ctx, f)
		if err != nil {
			t.Fatal(err)
		}
		for _, v := range []*graph.View{loaded, refreshed} {
			agreeOnNodes(t, v)
			for _, day := range []string{"2022", "2024-02-01", "2026"} {
				asOf, _ := graph.ParseDate(day)
				agreeOnRelations(t, v, graph.DefaultFilter(asOf))
			}
			agreeOnRelations(t, v, graph.Filter{AsOf: graph.AnyDate, Stages: graph.StagesOf("sampling", "volume"), MinConfidence: 0.5})
		}
	})
}

func agreeOnNodes(t *rapid.T, v *graph.View) {
	for _, k := range []graph.Kind{graph.KindCompany, graph.KindProduct} {
		for n := range v.Nodes(k) {
			want := graph.Brief{Name: v.Name(k, n), HanName: v.HanName(k, n), Country: v.NodeText(k, n, graph.FieldCountry)}
			if got := v.Brief(k, n); got != want {
				t.Fatalf("%v %s: brief %+v, want %+v", k, v.ID(k, n), got, want)
			}
		}
	}
}

func agreeOnRelations(t *rapid.T, v *graph.View, f graph.Filter) {
	active := v.Activity(f)
	for _, k := range graph.RelationKinds() {
		for r := range v.RelationsOf(k) {
			whole := v.FoldRelation(r, f)
			for _, field := range graph.FieldsOf(k) {
				got, ok := v.FoldNumber(r, f, field)
				if want, stated := whole.Numbers[field]; got != want || ok != stated {
					t.Fatalf("%v, %v: number %+v, want %+v", v.RelationKey(r), field, got, want)
				}
				if got, want := v.FoldText(r, f, field), whole.Texts[field]; got != want {
					t.Fatalf("%v, %v: text %q, want %q", v.RelationKey(r), field, got, want)
				}
			}
			head := v.FoldHead(r, f)
			whole.Numbers, whole.Texts = nil, nil
			if head.Numbers, head.Texts = nil, nil; !reflect.DeepEqual(head, whole) {
				t.Fatalf("%v: head %+v, want %+v", v.RelationKey(r), head, whole)
			}
			if _, _, product := v.Ends(r); v.ProductOf(r) != product {
				t.Fatalf("%v: product %d, want %d", v.RelationKey(r), v.ProductOf(r), product)
			}
			if active.Has(r) != v.Active(r, f) {
				t.Fatalf("%v: activity %v", v.RelationKey(r), active.Has(r))
			}
			if head.Active {
				agreeOnGist(t, v, r, f, &head)
			}
			if head.Active != v.Active(r, f) {
				t.Fatalf("%v: folded as active: %v", v.RelationKey(r), head.Active)
			}
			agreeOnClaims(t, v, r)
		}
	}
}

func agreeOnGist(t *rapid.T, v *graph.View, r graph.Rel, f graph.Filter, head *graph.Relation) {
	fields := []graph.FieldID{graph.FieldShareOfInput, graph.FieldShare}
	want := graph.Gist{Confidence: head.Confidence, Stage: head.Stage, Basis: head.Basis, Denied: head.Denials > 0, Cited: head.Cited,
		Dated: head.Confirmed != graph.NoDate, From: graph.AnyDate}
	for i, field := range fields {
		n, ok := v.FoldNumber(r, f, field)
		want.Shares = want.Shares || ok
		want.Disputed = want.Disputed || i == 0 && n.Disputed
	}
	low, high := v.Claims(r)
	for c := low; c < high; c++ {
		if claim := v.Claim(r, c); v.Flows(r, c, f) {
			want.From = min(want.From, claim.ValidFrom)
			if want.To = max(want.To, claim.ValidTo); claim.ValidTo == graph.NoDate {
				want.To = graph.AnyDate
			}
		}
	}
	if want.To == graph.AnyDate {
		want.To = graph.NoDate
	}
	if got := v.Gist(r, f, fields); got != want {
		t.Fatalf("%v: gist %+v, want %+v", v.RelationKey(r), got, want)
	}
}

func agreeOnClaims(t *rapid.T, v *graph.View, r graph.Rel) {
	low, high := v.Claims(r)
	for c := low; c < high; c++ {
		claim := v.Claim(r, c)
		want := graph.ClaimHead{Dataset: claim.Dataset, Source: claim.Source, Period: claim.Period, ValidFrom: claim.ValidFrom,
			Basis: claim.Basis, Stage: claim.Stage, Denies: claim.Stance == "denies"}
		if got := v.ClaimHead(c); got != want {
			t.Fatalf("claim head %+v, want %+v", got, want)
		}
		if from, to := v.Validity(c); from != claim.ValidFrom || to != claim.ValidTo {
			t.Fatalf("claim %s holds from %v to %v", claim.ID(), from, to)
		}
		for _, number := range claim.Numbers {
			if !v.ClaimStates(c, number.ID) {
				t.Fatalf("claim %s does not state %v", claim.ID(), number.ID)
			}
		}
	}
}

// Asked again and again, an Activity answers from its bits; they say what Active says.
func TestActivityOfManyQuestions(t *testing.T) {
	f := newFeed()
	for i := range 2000 {
		s := graph.Statement{Key: graph.Key{RelationKey: graph.RelationKey{Kind: graph.KindSupplies, From: fmt.Sprintf("s%03d", i%100), To: fmt.Sprintf("b%02d", i/100)}, Dataset: "d"}}
		if i%3 == 0 {
			s.ValidFrom, _ = graph.ParseDate(fmt.Sprintf("20%02d", 20+i%10))
		}
		if i%7 == 0 {
			s.Fields = []graph.Field{{ID: graph.FieldStage, Text: "sampling"}}
		}
		f.put(s)
	}
	v, err := graph.Load(context.Background(), f)
	if err != nil {
		t.Fatal(err)
	}
	for _, day := range []string{"2022", "2025", "2030"} {
		asOf, _ := graph.ParseDate(day)
		filter := graph.DefaultFilter(asOf)
		for range 100 {
			active := v.Activity(filter)
			for r := range v.RelationsOf(graph.KindSupplies) {
				if active.Has(r) != v.Active(r, filter) {
					t.Fatalf("on %s, relation %d: %v", day, r, active.Has(r))
				}
			}
		}
	}
}
