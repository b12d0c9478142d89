package importer

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/tributarygraph/tributary/graph"
)

func readCompanies(text string) ([]ListedCompany, error) {
	return ReadCompanies(context.Background(), Input{Reader: strings.NewReader(text), Name: "list"}, 1<<20)
}

func TestReadCompanies(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"a name a line", "Nvidia\n\"Foo Co., Ltd.\"\n\nFoo Co., Ltd.\nXNAS:AMD\n600519.SH\nBooking.com\n",
			"1 [Nvidia] [] []\n2 [Foo Co., Ltd.] [] []\n4 [Foo Co., Ltd.] [] []\n5 [] [] [ticker:XNAS:AMD]\n6 [] [] [ticker:XSHG:600519]\n7 [Booking.com] [] []"},
		{"English", "ID,Vendor,Other names,Country,LEI,Ticker,Spend\n7,Nvidia,NVDA; 英伟达,USA,,XNAS:NVDA,1\n",
			"2 7 [Nvidia NVDA 英伟达] [US] [ticker:XNAS:NVDA]"},
		{"Chinese", "供应商清单\n序号,公司名称,简称,国家,股票代码,统一社会信用代码\n1,华为技术有限公司,华为,中国,,914403001922038216\n2,贵州茅台酒股份有限公司,,,600519,\n",
			"3 1 [华为技术有限公司 华为] [CN] [cn-uscc:914403001922038216]\n4 2 [贵州茅台酒股份有限公司] [] [ticker:XSHG:600519]"},
		{"German", "Firma;Land\nSiemens AG;Deutschland\n", "2 [Siemens AG] [DE] []"},
		{"French", "Raison sociale;Pays;SIREN\nTotalEnergies SE;France;542 051 180\n", "2 [TotalEnergies SE] [FR] [fr-siren:542051180]"},
		{"Japanese", "会社名,国,法人番号\n日本電気株式会社,日本,7010401022916\n", "2 [日本電気株式会社] [JP] [jp-jcn:7010401022916]"},
		{"several name columns", "name_en,中文名\nTSMC,台积电\n", "2 [TSMC 台积电] [] []"},
		{"wrong values", "name,country,lei\nNvidia,Atlantis,123\n", "2 [Nvidia] [] [] 2 passed over"},
		{"identifiers only", "isin\nUS67066G1040\n", "2 [] [] [isin:US67066G1040]"},
	} {
		got, err := readCompanies(c.text)
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		var lines []string
		for _, x := range got {
			line := fmt.Sprint(x.Row, " ")
			if x.Entity.ID != "" {
				line += x.Entity.ID + " "
			}
			line += fmt.Sprint(x.Entity.Names, " ", x.Entity.Countries, " ", x.Entity.Identifiers)
			if len(x.Passed) > 0 {
				line += fmt.Sprint(" ", len(x.Passed), " passed over")
			}
			lines = append(lines, line)
		}
		if found := strings.Join(lines, "\n"); found != c.want {
			t.Errorf("%s: got\n%s\nwant\n%s", c.name, found, c.want)
		}
	}
}

func TestReadCompaniesRefuses(t *testing.T) {
	for _, text := range []string{"", "a,b,c\n1,2,3\n4,5,6\n", "name,country\n"} {
		if got, err := readCompanies(text); !errors.Is(err, graph.ErrInvalid) {
			t.Errorf("%q: %v, %v", text, got, err)
		}
	}
}

func TestReadPairs(t *testing.T) {
	read := func(text string) (int, error) {
		pairs, err := ReadPairs(context.Background(), Input{Reader: strings.NewReader(text), Name: "pairs"}, 1<<20)
		return len(pairs), err
	}
	if n, err := read("name1,name2,is_match,language,country1\nA,B,1,en,DE\nC,D,false,zh,\n\n"); n != 2 || err != nil {
		t.Errorf("%d pairs, %v", n, err)
	}
	for text, want := range map[string]string{
		"":                                    "empty",
		"name1,name2\nA,B\n":                  "no column is_match",
		"name1,name2,is_match\nA,B,perhaps\n": "row 2: is_match \"perhaps\"",
		"name1,name2,is_match\nA,,1\n":        "row 2: a name is empty",
		"name1,name2,is_match,country1\nA,B,1,x\n": "row 2: country \"x\"",
	} {
		if _, err := read(text); !errors.Is(err, graph.ErrInvalid) || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %s", text, err, want)
		}
	}
}
