package resolve

import (
	"strings"
	"testing"
)

func TestParseIdentifier(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"5493001KJTIIGC8Y1R12", "lei:5493001KJTIIGC8Y1R12"},
		{"lei:5493001kjtiigc8y1r12", "lei:5493001KJTIIGC8Y1R12"},
		{"5493001KJTIIGC8Y1R21", ""}, // two digits swapped
		{"US67066G1040", "isin:US67066G1040"},
		{"us67066g1040", "isin:US67066G1040"},
		{"US67066G1041", ""},
		{"ZZ67066G1040", ""},
		{"ＵＳ67066G1040", "isin:US67066G1040"}, // full width
		{"ticker:600519", "ticker:XSHG:600519"},
		{"600519.SH", "ticker:XSHG:600519"},
		{"SH600519", "ticker:XSHG:600519"},
		{"sz.300750", "ticker:XSHE:300750"},
		{"688981.SS", "ticker:XSHG:688981"},
		{"600519.SZ", ""}, // not of Shenzhen
		{"920002.BJ", "ticker:BJSE:920002"},
		{"股票代码:830799", "ticker:BJSE:830799"},
		{"0700.HK", "ticker:XHKG:00700"},
		{"XHKG:700", "ticker:XHKG:00700"},
		{"XNAS:NVDA", "ticker:XNAS:NVDA"},
		{"NASDAQ:nvda", "ticker:XNAS:NVDA"},
		{"7203.T", "ticker:XTKS:7203"},
		{"BRK.B", ""}, // which market?
		{"ticker:NVDA", ""},
		{"600519", ""}, // may be anything
		{"91350200612012345X", ""},
		{"91440300279283526A", ""},
		{"914403001922038216", "cn-uscc:914403001922038216"}, // Huawei
		{"7010401022916", "jp-jcn:7010401022916"},            // NEC
		{"T7010401022916", "jp-jcn:7010401022916"},
		{"7010401022961", ""},
		{"siren:542 065 479", "fr-siren:542065479"},
		{"siret:54206547900014", "fr-siren:542065479"},
		{"siren:542065478", ""},
		{"542065479", ""}, // nine digits are anything
		{"HRB 6684 München", "de-hrb:HRB 6684 MUNCHEN"},
		{"Amtsgericht München, HRB 6684", "de-hrb:HRB 6684 MUNCHEN"},
		{"HRB 12300", "de-hrb:HRB 12300"},
		{"HRB 158855 B, Amtsgericht Charlottenburg", "de-hrb:HRB 158855 CHARLOTTENBURG"},
		{"companies_house:445790", "gb-coh:00445790"},
		{"gb-coh:SC123456", "gb-coh:SC123456"},
		{"opencorporates:GB/00445790", "opencorporates:gb/00445790"},
		{"permid:4295914405", "permid:4295914405"},
		{"nonsense:1", ""},
		{"", ""},
	} {
		id, err := ParseIdentifier(c.in)
		switch {
		case c.want == "" && err == nil:
			t.Errorf("%q: got %s, want an error", c.in, id)
		case c.want != "" && err != nil:
			t.Errorf("%q: %v", c.in, err)
		case c.want != "" && id.String() != c.want:
			t.Errorf("%q: got %s, want %s", c.in, id, c.want)
		}
	}
}

// One digit or letter typed for another is found by every scheme with check digits, but for letters of an ISIN.
func TestCheckDigitsFindOneWrongCharacter(t *testing.T) {
	for scheme, value := range map[Scheme]string{LEI: "5493001KJTIIGC8Y1R12", ISIN: "US67066G1040", USCC: "914403001922038216", JCN: "7010401022916", SIREN: "542065479"} {
		if _, err := ParseIdentifierOf(scheme, value); err != nil {
			t.Fatal(err)
		}
		for i := range value {
			for _, c := range "0123456789ABCDEFGHJKLMNPQRTUWXY" {
				wrong := value[:i] + string(c) + value[i+1:]
				if wrong == value || !isDigits(string(c)) && scheme == ISIN || isDigits(string(c)) != isDigits(value[i:i+1]) || scheme == JCN && nineForZero(value[i], byte(c)) {
					continue
				}
				if id, err := ParseIdentifierOf(scheme, wrong); err == nil {
					t.Errorf("%s %s was taken for right (%s)", scheme, wrong, id)
				}
			}
		}
	}
}

// nineForZero is what a remainder by nine cannot find.
func nineForZero(a, b byte) bool { return a == '0' && b == '9' || a == '9' && b == '0' }

func TestSole(t *testing.T) {
	for _, c := range []struct {
		a, b     string
		conflict bool
	}{
		{"ticker:XSHG:600519", "ticker:XSHE:000858", true},
		{"ticker:XSHG:600519", "ticker:XHKG:00700", false}, // A and H shares of one company
		{"ticker:XSHG:600519", "ticker:XSHG:900905", false},
		{"ticker:XNAS:GOOG", "ticker:XNAS:GOOGL", false},
		{"isin:US67066G1040", "isin:US0378331005", false},
		{"HRB 6684 München", "HRB 12300 Berlin", true},
		{"HRB 6684", "HRB 12300 Berlin", false},
		{"lei:5493001KJTIIGC8Y1R12", "lei:HWUPKR0MPOU8FGXBT394", true},
		{"opencorporates:gb/00445790", "opencorporates:us_de/123", false},
		{"opencorporates:gb/00445790", "opencorporates:gb/00445791", true},
	} {
		a, b := Entity{Names: []string{"Same Ltd"}, Identifiers: ids(t, c.a)}, Entity{Names: []string{"Same Ltd"}, Identifiers: ids(t, c.b)}
		s := Compare(&a, &b)
		if s.Vetoed != c.conflict {
			t.Errorf("%s and %s: vetoed %v, want %v", c.a, c.b, s.Vetoed, c.conflict)
		}
		if s.Vetoed && (s.Value != 0 || !strings.Contains(s.Reasons[0].Feature, "conflict")) {
			t.Errorf("%s and %s: a veto gives %+v", c.a, c.b, s)
		}
	}
}

func ids(t interface{ Fatal(...any) }, texts ...string) (out []Identifier) {
	for _, text := range texts {
		id, err := ParseIdentifier(text)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, id)
	}
	return out
}

func FuzzParseIdentifier(f *testing.F) {
	for _, seed := range []string{"5493001KJTIIGC8Y1R12", "ticker:XNAS:NVDA", "600519.SH", "HRB 6684 München", "siret:54206547900014", "opencorporates:gb/1", "ISIN:", ":", "T7010401022916"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		id, err := ParseIdentifier(text)
		if err != nil {
			return
		}
		again, err := ParseIdentifier(id.String())
		if err != nil || again != id {
			t.Errorf("%q gives %s, which gives %s, %v", text, id, again, err)
		}
	})
}
