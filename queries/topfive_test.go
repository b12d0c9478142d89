package queries_test

import (
	"testing"

	"github.com/tributarygraph/tributary/queries"
)

// Tools sells to foundry, nobody says how much. Without the total of its five greatest customers that may be all that gas,
// with 0.2, leaves. With it foundry and the four greatest of the others are five customers: foundry has at most 0.3 - 0.2.
func TestTopFiveNarrowsASale(t *testing.T) {
	for name, test := range map[string]struct{ said, want string }{
		"the total of the period":                              {"tools kind=company top_five_customers_share=0.3 period=2024", "2 tools 0.008-0.013"}, // 0.2 x 0.04 + 0.1 x 0.05
		"of another period, whose shares may have been others": {"tools kind=company top_five_customers_share=0.3 period=2023", "2 tools 0.008-0.023"},
		"of a period to come":                                  {"tools kind=company top_five_customers_share=0.3 period=2099", "2 tools 0.008-0.048"},
		"two that differ":                                      {"tools kind=company top_five_customers_share=0.3 period=2024 source=x\n\ttools kind=company top_five_customers_share=0.4 period=2024 source=y", "2 tools 0.008-0.018"},
		"one that contradicts a share":                         {"tools kind=company top_five_customers_share=0.1 period=2024", "2 tools 0.008-0.048"},
	} {
		a := exposure(t, `
			foundry -> fabless : wafer revenue_share=0.25
			gas -> foundry : gas revenue_share=0.4
			gas -> fabless : gas revenue_share=0.1
			tools -> foundry : tool
			tools -> gas : tool revenue_share=0.2 period=2024
			`+test.said, queries.ExposureRequest{Company: "fabless", Side: "revenue", Cut: 0.2})
		t.Run(name, func(t *testing.T) {
			wantExposures(t, a, "\n1 foundry 0.05\n1 gas 0.04\n"+test.want)
		})
	}
}

// A filing names its five greatest customers A to E with 0.30, 0.20, 0.15, 0.10, 0.05, and their total, 0.8. Whoever else
// is a customer has at most what the fifth has: 0.8 - (0.30 + 0.20 + 0.15 + 0.10) = 0.05. Two others have no more than
// 0.8 - (0.30 + 0.20 + 0.15) = 0.15 together, and six no more than 6/5 of the total.
func TestTopFiveOfAFiling(t *testing.T) {
	const five = `
		maker kind=company top_five_customers_share=0.8 period=2024
		maker -> a : p revenue_share=0.30 period=2024
		maker -> b : p revenue_share=0.20 period=2024
		maker -> c : p revenue_share=0.15 period=2024
		maker -> d : p revenue_share=0.10 period=2024
		maker -> e : p revenue_share=0.05 period=2024
	`
	stops := func(drawing string, req queries.ExposureRequest, of, want string) {
		t.Helper()
		req.Company, req.Side = "maker", "revenue"
		for _, row := range exposure(t, drawing, req).Items {
			if row.ID == of {
				if got := queries.BoundsText(row.RevenueLoss); got != want {
					t.Errorf("without %s: %s is lost, want %s", of, got, want)
				}
				return
			}
		}
		t.Errorf("no row of %s", of)
	}
	stops(five+"maker -> other : p", queries.ExposureRequest{}, "other", "at least 0%, at most 5%")
	stops("maker -> other : p", queries.ExposureRequest{}, "other", "at least 0%, at most 100%")
	stops(five+"maker -> other : p\n maker -> another : p", queries.ExposureRequest{}, "other", "at least 0%, at most 15%")
	stops("maker kind=company top_five_customers_share=0.1 period=2024\n maker -> u1 : p\n maker -> u2 : p\n maker -> u3 : p\n maker -> u4 : p\n maker -> u5 : p\n maker -> u6 : p",
		queries.ExposureRequest{}, "u1", "at least 0%, at most 12%")
	// Who has a share already, and more of which nobody says how much: e has 0.05 and perhaps more, all that A to D leave.
	stops(five+"maker -> e : q", queries.ExposureRequest{}, "e", "5%")
	// Where whoever nobody documents is to lose everything, what others have is not out of reach.
	stops(five+"maker -> other : p", queries.ExposureRequest{Undocumented: "worst"}, "other", "at least 0%, at most 20%")
}
