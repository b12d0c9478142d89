package resolve

import (
	"strings"
	"testing"
	"unicode/utf8"
)

// described is a name taken apart, for tests.
func described(p *parsed) string {
	var out []string
	for i := range p.tokens {
		text := p.tokens[i].text
		if c := p.tokens[i].class; c != classCore {
			text += "/" + classNames[c]
		}
		out = append(out, text)
	}
	for _, l := range p.legal {
		out = append(out, "("+l.id+")")
	}
	return strings.Join(out, " ")
}

func TestParseName(t *testing.T) {
	for name, want := range map[string]string{
		"NVIDIA Corporation":                     "nvidia (inc)",
		"The Dow Chemical Company":               "the/fill dow chemical/line (co)",
		"J. P. Morgan & Co.":                     "jp morgan (co)",
		"McDonald's Corp.":                       "mcdonalds (inc)",
		"A.P. Møller - Mærsk A/S":                "ap moller maersk (as)",
		"Telefonaktiebolaget LM Ericsson (publ)": "telefonaktiebolaget lm ericsson (ab)",
		"Siemens Energy AG":                      "siemens energy/line (ag)",
		"Brose Fahrzeugteile SE & Co. Kommanditgesellschaft, Bamberg": "brose fahrzeugteile/line bamberg/place (kg)",
		"MAHLE Filtersysteme GmbH":                                    "mahle filtersysteme/line (gmbh)",
		"Bayerische Motoren Werke Aktiengesellschaft":                 "bayerische/place motoren/line werke/line (ag)",
		"Compagnie de Saint-Gobain S.A.":                              "de/fill saint gobain (sa) (co)",
		"L'Air Liquide S.A.":                                          "air/line liquide (sa)",
		"Électricité de France":                                       "electricite/line de/fill france/place",
		"AB Volvo":                                                    "volvo (ab)",
		"PT Astra International Tbk":                                  "astra international/group (plc) (pt)",
		"Pirelli & C. S.p.A.":                                         "pirelli (spa)",
		"Intel Products (M) Sdn. Bhd.":                                "intel products/unit m/place (ltd)",
		"宁德时代新能源科技股份有限公司":                                             "宁德时代 新能源/line 科技/line (cnjsc)",
		"浙江省三花智能控制股份有限公司":                                             "浙江/place 三花 智能/line 控制/line (cnjsc)",
		"東方電氣集團有限公司":                                                  "东方/unit 电气/line 集团/group (cnltd)",
		"中国电子科技集团公司第十三研究所":                                            "中国/place 电子/line 科技/line 集团/group 第十三/number 研究所/unit (cnco)",
		"株式会社日立製作所":                                                   "日立 制作所/line (kk)",
		"㈱デンソー":                                                       "デンソー (kk)",
		"ﾄﾖﾀ自動車株式会社":                                                  "トヨタ 自动车/line (kk)",
		"JFEスチール株式会社":                                                 "jfe スチール/line (kk)",
		"株式会社オートバックスセブン":                                              "オートバックスセブン (kk)",
		"삼성전자 주식회사":                                                   "삼성전자 (kr)",
		"GmbH":                                                        "gmbh",
		"有限公司":                                                        "有限公司",
		"...":                                                         "",
	} {
		if got := described(parseName(name)); got != want {
			t.Errorf("%s: got %q, want %q", name, got, want)
		}
	}
}

func TestRomanize(t *testing.T) {
	for _, c := range []struct {
		word     string
		japanese bool
		want     string
	}{
		{"三花", false, "sanhua"}, {"长城", false, "changcheng"}, {"ブリヂストン", true, "burijisuton"}, {"レーザーテック", true, "lasertec"}, {"ジェイエフイー", true, "jfe"}, {"村田", true, "murata"}, {"キッコーマン", true, "kikkoman"}, {"", false, ""},
	} {
		if got := romanize(foldName(c.word), c.japanese); got != c.want {
			t.Errorf("%s: got %q, want %q", c.word, got, c.want)
		}
	}
}

// FuzzName: whatever a name is, it can be taken apart and compared, and is itself.
func FuzzName(f *testing.F) {
	for _, seed := range []string{"NVIDIA Corp.", "宁德时代新能源科技股份有限公司", "㈱日立製作所", "Société Générale S.A.", "S.p.A.", "ー", "第", "'", "a\u0300", "\xff", "株", "ッ", "GmbH & Co. KG"} {
		f.Add(seed, "Nvidia")
	}
	f.Fuzz(func(t *testing.T, a, b string) {
		if !utf8.ValidString(a) || !utf8.ValidString(b) {
			return
		}
		x, y := Entity{Names: []string{a}}, Entity{Names: []string{b}}
		if s := Compare(&x, &x); s.Value != 1 && len(parseName(a).tokens) > 0 {
			t.Errorf("%q compared with itself: %+v", a, s)
		}
		one, other := Compare(&x, &y), Compare(&y, &x)
		if one.Value != other.Value || one.Value < 0 || one.Value > 1 {
			t.Errorf("%q and %q: %v, the other way %v", a, b, one, other)
		}
		blockingKeys(prepare(&x), func(uint32) {}, func(uint32) {})
	})
}
