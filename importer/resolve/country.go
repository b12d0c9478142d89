package resolve

import (
	"strings"
	"sync"

	"golang.org/x/text/language"
	"golang.org/x/text/language/display"

	"github.com/tributarygraph/tributary/graph"
)

// ParseCountry reads a country as lists write it: a code of ISO 3166-1, or the name in one of the languages that
// [countryNames] knows. It gives the code of two letters; ok is false where it is none.
func ParseCountry(text string) (code string, ok bool) {
	if code, err := graph.ParseCountry(graph.Clean(text)); err == nil {
		return code, true
	}
	code, ok = countryNames()[graph.NormalizeName(text)]
	return code, ok
}

// otherCountryNames are names of countries that are common, but not those of the standard.
var otherCountryNames = map[string]string{
	"usa": "US", "u s a": "US", "u s": "US", "america": "US", "united states of america": "US", "uk": "GB", "u k": "GB", "great britain": "GB", "england": "GB", "prc": "CN", "p r c": "CN",
	"people s republic of china": "CN", "mainland china": "CN", "中国大陆": "CN", "中华人民共和国": "CN", "korea": "KR", "republic of korea": "KR", "中国台湾": "TW", "台湾": "TW", "taiwan roc": "TW",
	"中国香港": "HK", "香港": "HK", "hong kong": "HK", "hong kong sar": "HK", "hongkong": "HK", "澳门": "MO", "macau": "MO", "holland": "NL", "the netherlands": "NL", "russia": "RU", "vietnam": "VN", "czech republic": "CZ", "turkey": "TR",
	"viet nam": "VN", "russian federation": "RU", "korea republic of": "KR", "taiwan province of china": "TW", "iran islamic republic of": "IR", "syrian arab republic": "SY", "lao people s democratic republic": "LA",
	"bolivia plurinational state of": "BO", "venezuela bolivarian republic of": "VE", "tanzania united republic of": "TZ", "moldova republic of": "MD", "brunei darussalam": "BN", "turkiye": "TR", "czechia": "CZ",
	"brd": "DE", "schweiz": "CH", "bundesrepublik deutschland": "DE", "アメリカ": "US", "米国": "US", "英国": "GB", "中国": "CN", "韓国": "KR", "台湾地区": "TW",
}

// countryNames maps names of countries, in the form in which names are compared, to codes. It is made once.
var countryNames = sync.OnceValue(func() map[string]string {
	names := map[string]string{}
	namers := []display.Namer{}
	for _, tag := range []string{"en", "zh", "zh-Hant", "de", "fr", "ja", "es", "it", "pt", "nl", "ko"} {
		namers = append(namers, display.Regions(language.Make(tag)))
	}
	for a := 'A'; a <= 'Z'; a++ {
		for b := 'A'; b <= 'Z'; b++ {
			region, err := language.ParseRegion(string([]rune{a, b}))
			if err != nil || !region.IsCountry() || region.Canonicalize() != region {
				continue
			}
			for _, n := range namers {
				if form := graph.NormalizeName(n.Name(region)); form != "" && !strings.EqualFold(form, region.String()) {
					names[form] = region.String()
				}
			}
		}
	}
	for name, code := range otherCountryNames {
		names[name] = code
	}
	return names
})
