package queries

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/tributarygraph/tributary/graph"
)

// Area is a part of the world: all conditions that it names must hold. The zero value is everywhere.
type Area struct {
	// Near is a place and a radius: "24.8,121.0,100km"; kilometres where no unit (km, m, mi) stands there.
	Near string `json:"near,omitempty" maxLength:"100" doc:"Within a radius of a place: latitude,longitude,radius, with the unit km (default), m or mi" example:"24.8,121.0,100km"`
	// Region is one of the regions that a site lies in, case, width and accents ignored.
	Region string `json:"region,omitempty" maxLength:"500" doc:"A region by name or code, as facility lists state it; case, width and accents ignored" example:"Hsinchu"`
}

// stated reports whether the area is not everywhere.
func (a Area) stated() bool { return a != Area{} }

// Resolve checks the area and spells it out.
func (a Area) Resolve() (Area, error) {
	a.Region = graph.Clean(a.Region)
	if a.Near = strings.TrimSpace(a.Near); a.Near == "" {
		return a, nil
	}
	c, err := parseCircle(a.Near)
	if err != nil {
		return a, fmt.Errorf("%w: near %q: %v", graph.ErrInvalid, a.Near, err)
	}
	a.Near = c.String()
	return a, nil
}

// text is the area in words, to go after a noun: "within 100 km of 24.8,121 in Hsinchu".
func (a Area) text() string {
	var parts []string
	if a.Near != "" {
		c, _ := parseCircle(a.Near) // Resolve wrote it
		parts = append(parts, fmt.Sprintf("within %s km of %s", number(c.radius), c.centre))
	}
	if a.Region != "" {
		parts = append(parts, "in "+a.Region)
	}
	return strings.Join(parts, " ")
}

// circle is all that lies within a radius, in kilometres, of a place.
type circle struct {
	centre graph.Place
	radius float64
}

func (c circle) String() string { return c.centre.String() + "," + number(c.radius) + "km" }

// units are lengths in kilometres; the longest suffix counts.
var units = []struct {
	suffix string
	km     float64
}{{"km", 1}, {"mi", 1.609344}, {"m", 0.001}, {"", 1}}

func parseCircle(text string) (c circle, err error) {
	const allowed = "allowed: latitude,longitude,radius, such as 24.8,121.0,100km"
	at := strings.LastIndexByte(text, ',')
	if strings.Count(text, ",") < 2 {
		return c, fmt.Errorf("not a place with a radius; %s", allowed)
	}
	radius := strings.ToLower(strings.TrimSpace(text[at+1:]))
	for _, u := range units {
		digits, ok := strings.CutSuffix(radius, u.suffix)
		if !ok {
			continue
		}
		x, err := strconv.ParseFloat(strings.TrimSpace(digits), 64)
		if err != nil || !(x > 0) || math.IsInf(x, 0) {
			return c, fmt.Errorf("the radius is no length; %s", allowed)
		}
		c.radius = math.Round(x*u.km*1e6) / 1e6
		break
	}
	c.centre, err = graph.ParsePlace(text[:at])
	return c, err
}

// lies says whether something lies in an area.
type lies uint8

const (
	liesOutside   lies = iota
	liesWithin         // certainly
	liesSomewhere      // what is stated does not tell
)

// places tells of sites whether they lie in an area. It remembers, and is not safe for use by several goroutines.
type places struct {
	v       *graph.View
	circle  *circle
	region  string
	country string // ISO 3166-1; empty for any
	known   map[graph.Node]lies
}

// newPlaces needs a resolved area.
func newPlaces(v *graph.View, a Area, country string) *places {
	p := &places{v: v, region: graph.NormalizeName(a.Region), country: country, known: map[graph.Node]lies{}}
	if a.Near != "" {
		c, _ := parseCircle(a.Near) // Resolve wrote it
		p.circle = &c
	}
	return p
}

// of tells where a site lies.
func (p *places) of(site graph.Node) lies {
	in, ok := p.known[site]
	if !ok {
		in = p.find(site)
		p.known[site] = in
	}
	return in
}

func (p *places) find(site graph.Node) lies {
	found := liesWithin
	and := func(in lies) {
		if found != liesOutside && in != liesWithin {
			found = in
		}
	}
	if p.country != "" {
		and(liesIf(p.v.NodeText(graph.KindSite, site, graph.FieldCountry), func(country string) bool { return country == p.country }))
	}
	if p.region != "" && found != liesOutside {
		and(liesIf(p.v.NodeText(graph.KindSite, site, graph.FieldRegion), p.inRegion))
	}
	if p.circle != nil && found != liesOutside {
		at, ok := p.v.PlaceOf(site)
		switch {
		case !ok:
			and(liesSomewhere)
		case p.circle.centre.Distance(at) > p.circle.radius:
			and(liesOutside)
		}
	}
	return found
}

func (p *places) inRegion(regions string) bool {
	for _, region := range graph.SplitList(regions) {
		if graph.NormalizeName(region) == p.region {
			return true
		}
	}
	return false
}

func liesIf(stated string, fits func(string) bool) lies {
	switch {
	case stated == "":
		return liesSomewhere
	case fits(stated):
		return liesWithin
	}
	return liesOutside
}

// spread is where several sites lie together, of which it is not known which part comes from each.
type spread struct{ within, outside, unknown int }

func (s *spread) add(in lies) {
	switch in {
	case liesWithin:
		s.within++
	case liesOutside:
		s.outside++
	default:
		s.unknown++
	}
}

// ofAll is where sites lie.
func (p *places) ofAll(sites []graph.Node) (s spread) {
	for _, site := range sites {
		s.add(p.of(site))
	}
	return s
}

// all reports whether all of them lie in the area, which must be some.
func (s spread) all() bool { return s.within > 0 && s.outside+s.unknown == 0 }
