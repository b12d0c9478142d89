package mapping

import (
	"sync"

	"golang.org/x/text/language"
	"golang.org/x/text/language/display"

	"github.com/tributarygraph/tributary/graph"
)

// countryCode is the code of a country that is written as a code or as a name.
func countryCode(text string) (code string, ok bool) {
	if code, err := graph.ParseCountry(text); err == nil {
		return code, true
	}
	code, ok = regions()[fold(text)]
	return code, ok
}

// regions are countries by their names in the languages of most files.
var regions = sync.OnceValue(func() map[string]string {
	out := map[string]string{}
	for _, tag := range []language.Tag{language.English, language.SimplifiedChinese, language.TraditionalChinese, language.German, language.French, language.Japanese} {
		namer := display.Regions(tag)
		for _, code := range isoRegions() {
			if name := fold(namer.Name(language.MustParseRegion(code))); name != "" && out[name] == "" {
				out[name] = code
			}
		}
	}
	for name, code := range map[string]string{"中国大陆": "CN", "中国台湾": "TW", "台湾地区": "TW", "中国香港": "HK", "香港": "HK", "澳门": "MO", "usa": "US", "u.s.": "US", "united states of america": "US", "uk": "GB",
		"great britain": "GB", "england": "GB", "korea": "KR", "republic of korea": "KR", "russia": "RU", "vietnam": "VN", "viet nam": "VN", "czech republic": "CZ", "holland": "NL", "uae": "AE", "mainland china": "CN", "hong kong": "HK", "taiwan": "TW", "台灣": "TW"} {
		out[fold(name)] = code
	}
	return out
})

// isoRegions are the countries that the graph knows.
func isoRegions() (out []string) {
	for a := 'A'; a <= 'Z'; a++ {
		for b := 'A'; b <= 'Z'; b++ {
			code := string(a) + string(b)
			if known, err := graph.ParseCountry(code); err == nil && known == code {
				if _, err := language.ParseRegion(code); err == nil {
					out = append(out, code)
				}
			}
		}
	}
	return out
}
