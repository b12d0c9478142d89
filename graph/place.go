package graph

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// Place is a point on the map, in degrees of WGS 84: what a phone, a map and a facility list mean.
type Place struct{ Latitude, Longitude float64 }

// ParsePlace reads a latitude and a longitude in decimal degrees, separated by a comma, a semicolon or space. The error
// says what is allowed; it wraps nothing, as its callers say what was found.
func ParsePlace(text string) (Place, error) {
	parts := strings.FieldsFunc(text, func(r rune) bool { return r == ',' || r == ';' || r == ' ' })
	const allowed = "allowed: latitude,longitude in decimal degrees (WGS 84), such as 24.7736,121.0118"
	if len(parts) != 2 {
		return Place{}, fmt.Errorf("not a place; %s", allowed)
	}
	var p Place
	for i, into := range []*float64{&p.Latitude, &p.Longitude} {
		x, err := strconv.ParseFloat(parts[i], 64)
		if err != nil || math.IsNaN(x) || strings.Contains(parts[i], "_") {
			return Place{}, fmt.Errorf("not a place; %s", allowed)
		}
		*into = roundDegrees(x)
	}
	switch {
	case math.Abs(p.Latitude) > 90 && math.Abs(p.Latitude) <= 180 && math.Abs(p.Longitude) <= 90:
		return Place{}, fmt.Errorf("latitude comes first; %s", allowed)
	case math.Abs(p.Latitude) > 90 || math.Abs(p.Longitude) > 180:
		return Place{}, fmt.Errorf("out of range: latitudes are -90 to 90, longitudes -180 to 180; %s", allowed)
	case p == Place{}:
		return Place{}, fmt.Errorf("0,0 lies in the sea and stands for an unknown place: leave it empty")
	}
	return p, nil
}

// roundDegrees keeps seven decimals, about a centimetre: more of them come from calculations, not from a map.
func roundDegrees(x float64) float64 {
	if x = math.Round(x*1e7) / 1e7; x == 0 {
		return 0 // minus zero is zero
	}
	return x
}

// String is the place as [ParsePlace] reads it.
func (p Place) String() string {
	return strconv.FormatFloat(p.Latitude, 'f', -1, 64) + "," + strconv.FormatFloat(p.Longitude, 'f', -1, 64)
}

// EarthRadius is the mean radius of the Earth in kilometres (IUGG).
const EarthRadius = 6371.0088

// Distance is the length in kilometres of the great circle between two places, by the haversine formula. The Earth is
// taken for a sphere: that is right to within 0.6%.
func (p Place) Distance(o Place) float64 {
	const degree = math.Pi / 180
	dLat, dLon := (o.Latitude-p.Latitude)*degree, (o.Longitude-p.Longitude)*degree
	a, b := math.Sin(dLat/2), math.Sin(dLon/2)
	h := a*a + math.Cos(p.Latitude*degree)*math.Cos(o.Latitude*degree)*b*b
	return 2 * EarthRadius * math.Asin(math.Sqrt(min(1, h)))
}
