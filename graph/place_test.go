package graph_test

import (
	"math"
	"testing"

	"github.com/tributarygraph/tributary/graph"
)

// Distances between towns whose coordinates and distances are known.
func TestDistance(t *testing.T) {
	for _, test := range []struct {
		a, b graph.Place
		want float64
	}{
		{graph.Place{Latitude: 0, Longitude: 0}, graph.Place{Latitude: 0, Longitude: 1}, 111.195},
		{graph.Place{Latitude: 0, Longitude: 179.5}, graph.Place{Latitude: 0, Longitude: -179.5}, 111.195}, // over the date line
		{graph.Place{Latitude: 90, Longitude: 12}, graph.Place{Latitude: 90, Longitude: -70}, 0},           // one pole
		{graph.Place{Latitude: 36.12, Longitude: -86.67}, graph.Place{Latitude: 33.94, Longitude: -118.40}, 2886.45},
		{graph.Place{Latitude: 10, Longitude: 20}, graph.Place{Latitude: -10, Longitude: -160}, math.Pi * graph.EarthRadius},
	} {
		if got := test.a.Distance(test.b); math.Abs(got-test.want) > 0.1 {
			t.Errorf("from %v to %v: %.3f km, want %.3f", test.a, test.b, got, test.want)
		}
		if test.a.Distance(test.b) != test.b.Distance(test.a) {
			t.Errorf("%v and %v are not as far from each other", test.a, test.b)
		}
	}
}

func TestParsePlace(t *testing.T) {
	for text, want := range map[string]string{"24.8138,120.9675": "24.8138,120.9675", "-33.9; 18.4": "-33.9,18.4", "+1.25 -0": "1.25,0", "23.11970000001,120.3": "23.1197,120.3"} {
		p, err := graph.ParsePlace(text)
		if err != nil || p.String() != want {
			t.Errorf("%q is %v, %v; want %s", text, p, err, want)
		}
	}
	for _, text := range []string{"", "24.8", "24.8,121,3", "91,0", "-91,10", "24,181", "121,24.8", "0,0", "NaN,1", "Inf,1", "24°,121°"} {
		if p, err := graph.ParsePlace(text); err == nil {
			t.Errorf("%q is read as %v", text, p)
		}
	}
}
