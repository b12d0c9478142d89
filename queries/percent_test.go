package queries_test

import (
	"testing"

	"github.com/tributarygraph/tributary/queries"
)

func TestPercentText(t *testing.T) {
	for x, want := range map[float64]string{0: "0%", 1: "100%", 0.4: "40%", 0.0625: "6.3%", 0.9125: "91.3%", 0.123: "12.3%", 0.0004: "under 0.1%", 0.9996: "over 99.9%"} {
		if got := queries.PercentText(x); got != want {
			t.Errorf("%v: %s, want %s", x, got, want)
		}
	}
}
