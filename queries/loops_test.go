package queries_test

import (
	"context"
	"encoding/json"
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

func loops(t testing.TB, v *graph.View, req queries.LoopsRequest) *queries.LoopsAnswer {
	a, err := queries.Loops(context.Background(), v, req)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func refs(list []queries.Ref) string {
	var ids []string
	for _, r := range list {
		ids = append(ids, r.ID)
	}
	return strings.Join(ids, " ")
}

// a -> b -> c -> a     x <-> y     s -> s     c -> x
//
//	b -> d -> b
//
// p -(ended)-> q -> p
func TestLoops(t *testing.T) {
	v := drawn.View(t, "a -> b\n b -> c\n c -> a\n b -> d\n d -> b\n x -> y\n y -> x\n s -> s\n c -> x\n p -> q stage=ended\n q -> p")
	a := loops(t, v, queries.LoopsRequest{})
	if len(a.Items) != 2 || *a.Total != 2 || a.SelfSupply != 1 || !a.Complete {
		t.Fatalf("%+v", a)
	}
	if got := refs(a.Items[0].Companies); got != "a b c d" {
		t.Errorf("first loop: %s", got)
	}
	if got := refs(a.Items[0].Example); got != "b d" {
		t.Errorf("its shortest cycle: %s", got)
	}
	page := loops(t, v, queries.LoopsRequest{Page: queries.Page{Limit: 1}})
	if page.StoppedBecause != "limit" || len(page.Items) != 1 {
		t.Fatalf("first page: %+v", page)
	}
	page = loops(t, v, queries.LoopsRequest{Page: queries.Page{Limit: 1, Cursor: page.NextCursor}})
	if !page.Complete || refs(page.Items[0].Companies) != "x y" {
		t.Errorf("second page: %+v", page)
	}
	if a = loops(t, v, queries.LoopsRequest{Company: "d"}); len(a.Items) != 1 {
		t.Errorf("of d: %+v", a.Items)
	}
	if a = loops(t, v, queries.LoopsRequest{Company: "s"}); len(a.Items) != 0 {
		t.Errorf("of s: %+v", a.Items)
	}
	over, cancel := context.WithDeadline(context.Background(), time.Unix(0, 0))
	defer cancel()
	if a, err := queries.Loops(over, v, queries.LoopsRequest{}); err != nil || a.StoppedBecause != "deadline" {
		t.Errorf("past the deadline: %v %+v", err, a)
	}
}

func TestLoopsAreStronglyConnected(t *testing.T) {
	store := drawn.Open(t)
	rapid.Check(t, func(rt *rapid.T) {
		to, statements := network(rt, 12)
		n := len(to)
		reach := make([][]bool, n) // Warshall's closure
		for i := range reach {
			reach[i] = slices.Clone(to[i])
		}
		for k := range n {
			for i := range n {
				for j := range n {
					reach[i][j] = reach[i][j] || reach[i][k] && reach[k][j]
				}
			}
		}
		var want []string
		for size := n; size >= 2; size-- {
			for i := range n {
				var group []string
				for j := range n {
					if j == i || reach[i][j] && reach[j][i] {
						group = append(group, name(j))
					}
				}
				if len(group) == size && group[0] == name(i) {
					want = append(want, strings.Join(group, " "))
				}
			}
		}
		var got []string
		for _, loop := range loops(t, drawn.ViewIn(t, store, statements), queries.LoopsRequest{}).Items {
			got = append(got, refs(loop.Companies))
			checkCycle(rt, to, loop.Example)
		}
		if !slices.Equal(got, want) {
			rt.Fatalf("got %q, want %q", got, want)
		}
	})
}

func checkCycle(t *rapid.T, to [][]bool, cycle []queries.Ref) {
	index := func(r queries.Ref) (i int) {
		_, _ = fmt.Sscanf(r.ID, "c%d", &i)
		return i
	}
	for i, r := range cycle {
		if !to[index(r)][index(cycle[(i+1)%len(cycle)])] {
			t.Fatalf("%q is no cycle", refs(cycle))
		}
	}
	if len(cycle) < 2 {
		t.Fatalf("cycle %q", refs(cycle))
	}
}

func TestStats(t *testing.T) {
	v := drawn.View(t, chain+`
		samsung-el name=Samsung country=KR
		samsung-bio name=Samsung country=KR
		Samsung -> nvidia : dram dataset=other
		someone -> nvidia : dram stance=denies valid_from=2020
		fund => nvidia share=0.07
		nvidia * gpu market_share=0.9
	`)
	a, err := queries.Stats(context.Background(), v, queries.StatsRequest{})
	if err != nil {
		t.Fatal(err)
	}
	if a.Companies.Count != 12 || a.Companies.Provisional != 3 || a.Companies.Ambiguous != 1 || a.Companies.WithCountry != 9 {
		t.Errorf("companies: %+v", a.Companies)
	}
	if len(a.Ambiguous) != 1 || fmt.Sprint(a.Ambiguous[0].Candidates) != "[samsung-bio samsung-el]" {
		t.Errorf("ambiguous: %+v", a.Ambiguous)
	}
	if want := (queries.RelationStats{Kind: "supplies", Count: 11, Active: 10, Claims: 12, WithShare: 1, Dated: 2, Sourced: 2, Denied: 1}); a.Relations[0] != want {
		t.Errorf("supplies: %+v, want %+v", a.Relations[0], want)
	}
	if fmt.Sprint(a.Datasets) != "[{drawn 13} {other 1}]" || a.FirstPeriod != "2020-01-01" || a.LastPeriod != "2024-12-31" || a.Claims != 14 || a.Denials != 1 {
		t.Errorf("datasets %v, from %s to %s, %d claims, %d denials", a.Datasets, a.FirstPeriod, a.LastPeriod, a.Claims, a.Denials)
	}
	cancelled, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := queries.Stats(cancelled, v, queries.StatsRequest{Scope: queries.Scope{AsOf: "2000"}}); err != nil && !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}

func TestFind(t *testing.T) {
	v := drawn.View(t, chain+"\n nvidia2 name=\"Nvidia Networking\" country=IL sector=Networks\n lei:x name=X\n acme name=\"Société Générale\" kind=fund")
	for _, test := range []struct {
		req  queries.FindRequest
		want string
	}{
		{queries.FindRequest{Query: "NVIDIA"}, "nvidia/exact nvidia2/prefix"},
		{queries.FindRequest{Query: "英伟"}, "nvidia/prefix"},
		{queries.FindRequest{Query: "societe"}, "acme/prefix"},
		{queries.FindRequest{Query: "generale"}, "acme/word"},
		{queries.FindRequest{Query: "vidia"}, "nvidia/contained nvidia2/contained"},
		{queries.FindRequest{Query: "nvidia", Country: "IL"}, "nvidia2/prefix"},
		{queries.FindRequest{Query: "", Country: "TW"}, "tsmc/"},
		{queries.FindRequest{Kind: "fund"}, "acme/"},
		{queries.FindRequest{Sector: "networks"}, "nvidia2/"},
		{queries.FindRequest{Query: "nothing like it"}, ""},
	} {
		a, err := queries.FindCompanies(context.Background(), v, test.req)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, row := range a.Items {
			got = append(got, row.ID+"/"+row.Match)
		}
		if strings.Join(got, " ") != test.want || !a.Complete || *a.Total != len(got) {
			t.Errorf("%+v: got %v, want %q", test.req, got, test.want)
		}
	}
	var all []string
	req := queries.FindRequest{Page: queries.Page{Limit: 2}}
	for {
		a, err := queries.FindCompanies(context.Background(), v, req)
		if err != nil {
			t.Fatal(err)
		}
		for _, row := range a.Items {
			all = append(all, row.ID)
		}
		if req.Cursor = a.NextCursor; req.Cursor == "" {
			break
		}
	}
	if fmt.Sprint(all) != "[acme asml hynix lei:x micron nvidia nvidia2 quartz tsmc zeiss]" {
		t.Errorf("pages of 2: %v", all)
	}
	products, err := queries.FindProducts(context.Background(), v, queries.FindRequest{Query: "hbm"})
	if err != nil || len(products.Items) != 2 || products.Items[0].Parent.ID != "memory" || products.Items[1].ID != "hbm3e" {
		t.Errorf("products: %v, %+v", err, products)
	}
	for _, req := range []queries.FindRequest{{Kind: "x"}, {Country: "ZZZ"}, {Page: queries.Page{Cursor: "x"}}, {Page: queries.Page{Limit: -1}}} {
		if _, err := queries.FindCompanies(context.Background(), v, req); !errors.Is(err, graph.ErrInvalid) {
			t.Errorf("%+v: %v", req, err)
		}
	}
	if _, err := queries.FindProducts(context.Background(), v, queries.FindRequest{Country: "US"}); !errors.Is(err, graph.ErrInvalid) {
		t.Errorf("products by country: %v", err)
	}
}

func TestCompany(t *testing.T) {
	v := drawn.View(t, chain+`
		nvidia ticker=XNAS:NVDA revenue=60922 currency=USD period=2024 dataset=filings
		fund => nvidia share=0.07
		nvidia => mellanox control=whole
		nvidia * gpu market_share=0.9 country=TW
		amd ~ nvidia role=competitor
		NVIDIA -> zeiss : gpu dataset=other
	`)
	a, err := queries.Company(context.Background(), v, queries.CompanyRequest{Company: "ticker:XNAS:NVDA"})
	if err != nil {
		t.Fatal(err)
	}
	got, _ := json.Marshal(struct {
		*queries.CompanyAnswer
		Answer int `json:"answer,omitempty"`
	}{CompanyAnswer: a})
	for _, want := range []string{
		`"id":"nvidia"`, `"name":"Nvidia"`, `"name_zh":"英伟达"`, `"identifiers":["ticker:XNAS:NVDA"]`,
		`"amounts":[{"field":"revenue","period":"2024","value":60922,"currency":"USD"}]`,
		`"records":[{"id":"nvidia","rule":"own"},{"id":"NVIDIA","rule":"name"}]`,
		`{"relation":"supplies","direction":"in","count":3}`, `{"relation":"supplies","direction":"out","count":1}`,
		`"makes":[{"product":{"id":"gpu","name":"gpu"},"relation":"makes~nvidia~gpu~","market_share":{"low":0.9,"high":0.9,"point":0.9,"basis":"stated"},"country":"TW"`,
		`"owners":[{"party":{"id":"fund","name":"fund"},"relation":"owns~fund~nvidia~","share":{"low":0.07`,
		`"owns":[{"party":{"id":"mellanox","name":"mellanox"},"relation":"owns~nvidia~mellanox~","share":null,"control":"whole"`,
		`"associated":[{"party":{"id":"amd","name":"amd"},"relation":"associated~amd~nvidia~","role":"competitor"`,
		`"datasets":["drawn","filings"]`,
		`{"product":{"id":"cowos","name":"cowos"},"companies":1}`,
	} {
		if !strings.Contains(string(got), want) {
			t.Errorf("missing %s\nin %s", want, got)
		}
	}
	if _, err := queries.Company(context.Background(), v, queries.CompanyRequest{Company: "nobody"}); !errors.Is(err, graph.ErrNotFound) {
		t.Errorf("nobody: %v", err)
	}
}
