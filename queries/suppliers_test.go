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

	"github.com/tributarygraph/tributary/graph"
	"github.com/tributarygraph/tributary/queries"
	"github.com/tributarygraph/tributary/queries/internal/drawn"
)

// chain is the network of most tests here:
//
//	quartz -> hynix --hbm--> nvidia <--cowos-- tsmc <-euv- asml <-optics- zeiss
//	             \---dram--> nvidia              ^
//	micron --hbm3e--> nvidia                     |
//	hynix ------------hbm------------------------+
const chain = `
	nvidia name=Nvidia aliases=英伟达 country=US
	hynix name="SK Hynix" country=KR
	micron name=Micron country=US
	tsmc name=TSMC aliases=台积电 country=TW
	asml name=ASML country=NL
	zeiss name=Zeiss country=DE
	quartz name=Quartz country=US
	product memory name=Memory
	product hbm name=HBM parent=memory
	product hbm3e name=HBM3E parent=hbm
	product dram name=DRAM parent=memory
	source s1 published=2024-05-11
	source s2 published=2024-06-30
	hynix -> nvidia : hbm share_of_input=0.6 period=2024 source=s1 basis=filing stage=volume
	hynix -> nvidia : dram
	micron -> nvidia : hbm3e
	tsmc -> nvidia : cowos source=s1
	tsmc -> nvidia : cowos source=s2
	hynix -> tsmc : hbm origin_country=KR
	asml -> tsmc : euv
	zeiss -> asml : optics
	quartz -> hynix : sand
	nvidia -> zeiss : gpu
`

func suppliers(t *testing.T, v *graph.View, req queries.TiersRequest) *queries.TiersAnswer {
	t.Helper()
	return ask(t, queries.Suppliers, v, req)
}

// summary is "tier id(other tiers)<via" for each row.
func summary(rows []queries.TierRow) string {
	var out []string
	for _, r := range rows {
		text := fmt.Sprintf("%d %s", r.Tier, r.ID)
		if len(r.OtherTiers) > 0 {
			text += strings.ReplaceAll(fmt.Sprint(r.OtherTiers), " ", ",")
		}
		var via []string
		for _, c := range r.Via {
			via = append(via, c.ID)
		}
		if via != nil {
			text += "<" + strings.Join(via, ",")
		}
		out = append(out, text)
	}
	return strings.Join(out, " ")
}

func TestSuppliers(t *testing.T) {
	v := drawn.View(t, chain)
	for _, test := range []struct {
		name    string
		req     queries.TiersRequest
		want    string
		stopped string
	}{
		{"one tier", queries.TiersRequest{Depth: 1}, "1 hynix 1 micron 1 tsmc", "depth"},
		{"two tiers", queries.TiersRequest{Depth: 2}, "1 hynix[2] 1 micron 1 tsmc 2 asml<tsmc 2 quartz<hynix", "depth"},
		{"default", queries.TiersRequest{}, "1 hynix[2] 1 micron 1 tsmc 2 asml<tsmc 2 quartz[3]<hynix 3 zeiss<tsmc", ""},
		{"round the loop", queries.TiersRequest{Depth: 9}, "1 hynix[2] 1 micron 1 tsmc 2 asml<tsmc 2 quartz[3]<hynix 3 zeiss<tsmc", ""},
		{"by name in Chinese", queries.TiersRequest{Company: "英伟达", Depth: 1}, "1 hynix 1 micron 1 tsmc", "depth"},
		{"product and its kinds", queries.TiersRequest{Product: "HBM"}, "1 hynix[2] 1 micron", ""},
		{"product found deeper", queries.TiersRequest{Product: "euv"}, "2 asml<tsmc", ""},
		{"product beyond the depth", queries.TiersRequest{Product: "euv", Depth: 1}, "", "depth"},
		{"what stands behind an input", queries.TiersRequest{Product: "memory", ProductHop: "first"}, "1 hynix 1 micron 2 quartz<hynix", ""},
		{"every hop", queries.TiersRequest{Product: "memory", ProductHop: "every"}, "1 hynix 1 micron", ""},
		{"country", queries.TiersRequest{Country: "us"}, "1 micron 2 quartz[3]<hynix", ""},
		{"origin", queries.TiersRequest{Country: "KR", CountryBy: "origin"}, "2 hynix<tsmc", ""},
		{"no one", queries.TiersRequest{Company: "quartz"}, "", ""},
		{"customers", queries.TiersRequest{Company: "hynix", Direction: queries.Downstream}, "1 nvidia[2] 1 tsmc 2 zeiss[3]<nvidia 3 asml<nvidia", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			if test.req.Company == "" {
				test.req.Company = "nvidia"
			}
			a := suppliers(t, v, test.req)
			if got := summary(a.Items); got != test.want {
				t.Errorf("got  %s\nwant %s", got, test.want)
			}
			if a.StoppedBecause != test.stopped || a.Complete != (test.stopped == "") {
				t.Errorf("complete %v, stopped_because %q; want %q", a.Complete, a.StoppedBecause, test.stopped)
			}
		})
	}
}

func TestSupplierRow(t *testing.T) {
	v := drawn.View(t, chain)
	a := suppliers(t, v, queries.TiersRequest{Company: "nvidia", Depth: 1, Scope: queries.Scope{AsOf: "2024-12-31"}})
	got, _ := json.Marshal(a.Items[0])
	want := `{"tier":1,"other_tiers":[],"id":"hynix","name":"SK Hynix","country":"KR","country_kind":"headquarters","via":[],` +
		`"products":[{"id":"dram","name":"DRAM"},{"id":"hbm","name":"HBM"}],"relation":"supplies~hynix~nvidia~hbm","relations":2,` +
		`"hop":{"id":"nvidia","name":"Nvidia","name_zh":"英伟达"},"share":{"low":0.6,"high":0.6,"point":0.6,"basis":"stated","period":"2024"},` +
		`"stage":"volume","basis":"filing","last_confirmed":"2024-12-31","sources":1,"confidence":0.95,"confidence_combined":0.95}`
	if string(got) != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	if tsmc := a.Items[2]; tsmc.NameZH != "台积电" || tsmc.Sources != 2 || tsmc.LastConfirmed != "2024-06-30" {
		t.Errorf("tsmc: %+v", tsmc)
	}
	if a.AsOf != "2024-12-31" || *a.Total != 3 || a.Coverage != (queries.Coverage{Relations: 3, Sourced: 2, Dated: 2, Shares: 1}) {
		t.Errorf("answer: %+v", a.Answer)
	}
}

// Whom nothing is documented of is said with the list for which all tiers were walked, and not before.
func TestSuppliersOfWhomNothingIsKnown(t *testing.T) {
	v := drawn.View(t, "a -> b\n c -> b\n d -> b\n x -> a\n d -> d\n y -> c valid_to=2020")
	const want = "no suppliers are documented for 2 of the 3 tier-1 suppliers: who stands behind those is not known"
	first := suppliers(t, v, queries.TiersRequest{Company: "b", Page: queries.Page{Limit: 3}})
	for name, test := range map[string]struct {
		req  queries.TiersRequest
		want []string
	}{
		"all":         {queries.TiersRequest{}, []string{want}},
		"one tier":    {queries.TiersRequest{Depth: 1}, []string{}},
		"first part":  {queries.TiersRequest{Page: queries.Page{Limit: 3}}, []string{}},
		"last part":   {queries.TiersRequest{Page: queries.Page{Limit: 3, Cursor: first.NextCursor}}, []string{want}},
		"another day": {queries.TiersRequest{Scope: queries.Scope{AsOf: "2019"}}, []string{strings.Replace(want, "2", "1", 1)}},
		"nobody":      {queries.TiersRequest{Company: "x"}, []string{}},
		"customers":   {queries.TiersRequest{Company: "x", Direction: queries.Downstream}, []string{}},
	} {
		if test.req.Company == "" {
			test.req.Company = "b"
		}
		if a := suppliers(t, v, test.req); !slices.Equal(a.Warnings, test.want) {
			t.Errorf("%s: %q, want %q", name, a.Warnings, test.want)
		}
	}
}

func TestSuppliersPages(t *testing.T) {
	v := drawn.View(t, chain)
	for _, product := range []string{"", "memory"} {
		whole := suppliers(t, v, queries.TiersRequest{Company: "nvidia", Depth: 5, Product: product})
		for limit := 1; limit <= len(whole.Items)+1; limit++ {
			var rows []queries.TierRow
			req := queries.TiersRequest{Company: "nvidia", Depth: 5, Product: product, Page: queries.Page{Limit: limit}}
			for {
				a := suppliers(t, v, req)
				rows = append(rows, a.Items...)
				if a.NextCursor == "" {
					if !a.Complete {
						t.Errorf("limit %d: the last page says %q", limit, a.StoppedBecause)
					}
					break
				}
				if a.StoppedBecause != "limit" || len(a.Items) != limit {
					t.Fatalf("limit %d: %d items, %q", limit, len(a.Items), a.StoppedBecause)
				}
				req.Cursor = a.NextCursor
			}
			got, _ := json.Marshal(rows)
			want, _ := json.Marshal(whole.Items)
			if string(got) != string(want) {
				t.Errorf("limit %d: got %s\nwant %s", limit, got, want)
			}
		}
	}
}

func TestSuppliersErrors(t *testing.T) {
	v := drawn.View(t, chain+"\n samsung-el name=Samsung country=KR\n samsung-bio name=Samsung country=KR")
	first := suppliers(t, v, queries.TiersRequest{Company: "nvidia", Page: queries.Page{Limit: 1}})
	for _, test := range []struct {
		name string
		req  queries.TiersRequest
		want error
	}{
		{"unknown company", queries.TiersRequest{Company: "nobody"}, graph.ErrNotFound},
		{"ambiguous company", queries.TiersRequest{Company: "Samsung"}, graph.ErrAmbiguous},
		{"unknown product", queries.TiersRequest{Company: "nvidia", Product: "x"}, graph.ErrNotFound},
		{"depth", queries.TiersRequest{Company: "nvidia", Depth: 101}, graph.ErrInvalid},
		{"kind", queries.TiersRequest{Company: "nvidia", Kinds: []string{"makes"}}, graph.ErrInvalid},
		{"stage", queries.TiersRequest{Company: "nvidia", Scope: queries.Scope{Stages: []string{"x"}}}, graph.ErrInvalid},
		{"date", queries.TiersRequest{Company: "nvidia", Scope: queries.Scope{AsOf: "x"}}, graph.ErrInvalid},
		{"confidence", queries.TiersRequest{Company: "nvidia", Scope: queries.Scope{MinConfidence: 2}}, graph.ErrInvalid},
		{"country", queries.TiersRequest{Company: "nvidia", Country: "ZZZ"}, graph.ErrInvalid},
		{"garbled cursor", queries.TiersRequest{Company: "nvidia", Page: queries.Page{Cursor: "%"}}, graph.ErrInvalid},
		{"foreign cursor", queries.TiersRequest{Company: "tsmc", Page: queries.Page{Cursor: first.NextCursor}}, graph.ErrInvalid},
	} {
		if _, err := queries.Suppliers(context.Background(), v, test.req); !errors.Is(err, test.want) {
			t.Errorf("%s: got %v, want %v", test.name, err, test.want)
		}
	}
}

func TestSuppliersScope(t *testing.T) {
	//	a -sampling-> c    b -volume, until 2023-> c    d -hearsay-> c    e -denied-> c
	v := drawn.View(t, `
		a -> c stage=sampling
		b -> c stage=volume valid_from=2020 valid_to=2023
		d -> c basis=hearsay
		e -> c stance=denies
	`)
	for _, test := range []struct {
		scope queries.Scope
		want  string
	}{
		{queries.Scope{}, "1 d"},
		{queries.Scope{AsOf: "2022"}, "1 b 1 d"},
		{queries.Scope{AsOf: "2023-01-01"}, "1 d"},
		{queries.Scope{AsOf: "any"}, "1 b 1 d"},
		{queries.Scope{Stages: []string{"sampling"}}, "1 a"},
		{queries.Scope{AsOf: "any", MinConfidence: 0.4}, "1 b"},
	} {
		if got := summary(suppliers(t, v, queries.TiersRequest{Company: "c", Scope: test.scope}).Items); got != test.want {
			t.Errorf("%+v: got %q, want %q", test.scope, got, test.want)
		}
	}
}

func TestSuppliersDeadline(t *testing.T) {
	v := drawn.View(t, chain)
	over, cancel := context.WithDeadline(context.Background(), time.Unix(0, 0))
	defer cancel()
	a, err := queries.Suppliers(over, v, queries.TiersRequest{Company: "nvidia"})
	if err != nil || a.Complete || a.StoppedBecause != "deadline" || len(a.Items) != 0 {
		t.Errorf("past the deadline: %v, %+v", err, a)
	}
	cancelled, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := queries.Suppliers(cancelled, v, queries.TiersRequest{Company: "nvidia"}); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}
