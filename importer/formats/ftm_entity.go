package formats

import (
	"encoding/json"
	"slices"
	"strings"

	"github.com/tributarygraph/tributary/graph"
	"github.com/tributarygraph/tributary/importer/records"
)

// ftmEntity is one entity, with references in place of those nested in it.
type ftmEntity struct {
	id, schema, caption string
	datasets            []string
	properties          map[string][]string
	nested              bool  // it stood within another
	record              int64 // in which an award stood
}

// all are the values of properties, without repeats, in their order.
func (e *ftmEntity) all(properties ...string) (values []string) {
	for _, property := range properties {
		for _, value := range e.properties[property] {
			if !slices.Contains(values, value) {
				values = append(values, value)
			}
		}
	}
	return values
}

// one is a value of the properties, of several the least: their order means nothing.
func (e *ftmEntity) one(properties ...string) string {
	for _, property := range properties {
		if values := e.properties[property]; len(values) > 0 {
			return slices.Min(values)
		}
	}
	return ""
}

// day is a date of the first of the properties that is stated: the earliest of several.
func (e *ftmEntity) day(properties ...string) string { return dayOf(e.one(properties...)) }

// begin is the day from which it holds.
func (e *ftmEntity) begin() string { return e.day("startDate", "listingDate", "date") }

// end is the first day on which it no longer holds: the latest of several. False where that is before it begins.
func (e *ftmEntity) end() (string, bool) {
	days := e.all("endDate")
	if len(days) == 0 {
		return "", true
	}
	return endOf(e.begin(), dayOf(slices.Max(days)))
}

// checkDays refuses relations with days that are none, and with an end before the begin.
func (e *ftmEntity) checkDays() error {
	if ftmClasses[e.schema] != ftmEdge {
		return nil
	}
	for _, property := range [...]string{"startDate", "listingDate", "date", "endDate", "contractDate"} {
		for _, value := range e.properties[property] {
			if _, err := graph.ParseDate(dayOf(value)); err != nil {
				return &records.Bad{Field: "properties." + property, Found: value, Why: "not a date; expected 2024-05-11, 2024-05 or 2024"}
			}
		}
	}
	if _, ok := e.end(); !ok {
		return &records.Bad{Field: "properties.endDate", Found: slices.Max(e.all("endDate")), Why: "it ends before it begins on " + e.begin()}
	}
	return nil
}

// flatten gives an entity with those that are nested in it, which come after it. The error is a *records.Bad.
func flatten(object map[string]any) ([]*ftmEntity, error) {
	var out []*ftmEntity
	var walk func(object map[string]any, around *ftmEntity, within string) (*ftmEntity, error)
	walk = func(object map[string]any, around *ftmEntity, within string) (*ftmEntity, error) {
		e, properties, err := entityOf(object)
		if err != nil {
			return nil, err
		}
		e.nested = around != nil
		if around != nil && len(e.datasets) == 0 {
			e.datasets = around.datasets
		}
		out = append(out, e)
		if end, ok := ftmReverse[within]; ok {
			e.properties[end] = append(e.properties[end], around.id)
		}
		for _, name := range sortedNames(properties) {
			for _, value := range listOfAny(properties[name]) {
				text := ""
				if inner, ok := value.(map[string]any); ok {
					child, err := walk(inner, e, name)
					if err != nil {
						return nil, err
					}
					text = child.id
				} else {
					text = scalarText(value)
				}
				if text != "" && !slices.Contains(e.properties[name], text) {
					e.properties[name] = append(e.properties[name], text)
				}
			}
		}
		return e, nil
	}
	_, err := walk(object, nil, "")
	return out, err
}

// entityOf reads what an entity has beside its properties.
func entityOf(object map[string]any) (*ftmEntity, map[string]any, error) {
	e := &ftmEntity{properties: map[string][]string{}}
	if e.id = scalarText(object["id"]); e.id == "" {
		return nil, nil, &records.Bad{Field: "id", Why: "is empty; an entity needs an id"}
	}
	if e.schema = scalarText(object["schema"]); e.schema == "" {
		return nil, nil, &records.Bad{Field: "schema", Why: "is empty; expected one such as Company or Ownership"}
	}
	properties, ok := object["properties"].(map[string]any)
	if !ok && object["properties"] != nil {
		return nil, nil, &records.Bad{Field: "properties", Why: "is no object; expected names with lists of values"}
	}
	e.caption = scalarText(object["caption"])
	for _, value := range append(listOfAny(object["datasets"]), listOfAny(object["dataset"])...) {
		if name := scalarText(value); name != "" {
			e.datasets = append(e.datasets, name)
		}
	}
	slices.Sort(e.datasets)
	return e, properties, nil
}

func sortedNames(object map[string]any) []string {
	names := make([]string, 0, len(object))
	for name := range object {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// listOfAny is a value as a list: FollowTheMoney writes lists, and others that follow it single values.
func listOfAny(value any) []any {
	switch v := value.(type) {
	case nil:
		return nil
	case []any:
		return v
	}
	return []any{value}
}

// scalarText is text, a number or a flag as text; empty for all else.
func scalarText(value any) string {
	switch v := value.(type) {
	case string:
		return graph.Clean(v)
	case json.Number:
		return v.String()
	case bool:
		if v {
			return "true"
		}
		return "false"
	}
	return ""
}

// validCountries are the countries among codes, as ISO 3166-1 has them: FollowTheMoney also writes parts of countries
// (gb-sct) and states of the past (suhh).
func validCountries(codes []string) (countries []string) {
	for _, code := range codes {
		country, err := graph.ParseCountry(countryOfRegion(code))
		if err == nil && !slices.Contains(countries, country) {
			countries = append(countries, country)
		}
	}
	return countries
}

// oneCountry is the country that is stated: of several that which is preferred, else none.
func oneCountry(countries []string, preferred string) string {
	if len(countries) == 1 || len(countries) > 1 && slices.Contains(countries, preferred) {
		if len(countries) == 1 {
			return countries[0]
		}
		return preferred
	}
	return ""
}

// validLEI is the LEI that an entity states, where it is exactly one that is well formed.
func validLEI(codes []string) string {
	found := ""
	for _, code := range codes {
		f, err := graph.ParseField(graph.FieldLEI, code)
		switch {
		case err != nil || f.Text == found:
		case found != "":
			return ""
		default:
			found = f.Text
		}
	}
	return found
}

// openCorporatesOf is the id at the end of an address of OpenCorporates.
func openCorporatesOf(url string) string {
	_, id, found := strings.Cut(url, "opencorporates.com/companies/")
	if !found {
		return ""
	}
	return strings.Trim(id, "/")
}

// attributesOf writes properties as the cell of attributes; empty where there is none.
func attributesOf(pairs map[string]string) string {
	for name, value := range pairs {
		if value == "" {
			delete(pairs, name)
		}
	}
	if len(pairs) == 0 {
		return ""
	}
	text, _ := json.Marshal(pairs) // text always encodes
	return string(text)
}
