package generate

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"

	"github.com/tributarygraph/tributary/graph"
)

// GLEIFFiles are the files that [GLEIF] writes.
var GLEIFFiles = []string{"gleif-lei.csv", "gleif-rr.csv"}

// GLEIF writes files in the shape of the LEI Golden Copy into the folder, which is made when it is not there: companies
// with the columns of level 1, all cells in quotes as its publisher writes them, and relationship records of level 2
// about one company in eight. Nothing in them is true of any real company.
func GLEIF(ctx context.Context, folder string, seed uint64, companies int) error {
	if companies < 2 || companies > maxNames {
		return fmt.Errorf("%w: %d companies; allowed: 2 to %d", graph.ErrInvalid, companies, maxNames)
	}
	if err := os.MkdirAll(folder, 0o777); err != nil {
		return err
	}
	g := &gleif{network: network{Options: Options{Seed: seed, Companies: companies}, names: newPermutation(maxNames, seed, "names")}}
	return errors.Join(
		toFile(ctx, filepath.Join(folder, GLEIFFiles[0]), g.levelOne),
		toFile(ctx, filepath.Join(folder, GLEIFFiles[1]), g.levelTwo))
}

// GLEIFCompanies writes the file of level 1.
func GLEIFCompanies(ctx context.Context, w io.Writer, seed uint64, companies int) error {
	g := &gleif{network: network{Options: Options{Seed: seed, Companies: companies}, names: newPermutation(maxNames, seed, "names")}}
	return g.levelOne(ctx, w)
}

type gleif struct{ network }

// What the hash of a number is for, beside those of a network.
const (
	saltRegister = iota + 100
	saltParent
)

// gleifColumns are the columns of level 1, in the order of the Golden Copy (LEI-CDF 3.1).
func gleifColumns() []string {
	names := []string{"LEI", "Entity.LegalName", "Entity.LegalName.xmllang"}
	each := func(n int, prefix string, parts ...string) {
		for i := range n {
			for _, part := range parts {
				names = append(names, prefix+strconv.Itoa(i+1)+part)
			}
		}
	}
	one := func(prefix string, parts ...string) {
		for _, part := range parts {
			names = append(names, prefix+part)
		}
	}
	address := []string{".FirstAddressLine", ".AddressNumber", ".AddressNumberWithinBuilding", ".MailRouting",
		".AdditionalAddressLine.1", ".AdditionalAddressLine.2", ".AdditionalAddressLine.3", ".City", ".Region", ".Country", ".PostalCode"}
	each(5, "Entity.OtherEntityNames.OtherEntityName.", "", ".xmllang", ".type")
	each(5, "Entity.TransliteratedOtherEntityNames.TransliteratedOtherEntityName.", "", ".xmllang", ".type")
	one("Entity.LegalAddress", append([]string{".xmllang"}, address...)...)
	one("Entity.HeadquartersAddress", append([]string{".xmllang"}, address...)...)
	each(5, "Entity.OtherAddresses.OtherAddress.", append([]string{".xmllang", ".type"}, address...)...)
	each(5, "Entity.TransliteratedOtherAddresses.TransliteratedOtherAddress.", append([]string{".xmllang", ".type"}, address...)...)
	one("Entity.RegistrationAuthority.", "RegistrationAuthorityID", "OtherRegistrationAuthorityID", "RegistrationAuthorityEntityID")
	one("Entity.", "LegalJurisdiction", "EntityCategory", "EntitySubCategory", "LegalForm.EntityLegalFormCode", "LegalForm.OtherLegalForm")
	one("Entity.AssociatedEntity.", "type", "AssociatedLEI", "AssociatedEntityName", "AssociatedEntityName.xmllang")
	one("Entity.", "EntityStatus", "EntityCreationDate", "EntityExpirationDate", "EntityExpirationReason")
	each(5, "Entity.SuccessorEntity.", ".SuccessorLEI", ".SuccessorEntityName", ".SuccessorEntityName.xmllang")
	event := []string{".group_type", ".event_status", ".group_id", ".group_sequence_no", ".LegalEntityEventType",
		".LegalEntityEventEffectiveDate", ".LegalEntityEventRecordedDate", ".ValidationDocuments", ".ValidationReference"}
	for i := range 5 {
		event = append(event, fmt.Sprintf(".AffectedFields.%d.AffectedField", i+1), fmt.Sprintf(".AffectedFields.%d.field_xpath", i+1))
	}
	each(5, "Entity.LegalEntityEvents.LegalEntityEvent.", event...)
	one("Registration.", "InitialRegistrationDate", "LastUpdateDate", "RegistrationStatus", "NextRenewalDate", "ManagingLOU", "ValidationSources",
		"ValidationAuthority.ValidationAuthorityID", "ValidationAuthority.OtherValidationAuthorityID", "ValidationAuthority.ValidationAuthorityEntityID")
	each(5, "Registration.OtherValidationAuthorities.OtherValidationAuthority.", ".ValidationAuthorityID", ".OtherValidationAuthorityID", ".ValidationAuthorityEntityID")
	return append(names, "ConformityFlag")
}

// quotedLine writes cells as the register does: each in quotes.
func quotedLine(line []byte, cells []string) []byte {
	for i, cell := range cells {
		if i > 0 {
			line = append(line, ',')
		}
		line = append(append(append(line, '"'), cell...), '"')
	}
	return append(line, '\n')
}

// cellsByName fills the cells of a table by the names of its columns.
type cellsByName struct {
	at    map[string]int
	cells []string
}

func newCellsByName(names []string) *cellsByName {
	c := &cellsByName{at: map[string]int{}, cells: make([]string, len(names))}
	for i, name := range names {
		c.at[name] = i
	}
	return c
}

func (c *cellsByName) set(name, value string) { c.cells[c.at[name]] = value }

func (g *gleif) levelOne(ctx context.Context, w io.Writer) error {
	out := bufio.NewWriterSize(w, 1<<20)
	names := gleifColumns()
	line := quotedLine(nil, names)
	c := newCellsByName(names)
	for i := range g.Companies {
		if i&0xFFF == 0 && ctx.Err() != nil {
			return context.Cause(ctx)
		}
		if _, err := out.Write(line); err != nil {
			return err
		}
		clear(c.cells)
		g.company(c, i)
		line = quotedLine(line[:0], c.cells)
	}
	if _, err := out.Write(line); err != nil {
		return err
	}
	return out.Flush()
}

// company fills the cells of one record: a third of them, as in the register, are never filled for most companies.
func (g *gleif) company(c *cellsByName, i int) {
	h := g.hash(saltRegister, uint64(i))
	chance := func(percent uint64) bool {
		h = mix(h)
		return h%100 < percent
	}
	pick := func(from ...string) string {
		h = mix(h)
		return from[h%uint64(len(from))]
	}
	day := func() string {
		h = mix(h)
		return string(appendDay(nil, 2012+int(h%13), int(h>>8%12), int(h>>16%28))) + "T00:00:00.000Z"
	}
	latin, han := g.companyName(i)
	country := g.country(i)
	c.set("LEI", string(appendLEI(nil, uint64(i))))
	c.set("Entity.LegalName", latin)
	c.set("Entity.LegalName.xmllang", "en")
	if country == "CN" || country == "TW" {
		c.set("Entity.LegalName", han)
		c.set("Entity.LegalName.xmllang", "zh")
		c.set("Entity.OtherEntityNames.OtherEntityName.1", latin)
		c.set("Entity.OtherEntityNames.OtherEntityName.1.xmllang", "en")
		c.set("Entity.OtherEntityNames.OtherEntityName.1.type", "ALTERNATIVE_LANGUAGE_LEGAL_NAME")
	} else if chance(20) {
		former, _ := g.companyName((i + g.Companies/2) % g.Companies)
		c.set("Entity.OtherEntityNames.OtherEntityName.1", former+" "+strconv.Itoa(i))
		c.set("Entity.OtherEntityNames.OtherEntityName.1.xmllang", "en")
		c.set("Entity.OtherEntityNames.OtherEntityName.1.type", "PREVIOUS_LEGAL_NAME")
	}
	for _, prefix := range []string{"Entity.LegalAddress", "Entity.HeadquartersAddress"} {
		c.set(prefix+".xmllang", "en")
		c.set(prefix+".FirstAddressLine", strconv.FormatUint(1+h%400, 10)+" Example Street, Block "+pick("A", "B", "C"))
		c.set(prefix+".City", pick("Eastham", "Norburgh", "Sudville", "Westhaven"))
		c.set(prefix+".Region", country+"-"+pick("01", "NY", "BE"))
		c.set(prefix+".Country", country)
		c.set(prefix+".PostalCode", strconv.FormatUint(10000+h%89999, 10))
	}
	c.set("Entity.RegistrationAuthority.RegistrationAuthorityID", "RA"+pick("000242", "000585", "000602", "888888"))
	c.set("Entity.RegistrationAuthority.RegistrationAuthorityEntityID", strconv.FormatUint(1_000_000+h%8_999_999, 10))
	c.set("Entity.LegalJurisdiction", country)
	if country == "US" {
		c.set("Entity.LegalJurisdiction", "US-"+pick("DE", "NY", "CA"))
	}
	c.set("Entity.EntityCategory", pick("GENERAL", "GENERAL", "GENERAL", "GENERAL", "GENERAL", "FUND"))
	c.set("Entity.LegalForm.EntityLegalFormCode", pick("2HBR", "H1UM", "8888", "ECAK"))
	c.set("Entity.EntityStatus", "ACTIVE")
	c.set("Entity.EntityCreationDate", day())
	c.set("Registration.RegistrationStatus", pick("ISSUED", "ISSUED", "LAPSED"))
	switch {
	case chance(8):
		c.set("Entity.EntityStatus", "INACTIVE")
		c.set("Entity.EntityExpirationDate", day())
		c.set("Entity.EntityExpirationReason", "DISSOLVED")
		c.set("Registration.RegistrationStatus", "RETIRED")
	case chance(1):
		c.set("Registration.RegistrationStatus", "DUPLICATE")
		c.set("Entity.SuccessorEntity.1.SuccessorLEI", string(appendLEI(nil, uint64((i+1)%g.Companies))))
	}
	c.set("Registration.InitialRegistrationDate", day())
	c.set("Registration.LastUpdateDate", day())
	c.set("Registration.NextRenewalDate", day())
	c.set("Registration.ManagingLOU", string(appendLEI(nil, 99)))
	c.set("Registration.ValidationSources", "FULLY_CORROBORATED")
	c.set("Registration.ValidationAuthority.ValidationAuthorityID", "RA000585")
	c.set("Registration.ValidationAuthority.ValidationAuthorityEntityID", strconv.FormatUint(1_000_000+h%8_999_999, 10))
	c.set("ConformityFlag", pick("CONFORMING", "NON_CONFORMING"))
}

// relationshipColumns are the columns of level 2, in the order of the Golden Copy (RR-CDF 2.1).
func relationshipColumns() []string {
	names := []string{"Relationship.StartNode.NodeID", "Relationship.StartNode.NodeIDType", "Relationship.EndNode.NodeID", "Relationship.EndNode.NodeIDType",
		"Relationship.RelationshipType", "Relationship.RelationshipStatus"}
	for _, group := range [][]string{{"Period.%d.startDate", "Period.%d.endDate", "Period.%d.periodType"},
		{"Qualifiers.%d.QualifierDimension", "Qualifiers.%d.QualifierCategory"},
		{"Quantifiers.%d.MeasurementMethod", "Quantifiers.%d.QuantifierAmount", "Quantifiers.%d.QuantifierUnits"}} {
		for i := range 5 {
			for _, name := range group {
				names = append(names, "Relationship."+fmt.Sprintf(name, i+1))
			}
		}
	}
	for _, name := range []string{"InitialRegistrationDate", "LastUpdateDate", "RegistrationStatus", "NextRenewalDate", "ManagingLOU",
		"ValidationSources", "ValidationDocuments", "ValidationReference"} {
		names = append(names, "Registration."+name)
	}
	return names
}

// levelTwo writes a direct and an ultimate parent of one company in eight: those below it in a tree whose nodes have
// few children each.
func (g *gleif) levelTwo(ctx context.Context, w io.Writer) error {
	out := bufio.NewWriterSize(w, 1<<20)
	names := relationshipColumns()
	line := quotedLine(nil, names)
	c := newCellsByName(names)
	put := func(child, parent int, kind string) error {
		if _, err := out.Write(line); err != nil {
			return err
		}
		clear(c.cells)
		g.relationship(c, child, parent, kind)
		line = quotedLine(line[:0], c.cells)
		return nil
	}
	for i := 8; i < g.Companies; i += 8 {
		if i&0xFFF == 0 && ctx.Err() != nil {
			return context.Cause(ctx)
		}
		parent := i / 8 * 3 / 8 * 8 // also one that has a parent, or the root
		top := parent
		for top >= 8 {
			top = top / 8 * 3 / 8 * 8
		}
		if err := put(i, parent, "IS_DIRECTLY_CONSOLIDATED_BY"); err != nil {
			return err
		}
		if err := put(i, top, "IS_ULTIMATELY_CONSOLIDATED_BY"); err != nil {
			return err
		}
	}
	if _, err := out.Write(line); err != nil {
		return err
	}
	return out.Flush()
}

func (g *gleif) relationship(c *cellsByName, child, parent int, kind string) {
	h := g.hash(saltParent, uint64(child))
	c.set("Relationship.StartNode.NodeID", string(appendLEI(nil, uint64(child))))
	c.set("Relationship.StartNode.NodeIDType", "LEI")
	c.set("Relationship.EndNode.NodeID", string(appendLEI(nil, uint64(parent))))
	c.set("Relationship.EndNode.NodeIDType", "LEI")
	c.set("Relationship.RelationshipType", kind)
	c.set("Relationship.RelationshipStatus", "ACTIVE")
	c.set("Relationship.Period.1.startDate", string(appendDay(nil, 2000+int(h%25), int(h>>8%12), int(h>>16%28)))+"T00:00:00.000Z")
	c.set("Relationship.Period.1.periodType", "RELATIONSHIP_PERIOD")
	c.set("Relationship.Period.2.startDate", "2023-01-01T00:00:00.000Z")
	c.set("Relationship.Period.2.endDate", "2023-12-31T00:00:00.000Z")
	c.set("Relationship.Period.2.periodType", "ACCOUNTING_PERIOD")
	c.set("Relationship.Qualifiers.1.QualifierDimension", "ACCOUNTING_STANDARD")
	c.set("Relationship.Qualifiers.1.QualifierCategory", "IFRS")
	if h>>24%10 == 0 {
		c.set("Relationship.Quantifiers.1.MeasurementMethod", "ACCOUNTING_CONSOLIDATION")
		c.set("Relationship.Quantifiers.1.QuantifierAmount", strconv.FormatUint(51+h>>32%50, 10)+".00")
		c.set("Relationship.Quantifiers.1.QuantifierUnits", "PERCENTAGE")
	}
	c.set("Registration.RegistrationStatus", "PUBLISHED")
	c.set("Registration.ManagingLOU", string(appendLEI(nil, 99)))
	c.set("Registration.ValidationSources", "FULLY_CORROBORATED")
	c.set("Registration.ValidationDocuments", "ACCOUNTS_FILING")
	c.set("Registration.ValidationReference", "https://example.org/accounts/"+strconv.Itoa(child))
}
