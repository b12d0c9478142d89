package graph

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/text/currency"
	"golang.org/x/text/language"
	"golang.org/x/text/unicode/norm"
)

// FieldID names one thing that a statement can say beside its key. The numeric order is the order of
// fields in a statement and of columns in an export.
type FieldID uint8

// The fields. A column of the same name in a file, a column or property in a store, and a name in the API
// are the same field: [FieldSpec] is the one place that says what it may hold.
const (
	// Of nodes.
	FieldKind                  FieldID = iota // kind of party
	FieldName                                 // name, in the language of the source
	FieldAliases                              // other names, in any language, separated by ';'
	FieldCountry                              // company: country of headquarters; makes: where it is made; site: where it lies
	FieldJurisdiction                         // country of registration
	FieldSector                               // sector, as the source calls it
	FieldStatus                               // active, inactive, ...
	FieldLEI                                  // Legal Entity Identifier, ISO 17442
	FieldISIN                                 // ISO 6166, several separated by ';'
	FieldTicker                               // MIC:SYMBOL (ISO 10383), several separated by ';'
	FieldPermID                               // LSEG PermID
	FieldOpenCorporates                       // OpenCorporates id, jurisdiction/number
	FieldOSH                                  // site: Open Supply Hub id
	FieldRevenue                              // consolidated revenue of the period, in currency
	FieldCost                                 // consolidated cost of the period, in currency
	FieldTopFiveCustomersShare                // company: part of its revenue of the period that its five greatest customers have together, 0..1
	FieldCode                                 // product: HS or own code
	FieldParent                               // product: id of what it is a kind of
	FieldOperator                             // site: id, identifier or name of the company that runs it
	FieldRegion                               // site: regions that it lies in, by name or code, separated by ';'
	FieldPlace                                // site: latitude,longitude in degrees (WGS 84)
	FieldAddress                              // site: postal address
	FieldProcessing                           // site: what is done there, separated by ';'
	FieldTitle                                // source: title
	FieldPublisher                            // source: publisher
	FieldURL                                  // source: address
	FieldPublished                            // source: day of publication
	FieldAccessed                             // source: day on which it was read
	FieldLanguage                             // source: BCP 47 tag
	FieldOrigin                               // source: what reprints of one original share

	// Of claims.
	FieldShareOfInput  // supplies: part of the buyer's intake of the product, 0..1
	FieldRevenueShare  // supplies: part of the supplier's revenue, 0..1
	FieldCostShare     // supplies: part of the buyer's cost, 0..1
	FieldShare         // owns: part owned, 0..1
	FieldMarketShare   // makes: part of the market of the product, 0..1
	FieldValue         // supplies: money in the period, in currency
	FieldCurrency      // ISO 4217, of value, revenue and cost
	FieldQuantity      // supplies: amount in the period, in unit
	FieldUnit          // unit of quantity
	FieldEssential     // supplies: whether the buyer cannot do without it
	FieldCompleteList  // supplies: whether the suppliers documented of the buyer's intake of the product are all there are
	FieldUsedIn        // supplies: id of the buyer's product that needs it
	FieldOriginCountry // supplies: where it ships from
	FieldSite          // supplies, makes: ids or names of the sites that it comes from, separated by ';'
	FieldLeadTimeDays  // supplies: days from order to delivery
	FieldInventoryDays // supplies: days that the buyer's stock lasts
	FieldControl       // owns: control without a percentage (majority, board, golden share, ...)
	FieldRole          // associated: competitor, partner, licensee, co-developer, ...
	FieldProgramme     // lists: the programmes under which the company is listed, separated by ';'
	FieldValidTo       // first day on which it no longer holds
	FieldConfidence    // 0..1; when absent, the default of the basis
	FieldBasis         // what the claim rests on
	FieldStage         // how far the relation has come
	FieldStance        // whether the claim asserts or denies the relation
	FieldQuote         // the sentence that says so, as it stands in the source
	FieldLocator       // where in the source

	// Of both: columns that have no field of their own, a JSON object of strings.
	FieldAttributes

	NumFields = iota // how many fields there are
)

// FieldType says what a field's value may be.
type FieldType uint8

// The types of field. Only TypeNumber, TypeShare, TypeAmount and TypeDays are numeric.
const (
	TypeText     FieldType = iota // any text, one line
	TypeList                      // texts separated by ';'
	TypeID                        // id, identifier or name of another node
	TypeCountry                   // ISO 3166-1 alpha-2 (alpha-3 is accepted)
	TypeCurrency                  // ISO 4217
	TypeDate                      // see ParseDate
	TypeFlag                      // true or false
	TypeEnum                      // one of FieldSpec.Allowed
	TypeObject                    // JSON object of strings
	TypePlace                     // see ParsePlace
	TypeNumber                    // any finite number
	TypeShare                     // 0..1
	TypeAmount                    // a finite number that is not negative
	TypeDays                      // days, not negative
)

// Numeric reports whether values of the type are numbers.
func (t FieldType) Numeric() bool { return t >= TypeNumber }

// FieldSpec says what a field is called, what it may hold and which statements carry it.
type FieldSpec struct {
	ID      FieldID
	Name    string
	Type    FieldType
	Kinds   []Kind   // kinds of statement that may carry it
	Allowed []string // for TypeEnum; the first is what an absent one means
	Details bool     // bulky: read on request only, never part of a View
}

// CompanyKindAnonymous is the kind of a party whose name stands for whoever it is in one document ("Customer A").
const CompanyKindAnonymous = "anonymous"

// The values of the enumerated fields; the first of each is what an absent value means.
var (
	CompanyKinds = []string{"company", "person", "government", "fund", CompanyKindAnonymous}
	// Bases are ordered from the weakest claim to the firmest.
	Bases = []string{"unknown", "hearsay", "derived", "news", "analyst", "regulator", "customs", "company", "filing"}
	// Stages: announced and sampling carry no flow; ended never does.
	Stages  = []string{"unknown", "announced", "sampling", "qualified", "volume", "ended"}
	Stances = []string{"asserts", "denies"}
)

var (
	claimKinds = RelationKinds()
	company    = []Kind{KindCompany}
	product    = []Kind{KindProduct}
	source     = []Kind{KindSource}
	supplies   = []Kind{KindSupplies}
	site       = []Kind{KindSite}
	named      = namedKinds
	described  = []Kind{KindCompany, KindSite}
)

var fieldSpecs = [NumFields]FieldSpec{
	{ID: FieldKind, Name: "kind", Type: TypeEnum, Kinds: company, Allowed: CompanyKinds},
	{ID: FieldName, Name: "name", Type: TypeText, Kinds: named},
	{ID: FieldAliases, Name: "aliases", Type: TypeList, Kinds: named},
	{ID: FieldCountry, Name: "country", Type: TypeCountry, Kinds: []Kind{KindCompany, KindSite, KindMakes}},
	{ID: FieldJurisdiction, Name: "jurisdiction", Type: TypeCountry, Kinds: company},
	{ID: FieldSector, Name: "sector", Type: TypeText, Kinds: described},
	{ID: FieldStatus, Name: "status", Type: TypeText, Kinds: described},
	{ID: FieldLEI, Name: "lei", Type: TypeText, Kinds: company},
	{ID: FieldISIN, Name: "isin", Type: TypeList, Kinds: company},
	{ID: FieldTicker, Name: "ticker", Type: TypeList, Kinds: company},
	{ID: FieldPermID, Name: "permid", Type: TypeText, Kinds: company},
	{ID: FieldOpenCorporates, Name: "opencorporates", Type: TypeText, Kinds: company},
	{ID: FieldOSH, Name: "osh", Type: TypeText, Kinds: site},
	{ID: FieldRevenue, Name: "revenue", Type: TypeNumber, Kinds: company},
	{ID: FieldCost, Name: "cost", Type: TypeNumber, Kinds: company},
	{ID: FieldTopFiveCustomersShare, Name: "top_five_customers_share", Type: TypeShare, Kinds: company},
	{ID: FieldCode, Name: "code", Type: TypeText, Kinds: product},
	{ID: FieldParent, Name: "parent", Type: TypeID, Kinds: product},
	{ID: FieldOperator, Name: "operator", Type: TypeID, Kinds: site},
	{ID: FieldRegion, Name: "region", Type: TypeList, Kinds: site},
	{ID: FieldPlace, Name: "place", Type: TypePlace, Kinds: site},
	{ID: FieldAddress, Name: "address", Type: TypeText, Kinds: site},
	{ID: FieldProcessing, Name: "processing", Type: TypeList, Kinds: site},
	{ID: FieldTitle, Name: "title", Type: TypeText, Kinds: source},
	{ID: FieldPublisher, Name: "publisher", Type: TypeText, Kinds: source},
	{ID: FieldURL, Name: "url", Type: TypeText, Kinds: source},
	{ID: FieldPublished, Name: "published", Type: TypeDate, Kinds: source},
	{ID: FieldAccessed, Name: "accessed", Type: TypeDate, Kinds: source},
	{ID: FieldLanguage, Name: "language", Type: TypeText, Kinds: source},
	{ID: FieldOrigin, Name: "origin", Type: TypeText, Kinds: source},
	{ID: FieldShareOfInput, Name: "share_of_input", Type: TypeShare, Kinds: supplies},
	{ID: FieldRevenueShare, Name: "revenue_share", Type: TypeShare, Kinds: supplies},
	{ID: FieldCostShare, Name: "cost_share", Type: TypeShare, Kinds: supplies},
	{ID: FieldShare, Name: "share", Type: TypeShare, Kinds: []Kind{KindOwns}},
	{ID: FieldMarketShare, Name: "market_share", Type: TypeShare, Kinds: []Kind{KindMakes}},
	{ID: FieldValue, Name: "value", Type: TypeAmount, Kinds: supplies},
	{ID: FieldCurrency, Name: "currency", Type: TypeCurrency, Kinds: []Kind{KindCompany, KindSupplies}},
	{ID: FieldQuantity, Name: "quantity", Type: TypeAmount, Kinds: supplies},
	{ID: FieldUnit, Name: "unit", Type: TypeText, Kinds: supplies},
	{ID: FieldEssential, Name: "essential", Type: TypeFlag, Kinds: supplies},
	{ID: FieldCompleteList, Name: "complete_list", Type: TypeFlag, Kinds: supplies},
	{ID: FieldUsedIn, Name: "used_in", Type: TypeID, Kinds: supplies},
	{ID: FieldOriginCountry, Name: "origin_country", Type: TypeCountry, Kinds: supplies},
	{ID: FieldSite, Name: "site", Type: TypeList, Kinds: []Kind{KindSupplies, KindMakes}},
	{ID: FieldLeadTimeDays, Name: "lead_time_days", Type: TypeDays, Kinds: supplies},
	{ID: FieldInventoryDays, Name: "inventory_days", Type: TypeDays, Kinds: supplies},
	{ID: FieldControl, Name: "control", Type: TypeText, Kinds: []Kind{KindOwns}},
	{ID: FieldRole, Name: "role", Type: TypeText, Kinds: []Kind{KindAssociated}},
	{ID: FieldProgramme, Name: "programme", Type: TypeList, Kinds: []Kind{KindLists}},
	{ID: FieldValidTo, Name: "valid_to", Type: TypeDate, Kinds: claimKinds},
	{ID: FieldConfidence, Name: "confidence", Type: TypeShare, Kinds: claimKinds},
	{ID: FieldBasis, Name: "basis", Type: TypeEnum, Kinds: claimKinds, Allowed: Bases},
	{ID: FieldStage, Name: "stage", Type: TypeEnum, Kinds: claimKinds, Allowed: Stages},
	{ID: FieldStance, Name: "stance", Type: TypeEnum, Kinds: claimKinds, Allowed: Stances},
	{ID: FieldQuote, Name: "quote", Type: TypeText, Kinds: claimKinds, Details: true},
	{ID: FieldLocator, Name: "locator", Type: TypeText, Kinds: claimKinds, Details: true},
	{ID: FieldAttributes, Name: "attributes", Type: TypeObject, Kinds: append(NodeKinds(), claimKinds...), Details: true},
}

var fieldsByKind = func() (byKind [NumKinds][]FieldID) {
	for _, spec := range fieldSpecs {
		for _, kind := range spec.Kinds {
			byKind[kind] = append(byKind[kind], spec.ID)
		}
	}
	return byKind
}()

// Spec describes the field.
func (f FieldID) Spec() *FieldSpec { return &fieldSpecs[f] }

// String is the name of the field.
func (f FieldID) String() string { return fieldSpecs[f].Name }

// FieldsOf are the fields that statements of the kind may carry, in order. The slice must not be changed.
func FieldsOf(k Kind) []FieldID { return fieldsByKind[k] }

// FieldByName finds the field called name that statements of kind k may carry.
func FieldByName(k Kind, name string) (FieldID, bool) {
	for _, f := range fieldsByKind[k] {
		if fieldSpecs[f].Name == name {
			return f, true
		}
	}
	return 0, false
}

// Field is one field with its value: Number where the field is numeric, Text elsewhere. An empty value
// (no text, not a number) says that the dataset states none, and withdraws what it stated before.
type Field struct {
	ID     FieldID
	Text   string
	Number float64
}

// Empty reports whether the field holds no value.
func (f Field) Empty() bool {
	if fieldSpecs[f.ID].Type.Numeric() {
		return math.IsNaN(f.Number)
	}
	return f.Text == ""
}

// Equal reports whether both hold the same value of the same field.
func (f Field) Equal(o Field) bool {
	if f.ID != o.ID {
		return false
	}
	if fieldSpecs[f.ID].Type.Numeric() {
		return f.Number == o.Number || math.IsNaN(f.Number) && math.IsNaN(o.Number)
	}
	return f.Text == o.Text
}

// Value is the value as text, in the spelling that [ParseField] reads back to the same value.
func (f Field) Value() string {
	if !fieldSpecs[f.ID].Type.Numeric() {
		return f.Text
	}
	if math.IsNaN(f.Number) {
		return ""
	}
	return strconv.FormatFloat(f.Number, 'f', -1, 64)
}

// ParseField reads and checks a value as a person writes it, and brings it into its canonical spelling.
// Text is cleaned (see [Clean]); an empty text gives the empty field. The error wraps [ErrInvalid] and says
// what was found and what is allowed.
func ParseField(id FieldID, text string) (Field, error) {
	spec := &fieldSpecs[id]
	text = Clean(text)
	if text == "" {
		return Field{ID: id, Number: nan}, nil
	}
	if spec.Type.Numeric() {
		n, err := parseNumber(spec.Type, text)
		if err != nil {
			return Field{}, fmt.Errorf("%w: %s %q: %v", ErrInvalid, spec.Name, text, err)
		}
		return Field{ID: id, Number: n}, nil
	}
	value, err := canonicalText(spec, text)
	if err != nil {
		return Field{}, fmt.Errorf("%w: %s %q: %v", ErrInvalid, spec.Name, text, err)
	}
	return Field{ID: id, Text: value, Number: nan}, nil
}

func parseNumber(t FieldType, text string) (float64, error) {
	if part, percent := strings.CutSuffix(text, "%"); percent && t == TypeShare && !strings.ContainsAny(part, "eExX") {
		text = strings.TrimRight(part, " ") + "e-2" // a part of a whole can be meant in no other way
	}
	n, err := strconv.ParseFloat(text, 64)
	if err != nil || math.IsNaN(n) || math.IsInf(n, 0) || strings.Contains(text, "_") { // Go reads 1_000
		switch {
		case strings.HasSuffix(text, "%"):
			return 0, fmt.Errorf("a percentage, where no part of a whole is meant")
		case strings.ContainsAny(text, ",_"):
			return 0, fmt.Errorf("not a number; write it without thousands separators and with a decimal point")
		}
		return 0, fmt.Errorf("not a number")
	}
	switch {
	case t == TypeShare && (n < 0 || n > 1):
		return 0, fmt.Errorf("out of range; allowed: 0 to 1 (a fraction, 12%% is 0.12)")
	case (t == TypeAmount || t == TypeDays) && n < 0:
		return 0, fmt.Errorf("out of range; allowed: 0 or more")
	}
	if n == 0 {
		n = 0 // minus zero is zero
	}
	return n, nil
}

func canonicalText(spec *FieldSpec, text string) (string, error) {
	switch spec.Type {
	case TypeCountry:
		return ParseCountry(text)
	case TypeCurrency:
		unit, err := currency.ParseISO(text)
		if err != nil {
			return "", fmt.Errorf("unknown currency; allowed: ISO 4217 codes such as USD, EUR, CNY")
		}
		return unit.String(), nil
	case TypeDate:
		d, err := ParseDate(text)
		if err != nil {
			return "", fmt.Errorf("not a date; allowed: 2024-05-11, 2024-05, 2024Q2, 2024")
		}
		return d.String(), nil
	case TypeFlag:
		switch strings.ToLower(text) {
		case "true", "yes", "y", "1", "是":
			return "true", nil
		case "false", "no", "n", "0", "否":
			return "false", nil
		}
		return "", fmt.Errorf("allowed: true, false")
	case TypeEnum:
		lower := strings.ToLower(text)
		if slices.Contains(spec.Allowed, lower) {
			return lower, nil
		}
		return "", fmt.Errorf("allowed: %s", strings.Join(spec.Allowed, ", "))
	case TypePlace:
		p, err := ParsePlace(text)
		return p.String(), err
	case TypeList:
		return strings.Join(SplitList(text), ";"), nil
	case TypeObject:
		var object map[string]string
		if err := json.Unmarshal([]byte(text), &object); err != nil {
			return "", fmt.Errorf("allowed: a JSON object of strings")
		}
		canonical, err := json.Marshal(object) // sorts its keys
		return string(canonical), err
	}
	if spec.ID == FieldLEI {
		return canonicalLEI(text)
	}
	return text, nil
}

// canonicalLEI checks the form of a Legal Entity Identifier and its two check digits (ISO 7064 MOD 97-10).
func canonicalLEI(text string) (string, error) {
	lei := strings.ToUpper(text)
	remainder := 0
	for _, c := range lei {
		switch {
		case c >= '0' && c <= '9':
			remainder = (remainder*10 + int(c-'0')) % 97
		case c >= 'A' && c <= 'Z':
			remainder = (remainder*100 + int(c-'A') + 10) % 97
		default:
			return "", fmt.Errorf("allowed: 20 letters and digits (ISO 17442)")
		}
	}
	if len(lei) != 20 {
		return "", fmt.Errorf("has %d characters; allowed: 20 letters and digits (ISO 17442)", len(lei))
	}
	if remainder != 1 {
		return "", fmt.Errorf("its check digits do not fit (ISO 17442): one character is wrong")
	}
	return lei, nil
}

// ParseCountry reads an ISO 3166-1 code of two or three letters and gives the code of two.
func ParseCountry(text string) (string, error) {
	region, err := language.ParseRegion(strings.ToUpper(text))
	if err != nil || !region.IsCountry() || len(text) < 2 || len(text) > 3 || text[0] <= '9' {
		return "", fmt.Errorf("unknown country; allowed: ISO 3166-1 codes such as US, TW, DE")
	}
	return region.Canonicalize().String(), nil
}

// SplitList splits a list field into its parts, cleaned, without empty and repeated ones, in order.
func SplitList(text string) []string {
	var parts []string
	for part := range strings.SplitSeq(text, ";") {
		if part = strings.TrimSpace(part); part != "" && !slices.Contains(parts, part) {
			parts = append(parts, part)
		}
	}
	return parts
}

// Clean brings text that a person typed into one spelling: Unicode NFC, no control characters, runs of
// white space as one space, none at the ends. Case, width and accents stay.
func Clean(text string) string {
	if isClean(text) {
		return text
	}
	return strings.Join(strings.Fields(strings.Map(func(r rune) rune {
		switch {
		case r == '\uFEFF' || r == '\u200B': // byte order mark and zero-width space
			return -1
		case r < ' ' || r == 0x7F || r == '\u00A0' || r == '\u3000':
			return ' '
		}
		return r
	}, norm.NFC.String(text))), " ")
}

// isClean is the fast answer for the common case: printable ASCII with single inner spaces.
func isClean(text string) bool {
	space := true // a leading space is not clean
	for i := 0; i < len(text); i++ {
		c := text[i]
		if c <= ' ' && (c != ' ' || space) || c >= 0x7F {
			return false
		}
		space = c == ' '
	}
	return text == "" || !space
}

// nan is the number of a field that holds none.
var nan = math.NaN()
