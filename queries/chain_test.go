package queries_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/tributarygraph/tributary/graph"
	"github.com/tributarygraph/tributary/queries"
	"github.com/tributarygraph/tributary/queries/internal/drawn"
)

func chainOf(t testing.TB, v *graph.View, req queries.ChainRequest) *queries.ChainAnswer {
	t.Helper()
	return ask(t, queries.Chain, v, req)
}

// nodeText is "tier id" of each node, with its other tier, the companies of a group and what it is only passed for.
func nodeText(a *queries.ChainAnswer) string {
	var out []string
	for _, n := range a.Nodes {
		text := fmt.Sprintf("%d %s", n.Tier, n.ID)
		if len(n.OtherTiers) > 0 {
			text += fmt.Sprint(n.OtherTiers)
		}
		if n.Kind == "group" {
			text += fmt.Sprintf("(%d)", n.Companies)
		}
		if n.Passed {
			text += "?"
		}
		out = append(out, text)
	}
	return strings.Join(out, ", ")
}

// linkText is "from>to:relations" of each link, with ~ before those within a tier or against the flow.
func linkText(a *queries.ChainAnswer) string {
	var out []string
	for _, l := range a.Links {
		text := fmt.Sprintf("%s>%s:%d", l.From, l.To, l.Relations)
		if l.Within {
			text = "~" + text
		}
		out = append(out, text)
	}
	return strings.Join(out, ", ")
}

func TestChain(t *testing.T) {
	v := drawn.View(t, chain)
	a := chainOf(t, v, queries.ChainRequest{Company: "nvidia", Suppliers: 2, Customers: 1})
	if got, want := nodeText(a), "-2 asml, -2 quartz, -1 hynix, -1 micron, -1 tsmc, 0 nvidia, 1 zeiss"; got != want {
		t.Errorf("nodes\ngot  %s\nwant %s", got, want)
	}
	if got, want := linkText(a), "asml>tsmc:1, quartz>hynix:1, ~hynix>tsmc:1, hynix>nvidia:2, micron>nvidia:1, tsmc>nvidia:1, nvidia>zeiss:1, ~zeiss>asml:1"; got != want {
		t.Errorf("links\ngot  %s\nwant %s", got, want)
	}
}

// The example of docs/queries/chain.md.
func TestChainByHand(t *testing.T) {
	for _, test := range []struct {
		name        string
		req         queries.ChainRequest
		nodes, left string
	}{
		{"both sides", queries.ChainRequest{Suppliers: 3, Customers: 1},
			"-2 asml, -2 quartz, -1 hynix, -1 micron, -1 tsmc, 0 nvidia, 1 zeiss[-3]", "there are customers beyond tier 1"},
		{"a product next to the company", queries.ChainRequest{Suppliers: 2, Product: "memory"},
			"-2 quartz, -1 hynix, -1 micron, 0 nvidia", ""},
		{"a product of every hop", queries.ChainRequest{Suppliers: 3, Product: "memory", ProductHop: "every"},
			"-1 hynix, -1 micron, 0 nvidia", ""},
		{"a product that brings companies in", queries.ChainRequest{Suppliers: 3, Product: "optics", ProductHop: "listed"},
			"-3 zeiss, -2 asml?, -1 tsmc?, 0 nvidia", "companies within these tiers that the countries or the product leave out: 3"},
		{"a country", queries.ChainRequest{Suppliers: 2, Countries: []string{"nl"}},
			"-2 asml, -1 tsmc?, 0 nvidia", "there are suppliers beyond tier 2; companies within these tiers that the countries or the product leave out: 3"},
		{"two countries", queries.ChainRequest{Suppliers: 2, Countries: []string{"NL", "KR"}},
			"-2 asml, -1 hynix, -1 tsmc?, 0 nvidia", "there are suppliers beyond tier 2; companies within these tiers that the countries or the product leave out: 2"},
		{"groups of one are companies", queries.ChainRequest{Suppliers: 1, Visible: 2},
			"-1 hynix, -1 micron, -1 tsmc, 0 nvidia", "there are suppliers beyond tier 1"},
		{"unknown sectors", queries.ChainRequest{Suppliers: 1, Visible: 2, Fold: "sector"},
			"-1 hynix, -1 group:-1:(2), 0 nvidia", "there are suppliers beyond tier 1; companies folded into groups: 2"},
		{"opened", queries.ChainRequest{Suppliers: 1, Visible: 2, Fold: "sector", Open: []string{"0:x", "-1:"}},
			"-1 hynix, -1 micron, -1 tsmc, 0 nvidia", "there are suppliers beyond tier 1"},
	} {
		test.req.Company = "nvidia"
		a := chainOf(t, drawn.View(t, chain), test.req)
		if got := nodeText(a); got != test.nodes {
			t.Errorf("%s: nodes\ngot  %s\nwant %s", test.name, got, test.nodes)
		}
		if got := strings.Join(a.LeftOut.Text, "; "); got != test.left {
			t.Errorf("%s: left out\ngot  %s\nwant %s", test.name, got, test.left)
		}
	}
}

// Shares of several suppliers of one product add up, at most to what the others leave; those of several products or buyers
// do not.
func TestChainShares(t *testing.T) {
	v := drawn.View(t, `
		a country=JP
		b country=JP
		c country=US
		d country=US
		a -> x : p share_of_input=0.5 period=2024
		b -> x : p
		c -> x : p share_of_input=0.2 period=2024
		d -> x : q share_of_input=0.9 period=2024
		e -> x : q
		x -> m : r
		x -> n : r
		x -> o : r
	`)
	for _, test := range []struct {
		fold, from, to, want string
	}{
		{"country", "d", "x", "[0.9 0.9] stated q"},
		{"product", "group:-1:p", "x", "[0.7 1] sum p"},
		{"country", "group:-1:JP", "x", "[0.5 0.8] sum p"},
		{"country", "x", "group:1:", "the intakes of several buyers do not add up"},
	} {
		a := chainOf(t, v, queries.ChainRequest{Company: "x", Suppliers: 1, Customers: 1, Visible: 1, Fold: test.fold})
		got := "no link"
		for _, l := range a.Links {
			if l.From != test.from || l.To != test.to {
				continue
			}
			if got = l.ShareReason; l.Share != nil {
				got = fmt.Sprintf("[%.3g %.3g] %s %s", l.Share.Low, l.Share.High, l.Share.Basis, l.ShareProduct.ID)
			}
		}
		if got != test.want {
			t.Errorf("by %s, %s to %s: %s, want %s (%s)", test.fold, test.from, test.to, got, test.want, linkText(a))
		}
	}
}

func TestChainDates(t *testing.T) {
	v := drawn.View(t, `
		a -> x : p valid_from=2020-01-01 valid_to=2022-01-01
		a -> x : p valid_from=2022-01-01 valid_to=2023-06-01 source=s
		b -> x : p valid_from=2021-03-01
		c -> a : q valid_from=2019-01-01 valid_to=2019-06-01
		z -> c : q valid_from=1999-01-01
	`)
	a := chainOf(t, v, queries.ChainRequest{Company: "x", Suppliers: 2, Scope: queries.Scope{AsOf: "2024"}})
	if got, want := nodeText(a), "-1 b, 0 x"; got != want {
		t.Errorf("nodes %s, want %s", got, want)
	}
	if got, want := strings.Join(a.Dates.Changes, " "), "2019-01-01 2019-06-01 2020-01-01 2021-03-01 2023-06-01"; got != want || a.Dates.Count != 5 || a.Dates.First != "2019-01-01" || a.Dates.Last != "2023-06-01" {
		t.Errorf("dates %+v, want %s", a.Dates, want)
	}
	if l := a.Links[0]; l.ValidFrom != "2021-03-01" || l.ValidTo != "" {
		t.Errorf("valid from %q to %q", l.ValidFrom, l.ValidTo)
	}
}

// When the time is over the answer has what was found, and says so.
func TestChainDeadline(t *testing.T) {
	v := drawn.View(t, chain)
	ctx, cancel := context.WithDeadline(context.Background(), time.Unix(0, 0))
	defer cancel()
	a, err := queries.Chain(ctx, v, queries.ChainRequest{Company: "nvidia", Suppliers: 2, Customers: 1})
	if err != nil {
		t.Fatal(err)
	}
	if a.Complete || a.StoppedBecause != queries.StoppedByDeadline || len(a.Warnings) != 1 {
		t.Errorf("complete %v, stopped because %q, warnings %q", a.Complete, a.StoppedBecause, a.Warnings)
	}
	companies := 0
	for _, tier := range a.Tiers {
		companies += tier.Companies
	}
	if len(a.Tiers) != 4 || companies != len(a.Nodes) || a.Nodes[0].ID == "" {
		t.Errorf("tiers %+v of %s", a.Tiers, nodeText(a))
	}
	ctx, cancel = context.WithCancel(context.Background())
	cancel()
	if _, err := queries.Chain(ctx, v, queries.ChainRequest{Company: "nvidia", Suppliers: 2}); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}

func TestChainInvalid(t *testing.T) {
	v := drawn.View(t, chain)
	for _, req := range []queries.ChainRequest{
		{Suppliers: -1}, {Customers: 11}, {Visible: 2001}, {Visible: -1}, {Limit: -1}, {Fold: "size"}, {ProductHop: "last"}, {Countries: []string{"XX1"}},
		{Open: []string{"JP"}}, {Open: []string{"x:JP"}}, {Open: []string{"11:JP"}},
	} {
		req.Company = "nvidia"
		if _, err := queries.Chain(context.Background(), v, req); !errors.Is(err, graph.ErrInvalid) {
			t.Errorf("%+v: %v", req, err)
		}
	}
}
