package queries_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/tributarygraph/tributary/graph"
	"github.com/tributarygraph/tributary/queries"
	"github.com/tributarygraph/tributary/queries/internal/drawn"
)

// What foundry's share in the wafers of s is, or whether s needs them, is worth knowing to m1 and m2, which both hang on s;
// it is asked once.
func TestPortfolioQuestionnaireByHand(t *testing.T) {
	v := drawn.View(t, `
		s -> m1 : parts share_of_input=1 essential=true
		s -> m2 : parts share_of_input=0.5 essential=true
		foundry -> s : wafers essential=true
		own -> m2 : glue share_of_input=0.5
	`)
	p := queries.Portfolio{{Company: "m1", Spend: spend(60), Currency: "USD"}, {Company: "m2", Spend: spend(40), Currency: "USD"}}
	a, err := queries.PortfolioQuestionnaire(context.Background(), v, queries.MembersRequest{Portfolio: p}, queries.GapsRequest{})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, r := range a.Items {
		got = append(got, r.Field+" "+r.Relations)
	}
	if text := strings.Join(got, "\n"); strings.Count(text, "share_of_input supplies~foundry~s~wafers") != 1 || !strings.Contains(text, "~own~m2~glue") {
		t.Errorf("questions:\n%s", text)
	}
	if _, err := queries.PortfolioQuestionnaire(context.Background(), v, queries.MembersRequest{Portfolio: p, Scope: queries.Scope{Group: queries.GroupControl}}, queries.GapsRequest{}); !errors.Is(err, graph.ErrInvalid) {
		t.Errorf("of groups: %v", err)
	}
}

// The questions are those of the members' own questionnaires, each once.
func TestPortfolioQuestionnaireIsThoseOfMembers(t *testing.T) {
	store := drawn.Open(t)
	rapid.Check(t, func(rt *rapid.T) {
		v, _ := drawCompanies(t, rt, store)
		p := drawPortfolio(rt)
		want := map[queries.QuestionRow]bool{}
		for _, m := range p {
			a, err := queries.Questionnaire(context.Background(), v, queries.GapsRequest{Company: m.Company})
			if err != nil {
				rt.Fatal(err)
			}
			for _, r := range a.Items {
				want[r] = true
			}
		}
		got, err := queries.PortfolioQuestionnaire(context.Background(), v, queries.MembersRequest{Portfolio: p}, queries.GapsRequest{})
		if err != nil {
			rt.Fatal(err)
		}
		seen := map[string]bool{}
		for _, r := range got.Items {
			key := fmt.Sprint(r.Asked, r.Question, r.Relations)
			if !want[r] || seen[key] {
				rt.Fatalf("asked twice, or of no member: %+v", r)
			}
			seen[key] = true
		}
		if len(seen) != len(want) {
			rt.Fatalf("%d questions, want %d", len(seen), len(want))
		}
	})
}
