package queries_test

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/tributarygraph/tributary/graph"
	"github.com/tributarygraph/tributary/queries"
	"github.com/tributarygraph/tributary/queries/internal/drawn"
)

// The network of docs/queries/sites.md.
const twoTowns = `
	foundry country=US
	osat country=TW
	product wafer
	product n5 parent=wafer
	product n3 parent=wafer
	site fab-a name="Fab A" operator=foundry country=TW region=Hsinchu;新竹 place=24.77,121.01
	site fab-b name="Fab B" operator=foundry country=TW region=Tainan place=23.12,120.27
	site plant name="Plant 1" operator=osat country=TW region=Hsinchu place=24.80,120.97
	site depot name="Plant 1" operator=gas
	foundry -> phones : n5 site="Fab A" share_of_input=1 essential=true
	foundry -> chips : n3 site=fab-b share_of_input=1 essential=true
	foundry -> lab : mask share_of_input=1 essential=true
	osat -> chips : packaging share_of_input=0.4 essential=true
	air -> phones : neon
`

func sites(t *testing.T, drawing string, req queries.SitesRequest) *queries.SitesAnswer {
	t.Helper()
	answer, err := queries.Sites(context.Background(), drawn.View(t, drawing), req)
	if err != nil {
		t.Fatal(err)
	}
	return answer
}

// rowsOf writes the rows as "id operator distance products".
func rowsOfSites(a *queries.SitesAnswer) string {
	var rows []string
	for _, r := range a.Items {
		row := r.ID
		if r.Operator != nil {
			row += " " + r.Operator.ID
		}
		if r.Distance != nil {
			row += fmt.Sprintf(" %.1f", *r.Distance)
		}
		for _, p := range r.Products {
			row += " " + p.ID
		}
		rows = append(rows, row)
	}
	return strings.Join(rows, "; ")
}

func TestSites(t *testing.T) {
	for name, test := range map[string]struct {
		req  queries.SitesRequest
		want string
	}{
		"all":                 {queries.SitesRequest{}, "depot gas; fab-a foundry n5; fab-b foundry n3; plant osat"},
		"near, nearest first": {queries.SitesRequest{Area: queries.Area{Near: "24.8, 121, 20km"}}, "plant osat 3.0; fab-a foundry 3.5 n5"},
		"in miles":            {queries.SitesRequest{Area: queries.Area{Near: "24.8,121,2mi"}}, "plant osat 3.0"},
		"in metres":           {queries.SitesRequest{Area: queries.Area{Near: "24.8,121,3400m"}}, "plant osat 3.0"},
		"region":              {queries.SitesRequest{Area: queries.Area{Region: "HSINCHU"}}, "fab-a foundry n5; plant osat"},
		"region in Chinese":   {queries.SitesRequest{Area: queries.Area{Region: "新竹"}}, "fab-a foundry n5"},
		"region and near":     {queries.SitesRequest{Area: queries.Area{Region: "Tainan", Near: "24.8,121,1000"}}, "fab-b foundry 201.0 n3"},
		"country":             {queries.SitesRequest{Country: "TWN"}, "fab-a foundry n5; fab-b foundry n3; plant osat"},
		"operator":            {queries.SitesRequest{Operator: "Foundry"}, "fab-a foundry n5; fab-b foundry n3"},
		"operator near":       {queries.SitesRequest{Operator: "foundry", Area: queries.Area{Near: "24.8,121,20km"}}, "fab-a foundry 3.5 n5"},
		"name":                {queries.SitesRequest{Query: "plant 1"}, "depot gas; plant osat"},
	} {
		if got := rowsOfSites(sites(t, twoTowns, test.req)); got != test.want {
			t.Errorf("%s: %s; want %s", name, got, test.want)
		}
	}
	if a := sites(t, twoTowns, queries.SitesRequest{Area: queries.Area{Near: "24.8,121,20km"}}); a.UnknownPlace != 1 {
		t.Errorf("%d sites of unknown place; want 1", a.UnknownPlace)
	}
	for _, near := range []string{"24.8,121", "24.8,121,0km", "24.8,121,-5km", "24.8,121,NaN", "121,24.8,5km", "here", "24.8,121,5 parsecs"} {
		if _, err := queries.Sites(context.Background(), drawn.View(t, twoTowns), queries.SitesRequest{Area: queries.Area{Near: near}}); err == nil {
			t.Errorf("near %q is taken", near)
		}
	}
}

// Parts of a list are the whole list.
func TestSitesInParts(t *testing.T) {
	v := drawn.View(t, twoTowns)
	for _, area := range []queries.Area{{}, {Near: "24.8,121,300km"}} {
		var got []string
		for cursor, first := "", true; first || cursor != ""; first = false {
			a, err := queries.Sites(context.Background(), v, queries.SitesRequest{Area: area, Page: queries.Page{Limit: 1, Cursor: cursor}})
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, rowsOfSites(a))
			cursor = a.NextCursor
		}
		whole, err := queries.Sites(context.Background(), v, queries.SitesRequest{Area: area})
		if err != nil {
			t.Fatal(err)
		}
		if want := rowsOfSites(whole); strings.Join(got, "; ") != want {
			t.Errorf("in parts %s; want %s", strings.Join(got, "; "), want)
		}
	}
}

// The index finds the same sites as looking at every one, also at the poles and over the date line.
func TestSitesNearEverywhere(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		latitude := rapid.OneOf(rapid.Float64Range(-90, 90), rapid.SampledFrom([]float64{-90, 90, 0, 45, 46, 89.9, -89.9}))
		longitude := rapid.OneOf(rapid.Float64Range(-180, 180), rapid.SampledFrom([]float64{-180, 180, 179.9, -179.9, 0}))
		place := func(label string) graph.Place {
			return graph.Place{Latitude: latitude.Draw(t, label+" latitude"), Longitude: longitude.Draw(t, label+" longitude")}
		}
		var all []graph.Place
		for i := range rapid.IntRange(0, 30).Draw(t, "sites") {
			all = append(all, place(fmt.Sprint(i)))
		}
		centre := place("centre")
		radius := rapid.OneOf(rapid.Float64Range(0.001, 300), rapid.Float64Range(300, 21000)).Draw(t, "radius")
		var want []int
		for i, p := range all {
			if centre.Distance(p) <= radius {
				want = append(want, i)
			}
		}
		if got := queries.NewNearIndex(all).Near(centre, radius); !slices.Equal(got, want) {
			t.Fatalf("within %v km of %v: %v; want %v", radius, centre, got, want)
		}
	})
}

func stopNear(near string) queries.DisruptionRequest {
	return queries.DisruptionRequest{Scenario: queries.Scenario{Targets: []queries.Target{{Near: near}}}}
}

// The example of docs/queries/sites.md, worked by hand.
func TestDisruptByPlace(t *testing.T) {
	a := disrupt(t, twoTowns, stopNear("24.8,121,20km"))
	wantLosses(t, a, `
		1 phones [] 1-1
		1 chips [] 0.4-0.4
		1 lab [] 0-1
		0 osat [packaging] 1-1`)
	row := a.Targets[0]
	if row.Sites != 2 || row.Companies != 1 || row.Relations != 2 || row.Partly != 1 || row.Unknown != 1 || row.By != queries.BySite {
		t.Errorf("the target hits %+v; want 2 sites, 1 company, 2 relations, one of them partly, and 1 unknown", row)
	}
	if row.Text != "everything from sites within 20 km of 24.8,121" {
		t.Errorf("the target reads %q", row.Text)
	}
	south := disrupt(t, twoTowns, queries.DisruptionRequest{Scenario: queries.Scenario{Targets: []queries.Target{{Region: "tainan", Capacity: 0.5}}}})
	wantLosses(t, south, `
		1 chips [] 0.5-0.5
		1 lab [] 0-0.5`)
	worst := stopNear("24.8,121,20km")
	worst.Undocumented = "worst"
	if a := disrupt(t, twoTowns, worst); !strings.Contains(strings.Join(a.Warnings, " "), "may be hit") {
		t.Errorf("warnings %v; want that the relation of unknown origin may be hit", a.Warnings)
	}
}

// What a makes claim says of a product holds for everything that is supplied of it, and one that names several sites may
// lose anything.
func TestDisruptWhereItIsMade(t *testing.T) {
	const network = `
		site north operator=maker place=50,10
		site south operator=maker place=40,10
		maker * steel site=north
		maker * glass site=north;south
		maker -> car : steel share_of_input=1 essential=true
		maker -> house : glass share_of_input=1 essential=true
		maker -> road : tar share_of_input=1 essential=true site=south
	`
	wantLosses(t, disrupt(t, network, stopNear("50,10,5km")), `
		1 car [] 1-1
		1 house [] 0-1
		0 maker [steel] 1-1
		0 maker [glass] 0-1`)
	product := stopNear("50,10,5km")
	product.Scenario.Targets[0].Product = "steel"
	wantLosses(t, disrupt(t, network, product), `
		1 car [] 1-1
		0 maker [steel] 1-1`)
}

// Everything that a company does at known sites in the place stops with it; one that names a site elsewhere does not.
func TestDisruptAllKnownSites(t *testing.T) {
	const network = `
		site a operator=one place=10,10
		site b operator=two place=10,10
		site c operator=three place=30,30
		one -> x : p share_of_input=1 essential=true
		two -> y : q share_of_input=1 essential=true site=c
		two -> z : r share_of_input=1 essential=true
	`
	wantLosses(t, disrupt(t, network, stopNear("10,10,5km")), `
		1 x [] 1-1
		1 z [] 1-1
		0 one [p] 1-1`)
}

// Of several sites with one name, a claim means the one that its supplier runs; one that nobody knows is told.
func TestSiteNames(t *testing.T) {
	const network = `
		site a1 name="Plant 1" operator=a place=10,10
		site b1 name="Plant 1" operator=b place=50,50
		a -> x : p site="Plant 1" share_of_input=1 essential=true
		b -> y : q site="plant 1" share_of_input=1 essential=true
		c -> z : r site="Plant 1;nowhere" share_of_input=1 essential=true
	`
	a := disrupt(t, network, stopNear("10,10,5km"))
	wantLosses(t, a, `
		1 x [] 1-1
		0 a [p] 1-1`)
	if warnings := strings.Join(a.Warnings, "\n"); !strings.Contains(warnings, "2 names that no site, or more than one, goes by: Plant 1, nowhere") {
		t.Errorf("warnings %s", warnings)
	}
}

// A country is that of the headquarters, of origin, or of the site: each its own.
func TestCountriesOfSites(t *testing.T) {
	const network = `
		foundry country=US
		site fab operator=foundry country=TW
		foundry -> chips : wafer site=fab share_of_input=1 essential=true
		foundry -> lab : mask origin_country=JP site=fab share_of_input=1 essential=true
	`
	stopped := func(country, by string) queries.DisruptionRequest {
		return queries.DisruptionRequest{Scenario: queries.Scenario{Targets: []queries.Target{{Country: country, By: by}}}}
	}
	for _, test := range []struct{ country, by, want string }{
		{"US", "headquarters", "1 chips [] 1-1\n1 lab [] 1-1\n0 foundry [mask wafer] 1-1"},
		{"US", "origin", ""},
		{"TW", "origin", "1 chips [] 1-1"}, // nobody states it, and the site lies there
		{"JP", "origin", "1 lab [] 1-1"},
		{"TW", "site", "1 chips [] 1-1\n1 lab [] 1-1\n0 foundry [mask wafer] 1-1"},
		{"JP", "site", ""},
	} {
		t.Run(test.country+" "+test.by, func(t *testing.T) {
			wantLosses(t, disrupt(t, network, stopped(test.country, test.by)), test.want)
		})
	}
	for name, target := range map[string]queries.Target{
		"a place by headquarters": {Near: "1,1,1km", By: "headquarters"},
		"a relation and a place":  {Relation: "supplies~a~b~c", Region: "x"},
		"nowhere":                 {Near: "somewhere"},
	} {
		req := queries.DisruptionRequest{Scenario: queries.Scenario{Targets: []queries.Target{target}}}
		if _, err := queries.Disruption(context.Background(), drawn.View(t, network), req); err == nil {
			t.Errorf("%s is taken", name)
		}
	}
}

// A group comes from the sites of its members.
func TestSitesOfGroups(t *testing.T) {
	const network = `
		head => sub share=1
		site a operator=sub place=10,10
		site b operator=head place=50,50
		sub -> x : p share_of_input=1 essential=true
	`
	req := stopNear("10,10,5km")
	wantLosses(t, disrupt(t, network, req), `
		1 x [] 1-1
		0 sub [p] 1-1`)
	req.Scope.Group = queries.GroupControl
	wantLosses(t, disrupt(t, network, req), `
		1 x [] 0-1`)
	if got := rowsOfSites(sites(t, network, queries.SitesRequest{Operator: "head", Scope: queries.Scope{Group: queries.GroupControl}})); got != "a head; b head" {
		t.Errorf("sites of the group: %s", got)
	}
}

// BenchmarkSitesNear asks for the sites within 20 km of a place, of a million that lie round two thousand towns.
func BenchmarkSitesNear(b *testing.B) {
	random := rand.New(rand.NewPCG(1, 2))
	var towns []graph.Place
	for range 2000 {
		towns = append(towns, graph.Place{Latitude: random.Float64()*115 - 50, Longitude: random.Float64()*350 - 175})
	}
	all := make([]graph.Place, 1_000_000)
	for i := range all {
		town := towns[int(float64(len(towns))*math.Pow(random.Float64(), 3))]
		all[i] = graph.Place{Latitude: town.Latitude + random.NormFloat64()/5, Longitude: town.Longitude + random.NormFloat64()/5}
	}
	index := queries.NewNearIndex(all)
	found := 0
	for i := 0; b.Loop(); i++ {
		found += len(index.Near(towns[i%len(towns)], 20))
	}
	b.ReportMetric(float64(found)/float64(b.N), "sites/op")
}
