package mapping

import (
	"bytes"
	"flag"
	"os"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
	"github.com/santhosh-tekuri/jsonschema/v6"
)

var update = flag.Bool("update", false, "write the files that tests compare with")

const schemaFile = "../../docs/mapping.schema.json"

// TestSchemaFile holds the schema in the docs to the tables of keys.
func TestSchemaFile(t *testing.T) {
	got := Schema()
	if *update {
		if err := os.WriteFile(schemaFile, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(schemaFile)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s is out of date; if that is meant: go test ./importer/mapping -update", schemaFile)
	}
}

func compileSchema(t *testing.T) *jsonschema.Schema {
	t.Helper()
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(Schema()))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("mapping.json", doc); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile("mapping.json")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// TestSchemaAgrees holds the schema to what Parse takes and refuses.
func TestSchemaAgrees(t *testing.T) {
	s := compileSchema(t)
	const good = `version: 1
name: x
input: {sheet: a, header: 3, separator: ";", encoding: gb18030, records: "$.data[*]"}
blank: [n/a, 0]
where: {value: "{a}", is: x}
lookups: {c: {file: c.csv, key: k}}
let: {y: {value: ["{a}", "{b}"], default: 3}}
defaults: {basis: filing}
emit:
  - supplies: {supplier: "{a}", buyer: {value: "{b}", lookup: c, column: name, otherwise: keep}, value: {value: "{v}", scale: 1000}, attributes: {note: "{n}"}}
    when: [{value: "{a}", filled: true}, {value: "{v}", min: 0, reason: negative}]
    aggregate: {key: [supplier, buyer], value: sum, attributes: first}
  - company: {name: "{a}"}
    each: {columns: [a, /b/], name: n, cell: c}
  - company: {lei: "{a}"}
    each: a[*]
`
	bad := []struct{ from, to string }{
		{"version: 1\n", ""},
		{"version: 1", "version: x"},
		{"name: x", "nam: x"},
		{"header: 3", "header: 0"},
		{"is: x", "iz: x"},
		{"file: c.csv, ", ""},
		{"supplier: \"{a}\", ", ""},
		{"supplier: ", "suplier: "},
		{"otherwise: keep", "otherwise: guess"},
		{"scale: 1000", "scale: big"},
		{"filled: true", "filled: 1"},
		{"key: [supplier, buyer], ", ""},
		{"value: sum", "value: total"},
		{"company: {lei:", "company: {isin:"},
		{"name: n, ", ""},
		{"  - company: {name: \"{a}\"}\n", "  - company: {name: \"{a}\"}\n    owns: {owner: a, owned: b}\n"},
		{"each: a[*]", "each: [a]"},
	}
	check := func(text string, want bool) {
		t.Helper()
		var v any
		if err := yaml.Unmarshal([]byte(text), &v); err != nil {
			t.Fatal(err)
		}
		errSchema := s.Validate(v)
		_, errParse := Parse("m.yaml", []byte(text))
		if (errSchema == nil) != want || (errParse == nil) != want {
			t.Errorf("want %t of\n%s\nschema: %v\nparse: %v", want, text, errSchema, errParse)
		}
	}
	check(good, true)
	for _, b := range bad {
		if !strings.Contains(good, b.from) {
			t.Fatalf("%q is not in the mapping", b.from)
		}
		check(strings.Replace(good, b.from, b.to, 1), false)
	}
}
