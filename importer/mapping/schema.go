package mapping

import (
	"bytes"
	"encoding/json"
	"strings"

	"github.com/tributarygraph/tributary/graph"
	"github.com/tributarygraph/tributary/importer/records"
)

type schema = map[string]any

// Schema is the JSON Schema of mappings, for editors. It is made of the tables that check them.
func Schema() []byte {
	defs := schema{
		"text":      schema{"type": []string{"string", "number", "boolean"}},
		"texts":     schema{"anyOf": []any{refTo("text"), schema{"type": "array", "items": refTo("text"), "minItems": 1}}},
		"value":     schema{"anyOf": []any{refTo("texts"), objectSchema(valueKeys)}, "description": "A template: {column} is a cell, all else is constant. Of a list, the first that is not empty."},
		"condition": objectSchema(conditionKeys),
	}
	for _, k := range kinds() {
		defs["columns_of_"+k.String()] = columnsSchema(k)
	}
	root := objectSchema(topKeys)
	root["$schema"] = "https://json-schema.org/draft/2020-12/schema"
	root["title"] = "Tributary mapping"
	root["description"] = "How the columns or fields of a file become companies, products, sources and relations; see docs/mapping.md."
	root["$defs"] = defs
	var out bytes.Buffer
	e := json.NewEncoder(&out)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(root); err != nil {
		panic(err) // maps of texts always encode
	}
	return out.Bytes()
}

func refTo(name string) schema { return schema{"$ref": "#/$defs/" + name} }

func objectSchema(keys []key) schema {
	properties := schema{}
	required := []string{}
	for i := range keys {
		s := formSchema(&keys[i])
		s["description"] = keys[i].doc
		properties[keys[i].name] = s
		if keys[i].required {
			required = append(required, keys[i].name)
		}
	}
	out := schema{"type": "object", "properties": properties, "additionalProperties": false}
	if len(required) > 0 {
		out["required"] = required
	}
	return out
}

// formSchema is what may stand under a key.
func formSchema(k *key) schema {
	switch k.form {
	case formTexts:
		return refTo("texts")
	case formFlag:
		return schema{"type": "boolean"}
	case formCount:
		return schema{"type": "integer", "minimum": 1}
	case formNumber:
		return schema{"type": "number"}
	case formWord:
		return schema{"enum": k.words}
	case formMap:
		return schema{"type": "object", "additionalProperties": schema{"type": []string{"string", "number", "boolean", "null"}}}
	case formObject:
		return objectSchema(k.of)
	case formOneOrMore:
		return schema{"anyOf": []any{refTo("condition"), schema{"type": "array", "items": refTo("condition"), "minItems": 1}}}
	case formList:
		return schema{"type": "array", "items": entrySchema(), "minItems": 1}
	case formNamed:
		return schema{"type": "object", "additionalProperties": objectSchema(k.of)}
	case formValue:
		return refTo("value")
	case formValues:
		return schema{"type": "object", "additionalProperties": refTo("value")}
	case formColumns:
		return refTo("columns_of_" + k.kind.String())
	case formEach:
		return schema{"anyOf": []any{schema{"type": "string"}, objectSchema(eachKeys)}}
	case formRules:
		return schema{"type": "object", "properties": schema{columnKey: refTo("texts")}, "required": []string{columnKey}, "additionalProperties": schema{"enum": k.words}}
	}
	return refTo("text")
}

// entrySchema is an entry of emit: of one kind.
func entrySchema() schema {
	out := objectSchema(emitKeys)
	var one []any
	for _, k := range kinds() {
		one = append(one, schema{"required": []string{k.String()}})
	}
	out["oneOf"] = one
	return out
}

// columnsSchema are the columns of a kind.
func columnsSchema(k graph.Kind) schema {
	properties := schema{}
	for _, name := range records.Columns(k) {
		s := refTo("value")
		if name == graph.FieldAttributes.String() {
			s = schema{"anyOf": []any{refTo("value"), schema{"type": "object", "additionalProperties": refTo("value")}}}
		}
		s["description"] = describeColumn(k, name)
		properties[name] = s
	}
	out := schema{"type": "object", "properties": properties, "additionalProperties": false}
	var all []any
	for _, one := range needed(k) {
		var any []any
		for _, name := range one {
			any = append(any, schema{"required": []string{name}})
		}
		all = append(all, schema{"anyOf": any})
	}
	out["allOf"] = all
	return out
}

// describeColumn says what a column may hold.
func describeColumn(k graph.Kind, name string) string {
	if id, ok := fieldOf(k, name); ok {
		return describeField(id.Spec())
	}
	switch name {
	case records.ColumnPeriod:
		return "the stretch of time that numbers speak of: 2024, 2024H1, 2024Q2, 2024-05"
	case records.ColumnValidFrom:
		return "first day on which it holds"
	case records.ColumnSource:
		return "the document that says so: its id, address or title"
	case records.ColumnAssertedBy:
		return "who says so, where that is not the document"
	case records.ColumnDataset:
		return "what the rows are a version of; by default that of the import"
	case records.ColumnID:
		return "what identifies it; by default its name"
	}
	return "an id, an identifier such as lei:..., or a name"
}

func describeField(spec *graph.FieldSpec) string {
	switch spec.Type {
	case graph.TypeList:
		return "texts, with ; between them"
	case graph.TypeID:
		return "an id or a name"
	case graph.TypeCountry:
		return "a country, ISO 3166: CN, CHN"
	case graph.TypeCurrency:
		return "a currency, ISO 4217: USD"
	case graph.TypeDate:
		return "a date: 2024-05-11, 2024-05, 2024Q2, 2024"
	case graph.TypeFlag:
		return "true or false"
	case graph.TypeEnum:
		return "one of " + strings.Join(spec.Allowed, ", ")
	case graph.TypeObject:
		return "names and values that have no column of their own"
	case graph.TypeNumber, graph.TypeAmount:
		return "a number"
	case graph.TypeShare:
		return "a fraction, 0 to 1"
	case graph.TypeDays:
		return "days"
	}
	return "a text"
}
