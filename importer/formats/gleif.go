package formats

import (
	"strconv"
	"strings"

	"github.com/tributarygraph/tributary/graph"
	"github.com/tributarygraph/tributary/importer/records"
)

// gleifLEI is the register of the Global Legal Entity Identifier Foundation: who is who.
var gleifLEI = &Format{
	Name:  "gleif-lei",
	Title: "GLEIF LEI Golden Copy, level 1 (CSV)",
	Makes: "a company a record, with the id `lei:...`",
	Used: []Use{
		{"LEI", "`id` (`lei:...`) and `lei`"},
		{"Entity.LegalName", "`name`"},
		{"Entity.OtherEntityNames.OtherEntityName.1 to .5, Entity.TransliteratedOtherEntityNames.TransliteratedOtherEntityName.1 to .5", "`aliases`; a semicolon within a name is written as a comma"},
		{"Entity.HeadquartersAddress.Country", "`country`"},
		{"Entity.LegalJurisdiction", "`jurisdiction`, without the region (`US-DE` is `US`); EU, which is no country, is none; Entity.LegalAddress.Country where it is empty"},
		{"Entity.EntityCategory", "`kind`: FUND is a fund, RESIDENT_GOVERNMENT_ENTITY a government, all else a company"},
		{"Entity.EntityStatus", "`status`: active, inactive"},
		{"Registration.RegistrationStatus", "which records are dropped"},
	},
	Left: []Left{
		{"addresses beyond the country", "companies have no address; sites do"},
		{"the language and type of each name", "aliases have neither"},
		{"Entity.RegistrationAuthority, Entity.LegalForm, Entity.EntityCreationDate, Registration.LastUpdateDate and other dates", "no field of a company, and no question asks for them"},
		{"Entity.SuccessorEntity, Entity.LegalEntityEvents, Entity.AssociatedEntity", "level 2 says who belongs to whom; what became of a company is not modelled"},
		{"Registration.ManagingLOU, Registration.ValidationSources and the rest of Registration", "about the record, not about the company"},
	},
	Drops: []string{dropDuplicateLEI, dropInvalidLEI, dropPendingLEI},
	Notes: []string{
		"Columns are found by name, so that their order and number do not matter. A record that is retired, merged or lapsed is kept: it names a company that other data may name.",
	},
	match: hasColumns("LEI", "Entity.LegalName", "Entity.EntityStatus"),
	make:  func() records.Converter { return newLEIRecords() },
}

// Reasons for which records of the register are left out.
const (
	dropDuplicateLEI = "the LEI is a duplicate of another (DUPLICATE)"
	dropInvalidLEI   = "the LEI was issued in error or never came into use (ANNULLED, CANCELLED)"
	dropPendingLEI   = "the LEI is not issued yet (PENDING...)"
)

// namesOfLEI is how many other names, and how many transliterated ones, the columns of a record can hold.
const namesOfLEI = 5

// Columns of the register that are used, in the order of leiRecords.columns.
const (
	leiID = iota
	leiName
	leiHeadquarters
	leiJurisdiction
	leiLegalAddress
	leiCategory
	leiStatus
	leiRegistration
	leiOtherNames
)

var leiShape = &records.Shape{Kind: graph.KindCompany,
	Columns: []string{"id", "lei", "name", "aliases", "country", "jurisdiction", "kind", "status"}}

// leiRecords makes companies of level 1.
type leiRecords struct {
	columns columns
	row     records.Row
	aliases []string
}

func newLEIRecords() *leiRecords {
	want := []string{leiID: "LEI", leiName: "Entity.LegalName", leiHeadquarters: "Entity.HeadquartersAddress.Country",
		leiJurisdiction: "Entity.LegalJurisdiction", leiLegalAddress: "Entity.LegalAddress.Country",
		leiCategory: "Entity.EntityCategory", leiStatus: "Entity.EntityStatus", leiRegistration: "Registration.RegistrationStatus"}
	for _, prefix := range []string{"Entity.OtherEntityNames.OtherEntityName.", "Entity.TransliteratedOtherEntityNames.TransliteratedOtherEntityName."} {
		for i := range namesOfLEI {
			want = append(want, prefix+strconv.Itoa(i+1))
		}
	}
	return &leiRecords{columns: newColumns(want...), row: records.Row{Shape: leiShape, Cells: make([]string, len(leiShape.Columns))}}
}

// Convert makes one company.
func (c *leiRecords) Convert(r *records.Record, emit records.Emit) error {
	at := c.columns.of(r)
	switch status := cell(r, at[leiRegistration]); {
	case status == "DUPLICATE":
		return &records.Drop{Reason: dropDuplicateLEI}
	case status == "ANNULLED" || status == "CANCELLED":
		return &records.Drop{Reason: dropInvalidLEI}
	case strings.HasPrefix(status, "PENDING"):
		return &records.Drop{Reason: dropPendingLEI}
	}
	lei := strings.TrimSpace(cell(r, at[leiID]))
	if lei == "" {
		return &records.Bad{Field: "LEI", Why: "is empty; expected 20 letters and digits"}
	}
	name := cell(r, at[leiName])
	jurisdiction := cell(r, at[leiJurisdiction])
	if jurisdiction == "" {
		jurisdiction = cell(r, at[leiLegalAddress])
	}
	c.aliases = c.aliases[:0]
	for _, i := range at[leiOtherNames:] {
		if other := cell(r, i); other != "" && other != name {
			c.aliases = append(c.aliases, other)
		}
	}
	cells := c.row.Cells
	cells[0], cells[1], cells[2] = "lei:"+lei, lei, name
	cells[3] = listOf(c.aliases)
	cells[4] = cell(r, at[leiHeadquarters])
	cells[5] = countryOfRegion(jurisdiction)
	cells[6] = kindOfCategory(cell(r, at[leiCategory]))
	cells[7] = statusOfEntity(cell(r, at[leiStatus]))
	return emit(&c.row)
}

// Finish has nothing left to say.
func (c *leiRecords) Finish(records.Emit) error { return nil }

// countryOfRegion is the country of an ISO 3166-2 code, or of an ISO 3166-1 code itself. The European Union, under whose
// law some bodies are, is none.
func countryOfRegion(code string) string {
	country, _, _ := strings.Cut(code, "-")
	if country == "EU" {
		return ""
	}
	return country
}

func kindOfCategory(category string) string {
	switch category {
	case "FUND":
		return "fund"
	case "RESIDENT_GOVERNMENT_ENTITY":
		return "government"
	}
	return ""
}

func statusOfEntity(status string) string {
	switch status {
	case "ACTIVE":
		return "active"
	case "INACTIVE":
		return "inactive"
	case "NULL":
		return ""
	}
	return strings.ToLower(status)
}
