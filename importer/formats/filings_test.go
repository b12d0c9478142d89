package formats

import "testing"

func TestFilingCustomers(t *testing.T) {
	names, rows := table("公司名称|年度|客户名称|销售额|占年度销售总额比例（%）|候选",
		"甲股份|2024年|客户一|100|30.5|某集团;另一集团",
		"甲股份|2024年|第二名|100|10%|",
		"甲股份|2024年|单位3|100|5|",
		"甲股份|2024年|比亚迪股份有限公司|100|2|",
		"甲股份|2024年|客户五：1%|100||",
		"甲股份|2024年|合计|500|48.5|",
		"乙股份|2024年|客户一|1|7|",
		"乙股份|2024年|合计|1|7|",
		"乙股份|2024年|前五名客户合计|1|40.00|",
		"乙股份|2024年|其他|1|60|",
		"乙股份|近年|客户二|1|1|",
		"乙股份|2024年|客户二|1|101|",
		"|2024年|客户二|1|1|",
	)
	f, ok := Detect(names, rows)
	if !ok || f.Name != "filing-customers" {
		t.Fatalf("taken for %v", f)
	}
	wantLines(t, convert(t, f.Converter(), rows),
		`company id=甲股份, 2024, 客户一 kind=anonymous name=客户一 period=2024 attributes={"candidates":"某集团;另一集团"}`,
		`supplies supplier=甲股份 buyer=甲股份, 2024, 客户一 asserted_by=甲股份 period=2024 revenue_share=0.305 basis=filing`,
		`company id=甲股份, 2024, 第二名 kind=anonymous name=第二名 period=2024`,
		`supplies supplier=甲股份 buyer=甲股份, 2024, 第二名 asserted_by=甲股份 period=2024 revenue_share=0.1 basis=filing`,
		`company id=甲股份, 2024, 单位3 kind=anonymous name=单位3 period=2024`,
		`supplies supplier=甲股份 buyer=甲股份, 2024, 单位3 asserted_by=甲股份 period=2024 revenue_share=0.05 basis=filing`,
		`supplies supplier=甲股份 buyer=比亚迪股份有限公司 asserted_by=甲股份 period=2024 revenue_share=0.02 basis=filing`,
		`company id=甲股份, 2024, 客户五 kind=anonymous name=客户五 period=2024`,
		`supplies supplier=甲股份 buyer=甲股份, 2024, 客户五 asserted_by=甲股份 period=2024 revenue_share=0.01 basis=filing`,
		`company id=甲股份 period=2024 top_five_customers_share=0.485`,
		`company id=乙股份, 2024, 客户一 kind=anonymous name=客户一 period=2024`,
		`supplies supplier=乙股份 buyer=乙股份, 2024, 客户一 asserted_by=乙股份 period=2024 revenue_share=0.07 basis=filing`,
		`dropped: `+dropOtherTotal,
		`company id=乙股份 period=2024 top_five_customers_share=0.4`,
		`dropped: `+dropOtherParties,
		`bad: period "近年": not a period; expected one such as 2024, FY2024 or 2024H1`,
		`bad: percent_of_revenue "101": not a percentage; expected a number from 0 to 100`,
		`bad: filer "": is empty; expected the company whose filing it is`,
	)
}

func TestFilingSuppliers(t *testing.T) {
	names, rows := table("Filer|Fiscal Year|Supplier|% of purchases|Source",
		"Acme Inc|FY2024|Supplier A: 19%||10-K",
		"Acme Inc|FY2024|TSMC|12|10-K",
		"Acme Inc|FY2024|Top five suppliers|62|10-K",
	)
	f, ok := Detect(names, rows)
	if !ok || f.Name != "filing-suppliers" {
		t.Fatalf("taken for %v", f)
	}
	wantLines(t, convert(t, f.Converter(), rows),
		`company id=Acme Inc, FY2024, Supplier A kind=anonymous name=Supplier A source=10-K period=FY2024`,
		`supplies supplier=Acme Inc, FY2024, Supplier A buyer=Acme Inc source=10-K asserted_by=Acme Inc period=FY2024 basis=filing attributes={"purchases_share":"0.19"}`,
		`supplies supplier=TSMC buyer=Acme Inc source=10-K asserted_by=Acme Inc period=FY2024 basis=filing attributes={"purchases_share":"0.12"}`,
		`company id=Acme Inc source=10-K period=FY2024 attributes={"top_five_suppliers_share":"0.62"}`,
	)
}

func TestUnnamedParties(t *testing.T) {
	for name, want := range map[string]bool{"Customer A": true, "customer 12": true, "Direct Customer B": true, "Customer No. 1": true, "Company B": true, "客户一": true, "客户A": true, "客户1": true, "第一名": true, "第1大客户": true,
		"第一大供应商": true, "供应商甲": true, "单位1": true, "A公司": true, "甲公司": true, "Customers Bank": false, "Customer Analytics": false, "第一汽车": false, "客户服务有限公司": false, "公司": false, "Vendor": false, "第一三共": false} {
		if got := Unnamed(name); got != want {
			t.Errorf("%s: %v", name, got)
		}
	}
}
