package main

import (
	"strings"
	"testing"

	"github.com/tributarygraph/tributary/queries"
)

// Those of which the same is told stand together; what is hidden and what is direct is told apart.
func TestCommonSuppliersAlikeStandTogether(t *testing.T) {
	ref := func(name string) queries.Ref { return queries.Ref{ID: name, Name: name} }
	row := func(name string, direct ...queries.Ref) queries.PortfolioSupplierRow {
		r := queries.PortfolioSupplierRow{Members: 1, Behind: []queries.BehindMember{{Member: ref("Broadcom"), Tier: 2, Via: []queries.Ref{ref("TSMC")}}},
			DirectTo: direct, Spend: []queries.Money{{Amount: 10000, Currency: "USD"}}}
		r.Name = name
		return r
	}
	asml := row("ASML", ref("TSMC"))
	asml.SpendDirect = []queries.Money{{Amount: 1040000, Currency: "USD"}}
	var out strings.Builder
	o := &printer{w: &out}
	o.behindPortfolio([]queries.PortfolioSupplierRow{row("3M"), asml, row("AGC")}, &queries.PortfolioMatch{Members: 9, Spend: []queries.Money{{Amount: 7038000, Currency: "USD"}}})
	want := `1 of 9  Each of these 2: 3M; AGC
        Broadcom (tier 2, through TSMC)
        spend on those it stands behind: 10,000 USD
1 of 9  ASML
        Broadcom (tier 2, through TSMC)
        supplies TSMC directly: with these it reaches 2 of 9
        spend on those it stands behind: 10,000 USD; on those it supplies directly: 1,040,000 USD
`
	if out.String() != want {
		t.Errorf("got\n%s\nwant\n%s", out.String(), want)
	}
}
