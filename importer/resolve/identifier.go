package resolve

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"golang.org/x/text/width"

	"github.com/tributarygraph/tributary/graph"
)

// Scheme says which register or standard an identifier belongs to. The first five are the fields of a company in the
// graph.
type Scheme string

// The schemes.
const (
	LEI            Scheme = "lei"            // ISO 17442
	ISIN           Scheme = "isin"           // ISO 6166, of a security of the company
	Ticker         Scheme = "ticker"         // MIC:SYMBOL, the market as ISO 10383 codes it
	PermID         Scheme = "permid"         // LSEG
	OpenCorporates Scheme = "opencorporates" // jurisdiction/number

	USCC  Scheme = "cn-uscc"  // Chinese unified social credit code, GB 32100
	JCN   Scheme = "jp-jcn"   // Japanese corporate number
	SIREN Scheme = "fr-siren" // French SIREN; of a SIRET the first nine digits
	HRB   Scheme = "de-hrb"   // German commercial register: HRB or HRA, number, court
	COH   Scheme = "gb-coh"   // number at Companies House
)

// Schemes are all schemes, in the order in which reasons name them.
var Schemes = []Scheme{LEI, ISIN, Ticker, PermID, OpenCorporates, USCC, JCN, SIREN, HRB, COH}

// Identifier is an identifier in its canonical spelling. Two that are equal name one company.
type Identifier struct {
	Scheme Scheme `json:"scheme"`
	Value  string `json:"value"`
}

// String is scheme:value.
func (id Identifier) String() string { return string(id.Scheme) + ":" + id.Value }

// sole names what a company has only one of, so that two values contradict each other; empty where a company may have
// several, as it has securities on several markets.
func (id Identifier) sole() string {
	switch id.Scheme {
	case ISIN:
		return ""
	case Ticker:
		if market, code, _ := strings.Cut(id.Value, ":"); isAShare(market, code) {
			return "a-share"
		}
		return ""
	case OpenCorporates: // branches are registered elsewhere too
		jurisdiction, _, _ := strings.Cut(id.Value, "/")
		return string(OpenCorporates) + " of " + jurisdiction
	case HRB:
		if strings.Count(id.Value, " ") < 2 { // without its court the number is one of many
			return ""
		}
	}
	return string(id.Scheme)
}

// schemeNames are other names of schemes, as columns and references call them.
var schemeNames = map[string]Scheme{
	"isins": ISIN, "tickers": Ticker, "stock_code": Ticker, "stock": Ticker, "symbol": Ticker, "a-share": Ticker, "a_share": Ticker, "证券代码": Ticker, "股票代码": Ticker, "證券代碼": Ticker,
	"uscc": USCC, "统一社会信用代码": USCC, "統一社會信用代碼": USCC, "jcn": JCN, "法人番号": JCN, "corporate_number": JCN, "siren": SIREN, "siret": SIREN,
	"hrb": HRB, "hra": HRB, "handelsregister": HRB, "companies_house": COH, "company_number": COH,
}

// SchemeOf is the scheme called name.
func SchemeOf(name string) (Scheme, bool) {
	name = strings.ToLower(strings.TrimSpace(name))
	if slices.Contains(Schemes, Scheme(name)) {
		return Scheme(name), true
	}
	scheme, ok := schemeNames[name]
	return scheme, ok
}

// ParseIdentifier reads and checks an identifier: with its scheme before a colon (lei:..., ticker:XNAS:NVDA,
// siren:...), or without where its form tells which it is: an LEI, an ISIN, a Chinese or Japanese company number, all
// of which have check digits, MIC:SYMBOL, and a code of a share with its market (600519.SH, 0700.HK). The error wraps
// [graph.ErrInvalid].
func ParseIdentifier(text string) (Identifier, error) {
	text = graph.Clean(width.Narrow.String(text))
	if prefix, value, found := strings.Cut(text, ":"); found {
		if scheme, ok := SchemeOf(prefix); ok {
			return ParseIdentifierOf(scheme, value)
		}
	}
	for _, scheme := range []Scheme{LEI, ISIN, USCC, JCN, HRB} {
		if scheme == HRB && !strings.Contains(strings.ToUpper(text), "HR") {
			continue // any number
		}
		if id, err := ParseIdentifierOf(scheme, text); err == nil {
			return id, nil
		}
	}
	if strings.ContainsAny(text, ":.") || marketBefore.MatchString(strings.ToUpper(text)) {
		if id, err := ParseIdentifierOf(Ticker, text); err == nil {
			return id, nil
		}
	}
	return Identifier{}, fmt.Errorf("%w: identifier %q: its kind cannot be told, or a character of it is wrong; write its scheme, such as lei:, isin:, ticker:XNAS: or siren:, before it", graph.ErrInvalid, text)
}

// ParseIdentifierOf reads and checks an identifier whose scheme is known.
func ParseIdentifierOf(scheme Scheme, text string) (Identifier, error) {
	text = graph.Clean(width.Narrow.String(text))
	parse := parsers[scheme]
	if parse == nil {
		return Identifier{}, fmt.Errorf("%w: identifier scheme %q; allowed: %v", graph.ErrInvalid, scheme, Schemes)
	}
	value, err := parse(text)
	if err != nil {
		return Identifier{}, fmt.Errorf("%w: %s %q: %v", graph.ErrInvalid, scheme, text, err)
	}
	return Identifier{scheme, value}, nil
}

var parsers = map[Scheme]func(string) (string, error){
	LEI: parseLEI, ISIN: parseISIN, Ticker: parseTicker, PermID: parsePermID, OpenCorporates: parseOpenCorporates,
	USCC: parseUSCC, JCN: parseJCN, SIREN: parseSIREN, HRB: parseHRB, COH: parseCOH,
}

func parseLEI(text string) (string, error) {
	f, err := graph.ParseField(graph.FieldLEI, text)
	if err != nil || f.Empty() {
		return "", fmt.Errorf("not an LEI: 20 letters and digits whose check digits fit (ISO 17442)")
	}
	return f.Text, nil
}

func parsePermID(text string) (string, error) {
	if text == "" || !isDigits(text) {
		return "", fmt.Errorf("allowed: digits")
	}
	return text, nil
}

func parseOpenCorporates(text string) (string, error) {
	jurisdiction, number, _ := strings.Cut(strings.ToLower(text), "/")
	if jurisdiction == "" || number == "" || strings.ContainsAny(number, " /") {
		return "", fmt.Errorf("allowed: jurisdiction/number, such as gb/01234567")
	}
	return jurisdiction + "/" + number, nil
}

// courtWords stand before the place of a court.
var courtWords = []string{"amtsgericht", "registergericht", "ag", "local", "court", "of", "beim"}

var hrbNumber = regexp.MustCompile(`^[0-9]{1,7}$`)

// parseHRB reads an entry of the German commercial register: the section, the number and, where it is given, the
// court, which belongs to the number: every court counts for itself.
func parseHRB(text string) (string, error) {
	allowed := fmt.Errorf("allowed: HRB or HRA, the number and the court, such as HRB 6684 München")
	words := strings.Fields(graph.NormalizeName(text))
	at := slices.IndexFunc(words, func(w string) bool { return strings.HasPrefix(w, "hrb") || strings.HasPrefix(w, "hra") })
	section, number := "HRB", ""
	switch {
	case at < 0 && len(words) == 1:
		number, words = words[0], nil
	case at < 0:
		return "", allowed
	default:
		section, number = strings.ToUpper(words[at][:3]), words[at][3:]
		words = slices.Delete(words, at, at+1)
		for number == "" && at < len(words) {
			if number = words[at]; number == "nr" || number == "no" {
				number = ""
			}
			words = slices.Delete(words, at, at+1)
		}
	}
	if number = strings.TrimLeft(number, "0"); !hrbNumber.MatchString(number) {
		return "", allowed
	}
	value := section + " " + number
	// A letter behind the number tells districts of Berlin apart that are one court now.
	court := slices.DeleteFunc(words, func(w string) bool { return slices.Contains(courtWords, w) || len(w) == 1 })
	if len(court) > 0 {
		value += " " + strings.ToUpper(strings.Join(court, "-"))
	}
	return value, nil
}

var cohForm = regexp.MustCompile(`^[A-Z]{0,2}[0-9]{1,8}$`)

func parseCOH(text string) (string, error) {
	value := strings.ToUpper(strings.ReplaceAll(text, " ", ""))
	if !cohForm.MatchString(value) || len(value) > 8 || len(value) < 6 {
		return "", fmt.Errorf("allowed: eight digits, or two letters and six digits")
	}
	if isDigits(value) {
		value = strings.Repeat("0", 8-len(value)) + value
	}
	return value, nil
}

func isDigits(text string) bool {
	for i := 0; i < len(text); i++ {
		if text[i] < '0' || text[i] > '9' {
			return false
		}
	}
	return text != ""
}
