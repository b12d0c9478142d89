package queries

import (
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
)

// What a row holds of lists, and of things that have parts, is told in words in a cell of a table: who opens it in a
// spreadsheet reads it, and filters for it. Ids and claims stand in the other formats.

// cell is a value in words. Parts of a list are separated by ';'.
func cell(value reflect.Value) string {
	switch x := value.Interface().(type) {
	case Ref:
		return x.words()
	case Interval:
		return span(x.Low, x.High)
	case Days:
		if x.High == nil {
			return "from " + plain(x.Low)
		}
		return span(x.Low, *x.High)
	case Money:
		return strings.TrimSpace(plain(x.Amount) + " " + x.Currency)
	case LossOfMoney:
		return strings.TrimSpace(span(x.Low, x.High) + " " + x.Currency)
	case MoneyAtRisk:
		return strings.TrimSpace(span(x.Low, x.High) + " " + x.Currency)
	case CauseHop:
		return hopCell(x.From, x.Product, x.To)
	case ExposureHop:
		return hopCell(x.From, x.Product, x.To)
	case PathRow:
		return strings.Join(x.Companies, " > ")
	case float64:
		return plain(x)
	}
	switch value.Kind() {
	case reflect.Pointer:
		if value.IsNil() {
			return ""
		}
		return cell(value.Elem())
	case reflect.Slice, reflect.Array:
		return listCell(value, "; ")
	case reflect.Map:
		return mapCell(value)
	case reflect.Struct:
		return structCell(value)
	}
	return fmt.Sprint(value.Interface())
}

func (r Ref) words() string {
	if r.Name != "" {
		return r.Name
	}
	return r.ID
}

// plain is a number as people write it, without an exponent, and without the last digits, which are rounding.
func plain(x float64) string {
	x, _ = strconv.ParseFloat(strconv.FormatFloat(x, 'g', 12, 64), 64)
	return strconv.FormatFloat(x, 'f', -1, 64)
}

func span(low, high float64) string {
	if low == high {
		return plain(low)
	}
	return plain(low) + " to " + plain(high)
}

func hopCell(from Ref, product *Ref, to Ref) string {
	if product == nil {
		return from.words() + " > " + to.words()
	}
	return from.words() + " > " + product.words() + " > " + to.words()
}

// listCell is a list in words. Of a list within a list the parts are told apart by another mark than those around it.
func listCell(list reflect.Value, separator string) string {
	texts := make([]string, list.Len())
	for i := range texts {
		item := list.Index(i)
		if texts[i] = cell(item); item.Kind() == reflect.Pointer && item.IsNil() {
			texts[i] = "not stated"
		}
	}
	return strings.Join(texts, separator)
}

func mapCell(m reflect.Value) string {
	var texts []string
	for _, key := range m.MapKeys() {
		texts = append(texts, fmt.Sprint(key.Interface())+" "+cell(m.MapIndex(key)))
	}
	slices.Sort(texts)
	return strings.Join(texts, "; ")
}

// structCell is a thing that has parts: what it is about, and in brackets the rest: "HBM3E (loss if stopped 0 to 0.4)".
func structCell(value reflect.Value) string {
	columns := columnsOf(value.Type(), nil)
	head := headOf(columns)
	var rest []string
	for i, c := range columns {
		if i == head || slices.Contains([]string{"id", "relation", "relations", "claim_ids", "claims", "entities", "name_zh"}, c.name) {
			continue
		}
		if text := partCell(c.name, value.FieldByIndex(c.index)); text != "" {
			rest = append(rest, text)
		}
	}
	about := ""
	if head >= 0 {
		about = cell(value.FieldByIndex(columns[head].index))
	}
	switch {
	case len(rest) == 0:
		return about
	case about == "":
		return strings.Join(rest, ", ")
	}
	return about + " (" + strings.Join(rest, ", ") + ")"
}

// headOf is the part that says what a thing is: its name, else the first company or product, else the first text.
func headOf(columns []column) int {
	for _, test := range []func(c column) bool{
		func(c column) bool { return c.name == "name" || c.name == "title" },
		func(c column) bool { return c.of == typeRef || c.of == typeRefPtr },
		func(c column) bool { return c.of.Kind() == reflect.String && c.name != "relation" },
	} {
		if i := slices.IndexFunc(columns, test); i >= 0 {
			return i
		}
	}
	return -1
}

// partCell is a part of a thing with what it is called; empty where it says nothing.
func partCell(name string, value reflect.Value) string {
	label := strings.ReplaceAll(name, "_", " ")
	switch {
	case value.IsZero() && value.Kind() != reflect.Float64:
		return ""
	case value.Kind() == reflect.Bool:
		return label
	case value.Kind() == reflect.Slice:
		if value.Len() == 0 {
			return ""
		}
		return label + " " + listCell(value, " + ")
	}
	if text := cell(value); text != "" {
		return label + " " + text
	}
	return ""
}
