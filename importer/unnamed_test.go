package importer

import (
	"testing"

	"github.com/tributarygraph/tributary/importer/records"
)

// anonymousNames is the warning of parties that are only numbered or lettered.
func anonymousNames(r *Report) (n int64, found []string) {
	for _, w := range r.Warnings {
		if w.Code == "anonymous_name" {
			for _, x := range w.Examples {
				found = append(found, x.Found)
			}
			return w.Count, found
		}
	}
	return 0, nil
}

func TestWarnsOfAnonymousNames(t *testing.T) {
	for _, test := range []struct {
		name, text string
		conversion *records.Conversion
		want       int64
	}{
		{"relations", "supplier,buyer\nAcme,Customer A\nSupplier B,Acme\n宁德,客户一\n供应商A,宁德\n第一名,宁德\n第1名,宁德\n单位1,Customer B\nCustomer Care Ltd,中国单位\n", nil, 7},
		{"companies", "name,country\nCustomer A,US\nSupplier Inc,US\n", nil, 1},
		{"a company with another id", "id,name\nx1,Supplier B\n", nil, 1},
		{"anonymous", "id,kind,name\nacme-2024-a,anonymous,Customer A\n", nil, 0},
		{"products", "input,product\nCustomer A,Customer B\n", nil, 0},
		{"a filing", "filer,period,customer,percent_of_revenue\nAcme,2024,Customer A,19%\n", nil, 0},
		{"mapped", "needs from,to,what,share\nb,Customer A,steel,\n", &records.Conversion{Name: "plain", Key: "plain/1", Converter: func() (records.Converter, error) { return plainTrades{}, nil }}, 1},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := mustImport(t, openStore(t), Options{Conversion: test.conversion}, reader("t.csv", test.text))
			if n, found := anonymousNames(r); n != test.want || len(found) != int(min(test.want, maxExamples)) {
				t.Errorf("%d warnings %v, want %d; %s", n, found, test.want, asJSON(t, r.Rejections))
			}
		})
	}
}

// plainTrades takes names as they are.
type plainTrades struct{}

func (plainTrades) Convert(r *records.Record, emit records.Emit) error {
	return emit(&records.Row{Shape: tradeShape, Cells: r.Cells})
}

func (plainTrades) Finish(records.Emit) error { return nil }
