package importer

import (
	"errors"
	"os"
	"strings"
	"testing"

	"github.com/tributarygraph/tributary/graph"
	"github.com/tributarygraph/tributary/importer/records"
)

func files(t *testing.T, folder string) (names []string) {
	t.Helper()
	entries, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

func TestHeaderTellsTheRecords(t *testing.T) {
	for _, test := range []struct {
		file, header string
		records      string
	}{
		{"x.csv", "name,country", "companies"},
		{"x.csv", "name,anything", "companies"},
		{"x.csv", "id", "companies"},
		{"x.csv", "Name", "companies"},
		{"vendors.csv", "Vendor,Category", "companies"},
		{"vendors.csv", "Company Name,Website", "companies"},
		{"x.csv", "名称,国家", "companies"},
		{"x.csv", "supplier,buyer", "relations"},
		{"x.csv", "Supplier Name;Customer", "relations"},
		{"x.csv", "供应商\t客户\t产品", "relations"},
		{"x.csv", "owner,owned,share", "relations"},
		{"x.csv", "maker,product,market_share", "relations"},
		{"x.csv", "input,product", "relations"},
		{"x.csv", "a,b,role", "relations"},
		{"x.csv", "kind,supplier,buyer,owner,owned,product", "relations"},
		{"x.csv", "id,name,parent", "products"},
		{"x.csv", "name,code", "products"},
		{"products.csv", "id,name,aliases", "products"},
		{"x.csv", "id,title,url", "sources"},
		{"x.csv", "url,published", "sources"},
		{"x.csv", "record,canonical", "sameness"},
		{"x.csv", "kind,record,canonical,decided_by,reason,at", "sameness"},
		{"x.csv", "statement,id,name", "mixed"},
		{"x.csv", "row,reason,supplier,buyer", "relations"},
	} {
		s, err := shapeOf(test.file, strings.FieldsFunc(test.header, func(r rune) bool { return strings.ContainsRune(",;\t", r) }))
		if err != nil {
			t.Errorf("%s: %v", test.header, err)
			continue
		}
		if got := holdings("", s); got != test.records {
			t.Errorf("%s: %s, want %s", test.header, got, test.records)
		}
	}
}

func TestHeaderErrors(t *testing.T) {
	for _, test := range []struct{ header, want string }{
		{"suplier,buyer", "did you mean supplier by \"suplier\"?"},
		{"supplier,byuer", "did you mean buyer by \"byuer\"?"},
		{"supplier,product", "column \"buyer\" is missing"},
		{"owner,percent", "column \"owned\" is missing"},
		{"nmae,country", "did you mean name by \"nmae\"?"},
		{"foo,bar", "none that tells what the rows are was found among: \"foo\", \"bar\""},
		{"name,name", "columns 1 and 2 are both named \"name\""},
		{"Name,name", "columns 1 and 2 are both named \"name\""},
		{"record,by", "column \"canonical\" is missing"},
	} {
		_, err := shapeOf("x.csv", strings.Split(test.header, ","))
		if !errors.Is(err, graph.ErrInvalid) || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: %v, want %s", test.header, err, test.want)
		}
	}
}

func TestNearest(t *testing.T) {
	for _, test := range []struct{ text, want string }{
		{"suplier", "supplier"}, {"supplier", "supplier"}, {"buyre", "buyer"}, {"share_of_inputs", "share_of_input"},
		{"x", ""}, {"colour", ""}, {"", ""},
	} {
		if got := records.Nearest(test.text, []string{"supplier", "buyer", "share_of_input"}); got != test.want {
			t.Errorf("nearest(%q) = %q, want %q", test.text, got, test.want)
		}
	}
}

// Two ideographs are two letters, though six bytes: nothing is nearly called so.
func TestNearestCountsLetters(t *testing.T) {
	for text, want := range map[string]string{"金额": "", "curency": "currency", "nmae": "name", "ix": ""} {
		if got := records.Nearest(text, []string{"id", "currency", "name"}); got != want {
			t.Errorf("%s: %q, want %q", text, got, want)
		}
	}
}
