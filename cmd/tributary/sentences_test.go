package main

import (
	"strings"
	"testing"

	"github.com/tributarygraph/tributary/queries"
)

func TestSentencesThatAreAlikeAreSaidOnce(t *testing.T) {
	var out strings.Builder
	o := &printer{w: &out, width: 60}
	o.sentences([]said{
		{"Cymer, Inc.", "If Cymer, Inc. stops, 4 of 9 members lose something or may: Cymer, Inc. is one of 2."},
		{"VDL", "If VDL stops, 3 of 9 members lose something or may."},
		{"Ichor", "If Ichor stops, 4 of 9 members lose something or may: Ichor is one of 2."},
		{"Zeiss", "If Zeiss stops, 4 of 9 members lose something or may: Zeiss is one of 2."},
		{"Foxconn", "If Foxconn stops, 3 of 9 members lose something or may."},
	})
	want := `
In words
  If Cymer, Inc. stops, 4 of 9 members lose something or
    may: Cymer, Inc. is one of 2.
    The same for each of these 2: Ichor; Zeiss.
  If VDL stops, 3 of 9 members lose something or may.
    The same for Foxconn.
`
	if out.String() != want {
		t.Errorf("got\n%s\nwant\n%s", out.String(), want)
	}
}

func TestRowsOfAPortfolioInALine(t *testing.T) {
	tsmc := queries.Ref{ID: "tsmc", Name: "TSMC"}
	m := &queries.PortfolioMatch{Rows: 12, Members: 9, Unknown: 2, Found: []queries.FoundMember{{Company: tsmc, Rows: []int64{2, 8}}},
		NotFound: make([]queries.MissingName, 2), Repeated: []queries.Ref{tsmc}, Spend: []queries.Money{{Amount: 7038000, Currency: "USD"}}}
	if got, want := portfolioText(m), "12 rows: 9 companies (TSMC from rows 2 and 8), 2 not found, 2 without spend, 7,038,000 USD"; got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	// Without any spend nothing is said of it; names that fit several companies are told.
	m = &queries.PortfolioMatch{Rows: 2, Members: 1, Unknown: 1, Ambiguous: make([]queries.UnclearName, 1)}
	if got, want := portfolioText(m), "2 rows: 1 company, 1 that fits several companies"; got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	m = &queries.PortfolioMatch{Rows: 2, Members: 2, Spend: []queries.Money{{Amount: 1250000.5, Currency: "EUR"}, {Amount: 640000, Currency: "USD"}}}
	if got, want := portfolioText(m), "2 rows: 2 companies, 1,250,000.5 EUR and 640,000 USD"; got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}
