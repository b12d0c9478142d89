package formats

import (
	"slices"
	"strings"

	"github.com/tributarygraph/tributary/graph"
	"github.com/tributarygraph/tributary/importer/records"
	"github.com/tributarygraph/tributary/importer/resolve"
)

// openSupplyHub are the facilities that the hub lists, as it gives them for download.
var openSupplyHub = &Format{
	Name:  "open-supply-hub",
	Title: "Open Supply Hub, facilities downloaded (CSV, Excel)",
	Makes: "a site a facility, and the company that runs it",
	Used: append([]Use{
		{"os_id", "`id` `osh:OS_ID` and `osh`"},
		{"country_code, else country_name", "`country` of the site, and of the company where it has the facility's name"},
		{"is_closed", "`status` closed where True"},
		{"contributor (list), contributor", "`attributes` contributors"},
	}, facilityUses...),
	Left: []Left{
		{"contribution_date", "when the hub first had the facility, not since when it is there"},
		{"claim_..., partner and custom fields", "contacts and descriptions; no question asks for them"},
	},
	Notes: facilityNotes,
	match: hasColumns("os_id", "name", "address", "country_code", "sector"),
	make:  func() records.Converter { return newFacilities() },
}

// facilityList are the lists that contributors send to the hub, and publish.
var facilityList = &Format{
	Name:  "facility-list",
	Title: "Facility lists as contributed to Open Supply Hub (CSV, Excel)",
	Makes: "a site a facility, and the company that runs it",
	Used: append([]Use{
		{"name, address, country", "`id`, such as `Mill One, Road 1, BD`, where there is no os_id: two lists that write all three alike mean one site, and no others do"},
		{"country", "`country`: a code or a name, in any case"},
	}, facilityUses...),
	Left:  []Left{{"other columns", "lists have any of their own; a mapping uses them"}},
	Notes: facilityNotes,
	match: func(names []string, first []*records.Record) bool {
		if !hasColumns("country", "name", "address")(names, first) || slices.ContainsFunc(names, func(name string) bool {
			return name == "id" || name == "operator" || name == "supplier" || name == "buyer"
		}) {
			return false
		}
		return slices.Contains(names, "sector_product_type") || slices.Contains(names, "sector") && slices.ContainsFunc(names, func(name string) bool {
			return name == "lat" || name == "parent_company" || name == "facility_type" || name == "processing_type" || name == "facility_type_processing_type" || name == "native_language_name"
		})
	},
	make: func() records.Converter { return newFacilities() },
}

var facilityUses = []Use{
	{"name", "`name`"},
	{"native_language_name, claim_name_in_native_language", "`aliases`, also of the company where it has the facility's name"},
	{"parent_company", "`operator`; of several the one that is named most often, then first, and all are the attribute parent_companies"},
	{"address", "`address`"},
	{"lat, lng", "`place`; 0, 0 stands for unknown and is left empty"},
	{"sector, sector_product_type", "`sector`"},
	{"processing_type, facility_type, facility_type_processing_type; where these are empty processing_type_facility_type_raw", "`processing`"},
	{"product_type, number_of_workers", "`attributes`"},
}

var facilityNotes = []string{
	"Without a parent company the operator is a company with the facility's name in its country, such as `Mill One, BD`, since lists name facilities by the company that runs them there. All facilities of that name in the country have it as operator.",
	"Several values in a cell, of several contributors, are separated by vertical bars.",
}

// Columns that are used, in the order of facilities.columns.
const (
	hubID = iota
	hubName
	hubAddress
	hubCountryCode
	hubCountryName
	hubCountry
	hubLatitude
	hubLongitude
	hubParent
	hubClosed
	hubProducts
	hubWorkers
	hubContributors
	hubContributor
	hubNative
	hubClaimedNative
	hubSector
	hubSectorProduct
	hubProcessing
	hubFacilityType
	hubBothTypes
	hubRawTypes
)

var (
	facilitySites = &records.Shape{Kind: graph.KindSite,
		Columns: []string{"id", "name", "aliases", "operator", "country", "place", "address", "processing", "sector", "status", "osh", "attributes"}}
	facilityCompanies = &records.Shape{Kind: graph.KindCompany, Columns: []string{"id", "name", "aliases", "country"}}
)

// facilities makes sites and those who run them.
type facilities struct{ columns columns }

func newFacilities() *facilities {
	return &facilities{newColumns("os_id", "name", "address", "country_code", "country_name", "country", "lat", "lng", "parent_company", "is_closed",
		"product_type", "number_of_workers", "contributor (list)", "contributor", "native_language_name", "claim_name_in_native_language",
		"sector", "sector_product_type", "processing_type", "facility_type", "facility_type_processing_type", "processing_type_facility_type_raw")}
}

// Convert makes a site, and its operator.
func (c *facilities) Convert(r *records.Record, emit records.Emit) error {
	at := c.columns.of(r)
	text := func(column int) string { return graph.Clean(cell(r, at[column])) }
	name, address := text(hubName), text(hubAddress)
	if name == "" {
		return &records.Bad{Field: "name", Why: "is empty; a facility needs a name"}
	}
	country, bad := c.country(text)
	if bad != nil {
		return bad
	}
	place, bad := placeOfFacility(text(hubLatitude), text(hubLongitude))
	if bad != nil {
		return bad
	}
	osh := text(hubID)
	id := "osh:" + osh
	if osh == "" {
		if address == "" {
			return &records.Bad{Field: "address", Why: "is empty; without os_id and address nothing tells which facility it is"}
		}
		id = name + ", " + address + ", " + country
	}
	aliases := listOf(slices.DeleteFunc(append(barred(text(hubNative)), barred(text(hubClaimedNative))...), func(alias string) bool { return alias == name }))
	parents := barred(text(hubParent))
	operator := mostOften(parents)
	if operator == "" {
		operator = name + ", " + country
		if err := emit(&records.Row{Shape: facilityCompanies, Cells: []string{operator, name, aliases, country}}); err != nil {
			return err
		}
	}
	status := ""
	if strings.EqualFold(text(hubClosed), "true") {
		status = "closed"
	}
	pairs := map[string]string{"product_type": listOf(barred(text(hubProducts))), "number_of_workers": listOf(barred(text(hubWorkers))),
		"contributors": listOf(append(barred(text(hubContributors)), barred(text(hubContributor))...))}
	if several := listOf(parents); strings.Contains(several, ";") {
		pairs["parent_companies"] = several
	}
	return emit(&records.Row{Shape: facilitySites, Cells: []string{id, name, aliases, operator, country, place, address,
		processingOf(text), strings.ReplaceAll(listOf(append(barred(text(hubSector)), barred(text(hubSectorProduct))...)), ";", "; "), status, osh, attributesOf(pairs)}})
}

// Finish has nothing left to say.
func (c *facilities) Finish(records.Emit) error { return nil }

// country is that of the facility, whichever column has it.
func (c *facilities) country(text func(int) string) (string, error) {
	for _, column := range [...]int{hubCountryCode, hubCountry, hubCountryName} {
		stated := text(column)
		if stated == "" {
			continue
		}
		if code, ok := resolve.ParseCountry(stated); ok {
			return code, nil
		}
		return "", &records.Bad{Field: c.columns.want[column], Found: stated, Why: "not a country; expected a code of ISO 3166-1 such as BD, or a name such as Bangladesh"}
	}
	return "", &records.Bad{Field: "country", Why: "is empty; expected a code of ISO 3166-1 such as BD, or a name such as Bangladesh"}
}

// placeOfFacility is the place on the map, as importing takes it; what is wrong with it is left to importing to say.
func placeOfFacility(latitude, longitude string) (string, error) {
	switch {
	case latitude == "" && longitude == "", zero(latitude) && zero(longitude):
		return "", nil
	case latitude == "" || longitude == "":
		return "", &records.Bad{Field: "lat", Found: latitude, Why: "lat and lng belong together; fill both or neither"}
	}
	return latitude + "," + longitude, nil
}

// zero reports whether a number is 0, however many digits it has.
func zero(number string) bool { return number != "" && strings.Trim(number, "-0.") == "" }

// processingOf is what is done in a facility: the types of the hub's taxonomy, where it has any, else the words of the
// contributors.
func processingOf(text func(int) string) string {
	types := listOf(append(append(barred(text(hubProcessing)), barred(text(hubFacilityType))...), barred(text(hubBothTypes))...))
	if types == "" {
		return listOf(barred(text(hubRawTypes)))
	}
	return types
}

// barred are the values in a cell that several contributors filled.
func barred(cell string) (values []string) {
	for value := range strings.SplitSeq(cell, "|") {
		if value = graph.Clean(value); value != "" {
			values = append(values, value)
		}
	}
	return values
}

// mostOften is the value that is there most often; of several the first.
func mostOften(values []string) string {
	best, most := "", 0
	for _, value := range values {
		n := 0
		for _, other := range values {
			if strings.EqualFold(value, other) {
				n++
			}
		}
		if n > most {
			best, most = value, n
		}
	}
	return best
}
