package queries_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/tributarygraph/tributary/graph"
	"github.com/tributarygraph/tributary/queries"
	"github.com/tributarygraph/tributary/queries/internal/drawn"
)

func flowsOf(t testing.TB, v *graph.View, req queries.FlowsRequest) *queries.FlowsAnswer {
	t.Helper()
	return ask(t, queries.Flows, v, req)
}

// flowText is "from>to:relations/sourced" of each flow.
func flowText(a *queries.FlowsAnswer) string {
	var out []string
	for _, f := range a.Items {
		out = append(out, fmt.Sprintf("%s>%s:%d/%d", f.From, f.To, f.Relations, f.Sourced))
	}
	return strings.Join(out, " ")
}

// flowGroups is "name:companies(supplied,bought,inside)" of each group.
func flowGroups(a *queries.FlowsAnswer) string {
	var out []string
	for _, g := range a.Groups {
		out = append(out, fmt.Sprintf("%s:%d(%d,%d,%d)", g.Name, g.Companies, g.Supplied, g.Bought, g.Inside))
	}
	return strings.Join(out, " ")
}

// flowsNetwork is the chain with sectors, with one supplier of whom nothing is stated, and a relation that ended.
var flowsNetwork = strings.NewReplacer("nvidia name=", "nvidia sector=Chips name=", "hynix name=", "hynix sector=chips name=", "tsmc name=", "tsmc sector=Chips name=",
	"asml name=", "asml sector=Equipment name=").Replace(chain) + "nobody -> nvidia\n micron -> quartz : dram stage=ended\n"

func TestFlows(t *testing.T) {
	v := drawn.View(t, flowsNetwork)
	a := flowsOf(t, v, queries.FlowsRequest{})
	if got, want := flowGroups(a), "US:3(3,5,1) KR:1(3,1,0) TW:1(1,2,0) DE:1(1,1,0) NL:1(1,1,0) :1(1,0,0)"; got != want {
		t.Errorf("groups\ngot  %s\nwant %s", got, want)
	}
	if got, want := flowText(a), "KR>US:2/1 >US:1/0 DE>NL:1/0 KR>TW:1/0 NL>TW:1/0 TW>US:1/1 US>DE:1/0 US>KR:1/0 US>US:1/0"; got != want {
		t.Errorf("flows\ngot  %s\nwant %s", got, want)
	}
	if a.Coverage != (queries.Coverage{Relations: 10, Sourced: 2, Dated: 1, Shares: 1}) || !a.Complete || *a.Total != len(a.Items) {
		t.Errorf("%+v of %d", a.Answer, *a.Total)
	}
	top := flowsOf(t, v, queries.FlowsRequest{Top: 2})
	if got, want := flowGroups(top), "US:3(3,5,1) KR:1(3,1,0) *:3(3,4,2) :1(1,0,0)"; got != want || top.Folded != 3 {
		t.Errorf("the first two of %d more\ngot  %s\nwant %s", top.Folded, got, want)
	}
	if got, want := flowText(top), "*>*:2/0 KR>US:2/1 >US:1/0 *>US:1/1 KR>*:1/0 US>*:1/0 US>KR:1/0 US>US:1/0"; got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	sectors := flowsOf(t, v, queries.FlowsRequest{By: queries.FlowsBySector})
	if got, want := flowGroups(sectors), "Chips:3(5,8,4) Equipment:1(1,1,0) :4(4,1,0)"; got != want {
		t.Errorf("sectors\ngot  %s\nwant %s", got, want)
	}
	for _, req := range []queries.FlowsRequest{{By: "size"}, {Top: -1}, {Page: queries.Page{Cursor: "x"}}, {Scope: queries.Scope{AsOf: "x"}}} {
		if _, err := queries.Flows(context.Background(), v, req); !errors.Is(err, graph.ErrInvalid) {
			t.Errorf("%+v: %v", req, err)
		}
	}
}

func TestFlowRelations(t *testing.T) {
	v := drawn.View(t, flowsNetwork)
	ask := func(req queries.FlowRelationsRequest) *queries.FlowRelationsAnswer {
		t.Helper()
		a, err := queries.FlowRelations(context.Background(), v, req)
		if err != nil {
			t.Fatal(err)
		}
		return a
	}
	for _, test := range []struct {
		req  queries.FlowRelationsRequest
		want string
	}{
		{queries.FlowRelationsRequest{From: "KOR", To: "us"}, "supplies~hynix~nvidia~dram supplies~hynix~nvidia~hbm"},
		{queries.FlowRelationsRequest{From: "US", To: "KR"}, "supplies~quartz~hynix~sand"},
		{queries.FlowRelationsRequest{From: queries.UnstatedGroup, To: "US"}, "supplies~nobody~nvidia~"},
		{queries.FlowRelationsRequest{From: "US", To: queries.UnstatedGroup}, ""},
		{queries.FlowRelationsRequest{From: queries.OtherGroups, To: queries.OtherGroups, FlowsRequest: queries.FlowsRequest{Top: 2}}, "supplies~asml~tsmc~euv supplies~zeiss~asml~optics"},
		{queries.FlowRelationsRequest{From: "chips", To: "Chips", FlowsRequest: queries.FlowsRequest{By: queries.FlowsBySector}}, "supplies~hynix~nvidia~dram supplies~hynix~nvidia~hbm supplies~hynix~tsmc~hbm supplies~tsmc~nvidia~cowos"},
	} {
		whole := ask(test.req)
		if got := flowRelationIDs(whole); got != test.want || *whole.Total != len(whole.Items) || whole.Coverage.Relations != len(whole.Items) {
			t.Errorf("%+v: %s of %d, want %s", test.req, got, *whole.Total, test.want)
		}
		var joined []queries.FlowRelation
		req := test.req
		for req.Limit = 1; ; {
			part := ask(req)
			joined = append(joined, part.Items...)
			if req.Cursor = part.NextCursor; req.Cursor == "" {
				break
			}
		}
		if got := flowRelationIDs(&queries.FlowRelationsAnswer{Items: joined}); got != test.want {
			t.Errorf("%+v: parts joined are %s, want %s", test.req, got, test.want)
		}
	}
	for _, test := range []struct {
		from, to string
		want     error
	}{{"", "US", graph.ErrInvalid}, {"US", "", graph.ErrInvalid}, {"ZW", "US", graph.ErrNotFound}, {"US", queries.OtherGroups, graph.ErrNotFound}} {
		if _, err := queries.FlowRelations(context.Background(), v, queries.FlowRelationsRequest{From: test.from, To: test.to}); !errors.Is(err, test.want) {
			t.Errorf("%q to %q: %v", test.from, test.to, err)
		}
	}
}

func flowRelationIDs(a *queries.FlowRelationsAnswer) string {
	var ids []string
	for _, r := range a.Items {
		ids = append(ids, r.Relation)
	}
	return strings.Join(ids, " ")
}

// On networks drawn at random, flows are what counting every relation by itself gives; parts joined are the whole; and
// however many groups are folded, no relation is lost.
func TestFlowsProperties(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		var text strings.Builder
		countries := rapid.SliceOfN(rapid.SampledFrom([]string{"US", "TW", "JP", "KR", ""}), 8, 8).Draw(r, "countries")
		for i, c := range countries {
			if fmt.Fprintf(&text, "c%d name=C%d", i, i); c != "" {
				fmt.Fprintf(&text, " country=%s", c)
			}
			text.WriteString("\n")
		}
		relations := rapid.SliceOfNDistinct(rapid.IntRange(0, 2*64-1), 1, 30, rapid.ID).Draw(r, "relations")
		for _, x := range relations {
			fmt.Fprintf(&text, "c%d -> c%d : p%d\n", x/2%8, x/16, x%2)
		}
		v := drawn.View(t, text.String())
		want, all := map[[2]string]int{}, 0
		for rel := range v.RelationsOf(graph.KindSupplies) {
			from, to, _ := v.Ends(rel)
			want[[2]string{v.NodeText(graph.KindCompany, from, graph.FieldCountry), v.NodeText(graph.KindCompany, to, graph.FieldCountry)}]++
			all++
		}
		whole := flowsOf(t, v, queries.FlowsRequest{})
		if len(whole.Items) != len(want) || whole.Coverage.Relations != all {
			r.Fatalf("%s of %v", flowText(whole), want)
		}
		for _, f := range whole.Items {
			if want[[2]string{f.From, f.To}] != f.Relations {
				r.Fatalf("%s of %v", flowText(whole), want)
			}
		}
		var joined []queries.Flow
		for cursor := ""; ; {
			part := flowsOf(t, v, queries.FlowsRequest{Page: queries.Page{Limit: 2, Cursor: cursor}})
			joined = append(joined, part.Items...)
			if cursor = part.NextCursor; cursor == "" {
				break
			}
		}
		if !slices.Equal(joined, whole.Items) {
			r.Fatalf("parts joined are %v, the whole is %v", joined, whole.Items)
		}
		folded := flowsOf(t, v, queries.FlowsRequest{Top: rapid.IntRange(1, 3).Draw(r, "top")})
		sum, supplied, bought, inside := 0, 0, 0, 0
		for _, f := range folded.Items {
			sum += f.Relations
			if f.From == f.To {
				inside += f.Relations
			}
		}
		for _, g := range folded.Groups {
			supplied, bought, inside = supplied+g.Supplied, bought+g.Bought, inside-g.Inside
		}
		if sum != all || supplied != all || bought != all || inside != 0 {
			r.Fatalf("folded: %s, %s of %d", flowGroups(folded), flowText(folded), all)
		}
	})
}

// BenchmarkFlows counts the relations between countries and between sectors: first once a revision and day, then as
// every further question is answered.
func BenchmarkFlows(b *testing.B) {
	v := benchView(b)
	for _, by := range []string{queries.FlowsByCountry, queries.FlowsBySector} {
		ask := func(day graph.Date) time.Duration {
			began := time.Now()
			if _, err := queries.Flows(context.Background(), v, queries.FlowsRequest{By: by, Top: 12, Scope: queries.Scope{AsOf: day.String()}}); err != nil {
				b.Fatal(err)
			}
			return time.Since(began)
		}
		b.Run(by+"/first", func(b *testing.B) {
			var took []time.Duration
			for day := graph.Today(); b.Loop(); day-- { // another day each: nothing is remembered
				took = append(took, ask(day))
			}
			medians(b, "answer", took)
		})
		b.Run(by+"/again", func(b *testing.B) {
			var took []time.Duration
			for b.Loop() {
				took = append(took, ask(graph.Today()))
			}
			medians(b, "answer", took)
		})
	}
}
