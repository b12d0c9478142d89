package resolve

import (
	"strings"
	"testing"
)

// Decisions that should stand, by language. What names alone cannot tell is not among them.
func TestDecisions(t *testing.T) {
	de, us, cn, jp := []string{"DE"}, []string{"US"}, []string{"CN"}, []string{"JP"}
	for _, c := range []struct {
		a, b               string
		countryA, countryB []string
		want               Decision
	}{
		// English
		{"NVIDIA Corporation", "nvidia corp.", nil, nil, Matched},
		{"Micron Technology", "Micron Technology, Inc.", nil, nil, Matched},
		{"Mitsubishi Electric Corp", "Mitsubishi Elektric Corp", nil, nil, Review},
		{"Acme AG", "Acme AG", de, us, Review},
		{"Foo Chemical Ltd", "Foo Steel Ltd", nil, nil, New},
		{"Apple Inc", "Maple Inc", nil, nil, New},
		{"National Petroleum Company", "National Petroleum Corporation", nil, nil, Review},
		{"Robert Bosch Stiftung GmbH", "Robert Bosch GmbH", nil, nil, New},
		{"Customer 1 Ltd", "Customer 2 Ltd", nil, nil, New},
		{"TSMC", "Taiwan Semiconductor Manufacturing Company", nil, nil, Review},
		// German
		{"Müller Maschinenbau GmbH", "Mueller Maschinenbau GmbH", de, de, Matched},
		{"Continental Aktiengesellschaft", "Continental AG", nil, nil, Matched},
		{"Siemens Energy AG", "Siemens AG", nil, nil, New},
		{"Bosch Rexroth AG", "Robert Bosch GmbH", nil, nil, New},
		// French
		{"Société Générale S.A.", "Societe Generale SA", nil, nil, Matched},
		{"Arkema France", "Arkema S.A.", nil, nil, Review},
		// Chinese
		{"台積電", "台积电", nil, nil, Matched},
		{"寧德時代新能源科技股份有限公司", "宁德时代新能源科技股份有限公司", cn, cn, Matched},
		{"三花智控", "浙江三花智能控制股份有限公司", nil, nil, Review},
		{"宝钢股份", "包钢股份", nil, nil, New},
		{"上海电气集团股份有限公司", "上海电器科学研究所有限公司", nil, nil, New},
		{"中国电子科技集团公司第十三研究所", "中国电子科技集团公司第十四研究所", nil, nil, New},
		// Japanese
		{"㈱デンソー", "株式会社デンソー", nil, nil, Matched},
		{"日立製作所", "株式会社日立製作所", jp, jp, Matched},
		{"村田機械株式会社", "株式会社村田製作所", jp, jp, New},
		// Between scripts, a person looks, whatever fits.
		{"Murata Manufacturing Co., Ltd.", "株式会社村田製作所", jp, jp, Review},
		{"Sanhua Holding Group", "三花控股集团有限公司", nil, nil, Review},
	} {
		a, b := Entity{Names: []string{c.a}, Countries: c.countryA}, Entity{Names: []string{c.b}, Countries: c.countryB}
		s := Compare(&a, &b)
		if got := DefaultConfig().decide(s.Value); got != c.want {
			t.Errorf("%s and %s: %s (%.2f), want %s: %+v", c.a, c.b, got, s.Value, c.want, s.Reasons)
		}
	}
}

// The reasons add up to the score, so that nothing is left unsaid.
func TestReasonsAddUp(t *testing.T) {
	for _, names := range [][2]string{{"Micron", "Micron Technology, Inc."}, {"Murata Manufacturing", "村田製作所"}, {"Foo Chemical Ltd", "Foo Steel Ltd"}, {"Foo Works Ltd", "Foo Mills Ltd"}} {
		a, b := Entity{Names: names[:1]}, Entity{Names: names[1:]}
		s := Compare(&a, &b)
		sum := 0.0
		for _, r := range s.Reasons {
			sum += r.Weight
		}
		if d := sum - logit(s.Value); d > 0.02 || d < -0.02 {
			t.Errorf("%v: the reasons add up to %.3f, the score stands for %.3f", names, sum, logit(s.Value))
		}
	}
}

// Names that agree only through words that mean the same are asked about, in words; one word in two spellings is no such.
func TestSynonymsAreAsked(t *testing.T) {
	for _, c := range []struct {
		a, b, asked string // the words that the reason names; empty where the two are matched
	}{
		{"Alpha Steel Works", "Alpha Steel Mills", "mills / works"},
		{"Alpha Plant Ltd", "Alpha Factory Ltd", "factory / plant"},
		{"Alpha Industries Inc", "Alpha Industrial Inc", "industrial / industries"},
		{"Alpha Global Ltd", "Alpha International Ltd", "global / international"},
		{"Alpha Electronics", "Alpha 电子", "electronics / 电子"},
		{"Alpha Steel Works", "ALPHA STEEL WORKS LTD", ""},
		{"Alpha Mills and Works Ltd", "Alpha Works & Mills Limited", ""},
		{"Alpha Technology Ltd", "Alpha Technologies Ltd", ""},
		{"Alpha Stahlwerk GmbH", "Alpha Stahlwerke GmbH", ""},
		{"Alpha Mfg. Co.", "Alpha Manufacturing Company", ""},
		{"Alpha HD", "Alpha Holdings", ""},
		{"三菱重工", "三菱重工業株式会社", ""},
	} {
		a, b := Entity{Names: []string{c.a}}, Entity{Names: []string{c.b}}
		s := Compare(&a, &b)
		want, reason := Matched, ""
		if c.asked != "" {
			want = Review
		}
		for _, r := range s.Reasons {
			if r.Feature == "unsure" {
				_, reason, _ = strings.Cut(r.Detail, "not the same need a person: ")
			}
		}
		if got := DefaultConfig().decide(s.Value); got != want || reason != c.asked {
			t.Errorf("%s and %s: %s (%.2f) for %q, want %s for %q: %+v", c.a, c.b, got, s.Value, reason, want, c.asked, s.Reasons)
		}
	}
}
