package queries_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/tributarygraph/tributary/graph"
	"github.com/tributarygraph/tributary/queries"
	"github.com/tributarygraph/tributary/queries/internal/drawn"
)

const memories = `
	product chip
	product memory name="Memory" aliases=存储器 parent=chip
	product hbm parent=memory
	product hbm3e parent=hbm
	wafer < memory
	memory < gpu
	memory < phone
	micron * hbm market_share=0.2 period=2024 country=US
	hynix * hbm market_share=0.6 period=2024
	late * memory
	hynix -> nvidia : hbm3e share_of_input=0.7 confidence=0.5
	micron -> nvidia : hbm3e confidence=0.9
	hynix -> apple : memory confidence=0.5
	old -> apple : memory stage=ended
	tsmc -> nvidia : wafer
	g => micron share=1`

func productPageText(a *queries.ProductAnswer) string {
	var out strings.Builder
	for _, k := range a.KindOf {
		fmt.Fprintln(&out, "kind of", k.ID)
	}
	fmt.Fprintln(&out, a.Kinds.Total, "kinds", a.Kinds.Items)
	for _, in := range a.MadeOf.Items {
		fmt.Fprintln(&out, "made of", in.Product.ID, in.Relation)
	}
	for _, in := range a.GoesInto.Items {
		fmt.Fprintln(&out, "goes into", in.Product.ID, in.Relation)
	}
	for _, m := range a.Makers.Items {
		fmt.Fprintln(&out, "maker", m.Relation, m.Product.ID, rangeText(m.MarketShare), m.Country)
	}
	fmt.Fprintln(&out, a.Supplies.Total, "supplies by", a.Supplies.Suppliers, "to", a.Supplies.Buyers)
	for _, s := range a.Supplies.Items {
		fmt.Fprintln(&out, s.Supplier.ID, s.Buyer.ID, s.Product.ID, s.Confidence, rangeText(s.Share))
	}
	return out.String()
}

func rangeText(x *queries.Interval) string {
	if x == nil {
		return "unknown"
	}
	return fmt.Sprintf("%.1f-%.1f", x.Low, x.High)
}

func TestProduct(t *testing.T) {
	v := drawn.View(t, memories)
	tests := []struct {
		req  queries.ProductRequest
		want string
	}{
		{queries.ProductRequest{Product: "存储器"}, `
kind of chip
1 kinds [{hbm hbm }]
made of wafer input_of~wafer~memory~
goes into gpu input_of~memory~gpu~
goes into phone input_of~memory~phone~
maker makes~hynix~hbm~ hbm 0.6-0.6 
maker makes~micron~hbm~ hbm 0.2-0.2 US
maker makes~late~memory~ memory unknown 
3 supplies by 2 to 2
micron nvidia hbm3e 0.9 0.0-0.3
hynix apple memory 0.5 0.0-1.0
hynix nvidia hbm3e 0.5 0.7-0.7
`},
		{queries.ProductRequest{Product: "memory", Limit: 1, Scope: queries.Scope{Group: queries.GroupControl}}, `
kind of chip
1 kinds [{hbm hbm }]
made of wafer input_of~wafer~memory~
goes into gpu input_of~memory~gpu~
maker makes~hynix~hbm~ hbm 0.6-0.6 
3 supplies by 2 to 2
g nvidia hbm3e 0.9 0.0-0.3
`},
		{queries.ProductRequest{Product: "phone", Scope: queries.Scope{MinConfidence: 0.6}}, `
0 kinds []
0 supplies by 0 to 0
`},
	}
	for _, test := range tests {
		a, err := queries.Product(context.Background(), v, test.req)
		if err != nil {
			t.Fatal(err)
		}
		if got := productPageText(a); got != strings.TrimPrefix(test.want, "\n") {
			t.Errorf("%+v:\n%s\nwant%s", test.req, got, test.want)
		}
		if a.Complete != (test.req.Limit == 0) {
			t.Errorf("%+v: complete %v", test.req, a.Complete)
		}
	}
	if a, _ := queries.Product(context.Background(), v, queries.ProductRequest{Product: "wafer"}); a == nil || len(a.Warnings) != 1 {
		t.Error("nobody is warned that no dataset describes wafers")
	}
}

func TestProductIsChecked(t *testing.T) {
	v := drawn.View(t, memories)
	for _, test := range []struct {
		req  queries.ProductRequest
		want error
	}{{queries.ProductRequest{Product: "nothing"}, graph.ErrNotFound}, {queries.ProductRequest{Product: "hbm", Limit: -1}, graph.ErrInvalid}} {
		if _, err := queries.Product(context.Background(), v, test.req); !errors.Is(err, test.want) {
			t.Errorf("%+v: %v", test.req, err)
		}
	}
	late, cancel := context.WithTimeout(context.Background(), 0)
	defer cancel()
	if a, err := queries.Product(late, v, queries.ProductRequest{Product: "memory"}); err != nil || a.StoppedBecause != queries.StoppedByDeadline {
		t.Errorf("late: %+v, %v", a, err)
	}
}
