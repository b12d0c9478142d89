package queries_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/tributarygraph/tributary/graph"
	"github.com/tributarygraph/tributary/queries"
	"github.com/tributarygraph/tributary/queries/internal/drawn"
)

// twoOfOne is the network of docs/queries/groups.md: s1 and s2, which hold controls, supply b, and x does; s1 holds part
// of s3, which hold has the rest of: neither has more than half by itself.
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
		if !strings.HasSuffix(file, "_test.go") && bytes.Contains(text, []byte("{Answer: newAnswer(")) && !bytes.Contains(text, []byte("cope.view(ctx, ")) {
			t.Errorf("%s answers without Scope.view, so that group=control does not count there", file)
		}
	}
}
