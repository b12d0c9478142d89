package formats

import (
	"embed"
	"slices"
	"strings"

	"github.com/tributarygraph/tributary/graph"
	"github.com/tributarygraph/tributary/importer/mapping"
	"github.com/tributarygraph/tributary/importer/records"
)

// mappings are formats that are plain tables. They can be printed, copied and changed.
//
//go:embed *.yaml
var mappings embed.FS

// mapped is a format whose rows a mapping makes.
type mapped struct {
	file     string              // of mappings
	columns  map[string][]string // what the mapping names, each with other names for it, as plainName writes them
	optional []string            // of these, those that a file need not have
	// units are values of columns that a file does not have, which the names of others tell: of value_usd that currency is
	// USD.
	units map[string]map[string]string
}

// match reports whether a table has all columns that the format needs.
func (m *mapped) match(names []string, _ []*records.Record) bool {
	for column := range m.columns {
		if m.find(column, names) < 0 && !slices.Contains(m.optional, column) {
			return false
		}
	}
	return len(names) > 0
}

// find is the place of a column among the names of a table; -1 where there is none.
func (m *mapped) find(column string, names []string) int {
	for _, name := range append([]string{column}, m.columns[column]...) {
		if at := slices.IndexFunc(names, func(have string) bool { return plainName(have) == name }); at >= 0 {
			return at
		}
	}
	return -1
}

// plainName writes the name of a column with small letters, and underscores for what is neither letter nor digit.
func plainName(name string) string {
	return strings.Join(strings.FieldsFunc(strings.ToLower(name), func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < '0' || r > '9') && r < 0x80
	}), "_")
}

// converter makes the converter. The mapping is part of the program: it is right, as tests show.
func (m *mapped) converter() records.Converter {
	text, err := mappings.ReadFile(m.file)
	if err != nil {
		panic(err)
	}
	parsed, err := mapping.Parse(m.file, text)
	if err != nil {
		panic(err)
	}
	c := &mappedRecords{format: m}
	for column := range m.columns {
		c.names = append(c.names, column)
	}
	slices.Sort(c.names)
	if c.inner, err = parsed.Converter(c.names, nil); err != nil {
		panic(err)
	}
	return c
}

// mappedRecords gives a mapping its columns, whatever a file calls them and whichever it lacks.
type mappedRecords struct {
	format *mapped
	inner  *mapping.Converter
	names  []string // that the mapping knows
	of     []string // of the table for which at was made
	at     []int    // where its columns are; -1 where it has none
	record records.Record
}

// Convert makes what the mapping says of a record.
func (c *mappedRecords) Convert(r *records.Record, emit records.Emit) error {
	if c.at == nil || !slices.Equal(c.of, r.Names) {
		c.of, c.at = r.Names, make([]int, len(c.names))
		for i, name := range c.names {
			c.at[i] = c.format.find(name, r.Names)
		}
	}
	cells := make([]string, len(c.names))
	for i, at := range c.at {
		cells[i] = graph.Clean(cell(r, at))
		if cells[i] == "" {
			cells[i] = c.unit(c.names[i])
		}
	}
	c.record = *r
	c.record.Names, c.record.Cells = c.names, cells
	return c.inner.Convert(&c.record, emit)
}

// unit is what the name of another column tells of one that is empty.
func (c *mappedRecords) unit(column string) string {
	for other, of := range c.format.units[column] {
		if slices.ContainsFunc(c.of, func(name string) bool { return plainName(name) == other }) {
			return of
		}
	}
	return ""
}

// Finish emits the sums.
func (c *mappedRecords) Finish(emit records.Emit) error { return c.inner.Finish(emit) }

// Mapping is the text of the mapping that a format is, to be copied and changed; empty where it is none.
func (f *Format) Mapping() string {
	if f.mapped == nil {
		return ""
	}
	text, err := mappings.ReadFile(f.mapped.file)
	if err != nil {
		panic(err)
	}
	return string(text)
}

// factSet are supply relations as FactSet delivers them.
var factSet = fromMapping(&Format{
	Name:  "factset-supply",
	Title: "FactSet-like supply tables (CSV, Excel, Parquet)",
	Makes: "`supplies` of companies by their entity ids",
	Used: []Use{
		{"supplier_factset_entity_id, customer_factset_entity_id", "`supplier` and `buyer` `factset:ID`"},
		{"start_date, end_date", "`valid_from` and `valid_to`: it holds until the end of the end_date"},
		{"revenue_pct", "`revenue_share`, as a fraction"},
		{"supplier_name, customer_name", "`name` of the companies, where the columns are there"},
	},
	Left:  []Left{{"all other columns", "a copy of the mapping uses them (`tributary formats factset-supply`)"}},
	Drops: []string{"a relation of which one end is not named"},
	Notes: []string{"The claims rest on the basis analyst, and name no product. An empty revenue_pct says nothing; 0 says that there is no revenue."},
}, &mapped{file: "factset.yaml", optional: []string{"supplier_name", "customer_name"}, columns: map[string][]string{
	"supplier_factset_entity_id": nil, "customer_factset_entity_id": nil, "start_date": nil, "end_date": nil, "revenue_pct": nil,
	"supplier_name": {"supplier_entity_name", "supplier_entity_proper_name"}, "customer_name": {"customer_entity_name", "customer_entity_proper_name"},
}})

// billsOfLading are shipments.
var billsOfLading = fromMapping(&Format{
	Name:  "bills-of-lading",
	Title: "Bills of lading (CSV, Excel, Parquet)",
	Makes: "`supplies` of the shipper to the consignee: one for all shipments under one HS code in one year, with the sums of value and weight",
	Used: []Use{
		{"shipper, consignee (shipper_name, consignee_name)", "`supplier` and `buyer`, by name"},
		{"hs_code (hs, hts_code)", "`product` `hs:DIGITS`, of several codes the first; points between the digits do not matter"},
		{"arrival_date (date_of_arrival, arrival)", "`period`: the year"},
		{"value (value_usd, value_of_goods_usd)", "`value`, summed; `currency` from the column currency, else USD where the name of the column says so"},
		{"weight (weight_kg, gross_weight_kg)", "`quantity`, summed; `unit` from the column weight_unit, else kg where the name of the column says so"},
		{"country_of_origin (origin_country)", "`origin_country`, of the first shipment that states one"},
		{"transit (shipment_type), in_bond_entry_type", "which shipments are in transit: entry types 62 and 63 of the United States are"},
	},
	Left: []Left{
		{"vessels, ports, containers, notify parties, descriptions of goods", "a copy of the mapping uses them (`tributary formats bills-of-lading`)"},
	},
	Drops: []string{"transit cargo", "the shipper or the consignee is not named", "a negative value or weight"},
	Notes: []string{
		"Names of columns may have capitals, spaces and brackets: `HS Code`, `Value (USD)`.",
		"The shipper may be a forwarder, and a consignee too: what a bill of lading says is who shipped to whom, at the confidence of the basis customs.",
		"Shipments of one sum whose currency or unit differs from the first are rejected. The mapping that a copy is made of has the columns by their first names here.",
	},
}, &mapped{file: "bills.yaml", optional: []string{"currency", "weight_unit", "country_of_origin", "transit", "in_bond_entry_type"}, columns: map[string][]string{
	"shipper": {"shipper_name"}, "consignee": {"consignee_name"}, "hs_code": {"hs", "hts_code", "hs_codes"}, "arrival_date": {"date_of_arrival", "arrival"},
	"value": {"value_usd", "value_of_goods_usd"}, "weight": {"weight_kg", "gross_weight_kg"}, "currency": nil, "weight_unit": nil,
	"country_of_origin": {"origin_country"}, "transit": {"shipment_type"}, "in_bond_entry_type": nil,
}, units: map[string]map[string]string{
	"currency":    {"value_usd": "USD", "value_of_goods_usd": "USD"},
	"weight_unit": {"weight_kg": "kg", "gross_weight_kg": "kg"},
}})

// fromMapping is a format that a mapping makes.
func fromMapping(f *Format, m *mapped) *Format {
	f.mapped, f.match, f.make = m, m.match, m.converter
	return f
}
