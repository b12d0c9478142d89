package queries_test

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/tributarygraph/tributary/graph"
	"github.com/tributarygraph/tributary/queries"
	"github.com/tributarygraph/tributary/queries/internal/drawn"
)

// twoOfOne: s1 and s2, which hold controls, supply b, and x does; s1 and hold have shares of s3, neither more than half by
// itself.
const twoOfOne = `
	hold name=Hold country=KR
	s1 name=First country=JP
	hold => s1 share=0.6
	hold => s2 control="golden share"
	hold => s3 share=0.3
	s1 => s3 share=0.3
	x => s1 share=0.4
	fund => hold share=0.5
	s1 -> b : chip share_of_input=0.3
	s2 -> b : chip share_of_input=0.5
	x -> b : chip share_of_input=0.2
	s3 -> s1 : ore`

// documented is the network of docs/queries/groups.md.
const documented = `
	hold => first share=0.6
	hold => second control="golden share"
	hold => third share=0.3
	first => third share=0.3
	first -> buyer : chip share_of_input=0.5
	second -> buyer : chip share_of_input=0.4
	third -> first : ore`

func TestGroupsByHand(t *testing.T) {
	v := drawn.View(t, documented)
	for _, test := range []struct {
		scope     queries.Scope
		suppliers string
		sole      int
		low, high float64
	}{
		{queries.Scope{}, "first second third", 0, 4100, 4200},
		{grouped(queries.Scope{}), "hold", 1, 8100, 10000},
	} {
		var ids []string
		for _, r := range suppliers(t, v, queries.TiersRequest{Company: "buyer", Scope: test.scope}).Items {
			ids = append(ids, r.ID)
		}
		sole := chokepoints(t, v, queries.ChokepointsRequest{Company: "buyer", Kind: queries.ChokeSoleSources, Scope: test.scope}).SoleSources.Items
		c, err := queries.Concentration(context.Background(), v, queries.ConcentrationRequest{Company: "buyer", Product: "chip", Scope: test.scope})
		if err != nil {
			t.Fatal(err)
		}
		hhi := c.Items[0].HHI
		if got := strings.Join(ids, " "); got != test.suppliers || len(sole) != test.sole || math.Abs(hhi.Low-test.low) > 1e-6 || math.Abs(hhi.High-test.high) > 1e-6 {
			t.Errorf("%s: suppliers %s, %d sole sources, index %v to %v; want %+v", test.scope.Group, got, len(sole), hhi.Low, hhi.High, test)
		}
	}
}

func grouped(s queries.Scope) queries.Scope {
	s.Group = queries.GroupControl
	return s
}

// groupText is "head(member<owner,...; ...)", one after the other.
func groupText(g *queries.Grouping) string {
	var out []string
	for _, row := range g.Items {
		var members []string
		for _, m := range row.Members {
			var held []string
			for _, h := range m.HeldBy {
				held = append(held, h.ID)
			}
			members = append(members, m.ID+"<"+strings.Join(held, ","))
		}
		out = append(out, fmt.Sprintf("%s(%s)", row.ID, strings.Join(members, "; ")))
	}
	return strings.Join(out, " ")
}

func TestGroupsCountAsOne(t *testing.T) {
	v := drawn.View(t, twoOfOne)
	a := suppliers(t, v, queries.TiersRequest{Company: "b", Depth: 2, Scope: grouped(queries.Scope{})})
	var rows []string
	for _, r := range a.Items {
		share := "?"
		if r.Share != nil && r.Share.Point != nil {
			share = fmt.Sprintf("%.3g", *r.Share.Point)
		}
		rows = append(rows, fmt.Sprintf("%s@%d %s %s", r.ID, r.Tier, r.Country, share))
	}
	if want := []string{"hold@1 KR 0.8", "x@1  0.2"}; !slices.Equal(rows, want) {
		t.Errorf("suppliers %q, want %q", rows, want)
	}
	g := a.Group
	if got, want := groupText(g), "hold(s1<hold; s2<hold; s3<hold,s1)"; got != want || g.Groups != 1 || g.Companies != 3 || g.Threshold != 0.5 {
		t.Errorf("groups %+v %s, want %s", g, got, want)
	}
	if s2 := g.Items[0].Members[1].HeldBy[0]; s2.Share != nil || s2.Control != "golden share" {
		t.Errorf("what controls s2: %+v", s2)
	}

	// A lower threshold puts hold under the fund, which has half of it.
	low := grouped(queries.Scope{ControlThreshold: 0.49})
	if a := suppliers(t, v, queries.TiersRequest{Company: "b", Scope: low}); groupText(a.Group) != "fund(hold<fund; s1<hold; s2<hold; s3<hold,s1)" || a.Group.Threshold != 0.49 {
		t.Errorf("over 49%%: %+v %s", a.Group, groupText(a.Group))
	}
	if a := suppliers(t, v, queries.TiersRequest{Company: "b"}); a.Group != nil || len(a.Items) != 4 {
		t.Errorf("without groups: %+v, %d suppliers", a.Group, len(a.Items))
	}
}

// A company asked about that is a member answers as its group.
func TestMemberAnswersAsItsGroup(t *testing.T) {
	v := drawn.View(t, twoOfOne)
	a, err := queries.Company(context.Background(), v, queries.CompanyRequest{Company: "First", Scope: grouped(queries.Scope{})})
	if err != nil {
		t.Fatal(err)
	}
	if a.ID != "hold" || len(a.Group.Asked) != 1 || a.Group.Asked[0].Company.ID != "s1" || a.Group.Asked[0].Group.ID != "hold" {
		t.Errorf("%s: %+v", a.ID, a.Group)
	}
	if want := "First counts as a part of the group of Hold: the answer is about the group"; !slices.Contains(a.Warnings, want) {
		t.Errorf("warnings %q, want %q", a.Warnings, want)
	}
	if len(a.Buys) != 1 || len(a.Supplies) != 2 || len(a.Owners) != 2 || len(a.Owns) != 0 {
		t.Errorf("buys %v, supplies %v, owners %v, owns %v", a.Buys, a.Supplies, a.Owners, a.Owns)
	}
	for _, holder := range a.Owners {
		if holder.Party.ID == "x" && holder.Share != nil {
			t.Errorf("x holds %v of the group; it is said of s1 only", *holder.Share)
		}
	}
}

func TestGroupIsChecked(t *testing.T) {
	v := drawn.View(t, twoOfOne)
	for _, s := range []queries.Scope{{Group: "family"}, {Group: "control", ControlThreshold: 1}, {Group: "control", ControlThreshold: -0.1}} {
		if _, err := queries.Suppliers(context.Background(), v, queries.TiersRequest{Company: "b", Scope: s}); !errors.Is(err, graph.ErrInvalid) {
			t.Errorf("%+v: %v", s, err)
		}
	}
	late, cancel := context.WithTimeout(context.Background(), 0)
	defer cancel()
	if _, err := queries.Suppliers(late, drawn.View(t, twoOfOne), queries.TiersRequest{Company: "b", Scope: grouped(queries.Scope{})}); err != nil && !errors.Is(err, context.DeadlineExceeded) {
		t.Error(err)
	}
}

// A cursor of a list of groups goes on with groups.
func TestCursorDependsOnGroups(t *testing.T) {
	v := drawn.View(t, twoOfOne)
	req := queries.TiersRequest{Company: "b", Page: queries.Page{Limit: 1}, Scope: grouped(queries.Scope{})}
	first := suppliers(t, v, req)
	req.Cursor = first.NextCursor
	if next := suppliers(t, v, req); len(next.Items) != 1 || next.Items[0].ID != "x" {
		t.Errorf("the second part: %+v", next.Items)
	}
	req.Scope = queries.Scope{}
	if _, err := queries.Suppliers(context.Background(), v, req); !errors.Is(err, graph.ErrInvalid) {
		t.Errorf("without groups the cursor is taken: %v", err)
	}
}

// Every file that makes an answer looks at what counts as one company.
func TestEveryQuestionTakesGroups(t *testing.T) {
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.HasSuffix(file, "_test.go") && bytes.Contains(text, []byte("{Answer: newAnswer(")) && !bytes.Contains(text, []byte("cope.view(ctx, ")) && !bytes.Contains(text, []byte("req.Portfolio.begin(ctx, v, ")) {
			t.Errorf("%s answers without Scope.view, so that group=control does not count there", file)
		}
		if file == "portfolio.go" && !bytes.Contains(text, []byte("a.v, err = scope.view(ctx, v)")) {
			t.Error("Portfolio.begin, by which questions of a portfolio begin, goes without Scope.view")
		}
	}
}

// m1 and m2 are of g. m1 makes wafers for m2 and c, m2 makes chips of them for b; x sells wafers to m2 too, sand to m1.
const verticalGroup = `
	g => m1 share=1
	g => m2 share=1
	sand -> m1 : sand essential=true
	m1 -> m2 : wafer share_of_input=0.6 essential=true
	x -> m2 : wafer share_of_input=0.4 essential=true
	m1 -> c : wafer share_of_input=1 essential=true
	m2 -> b : chip share_of_input=1 essential=true
	y -> m2 : gas`

// A group makes each of its products of what the member that makes it buys: what m2 lacks m1 does not.
func TestDisruptionOfAGroup(t *testing.T) {
	req := stop("x")
	req.Scope = grouped(queries.Scope{})
	wantLosses(t, disrupt(t, verticalGroup, req), `
		1 g [chip] 0.4-0.4
		2 b [] 0.4-0.4
		0 x [wafer] 1-1`)
	req = stop("sand")
	req.Scope = grouped(queries.Scope{})
	wantLosses(t, disrupt(t, verticalGroup, req), `
		1 g [wafer] 0-1
		2 c [] 0-1
		1 g [chip] 0-0.6
		2 b [] 0-0.6
		0 sand [sand] 1-1`)
	req = stop("m2") // the group stops
	req.Scope = grouped(queries.Scope{})
	wantLosses(t, disrupt(t, verticalGroup, req), `
		1 b [] 1-1
		1 c [] 1-1
		0 g [chip wafer] 1-1`)
}

// The group's own wafers are a source beside x.
func TestOwnSupplyIsASource(t *testing.T) {
	v := drawn.View(t, verticalGroup)
	a := chokepoints(t, v, queries.ChokepointsRequest{Company: "g", Kind: "all", Scope: grouped(queries.Scope{})})
	var sole []string
	for _, r := range a.SoleSources.Items {
		sole = append(sole, r.ID)
	}
	if want := []string{"y", "sand"}; !slices.Equal(sole, want) {
		t.Errorf("sole sources %v, want %v: wafers come from the group too", sole, want)
	}
}

// A network without groups, drawn with their members as one company, gives the answers that the network gives with
// groups: the documented money adds up, and nothing else is said.
func TestGroupsEqualOneCompany(t *testing.T) {
	store := drawn.Open(t)
	rapid.Check(t, func(rt *rapid.T) {
		companies := []string{"a", "b", "c", "d", "e", "f", "g", "h"}
		head := map[string]string{}
		var apart, together strings.Builder
		for _, c := range companies[3:] {
			head[c] = rapid.SampledFrom(append([]string{c}, companies[:3]...)).Draw(rt, "head of "+c)
			if head[c] != c {
				fmt.Fprintf(&apart, "%s => %s share=0.9\n", head[c], c)
			}
		}
		of := func(c string) string { return cmp.Or(head[c], c) }
		values := map[[3]string]int{}
		seen := map[[3]string]bool{}
		for range rapid.IntRange(1, 20).Draw(rt, "relations") {
			r := [3]string{rapid.SampledFrom(companies).Draw(rt, "from"), rapid.SampledFrom(companies).Draw(rt, "to"), rapid.SampledFrom([]string{"p", "q"}).Draw(rt, "product")}
			if seen[r] {
				continue
			}
			seen[r] = true
			value := rapid.IntRange(1, 9).Draw(rt, "value")
			fmt.Fprintf(&apart, "%s -> %s : %s value=%d currency=USD period=2023\n", r[0], r[1], r[2], value)
			values[[3]string{of(r[0]), of(r[1]), r[2]}] += value
		}
		for _, r := range slices.SortedFunc(maps.Keys(values), func(a, b [3]string) int { return slices.Compare(a[:], b[:]) }) {
			fmt.Fprintf(&together, "%s -> %s : %s value=%d currency=USD period=2023\n", r[0], r[1], r[2], values[r])
		}
		for _, c := range companies {
			if of(c) == c {
				fmt.Fprintf(&apart, "%s name=N%s\n", c, c)
				fmt.Fprintf(&together, "%s name=N%s\n", c, c)
			} else {
				fmt.Fprintf(&apart, "%s name=M%s\n", c, c)
			}
		}
		v, w := drawn.ViewIn(t, store, drawn.Statements(t, apart.String())), drawn.ViewIn(t, store, drawn.Statements(t, together.String()))
		for i, ask := range askedOfGroups() {
			got, want := ask(v, grouped(queries.Scope{})), ask(w, queries.Scope{})
			if got != want {
				rt.Fatalf("question %d\n%s\ngives  %s\n\n%s\ngives %s", i, apart.String(), got, together.String(), want)
			}
		}
	})
}

// claimIDs are those of the claims of members, which a group's relations keep.
var claimIDs = regexp.MustCompile(`"claim_ids":\[[^]]*\],?`)

// askedOfGroups are questions, each of which gives its answer as text, without what is said of groups.
func askedOfGroups() []func(*graph.View, queries.Scope) string {
	ctx := context.Background()
	text := func(a any, base *queries.Answer, err error) string {
		if err != nil {
			return err.Error()
		}
		base.Group, base.Assumptions, base.Warnings, base.Revision = nil, nil, nil, 0
		out, err := json.Marshal(a)
		if err != nil {
			return err.Error()
		}
		return claimIDs.ReplaceAllString(string(out), "")
	}
	return []func(*graph.View, queries.Scope) string{
		func(v *graph.View, s queries.Scope) string {
			a, err := queries.Suppliers(ctx, v, queries.TiersRequest{Company: "a", Depth: 5, Scope: s})
			return text(a, &a.Answer, err)
		},
		func(v *graph.View, s queries.Scope) string {
			a, err := queries.Suppliers(ctx, v, queries.TiersRequest{Company: "b", Direction: queries.Downstream, Depth: 5, Scope: s})
			return text(a, &a.Answer, err)
		},
		func(v *graph.View, s queries.Scope) string {
			a, err := queries.Paths(ctx, v, queries.PathsRequest{From: "b", To: "a", K: 20, Scope: s})
			return text(a, &a.Answer, err)
		},
		func(v *graph.View, s queries.Scope) string {
			a, err := queries.Loops(ctx, v, queries.LoopsRequest{Scope: s})
			return text(a, &a.Answer, err)
		},
		func(v *graph.View, s queries.Scope) string {
			var out string
			for _, kind := range []string{queries.ChokeRoutes, queries.ChokeMustPass, queries.ChokeSoleSources} { // of stops see TestDisruptionOfAGroup
				a, err := queries.Chokepoints(ctx, v, queries.ChokepointsRequest{Company: "a", Kind: kind, Depth: 3, Scope: s})
				out += text(a, &a.Answer, err)
			}
			return out
		},
		func(v *graph.View, s queries.Scope) string {
			a, err := queries.CommonSuppliers(ctx, v, queries.CommonSuppliersRequest{Company: "a", Min: 1, Scope: s})
			return text(a, &a.Answer, err)
		},
		func(v *graph.View, s queries.Scope) string {
			a, err := queries.PortfolioSuppliers(ctx, v, queries.PortfolioSuppliersRequest{Portfolio: queries.Portfolio{{Company: "a"}, {Company: "b"}}, Min: 1, Scope: s})
			return text(a, &a.Answer, err)
		},
		func(v *graph.View, s queries.Scope) string {
			a, err := queries.Concentration(ctx, v, queries.ConcentrationRequest{Company: "a", Assume: "complete", Scope: s})
			return text(a, &a.Answer, err)
		},
		func(v *graph.View, s queries.Scope) string {
			a, err := queries.Concentration(ctx, v, queries.ConcentrationRequest{Company: "a", By: "country", Tier: 2, Scope: s})
			return text(a, &a.Answer, err)
		},
		func(v *graph.View, s queries.Scope) string {
			a, err := queries.SystemicRisk(ctx, v, queries.SystemicRequest{Currency: "USD", Period: "2023", Scope: s})
			return text(a, &a.Answer, err)
		},
		func(v *graph.View, s queries.Scope) string {
			a, err := queries.Exposure(ctx, v, queries.ExposureRequest{Company: "a", Side: queries.SideRevenue, Scope: s})
			return text(a, &a.Answer, err)
		},
	}
}

// hidden is a network in which groups hide what the answers without them do not say: h controls s1 and s2, the two
// suppliers of chips; t controls u1 and u2, by which o comes; x is on its own.
const hidden = `
	h name=Hold
	s1 name=First
	s2 name=Second
	h => s1 share=0.6
	h => s2 share=0.7
	t name=Tank
	u1 name=Upper
	t => u1 share=1
	s1 -> b : chip share_of_input=0.5
	s2 -> b : chip share_of_input=0.4
	b name=Buyer
	product chip name=Chip
	u1 -> b : gas
	t -> b : gas
	x -> b : ore
	y -> b : ore
	o -> u1 : tar
	o -> t : tar`

func wantWarnings(t *testing.T, got []string, want ...string) {
	t.Helper()
	for _, w := range want {
		if !slices.Contains(got, w) {
			t.Errorf("warnings\n  %s\nwant among them\n  %s", strings.Join(got, "\n  "), w)
		}
	}
	for _, g := range got {
		if (strings.Contains(g, "control") || strings.Contains(g, "group")) && !slices.Contains(want, g) {
			t.Errorf("unwanted warning: %s", g)
		}
	}
}

func TestGroupsHideASoleSource(t *testing.T) {
	v := drawn.View(t, hidden)
	a := chokepoints(t, v, queries.ChokepointsRequest{Company: "b", Kind: queries.ChokeSoleSources})
	wantWarnings(t, a.Warnings, "First and Second are controlled by Hold: as one supplier, they are the only one documented of Chip to Buyer",
		"Tank controls Upper: as one supplier, they are the only one documented of gas to Buyer")
	if len(a.SoleSources.Items) != 0 {
		t.Errorf("sole sources %+v", a.SoleSources.Items)
	}
	asked := chokepoints(t, v, queries.ChokepointsRequest{Company: "b", Kind: queries.ChokeSoleSources, Scope: grouped(queries.Scope{})})
	if len(asked.SoleSources.Items) != 2 || asked.SoleSources.Items[0].ID != "h" {
		t.Errorf("by groups: %+v", asked.SoleSources.Items)
	}
	wantWarnings(t, asked.Warnings)
}

func TestGroupsHideARoute(t *testing.T) {
	a := chokepoints(t, drawn.View(t, hidden), queries.ChokepointsRequest{Company: "b", Kind: queries.ChokeRoutes})
	wantWarnings(t, a.Warnings, "Tank controls Upper: as one, they are on every documented route from 1 other company to Buyer")
	// y is behind both of a group, and on no other way.
	a = chokepoints(t, drawn.View(t, `
		h => s1 share=0.6
		h => s2 share=0.7
		s1 -> b : p
		s2 -> b : q
		y -> s1 : r
		y -> s2 : r`), queries.ChokepointsRequest{Company: "b", Kind: queries.ChokeMustPass})
	wantWarnings(t, a.Warnings, "s1 and s2 are controlled by h: as one, they must be passed on every documented route to b")
}

// A sibling's supplier is another source of the group.
func TestGroupHasOtherSources(t *testing.T) {
	a := chokepoints(t, drawn.View(t, `
		g => b1 share=1
		g => b2 share=1
		s -> b1 : p
		t -> b2 : p
		b2 -> c : q`), queries.ChokepointsRequest{Company: "b1", Kind: queries.ChokeSoleSources})
	wantWarnings(t, a.Warnings, "s is not the only source of p for b1 as a part of the group of g")
}

func TestGroupsHideAnIndex(t *testing.T) {
	v := drawn.View(t, hidden)
	a, err := queries.Concentration(context.Background(), v, queries.ConcentrationRequest{Company: "b", Product: "chip"})
	if err != nil {
		t.Fatal(err)
	}
	// 0.5 and 0.4, the rest to a third supplier or to many: 0.41 to 0.42. As one 0.9, the rest to others or to it: 0.81 to 1.
	wantWarnings(t, a.Warnings, "First and Second are controlled by Hold: where companies under one controller count as one, the index of Chip is 8100 to 10000 instead of 4100 to 4200")
	spend := 1.0
	a, err = queries.Concentration(context.Background(), v, queries.ConcentrationRequest{Portfolio: queries.Portfolio{{Company: "s1", Spend: &spend, Currency: "USD"}, {Company: "s2", Spend: &spend, Currency: "USD"}, {Company: "x", Spend: &spend, Currency: "USD"}}})
	if err != nil {
		t.Fatal(err)
	}
	wantWarnings(t, a.Warnings, "First and Second are controlled by Hold: where companies under one controller count as one, the index is 5556 instead of 3333")
}

// A listing means whom it names: the group of a listed member says which.
func TestListedMember(t *testing.T) {
	v := drawn.View(t, documented+`
		OFAC ! first programme=SDN`)
	a, err := queries.Company(context.Background(), v, queries.CompanyRequest{Company: "hold", Scope: grouped(queries.Scope{})})
	if err != nil {
		t.Fatal(err)
	}
	if want := "OFAC lists first, a member of the group, not hold"; !slices.Contains(a.Warnings, want) {
		t.Errorf("warnings %q, want %q", a.Warnings, want)
	}
}
