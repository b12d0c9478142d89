package queries_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/tributarygraph/tributary/graph"
	"github.com/tributarygraph/tributary/queries"
	"github.com/tributarygraph/tributary/queries/internal/drawn"
)

func revision(n graph.Revision) queries.Moment { return queries.Moment{Revision: &n} }

func day(text string) queries.Moment { return queries.Moment{Day: text} }

// changesBetween compares two drawings, as two revisions.
func changesBetween(t *testing.T, before, after string, req queries.ChangesRequest) *queries.ChangesAnswer {
	t.Helper()
	req.From, req.To = revision(1), revision(2)
	return changesOf(t, drawn.View(t, before), drawn.View(t, after), req)
}

func changesOf(t *testing.T, from, to *graph.View, req queries.ChangesRequest) *queries.ChangesAnswer {
	t.Helper()
	a, err := queries.Changes(context.Background(), from, to, req)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func part(i *queries.Interval) string {
	switch {
	case i == nil:
		return "-"
	case i.Low == i.High:
		return fmt.Sprintf("%.4g", i.Low)
	}
	return fmt.Sprintf("%.4g-%.4g", i.Low, i.High)
}

// changesText writes an answer as one line an exposure and a change.
func changesText(a *queries.ChangesAnswer) string {
	var b strings.Builder
	for _, e := range a.Exposures {
		fmt.Fprintf(&b, "%s %s loss %s %s flow %s %s\n", e.Change, e.ID, part(e.LossBefore), part(e.LossAfter), part(e.FlowBefore), part(e.FlowAfter))
	}
	for _, c := range a.Changes {
		fmt.Fprintf(&b, "%s %s", c.Change, c.Relation)
		for _, f := range c.Fields {
			if f.NumberBefore != nil || f.NumberAfter != nil {
				fmt.Fprintf(&b, " %s %s %s", f.Field, part(f.NumberBefore), part(f.NumberAfter))
			} else {
				fmt.Fprintf(&b, " %s %q %q", f.Field, f.TextBefore, f.TextAfter)
			}
		}
		for _, k := range c.Claims {
			fmt.Fprintf(&b, " [%s: %s]", k.Change, k.Why)
		}
		for _, e := range c.Effects {
			fmt.Fprintf(&b, " {%s loss %s %s flow %s %s}", e.ID, part(e.LossBefore), part(e.LossAfter), part(e.FlowBefore), part(e.FlowAfter))
		}
		b.WriteString("\n")
	}
	return b.String()
}

func wantChanges(t *testing.T, a *queries.ChangesAnswer, want string) {
	t.Helper()
	var lines []string
	for line := range strings.Lines(want) {
		if line = strings.TrimSpace(line); line != "" {
			lines = append(lines, line+"\n")
		}
	}
	if got := changesText(a); got != strings.Join(lines, "") {
		t.Errorf("got\n%swant\n%s", got, strings.Join(lines, ""))
	}
}

// The worked example of docs/queries/changes.md: b moves its orders of p from s2 to s1. Either claim alone makes shares
// that pass 1 or leave a rest: effects do not add up.
func TestChangesOfShares(t *testing.T) {
	const network = `
		s1 -> b : p share_of_input=%v essential=true period=2024
		s2 -> b : p share_of_input=%v essential=true period=2024
		mine -> s1 : ore share_of_input=1 essential=true period=2024`
	a := changesBetween(t, fmt.Sprintf(network, 0.5, 0.5), fmt.Sprintf(network, 0.8, 0.2), queries.ChangesRequest{Company: "b"})
	wantChanges(t, a, `
		moved s1 loss 0.5 0.8 flow 0.5 0.8
		moved s2 loss 0.5 0.2 flow 0.5 0.2
		moved mine loss 0.5 0.8 flow 0.5 0.8
		changed supplies~s2~b~p share_of_input 0.5 0.2 [changed: it says something else] {s2 loss 0.5 0.2 flow 0.5 0.2}
		changed supplies~s1~b~p share_of_input 0.5 0.8 [changed: it says something else] {s1 loss 0.5 0.6154 flow 0.5 0.6154} {s2 loss 0.5 0.3846 flow 0.5 0.3846} {mine loss 0.5 0.6154 flow 0.5 0.6154}`)
	if a.Moved != 3 || a.Came+a.Went+a.Unmoved != 0 || a.Solved != 2 || a.Unexplained != 0 || !a.Complete {
		t.Errorf("%+v", a)
	}
	wantText := "If s1 stops, b loses 80%; it was 50%."
	if a.Exposures[0].Sentence != wantText {
		t.Errorf("%q, want %q", a.Exposures[0].Sentence, wantText)
	}
}

// A supplier that nobody knew comes with its own supplier, and goes round a loop; another one is lost.
func TestChangesOfCompanies(t *testing.T) {
	before := `
		old -> b : p share_of_input=1 essential=true period=2024`
	after := `
		new -> b : p share_of_input=1 essential=true period=2025
		deep -> new : q share_of_input=0.4 essential=true period=2025
		b -> deep : power essential=true share_of_input=1 period=2025`
	wantChanges(t, changesBetween(t, before, after, queries.ChangesRequest{Company: "b"}), `
		came new loss - 1 flow - 1
		went old loss 1 - flow 1 -
		came deep loss - 0.4 flow - 0.4
		went supplies~old~b~p share_of_input 1 - essential "true" "" [went: it was taken back] {old loss 1 - flow 1 -}
		came supplies~new~b~p share_of_input - 1 essential "" "true" [came: it was not known] {new loss - 0.5 flow - 0.5} {old loss 1 0.5 flow 1 0.5}
		came supplies~deep~new~q share_of_input - 0.4 essential "" "true" [came: it was not known]
		came supplies~b~deep~power share_of_input - 1 essential "" "true" [came: it was not known]`)
}

// Two days: claims that begin and end, a period that begins, a taking back, a denial.
func TestChangesOfDays(t *testing.T) {
	v := drawn.View(t, `
		source s published=2024-01-01
		source s2 published=2025-01-01
		a -> b : p share_of_input=0.6 essential=true source=s period=2024
		c -> b : p valid_from=2025-03-01 share_of_input=0.4 essential=true source=s2
		d -> b : q essential=true valid_to=2025-02-01 source=s
		e -> b : r source=s asserted_by=x
		e -> b : r source=s asserted_by=x valid_from=2025-04-01 stage=ended
		f -> b : t source=s
		f -> b : t source=s2 valid_from=2025-04-01 stance=denies
		a -> b : p source=s2 share_of_input=0.7 essential=true period=2025H2`)
	a := changesOf(t, v, v, queries.ChangesRequest{Company: "b", From: day("2024-12-31"), To: day("2025-06-30")})
	wantChanges(t, a, `
		went d loss 0-1 - flow 0-1 -
		went e loss 0-1 - flow 0-1 -
		came c loss - 0.4 flow - 0.4
		went supplies~d~b~q essential "true" "" [went: it held until 2025-02-01] {d loss 0-1 - flow 0-1 -}
		went supplies~e~b~r [changed: it counts no longer: whoever says so said since that it ended, or its stage no longer counts] [came: it holds from 2025-04-01 on] {e loss 0-1 - flow 0-1 -}
		came supplies~c~b~p share_of_input - 0.4 essential "" "true" [came: it holds from 2025-03-01 on] {c loss - 0.4 flow - 0.4}
		claims supplies~f~b~t [came: it holds from 2025-04-01 on]`)
	if a.Revision != 1 || a.AsOf != "2025-06-30" || a.From.AsOf != "2024-12-31" {
		t.Errorf("%+v %+v", a.Answer, a.From)
	}
	a = changesOf(t, v, v, queries.ChangesRequest{Company: "b", From: day("2025-06-30"), To: day("2025-07-01")})
	wantChanges(t, a, `
		moved a loss 0.6 0.6364 flow 0.6 0.6364
		moved c loss 0.4 0.3636 flow 0.4 0.3636
		changed supplies~a~b~p share_of_input 0.6 0.7 [changed: its numbers count: 2025H2 has begun] {a loss 0.6 0.6364 flow 0.6 0.6364} {c loss 0.4 0.3636 flow 0.4 0.3636}`)
	if got := a.Sentences[0]; !strings.Contains(got, "no company came upstream of b and none went; of the exposures to the 3 that stayed 2 moved") {
		t.Error(got)
	}
}

// What companies make decides which lines need what: a new line halves nothing, and is solved like the rest.
func TestChangesOfWhatIsMade(t *testing.T) {
	before := `
		product car
		product bike
		tyres -> b : tyre used_in=car essential=true share_of_input=1 period=2024
		b * car`
	a := changesBetween(t, before, before+"\nb * bike", queries.ChangesRequest{Company: "b"})
	wantChanges(t, a, `
		moved tyres loss 1 0-1 flow 1 0-1
		came makes~b~bike~ [came: it was not known] {tyres loss 1 0-1 flow 1 0-1}`)
}

func TestChangesLimits(t *testing.T) {
	before := "a -> b : p\n"
	after := before + "c -> b : p\nd -> b : p\ne -> b : q\n"
	a := changesBetween(t, before, after, queries.ChangesRequest{Company: "b", Limit: 2, Solve: 1})
	if len(a.Exposures) != 2 || len(a.Changes) != 2 || a.StoppedBecause != queries.StoppedByLimit || a.ChangesTotal != 3 || a.Solved != 1 || a.Came != 3 {
		t.Errorf("%+v", a)
	}
	if last := a.Sentences[len(a.Sentences)-1]; last != "What it did alone was worked out for 1 of 3 changes, the nearest first." {
		t.Error(last)
	}
	for _, req := range []queries.ChangesRequest{{Company: "b"}, {Company: "b", From: day("2024-01-01"), Solve: 501}, {Company: "b", From: day("2024-01-01"), Limit: -1}} {
		if _, err := queries.Changes(context.Background(), drawn.View(t, before), drawn.View(t, after), req); !errors.Is(err, graph.ErrInvalid) {
			t.Errorf("%+v: %v", req, err)
		}
	}
	for text, want := range map[string]string{"2024": "2024-01-01", "revision:12": "revision:12", "": graph.Today().String(), " Today ": graph.Today().String()} {
		if m, err := queries.ParseMoment("from", text); err != nil || m.String() != want {
			t.Errorf("%q is %v, %v", text, m, err)
		}
	}
	for _, text := range []string{"any", "revision:", "revision:-1", "yesterday", "r12"} {
		if _, err := queries.ParseMoment("from", text); !errors.Is(err, graph.ErrInvalid) {
			t.Errorf("%q: %v", text, err)
		}
	}
	if _, err := queries.Changes(context.Background(), drawn.View(t, before), drawn.View(t, after), queries.ChangesRequest{Company: "nobody", From: revision(1), To: revision(2)}); !errors.Is(err, graph.ErrNotFound) {
		t.Error(err)
	}
	known := changesBetween(t, "x -> y", after, queries.ChangesRequest{Company: "b"})
	if known.Came != 4 || known.From.Known || !known.To.Known || len(known.Warnings) == 0 {
		t.Errorf("%+v", known)
	}
}

// relationsByEnds are the texts of the relations of a drawing, by what they relate.
func relationsByEnds(text string) map[string]string {
	out := map[string]string{}
	for line := range strings.Lines(text) {
		if !strings.Contains(line, "->") {
			continue
		}
		ends, _, _ := strings.Cut(line, " source=")
		out[ends] = line
	}
	return out
}

// Two networks drawn at random: the exposures are those that the exposure question gives of each, one network compared
// with itself has no changes, turning the question round gives its mirror, all changes together explain everything, and
// what a change did alone is the difference to the first network in which this relation is exchanged.
func TestChangesAreTheDifference(t *testing.T) {
	store := drawn.Open(t)
	ask := func(rt *rapid.T, v *graph.View) map[string]queries.ExposureRow {
		a, err := queries.Exposure(context.Background(), v, queries.ExposureRequest{Company: "a", Paths: -1, Scope: queries.Scope{AsOf: "2025-01-01"}})
		if errors.Is(err, graph.ErrNotFound) {
			return map[string]queries.ExposureRow{}
		}
		if err != nil {
			rt.Fatal(err)
		}
		out := map[string]queries.ExposureRow{}
		for _, r := range a.Items {
			out[r.ID] = r
		}
		return out
	}
	rapid.Check(t, func(rt *rapid.T) {
		_, textBefore := drawSupplies(rt)
		_, textAfter := drawSupplies(rt)
		from, to := drawn.ViewIn(t, store, drawn.Statements(t, textBefore)), drawn.ViewIn(t, store, drawn.Statements(t, textAfter))
		req := queries.ChangesRequest{Company: "a", Scope: queries.Scope{AsOf: "2025-01-01"}, From: revision(1), To: revision(2), Solve: 500}
		a, err := queries.Changes(context.Background(), from, to, req)
		if errors.Is(err, graph.ErrNotFound) {
			return
		}
		if err != nil {
			rt.Fatal(err)
		}
		was, is := ask(rt, from), ask(rt, to)
		for _, e := range a.Exposures {
			before, wasThere := was[e.ID]
			after, isThere := is[e.ID]
			if (e.LossBefore != nil) != wasThere || (e.LossAfter != nil) != isThere || !reflect.DeepEqual(e.LossBefore, before.LossIfStopped) || !reflect.DeepEqual(e.LossAfter, after.LossIfStopped) ||
				!reflect.DeepEqual(e.FlowBefore, before.FlowExposure) || !reflect.DeepEqual(e.FlowAfter, after.FlowExposure) {
				rt.Fatalf("%+v, but %+v and %+v in\n%s\n%s", e, before, after, textBefore, textAfter)
			}
		}
		if a.Unexplained != 0 {
			rt.Fatalf("%d unexplained in\n%s\n%s", a.Unexplained, textBefore, textAfter)
		}
		relations, others := relationsByEnds(textBefore), relationsByEnds(textAfter)
		for i, c := range a.Changes {
			if !c.Solved || i == 4 { // each takes a network of its own
				break
			}
			ends := c.From.ID + " -> " + c.To.ID
			if c.Product != nil {
				ends += " : " + c.Product.ID
			}
			text := strings.Replace(textBefore, relations[ends], "", 1) + others[ends]
			alone := ask(rt, drawn.ViewIn(t, store, drawn.Statements(t, text)))
			differ := 0
			for id, r := range alone {
				if before, ok := was[id]; !ok || !reflect.DeepEqual(before.LossIfStopped, r.LossIfStopped) || !reflect.DeepEqual(before.FlowExposure, r.FlowExposure) {
					differ++
				}
			}
			for id := range was {
				if _, ok := alone[id]; !ok {
					differ++
				}
			}
			if differ != *c.Moves {
				rt.Fatalf("%s moves %d alone, want %d in\n%s\n%s", c.Relation, *c.Moves, differ, textBefore, textAfter)
			}
			for _, e := range c.Effects {
				if !reflect.DeepEqual(e.LossAfter, alone[e.ID].LossIfStopped) || !reflect.DeepEqual(e.FlowAfter, alone[e.ID].FlowExposure) {
					rt.Fatalf("%s: %+v, want %+v in\n%s\n%s", c.Relation, e, alone[e.ID], textBefore, textAfter)
				}
			}
		}
		checkMirror(rt, a, from, to, req)
	})
}

// checkMirror holds that turning the question round gives the same the other way, and that nothing changes for one
// network alone.
func checkMirror(rt *rapid.T, a *queries.ChangesAnswer, from, to *graph.View, req queries.ChangesRequest) {
	back, err := queries.Changes(context.Background(), to, from, req)
	if err != nil {
		rt.Fatal(err)
	}
	if back.Came != a.Went || back.Went != a.Came || back.Moved != a.Moved || back.ChangesTotal != a.ChangesTotal || len(back.Exposures) != len(a.Exposures) {
		rt.Fatalf("%+v is no mirror of %+v", back, a)
	}
	for i := range a.Exposures {
		x, y := &a.Exposures[i], &back.Exposures[i]
		if x.ID != y.ID || !reflect.DeepEqual(x.LossBefore, y.LossAfter) || !reflect.DeepEqual(x.FlowAfter, y.FlowBefore) {
			rt.Fatalf("%+v is no mirror of %+v", y, x)
		}
	}
	same, err := queries.Changes(context.Background(), to, to, req)
	if errors.Is(err, graph.ErrNotFound) {
		return
	}
	if text, _ := json.Marshal(same.Changes); err != nil || len(same.Exposures)+len(same.Changes)+len(same.Shares) != 0 {
		rt.Fatalf("nothing happened, and yet %s, %v", text, err)
	}
}

// Companies under one controller count as one at both moments: what s1 and s2 supply adds up.
func TestChangesOfGroups(t *testing.T) {
	const network = `
		top => s1 share=0.6
		top => s2 share=%v
		s1 -> b : p share_of_input=0.5 essential=true period=2024
		s2 -> b : p share_of_input=0.3 essential=true period=2024
		x -> b : p share_of_input=0.2 essential=true period=2024`
	req := queries.ChangesRequest{Company: "b", Scope: queries.Scope{Group: queries.GroupControl}}
	a := changesBetween(t, fmt.Sprintf(network, 0.6), strings.Replace(fmt.Sprintf(network, 0.6), "0.3", "0.4", 1)+"\nnew -> x : q share_of_input=1 essential=true period=2024", req)
	wantChanges(t, a, `
		came new loss - 0.1818 flow - 0.1818
		moved top loss 0.8 0.8182 flow 0.8 0.8182
		moved x loss 0.2 0.1818 flow 0.2 0.1818
		came supplies~new~x~q share_of_input - 1 essential "" "true" [came: it was not known] {new loss - 0.2 flow - 0.2}
		changed supplies~top~b~p share_of_input 0.8 0.9 [changed: it says something else] {top loss 0.8 0.8182 flow 0.8 0.8182} {x loss 0.2 0.1818 flow 0.2 0.1818}`)
	if a.Group == nil || len(a.Group.Items) != 1 {
		t.Errorf("%+v", a.Group)
	}
	a = changesBetween(t, fmt.Sprintf(network, 0.4), fmt.Sprintf(network, 0.6), req)
	if a.Moved+a.Unmoved != 2 || a.Went != 1 || a.Came != 0 {
		t.Errorf("%s", changesText(a))
	}
}

// A store at an earlier revision, and a View as it were if something else stood in the store.
func TestLoadAtAndWith(t *testing.T) {
	ctx := context.Background()
	store := drawn.Open(t)
	drawn.Put(t, store, drawn.Statements(t, "a -> b : p share_of_input=0.5"))
	drawn.Put(t, store, drawn.Statements(t, "a -> b : p share_of_input=0.7\nc -> b : p\nc name=Company"))
	share := func(v *graph.View) float64 {
		t.Helper()
		r, ok := v.FindRelation(graph.RelationKey{Kind: graph.KindSupplies, From: "a", To: "b", Product: "p"})
		if !ok {
			t.Fatal("the relation is not there")
		}
		n, _ := v.FoldNumber(r, graph.DefaultFilter(graph.AnyDate), graph.FieldShareOfInput)
		return n.Value
	}
	first, err := graph.LoadAt(ctx, store, 1)
	if err != nil {
		t.Fatal(err)
	}
	if first.Head().Revision != 1 || share(first) != 0.5 || first.RelationCount() != 1 {
		t.Errorf("revision %d: share %v, %d relations", first.Head().Revision, share(first), first.RelationCount())
	}
	if _, err := graph.LoadAt(ctx, store, 3); !errors.Is(err, graph.ErrInvalid) {
		t.Errorf("beyond the head: %v", err)
	}
	with := first.With(drawn.Statements(t, "a -> b : p share_of_input=0.9\nnew -> a : q\nassociation name=Association"))
	if share(with) != 0.9 || with.RelationCount() != 2 || with.Head() != first.Head() {
		t.Errorf("share %v, %d relations, %+v", share(with), with.RelationCount(), with.Head())
	}
	if n, ok := with.Find(graph.KindCompany, "association"); !ok || with.Name(graph.KindCompany, n) != "Association" {
		t.Error("the company is not there")
	}
	if share(first) != 0.5 || first.RelationCount() != 1 {
		t.Error("the View itself is another one now")
	}
}

// A day and a revision do not compare, but for the day on which revisions are looked at: that is the newest revision.
func TestChangesOfOneSense(t *testing.T) {
	store := drawn.Open(t)
	first := drawn.ViewIn(t, store, drawn.Statements(t, "a -> b : p"))
	v := drawn.ViewIn(t, store, drawn.Statements(t, "a -> b : p essential=true"))
	for _, of := range [][2]queries.Moment{{day("2024-05-01"), revision(1)}, {revision(1), day("2024-05-01")}} {
		req := queries.ChangesRequest{Company: "b", Scope: queries.Scope{AsOf: "2025-01-01"}, From: of[0], To: of[1]}
		if _, err := queries.Changes(context.Background(), v, first, req); !errors.Is(err, graph.ErrInvalid) || !strings.Contains(err.Error(), "two days, or two revisions") {
			t.Errorf("%v: %v", of, err)
		}
	}
	scope := queries.Scope{AsOf: "2024-05-01"}
	wantChanges(t, changesOf(t, first, v, queries.ChangesRequest{Company: "b", Scope: scope, From: revision(1)}), `
		changed supplies~a~b~p essential "" "true" [changed: it says something else]`)
}

// What moves nothing is not told as if it did: the shares lead, and what does not move is passed over.
func TestChangesThatMoveNothing(t *testing.T) {
	v := drawn.View(t, `
		product car
		product bike
		a -> b : w used_in=bike
		a -> b : p used_in=car
		a -> b : p used_in=car share_of_input=0.7 value=10890600000000 currency=KRW period=2025
		c -> b : q essential=true
		d -> c : q valid_from=2020-01-01
		b * car
		b * bike
		b * van valid_from=2025-03-01`)
	a := changesOf(t, v, v, queries.ChangesRequest{Company: "b", From: day("2024-06-30"), To: day("2025-06-30")})
	got := strings.Join(a.Sentences, "\n")
	want := `Between 2024-06-30 and 2025-06-30, of the shares of what b buys, that of a in the p that it buys moved most: 70%, was at least 0%, at most 100%.
Meanwhile, no company came upstream of b and none went; of the exposures to the 3 that stayed none moved.
2 relations upstream changed or have other claims; 2 of these changed in what exposures rest on, and alone none of them moves an exposure.
Claims without dates hold on every day: 3 of 4 relations upstream rest on such a claim, and can neither have come nor gone between two days.`
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	if got, want := a.Changes[0].Sentence, "a to b (p): share of input is 70% (was not stated); value is 10.8906 T KRW (was not stated)."; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	if a.Relations != 4 || a.Undated != 3 {
		t.Errorf("%d of %d", a.Undated, a.Relations)
	}
}

// A denial is told as one, a second source as one.
func TestChangesOfDenials(t *testing.T) {
	v := drawn.View(t, `
		source y title=Yearbook
		s2 -> b : p share_of_input=0.3 essential=true period=2024
		s2 -> b : p source=y valid_from=2025-04-01 stance=denies
		s3 -> b : q
		s3 -> b : q source=y valid_from=2025-04-01
		s4 -> b : r
		s4 -> b : r source=y valid_from=2024-04-01 valid_to=2025-04-01 stance=denies`)
	a := changesOf(t, v, v, queries.ChangesRequest{Company: "b", From: day("2025-03-31"), To: day("2025-04-01")})
	var got []string
	for _, c := range a.Changes {
		got = append(got, c.Sentence)
	}
	want := []string{"s2 to b (p): Yearbook denies it.", "s3 to b (q): says the same, on other claims.", "s4 to b (r): Yearbook no longer denies it."}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}
