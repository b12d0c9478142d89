package formats

import "testing"

func TestFactSet(t *testing.T) {
	names, rows := table("id|supplier_factset_entity_id|Supplier Name|customer_factset_entity_id|start_date|end_date|revenue_pct",
		"1|000AAA-E|Alpha|000BBB-E|2019-03-31|2021-06-30|12.5",
		"2|000AAA-E||000CCC-E|2021-07-01||",
		"5|000AAA-E||000DDD-E|2021-07-01|4000-01-01|",
		"3|000AAA-E||||2021-06-30|1",
		"4|000AAA-E||000CCC-E|03/04/2021||1",
	)
	f, ok := Detect(names, rows)
	if !ok || f.Name != "factset-supply" {
		t.Fatalf("taken for %v", f)
	}
	wantLines(t, convert(t, f.Converter(), rows),
		"supplies supplier=factset:000AAA-E buyer=factset:000BBB-E revenue_share=0.125 valid_from=2019-03-31 valid_to=2021-07-01 basis=analyst source=FactSet",
		"company id=factset:000AAA-E name=Alpha",
		"supplies supplier=factset:000AAA-E buyer=factset:000CCC-E valid_from=2021-07-01 basis=analyst source=FactSet",
		"supplies supplier=factset:000AAA-E buyer=factset:000DDD-E valid_from=2021-07-01 basis=analyst source=FactSet",
		"dropped: a relation of which one end is not named",
		`bad: start_date "03/04/2021": no date that can be read in one way only; say how dates are written: date: "DD/MM/YYYY"`,
	)
}

func TestBillsOfLading(t *testing.T) {
	names, rows := table("Bill of Lading|Shipper|Consignee|HS Code|Value (USD)|Weight (kg)|Arrival Date|In-Bond Entry Type|Country of Origin",
		"b1|Acme|Nvidia|8471.30|1,000.50|10|2023-01-05||CN",
		"b2|Acme|Nvidia|847130|2000|20.5|2023-12-31||VN",
		"b3|Acme|Nvidia|8471.30.01.00; 8542|1|1|2023-06-01|61|",
		"b4|Acme|Nvidia|847130||7|2024-02-01||",
		"b5|Acme|Nvidia|847130|-5|1|2023-02-01||",
		"b6|Acme|Nvidia|847130|5|-1|2023-02-01||",
		"b7|Acme|Nvidia|847130|5|1|2023-02-01|62|",
		"b8|Acme|TO ORDER|847130|5|1|2023-02-01||",
		"b9||Nvidia|847130|5|1|2023-02-01||",
		"b10|Acme|Nvidia|847130|some|1|2023-02-01||",
	)
	f, ok := Detect(names, rows)
	if !ok || f.Name != "bills-of-lading" {
		t.Fatalf("taken for %v", f)
	}
	wantLines(t, convert(t, f.Converter(), rows),
		"dropped: a negative value or weight",
		"dropped: a negative value or weight",
		"dropped: transit cargo",
		"dropped: the shipper or the consignee is not named",
		"dropped: the shipper or the consignee is not named",
		`bad: value "some": not a number written like 1,234.56`,
		// 1,000.50 + 2,000 of b1 and b2, whose codes are one; b3 is a narrower one; b4 arrived in another year.
		"supplies supplier=Acme buyer=Nvidia product=hs:847130 period=2023 value=3000.5 currency=USD quantity=30.5 unit=kg origin_country=CN basis=customs source=bills of lading",
		"supplies supplier=Acme buyer=Nvidia product=hs:8471300100 period=2023 value=1 currency=USD quantity=1 unit=kg basis=customs source=bills of lading",
		"supplies supplier=Acme buyer=Nvidia product=hs:847130 period=2024 currency=USD quantity=7 unit=kg basis=customs source=bills of lading",
	)
}

// Every mapping can be bound: Converter panics where one cannot.
func TestMappings(t *testing.T) {
	n := 0
	for _, f := range All() {
		if f.Mapping() == "" {
			continue
		}
		n++
		f.Converter()
		for _, column := range f.mapped.optional {
			if _, ok := f.mapped.columns[column]; !ok {
				t.Errorf("%s: the optional column %s is none", f.Name, column)
			}
		}
	}
	if n != 2 {
		t.Errorf("%d mappings", n)
	}
}
