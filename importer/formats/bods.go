package formats

import (
	"slices"
	"strings"

	"github.com/tributarygraph/tributary/graph"
	"github.com/tributarygraph/tributary/importer/records"
)

// beneficialOwnership are statements of who owns and controls whom, as registers publish them.
var beneficialOwnership = &Format{
	Name:  "bods",
	Title: "Beneficial Ownership Data Standard 0.4 (JSON, JSON Lines)",
	Makes: "companies and persons, `owns`, and `associated` for what is neither a share nor control",
	Used: []Use{
		{"recordId", "`id` `bods:RECORDID`, or `lei:...` where identifiers hold one LEI"},
		{"recordType", "entity and person make companies, relationship makes `owns` and `associated`"},
		{"recordStatus, statementDate", "versions of a record: see below"},
		{"entityType, personType", "`kind`: state and stateBody are a government, persons a person, all that are anonymous or unknown anonymous"},
		{"name, names, alternateNames", "`name` (of persons the legal one, else the first) and `aliases`"},
		{"jurisdiction", "`jurisdiction`, without the region (`US-DE` is `US`)"},
		{"addresses, nationalities", "`country` of the business address, else the registered one; of a person the one nationality"},
		{"dissolutionDate", "`status` dissolved"},
		{"publicListing.securitiesListings", "`ticker`, `isin`"},
		{"identifiers, foundingDate", "`lei`, `opencorporates` where the uri is one, else `attributes`"},
		{"subject, interestedParty", "`owned` and `owner`"},
		{"interests of the type shareholding: share", "`share`: exact, or a range: see below"},
		{"interests: votingRights above half, appointmentOfBoard, otherInfluenceOrControl, controlViaCompanyRulesOrArticles, controlByLegalFramework, settlor, trustee, protector; shareholding above half by an exclusive minimum", "`control` in these words"},
		{"interests of other types; indirect ones while there are direct ones, or with components", "`associated` with the `role`; unknownInterest and unpublishedInterest are `owns` without a share"},
		{"interests: startDate, endDate", "`valid_from`, `valid_to`"},
		{"interests, in words", "`attributes` interests"},
		{"isComponent, componentRecords", "which of a chain and its sum counts: see below"},
		{"source, publicationDetails", "`source` (source.url, else publisher and day) and a source a row; `asserted_by`; `basis` by source.type: officialRegister is filing, selfDeclaration company, primaryResearch analyst"},
		{"statementId", "`locator`"},
	},
	Left: []Left{
		{"birthDate, placeOfBirth, taxResidencies, politicalExposure", "persons are named as owners alone"},
		{"addresses beyond the country, entityType.subtype and details, formedByStatute, uri", "no field of a company"},
		{"declaration, declarationSubject, annotations", "about the statement"},
	},
	Drops: []string{bodsReplaced, bodsUnspecified, bodsOtherType},
	Notes: []string{
		"Of a record the statement with the latest statementDate counts, of several of one day the last. Of a relationship an earlier one holds until the interests of the later one begin, where both say when, and is left out otherwise. A closed relationship holds until its interests end, else until the day of the closing statement.",
		"An indirect interest whose chain stands in the file (componentRecords) is not counted a second time: the components make `owns`, and the sum of the chain is `associated`, with its share as an attribute. Without components an indirect interest is `owns`, unless, and as long as, the relationship has a direct one too, which the indirect share may include; before and after it is `owns`.",
		"A range of shares is two claims of one source, asserted by the same party \"(at least)\" and \"(at most)\", which queries take as the least and the most. Bounds that are exclusive count as inclusive; what has no lower bound begins at 0, what has no upper one ends at 1.",
		"Statements are kept in memory until the end of the file, since they may come in any order.",
	},
	match: firstElement(func(object map[string]any) bool {
		_, id := object["statementId"].(string)
		_, record := object["recordId"].(string)
		_, kind := object["recordType"].(string)
		return id && record && kind
	}),
	make: func() records.Converter { return &bods{byID: map[string]*bodsRecord{}} },
}

// Reasons for which statements are left out.
const (
	bodsReplaced    = "a statement that a later one of the same record replaces"
	bodsUnspecified = "a relationship of which a party is not specified (none, unknown, exempt, ...)"
	bodsOtherType   = "a record type that is not known"
)

var (
	bodsCompanies = &records.Shape{Kind: graph.KindCompany,
		Columns: []string{"id", "kind", "name", "aliases", "country", "jurisdiction", "status", "lei", "isin", "ticker", "opencorporates", "source", "attributes"}}
	bodsSources = &records.Shape{Kind: graph.KindSource, Columns: []string{"id", "title", "publisher", "url", "published", "accessed", "origin"}}
	bodsOwns    = &records.Shape{Kind: graph.KindOwns,
		Columns: []string{"owner", "owned", "source", "asserted_by", "valid_from", "share", "control", "valid_to", "basis", "locator", "attributes"}}
	bodsAssociated = &records.Shape{Kind: graph.KindAssociated,
		Columns: []string{"a", "b", "source", "asserted_by", "valid_from", "role", "valid_to", "basis", "locator", "attributes"}}
)

// bods keeps the statements until all are there.
type bods struct {
	byID map[string]*bodsRecord
	ids  []string // of records, as they came
	left map[string]int
}

// bodsRecord is what statements say of one thing, in the order of their dates.
type bodsRecord struct {
	kind       string // entity, person, relationship
	node       string // id of the company
	statements []*bodsStatement
}

// bodsStatement is one version of a record.
type bodsStatement struct {
	number         int64
	id, day        string
	closed         bool
	source         bodsSource
	company        []string // of an entity or person, as bodsCompanies has it; without id and source
	lei            string
	subject, party string // ids of records; empty where one is not specified
	interests      []bodsInterest
	components     []string
}

// Convert takes a statement.
func (c *bods) Convert(r *records.Record, _ records.Emit) error {
	object, ok := r.Tree.(map[string]any)
	if !ok {
		return &records.Bad{Why: "is no object; expected a statement of BODS 0.4"}
	}
	id, kind := textAt(object, "recordId"), textAt(object, "recordType")
	if id == "" {
		return &records.Bad{Field: "recordId", Why: "is empty; expected the id of a record"}
	}
	details, ok := object["recordDetails"].(map[string]any)
	if !ok {
		return &records.Bad{Field: "recordDetails", Why: "is missing; expected an object"}
	}
	s := &bodsStatement{number: r.Number, id: textAt(object, "statementId"), day: dayOf(textAt(object, "statementDate")),
		closed: textAt(object, "recordStatus") == "closed", source: bodsSourceOf(object)}
	for field, day := range map[string]string{"statementDate": s.day, "publicationDetails.publicationDate": s.source.published, "source.retrievedAt": s.source.accessed} {
		if _, err := graph.ParseDate(day); day != "" && err != nil {
			return &records.Bad{Field: field, Found: day, Why: "not a date; expected one such as 2024-05-11"}
		}
	}
	switch kind {
	case "entity":
		s.takeEntity(details)
	case "person":
		s.takePerson(details)
	case "relationship":
		if err := s.takeRelationship(details); err != nil {
			return err
		}
	default:
		return &records.Drop{Reason: bodsOtherType}
	}
	record := c.byID[id]
	if record == nil {
		record = &bodsRecord{kind: kind}
		c.byID[id] = record
		c.ids = append(c.ids, id)
	}
	if record.kind != kind {
		return &records.Bad{Field: "recordType", Found: kind, Why: "an earlier statement says that the record " + id + " is " + record.kind}
	}
	record.statements = append(record.statements, s)
	return nil
}

// LeftOut tells of statements that others replaced, and of relationships without parties.
func (c *bods) LeftOut() map[string]int { return c.left }

// Finish emits what the statements say together.
func (c *bods) Finish(emit records.Emit) error {
	c.left = map[string]int{}
	byLEI := map[string]bool{}
	for _, id := range c.ids {
		record := c.byID[id]
		slices.SortStableFunc(record.statements, func(a, b *bodsStatement) int { return strings.Compare(a.day, b.day) })
		record.node = "bods:" + id
		if lei := record.last().lei; lei != "" && !byLEI[lei] { // a second record with this LEI stays known by its own id
			byLEI[lei] = true
			record.node = "lei:" + lei
		}
	}
	out := &bodsOutput{bods: c, emit: emit, sources: map[string]bool{}}
	for _, id := range c.ids {
		record := c.byID[id]
		if record.kind == "relationship" {
			if err := out.relationship(record); err != nil {
				return err
			}
			continue
		}
		c.left[bodsReplaced] += len(record.statements) - 1
		s := record.last()
		if err := out.source(s); err != nil {
			return err
		}
		row := append([]string{record.node}, s.company...)
		row = append(row[:len(row)-1], s.source.id, row[len(row)-1])
		if err := out.row(bodsCompanies, s, row); err != nil {
			return err
		}
	}
	return nil
}

func (r *bodsRecord) last() *bodsStatement { return r.statements[len(r.statements)-1] }

// nodeOf is the id of the company that a record describes, or would.
func (c *bods) nodeOf(id string) string {
	if record := c.byID[id]; record != nil {
		return record.node
	}
	return "bods:" + id
}

// hasChain reports whether one of the components is a relationship that the file has.
func (c *bods) hasChain(components []string) bool {
	return slices.ContainsFunc(components, func(id string) bool {
		record := c.byID[id]
		return record != nil && record.kind == "relationship"
	})
}

// takeEntity reads what is said of an organisation.
func (s *bodsStatement) takeEntity(details map[string]any) {
	kind := ""
	switch textAt(details, "entityType", "type") {
	case "state", "stateBody":
		kind = "government"
	case "anonymousEntity", "unknownEntity":
		kind = graph.CompanyKindAnonymous
	}
	var aliases []string
	for _, alias := range listOfAny(details["alternateNames"]) {
		aliases = append(aliases, scalarText(alias))
	}
	status := ""
	if textAt(details, "dissolutionDate") != "" {
		status = "dissolved"
	}
	jurisdiction := oneCountry(validCountries([]string{textAt(details, "jurisdiction", "code")}), "")
	isin, ticker := bodsListings(details)
	s.lei, s.company = s.describe(details, kind, textAt(details, "name"), aliases, bodsCountry(details), jurisdiction, status, isin, ticker)
}

// takePerson reads what is said of a person.
func (s *bodsStatement) takePerson(details map[string]any) {
	kind := "person"
	if personType := textAt(details, "personType"); personType == "anonymousPerson" || personType == "unknownPerson" {
		kind = graph.CompanyKindAnonymous
	}
	name, names := "", []string{}
	for _, one := range objectsAt(details, "names") {
		full := textAt(one, "fullName")
		if textAt(one, "type") == "legal" && name == "" {
			name = full
			continue
		}
		names = append(names, full)
	}
	if name == "" && len(names) > 0 {
		name, names = names[0], names[1:]
	}
	var nationalities []string
	for _, one := range objectsAt(details, "nationalities") {
		nationalities = append(nationalities, textAt(one, "code"))
	}
	_, s.company = s.describe(details, kind, name, names, oneCountry(validCountries(nationalities), ""), "", "", "", "")
}

// describe makes the cells of a company that stand after its id, without its source.
func (s *bodsStatement) describe(details map[string]any, kind, name string, aliases []string, country, jurisdiction, status, isin, ticker string) (lei string, cells []string) {
	pairs := map[string]string{"founded": textAt(details, "foundingDate")}
	var leis []string
	opencorporates := ""
	for _, one := range objectsAt(details, "identifiers") {
		scheme, id := textAt(one, "scheme"), textAt(one, "id")
		if scheme == "" {
			scheme = textAt(one, "schemeName")
		}
		if scheme == "XI-LEI" || strings.Contains(scheme, "Legal Entity Identifier") {
			leis = append(leis, id)
			continue
		}
		if found := openCorporatesOf(textAt(one, "uri")); found != "" {
			opencorporates = found
		}
		if scheme == "" {
			scheme = "identifier"
		}
		if pairs[scheme] != "" && id != "" {
			id = pairs[scheme] + ";" + id
		}
		pairs[scheme] = id
	}
	if kind != "person" {
		lei = validLEI(leis)
	}
	aliases = slices.DeleteFunc(aliases, func(alias string) bool { return alias == name })
	return lei, []string{kind, name, listOf(aliases), country, jurisdiction, status, lei, isin, ticker, opencorporates, attributesOf(pairs)}
}

// bodsCountry is the country of the business address, else of the registered one.
func bodsCountry(details map[string]any) string {
	for _, kind := range [...]string{"business", "registered"} {
		for _, address := range objectsAt(details, "addresses") {
			if textAt(address, "type") != kind {
				continue
			}
			code := textAt(address, "country", "code")
			if code == "" {
				code = textAt(address, "country")
			}
			if country := oneCountry(validCountries([]string{code}), ""); country != "" {
				return country
			}
		}
	}
	return ""
}

// bodsListings are the securities of a company on exchanges.
func bodsListings(details map[string]any) (isin, ticker string) {
	var isins, tickers []string
	listing, _ := details["publicListing"].(map[string]any)
	for _, one := range objectsAt(listing, "securitiesListings") {
		if textAt(one, "security", "idScheme") == "isin" {
			isins = append(isins, textAt(one, "security", "id"))
		}
		mic, symbol := textAt(one, "marketIdentifierCode"), textAt(one, "security", "ticker")
		if mic != "" && symbol != "" {
			tickers = append(tickers, mic+":"+symbol)
		}
	}
	return listOf(isins), listOf(tickers)
}

// textAt is the text at the end of a path through objects; empty where there is none.
func textAt(object map[string]any, path ...string) string {
	for _, key := range path[:len(path)-1] {
		object, _ = object[key].(map[string]any)
	}
	return scalarText(object[path[len(path)-1]])
}

// objectsAt are the objects in a list.
func objectsAt(object map[string]any, key string) (list []map[string]any) {
	for _, one := range listOfAny(object[key]) {
		if one, ok := one.(map[string]any); ok {
			list = append(list, one)
		}
	}
	return list
}
