package queries_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/tributarygraph/tributary/graph"
	"github.com/tributarygraph/tributary/queries"
	"github.com/tributarygraph/tributary/queries/internal/drawn"
)

func chainOf(t testing.TB, v *graph.View, req queries.ChainRequest) *queries.ChainAnswer {
	t.Helper()
	a, err := queries.Chain(context.Background(), v, req)
	if err != nil {
		t.Fatal(err)
	}
	return a
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
