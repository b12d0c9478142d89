package formats

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/tributarygraph/tributary/importer/records"
)

func sorted(lines []string) string {
	lines = slices.Clone(lines)
	slices.Sort(lines)
	return strings.Join(lines, "\n")
}

// account gives records to a converter and checks what every format owes: each record is converted, dropped or bad; of a bad
// or dropped one nothing is emitted; rows have cells for their columns, which are columns of their kind; what is left out at
// the end are no more than were taken.
func account(t *testing.T, f *Format, rows []*records.Record) {
	t.Helper()
	c := f.Converter()
	emitted, converted := 0, 0
	emit := func(row *records.Row) error {
		emitted++
		text(t, row)
		return nil
	}
	for _, r := range rows {
		before := emitted
		err := c.Convert(r, emit)
		drop, bad := (*records.Drop)(nil), (*records.Bad)(nil)
		switch {
		case err == nil:
			converted++
		case errors.As(err, &drop):
			if emitted != before || !slices.Contains(f.Drops, drop.Reason) {
				t.Errorf("%s: %d rows and %v, which is none of %q", f.Name, emitted-before, err, f.Drops)
			}
		case errors.As(err, &bad):
			if emitted != before || bad.Why == "" {
				t.Errorf("%s: %d rows and %v", f.Name, emitted-before, err)
			}
		default:
			t.Errorf("%s: %v", f.Name, err)
		}
	}
	if err := c.Finish(emit); err != nil {
		t.Errorf("%s: finish: %v", f.Name, err)
	}
	if late, ok := c.(records.Late); ok {
		for reason, n := range late.LeftOut() {
			if converted -= n; n < 0 || converted < 0 || !slices.Contains(f.Drops, reason) {
				t.Errorf("%s: %d left out (%s), of which only %d were taken", f.Name, n, reason, converted+n)
			}
		}
	}
}

// FuzzTables gives any table, of which the columns are those of a format, to each format of tables.
func FuzzTables(f *testing.F) {
	f.Add(uint8(0), "529900T8BM49AURSDO55|Beispiel AG|ACTIVE\n||\n")
	f.Add(uint8(1), "C|LEI|P|LEI|IS_DIRECTLY_CONSOLIDATED_BY|ACTIVE\n")
	f.Add(uint8(2), "NK-1|Company|A|\"a;b\";c\n")
	f.Add(uint8(3), "BD2020|Mill|Road 1|BD|Apparel|0|0.0|P|True|x\n")
	f.Add(uint8(5), "A-E|B-E|2019-03-31|2021-06-30|12.5|A\n")
	f.Add(uint8(6), "A|B|8471.30|1,000.5|2|2023-01-05||USD\nA|B|847130|-1|2|2023-01-05|yes|\n")
	f.Add(uint8(7), "甲|2024年|客户一|30.5|乙\n甲|2024|前五名客户合计|40|\n")
	f.Add(uint8(8), "Acme|FY2024|Supplier A: 19%||10-K\nAcme|2024|Total|5|\n")
	f.Add(uint8(4), "Viet Nam|Mill|Road 1|Apparel|1|1|Dyeing\n")
	headers := []string{
		"LEI|Entity.LegalName|Entity.EntityStatus|Registration.RegistrationStatus|Entity.OtherEntityNames.OtherEntityName.1|Entity.LegalJurisdiction",
		"Relationship.StartNode.NodeID|Relationship.StartNode.NodeIDType|Relationship.EndNode.NodeID|Relationship.EndNode.NodeIDType|Relationship.RelationshipType|Relationship.RelationshipStatus|Relationship.Quantifiers.1.QuantifierAmount|Relationship.Quantifiers.1.QuantifierUnits|Relationship.Period.1.startDate|Relationship.Period.1.endDate|Relationship.Period.1.periodType",
		"id|schema|name|aliases|birth_date|countries|identifiers|sanctions|dataset",
		"os_id|name|address|country_code|sector|lat|lng|parent_company|is_closed|native_language_name",
		"country|name|address|sector|lat|lng|facility_type",
		"supplier_factset_entity_id|customer_factset_entity_id|start_date|end_date|revenue_pct|supplier_name",
		"shipper|consignee|hs_code|value|weight|arrival_date|transit|currency",
		"公司名称|年度|客户名称|占年度销售总额比例|候选",
		"filer|period|supplier|percent_of_purchases|source",
	}
	f.Fuzz(func(t *testing.T, which uint8, body string) {
		names, rows := table(append([]string{headers[int(which)%len(headers)]}, strings.Split(body, "\n")...)...)
		for _, r := range rows {
			for len(r.Cells) < len(names) { // a reader delivers as many cells as names
				r.Cells = append(r.Cells, "")
			}
			r.Cells = r.Cells[:len(names)]
		}
		format, ok := Detect(names, rows)
		if !ok {
			t.Fatalf("%v is not known", names)
		}
		account(t, format, rows)
	})
}

// FuzzJSON gives any JSON to each format of JSON.
func FuzzJSON(f *testing.F) {
	f.Add(`{"id":"c","schema":"Company","properties":{"name":["C"],"sanctions":[{"id":"s","schema":"Sanction","properties":{"authority":["EU"]}}]}}`)
	f.Add(`{"id":"o","schema":"Ownership","properties":{"owner":["a"],"asset":["b"],"percentage":["30"],"startDate":["2015"],"endDate":["2015"]}}` + "\n" +
		`{"id":"a","schema":"Vessel","properties":{"name":[1,null,{}]}}`)
	f.Add(`{"id":"e","schema":"EconomicActivity","properties":{"sender":"a","receiver":"b","date":"20","invoiceAmount":"1e9"}}` + "\n" + `[]` + "\n" + `3`)
	f.Add(`{"id":"w","schema":"ContractAward","properties":{"supplier":["b"],"contract":[{"id":"k","schema":"Contract","properties":{"authority":["x"]}}],"amount":["1"]}}`)
	f.Add(statement("e", "entity", "new", "2020-01-01", `"name":"E","identifiers":[{"scheme":"XI-LEI","id":"529900T8BM49AURSDO55"}]`) + "\n" + statement("e", "entity", "closed", "2021", ``))
	f.Add(relation("r", "closed", "2020", ``) + relation("r", "new", "2019", `{"type":"shareholding","directOrIndirect":"indirect","share":{"minimum":25,"exclusiveMaximum":50},"startDate":"2019","endDate":"2019"}`))
	f.Fuzz(func(t *testing.T, body string) {
		var rows []*records.Record
		decoder := json.NewDecoder(strings.NewReader(body))
		decoder.UseNumber()
		for {
			var tree any
			if decoder.Decode(&tree) != nil {
				break
			}
			rows = append(rows, &records.Record{Number: int64(len(rows) + 1), Tree: tree})
		}
		for _, format := range known {
			if len(rows) > 0 && format.match(nil, rows[:1]) {
				account(t, format, rows)
			}
		}
		account(t, followTheMoney, rows)
		account(t, beneficialOwnership, rows)
	})
}
