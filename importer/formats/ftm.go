package formats

import (
	"github.com/tributarygraph/tributary/importer/records"
)

// followTheMoney is the graph of entities that OpenSanctions, Aleph and others exchange.
var followTheMoney = &Format{
	Name:  "followthemoney",
	Title: "FollowTheMoney entities, also nested (JSON Lines)",
	Makes: "companies, `owns`, `lists`, `supplies` and `associated`, by `schema`",
	Used: []Use{
		{"id", "`id`: `opensanctions:ID` where entities have datasets and referents, as those of OpenSanctions do, else `ftm:ID`; `lei:...` where leiCode holds one LEI"},
		{"Company, Organization, LegalEntity, PublicBody, Person", "companies; `kind` government of a PublicBody, person of a Person"},
		{"caption, name, alias, previousName, abbreviation", "`name` (the caption, else the first name) and `aliases`"},
		{"mainCountry, country; of persons also nationality, citizenship", "`country`, where one is stated; of several the one that is also the jurisdiction, else none"},
		{"jurisdiction, sector, status, permId, isinCode, opencorporatesUrl", "the columns of these names; `status` is dissolved where there is a dissolutionDate and no status"},
		{"registrationNumber, taxNumber, vatCode, innCode, ogrnCode, uscCode, dunsCode, cikCode, bvdId, uniqueEntityId, swiftBic, wikidataId, incorporationDate, dissolutionDate, topics", "`attributes`"},
		{"sourceUrl, publisher, publisherUrl, retrievedAt", "`source`, and a source a row where the publisher is named; without sourceUrl the publisher, else the datasets"},
		{"Ownership: owner, asset, percentage, startDate, endDate", "`owns`: `share` where the percentage is a number up to 100, else it is an attribute; `control` where role or ownershipType say so (subsidiary, parent, control, majority)"},
		{"parent of a LegalEntity", "`owns` with `control` \"parent company\""},
		{"Security: issuer, isin", "`isin` of the issuer"},
		{"Sanction: entity, authority, program, programId, startDate, listingDate, endDate, reason, authorityId, provisions, status", "`lists`: several of one authority, entity, source and day are one row with all `programme`s; `basis` regulator; `stage` ended where the status says so and there is no endDate"},
		{"topics sanction, sanction.counter, export.control, debarment, invest.ban", "`lists` by the publisher, else by \"authority not named\", with the topic as `programme`, where no Sanction of the file names the entity"},
		{"EconomicActivity: sender, receiver, vedCode, vedCodeDescription, goodsDescription, originCountry, date", "`supplies` of the product `hs:CODE`, `basis` customs: one row a pair, product and year; the number of shipments and the sum of invoiceAmount are attributes, since no currency is stated"},
		{"ContractAward: supplier, contract, amount, currency, date, cpvCode, lotNumber; Contract: authority, title", "`supplies` to the authority of the contract: awards of one contract and day are one row; `value` where all state it in one currency"},
		{"Directorship: director, organization, role; UnknownLink: subject, object, role", "`associated` with the role, else \"director\", \"linked\""},
		{"entities within properties (nested form)", "as if they stood in lines of their own; an end that the nesting implies is filled in"},
	},
	Left: []Left{
		{"weakAlias", "too common to name a company by"},
		{"Address, Identification, Passport, Document and the like", "what a company has, not what it does"},
		{"Payment, Debt", "money that flows does not tell what is supplied"},
		{"Family, Associate, Membership, Employment, Occupancy, Succession, Representation, Similar", "between persons, or no relation of the model"},
		{"Vessel, Airplane, RealEstate, Land, CryptoWallet, BankAccount and other assets, with who owns or lists them", "no companies"},
		{"ticker", "it does not name its exchange"},
		{"first_seen, last_seen, last_change, target, referents", "about the record"},
	},
	Drops: []string{dropNoCompany, dropDocument, dropPayment, dropPersonal, dropUnknownSchema, dropEndNoCompany, dropNoContract, dropRepeated, dropNoEnd},
	Notes: []string{
		"Entities may stand in any order: relations are kept until the end of the file. An end that the file does not have is kept as it is named.",
		"Ownerships of one pair and source that begin on one day and end on several follow one another, as registers write how a share changed: each is taken to begin where the one before it ended.",
		"Fragments of one entity in several lines must be joined first (`ftm aggregate`): a second line that says something else of an id is rejected.",
	},
	match: firstElement(func(object map[string]any) bool {
		_, id := object["id"].(string)
		_, schema := object["schema"].(string)
		_, properties := object["properties"].(map[string]any)
		return id && schema && properties
	}),
	make: func() records.Converter { return newFTM() },
}

// Reasons for which entities are left out.
const (
	dropNoCompany     = "a thing that is no company (Vessel, RealEstate, CryptoWallet, ...)"
	dropDocument      = "what a company has or is written in (Address, Identification, Document, ...)"
	dropPayment       = "a payment or debt: money alone does not tell what is supplied"
	dropPersonal      = "a relation that the model does not have (Family, Membership, Occupancy, ...)"
	dropUnknownSchema = "a schema that is not known"
	dropEndNoCompany  = "a relation or listing of a thing that is no company"
	dropNoContract    = "an award of a contract that the file does not have, or whose authority is not named"
	dropRepeated      = "a relation whose id an earlier line has"
	dropNoEnd         = "a relation of which one end is not named"
)

// ftmClass is what becomes of the entities of a schema.
type ftmClass uint8

const (
	ftmUnknown ftmClass = iota
	ftmCompany
	ftmEdge
	ftmThing
	ftmDocument
	ftmPayment
	ftmPersonal
)

// ftmClasses are the schemas of FollowTheMoney.
var ftmClasses = func() map[string]ftmClass {
	classes := map[string]ftmClass{}
	for class, schemas := range map[ftmClass][]string{
		ftmCompany:  {"Company", "Organization", "LegalEntity", "PublicBody", "Person"},
		ftmEdge:     {"Ownership", "Sanction", "Security", "EconomicActivity", "Contract", "ContractAward", "Directorship", "UnknownLink"},
		ftmThing:    {"Asset", "Airplane", "BankAccount", "CryptoWallet", "Land", "License", "Position", "RealEstate", "Vehicle", "Vessel", "UserAccount", "Project", "CallForTenders", "ContractLot", "Concession", "Territory", "Thing"},
		ftmDocument: {"Address", "Identification", "Passport", "Document", "Documentation", "Article", "Audio", "Email", "Folder", "HyperText", "Image", "Message", "Mention", "Note", "Package", "Page", "Pages", "PlainText", "Post", "Record", "Risk", "Table", "TaxRoll", "Video", "Workbook", "Event", "Trip", "Call", "Assessment", "CourtCase", "CourtCaseParty"},
		ftmPayment:  {"Payment", "Debt", "Value"},
		ftmPersonal: {"Family", "Associate", "Membership", "Employment", "Occupancy", "PositionHeld", "Succession", "Representation", "Similar", "ProjectParticipant", "Relationship", "Interest", "Interval"},
	} {
		for _, schema := range schemas {
			classes[schema] = class
		}
	}
	return classes
}()

// ftmReverse are the properties under which a nested relation stands, with that of its own which then names the entity
// around it.
var ftmReverse = map[string]string{
	"sanctions": "entity", "ownershipOwner": "owner", "ownershipAsset": "asset", "securities": "issuer",
	"directorshipDirector": "director", "directorshipOrganization": "organization",
	"unknownLinkTo": "subject", "unknownLinkFrom": "object",
	"economicActivitySender": "sender", "economicActivityReceiver": "receiver",
	"contractAuthority": "authority", "contractAwardSupplier": "supplier", "awards": "contract",
}
