package graph_test

import (
	"context"
	"testing"

	"github.com/tributarygraph/tributary/graph"
)

func TestHoldingText(t *testing.T) {
	for _, text := range []string{"..", "2025-06-01..", "..2027-06-01", "2025-06-01..2027-06-01 volume", ".. announced"} {
		if h, err := graph.ParseHolding(text); err != nil || h.String() != text {
			t.Errorf("%s: %s, %v", text, h, err)
		}
	}
	for _, text := range []string{"", "volume", "x..", "..y", ".. somehow"} {
		if h, err := graph.ParseHolding(text); err == nil {
			t.Errorf("%s: %s", text, h)
		}
	}
}

// A statement that repeats the holding of the claim that counts does not outlast what is said already.
func TestHolding(t *testing.T) {
	for name, test := range map[string]struct {
		claims    []said
		day, want string
	}{
		"nothing stated":         {[]said{{by: "s"}}, "2025", ".."},
		"dated":                  {[]said{{by: "s", from: "2024", to: "2026", stage: "volume"}}, "2025", "2024-01-01..2026-01-01 volume"},
		"the claim that counts":  {[]said{{by: "s", period: "2023", from: "2020", stage: "volume"}, {by: "o", period: "2024", to: "2027", stage: "qualified"}}, "2025", "..2027-01-01 qualified"},
		"only those that flow":   {[]said{{by: "s", period: "2023", from: "2020"}, {by: "o", period: "2024", to: "2024-06-01"}}, "2025", "2020-01-01.."},
		"it will have ended":     {[]said{{by: "s", from: "2024", stage: "volume"}, {by: "s", from: "2026-03-01", stage: "ended"}}, "2025", "2024-01-01..2026-03-01 volume"},
		"ended, as others say":   {[]said{{by: "s", from: "2024", stage: "volume"}, {by: "o", from: "2026-03-01", stage: "ended"}}, "2025", "2024-01-01.. volume"},
		"ended already, earlier": {[]said{{by: "s", from: "2022", stage: "ended"}, {by: "s", from: "2024", stage: "volume"}}, "2025", "2024-01-01.. volume"},
	} {
		f := newFeed()
		for _, x := range test.claims {
			f.put(x.statement(t))
		}
		v, err := graph.Load(context.Background(), f)
		if err != nil {
			t.Fatal(err)
		}
		r, _ := v.FindRelation(graph.RelationKey{Kind: graph.KindSupplies, From: "a", To: "b"})
		day, _ := graph.ParseDate(test.day)
		if got := v.Holding(r, graph.DefaultFilter(day)).String(); got != test.want {
			t.Errorf("%s: got %s, want %s", name, got, test.want)
		}
	}
}

func TestLater(t *testing.T) {
	for _, test := range []struct{ period, day, want string }{
		{"2024", "2026-11-24", "2026"}, {"2025Q4", "2026-01-01", "2026"}, {"2026", "2026-11-24", "2026H2"}, {"2026", "2026-07-01", "2026H2"},
		{"2026", "2026-06-30", "none"}, {"2026H2", "2026-11-24", "2026Q4"}, {"2026H2", "2026-09-30", "none"}, {"2026Q4", "2026-11-24", "none"},
		{"2026Q2", "2026-06-30", "2026"}, {"", "2026-06-30", ""},
	} {
		day, _ := graph.ParseDate(test.day)
		got, ok := graph.Period(test.period).Later(day)
		if !ok {
			got = "none"
		}
		if string(got) != test.want {
			t.Errorf("%s on %s: got %s, want %s", test.period, test.day, got, test.want)
		}
	}
}
